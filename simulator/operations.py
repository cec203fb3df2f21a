# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which operations, and which of their members, the simulator implements. Everything else is refused."""

from __future__ import annotations

from typing import Any

from simulator.calls import ITEM_OPERATIONS
from simulator.errors import not_simulated

CONTROL_OPERATIONS = frozenset({"CreateTable", "DeleteTable", "DescribeTable", "UpdateTable", "UpdateTimeToLive"})
"""What the simulator answers itself."""

SETTING_OPERATIONS = frozenset(
    {
        "DeleteResourcePolicy",
        "DescribeContributorInsights",
        "DescribeKinesisStreamingDestination",
        "DescribeTableReplicaAutoScaling",
        "DisableKinesisStreamingDestination",
        "EnableKinesisStreamingDestination",
        "GetResourcePolicy",
        "ListContributorInsights",
        "PutResourcePolicy",
        "UpdateContributorInsights",
        "UpdateKinesisStreamingDestination",
        "UpdateTableReplicaAutoScaling",
    }
)
"""What the simulator answers itself, of settings that have APIs of their own."""

THROTTLED_OPERATIONS = frozenset({"CreateTable", "DeleteTable", "UpdateTable"})
"""Changes of the control plane, of which an account may make only so many."""

REGIONAL_OPERATIONS = ITEM_OPERATIONS | {
    "DescribeContinuousBackups",
    "DescribeEndpoints",
    "DescribeLimits",
    "DescribeTimeToLive",
    "ListTables",
    "ListTagsOfResource",
    "TagResource",
    "UntagResource",
    "UpdateContinuousBackups",
}
"""What moto answers, once the simulator has admitted it."""

WRITING_OPERATIONS = frozenset(
    {
        "BatchExecuteStatement",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "PutItem",
        "TransactWriteItems",
        "UpdateItem",
    }
)
"""What can leave records in a stream."""

OTHER_SERVICES = frozenset({"sts", "kms", "application-autoscaling", "monitoring", "kinesis"})
"""Services of moto that answer on the same port; "monitoring" is CloudWatch."""

LEAF = None
Shape = dict[str, "Shape | None"]

_THROUGHPUT: Shape = {"ReadCapacityUnits": LEAF, "WriteCapacityUnits": LEAF}
_DEFINITIONS: Shape = {"AttributeName": LEAF, "AttributeType": LEAF}
_KEY_SCHEMA: Shape = {"AttributeName": LEAF, "KeyType": LEAF}
_PROJECTION: Shape = {"ProjectionType": LEAF, "NonKeyAttributes": LEAF}
_LOCAL_INDEX: Shape = {"IndexName": LEAF, "KeySchema": _KEY_SCHEMA, "Projection": _PROJECTION}
_CAPACITY: Shape = {
    "ProvisionedThroughput": _THROUGHPUT,
    "OnDemandThroughput": {"MaxReadRequestUnits": LEAF, "MaxWriteRequestUnits": LEAF},
    "WarmThroughput": {"ReadUnitsPerSecond": LEAF, "WriteUnitsPerSecond": LEAF},
}
_INDEX: Shape = {**_LOCAL_INDEX, **_CAPACITY}
_OVERRIDES: Shape = {
    "ProvisionedThroughputOverride": {"ReadCapacityUnits": LEAF},
    "OnDemandThroughputOverride": {"MaxReadRequestUnits": LEAF},
}
_REPLICA: Shape = {
    "RegionName": LEAF,
    "KMSMasterKeyId": LEAF,
    **_OVERRIDES,
    "GlobalSecondaryIndexes": {"IndexName": LEAF, **_OVERRIDES},
    "TableClassOverride": LEAF,
}
_REGION: Shape = {"RegionName": LEAF}
_DISASSOCIATE: Shape = {**_REGION, "DisassociationMode": LEAF}
_STREAM: Shape = {"StreamEnabled": LEAF, "StreamViewType": LEAF}
_ENCRYPTION: Shape = {"Enabled": LEAF, "SSEType": LEAF, "KMSMasterKeyId": LEAF}
_PRECISION: Shape = {"ApproximateCreationDateTimePrecision": LEAF}
_TRACKING: Shape = {
    "TargetValue": LEAF,
    "PredefinedMetricSpecification": {"PredefinedMetricType": LEAF},
    "ScaleInCooldown": LEAF,
    "ScaleOutCooldown": LEAF,
    "DisableScaleIn": LEAF,
}
_SCALED: Shape = {"ServiceNamespace": LEAF, "ResourceId": LEAF, "ScalableDimension": LEAF}
_PAGE: Shape = {"MaxResults": LEAF, "NextToken": LEAF}

MEMBERS: dict[str, Shape] = {
    "CreateTable": {
        "TableName": LEAF,
        "AttributeDefinitions": _DEFINITIONS,
        "KeySchema": _KEY_SCHEMA,
        "LocalSecondaryIndexes": _LOCAL_INDEX,
        "GlobalSecondaryIndexes": _INDEX,
        "BillingMode": LEAF,
        **_CAPACITY,
        "StreamSpecification": _STREAM,
        "SSESpecification": _ENCRYPTION,
        "Tags": {"Key": LEAF, "Value": LEAF},
        "TableClass": LEAF,
        "DeletionProtectionEnabled": LEAF,
        "ResourcePolicy": LEAF,
    },
    "UpdateTable": {
        "TableName": LEAF,
        "BillingMode": LEAF,
        **_CAPACITY,
        "AttributeDefinitions": _DEFINITIONS,
        "GlobalSecondaryIndexUpdates": {
            "Create": _INDEX,
            "Update": {"IndexName": LEAF, **_CAPACITY},
            "Delete": {"IndexName": LEAF},
        },
        "StreamSpecification": _STREAM,
        "SSESpecification": _ENCRYPTION,
        "TableClass": LEAF,
        "DeletionProtectionEnabled": LEAF,
        "ReplicaUpdates": {"Create": _REPLICA, "Update": _REPLICA, "Delete": _REGION, "Disassociate": _DISASSOCIATE},
        "DisassociationProtectionEnabled": LEAF,
        "MultiRegionConsistency": LEAF,
        "GlobalTableWitnessUpdates": {"Create": _REGION, "Delete": _REGION},
    },
    "DeleteTable": {"TableName": LEAF},
    "DescribeTable": {"TableName": LEAF},
    "UpdateTimeToLive": {
        "TableName": LEAF,
        "TimeToLiveSpecification": {"Enabled": LEAF, "AttributeName": LEAF},
    },
    "UpdateContinuousBackups": {
        "TableName": LEAF,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": LEAF, "RecoveryPeriodInDays": LEAF},
    },
    "EnableKinesisStreamingDestination": {
        "TableName": LEAF,
        "StreamArn": LEAF,
        "EnableKinesisStreamingConfiguration": _PRECISION,
    },
    "UpdateKinesisStreamingDestination": {
        "TableName": LEAF,
        "StreamArn": LEAF,
        "UpdateKinesisStreamingConfiguration": _PRECISION,
    },
    "RegisterScalableTarget": {
        **_SCALED,
        "MinCapacity": LEAF,
        "MaxCapacity": LEAF,
        "RoleARN": LEAF,
        "SuspendedState": LEAF,
    },
    "DeregisterScalableTarget": _SCALED,
    "DescribeScalableTargets": {"ServiceNamespace": LEAF, "ResourceIds": LEAF, "ScalableDimension": LEAF, **_PAGE},
    "PutScalingPolicy": {
        **_SCALED,
        "PolicyName": LEAF,
        "PolicyType": LEAF,
        "TargetTrackingScalingPolicyConfiguration": _TRACKING,
        "StepScalingPolicyConfiguration": LEAF,
    },
    "DeleteScalingPolicy": {**_SCALED, "PolicyName": LEAF},
    "DescribeScalingPolicies": {**_SCALED, "PolicyNames": LEAF, **_PAGE},
    "DescribeScalingActivities": {**_SCALED, "IncludeNotScaledActivities": LEAF, **_PAGE},
    "PutResourcePolicy": {
        "ResourceArn": LEAF,
        "Policy": LEAF,
        "ExpectedRevisionId": LEAF,
        "ConfirmRemoveSelfResourceAccess": LEAF,
    },
    "UpdateContributorInsights": {
        "TableName": LEAF,
        "IndexName": LEAF,
        "ContributorInsightsAction": LEAF,
        "ContributorInsightsMode": LEAF,
    },
}
"""The members taken, where moto or the simulator would otherwise ignore some."""


def refuse_unknown(operation: str, parameters: dict[str, Any]) -> None:
    """Refuse an operation or a member that nothing here carries out."""
    if operation not in CONTROL_OPERATIONS | SETTING_OPERATIONS | REGIONAL_OPERATIONS:
        raise not_simulated(f"the operation {operation}")
    refuse_members(operation, parameters)


def refuse_members(operation: str, parameters: dict[str, Any]) -> None:
    """Refuse a member that nothing here carries out, of an operation whose members are listed."""
    shape = MEMBERS.get(operation)
    if shape is not None:
        _refuse_members(shape, parameters, operation)


def _refuse_members(shape: Shape, value: Any, path: str) -> None:
    if isinstance(value, list):
        for element in value:
            _refuse_members(shape, element, path)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name not in shape:
                raise not_simulated(f"{path}.{name}")
            inner = shape[name]
            if inner is not None:
                _refuse_members(inner, member, f"{path}.{name}")

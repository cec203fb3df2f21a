# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A model of the service, for tests of the planner: what DynamoDB admits, and the states it goes through.

It knows nothing of the planner: it takes API calls as a boto3 client does, refuses what AWS_FACTS says is refused,
and moves on only when `advance` is called. Its own faults are set by the tests.
"""

from __future__ import annotations

import copy
import typing as t

from . import capacity, encryption, insights, kinesis, resource_policies
from .groups import GroupCalls, arn, entry, own_of_a_region
from .refusals import refuse
from .scaling import Place, ScalingClient, unscaled_write
from .strong_groups import StrongGroupCalls


class ServiceModel:
    """Tables by region; every table of a name in more than one region belongs to one group unless it stands apart.

    :ivar refused: the calls that were refused, so that a test can say none was.
    :ivar insights_quota: whether CloudWatch has room for rules of Contributor Insights.
    :ivar keys: a key's ARN -> what its metadata has in another way than those of other keys.
    :ivar asked: (region, key) that KMS was asked about.
    :ivar abort_creates: so many replica creates are accepted and dropped (finding DDB-TABLE-310).
    :ivar fail_disassociations: so many end ACTIVE and still a member.
    :ivar client_type: a `Client` with a fault of its own, for a test.
    """

    def __init__(self) -> None:
        self.tables: dict[tuple[str, str], dict[str, t.Any]] = {}
        self.groups: dict[str, set[str]] = {}
        self.witnesses: dict[str, dict[str, str]] = {}
        self.due: list[tuple[int, t.Callable[[], None]]] = []
        self.time = 0
        self.calls: list[tuple[str, str, dict[str, t.Any]]] = []
        self.refused: list[str] = []
        self.abort_creates = 0
        self.fail_disassociations = 0
        self.insights_quota = True
        self.keys: dict[str, dict[str, t.Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.scaling: dict[Place, dict[str, t.Any]] = {}
        self.client_type = Client

    def __getitem__(self, region: str) -> Client:
        return self.of("dynamodb", region)

    def of(self, service: str, region: str) -> Client:
        """A service's client in a region, as the engine's own `Clients` hands them out."""
        types = {"dynamodb": self.client_type, "application-autoscaling": ScalingClient, "kms": encryption.KmsClient}
        return types[service](self, region)

    def later(self, ticks: int, event: t.Callable[[], None]) -> None:
        self.due.append((self.time + ticks, event))

    def advance(self) -> None:
        """One tick: everything due happens, in order."""
        self.time += 1
        while ripe := [entry for entry in self.due if entry[0] <= self.time]:
            first = min(ripe, key=lambda entry: entry[0])
            self.due.remove(first)
            first[1]()

    def settle(self) -> None:
        while self.due:
            self.advance()

    def members(self, name: str) -> set[str]:
        return self.groups.get(name, set())

    def group_of(self, name: str, region: str) -> set[str]:
        """The members of the group that a region's table belongs to, itself among them."""
        members = self.members(name)
        return members if region in members else {region}

    def busy(self, name: str, region: str) -> bool:
        group = [self.tables[(member, name)] for member in self.group_of(name, region) if (member, name) in self.tables]
        return any(table["status"] != "ACTIVE" or capacity.moves(table) for table in group)


class Client(
    GroupCalls,
    StrongGroupCalls,
    capacity.Capacity,
    encryption.EncryptionCalls,
    insights.Insights,
    resource_policies.ResourcePolicies,
    kinesis.Kinesis,
):
    """The calls of one region that the engine makes, as boto3's client takes them."""

    class exceptions:
        ResourceNotFoundException = insights.ResourceNotFoundException
        PolicyNotFoundException = resource_policies.PolicyNotFoundException

    def __init__(self, model: ServiceModel, region: str) -> None:
        self.model = model
        self.region = region
        self.meta = type("Meta", (), {"region_name": region})

    def _table(self, name: str, operation: str) -> dict[str, t.Any]:
        table = self.model.tables.get((self.region, name))
        if table is None:
            self._refuse("ResourceNotFoundException", f"Table: {name} not found", operation)
        return table

    def _refuse(self, code: str, message: str, operation: str) -> t.NoReturn:
        self.model.refused.append(f"{operation} in {self.region}: {message}")
        refuse(code, message, operation)

    def _log(self, operation: str, parameters: dict[str, t.Any]) -> None:
        self.model.calls.append((self.region, operation, parameters))

    # Reads

    def describe_table(self, TableName: str) -> dict[str, t.Any]:
        if (self.region, TableName) not in self.model.tables:
            refuse("ResourceNotFoundException", "not found", "DescribeTable")
        table = self.model.tables[(self.region, TableName)]
        others = sorted(self.model.group_of(TableName, self.region) - {self.region})
        replicas = [entry(member, self.model.tables[(member, TableName)], table) for member in others]
        description = {**copy.deepcopy(table["description"]), "TableStatus": table["status"]}
        description |= self._shown_of_a_strong_group(TableName) | self._shown_of_encryption(table)
        if replicas and "MultiRegionConsistency" not in description:
            description["DisassociationProtectionEnabled"] = table["disassociation_protected"]
        return {"Table": {**description, **({"Replicas": replicas} if replicas else {})}}

    def describe_time_to_live(self, TableName: str) -> dict[str, t.Any]:
        attribute = self._up(TableName, "DescribeTimeToLive")["ttl"]
        shown = {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute} if attribute else {}
        return {"TimeToLiveDescription": shown or {"TimeToLiveStatus": "DISABLED"}}

    def describe_continuous_backups(self, TableName: str) -> dict[str, t.Any]:
        days = self._up(TableName, "DescribeContinuousBackups")["recovery_days"]
        recovery = {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": days} if days else {}
        recovery = recovery or {"PointInTimeRecoveryStatus": "DISABLED"}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": recovery}}

    def get_paginator(self, operation: str) -> t.Any:
        return {"list_tags_of_resource": _TagPages, "list_tables": _TablePages}[operation](self)

    # Changes

    def create_table(self, **parameters: t.Any) -> None:
        self._log("CreateTable", parameters)
        name = parameters["TableName"]
        if (self.region, name) in self.model.tables:
            self._refuse("ResourceInUseException", f"Table already exists: {name}", "CreateTable")
        key = self._key_of(parameters.pop("SSESpecification", {}), self.region)
        self.check_new(parameters)
        self.model.tables[(self.region, name)] = {**new_table(self.region, parameters), "key": key}
        self._become_active_later(name, 2)

    def update_table(self, **parameters: t.Any) -> None:
        self._log("UpdateTable", parameters)
        name = parameters["TableName"]
        table = self._table(name, "UpdateTable")
        if self.model.busy(name, self.region):
            self._refuse("ResourceInUseException", "The resource is in use", "UpdateTable")
        updates = parameters.get("ReplicaUpdates")
        if self._is_about_a_strong_group(name, parameters):
            self._update_strong_group(name, parameters)
            return
        if updates and len(parameters) > 2:
            self._refuse("ValidationException", "Replica modification must be the only operation", "UpdateTable")
        if updates:
            self._update_replica(name, updates)
        else:
            self._update_settings(name, table, parameters)

    def _update_settings(self, name: str, table: dict[str, t.Any], parameters: dict[str, t.Any]) -> None:
        settings = {member: value for member, value in parameters.items() if member != "TableName"}
        if "SSESpecification" in settings:
            self._change_encryption(name, settings["SSESpecification"])
            return
        if "DisassociationProtectionEnabled" in settings:
            if not self.model.members(name) or len(settings) > 1:
                self._refuse("ValidationException", "is only supported for a replica of a global table", "UpdateTable")
            table["disassociation_protected"] = settings.pop("DisassociationProtectionEnabled")
        shared = {member: value for member, value in settings.items() if member != "DeletionProtectionEnabled"}
        if "StreamSpecification" in settings:
            self._check_stream(name, table, settings["StreamSpecification"])
        if name in self.model.witnesses:
            shared.pop("StreamSpecification", None)  # strongly consistent groups don't live on it
        if settings.get("BillingMode") == "PROVISIONED" and self.model.members(name):
            self._check_scaled(name)
        if settings.keys() & capacity.MEMBERS:
            self.update_capacity(name, table, settings)
            return
        for member in self.model.members(name) | {self.region}:
            apply(self.model.tables[(member, name)]["description"], settings if member == self.region else shared)
        table["status"] = "UPDATING"
        self._become_active_later(name, 1)

    def _check_scaled(self, name: str) -> None:
        if unscaled := unscaled_write(self.model, self.region, name, "PROVISIONED"):
            self._refuse("ValidationException", unscaled, "UpdateTable")

    def _check_stream(self, name: str, table: dict[str, t.Any], wanted: dict[str, t.Any]) -> None:
        if self.model.members(name) and name not in self.model.witnesses:
            self._refuse("ValidationException", "Disabling Stream is not allowed", "UpdateTable")
        if wanted["StreamEnabled"] and table["description"].get("StreamSpecification"):
            self._refuse("ValidationException", "Table already has an enabled stream", "UpdateTable")

    def delete_table(self, TableName: str) -> None:
        self._log("DeleteTable", {"TableName": TableName})
        table = self._table(TableName, "DeleteTable")
        if self.model.busy(TableName, self.region):
            self._refuse("ResourceInUseException", "is being used", "DeleteTable")
        if TableName in self.model.witnesses:
            self._refuse("ValidationException", "Deletion of only one table replica is not supported", "DeleteTable")
        if self.model.members(TableName):
            self._refuse("ValidationException", "acted as a source region", "DeleteTable")
        if table["description"]["DeletionProtectionEnabled"]:
            self._refuse("ValidationException", "has deletion protection enabled", "DeleteTable")
        table["status"] = "DELETING"
        self.model.later(2, lambda: self.model.tables.pop((self.region, TableName)))

    def update_time_to_live(self, TableName: str, TimeToLiveSpecification: dict[str, t.Any]) -> None:
        self._log("UpdateTimeToLive", TimeToLiveSpecification)
        table = self._table(TableName, "UpdateTimeToLive")
        if self.model.busy(TableName, self.region):
            self._refuse("ResourceInUseException", "in use", "UpdateTimeToLive")
        if TableName in self.model.witnesses:
            self._refuse("ValidationException", "no TTL in a strongly consistent group", "UpdateTimeToLive")
        enabled, attribute = TimeToLiveSpecification["Enabled"], TimeToLiveSpecification["AttributeName"]
        if enabled and table["ttl"] or not enabled and table["ttl"] != attribute:
            self._refuse("ValidationException", "TimeToLive is already in that state", "UpdateTimeToLive")
        for member in self.model.members(TableName) | {self.region}:
            self.model.tables[(member, TableName)]["ttl"] = attribute if enabled else ""

    def update_continuous_backups(self, TableName: str, PointInTimeRecoverySpecification: dict[str, t.Any]) -> None:
        self._log("UpdateContinuousBackups", PointInTimeRecoverySpecification)
        table = self._up(TableName, "UpdateContinuousBackups")
        days = PointInTimeRecoverySpecification.get("RecoveryPeriodInDays", 35)
        table["recovery_days"] = days if PointInTimeRecoverySpecification["PointInTimeRecoveryEnabled"] else 0

    def tag_resource(self, ResourceArn: str, Tags: list[dict[str, str]]) -> None:
        self._log("TagResource", {"Tags": Tags})
        table = self._up(ResourceArn.rpartition("/")[2], "TagResource")
        table["tags"].update({tag["Key"]: tag["Value"] for tag in Tags})

    def untag_resource(self, ResourceArn: str, TagKeys: list[str]) -> None:
        self._log("UntagResource", {"TagKeys": TagKeys})
        table = self._up(ResourceArn.rpartition("/")[2], "UntagResource")
        table["tags"] = {tag: value for tag, value in table["tags"].items() if tag not in TagKeys}

    def _up(self, name: str, operation: str) -> dict[str, t.Any]:
        """A table that is being made or removed answers DescribeTable only (finding DDB-TABLE-227)."""
        table = self._table(name, operation)
        if table["status"] not in ("ACTIVE", "UPDATING"):
            self._refuse("ResourceNotFoundException", "not found", operation)
        return table

    def _become_active_later(self, name: str, ticks: int) -> None:
        self.model.later(ticks, lambda: self.model.tables[(self.region, name)].update(status="ACTIVE"))


class _TagPages:
    def __init__(self, client: Client) -> None:
        self.client = client

    def paginate(self, ResourceArn: str) -> _TagPages:
        self.arn = ResourceArn
        return self

    def build_full_result(self) -> dict[str, t.Any]:
        table = self.client._up(self.arn.rpartition("/")[2], "ListTagsOfResource")
        return {"Tags": [{"Key": tag, "Value": value} for tag, value in table["tags"].items()]}


class _TablePages:
    def __init__(self, client: Client) -> None:
        self.client = client

    def paginate(self) -> _TablePages:
        return self

    def build_full_result(self) -> dict[str, t.Any]:
        return {"TableNames": sorted(name for region, name in self.client.model.tables if region == self.client.region)}


def new_table(region: str, parameters: dict[str, t.Any]) -> dict[str, t.Any]:
    """A table as CreateTable with ``parameters`` makes it."""
    description = {
        "TableName": parameters["TableName"],
        "TableArn": arn(region, parameters["TableName"]),
        "TableId": region,
        "ItemCount": 0,
        "DeletionProtectionEnabled": False,
    }
    given = {member: value for member, value in parameters.items() if member not in ("TableName", "Tags")}
    apply(description, given)
    mode = parameters.get("BillingMode", "PROVISIONED")
    description = capacity.new_holder(mode, description)
    description["GlobalSecondaryIndexes"] = [
        {**capacity.new_holder(mode, index), "IndexStatus": "ACTIVE"}
        for index in description.get("GlobalSecondaryIndexes", [])
    ]
    tags = {tag["Key"]: tag["Value"] for tag in parameters.get("Tags", [])}
    return {"description": description, "status": "CREATING", "ttl": "", **own_of_a_region(), "tags": tags}


def apply(description: dict[str, t.Any], members: dict[str, t.Any]) -> None:
    """Members of a create or update, as DescribeTable shows them."""
    for member, value in copy.deepcopy(members).items():
        if member == "BillingMode":
            description["BillingModeSummary"] = {"BillingMode": value}
        elif member == "TableClass":
            description["TableClassSummary"] = {"TableClass": value}
        elif member == "StreamSpecification" and not value["StreamEnabled"]:
            description.pop("StreamSpecification", None)
        else:
            description[member] = value

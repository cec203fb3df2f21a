# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scalable targets, their policies and alarms, in every region: what Application Auto Scaling keeps.

They outlive the tables and indexes that they scale (292, 323).
"""

from __future__ import annotations

import copy
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simulator import store
from simulator.store import ACCOUNT

Configuration = dict[str, Any]

READ, WRITE = "Read", "Write"
ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
)
ALARMS = {
    "AlarmHigh": ("Consumed", "Sum", "GreaterThanThreshold", 60, 2),
    "AlarmLow": ("Consumed", "Sum", "LessThanThreshold", 60, 15),
    "ProvisionedCapacityHigh": ("Provisioned", "Average", "GreaterThanThreshold", 300, 3),
    "ProvisionedCapacityLow": ("Provisioned", "Average", "LessThanThreshold", 300, 3),
}
"""What a policy watches (314): metric, statistic, comparison, period, evaluation periods."""


class Scaled(NamedTuple):
    """Something that scales: the reads or the writes of a table or an index."""

    table: str
    index: str | None
    kind: str

    @property
    def resource(self) -> str:
        return f"table/{self.table}" + (f"/index/{self.index}" if self.index else "")

    @property
    def dimension(self) -> str:
        return f"dynamodb:{'index' if self.index else 'table'}:{self.unit}"

    @property
    def unit(self) -> str:
        return f"{self.kind}CapacityUnits"

    @property
    def metric(self) -> str:
        return f"DynamoDB{self.kind}CapacityUtilization"

    @classmethod
    def parse(cls, resource: str, dimension: str) -> Scaled | None:
        """What a resource id and a scalable dimension name, if they fit each other."""
        parts = resource.split("/")
        if len(parts) not in (2, 4) or parts[0] != "table" or (len(parts) == 4 and parts[2] != "index"):
            return None
        kind = dimension.rpartition(":")[2].removesuffix("CapacityUnits")
        scaled = cls(parts[1], parts[3] if len(parts) == 4 else None, kind)
        return scaled if scaled.dimension == dimension and kind in (READ, WRITE) else None


@dataclass(eq=False)
class ScalingPolicy:
    """A target-tracking policy."""

    name: str
    configuration: Configuration
    arn: str
    created_at: float = field(default_factory=time.time)
    alarms: list[str] = field(default_factory=list)


@dataclass(eq=False)
class ScalableTarget:
    """The bounds of something that scales, and what scales it."""

    scaled: Scaled
    low: int
    high: int
    arn: str
    suspended: dict[str, bool] = field(default_factory=dict)
    created_at: float = field(default_factory=time.time)
    policies: dict[str, ScalingPolicy] = field(default_factory=dict)


class ScalableTargets:
    """The scalable targets of every region."""

    def __init__(self) -> None:
        self._regions: dict[str, dict[Scaled, ScalableTarget]] = {}

    def of(self, region: str) -> dict[Scaled, ScalableTarget]:
        return self._regions.setdefault(region, {})

    def get(self, region: str, scaled: Scaled) -> ScalableTarget | None:
        return self.of(region).get(scaled)

    def register(self, region: str, scaled: Scaled, low: int, high: int) -> ScalableTarget:
        """A new target, or other bounds for one."""
        target = self.get(region, scaled)
        if target is None:
            arn = f"arn:aws:application-autoscaling:{region}:{ACCOUNT}:scalable-target/{uuid.uuid4().hex}"
            target = self.of(region)[scaled] = ScalableTarget(scaled, low, high, arn)
        target.low, target.high = low, high
        return target

    def deregister(self, region: str, scaled: Scaled) -> None:
        """Its policies and their alarms go with it (242)."""
        target = self.of(region).pop(scaled)
        for policy in target.policies.values():
            store.delete_alarms(region, policy.alarms)

    def put_policy(self, region: str, scaled: Scaled, name: str, configuration: Configuration) -> ScalingPolicy:
        """The name is the policy's identity: with the same one, only its configuration changes (240)."""
        policies = self.of(region)[scaled].policies
        if name not in policies:
            arn = (
                f"arn:aws:autoscaling:{region}:{ACCOUNT}:scalingPolicy:{uuid.uuid4()}:resource/dynamodb/"
                f"{scaled.resource}:policyName/{name}"
            )
            policies[name] = ScalingPolicy(name, configuration, arn)
            policies[name].alarms = _make_alarms(region, scaled, policies[name])
        policies[name].configuration = configuration
        return policies[name]

    def delete_policy(self, region: str, scaled: Scaled, name: str) -> None:
        policy = self.of(region)[scaled].policies.pop(name)
        store.delete_alarms(region, policy.alarms)

    def scaled_writes(self, region: str) -> set[str]:
        """The resources whose writes have both a scaling target and a policy (188, 249)."""
        return {
            scaled.resource for scaled, target in self.of(region).items() if scaled.kind == WRITE and target.policies
        }

    def mirror_writes(self, source: str, target: str, resources: Collection[str]) -> None:
        """Give a new region the write targets and policies of a table; reads stay regional (194, 288)."""
        for scaled, known in list(self.of(source).items()):
            if scaled.kind == WRITE and scaled.resource in resources:
                self.register(target, scaled, known.low, known.high)
                for policy in known.policies.values():
                    self.put_policy(target, scaled, policy.name, copy.deepcopy(policy.configuration))

    def scale_index_writes(self, region: str, table: str, index: str) -> None:
        """What DynamoDB registers for an index that is added to a provisioned global table (322)."""
        scaled = Scaled(table, index, WRITE)
        self.register(region, scaled, 1, 10)
        self.put_policy(region, scaled, policy_name(scaled), tracking(scaled, {"TargetValue": 70.0}))

    def clear(self) -> None:
        self._regions.clear()


def policy_name(scaled: Scaled) -> str:
    """The name DynamoDB gives to a policy (237)."""
    return f"{scaled.metric}:{scaled.resource}"


def tracking(scaled: Scaled, configuration: Configuration) -> Configuration:
    """A target-tracking configuration that follows the consumed share of what is provisioned."""
    return {**configuration, "PredefinedMetricSpecification": {"PredefinedMetricType": scaled.metric}}


def _make_alarms(region: str, scaled: Scaled, policy: ScalingPolicy) -> list[str]:
    names = []
    for kind, (what, statistic, comparison, period, evaluations) in ALARMS.items():
        names.append(f"TargetTracking-{scaled.resource}-{kind}-{uuid.uuid4()}")
        dimensions = {"TableName": scaled.table} | ({"GlobalSecondaryIndexName": scaled.index} if scaled.index else {})
        store.put_alarm(
            region,
            name=names[-1],
            namespace="AWS/DynamoDB",
            metric_name=f"{what}{scaled.unit}",
            comparison_operator=comparison,
            evaluation_periods=evaluations,
            period=period,
            threshold=float(policy.configuration["TargetValue"]),
            statistic=statistic,
            description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}.",
            dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            alarm_actions=[policy.arn],
        )
    return names

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application Auto Scaling for DynamoDB: targets and policies, and capacity that is brought within new bounds.

Load isn't simulated, so nothing follows it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from simulator import durations, errors, operations, rules, store
from simulator.calls import Call
from simulator.capacity import is_provisioned, provisioned_capacities, set_capacities
from simulator.clock import SimulatedClock
from simulator.errors import ServiceError
from simulator.lifecycle import Lifecycle
from simulator.scaling import READ, ROLE, ScalableTarget, Scaled, ScalingPolicy
from simulator.state import ACTIVE, THROUGHPUT, RegionalTable, Tables

Result = dict[str, Any]
T = TypeVar("T")

TARGETS_PAGE, POLICIES_PAGE = 50, 10
TABLE_MAXIMUM = 40000
TARGET_VALUES = 10.0, 90.0
SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


class AutoScaling:
    """Answers Application Auto Scaling's operations on targets and target-tracking policies."""

    def __init__(self, tables: Tables, clock: SimulatedClock, lifecycle: Lifecycle) -> None:
        self._tables = tables
        self._clock = clock
        self._lifecycle = lifecycle
        self._targets = lifecycle.scaling
        self._activities: list[tuple[str, Result]] = []
        self._operations: dict[str, Callable[[Call], Result]] = {
            "RegisterScalableTarget": self.register,
            "DeregisterScalableTarget": self.deregister,
            "DescribeScalableTargets": self.describe_targets,
            "PutScalingPolicy": self.put_policy,
            "DeleteScalingPolicy": self.delete_policy,
            "DescribeScalingPolicies": self.describe_policies,
            "DescribeScalingActivities": self.describe_activities,
        }

    def answer(self, call: Call) -> Result:
        if call.operation not in self._operations:
            raise errors.not_simulated(f"the operation {call.operation}")
        operations.refuse_members(call.operation, call.parameters)
        if call.parameters["ServiceNamespace"] != "dynamodb":
            raise errors.not_simulated(f"auto scaling of {call.parameters['ServiceNamespace']}")
        return self._operations[call.operation](call)

    def register(self, call: Call) -> Result:
        scaled, parameters = _scaled(call), call.parameters
        table = self._tables.get(call.region, scaled.table)
        if table is None or not table.describable:
            raise errors.scaled_table_missing(f"table/{scaled.table}")
        if scaled.index and scaled.index not in table.indexes:
            raise errors.scaled_index_missing(scaled.resource)
        known = self._targets.get(call.region, scaled)
        low = parameters.get("MinCapacity", known and known.low)
        high = parameters.get("MaxCapacity", known and known.high)
        bounds_are_valid(low, high)
        target = self.set_bounds(call.region, scaled, low, high)
        target.suspended = {**target.suspended, **parameters.get("SuspendedState", {})}
        return {"ScalableTargetARN": target.arn}

    def set_bounds(self, region: str, scaled: Scaled, low: int, high: int) -> ScalableTarget:
        """Register a target; capacity out of its bounds is changed at once, and only now (195, 314, 315)."""
        target = self._targets.register(region, scaled, low, high)
        self._bring_within_bounds(region, target)
        return target

    def deregister(self, call: Call) -> Result:
        scaled = _scaled(call)
        if self._targets.get(call.region, scaled) is None:
            raise errors.no_scalable_target("found", scaled.resource, scaled.dimension)
        self._targets.deregister(call.region, scaled)
        return {}

    def describe_targets(self, call: Call) -> Result:
        wanted, dimension = call.parameters.get("ResourceIds"), call.parameters.get("ScalableDimension")
        if dimension and not wanted:
            raise errors.resource_needed_with_dimension()
        found = [
            target
            for scaled, target in self._targets.of(call.region).items()
            if (not wanted or scaled.resource in wanted) and dimension in (None, scaled.dimension)
        ]
        page, more = _page(call, found, TARGETS_PAGE)
        return {"ScalableTargets": [_described_target(target) for target in page], **more}

    def put_policy(self, call: Call) -> Result:
        scaled, parameters = _scaled(call), call.parameters
        target = self._targets.get(call.region, scaled)
        if target is None:
            raise errors.no_scalable_target("registered", scaled.resource, scaled.dimension)
        if parameters.get("PolicyType", "StepScaling") != "TargetTrackingScaling":
            raise errors.only_target_tracking()
        configuration = parameters.get("TargetTrackingScalingPolicyConfiguration")
        if not configuration:
            raise errors.tracking_configuration_needed()
        tracking_is_valid(scaled, configuration)
        name = parameters["PolicyName"]
        if set(target.policies) - {name}:
            raise errors.one_tracking_policy()
        configuration = {**configuration, "TargetValue": float(configuration["TargetValue"])}
        policy = self._targets.put_policy(call.region, scaled, name, configuration)
        return {"PolicyARN": policy.arn, "Alarms": _alarms(call.region, policy)}

    def delete_policy(self, call: Call) -> Result:
        scaled, name = _scaled(call), call.parameters["PolicyName"]
        target = self._targets.get(call.region, scaled)
        if target is None or name not in target.policies:
            raise errors.no_scaling_policy(scaled.resource, scaled.dimension, name)
        self._targets.delete_policy(call.region, scaled, name)
        return {}

    def describe_policies(self, call: Call) -> Result:
        parameters = call.parameters
        names, resource = parameters.get("PolicyNames"), parameters.get("ResourceId")
        dimension = parameters.get("ScalableDimension")
        if dimension and not resource:
            raise errors.resource_needed_with_dimension()
        found = [
            (scaled, policy)
            for scaled, target in self._targets.of(call.region).items()
            for policy in target.policies.values()
            if (not names or policy.name in names)
            and resource in (None, scaled.resource)
            and dimension in (None, scaled.dimension)
        ]
        page, more = _page(call, found, POLICIES_PAGE)
        return {"ScalingPolicies": [_described_policy(call.region, *one) for one in page], **more}

    def describe_activities(self, call: Call) -> Result:
        resource, dimension = call.parameters.get("ResourceId"), call.parameters.get("ScalableDimension")
        found = [
            activity
            for region, activity in reversed(self._activities)
            if region == call.region
            and resource in (None, activity["ResourceId"])
            and dimension in (None, activity["ScalableDimension"])
        ]
        page, more = _page(call, found, TARGETS_PAGE)
        return {"ScalingActivities": page, **more}

    def clear(self) -> None:
        self._activities.clear()

    def _bring_within_bounds(self, region: str, target: ScalableTarget) -> None:
        table, scaled = self._tables.get(region, target.scaled.table), target.scaled
        if self._targets.get(region, scaled) is not target or table is None:
            return
        if not _is_ready(table, scaled):
            self._clock.schedule(durations.SCALING_TRIES_AGAIN, lambda: self._bring_within_bounds(region, target))
            return
        if not is_provisioned(table):
            return
        current = _capacity(table, scaled)
        wanted = min(max(current, target.low), target.high)
        if wanted == current:
            return
        activity = self._begin_activity(region, scaled, wanted, "minimum" if wanted > current else "maximum")
        if wanted > TABLE_MAXIMUM:
            _fail(activity, wanted)
            return

        def change() -> None:
            _set_capacity(table, scaled, current, wanted)
            activity.update(StatusCode="Successful", EndTime=time.time())

        members = [table, *table.others()]
        span = durations.GLOBAL_UPDATE if len(members) > 1 else durations.CAPACITY
        self._lifecycle.hold_updating(members, span, change, THROUGHPUT)

    def _begin_activity(self, region: str, scaled: Scaled, wanted: int, bound: str) -> Result:
        units = f"{scaled.kind.lower()} capacity units to {wanted}"
        activity = {
            "ActivityId": str(uuid.uuid4()),
            "ServiceNamespace": "dynamodb",
            "ResourceId": scaled.resource,
            "ScalableDimension": scaled.dimension,
            "Description": f"Setting {units}.",
            "Cause": f"{bound} capacity was set to {wanted}",
            "StartTime": time.time(),
            "StatusCode": "InProgress",
            "StatusMessage": f"Successfully set {units}.",
        }
        self._activities.append((region, activity))
        return activity


def bounds_are_valid(low: int | None, high: int | None) -> None:
    if low is None or high is None:
        raise errors.bounds_needed()
    if low < 1:
        raise errors.bound_too_low()
    if high < low:
        raise errors.bounds_crossed()  # 253


def tracking_is_valid(scaled: Scaled, configuration: dict[str, Any]) -> None:
    """Whether a policy tracks what DynamoDB lets it track, at a value in range (196, 253)."""
    metric = configuration.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    if metric != scaled.metric:
        raise errors.metric_not_of_dimension(metric, scaled.dimension)
    value, (low, high) = float(configuration["TargetValue"]), TARGET_VALUES
    if value <= 0:
        raise errors.target_value_impossible(value)
    if not low <= value <= high:
        raise errors.target_value_out_of_range(metric, low, high, value)


def _scaled(call: Call) -> Scaled:
    scaled = Scaled.parse(call.parameters["ResourceId"], call.parameters["ScalableDimension"])
    if scaled is None:
        raise errors.unsupported_dimension()
    return scaled


def _is_ready(table: RegionalTable, scaled: Scaled) -> bool:
    """Whether capacity can be changed now."""
    try:
        rules.no_change_in_flight(table)
    except ServiceError:
        return False
    return scaled.index is None or (scaled.index in table.indexes and table.indexes[scaled.index].status == ACTIVE)


def _capacity(table: RegionalTable, scaled: Scaled) -> int:
    override = table.capacities[scaled.index].read_override
    if scaled.kind == READ and override is not None:
        return override
    return provisioned_capacities(table)[scaled.index][scaled.unit]


def _set_capacity(table: RegionalTable, scaled: Scaled, old: int, new: int) -> None:
    """Writes scale in all regions together, reads in one: the others keep theirs by an override (321)."""
    if scaled.kind == READ and table.source_region is not None and table.group:
        _override(table, scaled, new)
        return
    for member in (table, *table.others()):
        capacity = {**provisioned_capacities(member)[scaled.index], scaled.unit: new}
        set_capacities(member, {scaled.index: capacity})
        if scaled.kind == READ:
            own = member.capacities[scaled.index].read_override
            kept = old if own is None else own
            _override(member, scaled, new if member is table else kept)


def _override(member: RegionalTable, scaled: Scaled, wanted: int) -> None:
    inherited = wanted == provisioned_capacities(member)[scaled.index][scaled.unit]
    member.capacities[scaled.index].read_override = None if inherited else wanted


def _fail(activity: Result, wanted: int) -> None:
    """Bounds above the quota are accepted; only the activity tells (256)."""
    unit = f"{'Read' if 'read' in activity['Description'] else 'Write'}CapacityUnits"
    reason = (
        f"The requested {unit}, {wanted}, is above the per table maximum for the account. "
        f"Per table maximum: {TABLE_MAXIMUM}."
    )
    what = activity["Description"].removeprefix("Setting ")
    activity.update(StatusCode="Failed", EndTime=time.time(), StatusMessage=f"Failed to set {what} Reason: {reason}")


def _page(call: Call, found: Sequence[T], largest: int) -> tuple[Sequence[T], dict[str, str]]:
    start = int(call.parameters.get("NextToken") or 0)
    size = call.parameters.get("MaxResults", largest)
    if not 1 <= size <= largest:
        raise errors.page_size_out_of_range(largest)
    end = start + size
    return found[start:end], {"NextToken": str(end)} if end < len(found) else {}


def _described_target(target: ScalableTarget) -> Result:
    return {
        "ServiceNamespace": "dynamodb",
        "ResourceId": target.scaled.resource,
        "ScalableDimension": target.scaled.dimension,
        "MinCapacity": target.low,
        "MaxCapacity": target.high,
        "RoleARN": ROLE,
        "CreationTime": target.created_at,
        "SuspendedState": {name: target.suspended.get(name, False) for name in SUSPENDED},
        "ScalableTargetARN": target.arn,
    }


def _described_policy(region: str, scaled: Scaled, policy: ScalingPolicy) -> Result:
    return {
        "PolicyARN": policy.arn,
        "PolicyName": policy.name,
        "ServiceNamespace": "dynamodb",
        "ResourceId": scaled.resource,
        "ScalableDimension": scaled.dimension,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": policy.configuration,
        "Alarms": _alarms(region, policy),
        "CreationTime": policy.created_at,
    }


def _alarms(region: str, policy: ScalingPolicy) -> list[dict[str, str]]:
    arn = f"arn:aws:cloudwatch:{region}:{store.ACCOUNT}:alarm:"
    return [{"AlarmName": name, "AlarmARN": arn + name} for name in policy.alarms]

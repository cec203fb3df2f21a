# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Auto scaling of a global table in all its regions at once: a facade of DynamoDB over Application Auto Scaling."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from simulator import durations, errors
from simulator.admission import table_here
from simulator.auto_scaling import AutoScaling, bounds_are_valid, tracking_is_valid
from simulator.calls import Call, table_name
from simulator.capacity import is_provisioned
from simulator.clock import SimulatedClock
from simulator.errors import ServiceError
from simulator.scaling import READ, ROLE, WRITE, ScalableTarget, ScalableTargets, Scaled, policy_name, tracking
from simulator.state import ACTIVE, CREATING, GlobalTable, RegionalTable, Tables

Result = dict[str, Any]

WRITE_UPDATE = "ProvisionedWriteCapacityAutoScalingUpdate"
READ_UPDATE = "ReplicaProvisionedReadCapacityAutoScalingUpdate"
INDEX_READ_UPDATE = "ProvisionedReadCapacityAutoScalingUpdate"
NEEDED = ("MaximumUnits", "ScalingPolicyUpdate", "MinimumUnits")


@dataclass(frozen=True)
class Change:
    """What is asked of one dimension in some regions."""

    scaled: Scaled
    members: tuple[RegionalTable, ...]
    update: dict[str, Any]
    parameter: str

    @property
    def disables(self) -> bool:
        return bool(self.update.get("AutoScalingDisabled"))

    @property
    def policy(self) -> tuple[str, dict[str, Any]]:
        """The policy's name and configuration."""
        wanted = self.update["ScalingPolicyUpdate"]
        configuration = dict(wanted["TargetTrackingScalingPolicyConfiguration"])
        configuration["TargetValue"] = float(configuration["TargetValue"])
        return wanted.get("PolicyName", policy_name(self.scaled)), tracking(self.scaled, configuration)


class ReplicaAutoScaling:
    """Answers UpdateTableReplicaAutoScaling and DescribeTableReplicaAutoScaling."""

    def __init__(
        self, tables: Tables, clock: SimulatedClock, targets: ScalableTargets, auto_scaling: AutoScaling
    ) -> None:
        self._tables = tables
        self._clock = clock
        self._targets = targets
        self._auto_scaling = auto_scaling
        self._shown: dict[GlobalTable, tuple[float, list[Result]]] = {}
        self.operations: dict[str, Callable[[Call], Result]] = {
            "UpdateTableReplicaAutoScaling": self.update,
            "DescribeTableReplicaAutoScaling": self.describe,
        }

    def describe(self, call: Call) -> Result:
        """Every region of the table, this one too, by name; for a moment after a change what was before (238)."""
        table = self._table(call)
        assert table.group is not None
        until, replicas = self._shown.get(table.group, (0.0, []))
        if self._clock.now() >= until:
            self._shown.pop(table.group, None)
            replicas = self._replicas(table)
        return _answer(table, replicas)

    def update(self, call: Call) -> Result:
        """Answers with what was before (238); every region's table changes, if bounds make it, at once (314)."""
        table = self._table(call)
        changes = list(self._changes(table, call.parameters))
        if not changes:
            raise errors.no_scaling_update(table.name)
        for change in changes:
            self._is_valid(table, change)
        before = self._replicas(table)
        for change in changes:
            for member in change.members:
                self._apply(member.region, change)
        assert table.group is not None
        self._shown[table.group] = (self._clock.now() + durations.SCALING_SHOWN, before)
        return _answer(table, before)

    def _changes(self, table: RegionalTable, parameters: dict[str, Any]) -> Iterator[Change]:
        everywhere = (table, *table.others())
        if WRITE_UPDATE in parameters:
            yield Change(Scaled(table.name, None, WRITE), everywhere, parameters[WRITE_UPDATE], WRITE_UPDATE)
        indexes = parameters.get("GlobalSecondaryIndexUpdates", [])
        missing = [index["IndexName"] for index in indexes if not _has_index(table, index["IndexName"])]
        if missing:
            raise errors.scaled_indexes_missing(table.name, missing)
        for index in indexes:
            if WRITE_UPDATE in index:
                scaled = Scaled(table.name, index["IndexName"], WRITE)
                yield Change(scaled, everywhere, index[WRITE_UPDATE], WRITE_UPDATE)
        for member, update in self._named_replicas(table, parameters.get("ReplicaUpdates", [])):
            yield from _read_changes(member, update)

    def _named_replicas(
        self, table: RegionalTable, updates: list[dict[str, Any]]
    ) -> Iterator[tuple[RegionalTable, dict[str, Any]]]:
        members = {member.region: member for member in (table, *table.others())}
        named = [update["RegionName"] for update in updates]
        twice = sorted({region for region in named if named.count(region) > 1})
        if twice:
            raise errors.scaled_regions_twice(table.name, twice)
        for update in updates:
            region = update["RegionName"]
            if region not in members:
                raise errors.scaled_region_missing(table.name, region)
            if set(update) == {"RegionName"}:
                raise errors.no_scaling_update_for_region(table.name, region)
            yield members[region], update

    def _is_valid(self, table: RegionalTable, change: Change) -> None:
        """A change needs bounds and a policy, turning it off neither (241, 242, 253, 317)."""
        if change.disables:
            given = [name for name in ("MaximumUnits", "MinimumUnits", "ScalingPolicyUpdate") if name in change.update]
            if given:
                raise errors.scaling_parameters_forbidden(table.name, given)
            return
        missing = [name for name in NEEDED if name not in change.update]
        if missing:
            raise errors.scaling_parameters_missing(table.name, missing)
        if not is_provisioned(table):
            regions = sorted(member.region.upper() for member in (table, *table.others()))
            raise errors.scaling_on_demand(table.name, regions, change.parameter)
        if change.update.get("AutoScalingRoleArn", ROLE) != ROLE:
            raise errors.scaling_role_not_passed(change.update["AutoScalingRoleArn"])
        try:
            bounds_are_valid(change.update["MinimumUnits"], change.update["MaximumUnits"])
            tracking_is_valid(change.scaled, change.policy[1])
        except ServiceError as error:
            raise errors.passed_on_from_auto_scaling(error, str(uuid.uuid4())) from None

    def _apply(self, region: str, change: Change) -> None:
        if change.disables:
            if self._targets.get(region, change.scaled):
                self._targets.deregister(region, change.scaled)
            return
        low, high = change.update["MinimumUnits"], change.update["MaximumUnits"]
        target = self._auto_scaling.set_bounds(region, change.scaled, low, high)
        name, configuration = change.policy
        for other in set(target.policies) - {name}:
            self._targets.delete_policy(region, change.scaled, other)  # 240: a new name replaces the old
        self._targets.put_policy(region, change.scaled, name, copy.deepcopy(configuration))

    def _replicas(self, table: RegionalTable) -> list[Result]:
        members = sorted((table, *table.others()), key=lambda member: member.region)
        return [self._replica(table, member) for member in members]

    def _replica(self, table: RegionalTable, member: RegionalTable) -> Result:
        indexes = [name for name, index in table.indexes.items() if index.status not in (CREATING,)]
        return {
            "RegionName": member.region,
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": name,
                    "IndexStatus": table.indexes[name].status,
                    "ProvisionedReadCapacityAutoScalingSettings": self._settings(member, name, READ),
                    "ProvisionedWriteCapacityAutoScalingSettings": self._settings(member, name, WRITE),
                }
                for name in indexes
            ],
            "ReplicaProvisionedReadCapacityAutoScalingSettings": self._settings(member, None, READ),
            "ReplicaProvisionedWriteCapacityAutoScalingSettings": self._settings(member, None, WRITE),
            "ReplicaStatus": member.replica_status,
        }

    def _settings(self, member: RegionalTable, index: str | None, kind: str) -> Result:
        """A target without a policy reads as none (189, 195); on demand all is kept, and disabled (317)."""
        target = self._targets.get(member.region, Scaled(member.name, index, kind))
        if target is None or not target.policies:
            return {"AutoScalingDisabled": True, "ScalingPolicies": []}
        provisioned = not member.describable or is_provisioned(member)
        return _described(target) | ({} if provisioned else {"AutoScalingDisabled": True})

    def _table(self, call: Call) -> RegionalTable:
        """A member of a global table; of a regional one there is nothing to be seen (187, 254)."""
        table = table_here(self._tables, call.region, call.resource)
        if table is None or not table.describable or table.group is None:
            raise errors.global_table_not_found(table_name(call.resource))
        if any(not other.describable for other in table.listed_replicas()):
            raise errors.table_not_found(table.name)  # 306: it asks the new region, too
        return table


def _read_changes(member: RegionalTable, update: dict[str, Any]) -> Iterator[Change]:
    if READ_UPDATE in update:
        yield Change(Scaled(member.name, None, READ), (member,), update[READ_UPDATE], READ_UPDATE)
    for index in update.get("ReplicaGlobalSecondaryIndexUpdates", []):
        if not _has_index(member, index["IndexName"]):
            raise errors.scaled_index_missing_in(member.name, index["IndexName"], member.region)
        if INDEX_READ_UPDATE in index:
            scaled = Scaled(member.name, index["IndexName"], READ)
            yield Change(scaled, (member,), index[INDEX_READ_UPDATE], INDEX_READ_UPDATE)


def _has_index(table: RegionalTable, name: str) -> bool:
    """An index that is being created isn't there yet (323)."""
    return name in table.indexes and table.indexes[name].status == ACTIVE


def _described(target: ScalableTarget) -> Result:
    return {
        "MinimumUnits": target.low,
        "MaximumUnits": target.high,
        "AutoScalingRoleArn": ROLE,
        "ScalingPolicies": [
            {
                "PolicyName": policy.name,
                "TargetTrackingScalingPolicyConfiguration": {
                    name: value
                    for name, value in policy.configuration.items()
                    if name != "PredefinedMetricSpecification"
                },
            }
            for policy in target.policies.values()
        ],
    }


def _answer(table: RegionalTable, replicas: list[Result]) -> Result:
    description = {"TableName": table.name, "TableStatus": table.status, "Replicas": replicas}
    return {"TableAutoScalingDescription": description}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table operations the simulator answers itself: create, describe, update and delete, in every region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator import (
    disassociation,
    encryption,
    errors,
    limits,
    resource_policies,
    rules,
    store,
    strong_consistency,
)
from simulator.admission import table_here
from simulator.calls import Answer, Call
from simulator.clock import SimulatedClock
from simulator.description import PAY_PER_REQUEST, table_description
from simulator.fault import ABORT_CREATE, FAIL_CREATE, FAIL_DISASSOCIATION
from simulator.faults import Faults
from simulator.lifecycle import Lifecycle
from simulator.moto_service import regional_answer
from simulator.new_table import new_table, new_table_is_valid
from simulator.overrides import apply_overrides, overrides_can_be_created
from simulator.settings import Settings
from simulator.state import CREATING, UPDATING, Index, RegionalTable, Tables
from simulator.strong_consistency import GroupChange

Result = dict[str, Any]


class ControlPlane:
    """Answers CreateTable, DescribeTable, UpdateTable, DeleteTable and UpdateTimeToLive."""

    def __init__(
        self, tables: Tables, clock: SimulatedClock, lifecycle: Lifecycle, faults: Faults, disabled_regions: set[str]
    ) -> None:
        self._tables = tables
        self._clock = clock
        self._lifecycle = lifecycle
        self._settings = Settings(clock, lifecycle)
        self._faults = faults
        self._disabled_regions = disabled_regions
        self._operations: dict[str, Callable[[Call], Answer | Result]] = {
            "CreateTable": self.create_table,
            "DescribeTable": self.describe_table,
            "UpdateTable": self.update_table,
            "DeleteTable": self.delete_table,
            "UpdateTimeToLive": self.update_time_to_live,
        }

    def answer(self, call: Call) -> Answer:
        if call.operation != "DescribeTable":
            limits.another_operation(self._tables, call.region)
        result = self._operations[call.operation](call)
        return result if isinstance(result, Answer) else Answer.of(result)

    def create_table(self, call: Call) -> Answer | Result:
        name = call.parameters["TableName"]
        if self._tables.get(call.region, name):
            raise errors.table_exists(name)
        limits.another_table(self._tables, call.region)
        if {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"} & set(call.parameters):
            limits.another_indexed_table(self._tables, call.region, _is_indexed)
        new_table_is_valid(call.parameters, call.region)
        key_arn = encryption.key_of_new_table(call.region, call.parameters.get("SSESpecification"))
        policy = self._policy_of_new_table(call)
        answer = regional_answer(call)
        if answer.status != 200:
            return answer
        table = new_table(call.parameters, call.region, key_arn)
        if policy:
            resource_policies.attach(policy, table)
        self._lifecycle.create_table(table)
        return {"TableDescription": table_description(table)}

    def describe_table(self, call: Call) -> Result:
        return {"Table": table_description(self._table(call))}

    def delete_table(self, call: Call) -> Result:
        table = self._table(call)
        rules.table_can_be_deleted(table, store.is_protected(table.region, table.name), self._clock.now())
        resource_policies.no_change_is_pending(table, self._clock.now())
        if table.group:
            resource_policies.replication_is_authorized(table)
            self._lifecycle.delete_replica_itself(table)
        else:
            self._lifecycle.delete_table(table)
        return {"TableDescription": table_description(table)}

    def update_table(self, call: Call) -> Result:
        leaving = disassociation.the_disassociation(call.parameters)
        if leaving:
            return self._disassociate(self._table(call), leaving["RegionName"])
        keys = encryption.the_key_change(call.parameters)
        if keys:
            return self._change_keys(self._table(call), keys)
        group_change = strong_consistency.the_group_change(call.parameters)
        change = None if group_change else rules.the_replica_change(call.parameters)
        table = self._table(call)
        if group_change:
            self._change_group(table, group_change)
        elif change:
            rules.mode_can_be_named(table, call.parameters)
            self._change_replicas(table, change)
        elif table.is_joining:
            raise errors.table_not_found(table.name)
        else:
            changes = self._settings.change(table, call.parameters)
            description = table_description(table)
            return {"TableDescription": description if changes else {**description, "TableStatus": UPDATING}}  # 177
        return {"TableDescription": table_description(table)}

    def update_time_to_live(self, call: Call) -> Result:
        table = self._table(call)
        if table.is_joining:
            raise errors.table_not_found(table.name)
        specification = call.parameters["TimeToLiveSpecification"]
        self._settings.change_time_to_live(table, specification)
        return {"TimeToLiveSpecification": specification}

    def _policy_of_new_table(self, call: Call) -> resource_policies.PolicySlot | None:
        if "ResourcePolicy" not in call.parameters:
            return None
        text, name = call.parameters["ResourcePolicy"], call.parameters["TableName"]
        return resource_policies.policy_at_creation(text, call.region, name, self._clock.now())

    def _change_replicas(self, table: RegionalTable, change: rules.ReplicaChange) -> None:
        rules.region_can_be_named(change.region, table.region, self._disabled_regions)
        if table.is_joining:
            rules.joining_replica_admits(table, change)
        if change.action != rules.UPDATE:
            resource_policies.replication_is_authorized(table)
        if change.action == rules.CREATE:
            self._add_replica(table, change)
        elif change.action == rules.DELETE and table.is_strong:
            self._take_down_group(table, GroupChange(rules.DELETE, {change.region: change.settings}))
        elif change.action == rules.DELETE:
            self._remove_replica(table, change.region)
        else:
            replica = rules.replica_can_be_changed(table, change.region)
            self._settings.override(table, replica, change.settings)

    def _change_keys(self, table: RegionalTable, keys: dict[str, str]) -> Result:
        self._settings.change_keys(table, keys)
        return {"TableDescription": table_description(table)}

    def _disassociate(self, table: RegionalTable, region: str) -> Result:
        disassociation.replica_can_leave(table, region)
        self._faults.check_permission("DisassociateTableReplica", region, table.name)
        fails = self._faults.strikes(FAIL_DISASSOCIATION, region, table.name)
        self._lifecycle.disassociate(table, fails)
        return {"TableDescription": table_description(table)}

    def _change_group(self, table: RegionalTable, change: GroupChange) -> None:
        """Several replicas, or replicas and a witness, in one call: strong consistency."""
        if change.action == rules.CREATE:
            strong_consistency.group_can_be_created(table, change)
        for region in (*change.replicas, *([change.witness] if change.witness else [])):
            rules.region_can_be_named(region, table.region, self._disabled_regions)
        if table.is_joining:
            raise errors.replica_being_added(table.name, table.region)
        resource_policies.replication_is_authorized(table)
        if change.action == rules.CREATE:
            self._create_group(table, change)
        else:
            self._take_down_group(table, change)

    def _create_group(self, table: RegionalTable, change: GroupChange) -> None:
        region, name = table.region, table.name
        strong_consistency.table_can_be_strong(
            store.item_count(region, name) > 0,
            store.time_to_live(region, name)["TimeToLiveStatus"] != "DISABLED",
            store.has_local_indexes(region, name),
        )
        replicas = [self._new_replica(table, target, settings) for target, settings in change.replicas.items()]
        if change.witness:
            self._faults.check_permission("CreateGlobalTableWitness", change.witness, name)
        if any([self._faults.strikes(ABORT_CREATE, target, name) for target in change.replicas]):
            self._lifecycle.abort_replica(table, strong=True)
        else:
            self._lifecycle.create_strong_group(table, replicas, change.witness)

    def _take_down_group(self, table: RegionalTable, change: GroupChange) -> None:
        replicas = strong_consistency.group_can_be_deleted(table, change)
        for replica in replicas:
            rules.is_unprotected(replica, store.is_protected(replica.region, replica.name))
            if replica.region == table.source_region:
                rules.is_no_recent_source(replica, self._clock.now())
            self._faults.check_permission("DeleteTableReplica", replica.region, table.name)
        if change.witness:
            self._faults.check_permission("DeleteGlobalTableWitness", change.witness, table.name)
        self._lifecycle.take_down_strong_group(table, replicas)

    def _add_replica(self, table: RegionalTable, change: rules.ReplicaChange) -> None:
        if table.is_strong:
            raise errors.strong_group_is_complete()
        replica = self._new_replica(table, change.region, change.settings)
        if self._faults.strikes(ABORT_CREATE, change.region, table.name):
            self._lifecycle.abort_replica(table)
        elif self._faults.strikes(FAIL_CREATE, change.region, table.name):
            self._lifecycle.fail_replica(table, replica)
        else:
            self._lifecycle.add_replica(table, replica)

    def _new_replica(self, table: RegionalTable, region: str, settings: dict[str, Any]) -> RegionalTable:
        """A replica as its Create describes it, if the service admits it."""
        rules.replica_can_be_created(table, region, self._tables.get(region, table.name))
        if store.billing_mode(table.region, table.name) != PAY_PER_REQUEST:
            scaled = self._lifecycle.scaling.scaled_writes(table.region)
            rules.write_capacity_follows_load(table, scaled, store.index_throughputs(table.region, table.name))
        limits.another_table(self._tables, region)
        overrides_can_be_created(table, settings)
        self._faults.check_permission("CreateTableReplica", region, table.name)
        replica = RegionalTable(region, table.name, CREATING)
        replica.kms_key_arn = encryption.key_of_new_replica(table, region, settings.get("KMSMasterKeyId"))
        replica.on_demand_since = table.on_demand_since
        replica.table_class = settings.get("TableClassOverride", table.table_class)
        replica.indexes = {name: Index(name, CREATING) for name in table.indexes}
        for index, capacity in replica.capacities.items():
            capacity.maximums = dict(table.capacities[index].maximums)
        apply_overrides(table, replica, settings)
        return replica

    def _remove_replica(self, table: RegionalTable, region: str) -> None:
        replica = rules.replica_can_be_changed(table, region)
        rules.is_unprotected(replica, store.is_protected(replica.region, replica.name))
        rules.is_no_recent_source(replica, self._clock.now())
        self._faults.check_permission("DeleteTableReplica", region, table.name)
        self._lifecycle.remove_replica(table, replica)

    def _table(self, call: Call) -> RegionalTable:
        """The table a call names, in its region."""
        table = table_here(self._tables, call.region, call.resource)
        if table is None or not table.describable:
            raise errors.table_not_found(call.table or "")
        return table


def _is_indexed(table: RegionalTable) -> bool:
    return bool(table.indexes) or store.has_local_indexes(table.region, table.name)

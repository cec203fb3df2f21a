# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UpdateTable without replica changes, replica overrides, and TTL: what changes where (AWS_FACTS section 4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from simulator import durations, errors, rules, store
from simulator.clock import SimulatedClock
from simulator.description import PAY_PER_REQUEST
from simulator.lifecycle import Lifecycle
from simulator.state import CREATING, DELETING, RegionalTable

STANDARD = "STANDARD"


class Settings:
    """Changes a table's settings, in one region or in all it replicates to."""

    def __init__(self, clock: SimulatedClock, lifecycle: Lifecycle) -> None:
        self._clock = clock
        self._lifecycle = lifecycle

    def change(self, table: RegionalTable, parameters: dict[str, Any]) -> None:
        """An UpdateTable that changes no replicas: one concern a call (433)."""
        rules.is_one_concern(parameters)
        if "DeletionProtectionEnabled" in parameters:
            self._change_protection(table, parameters["DeletionProtectionEnabled"])
        elif "TableClass" in parameters:
            self._change_table_class(table, parameters["TableClass"])
        else:
            self._change_capacity_or_stream(table, parameters)

    def override(self, table: RegionalTable, replica: RegionalTable, settings: dict[str, Any]) -> None:
        """ReplicaUpdates.Update: it takes a while even when nothing changes (250, 252, 294)."""
        if "KMSMasterKeyId" in settings:
            raise errors.key_needed_for_each_replica()  # 295, 309: whatever the key
        if _overrides_capacity(settings) and not _is_provisioned(table):
            raise errors.capacity_on_demand()
        new_class = settings.get("TableClassOverride")
        if new_class:
            rules.table_class_can_be_changed(replica, self._clock.now())

        def apply() -> None:
            if new_class:
                self._set_table_class(replica, new_class)
            apply_capacity_overrides(table, replica, settings)

        self._lifecycle.hold_updating([table, replica], durations.GLOBAL_UPDATE, apply)

    def change_time_to_live(self, table: RegionalTable, wanted: dict[str, Any]) -> None:
        """TTL belongs to all regions together: each shows it within a minute (230, 297, 306)."""
        if table.group and any(other.is_joining for other in table.listed_replicas()):
            raise errors.replica_being_added(table.name, table.region)
        enabled, attribute = wanted["Enabled"], wanted["AttributeName"]
        if table.is_strong:
            raise errors.no_strong_time_to_live()
        rules.time_to_live_can_be_changed(store.time_to_live(table.region, table.name), enabled, attribute)
        members = [table, *table.others()]
        if self._clock.now() - max(member.ttl_changed_at for member in members) < durations.TTL_CHANGE_APART:
            raise errors.ttl_changed_too_soon()
        for member in members:
            member.ttl_changed_at = self._clock.now()
        store.set_time_to_live(table.region, table.name, enabled, attribute)
        for other in table.others():
            self._lifecycle.follow(other, lambda other=other: _copy_time_to_live(table, other))

    def _change_protection(self, table: RegionalTable, protected: bool) -> None:
        """Regional, in every case. Immediate on a table without replicas (017), slow on one with (230, 297)."""
        if table.group:
            rules.no_change_in_flight(table)
        elif table.status in (CREATING, DELETING):
            raise errors.resource_in_use()
        if protected == store.is_protected(table.region, table.name):
            return
        rules.protection_can_be_toggled(table, self._clock.now())

        def apply() -> None:
            store.set_protection(table.region, table.name, protected)
            table.protection_changed_at = self._clock.now()

        if table.group:
            held = [member for member in (table, self._lifecycle.source_of(table)) if member]
            self._lifecycle.hold_updating(held, durations.GLOBAL_UPDATE, apply)
        else:
            apply()

    def _change_table_class(self, table: RegionalTable, new_class: str) -> None:
        rules.no_change_in_flight(table)
        if new_class == STANDARD and table.table_class is None and not table.group:
            return  # 283: free, and it stays unset
        members = [table, *table.others()]
        for member in members:
            rules.table_class_can_be_changed(member, self._clock.now())

        def apply() -> None:
            for member in members:
                self._set_table_class(member, new_class)

        self._update(members, durations.TABLE_CLASS, apply)

    def _change_capacity_or_stream(self, table: RegionalTable, parameters: dict[str, Any]) -> None:
        stream = parameters.get("StreamSpecification")
        if stream:
            rules.stream_can_be_changed(table, store.stream_enabled(table.region, table.name), stream)
        rules.no_change_in_flight(table)
        members = [table, *table.others()]
        span, changes = durations.STREAM, []
        if set(parameters) & {"BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexUpdates"}:
            change = self._capacity_change(table, parameters)
            if change:
                span, apply_capacity = change
                changes = [lambda: [apply_capacity(member) for member in members]]
        if stream:
            store.set_stream(table.region, table.name, stream)
            if table.is_strong:
                members = [table]
                self._lifecycle.follow_anew(table)
        if stream or changes:
            self._update(members, span, lambda: [change() for change in changes])

    def _capacity_change(
        self, table: RegionalTable, parameters: dict[str, Any]
    ) -> tuple[durations.Span, Callable[[RegionalTable], None]] | None:
        """How long a change of billing mode or capacity takes, and how it applies to a member; None for no change."""
        provisioned = _is_provisioned(table)
        mode = parameters.get("BillingMode", "PROVISIONED" if provisioned else PAY_PER_REQUEST)
        throughput = parameters.get("ProvisionedThroughput")
        indexes = {
            update["Update"]["IndexName"]: update["Update"]["ProvisionedThroughput"]
            for update in parameters.get("GlobalSecondaryIndexUpdates", [])
        }
        known = store.index_throughputs(table.region, table.name)
        rules.indexes_exist(table.name, indexes, known)
        if mode == PAY_PER_REQUEST:
            if throughput or indexes:
                raise errors.capacity_on_demand()
            return None if not provisioned else (durations.TO_ON_DEMAND, _go_on_demand)
        current = store.throughput(table.region, table.name) if provisioned else None
        rules.throughput_is_given_and_new(current, throughput, indexes, known, "BillingMode" in parameters)
        if table.group and not provisioned:
            rules.write_capacity_follows_load(table, store.write_scaling_resources(table.region), known)

        def apply(member: RegionalTable) -> None:
            store.set_capacity(member.region, member.name, throughput, indexes)

        return (durations.CAPACITY if provisioned else durations.TO_PROVISIONED), apply

    def _update(self, members: list[RegionalTable], span: durations.Span, change: Callable[[], Any]) -> None:
        if len(members) > 1:
            span = max(span, durations.GLOBAL_UPDATE)
        self._lifecycle.hold_updating(members, span, change)

    def _set_table_class(self, member: RegionalTable, new_class: str) -> None:
        if new_class != (member.table_class or STANDARD):
            member.table_class_changes.append(self._clock.now())
            member.table_class_set_at = time.time()
        member.table_class = new_class


def apply_capacity_overrides(table: RegionalTable, replica: RegionalTable, settings: dict[str, Any]) -> None:
    """Read capacity of a replica's own; the table's value clears it (250), other indexes keep theirs (252)."""
    if not _is_provisioned(table):
        return  # 223: accepted at creation, to no effect
    override = settings.get("ProvisionedThroughputOverride")
    if override:
        base = store.throughput(table.region, table.name)["ReadCapacityUnits"]
        wanted = override["ReadCapacityUnits"]
        replica.read_override = None if wanted == base else wanted
    known = store.index_throughputs(table.region, table.name)
    for index in settings.get("GlobalSecondaryIndexes", []):
        name, index_override = index["IndexName"], index.get("ProvisionedThroughputOverride")
        if name in known and index_override:
            replica.index_read_overrides[name] = index_override["ReadCapacityUnits"]
            if index_override["ReadCapacityUnits"] == known[name]["ReadCapacityUnits"]:
                del replica.index_read_overrides[name]


def _overrides_capacity(settings: dict[str, Any]) -> bool:
    return "ProvisionedThroughputOverride" in settings or "GlobalSecondaryIndexes" in settings


def _is_provisioned(table: RegionalTable) -> bool:
    return store.billing_mode(table.region, table.name) != PAY_PER_REQUEST


def _go_on_demand(member: RegionalTable) -> None:
    member.on_demand_since = time.time()
    member.read_override = None
    member.index_read_overrides.clear()
    store.set_on_demand(member.region, member.name)


def _copy_time_to_live(source: RegionalTable, target: RegionalTable) -> None:
    ttl = store.time_to_live(source.region, source.name)
    store.set_time_to_live(
        target.region, target.name, ttl["TimeToLiveStatus"] == "ENABLED", ttl.get("AttributeName", "")
    )

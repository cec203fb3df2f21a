# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UpdateTable without replica changes, replica overrides, and TTL: what changes where (AWS_FACTS section 4)."""

from __future__ import annotations

import time
from typing import Any

from simulator import disassociation, durations, errors, rules, store
from simulator.capacity import Capacity, is_provisioned
from simulator.clock import SimulatedClock
from simulator.description import PROVISIONED
from simulator.encryption import Encryption
from simulator.indexes import IndexChanges, Indexes
from simulator.lifecycle import Lifecycle
from simulator.on_demand import Maximums, OnDemand
from simulator.overrides import apply_overrides, overrides_can_be_changed
from simulator.state import CREATING, DELETING, INDEX_CREATED, STREAM, TABLE_CLASS, THROUGHPUT, RegionalTable
from simulator.warm import Warm, WarmThroughputs

STANDARD = "STANDARD"


class Settings:
    """Changes a table's settings, in one region or in all it replicates to."""

    def __init__(self, clock: SimulatedClock, lifecycle: Lifecycle) -> None:
        self._clock = clock
        self._lifecycle = lifecycle
        self._capacity = Capacity(clock, lifecycle)
        self._on_demand = OnDemand(lifecycle)
        self._warm = Warm(lifecycle)
        self._encryption = Encryption(clock, lifecycle)
        self._indexes = Indexes(lifecycle)

    def change(self, table: RegionalTable, parameters: dict[str, Any]) -> bool:
        """An UpdateTable that changes no replicas: one concern a call (433). Tells whether it changes anything."""
        rules.values_are_known(parameters)
        rules.is_one_concern(parameters)
        if "DeletionProtectionEnabled" in parameters:
            self._change_protection(table, parameters["DeletionProtectionEnabled"])
        elif "DisassociationProtectionEnabled" in parameters:
            self._change_disassociation_protection(table, parameters["DisassociationProtectionEnabled"])
        elif "SSESpecification" in parameters:
            self._encryption.change(table, parameters["SSESpecification"])
        elif "TableClass" in parameters:
            return self._change_table_class(table, parameters["TableClass"])
        else:
            return self._change_together(table, parameters)
        return True

    def change_keys(self, table: RegionalTable, keys: dict[str, str]) -> None:
        """Several ReplicaUpdates.Update that carry keys alone."""
        self._encryption.change_keys(table, keys)

    def override(self, table: RegionalTable, replica: RegionalTable, settings: dict[str, Any]) -> None:
        """ReplicaUpdates.Update: it takes a while even when nothing changes (250, 252, 294)."""
        if "KMSMasterKeyId" in settings:
            raise errors.key_needed_for_each_replica()  # 295, 309: whatever the key, one region's isn't enough
        overrides_can_be_changed(table, settings)
        new_class = settings.get("TableClassOverride")
        if new_class:
            rules.table_class_can_be_changed(replica, self._clock.now())

        def apply() -> None:
            if new_class:
                self._set_table_class(replica, new_class)
            apply_overrides(table, replica, settings)

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

    def _change_disassociation_protection(self, table: RegionalTable, protected: bool) -> None:
        """Of this replica alone; as asynchronous as any change (its duration wasn't observed)."""
        disassociation.protection_can_be_changed(table)
        rules.no_change_in_flight(table)

        def apply() -> None:
            table.disassociation_protected = protected

        if protected != table.disassociation_protected:
            self._lifecycle.hold_updating([table], durations.GLOBAL_UPDATE, apply)

    def _change_table_class(self, table: RegionalTable, new_class: str) -> bool:
        rules.nothing_in_the_way(table, "table class", TABLE_CLASS, STREAM)
        rules.no_change_in_flight(table)
        if new_class == STANDARD and table.table_class is None and not table.group:
            return False  # 283: free, and it stays unset
        members = [table, *table.others()]
        for member in members:
            rules.table_class_can_be_changed(member, self._clock.now())
        if new_class == (table.table_class or STANDARD) and not table.group:
            return False  # 018, 283

        def apply() -> None:
            for member in members:
                self._set_table_class(member, new_class)

        span = durations.GLOBAL_UPDATE if table.group else durations.TABLE_CLASS
        self._lifecycle.hold_updating(members, span, apply, TABLE_CLASS)
        return True

    def _change_together(self, table: RegionalTable, parameters: dict[str, Any]) -> bool:
        """Billing, capacity, stream and indexes, as far as they may share a call: all is admitted, or nothing."""
        stream, changes = parameters.get("StreamSpecification"), IndexChanges.of(parameters)
        throughputs = changes.of_kind("ProvisionedThroughput")
        maximums: Maximums = {**_of_table(parameters, "OnDemandThroughput"), **changes.of_kind("OnDemandThroughput")}
        warm: WarmThroughputs = {**_of_table(parameters, "WarmThroughput"), **changes.of_kind("WarmThroughput")}
        if stream:
            self._stream_is_admitted(table, stream)
        mode = parameters.get("BillingMode")
        provisioned = mode == PROVISIONED or (mode is None and is_provisioned(table))
        if changes.changes_schema:
            self._indexes.check(table, changes, parameters, provisioned)
        capacity = None
        if throughputs or mode or "ProvisionedThroughput" in parameters:
            capacity = self._capacity.admitted(table, parameters, throughputs)
        if maximums:
            self._on_demand.check(table, maximums, provisioned, switches=capacity is not None)
        self._warm.check(table, warm)
        if capacity:
            self._capacity.start(table, capacity)
        if maximums:
            self._on_demand.start(table, maximums)
        self._warm.start(table, warm)
        if stream:
            self._start_stream(table, stream)
        self._indexes.start(table, changes, parameters)
        return bool(capacity or maximums or warm or stream or changes.changes_schema)

    def _start_stream(self, table: RegionalTable, wanted: dict[str, Any]) -> None:
        store.set_stream(table.region, table.name, wanted)
        if table.is_strong:
            self._lifecycle.follow_anew(table)
        self._lifecycle.hold_updating([table], durations.STREAM, lambda: None, STREAM)

    def _stream_is_admitted(self, table: RegionalTable, wanted: dict[str, Any]) -> None:
        rules.stream_can_be_changed(table, store.stream_enabled(table.region, table.name), wanted)
        rules.nothing_in_the_way(table, "stream", THROUGHPUT, TABLE_CLASS, INDEX_CREATED)
        rules.no_change_in_flight(table)

    def _set_table_class(self, member: RegionalTable, new_class: str) -> None:
        if new_class != (member.table_class or STANDARD):
            member.table_class_changes.append(self._clock.now())
            member.table_class_set_at = time.time()
        member.table_class = new_class


def _of_table(parameters: dict[str, Any], member: str) -> dict[str | None, Any]:
    return {None: parameters[member]} if member in parameters else {}


def _copy_time_to_live(source: RegionalTable, target: RegionalTable) -> None:
    ttl = store.time_to_live(source.region, source.name)
    store.set_time_to_live(
        target.region, target.name, ttl["TimeToLiveStatus"] == "ENABLED", ttl.get("AttributeName", "")
    )

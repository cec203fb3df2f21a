# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Billing mode and capacity of a table and its indexes, and a replica's own read capacity (AWS_FACTS section 4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import durations, errors, rules, store
from simulator.description import PAY_PER_REQUEST
from simulator.indexes import named
from simulator.lifecycle import Lifecycle
from simulator.state import (
    ACTIVE,
    CREATING,
    DELETING,
    INDEX_CREATED,
    INDEX_DELETED,
    THROUGHPUT,
    UPDATING,
    RegionalTable,
)


@dataclass(frozen=True)
class CapacityChange:
    """A change that was admitted: how long it takes, what it leaves in a region, and whether it holds the table."""

    span: durations.Span
    apply: Callable[[RegionalTable], None]
    holds_table: bool
    indexes: tuple[str, ...]


class Capacity:
    """Changes billing mode and capacity, in all regions of a table together (251)."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    def admitted(
        self, table: RegionalTable, parameters: dict[str, Any], updates: dict[str, dict[str, Any]]
    ) -> CapacityChange | None:
        """What the service would do; None when nothing changes."""
        provisioned = is_provisioned(table)
        mode = parameters.get("BillingMode", "PROVISIONED" if provisioned else PAY_PER_REQUEST)
        throughput = parameters.get("ProvisionedThroughput")
        if mode == PAY_PER_REQUEST and not provisioned and not throughput and not updates:
            return None  # 156, 452: also while a switch to PROVISIONED is under way, which it doesn't stop
        _is_admitted_now(table, updates, holds_table="BillingMode" in parameters or throughput is not None)
        if mode == PAY_PER_REQUEST:
            if throughput:
                raise errors.capacity_on_demand()
            for name in updates:
                raise errors.index_takes_no_throughput(name)
            return CapacityChange(durations.TO_ON_DEMAND, _go_on_demand, True, ())
        return self._provisioning(
            table, parameters, {name: one["ProvisionedThroughput"] for name, one in updates.items()}
        )

    def start(self, table: RegionalTable, change: CapacityChange) -> None:
        members = [table, *table.others()]
        for member in members:
            for name in change.indexes:
                member.indexes[name].status = UPDATING

        def apply() -> None:
            for member in members:
                change.apply(member)
                for name in change.indexes:
                    member.indexes[name].status = ACTIVE

        if len(members) > 1:
            self._lifecycle.hold_updating(members, max(change.span, durations.GLOBAL_UPDATE), apply, THROUGHPUT)
        elif change.holds_table:
            self._lifecycle.hold_updating(members, change.span, apply, THROUGHPUT)
        else:
            self._lifecycle.later(change.span, apply)

    def _provisioning(
        self, table: RegionalTable, parameters: dict[str, Any], indexes: dict[str, dict[str, int]]
    ) -> CapacityChange:
        throughput, names_mode = parameters.get("ProvisionedThroughput"), "BillingMode" in parameters
        known = store.index_throughputs(table.region, table.name)
        current = store.throughput(table.region, table.name) if is_provisioned(table) else None
        if throughput or names_mode or current is None:
            rules.throughput_is_given(current, throughput, indexes, known, names_mode)
        rules.throughput_is_new(current, throughput, indexes, known)
        if table.group and current is None:
            rules.write_capacity_follows_load(table, self._lifecycle.scaling.scaled_writes(table.region), known)

        def apply(member: RegionalTable) -> None:
            store.set_capacity(member.region, member.name, throughput, indexes)

        if current is None:
            return CapacityChange(durations.TO_PROVISIONED, apply, True, ())
        if throughput is None:
            return CapacityChange(durations.INDEX_UPDATED, apply, False, tuple(indexes))
        return CapacityChange(durations.CAPACITY, apply, True, tuple(indexes))


def _is_admitted_now(table: RegionalTable, updates: dict[str, Any], holds_table: bool) -> None:
    """Whether the state of the table and of the indexes named lets their capacity change (159, 163, 375, 376)."""
    for name in updates:
        index = named(table, name)
        if index.status == DELETING:
            raise errors.index_is_deleting(table.name, name)
        if index.status == UPDATING:
            raise errors.index_is_updating(table.name, name)
        if index.status == CREATING and not index.backfilling:
            raise errors.index_not_backfilling_yet(table.name, name)
    only_indexes_change = not set(table.changes) - {INDEX_CREATED, INDEX_DELETED}
    if table.group is None and not holds_table and table.status == UPDATING and only_indexes_change:
        return
    rules.nothing_in_the_way(table, "throughput", INDEX_CREATED, INDEX_DELETED, THROUGHPUT)
    rules.no_change_in_flight(table)


def apply_overrides(table: RegionalTable, replica: RegionalTable, settings: dict[str, Any]) -> None:
    """Read capacity of a replica's own; the table's value clears it (250), other indexes keep theirs (252)."""
    if not is_provisioned(table):
        return  # 223: accepted at creation, to no effect
    override = settings.get("ProvisionedThroughputOverride")
    if override:
        replica.read_override = _unless_inherited(override, store.throughput(table.region, table.name))
    known = store.index_throughputs(table.region, table.name)
    for index in settings.get("GlobalSecondaryIndexes", []):
        name, override = index["IndexName"], index.get("ProvisionedThroughputOverride")
        if name in known and override:  # 307: an unknown one is accepted in silence
            replica.indexes[name].read_override = _unless_inherited(override, known[name])


def is_provisioned(table: RegionalTable) -> bool:
    return store.billing_mode(table.region, table.name) != PAY_PER_REQUEST


def _unless_inherited(override: dict[str, int], base: dict[str, int]) -> int | None:
    wanted = override["ReadCapacityUnits"]
    return None if wanted == base["ReadCapacityUnits"] else wanted


def _go_on_demand(member: RegionalTable) -> None:
    member.on_demand_since = time.time()
    member.read_override = None
    for index in member.indexes.values():
        index.read_override = None
    store.set_on_demand(member.region, member.name)

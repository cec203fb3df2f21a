# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Billing mode and provisioned capacity of a table and its indexes (AWS_FACTS section 4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import durations, errors, rules, store
from simulator.clock import SimulatedClock
from simulator.description import PAY_PER_REQUEST, PROVISIONED
from simulator.lifecycle import Lifecycle
from simulator.state import (
    ACTIVE,
    INDEX_CREATED,
    INDEX_DELETED,
    THROUGHPUT,
    UPDATING,
    CapacityRecord,
    RegionalTable,
)
from simulator.store import Throughput

QUOTA = 40000
"""The most capacity of either kind that a table, or an index, may have in the accounts that were observed (170)."""

DECREASES_A_DAY = 4
SWITCHES_A_DAY = 4
Capacities = dict[str | None, Throughput]
"""Capacity of the table, by None, and of indexes, by name."""


@dataclass(frozen=True)
class CapacityChange:
    """A change that was admitted: how long it takes, what it begins and leaves in a region, and whom it holds."""

    span: durations.Span
    apply: Callable[[RegionalTable], None]
    begin: Callable[[RegionalTable], None] = lambda member: None
    holds_table: bool = True
    indexes: tuple[str, ...] = ()


class Capacity:
    """Changes billing mode and capacity, in all regions of a table together (251)."""

    def __init__(self, clock: SimulatedClock, lifecycle: Lifecycle) -> None:
        self._clock = clock
        self._lifecycle = lifecycle

    def admitted(
        self, table: RegionalTable, parameters: dict[str, Any], indexes: dict[str, Throughput]
    ) -> CapacityChange | None:
        """What the service would do; None when nothing changes."""
        provisioned = is_provisioned(table)
        mode = parameters.get("BillingMode", PROVISIONED if provisioned else PAY_PER_REQUEST)
        throughput = parameters.get("ProvisionedThroughput")
        if mode == PAY_PER_REQUEST and not provisioned and not throughput and not indexes:
            return None  # 156, 452: also while a switch to PROVISIONED is under way, which it doesn't stop
        _is_admitted_now(table, indexes, holds_table="BillingMode" in parameters or throughput is not None)
        if mode == PAY_PER_REQUEST:
            if throughput:
                raise errors.capacity_on_demand()
            for name in indexes:
                raise errors.index_takes_no_throughput(name)
            self._may_go_on_demand(table)
            span = durations.TO_ON_DEMAND if table.on_demand_since is None else durations.BACK_TO_ON_DEMAND
            return CapacityChange(span, _finish_going_on_demand, self._go_on_demand)
        wanted: Capacities = {**({None: throughput} if throughput else {}), **indexes}
        is_within_quota(table.region, wanted)
        if provisioned:
            return self._new_capacity(table, wanted, "BillingMode" in parameters)
        return self._to_provisioned(table, wanted)

    def start(self, table: RegionalTable, change: CapacityChange) -> None:
        members = [table, *table.others()]
        for member in members:
            change.begin(member)
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

    def _new_capacity(self, table: RegionalTable, wanted: Capacities, names_mode: bool) -> CapacityChange:
        if None not in wanted and names_mode:
            raise errors.throughput_needed()
        current = provisioned_capacities(table)
        rules.throughput_is_new(current, wanted)
        lower = [name for name, throughput in wanted.items() if _is_lower(throughput, current[name])]
        for member in [table, *table.others()]:
            for name in lower:
                self._may_decrease(member.capacities[name])

        def apply(member: RegionalTable) -> None:
            set_capacities(member, wanted)
            for name, throughput in wanted.items():
                self._count(member.capacities[name], name in lower, _is_lower(current[name], throughput))

        indexes = tuple(name for name in wanted if name is not None)
        if None in wanted:
            return CapacityChange(durations.CAPACITY, apply, indexes=indexes)
        return CapacityChange(durations.INDEX_UPDATED, apply, holds_table=False, indexes=indexes)

    def _to_provisioned(self, table: RegionalTable, wanted: Capacities) -> CapacityChange:
        """From on demand, capacity is shown at once, though the mode changes only at the end (152, 452)."""
        rules.throughput_is_given(wanted, table.indexes)
        if table.group:
            rules.write_capacity_follows_load(table, self._lifecycle.scaling.scaled_writes(table.region), table.indexes)

        def begin(member: RegionalTable) -> None:
            member.switches_from = PAY_PER_REQUEST
            set_capacities(member, wanted)

        return CapacityChange(durations.TO_PROVISIONED, _finish_going_provisioned, begin)

    def _may_go_on_demand(self, table: RegionalTable) -> None:
        """Four times in 24 hours [D]; that it is only once in 24 hours was refuted (153, 183)."""
        recent = [moment for moment in table.on_demand_switches if self._clock.now() - moment < durations.DAY]
        if len(recent) >= SWITCHES_A_DAY:
            raise errors.on_demand_switches_are_spent()

    def _go_on_demand(self, member: RegionalTable) -> None:
        """The mode is shown at once, before it is in force (064)."""
        member.on_demand_switches.append(self._clock.now())
        member.switches_from = PROVISIONED
        store.set_on_demand(member.region, member.name)

    def _may_decrease(self, capacity: CapacityRecord) -> None:
        """Four decreases a day, then one an hour until the day ends; each index counts for itself (157, 184, 326)."""
        since = self._clock.now() - capacity.decreased_at
        if capacity.decreases_today >= DECREASES_A_DAY and since < durations.DECREASE_APART:
            wait = min(durations.DECREASE_APART - since, self._seconds_of_today())
            raise errors.decreases_are_spent(capacity.decreases_today, wait)

    def _count(self, capacity: CapacityRecord, lower: bool, higher: bool) -> None:
        if higher:
            capacity.last_increase = time.time()
        if not lower:
            return
        capacity.last_decrease, capacity.decreased_at = time.time(), self._clock.now()
        if not capacity.decreases_today:
            self._clock.schedule(self._seconds_of_today(), lambda: _begin_day(capacity))
        capacity.decreases_today += 1

    def _seconds_of_today(self) -> float:
        """What is left of the simulated day (185)."""
        return durations.DAY - self._clock.now() % durations.DAY


def is_provisioned(table: RegionalTable) -> bool:
    """Whether the table's capacity is provisioned, as far as that is in force already (452)."""
    return (table.switches_from or store.billing_mode(table.region, table.name)) != PAY_PER_REQUEST


def provisioned_capacities(table: RegionalTable) -> Capacities:
    return {
        None: store.throughput(table.region, table.name),
        **store.index_throughputs(table.region, table.name),
    }


def is_within_quota(region: str, wanted: Capacities) -> None:
    """Capacity of a table and of each of its indexes is limited by itself (170)."""
    for index, throughput in wanted.items():
        for unit, units in throughput.items():
            if units > QUOTA:
                raise errors.capacity_above_quota(unit, units, QUOTA, region, index)


def set_capacities(member: RegionalTable, wanted: Capacities) -> None:
    """Provision a table, its indexes, or both; warm throughput is at least that from then on (061, 134)."""
    store.set_capacity(member.region, member.name, wanted.get(None), {k: v for k, v in wanted.items() if k is not None})
    for index, throughput in wanted.items():
        store.raise_warm_throughput(member.region, member.name, index, store.warm_of(throughput))


def _is_admitted_now(table: RegionalTable, updates: dict[str, Any], holds_table: bool) -> None:
    """Whether the state of the table and of the indexes named lets their capacity change (159, 163, 375, 376)."""
    for name in updates:
        rules.index_is_changeable(table, name)
    only_indexes_change = not set(table.changes) - {INDEX_CREATED, INDEX_DELETED}
    if table.group is None and not holds_table and table.status == UPDATING and only_indexes_change:
        return
    rules.nothing_in_the_way(table, "throughput", INDEX_CREATED, INDEX_DELETED, THROUGHPUT)
    rules.no_change_in_flight(table)


def _is_lower(one: Throughput, other: Throughput) -> bool:
    """Whether either unit is lower: reads down and writes up count as a decrease (157, 184)."""
    return any(one[unit] < other[unit] for unit in one)


def _begin_day(capacity: CapacityRecord) -> None:
    capacity.decreases_today = 0


def _finish_going_on_demand(member: RegionalTable) -> None:
    member.switches_from = None
    member.on_demand_since = time.time()
    for index, capacity in member.capacities.items():
        capacity.read_override = None
        store.raise_warm_throughput(member.region, member.name, index, store.WARM_ON_DEMAND)  # 061


def _finish_going_provisioned(member: RegionalTable) -> None:
    """On-demand maximums are dropped (153)."""
    member.switches_from = None
    for capacity in member.capacities.values():
        capacity.maximums.clear()
        capacity.max_read_override = None

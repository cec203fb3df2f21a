# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The most that a table or an index on demand may read and write (AWS_FACTS section 4)."""

from __future__ import annotations

from simulator import durations, errors, rules
from simulator.capacity import QUOTA
from simulator.lifecycle import Lifecycle
from simulator.state import (
    ACTIVE,
    GLOBAL,
    INDEX_CREATED,
    INDEX_DELETED,
    STREAM,
    TABLE_CLASS,
    THROUGHPUT,
    UPDATING,
    CapacityRecord,
    RegionalTable,
)

MAX_READ, MAX_WRITE = "MaxReadRequestUnits", "MaxWriteRequestUnits"
NO_MAXIMUM = -1

Maximums = dict[str | None, dict[str, int]]
"""Maximums of the table, by None, and of indexes, by name."""


class OnDemand:
    """Changes maximums: at once on a regional table (178), in all regions of a global one [D]."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    def check(self, table: RegionalTable, wanted: Maximums, provisioned: bool, switches: bool) -> None:
        """Refuse what the service refuses; `switches` when the billing mode changes in the same call (433)."""
        for index, maximums in wanted.items():
            if index is not None:
                rules.index_is_changeable(table, index)
            maximums_are_valid(table.region, maximums, provisioned, index, may_clear=True)
        if switches:
            return
        if None in wanted or table.group:
            rules.nothing_in_the_way(table, "on-demand", STREAM, TABLE_CLASS, THROUGHPUT, INDEX_CREATED, INDEX_DELETED)
            rules.no_change_in_flight(table)
        rules.nothing_in_the_way(table, "on-demand", THROUGHPUT)

    def start(self, table: RegionalTable, wanted: Maximums) -> None:
        members = [table, *table.others()]

        def apply() -> None:
            for member in members:
                for index, maximums in wanted.items():
                    self._set(member.capacities[index], maximums)

        if len(members) > 1:
            self._lifecycle.hold_updating(members, durations.GLOBAL_UPDATE, apply, GLOBAL)
            return
        apply()
        for index in wanted:
            if index is not None:
                self._show_updating(table, index)

    def _set(self, capacity: CapacityRecord, wanted: dict[str, int]) -> None:
        """Each maximum for itself; one that is cleared is shown as -1 for a moment (178, 182)."""
        capacity.maximums.update(wanted)

        def forget() -> None:
            for unit in wanted:
                if capacity.maximums.get(unit) == NO_MAXIMUM:
                    del capacity.maximums[unit]

        self._lifecycle.later(durations.ON_DEMAND_CLEARED, forget)

    def _show_updating(self, table: RegionalTable, name: str) -> None:
        """Only the index is UPDATING, though its maximums are shown already (135)."""
        index = table.indexes[name]
        index.status = UPDATING

        def finish() -> None:
            index.status = ACTIVE

        self._lifecycle.later(durations.INDEX_UPDATED, finish)


def maximums_are_valid(
    region: str, maximums: dict[str, int], provisioned: bool, index: str | None = None, may_clear: bool = False
) -> None:
    """On demand only, from 1 to the account's quota; -1 clears, but there is nothing to clear at creation."""
    if not maximums and may_clear:
        raise errors.internal_failure()  # 178
    for unit, units in maximums.items():
        if provisioned:
            raise errors.maximum_not_provisioned(unit, index)
        if units < 1 and not (may_clear and units == NO_MAXIMUM):
            raise errors.maximum_out_of_range(unit, index)
        if units > QUOTA:
            raise errors.above_maximum_of_table(unit, "OnDemandThroughput", region, index)

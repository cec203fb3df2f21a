# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warm throughput of tables and indexes: it only rises, and takes its minutes (AWS_FACTS section 4)."""

from __future__ import annotations

from simulator import durations, errors, rules, store
from simulator.capacity import QUOTA
from simulator.lifecycle import Lifecycle
from simulator.state import (
    ACTIVE,
    INDEX_CREATED,
    STREAM,
    TABLE_CLASS,
    THROUGHPUT,
    UPDATING,
    CapacityRecord,
    RegionalTable,
)
from simulator.store import WARM_ON_DEMAND, Throughput

WarmThroughputs = dict[str | None, dict[str, int]]
"""Warm throughput of the table, by None, and of indexes, by name."""


class Warm:
    """Raises warm throughput, in all regions of a table together [D]; the tables stay ACTIVE (155, 179)."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    def check(self, table: RegionalTable, wanted: WarmThroughputs) -> None:
        for index, warm in wanted.items():
            if index is not None:
                rules.index_is_changeable(table, index)
            _is_admitted(table, warm, index)

    def start(self, table: RegionalTable, wanted: WarmThroughputs) -> None:
        for member in [table, *table.others()]:
            for index, warm in wanted.items():
                self._start(member, index, warm)

    def _start(self, table: RegionalTable, index: str | None, warm: dict[str, int]) -> None:
        """A later request doesn't wait for an earlier one: both end together, with what was asked last (459)."""
        capacity = table.capacities[index]
        current = store.warm_throughput(table.region, table.name, index)
        is_running, capacity.warm_wanted = capacity.warm_wanted is not None, {**current, **warm}
        if is_running:
            return
        rises = capacity.warm_wanted != current
        span = durations.WARM if rises and not capacity.warm_was_raised else durations.WARM_AGAIN
        self._lifecycle.later(span, lambda: _finish(table, index, capacity))


def warm_is_valid_at_creation(
    warm: dict[str, int], provisioned: Throughput | None, region: str, index: str | None = None
) -> None:
    """A new table or index is at least as warm as it would be anyway (039, 128)."""
    least = store.warm_of(provisioned) if provisioned else WARM_ON_DEMAND
    for unit, units in warm.items():
        if units < least[unit]:
            raise errors.warm_too_low_at_creation(unit, provisioned is not None, index)
        if units > QUOTA:
            raise errors.above_maximum_of_table(unit, "WarmThroughput", region, index)


def _is_admitted(table: RegionalTable, warm: dict[str, int], index: str | None) -> None:
    if not warm:
        raise errors.internal_failure()  # 437
    if INDEX_CREATED in table.changes:
        raise errors.system_maintenance()  # 458
    if table.group or set(table.changes) - {THROUGHPUT, STREAM, TABLE_CLASS}:  # 369, 450: these let it pass
        rules.no_change_in_flight(table)
    elif table.status not in (ACTIVE, UPDATING):
        raise errors.resource_in_use()
    current = store.warm_throughput(table.region, table.name, index)
    for unit, units in warm.items():
        if units < current[unit]:
            raise errors.warm_decreased(unit, index)
        if units > QUOTA:
            raise errors.above_maximum_of_table(unit, "WarmThroughput", table.region, index)


def _finish(table: RegionalTable, index: str | None, capacity: CapacityRecord) -> None:
    wanted, capacity.warm_wanted = capacity.warm_wanted, None
    capacity.warm_was_raised = True
    if table.capacities.get(index) is capacity and wanted:
        store.raise_warm_throughput(table.region, table.name, index, wanted)

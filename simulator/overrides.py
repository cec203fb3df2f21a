# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a replica has of its own: read capacity, on-demand read maximum, table class (AWS_FACTS sections 2 and 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator import errors
from simulator.capacity import is_provisioned, provisioned_capacities
from simulator.on_demand import MAX_READ, NO_MAXIMUM, maximums_are_valid
from simulator.state import RegionalTable

PROVISIONED_OVERRIDE, ON_DEMAND_OVERRIDE = "ProvisionedThroughputOverride", "OnDemandThroughputOverride"


def overrides_can_be_created(table: RegionalTable, settings: dict[str, Any]) -> None:
    """A new replica's overrides: only a maximum is looked at (223, 307)."""
    for _, override in _overrides(settings, ON_DEMAND_OVERRIDE):
        maximums_are_valid(table.region, override, is_provisioned(table))


def overrides_can_be_changed(table: RegionalTable, settings: dict[str, Any]) -> None:
    """A standing replica's overrides: of the kind that its table's billing mode has (223, 250)."""
    provisioned = is_provisioned(table)
    if not provisioned and any(_overrides(settings, PROVISIONED_OVERRIDE)):
        raise errors.capacity_on_demand()
    for index, override in _overrides(settings, ON_DEMAND_OVERRIDE):
        maximums_are_valid(table.region, override, provisioned, index, may_clear=True)
        capped = index in table.capacities and MAX_READ in table.capacities[index].maximums
        if override[MAX_READ] == NO_MAXIMUM and capped:
            raise errors.not_simulated("an override that lifts a maximum; the table's own value ends an override")
    for index in settings.get("GlobalSecondaryIndexes", []):
        if index["IndexName"] not in table.indexes:
            raise errors.not_simulated("an override for an index that the table doesn't have")


def apply_overrides(table: RegionalTable, replica: RegionalTable, settings: dict[str, Any]) -> None:
    """The table's own value ends an override (250, 422); indexes that aren't named keep theirs (252)."""
    if is_provisioned(table):  # 223: otherwise accepted at creation, to no effect
        capacities = provisioned_capacities(table)
        for index, override in _overrides(settings, PROVISIONED_OVERRIDE):
            if index in capacities:  # 307: an unknown one is accepted in silence
                wanted, base = override["ReadCapacityUnits"], capacities[index]["ReadCapacityUnits"]
                replica.capacities[index].read_override = None if wanted == base else wanted
        return
    for index, override in _overrides(settings, ON_DEMAND_OVERRIDE):
        if index in table.capacities:
            wanted, base = override[MAX_READ], table.capacities[index].maximums.get(MAX_READ, NO_MAXIMUM)
            replica.capacities[index].max_read_override = None if wanted == base else wanted


def _overrides(settings: dict[str, Any], kind: str) -> Iterator[tuple[str | None, dict[str, int]]]:
    """The overrides of one kind: of the table, by None, and of indexes, by name."""
    if settings.get(kind):
        yield None, settings[kind]
    for index in settings.get("GlobalSecondaryIndexes", []):
        if index.get(kind):
            yield index["IndexName"], index[kind]

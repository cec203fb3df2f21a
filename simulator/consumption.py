# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The capacity that reads and writes of items consume. Pure.

Sources: developer guide, "Read and write operations" and, of indexes, "Provisioned throughput considerations for
global secondary indexes".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from simulator.store import Attributes, SecondaryIndex
from simulator.values import item_size

READ_UNIT, WRITE_UNIT = 4096, 1024
NONE, TOTAL, INDEXES = "NONE", "TOTAL", "INDEXES"


@dataclass
class Consumed:
    """Units that a call consumed of one table, and of its indexes by their kind and name."""

    table: float = 0
    indexes: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, other: Consumed) -> None:
        self.table += other.table
        for kind, units in other.indexes.items():
            for name, more in units.items():
                known = self.indexes.setdefault(kind, {})
                known[name] = known.get(name, 0) + more

    def reported(self, mode: str, resource: str) -> dict[str, Any]:
        """ConsumedCapacity, under the name or ARN that the call gave the table."""
        total = self.table + sum(sum(units.values()) for units in self.indexes.values())
        report: dict[str, Any] = {"TableName": resource, "CapacityUnits": total}
        if mode == INDEXES:
            report["Table"] = {"CapacityUnits": self.table}
            for kind, units in self.indexes.items():
                report[kind] = {name: {"CapacityUnits": consumed} for name, consumed in units.items()}
        return report


def of_read(item: Attributes | None, consistent: bool) -> Consumed:
    """4 KB a unit, half of it for an eventually consistent read; what isn't there costs the least there is."""
    units = max(1, math.ceil(item_size(item or {}) / READ_UNIT))
    return Consumed(units if consistent else units / 2)


def of_write(before: Attributes | None, after: Attributes | None, indexes: list[SecondaryIndex]) -> Consumed:
    """1 KB a unit, of the item before or after, whichever is larger; and what the indexes follow with."""
    consumed = Consumed(max(1, _write_units(before or {}, after or {})))
    for index in indexes:
        units = _index_units(index, index.view(before), index.view(after))
        if units:
            kind = "GlobalSecondaryIndexes" if index.is_global else "LocalSecondaryIndexes"
            consumed.indexes.setdefault(kind, {})[index.name] = units
    return consumed


def _index_units(index: SecondaryIndex, before: Attributes, after: Attributes) -> int:
    """Nothing where the index's view stays; where its key changes, a deletion and a put."""
    if before == after:
        return 0
    if before and after and any(before[name] != after[name] for name in index.keys):
        return _write_units(before, {}) + _write_units(after, {})
    return _write_units(before, after)


def _write_units(*images: Attributes) -> int:
    return max(math.ceil(item_size(image) / WRITE_UNIT) for image in images)

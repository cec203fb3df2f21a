# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What verification costs a table, in capacity units as the service reports them, and how it is bounded. Pure.

A write is carried out again, and billed, in every other region of a global table (developer guide, "Best practices
for global tables"); the service's answer has the units of the call's own region only.
"""

from __future__ import annotations

import dataclasses
import threading

from .probes import HEARTBEAT_SLOTS, OPERATIONS, SLOTS

# What reading one small item takes: eventually and strongly consistent.
EVENTUAL, STRONG = 0.5, 1.0


@dataclasses.dataclass(frozen=True)
class Cost:
    """Capacity units; ``replicated_write_units`` are those of the same writes in the other regions."""

    read_units: float = 0.0
    write_units: float = 0.0
    replicated_write_units: float = 0.0

    @property
    def total(self) -> float:
        return self.read_units + self.write_units + self.replicated_write_units

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            *(mine + its for mine, its in zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True))
        )


class Meter:
    """Adds up what one table's calls cost; any thread may.

    :param copies: in how many other regions each write is carried out again.
    :param for_looks: units that looks for what hasn't arrived yet may take, None for as many as it takes.
    """

    def __init__(self, copies: int = 0, for_looks: float | None = None) -> None:
        self._copies = copies
        self._for_looks = for_looks
        self._cost = Cost()
        self._lock = threading.Lock()

    @property
    def copies(self) -> int:
        return self._copies

    @property
    def cost(self) -> Cost:
        return self._cost

    def admits(self, units: float) -> bool:
        """Whether a look may take so many units; if so, they are taken from what looks may take."""
        if self._for_looks is None:
            return True
        with self._lock:
            self._for_looks -= units if units <= self._for_looks else self._for_looks + 1
            return self._for_looks >= 0

    def add_read(self, units: float) -> None:
        with self._lock:
            self._cost += Cost(read_units=units)

    def add_write(self, units: float) -> None:
        with self._lock:
            self._cost += Cost(write_units=units, replicated_write_units=units * self._copies)


def least(regions: int, items: int, members: int) -> float:
    """The units that a table takes when everything is found at the first look.

    :param regions: how many of the group's ``members`` write and are looked at.
    """
    return _writes(regions, items, members) + first_looks(regions, items) + _other_reads(regions, items)


def first_looks(regions: int, items: int) -> float:
    """One look at each item in each other region, after each operation, and at what every region wrote."""
    pairs = regions * (regions - 1)
    return pairs * items * (2 * EVENTUAL + STRONG) + STRONG * regions * items


def _writes(regions: int, items: int, members: int) -> float:
    own = regions * items * len(OPERATIONS)
    converging = 2 * regions * items  # written and deleted in every region
    return float(members * (own + converging))


def _other_reads(regions: int, items: int) -> float:
    """Of every reserved key before, and twice that nothing is left."""
    left = 2 * regions * (regions + 1) * items
    return STRONG * (regions * (regions + 1) * (SLOTS + HEARTBEAT_SLOTS) + left)


def heartbeats(regions: int, members: int) -> float:
    """The units of one round: a heartbeat from each region, and a look at all of them in each."""
    return float(regions * members) + EVENTUAL * regions * (regions - 1)


def heartbeats_removed(regions: int, members: int) -> float:
    """The units of the last word on heartbeats, of removing them, and of making sure."""
    return float(regions * members) + STRONG * 3 * regions * regions

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What verification costs a table, in capacity units as the service reports them, and the least that it takes. Pure.

A write is carried out again, and billed, in every other region of a global table (developer guide, "Best practices
for global tables"); the service's answer has the units of the call's own region only.
"""

from __future__ import annotations

import dataclasses

from .probes import KEYS_AT_ONCE, OPERATIONS, REGISTERS

# The units of reading one small item, eventually and strongly consistent.
EVENTUAL_READ, STRONG_READ = 0.5, 1.0


@dataclasses.dataclass(frozen=True)
class Cost:
    """Capacity units; ``replicated_write_units`` are those of the same writes in the other regions."""

    read_units: float = 0.0
    write_units: float = 0.0
    replicated_write_units: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        pairs = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return Cost(*(mine + its for mine, its in pairs))


def least(regions: int, items: int, members: int) -> float:
    """The units of a table when everything is found at the first look, and of removing what isn't replicated.

    :param regions: how many of the group's ``members`` write and are looked at.
    """
    own = regions * items * len(OPERATIONS)
    converging = 2 * regions * items  # written and deleted in every region
    registers = (2 + regions) * regions  # a deletion of nothing, the register, and its deletion in every region
    unreplicated = regions * (regions - 1) * items  # deletions, each by itself
    written = members * (own + converging + registers + unreplicated)
    keys = (regions + 1) * items  # those of each region, and those that all write
    before = REGISTERS + keys + regions - 1  # its own register also where others have one
    after = keys + items + 2 * regions  # what all wrote, and the registers, until nothing is left
    after += regions * items  # those of each region once more, where their deletion wasn't replicated
    found = STRONG_READ * regions * (before + after)
    return written + found + first_looks(regions, items)


def first_looks(regions: int, items: int) -> float:
    """One look at each item in each other region, after each operation, and two at what every region wrote."""
    pairs = regions * (regions - 1)
    return pairs * items * EVENTUAL_READ * len(OPERATIONS) + (STRONG_READ + EVENTUAL_READ) * regions * items


def heartbeats(regions: int, members: int) -> float:
    """The units of one round: a heartbeat from each region, and a look at all of them in each."""
    return float(regions * members) + EVENTUAL_READ * regions * (regions - 1)


def heartbeat_keys(regions: int, members: int, used: int) -> float:
    """The units of taking keys in each region, of the last word on those that are used, and of removing these."""
    everywhere = regions * regions
    return STRONG_READ * everywhere * (KEYS_AT_ONCE + 3 * used) + float(everywhere * members * used)

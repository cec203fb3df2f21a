# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing is left behind: neither by this run nor by one that died. Always by key, never by scan."""

from __future__ import annotations

import dataclasses
import time
from concurrent.futures import Executor

from .. import errors
from ..wording import count
from .ground import Ground
from .probes import DELETE, SLOTS, Marked, Probe, Schema, every_probe
from .reads import read
from .staleness import DAY

# How often a region that is throttled or fails is asked again, and how long the first pause is.
ATTEMPTS = 4
PAUSE = 0.5

# No run holds an item longer than this from now on, in seconds: twice the longest timeout and the grace. A marker that
# says so isn't verification's.
LONGEST_LEASE = 3 * DAY


@dataclasses.dataclass(frozen=True)
class Left:
    """What couldn't be confirmed as removed from a region."""

    region: str
    probes: frozenset[Probe]
    reason: str


@dataclasses.dataclass
class Sweep:
    """The reserved keys as a run found them.

    :ivar foreign: probe -> regions where an item that isn't verification's has its key.
    :ivar leased: probe -> until when (epoch seconds) another verification holds it.
    :ivar removed: region -> how many items of a verification that died were removed.
    :ivar unreadable: region -> why its reserved keys couldn't be read or freed.
    """

    foreign: dict[Probe, list[str]] = dataclasses.field(default_factory=dict)
    leased: dict[Probe, int] = dataclasses.field(default_factory=dict)
    removed: dict[str, int] = dataclasses.field(default_factory=dict)
    unreadable: dict[str, str] = dataclasses.field(default_factory=dict)

    def free(self, source: str) -> list[Probe]:
        """The probes of a source region whose keys nobody else has."""
        return [probe for probe in self._free(source) if probe.slot < SLOTS]

    def free_heartbeats(self, source: str) -> list[Probe]:
        """The same of those that are reserved for heartbeats."""
        return [probe for probe in self._free(source) if probe.slot >= SLOTS]

    def _free(self, source: str) -> list[Probe]:
        probes = every_probe([source])
        return [probe for probe in probes if probe not in self.foreign and probe not in self.leased]

    def notes(self, schema: Schema) -> list[str]:
        """What a person should know of it, as sentences."""
        notes = [
            f"removed {count(removed, 'item')} in {region} that a verification which died had left"
            for region, removed in self.removed.items()
        ]
        notes += [
            f"the item {schema.printable(probe)} in {', '.join(regions)} has a key that is reserved for verification "
            "but isn't verification's: it was left untouched, and another key was used"
            for probe, regions in self.foreign.items()
        ]
        if self.leased:
            until = time.strftime("%H:%M:%S UTC", time.gmtime(max(self.leased.values())))
            notes.append(
                f"another verification holds {count(len(self.leased), 'reserved key')}: it is under way or died; "
                f"what it leaves is removed by the next verification after {until}"
            )
        return notes


def sweep(ground: Ground, regions: list[str], sources: list[str], pool: Executor) -> Sweep:
    """Remove what verifications that died left at the reserved keys of ``sources``, and see which keys are free."""
    probes = every_probe(sources)
    found = Sweep()
    for part in pool.map(lambda region: _sweep_region(ground, region, probes), regions):
        for probe, holders in part.foreign.items():
            found.foreign.setdefault(probe, []).extend(holders)
        for probe, expires in part.leased.items():
            found.leased[probe] = max(expires, found.leased.get(probe, 0))
        found.removed |= part.removed
        found.unreadable |= part.unreadable
    return found


def _sweep_region(ground: Ground, region: str, probes: list[Probe]) -> Sweep:
    found = Sweep()
    try:
        seen = read(ground, region, probes, consistent=True)
        now = ground.clock.epoch()
        for probe, marked in seen.items():
            if not marked.run or marked.expires > now + LONGEST_LEASE:
                found.foreign[probe] = [region]
            elif marked.expires < now and _remove_dead(ground, region, probe, marked):
                found.removed[region] = found.removed.get(region, 0) + 1
            else:
                found.leased[probe] = marked.expires
    except errors.ServiceError as error:
        found.unreadable[region] = str(error)
    return found


def told(what: str, left: dict[str, list[Left]]) -> str:
    """What became of verification's items or heartbeats, by table, as one sentence for whoever interrupted it."""
    regions = {table: ", ".join(one.region for one in remainders) for table, remainders in left.items() if remainders}
    if not regions:
        return f"Its {what} are removed."
    places = "; ".join(f"{table} ({named})" for table, named in regions.items())
    return f"Some of its {what} may be left in {places}: the next verification removes them."


def clear(ground: Ground, regions: list[str], probes: list[Probe], pool: Executor) -> list[Left]:
    """Remove this run's items wherever they may be; what couldn't be confirmed as removed is returned."""
    left = pool.map(lambda region: _clear_region(ground, region, probes), regions)
    return [remainder for remainder in left if remainder]


def _clear_region(ground: Ground, region: str, probes: list[Probe]) -> Left | None:
    remaining = frozenset(probes)
    reason = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            ground.clock.sleep(PAUSE * 2 ** (attempt - 1))
        try:
            remaining = _mine(ground, region, probes)
            if not remaining:
                return None
            reason = "they were deleted and are there again"
            for probe in sorted(remaining):
                ground.write(region, DELETE, probe)
            remaining = _mine(ground, region, probes)
            if not remaining:
                return None
        except errors.ServiceError as error:
            reason = str(error)
    return Left(region, remaining, reason)


def _mine(ground: Ground, region: str, probes: list[Probe]) -> frozenset[Probe]:
    seen = read(ground, region, probes, consistent=True)
    return frozenset(probe for probe, marked in seen.items() if marked.run == ground.lease.run)


def _remove_dead(ground: Ground, region: str, probe: Probe, seen: Marked) -> bool:
    """Whether the item is gone; one that isn't any more what was ``seen`` stays."""
    return ground.write_item(region, DELETE, ground.schema.remove_dead(probe, seen)).held

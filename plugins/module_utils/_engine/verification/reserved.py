# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reserved keys of a table: a run claims its own, and removes what it and runs that died left. Always by key."""

from __future__ import annotations

import asyncio
import dataclasses
import time

from ..errors import ABSENT
from ..wording import count
from .calls import SILENCE, all_of
from .history import DONE, FAILED, REFUSED
from .probes import DELETE, EVERYWHERE, KEYS_AT_ONCE, PUT, REGISTERS, Marked, Probe, drawn, registers
from .session import Patience, Session
from .staleness import DAY
from .states import Pair

# How long after a table's deadline its items belong to the run that wrote them, in seconds: room for clean-up, and
# for the clocks of two machines that verify the same table.
GRACE = 120
# No run holds an item longer than this from now on, in seconds: twice the longest timeout, the longest watch, and the
# grace. A marker that says so isn't verification's.
LONGEST_LEASE = 3 * DAY + GRACE
# Where a region is throttled or fails, removing goes on for so many seconds: at the least, and at most.
CLEANING = 10.0
LONGEST_CLEANING = 60.0
# So often an item is deleted that comes again.
MOST_DELETIONS = 5


@dataclasses.dataclass(frozen=True)
class Left:
    """What couldn't be confirmed as removed from a region."""

    region: str
    probes: frozenset[Probe]
    reason: str


@dataclasses.dataclass
class Claim:
    """What a run may write.

    :ivar items: how many keys each source has for items, and all regions together for those that each writes.
    :ivar heartbeats: how many more a source may take for its heartbeats.
    :ivar taken: source -> how many of its keys are in use.
    :ivar free: source -> its keys, in the order of writing.
    :ivar shared: the keys that every region writes at once.
    :ivar touched: whatever may be there because of this run.
    :ivar problems: region -> why nothing can be verified there, as a sentence.
    :ivar unregistered: source -> why it can't write, as a sentence; what others write can be looked for there.
    :ivar notes: what a person should know, as sentences.
    :ivar left: what couldn't be confirmed as removed.
    """

    items: int
    heartbeats: int = 0
    taken: dict[str, int] = dataclasses.field(default_factory=dict)
    free: dict[str, list[Probe]] = dataclasses.field(default_factory=dict)
    shared: list[Probe] = dataclasses.field(default_factory=list)
    touched: set[Probe] = dataclasses.field(default_factory=set)
    problems: dict[str, str] = dataclasses.field(default_factory=dict)
    unregistered: dict[str, str] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    left: list[Left] = dataclasses.field(default_factory=list)

    def against(self, pair: Pair) -> list[str]:
        """Why a pair can't be verified, as sentences."""
        source, _target = pair
        problems = [self.problems[region] for region in pair if region in self.problems]
        return problems + ([self.unregistered[source]] if source in self.unregistered else [])

    async def more(self, session: Session, source: str, holders: list[str]) -> list[Probe]:
        """The next of a source's keys for heartbeats: those of them where no region that answers has an item.

        A region that doesn't answer soon holds up no other.
        """
        first = self.taken.get(source, self.items)
        self.taken[source] = min(first + KEYS_AT_ONCE, self.items + self.heartbeats)
        wanted = drawn(session.lease.run, source, self.taken[source])[first:]
        if not wanted:
            return []
        reads = [asyncio.ensure_future(session.read(region, wanted, session.now)) for region in holders]
        answered, _late = await asyncio.wait(reads, timeout=SILENCE / 2)  # or the source would seem silent
        taken = {probe for one in answered for probe in one.result()[0]}
        return [probe for probe in wanted if probe not in taken]


async def claim(session: Session, claimed: Claim, regions: list[str], holders: list[str], until: float) -> None:
    """Draw this run's keys and register it in each of ``regions``, once what runs that died left is gone.

    Before the first write every region is asked to delete an item that isn't there: a delete that is denied is known
    before anything has to be removed.

    :param holders: every region that may hold an item: the keys have to be free there.
    :param until: when to give up on a region that doesn't answer.
    """
    run = session.lease.run
    own = {source: drawn(run, source, claimed.items) for source in regions}
    shared = drawn(run, EVERYWHERE, claimed.items)
    wanted = [*shared, *(probe for probes in own.values() for probe in probes)]
    seen = await _seen(session, claimed, regions, holders, wanted, until)
    readable = [region for region in holders if region not in claimed.problems]
    await all_of(_remove_dead(session, claimed, source, holders, seen, until) for source in regions)
    _note_foreign(session, claimed, seen)
    taken = {probe for found in seen.values() for probe in found}
    rehearsals = await all_of(session.write(DELETE, registers(region)[0], until=until) for region in regions)
    for rehearsal in rehearsals:
        if rehearsal.status == FAILED:
            claimed.problems.setdefault(rehearsal.region, rehearsal.problem)
    claimed.shared = [probe for probe in shared if probe not in taken]
    for source in regions:
        if source not in claimed.problems:
            claimed.free[source] = [probe for probe in own[source] if probe not in taken]
    await all_of(_register(session, claimed, source, readable, seen, until) for source in list(claimed.free))


async def _seen(
    session: Session, claimed: Claim, regions: list[str], holders: list[str], wanted: list[Probe], until: float
) -> dict[str, dict[Probe, Marked]]:
    """Region -> the items at the keys that this run may write, and at the registers of the region itself."""
    answers = await all_of(
        session.read(region, [*(registers(region) if region in regions else []), *wanted], until) for region in holders
    )
    for region, (_seen, problem) in zip(holders, answers, strict=True):
        if problem:
            claimed.problems[region] = problem
    return {region: seen for region, (seen, _problem) in zip(holders, answers, strict=True)}


def _note_foreign(session: Session, claimed: Claim, seen: dict[str, dict[Probe, Marked]]) -> None:
    """Of items that aren't verification's, at keys that are reserved for it."""
    where: dict[Probe, list[str]] = {}
    for region, found in seen.items():
        for probe, marked in found.items():
            if _is_foreign(marked, time.time()):
                where.setdefault(probe, []).append(region)
    for probe, regions in where.items():
        claimed.notes.append(
            f"the item {session.schema.printable(probe)} in {', '.join(regions)} has a key that is reserved for "
            "verification but isn't verification's: it was left untouched, and that key isn't used"
        )


def _is_foreign(marked: Marked, now: float) -> bool:
    return not marked.run or marked.expires > now + LONGEST_LEASE


async def _register(
    session: Session,
    claimed: Claim,
    source: str,
    readable: list[str],
    seen: dict[str, dict[Probe, Marked]],
    until: float,
) -> None:
    """Take a register that no region has an item in, so that the next run finds what this one may leave."""
    others = [region for region in readable if region != source]
    for probe in registers(source):
        if probe in seen.get(source, {}):
            continue
        answers = await all_of(session.read(region, [probe], until) for region in others)
        elsewhere = {region: found for region, (found, _problem) in zip(others, answers, strict=True) if found}
        if elsewhere:
            _note_foreign(session, claimed, elsewhere)
            continue
        claimed.touched.add(probe)
        written = await session.write(PUT, probe, until=until, slots=claimed.items + claimed.heartbeats)
        if written.status == DONE:
            return
        if written.status == REFUSED:
            claimed.touched.discard(probe)
            continue
        claimed.unregistered[source] = written.problem
        break
    else:
        claimed.unregistered[source] = (
            f"all {REGISTERS} registers of {source} are taken: other verifications of this table are "
            "under way, or died: run again later"
        )
    claimed.free.pop(source)


async def _remove_dead(
    session: Session,
    claimed: Claim,
    source: str,
    holders: list[str],
    seen: dict[str, dict[Probe, Marked]],
    until: float,
) -> None:
    """Remove what runs left that registered in ``source`` and whose time is over; the register goes last.

    It stays while a region can't be cleaned up, but not where no other one is free.
    """
    now, full = time.time(), seen.get(source, {}).keys() >= set(registers(source))
    for probe in registers(source):
        marked = seen.get(source, {}).get(probe)
        if marked is None or _is_foreign(marked, now):
            continue
        if marked.expires >= now:
            at = time.strftime("%H:%M:%S UTC", time.gmtime(marked.expires))
            claimed.notes.append(
                f"another verification is under way, or died: what it leaves is removed by the next one after {at}"
            )
            continue
        probes = [one for origin in (source, EVERYWHERE) for one in drawn(marked.run, origin, marked.slots)]
        done = await all_of(_remove_left(session, region, marked, probes, until) for region in holders)
        if full or all(problem == "" for _removed, problem in done):
            await all_of(_remove_left(session, region, marked, [probe], until) for region in holders)
            del seen[source][probe]
        removed = sum(number for number, _problem in done)
        if removed:
            claimed.notes.append(f"removed {count(removed, 'item')} of {source}, left by an interrupted verification")


async def _remove_left(
    session: Session, region: str, dead: Marked, probes: list[Probe], until: float
) -> tuple[int, str]:
    """How many items of a run that died were removed, and why not all of them."""
    seen, problem = await session.read(region, probes, until)
    removed = 0
    for probe, marked in seen.items():
        if (marked.run, marked.expires) != (dead.run, dead.expires):
            continue
        written = await session.send(DELETE, probe, 0, region, session.schema.remove_dead(probe, marked))
        removed += written.status == DONE
        problem = problem or written.problem
    return removed, problem


async def clear(session: Session, regions: list[str], claimed: Claim, timeout: float) -> None:
    """Remove this run's items wherever they may be, registers last; ``left`` names what may still be there.

    Its first look is the last word on what was to be there.
    """
    probes, claimed.touched = claimed.touched, set()
    seconds = min(max(timeout, CLEANING), LONGEST_CLEANING)
    items = {probe for probe in probes if probe.slot >= REGISTERS}
    for part in (items, probes - items):
        left = await all_of(_clear(session, region, part, seconds) for region in regions)
        claimed.left += [one for one in left if one]
        if claimed.left:
            return  # and the registers stay, which lead the next run to it


async def _clear(session: Session, region: str, probes: set[Probe], seconds: float) -> Left | None:
    """A deletion is believed when the next look doesn't show the item.

    :param seconds: how long what fails is repeated, from its first failure: calls may have waited for their turn.
    """
    remaining, patient, again = set(probes), None, 0
    while remaining:
        looks = await session.look(region, remaining, consistent=True, turn=session.turn)
        mine = {probe for look in looks for probe, marked in look.seen.items() if marked.run == session.lease.run}
        deleted = await all_of(session.write(DELETE, probe, region=region) for probe in sorted(mine))
        remaining = mine | {probe for look in looks if look.kind != ABSENT for probe in look.unread}
        failures = [one for one in (*looks, *deleted) if one.problem]
        again = again + 1 if remaining and not failures else 0
        if again > MOST_DELETIONS:
            return Left(region, frozenset(remaining), "they are there again")
        patient = patient or (Patience(session, session.now + seconds) if failures else None)
        if remaining and failures and not await patient.again(*(one.kind for one in failures)):
            return Left(region, frozenset(remaining), failures[0].problem)
    return None

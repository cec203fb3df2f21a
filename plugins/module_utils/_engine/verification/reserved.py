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
from .probes import DELETE, EVERYWHERE, KEYS_AT_ONCE, PUT, REGISTERS, Marked, Probe, Seen, drawn, registers
from .session import Patience, Session
from .staleness import DAY
from .states import Pair

# How long after a table's deadline its items belong to the run that wrote them, in seconds: room for clean-up, and
# for the clocks of two machines that verify the same table.
GRACE = 120
# No run holds an item longer than this from now on, in seconds: an evacuation with the longest timeout. A marker that
# says so isn't verification's.
LONGEST_LEASE = 5 * DAY + GRACE
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

    :ivar sources: the regions that it writes from.
    :ivar holders: every region that may hold an item: the keys have to be free there.
    :ivar items: how many keys each source has for items, and all regions together for those that each writes.
    :ivar heartbeats: how many more a source may take for its heartbeats.
    :ivar until: when to give up, while keys are claimed, on a region that doesn't answer.
    :ivar seen: region -> the items that were there before: at the keys of this run, and at the region's registers.
    :ivar taken: source -> how many of its keys are in use.
    :ivar free: source -> its keys, in the order of writing.
    :ivar shared: the keys that every region writes at once.
    :ivar touched: whatever may be there because of this run.
    :ivar problems: region -> why nothing can be verified there, as a sentence.
    :ivar unregistered: source -> why it can't write, as a sentence; what others write can be looked for there.
    :ivar notes: what a person should know, as sentences.
    :ivar left: what couldn't be confirmed as removed.
    """

    session: Session
    sources: list[str]
    holders: list[str]
    items: int
    heartbeats: int = 0
    until: float = 0.0
    seen: dict[str, Seen] = dataclasses.field(default_factory=dict)
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

    async def acquire(self, until: float) -> None:
        """Draw this run's keys and register it in each source, once what runs that died left is gone.

        Before the first write every source is asked to delete an item that isn't there: a delete that is denied is
        known before anything has to be removed.
        """
        self.until = until
        run = self.session.lease.run
        own = {source: drawn(run, source, self.items) for source in self.sources}
        shared = drawn(run, EVERYWHERE, self.items)
        await self._look([*shared, *(probe for probes in own.values() for probe in probes)])
        readable = [region for region in self.holders if region not in self.problems]
        await all_of(self._remove_dead(source) for source in self.sources)
        self._note_foreign(self.seen)
        taken = {probe for found in self.seen.values() for probe in found}
        rehearsals = await all_of(
            self.session.write(DELETE, registers(source)[0], until=until) for source in self.sources
        )
        for rehearsal in rehearsals:
            if rehearsal.status == FAILED:
                self.problems.setdefault(rehearsal.region, rehearsal.problem)
        self.shared = [probe for probe in shared if probe not in taken]
        writable = [source for source in self.sources if source not in self.problems]
        obstacles = await all_of(self._register(source, readable) for source in writable)
        self.unregistered = {source: why for source, why in zip(writable, obstacles, strict=True) if why}
        for source in writable:
            if source not in self.unregistered:
                self.free[source] = [probe for probe in own[source] if probe not in taken]

    async def more(self, source: str) -> list[Probe]:
        """The next of a source's keys for heartbeats: those of them where no region that answers has an item.

        A region that doesn't answer soon holds up no other.
        """
        first = self.taken.get(source, self.items)
        self.taken[source] = min(first + KEYS_AT_ONCE, self.items + self.heartbeats)
        wanted = drawn(self.session.lease.run, source, self.taken[source])[first:]
        if not wanted:
            return []
        now = self.session.now
        reads = [asyncio.ensure_future(self.session.read(region, wanted, now)) for region in self.holders]
        answered, _late = await asyncio.wait(reads, timeout=SILENCE / 2)  # or the source would seem silent
        taken = {probe for one in answered for probe in one.result()[0]}
        return [probe for probe in wanted if probe not in taken]

    async def clear(self, timeout: float) -> None:
        """Remove this run's items wherever they may be, registers last; ``left`` names what may still be there.

        Its first look is the last word on what was to be there.
        """
        probes, self.touched = self.touched, set()
        seconds = min(max(timeout, CLEANING), LONGEST_CLEANING)
        items = {probe for probe in probes if probe.slot >= REGISTERS}
        for part in (items, probes - items):
            left = await all_of(self._clear(region, part, seconds) for region in self.holders)
            self.left += [one for one in left if one]
            if self.left:
                return  # and the registers stay, which lead the next run to it

    async def _look(self, probes: list[Probe]) -> None:
        """See what every region has at these keys, and each source at its registers."""
        answers = await all_of(
            self.session.read(region, [*(registers(region) if region in self.sources else []), *probes], self.until)
            for region in self.holders
        )
        for region, (seen, problem) in zip(self.holders, answers, strict=True):
            self.seen[region] = seen
            if problem:
                self.problems[region] = problem

    def _note_foreign(self, seen: dict[str, Seen]) -> None:
        """Of items that aren't verification's, at keys that are reserved for it."""
        where: dict[Probe, list[str]] = {}
        for region, found in seen.items():
            for probe, marked in found.items():
                if _is_foreign(marked, time.time()):
                    where.setdefault(probe, []).append(region)
        for probe, regions in where.items():
            self.notes.append(
                f"the item {self.session.schema.printable(probe)} in {', '.join(regions)} has a key that is reserved "
                "for verification but isn't verification's: it was left untouched, and that key isn't used"
            )

    async def _register(self, source: str, readable: list[str]) -> str:
        """Take a register that no region has an item in, so that the next run finds what this one may leave.

        Returned is why that can't be done, as a sentence.
        """
        others = [region for region in readable if region != source]
        for probe in registers(source):
            if probe in self.seen[source]:
                continue
            answers = await all_of(self.session.read(region, [probe], self.until) for region in others)
            elsewhere = {region: found for region, (found, _problem) in zip(others, answers, strict=True) if found}
            if elsewhere:
                self._note_foreign(elsewhere)
                continue
            self.touched.add(probe)
            written = await self.session.write(PUT, probe, until=self.until, slots=self.items + self.heartbeats)
            if written.status != REFUSED:
                return written.problem
            self.touched.discard(probe)
        return (
            f"all {REGISTERS} registers of {source} are taken: other verifications of this table are under way, or "
            "died: run again later"
        )

    async def _remove_dead(self, source: str) -> None:
        """Remove what runs left that registered in ``source`` and whose time is over; the register goes last.

        It stays while a region can't be cleaned up, but not where no other one is free.
        """
        now, seen = time.time(), self.seen[source]
        full = seen.keys() >= set(registers(source))
        for probe in registers(source):
            marked = seen.get(probe)
            if marked is None or _is_foreign(marked, now):
                continue
            if marked.expires >= now:
                at = time.strftime("%H:%M:%S UTC", time.gmtime(marked.expires))
                self.notes.append(
                    f"another verification is under way, or died: what it leaves is removed by the next one after {at}"
                )
                continue
            probes = [one for origin in (source, EVERYWHERE) for one in drawn(marked.run, origin, marked.slots)]
            done = await all_of(self._remove_left(region, marked, probes) for region in self.holders)
            if full or all(problem == "" for _removed, problem in done):
                await all_of(self._remove_left(region, marked, [probe]) for region in self.holders)
                del seen[probe]
            if removed := sum(number for number, _problem in done):
                self.notes.append(f"removed {count(removed, 'item')} of {source}, left by an interrupted verification")

    async def _remove_left(self, region: str, dead: Marked, probes: list[Probe]) -> tuple[int, str]:
        """How many items of a run that died were removed, and why not all of them."""
        seen, problem = await self.session.read(region, probes, self.until)
        removed = 0
        for probe, marked in seen.items():
            if (marked.run, marked.expires) != (dead.run, dead.expires):
                continue
            parameters = self.session.schema.remove_dead(probe, marked)
            written = await self.session.send(DELETE, probe, 0, region, parameters)
            removed += written.status == DONE
            problem = problem or written.problem
        return removed, problem

    async def _clear(self, region: str, probes: set[Probe], seconds: float) -> Left | None:
        """A deletion is believed when the next look doesn't show the item.

        :param seconds: how long what fails is repeated, from its first failure: calls may have waited for their turn.
        """
        session, remaining, patient, again = self.session, set(probes), None, 0
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


def _is_foreign(marked: Marked, now: float) -> bool:
    return not marked.run or marked.expires > now + LONGEST_LEASE

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workloads of a check: items of one region that are to arrive in the others, and items that all regions write."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import typing as t

from ..errors import BUSY
from . import user_items
from .arrivals import Arrival, Arrivals
from .calls import all_of
from .cost import EVENTUAL_READ, STRONG_READ
from .dynamodb_json import Item
from .history import DONE, FAILED, REFUSED, Look, Write
from .probes import DELETE, PUT, UPDATE, Lease, Marked, Probe, is_of
from .reserved import Claim
from .session import PAUSES, Session
from .states import Pair
from .verdicts import SPENT, TAKEN, Convergence, PairEvidence

# What each operation has of a table's time. What one doesn't need, the next ones have.
SHARES = {PUT: 0.4, UPDATE: 0.2, DELETE: 0.2}
CONVERGENCE_SHARE = 0.2
# The longer something is waited for, the less often it is looked for: this share of the time waited so far.
BACKOFF = 0.1
# After all regions agree, everything that may still arrive has so many times the longest lag to do so.
AGREEMENT = 2


@dataclasses.dataclass
class Follower:
    """Looks in one target until everything that is to arrive there has, or had its time.

    :ivar arrivals: what is on its way, from the session's history.
    :ivar patience: for how many seconds a last look that is throttled is repeated.
    :ivar items: the contents that are looked for, of items of the user's.
    :ivar problems: why what hasn't arrived couldn't be judged, as sentences.
    """

    session: Session
    target: str
    arrivals: Arrivals
    patience: float
    items: dict[Probe, Item] | None = None
    problems: list[str] = dataclasses.field(default_factory=list)

    async def follow(self, writes: asyncio.Task[t.Any], deadline: float) -> None:
        """:param writes: ends when everything is written; ``deadline``: until when it may take, at the least."""
        session = self.session
        while not writes.done() or self._pending():
            pending = self._pending()
            if not pending:
                await asyncio.wait([writes], timeout=session.poll_delay or 0.01)
                continue
            oldest, due = pending[0].write.ended, self._due(deadline)
            if session.now >= due and writes.done():
                await self._settle()
                return
            if not session.strong:
                pause = max(session.poll_delay, BACKOFF * (session.now - oldest))
                await asyncio.sleep(max(0.0, min(pause, due - session.now) if writes.done() else pause))
            if not session.admits(self._units(session.strong)):
                await asyncio.wait([writes])
                self.problems.append(SPENT)
                return
            looks = await self._look(consistent=session.strong)
            if session.strong and any(look.problem for look in looks):
                await asyncio.sleep(PAUSES[0])

    def _pending(self) -> list[Arrival]:
        return [one for one in self._unseen() if not one.missing]

    def _unseen(self) -> list[Arrival]:
        """Beside items of the user's, verification's own may be under way that were given up."""
        unseen = self.arrivals.unseen(self.target)
        return unseen if self.items is None else [one for one in unseen if one.write.probe in self.items]

    def _due(self, deadline: float) -> float:
        """When everything had its time."""
        return max([deadline, *(one.write.ended + one.write.patience for one in self._pending())])

    def _units(self, consistent: bool) -> float:
        """What a look at everything that is pending costs."""
        probes = [one.write.probe for one in self._pending()]
        blocks = len(probes) if self.items is None else sum(user_items.blocks(self.items[probe]) for probe in probes)
        return (STRONG_READ if consistent else EVENTUAL_READ) * blocks

    async def _look(self, consistent: bool) -> list[Look]:
        probes = [one.write.probe for one in self._pending()]
        return await self.session.look(self.target, probes, consistent, items=self.items)

    async def _settle(self) -> None:
        """A strongly consistent read has the last word on what wasn't seen, beside one where it was written."""
        if not self.session.admits(2 * self._units(consistent=True)):
            self.problems.append(SPENT)
            return
        until = self.session.now + self.patience
        probes = [one.write.probe for one in self._pending()]
        _seen, problem = await self.session.read(self.target, probes, until, self.items)
        if problem:
            self.problems.append(problem)
        by_source: dict[str, list[Probe]] = {}
        for one in self._unseen():
            by_source.setdefault(one.write.region, []).append(one.write.probe)
        await all_of(self.session.read(source, probes, until, self.items) for source, probes in by_source.items())


async def follow_all(followers: list[Follower], writes: t.Awaitable[t.Any], deadline: float) -> None:
    """Everything that ``writes`` writes, in every follower's target."""
    task = asyncio.ensure_future(writes)
    await all_of([task, *(follower.follow(task, deadline) for follower in followers)])


async def run_rounds(
    session: Session, claim: Claim, evidence: dict[Pair, PairEvidence], arrivals: Arrivals, timeout: float
) -> None:
    """Put, update and delete of every source's items, each where the operation before was seen to arrive."""
    targets: dict[str, list[str]] = {}
    for source, target in evidence:
        targets.setdefault(source, []).append(target)
    candidates = {(source, probe): reached for source, reached in targets.items() for probe in claim.free[source]}
    deadline = session.now
    for operation, share in SHARES.items():
        deadline += share * timeout
        patience = 0.0 if session.strong else share * timeout
        writes = all_of(
            _write(session, claim, evidence, operation, probe, reached, patience, deadline)
            for (_source, probe), reached in candidates.items()
        )
        followers = [
            Follower(session, target, arrivals, share * timeout) for target in sorted({pair[1] for pair in evidence})
        ]
        await follow_all(followers, writes, session.now if session.strong else deadline)
        for follower in followers:
            for pair in (pair for pair in evidence if pair[1] == follower.target):
                for problem in follower.problems:
                    evidence[pair].doubt(problem)
        candidates = _reached(arrivals, evidence, operation)


async def _write(
    session: Session,
    claim: Claim,
    evidence: dict[Pair, PairEvidence],
    operation: str,
    probe: Probe,
    reached: list[str],
    patience: float,
    deadline: float,
) -> None:
    claim.touched.add(probe)
    written = await session.write(operation, probe, targets=reached, patience=patience, until=deadline)
    if written.status == REFUSED:
        if operation == PUT:
            claim.touched.discard(probe)
        _doubt(evidence, probe.source, f"somebody changed verification's items in {probe.source}", "run again")
    elif written.status == FAILED:
        _doubt(evidence, probe.source, written.problem)


def _doubt(evidence: dict[Pair, PairEvidence], source: str, sentence: str, remedy: str = "") -> None:
    for (origin, _target), one in evidence.items():
        if origin == source:
            one.doubt(sentence, remedy)


def _reached(arrivals: Arrivals, pairs: t.Iterable[Pair], operation: str) -> dict[tuple[str, Probe], list[str]]:
    """The items that go on, and where: in the targets that have shown the last operation."""
    reached: dict[tuple[str, Probe], list[str]] = {}
    for source, target in pairs:
        for one in arrivals.of((source, target)):
            if one.arrived and one.write.operation == operation:
                reached.setdefault((source, one.write.probe), []).append(target)
    return reached


async def converge(
    session: Session, claim: Claim, regions: list[str], timeout: float, lag: asyncio.Future[float | None]
) -> Convergence:
    """The same items written in every region at once: they have to end the same everywhere, as one region wrote them.

    Last writer wins, by a clock of the service's own (AWS_FACTS section 7), so which region's write stays isn't
    judged. Regions may agree for a moment and part again, so they are looked at once more when everything had time.

    :param lag: the longest of the rounds beside it, in seconds; None if what is found here no longer matters.
    """
    found = Convergence(session.lease)
    if not claim.shared:
        found.problems.append("none of the keys that every region was to write is free: see notes")
        return found
    if session.throttled and await lag is None:  # there is no room for it beside the rounds
        return found
    claim.touched.update(claim.shared)
    patience = CONVERGENCE_SHARE * timeout
    deadline = session.now + patience
    writes = await all_of(
        _write_everywhere(session, region, probe, deadline) for region in regions for probe in claim.shared
    )
    found.problems += dict.fromkeys(one.problem for one in writes if one.problem and one.kind != BUSY)
    refused = {one.probe for one in writes if one.status == REFUSED}
    last = {one.probe: one.ended for one in sorted(writes, key=lambda one: one.ended) if one.status == DONE}
    found.probes = [probe for probe in claim.shared if probe in last and probe not in refused]
    if not found.probes:
        found.problems.append(TAKEN)
    if not found.problems:
        await _agree(session, found, regions, last, patience, lag)
    return found


async def _write_everywhere(session: Session, region: str, probe: Probe, deadline: float) -> Write:
    """In a strongly consistent group only one of several writes at once is taken; the others fail as BUSY."""
    return await session.write(PUT, probe, region=region, writer=region, until=0.0 if session.strong else deadline)


async def _agree(
    session: Session,
    found: Convergence,
    regions: list[str],
    last: dict[Probe, float],
    patience: float,
    lag: asyncio.Future[float | None],
) -> None:
    """Look until all regions show the same, and still do when the last write had ``AGREEMENT`` times the longest lag.

    Only strongly consistent reads decide; before, those that cost half do.

    :param patience: how many seconds they have from the last write, and the last look by itself, however throttled.
    """
    written = max(last.values())
    deadline, settled = written + patience, math.inf
    differed = dict(last)  # probe -> begin of the last look that showed regions that differ
    while True:
        if lag.done():
            if lag.result() is None:
                return
            settled = written + AGREEMENT * lag.result()
            deadline = max(deadline, settled)
        begun = session.now
        agreed = len(found.agreed) == len(found.probes)
        final = begun >= settled and (agreed or begun >= deadline)
        if not session.admits((STRONG_READ if final else EVENTUAL_READ) * len(regions) * len(found.probes)):
            found.problems.append(SPENT)
            return
        shown, problems = await _look_everywhere(session, regions, found.probes, final, begun + patience)
        found.waited = begun - written
        for probe in found.probes if not problems else []:
            found.shown[probe] = {region: items.get(probe) for region, items in shown.items()}
            if _is_alike(found.shown[probe].values(), session.lease):
                found.agreed.setdefault(probe, (max(differed[probe] - last[probe], 0.0), session.now - last[probe]))
            else:
                found.agreed.pop(probe, None)
                differed[probe] = begun
        agreed = len(found.agreed) == len(found.probes)
        if final and (problems or agreed or begun >= deadline):
            found.problems += problems
            return
        pause = max(session.poll_delay, BACKOFF * (session.now - written))
        if not lag.done():
            await asyncio.wait([lag], timeout=None if agreed or session.throttled else pause)
        elif settled < math.inf:  # or the rounds ended during this look
            await asyncio.sleep(max(0.0, settled - session.now if agreed else min(pause, deadline - session.now)))


async def _look_everywhere(
    session: Session, regions: list[str], probes: list[Probe], consistent: bool, until: float
) -> tuple[dict[str, dict[Probe, Marked]], list[str]]:
    if consistent:
        answers = await all_of(session.read(region, probes, until) for region in regions)
        problems = [problem for _seen, problem in answers if problem]
        return {region: seen for region, (seen, _problem) in zip(regions, answers, strict=True)}, problems
    looks = await all_of(session.look(region, probes) for region in regions)
    shown = {
        region: {probe: marked for look in found for probe, marked in look.seen.items()}
        for region, found in zip(regions, looks, strict=True)
    }
    return shown, [look.problem for found in looks for look in found if look.problem]


def _is_alike(shown: t.Iterable[Marked | None], lease: Lease) -> bool:
    """Whether every region shows the same, and one of the regions wrote it so."""
    [first, *others] = shown
    return first is not None and is_of(first, lease) and all(one == first for one in others)

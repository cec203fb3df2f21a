# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Heartbeats from region to region, many tables side by side: shows replication falling behind and catching up.

In a round each source region writes a heartbeat to another of its keys; half an interval later every target is asked
for those that it hasn't shown yet. A region that doesn't answer holds up nobody, and is unknown until it answers.
"""

from __future__ import annotations

import asyncio
import collections
import math
import typing as t

from .arrivals import Arrivals
from .bulletins import Bulletins
from .calls import SILENCE, all_of
from .history import DONE, Event, Look, Write
from .probes import PUT, Probe
from .reserved import Claim
from .session import BATCH, Session
from .staleness import Pace, Round, Staleness, Timeline, Troubles
from .states import Pair
from .verdicts import PairWatched, judge_heartbeats

# So many keys are taken in all for the heartbeats of a source.
KEYS = 1000
# After the last heartbeat there are so many seconds for what is under way, and looks so far apart.
SETTLING = 10.0
SETTLING_LOOKS = 1.0
# Without news, how things stand is said so often, in seconds.
SUMMARY_EVERY = 1.0

Progress = t.Callable[[dict[str, t.Any]], None]


class Watched:
    """One table while it is watched, and what came of it.

    :param pairs: the pairs that are watched.
    :param claim: whose keys are written, after those of its items.
    """

    def __init__(self, session: Session, pairs: list[Pair], claim: Claim, kept: int = 1000) -> None:
        self.session = session
        self.claim = claim
        self.pairs = {pair: PairWatched(Staleness()) for pair in pairs}
        self.sources = list(dict.fromkeys(source for source, _target in pairs))
        self.targets = list(dict.fromkeys(target for _source, target in pairs))
        self.timeline = Timeline(kept)
        self.troubles = Troubles()
        self.notes: list[str] = []
        self.ended_early = False
        self.arrivals = Arrivals(session.lease)
        self._free: dict[str, collections.deque[Probe]] = {source: collections.deque() for source in self.sources}
        self._unwritten: set[str] = set()  # sources without a heartbeat in this round
        self._out: dict[str, set[Probe]] = {source: set() for source in self.sources}  # of heartbeats under way
        self._numbers = dict.fromkeys(self.sources, 0)
        self._looked: dict[str, float] = {}  # target -> begin of the last look of this round that was answered
        session.history.follow(self._take)

    @property
    def stalenesses(self) -> dict[Pair, Staleness]:
        return {pair: watched.staleness for pair, watched in self.pairs.items()}

    def result(self) -> list[dict[str, t.Any]]:
        """``watch`` of the module's result, oldest first."""
        return [
            {
                "elapsed": round(elapsed, 3),
                "pairs": [
                    {
                        "source": source,
                        "target": target,
                        "lag": None if reading.lag is None else round(reading.lag, 3),
                        "arrived": reading.arrived,
                    }
                    for (source, target), reading in readings.items()
                ],
            }
            for elapsed, readings in self.timeline.rounds
        ]

    def _take(self, event: Event) -> None:
        self.arrivals.take(event)
        if isinstance(event, Look) and (event.seen or event.absent):
            self._looked[event.region] = max(event.begun, self._looked.get(event.region, -math.inf))
            self.troubles.answered(event.region, "BatchGetItem")
        elif isinstance(event, Write) and event.status == DONE:
            self.troubles.answered(event.region, "PutItem")
            for target in event.targets:
                self.pairs[event.region, target].staleness.acknowledge(event)

    async def beat(self, source: str, elapsed: float) -> None:
        probe = await self._key(source)
        if probe is None:
            self.troubles.add(source, "PutItem", f"all {KEYS} keys for its heartbeats wait to be seen", elapsed)
            self._unwritten.add(source)
            return
        self._numbers[source] += 1
        self.claim.touched.add(probe)
        written = await self.session.write(
            PUT,
            probe,
            number=self._numbers[source],
            targets=[target for origin, target in self.pairs if origin == source],
            patience=0.0 if self.session.strong else SETTLING,
        )
        if written.status == DONE:
            self._out[source].add(probe)
        else:
            self._free[source].append(probe)
            self._unwritten.add(source)
            self.troubles.add(
                source, "PutItem", written.problem or "somebody else holds the key of a heartbeat", elapsed
            )

    async def _key(self, source: str) -> Probe | None:
        """A key that no heartbeat is under way from; more are taken when all are. None when there are none left."""
        if not self._free[source]:
            self._free[source].extend(await self.claim.more(source))
        return self._free[source].popleft() if self._free[source] else None

    async def look(self, target: str, elapsed: float) -> None:
        pending = [one.write.probe for one in self.arrivals.unseen(target)]
        if len(pending) > BATCH:  # the oldest say how far behind the region is, the newest whether it moves
            pending = [*pending[: BATCH // 2], *pending[-BATCH // 2 :]]
        if not pending:  # everything that was written is known to be there
            self._looked[target] = self.session.now
            return
        for look in await self.session.look(target, pending, consistent=self.session.strong):
            if look.problem:
                self.troubles.add(target, "BatchGetItem", look.problem, elapsed)

    def end_round(self, elapsed: float, silent: t.Collection[tuple[str, str]]) -> None:
        """Take every pair's reading; ``silent`` are the calls (PutItem or BatchGetItem, region) that owe an answer."""
        readings = {}
        for pair, watched in self.pairs.items():
            source, target = pair
            pending = [one for one in self.arrivals.unseen(target) if one.write.region == source]
            look = None if ("BatchGetItem", target) in silent else self._looked.get(target)
            unwritten = source in self._unwritten or ("PutItem", source) in silent
            readings[pair] = watched.staleness.take(self.arrivals.forget(pair), pending, look, unwritten)
        self._looked, self._unwritten = {}, set()
        self.timeline.add(Round(elapsed, readings))
        waiting = self.waiting
        for source, out in self._out.items():
            self._free[source].extend(sorted(out - waiting))
            out &= waiting

    @property
    def waiting(self) -> set[Probe]:
        """The keys whose heartbeat hasn't arrived everywhere; the others are free again."""
        return {one.write.probe for target in self.targets for one in self.arrivals.unseen(target)}

    @property
    def well(self) -> bool:
        """Whether every heartbeat has arrived, and stayed."""
        latest = [one for target in self.targets for one in self.arrivals.latest(target)]
        return all(one.arrived and one.went_back is None for one in latest)

    async def last_look(self, elapsed: float) -> None:
        """A strongly consistent look at every heartbeat's last number, in the targets and where it was written."""
        until = self.session.now + SETTLING
        latest = {target: [one.write.probe for one in self.arrivals.latest(target)] for target in self.targets}
        missing: dict[str, list[Probe]] = {}
        answers = await all_of(self.session.read(target, probes, until) for target, probes in latest.items())
        for target, (_seen, problem) in zip(latest, answers, strict=True):
            if problem:
                self.troubles.add(target, "BatchGetItem", problem, elapsed)
            for one in self.arrivals.latest(target):
                if not one.arrived or one.went_back is not None:
                    missing.setdefault(one.write.region, []).append(one.write.probe)
        await all_of(self.session.read(source, set(probes), until) for source, probes in missing.items())

    def judge(self) -> None:
        """The verdicts, after the last look."""
        for pair, watched in self.pairs.items():
            _source, target = pair
            latest = [one for one in self.arrivals.latest(target) if one.pair == pair]
            watched.finding = judge_heartbeats(pair, watched.staleness.written, latest, self.troubles)

    def all_notes(self) -> list[str]:
        return [*self.notes, *self.troubles.notes(), *self.timeline.notes()]


async def watch(
    tables: dict[str, Watched],
    pace: Pace,
    progress: Progress = lambda _event: None,
    admitted: t.Callable[[], bool] = lambda: True,
    enough: t.Callable[[int], bool] = lambda _rounds: False,
    settling: t.Callable[[], float] = lambda: SETTLING,
) -> None:
    """Watch all tables until ``pace`` ends, then judge each.

    :param admitted: asked before every round whether there may be another; otherwise the watch ends, and says so.
    :param enough: whether what was seen of the tables after so many rounds will do; asked after each round, and again
        after a last look.
    :param settling: for how many seconds after the last heartbeat what is under way is looked for.
    """
    if tables:
        await _Rounds(tables, pace, progress).run(admitted, enough, settling)


class _Rounds:
    def __init__(self, tables: dict[str, Watched], pace: Pace, progress: Progress) -> None:
        self._tables = tables
        self._pace = pace
        self._progress = progress
        self._bulletins = Bulletins()
        self._under_way: dict[tuple[str, str, str], asyncio.Task[None]] = {}
        self._asked: dict[tuple[str, str, str], float] = {}
        self._number = 0
        self._told = -math.inf
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()

    @property
    def _elapsed(self) -> float:
        return self._loop.time() - self._begun

    async def run(
        self,
        admitted: t.Callable[[], bool],
        enough: t.Callable[[int], bool],
        settling: t.Callable[[], float],
    ) -> None:
        try:
            while True:
                may_go_on = await self._until_enough(admitted, enough)
                await self._settle(admitted, settling())
                # What was under way may have shown a longer lag. But no key is written again that isn't as it was left.
                well = all(table.well for table in self._tables.values())
                if not (may_go_on and well) or enough(self._number) or self._pace.over(self._number, self._elapsed):
                    break
        finally:
            await self._finish()
        for table in self._tables.values():
            table.judge()
        self._tell(last=True)

    async def _until_enough(self, admitted: t.Callable[[], bool], enough: t.Callable[[int], bool]) -> bool:
        """Rounds until there are enough; whether there may be more."""
        while not self._pace.over(self._number, self._elapsed):
            if not admitted():
                self._end_early()
                return False
            await self._round()
            if enough(self._number):
                return True
        return False

    async def _finish(self) -> None:
        """Until every call under way has been answered, so that nothing is written after the clean-up."""
        for task in (tasks := list(self._under_way.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end_early(self) -> None:
        for table in self._tables.values():
            table.ended_early = True
            table.notes.append(
                f"watch: it ended early, at {self._pace.progress(self._number, self._elapsed)}, because it has cost "
                "what it may (max_units, verify_max_units)"
            )

    async def _round(self) -> None:
        begun = self._loop.time()
        self._number += 1
        for name, table in self._tables.items():
            for source in table.sources:
                self._ask((name, "PutItem", source), table.beat)
        await self._sleep_until(begun + self._pace.interval / 2)
        self._look()
        await self._sleep_until(begun + self._pace.interval)
        self._end_round()

    def _end_round(self) -> None:
        for name, table in self._tables.items():
            silent = {
                (call, region)
                for (owner, call, region), task in self._under_way.items()
                if owner == name and not task.done()
            }
            table.end_round(self._elapsed, silent)
        stalenesses = {name: table.stalenesses for name, table in self._tables.items()}
        self._bulletins.take(stalenesses, {name: table.troubles.end_round() for name, table in self._tables.items()})
        self._tell()

    def _ask(self, key: tuple[str, str, str], work: t.Callable[..., t.Any]) -> None:
        """Ask a region, unless it still owes the answer to the same question."""
        name, call, region = key
        task = self._under_way.get(key)
        if task is not None and not task.done():
            if self._loop.time() >= self._asked[key] + SILENCE:
                self._tables[name].troubles.add(region, call, f"{region} doesn't answer", self._elapsed)
            return
        if task is not None:
            task.result()
        self._asked[key] = self._loop.time()
        self._under_way[key] = asyncio.ensure_future(work(region, self._elapsed))

    def _look(self) -> None:
        for name, table in self._tables.items():
            for target in table.targets:
                self._ask((name, "BatchGetItem", target), table.look)

    async def _settle(self, admitted: t.Callable[[], bool], seconds: float) -> None:
        """What is under way has its time; then a strongly consistent look has the last word."""
        end = self._loop.time() + seconds
        while self._loop.time() < end and self._waiting and admitted():
            await self._sleep_until(
                min(end, self._loop.time() + min(SETTLING_LOOKS, max(self._pace.interval / 2, 0.05)))
            )
            self._look()
            await asyncio.wait(list(self._under_way.values()), timeout=max(0.0, end - self._loop.time()))
            self._end_round()
        # A call has its own end: the SDK gives up on a region that doesn't answer.
        await asyncio.gather(*self._under_way.values())
        await all_of(table.last_look(self._elapsed) for table in self._tables.values())
        self._end_round()

    @property
    def _waiting(self) -> bool:
        return any(table.waiting for table in self._tables.values()) or any(
            not task.done() for task in self._under_way.values()
        )

    def _tell(self, last: bool = False) -> None:
        if last or self._bulletins.news or self._loop.time() >= self._told + SUMMARY_EVERY:
            self._told = self._loop.time()
            self._progress(self._bulletins.event(self._pace.progress(self._number, self._elapsed)))

    async def _sleep_until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self._loop.time()))

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Heartbeats from region to region, many tables side by side: shows replication falling behind and catching up.

In a round each source region writes its next heartbeat; half an interval later every target is asked for those of all
sources in one BatchGetItem. A region that doesn't answer is waited for once, then left behind: the others go on, and
it is unknown until it answers again.
"""

from __future__ import annotations

import dataclasses
import math
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor, wait

from .. import errors
from ..clients import WORKERS
from .bulletins import Bulletins
from .cleanup import Left, clear, told
from .ground import Ground
from .probes import CALLS, MARKER, PUT, Lease, Probe
from .reads import look
from .staleness import (
    UNKNOWN,
    History,
    Pace,
    Reading,
    Round,
    Staleness,
    Troubles,
    rounds_kept,
)
from .states import FAIL, PASS, UNSURE, Pair
from .watch import Acknowledgement, Look

# A region that answers none of what it was asked for so many seconds is no longer waited for.
STALLED = 1.0
# After the last heartbeat there are so many seconds for what is under way, and looks so far apart at most.
SETTLING = 10.0
SETTLING_LOOKS = 1.0
# A heartbeat belongs to its run until the planned end, but no longer than this from when it is written, and then for
# the grace: in seconds.
LONGEST_LEASE = 3600
GRACE = 120
# Without news, how things stand is said so often, in seconds.
SUMMARY_EVERY = 1.0

# The calls that are made: one item in a source, all items in a target.
WRITE, LOOK = CALLS[PUT], "BatchGetItem"

Progress = t.Callable[[dict[str, t.Any]], None]


@dataclasses.dataclass
class Subject:
    """A table whose pairs are watched.

    :ivar free: source -> the keys reserved for its heartbeats that nobody else has, `Sweep.free_heartbeats`.
    :ivar holders: the regions that are cleaned up at the end.
    """

    ground: Ground
    pairs: list[Pair]
    free: dict[str, list[Probe]]
    holders: list[str]

    @property
    def sources(self) -> list[str]:
        return list(dict.fromkeys(source for source, _target in self.pairs))

    @property
    def targets(self) -> list[str]:
        return list(dict.fromkeys(target for _source, target in self.pairs))


@dataclasses.dataclass
class PairWatched:
    """What came of a pair.

    :ivar verdict: pass when every heartbeat arrived in the end; fail when a strongly consistent read misses one.
    :ivar staleness: what was followed: the peak, how many heartbeats were written and arrived.
    """

    staleness: Staleness
    verdict: str = UNSURE
    reason: str = ""


@dataclasses.dataclass
class Watched:
    """What came of a table."""

    rounds: list[Round]
    pairs: dict[Pair, PairWatched]
    notes: list[str]
    left: list[Left]
    ended_early: bool = False

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
            for elapsed, readings in self.rounds
        ]


def watch(
    subjects: dict[str, Subject],
    pace: Pace,
    progress: Progress = lambda _event: None,
    admitted: t.Callable[[], bool] = lambda: True,
    enough: t.Callable[[dict[str, dict[Pair, Staleness]]], bool] = lambda _stalenesses: False,
    settling: t.Callable[[dict[str, dict[Pair, Staleness]]], float] = lambda _stalenesses: SETTLING,
) -> dict[str, Watched]:
    """What came of each table, by its name. An interruption still cleans up, then goes on upwards with a note of that.

    To be called from the thread that an interruption reaches.

    :param admitted: asked before every round whether there may be another; otherwise the watch ends, and says so.
    :param settling: for how many seconds after the last heartbeat what is under way is looked for.
    :param enough: asked after every round whether what was seen of the tables will do.
    """
    drill = _Drill({name: subject for name, subject in subjects.items() if subject.pairs}, pace, progress)
    if not drill.tables:
        return {}
    try:
        drill.run(admitted, enough, settling)
        drill.close()
    except BaseException as error:
        drill.close()  # to its end, if it was interrupted there
        error.add_note(told("heartbeats", {table.name: table.left for table in drill.tables}))
        raise
    return {table.name: table.outcome() for table in drill.tables}


class _Table:
    """One table while it is watched; only the writers' threads touch ``touched`` and ``current``."""

    def __init__(self, name: str, subject: Subject, kept: int) -> None:
        self.name = name
        self.subject = subject
        self.ground = subject.ground
        self.pairs = {pair: PairWatched(Staleness()) for pair in subject.pairs}
        self.history = History(kept)
        self.troubles = Troubles()
        self.notes: list[str] = []
        self.left: list[Left] = []
        self.ended_early = False
        self.touched: set[Probe] = set()
        # source -> which of its free keys has the heartbeats
        self.current = dict.fromkeys(subject.sources, 0)
        # What this round has said up to now.
        self.readings: dict[Pair, Reading] = {}
        self.written: set[str] = set()
        # The pairs that a strongly consistent read tells of.
        self.confirmed: set[Pair] = set()
        # region -> why it is unknown in this round
        self.down: dict[str, str] = {}

    @property
    def stalenesses(self) -> dict[Pair, Staleness]:
        return {pair: watched.staleness for pair, watched in self.pairs.items()}

    def probe(self, source: str) -> Probe | None:
        free = self.subject.free[source]
        return free[self.current[source]] if free else None

    def asked(self, target: str, only_waiting: bool) -> dict[str, Probe]:
        """source -> the key that a look in ``target`` asks for; with ``only_waiting`` where something is to come."""
        return {
            source: probe
            for (source, pair_target), watched in self.pairs.items()
            if pair_target == target
            and (watched.staleness.waiting or not only_waiting)
            and (probe := self.probe(source))
        }

    def begin_round(self) -> None:
        self.readings, self.written, self.down, self.confirmed = {}, set(), {}, set()

    def end_round(self, elapsed: float) -> dict[Pair, Reading]:
        """Every pair's reading; when nothing new was written and nothing is under way, there is nothing to say."""
        readings = {}
        for pair, watched in self.pairs.items():
            reading = self.readings.get(pair, UNKNOWN)
            silent = pair[0] not in self.written and not watched.staleness.waiting
            readings[pair] = UNKNOWN if silent else reading
        self.history.add(Round(elapsed, readings))
        return readings

    def judge(self, elapsed: float, patience: float) -> dict[Pair, Reading]:
        """The verdicts, after the last look, which was strongly consistent; and the last readings.

        :param patience: how many seconds after its acknowledgement a heartbeat that a look doesn't show is missing.
        """
        readings = {}
        patience = 0.0 if self.ground.strong else patience
        for pair, watched in self.pairs.items():
            source, target = pair
            staleness = watched.staleness
            if not staleness.written:
                watched.reason = self.troubles.last(source) or f"no heartbeat of {source} was written"
            elif not staleness.waiting:
                watched.verdict = PASS
                readings[pair] = self.readings.get(pair, Reading(arrived=True))
            elif pair in self.confirmed and not self.readings[pair].arrived:
                readings[pair] = self.readings[pair]
                watched.verdict = FAIL if readings[pair].lag >= patience else UNSURE
                watched.reason = (
                    f"heartbeat {staleness.arrived + 1} of {staleness.written} hadn't arrived "
                    f"{readings[pair].lag:.3g} s after its acknowledgement, by a strongly consistent read"
                )
                if watched.verdict != FAIL:
                    watched.reason += f", but the watch ended before the {patience:g} s that it has to arrive"
            else:
                watched.reason = self.troubles.last(target) or f"{target} doesn't answer"
        readings = {pair: readings.get(pair, UNKNOWN) for pair in self.pairs}
        self.history.add(Round(elapsed, readings))
        return readings

    def trouble(self, region: str, call: str, reason: str, elapsed: float) -> None:
        self.down[region] = reason
        self.troubles.add(region, call, reason, elapsed)

    def outcome(self) -> Watched:
        stragglers = dict.fromkeys(self._stragglers())
        notes = [*self.notes, *self.troubles.notes(), *self.history.notes(), *stragglers]
        return Watched(self.history.rounds, self.pairs, notes, self.left, self.ended_early)

    def _stragglers(self) -> t.Iterator[str]:
        """A region that couldn't be cleaned up may still send what a region that was cleaned up didn't have yet."""
        uncleared = {left.region for left in self.left}
        for (source, target), watched in self.pairs.items():
            if source in uncleared and watched.staleness.waiting:
                yield (
                    f"watch: a heartbeat of {source} may still arrive in {target}, because {source} couldn't be "
                    "cleaned up: the next verification removes it"
                )


class _Asked(t.NamedTuple):
    """A call that is under way, and the round that it belongs to."""

    table: _Table
    call: str
    region: str
    number: int


class _Drill:
    """The rounds. What workers bring back is taken in by the thread that runs it, so nothing else is shared."""

    def __init__(self, subjects: dict[str, Subject], pace: Pace, progress: Progress) -> None:
        kept = rounds_kept(sum(len(subject.pairs) for subject in subjects.values()))
        self.tables = [_Table(name, subject, kept) for name, subject in subjects.items()]
        self._pace = pace
        self._progress = progress
        self._bulletins = Bulletins()
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._under_way: dict[Future[t.Any], _Asked] = {}
        self._owed: set[tuple[str, str, str]] = set()
        self._overdue: set[Future[t.Any]] = set()
        self._number = 0
        self._told = -math.inf
        if self.tables:
            self._clock = self.tables[0].ground.clock
            self._begun = self._clock.now()

    def run(
        self, admitted: t.Callable[[], bool], enough: t.Callable[..., bool], settling: t.Callable[..., float]
    ) -> None:
        while not self._stopped and not self._pace.over(self._number, self._elapsed):
            if not admitted():
                self._end_early()
                break
            self._round()
            if enough({table.name: table.stalenesses for table in self.tables}):
                break
        if not self._stopped:
            self._settle(admitted, settling)

    def close(self) -> None:
        """Wait for what is under way, so that nothing is written after it, then remove everything."""
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)
        touched = [table for table in self.tables if table.touched]
        regions = {region for table in touched for region in table.subject.holders}
        # So many tables at once, each in all of its regions, are as many calls as each client has connections.
        with ThreadPoolExecutor(WORKERS) as outer, ThreadPoolExecutor(WORKERS * max(1, len(regions))) as inner:

            def clear_table(table: _Table) -> None:
                table.left = clear(table.ground, table.subject.holders, sorted(table.touched), inner)

            list(outer.map(clear_table, touched))

    @property
    def _elapsed(self) -> float:
        return self._clock.now() - self._begun

    @property
    def _stopped(self) -> bool:
        return any(table.ground.stop.is_set() for table in self.tables)

    def _end_early(self) -> None:
        for table in self.tables:
            table.ended_early = True
            table.notes.append(
                f"watch: it ended early, at {self._pace.progress(self._number, self._elapsed)}, because it has cost "
                "what it may (max_units, verify_max_units)"
            )

    def _round(self) -> None:
        begun = self._clock.now()
        self._number += 1
        for table in self.tables:
            table.begin_round()
            for source in table.subject.sources:
                self._submit(table, WRITE, source, _beat, table, source, self._lease(table), self._number)
        self._gather()
        self._sleep_until(begun + self._pace.interval / 2)
        self._look()
        elapsed = self._elapsed
        readings = {table.name: table.end_round(elapsed) for table in self.tables}
        self._tell(readings)
        self._sleep_until(begun + self._pace.interval)

    def _tell(self, readings: dict[str, dict[Pair, Reading]], last: bool = False) -> None:
        self._bulletins.take(
            readings,
            {table.name: table.stalenesses for table in self.tables},
            {table.name: table.down for table in self.tables},
        )
        now = self._clock.now()
        if last or self._bulletins.news or now >= self._told + SUMMARY_EVERY:
            self._told = now
            self._progress(self._bulletins.event(self._pace.progress(self._number, self._elapsed)))

    def _look(self, consistent: bool = False, only_waiting: bool = False) -> None:
        for table in self.tables:
            strong = consistent or table.ground.strong
            for target in table.subject.targets:
                if asked := table.asked(target, only_waiting):
                    self._submit(table, LOOK, target, _look, table, target, asked, strong)
        self._gather()

    def _submit(self, table: _Table, call: str, region: str, work: t.Callable[..., t.Any], *arguments: t.Any) -> None:
        """Ask a region, unless it still owes the answer to the same question."""
        if (table.name, call, region) in self._owed:
            table.trouble(region, call, f"{region} doesn't answer {call}", self._elapsed)
            return
        if region not in self._pools:
            # As many threads as its client has connections; those of a region that hangs are no other's.
            self._pools[region] = ThreadPoolExecutor(WORKERS)
        future = self._pools[region].submit(work, *arguments)
        self._owed.add((table.name, call, region))
        self._under_way[future] = _Asked(table, call, region, self._number)

    def _gather(self) -> None:
        """Take in what is answered, but don't wait for a region that gives no answer at all for a while."""
        self._take_done()
        while waiting := self._under_way.keys() - self._overdue:
            done, silent = wait(waiting, STALLED)
            answering = {self._under_way[future].region for future in done}
            self._overdue |= {future for future in silent if self._under_way[future].region not in answering}
            self._take_done()

    def _take_done(self) -> None:
        for future in [future for future in self._under_way if future.done()]:
            table, call, region, number = asked = self._under_way.pop(future)
            self._owed.discard((table.name, call, region))
            self._overdue.discard(future)
            try:
                answer = future.result()
            except errors.ServiceError as error:
                self._failed(asked, str(error))
                continue
            if call == LOOK:
                self._seen(table, region, *answer)
            elif isinstance(answer, str):
                self._failed(asked, answer)
            else:
                self._written(table, region, number, answer)

    def _failed(self, asked: _Asked, reason: str) -> None:
        table, call, region, _number = asked
        table.trouble(region, call, reason, self._elapsed)
        if call == LOOK:
            for (_source, target), watched in table.pairs.items():
                if target == region:
                    watched.staleness.miss(self._clock.now())

    def _written(self, table: _Table, source: str, number: int, acknowledged: Acknowledgement) -> None:
        table.written.add(source)
        for pair, watched in table.pairs.items():
            if pair[0] == source:
                watched.staleness.acknowledge(number, acknowledged)

    def _seen(self, table: _Table, target: str, shown: Look, asked: dict[str, Probe], consistent: bool) -> None:
        for pair, watched in table.pairs.items():
            source = pair[0]
            if pair[1] != target or source not in asked:
                continue
            probe = asked[source]
            if probe in shown.unread:
                watched.staleness.miss(shown.ended)
                reason = f"throttled: {LOOK} in {target} left keys unprocessed"
                table.trouble(target, LOOK, reason, self._elapsed)
                continue
            marked = shown.seen.get(probe)
            mine = marked is not None and marked.run == table.ground.lease.run
            if consistent:
                table.confirmed.add(pair)
            table.readings[pair] = watched.staleness.take(shown, marked.revision if mine else 0)

    def _settle(self, admitted: t.Callable[[], bool], settling: t.Callable[..., float]) -> None:
        """What is under way has a little longer; then a strongly consistent read has the last word."""
        patience = settling({table.name: table.stalenesses for table in self.tables})
        deadline = self._clock.now() + patience
        while self._to_come() and not self._stopped and (left := deadline - self._clock.now()) > 0 and admitted():
            self._sleep_until(self._clock.now() + min(left, self._pace.interval / 2, SETTLING_LOOKS))
            self._look_again()
        self._look_again(consistent=True)
        elapsed = self._elapsed
        self._tell({table.name: table.judge(elapsed, patience) for table in self.tables}, last=True)

    def _to_come(self) -> bool:
        """Whether anything is to come in a region that doesn't hang."""
        return any(
            watched.staleness.waiting and (table.name, LOOK, target) not in self._owed
            for table in self.tables
            for (_source, target), watched in table.pairs.items()
        )

    def _look_again(self, consistent: bool = False) -> None:
        """A look where something is still to come."""
        for table in self.tables:
            table.begin_round()
        self._look(consistent, only_waiting=True)

    def _sleep_until(self, moment: float) -> None:
        while not self._stopped and (left := moment - self._clock.now()) > 0:
            self._clock.sleep(min(left, 1.0))

    def _lease(self, table: _Table) -> Lease:
        """Renewed by every heartbeat."""
        planned = min(max(0.0, self._pace.planned - self._elapsed), LONGEST_LEASE)
        return Lease(table.ground.lease.run, int(self._clock.epoch() + planned + self._pace.interval) + GRACE)


def _beat(table: _Table, source: str, lease: Lease, number: int) -> Acknowledgement | str:
    """Write a heartbeat; why it couldn't be, as a sentence, when someone else has every key that is free for it."""
    ground = table.ground
    for _attempt in table.subject.free[source]:
        probe = table.probe(source)
        parameters = ground.schema.write(PUT, probe, lease)
        parameters["Item"][MARKER]["M"]["revision"] = {"N": str(number)}
        table.touched.add(probe)
        written = ground.write_item(source, PUT, parameters)
        if written.held:
            return Acknowledgement(ground.clock.now(), exact=not written.retried)
        table.current[source] = (table.current[source] + 1) % len(table.subject.free[source])
    return f"none of the keys that are reserved for the heartbeats of {source} is free: see notes"


def _look(table: _Table, target: str, asked: dict[str, Probe], consistent: bool) -> tuple[Look, dict[str, Probe], bool]:
    """One look at the heartbeats of the sources ``asked`` for."""
    ground = table.ground
    return look(ground, target, list(asked.values()), consistent), asked, consistent

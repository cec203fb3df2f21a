# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One operation on the items of every region at once, and how it arrives in the others."""

from __future__ import annotations

import dataclasses
import threading
import typing as t
from concurrent.futures import Executor

from .. import errors
from .cost import EVENTUAL, STRONG
from .evidence import Altered, Evidence, Missing
from .ground import Ground
from .probes import DELETE, Marked, Probe, altered, another_run, shows
from .reads import look, read
from .states import Pair
from .watch import Acknowledgement, Look, Watch

# The longer an item is waited for, the less often it is looked for: this share of the time waited so far.
PATIENCE = 0.1

SPENT = "max_units (verify_max_units) was spent before this could be told: raise it, or write fewer items"


@dataclasses.dataclass
class Plan:
    """What one round is to do.

    :ivar candidates: source -> its probes in the order of trying.
    :ivar wanted: how many of them are written; what another verification took meanwhile is passed over.
    :ivar expected: whether a probe is to arrive in a target.
    :ivar patience: how many seconds a write has to arrive, from its acknowledgement.
    :ivar deadline: until when it may take longer than that, on the ground's clock.
    """

    operation: str
    candidates: dict[str, list[Probe]]
    wanted: int
    expected: t.Callable[[Probe, str], bool]
    patience: float
    deadline: float


class Round:
    """One operation: a writer for each source region, and beside it a watcher for each target.

    :param evidence: is filled in; each watcher touches the pairs of its own target only.
    :ivar touched: the probes that may be there now because of this round.
    """

    def __init__(self, ground: Ground, plan: Plan, evidence: dict[Pair, Evidence]) -> None:
        self.touched: set[Probe] = set()
        self._ground = ground
        self._plan = plan
        self._evidence = evidence
        self._acknowledged: dict[Probe, Acknowledgement] = {}
        self._all_written = False
        self._spent: set[str] = set()  # targets that nobody may look at any more
        self._news = threading.Condition()

    def run(self, pool: Executor) -> None:
        targets = sorted({target for _source, target in self._evidence})
        writers = [pool.submit(self._write, source) for source in self._plan.candidates]
        watchers = [pool.submit(self._watch, target) for target in targets]
        try:
            for writer in writers:
                writer.result()
        finally:
            with self._news:
                self._all_written = True
                self._news.notify_all()
        for watcher in watchers:
            watcher.result()

    def _write(self, source: str) -> None:
        held = 0
        for probe in self._plan.candidates[source]:
            if held == self._plan.wanted or self._ground.stop.is_set():
                return
            try:
                held += self._write_probe(probe)
            except errors.ServiceError as error:
                self._problem(source, str(error))
                return
        if held < min(self._plan.wanted, len(self._plan.candidates[source])):
            self._problem(source, f"someone else changed verification's items in {source} meanwhile: run again later")

    def _write_probe(self, probe: Probe) -> bool:
        self.touched.add(probe)
        written = self._ground.write(probe.source, self._plan.operation, probe)
        if written.held:
            with self._news:
                self._acknowledged[probe] = Acknowledgement(self._ground.clock.now(), exact=not written.retried)
                self._news.notify_all()
        else:
            self.touched.discard(probe)
        return written.held

    def _problem(self, source: str, sentence: str) -> None:
        for (pair_source, _target), evidence in self._evidence.items():
            if pair_source == source:
                evidence.problem(sentence)

    def _watch(self, target: str) -> None:
        """Look until everything is there or late; a look that fails is repeated, whatever the reason.

        In a strongly consistent group the first look that is answered decides.
        """
        ground = self._ground
        # Of a deletion an eventually consistent read may show what was before the item was even put.
        consistent = ground.strong or self._plan.operation == DELETE
        watch = Watch(self._plan.operation, ground.lease)
        decided: set[Probe] = set()
        while pending := self._work(target, decided):
            if ground.stop.is_set():
                break
            if ground.clock.now() >= self._deadline(pending):
                self._wait_for_writers()
                if self._pending(target, decided) == pending:
                    break
                continue
            if not ground.meter.admits(len(pending) * (STRONG if consistent else EVENTUAL)):
                self._spent.add(target)
                break
            try:
                seen = look(ground, target, pending, consistent)
            except errors.ServiceError:
                now = ground.clock.now()
                seen = Look(now, now, unread=frozenset(pending), clean=False)
            decided |= self._record(target, pending, seen, watch)
            if waiting := pending.keys() - decided:
                ground.pause(self._pause({probe: pending[probe] for probe in waiting}))
        self._settle(target)

    def _work(self, target: str, arrived: set[Probe]) -> dict[Probe, Acknowledgement]:
        """What is still to arrive; before the first write is acknowledged, waits for it. Empty: nothing will come."""
        with self._news:
            self._news.wait_for(lambda: self._all_written or self._pending(target, arrived))
            return self._pending(target, arrived)

    def _pending(self, target: str, arrived: set[Probe]) -> dict[Probe, Acknowledgement]:
        return {
            probe: acknowledged
            for probe, acknowledged in self._acknowledged.items()
            if probe not in arrived and self._plan.expected(probe, target)
        }

    def _deadline(self, pending: dict[Probe, Acknowledgement]) -> float:
        last = max(acknowledged.time for acknowledged in pending.values())
        return max(self._plan.deadline, last + self._plan.patience)

    def _pause(self, pending: dict[Probe, Acknowledgement]) -> float:
        now = self._ground.clock.now()
        waited = now - min(acknowledged.time for acknowledged in pending.values())
        return max(0.0, min(max(self._ground.poll_delay, PATIENCE * waited), self._deadline(pending) - now))

    def _record(self, target: str, pending: dict[Probe, Acknowledgement], seen: Look, watch: Watch) -> set[Probe]:
        """Note what arrived; the probes that needn't be looked for any more are returned."""
        operation, ground = self._plan.operation, self._ground
        arrived = watch.take(pending, seen)
        for probe, sample in arrived.items():
            self._evidence[probe.source, target].arrived[operation][probe] = None if ground.strong else sample
        if not ground.strong:
            return set(arrived)
        for probe in pending.keys() - arrived.keys() - seen.unread:
            self._judge(target, probe, seen.seen.get(probe), seen.begun - pending[probe].time)
        return set(pending) - seen.unread

    def _is_altered(self, marked: Marked | None) -> bool:
        """What another run wrote is late: what a run that died had sent may still arrive before what this one did."""
        lease = self._ground.lease
        return (
            self._plan.operation != DELETE
            and marked is not None
            and altered(marked, lease)
            and not another_run(marked, lease)
        )

    def _settle(self, target: str) -> None:
        """A strongly consistent read has the last word on what wasn't seen."""
        ground = self._ground
        self._wait_for_writers()
        doubtful = self._pending(target, self._decided(target))
        if not doubtful:
            return
        begun = ground.clock.now()
        try:
            if ground.stop.is_set():
                raise errors.ServiceError(errors.BUSY, "BatchGetItem", target, "interrupted")
            seen = read(ground, target, doubtful, consistent=True)
        except errors.ServiceError as error:
            self._unknown(target, doubtful, str(error))
            return
        for probe in sorted(doubtful):
            if target in self._spent and not shows(self._plan.operation, seen.get(probe), ground.lease):
                self._unknown(target, [probe], SPENT)
            else:
                self._judge(target, probe, seen.get(probe), begun - doubtful[probe].time)

    def _wait_for_writers(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._all_written)

    def _decided(self, target: str) -> set[Probe]:
        """What was seen, and what strongly consistent reads have judged already."""
        operation = self._plan.operation
        decided: set[Probe] = set()
        for (_source, pair_target), evidence in self._evidence.items():
            if pair_target == target:
                decided |= {one.probe for one in (*evidence.missing, *evidence.altered) if one.operation == operation}
                decided |= evidence.arrived[operation].keys()
        return decided

    def _judge(self, target: str, probe: Probe, marked: Marked | None, waited: float) -> None:
        """By a strongly consistent read that began ``waited`` seconds after the acknowledgement."""
        evidence, operation = self._evidence[probe.source, target], self._plan.operation
        if shows(operation, marked, self._ground.lease):
            evidence.arrived[operation].setdefault(probe, None)
            return
        evidence.arrived[operation].pop(probe, None)
        if self._is_altered(marked):
            evidence.altered.append(Altered(operation, probe))
        else:
            evidence.missing.append(Missing(operation, probe, waited))

    def _unknown(self, target: str, probes: t.Iterable[Probe], sentence: str) -> None:
        for source in {probe.source for probe in probes}:
            self._evidence[source, target].problem(sentence)

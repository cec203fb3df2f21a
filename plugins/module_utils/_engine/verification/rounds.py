# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One operation on the items of every region at once, and how it arrives in the others."""

from __future__ import annotations

import dataclasses
import threading
import typing as t
from concurrent.futures import Executor

from .. import api, errors
from ..clients import Clients
from .evidence import Evidence, Missing
from .probes import CALLS, DELETE, Lease, Probe, Schema, shows
from .reads import look, read
from .states import Pair
from .watch import Acknowledgement, Look, Watch

# The longer an item is waited for, the less often it is looked for: this share of the time waited so far.
PATIENCE = 0.1

# Another look won't do better.
_HOPELESS = (errors.DENIED, errors.CREDENTIALS, errors.ABSENT, errors.REFUSED)


@dataclasses.dataclass(frozen=True)
class Ground:
    """What the check of one table works with.

    :ivar clock: ``now()`` (monotonic) and ``sleep()`` for all measuring, ``epoch()`` only for the marker's expiry.
    :ivar stop: set when the run was interrupted: only clean-up goes on.
    """

    schema: Schema
    clients: Clients
    lease: Lease
    clock: t.Any
    poll_delay: float
    stop: threading.Event


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
        ground, operation = self._ground, self._plan.operation
        parameters = ground.schema.write(operation, probe, ground.lease, int(ground.clock.epoch()))
        self.touched.add(probe)
        written = api.write_item(ground.clients[probe.source], CALLS[operation], parameters)
        if written.held:
            with self._news:
                self._acknowledged[probe] = Acknowledgement(ground.clock.now(), exact=not written.retried)
                self._news.notify_all()
        else:
            self.touched.discard(probe)
        return written.held

    def _problem(self, source: str, sentence: str) -> None:
        for (pair_source, _target), evidence in self._evidence.items():
            if pair_source == source:
                evidence.problem(sentence)

    def _watch(self, target: str) -> None:
        ground = self._ground
        watch = Watch(self._plan.operation, ground.lease.run)
        arrived: set[Probe] = set()
        while pending := self._work(target, arrived):
            if ground.stop.is_set() or ground.clock.now() >= self._deadline(pending):
                break
            try:
                shown = watch.take(pending, look(ground.clients[target], ground.schema, pending, ground.clock))
            except errors.ServiceError as error:
                if error.kind in _HOPELESS:
                    break
                now = ground.clock.now()
                shown = watch.take(pending, Look(now, now, unread=frozenset(pending), clean=False))
            self._record(target, shown)
            arrived |= shown.keys()
            if waiting := pending.keys() - arrived:
                ground.clock.sleep(self._pause({probe: pending[probe] for probe in waiting}))
        self._settle(target, arrived)

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

    def _record(self, target: str, shown: dict[Probe, t.Any]) -> None:
        for probe, sample in shown.items():
            self._evidence[probe.source, target].arrived[self._plan.operation][probe] = sample

    def _settle(self, target: str, arrived: set[Probe]) -> None:
        """A strongly consistent read has the last word on what wasn't seen, and on every deletion."""
        ground, operation = self._ground, self._plan.operation
        with self._news:
            self._news.wait_for(lambda: self._all_written)
        doubtful = self._pending(target, set() if operation == DELETE else arrived)
        if not doubtful:
            return
        begun = ground.clock.now()
        try:
            if ground.stop.is_set():
                raise errors.ServiceError(errors.BUSY, "BatchGetItem", target, "interrupted")
            seen = read(ground.clients[target], ground.schema, doubtful, ground.clock, consistent=True)
        except errors.ServiceError as error:
            for source in {probe.source for probe in doubtful}:
                self._evidence[source, target].problem(str(error))
            return
        for probe in sorted(doubtful):
            evidence = self._evidence[probe.source, target]
            if shows(operation, seen.get(probe), ground.lease.run):
                evidence.arrived[operation].setdefault(probe, None)
            else:
                evidence.arrived[operation].pop(probe, None)
                evidence.missing.append(Missing(operation, probe, begun - doubtful[probe].time))

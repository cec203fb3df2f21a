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
from .evidence import Evidence
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


class Round:
    """One operation: a writer for each source region, and beside it a watcher for each target.

    :param awaited: target -> the probes that are to arrive there.
    :param evidence: is filled in; each watcher touches the pairs of its own target only.
    :param deadline: on the ground's clock.
    """

    def __init__(
        self,
        ground: Ground,
        operation: str,
        awaited: dict[str, set[Probe]],
        evidence: dict[Pair, Evidence],
        deadline: float,
    ) -> None:
        self._ground = ground
        self._operation = operation
        self._awaited = awaited
        self._evidence = evidence
        self._deadline = deadline
        self._acknowledged: dict[Probe, Acknowledgement] = {}
        self._all_written = threading.Event()

    def run(self, pool: Executor) -> dict[str, set[Probe]]:
        """What arrived, by target."""
        probes = set().union(*self._awaited.values())
        sources = sorted({probe.source for probe in probes})
        writers = [
            pool.submit(self._write, source, sorted(probe for probe in probes if probe.source == source))
            for source in sources
        ]
        watchers = {target: pool.submit(self._watch, target) for target in self._awaited}
        try:
            for writer in writers:
                writer.result()
        finally:
            self._all_written.set()
        return {target: watcher.result() for target, watcher in watchers.items()}

    def _write(self, source: str, probes: list[Probe]) -> None:
        ground = self._ground
        for probe in probes:
            if ground.stop.is_set():
                return
            parameters = ground.schema.write(self._operation, probe, ground.lease, int(ground.clock.epoch()))
            try:
                written = api.write_item(ground.clients[source], CALLS[self._operation], parameters)
            except errors.ServiceError as error:
                self._problem(source, str(error))
                return
            if written.held:
                self._acknowledged[probe] = Acknowledgement(ground.clock.now(), exact=not written.retried)
            else:
                key = ground.schema.printable(probe)
                self._problem(source, f"someone else changed the item {key} in {source} meanwhile: run again")

    def _problem(self, source: str, sentence: str) -> None:
        for (pair_source, _target), evidence in self._evidence.items():
            if pair_source == source:
                evidence.problem(sentence)

    def _watch(self, target: str) -> set[Probe]:
        ground = self._ground
        watch = Watch(self._operation, ground.lease.run)
        arrived: set[Probe] = set()
        while not ground.stop.is_set() and ground.clock.now() < self._deadline:
            all_written = self._all_written.is_set()
            pending = self._pending(target, arrived)
            if all_written and not pending:
                break
            if pending:
                try:
                    shown = watch.take(pending, look(ground.clients[target], ground.schema, pending, ground.clock))
                except errors.ServiceError as error:
                    if error.kind in _HOPELESS:
                        break
                    now = ground.clock.now()
                    shown = watch.take(pending, Look(now, now, unread=frozenset(pending), clean=False))
                self._record(target, shown)
                arrived |= shown.keys()
                pending = self._pending(target, arrived)
            if pending or not all_written:
                ground.clock.sleep(self._pause(pending))
        return self._settle(target, arrived)

    def _pending(self, target: str, arrived: set[Probe]) -> dict[Probe, Acknowledgement]:
        acknowledged = self._acknowledged.copy()
        return {probe: acknowledged[probe] for probe in (self._awaited[target] & acknowledged.keys()) - arrived}

    def _pause(self, pending: dict[Probe, Acknowledgement]) -> float:
        now = self._ground.clock.now()
        waited = max((now - acknowledgement.time for acknowledgement in pending.values()), default=0.0)
        return max(0.0, min(max(self._ground.poll_delay, PATIENCE * waited), self._deadline - now))

    def _record(self, target: str, shown: dict[Probe, t.Any]) -> None:
        for probe, sample in shown.items():
            self._evidence[probe.source, target].arrived[self._operation][probe] = sample

    def _settle(self, target: str, arrived: set[Probe]) -> set[Probe]:
        """A strongly consistent read has the last word on what wasn't seen, and on every deletion."""
        self._all_written.wait()
        ground = self._ground
        missed = set(self._pending(target, arrived))
        doubtful = missed | arrived if self._operation == DELETE else missed
        if not doubtful:
            return arrived
        sources = {probe.source for probe in doubtful}
        if ground.stop.is_set():
            self._unsure(target, sources, "interrupted")
            return arrived - doubtful
        try:
            seen = read(ground.clients[target], ground.schema, doubtful, ground.clock, consistent=True)
        except errors.ServiceError as error:
            self._unsure(target, sources, str(error))
            return arrived - missed
        for probe in sorted(doubtful):
            evidence = self._evidence[probe.source, target]
            if shows(self._operation, seen.get(probe), ground.lease.run):
                evidence.arrived[self._operation].setdefault(probe, None)
            else:
                evidence.arrived[self._operation].pop(probe, None)
                evidence.missing.append((self._operation, probe))
        return {probe for probe in self._awaited[target] if self._has_arrived(probe, target)}

    def _has_arrived(self, probe: Probe, target: str) -> bool:
        return probe in self._evidence[probe.source, target].arrived[self._operation]

    def _unsure(self, target: str, sources: set[str], sentence: str) -> None:
        for source in sources:
            self._evidence[source, target].problem(sentence)

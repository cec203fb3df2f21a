# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One operation on the user's items in their home region, and how it arrives in the targets.

What `rounds` does for verification's own items, with whole items: what counts as arrived is the same content.
"""

from __future__ import annotations

import threading
import typing as t
from concurrent.futures import Executor

from .. import errors
from . import dynamodb_json, user_items
from .cost import EVENTUAL, STRONG
from .evidence import Sample
from .ground import Ground
from .item_reads import Keys, Page, pages, read
from .probes import DELETE, PUT, Marked, Probe, shows
from .rounds import PATIENCE, SPENT
from .traveller import Traveller
from .watch import Acknowledgement, Look, Watch

# A write of one item; None when it isn't to arrive, for a reason that the traveller has been told.
Write = t.Callable[[Probe], "Acknowledgement | None"]


class Leg:
    """A writer, and beside it a watcher for each target.

    :param before: target -> the items that the operation before this one reached; without it all are expected.
    :ivar acknowledged: what was written, or stood there already.
    :ivar arrived: target -> the items that were seen as this operation leaves them.
    """

    def __init__(
        self,
        ground: Ground,
        travellers: dict[Probe, Traveller],
        keys: Keys,
        targets: list[str],
        operation: str,
        before: dict[str, set[Probe]] | None = None,
    ) -> None:
        self.acknowledged: dict[Probe, Acknowledgement] = {}
        self.arrived: dict[str, set[Probe]] = {target: set() for target in targets}
        self._ground = ground
        self._travellers = travellers
        self._keys = keys
        self._operation = operation
        self._before = before
        # An eventually consistent look may be older than the put, and show nothing because of that.
        self._consistent = ground.strong or operation == DELETE
        self._patience = 0.0
        self._all_written = False
        self._judged: dict[str, set[Probe]] = {target: set() for target in targets}  # by a strongly consistent read
        self._spent: set[str] = set()  # targets that nobody may look at any more
        self._news = threading.Condition()

    def stand(self, standing: dict[Probe, set[str]]) -> None:
        """These were there before, with the regions where they were seen; so they have no lag."""
        now = self._ground.clock.now()
        self.acknowledged |= dict.fromkeys(standing, Acknowledgement(now, exact=False))
        for target, arrived in self.arrived.items():
            arrived.update(probe for probe, regions in standing.items() if target in regions)

    def run(
        self, probes: list[Probe], write: Write, patience: float, samples: dict[str, list[Sample]], pool: Executor
    ) -> None:
        """:param patience: how many seconds each has to arrive, from its acknowledgement."""
        self._patience = patience
        watchers = [pool.submit(self._watch, target, samples[target]) for target in self.arrived]
        try:
            self._write(probes, write)
        finally:
            with self._news:
                self._all_written = True
                self._news.notify_all()
        for watcher in watchers:
            watcher.result()

    def _write(self, probes: list[Probe], write: Write) -> None:
        for number, probe in enumerate(probes):
            try:
                if self._ground.stop.is_set():
                    raise self._interrupted(probe.source)
                acknowledged = write(probe)
            except errors.ServiceError as error:
                if error.kind != errors.REFUSED:
                    for rest in probes[number:]:
                        self._travellers[rest].doubt(str(error))
                    return
                self._travellers[probe].refute(str(error))
                continue
            if acknowledged:
                with self._news:
                    self.acknowledged[probe] = acknowledged
                    self._news.notify_all()

    def _watch(self, target: str, samples: list[Sample]) -> None:
        ground = self._ground
        watch = Watch(self._operation, ground.lease)
        while pending := self._work(target):
            if ground.stop.is_set() or ground.clock.now() >= self._deadline(pending):
                break
            if not ground.meter.admits(self._units(pending)):
                self._spent.add(target)
                break
            keys = {probe: self._keys[probe] for probe in pending}
            try:
                for page in pages(ground, target, keys, self._consistent):
                    samples += self._take(target, page, pending, watch)
            except errors.ServiceError as error:
                if not error.transient:
                    break
                now = ground.clock.now()
                watch.take(pending, Look(now, now, unread=frozenset(pending), clean=False))
            if waiting := self._pending(target).keys() & pending.keys():
                ground.clock.sleep(self._pause({probe: pending[probe] for probe in waiting}))
        self._settle(target)

    def _units(self, pending: t.Iterable[Probe]) -> float:
        """What one look takes when all are there."""
        each = STRONG if self._consistent else EVENTUAL
        return each * sum(user_items.blocks(self._travellers[probe].item.attributes) for probe in pending)

    def _take(self, target: str, page: Page, pending: dict[Probe, Acknowledgement], watch: Watch) -> list[Sample]:
        """Note what arrived, with its lag; in a strongly consistent group the first look decides, and there is none."""
        asked = {probe: pending[probe] for probe in page.asked}
        seen = {probe: self._marked(probe, item) for probe, item in page.found.items()}
        shown = watch.take(asked, Look(page.begun, page.ended, seen, page.unread, page.clean))
        self.arrived[target].update(shown)
        if not self._ground.strong:
            return [sample for sample in shown.values() if sample]
        for probe in asked.keys() - shown.keys() - page.unread:
            self._judge(target, probe, page.found.get(probe), page.begun - asked[probe].time)
        return []

    def _work(self, target: str) -> dict[Probe, Acknowledgement]:
        """What is still to arrive; before the first write is acknowledged, waits for it. Empty: nothing will come."""
        with self._news:
            self._news.wait_for(lambda: self._all_written or self._pending(target))
            return self._pending(target)

    def _pending(self, target: str) -> dict[Probe, Acknowledgement]:
        return {
            probe: acknowledged
            for probe, acknowledged in self.acknowledged.items()
            if probe not in self._judged[target] | self.arrived[target]
            and (self._before is None or probe in self._before[target])
        }

    def _deadline(self, pending: dict[Probe, Acknowledgement]) -> float:
        return max(acknowledged.time for acknowledged in pending.values()) + self._patience

    def _pause(self, pending: dict[Probe, Acknowledgement]) -> float:
        """The longer it is waited for, the less often: items may be big, and every look at one costs."""
        now = self._ground.clock.now()
        waited = now - min(acknowledged.time for acknowledged in pending.values())
        return max(0.0, min(max(self._ground.poll_delay, PATIENCE * waited), self._deadline(pending) - now))

    def _marked(self, probe: Probe, item: dynamodb_json.Item) -> Marked:
        """As if it carried this run's marker, when it has the content that was written."""
        lease = self._ground.lease
        return Marked(lease.run, lease.expires, revision=1) if self._travellers[probe].is_same(item) else Marked()

    def _settle(self, target: str) -> None:
        """A strongly consistent read has the last word on what wasn't seen."""
        ground = self._ground
        with self._news:
            self._news.wait_for(lambda: self._all_written)
        doubtful = self._pending(target)
        if not doubtful:
            return
        begun = ground.clock.now()
        try:
            if ground.stop.is_set():
                raise self._interrupted(target)
            keys = {probe: self._keys[probe] for probe in doubtful}
            found = read(ground, target, keys)
        except errors.ServiceError as error:
            for probe in doubtful:
                self._travellers[probe].doubt(str(error))
            return
        for probe, acknowledged in doubtful.items():
            if target in self._spent and not self._shows(probe, found.get(probe)):
                self._travellers[probe].doubt(SPENT)
            else:
                self._judge(target, probe, found.get(probe), begun - acknowledged.time)

    def _judge(self, target: str, probe: Probe, item: dynamodb_json.Item | None, waited: float) -> None:
        """By a strongly consistent read that began ``waited`` seconds after the acknowledgement."""
        self._judged[target].add(probe)
        if self._shows(probe, item):
            self.arrived[target].add(probe)
        else:
            self._travellers[probe].refute(self._fault(probe, target, item, waited))

    def _shows(self, probe: Probe, item: dynamodb_json.Item | None) -> bool:
        return shows(self._operation, self._marked(probe, item) if item else None, self._ground.lease)

    def _fault(self, probe: Probe, target: str, item: dynamodb_json.Item | None, waited: float) -> str:
        if self._operation == PUT and item:
            attributes = dynamodb_json.differing(self._travellers[probe].item.attributes, item)
            return f"altered in {target}: it differs in {', '.join(attributes)}"
        what = "still there" if self._operation == DELETE else "missing"
        since = "its deletion" if self._operation == DELETE else "it was written"
        return f"{what} in {target} {waited:.3g} s after {since} in {probe.source}, by a strongly consistent read"

    def _interrupted(self, region: str) -> errors.ServiceError:
        return errors.ServiceError(errors.BUSY, self._operation, region, "interrupted")

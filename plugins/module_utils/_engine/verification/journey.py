# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own items: written once in the home region, found unchanged in every other. They stay.

An item is only written where a strongly consistent read showed nothing at its key in any region, and under the
condition that it isn't there. What is there already is never written over, and nothing is ever deleted.
"""

from __future__ import annotations

import dataclasses
import threading
import typing as t
from concurrent.futures import Executor

from .. import errors
from . import dynamodb_json, user_items
from .cost import EVENTUAL, STRONG
from .evidence import Sample
from .ground import Ground
from .item_reads import Found, Keys, Page, pages, read
from .probes import PUT, Marked, Probe, Schema
from .rounds import PATIENCE, SPENT
from .states import Pair
from .traveller import Traveller
from .user_items import UserItem
from .watch import Acknowledgement, Look, Watch


@dataclasses.dataclass
class Journey:
    """What became of a table's items, as plain data.

    :ivar results: ``{key, source, verdict, reason}`` for each item, in the order of the list.
    :ivar samples: home and target -> the lags that could be measured.
    :ivar untimed: home and target -> how many items that this run wrote arrived without a measured lag.
    :ivar changed: whether this run wrote an item, or may have.
    """

    results: list[dict[str, t.Any]]
    samples: dict[Pair, list[Sample]]
    untimed: dict[Pair, int]
    changed: bool = False


def not_begun(schema: Schema, home: str, items: list[UserItem], why: str) -> Journey:
    """Nothing is written unless every member of the group can be looked at: it may hold an item with that key."""
    travellers = [Traveller(item) for item in items]
    for traveller in travellers:
        traveller.doubt(f"not written: {why}")
    return Journey([traveller.result(schema, home) for traveller in travellers], {}, {})


def run(
    ground: Ground, home: str, targets: list[str], items: list[UserItem], patience: float, pool: Executor
) -> Journey:
    """Write those of ``items`` that are nowhere in ``home``, and find all of them in every one of ``targets``.

    :param patience: how many seconds each has to arrive, from its acknowledgement.
    :param pool: has room for each target, and for one more.
    """
    travellers = {Probe(home, item.number): Traveller(item) for item in items}
    party = _Party(ground, home, targets, travellers, patience)
    try:
        party.travel(pool)
    except errors.ServiceError as error:
        for traveller in travellers.values():
            traveller.doubt(str(error))
    results = [one.result(ground.schema, home) for one in travellers.values()]
    samples = {(home, target): samples for target, samples in party.samples.items()}
    untimed = {(home, target): party.untimed(target) for target in targets}
    return Journey(results, samples, untimed, changed=bool(party.written))


class _Party:
    """All of a table's items together: a writer, and beside it a watcher for each target.

    :ivar samples: target -> the lags that could be measured.
    :ivar written: by this run; where an answer was lost, perhaps.
    """

    def __init__(
        self, ground: Ground, home: str, targets: list[str], travellers: dict[Probe, Traveller], patience: float
    ) -> None:
        self.samples: dict[str, list[Sample]] = {target: [] for target in targets}
        self._ground = ground
        self._home = home
        self._travellers = travellers
        self._keys: Keys = {
            probe: user_items.key(ground.schema, traveller.item.attributes) for probe, traveller in travellers.items()
        }
        self._patience = patience
        self.written: set[Probe] = set()
        self._acknowledged: dict[Probe, Acknowledgement] = {}
        self._all_written = False
        self._news = threading.Condition()
        self._arrived: dict[str, set[Probe]] = {target: set() for target in targets}
        self._judged: dict[str, set[Probe]] = {target: set() for target in targets}  # by a strongly consistent read
        self._spent: set[str] = set()  # targets that nobody may look at any more

    def travel(self, pool: Executor) -> None:
        wanted = self._prepare(pool)
        watchers = [pool.submit(self._watch, target) for target in self.samples]
        try:
            self._write(wanted)
        finally:
            with self._news:
                self._all_written = True
                self._news.notify_all()
        for watcher in watchers:
            watcher.result()
        for probe, traveller in self._travellers.items():
            traveller.complete = all(probe in arrived for arrived in self._arrived.values())

    def untimed(self, target: str) -> int:
        """How many items that this run wrote arrived there without a measured lag."""
        return len(self._arrived[target] & self.written) - len(self.samples[target])

    def _prepare(self, pool: Executor) -> list[Probe]:
        """Which items are to be written. Those that stand there already are only looked for where they weren't seen."""
        found = pool.map(lambda region: self._read(region, self._keys), self.samples)
        there = dict(zip(self.samples, found, strict=True))
        # Home comes last: what another run writes there meanwhile isn't seen in a target only.
        there = {self._home: self._read(self._home, self._keys), **there}
        wanted = []
        for probe, traveller in self._travellers.items():
            if not any(probe in found for found in there.values()):
                wanted.append(probe)
            elif traveller.is_same(there[self._home].get(probe)):
                self._acknowledged[probe] = Acknowledgement(self._ground.clock.now(), exact=False)
                for target in self.samples:
                    if traveller.is_same(there[target].get(probe)):
                        self._arrived[target].add(probe)
            else:
                self._exists(traveller, probe, there)
        return wanted

    def _exists(self, traveller: Traveller, probe: Probe, there: dict[str, Found]) -> None:
        """Another item of that key is in the way; the same one may be under way to home."""
        regions = [region for region, found in there.items() if probe in found]
        where = f"an item with that key exists in {', '.join(regions)}"
        attributes = dynamodb_json.differing(traveller.item.attributes, there[regions[0]][probe])
        if attributes:
            traveller.refute(
                f"{where}, with another {', '.join(attributes)}, and isn't touched: choose another key, or list it as "
                "it is"
            )
        else:
            traveller.doubt(f"{where}, the same, and not in {self._home}: run again, or choose another key")

    def _write(self, probes: list[Probe]) -> None:
        for number, probe in enumerate(probes):
            try:
                if self._ground.stop.is_set():
                    raise self._interrupted(self._home)
                acknowledged = self._put(probe)
            except errors.ServiceError as error:
                reason = f"{error}: it may have been written, and then stays" if probe in self.written else str(error)
                if error.kind != errors.REFUSED:
                    self._travellers[probe].doubt(reason)
                    for rest in probes[number + 1 :]:
                        self._travellers[rest].doubt(str(error))
                    return
                self._travellers[probe].refute(reason)
                continue
            if acknowledged:
                with self._news:
                    self._acknowledged[probe] = acknowledged
                    self._news.notify_all()

    def _put(self, probe: Probe) -> Acknowledgement | None:
        """Where somebody else was faster, the same content counts as standing, another is told to the traveller."""
        ground, traveller = self._ground, self._travellers[probe]
        try:
            written = ground.write_item(self._home, PUT, user_items.put(ground.schema, traveller.item.attributes))
        except errors.ServiceError as error:
            if error.may_have_worked:
                self.written.add(probe)
            raise
        acknowledged = Acknowledgement(ground.clock.now(), exact=written.held and not written.retried)
        if written.held or written.retried:
            self.written.add(probe)
        if written.held:
            return acknowledged
        found = self._read(self._home, {probe: self._keys[probe]})
        if traveller.is_same(found.get(probe)):
            return acknowledged
        if found:
            self._exists(traveller, probe, {self._home: found})
        else:
            traveller.doubt(f"somebody else wrote and removed it in {self._home} meanwhile: run again")
        return None

    def _watch(self, target: str) -> None:
        """Look until everything is there or late; a look that fails is repeated, whatever the reason."""
        ground = self._ground
        watch = Watch(PUT, ground.lease)
        while pending := self._work(target):
            if ground.stop.is_set():
                break
            if ground.clock.now() >= self._deadline(pending):
                self._wait_for_writer()
                if self._pending(target) == pending:
                    break
                continue
            if not ground.meter.admits(self._units(pending)):
                self._spent.add(target)
                break
            try:
                for page in pages(ground, target, {probe: self._keys[probe] for probe in pending}, ground.strong):
                    self._take(target, page, pending, watch)
            except errors.ServiceError:
                now = ground.clock.now()
                watch.take(pending, Look(now, now, unread=frozenset(pending), clean=False))
            if waiting := pending.keys() - self._judged[target] - self._arrived[target]:
                ground.pause(self._pause({probe: pending[probe] for probe in waiting}))
        self._settle(target)

    def _units(self, pending: t.Iterable[Probe]) -> float:
        """What one look takes when all are there."""
        each = STRONG if self._ground.strong else EVENTUAL
        return each * sum(user_items.blocks(self._travellers[probe].item.attributes) for probe in pending)

    def _take(self, target: str, page: Page, pending: dict[Probe, Acknowledgement], watch: Watch) -> None:
        """Note what arrived, with its lag; in a strongly consistent group the first look decides, and there is none."""
        asked = {probe: pending[probe] for probe in page.asked}
        seen = {probe: self._marked(probe, item) for probe, item in page.found.items()}
        shown = watch.take(asked, Look(page.begun, page.ended, seen, page.unread, page.clean))
        self._arrived[target].update(shown)
        if not self._ground.strong:
            self.samples[target] += [sample for sample in shown.values() if sample]
            return
        for probe in asked.keys() - shown.keys() - page.unread:
            self._judge(target, probe, page.found.get(probe), page.begun - asked[probe].time)

    def _work(self, target: str) -> dict[Probe, Acknowledgement]:
        """What is still to arrive; before the first write is acknowledged, waits for it. Empty: nothing will come."""
        with self._news:
            self._news.wait_for(lambda: self._all_written or self._pending(target))
            return self._pending(target)

    def _wait_for_writer(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._all_written)

    def _pending(self, target: str) -> dict[Probe, Acknowledgement]:
        done = self._judged[target] | self._arrived[target]
        return {probe: acknowledged for probe, acknowledged in self._acknowledged.items() if probe not in done}

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
        self._wait_for_writer()
        doubtful = self._pending(target)
        if not doubtful:
            return
        begun = ground.clock.now()
        try:
            if ground.stop.is_set():
                raise self._interrupted(target)
            found = self._read(target, {probe: self._keys[probe] for probe in doubtful})
        except errors.ServiceError as error:
            for probe in doubtful:
                self._travellers[probe].doubt(str(error))
            return
        for probe, acknowledged in doubtful.items():
            if target in self._spent and not self._travellers[probe].is_same(found.get(probe)):
                self._travellers[probe].doubt(SPENT)
            else:
                self._judge(target, probe, found.get(probe), begun - acknowledged.time)

    def _judge(self, target: str, probe: Probe, item: dynamodb_json.Item | None, waited: float) -> None:
        """By a strongly consistent read that began ``waited`` seconds after the acknowledgement."""
        self._judged[target].add(probe)
        traveller = self._travellers[probe]
        if traveller.is_same(item):
            self._arrived[target].add(probe)
        elif item:
            attributes = dynamodb_json.differing(traveller.item.attributes, item)
            traveller.refute(f"altered in {target}: it differs in {', '.join(attributes)}")
        else:
            since = "written" if probe in self.written else "seen"
            traveller.refute(
                f"missing in {target} {waited:.3g} s after it was {since} in {self._home}, by a strongly consistent "
                "read"
            )

    def _read(self, region: str, keys: Keys) -> Found:
        return read(self._ground, region, keys)

    def _interrupted(self, region: str) -> errors.ServiceError:
        return errors.ServiceError(errors.BUSY, PUT, region, "interrupted")

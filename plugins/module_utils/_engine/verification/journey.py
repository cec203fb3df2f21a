# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journey of the user's own items: written in the home region, found unchanged in every other, and removed again.

Nobody else's item is touched. An item is only written where a strongly consistent read showed nothing at its key in
any region, and under the condition that it isn't there; it is only deleted while it is as it was written. Before the
first is written, a journal names them, so that the next verification removes what a killed one left (`journal_sweep`).
Items that are to be kept need none: where one is there already and the same, it isn't written, only looked for.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
import typing as t
from concurrent.futures import Executor

from .. import errors
from . import dynamodb_json, journal, user_items
from .cleanup import ATTEMPTS, PAUSE
from .cleanup import clear as clear_probes
from .evidence import Sample
from .ground import Ground
from .item_reads import Found, Keys, read
from .journal_sweep import journals_in
from .leg import Leg
from .probes import DELETE, PUT, Probe, Schema
from .states import Pair
from .traveller import Traveller
from .user_items import UserItem
from .watch import Acknowledgement

# Without keep_items, what a write has of the time; the deletion has the rest.
PUT_SHARE = 0.5


@dataclasses.dataclass
class Journey:
    """What became of a table's items, as plain data.

    :ivar results: ``{key, source, verdict, reason}`` for each item, in the order of the list.
    :ivar samples: home and target -> the lags that could be measured, of puts and of deletions.
    :ivar untimed: home and target -> how many items arrived whose lag couldn't be measured.
    :ivar left: ``{region, item_keys, reason}``: what couldn't be confirmed as removed.
    """

    results: list[dict[str, t.Any]]
    samples: dict[Pair, list[Sample]]
    untimed: dict[Pair, int]
    left: list[dict[str, t.Any]]


def not_begun(schema: Schema, home: str, items: list[UserItem], why: str) -> Journey:
    """Nothing is written unless every member of the group can be looked at: it may hold an item with that key."""
    travellers = [Traveller(item) for item in items]
    for traveller in travellers:
        traveller.doubt(f"not written: {why}")
    return Journey([traveller.result(schema, home) for traveller in travellers], {}, {}, [])


def run(
    ground: Ground,
    home: str,
    targets: list[str],
    holders: list[str],
    items: list[UserItem],
    keep: bool,
    timeout: float,
    pool: Executor,
) -> Journey:
    """Write ``items`` in ``home``, find them in every one of ``targets``, and remove them unless they are to be kept.

    :param holders: every region that may have the table: where they are removed.
    :param timeout: how many seconds they have in all to arrive. The ground's lease must last longer, clean-up included.
    :param pool: has room for each target.
    """
    travellers = {Probe(home, item.number): Traveller(item) for item in items}
    refused = user_items.key_problems(ground.schema, items)
    for traveller in travellers.values():
        if refused:
            sentence = refused.get(traveller.item.number)
            traveller.refute(sentence) if sentence else traveller.doubt("not written: another item is refused")
    party = _Party(ground, home, targets, travellers, keep)
    if not refused:
        try:
            party.travel(timeout, pool)
        finally:
            party.clear(holders, pool)
    results = [one.result(ground.schema, home) for one in travellers.values()]
    samples = {(home, target): samples for target, samples in party.samples.items()}
    untimed = {(home, target): party.arrivals[target] - len(samples) for target, samples in party.samples.items()}
    return Journey(results, samples, untimed, party.left)


class _Party:
    """All of a table's items together.

    :ivar touched: those that may be there now because of this run.
    """

    def __init__(
        self, ground: Ground, home: str, targets: list[str], travellers: dict[Probe, Traveller], keep: bool
    ) -> None:
        self.samples: dict[str, list[Sample]] = {target: [] for target in targets}
        self.arrivals: dict[str, int] = dict.fromkeys(targets, 0)
        self.left: list[dict[str, t.Any]] = []
        self._ground = ground
        self._home = home
        self._targets = targets
        self._travellers = travellers
        self._keep = keep
        self._touched: set[Probe] = set()
        self._journal: Probe | None = None
        self._recorded: list[Probe] = []

    def travel(self, timeout: float, pool: Executor) -> None:
        try:
            wanted, standing = self._prepare(pool)
            put = Leg(self._ground, self._travellers, self._keys(), self._targets, PUT)
            put.stand(standing)
            put.run(wanted, self._put, timeout * (1 if self._keep else PUT_SHARE), self.samples, pool)
            legs = [put]
            if not self._keep:
                self._record([probe for probe in wanted if probe in self._touched])
                delete = Leg(self._ground, self._travellers, self._keys(), self._targets, DELETE, put.arrived)
                delete.run(list(put.acknowledged), self._delete, timeout * (1 - PUT_SHARE), self.samples, pool)
                legs.append(delete)
            for leg in legs:
                for target, arrived in leg.arrived.items():
                    self.arrivals[target] += len(arrived & leg.acknowledged.keys())
            for probe, traveller in self._travellers.items():
                traveller.complete = all(probe in arrived for leg in legs for arrived in leg.arrived.values())
        except errors.ServiceError as error:
            for traveller in self._travellers.values():
                traveller.doubt(str(error))

    def _prepare(self, pool: Executor) -> tuple[list[Probe], dict[Probe, set[str]]]:
        """Which items are to be written; and which stand there already and are to be kept, each with where it does."""
        regions = [self._home, *self._targets]
        there = dict(zip(regions, pool.map(self._read, regions), strict=True))
        wanted = [probe for probe in self._travellers if not any(probe in found for found in there.values())]
        if not self._keep:
            self._record(list(wanted))
        # Those of others after this run's own is written: of two at once at least one sees the other.
        others = [one for one in journals_in(self._ground, self._home, regions) if one.run != self._ground.lease.run]
        standing = {}
        for probe, traveller in self._travellers.items():
            holder = next((one for one in others if one.names(self._key(probe))), None)
            if holder:
                until = time.strftime("%H:%M:%S UTC", time.gmtime(holder.expires))
                traveller.doubt(
                    f"another verification holds that key until {until}: it is under way or died; run again after that"
                )
            elif self._keep and traveller.is_same(there[self._home].get(probe)):
                standing[probe] = {region for region, found in there.items() if traveller.is_same(found.get(probe))}
                continue
            elif probe not in wanted:
                traveller.refute(self._exists(traveller, probe, there))
            if holder and probe in wanted:
                wanted.remove(probe)
        if not self._keep:
            self._record(list(wanted))
        return wanted, standing

    def _exists(self, traveller: Traveller, probe: Probe, there: dict[str, Found]) -> str:
        regions = [region for region, found in there.items() if probe in found]
        attributes = dynamodb_json.differing(traveller.item.attributes, there[regions[0]][probe])
        how = f"with another {', '.join(attributes)}" if attributes else "just the same"
        remedy = "choose another key" if attributes else "choose another key, or set keep_items (verify_keep_items)"
        if self._keep and not attributes:
            remedy = f"it is missing in {self._home}"
        return f"an item with that key exists in {', '.join(regions)}, {how}, and isn't touched: {remedy}"

    def _record(self, probes: list[Probe]) -> None:
        """Have the journal name these items: none before there is anything to name."""
        if probes == self._recorded:
            return
        ground = self._ground
        entries = [self._travellers[probe].entry(self._key(probe)) for probe in probes]
        for candidate in [self._journal] if self._journal else journal.probes([self._home]):
            self._journal = candidate
            parameters = journal.put(ground.schema, candidate, ground.lease, entries)
            if ground.write_item(self._home, PUT, parameters).held:
                self._recorded = probes
                return
            self._journal = None
        text = (
            f"every key reserved for journals of {self._home} is taken, by other verifications or by items that aren't "
            "verification's: run again later, or remove those"
        )
        raise errors.ServiceError(errors.BUSY, "PutItem", self._home, text)

    def _put(self, probe: Probe) -> Acknowledgement | None:
        """An item that is the same and there after a repeated call is taken as written by the first."""
        ground, traveller = self._ground, self._travellers[probe]
        self._touched.add(probe)
        parameters = user_items.put(ground.schema, traveller.item.attributes)
        written = ground.write_item(self._home, PUT, parameters)
        acknowledged = Acknowledgement(ground.clock.now(), exact=written.held and not written.retried)
        if written.held:
            return acknowledged
        found = self._read(self._home, [probe])
        if not written.retried:
            self._touched.discard(probe)
        if traveller.is_same(found.get(probe)) and (written.retried or self._keep):
            return acknowledged
        if found:
            traveller.refute(self._exists(traveller, probe, {self._home: found}))
        else:
            traveller.doubt(f"somebody else wrote and removed it in {self._home} meanwhile: run again")
        return None

    def _delete(self, probe: Probe) -> Acknowledgement | None:
        ground, traveller = self._ground, self._travellers[probe]
        parameters = user_items.delete(ground.schema, traveller.item.attributes)
        written = ground.write_item(self._home, DELETE, parameters)
        if written.held:
            return Acknowledgement(ground.clock.now(), exact=not written.retried)
        traveller.doubt(f"somebody else changed it in {self._home} meanwhile, so it wasn't deleted")
        return None

    def clear(self, holders: list[str], pool: Executor) -> None:
        """Remove this run's items wherever they may be, then the journal, unless the next run needs it."""
        if self._keep:
            return
        cleared = list(pool.map(self._clear_region, holders)) if self._touched else []
        self.left = [remainder for _complete, remainders in cleared for remainder in remainders]
        if not self._journal:
            return
        schema = self._ground.schema
        if not all(complete for complete, _remainders in cleared):
            self._hand_over()
            reason = "a journal that the next verification needs, to remove what is left of your items"
            for region in holders:
                self.left.append({"region": region, "item_keys": [schema.printable(self._journal)], "reason": reason})
            return
        for rest in clear_probes(self._ground, holders, [self._journal], pool):
            keys = [schema.printable(probe) for probe in rest.probes]
            self.left.append({"region": rest.region, "item_keys": keys, "reason": rest.reason})

    def _hand_over(self) -> None:
        """Let the lease of the journal end, so that the next verification needn't wait for it."""
        ground = self._ground
        ended = dataclasses.replace(ground.lease, expires=int(ground.clock.epoch()) - 1)
        entries = [self._travellers[probe].entry(self._key(probe)) for probe in self._recorded]
        with contextlib.suppress(errors.ServiceError):
            ground.write_item(self._home, PUT, journal.put(ground.schema, self._journal, ended, entries))

    def _clear_region(self, region: str) -> tuple[bool, list[dict[str, t.Any]]]:
        """Whether nothing is left that the next verification could remove; and what is left."""
        ours, changed, reason = set(self._touched), set[Probe](), ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._ground.clock.sleep(PAUSE * 2 ** (attempt - 1))
            try:
                there = self._read(region, self._touched)
                for probe, item in there.items():
                    if self._travellers[probe].is_same(item):
                        self._delete_in(region, probe)
                there = there and self._read(region, self._touched)
                ours = {probe for probe, item in there.items() if self._travellers[probe].is_same(item)}
                changed = there.keys() - ours
                if not there:
                    break
                reason = "they were deleted and are there again"
            except errors.ServiceError as error:
                reason = str(error)
                if not error.transient:
                    break
        kinds = ((ours, reason), (changed, "not as they were written, so they aren't touched"))
        return not ours, [
            {"region": region, "item_keys": [self._printable(probe) for probe in sorted(probes)], "reason": why}
            for probes, why in kinds
            if probes
        ]

    def _delete_in(self, region: str, probe: Probe) -> None:
        parameters = user_items.delete(self._ground.schema, self._travellers[probe].item.attributes)
        self._ground.write_item(region, DELETE, parameters)

    def _read(self, region: str, probes: t.Iterable[Probe] | None = None) -> Found:
        keys = self._keys() if probes is None else {probe: self._key(probe) for probe in probes}
        return read(self._ground, region, keys)

    def _keys(self) -> Keys:
        return {probe: self._key(probe) for probe in self._travellers}

    def _key(self, probe: Probe) -> dynamodb_json.Item:
        return user_items.key(self._ground.schema, self._travellers[probe].item.attributes)

    def _printable(self, probe: Probe) -> dict[str, str]:
        return dynamodb_json.printable(self._key(probe))

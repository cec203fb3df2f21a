# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries items from each region to the others: later, by last writer wins, without echo (AWS_FACTS section 7)."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from dataclasses import dataclass

from simulator import errors, metrics, store
from simulator.clock import SimulatedClock
from simulator.corruption import corrupted
from simulator.fault import CORRUPT, DELAY, LAST_ARRIVAL_WINS, LOSE, REVERT, ItemFault, Passage
from simulator.faults import Faults
from simulator.lag import Lag, Lags
from simulator.state import DELETING, GlobalTable, RegionalTable, Tables
from simulator.store import Attributes, Key
from simulator.versions import BEFORE_REPLICATION, Version, local_version, wins

Pair = tuple[str, str]
Place = tuple[str, str]


@dataclass(frozen=True)
class Write:
    """A change of one item on its way to the other regions; without attributes, its deletion."""

    group: GlobalTable
    table: str
    key: Key
    attributes: Attributes | None
    version: Version


class Replication:
    """Follows the stream of every replica and applies what it finds elsewhere."""

    def __init__(
        self, tables: Tables, clock: SimulatedClock, dice: random.Random, lag: Lag | None, faults: Faults
    ) -> None:
        self.lags = Lags(lag)
        self._usual = lag
        self._tables = tables
        self._clock = clock
        self._dice = dice
        self._faults = faults
        self._shipments = itertools.count(1)
        self._cursors: dict[Place, tuple[str | None, int]] = {}
        self._versions: defaultdict[Place, dict[Key, Version]] = defaultdict(dict)
        self._paused: set[Pair] = set()
        self._paused_regions: set[str] = set()
        self._under_way: dict[int, tuple[Pair, Write]] = {}
        self._parked: list[int] = []

    def follow(self, table: RegionalTable) -> None:
        """From now on, this table's writes go to the other regions."""
        if table.is_strong:  # it needs no stream, and a stream there belongs to its region alone
            store.record_changes(table.region, table.name)
        self._cursors[_place(table)] = store.stream_position(table.region, table.name)

    def forget(self, table: RegionalTable) -> None:
        """The table has left its global table, or is gone."""
        self._cursors.pop(_place(table), None)
        self._versions.pop(_place(table), None)
        if store.has_table(table.region, table.name):
            store.stop_recording(table.region, table.name)

    def copy_existing_items(self, target: RegionalTable) -> None:
        """Fill a new replica with the newest version of every item, deletions included, of all regions."""
        for source in target.others():
            if not store.has_table(source.region, source.name):
                continue
            versions = self._versions[_place(source)]
            items = store.all_items(source.region, source.name)
            for key in items.keys() | versions.keys():
                version = versions.get(key, BEFORE_REPLICATION)
                if self._is_newer(target, key, version):
                    self._store(target, key, items.get(key), version)
        self.follow(target)

    def capture(self, region: str) -> None:
        """Send on what was written in a region since the last look."""
        for table in self._tables.replicas_in(region):
            if _place(table) in self._cursors:
                self._capture_table(table)

    def catch_up(self, table: RegionalTable) -> None:
        """Bring a strongly consistent replica up to every earlier write, before a write or strongly consistent read.

        Other reads may still miss what is on its way. A region that reaches no other can't do either.
        """
        regions = [other.region for other in table.others()]
        if table.group and table.group.witness:
            regions.append(table.group.witness.region)
        if all(self._is_blocked((table.region, other), table.name) for other in regions):
            raise errors.isolated_region()
        self.deliver_all(table)

    def deliver_all(self, table: RegionalTable) -> None:
        """Let everything arrive that is on its way to a table."""
        for number, (pair, write) in list(self._under_way.items()):
            if write.group is table.group and pair[1] == table.region:
                del self._under_way[number]
                self._deliver(pair, write)

    def settle(self, table: RegionalTable) -> bool:
        """Let everything arrive that is on its way to or from a table; whether that was possible."""
        waiting = {
            number: (pair, write)
            for number, (pair, write) in self._under_way.items()
            if write.group is table.group and table.region in pair
        }
        if any(self._is_blocked(pair, table.name) for pair, _ in waiting.values()):
            return False
        for number, (pair, write) in waiting.items():
            del self._under_way[number]
            self._deliver(pair, write)
        return True

    def pause(self, pair: Pair | None = None, region: str | None = None) -> None:
        if pair:
            self._paused.add(pair)
        if region:
            self._paused_regions.add(region)

    def resume(self, pair: Pair | None = None, region: str | None = None) -> None:
        """Let a pair, a region or (neither named) everything replicate again; what waited goes on its way."""
        if pair is None and region is None:
            self._paused.clear()
            self._paused_regions.clear()
        self._paused.discard(pair or ("", ""))
        self._paused_regions.discard(region or "")
        self.drain()

    def drain(self) -> None:
        """Send what waited on its way; what is still cut off waits on."""
        parked, self._parked = self._parked, []
        for number in parked:
            if number in self._under_way:
                self._set_out(number)

    def paused(self) -> dict[str, list[str] | list[list[str]]]:
        return {"pairs": [list(pair) for pair in sorted(self._paused)], "regions": sorted(self._paused_regions)}

    def clear(self) -> None:
        self.lags = Lags(self._usual)
        for collection in (self._cursors, self._versions, self._paused, self._paused_regions):
            collection.clear()
        self._under_way.clear()
        self._parked.clear()

    def _capture_table(self, table: RegionalTable) -> None:
        label, position = store.stream_position(table.region, table.name)
        known_label, cursor = self._cursors[_place(table)]
        if label != known_label:
            cursor = 0
        if cursor == position:
            return
        self._cursors[_place(table)] = (label, position)
        # Several quick changes of one item travel as one (AWS_FACTS section 7).
        for key in store.changed_keys(table.region, table.name, cursor):
            self._send_everywhere(table, key)

    def _send_everywhere(self, table: RegionalTable, key: Key) -> None:
        group = table.group
        if group is None:
            return
        versions = self._versions[_place(table)]
        version = local_version(self._clock.now(), table.region, versions.get(key, BEFORE_REPLICATION))
        versions[key] = version
        attributes = store.read_item(table.region, table.name, key)
        write = Write(group, table.name, key, attributes, version)
        for target in table.others():
            if _place(target) in self._cursors:
                self._send((table.region, target.region), write)

    def _send(self, pair: Pair, write: Write) -> None:
        number = next(self._shipments)
        self._under_way[number] = (pair, write)
        late = self._faults.of_item(DELAY, _passage(pair, write))
        self._set_out(number, late.lag if late else None)

    def _set_out(self, number: int, lag: Lag | None = None) -> None:
        """Let a write arrive after a lag, or after the usual one."""
        pair, _ = self._under_way[number]
        seconds = (lag or self.lags.of(*pair)).draw(self._dice)
        self._clock.schedule(seconds / self._clock.time_scale, lambda: self._arrive(number))

    def _arrive(self, number: int) -> None:
        if number not in self._under_way:
            return  # it was delivered sooner
        pair, write = self._under_way[number]
        if self._is_blocked(pair, write.table):
            self._parked.append(number)
            return
        del self._under_way[number]
        if self._deliver(pair, write):
            self._measure(pair, write)

    def _measure(self, pair: Pair, write: Write) -> None:
        """CloudWatch has the latency of eventually consistent groups: from write to arrival, on the wall clock."""
        if not write.group.strong:
            seconds = (self._clock.now() - write.version.moment) * self._clock.time_scale
            metrics.record_latency(store.ACCOUNT, *pair, write.table, seconds * 1000)

    def _is_blocked(self, pair: Pair, table: str) -> bool:
        """Whether a pair is paused, or either end of it can't be reached."""
        if pair in self._paused or not self._paused_regions.isdisjoint(pair):
            return True
        ends = [end for end in (self._tables.get(region, table) for region in pair) if end]
        return any(end.is_cut_off for end in ends) or not self._faults.stopped_regions().isdisjoint(pair)

    def _deliver(self, pair: Pair, write: Write) -> bool:
        """Let a write take effect in its target, unless it is older than what is there; whether it wasn't lost."""
        target = self._tables.get(pair[1], write.table)
        if target is None or target.group is not write.group or target.status == DELETING:
            return True
        passage = _passage(pair, write)
        is_newer = self._is_newer(target, write.key, write.version)
        if not is_newer and not self._faults.of_item(LAST_ARRIVAL_WINS, passage):
            return True
        if self._faults.of_item(LOSE, passage):
            return False
        attributes, before = write.attributes, store.read_item(target.region, target.name, write.key)
        altered = corrupted(attributes or {}, store.key_names(target.region, target.name))
        if altered and self._faults.of_item(CORRUPT, passage):
            attributes = altered
        self._store(target, write.key, attributes, write.version)
        # Its own record stands in the target's stream, as on AWS, but must not travel on from there.
        self._cursors[_place(target)] = store.stream_position(target.region, write.table)
        fault = self._faults.of_item(REVERT, passage)
        if fault:
            self._revert(target, write, fault, before, attributes)
        return True

    def _revert(
        self,
        target: RegionalTable,
        write: Write,
        fault: ItemFault,
        before: Attributes | None,
        after: Attributes | None,
    ) -> None:
        """Let a region go back to what it had before a write arrived, as long as nothing newer has."""

        def show(attributes: Attributes | None) -> None:
            if self._versions[_place(target)].get(write.key) == write.version:
                store.put_back(target.region, target.name, write.key, attributes)

        seconds = fault.lag.draw(self._dice) if fault.lag else 0.0
        self._clock.schedule(seconds / self._clock.time_scale, lambda: show(before))
        if fault.seconds is not None:
            self._clock.schedule((seconds + fault.seconds) / self._clock.time_scale, lambda: show(after))

    def _is_newer(self, target: RegionalTable, key: Key, version: Version) -> bool:
        versions = self._versions[_place(target)]
        return key not in versions or wins(version, versions[key])

    def _store(self, target: RegionalTable, key: Key, attributes: Attributes | None, version: Version) -> None:
        self._versions[_place(target)][key] = version
        if attributes is None:
            store.delete_item(target.region, target.name, key)
        else:
            store.put_item(target.region, target.name, attributes)


def _place(table: RegionalTable) -> Place:
    return table.region, table.name


def _passage(pair: Pair, write: Write) -> Passage:
    return Passage(*pair, write.table, write.key, write.version.number, write.attributes is None)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which writes arrived in which regions, and how long that took at the least and at the most. From a history; pure."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from .history import DONE, Event, Look, Write
from .probes import DELETE, NUMBERS, Lease, Marked, Probe, another_run, is_of, shows
from .states import Pair


@dataclasses.dataclass(slots=True)
class Arrival:
    """One write on its way to one region.

    A write that was sent more than once may have taken effect at any time from its first sending to its
    acknowledgement. A look that doesn't show it says that it arrived after the look had begun, one that does show it,
    before the look had ended. So there are always bounds, however many calls were repeated.

    :ivar lower: seconds that it took at the least; of one that hasn't arrived, up to now.
    :ivar upper: seconds that it took at the most; None until it is seen.
    :ivar waited: seconds from the acknowledgement to the begin of the last strongly consistent look that didn't show
        it; None where there was none.
    :ivar altered: what that look showed in its place, if it wasn't what was there before.
    :ivar taken: whether what it showed is another verification's.
    :ivar went_back: seconds from the acknowledgement to a strongly consistent look that didn't show any more what a
        look before had shown.
    :ivar removed: whether its own region doesn't have it any more, though this run didn't delete it.
    """

    write: Write
    target: str
    lower: float = 0.0
    upper: float | None = None
    waited: float | None = None
    altered: Marked | None = None
    taken: bool = False
    went_back: float | None = None
    removed: bool = False

    @property
    def arrived(self) -> bool:
        return self.upper is not None

    @property
    def missing(self) -> bool:
        """Whether it had all the time that it may take."""
        return not self.arrived and self.waited is not None and self.waited >= self.write.patience

    @property
    def lost(self) -> bool:
        """Whether it is missing though nobody removed it."""
        return self.missing and not self.removed

    @property
    def gone(self) -> bool:
        """Whether it is gone again though nobody removed it."""
        return self.went_back is not None and not self.removed

    @property
    def pair(self) -> Pair:
        return self.write.region, self.target


class Arrivals:
    """Follows the writes of a history that are to arrive somewhere."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._pairs: dict[Pair, list[Arrival]] = {}
        self._latest: dict[Probe, dict[str, Arrival]] = {}  # key -> target
        self._begun: dict[Probe, int] = {}  # the highest number that was sent
        self._pending: dict[str, dict[Probe, Arrival]] = {}
        self._deleted: set[Probe] = set()
        self._cleared: dict[Probe, float] = {}  # key -> when clean-up began to delete it

    def take(self, event: Event) -> None:
        if isinstance(event, Write):
            self._take_write(event)
        else:
            self._take_look(event)

    def of(self, pair: Pair) -> list[Arrival]:
        return self._pairs.get(pair, [])

    def unseen(self, target: str) -> list[Arrival]:
        """What is acknowledged and hasn't been seen there, oldest first."""
        return list(self._pending.get(target, {}).values())

    def latest(self, target: str) -> list[Arrival]:
        """The last write to every key that is to be there."""
        return [arrivals[target] for arrivals in self._latest.values() if target in arrivals]

    def forget(self, pair: Pair) -> list[Arrival]:
        """What has arrived of a pair since this was last asked; it isn't kept any longer."""
        arrivals = self._pairs.get(pair, [])
        self._pairs[pair] = [one for one in arrivals if not one.arrived]
        return [one for one in arrivals if one.arrived]

    def _take_write(self, write: Write) -> None:
        if write.status == DONE or write.unclear:
            self._begun[write.probe] = max(write.number, self._begun.get(write.probe, 0))
            (self._deleted.add if write.operation == DELETE else self._deleted.discard)(write.probe)
            if write.operation == DELETE and not write.targets:
                self._cleared.setdefault(write.probe, write.begun)
        if write.status != DONE:
            return
        for target in write.targets:
            arrival = Arrival(write, target)
            self._pairs.setdefault(arrival.pair, []).append(arrival)
            self._latest.setdefault(write.probe, {})[target] = arrival
            self._pending.setdefault(target, {})[write.probe] = arrival

    def _take_look(self, look: Look) -> None:
        for probe in (*look.seen, *look.absent):
            marked = look.seen.get(probe)
            arrivals = self._latest.get(probe, {})
            arrival = arrivals.get(look.region)
            if look.ended > self._cleared.get(probe, math.inf):
                continue  # what clean-up removed, in any region, says nothing of what arrived
            if arrival is not None and not self._is_over(arrival):
                self._look_at(arrival, marked, look)
            elif look.consistent:
                self._look_at_source(arrivals.values(), marked, look)

    def _is_over(self, arrival: Arrival) -> bool:
        """Whether this run deleted the item since: its being away then says nothing."""
        return arrival.write.operation != DELETE and arrival.write.probe in self._deleted

    def _look_at(self, arrival: Arrival, marked: Marked | None, look: Look) -> None:
        write = arrival.write
        if look.begun < write.begun:
            return  # it may show what was there before
        waited = look.begun - write.ended
        if shows(write.number, marked, self._lease) and not self._is_altered(arrival, marked):
            self._arrive(arrival, look)
        elif arrival.arrived:
            if look.consistent and waited >= 0:
                arrival.went_back = waited
        else:
            arrival.lower = max(arrival.lower, waited)
            if look.consistent and waited >= 0:
                self._miss(arrival, marked, waited)

    def _arrive(self, arrival: Arrival, look: Look) -> None:
        arrival.went_back = None
        if arrival.arrived or arrival.missing:  # what was missing when its time was over stays missing
            return
        write = arrival.write
        since = write.begun if write.repeated else write.ended
        arrival.upper = max(look.ended - since, 0.0)
        arrival.lower = min(arrival.lower, arrival.upper)
        self._pending[arrival.target].pop(write.probe, None)

    def _miss(self, arrival: Arrival, marked: Marked | None, waited: float) -> None:
        arrival.waited = waited
        arrival.altered = marked if self._is_altered(arrival, marked) else None
        arrival.taken = marked is not None and another_run(marked, self._lease)

    def _is_altered(self, arrival: Arrival, marked: Marked | None) -> bool:
        """Whether an item is another than was ever written to its key."""
        if marked is None or arrival.write.number == NUMBERS[DELETE]:
            return False
        return not is_of(marked, self._lease) or not 1 <= marked.revision <= self._begun[arrival.write.probe]

    def _look_at_source(self, arrivals: t.Iterable[Arrival], marked: Marked | None, look: Look) -> None:
        """A strongly consistent look where a write was made: whether somebody removed it."""
        for arrival in arrivals:
            write = arrival.write
            if write.region == look.region and look.begun >= write.ended and not self._is_over(arrival):
                arrival.removed = not shows(write.number, marked, self._lease)


def longest(arrivals: t.Iterable[Arrival]) -> float:
    """Seconds that any of them took at the most."""
    return max((arrival.upper for arrival in arrivals if arrival.upper is not None), default=0.0)


def loss_that_shows(changes: int) -> float:
    """The share of lost writes that so many changes show with a probability of 95 % (1 - 0.05 ** (1 / changes))."""
    return 1.0 if changes < 1 else 1 - math.pow(0.05, 1 / changes)

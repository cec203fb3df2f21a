# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far is a region behind? From heartbeats written in another and looks at what arrived. Pure: times are given.

A heartbeat is a write of one item, whose number grows by one with each. A look shows the highest number that has
arrived, so it tells of every heartbeat at once.
"""

from __future__ import annotations

import dataclasses
import math
import operator
import typing as t

from ..wording import count
from .evidence import Sample
from .states import Pair
from .watch import Acknowledgement, Look

DAY = 86400
SHORTEST_INTERVAL = 0.05
MOST_ROUNDS = 1_000_000

# So many heartbeats that haven't arrived are kept of a pair; of more, some in between are forgotten.
WAITING_KEPT = 256
# So many readings are kept, over all tables, pairs and rounds; and of a table at least, and at most, so many rounds.
READINGS_KEPT = 50_000
ROUNDS_KEPT = (20, 1000)

# A pair is behind once so many looks in a row have missed the same heartbeat.
LOOKS_BEHIND = 3


@dataclasses.dataclass(frozen=True)
class Pace:
    """How long heartbeats go on: ``rounds``, or ``duration`` in seconds, or whichever ends first; one each
    ``interval`` seconds.
    """

    rounds: int | None = None
    duration: float | None = None
    interval: float = 1.0

    def problems(self) -> list[str]:
        """Why it can't be done, as sentences, in the words of the option ``watch``."""
        problems = []
        if self.rounds is None and self.duration is None:
            problems.append("watch (verify_watch) has no end: give rounds, or duration in seconds, or both.")
        if self.rounds is not None and not 1 <= self.rounds <= MOST_ROUNDS:
            problems.append(f"rounds of watch (verify_watch) is {self.rounds}, but must be 1 to {MOST_ROUNDS}.")
        if self.duration is not None and not 0 < self.duration <= DAY:
            problems.append(
                f"duration of watch (verify_watch) is {self.duration:g} s, but must be more than 0, at most a day."
            )
        if not SHORTEST_INTERVAL <= self.interval <= 3600:
            problems.append(
                f"interval of watch (verify_watch) is {self.interval:g} s, but must be {SHORTEST_INTERVAL:g} s to an "
                "hour."
            )
        return problems

    @property
    def planned(self) -> float:
        """How many seconds it takes when every round takes its interval."""
        ends = [self.duration, self.rounds * self.interval if self.rounds else None]
        return min((end for end in ends if end is not None), default=DAY)

    def over(self, rounds: int, elapsed: float) -> bool:
        """Whether it ends after so many rounds and seconds."""
        return (self.rounds is not None and rounds >= self.rounds) or (
            self.duration is not None and elapsed >= self.duration
        )

    def progress(self, rounds: int, elapsed: float) -> str:
        """``heartbeat 41 of 53``, or how much time is over where only that is said."""
        if self.rounds is not None:
            return f"heartbeat {rounds} of {self.rounds}"
        return f"heartbeat {rounds}" + (f", {elapsed:.0f} of {self.duration:g} s" if self.duration else "")


class Reading(t.NamedTuple):
    """What a round said of a pair.

    :ivar lag: of the newest heartbeat, when all have arrived; otherwise the age of the oldest that hasn't, in seconds.
        None where that couldn't be measured.
    :ivar arrived: whether everything has that was acknowledged before the look.
    """

    lag: float | None = None
    arrived: bool = False

    @property
    def known(self) -> bool:
        return self.arrived or self.lag is not None


UNKNOWN = Reading()


class Staleness:
    """Follows the heartbeats of one region in another.

    A lag is measured by `watch.Watch`'s rules: between looks that were answered at once, of a write that was sent once.

    :ivar written: how many heartbeats were acknowledged.
    :ivar arrived: how many of them, counted up to the newest that arrived.
    :ivar since: when the first was acknowledged.
    :ivar until: when the newest that arrived was acknowledged.
    :ivar peak: the longest lag, that of a heartbeat that hasn't arrived included.
    :ivar resolution: the true peak is at most so much shorter.
    :ivar bound: no heartbeat was seen to take longer, those whose lag couldn't be measured included.
    :ivar looks: how many looks were answered.
    :ivar misses: how many of them didn't show all that had been acknowledged before.
    :ivar missed: how many in a row, up to the last, didn't show the same heartbeat.
    :ivar moving: whether the last look showed a heartbeat that the one before didn't.
    """

    def __init__(self) -> None:
        self.written = 0
        self.arrived = 0
        self.since = math.inf
        self.until = -math.inf
        self.peak: float | None = None
        self.resolution = 0.0
        self.bound = 0.0
        self.looks = 0
        self.misses = 0
        self.missed = 0
        self.moving = False
        self._waiting: list[tuple[int, int, Acknowledgement]] = []  # number, how many up to it, acknowledgement
        self._highest = 0
        self._last_look = -math.inf
        self._unclean_until = -math.inf

    @property
    def waiting(self) -> bool:
        """Whether there is an acknowledged heartbeat that hasn't been seen."""
        return bool(self._waiting)

    @property
    def behind(self) -> bool:
        return self.missed >= LOOKS_BEHIND

    def acknowledge(self, number: int, acknowledged: Acknowledgement) -> None:
        """Heartbeat ``number`` was written. A look may have shown it before that was known: its lag isn't measured."""
        self.written += 1
        self.since = min(self.since, acknowledged.time)
        if number <= self._highest:
            self.arrived, self.until = self.written, acknowledged.time
            return
        if len(self._waiting) == WAITING_KEPT:
            del self._waiting[1::2]
        self._waiting.append((number, self.written, acknowledged))

    def miss(self, now: float) -> None:
        """A look came to nothing: what it would have shown isn't known."""
        self._unclean_until = now

    def take(self, look: Look, number: int) -> Reading:
        """What a look says that showed heartbeat ``number``, 0 for none."""
        self.looks += 1
        since = self._last_look
        if look.clean:
            self._last_look = max(self._last_look, look.begun)
        else:
            self._unclean_until = look.ended
        self.moving = number > self._highest
        self._highest = max(self._highest, number)
        lag = self._arrive(look, since)
        # What was acknowledged after the look had begun isn't missing from it.
        if not self._waiting or self._waiting[0][2].time > look.begun:
            self.missed = 0
            return Reading(lag, arrived=self.written > 0)
        age = look.begun - self._waiting[0][2].time
        self.misses += 1
        self.missed += 1
        self.bound = max(self.bound, age)
        self._rise(age, 0.0)
        return Reading(age, arrived=False)

    def _arrive(self, look: Look, since: float) -> float | None:
        lag = None
        for acknowledged in self._pop():
            self.bound = max(self.bound, look.ended - acknowledged.time)
            sample = self._sample(acknowledged, look, since)
            if sample:
                self._rise(sample.lag, sample.resolution)
            lag = sample.lag if sample else None
        return lag

    def _pop(self) -> list[Acknowledgement]:
        popped = []
        while self._waiting and self._waiting[0][0] <= self._highest:
            _number, self.arrived, acknowledged = self._waiting.pop(0)
            self.until = acknowledged.time
            self.missed = 0
            popped.append(acknowledged)
        return popped

    def _sample(self, acknowledged: Acknowledgement, look: Look, last_look: float) -> Sample | None:
        since = max(last_look, acknowledged.time)
        if not acknowledged.exact or since < self._unclean_until:
            return None
        shown = max(look.ended, acknowledged.time)  # a look may show a write before its acknowledgement is here
        return Sample(lag=shown - acknowledged.time, resolution=shown - since)

    def _rise(self, lag: float, resolution: float) -> None:
        if self.peak is None or lag > self.peak:
            self.peak, self.resolution = lag, resolution


class Round(t.NamedTuple):
    """One round: seconds since the beginning, and what it said of each pair."""

    elapsed: float
    readings: dict[Pair, Reading]


class History:
    """The rounds of one table, thinned out evenly so that no more than ``limit``, an even number, are kept.

    Of the rounds that stand for one, it keeps each pair's worst reading: a peak isn't lost.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[Round] = []
        self._last: list[Round] = []
        self.each = 1

    @property
    def rounds(self) -> list[Round]:
        """Oldest first."""
        return [*self._kept, *([_merged(self._last)] if self._last else [])]

    def add(self, added: Round) -> None:
        self._last.append(added)
        if len(self._last) < self.each:
            return
        self._kept.append(_merged(self._last))
        self._last = []
        if len(self._kept) == self._limit:
            pairs = zip(self._kept[::2], self._kept[1::2], strict=True)
            self._kept = [_merged(list(two)) for two in pairs]
            self.each *= 2

    def notes(self) -> list[str]:
        if self.each == 1:
            return []
        return [f"watch: of every {self.each} rounds one is listed, which shows the worst of them"]


def rounds_kept(pairs: int) -> int:
    """How many rounds of each table are kept, with so many pairs in all tables."""
    least, most = ROUNDS_KEPT
    return max(least, min(most, READINGS_KEPT // max(1, pairs) // 2 * 2))


def _merged(rounds: list[Round]) -> Round:
    if len(rounds) == 1:
        return rounds[0]
    pairs = dict.fromkeys(pair for one in rounds for pair in one.readings)
    worst = {pair: max((one.readings.get(pair, UNKNOWN) for one in rounds), key=_badness) for pair in pairs}
    return Round(rounds[-1].elapsed, worst)


def _badness(reading: Reading) -> tuple[bool, float]:
    """What hasn't arrived is worse than what has, and a long lag than a short one; what isn't known says least."""
    lag = -1.0 if reading.lag is None else reading.lag
    return reading.known and not reading.arrived, lag


@dataclasses.dataclass
class Troubles:
    """Why rounds are unknown: (region, call) -> the last reason, and when it was met first and last."""

    met: dict[tuple[str, str], tuple[str, float, float, int]] = dataclasses.field(default_factory=dict)

    def add(self, region: str, call: str, reason: str, elapsed: float) -> None:
        _reason, first, _last, rounds = self.met.get((region, call), ("", elapsed, elapsed, 0))
        self.met[region, call] = (reason, first, elapsed, rounds + 1)

    def last(self, region: str) -> str:
        """The last reason that was met in a region; empty for none."""
        met = [told for (where, _call), told in self.met.items() if where == region]
        return max(met, key=operator.itemgetter(2))[0] if met else ""

    def notes(self) -> list[str]:
        return [
            f"watch: {region} is unknown in {count(rounds, 'round')} between {first:.0f} s and {last:.0f} s: {reason}"
            for (region, _call), (reason, first, last, rounds) in self.met.items()
        ]

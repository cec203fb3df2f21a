# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far is a region behind? From heartbeats written in another and looks at what arrived. Pure: times are given."""

from __future__ import annotations

import dataclasses
import math
import operator
import typing as t

from ..wording import count
from .arrivals import Arrival
from .history import Write
from .states import Pair

DAY = 86400
SHORTEST_INTERVAL = 0.05
MOST_ROUNDS = 1_000_000
# The option that says how long heartbeats go on.
WATCH = "watch (verify_watch)"

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

    def problems(self, duration: str = f"duration of {WATCH}", interval: str = f"interval of {WATCH}") -> list[str]:
        """Why it can't be done, as sentences; ``duration`` and ``interval`` are what the user calls these."""
        problems = []
        if self.rounds is None and self.duration is None:
            problems.append(f"{WATCH} has no end: give rounds, or duration in seconds, or both.")
        if self.rounds is not None and not 1 <= self.rounds <= MOST_ROUNDS:
            problems.append(f"rounds of {WATCH} is {self.rounds}, but must be 1 to {MOST_ROUNDS}.")
        if self.duration is not None and not 0 < self.duration <= DAY:
            problems.append(f"{duration} is {self.duration:g} s, but must be more than 0, at most a day.")
        if not SHORTEST_INTERVAL <= self.interval <= 3600:
            problems.append(f"{interval} is {self.interval:g} s, but must be {SHORTEST_INTERVAL:g} s to an hour.")
        if not problems and self.planned > DAY:
            problems.append(
                f"{WATCH} would take {self.planned:g} s, but may take a day at most: give fewer rounds, a "
                "shorter interval, or a duration."
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


UNMEASURED = Reading()


class Staleness:
    """Follows the heartbeats of one region in another; every one of them is judged by itself.

    :ivar written: how many heartbeats were acknowledged.
    :ivar arrived: how many of them have been seen.
    :ivar since: when the first was acknowledged; ``until``, the newest before which all have arrived.
    :ivar peak: the longest lag, that of a heartbeat that hasn't arrived included.
    :ivar resolution: that lag may be so much shorter.
    :ivar at_least: the longest that a lag was for sure.
    :ivar looks: how many looks were answered.
    :ivar missed: how many in a row, up to the last, didn't show the same heartbeat.
    :ivar moving: whether the last look showed a heartbeat that the one before didn't.
    :ivar reading: what the last round said.
    """

    def __init__(self) -> None:
        self.written = 0
        self.arrived = 0
        self.since = math.inf
        self.until = -math.inf
        self.peak: float | None = None
        self.resolution = 0.0
        self.at_least = 0.0
        self.looks = 0
        self.missed = 0
        self.moving = False
        self.reading = UNMEASURED
        self._lag: float | None = None
        self._newest = -math.inf
        self._oldest_missed: Arrival | None = None

    @property
    def behind(self) -> bool:
        return self.missed >= LOOKS_BEHIND

    def acknowledge(self, write: Write) -> None:
        self.written += 1
        self.since = min(self.since, write.ended)

    def take(
        self, arrived: list[Arrival], pending: list[Arrival], look: float | None, unwritten: bool = False
    ) -> Reading:
        """What a round says, which is also kept as ``reading``.

        :param arrived: what has arrived since the last one; ``pending``, what hasn't, oldest first.
        :param look: when the last look began that was answered since; None for none.
        :param unwritten: whether there should have been another heartbeat, and wasn't.
        """
        for one in arrived:
            self.arrived += 1
            self._newest = max(self._newest, one.write.ended)
            self._lag = one.upper
            self._rise(one.lower, one.upper)
        self.moving = bool(arrived)
        awaited = [one for one in pending if look is not None and one.write.ended <= look]
        self.until = min([self._newest, *(one.write.ended for one in pending)])
        self.reading = self._read(awaited, look, unwritten)
        return self.reading

    def _read(self, awaited: list[Arrival], look: float | None, unwritten: bool) -> Reading:
        if look is None:
            return UNMEASURED
        self.looks += 1
        if not awaited:
            self.missed, self._oldest_missed = 0, None
            return UNMEASURED if unwritten else Reading(self._lag, arrived=self.written > 0)
        self.missed = self.missed + 1 if awaited[0] is self._oldest_missed else 1
        self._oldest_missed = awaited[0]
        age = look - awaited[0].write.ended
        self._rise(age, age)
        return Reading(age, arrived=False)

    def _rise(self, lower: float, upper: float) -> None:
        self.at_least = max(self.at_least, lower)
        if self.peak is None or upper > self.peak:
            self.peak, self.resolution = upper, upper - lower


class Round(t.NamedTuple):
    """One round: seconds since the beginning, and what it said of each pair."""

    elapsed: float
    readings: dict[Pair, Reading]


class Timeline:
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
    worst = {pair: max((one.readings.get(pair, UNMEASURED) for one in rounds), key=_badness) for pair in pairs}
    return Round(rounds[-1].elapsed, worst)


def _badness(reading: Reading) -> tuple[bool, float]:
    """What hasn't arrived is worse than what has, and a long lag than a short one; what isn't known says least."""
    lag = -1.0 if reading.lag is None else reading.lag
    return reading.known and not reading.arrived, lag


class Troubles:
    """Why rounds are unknown: (region, call) -> the last reason, and when it was met first and last."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], tuple[str, float, float, int]] = {}
        self._unknown: set[tuple[str, str]] = set()  # as of the last round
        self._troubled: set[tuple[str, str]] = set()  # in this round
        self._answered: set[tuple[str, str]] = set()  # in this round

    def add(self, region: str, call: str, reason: str, elapsed: float) -> None:
        self._troubled.add((region, call))
        _reason, first, _last, rounds = self._met.get((region, call), ("", elapsed, elapsed, 0))
        self._met[region, call] = (reason, first, elapsed, rounds + 1)

    def answered(self, region: str, call: str) -> None:
        self._answered.add((region, call))

    def end_round(self) -> set[str]:
        """The regions that are unknown: a call failed in this round, or in one before and had no answer since."""
        self._unknown = self._troubled | (self._unknown - self._answered)
        self._troubled, self._answered = set(), set()
        return {region for region, _call in self._unknown}

    def last(self, region: str) -> str:
        """The last reason that was met in a region; empty for none."""
        met = [told for (where, _call), told in self._met.items() if where == region]
        return max(met, key=operator.itemgetter(2))[0] if met else ""

    def notes(self) -> list[str]:
        return [
            f"watch: {region} is unknown in {count(rounds, 'round')} between {first:.0f} s and {last:.0f} s: {reason}"
            for (region, _call), (reason, first, last, rounds) in self._met.items()
        ]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what was written in a region has drained from it, as far as that can be told, before it is left. Pure."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from ..wording import count
from .bulletins import few
from .states import FAIL, PASS, UNSURE

if t.TYPE_CHECKING:
    from .heartbeats import PairWatched
    from .staleness import Staleness

NOT_DRAINED, NO_EVIDENCE, UNKNOWN = "not drained", "no evidence of undrained writes", "unknown"
# From the worst to the best.
ANSWERS = (NOT_DRAINED, UNKNOWN, NO_EVIDENCE)

# Probes go on for so many times the longest lag of late, and there are so many of them at least.
WINDOW = 10
LEAST_PROBES = 10
# From so many on, tables that were probed alike share a line.
SHARED_LINE = 10

ORDER = (
    "What probes can't tell: replication keeps no order across items, so an older write may still be on its way though "
    "newer ones have arrived."
)


@dataclasses.dataclass
class Departure:
    """What was found out about leaving ``region`` with one table.

    :ivar nothing: why there is nothing to leave, as a sentence; the table then counts for no answer.
    :ivar problems: what couldn't be found out, as sentences.
    :ivar watched: target -> what came of the probes to it.
    :ivar latency: target -> the longest ReplicationLatency that CloudWatch has of the last hour, in seconds.
    :ivar strong: whether strongly consistent reads looked for the probes, as in a group of that kind.
    """

    name: str
    region: str
    targets: list[str] = dataclasses.field(default_factory=list)
    strong: bool = False
    nothing: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)
    watched: dict[str, PairWatched] = dataclasses.field(default_factory=dict)
    latency: dict[str, float] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    left_behind: list[dict[str, t.Any]] = dataclasses.field(default_factory=list)

    @property
    def stalenesses(self) -> list[Staleness]:
        return [watched.staleness for watched in self.watched.values()]

    @property
    def takes_writes(self) -> bool:
        """Whether the region accepted a probe."""
        return any(staleness.written for staleness in self.stalenesses)

    @property
    def longest_lag(self) -> float:
        """The longest lag of late, in seconds: seen now, or by CloudWatch."""
        return longest_lag(self.stalenesses, self.latency)

    @property
    def needed(self) -> float:
        """How many seconds the probes have to cover. Where reads are strongly consistent there is no lag."""
        return 0.0 if self.strong else WINDOW * self.longest_lag

    @property
    def covered(self) -> float:
        """How many seconds the probes that arrived everywhere cover."""
        return max(0.0, min((one.until - one.since for one in self.stalenesses), default=0.0))

    @property
    def probes(self) -> int:
        """How many probes arrived everywhere."""
        return min((staleness.arrived for staleness in self.stalenesses), default=0)

    @property
    def overtaken(self) -> list[str]:
        """The targets of a strongly consistent group where such a read missed an acknowledged write."""
        return [target for target, one in self.watched.items() if self.strong and one.staleness.misses]

    @property
    def answer(self) -> str:
        verdicts = {watched.verdict for watched in self.watched.values()}
        if FAIL in verdicts or self.overtaken:
            return NOT_DRAINED
        if self.problems or not self.watched or UNSURE in verdicts or not self._enough:
            return UNKNOWN
        return NO_EVIDENCE

    @property
    def _enough(self) -> bool:
        return self.probes >= LEAST_PROBES and self.covered >= self.needed

    def reasons(self) -> t.Iterator[tuple[str, str]]:
        """What stands in the way of the better answer: what it amounts to, and why, without the end of a sentence."""
        for target, watched in self.watched.items():
            if watched.verdict != PASS:
                yield NOT_DRAINED if watched.verdict == FAIL else UNKNOWN, f"{self._to(target)}: {watched.reason}"
        for target in self.overtaken:
            yield NOT_DRAINED, f"{self._to(target)}: a strongly consistent read missed an acknowledged write"
        yield from ((UNKNOWN, problem) for problem in self.problems)
        if self.watched and not self._enough and all(watched.verdict == PASS for watched in self.watched.values()):
            yield (
                UNKNOWN,
                f"{count(self.probes, 'probe')} over {self.covered:.3g} s arrived everywhere, but there have to be "
                f"{LEAST_PROBES} over {self.needed:.3g} s, {WINDOW} times the longest lag of late "
                f"({self.longest_lag:.3g} s): run again, with a longer timeout (evacuate_timeout), "
                f"{math.ceil(1.5 * self.needed) + 30} s for instance",
            )

    def _to(self, target: str) -> str:
        return f"{self.region} → {target}"


def longest_lag(stalenesses: t.Iterable[Staleness], latency: dict[str, float]) -> float:
    """In seconds; what couldn't be measured counts with the most that it can have been."""
    return max([*(staleness.bound for staleness in stalenesses), *latency.values()], default=0.0)


def settled(stalenesses: list[Staleness], latency: dict[str, float], strong: bool, timeout: float, rounds: int) -> bool:
    """Whether more probes of a table, after so many rounds, won't change what can be said of it."""
    needed = 0.0 if strong else WINDOW * longest_lag(stalenesses, latency)
    if rounds < LEAST_PROBES:
        return False
    if needed > timeout or any(not (one.written and one.looks) for one in stalenesses):
        return True
    return all(one.arrived >= LEAST_PROBES and one.until - one.since >= needed for one in stalenesses)


def module_result(region: str, departures: list[Departure], latency_problem: str) -> dict[str, t.Any]:
    """The whole result; ``msg`` has what stands in the way of the better answer, then the totals."""
    concerned = [departure for departure in departures if not departure.nothing]
    answers = {departure.answer for departure in concerned} or {UNKNOWN}
    troubled = [line for departure in concerned if departure.answer != NO_EVIDENCE for line in _lines(departure)]
    if not concerned:
        troubled = [f"None of the listed tables has a replica with items in {region}: there is nothing to leave."]
    cannot_know = list(_cannot_know(region, concerned))
    totals = _totals(concerned)
    return {
        "answer": next(answer for answer in ANSWERS if answer in answers),
        "evacuate_region": region,
        "tables": [_table(departure) for departure in departures],
        "cannot_know": cannot_know,
        "summary": [
            *_fine(concerned),
            *troubled,
            *_latency_lines(concerned, latency_problem),
            *_remarks(departures),
            *cannot_know,
            totals,
        ],
        "msg": "\n".join([*troubled, totals]),
    }


def _table(departure: Departure) -> dict[str, t.Any]:
    return {
        "name": departure.name,
        "answer": "" if departure.nothing else departure.answer,
        "msg": departure.nothing or "\n".join(_lines(departure)),
        "consistency": "strong" if departure.strong else "eventual",
        "takes_writes": departure.takes_writes,
        "needed": round(departure.needed, 3),
        "covered": round(departure.covered, 3),
        "pairs": [_pair(departure, target) for target in departure.targets],
        "notes": departure.notes,
        "left_behind": departure.left_behind,
    }


def _pair(departure: Departure, target: str) -> dict[str, t.Any]:
    watched = departure.watched.get(target)
    staleness = watched.staleness if watched else None
    latency = departure.latency.get(target)
    return {
        "source": departure.region,
        "target": target,
        "verdict": watched.verdict if watched else UNSURE,
        "written": staleness.written if staleness else 0,
        "arrived": staleness.arrived if staleness else 0,
        "lag": {
            "max": None if staleness is None or staleness.peak is None else round(staleness.peak, 3),
            "resolution": round(staleness.resolution, 3) if staleness else None,
        },
        "replication_latency": None if latency is None else round(latency, 3),
    }


def _lines(departure: Departure) -> t.Iterator[str]:
    if departure.answer == NO_EVIDENCE:
        yield f"{departure.name}: {_finding([departure])}"
    for answer, reason in departure.reasons():
        yield f"{departure.name}: {answer}: {reason}."


def _fine(departures: list[Departure]) -> list[str]:
    """The tables with the better answer; many that were probed alike share a line."""
    groups: dict[tuple[t.Any, ...], list[Departure]] = {}
    for departure in departures:
        if departure.answer == NO_EVIDENCE:
            groups.setdefault((tuple(departure.targets), departure.strong), []).append(departure)
    lines = []
    for group in groups.values():
        if len(group) < SHARED_LINE:
            lines += [f"{departure.name}: {_finding([departure])}" for departure in group]
        else:
            lines.append(f"{count(len(group), 'table')}: {_finding(group)}")
    return lines


def _finding(departures: list[Departure]) -> str:
    first = departures[0]
    probes = min(departure.probes for departure in departures)
    what = f"{NO_EVIDENCE}: {count(probes, 'probe')} from {first.region}"
    where = few(first.targets, "region")
    if first.strong:
        return f"{what} showed at once in {where}, by strongly consistent reads"
    covered = min(departure.covered for departure in departures)
    longest = longest_lag((one for departure in departures for one in departure.stalenesses), {})
    seen = [latency for departure in departures for latency in departure.latency.values()]
    cloudwatch = f"; ReplicationLatency was at most {max(seen):.2f} s in the last hour" if seen else ""
    return f"{what} over {covered:.3g} s arrived in {where}, after {longest:.2f} s at most{cloudwatch}"


def _latency_lines(departures: list[Departure], problem: str) -> t.Iterator[str]:
    """What CloudWatch couldn't say."""
    asked = [departure for departure in departures if departure.watched and not departure.strong]
    if problem:
        yield f"ReplicationLatency wasn't looked at: {problem}."
        return
    pairs = sum(len(departure.watched) for departure in asked)
    silent = [departure for departure in asked if departure.watched.keys() - departure.latency.keys()]
    if silent:
        missing = sum(len(departure.watched.keys() - departure.latency.keys()) for departure in silent)
        named = few([departure.name for departure in silent], "table")
        yield f"CloudWatch has no ReplicationLatency of the last hour for {missing} of {count(pairs, 'pair')}: {named}."


def _remarks(departures: list[Departure]) -> t.Iterator[str]:
    nothing: dict[str, list[str]] = {}
    for departure in departures:
        if departure.nothing:
            nothing.setdefault(departure.nothing, []).append(departure.name)
    for sentence, names in nothing.items():
        yield f"{few(names, 'table')}: {sentence}."
    notes: dict[str, list[str]] = {}
    for departure in departures:
        for note in departure.notes:
            notes.setdefault(note, []).append(departure.name)
        for left in departure.left_behind:
            note = (
                f"left behind in {left['region']}, or not confirmed as removed: "
                f"{count(len(left['item_keys']), 'item')} ({left['reason']}). The next verification removes them"
            )
            notes.setdefault(note, []).append(departure.name)
    for note, names in notes.items():
        yield f"{few(names, 'table')}: {note}."


def _cannot_know(region: str, departures: list[Departure]) -> t.Iterator[str]:
    writable = [departure.name for departure in departures if departure.takes_writes]
    if writable:
        yield (
            f"{region} still takes writes ({few(writable, 'table')}): stop what writes there first, then ask again; "
            "what is written from now on isn't covered."
        )
    if any(departure.watched and not departure.strong for departure in departures):
        yield ORDER


def _totals(departures: list[Departure]) -> str:
    answers = [departure.answer for departure in departures]
    counts = ", ".join(f"{answers.count(answer)} {answer}" for answer in (NO_EVIDENCE, NOT_DRAINED, UNKNOWN))
    return f"{count(len(departures), 'table')}: {counts}"

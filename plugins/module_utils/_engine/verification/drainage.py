# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what was written in a region has drained from it, as far as that can be told, before it is left. Pure."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from ..wording import NAMES_IN_A_LINE, count, named
from .recent import Recent
from .results import left_behind
from .states import FAIL, PASS

if t.TYPE_CHECKING:
    from .heartbeats import PairWatched
    from .probes import Schema
    from .reserved import Left
    from .staleness import Staleness

NOT_DRAINED, NO_EVIDENCE, UNKNOWN = "not_drained", "no_evidence", "unknown"
# From the worst to the best.
ANSWERS = (NOT_DRAINED, UNKNOWN, NO_EVIDENCE)

# Probes go on for so many times the longest recent lag, and there are so many of them at least.
WINDOW = 10
LEAST_PROBES = 10
# The keys that were written within so many seconds are compared, at least; a stream has them for a day.
LEAST_RECENT = 300
DAY = 86400

Result = dict[str, t.Any]


@dataclasses.dataclass
class Drainage:
    """What was found out about leaving ``region`` with one table.

    :ivar nothing: why there is nothing to leave, as a sentence; the table then counts for no answer.
    :ivar problems: what couldn't be found out, as sentences; ``unreached``, the same of single targets.
    :ivar watched: target -> what came of the probes to it.
    :ivar recent: what came of the keys that were written of late; None when they weren't looked at.
    :ivar latency: target -> the longest ReplicationLatency that CloudWatch has of the last hour, in seconds.
    :ivar strong: whether strongly consistent reads looked for the probes, as in a group of that kind.
    """

    name: str
    region: str
    targets: list[str] = dataclasses.field(default_factory=list)
    strong: bool = False
    nothing: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)
    unreached: dict[str, str] = dataclasses.field(default_factory=dict)
    watched: dict[str, PairWatched] = dataclasses.field(default_factory=dict)
    recent: Recent | None = None
    latency: dict[str, float] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    schema: Schema | None = None
    left: list[Left] = dataclasses.field(default_factory=list)

    @property
    def reached(self) -> list[str]:
        """The targets that can be looked at."""
        return [target for target in self.targets if target not in self.unreached]

    @property
    def takes_writes(self) -> bool:
        """Whether the region accepted a probe."""
        return any(one.staleness.written for one in self.watched.values())

    def lag_to(self, target: str) -> float:
        """The longest recent lag to a target, in seconds: seen now, or by CloudWatch."""
        watched = self.watched.get(target)
        return lag_of(watched.staleness if watched else None, self.latency.get(target))

    @property
    def longest_lag(self) -> float:
        return max((self.lag_to(target) for target in self.targets), default=0.0)

    @property
    def looked_back(self) -> float:
        """The keys of how many seconds are to be compared."""
        return min(DAY, max(LEAST_RECENT, WINDOW * self.longest_lag))

    def needed(self, target: str) -> float:
        """How many seconds the probes have to cover. Where reads are strongly consistent there is no lag."""
        return 0.0 if self.strong else WINDOW * self.lag_to(target)

    def covered(self, target: str) -> float:
        """How many seconds the probes that arrived in a target cover."""
        staleness = self.watched[target].staleness
        return max(0.0, staleness.until - staleness.since)

    @property
    def answer(self) -> str:
        """The worst of its targets'."""
        answers = {self.answer_of(target) for target in self.targets} or {UNKNOWN}
        answers |= {UNKNOWN} if self.problems else set()
        return next(answer for answer in ANSWERS if answer in answers)

    def answer_of(self, target: str) -> str:
        reasons = [answer for answer, _sentence, _detail in self.reasons(target)]
        if target not in self.watched:
            reasons.append(UNKNOWN)  # no probe was sent, for a reason that is among its or the table's problems
        return next((answer for answer in ANSWERS if answer in reasons), NO_EVIDENCE)

    def reasons(self, target: str) -> t.Iterator[tuple[str, str, str]]:
        """What stands in the way of the better answer: what it amounts to, why, and how much of it."""
        if target in self.unreached:
            yield UNKNOWN, self.unreached[target], ""
        watched = self.watched.get(target)
        if watched is None:
            return
        yield from self._of_probes(target, watched)
        yield from self._of_recent_keys(target)

    def _of_probes(self, target: str, watched: PairWatched) -> t.Iterator[tuple[str, str, str]]:
        arrived, covered, needed = watched.staleness.arrived, self.covered(target), self.needed(target)
        if watched.verdict == FAIL:
            yield NOT_DRAINED, "probes haven't arrived", watched.reason
        elif watched.verdict != PASS:
            yield UNKNOWN, watched.reason, ""
        elif arrived < LEAST_PROBES or covered < needed:
            yield (
                UNKNOWN,
                f"too few probes arrived for a lag of {self.lag_to(target):.3g} s: run again, with a longer timeout "
                f"(evacuate_timeout), {math.ceil(1.5 * needed) + 30} s for instance",
                f"{arrived} over {covered:.3g} s; needed are {LEAST_PROBES} over {needed:.3g} s",
            )

    def _of_recent_keys(self, target: str) -> t.Iterator[tuple[str, str, str]]:
        if self.recent is None:
            if not self.strong:
                yield UNKNOWN, "the keys that were written last weren't compared", ""
            return
        if self.recent.problem:
            yield UNKNOWN, self.recent.problem, ""
        if differing := self.recent.differing.get(target):
            of = f"{len(differing)} of {len(self.recent.keys)}"
            yield NOT_DRAINED, "items that were written last differ there", of
        if changing := self.recent.changing.get(target):
            of = f"{len(changing)} of {len(self.recent.keys)}"
            yield UNKNOWN, "items that were written last keep changing: stop what writes them, then run again", of


def lag_of(staleness: Staleness | None, latency: float | None) -> float:
    """In seconds; 0 where nothing is known."""
    return max(staleness.peak or 0.0 if staleness else 0.0, latency or 0.0)


def settled(
    followed: dict[str, Staleness], latency: dict[str, float], strong: bool, timeout: float, rounds: int
) -> bool:
    """Whether more probes of a table, after so many rounds, won't change what can be said of any target."""
    return rounds >= LEAST_PROBES and all(
        _is_settled(one, 0.0 if strong else WINDOW * lag_of(one, latency.get(target)), timeout)
        for target, one in followed.items()
    )


def _is_settled(staleness: Staleness, needed: float, timeout: float) -> bool:
    if needed > timeout or not (staleness.written and staleness.looks):
        return True
    return staleness.arrived >= LEAST_PROBES and staleness.until - staleness.since >= needed


def module_result(region: str, drainages: list[Drainage], latency_problem: str) -> Result:
    """The whole result; ``summary`` tells it in few lines."""
    concerned = [one for one in drainages if not one.nothing]
    answers = {one.answer for one in concerned} or {UNKNOWN}
    summary = [
        *_by_target(region, concerned),
        *_latency_lines(concerned, latency_problem),
        *_remarks(drainages),
        *(cannot_know := list(_cannot_know(region, concerned))),
        _totals(concerned),
    ]
    return {
        "answer": next(answer for answer in ANSWERS if answer in answers),
        "evacuate_region": region,
        "tables": [_table(one) for one in drainages],
        "cannot_know": cannot_know,
        "summary": summary,
        "msg": "\n".join(summary),
    }


def _table(one: Drainage) -> Result:
    reasons = [
        f"{target}: {_joined(why, detail)}" for target in one.targets for _answer, why, detail in one.reasons(target)
    ]
    return {
        "name": one.name,
        "answer": "" if one.nothing else one.answer,
        "msg": one.nothing or "; ".join([*reasons, *one.problems]),
        "consistency": "strong" if one.strong else "eventual",
        "takes_writes": one.takes_writes,
        "recent_keys": len(one.recent.keys) if one.recent else 0,
        "pairs": [_pair(one, target) for target in one.targets],
        "notes": one.notes,
        "left_behind": left_behind(one.left, one.schema),
    }


def _pair(one: Drainage, target: str) -> Result:
    watched = one.watched.get(target)
    staleness = watched.staleness if watched else None
    latency = one.latency.get(target)
    differing = one.recent.differing.get(target, []) if one.recent else []
    return {
        "source": one.region,
        "target": target,
        "answer": one.answer_of(target),
        "written": staleness.written if staleness else 0,
        "arrived": staleness.arrived if staleness else 0,
        "needed": round(one.needed(target), 3),
        "covered": round(one.covered(target), 3) if staleness else 0.0,
        "differing": [one.recent.keys[probe] for probe in differing[:100]],
        "differing_count": len(differing),
        "lag": {
            "max": None if staleness is None or staleness.peak is None else round(staleness.peak, 3),
            "resolution": round(staleness.resolution, 3) if staleness else None,
        },
        "replication_latency": None if latency is None else round(latency, 3),
    }


def _joined(sentence: str, detail: str) -> str:
    return f"{sentence} ({detail})" if detail else sentence


def _by_target(region: str, drainages: list[Drainage]) -> t.Iterator[str]:
    """What forbids to leave comes first, then what isn't known, then what was seen."""
    if not drainages:
        yield f"None of the listed tables has a replica with items in {region}: there is nothing to leave."
        return
    targets = dict.fromkeys(target for one in drainages for target in one.targets)
    fine = []
    for answer, head in ((NOT_DRAINED, f"DON'T LEAVE {region} FOR"), (UNKNOWN, f"UNKNOWN  {region} →")):
        for target in targets:
            concerned = [
                one
                for one in drainages
                if target in one.targets and one.answer_of(target) == answer and list(one.reasons(target))
            ]
            if concerned:
                yield f"{head} {target}: {_tables(concerned, len(drainages))}: {_worst(concerned, target, answer)}."
    problems: dict[str, list[Drainage]] = {}
    for one in drainages:
        for problem in one.problems:
            problems.setdefault(problem, []).append(one)
    for problem, concerned in problems.items():
        yield f"UNKNOWN  {_tables(concerned, len(drainages))}: {problem}."
    for target in targets:
        if all(one.answer_of(target) == NO_EVIDENCE for one in drainages if target in one.targets):
            fine.append(target)
    if fine:
        yield f"{named(fine)}: {_seen(drainages, fine)}."


def _tables(concerned: list[Drainage], of: int) -> str:
    if len(concerned) > NAMES_IN_A_LINE:
        return f"{len(concerned)} of {count(of, 'table')}"
    return ", ".join(one.name for one in concerned)


def _worst(concerned: list[Drainage], target: str, answer: str) -> str:
    reasons = [(why, detail) for one in concerned for level, why, detail in one.reasons(target) if level == answer]
    said = dict(reversed(reasons))
    return "; ".join(_joined(why, detail) for why, detail in said.items())


def _seen(drainages: list[Drainage], targets: list[str]) -> str:
    """What stands behind no evidence."""
    watched = [one.watched[target] for one in drainages for target in targets if target in one.watched]
    probes = sum(one.staleness.written for one in watched)
    if all(one.strong for one in drainages):
        return f"every probe showed at once, by strongly consistent reads ({probes})"
    keys = sum(len(one.recent.keys) for one in drainages if one.recent)
    longest = max(lag_of(one.staleness, None) for one in watched)
    seen = [latency for one in drainages for latency in one.latency.values()]
    cloudwatch = f", ReplicationLatency at most {max(seen):.2f} s in the last hour" if seen else ""
    back = max(one.recent.since for one in drainages if one.recent)
    return (
        f"every probe ({probes}) arrived, after {longest:.2f} s at most{cloudwatch}, and every key written in the last "
        f"{back / 60:.0f} min ({keys}) has the same item there"
    )


def _latency_lines(drainages: list[Drainage], problem: str) -> t.Iterator[str]:
    """What CloudWatch couldn't say."""
    if problem:
        yield f"ReplicationLatency wasn't looked at: {problem}."
        return
    asked = [one for one in drainages if one.watched and not one.strong]
    pairs = sum(len(one.watched) for one in asked)
    silent = [one for one in asked if one.watched.keys() - one.latency.keys()]
    if silent:
        missing = sum(len(one.watched.keys() - one.latency.keys()) for one in silent)
        yield (
            f"CloudWatch has no ReplicationLatency of the last hour for {missing} of {count(pairs, 'pair')}: "
            f"{named([one.name for one in silent])}."
        )


def _remarks(drainages: list[Drainage]) -> t.Iterator[str]:
    said: dict[str, list[str]] = {}
    for one in drainages:
        for note in [one.nothing, *one.notes] if one.nothing else one.notes:
            said.setdefault(note, []).append(one.name)
        for left in one.left:
            note = (
                f"left behind in {left.region}, or not confirmed as removed: {count(len(left.probes), 'item')} "
                f"({left.reason}); the next verification removes them"
            )
            said.setdefault(note, []).append(one.name)
    yield from (f"{named(names)}: {note}." for note, names in said.items())


def _cannot_know(region: str, drainages: list[Drainage]) -> t.Iterator[str]:
    writable = [one.name for one in drainages if one.takes_writes]
    if writable:
        yield (
            f"{region} still takes writes ({named(writable)}): stop what writes there first, then ask again; what is "
            "written from now on isn't covered."
        )
    if any(one.watched and not one.strong for one in drainages):
        yield "What was written before that isn't compared: replication keeps no order across items."


def _totals(drainages: list[Drainage]) -> str:
    answers = [one.answer for one in drainages]
    words = {NO_EVIDENCE: "no evidence of undrained writes", NOT_DRAINED: "not drained", UNKNOWN: "unknown"}
    counts = ", ".join(f"{answers.count(answer)} {word}" for answer, word in words.items())
    return f"{count(len(drainages), 'table')}: {counts}"

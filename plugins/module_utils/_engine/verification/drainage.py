# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what was written in a region has drained from it, as far as that can be told, before it is left. Pure."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from ..wording import NAMES_IN_A_LINE, count, grouped, named
from .recent import Recent
from .results import left_behind
from .staleness import DAY, Staleness
from .states import FAIL, PASS

if t.TYPE_CHECKING:
    from .probes import Schema
    from .reserved import Left
    from .verdicts import PairWatched

NOT_DRAINED, NO_EVIDENCE, UNKNOWN = "not_drained", "no_evidence", "unknown"
# From the worst to the best.
ANSWERS = (NOT_DRAINED, UNKNOWN, NO_EVIDENCE)

# Probes go on for so many times the longest recent lag, and there are so many of them at least.
WINDOW = 10
LEAST_PROBES = 10
# The keys that were written within so many seconds are compared, at least; a stream has them for a day.
LEAST_RECENT = 300

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

    @property
    def longest_lag(self) -> float:
        return max(map(self.lag_to, self.targets), default=0.0)

    def staleness_of(self, target: str) -> Staleness:
        """What the probes showed; nothing where none was sent."""
        return self.watched[target].staleness if target in self.watched else Staleness()

    def lag_to(self, target: str) -> float:
        """The longest recent lag to a target, in seconds: seen now, or by CloudWatch. 0 where nothing is known."""
        return max(self.staleness_of(target).peak or 0.0, self.latency.get(target, 0.0))

    @property
    def looked_back(self) -> float:
        """The keys of how many seconds are to be compared."""
        return min(DAY, max(LEAST_RECENT, WINDOW * self.longest_lag))

    def needed(self, target: str) -> float:
        """How many seconds the probes have to cover. Where reads are strongly consistent there is no lag."""
        return 0.0 if self.strong else WINDOW * self.lag_to(target)

    def covered(self, target: str) -> float:
        """How many seconds the probes that arrived in a target cover."""
        staleness = self.staleness_of(target)
        return max(0.0, staleness.until - staleness.since)

    def _is_covered(self, target: str) -> bool:
        """Whether enough probes arrived, over enough time."""
        return self.staleness_of(target).arrived >= LEAST_PROBES and self.covered(target) >= self.needed(target)

    def is_settled(self, rounds: int, timeout: float) -> bool:
        """Whether more probes, after so many rounds, won't change what can be said of any target."""
        return rounds >= LEAST_PROBES and all(
            self._is_covered(target)
            or self.needed(target) > timeout
            or not (one.staleness.written and one.staleness.looks)
            for target, one in self.watched.items()
        )

    @property
    def answer(self) -> str:
        """The worst of its targets'."""
        answers = [self.answer_of(target) for target in self.targets]
        return _worst([*answers, *([UNKNOWN] if self.problems else [])], UNKNOWN)

    def answer_of(self, target: str) -> str:
        if target not in self.watched:
            return UNKNOWN  # no probe was sent, for a reason that is among its or the table's problems
        return _worst([answer for answer, _sentence, _detail in self.reasons(target)], NO_EVIDENCE)

    def reasons(self, target: str) -> t.Iterator[tuple[str, str, str]]:
        """What stands in the way of the better answer: what it amounts to, why, and how much of it."""
        if target in self.unreached:
            yield UNKNOWN, self.unreached[target], ""
        if target in self.watched:
            yield from self._of_probes(target, self.watched[target])
            yield from self._of_recent_keys(target)

    def _of_probes(self, target: str, watched: PairWatched) -> t.Iterator[tuple[str, str, str]]:
        found = watched.finding
        if found.verdict == FAIL:
            yield NOT_DRAINED, "probes haven't arrived", found.detail.replace("heartbeat", "probe")
        elif found.verdict != PASS:
            yield UNKNOWN, found.sentence, ""
        elif not self._is_covered(target):
            needed = self.needed(target)
            yield (
                UNKNOWN,
                "too few probes arrived for so long a lag: run again with a longer timeout (evacuate_timeout)",
                f"a lag of {self.lag_to(target):.3g} s takes probes over {needed:.0f} s, and they covered "
                f"{self.covered(target):.0f} s: {min(math.ceil(1.5 * needed) + 30, DAY)} s will do",
            )

    def _of_recent_keys(self, target: str) -> t.Iterator[tuple[str, str, str]]:
        if self.recent is None:
            if not self.strong:
                yield UNKNOWN, "the keys that were written last weren't compared", ""
            return
        if self.recent.problem:
            yield UNKNOWN, self.recent.problem, ""
        compared = len(self.recent.keys)
        if differing := self.recent.differing.get(target):
            yield NOT_DRAINED, "items that were written last differ there", f"{len(differing)} of {compared}"
        if changing := self.recent.changing.get(target):
            sentence = "items that were written last keep changing: stop what writes them, then run again"
            yield UNKNOWN, sentence, f"{len(changing)} of {compared}"


def _worst(answers: list[str], default: str) -> str:
    return min(answers, key=ANSWERS.index, default=default)


def module_result(region: str, drainages: list[Drainage], latency_problem: str) -> Result:
    """The whole result; ``summary`` tells it in few lines."""
    concerned = [one for one in drainages if not one.nothing]
    summary = [
        *_by_target(region, concerned),
        *_latency_lines(concerned, latency_problem),
        *_remarks(drainages),
        *(cannot_know := list(_cannot_know(region, concerned))),
        _totals(concerned),
    ]
    return {
        "answer": _worst([one.answer for one in concerned], UNKNOWN),
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
    staleness = one.staleness_of(target)
    differing = one.recent.differing.get(target, []) if one.recent else []
    return {
        "source": one.region,
        "target": target,
        "answer": one.answer_of(target),
        "written": staleness.written,
        "arrived": staleness.arrived,
        "needed": round(one.needed(target), 3),
        "covered": round(one.covered(target), 3),
        "differing": [one.recent.keys[probe] for probe in differing[:100]],
        "differing_count": len(differing),
        "lag": {
            "max": _rounded(staleness.peak),
            "resolution": _rounded(staleness.resolution if target in one.watched else None),
        },
        "replication_latency": _rounded(one.latency.get(target)),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _joined(sentence: str, detail: str) -> str:
    return f"{sentence} ({detail})" if detail else sentence


def _by_target(region: str, drainages: list[Drainage]) -> t.Iterator[str]:
    """What forbids to leave comes first, then what isn't known, then what was seen."""
    if not drainages:
        yield f"None of the listed tables has a replica with items in {region}: there is nothing to leave."
        return
    targets = dict.fromkeys(target for one in drainages for target in one.targets)
    for answer, head in ((NOT_DRAINED, f"DON'T LEAVE {region} FOR"), (UNKNOWN, f"UNKNOWN  {region} →")):
        for target in targets:
            # Those without reasons have a problem, which is said below.
            concerned = [one for one in drainages if one.answer_of(target) == answer and list(one.reasons(target))]
            if concerned:
                names = [one.name for one in concerned]
                yield f"{head} {target}: {_tables(names, len(drainages))}: {_why(concerned, target, answer)}."
    for problem, names in grouped((problem, one.name) for one in drainages for problem in one.problems).items():
        yield f"UNKNOWN  {_tables(names, len(drainages))}: {problem}."
    fine = []
    for target in targets:
        if {one.answer_of(target) for one in drainages if target in one.targets} == {NO_EVIDENCE}:
            fine.append(target)
    if fine:
        yield f"{named(fine)}: {_seen([one for one in drainages if one.watched], fine)}."


def _tables(names: list[str], of: int) -> str:
    return ", ".join(names) if len(names) <= NAMES_IN_A_LINE else f"{len(names)} of {count(of, 'table')}"


def _why(concerned: list[Drainage], target: str, answer: str) -> str:
    """Each reason once, with the detail of the table whose lag is longest."""
    concerned = sorted(concerned, key=lambda one: -one.lag_to(target))
    reasons = [(why, detail) for one in concerned for level, why, detail in one.reasons(target) if level == answer]
    return "; ".join(_joined(why, detail) for why, detail in dict(reversed(reasons)).items())


def _seen(drainages: list[Drainage], targets: list[str]) -> str:
    """What stands behind no evidence."""
    watched = [one.watched[target] for one in drainages for target in targets if target in one.watched]
    probes = sum(one.staleness.written for one in watched)
    if all(one.strong for one in drainages):
        return f"every probe showed at once, by strongly consistent reads ({probes})"
    keys = sum(len(one.recent.keys) for one in drainages if one.recent)
    longest = max(one.staleness.peak or 0.0 for one in watched)
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
    asked = [one for one in drainages if not one.strong]
    silent = [one.name for one in asked for target in one.watched if target not in one.latency]
    if silent:
        pairs = sum(len(one.watched) for one in asked)
        yield (
            f"CloudWatch has no ReplicationLatency of the last hour for {len(silent)} of {count(pairs, 'pair')}: "
            f"{named(list(dict.fromkeys(silent)))}."
        )


def _remarks(drainages: list[Drainage]) -> t.Iterator[str]:
    said: list[tuple[str, str]] = []
    for one in drainages:
        said += [(note, one.name) for note in (one.nothing, *one.notes) if note]
        for left in one.left:
            note = (
                f"left behind in {left.region}, or not confirmed as removed: {count(len(left.probes), 'item')} "
                f"({left.reason}); the next verification removes them"
            )
            said.append((note, one.name))
    yield from (f"{named(names)}: {note}." for note, names in grouped(said).items())


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

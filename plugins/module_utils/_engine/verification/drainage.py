# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what was written in a region has drained from it, as far as that can be told, before it is left. Pure."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from ..wording import count, named
from . import story
from .recent import Recent
from .results import left_behind, reason, rounded
from .staleness import DAY, Staleness
from .states import FAIL, PASS, UNSURE
from .verdicts import Finding, verdict_of

if t.TYPE_CHECKING:
    from .probes import Schema
    from .reserved import Left
    from .verdicts import PairWatched

NOT_DRAINED, NO_EVIDENCE, UNKNOWN = "not_drained", "no_evidence", "unknown"
# What a verdict amounts to, from the worst to the best.
ANSWERS = {FAIL: NOT_DRAINED, UNSURE: UNKNOWN, PASS: NO_EVIDENCE}

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
        return _worst([*map(self.answer_of, self.targets), *([UNKNOWN] if self.problems else [])])

    def answer_of(self, target: str) -> str:
        if target not in self.watched:
            return UNKNOWN  # no probe was sent, for a reason that is among its or the table's problems
        return ANSWERS[verdict_of(self.reasons(target))]

    def reasons(self, target: str) -> t.Iterator[Finding]:
        """What stands in the way of the better answer."""
        if target in self.unreached:
            yield Finding(UNSURE, self.unreached[target])
        if target in self.watched:
            yield from self._of_probes(target, self.watched[target])
            yield from self._of_recent_keys(target)

    def _of_probes(self, target: str, watched: PairWatched) -> t.Iterator[Finding]:
        found = watched.finding
        if found.verdict != PASS:
            yield Finding(*(text.replace("heartbeat", "probe") for text in found))
        elif not self._is_covered(target):
            needed = self.needed(target)
            yield Finding(
                UNSURE,
                "too few probes arrived for so long a lag",
                f"a lag of {self.lag_to(target):.3g} s takes probes over {needed:.0f} s, and they covered "
                f"{self.covered(target):.0f} s",
                f"run again with a longer timeout (evacuate_timeout): {min(math.ceil(1.5 * needed) + 30, DAY)} s "
                "will do",
            )

    def _of_recent_keys(self, target: str) -> t.Iterator[Finding]:
        if self.recent is None:
            if not self.strong:
                yield Finding(UNSURE, "the keys that were written last weren't compared")
            return
        if self.recent.problem:
            yield Finding(UNSURE, self.recent.problem)
        of = f"of {len(self.recent.keys)}"
        if differing := self.recent.differing.get(target):
            yield Finding(FAIL, "items that were written last differ there", f"{len(differing)} {of}")
        if changing := self.recent.changing.get(target):
            remedy = "stop what writes them, then run again"
            yield Finding(UNSURE, "items that were written last keep changing", f"{len(changing)} {of}", remedy)


def _worst(answers: list[str]) -> str:
    return min(answers, key=list(ANSWERS.values()).index, default=UNKNOWN)


def module_result(region: str, drainages: list[Drainage], latency_problem: str) -> Result:
    """The whole result; ``summary`` tells it in few lines."""
    concerned = [one for one in drainages if not one.nothing]
    troubles = [part for trouble in story.troubles_in(_found(concerned)) for part in trouble.split()]
    pairs = {one.name: [(region, target) for target in one.targets] for one in concerned}
    tables = [_table(one) for one in drainages]
    cannot_know = list(_cannot_know(region, concerned))
    lines = [
        *story.told(troubles, pairs, "tables[].msg", leaving=region),
        *filter(None, [story.next_steps(troubles)]),
        *_fine(region, concerned),
        *_latency_lines(concerned, latency_problem),
        *story.remarked((one.nothing, one.name) for one in drainages if one.nothing),
        *story.remarks(tables),
        *cannot_know,
        _totals(concerned),
    ]
    summary = story.unforged(lines)
    return {
        "answer": _worst([one.answer for one in concerned]),
        "evacuate_region": region,
        "tables": tables,
        "cannot_know": cannot_know,
        "summary": summary,
        "msg": "\n".join(summary),
    }


def _table(one: Drainage) -> Result:
    reasons = [f"{target}: {why}" for target in one.targets if (why := reason(list(one.reasons(target))))]
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
            "max": rounded(staleness.peak),
            "resolution": rounded(staleness.resolution if target in one.watched else None),
        },
        "replication_latency": rounded(one.latency.get(target)),
    }


def _found(drainages: list[Drainage]) -> t.Iterator[story.Found]:
    """Where lag is longest comes first: the example and the remedy that are told are those of the first place."""
    places = [(one, target) for one in drainages for target in one.targets]
    for one, target in sorted(places, key=lambda place: Drainage.lag_to(*place), reverse=True):
        yield from ((one.name, (one.region, target), finding) for finding in one.reasons(target))
    for one in drainages:
        yield from ((one.name, None, Finding(UNSURE, problem)) for problem in one.problems)


def _fine(region: str, drainages: list[Drainage]) -> t.Iterator[str]:
    """The targets that nothing speaks against, and what was seen of them."""
    if not drainages:
        yield f"None of the listed tables has a replica with items in {region}: there is nothing to leave."
    targets = dict.fromkeys(target for one in drainages for target in one.targets)
    troubled = {target for one in drainages for target in one.targets if one.answer_of(target) != NO_EVIDENCE}
    if fine := [target for target in targets if target not in troubled]:
        yield f"{named(fine)}: {_seen([one for one in drainages if one.watched], fine)}."


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

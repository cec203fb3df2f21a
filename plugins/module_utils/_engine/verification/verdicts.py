# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was seen -> pass, fail or unknown, and why. Every verdict on verification's items is made here. Pure."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from ..wording import count
from .arrivals import Arrival
from .probes import OPERATIONS, Lease, Marked, Probe, another_run, is_of
from .staleness import Staleness, Troubles
from .states import FAIL, PASS, UNSURE, WORST_FIRST, Pair

PERCENTILES = {"p50": 50, "p95": 95, "p99": 99}

SPENT = "max_units (verify_max_units) was spent before this could be told: raise it, or write fewer items"
REMOVED = "somebody removed what all regions wrote at once: run again"
TAKEN = "another verification wrote the same items at the same time: run again"


class Finding(t.NamedTuple):
    """One reason that stands in the way of a pass: what it amounts to, and the sentence.

    :ivar sentence: is the same for every table and pair with the same trouble, so that they can be said at once.
    :ivar detail: how much and how long, which differs from table to table.
    :ivar remedy: what to do.
    """

    verdict: str
    sentence: str
    detail: str = ""
    remedy: str = ""


@dataclasses.dataclass
class PairWatched:
    """What came of a pair's heartbeats; ``finding`` is a pass when every one arrived, and stayed."""

    staleness: Staleness
    finding: Finding = Finding(UNSURE, "")


@dataclasses.dataclass
class PairEvidence:
    """What there is to judge of one pair of regions.

    :ivar expected: how many changes had to arrive; None when items don't decide, only the states.
    :ivar arrivals: those of verification's own items.
    :ivar user_arrivals: those of the user's items that this run wrote.
    :ivar strong: whether strongly consistent reads have to show every write at once.
    :ivar max_lag: how many seconds a change may take, None for however long it is waited for.
    :ivar drill: the region whose resource policy says that AWS FIS pauses replication; empty for none.
    :ivar watched: its heartbeats; None when it wasn't watched.
    :ivar findings: what the states and the calls said against it.
    """

    source: str
    target: str
    expected: int | None = None
    arrivals: list[Arrival] = dataclasses.field(default_factory=list)
    user_arrivals: list[Arrival] = dataclasses.field(default_factory=list)
    strong: bool = False
    max_lag: float | None = None
    drill: str = ""
    watched: PairWatched | None = None
    findings: list[Finding] = dataclasses.field(default_factory=list)

    @property
    def arrived(self) -> list[Arrival]:
        return [arrival for arrival in (*self.arrivals, *self.user_arrivals) if arrival.arrived]

    @property
    def remedy(self) -> str:
        """What to do when changes don't arrive."""
        if self.drill:
            return f"wait until AWS FIS has ended its experiment: its statement is in the policy of {self.drill}"
        return f"look at CloudWatch's ReplicationLatency in {self.source}, and whether an AWS FIS experiment is running"

    def doubt(self, sentence: str, remedy: str = "") -> None:
        self.findings.append(Finding(UNSURE, sentence, remedy=remedy))

    def refute(self, sentence: str) -> None:
        self.findings.append(Finding(FAIL, sentence))


def judge_pair(evidence: PairEvidence) -> list[Finding]:
    """Everything that stands in the way of a pass; nothing: a pass."""
    findings = [*dict.fromkeys(evidence.findings), *_watched(evidence)]
    for operation in OPERATIONS:
        arrivals = [one for one in evidence.arrivals if one.write.operation == operation]
        findings += _lost(evidence, operation, arrivals)
    findings += _late(evidence)
    arrived = sum(one.arrived for one in evidence.arrivals)
    if evidence.expected is not None and arrived < evidence.expected and not findings:
        findings.append(
            Finding(UNSURE, "not everything could be looked for", f"{arrived} of {evidence.expected} changes")
        )
    return findings


def _lost(evidence: PairEvidence, operation: str, arrivals: list[Arrival]) -> t.Iterator[Finding]:
    """What a strongly consistent read, begun when an arrival had had its time, didn't show as it was written."""
    of = f"of {count(len(arrivals), operation)}"
    missing = [one for one in arrivals if one.lost]
    if removed := sum(one.missing and one.removed for one in arrivals):
        yield Finding(
            UNSURE,
            f"somebody removed verification's items in {evidence.source}",
            f"{removed} {of}",
            "run again; if it happens again, compare the clocks of the machines that verify this table",
        )
    if any(one.altered and one.taken for one in missing):
        yield Finding(UNSURE, TAKEN)
    if altered := sum(one.altered is not None and not one.taken for one in missing):
        yield Finding(FAIL, f"another item arrives than was written by the {operation}", f"{altered} {of}")
    if away := [one for one in missing if not one.altered]:
        yield _missing(evidence, operation, away, arrivals)
    if back := [one.went_back for one in arrivals if one.gone]:
        yield Finding(
            FAIL,
            f"{evidence.target} went back: what it had shown is gone, by a strongly consistent read",
            f"{len(back)} {of}, {max(back):.3g} s after the acknowledgement",
        )


def _missing(evidence: PairEvidence, operation: str, missing: list[Arrival], arrivals: list[Arrival]) -> Finding:
    what = f"{len(missing)} of {count(len(arrivals), operation)} missing"
    if evidence.strong:
        sentence = "a strongly consistent read misses an acknowledged write"
        return Finding(FAIL, sentence, what, "a strongly consistent group has to show it at once")
    if len(missing) == len(evidence.arrivals):
        sentence = "nothing arrives"
    else:
        sentence = f"no {operation} arrives" if len(missing) == len(arrivals) > 1 else f"not every {operation} arrives"
    return Finding(FAIL, sentence, f"{what} after {min(one.waited for one in missing):.3g} s", evidence.remedy)


def _late(evidence: PairEvidence) -> t.Iterator[Finding]:
    """What took longer than ``max_lag`` by its lower bound; or may have, by its upper one."""
    limit = evidence.max_lag
    if limit is None or evidence.strong:
        return
    if late := [one.lower for one in evidence.arrived if one.lower > limit]:
        yield Finding(
            FAIL,
            f"slower than max_lag (verify_max_lag) of {limit:g} s",
            f"{count(len(late), 'change')}, the slowest after {max(late):.3g} s or more",
        )
    if unsure := [one for one in evidence.arrived if one.lower <= limit < one.upper]:
        slowest = max(unsure, key=lambda one: one.upper)
        yield Finding(
            UNSURE,
            f"whether within max_lag (verify_max_lag) of {limit:g} s can't be told",
            f"{count(len(unsure), 'change')}, one in {slowest.lower:.3g} to {slowest.upper:.3g} s",
            "run again when less else runs on this machine",
        )


def judge_heartbeats(pair: Pair, written: int, latest: list[Arrival], troubles: Troubles) -> Finding:
    """What stands first in the way of a pass, after the last look.

    :param written: how many were acknowledged; ``latest``, the last one in each key.
    """
    source, target = pair
    of = f"of {count(written, 'heartbeat')}"
    failed = "heartbeats didn't arrive, or didn't stay"
    if gone := sum(one.gone for one in latest):
        return Finding(FAIL, failed, f"{target} went back: {gone} {of} are gone again, by a strongly consistent read")
    waiting = [one for one in latest if not one.arrived]
    longest = max((one.waited or 0.0 for one in waiting if not one.removed), default=0.0)
    if lost := sum(one.lost for one in latest):
        return Finding(FAIL, failed, f"{lost} {of} hadn't arrived, one {longest:.3g} s after its acknowledgement")
    if removed := sum(one.removed for one in latest):
        return Finding(UNSURE, f"somebody removed heartbeats in {source}", f"{removed} {of}", "run again")
    if not written:
        return Finding(UNSURE, troubles.last(source) or f"no heartbeat of {source} was written")
    if any(one.waited is None for one in waiting):
        return Finding(UNSURE, troubles.last(target) or f"{target} doesn't answer")
    if waiting:
        sentence = (
            f"heartbeats hadn't arrived, and there was no time for the {waiting[0].write.patience:g} s that each has"
        )
        return Finding(UNSURE, sentence, f"{len(waiting)} {of}, {longest:.3g} s after the acknowledgement")
    return Finding(PASS, "")


def _watched(evidence: PairEvidence) -> t.Iterator[Finding]:
    """What heartbeats showed against it."""
    if evidence.watched is None:
        return
    found, staleness, limit = evidence.watched.finding, evidence.watched.staleness, evidence.max_lag
    if found.verdict == FAIL:
        yield found._replace(remedy=evidence.remedy)
    elif found.verdict != PASS:
        yield found._replace(sentence=f"watch: {found.sentence}")
    if limit is None or staleness.peak is None or staleness.peak <= limit:
        return
    within = f"max_lag (verify_max_lag) of {limit:g} s"
    if staleness.at_least > limit:
        yield Finding(FAIL, f"while it was watched, lag rose above {within}", f"to {staleness.at_least:.3g} s or more")
    else:
        sentence = f"whether lag stayed within {within} can't be told"
        yield Finding(UNSURE, sentence, f"{staleness.peak:.3g} s or less", "choose a shorter interval")


@dataclasses.dataclass
class Convergence:
    """What became of the items that every region wrote at once.

    :ivar lease: under which they were written.
    :ivar probes: those that were judged.
    :ivar shown: probe -> region -> what the last look showed; None for no item.
    :ivar agreed: probe -> the bounds of seconds from the last acknowledgement to the agreement of all regions.
    :ivar waited: seconds from the last acknowledgement to the last look.
    :ivar problems: why something couldn't be found out, as sentences.
    """

    lease: Lease
    probes: list[Probe] = dataclasses.field(default_factory=list)
    shown: dict[Probe, dict[str, Marked | None]] = dataclasses.field(default_factory=dict)
    agreed: dict[Probe, tuple[float, float]] = dataclasses.field(default_factory=dict)
    waited: float = 0.0
    problems: list[str] = dataclasses.field(default_factory=list)


def judge_convergence(found: Convergence) -> list[Finding]:
    """Everything that stands in the way of a pass; nothing: a pass."""
    taken, altered = _not_as_written(found)
    problems = dict.fromkeys([*found.problems, *([TAKEN] if taken else [])])
    findings = [Finding(UNSURE, problem) for problem in problems]
    of = f"of {count(len(found.probes), 'item')}"
    if altered:
        where = ", ".join(sorted(altered))
        findings.append(Finding(FAIL, f"what all regions wrote at once ended as no region wrote it in {where}"))
    writers = {
        probe: {region: marked.writer if marked else "" for region, marked in shown.items()}
        for probe, shown in found.shown.items()
        if probe not in found.agreed
    }
    apart = [shown for shown in writers.values() if any(shown.values())]
    if removed := len(writers) - len(apart):
        findings.append(Finding(UNSURE, REMOVED, f"{removed} {of}"))
    if apart and not problems:
        shown = sorted(apart[0].items())
        example = ", ".join(f"{region} shows {f'that of {writer}' if writer else 'none'}" for region, writer in shown)
        findings.append(
            Finding(
                FAIL,
                "the regions don't converge: what all wrote at once stays different",
                f"{len(apart)} {of} after {found.waited:.3g} s: {example}",
                "raise timeout (verify_timeout) if replication is only slow",
            )
        )
    if not findings and not (found.probes and len(found.agreed) == len(found.probes)):
        findings.append(Finding(UNSURE, "what all regions wrote at once couldn't be looked for"))
    return findings


def _not_as_written(found: Convergence) -> tuple[bool, set[str]]:
    """Whether another verification wrote one of its keys; the regions that show what no region wrote."""
    taken, altered = False, set()
    for shown in found.shown.values():
        others = {region: one for region, one in shown.items() if one and not is_of(one, found.lease)}
        if any(another_run(one, found.lease) for one in others.values()):
            taken = True
        else:
            altered |= others.keys()
    return taken, altered


def verdict_of(findings: t.Iterable[Finding]) -> str:
    return worst(finding.verdict for finding in findings)


def worst(verdicts: t.Iterable[str]) -> str:
    """Fail beats unknown beats pass beats nothing to compare; of no verdict at all, pass."""
    given = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in given), PASS)


def lag(bounds: t.Collection[tuple[float, float]]) -> dict[str, t.Any]:
    """The distribution of upper bounds, in seconds; without any, every figure is None.

    ``resolution`` is how much shorter the true lags may be.
    """
    upper = sorted(round(high, 3) for _low, high in bounds)
    return {
        "measured": len(upper),
        **quantiles(upper, len(upper)),
        "max": upper[-1] if upper else None,
        "resolution": round(max(high - low for low, high in bounds), 3) if upper else None,
    }


def quantiles(ordered: list[float], total: int) -> dict[str, float | None]:
    """Nearest ranks among ``total`` values, of which only the lowest are known; None where one isn't."""
    ranks = {name: math.ceil(percent * total / 100) for name, percent in PERCENTILES.items()}
    return {name: ordered[rank - 1] if 0 < rank <= len(ordered) else None for name, rank in ranks.items()}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module returns, from what was found out. Pure."""

from __future__ import annotations

import dataclasses
import functools
import operator
import time
import typing as t

from ..state import RegionalTable, account_of
from . import story
from .arrivals import Arrival, loss_that_shows
from .cost import Cost
from .heartbeats import PairWatched
from .probes import Probe, Schema
from .reserved import Left
from .states import PASS
from .verdicts import Convergence, Finding, PairEvidence, judge_convergence, judge_pair, lag, verdict_of, worst

if t.TYPE_CHECKING:
    from .check import Checked, Outcome

Result = dict[str, t.Any]


def module_result(checked: Checked, about: Result | None = None) -> Result:
    """The whole result; ``summary`` tells it in few lines.

    :param about: what else is to be said of the run.
    """
    tables = [table_result(outcome) for outcome in checked.outcomes]
    summary = story.summary(checked.outcomes, tables)
    arns = [shown.arn for outcome in checked.outcomes for shown in outcome.observed.values() if shown.arn]
    return {
        "verdict": worst(table["verdict"] for table in tables),
        "run": {
            "id": checked.run,
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(checked.started)),
            "seconds": round(checked.seconds, 3),
            "account_id": account_of(arns[0]) if arns else "",
            **(about or {}),
        },
        "cost": _cost(functools.reduce(operator.add, (one.history.cost for one in checked.outcomes), Cost())),
        "tables": tables,
        "summary": summary,
        "msg": "\n".join(summary),
    }


def table_result(outcome: Outcome) -> Result:
    """One table of the result."""
    return {
        "name": outcome.wanted.name,
        "verdict": outcome.judge(),
        "verification": outcome.how,
        "consistency": outcome.observed[outcome.wanted.home].consistency,
        "reason": _reason(outcome.findings),
        "regions": [_region(shown) for shown in outcome.observed.values()],
        "cost": _cost(outcome.history.cost),
        "pairs": [_pair(outcome, evidence) for evidence in outcome.evidence.values()],
        "convergence": _convergence(outcome.convergence) if outcome.convergence else None,
        "user_items": [journey.result(outcome.schema) for journey in outcome.journeys],
        "watch": outcome.watched.result() if outcome.watched else [],
        "notes": outcome.notes,
        "left_behind": left_behind(outcome.left, outcome.schema),
    }


def left_behind(left: list[Left], schema: Schema | None) -> list[Result]:
    return [
        {
            "region": one.region,
            "item_keys": [schema.printable(probe) for probe in sorted(one.probes)],
            "reason": one.reason,
        }
        for one in left
    ]


def _cost(cost: Cost) -> Result:
    return dataclasses.asdict(cost)


def _region(shown: RegionalTable) -> Result:
    return {"region": shown.region, "status": shown.status, **({"problem": shown.problem} if shown.problem else {})}


def _pair(outcome: Outcome, evidence: PairEvidence) -> Result:
    findings = judge_pair(evidence)
    arrivals = evidence.arrivals
    limit = evidence.max_lag
    late = [one for one in evidence.arrived if limit is not None and not evidence.strong and one.lower > limit]
    bounds = _bounds(evidence.arrived)
    return {
        "source": evidence.source,
        "target": evidence.target,
        "verdict": verdict_of(findings),
        "reason": _reason(findings),
        "expected": evidence.expected or 0,
        "arrived": sum(one.arrived for one in arrivals),
        "loss_that_shows": round(loss_that_shows(evidence.expected), 3) if evidence.expected else None,
        "missing": [_named(outcome, one) for one in arrivals if one.missing and not one.altered],
        "altered": [_named(outcome, one) for one in arrivals if one.missing and one.altered],
        "went_back": [_named(outcome, one) for one in arrivals if one.went_back is not None],
        "late": [{**_named(outcome, one), "lag": _rounded(one)} for one in late],
        "lag": lag([] if evidence.strong else bounds),
        "lags": [] if evidence.strong else [[round(low, 3), round(high, 3)] for low, high in bounds],
        "watch": _watched(outcome.watched.pairs.get(evidence.pair)) if outcome.watched else None,
    }


def _bounds(arrivals: list[Arrival]) -> list[tuple[float, float]]:
    return [(one.lower, one.upper) for one in arrivals]


def _rounded(arrival: Arrival) -> list[float]:
    return [round(arrival.lower, 3), round(arrival.upper, 3)]


def _watched(found: PairWatched | None) -> Result | None:
    """What heartbeats showed of a pair; None when it wasn't watched."""
    if found is None:
        return None
    peak = found.staleness.peak
    return {
        "verdict": found.verdict,
        "peak": None if peak is None else round(peak, 3),
        "resolution": round(found.staleness.resolution, 3),
        "written": found.staleness.written,
        "arrived": found.staleness.arrived,
    }


def _named(outcome: Outcome, arrival: Arrival) -> Result:
    waited = arrival.waited
    return {
        "operation": arrival.write.operation,
        "key": outcome.schema.printable(arrival.write.probe),
        "waited": None if waited is None else round(waited, 3),
    }


def _convergence(found: Convergence) -> Result:
    findings = judge_convergence(found)
    bounds = list(found.agreed.values())
    return {
        "verdict": verdict_of(findings),
        "reason": _reason(findings),
        "item_count": len(found.probes),
        "converged": len(found.agreed),
        "lag": lag(bounds),
        "lags": [[round(low, 3), round(high, 3)] for low, high in bounds],
    }


def _reason(findings: list[Finding]) -> str:
    """Empty for a pass."""
    return "; ".join(told(one) for one in findings if one.verdict != PASS)


def told(finding: Finding) -> str:
    """``nothing arrives (5 of 5 puts missing after 24 s): look at ...``."""
    detail = f" ({finding.detail})" if finding.detail else ""
    remedy = f": {finding.remedy}" if finding.remedy else ""
    return f"{finding.sentence}{detail}{remedy}"


def keys_of(probes: t.Iterable[Probe], schema: Schema) -> list[str]:
    return [" and ".join(dict.fromkeys(schema.printable(probe).values())) for probe in probes]

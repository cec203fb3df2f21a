# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module returns, from what was found out. Pure."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from ..state import RegionalTable, account_of
from . import story
from .arrivals import Arrival, loss_that_shows
from .cost import Cost
from .probes import Schema
from .reserved import Left
from .states import NOTHING, PASS
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
        "verdict": worst([table["verdict"] for table in tables] or [NOTHING]),
        "run": {
            "id": checked.run,
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(checked.started)),
            "seconds": round(checked.seconds, 3),
            "account_id": account_of(arns[0]) if arns else "",
            **(about or {}),
        },
        "cost": dataclasses.asdict(sum((one.history.cost for one in checked.outcomes), Cost())),
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
        "reason": reason(outcome.findings),
        "regions": [_region(shown) for shown in outcome.observed.values()],
        "cost": dataclasses.asdict(outcome.history.cost),
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


def _region(shown: RegionalTable) -> Result:
    return {"region": shown.region, "status": shown.status, **({"problem": shown.problem} if shown.problem else {})}


def _pair(outcome: Outcome, evidence: PairEvidence) -> Result:
    arrivals, limit = evidence.arrivals, evidence.max_lag
    late = [one for one in evidence.arrived if limit is not None and not evidence.strong and one.lower > limit]
    bounds = [] if evidence.strong else [(one.lower, one.upper) for one in evidence.arrived]
    return {
        "source": evidence.source,
        "target": evidence.target,
        **_judged(judge_pair(evidence), bounds),
        "expected": evidence.expected or 0,
        "arrived": sum(one.arrived for one in arrivals),
        "loss_that_shows": round(loss_that_shows(evidence.expected), 3) if evidence.expected else None,
        "missing": [_named(outcome, one) for one in arrivals if one.missing and not one.altered],
        "altered": [_named(outcome, one) for one in arrivals if one.missing and one.altered],
        "went_back": [_named(outcome, one) for one in arrivals if one.went_back is not None],
        "late": [{**_named(outcome, one), "lag": [rounded(one.lower), rounded(one.upper)]} for one in late],
        "watch": _watched(evidence),
    }


def _watched(evidence: PairEvidence) -> Result | None:
    """What heartbeats showed of a pair; None when it wasn't watched."""
    found = evidence.watched
    if found is None:
        return None
    return {
        "verdict": found.finding.verdict,
        "peak": rounded(found.staleness.peak),
        "resolution": rounded(found.staleness.resolution),
        "written": found.staleness.written,
        "arrived": found.staleness.arrived,
    }


def _named(outcome: Outcome, arrival: Arrival) -> Result:
    probe = arrival.write.probe
    users = [one.result(outcome.schema)["key"] for one in outcome.journeys if one.probe == probe]
    return {
        "operation": arrival.write.operation,
        "key": users[0] if users else outcome.schema.printable(probe),
        "waited": rounded(arrival.waited),
    }


def _convergence(found: Convergence) -> Result:
    return {
        **_judged(judge_convergence(found), list(found.agreed.values())),
        "item_count": len(found.probes),
        "converged": len(found.agreed),
    }


def _judged(findings: list[Finding], bounds: list[tuple[float, float]]) -> Result:
    """:param bounds: of each lag, in seconds."""
    return {
        "verdict": verdict_of(findings),
        "reason": reason(findings),
        "lag": lag(bounds),
        "lags": [[rounded(low), rounded(high)] for low, high in bounds],
    }


def rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def reason(findings: list[Finding]) -> str:
    """``nothing arrives (5 of 5 puts missing after 24 s): look at ...``; empty for a pass."""
    return "; ".join(
        finding.sentence
        + (f" ({finding.detail})" if finding.detail else "")
        + (f": {finding.remedy}" if finding.remedy else "")
        for finding in findings
        if finding.verdict != PASS
    )

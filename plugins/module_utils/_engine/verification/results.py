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
from ..wording import NAMES_IN_A_LINE, count, named
from .convergence import Convergence
from .cost import Cost
from .evidence import Evidence, Sample, lag, worst
from .probes import OPERATIONS, Probe, Schema
from .states import FAIL, PASS, UNSURE

if t.TYPE_CHECKING:
    from .check import Checked, Outcome

# From so many on, tables that passed and have regions and items in common share a line.
SHARED_LINE = 10

Result = dict[str, t.Any]


def module_result(checked: Checked, about: Result | None = None) -> Result:
    """The whole result; ``msg`` has a line for each table and reason that stands in the way of a pass.

    :param about: what else is to be said of the run.
    """
    tables = [table_result(outcome) for outcome in checked.outcomes]
    arns = [shown.arn for outcome in checked.outcomes for shown in outcome.observed.values() if shown.arn]
    totals = _totals(tables)
    troubled = [line for table in tables if table["verdict"] != PASS for line in table["msg"].splitlines()]
    return {
        "verdict": worst(table["verdict"] for table in tables),
        "run": {
            "id": checked.run,
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(checked.started)),
            "seconds": round(checked.seconds, 3),
            "account_id": account_of(arns[0]) if arns else "",
            **(about or {}),
        },
        "cost": _cost(functools.reduce(operator.add, (one.meter.cost for one in checked.outcomes), Cost())),
        "tables": tables,
        "summary": [*_passed(tables), *troubled, *_remarks(tables), totals],
        "msg": "\n".join([*troubled, totals]),
    }


def table_result(outcome: Outcome) -> Result:
    """One table of the result."""
    items = outcome.journey.results if outcome.journey else []
    verdicts = [evidence.verdict for evidence in outcome.evidence.values()]
    verdicts += [outcome.alone.verdict] if outcome.alone else []
    verdicts += [outcome.convergence.verdict] if outcome.convergence else []
    verdicts += [item["verdict"] for item in items]
    verdict = FAIL if outcome.refusal else worst(verdicts)
    result = {
        "name": outcome.wanted.name,
        "verdict": verdict,
        "verification": outcome.how,
        "consistency": outcome.observed[outcome.wanted.home].consistency,
        "regions": [_region(shown) for shown in outcome.observed.values()],
        "cost": _cost(outcome.meter.cost),
        "pairs": [_pair(outcome, evidence) for evidence in outcome.evidence.values()],
        "convergence": _convergence(outcome.convergence) if outcome.convergence else None,
        "user_items": items,
        "watch": outcome.watched.result() if outcome.watched else [],
        "notes": outcome.notes,
        "left_behind": _left(outcome),
    }
    return {**result, "msg": "\n".join(_table_lines(result, outcome))}


def _left(outcome: Outcome) -> list[Result]:
    return [
        {
            "region": left.region,
            "item_keys": [outcome.schema.printable(probe) for probe in sorted(left.probes)],
            "reason": left.reason,
        }
        for left in outcome.left
    ]


def _cost(cost: Cost) -> Result:
    return dataclasses.asdict(cost)


def _region(shown: RegionalTable) -> Result:
    return {"region": shown.region, "status": shown.status, **({"problem": shown.problem} if shown.problem else {})}


def _pair(outcome: Outcome, evidence: Evidence) -> Result:
    own = [sample for arrived in evidence.arrived.values() for sample in arrived.values() if sample]
    return {
        "source": evidence.source,
        "target": evidence.target,
        "verdict": evidence.verdict,
        "reason": evidence.refuted or "; ".join(_reasons(evidence, outcome.schema)),
        "item_count": evidence.items,
        "arrived": len(evidence.complete),
        "expected": len(OPERATIONS) * evidence.items,
        "missing": [
            {**_named(missing.operation, missing.probe, outcome.schema), "waited": round(missing.waited, 3)}
            for missing in evidence.missing
        ],
        "altered": [_named(altered.operation, altered.probe, outcome.schema) for altered in evidence.altered],
        "late": [
            {**_named(late.operation, late.probe, outcome.schema), "lag": round(late.sample.lag, 3)}
            for late in evidence.late
        ],
        "lag": lag(evidence.samples),
        "lags": _bounds(own),
        "watch": _watched(outcome, evidence),
    }


def _watched(outcome: Outcome, evidence: Evidence) -> Result | None:
    """What heartbeats showed of a pair; None when it wasn't watched."""
    found = outcome.watched.pairs.get((evidence.source, evidence.target)) if outcome.watched else None
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


def _named(operation: str, probe: Probe, schema: Schema) -> Result:
    return {"operation": operation, "key": schema.printable(probe)}


def _convergence(found: Convergence) -> Result:
    return {
        "verdict": found.verdict,
        "reason": found.reason,
        "item_count": found.items,
        "converged": len(found.converged),
        "lag": lag(found.samples),
        "lags": _bounds(found.samples),
    }


def _bounds(samples: list[Sample]) -> list[list[float]]:
    """Each lag as the seconds that it took at least and at most."""
    return [[round(sample.lag - sample.resolution, 3), round(sample.lag, 3)] for sample in samples]


def _reasons(evidence: Evidence, schema: Schema) -> t.Iterator[str]:
    """Why a pair isn't a pass: what happened, to which keys, and what to do."""
    total = count(evidence.items, "item")
    for operation in OPERATIONS:
        missing = [one for one in evidence.missing if one.operation == operation]
        if missing:
            what = f"{len(missing)} of {total}: the {operation} was missing"
            yield f"{what} {_missing_since(evidence, [one.waited for one in missing])}{_keys(missing, schema)}"
        changed = [one for one in evidence.altered if one.operation == operation]
        if changed:
            yield (
                f"{len(changed)} of {total}: after the {operation} another item was found than was written, by a "
                f"strongly consistent read{_keys(changed, schema)}"
            )
    if evidence.late:
        slowest = max(one.sample.lag for one in evidence.late)
        yield (
            f"{count(len(evidence.late), 'change')} arrived later than max_lag (verify_max_lag) of "
            f"{evidence.max_lag:g} s, the slowest after {slowest:.3g} s{_keys(evidence.late, schema)}"
        )
    yield from evidence.failures
    yield from evidence.problems
    if evidence.untimed:
        yield (
            f"{count(evidence.untimed, 'change')} arrived, but whether within max_lag (verify_max_lag) of "
            f"{evidence.max_lag:g} s can't be told: a call was repeated or throttled, or poll_delay is too long: run "
            "again"
        )


def _missing_since(evidence: Evidence, waited: list[float]) -> str:
    if evidence.strong:
        return (
            "from a strongly consistent read that began after its acknowledgement: a strongly consistent group has to "
            "show it at once"
        )
    return (
        f"{min(waited):.3g} s after its acknowledgement, by a strongly consistent read: replication is paused, failing "
        f"or slower than that; look at ReplicationLatency in {evidence.source}, or raise timeout (verify_timeout)"
    )


def _keys(entries: list[t.Any], schema: Schema) -> str:
    """``; keys: ...``, the first few of them, each once."""
    keys = list(dict.fromkeys(" and ".join(dict.fromkeys(schema.printable(entry.probe).values())) for entry in entries))
    return f" (key{'' if len(keys) == 1 else 's'}: {named(keys)})"


def _table_lines(table: Result, outcome: Outcome) -> t.Iterator[str]:
    """A line for each reason against a pass; for a pass the one line that says what it rests on."""
    name = table["name"]
    if outcome.refusal:
        yield f"{name}: {outcome.refusal}."
        return
    if outcome.alone and outcome.alone.reason:
        yield f"{name}: {outcome.alone.verdict}: {outcome.alone.reason}."
    for (verdict, reason), pairs in _by_reason(table["pairs"]).items():
        yield f"{name}: {verdict}: {pairs}: {reason}."
    if outcome.convergence and outcome.convergence.verdict != PASS:
        yield f"{name}: {outcome.convergence.verdict}: {outcome.convergence.reason}."
    for item in table["user_items"]:
        if item["verdict"] != PASS:
            key = ", ".join(item["key"].values())
            yield f"{name}: {item['verdict']}: item {key} (verify_items) from {item['source']}: {item['reason']}."
    if table["verdict"] == PASS:
        yield f"{name}: {_achievement([table])}"


def _by_reason(pairs: list[Result]) -> dict[tuple[str, str], str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for verdict in (FAIL, UNSURE):
        for pair in pairs:
            if pair["verdict"] == verdict:
                groups.setdefault((verdict, pair["reason"]), []).append(f"{pair['source']} → {pair['target']}")
    return {
        key: ", ".join(names[:NAMES_IN_A_LINE])
        + (f" and {len(names) - NAMES_IN_A_LINE} more pairs" if len(names) > NAMES_IN_A_LINE else "")
        for key, names in groups.items()
    }


def _passed(tables: list[Result]) -> list[str]:
    groups: dict[tuple[t.Any, ...], list[Result]] = {}
    for table in tables:
        if table["verdict"] == PASS:
            alike = (_regions(table), table["verification"], table["consistency"], _items(table))
            groups.setdefault(alike, []).append(table)
    lines = []
    for group in groups.values():
        if len(group) < SHARED_LINE:
            lines += [table["msg"] for table in group]
        else:
            lines.append(f"{count(len(group), 'table')}: {_achievement(group)}")
    return lines


def _achievement(tables: list[Result]) -> str:
    """What tables that passed, with regions and items in common, have shown."""
    regions = _regions(tables[0])
    if not tables[0]["pairs"]:
        return f"only {regions} is listed: nothing had to replicate"
    if tables[0]["verification"] == "states":
        return f"{regions}: replicas are ACTIVE; only states were read, no item was written"
    items = _items(tables[0])
    done = (
        f"{regions}: {count(items, 'item')} from each region {'was' if items == 1 else 'were'} put, updated and "
        "deleted in every other, and what all wrote at once ended the same"
    )
    done += _besides(tables)
    if tables[0]["consistency"] == "strong":
        return f"{done}; strongly consistent reads showed each write at once"
    lags = [pair["lag"] for table in tables for pair in table["pairs"]]
    return (
        f"{done}; lag {_seconds(lags, 'p50')} (median of the slowest pair), at most {_seconds(lags, 'max')}, measured "
        f"to {_seconds(lags, 'resolution')}"
    )


def _besides(tables: list[Result]) -> str:
    """What the user's items and a watch have shown."""
    items = sum(len(table["user_items"]) for table in tables)
    peaks = [pair["watch"]["peak"] for table in tables for pair in table["pairs"] if pair["watch"]]
    said = f"; {count(items, 'item')} of yours arrived unchanged" if items else ""
    known = [peak for peak in peaks if peak is not None]
    return said + (f"; while watched, lag was at most {max(known):.2f} s" if known else "")


def _seconds(lags: list[Result], figure: str) -> str:
    known = [lag_[figure] for lag_ in lags if lag_[figure] is not None]
    return f"{max(known):.2f} s" if known else "not measured"


def _regions(table: Result) -> str:
    return ", ".join(region["region"] for region in table["regions"])


def _items(table: Result) -> int:
    return max((pair["item_count"] for pair in table["pairs"]), default=0)


def _remarks(tables: list[Result]) -> t.Iterator[str]:
    for table in tables:
        yield from (f"{table['name']}: {note}." for note in table["notes"])
        for left in table["left_behind"]:
            yield (
                f"{table['name']}: left behind in {left['region']}, or not confirmed as removed: "
                f"{count(len(left['item_keys']), 'item')} ({left['reason']}). The next verification removes them."
            )


def _totals(tables: list[Result]) -> str:
    verdicts = [table["verdict"] for table in tables]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in (PASS, FAIL, UNSURE))
    unwritten = sum(1 for table in tables if table["verification"] != "items")
    note = f"; {unwritten} by states only, without writing items" if unwritten else ""
    return f"{count(len(tables), 'table')}: {counts}{note}"

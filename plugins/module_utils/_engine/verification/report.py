# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module returns, from what was found out. Pure."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from .evidence import Evidence, lag, worst
from .probes import OPERATIONS, count
from .states import FAIL, PASS, UNSURE

if t.TYPE_CHECKING:
    from .check import Outcome

# So many names are spelled out in a line; more are counted.
NAMES_IN_A_LINE = 3
# From so many on, tables that passed and have regions and items in common share a line.
SHARED_LINE = 10

Result = dict[str, t.Any]


def module_result(outcomes: list[Outcome]) -> Result:
    """The whole result; ``msg`` has a line for each table and reason that stands in the way of a pass."""
    tables = [table_result(outcome) for outcome in outcomes]
    totals = _totals(tables)
    troubled = [line for table in tables if table["verdict"] != PASS for line in table["msg"].splitlines()]
    return {
        "verdict": worst(table["verdict"] for table in tables),
        "tables": tables,
        "summary": [*_passed(tables), *troubled, *_remarks(tables), totals],
        "msg": "\n".join([*troubled, totals]),
    }


def table_result(outcome: Outcome) -> Result:
    """One table of the result."""
    verdicts = [evidence.verdict for evidence in outcome.evidence.values()]
    verdicts += [outcome.alone.verdict] if outcome.alone else []
    verdict = FAIL if outcome.refusal else worst(verdicts)
    result = {
        "name": outcome.wanted.name,
        "verdict": verdict,
        "verification": outcome.how,
        "regions": [_region(shown) for shown in outcome.observed.values()],
        "pairs": [_pair(outcome, evidence) for evidence in outcome.evidence.values()],
        "notes": outcome.notes,
        "left_behind": [
            {
                "region": left.region,
                "item_keys": [outcome.schema.printable(probe) for probe in sorted(left.probes)],
                "reason": left.reason,
            }
            for left in outcome.left
        ],
    }
    return {**result, "msg": "\n".join(_table_lines(result, outcome))}


def _region(shown: RegionalTable) -> Result:
    return {"region": shown.region, "status": shown.status, **({"problem": shown.problem} if shown.problem else {})}


def _pair(outcome: Outcome, evidence: Evidence) -> Result:
    return {
        "source": evidence.source,
        "target": evidence.target,
        "verdict": evidence.verdict,
        "reason": _reason(evidence),
        "item_count": evidence.items,
        "arrived": len(evidence.complete),
        "missing": [
            {"operation": missing.operation, "key": outcome.schema.printable(missing.probe)}
            for missing in evidence.missing
        ],
        "lag": lag(evidence.samples),
    }


def _reason(evidence: Evidence) -> str:
    return evidence.refuted or "; ".join([*_missing(evidence), *evidence.problems])


def _missing(evidence: Evidence) -> t.Iterator[str]:
    for operation in OPERATIONS:
        waited = [missing.waited for missing in evidence.missing if missing.operation == operation]
        if waited:
            missing = f"{len(waited)} of {count(evidence.items, 'item')}: the {operation} was missing"
            yield (
                f"{missing} {min(waited):.3g} s after its acknowledgement, by a strongly consistent read: replication "
                "is paused, failing or slower than that; look at ReplicationLatency in "
                f"{evidence.source}, or raise timeout (verify_timeout)"
            )


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
            groups.setdefault((_regions(table), table["verification"], _items(table)), []).append(table)
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
    lags = [pair["lag"] for table in tables for pair in table["pairs"]]
    return (
        f"{regions}: {count(items, 'item')} from each region {'was' if items == 1 else 'were'} put, updated and "
        f"deleted in every other; lag {_seconds(lags, 'p50')} (median of the slowest pair), at most "
        f"{_seconds(lags, 'max')}"
    )


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

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How people read the lag of tables in a report of verification. Pure."""

from __future__ import annotations

import typing as t

from .grid import NONE, grid
from .lag_report import LagReport, Replication
from .spec import Table
from .verification.states import FAIL, PASS, UNSURE
from .wording import count


def grid_of(tables: list[Table], report: LagReport) -> list[str]:
    """A line per table of the report and a column per region."""
    found = _found(tables, report)
    if not found:
        return []
    measured_into = {region for replication in found.values() for region in replication.targets}
    listed = dict.fromkeys(region for table in tables for region in table.regions)
    regions = [*(region for region in listed if region in measured_into), *sorted(measured_into - listed.keys())]
    rows = [[name, *(_lag(table, region) for region in regions), table.verdict] for name, table in found.items()]
    title = f"lag into each region in seconds, p95 of the slowest pair, measured {_when(report)}:"
    return ["", title, *grid(["table", *regions, "verdict"], rows)]


def _found(tables: list[Table], report: LagReport) -> dict[str, Replication]:
    return {table.name: report.tables[table.name] for table in tables if table.name in report.tables}


def _lag(table: Replication, region: str) -> str:
    seconds, verdict = table.p95(region), table.verdict_of(region)
    shown = [f"{seconds:.2f}"] if seconds is not None else []
    return " ".join([*shown, *([verdict] if verdict != PASS else [])]) or NONE


def shortcomings(table: Table, report: LagReport) -> t.Iterator[str]:
    """What a report says against a table, or doesn't say of it."""
    found = report.tables.get(table.name)
    if found is None:
        yield from [] if table.absent else ["not in the report"]
        return
    troubled = [region for region in found.targets if found.verdict_of(region) != PASS]
    for region in troubled:
        yield f"{found.verdict_of(region)} into {region} when it was measured"
    if found.verdict != PASS and not troubled:
        yield f"{found.verdict} when it was measured"
    missing = [region for region in table.regions if region not in found.targets] if len(table.regions) > 1 else []
    if missing:
        yield f"no lag into {', '.join(missing)} in the report"


def totals(tables: list[Table], report: LagReport) -> str:
    """The verdicts of the tables that the report holds, and the longest lag."""
    found = _found(tables, report)
    verdicts = [table.verdict for table in found.values()]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in (PASS, FAIL, UNSURE))
    longest = max(
        (
            (pair.longest, name, pair)
            for name, table in found.items()
            for pair in table.pairs
            if pair.longest is not None
        ),
        key=lambda measure: measure[0],
        default=None,
    )
    slowest = ""
    if longest:
        seconds, name, pair = longest
        slowest = f"; at most {seconds:.2f} s ({name}, {pair.source} → {pair.target})"
    return f"lag of {count(len(found), 'table')}, measured {_when(report)}: {counts}{slowest}"


def _when(report: LagReport) -> str:
    """The age in the largest unit that says something."""
    seconds = report.age.total_seconds()
    started = f"{report.started:%Y-%m-%d %H:%M} UTC"
    for unit, length, least in (("days", 86400, 2), ("h", 3600, 1), ("min", 60, 1)):
        if seconds >= least * length:
            return f"{int(seconds // length)} {unit} ago, at {started}"
    return f"just now, at {started}" if seconds >= 0 else f"at {started}"

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The story of many tables in ten lines: what is wrong, by direction; what is well; what to do next. Pure."""

from __future__ import annotations

import statistics
import typing as t

from ..wording import NAMES_IN_A_LINE, count, named
from .arrivals import loss_that_shows
from .states import FAIL, NOTHING, PASS, UNSURE, Pair
from .verdicts import Finding, judge_convergence, judge_pair

if t.TYPE_CHECKING:
    from .check import Outcome

# So many troubles are told; more are counted.
TROUBLES = 5
# What continues the line above, as wide as the longest verdict.
INDENT = " " * len("UNKNOWN  ")

Result = dict[str, t.Any]


class Trouble(t.NamedTuple):
    """One reason against a pass, with all tables and pairs that share it.

    :ivar places: (table, pair or None for the whole table) -> its detail.
    """

    verdict: str
    sentence: str
    remedy: str
    places: dict[tuple[str, Pair | None], str]

    @property
    def pairs(self) -> list[Pair]:
        return list(dict.fromkeys(pair for _table, pair in self.places if pair))

    @property
    def tables(self) -> list[str]:
        return list(dict.fromkeys(table for table, _pair in self.places))


def summary(outcomes: list[Outcome], tables: list[Result]) -> list[str]:
    """The lines that the terminal shows, totals last."""
    troubles = _troubles(outcomes)
    lines = [line for trouble in troubles[:TROUBLES] for line in _told(trouble, outcomes)]
    if len(troubles) > TROUBLES:
        lines.append(
            f"{INDENT}And {count(len(troubles) - TROUBLES, 'more reason')}: see tables[].pairs[].reason, or the report."
        )
    lines += _well(outcomes, troubles, tables)
    lines += _remedies(troubles[:TROUBLES])
    lines += [*_passed(tables), *_remarks(tables), totals(tables)]
    return [line.replace("\n", "\\n") for line in lines]  # no key or error makes up a line of its own


def _troubles(outcomes: list[Outcome]) -> list[Trouble]:
    """The worst first, then what concerns most tables."""
    found: dict[tuple[str, str], Trouble] = {}

    def add(finding: Finding, table: str, pair: Pair | None) -> None:
        if finding.verdict != PASS:
            trouble = Trouble(finding.verdict, finding.sentence, finding.remedy, {})
            found.setdefault((finding.verdict, finding.sentence), trouble).places[table, pair] = finding.detail

    for outcome in outcomes:
        name = outcome.wanted.name
        for finding in outcome.findings:
            add(finding, name, None)
        for pair, evidence in outcome.evidence.items():
            for finding in judge_pair(evidence):
                add(finding, name, pair)
        for finding in judge_convergence(outcome.convergence) if outcome.convergence else []:
            add(finding, name, None)
        for one in outcome.journeys:
            for verdict, why in one.said:
                key = ", ".join(one.result(outcome.schema)["key"].values())
                add(Finding(verdict, f"item {key} (verify_items) from {one.home}: {why}"), name, None)
    order = (FAIL, UNSURE)
    return sorted(found.values(), key=lambda one: (order.index(one.verdict), -len(one.tables), -len(one.places)))


def _told(trouble: Trouble, outcomes: list[Outcome]) -> t.Iterator[str]:
    concerned = [one for one in outcomes if one.wanted.name in trouble.tables]
    every = dict.fromkeys(pair for outcome in concerned for pair in outcome.evidence)
    where = f"{directions(trouble.pairs, list(every))}: " if trouble.pairs else ""
    details = [detail for detail in trouble.places.values() if detail]
    detail = f" ({details[0]}{', for example' if len(set(details)) > 1 else ''})" if details else ""
    yield f"{trouble.verdict.upper():<7}  {where}{trouble.sentence}, {_tables(trouble.tables, len(outcomes))}{detail}"


def _tables(names: list[str], of: int) -> str:
    if len(names) > NAMES_IN_A_LINE:
        return f"{len(names)} of {count(of, 'table')}"
    return f"table {names[0]}" if len(names) == 1 else f"tables {', '.join(names)}"


def directions(pairs: list[Pair], every: list[Pair]) -> str:
    """``all to and from eu-west-1``, ``us-east-1 → eu-west-1``, or the first few of them."""
    given = set(pairs)
    if len(given) == len(every) > 2:
        return f"all {len(every)} directions"
    regions = sorted({region for pair in pairs for region in pair})
    for text, belongs in (
        ("all to and from {}", lambda pair, region: region in pair),
        ("all from {}", lambda pair, region: pair[0] == region),
        ("all to {}", lambda pair, region: pair[1] == region),
    ):
        for region in regions:
            if len(given) > 1 and given == {pair for pair in every if belongs(pair, region)}:
                return text.format(region)
    shown = [f"{source} → {target}" for source, target in pairs[:NAMES_IN_A_LINE]]
    more = len(pairs) - NAMES_IN_A_LINE
    return ", ".join(shown) + (f" and {count(more, 'more direction')}" if more > 0 else "")


def _well(outcomes: list[Outcome], troubles: list[Trouble], tables: list[Result]) -> list[str]:
    """What passes beside the troubles, in the tables that have any."""
    troubled = {name for trouble in troubles for name in trouble.tables}
    passing: dict[Pair, list[Result]] = {}
    for outcome, table in zip(outcomes, tables, strict=True):
        if outcome.wanted.name in troubled:
            for pair in table["pairs"]:
                if pair["verdict"] == PASS and pair["lags"]:
                    passing.setdefault((pair["source"], pair["target"]), []).append(pair)
    bad = {pair for trouble in troubles for pair in trouble.pairs}
    well = [pair for pair in passing if pair not in bad]
    if not well:
        return []
    lag = statistics.median(high for pair in well for one in passing[pair] for _low, high in one["lags"])
    return [f"{INDENT}{_passing(well, bool(bad))}, median lag {lag:.2f} s."]


def _passing(pairs: list[Pair], others: bool) -> str:
    """:param others: whether there are directions with trouble beside them."""
    regions = list(dict.fromkeys(region for pair in pairs for region in pair))
    if len(pairs) == 1:
        return f"{pairs[0][0]} → {pairs[0][1]} passes"
    if others and len(pairs) == len(regions) * (len(regions) - 1):
        return f"Among {', '.join(regions)} everything arrives"
    return f"{'The other' if others else 'All'} {len(pairs)} directions pass"


def _remedies(troubles: list[Trouble]) -> list[str]:
    remedies = dict.fromkeys(trouble.remedy for trouble in troubles if trouble.remedy)
    keys = ["Keys are in the report (verify_report) and in the result."] if remedies else []
    return [f"{INDENT}Next: {'; '.join(remedies)}. {' '.join(keys)}"] if remedies else []


def _passed(tables: list[Result]) -> list[str]:
    groups: dict[tuple[t.Any, ...], list[Result]] = {}
    for table in tables:
        if table["verdict"] == PASS:
            alike = (_regions(table), table["verification"], table["consistency"], _expected(table))
            groups.setdefault(alike, []).append(table)
    return [
        f"PASS     {_tables([one['name'] for one in group], len(tables))}: {_achievement(group)}"
        for group in groups.values()
    ]


def _achievement(tables: list[Result]) -> str:
    """What tables that passed, with regions and items in common, have shown."""
    regions = _regions(tables[0])
    if tables[0]["verification"] == "states":
        return f"{regions}: replicas are ACTIVE; only states were read, no item was written"
    changes = _expected(tables[0])
    done = (
        f"{regions}: {count(changes, 'change')} in each direction arrived, and what all wrote at once ended the same; "
        f"a loss of {100 * loss_that_shows(changes):.0f} % or more would have been seen (95 %){_besides(tables)}"
    )
    if tables[0]["consistency"] == "strong":
        return f"{done}; strongly consistent reads showed each write at once"
    lags = [high for table in tables for pair in table["pairs"] for _low, high in pair["lags"]]
    resolution = max(high - low for table in tables for pair in table["pairs"] for low, high in pair["lags"])
    median, longest = statistics.median(lags), max(lags)
    return f"{done}; lag {median:.2f} s (median), at most {longest:.2f} s, measured to {resolution:.2f} s"


def _besides(tables: list[Result]) -> str:
    """What the user's items and a watch have shown."""
    items = sum(len(table["user_items"]) for table in tables)
    watched = [pair["watch"] for table in tables for pair in table["pairs"] if pair["watch"]]
    said = f"; {count(items, 'item')} of yours arrived unchanged" if items else ""
    peaks = [one["peak"] for one in watched if one["peak"] is not None]
    return said + (f"; while watched, lag was at most {max(peaks):.2f} s" if peaks else "")


def _regions(table: Result) -> str:
    return ", ".join(region["region"] for region in table["regions"])


def _expected(table: Result) -> int:
    return min((pair["expected"] for pair in table["pairs"]), default=0)


def _remarks(tables: list[Result]) -> t.Iterator[str]:
    said: dict[str, list[str]] = {}
    for table in tables:
        for note in table["notes"]:
            said.setdefault(note, []).append(table["name"])
        for left in table["left_behind"]:
            note = (
                f"left behind in {left['region']}, or not confirmed as removed: "
                f"{count(len(left['item_keys']), 'item')} ({left['reason']}); the next verification removes them"
            )
            said.setdefault(note, []).append(table["name"])
    yield from (f"{named(names)}: {note}." for note, names in said.items())


def totals(tables: list[Result]) -> str:
    """``60 tables: 57 pass, 3 fail, 0 unknown``."""
    verdicts = [table["verdict"] for table in tables]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in (PASS, FAIL, UNSURE))
    alone = verdicts.count(NOTHING)
    one_region = f", {alone} with one region only, where nothing can be compared" if alone else ""
    unwritten = sum(table["verification"] != "items" for table in tables)
    note = f"; {unwritten} by states only, without writing items" if unwritten else ""
    return f"{count(len(tables), 'table')}: {counts}{one_region}{note}"

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The story of many tables in ten lines: what is wrong, by direction; what is well; what to do next. Pure.

An evacuation's lines about what is wrong, and its remarks, are made by the same functions.
"""

from __future__ import annotations

import itertools
import re
import statistics
import typing as t

from ..progress import Event
from ..settings.consistency import STRONG
from ..wording import NAMES_IN_A_LINE, count, grouped, named
from .arrivals import loss_that_shows
from .states import FAIL, NOTHING, PASS, STATES, UNSURE, WORST_FIRST, Pair, arrow
from .verdicts import Finding, judge_convergence, judge_pair

if t.TYPE_CHECKING:
    from .check import Outcome

# So many troubles are told; more are counted.
TROUBLES = 5
# What continues the line above, as wide as the longest verdict.
INDENT = " " * len("UNKNOWN  ")

Result = dict[str, t.Any]
# The table; its pair, or None for the whole table; what was found.
Found: t.TypeAlias = "tuple[str, Pair | None, Finding]"


class Trouble(t.NamedTuple):
    """One reason against a pass, with all tables and pairs that share it.

    :ivar finding: the first of them.
    :ivar places: (table, pair or None for the whole table) -> its detail.
    """

    finding: Finding
    places: dict[tuple[str, Pair | None], str]

    @property
    def pairs(self) -> list[Pair]:
        return list(dict.fromkeys(pair for _table, pair in self.places if pair))

    @property
    def remedy(self) -> str:
        """That of the first pair, but for the region that all of them have in common, or all sources."""
        if len(self.pairs) < 2:
            return self.finding.remedy
        common = set.intersection(*map(set, self.pairs))
        where = named(sorted(common) or list(dict.fromkeys(source for source, _target in self.pairs)))
        return self.finding.remedy.replace(
            f"ReplicationLatency in {self.pairs[0][0]}", f"ReplicationLatency in {where}"
        )

    @property
    def tables(self) -> list[str]:
        return list(dict.fromkeys(table for table, _pair in self.places))

    def split(self) -> list[Trouble]:
        """Parts, in each of which every table has the trouble in every pair."""
        tables: dict[Pair | None, list[str]] = {}
        for table, pair in self.places:
            tables.setdefault(pair, []).append(table)
        parts: dict[tuple[str, ...], dict[tuple[str, Pair | None], str]] = {}
        for (table, pair), detail in self.places.items():
            parts.setdefault(tuple(sorted(tables[pair])), {})[table, pair] = detail
        return [Trouble(self.finding, places) for places in parts.values()]


def troubles_in(found: t.Iterable[Found]) -> list[Trouble]:
    """The worst first, then what concerns most tables."""
    troubles: dict[tuple[str, str], Trouble] = {}
    for table, pair, finding in found:
        if finding.verdict != PASS:
            finding = finding._replace(sentence=masked(finding.sentence, table))
            trouble = troubles.setdefault((finding.verdict, finding.sentence), Trouble(finding, {}))
            trouble.places[table, pair] = finding.detail
    return sorted(
        troubles.values(), key=lambda one: (WORST_FIRST.index(one.finding.verdict), -len(one.tables), -len(one.places))
    )


def told(troubles: list[Trouble], pairs: dict[str, list[Pair]], rest: str, leaving: str = "") -> t.Iterator[str]:
    """A line for each of the first; in an evacuation for each that forbids it.

    :param pairs: table -> all its pairs.
    :param rest: where to see the others.
    :param leaving: the region that is to be left, in an evacuation.
    """
    most = max(TROUBLES, sum(one.finding.verdict == FAIL for one in troubles) if leaving else 0)
    yield from (_line(trouble, pairs, leaving) for trouble in troubles[:most])
    if (more := len(troubles) - most) > 0:
        yield f"{INDENT}And {count(more, 'more reason')}: see {rest}."


def next_steps(troubles: list[Trouble]) -> str:
    """The remedies of those that are told; empty for none."""
    remedies = dict.fromkeys(one.remedy for one in troubles[:TROUBLES] if one.remedy)
    return f"{INDENT}Next: {'; '.join(remedies)}." if remedies else ""


def remarks(tables: list[Result]) -> list[str]:
    """The notes of all tables, and what their items left behind."""
    return remarked(
        (note, table["name"])
        for table in tables
        for note in dict.fromkeys((*table["notes"], *map(left, table["left_behind"])))
    )


def remarked(said: t.Iterable[tuple[str, str]]) -> list[str]:
    """Each sentence once, with the tables that it is said of; ``said`` are pairs of these."""
    return [f"{named(names)}: {note}." for note, names in grouped(said).items()]


def left(behind: Result) -> str:
    """What couldn't be confirmed as removed from a region."""
    return (
        f"left behind in {behind['region']}, or not confirmed as removed: {count(len(behind['item_keys']), 'item')} "
        f"({behind['reason']}); the next verification removes them"
    )


def unforged(lines: t.Iterable[str]) -> list[str]:
    """No key or error makes up a line of its own."""
    return [line.replace("\n", "\\n") for line in lines]


def summary(outcomes: list[Outcome], tables: list[Result]) -> list[str]:
    """The lines that the terminal shows, totals last."""
    troubles = troubles_in(_found(outcomes))
    lines = [
        *told(troubles, _pairs(outcomes), "tables[].pairs[].reason, or the report"),
        *_well(troubles, tables),
    ]
    if steps := next_steps(troubles):
        lines.append(f"{steps} Keys are in the report (verify_report) and in the result.")
    lines += [*_passed(tables), *remarks(tables), totals(tables)]
    return unforged(lines)


class News:
    """What is told while a check goes on: each failure once, when it is known, and how many tables are checked."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        self._verdicts: list[str] = []  # of those that are done
        self._told: set[tuple[str, Pair | None]] = set()

    def event(self, done: list[Outcome]) -> Event:
        """``16 of 60 tables checked: 12 pass, 4 fail``; ``lines`` are failures that no table before had.

        :param done: those that are checked, in that order.
        """
        new = done[len(self._verdicts) :]
        self._verdicts += [one.judge() for one in new]
        verdicts = self._verdicts
        counts = ", ".join(f"{verdicts.count(one)} {one}" for one in (PASS, FAIL, UNSURE) if one in verdicts)
        so_far = f"{len(done)} of {count(len(self.outcomes), 'table')} checked"
        lines = []
        for trouble in troubles_in(_found(new)):
            places = {(trouble.finding.sentence, pair) for _table, pair in trouble.places}
            if trouble.finding.verdict == FAIL and not places <= self._told:
                self._told |= places
                lines.append(_line(trouble, _pairs(self.outcomes)))
        return {"lines": lines, "summary": f"{so_far}: {counts}" if counts else so_far}


def masked(sentence: str, table: str) -> str:
    """The same for every table, where an error of the service names its ARN."""
    return re.sub(rf":table/{re.escape(table)}(?=[ /])", ":table/*", sentence)


def _found(outcomes: list[Outcome]) -> t.Iterator[Found]:
    for outcome in outcomes:
        name = outcome.wanted.name
        yield from ((name, None, finding) for finding in outcome.findings)
        for pair, evidence in outcome.evidence.items():
            yield from ((name, pair, finding) for finding in judge_pair(evidence))
        if outcome.convergence:
            yield from ((name, None, finding) for finding in judge_convergence(outcome.convergence))
        for one in outcome.journeys:
            key = ", ".join(one.result(outcome.schema)["key"].values())
            for verdict, why in one.said:
                yield name, None, Finding(verdict, f"item {key} (verify_items) from {one.home}: {why}")


def _pairs(outcomes: list[Outcome]) -> dict[str, list[Pair]]:
    return {outcome.wanted.name: list(outcome.evidence) for outcome in outcomes}


def _line(trouble: Trouble, pairs: dict[str, list[Pair]], leaving: str = "") -> str:
    every = dict.fromkeys(pair for table in trouble.tables for pair in pairs[table])
    where = f"{directions(trouble.pairs, list(every))}: " if trouble.pairs else ""
    head = f"{trouble.finding.verdict.upper():<7}  {where}"
    tables = _tables(trouble.tables, len(pairs))
    if leaving and trouble.finding.verdict == FAIL:
        head = f"DON'T LEAVE {leaving} FOR {', '.join(target for _source, target in trouble.pairs)}: "
    details = [detail for detail in trouble.places.values() if detail]
    detail = f" ({details[0]}{', for example' if len(set(details)) > 1 else ''})" if details else ""
    told = f"{tables}: {trouble.finding.sentence}" if leaving else f"{trouble.finding.sentence}, {tables}"
    return f"{head}{told}{detail}"


def _tables(names: list[str], of: int) -> str:
    if len(names) > NAMES_IN_A_LINE:
        return f"{len(names)} of {count(of, 'table')}"
    return f"table {names[0]}" if len(names) == 1 else f"tables {', '.join(names)}"


def directions(pairs: list[Pair], every: list[Pair]) -> str:
    """``all to and from eu-west-1``, ``us-east-1 → eu-west-1``, or the first few of them."""
    for text, part in (("all from", slice(1)), ("all to", slice(1, 2)), ("all to and from", slice(2))):
        for region in sorted({region for pair in pairs for region in pair}):
            if len(pairs) > 1 and set(pairs) == {pair for pair in every if region in pair[part]}:
                return f"{text} {region}"
    if len(pairs) == len(every) > 2:
        return f"all {len(every)} directions"
    return named(list(map(arrow, pairs)), "direction")


def _well(troubles: list[Trouble], tables: list[Result]) -> t.Iterator[str]:
    """What passes beside the troubles, in the tables that have any."""
    troubled = {name for trouble in troubles for name in trouble.tables}
    bad = {pair for trouble in troubles for pair in trouble.pairs}
    lags: dict[Pair, list[float]] = {}
    for one in (one for table in tables if table["name"] in troubled for one in table["pairs"]):
        pair = one["source"], one["target"]
        if one["verdict"] == PASS and one["lags"] and pair not in bad:
            lags.setdefault(pair, []).extend(high for _low, high in one["lags"])
    if lags:
        median = statistics.median_low(itertools.chain.from_iterable(lags.values()))
        yield f"{INDENT}{_passing(list(lags), bool(bad))}, median lag {median:.2f} s."


def _passing(pairs: list[Pair], others: bool) -> str:
    """:param others: whether there are directions with trouble beside them."""
    if len(pairs) == 1:
        return f"{arrow(pairs[0])} passes"
    regions = list(dict.fromkeys(region for pair in pairs for region in pair))
    if others and len(pairs) == len(regions) * (len(regions) - 1):
        return f"Among {', '.join(regions)} everything arrives"
    return f"{'The other' if others else 'All'} {len(pairs)} directions pass"


def _passed(tables: list[Result]) -> t.Iterator[str]:
    groups: dict[tuple[str, int, str, str], list[Result]] = {}
    for table in tables:
        if table["verdict"] == PASS:
            regions = ", ".join(region["region"] for region in table["regions"])
            changes = min((pair["expected"] for pair in table["pairs"]), default=0)
            groups.setdefault((regions, changes, table["verification"], table["consistency"]), []).append(table)
    for (regions, changes, how, consistency), group in groups.items():
        names = _tables([one["name"] for one in group], len(tables))
        shown = "replicas are ACTIVE; only states were read, no item was written"
        if how != STATES:
            shown = "; ".join(_achievements(group, changes, consistency))
        yield f"PASS     {names}: {regions}: {shown}"


def _achievements(tables: list[Result], changes: int, consistency: str) -> t.Iterator[str]:
    """What the items of tables that passed have shown."""
    pairs = [pair for table in tables for pair in table["pairs"]]
    yield f"{count(changes, 'change')} in each direction arrived, and what all wrote at once ended the same"
    yield f"a loss of {100 * loss_that_shows(changes):.2g} % or more would have been seen (95 %)"
    if items := sum(len(table["user_items"]) for table in tables):
        yield f"{count(items, 'item')} of yours arrived unchanged"
    if peaks := [pair["watch"]["peak"] for pair in pairs if pair["watch"] and pair["watch"]["peak"] is not None]:
        yield f"while watched, lag was at most {max(peaks):.2f} s"
    if consistency == STRONG:
        yield "strongly consistent reads showed each write at once"
        return
    lags = [bounds for pair in pairs for bounds in pair["lags"]]
    upper, resolution = [high for _low, high in lags], max(high - low for low, high in lags)
    median = statistics.median_low(upper)
    yield f"lag {median:.2f} s (median), at most {max(upper):.2f} s, measured to {resolution:.2f} s"


def totals(tables: list[Result]) -> str:
    """``60 tables: 57 pass, 3 fail, 0 unknown``."""
    verdicts = [table["verdict"] for table in tables]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in (PASS, FAIL, UNSURE))
    alone = verdicts.count(NOTHING)
    one_region = f", {alone} with one region only, where nothing can be compared" if alone else ""
    unwritten = sum(table["verification"] != "items" for table in tables)
    note = f"; {unwritten} by states only, without writing items" if unwritten else ""
    return f"{count(len(tables), 'table')}: {counts}{one_region}{note}"

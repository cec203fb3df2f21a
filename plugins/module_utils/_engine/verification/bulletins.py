# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is worth saying of heartbeats while they go on: what changed, and one line on how things stand. Pure.

A line is for every table and pair that it is true for, so that many tables take few lines.
"""

from __future__ import annotations

import typing as t

from ..wording import NAMES_IN_A_LINE, count
from .staleness import Reading, Staleness
from .states import Pair

BEHIND, CAUGHT_UP = "behind", "caught up"

# By table
Readings = dict[str, dict[Pair, Reading]]
Stalenesses = dict[str, dict[Pair, Staleness]]
Down = dict[str, dict[str, str]]  # region -> why it is unknown


class Bulletins:
    """Remembers what was said, so that only changes are said again."""

    def __init__(self) -> None:
        self._behind: set[tuple[str, Pair]] = set()
        self._down: dict[str, set[str]] = {}  # region -> tables
        self._lines: list[str] = []
        self._now = ""

    @property
    def news(self) -> bool:
        return bool(self._lines)

    def take(self, readings: Readings, stalenesses: Stalenesses, down: Down) -> None:
        """What a round said."""
        self._lines += [*self._of_regions(down), *self._of_pairs(readings, stalenesses)]
        self._now = _standing(readings, stalenesses)

    def event(self, progress: str) -> dict[str, t.Any]:
        """The progress event: ``lines`` that changed since the last one, and the ``summary``."""
        lines, self._lines = self._lines, []
        return {"lines": lines, "summary": f"{progress}: {self._now}"}

    def _of_regions(self, down: Down) -> t.Iterator[str]:
        reasons: dict[str, dict[str, str]] = {}
        for table, regions in down.items():
            for region, reason in regions.items():
                reasons.setdefault(region, {})[table] = reason
        for region in sorted(reasons.keys() | self._down.keys()):
            before, now = self._down.get(region, set()), set(reasons.get(region, {}))
            if now - before:
                fallen = sorted(now - before)
                yield f"{region} is unknown for now: {_names(fallen)}: see notes"
            if before - now:
                yield f"{region} answers again: {_names(sorted(before - now))}"
            self._down[region] = now

    def _of_pairs(self, readings: Readings, stalenesses: Stalenesses) -> t.Iterator[str]:
        said: dict[tuple[str, Pair], list[str]] = {}
        for table, pairs in readings.items():
            for pair, reading in pairs.items():
                place = (table, pair)
                if place not in self._behind and stalenesses[table][pair].behind:
                    self._behind.add(place)
                    said.setdefault((BEHIND, pair), []).append(table)
                elif place in self._behind and reading.arrived:
                    self._behind.discard(place)
                    said.setdefault((CAUGHT_UP, pair), []).append(table)
        shared: dict[tuple[str, tuple[str, ...]], list[Pair]] = {}
        for (what, pair), tables in said.items():
            shared.setdefault((what, tuple(tables)), []).append(pair)
        for (what, tables), pairs in shared.items():
            followed = [stalenesses[table][pair] for table in tables for pair in pairs]
            peak = max((one.peak for one in followed if one.peak is not None), default=0.0)
            how = "fall behind" if what == BEHIND else f"caught up, after a lag of {_seconds(peak)} at most"
            if what == BEHIND and len(pairs) == 1:
                how = "falls behind"
            yield f"{_pairs(pairs)} {how}: {_names(tables)}"


def _standing(readings: Readings, stalenesses: Stalenesses) -> str:
    """``lag now us-east-1 → eu-west-1 12.3 s and growing; others at most 0.4 s``."""
    behind: dict[Pair, tuple[float, bool]] = {}
    others: list[float] = []
    unknown = known = 0
    for table, pairs in readings.items():
        for pair, reading in pairs.items():
            staleness = stalenesses[table][pair]
            known += reading.known
            unknown += not reading.known
            if staleness.behind and reading.lag is not None:
                lag, growing = behind.get(pair, (0.0, False))
                behind[pair] = max(lag, reading.lag), growing or not staleness.moving
            elif reading.lag is not None:
                others.append(reading.lag)
    parts = []
    if behind:
        worst = sorted(behind, key=behind.get, reverse=True)
        named = [f"{_pairs([pair])} {_trend(*behind[pair])}" for pair in worst[:NAMES_IN_A_LINE]]
        more = len(worst) - NAMES_IN_A_LINE
        parts.append("lag now " + ", ".join(named) + (f" and {count(more, 'more pair')} behind" if more > 0 else ""))
    if others:
        parts.append(f"{'others' if behind else 'lag'} at most {_seconds(max(others))}")
    if known and not parts:
        parts.append("everything has arrived")
    if unknown:
        parts.append(f"{unknown} of {known + unknown} pairs unknown")
    return "; ".join(parts)


def _trend(lag: float, growing: bool) -> str:
    return f"{_seconds(lag)}{' and growing' if growing else ''}"


def _seconds(lag: float) -> str:
    return f"{lag:.1f} s"


def _pairs(pairs: t.Sequence[Pair]) -> str:
    return few([f"{source} → {target}" for source, target in pairs], "pair")


def _names(tables: t.Sequence[str]) -> str:
    return few(tables, "table")


def few(names: t.Sequence[str], noun: str) -> str:
    """``orders, customers, stock and 3 more tables``."""
    more = len(names) - NAMES_IN_A_LINE
    return ", ".join(names[:NAMES_IN_A_LINE]) + (f" and {count(more, f'more {noun}')}" if more > 0 else "")

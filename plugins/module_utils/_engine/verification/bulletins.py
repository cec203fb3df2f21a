# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is worth saying of heartbeats while they go on: what changed, and one line on how things stand. Pure.

A line is for every table and pair that it is true for, so that many tables take few lines.
"""

from __future__ import annotations

import operator
import typing as t

from ..wording import NAMES_IN_A_LINE, named
from .staleness import Reading, Staleness
from .states import Pair, arrow

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
        before, self._down = self._down, {}
        for table, regions in down.items():
            for region in regions:
                self._down.setdefault(region, set()).add(table)
        for region in sorted(before.keys() | self._down.keys()):
            was, now = before.get(region, set()), self._down.get(region, set())
            if now - was:
                yield f"{region} is unknown for now: {named(sorted(now - was), 'table')}: see notes"
            if was - now:
                yield f"{region} answers again: {named(sorted(was - now), 'table')}"

    def _of_pairs(self, readings: Readings, stalenesses: Stalenesses) -> t.Iterator[str]:
        changed: dict[tuple[bool, Pair], list[str]] = {}  # the tables that fell behind, or caught up
        for table, pairs in readings.items():
            for pair, reading in pairs.items():
                was_behind = (table, pair) in self._behind
                if reading.arrived if was_behind else stalenesses[table][pair].behind:
                    self._behind ^= {(table, pair)}
                    changed.setdefault((was_behind, pair), []).append(table)
        shared: dict[tuple[bool, tuple[str, ...]], list[Pair]] = {}
        for (was_behind, pair), tables in changed.items():
            shared.setdefault((was_behind, tuple(tables)), []).append(pair)
        for (was_behind, tables), pairs in shared.items():
            peaks = [stalenesses[table][pair].peak or 0.0 for table in tables for pair in pairs]
            how = "falls behind" if len(pairs) == 1 else "fall behind"
            if was_behind:
                how = f"caught up, after a lag of {max(peaks):.1f} s at most"
            yield f"{named(list(map(arrow, pairs)), 'pair')} {how}: {named(tables, 'table')}"


def _standing(readings: Readings, stalenesses: Stalenesses) -> str:
    """``lag now 12.3 s and growing us-east-1 → eu-west-1; others at most 0.4 s``."""
    behind: dict[Pair, tuple[float, bool]] = {}
    others: list[float] = []
    known: list[bool] = []
    for table, pairs in readings.items():
        for pair, reading in pairs.items():
            staleness = stalenesses[table][pair]
            known.append(reading.known)
            if staleness.behind and reading.lag is not None:
                lag, growing = behind.get(pair, (0.0, False))
                behind[pair] = max(lag, reading.lag), growing or not staleness.moving
            elif reading.lag is not None:
                others.append(reading.lag)
    parts = []
    if behind:
        worst = sorted(behind.items(), key=operator.itemgetter(1), reverse=True)
        lags = [f"{lag:.1f} s{' and growing' if growing else ''} {arrow(pair)}" for pair, (lag, growing) in worst]
        parts.append(f"lag now {named(lags, 'pair')}{' behind' if len(lags) > NAMES_IN_A_LINE else ''}")
    if others:
        parts.append(f"{'others' if behind else 'lag'} at most {max(others):.1f} s")
    if any(known) and not parts:
        parts.append("everything has arrived")
    if not all(known):
        parts.append(f"{known.count(False)} of {len(known)} pairs unknown")
    return "; ".join(parts)

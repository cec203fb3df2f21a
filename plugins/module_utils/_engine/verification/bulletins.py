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
from .staleness import Staleness
from .states import Pair, arrow

Stalenesses = dict[str, dict[Pair, Staleness]]  # by table


class Bulletins:
    """Remembers what was said, so that only changes are said again."""

    def __init__(self) -> None:
        self._behind: set[tuple[str, Pair]] = set()
        self._unknown: set[tuple[str, str]] = set()  # region, table
        self._lines: list[str] = []
        self._now = ""

    @property
    def news(self) -> bool:
        return bool(self._lines)

    def take(self, stalenesses: Stalenesses, unknown: dict[str, set[str]]) -> None:
        """What a round said; ``unknown`` are the regions that are unknown in it, by table."""
        self._lines += [*self._of_regions(unknown), *self._of_pairs(stalenesses)]
        self._now = _standing(stalenesses)

    def event(self, progress: str) -> dict[str, t.Any]:
        """The progress event: ``lines`` that changed since the last one, and the ``summary``."""
        lines, self._lines = self._lines, []
        return {"lines": lines, "summary": f"{progress}: {self._now}"}

    def _of_regions(self, unknown: dict[str, set[str]]) -> t.Iterator[str]:
        before, self._unknown = self._unknown, {(region, table) for table in unknown for region in unknown[table]}
        for region in sorted({region for region, _table in before ^ self._unknown}):
            if lost := sorted(table for where, table in self._unknown - before if where == region):
                yield f"{region} is unknown for now: {named(lost, 'table')}: see notes"
            if back := sorted(table for where, table in before - self._unknown if where == region):
                yield f"{region} answers again: {named(back, 'table')}"

    def _of_pairs(self, stalenesses: Stalenesses) -> t.Iterator[str]:
        changed: dict[tuple[bool, Pair], list[str]] = {}  # the tables that fell behind, or caught up
        for table, pairs in stalenesses.items():
            for pair, staleness in pairs.items():
                was_behind = (table, pair) in self._behind
                if staleness.reading.arrived if was_behind else staleness.behind:
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


def _standing(stalenesses: Stalenesses) -> str:
    """``lag now 12.3 s and growing us-east-1 → eu-west-1; others at most 0.4 s``."""
    behind: dict[Pair, tuple[float, bool]] = {}
    others: list[float] = []
    known: list[bool] = []
    for pairs in stalenesses.values():
        for pair, staleness in pairs.items():
            reading = staleness.reading
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

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of text as lines whose columns stand below each other. Pure."""

from __future__ import annotations

# What a terminal of 120 columns has left of a line where Ansible indents a message by 8.
WIDTH = 112
# So much of a name stands beside its row, at least.
SHORTEST_NAMES = 32
# What stands where there is nothing to show.
NONE = "-"

Row = list[str]


def grid(head: Row, rows: list[Row]) -> list[str]:
    """Lines that begin with the names, the first column; a name that is too long takes a line of its own.

    Where the lines would be too long, regions in the head are broken in two.
    """
    names = [row[0] for row in (head, *rows)]
    heads = [head]
    if _room(heads, rows) < min(max(map(len, names)), SHORTEST_NAMES):
        heads = _broken(head)
    room = max(_room(heads, rows), SHORTEST_NAMES)
    widths = [max(len(name) for name in names if len(name) <= room), *_widths(heads, rows)]
    lines = []
    for name, *cells in (*heads, *rows):
        fits = len(name) <= room
        lines += [] if fits else [name]
        padded = [cell.ljust(width) for cell, width in zip([name if fits else "", *cells], widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
    return lines


def _widths(heads: list[Row], rows: list[Row]) -> list[int]:
    """Of every column but the names."""
    return [max(map(len, column)) for column in list(zip(*heads, *rows, strict=True))[1:]]


def _room(heads: list[Row], rows: list[Row]) -> int:
    """What the other columns leave to the names."""
    return WIDTH - sum(2 + width for width in _widths(heads, rows))


def _broken(head: Row) -> list[Row]:
    """``us-east-1`` as ``us-`` above ``east-1``; the name of the first column stays in the first line."""
    parts = [text.partition("-") for text in head[1:]]
    upper = [before + dash if dash else "" for before, dash, _after in parts]
    lower = [after if dash else before for before, dash, after in parts]
    return [[head[0], *upper], ["", *lower]]

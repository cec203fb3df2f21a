# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How names are listed, and what many tables have in common said once. Pure."""

from __future__ import annotations

import re
import typing as t

# So many names are spelled out in a line; more are counted.
NAMES_IN_A_LINE = 3


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def named(names: list[str]) -> str:
    """``a, b, c and 3 more``."""
    more = len(names) - NAMES_IN_A_LINE
    return ", ".join(names[:NAMES_IN_A_LINE]) + (f" and {more} more" if more > 0 else "")


def counted(names: list[str]) -> str:
    """``a, b`` or ``12 tables``."""
    return ", ".join(names) if len(names) <= NAMES_IN_A_LINE else count(len(names), "table")


def grouped(said: t.Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Sentence -> the tables that it is said of; ``said`` are pairs of these."""
    names: dict[str, list[str]] = {}
    for sentence, name in said:
        names.setdefault(sentence, []).append(name)
    return names


def shared_lines(sentences: dict[str, list[str]]) -> list[str]:
    """Table name -> what is said of it, as a line for each sentence, with the names of the tables that share it.

    Of sentences that differ in the table's own name alone the first is shown.
    """
    first: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for name, said in sentences.items():
        for sentence in dict.fromkeys(said):
            shown = first.setdefault(_without(name, sentence), sentence)
            names.setdefault(shown, []).append(name)
    return [f"{named(tables)}: {sentence}" for sentence, tables in names.items()]


def _without(name: str, sentence: str) -> str:
    """Without the table's name where it is a word of its own: ``east`` is none in ``us-east-1``."""
    return re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.[\w.-])", "", sentence)

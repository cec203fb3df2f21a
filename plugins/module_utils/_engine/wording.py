# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How names are listed, and what many tables have in common said once. Pure."""

from __future__ import annotations

import re
import typing as t

# So many names are spelled out in a line, and so many sentences that differ in numbers alone; more are counted.
NAMES_IN_A_LINE = 3
# A number that is a word of its own, as none of eu-west-1 is.
_NUMBER = re.compile(r"(?<![\w.-])-?\d+(\.\d+)?(?![\w-]|\.\w)")


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def named(names: t.Sequence[str], noun: str = "") -> str:
    """``a, b, c and 3 more``; or ``and 3 more tables``, with the noun ``table``."""
    more = len(names) - NAMES_IN_A_LINE
    rest = count(more, f"more {noun}") if noun else f"{more} more"
    return ", ".join(names[:NAMES_IN_A_LINE]) + (f" and {rest}" if more > 0 else "")


def counted(names: list[str]) -> str:
    """``a, b`` or ``12 tables``."""
    return ", ".join(names) if len(names) <= NAMES_IN_A_LINE else count(len(names), "table")


def grouped(said: t.Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Sentence -> the tables that it is said of; ``said`` are pairs of these."""
    names: dict[str, list[str]] = {}
    for sentence, name in said:
        names.setdefault(sentence, []).append(name)
    return names


def families(names: dict[str, list[str]], told: t.Callable[[list[str]], str]) -> list[tuple[str, list[str], str]]:
    """Each sentence with the tables that it is said of, and these in words.

    Of many sentences that differ in numbers alone the first is shown, as an example.

    :param names: as `grouped` returns it.
    :param told: the words for some names, such as `named` or `counted`.
    """
    found = []
    for alike in grouped((_NUMBER.sub("0", sentence), sentence) for sentence in names).values():
        if len(alike) <= NAMES_IN_A_LINE:
            found += [(sentence, names[sentence], told(names[sentence])) for sentence in alike]
        else:
            tables = list(dict.fromkeys(name for sentence in alike for name in names[sentence]))
            found.append((alike[0], tables, f"{tables[0]} and {len(tables) - 1} more with other values"))
    return found


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
    return [f"{told}: {sentence}" for sentence, _tables, told in families(names, named)]


def _without(name: str, sentence: str) -> str:
    """Without the table's name where it is a word of its own: ``east`` is none in ``us-east-1``."""
    return re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.[\w.-])", "", sentence)

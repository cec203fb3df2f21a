# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for people, without characters that a terminal obeys or that change the order of what is read. Pure.

An attribute's name, a tag or an error's text may hold any character. Data, such as an inventory, stays exact.
"""

from __future__ import annotations

import typing as t

# What people read of a result, and where in it more of that is; what is elsewhere is data.
_READ = frozenset(
    (
        "msg",
        "summary",
        "diff",
        "differences",
        "cannot_know",
        "notes",
        "pending",
        "description",
        "reason",
        "problem",
        "problems",
    )
)
_PARTS = ("tables", "regions", "steps", "pairs", "convergence", "user_items", "left_behind")


def text(value: str) -> str:
    """``value`` with every control character, bidirectional override and the like written as an escape sequence."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else character.encode("unicode_escape").decode()
        for character in value
    )


def everything(value: t.Any) -> t.Any:
    """JSON with all of its text made printable, names included."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {everything(name): everything(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [everything(inner) for inner in value]
    return value


def result(value: t.Any) -> t.Any:
    """A module's result, or a part of it, with what people read made printable."""
    if isinstance(value, list):
        return [result(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: everything(inner) if name in _READ else result(inner) if name in _PARTS else inner
        for name, inner in value.items()
    }

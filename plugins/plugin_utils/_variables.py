# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find a variable whose name is nearly one of the collection's, private to the collection."""

from __future__ import annotations

import difflib
import functools
import typing as t
from pathlib import Path

import yaml

COLLECTION = Path(__file__).parents[2]
# How alike two names are, their prefix aside, and with it: a user may have variables of the same prefix.
ALIKE, ALIKE_WITH_PREFIX = 0.75, 0.93


@functools.cache
def known() -> dict[str, list[str]]:
    """Prefix -> the rest of each variable's name, as roles and playbooks specify them."""
    names: dict[str, list[str]] = {}
    for path in (*COLLECTION.glob("roles/*/meta/argument_specs.yml"), COLLECTION / "playbooks/meta/argument_specs.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].values():
            for name in entry["options"]:
                prefix, _underscore, rest = name.partition("_")
                names.setdefault(prefix, []).append(rest)
    return names


def misspelt(variables: t.Iterable[str]) -> dict[str, str]:
    """Variable that nothing reads -> the one that it nearly is."""
    found = {}
    for name in sorted(variables):
        prefix, _underscore, rest = name.partition("_")
        if prefix in known():
            for near in (
                difflib.get_close_matches(rest, known()[prefix], 1, ALIKE) if rest not in known()[prefix] else ()
            ):
                found[name] = f"{prefix}_{near}"
        elif any(name.startswith(ours[:4]) for ours in known()):
            names = [f"{ours}_{each}" for ours, rests in known().items() for each in rests]
            for near in difflib.get_close_matches(name, names, 1, ALIKE_WITH_PREFIX):
                found[name] = near
    return found

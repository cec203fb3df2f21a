# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Protection of a region's table from being deleted, and of a replica from leaving its group with its items."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step, update_table

# Option -> the API's member, and the words for it.
_MEMBERS = {
    "deletion_protection": ("DeletionProtectionEnabled", "deletion protection"),
    "disassociation_protection": ("DisassociationProtectionEnabled", "disassociation protection"),
}


def described(description: Settings) -> Settings:
    """Only a member of an eventually consistent group has disassociation protection, on when nobody turned it off."""
    deletion = {"deletion_protection": description.get("DeletionProtectionEnabled", False)}
    if "DisassociationProtectionEnabled" not in description:
        return deletion
    return {**deletion, "disassociation_protection": description["DisassociationProtectionEnabled"]}


def created(settings: Settings) -> Settings:
    return {"DeletionProtectionEnabled": settings["deletion_protection"] or None}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    """Each in a call of its own (UpdateTable's documentation)."""
    for option in _MEMBERS:
        yield from _step(name, option, wanted, shown)


def of_member(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    """What a table can have only once it is a member."""
    yield from _step(name, "disassociation_protection", wanted, shown)


def _step(name: str, option: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    value, (member, words) = wanted.get(option), _MEMBERS[option]
    if value is not None and option in shown.settings and value != shown.settings[option]:
        sentence = f"turn {words} {'on' if value else 'off'}"
        yield update_table(name, shown, option, sentence, {option: value}, {member: value}, everywhere=False)

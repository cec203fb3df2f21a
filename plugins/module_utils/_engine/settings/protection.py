# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Protection of a region's table from being deleted."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step, update_table


def described(description: Settings) -> Settings:
    return {"deletion_protection": description.get("DeletionProtectionEnabled", False)}


def created(settings: Settings) -> Settings:
    return {"DeletionProtectionEnabled": settings["deletion_protection"] or None}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    value = wanted.get("deletion_protection")
    if value is not None and value != shown.settings["deletion_protection"]:
        sentence = f"turn deletion protection {'on' if value else 'off'}"
        effect, members = {"deletion_protection": value}, {"DeletionProtectionEnabled": value}
        yield update_table(name, shown, "deletion_protection", sentence, effect, members, everywhere=False)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The storage class of a table."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step, update_table

DEFAULT = "STANDARD"


def described(description: Settings) -> Settings:
    return {"table_class": description.get("TableClassSummary", {}).get("TableClass", DEFAULT)}


def created(settings: Settings) -> Settings:
    return {"TableClass": settings["table_class"] if settings["table_class"] != DEFAULT else None}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    value = wanted.get("table_class")
    if value and value != shown.settings["table_class"]:
        sentence = f"set table_class to {value}"
        effect, members = {"table_class": value}, {"TableClass": value}
        yield update_table(name, shown, "table_class", sentence, effect, members, everywhere=True)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has capacity of its own: the table, and each of its global secondary indexes."""

from __future__ import annotations

from ..steps import Settings

ON_DEMAND, PROVISIONED = "PAY_PER_REQUEST", "PROVISIONED"


def holders(settings: Settings) -> dict[str, Settings]:
    """Their options: the table's by the name "", the indexes' by theirs."""
    return {"": settings, **{index["name"]: index for index in settings.get("global_secondary_indexes", [])}}


def words(holder: str) -> str:
    return f"index {holder}" if holder else "the table"


def of(holder: str) -> str:
    """To go behind an option's name in a sentence, and in a step's key."""
    return f" of index {holder}" if holder else ""


def no_index(name: str) -> str:
    """Where a replica's entry names an index that its table hasn't."""
    return f"it has no index {name!r}: correct the name, or add the index first (module tables)"


def members(holder: str, wanted: Settings) -> Settings:
    """Members of UpdateTable that give ``wanted`` to a holder."""
    return {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": holder, **wanted}}]} if holder else wanted

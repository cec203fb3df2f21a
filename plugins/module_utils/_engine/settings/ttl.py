# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expiry of items."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import SET, Settings, Step


def problems(settings: Settings) -> t.Iterator[str]:
    option = settings.get("ttl", {})
    if option.get("enabled") and not option.get("attribute"):
        yield "ttl.enabled: true needs ttl.attribute, the attribute that holds the expiry time."


def read(description: Settings) -> Settings:
    """DescribeTimeToLive's description: what is being turned on counts as on."""
    if description.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
        return {"enabled": True, "attribute": description["AttributeName"]}
    return {"enabled": False}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "ttl" not in wanted or "ttl" not in shown.settings:
        return
    option, now = wanted["ttl"], shown.settings["ttl"]
    if option["enabled"] == now["enabled"]:
        return  # another attribute while TTL is on is refused by the plan
    enabled = option["enabled"]
    attribute = option["attribute"] if enabled else now["attribute"]
    yield Step(
        key=(SET, shown.region, "ttl"),
        region=shown.region,
        call="UpdateTimeToLive",
        parameters={
            "TableName": name,
            "TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": attribute},
        },
        sentence=f"turn TTL {'on' if enabled else 'off'} (attribute {attribute}) in {shown.region}",
        effect={"ttl": {"enabled": True, "attribute": attribute} if enabled else {"enabled": False}},
        everywhere=True,
    )


def differences(wanted: Settings, shown: Settings) -> t.Iterator[str]:
    """What would have to change and can't."""
    option, now = wanted.get("ttl", {}), shown.get("ttl", {})
    if option.get("enabled") and now.get("enabled") and option["attribute"] != now["attribute"]:
        yield (
            f"TTL is on with attribute {now['attribute']}: set enabled: false, and half an hour later the other "
            "attribute, since DynamoDB takes no second change before"
        )

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Point-in-time recovery."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import SET, Settings, Step
from ..wording import count

DEFAULT_DAYS = 35


def problems(settings: Settings) -> t.Iterator[str]:
    option = settings.get("point_in_time_recovery", {})
    days = option.get("recovery_period_days")
    if days is not None and not 1 <= days <= 35:
        yield f"point_in_time_recovery.recovery_period_days is {days}, but must be 1 to 35."
    if days is not None and not option["enabled"]:
        yield "point_in_time_recovery.recovery_period_days needs enabled: true."


def read(description: Settings) -> Settings:
    """DescribeContinuousBackups' description."""
    recovery = description.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        return {"enabled": False}
    days = recovery.get("RecoveryPeriodInDays")
    return {"enabled": True, **({"recovery_period_days": days} if days else {})}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "point_in_time_recovery" not in wanted or "point_in_time_recovery" not in shown.settings:
        return
    option, now = wanted["point_in_time_recovery"], shown.settings["point_in_time_recovery"]
    days = option.get("recovery_period_days")
    if option["enabled"] == now["enabled"] and days in (None, now.get("recovery_period_days")):
        return
    specification = {
        "PointInTimeRecoveryEnabled": option["enabled"],
        **({"RecoveryPeriodInDays": days} if days else {}),
    }
    yield Step(
        key=(SET, shown.region, "point_in_time_recovery"),
        region=shown.region,
        call="UpdateContinuousBackups",
        parameters={"TableName": name, "PointInTimeRecoverySpecification": specification},
        sentence=f"{_sentence(option['enabled'], now['enabled'], days)} in {shown.region}",
        exclusive=False,
        effect={"point_in_time_recovery": _completed(option)},
    )


def _sentence(on: bool, was_on: bool, days: int | None) -> str:
    if on and was_on:
        return f"set the period of point-in-time recovery to {count(days, 'day')}"
    return f"turn point-in-time recovery {'on' if on else 'off'}" + (f" ({count(days, 'day')})" if days else "")


def _completed(option: Settings) -> Settings:
    """The option with the service's own period (botocore's model) when it names none."""
    return {"recovery_period_days": DEFAULT_DAYS, **option} if option["enabled"] else {"enabled": False}

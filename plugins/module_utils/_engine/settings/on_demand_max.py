# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The most that an on-demand table and its indexes take, -1 for no maximum."""

from __future__ import annotations

import dataclasses
import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step, update_table
from .holders import ON_DEMAND, PROVISIONED, holders, members, of, words

NONE = {"read": -1, "write": -1}

_MEMBERS = {"read": "MaxReadRequestUnits", "write": "MaxWriteRequestUnits"}


def problems(settings: Settings) -> t.Iterator[str]:
    for holder, options in holders(settings).items():
        for dimension, units in options.get("on_demand_max", {}).items():
            if units < 1 and units != -1:
                yield f"on_demand_max.{dimension} of {words(holder)} must be at least 1, or -1 for no maximum."
            elif units != -1 and settings.get("billing_mode") == PROVISIONED:
                yield f"on_demand_max of {words(holder)} needs billing_mode PAY_PER_REQUEST, not PROVISIONED."


def described(mode: str, holder: Settings) -> Settings:
    """Of a table or an index; what has no maximum isn't shown, but for a second as -1 (finding DDB-TABLE-182)."""
    if mode != ON_DEMAND:
        return {}
    shown = holder.get("OnDemandThroughput", {})
    return {"on_demand_max": {dimension: shown.get(member, -1) for dimension, member in _MEMBERS.items()}}


def completed(mode: str, options: Settings) -> Settings:
    """The option of a new table or index."""
    return {"on_demand_max": {**NONE, **options.get("on_demand_max", {})}} if mode == ON_DEMAND else {}


def created(options: Settings) -> dict[str, int] | None:
    """OnDemandThroughput of a new table or index, which takes no -1 (finding DDB-TABLE-039)."""
    wanted = options.get("on_demand_max", {})
    return {_MEMBERS[dimension]: units for dimension, units in wanted.items() if units != -1} or None


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if shown.settings["billing_mode"] != ON_DEMAND:
        return  # other maxima than none are refused
    standing = holders(shown.settings)
    for holder, options in holders(wanted).items():
        if holder not in standing:
            continue
        now = standing[holder].get("on_demand_max", NONE)
        changed = {
            dimension: units for dimension, units in options.get("on_demand_max", {}).items() if units != now[dimension]
        }
        if changed:
            yield _step(name, shown, holder, changed, {**now, **changed})


def _step(name: str, shown: RegionalTable, holder: str, changed: dict[str, int], then: dict[str, int]) -> Step:
    option = f"on_demand_max{of(holder)}"
    values = ", ".join(f"{dimension} {'none' if units == -1 else units}" for dimension, units in changed.items())
    wanted = members(
        holder, {"OnDemandThroughput": {_MEMBERS[dimension]: units for dimension, units in changed.items()}}
    )
    step = update_table(
        name, shown, option, f"set {option} to {values}", {"on_demand_max": then}, wanted, everywhere=True
    )
    return dataclasses.replace(step, index=holder)


def differences(wanted: Settings, shown: Settings) -> t.Iterator[str]:
    """What would have to change and can't."""
    if wanted.get("billing_mode", shown["billing_mode"]) == ON_DEMAND:
        return
    for holder, options in holders(wanted).items():
        if any(units != -1 for units in options.get("on_demand_max", {}).values()):
            yield f"on_demand_max of {words(holder)} needs billing_mode PAY_PER_REQUEST, but the table is PROVISIONED"

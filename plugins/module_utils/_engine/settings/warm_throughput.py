# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a table and its indexes are ready to serve at once. It only ever rises (finding DDB-TABLE-061)."""

from __future__ import annotations

import dataclasses
import typing as t

from ..state import RegionalTable
from ..steps import SET, Settings, Step, update_table
from .holders import ON_DEMAND, holders, members, of, words

_MEMBERS = {"read": "ReadUnitsPerSecond", "write": "WriteUnitsPerSecond"}

# What anything on demand is ready for from the start (finding DDB-TABLE-032).
INITIAL = {"read": 12000, "write": 4000}


def problems(settings: Settings) -> t.Iterator[str]:
    for holder, options in holders(settings).items():
        for dimension, units in options.get("warm_throughput", {}).items():
            if units < 1:
                yield f"warm_throughput.{dimension} of {words(holder)} must be at least 1."


def described(holder: Settings) -> Settings:
    """Of a table or an index."""
    shown = holder.get("WarmThroughput", {})
    units = {dimension: shown[member] for dimension, member in _MEMBERS.items() if member in shown}
    return {"warm_throughput": units} if units else {}


def rising(description: Settings) -> tuple[str, ...]:
    """What doesn't show its new values yet: only this status tells (finding DDB-TABLE-179)."""
    parts = {"": description, **{index["IndexName"]: index for index in description.get("GlobalSecondaryIndexes", [])}}
    return tuple(name for name, part in parts.items() if part.get("WarmThroughput", {}).get("Status") == "UPDATING")


def at_least(holder: Settings, units: dict[str, int]) -> Settings:
    """The option after ``units`` were provisioned or served; nothing of what doesn't show it."""
    now = holder.get("warm_throughput")
    return (
        {"warm_throughput": {dimension: max(value, units[dimension]) for dimension, value in now.items()}}
        if now
        else {}
    )


def completed(mode: str, options: Settings) -> dict[str, int]:
    """What a new table or index gets: less than it has anyway can't be asked for (finding DDB-TABLE-039)."""
    wanted = options.get("warm_throughput", {})
    return {dimension: max(units, wanted.get(dimension, 0)) for dimension, units in _initial(mode, options).items()}


def _initial(mode: str, options: Settings) -> dict[str, int]:
    if mode == ON_DEMAND:
        return INITIAL
    return {"read": options.get("read_capacity", 0), "write": options.get("write_capacity", 0)}


def created(mode: str, options: Settings) -> dict[str, int] | None:
    """WarmThroughput of a new table or index, None when it gets no more than it has anyway."""
    initial = _initial(mode, options)
    wanted = options.get("warm_throughput", {})
    return {_MEMBERS[dimension]: units for dimension, units in wanted.items() if units > initial[dimension]} or None


def managed(settings: Settings) -> set[str]:
    """The names of the holders whose warm throughput is wanted."""
    return {holder for holder, options in holders(settings).items() if options.get("warm_throughput")}


def key(region: str, holder: str) -> tuple[str, str, str]:
    """The key of the step that raises it."""
    return (SET, region, f"warm_throughput{of(holder)}")


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    standing = holders(shown.settings)
    for holder, options in holders(wanted).items():
        if holder not in standing or holder in shown.warming:
            continue
        now = standing[holder].get("warm_throughput", {})
        more = {
            dimension: units
            for dimension, units in options.get("warm_throughput", {}).items()
            if units > now.get(dimension, 0)
        }
        if more:
            yield _step(name, shown, holder, more, {**now, **more})


def _step(name: str, shown: RegionalTable, holder: str, more: dict[str, int], then: dict[str, int]) -> Step:
    option = f"warm_throughput{of(holder)}"
    changes = ", ".join(f"{dimension} {units}" for dimension, units in more.items())
    wanted = members(holder, {"WarmThroughput": {_MEMBERS[dimension]: units for dimension, units in more.items()}})
    step = update_table(
        name, shown, option, f"raise {option} to {changes}", {"warm_throughput": then}, wanted, everywhere=True
    )
    return dataclasses.replace(step, index=holder)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a replica differs from what its group shares: its class, its read capacity, its maximum of reads.

A replica's own region shows what it has. The others list it as an override, and nothing where it has their own value,
which is also how an override is cleared: the base's value is sent (findings DDB-TABLE-250, 252, 294).
"""

from __future__ import annotations

import re
import typing as t

from ..arguments import INHERIT
from ..state import RegionalTable
from ..steps import SET, Settings, Step
from . import autoscaling, table_class
from .holders import ON_DEMAND, PROVISIONED, holders, no_index, of

NO_MAXIMUM = -1
NUMBER = re.compile(r"-?\d+")

# (index, or "" for the table itself; option) -> value
Values = dict[tuple[str, str], t.Any]

_MODES = {"read_capacity": PROVISIONED, "on_demand_max_read": ON_DEMAND}


def normalised(overrides: Settings) -> Settings:
    """Numbers as numbers: a template may have made text of them."""
    indexes = {"global_secondary_indexes": [_numbers(index) for index in overrides.get("global_secondary_indexes", [])]}
    return {**_numbers(overrides), **(indexes if "global_secondary_indexes" in overrides else {})}


def _numbers(options: Settings) -> Settings:
    return {
        option: int(value) if option in _MODES and isinstance(value, str) and NUMBER.fullmatch(value) else value
        for option, value in options.items()
    }


def problems(overrides: Settings) -> t.Iterator[str]:
    names = [index["name"] for index in overrides.get("global_secondary_indexes", [])]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"index {name!r} is listed {names.count(name)} times: list it once."
    for (index, option), value in _wanted(overrides).items():
        least = NO_MAXIMUM if option == "on_demand_max_read" else 1
        numeric = isinstance(value, int) and not isinstance(value, bool) and value >= least and value != 0
        if option in _MODES and not numeric and value != INHERIT:
            none = ", -1 (no maximum)" if least == NO_MAXIMUM else ""
            yield f"{_named(index, option)} is {value!r}, but must be a number from 1{none} or {INHERIT}."


def refusals(overrides: Settings, base: Settings) -> t.Iterator[str]:
    """What the service would accept silently, or refuse late (findings DDB-TABLE-223, 250, 307)."""
    known = _values(base)
    for (index, option), value in _wanted(overrides).items():
        if (index, option) not in known:
            yield no_index(index)
        elif value != INHERIT and option in _MODES and base["billing_mode"] != _MODES[option]:
            yield (
                f"{_named(index, option)} needs billing_mode {_MODES[option]}, not {base['billing_mode']}: remove it, "
                f"or set it to {INHERIT}"
            )
        elif option == "on_demand_max_read" and value == NO_MAXIMUM != known[index, option]:
            # Sending the base's value ends an override (finding DDB-TABLE-422); what lifts a maximum nobody has seen.
            yield (
                f"{_named(index, option)} can't be none (-1) while the table's is {known[index, option]}: give a "
                f"number, or {INHERIT}"
            )


def described(entry: Settings) -> Settings:
    """What an entry of DescribeTable's ``Replicas`` overrides, in the words of the options."""
    indexes = [
        {"name": index["IndexName"], **own} for index in entry.get("GlobalSecondaryIndexes", []) if (own := _own(index))
    ]
    own_class = entry.get("ReplicaTableClassSummary", {}).get("TableClass")
    return {
        **({"table_class": own_class} if own_class else {}),
        **_own(entry),
        **({"global_secondary_indexes": indexes} if indexes else {}),
    }


def _own(holder: Settings) -> Settings:
    units = {
        "read_capacity": holder.get("ProvisionedThroughputOverride", {}).get("ReadCapacityUnits"),
        "on_demand_max_read": holder.get("OnDemandThroughputOverride", {}).get("MaxReadRequestUnits"),
    }
    return {option: value for option, value in units.items() if value is not None}


def created(overrides: Settings, base: Settings) -> tuple[Settings, Settings]:
    """The members of a replica's Create, and the settings that it has by them."""
    changes = _changes(overrides, base, base)
    return _members(changes), _effect(changes, base)


def steps(name: str, overrides: Settings, home: RegionalTable, shown: RegionalTable) -> t.Iterator[Step]:
    """Changed in place, and only where the region really differs: an equal value costs 35 s too (finding 250)."""
    changes = _changes(overrides, home.settings, shown.settings)
    if not changes:
        return
    update = {"RegionName": shown.region, **_members(changes)}
    values = ", ".join(f"{_named(index, option)} to {value}" for (index, option), value in changes.items())
    yield Step(
        key=(SET, shown.region, "overrides"),
        region=home.region,
        call="UpdateTable",
        parameters={"TableName": name, "ReplicaUpdates": [{"Update": update}]},
        sentence=f"set {values} of the replica in {shown.region}",
        effect=_effect(changes, shown.settings),
    )


def followed(outcome: Settings, own: Settings) -> Settings:
    """What of a change that the group shares reaches a replica which overrides ``own`` (finding DDB-TABLE-250).

    :param outcome: the change, as `RegionalTable.having` takes it.
    """
    reached = _reaching(outcome, own)
    changed = reached.get("global_secondary_indexes")
    if not isinstance(changed, dict):
        return reached
    indexes = {index["name"]: index for index in own.get("global_secondary_indexes", [])}
    kept = {name: effect and _reaching(effect, indexes.get(name, {})) for name, effect in changed.items()}
    return {**reached, "global_secondary_indexes": kept}


def _reaching(effect: Settings, own: Settings) -> Settings:
    """What ends with a billing mode ends in a replica too, whatever it overrides."""
    left = dict(effect)
    if left.get("read_capacity") and "read_capacity" in own:
        del left["read_capacity"]
    if left.get("on_demand_max") and "on_demand_max_read" in own:
        left["on_demand_max"] = {**left["on_demand_max"], "read": own["on_demand_max_read"]}
    return left


def _wanted(overrides: Settings) -> Values:
    own = {("", option): overrides[option] for option in ("table_class", *_MODES) if option in overrides}
    return own | {
        (index["name"], option): index[option]
        for index in overrides.get("global_secondary_indexes", [])
        for option in _MODES
        if option in index
    }


def _values(settings: Settings) -> Values:
    """What a region shows, whether it is its own or the group's."""
    values = {(name, "read_capacity"): holder.get("read_capacity") for name, holder in holders(settings).items()}
    values |= {(name, "on_demand_max_read"): _maximum(holder) for name, holder in holders(settings).items()}
    return {**values, ("", "table_class"): settings.get("table_class", table_class.DEFAULT)}


def _maximum(holder: Settings) -> int:
    return holder.get("on_demand_max", {}).get("read", NO_MAXIMUM)


def _changes(overrides: Settings, base: Settings, shown: Settings) -> Values:
    """What has to be sent: each wanted value, or the base's, that isn't what the region shows."""
    shared, now = _values(base), _values(shown)
    scaled = _scaled(overrides, base, shown)
    asked = {key: value for key, value in _wanted(overrides).items() if key not in scaled}
    wanted = {key: shared.get(key) if value == INHERIT else value for key, value in asked.items()}
    return {key: value for key, value in wanted.items() if key in now and value not in (None, now[key])}


def _scaled(overrides: Settings, base: Settings, shown: Settings) -> set[tuple[str, str]]:
    """Reads that auto scaling sets in the replica's region, or that would follow those it sets at home: what DynamoDB
    makes of these is nobody's difference (finding DDB-TABLE-321)."""
    return {
        (index, option)
        for (index, option), value in _wanted(overrides).items()
        for holder in (shown, *([base] if value == INHERIT else []))
        if option == "read_capacity" and autoscaling.owns(holders(holder).get(index, {}), autoscaling.READ)
    }


def _members(changes: Values) -> Settings:
    """CreateReplicationGroupMemberAction's and UpdateReplicationGroupMemberAction's; indexes merge (finding 252)."""
    members: Settings = {}
    indexes: dict[str, Settings] = {}
    for (index, option), value in changes.items():
        holder = indexes.setdefault(index, {"IndexName": index}) if index else members
        if option == "table_class":
            holder["TableClassOverride"] = value
        elif option == "read_capacity":
            holder["ProvisionedThroughputOverride"] = {"ReadCapacityUnits": value}
        else:
            holder["OnDemandThroughputOverride"] = {"MaxReadRequestUnits": value}
    return {**members, **({"GlobalSecondaryIndexes": list(indexes.values())} if indexes else {})}


def _effect(changes: Values, shown: Settings) -> Settings:
    standing = holders(shown)
    effects: dict[str, Settings] = {}
    for (index, option), value in changes.items():
        effect = effects.setdefault(index, {})
        if option == "on_demand_max_read":
            effect["on_demand_max"] = {**standing[index].get("on_demand_max", {}), "read": value}
        else:
            effect[option] = value
    own = effects.pop("", {})
    return {**own, **({"global_secondary_indexes": effects} if effects else {})}


def _named(index: str, option: str) -> str:
    return f"{option}{of(index)}"

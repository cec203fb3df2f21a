# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a group shows, as what an inventory would say of it: an entry of ``dynamodb_tables``. Pure.

Generic over the schema: an option that is shown in its own words comes along by itself.
"""

from __future__ import annotations

import typing as t

from . import predict, transform
from .arguments import REGIONAL_OPTIONS, REPLICA_OPTIONS, TABLE_OPTIONS
from .settings import holders, on_demand_max, recovery, stream, warm_throughput
from .state import ACTIVE, DELETING, UPDATING, Observed, RegionalTable

Settings = dict[str, t.Any]

# What an option of an option stands for when it is unset, and what any option that is off or empty looks like.
_UNSET = {
    "projection": "ALL",
    "recovery_period_days": recovery.DEFAULT_DAYS,
    "on_demand_max": on_demand_max.NONE,
}
_OFF = (None, {}, [], {"enabled": False})

# What a replica has of its own on an index of the table.
_OF_INDEX = {"contributor_insights": REGIONAL_OPTIONS["contributor_insights"]}


def entry(name: str, home: str, observed: Observed) -> Settings | None:
    """The options that would make the table as it stands; None while there is nothing settled to copy.

    An option is left out where unset means the same, for a table that stands as for a new one.
    """
    table = observed[home]
    if table.status not in (ACTIVE, UPDATING):
        return None
    defaults = {**transform.creation_defaults({}), **predict.NEW_TABLE, "disassociation_protection": True}
    defaults |= _ready(table.settings)
    members = [region for region, status in sorted(table.replicas.items()) if status != DELETING]
    if members and table.consistency != "strong":
        # The first replica turns the stream on (finding DDB-TABLE-305).
        defaults["stream"] = stream.completed({"enabled": True})
    pasted = {
        "name": name,
        "region": home,
        **_pasted(table.settings, TABLE_OPTIONS, defaults),
        "replicas": [
            _replica(region, differing(table.overrides.get(region, {}), table.settings), observed.get(region))
            for region in members
        ],
    }
    if table.consistency == "strong":
        pasted |= {"consistency": "strong", "witness_region": next(iter(table.witnesses), None)}
    return {option: pasted[option] for option in TABLE_OPTIONS if pasted.get(option) not in _OFF}


def complete(home: str, observed: Observed) -> bool:
    """Whether every region of the group was read and stands still, so that `entry` has everything."""
    members = [observed.get(region) for region in (home, *observed[home].replicas)]
    return all(shown is not None and shown.status == ACTIVE and not shown.problem for shown in members)


def differing(overrides: Settings, base: Settings) -> Settings:
    """What really overrides: the base's own value is none (finding DDB-TABLE-250)."""
    standing = {index["name"]: index for index in base.get("global_secondary_indexes", [])}
    indexes = [
        {"name": index["name"], **_own(index, standing.get(index["name"], {}))}
        for index in overrides.get("global_secondary_indexes", [])
    ]
    return {**_own(overrides, base), "global_secondary_indexes": [index for index in indexes if len(index) > 1]}


def _own(overrides: Settings, base: Settings) -> Settings:
    shared = {**base, "on_demand_max_read": base.get("on_demand_max", {}).get("read")}
    return {option: value for option, value in overrides.items() if value != shared.get(option)}


def _replica(region: str, overrides: Settings, shown: RegionalTable | None) -> Settings:
    own = _pasted(shown.settings, REGIONAL_OPTIONS, predict.NEW_REPLICA) if shown else {}
    indexes = {index["name"]: index for index in overrides.get("global_secondary_indexes", [])}
    for index in shown.settings.get("global_secondary_indexes", []) if shown else []:
        of_index = {"name": index["name"], **_pasted(index, _OF_INDEX, {}), **indexes.get(index["name"], {})}
        indexes.update({index["name"]: of_index} if len(of_index) > 1 else {})
    key = shown.settings.get("encryption", {}).get("kms_key") if shown else None
    pasted = {"region": region, "kms_key": key, **overrides, **own, "global_secondary_indexes": list(indexes.values())}
    return {option: pasted[option] for option in REPLICA_OPTIONS if pasted.get(option) not in _OFF}


def _pasted(shown: Settings, schema: dict[str, Settings], defaults: Settings) -> Settings:
    """What of ``shown`` an inventory has to say."""
    pasted = {option: _value(option, shown[option], schema[option]) for option in schema if option in shown}
    return {option: value for option, value in pasted.items() if value != defaults.get(option) and value not in _OFF}


def _value(option: str, value: t.Any, schema: Settings) -> t.Any:
    """A value without what isn't in the schema, or is what unset means."""
    if option == "tags":
        return {tag: text for tag, text in value.items() if not tag.lower().startswith("aws:")}
    if option == "attribute_types":
        return {attribute: kind for attribute, kind in value.items() if kind != "S"}
    if "options" not in schema:
        return value
    if isinstance(value, list):
        return [_pasted(element, schema["options"], {**_UNSET, **_ready(element)}) for element in value]
    return _pasted(value, schema["options"], _UNSET)


def _ready(holder: Settings) -> Settings:
    """The warm throughput that a table or an index has by its capacity, or on demand."""
    capacity = {option: holder[option] for option in ("read_capacity", "write_capacity") if option in holder}
    mode = holders.PROVISIONED if capacity else holders.ON_DEMAND
    return {"warm_throughput": warm_throughput.completed(mode, capacity)}

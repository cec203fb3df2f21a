# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings that the members of a group share, and yet don't show alike. Pure.

What is shared, what a replica may override and what is each region's own: AWS_FACTS section 4 (the developer guide,
findings DDB-TABLE-230, 321).
"""

from __future__ import annotations

import json
import typing as t

from .arguments import REGIONAL_OPTIONS, TABLE_OPTIONS
from .state import ACTIVE, UPDATING, Observed, RegionalTable

# The names of a value from the option down: ("global_secondary_indexes", "by-email", "read_capacity").
Path = tuple[str, ...]
Values = dict[Path, t.Any]

# Each region's own wherever they stand; reads are scaled in each region for itself.
_OWN = {"kms_key", "contributor_insights"}
_OWN_SCALING = {("autoscaling", "read"), ("autoscaling", "enabled")}
_INDEXES = {"global_secondary_indexes", "local_secondary_indexes"}
_SCALED = {"read_capacity": "read", "write_capacity": "write"}


def divergent(home: str, observed: Observed) -> list[dict[str, t.Any]]:
    """Each shared setting whose value isn't the same in every member: its name, and region -> value."""
    members = {
        region: shown
        for region, shown in observed.items()
        if region in (home, *observed[home].replicas) and shown.status in (ACTIVE, UPDATING)
    }
    shared = {region: _shared(shown) for region, shown in members.items()}
    overridden = {region: _overridden(region, members) for region in members}
    found = []
    for path in dict.fromkeys(path for values in shared.values() for path in values):
        values = {
            region: shared[region].get(path)
            for region, shown in members.items()
            if _comparable(path, shared[region], shown) and path not in overridden[region]
        }
        alike = all(value == next(iter(values.values())) for value in values.values())
        if not alike and not _scaled(path, members):
            found.append({"setting": ".".join(path), "regions": values})
    return found


def sentence(setting: str, regions: dict[str, t.Any]) -> str:
    """One of `divergent` for people; regions that agree share their value."""
    agreeing: dict[str, list[str]] = {}
    for region, value in regions.items():
        agreeing.setdefault(_printable(value), []).append(region)
    values = [f"{value} in {', '.join(those)}" for value, those in agreeing.items()]
    return f"{setting} is {', but '.join(values)}"


def _printable(value: t.Any) -> str:
    if value is None:
        return "unset"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _shared(shown: RegionalTable) -> Values:
    options = {option for option in TABLE_OPTIONS if option not in REGIONAL_OPTIONS}
    if shown.consistency == "strong":
        options.discard("stream")
    values = _flat({option: value for option, value in shown.settings.items() if option in options})
    return {
        path: value
        for path, value in values.items()
        if not _OWN & set(path) and not _OWN_SCALING & set(zip(path, path[1:], strict=False))
    }


def _comparable(path: Path, values: Values, shown: RegionalTable) -> bool:
    """Whether the region was asked for it; of an index that a region hasn't, only its name is compared."""
    nameless = path[0] in _INDEXES and path[-1] != "name"
    return path[0] in shown.settings and (not nameless or (*path[:2], "name") in values)


def _overridden(region: str, members: Observed) -> set[Path]:
    """What the replica has of its own, as any other member lists it."""
    listed = [path for shown in members.values() for path in _flat(shown.overrides.get(region, {}))]
    return {(*path[:-1], "on_demand_max", "read") if path[-1] == "on_demand_max_read" else path for path in listed}


def _scaled(path: Path, members: Observed) -> bool:
    """Whether it is a capacity that auto scaling sets, in any region."""
    if path[-1] not in _SCALED:
        return False
    scaling = (*path[:-1], "autoscaling", _SCALED[path[-1]], "max")
    return any(scaling in _flat(shown.settings) for shown in members.values())


def _flat(value: t.Any, path: Path = ()) -> Values:
    """Every value under ``value``, by its path; things that have names are found by their names."""
    if isinstance(value, list) and value and all(isinstance(entry, dict) and "name" in entry for entry in value):
        value = {entry["name"]: entry for entry in value}
    if not isinstance(value, dict):
        return {path: value} if value != [] else {}
    return {deeper: leaf for name, part in value.items() for deeper, leaf in _flat(part, (*path, name)).items()}

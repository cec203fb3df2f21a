# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table as a whole: what DescribeTable shows, in the words of the options, and the parameters of CreateTable. Pure.

Shapes: botocore's service model, ``dynamodb/2012-08-10``. What belongs to one setting is in its file of `settings`.
"""

from __future__ import annotations

import typing as t

from .settings import (
    capacity,
    consistency,
    encryption,
    holders,
    indexes,
    keys,
    on_demand_max,
    overrides,
    protection,
    stream,
    table_class,
    tags,
    warm_throughput,
)
from .state import RegionalTable

_DESCRIBED = (keys, capacity, indexes, stream, table_class, encryption, protection)
_CREATED = (keys, indexes, capacity, stream, tags, table_class, encryption, protection)


def regional_table(region: str, description: dict[str, t.Any]) -> RegionalTable:
    """A record of DescribeTable's ``Table`` as ``region`` returned it."""
    entries = {entry["RegionName"]: entry for entry in description.get("Replicas", [])}
    return RegionalTable(
        region=region,
        status=description["TableStatus"],
        arn=description["TableArn"],
        table_id=description.get("TableId", ""),
        item_count=description.get("ItemCount", 0),
        settings=_described(description),
        replicas={member: entry.get("ReplicaStatus", "") for member, entry in entries.items()},
        causes={member: cause for member, entry in entries.items() if (cause := _cause(entry))},
        moving=encryption.moving(description),
        overrides={member: own for member, entry in entries.items() if (own := overrides.described(entry))},
        consistency=consistency.described(description),
        witnesses={
            entry["RegionName"]: entry.get("WitnessStatus", "") for entry in description.get("GlobalTableWitnesses", [])
        },
        indexes=indexes.statuses(description),
        warming=warm_throughput.rising(description),
    )


def _described(description: dict[str, t.Any]) -> dict[str, t.Any]:
    settings = {option: value for part in _DESCRIBED for option, value in part.described(description).items()}
    maximum = on_demand_max.described(settings["billing_mode"], description)
    return {**settings, **maximum, **warm_throughput.described(description)}


def _cause(entry: dict[str, t.Any]) -> str:
    """Why a replica has its status."""
    since = entry.get("ReplicaInaccessibleDateTime")
    inaccessible = f"inaccessible since {since:%Y-%m-%d %H:%M %Z}" if since else ""
    return "; ".join(filter(None, (entry.get("ReplicaStatusDescription"), inaccessible)))


def creation_defaults(settings: dict[str, t.Any]) -> dict[str, t.Any]:
    """``settings`` completed with what a table gets at its creation when nothing else is said."""
    types = settings.get("attribute_types", {})
    # A table has it only as a member of a group.
    settings = {option: value for option, value in settings.items() if option != "disassociation_protection"}
    mode = settings.get("billing_mode", holders.ON_DEMAND)
    return {
        "table_class": table_class.DEFAULT,
        "encryption": encryption.DEFAULT,
        "deletion_protection": False,
        "tags": {},
        **{option: value for option, value in settings.items() if not option.startswith("purge_")},
        "billing_mode": mode,
        "attribute_types": {name: types.get(name, "S") for name in keys.attributes(settings)},
        "global_secondary_indexes": [
            indexes.completed(mode, index) for index in settings.get("global_secondary_indexes", [])
        ],
        "local_secondary_indexes": [
            indexes.completed_local(index) for index in settings.get("local_secondary_indexes", [])
        ],
        **on_demand_max.completed(mode, settings),
        "warm_throughput": warm_throughput.completed(mode, settings),
        "stream": stream.completed(settings.get("stream", {"enabled": False})),
    }


def create_table(name: str, settings: dict[str, t.Any]) -> dict[str, t.Any]:
    """CreateTable's parameters; ``settings`` as `creation_defaults` returns them."""
    parameters = {member: value for part in _CREATED for member, value in part.created(settings).items()}
    return {"TableName": name, **{member: value for member, value in parameters.items() if value}}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secondary indexes, global and local."""

from __future__ import annotations

import re
import typing as t

from ..steps import Settings
from . import capacity, keys

NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")


def problems(settings: Settings) -> t.Iterator[str]:
    global_indexes = settings.get("global_secondary_indexes", [])
    local_indexes = settings.get("local_secondary_indexes", [])
    names = [index["name"] for index in [*global_indexes, *local_indexes]]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"index {name!r} is listed {names.count(name)} times: list it once."
        if not NAME.fullmatch(name):
            yield f"index {name!r}: an index's name has 3 to 255 characters, each a letter, digit, '_', '.' or '-'."
    if local_indexes and not settings.get("sort_key"):
        yield "local_secondary_indexes need a table with a sort_key."
    for index in global_indexes:
        if not 1 <= len(index["partition_keys"]) <= 4 or len(index.get("sort_keys", [])) > 4:
            yield f"index {index['name']!r} takes one to four partition_keys and up to four sort_keys."
    for index in [*global_indexes, *local_indexes]:
        attributes = [*index.get("partition_keys", []), *index.get("sort_keys", [])]
        if len(set(attributes)) < len(attributes):
            yield f"index {index['name']!r} names a key twice."
        if (index.get("projection") == "INCLUDE") != bool(index.get("non_key_attributes")):
            yield f"index {index['name']!r}: projection INCLUDE and non_key_attributes go together."


def described(description: Settings) -> Settings:
    mode = capacity.mode(description)
    return {
        "global_secondary_indexes": [
            _global_index(mode, index) for index in description.get("GlobalSecondaryIndexes", [])
        ],
        "local_secondary_indexes": [_local_index(index) for index in description.get("LocalSecondaryIndexes", [])],
    }


def _projection(index: Settings) -> Settings:
    projection = index.get("Projection", {})
    names = projection.get("NonKeyAttributes")
    return {
        "projection": projection.get("ProjectionType", "ALL"),
        **({"non_key_attributes": sorted(names)} if names else {}),
    }


def _global_index(mode: str, index: Settings) -> Settings:
    attributes: dict[str, list[str]] = {"HASH": [], "RANGE": []}
    for element in index.get("KeySchema", []):
        attributes[element["KeyType"]].append(element["AttributeName"])
    return {
        "name": index["IndexName"],
        "partition_keys": attributes["HASH"],
        **({"sort_keys": attributes["RANGE"]} if attributes["RANGE"] else {}),
        **_projection(index),
        **capacity.provisioned(mode, index),
    }


def _local_index(index: Settings) -> Settings:
    schema = {element["KeyType"]: element["AttributeName"] for element in index.get("KeySchema", [])}
    return {"name": index["IndexName"], "sort_key": schema.get("RANGE"), **_projection(index)}


def created(settings: Settings) -> Settings:
    return {
        "GlobalSecondaryIndexes": [_create_global_index(index) for index in settings["global_secondary_indexes"]],
        "LocalSecondaryIndexes": [
            {
                "IndexName": index["name"],
                "KeySchema": keys.schema([settings["partition_key"]], [index["sort_key"]]),
                "Projection": _create_projection(index),
            }
            for index in settings["local_secondary_indexes"]
        ],
    }


def _create_projection(index: Settings) -> Settings:
    names = index.get("non_key_attributes")
    return {"ProjectionType": index.get("projection", "ALL"), **({"NonKeyAttributes": names} if names else {})}


def _create_global_index(index: Settings) -> Settings:
    members = {
        "IndexName": index["name"],
        "KeySchema": keys.schema(index["partition_keys"], index.get("sort_keys", [])),
        "Projection": _create_projection(index),
        "ProvisionedThroughput": capacity.throughput(index),
    }
    return {member: value for member, value in members.items() if value}


def differences(wanted: Settings, shown: Settings, with_capacity: bool) -> t.Iterator[str]:
    """What would have to change and can't."""
    for option in ("global_secondary_indexes", "local_secondary_indexes"):
        if option in wanted and _compared(wanted[option], with_capacity) != _compared(shown[option], with_capacity):
            yield f"{option} differ from what exists"


def _compared(indexes: list[Settings], with_capacity: bool) -> Settings:
    """Index definitions as a set, so that they compare."""
    compared = {"partition_keys", "sort_keys", "sort_key", "projection", "non_key_attributes"}
    compared |= {"read_capacity", "write_capacity"} if with_capacity else set()
    defaults = {"projection": "ALL"}
    return {
        index["name"]: {
            member: sorted(value) if member == "non_key_attributes" else value
            for member, value in {**defaults, **index}.items()
            if member in compared and value
        }
        for index in indexes
    }

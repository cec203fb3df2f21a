# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys of a table and the types of its attributes. They never change."""

from __future__ import annotations

import typing as t

from ..arguments import KEY_TYPES
from ..steps import Settings


def attributes(settings: Settings) -> list[str]:
    """Every attribute that is a key of the table or of one of its indexes."""
    names = [settings.get("partition_key"), settings.get("sort_key")]
    for index in settings.get("global_secondary_indexes", []):
        names += of_index(index)
    names += [index["sort_key"] for index in settings.get("local_secondary_indexes", [])]
    return list(dict.fromkeys(name for name in names if name is not None))


def of_index(index: Settings) -> list[str]:
    """The key attributes of a global secondary index."""
    return [*index["partition_keys"], *index.get("sort_keys", [])]


def problems(settings: Settings) -> t.Iterator[str]:
    keys = attributes(settings)
    for name in keys:
        if not 1 <= len(name) <= 255:
            yield f"the key attribute {name!r} must have 1 to 255 characters."
    if "sort_key" in settings and "partition_key" not in settings:
        yield "sort_key needs partition_key beside it."
    if settings.get("sort_key") and settings.get("sort_key") == settings.get("partition_key"):
        yield "partition_key and sort_key must be two attributes."
    for name, kind in settings.get("attribute_types", {}).items():
        if kind not in KEY_TYPES:
            yield f"attribute_types: {name} is {kind!r}, but a key is S (string), N (number) or B (binary)."
        if settings.get("partition_key") and name not in keys:
            yield f"attribute_types: {name} is no key of the table or of an index: remove it."


def described(description: Settings) -> Settings:
    # A table that is DELETING may show neither keys nor attributes: both are optional in the service's model.
    schema = {element["KeyType"]: element["AttributeName"] for element in description.get("KeySchema", [])}
    types = {
        definition["AttributeName"]: definition["AttributeType"]
        for definition in description.get("AttributeDefinitions", [])
    }
    keys = {"partition_key": schema.get("HASH"), "sort_key": schema.get("RANGE"), "attribute_types": types}
    return {option: value for option, value in keys.items() if value is not None}


def created(settings: Settings) -> Settings:
    return {
        "AttributeDefinitions": definitions(settings["attribute_types"]),
        "KeySchema": schema([settings["partition_key"]], [settings["sort_key"]] if "sort_key" in settings else []),
    }


def definitions(types: dict[str, str]) -> list[dict[str, str]]:
    """AttributeDefinitions."""
    return [{"AttributeName": attribute, "AttributeType": kind} for attribute, kind in types.items()]


def schema(partition_keys: list[str], sort_keys: list[str]) -> list[dict[str, str]]:
    """KeySchema of a table or an index."""
    return [{"AttributeName": name, "KeyType": "HASH"} for name in partition_keys] + [
        {"AttributeName": name, "KeyType": "RANGE"} for name in sort_keys
    ]


def differences(wanted: Settings, shown: Settings) -> t.Iterator[str]:
    """What would have to change and can't; ``shown`` without the indexes that are to go."""
    for option in ("partition_key", "sort_key"):
        if option in wanted and wanted[option] != shown.get(option):
            yield f"{option} is {shown.get(option) or 'none'} but {wanted[option]} is wanted"
    standing = types_in_use(shown)
    for name, kind in wanted.get("attribute_types", {}).items():
        if standing.get(name, kind) != kind:
            yield f"the type of {name} is {standing[name]} but {kind} is wanted"


def types_in_use(settings: Settings) -> dict[str, str]:
    """The types of attributes that are keys; the service forgets the others (finding DDB-TABLE-151)."""
    types = settings.get("attribute_types", {})
    return {name: types[name] for name in attributes(settings) if name in types}

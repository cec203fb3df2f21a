# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys, indexes and their attributes, as CreateTable and UpdateTable check them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulator import errors

Definitions = dict[str, str]
"""Attribute name → type."""

MAX_INDEXES = 20
MAX_LOCAL_INDEXES = 5
MAX_KEYS_OF_A_KIND = 4
MAX_NON_KEY_ATTRIBUTES = 20
HASH, RANGE = "HASH", "RANGE"


def new_table_is_valid(parameters: dict[str, Any]) -> None:
    """CreateTable: attributes are looked at first, so one too many hides every other mistake (127)."""
    local, of_table = parameters.get("LocalSecondaryIndexes"), parameters.get("GlobalSecondaryIndexes")
    for indexes, kind in ((local, "LocalSecondaryIndexes"), (of_table, "GlobalSecondaryIndexes")):
        if indexes == []:
            raise errors.empty_list(kind)  # 043
    every_index = [*(local or []), *(of_table or [])]
    _attributes_are_the_keys(parameters, every_index)
    _table_key_is_valid(parameters["KeySchema"])
    if len(of_table or []) > MAX_INDEXES:
        raise errors.too_many_indexes_at_creation(MAX_INDEXES)
    if len(local or []) > MAX_LOCAL_INDEXES:
        raise errors.too_many_local_indexes(MAX_LOCAL_INDEXES)
    names = [index["IndexName"] for index in every_index]
    for name in names:
        if names.count(name) > 1:
            raise errors.duplicate_index(name)
    for index in local or []:
        _local_index_is_valid(index, parameters["KeySchema"])
    for index in of_table or []:
        index_is_valid(index)


def index_is_valid(index: dict[str, Any]) -> None:
    """A global secondary index's keys, up to four of each kind, and its projection (123, 124, 126)."""
    kinds = [key["KeyType"] for key in index["KeySchema"]]
    if not kinds or kinds[0] != HASH:
        raise errors.first_key_is_no_hash()
    for kind in (HASH, RANGE):
        if kinds.count(kind) > MAX_KEYS_OF_A_KIND:
            raise errors.too_many_keys(kind)
    if kinds != sorted(kinds):
        raise errors.hash_keys_come_first()
    names = key_names([index])
    if len(set(names)) < len(names):
        raise errors.key_named_twice()
    _projection_is_valid(index["Projection"])


def key_names(schemas: Iterable[dict[str, Any]]) -> list[str]:
    """The key attributes of tables or indexes."""
    return [key["AttributeName"] for schema in schemas for key in schema["KeySchema"]]


def definitions_of(parameters: dict[str, Any]) -> Definitions:
    """The attribute definitions of a call; none twice (042, 127)."""
    definitions: Definitions = {}
    for definition in parameters.get("AttributeDefinitions", []):
        if definition["AttributeName"] in definitions:
            raise errors.attribute_defined_twice(definition["AttributeName"])
        definitions[definition["AttributeName"]] = definition["AttributeType"]
    return definitions


def definitions_for_index(index: dict[str, Any], given: Definitions, known: Definitions) -> Definitions:
    """What an index added to a standing table adds to its attributes; what it doesn't use is ignored (162)."""
    if not given:
        raise errors.no_definitions_for_index(index["IndexName"])
    missing = [name for name in key_names([index]) if name not in given and name not in known]
    if missing:
        raise errors.key_without_definition(missing, given)
    for name in key_names([index]):
        if name in known and given.get(name, known[name]) != known[name]:
            raise errors.not_simulated(f"an index that gives the attribute {name} another type than the table does")
    return {name: given[name] for name in key_names([index]) if name not in known}


def _attributes_are_the_keys(parameters: dict[str, Any], indexes: list[dict[str, Any]]) -> None:
    defined = list(definitions_of(parameters))
    keys = key_names([parameters, *indexes])
    missing = [name for name in keys if name not in defined]
    unused = [name for name in defined if name not in keys]
    if unused and not missing and not indexes:
        raise errors.number_of_attributes_differs()
    if unused and not missing:
        raise errors.unused_attributes(defined, keys)
    if missing:
        raise errors.key_without_definition(missing, defined)


def _table_key_is_valid(keys: list[dict[str, str]]) -> None:
    kinds = [key["KeyType"] for key in keys]
    if len(kinds) > 2:
        raise errors.too_many_keys_of_table()
    if kinds[0] != HASH:
        raise errors.first_key_is_no_hash()
    if kinds[1:] not in ([], [RANGE]):
        raise errors.second_key_is_no_range()


def _local_index_is_valid(index: dict[str, Any], table_keys: list[dict[str, str]]) -> None:
    """An LSI has the table's partition key and a sort key, as has its table (129)."""
    name, keys = index["IndexName"], index["KeySchema"]
    if len(table_keys) < 2:
        raise errors.local_index_needs_sort_key()
    if keys[0]["AttributeName"] != table_keys[0]["AttributeName"]:
        raise errors.local_index_of_another_hash_key(name, keys[0]["AttributeName"], table_keys[0]["AttributeName"])
    if len(keys) < 2:
        raise errors.local_index_without_range_key(name)
    _table_key_is_valid(keys)
    _projection_is_valid(index["Projection"])


def _projection_is_valid(projection: dict[str, Any]) -> None:
    kind, names = projection.get("ProjectionType"), projection.get("NonKeyAttributes")
    if kind not in ("ALL", "KEYS_ONLY", "INCLUDE"):
        raise errors.unknown_projection(kind)
    if (names is not None) != (kind == "INCLUDE"):
        raise errors.projection_attributes(kind, names is not None)
    for name in names or []:
        if (names or []).count(name) > 1:
            raise errors.projected_twice(name)
    if len(names or []) > MAX_NON_KEY_ATTRIBUTES:
        raise errors.too_many_projected(MAX_NON_KEY_ATTRIBUTES)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own items: which there are, what is wrong with them, and under which condition they are written. Pure.

They carry no marker, and stay: nothing of them is ever written over or deleted.
"""

from __future__ import annotations

import dataclasses
import decimal
import math
import typing as t

from ..spec import Refused, Table
from . import dynamodb_json
from .cost import EVENTUAL_READ, STRONG_READ
from .dynamodb_json import Item
from .probes import KEY_PREFIX, MARKER, NUMBER_PREFIX, Schema

# The source of their probes.
USERS = "items"
# Of a table: BatchGetItem takes the keys of so many items.
MAX_ITEMS = 100

# Bytes of a partition key, and of a sort key ("Quotas").
_MAX_KEY = (2048, 1024)
# Reserved numbers have 38 digits, and begin with the prefix.
_HIGHEST_RESERVED = decimal.Decimal(f"{NUMBER_PREFIX}E14")


@dataclasses.dataclass(frozen=True)
class UserItem:
    """``number`` is its place in the table's list, from 1."""

    number: int
    attributes: Item


def parse(params: dict[str, t.Any], tables: list[Table]) -> dict[str, list[UserItem]]:
    """The items of each of ``tables``, by name; those of tables that ``only`` leaves out, or that are absent, aren't.

    :param params: the module's arguments: ``items`` (table name -> list of items in DynamoDB JSON) and ``tables``.
    :raises Refused: with every problem of every item.
    """
    wanted = params.get("items") or {}
    listed = [entry["name"] for entry in params["tables"]]
    problems = [
        f"items (verify_items): table {name!r} isn't among tables (dynamodb_tables): correct the name."
        for name in wanted
        if name not in listed
    ]
    items = {}
    for table in tables:
        if table.name in wanted and not table.absent:
            items[table.name], found = _table_items(table, wanted[table.name])
            problems += found
    if problems:
        raise Refused(problems)
    return items


def _table_items(table: Table, written: t.Any) -> tuple[list[UserItem], list[str]]:
    where = f"items (verify_items), table {table.name!r}"
    refusal = ""
    if table.verification == "states":
        refusal = "it has verification: states, which writes nothing: take the items away, or set verification: items."
    elif len(table.regions) == 1:
        refusal = f"only {table.home} is listed, so they would go nowhere: list another region, or take them away."
    elif not isinstance(written, list):
        refusal = "must be a list of items."
    elif len(written) > MAX_ITEMS:
        refusal = f"has {len(written)} items, but {MAX_ITEMS} at most can be verified."
    if refusal:
        return [], [f"{where}: {refusal}"]
    items, problems = [], []
    for number, one in enumerate(written, 1):
        attributes, found = dynamodb_json.parse(one, f"{where}, item {number}")
        if MARKER in attributes:
            found.append(f"{where}, item {number}: the attribute {MARKER} is reserved for verification's own items.")
        items.append(UserItem(number, attributes))
        problems += found
    return items, problems


def key_problems(schema: Schema, items: list[UserItem]) -> dict[int, str]:
    """Number of the item -> why it can't be written, as a sentence."""
    problems = {}
    first: dict[t.Hashable, int] = {}  # a key -> the first item that has it
    for item in items:
        if problem := _key_problem(schema, item.attributes):
            problems[item.number] = problem
            continue
        number = first.setdefault(schema.identity(item.attributes), item.number)
        if number != item.number:
            problems[item.number] = f"has the same key as item {number}: list it once"
    return problems


def _key_problem(schema: Schema, item: Item) -> str:
    for (attribute, kind), longest in zip(schema.keys, _MAX_KEY, strict=False):
        if attribute not in item:
            return f"has no {attribute!r}, which is a key of the table"
        [(given, value)] = item[attribute].items()
        if given != kind:
            return f"has a key {attribute!r} of type {given}, but the table's is {kind}"
        length = len(value.encode() if kind == "S" else value)
        if kind != "N" and not 1 <= length <= longest:
            return f"has a key {attribute!r} of {length} bytes, but it must have 1 to {longest}"
        if _reserved(kind, value):
            return f"has a key {attribute!r} that is reserved for verification's own items"
    return ""


def is_reserved(schema: Schema, key: Item) -> bool:
    """Whether a key is one of verification's own."""
    return all(_reserved(kind, key[attribute][kind]) for attribute, kind in schema.keys)


def _reserved(kind: str, value: t.Any) -> bool:
    if kind == "N":
        number = dynamodb_json.number_of(value)
        return number.adjusted() == 37 and number <= _HIGHEST_RESERVED
    return (value.encode() if kind == "S" else value).startswith(KEY_PREFIX.encode())


def put(schema: Schema, item: Item) -> dict[str, t.Any]:
    """Parameters of PutItem: never over an item that exists."""
    return {
        "TableName": schema.table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": schema.keys[0][0]},
    }


def blocks(item: Item) -> int:
    """The read units of one strongly consistent read: one for each 4 KB."""
    return math.ceil(dynamodb_json.size(item) / 4096)


def least_units(items: list[UserItem], regions: int) -> float:
    """The capacity units that the items take when none is there before and all are found at the first look.

    :param regions: those of the group: each is written and read.
    """
    written = sum(math.ceil(dynamodb_json.size(item.attributes) / 1024) for item in items)
    found = sum(blocks(item.attributes) for item in items)
    return regions * (STRONG_READ * len(items) + written) + EVENTUAL_READ * (regions - 1) * found

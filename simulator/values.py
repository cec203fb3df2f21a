# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attribute values as the service takes, stores and measures them. Pure.

Sources: developer guide, "Data types", "Constraints" and "Item sizes and formats"; where it is vague, what
nubo-db/dynoxide and mhart/dynalite recorded from the live service.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from simulator import errors

Value = dict[str, Any]
"""One attribute's value: {type: content}; binary content in base64, or raw."""

MAX_ITEM = 400 * 1024
MAX_DIGITS = 38
GREATEST_EXPONENT, LEAST_EXPONENT = 125, -130
MAX_WRAPPERS = 31
"""Lists and maps around a value: an attribute has 32 levels (captured; nubo-db/dynoxide issue 110)."""

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,15})?", re.ASCII)

EMPTY_SETS = {
    "SS": "An string set  may not be empty",
    "NS": "An number set  may not be empty",
    "BS": "Binary sets should not be empty",
}


def stored(value: Value, wrappers: int = 0) -> Value:
    """A value as it is read back: numbers in plain digits, sets in an order of the service's own.

    Which order that is isn't documented. It is never that of small to great here, so that nobody relies on one.
    """
    if len(value) != 1:
        raise errors.not_one_type(bool(value))
    [(kind, content)] = value.items()
    if wrappers > MAX_WRAPPERS:
        raise errors.nested_too_deep()
    match kind:
        case "N":
            return {kind: number(content)}
        case "NULL" if content is not True:
            raise errors.null_that_is_not_true()
        case "SS" | "NS" | "BS":
            return {kind: _stored_set(kind, content)}
        case "L":
            return {kind: [stored(element, wrappers + 1) for element in content]}
        case "M":
            return {kind: {name: stored(member, wrappers + 1) for name, member in content.items()}}
        case _:
            return value


def number(text: str) -> str:
    """A number without exponent, leading and trailing zeros; up to 38 digits, 1E-130 to 9.99…E+125 in magnitude."""
    if not NUMBER.fullmatch(text):
        raise errors.not_a_number(text)
    exact = Decimal(text)
    if not exact:
        return "0"
    if exact.adjusted() > GREATEST_EXPONENT:
        raise errors.number_too_large()
    if exact.adjusted() < LEAST_EXPONENT:
        raise errors.number_too_small()
    plain = f"{exact:f}"
    trimmed = plain.rstrip("0").rstrip(".") if "." in plain else plain
    if len(_significant(trimmed)) > MAX_DIGITS:
        raise errors.too_many_digits()
    return trimmed


def _significant(plain: str) -> str:
    return plain.lstrip("-").replace(".", "").strip("0")


def _stored_set(kind: str, elements: list[Any]) -> list[Any]:
    if not elements:
        raise errors.invalid(EMPTY_SETS[kind])
    normal = [number(element) for element in elements] if kind == "NS" else elements
    if len(set(normal)) < len(normal):
        raise errors.duplicates_in_set(kind, elements)
    order: Callable[[Any], Any] | None = Decimal if kind == "NS" else None
    return sorted(normal, key=order, reverse=True)


def item_size(attributes: dict[str, Value]) -> int:
    """An item's size in bytes: names and values."""
    return sum(len(name.encode()) + _size(value) for name, value in attributes.items())


def _size(value: Value) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_size(content)
        case "B":
            return len(content if isinstance(content, bytes) else base64.b64decode(content))
        case "SS" | "NS" | "BS":
            return sum(_size({kind[0]: element}) for element in content)
        case "L":
            return 3 + sum(1 + _size(element) for element in content)
        case "M":
            return 3 + len(content) + item_size(content)
        case _:
            return 1


def _number_size(text: str) -> int:
    """A byte, and one for two significant digits before the point and after it, one more below zero.

    The developer guide has it "approximately"; this is measured (nubo-db/dynoxide pull request 195).
    """
    plain = number(text)
    digits = len(_significant(plain))
    whole = min(digits, len(plain.lstrip("-0").partition(".")[0]))
    return 1 + math.ceil(whole / 2) + math.ceil((digits - whole) / 2) + plain.startswith("-")

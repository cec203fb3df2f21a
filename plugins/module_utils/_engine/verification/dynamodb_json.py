# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DynamoDB JSON, as people write it in YAML -> items as boto3's client takes them; what is the same, and how big. Pure.

boto3's TypeDeserializer isn't used: to Python the values that it makes of ``{BOOL: true}`` and ``{N: "1"}`` are equal,
and its decimal context refuses zeros at the end of a number, which the service trims.

The limits are the developer guide's: "Quotas", "Supported data types and naming rules", "Item sizes and formats".
"""

from __future__ import annotations

import base64
import binascii
import decimal
import hashlib
import json
import re
import typing as t

MAX_SIZE = 400 * 1024  # bytes
MAX_DEPTH = 32
MAX_DIGITS = 38
# The exponent of a number's first digit.
LOWEST, HIGHEST = -130, 125

Item = dict[str, t.Any]  # attribute -> {type: value}, as boto3's client has it: binary values as bytes

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,6})?", re.ASCII | re.IGNORECASE)
_SCALARS = ("S", "N", "B")
_SETS = ("SS", "NS", "BS")
_CONSTANTS: dict[str, tuple[bool, ...]] = {"BOOL": (True, False), "NULL": (True,)}
_TYPES = (*_SCALARS, *_CONSTANTS, "M", "L", *_SETS)
# Reads every number exactly, however long it is.
_EXACT = decimal.Context(prec=decimal.MAX_PREC, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)


def parse(written: t.Any, where: str) -> tuple[Item, list[str]]:
    """An item, and what is wrong with it: a sentence each, which begins with ``where``."""
    reader = _Reader(where)
    item = reader.attributes(written, "", 1)
    if not reader.problems and size(item) > MAX_SIZE:
        reader.problem("", f"has {size(item)} bytes, names included, but an item has {MAX_SIZE} (400 KB) at most")
    return item, reader.problems


class _Reader:
    """Reads an item and collects every problem on the way. A path is ``address.lines[0]``."""

    def __init__(self, where: str) -> None:
        self.problems: list[str] = []
        self._where = where

    def problem(self, path: str, sentence: str) -> None:
        self.problems.append(f"{self._where}{f', {path}' if path else ''}: {sentence}.")

    def attributes(self, written: t.Any, path: str, depth: int) -> Item:
        if not isinstance(written, dict):
            self.problem(path, 'must be a dictionary of attributes, such as {id: {S: "one"}, price: {N: "1.10"}}')
            return {}
        item = {}
        for name, value in written.items():
            if not name:
                self.problem(path, "the name of an attribute is empty")
            else:
                here = f"{path}.{name}" if path else str(name)
                item[self._text(name, here)] = self._value(value, here, depth)
        return item

    def _value(self, written: t.Any, path: str, depth: int) -> dict[str, t.Any]:
        pairs = written.items() if isinstance(written, dict) else ()
        # YAML reads an unquoted NULL as null, and Ansible makes that key the text "null".
        typed = {"NULL" if kind in (None, "null") else kind: value for kind, value in pairs}
        if len(typed) != 1 or not typed.keys() <= set(_TYPES):
            types = ", ".join(_TYPES)
            self.problem(path, f'must be one type and its value, such as {{S: "one"}}; the types are {types}')
            return {"NULL": True}
        [(kind, value)] = typed.items()
        if kind in _SCALARS:
            return {kind: self._scalar(kind, value, path)}
        if kind in _SETS:
            return {kind: self._set(kind, value, path)}
        if kind in _CONSTANTS:
            return {kind: self._constant(kind, value, path)}
        if depth > MAX_DEPTH:
            self.problem(path, f"is nested more than {MAX_DEPTH} levels deep")
            return {"NULL": True}
        if kind == "M":
            return {kind: self.attributes(value, path, depth + 1)}
        if not isinstance(value, list):
            self.problem(path, 'L must be a list of values, such as {L: [{S: "one"}, {N: "2"}]}')
            return {kind: []}
        return {kind: [self._value(element, f"{path}[{n}]", depth + 1) for n, element in enumerate(value)]}

    def _constant(self, kind: str, value: t.Any, path: str) -> bool:
        if not any(value is one for one in _CONSTANTS[kind]):
            admitted = " or ".join(str(one).lower() for one in _CONSTANTS[kind])
            self.problem(path, f"{kind} is {value!r}, but must be {admitted}")
        return bool(value)

    def _set(self, kind: str, value: t.Any, path: str) -> list[t.Any]:
        if not isinstance(value, list) or not value:
            self.problem(path, f"{kind} must be a list of at least one value: DynamoDB has no empty sets")
            return []
        before = len(self.problems)
        elements = [self._scalar(kind[0], element, f"{path}[{number}]") for number, element in enumerate(value)]
        different = {canonical({kind[0]: element}) for element in elements}
        if len(self.problems) == before and len(different) < len(elements):
            self.problem(path, f"{kind} has the same value more than once")
        return elements

    def _scalar(self, kind: str, value: t.Any, path: str) -> str | bytes:
        if not isinstance(value, str):
            loss = " in quotes, or YAML changes it on the way: 1.10 becomes 1.1" if kind == "N" else " in quotes"
            self.problem(path, f"{kind} is {value!r}, which isn't text: write it{loss}")
            return b"" if kind == "B" else "0"
        return {"S": self._text, "N": self._number, "B": self._binary}[kind](value, path)

    def _text(self, value: str, path: str) -> str:
        try:
            value.encode()
        except UnicodeEncodeError:
            self.problem(path, "holds half of a surrogate pair, which UTF-8 can't express")
        return value

    def _number(self, value: str, path: str) -> str:
        if not _NUMBER.fullmatch(value):
            self.problem(path, f'N is {value!r}, which isn\'t a number such as "-1.10" or "6.02e23"')
            return "0"
        number = number_of(value)
        digits = len(number.as_tuple().digits)
        if digits > MAX_DIGITS:
            self.problem(path, f"N has {digits} digits, but DynamoDB keeps {MAX_DIGITS}")
        elif number and not LOWEST <= number.adjusted() <= HIGHEST:
            self.problem(path, f"N is {value}, but a number is 0 or has a magnitude from 1E{LOWEST} to 9.99E+{HIGHEST}")
        return value

    def _binary(self, value: str, path: str) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            self.problem(path, "B isn't base64")
            return b""


def number_of(text: str) -> decimal.Decimal:
    """A number's value without zeros at its end, so that equal numbers are the same text."""
    return decimal.Decimal(text).normalize(_EXACT) or decimal.Decimal(0)


def canonical(value: dict[str, t.Any]) -> tuple[str, t.Any]:
    """A value in a form that is the same for what is the same to DynamoDB, and goes into JSON.

    Numbers compare by value, sets without order. The type stays, so that ``{BOOL: true}`` isn't ``{N: "1"}``.
    """
    [(kind, content)] = value.items()
    if kind == "N":
        return kind, str(number_of(content))
    if kind == "B":
        return kind, base64.b64encode(content).decode()
    if kind in _SETS:
        return kind, sorted(canonical({kind[0]: element})[1] for element in content)
    if kind == "L":
        return kind, [canonical(element) for element in content]
    if kind == "M":
        return kind, {name: canonical(element) for name, element in content.items()}
    return kind, content


def digest(item: Item) -> str:
    """The same text for the same content (SHA-256)."""
    return hashlib.sha256(json.dumps(canonical({"M": item}), sort_keys=True).encode()).hexdigest()


def differing(one: Item, other: Item) -> list[str]:
    """The attributes that are not the same in both, or not in both."""
    mine, its = canonical({"M": one})[1], canonical({"M": other})[1]
    return sorted(name for name in mine.keys() | its.keys() if mine.get(name) != its.get(name))


def size(item: Item) -> int:
    """Bytes, by "Item sizes and formats". What it says of numbers is approximate; a negative one is a byte more."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, t.Any]) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content)
    if kind == "N":
        number = number_of(content)
        digits = len(number.as_tuple().digits) if number else 0
        return (digits + 1) // 2 + 1 + number.is_signed()
    if kind in _SETS:
        return sum(_value_size({kind[0]: element}) for element in content)
    if kind == "M":
        return 3 + len(content) + size(content)
    if kind == "L":
        return 3 + len(content) + sum(_value_size(element) for element in content)
    return 1


def printable(key: Item) -> dict[str, str]:
    """A key for people and for JSON: binary values as base64."""
    return {
        name: str(canonical(value)[1] if "B" in value else next(iter(value.values()))) for name, value in key.items()
    }

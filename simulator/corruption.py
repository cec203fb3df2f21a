# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An item with another value in one attribute. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from simulator.store import Attributes


def corrupted(attributes: Attributes, keys: Collection[str]) -> Attributes | None:
    """An item with one value changed: the first one, by attribute names, outside its key; None if it has none."""
    for name in sorted(attributes.keys() - set(keys)):
        value = _corrupted_value(attributes[name])
        if value is not None:
            return {**attributes, name: value}
    return None


def _corrupted_value(value: dict[str, Any]) -> dict[str, Any] | None:
    """Another value of the same type and about the same size; NULL, which has but one, turns BOOL."""
    [(kind, content)] = value.items()
    match kind:
        case "M":
            changed = corrupted(content, keys=())
            return None if changed is None else {kind: changed}
        case "L":
            return _corrupted_list(content)
        case "SS" | "NS" | "BS":
            return {kind: content[1:] or [_other_scalar(kind[0], content[0])]}
        case "NULL":
            return {"BOOL": True}
        case _:
            return {kind: _other_scalar(kind, content)}


def _corrupted_list(elements: list[dict[str, Any]]) -> dict[str, Any] | None:
    for position, element in enumerate(elements):
        changed = _corrupted_value(element)
        if changed is not None:
            return {"L": [*elements[:position], changed, *elements[position + 1 :]]}
    return None


def _other_scalar(kind: str, value: Any) -> Any:
    match kind:
        case "BOOL":
            return not value
        case "N":
            return "0" if value == "1" else "1"
        case "B":
            return (b"y" if value[:1] == b"x" else b"x") + value[1:]
        case _:
            return ("y" if value[:1] == "x" else "x") + value[1:]

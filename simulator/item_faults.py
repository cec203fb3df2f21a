# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong with single items on their way to another region: they get lost, or arrive altered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from simulator.store import Attributes

DROP, CORRUPT = "drop", "corrupt"


@dataclass
class ItemFault:
    """What the next item of a table, or of any, suffers between two regions."""

    kind: str
    pair: tuple[str, str]
    table: str | None


class ItemFaults:
    """The items that are to be lost or altered; each fault strikes once, the oldest first."""

    def __init__(self) -> None:
        self._waiting: list[ItemFault] = []

    def add(self, kind: str, pair: tuple[str, str], table: str | None) -> None:
        self._waiting.append(ItemFault(kind, pair, table))

    def clear(self) -> None:
        self._waiting.clear()

    def loses(self, pair: tuple[str, str], table: str) -> bool:
        """Whether what would arrive now is lost."""
        return self._strikes(DROP, pair, table)

    def alter(
        self, pair: tuple[str, str], table: str, attributes: Attributes | None, keys: Collection[str]
    ) -> Attributes | None:
        """What arrives of an item; a fault waits for one with something beside its keys that can be altered."""
        altered = corrupted(attributes or {}, keys) if self._waiting else None
        return altered if altered and self._strikes(CORRUPT, pair, table) else attributes

    def _strikes(self, kind: str, pair: tuple[str, str], table: str) -> bool:
        for fault in self._waiting:
            if (fault.kind, fault.pair) == (kind, pair) and fault.table in (None, table):
                self._waiting.remove(fault)
                return True
        return False


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

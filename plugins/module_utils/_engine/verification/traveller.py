# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One of the user's items on its journey: what was seen of it, and its verdict. Pure."""

from __future__ import annotations

import typing as t

from . import dynamodb_json
from .probes import Schema
from .states import FAIL, PASS, UNSURE
from .user_items import UserItem


class Traveller:
    """An item on its journey, and what is said of it; ``complete`` when it was seen in every target."""

    def __init__(self, item: UserItem) -> None:
        self.item = item
        self.complete = False
        self._digest = dynamodb_json.digest(item.attributes)
        self._faults: list[str] = []
        self._problems: list[str] = []

    def result(self, schema: Schema, home: str) -> dict[str, t.Any]:
        given = {name: self.item.attributes[name] for name, _kind in schema.keys if name in self.item.attributes}
        return {
            "key": dynamodb_json.printable(given),
            "source": home,
            "verdict": self.verdict,
            "reason": "; ".join(dict.fromkeys([*sorted(self._faults), *sorted(self._problems)])),
        }

    def is_same(self, found: dynamodb_json.Item | None) -> bool:
        return found is not None and dynamodb_json.digest(found) == self._digest

    def refute(self, sentence: str) -> None:
        self._faults.append(sentence)

    def doubt(self, sentence: str) -> None:
        self._problems.append(sentence)

    @property
    def verdict(self) -> str:
        """Fail beats unknown; only what was seen to the end passes."""
        return FAIL if self._faults else PASS if self.complete and not self._problems else UNSURE

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: calls that fail, creates that are silently aborted."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import Any

from simulator.calls import Call
from simulator.errors import ServiceError


@dataclass
class FailRule:
    """Calls that match fail with `code`; `count` of them, or all until the rule is removed."""

    id: int
    code: str
    message: str
    status: int
    operation: str | None
    region: str | None
    table: str | None
    count: int | None

    def matches(self, call: Call) -> bool:
        wanted = ((self.operation, call.operation), (self.region, call.region), (self.table, call.table))
        return all(value is None or value == actual for value, actual in wanted)


class Faults:
    """What should go wrong."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._rules: list[FailRule] = []
        self._aborts: list[tuple[str | None, str | None]] = []

    def fail(
        self,
        code: str,
        message: str,
        status: int,
        operation: str | None = None,
        region: str | None = None,
        table: str | None = None,
        count: int | None = None,
    ) -> int:
        rule = FailRule(next(self._ids), code, message, status, operation, region, table, count)
        self._rules.append(rule)
        return rule.id

    def rules(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def remove(self, rule_id: int | None) -> None:
        """Remove one rule, or all."""
        self._rules = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]

    def raise_for(self, call: Call) -> None:
        """Raise the error of the first rule that matches."""
        rule = next((rule for rule in self._rules if rule.matches(call)), None)
        if rule is None:
            return
        if rule.count is not None:
            rule.count -= 1
            if rule.count <= 0:
                self._rules.remove(rule)
        raise ServiceError(rule.code, rule.message, rule.status)

    def abort_next_create(self, region: str | None = None, table: str | None = None) -> None:
        self._aborts.append((region, table))

    def takes_abort(self, region: str, table: str) -> bool:
        """Whether the create of this replica is to be aborted; asks only once."""
        for abort in self._aborts:
            if abort[0] in (None, region) and abort[1] in (None, table):
                self._aborts.remove(abort)
                return True
        return False

    def clear(self) -> None:
        self._rules.clear()
        self._aborts.clear()

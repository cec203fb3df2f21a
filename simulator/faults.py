# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The faults in force, and which of them strikes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from simulator import errors, store
from simulator.calls import Call, table_name
from simulator.errors import ServiceError
from simulator.fault import DENY, FAIL, STOP_REGION, CallFault, Fault, ItemFault, Passage

ACTION_PREFIXES = {"dynamodbstreams": "dynamodb", "monitoring": "cloudwatch"}
"""What IAM calls a service whose endpoint has another name."""

CALLER = f"arn:aws:iam::{store.ACCOUNT}:user/moto"


class Faults:
    """What should go wrong."""

    def __init__(self) -> None:
        self.clear()

    def add(self, fault: Fault) -> int:
        """Let something go wrong. Returns the fault's id."""
        fault.id = next(self._ids)
        self._faults.append(fault)
        self._dice[fault.id] = random.Random(fault.id)
        return fault.id

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]

    def remove(self, fault_id: int | None) -> None:
        """Remove one fault, or all."""
        self._faults = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]

    def remove_kind(self, kind: str, region: str) -> None:
        self._faults = [fault for fault in self._faults if (fault.kind, fault.region) != (kind, region)]

    def stopped_regions(self) -> set[str | None]:
        return {fault.region for fault in self._faults if fault.kind == STOP_REGION}

    def raise_for(self, call: Call) -> None:
        """Raise the error of the first fault that strikes."""
        fault = self.of_call(call, FAIL, DENY)
        if fault is None:
            return
        if fault.kind == DENY:
            raise _denied(call.service, call.operation, call.region, next(iter(_tables(call)), None))
        raise ServiceError(fault.code, fault.message, fault.status)

    def check_permission(self, action: str, region: str, table: str) -> None:
        """Whether an action is admitted that the service needs in another region than the call's."""
        if self._first((DENY,), action, region, [table]):
            raise _denied("dynamodb", action, region, table)

    def strikes(self, kind: str, region: str, table: str) -> bool:
        """Whether a fault of this kind strikes a change, which counts."""
        return self._first((kind,), None, region, [table]) is not None

    def of_call(self, call: Call, *kinds: str, table: str | None = None) -> CallFault | None:
        """The first fault of these kinds that strikes a call, or it on one of its tables, which counts."""
        return self._first(kinds, call.operation, call.region, [table] if table else _tables(call))

    def draw(self, fault: CallFault) -> float:
        """How many seconds a fault takes this time."""
        return fault.lag.draw(self._dice[fault.id]) if fault.lag else 0.0

    def of_item(self, kind: str, passage: Passage) -> ItemFault | None:
        """The first fault of this kind that strikes an item on its way, which counts."""
        for fault in self._faults:
            if isinstance(fault, ItemFault) and fault.kind == kind and fault.strikes(passage):
                self._count(fault)
                return fault
        return None

    def _first(
        self, kinds: tuple[str, ...], operation: str | None, region: str, tables: Collection[str]
    ) -> CallFault | None:
        for fault in self._faults:
            if not isinstance(fault, CallFault) or fault.kind not in kinds:
                continue
            if fault.matches(operation, region, tables) and self._dice[fault.id].random() < fault.share:
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.count is not None:
            fault.count -= 1
            if fault.count <= 0:
                self._faults.remove(fault)

    def clear(self) -> None:
        """As when nothing was ever to go wrong."""
        self._ids = itertools.count(1)
        self._faults: list[Fault] = []
        self._dice: dict[int, random.Random] = {}


def _tables(call: Call) -> list[str]:
    return [table_name(resource) for resource in call.resources]


def _denied(service: str, operation: str, region: str, table: str | None) -> ServiceError:
    action = f"{ACTION_PREFIXES.get(service, service)}:{operation}"
    return errors.access_denied(CALLER, action, store.arn(region, table) if table else "*")

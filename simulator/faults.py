# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: calls that fail, get lost or are denied, and changes that come to nothing."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import Any

from simulator import errors, store
from simulator.calls import Call
from simulator.errors import ServiceError

FAIL, DENY, LOSE_ANSWER, STOP_REGION = "fail", "deny", "lose_answer", "stop_region"
ABORT_CREATE, FAIL_CREATE, FAIL_DISASSOCIATION = "abort_create", "fail_create", "fail_disassociation"


ACTION_PREFIXES = {"monitoring": "cloudwatch"}
"""What IAM calls a service whose endpoint has another name."""

CALLER = f"arn:aws:iam::{store.ACCOUNT}:user/moto"


@dataclass
class Fault:
    """What goes wrong with what matches: `count` times, or until the fault is removed."""

    id: int
    kind: str
    operation: str | None
    region: str | None
    table: str | None
    count: int | None
    code: str
    message: str
    status: int

    def matches(self, operation: str | None, region: str | None, table: str | None) -> bool:
        wanted = ((self.operation, operation), (self.region, region), (self.table, table))
        return all(value is None or value == actual for value, actual in wanted)


class Faults:
    """What should go wrong."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._faults: list[Fault] = []

    def add(
        self,
        kind: str,
        operation: str | None = None,
        region: str | None = None,
        table: str | None = None,
        count: int | None = None,
        error: ServiceError | None = None,
    ) -> int:
        """Let something go wrong; what isn't named matches everything. Returns the fault's id."""
        code, message, status = (error.code, error.message, error.status) if error else ("", "", 0)
        fault = Fault(next(self._ids), kind, operation, region, table, count, code, message, status)
        self._faults.append(fault)
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
        """Raise the error of the first fault that matches."""
        fault = self._first((FAIL, DENY), call.operation, call.region, call.table)
        if fault is None:
            return
        if fault.kind == DENY:
            raise _denied(call.service, call.operation, call.region, call.table)
        raise ServiceError(fault.code, fault.message, fault.status)

    def check_permission(self, action: str, region: str, table: str) -> None:
        """Whether an action is admitted that the service needs in another region than the call's."""
        if self._first((DENY,), action, region, table):
            raise _denied("dynamodb", action, region, table)

    def strikes(self, kind: str, region: str, table: str | None, operation: str | None = None) -> bool:
        """Whether a fault of this kind matches, which counts."""
        return self._first((kind,), operation, region, table) is not None

    def _first(
        self, kinds: tuple[str, ...], operation: str | None, region: str | None, table: str | None
    ) -> Fault | None:
        for fault in self._faults:
            if fault.kind in kinds and fault.matches(operation, region, table):
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.count is not None:
            fault.count -= 1
            if fault.count <= 0:
                self._faults.remove(fault)

    def clear(self) -> None:
        self._faults.clear()


def _denied(service: str, operation: str, region: str, table: str | None) -> ServiceError:
    action = f"{ACTION_PREFIXES.get(service, service)}:{operation}"
    return errors.access_denied(CALLER, action, store.arn(region, table) if table else "*")

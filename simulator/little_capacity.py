# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables that have little capacity because a test asked for it, and refuse what goes beyond."""

from __future__ import annotations

from simulator import errors, store
from simulator.calls import Call
from simulator.clock import SimulatedClock
from simulator.consumption import Consumed
from simulator.errors import ServiceError
from simulator.fault import LITTLE_CAPACITY
from simulator.faults import Faults
from simulator.throttle import Throttle

READS = frozenset({"BatchGetItem", "GetItem"})


class LittleCapacity:
    """The units that each table has left. One second's worth is saved up; AWS saves up more, but promises none."""

    def __init__(self, clock: SimulatedClock, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self._left: dict[tuple[int, str, str, str], Throttle] = {}

    def clear(self) -> None:
        self._left.clear()

    def applies(self, call: Call) -> bool:
        """Whether a table that the call names has little."""
        return self._faults.of_call(call, LITTLE_CAPACITY) is not None

    def admits(self, call: Call, table: str) -> bool:
        """Whether there is anything left: the last call may take more than that, which the next ones wait for."""
        throttle = self._of(call, table)
        return throttle is None or throttle.left(self._clock.now()) > 0

    def consume(self, call: Call, table: str, consumed: Consumed) -> None:
        throttle = self._of(call, table)
        if throttle is not None:
            throttle.take(consumed.table)

    def exceeded(self, call: Call, table: str) -> ServiceError:
        """What is answered to a call that isn't admitted."""
        if store.billing_mode(call.region, table) == "PROVISIONED":
            return errors.provisioned_throughput_exceeded()
        return errors.on_demand_throughput_exceeded()

    def _of(self, call: Call, table: str) -> Throttle | None:
        fault = self._faults.of_call(call, LITTLE_CAPACITY, table=table)
        if fault is None:
            return None
        kind = "read" if call.operation in READS else "write"
        units = fault.read if kind == "read" else fault.write
        if units is None:
            return None
        per_second = units * self._clock.time_scale
        return self._left.setdefault((fault.id, call.region, table, kind), Throttle(units, per_second))

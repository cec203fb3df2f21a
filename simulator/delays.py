# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that take their time because a test asked for it, on the simulated clock."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from simulator.calls import Call
from simulator.clock import SimulatedClock
from simulator.fault import SLOW, STALL
from simulator.faults import Faults


class Delays:
    """Keeps calls waiting outside the simulator's lock, so that no other call waits with them."""

    def __init__(
        self, lock: threading.RLock, clock: SimulatedClock, faults: Faults, wake_timer: Callable[[], None]
    ) -> None:
        self._lock = lock
        self._clock = clock
        self._faults = faults
        self._wake_timer = wake_timer
        self._waiting: set[threading.Event] = set()

    @contextlib.contextmanager
    def on_its_way(self, call: Call) -> Iterator[None]:
        """What happens within happens when the call has arrived; half of its latency is the way back."""
        with self._lock:
            self._clock.run_due()
            stall = self._faults.of_call(call, STALL)
            stalled = stall.until - self._clock.now() if stall and stall.until else 0.0
            slow = self._faults.of_call(call, SLOW)
            half = self._faults.draw(slow) / self._clock.time_scale / 2 if slow else 0.0
        self._wait(stalled + half)
        yield
        self._wait(half)

    def release_all(self) -> None:
        """Let every call that waits go on. Needs the lock."""
        for event in self._waiting:
            event.set()

    def _wait(self, seconds: float) -> None:
        if seconds <= 0:
            return
        arrived = threading.Event()
        with self._lock:
            self._waiting.add(arrived)
            self._clock.schedule(seconds, arrived.set)
            self._wake_timer()
        arrived.wait()
        with self._lock:
            self._waiting.discard(arrived)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated time: a clock that runs faster than the wall, can be held and advanced, and keeps an agenda."""

from __future__ import annotations

import heapq
import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

DEFAULT_TIME_SCALE = 0.02


@dataclass(order=True)
class _Appointment:
    due: float
    number: int
    action: Callable[[], None] = field(compare=False)


class SimulatedClock:
    """Counts simulated seconds; one of them lasts `time_scale` seconds on the wall.

    The caller serializes access: nothing here locks.
    """

    def __init__(self, time_scale: float, wall: Callable[[], float] = time.monotonic) -> None:
        if not time_scale > 0:
            raise ValueError("the time scale must be greater than zero")
        self.time_scale = time_scale
        self.agenda_moved_up = False
        self._wall = wall
        self._agenda: list[_Appointment] = []
        self._numbers = itertools.count()
        self._elapsed = 0.0
        self._running_since: float | None = wall()
        self._moment: float | None = None

    @property
    def held(self) -> bool:
        return self._running_since is None

    def now(self) -> float:
        """Simulated seconds since the start; within an appointment, the moment it was due."""
        return self._reading() if self._moment is None else self._moment

    def hold(self) -> None:
        """Stop time: nothing happens until `advance` or `release`."""
        self._elapsed = self._reading()
        self._running_since = None

    def release(self) -> None:
        """Let time run on from where it was held."""
        if self.held:
            self._running_since = self._wall()
            self.agenda_moved_up = True

    def advance(self, seconds: float) -> None:
        """Move time forward and carry out, in order, what falls due on the way."""
        if seconds < 0:
            raise ValueError("time does not go backwards")
        self._elapsed += seconds
        self.run_due()

    def schedule(self, delay: float, action: Callable[[], None]) -> None:
        """Carry out `action` `delay` simulated seconds from now."""
        appointment = _Appointment(self.now() + delay, next(self._numbers), action)
        heapq.heappush(self._agenda, appointment)
        if self._agenda[0] is appointment:
            self.agenda_moved_up = True

    def run_due(self) -> None:
        """Carry out everything due by now, in time order, each at its own moment."""
        if self._moment is not None:
            return
        until = self._reading()
        try:
            while self._agenda and self._agenda[0].due <= until:
                appointment = heapq.heappop(self._agenda)
                self._moment = appointment.due
                try:
                    appointment.action()
                except Exception:
                    log.exception("an appointment of the simulated clock failed")
        finally:
            self._moment = None

    def seconds_until_next(self) -> float | None:
        """Wall-clock seconds until something falls due; None when nothing will."""
        if self.held or not self._agenda:
            return None
        return max(0.0, (self._agenda[0].due - self._reading()) * self.time_scale)

    def reset(self) -> None:
        """Forget the agenda, and run again."""
        self._agenda.clear()
        self.release()

    def _reading(self) -> float:
        if self._running_since is None:
            return self._elapsed
        return self._elapsed + (self._wall() - self._running_since) / self.time_scale

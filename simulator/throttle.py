# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many control-plane changes an account may make (AWS_FACTS section 8)."""

from __future__ import annotations

from simulator import errors
from simulator.operations import THROTTLED_OPERATIONS

BURST = 6
"""Of ten concurrent changes three to five were throttled."""
PER_SECOND = 1.0
"""About one a second was admitted."""

CALLS_PER_SECOND = {"TagResource": 5, "UntagResource": 5, "ListTagsOfResource": 10}
"""What botocore's model says of each."""


class Throttle:
    """A bucket of admissions that refills with simulated time."""

    def __init__(self, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        self._admissions = float(burst)
        self._filled_at = 0.0

    def left(self, now: float) -> float:
        """How much is admitted now; below zero where more was taken."""
        self._admissions = min(self._burst, self._admissions + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        return self._admissions

    def take(self, amount: float) -> None:
        self._admissions -= amount

    def admits(self, now: float) -> bool:
        """Whether one more change is admitted now; if so, it is counted."""
        if self.left(now) < 1:
            return False
        self.take(1)
        return True


class Throttles:
    """The throttle of changes of the control plane together, and those of single operations."""

    def __init__(self) -> None:
        self._changes = Throttle()
        self._calls = {operation: Throttle(limit, limit) for operation, limit in CALLS_PER_SECOND.items()}

    def admit(self, operation: str, now: float) -> None:
        """Refuse one call more than there may be."""
        if operation in THROTTLED_OPERATIONS and not self._changes.admits(now):
            raise errors.too_many_changes()
        if operation in self._calls and not self._calls[operation].admits(now):
            raise errors.too_many_calls()

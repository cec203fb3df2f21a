# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many control-plane changes an account may make (AWS_FACTS section 8)."""

from __future__ import annotations

BURST = 6
"""Of ten concurrent changes three to five were throttled."""
PER_SECOND = 1.0
"""About one a second was admitted."""


class Throttle:
    """A bucket of admissions that refills with simulated time."""

    def __init__(self) -> None:
        self._admissions = float(BURST)
        self._filled_at = 0.0

    def admits(self, now: float) -> bool:
        """Whether one more change is admitted now; if so, it is counted."""
        self._admissions = min(BURST, self._admissions + (now - self._filled_at) * PER_SECOND)
        self._filled_at = now
        if self._admissions < 1:
            return False
        self._admissions -= 1
        return True

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a write takes from one region to another."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass

NEAREST, FARTHEST = 0.08, 0.3
JITTER = 1.3


@dataclass(frozen=True)
class Lag:
    """A replication lag, drawn evenly between two bounds, in wall-clock seconds."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError("a lag needs 0 <= low <= high")

    @classmethod
    def parse(cls, text: str) -> Lag:
        """Read "0.2" or "0.1-0.4"."""
        low, _, high = text.partition("-")
        try:
            return cls(float(low), float(high or low))
        except ValueError:
            raise ValueError(f"{text!r} is no lag: give seconds such as 0.2, or a range such as 0.1-0.4") from None

    def draw(self, dice: random.Random) -> float:
        return dice.uniform(self.low, self.high)


class Lags:
    """The lag of every ordered pair of regions."""

    def __init__(self, everywhere: Lag | None = None) -> None:
        self._everywhere = everywhere
        self._pairs: dict[tuple[str, str], Lag] = {}

    def of(self, source: str, target: str) -> Lag:
        return self._pairs.get((source, target)) or self._everywhere or usual_lag(source, target)

    def set(self, lag: Lag, source: str | None = None, target: str | None = None) -> None:
        """Set one pair's lag, or without regions that of all pairs."""
        if (source is None) != (target is None):
            raise ValueError("name both regions of a pair, or neither for all pairs")
        if source is None or target is None:
            self._pairs.clear()
            self._everywhere = lag
        else:
            self._pairs[source, target] = lag


def usual_lag(source: str, target: str) -> Lag:
    """A pair's lag when nobody set one: the same in every run, different for each pair."""
    share = zlib.crc32(f"{source}>{target}".encode()) / 0xFFFFFFFF
    low = NEAREST + (FARTHEST - NEAREST) * share
    return Lag(low, low * JITTER)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When did a write show in another region? From looks at that region. Pure: all times are the caller's."""

from __future__ import annotations

import dataclasses
import math

from .evidence import Sample
from .probes import Lease, Probe, Seen, shows


@dataclasses.dataclass(frozen=True)
class Acknowledgement:
    """When a write was acknowledged; not ``exact`` when the SDK sent it more than once: which one took is unknown."""

    time: float
    exact: bool = True


@dataclasses.dataclass(frozen=True)
class Look:
    """One read of a region.

    :ivar seen: the items it showed.
    :ivar unread: the probes it asked for and got no answer about.
    :ivar clean: whether it was answered at the first attempt.
    """

    begun: float
    ended: float
    seen: Seen = dataclasses.field(default_factory=dict)
    unread: frozenset[Probe] = frozenset()
    clean: bool = True


class Watch:
    """Follows one operation's items in one region until they show.

    A lag is only measured between looks that were answered at once: a look that was throttled or repeated says that
    an item is there, but not since when, and it holds up the look at what was written meanwhile. The next clean look
    that doesn't show the item yet makes up for it.
    """

    def __init__(self, operation: str, lease: Lease) -> None:
        self._operation = operation
        self._lease = lease
        self._last_without: dict[Probe, float] = {}
        self._unread_until: dict[Probe, float] = {}
        self._held_up_until = -math.inf

    def take(self, pending: dict[Probe, Acknowledgement], look: Look) -> dict[Probe, Sample | None]:
        """Which of ``pending`` the look shows, each with its lag when that could be measured."""
        arrived: dict[Probe, Sample | None] = {}
        if not look.clean:
            self._held_up_until = look.ended
        for probe, acknowledged in pending.items():
            if probe in look.unread:
                self._unread_until[probe] = look.ended
            elif shows(self._operation, look.seen.get(probe), self._lease):
                arrived[probe] = self._sample(probe, acknowledged, look)
            elif look.clean:
                self._last_without[probe] = look.begun
        return arrived

    def _sample(self, probe: Probe, acknowledged: Acknowledgement, look: Look) -> Sample | None:
        since = self._last_without.get(probe, acknowledged.time)
        known_from = max(self._held_up_until, self._unread_until.get(probe, -math.inf))
        if not (look.clean and acknowledged.exact) or since < known_from:
            return None
        return Sample(lag=look.ended - acknowledged.time, resolution=look.ended - since)

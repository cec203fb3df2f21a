# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to the items of one table: every write, and every look at a region. Pure: all times are the caller's.

Verdicts on what arrives are made of a history alone (the way of Jepsen, whose checkers know nothing of who generated
it). Why a workload couldn't write or look is a finding beside it (`verdicts.PairEvidence.findings`).
"""

from __future__ import annotations

import dataclasses
import typing as t

from .cost import Cost
from .probes import Probe, Seen

# What became of a write: carried out; refused by its condition, so that it changed nothing; not answered as it should.
DONE, REFUSED, FAILED = "done", "refused", "failed"


@dataclasses.dataclass(frozen=True, slots=True)
class Write:
    """A put, update or delete in ``region``.

    :ivar number: rises with every write to a key, and is what the item then shows (`probes.NUMBERS`, or a heartbeat's).
    :ivar begun: when it was first sent; ``ended``, when it was answered: seconds of one monotonic clock.
    :ivar repeated: whether the SDK sent it more than once, so that any of these may have taken effect.
    :ivar targets: the regions where it is to arrive.
    :ivar patience: how many seconds it has for that, from its acknowledgement.
    :ivar problem: why it failed, as a sentence.
    :ivar kind: how it failed, in the terms of `errors`; ``unclear``, whether it may have taken effect all the same.
    """

    operation: str
    region: str
    probe: Probe
    number: int
    begun: float
    ended: float
    status: str = DONE
    repeated: bool = False
    targets: tuple[str, ...] = ()
    patience: float = 0.0
    problem: str = ""
    kind: str = ""
    unclear: bool = False
    units: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """A read of some keys in ``region``.

    :ivar seen: the items that were there.
    :ivar absent: the keys without an item.
    :ivar unread: the keys that weren't answered, and ``problem`` why, as a sentence.
    :ivar kind: that failure in the terms of `errors`; what was left unprocessed was throttled.
    """

    region: str
    begun: float
    ended: float
    consistent: bool
    seen: Seen = dataclasses.field(default_factory=dict)
    absent: frozenset[Probe] = frozenset()
    unread: frozenset[Probe] = frozenset()
    problem: str = ""
    kind: str = ""
    units: float = 0.0


Event: t.TypeAlias = "Write | Look"


class History:
    """The events of one table in the order in which they ended; each is passed on to what follows them.

    :ivar cost: of all of it, in capacity units.
    :param copies: in how many other regions each write is carried out again.
    """

    def __init__(self, copies: int = 0) -> None:
        self.cost = Cost()
        self._copies = copies
        self._followers: list[t.Callable[[Event], None]] = []

    def follow(self, follower: t.Callable[[Event], None]) -> None:
        self._followers.append(follower)

    def unfollow(self, follower: t.Callable[[Event], None]) -> None:
        self._followers.remove(follower)

    def add(self, event: Event) -> None:
        if isinstance(event, Look):
            self.cost += Cost(read_units=event.units)
        else:
            self.cost += Cost(write_units=event.units, replicated_write_units=event.units * self._copies)
        for follower in self._followers:
            follower(event)

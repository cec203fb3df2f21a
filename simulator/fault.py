# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong with which calls and which items. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from simulator import regions
from simulator.lag import Lag
from simulator.store import Key

FAIL, DENY, LOSE_ANSWER, STOP_REGION = "fail", "deny", "lose_answer", "stop_region"
SLOW, STALL, STALE, LITTLE_CAPACITY = "slow", "stall", "stale", "little_capacity"
ABORT_CREATE, FAIL_CREATE, FAIL_DISASSOCIATION = "abort_create", "fail_create", "fail_disassociation"
"""Faults of calls, and of the changes that they ask for."""

LOSE, CORRUPT, DELAY, LAST_ARRIVAL_WINS, REVERT = "lose", "corrupt", "delay", "last_arrival_wins", "revert"
"""Faults of items on their way to another region."""

PUTS, DELETES = "puts", "deletes"
WRITES, PARTITIONS = "writes", "partitions"


@dataclass
class Fault:
    """What goes wrong with what matches; what isn't named matches everything.

    It strikes a `share` of it (more than 0, at most 1), the same in every run, and `count` times or until it is
    removed. Seconds are those of the wall clock.
    """

    kind: str
    region: str | None = None
    table: str | None = None
    share: float = 1.0
    count: int | None = None
    lag: Lag | None = None
    id: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError("a share is more than 0, and at most 1")
        if self.count is not None and self.count < 1:
            raise ValueError("a fault strikes at least once")
        _are_known(self.region)


@dataclass
class CallFault(Fault):
    """A fault of the calls of one operation, in one region, on one table."""

    operation: str | None = None
    code: str = ""
    message: str = ""
    status: int = 0
    until: float | None = None
    """The simulated second at which a stall ends."""
    read: float | None = None
    write: float | None = None
    """The units a second that a table has."""

    def matches(self, operation: str | None, region: str, tables: Collection[str]) -> bool:
        return (
            self.operation in (None, operation)
            and self.region in (None, region)
            and (self.table is None or self.table in tables)
        )


@dataclass(frozen=True)
class Passage:
    """One change of one item on its way from a region to another."""

    source: str
    target: str
    table: str
    key: Key
    number: int
    """Which change of this item it is."""
    is_deletion: bool


@dataclass
class ItemFault(Fault):
    """A fault of the items on their way from a `source` to a `target`, or to and from a `region`.

    `changes` are "puts", updates among them, or "deletes". A share is one of "writes", or `of` "partitions": then a
    partition key is always struck or never.
    """

    source: str | None = None
    target: str | None = None
    changes: str | None = None
    of: str = WRITES
    seconds: float | None = None
    """How long what was reverted stays so; None is for good."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _are_known(self.source, self.target)
        if self.changes not in (None, PUTS, DELETES) or self.of not in (WRITES, PARTITIONS):
            raise ValueError(f'changes are "{PUTS}" or "{DELETES}", and a share is one of "{WRITES}" or "{PARTITIONS}"')

    def strikes(self, passage: Passage) -> bool:
        wanted = (
            (self.source, passage.source),
            (self.target, passage.target),
            (self.table, passage.table),
            (self.changes, DELETES if passage.is_deletion else PUTS),
        )
        if any(value is not None and value != actual for value, actual in wanted):
            return False
        if self.region not in (None, passage.source, passage.target):
            return False
        return self._place_of(passage) < self.share

    def _place_of(self, passage: Passage) -> float:
        """Where a write, or its partition, stands between 0 and 1: evenly spread, and always the same."""
        what = passage.key[:1] if self.of == PARTITIONS else (*passage.key, passage.number)
        text = repr((self.kind, passage.source, passage.target, passage.table, what))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48


def _are_known(*named: str | None) -> None:
    for region in named:
        if region is not None and region not in regions.SUPPORTED:
            raise ValueError(f"{region} is no region")

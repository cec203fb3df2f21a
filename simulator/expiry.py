# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time to live: expired items go some time later, and their deletion replicates (AWS_FACTS section 7)."""

from __future__ import annotations

import time

from simulator import durations, store
from simulator.clock import SimulatedClock
from simulator.replication import Replication
from simulator.state import ACTIVE, UPDATING, RegionalTable, Tables
from simulator.store import Key

SWEEP = 3600.0
OLDEST = 5 * 365 * 24 * 3600
"""Expired longer ago than five years, an item stays: more likely a mistake than an expiry (developer guide)."""

Found = tuple[str, Key, int]
"""A table's id, an item's key, and when it expires."""


class Expiry:
    """Looks for expired items again and again.

    Whether one is expired is a matter of the wall clock, as the client that wrote it has it; how much later it goes,
    of the simulated one. Until then it can be read and written as before.
    """

    def __init__(self, tables: Tables, clock: SimulatedClock, replication: Replication) -> None:
        self._tables = tables
        self._clock = clock
        self._replication = replication
        self.start()

    def start(self) -> None:
        """As when nothing was ever seen, nor the delay changed."""
        self._found: dict[Found, float] = {}
        self._round = 0
        self.set_delay(durations.EXPIRED_ITEM_GONE)

    def set_delay(self, seconds: float) -> None:
        """How many simulated seconds after it was found expired an item goes."""
        if seconds < 0:
            raise ValueError("an item goes after its expiry, not before")
        self._delay = seconds
        self._round += 1
        self._sweep(self._round)

    def _sweep(self, this_round: int) -> None:
        if this_round != self._round:
            return  # the delay was changed: others look by now
        found: dict[Found, float] = {}
        for table in self._tables:
            if _looks_here(table):
                self._sweep_table(table, found)
        self._found = found
        self._clock.schedule(max(1.0, min(SWEEP, self._delay)), lambda: self._sweep(this_round))

    def _sweep_table(self, table: RegionalTable, found: dict[Found, float]) -> None:
        attribute = store.time_to_live(table.region, table.name)["AttributeName"]
        now = time.time()
        for key, expires in store.numbers(table.region, table.name, attribute).items():
            if not now - OLDEST < expires < now:
                continue
            seen = (table.table_id, key, expires)
            found[seen] = self._found.get(seen, self._clock.now())
            if self._clock.now() - found[seen] >= self._delay:
                store.expire_item(table.region, table.name, key)
                del found[seen]
        self._replication.capture(table.region)


def _looks_here(table: RegionalTable) -> bool:
    """One region deletes, and the others follow."""
    if table.status not in (ACTIVE, UPDATING) or not store.has_table(table.region, table.name):
        return False
    if store.time_to_live(table.region, table.name)["TimeToLiveStatus"] != "ENABLED":
        return False
    reachable = [one for one in table.group.members.values() if not one.is_cut_off] if table.group else [table]
    return table is (reachable or [table])[0]

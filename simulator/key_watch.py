# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of tables whose key can't be used any more, and when it can again."""

from __future__ import annotations

import time

from simulator import durations, errors, kms
from simulator.admission import table_here
from simulator.calls import ITEM_OPERATIONS, Call
from simulator.clock import SimulatedClock
from simulator.lifecycle import Lifecycle
from simulator.state import CREATING, INACCESSIBLE_ENCRYPTION_CREDENTIALS, RegionalTable, Tables

NEED_THE_KEY = ITEM_OPERATIONS | {"UpdateTimeToLive", "UpdateContributorInsights"}
"""What fails without the key; everything else goes on (325, 333)."""


class KeyWatch:
    """Looks after every call to KMS whether tables lost their key or have it again."""

    def __init__(self, tables: Tables, clock: SimulatedClock, lifecycle: Lifecycle) -> None:
        self._tables = tables
        self._clock = clock
        self._lifecycle = lifecycle
        self._without_key: set[RegionalTable] = set()

    def clear(self) -> None:
        self._without_key.clear()

    def check(self, call: Call) -> None:
        """Refuse what needs a key that is lost (329, 333), and nearly everything of an archived table [M]."""
        if not self._without_key:
            return
        for resource in call.resources:
            table = table_here(self._tables, call.region, resource)
            if table is None:
                continue
            if table.encryption.archived_at is not None and call.operation not in ("DescribeTable", "DeleteTable"):
                raise errors.resource_in_use()
            if table.encryption.items_fail and call.operation in NEED_THE_KEY and table.kms_key_arn:
                raise kms.unusable(table.region, table.kms_key_arn)

    def look(self, region: str) -> None:
        for table in self._tables:
            if table.region != region or table.kms_key_arn is None:
                continue
            usable = kms.is_usable(region, table.kms_key_arn)
            if not usable and table.encryption.lost_since is None:
                self._lose(table)
            elif usable and table.encryption.lost_since is not None:
                self._recover(table)

    def _lose(self, table: RegionalTable) -> None:
        """Items fail after minutes, the status tells after up to 80; a table in the making vanishes (329, 331, 332)."""
        since = table.encryption.lost_since = self._clock.now()
        self._without_key.add(table)

        def still_lost() -> bool:
            return table.encryption.lost_since == since and self._tables.get(table.region, table.name) is table

        def fail() -> None:
            if still_lost():
                table.encryption.items_fail = True

        def show() -> None:
            if still_lost():
                self._show(table)
                self._clock.schedule(durations.ARCHIVED, lambda: _archive(table) if still_lost() else None)

        def vanish() -> None:
            if table.status == CREATING and self._tables.get(table.region, table.name) is table:
                self._lifecycle.forget(table)

        if table.group and not table.describable:
            self._lifecycle.abandon_replica(table)
            return
        if table.status == CREATING and table.group is None:
            self._lifecycle.later(durations.KEYLESS_TABLE_VANISHES, vanish)
            return
        self._lifecycle.later(durations.ITEMS_FAIL, fail)
        self._lifecycle.later(durations.KEY_LOSS_SHOWN, show)

    def _show(self, table: RegionalTable) -> None:
        table.encryption.inaccessible_at = time.time()
        self._lifecycle.cut_off(table, INACCESSIBLE_ENCRYPTION_CREDENTIALS)

    def _recover(self, table: RegionalTable) -> None:
        """Items are there again long before the status tells (330, 335)."""
        table.encryption.lost_since = None

        def has_it_still() -> bool:
            return table.encryption.lost_since is None

        def work() -> None:
            if has_it_still():
                table.encryption.items_fail = False
                self._without_key.discard(table)
                self._lifecycle.drain()

        def show() -> None:
            if has_it_still():
                table.encryption.inaccessible_at = None
                self._lifecycle.reconnect(table, INACCESSIBLE_ENCRYPTION_CREDENTIALS)

        self._lifecycle.later(durations.ITEMS_WORK, work)
        self._lifecycle.later(durations.KEY_RECOVERY_SHOWN, show)


def _archive(table: RegionalTable) -> None:
    """After seven days without its key; it never comes back [M]."""
    if table.group is None:
        table.encryption.archived_at = time.time()

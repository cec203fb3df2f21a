# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How tables are to be verified, and what that has to be allowed to cost. Pure."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from ..spec import Refused, Table
from . import cost, user_items
from .probes import KEYS_AT_ONCE, MARKER
from .staleness import DAY, Pace
from .states import STATES
from .user_items import UserItem

# Items of each region: 3,000 changes in each direction show a loss of one in a thousand.
MOST_ITEMS = 1000


@dataclasses.dataclass(frozen=True)
class Options:
    """``item_count`` per source region; ``timeout`` of each table, ``poll_delay`` and ``max_lag`` in seconds.

    :ivar max_units: capacity units, reads and writes of all regions together, that each table may cost.
    :ivar items: table -> the user's own items.
    :ivar watch: how long heartbeats go on after the check, None for not at all.
    """

    item_count: int = 5
    timeout: float = 60.0
    poll_delay: float = 0.1
    max_lag: float | None = None
    max_units: float | None = None
    items: dict[str, list[UserItem]] = dataclasses.field(default_factory=dict)
    watch: Pace | None = None

    def check(self) -> None:
        """:raises Refused: for what can't be done."""
        problems = []
        if not 1 <= self.item_count <= MOST_ITEMS:
            problems.append(f"item_count (verify_item_count) is {self.item_count}, but must be 1 to {MOST_ITEMS}.")
        if not 0 < self.timeout <= DAY:
            problems.append(f"timeout (verify_timeout) is {self.timeout:g} s, but must be more than 0, at most a day.")
        if not 0 <= self.poll_delay <= DAY:
            problems.append(f"poll_delay is {self.poll_delay:g} s, but must be 0 to a day.")
        if self.max_lag is not None and not 0 < self.max_lag <= DAY:
            problems.append(f"max_lag (verify_max_lag) is {self.max_lag:g} s, but must be more than 0, at most a day.")
        if self.max_units is not None and not self.max_units > 0:
            problems.append(f"max_units (verify_max_units) is {self.max_units:g}, but must be more than 0.")
        if self.watch:
            problems += self.watch.problems()
        if problems:
            raise Refused(problems)

    def check_cost(self, tables: list[Table]) -> None:
        """:raises Refused: when the bound is lower than what a table needs, or its key is verification's attribute."""
        problems = [
            f"Table {table.name} has a key named {MARKER}, which verification writes: set verification: states."
            for table in tables
            if MARKER in (table.settings.get("partition_key"), table.settings.get("sort_key"))
            and table.verification != STATES
        ]
        for table in tables:
            regions = len(table.regions)
            needed = self.needed(table.name, regions, regions)
            if self.max_units and table.verification != STATES and regions > 1 and needed > self.max_units:
                problems.append(
                    f"Verifying {table.name} in {regions} regions needs {needed:g} capacity units, but "
                    f"max_units (verify_max_units) is {self.max_units:g}: raise it to {2 * needed:g}, which leaves "
                    "room for looks at what takes longer, or write fewer items."
                )
        if problems:
            raise Refused(problems)

    def needed(self, table: str, regions: int, members: int) -> float:
        """Units that a table takes without any lag, and to remove what doesn't replicate; a watch's first round, too.

        :param regions: how many of the group's ``members`` are verified.
        """
        items = self.items.get(table, [])
        needed = cost.least(regions, self.item_count, members) + user_items.least_units(items, members)
        if self.watch:
            used = min(KEYS_AT_ONCE, math.ceil(self.watch.planned / self.watch.interval))
            needed += cost.heartbeats(regions, members) + cost.heartbeat_keys(regions, members, used)
        return needed

    def for_looks(self, table: str, regions: int, members: int) -> float | None:
        """What ``max_units`` leaves for looks at what hasn't arrived yet; None for as much as it takes."""
        if self.max_units is None:
            return None
        looks = cost.first_looks(regions, self.item_count)
        if self.watch:
            looks += cost.heartbeats(regions, members)
        return self.max_units - self.needed(table, regions, members) + looks

    @property
    def settings(self) -> dict[str, t.Any]:
        """What a report says of them."""
        settings = dataclasses.asdict(dataclasses.replace(self, items={}))
        del settings["items"]
        return settings

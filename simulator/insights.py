# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contributor Insights: of a table and of each global secondary index, in each region for itself (094)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from simulator import durations, errors, store
from simulator.admission import table_with_settings
from simulator.calls import Call
from simulator.clock import SimulatedClock
from simulator.state import CREATING, DISABLED, Insights, RegionalTable, Tables

Result = dict[str, Any]

ENABLE, DISABLE = "ENABLE", "DISABLE"
ENABLING, ENABLED, DISABLING, FAILED = "ENABLING", "ENABLED", "DISABLING", "FAILED"
ALL_KEYS, THROTTLED_KEYS = "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"

RULES_OF_A_REGION = 100
"""CloudWatch's quota, which all tables and indexes of a region share (337, 439)."""
LARGEST_PAGE = 100


class ContributorInsights:
    """Answers UpdateContributorInsights, DescribeContributorInsights and ListContributorInsights."""

    def __init__(self, tables: Tables, clock: SimulatedClock, dice: random.Random) -> None:
        self._tables = tables
        self._clock = clock
        self._dice = dice
        self.operations: dict[str, Callable[[Call], Result]] = {
            "UpdateContributorInsights": self.update,
            "DescribeContributorInsights": self.describe,
            "ListContributorInsights": self.list,
        }

    def update(self, call: Call) -> Result:
        action = call.parameters["ContributorInsightsAction"]
        mode = call.parameters.get("ContributorInsightsMode", ALL_KEYS)  # 092: omitted is the default, not the present
        errors.is_one_of(action, (DISABLE, ENABLE), "contributorInsightsAction")
        errors.is_one_of(mode, (ALL_KEYS, THROTTLED_KEYS), "contributorInsightsMode")
        table, index = self._named(call)
        if table.status == CREATING:
            raise errors.insights_need_an_active("Table")  # 115, 116
        if index is not None and table.indexes[index].status == CREATING:
            raise errors.insights_need_an_active("Index")  # 116
        insights = table.insights.setdefault(index, Insights())
        if action == ENABLE:
            self._enable(table, index, insights, mode)
        else:
            self._disable(insights)
        return _described(table, index, insights)

    def describe(self, call: Call) -> Result:
        table, index = self._named(call)
        insights = table.insights.get(index, Insights())
        described = _described(table, index, insights)
        if insights.changed_at is not None:
            described["LastUpdateDateTime"] = insights.changed_at
        if insights.rules:
            described["ContributorInsightsRuleList"] = list(insights.rules)
        if insights.failed:
            described["FailureException"] = {
                "ExceptionName": "LimitExceededException",
                "ExceptionDescription": "Amazon CloudWatch Contributor Insights rule limit reached. Please disable "
                "Contributor Insights for other tables/indexes OR disable other CloudWatch Contributor Insights rules "
                "before retrying.",
            }  # 337
        return described

    def list(self, call: Call) -> Result:
        """What isn't DISABLED (095, 340, 343); without a table, pages that can be empty before the last (344)."""
        if call.parameters.get("TableName"):
            table = self._table(call)
            candidates = [candidate for candidate in _candidates(table) if _is_listed(candidate)]
        else:
            here = [table for table in self._tables if table.region == call.region and not table.is_joining]
            candidates = [candidate for table in here for candidate in _candidates(table)]
        start = int(call.parameters.get("NextToken") or 0)
        end = start + call.parameters.get("MaxResults", LARGEST_PAGE)
        page = [candidate for candidate in candidates[start:end] if _is_listed(candidate)]
        listed: Result = {"ContributorInsightsSummaries": [_described(*candidate) for candidate in page]}
        return listed | ({"NextToken": str(end)} if end < len(candidates) else {})

    def _enable(self, table: RegionalTable, index: str | None, insights: Insights, mode: str) -> None:
        """A mode is changed by enabling again; what is so already is left (090, 091, 092, 341)."""
        if insights.status in (ENABLING, ENABLED) and insights.mode == mode:
            return
        if insights.status in (ENABLING, DISABLING):
            raise errors.insights_are_changing(insights.status)
        insights.status, insights.mode = ENABLING, mode
        insights.changed_at = time.time()

        def finish() -> None:
            if self._tables.get(table.region, table.name) is not table or table.insights.get(index) is not insights:
                return  # 097, 112: gone with the table or index
            self._name_rules(table, index, insights)
            insights.failed = not insights.rules
            insights.status = FAILED if insights.failed else ENABLED
            insights.changed_at = time.time()

        self._clock.schedule(durations.INSIGHTS_ENABLING.draw(self._dice), finish)

    def _disable(self, insights: Insights) -> None:
        """The mode stays, whatever the call says of it (089, 092); a failure is forgotten at the end (339)."""
        if insights.status in (DISABLING, DISABLED):
            return
        if insights.status == ENABLING:
            raise errors.insights_are_changing(insights.status)
        insights.status = DISABLING
        insights.changed_at = time.time()

        def finish() -> None:
            insights.status, insights.rules, insights.failed = DISABLED, (), False
            insights.changed_at = time.time()

        self._clock.schedule(durations.INSIGHTS_DISABLING.draw(self._dice), finish)

    def _name_rules(self, table: RegionalTable, index: str | None, insights: Insights) -> None:
        """The CloudWatch rules, all or none: one per key attribute for throttled keys, one more for accessed (093)."""
        if not insights.rules:
            insights.rules_named_at = int(time.time() * 1000)
        name = "-".join(filter(None, (table.name, index)))
        kinds = ("T",) if insights.mode == THROTTLED_KEYS else ("C", "T")
        keys = "PK", "SK"
        wanted = tuple(
            f"DynamoDBContributorInsights-{key}{kind}-{name}-{insights.rules_named_at}"
            for key in keys[: len(store.key_schema(table.region, table.name, index))]
            for kind in kinds
        )
        others = sum(
            len(other.rules)
            for standing in self._tables
            if standing.region == table.region
            for other in standing.insights.values()
            if other is not insights
        )
        insights.rules = wanted if others + len(wanted) <= RULES_OF_A_REGION else ()

    def _named(self, call: Call) -> tuple[RegionalTable, str | None]:
        table, index = self._table(call), call.parameters.get("IndexName")
        if index is not None and not _knows(table, index):
            raise errors.index_not_found_for_insights(table.name, index)
        return table, index

    def _table(self, call: Call) -> RegionalTable:
        return table_with_settings(self._tables, call.region, call.resource, self._clock.now())


Candidate = tuple[RegionalTable, str | None, Insights]


def _knows(table: RegionalTable, name: str) -> bool:
    """An index added to a standing table is known from when it is backfilled (116)."""
    index = table.indexes.get(name)
    return index is not None and (index.status != CREATING or index.backfilling is not False)


def _candidates(table: RegionalTable) -> Iterator[Candidate]:
    """The table, then its indexes."""
    for index in (None, *table.indexes):
        yield table, index, table.insights.get(index, Insights())


def _is_listed(candidate: Candidate) -> bool:
    return candidate[2].status != DISABLED


def _described(table: RegionalTable, index: str | None, insights: Insights) -> Result:
    described = {"TableName": table.name, "ContributorInsightsStatus": insights.status}
    if index is not None:
        described["IndexName"] = index
    if insights.mode is not None:
        described["ContributorInsightsMode"] = insights.mode
    return described

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much an account may have and do at a time in a region (AWS_FACTS section 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator import errors
from simulator.state import CREATING, DELETING, UPDATING, RegionalTable

MAX_TABLES = 2500
MAX_CONCURRENT = 500
MAX_CONCURRENT_INDEXED = 250


def another_operation(tables: Iterable[RegionalTable], region: str) -> None:
    """500 tables are created, updated or deleted at a time [M]."""
    if _count(tables, region, CREATING, UPDATING, DELETING) >= MAX_CONCURRENT:
        raise errors.too_many_operations(MAX_CONCURRENT)


def another_indexed_table(
    tables: Iterable[RegionalTable], region: str, is_indexed: Callable[[RegionalTable], bool]
) -> None:
    """Of tables with secondary indexes 250 are created at a time [M]."""
    creating = [table for table in tables if (table.region, table.status) == (region, CREATING) and is_indexed(table)]
    if len(creating) >= MAX_CONCURRENT_INDEXED:
        raise errors.too_many_indexed_tables()


def another_table(tables: Iterable[RegionalTable], region: str) -> None:
    """2,500 tables stand in a region, replicas among them [M]."""
    if _count(tables, region) >= MAX_TABLES:
        raise errors.too_many_tables(MAX_TABLES)


def _count(tables: Iterable[RegionalTable], region: str, *statuses: str) -> int:
    here = (table for table in tables if table.region == region)
    return sum(not statuses or table.status in statuses for table in here)

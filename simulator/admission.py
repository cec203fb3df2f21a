# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a table's state admits an operation that moto carries out."""

from __future__ import annotations

from simulator import errors, store
from simulator.calls import ITEM_OPERATIONS, Call, table_name
from simulator.state import CREATING, DELETING, RegionalTable, Tables
from simulator.store import ACCOUNT

MAX_BATCH = 25

BACKUP_OPERATIONS = frozenset({"DescribeContinuousBackups", "UpdateContinuousBackups"})


def admit(tables: Tables, call: Call) -> list[RegionalTable]:
    """The tables a call touches; refused if one isn't there for it.

    A table that is CREATING or DELETING has no items to read or write; a replica that is CREATING answers nothing
    but DescribeTable (298).
    """
    if call.operation == "BatchWriteItem" and sum(map(len, call.parameters["RequestItems"].values())) > MAX_BATCH:
        raise errors.batch_too_large()
    admitted = []
    for resource in call.resources:
        name = table_name(resource)
        table = table_here(tables, call.region, resource)
        if table is None or not table.describable or table.is_joining:
            raise _not_found(call, name)
        if call.operation in ITEM_OPERATIONS and table.status in (CREATING, DELETING):
            raise errors.items_not_found()
        if call.parameters.get("IndexName") and call.operation in ITEM_OPERATIONS:
            _index_is_readable(table, call.parameters["IndexName"])
        admitted.append(table)
    return admitted


def _index_is_readable(table: RegionalTable, name: str) -> None:
    """Query and Scan want an index that is there and filled."""
    index = table.indexes.get(name)
    if name not in store.index_names(table.region, table.name) or (index and index.status == DELETING):
        raise errors.no_such_index(name)
    if index and index.status == CREATING:
        raise errors.index_is_backfilling(name)


def table_here(tables: Tables, region: str, resource: str) -> RegionalTable | None:
    """The table of a name, or of an ARN of this region and account."""
    if resource.startswith("arn:") and resource.split(":")[3:5] != [region, ACCOUNT]:
        return None
    return tables.get(region, table_name(resource))


def table_with_settings(tables: Tables, region: str, resource: str, now: float) -> RegionalTable:
    """The table whose own settings in this region a call names; the first seconds of it know of none (115, 233)."""
    table = table_here(tables, region, resource)
    if table is None or not table.describable or table.is_joining or now < table.settings_known_at:
        raise errors.table_not_found(table_name(resource))
    return table


def _not_found(call: Call, name: str) -> errors.ServiceError:
    if call.operation in BACKUP_OPERATIONS:
        return errors.table_not_found_for_backups(name)
    if call.operation in ITEM_OPERATIONS:
        return errors.items_not_found()
    return errors.table_not_found(name)

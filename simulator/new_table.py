# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CreateTable: what a new table may be, and what the simulator keeps of it beside moto."""

from __future__ import annotations

import time
from typing import Any

from simulator import encryption, errors, rules, schema, store
from simulator.capacity import is_within_quota, provisioned_capacities
from simulator.description import PAY_PER_REQUEST
from simulator.indexes import index_capacity_is_valid, new_index
from simulator.on_demand import maximums_are_valid
from simulator.state import CREATING, RegionalTable
from simulator.warm import warm_is_valid_at_creation


def new_table_is_valid(parameters: dict[str, Any], region: str) -> None:
    """Everything that CreateTable refuses by what it was sent alone."""
    rules.values_are_known(parameters)
    schema.new_table_is_valid(parameters)
    rules.stream_is_whole(parameters.get("StreamSpecification"))
    encryption.specification_is_valid(parameters.get("SSESpecification", {}))
    _capacity_is_valid(parameters, region)


def new_table(parameters: dict[str, Any], region: str, kms_key_arn: str | None) -> RegionalTable:
    """The table that moto has just made."""
    table = RegionalTable(region, parameters["TableName"], CREATING)
    table.table_class = parameters.get("TableClass")
    table.kms_key_arn = kms_key_arn
    _give_capacity(table, parameters)
    if _is_on_demand(parameters):
        table.on_demand_since = time.time()
    return table


def _capacity_is_valid(parameters: dict[str, Any], region: str) -> None:
    """CreateTable: capacity, maximums and warm throughput of the table and its indexes (038, 039, 128, 170)."""
    throughput, provisioned = parameters.get("ProvisionedThroughput"), not _is_on_demand(parameters)
    if throughput and not provisioned:
        raise errors.capacity_on_demand()
    maximums_are_valid(region, parameters.get("OnDemandThroughput", {}), provisioned)
    is_within_quota(region, {None: throughput or {}})
    warm_is_valid_at_creation(parameters.get("WarmThroughput", {}), throughput, region)
    for index in parameters.get("GlobalSecondaryIndexes", []):
        if not provisioned and "ProvisionedThroughput" in index:
            raise errors.new_index_takes_no_throughput(index["IndexName"])
        if provisioned and "ProvisionedThroughput" not in index:
            raise errors.index_throughput_not_specified(index["IndexName"])
        index_capacity_is_valid(index, provisioned, region)


def _give_capacity(table: RegionalTable, parameters: dict[str, Any]) -> None:
    """What moto doesn't keep of a new table's capacity, and what it keeps only in part (039)."""
    table.indexes = {index["IndexName"]: new_index(index) for index in parameters.get("GlobalSecondaryIndexes", [])}
    table.capacity.maximums = dict(parameters.get("OnDemandThroughput", {}))
    table.capacity.warm_wanted = parameters.get("WarmThroughput")
    least = store.WARM_ON_DEMAND
    for index in table.capacities:
        if not _is_on_demand(parameters):
            least = store.warm_of(provisioned_capacities(table)[index])
        store.raise_warm_throughput(table.region, table.name, index, least)


def _is_on_demand(parameters: dict[str, Any]) -> bool:
    return parameters.get("BillingMode") == PAY_PER_REQUEST

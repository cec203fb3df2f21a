# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Indexes, capacity, maxima and warm throughput of standing tables end to end: the modules on the simulator."""

from __future__ import annotations

import typing as t

import boto3
import pytest
from caller import EU, US, changes, region

ORDERS = {"name": "orders", "partition_key": "id", "sort_key": "at", "attribute_types": {"at": "N"}}
BY_TEAM = {"name": "by-team", "partition_keys": ["team"], "projection": "ALL"}
BY_PLACE = {
    "name": "by-place",
    "partition_keys": ["country", "city"],
    "sort_keys": ["at", "cost"],
    "projection": "INCLUDE",
    "non_key_attributes": ["size", "colour"],
}
COST = {"attribute_types": {"at": "N", "cost": "N"}}
UNITS = {"read_capacity": 3, "write_capacity": 4}


@pytest.fixture
def settle(run_module, admin):
    """A run that does what check mode said, leaves what it foresaw, and after which the next only reads."""

    def settle(table: dict[str, t.Any], **params: t.Any) -> dict[str, t.Any]:
        admin.clear_calls()
        expected = run_module("tables", table, check_mode=True, diff=True, **params)
        assert changes(admin) == []
        done = run_module("tables", table, diff=True, **params)
        assert "msg" not in done
        assert done["changed"]
        for part in ("steps", "regions"):
            assert [entry[part] for entry in expected["tables"]] == [entry[part] for entry in done["tables"]]
        assert expected["diff"] == done["diff"]
        admin.clear_calls()
        assert not run_module("tables", table, **params)["changed"]
        assert changes(admin) == []
        return done

    return settle


def steps(result: dict[str, t.Any]) -> list[str]:
    return [step["description"] for step in result["tables"][0]["steps"]]


def index(result: dict[str, t.Any], name: str, where: str = US) -> dict[str, t.Any]:
    return next(index for index in region(result, where)["global_secondary_indexes"] if index["name"] == name)


def described(served, where: str) -> dict[str, t.Any]:
    client = boto3.client("dynamodb", region_name=where, endpoint_url=served.url)
    return client.describe_table(TableName="orders")["Table"]


def test_indexes_of_a_global_table_come_change_and_go_in_every_region(run_module, settle, served, admin):
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    table = {**ORDERS, **COST, "global_secondary_indexes": [BY_TEAM, BY_PLACE]}
    done = settle(table, replica_regions=[EU])
    assert steps(done) == ["add index by-team in us-east-1", "add index by-place in us-east-1"]
    assert [entry["region"] for entry in done["tables"][0]["regions"]] == [US, EU]
    for where in (US, EU):
        assert [one["IndexStatus"] for one in described(served, where)["GlobalSecondaryIndexes"]] == ["ACTIVE"] * 2
        shown = index(done, "by-place", where)
        assert {**shown, **BY_PLACE} == {**shown, "non_key_attributes": BY_PLACE["non_key_attributes"]}

    bounds = {"on_demand_max": {"read": 50, "write": 60}, "warm_throughput": {"read": 13000, "write": 4100}}
    bounded = {**table, **bounds, "global_secondary_indexes": [{**BY_TEAM, **bounds}, BY_PLACE]}
    done = settle(bounded, replica_regions=[EU])
    assert steps(done) == [
        "set on_demand_max to read 50, write 60 in us-east-1",
        "set on_demand_max of index by-team to read 50, write 60 in us-east-1",
        "raise warm_throughput to read 13000, write 4100 in us-east-1",
        "raise warm_throughput of index by-team to read 13000, write 4100 in us-east-1",
    ]
    for where in (US, EU):
        for holder in (region(done, where), index(done, "by-team", where)):
            assert {option: holder[option] for option in bounds} == bounds

    cleared = {"on_demand_max": {"read": -1, "write": -1}}
    done = settle({**ORDERS, **cleared, "global_secondary_indexes": [{**BY_TEAM, **cleared}]}, replica_regions=[EU])
    assert done["tables"][0]["notes"] == [
        "has an index by-place that isn't listed, and is left alone. To remove it: purge_indexes: true"
    ]
    assert "OnDemandThroughput" not in described(served, EU)
    assert "OnDemandThroughput" not in described(served, EU)["GlobalSecondaryIndexes"][0]

    other = {"name": "by-cost", "partition_keys": ["cost"], "projection": "KEYS_ONLY"}
    table = {**ORDERS, "attribute_types": {"at": "N", "cost": "S"}, "global_secondary_indexes": [BY_TEAM, other]}
    refused = run_module("tables", table, replica_regions=[EU])
    assert "the type of cost is N but S is wanted" in refused["msg"]
    done = settle({**table, "purge_indexes": True}, replica_regions=[EU])
    assert steps(done) == ["remove index by-place in us-east-1", "add index by-cost in us-east-1"]
    assert done["summary"][0] == "remove index by-place in us-east-1: orders"
    assert region(done, EU)["attribute_types"] == {"id": "S", "at": "N", "team": "S", "cost": "S"}


def test_billing_and_capacity_of_a_table_and_its_indexes_change_in_place(run_module, settle, admin):
    run_module("tables", {**ORDERS, "global_secondary_indexes": [BY_TEAM]})
    paid = {**ORDERS, "billing_mode": "PROVISIONED", **UNITS}
    assert "read_capacity and write_capacity of index by-team too" in run_module("tables", paid)["msg"]
    table = {**paid, "global_secondary_indexes": [{**BY_TEAM, **UNITS}]}
    assert steps(settle(table)) == [
        "set billing_mode to PROVISIONED, read_capacity to 3, write_capacity to 4, "
        "read_capacity of index by-team to 3, write_capacity of index by-team to 4 in us-east-1"
    ]
    more = {**BY_TEAM, **UNITS, "write_capacity": 1}
    done = settle({**table, "read_capacity": 9, "global_secondary_indexes": [more, {**BY_PLACE, **UNITS}], **COST})
    assert steps(done) == [
        "set read_capacity to 9, write_capacity of index by-team to 1 in us-east-1",
        "add index by-place in us-east-1",
    ]
    assert (region(done)["read_capacity"], index(done, "by-team")["write_capacity"]) == (9, 1)
    back = {**ORDERS, "billing_mode": "PAY_PER_REQUEST", "on_demand_max": {"write": 7}}
    done = settle(back)
    assert steps(done) == [
        "set billing_mode to PAY_PER_REQUEST in us-east-1",
        "set on_demand_max to write 7 in us-east-1",
    ]
    assert "read_capacity" not in index(done, "by-team")


def test_a_table_is_made_with_all_of_it_and_shown_in_the_same_words(run_module, admin):
    bounds = {"on_demand_max": {"read": 50, "write": -1}, "warm_throughput": {"read": 13000, "write": 10}}
    table = {**ORDERS, **COST, **bounds, "global_secondary_indexes": [{**BY_PLACE, **bounds}]}
    expected = run_module("tables", table, check_mode=True)
    done = run_module("tables", table)
    foreseen = {**region(expected), "arn": region(done)["arn"]}
    assert {option: foreseen[option] for option in region(done)} == region(done)
    assert not run_module("tables", table)["changed"]
    entry = run_module("tables_info", table)["tables"][0]["inventory"]
    assert not run_module("tables", entry)["changed"]
    assert entry["on_demand_max"] == {"read": 50, "write": -1}
    assert entry["warm_throughput"] == {"read": 13000, "write": 4000}
    assert entry["global_secondary_indexes"][0]["partition_keys"] == ["country", "city"]

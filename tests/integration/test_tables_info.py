# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tables_info shows of tables that are listed, and finds of tables that nobody listed."""

from __future__ import annotations

import pytest
from caller import AP, EU, US, changes, region, statuses

ORDERS = {"name": "orders", "partition_key": "id", "sort_key": "at", "attribute_types": {"at": "N"}}
SHOP = {
    "name": "shop-baskets",
    "partition_key": "id",
    "table_class": "STANDARD_INFREQUENT_ACCESS",
    "ttl": {"enabled": True, "attribute": "expires"},
    "tags": {"team": "shop"},
    "deletion_protection": True,
    "global_secondary_indexes": [{"name": "by-email", "partition_keys": ["email"], "projection": "KEYS_ONLY"}],
}
OF_REPLICA = {"region": EU, "tags": {"data": "eu"}, "point_in_time_recovery": {"enabled": True}}


@pytest.fixture
def tables(run_module, admin):
    run_module("tables", ORDERS, SHOP)
    run_module("replicas", {**SHOP, "replicas": [OF_REPLICA, {"region": AP}]})
    admin.clear_calls()


def test_a_table_is_found_by_a_glob_and_followed_into_the_regions_of_its_group(run_module, admin, tables):
    result = run_module("tables_info", names=["shop-*"])
    assert [table["name"] for table in result["tables"]] == ["shop-baskets"]
    assert statuses(result) == {US: "ACTIVE", AP: "ACTIVE", EU: "ACTIVE"}
    assert changes(admin) == []


def test_what_is_found_can_be_pasted_and_changes_nothing(run_module, admin, tables):
    entries = [table["inventory"] for table in run_module("tables_info", names=["*"])["tables"]]
    assert entries[0] == {"region": US, **ORDERS}
    assert entries[1] == {"region": US, **SHOP, "replicas": [{"region": AP}, OF_REPLICA]}
    for module in ("tables", "replicas"):
        assert not run_module(module, *entries)["changed"]
    assert changes(admin) == []


def test_the_inventory_of_a_listed_table_names_replicas_that_are_not_listed_without_calling_their_region(
    run_module, admin, tables
):
    (table,) = run_module("tables_info", {"name": "shop-baskets"}, replica_regions=[EU])["tables"]
    assert table["inventory"]["replicas"] == [{"region": AP}, OF_REPLICA]
    assert {call["region"] for call in admin.calls()} == {US, EU}


def test_a_name_that_matches_nothing_fails(run_module, admin):
    message = run_module("tables_info", names=["orders", "shop-*"])["msg"]
    assert message == "names: no table in us-east-1 matches orders, shop-*. Correct the pattern, or the region."


def test_a_region_of_a_group_that_can_not_be_read_is_a_problem_of_its_table(run_module, admin, tables):
    admin.fail("AccessDeniedException", operation="DescribeTable", region=EU)
    (table,) = run_module("tables_info", names=["shop-*"])["tables"]
    assert "access denied: dynamodb:DescribeTable in eu-west-1" in table["problems"][0]
    assert table["inventory"]["replicas"] == [{"region": AP}, {"region": EU}]


def test_a_region_that_can_not_be_listed_is_said(run_module, admin):
    admin.fail("AccessDeniedException", operation="ListTables")
    assert "access denied: dynamodb:ListTables in us-east-1" in run_module("tables_info", names=["*"])["msg"]


def test_names_are_for_the_account_that_the_inventory_is_for(run_module, admin):
    message = run_module("tables_info", names=["*"], account_id="999999999999")["msg"]
    assert "The credentials belong to account 123456789012" in message
    assert [call["operation"] for call in admin.calls()] == ["GetCallerIdentity"]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"names": []}, "names is empty: give at least one name or glob."),
        ({}, "one of the following is required: tables, names"),
        ({"names": ["*"], "replica_regions": [EU]}, "mutually exclusive: names|replica_regions"),
        ({"names": ["*"], "region": "eu-west-9"}, "region 'eu-west-9' is unknown"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_call(run_module, admin, params, message):
    assert message in run_module("tables_info", **params)["msg"]
    assert admin.calls() == []


def test_a_denied_call_hides_its_own_option_alone(run_module, admin):
    run_module("tables", {**ORDERS, "tags": {"team": "a"}, "point_in_time_recovery": {"enabled": True}})
    admin.deny(operation="ListTagsOfResource")
    admin.deny(operation="DescribeTimeToLive")
    result = run_module("tables_info", ORDERS)
    shown = region(result)
    assert shown["point_in_time_recovery"]["enabled"]
    assert "tags" not in shown and "ttl" not in shown
    for action in ("dynamodb:ListTagsOfResource", "dynamodb:DescribeTimeToLive"):
        assert f"access denied: {action} in us-east-1" in shown["problem"]
    assert not result["tables"][0]["complete"]

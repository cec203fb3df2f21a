# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole life of a group through the module replicas: what its members have of their own, how they come and go."""

from __future__ import annotations

import typing as t

import boto3
import pytest
from caller import EU, US, changes, region, statuses

OHIO, OREGON = "us-east-2", "us-west-2"
INDEX = {"name": "by-email", "partition_keys": ["email"], "read_capacity": 5, "write_capacity": 5}
PROVISIONED = {
    "name": "orders",
    "partition_key": "id",
    "billing_mode": "PROVISIONED",
    "read_capacity": 5,
    "write_capacity": 5,
    "global_secondary_indexes": [INDEX],
}


@pytest.fixture
def client(served, admin):
    """boto3 clients of the simulator's regions."""
    return lambda service, name: boto3.client(service, region_name=name, endpoint_url=served.url)


def scale_writes(scaling, *resources: str) -> None:
    """What a provisioned table needs before it can have replicas (finding DDB-TABLE-249)."""
    for resource in resources:
        kind = "index" if "/index/" in resource else "table"
        target = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": resource,
            "ScalableDimension": f"dynamodb:{kind}:WriteCapacityUnits",
        }
        scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=10)
        metric = {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"}
        scaling.put_scaling_policy(
            **target,
            PolicyName="writes",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 70, "PredefinedMetricSpecification": metric},
        )


def unchanged(result: dict[str, t.Any]) -> bool:
    return not result["changed"] and not result.get("failed")


def own_values(shown: dict[str, t.Any]) -> tuple[str, int, int]:
    (index,) = shown["global_secondary_indexes"]
    return shown["table_class"], shown["read_capacity"], index["read_capacity"]


OVERRIDES = [
    ({"read_capacity": 7, "table_class": "STANDARD_INFREQUENT_ACCESS"}, ("STANDARD_INFREQUENT_ACCESS", 7, 5)),
    ({"global_secondary_indexes": [{"name": "by-email", "read_capacity": 6}]}, ("STANDARD_INFREQUENT_ACCESS", 7, 6)),
    ({"read_capacity": "inherit", "table_class": "inherit"}, ("STANDARD", 5, 6)),
    ({"global_secondary_indexes": [{"name": "by-email", "read_capacity": "inherit"}]}, ("STANDARD", 5, 5)),
]


def test_250_252_294_what_a_replica_overrides_is_made_changed_and_cleared_in_place(run_module, admin, client):
    run_module("tables", PROVISIONED)
    scale_writes(client("application-autoscaling", US), "table/orders", "table/orders/index/by-email")
    ids = set()
    for overrides, values in OVERRIDES:
        wanted = {**PROVISIONED, "replicas": [{"region": EU, **overrides}]}
        predicted = run_module("replicas", wanted, check_mode=True)
        admin.clear_calls()
        done = run_module("replicas", wanted)
        assert predicted["changed"] and done["changed"], overrides
        assert own_values(region(predicted, EU)) == own_values(region(done, EU)) == values
        assert own_values(region(done)) == ("STANDARD", 5, 5)
        assert changes(admin) == [(US, "UpdateTable")]
        admin.clear_calls()
        assert unchanged(run_module("replicas", wanted)), overrides
        assert changes(admin) == []
        ids.add(client("dynamodb", EU).describe_table(TableName="orders")["Table"]["TableId"])
    assert len(ids) == 1


MAXIMA = [
    ({"on_demand_max_read": 50, "global_secondary_indexes": [{"name": "by-email", "on_demand_max_read": 6}]}, 50, 6),
    ({"on_demand_max_read": 60}, 60, 6),
    ({"on_demand_max_read": "inherit"}, 100, 6),
    ({"global_secondary_indexes": [{"name": "by-email", "on_demand_max_read": -1}]}, 100, -1),
]


def test_422_a_replicas_own_maximum_is_made_changed_and_cleared_in_place(run_module, admin):
    index = {"name": "by-email", "partition_keys": ["email"]}
    table = {"name": "orders", "partition_key": "id", "on_demand_max": {"read": 100, "write": 9}}
    table["global_secondary_indexes"] = [index]
    run_module("tables", table)
    for overrides, *maxima in MAXIMA:
        wanted = {**table, "replicas": [{"region": EU, **overrides}]}
        predicted = run_module("replicas", wanted, check_mode=True, diff=True)
        admin.clear_calls()
        done = run_module("replicas", wanted, diff=True)
        assert predicted["diff"] == done["diff"]
        shown = region(done, EU)
        assert [shown["on_demand_max"], shown["global_secondary_indexes"][0]["on_demand_max"]] == [
            {"read": maxima[0], "write": 9},
            {"read": maxima[1], "write": -1},
        ]
        assert changes(admin) == [(US, "UpdateTable")]
        assert unchanged(run_module("replicas", wanted)), overrides


def test_250_check_mode_knows_what_a_replica_keeps_when_its_table_changes(run_module, admin):
    index = {"name": "by-email", "partition_keys": ["email"], "on_demand_max": {"read": 40}}
    own = {"on_demand_max_read": 70, "global_secondary_indexes": [{"name": "by-email", "on_demand_max_read": 30}]}
    table = {"name": "orders", "partition_key": "id", "replicas": [{"region": EU, **own}]}
    table["global_secondary_indexes"] = [index]
    run_module("tables", table)
    run_module("replicas", table)
    changed = {**table, "on_demand_max": {"read": 90, "write": 20}}
    changed["global_secondary_indexes"] = [{**index, "on_demand_max": {"read": 50}}]
    predicted = run_module("tables", changed, check_mode=True, diff=True)
    done = run_module("tables", changed, diff=True)
    assert predicted["diff"] == done["diff"]
    assert region(predicted, EU) == region(done, EU)
    assert region(done, EU)["on_demand_max"] == {"read": 70, "write": 20}


def test_what_a_replica_overrides_can_be_pasted(run_module, admin, client):
    table = {"name": "orders", "partition_key": "id"}
    own = {"region": EU, "table_class": "STANDARD_INFREQUENT_ACCESS"}
    run_module("tables", table)
    run_module("replicas", {**table, "replicas": [own]})
    (shown,) = run_module("tables_info", names=["orders"])["tables"]
    assert shown["inventory"]["replicas"] == [own]
    assert unchanged(run_module("replicas", shown["inventory"]))


def test_223_307_what_the_service_would_accept_silently_is_refused_before_any_change(run_module, admin):
    table = {"name": "orders", "partition_key": "id"}
    run_module("tables", table)
    admin.clear_calls()
    for own, sentence in (
        ({"global_secondary_indexes": [{"name": "nope", "on_demand_max_read": 5}]}, "it has no index 'nope'"),
        (
            {"global_secondary_indexes": [{"name": "nope", "contributor_insights": {"enabled": True}}]},
            "it has no index 'nope'",
        ),
        ({"read_capacity": 5}, "needs billing_mode PROVISIONED"),
    ):
        assert sentence in run_module("replicas", {**table, "replicas": [{"region": EU, **own}]})["msg"]
    assert changes(admin) == []


# Strong consistency

STRONG = {"name": "orders", "partition_key": "id", "consistency": "strong"}
SHAPES = [
    {**STRONG, "replicas": [{"region": OHIO}, {"region": OREGON}]},
    {**STRONG, "replicas": [{"region": OHIO, "tags": {"a": "b"}}], "witness_region": OREGON},
]


@pytest.mark.parametrize("table", SHAPES, ids=["three", "witness"])
def test_257_261_a_strong_group_is_made_proved_copied_and_taken_down(run_module, admin, table):
    run_module("tables", table)
    admin.clear_calls()
    predicted = run_module("replicas", table, check_mode=True, diff=True)
    assert changes(admin) == []
    done = run_module("replicas", table, diff=True)
    assert predicted["diff"] == done["diff"]
    assert statuses(predicted) == statuses(done) == {US: "ACTIVE", **dict.fromkeys(regions_of(table), "ACTIVE")}
    assert changes(admin)[0] == (US, "UpdateTable")

    admin.clear_calls()
    for name in ("tables", "replicas"):
        assert unchanged(run_module(name, table))
    assert changes(admin) == []
    assert run_module("replication_check", table)["tables"][0]["verdict"] == "pass"
    (shown,) = run_module("tables_info", names=["orders"])["tables"]
    assert (shown["consistency"], shown["inventory"]["consistency"]) == ("strong", "strong")
    assert shown["inventory"].get("witness_region") == table.get("witness_region")
    assert list(shown["witnesses"].values()) == ["ACTIVE"] * ("witness_region" in table)
    assert unchanged(run_module("replicas", shown["inventory"]))

    leaving = [*regions_of(table), *([table["witness_region"]] if "witness_region" in table else [])]
    admin.clear_calls()
    alone = {"name": "orders"}
    assert "name" in run_module("replicas", alone, absent_regions=leaving[:1])["msg"]
    refused = run_module("replicas", alone, absent_regions=leaving, max_removals=len(regions_of(table)) - 1)
    assert f"set max_removals (dynamodb_max_removals) to {len(regions_of(table))}" in refused["msg"]
    assert changes(admin) == []
    run_module("replicas", alone, absent_regions=leaving, max_removals=2)
    assert changes(admin) == [(US, "UpdateTable")]
    assert run_module("tables_info", names=["orders"])["tables"][0]["replicas"] == {}


def regions_of(table: dict[str, t.Any]) -> list[str]:
    return [replica["region"] for replica in table["replicas"]]


def test_a_strong_group_goes_with_its_table_in_one_call(run_module, admin):
    table = SHAPES[1]
    run_module("tables", table)
    run_module("replicas", table)
    admin.clear_calls()
    gone = {**table, "state": "absent", "delete_replicas": True}
    assert statuses(run_module("tables", gone, max_removals=2)) == {US: "ABSENT", OHIO: "ABSENT"}
    assert changes(admin) == [(US, "UpdateTable"), (US, "DeleteTable")]


def test_a_strong_group_takes_an_empty_table(run_module, admin, client):
    run_module("tables", STRONG | {"consistency": "eventual"})
    client("dynamodb", US).put_item(TableName="orders", Item={"id": {"S": "1"}})
    admin.clear_calls()
    message = run_module("replicas", SHAPES[0])["msg"]
    assert "a strongly consistent group can't be made of it: it holds items" in message
    assert changes(admin) == []


def test_a_strong_group_whose_making_was_not_answered_is_made_all_the_same(run_module, admin):
    run_module("tables", SHAPES[0])
    admin.lose_answer(operation="UpdateTable")
    assert statuses(run_module("replicas", SHAPES[0])) == {US: "ACTIVE", OHIO: "ACTIVE", OREGON: "ACTIVE"}


def test_310_a_strong_group_that_was_dropped_is_made_again(run_module, admin):
    run_module("tables", SHAPES[0])
    admin.abort_next_create(table="orders")
    assert statuses(run_module("replicas", SHAPES[0])) == {US: "ACTIVE", OHIO: "ACTIVE", OREGON: "ACTIVE"}


# Leaving with its items

ORDERS = {"name": "orders", "partition_key": "id"}
LEAVING = {**ORDERS, "replicas": [{"region": EU, "state": "disassociated", "disassociation_protection": False}]}


@pytest.fixture
def pair(run_module, admin, client):
    """A table with one item, and a replica that has it too."""
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    client("dynamodb", US).put_item(TableName="orders", Item={"id": {"S": "1"}})
    admin.clear_calls()


@pytest.mark.usefixtures("pair")
def test_d_a_replica_leaves_with_its_items_and_is_never_added_again(run_module, admin, client):
    unsaid = {**ORDERS, "replicas": [{"region": EU, "state": "disassociated"}]}
    assert "set disassociation_protection: false beside state: disassociated" in run_module("replicas", unsaid)["msg"]
    predicted = run_module("replicas", LEAVING, check_mode=True, diff=True)
    assert changes(admin) == []
    done = run_module("replicas", LEAVING, diff=True)
    assert predicted["diff"] == done["diff"]
    assert changes(admin) == [(EU, "UpdateTable"), (EU, "UpdateTable")]
    assert statuses(done) == {US: "ACTIVE", EU: "ACTIVE"}
    for name in (US, EU):
        assert "Replicas" not in client("dynamodb", name).describe_table(TableName="orders")["Table"]
    assert client("dynamodb", EU).get_item(TableName="orders", Key={"id": {"S": "1"}})["Item"]
    admin.clear_calls()
    for wanted in (LEAVING, unsaid):
        result = run_module("replicas", wanted)
        assert unchanged(result)
        assert "stands alone in eu-west-1, as is wanted" in result["tables"][0]["notes"][0]
    assert unchanged(run_module("tables", LEAVING))
    assert changes(admin) == []
    message = run_module("replicas", ORDERS, replica_regions=[EU])["msg"]
    assert "already stands alone in eu-west-1" in message and "or disassociated and kept its data" in message


@pytest.mark.usefixtures("pair")
def test_d_a_disassociation_that_failed_is_said_at_once_and_can_be_done_again(run_module, admin):
    admin.fail_next_disassociation(EU)
    message = run_module("replicas", LEAVING)["msg"]
    assert "can't let the replica in eu-west-1 leave the group with its items: eu-west-1 is ACTIVE again" in message
    assert "failed" not in run_module("replicas", LEAVING)


@pytest.mark.usefixtures("pair")
def test_leaving_counts_as_a_removal(run_module, admin):
    assert "set max_removals (dynamodb_max_removals) to 1" in run_module("replicas", LEAVING, max_removals=0)["msg"]
    assert changes(admin) == []


# Made by others, managed from any member


def test_265_a_group_made_by_hand_is_adopted_and_managed_from_another_member(run_module, admin, client):
    keys = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
    keys["AttributeDefinitions"] = [{"AttributeName": "id", "AttributeType": "S"}]
    client("dynamodb", US).create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", **keys)
    client("dynamodb", US).get_waiter("table_exists").wait(TableName="orders", WaiterConfig={"Delay": 0.01})
    client("dynamodb", US).update_table(TableName="orders", ReplicaUpdates=[{"Create": {"RegionName": EU}}])
    run_module("replicas", ORDERS, replica_regions=[EU])
    admin.clear_calls()
    for home, other in ((US, EU), (EU, US)):
        for name in ("tables", "replicas"):
            assert unchanged(run_module(name, {**ORDERS, "region": home}, replica_regions=[other]))
    assert changes(admin) == []
    result = run_module("replicas", {**ORDERS, "region": EU}, replica_regions=[US, OHIO])
    assert changes(admin) == [(EU, "UpdateTable")]
    assert statuses(result) == {EU: "ACTIVE", US: "ACTIVE", OHIO: "ACTIVE"}


def test_266_what_was_a_source_less_than_a_day_ago_is_said(run_module, admin, client):
    """Ohio was added from Europe, so Europe can't go before it."""
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    run_module("replicas", {**ORDERS, "region": EU}, replica_regions=[US, OHIO])
    message = run_module("replicas", ORDERS, replica_regions=[OHIO], absent_regions=[EU])["msg"]
    assert "can't remove the replica in eu-west-1 and its items" in message
    assert "a replica that was added from there less than 24 hours ago still exists" in message
    gone = {**ORDERS, "state": "absent", "delete_replicas": True}
    message = run_module("tables", {**gone, "region": OHIO}, replica_regions=[US, EU], max_removals=3)["msg"]
    assert "to delete the whole group, name the region that replicas were added from as its home" in message
    result = run_module("tables", gone, replica_regions=[EU, OHIO], max_removals=3)
    assert statuses(result) == {US: "ABSENT", EU: "ABSENT", OHIO: "ABSENT"}


# Broken


def test_m_a_replica_that_could_not_be_made_is_explained_while_it_is_waited_for(run_module, admin):
    run_module("tables", ORDERS)
    admin.fail_next_create(EU)
    message = run_module("replicas", ORDERS, replica_regions=[EU])["msg"]
    assert "in eu-west-1 it is CREATION_FAILED" in message
    assert "remove it by naming the region in absent_regions, then add it again" in message
    run_module("replicas", ORDERS, absent_regions=[EU])
    assert statuses(run_module("replicas", ORDERS, replica_regions=[EU])) == {US: "ACTIVE", EU: "ACTIVE"}


@pytest.mark.usefixtures("pair")
def test_426_a_replica_that_was_detached_is_explained_from_either_side(run_module, admin):
    admin.detach_replica(EU, "orders")
    message = run_module("replicas", ORDERS, replica_regions=[EU])["msg"]
    assert "a table of that name already stands alone in eu-west-1" in message
    assert "it may be a replica that was detached (out of reach for 20 hours)" in message
    assert changes(admin) == []


@pytest.mark.usefixtures("pair")
def test_m_a_region_that_was_disabled_is_explained_by_what_its_group_says(run_module, admin):
    admin.disable_region(EU)
    message = run_module("replicas", ORDERS, replica_regions=[EU])["msg"]
    assert "in eu-west-1 it is REGION_DISABLED" in message
    assert "enable the region for the account; DynamoDB detaches a replica after 20 hours" in message
    admin.enable_region(EU)
    assert unchanged(run_module("replicas", ORDERS, replica_regions=[EU]))


# The end of a group

UNSCALED = {"billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5}
GONE = {"state": "absent"}


@pytest.mark.parametrize(
    ("earlier", "wanted"),
    [
        ({"replicas": [{"region": EU}]}, {"stream": {"enabled": False}, "replicas": [{"region": EU, **GONE}]}),
        ({"replicas": [{"region": EU}]}, {**UNSCALED, "replicas": [{"region": EU, **GONE}]}),
        (
            {"consistency": "strong", "replicas": [{"region": OHIO}, {"region": OREGON}]},
            {**UNSCALED, "replicas": [{"region": OHIO, **GONE}, {"region": OREGON, **GONE}]},
        ),
    ],
    ids=["stream", "capacity", "strong"],
)
def test_one_run_of_both_stages_ends_a_group_and_changes_what_a_member_can_not_have(run_module, admin, earlier, wanted):
    table = {"name": "orders", "partition_key": "id"}
    for module in ("tables", "replicas"):
        run_module(module, {**table, **earlier})
    wanted = {**table, **wanted}
    stages = {module: run_module(module, wanted, check_mode=True, max_removals=2) for module in ("tables", "replicas")}
    for module, checked in stages.items():
        done = run_module(module, wanted, max_removals=2)
        assert (done.get("msg"), done["tables"][0]["steps"]) == (None, checked["tables"][0]["steps"])
    shown = region(done)
    assert shown["billing_mode"] == wanted.get("billing_mode", "PAY_PER_REQUEST")
    assert shown["stream"]["enabled"] == (wanted.get("stream") is None and "consistency" not in earlier)
    admin.clear_calls()
    assert all(unchanged(run_module(module, wanted)) for module in stages)
    assert changes(admin) == []

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
        assert not run_module("replicas", wanted)["changed"], overrides
        assert changes(admin) == []
        ids.add(client("dynamodb", EU).describe_table(TableName="orders")["Table"]["TableId"])
    assert len(ids) == 1


def test_what_a_replica_overrides_can_be_pasted(run_module, admin, client):
    table = {"name": "orders", "partition_key": "id"}
    own = {"region": EU, "table_class": "STANDARD_INFREQUENT_ACCESS"}
    run_module("tables", table)
    run_module("replicas", {**table, "replicas": [own]})
    (shown,) = run_module("tables_info", names=["orders"])["tables"]
    assert shown["inventory"]["replicas"] == [own]
    assert not run_module("replicas", shown["inventory"])["changed"]


def test_223_307_what_the_service_would_accept_silently_is_refused_before_any_change(run_module, admin):
    table = {"name": "orders", "partition_key": "id"}
    run_module("tables", table)
    admin.clear_calls()
    unknown = {"global_secondary_indexes": [{"name": "nope", "on_demand_max_read": 5}]}
    for own, sentence in (
        (unknown, "it has no index 'nope'"),
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
        assert not run_module(name, table)["changed"]
    assert changes(admin) == []
    assert run_module("replication_check", table)["tables"][0]["verdict"] == "pass"
    (shown,) = run_module("tables_info", names=["orders"])["tables"]
    assert (shown["consistency"], shown["inventory"]["consistency"]) == ("strong", "strong")
    assert shown["inventory"].get("witness_region") == table.get("witness_region")
    assert list(shown["witnesses"].values()) == ["ACTIVE"] * ("witness_region" in table)
    assert not run_module("replicas", shown["inventory"])["changed"]

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


def test_310_a_strong_group_that_was_dropped_is_made_again(run_module, admin):
    run_module("tables", SHAPES[0])
    admin.abort_next_create(table="orders")
    assert statuses(run_module("replicas", SHAPES[0])) == {US: "ACTIVE", OHIO: "ACTIVE", OREGON: "ACTIVE"}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application Auto Scaling end to end: the modules against the simulator over HTTP."""

from __future__ import annotations

import typing as t

import boto3

US, EU = "us-east-1", "eu-west-1"
CAPACITY = {"read_capacity": 5, "write_capacity": 5}
READS = {"read": {"min": 2, "max": 20, "target": 50.0}}
WRITES = {"write": {"min": 1, "max": 10, "target": 70.0}}
OFF = {"enabled": False}
CHANGES = ("RegisterScalableTarget", "PutScalingPolicy", "DeregisterScalableTarget", "CreateTable", "UpdateTable")


def orders(**option: t.Any) -> dict[str, t.Any]:
    """A provisioned table with an index, both scaled as ``option`` says."""
    scaling = {"autoscaling": {"enabled": bool(option), **option}}
    index = {"name": "by-email", "partition_keys": ["email"], "projection": "ALL", **CAPACITY, **scaling}
    table = {"name": "orders", "partition_key": "id", "billing_mode": "PROVISIONED", **CAPACITY, **scaling}
    return {**table, "global_secondary_indexes": [index]}


def changes(admin) -> list[tuple[str, str]]:
    return [(call["region"], call["operation"]) for call in admin.calls() if call["operation"] in CHANGES]


def scaled(served, region: str) -> dict[str, tuple[int, int, list[float]]]:
    """Which capacity is scaled, between which bounds and at which utilization."""
    client = boto3.client("application-autoscaling", region_name=region, endpoint_url=served.url)
    targets = client.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    policies = client.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
    found = {_place(target): (target["MinCapacity"], target["MaxCapacity"], []) for target in targets}
    for policy in policies:
        found[_place(policy)][2].append(policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"])
    return found


def alarms(served, region: str) -> list[dict[str, t.Any]]:
    client = boto3.client("cloudwatch", region_name=region, endpoint_url=served.url)
    return client.describe_alarms()["MetricAlarms"]


def _place(entry: dict[str, t.Any]) -> str:
    kind = "read" if entry["ScalableDimension"].endswith(":ReadCapacityUnits") else "write"
    return f"{entry['ResourceId'].removeprefix('table/')} {kind}"


def settled(run_module, name: str, table: dict[str, t.Any], **params: t.Any) -> dict[str, t.Any]:
    """A run, which does what check mode said and leaves what it foresaw."""
    expected = run_module(name, table, check_mode=True, diff=True, **params)
    done = run_module(name, table, diff=True, **params)
    assert "msg" not in done
    assert [step["description"] for step in expected["tables"][0]["steps"]] == [
        step["description"] for step in done["tables"][0]["steps"]
    ]
    assert expected["diff"] == done["diff"]
    return done


def test_what_scales_a_table_is_set_up_changed_and_turned_off(run_module, admin, served):
    settled(run_module, "tables", orders(**WRITES))
    assert scaled(served, US) == {"orders write": (1, 10, [70.0]), "orders/index/by-email write": (1, 10, [70.0])}
    changed = orders(**READS, write={"min": 1, "max": 30})
    done = settled(run_module, "tables", changed)
    assert done["tables"][0]["regions"][0]["autoscaling"] == {
        "enabled": True,
        **READS,
        "write": {"min": 1, "max": 30, "target": 70.0},
    }
    admin.clear_calls()
    assert not run_module("tables", changed)["changed"]
    assert changes(admin) == []
    settled(run_module, "tables", orders())
    assert scaled(served, US) == {}
    assert not run_module("tables", orders())["changed"]


def test_replicas_have_their_writes_scaled_as_the_table_has(run_module, admin, served):
    missing = {key: value for key, value in orders(**WRITES).items() if key != "autoscaling"}
    run_module("tables", missing)
    refused = run_module("replicas", missing, replica_regions=[EU])["msg"]
    assert (
        "and none does for the table. Add autoscaling: {enabled: true, write: {min: 5, max: 50}} to the table"
        in refused
    )
    settled(run_module, "tables", orders(**WRITES), replica_regions=[EU])
    settled(run_module, "replicas", orders(**WRITES), replica_regions=[EU])
    assert scaled(served, EU) == scaled(served, US)
    wider = orders(**READS, write={"min": 2, "max": 30})
    settled(run_module, "tables", wider, replica_regions=[EU])
    settled(run_module, "replicas", wider, replica_regions=[EU])
    in_eu = {"orders write": (2, 30, [70.0]), "orders/index/by-email write": (2, 30, [70.0])}
    reads = {"orders read": (2, 20, [50.0]), "orders/index/by-email read": (2, 20, [50.0])}
    assert (scaled(served, EU), scaled(served, US)) == (in_eu, in_eu | reads)
    admin.clear_calls()
    assert not run_module("tables", wider, replica_regions=[EU])["changed"]
    assert not run_module("replicas", wider, replica_regions=[EU])["changed"]
    assert changes(admin) == []


def test_292_what_scaled_a_replica_or_a_table_goes_after_it(run_module, admin, served):
    run_module("tables", orders(**READS, **WRITES))
    run_module("replicas", orders(**WRITES), replica_regions=[EU])
    settled(run_module, "replicas", orders(**READS, **WRITES), absent_regions=[EU])
    assert (scaled(served, EU), len(scaled(served, US))) == ({}, 4)
    assert (alarms(served, EU), len(alarms(served, US))) == ([], 4 * 4)
    end = {"name": "orders", "state": "absent"}
    settled(run_module, "tables", end)
    assert (scaled(served, US), alarms(served, US)) == ({}, [])
    again = run_module("tables", end)
    assert (again["changed"], again["tables"][0]["notes"]) == (False, [])


def test_tables_info_shows_it_in_the_words_of_the_options(run_module, admin):
    run_module("tables", orders(**READS, **WRITES))
    (entry,) = run_module("tables_info", {"name": "orders"})["tables"]
    expected = {"enabled": True, **READS, **WRITES}
    assert entry["inventory"]["autoscaling"] == expected
    assert entry["inventory"]["global_secondary_indexes"][0]["autoscaling"] == expected
    admin.clear_calls()
    assert not run_module("tables", entry["inventory"])["changed"]


def test_321_what_auto_scaling_makes_of_capacity_is_nobodys_difference(run_module, admin):
    """Reads that are scaled up at home leave the replica an override that nobody asked for."""
    run_module("tables", orders(**WRITES))
    run_module("replicas", orders(**WRITES), replica_regions=[EU])
    raised = orders(read={"min": 9, "max": 20}, write={"min": 8, "max": 10})
    run_module("tables", raised)
    run_module("replicas", raised, replica_regions=[EU])
    admin.clear_calls()
    assert not run_module("tables", raised)["changed"]
    assert not run_module("replicas", raised, replica_regions=[EU])["changed"]
    info = run_module("tables_info", {"name": "orders", "replicas": [{"region": EU}]})["tables"][0]
    capacity = [(region["read_capacity"], region["write_capacity"]) for region in info["regions"]]
    assert capacity == [(9, 8), (5, 8)]
    assert changes(admin) == []


def test_a_group_is_switched_to_provisioned_capacity_and_back(run_module, admin, served):
    on_demand = {"name": "orders", "partition_key": "id"}
    run_module("tables", on_demand)
    run_module("replicas", on_demand, replica_regions=[EU])
    admin.clear_calls()
    provisioned = {**on_demand, "billing_mode": "PROVISIONED", **CAPACITY, "autoscaling": {"enabled": True, **WRITES}}
    settled(run_module, "tables", provisioned, replica_regions=[EU])
    settled(run_module, "replicas", provisioned, replica_regions=[EU])
    register, put = "RegisterScalableTarget", "PutScalingPolicy"
    assert changes(admin) == [(US, register), (US, put), (US, "UpdateTable"), (EU, register), (EU, put)]
    back = {**on_demand, "billing_mode": "PAY_PER_REQUEST", "autoscaling": OFF}
    settled(run_module, "tables", back, replica_regions=[EU])
    settled(run_module, "replicas", back, replica_regions=[EU])
    assert (scaled(served, US), scaled(served, EU)) == ({}, {})
    admin.clear_calls()
    assert not run_module("tables", back, replica_regions=[EU])["changed"]
    assert not run_module("replicas", back, replica_regions=[EU])["changed"]
    assert changes(admin) == []


def test_an_index_comes_and_goes_with_what_scales_it_in_every_region(run_module, admin, served):
    """DynamoDB scales the writes of a new index by itself, 1 to 10 at 70 % (finding DDB-TABLE-322)."""
    run_module("tables", orders(**WRITES))
    run_module("replicas", orders(**WRITES), replica_regions=[EU])
    added = orders(**WRITES)
    bounds = {"enabled": True, "write": {"min": 2, "max": 8}}
    added["global_secondary_indexes"] += [
        {"name": "by-team", "partition_keys": ["team"], "projection": "ALL", **CAPACITY, "autoscaling": bounds}
    ]
    for name in ("tables", "replicas"):
        done = run_module(name, added, replica_regions=[EU])
        assert "msg" not in done
    for region in (US, EU):
        assert scaled(served, region)["orders/index/by-team write"] == (2, 8, [70.0])
    admin.clear_calls()
    for name in ("tables", "replicas"):
        assert not run_module(name, added, replica_regions=[EU])["changed"]
    assert changes(admin) == []
    purged = {**orders(**WRITES), "purge_indexes": True}
    for name in ("tables", "replicas"):
        settled(run_module, name, purged, replica_regions=[EU])
    for region in (US, EU):
        assert scaled(served, region).keys() == {"orders write", "orders/index/by-email write"}
    for name in ("tables", "replicas"):
        assert not run_module(name, purged, replica_regions=[EU])["changed"]

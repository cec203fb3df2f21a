# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode looks and writes nothing; what it planned is what a run does that expects it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from caller import AP, EU, US, changes, flat

CHECKOUT = Path(__file__).parents[2]
OFF = {"enabled": False}
INSIGHTS = {"contributor_insights": {"enabled": True}}
STANDING = {
    "name": "orders",
    "partition_key": "id",
    "billing_mode": "PROVISIONED",
    "read_capacity": 5,
    "write_capacity": 5,
    "autoscaling": {"enabled": True, "write": {"min": 1, "max": 10}},
    "ttl": {"enabled": True, "attribute": "until"},
    "tags": {"a": "1"},
    **INSIGHTS,
}
# Every call that an option needs: of the table, of what is each region's own, and of other services.
WANTED = {
    **STANDING,
    "read_capacity": 6,
    "autoscaling": {"enabled": True, "write": {"min": 2, "max": 20}},
    "ttl": OFF,
    "tags": {"b": "2"},
    "purge_tags": True,
    "point_in_time_recovery": {"enabled": True},
    "deletion_protection": True,
    "table_class": "STANDARD_INFREQUENT_ACCESS",
    "contributor_insights": OFF,
    "resource_policy": {},
    "kinesis_stream": OFF,
    "replicas": [{"region": EU, "tags": {"a": "b"}, "table_class": "STANDARD", **INSIGHTS}, {"region": AP}],
}
NEW = {**WANTED, "name": "baskets"}
GONE = {"name": "customers", "state": "absent", "delete_replicas": True, "replicas": [{"region": EU}]}


@pytest.fixture
def standing(run_module, admin):
    """A table in two regions that is to change, one to go with its replica, and none yet of a third."""
    customers = {"name": "customers", "partition_key": "id"}
    run_module("tables", STANDING, customers)
    run_module("replicas", STANDING, customers, replica_regions=[EU])
    admin.clear_calls()


@pytest.mark.parametrize("name", ["tables", "replicas", "replication_check", "tables_info"])
def test_no_module_writes_in_check_mode(run_module, admin, standing, name):
    changing = name in ("tables", "replicas")
    limits = {"max_removals": 9} if changing else {}
    result = run_module(name, WANTED, NEW, GONE, check_mode=True, diff=True, **limits)
    assert result["changed"] == changing, result
    assert admin.calls()
    assert changes(admin) == []


@pytest.mark.parametrize(
    "playbook", ["site", "tables", "replicas", "verify", "status", "drift", "export", "teardown", "evacuate"]
)
def test_no_playbook_writes_in_check_mode(play, admin, standing, tmp_path, playbook):
    ended = play(
        playbook,
        "--check",
        "--diff",
        dynamodb_tables=[WANTED, NEW],
        dynamodb_replica_regions=[],
        export_names=["*"],
        export_file=str(tmp_path / "new/dynamodb.yml"),
        confirm="123456789012/1",
        evacuate_region=US,
    )
    # drift.yml fails as it should when there is something to do
    assert (ended.returncode == 0) != (playbook == "drift"), ended.stdout
    assert admin.calls()
    assert changes(admin) == []
    assert list(tmp_path.glob("new/*")) == []


def test_what_check_mode_planned_is_carried_out_and_nothing_else(play, admin, tmp_path):
    # relative paths are meant from where the command is given
    files = {
        f"{role}_plan_file": os.path.relpath(tmp_path / f"{role}.json", CHECKOUT) for role in ("tables", "replicas")
    }
    orders = {"name": "orders", "partition_key": "id", "replicas": [{"region": EU, "tags": {"a": "b"}}]}
    variables = {"dynamodb_tables": [orders], "dynamodb_replica_regions": [], **files}
    checked = play("site", "--check", **variables)
    assert checked.returncode == 0, checked.stdout
    plans = {role: json.loads((tmp_path / f"{role}.json").read_text()) for role in ("tables", "replicas")}
    assert [step["call"] for step in plans["tables"]["tables"][0]["steps"]] == ["CreateTable"]
    assert [step["call"] for step in plans["replicas"]["tables"][0]["steps"]] == ["UpdateTable", "TagResource"]
    expected = {f"{role}_expect_plan": plan["hash"] for role, plan in plans.items()}
    for name, digest in expected.items():
        assert f"-e {name}={digest}" in flat(checked.stdout)

    other = play("site", **{**variables, **expected, "dynamodb_tables": [{**orders, "sort_key": "at"}]})
    assert other.returncode != 0
    assert "The plan isn't the expected one" in flat(other.stdout)
    assert "planned with other parameters: orders: create the table in us-east-1 (" in flat(other.stdout)
    assert changes(admin) == []

    done = play("site", **variables, **expected)
    assert done.returncode == 0, done.stdout
    written = [call for call in changes(admin) if "Item" not in call[1]]
    assert written == [(US, "CreateTable"), (US, "UpdateTable"), (EU, "TagResource")]


@pytest.mark.parametrize("standing", [True, False])
def test_what_replicas_have_of_an_index_that_is_still_to_come_is_planned(run_module, admin, standing):
    orders = {"name": "orders", "partition_key": "id", "replicas": [{"region": EU}]}
    own = {"name": "by-a", "on_demand_max_read": 5, "contributor_insights": {"enabled": True}}
    wanted = {
        **orders,
        "global_secondary_indexes": [{"name": "by-a", "partition_keys": ["a"]}],
        "replicas": [{"region": EU, "global_secondary_indexes": [own]}],
    }
    for module in ("tables", "replicas") if standing else ():
        run_module(module, orders)
    planned = run_module("replicas", wanted, check_mode=True, diff=True)
    run_module("tables", wanted)
    done = run_module("replicas", wanted)
    assert planned["tables"][0]["steps"] == done["tables"][0]["steps"]
    (index,) = planned["diff"][0]["after"][EU]["global_secondary_indexes"].items()
    assert index == (
        "by-a",
        {
            "on_demand_max": {"read": 5, "write": -1},
            "contributor_insights": {"enabled": True, "mode": "ACCESSED_AND_THROTTLED_KEYS"},
        },
    )

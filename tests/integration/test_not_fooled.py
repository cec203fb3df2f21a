# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What fooled verification once, each with the simulator's fault: no loss passes, and no odd network fails a table."""

from __future__ import annotations

import json
import re
import time
import types

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    calls,
    reserved,
    rounds,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.policies import DRILL
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import REGISTERS
from caller import AP, EU, US
from verifying import LAG, around, every, marker, pair, verdicts

BOTH = (US, EU)


@pytest.fixture
def two(world):
    """The table in two regions."""
    world.global_table(regions=BOTH)
    return world


# What is lost or differs


@pytest.mark.parametrize("changes", ["puts", "deletes"])
def test_a_share_of_the_writes_that_is_lost_is_found_by_more_items(two, changes):
    two.admin.lose_items(source=US, target=EU, share=0.1, changes=changes)

    result = two.check(regions=BOTH, items=100, timeout=10.0)

    assert verdicts(result) == {(US, EU): "fail", (EU, US): "pass"}
    failed = pair(result, US, EU)
    assert failed["loss_that_shows"] == 0.01
    assert failed["missing"] and {one["operation"] for one in failed["missing"]} <= (
        {"put", "update"} if changes == "puts" else {"delete"}
    )
    two.admin.remove_fault()
    two.assert_nothing_left(regions=BOTH)


def test_regions_that_agree_for_a_moment_and_part_for_good_dont_pass(two):
    two.admin.last_arrival_wins()
    two.admin.set_lag(0.1, source=US, target=EU)
    two.admin.set_lag(0.8, source=EU, target=US)

    result = two.check(regions=BOTH, timeout=10.0)

    assert verdicts(result) == every("pass", BOTH)
    assert result["verdict"] == "fail"
    assert result["tables"][0]["convergence"]["converged"] < 5
    assert "the regions don't converge" in result["tables"][0]["convergence"]["reason"]


def test_a_region_that_goes_back_to_older_values_fails(two, monkeypatch):
    monkeypatch.setattr(rounds, "AGREEMENT", 20)  # so that the last look comes after it went back
    two.admin.revert_items(after=0.3, target=EU)

    result = two.check(regions=BOTH, timeout=10.0)

    assert pair(result, US, EU)["verdict"] == "fail"
    assert pair(result, US, EU)["went_back"] or pair(result, US, EU)["missing"]
    assert pair(result, EU, US)["verdict"] == "pass"


# What wasn't compared


def test_a_table_in_one_region_has_nothing_to_compare_and_isnt_a_pass(world):
    world.global_table(regions=(US,))
    world.global_table("parts", regions=BOTH)

    result = world.check(regions=(US,))
    beside = world.check("orders", "absent", regions=(US,))

    assert (result["verdict"], result["tables"][0]["pairs"]) == ("nothing to compare", [])
    assert result["msg"] == (
        "1 table: 0 pass, 0 fail, 0 unknown, 1 with one region only, where nothing can be compared"
    )
    assert beside["verdict"] == "fail"


def test_members_that_arent_listed_make_the_table_unknown(orders):
    result = orders.check(regions=BOTH)

    assert verdicts(result) == every("pass", BOTH)
    assert result["verdict"] == "unknown"
    assert result["summary"][0].startswith(
        "UNKNOWN  has replicas that aren't listed, and weren't verified: ap-southeast-2, table orders"
    )
    assert result["summary"][-1] == "1 table: 0 pass, 0 fail, 1 unknown"


@pytest.mark.parametrize("how", ["items", "states"])
def test_a_replica_that_is_still_being_added_is_unknown(world, how):
    world.global_table(regions=(US,))
    world.admin.hold()
    world.client("dynamodb", US).update_table(TableName="orders", ReplicaUpdates=[{"Create": {"RegionName": EU}}])
    world.admin.advance(11)

    result = world.check(regions=BOTH, how=how)

    assert verdicts(result) == every("unknown", BOTH)
    assert "eu-west-1 is still being added: run again later" in result["msg"]
    assert not world.admin.calls(operation="PutItem")


def test_nothing_is_left_behind_in_a_region_whose_table_went_meanwhile(orders):
    def remove():
        home = orders.client("dynamodb", US)
        home.update_table(TableName="orders", ReplicaUpdates=[{"Delete": {"RegionName": AP}}])
        orders.until(lambda: len(home.describe_table(TableName="orders")["Table"].get("Replicas", [])) == 1)

    orders.before_first("UpdateItem", remove)
    result = orders.check(timeout=5.0, items=1)

    assert result["tables"][0]["left_behind"] == []
    assert result["verdict"] != "pass"
    assert verdicts(result)[US, EU] == verdicts(result)[EU, US] == "pass"


# How long it took, when calls fail, are repeated or are slow


@pytest.mark.parametrize("share", [0.001, 0.05])
def test_calls_that_fail_now_and_then_leave_a_verdict_decided(two, share):
    for operation in ("BatchGetItem", "UpdateItem", "DeleteItem"):
        two.admin.fail("InternalServerError", status=500, operation=operation, share=share)

    result = two.check(regions=BOTH, items=40, max_lag=30.0, timeout=120.0)

    assert verdicts(result) == every("pass", BOTH), result["msg"]


@pytest.mark.parametrize(
    ("lag", "slow", "max_lag", "verdict"),
    [
        (LAG.high, 0.0, 20.0, "pass"),  # within it from the first sending to the end of the look
        (LAG.high, 1.5, 0.5, "unknown"),  # a look that took so long can't tell
        (3.0, 0.0, 1.0, "fail"),  # a look after it didn't show it
    ],
)
def test_a_lag_whose_write_was_repeated_is_judged_by_its_bounds(two, lag, slow, max_lag, verdict):
    two.admin.lose_answer(operation="UpdateItem", region=US)
    two.admin.set_lag(lag, source=US, target=EU)
    if slow:
        two.admin.slow_calls(slow, operation="BatchGetItem", region=EU)

    result = two.check(regions=BOTH, items=1, max_lag=max_lag)

    assert verdicts(result)[US, EU] == verdict, result["msg"]
    assert not [fault for fault in two.admin.faults() if fault["kind"] == "lose_answer"]
    assert len(pair(result, US, EU)["lags"]) == 3


def test_a_slow_region_passes(two):
    two.admin.slow_calls(1.1, 2.5, operation="BatchGetItem", region=EU)

    result = two.check(regions=BOTH, items=1)

    assert verdicts(result) == every("pass", BOTH), result["msg"]


def test_when_all_regions_stall_at_once_it_was_this_machine(two, monkeypatch):
    monkeypatch.setattr(calls, "SILENCE", 0.5)
    two.before_first("UpdateItem", lambda: two.admin.stall(3.0))

    result = two.check(regions=BOTH)

    assert result["verdict"] == "pass", result["msg"]
    [note] = result["tables"][0]["notes"]
    assert "this machine or its network stalled" in note


@pytest.mark.parametrize("units", [1, 20])
def test_little_read_capacity_is_enough(two, units):
    two.admin.little_capacity(read=units)

    result = two.check(regions=BOTH, items=2, timeout=300.0)

    assert verdicts(result) == every("pass", BOTH), result["msg"]
    assert result["verdict"] == "pass", result["msg"]
    two.admin.remove_fault()
    two.assert_nothing_left(regions=BOTH)


# Others, and what isn't allowed


@pytest.mark.parametrize("operation", ["UpdateItem", "BatchGetItem"])
def test_items_that_a_run_with_a_clock_ahead_removes_are_unknown(two, monkeypatch, operation):
    """Before they are updated, and while they are on their way."""

    def sweep():
        two.hooks.clear()
        two.until(lambda: len(two.items(US)) > 2)
        later = types.SimpleNamespace(**{**vars(time), "time": lambda: time.time() + 3600})
        with monkeypatch.context() as ahead:
            ahead.setattr(reserved, "time", later)
            swept.append(two.check(regions=BOTH, items=1, timeout=1.0))

    swept = []

    def begin():
        if operation == "BatchGetItem":
            two.admin.pause(source=US, target=EU)
        two.before_first(operation, sweep)

    two.before_items(begin, BOTH)
    result = two.check(regions=BOTH, timeout=4.0)

    assert swept
    reasons = {one["verdict"]: one["reason"] for one in result["tables"][0]["pairs"]}  # both, or what was swept in time
    assert "unknown" in reasons, result["msg"]
    assert "fail" not in reasons, result["msg"]
    assert re.search("somebody (changed|removed) verification's items in ", reasons["unknown"])


def test_a_denied_deletion_is_found_before_anything_is_written(two):
    two.admin.deny(operation="DeleteItem", region=US)
    two.admin.clear_calls()

    result = two.check(regions=BOTH)

    assert pair(result, US, EU)["verdict"] == "unknown"
    assert "dynamodb:DeleteItem" in pair(result, US, EU)["reason"]
    assert not two.admin.calls(operation="PutItem", region=US)
    two.until(lambda: two.items(US) == two.items(EU) == [])  # EU wrote and removed its register


def test_registers_of_runs_that_cant_be_cleaned_up_dont_hold_up_others(orders):
    """A region that never answers would keep every register of the others."""
    for slot in range(REGISTERS):
        orders.put(US, US, slot, marker=marker(run=f"dead {slot}", slots={"N": "5"}))
    orders.until(lambda: len(orders.items(EU)) == REGISTERS)
    orders.admin.deny(operation="BatchGetItem", region=AP)

    result = orders.check(timeout=2.0)

    assert verdicts(result) == {**every("pass"), **around(AP, "unknown")}


def test_a_drill_of_fis_is_named_as_the_reason(orders):
    home = orders.client("dynamodb", US)
    arn = home.describe_table(TableName="orders")["Table"]["TableArn"]
    statement = {
        "Sid": f"{DRILL}-EXAMPLE",
        "Effect": "Deny",
        "Principal": {"AWS": "arn:aws:iam::123456789012:role/aws-service-role/replication.dynamodb.amazonaws.com/x"},
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        "Resource": arn,
    }
    home.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    orders.admin.pause(region=US)

    result = orders.check(timeout=2.0)

    assert verdicts(result) == {**every("pass"), **around(US, "fail")}
    assert (
        "Next: wait until AWS FIS has ended its experiment: its statement is in the policy of us-east-1."
        in (result["msg"])
    )


def test_policies_are_read_only_where_a_pair_failed(orders):
    orders.admin.deny(operation="GetResourcePolicy")
    orders.admin.clear_calls()
    orders.check(items=1)
    assert not orders.admin.calls(operation="GetResourcePolicy")
    orders.admin.pause(source=US, target=EU)

    result = orders.check(items=1, timeout=2.0)

    assert {call["region"] for call in orders.admin.calls(operation="GetResourcePolicy")} == {US, EU}
    assert "look at CloudWatch's ReplicationLatency in us-east-1" in result["msg"]

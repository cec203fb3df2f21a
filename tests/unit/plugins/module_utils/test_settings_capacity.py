# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Billing mode, capacity, on-demand maximum and warm throughput of a standing table and its indexes."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import plan, spec, state, transform
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import (
    capacity,
    on_demand_max,
    warm_throughput,
)

HOME, EU = "us-east-1", "eu-west-1"
UNITS = {"read_capacity": 5, "write_capacity": 6}
PAID = {"billing_mode": "PROVISIONED", **UNITS}
INDEX = {"name": "by-team", "partition_keys": ["team"]}
BOUNDS = {"min": 1, "max": 50, "target": 70.0}


def standing(replicas: tuple[str, ...] = (), warming: tuple[str, ...] = (), **settings: t.Any) -> state.RegionalTable:
    settings = transform.creation_defaults({"partition_key": "id", **settings})
    names = {index["name"]: "ACTIVE" for index in settings["global_secondary_indexes"]}
    members = dict.fromkeys(replicas, "ACTIVE")
    return state.RegionalTable(HOME, "ACTIVE", settings=settings, indexes=names, replicas=members, warming=warming)


def made(home: state.RegionalTable, **settings: t.Any) -> plan.Plan:
    wanted = spec.Table("orders", HOME, settings={"partition_key": "id", **settings})
    return plan.plan_table(wanted, {HOME: home})


def only_step(home: state.RegionalTable, **settings: t.Any) -> tuple[str, dict[str, t.Any], dict[str, t.Any]]:
    """Its sentence, what it sends, and the settings that it leads to."""
    planned = made(home, **settings)
    assert planned.refusal == ""
    (step,) = planned.steps
    sent = {member: value for member, value in step.parameters.items() if member != "TableName"}
    return step.sentence, sent, home.having(step.outcome).settings


def throughput(read: int, write: int) -> dict[str, t.Any]:
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}


# Billing mode and capacity


def test_152_153_a_switch_to_provisioned_carries_the_capacity_of_every_index_and_drops_maxima():
    home = standing(global_secondary_indexes=[{**INDEX, "on_demand_max": {"read": 9}}], on_demand_max={"write": 7})
    sentence, sent, then = only_step(home, **PAID, global_secondary_indexes=[{**INDEX, **UNITS}])
    assert sentence == (
        "set billing_mode to PROVISIONED, read_capacity to 5, write_capacity to 6, "
        "read_capacity of index by-team to 5, write_capacity of index by-team to 6 in us-east-1"
    )
    assert sent == {
        "BillingMode": "PROVISIONED",
        **throughput(5, 6),
        "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by-team", **throughput(5, 6)}}],
    }
    assert then["billing_mode"] == "PROVISIONED"
    for holder in (then, then["global_secondary_indexes"][0]):
        assert (holder["read_capacity"], holder["write_capacity"]) == (5, 6)
        assert "on_demand_max" not in holder
        assert holder["warm_throughput"] == {"read": 12000, "write": 4000}  # finding DDB-TABLE-061


@pytest.mark.parametrize("listed", [{}, {"global_secondary_indexes": []}], ids=["no list", "a list without it"])
def test_152_an_index_that_is_not_listed_stops_the_switch_to_provisioned(listed):
    refusal = made(standing(global_secondary_indexes=[INDEX]), **PAID, **listed).refusal
    assert "needs read_capacity and write_capacity of index by-team too, which exists but isn't listed" in refusal


def test_an_index_that_goes_first_needs_no_capacity():
    planned = made(standing(global_secondary_indexes=[INDEX]), **PAID, global_secondary_indexes=[], purge_indexes=True)
    assert [step.sentence.partition(" in ")[0] for step in planned.steps] == [
        "remove index by-team",
        "set billing_mode to PROVISIONED, read_capacity to 5, write_capacity to 6",
    ]
    assert "GlobalSecondaryIndexUpdates" not in planned.steps[1].parameters


def test_061_a_switch_to_on_demand_takes_nothing_but_the_mode():
    home = standing(**PAID, global_secondary_indexes=[{**INDEX, **UNITS}])
    sentence, sent, then = only_step(home, billing_mode="PAY_PER_REQUEST")
    assert (sentence, sent) == ("set billing_mode to PAY_PER_REQUEST in us-east-1", {"BillingMode": "PAY_PER_REQUEST"})
    for holder in (then, then["global_secondary_indexes"][0]):
        assert not {"read_capacity", "write_capacity"} & holder.keys()
        assert holder["on_demand_max"] == {"read": -1, "write": -1}
        assert holder["warm_throughput"] == {"read": 12000, "write": 4000}


def test_164_only_what_changes_is_sent():
    """An equal value is refused: "will not change"."""
    home = standing(**PAID, global_secondary_indexes=[{**INDEX, **UNITS}])
    same = {"global_secondary_indexes": [{**INDEX, **UNITS}]}
    assert made(home, **PAID, **same).finished
    sent = only_step(home, **PAID, global_secondary_indexes=[{**INDEX, **UNITS, "read_capacity": 50}])[1]
    assert sent == {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by-team", **throughput(50, 6)}}]}
    sentence, sent, then = only_step(home, **{**PAID, "write_capacity": 60}, **same)
    assert (sentence, sent) == ("set write_capacity to 60 in us-east-1", throughput(5, 60))
    assert then["warm_throughput"] == {"read": 5, "write": 60}


def test_251_321_what_auto_scaling_sets_is_left_alone_and_the_rest_is_not():
    scaled = {"autoscaling": {"enabled": True, "write": BOUNDS}}
    home = standing(replicas=(EU,), **{**PAID, "write_capacity": 40}, **scaled)
    assert made(home, **PAID).finished
    sent = only_step(home, **{**PAID, "read_capacity": 9})[1]
    assert sent == throughput(9, 40)


def test_what_auto_scaling_is_to_set_is_left_to_it():
    home = standing(**{**PAID, "write_capacity": 40}, autoscaling={"enabled": False})
    scaled = {"autoscaling": {"enabled": True, "write": BOUNDS}}
    calls = [step.call for step in made(home, **PAID, **scaled).steps]
    assert calls == ["RegisterScalableTarget", "PutScalingPolicy"]


def test_321_an_indexs_capacity_that_auto_scaling_sets_is_left_alone():
    index = {**INDEX, **UNITS}
    scaled = {**index, "read_capacity": 30, "autoscaling": {"enabled": True, "read": BOUNDS}}
    home = standing(**PAID, global_secondary_indexes=[scaled])
    assert made(home, **PAID, global_secondary_indexes=[index]).finished


def test_188_a_global_table_becomes_provisioned_only_with_scaled_writes():
    home = standing(replicas=(EU,), autoscaling={"enabled": False})
    assert "needs autoscaling of the write capacity of the table" in made(home, **PAID).refusal
    assert made(home, **PAID, autoscaling={"enabled": True, "write": BOUNDS}).refusal == ""


# Maxima


def test_178_a_maximum_is_set_changed_and_cleared_member_by_member():
    home = standing(on_demand_max={"read": 10, "write": 20})
    sentence, sent, then = only_step(home, on_demand_max={"read": -1, "write": 20})
    assert sentence == "set on_demand_max to read none in us-east-1"
    assert sent == {"OnDemandThroughput": {"MaxReadRequestUnits": -1}}
    assert then["on_demand_max"] == {"read": -1, "write": 20}
    assert made(home, on_demand_max={"read": 10}).finished
    assert made(standing(), on_demand_max={"read": -1, "write": -1}).finished


def test_135_a_maximum_of_an_index_is_its_own():
    home = standing(global_secondary_indexes=[INDEX])
    sentence, sent, then = only_step(home, global_secondary_indexes=[{**INDEX, "on_demand_max": {"write": 3}}])
    assert sentence == "set on_demand_max of index by-team to write 3 in us-east-1"
    assert sent == {
        "GlobalSecondaryIndexUpdates": [
            {"Update": {"IndexName": "by-team", "OnDemandThroughput": {"MaxWriteRequestUnits": 3}}}
        ]
    }
    assert then["on_demand_max"] == {"read": -1, "write": -1}
    assert then["global_secondary_indexes"][0]["on_demand_max"] == {"read": -1, "write": 3}


def test_059_a_provisioned_table_takes_no_maximum():
    for maximum in (
        {"on_demand_max": {"read": 5}},
        {"global_secondary_indexes": [{**INDEX, "on_demand_max": {"read": 5}}]},
    ):
        home = standing(**PAID, global_secondary_indexes=[{**INDEX, **UNITS}])
        assert "needs billing_mode PAY_PER_REQUEST, but the table is PROVISIONED" in made(home, **maximum).refusal
        assert "needs billing_mode PAY_PER_REQUEST" in " ".join(on_demand_max.problems({**PAID, **maximum}))
    assert made(standing(**PAID), on_demand_max={"read": -1, "write": -1}).finished


def test_a_maximum_comes_after_the_switch_to_on_demand():
    planned = made(standing(**PAID), billing_mode="PAY_PER_REQUEST", on_demand_max={"read": 5})
    first, second = planned.steps
    assert second.sentence == "set on_demand_max to read 5 in us-east-1"
    assert second.waits_for == first.sentence == "set billing_mode to PAY_PER_REQUEST in us-east-1"


def test_182_what_is_being_cleared_is_shown_as_none():
    shown = on_demand_max.described("PAY_PER_REQUEST", {"OnDemandThroughput": {"MaxReadRequestUnits": -1}})
    assert shown == {"on_demand_max": {"read": -1, "write": -1}}


# Warm throughput


def test_179_warm_throughput_only_rises_and_more_counts_as_reached():
    home = standing()
    assert made(home, warm_throughput={"read": 100, "write": 4000}).finished
    sentence, sent, then = only_step(home, warm_throughput={"read": 12001, "write": 10})
    assert sentence == "raise warm_throughput to read 12001 in us-east-1"
    assert sent == {"WarmThroughput": {"ReadUnitsPerSecond": 12001}}
    assert then["warm_throughput"] == {"read": 12001, "write": 4000}


def test_155_an_index_warms_up_by_itself():
    home = standing(global_secondary_indexes=[INDEX])
    sent, then = only_step(home, global_secondary_indexes=[{**INDEX, "warm_throughput": {"write": 5000}}])[1:]
    assert sent == {
        "GlobalSecondaryIndexUpdates": [
            {"Update": {"IndexName": "by-team", "WarmThroughput": {"WriteUnitsPerSecond": 5000}}}
        ]
    }
    assert then["global_secondary_indexes"][0]["warm_throughput"] == {"read": 12000, "write": 5000}


def test_179_what_rises_is_waited_for_and_not_asked_for_again():
    home = standing(warming=("",))
    planned = made(home, warm_throughput={"read": 13000}, deletion_protection=True)
    rising = "warm throughput of the table rises in us-east-1"
    assert [(step.sentence, step.waits_for) for step in planned.steps] == [
        ("turn deletion protection on in us-east-1", rising)
    ]
    assert [wait.sentence for wait in planned.waits] == [rising]
    assert made(home).finished  # nobody asked for it


def test_capacity_that_brings_the_warm_throughput_along_leaves_nothing_to_raise():
    """Finding DDB-TABLE-061."""
    planned = made(standing(**PAID), **{**PAID, "read_capacity": 50}, warm_throughput={"read": 40})
    assert [step.sentence for step in planned.steps] == ["set read_capacity to 50 in us-east-1"]


def test_rising_is_told_by_its_own_status():
    description = {
        "WarmThroughput": {"Status": "ACTIVE"},
        "GlobalSecondaryIndexes": [{"IndexName": "by-team", "WarmThroughput": {"Status": "UPDATING"}}],
    }
    assert warm_throughput.rising(description) == ("by-team",)


# A new table


def test_039_a_new_table_is_asked_only_for_what_it_has_not_anyway():
    settings = transform.creation_defaults(
        {
            "partition_key": "id",
            "on_demand_max": {"read": 5, "write": -1},
            "warm_throughput": {"read": 13000, "write": 10},
            "purge_indexes": True,
            "global_secondary_indexes": [],
        }
    )
    sent = transform.create_table("orders", settings)
    assert sent["OnDemandThroughput"] == {"MaxReadRequestUnits": 5}
    assert sent["WarmThroughput"] == {"ReadUnitsPerSecond": 13000}
    assert settings["on_demand_max"] == {"read": 5, "write": -1}
    assert settings["warm_throughput"] == {"read": 13000, "write": 4000}
    assert "purge_indexes" not in settings


def test_038_a_new_provisioned_table_is_warm_for_its_capacity():
    settings = transform.creation_defaults({"partition_key": "id", **PAID, "warm_throughput": {"read": 5, "write": 60}})
    assert transform.create_table("orders", settings)["WarmThroughput"] == {"WriteUnitsPerSecond": 60}
    assert settings["warm_throughput"] == {"read": 5, "write": 60}
    assert "on_demand_max" not in settings


# Bad input


@pytest.mark.parametrize(
    ("check", "settings", "problem"),
    [
        (on_demand_max.problems, {"on_demand_max": {"read": 0}}, "must be at least 1, or -1 for no maximum"),
        (on_demand_max.problems, {"on_demand_max": {"write": -2}}, "must be at least 1, or -1 for no maximum"),
        (
            warm_throughput.problems,
            {"warm_throughput": {"read": 0}},
            "warm_throughput.read of the table must be at least",
        ),
        (
            warm_throughput.problems,
            {"global_secondary_indexes": [{**INDEX, "warm_throughput": {"write": -1}}]},
            "warm_throughput.write of index by-team must be at least",
        ),
        (capacity.problems, {**PAID, "global_secondary_indexes": [INDEX]}, "needs read_capacity and write_capacity of"),
    ],
)
def test_bad_input_is_refused_up_front(check, settings, problem):
    """Findings DDB-TABLE-038, 039, 128."""
    assert problem in " ".join(check(settings))

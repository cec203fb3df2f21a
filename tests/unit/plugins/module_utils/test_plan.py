# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is still to do, what it waits for, and what stops a table."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import plan, spec, state

HOME, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
SETTINGS = {
    "partition_key": "id",
    "attribute_types": {"id": "S"},
    "billing_mode": "PAY_PER_REQUEST",
    "stream": {"enabled": False},
    "table_class": "STANDARD",
    "deletion_protection": False,
    "global_secondary_indexes": [],
    "local_secondary_indexes": [],
}


def shown(region: str, status: str = "ACTIVE", replicas: dict[str, str] | None = None, **settings: t.Any):
    return state.RegionalTable(
        region,
        status,
        arn=f"arn:aws:dynamodb:{region}:123456789012:table/orders",
        item_count=7,
        settings={**SETTINGS, **settings},
        replicas=replicas or {},
    )


def observed(*tables: state.RegionalTable) -> state.Observed:
    return {table.region: table for table in tables}


def wanted(*replicas: str, **options: t.Any) -> spec.Table:
    settings = options.pop("settings", {"partition_key": "id"})
    return spec.Table("orders", HOME, settings=settings, replicas={r: spec.Replica(r) for r in replicas}, **options)


def sentences(made: plan.Plan) -> list[tuple[str, str]]:
    return [(step.sentence, step.waits_for) for step in made.steps]


# tables


def test_a_table_that_is_as_wanted_gives_nothing_to_do():
    assert plan.plan_table(wanted(), observed(shown(HOME))).finished


def test_a_new_table_is_created_with_its_tags_and_the_rest_waits_for_it():
    settings = {"partition_key": "id", "tags": {"a": "b"}, "ttl": {"enabled": True, "attribute": "until"}}
    made = plan.plan_table(wanted(settings=settings), observed(state.absent(HOME)))
    assert sentences(made) == [
        ("create the table in us-east-1", ""),
        ("turn TTL on (attribute until) in us-east-1", "create the table in us-east-1"),
    ]
    assert made.steps[0].parameters == {
        "TableName": "orders",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "Tags": [{"Key": "a", "Value": "b"}],
    }


def test_a_table_that_does_not_exist_needs_a_partition_key():
    made = plan.plan_table(wanted(settings={}), observed(state.absent(HOME)))
    assert made.refusal == "it doesn't exist in us-east-1: to create it, set partition_key."


def test_an_absent_home_is_never_taken_for_a_new_table_when_another_region_has_it():
    """DynamoDB detaches members it can't reach for 20 hours, and they keep their data."""
    made = plan.plan_table(wanted(EU), observed(state.absent(HOME), shown(EU)))
    assert "a table of that name stands in eu-west-1 (7 items)" in made.refusal
    assert made.steps == ()


def test_keys_and_types_that_differ_are_refused_with_the_difference():
    settings = {"partition_key": "customer", "sort_key": "at", "attribute_types": {"id": "N"}}
    made = plan.plan_table(wanted(settings=settings), observed(shown(HOME)))
    assert "partition_key is id but customer is wanted" in made.refusal
    assert "sort_key is none but at is wanted" in made.refusal
    assert "the type of id is S but N is wanted" in made.refusal


def test_indexes_that_differ_are_refused_and_equal_ones_are_not():
    index = {"name": "by-a", "partition_keys": ["a"], "projection": "ALL"}
    exists = observed(shown(HOME, global_secondary_indexes=[index]))
    same = {"partition_key": "id", "global_secondary_indexes": [{"name": "by-a", "partition_keys": ["a"]}]}
    other = {"partition_key": "id", "global_secondary_indexes": [{"name": "by-a", "partition_keys": ["b"]}]}
    assert plan.plan_table(wanted(settings=same), exists).finished
    assert (
        "partition_keys of index by-a is a but b is wanted" in plan.plan_table(wanted(settings=other), exists).refusal
    )


def test_access_denied_is_never_taken_for_absent():
    denied = state.RegionalTable(HOME, state.UNKNOWN, problem="access denied: dynamodb:DescribeTable in us-east-1")
    for planner in (plan.plan_table, plan.plan_replicas):
        made = planner(wanted(), observed(denied))
        assert made.refusal == "access denied: dynamodb:DescribeTable in us-east-1"
        assert made.steps == ()


def test_what_may_pass_is_waited_for():
    throttled = state.RegionalTable(HOME, state.UNKNOWN, problem="throttled: DescribeTable", transient=True)
    made = plan.plan_table(wanted(), observed(throttled))
    assert (made.refusal, made.steps) == ("", ())
    assert [wait.sentence for wait in made.waits] == ["throttled: DescribeTable"]


def test_only_one_change_is_admitted_at_a_time_but_tags_and_backups_go_beside_it():
    settings = {
        "partition_key": "id",
        "table_class": "STANDARD_INFREQUENT_ACCESS",
        "deletion_protection": True,
        "tags": {"a": "b"},
    }
    made = plan.plan_table(wanted(settings=settings), observed(shown(HOME, tags={})))
    first = "set table_class to STANDARD_INFREQUENT_ACCESS in us-east-1"
    assert sentences(made) == [
        (first, ""),
        ("turn deletion protection on in us-east-1", first),
        ("set tags a in us-east-1", ""),
    ]


def test_a_table_in_motion_takes_no_change():
    settings = {"partition_key": "id", "deletion_protection": True}
    made = plan.plan_table(wanted(settings=settings), observed(shown(HOME, "UPDATING")))
    assert sentences(made) == [("turn deletion protection on in us-east-1", "us-east-1 is UPDATING")]


def test_a_table_does_not_wait_for_a_replica_that_is_being_made_elsewhere():
    assert plan.plan_table(wanted(), observed(shown(HOME, replicas={EU: "CREATING"}))).finished
    settings = {"partition_key": "id", "deletion_protection": True}
    made = plan.plan_table(wanted(settings=settings), observed(shown(HOME, replicas={EU: "CREATING"})))
    assert made.steps[0].waits_for == "replica eu-west-1 is CREATING"


def test_the_end_of_a_table_with_replicas_has_to_be_asked_for():
    made = plan.plan_table(wanted(absent=True), observed(shown(HOME, replicas={EU: "ACTIVE"})))
    assert "it has replicas in eu-west-1" in made.refusal
    assert "delete_replicas: true" in made.refusal


def test_deletion_protection_is_never_switched_off_on_the_way():
    table = wanted(EU, absent=True, delete_replicas=True)
    made = plan.plan_table(table, observed(shown(HOME, replicas={EU: "ACTIVE"}), shown(EU, deletion_protection=True)))
    assert "deletion protection is on in eu-west-1" in made.refusal


# replicas


def test_replicas_are_added_one_after_another():
    made = plan.plan_replicas(wanted(EU, AP), observed(shown(HOME), state.absent(EU), state.absent(AP)))
    assert sentences(made) == [
        ("add a replica in eu-west-1", ""),
        ("add a replica in ap-southeast-2", "add a replica in eu-west-1"),
    ]
    assert made.steps[0].parameters == {
        "TableName": "orders",
        "ReplicaUpdates": [{"Create": {"RegionName": EU}}],
    }


def test_310_a_replica_that_was_accepted_and_dropped_is_added_again():
    made = plan.plan_replicas(wanted(EU), observed(shown(HOME), state.absent(EU)))
    assert sentences(made) == [("add a replica in eu-west-1", "")]


def test_a_replica_counts_only_when_its_own_region_is_active_too():
    made = plan.plan_replicas(wanted(EU), observed(shown(HOME, replicas={EU: "ACTIVE"}), shown(EU, "CREATING")))
    assert [wait.sentence for wait in made.waits] == ["eu-west-1 is CREATING"]
    made = plan.plan_replicas(wanted(EU), observed(shown(HOME, replicas={EU: "ACTIVE"}), state.absent(EU)))
    assert [wait.sentence for wait in made.waits] == ["eu-west-1 doesn't show the replica yet"]


def test_306_the_source_is_active_while_the_replica_is_still_being_made():
    made = plan.plan_replicas(
        wanted(EU, AP), observed(shown(HOME, replicas={EU: "CREATING"}), shown(EU, "CREATING"), state.absent(AP))
    )
    assert sentences(made) == [
        ("add a replica in ap-southeast-2", "eu-west-1 is CREATING; replica eu-west-1 is CREATING"),
    ]


def test_308_a_region_is_free_again_only_when_it_shows_no_table():
    made = plan.plan_replicas(wanted(EU), observed(shown(HOME), shown(EU, "DELETING")))
    assert sentences(made) == [
        ("add a replica in eu-west-1", "eu-west-1 to be free of the former replica (DELETING)"),
    ]


def test_225_a_table_that_stands_alone_in_the_target_is_refused_with_its_item_count():
    made = plan.plan_replicas(wanted(EU), observed(shown(HOME), shown(EU)))
    assert "already stands alone in eu-west-1, with 7 items" in made.refusal


def test_a_replica_that_is_not_listed_is_reported_with_the_line_that_would_remove_it():
    made = plan.plan_replicas(wanted(), observed(shown(HOME, replicas={AP: "ACTIVE"})))
    assert made.finished
    assert made.notes == (
        "has a replica in ap-southeast-2 that isn't listed, and is left alone. To remove it: "
        "dynamodb_absent_regions: [ap-southeast-2]",
    )


def test_removals_come_first():
    made = plan.plan_replicas(
        wanted(EU, absent_regions=(AP,)),
        observed(shown(HOME, replicas={AP: "ACTIVE"}), state.absent(EU), shown(AP, replicas={HOME: "ACTIVE"})),
    )
    assert [step.sentence for step in made.steps] == [
        "remove the replica in ap-southeast-2 and its items",
        "add a replica in eu-west-1",
    ]
    assert [step.removal for step in made.steps] == [True, False]


def test_a_removal_under_way_is_waited_for_and_not_planned_again():
    made = plan.plan_replicas(
        wanted(absent_regions=(AP,)), observed(shown(HOME, replicas={AP: "DELETING"}), shown(AP, "DELETING"))
    )
    assert made.steps == ()
    assert [wait.sentence for wait in made.waits] == ["replica ap-southeast-2 is DELETING"]


def test_297_a_protected_replica_is_not_removed():
    made = plan.plan_replicas(
        wanted(absent_regions=(AP,)),
        observed(shown(HOME, replicas={AP: "ACTIVE"}), shown(AP, deletion_protection=True)),
    )
    assert "its replica in ap-southeast-2 is to be removed but has deletion protection" in made.refusal


def test_a_table_that_stands_apart_in_a_region_to_leave_is_reported_and_left_alone():
    made = plan.plan_replicas(wanted(absent_regions=(AP,)), observed(shown(HOME), shown(AP)))
    assert made.finished
    assert "a table of that name stands alone in ap-southeast-2, with 7 items" in made.notes[0]


def test_a_table_that_does_not_exist_has_no_replicas_except_in_check_mode():
    nothing = observed(state.absent(HOME), state.absent(EU))
    assert "create it first" in plan.plan_replicas(wanted(EU), nothing).refusal
    assert sentences(plan.plan_replicas(wanted(EU), nothing, check_mode=True)) == [("add a replica in eu-west-1", "")]


@pytest.mark.parametrize("status", ["INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVED", "SOMETHING_NEW"])
def test_a_table_that_time_does_not_mend_is_explained(status):
    assert f"in us-east-1 it is {status}: " in plan.plan_table(wanted(), observed(shown(HOME, status))).refusal
    assert f"in us-east-1 it is {status}: " in plan.plan_replicas(wanted(), observed(shown(HOME, status))).refusal
    made = plan.plan_replicas(wanted(EU), observed(shown(HOME, replicas={EU: "ACTIVE"}), shown(EU, status)))
    assert f"in eu-west-1 it is {status}: " in made.refusal


def test_the_end_of_a_group_never_takes_a_replica_that_is_not_listed():
    table = wanted(EU, absent=True, delete_replicas=True)
    made = plan.plan_table(table, observed(shown(HOME, replicas={EU: "ACTIVE", AP: "ACTIVE"}), shown(EU)))
    assert "it has replicas in ap-southeast-2 that aren't listed" in made.refusal


def test_the_end_of_a_table_never_leaves_another_of_its_name_behind_unsaid():
    """Two tables of one name that are no group: perhaps the home region is wrong."""
    for delete_replicas in (True, False):
        table = wanted(EU, absent=True, delete_replicas=delete_replicas)
        made = plan.plan_table(table, observed(shown(HOME), shown(EU)))
        assert "tables of that name that aren't its replicas stand in eu-west-1 (7 items)" in made.refusal


def test_a_table_that_is_deleting_may_show_no_keys():
    gone = state.RegionalTable(HOME, "DELETING", settings={"attribute_types": {}})
    made = plan.plan_table(wanted(), observed(gone))
    assert (made.refusal, made.steps) == ("", ())
    assert [wait.sentence for wait in made.waits] == ["us-east-1 is DELETING"]


def test_a_setting_that_was_not_read_stops_the_table():
    unread = dataclasses.replace(shown(HOME), problem="access denied: dynamodb:ListTagsOfResource in us-east-1")
    assert plan.plan_table(wanted(), observed(unread)).refusal.startswith("access denied: dynamodb:ListTags")


def test_the_settings_of_a_replica_that_is_being_made_are_planned_already():
    table = wanted(EU)
    table.replicas[EU].settings.update(tags={"a": "b"}, deletion_protection=True)
    made = plan.plan_replicas(table, observed(shown(HOME, replicas={EU: "CREATING"}), shown(EU, "CREATING")))
    assert sentences(made) == [
        ("turn deletion protection on in eu-west-1", "eu-west-1 is CREATING; replica eu-west-1 is CREATING"),
        ("set tags a in eu-west-1", "eu-west-1 to be ACTIVE"),
    ]


def test_the_stream_of_a_global_table_is_not_changed():
    """Finding DDB-TABLE-221: with replicas it can't be, not even for the same view type again."""
    table = wanted(settings={"partition_key": "id", "stream": {"enabled": True, "view_type": "KEYS_ONLY"}})
    now = {"enabled": True, "view_type": "NEW_AND_OLD_IMAGES"}
    made = plan.plan_table(table, observed(shown(HOME, replicas={EU: "ACTIVE"}, stream=now)))
    assert "which can't be changed: leave stream out" in made.refusal


def test_143_another_ttl_attribute_takes_two_changes_that_lie_half_an_hour_apart():
    table = wanted(settings={"partition_key": "id", "ttl": {"enabled": True, "attribute": "until"}})
    made = plan.plan_table(table, observed(shown(HOME, ttl={"enabled": True, "attribute": "expires"})))
    assert "TTL is on with attribute expires: set enabled: false" in made.refusal


PROVISIONED = {"billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5}


def test_321_the_capacity_of_a_global_table_belongs_to_auto_scaling():
    bounds = {"min": 1, "max": 50, "target": 70.0}
    now = {**PROVISIONED, "write_capacity": 40}
    scaled = {"autoscaling": {"enabled": True, "write": bounds}}
    table = wanted(settings={"partition_key": "id", **PROVISIONED})
    assert plan.plan_table(table, observed(shown(HOME, replicas={EU: "ACTIVE"}, **now, **scaled))).finished
    assert len(plan.plan_table(table, observed(shown(HOME, **now))).steps) == 1


def test_a_replica_that_time_does_not_mend_is_explained():
    made = plan.plan_replicas(wanted(EU), observed(shown(HOME, replicas={EU: "REGION_DISABLED"}), state.absent(EU)))
    assert made.refusal.startswith("in eu-west-1 it is REGION_DISABLED: enable the region")


def test_what_a_replica_has_of_its_own_is_set_in_its_region_once_it_is_up():
    table = wanted(EU)
    table.replicas[EU].settings.update(tags={"a": "b"}, deletion_protection=True)
    made = plan.plan_replicas(table, observed(shown(HOME), state.absent(EU)))
    assert sentences(made) == [
        ("add a replica in eu-west-1", ""),
        ("turn deletion protection on in eu-west-1", "add a replica in eu-west-1"),
        ("set tags a in eu-west-1", "eu-west-1 to be ACTIVE"),
    ]
    assert [step.region for step in made.steps] == [HOME, EU, EU]

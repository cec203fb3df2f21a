# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Global secondary indexes of a standing table: they come and go one at a time, in every region of the group."""

from __future__ import annotations

import dataclasses
import typing as t

import botocore.session
import botocore.validate
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import observe, plan, spec, state, transform
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import indexes

from .service_model.model import ServiceModel
from .test_converge_properties import REPLICAS, TABLES, run

HOME, EU = "us-east-1", "eu-west-1"
MODEL = botocore.session.get_session().get_service_model("dynamodb")
BY_TEAM = {"name": "by-team", "partition_keys": ["team"]}
BY_COST = {"name": "by-cost", "partition_keys": ["cost"]}


def standing(*listed: dict[str, t.Any], region: str = HOME, **changes: t.Any) -> state.RegionalTable:
    """A table that was made with indexes, as its region shows it."""
    settings = {"partition_key": "id", "global_secondary_indexes": list(listed), **changes.pop("settings", {})}
    names = {index["name"]: "ACTIVE" for index in listed}
    return state.RegionalTable(
        region,
        changes.pop("status", "ACTIVE"),
        settings=transform.creation_defaults(settings),
        indexes=changes.pop("indexes", names),
        **changes,
    )


def made(home: state.RegionalTable, *others: state.RegionalTable, **settings: t.Any) -> plan.Plan:
    replicas = {table.region: spec.Replica(table.region) for table in others}
    wanted = spec.Table("orders", HOME, settings={"partition_key": "id", **settings}, replicas=replicas)
    return plan.plan_table(wanted, {table.region: table for table in (home, *others)})


def sentences(planned: plan.Plan) -> list[tuple[str, str]]:
    return [(step.sentence, step.waits_for) for step in planned.steps]


# What is missing is added


def test_159_what_is_missing_is_added_one_at_a_time_after_what_goes():
    planned = made(
        standing({**BY_TEAM, "name": "old"}), global_secondary_indexes=[BY_TEAM, BY_COST], purge_indexes=True
    )
    assert sentences(planned) == [
        ("remove index old in us-east-1", ""),
        ("add index by-team in us-east-1", "remove index old in us-east-1"),
        ("add index by-cost in us-east-1", "remove index old in us-east-1"),
    ]
    assert [step.removal for step in planned.steps] == [True, False, False]


def test_123_162_an_addition_carries_its_own_keys_and_their_types():
    index = {
        "name": "by-place",
        "partition_keys": ["country", "city"],
        "sort_keys": ["cost", "id"],
        "projection": "INCLUDE",
        "non_key_attributes": ["b", "a"],
        "on_demand_max": {"read": 5, "write": -1},
        "warm_throughput": {"read": 13000, "write": 10},
    }
    (step,) = made(standing(), global_secondary_indexes=[index], attribute_types={"cost": "N"}).steps
    assert step.parameters == {
        "TableName": "orders",
        "AttributeDefinitions": [
            {"AttributeName": "country", "AttributeType": "S"},
            {"AttributeName": "city", "AttributeType": "S"},
            {"AttributeName": "cost", "AttributeType": "N"},
            {"AttributeName": "id", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexUpdates": [
            {
                "Create": {
                    "IndexName": "by-place",
                    "KeySchema": [
                        {"AttributeName": "country", "KeyType": "HASH"},
                        {"AttributeName": "city", "KeyType": "HASH"},
                        {"AttributeName": "cost", "KeyType": "RANGE"},
                        {"AttributeName": "id", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "a"]},
                    "OnDemandThroughput": {"MaxReadRequestUnits": 5},
                    "WarmThroughput": {"ReadUnitsPerSecond": 13000},
                }
            }
        ],
    }
    validator = botocore.validate.ParamValidator()
    report = validator.validate(step.parameters, MODEL.operation_model("UpdateTable").input_shape)
    assert report.generate_report() == ""


def test_128_152_an_index_of_a_provisioned_table_needs_its_capacity():
    paid = {"billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5}
    table = standing(settings=paid)
    assert "by-team is to be added to a PROVISIONED table" in made(table, global_secondary_indexes=[BY_TEAM]).refusal
    index = {**BY_TEAM, "read_capacity": 1, "write_capacity": 2}
    (step,) = made(table, global_secondary_indexes=[index], **paid).steps
    (update,) = step.parameters["GlobalSecondaryIndexUpdates"]
    assert update["Create"]["ProvisionedThroughput"] == {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}


def test_an_attribute_can_have_another_type_once_nothing_uses_it():
    """The service forgets the type with the last index that uses the attribute (finding DDB-TABLE-151)."""
    table = standing(BY_COST, settings={"attribute_types": {"cost": "N"}})
    other = {**BY_COST, "name": "by-cost-text"}
    text = {"global_secondary_indexes": [other], "attribute_types": {"cost": "S"}}
    assert "the type of cost is N but S is wanted" in made(table, **text).refusal
    planned = made(table, **text, purge_indexes=True)
    assert sentences(planned) == [
        ("remove index by-cost in us-east-1", ""),
        ("add index by-cost-text in us-east-1", "remove index by-cost in us-east-1"),
    ]
    assert planned.steps[1].parameters["AttributeDefinitions"] == [{"AttributeName": "cost", "AttributeType": "S"}]
    assert table.having(planned.steps[0].effect).having(planned.steps[1].effect).settings["attribute_types"] == {
        "id": "S",
        "cost": "S",
    }


# What isn't listed


def test_an_index_that_is_not_listed_is_left_alone_and_said_so():
    planned = made(standing(BY_TEAM, BY_COST), global_secondary_indexes=[BY_COST])
    assert planned.finished
    assert planned.notes == (
        "has an index by-team that isn't listed, and is left alone. To remove it: purge_indexes: true",
    )


def test_without_a_list_nothing_is_managed():
    planned = made(standing(BY_TEAM))
    assert (planned.finished, planned.notes) == (True, ())


def test_an_index_goes_only_with_its_own_word():
    (step,) = made(standing(BY_TEAM), global_secondary_indexes=[], purge_indexes=True).steps
    assert step.parameters == {
        "TableName": "orders",
        "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-team"}}],
    }
    assert step.removed == 0  # max_removals counts replicas and tables


# What never changes


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"partition_keys": ["team", "city"]}, "partition_keys of index by-team is team but team, city is wanted"),
        ({"sort_keys": ["at"]}, "sort_keys of index by-team is none but at is wanted"),
        ({"projection": "KEYS_ONLY"}, "projection of index by-team is ALL but KEYS_ONLY is wanted"),
        (
            {"projection": "INCLUDE", "non_key_attributes": ["a"]},
            "non_key_attributes of index by-team is none but a is wanted",
        ),
    ],
)
def test_357_what_never_changes_of_an_index_is_named(change, difference):
    refusal = made(standing(BY_TEAM), global_secondary_indexes=[{**BY_TEAM, **change}]).refusal
    assert difference in refusal
    assert "remove the index with purge_indexes: true, then list it again" in refusal


def test_125_the_order_of_non_key_attributes_is_no_difference():
    index = {**BY_TEAM, "projection": "INCLUDE", "non_key_attributes": ["b", "a"]}
    assert standing(index).settings["global_secondary_indexes"][0]["non_key_attributes"] == ["a", "b"]
    assert made(standing(index), global_secondary_indexes=[index]).finished


@pytest.mark.parametrize(
    ("listed", "difference"),
    [
        ([], "local secondary index by-size isn't listed, and can't be removed"),
        (
            [{"name": "by-size", "sort_key": "size"}, {"name": "more", "sort_key": "size"}],
            "local secondary index more is missing, and can only be made with the table",
        ),
        ([{"name": "by-size", "sort_key": "height"}], "sort_key of index by-size is size but height is wanted"),
    ],
)
def test_357_local_indexes_never_change(listed, difference):
    local = [{"name": "by-size", "sort_key": "size", "projection": "ALL"}]
    table = standing(settings={"sort_key": "at", "local_secondary_indexes": local})
    assert difference in made(table, sort_key="at", local_secondary_indexes=listed).refusal


# Each region fills its own


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING"])
def test_296_a_region_that_still_fills_an_index_holds_the_next_change_and_is_waited_for(status):
    home = standing(BY_TEAM, replicas={EU: "ACTIVE"})
    replica = standing(BY_TEAM, region=EU, replicas={HOME: "ACTIVE"}, indexes={"by-team": status})
    planned = made(home, replica, global_secondary_indexes=[BY_TEAM, BY_COST])
    moving = f"index by-team is {status} in eu-west-1"
    assert sentences(planned) == [("add index by-cost in us-east-1", moving)]
    assert [wait.sentence for wait in planned.waits] == [moving]


def test_296_a_region_that_does_not_show_the_change_yet_is_waited_for():
    home = standing(BY_TEAM, replicas={EU: "ACTIVE"})
    planned = made(home, standing(region=EU, replicas={HOME: "ACTIVE"}), global_secondary_indexes=[BY_TEAM])
    assert planned.steps == ()
    assert [wait.sentence for wait in planned.waits] == ["eu-west-1 doesn't show yet that index by-team came or went"]


def test_what_nobody_manages_is_not_waited_for_but_holds_a_change():
    home = standing(BY_TEAM, indexes={"by-team": "CREATING"})
    assert made(home).finished
    planned = made(home, table_class="STANDARD_INFREQUENT_ACCESS")
    (change,) = sentences(planned)
    assert change[1] == "index by-team is CREATING in us-east-1"
    assert planned.waits == ()


def test_an_index_on_its_way_out_counts_as_gone_and_is_added_again_after_it():
    description = {
        "TableStatus": "ACTIVE",
        "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "team")],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-team",
                "IndexStatus": "DELETING",
                "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}],
            }
        ],
    }
    home = transform.regional_table(HOME, description)
    assert home.settings["global_secondary_indexes"] == []
    planned = made(home, global_secondary_indexes=[BY_TEAM], attribute_types={"team": "N"})
    assert sentences(planned) == [("add index by-team in us-east-1", "index by-team is DELETING in us-east-1")]


def test_the_table_is_deleted_after_its_index_is_filled():
    """Finding DDB-TABLE-150."""
    wanted = spec.Table("orders", HOME, absent=True)
    (step,) = plan.plan_table(wanted, {HOME: standing(BY_TEAM, indexes={"by-team": "CREATING"})}).steps
    assert step.waits_for == "index by-team is CREATING in us-east-1"


def test_the_regions_that_are_members_are_read_when_indexes_are_managed():
    table = spec.Table("orders", HOME, settings={}, replicas={EU: spec.Replica(EU)}, absent_regions=("sa-east-1",))
    managed = dataclasses.replace(table, settings={"global_secondary_indexes": []})
    seen = {HOME: standing(replicas={EU: "ACTIVE", "ap-southeast-2": "ACTIVE"})}
    assert observe._further(observe.Reading(table, {HOME: {}}), seen) == {}
    assert observe._further(observe.Reading(managed, {HOME: {}}), seen) == {EU: {}}


def test_296_two_indexes_are_filled_one_after_the_other_in_every_region_and_the_service_never_refuses():
    model = ServiceModel()
    keys = {"partition_key": "id", "billing_mode": "PAY_PER_REQUEST"}
    group = spec.Table("orders", HOME, settings=keys, replicas={EU: spec.Replica(EU)})
    for part in (TABLES, REPLICAS):
        assert run(model, group, part).failure == ""
    more = dataclasses.replace(group, settings={**keys, "global_secondary_indexes": [BY_TEAM, BY_COST]})
    assert run(model, more, TABLES).failure == ""
    assert model.refused == []
    assert {region: table.indexes for region, table in seen(model, more).items()} == {
        region: {"by-team": "ACTIVE", "by-cost": "ACTIVE"} for region in (HOME, EU)
    }


def seen(model: ServiceModel, table: spec.Table) -> state.Observed:
    return observe.look([observe.full_reading(table)], model)["orders"]


# Bad input


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"purge_indexes": True}, "purge_indexes needs global_secondary_indexes beside it"),
        (
            {"global_secondary_indexes": [{**BY_TEAM, "name": f"index-{n}"} for n in range(21)]},
            "21 global secondary indexes, but a table can have 20",
        ),
        (
            {
                "sort_key": "at",
                "local_secondary_indexes": [{"name": f"index-{n}", "sort_key": "size"} for n in range(6)],
            },
            "6 local secondary indexes, but a table can have 5",
        ),
        (
            {"global_secondary_indexes": [{**BY_TEAM, "projection": "INCLUDE", "non_key_attributes": list("a" * 21)}]},
            "can have 20 non_key_attributes",
        ),
    ],
)
def test_bad_input_is_refused_up_front(settings, problem):
    """Findings DDB-TABLE-126, 129."""
    assert problem in " ".join(indexes.problems(settings))

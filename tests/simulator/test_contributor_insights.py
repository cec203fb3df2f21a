# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contributor Insights, which every region has of its own (AWS_FACTS section 4)."""

from __future__ import annotations

from typing import Any

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

ALL_KEYS, THROTTLED_KEYS = "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"
HASH = [{"AttributeName": "id", "KeyType": "HASH"}]
INDEX = "by_id"
BY_ID = {"IndexName": INDEX, "KeySchema": HASH, "Projection": {"ProjectionType": "ALL"}}
MISSING = ("ResourceNotFoundException", f"Requested resource not found: Table: {TABLE} not found")
TWO_KEYS = {
    "KeySchema": [*HASH, {"AttributeName": "at", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "N"},
    ],
}


def update(world: World, action: str, region: str = HOME, table: str = TABLE, **more: str) -> dict[str, Any]:
    answered = world.client(region).update_contributor_insights(
        TableName=table, ContributorInsightsAction=action, **more
    )
    return without_metadata(answered)


def describe(world: World, region: str = HOME, table: str = TABLE, **index: str) -> dict[str, Any]:
    return without_metadata(world.client(region).describe_contributor_insights(TableName=table, **index))


def status(world: World, region: str = HOME, table: str = TABLE, **index: str) -> str:
    return describe(world, region, table, **index)["ContributorInsightsStatus"]


def listed(world: World, region: str = HOME, **parameters: Any) -> list[tuple[str, str | None, str]]:
    found = world.client(region).list_contributor_insights(**parameters)["ContributorInsightsSummaries"]
    return [(entry["TableName"], entry.get("IndexName"), entry["ContributorInsightsStatus"]) for entry in found]


def without_metadata(answered: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answered.items() if name != "ResponseMetadata"}


def rules(world: World, table: str = TABLE, **index: str) -> list[str]:
    """The kinds of rules, such as PKC."""
    return [name.split("-")[1] for name in describe(world, table=table, **index).get("ContributorInsightsRuleList", [])]


def enabled(world: World, **settings: Any) -> None:
    world.create(**settings)
    update(world, "ENABLE")
    world.wait(17)


def test_089_insights_that_were_never_on_are_disabled_and_have_no_other_fields(world: World) -> None:
    world.create()
    assert describe(world) == {"TableName": TABLE, "ContributorInsightsStatus": "DISABLED"}
    assert update(world, "DISABLE") == {"TableName": TABLE, "ContributorInsightsStatus": "DISABLED"}
    update(world, "ENABLE")
    world.wait(17)
    update(world, "DISABLE")
    world.wait(4)
    described = describe(world)
    assert described.pop("LastUpdateDateTime")
    assert described == {
        "TableName": TABLE,
        "ContributorInsightsStatus": "DISABLED",
        "ContributorInsightsMode": ALL_KEYS,
    }


def test_090_enabling_takes_up_to_sixteen_seconds_and_disabling_two_and_the_table_stays_active(world: World) -> None:
    world.create()
    answered = {"TableName": TABLE, "ContributorInsightsStatus": "ENABLING", "ContributorInsightsMode": ALL_KEYS}
    assert update(world, "ENABLE") == answered
    world.wait(0.9)
    assert (status(world), world.status()) == ("ENABLING", "ACTIVE")
    world.wait(16)
    assert status(world) == "ENABLED"
    assert update(world, "DISABLE")["ContributorInsightsStatus"] == "DISABLING"
    world.wait(1.9)
    assert status(world) == "DISABLING"
    world.wait(2)
    assert status(world) == "DISABLED"
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"


def test_091_what_is_so_already_is_answered_and_changes_nothing(world: World) -> None:
    enabled(world)
    before = describe(world)
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLED"
    assert describe(world) == before
    update(world, "DISABLE")
    world.wait(4)
    assert update(world, "DISABLE")["ContributorInsightsStatus"] == "DISABLED"


def test_092_a_mode_is_changed_by_enabling_and_is_the_default_when_omitted(world: World) -> None:
    enabled(world)
    assert rules(world) == ["PKC", "PKT"]
    narrowed = update(world, "ENABLE", ContributorInsightsMode=THROTTLED_KEYS)
    assert (narrowed["ContributorInsightsStatus"], narrowed["ContributorInsightsMode"]) == ("ENABLING", THROTTLED_KEYS)
    world.wait(17)
    assert rules(world) == ["PKT"]
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"
    world.wait(17)
    assert describe(world)["ContributorInsightsMode"] == ALL_KEYS
    disabled = update(world, "DISABLE", ContributorInsightsMode=THROTTLED_KEYS)
    assert (disabled["ContributorInsightsStatus"], disabled["ContributorInsightsMode"]) == ("DISABLING", ALL_KEYS)


def test_093_a_rule_per_key_attribute_and_kind_with_new_names_after_disabling(world: World) -> None:
    enabled(world, GlobalSecondaryIndexes=[BY_ID], **TWO_KEYS)
    update(world, "ENABLE", IndexName=INDEX)
    world.wait(17)
    assert rules(world) == ["PKC", "PKT", "SKC", "SKT"]
    assert rules(world, IndexName=INDEX) == ["PKC", "PKT"]
    names = describe(world)["ContributorInsightsRuleList"]
    update(world, "DISABLE")
    world.wait(4)
    assert rules(world) == []
    update(world, "ENABLE")
    world.wait(17)
    assert not set(describe(world)["ContributorInsightsRuleList"]) & set(names)


def test_341_a_narrowed_mode_keeps_the_names_of_the_rules_that_stay(world: World) -> None:
    enabled(world, **TWO_KEYS)
    names = describe(world)["ContributorInsightsRuleList"]
    update(world, "ENABLE", ContributorInsightsMode=THROTTLED_KEYS)
    world.wait(17)
    kept = describe(world)["ContributorInsightsRuleList"]
    assert len(kept) == 2
    assert set(kept) < set(names)


def test_094_a_table_and_each_global_index_apart_and_nothing_else(world: World) -> None:
    local = {"IndexName": "local", "KeySchema": TWO_KEYS["KeySchema"], "Projection": {"ProjectionType": "ALL"}}
    world.create(GlobalSecondaryIndexes=[BY_ID], LocalSecondaryIndexes=[local], **TWO_KEYS)
    update(world, "ENABLE", IndexName=INDEX)
    world.wait(17)
    assert (status(world), status(world, IndexName=INDEX)) == ("DISABLED", "ENABLED")
    for index in ("local", "nope"):
        text = f"Requested resource not found: Index: {index} not found for table: {TABLE}"
        assert_refused("ResourceNotFoundException", text, describe, world, IndexName=index)
        assert_refused("ResourceNotFoundException", text, update, world, "ENABLE", IndexName=index)


def test_116_an_index_added_to_a_table_is_unknown_at_first_and_not_in_a_valid_state_until_it_is_active(
    world: World,
) -> None:
    world.create()
    world.update(
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": BY_ID}],
    )
    world.wait(2)
    unknown = ("ResourceNotFoundException", f"Index: {INDEX} not found for table: {TABLE}")
    assert_refused(*unknown, describe, world, IndexName=INDEX)
    assert_refused(*unknown, update, world, "ENABLE", IndexName=INDEX)
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"
    world.wait(60)
    assert status(world, IndexName=INDEX) == "DISABLED"
    text = "not in a valid state to update Key Access Insights: IndexStatus must be ACTIVE to enable ContributorInsigh"
    assert_refused("ValidationException", text, update, world, "ENABLE", IndexName=INDEX)
    world.wait(1000)
    assert update(world, "ENABLE", IndexName=INDEX)["ContributorInsightsStatus"] == "ENABLING"


def test_112_an_index_takes_its_insights_with_it(world: World) -> None:
    world.create(GlobalSecondaryIndexes=[BY_ID])
    update(world, "ENABLE", IndexName=INDEX)
    world.wait(17)
    world.update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": INDEX}}])
    assert listed(world, TableName=TABLE) == [(TABLE, INDEX, "ENABLED")]
    world.wait(60)
    assert listed(world, TableName=TABLE) == []
    text = f"Index: {INDEX} not found for table: {TABLE}"
    assert_refused("ResourceNotFoundException", text, update, world, "DISABLE", IndexName=INDEX)


def test_014_a_table_that_isnt_there(world: World) -> None:
    assert_refused(*MISSING, describe, world)
    assert_refused(*MISSING, update, world, "ENABLE")
    assert_refused(*MISSING, listed, world, TableName=TABLE)


def test_115_a_table_that_is_creating_is_unknown_at_first_and_not_in_a_valid_state_then(world: World) -> None:
    world.client().create_table(
        TableName=TABLE,
        KeySchema=HASH,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert world.status() == "CREATING"
    assert_refused(*MISSING, describe, world)
    assert_refused(*MISSING, update, world, "ENABLE")
    assert_refused(*MISSING, listed, world, TableName=TABLE)
    world.wait(2.5)
    assert world.status() == "CREATING"
    assert status(world) == "DISABLED"
    text = "not in a valid state to update Key Access Insights: TableStatus must be ACTIVE to enable ContributorInsight"
    assert_refused("ValidationException", text, update, world, "ENABLE")
    world.wait(10)
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"


def test_460_a_table_that_is_updating_admits_it(world: World) -> None:
    world.create()
    world.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    assert world.status() == "UPDATING"
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"
    world.wait(17)
    assert (status(world), world.status()) == ("ENABLED", "ACTIVE")


def test_097_342_a_table_that_is_deleting_still_answers_and_takes_its_insights_with_it(world: World) -> None:
    enabled(world)
    world.client().delete_table(TableName=TABLE)
    assert status(world) == "ENABLED"
    assert update(world, "DISABLE")["ContributorInsightsStatus"] == "DISABLING"
    world.wait(20)
    assert_refused(*MISSING, describe, world)
    assert_refused(*MISSING, update, world, "DISABLE")
    world.create()
    assert describe(world) == {"TableName": TABLE, "ContributorInsightsStatus": "DISABLED"}  # 436


def test_342_a_table_deleted_while_its_insights_are_enabling_leaves_nothing_to_do(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.create()
    update(world, "ENABLE")
    world.client().delete_table(TableName=TABLE)
    world.wait(20)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_095_343_only_what_isnt_disabled_is_listed_the_table_before_its_indexes(world: World) -> None:
    world.create(GlobalSecondaryIndexes=[BY_ID])
    assert listed(world, TableName=TABLE) == []
    update(world, "ENABLE", IndexName=INDEX)
    update(world, "ENABLE")
    assert listed(world, TableName=TABLE) == [(TABLE, None, "ENABLING"), (TABLE, INDEX, "ENABLING")]
    first = world.client().list_contributor_insights(TableName=TABLE, MaxResults=1)
    assert [entry.get("IndexName") for entry in first["ContributorInsightsSummaries"]] == [None]
    assert listed(world, TableName=TABLE, MaxResults=1, NextToken=first["NextToken"]) == [(TABLE, INDEX, "ENABLING")]
    world.wait(17)
    update(world, "DISABLE")
    assert listed(world, TableName=TABLE)[0] == (TABLE, None, "DISABLING")
    world.wait(4)
    assert listed(world, TableName=TABLE) == [(TABLE, INDEX, "ENABLED")]


def test_344_without_a_table_pages_can_be_empty_and_have_another_after_them(world: World) -> None:
    world.create(table="first")
    world.create(table="second")
    update(world, "ENABLE", table="second")
    assert listed(world) == [("second", None, "ENABLING")]
    page = world.client().list_contributor_insights(MaxResults=1)
    assert page["ContributorInsightsSummaries"] == []
    last = world.client().list_contributor_insights(MaxResults=1, NextToken=page["NextToken"])
    assert [entry["TableName"] for entry in last["ContributorInsightsSummaries"]] == ["second"]
    assert "NextToken" not in last
    assert listed(world, EUROPE) == []


def exhaust_rules(world: World) -> None:
    """98 of a region's 100 rules in use, 4 of them by a table "other"."""
    for number in range(24):
        world.create(table=f"filler-{number}", **TWO_KEYS)
        update(world, "ENABLE", table=f"filler-{number}")
    world.create(table="small")
    update(world, "ENABLE", table="small")
    world.wait(17)


def test_337_338_339_past_the_rule_quota_enabling_fails_and_stays_so_until_it_is_asked_again(world: World) -> None:
    exhaust_rules(world)
    enabled(world, **TWO_KEYS)
    failed = describe(world)
    assert (failed["ContributorInsightsStatus"], "ContributorInsightsRuleList" in failed) == ("FAILED", False)
    assert failed["FailureException"]["ExceptionName"] == "LimitExceededException"
    assert listed(world, TableName=TABLE) == [(TABLE, None, "FAILED")]  # 340
    update(world, "DISABLE", table="filler-0")
    world.wait(45)
    assert status(world) == "FAILED"
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"
    world.wait(17)
    assert (status(world), "FailureException" in describe(world)) == ("ENABLED", False)
    update(world, "ENABLE", table="filler-0")
    world.wait(17)
    assert status(world, table="filler-0") == "FAILED"
    assert update(world, "DISABLE", table="filler-0")["ContributorInsightsStatus"] == "DISABLING"
    assert "FailureException" in describe(world, table="filler-0")
    world.wait(4)
    assert "FailureException" not in describe(world, table="filler-0")


def test_another_change_while_one_is_being_made_is_refused(world: World) -> None:
    world.create()
    update(world, "ENABLE")
    text = "not in a valid state to update Key Access Insights: ContributorInsightsStatus is ENABLING."
    assert_refused("ValidationException", text, update, world, "DISABLE")
    assert_refused("ValidationException", text, update, world, "ENABLE", ContributorInsightsMode=THROTTLED_KEYS)


@pytest.mark.parametrize("wrong", [{"ContributorInsightsMode": "ALL"}, {"ContributorInsightsAction": "TOGGLE"}])
def test_a_value_that_the_enumeration_doesnt_have(world: World, wrong: dict[str, str]) -> None:
    world.create()
    call = {"TableName": TABLE, "ContributorInsightsAction": "ENABLE", **wrong}
    text = "failed to satisfy constraint: Member must satisfy enum value set: ["
    assert_refused("ValidationException", text, world.client().update_contributor_insights, **call)


def test_insights_never_follow_a_table(world: World) -> None:
    """AWS_FACTS section 4: a replica starts without them, and a change in one region stays there."""
    enabled(world)
    world.add(EUROPE)
    assert status(world, EUROPE) == "DISABLED"
    update(world, "ENABLE", EUROPE)
    update(world, "DISABLE")
    world.wait(17)
    assert (status(world), status(world, EUROPE)) == ("DISABLED", "ENABLED")


def test_298_a_replica_that_is_creating_knows_no_insights_and_its_source_admits_them(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(120)
    assert world.status(EUROPE) == "CREATING"
    assert_refused(*MISSING, update, world, "ENABLE", EUROPE)
    assert_refused(*MISSING, describe, world, ASIA)
    assert update(world, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"


def test_a_table_is_named_by_its_arn_too(world: World) -> None:
    world.create()
    arn = world.describe()["TableArn"]
    assert update(world, "ENABLE", table=arn)["TableName"] == TABLE
    assert status(world, table=arn) == "ENABLING"

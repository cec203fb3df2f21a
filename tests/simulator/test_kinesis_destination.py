# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinesis streaming destinations, which every region has of its own (AWS_FACTS section 4)."""

from __future__ import annotations

from typing import Any

import pytest
from world import EUROPE, HOME, TABLE, World, assert_refused

ACCOUNT = "123456789012"
STATE = "Table is not in a valid state to enable Kinesis Streaming Destination: "
ENABLED = ("ValidationException", f"{STATE}EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED")
NOT_TO_DISABLE = ("ValidationException", f"{STATE}KinesisStreamingDestination must be ACTIVE to perform DISABLE")
NOT_TO_UPDATE = ("ValidationException", f"{STATE}Kinesis streaming is not in ACTIVE state. Updates are only allowed in")
MISSING = ("ResourceNotFoundException", f"Requested resource not found: Table: {TABLE} not found")
NO_PERMISSION = "User does not have a permission to use kinesis stream"
MICROSECOND, MILLISECOND = "MICROSECOND", "MILLISECOND"


def stream(name: str = "changes", region: str = HOME, account: str = ACCOUNT) -> str:
    return f"arn:aws:kinesis:{region}:{account}:stream/{name}"


STREAM, OTHER = stream(), stream("other")


def precision(value: str) -> dict[str, str]:
    return {"ApproximateCreationDateTimePrecision": value}


def call(world: World, verb: str, arn: str = STREAM, region: str = HOME, **more: Any) -> dict[str, Any]:
    operation = getattr(world.client(region), f"{verb}_kinesis_streaming_destination")
    answered = operation(TableName=TABLE, StreamArn=arn, **more)
    return {name: value for name, value in answered.items() if name != "ResponseMetadata"}


def enable(world: World, arn: str = STREAM, region: str = HOME, **more: Any) -> dict[str, Any]:
    return call(world, "enable", arn, region, **more)


def disable(world: World, arn: str = STREAM, region: str = HOME, **more: Any) -> dict[str, Any]:
    return call(world, "disable", arn, region, **more)


def update(world: World, value: str, arn: str = STREAM, region: str = HOME) -> dict[str, Any]:
    return call(world, "update", arn, region, UpdateKinesisStreamingConfiguration=precision(value))


def entries(world: World, region: str = HOME) -> list[dict[str, Any]]:
    described = world.client(region).describe_kinesis_streaming_destination(TableName=TABLE)
    assert described["TableName"] == TABLE
    return described["KinesisDataStreamDestinations"]


def states(world: World, region: str = HOME) -> dict[str, str]:
    """The status by the stream's name."""
    return {entry["StreamArn"].rpartition("/")[2]: entry["DestinationStatus"] for entry in entries(world, region)}


def make_stream(world: World, name: str = "changes", region: str = HOME) -> None:
    world.client(region, "kinesis").create_stream(StreamName=name, ShardCount=1)
    world.wait(11)


@pytest.fixture
def ready(world: World) -> World:
    """A table, and the streams "changes" and "other"."""
    world.create()
    make_stream(world)
    make_stream(world, "other")
    return world


@pytest.fixture
def active(ready: World) -> World:
    enable(ready)
    ready.wait(8)
    return ready


def test_299_enabling_takes_seconds_and_the_table_stays_active(ready: World) -> None:
    assert entries(ready) == []
    answered = enable(ready)
    assert answered == {
        "TableName": TABLE,
        "StreamArn": STREAM,
        "DestinationStatus": "ENABLING",
        "EnableKinesisStreamingConfiguration": {},
    }
    ready.wait(1.9)
    assert (states(ready), ready.status()) == ({"changes": "ENABLING"}, "ACTIVE")
    ready.wait(6)
    assert entries(ready) == [{"StreamArn": STREAM, "DestinationStatus": "ACTIVE"}]
    assert not [name for name in ready.describe() if "Kinesis" in name]


@pytest.mark.parametrize("state", ["ENABLING", "ACTIVE"])
def test_299_at_most_one_destination_is_live(ready: World, state: str) -> None:
    enable(ready)
    if state == "ACTIVE":
        ready.wait(8)
    for arn in (STREAM, OTHER):
        assert_refused(*ENABLED, enable, ready, arn)


def test_299_a_destination_that_is_enabling_is_neither_changed_nor_disabled(ready: World) -> None:
    enable(ready)
    assert_refused(*NOT_TO_UPDATE, update, ready, MICROSECOND)
    assert_refused(*NOT_TO_DISABLE, disable, ready)


@pytest.mark.parametrize(
    ("arn", "after", "description"),
    [
        (stream("nope"), 2.2, NO_PERMISSION),
        (stream("CHANGES"), 2.2, NO_PERMISSION),
        (f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/{TABLE}", 2.2, NO_PERMISSION),
        (f"{STREAM}/consumer/reader:1", 2.2, NO_PERMISSION),
        (stream(region=EUROPE), 2.2, "belongs to a stream which is not in the current region"),
        (stream(account="111111111111"), 62, "belongs to a stream which is not in Active state"),
        (f"arn:aws:firehose:{HOME}:{ACCOUNT}:deliverystream/changes", 62, "which is not in Active state"),
    ],
)
def test_318_what_is_wrong_with_a_stream_shows_only_later(
    ready: World, arn: str, after: float, description: str
) -> None:
    make_stream(ready, region=EUROPE)
    assert enable(ready, arn)["DestinationStatus"] == "ENABLING"
    ready.wait(after)
    (entry,) = entries(ready)
    assert (entry["DestinationStatus"], entry["StreamArn"]) == ("ENABLE_FAILED", arn)
    assert description in entry["DestinationStatusDescription"]


def test_318_a_stream_that_is_creating_wont_do(world: World) -> None:
    world.create()
    world.client(HOME, "kinesis").create_stream(StreamName="changes", ShardCount=1)
    enable(world)
    world.wait(3)
    assert states(world) == {"changes": "ENABLE_FAILED"}
    world.wait(10)
    enable(world)
    world.wait(8)
    assert states(world) == {"changes": "ACTIVE"}


def test_268_failed_entries_stay_one_for_each_stream_and_hinder_nothing(ready: World) -> None:
    for name in ("none1", "none1", "none2"):
        enable(ready, stream(name))
        ready.wait(3)
    assert list(states(ready).items()) == [("none2", "ENABLE_FAILED"), ("none1", "ENABLE_FAILED")]
    enable(ready, stream("none2"))
    assert entries(ready)[0] == {"StreamArn": stream("none2"), "DestinationStatus": "ENABLING"}
    ready.wait(3)
    assert_refused(*NOT_TO_UPDATE, update, ready, MICROSECOND, stream("none1"))
    assert_refused(*NOT_TO_DISABLE, disable, ready, stream("none1"))
    enable(ready)
    ready.wait(8)
    assert states(ready) == {"changes": "ACTIVE", "none2": "ENABLE_FAILED", "none1": "ENABLE_FAILED"}
    assert_refused(*ENABLED, enable, ready, stream("none3"))


def test_301_a_disabled_entry_stays_and_is_enabled_again(active: World) -> None:
    configuration = precision(MICROSECOND)
    text = "Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters"
    assert_refused("ValidationException", text, disable, active, EnableKinesisStreamingConfiguration=configuration)
    assert disable(active) == {"TableName": TABLE, "StreamArn": STREAM, "DestinationStatus": "DISABLING"}
    active.wait(0.5)
    assert states(active) == {"changes": "DISABLING"}
    assert_refused(*NOT_TO_UPDATE, update, active, MICROSECOND)
    assert disable(active)["DestinationStatus"] == "DISABLING"
    active.wait(171)
    assert states(active) == {"changes": "DISABLED"}
    assert_refused(*NOT_TO_UPDATE, update, active, MICROSECOND)
    assert_refused(*NOT_TO_DISABLE, disable, active)
    enable(active)
    active.wait(8)
    assert states(active) == {"changes": "ACTIVE"}


def test_304_disabling_shows_a_tenth_of_a_second_later(active: World) -> None:
    disable(active)
    assert states(active) == {"changes": "ACTIVE"}
    assert_refused(*ENABLED, enable, active)
    active.wait(0.2)
    assert states(active) == {"changes": "DISABLING"}


def test_302_a_stream_that_was_never_enabled_isnt_not_found(active: World) -> None:
    for arn in (OTHER, stream("nope"), "not an ARN, but thirty-seven characters long"):
        assert_refused(*NOT_TO_DISABLE, disable, active, arn)
    text = f"{STATE}No streaming destination with streamArn: {OTHER}"
    assert_refused("ValidationException", text, update, active, MICROSECOND, OTHER)


def test_300_a_precision_takes_two_minutes_and_shows_at_once(active: World) -> None:
    answered = update(active, MICROSECOND)
    assert answered == {
        "TableName": TABLE,
        "StreamArn": STREAM,
        "DestinationStatus": "UPDATING",
        "UpdateKinesisStreamingConfiguration": precision(MICROSECOND),
    }
    updating = {"StreamArn": STREAM, "DestinationStatus": "UPDATING", **precision(MICROSECOND)}
    assert entries(active) == [updating]
    assert_refused(*NOT_TO_UPDATE, update, active, MILLISECOND)
    assert_refused(*NOT_TO_DISABLE, disable, active)
    assert_refused(*ENABLED, enable, active)
    active.wait(123)
    assert entries(active) == [updating]
    active.wait(30)
    assert entries(active) == [updating | {"DestinationStatus": "ACTIVE"}]


def test_300_460_the_same_precision_is_refused_and_milliseconds_are_the_default(active: World) -> None:
    text = "Invalid Request: Precision is already set to the desired value of "
    identity = f" for tableId: {active.describe()['TableId']}, kdsArn: {STREAM}"
    assert_refused("ValidationException", f"{text}MILLISECOND{identity}", update, active, MILLISECOND)
    update(active, MICROSECOND)
    active.wait(160)
    assert_refused("ValidationException", f"{text}MICROSECOND{identity}", update, active, MICROSECOND)


def test_300_an_update_of_nothing_is_refused(active: World) -> None:
    text = "UpdateKinesisStreamingConfiguration cannot be null or contain only null values"
    assert_refused("ValidationException", text, call, active, "update")
    nothing: dict[str, Any] = {"UpdateKinesisStreamingConfiguration": {}}
    assert_refused("ValidationException", text, call, active, "update", **nothing)


def test_300_disabling_forgets_the_precision(active: World) -> None:
    update(active, MICROSECOND)
    active.wait(160)
    disable(active)
    active.wait(5)
    enable(active)
    active.wait(8)
    assert entries(active) == [{"StreamArn": STREAM, "DestinationStatus": "ACTIVE"}]


def test_a_precision_given_at_once_is_shown(ready: World) -> None:
    answered = enable(ready, EnableKinesisStreamingConfiguration=precision(MICROSECOND))
    assert answered["EnableKinesisStreamingConfiguration"] == precision(MICROSECOND)
    ready.wait(8)
    assert entries(ready)[0]["ApproximateCreationDateTimePrecision"] == MICROSECOND
    text = "failed to satisfy constraint: Member must satisfy enum value set: [MICROSECOND, MILLISECOND]"
    assert_refused("ValidationException", text, update, ready, "SECOND")


def test_303_a_destination_and_the_tables_stream_are_independent(active: World) -> None:
    assert "StreamSpecification" not in active.describe()
    active.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    active.wait(10)
    active.update(StreamSpecification={"StreamEnabled": False})
    active.wait(10)
    assert states(active) == {"changes": "ACTIVE"}


def test_319_a_deleted_stream_leaves_the_destination_active(active: World) -> None:
    active.client(HOME, "kinesis").delete_stream(StreamName="changes")
    active.wait(293)
    assert entries(active) == [{"StreamArn": STREAM, "DestinationStatus": "ACTIVE"}]
    update(active, MICROSECOND)
    active.wait(160)
    disable(active)
    active.wait(5)
    make_stream(active)
    enable(active)
    active.wait(8)
    assert states(active) == {"changes": "ACTIVE"}


def test_319_a_stream_deleted_while_enabling_makes_it_fail(ready: World) -> None:
    enable(ready)
    ready.client(HOME, "kinesis").delete_stream(StreamName="changes")
    ready.wait(18)
    assert entries(ready)[0]["DestinationStatusDescription"] == NO_PERMISSION


def test_235_236_a_table_is_deleted_with_its_destination_and_the_stream_stays(active: World) -> None:
    active.client().delete_table(TableName=TABLE)
    assert states(active) == {"changes": "UPDATING"}
    for arn in (STREAM, OTHER):
        assert_refused(*ENABLED, enable, active, arn)
    assert_refused(*NOT_TO_DISABLE, disable, active)
    active.wait(20)
    assert_refused(*MISSING, entries, active)
    assert_refused(*MISSING, enable, active)
    summary = active.client(HOME, "kinesis").describe_stream_summary(StreamName="changes")
    assert summary["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"
    active.create()
    assert entries(active) == []  # 271


def test_236_a_table_that_is_deleting_takes_no_destination(ready: World) -> None:
    ready.client().delete_table(TableName=TABLE)
    assert_refused(*ENABLED, enable, ready)
    assert entries(ready) == []


def test_234_a_table_that_is_creating_knows_no_destination_at_first_and_takes_none(world: World) -> None:
    make_stream(world)
    world.client().create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for attempt in (entries, enable, disable):
        assert_refused(*MISSING, attempt, world)
    assert_refused(*MISSING, update, world, MICROSECOND)
    world.wait(2.5)
    assert (world.status(), entries(world)) == ("CREATING", [])
    assert_refused("ResourceInUseException", "Table is being created", enable, world)


def test_234_a_table_that_is_updating_admits_it(ready: World) -> None:
    capacity = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    ready.update(BillingMode="PROVISIONED", ProvisionedThroughput=capacity)
    enable(ready)
    ready.wait(8)
    assert (states(ready), ready.status()) == ({"changes": "ACTIVE"}, "UPDATING")


def test_a_destination_never_follows_a_table(active: World) -> None:
    """AWS_FACTS section 4."""
    active.add(EUROPE)
    assert entries(active, EUROPE) == []
    make_stream(active, region=EUROPE)
    enable(active, stream(region=EUROPE), EUROPE)
    disable(active)
    active.wait(8)
    assert (states(active), states(active, EUROPE)) == ({"changes": "DISABLED"}, {"changes": "ACTIVE"})


def test_298_a_replica_that_is_creating_knows_no_destination(ready: World) -> None:
    ready.put("one")
    ready.change_replica("Create", EUROPE)
    ready.wait(120)
    assert ready.status(EUROPE) == "CREATING"
    assert_refused(*MISSING, entries, ready, EUROPE)
    enable(ready)


def test_a_kinesis_stream_is_creating_before_it_is_active(world: World) -> None:
    kinesis = world.client(HOME, "kinesis")
    kinesis.create_stream(StreamName="changes", ShardCount=1)
    described = kinesis.describe_stream_summary(StreamName="changes")["StreamDescriptionSummary"]
    assert (described["StreamStatus"], described["StreamARN"]) == ("CREATING", STREAM)
    world.wait(11)
    described = kinesis.describe_stream_summary(StreamName="changes")["StreamDescriptionSummary"]
    assert described["StreamStatus"] == "ACTIVE"
    missing = world.client(EUROPE, "kinesis").describe_stream_summary
    assert_refused("ResourceNotFoundException", "Stream changes under account", missing, StreamName="changes")

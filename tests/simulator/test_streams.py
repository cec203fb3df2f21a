# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DynamoDB Streams of every region: records, shards, iterators, and how long each lasts."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from test_admin import ask
from world import EUROPE, HOME, TABLE, World, assert_refused

from simulator import streams

SECOND = 50.0
"""Simulated seconds of one on the wall."""
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND


@pytest.fixture
def replicated(world: World) -> World:
    world.create_global(EUROPE)
    world.admin.set_lag(0.1)
    return world


class Stream:
    """A region's stream, as a client sees it."""

    def __init__(self, world: World, region: str = HOME) -> None:
        self.client = world.client(region, "dynamodbstreams")
        self.arn = world.describe(region)["LatestStreamArn"]

    def describe(self, **arguments: Any) -> dict[str, Any]:
        return self.client.describe_stream(StreamArn=self.arn, **arguments)["StreamDescription"]

    def shards(self) -> list[dict[str, Any]]:
        return self.describe()["Shards"]

    def iterator(self, shard: str, kind: str = "TRIM_HORIZON", **arguments: str) -> str:
        asked = {"StreamArn": self.arn, "ShardId": shard, "ShardIteratorType": kind, **arguments}
        return self.client.get_shard_iterator(**asked)["ShardIterator"]

    def page(self, iterator: str, **arguments: int) -> tuple[list[dict[str, Any]], str | None]:
        page = self.client.get_records(ShardIterator=iterator, **arguments)
        return page["Records"], page.get("NextShardIterator")


def keys(records: list[dict[str, Any]]) -> list[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in records]


def shard_of(stream: Stream, key: str) -> str:
    """The open shard that has a key's records."""
    for shard in stream.shards():
        if key in keys(stream.page(stream.iterator(shard["ShardId"]))[0]):
            return shard["ShardId"]
    raise AssertionError(f"no shard has {key}")


def test_d_each_region_has_a_record_of_a_write_and_nothing_tells_which_was_replicated(replicated: World) -> None:
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    replicated.put("one", color="red")
    replicated.wait(SECOND)
    [home], [europe] = replicated.stream_records(HOME), replicated.stream_records(EUROPE)
    assert (home["awsRegion"], europe["awsRegion"]) == (HOME, EUROPE)
    assert home.keys() == europe.keys()
    assert home["dynamodb"].keys() == europe["dynamodb"].keys()
    assert home["dynamodb"]["NewImage"] == europe["dynamodb"]["NewImage"] == {"id": {"S": "one"}, "color": {"S": "red"}}
    assert before <= home["dynamodb"]["ApproximateCreationDateTime"] <= datetime.datetime.now(datetime.UTC)
    assert home["dynamodb"]["ApproximateCreationDateTime"].microsecond == 0


def test_d_put_update_and_delete_are_told_apart_and_what_changes_nothing_leaves_no_record(replicated: World) -> None:
    replicated.put("one", color="red")
    replicated.put("one", color="red")
    replicated.put("one", color="blue")
    replicated.delete("one")
    replicated.delete("one")
    records = replicated.stream_records()
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    images = [[name in record["dynamodb"] for name in ("OldImage", "NewImage")] for record in records]
    assert images == [[False, True], [True, True], [True, False]]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("KEYS_ONLY", [set(), set()]),
        ("NEW_IMAGE", [{"NewImage"}, {"NewImage"}]),
        ("OLD_IMAGE", [set(), {"OldImage"}]),
    ],
)
def test_d_a_stream_shows_what_its_view_type_says(world: World, view: str, shown: list[set[str]]) -> None:
    world.create(StreamSpecification={"StreamEnabled": True, "StreamViewType": view})
    world.put("one", color="red")
    world.put("one", color="blue")
    assert [{"OldImage", "NewImage"} & record["dynamodb"].keys() for record in world.stream_records()] == shown
    assert Stream(world).describe()["StreamViewType"] == view


def test_d_binary_values_are_bytes(world: World) -> None:
    world.create(
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    item = {"id": {"B": b"\x00"}, "set": {"BS": [b"\x01"]}, "list": {"L": [{"B": b"\x02"}]}}
    world.client().put_item(TableName=TABLE, Item=item)
    [record] = world.stream_records()
    assert record["dynamodb"]["NewImage"] == item
    assert record["dynamodb"]["Keys"] == {"id": item["id"]}


def test_d_all_records_of_a_partition_key_are_in_one_shard_of_several(replicated: World) -> None:
    written = [f"key {number}" for number in range(20)]
    for value in "ab":
        for key in written:
            replicated.put(key, value=value)
    stream = Stream(replicated)
    pages = [keys(stream.page(stream.iterator(shard["ShardId"]))[0]) for shard in stream.shards()]
    assert len(pages) > 1
    assert all(pages)
    assert sorted(key for page in pages for key in page) == sorted(written * 2)
    assert not set(pages[0]) & set(pages[1])


def test_d_an_iterator_begins_where_its_type_says(replicated: World) -> None:
    for value in "abc":
        replicated.put("one", value=value)
    stream = Stream(replicated)
    shard = shard_of(stream, "one")

    def values(kind: str, **arguments: str) -> list[str]:
        records = stream.page(stream.iterator(shard, kind, **arguments))[0]
        return [record["dynamodb"]["NewImage"]["value"]["S"] for record in records]

    number = stream.page(stream.iterator(shard))[0][1]["dynamodb"]["SequenceNumber"]
    assert values("TRIM_HORIZON") == ["a", "b", "c"]
    assert values("AT_SEQUENCE_NUMBER", SequenceNumber=number) == ["b", "c"]
    assert values("AFTER_SEQUENCE_NUMBER", SequenceNumber=number) == ["c"]
    latest = stream.iterator(shard, "LATEST")
    assert stream.page(latest)[0] == []
    replicated.put("one", value="d")
    assert len(stream.page(latest)[0]) == 1
    assert_refused("ValidationException", "shardIteratorType", stream.iterator, shard, "MIDDLE")
    text = "Invalid SequenceNumber"
    assert_refused("ValidationException", text, stream.iterator, shard, "AT_SEQUENCE_NUMBER", SequenceNumber="9" * 22)


def test_d_a_page_has_at_most_1000_records_or_1_mb_or_the_limit(replicated: World) -> None:
    for number in range(12):
        replicated.put("large", value=f"{number:02}" + "x" * 60_000)
    stream = Stream(replicated)
    shard = shard_of(stream, "large")
    read, iterator = [], stream.iterator(shard)
    while not read or read[-1]:
        records, iterator = stream.page(iterator)
        read.append(len(records))
    assert len(read) > 2, "each has both images: 120 KB"
    assert sum(read) == 12
    records, iterator = stream.page(stream.iterator(shard), Limit=5)
    assert len(records) == 5
    assert len(stream.page(iterator)[0]) == 7
    assert_refused("ValidationException", "less than or equal to 1000", stream.page, iterator, Limit=1001)


def test_d_a_page_may_be_empty_though_records_follow(replicated: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_RECORDS", 5)
    replicated.put("rare")
    stream = Stream(replicated)
    rare = shard_of(stream, "rare")
    for number in range(40):
        replicated.put(f"key {number}")
    busy = next(key for key in keys(replicated.stream_records()) if shard_of(stream, key) != rare)
    last = stream.iterator(rare, "LATEST")
    for number in range(7):
        replicated.put(busy, value=str(number))
    replicated.put("rare", value="again")
    records, following = stream.page(last)
    assert records == []
    assert keys(stream.page(following)[0]) == ["rare"]


def test_d_a_shard_ends_after_four_hours_and_is_the_parent_of_the_next(replicated: World) -> None:
    replicated.put("one", value="before")
    stream = Stream(replicated)
    old = shard_of(stream, "one")
    iterator = stream.iterator(old)
    replicated.wait(4 * HOUR + SECOND)
    replicated.put("one", value="after")
    iterator = stream.iterator(old)
    shards = stream.shards()
    [child] = [shard for shard in shards if shard.get("ParentShardId") == old]
    ended = {shard["ShardId"] for shard in shards if "EndingSequenceNumber" in shard["SequenceNumberRange"]}
    assert old in ended
    assert child["ShardId"] not in ended
    records, following = stream.page(iterator)
    assert [record["dynamodb"]["NewImage"]["value"]["S"] for record in records] == ["before", "after"]
    assert following is None
    replicated.put("one", value="last")
    records, following = stream.page(stream.iterator(child["ShardId"]))
    assert [record["dynamodb"]["NewImage"]["value"]["S"] for record in records] == ["last"]
    assert following


def test_shards_can_be_rolled_on_demand(replicated: World) -> None:
    replicated.put("one", value="before")
    assert ask(replicated.url, "POST", "roll_shards", {"region": HOME, "table": TABLE}) == (200, None)
    replicated.put("one", value="after")
    values = [record["dynamodb"]["NewImage"]["value"]["S"] for record in replicated.stream_records()]
    assert values == ["before", "after"]
    assert [shard.get("ParentShardId") is None for shard in Stream(replicated).shards()] == [True, True, False, False]
    assert ask(replicated.url, "POST", "roll_shards", {"region": HOME, "table": "nothing"})[0] == 400


def test_d_shards_are_listed_in_pages(replicated: World) -> None:
    for _ in range(3):
        replicated.admin.roll_shards(HOME, TABLE)
    stream, seen = Stream(replicated), []
    page = stream.describe(Limit=3)
    while True:
        seen += [shard["ShardId"] for shard in page["Shards"]]
        if "LastEvaluatedShardId" not in page:
            break
        assert page["LastEvaluatedShardId"] == seen[-1]
        page = stream.describe(Limit=3, ExclusiveStartShardId=seen[-1])
    assert seen == [shard["ShardId"] for shard in stream.shards()]
    assert len(seen) == len(set(seen)) == 8


def test_m_an_iterator_expires_after_15_minutes(replicated: World) -> None:
    replicated.put("one")
    stream = Stream(replicated)
    iterator = stream.iterator(shard_of(stream, "one"))
    replicated.wait(14 * MINUTE)
    assert keys(stream.page(iterator)[0]) == ["one"]
    replicated.wait(2 * MINUTE)
    assert_refused("ExpiredIteratorException", "15 minutes", stream.page, iterator)
    assert_refused("ValidationException", "Invalid ShardIterator", stream.page, f"{stream.arn}|1|nonsense")


def test_m_a_record_is_kept_for_24_hours(replicated: World) -> None:
    replicated.put("old")
    stream = Stream(replicated)
    shard = shard_of(stream, "old")
    number = stream.page(stream.iterator(shard))[0][0]["dynamodb"]["SequenceNumber"]
    replicated.wait(24 * HOUR - MINUTE)
    replicated.put("new")
    assert sorted(keys(replicated.stream_records())) == ["new", "old"]
    late = stream.iterator(shard, "AT_SEQUENCE_NUMBER", SequenceNumber=number)
    replicated.wait(2 * MINUTE)
    assert keys(replicated.stream_records()) == ["new"]
    assert_refused("TrimmedDataAccessException", "", stream.page, late)
    trimmed = {"kind": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": number}
    assert_refused("TrimmedDataAccessException", "", stream.iterator, shard, **trimmed)
    replicated.wait(48 * HOUR)
    assert_refused("ResourceNotFoundException", "Shard", stream.iterator, shard)


def test_m_what_isnt_there_is_not_found(replicated: World) -> None:
    stream = Stream(replicated)
    other = replicated.client(EUROPE, "dynamodbstreams")
    assert_refused("ResourceNotFoundException", "Stream", other.describe_stream, StreamArn=stream.arn)
    arn = stream.arn.rpartition("/")[0] + "/2020-01-01T00:00:00.000"
    assert_refused("ResourceNotFoundException", "Stream", stream.client.describe_stream, StreamArn=arn)
    assert_refused("ResourceNotFoundException", "Shard", stream.iterator, f"shardId-{0:020}-00000000")
    [listed] = other.list_streams(TableName=TABLE)["Streams"]
    assert listed["StreamArn"] == replicated.describe(EUROPE)["LatestStreamArn"]


def test_298_a_replica_that_is_being_added_has_no_stream_yet(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    europe = world.client(EUROPE, "dynamodbstreams")
    while world.status(EUROPE) in ("absent", "CREATING"):
        assert europe.list_streams()["Streams"] == []
        world.wait(20)
    [listed] = europe.list_streams()["Streams"]
    assert listed["StreamArn"] == world.describe(EUROPE)["LatestStreamArn"]


def test_reading_a_stream_can_be_denied_or_fail_by_table(replicated: World) -> None:
    stream = Stream(replicated)
    iterator = stream.iterator(stream.shards()[0]["ShardId"])
    replicated.admin.deny(operation="GetRecords", region=HOME, table=TABLE)
    assert_refused("AccessDeniedException", "GetRecords", stream.page, iterator)
    replicated.admin.fail("LimitExceededException", operation="DescribeStream", table=TABLE)
    assert_refused("LimitExceededException", "", stream.describe)

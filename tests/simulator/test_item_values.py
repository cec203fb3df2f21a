# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What items may hold, how they are stored and how large they are.

Sources: developer guide, "Data types", "Constraints", "Item sizes and formats"; texts and measures that it doesn't
have as mhart/dynalite and nubo-db/dynoxide recorded them from the live service.
"""

from __future__ import annotations

from typing import Any

import pytest
from world import EUROPE, HOME, TABLE, World, assert_refused

from simulator.values import MAX_ITEM, item_size, number

KEY = {"id": {"S": "one"}}
REFUSED = "ValidationException"
INVALID = "One or more parameter values were invalid: "
SOON = 100.0


def put(world: World, value: dict[str, Any], **arguments: Any) -> None:
    world.client().put_item(TableName=TABLE, Item={**KEY, "value": value}, **arguments)


def read(world: World, region: str = HOME) -> dict[str, Any]:
    return world.client(region).get_item(TableName=TABLE, Key=KEY)["Item"]["value"]


def nested(levels: int) -> dict[str, Any]:
    """A string in so many maps and lists."""
    value: dict[str, Any] = {"S": "deep"}
    for level in range(levels):
        value = {"M": {"a": value}} if level % 2 else {"L": [value]}
    return value


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1.10", "1.1"),
        ("1E2", "100"),
        ("-0.0", "0"),
        ("+007.", "7"),
        (".5e-3", "0.0005"),
        ("9" * 38 + "00", "9" * 38 + "00"),
        ("1." + "1" * 37 + "000", "1." + "1" * 37),
        ("9." + "9" * 37 + "E125", "9" * 38 + "0" * 88),
        ("-1E-130", "-0." + "0" * 129 + "1"),
    ],
)
def test_d_numbers_are_stored_in_plain_digits(written: str, stored: str) -> None:
    assert number(written) == stored


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        ("0." + "1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        ("1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
        ("-1E126", "Number overflow"),
        ("9.9E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
        ("one", "The parameter cannot be converted to a numeric value: one"),
        ("1_000", "cannot be converted to a numeric value: 1_000"),
        ("Infinity", "cannot be converted to a numeric value: Infinity"),
        ("", "The parameter cannot be converted to a numeric value"),
    ],
)
def test_d_numbers_have_38_digits_and_a_range(world: World, written: str, text: str) -> None:
    world.create()
    assert_refused(REFUSED, text, put, world, {"N": written})
    assert_refused(REFUSED, text, put, world, {"M": {"list": {"L": [{"N": written}]}}})


def test_d_numbers_are_normalized_wherever_a_call_has_them(world: World) -> None:
    world.create(AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}])
    client = world.client()
    one = {"id": {"N": "1.0"}}
    client.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": {**one, "a": {"NS": ["1E1", "2.50"]}}}}]})
    client.update_item(
        TableName=TABLE,
        Key={"id": {"N": "0.1e1"}},
        UpdateExpression="SET b = :b",
        ExpressionAttributeValues={":b": {"L": [{"N": "-3.00"}]}},
    )
    client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": {"id": {"N": "2.0"}}}}])
    items = {item["id"]["N"]: item for item in client.scan(TableName=TABLE)["Items"]}
    assert items.keys() == {"1", "2"}
    assert sorted(items["1"]["a"]["NS"]) == ["10", "2.5"]
    assert items["1"]["b"] == {"L": [{"N": "-3"}]}


@pytest.mark.parametrize(
    ("expression", "number", "sum_"),
    [
        ("SET #v = #v + :n", "0.5", "1." + "0" * 36 + "1"),
        ("SET #v = #v - :n", "0.5" + "0" * 35 + "1", "0"),
        ("ADD #v :n", "1.5", "2." + "0" * 36 + "1"),
    ],
)
def test_d_sums_have_every_digit(world: World, expression: str, number: str, sum_: str) -> None:
    world.create()
    put(world, {"N": "0.5" + "0" * 35 + "1"})
    answer = world.client().update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression=expression,
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":n": {"N": number}},
        ReturnValues="ALL_NEW",
    )
    assert answer["Attributes"]["value"] == read(world) == {"N": sum_}


def test_d_a_sum_out_of_range_is_refused_and_changes_nothing(world: World) -> None:
    world.create()
    largest = {"N": "9" * 38 + "0" * 88}
    put(world, largest)
    assert_refused(
        REFUSED,
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
        world.client().update_item,
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET #v = #v + :n",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":n": {"N": "1E88"}},
    )
    assert read(world) == largest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"SS": []}, INVALID + "An string set  may not be empty"),
        ({"NS": []}, INVALID + "An number set  may not be empty"),
        ({"BS": []}, INVALID + "Binary sets should not be empty"),
        ({"SS": ["a", "b", "a"]}, INVALID + "Input collection [a, b, a] contains duplicates."),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        ({"BS": [b"a", b"a"]}, INVALID + "Input collection [YQ==, YQ==]of type BS contains duplicates."),
        ({"NULL": False}, INVALID + "Null attribute value types must have the value of true"),
        (nested(32), "Nesting Levels have exceeded supported limits"),
    ],
    ids=["SS", "NS", "BS", "SS twice", "NS twice", "BS twice", "NULL", "nested"],
)
def test_d_values_that_are_refused(world: World, value: dict[str, Any], text: str) -> None:
    world.create()
    item = {**KEY, "value": value}
    assert_refused(REFUSED, text, put, world, value)
    assert_refused(REFUSED, text, put, world, {"M": {"m": value}})
    client = world.client()
    batch = {TABLE: [{"PutRequest": {"Item": item}}]}
    assert_refused(REFUSED, text, client.batch_write_item, RequestItems=batch)
    assert_refused(
        REFUSED,
        text,
        client.update_item,
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET #v = :v",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":v": value},
    )
    assert client.scan(TableName=TABLE)["Items"] == []


def test_d_what_a_set_holds_comes_back_in_another_order(world: World) -> None:
    world.create()
    put(world, {"L": [{"SS": ["a", "b"]}, {"NS": ["2", "10"]}, {"BS": [b"a", b"b"]}]})
    assert read(world) == {"L": [{"SS": ["b", "a"]}, {"NS": ["10", "2"]}, {"BS": [b"b", b"a"]}]}


EVERY_TYPE = {
    "S": {"S": "ü€😀"},
    "empty S": {"S": ""},
    "N": {"N": "-1." + "1" * 37},
    "B": {"B": bytes(range(256))},
    "empty B": {"B": b""},
    "SS": {"SS": [""]},
    "NS": {"NS": ["0"]},
    "BS": {"BS": [b""]},
    "M": {"M": {"": {"S": ""}, "empty": {"M": {}}}},
    "L": {"L": [{"BOOL": False}, {"L": []}]},
    "BOOL": {"BOOL": True},
    "NULL": {"NULL": True},
    "nested": nested(31),
}


@pytest.mark.parametrize("value", EVERY_TYPE.values(), ids=EVERY_TYPE)
def test_d_every_type_reaches_the_other_region_unchanged(world: World, value: dict[str, Any]) -> None:
    world.create_global(EUROPE)
    put(world, value)
    world.wait(SOON)
    assert read(world) == read(world, EUROPE) == value


@pytest.mark.parametrize(("kind", "empty", "what"), [("S", "", "string"), ("B", b"", "binary")])
def test_d_keys_have_content(world: World, kind: str, empty: Any, what: str) -> None:
    world.create(
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name in ("id", "other")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-other",
                "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    client, key = world.client(), {"id": {kind: empty}}
    why = f"The AttributeValue for a key attribute cannot contain an empty {what} value."
    text = f"One or more parameter values are not valid. {why} Key: id"
    update = {"UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"S": "x"}}}
    assert_refused(REFUSED, text, client.put_item, TableName=TABLE, Item=key)
    assert_refused(REFUSED, text, client.get_item, TableName=TABLE, Key=key)
    assert_refused(REFUSED, text, client.delete_item, TableName=TABLE, Key=key)
    assert_refused(REFUSED, text, client.update_item, TableName=TABLE, Key=key, **update)
    assert_refused(REFUSED, text, client.batch_get_item, RequestItems={TABLE: {"Keys": [key]}})
    assert_refused(REFUSED, text, client.batch_write_item, RequestItems={TABLE: [{"PutRequest": {"Item": key}}]})
    item = {"id": {kind: "full" if kind == "S" else b"full"}, "other": {kind: empty}}
    of_index = f"is not supported. {why} IndexName: by-other, IndexKey: other"
    assert_refused(REFUSED, of_index, client.put_item, TableName=TABLE, Item=item)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "ü€"}, 5),
        ({"B": b"abc"}, 3),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": True}]}, 3 + 1 + 2 + 1 + 1),
        ({"M": {"name": {"S": "ab"}}}, 3 + 1 + 4 + 2),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": [b"ab"]}, 2),
        ({"N": "0"}, 1),
        ({"N": "42"}, 2),
        ({"N": "-42"}, 3),
        ({"N": "1E125"}, 2),
        ({"N": "0.0012"}, 2),
        ({"N": "10.5"}, 3),
        ({"N": "9" * 38}, 20),
    ],
    ids=lambda value: str(value)[:20],
)
def test_d_a_value_has_its_size_and_that_of_its_name(value: dict[str, Any], size: int) -> None:
    assert item_size({"ü": value}) == 2 + size


def test_d_an_item_has_at_most_400_kb(world: World) -> None:
    world.create_global(EUROPE)
    largest = "x" * (MAX_ITEM - item_size({**KEY, "value": {"S": ""}}))
    too_large = {"S": largest + "x"}
    text = "Item size has exceeded the maximum allowed size"
    assert_refused(REFUSED, text, put, world, too_large)
    items = [{"id": {"S": "small"}}, {**KEY, "value": too_large}]
    batch = {TABLE: [{"PutRequest": {"Item": item}} for item in items]}
    assert_refused(REFUSED, text, world.client().batch_write_item, RequestItems=batch)
    assert world.client().scan(TableName=TABLE)["Items"] == []
    put(world, {"S": largest})
    world.wait(SOON)
    assert read(world, EUROPE) == {"S": largest}


@pytest.mark.parametrize("path", ["value2", "details.note"])
def test_d_an_update_that_would_make_an_item_too_large_leaves_it_as_it_was(world: World, path: str) -> None:
    world.create_global(EUROPE)
    item = {**KEY, "value": {"S": "x" * 300_000}, "details": {"M": {}}}
    world.client().put_item(TableName=TABLE, Item=item)
    assert_refused(
        REFUSED,
        "Item size to update has exceeded the maximum allowed size",
        world.client().update_item,
        TableName=TABLE,
        Key=KEY,
        UpdateExpression=f"SET note = :short, {path} = :v",
        ExpressionAttributeValues={":v": {"S": "x" * 120_000}, ":short": {"S": "x"}},
    )
    world.wait(SOON)
    for region in (HOME, EUROPE):
        assert world.client(region).get_item(TableName=TABLE, Key=KEY)["Item"] == item


def test_d_an_update_that_fails_makes_no_item_and_no_record(world: World) -> None:
    world.create_global(EUROPE)
    assert_refused(
        REFUSED,
        "Item size to update has exceeded the maximum allowed size",
        world.client().update_item,
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET note = :v",
        ExpressionAttributeValues={":v": {"S": "x" * MAX_ITEM}},
    )
    world.wait(SOON)
    for region in (HOME, EUROPE):
        assert world.client(region).scan(TableName=TABLE)["Items"] == []
    assert world.stream_records() == []


def test_m_a_batch_reads_16_mb_and_names_what_is_left_as_a_new_request(world: World) -> None:
    """As in botocore's model: of 100 items of 300 KB each 52 are read (there of a thousand bytes)."""
    world.create()
    value = {"S": "x" * (300 * 1024 - item_size({"id": {"S": "000"}, "value": {"S": ""}}))}
    for index in range(60):
        world.client().put_item(TableName=TABLE, Item={"id": {"S": f"{index:03}"}, "value": value})
    request = {
        "Keys": [{"id": {"S": f"{index:03}"}} for index in range(60)],
        "ConsistentRead": True,
        "ProjectionExpression": "id",
    }
    read_ids: list[str] = []
    client, requests, counts = world.client(), {TABLE: request}, []
    while requests:
        answer = client.batch_get_item(RequestItems=requests, ReturnConsumedCapacity="TOTAL")
        counts.append(len(answer["Responses"][TABLE]))
        assert answer["ConsumedCapacity"] == [{"TableName": TABLE, "CapacityUnits": 75 * counts[-1]}]
        read_ids += [item["id"]["S"] for item in answer["Responses"][TABLE]]
        requests = answer["UnprocessedKeys"]
        assert all({**left, "Keys": []} == {**request, "Keys": []} for left in requests.values())
    assert counts == [54, 6]
    assert sorted(read_ids) == [f"{index:03}" for index in range(60)]


def test_m_a_batch_answers_in_no_order_that_the_request_had(world: World) -> None:
    world.create()
    for key in ("a", "b"):
        world.put(key)
    keys = [{"id": {"S": key}} for key in ("a", "b")]
    items = world.client().batch_get_item(RequestItems={TABLE: {"Keys": keys}})["Responses"][TABLE]
    assert items == keys[::-1]


def test_m_a_batch_writes_an_item_once(world: World) -> None:
    world.create()
    requests = [{"PutRequest": {"Item": {**KEY, "a": {"S": "x"}}}}, {"DeleteRequest": {"Key": KEY}}]
    text = "Provided list of item keys contains duplicates"
    assert_refused(REFUSED, text, world.client().batch_write_item, RequestItems={TABLE: requests})

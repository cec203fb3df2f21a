# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The capacity that calls say they consumed.

Sources: developer guide, "Read and write operations"; of indexes, "Provisioned throughput considerations for global
secondary indexes".
"""

from __future__ import annotations

from typing import Any

import pytest
from world import EUROPE, TABLE, World, assert_refused, refused

from simulator.values import item_size

KEY = {"id": {"S": "one"}}
TOTAL = {"ReturnConsumedCapacity": "TOTAL"}


def item_of(size: int, **attributes: dict[str, str]) -> dict[str, Any]:
    """An item of so many bytes."""
    item = {**KEY, **attributes, "filler": {"S": ""}}
    return {**item, "filler": {"S": "x" * (size - item_size(item))}}


def put(world: World, item: dict[str, Any], mode: str = "TOTAL", **arguments: Any) -> dict[str, Any]:
    answer = world.client().put_item(TableName=TABLE, Item=item, ReturnConsumedCapacity=mode, **arguments)
    return answer["ConsumedCapacity"]


def update(world: World, value: str) -> float:
    answer = world.client().update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET filler = :v",
        ExpressionAttributeValues={":v": {"S": value}},
        **TOTAL,
    )
    return answer["ConsumedCapacity"]["CapacityUnits"]


@pytest.mark.parametrize(("size", "units"), [(40, 1), (4096, 1), (4097, 2), (400 * 1024, 100)])
def test_d_a_read_costs_a_unit_for_4_kb_and_half_if_it_is_eventually_consistent(
    world: World, size: int, units: float
) -> None:
    world.create()
    put(world, item_of(size))
    asked = {"TableName": TABLE, "Key": KEY, **TOTAL}
    strong = world.client().get_item(ConsistentRead=True, **asked)["ConsumedCapacity"]
    assert strong == {"TableName": TABLE, "CapacityUnits": units}
    assert world.client().get_item(**asked)["ConsumedCapacity"]["CapacityUnits"] == units / 2
    part = world.client().get_item(ProjectionExpression="id", **asked)
    assert part["Item"] == KEY
    assert part["ConsumedCapacity"]["CapacityUnits"] == units / 2


def test_d_a_read_of_nothing_costs_the_least(world: World) -> None:
    world.create()
    answer = world.client().get_item(TableName=TABLE, Key=KEY, ReturnConsumedCapacity="INDEXES")
    assert "Item" not in answer
    expected = {"TableName": TABLE, "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}
    assert answer["ConsumedCapacity"] == expected


def test_d_a_batch_reads_each_item_by_itself(world: World) -> None:
    world.create()
    world.create(table="other")
    put(world, item_of(4097))
    absent = {"id": {"S": "absent"}}
    requests = {TABLE: {"Keys": [KEY, absent], "ConsistentRead": True}, "other": {"Keys": [KEY, absent]}}
    answer = world.client().batch_get_item(RequestItems=requests, **TOTAL)
    assert answer["ConsumedCapacity"] == [
        {"TableName": TABLE, "CapacityUnits": 3},
        {"TableName": "other", "CapacityUnits": 1},
    ]
    assert "ConsumedCapacity" not in world.client().batch_get_item(RequestItems=requests)


@pytest.mark.parametrize(("size", "units"), [(40, 1), (1024, 1), (1025, 2), (400 * 1024, 400)])
def test_d_a_write_costs_a_unit_for_1_kb_of_the_larger_image(world: World, size: int, units: float) -> None:
    world.create()
    assert put(world, item_of(size)) == {"TableName": TABLE, "CapacityUnits": units}
    assert update(world, "") == units
    assert update(world, "") == 1
    assert put(world, item_of(size))["CapacityUnits"] == units
    assert put(world, KEY)["CapacityUnits"] == units
    put(world, item_of(size))
    delete = {"TableName": TABLE, "Key": KEY, **TOTAL}
    assert world.client().delete_item(**delete)["ConsumedCapacity"]["CapacityUnits"] == units
    assert world.client().delete_item(**delete)["ConsumedCapacity"]["CapacityUnits"] == 1


def test_d_a_batch_writes_each_item_by_itself(world: World) -> None:
    world.create()
    put(world, item_of(3000))
    big = {**item_of(2000), "id": {"S": "two"}}
    requests = {TABLE: [{"DeleteRequest": {"Key": KEY}}, {"PutRequest": {"Item": big}}]}
    answer = world.client().batch_write_item(RequestItems=requests, **TOTAL)
    assert answer["ConsumedCapacity"] == [{"TableName": TABLE, "CapacityUnits": 5}]
    assert "ConsumedCapacity" not in world.client().batch_write_item(RequestItems=requests)


INDEXED = {
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("id", "color", "width", "shape")
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "shape", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-color",
            "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by-width",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "width", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


def test_d_indexes_count_where_a_write_changes_what_they_hold(world: World) -> None:
    world.create(**INDEXED)
    shape, red, blue, large = {"S": "round"}, {"S": "red"}, {"S": "blue"}, {"S": "large"}
    outside = item_of(2000, shape=shape)
    assert put(world, outside)["CapacityUnits"] == 2
    entering = put(world, item_of(2000, shape=shape, color=red, width=large), "INDEXES")
    assert entering == {
        "TableName": TABLE,
        "CapacityUnits": 5,
        "Table": {"CapacityUnits": 2},
        "GlobalSecondaryIndexes": {"by-color": {"CapacityUnits": 1}},
        "LocalSecondaryIndexes": {"by-width": {"CapacityUnits": 2}},
    }
    assert put(world, item_of(2000, shape=shape, color=red, width=large))["CapacityUnits"] == 2
    not_projected = put(world, item_of(2001, shape=shape, color=red, width=large), "INDEXES")
    assert "GlobalSecondaryIndexes" not in not_projected
    moving = put(world, item_of(2001, shape=shape, color=blue, width=large), "INDEXES")
    assert moving["GlobalSecondaryIndexes"] == {"by-color": {"CapacityUnits": 2}}
    assert put(world, outside)["CapacityUnits"] == 5


def test_d_replication_is_no_part_of_what_a_write_says(world: World) -> None:
    """Each other region consumes as much again; that no answer says so is an assumption [?]."""
    world.create_global(EUROPE)
    assert put(world, item_of(2000))["CapacityUnits"] == 2


def test_m_it_is_said_only_if_asked_and_by_the_name_that_was_used(world: World) -> None:
    world.create()
    arn = world.describe()["TableArn"]
    assert "ConsumedCapacity" not in world.client().put_item(TableName=TABLE, Item=KEY)
    assert "ConsumedCapacity" not in world.client().get_item(TableName=TABLE, Key=KEY, ReturnConsumedCapacity="NONE")
    assert world.client().get_item(TableName=arn, Key=KEY, **TOTAL)["ConsumedCapacity"]["TableName"] == arn
    assert_refused(
        "ValidationException",
        "Value 'ALL' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
        "[INDEXES, TOTAL, NONE]",
        world.client().get_item,
        TableName=TABLE,
        Key=KEY,
        ReturnConsumedCapacity="ALL",
    )


def test_a_condition_that_fails_says_nothing_of_capacity(world: World) -> None:
    world.create()
    code, _ = refused(put, world, KEY, ConditionExpression="attribute_exists(id)")
    assert code == "ConditionalCheckFailedException"


def test_it_is_refused_where_it_is_not_counted(world: World) -> None:
    world.create()
    text = "The simulator does not implement ReturnConsumedCapacity of Scan"
    assert_refused("ValidationException", text, world.client().scan, TableName=TABLE, **TOTAL)

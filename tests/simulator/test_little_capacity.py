# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables with little capacity, because a test asked for it: what goes beyond is refused, or left unprocessed."""

from __future__ import annotations

import pytest
from test_admin import ask
from world import EUROPE, HOME, TABLE, World, assert_refused

SECOND = 50.0
"""Simulated seconds of one on the wall."""
EXCEEDED = ("ProvisionedThroughputExceededException", "configured provisioned throughput for the table was exceeded")
KEYS = [{"id": {"S": f"{number:02}"}} for number in range(40)]


@pytest.fixture
def provisioned(world: World) -> World:
    world.create_provisioned()
    for key in KEYS:
        world.client().put_item(TableName=TABLE, Item=key)
    return world


def read(world: World, keys: list[dict], **request: bool) -> tuple[int, list[dict]]:
    """How many items a batch reads, and the keys it leaves."""
    answer = world.client().batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True, **request}})
    return len(answer["Responses"][TABLE]), answer["UnprocessedKeys"].get(TABLE, {}).get("Keys", [])


def test_d_a_read_beyond_the_capacity_of_a_second_is_refused(provisioned: World) -> None:
    assert ask(provisioned.url, "POST", "little_capacity", {"read": 1, "table": TABLE})[0] == 200
    provisioned.get("00", consistent=True)
    assert_refused(*EXCEEDED, provisioned.get, "00", consistent=True)
    provisioned.wait(SECOND)
    provisioned.get("00")
    provisioned.get("00")
    assert_refused(*EXCEEDED, provisioned.get, "00")
    provisioned.put("written all the same")


def test_m_a_batch_reads_what_there_is_capacity_for_and_names_the_rest(provisioned: World) -> None:
    provisioned.admin.little_capacity(read=20)
    assert read(provisioned, KEYS) == (20, KEYS[20:])
    assert_refused(*EXCEEDED, read, provisioned, KEYS[20:])
    provisioned.wait(SECOND / 2)
    assert read(provisioned, KEYS[20:]) == (10, KEYS[30:])
    provisioned.wait(SECOND)
    assert read(provisioned, KEYS, ConsistentRead=False) == (40, [])


def test_what_a_large_read_takes_beyond_what_is_left_the_next_one_waits_for(provisioned: World) -> None:
    provisioned.put("large", filler="x" * 40_000)
    provisioned.admin.little_capacity(read=1)
    assert provisioned.get("large", consistent=True)
    provisioned.wait(8 * SECOND)
    assert_refused(*EXCEEDED, provisioned.get, "00")
    provisioned.wait(2 * SECOND)
    provisioned.get("00")


def test_m_writes_are_refused_or_left_alike(provisioned: World) -> None:
    provisioned.admin.little_capacity(write=2)
    requests = [{"PutRequest": {"Item": {"id": {"S": f"new {number}"}}}} for number in range(4)]
    answer = provisioned.client().batch_write_item(RequestItems={TABLE: requests})
    assert answer["UnprocessedItems"] == {TABLE: requests[2:]}
    assert [provisioned.get(f"new {number}") is None for number in range(4)] == [False, False, True, True]
    assert_refused(*EXCEEDED, provisioned.client().batch_write_item, RequestItems={TABLE: requests[2:]})
    assert_refused(*EXCEEDED, provisioned.put, "new 2")
    assert_refused(*EXCEEDED, provisioned.delete, "00")
    assert provisioned.get("00", consistent=True), "reads have capacity of their own"
    provisioned.wait(SECOND)
    provisioned.delete("00")
    provisioned.put("new 2")
    assert_refused(*EXCEEDED, provisioned.put, "new 3")


def test_a_write_whose_condition_fails_costs_too(provisioned: World) -> None:
    provisioned.admin.little_capacity(write=1)
    condition = {"ConditionExpression": "attribute_not_exists(id)"}
    again = {"TableName": TABLE, "Item": KEYS[0], **condition}
    assert_refused("ConditionalCheckFailedException", "", provisioned.client().put_item, **again)
    assert_refused(*EXCEEDED, provisioned.client().put_item, **again)


def test_each_table_and_region_has_its_own_and_an_on_demand_table_answers_otherwise(world: World) -> None:
    world.create_global(EUROPE)
    world.create(table="another")
    world.admin.little_capacity(read=1)
    exceeded = ("ThrottlingException", "Throughput exceeds the current capacity of your table or index")
    for region in (HOME, EUROPE):
        world.get("one", region, consistent=True)
        assert_refused(*exceeded, world.get, "one", region, consistent=True)
    key = {"Keys": [{"id": {"S": "one"}}], "ConsistentRead": True}
    answer = world.client().batch_get_item(RequestItems={TABLE: key, "another": key})
    assert list(answer["UnprocessedKeys"]) == [TABLE]


def test_what_isnt_metered_is_refused_and_nothing_is_limited_without_a_fault(provisioned: World) -> None:
    fault = provisioned.admin.little_capacity(read=1)
    assert_refused("ValidationException", "does not implement", provisioned.client().scan, TableName=TABLE)
    provisioned.admin.remove_fault(fault)
    for _ in range(3):
        assert read(provisioned, KEYS) == (40, [])

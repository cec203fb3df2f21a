# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account may have and do at a time (AWS_FACTS section 8)."""

from __future__ import annotations

from collections import Counter

import pytest
from botocore.exceptions import ClientError
from world import EUROPE, HOME, TABLE, World, assert_refused

from simulator.state import RegionalTable

INDEX = {
    "IndexName": "by_id",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}


def have(world: World, count: int, status: str, region: str = HOME, indexed: bool = False) -> None:
    """Let so many more tables be in a region, as if they had been made by calls."""
    for number in range(count):
        table = RegionalTable(region, f"{status}-{number}", status)
        if indexed:
            table.indexes = {"by_id": None}
        world.admin._simulator.tables.add(table)


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING"])
def test_m_500_tables_change_at_a_time(world: World, status: str) -> None:
    world.create()
    have(world, 499, status)
    world.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    text = "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted simultaneously"
    client = world.client()
    assert_refused("LimitExceededException", text, world.create, table="another")
    assert_refused("LimitExceededException", text, world.change_replica, "Create", EUROPE)
    assert_refused("LimitExceededException", text, client.delete_table, TableName=TABLE)
    assert_refused("LimitExceededException", text, world.set_time_to_live, "expires")
    world.describe()
    world.create(EUROPE)
    world.wait(20)
    world.set_time_to_live("expires")


def test_m_250_tables_with_indexes_are_created_at_a_time(world: World) -> None:
    have(world, 250, "CREATING", indexed=True)
    text = "You have exceeded the maximum number of indexed tables that can be created simultaneously"
    assert_refused("LimitExceededException", text, world.create, GlobalSecondaryIndexes=[INDEX])
    world.create()
    world.create(EUROPE, GlobalSecondaryIndexes=[INDEX])


def test_m_a_region_has_2500_tables(world: World) -> None:
    world.create(EUROPE)
    have(world, 2499, "ACTIVE")
    world.create(table="last")
    text = "There is a limit of 2500 tables per subscriber"
    assert_refused("LimitExceededException", text, world.create)
    assert_refused("LimitExceededException", text, world.change_replica, "Create", HOME, EUROPE)


@pytest.mark.parametrize(
    ("operation", "more", "limit"),
    [
        ("tag_resource", {"Tags": [{"Key": "team", "Value": "a"}]}, 5),
        ("untag_resource", {"TagKeys": ["team"]}, 5),
        ("list_tags_of_resource", {}, 10),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_m_calls_about_tags_are_throttled(world: World, operation: str, more: dict, limit: int) -> None:
    world.create()
    call, arn = getattr(world.client(), operation), world.describe()["TableArn"]
    outcomes: Counter[str] = Counter()
    for _ in range(limit + 2):
        try:
            call(ResourceArn=arn, **more)
            outcomes["admitted"] += 1
        except ClientError as error:
            outcomes[error.response["Error"]["Code"]] += 1
    assert outcomes == {"admitted": limit, "ThrottlingException": 2}
    world.wait(1)
    call(ResourceArn=arn, **more)


def test_m_a_batch_gets_100_items_at_most(world: World) -> None:
    world.create()
    keys = [{"id": {"S": str(number)}} for number in range(101)]
    text = "failed to satisfy constraint: Member must have length less than or equal to 100"
    assert_refused("ValidationException", text, world.client().batch_get_item, RequestItems={TABLE: {"Keys": keys}})
    world.create(table="other")
    asked = {TABLE: {"Keys": keys[:100]}, "other": {"Keys": keys[:1]}}
    text = "Too many items requested for the BatchGetItem call"
    assert_refused("ValidationException", text, world.client().batch_get_item, RequestItems=asked)
    world.client().batch_get_item(RequestItems={TABLE: {"Keys": keys[:100]}})


def test_m_an_item_has_400_kilobytes_at_most(world: World) -> None:
    world.create()
    text = "Item size has exceeded the maximum allowed size"
    assert_refused("ValidationException", text, world.put, "one", blob="x" * 400 * 1024)
    world.put("one", blob="x" * 390 * 1024)

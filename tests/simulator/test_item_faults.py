# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Items that get lost or arrive altered because a test asked for it."""

from __future__ import annotations

from typing import Any

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World

from simulator.corruption import corrupted

SOON = 100.0
"""Simulated seconds after which everything has arrived, at a fiftieth of a second each."""


@pytest.fixture
def replicated(world: World) -> World:
    """A table in two regions, a second apart."""
    world.create_global(EUROPE)
    world.admin.set_lag(1)
    return world


@pytest.fixture
def strong(world: World) -> World:
    """A strongly consistent group in which nothing arrives by itself."""
    world.create()
    creates = [{"Create": {"RegionName": region}} for region in (EUROPE, "us-east-1")]
    world.update(MultiRegionConsistency="STRONG", ReplicaUpdates=creates)
    world.wait(60)
    world.admin.set_lag(3600)
    return world


@pytest.mark.parametrize(
    ("value", "changed"),
    [
        ({"S": "red"}, {"S": "xed"}),
        ({"S": "x"}, {"S": "y"}),
        ({"S": ""}, {"S": "x"}),
        ({"N": "42"}, {"N": "1"}),
        ({"N": "1"}, {"N": "0"}),
        ({"B": b""}, {"B": b"x"}),
        ({"B": b"x\x00"}, {"B": b"y\x00"}),
        ({"BOOL": True}, {"BOOL": False}),
        ({"NULL": True}, {"BOOL": True}),
        ({"SS": ["a", "b"]}, {"SS": ["b"]}),
        ({"NS": ["1"]}, {"NS": ["0"]}),
        ({"BS": [b"a"]}, {"BS": [b"x"]}),
        ({"L": [{"L": []}, {"S": "a"}, {"S": "b"}]}, {"L": [{"L": []}, {"S": "x"}, {"S": "b"}]}),
        ({"M": {"b": {"S": "a"}, "a": {"M": {}}}}, {"M": {"b": {"S": "x"}, "a": {"M": {}}}}),
        ({"M": {"m": {"M": {"l": {"L": [{"N": "7"}]}}}}}, {"M": {"m": {"M": {"l": {"L": [{"N": "1"}]}}}}}),
    ],
    ids=lambda value: next(iter(value)),
)
def test_one_value_is_changed_whatever_its_type(value: dict[str, Any], changed: dict[str, Any]) -> None:
    item = {"id": {"S": "key"}, "value": value}
    assert corrupted(item, ["id"]) == {"id": {"S": "key"}, "value": changed}
    assert item == {"id": {"S": "key"}, "value": value}


def test_what_has_no_value_beside_its_key_cannot_be_corrupted() -> None:
    assert corrupted({"id": {"S": "key"}, "empty": {"M": {"list": {"L": []}}}}, ["id"]) is None


def test_one_item_can_be_lost(replicated: World) -> None:
    replicated.admin.lose_items(source=HOME, target=EUROPE, count=1)
    replicated.put("lost")
    replicated.wait(1)
    replicated.put("arrives")
    replicated.wait(SOON)
    assert replicated.get("lost", EUROPE) is None
    assert replicated.get("arrives", EUROPE)


def test_one_item_can_arrive_corrupted(replicated: World) -> None:
    replicated.admin.corrupt_items(source=HOME, target=EUROPE, count=1)
    replicated.put("one", color="red")
    replicated.wait(1)
    replicated.put("two", color="red")
    replicated.wait(SOON)
    assert replicated.get("one", HOME) == {"id": "one", "color": "red"}
    assert replicated.get("one", EUROPE) == {"id": "one", "color": "xed"}
    assert replicated.get("two", EUROPE) == {"id": "two", "color": "red"}


def test_an_update_can_arrive_corrupted_in_a_map(replicated: World) -> None:
    key = {"id": {"S": "one"}}
    replicated.client().put_item(TableName=TABLE, Item={**key, "m": {"M": {"n": {"N": "1"}}}})
    replicated.wait(SOON)
    replicated.admin.corrupt_items(source=HOME, target=EUROPE, count=1)
    replicated.client().update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET m.n = :n",
        ExpressionAttributeValues={":n": {"N": "2"}},
    )
    replicated.wait(SOON)
    read = replicated.client(EUROPE).get_item(TableName=TABLE, Key=key)["Item"]
    assert read == {**key, "m": {"M": {"n": {"N": "1"}}}}


def test_a_later_write_or_deletion_replaces_a_corrupted_item(replicated: World) -> None:
    for key in ("rewritten", "deleted"):
        replicated.admin.corrupt_items(source=HOME, target=EUROPE, count=1)
        replicated.put(key, color="red")
        replicated.wait(SOON)
        assert replicated.get(key, EUROPE) == {"id": key, "color": "xed"}
    replicated.put("rewritten", color="blue")
    replicated.delete("deleted")
    replicated.wait(SOON)
    assert replicated.get("rewritten", EUROPE) == {"id": "rewritten", "color": "blue"}
    assert replicated.get("deleted", EUROPE) is None


def test_a_corrupted_item_does_not_travel_on(replicated: World) -> None:
    replicated.add(ASIA)
    replicated.admin.corrupt_items(source=HOME, target=EUROPE, count=1)
    replicated.put("one", color="red")
    replicated.wait(3 * SOON)
    assert replicated.get("one", EUROPE) == {"id": "one", "color": "xed"}
    assert replicated.get("one", HOME) == replicated.get("one", ASIA) == {"id": "one", "color": "red"}


def test_deletions_and_items_that_are_only_a_key_do_not_use_up_a_corruption(replicated: World) -> None:
    replicated.put("deleted", color="red")
    replicated.wait(SOON)
    replicated.admin.corrupt_items(source=HOME, target=EUROPE, count=1)
    replicated.delete("deleted")
    replicated.put("key")
    replicated.wait(SOON)
    assert replicated.get("deleted", EUROPE) is None
    assert replicated.get("key", EUROPE) == {"id": "key"}
    replicated.put("one", color="red")
    replicated.wait(SOON)
    assert replicated.get("one", EUROPE) == {"id": "one", "color": "xed"}


def test_what_arrives_too_late_to_take_effect_uses_up_no_fault(replicated: World) -> None:
    for fault in (replicated.admin.corrupt_items, replicated.admin.lose_items):
        fault(source=HOME, target=EUROPE, count=1)
        replicated.put("late", HOME, by="first")
        replicated.wait(1)
        replicated.put("late", EUROPE, by="last")
        replicated.wait(SOON)
        assert replicated.get("late", EUROPE) == {"id": "late", "by": "last"}
        replicated.put("one", HOME, by="first")
        replicated.wait(SOON)
        assert replicated.get("one", EUROPE) != {"id": "one", "by": "first"}
        replicated.delete("one")
        replicated.wait(SOON)


def test_a_fault_strikes_only_its_own_pair_and_table(replicated: World) -> None:
    replicated.admin.corrupt_items(source=HOME, target=EUROPE, table="other", count=1)
    replicated.admin.corrupt_items(source=EUROPE, target=HOME, count=1)
    replicated.put("one", color="red")
    replicated.wait(SOON)
    assert replicated.get("one", EUROPE) == {"id": "one", "color": "red"}
    replicated.admin.corrupt_items(source=HOME, target=EUROPE, table=TABLE, count=1)
    replicated.put("two", color="red")
    replicated.wait(SOON)
    assert replicated.get("two", EUROPE) == {"id": "two", "color": "xed"}


def test_a_strongly_consistent_read_misses_a_lost_write_for_good(strong: World) -> None:
    strong.put("arrives")
    assert strong.get("arrives", EUROPE, consistent=True)
    strong.admin.lose_items(source=HOME, target=EUROPE, count=1)
    strong.put("lost")
    for _ in range(2):
        assert strong.get("lost", EUROPE, consistent=True) is None
    assert strong.get("lost", "us-east-1", consistent=True)
    strong.put("lost", "us-east-1", color="red")
    assert strong.get("lost", EUROPE, consistent=True) == {"id": "lost", "color": "red"}


def test_a_strongly_consistent_read_shows_a_corrupted_write(strong: World) -> None:
    strong.admin.corrupt_items(source=HOME, target=EUROPE, count=1)
    strong.put("one", color="red")
    assert strong.get("one", EUROPE, consistent=True) == {"id": "one", "color": "xed"}
    assert strong.get("one", "us-east-1", consistent=True) == {"id": "one", "color": "red"}
    strong.delete("one")
    assert strong.get("one", EUROPE, consistent=True) is None


def test_what_a_disassociation_waits_for_can_be_lost_too(replicated: World) -> None:
    replicated.update(EUROPE, DisassociationProtectionEnabled=False)
    replicated.wait(SOON)
    replicated.admin.set_lag(3600)
    replicated.admin.lose_items(source=HOME, target=EUROPE, count=1)
    replicated.put("lost")
    replicated.put("arrives")
    replicated.change_replica("Disassociate", EUROPE, EUROPE, DisassociationMode="WAIT_FOR_REPLICATION")
    replicated.wait(1000)
    assert replicated.replicas(EUROPE) == {}
    assert (replicated.get("lost", EUROPE), replicated.get("arrives", EUROPE)) == (None, {"id": "arrives"})

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replication that loses, delays, disorders or takes back a part of what is written, because a test asked for it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from test_admin import ask
from world import ASIA, EUROPE, HOME, TABLE, World

LAG = 1.0
SECOND = 50.0
"""Simulated seconds of one on the wall."""
SOON = 2 * LAG * SECOND
KEYS = [f"key {number}" for number in range(100)]


@pytest.fixture
def three(world: World) -> World:
    """A table in three regions, a second apart."""
    world.create_global(EUROPE, ASIA)
    world.admin.set_lag(LAG)
    return world


def seconds(world: World, wall: float) -> None:
    world.wait(wall * SECOND)


def put_all(world: World, region: str = HOME, keys: Iterable[str] = KEYS, **attributes: str) -> None:
    for key in keys:
        world.put(key, region, **attributes)


def present(world: World, region: str) -> set[str]:
    return {item["id"]["S"] for item in world.client(region).scan(TableName=TABLE)["Items"]}


def test_a_share_of_writes_is_lost_for_good(three: World) -> None:
    three.admin.lose_items(share=0.2)
    put_all(three)
    seconds(three, 60)
    for region in (EUROPE, ASIA):
        assert 70 <= len(present(three, region)) <= 90
    assert present(three, EUROPE) != present(three, ASIA), "each way loses its own"


def test_the_same_writes_are_lost_in_every_run(world: World) -> None:
    arrived = []
    for _ in range(2):
        world.admin.reset()
        world.admin.hold()
        world.create_global(EUROPE)
        world.admin.lose_items(share=0.5)
        put_all(world)
        world.wait(SOON)
        arrived.append(present(world, EUROPE))
    assert arrived[0] == arrived[1]
    assert 30 <= len(arrived[0]) <= 70


def test_a_later_write_of_a_lost_item_may_arrive(three: World) -> None:
    three.admin.lose_items(share=0.5, source=HOME, target=EUROPE)
    for number in range(20):
        put_all(three, number=str(number))
        three.wait(SOON)
    assert present(three, EUROPE) == set(KEYS)


def test_a_share_of_partitions_is_always_lost_and_the_others_never(three: World) -> None:
    three.admin.lose_items(share=0.2, of="partitions", source=HOME, target=EUROPE)
    seen = set()
    for number in range(5):
        put_all(three, number=str(number))
        three.wait(SOON)
        seen.add(frozenset(present(three, EUROPE)))
    [arrived] = seen
    assert 70 <= len(arrived) <= 90
    assert present(three, ASIA) == set(KEYS)


def test_a_partition_is_that_of_the_partition_key_alone(world: World) -> None:
    world.create(
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "at")],
    )
    world.add(EUROPE)
    world.admin.lose_items(share=0.5, of="partitions")
    for key in KEYS[:20]:
        for sort in "abc":
            world.client().put_item(TableName=TABLE, Item={"id": {"S": key}, "at": {"S": sort}})
    world.wait(SOON)
    arrived = [item["id"]["S"] for item in world.client(EUROPE).scan(TableName=TABLE)["Items"]]
    assert {arrived.count(key) for key in KEYS[:20]} == {0, 3}


def test_deletes_can_be_lost_apart_from_puts(three: World) -> None:
    three.admin.lose_items(changes="deletes", source=HOME, target=EUROPE)
    put_all(three)
    three.wait(SOON)
    for key in KEYS:
        three.delete(key)
    three.wait(SOON)
    assert (present(three, EUROPE), present(three, ASIA)) == (set(KEYS), set())
    three.admin.remove_fault()
    three.admin.lose_items(changes="puts", region=ASIA)
    three.put("new")
    for key in KEYS:
        three.delete(key, EUROPE)
    three.wait(SOON)
    assert (present(three, EUROPE), present(three, ASIA)) == ({"new"}, set())


@pytest.mark.parametrize(
    ("where", "misses"),
    [
        ({"source": HOME, "target": EUROPE}, {(HOME, EUROPE)}),
        ({"source": HOME}, {(HOME, EUROPE), (HOME, ASIA)}),
        ({"target": HOME}, {(EUROPE, HOME), (ASIA, HOME)}),
        ({"region": EUROPE}, {(HOME, EUROPE), (EUROPE, HOME), (ASIA, EUROPE), (EUROPE, ASIA)}),
        ({"table": "another"}, set()),
    ],
    ids=["pair", "source", "target", "region", "table"],
)
def test_a_fault_is_of_a_pair_a_region_or_a_table(three: World, where: dict, misses: set) -> None:
    regions = (HOME, EUROPE, ASIA)
    assert ask(three.url, "POST", "lose_items", where) == (200, 1)
    for region in regions:
        three.put(f"of {region}", region)
    three.wait(SOON)
    found = {(one, two) for one in regions for two in regions if f"of {one}" not in present(three, two)}
    assert found == misses


def test_what_is_written_in_a_window_arrives_late_and_holds_up_nothing(three: World) -> None:
    late = three.admin.delay_items(60, 90, source=HOME)
    put_all(three)
    three.admin.remove_fault(late)
    three.put("after the window")
    seconds(three, 2)
    assert present(three, EUROPE) == {"after the window"}
    seconds(three, 57)
    assert present(three, EUROPE) == {"after the window"}
    seconds(three, 16)
    assert 10 < len(present(three, EUROPE)) < 90
    seconds(three, 16)
    assert present(three, EUROPE) == {*KEYS, "after the window"}


def test_a_share_of_writes_arrives_late(three: World) -> None:
    three.admin.delay_items(30, share=0.1)
    put_all(three)
    seconds(three, 20)
    assert 80 <= len(present(three, EUROPE)) <= 97
    seconds(three, 11)
    assert present(three, EUROPE) == set(KEYS)


def test_a_write_overtakes_an_earlier_one_of_the_same_item_which_then_loses(three: World) -> None:
    three.admin.delay_items(60, count=1, target=EUROPE)
    three.put("one", value="first")
    three.put("one", value="last")
    seconds(three, 2)
    assert three.get("one", EUROPE)["value"] == "last"
    seconds(three, 60)
    assert three.get("one", EUROPE)["value"] == "last"


def test_where_the_last_arrival_wins_regions_that_agree_for_a_moment_differ_for_good(three: World) -> None:
    three.admin.last_arrival_wins()
    three.admin.set_lag(0.1, source=HOME, target=EUROPE)
    three.admin.set_lag(0.8, source=EUROPE, target=HOME)
    three.put("one", HOME, by="home")
    three.put("one", EUROPE, by="europe")
    seconds(three, 0.5)
    assert three.get("one", HOME) == three.get("one", EUROPE) == {"id": "one", "by": "home"}
    seconds(three, 60)
    assert three.get("one", HOME) == {"id": "one", "by": "europe"}
    assert three.get("one", EUROPE, consistent=True) == {"id": "one", "by": "home"}


@pytest.mark.parametrize("consistent", [False, True], ids=["eventually consistent", "strongly consistent"])
def test_a_region_goes_back_to_what_it_had_for_good(three: World, consistent: bool) -> None:
    put_all(three, value="first")
    seconds(three, 2)
    three.admin.revert_items(after=5, target=EUROPE, share=0.5)
    put_all(three, value="last")
    three.put("new")
    seconds(three, 2)
    assert {three.get(key, EUROPE, consistent)["value"] for key in KEYS} == {"last"}
    seconds(three, 10)
    values = [three.get(key, EUROPE, consistent)["value"] for key in KEYS]
    assert 30 <= values.count("first") <= 70
    assert {three.get(key, region)["value"] for key in KEYS for region in (HOME, ASIA)} == {"last"}


def test_a_region_goes_back_for_some_seconds_and_a_newer_write_stays(three: World) -> None:
    put_all(three, value="first", keys=["deleted"])
    seconds(three, 2)
    three.admin.revert_items(after=5, seconds=10, target=EUROPE)
    three.delete("deleted")
    three.put("new")
    three.put("rewritten", value="first")
    seconds(three, 3)
    assert present(three, EUROPE) == {"new", "rewritten"}
    three.put("rewritten", EUROPE, value="last")
    seconds(three, 5)
    assert present(three, EUROPE) == {"deleted", "rewritten"}
    seconds(three, 60)
    assert present(three, EUROPE) == {"new", "rewritten"}
    assert {three.get("rewritten", region)["value"] for region in (HOME, EUROPE, ASIA)} == {"last"}


@pytest.mark.parametrize(
    "nonsense",
    [
        {"share": 0},
        {"share": 1.5},
        {"count": 0},
        {"changes": "moves"},
        {"of": "tables"},
        {"source": "us-fake-1"},
        {"region": "us-fake-1"},
        {"operation": "PutItem"},
    ],
    ids=str,
)
def test_a_fault_that_could_never_strike_is_refused(world: World, nonsense: dict) -> None:
    assert ask(world.url, "POST", "lose_items", nonsense)[0] == 400
    assert ask(world.url, "POST", "delay_items", {"low": 2, "high": 1})[0] == 400


def test_every_fault_is_listed_and_removed_alike(three: World) -> None:
    admin = three.admin
    ids = [
        admin.lose_items(share=0.2),
        admin.corrupt_items(count=1),
        admin.delay_items(1, 2),
        admin.last_arrival_wins(),
        admin.revert_items(1, 2),
    ]
    kinds = ["lose", "corrupt", "delay", "last_arrival_wins", "revert"]
    assert [fault["kind"] for fault in ask(three.url, "GET", "faults")[1]] == kinds
    for fault in ids:
        admin.remove_fault(fault)
    assert admin.faults() == []

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How items reach the other regions (AWS_FACTS section 7)."""

from __future__ import annotations

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

LAG = 1.0
"""Wall-clock seconds, in every pair; what that is in simulated ones depends on the time scale."""
SOON = LAG / 0.02 + 1


@pytest.fixture
def replicated(world: World) -> World:
    """A table in two regions, a second apart."""
    world.create_global(EUROPE)
    world.admin.set_lag(LAG)
    return world


def test_d_a_write_arrives_later_and_not_at_once(replicated: World) -> None:
    replicated.put("one", color="red")
    assert replicated.get("one", EUROPE) is None
    replicated.wait(SOON - 2)
    assert replicated.get("one", EUROPE) is None
    replicated.wait(2)
    assert replicated.get("one", EUROPE) == {"id": "one", "color": "red"}


def test_d_it_goes_both_ways(replicated: World) -> None:
    replicated.put("east", EUROPE)
    replicated.put("west", HOME)
    replicated.wait(SOON)
    assert replicated.get("east", HOME)
    assert replicated.get("west", EUROPE)


def test_d_updates_and_deletes_arrive(replicated: World) -> None:
    replicated.put("one", color="red")
    replicated.wait(SOON)
    replicated.client(EUROPE).update_item(
        TableName=TABLE,
        Key={"id": {"S": "one"}},
        UpdateExpression="SET color = :c",
        ExpressionAttributeValues={":c": {"S": "blue"}},
    )
    replicated.wait(SOON)
    assert replicated.get("one") == {"id": "one", "color": "blue"}
    replicated.delete("one")
    assert replicated.get("one", EUROPE)
    replicated.wait(SOON)
    assert replicated.get("one", EUROPE) is None


def test_d_an_update_that_makes_an_item_arrives_whole(replicated: World) -> None:
    replicated.client().update_item(
        TableName=TABLE,
        Key={"id": {"S": "one"}},
        UpdateExpression="SET color = :c",
        ExpressionAttributeValues={":c": {"S": "blue"}},
    )
    for _ in range(60):
        replicated.wait(1)
        assert replicated.get("one", EUROPE) in (None, {"id": "one", "color": "blue"})
    assert replicated.get("one", EUROPE)


def test_d_a_transaction_is_atomic_only_in_its_own_region(replicated: World) -> None:
    replicated.admin.set_lag(LAG, 20 * LAG)
    keys = [str(number) for number in range(10)]
    writes = [{"Put": {"TableName": TABLE, "Item": {"id": {"S": key}}}} for key in keys]
    replicated.client().transact_write_items(TransactItems=writes)
    assert all(replicated.get(key) for key in keys)
    replicated.wait(10 * SOON)
    assert 0 < sum(replicated.get(key, EUROPE) is not None for key in keys) < len(keys)
    replicated.wait(15 * SOON)
    assert all(replicated.get(key, EUROPE) for key in keys)


def test_d_order_across_items_is_not_kept(replicated: World) -> None:
    replicated.admin.set_lag(10 * LAG)
    replicated.put("first")
    replicated.admin.set_lag(LAG)
    replicated.put("second")
    replicated.wait(SOON)
    assert (replicated.get("first", EUROPE), replicated.get("second", EUROPE)) == (None, {"id": "second"})


def test_d_quick_changes_of_one_item_may_arrive_as_one(replicated: World) -> None:
    replicated.admin.set_lag(10 * LAG)
    replicated.put("one", color="red")
    replicated.admin.set_lag(LAG)
    replicated.put("one", color="blue")
    replicated.wait(20 * SOON)
    assert replicated.get("one", EUROPE) == {"id": "one", "color": "blue"}
    colors = [record["dynamodb"]["NewImage"]["color"] for record in replicated.stream_records(EUROPE)]
    assert colors == [{"S": "blue"}]


def test_d_batches_transactions_and_statements_arrive(replicated: World) -> None:
    client = replicated.client()

    def item(key: str) -> dict:
        return {"id": {"S": key}}

    replicated.put("deleted")
    client.batch_write_item(
        RequestItems={TABLE: [{"PutRequest": {"Item": item("batch")}}, {"DeleteRequest": {"Key": item("deleted")}}]}
    )
    client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": item("transaction")}}])
    client.execute_statement(Statement=f"INSERT INTO \"{TABLE}\" VALUE {{'id': 'statement'}}")
    replicated.wait(SOON)
    for key in ("batch", "transaction", "statement"):
        assert replicated.get(key, EUROPE)
    assert replicated.get("deleted", EUROPE) is None


def test_d_a_transaction_that_fails_leaves_nothing_to_replicate(replicated: World) -> None:
    write = {"TableName": TABLE, "Item": {"id": {"S": "never"}}}
    condition = {"TableName": TABLE, "Key": {"id": {"S": "x"}}, "ConditionExpression": "attribute_exists(id)"}
    items = [{"Put": write}, {"ConditionCheck": condition}]
    assert_refused("TransactionCanceledException", "", replicated.client().transact_write_items, TransactItems=items)
    replicated.put("after")
    replicated.wait(SOON)
    assert replicated.get("never", EUROPE) is None
    assert replicated.get("after", EUROPE)


@pytest.mark.parametrize(
    ("kind", "values"),
    [("S", ["a", "b"]), ("N", ["1", "2.50"]), ("B", [b"\x00\xff", b"b"])],
    ids=["S", "N", "B"],
)
def test_d_keys_of_every_type_replicate(world: World, kind: str, values: list) -> None:
    world.create(
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name in ("id", "at")],
    )
    world.add(EUROPE)
    keys = [{"id": {kind: values[0]}, "at": {kind: value}} for value in values]
    for key in keys:
        nested = {"M": {"list": {"L": [{"B": b"\x01"}, {"NULL": True}]}, "set": {"SS": ["x"]}}}
        world.client().put_item(TableName=TABLE, Item={**key, "nested": nested})
    world.wait(30)
    for key in keys:
        read = [world.client(r).get_item(TableName=TABLE, Key=key).get("Item") for r in (HOME, EUROPE)]
        assert read[0] == read[1] is not None
        world.client(EUROPE).delete_item(TableName=TABLE, Key=key)
    world.wait(30)
    assert world.client().scan(TableName=TABLE)["Count"] == 0


def test_d_the_last_writer_wins_everywhere(replicated: World) -> None:
    replicated.put("one", HOME, by="first")
    replicated.wait(1)
    replicated.put("one", EUROPE, by="last")
    replicated.wait(SOON)
    assert replicated.get("one", HOME) == replicated.get("one", EUROPE) == {"id": "one", "by": "last"}


def test_d_an_earlier_write_that_arrives_late_loses(replicated: World) -> None:
    replicated.admin.set_lag(20 * LAG, source=HOME, target=EUROPE)
    replicated.put("one", HOME, by="first")
    replicated.wait(10)
    replicated.put("one", EUROPE, by="last")
    replicated.wait(30 * SOON)
    assert replicated.get("one", EUROPE) == replicated.get("one", HOME) == {"id": "one", "by": "last"}


def test_d_a_number_is_the_same_key_however_it_is_written(world: World) -> None:
    world.create(AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}])
    world.add(EUROPE)
    world.admin.set_lag(20 * LAG, source=HOME, target=EUROPE)
    first = {"id": {"N": "1"}, "by": {"S": "first"}}
    last = {"id": {"N": "1.0"}, "by": {"S": "last"}}
    world.client(HOME).put_item(TableName=TABLE, Item=first)
    world.wait(10)
    world.client(EUROPE).put_item(TableName=TABLE, Item=last)
    world.wait(30 * SOON)
    for region in (HOME, EUROPE):
        items = world.client(region).scan(TableName=TABLE)["Items"]
        assert [item["by"]["S"] for item in items] == ["last"]


def test_d_a_delete_beats_an_earlier_write_that_arrives_late(replicated: World) -> None:
    replicated.put("one", EUROPE)
    replicated.wait(SOON)
    replicated.admin.set_lag(20 * LAG, source=HOME, target=EUROPE)
    replicated.put("one", HOME, by="first")
    replicated.wait(10)
    replicated.delete("one", EUROPE)
    replicated.wait(30 * SOON)
    assert replicated.get("one", EUROPE) is replicated.get("one", HOME) is None


def test_d_at_the_same_moment_all_regions_agree(replicated: World) -> None:
    replicated.put("one", HOME, by="home")
    replicated.put("one", EUROPE, by="europe")
    replicated.wait(SOON)
    assert replicated.get("one", HOME) == replicated.get("one", EUROPE)


def test_d_a_strongly_consistent_read_is_that_of_its_own_region(replicated: World) -> None:
    replicated.put("one", HOME)
    assert replicated.get("one", HOME, consistent=True)
    assert replicated.get("one", EUROPE, consistent=True) is None


def test_d_conditions_see_only_the_local_version(replicated: World) -> None:
    replicated.put("one", HOME)
    replicated.client(EUROPE).put_item(
        TableName=TABLE, Item={"id": {"S": "one"}}, ConditionExpression="attribute_not_exists(id)"
    )


def test_d_a_replicated_write_is_in_the_targets_stream_and_goes_no_further(replicated: World) -> None:
    replicated.add(ASIA)
    for region in (HOME, EUROPE, ASIA):
        replicated.put(f"from {region}", region)
        replicated.wait(3 * SOON)
    replicated.put("last", EUROPE)
    replicated.wait(3 * SOON)
    counts = {region: len(replicated.stream_records(region)) for region in (HOME, EUROPE, ASIA)}
    assert counts == {HOME: 4, EUROPE: 4, ASIA: 4}


def test_d_every_pair_of_three_regions_replicates(replicated: World) -> None:
    replicated.add(ASIA, EUROPE)
    for region in (HOME, EUROPE, ASIA):
        replicated.put(f"from {region}", region)
    replicated.wait(SOON)
    for region in (HOME, EUROPE, ASIA):
        assert {f"from {other}" for other in (HOME, EUROPE, ASIA) if replicated.get(f"from {other}", region)} == {
            f"from {other}" for other in (HOME, EUROPE, ASIA)
        }


def test_d_a_new_region_gets_what_was_still_on_its_way_to_its_source(replicated: World) -> None:
    replicated.put("deleted", HOME)
    replicated.wait(SOON)
    replicated.admin.pause(source=HOME, target=EUROPE)
    replicated.put("late", HOME)
    replicated.delete("deleted", HOME)
    replicated.add(ASIA, EUROPE)
    assert replicated.get("late", EUROPE) is None
    assert replicated.get("late", ASIA)
    assert replicated.get("deleted", EUROPE)
    assert replicated.get("deleted", ASIA) is None


def test_d_tables_do_not_mix(replicated: World) -> None:
    replicated.create(table="other")
    replicated.client().put_item(TableName="other", Item={"id": {"S": "one"}})
    replicated.wait(SOON)
    assert replicated.get("one", EUROPE) is None


def test_d_a_paused_pair_drains_when_it_resumes(replicated: World) -> None:
    replicated.admin.pause(source=HOME, target=EUROPE)
    replicated.put("west", HOME)
    replicated.put("east", EUROPE)
    replicated.wait(10 * SOON)
    assert replicated.get("west", EUROPE) is None
    assert replicated.get("east", HOME)
    replicated.admin.resume(source=HOME, target=EUROPE)
    replicated.wait(SOON)
    assert replicated.get("west", EUROPE)


def test_d_a_paused_region_is_cut_off_both_ways_and_keeps_taking_writes(replicated: World) -> None:
    replicated.admin.pause(region=EUROPE)
    replicated.put("west", HOME)
    replicated.put("east", EUROPE)
    replicated.wait(10 * SOON)
    assert (replicated.get("west", EUROPE), replicated.get("east", HOME)) == (None, None)
    assert replicated.get("east", EUROPE)
    replicated.admin.resume()
    replicated.wait(SOON)
    assert replicated.get("west", EUROPE)
    assert replicated.get("east", HOME)


def test_usual_lags_are_tenths_of_a_second(world: World) -> None:
    world.create_global(EUROPE)
    world.put("one")
    world.wait(0.079 / 0.02)
    assert world.get("one", EUROPE) is None
    world.wait(0.4 / 0.02)
    assert world.get("one", EUROPE)


def test_get_item_answers_alike_whichever_way_it_goes(world: World) -> None:
    world.create(AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}])
    item = {
        "id": {"B": b"\x00\xfe"},
        "all": {"M": {"l": {"L": [{"B": b"x"}, {"BOOL": True}, {"NULL": True}]}, "n": {"N": "1.5"}}},
        "sets": {"M": {"ss": {"SS": ["a"]}, "ns": {"NS": ["1"]}, "bs": {"BS": [b"\x02", b"\x01"]}}},
        "bytes": {"BS": [b"\xff"]},
    }
    client = world.client()
    client.put_item(TableName=TABLE, Item=item)
    key = {"id": item["id"]}
    alone = client.get_item(TableName=TABLE, Key=key)["Item"]
    in_a_batch = client.batch_get_item(RequestItems={TABLE: {"Keys": [key]}})["Responses"][TABLE][0]
    assert alone == in_a_batch == item
    part = client.get_item(TableName=TABLE, Key=key, ProjectionExpression="id", ReturnConsumedCapacity="TOTAL")
    assert part["Item"] == key
    assert part["ConsumedCapacity"]["CapacityUnits"] == 0.5
    assert_refused("ValidationException", "key", client.get_item, TableName=TABLE, Key={"other": {"S": "x"}})

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How replicas and tables go, and what keeps them (AWS_FACTS section 3)."""

from __future__ import annotations

from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

IN_USE = ("ResourceInUseException", "The resource which you are attempting to change is in use.")
ACTED_AS_SOURCE = ("ValidationException", "it has acted as a source region for new replica(s) being added to the table")
DAY = 24 * 3600


def delete_table(world: World, region: str = HOME) -> None:
    world.client(region).delete_table(TableName=TABLE)


def test_228_the_source_is_active_while_the_replica_goes_and_the_replica_goes_last(world: World) -> None:
    world.create_global(EUROPE)
    answered = world.change_replica("Delete", EUROPE)
    assert (answered["TableStatus"], answered["Replicas"][0]["ReplicaStatus"]) == ("UPDATING", "ACTIVE")
    assert world.timeline(300) == [
        ("UPDATING", "ACTIVE", "UPDATING"),
        ("ACTIVE", "DELETING", "DELETING"),
        ("UPDATING", "DELETING", "DELETING"),
        ("ACTIVE", "unlisted", "DELETING"),
        ("ACTIVE", "unlisted", "absent"),
    ]


def test_204_the_durations_are_those_observed(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Delete", EUROPE)
    world.wait(30)
    assert world.status() == "UPDATING"
    world.wait(18)
    assert (world.status(), world.replicas()) == ("ACTIVE", {EUROPE: "DELETING"})
    world.wait(72)
    assert world.replicas() == {EUROPE: "DELETING"}
    world.wait(126)
    assert world.replicas() == {}
    world.wait(35)
    assert world.status(EUROPE) == "absent"


def test_204_the_items_go_with_the_replica_and_the_source_keeps_its_own(world: World) -> None:
    world.create_global(EUROPE)
    world.put("one")
    world.wait(30)
    world.change_replica("Delete", EUROPE)
    world.wait(400)
    assert world.get("one")
    world.create(EUROPE)
    assert world.get("one", EUROPE) is None


def test_308_a_region_is_added_again_once_its_table_is_gone(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Delete", EUROPE)
    while world.replicas():
        world.wait(1)
    assert world.status(EUROPE) == "DELETING"
    text = "because one or more replicas already existed as tables."
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)
    world.wait(35)
    world.add(EUROPE)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_228_while_a_replica_goes_the_source_takes_no_other_change(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Delete", EUROPE)
    for seconds in (5, 60):
        world.wait(seconds)
        assert_refused(*IN_USE, world.change_replica, "Create", ASIA)
        assert_refused(*IN_USE, world.change_replica, "Delete", EUROPE)
        assert_refused(*IN_USE, world.update, DeletionProtectionEnabled=True)
        text = "because one or more replicas already existed as tables."
        assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)


def test_203_a_region_that_is_no_member_is_not_removed(world: World) -> None:
    world.create_global(EUROPE)
    text = f"were not part of the global table. Please retry the request without these replicas: [{ASIA}]."
    assert_refused("ValidationException", text, world.change_replica, "Delete", ASIA)


def test_267_a_source_of_the_last_day_stays_while_what_it_sourced_stands(world: World) -> None:
    world.create_global(EUROPE)
    world.add(ASIA, EUROPE)
    assert_refused(*ACTED_AS_SOURCE, world.change_replica, "Delete", EUROPE)
    assert_refused(*ACTED_AS_SOURCE, delete_table, world, EUROPE)
    world.change_replica("Delete", ASIA)
    world.wait(400)
    world.change_replica("Delete", EUROPE)
    world.wait(400)
    assert world.replicas() == {}


def test_267_after_a_day_a_source_can_go(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Create", ASIA, EUROPE)
    world.wait(DAY - 10)
    assert_refused(*ACTED_AS_SOURCE, world.change_replica, "Delete", EUROPE)
    world.wait(20)
    world.change_replica("Delete", EUROPE)
    world.wait(400)
    assert world.replicas() == {ASIA: "ACTIVE"}


def test_266_a_table_is_deleted_once_the_replicas_it_sourced_are_gone(world: World) -> None:
    world.create_global(EUROPE)
    assert_refused(*ACTED_AS_SOURCE, delete_table, world)
    world.change_replica("Delete", EUROPE)
    world.wait(60)
    assert_refused(*ACTED_AS_SOURCE, delete_table, world)
    assert_refused(*IN_USE, delete_table, world, EUROPE)
    world.wait(300)
    delete_table(world)
    world.wait(10)
    assert world.status() == "absent"


def test_297_a_replica_can_be_deleted_in_its_own_region(world: World) -> None:
    world.create_global(EUROPE)
    answered = world.client(EUROPE).delete_table(TableName=TABLE)["TableDescription"]
    assert answered["TableStatus"] == "DELETING"
    assert world.timeline(300) == [
        ("UPDATING", "ACTIVE", "DELETING"),
        ("ACTIVE", "DELETING", "DELETING"),
        ("UPDATING", "DELETING", "DELETING"),
        ("ACTIVE", "unlisted", "DELETING"),
        ("ACTIVE", "unlisted", "absent"),
    ]


def test_297_protection_blocks_both_ways_of_deleting_a_replica(world: World) -> None:
    world.create_global(EUROPE)
    world.update(EUROPE, DeletionProtectionEnabled=True)
    world.wait(60)
    text = f"Cannot delete table {TABLE} in region {EUROPE} because it has deletion protection enabled."
    assert_refused("ValidationException", text, world.change_replica, "Delete", EUROPE)
    assert_refused("ValidationException", text, delete_table, world, EUROPE)


def test_003_protection_blocks_deleting_a_regional_table(world: World) -> None:
    world.create(DeletionProtectionEnabled=True)
    assert_refused("ValidationException", "Disable deletion protection first.", delete_table, world)
    world.wait(15)
    world.update(DeletionProtectionEnabled=False)
    delete_table(world)


def test_298_a_table_that_is_creating_is_not_deleted(world: World) -> None:
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    types = [{"AttributeName": "id", "AttributeType": "S"}]
    world.client().create_table(
        TableName=TABLE, KeySchema=schema, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST"
    )
    text = f"Attempt to change a resource which is still in use: Table: {TABLE} is being used."
    assert_refused("ResourceInUseException", text, delete_table, world)


def test_a_table_being_deleted_gives_no_items_and_then_is_gone(world: World) -> None:
    world.create()
    world.put("one")
    delete_table(world)
    assert world.status() == "DELETING"
    assert_refused("ResourceNotFoundException", "Requested resource not found", world.get, "one")
    world.wait(10)
    assert world.status() == "absent"
    assert_refused("ResourceNotFoundException", f"Table: {TABLE} not found", delete_table, world)


def test_292_scaling_targets_stay_behind(world: World) -> None:
    world.create_provisioned()
    world.scale_writes(f"table/{TABLE}")
    world.add(EUROPE)
    world.change_replica("Delete", EUROPE)
    world.wait(400)
    assert world.scaled(EUROPE) == {f"table/{TABLE}"}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What adding a replica needs, refuses, and shows on the way (AWS_FACTS section 1)."""

from __future__ import annotations

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

IN_USE = ("ResourceInUseException", "The resource which you are attempting to change is in use.")


@pytest.mark.parametrize(
    "other",
    [
        {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}},
        {"BillingMode": "PAY_PER_REQUEST"},
        {"TableClass": "STANDARD"},
        {"DeletionProtectionEnabled": True},
    ],
    ids=lambda other: next(iter(other)),
)
def test_224_a_replica_change_stands_alone(world: World, other: dict) -> None:
    world.create()
    text = "Replica modification must be the only operation in the request"
    create = [{"Create": {"RegionName": EUROPE}}]
    assert_refused("ValidationException", text, world.update, ReplicaUpdates=create, **other)
    assert world.status() == "ACTIVE"


def test_224_that_it_stands_alone_is_checked_before_the_tables_state(world: World) -> None:
    world.create()
    world.change_replica("Create", EUROPE)
    assert world.status() == "UPDATING"
    changes = {"ReplicaUpdates": [{"Create": {"RegionName": ASIA}}], "DeletionProtectionEnabled": True}
    assert_refused("ValidationException", "Replica modification must be the only", world.update, **changes)


@pytest.mark.parametrize("action", ["Create", "Delete"])
def test_265_one_create_or_delete_a_call(world: World, action: str) -> None:
    world.create()
    text = "Update table operation with more than one create or delete replica actions not allowed"
    updates = [{action: {"RegionName": EUROPE}}, {action: {"RegionName": ASIA}}]
    assert_refused("ValidationException", text, world.update, ReplicaUpdates=updates)


def test_224_two_equal_creates_are_one(world: World) -> None:
    world.create()
    world.update(ReplicaUpdates=[{"Create": {"RegionName": EUROPE}}, {"Create": {"RegionName": EUROPE}}])
    world.wait(60)
    assert world.replicas() == {EUROPE: "ACTIVE"}


@pytest.mark.parametrize(
    "updates",
    [
        [{"Create": {"RegionName": EUROPE}, "Delete": {"RegionName": ASIA}}],
        [{"Create": {"RegionName": EUROPE}}, {"Delete": {"RegionName": ASIA}}],
    ],
    ids=["one element", "two elements"],
)
def test_223_actions_are_not_mixed(world: World, updates: list) -> None:
    world.create()
    text = "Update table operation with more than one type of replica actions not allowed."
    assert_refused("ValidationException", text, world.update, ReplicaUpdates=updates)


@pytest.mark.parametrize("updates", [[{}], [{"Update": {"RegionName": EUROPE}}]], ids=["empty", "region only"])
def test_223_an_action_has_to_do_something(world: World, updates: list) -> None:
    world.create_global(EUROPE)
    text = "There are no actions specified in the Replica Update Action of the request."
    assert_refused("ValidationException", text, world.update, ReplicaUpdates=updates)


@pytest.mark.parametrize("action", ["Create", "Delete"])
def test_203_the_own_region_is_refused(world: World, action: str) -> None:
    world.create()
    text = "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable"
    assert_refused("ValidationException", text, world.change_replica, action, HOME)


@pytest.mark.parametrize("region", ["us-fake-1", "EU-WEST-1"])
def test_223_an_unknown_region_is_refused_with_the_known_ones(world: World, region: str) -> None:
    world.create()
    text = f"Region {region} is not supported. The latest version of global tables are only supported in the following"
    assert_refused("ValidationException", text, world.change_replica, "Create", region)
    assert_refused("ValidationException", "eu-west-1", world.change_replica, "Create", region)


def test_223_a_disabled_region_is_refused_until_it_is_enabled(world: World) -> None:
    world.create()
    assert_refused("ValidationException", "the region is disabled", world.change_replica, "Create", "af-south-1")
    world.admin.enable_region("af-south-1")
    world.add("af-south-1")
    assert world.replicas() == {"af-south-1": "ACTIVE"}
    world.admin.disable_region(EUROPE)
    assert_refused("ValidationException", "the region is disabled", world.change_replica, "Create", EUROPE)


def test_a_disabled_region_does_not_know_the_accounts_credentials(world: World) -> None:
    """Regions that have to be opted in to have their own copy of an account's credentials (developer guide)."""
    world.admin.disable_region(EUROPE)
    client = world.client(EUROPE)
    assert_refused("UnrecognizedClientException", "security token", client.describe_table, TableName=TABLE)
    world.admin.enable_region(EUROPE)
    assert world.status(EUROPE) == "absent"


def test_225_a_standing_table_is_never_adopted(world: World) -> None:
    world.create(EUROPE)
    world.put("theirs", EUROPE)
    world.create()
    text = "because one or more replicas already existed as tables."
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)
    assert "Replicas" not in world.describe(EUROPE)
    assert world.get("theirs", EUROPE)


def test_203_a_member_is_not_added_twice(world: World) -> None:
    world.create_global(EUROPE)
    text = (
        f"Failed to create a the new replica of table with name: ‘{TABLE}’ because one or more replicas already existed"
    )
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)


def test_226_an_empty_table_gains_a_replica_in_seconds(world: World) -> None:
    world.create()
    answered = world.change_replica("Create", EUROPE)
    assert (answered["TableStatus"], answered["Replicas"]) == ("UPDATING", [])
    assert answered["GlobalTableVersion"] == "2019.11.21"
    assert world.timeline(50) == [
        ("UPDATING", "unlisted", "absent"),
        ("UPDATING", "CREATING", "absent"),
        ("UPDATING", "CREATING", "CREATING"),
        ("ACTIVE", "ACTIVE", "ACTIVE"),
    ]


def test_226_its_durations_are_those_observed(world: World) -> None:
    world.create()
    world.change_replica("Create", EUROPE)
    world.wait(5.5)
    assert world.replicas() == {}
    world.wait(1.3)
    assert (world.replicas(), world.status(EUROPE)) == ({EUROPE: "CREATING"}, "absent")
    world.wait(3.7)
    assert (world.status(EUROPE), world.replicas(EUROPE)) == ("CREATING", {HOME: "ACTIVE"})
    world.wait(3.8)
    assert world.replicas() == {EUROPE: "CREATING"}
    world.wait(35)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_298_with_one_item_the_source_is_active_in_between(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    assert world.timeline(700, step=4) == [
        ("UPDATING", "unlisted", "absent"),
        ("UPDATING", "CREATING", "absent"),
        ("ACTIVE", "CREATING", "CREATING"),
        ("UPDATING", "CREATING", "CREATING"),
        ("ACTIVE", "ACTIVE", "ACTIVE"),
    ]


def test_265_with_one_item_it_takes_nine_to_eleven_minutes(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(539)
    assert world.replicas() == {EUROPE: "CREATING"}
    world.wait(152)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_308_what_counts_is_what_the_table_holds_now(world: World) -> None:
    world.create()
    world.put("one")
    world.delete("one")
    world.change_replica("Create", EUROPE)
    world.wait(50)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_227_while_updating_every_other_change_is_refused(world: World) -> None:
    world.create()
    world.change_replica("Create", EUROPE)
    assert_refused(*IN_USE, world.change_replica, "Create", ASIA)
    assert_refused(*IN_USE, world.change_replica, "Create", EUROPE)
    world.wait(3)
    assert_refused(*IN_USE, world.update, DeletionProtectionEnabled=True)
    assert_refused(*IN_USE, world.update, TableClass="STANDARD_INFREQUENT_ACCESS")


def test_227_an_entry_not_listed_yet_is_no_part_of_the_global_table(world: World) -> None:
    world.create()
    world.change_replica("Create", EUROPE)
    text = f"Please retry the request without these replicas: [{EUROPE}]."
    assert_refused("ValidationException", text, world.change_replica, "Delete", EUROPE)
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, TableClassOverride="STANDARD")
    text = "Disabling Stream is not allowed for a Global Table replica."
    assert_refused("ValidationException", text, world.update, StreamSpecification={"StreamEnabled": False})


def test_227_what_is_regional_goes_on_at_the_source_meanwhile(world: World) -> None:
    world.create()
    world.change_replica("Create", EUROPE)
    client = world.client()
    client.tag_resource(ResourceArn=world.describe()["TableArn"], Tags=[{"Key": "team", "Value": "a"}])
    recovery = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=recovery)
    world.set_time_to_live("expires")


def test_306_the_source_is_active_and_yet_takes_no_change_until_the_replica_is_there(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(40)
    text = f"Global table with name: {TABLE} already exists with replicas in regions: {EUROPE}, {HOME}."
    assert_refused("ResourceInUseException", text, world.change_replica, "Create", EUROPE)
    world.wait(60)
    assert (world.status(), world.replicas()) == ("ACTIVE", {EUROPE: "CREATING"})
    assert_refused(*IN_USE, world.change_replica, "Delete", EUROPE)
    assert_refused(*IN_USE, world.change_replica, "Update", EUROPE, TableClassOverride="STANDARD")
    assert_refused(*IN_USE, world.change_replica, "Create", ASIA)
    assert_refused(*IN_USE, world.update, DeletionProtectionEnabled=True)
    text = "Create/Update/Delete of replica is not allowed while the replica is being added"
    assert_refused("ValidationException", text, world.set_time_to_live, "expires")


def test_298_a_creating_replica_answers_only_describe_table(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(100)
    europe = world.client(EUROPE)
    described = world.describe(EUROPE)
    assert described["TableStatus"] == "CREATING"
    assert "StreamSpecification" not in described
    arn = described["TableArn"]
    key = {"id": {"S": "one"}}
    for call, parameters in (
        (europe.get_item, {"TableName": TABLE, "Key": key}),
        (europe.put_item, {"TableName": TABLE, "Item": key}),
        (europe.scan, {"TableName": TABLE}),
        (europe.batch_get_item, {"RequestItems": {TABLE: {"Keys": [key]}}}),
        (europe.transact_write_items, {"TransactItems": [{"Put": {"TableName": TABLE, "Item": key}}]}),
        (europe.execute_statement, {"Statement": f'SELECT * FROM "{TABLE}"'}),
        (europe.describe_time_to_live, {"TableName": TABLE}),
        (europe.list_tags_of_resource, {"ResourceArn": arn}),
        (europe.tag_resource, {"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "b"}]}),
        (europe.update_table, {"TableName": TABLE, "DeletionProtectionEnabled": True}),
    ):
        assert_refused("ResourceNotFoundException", "Requested resource not found", call, **parameters)
    assert_refused("TableNotFoundException", TABLE, europe.describe_continuous_backups, TableName=TABLE)


def test_298_a_creating_replica_changes_no_members_and_is_not_deleted(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(100)
    text = f"not allowed while the replica is being added to table with name: {TABLE} in region"
    assert_refused("ValidationException", text, world.change_replica, "Create", ASIA, EUROPE)
    text = "it has acted as a source region for new replica(s)"
    assert_refused("ValidationException", text, world.change_replica, "Delete", HOME, EUROPE)
    text = f"Attempt to change a resource which is still in use: Table: {TABLE} is being used."
    assert_refused("ResourceInUseException", text, world.client(EUROPE).delete_table, TableName=TABLE)


def test_298_items_come_along_and_so_do_writes_during_creation(world: World) -> None:
    world.create()
    world.put("gone")
    world.put("kept")
    world.change_replica("Create", EUROPE)
    world.wait(30)
    world.put("while absent")
    world.wait(100)
    world.put("while creating")
    world.delete("gone")
    world.wait(700)
    assert world.get("gone", EUROPE) is None
    for key in ("kept", "while absent", "while creating"):
        assert world.get(key, EUROPE)


def test_265_any_member_can_add_another(world: World) -> None:
    world.create_global(EUROPE)
    world.add(ASIA, EUROPE)
    assert world.replicas(HOME) == {EUROPE: "ACTIVE", ASIA: "ACTIVE"}
    assert world.replicas(EUROPE) == {HOME: "ACTIVE", ASIA: "ACTIVE"}
    assert world.replicas(ASIA) == {HOME: "ACTIVE", EUROPE: "ACTIVE"}


def test_265_a_second_region_waits_for_the_first_whoever_asks(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Create", ASIA)
    world.wait(8)
    assert_refused(*IN_USE, world.change_replica, "Create", "eu-west-2", EUROPE)


def test_310_a_create_can_be_aborted_without_a_trace(world: World) -> None:
    world.create()
    world.admin.abort_next_create(EUROPE)
    assert world.change_replica("Create", EUROPE)["TableStatus"] == "UPDATING"
    world.wait(700)
    assert (world.status(), world.replicas(), world.status(EUROPE)) == ("ACTIVE", {}, "absent")
    world.add(EUROPE)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_307_an_unknown_index_in_a_create_is_accepted(world: World) -> None:
    world.create()
    override = [{"IndexName": "nope", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 3}}]
    world.add(EUROPE, GlobalSecondaryIndexes=override)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_223_a_capacity_override_of_an_on_demand_table_is_accepted_at_creation_only(world: World) -> None:
    override = {"ProvisionedThroughputOverride": {"ReadCapacityUnits": 3}}
    world.create()
    world.add(EUROPE, **override)
    assert "ProvisionedThroughputOverride" not in world.describe()["Replicas"][0]
    text = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **override)


def test_a_table_that_is_not_there_has_no_replicas_to_change(world: World) -> None:
    text = f"Requested resource not found: Table: {TABLE} not found"
    assert_refused("ResourceNotFoundException", text, world.change_replica, "Create", EUROPE)

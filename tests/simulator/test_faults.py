# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be made to go wrong: lost answers, regions that are down, denied or disabled, changes that fail."""

from __future__ import annotations

import pytest
from botocore.exceptions import ConnectionClosedError
from test_admin import ask
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

SOON = 60.0
DAY = 24 * 3600


def test_a_lost_answer_was_carried_out(world: World) -> None:
    world.create()
    world.admin.lose_answer(operation="UpdateTable")
    with pytest.raises(ConnectionClosedError):
        world.change_replica("Create", EUROPE)
    world.wait(60)
    assert world.replicas() == {EUROPE: "ACTIVE"}
    world.change_replica("Delete", EUROPE)
    sent = world.admin.calls(operation="UpdateTable")
    assert [(call["status"], call["answered"]) for call in sent] == [(200, False), (200, True)]


def test_an_answer_is_lost_as_often_as_asked_where_asked(world: World) -> None:
    world.create()
    world.create(EUROPE)
    world.admin.lose_answer(operation="PutItem", region=EUROPE, table=TABLE, count=2)
    world.put("one", HOME)
    for _ in range(2):
        with pytest.raises(ConnectionClosedError):
            world.put("one", EUROPE)
    world.put("two", EUROPE)
    assert world.get("one", EUROPE)


def test_answers_are_lost_until_the_fault_is_removed(world: World) -> None:
    fault = world.admin.lose_answer(operation="ListTables", count=None)
    for _ in range(3):
        with pytest.raises(ConnectionClosedError):
            world.client().list_tables()
    world.admin.remove_fault(fault)
    world.client().list_tables()


def test_an_error_can_be_lost_too_and_so_can_other_services_answers(world: World) -> None:
    world.admin.lose_answer(operation="DescribeTable")
    with pytest.raises(ConnectionClosedError):
        world.describe()
    assert world.admin.calls()[-1]["error"] == "ResourceNotFoundException"
    world.admin.lose_answer(operation="CreateKey")
    with pytest.raises(ConnectionClosedError):
        world.client(HOME, "kms").create_key()
    assert len(world.client(HOME, "kms").list_keys()["Keys"]) == 1


def test_a_stopped_region_hears_nothing(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.stop_region(EUROPE)
    for call in (world.describe, lambda region: world.put("one", region), lambda region: world.get("one", region)):
        with pytest.raises(ConnectionClosedError):
            call(EUROPE)
    with pytest.raises(ConnectionClosedError):
        world.client(EUROPE, "kms").list_keys()
    assert not any(call["answered"] for call in world.admin.calls(region=EUROPE)[-4:])
    world.put("one")
    world.wait(SOON)
    assert world.replicas() == {EUROPE: "ACTIVE"}
    world.admin.start_region(EUROPE)
    assert world.get("one", EUROPE) is None
    world.wait(SOON)
    assert world.get("one", EUROPE)


def test_removing_all_faults_starts_a_stopped_region(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.stop_region(EUROPE)
    world.put("one")
    world.wait(SOON)
    world.admin.remove_fault()
    world.wait(SOON)
    assert world.get("one", EUROPE)


def test_a_denied_region_says_so_in_iams_words(world: World) -> None:
    world.create_global(EUROPE)
    fault = world.admin.deny(region=EUROPE)
    text = (
        f"User: arn:aws:iam::123456789012:user/moto is not authorized to perform: dynamodb:DescribeTable on resource: "
        f"arn:aws:dynamodb:{EUROPE}:123456789012:table/{TABLE} because no identity-based policy allows the "
        "dynamodb:DescribeTable action"
    )
    assert_refused("AccessDeniedException", text, world.describe, EUROPE)
    assert_refused("AccessDeniedException", "kms:ListKeys on resource: *", world.client(EUROPE, "kms").list_keys)
    assert_refused("AccessDenied", "sts:GetCallerIdentity", world.client(EUROPE, "sts").get_caller_identity)
    world.describe(HOME)
    world.admin.remove_fault(fault)
    world.describe(EUROPE)


def test_one_operation_can_be_denied_and_a_number_of_times(world: World) -> None:
    world.create()
    world.admin.deny(operation="PutItem", table=TABLE, count=1)
    assert_refused("AccessDeniedException", "dynamodb:PutItem", world.put, "one")
    world.get("one")
    world.put("one")


@pytest.mark.parametrize("denied", [{}, {"operation": "CreateTableReplica"}], ids=["region", "action"])
def test_m_a_denied_region_takes_no_replica(world: World, denied: dict) -> None:
    """UpdateTable invokes CreateTableReplica in the new region (botocore's model, ReplicationGroupUpdate)."""
    world.create()
    world.admin.deny(region=EUROPE, **denied)
    assert_refused("AccessDeniedException", "dynamodb:CreateTableReplica", world.change_replica, "Create", EUROPE)
    assert world.replicas() == {}
    world.add(ASIA)


def test_m_deleting_a_replica_can_be_denied_where_it_stands(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.deny(operation="DeleteTableReplica", region=EUROPE)
    assert_refused("AccessDeniedException", "dynamodb:DeleteTableReplica", world.change_replica, "Delete", EUROPE)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_d_witnesses_and_disassociation_have_actions_of_their_own(world: World) -> None:
    world.create()
    group = {
        "MultiRegionConsistency": "STRONG",
        "ReplicaUpdates": [{"Create": {"RegionName": EUROPE}}],
        "GlobalTableWitnessUpdates": [{"Create": {"RegionName": "us-east-2"}}],
    }
    world.admin.deny(operation="CreateGlobalTableWitness")
    assert_refused("AccessDeniedException", "dynamodb:CreateGlobalTableWitness", world.update, **group)
    world.admin.remove_fault()
    world.update(**group)
    world.wait(90)
    world.admin.deny(operation="DeleteGlobalTableWitness")
    gone = {
        "ReplicaUpdates": [{"Delete": {"RegionName": EUROPE}}],
        "GlobalTableWitnessUpdates": [{"Delete": {"RegionName": "us-east-2"}}],
    }
    assert_refused("AccessDeniedException", "dynamodb:DeleteGlobalTableWitness", world.update, **gone)


def test_d_disassociating_can_be_denied(world: World) -> None:
    world.create_global(EUROPE)
    world.update(EUROPE, DisassociationProtectionEnabled=False)
    world.wait(60)
    world.admin.deny(operation="DisassociateTableReplica")
    leave = {"action": "Disassociate", "target": EUROPE, "region": EUROPE, "DisassociationMode": "WAIT_FOR_REPLICATION"}
    assert_refused("AccessDeniedException", "dynamodb:DisassociateTableReplica", world.change_replica, **leave)


def test_m_a_replica_that_ends_creation_failed(world: World) -> None:
    world.create()
    world.put("one")
    world.admin.fail_next_create(EUROPE)
    world.change_replica("Create", EUROPE)
    assert world.timeline(60) == [
        ("UPDATING", "unlisted", "absent"),
        ("UPDATING", "CREATING", "absent"),
        ("ACTIVE", "CREATION_FAILED", "absent"),
    ]
    text = "already exists with replicas in regions"
    assert_refused("ResourceInUseException", text, world.change_replica, "Create", EUROPE)
    assert_refused("ResourceInUseException", "in use", world.change_replica, "Create", ASIA)
    world.put("two")
    world.change_replica("Delete", EUROPE)
    world.wait(300)
    assert "Replicas" not in world.describe()
    world.add(EUROPE)
    assert world.replicas() == {EUROPE: "ACTIVE"}
    assert world.get("two", EUROPE)


def test_m_a_region_disabled_after_it_became_a_member(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.disable_region(EUROPE)
    assert world.replicas() == {EUROPE: "REGION_DISABLED"}
    assert "ReplicaInaccessibleDateTime" not in world.describe()["Replicas"][0]
    assert_refused("UnrecognizedClientException", "", world.describe, EUROPE)
    assert_refused("ValidationException", "region is disabled", world.change_replica, "Delete", EUROPE)
    world.put("one")
    world.wait(DAY / 2)
    world.admin.enable_region(EUROPE)
    assert world.replicas() == {EUROPE: "ACTIVE"}
    assert world.get("one", EUROPE) is None
    world.wait(SOON)
    assert world.get("one", EUROPE)
    world.wait(DAY)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_426_a_member_out_of_reach_for_20_hours_is_detached_with_its_data(world: World) -> None:
    world.create_global(EUROPE, ASIA)
    world.put("before")
    world.wait(SOON)
    world.admin.disable_region(EUROPE)
    world.wait(20 * 3600 - 1)
    assert world.replicas() == {EUROPE: "REGION_DISABLED", ASIA: "ACTIVE"}
    world.wait(2)
    assert (world.replicas(), world.replicas(ASIA)) == ({ASIA: "ACTIVE"}, {HOME: "ACTIVE"})
    world.put("after")
    world.admin.enable_region(EUROPE)
    world.wait(SOON)
    assert (world.status(EUROPE), "Replicas" in world.describe(EUROPE)) == ("ACTIVE", False)
    assert world.get("before", EUROPE)
    assert world.get("after", EUROPE) is None
    assert world.get("after", ASIA)


def test_a_region_that_goes_twice_is_given_20_hours_each_time(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.disable_region(EUROPE)
    world.wait(15 * 3600)
    world.admin.enable_region(EUROPE)
    world.admin.disable_region(EUROPE)
    world.wait(15 * 3600)
    assert world.replicas() == {EUROPE: "REGION_DISABLED"}
    world.wait(6 * 3600)
    assert "Replicas" not in world.describe()


def test_a_member_can_be_detached_at_once(world: World) -> None:
    world.create_global(EUROPE)
    world.put("one")
    world.wait(SOON)
    world.admin.detach_replica(EUROPE, TABLE)
    for region in (HOME, EUROPE):
        assert "Replicas" not in world.describe(region)
        assert world.get("one", region)
    with pytest.raises(ValueError, match="no replica"):
        world.admin.detach_replica(EUROPE, TABLE)


def test_every_fault_is_listed_and_can_be_cleared(world: World) -> None:
    admin = world.admin
    world.create_global(EUROPE)
    one_by_one = [
        admin.fail("ThrottlingException", count=3),
        admin.deny(operation="Scan"),
        admin.lose_answer(operation="Query"),
        admin.abort_next_create(ASIA),
        admin.fail_next_create(ASIA),
        admin.fail_next_disassociation(EUROPE),
    ]
    admin.stop_region("eu-west-2")
    kinds = ["fail", "deny", "lose_answer", "abort_create", "fail_create", "fail_disassociation", "stop_region"]
    assert [fault["kind"] for fault in admin.faults()] == kinds
    assert ask(world.url, "GET", "faults") == (200, admin.faults())
    for fault in one_by_one:
        admin.remove_fault(fault)
    admin.start_region("eu-west-2")
    assert admin.faults() == []
    admin.lose_items(source=HOME, target=EUROPE, count=1)
    admin.corrupt_items(source=HOME, target=EUROPE, count=1)
    admin.abort_next_create()
    admin.remove_fault()
    assert admin.faults() == []
    world.put("one", color="red")
    world.wait(SOON)
    assert world.get("one", EUROPE) == {"id": "one", "color": "red"}
    world.add(ASIA)
    assert world.replicas() == {EUROPE: "ACTIVE", ASIA: "ACTIVE"}


def test_reset_clears_every_fault(world: World) -> None:
    admin = world.admin
    admin.deny()
    admin.lose_answer(count=None)
    admin.stop_region(HOME)
    admin.fail_next_create()
    admin.lose_items(source=HOME, target=EUROPE, count=1)
    admin.corrupt_items(source=HOME, target=EUROPE, count=1)
    admin.reset()
    admin.hold()
    world.create_global(EUROPE)
    world.put("one", color="red")
    world.wait(SOON)
    assert world.get("one", EUROPE) == {"id": "one", "color": "red"}
    assert admin.faults() == []

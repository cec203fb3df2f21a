# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a replica leaves its global table and keeps its data (AWS_FACTS section 6)."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

IN_USE = ("ResourceInUseException", "The resource which you are attempting to change is in use.")
MODE = {"DisassociationMode": "WAIT_FOR_REPLICATION"}


def disassociate(world: World, region: str = EUROPE, asked: str | None = None) -> dict:
    return world.change_replica("Disassociate", region, asked or region, **MODE)


def unprotect(world: World, region: str = EUROPE) -> None:
    world.update(region, DisassociationProtectionEnabled=False)
    world.wait(60)


@pytest.fixture
def pair(world: World) -> World:
    """A table in two regions, of which EUROPE may leave."""
    world.create_global(EUROPE)
    unprotect(world)
    return world


@pytest.fixture
def trio(world: World) -> World:
    """A table in three regions, of which EUROPE may leave."""
    world.create_global(EUROPE, ASIA)
    unprotect(world)
    return world


def test_m_members_are_protected_by_default(world: World) -> None:
    world.create()
    assert "DisassociationProtectionEnabled" not in world.describe()
    world.add(EUROPE)
    for region in (HOME, EUROPE):
        assert world.describe(region)["DisassociationProtectionEnabled"] is True
    assert_refused("ValidationException", "disassociation protection enabled", disassociate, world)


def test_m_protection_is_that_of_one_replica_and_takes_a_while(world: World) -> None:
    world.create_global(EUROPE)
    assert world.update(EUROPE, DisassociationProtectionEnabled=False)["TableStatus"] == "UPDATING"
    assert world.describe(EUROPE)["DisassociationProtectionEnabled"] is True
    assert_refused(*IN_USE, disassociate, world)
    world.wait(60)
    assert world.describe(EUROPE)["DisassociationProtectionEnabled"] is False
    assert world.describe(HOME)["DisassociationProtectionEnabled"] is True
    assert world.update(EUROPE, DisassociationProtectionEnabled=False)["TableStatus"] == "ACTIVE"


@pytest.mark.parametrize(
    "other",
    [{"DeletionProtectionEnabled": True}, {"TableClass": "STANDARD"}, {"BillingMode": "PAY_PER_REQUEST"}],
    ids=lambda other: next(iter(other)),
)
def test_m_protection_is_changed_in_a_call_of_its_own(world: World, other: dict) -> None:
    world.create_global(EUROPE)
    change = {"DisassociationProtectionEnabled": False, **other}
    assert_refused("ValidationException", "must be the only operation", world.update, EUROPE, **change)


def test_m_protection_and_the_disassociation_itself_are_two_calls(world: World) -> None:
    world.create_global(EUROPE)
    updates = [{"Disassociate": {"RegionName": EUROPE, **MODE}}]
    change = {"DisassociationProtectionEnabled": False, "ReplicaUpdates": updates}
    assert_refused("ValidationException", "must be the only operation", world.update, EUROPE, **change)


def test_m_protection_is_independent_of_deletion_protection(world: World) -> None:
    world.create_global(EUROPE)
    unprotect(world)
    world.update(EUROPE, DeletionProtectionEnabled=True)
    world.wait(60)
    disassociate(world)
    world.wait(60)
    assert "Replicas" not in world.describe(EUROPE)
    assert world.describe(EUROPE)["DeletionProtectionEnabled"] is True


def test_m_a_regional_table_has_no_such_protection_and_leaves_nothing(world: World) -> None:
    world.create()
    protection = {"DisassociationProtectionEnabled": False}
    assert_refused("ValidationException", "replica of a global table", world.update, **protection)
    text = f"Please retry the request without these replicas: [{HOME}]."
    assert_refused("ValidationException", text, disassociate, world, HOME)


def test_d_of_two_members_both_become_regional_and_keep_their_data(pair: World) -> None:
    pair.put("one")
    pair.wait(60)
    identity = pair.describe(EUROPE)["TableArn"], pair.describe(EUROPE)["LatestStreamArn"]
    assert disassociate(pair)["TableStatus"] == "UPDATING"
    assert pair.replicas() == {EUROPE: "UPDATING"}
    pair.wait(60)
    for region in (HOME, EUROPE):
        described = pair.describe(region)
        assert described["TableStatus"] == "ACTIVE"
        global_only = {"Replicas", "GlobalTableVersion", "DisassociationProtectionEnabled"}
        assert not (global_only | {"GlobalTableSettingsReplicationMode"}) & set(described)
        assert described["StreamSpecification"]["StreamEnabled"] is True
        assert pair.get("one", region)
    assert identity == (pair.describe(EUROPE)["TableArn"], pair.describe(EUROPE)["LatestStreamArn"])
    pair.put("two")
    pair.put("three", EUROPE)
    pair.wait(100)
    assert pair.get("two", EUROPE) is pair.get("three") is None


def test_d_of_three_the_rest_stay_global(trio: World) -> None:
    disassociate(trio)
    trio.wait(60)
    assert (trio.replicas(), trio.replicas(ASIA)) == ({ASIA: "ACTIVE"}, {HOME: "ACTIVE"})
    assert "Replicas" not in trio.describe(EUROPE)
    trio.put("one")
    trio.wait(60)
    assert trio.get("one", ASIA)
    assert trio.get("one", EUROPE) is None


def test_d_the_first_region_can_leave_too(world: World) -> None:
    world.create_global(EUROPE, ASIA)
    unprotect(world, HOME)
    disassociate(world, HOME)
    world.wait(60)
    assert "Replicas" not in world.describe(HOME)
    assert world.replicas(EUROPE) == {ASIA: "ACTIVE"}


def test_d_its_settings_stay(pair: World) -> None:
    pair.set_time_to_live("expires")
    pair.wait(60)
    disassociate(pair)
    pair.wait(60)
    described = pair.client(EUROPE).describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert pair.describe(EUROPE)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_d_what_is_pending_is_replicated_first(pair: World) -> None:
    pair.admin.set_lag(1)
    pair.admin.pause(source=EUROPE, target=HOME)
    pair.put("late", EUROPE)
    disassociate(pair)
    pair.wait(600)
    assert (pair.status(EUROPE), pair.replicas(EUROPE)) == ("UPDATING", {HOME: "ACTIVE"})
    pair.admin.resume()
    pair.put("last", HOME)
    pair.wait(10)
    assert "Replicas" not in pair.describe(EUROPE)
    assert pair.get("late", HOME)
    assert pair.get("last", EUROPE)


def test_m_only_the_local_replica_is_disassociated(pair: World) -> None:
    assert_refused("ValidationException", "local replica", disassociate, pair, EUROPE, HOME)
    assert pair.replicas() == {EUROPE: "ACTIVE"}


@pytest.mark.parametrize(
    "beside",
    [
        [{"Disassociate": {"RegionName": EUROPE, **MODE}}, {"Delete": {"RegionName": ASIA}}],
        [{"Disassociate": {"RegionName": EUROPE, **MODE}}, {"Create": {"RegionName": "eu-west-2"}}],
        [{"Disassociate": {"RegionName": EUROPE, **MODE}, "Delete": {"RegionName": EUROPE}}],
        [{"Disassociate": {"RegionName": region, **MODE}} for region in (EUROPE, ASIA)],
    ],
    ids=["delete", "create", "one element", "two"],
)
def test_m_it_is_the_only_replica_update(trio: World, beside: list) -> None:
    assert_refused("ValidationException", "", trio.update, EUROPE, ReplicaUpdates=beside)
    trio.wait(60)
    assert set(trio.replicas(EUROPE)) == {HOME, ASIA}


def test_m_its_mode_is_wait_for_replication(pair: World) -> None:
    call = {"action": "Disassociate", "target": EUROPE, "region": EUROPE, "DisassociationMode": "AT_ONCE"}
    assert_refused("ValidationException", "WAIT_FOR_REPLICATION", pair.change_replica, **call)


def test_m_strongly_consistent_replicas_do_not_leave(world: World) -> None:
    world.create()
    creates = [{"Create": {"RegionName": region}} for region in (EUROPE, "us-east-1")]
    world.update(MultiRegionConsistency="STRONG", ReplicaUpdates=creates)
    world.wait(60)
    assert "DisassociationProtectionEnabled" not in world.describe(EUROPE)
    assert_refused("ValidationException", "not supported", disassociate, world)
    change = {"DisassociationProtectionEnabled": False}
    assert_refused("ValidationException", "not supported", world.update, EUROPE, **change)


def test_m_one_change_at_a_time(trio: World) -> None:
    trio.change_replica("Delete", ASIA)
    assert_refused(*IN_USE, disassociate, trio)
    trio.wait(400)
    disassociate(trio)
    assert_refused(*IN_USE, disassociate, trio)
    assert_refused(*IN_USE, trio.change_replica, "Create", ASIA)


def test_298_a_creating_replica_does_not_leave(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(100)
    assert_refused("ValidationException", "while the replica is being added", disassociate, world)


def test_d_active_with_replicas_is_failed(pair: World) -> None:
    pair.admin.fail_next_disassociation(EUROPE)
    disassociate(pair)
    pair.wait(60)
    assert (pair.status(EUROPE), pair.replicas(EUROPE)) == ("ACTIVE", {HOME: "ACTIVE"})
    disassociate(pair)
    pair.wait(60)
    assert "Replicas" not in pair.describe(EUROPE)


def test_m_it_fails_where_replication_is_not_authorized(pair: World) -> None:
    table = pair.admin._simulator.tables.get(EUROPE, TABLE)
    pair.admin._simulator.lifecycle.authorize_replication(table, False)
    disassociate(pair)
    pair.wait(60)
    assert (pair.status(EUROPE), pair.replicas()) == (
        "REPLICATION_NOT_AUTHORIZED",
        {EUROPE: "REPLICATION_NOT_AUTHORIZED"},
    )


def test_225_the_table_that_left_is_not_adopted_again(trio: World) -> None:
    disassociate(trio)
    trio.wait(60)
    text = "one or more replicas already existed as tables."
    assert_refused("ValidationException", text, trio.change_replica, "Create", EUROPE)
    trio.add("eu-west-2", EUROPE)
    assert trio.describe(EUROPE)["DisassociationProtectionEnabled"] is True
    trio.change_replica("Delete", "eu-west-2", EUROPE)
    trio.wait(400)
    trio.client(EUROPE).delete_table(TableName=TABLE)
    trio.wait(20)
    trio.add(EUROPE)
    assert trio.describe(EUROPE)["DisassociationProtectionEnabled"] is True


@pytest.mark.parametrize(
    "change",
    [{"GlobalTableSettingsReplicationMode": "ENABLED"}, {"GlobalTableSettingsReplicationMode": "DISABLED"}],
    ids=["enabled", "disabled"],
)
def test_groups_of_several_accounts_are_not_simulated(world: World, change: dict) -> None:
    world.create()
    with pytest.raises(ClientError, match="The simulator does not implement"):
        world.update(**change)

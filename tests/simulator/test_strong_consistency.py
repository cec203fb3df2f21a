# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Multi-Region strong consistency: how a group is born, lives and goes (AWS_FACTS section 5)."""

from __future__ import annotations

import pytest
from world import EUROPE, HOME, TABLE, World, assert_refused

OHIO, VIRGINIA = "us-east-2", "us-east-1"
LAG = 1.0
SOON = LAG / 0.02 + 1
COUNT = "Unsupported replica count for global tables with MultiRegionConsistency set to STRONG."
AT_LEAST_ONE = "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled"
ONLY_ONE = (
    "Deletion of only one table replica is not supported for global tables with MultiRegionConsistency set to STRONG."
)


def creates(*regions: str) -> dict:
    return {"ReplicaUpdates": [{"Create": {"RegionName": region}} for region in regions]}


def deletes(*regions: str) -> dict:
    return {"ReplicaUpdates": [{"Delete": {"RegionName": region}} for region in regions]}


def witness(region: str, action: str = "Create") -> dict:
    return {"GlobalTableWitnessUpdates": [{action: {"RegionName": region}}]}


STRONG = {"MultiRegionConsistency": "STRONG"}
THREE_REPLICAS = {**STRONG, **creates(VIRGINIA, OHIO)}
WITH_WITNESS = {**STRONG, **creates(VIRGINIA), **witness(OHIO)}


def assert_invalid(world: World, text: str, region: str = HOME, **changes: object) -> None:
    assert_refused("ValidationException", text, world.update, region, **changes)


def create_group(world: World, **shape: object) -> World:
    world.create()
    world.update(**(shape or WITH_WITNESS))
    world.wait(90)
    return world


@pytest.fixture
def strong(world: World) -> World:
    """Two replicas and a witness, with a second of lag between all regions."""
    world.admin.set_lag(LAG)
    return create_group(world)


@pytest.fixture
def three(world: World) -> World:
    """Three replicas."""
    world.admin.set_lag(LAG)
    return create_group(world, **THREE_REPLICAS)


def states(world: World) -> tuple:
    described = world.describe()
    witnesses = {one["RegionName"]: one["WitnessStatus"] for one in described.get("GlobalTableWitnesses", [])}
    return described["TableStatus"], world.replicas(), witnesses


def changes_of(world: World, seconds: int) -> list[tuple]:
    seen: list[tuple] = []
    for _ in range(seconds):
        now = states(world)
        if not seen or seen[-1] != now:
            seen.append(now)
        world.wait(1)
    return seen


@pytest.mark.parametrize("creating", [creates(VIRGINIA), creates(VIRGINIA, OHIO, EUROPE)], ids=["two", "four"])
def test_257_a_group_has_three_regions(world: World, creating: dict) -> None:
    world.create()
    assert_invalid(world, COUNT, **STRONG, **creating)


def test_257_two_replicas_and_a_witness_are_too_many_with_another_replica(world: World) -> None:
    world.create()
    assert_invalid(world, COUNT, **STRONG, **creates(VIRGINIA, EUROPE), **witness(OHIO))


@pytest.mark.parametrize(
    "alone",
    [STRONG, {"MultiRegionConsistency": "EVENTUAL"}, witness(OHIO), {**STRONG, **witness(OHIO)}],
    ids=["strong", "eventual", "witness", "strong and witness"],
)
def test_202_257_neither_mode_nor_witness_is_a_change_by_itself(world: World, alone: dict) -> None:
    world.create()
    assert_invalid(world, AT_LEAST_ONE, **alone)
    world.add(EUROPE)
    assert_invalid(world, AT_LEAST_ONE, **alone)


@pytest.mark.parametrize("mode", [{}, {"MultiRegionConsistency": "EVENTUAL"}], ids=["unset", "eventual"])
def test_257_a_witness_needs_strong(world: World, mode: dict) -> None:
    world.create()
    text = "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is present."
    assert_invalid(world, text, **mode, **creates(VIRGINIA), **witness(OHIO))


def test_257_a_witness_is_in_no_members_region(world: World) -> None:
    world.create()
    text = "Cannot target multiple regions with the same action"
    assert_invalid(world, text, **STRONG, **creates(VIRGINIA), **witness(VIRGINIA))
    text = "Cannot add a witness in the same region as an existing replica when creating a global table with"
    assert_invalid(world, text, **STRONG, **creates(VIRGINIA), **witness(HOME))


@pytest.mark.parametrize(
    "shape",
    [
        {**creates("us-west-1", VIRGINIA)},
        {**creates(VIRGINIA), **witness("us-west-1")},
        {**creates("us-west-1"), **witness("us-west-1")},
    ],
    ids=["replica", "witness", "both"],
)
def test_257_not_every_region_supports_it(world: World, shape: dict) -> None:
    world.create()
    text = "Unsupported Region(s) specified for global tables with MultiRegionConsistency set to STRONG: [us-west-1]."
    assert_invalid(world, text, **STRONG, **shape)


def test_257_the_own_region_has_to_support_it_too(world: World) -> None:
    world.create("us-west-1")
    assert_invalid(world, "set to STRONG: [us-west-1].", "us-west-1", **THREE_REPLICAS)


def test_414_a_call_names_one_witness(world: World) -> None:
    world.create()
    two = [{"Create": {"RegionName": OHIO}}, {"Create": {"RegionName": EUROPE}}]
    text = "'globalTableWitnessUpdates' failed to satisfy constraint: Member must have length less than or equal to 1"
    assert_invalid(world, text, **STRONG, **creates(VIRGINIA), GlobalTableWitnessUpdates=two)


def test_257_nothing_else_goes_with_it(world: World) -> None:
    world.create()
    text = "Requests that modify replicas or witnesses must not also modify other fields"
    assert_invalid(world, text, **WITH_WITNESS, DeletionProtectionEnabled=True)


def test_an_unknown_mode_own_region_and_unknown_regions_are_refused(world: World) -> None:
    world.create()
    assert_invalid(world, "Member must satisfy enum value set", MultiRegionConsistency="BEST", **creates(VIRGINIA))
    assert_invalid(world, "Cannot add or delete the local region", **STRONG, **creates(VIRGINIA, HOME))
    assert_invalid(world, "Region us-fake-1 is not supported", **STRONG, **creates(VIRGINIA, "us-fake-1"))
    assert_invalid(world, "Region us-fake-1 is not supported", **STRONG, **creates(VIRGINIA), **witness("us-fake-1"))


def test_258_without_strong_two_creates_are_too_many(world: World) -> None:
    world.create()
    text = "Update table operation with more than one create or delete replica actions not allowed"
    assert_invalid(world, text, **creates(VIRGINIA, OHIO))


def test_257_a_group_across_the_documented_region_sets_is_accepted(world: World) -> None:
    create_group(world, **STRONG, **creates(EUROPE), **witness(OHIO))
    assert states(world) == ("ACTIVE", {EUROPE: "ACTIVE"}, {OHIO: "ACTIVE"})


def test_d_the_table_has_to_be_empty(world: World) -> None:
    world.create()
    world.put("one")
    assert_invalid(world, "must be empty", **THREE_REPLICAS)
    world.delete("one")
    world.update(**THREE_REPLICAS)


def test_d_it_has_no_time_to_live_before_or_after(world: World) -> None:
    world.create()
    world.set_time_to_live("expires")
    assert_invalid(world, "Time to Live is not supported", **THREE_REPLICAS)
    world.wait(3600)
    world.set_time_to_live("expires", enabled=False)
    world.update(**THREE_REPLICAS)
    world.wait(3600)
    assert_refused("ValidationException", "Time to Live is not supported", world.set_time_to_live, "expires", OHIO)


def test_d_it_has_no_local_indexes(world: World) -> None:
    keys = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "sort", "KeyType": "RANGE"}]
    by_time = [keys[0], {"AttributeName": "at", "KeyType": "RANGE"}]
    world.create(
        KeySchema=keys,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "sort", "at")],
        LocalSecondaryIndexes=[{"IndexName": "local", "KeySchema": by_time, "Projection": {"ProjectionType": "ALL"}}],
    )
    assert_invalid(world, "Local secondary indexes are not supported", **THREE_REPLICAS)


def test_d_global_indexes_come_along(world: World) -> None:
    index = {"KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
    world.create(
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "at")],
        GlobalSecondaryIndexes=[{"IndexName": "by_time", **index}],
    )
    world.update(**WITH_WITNESS)
    world.wait(90)
    described = world.describe(VIRGINIA)["GlobalSecondaryIndexes"]
    assert [(index["IndexName"], index["IndexStatus"]) for index in described] == [("by_time", "ACTIVE")]
    world.put("one", at="noon")
    query = {"KeyConditionExpression": "at = :at", "ExpressionAttributeValues": {":at": {"S": "noon"}}}
    world.wait(SOON)
    assert world.client(VIRGINIA).query(TableName=TABLE, IndexName="by_time", **query)["Count"] == 1


def test_225_a_standing_table_is_never_adopted_but_may_stand_at_the_witness(world: World) -> None:
    world.create(VIRGINIA)
    world.create()
    assert_invalid(world, "one or more replicas already existed as tables", **THREE_REPLICAS)
    world.update(**STRONG, **creates(OHIO), **witness(VIRGINIA))
    world.wait(90)
    assert states(world) == ("ACTIVE", {OHIO: "ACTIVE"}, {VIRGINIA: "ACTIVE"})
    assert "Replicas" not in world.describe(VIRGINIA)


def test_249_the_prerequisites_of_any_replica_hold(world: World) -> None:
    world.create_provisioned()
    assert_invalid(world, "Table write capacity should either be Pay-Per-Request or AutoScaled.", **THREE_REPLICAS)


def test_258_two_replicas_are_there_in_sixteen_seconds(world: World) -> None:
    world.create()
    answered = world.update(**THREE_REPLICAS)
    assert (answered["TableStatus"], answered["MultiRegionConsistency"]) == ("UPDATING", "STRONG")
    assert (answered["GlobalTableVersion"], answered["Replicas"]) == ("2019.11.21", [])
    assert changes_of(world, 16) == [
        ("UPDATING", {}, {}),
        ("UPDATING", {VIRGINIA: "CREATING", OHIO: "CREATING"}, {}),
    ]
    assert states(world) == ("ACTIVE", {VIRGINIA: "ACTIVE", OHIO: "ACTIVE"}, {})
    assert {world.status(VIRGINIA), world.status(OHIO)} == {"ACTIVE"}


def test_258_with_a_witness_it_takes_a_minute_or_more(world: World) -> None:
    world.create()
    world.update(**WITH_WITNESS)
    world.wait(4.9)
    assert states(world) == ("UPDATING", {}, {})
    assert changes_of(world, 82) == [
        ("UPDATING", {}, {}),
        ("UPDATING", {VIRGINIA: "CREATING"}, {OHIO: "CREATING"}),
        ("ACTIVE", {VIRGINIA: "ACTIVE"}, {OHIO: "ACTIVE"}),
    ]


def test_258_not_before_a_minute_and_entries_within_half_of_it(world: World) -> None:
    world.create()
    world.update(**WITH_WITNESS)
    world.wait(32)
    assert states(world)[1:] == ({VIRGINIA: "CREATING"}, {OHIO: "CREATING"})
    assert world.status(VIRGINIA) == "absent"
    world.wait(27)
    assert states(world)[0] == "UPDATING"


def test_201_259_every_member_shows_the_group(strong: World) -> None:
    for region, other in ((HOME, VIRGINIA), (VIRGINIA, HOME)):
        described = strong.describe(region)
        assert described["MultiRegionConsistency"] == "STRONG"
        assert described["GlobalTableVersion"] == "2019.11.21"
        assert described["GlobalTableWitnesses"] == [{"RegionName": OHIO, "WitnessStatus": "ACTIVE"}]
        assert [entry["RegionName"] for entry in described["Replicas"]] == [other]


def test_201_eventual_consistency_is_not_shown(world: World) -> None:
    world.create()
    world.update(MultiRegionConsistency="EVENTUAL", **creates(EUROPE))
    world.wait(60)
    assert world.replicas() == {EUROPE: "ACTIVE"}
    assert not {"MultiRegionConsistency", "GlobalTableWitnesses"} & set(world.describe())


def test_259_a_witness_is_no_table(strong: World) -> None:
    ohio = strong.client(OHIO)
    assert strong.status(OHIO) == "absent"
    assert ohio.list_tables()["TableNames"] == []
    arn = strong.describe()["TableArn"].replace(HOME, OHIO)
    assert_refused("ResourceNotFoundException", "", ohio.list_tags_of_resource, ResourceArn=arn)
    strong.create(OHIO)
    assert "Replicas" not in strong.describe(OHIO)
    strong.update(**deletes(VIRGINIA), **witness(OHIO, "Delete"))
    strong.wait(120)
    assert (strong.status(OHIO), strong.status(VIRGINIA)) == ("ACTIVE", "absent")


def test_260_a_group_is_frozen(strong: World) -> None:
    assert_invalid(
        strong, "Cannot add replicas to a global table with strong MultiRegionConsistency", **creates(EUROPE)
    )
    assert_invalid(strong, COUNT, **STRONG, **creates(EUROPE))
    frozen = "MultiRegionConsistency parameter is unsupported on existing global table"
    assert_invalid(strong, frozen, **STRONG, **creates(EUROPE, "eu-west-2"))
    assert_invalid(strong, frozen, MultiRegionConsistency="EVENTUAL", **creates(EUROPE))
    for action in ("Create", "Delete"):
        assert_invalid(strong, AT_LEAST_ONE, **witness(OHIO, action))
        strong.wait(1)
        assert_invalid(strong, AT_LEAST_ONE, **STRONG, **witness(OHIO, action))
        strong.wait(1)
    assert states(strong) == ("ACTIVE", {VIRGINIA: "ACTIVE"}, {OHIO: "ACTIVE"})


def test_260_nothing_goes_alone(strong: World) -> None:
    assert_invalid(strong, "Update table delete operation does not include all witnesses.", **deletes(VIRGINIA))
    text = "Only Replica Create actions are supported when MultiRegionConsistency parameter is provided."
    assert_invalid(strong, text, **STRONG, **deletes(VIRGINIA))
    text = f"witnesses were not part of the global table. Please retry the request without these witnesses: [{EUROPE}]"
    assert_invalid(strong, text, **deletes(VIRGINIA), **witness(EUROPE, "Delete"))
    text = "not part of the global table. Please retry the request without these replicas"
    assert_invalid(strong, text, **deletes(EUROPE), **witness(OHIO, "Delete"))
    for region in (HOME, VIRGINIA):
        assert_refused("ValidationException", ONLY_ONE, strong.client(region).delete_table, TableName=TABLE)


def test_260_of_three_replicas_none_goes_alone(three: World) -> None:
    assert_invalid(three, ONLY_ONE, **deletes(OHIO))
    assert_refused("ValidationException", ONLY_ONE, three.client(OHIO).delete_table, TableName=TABLE)


def test_202_an_eventual_group_does_not_become_strong(world: World) -> None:
    world.create_global(EUROPE)
    assert_invalid(world, COUNT, **STRONG, **creates("us-west-1"))
    assert_invalid(world, "set to STRONG: [us-west-1].", **STRONG, **creates("us-west-1"), **witness("us-west-1"))
    assert_invalid(world, "unsupported on existing global table", **THREE_REPLICAS)
    text = "Update table operation with more than one create or delete replica actions not allowed"
    assert_invalid(world, text, **deletes(EUROPE, OHIO))


def test_261_it_is_taken_down_in_one_call_and_is_regional_again(strong: World) -> None:
    strong.admin.set_lag(60 * LAG)
    strong.put("kept", VIRGINIA)
    answered = strong.update(**deletes(VIRGINIA), **witness(OHIO, "Delete"))
    assert answered["TableStatus"] == "UPDATING"
    assert answered["Replicas"][0]["ReplicaStatus"] == answered["GlobalTableWitnesses"][0]["WitnessStatus"] == "ACTIVE"
    assert changes_of(strong, 75) == [
        ("UPDATING", {VIRGINIA: "ACTIVE"}, {OHIO: "ACTIVE"}),
        ("UPDATING", {VIRGINIA: "DELETING"}, {OHIO: "DELETING"}),
        ("ACTIVE", {}, {}),
    ]
    only_global = {"GlobalTableVersion", "Replicas", "MultiRegionConsistency", "GlobalTableWitnesses"}
    assert not only_global & set(strong.describe())
    assert strong.get("kept")
    strong.wait(40)
    assert strong.status(VIRGINIA) == "absent"
    strong.add(EUROPE)
    assert strong.replicas() == {EUROPE: "ACTIVE"}


def test_261_its_durations_are_those_observed(strong: World) -> None:
    strong.update(**deletes(VIRGINIA), **witness(OHIO, "Delete"))
    strong.wait(43)
    assert states(strong) == ("UPDATING", {VIRGINIA: "ACTIVE"}, {OHIO: "ACTIVE"})
    strong.wait(11)
    assert states(strong)[0] == "UPDATING"
    strong.wait(17)
    assert states(strong) == ("ACTIVE", {}, {})


def test_261_three_replicas_too_and_then_the_table_can_be_deleted(three: World) -> None:
    three.update(**deletes(VIRGINIA, OHIO))
    three.wait(120)
    assert (states(three), three.status(OHIO)) == (("ACTIVE", {}, {}), "absent")
    three.client().delete_table(TableName=TABLE)
    three.wait(10)
    assert three.status() == "absent"


def test_297_protection_keeps_a_group_from_being_taken_down(strong: World) -> None:
    strong.update(VIRGINIA, DeletionProtectionEnabled=True)
    strong.wait(60)
    text = f"Cannot delete table {TABLE} in region {VIRGINIA} because it has deletion protection enabled."
    assert_invalid(strong, text, **deletes(VIRGINIA), **witness(OHIO, "Delete"))


def test_263_protection_is_regional_and_slow(strong: World) -> None:
    strong.update(DeletionProtectionEnabled=True)
    strong.wait(33)
    assert states(strong) == ("UPDATING", {VIRGINIA: "ACTIVE"}, {OHIO: "ACTIVE"})
    changes = {**deletes(VIRGINIA), **witness(OHIO, "Delete")}
    assert_refused("ResourceInUseException", "in use", strong.update, DeletionProtectionEnabled=False)
    assert_refused("ResourceInUseException", "in use", strong.update, **changes)
    strong.wait(7)
    assert strong.describe()["DeletionProtectionEnabled"] is True
    assert strong.describe(VIRGINIA)["DeletionProtectionEnabled"] is False
    text = "modified within the previous 15000 milliseconds"
    assert_refused("ThrottlingException", text, strong.update, DeletionProtectionEnabled=False)


def test_310_a_group_can_be_aborted_without_a_trace(world: World) -> None:
    world.create()
    world.admin.abort_next_create(VIRGINIA)
    world.update(**WITH_WITNESS)
    world.wait(90)
    assert states(world) == ("ACTIVE", {}, {})
    assert "GlobalTableVersion" not in world.describe()


def test_m_a_strongly_consistent_read_in_any_region_sees_the_write_at_once(three: World) -> None:
    for number, source in enumerate((HOME, VIRGINIA, OHIO)):
        three.put("one", source, number=str(number))
        for region in (HOME, VIRGINIA, OHIO):
            assert three.get("one", region, consistent=True) == {"id": "one", "number": str(number)}
    three.delete("one", VIRGINIA)
    assert three.get("one", HOME, consistent=True) is three.get("one", OHIO, consistent=True) is None


def test_m_every_kind_of_strongly_consistent_read_does(strong: World) -> None:
    strong.put("one")
    virginia = strong.client(VIRGINIA)
    keys = {"Keys": [{"id": {"S": "one"}}], "ConsistentRead": True}
    statement = {"Statement": f'SELECT * FROM "{TABLE}"', "ConsistentRead": True}
    assert virginia.batch_get_item(RequestItems={TABLE: keys})["Responses"][TABLE]
    strong.put("two")
    assert virginia.scan(TableName=TABLE, ConsistentRead=True)["Count"] == 2
    strong.put("three")
    assert len(virginia.execute_statement(**statement)["Items"]) == 3
    strong.put("four")
    one = {"Statement": f"SELECT * FROM {TABLE} WHERE id = ?", "Parameters": [{"S": "four"}], "ConsistentRead": True}
    assert virginia.batch_execute_statement(Statements=[one])["Responses"][0]["Item"]


def test_d_an_eventually_consistent_read_can_be_stale(strong: World) -> None:
    strong.put("one")
    assert strong.get("one", VIRGINIA) is None
    statement = f'SELECT * FROM "{TABLE}"'
    assert strong.client(VIRGINIA).execute_statement(Statement=statement)["Items"] == []
    strong.wait(SOON)
    assert strong.get("one", VIRGINIA)


def test_d_conditional_writes_see_the_newest_version_of_any_region(strong: World) -> None:
    strong.put("one")
    write = {
        "TableName": TABLE,
        "Item": {"id": {"S": "one"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }
    assert_refused("ConditionalCheckFailedException", "", strong.client(VIRGINIA).put_item, **write)


def test_d_updates_in_turn_from_two_regions_lose_nothing(strong: World) -> None:
    count = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    for region in (HOME, VIRGINIA, HOME, VIRGINIA):
        strong.client(region).update_item(TableName=TABLE, Key={"id": {"S": "counter"}}, **count)
    for region in (HOME, VIRGINIA):
        read = {"TableName": TABLE, "Key": {"id": {"S": "counter"}}, "ConsistentRead": True}
        assert strong.client(region).get_item(**read)["Item"]["n"] == {"N": "4"}
    strong.wait(3 * SOON)
    assert strong.client(HOME).get_item(**read)["Item"]["n"] == {"N": "4"}


def test_d_transactions_are_refused(strong: World) -> None:
    key = {"id": {"S": "one"}}
    client = strong.client()
    text = "Transactions are not supported"
    write = [{"Put": {"TableName": TABLE, "Item": key}}]
    read = [{"Get": {"TableName": TABLE, "Key": key}}]
    statement = [{"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'id': 'one'}}"}]
    assert_refused("ValidationException", text, client.transact_write_items, TransactItems=write)
    assert_refused("ValidationException", text, client.transact_get_items, TransactItems=read)
    assert_refused("ValidationException", text, client.execute_transaction, TransactStatements=statement)
    assert strong.get("one", consistent=True) is None


def test_d_an_isolated_region_takes_no_writes_and_no_strongly_consistent_reads(three: World) -> None:
    three.put("before")
    three.wait(SOON)
    three.admin.pause(region=OHIO)
    assert_refused("InternalServerError", "", three.put, "two", OHIO)
    assert_refused("InternalServerError", "", three.get, "before", OHIO, consistent=True)
    assert three.get("before", OHIO)
    three.put("one", HOME)
    assert three.get("one", VIRGINIA, consistent=True)
    three.wait(SOON)
    assert three.get("one", OHIO) is None
    three.admin.resume()
    assert three.get("one", OHIO, consistent=True)


def test_d_a_witness_keeps_one_replica_going_without_the_other(strong: World) -> None:
    strong.admin.pause(region=VIRGINIA)
    strong.put("one", HOME)
    assert strong.get("one", HOME, consistent=True)
    assert_refused("InternalServerError", "", strong.put, "two", VIRGINIA)
    strong.admin.pause(region=OHIO)
    assert_refused("InternalServerError", "", strong.put, "two", HOME)
    strong.admin.resume()
    assert strong.get("one", VIRGINIA, consistent=True)


def test_m_concurrent_writes_can_be_refused_as_conflicting(strong: World) -> None:
    """Calls here come one after another, so that a conflict is made by a rule."""
    strong.admin.fail("ReplicatedWriteConflictException", operation="PutItem", region=VIRGINIA, count=1)
    exception = strong.client(VIRGINIA).exceptions.ReplicatedWriteConflictException
    with pytest.raises(exception):
        strong.put("one", VIRGINIA)
    strong.put("one", VIRGINIA)


def test_d_the_stream_belongs_to_its_region(strong: World) -> None:
    assert not {"StreamSpecification", "LatestStreamArn"} & (set(strong.describe()) | set(strong.describe(VIRGINIA)))
    strong.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    strong.wait(60)
    assert strong.describe()["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
    assert "StreamSpecification" not in strong.describe(VIRGINIA)
    strong.put("streamed")
    assert strong.get("streamed", VIRGINIA, consistent=True)
    strong.update(StreamSpecification={"StreamEnabled": False})
    strong.wait(60)
    strong.put("unstreamed")
    assert strong.get("unstreamed", VIRGINIA, consistent=True)


def test_d_a_source_keeps_its_stream_to_itself(world: World) -> None:
    world.create(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    world.update(**WITH_WITNESS)
    world.wait(90)
    assert world.describe()["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert "StreamSpecification" not in world.describe(VIRGINIA)
    streams = world.client(VIRGINIA, "dynamodbstreams")
    assert streams.list_streams()["Streams"] == []


def test_227_a_group_that_is_being_made_takes_no_change(world: World) -> None:
    world.create()
    world.update(**WITH_WITNESS)
    world.wait(31.8)
    assert_refused("ResourceInUseException", "", world.update, DeletionProtectionEnabled=True)
    assert_refused("ResourceInUseException", "", world.update, **deletes(VIRGINIA), **witness(OHIO, "Delete"))

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DescribeTable shows in each region (AWS_FACTS section 2)."""

from __future__ import annotations

from world import ASIA, EUROPE, HOME, TABLE, World

ONLY_GLOBAL = {
    "GlobalTableVersion",
    "Replicas",
    "MultiRegionConsistency",
    "GlobalTableWitnesses",
    "GlobalTableSettingsReplicationMode",
}


def test_229_replicas_never_list_the_region_asked(world: World) -> None:
    world.create_global(EUROPE, ASIA)
    for region in (HOME, EUROPE, ASIA):
        assert set(world.replicas(region)) == {HOME, EUROPE, ASIA} - {region}


def test_229_each_region_has_its_own_identity(world: World) -> None:
    world.create_global(EUROPE)
    home, europe = world.describe(), world.describe(EUROPE)
    for member in ("TableId", "TableArn", "CreationDateTime", "LatestStreamArn"):
        assert home[member] != europe[member]
    assert (f":{HOME}:" in home["TableArn"], f":{EUROPE}:" in europe["TableArn"]) == (True, True)
    assert home["TableId"] == world.describe()["TableId"]


def test_229_a_plain_entry(world: World) -> None:
    world.create_global(EUROPE)
    entry = world.describe()["Replicas"][0]
    assert set(entry) == {"RegionName", "ReplicaStatus", "WarmThroughput", "GlobalTableSettingsReplicationMode"}
    assert entry["GlobalTableSettingsReplicationMode"] == "ENABLED_WITH_OVERRIDES"


def test_231_a_regional_table_has_no_empty_members_of_a_global_one(world: World) -> None:
    world.create()
    assert not ONLY_GLOBAL & set(world.describe())
    world.add(EUROPE)
    shown = {"GlobalTableVersion", "Replicas", "GlobalTableSettingsReplicationMode"}  # 201, 320
    assert ONLY_GLOBAL & set(world.describe()) == shown
    world.change_replica("Delete", EUROPE)
    world.wait(400)
    assert not ONLY_GLOBAL & set(world.describe())


def test_a_regional_table_shows_what_it_has_and_nothing_empty(world: World) -> None:
    world.create()
    described = world.describe()
    assert described["TableStatus"] == "ACTIVE"
    assert described["DeletionProtectionEnabled"] is False
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    absent = {"LocalSecondaryIndexes", "GlobalSecondaryIndexes", "TableClassSummary", "SSEDescription"}
    assert not absent & set(described)


def test_028_a_table_that_was_never_on_demand_has_no_billing_mode(world: World) -> None:
    world.create_provisioned()
    described = world.describe()
    assert "BillingModeSummary" not in described
    assert described["ProvisionedThroughput"]["WriteCapacityUnits"] == 5


def test_033_a_table_is_creating_for_seconds(world: World) -> None:
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    types = [{"AttributeName": "id", "AttributeType": "S"}]
    create = {"TableName": TABLE, "KeySchema": schema, "AttributeDefinitions": types, "BillingMode": "PAY_PER_REQUEST"}
    assert world.client().create_table(**create)["TableDescription"]["TableStatus"] == "CREATING"
    world.wait(4.9)
    assert world.status() == "CREATING"
    world.wait(4.7)
    assert world.status() == "ACTIVE"


def test_a_table_is_found_by_its_arn(world: World) -> None:
    world.create()
    arn = world.describe()["TableArn"]
    assert world.client().describe_table(TableName=arn)["Table"]["TableName"] == TABLE


def test_indexes_of_both_kinds_exist_on_replicas_too(world: World) -> None:
    index = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}]}
    world.create(
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "sort", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "sort", "at")],
        LocalSecondaryIndexes=[{"IndexName": "local", **index, "Projection": {"ProjectionType": "ALL"}}],
        GlobalSecondaryIndexes=[{"IndexName": "everywhere", **index, "Projection": {"ProjectionType": "ALL"}}],
    )
    world.add(EUROPE)
    described = world.describe(EUROPE)
    assert described["KeySchema"] == world.describe()["KeySchema"]
    assert [index["IndexName"] for index in described["LocalSecondaryIndexes"]] == ["local"]
    everywhere = described["GlobalSecondaryIndexes"][0]
    assert (everywhere["IndexName"], everywhere["IndexStatus"]) == ("everywhere", "ACTIVE")
    assert everywhere["IndexArn"].startswith(described["TableArn"])
    assert set(world.describe()["Replicas"][0]["GlobalSecondaryIndexes"][0]) == {"IndexName", "WarmThroughput"}

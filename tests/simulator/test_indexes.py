# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Global secondary indexes of standing tables, regional and global (AWS_FACTS section 4)."""

from __future__ import annotations

from typing import Any

import pytest
from world import EUROPE, HOME, TABLE, World, assert_refused

from simulator import durations

ONE_AT_A_TIME = (
    "LimitExceededException",
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
)
IN_USE = "ResourceInUseException"
ONE_UNIT = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
TWO_UNITS = {"ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2}}


def keys(*names: str, sort: tuple[str, ...] = ()) -> list[dict[str, str]]:
    return [
        *({"AttributeName": name, "KeyType": "HASH"} for name in names),
        *({"AttributeName": name, "KeyType": "RANGE"} for name in sort),
    ]


def types(*names: str, kind: str = "S") -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": kind} for name in names]


def index(name: str, *attributes: str, **settings: Any) -> dict[str, Any]:
    schema = {"KeySchema": keys(*(attributes or ("color",))), "Projection": {"ProjectionType": "ALL"}}
    return {"IndexName": name, **schema, **settings}


def with_indexes(*indexes: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a table whose indexes have the partition key color."""
    return {"GlobalSecondaryIndexes": list(indexes), "AttributeDefinitions": types("id", "color")}


def change_indexes(world: World, *updates: dict[str, Any], region: str = HOME, **others: Any) -> dict[str, Any]:
    return world.update(region, GlobalSecondaryIndexUpdates=list(updates), **others)


def create(world: World, new: dict[str, Any], region: str = HOME, **others: Any) -> dict[str, Any]:
    definitions = types(*(key["AttributeName"] for key in new["KeySchema"]))
    return change_indexes(world, {"Create": new}, region=region, **{"AttributeDefinitions": definitions, **others})


def delete(world: World, name: str, region: str = HOME) -> dict[str, Any]:
    return change_indexes(world, {"Delete": {"IndexName": name}}, region=region)


def state(world: World, name: str, region: str = HOME) -> tuple[str, str, bool | None]:
    """The status of the table, of an index, and whether it is backfilling."""
    described = world.describe(region)
    entry = next((one for one in described.get("GlobalSecondaryIndexes", []) if one["IndexName"] == name), {})
    return described["TableStatus"], entry.get("IndexStatus", "absent"), entry.get("Backfilling")


def states(world: World, name: str, seconds: int, region: str = HOME) -> list[tuple[str, str, bool | None]]:
    """Every change of that state within a time."""
    seen: list[tuple[str, str, bool | None]] = []
    for _ in range(seconds):
        if not seen or seen[-1] != state(world, name, region):
            seen.append(state(world, name, region))
        world.wait(1)
    return seen


def attributes(world: World, region: str = HOME) -> dict[str, str]:
    return {one["AttributeName"]: one["AttributeType"] for one in world.describe(region)["AttributeDefinitions"]}


def found(world: World, name: str, color: str, region: str = HOME) -> set[str]:
    """The ids that an index finds."""
    values = {":color": {"S": color}}
    query = {"KeyConditionExpression": "color = :color", "ExpressionAttributeValues": values}
    items = world.client(region).query(TableName=TABLE, IndexName=name, **query)["Items"]
    return {item["id"]["S"] for item in items}


def global_provisioned(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **ONE_UNIT)))
    world.scale_writes(f"table/{TABLE}")
    world.scale_writes(f"table/{TABLE}/index/first")
    world.add(EUROPE)


# A regional table


def test_148_a_new_index_backfills_for_minutes_while_the_table_is_active(world: World) -> None:
    world.create()
    answered = create(world, index("first"))
    assert answered["TableStatus"] == "UPDATING"
    assert answered["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"  # 165
    assert states(world, "first", 1010) == [
        ("UPDATING", "CREATING", False),
        ("ACTIVE", "CREATING", True),
        ("ACTIVE", "ACTIVE", None),
    ]


def test_148_an_index_takes_its_minutes_even_when_the_table_is_empty(world: World) -> None:
    world.create()
    create(world, index("first"))
    world.wait(durations.INDEX_ALLOCATED.low - 1)
    assert world.status() == "UPDATING"
    world.wait(durations.INDEX_ACTIVE.low - durations.INDEX_ALLOCATED.low)
    assert state(world, "first") == ("ACTIVE", "CREATING", True)


def test_148_indexes_made_with_their_table_are_active_with_it(world: World) -> None:
    arguments = {"TableName": TABLE, "KeySchema": keys("id"), "BillingMode": "PAY_PER_REQUEST"}
    world.client().create_table(**arguments, **with_indexes(index("first")))
    assert states(world, "first", 30) == [("CREATING", "CREATING", None), ("ACTIVE", "ACTIVE", None)]
    world.client().delete_table(TableName=TABLE)
    world.wait(10)
    world.client().create_table(**arguments, AttributeDefinitions=types("id"))
    world.wait(10)
    assert world.status() == "ACTIVE"


def test_148_an_index_is_gone_some_seconds_after_its_delete(world: World) -> None:
    world.create(**with_indexes(index("first")))
    assert delete(world, "first")["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    assert states(world, "first", 10) == [("UPDATING", "DELETING", None), ("ACTIVE", "absent", None)]


def test_149_an_index_cant_be_deleted_before_it_backfills(world: World) -> None:
    world.create()
    create(world, index("first"))
    assert_refused(IN_USE, "Index creation is in resource allocation phase.", delete, world, "first")
    world.wait(500)
    delete(world, "first")
    world.wait(6)
    assert state(world, "first")[1] == "absent"
    create(world, index("first"))
    world.wait(durations.INDEX_ACTIVE.high - 505)  # when the first one would have been ACTIVE at last
    assert state(world, "first")[1] == "CREATING"


def test_151_attributes_come_and_go_with_the_keys_that_use_them(world: World) -> None:
    world.create()
    create(world, index("first", "color", "size"))
    assert attributes(world) == {"color": "S", "id": "S", "size": "S"}
    world.wait(1010)
    create(world, index("second", "color"))
    world.wait(1010)
    delete(world, "first")
    world.wait(6)
    assert attributes(world) == {"color": "S", "id": "S"}


def test_125_attributes_and_projections_are_shown_sorted_and_indexes_as_they_came(world: World) -> None:
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["z", "a"]}
    definitions = types("id", "color", "age")
    indexes = [index("zebra"), index("antelope", "age", Projection=projection)]
    world.create(GlobalSecondaryIndexes=indexes, AttributeDefinitions=definitions)
    described = world.describe()
    assert [one["AttributeName"] for one in described["AttributeDefinitions"]] == ["age", "color", "id"]
    assert [one["IndexName"] for one in described["GlobalSecondaryIndexes"]] == ["zebra", "antelope"]
    assert described["GlobalSecondaryIndexes"][1]["Projection"]["NonKeyAttributes"] == ["a", "z"]


def test_150_a_table_isnt_deleted_while_an_index_comes_or_goes(world: World) -> None:
    world.create()
    text = "Cannot delete table while indexes are being created, updated, or deleted."
    create(world, index("first"))
    assert_refused(IN_USE, text, world.client().delete_table, TableName=TABLE)
    world.wait(100)
    assert_refused(IN_USE, text, world.client().delete_table, TableName=TABLE)
    world.wait(1010)
    delete(world, "first")
    assert_refused(IN_USE, text, world.client().delete_table, TableName=TABLE)
    world.wait(6)
    world.client().delete_table(TableName=TABLE)


def test_159_one_index_a_call_and_at_a_time(world: World) -> None:
    world.create(**with_indexes(index("first"), index("second")))
    two = [{"Create": index("third")}, {"Create": index("fourth")}]
    assert_refused(*ONE_AT_A_TIME, change_indexes, world, *two, AttributeDefinitions=types("color"))
    exchange = [{"Create": index("third")}, {"Delete": {"IndexName": "first"}}]
    assert_refused(*ONE_AT_A_TIME, change_indexes, world, *exchange, AttributeDefinitions=types("color"))
    create(world, index("third"))
    assert_refused(*ONE_AT_A_TIME, delete, world, "first")
    world.wait(100)
    assert_refused(*ONE_AT_A_TIME, create, world, index("fourth"))
    world.wait(1010)
    delete(world, "first")
    assert_refused(*ONE_AT_A_TIME, delete, world, "second")
    assert_refused(IN_USE, "Index is being deleted.", delete, world, "first")  # 163
    assert_refused(IN_USE, "Index is being deleted.", create, world, index("first"))  # 163


def test_159_several_indexes_change_their_capacity_in_one_call(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **ONE_UNIT), index("second", **ONE_UNIT)))
    updates = [{"Update": {"IndexName": name, **TWO_UNITS}} for name in ("first", "second")]
    answered = change_indexes(world, *updates)
    assert answered["TableStatus"] == "ACTIVE"
    for entry in answered["GlobalSecondaryIndexes"]:  # 165: still the old values
        assert (entry["IndexStatus"], entry["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("UPDATING", 1)
    assert_refused(IN_USE, "Index is being updated.", change_indexes, world, updates[0])
    world.wait(4)
    for entry in world.describe()["GlobalSecondaryIndexes"]:
        assert (entry["IndexStatus"], entry["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("ACTIVE", 2)


def test_159_an_index_changes_its_capacity_while_another_comes_or_goes(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **ONE_UNIT), index("second", **ONE_UNIT)))
    text = "Index is being created but is not backfilling yet."
    create(world, index("third", **ONE_UNIT))
    assert_refused(IN_USE, text, change_indexes, world, {"Update": {"IndexName": "third", **TWO_UNITS}})
    change_indexes(world, {"Update": {"IndexName": "first", **TWO_UNITS}})
    world.wait(1010)
    delete(world, "third")
    change_indexes(world, {"Update": {"IndexName": "second", **TWO_UNITS}})
    world.wait(10)
    throughputs = [entry["ProvisionedThroughput"] for entry in world.describe()["GlobalSecondaryIndexes"]]
    assert [one["ReadCapacityUnits"] for one in throughputs] == [2, 2]


def test_163_the_tables_capacity_and_stream_wait_until_the_index_backfills(world: World) -> None:
    world.create_provisioned()
    create(world, index("first", **ONE_UNIT))
    text = "Can't change table IOPS when an index is being created. Table: orders Indexes: [first]"
    assert_refused(IN_USE, text, world.update, **TWO_UNITS)
    stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
    assert_refused(IN_USE, "Can't change stream status when an index is being created", world.update, **stream)
    world.wait(60)
    world.update(**TWO_UNITS)
    world.update(DeletionProtectionEnabled=True)
    world.set_time_to_live("expires")


def test_376_while_an_index_goes_the_tables_capacity_stays(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **ONE_UNIT)))
    delete(world, "first")
    text = "Can't change table IOPS when an index is being deleted. Table: orders Indexes: [first]"
    assert_refused(IN_USE, text, world.update, **TWO_UNITS)
    assert_refused(IN_USE, text, world.update, BillingMode="PAY_PER_REQUEST")
    both = {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "first", **TWO_UNITS}}], **TWO_UNITS}
    assert_refused(IN_USE, "Index is being deleted.", world.update, **both)
    world.update(DeletionProtectionEnabled=True)


def test_166_deletion_protection_doesnt_protect_indexes(world: World) -> None:
    world.create(**with_indexes(index("first")), DeletionProtectionEnabled=True)
    delete(world, "first")
    world.wait(6)
    assert state(world, "first")[1] == "absent"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (TWO_UNITS, "You cannot create or delete index while updating table IOPS"),
        (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
            "You cannot create or delete index while changing stream status",
        ),
        ({"DeletionProtectionEnabled": True}, "DeletionProtection modification must be the only operation"),
        ({"TableClass": "STANDARD_INFREQUENT_ACCESS"}, "TableClass modification must be the only operation"),
    ],
    ids=["capacity", "stream", "protection", "class"],
)
def test_174_a_new_index_shares_no_call_with_other_changes(world: World, change: dict, refusal: str) -> None:
    world.create_provisioned()
    assert_refused("ValidationException", refusal, create, world, index("first", **ONE_UNIT), **change)


def test_174_a_new_index_goes_with_the_switch_to_on_demand_and_with_updates_of_others(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **ONE_UNIT)))
    updates = [{"Create": index("second", **ONE_UNIT)}, {"Update": {"IndexName": "first", **TWO_UNITS}}]
    change_indexes(world, *updates, AttributeDefinitions=types("color"))
    world.wait(1010)
    create(world, index("third"), BillingMode="PAY_PER_REQUEST")
    world.wait(120)
    assert world.status() == "UPDATING"
    world.wait(60)
    assert (world.status(), state(world, "third")[1]) == ("ACTIVE", "CREATING")
    assert world.describe()["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (TWO_UNITS, "Can't create or delete indexes while table IOPS are being updated. Table: orders"),
        (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
            "Can't create or delete an index when stream status is being updated.",
        ),
        (
            {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
            "Can't create or delete an index when a table class update is in progress.",
        ),
    ],
    ids=["capacity", "stream", "class"],
)
def test_175_a_new_index_waits_for_what_goes_on(world: World, change: dict, refusal: str) -> None:
    world.create_provisioned()
    world.update(**change)
    assert_refused(IN_USE, refusal, create, world, index("first", **ONE_UNIT))
    world.wait(10)
    world.update(DeletionProtectionEnabled=True)
    create(world, index("first", **ONE_UNIT))


# What is refused


@pytest.mark.parametrize(
    ("updates", "refusal"),
    [
        ([{}], "must not be null"),
        ([{"Update": {"IndexName": "first", **TWO_UNITS}, "Delete": {"IndexName": "first"}}], "Only one global"),
        ([{"Delete": {"IndexName": "first"}}, {"Create": index("first")}], "Only one global secondary index update"),
    ],
    ids=["nothing", "two in one", "one twice"],
)
def test_160_one_action_an_entry_and_one_entry_an_index(world: World, updates: list, refusal: str) -> None:
    world.create(**with_indexes(index("first")))
    assert_refused("ValidationException", refusal, change_indexes, world, *updates)


def test_359_an_empty_list_is_no_change_and_beside_another_change_refused(world: World) -> None:
    world.create()
    assert_refused("ValidationException", "At least one of ProvisionedThroughput", change_indexes, world)
    definitions = {"AttributeDefinitions": types("id")}
    assert_refused("ValidationException", "At least one of", change_indexes, world, **definitions)
    text = "List of GlobalSecondaryIndexUpdates is empty"
    assert_refused("ValidationException", text, change_indexes, world, BillingMode="PAY_PER_REQUEST")


def test_162_a_new_index_wants_definitions_of_its_new_attributes_only(world: World) -> None:
    world.create(**with_indexes(index("first")))
    text = "AttributeDefinitions is not specified for index: second"
    assert_refused("ValidationException", text, change_indexes, world, {"Create": index("second")})
    missing = {"AttributeDefinitions": types("size")}
    text = "Some index key attributes are not defined in AttributeDefinitions. Keys: [shape]"
    assert_refused("ValidationException", text, create, world, index("second", "size", "shape"), **missing)
    create(world, index("second", "color", "size"), AttributeDefinitions=types("size", "unused"))
    assert attributes(world) == {"color": "S", "id": "S", "size": "S"}


def test_162_definitions_are_ignored_beside_other_changes(world: World) -> None:
    world.create(**with_indexes(index("first")))
    definitions = types("id", kind="N") + types("unused")
    world.update(DeletionProtectionEnabled=True, AttributeDefinitions=definitions)
    change_indexes(world, {"Delete": {"IndexName": "first"}}, AttributeDefinitions=definitions)
    world.wait(6)
    assert attributes(world) == {"id": "S"}


def test_an_index_that_gives_an_attribute_another_type_is_not_simulated(world: World) -> None:
    world.create(**with_indexes(index("first")))
    text = "The simulator does not implement an index that gives the attribute color another type"
    other_type = {"AttributeDefinitions": types("color", kind="N")}
    assert_refused("ValidationException", text, create, world, index("second"), **other_type)


def test_375_an_unknown_index_is_not_found(world: World) -> None:
    world.create_provisioned()
    text = f"Requested resource not found: Index first for table {TABLE}"
    assert_refused("ResourceNotFoundException", text, delete, world, "first")
    update = {"Update": {"IndexName": "first", **TWO_UNITS}}
    assert_refused("ResourceNotFoundException", text, change_indexes, world, update)


def test_an_index_that_is_there_isnt_created_again(world: World) -> None:
    world.create(**with_indexes(index("first")))
    text = "Attempting to create an index which already exists"
    assert_refused("ValidationException", text, create, world, index("first"))


def test_152_a_new_index_has_capacity_exactly_when_its_table_has(world: World) -> None:
    world.create_provisioned()
    text = "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: first"
    assert_refused("ValidationException", text, create, world, index("first"))
    world.update(BillingMode="PAY_PER_REQUEST")
    world.wait(180)
    text = "ProvisionedThroughput should not be specified for index: first when BillingMode is PAY_PER_REQUEST"
    assert_refused("ValidationException", text, create, world, index("first", **ONE_UNIT))


def test_152_on_demand_an_index_takes_no_capacity(world: World) -> None:
    world.create(**with_indexes(index("first")))
    text = "The only Updates for index: first when TableThroughputMode is PAY_PER_REQUEST can be to"
    update = {"Update": {"IndexName": "first", **TWO_UNITS}}
    assert_refused("ValidationException", text, change_indexes, world, update)


def test_164_unchanged_capacity_of_an_index_is_refused(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **ONE_UNIT)))
    text = "The provisioned throughput for the index first will not change."
    update = {"Update": {"IndexName": "first", **ONE_UNIT}}
    assert_refused("ValidationException", text, change_indexes, world, update)


def test_169_a_table_has_20_indexes_at_most(world: World) -> None:
    twenty = [index(f"index-{number}") for number in range(20)]
    text = "GlobalSecondaryIndex count exceeds the per-table limit of 20"
    assert_refused("ValidationException", text, world.create, **with_indexes(*twenty, index("another")))
    world.create(**with_indexes(*twenty))
    text = "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20"
    assert_refused("LimitExceededException", text, create, world, index("another"))


@pytest.mark.parametrize(
    ("schema", "refusal"),
    [
        (keys(*"abcde"), "exceeds the maximum allowed number of HASH key attributes"),
        (keys("a", sort=tuple("bcdef")), "exceeds the maximum allowed number of RANGE key attributes"),
        ([*keys("a", sort=("b",)), *keys("c")], "All HASH key attributes must precede RANGE key attributes"),
        (keys("a", "a"), "contains multiple key attributes with the same name"),
        (keys(sort=("a",)), "The first KeySchemaElement is not a HASH key type"),
    ],
    ids=["hashes", "ranges", "mixed", "twice", "no hash"],
)
def test_123_keys_an_index_cant_have(world: World, schema: list, refusal: str) -> None:
    world.create()
    new = {**index("first"), "KeySchema": schema}
    assert_refused("ValidationException", refusal, create, world, new, AttributeDefinitions=types(*"abcdef"))
    used = {key["AttributeName"] for key in schema} | {"id"}
    at_creation = {"GlobalSecondaryIndexes": [new], "AttributeDefinitions": types(*used), "TableName": "another"}
    assert_refused("ValidationException", refusal, world.create, **at_creation)


@pytest.mark.parametrize(
    ("projection", "refusal"),
    [
        ({"ProjectionType": "INCLUDE"}, "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
        ({"ProjectionType": "ALL", "NonKeyAttributes": ["a"]}, "ProjectionType is ALL, but NonKeyAttributes is"),
        ({}, "Unknown ProjectionType: null"),
        ({"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "a"]}, "Duplicate element in NonKeyAttributes: a"),
    ],
    ids=["include", "all", "none", "twice"],
)
def test_126_projections_an_index_cant_have(world: World, projection: dict, refusal: str) -> None:
    world.create()
    assert_refused("ValidationException", refusal, create, world, index("first", Projection=projection))


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        ({"AttributeDefinitions": types("id", "extra")}, "Number of attributes in KeySchema does not exactly match"),
        (with_indexes(index("first")) | {"AttributeDefinitions": types("id", "color", "x")}, "are not used"),
        (with_indexes(index("first", "size")) | {"AttributeDefinitions": types("id")}, "Keys: [size]"),
        ({"AttributeDefinitions": types("id", "id")}, "Attribute Name is duplicated: id"),
        (with_indexes(index("first"), index("first")), "Duplicate index name: first"),
        ({"KeySchema": keys("id", "x"), "AttributeDefinitions": types("id", "x")}, "second KeySchemaElement is not"),
        (
            {"LocalSecondaryIndexes": [index("local", "id")], "AttributeDefinitions": types("id")},
            "Table KeySchema does not have a range key",
        ),
    ],
    ids=["extra", "unused", "undefined", "twice", "index twice", "two hashes", "local"],
)
def test_127_129_a_table_that_isnt_created(world: World, settings: dict, refusal: str) -> None:
    assert_refused("ValidationException", refusal, world.create, **settings)
    assert world.status() == "absent"


# What an index finds


def test_an_index_is_read_once_it_is_filled(world: World) -> None:
    world.create()
    world.put("one", color="red")
    text = "The table does not have the specified index: first"
    assert_refused("ValidationException", text, found, world, "first", "red")
    create(world, index("first"))
    world.put("two", color="red")
    world.wait(100)
    text = "Cannot read from backfilling global secondary index: first"
    assert_refused("ValidationException", text, found, world, "first", "red")
    scan = {"TableName": TABLE, "IndexName": "first"}
    assert_refused("ValidationException", text, world.client().scan, **scan)
    world.wait(1010)
    assert found(world, "first", "red") == {"one", "two"}
    assert world.client().scan(**scan)["Count"] == 2
    delete(world, "first")
    text = "The table does not have the specified index: first"
    assert_refused("ValidationException", text, found, world, "first", "red")


def test_123_an_index_of_four_and_four_keys_holds_items_that_have_them_all(world: World) -> None:
    world.create()
    hashes, ranges = tuple("abcd"), tuple("efgh")
    new = index("first") | {"KeySchema": keys(*hashes, sort=ranges)}
    create(world, new)
    world.wait(1010)
    assert world.describe()["GlobalSecondaryIndexes"][0]["KeySchema"] == new["KeySchema"]
    world.put("all", **{name: "1" for name in "abcdefgh"})
    world.put("later", **{name: "1" for name in "abcde"} | {name: "2" for name in "fgh"})
    for number, left_out in enumerate("abcdefgh"):
        world.put(f"lacks-{number}", **{name: "1" for name in "abcdefgh" if name != left_out})
    values = {":one": {"S": "1"}}
    condition = " AND ".join(f"{name} = :one" for name in "abcd")
    query = {"TableName": TABLE, "IndexName": "first", "ExpressionAttributeValues": values}
    page = world.client().query(**query, KeyConditionExpression=condition, Limit=1)
    assert [item["id"]["S"] for item in page["Items"]] == ["all"]
    rest = world.client().query(**query, KeyConditionExpression=condition, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert [item["id"]["S"] for item in rest["Items"]] == ["later"]
    both = world.client().query(**query, KeyConditionExpression=f"{condition} AND e = :one AND f > :one")
    assert [item["id"]["S"] for item in both["Items"]] == ["later"]
    assert world.client().scan(TableName=TABLE, IndexName="first")["Count"] == 2
    without_d = " AND ".join(f"{name} = :one" for name in "abc")
    assert_refused("ValidationException", "", world.client().query, **query, KeyConditionExpression=without_d)


# A global table


@pytest.mark.parametrize(("region", "other"), [(HOME, EUROPE), (EUROPE, HOME)])
def test_296_an_index_made_in_any_region_is_made_in_all(world: World, region: str, other: str) -> None:
    world.create_global(EUROPE)
    assert "GlobalSecondaryIndexes" not in create(world, index("first"), region)
    world.wait(33)
    for member in (region, other):
        assert state(world, "first", member) == ("UPDATING", "CREATING", False)
    world.wait(60)
    for member in (region, other):
        assert state(world, "first", member) == ("ACTIVE", "CREATING", True)
    assert set(world.describe(region)["Replicas"][0]["GlobalSecondaryIndexes"][0]) == {"IndexName", "WarmThroughput"}
    world.wait(490)
    assert state(world, "first", region) == state(world, "first", other) == ("ACTIVE", "ACTIVE", None)
    assert attributes(world, other) == {"color": "S", "id": "S"}


def test_296_each_region_fills_its_index_by_itself(world: World) -> None:
    world.create_global(EUROPE)
    create(world, index("first"))
    seen = set()
    for _ in range(600):
        seen.add((state(world, "first")[1], state(world, "first", EUROPE)[1]))
        world.wait(1)
    assert seen & {("ACTIVE", "CREATING"), ("CREATING", "ACTIVE")}


def test_296_another_index_waits_until_every_region_has_filled_the_first(world: World) -> None:
    world.create_global(EUROPE)
    create(world, index("first"))
    while (done := [state(world, "first", region)[1] for region in (HOME, EUROPE)]).count("ACTIVE") != 1:
        world.wait(0.5)
    assert sorted(done) == ["ACTIVE", "CREATING"]
    for region in (HOME, EUROPE):
        assert_refused(*ONE_AT_A_TIME, create, world, index("second"), region)
    world.wait(40)
    create(world, index("second"))


def test_296_an_index_deleted_in_any_region_is_deleted_in_all(world: World) -> None:
    world.create_global(EUROPE, **with_indexes(index("first")))
    delete(world, "first", EUROPE)
    world.wait(33)
    assert state(world, "first") == state(world, "first", EUROPE) == ("UPDATING", "DELETING", None)
    world.wait(7)
    assert state(world, "first") == state(world, "first", EUROPE) == ("ACTIVE", "absent", None)
    assert attributes(world, EUROPE) == {"id": "S"}


def test_296_members_neither_come_nor_go_while_an_index_is_made(world: World) -> None:
    world.create_global(EUROPE)
    create(world, index("first"))
    for seconds in (0, 60, 60):
        world.wait(seconds)
        for action, region in (("Create", "ap-southeast-2"), ("Delete", EUROPE)):
            assert_refused(IN_USE, "", world.change_replica, action, region)
        override = {"TableClassOverride": "STANDARD_INFREQUENT_ACCESS"}
        assert_refused(IN_USE, "", world.change_replica, "Update", EUROPE, **override)
    assert_refused(*ONE_AT_A_TIME, create, world, index("second"), EUROPE)


def test_296_a_global_index_finds_replicated_items_in_every_region(world: World) -> None:
    world.create_global(EUROPE)
    create(world, index("first"))
    world.wait(600)
    world.put("one", color="red")
    world.put("two", EUROPE, color="red")
    world.wait(30)
    assert found(world, "first", "red") == found(world, "first", "red", EUROPE) == {"one", "two"}


def test_a_new_replica_has_the_indexes_of_its_source(world: World) -> None:
    world.create(**with_indexes(index("first")))
    world.change_replica("Create", EUROPE)
    world.wait(12)
    assert state(world, "first", EUROPE) == ("CREATING", "CREATING", None)
    world.wait(60)
    assert state(world, "first", EUROPE) == ("ACTIVE", "ACTIVE", None)


def test_322_writes_of_an_index_added_to_a_provisioned_global_table_scale_by_themselves(world: World) -> None:
    global_provisioned(world)
    create(world, index("second", **ONE_UNIT))
    world.wait(600)
    assert f"table/{TABLE}/index/second" in world.scaled(HOME) & world.scaled(EUROPE)


def test_291_an_index_whose_writes_dont_scale_lets_no_index_come_or_go(world: World) -> None:
    global_provisioned(world)
    world.client(HOME, "application-autoscaling").delete_scaling_policy(
        PolicyName="writes",
        ServiceNamespace="dynamodb",
        ResourceId=f"table/{TABLE}/index/first",
        ScalableDimension="dynamodb:index:WriteCapacityUnits",
    )
    text = "GSI write capacity should either be Pay-Per-Request or AutoScaled."
    assert_refused("ValidationException", text, create, world, index("second", **ONE_UNIT))


def test_292_scaling_of_an_index_stays_when_the_index_goes(world: World) -> None:
    global_provisioned(world)
    delete(world, "first")
    world.wait(40)
    assert f"table/{TABLE}/index/first" in world.scaled(HOME) & world.scaled(EUROPE)

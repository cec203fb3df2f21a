# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which settings follow a table, and what changing them takes (AWS_FACTS sections 1 and 4)."""

from __future__ import annotations

import pytest
from world import EUROPE, HOME, TABLE, World, assert_refused

IN_USE = ("ResourceInUseException", "The resource which you are attempting to change is in use.")
INFREQUENT = "STANDARD_INFREQUENT_ACCESS"
SCHEMA = [{"AttributeName": "id", "KeyType": "HASH"}]
STREAM = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}


def stream_type(world: World, region: str = HOME) -> str | None:
    return world.describe(region).get("StreamSpecification", {}).get("StreamViewType")


def with_index(**capacity: int) -> dict:
    index = {"IndexName": "by_id", "KeySchema": SCHEMA, "Projection": {"ProjectionType": "ALL"}}
    return {"GlobalSecondaryIndexes": [index | ({"ProvisionedThroughput": capacity} if capacity else {})]}


def units(world: World, region: str = HOME) -> tuple[int, int]:
    throughput = world.describe(region)["ProvisionedThroughput"]
    return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]


def provisioned(read: int, write: int) -> dict:
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}


def global_provisioned(world: World, **settings: object) -> None:
    world.create_provisioned(**settings)
    world.scale_writes(f"table/{TABLE}")
    if settings:
        world.scale_writes(f"table/{TABLE}/index/by_id")
    world.add(EUROPE)


# Streams


def test_221_a_stream_is_turned_on_with_the_first_replica_and_stays(world: World) -> None:
    world.create()
    answered = world.change_replica("Create", EUROPE)
    assert answered["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    world.wait(60)
    assert stream_type(world, EUROPE) == "NEW_AND_OLD_IMAGES"
    world.change_replica("Delete", EUROPE)
    world.wait(400)
    assert stream_type(world) == "NEW_AND_OLD_IMAGES"


@pytest.mark.parametrize("view_type", ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE"])
def test_305_other_view_types_are_kept_and_copied_and_replicate(world: World, view_type: str) -> None:
    world.create(StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type})
    label = world.describe()["LatestStreamLabel"]
    world.add(EUROPE)
    assert (stream_type(world), stream_type(world, EUROPE)) == (view_type, view_type)
    assert world.describe()["LatestStreamLabel"] == label
    world.put("one", color="red")
    world.put("two", EUROPE)
    world.wait(30)
    assert world.get("one", EUROPE) == {"id": "one", "color": "red"}
    world.delete("two")
    world.wait(30)
    assert world.get("two", EUROPE) is None


def test_305_a_disabled_stream_is_enabled_under_a_new_label(world: World) -> None:
    world.create(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    label = world.describe()["LatestStreamLabel"]
    world.update(StreamSpecification={"StreamEnabled": False})
    world.wait(10)
    assert (stream_type(world), world.describe()["LatestStreamLabel"]) == (None, label)
    world.put("without a stream")
    world.add(EUROPE)
    assert stream_type(world) == "NEW_AND_OLD_IMAGES"
    assert world.describe()["LatestStreamLabel"] != label
    assert world.get("without a stream", EUROPE)


@pytest.mark.parametrize("region", [HOME, EUROPE])
def test_222_with_replicas_a_stream_cant_be_changed_anywhere(world: World, region: str) -> None:
    world.create_global(EUROPE)
    text = "Disabling Stream is not allowed for a Global Table replica."
    disable = {"StreamEnabled": False}
    assert_refused("ValidationException", text, world.update, region, StreamSpecification=disable)
    for view_type in ("KEYS_ONLY", "NEW_AND_OLD_IMAGES"):
        other = {"StreamEnabled": True, "StreamViewType": view_type}
        text = f"Table already has an enabled stream: TableName: {TABLE}"
        assert_refused("ValidationException", text, world.update, region, StreamSpecification=other)


def test_222_a_stream_can_be_disabled_the_moment_the_last_replica_is_unlisted(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Delete", EUROPE)
    while world.replicas():
        world.wait(1)
    world.update(StreamSpecification={"StreamEnabled": False})
    world.wait(10)
    assert stream_type(world) is None


def test_437_a_stream_that_isnt_there_cant_be_disabled(world: World) -> None:
    world.create()
    disable = {"StreamEnabled": False}
    assert_refused("ValidationException", "Table has no stream to disable", world.update, StreamSpecification=disable)
    text = "UpdateViewType is required"
    assert_refused("ValidationException", text, world.update, StreamSpecification={"StreamEnabled": True})


@pytest.mark.parametrize(
    ("stream", "refusal"),
    [
        ({"StreamEnabled": True}, "If stream is being enabled then UpdateViewType is required"),
        (
            {"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"},
            "If stream is being disabled, then UpdateViewType must not be specified",
        ),
    ],
    ids=["enabled", "disabled"],
)
def test_035_050_a_view_type_goes_with_an_enabled_stream_only(world: World, stream: dict, refusal: str) -> None:
    text = "Table is being created with a stream"
    assert_refused("ValidationException", text, world.create, StreamSpecification=stream)
    settings = {} if stream["StreamEnabled"] else {"StreamSpecification": STREAM}
    world.create(**settings)
    assert_refused("ValidationException", refusal, world.update, StreamSpecification=stream)


def test_119_while_a_stream_changes_class_maximums_and_deletion_wait(world: World) -> None:
    world.create()
    world.update(StreamSpecification=STREAM)
    text = "Can't update table class when stream status is being updated."
    assert_refused(IN_USE[0], text, world.update, TableClass=INFREQUENT)
    text = "OnDemandThroughput cannot be updated while stream status update is in progress"
    assert_refused(IN_USE[0], text, world.update, OnDemandThroughput={"MaxReadRequestUnits": 1})
    text = "Cannot delete table while stream is being enabled/disabled."
    assert_refused(IN_USE[0], text, world.client().delete_table, TableName=TABLE)
    world.update(DeletionProtectionEnabled=True)
    world.update(WarmThroughput={"ReadUnitsPerSecond": 13000})


@pytest.mark.parametrize(
    ("setting", "member"),
    [
        ({"BillingMode": "ON_DEMAND"}, "billingMode"),
        ({"TableClass": "COLD"}, "tableClass"),
        ({"SSESpecification": {"Enabled": True, "SSEType": "kms"}}, "sSESpecification.SSEType"),
        ({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "ALL"}}, "streamSpecification"),
    ],
    ids=["billing", "class", "encryption", "stream"],
)
def test_040_a_value_that_an_enumeration_doesnt_have(world: World, setting: dict, member: str) -> None:
    assert_refused("ValidationException", member, world.create, **setting)
    world.create()
    assert_refused("ValidationException", member, world.update, **setting)


# One concern a call


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"TableClass": INFREQUENT, "DeletionProtectionEnabled": True}, "TableClass modification must be the only"),
        ({"DeletionProtectionEnabled": True, "BillingMode": "PAY_PER_REQUEST"}, "DeletionProtection modification must"),
        (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}, **provisioned(1, 1)},
            "You cannot modify stream status while updating table IOPS",
        ),
        ({}, "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled"),
    ],
    ids=["class", "protection", "stream", "nothing"],
)
def test_433_an_update_has_one_concern(world: World, change: dict, text: str) -> None:
    world.create_provisioned()
    assert_refused("ValidationException", text, world.update, **change)


def test_433_on_demand_and_a_stream_go_together(world: World) -> None:
    world.create_provisioned()
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    world.update(BillingMode="PAY_PER_REQUEST", StreamSpecification=stream)
    world.wait(180)
    assert world.describe()["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert stream_type(world) == "KEYS_ONLY"


# Capacity


def test_188_provisioned_needs_a_write_target_and_a_policy(world: World) -> None:
    world.create_provisioned()
    text = "Table write capacity should either be Pay-Per-Request or AutoScaled."
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)
    world.scale_writes(f"table/{TABLE}", policy=False)
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)
    world.scale_writes(f"table/{TABLE}")
    world.add(EUROPE)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_288_and_so_does_every_index(world: World) -> None:
    world.create_provisioned(**with_index(ReadCapacityUnits=1, WriteCapacityUnits=1))
    world.scale_writes(f"table/{TABLE}")
    text = "GSI write capacity should either be Pay-Per-Request or AutoScaled."
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)
    world.scale_writes(f"table/{TABLE}/index/by_id")
    world.add(EUROPE)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_194_write_targets_are_mirrored_into_the_new_region(world: World) -> None:
    global_provisioned(world, **with_index(ReadCapacityUnits=1, WriteCapacityUnits=1))
    assert world.scaled(EUROPE) == {f"table/{TABLE}", f"table/{TABLE}/index/by_id"}


@pytest.mark.parametrize("region", [HOME, EUROPE])
def test_251_capacity_changed_in_any_region_changes_in_all(world: World, region: str) -> None:
    global_provisioned(world)
    world.update(region, **provisioned(7, 10))
    world.wait(33)
    assert (world.status(), units(world)) == ("UPDATING", (5, 5))
    world.wait(7)
    assert (units(world), units(world, EUROPE)) == ((7, 10), (7, 10))
    assert "ProvisionedThroughputOverride" not in world.describe()["Replicas"][0]


def test_251_the_billing_mode_changes_in_all_regions(world: World) -> None:
    global_provisioned(world)
    world.update(BillingMode="PAY_PER_REQUEST")
    world.wait(180)
    assert world.describe(EUROPE)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_188_a_global_table_becomes_provisioned_only_with_write_scaling(world: World) -> None:
    world.create_global(EUROPE)
    to_provisioned = {"BillingMode": "PROVISIONED", **provisioned(2, 2)}
    text = "Table write capacity should either be Pay-Per-Request or AutoScaled."
    assert_refused("ValidationException", text, world.update, **to_provisioned)
    world.scale_writes(f"table/{TABLE}")
    world.update(**to_provisioned)
    world.wait(100)
    assert (units(world), units(world, EUROPE)) == ((2, 2), (2, 2))


def test_056_on_demand_becomes_provisioned_with_capacity_for_every_index(world: World) -> None:
    world.create(**with_index())
    text = "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"
    assert_refused("ValidationException", text, world.update, BillingMode="PROVISIONED")
    to_provisioned = {"BillingMode": "PROVISIONED", **provisioned(2, 2)}
    assert_refused("ValidationException", "for index: by_id", world.update, **to_provisioned)
    index = {"IndexName": "by_id", **provisioned(1, 1)}
    world.update(**to_provisioned, GlobalSecondaryIndexUpdates=[{"Update": index}])
    world.wait(59)
    assert world.status() == "UPDATING"
    world.wait(40)
    assert (world.status(), units(world)) == ("ACTIVE", (2, 2))
    assert world.describe()["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 1


def test_057_unchanged_capacity_is_refused(world: World) -> None:
    world.create_provisioned()
    text = "The provisioned throughput for the table will not change."
    assert_refused("ValidationException", text, world.update, **provisioned(5, 5))


def test_057_on_demand_sent_again_changes_nothing(world: World) -> None:
    world.create()
    world.update(BillingMode="PAY_PER_REQUEST")
    assert world.status() == "ACTIVE"


def test_156_177_what_changes_nothing_answers_that_it_updates(world: World) -> None:
    world.create(TableClass=INFREQUENT)
    for change in ({"BillingMode": "PAY_PER_REQUEST"}, {"TableClass": INFREQUENT}):
        assert world.update(**change)["TableStatus"] == "UPDATING"
        assert world.status() == "ACTIVE"


def test_250_an_unchanged_override_of_reads_takes_as_long(world: World) -> None:
    global_provisioned(world)
    for _ in range(2):
        world.change_replica("Update", EUROPE, ProvisionedThroughputOverride={"ReadCapacityUnits": 10})
        world.wait(33)
        assert world.status() == "UPDATING"
        world.wait(7)
        assert world.describe()["Replicas"][0]["ProvisionedThroughputOverride"] == {"ReadCapacityUnits": 10}


def test_250_a_read_override_is_shown_until_it_equals_the_table(world: World) -> None:
    global_provisioned(world)
    answered = world.change_replica("Update", EUROPE, ProvisionedThroughputOverride={"ReadCapacityUnits": 10})
    assert "ProvisionedThroughputOverride" not in answered["Replicas"][0]
    assert world.status() == "UPDATING"
    world.wait(40)
    assert world.describe()["Replicas"][0]["ProvisionedThroughputOverride"] == {"ReadCapacityUnits": 10}
    assert (units(world), units(world, EUROPE)) == ((5, 5), (10, 5))
    world.change_replica("Update", EUROPE, ProvisionedThroughputOverride={"ReadCapacityUnits": 5})
    world.wait(40)
    assert "ProvisionedThroughputOverride" not in world.describe()["Replicas"][0]
    assert units(world, EUROPE) == (5, 5)


def test_252_an_index_override_is_kept_until_it_equals_the_index(world: World) -> None:
    global_provisioned(world, **with_index(ReadCapacityUnits=1, WriteCapacityUnits=1))
    for read, shown in ((6, {"ReadCapacityUnits": 6}), (1, None)):
        override = {"IndexName": "by_id", "ProvisionedThroughputOverride": {"ReadCapacityUnits": read}}
        world.change_replica("Update", EUROPE, GlobalSecondaryIndexes=[override])
        world.wait(40)
        entry = world.describe()["Replicas"][0]["GlobalSecondaryIndexes"][0]
        assert entry.get("ProvisionedThroughputOverride") == shown
        index = world.describe(EUROPE)["GlobalSecondaryIndexes"][0]
        assert index["ProvisionedThroughput"]["ReadCapacityUnits"] == read


# Table class


def test_294_an_override_of_the_class_is_shown_by_the_replica_and_its_entry(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Update", EUROPE, TableClassOverride=INFREQUENT)
    world.wait(33)
    assert world.status() == "UPDATING"
    world.wait(7)
    assert world.describe()["Replicas"][0]["ReplicaTableClassSummary"]["TableClass"] == INFREQUENT
    assert world.describe(EUROPE)["TableClassSummary"]["TableClass"] == INFREQUENT
    assert "TableClassSummary" not in world.describe()


def test_294_an_unchanged_override_takes_as_long(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Update", EUROPE, TableClassOverride="STANDARD")
    world.wait(33)
    assert world.status() == "UPDATING"
    world.wait(7)
    assert world.describe()["Replicas"][0]["ReplicaTableClassSummary"]["TableClass"] == "STANDARD"


def test_294_a_change_of_class_reaches_every_region_and_spends_its_budget(world: World) -> None:
    world.create_global(EUROPE)
    for table_class in (INFREQUENT, "STANDARD"):
        world.update(TableClass=table_class)
        world.wait(40)
        assert world.describe(EUROPE)["TableClassSummary"]["TableClass"] == table_class
    text = "Updates to TableClass are limited to 2 times in 30 day(s)"
    assert_refused("LimitExceededException", text, world.update, EUROPE, TableClass=INFREQUENT)
    text = f"Limit exceeded for replica in {EUROPE}."
    override = {"TableClassOverride": INFREQUENT}
    assert_refused("LimitExceededException", text, world.change_replica, "Update", EUROPE, **override)
    world.wait(30 * 24 * 3600)
    world.update(TableClass=INFREQUENT)


def test_283_the_default_class_on_a_table_that_never_had_another_is_free(world: World) -> None:
    world.create()
    world.update(TableClass="STANDARD")
    assert world.status() == "ACTIVE"
    assert "TableClassSummary" not in world.describe()


def test_283_a_regional_table_changes_its_class_twice_and_then_not_even_to_what_it_is(world: World) -> None:
    world.create()
    for table_class in (INFREQUENT, INFREQUENT, "STANDARD"):  # sent again, it doesn't count
        world.update(TableClass=table_class)
        world.wait(7)
        assert world.describe()["TableClassSummary"]["TableClass"] == table_class
    text = "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s)."
    for table_class in (INFREQUENT, "STANDARD"):
        assert_refused("LimitExceededException", text, world.update, TableClass=table_class)


def test_286_while_the_class_changes_neither_class_nor_stream_nor_maximums_do(world: World) -> None:
    world.create()
    world.update(TableClass=INFREQUENT)
    for change, text in (
        ({"TableClass": "STANDARD"}, "Can't update table class when a table class update is in progress."),
        ({"StreamSpecification": STREAM}, "Can't change stream status when a table class update is in progress."),
        ({"OnDemandThroughput": {"MaxReadRequestUnits": 1}}, "while TableClass update is in progress"),
    ):
        assert_refused(IN_USE[0], text, world.update, **change)
    world.update(SSESpecification={"Enabled": True})
    world.update(DeletionProtectionEnabled=True)
    world.set_time_to_live("expires")


def test_026_a_class_set_at_creation_is_shown_and_copied(world: World) -> None:
    world.create_global(EUROPE, TableClass=INFREQUENT)
    for region in (HOME, EUROPE):
        assert world.describe(region)["TableClassSummary"]["TableClass"] == INFREQUENT


# Keys and indexes


def test_d_a_new_replica_has_the_keys_and_indexes_of_its_source(world: World) -> None:
    sort = {"AttributeName": "made", "KeyType": "RANGE"}
    local = {"IndexName": "local", "KeySchema": [*SCHEMA, {"AttributeName": "color", "KeyType": "RANGE"}]}
    included = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["size"]}
    types = (("id", "S"), ("made", "N"), ("color", "B"))
    world.create(
        KeySchema=[*SCHEMA, sort],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in types],
        LocalSecondaryIndexes=[{**local, "Projection": included}],
        GlobalSecondaryIndexes=[
            {"IndexName": "by_made", "KeySchema": [{**sort, "KeyType": "HASH"}], "Projection": included}
        ],
    )
    world.add(EUROPE)
    home, europe = world.describe(), world.describe(EUROPE)
    for member in ("KeySchema", "AttributeDefinitions", "LocalSecondaryIndexes"):
        assert home[member] == europe[member]
    for member in ("IndexName", "KeySchema", "Projection", "IndexStatus"):
        assert home["GlobalSecondaryIndexes"][0][member] == europe["GlobalSecondaryIndexes"][0][member]


# Regional settings


def test_230_tags_recovery_and_protection_are_not_copied(world: World) -> None:
    world.create(Tags=[{"Key": "team", "Value": "a"}], DeletionProtectionEnabled=True)
    recovery = {"PointInTimeRecoveryEnabled": True}
    world.client().update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=recovery)
    world.add(EUROPE)
    europe = world.client(EUROPE)
    assert europe.list_tags_of_resource(ResourceArn=world.describe(EUROPE)["TableArn"])["Tags"] == []
    backups = europe.describe_continuous_backups(TableName=TABLE)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    assert world.describe(EUROPE)["DeletionProtectionEnabled"] is False
    europe.tag_resource(ResourceArn=world.describe(EUROPE)["TableArn"], Tags=[{"Key": "team", "Value": "b"}])
    tags = world.client().list_tags_of_resource(ResourceArn=world.describe()["TableArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "a"}]


def test_017_on_a_regional_table_protection_changes_at_once(world: World) -> None:
    world.create()
    assert world.update(DeletionProtectionEnabled=True)["TableStatus"] == "ACTIVE"
    assert world.describe()["DeletionProtectionEnabled"] is True
    world.update(DeletionProtectionEnabled=True)
    text = f"Deletion protection setting for table {TABLE} modified within the previous 15000 milliseconds."
    assert_refused("ThrottlingException", text, world.update, DeletionProtectionEnabled=False)
    world.wait(15)
    world.update(DeletionProtectionEnabled=False)


def test_002_a_table_that_is_creating_takes_no_change(world: World) -> None:
    types = [{"AttributeName": "id", "AttributeType": "S"}]
    create = {"TableName": TABLE, "KeySchema": SCHEMA, "AttributeDefinitions": types, "BillingMode": "PAY_PER_REQUEST"}
    world.client().create_table(**create)
    assert_refused(*IN_USE, world.update, DeletionProtectionEnabled=True)
    assert_refused(*IN_USE, world.update, TableClass=INFREQUENT)
    assert_refused(*IN_USE, world.change_replica, "Create", EUROPE)


def test_230_on_a_global_table_it_takes_the_source_half_a_minute(world: World) -> None:
    world.create_global(EUROPE)
    world.update(DeletionProtectionEnabled=True)
    world.wait(33)
    assert (world.status(), world.status(EUROPE)) == ("UPDATING", "ACTIVE")
    assert_refused(*IN_USE, world.update, EUROPE, DeletionProtectionEnabled=True)
    world.wait(7)
    assert (world.status(), world.describe()["DeletionProtectionEnabled"]) == ("ACTIVE", True)
    assert world.describe(EUROPE)["DeletionProtectionEnabled"] is False


def test_297_toggled_on_a_replica_it_holds_the_source_too(world: World) -> None:
    world.create_global(EUROPE)
    world.update(EUROPE, DeletionProtectionEnabled=True)
    world.wait(33)
    assert (world.status(), world.status(EUROPE)) == ("UPDATING", "UPDATING")
    world.wait(7)
    assert (world.status(), world.describe()["DeletionProtectionEnabled"]) == ("ACTIVE", False)
    assert world.describe(EUROPE)["DeletionProtectionEnabled"] is True


def test_263_toggling_again_is_throttled_for_15_seconds_after_it_took_effect(world: World) -> None:
    world.create_global(EUROPE)
    world.update(DeletionProtectionEnabled=True)
    while world.status() == "UPDATING":
        world.wait(1)
    assert_refused("ThrottlingException", "15000 milliseconds", world.update, DeletionProtectionEnabled=False)
    world.wait(15)
    world.update(DeletionProtectionEnabled=False)


# TTL


def ttl(world: World, region: str = HOME) -> dict:
    return world.client(region).describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]


def test_230_ttl_is_copied_to_a_new_replica(world: World) -> None:
    world.create()
    world.set_time_to_live("expires")
    world.add(EUROPE)
    assert ttl(world, EUROPE) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


@pytest.mark.parametrize(("region", "other"), [(HOME, EUROPE), (EUROPE, HOME)])
def test_297_ttl_changed_in_any_region_follows_in_all_within_a_minute(world: World, region: str, other: str) -> None:
    world.create_global(EUROPE)
    world.set_time_to_live("expires", region)
    assert ttl(world, other) == {"TimeToLiveStatus": "DISABLED"}
    world.wait(60)
    assert ttl(world, other)["AttributeName"] == "expires"


def test_143_ttl_changes_once_in_half_an_hour_and_content_is_checked_first(world: World) -> None:
    world.create()
    world.set_time_to_live("expires")
    assert_refused("ValidationException", "TimeToLive is already enabled", world.set_time_to_live, "expires")
    text = "TimeToLive is active on a different AttributeName: current AttributeName is expires"
    assert_refused("ValidationException", text, world.set_time_to_live, "other")
    text = "Time to live has been modified multiple times within a fixed interval"
    assert_refused("ValidationException", text, world.set_time_to_live, "expires", enabled=False)
    world.wait(31 * 60)
    world.set_time_to_live("expires", enabled=False)
    assert ttl(world) == {"TimeToLiveStatus": "DISABLED"}


def test_ttl_of_a_missing_table_is_not_found(world: World) -> None:
    text = f"Requested resource not found: Table: {TABLE} not found"
    assert_refused("ResourceNotFoundException", text, world.set_time_to_live, "expires")
    assert_refused("ResourceNotFoundException", text, world.client().describe_time_to_live, TableName=TABLE)


# Keys


def new_key(world: World, region: str) -> dict:
    return world.client(region, "kms").create_key()["KeyMetadata"]


def encrypted(world: World) -> str:
    """A table under a customer's key; returns the key's ARN."""
    arn = new_key(world, HOME)["Arn"]
    world.create(SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": arn})
    return arn


def test_313_under_a_customers_key_every_replica_needs_one_of_its_own_region(world: World) -> None:
    home_arn = encrypted(world)
    home_id = home_arn.split("/")[-1]
    for key, text in (
        ({}, "KMSMasterKeyId must be specified for each replica."),
        ({"KMSMasterKeyId": "alias/aws/dynamodb"}, "All replica keys must either be Customer Managed CMK or"),
        ({"KMSMasterKeyId": home_arn}, f"Invalid arn {HOME}"),
        ({"KMSMasterKeyId": home_id}, f"Key 'arn:aws:kms:{EUROPE}:123456789012:key/{home_id}' does not exist"),
    ):
        assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE, **key)
        world.wait(2)


def test_309_a_bare_key_id_reads_back_as_arn_in_every_region(world: World) -> None:
    home_arn = encrypted(world)
    key = new_key(world, EUROPE)
    world.add(EUROPE, KMSMasterKeyId=key["KeyId"])
    assert world.describe()["Replicas"][0]["KMSMasterKeyId"] == key["Arn"]
    assert world.describe(EUROPE)["SSEDescription"]["KMSMasterKeyArn"] == key["Arn"]
    assert world.describe(EUROPE)["Replicas"][0]["KMSMasterKeyId"] == home_arn


def test_312_a_disabled_key_is_refused_with_a_misleading_text(world: World) -> None:
    encrypted(world)
    key = new_key(world, EUROPE)["KeyId"]
    world.client(EUROPE, "kms").disable_key(KeyId=key)
    text = "Operation cannot be performed while replica server-side encryption status is in UPDATING state."
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE, KMSMasterKeyId=key)


def test_295_under_the_key_aws_owns_a_replica_takes_none(world: World) -> None:
    world.create()
    text = "KMSMasterKeyId must be specified for each replica."
    key = {"KMSMasterKeyId": "alias/aws/dynamodb"}
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE, **key)
    world.add(EUROPE)
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **key)


def test_295_the_key_aws_manages_is_each_regions_own(world: World) -> None:
    world.create_global(EUROPE, SSESpecification={"Enabled": True, "SSEType": "KMS"})
    home, europe = (world.describe(region)["SSEDescription"]["KMSMasterKeyArn"] for region in (HOME, EUROPE))
    assert (f":{HOME}:" in home, f":{EUROPE}:" in europe) == (True, True)


# Tags


def test_a_tag_set_again_has_its_new_value(world: World) -> None:
    world.create(Tags=[{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": "x"}])
    arn = world.describe()["TableArn"]
    world.client().tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}])
    tags = world.client().list_tags_of_resource(ResourceArn=arn)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "b", "stage": "x"}
    assert len(tags) == 2


def test_an_arn_of_another_region_is_not_found(world: World) -> None:
    world.create_global(EUROPE)
    arn = world.describe(EUROPE)["TableArn"]
    tags = [{"Key": "team", "Value": "a"}]
    assert_refused("ResourceNotFoundException", TABLE, world.client().tag_resource, ResourceArn=arn, Tags=tags)
    assert_refused("ResourceNotFoundException", TABLE, world.client().describe_table, TableName=arn)

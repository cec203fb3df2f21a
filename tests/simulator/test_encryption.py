# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How tables and replicas are encrypted, how that changes, and what becomes of them without their key."""

from __future__ import annotations

from typing import Any

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused, refused

from simulator import durations

IN_USE = "ResourceInUseException"
INACCESSIBLE = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
AWS_MANAGED = {"Enabled": True, "SSEType": "KMS"}
AWS_OWNED = {"Enabled": False}


def key_of(world: World, region: str = HOME, **settings: Any) -> dict[str, Any]:
    """A new key of a customer."""
    return world.client(region, "kms").create_key(**settings)["KeyMetadata"]


def customer(key: str) -> dict[str, Any]:
    return {**AWS_MANAGED, "KMSMasterKeyId": key}


def encrypted(world: World) -> dict[str, Any]:
    """A table under a customer's key; returns the key."""
    key = key_of(world)
    world.create(SSESpecification=customer(key["Arn"]))
    return key


def encrypted_everywhere(world: World, *targets: str) -> dict[str, dict[str, Any]]:
    """A global table, each region under a key of its own."""
    keys = {HOME: encrypted(world)}
    for target in targets or (EUROPE,):
        keys[target] = key_of(world, target)
        world.add(target, KMSMasterKeyId=keys[target]["KeyId"])
    return keys


def change(world: World, specification: dict[str, Any], region: str = HOME) -> dict[str, Any]:
    return world.update(region, SSESpecification=specification)


def disable(world: World, key: dict[str, Any], region: str = HOME) -> None:
    world.client(region, "kms").disable_key(KeyId=key["KeyId"])


def enable(world: World, key: dict[str, Any], region: str = HOME) -> None:
    world.client(region, "kms").enable_key(KeyId=key["KeyId"])


def shown(world: World, region: str = HOME) -> tuple[str, str | None] | None:
    """The status and the key that a region shows, or None under the key AWS owns."""
    described = world.describe(region).get("SSEDescription")
    return described and (described["Status"], described.get("KMSMasterKeyArn"))


def timeline(world: World, seconds: int, region: str = HOME) -> list[tuple[str, str | None] | None]:
    """Every change of that, while the table is ACTIVE."""
    seen: list[tuple[str, str | None] | None] = []
    for _ in range(seconds):
        assert world.status(region) == "ACTIVE"
        if not seen or seen[-1] != shown(world, region):
            seen.append(shown(world, region))
        world.wait(1)
    return seen


# Changing the key


def test_140_371_a_new_key_is_shown_after_the_old_one_while_the_table_is_active(world: World) -> None:
    old, new = encrypted(world)["Arn"], key_of(world)["Arn"]
    answered = change(world, customer(new))
    assert (answered["TableStatus"], answered["SSEDescription"]["KMSMasterKeyArn"]) == ("ACTIVE", old)
    assert timeline(world, 25) == [("UPDATING", old), ("UPDATING", new), ("ENABLED", new)]


def test_079_140_to_and_from_the_key_aws_owns_the_status_stands_alone_for_a_while(world: World) -> None:
    world.create()
    change(world, AWS_MANAGED)
    seen = timeline(world, 25)
    key = seen[-1][1]
    assert seen == [("UPDATING", None), ("UPDATING", key), ("ENABLED", key)]
    change(world, AWS_OWNED)
    assert timeline(world, 25) == [("UPDATING", key), ("UPDATING", None), None]


def test_044_a_type_alone_encrypts_and_an_empty_specification_doesnt(world: World) -> None:
    world.create(SSESpecification={"SSEType": "KMS"})
    assert shown(world)[0] == "ENABLED"
    world.client(EUROPE)
    world.create(EUROPE, SSESpecification={})
    assert shown(world, EUROPE) is None


def test_the_key_aws_manages_says_so(world: World) -> None:
    world.create(SSESpecification=AWS_MANAGED)
    found = world.client(HOME, "kms").describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]
    assert (found["Arn"], found["KeyManager"]) == (shown(world)[1], "AWS")


def test_082_only_the_arn_is_known_as_the_same_key(world: World) -> None:
    key = encrypted(world)
    world.client(HOME, "kms").create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    text = "Table is already encrypted with given KMSMasterKeyId."
    assert_refused("ValidationException", text, change, world, customer(key["Arn"]))
    for name in ("alias/mine", key["KeyId"]):
        change(world, customer(name))
        assert shown(world) == ("UPDATING", key["Arn"])
        world.wait(24)
        assert shown(world) == ("ENABLED", key["Arn"])


def test_078_an_alias_is_looked_up_once(world: World) -> None:
    first, second, kms = key_of(world), key_of(world), world.client(HOME, "kms")
    kms.create_alias(AliasName="alias/mine", TargetKeyId=first["KeyId"])
    world.create(SSESpecification=customer("alias/mine"))
    kms.update_alias(AliasName="alias/mine", TargetKeyId=second["KeyId"])
    assert shown(world) == ("ENABLED", first["Arn"])
    change(world, customer("alias/mine"))
    world.wait(24)
    assert shown(world) == ("ENABLED", second["Arn"])


def test_079_437_under_the_key_aws_owns_no_encryption_is_no_change(world: World) -> None:
    world.create()
    for specification in (AWS_OWNED, {}):
        text = "Table is already encrypted by default"
        assert_refused("ValidationException", text, change, world, specification)


def test_081_141_encryption_changes_four_times_a_day_and_then_every_six_hours(world: World) -> None:
    world.create(SSESpecification=AWS_MANAGED)
    for specification in (AWS_MANAGED, customer("alias/aws/dynamodb"), {"Enabled": True}, AWS_OWNED):
        change(world, specification)
        world.wait(24)
    text = "Encryption mode changes are limited in the 24h window."
    assert_refused("LimitExceededException", text, change, world, AWS_MANAGED)
    assert_refused("LimitExceededException", text, change, world, customer("no key at all"))
    world.wait(6 * 3600)
    change(world, AWS_MANAGED)
    world.wait(24)
    assert_refused("LimitExceededException", text, change, world, AWS_OWNED)


def test_139_refusals_dont_count(world: World) -> None:
    world.create()
    for _ in range(5):
        assert_refused("ValidationException", "does not exist", change, world, customer("missing"))
        world.wait(1)
    change(world, AWS_MANAGED)


@pytest.mark.parametrize(
    ("specification", "refusal"),
    [
        ({"Enabled": True, "KMSMasterKeyId": "alias/aws/dynamodb"}, "SSEType KMS is required if KMSMasterKeyId is"),
        ({"Enabled": False, "SSEType": "KMS"}, "SSEType can not be specified if Enabled is false"),
        ({"Enabled": False, "KMSMasterKeyId": "x"}, "KMSMasterKeyId can not be specified if Enabled is false"),
        ({"Enabled": True, "SSEType": "AES256"}, "SSEType AES256 is not supported"),
    ],
    ids=["no type", "type", "key", "AES256"],
)
def test_031_036_what_doesnt_go_together(world: World, specification: dict, refusal: str) -> None:
    assert_refused("ValidationException", refusal, world.create, SSESpecification=specification)
    world.create()
    assert_refused("ValidationException", refusal, change, world, specification)


@pytest.mark.parametrize("standing", [False, True], ids=["create", "update"])
def test_020_021_a_key_that_cant_be_used_is_refused_at_once(world: World, standing: bool) -> None:
    kms, disabled, doomed = world.client(HOME, "kms"), key_of(world), key_of(world)
    kms.disable_key(KeyId=disabled["KeyId"])
    kms.schedule_key_deletion(KeyId=doomed["KeyId"], PendingWindowInDays=7)
    elsewhere = key_of(world, EUROPE)["Arn"]
    missing = "arn:aws:kms:us-west-2:123456789012:key/12345678-1234-1234-1234-123456789012"
    if standing:
        world.create()
    for key, code, text in (
        (disabled["Arn"], "ValidationException", "KMS key disabled error: com.amazonaws.services.kms.model.Disabled"),
        (doomed["KeyId"], "ValidationException", f"{doomed['Arn']} is pending deletion."),
        (elsewhere, "ValidationException", f"Invalid arn {EUROPE}"),
        (missing, "ValidationException", f"Key '{missing}' does not exist"),
        ("alias/missing", "ValidationException", "Alias arn:aws:kms:us-west-2:123456789012:alias/missing is not found"),
        (missing.replace("123456789012", "111111111111", 1), "AccessDeniedException", "kms:DescribeKey"),
        ("alias/aws/s3", "AccessDeniedException", "kms:CreateGrant"),
    ):
        specification = customer(key)
        if standing:
            assert_refused(code, text, change, world, specification)
        else:
            assert_refused(code, text, world.create, SSESpecification=specification)
        world.wait(2)
    assert (world.status(), standing and shown(world)) == (("ACTIVE", None) if standing else ("absent", False))


def test_022_461_a_key_that_isnt_symmetric_fails_with_500(world: World) -> None:
    rsa = key_of(world, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    code, text = refused(world.create, SSESpecification=customer(rsa["Arn"]))
    assert code == "InternalServerError"
    assert "EncryptionContext is supported only when creating a grant for a symmetric encryption KMS key" in text


def test_069_120_while_it_changes_the_table_cant_go_and_nothing_else_is_held(world: World) -> None:
    world.create()
    change(world, AWS_MANAGED)
    text = "is in the process of being updated"
    assert_refused(IN_USE, text, world.client().delete_table, TableName=TABLE)
    assert_refused(IN_USE, "Server-Side Encryption is still being updated", change, world, AWS_OWNED)
    world.update(DeletionProtectionEnabled=True)
    world.update(TableClass="STANDARD_INFREQUENT_ACCESS")


def test_433_it_shares_no_call_with_other_changes(world: World) -> None:
    world.create()
    text = "Server-Side Encryption modification must be the only operation in the request"
    both = {"SSESpecification": AWS_MANAGED, "DeletionProtectionEnabled": True, "TableClass": "STANDARD"}
    assert_refused("ValidationException", text, world.update, **both)


def test_119_458_it_changes_while_the_table_is_updating(world: World) -> None:
    world.create()
    world.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    change(world, AWS_MANAGED)
    assert world.status() == "UPDATING"
    world.wait(24)
    assert shown(world)[0] == "ENABLED"


# A global table


@pytest.mark.parametrize("region", [HOME, EUROPE])
def test_295_the_type_changes_in_all_regions_and_each_has_its_own_key(world: World, region: str) -> None:
    world.create_global(EUROPE)
    change(world, AWS_MANAGED, region)
    for member in (HOME, EUROPE):
        assert (world.status(member), shown(world, member)[0]) == ("ACTIVE", "UPDATING")
    text = "Server-Side Encryption is still being updated"
    assert_refused(IN_USE, text, change, world, AWS_OWNED, EUROPE)  # 309
    world.wait(24)
    for member, other in ((HOME, EUROPE), (EUROPE, HOME)):
        status, key = shown(world, member)
        assert (status, f":{member}:" in key) == ("ENABLED", True)
        assert world.describe(other)["Replicas"][0]["KMSMasterKeyId"] == key
    change(world, AWS_OWNED)
    world.wait(24)
    assert (shown(world), shown(world, EUROPE)) == (None, None)
    assert "KMSMasterKeyId" not in world.describe()["Replicas"][0]


def test_a_groups_customers_keys_are_changed_in_one_call_that_names_one_for_each_member(world: World) -> None:
    keys = encrypted_everywhere(world)
    new = key_of(world, EUROPE)
    text = (
        "Customer Managed CMKs on Global Table Version 2019.11.21 replicas cannot be updated through SSESpecification"
    )
    for region in (HOME, EUROPE):
        assert_refused("ValidationException", text, change, world, customer(key_of(world, region)["Arn"]), region)
    both = {HOME: keys[HOME]["Arn"], EUROPE: new["KeyId"]}
    updates = [{"Update": {"RegionName": region, "KMSMasterKeyId": key}} for region, key in both.items()]
    world.update(HOME, ReplicaUpdates=updates)
    assert shown(world) == ("ENABLED", keys[HOME]["Arn"])
    assert shown(world, EUROPE)[0] == "UPDATING"
    world.wait(24)
    assert world.describe()["Replicas"][0]["KMSMasterKeyId"] == new["Arn"]
    assert_refused(
        "ValidationException", "must be specified for each replica", world.update, HOME, ReplicaUpdates=updates
    )


def test_a_group_goes_to_customers_keys_in_one_call_that_names_one_for_each_member(world: World) -> None:
    world.create_global(EUROPE, SSESpecification=AWS_MANAGED)
    keys = {region: key_of(world, region)["Arn"] for region in (HOME, EUROPE)}
    updates = [{"Update": {"RegionName": region, "KMSMasterKeyId": key}} for region, key in keys.items()]
    foreign = [updates[0], {"Update": {"RegionName": ASIA, "KMSMasterKeyId": keys[EUROPE]}}]
    text = "KMSMasterKeyId must be specified for each replica."
    assert_refused("ValidationException", text, world.update, HOME, ReplicaUpdates=foreign)
    world.update(HOME, ReplicaUpdates=updates)
    world.wait(24)
    assert {region: shown(world, region) for region in keys} == {region: ("ENABLED", keys[region]) for region in keys}


def test_309_from_customers_keys_all_regions_go_to_those_aws_manages(world: World) -> None:
    encrypted_everywhere(world)
    change(world, AWS_MANAGED)
    world.wait(24)
    for region in (HOME, EUROPE):
        managed = world.client(region, "kms").describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]["Arn"]
        assert shown(world, region) == ("ENABLED", managed)


def test_309_an_override_never_carries_a_key(world: World) -> None:
    keys = encrypted_everywhere(world)
    text = "KMSMasterKeyId must be specified for each replica."
    for key in (keys[EUROPE]["Arn"], keys[EUROPE]["KeyId"], "alias/aws/dynamodb"):
        override = {"KMSMasterKeyId": key}
        assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **override)


def test_328_a_multi_region_key_is_named_by_its_id_or_in_its_own_region(world: World) -> None:
    key = key_of(world, MultiRegion=True)
    world.client(HOME, "kms").replicate_key(KeyId=key["KeyId"], ReplicaRegion=EUROPE)
    world.create(SSESpecification=customer(key["KeyId"]))
    text = f"KMS validation error for region {EUROPE}: com.amazonaws.services.kms.model.NotFoundException: Invalid arn"
    override = {"KMSMasterKeyId": key["Arn"]}
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE, **override)
    world.add(EUROPE, KMSMasterKeyId=key["KeyId"])
    assert shown(world, EUROPE) == ("ENABLED", key["Arn"].replace(HOME, EUROPE))


def test_312_while_it_changes_no_replica_is_added(world: World) -> None:
    world.create()
    change(world, AWS_MANAGED)
    text = "Operation cannot be performed while replica server-side encryption status is in UPDATING state."
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE)
    world.wait(24)
    world.add(EUROPE)
    assert shown(world, EUROPE)[0] == "ENABLED"
    change(world, AWS_OWNED)
    assert_refused(IN_USE, "", world.change_replica, "Delete", EUROPE)


# Without the key


def lose_key(world: World, key: dict[str, Any], region: str = HOME) -> None:
    """A table's key, disabled, and its status shows that."""
    disable(world, key, region)
    world.wait(durations.KEY_LOSS_SHOWN.high)
    assert world.status(region) == INACCESSIBLE


@pytest.mark.parametrize("way", ["disable", "delete"])
def test_331_items_fail_minutes_after_the_key_is_lost_and_the_status_tells_late(world: World, way: str) -> None:
    key = encrypted(world)
    world.put("one")
    if way == "disable":
        disable(world, key)
    else:
        world.client(HOME, "kms").schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    world.wait(299)
    assert world.get("one")
    world.wait(34)
    text = f"{key['Arn']} is {'disabled' if way == 'disable' else 'pending deletion'}."
    assert_refused("ValidationException", text, world.get, "one")
    assert_refused("ValidationException", text, world.put, "two")
    assert (world.status(), shown(world)[0]) == ("ACTIVE", "ENABLED")
    world.wait(durations.KEY_LOSS_SHOWN.high - 333)
    described = world.describe()
    assert (described["TableStatus"], described["SSEDescription"]["Status"]) == (INACCESSIBLE, "ENABLED")
    assert "InaccessibleEncryptionDateTime" in described["SSEDescription"]
    assert "ArchivalSummary" not in described


def test_325_333_only_what_needs_the_key_fails(world: World) -> None:
    key = encrypted(world)
    lose_key(world, key)
    text = f"{key['Arn']} is disabled."
    assert_refused("ValidationException", text, world.set_time_to_live, "expires")
    insights = {"TableName": TABLE, "ContributorInsightsAction": "ENABLE"}
    assert_refused("ValidationException", text, world.client().update_contributor_insights, **insights)
    for specification in (AWS_OWNED, AWS_MANAGED, customer(key_of(world)["Arn"])):
        assert_refused("ValidationException", text, change, world, specification)
        world.wait(2)
    same = customer(key["Arn"])
    assert_refused("ValidationException", "Table is already encrypted with given", change, world, same)
    world.client().tag_resource(ResourceArn=world.describe()["TableArn"], Tags=[{"Key": "a", "Value": "b"}])
    world.update(DeletionProtectionEnabled=True)
    world.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    assert world.status() == "UPDATING"
    world.wait(6)
    assert (world.status(), "StreamSpecification" in world.describe()) == (INACCESSIBLE, True)


def test_334_a_table_without_its_key_can_be_deleted(world: World) -> None:
    lose_key(world, encrypted(world))
    world.client().delete_table(TableName=TABLE)
    world.wait(10)
    assert world.status() == "absent"


def test_330_335_with_the_key_enabled_again_items_are_back_before_the_status(world: World) -> None:
    key = encrypted(world)
    world.put("one")
    lose_key(world, key)
    enable(world, key)
    world.wait(durations.ITEMS_WORK.high)
    assert (world.get("one"), world.status()) == ({"id": "one"}, INACCESSIBLE)
    world.wait(durations.KEY_RECOVERY_SHOWN.high)
    assert (world.status(), shown(world)) == ("ACTIVE", ("ENABLED", key["Arn"]))
    assert "InaccessibleEncryptionDateTime" not in world.describe()["SSEDescription"]


def test_335_a_deletion_that_is_cancelled_leaves_the_key_disabled(world: World) -> None:
    key, kms = encrypted(world), world.client(HOME, "kms")
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    world.wait(durations.KEY_LOSS_SHOWN.high)
    kms.cancel_key_deletion(KeyId=key["KeyId"])
    world.wait(durations.KEY_RECOVERY_SHOWN.high)
    assert world.status() == INACCESSIBLE
    enable(world, key)
    world.wait(durations.KEY_RECOVERY_SHOWN.high)
    assert world.status() == "ACTIVE"


def test_a_key_enabled_again_in_time_is_no_loss(world: World) -> None:
    key = encrypted(world)
    disable(world, key)
    world.wait(200)
    enable(world, key)
    world.wait(durations.KEY_LOSS_SHOWN.high)
    world.put("one")
    assert world.status() == "ACTIVE"


def test_332_a_table_in_the_making_without_its_key_vanishes_after_an_hour(world: World) -> None:
    key = key_of(world)
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    definitions = [{"AttributeName": "id", "AttributeType": "S"}]
    arguments = {"TableName": TABLE, "KeySchema": schema, "AttributeDefinitions": definitions}
    world.client().create_table(**arguments, BillingMode="PAY_PER_REQUEST", SSESpecification=customer(key["Arn"]))
    disable(world, key)
    world.wait(durations.KEYLESS_TABLE_VANISHES.low - 1)
    assert world.status() == "CREATING"
    world.wait(60)
    assert world.status() == "absent"


def test_m_after_seven_days_a_table_is_archived_for_good(world: World) -> None:
    key = encrypted(world)
    lose_key(world, key)
    world.wait(durations.ARCHIVED)
    described = world.describe()
    assert (described["TableStatus"], described["ArchivalSummary"]["ArchivalReason"]) == ("ARCHIVED", INACCESSIBLE)
    assert_refused(IN_USE, "", world.update, DeletionProtectionEnabled=True)
    enable(world, key)
    world.wait(durations.KEY_RECOVERY_SHOWN.high)
    assert world.status() == "ARCHIVED"
    world.client().delete_table(TableName=TABLE)


def test_311_329_a_replica_without_its_key_says_so_late_and_its_source_goes_on(world: World) -> None:
    keys = encrypted_everywhere(world)
    disable(world, keys[EUROPE], EUROPE)
    world.wait(333)
    assert world.replicas() == {EUROPE: "ACTIVE"}
    world.put("one")
    assert_refused("ValidationException", "KMS key disabled error", world.get, "one", EUROPE)
    text = "Operation cannot be performed while replica server-side encryption status is in UPDATING state."
    third = {"KMSMasterKeyId": key_of(world, ASIA)["KeyId"]}
    assert_refused("ValidationException", text, world.change_replica, "Create", ASIA, **third)
    world.wait(durations.KEY_LOSS_SHOWN.high)
    assert (world.status(), world.status(EUROPE)) == ("ACTIVE", INACCESSIBLE)
    assert world.replicas() == {EUROPE: INACCESSIBLE}
    assert "ReplicaInaccessibleDateTime" not in world.describe()["Replicas"][0]
    assert "InaccessibleEncryptionDateTime" not in world.describe(EUROPE)["SSEDescription"]
    world.put("two")


def test_311_what_was_written_meanwhile_arrives_when_the_key_is_back(world: World) -> None:
    keys = encrypted_everywhere(world)
    disable(world, keys[EUROPE], EUROPE)
    world.wait(333)
    world.put("one")
    world.wait(30)
    assert world.describe(EUROPE)["ItemCount"] == 0
    enable(world, keys[EUROPE], EUROPE)
    world.wait(durations.ITEMS_WORK.high + 30)
    assert world.get("one", EUROPE) == {"id": "one"}


def test_327_a_replica_without_its_key_is_deleted_in_its_own_region(world: World) -> None:
    keys = encrypted_everywhere(world)
    lose_key(world, keys[EUROPE], EUROPE)
    world.client(EUROPE).delete_table(TableName=TABLE)
    world.wait(300)
    assert (world.replicas(), world.status(EUROPE)) == ({}, "absent")


def test_m_a_replica_without_its_key_for_20_hours_leaves_its_global_table(world: World) -> None:
    keys = encrypted_everywhere(world)
    lose_key(world, keys[EUROPE], EUROPE)
    world.wait(20 * 3600)
    assert world.replicas() == {}
    assert (world.status(EUROPE), "Replicas" in world.describe(EUROPE)) == (INACCESSIBLE, False)


def test_310_a_replica_whose_key_is_lost_at_once_leaves_no_trace(world: World) -> None:
    encrypted(world)
    key = key_of(world, EUROPE)
    world.change_replica("Create", EUROPE, KMSMasterKeyId=key["KeyId"])
    world.wait(5)
    disable(world, key, EUROPE)
    world.wait(5)
    assert (world.status(), world.replicas(), world.status(EUROPE)) == ("ACTIVE", {}, "absent")
    world.wait(700)
    assert (world.status(), world.replicas(), world.status(EUROPE)) == ("ACTIVE", {}, "absent")
    world.add(EUROPE, KMSMasterKeyId=key_of(world, EUROPE)["KeyId"])
    assert world.replicas() == {EUROPE: "ACTIVE"}

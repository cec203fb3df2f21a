# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What KMS says of a key, asked in each region before the key is used."""

from __future__ import annotations

from typing import Any

import pytest
from world import EUROPE, HOME, World, assert_refused

ACCOUNT = "123456789012"
UNUSED = "12345678-1234-1234-1234-123456789012"


def make_key(world: World, region: str = HOME, **settings: Any) -> dict[str, Any]:
    return world.client(region, "kms").create_key(**settings)["KeyMetadata"]


def describe(world: World, key: str, region: str = HOME) -> dict[str, Any]:
    return world.client(region, "kms").describe_key(KeyId=key)["KeyMetadata"]


def alias_arn(alias: str, region: str = HOME) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:{alias}"


def test_a_key_is_found_by_id_arn_alias_and_the_aliass_arn(world: World) -> None:
    key = make_key(world)
    world.client(HOME, "kms").create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    for name in (key["KeyId"], key["Arn"], "alias/mine", alias_arn("alias/mine")):
        found = describe(world, name)
        assert (found["KeyId"], found["Arn"]) == (key["KeyId"], key["Arn"])


def test_a_key_says_whether_and_for_what_it_can_be_used(world: World) -> None:
    found = describe(world, make_key(world)["KeyId"])
    said = {name: found[name] for name in ("Enabled", "KeyState", "KeyManager", "KeySpec", "KeyUsage", "MultiRegion")}
    assert said == {
        "Enabled": True,
        "KeyState": "Enabled",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": False,
    }
    signing = describe(world, make_key(world, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyId"])
    assert (signing["KeySpec"], signing["KeyUsage"]) == ("RSA_2048", "SIGN_VERIFY")


def test_a_key_that_is_disabled_or_to_be_deleted_is_not_enabled(world: World) -> None:
    key = make_key(world)["KeyId"]
    kms = world.client(HOME, "kms")
    kms.disable_key(KeyId=key)
    assert (describe(world, key)["Enabled"], describe(world, key)["KeyState"]) == (False, "Disabled")
    kms.enable_key(KeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert (describe(world, key)["Enabled"], describe(world, key)["KeyState"]) == (False, "PendingDeletion")


@pytest.mark.parametrize("name", ["KeyId", "Arn"])
def test_d_a_key_is_switched_by_id_or_arn_in_its_own_region(world: World, name: str) -> None:
    key = make_key(world)[name]
    kms, europes = world.client(HOME, "kms"), world.client(EUROPE, "kms")
    kms.disable_key(KeyId=key)
    assert describe(world, key)["KeyState"] == "Disabled"
    assert_refused("NotFoundException", "", europes.enable_key, KeyId=key)
    kms.enable_key(KeyId=key)
    assert describe(world, key)["KeyState"] == "Enabled"


@pytest.mark.parametrize("region", [HOME, EUROPE])
def test_d_the_key_that_aws_manages_is_there_in_every_region(world: World, region: str) -> None:
    """KMS makes it when its alias is first asked for."""
    found = describe(world, "alias/aws/dynamodb", region)
    assert (found["KeyManager"], found["Enabled"]) == ("AWS", True)
    assert found["Arn"].startswith(f"arn:aws:kms:{region}:")
    again = describe(world, alias_arn("alias/aws/dynamodb", region), region)
    assert (again["Arn"], describe(world, found["Arn"], region)["KeyManager"]) == (found["Arn"], "AWS")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (UNUSED, f"Key 'arn:aws:kms:{HOME}:{ACCOUNT}:key/{UNUSED}' does not exist"),
        (f"arn:aws:kms:{HOME}:{ACCOUNT}:key/{UNUSED}", f"key/{UNUSED}' does not exist"),
        ("nope", "Invalid keyId nope"),
        ("alias/nope", f"Alias {alias_arn('alias/nope')} is not found."),
        (alias_arn("alias/nope"), f"Alias {alias_arn('alias/nope')} is not found."),
    ],
)
def test_a_key_that_isnt_there(world: World, name: str, text: str) -> None:
    assert_refused("NotFoundException", text, describe, world, name)


def test_313_a_key_is_known_in_its_own_region_only(world: World) -> None:
    key = make_key(world)
    assert_refused("NotFoundException", "does not exist", describe, world, key["KeyId"], EUROPE)
    assert_refused("NotFoundException", f"Invalid arn {HOME}", describe, world, key["Arn"], EUROPE)
    europes = make_key(world, EUROPE)
    wrong = europes["Arn"].replace(EUROPE, HOME)
    assert_refused("NotFoundException", f"Invalid arn {HOME}", describe, world, wrong, EUROPE)


def test_a_multi_region_key_has_the_same_id_everywhere(world: World) -> None:
    key = make_key(world, MultiRegion=True)
    world.client(HOME, "kms").replicate_key(KeyId=key["KeyId"], ReplicaRegion=EUROPE)
    found = describe(world, key["KeyId"], EUROPE)
    assert (found["MultiRegion"], found["Arn"]) == (True, key["Arn"].replace(HOME, EUROPE))

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of tables and replicas, case by case."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import spec
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import encryption

from .service_model.encryption import key_arn
from .service_model.model import ServiceModel
from .test_converge_properties import HOME, KEYS, NAME, REPLICAS, TABLES, run

EU, AP = "eu-west-1", "ap-southeast-2"
FIRST, SECOND = "alias/first", "alias/second"


def table(
    key: str | None, replicas: dict[str, str] | None = None, gone: tuple[str, ...] = (), **option: t.Any
) -> spec.Table:
    option = option or {"type": "customer", "kms_key": key}
    own = {region: spec.Replica(region, overrides={"kms_key": name}) for region, name in (replicas or {}).items()}
    return spec.Table(NAME, HOME, settings={**KEYS, "encryption": option}, replicas=own, absent_regions=gone)


@pytest.fixture
def model() -> ServiceModel:
    return ServiceModel()


def carry_out(model: ServiceModel, wanted: spec.Table) -> list[str]:
    """The calls of both modules; nothing is refused, by the service or the engine."""
    model.calls.clear()
    for part in (TABLES, REPLICAS):
        assert run(model, wanted, part).failure == ""
    assert model.refused == []
    return [f"{region} {call}" for region, call, _parameters in model.calls]


@pytest.mark.parametrize("name", [FIRST, key_arn(HOME, FIRST), key_arn(HOME, FIRST).rpartition("/")[2]])
def test_082_a_key_by_any_of_its_names_is_the_key_and_only_an_alias_is_asked_about(model, name):
    carry_out(model, table(FIRST))
    model.asked.clear()
    assert carry_out(model, table(name)) == []
    assert bool(model.asked) == (name == FIRST)


def test_kms_is_asked_only_about_keys_that_are_named(model):
    carry_out(model, spec.Table(NAME, HOME, settings=dict(KEYS)))
    carry_out(model, table(None, type="aws_owned"))
    assert model.asked == []
    carry_out(model, table(FIRST, {EU: SECOND}))
    assert set(model.asked) == {(HOME, FIRST), (EU, SECOND)}


def test_313_every_replica_comes_with_a_key_of_its_region(model):
    carry_out(model, table(FIRST, {EU: SECOND}))
    assert model.tables[(EU, NAME)]["key"] == key_arn(EU, SECOND)


def test_309_the_keys_of_a_group_are_changed_in_one_call_that_names_all(model):
    carry_out(model, table(FIRST, {EU: FIRST, AP: FIRST}))
    assert carry_out(model, table(FIRST, {EU: SECOND, AP: FIRST})) == [f"{HOME} UpdateTable"]
    (update,) = (parameters["ReplicaUpdates"] for _region, _call, parameters in model.calls)
    keys = {entry["Update"]["RegionName"]: entry["Update"]["KMSMasterKeyId"] for entry in update}
    assert keys == {HOME: key_arn(HOME, FIRST), EU: key_arn(EU, SECOND), AP: key_arn(AP, FIRST)}


def test_295_another_type_than_customer_follows_into_every_region(model):
    carry_out(model, table(FIRST, {EU: FIRST}))
    managed = table(None, type="aws_managed")
    assert carry_out(model, managed) == [f"{HOME} UpdateTable"]
    assert model.tables[(EU, NAME)]["key"] == key_arn(EU, "alias/aws/dynamodb")


def test_the_module_tables_leaves_the_keys_of_a_group_to_replicas_and_says_so(model):
    carry_out(model, table(FIRST, {EU: FIRST}))
    model.calls.clear()
    progress = run(model, table(SECOND, {EU: FIRST}), TABLES)
    assert "changed in all regions together, by the role or module replicas" in progress.plan.notes[0]
    assert model.calls == []


def test_a_member_that_is_not_listed_stops_a_change_of_keys(model):
    carry_out(model, table(FIRST, {EU: FIRST, AP: FIRST}))
    model.calls.clear()
    failure = run(model, table(SECOND, {EU: FIRST}), REPLICAS).failure
    assert "its replicas in ap-southeast-2 aren't listed: list them with their kms_key" in failure
    assert model.calls == []
    assert run(model, table(FIRST, {EU: FIRST}), REPLICAS).failure == ""


UNUSABLE = [
    ({"KeyState": "Disabled"}, "the key alias/first in {} is Disabled: enable it, or name another key"),
    ({"KeyState": "PendingDeletion"}, "is PendingDeletion"),
    ({"KeySpec": "RSA_2048"}, "is RSA_2048 for ENCRYPT_DECRYPT: name a symmetric key for encryption"),
    ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, "is HMAC_256 for GENERATE_VERIFY_MAC"),
    ({"KeyManager": "AWS"}, "is managed by AWS: set encryption.type: aws_managed, or name another key"),
]


@pytest.mark.parametrize(("metadata", "sentence"), UNUSABLE)
@pytest.mark.parametrize("region", [HOME, EU])
@pytest.mark.parametrize("standing", [False, True])
def test_020_037_a_key_that_cannot_be_used_is_refused_before_any_change(model, metadata, sentence, region, standing):
    if standing:
        carry_out(model, table(SECOND))
        model.calls.clear()
    model.keys[key_arn(region, FIRST)] = metadata
    failure = run(model, table(FIRST, {EU: FIRST}), TABLES).failure
    assert sentence.format(region) in failure
    assert failure.endswith("Nothing was changed.")
    assert model.calls == []


@pytest.mark.parametrize(("wanted", "region"), [(table("alias/third"), HOME), (table(FIRST, {EU: "alias/third"}), EU)])
def test_a_key_that_is_not_there_is_refused_before_any_change(model, wanted, region):
    failure = run(model, wanted, TABLES).failure
    assert failure == f"KMS knows no key alias/third in {region}: correct it, or create the key. Nothing was changed."
    assert model.calls == []


def test_a_key_of_a_member_that_cannot_be_used_is_refused_before_the_keys_change(model):
    carry_out(model, table(FIRST, {EU: FIRST}))
    model.keys[key_arn(EU, SECOND)] = {"KeyState": "Disabled"}
    model.calls.clear()
    assert "the key alias/second in eu-west-1 is Disabled" in run(model, table(FIRST, {EU: SECOND}), REPLICAS).failure
    assert model.calls == []


def test_a_key_in_use_that_was_disabled_stops_nothing_else(model):
    carry_out(model, table(FIRST))
    model.keys[key_arn(HOME, FIRST)] = {"KeyState": "Disabled"}
    assert carry_out(model, table(FIRST)) == []


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"type": "customer"}, "encryption.type customer needs encryption.kms_key, the key in us-east-1"),
        ({"type": "aws_owned", "kms_key": FIRST}, "kms_key needs type: customer, not aws_owned"),
        ({"type": "customer", "kms_key": "first"}, "must be a key's ARN or id, or an alias (alias/NAME)"),
        ({"type": "customer", "kms_key": "alias/aws/dynamodb"}, "which belongs to AWS: set encryption.type: aws_manag"),
        ({"type": "customer", "kms_key": key_arn(EU, FIRST)}, "lies in eu-west-1, but must lie in us-east-1"),
    ],
)
def test_what_cannot_be_a_key_is_a_problem(option, sentence):
    assert sentence in "\n".join(encryption.problems({"encryption": option}, HOME))


@pytest.mark.parametrize(
    "key", [FIRST, key_arn(HOME, FIRST), "mrk-" + "0" * 32, key_arn(HOME, FIRST).rpartition("/")[2]]
)
def test_every_name_of_a_key_is_taken(key):
    assert list(encryption.problems({"encryption": {"type": "customer", "kms_key": key}}, HOME)) == []


@pytest.mark.parametrize(
    ("description", "value", "moving"),
    [
        (None, {"type": "aws_owned"}, False),
        ({"Status": "UPDATING"}, {"type": "aws_owned"}, True),
        ({"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": "arn"}, {"kms_key": "arn"}, False),
        ({"Status": "UPDATING", "SSEType": "KMS", "KMSMasterKeyArn": "arn"}, {"kms_key": "arn"}, True),
    ],
)
def test_027_079_no_description_is_the_key_that_dynamodb_owns(description, value, moving):
    shown = {"SSEDescription": description} if description else {}
    assert encryption.described(shown) == {"encryption": value}
    assert bool(encryption.moving(shown)) == moving

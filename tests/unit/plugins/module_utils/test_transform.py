# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service shows, in the words of the options, and back (shapes: botocore's dynamodb/2012-08-10)."""

from __future__ import annotations

import typing as t

import botocore.session
import botocore.validate
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import transform
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import recovery, tags, ttl

MODEL = botocore.session.get_session().get_service_model("dynamodb")

EVERYTHING = {
    "partition_key": "id",
    "sort_key": "at",
    "attribute_types": {"at": "N", "email": "B"},
    "billing_mode": "PROVISIONED",
    "read_capacity": 5,
    "write_capacity": 6,
    "global_secondary_indexes": [
        {
            "name": "by-email",
            "partition_keys": ["email", "team"],
            "sort_keys": ["at"],
            "projection": "INCLUDE",
            "non_key_attributes": ["x"],
            "read_capacity": 1,
            "write_capacity": 2,
        }
    ],
    "local_secondary_indexes": [{"name": "by-size", "sort_key": "size", "projection": "KEYS_ONLY"}],
    "stream": {"enabled": True, "view_type": "KEYS_ONLY"},
    "table_class": "STANDARD_INFREQUENT_ACCESS",
    "deletion_protection": True,
    "encryption": {"type": "aws_owned"},
    "tags": {"a": "b"},
}


def description(settings: dict[str, t.Any], **members: t.Any) -> dict[str, t.Any]:
    """DescribeTable's answer for a table that CreateTable made from ``settings``."""
    parameters = transform.create_table("orders", transform.creation_defaults(settings))
    mode = parameters.pop("BillingMode")
    table_class = parameters.pop("TableClass", None)
    return {
        **parameters,
        "TableStatus": "ACTIVE",
        "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
        **({"BillingModeSummary": {"BillingMode": mode}} if mode == "PAY_PER_REQUEST" else {}),
        **({"TableClassSummary": {"TableClass": table_class}} if table_class else {}),
        **members,
    }


@pytest.mark.parametrize("settings", [EVERYTHING, {"partition_key": "id"}], ids=["everything", "least"])
def test_create_table_takes_what_botocores_model_allows(settings):
    parameters = transform.create_table("orders", transform.creation_defaults(settings))
    report = botocore.validate.ParamValidator().validate(parameters, MODEL.operation_model("CreateTable").input_shape)
    assert report.generate_report() == ""


def test_what_was_created_is_read_back_in_the_same_words():
    shown = transform.regional_table("us-east-1", description(EVERYTHING)).settings
    expected = {**EVERYTHING, "attribute_types": {"id": "S", "at": "N", "email": "B", "team": "S", "size": "S"}}
    del expected["tags"]  # a call of its own
    assert shown == expected


def test_a_table_without_a_billing_summary_is_provisioned():
    shown = {
        **description({"partition_key": "id"}),
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
    }
    del shown["BillingModeSummary"]
    settings = transform.regional_table("us-east-1", shown).settings
    assert (settings["billing_mode"], settings["read_capacity"], settings["write_capacity"]) == ("PROVISIONED", 1, 2)


def test_an_on_demand_table_shows_no_capacity():
    shown = description(
        {"partition_key": "id"}, ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    )
    assert "read_capacity" not in transform.regional_table("us-east-1", shown).settings


def test_229_replicas_are_a_set_by_region():
    entries = [
        {"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"},
        {"RegionName": "sa-east-1", "ReplicaStatus": "CREATING"},
    ]
    shown = transform.regional_table("us-east-1", description({"partition_key": "id"}, Replicas=entries))
    assert shown.replicas == {"eu-west-1": "ACTIVE", "sa-east-1": "CREATING"}


def test_201_only_strong_consistency_is_ever_shown():
    weak = transform.regional_table("us-east-1", description({"partition_key": "id"}))
    strong = transform.regional_table(
        "us-east-1", description({"partition_key": "id"}, MultiRegionConsistency="STRONG")
    )
    assert (weak.consistency, strong.consistency) == ("", "strong")


@pytest.mark.parametrize(
    ("status", "enabled"), [("ENABLED", True), ("ENABLING", True), ("DISABLING", False), ("DISABLED", False)]
)
def test_ttl_that_is_being_turned_on_counts_as_on(status, enabled):
    shown = ttl.read({"TimeToLiveStatus": status, "AttributeName": "until"})
    assert shown == ({"enabled": True, "attribute": "until"} if enabled else {"enabled": False})


def test_point_in_time_recovery_is_the_inner_status():
    """ContinuousBackupsStatus is ENABLED on every table; only the inner status tells."""
    off = {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }
    on = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 7}}
    assert recovery.read(off) == {"enabled": False}
    assert recovery.read(on) == {"enabled": True, "recovery_period_days": 7}


def test_a_table_that_is_deleting_may_show_neither_keys_nor_attributes():
    """Both are optional in the service's model of TableDescription."""
    shown = {"TableStatus": "DELETING", "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders"}
    assert transform.regional_table("us-east-1", shown).settings["attribute_types"] == {}


def test_no_tags_are_an_empty_dictionary():
    assert tags.read([]) == {}

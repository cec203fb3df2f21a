# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of the options to the shapes of the API, and back. Pure.

Shapes: botocore's service model, ``dynamodb/2012-08-10``.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)

from .spec import key_attributes
from .state import RegionalTable

DEFAULT_VIEW_TYPE = "NEW_AND_OLD_IMAGES"


# What the service shows, in the words of the options


def regional_table(region: str, description: dict[str, t.Any]) -> RegionalTable:
    """A record of DescribeTable's ``Table`` as ``region`` returned it."""
    return RegionalTable(
        region=region,
        status=description["TableStatus"],
        arn=description["TableArn"],
        table_id=description.get("TableId", ""),
        item_count=description.get("ItemCount", 0),
        settings=_settings(description),
        replicas={entry["RegionName"]: entry.get("ReplicaStatus", "") for entry in description.get("Replicas", [])},
        consistency=description.get("MultiRegionConsistency", "EVENTUAL"),
    )


def _settings(description: dict[str, t.Any]) -> dict[str, t.Any]:
    # A table that is DELETING may show neither keys nor attributes: both are optional in the service's model.
    schema = {element["KeyType"]: element["AttributeName"] for element in description.get("KeySchema", [])}
    # BillingModeSummary is absent from a table that was never on demand.
    mode = description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    settings = {
        "partition_key": schema.get("HASH"),
        "sort_key": schema.get("RANGE"),
        "attribute_types": {
            definition["AttributeName"]: definition["AttributeType"]
            for definition in description.get("AttributeDefinitions", [])
        },
        "billing_mode": mode,
        **_capacity(mode, description),
        "global_secondary_indexes": [
            _global_index(mode, index) for index in description.get("GlobalSecondaryIndexes", [])
        ],
        "local_secondary_indexes": [_local_index(index) for index in description.get("LocalSecondaryIndexes", [])],
        "stream": stream(description.get("StreamSpecification", {})),
        "table_class": description.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "deletion_protection": description.get("DeletionProtectionEnabled", False),
    }
    return {option: value for option, value in settings.items() if value is not None}


def _capacity(mode: str, holder: dict[str, t.Any]) -> dict[str, int]:
    if mode != "PROVISIONED":
        return {}
    throughput = holder.get("ProvisionedThroughput", {})
    return {
        "read_capacity": throughput.get("ReadCapacityUnits", 0),
        "write_capacity": throughput.get("WriteCapacityUnits", 0),
    }


def _projection(index: dict[str, t.Any]) -> dict[str, t.Any]:
    projection = index.get("Projection", {})
    names = projection.get("NonKeyAttributes")
    return {
        "projection": projection.get("ProjectionType", "ALL"),
        **({"non_key_attributes": sorted(names)} if names else {}),
    }


def _global_index(mode: str, index: dict[str, t.Any]) -> dict[str, t.Any]:
    keys: dict[str, list[str]] = {"HASH": [], "RANGE": []}
    for element in index.get("KeySchema", []):
        keys[element["KeyType"]].append(element["AttributeName"])
    return {
        "name": index["IndexName"],
        "partition_keys": keys["HASH"],
        **({"sort_keys": keys["RANGE"]} if keys["RANGE"] else {}),
        **_projection(index),
        **_capacity(mode, index),
    }


def _local_index(index: dict[str, t.Any]) -> dict[str, t.Any]:
    schema = {element["KeyType"]: element["AttributeName"] for element in index.get("KeySchema", [])}
    return {"name": index["IndexName"], "sort_key": schema.get("RANGE"), **_projection(index)}


def stream(specification: dict[str, t.Any]) -> dict[str, t.Any]:
    """StreamSpecification, in the words of the option ``stream``."""
    if not specification.get("StreamEnabled"):
        return {"enabled": False}
    return {"enabled": True, "view_type": specification["StreamViewType"]}


def ttl(description: dict[str, t.Any]) -> dict[str, t.Any]:
    """DescribeTimeToLive's description, in the words of the option ``ttl``: what is being turned on counts as on."""
    if description.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
        return {"enabled": True, "attribute": description["AttributeName"]}
    return {"enabled": False}


def point_in_time_recovery(description: dict[str, t.Any]) -> dict[str, t.Any]:
    """DescribeContinuousBackups' description, in the words of the option ``point_in_time_recovery``."""
    recovery = description.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        return {"enabled": False}
    days = recovery.get("RecoveryPeriodInDays")
    return {"enabled": True, **({"recovery_period_days": days} if days else {})}


def tags(tag_list: list[dict[str, str]]) -> dict[str, str]:
    """The API's list of tags, as a dictionary."""
    return boto3_tag_list_to_ansible_dict(tag_list)


# What is wanted, in the shapes of the API


def creation_defaults(settings: dict[str, t.Any]) -> dict[str, t.Any]:
    """``settings`` completed with what a table gets at its creation when nothing else is said."""
    types = settings.get("attribute_types", {})
    return {
        "billing_mode": "PAY_PER_REQUEST",
        "global_secondary_indexes": [],
        "local_secondary_indexes": [],
        "table_class": "STANDARD",
        "deletion_protection": False,
        "tags": {},
        **settings,
        "attribute_types": {name: types.get(name, "S") for name in key_attributes(settings)},
        "stream": wanted_stream(settings.get("stream", {"enabled": False})),
    }


def wanted_stream(option: dict[str, t.Any]) -> dict[str, t.Any]:
    """The option ``stream`` with its view type filled in."""
    if not option["enabled"]:
        return {"enabled": False}
    return {"enabled": True, "view_type": option.get("view_type", DEFAULT_VIEW_TYPE)}


def create_table(name: str, settings: dict[str, t.Any]) -> dict[str, t.Any]:
    """CreateTable's parameters; ``settings`` as `creation_defaults` returns them."""
    parameters = {
        "TableName": name,
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": kind}
            for attribute, kind in settings["attribute_types"].items()
        ],
        "KeySchema": key_schema([settings["partition_key"]], [settings["sort_key"]] if "sort_key" in settings else []),
        "GlobalSecondaryIndexes": [_create_global_index(index) for index in settings["global_secondary_indexes"]],
        "LocalSecondaryIndexes": [
            {
                "IndexName": index["name"],
                "KeySchema": key_schema([settings["partition_key"]], [index["sort_key"]]),
                "Projection": _create_projection(index),
            }
            for index in settings["local_secondary_indexes"]
        ],
        "BillingMode": settings["billing_mode"],
        "ProvisionedThroughput": throughput(settings),
        "StreamSpecification": stream_specification(settings["stream"]) if settings["stream"]["enabled"] else None,
        "Tags": tag_list(settings["tags"]),
        "TableClass": settings["table_class"] if settings["table_class"] != "STANDARD" else None,
        "DeletionProtectionEnabled": settings["deletion_protection"] or None,
    }
    return {member: value for member, value in parameters.items() if value}


def key_schema(partition_keys: list[str], sort_keys: list[str]) -> list[dict[str, str]]:
    """KeySchema of a table or an index."""
    return [{"AttributeName": name, "KeyType": "HASH"} for name in partition_keys] + [
        {"AttributeName": name, "KeyType": "RANGE"} for name in sort_keys
    ]


def throughput(options: dict[str, t.Any]) -> dict[str, int] | None:
    """ProvisionedThroughput of a table or an index, None when it has none."""
    if "read_capacity" not in options:
        return None
    return {"ReadCapacityUnits": options["read_capacity"], "WriteCapacityUnits": options["write_capacity"]}


def stream_specification(option: dict[str, t.Any]) -> dict[str, t.Any]:
    """StreamSpecification; ``option`` as `wanted_stream` returns it."""
    if not option["enabled"]:
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": option["view_type"]}


def tag_list(tags_: dict[str, str]) -> list[dict[str, str]]:
    """A dictionary of tags, as the API's list."""
    return ansible_dict_to_boto3_tag_list(tags_)


def _create_projection(index: dict[str, t.Any]) -> dict[str, t.Any]:
    names = index.get("non_key_attributes")
    return {"ProjectionType": index.get("projection", "ALL"), **({"NonKeyAttributes": names} if names else {})}


def _create_global_index(index: dict[str, t.Any]) -> dict[str, t.Any]:
    parameters = {
        "IndexName": index["name"],
        "KeySchema": key_schema(index["partition_keys"], index.get("sort_keys", [])),
        "Projection": _create_projection(index),
        "ProvisionedThroughput": throughput(index),
    }
    return {member: value for member, value in parameters.items() if value}

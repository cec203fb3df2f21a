# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that reaches into moto: tables, items, stream records and the other services' backends."""

from __future__ import annotations

import base64
import copy
from decimal import Decimal
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

ACCOUNT = DEFAULT_ACCOUNT_ID

Attributes = dict[str, Any]
"""Attributes as the API writes them: name → {type: value}; binary values are bytes."""

Key = tuple[tuple[str, str | bytes | Decimal], ...]
"""The values of an item's key attributes, each with its type."""


def backend(region: str) -> DynamoDBBackend:
    return dynamodb_backends[ACCOUNT][region]


def table(region: str, name: str) -> Table:
    """The moto table of now. Never keep it: a failed transaction puts a copy in its place."""
    return backend(region).tables[name]


def has_table(region: str, name: str) -> bool:
    return name in backend(region).tables


def drop_table(region: str, name: str) -> None:
    backend(region).tables.pop(name, None)


def create_replica(source_region: str, target_region: str, name: str) -> None:
    """An empty table in another region with the settings that follow a table (AWS_FACTS section 4)."""
    source = table(source_region, name)
    replica = backend(target_region).create_table(
        name,
        schema=copy.deepcopy(source.schema),
        throughput=_provisioned(source.throughput) if source.billing_mode == "PROVISIONED" else None,
        attr=copy.deepcopy(source.attr),
        global_indexes=None,
        indexes=None,
        streams=copy.deepcopy(source.stream_specification),
        billing_mode=source.billing_mode or "PROVISIONED",
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=copy.deepcopy(source.warm_throughput),
    )
    replica.indexes = copy.deepcopy(source.indexes)
    replica.global_indexes = copy.deepcopy(source.global_indexes)
    replica.ttl = copy.deepcopy(source.ttl)


def enable_stream(region: str, name: str) -> None:
    """Turn on a stream with both images, under a new label, unless a stream is on (221, 305)."""
    regional = table(region, name)
    if not stream_enabled(region, name):
        regional.set_stream_specification({"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})


def stream_enabled(region: str, name: str) -> bool:
    specification = table(region, name).stream_specification
    return bool(specification and specification.get("StreamEnabled"))


def key_of(regional: Table, attributes: Attributes) -> Key:
    """An item's key in a form that can index a dict: 1 and 1.0 are one key."""
    return tuple(
        (kind, Decimal(value) if kind == "N" else value)
        for name in regional.table_key_attrs
        for kind, value in attributes[name].items()
    )


def all_items(region: str, name: str) -> dict[Key, Attributes]:
    regional = table(region, name)
    every = (_attributes(item) for item in regional.all_items())
    return {key_of(regional, attributes): attributes for attributes in every}


def item_count(region: str, name: str) -> int:
    return len(table(region, name))


def read_item(region: str, name: str, key: Key) -> Attributes | None:
    item = table(region, name).get_item(*_dynamo_key(key))
    return None if item is None else _attributes(item)


def put_item(region: str, name: str, attributes: Attributes) -> None:
    table(region, name).put_item(copy.deepcopy(attributes), overwrite=True)


def delete_item(region: str, name: str, key: Key) -> None:
    table(region, name).delete_item(*_dynamo_key(key))


def stream_position(region: str, name: str) -> tuple[str | None, int]:
    """The stream's label and how many records it has."""
    regional = table(region, name)
    return regional.latest_stream_label, len(regional.stream_shard.items) if regional.stream_shard else 0


def changed_keys(region: str, name: str, start: int) -> list[Key]:
    """The keys in a table's stream records from a position on, each once, in the order of their last change."""
    regional = table(region, name)
    records = regional.stream_shard.items[start:] if regional.stream_shard else []
    keys: dict[Key, None] = {}
    for record in records:
        key = key_of(regional, _with_raw_binary(record.to_json()["dynamodb"]["Keys"]))
        keys.pop(key, None)
        keys[key] = None
    return list(keys)


def has_write_scaling(region: str, resource_id: str, dimension: str) -> bool:
    """Whether Application Auto Scaling has a target and a policy; a target alone is not enough (188, 249)."""
    scaling = applicationautoscaling_backends[ACCOUNT][region]
    targets = scaling.targets.get(dimension, {})
    return resource_id in targets and any(
        policy.resource_id == resource_id and policy.scalable_dimension == dimension
        for policy in scaling.policies.values()
    )


def reset() -> None:
    """Forget everything moto keeps, in every service and region."""
    BackendDict.reset()


def _provisioned(throughput: dict[str, int]) -> dict[str, int]:
    return {unit: throughput[unit] for unit in ("ReadCapacityUnits", "WriteCapacityUnits")}


def _with_raw_binary(key: Attributes) -> Attributes:
    """Moto's stream records hold binary keys in base64, its tables hold them raw."""
    return {
        name: {"B": base64.b64decode(value["B"])} if isinstance(value.get("B"), str) else value
        for name, value in key.items()
    }


def _attributes(item: Item) -> Attributes:
    return copy.deepcopy(item.to_json()["Attributes"])


def _dynamo_key(key: Key) -> tuple[DynamoType, DynamoType | None]:
    partition, *sort = (DynamoType({kind: str(value) if kind == "N" else value}) for kind, value in key)
    return partition, sort[0] if sort else None

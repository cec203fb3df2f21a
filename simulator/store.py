# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that reaches into moto: tables, items, stream records and the other services' backends."""

from __future__ import annotations

import base64
import copy
import operator
import time
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from moto.cloudwatch.models import cloudwatch_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import GlobalSecondaryIndex, StreamRecord, StreamShard, Table
from moto.kinesis.models import kinesis_backends
from moto.kms.models import kms_backends

from simulator import values

ACCOUNT = DEFAULT_ACCOUNT_ID

WARM_ON_DEMAND = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}
"""The warm throughput of a table or index that is on demand, if it isn't higher (028, 061)."""

Throughput = dict[str, int]

Attributes = dict[str, Any]
"""Attributes as the API writes them: name → {type: value}; binary values are bytes."""

Key = tuple[tuple[str, str | bytes | Decimal], ...]
"""The values of an item's key attributes, each with its type."""


class SecondaryIndex(NamedTuple):
    """An index, and what it keeps of an item: every attribute where `projected` is None."""

    name: str
    is_global: bool
    keys: frozenset[str]
    projected: frozenset[str] | None

    def view(self, item: Attributes | None) -> Attributes:
        """The item in the index; nothing where it lacks one of the index's key attributes."""
        if item is None or not self.keys <= item.keys():
            return {}
        return {name: value for name, value in item.items() if self.projected is None or name in self.projected}


class Change(NamedTuple):
    """A change of an item: what it was and is, when on the simulated clock, and its record in the stream."""

    key: Key
    before: Attributes | None
    after: Attributes | None
    moment: float
    record: dict[str, Any]


def _set_attribute(item: LimitedSizeDict, name: str, value: DynamoType) -> None:
    """Give an item an attribute, up to the service's own limit of size: moto measures otherwise, and less."""
    attributes = {**item, name: value}
    if values.item_size({name: one.to_regular_json() for name, one in attributes.items()}) > values.MAX_ITEM:
        raise ItemSizeTooLarge
    dict.__setitem__(item, name, value)


def _exactly(operate: Callable[[Decimal, Decimal], Decimal], of_moto: Any) -> Any:
    """An operation on numbers with all their digits, of which moto keeps 28, and a result as the service stores it."""

    def result(one: DynamoType, other: DynamoType) -> DynamoType:
        if not (one.is_number() and other.is_number()):
            return of_moto(one, other)
        with localcontext(prec=1_000):
            exact = operate(Decimal(one.value), Decimal(other.value))
        return DynamoType({"N": values.number(str(exact))})

    return result


def _keep_change(shard: StreamShard, old: Item | None, new: Item | None) -> None:
    """Keep a change with what moto leaves out: its region, what was before it, and when it was."""
    is_hidden = isinstance(shard, _ChangedKeys)
    view = "KEYS_ONLY" if is_hidden else shard.table.stream_specification["StreamViewType"]
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    record = StreamRecord(shard.table, view, name, old, new, shard.starting_sequence_number + len(shard.items)).record
    record["awsRegion"] = shard.table.region_name
    record["dynamodb"]["ApproximateCreationDateTime"] = int(time.time())
    key = key_of(shard.table, with_raw_binary(record["dynamodb"]["Keys"]))
    before, after = (item and item.to_json()["Attributes"] for item in (old, new))
    shard.items.append(Change(key, before, after, _now(), record))


StreamShard.add = _keep_change
LimitedSizeDict.__setitem__ = _set_attribute
DynamoType.__add__ = _exactly(operator.add, DynamoType.__add__)
DynamoType.__sub__ = _exactly(operator.sub, DynamoType.__sub__)


_now: Callable[[], float] = time.monotonic


def keep_time_by(now: Callable[[], float]) -> None:
    """Let changes be dated by the simulated clock."""
    global _now
    _now = now


def arn(region: str, name: str) -> str:
    return f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}"


def backend(region: str) -> DynamoDBBackend:
    return dynamodb_backends[ACCOUNT][region]


def table(region: str, name: str) -> Table:
    """The moto table of now. Never keep it: a failed transaction puts a copy in its place."""
    return backend(region).tables[name]


def has_table(region: str, name: str) -> bool:
    return name in backend(region).tables


def drop_table(region: str, name: str) -> None:
    backend(region).tables.pop(name, None)


def create_replica(source_region: str, target_region: str, name: str, with_stream: bool = True) -> None:
    """An empty table in another region with the settings that follow a table (AWS_FACTS section 4)."""
    source = table(source_region, name)
    replica = backend(target_region).create_table(
        name,
        schema=copy.deepcopy(source.schema),
        throughput=_provisioned(source.throughput) if source.billing_mode == "PROVISIONED" else None,
        attr=copy.deepcopy(source.attr),
        global_indexes=None,
        indexes=None,
        streams=copy.deepcopy(source.stream_specification) if with_stream else None,
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


def set_stream(region: str, name: str, specification: dict[str, Any]) -> None:
    """Turn a stream on or off. Its label stays when it is off (221)."""
    regional = table(region, name)
    regional.set_stream_specification(copy.deepcopy(specification))
    if not specification["StreamEnabled"]:
        regional.stream_shard = None  # moto would go on to add records, of a view type there is no more


class _ChangedKeys(StreamShard):
    """Stands where moto keeps a stream's records, on a table whose stream is off, and keeps the keys that changed."""


def record_changes(region: str, name: str) -> None:
    """Let `changed_keys` know what changes in a table without a stream: nobody else sees these records."""
    regional = table(region, name)
    if not stream_enabled(region, name):
        regional.stream_shard = _ChangedKeys(ACCOUNT, regional)


def stop_recording(region: str, name: str) -> None:
    regional = table(region, name)
    if isinstance(regional.stream_shard, _ChangedKeys):
        regional.stream_shard = None


def keep_last_of_each_tag(region: str, name: str) -> None:
    """A tag set again has its new value; moto would list both."""
    regional = table(region, name)
    regional.tags = list({tag["Key"]: tag for tag in regional.tags}.values())


def time_to_live(region: str, name: str) -> dict[str, Any]:
    return dict(table(region, name).ttl)


def set_time_to_live(region: str, name: str, enabled: bool, attribute: str) -> None:
    if enabled:
        table(region, name).ttl = {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}
    else:
        table(region, name).ttl = {"TimeToLiveStatus": "DISABLED"}


def has_local_indexes(region: str, name: str) -> bool:
    return bool(table(region, name).indexes)


def is_protected(region: str, name: str) -> bool:
    """Whether deletion is refused; a replica that failed to come has no table to protect."""
    return has_table(region, name) and bool(table(region, name).deletion_protection_enabled)


def set_protection(region: str, name: str, protected: bool) -> None:
    table(region, name).deletion_protection_enabled = protected


def billing_mode(region: str, name: str) -> str:
    return table(region, name).billing_mode or "PROVISIONED"


def throughput(region: str, name: str) -> Throughput:
    return _provisioned(table(region, name).throughput)


def index_throughputs(region: str, name: str) -> dict[str, Throughput]:
    return {index.name: _provisioned(index.throughput) for index in table(region, name).global_indexes}


def key_schema(region: str, name: str, index: str | None = None) -> list[dict[str, str]]:
    """The key attributes of a table or of one of its global secondary indexes."""
    regional = table(region, name)
    if index is None:
        return regional.schema
    return next(known.schema for known in regional.global_indexes if known.name == index)


def key_names(region: str, name: str) -> list[str]:
    """The attributes of the table's own key."""
    return list(table(region, name).table_key_attrs)


def index_names(region: str, name: str) -> list[str]:
    """Every secondary index, local ones too."""
    return [index.name for index in table(region, name).all_indexes()]


def secondary_indexes(region: str, name: str) -> list[SecondaryIndex]:
    regional = table(region, name)
    indexes = []
    for index in regional.all_indexes():
        keys = frozenset(index.schema_key_attrs)
        named = index.projection.get("NonKeyAttributes") or []
        has_all = index.projection["ProjectionType"] == "ALL"
        projected = None if has_all else frozenset({*keys, *regional.table_key_attrs, *named})
        indexes.append(SecondaryIndex(index.name, isinstance(index, GlobalSecondaryIndex), keys, projected))
    return indexes


def definitions(region: str, name: str) -> dict[str, str]:
    """The table's attribute definitions: name → type."""
    return {one["AttributeName"]: one["AttributeType"] for one in table(region, name).attr}


def add_index(region: str, name: str, index: dict[str, Any], new_definitions: dict[str, str]) -> None:
    """Add a global secondary index, and the definitions of key attributes that are new with it."""
    regional = table(region, name)
    regional.global_indexes.append(GlobalSecondaryIndex.create(copy.deepcopy(index), regional.table_key_attrs))
    added = [{"AttributeName": name, "AttributeType": kind} for name, kind in new_definitions.items()]
    regional.attr = [*regional.attr, *added]


def remove_index(region: str, name: str, index: str) -> None:
    """Remove a global secondary index, and the definitions that no key uses any longer (151)."""
    regional = table(region, name)
    regional.global_indexes = [one for one in regional.global_indexes if one.name != index]
    schemas = [regional.schema, *(one.schema for one in regional.all_indexes())]
    used = {key["AttributeName"] for schema in schemas for key in schema}
    regional.attr = [one for one in regional.attr if one["AttributeName"] in used]


def set_capacity(region: str, name: str, capacity: Throughput | None, indexes: dict[str, Throughput]) -> None:
    """Provision a table, its indexes, or both."""
    regional = table(region, name)
    if capacity:
        regional.billing_mode = "PROVISIONED"
        regional.throughput = {**capacity, "NumberOfDecreasesToday": 0}
    for index in regional.global_indexes:
        if index.name in indexes:
            index.throughput = dict(indexes[index.name])


def warm_of(capacity: Throughput) -> Throughput:
    """The warm throughput that comes with provisioned capacity (134)."""
    return {
        "ReadUnitsPerSecond": capacity["ReadCapacityUnits"],
        "WriteUnitsPerSecond": capacity["WriteCapacityUnits"],
    }


def warm_throughput(region: str, name: str, index: str | None) -> Throughput:
    """The warm throughput of a table, or of one of its indexes."""
    kept = _of_table_or_index(region, name, index).warm_throughput
    return {unit: kept[unit] for unit in WARM_ON_DEMAND if unit in kept}


def raise_warm_throughput(region: str, name: str, index: str | None, least: Throughput) -> None:
    """It never falls (061, 134)."""
    current = warm_throughput(region, name, index)
    raised = {unit: max(units, current.get(unit, 0)) for unit, units in least.items()}
    _of_table_or_index(region, name, index).warm_throughput = {**current, **raised}


def set_on_demand(region: str, name: str) -> None:
    regional = table(region, name)
    regional.billing_mode = "PAY_PER_REQUEST"
    regional.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0}
    for index in regional.global_indexes:
        index.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


def key_of(regional: Table, attributes: Attributes) -> Key:
    """An item's key in a form that can index a dict: 1 and 1.0 are one key."""
    return tuple(
        (kind, Decimal(value) if kind == "N" else value)
        for name in regional.table_key_attrs
        for kind, value in attributes[name].items()
    )


def key_in(region: str, name: str, attributes: Attributes) -> Key | None:
    """The key of what a request has of an item; None where it isn't whole."""
    regional = table(region, name)
    if not set(regional.table_key_attrs) <= attributes.keys():
        return None
    return key_of(regional, with_raw_binary({one: attributes[one] for one in regional.table_key_attrs}))


def with_raw_binary(key: Attributes) -> Attributes:
    """A key as moto's tables hold it: requests and stream records have binary values in base64."""
    return {
        name: {"B": base64.b64decode(value["B"])} if isinstance(value.get("B"), str) else value
        for name, value in key.items()
    }


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


def undo_of_change(region: str, name: str, key: Key) -> Callable[[], None]:
    """What puts an item back as it is now, with no trace in the table's stream of what changed it meanwhile."""
    before = read_item(region, name, key)
    _, records = stream_position(region, name)

    def undo() -> None:
        put_back(region, name, key, before)
        stream = table(region, name).stream_shard
        if stream:
            del stream.items[records:]

    return undo


def put_back(region: str, name: str, key: Key, item: Attributes | None) -> None:
    """Let an item be as it was, None if it wasn't there, with no record of it in the table's stream."""
    regional = table(region, name)
    stream, regional.stream_shard = regional.stream_shard, None
    if item is None:
        delete_item(region, name, key)
    else:
        put_item(region, name, item)
    regional.stream_shard = stream


def numbers(region: str, name: str, attribute: str) -> dict[Key, int]:
    """The whole numbers that items have in an attribute, by the items' keys."""
    regional = table(region, name)
    found = {}
    for item in regional.all_items():
        value = item.attrs.get(attribute)
        if value is not None and value.type == "N" and str(value.value).isdigit():
            found[key_of(regional, _attributes(item))] = int(value.value)
    return found


def expire_item(region: str, name: str, key: Key) -> None:
    """Delete an item as TTL does: its stream record names the service (developer guide, streams and TTL)."""
    before = stream_position(region, name)
    delete_item(region, name, key)
    if stream_position(region, name) != before:
        record = stream_changes(region, name)[-1].record
        record["userIdentity"] = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}


def stream_position(region: str, name: str) -> tuple[str | None, int]:
    """The stream's label and how many records it has."""
    regional = table(region, name)
    return regional.latest_stream_label, len(regional.stream_shard.items) if regional.stream_shard else 0


def stream_label(region: str, name: str) -> str | None:
    """The label of a table's stream, which stays when it is off; None for one that never had a stream."""
    return table(region, name).latest_stream_label


def stream_specification(region: str, name: str) -> dict[str, Any] | None:
    """What a table's stream keeps; None when it is off."""
    return table(region, name).stream_specification if stream_enabled(region, name) else None


def stream_changes(region: str, name: str) -> list[Change]:
    """A table's changes, oldest first, as far as they are kept."""
    regional = table(region, name)
    return regional.stream_shard.items if regional.stream_shard else []


def changed_keys(region: str, name: str, start: int) -> list[Key]:
    """The keys in a table's stream records from a position on, each once, in the order of their last change."""
    keys: dict[Key, None] = {}
    for change in stream_changes(region, name)[start:]:
        keys.pop(change.key, None)
        keys[change.key] = None
    return list(keys)


def items_before(region: str, name: str, moment: float) -> dict[Key, Attributes | None]:
    """What the items were, None if not there, that have changed since a moment; of a table whose changes are kept."""
    items = {}
    for change in reversed(stream_changes(region, name)):
        if change.moment <= moment:
            break
        items[change.key] = change.before
    return items


def is_aws_managed_key(region: str, key_id: str) -> bool:
    """Whether one of AWS's own aliases stands for this key."""
    return any(alias.startswith("alias/aws/") for alias in kms_backends[ACCOUNT][region].keys[key_id].aliases)


def put_alarm(region: str, **settings: Any) -> None:
    cloudwatch_backends[ACCOUNT][region].put_metric_alarm(**settings)


def delete_alarms(region: str, names: list[str]) -> None:
    cloudwatch_backends[ACCOUNT][region].delete_alarms(names)


def missing_alarms(region: str, names: list[str]) -> list[str]:
    return [name for name in names if name not in cloudwatch_backends[ACCOUNT][region].alarms]


def is_active_kinesis_stream(region: str, arn: str) -> bool:
    return any(stream.arn == arn and stream.status == "ACTIVE" for stream in _kinesis_streams(region).values())


def set_kinesis_stream_status(region: str, name: str, status: str) -> None:
    """Moto's own streams are ACTIVE at once."""
    if name in _kinesis_streams(region):
        _kinesis_streams(region)[name].status = status


def _kinesis_streams(region: str) -> dict[str, Any]:
    return kinesis_backends[ACCOUNT][region].streams


def reset() -> None:
    """Forget everything moto keeps, in every service and region."""
    BackendDict.reset()


def _of_table_or_index(region: str, name: str, index: str | None) -> Any:
    regional = table(region, name)
    return regional if index is None else next(one for one in regional.global_indexes if one.name == index)


def _provisioned(throughput: Throughput) -> Throughput:
    """Both units, without what moto keeps beside them."""
    return {unit: throughput[unit] for unit in ("ReadCapacityUnits", "WriteCapacityUnits")}


def _attributes(item: Item) -> Attributes:
    return copy.deepcopy(item.to_json()["Attributes"])


def _dynamo_key(key: Key) -> tuple[DynamoType, DynamoType | None]:
    partition, *sort = (DynamoType({kind: str(value) if kind == "N" else value}) for kind, value in key)
    return partition, sort[0] if sort else None

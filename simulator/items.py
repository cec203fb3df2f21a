# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and writes of items: moto carries them out, here is where it is kinder than AWS, or says less.

Values as the service stores them, keys and sizes that it refuses, partial batches, and the capacity consumed.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from simulator import consumption, errors, store, values
from simulator.calls import Answer, Call, table_name
from simulator.consumption import INDEXES, NONE, TOTAL, Consumed
from simulator.errors import ServiceError
from simulator.little_capacity import LittleCapacity
from simulator.moto_service import item_answer, regional_answer
from simulator.store import Attributes, Key

METERED = frozenset({"BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"})
MAX_BATCH_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """An item that a call reads or writes, as far as the call has it."""

    resource: str
    """Its table, by name or ARN."""
    attributes: Attributes
    is_whole: bool = False

    @property
    def table(self) -> str:
        return table_name(self.resource)

    def key(self, region: str) -> Key | None:
        return store.key_in(region, self.table, self.attributes)


def answer(call: Call, capacity: LittleCapacity) -> Answer:
    """What the service answers to a call of ITEM_OPERATIONS whose tables are there."""
    mode = call.parameters.get("ReturnConsumedCapacity", NONE)
    errors.is_one_of(mode, (INDEXES, TOTAL, NONE), "returnConsumedCapacity")
    if mode != NONE and call.operation not in METERED:
        raise errors.not_simulated(f"ReturnConsumedCapacity of {call.operation}")
    _replace_parameters(call, _stored(_input_shape(call.operation), call.parameters))
    places = list(_places(call))
    for place in places:
        _is_admitted(call.region, place)
    if call.operation == "BatchGetItem":
        return _read_batch(call, mode, capacity)
    if call.operation == "BatchWriteItem":
        return _write_batch(call, mode, capacity)
    is_limited = capacity.applies(call)
    if call.operation not in METERED:
        if is_limited:
            raise errors.not_simulated(f"the capacity that {call.operation} consumes")
        return regional_answer(call)
    if is_limited and not capacity.admits(call, places[0].table):
        raise capacity.exceeded(call, places[0].table)
    if call.operation == "GetItem":
        return _read(call, mode, places[0], capacity if is_limited else None)
    return _write(call, mode, places, capacity)


def _read(call: Call, mode: str, place: Place, capacity: LittleCapacity | None) -> Answer:
    answered = item_answer(call)
    if (mode == NONE and capacity is None) or answered.status != 200:
        return answered
    key = place.key(call.region)
    item = store.read_item(call.region, place.table, key) if key else None
    consumed = consumption.of_read(item, call.parameters.get("ConsistentRead", False))
    if capacity:
        capacity.consume(call, place.table, consumed)
    return answered if mode == NONE else _with(answered, ConsumedCapacity=consumed.reported(mode, call.resource))


def _read_batch(call: Call, mode: str, capacity: LittleCapacity) -> Answer:
    """At most 16 MB, and what there is capacity for; other keys come back as a request for the rest.

    Without capacity for any the call is refused. Items come in no particular order [M].
    """
    requests, fits, left = call.parameters["RequestItems"], {}, {}
    total, is_full = 0, False
    consumed = {resource: Consumed() for resource in requests}
    for resource, request in requests.items():
        table = table_name(resource)
        for attributes in request["Keys"]:
            key = Place(resource, attributes).key(call.region)
            item = store.read_item(call.region, table, key) if key else None
            size = values.item_size(item or {})
            is_full = is_full or total + size > MAX_BATCH_ANSWER
            if is_full or not capacity.admits(call, table):
                left.setdefault(resource, {**request, "Keys": []})["Keys"].append(attributes)
                continue
            total += size
            units = consumption.of_read(item, request.get("ConsistentRead", False))
            capacity.consume(call, table, units)
            fits.setdefault(resource, {**request, "Keys": []})["Keys"].append(attributes)
            consumed[resource].add(units)
    if not fits:
        raise capacity.exceeded(call, table_name(next(iter(left))))
    if left:
        _replace_parameters(call, {**call.parameters, "RequestItems": fits})
    answered = regional_answer(call)
    if answered.status != 200:
        return answered
    responses = json.loads(answered.body)["Responses"]
    return _with(
        answered,
        Responses={resource: responses.get(resource, [])[::-1] for resource in requests},
        UnprocessedKeys=left,
        ConsumedCapacity=_reported(mode, consumed),
    )


def _write_batch(call: Call, mode: str, capacity: LittleCapacity) -> Answer:
    """What there is no capacity for comes back as a request for the rest; without any, the call is refused [M]."""
    fits, left = {}, {}
    for resource, requests in call.parameters["RequestItems"].items():
        for request in requests:
            admitted = capacity.admits(call, table_name(resource))
            (fits if admitted else left).setdefault(resource, []).append(request)
            [place] = [place for target in request.values() for place in _place_of(resource, target)]
            if admitted:
                capacity.consume(call, place.table, consumption.of_write(None, place.attributes, []))
    if left and not fits:
        raise capacity.exceeded(call, table_name(next(iter(left))))
    if left:
        _replace_parameters(call, {**call.parameters, "RequestItems": fits})
    answered = _write(call, mode, list(_places(call)))
    return _with(answered, UnprocessedItems=left) if left and answered.status == 200 else answered


def _write(call: Call, mode: str, places: list[Place], capacity: LittleCapacity | None = None) -> Answer:
    keys = [(place, key) for place in places if (key := place.key(call.region)) is not None]
    if len({(place.table, key) for place, key in keys}) < len(keys):
        raise errors.duplicate_keys()
    before = [store.read_item(call.region, place.table, key) for place, key in keys]
    answered = _update(call, *keys[0]) if call.operation == "UpdateItem" and keys else regional_answer(call)
    consumed: dict[str, Consumed] = {}
    for (place, key), old in zip(keys, before, strict=True):
        new = store.read_item(call.region, place.table, key)
        indexes = store.secondary_indexes(call.region, place.table)
        units = consumption.of_write(old, new, indexes)
        consumed.setdefault(place.resource, Consumed()).add(units)
        if capacity:
            capacity.consume(call, place.table, units)
    if answered.status != 200:
        return answered
    reported = _reported(mode, consumed)
    return _with(
        answered, ConsumedCapacity=reported if call.operation == "BatchWriteItem" else reported and reported[0]
    )


def _update(call: Call, place: Place, key: Key) -> Answer:
    """UpdateItem, which leaves nothing of an item that it failed on, or that became one the service doesn't store."""
    undo = store.undo_of_change(call.region, place.table, key)
    try:
        answered = regional_answer(call)
        if answered.status == 200:
            _is_storable(store.read_item(call.region, place.table, key) or {})
    except ServiceError:
        undo()
        raise
    if answered.status != 200:
        undo()
    return answered


def _is_storable(item: Attributes) -> None:
    for value in item.values():
        values.stored(value)
    if values.item_size(item) > values.MAX_ITEM:
        raise errors.updated_item_too_large()


def _is_admitted(region: str, place: Place) -> None:
    """Whether a key has content, and an item a size, that the service takes."""
    for name in store.key_names(region, place.table):
        _has_content(place.attributes, name)
    if not place.is_whole:
        return
    for index in store.secondary_indexes(region, place.table):
        for name in index.keys:
            _has_content(place.attributes, name, index.name)
    if values.item_size(place.attributes) > values.MAX_ITEM:
        raise errors.item_too_large()


def _has_content(attributes: Attributes, name: str, index: str | None = None) -> None:
    for kind, content in attributes.get(name, {}).items():
        if kind in ("S", "B") and not content:
            raise errors.empty_key(name, kind, index)


def _places(call: Call) -> Iterator[Place]:
    """The items that a call names by their keys, or has as a whole."""
    parameters = call.parameters
    for action in ({call.operation: parameters}, *parameters.get("TransactItems", [])):
        for target in action.values():
            yield from _place_of(target.get("TableName", ""), target)
    for resource, requests in parameters.get("RequestItems", {}).items():
        if call.operation == "BatchGetItem":
            yield from (Place(resource, key) for key in requests["Keys"])
        else:
            for target in (target for request in requests for target in request.values()):
                yield from _place_of(resource, target)


def _place_of(resource: str, target: dict[str, Any]) -> Iterator[Place]:
    if "Item" in target:
        yield Place(resource, target["Item"], is_whole=True)
    elif "Key" in target:
        yield Place(resource, target["Key"])


@functools.cache
def _input_shape(operation: str) -> Shape:
    model = Loader().load_service_model("dynamodb", "service-2")
    return ServiceModel(model).operation_model(operation).input_shape


def _stored(shape: Shape, given: Any) -> Any:
    """What a call gives, with every attribute value in it, wherever botocore's model has one, as it is stored."""
    if shape.name == "AttributeValue":
        return values.stored(given)
    match shape.type_name:
        case "structure":
            members = shape.members
            return {name: _stored(members[name], one) if name in members else one for name, one in given.items()}
        case "map":
            return {name: _stored(shape.value, one) for name, one in given.items()}
        case "list":
            return [_stored(shape.member, one) for one in given]
        case _:
            return given


def _replace_parameters(call: Call, parameters: dict[str, Any]) -> None:
    if parameters != call.parameters:
        call.parameters, call.body = parameters, json.dumps(parameters).encode()


def _reported(mode: str, consumed: dict[str, Consumed]) -> list[dict[str, Any]] | None:
    if mode == NONE:
        return None
    return [units.reported(mode, resource) for resource, units in consumed.items()]


def _with(answered: Answer, **members: Any) -> Answer:
    """The answer with other members, or without those that are None."""
    result = {**json.loads(answered.body), **members}
    body = json.dumps({name: member for name, member in result.items() if member is not None}).encode()
    return Answer(answered.status, body, answered.headers)

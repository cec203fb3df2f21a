# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DynamoDB Streams: what moto keeps of a table's changes, in shards and with the limits of the service.

Sources: developer guide, "Change data capture for DynamoDB Streams"; botocore's model. Times are seconds on the wall,
not scaled: a client holds records and iterators against its own clock.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import errors, store
from simulator.admission import table_here
from simulator.calls import Answer, Call
from simulator.clock import SimulatedClock
from simulator.state import RegionalTable, Tables
from simulator.store import Change

Result = dict[str, Any]

KEPT = 24 * 3600.0
SHARD_LASTS = 4 * 3600.0
ITERATOR_LASTS = 15 * 60.0

SHARDS_AT_ONCE = 2
"""How many are open in a new stream: at least one for each partition."""
MAX_RECORDS, MAX_PAGE, MAX_LISTED = 1_000, 1024 * 1024, 100
FIRST_NUMBER = 1_100_000_000_017_454_423_009
"""The sequence number of a stream's first record."""

TRIM_HORIZON, LATEST, AT, AFTER = "TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"


@dataclass
class Shard:
    """The records of some of the partition keys, from one position in the stream to another."""

    id: str
    line: int
    parent: str | None
    first: int
    opened_at: float
    end: int | None = None
    closed_at: float | None = None

    def described(self) -> Result:
        numbers = {"StartingSequenceNumber": str(FIRST_NUMBER + self.first)}
        if self.end is not None:
            numbers["EndingSequenceNumber"] = str(FIRST_NUMBER + max(self.first, self.end - 1))
        parent = {"ParentShardId": self.parent} if self.parent else {}
        return {"ShardId": self.id, "SequenceNumberRange": numbers, **parent}

    def has(self, change: Change, position: int) -> bool:
        return self.line == _line_of(change) and self.first <= position and (self.end is None or position < self.end)


class Streams:
    """Answers the operations of DynamoDB Streams."""

    def __init__(self, tables: Tables, clock: SimulatedClock) -> None:
        self._tables = tables
        self._clock = clock
        self._shards: dict[tuple[str, str, str], list[Shard]] = {}
        self._operations: dict[str, Callable[[Call], Result]] = {
            "DescribeStream": self._describe,
            "GetRecords": self._get_records,
            "GetShardIterator": self._get_shard_iterator,
            "ListStreams": self._list,
        }

    def answer(self, call: Call) -> Answer:
        if call.operation not in self._operations:
            raise errors.not_simulated(f"the operation {call.operation}")
        result = self._operations[call.operation](call)
        return Answer(200, json.dumps(result, default=lambda value: base64.b64encode(value).decode()).encode())

    def clear(self) -> None:
        self._shards.clear()

    def roll(self, region: str, name: str) -> None:
        """End a table's open shards, each of which is followed by another."""
        table = self._tables.get(region, name)
        label = store.stream_label(region, name) if table else None
        if table is None or label is None:
            raise ValueError(f"{name} in {region} has no stream")
        self._roll(table, label, lambda shard: True)

    def _describe(self, call: Call) -> Result:
        if "ShardFilter" in call.parameters:
            raise errors.not_simulated("ShardFilter")
        table, label = self._stream(call, call.parameters["StreamArn"])
        specification, shards = store.stream_specification(table.region, table.name), self._shards_of(table, label)
        start = call.parameters.get("ExclusiveStartShardId")
        ids = [shard.id for shard in shards]
        if start is not None and start not in ids:
            raise errors.shard_not_found(start, label)
        rest = shards[ids.index(start) + 1 if start else 0 :]
        shown = rest[: _limit(call, MAX_LISTED)]
        return {
            "StreamDescription": {
                "StreamArn": _arn(table, label),
                "StreamLabel": label,
                "StreamStatus": "ENABLED" if specification else "DISABLED",
                "CreationRequestDateTime": datetime.datetime.fromisoformat(f"{label}+00:00").timestamp(),
                "TableName": table.name,
                "KeySchema": store.key_schema(table.region, table.name),
                "Shards": [shard.described() for shard in shown],
                **({"StreamViewType": specification["StreamViewType"]} if specification else {}),
                **({"LastEvaluatedShardId": shown[-1].id} if len(shown) < len(rest) else {}),
            }
        }

    def _list(self, call: Call) -> Result:
        named, start = call.parameters.get("TableName"), call.parameters.get("ExclusiveStartStreamArn", "")
        listed = sorted(
            (_arn(table, label), table.name, label)
            for table in self._tables
            if table.region == call.region and _is_known(table) and named in (None, table.name)
            if (label := store.stream_label(table.region, table.name))
        )
        rest = [one for one in listed if one[0] > start]
        shown = rest[: _limit(call, MAX_LISTED)]
        streams = [{"StreamArn": arn, "TableName": name, "StreamLabel": label} for arn, name, label in shown]
        return {"Streams": streams, **({"LastEvaluatedStreamArn": shown[-1][0]} if len(shown) < len(rest) else {})}

    def _get_shard_iterator(self, call: Call) -> Result:
        asked = call.parameters
        table, label = self._stream(call, asked["StreamArn"])
        shard = self._shard(table, label, asked["ShardId"])
        changes = store.stream_changes(table.region, table.name)
        match asked["ShardIteratorType"]:
            case "TRIM_HORIZON":
                position = shard.first
            case "LATEST":
                position = len(changes) if shard.end is None else shard.end
            case "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER" as kind:
                position = self._position(shard, changes, asked.get("SequenceNumber")) + (kind == AFTER)
            case other:
                errors.is_one_of(other, (TRIM_HORIZON, LATEST, AT, AFTER), "shardIteratorType")
        is_oldest = asked["ShardIteratorType"] == TRIM_HORIZON
        return {"ShardIterator": self._iterator(table, label, shard, position, is_oldest)}

    def _position(self, shard: Shard, changes: list[Change], number: str | None) -> int:
        position = int(number) - FIRST_NUMBER if number and number.isdigit() else -1
        if not shard.first <= position < (len(changes) if shard.end is None else shard.end):
            raise errors.invalid_sequence_number(number)
        if self._is_trimmed(changes[position]):
            raise errors.trimmed_data()
        return position

    def _get_records(self, call: Call) -> Result:
        kept = _opened(call.parameters["ShardIterator"])
        table, label = self._stream(call, kept["stream"])
        if self._age(kept["issued"]) > ITERATOR_LASTS:
            raise errors.expired_iterator()
        shard = self._shard(table, label, kept["shard"])
        changes, position = store.stream_changes(table.region, table.name), kept["position"]
        end = len(changes) if shard.end is None else shard.end
        if kept["is_oldest"]:
            position = next((one for one in range(position, end) if not self._is_trimmed(changes[one])), end)
        elif position < end and self._is_trimmed(changes[position]):
            raise errors.trimmed_data()
        records, position = _page(shard, changes, position, end, _limit(call, MAX_RECORDS))
        if shard.end is not None and position >= end:
            return {"Records": records}
        return {"Records": records, "NextShardIterator": self._iterator(table, label, shard, position)}

    def _iterator(self, table: RegionalTable, label: str, shard: Shard, position: int, is_oldest: bool = False) -> str:
        stream, now = _arn(table, label), self._clock.now()
        kept = {"stream": stream, "shard": shard.id, "position": position, "issued": now, "is_oldest": is_oldest}
        return f"{stream}|1|{base64.b64encode(json.dumps(kept).encode()).decode()}"

    def _stream(self, call: Call, arn: str) -> tuple[RegionalTable, str]:
        table = table_here(self._tables, call.region, arn)
        label = store.stream_label(table.region, table.name) if table and _is_known(table) else None
        if table is None or label is None or arn != _arn(table, label):
            raise errors.no_such_stream(arn)
        return table, label

    def _shard(self, table: RegionalTable, label: str, wanted: str) -> Shard:
        for shard in self._shards_of(table, label):
            if shard.id == wanted:
                return shard
        raise errors.shard_not_found(wanted, label)

    def _shards_of(self, table: RegionalTable, label: str) -> list[Shard]:
        """Parents before their children; a shard goes once all its records are trimmed."""
        if not store.stream_specification(table.region, table.name):
            return []
        place = (table.region, table.name, label)
        if place not in self._shards:
            self._shards[place] = [
                Shard(_shard_id(place, line, 0), line, None, 0, self._clock.now()) for line in range(SHARDS_AT_ONCE)
            ]
        self._roll(table, label, lambda shard: self._age(shard.opened_at) >= SHARD_LASTS)
        shards = self._shards[place]
        shards[:] = [shard for shard in shards if shard.closed_at is None or self._age(shard.closed_at) <= KEPT]
        return shards

    def _roll(self, table: RegionalTable, label: str, is_due: Callable[[Shard], bool]) -> None:
        place, position = (table.region, table.name, label), len(store.stream_changes(table.region, table.name))
        if place not in self._shards:
            self._shards_of(table, label)
        for shard in [one for one in self._shards[place] if one.end is None and is_due(one)]:
            shard.end, shard.closed_at = position, self._clock.now()
            number = len(self._shards[place])
            child = Shard(_shard_id(place, shard.line, number), shard.line, shard.id, position, self._clock.now())
            self._shards[place].append(child)

    def _is_trimmed(self, change: Change) -> bool:
        return self._age(change.moment) > KEPT

    def _age(self, moment: float) -> float:
        return (self._clock.now() - moment) * self._clock.time_scale


def _page(shard: Shard, changes: list[Change], start: int, end: int, limit: int) -> tuple[list[Result], int]:
    """A shard's next records, and where to go on.

    A page goes through a part of the stream, in which a shard may have few records, or none though more follow.
    """
    records: list[Result] = []
    size, end = 0, min(end, start + MAX_RECORDS)
    for position in range(start, end):
        change = changes[position]
        if not shard.has(change, position) or change.before == change.after:
            continue  # what changes nothing leaves no record [D]
        size += change.record["dynamodb"]["SizeBytes"]
        if records and (len(records) == limit or size > MAX_PAGE):
            return records, position
        records.append(change.record)
    return records, end


def _is_known(table: RegionalTable) -> bool:
    return table.describable and not table.is_joining


def _arn(table: RegionalTable, label: str) -> str:
    return f"{store.arn(table.region, table.name)}/stream/{label}"


def _line_of(change: Change) -> int:
    """Which of the shards that are open at a time has a change: the same for one partition key."""
    digest = hashlib.blake2b(repr(change.key[:1]).encode(), digest_size=4).digest()
    return int.from_bytes(digest) % SHARDS_AT_ONCE


def _shard_id(place: tuple[str, str, str], line: int, number: int) -> str:
    digest = hashlib.blake2b(repr((place, line, number)).encode(), digest_size=4).hexdigest()
    return f"shardId-{FIRST_NUMBER // 10**8 + number:020d}-{digest}"


def _limit(call: Call, most: int) -> int:
    limit = call.parameters.get("Limit", most)
    if not 1 <= limit <= most:
        raise errors.limit_out_of_range(limit, most)
    return limit


def _opened(iterator: str) -> dict[str, Any]:
    try:
        return json.loads(base64.b64decode(iterator.rpartition("|")[2], validate=True))
    except ValueError:
        raise errors.invalid_iterator() from None

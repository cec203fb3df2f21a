# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The items that verification writes: where they live, how they are known, under which condition they change. Pure.

A probe's key follows from its source region and a slot alone. A run draws its slots from thousands, so that each run
meets other partitions; they follow from its id. It registers in one of the first slots of each source region, so a
later run finds what a run that died left, without a scan. A marker names the run that wrote an item and says until
when nobody else may touch it. Every write is conditional on that marker, so an item without it stays, whoever wrote
it. A condition sees only its own region's version of an item (AWS_FACTS section 7), so a region's keys are written
from that region alone.
"""

from __future__ import annotations

import dataclasses
import decimal
import functools
import random
import typing as t
import uuid
import zlib

from ..state import RegionalTable
from .dynamodb_json import Item

# So many keys are reserved in a table for each source region; runs register in the first ones.
SLOTS = 10_000
REGISTERS = 4
# So many keys are taken at a time for the heartbeats of a source; one whose heartbeat arrived everywhere is used again.
KEYS_AT_ONCE = 20
# So many keys a run may draw for each source: 1,000 for items, as many for heartbeats.
MOST_DRAWN = 2000
KEY_PREFIX = "multiregion.dynamodb/verification"
# Numbers of 38 digits, the most that DynamoDB keeps: this, the region in ten digits, the slot in four.
NUMBER_PREFIX = f"-{'9' * 24}"
MARKER = "multiregion_dynamodb_verification"
# The source of the keys that every region writes at once.
EVERYWHERE = "everywhere"

PUT, UPDATE, DELETE = "put", "update", "delete"
OPERATIONS = (PUT, UPDATE, DELETE)
CALLS = {PUT: "PutItem", UPDATE: "UpdateItem", DELETE: "DeleteItem"}
# What a condition says of a key without an item; the rest is about the item's marker.
_WITHOUT_ITEM = {
    PUT: "attribute_not_exists(#key) OR",
    UPDATE: "attribute_exists(#key) AND",
    DELETE: "attribute_not_exists(#key) OR",
}
# What the marker says of the operation that an item went through last. A deletion leaves none.
NUMBERS = {PUT: 1, UPDATE: 2, DELETE: 0}


@dataclasses.dataclass(frozen=True, order=True)
class Probe:
    """One of the reserved keys of a table, written from ``source`` only, or from every region (``EVERYWHERE``)."""

    source: str
    slot: int


@dataclasses.dataclass(frozen=True)
class Lease:
    """Who holds an item, and until when (epoch seconds)."""

    run: str
    expires: int


@dataclasses.dataclass(frozen=True, slots=True)
class Marked:
    """An item as it was read; ``run`` is empty when it isn't verification's.

    :ivar writer: the region that wrote it, of an item that every region writes.
    :ivar slots: how many slots the run drew, of an item that registers it.
    :ivar differing: the attributes that aren't as they were written, of an item of the user's.
    :ivar digest: of all that it holds, where only that is compared.
    """

    run: str = ""
    expires: int = 0
    revision: int = 0
    writer: str = ""
    slots: int = 0
    differing: tuple[str, ...] = ()
    digest: str = ""

    @classmethod
    def of(cls, item: Item) -> Marked:
        """By its marker."""
        marker = item.get(MARKER, {}).get("M", {})
        try:
            numbers = int(marker["expires"]["N"]), int(marker["revision"]["N"])
            slots = int(marker.get("slots", {}).get("N", 0))
            if not 0 <= slots <= MOST_DRAWN:
                return cls()
            return cls(marker["run"]["S"], *numbers, marker.get("writer", {}).get("S", ""), slots)
        except (KeyError, ValueError):
            return cls()


Seen = dict[Probe, Marked]  # the items that are there
Items = dict[Probe, Item]  # whole items, or their keys


@dataclasses.dataclass(frozen=True)
class Schema:
    """Where a table's probes live; ``keys`` are (attribute, type), the partition key first."""

    table: str
    keys: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, name: str, shown: RegionalTable) -> Schema:
        """The keys of the table itself: those of its indexes are never written."""
        attributes = [shown.settings["partition_key"], shown.settings.get("sort_key")]
        types = shown.settings["attribute_types"]
        return cls(name, tuple((attribute, types[attribute]) for attribute in attributes if attribute))

    def key(self, probe: Probe) -> Item:
        """The probe's key, as the API has it."""
        return {attribute: {kind: _value(kind, probe)} for attribute, kind in self.keys}

    def key_of(self, item: Item) -> Item:
        """The part of an item that is its key."""
        return {attribute: item[attribute] for attribute, _kind in self.keys}

    def printable(self, probe: Probe) -> dict[str, str]:
        """The probe's key for people and for JSON: binary keys as the text that they hold."""
        return {attribute: str(_value("N" if kind == "N" else "S", probe)) for attribute, kind in self.keys}

    def write(
        self, operation: str, probe: Probe, lease: Lease, number: int = 0, writer: str = "", slots: int = 0
    ) -> dict[str, t.Any]:
        """Parameters of PutItem, UpdateItem or DeleteItem of an item of ``lease``.

        A call whose answer was lost is sent again by the SDK, so each condition also holds after its own success.

        :param number: what the marker's revision is to be; without it, that of the operation.
        """
        number = number or NUMBERS[operation]
        condition = {
            "TableName": self.table,
            "ConditionExpression": f"{_WITHOUT_ITEM[operation]} #marker.#run = :run",
            "ExpressionAttributeNames": {"#key": self.keys[0][0], "#marker": MARKER, "#run": "run"},
            "ExpressionAttributeValues": {":run": {"S": lease.run}},
        }
        if operation == PUT:
            return {**condition, "Item": self._item(probe, lease, number, writer, slots)}
        if operation == UPDATE:
            condition["UpdateExpression"] = "SET #marker.#revision = :revision"
            condition["ExpressionAttributeNames"]["#revision"] = "revision"
            condition["ExpressionAttributeValues"][":revision"] = {"N": str(number)}
        return {**condition, "Key": self.key(probe)}

    def remove_dead(self, probe: Probe, seen: Marked) -> dict[str, t.Any]:
        """Parameters of DeleteItem of what a run that died left, as long as it is what was ``seen``."""
        parameters = self.write(DELETE, probe, Lease(seen.run, seen.expires))
        parameters["ConditionExpression"] = (
            "attribute_not_exists(#key) OR (#marker.#run = :run AND #marker.#expires = :expires)"
        )
        parameters["ExpressionAttributeNames"]["#expires"] = "expires"
        parameters["ExpressionAttributeValues"][":expires"] = {"N": str(seen.expires)}
        return parameters

    def _item(self, probe: Probe, lease: Lease, number: int, writer: str, slots: int) -> Item:
        marker = {
            "run": {"S": lease.run},
            "expires": {"N": str(lease.expires)},
            "revision": {"N": str(number)},
            **({"writer": {"S": writer}} if writer else {}),
            **({"slots": {"N": str(slots)}} if slots else {}),
        }
        return {**self.key(probe), MARKER: {"M": marker}}

    def read(self, probes: t.Iterable[Probe], consistent: bool, items: Items | None = None) -> dict[str, t.Any]:
        """BatchGetItem's request for this table: for what has the keys of ``items``, whole, or for reserved keys.

        Of an item at a reserved key that isn't verification's only the key is fetched.
        """
        if items is not None:
            return {"Keys": [self.key_of(items[probe]) for probe in probes], "ConsistentRead": consistent}
        names = {f"#key{number}": attribute for number, (attribute, _kind) in enumerate(self.keys)}
        return {
            "Keys": [self.key(probe) for probe in probes],
            "ProjectionExpression": ", ".join([*names, "#marker"]),
            "ExpressionAttributeNames": {**names, "#marker": MARKER},
            "ConsistentRead": consistent,
        }

    def among(self, keys: Items, items: list[Item]) -> Items:
        """Which of ``keys`` are among the items that BatchGetItem returned, or the keys that it left unprocessed."""
        found = {self.identity(item): item for item in items}
        identities = ((probe, self.identity(key)) for probe, key in keys.items())
        return {probe: found[identity] for probe, identity in identities if identity in found}

    def identity(self, item: Item) -> t.Hashable:
        """An item's key in a form that compares: the service may write a number in another way."""
        values = (next(iter(item[attribute].items())) for attribute, _kind in self.keys)
        return tuple(decimal.Decimal(value) if kind == "N" else value for kind, value in values)


def registers(source: str) -> list[Probe]:
    """Where runs that write from ``source`` register."""
    return [Probe(source, slot) for slot in range(REGISTERS)]


def drawn(run: str, source: str, number: int) -> list[Probe]:
    """The keys of a run, from its id alone, so that another one finds them."""
    return [Probe(source, slot) for slot in _slots(run)[:number]]


@functools.lru_cache(maxsize=32)
def _slots(run: str) -> list[int]:
    slots = list(range(REGISTERS, SLOTS))
    random.Random(run).shuffle(slots)
    return slots


def shows(number: int, marked: Marked | None, lease: Lease) -> bool:
    """Whether an item, as read, is as the write of that ``number`` left it, or a later one."""
    if number == NUMBERS[DELETE]:
        return marked is None or marked.run != lease.run
    return marked is not None and is_of(marked, lease) and marked.revision >= number


def is_of(marked: Marked, lease: Lease) -> bool:
    """Whether an item was written under ``lease``."""
    return (marked.run, marked.expires) == (lease.run, lease.expires)


def another_run(marked: Marked, lease: Lease) -> bool:
    """Whether another verification wrote it: a condition sees its own region only, so two may write one key at once."""
    try:
        return marked.run != lease.run and str(uuid.UUID(marked.run)) == marked.run
    except ValueError:
        return False


def _value(kind: str, probe: Probe) -> str | bytes:
    if kind == "N":
        return f"{NUMBER_PREFIX}{zlib.crc32(probe.source.encode()):010d}{probe.slot:04d}"
    text = f"{KEY_PREFIX}/{probe.source}/{probe.slot}"
    return text.encode() if kind == "B" else text

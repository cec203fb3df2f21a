# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The items that verification writes: where they live, how they are known, under which condition they change. Pure.

A probe's key follows from its source region and a slot alone, so any later run finds what a run that died left
behind without a scan. Its marker names the run that wrote it and says until when nobody else may touch it. Every
write is conditional on that marker, so an item without it stays, whoever wrote it. A condition sees only its own
region's version of an item (AWS_FACTS section 7), so a region's keys are written from that region alone.
"""

from __future__ import annotations

import dataclasses
import decimal
import typing as t
import uuid
import zlib

from ..state import RegionalTable

# So many keys are reserved in a table for each source region.
SLOTS = 20
# And behind these so many for its heartbeats, of which a watch takes one.
HEARTBEAT_SLOTS = 4
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
# What the marker says of the last operation that it went through.
_REVISIONS = {PUT: 1, UPDATE: 2}

Item = dict[str, t.Any]  # attribute -> {type: value}, as the API has it


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


@dataclasses.dataclass(frozen=True)
class Marked:
    """An item at a reserved key, as it was read; ``run`` is empty when it isn't verification's.

    :ivar writer: the region that wrote it, of an item that every region writes.
    """

    run: str = ""
    expires: int = 0
    revision: int = 0
    writer: str = ""


Seen = dict[Probe, Marked]  # the items that are there


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

    def printable(self, probe: Probe) -> dict[str, str]:
        """The probe's key for people and for JSON: binary keys as the text that they hold."""
        return {attribute: str(_value("N" if kind == "N" else "S", probe)) for attribute, kind in self.keys}

    def write(self, operation: str, probe: Probe, lease: Lease, writer: str = "") -> dict[str, t.Any]:
        """Parameters of PutItem, UpdateItem or DeleteItem of an item of ``lease``; ``writer`` is written down by a put.

        A call whose answer was lost is sent again by the SDK, so each condition also holds after its own success.
        """
        condition = {
            "TableName": self.table,
            "ConditionExpression": f"{_WITHOUT_ITEM[operation]} #marker.#run = :run",
            "ExpressionAttributeNames": {"#key": self.keys[0][0], "#marker": MARKER, "#run": "run"},
            "ExpressionAttributeValues": {":run": {"S": lease.run}},
        }
        if operation == PUT:
            return {**condition, "Item": self._item(probe, lease, writer)}
        if operation == UPDATE:
            condition["UpdateExpression"] = "SET #marker.#revision = :revision"
            condition["ExpressionAttributeNames"]["#revision"] = "revision"
            condition["ExpressionAttributeValues"][":revision"] = {"N": str(_REVISIONS[UPDATE])}
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

    def _item(self, probe: Probe, lease: Lease, writer: str) -> Item:
        marker = {
            "run": {"S": lease.run},
            "expires": {"N": str(lease.expires)},
            "revision": {"N": str(_REVISIONS[PUT])},
            **({"writer": {"S": writer}} if writer else {}),
        }
        return {**self.key(probe), MARKER: {"M": marker}}

    def read(self, probes: t.Iterable[Probe], consistent: bool) -> dict[str, t.Any]:
        """BatchGetItem's request for this table. Of an item that isn't verification's only the key is fetched."""
        names = {f"#key{number}": attribute for number, (attribute, _kind) in enumerate(self.keys)}
        return {
            "Keys": [self.key(probe) for probe in probes],
            "ProjectionExpression": ", ".join([*names, "#marker"]),
            "ExpressionAttributeNames": {**names, "#marker": MARKER},
            "ConsistentRead": consistent,
        }

    def seen(self, probes: t.Iterable[Probe], items: list[Item]) -> Seen:
        """Which of ``probes`` are among the ``items`` that BatchGetItem returned."""
        found = {self._identity(item): item for item in items}
        identities = ((probe, self._identity(self.key(probe))) for probe in probes)
        return {probe: _marked(found[identity]) for probe, identity in identities if identity in found}

    def among(self, probes: t.Iterable[Probe], keys: list[Item]) -> set[Probe]:
        """Which of ``probes`` are among the ``keys`` that BatchGetItem left unprocessed."""
        return set(self.seen(probes, keys))

    def _identity(self, item: Item) -> tuple[t.Any, ...]:
        """A key in a form that compares: the service may write a number in another way."""
        values = (next(iter(item[attribute].items())) for attribute, _kind in self.keys)
        return tuple(decimal.Decimal(value) if kind == "N" else value for kind, value in values)


def every_probe(regions: t.Iterable[str]) -> list[Probe]:
    """All reserved keys of the source regions."""
    return [Probe(region, slot) for region in regions for slot in range(SLOTS + HEARTBEAT_SLOTS)]


def shows(operation: str, marked: Marked | None, lease: Lease) -> bool:
    """Whether an item, as read, is as ``operation`` under ``lease`` left it. An update shows the put before it, too."""
    if operation == DELETE:
        return marked is None or marked.run != lease.run
    return marked is not None and not altered(marked, lease) and marked.revision >= _REVISIONS[operation]


def altered(marked: Marked, lease: Lease) -> bool:
    """Whether an item at a key that ``lease`` holds is another than was ever written there under it."""
    return (marked.run, marked.expires) != (lease.run, lease.expires) or marked.revision not in _REVISIONS.values()


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


def _marked(item: Item) -> Marked:
    marker = item.get(MARKER, {}).get("M", {})
    try:
        numbers = int(marker["expires"]["N"]), int(marker["revision"]["N"])
        return Marked(marker["run"]["S"], *numbers, marker.get("writer", {}).get("S", ""))
    except (KeyError, ValueError):
        return Marked()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a verification writes down before it writes the user's items, so that the next one can remove them. Pure.

A journal is an item at a reserved key, with the marker of all of verification's items, and in that marker the key and a
digest of each item that is about to be written. It replicates as any item. Each region has journals of its own, written
from there alone; a run takes one of them.
"""

from __future__ import annotations

import dataclasses
import typing as t

from . import dynamodb_json
from .dynamodb_json import Item
from .probes import MARKER, Lease, Probe, Schema

_SOURCE = "items/"

# So many verifications can have items of the user's under way from one region of a table.
SLOTS = 4


@dataclasses.dataclass(frozen=True)
class Entry:
    """An item of the user's: its key, and the digest of its content."""

    key: Item
    digest: str


@dataclasses.dataclass(frozen=True)
class Journal:
    """What ``run`` wrote, or was about to; it is that run's until ``expires`` (epoch seconds)."""

    probe: Probe
    run: str
    expires: int
    entries: tuple[Entry, ...] = ()

    @property
    def home(self) -> str:
        """The region that it is written from."""
        return self.probe.source.removeprefix(_SOURCE)

    def names(self, key: Item) -> bool:
        """Whether an item with that key is among them."""
        identity = dynamodb_json.digest(key)
        return any(dynamodb_json.digest(entry.key) == identity for entry in self.entries)


def probes(regions: t.Iterable[str]) -> list[Probe]:
    """The reserved keys of every journal of the regions."""
    return [Probe(f"{_SOURCE}{region}", slot) for region in regions for slot in range(SLOTS)]


def put(schema: Schema, probe: Probe, lease: Lease, entries: t.Iterable[Entry]) -> dict[str, t.Any]:
    """Parameters of PutItem. Replaces only a journal of the same run: what another's names would be forgotten."""
    return _put(schema, probe, lease, entries, "attribute_not_exists(#key) OR #marker.#run = :run")


def take_over(schema: Schema, dead: Journal, lease: Lease) -> dict[str, t.Any]:
    """Parameters of PutItem that make a dead run's journal this run's, if it is still there and nobody else's."""
    parameters = _put(
        schema, dead.probe, lease, dead.entries, "attribute_exists(#key) AND #marker.#run IN (:run, :dead)"
    )
    parameters["ExpressionAttributeValues"][":dead"] = {"S": dead.run}
    return parameters


def _put(schema: Schema, probe: Probe, lease: Lease, entries: t.Iterable[Entry], condition: str) -> dict[str, t.Any]:
    marker = {
        "run": {"S": lease.run},
        "expires": {"N": str(lease.expires)},
        "revision": {"N": "1"},
        "items": {"L": [{"M": {"key": {"M": entry.key}, "digest": {"S": entry.digest}}} for entry in entries]},
    }
    return {
        "TableName": schema.table,
        "Item": {**schema.key(probe), MARKER: {"M": marker}},
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#key": schema.keys[0][0], "#marker": MARKER, "#run": "run"},
        "ExpressionAttributeValues": {":run": {"S": lease.run}},
    }


def parse(probe: Probe, item: Item) -> Journal | None:
    """The journal that an item is; None when it isn't verification's."""
    try:
        marker = item[MARKER]["M"]
        entries = tuple(Entry(entry["M"]["key"]["M"], entry["M"]["digest"]["S"]) for entry in marker["items"]["L"])
        return Journal(probe, marker["run"]["S"], int(marker["expires"]["N"]), entries)
    except (KeyError, ValueError, TypeError):
        return None

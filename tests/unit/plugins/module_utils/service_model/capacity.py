# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Capacity and global secondary indexes of the model: what is admitted, and how long each change takes to show.

Sources: findings DDB-TABLE-039, 059, 061, 128, 135, 148, 151 to 153, 159, 162, 164, 179, 296.
"""

from __future__ import annotations

import copy
import functools
import typing as t

from .scaling import scale_index_writes, unscaled_write

Settings = dict[str, t.Any]

MEMBERS = {
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "WarmThroughput",
    "GlobalSecondaryIndexUpdates",
    "AttributeDefinitions",
}
ZERO = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
INITIAL = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}


class Capacity:
    """Mixed into the model's client."""

    def check_new(self, parameters: Settings) -> None:
        """Refuse what CreateTable refuses of capacity and indexes."""
        indexes = parameters.get("GlobalSecondaryIndexes", [])
        defined = {definition["AttributeName"] for definition in parameters["AttributeDefinitions"]}
        every = [*indexes, *parameters.get("LocalSecondaryIndexes", []), parameters]
        used = {element["AttributeName"] for holder in every for element in holder["KeySchema"]}
        if defined != used:
            self._invalid("Some AttributeDefinitions are not used", "CreateTable")
        for holder in (parameters, *indexes):
            self._check_new_holder(parameters["BillingMode"], holder, "CreateTable")

    def _check_new_holder(self, mode: str, holder: Settings, call: str) -> None:
        if (mode == "PROVISIONED") != ("ProvisionedThroughput" in holder):
            self._invalid("ProvisionedThroughput doesn't fit BillingMode", call)
        if mode == "PROVISIONED" and "OnDemandThroughput" in holder:
            self._invalid("OnDemandThroughput cannot be specified", call)
        if any(units < 1 for units in holder.get("OnDemandThroughput", {}).values()):
            self._invalid("OnDemandThroughput is outside of valid range", call)
        initial = initial_warm(mode, holder)
        if any(units < initial[member] for member, units in holder.get("WarmThroughput", {}).items()):
            self._invalid("WarmThroughput is lower than initial throughput", call)

    def update_capacity(self, name: str, table: Settings, given: Settings) -> None:
        if given.keys() - MEMBERS:
            self._invalid("must be the only operation in the request", "UpdateTable")
        updates = [next(iter(update.items())) for update in given.get("GlobalSecondaryIndexUpdates", [])]
        coming_or_going = [entry for entry in updates if entry[0] != "Update"]
        if len(coming_or_going) > 1:
            self._refuse("LimitExceededException", "Only 1 online index can be created simultaneously", "UpdateTable")
        if coming_or_going:
            if len(updates) > 1 or given.keys() - {"GlobalSecondaryIndexUpdates", "AttributeDefinitions"}:
                self._invalid("You cannot create or delete index while updating", "UpdateTable")
            ((action, index),) = coming_or_going
            {"Create": self._create_index, "Delete": self._delete_index}[action](name, table, index, given)
            return
        changes = {"": {member: value for member, value in given.items() if member.endswith("Throughput")}}
        changes.update({index["IndexName"]: index for _action, index in updates})
        self._change_holders(name, table, given.get("BillingMode"), {k: v for k, v in changes.items() if v})

    # What has capacity changes

    def _change_holders(self, name: str, table: Settings, switch: str | None, changes: dict[str, Settings]) -> None:
        now = mode_of(table)
        mode = switch or now
        standing = holders(table)
        for holder, change in changes.items():
            if holder not in standing:
                self._refuse("ResourceNotFoundException", f"Index {holder} for table {name}", "UpdateTable")
            self._check_change(mode, now, standing[holder], change)
        if switch == "PROVISIONED" and {h for h, c in changes.items() if "ProvisionedThroughput" in c} != set(standing):
            self._invalid("ProvisionedThroughput must be specified", "UpdateTable")
        provisioned = any("ProvisionedThroughput" in change for change in changes.values())
        if switch or (provisioned and "" in changes):
            self._hold(name, 2)
        if provisioned or any(holder and "OnDemandThroughput" in change for holder, change in changes.items()):
            self._hold_indexes(name, [holder for holder in changes if holder])
        # What a replica overrides stays, unless its kind ends with the billing mode (findings DDB-TABLE-250, 422).
        bases = {holder: own_reads(standing[holder]) for holder in changes}
        for member in self.model.members(name) | {self.region}:
            place = self.model.tables[(member, name)]
            kept = {holder: _kept(own_reads(holders(place)[holder]), bases[holder]) for holder in changes}
            own = {holder: _merged(change, {} if switch else kept[holder]) for holder, change in changes.items()}
            self._change_member(place, switch, own)

    def _check_change(self, mode: str, now: str, holder: Settings, change: Settings) -> None:
        throughput = change.get("ProvisionedThroughput")
        if throughput and mode != "PROVISIONED":
            self._invalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified", "UpdateTable")
        if throughput and mode == now and throughput == holder["ProvisionedThroughput"]:
            self._invalid("The provisioned throughput will not change", "UpdateTable")
        if "OnDemandThroughput" in change and mode == "PROVISIONED":
            self._invalid("MaxReadRequestUnits cannot be specified", "UpdateTable")
        for member, units in change.get("WarmThroughput", {}).items():
            if units < holder["WarmThroughput"][member]:
                self._invalid("decreasing WarmThroughput is not supported", "UpdateTable")

    def _change_member(self, table: Settings, switch: str | None, changes: dict[str, Settings]) -> None:
        for holder in holders(table).values() if switch else ():
            holder.pop("OnDemandThroughput", None)
            if switch == "PAY_PER_REQUEST":
                holder["ProvisionedThroughput"] = dict(ZERO)
                raise_warm(holder, INITIAL)
        if switch:
            table["description"]["BillingModeSummary"] = {"BillingMode": switch}
        for name, change in changes.items():
            holder = holders(table)[name]
            if "ProvisionedThroughput" in change:
                self.model.later(1, lambda holder=holder, change=change: provision(holder, change))
            if "OnDemandThroughput" in change:
                merged = {**holder.get("OnDemandThroughput", {}), **change["OnDemandThroughput"]}
                holder["OnDemandThroughput"] = {member: units for member, units in merged.items() if units != -1}
            if "WarmThroughput" in change:
                holder["WarmThroughput"]["Status"] = "UPDATING"
                self.model.later(3, lambda holder=holder, change=change: warm(holder, change))

    def _hold(self, name: str, ticks: int) -> None:
        """The tables are UPDATING, in every region."""
        for member in self.model.members(name) | {self.region}:
            table = self.model.tables[(member, name)]
            table["status"] = "UPDATING"
            self.model.later(ticks, lambda table=table: table.update(status="ACTIVE"))

    def _hold_indexes(self, name: str, indexes: list[str]) -> None:
        for member in self.model.members(name) | {self.region}:
            for index in indexes:
                entry = holders(self.model.tables[(member, name)])[index]
                entry["IndexStatus"] = "UPDATING"
                self.model.later(2, lambda entry=entry: entry.update(IndexStatus="ACTIVE"))

    # Indexes come and go

    def _create_index(self, name: str, table: Settings, index: Settings, given: Settings) -> None:
        given_types = {entry["AttributeName"]: entry["AttributeType"] for entry in given["AttributeDefinitions"]}
        standing = types(table)
        keys = [element["AttributeName"] for element in index["KeySchema"]]
        if index["IndexName"] in holders(table) or set(keys) - given_types.keys():
            self._invalid("Attempting to create an index which already exists, or without its types", "UpdateTable")
        if any(standing.get(key, given_types[key]) != given_types[key] for key in keys):
            self._invalid("the type of a key attribute is another", "UpdateTable")
        self._check_new_holder(mode_of(table), index, "UpdateTable")
        if self.model.members(name) and (unscaled := unscaled_write(self.model, self.region, name)):
            self._invalid(unscaled, "UpdateTable")
        self._hold(name, 2)
        for order, member in enumerate([self.region, *sorted(self.model.members(name) - {self.region})]):
            place = self.model.tables[(member, name)]
            entry = new_holder(mode_of(table), {**copy.deepcopy(index), "IndexStatus": "CREATING"})
            defined = {**standing, **{key: given_types[key] for key in keys}}
            self.model.later(order, lambda place=place, entry=entry, defined=defined: list_index(place, entry, defined))
            if self.model.members(name) and mode_of(table) == "PROVISIONED":
                scale = functools.partial(scale_index_writes, self.model, member, name, index["IndexName"])
                self.model.later(order, scale)
            self.model.later(4 + 2 * order, lambda entry=entry: entry.update(IndexStatus="ACTIVE"))

    def _delete_index(self, name: str, table: Settings, index: Settings, given: Settings) -> None:
        if index["IndexName"] not in holders(table):
            self._refuse("ResourceNotFoundException", f"Index {index['IndexName']} for table {name}", "UpdateTable")
        if self.model.members(name) and (unscaled := unscaled_write(self.model, self.region, name)):
            self._invalid(unscaled, "UpdateTable")
        self._hold(name, 1)
        for order, member in enumerate([self.region, *sorted(self.model.members(name) - {self.region})]):
            place = self.model.tables[(member, name)]
            entry = holders(place)[index["IndexName"]]
            self.model.later(2 * order, lambda entry=entry: entry.update(IndexStatus="DELETING"))
            self.model.later(1 + 2 * order, lambda place=place, entry=entry: forget_index(place, entry))

    def _invalid(self, message: str, call: str) -> t.NoReturn:
        self._refuse("ValidationException", message, call)


_READS = {"ProvisionedThroughput": "ReadCapacityUnits", "OnDemandThroughput": "MaxReadRequestUnits"}


def own_reads(holder: Settings) -> Settings:
    return {member: holder.get(member, {}).get(unit, -1) for member, unit in _READS.items()}


def _kept(reads: Settings, base: Settings) -> Settings:
    return {member: value for member, value in reads.items() if value != base[member]}


def _merged(change: Settings, kept: Settings) -> Settings:
    own = {member: {**change[member], _READS[member]: value} for member, value in kept.items() if member in change}
    return {**change, **own}


def indexes(table: Settings) -> list[Settings]:
    return table["description"].setdefault("GlobalSecondaryIndexes", [])


def holders(table: Settings) -> dict[str, Settings]:
    return {"": table["description"], **{index["IndexName"]: index for index in indexes(table)}}


def moves(table: Settings) -> bool:
    """Whether an index comes, changes or goes."""
    return any(index["IndexStatus"] != "ACTIVE" for index in indexes(table))


def mode_of(table: Settings) -> str:
    return table["description"].get("BillingModeSummary", {"BillingMode": "PROVISIONED"})["BillingMode"]


def types(table: Settings) -> dict[str, str]:
    return {entry["AttributeName"]: entry["AttributeType"] for entry in table["description"]["AttributeDefinitions"]}


def initial_warm(mode: str, holder: Settings) -> Settings:
    units = holder.get("ProvisionedThroughput", ZERO)
    provisioned = {
        "ReadUnitsPerSecond": units["ReadCapacityUnits"],
        "WriteUnitsPerSecond": units["WriteCapacityUnits"],
    }
    return dict(INITIAL) if mode == "PAY_PER_REQUEST" else provisioned


def new_holder(mode: str, holder: Settings) -> Settings:
    """A new table or index as DescribeTable shows it."""
    warm = {**initial_warm(mode, holder), **holder.get("WarmThroughput", {}), "Status": "ACTIVE"}
    return {"ProvisionedThroughput": dict(ZERO), **holder, "WarmThroughput": warm}


def provision(holder: Settings, change: Settings) -> None:
    holder["ProvisionedThroughput"] = dict(change["ProvisionedThroughput"])
    raise_warm(holder, initial_warm("PROVISIONED", holder))


def raise_warm(holder: Settings, units: Settings) -> None:
    holder["WarmThroughput"].update(
        {member: max(holder["WarmThroughput"][member], value) for member, value in units.items()}
    )


def warm(holder: Settings, change: Settings) -> None:
    holder["WarmThroughput"].update({**change["WarmThroughput"], "Status": "ACTIVE"})


def list_index(table: Settings, entry: Settings, defined: dict[str, str]) -> None:
    indexes(table).append(entry)
    define(table, defined)


def forget_index(table: Settings, entry: Settings) -> None:
    indexes(table).remove(entry)
    description = table["description"]
    every = [*indexes(table), *description.get("LocalSecondaryIndexes", []), description]
    used = {element["AttributeName"] for holder in every for element in holder["KeySchema"]}
    define(table, {name: kind for name, kind in types(table).items() if name in used})


def define(table: Settings, defined: dict[str, str]) -> None:
    table["description"]["AttributeDefinitions"] = [
        {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(defined.items())
    ]

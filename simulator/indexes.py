# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Global secondary indexes of standing tables: created, backfilled and deleted, in every region of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator import durations, errors, rules, schema, store
from simulator.capacity import is_within_quota
from simulator.lifecycle import Lifecycle
from simulator.on_demand import maximums_are_valid
from simulator.state import (
    CREATING,
    DELETING,
    INDEX_CREATED,
    INDEX_DELETED,
    STREAM,
    TABLE_CLASS,
    THROUGHPUT,
    UPDATING,
    Index,
    RegionalTable,
)
from simulator.warm import warm_is_valid_at_creation

CREATE, UPDATE, DELETE = "Create", "Update", "Delete"


@dataclass
class IndexChanges:
    """What GlobalSecondaryIndexUpdates asks for."""

    created: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    updated: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, parameters: dict[str, Any]) -> IndexChanges:
        """Read the updates: one action an entry, one entry an index (160)."""
        changes, named = cls(), []
        for update in parameters.get("GlobalSecondaryIndexUpdates", []):
            if not update:
                raise errors.no_index_action()
            if len(update) > 1:
                raise errors.several_index_actions()
            ((action, settings),) = update.items()
            named.append(settings["IndexName"])
            if action == CREATE:
                changes.created.append(settings)
            elif action == DELETE:
                changes.deleted.append(settings["IndexName"])
            elif len(settings) == 1:
                raise errors.no_index_action()
            else:
                changes.updated[settings["IndexName"]] = settings
        for name in named:
            if named.count(name) > 1:
                raise errors.index_named_twice(name)
        return changes

    def of_kind(self, member: str) -> dict[str, Any]:
        """What the indexes that are updated get of one member."""
        return {name: settings[member] for name, settings in self.updated.items() if member in settings}

    @property
    def changes_schema(self) -> bool:
        """Whether an index comes or goes."""
        return bool(self.created or self.deleted)


class Indexes:
    """Creates and deletes indexes, one a call and table (159), in all regions of a table together (296)."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    def check(self, table: RegionalTable, changes: IndexChanges, parameters: dict[str, Any], provisioned: bool) -> None:
        """Refuse what the service refuses of an index that comes or goes."""
        definitions = schema.definitions_of(parameters)
        for created in changes.created:
            schema.index_is_valid(created)
            schema.definitions_for_index(created, definitions, store.definitions(table.region, table.name))
            _throughput_fits(created, provisioned)
            index_capacity_is_valid(created, provisioned, table.region)
        self._check_others(table, changes)
        if table.group and provisioned:
            scaled = self._lifecycle.scaling.scaled_writes(table.region)
            rules.write_capacity_follows_load(table, scaled, table.indexes)  # 291
        if len(table.indexes) + len(changes.created) > schema.MAX_INDEXES:
            raise errors.too_many_indexes(schema.MAX_INDEXES)

    def start(self, table: RegionalTable, changes: IndexChanges, parameters: dict[str, Any]) -> None:
        members = [table, *table.others()]
        for created in changes.created:
            new = {member: new_index(created, backfilling=False) for member in members}
            definitions = schema.definitions_of(parameters)
            if table.group:
                self._create_everywhere(new, created, definitions)
            else:
                _list(table, new[table], created, definitions)
                self._backfill(new, durations.INDEX_ALLOCATED, durations.INDEX_ACTIVE)
        for name in changes.deleted:
            self._delete(members, name)

    def _check_others(self, table: RegionalTable, changes: IndexChanges) -> None:
        """One index comes or goes at a time, and not while the table changes otherwise (149, 159, 163, 175)."""
        for name in changes.deleted:
            index = rules.index_named(table, name)
            if index.status == CREATING and not index.backfilling:
                raise errors.index_is_allocating(table.name, name)
            if index.status == UPDATING:
                raise errors.index_is_updating(table.name, name)
        for name in [*changes.deleted, *(created["IndexName"] for created in changes.created)]:
            if name in table.indexes_in(DELETING):
                raise errors.index_is_deleting(table.name, name)
        for created in changes.created:
            if created["IndexName"] in store.index_names(table.region, table.name):
                raise errors.index_exists()
        everywhere = [name for member in [table, *table.others()] for name in member.indexes_in(CREATING, DELETING)]
        others = [name for name in everywhere if name not in changes.deleted]
        if others or len(changes.created) + len(changes.deleted) > 1 or INDEX_CREATED in table.changes:
            raise errors.one_index_at_a_time()
        rules.nothing_in_the_way(table, "index", THROUGHPUT, STREAM, TABLE_CLASS)
        rules.no_change_in_flight(table)

    def _create_everywhere(
        self, new: dict[RegionalTable, Index], created: dict[str, Any], definitions: schema.Definitions
    ) -> None:
        """No region shows the index at first; then each fills its own (296)."""

        def show() -> None:
            for member, index in new.items():
                _list(member, index, created, definitions)
                if "ProvisionedThroughput" in created:
                    self._lifecycle.scaling.scale_index_writes(member.region, member.name, created["IndexName"])  # 322

        self._lifecycle.later(durations.GLOBAL_INDEX_LISTED, show)
        self._backfill(new, durations.GLOBAL_INDEX_ALLOCATED, durations.GLOBAL_INDEX_ACTIVE)

    def _backfill(self, new: dict[RegionalTable, Index], allocated: durations.Span, active: durations.Span) -> None:
        """The tables are ACTIVE again long before the index is, in each region on its own (148, 296)."""

        def begin() -> None:
            for index in new.values():
                index.backfilling = True

        self._lifecycle.hold_updating(list(new), allocated, begin, INDEX_CREATED)
        for index in new.values():
            self._lifecycle.later(active, lambda index=index: _finish(index))

    def _delete(self, members: list[RegionalTable], name: str) -> None:
        for member in members:
            member.indexes[name].status = DELETING
            member.indexes[name].backfilling = None

        def forget() -> None:
            for member in members:
                del member.indexes[name]
                member.insights.pop(name, None)  # 097
                store.remove_index(member.region, member.name, name)

        span = durations.INDEX_DELETED if len(members) == 1 else durations.GLOBAL_UPDATE
        self._lifecycle.hold_updating(members, span, forget, INDEX_DELETED)


def index_capacity_is_valid(created: dict[str, Any], provisioned: bool, region: str) -> None:
    """Maximums and warm throughput of an index that is new, alone or with its table (128)."""
    name, throughput = created["IndexName"], created.get("ProvisionedThroughput")
    maximums_are_valid(region, created.get("OnDemandThroughput", {}), provisioned, name)
    is_within_quota(region, {name: throughput or {}})
    warm_is_valid_at_creation(created.get("WarmThroughput", {}), throughput, region, name)


def new_index(created: dict[str, Any], backfilling: bool | None = None) -> Index:
    """An index that is being created, alone or with its table."""
    index = Index(created["IndexName"], CREATING, backfilling)
    index.capacity.maximums = dict(created.get("OnDemandThroughput", {}))
    index.capacity.warm_wanted = created.get("WarmThroughput")
    return index


def _throughput_fits(created: dict[str, Any], provisioned: bool) -> None:
    """A new index has capacity of its own exactly when its table has (128, 152)."""
    if provisioned and "ProvisionedThroughput" not in created:
        raise errors.new_index_throughput_needed(created["IndexName"])
    if not provisioned and "ProvisionedThroughput" in created:
        raise errors.new_index_takes_no_throughput(created["IndexName"])


def _list(table: RegionalTable, index: Index, created: dict[str, Any], definitions: schema.Definitions) -> None:
    table.indexes[index.name] = index
    known = store.definitions(table.region, table.name)
    store.add_index(table.region, table.name, created, schema.definitions_for_index(created, definitions, known))
    throughput = created.get("ProvisionedThroughput")
    least = store.warm_of(throughput) if throughput else store.WARM_ON_DEMAND
    store.raise_warm_throughput(table.region, table.name, index.name, least)  # 134: what isn't said is as without it


def _finish(index: Index) -> None:
    if index.status == CREATING:  # unless it was deleted while it was backfilling
        index.is_made()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lives of tables and replicas: which state follows which, and when."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from simulator import durations, rules, store
from simulator.clock import SimulatedClock
from simulator.replication import Replication
from simulator.scaling import ScalableTargets
from simulator.state import (
    ACTIVE,
    CREATING,
    CREATION_FAILED,
    DELETING,
    GLOBAL,
    REPLICATION_NOT_AUTHORIZED,
    UPDATING,
    GlobalTable,
    RegionalTable,
    Tables,
    Witness,
)


class Lifecycle:
    """Moves tables through their states on the simulated clock."""

    def __init__(
        self,
        tables: Tables,
        clock: SimulatedClock,
        dice: random.Random,
        replication: Replication,
        scaling: ScalableTargets,
    ) -> None:
        self.scaling = scaling
        self._tables = tables
        self._clock = clock
        self._dice = dice
        self._replication = replication

    def create_table(self, table: RegionalTable) -> None:
        """A new table; its indexes are ACTIVE together with it (148)."""
        table.status = CREATING
        table.created_at = time.time()
        table.settings_known_at = self._clock.now() + durations.SETTINGS_KNOWN
        self._tables.add(table)

        def finish() -> None:
            if table.encryption.lost_since is not None:
                return  # 332: it never gets ACTIVE
            table.status = ACTIVE
            table.capacity.warm_wanted = None
            for index in table.indexes.values():
                index.is_made()

        self.later(durations.CREATE_TABLE_WITH_INDEXES if table.indexes else durations.CREATE_TABLE, finish)

    def delete_table(self, table: RegionalTable) -> None:
        """Delete a table that is in no other region."""
        table.status = DELETING
        self._later(durations.DELETE_TABLE.draw(self._dice), lambda: self.forget(table))

    def hold_updating(
        self, affected: list[RegionalTable], span: durations.Span, change: Callable[[], object], kind: str = GLOBAL
    ) -> None:
        """Show tables UPDATING for a while, or for longer when they already are; the change shows when that ends."""
        for member in affected:
            member.status = UPDATING
            member.changes.append(kind)

        def finish() -> None:
            change()
            for member in affected:
                member.changes.remove(kind)
                if not member.changes:
                    member.status = ACTIVE

        self.later(span, finish)

    def later(self, span: durations.Span, action: Callable[[], None]) -> None:
        """Do something after a while that is drawn from a span."""
        self._later(span.draw(self._dice), action)

    def follow(self, member: RegionalTable, change: Callable[[], None]) -> None:
        """Apply to another region what was changed in one, unless that region is gone by then."""

        def apply() -> None:
            if member.group and store.has_table(member.region, member.name):
                change()

        self._later(durations.TTL_FOLLOWS.draw(self._dice), apply)

    def source_of(self, replica: RegionalTable) -> RegionalTable | None:
        """The region a replica was added from, while it is a member."""
        return next((other for other in replica.others() if other.region == replica.source_region), None)

    def abort_replica(self, source: RegionalTable, strong: bool = False) -> None:
        """A create that was answered 200 and leaves no trace (310)."""
        self._begin_adding(source, strong)

        def finish() -> None:
            source.status = ACTIVE
            self._dissolve_if_alone(source)

        self._later(durations.REPLICA_ABORTED.draw(self._dice), finish)

    def abandon_replica(self, replica: RegionalTable) -> None:
        """A replica whose key is lost before its region knows it leaves no trace either (310)."""
        source = self.source_of(replica)
        assert source is not None
        self._leave(replica)
        self._tables.remove(replica)
        self.later(durations.REPLICA_ABANDONED, lambda: _set_status(source, ACTIVE))

    def fail_replica(self, source: RegionalTable, replica: RegionalTable) -> None:
        """A create that ends CREATION_FAILED: an entry without a table, until it is deleted [M]."""
        self._begin_adding(source)
        self._join(source, replica)
        self._later(durations.REPLICA_LISTED.draw(self._dice), lambda: _list(replica))

        def finish() -> None:
            source.status = ACTIVE
            replica.replica_status = CREATION_FAILED

        self._later(durations.REPLICA_ACTIVE.draw(self._dice), finish)

    def add_replica(self, source: RegionalTable, replica: RegionalTable) -> None:
        """Add a region to a table (226; with items 265, 298, 306)."""
        self._begin_adding(source)
        self._join(source, replica)
        is_capped = replica.capacity.max_read_override is not None
        self.later(durations.CAPPED_REPLICA_LISTED if is_capped else durations.REPLICA_LISTED, lambda: _list(replica))
        if store.item_count(source.region, source.name):
            self._add_filled_replica(source, replica)
        else:
            self._add_empty_replica(source, replica)

    def create_strong_group(self, source: RegionalTable, replicas: list[RegionalTable], witness: str | None) -> None:
        """Make a strongly consistent group of three regions, all at once (258)."""
        group = self._begin_adding(source, strong=True)
        group.witness = Witness(witness) if witness else None
        for replica in replicas:
            self._join(source, replica)
        listed = durations.WITNESS_LISTED if witness else durations.STRONG_LISTED
        active = (durations.WITNESS_ACTIVE if witness else durations.STRONG_ACTIVE).draw(self._dice)

        def show() -> None:
            for member in replicas:
                member.listed = True
            if group.witness:
                group.witness.listed = True

        def finish() -> None:
            for replica in replicas:
                self._activate(source, replica)
            if group.witness:
                group.witness.status = ACTIVE

        self._later(listed.draw(self._dice), show)
        self._later(durations.STRONG_DESCRIBABLE * active, lambda: [self._open(source, one) for one in replicas])
        self._later(active, finish)

    def take_down_strong_group(self, table: RegionalTable, replicas: list[RegionalTable]) -> None:
        """Delete all replicas but one, and the witness: that one is a regional table again (261)."""
        group = table.group
        assert group is not None
        for member in (table, *replicas):
            member.status = UPDATING
        gone = durations.STRONG_GONE.draw(self._dice)

        def start_deleting() -> None:
            self._replication.deliver_all(table)
            for replica in replicas:
                replica.status = replica.replica_status = DELETING
            if group.witness:
                group.witness.status = DELETING

        def finish() -> None:
            table.status = ACTIVE
            for replica in replicas:
                self._leave(replica)
                self._later(durations.REPLICA_TABLE_GONE.draw(self._dice), lambda replica=replica: self.forget(replica))

        self._later(gone - durations.STRONG_DELETING, start_deleting)
        self._later(gone, finish)

    def follow_anew(self, table: RegionalTable) -> None:
        """A strongly consistent replica's stream was turned on or off."""
        self._replication.follow(table)

    def remove_replica(self, source: RegionalTable, replica: RegionalTable) -> None:
        """Delete a replica and its items, asked of `source` (204, 228) or of the replica itself (297)."""
        source.status = UPDATING
        if replica.status != DELETING:
            replica.status = UPDATING
        updating = durations.SOURCE_UPDATING_ON_DELETE.draw(self._dice)
        gone = durations.REPLICA_ENTRY_GONE.draw(self._dice)

        def start_deleting() -> None:
            source.status = ACTIVE
            replica.status = replica.replica_status = DELETING

        def finish() -> None:
            source.status = ACTIVE
            self._leave(replica)
            self._later(durations.REPLICA_TABLE_GONE.draw(self._dice), lambda: self.forget(replica))

        self._later(updating, start_deleting)
        last_update = gone - durations.SOURCE_UPDATING_BEFORE_GONE.draw(self._dice)
        self._later(last_update, lambda: _set_status(source, UPDATING))
        self._later(gone, finish)

    def delete_replica_itself(self, replica: RegionalTable) -> None:
        """DeleteTable in a replica's own region: it is DELETING at once, the region it came from follows (297)."""
        replica.status = DELETING
        self.remove_replica(self.source_of(replica) or replica.others()[0], replica)

    def disassociate(self, table: RegionalTable, fails: bool) -> None:
        """A replica leaves and keeps its data, once nothing waits to be replicated to or from it [D]."""
        table.status = table.replica_status = UPDATING

        def finish() -> None:
            if not fails and not table.is_cut_off and not self._replication.settle(table):
                self._later(durations.DISASSOCIATION_WAITS, finish)
                return
            table.status = table.replica_status = ACTIVE
            if not fails and not table.is_cut_off:
                self._leave(table)

        self._later(durations.GLOBAL_UPDATE.draw(self._dice), finish)

    def cut_off(self, table: RegionalTable, status: str) -> None:
        """The other regions can't reach a replica, and show why; after 20 hours it is no member any more (426, 427)."""
        if table.group is None or status in table.inaccessible:
            return
        since = table.inaccessible[status] = self._clock.now()
        self._later(durations.INACCESSIBLE_LEAVES, lambda: self.detach(table, status, since))

    def reconnect(self, table: RegionalTable, status: str) -> None:
        """The other regions reach a replica again, and get what waited."""
        table.inaccessible.pop(status, None)
        self._replication.drain()

    def drain(self) -> None:
        """Send on what waited for a region that can be reached again."""
        self._replication.drain()

    def detach(self, table: RegionalTable, status: str | None = None, since: float | None = None) -> None:
        """A replica is no member any more, and keeps its data; only if still cut off since then, if that is said."""
        if table.group and (status is None or table.inaccessible.get(status) == since):
            self._leave(table)

    def authorize_replication(self, table: RegionalTable, authorized: bool) -> None:
        """A policy begins or ceases to deny replication, which cuts a replica off [D]."""
        table.denies_replication = not authorized
        change = self.reconnect if authorized else self.cut_off
        change(table, REPLICATION_NOT_AUTHORIZED)

    def _add_empty_replica(self, source: RegionalTable, replica: RegionalTable) -> None:
        describable, active = durations.REPLICA_DESCRIBABLE, durations.REPLICA_ACTIVE
        if replica.capacity.max_read_override is not None:
            describable, active = durations.CAPPED_REPLICA_DESCRIBABLE, durations.CAPPED_REPLICA_ACTIVE
        self.later(describable, lambda: self._open(source, replica))
        self.later(active, lambda: self._activate(source, replica))

    def _add_filled_replica(self, source: RegionalTable, replica: RegionalTable) -> None:
        total = durations.FILLED_REPLICA_ACTIVE.draw(self._dice)

        def open_replica() -> None:
            self._open(source, replica)
            source.status = ACTIVE

        def look_again() -> None:
            if replica.group is not None:
                source.status = UPDATING

        self._later(durations.FILLED_REPLICA_DESCRIBABLE * total, open_replica)
        self._later(durations.FILLED_SOURCE_UPDATING * total, look_again)
        self._later(total, lambda: self._activate(source, replica))

    def _open(self, source: RegionalTable, replica: RegionalTable) -> None:
        """The new region knows the table, and receives what the others hold and write."""
        if replica.group is None:
            return  # 310: abandoned
        store.create_replica(source.region, replica.region, replica.name, with_stream=not source.is_strong)
        replica.describable = True
        replica.created_at = time.time()
        self._replication.copy_existing_items(replica)

    def _activate(self, source: RegionalTable, replica: RegionalTable) -> None:
        if replica.group is None:
            return  # 310: abandoned
        source.status = ACTIVE
        replica.status = replica.replica_status = ACTIVE
        for index in replica.indexes.values():
            index.is_made()
        indexes = store.index_throughputs(source.region, source.name)
        self.scaling.mirror_writes(source.region, replica.region, rules.scaled_resources(source.name, indexes))

    def _begin_adding(self, source: RegionalTable, strong: bool = False) -> GlobalTable:
        """The source is part of a global table, with a stream, as soon as the call is answered (221, 226)."""
        source.status = UPDATING
        if not strong:
            store.enable_stream(source.region, source.name)
        if source.group is None:
            GlobalTable(strong=strong).add(source)
            self._replication.follow(source)
        assert source.group is not None
        return source.group

    def _join(self, source: RegionalTable, replica: RegionalTable) -> None:
        """The replica is there, and nobody sees it yet."""
        assert source.group is not None
        replica.status = replica.replica_status = CREATING
        replica.listed = replica.describable = False
        replica.source_region, replica.added_at = source.region, self._clock.now()
        source.group.add(replica)
        self._tables.add(replica)

    def _leave(self, replica: RegionalTable) -> None:
        others = replica.others()
        assert replica.group is not None
        replica.group.remove(replica)
        self._replication.forget(replica)
        for other in others:
            self._dissolve_if_alone(other)

    def _dissolve_if_alone(self, table: RegionalTable) -> None:
        """The last member of a global table is a regional table again (231)."""
        if table.group and not table.others():
            table.group.remove(table)
            self._replication.forget(table)

    def forget(self, table: RegionalTable) -> None:
        """The table is gone."""
        store.drop_table(table.region, table.name)
        self._tables.remove(table)

    def _later(self, delay: float, action: Callable[[], None]) -> None:
        self._clock.schedule(delay, action)


def _set_status(table: RegionalTable, status: str) -> None:
    table.status = status


def _list(replica: RegionalTable) -> None:
    replica.listed = True

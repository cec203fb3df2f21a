# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulator knows of each table beyond what moto keeps: statuses, and membership of a global table."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.policy_document import Document

CREATING, ACTIVE, UPDATING, DELETING = "CREATING", "ACTIVE", "UPDATING", "DELETING"
CREATION_FAILED, REGION_DISABLED = "CREATION_FAILED", "REGION_DISABLED"
REPLICATION_NOT_AUTHORIZED = "REPLICATION_NOT_AUTHORIZED"
INACCESSIBLE_ENCRYPTION_CREDENTIALS, ARCHIVED = "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVED"
DISABLED, ENABLE_FAILED = "DISABLED", "ENABLE_FAILED"
"""What Contributor Insights and Kinesis destinations are when they are off."""

THROUGHPUT, STREAM, TABLE_CLASS, INDEX_CREATED, INDEX_DELETED, GLOBAL = (
    "throughput",
    "stream",
    "table class",
    "index created",
    "index deleted",
    "global table",
)
"""What a table can be UPDATING for."""


@dataclass(eq=False)
class CapacityRecord:
    """What moto doesn't keep of the capacity of a table or an index, in one region."""

    read_override: int | None = None
    """Provisioned read capacity of this replica's own."""
    maximums: dict[str, int] = field(default_factory=dict)
    """On-demand maximums, as the API names them; -1 is one that was just cleared (182)."""
    max_read_override: int | None = None
    """An on-demand read maximum of this replica's own."""
    warm_wanted: dict[str, int] | None = None
    """The warm throughput that is being brought about."""
    warm_was_raised: bool = False
    decreases_today: int = 0
    decreased_at: float = -math.inf
    last_increase: float | None = None
    last_decrease: float | None = None
    """Both in epoch seconds."""


@dataclass(eq=False)
class EncryptionRecord:
    """How a table is encrypted in one region, beyond the key in force."""

    is_changing: bool = False
    shown_key: str | None = None
    """The key that is shown while that changes."""
    changes: list[float] = field(default_factory=list)
    lost_since: float | None = None
    """Since when the key can't be used."""
    items_fail: bool = False
    inaccessible_at: float | None = None
    archived_at: float | None = None
    """Both in epoch seconds, once the status tells."""


@dataclass(eq=False)
class Index:
    """What moto doesn't keep of a global secondary index, in one region."""

    name: str
    status: str = ACTIVE
    backfilling: bool | None = None
    """Only an index added to a standing table has it, until it is ACTIVE (138)."""
    capacity: CapacityRecord = field(default_factory=CapacityRecord)

    def is_made(self) -> None:
        """Its creation is over."""
        self.status, self.backfilling, self.capacity.warm_wanted = ACTIVE, None, None


@dataclass(eq=False)
class Insights:
    """What one table or index has of Contributor Insights."""

    status: str = DISABLED
    mode: str | None = None
    rules: tuple[str, ...] = ()
    rules_named_at: int = 0
    changed_at: float | None = None
    failed: bool = False


@dataclass(eq=False)
class Destination:
    """One Kinesis stream that a table's changes go to, or went to."""

    arn: str
    status: str = DISABLED
    precision: str | None = None
    failure: str | None = None
    shown_active_until: float = -math.inf

    @property
    def is_live(self) -> bool:
        return self.status not in (DISABLED, ENABLE_FAILED)


@dataclass(frozen=True)
class Policy:
    document: Document
    revision: str


@dataclass(eq=False)
class PolicySlot:
    """The policy of a table or of a stream: what it is, and what it was until reads show the change (346)."""

    current: Policy | None = None
    before: Policy | None = None
    changed_at: float = -math.inf
    settled_at: float = -math.inf
    revision: int = 0

    def seen(self, now: float) -> Policy | None:
        return self.current if now >= self.settled_at else self.before

    def is_settling(self, now: float) -> bool:
        return now < self.settled_at

    def change(self, document: Document | None, now: float, settled_at: float) -> str:
        """Set or remove the policy; the moment in milliseconds is its revision (207), also of a removal (205)."""
        self.revision = max(self.revision + 1, int(time.time() * 1000))
        self.before = self.seen(now)
        self.current = document and Policy(document, str(self.revision))
        self.changed_at, self.settled_at = now, settled_at
        return str(self.revision)


@dataclass(eq=False)
class RegionalTable:
    """One table in one region. With `group`, it is a replica of a global table."""

    region: str
    name: str
    status: str
    group: GlobalTable | None = None
    table_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    describable: bool = True
    """Whether this region's own endpoint knows the table."""
    listed: bool = True
    """Whether the other members list this one among their replicas."""
    replica_status: str = ACTIVE
    """The status the other members show for this one."""
    source_region: str | None = None
    added_at: float = 0.0
    created_at: float = 0.0
    """Epoch seconds, for CreationDateTime."""
    settings_known_at: float = -math.inf
    """When the APIs of what this region has of its own begin to know the table."""
    changes: list[str] = field(default_factory=list)
    """What keeps the table UPDATING."""
    indexes: dict[str, Index] = field(default_factory=dict)

    table_class: str | None = None
    table_class_set_at: float | None = None
    table_class_changes: list[float] = field(default_factory=list)
    on_demand_since: float | None = None
    on_demand_switches: list[float] = field(default_factory=list)
    switches_from: str | None = None
    """The billing mode still in force while another one, which is shown already, is on its way (064, 452)."""
    capacity: CapacityRecord = field(default_factory=CapacityRecord)
    kms_key_arn: str | None = None
    encryption: EncryptionRecord = field(default_factory=EncryptionRecord)
    protection_changed_at: float = -math.inf
    ttl_changed_at: float = -math.inf
    insights: dict[str | None, Insights] = field(default_factory=dict)
    """Contributor Insights by index; the table's own under None."""
    policies: dict[str, PolicySlot] = field(default_factory=dict)
    """Resource policies, of the table and of its streams."""
    kinesis_destinations: dict[str, Destination] = field(default_factory=dict)
    """Kinesis streaming destinations by the stream's ARN."""
    disassociation_protected: bool = True
    """Shown, and in force, while this is a replica of an eventually consistent global table."""
    inaccessible: dict[str, float] = field(default_factory=dict)
    """Why the other regions can't reach this replica: the status they show, and since when."""
    denies_replication: bool = False
    """Whether this region's resource policy does."""

    @property
    def is_joining(self) -> bool:
        """Whether this is a replica that is still being added."""
        return self.group is not None and self.replica_status == CREATING

    @property
    def is_unauthorized(self) -> bool:
        """Whether this is a replica whose policy denies replication: it is cut off until that ends [D]."""
        return REPLICATION_NOT_AUTHORIZED in self.inaccessible

    def indexes_in(self, *statuses: str) -> list[str]:
        """The names of the global secondary indexes that are in one of these statuses."""
        return [index.name for index in self.indexes.values() if index.status in statuses]

    @property
    def is_cut_off(self) -> bool:
        """Whether this is a replica that nothing replicates to or from."""
        return bool(self.inaccessible) or self.encryption.items_fail

    @property
    def capacities(self) -> dict[str | None, CapacityRecord]:
        """The table's capacity, by None, and that of each index by its name."""
        return {None: self.capacity, **{name: index.capacity for name, index in self.indexes.items()}}

    @property
    def is_warming(self) -> bool:
        """Whether warm throughput is being raised, of the table or an index."""
        return any(capacity.warm_wanted for capacity in self.capacities.values())

    def others(self) -> list[RegionalTable]:
        """The other members of the global table, in the order in which they were added."""
        return [member for member in self.group.members.values() if member is not self] if self.group else []

    @property
    def is_strong(self) -> bool:
        """Whether this is a member of a strongly consistent global table."""
        return self.group is not None and self.group.strong

    def listed_replicas(self) -> list[RegionalTable]:
        """What this region's DescribeTable shows as Replicas: never itself (229)."""
        return [member for member in self.others() if member.listed]


@dataclass
class Witness:
    """A region that keeps a strongly consistent group's writes, without a table, ARN or tags there (259)."""

    region: str
    status: str = CREATING
    listed: bool = False


@dataclass(eq=False)
class GlobalTable:
    """A table that lives in several regions (version 2019.11.21)."""

    members: dict[str, RegionalTable] = field(default_factory=dict)
    strong: bool = False
    """Whether its consistency is strong: the members are frozen, and their items replicate synchronously."""
    witness: Witness | None = None

    def add(self, member: RegionalTable) -> None:
        self.members[member.region] = member
        member.group = self
        member.disassociation_protected = True

    def remove(self, member: RegionalTable) -> None:
        """Take a member out: it is a regional table again, or about to go."""
        del self.members[member.region]
        member.group = None
        member.inaccessible.clear()

    @property
    def is_changing_members(self) -> bool:
        """Whether one comes, goes, or failed to come and has to be removed first."""
        return any(member.replica_status in (CREATING, CREATION_FAILED, DELETING) for member in self.members.values())


class Tables:
    """Every table of every region."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, str], RegionalTable] = {}

    def __iter__(self) -> Iterator[RegionalTable]:
        return iter(list(self._tables.values()))

    def get(self, region: str, name: str) -> RegionalTable | None:
        return self._tables.get((region, name))

    def add(self, table: RegionalTable) -> None:
        self._tables[table.region, table.name] = table

    def remove(self, table: RegionalTable) -> None:
        del self._tables[table.region, table.name]

    def replicas_in(self, region: str) -> list[RegionalTable]:
        """The members of global tables that stand in this region."""
        return [table for table in self._tables.values() if table.region == region and table.group]

    def clear(self) -> None:
        self._tables.clear()

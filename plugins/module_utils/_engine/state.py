# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was observed, as plain records in the words of the options. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

# Besides the service's own TableStatus values:
ABSENT = "ABSENT"
UNKNOWN = "UNKNOWN"  # denied, throttled or unreachable: never taken for absent

ACTIVE = "ACTIVE"
CREATING = "CREATING"
UPDATING = "UPDATING"
DELETING = "DELETING"

# (index, "" for the table; "read" or "write") -> its scalable target, and the name and configuration of its policy.
Scaling = dict[tuple[str, str], dict[str, t.Any]]


class Key(t.NamedTuple):
    """What KMS says of a key that a table is to use.

    :ivar problem: why it can't be used, as a sentence; empty when it can.
    """

    arn: str = ""
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class RegionalTable:
    """A table as one region shows it.

    :ivar status: TableStatus of DescribeTable, or ABSENT, or UNKNOWN.
    :ivar problem: why it is UNKNOWN, or why not all of its settings could be read, as a sentence.
    :ivar transient: whether that may go away by itself.
    :ivar settings: the options of `arguments.TABLE_OPTIONS` that were read, in their words.
    :ivar replicas: region -> ReplicaStatus; the region asked is never among them (finding DDB-TABLE-229).
    :ivar causes: region -> why a replica has its status, where the service says so.
    :ivar overrides: region -> what its replica has of its own, as this region lists it, in the words of the options.
    :ivar consistency: of its group, "strong" or "eventual"; empty for a table that is in none.
    :ivar witnesses: region -> WitnessStatus; at most one, of a strongly consistent group.
    :ivar obstacles: what keeps it from becoming one and DescribeTable doesn't show, where that was looked for.
    :ivar key: the key that is wanted to encrypt it, where a key of the account's is.
    :ivar moving: setting -> what it is doing, though the table itself may be ACTIVE: "Contributor Insights: ENABLING".
    :ivar failed: setting -> why the service gave up on it when it was last asked for.
    :ivar scaling: what scales it, where that was read; it outlives the table.
    :ivar scaling_problem: why what outlives the table couldn't be looked for, as a sentence.
    :ivar indexes: global secondary index -> IndexStatus; one that is on its way out is only here, not in ``settings``.
    :ivar warming: what its warm throughput is still rising of: "the table", "index NAME".
    """

    region: str
    status: str
    problem: str = ""
    transient: bool = False
    arn: str = ""
    table_id: str = ""
    item_count: int = 0
    settings: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    replicas: dict[str, str] = dataclasses.field(default_factory=dict)
    causes: dict[str, str] = dataclasses.field(default_factory=dict)
    overrides: dict[str, dict[str, t.Any]] = dataclasses.field(default_factory=dict)
    consistency: str = ""
    witnesses: dict[str, str] = dataclasses.field(default_factory=dict)
    obstacles: tuple[str, ...] = ()
    key: Key | None = None
    moving: dict[str, str] = dataclasses.field(default_factory=dict)
    failed: dict[str, str] = dataclasses.field(default_factory=dict)
    scaling: Scaling = dataclasses.field(default_factory=dict)
    scaling_problem: str = ""
    indexes: dict[str, str] = dataclasses.field(default_factory=dict)
    warming: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        return self.status not in (ABSENT, UNKNOWN)

    @property
    def staying(self) -> set[str]:
        """Where its replicas are, without those that are on their way out."""
        return {region for region, status in self.replicas.items() if status != DELETING}

    def having(self, effect: dict[str, t.Any]) -> RegionalTable:
        """This table with ``effect`` on its settings: None is gone; indexes change one by one, by their names."""
        changed = dict(effect)
        if isinstance(changed.get("global_secondary_indexes"), dict):
            changed["global_secondary_indexes"] = self._indexes_having(changed["global_secondary_indexes"])
        return dataclasses.replace(self, settings=_with({**self.settings, **changed}))

    def _indexes_having(self, effects: dict[str, dict[str, t.Any] | None]) -> list[dict[str, t.Any]]:
        standing = {index["name"]: index for index in self.settings["global_secondary_indexes"]}
        # An index that is still to come here has no more than its name and what is said of it.
        changed = {
            name: effect and {"name": name, **standing.get(name, {}), **effect} for name, effect in effects.items()
        }
        return [_with(index) for index in {**standing, **changed}.values() if index is not None]


def _with(settings: dict[str, t.Any]) -> dict[str, t.Any]:
    return {option: value for option, value in settings.items() if value is not None}


class Seen(t.NamedTuple):
    """A setting that has states of its own, as a call beyond DescribeTable shows it; see `RegionalTable`."""

    value: t.Any
    moving: dict[str, str] = {}
    failed: dict[str, str] = {}


# One table: region -> what that region shows. Only the regions that were asked.
Observed = dict[str, RegionalTable]


def absent(region: str) -> RegionalTable:
    return RegionalTable(region, ABSENT)


def account_of(arn: str) -> str:
    """The account id in a table's ARN, empty for an empty ARN."""
    return arn.split(":")[4] if arn else ""


def region_of(arn: str) -> str:
    """The region in a table's ARN, empty for an empty ARN."""
    return arn.split(":")[3] if arn else ""

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One change of the service, as a record, and what a plan is made of. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .state import RegionalTable

Settings = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Step:
    """One call that changes something.

    :ivar key: what the step is about, the same in every pass of a run: (kind, region, option or "").
    :ivar call: the API's operation, e.g. ``UpdateTable``; ``region`` is where it is sent.
    :ivar sentence: for people: "add a replica in eu-west-1".
    :ivar exclusive: whether the service admits it only while nothing else changes in the group.
    :ivar removal: whether it deletes a replica, a table or an index.
    :ivar effect: the settings it leads to, in the words of the options; None for what is gone.
    :ivar index: the global secondary index that these are settings of, empty for the table itself.
    :ivar everywhere: whether every member of the group follows.
    :ivar elsewhere: region -> the settings it leads to there.
    :ivar members: the regions that come or go together, where a strongly consistent group is made or taken down;
        ``witness`` is that of the witness that comes.
    :ivar failed: why the service gave up on it when it was last asked for it: it isn't asked twice in a run.
    :ivar note: what it leaves to a person, as a sentence.
    :ivar waits_for: what it has to wait for, such as another step, empty when the service admits it now.
    """

    key: tuple[str, str, str]
    region: str
    call: str
    parameters: dict[str, t.Any]
    sentence: str
    exclusive: bool = True
    removal: bool = False
    effect: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    index: str = ""
    everywhere: bool = False
    elsewhere: dict[str, Settings] = dataclasses.field(default_factory=dict)
    members: tuple[str, ...] = ()
    witness: str = ""
    failed: str = ""
    note: str = ""
    waits_for: str = ""

    @property
    def removed(self) -> int:
        """How many replicas and tables it removes, or takes out of their group."""
        return len(self.members) or 1 if self.key[0] in (DELETE, REMOVE, DISSOLVE, DISASSOCIATE) else 0

    @property
    def outcome(self) -> Settings:
        """What it leads to, as `RegionalTable.having` takes it."""
        return {"global_secondary_indexes": {self.index: self.effect}} if self.index else self.effect


@dataclasses.dataclass(frozen=True)
class Wait:
    """Something under way that is waited for; ``key`` is the key of the step that leads there."""

    key: tuple[str, str, str]
    sentence: str


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is still to do for one table.

    :ivar steps: in order, removals first.
    :ivar waits: what is under way.
    :ivar refusal: why nothing may be done at all, as a sentence.
    :ivar compares_regions: whether that compares what several regions show. One may show what is older, so a second
        look decides.
    :ivar notes: what a person should know, though nothing is done about it.
    """

    steps: tuple[Step, ...] = ()
    waits: tuple[Wait, ...] = ()
    refusal: str = ""
    compares_regions: bool = False
    notes: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        return not (self.steps or self.waits or self.refusal)


# Kinds of keys; CLEAN is about what outlives a table, FOUND and DISSOLVE about a whole group, strongly consistent,
# DISASSOCIATE about a replica that leaves with its items; the last two are only of waits.
CREATE, DELETE, ADD, REMOVE, SET, CLEAN = "create", "delete", "add", "remove", "set", "clean"
FOUND, DISSOLVE, DISASSOCIATE = "found", "dissolve", "disassociate"
SETTLE, READ = "settle", "read"


def update_table(
    name: str, shown: RegionalTable, option: str, sentence: str, effect: Settings, members: Settings, everywhere: bool
) -> Step:
    """UpdateTable with ``members`` in the region of ``shown``, to set ``option``."""
    return Step(
        key=(SET, shown.region, option),
        region=shown.region,
        call="UpdateTable",
        parameters={"TableName": name, **members},
        sentence=f"{sentence} in {shown.region}",
        effect=effect,
        everywhere=everywhere,
    )

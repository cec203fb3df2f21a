# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys that were written in a region of late, from its stream, and whether their items are the same elsewhere.

A stream has no way to begin at a time: its shards are read from their oldest record on. Of closed shards only those are
read whose child begins within the time that is asked for.

An open shard has no end. GetRecords may answer with no records although more lie behind, and no answer says how far
behind it is (API reference). So an open shard counts as read only when it shows a record that is newer than the begin
of the reading. Where nobody else writes, this run does, to reserved keys, until each shard has shown such a record.
"""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import datetime
import typing as t

from .. import api
from . import dynamodb_json
from .calls import all_of
from .dynamodb_json import Item
from .probes import PUT, Items, Marked, Probe, Seen
from .reserved import Claim
from .session import PAUSES, Patience, Session, batches
from .user_items import is_reserved

# So many keys are compared; of more, it can't be said that all have arrived.
MOST_KEYS = 100_000
# An item that changed more often than this, and differed at each look, isn't waited for any longer.
CHANGING = 3
# So many empty answers of a shard in a row, then it has a pause of so many seconds; the stream's times are whole ones.
EMPTY_ANSWERS = 5
STREAM_PAUSE = 1.0
# The source of these keys in a history.
RECENT = "recent"


@dataclasses.dataclass
class Recent:
    """The keys of late, and where their items differ.

    :ivar since: for how many seconds they are looked back.
    :ivar keys: those that were compared.
    :ivar differing: target -> keys whose items aren't the same there, and stayed so.
    :ivar changing: target -> keys whose items differed at every look, and changed in between.
    :ivar problem: why not all could be compared, as a sentence.
    """

    since: float
    keys: Items = dataclasses.field(default_factory=dict)
    differing: dict[str, list[Probe]] = dataclasses.field(default_factory=dict)
    changing: dict[str, list[Probe]] = dataclasses.field(default_factory=dict)
    problem: str = ""


class _Unreadable(Exception):
    pass


@dataclasses.dataclass
class _Shard:
    """A shard that is being read.

    :ivar position: where to read on; None once it has been read up to the begin of the reading.
    :ivar older: whether it has records from before the time that is asked for; its parent then has only such.
    """

    parent: str | None
    position: str | None
    older: bool = False


@dataclasses.dataclass
class Comparison:
    """Compares what was written in ``region`` within the last ``since`` seconds with what is in other regions.

    :ivar claim: whose keys are written where nobody else writes.
    :ivar patience: what differs is read again until it has stood for so many seconds.
    :ivar until: when to give up on what doesn't answer.
    """

    session: Session
    claim: Claim
    region: str
    since: float
    patience: float
    until: float

    async def run(self, targets: list[str]) -> Recent:
        found = Recent(self.since)
        try:
            found.keys = await self._keys()
            answers = await all_of(self._differing(target, found.keys) for target in targets)
            for target, (differing, changing) in zip(targets, answers, strict=True):
                found.differing[target], found.changing[target] = differing, changing
        except _Unreadable as error:
            found.problem = str(error)
        return found

    async def _keys(self) -> Items:
        table = await self._ask(api.describe_table, self.session.schema.table, service="dynamodb")
        arn = table.get("LatestStreamArn")
        if not arn:
            raise _Unreadable(f"it has no stream in {self.region}, so the keys that were written last aren't known")
        listed, begun = await self._ask(api.describe_stream, arn)
        described = {one["ShardId"]: one for one in listed}
        parents = {name: one.get("ParentShardId") for name, one in described.items()}
        newest = described.keys() - set(parents.values())
        if any("EndingSequenceNumber" in described[name]["SequenceNumberRange"] for name in newest):
            raise _Unreadable(
                f"its stream in {self.region} lists a shard that ended without what follows it: run again"
            )
        keys: dict[t.Hashable, Item] = {}
        waiting, read = set(newest), set()
        while waiting:
            read |= waiting
            positions = await all_of(self._ask(api.get_shard_iterator, arn, name) for name in waiting)
            shards = [_Shard(parents[name], position) for name, position in zip(waiting, positions, strict=True)]
            await self._read_shards(shards, begun, keys)
            waiting = {one.parent for one in shards if not one.older} & parents.keys() - read
        return {Probe(RECENT, number): key for number, key in enumerate(keys.values())}

    async def _read_shards(self, shards: list[_Shard], begun: datetime.datetime, keys: dict[t.Hashable, Item]) -> None:
        """Read all of them up to the time ``begun``."""
        while True:
            await all_of(self._read_on(shard, begun, keys) for shard in shards)
            shards = [shard for shard in shards if shard.position]
            if not shards:
                return
            if self.session.now > self.until:
                break
            await asyncio.sleep(STREAM_PAUSE)
            await self._write_on()
        raise _Unreadable(
            f"whether all that was written in {self.region} is in its stream yet can't be told: {len(shards)} of its "
            "shards showed nothing newer: run again"
        )

    async def _read_on(self, shard: _Shard, begun: datetime.datetime, keys: dict[t.Hashable, Item]) -> None:
        """Add the keys that come next in a shard to ``keys``."""
        start, empty = begun - datetime.timedelta(seconds=self.since), 0
        while shard.position and empty < EMPTY_ANSWERS:
            records, shard.position = await self._ask(api.get_records, shard.position)
            for record in (one["dynamodb"] for one in records):
                if record["ApproximateCreationDateTime"] < start:
                    shard.older = True
                elif not is_reserved(self.session.schema, key := record["Keys"]):
                    keys.setdefault(self.session.schema.identity(key), key)
            if len(keys) > MOST_KEYS:
                raise _Unreadable(
                    f"more than {MOST_KEYS} keys were written in {self.region} of late, too many to compare"
                )
            empty = 0 if records else empty + 1
            if records and records[-1]["dynamodb"]["ApproximateCreationDateTime"] > begun:
                shard.position = None

    async def _write_on(self) -> None:
        """Write to more of the claim's keys, so that shards show newer records; a key that fails is left out."""
        probes = await self.claim.more(self.region)
        self.claim.touched.update(probes)
        await all_of(self.session.write(PUT, probe) for probe in probes)

    async def _ask(self, work: t.Callable[..., t.Any], *arguments: t.Any, service: str = "dynamodbstreams") -> t.Any:
        """What a call in the region returns, asked again where that may help.

        :raises _Unreadable: with the reason, when it can't be found out.
        """
        patient = Patience(self.session, self.until)
        while True:
            timed = await self.session.calls.run(self.session.turn, self.region, work, *arguments, service=service)
            if timed.error is None:
                return timed.answer
            if not await patient.again(timed.error.kind):
                raise _Unreadable(f"the keys that were written last can't be compared: {timed.error}")

    async def _differing(self, target: str, keys: Items) -> tuple[list[Probe], list[Probe]]:
        """The keys whose items stay different in a target, and those that kept changing.

        Each item has ``patience`` seconds from when it was first seen as it is in ``region``.
        """
        remaining, stuck, changing = keys, set(), set()
        stood: dict[Probe, tuple[Marked | None, float]] = {}
        changes: collections.Counter[Probe] = collections.Counter()
        while remaining:
            begun = self.session.now
            there = await self._digests(target, remaining)
            # The source is read after the target: what a writer changes in between differs, and is read again.
            here = await self._digests(self.region, remaining)
            remaining = {probe: key for probe, key in remaining.items() if here.get(probe) != there.get(probe)}
            for probe in remaining:
                if probe not in stood or stood[probe][0] != here.get(probe):
                    stood[probe] = here.get(probe), self.session.now
                    changes[probe] += 1
            stuck = {probe for probe in remaining if begun >= stood[probe][1] + self.patience}
            changing = {probe for probe in remaining if changes[probe] > CHANGING} - stuck
            if len(stuck | changing) == len(remaining):
                break
            await asyncio.sleep(min(PAUSES[1], self.patience / 2))
        return sorted(stuck), sorted(changing)

    async def _digests(self, region: str, keys: Items) -> Seen:
        """The content of those items that are there, by strongly consistent reads."""
        answers = await all_of(self._read_batch(region, batch, keys) for batch in batches(keys))
        return {probe: marked for seen in answers for probe, marked in seen.items()}

    async def _read_batch(self, region: str, batch: list[Probe], keys: Items) -> Seen:
        seen, problem = await self.session.read(region, batch, self.until, keys, _digest)
        if problem:
            raise _Unreadable(problem)
        return seen


def _digest(_key: Item, item: Item) -> Marked:
    return Marked(digest=dynamodb_json.digest(item))

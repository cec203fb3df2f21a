# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys that were written in a region of late, from its stream, and whether their items are the same elsewhere.

A stream has no way to begin at a time: its shards are read from their oldest record on. Of closed shards only those are
read whose child begins within the time that is asked for.
"""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import datetime
import time
import typing as t

from .. import api, errors
from ..clients import Clients
from . import dynamodb_json
from .calls import all_of
from .dynamodb_json import Item
from .probes import Probe
from .session import BATCH, PAUSES, Patience, Session
from .user_items import is_reserved

# So many keys are compared; of more, it can't be said that all have arrived.
MOST_KEYS = 100_000
# An item that changed more often than this, and differed at each look, isn't waited for any longer.
CHANGING = 3
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
    keys: dict[Probe, Item] = dataclasses.field(default_factory=dict)
    differing: dict[str, list[Probe]] = dataclasses.field(default_factory=dict)
    changing: dict[str, list[Probe]] = dataclasses.field(default_factory=dict)
    problem: str = ""


class _Unreadable(Exception):
    pass


async def compare(
    session: Session, clients: Clients, region: str, targets: list[str], since: float, patience: float, until: float
) -> Recent:
    """Compare what was written in ``region`` within the last ``since`` seconds with what is in ``targets``.

    What differs is read again until it has stood for ``patience`` seconds.

    :param until: when to give up on what doesn't answer.
    """
    found = Recent(since)
    try:
        found.keys = await _keys(session, clients, region, since, until)
        answers = await all_of(_differing(session, region, target, found.keys, patience, until) for target in targets)
        for target, (differing, changing) in zip(targets, answers, strict=True):
            found.differing[target], found.changing[target] = differing, changing
    except _Unreadable as error:
        found.problem = str(error)
    return found


async def _keys(session: Session, clients: Clients, region: str, since: float, until: float) -> dict[Probe, Item]:
    table = await _ask(session, region, until, api.describe_table, clients[region], session.schema.table)
    arn = table.get("LatestStreamArn")
    if not arn:
        raise _Unreadable(f"it has no stream in {region}, so the keys that were written last aren't known")
    client = clients.of("dynamodbstreams", region)
    shards = {one["ShardId"]: one for one in await _ask(session, region, until, api.describe_stream, client, arn)}
    start = datetime.datetime.fromtimestamp(time.time() - since, datetime.UTC)
    keys: dict[str, Item] = {}
    waiting = [name for name, one in shards.items() if not one["SequenceNumberRange"].get("EndingSequenceNumber")]
    read: set[str] = set()
    while waiting:
        read.update(waiting)
        begins = await all_of(
            _read_shard(session, client, region, arn, shards[name], start, keys, until) for name in waiting
        )
        parents = [shards[name].get("ParentShardId") for name, older in zip(waiting, begins, strict=True) if not older]
        waiting = [name for name in dict.fromkeys(parents) if name in shards and name not in read]
    return {Probe(RECENT, number): key for number, key in enumerate(keys.values())}


async def _read_shard(
    session: Session,
    client: t.Any,
    region: str,
    arn: str,
    shard: dict[str, t.Any],
    start: datetime.datetime,
    keys: dict[str, Item],
    until: float,
) -> bool:
    """Add the keys since ``start`` to ``keys``; whether the shard has older records: its parent has only such."""
    older = False
    begun = datetime.datetime.now(datetime.UTC)
    where: str | None = await _ask(session, region, until, api.get_shard_iterator, client, arn, shard["ShardId"])
    while where:
        records, where = await _ask(session, region, until, api.get_records, client, where)
        for record in records:
            if record["dynamodb"]["ApproximateCreationDateTime"] < start:
                older = True
            elif not is_reserved(session.schema, key := record["dynamodb"]["Keys"]):
                keys.setdefault(dynamodb_json.digest(key), key)
        if len(keys) > MOST_KEYS:
            raise _Unreadable(f"more than {MOST_KEYS} keys were written in {region} of late, too many to compare")
        # An open shard has no end: an empty answer, or a record that is newer than the reading, is taken for it.
        if not records or records[-1]["dynamodb"]["ApproximateCreationDateTime"] > begun:
            break
    return older


async def _ask(session: Session, region: str, until: float, work: t.Callable[..., t.Any], *arguments: t.Any) -> t.Any:
    """What a call returns, asked again until the time ``until`` where that may help.

    :raises _Unreadable: with the reason, when it can't be found out.
    """
    patient = Patience(session, until)
    while True:
        timed = await session.calls.run(session.turn, region, work, *arguments)
        if timed.error is None:
            return timed.answer
        if not await patient.again(timed.error.kind):
            raise _Unreadable(f"the keys that were written last can't be compared: {timed.error}")


async def _differing(
    session: Session, region: str, target: str, keys: dict[Probe, Item], patience: float, until: float
) -> tuple[list[Probe], list[Probe]]:
    """The keys whose items stay different in a target, and those that kept changing.

    Each item has ``patience`` seconds from when it was first seen as it is in ``region``.
    """
    remaining, stuck, changing = dict(keys), set(), set()
    stood: dict[Probe, tuple[str | None, float]] = {}
    changes: collections.Counter[Probe] = collections.Counter()
    while remaining:
        begun = session.now
        there = await _digests(session, target, remaining, until)
        # The source is read after the target: what a writer changes in between differs, and is read again.
        here = await _digests(session, region, remaining, until)
        remaining = {probe: key for probe, key in remaining.items() if here.get(probe) != there.get(probe)}
        for probe in remaining:
            if probe not in stood or stood[probe][0] != here.get(probe):
                stood[probe] = here.get(probe), session.now
                changes[probe] += 1
        stuck = {probe for probe in remaining if begun >= stood[probe][1] + patience}
        changing = {probe for probe in remaining if changes[probe] > CHANGING} - stuck
        if len(stuck | changing) == len(remaining):
            break
        await asyncio.sleep(min(PAUSES[1], patience / 2))
    return sorted(stuck), sorted(changing)


async def _digests(session: Session, region: str, keys: dict[Probe, Item], until: float) -> dict[Probe, str]:
    """The content of those items that are there, by strongly consistent reads."""
    ordered = sorted(keys)
    batches = [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
    found: dict[Probe, str] = {}
    await all_of(
        _read_batch(session, region, {probe: keys[probe] for probe in batch}, until, found) for batch in batches
    )
    return found


async def _read_batch(
    session: Session, region: str, left: dict[Probe, Item], until: float, found: dict[Probe, str]
) -> None:
    patient = Patience(session, until)
    while left:
        unread: set[Probe] = set()
        failures: list[errors.ServiceError] = []
        async for timed, _asked, items, missed in session.pages(region, left, consistent=True):
            found |= {probe: dynamodb_json.digest(item) for probe, item in items.items()}
            unread |= missed
            failures += [timed.error] if timed.error else []
        left = {probe: left[probe] for probe in unread}
        if left and not await patient.again(*(error.kind for error in failures)):
            problem = str(failures[0]) if failures else f"throttled: BatchGetItem in {region} left keys unprocessed"
            raise _Unreadable(problem)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A global table in memory, on a clock that jumps, with every fault that replication may have.

It stands in for `calls.Calls`, so that verification runs against it as it does against the service.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import copy
import functools
import itertools
import json
import selectors
import typing as t
from unittest import mock

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import api, errors
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.progress import Event
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import Observed, RegionalTable
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import check
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.calls import Timed, to_the_end
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    MARKER,
    Item,
    Probe,
    Schema,
)
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.dynamo_type import Item as MotoItem

T = t.TypeVar("T")

SCHEMA = Schema("orders", (("pk", "S"),))
FOREVER = 1e6
# Seconds until the SDK sends a call again whose answer was lost.
RETRY = 1.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time passes only while every task waits, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Jump(self))

    def time(self) -> float:
        return self.now


class _Jump(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[t.Any]:
        assert timeout is not None, "every task waits, and nothing will ever happen"
        self._loop.now += timeout
        assert self._loop.now < FOREVER, "it never ends"
        return super().select(0)


def run(work: t.Coroutine[t.Any, t.Any, T]) -> T:
    """What ``work`` returns, on a clock of its own that begins at 0."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def key_of(probe: Probe) -> str:
    return SCHEMA.printable(probe)["pk"]


def written(probe: Probe, run: str, expires: int, revision: int = 1, **marker: t.Any) -> Item:
    """An item with verification's marker."""
    numbers = {name: {"N": str(value)} for name, value in {"expires": expires, "revision": revision, **marker}.items()}
    return {**SCHEMA.key(probe), MARKER: {"M": {"run": {"S": run}, **numbers}}}


class GlobalTable:
    """The table ``orders`` in some regions.

    :ivar items: region -> key -> item.
    :ivar lag: seconds from source to target; ``loses``, whether a write (source, target, call, key) never gets there.
    :ivar last_writer_wins: or whatever arrives last.
    :ivar latency: seconds that a call of a region takes; half before it takes effect, half after.
    :ivar repeats: whether the SDK has to send a call (region, name) again, since its first answer is lost.
    :ivar lost: whether its only answer is lost: the call takes effect, and fails.
    :ivar denied: (region, name of the call).
    :ivar capacity: read units, and write units, a second of each region; None for as many as are asked for.
    :ivar log: (time, region, name of the call, key) of each call that took effect.
    :ivar truths: (source, target, key) -> seconds from the effect of each write to its arrival.
    :ivar policy: the resource policy of every region; ``unlisted``, members of the group that nobody looks at.
    :ivar on_call: is told the name and region of each call before it is sent.
    """

    def __init__(self, *regions: str, lag: float = 0.1, strong: bool = False) -> None:
        self.regions = regions
        self.items: dict[str, dict[str, Item]] = {region: {} for region in regions}
        self.lag: t.Callable[[str, str], float] = lambda _source, _target: lag
        self.loses: t.Callable[[str, str, str, str], bool] = lambda *_write: False
        self.last_writer_wins = True
        self.strong = strong
        self.latency: t.Callable[[str], float] = lambda _region: 0.01
        self.repeats: t.Callable[[str, str], bool] = lambda _region, _call: False
        self.lost: t.Callable[[str, str], bool] = lambda _region, _call: False
        self.denied: set[tuple[str, str]] = set()
        self.capacity: float | None = None
        self.log: list[tuple[float, str, str, str]] = []
        self.truths: dict[tuple[str, str, str], list[float]] = collections.defaultdict(list)
        self.on_call: t.Callable[[str, str], None] = lambda _call, _region: None
        self.policy: str | None = None
        self.unlisted: tuple[str, ...] = ()
        self.stalled = 0.0
        self._stamps: dict[tuple[str, str], tuple[int, str]] = {}  # (region, key) -> of its last writer
        self._writes = itertools.count(1)
        self._tokens: dict[tuple[str, str], tuple[float, float]] = {}  # (region, kind) -> units left, and when
        self._writing: dict[str, set[str]] = collections.defaultdict(set)  # key -> regions, in a strong group

    # As `calls.Calls`

    async def room(self) -> None:
        """There always is."""

    async def run(self, _turn: int, region: str, work: t.Callable[..., t.Any], *arguments: t.Any) -> Timed:
        if work is api.write_item:
            call, parameters = arguments
            return await self._send(region, call, functools.partial(self._write, region, call, parameters))
        if work is api.batch_get_items:
            return await self._send(region, "BatchGetItem", functools.partial(self._read, region, arguments[1]))
        assert work is api.get_resource_policy
        return await self._send(region, "GetResourcePolicy", lambda _repeated: self.policy)

    def close(self) -> None:
        pass

    async def _send(self, region: str, call: str, effect: t.Callable[[bool], t.Any]) -> Timed:
        self.on_call(call, region)
        return await to_the_end(self._carry_out(region, call, effect))

    async def _carry_out(self, region: str, call: str, effect: t.Callable[[bool], t.Any]) -> Timed:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        repeated = self.repeats(region, call)
        try:
            for again in (False, True)[: 1 + repeated]:
                await asyncio.sleep(RETRY if again else 0)
                await asyncio.sleep(self.latency(region) / 2)
                if (region, call) in self.denied:
                    raise _error(errors.DENIED, call, region)
                answer = effect(repeated)
                if isinstance(answer, t.Awaitable):
                    answer = await answer
                await asyncio.sleep(self.latency(region) / 2)
            if self.lost(region, call):
                raise _error(errors.UNREACHABLE, call, region)
        except errors.ServiceError as error:
            return Timed(begun, loop.time(), error=error)
        return Timed(begun, loop.time(), answer)

    # What the calls do

    def _read(self, region: str, request: dict[str, t.Any], _repeated: bool) -> api.ItemsRead:
        each = 1.0 if request["ConsistentRead"] else 0.5
        keys = request["Keys"]
        admitted = [key for key in keys if self._admits(region, "read", each)]
        if keys and not admitted:
            raise _error(errors.THROTTLED, "BatchGetItem", region)
        found = [self.items[region].get(key["pk"]["S"]) for key in admitted]
        self.log += [(self._now, region, "BatchGetItem", key["pk"]["S"]) for key in admitted]
        shown = [copy.deepcopy(item) for item in found if item is not None]
        return api.ItemsRead(shown, keys[len(admitted) :], each * len(admitted))

    async def _write(self, region: str, call: str, parameters: dict[str, t.Any], repeated: bool) -> api.Written:
        key = parameters.get("Item", parameters.get("Key"))["pk"]["S"]
        if not self._admits(region, "write", 1.0):
            raise _error(errors.THROTTLED, call, region)
        if self.strong:
            await self._enter(region, call, key)
        item = self.items[region].get(key)
        if not _condition(parameters).expr(MotoItem(DynamoType({"S": key}), None, item or {})):
            return api.Written(False, repeated)
        self.change(region, key, _changed(item, call, parameters), call)
        return api.Written(True, repeated, 1.0)

    async def _enter(self, region: str, call: str, key: str) -> None:
        """In a strongly consistent group one of several writes of one item at once is taken."""
        self._writing[key].add(region)
        try:
            if len(self._writing[key]) > 1:
                raise _error(errors.BUSY, call, region)
            await asyncio.sleep(self.latency(region) / 4)
        finally:
            self._writing[key].discard(region)

    def change(self, region: str, key: str, item: Item | None, call: str = "PutItem") -> None:
        """Whoever wrote or deleted it: it replicates from there. A deletion of nothing doesn't."""
        stamp = (next(self._writes), region)
        self.log.append((self._now, region, call, key))
        if item is None and key not in self.items[region]:
            return
        self._apply(region, key, item, stamp)
        for target in self.regions:
            if target == region:
                continue
            if self.strong:
                self._apply(target, key, item, stamp)
            elif not self.loses(region, target, call, key):
                lag = self.lag(region, target)
                self.truths[region, target, key].append(lag)
                asyncio.get_running_loop().call_later(lag, self._apply, target, key, item, stamp)

    def _apply(self, region: str, key: str, item: Item | None, stamp: tuple[int, str]) -> None:
        if self.last_writer_wins and self._stamps.get((region, key), (0, "")) > stamp:
            return
        self._stamps[region, key] = stamp
        self.items[region].pop(key, None)
        if item is not None:
            self.items[region][key] = copy.deepcopy(item)

    def go_back(self, region: str, to: dict[str, Item]) -> None:
        self.items[region] = copy.deepcopy(to)

    def _admits(self, region: str, kind: str, units: float) -> bool:
        if self.capacity is None:
            return True
        left, since = self._tokens.get((region, kind), (self.capacity, 0.0))
        left = min(self.capacity, left + (self._now - since) * self.capacity)
        admitted = left >= units
        self._tokens[region, kind] = left - units if admitted else left, self._now
        return admitted

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # What a test asks

    def calls(self, call: str) -> list[tuple[float, str, str]]:
        """(time, region, key) of each call of that name."""
        return [(moment, region, key) for moment, region, name, key in self.log if name == call]

    def reserved(self) -> dict[str, list[str]]:
        """Region -> the keys that verification's items have there."""
        return {region: [key for key, item in items.items() if MARKER in item] for region, items in self.items.items()}

    def observed(self) -> Observed:
        return {
            region: RegionalTable(
                region,
                "ACTIVE",
                arn=f"arn:aws:dynamodb:{region}:123456789012:table/orders",
                table_id=f"id of {region}",
                settings={"partition_key": "pk", "attribute_types": {"pk": "S"}},
                replicas=dict.fromkeys(
                    (other for other in (*self.regions, *self.unlisted) if other != region), "ACTIVE"
                ),
                consistency="strong" if self.strong else "eventual",
            )
            for region in self.regions
        }


def verify(
    table: GlobalTable, progress: t.Callable[[Event], None] = lambda _event: None, **options: t.Any
) -> check.Outcome:
    """A whole check of the table; what still replicates afterwards has arrived when this returns."""
    home, *others = table.regions
    wanted = Table("orders", home, replicas={region: Replica(region) for region in others})

    async def with_what_is_under_way(work: t.Coroutine[t.Any, t.Any, None]) -> None:
        try:
            await work
        finally:
            await asyncio.sleep(600)

    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(check, "Calls", lambda _clients, _regions: table))
        stack.enter_context(mock.patch.object(check, "look", lambda _readings, _clients: {"orders": table.observed()}))
        stack.enter_context(mock.patch.object(check.calls, "run", lambda work: run(with_what_is_under_way(work))))
        clients = dict.fromkeys(table.regions)
        wished = Options(**{"item_count": 2, **options})
        [outcome] = check.check_tables([wanted], clients, wished, False, progress).outcomes
    return outcome


@functools.lru_cache(maxsize=1024)
def _parsed(condition: str) -> t.Any:
    return get_filter_expression(**json.loads(condition))


def _condition(parameters: dict[str, t.Any]) -> t.Any:
    condition = {
        "expr": parameters["ConditionExpression"],
        "names": parameters["ExpressionAttributeNames"],
        "values": parameters.get("ExpressionAttributeValues", {}),
    }
    return _parsed(json.dumps(condition, sort_keys=True))


def _changed(item: Item | None, call: str, parameters: dict[str, t.Any]) -> Item | None:
    if call == "PutItem":
        return parameters["Item"]
    if call == "DeleteItem":
        return None
    assert parameters["UpdateExpression"] == "SET #marker.#revision = :revision"
    marker = {**item[MARKER]["M"], "revision": parameters["ExpressionAttributeValues"][":revision"]}
    return {**item, MARKER: {"M": marker}}


def _error(kind: str, call: str, region: str) -> errors.ServiceError:
    return errors.ServiceError(kind, call, region, f"{kind}: {call} in {region}")

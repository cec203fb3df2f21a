# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a workload does to the items of one table: it writes, looks and waits, and all of it goes into a history."""

from __future__ import annotations

import asyncio
import dataclasses
import typing as t

from .. import api, errors
from . import dynamodb_json
from .calls import Calls, Timed, all_of
from .dynamodb_json import MAX_SIZE, Item
from .history import DONE, FAILED, REFUSED, History, Look, Write
from .probes import CALLS, NUMBERS, PUT, Items, Lease, Marked, Probe, Schema, Seen

# BatchGetItem takes so many keys.
BATCH = 100
# An answer with so many bytes may be full, for an item more wouldn't have had room: it ends at 1 MB of a partition.
_FULL = 1024 * 1024 - MAX_SIZE
# Seconds between two attempts of what has to be answered: at first, and at most.
PAUSES = (0.2, 2.0)
# What fails in another way than by throttling is asked so often: the SDK has sent each of these several times.
ATTEMPTS = 3
# The longer something is waited for, the less often it is looked for: this share of the time waited so far.
PATIENCE = 0.1

# An item as it is wanted, or its key, and as it is there -> what it is seen as.
Show = t.Callable[[Item, Item], Marked]


@dataclasses.dataclass
class Session:
    """One table under verification.

    :ivar turn: its place among the tables, from 1: whose calls go out first, after looks for what is on its way.
    :ivar lease: of the items of this run, as long as it is to be.
    :ivar poll_delay: seconds between two looks, at the least.
    :ivar strong: whether the table is a strongly consistent group.
    :ivar for_looks: what looks for what hasn't arrived yet may cost; None for as much as it takes.
    :ivar throttled: whether anything of it was throttled yet.
    """

    turn: int
    calls: Calls
    schema: Schema
    lease: Lease
    history: History
    poll_delay: float = 0.1
    strong: bool = False
    for_looks: float | None = None
    throttled: bool = False

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def admits(self, units: float) -> bool:
        """Whether a look may cost so much; if so, it is taken from what looks may cost."""
        if self.for_looks is None:
            return True
        self.for_looks -= units if units <= self.for_looks else self.for_looks + 1
        return self.for_looks >= 0

    async def write(
        self,
        operation: str,
        probe: Probe,
        number: int = 0,
        region: str = "",
        targets: t.Iterable[str] = (),
        patience: float = 0.0,
        until: float = 0.0,
        **marker: t.Any,
    ) -> Write:
        """A write of a probe, under its condition; without ``region``, where its source is.

        :param until: the time up to which one that fails is sent again, where that may help.
        """
        number = number or NUMBERS[operation]
        parameters = self.schema.write(operation, probe, self.lease, number, **marker)
        patient = Patience(self, until)
        while True:
            written = await self.send(operation, probe, number, region or probe.source, parameters, targets, patience)
            if written.kind not in errors.TRANSIENT or not await patient.again(written.kind):
                return written

    async def send(
        self,
        operation: str,
        probe: Probe,
        number: int,
        region: str,
        parameters: dict[str, t.Any],
        targets: t.Iterable[str] = (),
        patience: float = 0.0,
    ) -> Write:
        """A write of any item, under the condition in ``parameters``."""
        timed = await self.calls.run(self.turn, region, api.write_item, CALLS[operation], parameters)
        written = Write(
            operation,
            region,
            probe,
            number,
            timed.begun,
            timed.ended,
            targets=tuple(targets),
            patience=patience,
            **_outcome(timed),
        )
        self.history.add(written)
        return written

    async def look(
        self,
        region: str,
        probes: t.Collection[Probe],
        consistent: bool = False,
        turn: int = 0,
        items: Items | None = None,
        show: Show | None = None,
    ) -> list[Look]:
        """Every key once, in batches side by side; what wasn't answered is unread.

        :param items: what is looked for, where it isn't verification's own; such items are read whole.
        :param show: what becomes of each; without it, one that is as in ``items`` is seen as the put of this run.
        """
        show = show or self._compared
        looks = await all_of(self._look(region, batch, consistent, turn, items, show) for batch in batches(probes))
        return [look for found in looks for look in found]

    async def _look(
        self, region: str, batch: list[Probe], consistent: bool, turn: int, items: Items | None, show: Show
    ) -> list[Look]:
        """An answer holds only some of big items, and those that it leaves for that reason are asked for once more."""
        request = self.schema.read(batch, consistent, items)
        timed = await self.calls.run(turn, region, api.batch_get_items, self.schema.table, request)
        answer = timed.answer or api.ItemsRead([], unprocessed=request["Keys"])
        keys = dict(zip(batch, request["Keys"], strict=True))
        found = self.schema.among(keys, answer.items)
        left = frozenset(self.schema.among(keys, answer.unprocessed))
        absent = frozenset(batch) - found.keys() - left
        seen = {probe: Marked.of(one) if items is None else show(items[probe], one) for probe, one in found.items()}
        rest, problem, kind = [], "", ""
        if timed.error:
            problem, kind = str(timed.error), timed.error.kind
        elif left and sum(map(dynamodb_json.size, answer.items)) > _FULL:
            left, rest = frozenset(), sorted(left)
        elif left:
            problem = f"throttled: BatchGetItem in {region} left keys unprocessed: raise its capacity, or the timeout"
            kind = errors.THROTTLED
        look = Look(region, timed.begun, timed.ended, consistent, seen, absent, left, problem, kind, answer.units)
        self.history.add(look)
        return [look, *(await self._look(region, rest, consistent, turn, items, show) if rest else [])]

    def _compared(self, wanted: Item, item: Item) -> Marked:
        differing = tuple(dynamodb_json.differing(wanted, item))
        return Marked(differing=differing) if differing else Marked(self.lease.run, self.lease.expires, NUMBERS[PUT])

    async def read(
        self,
        region: str,
        probes: t.Collection[Probe],
        until: float,
        items: Items | None = None,
        show: Show | None = None,
    ) -> tuple[Seen, str]:
        """What is at every one of the keys, by strongly consistent reads: asked again until the time ``until``.

        Returned is also why it couldn't be read, as a sentence.
        """
        seen: Seen = {}
        left, patient = set(probes), Patience(self, until)
        while True:
            looks = await self.look(region, left, True, self.turn, items, show)
            for look in looks:
                seen |= look.seen
            left = {probe for look in looks for probe in look.unread}
            problem = next((look.problem for look in looks if look.problem), "")
            if not left or not await patient.again(*(look.kind for look in looks)):
                return seen, problem


class Patience:
    """How long something is asked for again: throttling passes, so it is waited for up to the time ``until``."""

    def __init__(self, session: Session, until: float) -> None:
        self._session = session
        self._until = until
        self._pause = PAUSES[0]
        self._attempts = 0

    async def again(self, *kinds: str) -> bool:
        """Whether to ask again, after the pause that this takes; ``kinds`` are those of the failures."""
        passing = set(kinds) <= {"", errors.THROTTLED, errors.BUSY}
        self._session.throttled |= errors.THROTTLED in kinds
        self._attempts += not passing
        if self._session.now + self._pause > self._until if passing else self._attempts >= ATTEMPTS:
            return False
        await asyncio.sleep(self._pause)
        self._pause = min(2 * self._pause, PAUSES[1])
        return True


def batches(probes: t.Iterable[Probe]) -> list[list[Probe]]:
    """As many keys as one call takes, in order."""
    ordered = sorted(probes)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]


def _outcome(timed: Timed) -> dict[str, t.Any]:
    if timed.error:
        error: errors.ServiceError = timed.error
        return {
            "status": FAILED,
            "repeated": error.retried,
            "problem": str(error),
            "kind": error.kind,
            "unclear": error.may_have_worked,
        }
    answer: api.Written = timed.answer
    return {"status": DONE if answer.held else REFUSED, "repeated": answer.retried, "units": answer.units}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place with threads: the calls of all tables, side by side, and the loop that tables wait in.

A table that waits for replication occupies no thread. Calls that are due go out by the order of the tables, so that a
table which has begun is looked at before another one begins.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import math
import select
import signal
import sys
import time
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor, wait

from .. import errors
from ..clients import WORKERS, Clients

# The turn of what comes after all tables.
LAST = sys.maxsize
# After so many seconds without any answer, something is amiss.
SILENCE = 5.0
# So often, in seconds, the main thread looks for signals, and whether anybody waits for the result.
AWAKE = 0.5

T = t.TypeVar("T")


class Timed(t.NamedTuple):
    """What a call returned or raised, and when it was sent and answered."""

    begun: float
    ended: float
    answer: t.Any = None
    error: errors.ServiceError | None = None


class Calls:
    """The calls of all tables; at most ``WORKERS`` of each region are under way.

    :ivar stalled: the longest time, in seconds, in which all regions were asked and none answered.
    """

    def __init__(self, clients: Clients, regions: t.Iterable[str]) -> None:
        names = dict.fromkeys(regions)
        self._clients = clients
        # A region that doesn't answer keeps no more threads than its own.
        self._pool = ThreadPoolExecutor(WORKERS * max(1, len(names)))
        self._gates = {region: _Gate(WORKERS) for region in names}
        self._under_way: dict[int, tuple[str, float]] = {}  # call -> its region, and when it went out
        self._number = 0
        self._answered = -math.inf
        self.stalled = 0.0

    def close(self) -> None:
        self._pool.shutdown()

    async def room(self) -> None:
        """Until nothing waits in any region: a table that begins then is looked at in time."""
        for gate in self._gates.values():
            async with gate.passed(LAST):
                pass

    async def run(
        self, turn: int, region: str, work: t.Callable[..., t.Any], *arguments: t.Any, service: str = "dynamodb"
    ) -> Timed:
        """What a function of `api` returns or raises, which gets the service's client of a region and ``arguments``."""
        async with self._gates[region].passed(turn):
            loop = asyncio.get_running_loop()
            self._number += 1
            number = self._number
            self._under_way[number] = region, loop.time()
            try:
                # To its end, so that nothing is written once clean-up has begun.
                return await to_the_end(
                    loop.run_in_executor(
                        self._pool, _timed, lambda: work(self._clients.of(service, region), *arguments)
                    )
                )
            finally:
                self._note_silence(loop.time())
                del self._under_way[number]

    def _note_silence(self, now: float) -> None:
        """Where every region was asked and none answered for a while, it was this machine or its network."""
        quiet = now - self._answered
        waiting = {region for region, begun in self._under_way.values() if begun <= now - SILENCE}
        if quiet >= SILENCE and len(waiting) == len(self._gates) > 1:
            self.stalled = max(
                self.stalled, min(quiet, now - min(begun for _region, begun in self._under_way.values()))
            )
        self._answered = now


def _timed(call: t.Callable[[], t.Any]) -> Timed:
    begun = time.monotonic()
    try:
        answer = call()
    except errors.ServiceError as error:
        return Timed(begun, time.monotonic(), error=error)
    return Timed(begun, time.monotonic(), answer)


class _Gate:
    """Lets so many pass at a time, those with the lowest turn first."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = 0

    @contextlib.asynccontextmanager
    async def passed(self, turn: int) -> t.AsyncIterator[None]:
        await self._enter(turn)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, turn: int) -> None:
        if self._room:
            self._room -= 1
            return
        place = asyncio.get_running_loop().create_future()
        self._number += 1
        heapq.heappush(self._waiting, (turn, self._number, place))
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            _turn, _number, place = heapq.heappop(self._waiting)
            if not place.done():
                place.set_result(None)
                return
        self._room += 1


def run(work: t.Coroutine[t.Any, t.Any, T]) -> T:
    """What ``work`` returns, in an event loop of its own. An interruption cancels it and waits for its clean-up."""
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[T]]] = Future()

    async def main() -> T:
        begun.set_result((asyncio.get_running_loop(), asyncio.current_task()))
        return await work

    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(asyncio.run, main())
        try:
            # A signal may be delivered to another thread, and Python handles it once this one wakes up.
            while not wait([future], timeout=AWAKE).done:
                if not _is_read():  # Ansible's worker may die before it passes a signal on
                    signal.raise_signal(signal.SIGTERM)
            return future.result()
        except BaseException:
            if not future.done():
                loop, task = begun.result()
                loop.call_soon_threadsafe(task.cancel)
                wait([future])
            raise


def _is_read() -> bool:
    """Whether anybody still waits for what this process prints."""
    output = select.poll()
    output.register(1, 0)
    # macOS answers POLLNVAL for a terminal.
    return not any(event & (select.POLLERR | select.POLLHUP) for _descriptor, event in output.poll(0))


async def to_the_end(work: t.Awaitable[T]) -> T:
    """What can't be interrupted halfway: however often it is cancelled, only once ``work`` has ended."""
    task = asyncio.ensure_future(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    result = task.result()
    if cancelled:
        raise cancelled
    return result


async def all_of(works: t.Iterable[t.Awaitable[T]]) -> list[T]:
    """The results of all, in their order. When one fails, the others are cancelled, and have ended when this raises."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise

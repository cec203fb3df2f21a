# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test or a person can ask of the simulator itself, beyond AWS's API."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from simulator import regions
from simulator.address import CHECKOUT, NAME
from simulator.core import Simulator
from simulator.fault import (
    ABORT_CREATE,
    CORRUPT,
    DELAY,
    DENY,
    FAIL,
    FAIL_CREATE,
    FAIL_DISASSOCIATION,
    LAST_ARRIVAL_WINS,
    LITTLE_CAPACITY,
    LOSE,
    LOSE_ANSWER,
    REVERT,
    SLOW,
    STALE,
    STALL,
    STOP_REGION,
    CallFault,
    ItemFault,
)
from simulator.lag import Lag

VERSION = "1.0.0"

P = ParamSpec("P")
R = TypeVar("R")

VERBS: set[str] = set()
READING_VERBS = frozenset({"identity", "calls", "faults"})


def verb(method: Callable[P, R]) -> Callable[P, R]:
    """A method that is also reached over HTTP, and runs under the simulator's lock."""
    VERBS.add(method.__name__)

    @functools.wraps(method)
    def locked(*args: P.args, **kwargs: P.kwargs) -> R:
        simulator: Simulator = args[0]._simulator
        with simulator.lock:
            result = method(*args, **kwargs)
            simulator.wake_timer()
            return result

    return locked


class Admin:
    """The admin verbs. The same, with the same arguments, are at /_simulator/<verb> over HTTP."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    @verb
    def identity(self) -> dict[str, Any]:
        """Who answers here, and what time it is."""
        clock = self._simulator.clock
        return {
            "name": NAME,
            "version": VERSION,
            "pid": os.getpid(),
            "checkout": CHECKOUT,
            "time_scale": clock.time_scale,
            "clock": {"now": clock.now(), "held": clock.held},
            "disabled_regions": sorted(self._simulator.disabled_regions),
            "paused": self._simulator.replication.paused(),
        }

    @verb
    def calls(
        self,
        region: str | None = None,
        operation: str | None = None,
        table: str | None = None,
        service: str | None = None,
    ) -> list[dict[str, Any]]:
        """The calls received, oldest first."""
        return self._simulator.calls.entries(region=region, operation=operation, table=table, service=service)

    @verb
    def clear_calls(self) -> None:
        """Forget the calls received."""
        self._simulator.calls.clear()

    @verb
    def pause(self, source: str | None = None, target: str | None = None, region: str | None = None) -> None:
        """Pause replication from `source` to `target`, or both ways of `region`. Reads and writes go on."""
        self._simulator.replication.pause(_pair_or_region(source, target, region), region)

    @verb
    def resume(self, source: str | None = None, target: str | None = None, region: str | None = None) -> None:
        """Resume a pair, a region, or with no argument all; what waited arrives after the usual lag."""
        named = source or target or region
        pair = _pair_or_region(source, target, region) if named else None
        self._simulator.replication.resume(pair, region)

    @verb
    def set_lag(
        self, low: float, high: float | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Let replication take between `low` and `high` wall-clock seconds, for one pair or for all."""
        self._simulator.replication.lags.set(_range(low, high), source, target)

    @verb
    def set_expiry_delay(self, seconds: float) -> None:
        """Let items go so many simulated seconds after they were found expired (two days at the start)."""
        self._simulator.expiry.set_delay(seconds)

    @verb
    def hold(self) -> None:
        """Stop the simulated clock: no state changes and nothing replicates until `advance` or `release`."""
        self._simulator.clock.hold()

    @verb
    def advance(self, seconds: float) -> None:
        """Move the simulated clock forward; what falls due on the way happens, in order."""
        self._simulator.clock.advance(seconds)

    @verb
    def release(self) -> None:
        """Let the simulated clock run again."""
        self._simulator.clock.release()

    @verb
    def abort_next_create(self, region: str | None = None, table: str | None = None) -> int:
        """Answer the next replica create 200, then let it leave no trace (DDB-TABLE-310). Returns the fault's id."""
        return self._simulator.faults.add(CallFault(ABORT_CREATE, region=region, table=table, count=1))

    @verb
    def fail_next_create(self, region: str | None = None, table: str | None = None) -> int:
        """Let the next replica of an eventually consistent table end CREATION_FAILED. Returns the fault's id."""
        return self._simulator.faults.add(CallFault(FAIL_CREATE, region=region, table=table, count=1))

    @verb
    def fail_next_disassociation(self, region: str | None = None, table: str | None = None) -> int:
        """Let the next disassociation end ACTIVE and still a member. Returns the fault's id."""
        return self._simulator.faults.add(CallFault(FAIL_DISASSOCIATION, region=region, table=table, count=1))

    @verb
    def lose_items(self, **which: Any) -> int:
        """Lose items, or their deletions, that would arrive and take effect: see ItemFault. Returns the fault's id."""
        return self._simulator.faults.add(ItemFault(LOSE, **which))

    @verb
    def corrupt_items(self, **which: Any) -> int:
        """Let items arrive with another value in one attribute: see ItemFault. Returns the fault's id.

        It is never one of the key. A later write or deletion replaces the item as it would have without the fault.
        """
        return self._simulator.faults.add(ItemFault(CORRUPT, **which))

    @verb
    def delay_items(self, low: float, high: float | None = None, **which: Any) -> int:
        """Let items written from now on arrive `low` to `high` seconds late: see ItemFault. Returns the fault's id.

        Others overtake them: what matches no fault arrives after the usual lag.
        """
        return self._simulator.faults.add(ItemFault(DELAY, lag=_range(low, high), **which))

    @verb
    def revert_items(self, after: float, seconds: float | None = None, **which: Any) -> int:
        """Let a region go back to what it had, `after` seconds after an item arrived: see ItemFault.

        For good, or for `seconds`, for every kind of read; a write that takes effect meanwhile stays. Returns the
        fault's id.
        """
        return self._simulator.faults.add(ItemFault(REVERT, lag=_range(after), seconds=seconds, **which))

    @verb
    def last_arrival_wins(self, **which: Any) -> int:
        """Let what arrives last stay, though it was written before what is there: see ItemFault.

        Regions that wrote one item at once then differ for good. Returns the fault's id.
        """
        return self._simulator.faults.add(ItemFault(LAST_ARRIVAL_WINS, **which))

    @verb
    def fail(self, code: str, message: str = "", status: int = 400, **which: Any) -> int:
        """Fail calls: see CallFault. Returns the fault's id."""
        message = message or f"{code}, because a test asked for it"
        return self._simulator.faults.add(CallFault(FAIL, code=code, message=message, status=status, **which))

    @verb
    def deny(self, **which: Any) -> int:
        """Deny calls, as IAM does: see CallFault. Returns the fault's id.

        `operation` may also be an action that the service checks in another region than that of the call:
        CreateTableReplica, DeleteTableReplica, CreateGlobalTableWitness, DeleteGlobalTableWitness.
        """
        return self._simulator.faults.add(CallFault(DENY, **which))

    @verb
    def lose_answer(self, count: int | None = 1, **which: Any) -> int:
        """Carry out the next call and close the connection without an answer: see CallFault. Returns the fault's id."""
        return self._simulator.faults.add(CallFault(LOSE_ANSWER, count=count, **which))

    @verb
    def slow_calls(self, low: float, high: float | None = None, **which: Any) -> int:
        """Let calls take `low` to `high` seconds, half of it before they are carried out: see CallFault.

        Returns the fault's id.
        """
        return self._simulator.faults.add(CallFault(SLOW, lag=_range(low, high), **which))

    @verb
    def stall(self, seconds: float, **which: Any) -> int:
        """Carry out no call for so many seconds, those that come meanwhile right after: see CallFault.

        With nothing named it is every region, as when the caller's own machine stalls. Replication goes on. Returns
        the fault's id.
        """
        clock, faults = self._simulator.clock, self._simulator.faults
        fault = CallFault(STALL, until=clock.now() + seconds / clock.time_scale, **which)
        number = faults.add(fault)
        clock.schedule(seconds / clock.time_scale, lambda: faults.remove(fault.id))
        return number

    @verb
    def stale_reads(self, low: float, high: float | None = None, **which: Any) -> int:
        """Let eventually consistent reads of replicas show what was `low` to `high` seconds ago: see CallFault.

        Strongly consistent reads show what is. Returns the fault's id.
        """
        return self._simulator.faults.add(CallFault(STALE, lag=_range(low, high), **which))

    @verb
    def little_capacity(self, read: float | None = None, write: float | None = None, **which: Any) -> int:
        """Let tables have so many read and write units a second, and refuse what goes beyond: see CallFault.

        Without it capacity is never exceeded. Returns the fault's id.
        """
        return self._simulator.faults.add(CallFault(LITTLE_CAPACITY, read=read, write=write, **which))

    @verb
    def stop_region(self, region: str) -> None:
        """Close the connection of every call to a region, unheard, and let nothing replicate to or from it."""
        self._simulator.faults.add(CallFault(STOP_REGION, region=_known(region)))

    @verb
    def start_region(self, region: str) -> None:
        """Let a stopped region answer again; what waited is replicated."""
        self._simulator.faults.remove_kind(STOP_REGION, region)
        self._simulator.replication.drain()

    @verb
    def detach_replica(self, region: str, table: str) -> None:
        """Take a replica out of its global table with its data, as DynamoDB does after 20 hours out of reach."""
        replica = self._simulator.tables.get(region, table)
        if replica is None or replica.group is None:
            raise ValueError(f"{table} in {region} is no replica")
        self._simulator.lifecycle.detach(replica)

    @verb
    def roll_shards(self, region: str, table: str) -> None:
        """End the open shards of a table's stream, as after four hours: each is the parent of another from now on."""
        self._simulator.streams.roll(region, table)

    @verb
    def faults(self) -> list[dict[str, Any]]:
        """The faults in force."""
        return self._simulator.faults.listed()

    @verb
    def remove_fault(self, rule: int | None = None) -> None:
        """Remove one fault by its id, or all, stopped regions too. What it did stays; what is late comes late."""
        self._simulator.faults.remove(rule)
        self._simulator.replication.drain()

    @verb
    def enable_region(self, region: str) -> None:
        """Let the account use a region; replicas there are reached again."""
        self._simulator.enable_region(_known(region))

    @verb
    def disable_region(self, region: str) -> None:
        """Take a region from the account. Replicas there turn REGION_DISABLED, and leave after 20 hours."""
        self._simulator.disable_region(_known(region))

    @verb
    def reset(self) -> None:
        """Back to the beginning: no tables, calls, faults or pauses, the clock running."""
        self._simulator.reset()


def _pair_or_region(source: str | None, target: str | None, region: str | None) -> tuple[str, str] | None:
    if region is not None and source is None and target is None:
        return None
    if source is None or target is None or region is not None:
        raise ValueError("name source and target of a pair, or a region")
    return source, target


def _range(low: float, high: float | None = None) -> Lag:
    return Lag(low, low if high is None else high)


def _known(region: str) -> str:
    if region not in regions.SUPPORTED:
        raise ValueError(f"{region} is no region")
    return region

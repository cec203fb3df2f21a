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
        simulator: Simulator = args[0]._simulator  # type: ignore[attr-defined]
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
        self._simulator.replication.lags.set(Lag(low, low if high is None else high), source, target)

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
    def abort_next_create(self, region: str | None = None, table: str | None = None) -> None:
        """Answer the next replica create 200, then let it leave no trace (DDB-TABLE-310)."""
        self._simulator.faults.abort_next_create(region, table)

    @verb
    def drop_next_item(self, source: str, target: str, table: str | None = None) -> None:
        """Lose the next item that would arrive in `target` from `source`."""
        self._simulator.replication.drop_next_item((source, target), table)

    @verb
    def fail(
        self,
        code: str,
        message: str = "",
        status: int = 400,
        operation: str | None = None,
        region: str | None = None,
        table: str | None = None,
        count: int | None = None,
    ) -> int:
        """Fail the calls that match, `count` of them or until removed. Returns the rule's id."""
        return self._simulator.faults.fail(
            code, message or f"{code}, because a test asked for it", status, operation, region, table, count
        )

    @verb
    def faults(self) -> list[dict[str, Any]]:
        """The `fail` rules in force."""
        return self._simulator.faults.rules()

    @verb
    def remove_fault(self, rule: int | None = None) -> None:
        """Remove one `fail` rule, or all."""
        self._simulator.faults.remove(rule)

    @verb
    def enable_region(self, region: str) -> None:
        """Let the account use a region."""
        self._simulator.disabled_regions.discard(_known(region))

    @verb
    def disable_region(self, region: str) -> None:
        """Take a region from the account, as one that was never opted in to."""
        self._simulator.disabled_regions.add(_known(region))

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


def _known(region: str) -> str:
    if region not in regions.SUPPORTED:
        raise ValueError(f"{region} is no region")
    return region

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole check: states first, then items, many tables side by side."""

from __future__ import annotations

import dataclasses
import threading
import time
import typing as t
import uuid
from concurrent.futures import ThreadPoolExecutor

from ..clients import WORKERS, Clients
from ..observe import Reading, look
from ..spec import Refused, Table
from ..state import ABSENT, Observed
from .cleanup import Left, Sweep, clear, sweep
from .evidence import SHARES, Evidence
from .probes import SLOTS, Lease, Probe, Schema
from .rounds import Ground, Round
from .states import FAIL, PASS, Pair, PairState, dependence, pair_states, region_state

# A table has a writer and a watcher in each region, so that a client is never asked for more connections than it has.
TABLES_AT_ONCE = WORKERS // 2

# How long after a table's deadline its items belong to the run that wrote them, in seconds: room for clean-up, and
# for the clocks of two machines that verify the same table.
GRACE = 120

# What was done with a table
ITEMS, STATES, CHECK_MODE = "items", "states", "check_mode"


class Clock:
    """The real clock. Tests bring their own."""

    now = staticmethod(time.monotonic)
    epoch = staticmethod(time.time)
    sleep = staticmethod(time.sleep)


@dataclasses.dataclass(frozen=True)
class Options:
    """``items`` per source region, ``timeout`` of each table and ``poll_delay`` in seconds."""

    items: int = 5
    timeout: float = 60.0
    poll_delay: float = 0.1

    def check(self) -> None:
        """:raises Refused: for what can't be done."""
        problems = []
        if not 1 <= self.items <= SLOTS:
            problems.append(f"items (verify_items) is {self.items}, but must be 1 to {SLOTS}.")
        if self.timeout <= 0:
            problems.append(f"timeout (verify_timeout) is {self.timeout:g} s, but must be more than 0.")
        if self.poll_delay < 0:
            problems.append(f"poll_delay is {self.poll_delay:g} s, but can't be less than 0.")
        if problems:
            raise Refused(problems)


@dataclasses.dataclass
class Outcome:
    """What was found out about one table.

    :ivar refusal: why it wasn't verified at all, as a sentence.
    :ivar alone: the state of a table that has one region only, and so no pairs.
    """

    wanted: Table
    observed: Observed
    how: str
    schema: Schema | None = None
    refusal: str = ""
    alone: PairState | None = None
    evidence: dict[Pair, Evidence] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    left: list[Left] = dataclasses.field(default_factory=list)


def check_tables(
    tables: list[Table], clients: Clients, options: Options, check_mode: bool, clock: t.Any = Clock
) -> list[Outcome]:
    """An outcome for each table, in the order of the list. An interruption still cleans up, then goes on upwards."""
    tables = [table for table in tables if not table.absent]
    observed = look([Reading(table, dict.fromkeys(table.regions, ())) for table in tables], clients)
    run = str(uuid.uuid4())
    stop = threading.Event()

    def check(table: Table) -> Outcome:
        outcome = _judge_states(table, observed[table.name], check_mode)
        if outcome.how == ITEMS and not outcome.refusal:
            _check_items(outcome, clients, options, run, stop, clock)
        return outcome

    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        futures = [pool.submit(check, table) for table in tables]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _judge_states(table: Table, observed: Observed, check_mode: bool) -> Outcome:
    how = STATES if table.verification == STATES else CHECK_MODE if check_mode else ITEMS
    outcome = Outcome(table, observed, how, refusal=dependence(observed))
    if len(observed) == 1:
        outcome.alone = region_state(observed[table.home])
    for (source, target), state in pair_states(observed).items():
        outcome.evidence[source, target] = evidence = Evidence(source, target)
        if outcome.refusal or state.verdict == FAIL:
            evidence.refuted = outcome.refusal or state.reason
        elif how == ITEMS and state.testable:
            evidence.testable = True
        elif state.verdict != PASS:
            evidence.problem(state.reason)
        elif how == STATES:
            evidence.by_states = True
        else:
            evidence.problem("check mode: no item was written")
    return outcome


def _check_items(
    outcome: Outcome, clients: Clients, options: Options, run: str, stop: threading.Event, clock: t.Any
) -> None:
    testable = [pair for pair, evidence in outcome.evidence.items() if evidence.testable]
    regions = sorted({region for pair in testable for region in pair})
    if not regions or stop.is_set():
        return
    outcome.schema = Schema.of(outcome.wanted.name, outcome.observed[regions[0]])
    expires = int(clock.epoch() + options.timeout) + GRACE
    ground = Ground(outcome.schema, clients, Lease(run, expires), clock, options.poll_delay, stop)
    with ThreadPoolExecutor(2 * len(outcome.observed)) as pool:
        sources = list(dict.fromkeys((*outcome.wanted.regions, *outcome.wanted.absent_regions)))
        swept = sweep(ground, regions, sources, pool)
        outcome.notes += swept.notes(outcome.schema)
        probes = _choose(outcome, testable, swept, options.items)
        if not probes:
            return
        try:
            _run_rounds(ground, outcome, probes, options.timeout, pool)
        finally:
            holders = [region for region, shown in outcome.observed.items() if shown.status != ABSENT]
            outcome.left = clear(ground, holders, sorted(set().union(*probes.values())), pool)


def _choose(outcome: Outcome, testable: list[Pair], swept: Sweep, items: int) -> dict[str, set[Probe]]:
    """Target -> the probes that are to arrive there."""
    chosen: dict[str, set[Probe]] = {}
    for source, target in testable:
        evidence = outcome.evidence[source, target]
        free = swept.free(source)
        for region in (source, target):
            if region in swept.unreadable:
                evidence.problem(swept.unreadable[region])
        if len(free) < items:
            evidence.problem(
                f"only {len(free)} of the {SLOTS} keys reserved for {source} are free, but {items} are needed: see "
                "notes"
            )
        if not evidence.problems:
            evidence.items = items
            chosen.setdefault(target, set()).update(free[:items])
    return chosen


def _run_rounds(
    ground: Ground, outcome: Outcome, awaited: dict[str, set[Probe]], timeout: float, pool: ThreadPoolExecutor
) -> None:
    begun = ground.clock.now()
    for operation, share in SHARES.items():
        if any(awaited.values()) and not ground.stop.is_set():
            awaited = Round(ground, operation, awaited, outcome.evidence, begun + share * timeout).run(pool)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole check: states first, then items, many tables side by side."""

from __future__ import annotations

import dataclasses
import functools
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
from .evidence import Evidence
from .probes import DELETE, PUT, SLOTS, UPDATE, Lease, Probe, Schema
from .rounds import Ground, Plan, Round
from .states import FAIL, PASS, Pair, PairState, dependence, pair_states, region_state

# A table has a writer and a watcher in each region, so that a client is never asked for more connections than it has.
TABLES_AT_ONCE = WORKERS // 2

# What each operation has of a table's time. What one doesn't need, the next ones have.
SHARES = {PUT: 0.5, UPDATE: 0.25, DELETE: 0.25}

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
        if not 0 < self.timeout <= 86400:
            problems.append(f"timeout (verify_timeout) is {self.timeout:g} s, but must be more than 0, at most a day.")
        if not 0 <= self.poll_delay <= 86400:
            problems.append(f"poll_delay is {self.poll_delay:g} s, but must be 0 to a day.")
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
    observed = look([Reading(table, {region: {} for region in table.regions}) for table in tables], clients)
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
    unlisted = sorted(observed[table.home].replicas.keys() - observed.keys())
    if unlisted:
        outcome.notes.append(f"has replicas in {', '.join(unlisted)} that aren't listed, and weren't verified")
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
        for source, target in testable:
            _admit(outcome.evidence[source, target], swept, options.items)
        touched: set[Probe] = set()
        try:
            _run_rounds(ground, outcome, swept, options, touched, pool)
        finally:
            holders = [region for region, shown in outcome.observed.items() if shown.status != ABSENT]
            outcome.left = clear(ground, holders, sorted(touched), pool) if touched else []


def _admit(evidence: Evidence, swept: Sweep, items: int) -> None:
    """Whether items can be written for this pair, judged by its reserved keys."""
    for region in (evidence.source, evidence.target):
        if region in swept.unreadable:
            evidence.problem(swept.unreadable[region])
    free = len(swept.free(evidence.source))
    if free < items:
        evidence.problem(
            f"{items} keys reserved for {evidence.source} are needed, but only {free} of {SLOTS} are free: see notes"
        )
    if not evidence.problems:
        evidence.items = items


def _run_rounds(
    ground: Ground, outcome: Outcome, swept: Sweep, options: Options, touched: set[Probe], pool: ThreadPoolExecutor
) -> None:
    """Each operation on what the one before it was seen to reach; ``touched`` grows on the way."""
    evidence = {pair: one for pair, one in outcome.evidence.items() if one.items}
    candidates = {source: swept.free(source) for source, _target in evidence}
    deadline = ground.clock.now()
    before = None
    for operation, share in SHARES.items():
        patience = share * options.timeout
        deadline += patience
        expected = functools.partial(_expected, evidence, before)
        plan = Plan(operation, candidates, options.items, expected, patience, deadline)
        current = Round(ground, plan, evidence)
        try:
            current.run(pool)
        finally:
            touched |= current.touched
        candidates = {
            source: sorted(
                {probe for pair, one in evidence.items() if pair[0] == source for probe in one.arrived[operation]}
            )
            for source in candidates
        }
        before = operation


def _expected(evidence: dict[Pair, Evidence], before: str | None, probe: Probe, target: str) -> bool:
    """Whether a probe is to arrive in a target: it must have been seen there after the operation ``before``."""
    one = evidence.get((probe.source, target))
    return one is not None and (before is None or probe in one.arrived[before])

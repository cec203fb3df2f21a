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
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from ..clients import WORKERS, Clients
from ..observe import Reading, look
from ..progress import Event, told
from ..settings.consistency import STRONG
from ..spec import Refused, Table
from ..state import ABSENT, Observed
from ..wording import count
from . import cleanup, convergence, cost, heartbeats, journey, user_items
from .cleanup import Left, Sweep, clear, sweep
from .convergence import Attempt, Convergence
from .cost import Meter
from .evidence import Evidence
from .ground import Ground
from .heartbeats import PairWatched, Subject, Watched
from .journey import Journey
from .options import Options
from .probes import DELETE, EVERYWHERE, PUT, SLOTS, UPDATE, Lease, Probe, Schema
from .rounds import SPENT, Plan, Round
from .states import CHECK_MODE, FAIL, ITEMS, PASS, STATES, Pair, PairState, dependence, pair_states, region_state

# A table has a writer and a watcher in each region, so that a client is never asked for more connections than it has.
TABLES_AT_ONCE = WORKERS // 2

# What each operation has of a table's time. What one doesn't need, the next ones have.
SHARES = {PUT: 0.4, UPDATE: 0.2, DELETE: 0.2}
CONVERGENCE_SHARE = 0.2

# How long after a table's deadline its items belong to the run that wrote them, in seconds: room for clean-up, and
# for the clocks of two machines that verify the same table.
GRACE = 120

# Seconds between two times that those who watch are told how far everything is.
SIGN_OF_LIFE = 5


class Clock:
    """The real clock. Tests bring their own."""

    now = staticmethod(time.monotonic)
    epoch = staticmethod(time.time)
    sleep = staticmethod(time.sleep)


@dataclasses.dataclass
class Outcome:
    """What was found out about one table.

    :ivar refusal: why it wasn't verified at all, as a sentence.
    :ivar convergence: of the items that all regions wrote; None when that wasn't tried, as a pair didn't pass.
    :ivar journey: what became of the user's items; None when there were none.
    :ivar subject: what heartbeats need to watch the table; None when it isn't watched.
    :ivar alone: the state of a table that has one region only, and so no pairs.
    """

    wanted: Table
    observed: Observed
    how: str
    schema: Schema | None = None
    refusal: str = ""
    alone: PairState | None = None
    evidence: dict[Pair, Evidence] = dataclasses.field(default_factory=dict)
    convergence: Convergence | None = None
    meter: Meter = dataclasses.field(default_factory=Meter)
    journey: Journey | None = None
    subject: Subject | None = None
    watched: Watched | None = None
    notes: list[str] = dataclasses.field(default_factory=list)
    left: list[Left] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Checked:
    """A whole verification: its id, when it began (epoch seconds), how many seconds it took, what was found."""

    run: str
    started: float
    seconds: float
    outcomes: list[Outcome]

    @property
    def changed(self) -> bool:
        """Whether something stays: an item of the user's that was written."""
        return any(outcome.journey.changed for outcome in self.outcomes if outcome.journey)


def check_tables(
    tables: list[Table],
    clients: Clients,
    options: Options,
    check_mode: bool,
    clock: t.Any = Clock,
    progress: t.Callable[[Event], None] = lambda event: None,
) -> Checked:
    """An outcome for each table, in the order of the list.

    An interruption still cleans up, then goes on upwards with a note of that.

    :param progress: called every few seconds, and at the end, with the tables that are done since.
    :raises Refused: before any call, when a table can't be verified for ``max_units``; before anything is written, for
        items of the user whose keys aren't their table's.
    """
    tables = [table for table in tables if not table.absent]
    options.check_cost(tables)
    observed = look([Reading(table, {region: {} for region in table.regions}) for table in tables], clients)
    _check_keys(options, tables, observed)
    run, started, began = str(uuid.uuid4()), clock.epoch(), clock.now()
    stop = threading.Event()

    def check(table: Table) -> Outcome:
        outcome = _judge_states(table, observed[table.name], check_mode)
        if outcome.how == ITEMS and not outcome.refusal:
            _check_items(outcome, clients, options, run, stop, clock)
        return outcome

    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        futures: dict[Future, str] = {}
        try:
            futures |= {pool.submit(check, table): table.name for table in tables}
            _await(futures, progress)
            outcomes = [future.result() for future in futures]
            if options.watch:
                _watch_on(outcomes, options, progress)
        except BaseException as error:
            stop.set()
            pool.shutdown(cancel_futures=True)
            ended = [future for future in futures if not (future.cancelled() or future.exception())]
            error.add_note(cleanup.told("items", {futures[future]: future.result().left for future in ended}))
            raise
    return Checked(run, started, clock.now() - began, outcomes)


def _check_keys(options: Options, tables: list[Table], observed: dict[str, Observed]) -> None:
    """:raises Refused: before anything is written, for items of the user that can't be items of their tables."""
    problems = []
    for table in tables:
        shown = observed[table.name][table.home]
        items = options.items.get(table.name, []) if shown.exists else []
        refused = user_items.key_problems(Schema.of(table.name, shown), items) if items else {}
        problems += [
            f"items (verify_items), table {table.name!r}, item {number}: {sentence}."
            for number, sentence in refused.items()
        ]
    if problems:
        raise Refused(problems)


def _await(checks: dict[Future, str], progress: t.Callable[[Event], None]) -> None:
    """Until all are done, told of together every few seconds; an error of one of them at once.

    :param checks: future -> the name of its table.
    """
    pending = set(checks)
    while pending:
        done, pending = wait(pending, SIGN_OF_LIFE, FIRST_EXCEPTION)
        for one in done:
            one.result()
        names = [checks[one] for one in checks if one in done]
        noun = "table" if len(checks) == 1 else "tables"
        summary = f"{len(checks) - len(pending)} of {len(checks)} {noun} verified"
        progress({"lines": told(("verified", name) for name in names), "summary": summary})


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
    ground = _ground(outcome, regions, clients, options, run, stop, clock)
    if not ground.meter.admits(0):
        for pair in testable:
            outcome.evidence[pair].problem(
                "max_units (verify_max_units) is below what the table takes at the least, since each write is carried "
                "out again in replicas that aren't listed, too: nothing was written"
            )
        return
    holders = [region for region, shown in outcome.observed.items() if shown.status != ABSENT]
    with ThreadPoolExecutor(2 * len(outcome.observed)) as pool:
        sources = list(dict.fromkeys((*outcome.wanted.regions, *outcome.wanted.absent_regions)))
        swept = sweep(ground, regions, [*sources, EVERYWHERE], pool)
        outcome.notes += swept.notes(outcome.schema)
        for source, target in testable:
            _admit(outcome.evidence[source, target], swept, options, ground.strong)
        touched: set[Probe] = set()
        try:
            _run_rounds(ground, outcome, swept, options, touched, pool)
            _converge(ground, outcome, swept, options, touched, pool)
        finally:
            outcome.left = clear(ground, holders, sorted(touched), pool) if touched else []
            outcome.notes += _stragglers(outcome)
        if options.items.get(outcome.wanted.name):
            _carry_items(ground, outcome, options, pool)
    if options.watch:
        reached = [pair for pair in testable if not set(pair) & swept.unreadable.keys()]
        free = {source: swept.free_heartbeats(source) for source, _target in reached}
        outcome.subject = Subject(ground, reached, free, holders)


def _stragglers(outcome: Outcome) -> t.Iterator[str]:
    """What a region that couldn't be cleaned up had written may still arrive where it was missing, once it is back."""
    uncleared = {left.region for left in outcome.left}
    for (source, target), evidence in outcome.evidence.items():
        if source in uncleared and evidence.items and len(evidence.arrived[PUT]) < evidence.items:
            yield (
                f"items of {source} may still arrive in {target}, because {source} couldn't be cleaned up: the next "
                "verification removes them"
            )


def _ground(
    outcome: Outcome,
    regions: list[str],
    clients: Clients,
    options: Options,
    run: str,
    stop: threading.Event,
    clock: t.Any,
) -> Ground:
    shown = outcome.observed[regions[0]]
    outcome.schema = Schema.of(outcome.wanted.name, shown)
    others = len(shown.replicas)
    outcome.meter = Meter(others, options.for_looks(outcome.wanted.name, len(outcome.observed), others + 1))
    # Twice the timeout, since a write that is held up moves what comes after it.
    lease = Lease(run, int(clock.epoch() + 2 * options.timeout) + GRACE)
    return Ground(
        outcome.schema,
        clients,
        lease,
        clock,
        options.poll_delay,
        stop,
        outcome.meter,
        strong=shown.consistency == STRONG,
    )


def _carry_items(ground: Ground, outcome: Outcome, options: Options, pool: ThreadPoolExecutor) -> None:
    """The user's own items, from the home region to every region that could be verified from there."""
    home = outcome.wanted.home
    targets = [target for (source, target), evidence in outcome.evidence.items() if source == home and evidence.items]
    items = options.items[outcome.wanted.name]
    unread = sorted({home, *outcome.observed[home].replicas} - {home, *targets})
    if unread or not targets:
        where = f"{', '.join(unread)}, where an item with that key may exist, can't be looked at or isn't listed"
        why = where if unread else f"no pair from {home} could be verified"
        outcome.journey = journey.not_begun(ground.schema, home, items, why)
        return
    outcome.journey = journey.run(ground, home, targets, items, options.timeout, pool)
    for pair, samples in outcome.journey.samples.items():
        outcome.evidence[pair].item_samples = samples
        if options.max_lag is not None and not ground.strong:
            _judge_lag_of_items(outcome.evidence[pair], outcome.journey.untimed[pair], options.max_lag)


def _judge_lag_of_items(evidence: Evidence, untimed: int, max_lag: float) -> None:
    what = f"max_lag (verify_max_lag) of {max_lag:g} s"
    slow = [sample for sample in evidence.item_samples if sample.lag > max_lag]
    late = [sample for sample in slow if sample.lag - sample.resolution > max_lag]
    if late:
        slowest = max(sample.lag for sample in late)
        evidence.failures.append(
            f"{count(len(late), 'item')} of yours (verify_items) arrived later than {what}, the slowest "
            f"after {slowest:.3g} s"
        )
    if unsure := len(slow) - len(late) + untimed:
        evidence.problem(
            f"{count(unsure, 'item')} of yours (verify_items) arrived, but whether within {what} can't be "
            "told: run again"
        )


def _watch_on(outcomes: list[Outcome], options: Options, progress: t.Callable[[Event], None]) -> None:
    """Heartbeats of all tables, in the thread that an interruption reaches; what they show counts with each pair."""
    watched = {outcome.wanted.name: outcome for outcome in outcomes if outcome.subject and outcome.subject.pairs}

    def admitted() -> bool:
        return all(
            outcome.meter.admits(cost.heartbeats(len(outcome.observed), outcome.meter.copies + 1))
            for outcome in watched.values()
        )

    subjects = {name: outcome.subject for name, outcome in watched.items()}
    for name, found in heartbeats.watch(subjects, options.watch, progress, admitted).items():
        outcome = watched[name]
        outcome.watched = found
        outcome.notes += found.notes
        outcome.left += found.left
        for pair, one in found.pairs.items():
            if found.ended_early:
                outcome.evidence[pair].problem(f"watch: {SPENT}")
            _judge_watched(outcome.evidence[pair], one, options.max_lag)


def _judge_watched(evidence: Evidence, watched: PairWatched, max_lag: float | None) -> None:
    if watched.verdict == FAIL:
        evidence.failures.append(f"at the end of the watch {watched.reason}")
    elif watched.verdict != PASS:
        evidence.problem(f"watch: {watched.reason}")
    peak, resolution = watched.staleness.peak, watched.staleness.resolution
    if max_lag is None or peak is None or peak <= max_lag:
        return
    what = f"while it was watched, lag rose to {peak:.3g} s"
    if peak - resolution > max_lag:
        evidence.failures.append(f"{what}, more than max_lag (verify_max_lag) of {max_lag:g} s")
    else:
        evidence.problem(f"{what} or less, and max_lag (verify_max_lag) is {max_lag:g} s: choose a shorter interval")


def _admit(evidence: Evidence, swept: Sweep, options: Options, strong: bool) -> None:
    """Whether items can be written for this pair, judged by its reserved keys."""
    for region in (evidence.source, evidence.target):
        if region in swept.unreadable:
            evidence.problem(swept.unreadable[region])
    free, items = len(swept.free(evidence.source)), options.item_count
    if free < items:
        evidence.problem(
            f"{items} keys reserved for {evidence.source} are needed, but only {free} of {SLOTS} are free: see notes"
        )
    if not evidence.problems:
        evidence.items, evidence.strong, evidence.max_lag = items, strong, options.max_lag


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
        plan = Plan(operation, candidates, options.item_count, expected, patience, deadline)
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


def _converge(
    ground: Ground, outcome: Outcome, swept: Sweep, options: Options, touched: set[Probe], pool: ThreadPoolExecutor
) -> None:
    """Every region writes the same items at once. Where the items of one region don't pass, those of all wouldn't."""
    if any(evidence.verdict != PASS for evidence in outcome.evidence.values()):
        return
    probes = convergence.chosen(swept.free(EVERYWHERE), options.item_count, ground.lease.run)
    if not probes:
        outcome.convergence = Convergence(
            problems=[f"none of the {SLOTS} keys reserved for what every region writes is free: see notes"]
        )
        return
    attempt = Attempt(ground, list(outcome.observed))
    try:
        outcome.convergence = attempt.run(probes, CONVERGENCE_SHARE * options.timeout, pool)
    finally:
        touched |= attempt.touched

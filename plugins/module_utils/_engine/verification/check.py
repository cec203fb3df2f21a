# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole check: states first, then items, all tables side by side; verdicts at the end, from what was seen."""

from __future__ import annotations

import asyncio
import dataclasses
import time
import typing as t
import uuid

from ..clients import Clients
from ..observe import Reading, look
from ..progress import Event
from ..settings.consistency import STRONG
from ..spec import Refused, Table
from ..state import ABSENT, Observed
from . import calls, cost, heartbeats, journey, policies, rounds, story, user_items
from .arrivals import Arrivals, longest
from .calls import Calls, all_of, to_the_end
from .heartbeats import Watched
from .history import History
from .journey import Journey
from .options import Options
from .probes import Lease, Schema
from .reserved import GRACE, Claim, Left
from .session import Session
from .staleness import rounds_kept
from .states import CHECK_MODE, FAIL, ITEMS, NOTHING, PASS, STATES, UNSURE, Pair, dependence, pair_states, region_state
from .verdicts import SPENT, Convergence, Finding, PairEvidence, judge_convergence, judge_pair, verdict_of, worst

# Seconds between two times that those who watch are told how far everything is.
SIGN_OF_LIFE = 2


@dataclasses.dataclass
class Outcome:
    """What was found out about one table.

    :ivar findings: of the table as a whole: what stands in the way of a pass beside its pairs.
    :ivar convergence: of the items that all regions wrote; None when that wasn't tried, as a pair didn't pass.
    :ivar journeys: what became of the user's items.
    """

    wanted: Table
    observed: Observed
    how: str
    schema: Schema | None = None
    findings: list[Finding] = dataclasses.field(default_factory=list)
    evidence: dict[Pair, PairEvidence] = dataclasses.field(default_factory=dict)
    convergence: Convergence | None = None
    history: History = dataclasses.field(default_factory=History)
    journeys: list[Journey] = dataclasses.field(default_factory=list)
    watched: Watched | None = None
    session: Session | None = None
    claim: Claim | None = None
    arrivals: Arrivals | None = None
    notes: list[str] = dataclasses.field(default_factory=list)

    @property
    def left(self) -> list[Left]:
        """What couldn't be confirmed as removed."""
        return self.claim.left if self.claim else []

    @property
    def testable(self) -> list[Pair]:
        return [pair for pair, one in self.evidence.items() if one.expected is not None]

    def judge(self) -> str:
        """The table's verdict."""
        verdicts = [verdict_of(self.findings)] if self.findings else []
        verdicts += [verdict_of(judge_pair(one)) for one in self.evidence.values()]
        verdicts += [verdict_of(judge_convergence(self.convergence))] if self.convergence else []
        verdicts += [one.verdict for one in self.journeys]
        return worst(verdicts) if verdicts else NOTHING


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
        return any(one.changed for outcome in self.outcomes for one in outcome.journeys)


def check_tables(
    tables: list[Table],
    clients: Clients,
    options: Options,
    check_mode: bool,
    progress: t.Callable[[Event], None] = lambda event: None,
) -> Checked:
    """An outcome for each table, in the order of the list.

    An interruption still cleans up, then goes on upwards with a note of that.

    :param progress: called every few seconds, and at the end, with how far the whole is.
    :raises Refused: before any call, when a table can't be verified for ``max_units``; before anything is written, for
        items of the user whose keys aren't their table's.
    """
    tables = [table for table in tables if not table.absent]
    options.check_cost(tables)
    observed = look([Reading(table, {region: {} for region in table.regions}) for table in tables], clients)
    _check_keys(options, tables, observed)
    run, started, began = str(uuid.uuid4()), time.time(), time.monotonic()
    outcomes = [_judge_states(table, observed[table.name], check_mode) for table in tables]
    regions = dict.fromkeys(region for table in tables for region in table.regions)
    sender = Calls(clients, regions)
    try:
        calls.run(_check_all(outcomes, sender, options, run, progress))
    except BaseException as error:
        error.add_note(after_interruption({one.wanted.name: one.left for one in outcomes}))
        raise
    finally:
        sender.close()
    if sender.stalled:
        for outcome in outcomes:
            outcome.notes.append(
                f"no region answered for {sender.stalled:.0f} s: this machine or its network stalled, so lags of that "
                "time are too long"
            )
    return Checked(run, started, time.monotonic() - began, outcomes)


def after_interruption(left: dict[str, list[Left]]) -> str:
    """What became of verification's items, by table, as one sentence for whoever interrupted it."""
    places = "; ".join(
        f"{table} ({', '.join(one.region for one in remainders)})" for table, remainders in left.items() if remainders
    )
    if not places:
        return "Its items are removed."
    return f"Some of its items may be left in {places}: the next verification removes them."


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


def _judge_states(table: Table, observed: Observed, check_mode: bool) -> Outcome:
    """What the states say; a pair whose items are to decide has 0 changes expected, until they are written."""
    how = STATES if table.verification == STATES else CHECK_MODE if check_mode else ITEMS
    outcome = Outcome(table, observed, how)
    if refusal := dependence(observed):
        outcome.findings.append(Finding(FAIL, refusal))
    unlisted = sorted(observed[table.home].replicas.keys() - observed.keys())
    if unlisted:
        outcome.findings.append(
            Finding(
                UNSURE,
                f"has replicas that aren't listed, and weren't verified: {', '.join(unlisted)}",
                remedy="list them",
            )
        )
    if all(shown.status == ABSENT for shown in observed.values()):
        outcome.findings.append(Finding(FAIL, "there is no table of that name", remedy="run site.yml"))
        return outcome
    if len(observed) == 1:
        alone = region_state(observed[table.home])
        outcome.findings += [Finding(alone.verdict, alone.reason)] if alone.reason else []
    for (source, target), state in pair_states(observed).items():
        outcome.evidence[source, target] = evidence = PairEvidence(source, target)
        if refusal:
            continue
        if state.verdict == FAIL:
            evidence.refute(state.reason)
        elif how == ITEMS and state.testable:
            evidence.expected = 0
        elif state.verdict != PASS:
            evidence.doubt(state.reason)
        elif how == CHECK_MODE:
            evidence.doubt("check mode: no item was written")
    return outcome


async def _check_all(
    outcomes: list[Outcome],
    sender: Calls,
    options: Options,
    run: str,
    progress: t.Callable[[Event], None],
) -> None:
    done: list[Outcome] = []
    entrance = asyncio.Lock()

    async def check(turn: int, outcome: Outcome) -> None:
        if outcome.testable:
            async with entrance:
                await sender.room()
            await _check_items(turn, outcome, sender, options, run)
        done.append(outcome)

    news = story.News(outcomes)
    reporter = asyncio.ensure_future(_report(news, done, progress))
    try:
        await all_of(check(turn, outcome) for turn, outcome in enumerate(outcomes, 1))
        progress(news.event(done))
        if options.watch:
            await _watch(outcomes, options, progress)
    finally:
        reporter.cancel()
        await all_of(_clear(outcome, options.timeout) for outcome in outcomes)
    await all_of(_explain(turn, outcome, sender) for turn, outcome in enumerate(outcomes, 1))


async def _explain(turn: int, outcome: Outcome, sender: Calls) -> None:
    """Name the drill, where one holds up a pair that failed."""
    failed = [pair for pair in outcome.testable if verdict_of(judge_pair(outcome.evidence[pair])) == FAIL]
    regions = dict.fromkeys(region for pair in failed for region in pair)
    arns = {region: outcome.observed[region].arn for region in regions}
    for region in await policies.drills(turn, sender, arns):
        for pair in failed:
            if region in pair:
                outcome.evidence[pair].drill = region


async def _report(news: story.News, done: list[Outcome], progress: t.Callable[[Event], None]) -> None:
    while len(done) < len(news.outcomes):
        await asyncio.sleep(SIGN_OF_LIFE)
        progress(news.event(done))


async def _check_items(turn: int, outcome: Outcome, sender: Calls, options: Options, run: str) -> None:
    session = _session(turn, outcome, sender, options, run)
    if session is None:
        return
    outcome.session = session
    sources = list(dict.fromkeys(region for pair in outcome.testable for region in pair))
    holders = [region for region, shown in outcome.observed.items() if shown.status != ABSENT]
    keys = heartbeats.KEYS if options.watch else 0
    outcome.claim = claim = Claim(session, sources, holders, options.item_count, keys)
    try:
        await claim.acquire(session.now + options.timeout)
        outcome.notes += claim.notes
        evidence = _admitted(outcome, options, session.strong)
        lag = asyncio.get_running_loop().create_future()
        works = [_go_round(session, outcome, evidence, options, lag)]
        if len(evidence) == len(outcome.evidence):
            works.append(rounds.converge(session, claim, list(outcome.observed), options.timeout, lag))
        _done, *convergence = await all_of(works)
        if convergence and lag.result() is not None:
            outcome.convergence = convergence[0]
        if options.items.get(outcome.wanted.name):
            await _carry_items(session, outcome, options)
    finally:
        if not options.watch:
            await _clear(outcome, options.timeout)


async def _go_round(
    session: Session,
    outcome: Outcome,
    evidence: dict[Pair, PairEvidence],
    options: Options,
    lag: asyncio.Future[float | None],
) -> None:
    """``lag`` is told the longest that was measured; None when not everything arrived."""
    await rounds.run_rounds(session, outcome.claim, evidence, outcome.arrivals, options.timeout)
    _gather(outcome)
    arrived = all(sum(change.arrived for change in one.arrivals) == one.expected for one in evidence.values())
    lag.set_result(max(longest(one.arrivals) for one in evidence.values()) if evidence and arrived else None)


def _session(turn: int, outcome: Outcome, sender: Calls, options: Options, run: str) -> Session | None:
    """What the workloads work with; None when the table would cost more than it may, which is then said."""
    shown = outcome.observed[outcome.testable[0][0]]
    others = len(shown.replicas)
    for_looks = options.for_looks(outcome.wanted.name, len(outcome.observed), others + 1)
    if for_looks is not None and for_looks < 0:
        for pair in outcome.testable:
            outcome.evidence[pair].doubt(
                "max_units (verify_max_units) is below what the table needs, since each write is carried "
                "out again in replicas that aren't listed, too: nothing was written"
            )
        return None
    # Twice the timeout, since a write that is held up moves what comes after it.
    planned = options.watch.planned if options.watch else 0.0
    lease = Lease(run, int(time.time() + 2 * options.timeout + planned) + GRACE)
    outcome.schema = Schema.of(outcome.wanted.name, shown)
    outcome.history = History(copies=others)
    outcome.arrivals = Arrivals(lease)
    outcome.history.follow(outcome.arrivals.take)
    strong = shown.consistency == STRONG
    return Session(turn, sender, outcome.schema, lease, outcome.history, options.poll_delay, strong, for_looks)


def _admitted(outcome: Outcome, options: Options, strong: bool) -> dict[Pair, PairEvidence]:
    """The pairs whose items can be written, with what is expected of them."""
    claim = outcome.claim
    for pair in outcome.testable:
        evidence = outcome.evidence[pair]
        problems = claim.against(pair)
        items = len(claim.free.get(pair[0], []))
        if not items and not problems:
            problems = [f"none of the keys that were to be written in {pair[0]} is free: see notes"]
        for problem in problems:
            evidence.doubt(problem)
        evidence.strong, evidence.max_lag = strong, options.max_lag
        evidence.expected = 0 if problems else len(rounds.SHARES) * items
    return {pair: one for pair, one in outcome.evidence.items() if one.expected}


def _gather(outcome: Outcome) -> None:
    """Hand each pair what arrived of it."""
    for pair, evidence in outcome.evidence.items():
        found = outcome.arrivals.of(pair)
        evidence.arrivals = [one for one in found if one.write.probe.source != user_items.USERS]
        evidence.user_arrivals = [
            one for one in found if one.write.probe.source == user_items.USERS and one.write.operation != journey.STOOD
        ]


async def _carry_items(session: Session, outcome: Outcome, options: Options) -> None:
    """The user's own items, from the home region to every region that could be verified from there."""
    home = outcome.wanted.home
    targets = [target for (source, target), one in outcome.evidence.items() if source == home and one.expected]
    outcome.journeys = [Journey(item, home, targets) for item in options.items[outcome.wanted.name]]
    unread = sorted({home, *outcome.observed[home].replicas} - {home, *targets})
    if unread or not targets:
        where = f"{', '.join(unread)}, where an item with that key may exist, can't be looked at or isn't listed"
        for one in outcome.journeys:
            one.said.append((UNSURE, f"not written: {where if unread else f'no pair from {home} could be verified'}"))
        return
    await journey.carry(session, outcome.journeys, outcome.arrivals, options.timeout)
    _gather(outcome)


async def _clear(outcome: Outcome, timeout: float) -> None:
    """Remove what this run wrote; its strongly consistent look is also the last word on what had arrived."""
    if not (outcome.claim and outcome.claim.touched):
        return
    await to_the_end(outcome.claim.clear(timeout))
    outcome.notes += _stragglers(outcome)


def _stragglers(outcome: Outcome) -> t.Iterator[str]:
    """What a region that couldn't be cleaned up had written may still arrive where it was missing, once it is back."""
    uncleared = {left.region for left in outcome.left}
    for (source, target), evidence in outcome.evidence.items():
        if source in uncleared and any(not one.arrived for one in evidence.arrivals):
            yield (
                f"items of {source} may still arrive in {target}, because {source} couldn't be cleaned up: the next "
                "verification removes them"
            )


async def _watch(outcomes: list[Outcome], options: Options, progress: t.Callable[[Event], None]) -> None:
    """Heartbeats of all tables; what they show counts with each pair."""
    claimed = [one for one in outcomes if one.claim]
    pairs = {one.wanted.name: [pair for pair in one.testable if not one.claim.against(pair)] for one in claimed}
    kept = rounds_kept(sum(map(len, pairs.values())))
    for outcome in claimed:
        if pairs[outcome.wanted.name]:
            outcome.watched = Watched(outcome.session, pairs[outcome.wanted.name], outcome.claim, kept)
    watched = {outcome.wanted.name: outcome for outcome in outcomes if outcome.watched}

    def admitted() -> bool:
        return all(
            outcome.session.admits(
                cost.heartbeats(len(outcome.observed), len(outcome.observed[outcome.wanted.home].replicas) + 1)
            )
            for outcome in watched.values()
        )

    for outcome in watched.values():  # heartbeats aren't among the changes of a check, and may be many
        outcome.history.unfollow(outcome.arrivals.take)
    await heartbeats.watch({name: one.watched for name, one in watched.items()}, options.watch, progress, admitted)
    for outcome in watched.values():
        outcome.history.follow(outcome.arrivals.take)
        outcome.notes += outcome.watched.all_notes()
        for pair, found in outcome.watched.pairs.items():
            if outcome.watched.ended_early:
                outcome.evidence[pair].doubt(f"watch: {SPENT}")
            outcome.evidence[pair].watched = found

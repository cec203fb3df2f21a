# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observe, plan, carry out what is admitted, wait; again for what isn't finished. Level-triggered, like a controller.

No state but the service's own: an accepted change that was dropped, a lost answer, a killed run or another
person's change are all just the next observation.
"""

from __future__ import annotations

import collections
import dataclasses
import time
import typing as t
from concurrent.futures import Executor, ThreadPoolExecutor

from . import api, errors
from .clients import WORKERS, Clients
from .observe import Reading, observe
from .progress import Event, Tally, under_way
from .spec import Refused, Table
from .state import Observed
from .steps import ADD, CLEAN, FOUND, READ, REMOVE, Plan, Step

# How often the same step is issued in a run before it counts as never taking effect.
MAX_ISSUES = 3
# Seconds between two events while changes are carried out.
SIGN_OF_LIFE = 2


class Clock:
    """The real clock. Tests bring their own."""

    now = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


@dataclasses.dataclass(frozen=True)
class Part:
    """What a module does of the whole: which regions it reads, and its plan of (wanted, observed, check_mode)."""

    reading: t.Callable[[Table], Reading]
    plan: t.Callable[[Table, Observed, bool], Plan]


@dataclasses.dataclass(frozen=True)
class Limits:
    """``wait_timeout`` and ``wait_delay`` in seconds; ``max_removals`` for the whole run."""

    max_removals: int = 1
    wait: bool = True
    wait_timeout: float = 3600
    wait_delay: float = 5

    def check(self) -> None:
        """:raises Refused: for what can't be done."""
        problems = [
            f"{option} (dynamodb_{option}) is {value}, but must be more than 0 and at most a day (86400 s)."
            for option, value in (("wait_timeout", self.wait_timeout), ("wait_delay", self.wait_delay))
            if not 0 < value <= 86400
        ]
        if self.max_removals < 0:
            problems.append(f"max_removals (dynamodb_max_removals) is {self.max_removals}, but can't be less than 0.")
        if problems:
            raise Refused(problems)


@dataclasses.dataclass
class Progress:
    """How far one table has come.

    :ivar before: what the first pass saw; ``observed`` and ``plan`` are the newest.
    :ivar unanswered: step key -> a step that was sent and not accepted in so many words: its answer may be lost.
    :ivar issued: step key -> how often the service accepted it.
    :ivar settled: keys of issued steps that were seen to have taken effect.
    :ivar undone: those of them that the newest look shows undone again. Reads are eventually consistent, so a second
        look decides.
    :ivar given_up: keys of issued steps that a look showed as failed. It may be of before the step: the next decides.
    :ivar setback: the newest error that may go away by itself.
    """

    wanted: Table
    before: Observed = dataclasses.field(default_factory=dict)
    observed: Observed = dataclasses.field(default_factory=dict)
    plan: Plan | None = None
    carried_out: list[Step] = dataclasses.field(default_factory=list)
    unanswered: dict[tuple[str, str, str], Step] = dataclasses.field(default_factory=dict)
    issued: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    settled: set = dataclasses.field(default_factory=set)
    undone: set = dataclasses.field(default_factory=set)
    given_up: set = dataclasses.field(default_factory=set)
    started: float | None = None
    setback: str = ""
    failure: str = ""

    @property
    def finished(self) -> bool:
        return bool(self.failure) or (self.plan is not None and self.plan.finished)

    def look(self, observed: Observed, plan: Plan) -> None:
        """Take in a new observation and what it leaves to do."""
        refused_before = self.plan is not None and bool(self.plan.refusal)
        if self.plan is None:
            self.before = observed
        self.observed, self.plan = observed, plan
        if plan.refusal:
            if refused_before or not plan.compares_regions:
                self.failure = plan.refusal
            return
        if any(shown.problem for shown in observed.values()):
            return  # nothing is concluded from a look that wasn't complete
        self._take_for_done()
        if again := [step for step in plan.steps if step.key in self.undone]:
            self.failure = f"changed by someone else: '{again[0].sentence}' was done in this run and is undone again."
        self.undone = {step.key for step in plan.steps if step.key in self.settled}
        waited_for = {wait.key for wait in plan.waits}
        self.settled |= {key for key in self.issued if self._nothing_left(key) and key not in waited_for}

    def _take_for_done(self) -> None:
        """A change whose answer was lost was made after all when nothing is left of it to do."""
        for key in [key for key in self.unanswered if self._nothing_left(key)]:
            self.accepted(self.unanswered.pop(key))

    def _nothing_left(self, key: tuple[str, str, str]) -> bool:
        """Whether the newest look leaves nothing to do of a step; what scales is looked for by a call of its own."""
        unseen = key[0] == CLEAN and any(shown.scaling_problem for shown in self.observed.values())
        return not unseen and key not in {step.key for step in self.plan.steps}

    def accepted(self, step: Step) -> None:
        """The service took the step on."""
        self.unanswered.pop(step.key, None)
        self.issued[step.key] += 1
        self.carried_out.append(step)

    @property
    def removals(self) -> dict[tuple[str, str, str], Step]:
        """Every replica or table that this run removes: made, perhaps made, or planned."""
        planned = () if self.failure else self.plan.steps
        return {step.key: step for step in (*self.carried_out, *self.unanswered.values(), *planned) if step.removed}

    def expire(self, now: float, timeout: float) -> None:
        """Fail when the table has had its time, counted from its first change or wait."""
        if self.finished:
            return
        if self.started is None:
            self.started = now
        elif now - self.started > timeout:
            self.failure = (
                f"not finished after {timeout:g} s, waiting for: {'; '.join(self.pending)}. Run again to continue."
            )

    @property
    def pending(self) -> list[str]:
        """What is still to come, and what the service showed or said last."""
        steps = [step.sentence + (f" (waits: {step.waits_for})" if step.waits_for else "") for step in self.plan.steps]
        return [*steps, *self.awaited, *([self.setback] if self.setback else [])]

    @property
    def awaited(self) -> list[str]:
        """What is under way, whoever began it: what follows from it isn't planned yet."""
        return [wait.sentence for wait in self.plan.waits]

    @property
    def unread(self) -> str:
        """What couldn't be read, empty when the newest look was complete."""
        return "; ".join(wait.sentence for wait in self.plan.waits if wait.key[0] == READ)


def converge(
    tables: list[Table],
    part: Part,
    clients: Clients,
    limits: Limits,
    check_mode: bool = False,
    clock: t.Any = Clock,
    approve: t.Callable[[list[Progress]], None] = lambda run: None,
    progress: t.Callable[[Event], None] = lambda event: None,
) -> list[Progress]:
    """Bring ``tables`` to what is wanted, side by side; one table's failure doesn't stop the others.

    An interruption goes on upwards with a note that says what is under way.

    :param approve: called with every table's plan after each look, before anything is done of it. It may fail a table.
    :param progress: called in every pass that may change something, with how far the run is: see `progress`.
    :raises Refused: before any change, when the run would remove more than ``max_removals``, or by ``approve``.
    """
    run = [Progress(table) for table in tables]
    try:
        _converge(run, part, clients, limits, check_mode, clock, approve, progress)
    except KeyboardInterrupt as interruption:
        interruption.add_note(under_way(run))
        raise
    _fail_unread(run)
    return run


def _converge(
    run: list[Progress],
    part: Part,
    clients: Clients,
    limits: Limits,
    check_mode: bool,
    clock: t.Any,
    approve: t.Callable[[list[Progress]], None],
    progress: t.Callable[[Event], None],
) -> None:
    tally = Tally(clock.now(), [part.reading(one.wanted) for one in run])

    def tell(interval: float = 0) -> None:
        if clock.now() - tally.counted >= interval:
            progress(tally.event(clock.now(), run))

    with ThreadPoolExecutor(WORKERS) as pool:
        patient = False
        while unfinished := [one for one in run if not one.finished]:
            _look(unfinished, part, clients, pool, check_mode, patient)
            if doubtful := [one for one in unfinished if one.plan.refusal and not one.failure]:
                clock.sleep(limits.wait_delay)
                _look(doubtful, part, clients, pool, check_mode, patient)
            _guard_removals(run, limits.max_removals, stop=not patient)
            approve(run)
            if check_mode:
                break
            _act(unfinished, clients, pool, tell)
            if limits.wait:
                for one in unfinished:
                    one.expire(clock.now(), limits.wait_timeout)
            tell()
            if not limits.wait:
                break
            patient = True
            if not all(one.finished for one in run):
                clock.sleep(limits.wait_delay)


def _look(
    unfinished: list[Progress], part: Part, clients: Clients, pool: Executor, check_mode: bool, patient: bool
) -> None:
    seen = observe([part.reading(progress.wanted) for progress in unfinished], clients, pool, patient)
    for progress in unfinished:
        observed = seen[progress.wanted.name]
        progress.look(observed, part.plan(progress.wanted, observed, check_mode))


def _guard_removals(run: list[Progress], allowed: int, stop: bool) -> None:
    """No more removals in a run than were allowed; ``stop`` when nothing was changed yet."""
    asked = [(progress, step) for progress in run for step in progress.removals.values()]
    removed = sum(step.removed for _progress, step in asked)
    if removed <= allowed:
        return
    named = [f"{progress.wanted.name}: {step.sentence}" for progress, step in asked]
    listed = "; ".join(named[:10]) + ("; ..." if len(named) > 10 else "")
    sentence = (
        f"This would remove {removed} replicas or tables, but max_removals is {allowed}: {listed}. If all of this "
        f"is meant, set max_removals (dynamodb_max_removals) to {removed}."
    )
    if stop:
        raise Refused([sentence])
    for progress, step in asked:
        if step.key not in progress.issued and not progress.failure:
            progress.failure = sentence


def _act(unfinished: list[Progress], clients: Clients, pool: Executor, tell: t.Callable[[float], None]) -> None:
    for _done in pool.map(lambda progress: _carry_out(progress, clients), unfinished):
        tell(SIGN_OF_LIFE)


def _carry_out(progress: Progress, clients: Clients) -> None:
    """Every step of one table that the service admits now; one by one, tables side by side."""
    progress.setback = ""
    for step in progress.plan.steps:
        if progress.failure:
            return
        if not step.waits_for and step.key not in progress.undone:
            _issue(progress, step, clients)


def _issue(progress: Progress, step: Step, clients: Clients) -> None:
    if step.failed and progress.issued[step.key]:
        if step.key in progress.given_up:
            progress.failure = f"can't {step.sentence}: {step.failed}."
        progress.given_up.add(step.key)
        return
    if progress.issued[step.key] >= MAX_ISSUES:
        dropped = " It drops a replica like this whose KMS key can't be used." if step.key[0] in (ADD, FOUND) else ""
        progress.failure = (
            f"the service accepted '{step.sentence}' {MAX_ISSUES} times, but it never came about: it answers as if the "
            "change was made, and shows none. An emulator without global tables does this, and somebody may be "
            f"undoing it: on AWS look at the table's events in CloudTrail.{dropped}"
        )
        return
    try:
        api.change(clients, step.region, step.call, step.parameters)
    except errors.ServiceError as error:
        if error.kind == errors.SOURCE and (later := _next_removal(progress.plan, step)):
            _issue(progress, later, clients)
        elif error.transient or error.kind == errors.ABSENT or _may_be_done(progress, step, error):
            progress.setback = str(error)
            progress.unanswered[step.key] = step
        else:
            progress.failure = f"can't {step.sentence}: {error}."
        return
    progress.accepted(step)


def _may_be_done(progress: Progress, step: Step, error: errors.ServiceError) -> bool:
    """A change whose answer was lost is sent again by the SDK, and may be refused since it is made: looked at once."""
    return error.retried and step.key not in progress.unanswered


def _next_removal(plan: Plan, refused: Step) -> Step | None:
    """Leaf first: a replica that was added from ``refused``'s region has to go before it (finding DDB-TABLE-266)."""
    removals = [step for step in plan.steps if step.key[0] == REMOVE]
    after = removals[removals.index(refused) + 1 :] if refused in removals else []
    return after[0] if after else None


def _fail_unread(run: list[Progress]) -> None:
    """A single pass that couldn't read a region has no answer for that table."""
    for progress in run:
        if not progress.failure and progress.unread:
            progress.failure = progress.unread

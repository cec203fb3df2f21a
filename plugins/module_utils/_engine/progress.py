# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What changed since the last look, and how far everything is, for people who watch a run. Pure.

An event is ``{"lines": [str], "summary": str}``: what changed, what many tables have in common in one line; and how far
the whole is. Texts of the service, which may name users and roles, are left to the result.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .state import ABSENT, ACTIVE, UPDATING
from .steps import ADD, DISASSOCIATE, DISSOLVE, FOUND, READ, REMOVE
from .wording import counted, families, grouped, named

if t.TYPE_CHECKING:
    from .converge import Progress

Event = dict[str, t.Any]

# So many reasons for waiting are spelled out in a summary.
REASONS_IN_A_SUMMARY = 3


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a run showed at one moment; nothing yet, at its beginning.

    :ivar states: (table, region) -> the state of the table there; a witness's region is "witness REGION".
    :ivar steps: table -> how many steps were carried out.
    :ivar failed: the tables that failed.
    """

    states: dict[tuple[str, str], str] = dataclasses.field(default_factory=dict)
    steps: dict[str, int] = dataclasses.field(default_factory=dict)
    failed: frozenset[str] = frozenset()


def shown(run: list[Progress]) -> Shown:
    return Shown(
        states={(one.wanted.name, place): state for one in run for place, state in _states(one).items()},
        steps={one.wanted.name: len(one.carried_out) for one in run},
        failed=frozenset(one.wanted.name for one in run if one.failure),
    )


def _states(one: Progress) -> dict[str, str]:
    """What each region shows of the table; and of a replica that its own region doesn't show, what the group lists."""
    home = one.observed.get(one.wanted.home)
    listed = home.replicas if home else {}
    states = {
        region: listed.get(region, ABSENT) if table.status == ABSENT else table.status
        for region, table in one.observed.items()
    }
    if home and home.status in (ACTIVE, UPDATING) and _group_changes(one):
        del states[
            home.region
        ]  # it is UPDATING meanwhile, which says no more than the states of those that come and go
    witnesses = home.witnesses if home else {}
    return {**states, **{f"witness {region}": status for region, status in witnesses.items()}}


def _group_changes(one: Progress) -> bool:
    under_way = {*(one.issued.keys() - one.settled), *(wait.key for wait in one.plan.waits)}
    return any(key[0] in (ADD, REMOVE, FOUND, DISSOLVE, DISASSOCIATE) for key in under_way)


def under_way(run: list[Progress]) -> str:
    """The steps that were sent and haven't been seen to take effect, as one sentence."""
    sent = [
        (step.sentence, one.wanted.name)
        for one in run
        for step in {step.key: step for step in [*one.carried_out, *one.unanswered.values()]}.values()
        if step.key not in one.settled
    ]
    return f"Under way: {'; '.join(told(sent))}. Nothing is undone." if sent else "No change is under way."


def event(last: Shown, run: list[Progress]) -> Event:
    """What is new in ``run`` to those who saw ``last``: what the last look showed, then what was done about it."""
    now = shown(run)
    changes = [(_change(last, place, state), place[0]) for place, state in now.states.items()]
    steps = [
        (step.sentence, one.wanted.name)
        for one in run
        for step in one.carried_out[last.steps.get(one.wanted.name, 0) :]
    ]
    failed = [("failed", one.wanted.name) for one in run if one.wanted.name in now.failed - last.failed]
    news = [(sentence, name) for sentence, name in (*sorted(changes), *steps, *failed) if sentence]
    return {"lines": told(news), "summary": summary(run)}


def _change(last: Shown, place: tuple[str, str], state: str) -> str:
    """Empty when there is nothing to say; of what is seen for the first time only what is in motion is news."""
    before = last.states.get(place)
    if before is None:
        return "" if state in (ABSENT, ACTIVE) else f"{place[1]}: {state}"
    return "" if state == before else f"{place[1]}: {before} → {state}"


def told(news: t.Iterable[tuple[str, str]]) -> list[str]:
    """The lines of an event, one for all tables that a sentence is true for; ``news`` are pairs of these."""
    return [f"{sentence}: {told}" for sentence, _tables, told in families(grouped(news), named)]


def summary(run: list[Progress]) -> str:
    """How many tables are finished, and what most of the others wait for."""
    failed = sum(bool(one.failure) for one in run)
    finished = sum(one.finished for one in run) - failed
    so_far = f"{finished} of {len(run)} {'table' if len(run) == 1 else 'tables'} finished"
    so_far += f", {failed} failed" if failed else ""
    waiting = grouped((reason, one.wanted.name) for one in run if not one.finished for reason in _reasons(one))
    most = sorted(waiting, key=lambda reason: -len(waiting[reason]))[:REASONS_IN_A_SUMMARY]
    reasons = [f"{reason} ({counted(waiting[reason])})" for reason in most]
    reasons += ["..."] if len(waiting) > len(most) else []
    return f"{so_far}; waiting: {', '.join(reasons)}" if reasons else so_far


def _reasons(one: Progress) -> list[str]:
    """What an unfinished table waits for: what is under way, or else what is next."""
    waits = [f"{wait.key[1]} can't be read" if wait.key[0] == READ else wait.sentence for wait in one.plan.waits]
    return waits or [one.plan.steps[0].sentence]

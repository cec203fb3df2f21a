# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run is, for people who watch it. Pure.

An event is ``{"lines": [str], "summary": str, "left": float or None}``: what is to be seen at once, such as a failure;
how far everything is; and about how many seconds it still takes, None while nothing says so.
"""

from __future__ import annotations

import collections
import statistics
import typing as t

from .state import ABSENT, ACTIVE, CREATING, DELETING, UPDATING
from .steps import ADD, CREATE, DELETE, DISSOLVE, FOUND, READ, REMOVE
from .wording import families, grouped, named, shared_lines

if t.TYPE_CHECKING:
    from .converge import Progress
    from .observe import Reading

Event = dict[str, t.Any]

# Besides the states of tables:
WAITING, UNREAD, FAILED = "waiting", "unread", "failed"
DONE = (ACTIVE, ABSENT)
# The kind of a step's key -> the state of the table meanwhile; UPDATING for all others.
_MOVING = {CREATE: CREATING, ADD: CREATING, FOUND: CREATING, DELETE: DELETING, REMOVE: DELETING, DISSOLVE: DELETING}
_ORDER = (*DONE, CREATING, UPDATING, DELETING, WAITING, UNREAD, FAILED)


class Place(t.NamedTuple):
    """A table in one region.

    :ivar state: one of ``_ORDER``.
    :ivar change: what is under way or planned: CREATING, UPDATING or DELETING; empty where nothing is.
    :ivar begun: when that was first seen under way, on the run's clock.
    """

    state: str
    change: str = ""
    begun: float | None = None


class Tally:
    """Counts tables by region and state; remembers when changes began, how long they took, and which failures it told.

    :ivar counted: when it last counted, on the run's clock.
    """

    def __init__(self, now: float, readings: list[Reading]) -> None:
        self.counted = now
        self._places = {
            reading.table.name: {region: Place(UNREAD) for region in _counted(reading)} for reading in readings
        }
        self._begins: list[float] = []
        self._took: dict[str, list[float]] = collections.defaultdict(list)  # change -> seconds
        self._told: set[str] = set()

    def event(self, now: float, run: list[Progress]) -> Event:
        """How far ``run`` is at ``now``; its steps may be carried out meanwhile."""
        self.counted = now
        for one in run:
            self._take(now, one)
        failed = {one.wanted.name: [one.failure] for one in run if one.failure and one.wanted.name not in self._told}
        self._told |= failed.keys()
        unfinished = [
            [place for place in places.values() if place.state not in (*DONE, FAILED)]
            for places in self._places.values()
        ]
        return {
            "lines": [f"FAILED {line}" for line in shared_lines(failed)],
            "summary": self._summary(run),
            "left": seconds_left(now, self._took, self._begins, [places for places in unfinished if places]),
        }

    def _take(self, now: float, one: Progress) -> None:
        places = self._places[one.wanted.name]
        for region, place in _places(one, places).items():
            before = places[region]
            if before.begun is not None and place.state in DONE:
                self._took[before.change].append(now - before.begun)
            elif before.begun is not None and place.state != FAILED:
                place = place._replace(change=before.change, begun=before.begun)
            elif place.state in (CREATING, UPDATING, DELETING):
                self._begins.append(now)
                place = place._replace(begun=now)
            places[region] = place

    def _summary(self, run: list[Progress]) -> str:
        """``97 of 180 ACTIVE, 14 CREATING, 69 waiting``, and where nothing moves, what that is for."""
        states = [place.state for places in self._places.values() for place in places.values()]
        counts = [(states.count(state), state) for state in _ORDER if state in states]
        (first, state), *others = counts
        parts = [f"{first} of {len(states)} {state}", *(f"{count} {state}" for count, state in others)]
        moving = any(state in (CREATING, UPDATING, DELETING) for _count, state in counts)
        reasons = collections.Counter(reason for one in run if not (moving or one.finished) for reason in _reasons(one))
        return "; ".join([", ".join(parts), *(reason for reason, _count in reasons.most_common(1))])


def _counted(reading: Reading) -> list[str]:
    """The home region isn't counted beside its replicas, unless they go together."""
    home_too = reading.table.absent or len(reading.regions) == 1
    return [region for region in reading.regions if home_too or region != reading.table.home]


def _places(one: Progress, last: dict[str, Place]) -> dict[str, Place]:
    """Region -> the table there, by what the newest look leaves to do; ``last`` are those of the look before."""
    if one.failure:
        return {region: place if place.state in DONE else Place(FAILED) for region, place in last.items()}
    if one.plan.refusal or any(wait.key[0] == READ for wait in one.plan.waits):
        return {}
    places = {region: Place(ABSENT if one.observed[region].status == ABSENT else ACTIVE) for region in last}
    issued = list(one.issued)  # at once: other threads add to it
    moving = [*(key for key in issued if key not in one.settled), *(wait.key for wait in one.plan.waits)]
    for keys, waiting in (([step.key for step in one.plan.steps], True), (moving, False)):
        for kind, region, _option in sorted(keys, key=lambda key: key[0] in _MOVING):
            change = _MOVING.get(kind, UPDATING)
            for each in places if kind in (FOUND, DISSOLVE) else [region] if region in last else []:
                places[each] = Place(WAITING if waiting else change, change)
    return places


def _reasons(one: Progress) -> list[str]:
    """What an unfinished table waits for, without texts of the service, which may name users and roles."""
    waits = [f"{wait.key[1]} can't be read" if wait.key[0] == READ else wait.sentence for wait in one.plan.waits]
    return waits or [step.waits_for for step in one.plan.steps if step.waits_for][:1]


def seconds_left(
    now: float, took: dict[str, list[float]], begins: list[float], tables: list[list[Place]]
) -> float | None:
    """About how long the rest takes, if it goes on as it went so far: a table's changes one after another.

    None where no change like one of the rest was finished yet, or one takes longer than any like it did.

    :param took: change -> how long each finished one took, in seconds.
    :param begins: when each change of the run was begun.
    :param tables: for each unfinished table, what isn't finished of it.
    """
    rest = [place for places in tables for place in places]
    if not rest or any(not took.get(place.change) for place in rest):
        return None
    if any(place.begun is not None and now - place.begun > max(took[place.change]) for place in rest):
        return None
    typical = {change: statistics.median(seconds) for change, seconds in took.items() if seconds}
    chains = [
        sum(
            typical[place.change] if place.begun is None else max(0, place.begun + typical[place.change] - now)
            for place in places
        )
        for places in tables
    ]
    if any(all(place.begun is None for place in places) for places in tables):
        # Tables wait for their turn: the service admits changes at some pace.
        waiting = sum(place.begun is None for place in rest)
        chains.append(waiting * (now - begins[0]) / len(begins) + max(typical[place.change] for place in rest))
    return max(chains)


def under_way(run: list[Progress]) -> str:
    """The steps that were sent and haven't been seen to take effect, as one sentence."""
    sent = [
        (step.sentence, one.wanted.name)
        for one in run
        for step in {step.key: step for step in [*one.carried_out, *one.unanswered.values()]}.values()
        if step.key not in one.settled
    ]
    return f"Under way: {'; '.join(told(sent))}. Nothing is undone." if sent else "No change is under way."


def told(news: t.Iterable[tuple[str, str]]) -> list[str]:
    """The lines of an event, one for all tables that a sentence is true for; ``news`` are pairs of these."""
    return [f"{sentence}: {told}" for sentence, _tables, told in families(grouped(news), named)]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own items: written once in the home region, found unchanged in every other. They stay.

An item is only written where a strongly consistent read showed nothing at its key in any region, and under the
condition that it isn't there. What is there already is never written over, and nothing is ever deleted.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .. import errors
from . import dynamodb_json, user_items
from .arrivals import Arrival, Arrivals
from .calls import all_of
from .history import DONE, Write
from .probes import NUMBERS, PUT, Marked, Probe, Schema
from .rounds import Follower, follow_all
from .session import Session
from .states import FAIL, PASS, UNSURE
from .user_items import USERS, UserItem
from .verdicts import worst

# What a history says of an item that stood at home before: where it is to arrive, but not since when.
STOOD = "stood"


@dataclasses.dataclass
class Journey:
    """What became of one item; ``said`` are pairs of a verdict and why, without the end of a sentence.

    :ivar changed: whether this run wrote it, or may have.
    """

    item: UserItem
    home: str
    targets: list[str]
    said: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    reached: set[str] = dataclasses.field(default_factory=set)
    changed: bool = False

    @property
    def probe(self) -> Probe:
        return Probe(USERS, self.item.number)

    @property
    def verdict(self) -> str:
        """Fail beats unknown; only what was seen in every target passes."""
        if not self.said and self.reached != set(self.targets):
            return UNSURE
        return worst(verdict for verdict, _why in self.said)

    def result(self, schema: Schema) -> dict[str, t.Any]:
        given = {name: self.item.attributes[name] for name, _kind in schema.keys if name in self.item.attributes}
        said = sorted(dict.fromkeys(self.said), key=lambda one: (FAIL, UNSURE, PASS).index(one[0]))
        return {
            "key": dynamodb_json.printable(given),
            "source": self.home,
            "verdict": self.verdict,
            "reason": "; ".join(why for _verdict, why in said),
        }


async def carry(session: Session, journeys: list[Journey], arrivals: Arrivals, timeout: float) -> None:
    """Write those items that are nowhere, and find all of them in every target within ``timeout`` seconds of that."""
    home, targets = journeys[0].home, journeys[0].targets
    items = {one.probe: one.item.attributes for one in journeys}
    seen = {}
    for region in (*targets, home):  # home comes last: what another run writes there meanwhile is seen there, too
        seen[region], problem = await session.read(region, items, session.now + timeout, items)
        if problem:
            for one in journeys:
                one.said.append((UNSURE, f"not written: {problem}"))
            return
    deadline = session.now + timeout
    holders = {probe: {region: found[probe] for region, found in seen.items() if probe in found} for probe in items}
    writes = all_of(_begin(session, one, holders[one.probe], timeout) for one in journeys)
    followers = [Follower(session, target, arrivals, timeout, items) for target in targets]
    await follow_all(followers, writes, deadline)
    for one in journeys:
        for follower in followers:
            mine = (arrival for arrival in arrivals.of((home, follower.target)) if arrival.write.probe == one.probe)
            _judge(one, mine, follower)


async def _begin(session: Session, one: Journey, holders: dict[str, Marked], patience: float) -> None:
    """Write it, where nobody has an item with its key; otherwise look for it where it isn't yet.

    :param holders: region -> what is there.
    """
    if not holders:
        await _write(session, one, patience)
    elif any(marked.differing for marked in holders.values()) or one.home not in holders:
        _in_the_way(one, holders)
    else:
        one.reached |= holders.keys() & set(one.targets)
        absent = tuple(target for target in one.targets if target not in holders)
        now = session.now
        stood = Write(STOOD, one.home, one.probe, NUMBERS[PUT], now, now, targets=absent, patience=patience)
        session.history.add(stood)


async def _write(session: Session, one: Journey, patience: float) -> None:
    parameters = user_items.put(session.schema, one.item.attributes)
    written = await session.send(PUT, one.probe, NUMBERS[PUT], one.home, parameters, one.targets, patience)
    one.changed = written.status == DONE or written.repeated or written.unclear
    if written.status == DONE:
        return
    if written.problem:
        stays = ": it may have been written, and then stays" if one.changed else ""
        one.said.append((FAIL if written.kind == errors.REFUSED else UNSURE, f"{written.problem}{stays}"))
        return
    found, problem = await session.read(one.home, [one.probe], session.now + patience, {one.probe: one.item.attributes})
    marked = found.get(one.probe)
    if marked is None:
        one.said.append((UNSURE, problem or f"somebody else wrote and removed it in {one.home} meanwhile: run again"))
    elif marked.differing:
        _in_the_way(one, {one.home: marked})
    else:  # the answer of this run's own put was lost, or somebody was faster with the same
        session.history.add(dataclasses.replace(written, status=DONE, repeated=True, units=0.0))


def _in_the_way(one: Journey, holders: dict[str, Marked]) -> None:
    """Another item of that key; the same one may be under way to home."""
    where = f"an item with that key exists in {', '.join(holders)}"
    differing = ", ".join(dict.fromkeys(name for marked in holders.values() for name in marked.differing))
    if differing:
        remedy = "isn't touched: choose another key, or list it as it is"
        one.said.append((FAIL, f"{where}, with another {differing}, and {remedy}"))
    else:
        one.said.append((UNSURE, f"{where}, the same, and not in {one.home}: run again, or choose another key"))


def _judge(one: Journey, arrivals: t.Iterable[Arrival], follower: Follower) -> None:
    """What became of it in the target of ``follower``."""
    for arrival in arrivals:
        if arrival.arrived:
            one.reached.add(follower.target)
        elif arrival.missing:
            one.said.append(_missing(one, arrival))
        else:
            problem = next(iter(follower.problems), f"it couldn't be looked for in {follower.target}")
            one.said.append((UNSURE, problem))


def _missing(one: Journey, arrival: Arrival) -> tuple[str, str]:
    if arrival.removed:
        return UNSURE, f"somebody removed or changed it in {one.home} meanwhile: run again"
    if arrival.altered:
        return FAIL, f"altered in {arrival.target}: it differs in {', '.join(arrival.altered.differing)}"
    since = "seen" if arrival.write.operation == STOOD else "written"
    return FAIL, (
        f"missing in {arrival.target} {arrival.waited:.3g} s after it was {since} in {one.home}, by a strongly "
        "consistent read"
    )

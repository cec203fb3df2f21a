# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a plan the service admits now, and what is under way. Pure."""

from __future__ import annotations

import dataclasses

from . import group
from .settings import consistency, encryption, holders, indexes, warm_throughput
from .spec import Table
from .state import ABSENT, ACTIVE, CREATING, DELETING, UPDATING, Observed, RegionalTable
from .steps import ADD, CLEAN, CREATE, DELETE, DISASSOCIATE, DISSOLVE, FOUND, REMOVE, SET, SETTLE, Step, Wait

_MOVING = {CREATING: ADD, UPDATING: SETTLE, DELETING: REMOVE}


def admitted(steps: list[Step], wanted: Table, observed: Observed) -> tuple[Step, ...]:
    """Each step with what it waits for.

    A group takes one change at a time, and only while it is ACTIVE throughout (findings DDB-TABLE-224, 227);
    tags and point-in-time recovery are admitted beside it, in a region that is up (finding DDB-TABLE-298).
    """
    holding = _busy(wanted, observed)
    checked = []
    for step in steps:
        if step.exclusive:
            waits_for = holding or _not_free(step, observed)
            holding = holding or step.sentence
        else:
            up = observed[step.region].status in (ACTIVE, UPDATING) or step.key[0] == CLEAN
            moving = observed[step.region].moving.get(step.key[2], "")
            moving = moving or _index_not_ready(step, observed[step.region])
            waits_for = step.waits_for or (moving if up else f"{step.region} to be ACTIVE")
        checked.append(dataclasses.replace(step, waits_for=waits_for))
    return tuple(checked)


def _index_not_ready(step: Step, shown: RegionalTable) -> str:
    """What belongs to an index is refused until that is filled (findings DDB-TABLE-116, 322)."""
    ready = not step.index or shown.indexes.get(step.index) == ACTIVE
    return "" if ready else f"index {step.index} to be ACTIVE in {shown.region}"


def _busy(wanted: Table, observed: Observed) -> str:
    """What of the group is in motion, empty when the service would take a change."""
    home, members = observed[wanted.home], _members(wanted, observed)
    moving = [f"{table.region} is {table.status}" for table in members if table.status in _MOVING]
    moving += [f"replica {region} is {status}" for region, status in home.replicas.items() if status in _MOVING]
    moving += [
        f"{table.moving[encryption.OPTION]} in {table.region}" for table in members if encryption.OPTION in table.moving
    ]
    moving += [f"witness {region} is {status}" for region, status in home.witnesses.items() if status in _MOVING]
    moving += [*_indexes_moving(wanted, observed).values(), *_warming(wanted, observed).values()]
    moving += _disagreeing(wanted, observed).values()
    return "; ".join(moving)


def _disagreeing(wanted: Table, observed: Observed) -> dict[tuple[str, str, str], str]:
    """Replicas that come or go, and that only one side shows."""
    home = observed[wanted.home]
    return {
        _key(home, ADD if region in wanted.replicas else REMOVE, region): (
            f"{home.region} and {region} don't yet agree on the replica there"
        )
        for region in (*wanted.replicas, *wanted.absent_regions)
        if region in observed and group.disagree(home, observed[region])
    }


def _members(wanted: Table, observed: Observed) -> list[RegionalTable]:
    """The members of the group that were looked at, the home region first."""
    home = observed[wanted.home]
    return [home, *(observed[region] for region in home.replicas if region in observed)]


def _up(wanted: Table, observed: Observed) -> list[RegionalTable]:
    return [table for table in _members(wanted, observed) if table.status in (ACTIVE, UPDATING)]


def _indexes_moving(wanted: Table, observed: Observed) -> dict[tuple[str, str, str], str]:
    """Indexes that come, change or go: each region fills its own while its table is ACTIVE (finding DDB-TABLE-296)."""
    moving = {}
    tables = _up(wanted, observed)
    for table in tables:
        for index, status in table.indexes.items():
            if status != ACTIVE:
                moving[indexes.key(table.region, index)] = f"index {index} is {status} in {table.region}"
        for index in tables[0].indexes.keys() ^ table.indexes.keys():
            sentence = f"{table.region} doesn't show yet that index {index} came or went"
            moving.setdefault(indexes.key(table.region, index), sentence)
    return moving


def _warming(wanted: Table, observed: Observed) -> dict[tuple[str, str, str], str]:
    """Warm throughput that is managed and still rising."""
    managed = warm_throughput.managed(wanted.settings)
    return {
        warm_throughput.key(table.region, holder): f"warm throughput of {holders.words(holder)} rises in {table.region}"
        for table in _up(wanted, observed)
        for holder in table.warming
        if holder in managed
    }


def _not_free(step: Step, observed: Observed) -> str:
    """A replica can be added again only once its region no longer shows the old one (finding DDB-TABLE-308)."""
    joining = step.members if step.key[0] == FOUND else step.key[1:2] if step.key[0] == ADD else ()
    for region in joining:
        if observed[region].status != ABSENT:
            return f"{region} to be free of the former replica ({observed[region].status})"
    return ""


# What is under way


def waits(wanted: Table, observed: Observed) -> tuple[Wait, ...]:
    """Tables, members and settings that are in motion."""
    home = observed[wanted.home]
    waits = {}
    if home.status in _MOVING:
        kind = {CREATING: CREATE, DELETING: DELETE, UPDATING: SETTLE}[home.status]
        waits[(kind, home.region, "")] = f"{home.region} is {home.status}"
    for what, shown in (("replica", home.replicas), ("witness", home.witnesses)):
        for region, status in shown.items():
            if status in _MOVING:
                waits[_key(home, _MOVING[status], region)] = f"{what} {region} is {status}"
    for table in observed.values():
        if table.region != home.region and table.status in _MOVING:
            waits.setdefault((_MOVING[table.status], table.region, ""), f"{table.region} is {table.status}")
        if table.region in home.replicas and table.status == ABSENT and home.replicas[table.region] == ACTIVE:
            waits[_key(home, ADD, table.region)] = f"{table.region} doesn't show the replica yet"
        waits.update(
            {(SET, table.region, option): f"{what} in {table.region}" for option, what in table.moving.items()}
        )
    waits |= _disagreeing(wanted, observed)
    for region in wanted.disassociated.keys() & observed.keys():
        if observed[region].status == ACTIVE and (region in home.replicas) != bool(observed[region].replicas):
            waits[(DISASSOCIATE, region, "")] = f"{region} and {home.region} don't yet agree that it left the group"
    if home.consistency == consistency.STRONG and not home.replicas:
        waits[(FOUND, home.region, "")] = f"{home.region} doesn't list the group's members yet"
    return tuple(Wait(key, sentence) for key, sentence in waits.items())


def _key(home: RegionalTable, kind: str, region: str) -> tuple[str, str, str]:
    """The key of the step that brought a member into motion: those of a strongly consistent group move together."""
    together = {ADD: FOUND, REMOVE: DISSOLVE} if home.consistency == consistency.STRONG else {}
    return (together[kind], home.region, "") if kind in together else (kind, region, "")


def inner_waits(wanted: Table, observed: Observed) -> tuple[Wait, ...]:
    """What is under way within tables that are up, when it is managed."""
    managed = "global_secondary_indexes" in wanted.settings
    moving = {**(_indexes_moving(wanted, observed) if managed else {}), **_warming(wanted, observed)}
    return tuple(Wait(key, sentence) for key, sentence in moving.items())

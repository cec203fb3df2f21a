# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Are these independent regions, and replicas of one table? From what DescribeTable showed. Pure."""

from __future__ import annotations

import dataclasses
import itertools

from ..state import ABSENT, ACTIVE, CREATING, UNKNOWN, UPDATING, Observed, RegionalTable, region_of

PASS, FAIL, UNSURE = "pass", "fail", "unknown"
# Of a table with one region only, where nothing can be compared.
NOTHING = "nothing to compare"
WORST_FIRST = (FAIL, UNSURE, PASS, NOTHING)
# What was done with a table
ITEMS, STATES, CHECK_MODE = "items", "states", "check_mode"

Pair = tuple[str, str]  # source, target


def arrow(pair: Pair) -> str:
    return " → ".join(pair)


@dataclasses.dataclass(frozen=True)
class PairState:
    """What the states alone say of a pair; ``testable`` when items can be written and read nevertheless."""

    verdict: str
    reason: str = ""
    testable: bool = False


def pair_states(observed: Observed) -> dict[Pair, PairState]:
    """Every region to every other."""
    return {
        (source, target): _pair_state(observed[source], observed[target])
        for source, target in itertools.permutations(observed, 2)
    }


def region_state(shown: RegionalTable, listed: str | None = None) -> PairState:
    """What the state of one region says.

    :param listed: its state in another region's list, which may be CREATING before the region itself shows anything
        (AWS_FACTS section 1).
    """
    if CREATING in (shown.status, listed):
        return PairState(UNSURE, f"{shown.region} is still being added: run again later")
    if shown.status == ACTIVE:
        return PairState(PASS, testable=True)
    if shown.status == UPDATING:
        return PairState(UNSURE, f"the table is still UPDATING in {shown.region}: run again later", testable=True)
    if shown.status == UNKNOWN:
        return PairState(UNSURE, f"{shown.region} couldn't be read: {shown.problem}")
    if shown.status == ABSENT:
        return PairState(FAIL, f"there is no table of that name in {shown.region}: run site.yml")
    return PairState(FAIL, f"the table is {shown.status} in {shown.region}: wait until it is ACTIVE")


def dependence(observed: Observed) -> str:
    """Why the regions aren't independent, as a sentence; empty when they are.

    Where every region is one and the same table, each item is found everywhere without any replication.
    """
    ids: dict[str, str] = {}
    for region, shown in observed.items():
        if not shown.exists:
            continue
        if region_of(shown.arn) != region:
            return _refusal(f"the endpoint of {region} answered with {shown.arn}, which isn't a table of {region}")
        if shown.table_id and shown.table_id in ids:
            return _refusal(
                f"{ids[shown.table_id]} and {region} answered with one and the same table (TableId {shown.table_id})"
            )
        ids[shown.table_id] = region
    return ""


def _refusal(what: str) -> str:
    return (
        f"these aren't independent regions: {what}. An item would be found without having been replicated, so "
        "nothing is verified: check endpoint_url; an emulator that keeps one table for all regions can't be used"
    )


def _pair_state(source: RegionalTable, target: RegionalTable) -> PairState:
    # In one order, so that both directions are explained by the same sentence.
    first, second = sorted((source, target), key=lambda shown: shown.region)
    sides = [region_state(one, other.replicas.get(one.region)) for one, other in ((first, second), (second, first))]
    if all(side.testable for side in sides):
        sides += [_listing(source, target), _listing(target, source)]
    return min(sides, key=lambda side: (side.testable, WORST_FIRST.index(side.verdict)))


def _listing(viewer: RegionalTable, other: RegionalTable) -> PairState:
    """What a region says of its replica in another."""
    status = viewer.replicas.get(other.region)
    if status == ACTIVE:
        return PairState(PASS, testable=True)
    if status is None:
        two_tables = "two tables of one name, not a global table"
        return PairState(FAIL, f"{viewer.region} doesn't list {other.region} among its replicas: {two_tables}")
    reason = f"{viewer.region} shows its replica {other.region} as {status}: it must be ACTIVE"
    return PairState(UNSURE, reason, testable=True) if status == UPDATING else PairState(FAIL, reason)

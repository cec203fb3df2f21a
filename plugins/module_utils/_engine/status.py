# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``tables_info`` returns, and how people read it: tables by regions, what is amiss, totals. Pure."""

from __future__ import annotations

import collections
import enum
import typing as t

from . import divergence, group, inventory
from .grid import NONE, grid
from .results import region_result
from .spec import Table
from .state import ABSENT, ACTIVE, UNKNOWN, Observed, RegionalTable, account_of
from .wording import count, shared_lines

HOME, PARTLY_READ = "*", "?"


class Kind(enum.IntEnum):
    """What is said of a table, and what the table counts as: the greatest of what is said of it."""

    NOTE = 0
    CHANGING = 1
    UNLIKE = 2
    PROBLEM = 3


TOTALS = {
    Kind.NOTE: "ACTIVE everywhere",
    Kind.CHANGING: "being changed",
    Kind.UNLIKE: "not as listed",
    Kind.PROBLEM: "with problems",
}
GONE = "absent, as listed"

# What is said of one table.
Remark = tuple[Kind, str]


def info_result(tables: list[Table], seen: dict[str, Observed]) -> dict[str, t.Any]:
    """The result of ``tables_info``; ``msg`` alone when no region of any table could be read."""
    if all(region.status == UNKNOWN for observed in seen.values() for region in observed.values()):
        return {"msg": "\n".join(shared_lines({name: _problems(observed) for name, observed in seen.items()}))}
    return {
        "changed": False,
        "tables": [_info(table, seen[table.name]) for table in tables],
        "differences": shared_lines({table.name: _differences(table, seen[table.name]) for table in tables}),
        "summary": summary(tables, seen),
    }


def _info(table: Table, observed: Observed) -> dict[str, t.Any]:
    home = observed[table.home]
    pasted = inventory.entry(table.name, table.home, observed)
    return {
        "name": table.name,
        **({"inventory": pasted} if pasted else {}),
        "complete": inventory.complete(table.home, observed),
        "arn": home.arn,
        "home": table.home,
        "account_id": next((account_of(shown.arn) for shown in observed.values() if shown.arn), ""),
        "replicas": home.replicas,
        "consistency": home.consistency,
        "witnesses": home.witnesses,
        "regions": [region_result(shown) for shown in observed.values()],
        "problems": _problems(observed),
        "divergent": divergence.divergent(table.home, observed),
        "unlisted_replicas": [region for region in sorted(home.replicas) if region not in observed],
    }


def summary(tables: list[Table], seen: dict[str, Observed]) -> list[str]:
    """The whole for people. What many tables share takes one line; what is worst, and the totals, come last."""
    remarks = {table.name: list(_remarks(table, seen[table.name])) for table in tables}
    said = [
        line
        for kind in Kind
        for line in shared_lines(
            {name: [words for that, words in said if that == kind] for name, said in remarks.items()}
        )
    ]
    return [*_states(tables, seen), "", *said, _totals(tables, remarks)]


# The state of each table in each region


def _states(tables: list[Table], seen: dict[str, Observed]) -> list[str]:
    """A line per table and a column per region, its home region marked with ``*``."""
    cells = {table.name: _cells(table, seen[table.name]) for table in tables}
    regions = list(dict.fromkeys(region for row in cells.values() for region in row))
    rows = [[table.name, *(_marked(table, seen, cells[table.name], region) for region in regions)] for table in tables]
    partly = any(_partly_read(shown) for observed in seen.values() for shown in observed.values())
    legend = f"{HOME} home region{f', {PARTLY_READ} not all settings could be read' if partly else ''}"
    return [*grid(["table", *regions], rows), legend]


def _marked(table: Table, seen: dict[str, Observed], cells: dict[str, str], region: str) -> str:
    if region not in cells:
        return NONE
    shown = seen[table.name].get(region)
    partly = PARTLY_READ if shown and _partly_read(shown) else ""
    return f"{cells[region]}{HOME if region == table.home else ''}{partly}"


def _partly_read(shown: RegionalTable) -> bool:
    return bool(shown.problem) and shown.status != UNKNOWN


def _cells(table: Table, observed: Observed) -> dict[str, str]:
    """Region -> the state there; of the witness and of replicas that aren't listed, as the home region lists it."""
    home = observed[table.home]
    cells = {region: _cell(home, shown) for region, shown in observed.items()}
    cells |= {region: f"{status} (not listed)" for region, status in home.replicas.items() if region not in observed}
    return cells | {region: f"{status} (witness)" for region, status in _witnesses(table, home).items()}


def _cell(home: RegionalTable, shown: RegionalTable) -> str:
    """The state of a region; beside it what the group says of it, when that differs."""
    listed = home.replicas.get(shown.region)
    if _stands_alone(home, shown):
        return f"{shown.status} (no replica)"
    if group.disagree(home, shown):
        return f"{shown.status} (not listed in {home.region})"
    return f"{shown.status} ({listed})" if listed not in (None, shown.status) else shown.status


def _stands_alone(home: RegionalTable, shown: RegionalTable) -> bool:
    return home.exists and group.stands_apart(home, shown)


def _witnesses(table: Table, home: RegionalTable) -> dict[str, str]:
    """The witness that there is and, if another or none, the one that is wanted."""
    missing = UNKNOWN if home.status == UNKNOWN else ABSENT
    wanted = {table.witness_region: missing} if table.witness_region and not table.absent else {}
    return {**wanted, **home.witnesses}


# What is to be said of a table


def _remarks(table: Table, observed: Observed) -> t.Iterator[Remark]:
    home = observed[table.home]
    yield from ((Kind.NOTE, sentence) for sentence in _overrides(home))
    yield from ((Kind.NOTE, sentence) for sentence in group.unlisted(table, home))
    for region, cell in _cells(table, observed).items():
        yield from _of_state(table, observed, region, cell)
    yield from ((Kind.PROBLEM, sentence) for sentence in _differences(table, observed))
    yield from ((Kind.PROBLEM, problem) for problem in _problems(observed))


def _of_state(table: Table, observed: Observed, region: str, cell: str) -> t.Iterator[Remark]:
    """What a region's state is, when it isn't as it is listed; why it is UNKNOWN is said elsewhere."""
    home = observed[table.home]
    statuses = _statuses(table, observed, region)
    wanted = region in (*table.regions, table.witness_region) and not table.absent
    said = [group.broken(region, status, home.causes.get(region, "")) for status in sorted(statuses)]
    broken = [sentence for sentence in said if sentence]
    if broken:
        yield Kind.PROBLEM, broken[0].removesuffix(".")
    elif UNKNOWN in statuses:
        return
    elif statuses - {ACTIVE, ABSENT}:
        yield Kind.CHANGING, f"{cell} in {region}"
    elif region in observed and _stands_alone(home, observed[region]):
        if region not in table.disassociated:
            yield (
                Kind.PROBLEM if wanted else Kind.NOTE,
                f"a table of that name stands alone in {region}, no replica of this",
            )
    elif region in observed and group.disagree(home, observed[region]):
        yield Kind.CHANGING, f"{cell} in {region}"
    elif wanted and statuses != {ACTIVE}:
        yield Kind.UNLIKE, f"{cell} in {region}"
    elif region in table.listed_regions and not wanted and ACTIVE in statuses:
        yield Kind.UNLIKE, f"{cell} in {region}, which it is to leave"


def _statuses(table: Table, observed: Observed, region: str) -> set[str]:
    """What the region itself shows and what the home region lists of it."""
    home = observed[table.home]
    listed = {**home.replicas, **_witnesses(table, home)}
    return {status for status in (observed[region].status if region in observed else "", listed.get(region)) if status}


def _overrides(home: RegionalTable) -> t.Iterator[str]:
    for region in sorted(home.replicas):
        own = inventory.differing(home.overrides.get(region, {}), home.settings)
        options = [option for option, value in own.items() if value]
        if options:
            yield f"the replica in {region} has its own {', '.join(options)}"


def _problems(observed: Observed) -> list[str]:
    return [shown.problem for shown in observed.values() if shown.problem]


def _differences(table: Table, observed: Observed) -> list[str]:
    return [divergence.sentence(**found) for found in divergence.divergent(table.home, observed)]


def _totals(tables: list[Table], remarks: dict[str, list[Remark]]) -> str:
    counts = collections.Counter(_total(table, remarks[table.name]) for table in tables)
    shown = [f"{counts[total]} {total}" for total in (*TOTALS.values(), GONE) if counts[total]]
    return f"{count(len(tables), 'table')}: {', '.join(shown)}"


def _total(table: Table, remarks: list[Remark]) -> str:
    kind = max((kind for kind, words in remarks), default=Kind.NOTE)
    return GONE if table.absent and kind == Kind.NOTE else TOTALS[kind]

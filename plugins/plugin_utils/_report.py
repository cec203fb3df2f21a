# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A result of replication_check -> the figures that its reports show, what failed first. Pure, private.

A direction is a pair of regions with the changes of all tables together. Seconds are the most that a lag can have been.
"""

from __future__ import annotations

import json
import math
import operator
import re
import typing as t

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import states, verdicts
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.story import left, masked
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.wording import shared_lines

# So many points draw a distribution, whatever the number of lags.
POINTS = 200
# How long something was waited for, which differs from table to table.
SECONDS = re.compile(r" after \d+(\.\d+)? s")
# A lag of a watch is normal up to so many times the longest of the check before, and to so many seconds without one.
NORMAL, NORMAL_SECONDS = 2, 1.0

Document = dict[str, t.Any]


def view(tables: list[Document], interval: float = 0.0) -> Document:
    """What the page's template takes beside the result and plots.

    :param interval: between two heartbeats of a watch, in seconds.
    """
    shown = [_table(table, number) for number, table in enumerate(tables, 1)]
    shown.sort(key=_rank)
    directions = _directions(shown)
    watch = _watch(shown)
    return {
        "tables": shown,
        "regions": list(dict.fromkeys(region["region"] for table in tables for region in table["regions"])),
        "directions": directions,
        "problems": _problems(shown, directions),
        "changes": _pooled(directions),
        "watch": watch,
        "drill": drill(watch, directions, interval),
        "user_items": [{**item, "table": table["name"]} for table in shown for item in table["user_items"]],
        "notes": shared_lines({table["name"]: [*table["notes"], *map(left, table["left_behind"])] for table in shown}),
    }


def figures(lags: list[list[float]], expected: int) -> Document:
    """Quantiles of all changes that were expected, in seconds.

    A change that wasn't seen took longer than any that was, so a quantile that only such a change would fill is None.
    """
    seconds = sorted(longest for _shortest, longest in lags)
    total = max(expected, len(seconds))
    return {
        "expected": total,
        "arrived": len(seconds),
        **verdicts.quantiles(seconds, total),
        "max": seconds[-1] if seconds else None,
        "resolution": max((longest - shortest for shortest, longest in lags), default=None),
    }


def distribution(lags: list[list[float]], expected: int) -> list[Document]:
    """Which share of the expected changes was seen within so many seconds, in `POINTS` steps at most."""
    seconds = sorted(longest for _shortest, longest in lags)
    ranks = {round(step * len(seconds) / POINTS) for step in range(1, POINTS + 1)} - {0}
    shares = [{"seconds": seconds[rank - 1], "share": rank / expected} for rank in sorted(ranks)]
    return [{"seconds": seconds[0], "share": 0.0}, *shares] if shares else []


def unexplained(table: Document) -> bool:
    """Whether the table's verdict is no part's, such as that of a refusal."""
    parts = [*table["pairs"], *filter(None, [table["convergence"]]), *table["user_items"]]
    return verdicts.worst(part["verdict"] for part in parts) != table["verdict"]


def key(item_key: Document) -> str:
    """An item's key for people."""
    return json.dumps(item_key, ensure_ascii=False)


def lost(pair: Document) -> list[str]:
    """Each change of a pair that is missing, altered or gone again, with its key."""
    return [
        *(f"{one['operation']} missing for {one['waited']:.3g} s: {key(one['key'])}" for one in pair["missing"]),
        *(f"{one['operation']} altered: {key(one['key'])}" for one in pair["altered"]),
        *(f"{one['operation']} gone again: {key(one['key'])}" for one in pair["went_back"]),
    ]


def _longest_wait(pair: Document) -> float:
    """For how many seconds the oldest missing change was looked for; 0 when none is missing."""
    return max((one["waited"] for one in pair["missing"]), default=0)


def _rank(judged: Document) -> int:
    return states.WORST_FIRST.index(judged["verdict"])


def _table(table: Document, number: int) -> Document:
    pairs = []
    for pair in table["pairs"]:
        # The user's items have lags, too, but don't count as expected or arrived.
        expected = pair["expected"] - pair["arrived"] + len(pair["lags"])
        if table["consistency"] == "strong":  # there no lag is measured
            expected = 0
        pairs.append({**pair, "changes": pair["expected"], **figures(pair["lags"], expected)})
    return {**table, **_pooled(pairs), "id": f"table-{number}", "pairs": pairs}


def _pooled(parts: list[Document]) -> Document:
    """The lags of several pairs or directions together, with their figures."""
    lags = [lag for part in parts for lag in part["lags"]]
    return {"lags": lags, **figures(lags, sum(part["expected"] for part in parts))}


def _directions(tables: list[Document]) -> list[Document]:
    """Each direction with the pairs of all tables: the worst first, then the slowest."""
    found: dict[tuple[str, str], list[Document]] = {}
    for table in tables:
        for pair in table["pairs"]:
            found.setdefault((pair["source"], pair["target"]), []).append({**pair, "table": table["name"]})
    directions = [
        dict(_pooled(pairs), source=source, target=target, verdict=min(pairs, key=_rank)["verdict"], pairs=pairs)
        for (source, target), pairs in found.items()
    ]
    return sorted(directions, key=lambda one: (_rank(one), -_slowness(one)))


def _slowness(direction: Document) -> float:
    """A 95th percentile that wasn't reached is the longest."""
    if direction["p95"] is None:
        return math.inf if direction["expected"] else 0
    return direction["p95"]


def _problems(tables: list[Document], directions: list[Document]) -> list[Document]:
    """What stands against a pass, fails first; directions with the same reasons in the same tables share an entry."""
    alike: dict[t.Any, list[Document]] = {}
    for direction in directions:
        tables_by_reason: dict[tuple[str, str], list[str]] = {}
        for pair in direction["pairs"]:
            if pair["verdict"] != states.PASS:
                tables_by_reason.setdefault(_shared_reason(pair), []).append(pair["table"])
        if tables_by_reason:
            reasons = tuple((*reason, tuple(names)) for reason, names in tables_by_reason.items())
            alike.setdefault(reasons, []).append(direction)
    problems = [_of_directions(reasons, group) for reasons, group in alike.items()]
    others: dict[tuple[str, str, str], list[str]] = {}
    for table in tables:
        for place in _others(table):
            others.setdefault(place, []).append(table["name"])
    problems += [
        {"verdict": verdict, "where": where, "tables": names, "missing": 0, "reasons": [(verdict, reason, names)]}
        for (verdict, where, reason), names in others.items()
    ]
    return sorted(problems, key=lambda one: (_rank(one), -len(one["tables"])))


def _shared_reason(pair: Document) -> tuple[str, str]:
    """A pair's verdict and reason, without what differs from table to table: how long it took, and the table's ARN."""
    return pair["verdict"], SECONDS.sub("", masked(pair["reason"], pair["table"]))


def _of_directions(reasons: tuple[tuple[str, str, tuple[str, ...]], ...], group: list[Document]) -> Document:
    """:param reasons: verdict, reason and tables."""
    pairs = [pair for direction in group for pair in direction["pairs"]]
    return {
        "verdict": group[0]["verdict"],
        "where": _where(group),
        "tables": list(dict.fromkeys(name for _verdict, _reason, names in reasons for name in names)),
        "of": len(group[0]["pairs"]),
        "missing": sum(len(pair["missing"]) for pair in pairs),
        "expected": sum(pair["changes"] for pair in pairs),
        "untold": sum(
            pair["changes"] - pair["arrived"] - len(pair["missing"]) - len(pair["altered"]) for pair in pairs
        ),
        "missing_for": max(map(_longest_wait, pairs), default=0),
        "reasons": sorted(reasons, key=lambda reason: -len(reason[2])),
    }


def _where(group: list[Document]) -> str:
    """``us-east-1 → eu-west-1``, or of more than three directions the region that they have in common."""
    common = set.intersection(*({one["source"], one["target"]} for one in group))
    if len(group) > 3 and len(common) == 1:
        return f"{len(group)} directions to and from {common.pop()}"
    return ", ".join(f"{one['source']} → {one['target']}" for one in group)


def _others(table: Document) -> t.Iterator[tuple[str, str, str]]:
    """Verdict, place and reason of what stands against a pass and isn't a pair's."""
    places = [("the whole table", table)] if table["verdict"] != states.NOTHING and unexplained(table) else []
    if table["convergence"]:
        places.append(("written in every region at once", table["convergence"]))
    places += [(f"your item {key(item['key'])} from {item['source']}", item) for item in table["user_items"]]
    return ((part["verdict"], where, part["reason"]) for where, part in places if part["verdict"] != states.PASS)


# The watch


def _watch(tables: list[Document]) -> list[Document]:
    """The watch by source: for each round and target the longest lag of any table, and whether all had arrived."""
    found: dict[str, dict[tuple[int, str], Document]] = {}
    for table in tables:
        for number, one in enumerate(table["watch"]):
            for pair in one["pairs"]:
                source, target = pair["source"], pair["target"]
                point = found.setdefault(source, {}).setdefault(
                    (number, target),
                    {"elapsed": one["elapsed"], "source": source, "target": target, "lag": None, "arrived": True},
                )
                point["lag"] = max((lag for lag in (point["lag"], pair["lag"]) if lag is not None), default=None)
                point["arrived"] &= pair["arrived"] or pair["lag"] is None  # unknown isn't late
    # A heartbeat's own lag can be longer than any that a round saw: the highest point of its direction shows it.
    for pair in (pair for table in tables for pair in table["pairs"] if pair["watch"] and pair["watch"]["peak"]):
        points = [one for one in found.get(pair["source"], {}).values() if one["target"] == pair["target"]]
        highest = max(points, key=lambda point: point["lag"] or 0, default={})
        highest["lag"] = max(highest.get("lag") or 0, pair["watch"]["peak"])
    return [_watched(source, list(points.values())) for source, points in found.items()]


def _watched(source: str, points: list[Document]) -> Document:
    late = list(dict.fromkeys(point["target"] for point in points if not point["arrived"]))
    return {
        "source": source,
        "targets": list(dict.fromkeys(point["target"] for point in points)),
        "points": [{**point, "late": point["target"] in late} for point in points],
        "late": late,
        "longest": max((point["lag"] for point in points if point["lag"] is not None), default=0),
    }


def drill(watch: list[Document], directions: list[Document], interval: float) -> Document | None:
    """The peak of a watch, and when every direction was back to normal after it; None without a watch.

    ``behind`` tells whether the peak was beyond normal, and ``recovery`` how many seconds later the first round was in
    which every lag was normal again, for good: None when that never came.
    """
    usual = {(one["source"], one["target"]): one["max"] for one in directions}
    points = [point for one in watch for point in one["points"] if point["lag"] is not None]
    if not points:
        return None

    def beyond(point: Document) -> bool:
        longest = usual.get((point["source"], point["target"]))
        # A heartbeat is looked for half an interval after it was written.
        return point["lag"] > (NORMAL * longest if longest else NORMAL_SECONDS) + interval / 2

    peak = max(points, key=operator.itemgetter("lag"))
    last_behind = max((point["elapsed"] for point in points if beyond(point)), default=-math.inf)
    normal = [point["elapsed"] for point in points if point["elapsed"] > max(last_behind, peak["elapsed"])]
    return {**peak, "behind": beyond(peak), "recovery": min(normal) - peak["elapsed"] if normal else None}


# JUnit


def cases(table: Document) -> list[Document]:
    """A table as cases of a test: name, verdict, reason, seconds or None, and what was lost.

    The seconds are how long the oldest missing change was looked for; where none is missing, the median lag.
    """
    found = [
        {
            **pair,
            "name": f"{pair['source']} → {pair['target']}",
            "seconds": _longest_wait(pair) or pair["lag"]["p50"],
            "lost": lost(pair),
        }
        for pair in table["pairs"]
    ]
    if table["convergence"]:
        found.append({**table["convergence"], "name": "convergence", "seconds": table["convergence"]["lag"]["p50"]})
    found += [{**item, "name": f"item {key(item['key'])} from {item['source']}"} for item in table["user_items"]]
    # What was said of the table as a whole, such as a refusal, or that nothing had to replicate.
    if not found or unexplained(table):
        found.append({"name": "table", "verdict": table["verdict"], "reason": table["reason"]})
    return [{"seconds": None, "lost": [], **case} for case in found]

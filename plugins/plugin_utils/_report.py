# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A result of replication_check -> the figures that its reports show, what failed first. Pure, private.

A direction is a pair of regions with the changes of all tables together. Seconds are the most that a lag can have been.
"""

from __future__ import annotations

import collections
import json
import math
import typing as t

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.wording import count, shared_lines

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
NOTHING = "nothing to compare"  # of a table with one region only
ORDER = (FAIL, UNKNOWN, PASS, NOTHING)
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
# So many points draw a distribution, whatever the number of lags.
POINTS = 200
# A lag of a watch is normal up to so many times the longest of the check before, and to so many seconds without one.
NORMAL, NORMAL_SECONDS = 2, 1.0

Document = dict[str, t.Any]


def view(found: Document) -> Document:
    """What the page's template takes, beside plots."""
    tables = [_table(table, number) for number, table in enumerate(found["tables"], 1)]
    tables.sort(key=lambda table: ORDER.index(table["verdict"]))
    directions = _directions(tables)
    watch = _watch(tables)
    return {
        **{name: found[name] for name in ("verdict", "run", "cost", "summary")},
        "tables": tables,
        "regions": list(dict.fromkeys(region["region"] for table in found["tables"] for region in table["regions"])),
        "directions": directions,
        "problems": _problems(tables, directions),
        "changes": figures(
            [lag for one in directions for lag in one["lags"]], sum(one["to_time"] for one in directions)
        ),
        "watch": watch,
        "drill": drill(watch, directions),
        "user_items": [{**item, "table": table["name"]} for table in tables for item in table["user_items"]],
        "notes": shared_lines({table["name"]: [*table["notes"], *map(left, table["left_behind"])] for table in tables}),
    }


def worst(verdicts: t.Iterable[str]) -> str:
    """Fail beats unknown beats pass; nothing at all is a pass."""
    return min(verdicts, key=ORDER.index, default=PASS)


def figures(lags: list[list[float]], expected: int) -> Document:
    """Quantiles of all changes that were expected, in seconds.

    A change that wasn't seen took longer than any that was, so a quantile that only such a change would fill is None.
    """
    seconds = sorted(longest for _shortest, longest in lags)
    total = max(expected, len(seconds))
    ranks = {name: math.ceil(share * total) for name, share in QUANTILES.items()}
    return {
        "expected": total,
        "arrived": len(seconds),
        **{name: seconds[rank - 1] if 0 < rank <= len(seconds) else None for name, rank in ranks.items()},
        "max": seconds[-1] if seconds else None,
        "resolution": max((longest - shortest for shortest, longest in lags), default=None),
    }


def distribution(lags: list[list[float]], expected: int) -> list[Document]:
    """Which share of the expected changes was seen within so many seconds, in `POINTS` steps at most."""
    seconds = sorted(longest for _shortest, longest in lags)
    ranks = {round(step * len(seconds) / POINTS) for step in range(1, POINTS + 1)} - {0}
    total = max(expected, len(seconds))
    shares = [{"seconds": seconds[rank - 1], "share": rank / total} for rank in sorted(ranks)]
    return [{"seconds": seconds[0], "share": 0.0}, *shares] if shares else []


def judged(table: Document) -> list[Document]:
    """Every part of a table's result that has a verdict of its own."""
    return [*table["pairs"], *([table["convergence"]] if table["convergence"] else []), *table["user_items"]]


def unexplained(table: Document) -> bool:
    """Whether the table's verdict is no part's, such as that of a refusal."""
    return worst(part["verdict"] for part in judged(table)) != table["verdict"]


def left(behind: Document) -> str:
    """What a verification couldn't confirm as removed."""
    return (
        f"left behind in {behind['region']}, or not confirmed as removed: {count(len(behind['item_keys']), 'item')} "
        f"({behind['reason']}). The next verification removes them"
    )


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


def _table(table: Document, number: int) -> Document:
    # In a strongly consistent group there is no lag to measure.
    pairs = [
        {**pair, "to_time": 0 if table["consistency"] == "strong" else pair["expected"]} for pair in table["pairs"]
    ]
    pairs = [{**pair, **figures(pair["lags"], pair["to_time"])} for pair in pairs]
    lags = [lag for pair in pairs for lag in pair["lags"]]
    return {
        **table,
        **figures(lags, sum(pair["to_time"] for pair in pairs)),
        "id": f"table-{number}",
        "pairs": pairs,
        "units": sum(table["cost"].values()),
    }


def _directions(tables: list[Document]) -> list[Document]:
    """Each direction with its worst verdict and its reasons: (verdict, reason) -> tables."""
    found: dict[tuple[str, str], list[tuple[str, Document]]] = {}
    for table in tables:
        for pair in table["pairs"]:
            found.setdefault((pair["source"], pair["target"]), []).append((table["name"], pair))
    directions = [_direction(source, target, pairs) for (source, target), pairs in found.items()]
    return sorted(directions, key=lambda one: (ORDER.index(one["verdict"]), -_slowness(one)))


def _direction(source: str, target: str, pairs: list[tuple[str, Document]]) -> Document:
    lags = [lag for _table_name, pair in pairs for lag in pair["lags"]]
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, pair in pairs:
        if pair["verdict"] != PASS:
            reasons.setdefault((pair["verdict"], pair["reason"]), []).append(name)
    to_time = sum(pair["to_time"] for _table_name, pair in pairs)
    return {
        "source": source,
        "target": target,
        "verdict": worst(pair["verdict"] for _table_name, pair in pairs),
        "tables": len(pairs),
        "lags": lags,
        "to_time": to_time,
        "reasons": reasons,
        "missing": sum(len(pair["missing"]) for _table_name, pair in pairs),
        "missing_for": max((one["waited"] for _table_name, pair in pairs for one in pair["missing"]), default=None),
        **figures(lags, to_time),
    }


def _slowness(direction: Document) -> float:
    """For an order: a 95th percentile that wasn't reached is the longest."""
    return direction["p95"] or (math.inf if direction["expected"] else 0)


def _problems(tables: list[Document], directions: list[Document]) -> list[Document]:
    """What stands against a pass, fails first; directions with the same reasons in the same tables share an entry."""
    alike: dict[t.Any, list[Document]] = {}
    for direction in directions:
        if direction["verdict"] != PASS:
            reasons = tuple((reason, tuple(names)) for reason, names in direction["reasons"].items())
            alike.setdefault(reasons, []).append(direction)
    problems = [_of_directions(group) for group in alike.values()]
    others: dict[tuple[str, str, str], list[str]] = {}
    for table in tables:
        for verdict, where, reason in _others(table):
            others.setdefault((verdict, where, reason), []).append(table["name"])
    problems += [
        {"verdict": verdict, "where": where, "tables": names, "missing": 0, "reasons": [(verdict, reason, len(names))]}
        for (verdict, where, reason), names in others.items()
    ]
    return sorted(problems, key=lambda one: (ORDER.index(one["verdict"]), -len(one["tables"])))


def _of_directions(group: list[Document]) -> Document:
    first = group[0]
    return {
        "verdict": first["verdict"],
        "where": _named(group),
        "tables": list(dict.fromkeys(name for names in first["reasons"].values() for name in names)),
        "of": first["tables"],
        "missing": sum(one["missing"] for one in group),
        "expected": sum(one["expected"] for one in group),
        "missing_for": max((one["missing_for"] for one in group if one["missing_for"] is not None), default=None),
        "reasons": [
            (verdict, reason, len(names))
            for (verdict, reason), names in sorted(first["reasons"].items(), key=lambda item: -len(item[1]))
        ],
    }


def _named(group: list[Document]) -> str:
    """``us-east-1 → eu-west-1``, or of more than three directions the region that they have in common."""
    common = set.intersection(*({one["source"], one["target"]} for one in group))
    if len(group) > 3 and len(common) == 1:
        return f"{len(group)} directions to and from {common.pop()}"
    return ", ".join(f"{one['source']} → {one['target']}" for one in group)


def _others(table: Document) -> t.Iterator[tuple[str, str, str]]:
    """Verdict, place and reason of what isn't a pair's."""
    if table["verdict"] not in (PASS, NOTHING) and unexplained(table):
        yield table["verdict"], "the whole table", table["reason"]
    if table["convergence"] and table["convergence"]["verdict"] != PASS:
        yield table["convergence"]["verdict"], "written in every region at once", table["convergence"]["reason"]
    for item in table["user_items"]:
        if item["verdict"] != PASS:
            yield item["verdict"], f"your item {key(item['key'])} from {item['source']}", item["reason"]


# The watch


def _watch(tables: list[Document]) -> list[Document]:
    """The watch by source: for each round and target the longest lag of any table, and whether all had arrived."""
    rounds: dict[str, dict[int, dict[str, Document]]] = {}
    for table in tables:
        for number, one in enumerate(table["watch"]):
            for pair in one["pairs"]:
                shown = rounds.setdefault(pair["source"], {}).setdefault(number, {})
                point = shown.setdefault(
                    pair["target"], {"elapsed": one["elapsed"], "target": pair["target"], "lag": None, "arrived": True}
                )
                point["lag"] = max((lag for lag in (point["lag"], pair["lag"]) if lag is not None), default=None)
                point["arrived"] &= pair["arrived"] or pair["lag"] is None  # unknown isn't late
    return [_watched(source, shown) for source, shown in rounds.items()]


def _watched(source: str, rounds: dict[int, dict[str, Document]]) -> Document:
    points = [point for _number, of_round in sorted(rounds.items()) for point in of_round.values()]
    late = list(dict.fromkeys(point["target"] for point in points if not point["arrived"]))
    return {
        "source": source,
        "targets": list(dict.fromkeys(point["target"] for point in points)),
        "points": [{**point, "late": point["target"] in late} for point in points],
        "late": late,
        "longest": max((point["lag"] for point in points if point["lag"] is not None), default=0),
    }


def drill(watch: list[Document], directions: list[Document]) -> Document | None:
    """The peak of a watch, and when every direction was back to normal after it; None without a watch.

    ``behind`` tells whether the peak was beyond normal, and ``recovery`` how many seconds later the first round was in
    which every lag was normal again, for good: None when that never came.
    """
    usual = {(one["source"], one["target"]): one["max"] for one in directions}
    points = [
        {**point, "source": one["source"]} for one in watch for point in one["points"] if point["lag"] is not None
    ]
    if not points:
        return None

    def beyond(point: Document) -> bool:
        longest = usual.get((point["source"], point["target"]))
        return point["lag"] > (NORMAL * longest if longest else NORMAL_SECONDS)

    peak = max(points, key=lambda point: point["lag"])
    last_behind = max((point["elapsed"] for point in points if beyond(point)), default=-math.inf)
    normal = [point["elapsed"] for point in points if point["elapsed"] > max(last_behind, peak["elapsed"])]
    return {**peak, "behind": beyond(peak), "recovery": min(normal) - peak["elapsed"] if normal else None}


# The other formats


def cases(table: Document) -> list[Document]:
    """A table as cases of a test: name, verdict, reason, median lag in seconds or None, and what was lost."""
    found = [
        {**pair, "name": f"{pair['source']} → {pair['target']}", "seconds": pair["lag"]["p50"], "lost": lost(pair)}
        for pair in table["pairs"]
    ]
    if table["convergence"]:
        found.append({**table["convergence"], "name": "convergence", "seconds": table["convergence"]["lag"]["p50"]})
    found += [{**item, "name": f"item {key(item['key'])} from {item['source']}"} for item in table["user_items"]]
    # What was said of the table as a whole, such as a refusal, or that nothing had to replicate.
    if not found or unexplained(table):
        found.append({"name": "table", "verdict": table["verdict"], "reason": table["reason"]})
    return [{"seconds": None, "lost": [], **case} for case in found]


def left_by_region(table: Document) -> dict[str, int]:
    """How many items couldn't be confirmed as removed, in each region."""
    counts = collections.Counter({region["region"]: 0 for region in table["regions"]})
    for behind in table["left_behind"]:
        counts[behind["region"]] += len(behind["item_keys"])
    return counts

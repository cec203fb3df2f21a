# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document -> what the page shows, problems first. Pure."""

from __future__ import annotations

import bisect
import itertools
import json
import statistics
import typing as t

from ..verification.states import FAIL, PASS, UNSURE
from ..verification.verdicts import worst

Document = dict[str, t.Any]

ORDER = (FAIL, UNSURE, PASS)
# So many pairs are plotted by their distribution; all are in the table behind it.
SLOWEST = 12
# So many points draw the distribution, whatever the number of samples.
POINTS = 200
FIGURES = ("p50", "p95", "p99", "max")


def judged(table: Document) -> list[Document]:
    """Every part of a table's result that has a verdict of its own."""
    return [*table["pairs"], *([table["convergence"]] if table["convergence"] else []), *table["user_items"]]


def unexplained(table: Document) -> bool:
    """Whether the table's verdict is no part's, such as that of a refusal."""
    return worst(part["verdict"] for part in judged(table)) != table["verdict"]


def summary(found: Document) -> Document:
    """What the page's template takes, beside plots."""
    tables = [
        {**table, "id": f"table-{number}", "cells": cells(table), "p95": _longest(cells(table))}
        for number, table in enumerate(found["tables"], 1)
    ]
    tables.sort(key=lambda table: ORDER.index(table["verdict"]))
    samples = sorted(sample for table in tables for pair in table["pairs"] for sample in pair["lag"]["samples"])
    pairs = _pooled(tables)
    return {
        "verdict": found["verdict"],
        "run": found["run"],
        "cost": found["cost"],
        "tables": tables,
        "regions": list(dict.fromkeys(region["region"] for table in found["tables"] for region in table["regions"])),
        "problems": _problems(tables),
        "cells": worst_cells(tables),
        "samples": len(samples),
        "quantiles": figures(samples),
        "distribution": distribution(samples),
        "pairs": pairs,
        "slowest": [pair for pair in pairs if pair["measured"]][:SLOWEST],
        "resolution": max((pair["lag"]["resolution"] or 0 for table in tables for pair in table["pairs"]), default=0),
        "watch": _watch(tables),
        "convergence": [table for table in tables if table["convergence"]],
        "user_items": [{**item, "table": table["name"]} for table in tables for item in table["user_items"]],
        "written": _written(tables),
        "remarked": [table for table in tables if table["notes"] or table["left_behind"]],
    }


def cells(table: Document) -> list[Document]:
    """A table's pairs as cells of its heat map."""
    return [
        {
            "source": pair["source"],
            "target": pair["target"],
            "verdict": pair["verdict"],
            "seconds": pair["lag"]["p95"],
        }
        for pair in table["pairs"]
    ]


def worst_cells(tables: list[Document]) -> list[Document]:
    """For each pair of regions the worst verdict and the longest lag of any table."""
    pairs: dict[tuple[str, str], list[Document]] = {}
    for table in tables:
        for cell in cells(table):
            pairs.setdefault((cell["source"], cell["target"]), []).append(cell)
    return [
        {
            "source": source,
            "target": target,
            "verdict": worst(cell["verdict"] for cell in found),
            "seconds": _longest(found),
        }
        for (source, target), found in pairs.items()
    ]


def _longest(cells_: list[Document]) -> float | None:
    return max((cell["seconds"] for cell in cells_ if cell["seconds"] is not None), default=None)


def figures(samples: list[float]) -> dict[str, float | None]:
    """The quantiles of a report in seconds; without samples every one is None."""
    if len(samples) < 2:
        return dict.fromkeys(FIGURES, samples[0] if samples else None)
    percentiles = statistics.quantiles(samples, n=100, method="inclusive")
    return {"p50": percentiles[49], "p95": percentiles[94], "p99": percentiles[98], "max": max(samples)}


def distribution(samples: list[float]) -> list[Document]:
    """Which share of the sorted samples was there within so many seconds, in `POINTS` steps at most."""
    ranks = {round(step * len(samples) / POINTS) for step in range(1, POINTS + 1)} - {0}
    shares = [{"seconds": samples[rank - 1], "share": rank / len(samples)} for rank in sorted(ranks)]
    return [{"seconds": samples[0], "share": 0.0}, *shares] if shares else []


def seconds(value: float | None) -> str:
    """Seconds to three digits, without the unit; a dash for what wasn't measured."""
    if value is None:
        return "–"
    decimals = (2, 1, 0)[bisect.bisect((10, 100), value)]
    return f"{value:.{decimals}f}"


def key(item_key: t.Any) -> str:
    """An item's key for people."""
    return json.dumps(item_key, ensure_ascii=False)


def _problems(tables: list[Document]) -> list[Document]:
    """Reasons against a pass, fails first, each with the tables and places that it is true for."""
    places: dict[tuple[str, str], dict[str, Document]] = {}
    for table in tables:
        for verdict, reason, place, lost in _reasons(table):
            known = places.setdefault((verdict, reason), {})
            here = known.setdefault(table["id"], {"table": table["name"], "id": table["id"], "where": [], "lost": []})
            here["where"] += [place] if place else []
            here["lost"] += lost
    ordered = sorted(places.items(), key=lambda item: ORDER.index(item[0][0]))
    return [
        {"verdict": verdict, "reason": reason, "places": list(known.values())} for (verdict, reason), known in ordered
    ]


def _reasons(table: Document) -> t.Iterator[tuple[str, str, str, list[str]]]:
    """Verdict, reason, place, and what of it was lost."""
    if table["verdict"] != PASS and unexplained(table):
        yield table["verdict"], table["msg"].removeprefix(f"{table['name']}: ").removesuffix("."), "", []
    for pair in table["pairs"]:
        if pair["verdict"] != PASS:
            yield pair["verdict"], pair["reason"], f"{pair['source']} → {pair['target']}", [*_lost(pair)]
    if table["convergence"] and table["convergence"]["verdict"] != PASS:
        yield table["convergence"]["verdict"], table["convergence"]["reason"], "written in every region at once", []
    for item in table["user_items"]:
        if item["verdict"] != PASS:
            yield item["verdict"], item["reason"], f"your item {key(item['key'])} from {item['source']}", []


def _lost(pair: Document) -> t.Iterator[str]:
    where = f"{pair['source']} → {pair['target']}"
    for missing in pair["missing"]:
        yield f"{where}: missing after the {missing['operation']}: {key(missing['key'])}"
    for altered in pair["altered"]:
        yield f"{where}: altered after the {altered['operation']}: {key(altered['key'])}"


def _pooled(tables: list[Document]) -> list[Document]:
    """Each pair of regions with the samples of all tables together, slowest first."""
    pools: dict[tuple[str, str], list[float]] = {}
    for table in tables:
        for pair in table["pairs"]:
            pools.setdefault((pair["source"], pair["target"]), []).extend(pair["lag"]["samples"])
    pairs = [
        {"source": source, "target": target, "measured": len(pool), **figures(pool)}
        for (source, target), pool in pools.items()
    ]
    return sorted(pairs, key=lambda pair: -1 if pair["p95"] is None else pair["p95"], reverse=True)


def _written(tables: list[Document]) -> Document:
    """What the verification wrote and looked for."""
    written = [table for table in tables if table["verification"] == "items" and table["pairs"]]
    sources = {(table["name"], pair["source"]): pair["item_count"] for table in written for pair in table["pairs"]}
    pairs = [pair for table in written for pair in table["pairs"]]
    return {
        "tables": len(written),
        "item_count": sum(sources.values()),
        "expected": sum(pair["item_count"] for pair in pairs),
        "arrived": sum(pair["arrived"] for pair in pairs),
    }


def _watch(tables: list[Document]) -> list[Document]:
    """The watch by source: for each round and target the worst lag of any table, and whether every one had arrived."""
    rounds: dict[str, list[Document]] = {}
    for of_a_round in itertools.zip_longest(*(table["watch"] for table in tables)):
        shown = [one for one in of_a_round if one]
        worst_of: dict[tuple[str, str], Document] = {}
        for pair in (pair for one in shown for pair in one["pairs"]):
            known = worst_of.setdefault((pair["source"], pair["target"]), {"lag": None, "arrived": True})
            known["lag"] = max((lag for lag in (known["lag"], pair["lag"]) if lag is not None), default=None)
            known["arrived"] &= pair["arrived"] or pair["lag"] is None  # unknown isn't late
        elapsed = min(one["elapsed"] for one in shown)
        for (source, target), known in worst_of.items():
            points = rounds.setdefault(source, [])
            points.append({"elapsed": elapsed, "target": target, **known})
    return [_watched(source, points) for source, points in rounds.items()]


def _watched(source: str, points: list[Document]) -> Document:
    late = list(dict.fromkeys(point["target"] for point in points if not point["arrived"]))
    rows: dict[float, dict[str, Document]] = {}
    for point in points:
        point["late"] = point["target"] in late
        rows.setdefault(point["elapsed"], {})[point["target"]] = point
    return {
        "source": source,
        "targets": list(dict.fromkeys(point["target"] for point in points)),
        "points": points,
        "rows": rows,
        "late": late,
        "longest": max((point["lag"] for point in points if point["lag"] is not None), default=0),
    }

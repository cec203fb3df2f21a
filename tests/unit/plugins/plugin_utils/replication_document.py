# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results as replication_check returns them, drawn from a seed."""

from __future__ import annotations

import itertools
import random
import statistics
import typing as t

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.verdicts import worst

REGIONS = (
    "us-east-1",
    "eu-west-1",
    "ap-southeast-2",
    "us-west-2",
    "eu-central-1",
    "ap-northeast-1",
    "sa-east-1",
    "ca-central-1",
)
NAMES = ("orders", "customers", "baskets", "payments", "stock-levels", "sessions", "invoices", "shipments")
OPERATIONS = ("put", "update", "delete")
RESOLUTION = 0.104
DENIED = (
    "access denied: dynamodb:BatchGetItem in eu-west-1: allow that action (AccessDeniedException: User: "
    "arn:aws:iam::123456789012:user/ci is not authorized to perform: dynamodb:BatchGetItem)"
)
MISSING = (
    "2 of 5 items: the put was missing 30.1 s after its acknowledgement, by a strongly consistent read: replication is "
    "paused, failing or slower than that; look at CloudWatch's ReplicationLatency, or raise timeout (verify_timeout)"
)
PAUSED = (
    "nothing arrives: 5 of 5 puts missing after 24 s, by a strongly consistent read: replication is paused or failing; "
    "look at CloudWatch's ReplicationLatency in us-east-1"
)
ALTERED = (
    "1 of 5 items arrived altered by the update: attributes total, lines: another writer, or the service, changed it"
)

Document = dict[str, t.Any]


def document(tables: int = 1, regions: int = 2, trouble: str = "", rounds: int = 0, seed: int = 1) -> Document:
    """A verification of so many tables and regions.

    :param trouble: what doesn't pass: ``every`` kind of trouble, each in one of the first tables; a ``paused``
        direction or a ``denied`` region of all tables; nothing when empty.
    :param rounds: of the watch; from a quarter of them to a half, the first region's writes reach nobody.
    """
    draw = random.Random(seed)
    found = [_table(draw, number, REGIONS[:regions], rounds) for number in range(tables)]
    if trouble == "every":
        for kind, table in zip(TROUBLES if tables >= len(TROUBLES) else TROUBLES[:4], itertools.cycle(found)):
            kind(table)
    elif trouble:
        for table in found:
            {"paused": _paused, "denied": _down}[trouble](table)
    for table in found:
        _judge(table)
    verdicts = [table["verdict"] for table in found]
    totals = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in ("pass", "fail", "unknown"))
    return {
        "verdict": worst(verdicts),
        "summary": [*_said(found), f"{tables} table{'s' if tables > 1 else ''}: {totals}"],
        "run": {
            "id": "5b0f4c1e-8f5e-4c9d-9a3f-1c2d3e4f5a6b",
            "started": "2026-11-25T10:00:00Z",
            "seconds": 48.2,
            "account_id": "123456789012",
            "versions": {"multiregion.dynamodb": "0.1.0", "ansible-core": "2.19.14", "botocore": "1.44.5"},
            "settings": {
                "item_count": 5,
                "timeout": 60.0,
                "poll_delay": 0.1,
                "max_lag": None,
                "max_units": None,
                "watch": {"rounds": rounds, "duration": None, "interval": 5.0} if rounds else None,
            },
        },
        "cost": {unit: round(sum(table["cost"][unit] for table in found), 1) for unit in found[0]["cost"]},
        "tables": found,
    }


def measured(values: list[float]) -> Document:
    """``lag`` and ``lags`` of a pair."""
    cuts = statistics.quantiles(values, n=100, method="inclusive") if len(values) > 1 else values * 99
    figures = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(values)} if values else {}
    none = dict.fromkeys(("p50", "p95", "p99", "max", "resolution"))
    resolution = {"resolution": RESOLUTION} if values else {}
    rounded = {name: round(value, 3) for name, value in (figures | resolution).items()}
    lags = [[round(max(0, value - RESOLUTION), 3), round(value, 3)] for value in values]
    return {"lag": {"measured": len(values), **none, **rounded}, "lags": lags}


def _table(draw: random.Random, number: int, regions: tuple[str, ...], rounds: int) -> Document:
    name = NAMES[number % len(NAMES)] + (f"-{number // len(NAMES)}" if number >= len(NAMES) else "")
    pairs = list(itertools.permutations(regions, 2))
    return {
        "name": name,
        "verdict": "pass",
        "verification": "items",
        "reason": "",
        "notes": [],
        "left_behind": [],
        "consistency": "eventual",
        "regions": [{"region": region, "status": "ACTIVE"} for region in regions],
        "cost": {
            "read_units": 12.5 * len(pairs),
            "write_units": 15.0 * len(regions),
            "replicated_write_units": 15.0 * len(pairs),
        },
        "pairs": [
            {
                "source": source,
                "target": target,
                "verdict": "pass",
                "reason": "",
                "arrived": 15,
                "missing": [],
                "altered": [],
                "went_back": [],
                "late": [],
                "expected": 15,
                "watch": None,
                **measured([draw.lognormvariate(_typical(source, target), 0.35) for _sample in range(15)]),
            }
            for source, target in pairs
        ],
        "convergence": {
            "verdict": "pass",
            "reason": "",
            "item_count": 5,
            "converged": 5,
            **measured([draw.lognormvariate(0, 0.3) for _sample in range(5)]),
        },
        "user_items": [],
        "watch": [_round(draw, number, rounds, pairs) for number in range(rounds)],
    }


def _typical(source: str, target: str) -> float:
    """The logarithm of a lag, growing with what lies between."""
    return -0.6 + 0.18 * abs(REGIONS.index(source) - REGIONS.index(target))


def _round(draw: random.Random, number: int, rounds: int, pairs: list[tuple[str, str]]) -> Document:
    stops, resumes = rounds // 4, rounds // 2
    found = []
    for source, target in pairs:
        lag = draw.lognormvariate(_typical(source, target), 0.2)
        arrived = True
        if source == REGIONS[0] and stops <= number < resumes:
            lag, arrived = 5.0 * (number - stops + 1), False
        elif source == REGIONS[0] and resumes <= number < resumes + 3:
            lag = 5.0 * (resumes - stops) / (number - resumes + 2)
        found.append({"source": source, "target": target, "lag": round(lag, 3), "arrived": arrived})
    return {"elapsed": 5.0 * number, "pairs": found}


def _judge(table: Document) -> None:
    parts = [*table["pairs"], *([table["convergence"]] if table["convergence"] else []), *table["user_items"]]
    if table["verdict"] == "pass":
        table["verdict"] = worst(part["verdict"] for part in parts)


def _said(tables: list[Document]) -> list[str]:
    """What stands against a pass, by direction and reason, with the number of tables."""
    counts: dict[tuple[str, str, str], int] = {}
    for table in tables:
        for pair in table["pairs"]:
            if pair["verdict"] != "pass":
                said = (pair["verdict"].upper(), f"{pair['source']} → {pair['target']}", pair["reason"])
                counts[said] = counts.get(said, 0) + 1
    return [
        f"{verdict}  {pair}: {reason}; {number} of {len(tables)} tables"
        for (verdict, pair, reason), number in counts.items()
    ]


def _lost(table: Document) -> None:
    key = {"id": "multiregion.dynamodb/verification/us-east-1/{}"}
    table["pairs"][0] |= {
        "verdict": "fail",
        "reason": MISSING,
        "arrived": 9,
        "missing": [{"operation": "put", "key": {"id": key["id"].format(slot)}, "waited": 30.1} for slot in (1, 4)],
    }
    table["pairs"][0]["lags"] = table["pairs"][0]["lags"][:9]
    table["notes"].append("an item of yours has a reserved key in eu-west-1, and was left as it is")


def _denied(table: Document) -> None:
    for pair in table["pairs"]:
        if pair["target"] == REGIONS[1] and pair["verdict"] == "pass":
            pair |= {"verdict": "unknown", "reason": DENIED, "arrived": 0, **measured([])}
    # The last pair of two regions is the one that isn't lost.
    if len(table["pairs"]) == 2:
        table["pairs"][1] |= {"verdict": "unknown", "reason": DENIED, "arrived": 0, **measured([])}
    keys = [{"id": f"multiregion.dynamodb/verification/eu-west-1/{slot}"} for slot in range(3)]
    table["left_behind"].append({"region": "eu-west-1", "item_keys": keys, "reason": "access denied"})


def _altered(table: Document) -> None:
    pair = table["pairs"][-1]
    if pair["verdict"] == "pass":
        attributes = [{"operation": "update", "key": {"id": "7"}}]
        pair |= {"verdict": "fail", "reason": ALTERED, "arrived": 14, "altered": attributes, "lags": pair["lags"][:14]}
    table["convergence"] |= {
        "verdict": "fail",
        "reason": "1 of 5 items ended differently: us-east-1 and eu-west-1 disagree after 30.2 s",
        "converged": 4,
    }


def _own_items(table: Document) -> None:
    table["user_items"] = [
        {"key": {"id": f"order-{number}"}, "source": source, "verdict": "pass", "reason": ""}
        for number in range(2)
        for source in REGIONS[:2]
    ]
    altered = "the number total arrived as 1.1 in eu-west-1, not as 1.10"
    table["user_items"][-1] |= {"verdict": "fail", "reason": altered}


def _states_only(table: Document) -> None:
    table |= {"verification": "states", "convergence": None}
    table["cost"] = dict.fromkeys(table["cost"], 0.0)
    for pair in table["pairs"]:
        pair |= {
            "verdict": "pass",
            "reason": "",
            "expected": 0,
            "arrived": 0,
            "missing": [],
            **measured([]),
        }


def _alone(table: Document) -> None:
    table |= {"consistency": "", "pairs": [], "convergence": None, "watch": []}
    table["regions"] = table["regions"][:1]
    table["verdict"] = "nothing to compare"


def _refused(table: Document) -> None:
    table |= {"verdict": "fail", "pairs": [], "convergence": None, "watch": []}
    table["reason"] = "these aren't independent regions: check endpoint_url"


def _paused(table: Document) -> None:
    keys = [{"id": f"multiregion.dynamodb/verification/us-east-1/{slot}"} for slot in range(5)]
    missing = [{"operation": "put", "key": key, "waited": 24.1} for key in keys]
    table["pairs"][0] |= {"verdict": "fail", "reason": PAUSED, "arrived": 0, "missing": missing, **measured([])}
    table["convergence"] = None


def _down(table: Document) -> None:
    table["regions"][1] |= {"status": "UNKNOWN", "problem": DENIED}
    table["convergence"] = None
    for pair in table["pairs"]:
        if REGIONS[1] in (pair["source"], pair["target"]):
            pair |= {"verdict": "unknown", "reason": DENIED, "arrived": 0, **measured([])}


# From most to least common; a document of one table has all that can go together.
TROUBLES = (_lost, _denied, _altered, _own_items, _states_only, _alone, _refused)

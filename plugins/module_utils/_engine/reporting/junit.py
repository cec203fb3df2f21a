# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document as JUnit XML, which CI systems show as tests. Pure.

A suite for each table; in it a case for each pair of regions, for convergence and for each of the user's items. What
couldn't be found out is an error, so that nothing that isn't proved looks green.
"""

from __future__ import annotations

import io
import json
import typing as t

from ..verification.states import FAIL, PASS
from . import summary

try:
    import junitparser
except ImportError:  # reporting.check says that it is missing
    junitparser = None

PACKAGES = {"junitparser": junitparser}

Document = dict[str, t.Any]


def render(found: Document) -> str:
    """The whole of it; a case's time is the median lag in seconds."""
    root = junitparser.JUnitXml("DynamoDB replication")
    for table in found["tables"]:
        root.append(_suite(table, found["run"]))
    root.update_statistics()
    content = io.BytesIO()
    root.write(content, pretty=True)
    return content.getvalue().decode()


def _suite(table: Document, run: Document) -> t.Any:
    suite = junitparser.TestSuite(table["name"])
    # JUnit's schema takes a timestamp without a zone.
    suite.timestamp = run["started"].removesuffix("Z")
    suite.add_property("run", run["id"])
    for case in _cases(table):
        suite.append(case)
    remarks = [*table["notes"], *(_left(left) for left in table["left_behind"])]
    if remarks:
        suite.append(junitparser.junitparser.SystemOut("\n".join(remarks)))
    return suite


def _cases(table: Document) -> t.Iterator[t.Any]:
    for pair in table["pairs"]:
        yield _case(table, f"{pair['source']} → {pair['target']}", pair, pair["lag"]["p50"], _details(pair))
    if table["convergence"]:
        yield _case(table, "convergence", table["convergence"], table["convergence"]["lag"]["p50"])
    for item in table["user_items"]:
        yield _case(table, f"item {json.dumps(item['key'])} from {item['source']}", item)
    # What was said of the table as a whole, such as a refusal, or that nothing had to replicate.
    if not summary.judged(table) or summary.unexplained(table):
        yield _case(table, "table", {"verdict": table["verdict"], "reason": table["msg"]})


def _case(
    table: Document, name: str, judged: Document, seconds: float | None = None, details: t.Iterable[str] = ()
) -> t.Any:
    case = junitparser.TestCase(name, classname=table["name"], time=seconds or 0.0)
    if judged["verdict"] != PASS:
        kind = junitparser.Failure if judged["verdict"] == FAIL else junitparser.Error
        result = kind(" ".join(judged["reason"].split()), judged["verdict"])
        result.text = "\n".join([judged["reason"], *details])
        case.result = result
    return case


def _details(pair: Document) -> t.Iterator[str]:
    for missing in pair["missing"]:
        yield f"missing: {missing['operation']} of {json.dumps(missing['key'])}"
    for altered in pair["altered"]:
        yield (f"altered: {altered['operation']} of {json.dumps(altered['key'])}")


def _left(left: Document) -> str:
    keys = ", ".join(json.dumps(key) for key in left["item_keys"])
    return f"left behind in {left['region']}, or not confirmed as removed: {keys} ({left['reason']})"

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document in Prometheus's text format, for the node exporter's textfile collector. Pure.

What wasn't measured has no sample: 0 would be a lag.
"""

from __future__ import annotations

import collections
import datetime
import typing as t

from ..verification.states import FAIL, PASS, UNSURE

try:
    import prometheus_client
    from prometheus_client.core import GaugeMetricFamily
except ImportError:  # reporting.check says that it is missing
    prometheus_client = None

PACKAGES = {"prometheus_client": prometheus_client}

# The label "quantile", as a Prometheus summary has it -> the figure; 1 is the longest.
_QUANTILES = {"0.5": "p50", "0.95": "p95", "0.99": "p99", "1": "max"}
_PAIR = ("table", "source", "target")

Document = dict[str, t.Any]
Samples = t.Iterable[tuple[tuple[str, ...], float]]  # label values, value


def render(found: Document) -> str:
    """Gauges named ``dynamodb_replication_...``, in base units."""
    registry = prometheus_client.CollectorRegistry()
    registry.register(_Found(found))
    return prometheus_client.generate_latest(registry).decode()


class _Found:
    """A collector of one document (prometheus_client.registry.Collector)."""

    def __init__(self, found: Document) -> None:
        self._found = found

    def collect(self) -> t.Iterator[t.Any]:
        run, tables = self._found["run"], self._found["tables"]
        started = datetime.datetime.fromisoformat(run["started"])
        yield _gauge("last_run_timestamp_seconds", "When the verification began.", (), [((), started.timestamp())])
        yield _gauge("run_duration_seconds", "How long the verification took.", (), [((), run["seconds"])])
        yield _gauge("verdict", "Of everything: 1 for the verdict.", ("verdict",), _verdict(self._found))
        yield _gauge(
            "table_verdict",
            "1 for the table's verdict.",
            ("table", "verdict"),
            (sample for table in tables for sample in _verdict(table, table["name"])),
        )
        yield from _pairs(tables)
        yield from _convergence([table for table in tables if table["convergence"]])
        yield _gauge(
            "user_items",
            "The user's own items, by verdict.",
            ("table", "verdict"),
            (sample for table in tables for sample in _user_items(table)),
        )
        yield _gauge(
            "left_behind_items",
            "Items that couldn't be confirmed as removed.",
            ("table", "region"),
            (sample for table in tables for sample in _left_behind(table)),
        )
        yield _gauge(
            "capacity_units",
            "What the verification cost, in read and write capacity units.",
            ("table", "kind"),
            (
                ((table["name"], kind.removesuffix("_units")), units)
                for table in tables
                for kind, units in table["cost"].items()
            ),
        )


def _gauge(name: str, documentation: str, labels: t.Sequence[str], samples: Samples) -> t.Any:
    family = GaugeMetricFamily(f"dynamodb_replication_{name}", documentation, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def _verdict(judged: Document, *labels: str) -> Samples:
    return [((*labels, verdict), float(judged["verdict"] == verdict)) for verdict in (PASS, FAIL, UNSURE)]


def _quantiles(lag: Document, *labels: str) -> Samples:
    return [((*labels, quantile), lag[figure]) for quantile, figure in _QUANTILES.items() if lag[figure] is not None]


def _pairs(tables: list[Document]) -> t.Iterator[t.Any]:
    pairs = [((table["name"], pair["source"], pair["target"]), pair) for table in tables for pair in table["pairs"]]
    yield _gauge(
        "lag_seconds",
        "From the acknowledgement of a write to the first read that shows it.",
        (*_PAIR, "quantile"),
        (sample for labels, pair in pairs for sample in _quantiles(pair["lag"], *labels)),
    )
    yield _gauge(
        "lag_measurements",
        "How many lags the quantiles are of.",
        _PAIR,
        ((labels, pair["lag"]["measured"]) for labels, pair in pairs),
    )
    yield _gauge(
        "pair_verdict",
        "1 for the pair's verdict.",
        (*_PAIR, "verdict"),
        (sample for labels, pair in pairs for sample in _verdict(pair, *labels)),
    )
    for name, figure, documentation in (
        ("items", "item_count", "Items that were to arrive."),
        ("arrived_items", "arrived", "Items that were seen put, updated and deleted."),
    ):
        yield _gauge(name, documentation, _PAIR, ((labels, pair[figure]) for labels, pair in pairs))


def _convergence(tables: list[Document]) -> t.Iterator[t.Any]:
    yield _gauge(
        "convergence_verdict",
        "1 for the verdict on items written in every region at once.",
        ("table", "verdict"),
        (sample for table in tables for sample in _verdict(table["convergence"], table["name"])),
    )
    yield _gauge(
        "convergence_lag_seconds",
        "From the last acknowledgement to the first reads that agree everywhere.",
        ("table", "quantile"),
        (sample for table in tables for sample in _quantiles(table["convergence"]["lag"], table["name"])),
    )


def _user_items(table: Document) -> Samples:
    counts = collections.Counter(item["verdict"] for item in table["user_items"])
    return [((table["name"], verdict), counts[verdict]) for verdict in (PASS, FAIL, UNSURE) if table["user_items"]]


def _left_behind(table: Document) -> Samples:
    counts: collections.Counter[str] = collections.Counter({region["region"]: 0 for region in table["regions"]})
    for left in table["left_behind"]:
        counts[left["region"]] += len(left["item_keys"])
    return [((table["name"], region), count) for region, count in counts.items()]

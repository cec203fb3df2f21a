# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudWatch's ReplicationLatency, found by table and region where moto would search all points of a region.

Points are only ever added, so that a query needs no lock.
"""

from __future__ import annotations

import bisect
import datetime
import operator
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, Statistics, cloudwatch_backends

from simulator import errors

NAMESPACE, METRIC, UNIT = "AWS/DynamoDB", "ReplicationLatency", "Milliseconds"
QUERIES = frozenset({"GetMetricData", "GetMetricStatistics"})
STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Average": statistics.fmean,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Sum": sum,
}

Dimensions = frozenset[tuple[str, str]]
Buckets = dict[datetime.datetime, list[MetricDatum]]

_search_metric_data = CloudWatchBackend.get_metric_data
_search_metric_statistics = CloudWatchBackend.get_metric_statistics
_all_other_metrics = CloudWatchBackend.get_all_metrics


def record_latency(account: str, source: str, target: str, table: str, milliseconds: float) -> None:
    """Keep in the source region how long an item took to arrive in another (AWS_FACTS section 7)."""
    dimensions = [{"Name": "TableName", "Value": table}, {"Name": "ReceivingRegion", "Value": target}]
    datum = MetricDatum(NAMESPACE, METRIC, milliseconds, dimensions, None, UNIT)
    _points(cloudwatch_backends[account][source]).setdefault(_key(dimensions), []).append(datum)


def _get_metric_data(
    backend: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime.datetime,
    end_time: datetime.datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    start, end = start_time.replace(microsecond=0), end_time.replace(microsecond=0)
    if start >= end or not all(_is_latency(query.get("MetricStat", {}).get("Metric", {})) for query in queries):
        return _search_metric_data(backend, queries, start_time, end_time, scan_by)
    results = []
    for query in queries:
        wanted, metric = query["MetricStat"], query["MetricStat"]["Metric"]
        summarize = _statistic(wanted["Stat"])
        buckets = _buckets(
            backend, metric.get("Dimensions", []), start, end, int(wanted["Period"]), wanted.get("Unit", UNIT)
        )
        moments = sorted(buckets, reverse=scan_by == "TimestampDescending")
        result = {
            "id": query["Id"],
            "label": query.get("Label") or f"{METRIC} {wanted['Stat']}",
            "values": [float(summarize([datum.value for datum in buckets[moment]])) for moment in moments],
            "timestamps": moments,
            "status_code": "Complete",
        }
        if query.get("ReturnData", True):
            results.append(result)
    return results


def _get_metric_statistics(
    backend: CloudWatchBackend,
    namespace: str,
    metric_name: str,
    start_time: datetime.datetime,
    end_time: datetime.datetime,
    period: int,
    stats: list[str],
    dimensions: list[dict[str, str]],
    unit: str | None = None,
) -> list[Statistics]:
    start, end = start_time.replace(microsecond=0), end_time.replace(microsecond=0)
    if start >= end or not _is_latency({"Namespace": namespace, "MetricName": metric_name}):
        return _search_metric_statistics(
            backend, namespace, metric_name, start_time, end_time, period, stats, dimensions, unit
        )
    results = []
    for moment, data in sorted(_buckets(backend, dimensions, start, end, period, unit or UNIT).items()):
        result = Statistics([name for name in stats if _statistic(name)], moment, UNIT)
        result.metric_data = data
        results.append(result)
    return results


def _get_all_metrics(backend: CloudWatchBackend) -> list[MetricDatum]:
    """What ListMetrics lists, and what expressions go through."""
    return _all_other_metrics(backend) + [datum for data in list(_points(backend).values()) for datum in data]


CloudWatchBackend.get_metric_data = _get_metric_data
CloudWatchBackend.get_metric_statistics = _get_metric_statistics
CloudWatchBackend.get_all_metrics = _get_all_metrics


def _points(backend: CloudWatchBackend) -> dict[Dimensions, list[MetricDatum]]:
    """A region's points by their dimensions, each list in the order of time."""
    return backend.__dict__.setdefault("replication_latency", {})


def _key(dimensions: list[dict[str, str]]) -> Dimensions:
    return frozenset((dimension["Name"], dimension["Value"]) for dimension in dimensions)


def _is_latency(metric: dict[str, Any]) -> bool:
    return (metric.get("Namespace"), metric.get("MetricName")) == (NAMESPACE, METRIC)


def _statistic(name: str) -> Callable[[Sequence[float]], float]:
    if name not in STATISTICS:
        raise errors.not_simulated(f"the statistic {name}")
    return STATISTICS[name]


def _buckets(
    backend: CloudWatchBackend,
    dimensions: list[dict[str, str]],
    start: datetime.datetime,
    end: datetime.datetime,
    period: int,
    unit: str,
) -> Buckets:
    """The points of a metric between two moments, by the beginning of the period they are in."""
    buckets: Buckets = {}
    points = _points(backend).get(_key(dimensions), []) if unit == UNIT else []
    when, length = operator.attrgetter("timestamp"), datetime.timedelta(seconds=period)
    first, last = (bisect.bisect_left(points, moment, key=when) for moment in (start, end))
    for datum in points[first:last]:
        buckets.setdefault(start + (datum.timestamp - start) // length * length, []).append(datum)
    return buckets

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudWatch's ReplicationLatency (AWS_FACTS section 7)."""

from __future__ import annotations

import datetime

import boto3
import pytest
from botocore.config import Config
from moto.cloudwatch.models import cloudwatch_backends
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

from simulator import metrics, store

SOON = 300.0


def dimensions(target: str, table: str = TABLE) -> list[dict]:
    return [{"Name": "TableName", "Value": table}, {"Name": "ReceivingRegion", "Value": target}]


def latency(world: World, source: str, target: str) -> dict | None:
    """The statistics of the last minutes, as a client asks for them."""
    now = datetime.datetime.now(datetime.UTC)
    points = world.client(source, "cloudwatch").get_metric_statistics(
        Namespace="AWS/DynamoDB",
        MetricName="ReplicationLatency",
        Dimensions=dimensions(target),
        StartTime=now - datetime.timedelta(minutes=5),
        EndTime=now + datetime.timedelta(minutes=5),
        Period=600,
        Statistics=["Average", "Maximum", "SampleCount"],
    )["Datapoints"]
    return points[0] if points else None


def test_d_latency_is_what_replication_took_in_milliseconds_in_the_source_region(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.set_lag(0.25)
    world.put("one")
    assert latency(world, HOME, EUROPE) is None
    world.wait(SOON)
    world.admin.set_lag(0.75)
    world.put("two")
    world.wait(SOON)
    measured = latency(world, HOME, EUROPE)
    assert measured["Average"] == pytest.approx(500)
    assert measured["Maximum"] == pytest.approx(750)
    assert (measured["SampleCount"], measured["Unit"]) == (2, "Milliseconds")
    assert latency(world, EUROPE, HOME) is latency(world, EUROPE, EUROPE) is None


def test_d_each_receiving_region_has_its_own(world: World) -> None:
    world.create_global(EUROPE, ASIA)
    world.admin.set_lag(0.2, source=HOME, target=EUROPE)
    world.admin.set_lag(0.9, source=HOME, target=ASIA)
    world.put("one")
    world.wait(SOON)
    assert latency(world, HOME, EUROPE)["Average"] == pytest.approx(200)
    assert latency(world, HOME, ASIA)["Average"] == pytest.approx(900)


def metric_data(world: World) -> list[float]:
    """The greatest latency from HOME to EUROPE, by the other operation that answers it."""
    metric = {"Namespace": "AWS/DynamoDB", "MetricName": "ReplicationLatency", "Dimensions": dimensions(EUROPE)}
    query = {"Id": "lag", "MetricStat": {"Metric": metric, "Period": 600, "Stat": "Maximum"}}
    now = datetime.datetime.now(datetime.UTC)
    answered = world.client(HOME, "cloudwatch").get_metric_data(
        MetricDataQueries=[query],
        StartTime=now - datetime.timedelta(minutes=5),
        EndTime=now + datetime.timedelta(minutes=5),
    )
    return answered["MetricDataResults"][0]["Values"]


def test_d_get_metric_data_has_it_too(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.set_lag(0.25)
    assert metric_data(world) == []
    world.put("one")
    world.wait(SOON)
    assert metric_data(world) == [pytest.approx(250)]


def test_asking_for_it_can_be_denied_or_fail(world: World) -> None:
    world.admin.deny(operation="GetMetricData", region=HOME, count=1)
    world.admin.fail("ThrottlingException", operation="GetMetricStatistics", region=HOME)
    assert_refused("AccessDenied", "perform: cloudwatch:GetMetricData on", metric_data, world)
    assert metric_data(world) == []
    assert_refused("ThrottlingException", "", latency, world, HOME, EUROPE)


def test_d_what_waited_in_a_pause_took_that_long(world: World) -> None:
    world.create_global(EUROPE)
    world.admin.set_lag(0)
    world.admin.pause(source=HOME, target=EUROPE)
    world.put("one")
    world.wait(1000)
    assert latency(world, HOME, EUROPE) is None, "what hasn't appeared in the other replica has no latency yet"
    world.admin.resume()
    world.wait(1)
    assert latency(world, HOME, EUROPE)["Average"] == pytest.approx(20_000)


def test_d_strongly_consistent_groups_have_none(world: World) -> None:
    world.create()
    creates = [{"Create": {"RegionName": region}} for region in (EUROPE, "us-east-1")]
    world.update(MultiRegionConsistency="STRONG", ReplicaUpdates=creates)
    world.wait(60)
    world.put("one")
    world.wait(SOON)
    assert world.get("one", EUROPE)
    assert latency(world, HOME, EUROPE) is None


class Untouchable(list):
    """The points of a metric that nobody asked for."""

    def __getitem__(self, index: object) -> None:
        raise AssertionError("points of another metric were looked at")

    __iter__ = __len__ = __getitem__  # type: ignore[assignment]


def test_a_query_looks_only_at_the_points_of_its_own_metric(world: World) -> None:
    for table in ("another", TABLE):
        metrics.record_latency(store.ACCOUNT, HOME, EUROPE, table, 250)
    points = cloudwatch_backends[store.ACCOUNT][HOME].replication_latency
    others = [key for key in points if ("TableName", "another") in key]
    for key in others:
        points[key] = Untouchable()
    assert metric_data(world) == [250]
    assert latency(world, HOME, EUROPE)["Maximum"] == 250


def test_other_calls_are_answered_while_a_query_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics.record_latency(store.ACCOUNT, HOME, EUROPE, TABLE, 250)
    impatient = Config(read_timeout=20, retries={"total_max_attempts": 1})
    credentials = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    client = boto3.client("dynamodb", HOME, endpoint_url=world.url, config=impatient, **credentials)
    answered = []

    def maximum(values: list[float]) -> float:
        answered.append(client.list_tables()["TableNames"])
        return max(values)

    monkeypatch.setitem(metrics.STATISTICS, "Maximum", maximum)
    assert metric_data(world) == [250]
    assert answered == [[]]


def test_d_points_are_summarized_by_period_oldest_or_newest_first(world: World) -> None:
    values = (100, 200, 600)
    for value in values:
        metrics.record_latency(store.ACCOUNT, HOME, EUROPE, TABLE, value)
    data = next(iter(cloudwatch_backends[store.ACCOUNT][HOME].replication_latency.values()))
    data[0].timestamp -= datetime.timedelta(minutes=2)
    start = data[1].timestamp.replace(microsecond=0) - datetime.timedelta(minutes=3)
    metric = {"Namespace": "AWS/DynamoDB", "MetricName": "ReplicationLatency", "Dimensions": dimensions(EUROPE)}

    def summarized(stat: str, order: str = "TimestampAscending") -> list[float]:
        query = {"Id": "lag", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
        end = start + datetime.timedelta(minutes=5)
        asked = {"MetricDataQueries": [query], "StartTime": start, "EndTime": end, "ScanBy": order}
        return world.client(HOME, "cloudwatch").get_metric_data(**asked)["MetricDataResults"][0]["Values"]

    assert summarized("Maximum") == [100, 600]
    assert summarized("Average") == [100, 400]
    assert summarized("Minimum", "TimestampDescending") == [200, 100]
    assert (summarized("Sum"), summarized("SampleCount")) == ([100, 800], [1, 2])
    assert_refused("ValidationException", "does not implement the statistic p99", summarized, "p99")


def test_d_metrics_are_listed_and_others_are_left_to_themselves(world: World) -> None:
    metrics.record_latency(store.ACCOUNT, HOME, EUROPE, TABLE, 250)
    client = world.client(HOME, "cloudwatch")
    listed = client.list_metrics(Namespace="AWS/DynamoDB")["Metrics"]
    assert [metric["Dimensions"] for metric in listed] == [dimensions(EUROPE)]
    client.put_metric_data(Namespace="Orders", MetricData=[{"MetricName": "Sold", "Value": 3}])
    query = {"Id": "sold", "MetricStat": {"Metric": {"Namespace": "Orders", "MetricName": "Sold"}, "Period": 600}}
    query["MetricStat"]["Stat"] = "Sum"
    now = datetime.datetime.now(datetime.UTC)
    span = {"StartTime": now - datetime.timedelta(minutes=5), "EndTime": now + datetime.timedelta(minutes=5)}
    assert client.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"][0]["Values"] == [3]

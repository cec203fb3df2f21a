# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudWatch's ReplicationLatency (AWS_FACTS section 7)."""

from __future__ import annotations

import datetime

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

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

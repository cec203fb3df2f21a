# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application Auto Scaling: targets, policies and alarms in each region (AWS_FACTS sections 1, 3 and 4)."""

from __future__ import annotations

from typing import Any

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

RESOURCE = f"table/{TABLE}"
INDEX = f"{RESOURCE}/index/by_id"
READ, WRITE = "Read", "Write"
HASH = [{"AttributeName": "id", "KeyType": "HASH"}]
FIVE = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
WITH_INDEX = {
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_id",
            "KeySchema": HASH,
            "Projection": {"ProjectionType": "ALL"},
            "ProvisionedThroughput": FIVE,
        }
    ]
}
MISSING = "ObjectNotFoundException"


def what(resource: str = RESOURCE, kind: str = WRITE) -> dict[str, str]:
    level = "index" if "/index/" in resource else "table"
    return {
        "ServiceNamespace": "dynamodb",
        "ResourceId": resource,
        "ScalableDimension": f"dynamodb:{level}:{kind}CapacityUnits",
    }


def scaling(world: World, region: str = HOME) -> Any:
    return world.client(region, "application-autoscaling")


def register(
    world: World, low: int = 1, high: int = 10, resource: str = RESOURCE, kind: str = WRITE, region: str = HOME
) -> str:
    answered = scaling(world, region).register_scalable_target(
        **what(resource, kind), MinCapacity=low, MaxCapacity=high
    )
    return answered["ScalableTargetARN"]


def tracking(value: float = 70, kind: str = WRITE, **more: Any) -> dict[str, Any]:
    metric = {"PredefinedMetricType": f"DynamoDB{kind}CapacityUtilization"}
    return {"TargetValue": value, "PredefinedMetricSpecification": metric, **more}


def put_policy(
    world: World,
    configuration: dict[str, Any] | None = None,
    name: str = "policy",
    resource: str = RESOURCE,
    kind: str = WRITE,
    region: str = HOME,
) -> dict[str, Any]:
    return scaling(world, region).put_scaling_policy(
        **what(resource, kind),
        PolicyName=name,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=configuration or tracking(kind=kind),
    )


def targets(world: World, region: str = HOME, **wanted: Any) -> dict[tuple[str, str], tuple[int, int]]:
    found = scaling(world, region).describe_scalable_targets(ServiceNamespace="dynamodb", **wanted)["ScalableTargets"]
    return {
        (target["ResourceId"], target["ScalableDimension"].split(":")[2]): (
            target["MinCapacity"],
            target["MaxCapacity"],
        )
        for target in found
    }


def policies(world: World, region: str = HOME, **wanted: Any) -> list[dict[str, Any]]:
    return scaling(world, region).describe_scaling_policies(ServiceNamespace="dynamodb", **wanted)["ScalingPolicies"]


def alarms(world: World, region: str = HOME) -> list[str]:
    """Without the part that is drawn."""
    found = world.client(region, "cloudwatch").describe_alarms()["MetricAlarms"]
    return sorted(alarm["AlarmName"][:-37] for alarm in found)


def alarms_of(resource: str) -> list[str]:
    kinds = ("AlarmHigh", "AlarmLow", "ProvisionedCapacityHigh", "ProvisionedCapacityLow")
    return [f"TargetTracking-{resource}-{kind}" for kind in kinds]


def activities(world: World, region: str = HOME) -> list[tuple[str, str, str]]:
    found = scaling(world, region).describe_scaling_activities(ServiceNamespace="dynamodb")["ScalingActivities"]
    return [(activity["Description"], activity["Cause"], activity["StatusCode"]) for activity in found]


def units(world: World, region: str = HOME) -> tuple[int, int]:
    throughput = world.describe(region)["ProvisionedThroughput"]
    return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]


def index_units(world: World, region: str = HOME) -> tuple[int, int]:
    throughput = world.describe(region)["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
    return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]


def override(world: World, replica: str, region: str = HOME) -> dict[str, int] | None:
    entry = next(entry for entry in world.describe(region)["Replicas"] if entry["RegionName"] == replica)
    return entry.get("ProvisionedThroughputOverride")


@pytest.fixture
def scaled(world: World) -> World:
    """A provisioned table whose writes scale."""
    world.create_provisioned()
    register(world)
    put_policy(world)
    return world


@pytest.fixture
def global_scaled(scaled: World) -> World:
    scaled.add(EUROPE)
    return scaled


# Targets


def test_a_target_is_described_with_its_bounds_and_the_service_linked_role(world: World) -> None:
    world.create_provisioned()
    arn = register(world)
    (target,) = scaling(world).describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    assert target.pop("CreationTime")
    assert target.pop("RoleARN").endswith("/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")
    assert set(target.pop("SuspendedState").values()) == {False}
    assert target == {**what(), "MinCapacity": 1, "MaxCapacity": 10, "ScalableTargetARN": arn}
    assert register(world, 2, 20) == arn
    scaling(world).register_scalable_target(**what(), MaxCapacity=30)
    assert targets(world) == {(RESOURCE, "WriteCapacityUnits"): (2, 30)}


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        (what("table/nope"), "DynamoDB table does not exist: table/nope"),
        (what(f"{RESOURCE}/index/nope"), f"DynamoDB index does not exist: {RESOURCE}/index/nope"),  # 322
        (what(TABLE), "Unsupported service namespace, resource type or scalable dimension"),
        ({**what(), "ResourceId": INDEX}, "Unsupported service namespace, resource type or scalable dimension"),
        ({**what(), "MinCapacity": 11}, "Maximum capacity cannot be less than minimum capacity"),  # 253
        ({**what(), "MinCapacity": 0}, "Minimum capacity cannot be less than 1"),
    ],
)
def test_a_target_needs_what_it_scales_and_bounds_that_fit(world: World, parameters: dict, text: str) -> None:
    world.create_provisioned(**WITH_INDEX)
    call = {"MinCapacity": 1, "MaxCapacity": 10, **parameters}
    assert_refused("ValidationException", text, scaling(world).register_scalable_target, **call)
    assert targets(world) == {}


@pytest.mark.parametrize("given", ["MinCapacity", "MaxCapacity"])
def test_d_a_new_target_needs_both_bounds(world: World, given: str) -> None:
    world.create_provisioned()
    bound = {given: 5}
    assert_refused("ValidationException", "", scaling(world).register_scalable_target, **what(), **bound)


def test_targets_are_found_by_resource_and_dimension_a_page_at_a_time(world: World) -> None:
    world.create_provisioned(**WITH_INDEX)
    for resource in (RESOURCE, INDEX):
        for kind in (READ, WRITE):
            register(world, resource=resource, kind=kind)
    assert len(targets(world)) == 4
    assert set(targets(world, ResourceIds=[INDEX])) == {(INDEX, "ReadCapacityUnits"), (INDEX, "WriteCapacityUnits")}
    dimension = what(INDEX)["ScalableDimension"]
    found = targets(world, ResourceIds=[INDEX, RESOURCE], ScalableDimension=dimension)
    assert set(found) == {(INDEX, "WriteCapacityUnits")}
    assert targets(world, ResourceIds=["table/other"]) == {}
    assert targets(world, EUROPE) == {}
    pages = (
        scaling(world)
        .get_paginator("describe_scalable_targets")
        .paginate(ServiceNamespace="dynamodb", PaginationConfig={"PageSize": 3})
    )
    assert [len(page["ScalableTargets"]) for page in pages] == [3, 1]
    describe = scaling(world).describe_scalable_targets
    call: dict[str, Any] = {"ServiceNamespace": "dynamodb"}
    assert_refused("ValidationException", "", describe, **call, ScalableDimension=dimension)
    assert_refused("ValidationException", "", describe, **call, MaxResults=51)


def test_242_deregistering_takes_policies_and_alarms_along_and_leaves_the_sibling(scaled: World) -> None:
    register(scaled, kind=READ)
    put_policy(scaled, kind=READ)
    assert alarms(scaled) == sorted(2 * alarms_of(RESOURCE))
    scaling(scaled).deregister_scalable_target(**what(kind=READ))
    assert set(targets(scaled)) == {(RESOURCE, "WriteCapacityUnits")}
    assert [policy["ScalableDimension"] for policy in policies(scaled)] == [what()["ScalableDimension"]]
    assert alarms(scaled) == alarms_of(RESOURCE)
    text = f"No scalable target found for service namespace: dynamodb, resource ID: {RESOURCE}, scalable dimension: "
    assert_refused(MISSING, text, scaling(scaled).deregister_scalable_target, **what(kind=READ))


# Policies


def test_240_a_policys_name_is_its_identity(scaled: World) -> None:
    first = put_policy(scaled)
    assert len(first["Alarms"]) == 4
    before = policies(scaled)
    put_policy(scaled)
    assert policies(scaled) == before
    configuration = tracking(50, ScaleInCooldown=120, ScaleOutCooldown=60, DisableScaleIn=True)
    again = put_policy(scaled, configuration)
    assert (again["PolicyARN"], again["Alarms"]) == (first["PolicyARN"], first["Alarms"])
    (policy,) = policies(scaled)
    assert policy["TargetTrackingScalingPolicyConfiguration"] == configuration
    assert (policy["PolicyType"], policy["CreationTime"]) == ("TargetTrackingScaling", before[0]["CreationTime"])
    assert alarms(scaled) == alarms_of(RESOURCE)


def test_a_second_policy_for_the_same_metric_is_refused(scaled: World) -> None:
    text = "Only one TargetTrackingScaling policy for a given metric specification is allowed."
    assert_refused("ValidationException", text, put_policy, scaled, name="another")


def test_a_policy_needs_a_target(world: World) -> None:
    world.create_provisioned()
    text = f"No scalable target registered for service namespace: dynamodb, resource ID: {RESOURCE}, scalable dimens"
    assert_refused(MISSING, text, put_policy, world)


@pytest.mark.parametrize(
    ("configuration", "text"),
    [
        (tracking(90.1), "target value must be between '10.0' and '90.0', but was '90.1'"),
        (tracking(9), "For predefined metric type DynamoDBWriteCapacityUtilization, target value must be between"),
        (tracking(0), "For target tracking scaling, target value must be between '8.51592E-109' and"),
        (tracking(kind=READ), "DynamoDBReadCapacityUtilization"),
        ({"TargetValue": 50}, ""),
    ],
)
def test_253_a_policy_tracks_the_share_in_use_within_bounds(scaled: World, configuration: dict, text: str) -> None:
    assert_refused("ValidationException", text, put_policy, scaled, configuration)
    put_policy(scaled, tracking(19.9))


def test_196_dynamodb_scales_by_target_tracking_of_its_own_metrics_only(scaled: World) -> None:
    step = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]}
    put = scaling(scaled).put_scaling_policy
    call = {**what(), "PolicyName": "policy", "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": step}
    assert_refused("AccessDeniedException", "", put, **call)
    customized = {"MetricName": "a", "Namespace": "b", "Statistic": "Sum"}
    configuration = {"TargetValue": 5, "CustomizedMetricSpecification": customized}
    assert_refused("ValidationException", "", put_policy, scaled, configuration)


def test_a_deleted_policy_takes_its_alarms_along_and_leaves_the_target(scaled: World) -> None:
    delete = scaling(scaled).delete_scaling_policy
    delete(**what(), PolicyName="policy")
    assert (policies(scaled), alarms(scaled)) == ([], [])
    assert len(targets(scaled)) == 1
    text = f"No scaling policy found for service namespace: dynamodb, resource ID: {RESOURCE}, scalable dimension: "
    assert_refused(MISSING, text, delete, **what(), PolicyName="policy")


def test_policies_are_found_by_name_resource_and_dimension_ten_at_a_time(world: World) -> None:
    for number in range(6):
        table = f"table-{number}"
        world.create_provisioned(table=table)
        for kind in (READ, WRITE):
            register(world, resource=f"table/{table}", kind=kind)
            put_policy(world, name=f"{kind}-{number}", resource=f"table/{table}", kind=kind)
    assert len(policies(world)) == 10
    pages = scaling(world).get_paginator("describe_scaling_policies").paginate(ServiceNamespace="dynamodb")
    assert [len(page["ScalingPolicies"]) for page in pages] == [10, 2]
    assert [policy["PolicyName"] for policy in policies(world, PolicyNames=["Read-3"])] == ["Read-3"]
    found = policies(world, ResourceId="table/table-4", ScalableDimension=what()["ScalableDimension"])
    assert [policy["PolicyName"] for policy in found] == ["Write-4"]
    describe = scaling(world).describe_scaling_policies
    assert_refused("ValidationException", "", describe, ServiceNamespace="dynamodb", MaxResults=11)


def test_314_the_alarms_watch_what_is_consumed_and_what_is_provisioned(world: World) -> None:
    world.create_provisioned(**WITH_INDEX)
    register(world, resource=INDEX)
    put_policy(world, resource=INDEX)
    found = world.client(HOME, "cloudwatch").describe_alarms(AlarmNamePrefix=f"TargetTracking-{INDEX}-")
    watched = {alarm["AlarmName"][len(f"TargetTracking-{INDEX}-") : -37]: alarm for alarm in found["MetricAlarms"]}
    assert {name: alarm["MetricName"] for name, alarm in watched.items()} == {
        "AlarmHigh": "ConsumedWriteCapacityUnits",
        "AlarmLow": "ConsumedWriteCapacityUnits",
        "ProvisionedCapacityHigh": "ProvisionedWriteCapacityUnits",
        "ProvisionedCapacityLow": "ProvisionedWriteCapacityUnits",
    }
    dimensions = {one["Name"]: one["Value"] for one in watched["AlarmLow"]["Dimensions"]}
    assert dimensions == {"TableName": TABLE, "GlobalSecondaryIndexName": "by_id"}


def test_d_alarms_are_deleted_all_or_none(scaled: World) -> None:
    cloudwatch = scaled.client(HOME, "cloudwatch")
    names = [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]]
    assert_refused("ResourceNotFound", "nope", cloudwatch.delete_alarms, AlarmNames=[*names, "nope"])
    assert len(alarms(scaled)) == 4
    cloudwatch.delete_alarms(AlarmNames=names)
    assert alarms(scaled) == []


def test_193_a_table_doesnt_show_that_it_scales(world: World) -> None:
    world.create_provisioned()
    before = world.describe()
    register(world)
    put_policy(world)
    assert world.describe() == before


@pytest.mark.parametrize("operation", ["put_scheduled_action", "list_tags_for_resource"])
def test_what_else_application_auto_scaling_does_is_refused(scaled: World, operation: str) -> None:
    parameters = {
        "put_scheduled_action": {**what(), "ScheduledActionName": "a", "Schedule": "rate(1 hour)"},
        "list_tags_for_resource": {"ResourceARN": register(scaled)},
    }[operation]
    refusal = ("ValidationException", "The simulator does not implement ")
    assert_refused(*refusal, getattr(scaling(scaled), operation), **parameters)


# Capacity and bounds


@pytest.mark.parametrize(
    ("low", "high", "becomes", "cause"),
    [(8, 20, 8, "minimum capacity was set to 8"), (1, 3, 3, "maximum capacity was set to 3")],
)
def test_195_314_capacity_outside_the_bounds_is_changed_at_once(
    world: World, low: int, high: int, becomes: int, cause: str
) -> None:
    world.create_provisioned()
    register(world, low, high, kind=READ)
    assert world.status() == "UPDATING"
    world.wait(3)
    assert (world.status(), units(world)) == ("ACTIVE", (becomes, 5))
    assert activities(world) == [(f"Setting read capacity units to {becomes}.", cause, "Successful")]


def test_315_capacity_changed_by_hand_isnt_brought_back(world: World) -> None:
    world.create_provisioned()
    register(world, 4, 10)
    world.update(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 2})
    world.wait(720)
    assert (units(world), activities(world)) == ((5, 2), [])


def test_256_a_minimum_above_the_quota_is_accepted_and_fails_later(world: World) -> None:
    world.create_provisioned()
    register(world, 50000, 60000, kind=READ)
    world.wait(60)
    assert (world.status(), units(world)) == ("ACTIVE", (5, 5))
    assert [status for *_, status in activities(world)] == ["Failed"]


def test_bounds_wait_until_the_table_can_be_changed(world: World) -> None:
    world.create_provisioned()
    world.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    register(world, 7, 10)
    world.wait(6)
    assert (world.status(), units(world)) == ("ACTIVE", (5, 5))
    world.wait(10)
    assert units(world) == (5, 7)


def test_bounds_of_an_index_change_the_index(world: World) -> None:
    world.create_provisioned(**WITH_INDEX)
    register(world, 8, 10, resource=INDEX, kind=READ)
    world.wait(10)
    assert (units(world), index_units(world)) == ((5, 5), (8, 5))


def test_bounds_of_a_table_on_demand_change_nothing(world: World) -> None:
    world.create()
    register(world, 8, 10)
    world.wait(60)
    assert (world.status(), activities(world)) == ("ACTIVE", [])


def test_251_write_bounds_in_one_region_change_capacity_in_all(global_scaled: World) -> None:
    register(global_scaled, 8, 10)
    assert (global_scaled.status(), global_scaled.status(EUROPE)) == ("UPDATING", "UPDATING")
    global_scaled.wait(40)
    assert (units(global_scaled), units(global_scaled, EUROPE)) == ((5, 8), (5, 8))
    assert override(global_scaled, EUROPE) is None


def test_321_read_bounds_of_the_source_leave_an_override_on_the_replica(global_scaled: World) -> None:
    register(global_scaled, 10, 20, kind=READ)
    global_scaled.wait(40)
    assert (units(global_scaled), units(global_scaled, EUROPE)) == ((10, 5), (5, 5))
    assert override(global_scaled, EUROPE) == {"ReadCapacityUnits": 5}
    register(global_scaled, 1, 5, kind=READ)
    global_scaled.wait(40)
    assert (units(global_scaled), override(global_scaled, EUROPE)) == ((5, 5), None)


def test_read_bounds_of_a_replica_are_an_override_of_its_own(global_scaled: World) -> None:
    register(global_scaled, 10, 20, kind=READ, region=EUROPE)
    global_scaled.wait(40)
    assert (units(global_scaled), units(global_scaled, EUROPE)) == ((5, 5), (10, 5))
    assert override(global_scaled, EUROPE) == {"ReadCapacityUnits": 10}


# Regions


def test_194_a_new_replica_gets_the_targets_policies_and_alarms_of_writes(world: World) -> None:
    world.create_provisioned()
    register(world, 1, 12)
    put_policy(world, tracking(55, ScaleInCooldown=120), name="mine")
    register(world, kind=READ)
    put_policy(world, kind=READ)
    world.add(EUROPE)
    assert targets(world, EUROPE) == {(RESOURCE, "WriteCapacityUnits"): (1, 12)}
    (policy,) = policies(world, EUROPE)
    assert policy["PolicyName"] == "mine"
    assert policy["TargetTrackingScalingPolicyConfiguration"] == tracking(55, ScaleInCooldown=120)
    assert policy["PolicyARN"] != policies(world, PolicyNames=["mine"])[0]["PolicyARN"]
    assert alarms(world, EUROPE) == alarms_of(RESOURCE)


def test_288_those_of_an_index_too(world: World) -> None:
    world.create_provisioned(**WITH_INDEX)
    for resource in (RESOURCE, INDEX):
        register(world, resource=resource)
        put_policy(world, resource=resource)
    world.add(EUROPE)
    assert set(targets(world, EUROPE)) == {(RESOURCE, "WriteCapacityUnits"), (INDEX, "WriteCapacityUnits")}


def test_a_change_made_in_one_region_by_application_auto_scaling_stays_there(global_scaled: World) -> None:
    """What Application Auto Scaling is told in one region it knows in that region; nobody saw DynamoDB carry it on."""
    register(global_scaled, 2, 20)
    put_policy(global_scaled, tracking(40))
    global_scaled.wait(120)
    assert targets(global_scaled, EUROPE) == {(RESOURCE, "WriteCapacityUnits"): (1, 10)}
    (policy,) = policies(global_scaled, EUROPE)
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70


def test_292_they_are_left_behind_by_a_replica_and_by_a_table(global_scaled: World) -> None:
    global_scaled.change_replica("Delete", EUROPE)
    global_scaled.wait(300)
    assert alarms(global_scaled, EUROPE) == alarms_of(RESOURCE)
    global_scaled.client().delete_table(TableName=TABLE)
    global_scaled.wait(90)
    assert global_scaled.status() == "absent"
    assert (len(targets(global_scaled)), len(policies(global_scaled))) == (1, 1)
    scaling(global_scaled).deregister_scalable_target(**what())
    assert (targets(global_scaled), alarms(global_scaled)) == ({}, [])


def test_292_what_was_left_behind_does_nothing_to_a_new_table_of_that_name(world: World) -> None:
    world.create_provisioned()
    register(world, 8, 10)
    world.wait(10)
    world.client().delete_table(TableName=TABLE)
    world.wait(20)
    world.create_provisioned()
    world.wait(240)
    assert units(world) == (5, 5)
    text = "DynamoDB table does not exist"
    assert_refused("ValidationException", text, register, world, 1, 2, "table/gone")


def test_317_on_demand_keeps_targets_and_policies(global_scaled: World) -> None:
    global_scaled.update(BillingMode="PAY_PER_REQUEST")
    global_scaled.wait(240)
    for region in (HOME, EUROPE):
        assert (len(targets(global_scaled, region)), len(policies(global_scaled, region))) == (1, 1)


def test_188_a_target_without_a_policy_isnt_enough_for_a_replica(world: World) -> None:
    world.create_provisioned()
    register(world)
    text = "Table write capacity should either be Pay-Per-Request or AutoScaled."
    assert_refused("ValidationException", text, world.change_replica, "Create", ASIA)
    put_policy(world)
    world.change_replica("Create", ASIA)

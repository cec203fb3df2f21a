# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DynamoDB's facade over Application Auto Scaling: a global table's auto scaling in all regions at once."""

from __future__ import annotations

from typing import Any

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

NONE = {"AutoScalingDisabled": True, "ScalingPolicies": []}
OFF = {"AutoScalingDisabled": True}
REFUSED = f"Failed to update settings for global table with name: ‘{TABLE}’"
INDEX = {
    "IndexName": "by_id",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
}


def on(low: int = 1, high: int = 10, value: float = 70, name: str | None = None, **more: Any) -> dict[str, Any]:
    policy: dict[str, Any] = {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": value, **more}}
    if name:
        policy["PolicyName"] = name
    return {"MinimumUnits": low, "MaximumUnits": high, "ScalingPolicyUpdate": policy}


def reads(region: str, update: dict[str, Any]) -> dict[str, Any]:
    replica = {"RegionName": region, "ReplicaProvisionedReadCapacityAutoScalingUpdate": update}
    return {"ReplicaUpdates": [replica]}


def writes(update: dict[str, Any]) -> dict[str, Any]:
    return {"ProvisionedWriteCapacityAutoScalingUpdate": update}


def index_writes(update: dict[str, Any], index: str = "by_id") -> dict[str, Any]:
    return {"GlobalSecondaryIndexUpdates": [{"IndexName": index, "ProvisionedWriteCapacityAutoScalingUpdate": update}]}


def index_reads(region: str, update: dict[str, Any], index: str = "by_id") -> dict[str, Any]:
    one = {"IndexName": index, "ProvisionedReadCapacityAutoScalingUpdate": update}
    return {"ReplicaUpdates": [{"RegionName": region, "ReplicaGlobalSecondaryIndexUpdates": [one]}]}


def update(world: World, changes: dict[str, Any], region: str = HOME, table: str = TABLE) -> dict[str, Any]:
    answered = world.client(region).update_table_replica_auto_scaling(TableName=table, **changes)
    return answered["TableAutoScalingDescription"]


def describe(world: World, region: str = HOME, table: str = TABLE) -> dict[str, Any]:
    answered = world.client(region).describe_table_replica_auto_scaling(TableName=table)
    return answered["TableAutoScalingDescription"]


def settings(world: World, replica: str = HOME, kind: str = "Write", described: dict | None = None) -> dict[str, Any]:
    entries = (described or describe(world))["Replicas"]
    entry = next(entry for entry in entries if entry["RegionName"] == replica)
    return entry[f"ReplicaProvisioned{kind}CapacityAutoScalingSettings"]


def tracked(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Names and configurations of policies."""
    return [(one["PolicyName"], one["TargetTrackingScalingPolicyConfiguration"]) for one in found["ScalingPolicies"]]


def targets(world: World, region: str = HOME) -> dict[tuple[str, str], tuple[int, int]]:
    client = world.client(region, "application-autoscaling")
    found = client.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    return {
        (target["ResourceId"].removeprefix(f"table/{TABLE}"), target["ScalableDimension"].split(":")[2][0]): (
            target["MinCapacity"],
            target["MaxCapacity"],
        )
        for target in found
    }


def alarms(world: World, region: str = HOME) -> int:
    return len(world.client(region, "cloudwatch").describe_alarms()["MetricAlarms"])


@pytest.fixture
def grouped(world: World) -> World:
    """A provisioned table in two regions, whose writes scale from 1 to 10."""
    world.create_provisioned()
    world.scale_writes(f"table/{TABLE}")
    world.add(EUROPE)
    return world


@pytest.fixture
def indexed(world: World) -> World:
    """The same with an index."""
    world.create_provisioned(GlobalSecondaryIndexes=[INDEX])
    world.scale_writes(f"table/{TABLE}")
    world.scale_writes(f"table/{TABLE}/index/by_id")
    world.add(EUROPE)
    return world


# What is shown


def test_187_254_of_a_table_without_replicas_there_is_nothing(world: World) -> None:
    gone = ("ResourceNotFoundException", f"Global table with name: '{TABLE}' does not exist.")
    assert_refused(*gone, describe, world)
    assert_refused(*gone, update, world, writes(on()))
    world.create_provisioned()
    world.scale_writes(f"table/{TABLE}")
    assert_refused(*gone, describe, world)
    for changes in (writes(on()), reads(HOME, on())):
        assert_refused(*gone, update, world, changes)
    world.change_replica("Create", EUROPE)
    assert describe(world)["TableStatus"] == "UPDATING"
    world.wait(60)
    world.change_replica("Delete", EUROPE)
    world.wait(300)
    assert_refused(*gone, describe, world)


def test_189_both_regions_show_both_by_name_and_what_application_auto_scaling_was_told(world: World) -> None:
    world.create_provisioned()
    configuration = {"TargetValue": 55.0, "ScaleInCooldown": 120, "ScaleOutCooldown": 60, "DisableScaleIn": True}
    client = world.client(HOME, "application-autoscaling")
    what = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": f"table/{TABLE}",
        "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
    }
    client.register_scalable_target(**what, MinCapacity=1, MaxCapacity=10)
    metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"}}
    client.put_scaling_policy(
        **what,
        PolicyName="custom",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=configuration | metric,
    )
    world.add(EUROPE)
    described = describe(world)
    assert described == describe(world, EUROPE)
    assert set(described) == {"TableName", "TableStatus", "Replicas"}
    assert [entry["RegionName"] for entry in described["Replicas"]] == [EUROPE, HOME]
    assert [(entry["GlobalSecondaryIndexes"], entry["ReplicaStatus"]) for entry in described["Replicas"]] == [
        ([], "ACTIVE"),
        ([], "ACTIVE"),
    ]
    for region in (HOME, EUROPE):
        assert settings(world, region, "Read") == NONE
        written = settings(world, region)
        assert written.pop("AutoScalingRoleArn").endswith("AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")
        assert written == {
            "MinimumUnits": 1,
            "MaximumUnits": 10,
            "ScalingPolicies": [
                {"PolicyName": "custom", "TargetTrackingScalingPolicyConfiguration": configuration},
            ],
        }


def test_232_a_table_on_demand_shows_every_region_without_settings(world: World) -> None:
    world.create()
    world.change_replica("Create", EUROPE)
    world.wait(12)
    described = describe(world)
    assert {entry["RegionName"]: entry["ReplicaStatus"] for entry in described["Replicas"]} == {
        EUROPE: "CREATING",
        HOME: "ACTIVE",
    }
    assert settings(world, EUROPE) == settings(world, HOME, "Read") == NONE


def test_306_a_replica_that_its_own_region_doesnt_know_yet_makes_it_fail(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(30)
    assert (world.replicas(), world.status(EUROPE)) == ({EUROPE: "CREATING"}, "absent")
    missing = ("ResourceNotFoundException", f"Requested resource not found: Table: {TABLE} not found")
    assert_refused(*missing, describe, world)


def test_195_243_a_target_without_a_policy_looks_like_none(grouped: World) -> None:
    client = grouped.client(HOME, "application-autoscaling")
    what = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": f"table/{TABLE}",
        "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
    }
    client.delete_scaling_policy(**what, PolicyName="writes")
    assert settings(grouped) == NONE
    assert targets(grouped) == {("", "W"): (1, 10)}
    update(grouped, writes(on()))
    grouped.wait(1)
    assert tracked(settings(grouped)) == [
        (f"DynamoDBWriteCapacityUtilization:table/{TABLE}", {"TargetValue": 70.0}),
    ]


def test_254_a_table_is_named_by_its_arn_too(grouped: World) -> None:
    arn = grouped.describe()["TableArn"]
    update(grouped, writes(on(2, 20)), table=arn)
    grouped.wait(1)
    assert settings(grouped, described=describe(grouped, table=arn))["MaximumUnits"] == 20


# What a change does


def test_237_a_minimal_change_gets_a_name_and_the_role_from_the_service_and_no_cooldowns(grouped: World) -> None:
    update(grouped, reads(HOME, on()))
    grouped.wait(1)
    found = settings(grouped, HOME, "Read")
    assert set(found) == {"MinimumUnits", "MaximumUnits", "AutoScalingRoleArn", "ScalingPolicies"}
    assert tracked(found) == [(f"DynamoDBReadCapacityUtilization:table/{TABLE}", {"TargetValue": 70.0})]
    client = grouped.client(HOME, "application-autoscaling")
    found = client.describe_scaling_policies(ServiceNamespace="dynamodb", PolicyNames=[tracked(found)[0][0]])
    assert found["ScalingPolicies"][0]["TargetTrackingScalingPolicyConfiguration"] == {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"},
    }


@pytest.mark.parametrize("region", [HOME, EUROPE])
def test_194_writes_change_in_every_region_and_reads_in_the_one_named(grouped: World, region: str) -> None:
    update(grouped, writes(on(1, 12, 50)) | reads(HOME, on()), region)
    assert (targets(grouped), targets(grouped, EUROPE)) == (
        {("", "W"): (1, 12), ("", "R"): (1, 10)},
        {("", "W"): (1, 12)},
    )
    grouped.wait(1)
    assert settings(grouped, EUROPE, "Read") == NONE
    assert tracked(settings(grouped, EUROPE)) == tracked(settings(grouped))
    assert tracked(settings(grouped))[0][1] == {"TargetValue": 50.0}


def test_238_the_answer_and_the_next_half_second_show_what_was_before(grouped: World) -> None:
    answered = update(grouped, reads(HOME, on()))
    assert settings(grouped, HOME, "Read", answered) == NONE
    assert settings(grouped, HOME, "Read") == NONE
    grouped.wait(0.6)
    assert settings(grouped, HOME, "Read") != NONE


def test_240_a_new_name_replaces_the_policy(grouped: World) -> None:
    update(grouped, writes(on(name="mine")))
    grouped.wait(1)
    for region in (HOME, EUROPE):
        assert [name for name, _ in tracked(settings(grouped, region))] == ["mine"]
        assert alarms(grouped, region) == 4


def test_314_a_minimum_above_the_capacity_makes_the_tables_update(grouped: World) -> None:
    answered = update(grouped, reads(HOME, on(10, 20)))
    assert answered["TableStatus"] == "UPDATING"
    grouped.wait(40)
    assert grouped.describe()["ProvisionedThroughput"]["ReadCapacityUnits"] == 10
    assert grouped.describe()["Replicas"][0]["ProvisionedThroughputOverride"] == {"ReadCapacityUnits": 5}  # 321


def test_198_242_turning_it_off_removes_targets_policies_and_alarms_and_the_sibling_stays(grouped: World) -> None:
    update(grouped, reads(HOME, on()))
    answered = update(grouped, writes(OFF))
    assert settings(grouped, described=answered)["MaximumUnits"] == 10
    grouped.wait(1)
    assert (settings(grouped), settings(grouped, EUROPE)) == (NONE, NONE)
    assert (targets(grouped), targets(grouped, EUROPE)) == ({("", "R"): (1, 10)}, {})
    assert (alarms(grouped), alarms(grouped, EUROPE)) == (4, 0)
    update(grouped, writes(OFF))
    update(grouped, reads(EUROPE, OFF))
    text = "Table write capacity should either be Pay-Per-Request or AutoScaled."
    assert_refused("ValidationException", text, grouped.change_replica, "Create", ASIA)


def test_289_290_indexes_have_dimensions_of_their_own(indexed: World) -> None:
    update(indexed, index_writes(on(1, 12)))
    update(indexed, index_reads(HOME, on()))
    indexed.wait(1)
    assert targets(indexed) == {("", "W"): (1, 10), ("/index/by_id", "W"): (1, 12), ("/index/by_id", "R"): (1, 10)}
    assert targets(indexed, EUROPE) == {("", "W"): (1, 10), ("/index/by_id", "W"): (1, 12)}
    (index,) = describe(indexed)["Replicas"][0]["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["IndexStatus"]) == ("by_id", "ACTIVE")
    assert index["ProvisionedReadCapacityAutoScalingSettings"] == NONE
    assert index["ProvisionedWriteCapacityAutoScalingSettings"]["MaximumUnits"] == 12
    update(indexed, writes(OFF))
    assert set(targets(indexed, EUROPE)) == {("/index/by_id", "W")}


def test_322_323_an_index_being_created_isnt_there_and_then_its_writes_scale(grouped: World) -> None:
    grouped.update(
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": INDEX}],
    )
    grouped.wait(60)
    assert describe(grouped)["Replicas"][0]["GlobalSecondaryIndexes"] == []
    text = f"{REFUSED} because the global secondary indexes with names: ‘[by_id]’ do not exist."
    assert_refused("ResourceNotFoundException", text, update, grouped, index_writes(on()))
    text = f"{REFUSED} because a global secondary index with name: ‘by_id’ does not exist in region: ‘{HOME}’."
    assert_refused("ResourceNotFoundException", text, update, grouped, index_reads(HOME, on()))
    grouped.wait(600)
    (index,) = describe(grouped)["Replicas"][0]["GlobalSecondaryIndexes"]
    written = index["ProvisionedWriteCapacityAutoScalingSettings"]
    assert (written["MinimumUnits"], written["MaximumUnits"]) == (1, 10)
    name = f"DynamoDBWriteCapacityUtilization:table/{TABLE}/index/by_id"
    assert tracked(written) == [(name, {"TargetValue": 70.0})]
    update(grouped, index_writes(on(1, 12)))
    grouped.update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_id"}}])
    grouped.wait(60)
    assert targets(grouped, EUROPE) == {("", "W"): (1, 10), ("/index/by_id", "W"): (1, 12)}


def test_317_on_demand_all_is_kept_and_shown_as_disabled(grouped: World) -> None:
    grouped.update(BillingMode="PAY_PER_REQUEST")
    grouped.wait(240)
    found = settings(grouped)
    assert (found["AutoScalingDisabled"], found["MaximumUnits"], len(found["ScalingPolicies"])) == (True, 10, 1)
    text = (
        f"Failed to update global table with name ‘{TABLE}‘. Replicas 'EU-WEST-1', 'US-WEST-2' BillingMode is "
        "PayPerRequest. You must convert table's BillingMode to PROVISIONED to set parameters: "
        "'ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate'."
    )
    assert_refused("ValidationException", text, update, grouped, reads(HOME, on()))
    update(grouped, writes(OFF))
    assert (targets(grouped), targets(grouped, EUROPE)) == ({}, {})


# What is refused


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in on().items() if key != name}


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        (writes(without("ScalingPolicyUpdate")), "ValidationException", ": Parameters 'ScalingPolicyUpdate' are"),
        (writes(without("MinimumUnits")), "ValidationException", ": Parameters 'MinimumUnits' are required unless"),
        (
            writes({"ScalingPolicyUpdate": on()["ScalingPolicyUpdate"]}),
            "ValidationException",
            ": Parameters 'MaximumUnits', 'MinimumUnits' are required unless auto scaling is being disabled.",
        ),
        (
            writes({"AutoScalingDisabled": False}),
            "ValidationException",
            ": Parameters 'MaximumUnits', 'ScalingPolicyUpdate', 'MinimumUnits' are required unless",
        ),
        ({}, "ValidationException", " because at least one update parameter must be specified."),
        (
            {"ReplicaUpdates": [{"RegionName": HOME}]},
            "ValidationException",
            f" because at least one update parameter must be specified for region: ‘{HOME}’.",
        ),
        (
            {"ReplicaUpdates": 2 * reads(HOME, on())["ReplicaUpdates"]},
            "ValidationException",
            f" because the regions: ‘[{HOME}]’ were specified more than once.",
        ),
        (reads(ASIA, on()), "ResourceNotFoundException", f"‘{ASIA}’"),
        (index_writes(on(), "nope"), "ResourceNotFoundException", " because the global secondary indexes with names"),
    ],
)
def test_241_253_255_291_what_a_change_must_name(grouped: World, changes: dict, code: str, text: str) -> None:
    before = describe(grouped)
    assert_refused(code, f"{REFUSED}{text}" if text.startswith((":", " ")) else text, update, grouped, changes)
    assert describe(grouped) == before


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"MinimumUnits": 1, "MaximumUnits": 2}, "'MaximumUnits', 'MinimumUnits'"),
        ({"ScalingPolicyUpdate": on()["ScalingPolicyUpdate"]}, "'ScalingPolicyUpdate'"),
    ],
)
def test_242_turning_it_off_takes_nothing_else(grouped: World, given: dict, names: str) -> None:
    text = (
        f"Failed to update settings for global table with name ‘{TABLE}’: Parameters {names} must be left blank when "
        "disabling auto scaling."
    )
    assert_refused("ValidationException", text, update, grouped, writes(OFF | given))
    assert len(targets(grouped)) == 1


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (on(5, 4), "Maximum capacity cannot be less than minimum capacity (Service: AWSApplicationAutoScaling; "),
        (on(value=90.1), "target value must be between '10.0' and '90.0', but was '90.1'. (Service: AWSApplication"),
        (on(value=0), "but was '0.0'. (Service: AWSApplicationAutoScaling; Status Code: 400; Error Code: Validation"),
        (on() | {"AutoScalingRoleArn": "arn:aws:iam::123456789012:role/mine"}, "iam:PassRole"),  # 239
    ],
)
def test_253_what_application_auto_scaling_refuses_is_passed_on(grouped: World, wanted: dict, text: str) -> None:
    assert_refused("ValidationException", text, update, grouped, writes(wanted) | reads(HOME, on()))
    assert targets(grouped) == {("", "W"): (1, 10)}
    update(grouped, reads(HOME, on(5, 5, 19.9, ScaleInCooldown=-1, ScaleOutCooldown=10**9)))

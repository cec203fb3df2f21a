# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application Auto Scaling of a table, of its indexes and of its replicas."""

from __future__ import annotations

import dataclasses
import typing as t

import botocore.session
import botocore.validate
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import converge as engine
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import (
    observe,
    plan,
    predict,
    results,
    spec,
    state,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import autoscaling

from .service_model.model import ScalingClient, ServiceModel, refuse
from .test_converge_properties import NAME, REPLICAS, TABLES, run

HOME, EU = "us-east-1", "eu-west-1"
CAPACITY = {"read_capacity": 5, "write_capacity": 5}
WRITE = {"min": 1, "max": 10}
ON = {"enabled": True, "write": WRITE}
INDEX = {"name": "by-email", "partition_keys": ["email"], **CAPACITY}
KEYS = {"partition_key": "id", "attribute_types": {"id": "S", "email": "S"}}
PROVISIONED = {**KEYS, "billing_mode": "PROVISIONED", **CAPACITY}


def table(*replicas: str, absent: bool = False, absent_regions: tuple[str, ...] = (), **settings: t.Any) -> spec.Table:
    return spec.Table(
        NAME,
        HOME,
        absent=absent,
        delete_replicas=absent,
        settings={**PROVISIONED, **settings},
        replicas={region: spec.Replica(region) for region in replicas},
        absent_regions=absent_regions,
    )


def bring(model: ServiceModel, wanted: spec.Table) -> None:
    for part in (TABLES, REPLICAS):
        assert run(model, wanted, part).failure == ""
    model.calls.clear()


def operations(model: ServiceModel) -> list[tuple[str, str]]:
    return [call[:2] for call in model.calls]


# Options


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"autoscaling": {"enabled": True}}, "autoscaling of the table needs read or write"),
        (
            {"autoscaling": {"enabled": False, "write": WRITE}},
            "autoscaling.write of the table need autoscaling.enabled: true",
        ),
        ({"autoscaling": ON, "billing_mode": "PAY_PER_REQUEST"}, "autoscaling of the table needs billing_mode: PROV"),
        ({"autoscaling": {**ON, "read": {"min": 0, "max": 5}}}, "autoscaling.read of the table: min is 0 and max is 5"),
        ({"autoscaling": {**ON, "write": {"min": 6, "max": 5}}}, "min is 6 and max is 5, but 1 <= min <= max"),
        ({"autoscaling": {**ON, "write": {**WRITE, "target": 19.5}}}, "target is 19.5, but must be 20 to 90 percent"),
        ({"autoscaling": {**ON, "write": {**WRITE, "target": 91.0}}}, "target is 91, but must be 20 to 90 percent"),
        (
            {"global_secondary_indexes": [{**INDEX, "autoscaling": {"enabled": True}}]},
            "autoscaling of index by-email needs read or write",
        ),
    ],
)
def test_what_the_service_would_refuse_is_refused_before_any_call(settings, sentence):
    (problem,) = autoscaling.problems({**PROVISIONED, **settings})
    assert sentence in problem


@pytest.mark.parametrize(
    "settings",
    [
        {"autoscaling": {"enabled": False}, "billing_mode": "PAY_PER_REQUEST"},
        {"autoscaling": {"enabled": True, "read": {"min": 1, "max": 1, "target": 20.0}}},
        {"autoscaling": {"enabled": True, "write": {"min": 1, "max": 2, "target": 90.0}}},
    ],
)
def test_off_needs_nothing_and_the_ends_of_the_ranges_are_within(settings):
    assert list(autoscaling.problems({**PROVISIONED, **settings})) == []


def test_188_a_provisioned_table_with_replicas_cannot_leave_its_writes_unscaled():
    reads_only = {"enabled": True, "read": WRITE}
    index = {**INDEX, "autoscaling": {"enabled": False}}
    problems = autoscaling.replica_problems(
        {**PROVISIONED, "autoscaling": reads_only, "global_secondary_indexes": [index]}
    )
    assert [problem.partition("add ")[2] for problem in problems] == [
        "autoscaling.write to the table, or set billing_mode: PAY_PER_REQUEST.",
        "autoscaling.write to index by-email, or set billing_mode: PAY_PER_REQUEST.",
    ]
    assert list(autoscaling.replica_problems(PROVISIONED)) == []  # somebody else may scale it


# Targets and policies


def test_the_parameters_are_what_botocores_model_allows():
    model = botocore.session.get_session().get_service_model("application-autoscaling")
    shown = state.RegionalTable(
        HOME,
        "ACTIVE",
        settings=autoscaling.described(
            {**PROVISIONED, "global_secondary_indexes": [INDEX]}, {("by-email", "read"): {"min": 1, "max": 2}}
        ),
    )
    index = {**INDEX, "autoscaling": {"enabled": False}}
    steps = list(
        autoscaling.steps(NAME, {**PROVISIONED, "autoscaling": ON, "global_secondary_indexes": [index]}, shown)
    )
    assert [step.call for step in steps] == ["RegisterScalableTarget", "PutScalingPolicy", "DeregisterScalableTarget"]
    for step in steps:
        shape = model.operation_model(step.call).input_shape
        assert botocore.validate.ParamValidator().validate(step.parameters, shape).generate_report() == ""
    assert steps[1].parameters == {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
        "PolicyName": "DynamoDBWriteCapacityUtilization:table/orders",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"},
            "TargetValue": 70.0,
        },
    }
    assert steps[2].parameters["ResourceId"] == "table/orders/index/by-email"


def test_tables_whose_names_begin_alike_are_told_apart():
    targets = [
        {"ResourceId": resource, "ScalableDimension": "dynamodb:table:ReadCapacityUnits", "MinCapacity": 1, **rest}
        for resource in ("table/orders", "table/orders-archive", "table/orders-archive/index/by-email")
        for rest in [{"MaxCapacity": 2}]
    ]
    assert autoscaling.read("orders", targets, []) == {("", "read"): {"min": 1, "max": 2}}


def test_changing_one_bound_sends_one_call_and_the_next_run_none():
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    changed = table(autoscaling={"enabled": True, "write": {"min": 1, "max": 20}})
    assert run(model, changed, TABLES).failure == ""
    assert operations(model) == [(HOME, "RegisterScalableTarget")]
    model.calls.clear()
    run(model, changed, TABLES)
    assert model.calls == []


def test_a_dimension_that_is_not_named_is_left_alone():
    model = ServiceModel()
    bring(model, table(autoscaling={"enabled": True, "read": WRITE, "write": WRITE}))
    bring(model, table(autoscaling={"enabled": True, "write": {"min": 2, "max": 10}}))
    assert len(model.scaling) == 2


def test_a_table_that_goes_on_demand_is_scaled_until_it_is():
    """The service limits switches of the billing mode: one that it refuses must leave the table scaled."""
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    wanted = spec.Table(
        NAME, HOME, settings={**KEYS, "billing_mode": "PAY_PER_REQUEST", "autoscaling": {"enabled": False}}
    )
    checked = run(model, wanted, TABLES, check_mode=True)
    assert {step.call for step in checked.plan.steps} == {"UpdateTable", "DeregisterScalableTarget"}
    assert run(model, wanted, TABLES).failure == ""
    assert operations(model) == [(HOME, "UpdateTable"), (HOME, "DeregisterScalableTarget")]


def test_a_policy_of_another_name_is_adopted_with_what_else_it_says():
    """AWS takes one target tracking policy a metric; PutScalingPolicy replaces its whole configuration."""
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    place = (HOME, "table/orders", "dynamodb:table:WriteCapacityUnits")
    model.scaling[place]["policy"]["PolicyName"] = "terraform"
    configuration = model.scaling[place]["policy"]["TargetTrackingScalingPolicyConfiguration"]
    configuration["ScaleInCooldown"] = 60
    bring(model, table(autoscaling=ON))
    bring(model, table(autoscaling={"enabled": True, "write": {**WRITE, "target": 40.0}}))
    policy = model.scaling[place]["policy"]
    assert policy["PolicyName"] == "terraform"
    assert policy["TargetTrackingScalingPolicyConfiguration"] == {**configuration, "TargetValue": 40.0}
    assert model.refused == []


def test_a_policy_keeps_its_target_when_none_is_said():
    model = ServiceModel()
    bring(model, table(autoscaling={"enabled": True, "write": {**WRITE, "target": 40.0}}))
    for write in (WRITE, {"min": 1, "max": 20}):
        assert run(model, table(autoscaling={"enabled": True, "write": write}), TABLES).failure == ""
    assert operations(model) == [(HOME, "RegisterScalableTarget")]


def test_a_policy_of_a_metric_of_its_own_keeps_it():
    """TargetTrackingScalingPolicyConfiguration takes a predefined metric or a customized one, not both."""
    own = {"CustomizedMetricSpecification": {"MetricName": "reads"}, "TargetValue": 40.0}
    scaling = {("", "write"): {**WRITE, "policy": "terraform", "configuration": own}}
    shown = state.RegionalTable(
        HOME, "ACTIVE", settings=autoscaling.described(dict(PROVISIONED), scaling), scaling=scaling
    )
    wanted = {**PROVISIONED, "autoscaling": {"enabled": True, "write": {**WRITE, "target": 50.0}}}
    (step,) = autoscaling.steps(NAME, wanted, shown)
    assert step.parameters["TargetTrackingScalingPolicyConfiguration"] == {**own, "TargetValue": 50.0}


def test_an_index_that_is_still_to_come_is_waited_for():
    """Finding DDB-TABLE-322: Application Auto Scaling takes nothing of an index that isn't there."""
    settings = {"local_secondary_indexes": [], "stream": {"enabled": False}, "global_secondary_indexes": []}
    settings.update(PROVISIONED, partition_key="id", attribute_types={"id": "S"})
    shown = state.RegionalTable(HOME, "ACTIVE", settings=autoscaling.described(settings, {}))
    wanted = {**PROVISIONED, "global_secondary_indexes": [{**INDEX, "autoscaling": ON}]}
    first, *others = plan.plan_table(spec.Table(NAME, HOME, settings=wanted), {HOME: shown}).steps
    assert (first.sentence, first.waits_for) == ("add index by-email in us-east-1", "")
    assert {step.waits_for for step in others} == {"index by-email to be ACTIVE in us-east-1"}
    assert len(others) == 2


def test_what_was_not_read_gives_no_step():
    shown = state.RegionalTable(HOME, "CREATING", settings={**PROVISIONED, "global_secondary_indexes": [INDEX]})
    wanted = {**PROVISIONED, "autoscaling": ON, "global_secondary_indexes": [{**INDEX, "autoscaling": ON}]}
    assert list(autoscaling.steps(NAME, wanted, shown)) == []


# Replicas


def test_188_a_replica_is_not_added_before_writes_are_scaled_and_the_sentence_says_what_is_missing():
    model = ServiceModel()
    bring(model, table(global_secondary_indexes=[INDEX], autoscaling=ON))
    done = run(model, table(EU, global_secondary_indexes=[INDEX], autoscaling=ON), REPLICAS)
    assert (
        "and none does for index by-email. Add autoscaling: {enabled: true, write: {min: 5, max: 50}} to index "
        "by-email, or" in done.failure
    )
    assert model.calls == []


def test_a_target_without_a_policy_is_not_enough():
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    del model.scaling[HOME, "table/orders", "dynamodb:table:WriteCapacityUnits"]["policy"]
    done = run(model, table(EU, autoscaling=ON), REPLICAS)
    assert "and none does for the table. The module (role) tables sets it up: run it first." in done.failure
    assert model.calls == []


def test_check_mode_takes_for_done_what_the_module_tables_would_do():
    model = ServiceModel()
    wanted = table(EU, autoscaling=ON, global_secondary_indexes=[{**INDEX, "autoscaling": ON}])
    for _described in ("no table", "a table that isn't scaled"):
        checked = run(model, wanted, REPLICAS, check_mode=True)
        assert (checked.failure, [step.sentence for step in checked.plan.steps]) == ("", ["add a replica in eu-west-1"])
        bring(model, table(global_secondary_indexes=[INDEX]))
    unscaled = table(EU, global_secondary_indexes=[INDEX])
    assert "adds a replica only while auto scaling" in run(model, unscaled, REPLICAS, check_mode=True).failure


def test_a_table_that_somebody_else_scales_gets_its_replica():
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    by_name = spec.Table(NAME, HOME, replicas={EU: spec.Replica(EU)})
    assert run(model, by_name, REPLICAS).failure == ""
    assert model.members(NAME) == {HOME, EU}


def test_194_of_a_new_replica_the_writes_are_foreseen_to_be_scaled():
    model = ServiceModel()
    bring(model, table(autoscaling={"enabled": True, "read": WRITE, "write": WRITE}))
    checked = run(model, table(EU, autoscaling=ON), REPLICAS, check_mode=True)
    foreseen = predict.after(checked.observed, checked.plan.steps)[EU].settings["autoscaling"]
    assert foreseen == {"enabled": True, "write": {**WRITE, "target": 70.0}}


def test_later_changes_reach_every_region():
    model = ServiceModel()
    bring(model, table(EU, autoscaling=ON))
    changed = table(EU, autoscaling={"enabled": True, "write": {"min": 2, "max": 9, "target": 50.0}, "read": WRITE})
    bring(model, changed)
    writes = [target for place, target in model.scaling.items() if place[2].endswith("WriteCapacityUnits")]
    assert [target["bounds"] for target in writes] == [{"MinCapacity": 2, "MaxCapacity": 9}] * 2
    assert [place for place in model.scaling if place[2].endswith("ReadCapacityUnits")] == [
        (HOME, "table/orders", "dynamodb:table:ReadCapacityUnits")
    ]


# What outlives a table


def test_292_what_scaled_a_replica_goes_after_it_also_in_a_later_run():
    model = ServiceModel()
    bring(model, table(EU, autoscaling=ON))
    gone = table(absent_regions=(EU,), autoscaling=ON)
    checked = run(model, gone, REPLICAS, check_mode=True)
    assert [(step.call, bool(step.waits_for)) for step in checked.plan.steps] == [
        ("UpdateTable", False),
        ("DeregisterScalableTarget", True),
    ]
    run(model, gone, engine.Part(observe.replica_reading, without_leavings))
    assert {place[0] for place in model.scaling} == {HOME, EU}
    assert (EU, NAME) not in model.tables
    model.calls.clear()
    assert run(model, gone, REPLICAS).failure == ""
    assert operations(model) == [(EU, "DeregisterScalableTarget")]
    assert {place[0] for place in model.scaling} == {HOME}


def without_leavings(wanted: spec.Table, observed: state.Observed, check_mode: bool) -> plan.Plan:
    """The plan of a run that dies before it comes to what outlives the replica."""
    made = plan.plan_replicas(wanted, observed, check_mode)
    return dataclasses.replace(made, steps=tuple(step for step in made.steps if step.key[0] != "clean"))


def test_what_scaled_another_table_or_region_stays():
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    other = (HOME, "table/orders-archive", "dynamodb:table:WriteCapacityUnits")
    elsewhere = (EU, "table/orders", "dynamodb:table:WriteCapacityUnits")
    model.scaling |= {place: {"bounds": {"MinCapacity": 1, "MaxCapacity": 2}} for place in (other, elsewhere)}
    bring(model, table(absent=True))
    assert set(model.scaling) == {other, elsewhere}


def test_323_what_scaled_a_purged_index_goes_and_only_when_purging_is_asked_for():
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    orphan = (HOME, "table/orders/index/former", "dynamodb:index:WriteCapacityUnits")
    model.scaling[orphan] = {"bounds": {"MinCapacity": 1, "MaxCapacity": 2}}
    bring(model, table(autoscaling=ON, global_secondary_indexes=[]))
    assert orphan in model.scaling
    bring(model, table(autoscaling=ON, global_secondary_indexes=[], purge_indexes=True))
    assert orphan not in model.scaling


def test_what_scales_a_standing_index_that_is_not_listed_stays_unless_purging_is_asked_for():
    scaling = {(index, "write"): {"min": 1, "max": 2} for index in ("", "by-email", "by-team")}
    indexes = [INDEX, {**INDEX, "name": "by-team"}]
    shown = state.RegionalTable(HOME, "ACTIVE", settings={"global_secondary_indexes": indexes}, scaling=scaling)
    wanted = {"global_secondary_indexes": [INDEX]}
    assert list(autoscaling.purged(NAME, wanted, shown)) == []
    (step,) = autoscaling.purged(NAME, {**wanted, "purge_indexes": True}, shown)
    assert step.sentence == "remove what scaled the write capacity of index by-team in us-east-1"
    assert step.waits_for == "index by-team to be gone from us-east-1"


def test_an_index_that_is_going_is_waited_for_until_it_is_gone():
    scaling = {("by-email", "write"): {"min": 1, "max": 2}}
    shown = state.RegionalTable(HOME, "ACTIVE", indexes={"by-email": "DELETING"}, scaling=scaling)
    managed = {"global_secondary_indexes": [], "purge_indexes": True, "autoscaling": {"enabled": False}}
    (step,) = autoscaling.purged(NAME, managed, shown)
    assert step.waits_for == "index by-email to be gone from us-east-1"


def test_not_being_allowed_to_look_for_what_is_left_is_said_and_stops_nobody(monkeypatch):
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    deny(monkeypatch, "DescribeScalableTargets")
    done = run(model, table(absent=True), TABLES)
    assert (done.failure, model.tables) == ("", {})
    (note,) = done.plan.notes
    assert "access denied: application-autoscaling:DescribeScalableTargets in us-east-1: allow that action" in note


def test_a_switch_to_on_demand_says_what_stays_scaled_where_nobody_says_that_it_is_to_end():
    model = ServiceModel()
    bring(model, table(EU, autoscaling=ON, global_secondary_indexes=[{**INDEX, "autoscaling": ON}]))
    on_demand = dataclasses.replace(table(EU), settings={**KEYS, "billing_mode": "PAY_PER_REQUEST"})
    for check_mode in (True, False):
        done = run(model, on_demand, TABLES, check_mode)
        assert results.module_result([done], check_mode)["tables"][0]["notes"] == [
            "what scaled the table, index by-email stays registered in us-east-1, eu-west-1. To remove it, set "
            "autoscaling.enabled: false on the table, index by-email"
        ]
    assert run(model, on_demand, TABLES).plan == plan.Plan()


def test_a_switch_to_on_demand_goes_on_where_what_scales_may_not_be_looked_for(monkeypatch):
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    deny(monkeypatch, "DescribeScalableTargets")
    done = run(model, dataclasses.replace(table(), settings={**KEYS, "billing_mode": "PAY_PER_REQUEST"}), TABLES)
    assert done.failure == ""
    (note,) = results.module_result([done], False)["tables"][0]["notes"]
    assert "couldn't be looked for, and stays if there is any: access denied" in note


def test_being_throttled_is_waited_out(monkeypatch):
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    left = iter(range(2))
    deny(monkeypatch, "DescribeScalableTargets", "ThrottlingException", lambda: next(left, None) is not None)
    assert run(model, table(absent=True), TABLES).failure == ""
    assert (model.tables, model.scaling) == ({}, {})


def test_where_it_is_managed_not_being_allowed_to_look_stops_the_table(monkeypatch):
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    deny(monkeypatch, "DescribeScalableTargets")
    assert "access denied: application-autoscaling:Desc" in run(model, table(autoscaling=ON), TABLES).failure


def test_a_failure_of_the_service_is_waited_out(monkeypatch):
    model = ServiceModel()
    bring(model, table(autoscaling=ON))
    left = iter(range(2))
    deny(monkeypatch, "DescribeScalableTargets", "InternalServerError", lambda: next(left, None) is not None)
    assert run(model, table(absent=True), TABLES).failure == ""
    assert (model.tables, model.scaling) == ({}, {})


def deny(
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    code: str = "AccessDeniedException",
    when: t.Callable[[], bool] = lambda: True,
) -> None:
    granted = ScalingClient._targets

    def targets(self: ScalingClient, **parameters: t.Any) -> dict[str, t.Any]:
        if when():
            refuse(code, "not now", operation)
        return granted(self, **parameters)

    monkeypatch.setattr(ScalingClient, "_targets", targets)


def test_an_on_demand_table_needs_no_other_service():
    model = ServiceModel()
    model.of = lambda service, region: {"dynamodb": ServiceModel.of}[service](model, service, region)
    wanted = spec.Table(NAME, HOME, settings={**KEYS, "global_secondary_indexes": []}, replicas={EU: spec.Replica(EU)})
    wanted.settings["attribute_types"] = {"id": "S"}
    bring(model, wanted)

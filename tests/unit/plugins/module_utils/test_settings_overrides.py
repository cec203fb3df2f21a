# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a replica differs from what its group shares."""

from __future__ import annotations

import typing as t

import botocore.session
import botocore.validate
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import plan, spec, state
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import overrides

HOME, EU = "us-east-1", "eu-west-1"
INDEX = {"name": "by-a", "partition_keys": ["a"], "projection": "ALL"}
PROVISIONED = {
    "billing_mode": "PROVISIONED",
    "read_capacity": 5,
    "write_capacity": 5,
    "table_class": "STANDARD",
    "global_secondary_indexes": [{**INDEX, "read_capacity": 5, "write_capacity": 5}],
}
ON_DEMAND = {
    "billing_mode": "PAY_PER_REQUEST",
    "table_class": "STANDARD",
    "on_demand_max": {"read": 100, "write": 7},
    "global_secondary_indexes": [INDEX],
}
INFREQUENT = "STANDARD_INFREQUENT_ACCESS"


def read_capacity_of(settings: dict[str, t.Any], table: int, index: int) -> dict[str, t.Any]:
    (shown,) = settings["global_secondary_indexes"]
    return {**settings, "read_capacity": table, "global_secondary_indexes": [{**shown, "read_capacity": index}]}


def of_index(**options: t.Any) -> dict[str, t.Any]:
    return {"global_secondary_indexes": [{"name": "by-a", **options}]}


def sent(wanted: dict[str, t.Any], base: dict[str, t.Any], now: dict[str, t.Any]) -> dict[str, t.Any] | None:
    """The members of the Update that brings a replica from ``now`` to ``wanted``, None when none is sent."""
    home, shown = (state.RegionalTable(region, "ACTIVE", settings=s) for region, s in ((HOME, base), (EU, now)))
    made = list(overrides.steps("orders", wanted, home, shown))
    if not made:
        return None
    (step,) = made
    assert (step.region, step.key, step.exclusive) == (HOME, ("set", EU, "overrides"), True)
    model = botocore.session.get_session().get_service_model("dynamodb").operation_model("UpdateTable")
    assert botocore.validate.ParamValidator().validate(step.parameters, model.input_shape).generate_report() == ""
    again = list(overrides.steps("orders", wanted, home, shown.having(step.effect)))
    assert again == [], "the effect isn't what is wanted"
    ((_action, members),) = step.parameters["ReplicaUpdates"][0].items()
    assert members.pop("RegionName") == EU
    return members


TEN = {"ProvisionedThroughputOverride": {"ReadCapacityUnits": 10}}
FIVE = {"ProvisionedThroughputOverride": {"ReadCapacityUnits": 5}}


@pytest.mark.parametrize(
    ("wanted", "base", "now", "members"),
    [
        ({}, PROVISIONED, read_capacity_of(PROVISIONED, 9, 9), None),  # 321: nobody asked for it
        ({"read_capacity": 10}, PROVISIONED, PROVISIONED, TEN),
        ({"read_capacity": 10}, PROVISIONED, read_capacity_of(PROVISIONED, 10, 5), None),
        ({"read_capacity": 5}, PROVISIONED, PROVISIONED, None),
        ({"read_capacity": "inherit"}, PROVISIONED, read_capacity_of(PROVISIONED, 10, 5), FIVE),
        ({"read_capacity": "inherit"}, PROVISIONED, PROVISIONED, None),
        ({"read_capacity": "inherit"}, ON_DEMAND, ON_DEMAND, None),
        ({"table_class": INFREQUENT}, PROVISIONED, PROVISIONED, {"TableClassOverride": INFREQUENT}),
        ({"table_class": "STANDARD"}, PROVISIONED, PROVISIONED, None),
        (
            {"table_class": "inherit"},
            PROVISIONED,
            {**PROVISIONED, "table_class": INFREQUENT},
            {"TableClassOverride": "STANDARD"},
        ),
        (
            {"on_demand_max_read": 50},
            ON_DEMAND,
            ON_DEMAND,
            {"OnDemandThroughputOverride": {"MaxReadRequestUnits": 50}},
        ),
        (
            {"on_demand_max_read": -1},
            {**ON_DEMAND, "on_demand_max": {"read": -1, "write": 7}},
            ON_DEMAND,
            {"OnDemandThroughputOverride": {"MaxReadRequestUnits": -1}},
        ),
        ({"on_demand_max_read": 100}, ON_DEMAND, ON_DEMAND, None),
        (of_index(read_capacity=5), PROVISIONED, PROVISIONED, None),
        (
            of_index(read_capacity=10),
            PROVISIONED,
            PROVISIONED,
            {"GlobalSecondaryIndexes": [{"IndexName": "by-a", **TEN}]},
        ),
        (
            of_index(read_capacity="inherit"),
            PROVISIONED,
            read_capacity_of(PROVISIONED, 5, 6),
            {"GlobalSecondaryIndexes": [{"IndexName": "by-a", **FIVE}]},
        ),
        (
            of_index(on_demand_max_read=3),
            ON_DEMAND,
            ON_DEMAND,
            {
                "GlobalSecondaryIndexes": [
                    {"IndexName": "by-a", "OnDemandThroughputOverride": {"MaxReadRequestUnits": 3}}
                ]
            },
        ),
        (
            {"read_capacity": 10, "table_class": INFREQUENT, **of_index(read_capacity=10)},
            PROVISIONED,
            PROVISIONED,
            {**TEN, "TableClassOverride": INFREQUENT, "GlobalSecondaryIndexes": [{"IndexName": "by-a", **TEN}]},
        ),
    ],
)
def test_250_252_294_only_what_really_differs_is_sent_and_clearing_is_the_bases_value(wanted, base, now, members):
    assert sent(wanted, base, now) == members


def test_a_maximum_of_one_direction_leaves_the_other():
    shown = state.RegionalTable(EU, "ACTIVE", settings=ON_DEMAND)
    home = state.RegionalTable(HOME, "ACTIVE", settings=ON_DEMAND)
    for value, left in ((50, {"read": 50, "write": 7}), (-1, {"read": -1, "write": 7})):
        (step,) = overrides.steps("orders", {"on_demand_max_read": value}, home, shown)
        assert shown.having(step.effect).settings["on_demand_max"] == left


def test_a_new_replica_is_created_with_what_it_has_of_its_own():
    members, effect = overrides.created({"read_capacity": 10, "table_class": "inherit"}, PROVISIONED)
    assert (members, effect) == (TEN, {"read_capacity": 10})


def test_an_index_that_the_replica_does_not_show_yet_is_left_for_later():
    assert sent(of_index(read_capacity=10), PROVISIONED, {**PROVISIONED, "global_secondary_indexes": []}) is None


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"read_capacity": 0}, "read_capacity is 0, but must be a number from 1 or inherit."),
        ({"read_capacity": "many"}, "read_capacity is 'many', but must be a number from 1 or inherit."),
        ({"read_capacity": True}, "read_capacity is True, but"),
        ({"read_capacity": "--5"}, "read_capacity is '--5', but"),
        ({"read_capacity": [1]}, "read_capacity is [1], but"),
        (
            {"on_demand_max_read": 0},
            "on_demand_max_read is 0, but must be a number from 1, -1 (no maximum) or",
        ),
        ({"on_demand_max_read": -2}, "on_demand_max_read is -2, but"),
        (of_index(read_capacity=1.5), "read_capacity of index by-a is 1.5, but"),
        ({"global_secondary_indexes": [{"name": "by-a"}] * 2}, "index 'by-a' is listed 2 times"),
    ],
)
def test_values_that_make_no_sense_are_refused(wanted, sentence):
    assert any(problem.startswith(sentence) for problem in overrides.problems(overrides.normalised(wanted)))


@pytest.mark.parametrize("value", [1, "12", "inherit"])
def test_a_number_may_be_text_as_templates_make_it(value):
    wanted = overrides.normalised({"read_capacity": value, **of_index(read_capacity=value)})
    assert list(overrides.problems(wanted)) == []
    assert wanted["read_capacity"] == (12 if value == "12" else value)
    assert wanted["global_secondary_indexes"][0]["read_capacity"] == wanted["read_capacity"]


@pytest.mark.parametrize(
    ("wanted", "base", "sentence"),
    [
        ({"global_secondary_indexes": [{"name": "nope", "read_capacity": 1}]}, PROVISIONED, "it has no index 'nope'"),
        ({"read_capacity": 5}, ON_DEMAND, "read_capacity needs billing_mode PROVISIONED, not PAY_PER_REQUEST"),
        ({"on_demand_max_read": -1}, ON_DEMAND, "on_demand_max_read can't be none (-1) while the table's is 100"),
        (
            of_index(on_demand_max_read=5),
            PROVISIONED,
            "on_demand_max_read of index by-a needs billing_mode PAY_PER_REQUEST",
        ),
    ],
)
@pytest.mark.parametrize("replicas", [{}, {EU: "ACTIVE"}])
def test_223_250_307_what_the_service_accepts_silently_is_refused_first(wanted, base, sentence, replicas):
    table = spec.Table("orders", HOME, replicas={EU: spec.Replica(EU, overrides=wanted)})
    home = state.RegionalTable(HOME, "ACTIVE", settings=base, replicas=replicas)
    target = state.RegionalTable(EU, "ACTIVE", settings=base) if replicas else state.absent(EU)
    made = plan.plan_replicas(table, {HOME: home, EU: target})
    assert made.refusal.startswith(f"its replica in {EU} can't be as wanted: {sentence}")
    assert made.steps == ()


def test_check_mode_judges_by_what_the_module_tables_would_leave():
    """It makes the index first, so a replica's own value of it is no mistake."""
    settings = {"partition_key": "id", "billing_mode": "PAY_PER_REQUEST", "global_secondary_indexes": [INDEX]}
    own = {"on_demand_max_read": 9, **of_index(on_demand_max_read=8)}
    table = spec.Table("orders", HOME, settings=settings, replicas={EU: spec.Replica(EU, overrides=own)})
    made = plan.plan_replicas(table, {HOME: state.absent(HOME), EU: state.absent(EU)}, check_mode=True)
    assert [step.sentence for step in made.steps] == ["add a replica in eu-west-1"]


def test_250_252_what_a_replica_overrides_is_shown_in_the_words_of_the_options():
    entry = {
        "RegionName": EU,
        "ReplicaStatus": "ACTIVE",
        **TEN,
        "ReplicaTableClassSummary": {"TableClass": INFREQUENT},
        "GlobalSecondaryIndexes": [{"IndexName": "by-a", **TEN}, {"IndexName": "by-b"}],
    }
    assert overrides.described(entry) == {
        "read_capacity": 10,
        "table_class": INFREQUENT,
        "global_secondary_indexes": [{"name": "by-a", "read_capacity": 10}],
    }
    assert overrides.described({"RegionName": EU, "GlobalSecondaryIndexes": [{"IndexName": "by-a"}]}) == {}


def test_321_reads_that_auto_scaling_sets_are_nobodys_difference():
    """In the replica's region they are its own; what would follow the home region follows what is scaled there."""
    scaled = {"autoscaling": {"enabled": True, "read": {"min": 1, "max": 9}}}
    moved = read_capacity_of(PROVISIONED, 2, 3)
    wanted = {"read_capacity": 7, **of_index(read_capacity=7)}
    inheriting = {"read_capacity": "inherit", **of_index(read_capacity="inherit")}
    by_index = {**moved, "global_secondary_indexes": [{**moved["global_secondary_indexes"][0], **scaled}]}
    assert sent(wanted, PROVISIONED, {**by_index, **scaled}) is None
    assert sent(wanted, PROVISIONED, by_index) == {"ProvisionedThroughputOverride": {"ReadCapacityUnits": 7}}
    assert "ProvisionedThroughputOverride" not in sent(inheriting, {**PROVISIONED, **scaled}, moved)
    assert sent({"read_capacity": 7}, {**PROVISIONED, **scaled}, moved) is not None


@pytest.mark.parametrize(
    ("outcome", "own", "reached"),
    [
        ({"read_capacity": 8, "write_capacity": 9}, {"read_capacity": 3}, {"write_capacity": 9}),
        ({"read_capacity": 8}, {}, {"read_capacity": 8}),
        # A switch to on demand ends what was provisioned, in every region.
        ({"read_capacity": None, "on_demand_max": {"read": -1}}, {"read_capacity": 3}, None),
        (
            {"on_demand_max": {"read": 90, "write": 40}},
            {"on_demand_max_read": 70},
            {"on_demand_max": {"read": 70, "write": 40}},
        ),
        ({"on_demand_max": None}, {"on_demand_max_read": 70}, None),
        ({"table_class": INFREQUENT}, {"table_class": "STANDARD"}, None),
        (
            {"global_secondary_indexes": {"by-a": {"read_capacity": 8}, "by-b": None}},
            of_index(read_capacity=2),
            {"global_secondary_indexes": {"by-a": {}, "by-b": None}},
        ),
        ({"global_secondary_indexes": {"by-b": {"read_capacity": 8}}}, of_index(read_capacity=2), None),
    ],
)
def test_250_294_what_a_replica_overrides_stays_when_its_group_changes(outcome, own, reached):
    assert overrides.followed(outcome, own) == (outcome if reached is None else reached)

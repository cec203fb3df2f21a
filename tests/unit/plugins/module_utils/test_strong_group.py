# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strongly consistent groups: made in one call, frozen, taken down in one call."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import observe, plan, predict, spec, state
from hypothesis import given, settings
from hypothesis import strategies as st

from .botocore_model import assert_valid
from .service_model.model import ServiceModel
from .test_converge import model_of_regional_tables, operations
from .test_converge_properties import KEYS, REGIONAL, REPLICAS, TABLES, assert_regional, managed, optional, run

HOME, OHIO, OREGON, EU = "us-east-1", "us-east-2", "us-west-2", "eu-west-1"
SETTINGS = {**KEYS, "attribute_types": {"id": "S", "at": "N"}, "billing_mode": "PAY_PER_REQUEST"}
SETTINGS |= {"stream": {"enabled": False}, "table_class": "STANDARD", "deletion_protection": False}
SETTINGS |= {"global_secondary_indexes": [], "local_secondary_indexes": []}


def wanted(*replicas: str, consistency: str = "strong", **options: t.Any) -> spec.Table:
    replicas = {region: spec.Replica(region) for region in replicas}
    return spec.Table("orders", HOME, settings=dict(KEYS), replicas=replicas, consistency=consistency, **options)


def shown(region: str, *others: str, status: str = "ACTIVE", **record: t.Any) -> state.RegionalTable:
    record["settings"] = {**SETTINGS, **record.get("settings", {})}
    if others:
        record.setdefault("consistency", "strong")
    return state.RegionalTable(region, status, replicas=dict.fromkeys(others, "ACTIVE"), **record)


def observed(*tables: state.RegionalTable) -> state.Observed:
    return {table.region: table for table in tables}


ALONE = observed(shown(HOME), state.absent(OHIO), state.absent(OREGON))
THREE = observed(shown(HOME, OHIO, OREGON), shown(OHIO, HOME, OREGON), shown(OREGON, HOME, OHIO))
WITNESSED = observed(
    shown(HOME, OHIO, witnesses={OREGON: "ACTIVE"}), shown(OHIO, HOME, witnesses={OREGON: "ACTIVE"}), state.absent(EU)
)


# Made


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (wanted(OHIO, OREGON), {"ReplicaUpdates": [{"Create": {"RegionName": r}} for r in (OHIO, OREGON)]}),
        (
            wanted(OHIO, witness_region=OREGON),
            {
                "ReplicaUpdates": [{"Create": {"RegionName": OHIO}}],
                "GlobalTableWitnessUpdates": [{"Create": {"RegionName": OREGON}}],
            },
        ),
    ],
)
def test_257_258_it_is_made_in_one_call(table, members):
    (step,) = plan.plan_replicas(table, ALONE).steps
    assert step.parameters == {"TableName": "orders", "MultiRegionConsistency": "STRONG", **members}
    assert_valid("UpdateTable", step.parameters, newer="GlobalTableWitnessUpdates" if table.witness_region else "")


@pytest.mark.parametrize(
    ("home", "sentence"),
    [
        (shown(HOME, obstacles=("it holds items",)), "can't be made of it: it holds items. It takes an empty table"),
        (shown(HOME, obstacles=("it holds items", "it has TTL")), "it holds items; it has TTL"),
        (
            shown(HOME, settings={"local_secondary_indexes": [{"name": "by-a", "sort_key": "a"}]}),
            "it has local secondary indexes",
        ),
        (
            shown(HOME, EU, consistency="eventual"),
            "it is an eventually consistent group, and consistency never changes",
        ),
    ],
)
def test_what_it_can_not_be_made_of_is_refused_before_the_call(home, sentence):
    made = plan.plan_replicas(wanted(OHIO, OREGON), {**ALONE, HOME: home})
    assert sentence in made.refusal
    assert made.steps == ()


def test_225_every_region_has_to_be_free():
    made = plan.plan_replicas(wanted(OHIO, OREGON), {**ALONE, OREGON: shown(OREGON, status="DELETING")})
    assert made.steps[0].waits_for == "us-west-2 to be free of the former replica (DELETING)"
    made = plan.plan_replicas(wanted(OHIO, OREGON), {**ALONE, OREGON: shown(OREGON)})
    assert "already stands alone in us-west-2" in made.refusal


def test_257_regions_across_the_documented_sets_are_a_warning():
    made = plan.plan_replicas(wanted(OHIO, EU), {**ALONE, EU: state.absent(EU)})
    assert "has eu-west-1, us-east-1, us-east-2, which don't lie in one of the documented sets" in made.notes[0]
    assert len(made.steps) == 1
    assert plan.plan_replicas(wanted(OHIO, OREGON), ALONE).notes == ()


def test_258_it_is_waited_for_until_every_member_and_the_witness_are_active():
    table = wanted(OHIO, witness_region=OREGON)
    founding = ("found", HOME, "")
    stages = [
        (shown(HOME, status="UPDATING", consistency="strong"), state.absent(OHIO)),
        (shown(HOME, OHIO, witnesses={OREGON: "CREATING"}), shown(OHIO, HOME, witnesses={OREGON: "CREATING"})),
        (shown(HOME, OHIO, witnesses={OREGON: "ACTIVE"}), shown(OHIO, HOME, status="CREATING")),
    ]
    for home, other in stages[:2]:
        made = plan.plan_replicas(table, observed(home, other))
        assert (made.refusal, made.steps) == ("", ())
        assert founding in [wait.key for wait in made.waits]
    assert [wait.sentence for wait in plan.plan_replicas(table, observed(*stages[2])).waits] == [
        "us-east-2 is CREATING"
    ]
    assert plan.plan_replicas(table, WITNESSED).finished


# Frozen


@pytest.mark.parametrize(
    ("table", "group", "sentence"),
    [
        (wanted(OHIO, OREGON, EU, consistency=""), {**THREE, EU: state.absent(EU)}, "which eu-west-1 can't join"),
        (wanted(OHIO, EU), WITNESSED, "which eu-west-1 can't join"),
        (wanted(OHIO, OREGON, consistency="eventual"), THREE, "consistency never changes. Remove consistency."),
        (wanted(OHIO, witness_region=EU), WITNESSED, "that has its witness in us-west-2, not in eu-west-1"),
        (wanted(OHIO, witness_region=EU), THREE, "that has no witness, not in eu-west-1"),
        (
            wanted(OHIO, consistency="", absent_regions=(OREGON,)),
            THREE,
            "which us-west-2 can't leave alone. To take it down as a whole, which deletes all replicas with their "
            "items, name us-east-2 in absent_regions",
        ),
        (wanted(consistency="", absent_regions=(OHIO,)), WITNESSED, "name us-west-2 in absent_regions"),
        (wanted(OHIO, consistency="", absent_regions=(OREGON,)), WITNESSED, "which us-west-2 can't leave alone"),
        (
            wanted(OREGON, consistency="", disassociated={OHIO: spec.Replica(OHIO)}),
            THREE,
            "whose replicas can't be disassociated, so us-east-2 can't leave it with its items",
        ),
    ],
)
def test_260_what_is_frozen_is_refused_before_the_call(table, group, sentence):
    absent = {region: state.absent(region) for region in (OREGON, EU)}
    made = plan.plan_replicas(table, {**absent, **group})
    assert sentence in made.refusal
    assert made.steps == ()


def test_a_group_that_stands_needs_no_word_about_its_consistency():
    assert plan.plan_replicas(wanted(OHIO, OREGON, consistency=""), THREE).finished


def test_d_ttl_is_refused_on_a_member():
    table = wanted(OHIO, OREGON, consistency="")
    table.settings["ttl"] = {"enabled": True, "attribute": "until"}
    assert "can't have TTL" in plan.plan_table(table, observed(THREE[HOME])).refusal


# Taken down


def deletes(*regions: str) -> list[dict[str, t.Any]]:
    return [{"Delete": {"RegionName": region}} for region in regions]


@pytest.mark.parametrize(
    ("group", "leaving", "members"),
    [
        (THREE, (OREGON, OHIO), {"ReplicaUpdates": deletes(OHIO, OREGON)}),
        (WITNESSED, (OHIO, OREGON), {"ReplicaUpdates": deletes(OHIO), "GlobalTableWitnessUpdates": deletes(OREGON)}),
    ],
)
def test_261_it_is_taken_down_in_one_call_when_all_are_named_or_the_table_goes(group, leaving, members):
    group = {**group, OREGON: group.get(OREGON, state.absent(OREGON))}
    (by_name,) = plan.plan_replicas(wanted(absent_regions=leaving), group).steps
    gone = wanted(*(region for region in leaving if group[region].exists), absent=True, delete_replicas=True)
    with_table = plan.plan_table(gone, {region: table for region, table in group.items() if region != EU}).steps
    for step in (by_name, with_table[0]):
        assert step.parameters == {"TableName": "orders", **members}
        assert step.removed == len(members["ReplicaUpdates"])
    assert [(step.call, bool(step.waits_for)) for step in with_table] == [("UpdateTable", False), ("DeleteTable", True)]


def test_261_what_is_on_its_way_out_is_waited_for():
    going = dataclasses.replace(WITNESSED[HOME], replicas={OHIO: "DELETING"}, witnesses={OREGON: "DELETING"})
    made = plan.plan_replicas(
        wanted(absent_regions=(OHIO, OREGON)),
        observed(going, shown(OHIO, HOME, status="DELETING"), state.absent(OREGON)),
    )
    assert made.steps == ()
    assert [wait.key for wait in made.waits] == [("dissolve", HOME, ""), ("remove", OHIO, "")]


def test_297_a_protected_member_keeps_the_group():
    protected = {**THREE, OHIO: shown(OHIO, HOME, OREGON, settings={"deletion_protection": True})}
    made = plan.plan_replicas(wanted(absent_regions=(OHIO, OREGON)), protected)
    assert "its replica in us-east-2 is to be removed but has deletion protection" in made.refusal


# On the model of the service


@st.composite
def strong_tables(draw: t.Any) -> spec.Table:
    regions, witness = draw(st.sampled_from([((OHIO, OREGON), ""), ((OHIO,), OREGON), ((EU,), OHIO)]))
    options = {option: values for option, values in REGIONAL.items() if option != "disassociation_protection"}
    replicas = {region: spec.Replica(region, settings=draw(optional(**options))) for region in regions}
    settings_ = {**KEYS, **draw(optional(**options))}
    return spec.Table(
        "orders", HOME, settings=settings_, replicas=replicas, consistency="strong", witness_region=witness
    )


@given(strong_tables(), st.sampled_from([0, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_a_run_makes_the_group_as_check_mode_says_and_the_next_has_nothing_to_do(table, aborted):
    model = ServiceModel()
    assert run(model, table, TABLES).failure == ""
    model.abort_creates = aborted
    checked = run(model, table, REPLICAS, check_mode=True)
    done = run(model, table, REPLICAS)
    assert done.failure == ""
    assert model.refused == []
    assert model.members("orders") == {HOME, *table.replicas}
    assert set(model.witnesses["orders"]) == ({table.witness_region} if table.witness_region else set())
    for region, replica in table.replicas.items():
        assert_regional(model.tables[(region, "orders")], replica.settings, member=True)
    predicted = predict.after(checked.observed, checked.plan.steps)
    assert managed(predicted, table, done.observed) == managed(done.observed, table, predicted)
    for region in predicted:
        both = [(one[region].consistency, one[region].witnesses) for one in (predicted, done.observed)]
        assert both[0] == both[1]
    model.calls.clear()
    for part in (TABLES, REPLICAS):
        assert run(model, table, part).plan.finished
    assert model.calls == []


@given(strong_tables(), st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_group_is_taken_down_and_can_be_made_anew(table, with_its_table):
    model = ServiceModel()
    for owner in (table, *table.replicas.values()):
        owner.settings.pop("deletion_protection", None)
    for part in (TABLES, REPLICAS):
        assert run(model, table, part).failure == ""
    model.calls.clear()
    if with_its_table:
        end = dataclasses.replace(table, absent=True, delete_replicas=True)
        done = run(model, end, TABLES)
        assert model.tables == {}
    else:
        leaving = tuple(filter(None, (*table.replicas, table.witness_region)))
        end = dataclasses.replace(table, replicas={}, witness_region="", absent_regions=leaving)
        done = run(model, end, REPLICAS)
        assert set(model.tables) == {(HOME, "orders")}
        assert run(model, table, REPLICAS).failure == ""
    assert done.failure == ""
    assert model.refused == []
    assert [call[1] for call in model.calls].count("UpdateTable") >= 1


def test_items_and_ttl_are_looked_for_before_a_group_is_made_and_not_after():
    model = model_of_regional_tables()
    table = wanted(OHIO, OREGON)
    model.tables[(HOME, "orders")].update(items=2, ttl="until")
    done = run(model, table, REPLICAS)
    assert "can't be made of it: it holds items; it has TTL" in done.failure
    assert operations(model) == []
    model.tables[(HOME, "orders")].update(items=0, ttl="")
    assert run(model, table, REPLICAS).failure == ""
    model.tables[(HOME, "orders")].update(items=2)
    assert run(model, table, REPLICAS).failure == ""


def test_nobody_looks_for_items_where_strong_consistency_is_not_wanted():
    for consistency, is_looked_for in (("", False), ("eventual", False), ("strong", True)):
        read = observe.replica_reading(wanted(OHIO, consistency=consistency)).regions[HOME]
        assert ("consistency" in read) == is_looked_for


def test_a_table_in_a_group_is_finished_for_the_module_tables():
    assert plan.plan_table(wanted(OHIO, OREGON), observed(THREE[HOME])).finished
    assert plan.plan_table(wanted(OHIO, witness_region=OREGON), observed(WITNESSED[HOME])).finished

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of a group that leave with their items, that others made, and that are broken."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import plan, predict, spec, state, transform
from hypothesis import given, settings
from hypothesis import strategies as st

from .botocore_model import assert_valid
from .service_model.model import ServiceModel
from .test_converge import lose_answers, operations
from .test_converge_properties import NAME, REGIONS, REPLICAS, TABLES, KilledError, KillingClock, engine, run, standing
from .test_plan import AP, EU, HOME, observed, sentences, shown, wanted


def leaving(*regions: str, protection: bool | None = False, **options: t.Any) -> spec.Table:
    """A table whose replicas in ``regions`` are to leave with their items."""
    own = {} if protection is None else {"disassociation_protection": protection}
    entries = {region: spec.Replica(region, "disassociated", settings=dict(own)) for region in regions}
    return wanted(*options.pop("replicas", ()), disassociated=entries, **options)


def member(region: str, *others: str, protected: bool = False, status: str = "ACTIVE") -> state.RegionalTable:
    return shown(region, status, dict.fromkeys(others, "ACTIVE"), disassociation_protection=protected)


# Leaving with its items


def test_d_a_replica_leaves_by_a_call_to_its_own_region_after_its_protection_is_off():
    made = plan.plan_replicas(leaving(EU), observed(member(HOME, EU), member(EU, HOME, protected=True)))
    off = "turn disassociation protection off in eu-west-1"
    assert sentences(made) == [(off, ""), ("let the replica in eu-west-1 leave the group with its items", off)]
    step = made.steps[1]
    assert (step.region, step.removed) == (EU, 1)
    action = {"Disassociate": {"RegionName": EU, "DisassociationMode": "WAIT_FOR_REPLICATION"}}
    assert step.parameters == {"TableName": "orders", "ReplicaUpdates": [action]}
    assert_valid("UpdateTable", step.parameters, newer="Disassociate")


@pytest.mark.parametrize("protection", [None, True])
def test_d_protection_is_switched_off_only_when_that_is_said(protection):
    made = plan.plan_replicas(
        leaving(EU, protection=protection), observed(member(HOME, EU), member(EU, HOME, protected=True))
    )
    assert "set disassociation_protection: false beside state: disassociated for eu-west-1" in made.refusal
    assert made.steps == ()


def test_a_replica_that_stands_alone_as_wanted_is_done_and_said():
    made = plan.plan_replicas(leaving(EU, protection=None), observed(shown(HOME), shown(EU)))
    assert made.finished
    assert made.notes == ("stands alone in eu-west-1, as is wanted, with 7 items",)


def test_a_region_without_a_table_has_none_that_could_stand_alone():
    made = plan.plan_replicas(leaving(EU), observed(shown(HOME), state.absent(EU)))
    assert made.finished
    assert made.notes == ("there is no table of that name in eu-west-1 that could stand alone",)


@pytest.mark.parametrize(
    ("home", "left"), [(member(HOME, EU), shown(EU)), (shown(HOME), member(EU, HOME))], ids=["home lists", "it lists"]
)
def test_a_replica_has_left_only_when_both_sides_say_so(home, left):
    made = plan.plan_replicas(leaving(EU), observed(home, left))
    assert made.steps == ()
    assert [wait.sentence for wait in made.waits] == ["eu-west-1 and us-east-1 don't yet agree that it left the group"]


def test_what_leaves_is_not_reported_as_unlisted():
    made = plan.plan_replicas(leaving(EU), observed(member(HOME, EU, AP), member(EU, HOME, AP)))
    assert [note for note in made.notes if EU in note] == []
    assert [note for note in made.notes if AP in note]


def test_a_table_does_not_end_with_a_replica_that_is_to_keep_its_items():
    made = plan.plan_table(
        leaving(EU, absent=True, delete_replicas=True, replicas=(AP,)),
        observed(member(HOME, AP, EU), member(AP, HOME, EU)),
    )
    assert "its replica in eu-west-1 is to keep its items" in made.refusal
    assert made.steps == ()


@st.composite
def groups(draw: t.Any) -> tuple[spec.Table, tuple[str, ...]]:
    regions = tuple(draw(st.lists(st.sampled_from(REGIONS), unique=True, min_size=1)))
    gone = tuple(region for region in regions if draw(st.booleans())) or regions[:1]
    table = spec.Table(NAME, HOME, settings={"partition_key": "id"}, replicas={r: spec.Replica(r) for r in regions})
    return table, gone


def after_leaving(table: spec.Table, gone: tuple[str, ...]) -> spec.Table:
    own = {"disassociation_protection": False}
    stay = {region: replica for region, replica in table.replicas.items() if region not in gone}
    left = {region: spec.Replica(region, "disassociated", settings=own) for region in gone}
    return spec.Table(NAME, HOME, settings=table.settings, replicas=stay, disassociated=left)


@given(groups(), st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_replicas_leave_as_check_mode_says_and_keep_their_tables_and_the_next_run_has_nothing_to_do(group, passes):
    table, gone = group
    model = ServiceModel()
    standing(model, table)
    end = after_leaving(table, gone)
    checked = run(model, end, REPLICAS, check_mode=True)
    with contextlib.suppress(KilledError):
        engine.converge([end], REPLICAS, model, engine.Limits(max_removals=9), False, KillingClock(model, passes))
    done = run(model, end, REPLICAS)
    assert (done.failure, model.refused) == ("", [])
    assert {region for region, name in model.tables} == {HOME, *table.replicas}
    assert model.members(NAME) == ({HOME, *end.replicas} if end.replicas else set())
    predicted = predict.after(checked.observed, checked.plan.steps)
    for region, left in done.observed.items():
        assert (left.replicas.keys(), left.settings) == (predicted[region].replicas.keys(), predicted[region].settings)
    model.calls.clear()
    assert run(model, end, REPLICAS).plan.finished
    assert model.calls == []


def test_a_table_ends_without_what_left_its_group_and_the_next_run_has_nothing_to_do():
    model = ServiceModel()
    table = spec.Table(NAME, HOME, settings={"partition_key": "id"}, replicas={EU: spec.Replica(EU)})
    standing(model, table)
    left = after_leaving(table, (EU,))
    standing(model, left)
    end = dataclasses.replace(left, absent=True)
    assert run(model, end, TABLES).failure == ""
    assert model.tables.keys() == {(EU, NAME)}
    again = run(model, end, TABLES)
    assert (again.failure, again.plan.finished) == ("", True)


def test_d_active_and_still_a_member_is_a_failure_and_no_waiting():
    model = ServiceModel()
    table = spec.Table(NAME, HOME, settings={"partition_key": "id"}, replicas={EU: spec.Replica(EU)})
    standing(model, table)
    model.fail_disassociations = 1
    end = after_leaving(table, (EU,))
    assert "eu-west-1 is ACTIVE again and still lists us-east-1: DynamoDB gave up" in run(model, end, REPLICAS).failure
    assert operations(model) == ["UpdateTable", "UpdateTable"]
    assert run(model, end, REPLICAS).failure == ""


def test_more_replicas_than_allowed_do_not_leave():
    model = ServiceModel()
    table = spec.Table(NAME, HOME, settings={"partition_key": "id"}, replicas={r: spec.Replica(r) for r in (EU, AP)})
    standing(model, table)
    limits = engine.Limits(max_removals=1)
    with pytest.raises(spec.Refused, match="remove 2 replicas or tables, but max_removals is 1"):
        engine.converge([after_leaving(table, (EU, AP))], REPLICAS, model, limits)
    assert model.calls == []


def test_a_lost_answer_is_the_next_observation():
    model = ServiceModel()
    table = spec.Table(NAME, HOME, settings={"partition_key": "id"}, replicas={EU: spec.Replica(EU)})
    standing(model, table)
    lose_answers(model, NAME)
    assert run(model, after_leaving(table, (EU,)), REPLICAS).failure == ""


# Made by others, managed from any member

CANADA = "ca-central-1"


@given(groups(), st.data())
@settings(max_examples=40, deadline=None)
def test_265_a_group_that_others_made_is_managed_from_any_member(group, data):
    """Adopted by name: no difference, and members are added and removed from there."""
    table, _gone = group
    model = ServiceModel()
    standing(model, table)
    home = data.draw(st.sampled_from(sorted(table.replicas)))
    others = {region: spec.Replica(region) for region in (HOME, *table.replicas) if region != home}
    adopted = spec.Table(NAME, home, settings=dict(table.settings), replicas=others)
    for part in (TABLES, REPLICAS):
        done = run(model, adopted, part)
        assert (done.failure, done.plan.steps, done.plan.notes) == ("", (), ())
    assert model.calls == []
    more = spec.Table(
        NAME, home, settings=table.settings, replicas={**others, "ca-central-1": spec.Replica("ca-central-1")}
    )
    assert run(model, more, REPLICAS).failure == ""
    fewer = spec.Table(NAME, home, settings=table.settings, absent_regions=(HOME,))
    assert run(model, fewer, REPLICAS).failure == ""
    assert model.refused == []
    assert model.members(NAME) == {home, CANADA, *(set(others) - {HOME})}


# Broken


BROKEN = {
    "CREATION_FAILED": "remove it by naming the region in absent_regions",
    "REGION_DISABLED": "enable the region for the account",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "make its KMS key usable again",
    "ARCHIVED": "its KMS key was inaccessible for long: restore its backup, or remove the replica",
    "REPLICATION_NOT_AUTHORIZED": "allow the replication service in the table's resource policy",
}


@pytest.mark.parametrize("status", BROKEN)
def test_a_broken_replica_is_explained_with_what_the_service_says_and_the_remedy(status):
    entry = {
        "RegionName": EU,
        "ReplicaStatus": status,
        "ReplicaStatusDescription": "because",
        "ReplicaInaccessibleDateTime": datetime.datetime(2026, 10, 9, 12, 30, tzinfo=datetime.UTC),
    }
    description = {
        "TableStatus": "ACTIVE",
        "TableArn": "arn:aws:dynamodb:us-east-1:1:table/orders",
        "Replicas": [entry],
    }
    home = transform.regional_table(HOME, description)
    target = state.RegionalTable(EU, state.UNKNOWN, problem="no usable AWS credentials")
    made = plan.plan_replicas(wanted(EU), observed(home, target))
    assert made.refusal.startswith(
        f"in eu-west-1 it is {status} (because; inaccessible since 2026-10-09 12:30 UTC): {BROKEN[status]}"
    )


@pytest.mark.parametrize("status", BROKEN)
def test_a_broken_replica_can_be_removed(status):
    home = shown(HOME, replicas={EU: status})
    made = plan.plan_replicas(wanted(absent_regions=(EU,)), observed(home, shown(EU)))
    assert sentences(made) == [("remove the replica in eu-west-1 and its items", "")]


def test_a_broken_replica_that_is_not_listed_is_reported_with_its_remedy():
    made = plan.plan_replicas(wanted(), observed(shown(HOME, replicas={EU: "ARCHIVED"})))
    assert "; in eu-west-1 it is ARCHIVED: its KMS key was inaccessible for long" in made.notes[0]


def test_426_427_a_detached_replica_is_told_from_a_new_one_on_either_side():
    """After 20 hours the others don't list it; it keeps its items."""
    gone = plan.plan_replicas(wanted(EU, AP), observed(member(HOME, AP), shown(EU), member(AP, HOME)))
    assert "it may be a replica that was detached (out of reach for 20 hours)" in gone.refusal
    alone = plan.plan_replicas(wanted(EU, AP), observed(shown(HOME), member(EU, AP), member(AP, EU)))
    assert "in eu-west-1, with 7 items, belongs to a group with ap-southeast-2 and without us-east-1" in alone.refusal
    assert "or us-east-1 was detached" in alone.refusal


def test_310_a_replica_that_is_dropped_again_and_again_is_explained():
    model = ServiceModel()
    table = spec.Table(NAME, HOME, settings={"partition_key": "id"}, replicas={EU: spec.Replica(EU)})
    run(model, table, TABLES)
    model.abort_creates = 99
    assert "It drops a replica like this whose KMS key can't be used." in run(model, table, REPLICAS).failure

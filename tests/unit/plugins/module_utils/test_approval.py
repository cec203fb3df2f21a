# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that was looked at is the plan that is carried out, or nothing is."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import approval, spec
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import converge as engine
from hypothesis import given, settings

from .service_model.groups import leave
from .service_model.model import ServiceModel
from .test_converge import AP, EU, HOME, table, throttle_reads_of
from .test_converge_properties import REPLICAS, TABLES, ModelClock, earlier_and_wanted, standing

STAGING, PRODUCTION = ("111111111111", None), ("222222222222", None)


def run(
    model: ServiceModel,
    part: engine.Part,
    *tables: spec.Table,
    check_mode: bool = False,
    plan_file: str | None = None,
    expect_plan: str | None = None,
    place: tuple[str, str | None] = STAGING,
) -> str:
    """The hash of the run's plan."""
    approve = approval.Approval(plan_file, expect_plan)
    approve.bind(*place)
    run = converge(model, part, *tables, check_mode=check_mode, approve=approve)
    assert [progress.failure for progress in run] == [""] * len(tables)
    return approve.hash


def converge(model: ServiceModel, part: engine.Part, *tables: spec.Table, check_mode: bool, approve: t.Any) -> t.Any:
    limits = engine.Limits(max_removals=9, wait_timeout=500, wait_delay=1)
    return engine.converge(list(tables), part, model, limits, check_mode, ModelClock(model), approve)


def approved(plan_file: str | None, expect_plan: str | None) -> approval.Approval:
    approve = approval.Approval(plan_file, expect_plan)
    approve.bind(*STAGING)
    return approve


@given(earlier_and_wanted())
@settings(max_examples=80, deadline=None)
def test_the_plan_of_check_mode_is_the_plan_of_the_run_replicas_of_tables_to_come_included(states):
    earlier, wanted = states
    model = ServiceModel()
    if earlier:
        standing(model, earlier)
    tables, replicas = (run(model, part, wanted, check_mode=True) for part in (TABLES, REPLICAS))
    run(model, TABLES, wanted, expect_plan=tables)
    run(model, REPLICAS, wanted, expect_plan=replicas)


@pytest.fixture
def model() -> ServiceModel:
    model = ServiceModel()
    run(model, TABLES, table("orders"), table("baskets"))
    model.calls.clear()
    return model


def test_what_a_table_needs_only_later_was_not_approved(model):
    """A replica that somebody removes during the run: nothing was planned for it."""
    run(model, REPLICAS, table("orders", EU))
    wanted = [table("orders", EU, AP), table("baskets", EU)]
    digest = run_hash(model, REPLICAS, *wanted)
    model.calls.clear()

    def remove() -> None:
        leave(model, "orders", EU)
        del model.tables[EU, "orders"]

    model.later(3, remove)
    orders, baskets = converge(model, REPLICAS, *wanted, check_mode=False, approve=approved(None, digest))
    assert "of which nothing was done: add a replica in eu-west-1. Look at it in check mode" in orders.failure
    assert baskets.failure == ""
    created = [
        given["ReplicaUpdates"][0]["Create"]["RegionName"]
        for _region, _call, given in model.calls
        if given["TableName"] == "orders"
    ]
    assert created == [AP]


def run_hash(model: ServiceModel, part: engine.Part, *tables: spec.Table) -> str:
    """The hash of check mode's plan."""
    approve = approved(None, None)
    converge(model, part, *tables, check_mode=True, approve=approve)
    return approve.hash


def test_what_was_not_read_is_compared_with_no_plan(model):
    nothing = run_hash(model, REPLICAS, table("baskets"))
    throttle_reads_of(model, "orders")
    with pytest.raises(spec.Refused, match=r"so nothing was changed. Not read: orders: throttled.*Run again"):
        run(model, REPLICAS, table("orders", EU), table("baskets"), expect_plan=nothing)
    assert model.calls == []


def test_a_plan_file_says_what_was_not_read(model, tmp_path):
    path = tmp_path / "plan.json"
    throttle_reads_of(model, "orders")
    wanted = [table("orders", EU), table("baskets", EU)]
    converge(model, REPLICAS, *wanted, check_mode=True, approve=approved(str(path), None))
    plan = json.loads(path.read_text())
    assert {entry["name"]: (entry["failure"][:9], len(entry["steps"])) for entry in plan["tables"]} == {
        "baskets": ("", 1),
        "orders": ("throttled", 0),
    }
    assert plan["hash"] != run_hash(model, REPLICAS, table("baskets", EU))


def test_a_change_that_was_approved_and_never_came_about_is_asked_for_again(model):
    digest = run_hash(model, REPLICAS, table("orders", EU))
    model.abort_creates = 1
    run(model, REPLICAS, table("orders", EU), expect_plan=digest)
    assert len(model.calls) == 2


def test_a_plan_is_written_for_its_user_alone_with_what_is_called_and_without_tables_that_are_as_wanted(
    model, tmp_path
):
    path = tmp_path / "plan.json"
    digest = run(model, REPLICAS, table("orders", EU), table("baskets"), check_mode=True, plan_file=str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {
        "hash": digest,
        "account_id": STAGING[0],
        "endpoint_url": "",
        "tables": [
            {
                "name": "orders",
                "failure": "",
                "steps": [
                    {
                        "region": HOME,
                        "call": "UpdateTable",
                        "description": "add a replica in eu-west-1",
                        "parameters": {
                            "TableName": "orders",
                            "ReplicaUpdates": [{"Create": {"RegionName": EU}}],
                        },
                    }
                ],
            }
        ],
    }
    assert list(tmp_path.iterdir()) == [path]


def test_another_plan_is_refused_before_any_change_and_what_differs_is_said(model, tmp_path):
    path = tmp_path / "plan.json"
    approved = run(model, REPLICAS, table("orders", EU), check_mode=True, plan_file=str(path))
    kept = path.read_bytes()
    with pytest.raises(spec.Refused) as refused:
        run(model, REPLICAS, table("orders", AP), expect_plan=approved, plan_file=str(path))
    assert model.calls == []
    assert "planned now but not then: orders: add a replica in ap-southeast-2. " in str(refused.value)
    assert "planned then but not now: orders: add a replica in eu-west-1. " in str(refused.value)
    assert path.read_bytes() == kept


def test_the_hash_of_a_plan_depends_on_no_order_of_a_process(model, tmp_path):
    """Sets of texts have another one in each process."""
    path = tmp_path / "plan.json"
    tags = {letter: "1" for letter in "hgfedcba"}
    wanted = dataclasses.replace(table("orders"), settings={**table("orders").settings, "tags": tags})
    run(model, TABLES, wanted, check_mode=True, plan_file=str(path))
    (step,) = json.loads(path.read_text())["tables"][0]["steps"]
    assert [tag["Key"] for tag in step["parameters"]["Tags"]] == sorted(tags)


def test_a_step_with_other_parameters_is_named_once_with_what_differs(model, tmp_path):
    path = str(tmp_path / "plan.json")
    then, now = (
        dataclasses.replace(table("orders"), settings={**table("orders").settings, "tags": {"a": "b", "team": team}})
        for team in ("shop", "web")
    )
    expected = run(model, TABLES, then, check_mode=True, plan_file=path)
    with pytest.raises(spec.Refused) as refused:
        run(model, TABLES, now, expect_plan=expected, plan_file=path)
    differing = 'orders: set tags a, team in us-east-1 (Tags[1].Value: "shop" → "web")'
    assert f": planned with other parameters: {differing}. Look at it in check mode" in str(refused.value)


def test_another_plan_is_refused_when_nobody_kept_the_expected_one(model, tmp_path):
    path = tmp_path / "plan.json"
    run(model, REPLICAS, table("orders", EU), check_mode=True, plan_file=str(path))
    for plan_file in (None, str(path), str(tmp_path / "none.json")):
        with pytest.raises(spec.Refused, match="name the file that holds the expected plan as plan_file"):
            run(model, REPLICAS, table("orders", EU), expect_plan="0" * 64, plan_file=plan_file)
    assert model.calls == []


def test_the_same_plan_may_be_in_another_order_of_tables_and_say_another_number_of_items(model):
    gone = [table("orders", absent=True), table("baskets", absent=True)]
    approved = run(model, TABLES, *gone, check_mode=True)
    model.tables[HOME, "orders"]["description"]["ItemCount"] = 7
    assert run(model, TABLES, *reversed(gone), expect_plan=approved) == approved


@pytest.mark.parametrize("place", [PRODUCTION, (STAGING[0], "http://127.0.0.1:4566")])
def test_what_was_approved_for_one_account_or_endpoint_fits_no_other(model, tmp_path, place):
    path = str(tmp_path / "plan.json")
    approved = run(model, REPLICAS, table("orders", EU), check_mode=True, plan_file=path)
    with pytest.raises(spec.Refused) as refused:
        run(model, REPLICAS, table("orders", EU), expect_plan=approved, plan_file=path, place=place)
    assert "The expected one is for account 111111111111 at AWS, but this run is on account" in str(refused.value)
    nothing = [run(model, TABLES, table("orders"), check_mode=True, place=other) for other in (STAGING, place)]
    assert nothing[0] != nothing[1]
    assert model.calls == []


def test_later_passes_of_the_run_are_no_other_plans(model):
    approved = run(model, REPLICAS, table("orders", EU, AP), check_mode=True)
    run(model, REPLICAS, table("orders", EU, AP), expect_plan=approved)
    assert model.members("orders") == {HOME, EU, AP}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"plan_file": "/nowhere/plan.json"}, "that directory doesn't exist"),
        ({"expect_plan": "abc"}, "must be a plan's hash, 64 hexadecimal digits"),
    ],
)
def test_what_can_not_be_done_is_refused_before_any_call(model, options, message):
    with pytest.raises(spec.Refused, match=message):
        run(model, REPLICAS, table("orders", EU), **options)


def test_a_file_that_can_not_be_written_stops_the_run_before_any_change(model, tmp_path):
    with pytest.raises(spec.Refused, match="but that can't be a file .*File name too long"):
        run(model, REPLICAS, table("orders", EU), plan_file=str(tmp_path / ("a" * 256)))
    assert model.calls == []
    assert list(tmp_path.iterdir()) == []


def test_a_plan_takes_the_place_of_no_device(model, tmp_path):
    device = tmp_path / "device"
    os.mkfifo(device)
    with pytest.raises(spec.Refused, match="which is no regular file"):
        run(model, TABLES, table("orders"), plan_file=str(device), check_mode=True)
    assert device.is_fifo()

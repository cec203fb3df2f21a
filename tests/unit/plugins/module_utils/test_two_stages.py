# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages tables and replicas, one after the other as site.yml runs them, for any two inventories.

What check mode plans for both is what the run does; what it refuses, the run refuses before that stage changes
anything; and a second run has nothing to do.
"""

from __future__ import annotations

import json
import os
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import approval, observe, spec
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import converge as engine
from hypothesis import assume, given, settings

from .inventory_pairs import HOME, Entry, pairs, parse
from .service_model.model import ServiceModel
from .test_converge_properties import REPLICAS, TABLES, ModelClock

STAGES = (TABLES, REPLICAS)
EXAMPLES = int(os.environ.get("PAIRS_OF_INVENTORIES", "250"))


class Done(t.NamedTuple):
    """One stage: its first plan, and how far each table came."""

    plan: approval.Document
    run: list[engine.Progress]


def stage(model: ServiceModel, wanted: list[spec.Table], part: engine.Part, check_mode: bool = False) -> Done:
    plans: list[approval.Document] = []
    limits = engine.Limits(max_removals=99, wait_timeout=500, wait_delay=1)
    clock = ModelClock(model)
    run = engine.converge(
        wanted, part, model, limits, check_mode, clock, lambda run: plans.append(approval.document(run))
    )
    return Done(plans[0], run)


def failures(done: Done) -> dict[str, str]:
    return {progress.wanted.name: progress.failure for progress in done.run if progress.failure}


def steps(plan: approval.Document, names: t.Container[str]) -> list[str]:
    """What an approval binds, a line each."""
    return [
        f"{table['name']}: {step['region']} {step['call']} {json.dumps(step['parameters'], sort_keys=True)}"
        for table in plan["tables"]
        if table["name"] in names
        for step in table["steps"]
    ]


def brought_to(inventory: list[Entry]) -> ServiceModel | None:
    """A service after an earlier run of both stages; None for an inventory that they refuse."""
    model = ServiceModel()
    for part in STAGES if inventory else ():
        if failures(stage(model, parse(inventory), part)):
            return None
    model.settle()
    model.calls.clear()
    return model


def assert_both_stages_do_what_check_mode_says(model: ServiceModel, wanted: list[Entry]) -> None:
    tables = parse(wanted)
    checked = [stage(model, tables, part, check_mode=True) for part in STAGES]
    assert model.calls == []
    well = {table.name for table in tables}
    for check, part in zip(checked, STAGES, strict=True):
        made = len(model.calls)
        done = stage(model, tables, part)
        assert {name for name in failures(done) if name in well} == {name for name in failures(check) if name in well}
        well -= failures(check).keys()
        assert steps(done.plan, well) == steps(check.plan, well)
        carried_out = {p.wanted.name: sorted(step.sentence for step in p.carried_out) for p in done.run}
        planned = {p.wanted.name: sorted(step.sentence for step in p.plan.steps) for p in check.run}
        assert {name: carried_out[name] for name in well} == {name: planned[name] for name in well}
        refused = {table.name for table in tables} - well
        assert not {call[2].get("TableName") for call in model.calls[made:]} & refused
        if refused:
            return  # where site.yml ends
    model.calls.clear()
    for part in STAGES:
        again = stage(model, [table for table in tables if table.name in well], part) if well else None
        assert not again or [progress.plan.steps for progress in again.run] == [()] * len(well)
    assert model.calls == []


@given(pairs())
@settings(max_examples=EXAMPLES, deadline=None)
def test_both_stages_do_what_check_mode_says_and_a_second_run_nothing(pair):
    earlier, wanted = pair
    model = brought_to(earlier)
    assume(model)
    assert_both_stages_do_what_check_mode_says(model, wanted)


ORDERS = {"name": "orders", "partition_key": "id"}
EU = {"region": "eu-west-1"}
GONE = {**EU, "state": "absent"}
WRITES = {"autoscaling": {"enabled": True, "write": {"min": 1, "max": 10}}}
PROVISIONED = {"billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5}
SCALED = {**PROVISIONED, **WRITES}
INDEX = {"name": "by-team", "partition_keys": ["team"]}
SCALED_INDEX = {**INDEX, "read_capacity": 5, "write_capacity": 5, **WRITES}
STRONG = {"consistency": "strong", "replicas": [EU, {"region": "us-west-2"}]}


@pytest.mark.parametrize(
    ("earlier", "wanted"),
    [
        # members of a group that becomes provisioned have their writes scaled, and what they override
        ({"replicas": [EU]}, {**SCALED, "replicas": [{**EU, "read_capacity": 7}]}),
        # an index that comes to a group is scaled in every region, also in one that is to be left
        (
            {"replicas": [EU]},
            {**SCALED, "global_secondary_indexes": [SCALED_INDEX], "replicas": [GONE, {"region": "us-west-2"}]},
        ),
        ({**SCALED, "replicas": [EU]}, {**SCALED, "global_secondary_indexes": [SCALED_INDEX], "replicas": [EU]}),
        # what scaled an index that goes is cleaned up by the first stage alone
        (
            {**SCALED, "global_secondary_indexes": [SCALED_INDEX]},
            {
                "billing_mode": "PAY_PER_REQUEST",
                "autoscaling": {"enabled": False},
                "global_secondary_indexes": [],
                "purge_indexes": True,
                "replicas": [GONE],
            },
        ),
        # the replicas of a strongly consistent group get what scales the table
        ({}, {**SCALED, **STRONG}),
        # a group that ends: what a member can't have
        ({"replicas": [EU]}, {"stream": {"enabled": False}, "replicas": [GONE]}),
        ({"replicas": [EU]}, {"stream": {"enabled": True, "view_type": "KEYS_ONLY"}, "replicas": [GONE]}),
        (
            {"replicas": [EU]},
            {"stream": {"enabled": True, "view_type": "KEYS_ONLY"}, "replicas": [GONE, {"region": "us-west-2"}]},
        ),
        ({"replicas": [EU]}, {**PROVISIONED, "replicas": [GONE]}),
        (
            {"replicas": [EU]},
            {**PROVISIONED, "replicas": [{**EU, "state": "disassociated", "disassociation_protection": False}]},
        ),
        (
            STRONG,
            {
                **PROVISIONED,
                "ttl": {"enabled": True, "attribute": "until"},
                "replicas": [GONE, {"region": "us-west-2", "state": "absent"}],
            },
        ),
    ],
)
def test_pairs_that_once_went_wrong(earlier, wanted):
    model = brought_to([{**ORDERS, **earlier}])
    assert_both_stages_do_what_check_mode_says(model, [{**ORDERS, **wanted}])
    shown = observe.transform.regional_table(HOME, model[HOME].describe_table("orders")["Table"])
    assert shown.replicas.keys() == {r["region"] for r in wanted["replicas"] if r.get("state", "present") == "present"}
    assert shown.settings["billing_mode"] == wanted.get("billing_mode", shown.settings["billing_mode"])
    assert wanted.get("stream", {}).items() <= shown.settings["stream"].items()


@pytest.mark.parametrize(
    ("earlier", "wanted", "sentence"),
    [
        # a table whose key the definition leaves out
        (
            {
                "encryption": {"type": "customer", "kms_key": "alias/first"},
                "replicas": [{**EU, "kms_key": "alias/first"}],
            },
            {"replicas": [GONE, {"region": "us-west-2"}]},
            "so that every new replica needs a key of its own",
        ),
        # a table whose capacity the definition leaves out, and that nobody scales any more
        ({**SCALED, "replicas": [EU]}, {"replicas": [GONE, {"region": "us-west-2"}]}, "It doesn't for the table"),
        # one that becomes provisioned
        ({"replicas": [EU]}, {**PROVISIONED, "replicas": [GONE, {"region": "us-west-2"}]}, "It doesn't for the table"),
        # one that isn't there yet
        (None, {**PROVISIONED, "replicas": [EU]}, "It doesn't for the table"),
    ],
)
def test_what_an_addition_needs_is_refused_before_anything_is_removed_or_made(earlier, wanted, sentence):
    model = brought_to([{**ORDERS, **earlier}] if earlier else [])
    model.scaling.clear()
    tables = parse([{**ORDERS, **wanted}])
    for check_mode in (True, False):
        said = [failures(stage(model, tables, part, check_mode)).get("orders", "") for part in STAGES]
        assert sentence in said[1] or sentence in said[0]
        assert model.calls == []

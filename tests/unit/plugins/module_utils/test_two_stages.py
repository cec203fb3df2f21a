# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages tables and replicas, one after the other as site.yml runs them, for any two inventories.

What check mode plans for both is what the run does; what it refuses, the run refuses before that stage changes
anything; a run under approval of that plan needs nothing else; and a second run has nothing to do.
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
# Each has one to three tables, two on average: 500 pairs of definitions. PAIRS_OF_INVENTORIES=5000 looks longer.
EXAMPLES = int(os.environ.get("PAIRS_OF_INVENTORIES", "250"))


PLACE = {"account_id": "123456789012", "endpoint_url": ""}


class Done(t.NamedTuple):
    """One stage: its first plan, and how far each table came."""

    plan: approval.Document
    run: list[engine.Progress]

    @property
    def failures(self) -> dict[str, str]:
        return {progress.wanted.name: progress.failure for progress in self.run if progress.failure}

    def bound(self) -> list[str]:
        """What an approval of the plan binds, a line each."""
        return [
            f"{table['name']}: {step['region']} {step['call']} {json.dumps(step['parameters'], sort_keys=True)}"
            for table in self.plan["tables"]
            for step in table["steps"]
        ]


class World:
    """A service, and how long a run waits for it."""

    def __init__(self, service: t.Any, clock: t.Any) -> None:
        self.service = service
        self.clock = clock

    def changes(self) -> list[t.Any]:
        """Every call so far that changes something: region, operation, the name of its table where it has one."""
        return [(region, call, given.get("TableName")) for region, call, given in self.service.calls]

    def forget(self) -> None:
        self.service.calls.clear()

    def stage(
        self, wanted: list[spec.Table], part: engine.Part, check_mode: bool = False, approved: str | None = None
    ) -> Done:
        """:param approved: the hash of the only plan that may be carried out."""
        plans: list[approval.Document] = []
        limits = engine.Limits(max_removals=99, wait_timeout=90_000, wait_delay=1)
        approval_of_plan = approval.Approval(None, approved)
        approval_of_plan.bind(**PLACE)

        def approve(run: list[engine.Progress]) -> None:
            plans.append(approval.document(run, PLACE))
            approval_of_plan(run)

        run = engine.converge(wanted, part, self.service, limits, check_mode, self.clock, approve)
        return Done(plans[0], run)

    def bring_to(self, inventory: list[Entry]) -> bool:
        """An earlier run of both stages; False for an inventory that they refuse."""
        for part in STAGES if inventory else ():
            if self.stage(parse(inventory), part).failures:
                return False
        self.settle()
        self.forget()
        return True

    def settle(self) -> None:
        """Let everything end that nobody waits for."""
        self.service.settle()


def model_world() -> World:
    model = ServiceModel()
    return World(model, ModelClock(model))


def assert_both_stages_do_what_check_mode_says(world: World, wanted: list[Entry]) -> None:
    tables = parse(wanted)
    checked = [world.stage(tables, part, check_mode=True) for part in STAGES]
    assert world.changes() == []
    for check, part in zip(checked, STAGES, strict=True):
        made = len(world.changes())
        done = world.stage(tables, part, approved=check.plan["hash"])
        assert done.failures.keys() == check.failures.keys(), (done.failures, check.failures)
        assert done.bound() == check.bound()
        for before, after in zip(check.run, done.run, strict=True):
            planned = [] if before.failure else [step.sentence for step in before.plan.steps]
            assert sorted(step.sentence for step in after.carried_out) == sorted(planned)
        assert not {name for _region, _call, name in world.changes()[made:]} & done.failures.keys()
        if done.failures:
            return  # where site.yml ends
    world.forget()
    for part in STAGES:
        assert world.stage(tables, part).bound() == []
    assert world.changes() == []


@given(pairs())
@settings(max_examples=EXAMPLES, deadline=None)
def test_both_stages_do_what_check_mode_says_and_a_second_run_nothing(pair):
    earlier, wanted = pair
    world = model_world()
    assume(world.bring_to(earlier))
    assert_both_stages_do_what_check_mode_says(world, wanted)


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
    world = model_world()
    assert world.bring_to([{**ORDERS, **earlier}])
    assert_both_stages_do_what_check_mode_says(world, [{**ORDERS, **wanted}])
    shown = observe.transform.regional_table(HOME, world.service[HOME].describe_table("orders")["Table"])
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
    world = model_world()
    assert world.bring_to([{**ORDERS, **earlier}] if earlier else [])
    world.service.scaling.clear()
    tables = parse([{**ORDERS, **wanted}])
    for check_mode in (True, False):
        said = [world.stage(tables, part, check_mode).failures.get("orders", "") for part in STAGES]
        assert sentence in (said[1] if earlier else said[0])
        assert world.changes() == []

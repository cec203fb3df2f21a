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
from hypothesis import strategies as st

from .inventory_pairs import HOME, Entry, pairs, parse
from .service_model.model import ServiceModel
from .test_converge_properties import REPLICAS, TABLES, ModelClock

STAGES = (TABLES, REPLICAS)
# An example is a pair of definitions of one to three tables: what an earlier run was given, and what is wanted now.
EXAMPLES = int(os.environ.get("PAIRS_OF_INVENTORIES", "500"))


PLACE = {"account_id": "123456789012", "endpoint_url": ""}


class Done(t.NamedTuple):
    """One stage: its first plan, and how far each table came."""

    plan: approval.Document
    run: list[engine.Progress]

    @property
    def failures(self) -> dict[str, str]:
        return {progress.wanted.name: progress.failure for progress in self.run if progress.failure}

    @property
    def made(self) -> set[str]:
        """The tables that it creates."""
        return {table["name"] for table in self.plan["tables"] if "CreateTable" in {s["call"] for s in table["steps"]}}

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

    def remove_replicas(self, wanted: list[spec.Table]) -> None:
        """As another person does: one of each eventually consistent group, which is on its way out for a while; with
        what scaled it where it is wanted again, since that is looked for only where nothing is."""
        model = self.service
        for table in wanted:
            members = model.members(table.name) - {HOME}
            if not members or table.name in model.witnesses:
                continue
            removed = min(members)
            model[HOME].update_table(TableName=table.name, ReplicaUpdates=[{"Delete": {"RegionName": removed}}])
            for region, resource, dimension in list(model.scaling) if removed in table.replicas else ():
                if region == removed and resource.split("/")[1] == table.name:
                    del model.scaling[region, resource, dimension]
        model.advance()
        self.forget()

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
    assert not checked[0].made & checked[1].failures.keys()
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


@given(pairs(), st.booleans())
@settings(max_examples=EXAMPLES, deadline=None)
def test_both_stages_do_what_check_mode_says_and_a_second_run_nothing(pair, departing):
    """:param departing: whether somebody else has just removed a replica of each group that has some."""
    earlier, wanted = pair
    world = model_world()
    assume(world.bring_to(earlier))
    if departing:
        world.remove_replicas(parse(wanted))
    assert_both_stages_do_what_check_mode_says(world, wanted)


ORDERS = {"name": "orders", "partition_key": "id"}
EU = {"region": "eu-west-1"}
GONE = {**EU, "state": "absent"}
WRITES = {"autoscaling": {"enabled": True, "write": {"min": 1, "max": 10}}}
PROVISIONED = {"billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5}
SCALED = {**PROVISIONED, **WRITES}
INDEX = {"name": "by-team", "partition_keys": ["team"]}
SCALED_INDEX = {**INDEX, "read_capacity": 5, "write_capacity": 5, **WRITES}
OF_INDEX = {"name": "by-team", "on_demand_max_read": 5}
KEYED = {"encryption": {"type": "customer", "kms_key": "alias/first"}}
TAGGED = {"tags": {"team": "shop"}}
STRONG = {"consistency": "strong", "replicas": [EU, {"region": "us-west-2"}]}


@pytest.mark.parametrize(
    ("earlier", "wanted"),
    [
        # a strongly consistent group gets keys of its own
        (
            STRONG,
            {**STRONG, **KEYED, "replicas": [{**member, "kms_key": "alias/first"} for member in STRONG["replicas"]]},
        ),
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


@pytest.mark.parametrize("own", [{}, {"tags": {"a": "1"}}])
def test_308_a_wanted_replica_that_is_on_its_way_out_is_planned_anew(own):
    world = model_world()
    assert world.bring_to([{**ORDERS, "replicas": [EU]}])
    wanted = [{**ORDERS, "replicas": [{**EU, **own}]}]
    world.remove_replicas(parse(wanted))
    (step, *rest) = world.stage(parse(wanted), REPLICAS, check_mode=True).run[0].plan.steps
    assert step.sentence == "add a replica in eu-west-1"
    assert "replica eu-west-1 is DELETING" in step.waits_for
    assert [step.call for step in rest] == (["TagResource"] if own else [])
    assert_both_stages_do_what_check_mode_says(world, wanted)


@pytest.mark.parametrize("unscaled", ["by-team", "by-email"])
def test_291_an_index_without_scaled_writes_is_refused_where_another_comes_after_it(unscaled):
    """Only the last that comes may be one."""
    world = model_world()
    assert world.bring_to([{**ORDERS, **SCALED, "replicas": [EU]}])
    indexes = [{**SCALED_INDEX, "name": name} for name in ("by-team", "by-email")]
    indexes = [
        {**index, "autoscaling": {"enabled": False}} if index["name"] == unscaled else index for index in indexes
    ]
    wanted = [{**ORDERS, **PROVISIONED, "global_secondary_indexes": indexes}]
    assert_both_stages_do_what_check_mode_says(world, wanted)
    failure = world.stage(parse(wanted), TABLES, check_mode=True).failures.get("orders", "")
    assert ("needs autoscaling of the write capacity of index by-team" in failure) == (unscaled == "by-team")


@pytest.mark.parametrize(
    ("earlier", "wanted", "sentence"),
    [
        # a table whose key the definition leaves out
        (
            {**KEYED, "replicas": [{**EU, "kms_key": "alias/first"}]},
            {"replicas": [GONE, {"region": "us-west-2"}]},
            "so that every new replica needs a key of its own",
        ),
        # a table whose capacity the definition leaves out, and that nobody scales any more
        ({**SCALED, "replicas": [EU]}, {"replicas": [GONE, {"region": "us-west-2"}]}, "and none does for the table"),
        # one that becomes provisioned
        (
            {"replicas": [EU]},
            {**PROVISIONED, "replicas": [GONE, {"region": "us-west-2"}]},
            "and none does for the table",
        ),
        # one that isn't there yet
        (None, {**PROVISIONED, "replicas": [EU]}, "and none does for the table"),
        # a key that isn't in the replica's region
        (None, {**KEYED, "replicas": [{**EU, "kms_key": "alias/third"}]}, "KMS knows no key alias/third in eu-west-1"),
        (KEYED, {**KEYED, **TAGGED, "replicas": [{**EU, "kms_key": "alias/third"}]}, "KMS knows no key alias/third"),
        # an index that the table won't have
        (None, {"replicas": [{**EU, "global_secondary_indexes": [OF_INDEX]}]}, "it has no index 'by-team'"),
        ({}, {**TAGGED, "replicas": [{**EU, "global_secondary_indexes": [OF_INDEX]}]}, "it has no index 'by-team'"),
        # a group that is another
        ({"replicas": [EU]}, {**TAGGED, **STRONG}, "consistency never changes"),
    ],
)
def test_what_an_addition_needs_is_refused_before_anything_is_removed_or_made(earlier, wanted, sentence):
    world = model_world()
    assert world.bring_to([] if earlier is None else [{**ORDERS, **earlier}])
    world.service.scaling.clear()
    tables = parse([{**ORDERS, **wanted}])
    for check_mode in (True, False):
        said = [world.stage(tables, part, check_mode).failures.get("orders", "") for part in STAGES]
        assert sentence in (said[0] if earlier is None else said[1])
        assert world.changes() == []

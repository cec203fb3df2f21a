# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The loop around the plan: what is issued again, what is given up, and what is said then."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import converge as engine
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import observe, plan, results, spec

from .service_model.model import Client, ServiceModel, new_table, refuse
from .test_converge_properties import ModelClock

HOME, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
TABLES = engine.Part(observe.table_reading, plan.plan_table)
REPLICAS = engine.Part(observe.replica_reading, plan.plan_replicas)


def table(name: str = "orders", *replicas: str, **options: t.Any) -> spec.Table:
    settings = {"partition_key": "id", **options.pop("settings", {})}
    return spec.Table(name, HOME, settings=settings, replicas={r: spec.Replica(r) for r in replicas}, **options)


def run(
    model: ServiceModel, part: engine.Part, *tables: spec.Table, check_mode: bool = False, **limits: t.Any
) -> list[engine.Progress]:
    limits = engine.Limits(**{"max_removals": 9, "wait_timeout": 100, "wait_delay": 1, **limits})
    return engine.converge(list(tables), part, model, limits, check_mode, ModelClock(model))


def model_of_regional_tables() -> ServiceModel:
    """A service that holds the regional tables orders and baskets."""
    model = ServiceModel()
    run(model, TABLES, table("orders"), table("baskets"))
    model.calls.clear()
    return model


@pytest.fixture
def model() -> ServiceModel:
    return model_of_regional_tables()


def operations(model: ServiceModel) -> list[str]:
    return [call[1] for call in model.calls]


def test_310_a_replica_that_is_dropped_is_added_again(model):
    model.abort_creates = 1
    (done,) = run(model, REPLICAS, table("orders", EU))
    assert done.failure == ""
    assert operations(model) == ["UpdateTable", "UpdateTable"]
    assert model.members("orders") == {HOME, EU}


def test_a_change_that_never_shows_is_given_up_after_three_times_with_a_sentence(model):
    model.abort_creates = 99
    (done,) = run(model, REPLICAS, table("orders", EU))
    assert operations(model) == ["UpdateTable"] * 3
    assert "the service accepted 'add a replica in eu-west-1' 3 times, but it never came about" in done.failure


def test_one_table_failing_does_not_stop_the_others(model):
    model.tables[(EU, "orders")] = {**new_table(EU, {"TableName": "orders", **KEY}), "status": "ACTIVE"}
    failed, done = run(model, REPLICAS, table("orders", EU), table("baskets", EU))
    assert "already stands alone in eu-west-1" in failed.failure
    assert done.failure == ""
    assert model.members("baskets") == {HOME, EU}
    message = results.module_result([failed, done], check_mode=False)["msg"]
    assert message.startswith("1 of 2 tables failed:\norders: a table of that name already stands alone")
    assert message.endswith("\nChanged all the same:\nadd a replica in eu-west-1: baskets")


KEY = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}


def test_a_change_that_is_undone_by_someone_else_is_said(model):
    wanted = table("orders", settings={"deletion_protection": True, "tags": {"a": "b"}})
    clock = UndoingClock(model, looks=9)
    (done,) = engine.converge([wanted], TABLES, model, engine.Limits(wait_delay=1), False, clock)
    assert "changed by someone else: 'set tags a in us-east-1' was done in this run and is undone again" in done.failure


class InterruptedClock(ModelClock):
    """Until orders has its replica; then the wait for the other table is interrupted."""

    def sleep(self, seconds: float) -> None:
        if {HOME, EU} <= self.model.members("orders") and self.model.tables[(EU, "orders")]["status"] == "ACTIVE":
            raise KeyboardInterrupt
        super().sleep(seconds)


def test_an_interruption_names_what_is_under_way_and_not_what_is_done(model):
    limits = engine.Limits(wait_delay=1)
    with pytest.raises(KeyboardInterrupt) as caught:
        engine.converge([table("orders", EU, AP)], REPLICAS, model, limits, False, InterruptedClock(model))
    assert caught.value.__notes__ == ["Under way: add a replica in ap-southeast-2: orders. Nothing is undone."]


def test_an_interruption_before_any_change_says_so(model):
    clock = InterruptedClock(model)
    with pytest.raises(KeyboardInterrupt) as caught:
        engine.converge([table("orders", EU)], REPLICAS, model, engine.Limits(), False, clock, approve=interrupt)
    assert caught.value.__notes__ == ["No change is under way."]


def interrupt(_run: list[engine.Progress]) -> None:
    raise KeyboardInterrupt


class UndoingClock(ModelClock):
    """While the table is UPDATING a tag that was seen is no longer there, for so many looks."""

    def __init__(self, model: ServiceModel, looks: int) -> None:
        super().__init__(model)
        self.looks = looks
        self.passes = 0

    def sleep(self, seconds: float) -> None:
        self.passes += 1
        home = self.model.tables[(HOME, "orders")]
        home["tags"] = {} if 2 <= self.passes < 2 + self.looks else {"a": "b"}
        if self.passes > 5:
            super().sleep(seconds)


def test_one_stale_look_is_no_ones_change(model):
    wanted = table("orders", settings={"deletion_protection": True, "tags": {"a": "b"}})
    clock = UndoingClock(model, looks=1)
    (done,) = engine.converge([wanted], TABLES, model, engine.Limits(wait_delay=1), False, clock)
    assert done.failure == ""
    assert operations(model).count("TagResource") == 1


def test_nothing_is_concluded_from_a_look_that_was_not_complete(model):
    """The look after the change is throttled; the next two still show it undone, as the service dropped it."""
    model.abort_creates = 1
    throttle_reads_of(model, "orders", after=1)
    (done,) = run(model, REPLICAS, table("orders", EU))
    assert done.failure == ""
    assert model.members("orders") == {HOME, EU}


@pytest.mark.parametrize("older", [(HOME, range(3, 9)), (HOME, range(1, 2)), (EU, range(3, 9))])
def test_a_region_that_shows_what_is_older_is_waited_for(model, older):
    stand_still(model, *older)
    (done,) = run(model, REPLICAS, table("orders", EU))
    assert done.failure == ""
    assert operations(model) == ["UpdateTable"]
    assert {shown.status for shown in done.observed.values()} == {"ACTIVE"}


def test_a_home_region_that_does_not_show_its_table_yet_is_looked_at_again(model):
    hide(model, HOME, times=1)
    (done,) = run(model, REPLICAS, table("orders", EU))
    assert done.failure == ""


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_stands_apart_is_refused_after_a_second_look(model, check_mode):
    model.tables[(EU, "orders")] = {**new_table(EU, {"TableName": "orders", **KEY}), "status": "ACTIVE"}
    model.time = 0
    (done,) = run(model, REPLICAS, table("orders", EU), check_mode=check_mode)
    assert "already stands alone in eu-west-1" in done.failure
    assert "elete it" not in done.failure
    assert model.time == 1
    assert model.calls == []


def test_a_home_region_that_another_lists_is_waited_for_and_not_made_anew(model):
    run(model, REPLICAS, table("orders", EU))
    model.calls.clear()
    hide(model, HOME, times=3)
    for part in (TABLES, REPLICAS):
        (done,) = run(model, part, table("orders", EU))
        assert done.failure == ""
    assert model.calls == []


def stand_still(model: ServiceModel, region: str, times: range) -> None:
    """At ``times`` a region shows no other member of the group, and a replica no table."""

    class Older(model.client_type):
        def describe_table(self, TableName: str) -> dict[str, t.Any]:
            answer = super().describe_table(TableName)
            if (self.region, TableName) != (region, "orders") or model.time not in times:
                return answer
            if region != HOME:
                refuse("ResourceNotFoundException", "not found", "DescribeTable")
            return {"Table": {member: value for member, value in answer["Table"].items() if member != "Replicas"}}

    model.time = 0
    model.client_type = Older


def hide(model: ServiceModel, region: str, times: int) -> None:
    """The first reads of a region don't find its tables."""
    left = iter(range(times))

    class Hidden(model.client_type):
        def describe_table(self, TableName: str) -> dict[str, t.Any]:
            if self.region == region and next(left, None) is not None:
                refuse("ResourceNotFoundException", "not found", "DescribeTable")
            return super().describe_table(TableName)

    model.client_type = Hidden


def test_a_wait_that_runs_out_says_what_was_waited_for_and_what_was_shown_last(model):
    model.tables[(HOME, "orders")]["status"] = "UPDATING"
    (done,) = run(model, REPLICAS, table("orders", EU), wait_timeout=5)
    assert done.failure.startswith(
        "not finished after 5 s, waiting for: add a replica in eu-west-1 (waits: us-east-1 is"
    )
    assert done.failure.endswith("us-east-1 is UPDATING. Run again to continue.")
    assert model.calls == []


def test_without_waiting_there_is_one_pass_and_the_rest_is_returned_as_pending(model):
    (done,) = run(model, REPLICAS, table("orders", EU, AP), wait=False)
    assert operations(model) == ["UpdateTable"]
    assert results.module_result([done], check_mode=False)["tables"][0]["pending"] == [
        "add a replica in eu-west-1",
        "add a replica in ap-southeast-2 (waits: add a replica in eu-west-1)",
    ]


def test_more_removals_than_allowed_are_refused_before_any_change(model):
    run(model, REPLICAS, table("orders", EU), table("baskets", EU))
    model.calls.clear()
    both = [table(name, absent_regions=(EU,)) for name in ("orders", "baskets")]
    for check_mode in (True, False):
        with pytest.raises(spec.Refused, match="remove 2 replicas or tables, but max_removals is 1.*to 2"):
            run(model, REPLICAS, *both, check_mode=check_mode, max_removals=1)
    assert model.calls == []
    assert [done.failure for done in run(model, REPLICAS, *both, max_removals=2)] == ["", ""]
    assert model.groups == {}


def test_a_removal_whose_answer_was_lost_counts_and_is_reported(model):
    run(model, REPLICAS, table("orders", EU), table("baskets", EU))
    lose_answers(model, "orders")
    throttle_reads_of(model, "baskets")
    both = [table(name, absent_regions=(EU,)) for name in ("orders", "baskets")]
    first, second = run(model, REPLICAS, *both, max_removals=1)
    assert [step.sentence for step in first.carried_out] == ["remove the replica in eu-west-1 and its items"]
    assert first.failure == ""
    assert "max_removals is 1" in second.failure
    assert model.members("baskets") == {HOME, EU}


def test_a_removal_counts_also_when_its_table_failed_after_it(model):
    run(model, REPLICAS, table("orders", EU), table("baskets", EU))
    throttle_reads_of(model, "baskets")
    deny_reads_after_the_first(model, "orders")
    both = [table(name, absent_regions=(EU,)) for name in ("orders", "baskets")]
    first, second = run(model, REPLICAS, *both, max_removals=1)
    assert "access denied" in first.failure
    assert "max_removals is 1" in second.failure
    assert model.members("baskets") == {HOME, EU}


def test_a_single_pass_that_could_not_read_a_table_fails_it(model):
    throttle_reads_of(model, "orders")
    (done,) = run(model, REPLICAS, table("orders", EU), wait=False)
    assert "throttled: DescribeTable in us-east-1" in done.failure


def test_credentials_that_expire_in_the_middle_lose_no_result(model):
    deny_reads_after_the_first(model, "orders", code="ExpiredTokenException")
    (done,) = run(model, REPLICAS, table("orders", EU))
    assert "no usable AWS credentials" in done.failure
    assert [step.sentence for step in done.carried_out] == ["add a replica in eu-west-1"]


def lose_answers(model: ServiceModel, name: str) -> None:
    """Changes of one table are made, and their answers never arrive."""

    class Losing(model.client_type):
        def update_table(self, **parameters: t.Any) -> None:
            super().update_table(**parameters)
            if parameters["TableName"] == name:
                refuse("InternalServerError", "the answer was lost", "UpdateTable")

    model.client_type = Losing


@pytest.mark.parametrize("made", [True, False])
def test_what_is_refused_when_it_is_sent_again_is_looked_at_once(model, made):
    class SentAgain(model.client_type):
        def update_table(self, **parameters: t.Any) -> None:
            if made:
                super().update_table(**parameters)
            model.sent += 1
            refuse("ValidationException", "as it is already", "UpdateTable", retries=1)

    model.sent, model.client_type = 0, SentAgain
    (done,) = run(model, REPLICAS, table("orders", EU))
    if made:
        assert (done.failure, model.sent, len(done.carried_out)) == ("", 1, 1)
    else:
        assert "can't add a replica in eu-west-1: UpdateTable in us-east-1 failed" in done.failure
        assert model.sent == 2


def throttle_reads_of(model: ServiceModel, name: str, after: int = 0) -> None:
    """A read of one table is throttled, the first or one ``after`` others, so that it is planned a pass later."""
    reads = itertools.count()

    class ThrottledReads(model.client_type):
        def describe_table(self, TableName: str) -> dict[str, t.Any]:
            if (self.region, TableName) == (HOME, name) and next(reads) == after:
                refuse("ThrottlingException", "too many", "DescribeTable")
            return super().describe_table(TableName)

    model.client_type = ThrottledReads


def deny_reads_after_the_first(model: ServiceModel, name: str, code: str = "AccessDeniedException") -> None:
    class DeniedLater(model.client_type):
        def describe_table(self, TableName: str) -> dict[str, t.Any]:
            if TableName == name and model.time:
                refuse(code, "not any more", "DescribeTable")
            return super().describe_table(TableName)

    model.time = 0
    model.client_type = DeniedLater


def test_what_is_throttled_stays_to_be_done(model):
    throttle(model, times=4)
    (done,) = run(model, REPLICAS, table("orders", EU))
    assert done.failure == ""
    assert model.members("orders") == {HOME, EU}


def test_what_stays_throttled_ends_with_what_the_service_said(model):
    throttle(model, times=10_000)
    (done,) = run(model, REPLICAS, table("orders", EU), wait_timeout=5)
    assert "throttled: UpdateTable in us-east-1" in done.failure


def throttle(model: ServiceModel, times: int) -> None:
    """Botocore's own retries are over by the time the engine sees a throttled call."""
    left = iter(range(times))

    class Throttled(Client):
        def update_table(self, **parameters: t.Any) -> None:
            if next(left, None) is not None:
                refuse("ThrottlingException", "The rate of control plane requests is too high", "UpdateTable")
            super().update_table(**parameters)

    model.client_type = Throttled


@pytest.mark.parametrize(
    "listed",
    [
        {"replicas": {EU: spec.Replica(EU)}},
        {"absent_regions": (EU,)},
        {"disassociated": {EU: spec.Replica(EU, "disassociated")}},
    ],
)
def test_a_table_that_is_absent_at_home_is_looked_for_wherever_it_is_listed(model, listed):
    model.tables[(EU, "invoices")] = {**new_table(EU, {"TableName": "invoices", **KEY}), "status": "ACTIVE"}
    wanted = dataclasses.replace(table("invoices"), **listed)
    (done,) = run(model, TABLES, wanted)
    assert "a table of that name stands in eu-west-1" in done.failure
    assert model.calls == []


def test_266_a_replica_that_was_a_source_goes_after_those_that_were_added_from_it(model):
    run(model, REPLICAS, table("orders", EU, AP))
    model.calls.clear()
    sourced = {AP: EU}
    refuse_sources(model, sourced)
    (done,) = run(model, TABLES, table("orders", EU, AP, absent=True, delete_replicas=True))
    assert done.failure == ""
    assert model.tables == {(HOME, "baskets"): model.tables[(HOME, "baskets")]}


def refuse_sources(model: ServiceModel, sourced: dict[str, str]) -> None:
    """Region -> the region that was added from it, which has to go first."""

    class WithSources(Client):
        def update_table(self, **parameters: t.Any) -> None:
            region = parameters["ReplicaUpdates"][0]["Delete"]["RegionName"]
            if sourced.get(region) in self.model.members(parameters["TableName"]):
                refuse("ValidationException", "it has acted as a source region for new replica(s)", "UpdateTable")
            super().update_table(**parameters)

    model.client_type = WithSources

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What those see who watch a run, and the file in which they see it."""

from __future__ import annotations

import itertools
import json
import os
import resource
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import converge as engine
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import (
    observe,
    plan,
    progress,
    spec,
    state,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.progress_file import ProgressFile

from .service_model.model import ServiceModel, refuse
from .test_converge_properties import ModelClock

HOME, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
TABLES = engine.Part(observe.table_reading, plan.plan_table)
REPLICAS = engine.Part(observe.replica_reading, plan.plan_replicas)


def table(name: str, *replicas: str, **options: t.Any) -> spec.Table:
    settings = {"partition_key": "id"}
    return spec.Table(name, HOME, settings=settings, replicas={r: spec.Replica(r) for r in replicas}, **options)


def events(
    model: ServiceModel, part: engine.Part, *tables: spec.Table, check_mode: bool = False, **limits: t.Any
) -> list[progress.Event]:
    told = []
    limits = engine.Limits(**{"max_removals": 9, "wait_timeout": 100, "wait_delay": 1, **limits})
    engine.converge(list(tables), part, model, limits, check_mode, ModelClock(model), progress=told.append)
    return told


def lines(told: list[progress.Event]) -> list[str]:
    return [line for event in told for line in event["lines"]]


@pytest.fixture
def model() -> ServiceModel:
    """A service that holds the table orders."""
    model = ServiceModel()
    events(model, TABLES, table("orders"))
    return model


def summaries(told: list[progress.Event]) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(event["summary"] for event in told))


def test_the_states_of_tables_are_counted_in_every_pass():
    told = events(ServiceModel(), TABLES, table("orders"), table("baskets"))
    assert summaries(told) == ["2 of 2 CREATING", "2 of 2 ACTIVE"]
    assert lines(told) == []


def test_replicas_are_counted_and_their_home_regions_are_not(model):
    told = events(model, REPLICAS, table("orders", EU, AP))
    assert summaries(told) == [
        "1 of 2 CREATING, 1 waiting",
        "1 of 2 ACTIVE, 1 CREATING",
        "2 of 2 ACTIVE",
    ]


def test_what_is_removed_is_counted_until_it_is_gone(model):
    events(model, REPLICAS, table("orders", EU, AP))
    told = events(model, REPLICAS, table("orders", EU, absent_regions=(AP,)))
    assert summaries(told) == ["1 of 2 ACTIVE, 1 DELETING", "1 of 2 ACTIVE, 1 ABSENT"]
    end = spec.Table("orders", HOME, absent=True, delete_replicas=True, replicas={EU: spec.Replica(EU)})
    assert summaries(events(model, TABLES, end)) == [
        "1 of 2 DELETING, 1 waiting",
        "2 of 2 DELETING",
        "2 of 2 ABSENT",
    ]


def test_the_regions_of_a_strongly_consistent_group_come_together(model):
    told = events(model, REPLICAS, table("orders", EU, AP, consistency="strong"))
    assert summaries(told) == ["2 of 2 CREATING", "2 of 2 ACTIVE"]


def test_a_run_with_nothing_to_do_has_nothing_to_tell(model):
    (event,) = events(model, TABLES, table("orders"))
    assert event == {"lines": [], "summary": "1 of 1 ACTIVE", "left": None}


def test_where_nothing_moves_there_is_what_it_waits_for(model):
    model.tables[(HOME, "orders")]["status"] = "UPDATING"
    told = events(model, REPLICAS, table("orders", EU), wait_timeout=4)
    assert summaries(told) == ["1 of 1 waiting; us-east-1 is UPDATING", "1 of 1 failed"]
    assert len(told) > 3, "there is an event in every pass"


def test_a_failure_is_told_with_its_reason_when_it_is_known_and_not_again(model):
    told = events(model, REPLICAS, table("orders", EU, AP), table("missing", EU), table("unknown", EU))
    assert told[0]["lines"] == [
        "FAILED missing, unknown: it doesn't exist in us-east-1: create it first (role or module tables)."
    ]
    assert lines(told[1:]) == []
    assert told[-1]["summary"] == "2 of 4 ACTIVE, 2 failed"


def test_a_single_pass_tells_what_it_began_and_check_mode_tells_nothing(model):
    (event,) = events(model, REPLICAS, table("orders", EU, AP), wait=False)
    assert event["summary"] == "1 of 2 CREATING, 1 waiting"
    assert events(model, TABLES, table("baskets"), check_mode=True) == []


def test_what_the_service_says_and_may_not_say_again_is_not_told(model):
    class Throttled(model.client_type):
        def describe_table(self, TableName: str) -> None:
            refuse("ThrottlingException", "arn:aws:iam::123456789012:user/somebody calls too often", "DescribeTable")

    model.client_type = Throttled
    told = events(model, REPLICAS, table("orders", EU), wait_timeout=2)
    assert told[0]["summary"] == "1 of 1 unread; us-east-1 can't be read"
    assert "somebody" not in json.dumps(told[:-1])


def test_while_many_changes_are_carried_out_there_is_an_event_every_few_seconds(model):
    class Ticking(ModelClock):
        """A second passes whenever it is looked at: twice for each change."""

        seconds = itertools.count()

        def now(self) -> float:
            return next(self.seconds)

    told = []
    tables = [table(f"table-{number}") for number in range(9)]
    engine.converge(tables, TABLES, model, engine.Limits(wait=False), clock=Ticking(model), progress=told.append)
    assert len(told) > 3


# How long it still takes


def waiting(change: str = state.CREATING) -> progress.Place:
    return progress.Place(progress.WAITING, change)


def moving(begun: float, change: str = state.CREATING) -> progress.Place:
    return progress.Place(change, change, begun)


def left(now: float, *tables: list[progress.Place], took: t.Any = (30.0,), begins: t.Any = (0.0,)) -> float | None:
    return progress.seconds_left(now, {state.CREATING: list(took)}, list(begins), list(tables))


def test_nothing_is_said_before_a_change_was_finished_and_when_all_is():
    assert left(20, [moving(0), waiting()], took=()) is None
    assert left(20) is None


def test_the_changes_of_a_table_are_made_one_after_another_and_tables_side_by_side():
    assert left(40, [moving(30), waiting()]) == 20 + 30
    assert left(40, [moving(30), waiting()], [moving(20)], [moving(35)]) == 20 + 30


def test_one_that_is_slow_once_does_not_count_for_all():
    assert left(70, [moving(60), waiting()], took=(10, 12, 50)) == 2 + 12


def test_nothing_is_said_while_a_change_takes_longer_than_any_before():
    assert left(70, [moving(30)], [moving(60)], took=(30, 35)) is None
    assert left(63, [moving(28)], took=(30, 35)) == 0


def test_creating_says_nothing_of_deleting():
    assert left(40, [moving(30)], [moving(35, state.DELETING)]) is None


def test_tables_that_wait_for_their_turn_begin_at_the_pace_of_those_before():
    begins = [float(second) for second in range(50)]
    assert left(50, [moving(49)], *([waiting()] * 20 for _table in range(5)), begins=begins) == max(
        20 * 30, 100 * 1 + 30
    )
    assert left(50, [moving(49)], *([waiting()] for _table in range(100)), begins=begins) == 100 * 1 + 30


def test_a_run_knows_how_long_it_takes_once_it_has_seen_one_replica_come(model):
    told = events(model, REPLICAS, table("orders", EU, AP))
    (first, *_others) = [event["left"] for event in told if event["summary"] == "1 of 2 ACTIVE, 1 CREATING"]
    assert first == pytest.approx(len([event for event in told if event["summary"] == "1 of 2 CREATING, 1 waiting"]))
    assert told[0]["left"] is told[-1]["left"] is None


# The file


def test_every_event_is_a_line_with_the_seconds_since_the_beginning(tmp_path):
    path = tmp_path / "progress"
    path.write_text("a line of an earlier run\n")
    moments = iter([100.0, 100.5, 165.25])
    tell = ProgressFile(str(path), now=lambda: next(moments))
    tell({"lines": ["a → b"], "summary": "half"})
    tell({"lines": [], "summary": "all"})
    first, *written = path.read_text().splitlines()
    assert first == "a line of an earlier run"
    assert [json.loads(line) for line in written] == [
        {"elapsed": 0.5, "lines": ["a → b"], "summary": "half"},
        {"elapsed": 65.25, "lines": [], "summary": "all"},
    ]


@pytest.mark.parametrize("path", ["missing/progress", "."])
def test_a_file_that_cannot_be_written_is_refused_at_once(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(spec.Refused, match=f"progress_file is {path}, .*choose another"):
        ProgressFile(path)


def test_a_pipe_is_refused_instead_of_waiting_for_its_reader(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(spec.Refused, match="no regular file"):
        ProgressFile(str(tmp_path / "pipe"))


@pytest.mark.parametrize("room", [0, 5])
def test_a_write_that_fails_ends_the_writing_and_nothing_else(tmp_path, room):
    path = tmp_path / "progress"
    tell = ProgressFile(str(path))
    tell({"lines": [], "summary": "first"})
    first = path.stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (first + room, limits[1]))
    try:
        tell({"lines": [], "summary": "too much"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    tell({"lines": [], "summary": "would follow half a line"})
    assert path.stat().st_size == first + room


def test_without_a_path_nothing_is_written():
    ProgressFile(None)({"lines": [], "summary": "to nobody"})

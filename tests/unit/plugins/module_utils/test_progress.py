# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What those see who watch a run, and the file in which they see it."""

from __future__ import annotations

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
    steps,
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


def test_every_change_of_state_and_every_step_is_told_once_in_their_order():
    told = lines(events(ServiceModel(), TABLES, table("orders")))
    assert told == [
        "create the table in us-east-1: orders",
        "us-east-1: ABSENT → CREATING: orders",
        "us-east-1: CREATING → ACTIVE: orders",
    ]


def test_a_replica_is_told_of_in_its_own_region(model):
    told = lines(events(model, REPLICAS, table("orders", EU, AP)))
    assert [line for line in told if line.startswith(EU)] == [
        "eu-west-1: ABSENT → CREATING: orders",
        "eu-west-1: CREATING → ACTIVE: orders",
    ]
    assert told.index("eu-west-1: CREATING → ACTIVE: orders") < told.index("add a replica in ap-southeast-2: orders")


def test_a_run_with_nothing_to_do_has_nothing_to_tell(model):
    (event,) = events(model, TABLES, table("orders"))
    assert event == {"lines": [], "summary": "1 of 1 table finished"}


def test_there_is_an_event_in_every_pass_though_nothing_changes(model):
    model.tables[(HOME, "orders")]["status"] = "UPDATING"
    told = events(model, REPLICAS, table("orders", EU), wait_timeout=4)
    assert lines(told) == ["us-east-1: UPDATING: orders", "failed: orders"]
    assert {event["summary"] for event in told[:-1]} == {
        "0 of 1 table finished; waiting: us-east-1 is UPDATING (orders)"
    }
    assert len(told) > 3
    assert told[-1]["summary"] == "0 of 1 table finished, 1 failed"


def test_a_failure_is_told_when_it_happens_and_not_again(model):
    told = events(model, REPLICAS, table("orders", EU, AP), table("missing", EU))
    assert told[0]["lines"] == ["add a replica in eu-west-1: orders", "failed: missing"]
    assert lines(told).count("failed: missing") == 1
    assert told[-1]["summary"] == "1 of 2 tables finished, 1 failed"


def test_a_single_pass_tells_what_it_did_and_check_mode_tells_nothing(model):
    (event,) = events(model, REPLICAS, table("orders", EU, AP), wait=False)
    assert event["lines"] == ["add a replica in eu-west-1: orders"]
    assert events(model, TABLES, table("baskets"), check_mode=True) == []


def test_what_the_service_says_is_not_told(model):
    class Throttled(model.client_type):
        def describe_table(self, TableName: str) -> None:
            refuse("ThrottlingException", "arn:aws:iam::123456789012:user/somebody calls too often", "DescribeTable")

    model.client_type = Throttled
    told = events(model, REPLICAS, table("orders", EU), wait_timeout=2)
    assert told[0]["summary"] == (
        "0 of 1 table finished; waiting: us-east-1 can't be read (orders), eu-west-1 can't be read (orders)"
    )
    assert "somebody" not in json.dumps(told)


def looked(name: str, eu_shows: str, listed: str | None, home_shows: str = "ACTIVE") -> engine.Progress:
    """A table of which a look showed its replica in eu-west-1 like this."""
    one = engine.Progress(table(name, EU))
    settings = {"stream": {"enabled": True, "view_type": "NEW_AND_OLD_IMAGES"}, "billing_mode": "PAY_PER_REQUEST"}
    home = state.RegionalTable(HOME, home_shows, settings=settings, replicas={EU: listed} if listed else {})
    observed = {HOME: home, EU: state.RegionalTable(EU, eu_shows, settings=settings)}
    one.look(observed, plan.plan_replicas(one.wanted, observed))
    return one


def test_a_region_that_does_not_show_its_replica_yet_has_the_state_that_the_group_lists():
    last = progress.shown([looked("orders", "ABSENT", None)])
    assert progress.event(last, [looked("orders", "ABSENT", "CREATING")])["lines"] == [
        "eu-west-1: ABSENT → CREATING: orders"
    ]
    assert (
        progress.event(
            progress.shown([looked("orders", "ABSENT", "CREATING")]), [looked("orders", "CREATING", "CREATING")]
        )["lines"]
        == []
    )


def test_the_home_region_that_is_updating_while_a_replica_comes_is_no_news():
    before, listed = looked("orders", "ABSENT", None), looked("orders", "CREATING", "CREATING", "UPDATING")
    issued = looked("orders", "ABSENT", None, "UPDATING")
    issued.issued[(steps.ADD, EU, "")] += 1
    there = looked("orders", "ACTIVE", "ACTIVE")
    shown = [progress.shown([one]) for one in (before, issued, listed)]
    assert progress.event(shown[0], [issued])["lines"] == []
    assert progress.event(shown[1], [listed])["lines"] == ["eu-west-1: ABSENT → CREATING: orders"]
    assert progress.event(shown[2], [there])["lines"] == ["eu-west-1: CREATING → ACTIVE: orders"]


def test_a_witness_has_states_too():
    one = looked("orders", "ACTIVE", "ACTIVE")
    home = one.observed[HOME]
    later = engine.Progress(one.wanted, plan=one.plan)
    one.observed = {HOME: state.RegionalTable(HOME, "ACTIVE", witnesses={AP: "CREATING"})}
    later.observed = {HOME: state.RegionalTable(HOME, home.status, witnesses={AP: "ACTIVE"})}
    assert progress.event(progress.shown([one]), [later])["lines"] == [
        "witness ap-southeast-2: CREATING → ACTIVE: orders"
    ]


def test_a_hundred_tables_take_a_line_for_each_change_and_one_for_all():
    names = [f"table-{number:02}" for number in range(100)]
    before = progress.shown([looked(name, "CREATING", "CREATING") for name in names])
    finished, moving = names[:61], names[61:]
    run = [looked(name, "ACTIVE", "ACTIVE") for name in finished] + [
        looked(name, "CREATING", "CREATING") for name in moving
    ]
    assert progress.event(before, run) == {
        "lines": ["eu-west-1: CREATING → ACTIVE: table-00, table-01, table-02 and 58 more"],
        "summary": "61 of 100 tables finished; waiting: replica eu-west-1 is CREATING (39 tables)",
    }


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

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report of verification, read back from its file."""

from __future__ import annotations

import copy
import functools
import json
import operator
import os
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import lag_report
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused

HOME, EU = "us-east-1", "eu-west-1"
NOW = datetime(2026, 11, 25, 13, 5, tzinfo=UTC)
LAG = {"measured": 15, "p50": 0.3, "p95": 0.4, "p99": 0.4, "max": 0.5, "resolution": 0.05}
UNMEASURED = {**dict.fromkeys(LAG), "measured": 0}
REPORT = {
    "verdict": "pass",
    "run": {"started": "2026-11-25T10:00:00Z"},
    "tables": [
        {
            "name": "orders",
            "verdict": "pass",
            "pairs": [
                {"source": HOME, "target": EU, "verdict": "pass", "reason": "", "lag": LAG},
                {"source": EU, "target": HOME, "verdict": "pass", "reason": "", "lag": UNMEASURED},
            ],
        }
    ],
}


def test_what_is_shown_is_read_and_what_was_not_measured_is_none():
    read = lag_report.parse(REPORT, NOW)
    assert (read.started, read.age) == (datetime(2026, 11, 25, 10, tzinfo=UTC), timedelta(hours=3, minutes=5))
    pairs = (lag_report.Pair(HOME, EU, "pass", 0.4, 0.5), lag_report.Pair(EU, HOME, "pass", None, None))
    assert read.tables == {"orders": lag_report.Replication("pass", pairs)}


def test_a_time_of_another_zone_is_the_same_time():
    read = lag_report.parse({**REPORT, "run": {"started": "2026-11-25T12:00:00+02:00"}}, NOW)
    assert (f"{read.started:%H:%M}", read.age) == ("10:00", timedelta(hours=3, minutes=5))


def test_a_report_is_read_from_its_file(tmp_path):
    path = tmp_path / "replication.json"
    path.write_text(json.dumps(REPORT))
    read = lag_report.load(str(path))
    assert list(read.tables) == ["orders"]
    assert read.age == pytest.approx(datetime.now(UTC) - read.started, abs=timedelta(minutes=5))


GONE = object()


def having(value: object, *path: str | int) -> str:
    """The report with another value at the end of ``path``, or without it."""
    document = copy.deepcopy(REPORT)
    *way, last = path
    part = functools.reduce(operator.getitem, way, document)
    if value is GONE:
        del part[last]
    else:
        part[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        '{"tables": [',
        pytest.param("[" * 100_000, id="too deep"),
        "[]",
        "null",
        '"text"',
        "{}",
        json.dumps({"run": None, "tables": []}),
        having(GONE, "run"),
        having(GONE, "tables"),
        having(GONE, "tables", 0, "pairs"),
        having(GONE, "tables", 0, "pairs", 0, "lag"),
        having(GONE, "tables", 0, "pairs", 0, "lag", "p95"),
        having("soon", "run", "started"),
        having("2026-11-25T10:00:00", "run", "started"),
        having(7, "run", "started"),
        having({"orders": {}}, "tables"),
        having("good", "tables", 0, "verdict"),
        having([], "tables", 0, "pairs", 0, "verdict"),
        having(10**400, "tables", 0, "pairs", 0, "lag", "max"),
        having("fast", "tables", 0, "pairs", 0, "lag", "max"),
        having([0.5], "tables", 0, "pairs", 0, "lag", "max"),
    ],
)
def test_what_is_no_report_is_refused_with_what_to_name(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        lag_report.load(str(path))
    said = f"report (status_report) is {path}, which is no JSON report of verify.yml: name one (verify_report)."
    assert str(refused.value) == said


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "other.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="is no JSON report"):
        lag_report.load(str(path))


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")  # reading it would never end
    for path in (tmp_path / "nowhere.json", tmp_path, tmp_path / "pipe"):
        with pytest.raises(Refused, match="no such file exists: name a JSON report of verify.yml"):
            lag_report.load(str(path))


def test_a_file_that_may_not_be_read_is_refused_with_the_reason(tmp_path, monkeypatch):
    path = tmp_path / "replication.json"
    path.write_text(json.dumps(REPORT))

    def denied(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)  # root may read any file
    with pytest.raises(Refused, match="which can't be read: Permission denied"):
        lag_report.load(str(path))

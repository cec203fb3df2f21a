# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""verify.yml as a user runs it: items of their own, a watch, reports."""

from __future__ import annotations

import json
import os
import stat
from xml.etree import ElementTree

import pytest
from caller import EU, US, changes, flat
from prometheus_client.parser import text_string_to_metric_families

TABLE = {"name": "orders", "partition_key": "id"}
FORMATS = ("html", "json", "junit", "prometheus", "summary")
ITEM = {"id": {"S": "mine"}, "total": {"N": "1.10"}, "note": {"S": ""}, "tags": {"SS": ["b", "a"]}}


@pytest.fixture
def verify(play, run_module):
    """Run a playbook on a table in two regions, from a directory where relative paths are the user's own."""
    for module in ("tables", "replicas"):
        run_module(module, TABLE, replica_regions=[EU])

    def verify(playbook="verify", **variables):
        return play(playbook, dynamodb_tables=[TABLE], dynamodb_replica_regions=[EU], **variables)

    return verify


@pytest.fixture
def reports(tmp_path):
    return {name: str(tmp_path / f"replication.{name}") for name in FORMATS}


def test_everything_asked_for_in_one_run(verify, reports):
    done = verify(verify_report=reports, verify_items={"orders": [ITEM]}, verify_watch={"rounds": 2, "interval": 0.2})

    assert done.returncode == 0, done.stdout
    assert "1 item of yours arrived unchanged; while watched, lag was at most" in flat(done.stdout)
    with open(reports["json"]) as file:
        document = json.load(file)
    [table] = document["tables"]
    assert document["verdict"] == "pass"
    assert [item["verdict"] for item in table["user_items"]] == ["pass"]
    assert len(table["watch"]) >= 2
    for pair in table["pairs"]:
        assert pair["expected"] == 15 <= len(pair["lags"]), "and those of the user's item"
        assert all(0 <= shortest <= longest <= pair["lag"]["max"] for shortest, longest in pair["lags"])
    assert document["run"]["settings"]["watch"]["rounds"] == 2
    assert set(document["run"]["versions"]) >= {"multiregion.dynamodb", "amazon.aws", "boto3", "python"}
    assert ElementTree.parse(reports["junit"]).getroot().get("failures") == "0"
    with open(reports["prometheus"]) as file:
        assert any(
            family.name == "dynamodb_replication_lag_seconds" for family in text_string_to_metric_families(file.read())
        )
    with open(reports["html"]) as file:
        assert "orders" in file.read()
    with open(reports["summary"]) as file:
        [first, *lines] = file.read().splitlines()
    assert first == f"simulator ({document['run']['account_id']}): replication pass, {document['run']['started']}"
    assert lines == document["summary"]
    assert {stat.S_IMODE(os.stat(path).st_mode) for path in reports.values()} == {0o600}


def test_a_table_in_one_region_has_nothing_to_compare_and_fails_nothing(play, run_module):
    run_module("tables", TABLE)

    done = play("verify", dynamodb_tables=[TABLE], dynamodb_replica_regions=[])

    assert done.returncode == 0, done.stdout
    assert "1 with one region only, where nothing can be compared" in flat(done.stdout)


def test_reports_are_written_of_a_failure_too(verify, reports, admin):
    admin.pause(source=US, target=EU)

    done = verify(verify_report=reports, verify_timeout=2)

    assert done.returncode != 0
    said = flat(done.stdout)
    assert "us-east-1 → eu-west-1: nothing arrives, table orders (5 of 5 puts missing after " in said, said
    assert said.count("nothing arrives") == 1, "the story is told once"
    assert "Action failed: 1 table: 0 pass, 1 fail, 0 unknown" in said
    assert ElementTree.parse(reports["junit"]).getroot().get("failures") == "1"
    with open(reports["json"]) as file:
        assert json.load(file)["verdict"] == "fail"


def test_a_file_of_the_users_keeps_its_mode_and_a_link_is_replaced(verify, reports, tmp_path):
    kept, elsewhere = tmp_path / "replication.json", tmp_path / "elsewhere"
    kept.write_text("old")
    kept.chmod(0o640)
    elsewhere.write_text("mine")
    (tmp_path / "replication.html").symlink_to(elsewhere)

    assert verify(verify_report=reports).returncode == 0

    assert json.loads(kept.read_text())["verdict"] == "pass"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert elsewhere.read_text() == "mine"
    assert not (tmp_path / "replication.html").is_symlink()
    assert stat.S_IMODE((tmp_path / "replication.html").stat().st_mode) == 0o600


def test_a_relative_path_is_where_the_user_stands(verify):
    path = os.path.join("build", f"replication-{os.getpid()}.json")
    os.makedirs("build", exist_ok=True)
    try:
        assert verify(verify_report={"json": path}).returncode == 0
        assert os.path.exists(path)
    finally:
        os.unlink(path)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"verify_report": {"json": "/nowhere/at/all.json"}}, "verify_report.json is /nowhere/at/all.json"),
        ({"verify_report": {"pdf": "a.pdf"}}, "pdf"),
        ({"verify_report": {"json": "/dev/null"}}, "which is no regular file"),
        ({"verify_watch": {}}, "watch (verify_watch) has no end"),
        ({"verify_items": {"parts": [ITEM]}}, "table 'parts' isn't among tables"),
        ({"verify_items": {"orders": [{"id": {"N": 1}}]}}, "quote"),
        ({"verify_items": {"orders": [{"key": {"S": "a"}}]}}, "table 'orders', item 1: has no 'id', which is a key"),
        ({"verify_items": {"orders": [ITEM, ITEM]}}, "table 'orders', item 2: has the same key as item 1"),
        ({"verify_report": {"json": f"/tmp/{'x' * 300}"}}, "but that can't be a file"),
        ({"verify_max_units": 10}, "Verifying orders in 2 regions needs"),
        ({"verify_max_lag": 0}, "max_lag (verify_max_lag) is 0 s, but must be more than 0"),
    ],
)
def test_what_cant_be_done_is_refused_before_any_call_that_writes(verify, admin, variables, sentence):
    admin.clear_calls()

    done = verify(**variables)

    assert done.returncode != 0
    assert sentence in flat(done.stdout)
    assert "Traceback" not in done.stdout
    assert changes(admin) == []


def test_check_mode_writes_no_report(play, verify, reports):
    verify_check = {"dynamodb_tables": [TABLE], "dynamodb_replica_regions": [EU], "verify_report": reports}
    assert play("verify", "--check", **verify_check).returncode == 0
    assert not any(os.path.exists(path) for path in reports.values())

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""status.yml: what a person reads of tables by regions, and of the lag that a verification measured."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from caller import AP, EU, US, changes
from conftest import CHECKOUT

from simulator import store

ORDERS = {"name": "orders", "partition_key": "id", "replicas": [{"region": EU}, {"region": AP}]}
SHOP = {"name": "shop-baskets", "partition_key": "id", "ttl": {"enabled": True, "attribute": "expires"}}


@pytest.fixture
def tables(run_module, admin):
    for module in ("tables", "replicas"):
        run_module(module, ORDERS, {**SHOP, "replicas": [{"region": EU}]})
    admin.clear_calls()


def shown(line: str) -> str:
    """A line of the output, or the text that it is as an element of a list."""
    with contextlib.suppress(ValueError):
        return str(json.loads(line.strip().removesuffix(",")))
    return line


@pytest.fixture
def status(play):
    """The playbook on tables as they are listed; its exit status and the lines that it shows."""

    def status(*listed, **variables):
        variables = {"dynamodb_tables": listed or [ORDERS, SHOP], "dynamodb_replica_regions": [EU], **variables}
        ended = play("status", environment={"ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}, **variables)
        return ended.returncode, [shown(line) for line in ended.stdout.splitlines()]

    return status


def test_states_by_regions_what_differs_and_totals_are_shown_and_nothing_is_written(status, admin, tables):
    store.set_time_to_live(EU, "shop-baskets", True, "elsewhere")
    code, lines = status()
    start = lines.index("table         us-east-1  eu-west-1  ap-southeast-2")
    assert lines[start:][:7] == [
        "table         us-east-1  eu-west-1  ap-southeast-2",
        "orders        ACTIVE*    ACTIVE     ACTIVE",
        "shop-baskets  ACTIVE*    ACTIVE     -",
        "* home region",
        "",
        "shop-baskets: ttl.attribute is expires in us-east-1, but elsewhere in eu-west-1",
        "2 tables: 1 ACTIVE everywhere, 1 with problems",
    ]
    assert code == 0
    assert changes(admin) == []


def test_replicas_that_are_not_listed_and_overrides_are_shown(status, run_module, tables):
    own = {"region": AP, "table_class": "STANDARD_INFREQUENT_ACCESS"}
    run_module("replicas", {**ORDERS, "replicas": [{"region": EU}, own]})
    code, lines = status({"name": "orders", "partition_key": "id"})
    assert code == 0
    assert "orders  ACTIVE*    ACTIVE     ACTIVE (not listed)" in lines
    assert "orders: the replica in ap-southeast-2 has its own table_class" in lines
    assert (
        "orders: has a replica in ap-southeast-2 that isn't listed, and is left alone. To remove it: "
        "dynamodb_absent_regions: [ap-southeast-2]" in lines
    )


def test_the_witness_of_a_strong_group_is_shown(status, run_module):
    strong = {
        "name": "ledger",
        "partition_key": "id",
        "consistency": "strong",
        "witness_region": "us-west-2",
        "replicas": [{"region": "us-east-2"}],
    }
    for module in ("tables", "replicas"):
        run_module(module, strong)
    code, lines = status(strong, dynamodb_replica_regions=[])
    assert code == 0
    start = lines.index("table   us-east-1  us-east-2  us-west-2")
    assert lines[start + 1] == "ledger  ACTIVE*    ACTIVE     ACTIVE (witness)"
    assert "1 table: 1 ACTIVE everywhere" in lines


def test_a_region_that_is_down_is_unknown_with_the_reason_at_the_end(status, admin, tables):
    admin.stop_region(EU)
    code, lines = status()
    assert "orders        ACTIVE*    UNKNOWN (ACTIVE)  ACTIVE" in lines
    end = lines.index("2 tables: 2 with problems")
    assert lines[end - 1].startswith("orders, shop-baskets: ")
    assert "eu-west-1" in lines[end - 1]
    assert code == 0  # something could be read


def test_no_region_at_all_fails(status, admin, tables):
    for region in (US, EU, AP):
        admin.stop_region(region)
    code, lines = status()
    assert code != 0
    assert any("orders, shop-baskets: can't reach the endpoint of us-east-1" in line for line in lines)


def report_of(path, age: timedelta = timedelta(hours=3, minutes=5)) -> str:
    """A report of verification that knows two regions of one table."""
    lag = {"measured": 15, "p50": 0.3, "p95": 0.4, "p99": 0.5, "max": 0.6, "resolution": 0.05, "samples": [0.3]}
    pairs = [
        {"source": US, "target": EU, "verdict": "pass", "reason": "", "lag": lag},
        {"source": EU, "target": US, "verdict": "fail", "reason": "lost", "lag": dict.fromkeys(lag)},
    ]
    started = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    report = {"run": {"started": started}, "tables": [{"name": "orders", "verdict": "fail", "pairs": pairs}]}
    path.write_text(json.dumps(report))
    return str(path)


def test_the_lag_of_a_report_is_shown_with_its_age_and_what_it_does_not_hold(status, tables, tmp_path):
    code, lines = status(status_report=report_of(tmp_path / "replication.json"))
    start = next(number for number, line in enumerate(lines) if line.startswith("lag into each region"))
    assert ", measured 3 h ago, at 20" in lines[start]
    assert lines[start + 1 :][:2] == ["table   us-east-1  eu-west-1  verdict", "orders  fail       0.40       fail"]
    end = lines.index("2 tables: 2 ACTIVE everywhere")
    assert lines[end - 4 : end - 1] == [
        "orders: fail into us-east-1 when it was measured",
        "orders: no lag into ap-southeast-2 in the report",
        "shop-baskets: not in the report",
    ]
    assert lines[end - 1].endswith(": 0 pass, 1 fail, 0 unknown; at most 0.60 s (orders, us-east-1 → eu-west-1)")
    assert code == 0


def test_a_report_lies_relative_to_where_the_user_stands(run, served, tables, tmp_path):
    report_of(tmp_path / "replication.json")
    ended = run(
        "ansible-playbook",
        str(CHECKOUT / "playbooks/status.yml"),
        *("-i", str(CHECKOUT / "inventories/local")),
        *("-e", f"dynamodb_endpoint_url={served.url}", "-e", "status_report=replication.json"),
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stdout
    assert "dynamodb-table-lab03: not in the report" in ended.stdout


@pytest.mark.parametrize(
    ("text", "reason"), [(None, "but no such file exists"), ("{}", "which is no JSON report of verify.yml")]
)
def test_what_is_no_report_is_refused_before_any_call(status, admin, tmp_path, text, reason):
    path = tmp_path / "other.json"
    if text is not None:
        path.write_text(text)
    code, lines = status(status_report=str(path))
    assert code != 0
    assert f"report (status_report) is {path}, {reason}" in " ".join(" ".join(lines).split())
    assert admin.calls() == []


def test_only_narrows_the_tables_and_their_lag(status, tables, tmp_path):
    report = report_of(tmp_path / "replication.json")
    code, lines = status(dynamodb_only=["shop-*"], status_report=report)
    assert code == 0
    assert "shop-baskets  ACTIVE*    ACTIVE" in lines
    assert "1 table: 1 ACTIVE everywhere" in lines
    assert not [line for line in lines if "orders" in line]

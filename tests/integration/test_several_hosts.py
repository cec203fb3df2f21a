# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two accounts in one run, here two endpoints of one: each has its plan, its approval and its files."""

from __future__ import annotations

import json

import pytest
import yaml
from caller import changes, flat

HOSTS = ("production", "staging")
OWN_FILE = "{{ files }}/{{ inventory_hostname }}.json"


@pytest.fixture
def accounts(admin, served, tmp_path, run):
    """Run a playbook on both hosts, each with a table and an endpoint of its own."""
    endpoints = (served.url, served.url.replace("127.0.0.1", "localhost"))
    own = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {name: {**own, "dynamodb_endpoint_url": url} for name, url in zip(HOSTS, endpoints, strict=True)}
    variables = {
        "dynamodb_region": "us-east-1",
        "dynamodb_tables": [{"name": "orders-{{ inventory_hostname }}", "partition_key": "id"}],
        "dynamodb_wait_delay": 0.01,
        "dynamodb_access_key": "simulator",
        "dynamodb_secret_key": "simulator",
    }
    path = tmp_path / "hosts.yml"
    path.write_text(yaml.safe_dump({"dynamodb": {"hosts": hosts, "vars": variables}}))
    return lambda book, *arguments, **variables: run(
        "ansible-playbook",
        f"playbooks/{book}.yml",
        *("-i", str(path), *arguments, "-e", json.dumps({"files": str(tmp_path), **variables})),
    )


@pytest.mark.parametrize("nothing", [None, {"production": None, "staging": None}])
def test_a_hash_that_is_null_approves_nothing(accounts, admin, nothing):
    ended = accounts("tables", tables_expect_plan=nothing)
    assert ended.returncode != 0
    assert "expect_plan is 'none for production', but must be a plan's hash" in flat(ended.stdout)
    assert changes(admin) == []


def test_a_plan_file_that_one_host_alone_has_is_no_others(accounts, tmp_path):
    own = tmp_path / "host_vars"
    own.mkdir()
    (own / "production.yml").write_text(f"tables_plan_file: {tmp_path}/production.json\n")
    ended = accounts("tables", "--check")
    assert ended.returncode == 0, ended.stdout
    assert (tmp_path / "production.json").exists()


def test_each_host_has_a_hash_of_its_own_and_none_fits_another(accounts, admin, tmp_path):
    checked = accounts("tables", "--check", tables_plan_file=OWN_FILE)
    assert checked.returncode == 0, checked.stdout
    hashes = {host: json.loads((tmp_path / f"{host}.json").read_text())["hash"] for host in HOSTS}
    for host, digest in hashes.items():
        assert f"To carry out exactly this: {digest} for {host} in tables_expect_plan" in flat(checked.stdout)

    crossed = accounts("tables", tables_expect_plan={"production": hashes["staging"]}, tables_plan_file=OWN_FILE)
    assert crossed.returncode != 0
    assert "The plan isn't the expected one" in flat(crossed.stdout)
    assert "expect_plan is 'none for staging', but must be a plan's hash" in flat(crossed.stdout)
    assert changes(admin) == []

    done = accounts("tables", tables_expect_plan=hashes)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("changed=1") == 2


@pytest.mark.parametrize("shared", [{"tables_plan_file": "plan.json"}, {"verify_report": {"json": "report.json"}}])
def test_one_file_for_two_hosts_is_refused_before_any_call(accounts, admin, tmp_path, shared):
    ((variable, path),) = shared.items()
    path = {"json": f"{tmp_path}/file"} if isinstance(path, dict) else f"{tmp_path}/file"
    ended = accounts("verify" if variable == "verify_report" else "tables", **{variable: path})
    assert ended.returncode != 0
    assert f"Give each host its own {variable}" in flat(ended.stdout)
    assert admin.calls() == []


def test_reports_of_two_hosts_in_files_of_their_own_are_written(accounts, tmp_path):
    assert accounts("tables").returncode == 0
    ended = accounts("verify", verify_report={"json": OWN_FILE})
    assert ended.returncode == 0, ended.stdout
    assert {path.name for path in tmp_path.glob("*.json")} == {"production.json", "staging.json"}

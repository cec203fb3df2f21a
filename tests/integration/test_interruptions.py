# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SIGINT and SIGTERM, to a module by itself and to the playbook that runs it: nothing of verification is left."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import boto3
import pytest
import yaml
from caller import EU, MODULES, SECRET, US, arguments_of
from conftest import CHECKOUT

PATIENCE = 60  # seconds for what takes one or two, on a machine that is busy
ALONE = """
import importlib, json, signal, sys
from ansible.module_utils.testing import patch_module_args
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job, as a test may be, ignores it
with patch_module_args(json.loads(sys.argv[2])):
    importlib.import_module(sys.argv[1]).main()
"""
ORDERS = {"name": "orders", "partition_key": "id"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}

each_signal = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@pytest.fixture
def started(environment):
    """Start a program, which is ended with the test."""
    processes = []

    def start(*command: str, **more: t.Any) -> subprocess.Popen[str]:
        variables = environment | CREDENTIALS | {"PYTHONPATH": str(CHECKOUT / ".collections")}
        process = subprocess.Popen(
            command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def alone(started, served):
    """Start a module without Ansible."""

    def start(name: str, *tables: dict[str, t.Any], **params: t.Any) -> subprocess.Popen[str]:
        arguments = json.dumps(arguments_of(name, served.url, tables, params))
        return started(sys.executable, "-c", ALONE, f"{MODULES}.{name}", arguments)

    return start


@pytest.fixture
def orders(run_module, admin):
    """A table in two regions, between which nothing replicates."""
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    admin.clear_calls()
    admin.pause(source=US, target=EU)
    return admin


def until(condition: t.Callable[[], t.Any]) -> t.Any:
    """Wait for what isn't false, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, "never came about"
        time.sleep(0.05)
    return value


def items(served) -> list[dict[str, t.Any]]:
    clients = [boto3.client("dynamodb", region_name=region, endpoint_url=served.url) for region in (US, EU)]
    return [item for client in clients for item in client.scan(TableName="orders", ConsistentRead=True)["Items"]]


def ended(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Interrupt it, and again until it ends; what it says then."""

    def interrupted() -> str:
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=0.05)[0]
        return ""

    output = until(interrupted)
    assert process.returncode == 128 + number, output
    result = json.loads(output)
    assert result["failed"]
    return result["msg"]


VERIFICATIONS = {
    "replication_check": {"timeout": 1000},
    "evacuation_check": {"evacuate_region": EU, "timeout": 1000, "interval": 0.1},
}


@each_signal
@pytest.mark.parametrize("name", VERIFICATIONS)
def test_a_module_that_verifies_removes_its_items(alone, orders, served, name, number):
    process = alone(name, ORDERS, replica_regions=[EU], **VERIFICATIONS[name])
    until(lambda: orders.calls(operation="PutItem"))

    said = ended(process, number)

    assert said == f"Interrupted by {number.name}. Its items are removed. Run again to continue."
    orders.resume()
    until(
        lambda: items(served) == []
    )  # a put may arrive after its deletion in that region, until the other deletion does


def test_a_module_whose_result_nobody_reads_removes_its_items(alone, orders, served):
    process = alone("replication_check", ORDERS, replica_regions=[EU], timeout=1000)
    until(lambda: orders.calls(operation="PutItem"))

    process.stdout.close()

    assert process.wait(timeout=PATIENCE) != 0
    orders.resume()
    until(lambda: items(served) == [])


def test_items_that_cannot_be_removed_are_named(alone, orders, served):
    process = alone("replication_check", ORDERS, replica_regions=[EU], timeout=1000)
    until(lambda: orders.calls(operation="PutItem", region=US))
    orders.fail("AccessDeniedException", operation="DeleteItem", region=US)

    said = ended(process, signal.SIGTERM)

    assert "Some of its items may be left in orders (us-east-1): the next verification removes them." in said
    assert items(served)


@each_signal
def test_a_module_that_changes_tables_says_what_is_under_way(alone, run_module, admin, number):
    run_module("tables", ORDERS)
    admin.hold()
    process = alone("replicas", ORDERS, replica_regions=[EU])
    until(lambda: admin.calls(operation="UpdateTable"))

    said = ended(process, number)

    assert said == (
        f"Interrupted by {number.name}. Under way: add a replica in eu-west-1: orders. Nothing is undone. Run again to "
        "continue."
    )
    admin.release()
    again = run_module("replicas", ORDERS, replica_regions=[EU])
    assert "msg" not in again
    assert len(admin.calls(operation="UpdateTable")) == 1, "it continues what is under way"


@each_signal
def test_a_playbook_that_is_ended_leaves_no_item(started, orders, served, tmp_path, number):
    task = {"region": US, "endpoint_url": served.url, "tables": [ORDERS], "replica_regions": [EU], "timeout": 1000}
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable, "ansible_connection": "local"},
        "tasks": [{"multiregion.dynamodb.replication_check": task}],
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    program = str(Path(sys.executable).parent / "ansible-playbook")
    process = started(program, "-i", "account,", "play.yml", cwd=tmp_path, start_new_session=True)
    until(lambda: orders.calls(operation="PutItem"))

    process.send_signal(number)

    assert process.wait(timeout=PATIENCE) != 0
    until(lambda: orders.calls(operation="DeleteItem") and items(served) == [])

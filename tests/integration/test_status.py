# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""status.yml: what a person reads of tables by regions."""

from __future__ import annotations

import contextlib
import json

import pytest
from caller import AP, EU, US, changes

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
    assert lines[start + 7] == "These are states. playbooks/verify.yml proves that items replicate."
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


def test_only_narrows_the_tables(status, tables):
    code, lines = status(dynamodb_only=["shop-*"])
    assert code == 0
    assert "shop-baskets  ACTIVE*    ACTIVE" in lines
    assert "1 table: 1 ACTIVE everywhere" in lines
    assert not [line for line in lines if "orders" in line]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people read of a verification."""

from __future__ import annotations

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import RegionalTable
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import (
    Checked,
    Outcome,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.cleanup import Left
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.evidence import (
    Evidence,
    Missing,
    Sample,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    OPERATIONS,
    PUT,
    UPDATE,
    Probe,
    Schema,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import module_result

US, EU = "us-east-1", "eu-west-1"


def outcome(name="orders", how="items", seconds=0.2, **pair):
    wanted = Table(name, US, replicas={EU: Replica(EU)})
    observed = {region: RegionalTable(region, "ACTIVE") for region in (US, EU)}
    one = Outcome(wanted, observed, how, schema=Schema(name, (("pk", "B"),)))
    for source, target in ((US, EU), (EU, US)):
        one.evidence[source, target] = Evidence(source, target, items=1, by_states=how == "states")
        for operation in OPERATIONS:
            one.evidence[source, target].arrived[operation][Probe(source, 0)] = Sample(seconds, 0.01)
    one.evidence[US, EU].missing = pair.get("missing", [])
    one.evidence[US, EU].problems = pair.get("problems", [])
    return one


def result_of(outcomes):
    return module_result(Checked("a-run", 1_000_000.0, 12.3456, outcomes))


def failed(name="orders"):
    return outcome(name, missing=[Missing(PUT, Probe(US, 0), 30.12), Missing(UPDATE, Probe(US, 1), 15.0)])


def test_a_failure_names_table_source_target_key_and_what_to_do():
    result = result_of([failed()])
    assert result["verdict"] == "fail"
    [line, totals] = result["msg"].splitlines()
    assert line.startswith("orders: fail: us-east-1 → eu-west-1: 1 of 1 item: the put was missing 30.1 s after")
    assert "the update was missing 15 s after" in line
    assert "ReplicationLatency in us-east-1, or raise timeout" in line
    assert totals == "1 table: 0 pass, 1 fail, 0 unknown"
    key = {"pk": "multiregion.dynamodb/verification/us-east-1/0"}
    assert result["tables"][0]["pairs"][0]["missing"][0] == {"operation": "put", "key": key, "waited": 30.12}


def test_unknown_is_told_apart_from_fail():
    result = result_of([failed(), outcome("baskets", problems=["access denied"])])
    assert [table["verdict"] for table in result["tables"]] == ["fail", "unknown"]
    assert result["summary"][1] == "baskets: unknown: us-east-1 → eu-west-1: access denied."
    assert result["summary"][-1] == "2 tables: 0 pass, 1 fail, 1 unknown"


def test_few_tables_that_pass_have_a_line_each():
    result = result_of([outcome("one"), outcome("two", seconds=0.5)])
    assert result["verdict"] == "pass"
    assert result["summary"][1] == (
        "two: us-east-1, eu-west-1: 1 item from each region was put, updated and deleted in every other, and what all "
        "wrote at once ended the same; lag 0.50 s (median of the slowest pair), at most 0.50 s, measured to 0.01 s"
    )
    assert result["msg"] == "2 tables: 2 pass, 0 fail, 0 unknown"


def test_many_tables_that_pass_share_a_line_with_the_slowest_lag():
    result = result_of([*(outcome(f"table-{n}", seconds=n / 100) for n in range(99)), failed()])
    assert len(result["summary"]) == 3
    assert result["summary"][0].startswith("99 tables: us-east-1, eu-west-1: 1 item from each region")
    assert result["summary"][0].endswith("lag 0.98 s (median of the slowest pair), at most 0.98 s, measured to 0.01 s")
    assert result["summary"][1].startswith("orders: fail: ")


def test_pairs_with_one_reason_share_a_line():
    one = outcome(problems=["no answer"])
    for target in ("ap-south-1", "ap-south-2", "eu-west-2", "eu-west-3"):
        one.evidence[US, target] = Evidence(US, target, problems=["no answer"])
    [line, _totals] = result_of([one])["msg"].splitlines()
    assert line == (
        "orders: unknown: us-east-1 → eu-west-1, us-east-1 → ap-south-1, us-east-1 → ap-south-2 and 2 more pairs: no "
        "answer."
    )


def test_a_pass_by_states_says_that_nothing_was_written():
    result = result_of([outcome(how="states"), outcome("two")])
    assert result["summary"] == [
        "orders: us-east-1, eu-west-1: replicas are ACTIVE; only states were read, no item was written",
        result_of([outcome("two")])["summary"][0],
        "2 tables: 2 pass, 0 fail, 0 unknown; 1 by states only, without writing items",
    ]


def test_what_is_left_behind_is_listed_by_region():
    one = outcome()
    one.left = [Left(EU, frozenset([Probe(US, 1), Probe(US, 0)]), "throttled")]
    result = result_of([one])
    assert result["tables"][0]["left_behind"] == [
        {
            "region": EU,
            "item_keys": [{"pk": f"multiregion.dynamodb/verification/us-east-1/{slot}"} for slot in (0, 1)],
            "reason": "throttled",
        }
    ]
    assert result["summary"][1].startswith(
        "orders: left behind in eu-west-1, or not confirmed as removed: 2 items (throttled)"
    )


def test_a_refusal_is_one_line():
    one = outcome()
    one.refusal = "these aren't independent regions"
    result = result_of([one])
    assert result["verdict"] == "fail"
    assert result["msg"].splitlines()[0] == "orders: these aren't independent regions."


def test_every_lag_is_there_with_its_bounds_and_how_many_were_expected():
    result = result_of([outcome(seconds=0.2)])
    [pair, _other] = result["tables"][0]["pairs"]
    assert (pair["lags"], pair["expected"]) == ([[0.19, 0.2]] * 3, 3)
    assert result["tables"][0]["watch"] == []
    assert result["run"]["account_id"] == ""

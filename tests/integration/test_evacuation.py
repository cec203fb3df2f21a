# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Before a region is left: each answer, and none of them where something couldn't be found out."""

from __future__ import annotations

import time

import boto3
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    cleanup,
    heartbeats,
    probes,
)
from caller import AP, EU, US, flat
from verifying import World

ORDERS = {"name": "orders", "partition_key": "id"}
NO_EVIDENCE = "no evidence of undrained writes"
LAG = 0.02


@pytest.fixture
def client(served):
    return lambda service, region: boto3.client(service, region_name=region, endpoint_url=served.url)


@pytest.fixture
def items(client):
    def items(region, name="orders"):
        return client("dynamodb", region).scan(TableName=name, ConsistentRead=True)["Items"]

    return items


@pytest.fixture
def make(run_module, admin, monkeypatch):
    """Tables in three regions, or in those that are named."""
    monkeypatch.setattr(heartbeats, "SETTLING", 1.0)
    monkeypatch.setattr(cleanup, "PAUSE", 0.01)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    admin.set_lag(LAG)

    def make(*tables, regions=(EU, AP)):
        for module in ("tables", "replicas"):
            result = run_module(module, *(tables or [ORDERS]), replica_regions=list(regions))
            assert "msg" not in result, result["msg"]

    return make


@pytest.fixture
def leave(run_module):
    def leave(*tables, region=EU, regions=(EU, AP), timeout=20, interval=0.1, **params):
        return run_module(
            "evacuation_check",
            *(tables or [ORDERS]),
            evacuate_region=region,
            replica_regions=list(regions),
            timeout=timeout,
            interval=interval,
            **params,
        )

    return leave


def assert_nothing_left(admin, items, regions=(US, EU, AP)):
    admin.remove_fault()
    admin.resume()
    time.sleep(LAG + 0.2)
    assert [items(region) for region in regions] == [[]] * len(regions)


def pairs(result, table=0):
    return {pair["target"]: pair for pair in result["tables"][table]["pairs"]}


def test_probes_that_all_arrive_are_no_evidence_with_what_was_looked_at_and_what_cant_be_known(
    make, leave, admin, items
):
    make()
    admin.clear_calls()

    result = leave()

    assert result["answer"] == result["tables"][0]["answer"] == NO_EVIDENCE
    table = result["tables"][0]
    assert {pair["source"] for pair in table["pairs"]} == {EU}
    assert set(pairs(result)) == {US, AP}
    for pair in table["pairs"]:
        assert pair["written"] == pair["arrived"] >= 10
        assert table["needed"] >= 10 * (pair["lag"]["max"] - 0.001)
        assert pair["replication_latency"] is None
    assert table["covered"] >= table["needed"]
    assert table["takes_writes"] is True
    assert {call["region"] for call in admin.calls(operation="PutItem")} == {EU}
    said = "\n".join(result["summary"])
    assert f"orders: {NO_EVIDENCE}: " in said
    assert "CloudWatch has no ReplicationLatency of the last hour for 2 of 2 pairs: orders." in said
    assert "eu-west-1 still takes writes (orders): stop what writes there first" in said
    assert "replication keeps no order across items" in said
    assert result["msg"] == f"1 table: 1 {NO_EVIDENCE}, 0 not drained, 0 unknown"
    assert_nothing_left(admin, items)


def test_the_probes_cover_ten_times_what_cloudwatch_says_of_the_last_hour(make, leave, admin, client, items):
    make()
    admin.set_lag(0.25)
    client("dynamodb", EU).put_item(TableName="orders", Item={"id": {"S": "mine"}})
    World.until(lambda: items(US))
    admin.set_lag(LAG)

    result = leave()

    assert result["answer"] == NO_EVIDENCE
    table = result["tables"][0]
    for pair in table["pairs"]:
        assert pair["replication_latency"] >= 0.25
        assert table["needed"] >= 10 * (pair["replication_latency"] - 0.001)
    assert table["covered"] >= table["needed"]
    assert "; ReplicationLatency was at most 0." in result["summary"][0]


def test_a_window_longer_than_the_timeout_is_no_answer_and_says_what_would_do(make, leave, admin, client, items):
    make()
    admin.set_lag(0.5)
    client("dynamodb", EU).put_item(TableName="orders", Item={"id": {"S": "mine"}})
    World.until(lambda: items(US))
    admin.set_lag(LAG)

    result = leave(timeout=4)

    assert result["answer"] == "unknown"
    assert {pair["verdict"] for pair in result["tables"][0]["pairs"]} == {"pass"}
    assert "10 times the longest lag of late" in result["msg"]
    assert "with a longer timeout (evacuate_timeout)" in result["msg"]


def test_without_access_to_cloudwatch_it_says_so_and_goes_by_what_it_measures(make, leave, admin):
    make()
    admin.deny(operation="GetMetricData")

    result = leave()

    assert result["answer"] == NO_EVIDENCE
    said = "ReplicationLatency wasn't looked at: access denied: cloudwatch:GetMetricData in eu-west-1: "
    assert any(line.startswith(said) for line in result["summary"])


def test_what_doesnt_arrive_in_one_region_is_not_drained(make, leave, admin, items):
    make()
    admin.pause(source=EU, target=AP)

    result = leave(timeout=4)

    assert result["answer"] == "not drained"
    assert {target: pair["verdict"] for target, pair in pairs(result).items()} == {US: "pass", AP: "fail"}
    assert result["msg"].startswith("orders: not drained: eu-west-1 → ap-southeast-2: heartbeat 1 of ")
    assert "by a strongly consistent read" in result["msg"]
    assert NO_EVIDENCE not in result["msg"].splitlines()[0]
    assert_nothing_left(admin, items)


def test_lag_that_other_pairs_have_doesnt_count(make, leave, admin):
    make()
    admin.pause(source=US, target=EU)
    admin.pause(source=US, target=AP)

    assert leave()["answer"] == NO_EVIDENCE


@pytest.mark.parametrize(
    ("operation", "region"), [("PutItem", EU), ("BatchGetItem", AP), ("DescribeTable", AP), ("DescribeTable", EU)]
)
def test_what_is_denied_is_no_answer(make, leave, admin, items, operation, region):
    make()
    admin.deny(operation=operation, region=region)

    result = leave()

    assert result["answer"] == "unknown"
    assert f"dynamodb:{operation} in {region}: allow that action" in result["msg"]
    assert not any(line.startswith(f"orders: {NO_EVIDENCE}") for line in result["summary"])
    assert_nothing_left(admin, items)


def test_a_region_that_is_down_is_no_answer_but_what_is_undrained_elsewhere_is(make, leave, admin, items, monkeypatch):
    monkeypatch.setattr(cleanup, "ATTEMPTS", 1)
    make()
    admin.stop_region(AP)

    assert leave()["answer"] == "unknown"

    admin.pause(source=EU, target=US)
    result = leave(timeout=4)
    assert result["answer"] == "not drained"
    assert "orders: unknown: eu-west-1 → ap-southeast-2: " in result["msg"]
    assert_nothing_left(admin, items)


def test_a_region_that_goes_down_while_it_is_asked_is_no_answer(make, leave, admin, monkeypatch):
    monkeypatch.setattr(cleanup, "ATTEMPTS", 1)
    make()
    admin.fail("InternalServerError", status=500, operation="BatchGetItem", region=US)

    result = leave(timeout=4)

    assert result["answer"] == "unknown"
    assert "BatchGetItem in us-east-1 failed" in result["msg"]


def test_a_region_that_is_about_to_be_removed_can_be_asked_about(make, leave, admin, items):
    make()
    assert leave(regions=(AP,), absent_regions=[EU])["answer"] == NO_EVIDENCE
    assert_nothing_left(admin, items)


def test_the_home_region_can_be_left_and_that_is_said(make, leave):
    make()
    result = leave(region=US)

    assert result["answer"] == NO_EVIDENCE
    assert any("us-east-1 is its home region" in line for line in result["summary"])


def test_replicas_that_are_not_listed_are_named(make, leave):
    make()
    assert any(
        "has replicas in ap-southeast-2 that aren't listed, and weren't looked at" in line
        for line in leave(regions=(EU,))["summary"]
    )


@pytest.mark.parametrize(
    ("tables", "params", "sentence"),
    [
        (
            [ORDERS, {"name": "other", "partition_key": "id"}],
            {"regions": (AP,)},
            "its replica in eu-west-1 isn't listed",
        ),
        ([{**ORDERS, "verification": "states"}], {}, "set verification: items"),
        ([ORDERS], {"regions": (EU, AP, "us-west-2")}, "there is no table of that name in us-west-2: add the replica"),
        (
            [{"name": "absent"}],
            {},
            "absent: unknown: there is no table of that name in eu-west-1, though it is listed.",
        ),
    ],
)
def test_what_cant_be_asked_is_no_answer_with_a_sentence(make, leave, admin, tables, params, sentence):
    make()
    if len(tables) > 1:
        make(tables[1], regions=(EU,))
        tables = [ORDERS, {**tables[1], "replicas": [{"region": EU}]}]
    result = leave(*tables, **params)

    assert result["answer"] == "unknown"
    assert sentence in result["msg"]


def test_a_table_in_one_region_only_is_no_answer(make, leave):
    make(regions=())
    result = leave(region=US, regions=())

    assert result["answer"] == "unknown"
    assert "us-east-1 is its only listed region: its items are nowhere else" in result["msg"]


def test_a_table_that_isnt_there_counts_for_no_answer(make, leave):
    make()
    local = {"name": "local", "partition_key": "id", "exclude_regions": [EU, AP]}
    make(local)
    result = leave(ORDERS, local)

    assert result["answer"] == NO_EVIDENCE
    assert [table["answer"] for table in result["tables"]] == [NO_EVIDENCE, ""]
    assert "local: it isn't in eu-west-1." in result["summary"]


STRONG = {
    "name": "ledger",
    "partition_key": "id",
    "consistency": "strong",
    "witness_region": "us-west-2",
    "exclude_regions": [EU, AP],
    "replicas": [{"region": "us-east-2"}],
}


def test_a_strongly_consistent_group_shows_every_probe_at_once(make, leave, admin, items):
    make(STRONG)
    admin.set_lag(5)
    admin.clear_calls()

    result = leave(STRONG, region="us-east-2")

    assert result["answer"] == NO_EVIDENCE
    assert "showed at once in us-east-1, by strongly consistent reads" in result["summary"][0]
    assert not admin.calls(operation="GetMetricData")
    assert not any("order across items" in line for line in result["summary"])
    assert items(US, "ledger") == items("us-east-2", "ledger") == []


def test_a_witness_holds_nothing_to_leave(make, leave):
    make(STRONG)
    result = leave(STRONG, region="us-west-2")

    assert result["answer"] == "unknown"
    assert "us-west-2 is only the witness of its strongly consistent group and holds no items" in "\n".join(
        result["summary"]
    )
    assert "there is nothing to leave" in result["msg"]


def test_many_tables_share_a_line(make, leave, admin, items):
    tables = [{"name": f"table-{number:02}", "partition_key": "id"} for number in range(12)]
    make(*tables, regions=(EU,))
    result = leave(*tables, regions=(EU,))

    assert result["answer"] == NO_EVIDENCE
    assert result["summary"][0].startswith(f"12 tables: {NO_EVIDENCE}: ")
    assert len(result["summary"]) == 5
    assert [items(region, table["name"]) for region in (US, EU) for table in tables] == [[]] * 24


def test_check_mode_reads_states_and_answers_nothing(make, leave, admin):
    make()
    admin.clear_calls()
    result = leave(check_mode=True)

    assert {call["operation"] for call in admin.calls()} == {"DescribeTable"}
    assert result["answer"] == "unknown"
    assert "check mode: no probe was written, so there is no answer" in result["msg"]


def test_what_a_run_that_died_left_is_swept(make, leave, admin, client, items):
    make()
    schema = probes.Schema("orders", (("id", "S"),))
    left = schema.write(probes.PUT, probes.Probe(EU, 20), probes.Lease("died", 1))
    client("dynamodb", EU).put_item(**left)
    World.until(lambda: items(US))

    result = leave()

    assert result["answer"] == NO_EVIDENCE
    assert "removed 1 item in eu-west-1 that a verification which died had left" in result["tables"][0]["notes"]
    assert_nothing_left(admin, items)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"timeout": 0}, "timeout (evacuate_timeout) is 0 s, but must be more than 0, at most a day."),
        ({"interval": 0}, "interval is 0 s, but must be 0.05 s to an hour."),
        (
            {"region": "eu-west-3"},
            "evacuate_region is 'eu-west-3', which is no region of any listed table: name one of ap-southeast-2, "
            "eu-west-1, us-east-1.",
        ),
    ],
)
def test_what_cant_be_done_is_refused_before_any_call(leave, admin, params, sentence):
    result = leave(**params)

    assert result["failed"] is True
    assert sentence in result["msg"]
    assert not admin.calls()


# The playbook

LAB = "dynamodb-table-lab03"


@pytest.fixture
def lab(make):
    make(
        {
            "name": LAB,
            "partition_key": "partition-key-dynamodb-table-lab03",
            "sort_key": "sort-key-dynamodb-table-lab03",
        },
        regions=(EU,),
    )


@pytest.mark.usefixtures("lab")
def test_the_playbook_passes_without_evidence(play, admin, items):
    ended = play("evacuate", evacuate_region=EU)

    assert ended.returncode == 0, ended.stdout
    said = flat(ended.stdout)
    assert f"{LAB}: {NO_EVIDENCE}: " in said
    assert "eu-west-1 still takes writes" in said
    assert "No evidence of undrained writes in eu-west-1." in said
    assert [items(region, LAB) for region in (US, EU)] == [[], []]


@pytest.mark.usefixtures("lab")
def test_the_playbook_fails_for_what_isnt_drained(play, admin):
    admin.pause(source=EU, target=US)
    ended = play("evacuate", evacuate_region=EU, evacuate_timeout=4)

    assert ended.returncode != 0
    assert f"{LAB}: not drained: eu-west-1 → us-east-1: " in flat(ended.stdout)
    assert "Traceback" not in ended.stdout


@pytest.mark.usefixtures("lab")
def test_the_playbook_fails_for_what_couldnt_be_found_out(play, admin):
    admin.deny(operation="PutItem", region=EU)
    ended = play("evacuate", evacuate_region=EU)

    assert ended.returncode != 0
    assert f"{LAB}: unknown: eu-west-1 → us-east-1: access denied: dynamodb:PutItem in eu-west-1" in flat(ended.stdout)


def test_the_playbook_asks_for_a_region(play, admin):
    ended = play("evacuate")

    assert ended.returncode != 0
    assert "No region to leave. Name it with -e evacuate_region=REGION" in flat(ended.stdout)
    assert not admin.calls()

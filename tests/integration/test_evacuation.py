# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Before a region is left: each answer, and never the good one where something couldn't be found out."""

from __future__ import annotations

import datetime
import itertools
import re
import time

import boto3
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import api
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    evacuation,
    heartbeats,
    probes,
    recent,
    reserved,
)
from caller import AP, EU, US, flat

ORDERS = {"name": "orders", "partition_key": "id"}
NO_EVIDENCE, NOT_DRAINED, UNKNOWN = "no_evidence", "not_drained", "unknown"
LAG = 0.02
FOREVER = 1e5  # seconds that no test takes


@pytest.fixture
def client(served):
    return lambda service, region: boto3.client(service, region_name=region, endpoint_url=served.url)


@pytest.fixture
def items(client):
    def items(region, name="orders"):
        pages = client("dynamodb", region).get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        return pages.build_full_result()["Items"]

    return items


@pytest.fixture
def make(run_module, admin, monkeypatch):
    """Tables in three regions, or in those that are named."""
    for module in (heartbeats, evacuation):
        monkeypatch.setattr(module, "SETTLING", 1.0)
    monkeypatch.setattr(reserved, "CLEANING", 0.5)
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


@pytest.fixture
def put(client):
    """Put items with these keys in a region."""

    def put(keys, region=EU, name="orders", **attributes):
        regional = client("dynamodb", region)
        for key in keys:
            regional.put_item(TableName=name, Item={"id": {"S": key}, **attributes})

    return put


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "never came about"
        time.sleep(0.01)


def assert_nothing_left(admin, items, regions=(US, EU, AP)):
    admin.remove_fault()
    admin.resume()
    time.sleep(LAG + 0.2)
    until(lambda: [items(region) for region in regions] == [[]] * len(regions))


def pairs(result, table=0):
    return {pair["target"]: pair for pair in result["tables"][table]["pairs"]}


def answers(result, table=0):
    return {target: pair["answer"] for target, pair in pairs(result, table).items()}


def test_where_all_arrives_there_is_no_evidence_and_the_rest_is_said(make, leave, put, admin, items):
    make()
    put([f"key {number}" for number in range(250)])
    until(lambda: all(len(items(region)) == 250 for region in (US, AP)))
    admin.clear_calls()

    result = leave()

    assert result["answer"] == result["tables"][0]["answer"] == NO_EVIDENCE, result["msg"]
    assert answers(result) == {US: NO_EVIDENCE, AP: NO_EVIDENCE}
    assert result["tables"][0]["recent_keys"] == 250
    for pair in result["tables"][0]["pairs"]:
        assert pair["source"] == EU
        assert pair["written"] == pair["arrived"] >= 10
        assert pair["covered"] >= pair["needed"] >= 10 * (pair["lag"]["max"] - 0.001)
        assert pair["differing_count"] == 0
    assert result["tables"][0]["takes_writes"] is True
    assert {call["region"] for call in admin.calls(operation="PutItem")} == {EU}
    assert result["summary"][0].startswith("us-east-1, ap-southeast-2: every probe (")
    assert "every key written in the last 5 min (250) has the same item there" in result["summary"][0]
    assert "eu-west-1 still takes writes (orders): stop what writes there first" in result["msg"]
    assert "What was written before that isn't compared" in result["msg"]
    assert result["summary"][-1] == "1 table: 1 no evidence of undrained writes, 0 not drained, 0 unknown"
    assert all(len(items(region)) == 250 for region in (US, EU, AP))


def test_the_probes_cover_ten_times_what_cloudwatch_says_of_the_last_hour(make, leave, put, admin, items):
    make()
    admin.set_lag(0.25)
    put(["mine"])
    until(lambda: items(US) and items(AP))
    admin.set_lag(LAG)

    result = leave()

    assert result["answer"] == NO_EVIDENCE, result["msg"]
    for pair in result["tables"][0]["pairs"]:
        assert pair["replication_latency"] >= 0.25
        assert pair["covered"] >= pair["needed"] >= 10 * (pair["replication_latency"] - 0.001)
    assert ", ReplicationLatency at most 0." in result["summary"][0]


def test_the_latencies_of_many_tables_take_one_query_of_cloudwatch_for_each_500(make, leave, put, admin, items):
    tables = [{"name": f"table-{number:02}", "partition_key": "id"} for number in range(60)]
    regions = (EU, AP, "us-west-2")
    make(*tables, regions=regions)
    for table in tables:
        put(["mine"], name=table["name"])
    until(lambda: all(items(region, table["name"]) for region in (US, AP, "us-west-2") for table in tables))
    admin.clear_calls()

    result = leave(*tables, regions=regions, timeout=5, interval=1.0)

    assert [call["region"] for call in admin.calls(operation="GetMetricData")] == [EU]
    assert sum(bool(pair["replication_latency"]) for table in result["tables"] for pair in table["pairs"]) == 180


def test_a_window_longer_than_the_timeout_is_no_answer_and_says_what_would_do(make, leave, put, admin, items):
    make()
    admin.set_lag(0.5)
    put(["mine"])
    until(lambda: items(US) and items(AP))
    admin.set_lag(LAG)

    result = leave(timeout=4)

    assert answers(result) == {US: UNKNOWN, AP: UNKNOWN}
    assert re.search(
        r"table orders: too few probes arrived for so long a lag \(a lag of [\d.]+ s takes probes over \d+ s, and they "
        r"covered \d+ s",
        result["msg"],
    )
    assert re.search(r"Next: run again with a longer timeout \(evacuate_timeout\): \d+ s will do\.", result["msg"])


def test_without_access_to_cloudwatch_it_says_so_and_goes_by_what_it_measures(make, leave, admin):
    make()
    admin.deny(operation="GetMetricData")

    result = leave()

    assert result["answer"] == NO_EVIDENCE, result["msg"]
    said = "ReplicationLatency wasn't looked at: access denied: cloudwatch:GetMetricData in eu-west-1: "
    assert any(line.startswith(said) for line in result["summary"])


def test_what_doesnt_arrive_in_one_region_is_not_drained_there(make, leave, admin, items):
    make()
    admin.pause(source=EU, target=AP)

    result = leave(timeout=4)

    assert result["answer"] == NOT_DRAINED
    assert answers(result) == {US: NO_EVIDENCE, AP: NOT_DRAINED}
    assert result["summary"][0].startswith(
        "DON'T LEAVE eu-west-1 FOR ap-southeast-2: table orders: probes didn't arrive, or didn't stay ("
    )
    assert result["summary"][1].startswith("us-east-1: every probe (")
    assert_nothing_left(admin, items)


def test_a_share_of_writes_that_is_lost_is_never_no_evidence(make, leave, put, admin, items):
    """A lag of a quarter of a second, by CloudWatch, makes it send enough probes for one to be among the lost."""
    tables = [{"name": f"table-{number}", "partition_key": "id"} for number in range(8)]
    make(*tables)
    admin.set_lag(0.25)
    for table in tables:
        put(["mine"], name=table["name"])
    until(lambda: all(items(region, table["name"]) for region in (US, AP) for table in tables))
    admin.set_lag(LAG)
    admin.lose_items(share=0.2, source=EU, changes="puts")

    result = leave(*tables, timeout=60)

    assert [table["answer"] for table in result["tables"]] == [NOT_DRAINED] * 8
    for table in result["tables"]:
        lost = [pair["written"] - pair["arrived"] for pair in table["pairs"]]
        assert any(lost)
        assert f"{max(lost)} of {table['pairs'][0]['written']} probes hadn't arrived" in table["msg"]


def test_a_backlog_that_probes_overtake_is_not_drained(make, leave, put, admin):
    make()
    late = admin.delay_items(FOREVER, source=EU, target=US)
    put([f"key {number}" for number in range(1000)])
    admin.remove_fault(late)

    result = leave()

    assert answers(result) == {US: NOT_DRAINED, AP: NO_EVIDENCE}
    pair = pairs(result)[US]
    assert pair["written"] == pair["arrived"] >= 10
    assert pair["differing_count"] == 1000
    assert len(pair["differing"]) == 100
    assert (
        "DON'T LEAVE eu-west-1 FOR us-east-1: table orders: items that were written last differ there (1000 of 1000)"
    ) in result["summary"]


def test_deletions_that_are_late_are_not_drained(make, leave, put, client, admin, items):
    make()
    put(["deleted", "kept"])
    until(lambda: len(items(US)) == len(items(AP)) == 2)
    late = admin.delay_items(FOREVER, source=EU, target=AP, changes="deletes")
    client("dynamodb", EU).delete_item(TableName="orders", Key={"id": {"S": "deleted"}})
    admin.remove_fault(late)

    result = leave()

    assert answers(result) == {US: NO_EVIDENCE, AP: NOT_DRAINED}
    assert pairs(result)[AP]["differing"] == [{"id": {"S": "deleted"}}]


def test_items_that_are_bigger_than_one_answer_are_compared(make, leave, put, admin, items):
    make()
    put([f"key {number}" for number in range(50)], filling={"S": "x" * 390_000})
    until(lambda: len(items(US)) == len(items(AP)) == 50)
    late = admin.delay_items(FOREVER, source=EU, target=US)
    put(["key 49"], filling={"S": "y" * 390_000})
    admin.remove_fault(late)

    result = leave()

    assert answers(result) == {US: NOT_DRAINED, AP: NO_EVIDENCE}
    assert pairs(result)[US]["differing"] == [{"id": {"S": "key 49"}}]


def test_an_item_that_keeps_changing_is_unknown_until_its_writers_stop(make, leave, put, admin, monkeypatch):
    make()
    put(["hot"])
    admin.set_lag(0.5)
    read, numbers = api.batch_get_items, itertools.count(1)

    def change_and_read(client, table, request):
        if client.meta.region_name == EU and {"id": {"S": "hot"}} in request["Keys"]:
            put(["hot"], number={"N": str(next(numbers))})
        return read(client, table, request)

    monkeypatch.setattr(api, "batch_get_items", change_and_read)

    result = leave()

    assert answers(result) == {US: UNKNOWN, AP: UNKNOWN}
    assert "table orders: items that were written last keep changing (1 of 1)" in result["msg"]
    assert "stop what writes them, then run again" in result["msg"]


@pytest.mark.parametrize("operation", ["DescribeStream", "GetShardIterator", "GetRecords"])
def test_a_stream_that_cant_be_read_is_no_answer(make, leave, admin, items, operation):
    make()
    admin.deny(operation=operation, region=EU)

    result = leave()

    assert answers(result) == {US: UNKNOWN, AP: UNKNOWN}
    assert "the keys that were written last can't be compared: access denied: " in result["msg"]
    assert f"dynamodb:{operation} in eu-west-1: allow that action" in result["msg"]
    assert_nothing_left(admin, items)


def test_a_table_without_a_stream_is_no_answer(make, leave, monkeypatch):
    """Only a table that isn't global can be without; the description that it then has is played here."""
    make()
    describe = api.describe_table
    monkeypatch.setattr(recent.api, "describe_table", lambda *of: {**describe(*of), "LatestStreamArn": None})

    result = leave()

    assert answers(result) == {US: UNKNOWN, AP: UNKNOWN}
    assert "it has no stream in eu-west-1, so the keys that were written last aren't known" in result["msg"]


def test_keys_in_shards_that_ended_are_compared(make, leave, put, admin):
    make()
    late = admin.delay_items(FOREVER, source=EU, target=US)
    put([f"key {number}" for number in range(20)])
    admin.remove_fault(late)
    admin.roll_shards(EU, "orders")

    result = leave()

    assert answers(result) == {US: NOT_DRAINED, AP: NO_EVIDENCE}
    assert pairs(result)[US]["differing_count"] == result["tables"][0]["recent_keys"] == 20


def test_a_stream_that_doesnt_list_an_open_shard_is_no_answer(make, leave, admin, monkeypatch):
    make()
    admin.roll_shards(EU, "orders")
    describe = api.describe_stream

    def all_but_the_last(*of):
        shards, moment = describe(*of)
        return shards[:-1], moment

    monkeypatch.setattr(recent.api, "describe_stream", all_but_the_last)

    result = leave()

    assert answers(result) == {US: UNKNOWN, AP: UNKNOWN}
    assert "its stream in eu-west-1 lists a shard that ended without what follows it: run again" in result["msg"]


def test_the_services_clock_says_up_to_when_a_stream_was_read(make, leave, monkeypatch):
    make()
    describe = api.describe_stream

    def on_a_clock_that_is_ahead_of_this_machines(*of):
        shards, moment = describe(*of)
        return shards, moment + datetime.timedelta(minutes=5)

    monkeypatch.setattr(recent.api, "describe_stream", on_a_clock_that_is_ahead_of_this_machines)

    result = leave(timeout=3)

    assert answers(result) == {US: UNKNOWN, AP: UNKNOWN}
    assert "whether all that was written in eu-west-1 is in its stream yet can't be told" in result["msg"]


@pytest.fixture
def gaps(monkeypatch):
    """GetRecords answers without records so many times before it goes on, as it may where a shard has a gap."""

    def gaps(empty):
        read, left = api.get_records, {}

        def get_records(client, position):
            left[position] = left.get(position, empty) - 1
            return ([], position) if left[position] >= 0 else read(client, position)

        monkeypatch.setattr(recent.api, "get_records", get_records)

    return gaps


def test_records_behind_empty_answers_are_read(make, leave, put, admin, gaps):
    make()
    late = admin.delay_items(FOREVER, source=EU, target=US)
    put([f"key {number}" for number in range(20)])
    admin.remove_fault(late)
    gaps(recent.EMPTY_ANSWERS + 2)

    result = leave()

    assert answers(result) == {US: NOT_DRAINED, AP: NO_EVIDENCE}
    assert pairs(result)[US]["differing_count"] == result["tables"][0]["recent_keys"] == 20


def test_a_stream_that_shows_nothing_newer_is_no_answer(make, leave, admin, items, gaps):
    make()
    gaps(10**9)

    result = leave(timeout=3)

    assert answers(result) == {US: UNKNOWN, AP: UNKNOWN}
    assert (
        "whether all that was written in eu-west-1 is in its stream yet can't be told: 2 of its shards"
        in (result["msg"])
    )
    assert_nothing_left(admin, items)


def test_more_keys_than_can_be_compared_are_no_answer(make, leave, put, monkeypatch):
    monkeypatch.setattr(recent, "MOST_KEYS", 5)
    make()
    put([f"key {number}" for number in range(6)])

    result = leave()

    assert result["answer"] == UNKNOWN
    assert "more than 5 keys were written in eu-west-1 of late, too many to compare" in result["msg"]


def test_what_other_pairs_owe_doesnt_count(make, leave, admin):
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

    assert result["answer"] == UNKNOWN
    assert f"dynamodb:{operation} in {region}: allow that action" in result["msg"]
    if operation == "BatchGetItem":  # what can't be looked at may hold items: the register leads the next run to them
        [left] = result["tables"][0]["left_behind"]
        assert left["region"] == AP
        assert {item["id"]["S"] for item in items(US)} <= {f"multiregion.dynamodb/verification/{EU}/0"}
    else:
        assert_nothing_left(admin, items)


def test_a_region_that_is_down_is_no_answer_but_what_is_undrained_elsewhere_is(make, leave, admin):
    make()
    admin.stop_region(AP)
    admin.pause(source=EU, target=US)

    result = leave(timeout=4)

    assert result["answer"] == NOT_DRAINED
    assert answers(result) == {US: NOT_DRAINED, AP: UNKNOWN}
    assert any(line.startswith("UNKNOWN  eu-west-1 → ap-southeast-2: ") for line in result["summary"])


def test_a_region_whose_reads_fail_is_no_answer(make, leave, admin):
    make()
    admin.fail("InternalServerError", status=500, operation="BatchGetItem", region=US)

    result = leave(timeout=4)

    assert result["answer"] == UNKNOWN
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


def test_replicas_that_are_not_listed_are_named_and_no_answer(make, leave):
    make()
    result = leave(regions=(EU,))

    assert result["answer"] == UNKNOWN
    assert "it has replicas in ap-southeast-2 that aren't listed, and weren't looked at: list them" in result["msg"]


@pytest.mark.parametrize(
    ("tables", "params", "sentence"),
    [
        (
            [ORDERS, {"name": "other", "partition_key": "id"}],
            {"regions": (AP,)},
            "its replica in eu-west-1 isn't listed: add eu-west-1 to its replicas, or to dynamodb_replica_regions",
        ),
        ([{**ORDERS, "verification": "states"}], {}, "set verification: items"),
        ([ORDERS], {"regions": (EU, AP, "us-west-2")}, "there is no table of that name in us-west-2: run site.yml"),
        ([{"name": "absent"}], {}, "there is no table of that name in eu-west-1, though it is listed"),
    ],
)
def test_what_cant_be_asked_is_no_answer_with_a_sentence(make, leave, tables, params, sentence):
    make()
    if len(tables) > 1:
        make(tables[1], regions=(EU,))
        tables = [ORDERS, {**tables[1], "replicas": [{"region": EU}]}]
    result = leave(*tables, **params)

    assert result["answer"] == UNKNOWN
    assert sentence in result["msg"]


def test_a_table_in_one_region_only_is_no_answer(make, leave):
    make(regions=())
    result = leave(region=US, regions=())

    assert result["answer"] == UNKNOWN
    assert "us-east-1 is its only listed region: its items are nowhere else" in result["msg"]


def test_a_table_that_isnt_there_counts_for_no_answer(make, leave):
    make()
    local = {"name": "local", "partition_key": "id", "exclude_regions": [EU, AP]}
    make(local)
    result = leave(ORDERS, local)

    assert [table["answer"] for table in result["tables"]] == [NO_EVIDENCE, ""]
    assert result["answer"] == NO_EVIDENCE
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

    assert result["answer"] == NO_EVIDENCE, result["msg"]
    assert result["summary"][0].startswith("us-east-1: every probe showed at once, by strongly consistent reads (")
    assert not admin.calls(operation="GetMetricData")
    assert not admin.calls(operation="GetRecords")
    assert "isn't compared" not in result["msg"]
    assert items(US, "ledger") == items("us-east-2", "ledger") == []


def test_a_witness_holds_nothing_to_leave(make, leave):
    make(STRONG)
    result = leave(STRONG, region="us-west-2")

    assert result["answer"] == "unknown"
    assert "us-west-2 is only the witness of its strongly consistent group and holds no items" in result["msg"]
    assert "there is nothing to leave" in result["msg"]


def test_check_mode_reads_states_and_answers_nothing(make, leave, admin):
    make()
    admin.clear_calls()
    result = leave(check_mode=True)

    assert {call["operation"] for call in admin.calls()} == {"DescribeTable"}
    assert result["answer"] == "unknown"
    assert "check mode: no probe was written, so there is no answer" in result["msg"]


def test_what_a_run_that_died_left_is_removed(make, leave, admin, client, items):
    make()
    schema, died = probes.Schema("orders", (("id", "S"),)), probes.Lease("died", 1)
    register, item = probes.registers(EU)[0], probes.drawn("died", EU, 3)[2]
    for left in (schema.write(probes.PUT, register, died, slots=3), schema.write(probes.PUT, item, died)):
        client("dynamodb", EU).put_item(**left)
    until(lambda: len(items(US)) == len(items(AP)) == 2)

    result = leave()

    assert result["answer"] == NO_EVIDENCE, result["msg"]
    assert "removed 3 items of eu-west-1, left by an interrupted verification" in result["tables"][0]["notes"]
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
def test_the_playbook_passes_without_evidence_and_shows_what_was_seen_once(play, items):
    ended = play("evacuate", evacuate_region=EU)

    assert ended.returncode == 0, ended.stdout
    said = flat(ended.stdout)
    assert said.count("us-east-1: every probe (") == 1
    assert "eu-west-1 still takes writes" in said
    assert [items(region, LAB) for region in (US, EU)] == [[], []]


@pytest.mark.usefixtures("lab")
def test_the_playbook_fails_for_what_isnt_drained_and_says_so_once(play, admin):
    admin.pause(source=EU, target=US)
    ended = play("evacuate", evacuate_region=EU, evacuate_timeout=4)

    assert ended.returncode != 0
    assert f"DON'T LEAVE eu-west-1 FOR us-east-1: table {LAB}: probes didn't arrive, or didn't stay" in flat(
        ended.stdout
    )
    assert flat(ended.stdout).count("LEAVE eu-west-1") == 1, ended.stdout
    assert "Traceback" not in ended.stdout


@pytest.mark.usefixtures("lab")
def test_the_playbook_fails_for_what_couldnt_be_found_out(play, admin):
    admin.deny(operation="PutItem", region=EU)
    ended = play("evacuate", evacuate_region=EU)

    assert ended.returncode != 0
    assert f"UNKNOWN table {LAB}: access denied: dynamodb:PutItem in eu-west-1" in flat(ended.stdout)


def test_the_playbook_asks_for_a_region(play, admin):
    ended = play("evacuate")

    assert ended.returncode != 0
    assert "No region to leave. Name it with -e evacuate_region=REGION" in flat(ended.stdout)
    assert not admin.calls()

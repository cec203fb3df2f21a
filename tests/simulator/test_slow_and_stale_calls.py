# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that take their time, fail now and then, or show what was, because a test asked for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from test_admin import ask
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

SECOND = 50.0
"""Simulated seconds of one on the wall."""
KEY = {"id": {"S": "one"}}


@pytest.fixture
def replicated(world: World) -> World:
    world.create_global(EUROPE)
    world.admin.set_lag(0.1)
    return world


def now(world: World) -> float:
    return world.admin.identity()["clock"]["now"] / SECOND


def while_advancing(world: World, call: Callable[[], Any], step: float = 0.1) -> tuple[Any, float]:
    """What a call answers, and how many seconds it took on the simulator's clock, which only moves while it waits."""
    answers: list[Any] = []
    caller = threading.Thread(target=lambda: answers.append(call()))
    started = now(world)
    caller.start()
    while not answers and caller.is_alive():
        caller.join(0.05)
        if caller.is_alive():
            world.wait(step * SECOND)
    [answer] = answers
    return answer, now(world) - started


def test_a_slow_region_takes_its_time_for_one_operation(replicated: World) -> None:
    replicated.put("one")
    replicated.wait(SECOND)
    replicated.admin.slow_calls(1.1, 2.5, operation="GetItem", region=EUROPE)
    answer, took = while_advancing(replicated, lambda: replicated.get("one", EUROPE))
    assert answer == {"id": "one"}
    assert took >= 1.1
    replicated.get("one", HOME)
    replicated.put("two", EUROPE)


def test_each_call_of_a_slow_region_waits_for_itself(replicated: World) -> None:
    replicated.admin.slow_calls(2, operation="PutItem", region=EUROPE)
    writers = [threading.Thread(target=replicated.put, args=(key, EUROPE)) for key in "abc"]
    replicated.client(EUROPE)
    for writer in writers:
        writer.start()
    assert replicated.get("a", HOME) is None, "others are answered meanwhile, though the clock is held"
    while any(writer.is_alive() for writer in writers):
        replicated.wait(SECOND)
        writers[0].join(0.05)
    assert replicated.client(EUROPE).scan(TableName=TABLE)["Count"] == 3


def test_a_slow_call_is_carried_out_half_way(replicated: World) -> None:
    replicated.admin.slow_calls(2, operation="PutItem")
    replicated.client()
    writer = threading.Thread(target=replicated.put, args=("one",))
    writer.start()
    while replicated.get("one", HOME) is None:
        replicated.wait(0.1 * SECOND)
        writer.join(0.02)
    assert writer.is_alive(), "it is there before its writer knows"
    while writer.is_alive():
        replicated.wait(SECOND)
        writer.join(0.05)


@pytest.mark.parametrize("where", [{}, {"region": EUROPE}], ids=["everywhere", "one region"])
def test_in_a_stall_nothing_is_answered_until_its_end(replicated: World, where: dict) -> None:
    replicated.put("one")
    replicated.wait(SECOND)
    replicated.admin.stall(10, **where)
    assert while_advancing(replicated, lambda: replicated.get("one", EUROPE), step=2)[1] == pytest.approx(10)
    assert replicated.admin.faults() == [], "it is over for all"
    replicated.get("one", HOME)


def test_replication_goes_on_in_a_stall(replicated: World) -> None:
    replicated.put("one")
    replicated.admin.stall(10)
    replicated.wait(SECOND)
    replicated.admin.remove_fault()
    assert replicated.get("one", EUROPE)


def test_a_slow_call_of_another_service_waits_too(world: World) -> None:
    world.admin.slow_calls(3, operation="ListKeys")
    assert while_advancing(world, world.client(HOME, "kms").list_keys)[1] >= 3


def test_a_reset_lets_everybody_go_on(replicated: World) -> None:
    replicated.admin.slow_calls(1000)
    caller = threading.Thread(target=lambda: pytest.raises(ClientError, replicated.describe))
    caller.start()
    while caller.is_alive():
        caller.join(0.05)
        replicated.admin.reset()


def errors(world: World, region: str, calls: int = 300) -> list[int]:
    """Which of the next calls fail."""
    failed = []
    for number in range(calls):
        try:
            world.get("one", region)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
            failed.append(number)
    return failed


def test_a_share_of_the_calls_fails_the_same_ones_in_every_run(replicated: World) -> None:
    runs = []
    for _ in range(2):
        replicated.admin.reset()
        replicated.admin.hold()
        replicated.create_global(EUROPE)
        fault = {"code": "InternalServerError", "status": 500, "operation": "GetItem", "region": EUROPE, "share": 0.02}
        assert ask(replicated.url, "POST", "fail", fault)[0] == 200
        runs.append(errors(replicated, EUROPE))
    assert runs[0] == runs[1]
    assert 1 <= len(runs[0]) <= 20
    assert errors(replicated, HOME, 20) == []
    assert ask(replicated.url, "POST", "fail", {"code": "InternalServerError", "share": 2})[0] == 400


def test_a_fault_of_a_table_strikes_batches_and_transactions_on_it_too(replicated: World) -> None:
    replicated.admin.deny(table=TABLE, operation="BatchGetItem")
    replicated.admin.deny(table=TABLE, operation="TransactGetItems")
    replicated.admin.deny(table="another", operation="BatchWriteItem")
    client = replicated.client()
    denied = f"perform: dynamodb:BatchGetItem on resource: arn:aws:dynamodb:{HOME}:123456789012:table/{TABLE}"
    assert_refused("AccessDeniedException", denied, client.batch_get_item, RequestItems={TABLE: {"Keys": [KEY]}})
    get = {"Get": {"TableName": TABLE, "Key": KEY}}
    assert_refused("AccessDeniedException", "", client.transact_get_items, TransactItems=[get])
    client.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": KEY}}]})


def reads(world: World, region: str, consistent: bool) -> Iterator[str | None]:
    """What each way to read an item shows of it."""
    client, asked = world.client(region), {"ConsistentRead": consistent}
    yield client.get_item(TableName=TABLE, Key=KEY, **asked).get("Item")
    yield next(iter(client.batch_get_item(RequestItems={TABLE: {"Keys": [KEY], **asked}})["Responses"][TABLE]), None)
    yield next(iter(client.scan(TableName=TABLE, **asked)["Items"]), None)
    one = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": KEY["id"]}}
    yield next(iter(client.query(TableName=TABLE, **one, **asked)["Items"]), None)


def test_an_eventually_consistent_read_can_be_staler_than_a_strongly_consistent_one(replicated: World) -> None:
    first, last = {**KEY, "value": {"S": "first"}}, {**KEY, "value": {"S": "last"}}

    def shows(stale: dict | None, fresh: dict | None) -> None:
        for region, consistent, item in ((EUROPE, False, stale), (EUROPE, True, fresh), (HOME, False, fresh)):
            assert list(reads(replicated, region, consistent)) == [item] * 4

    replicated.admin.stale_reads(10, region=EUROPE)
    replicated.put("one", value="first")
    replicated.wait(9 * SECOND)
    shows(stale=None, fresh=first)
    replicated.wait(2 * SECOND)
    shows(stale=first, fresh=first)
    replicated.put("one", value="last")
    replicated.wait(9 * SECOND)
    shows(stale=first, fresh=last)
    replicated.delete("one")
    replicated.wait(9 * SECOND)
    shows(stale=last, fresh=None)
    replicated.wait(2 * SECOND)
    shows(stale=None, fresh=None)


def test_a_regions_own_write_is_stale_in_it_and_replicates_all_the_same(replicated: World) -> None:
    replicated.admin.stale_reads(10)
    replicated.put("one", EUROPE)
    replicated.wait(SECOND)
    assert replicated.get("one", EUROPE) is None
    assert (
        replicated.get("one", EUROPE, consistent=True) == replicated.get("one", HOME, consistent=True) == {"id": "one"}
    )
    replicated.wait(10 * SECOND)
    assert replicated.get("one", EUROPE) == replicated.get("one", HOME) == {"id": "one"}


def test_a_share_of_the_reads_is_stale(replicated: World) -> None:
    replicated.admin.stale_reads(100, share=0.5, region=EUROPE, operation="GetItem")
    replicated.put("one")
    replicated.wait(SECOND)
    assert 20 <= sum(replicated.get("one", EUROPE) is None for _ in range(60)) <= 40


def test_stale_reads_of_a_strongly_consistent_group(world: World) -> None:
    world.create()
    creates = [{"Create": {"RegionName": region}} for region in (EUROPE, "us-east-1")]
    world.update(MultiRegionConsistency="STRONG", ReplicaUpdates=creates)
    world.wait(60)
    world.admin.stale_reads(10)
    world.put("one")
    world.wait(SECOND)
    for region in (HOME, EUROPE, "us-east-1"):
        assert (world.get("one", region), world.get("one", region, consistent=True)) == (None, {"id": "one"})


def test_a_region_that_isnt_one_is_refused(world: World) -> None:
    for verb in ("deny", "lose_answer"):
        assert ask(world.url, "POST", verb, {"region": "us-fake-1"})[0] == 400
    assert ASIA not in {fault["region"] for fault in world.admin.faults()}

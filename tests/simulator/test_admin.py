# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin interface, over HTTP and from Python, and what it is for: faults, time, the call log."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused

from simulator.admin import VERBS, Admin
from simulator.lag import Lag
from simulator.server import serve


def ask(url: str, method: str, verb: str, arguments: dict | None = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    body = None if arguments is None else json.dumps(arguments)
    sent = {"Content-Type": "application/json", **headers}
    connection.request(method, f"/_simulator/{verb}", body=body, headers=sent)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_identity_over_http_is_that_of_the_twin(world: World) -> None:
    status, identity = ask(world.url, "GET", "identity")
    assert status == 200
    assert identity == world.admin.identity()
    assert identity["name"] == "multiregion.dynamodb simulator"
    assert identity["clock"]["held"] is True


def test_every_verb_has_a_sentence() -> None:
    assert {"pause", "resume", "hold", "advance", "release", "fail", "reset"} <= VERBS
    assert all(getattr(Admin, verb).__doc__ for verb in VERBS)


def test_a_verb_over_http_does_what_the_twin_does(world: World) -> None:
    assert ask(world.url, "POST", "pause", {"region": EUROPE}) == (200, None)
    assert world.admin.identity()["paused"] == {"pairs": [], "regions": [EUROPE]}
    assert ask(world.url, "POST", "resume", {}) == (200, None)
    before = world.admin.identity()["clock"]["now"]
    ask(world.url, "POST", "advance", {"seconds": 7})
    assert world.admin.identity()["clock"]["now"] == before + 7


@pytest.mark.parametrize(
    ("method", "verb", "arguments", "status"),
    [
        ("POST", "nonsense", {}, 404),
        ("POST", "_simulator", {}, 404),
        ("GET", "reset", None, 405),
        ("POST", "pause", {"source": HOME}, 400),
        ("POST", "pause", {"planet": "mars"}, 400),
        ("POST", "advance", {"seconds": -1}, 400),
        ("POST", "set_lag", {"low": 2, "high": 1}, 400),
        ("POST", "enable_region", {"region": "us-fake-1"}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, method: str, verb: str, arguments: dict, status: int) -> None:
    actual, answer = ask(world.url, method, verb, arguments)
    assert actual == status
    assert answer["error"]


def test_a_web_page_cannot_reach_it(world: World) -> None:
    assert ask(world.url, "POST", "reset", {}, Host="evil.example")[0] == 403
    assert ask(world.url, "POST", "reset", {}, **{"Content-Type": "text/plain"})[0] == 405
    assert ask(world.url, "GET", "identity", None, Host="localhost:1")[0] == 200


def test_the_log_has_every_call_and_no_item_values_or_credentials(world: World) -> None:
    world.create()
    world.put("one", secret="hush-hush")
    world.get("one")
    assert_refused("ResourceNotFoundException", "", world.client(EUROPE).describe_table, TableName=TABLE)
    operations = [(call["region"], call["operation"], call["table"], call["status"]) for call in world.admin.calls()]
    assert operations == [
        (HOME, "CreateTable", TABLE, 200),
        (HOME, "PutItem", TABLE, 200),
        (HOME, "GetItem", TABLE, 200),
        (EUROPE, "DescribeTable", TABLE, 400),
    ]
    last = world.admin.calls(region=EUROPE)[0]
    assert last["error"] == "ResourceNotFoundException"
    assert last["user_agent"].startswith("Boto3/")
    text = json.dumps(world.admin.calls())
    for secret in ("hush-hush", "AKIAIOSFODNN7EXAMPLE", "Signature"):
        assert secret not in text
    assert [call["operation"] for call in ask(world.url, "GET", "calls?operation=PutItem")[1]] == ["PutItem"]
    world.admin.clear_calls()
    assert world.admin.calls() == []


def test_batches_and_statements_are_logged_without_values(world: World) -> None:
    world.create()
    world.client().batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": {"id": {"S": "hush-hush"}}}}]})
    world.client().execute_statement(Statement=f"SELECT * FROM \"{TABLE}\" WHERE id = 'hush-hush'")
    world.client().scan(
        TableName=TABLE, FilterExpression="id = :v", ExpressionAttributeValues={":v": {"S": "hush-hush"}}
    )
    assert "hush-hush" not in json.dumps(world.admin.calls())
    assert world.admin.calls(operation="BatchWriteItem")[0]["parameters"]["RequestItems"] == [TABLE]


def test_a_fail_rule_fails_what_matches_as_often_as_asked(world: World) -> None:
    world.create()
    world.admin.fail("AccessDeniedException", "no", operation="DescribeTable", region=HOME, table=TABLE, count=2)
    for _ in range(2):
        assert_refused("AccessDeniedException", "no", world.describe)
    world.describe()
    rule = world.admin.fail("InternalServerError", status=500, region=EUROPE)
    assert_refused("InternalServerError", "", world.client(EUROPE).list_tables)
    world.client(HOME).list_tables()
    assert [rule["code"] for rule in world.admin.faults()] == ["InternalServerError"]
    world.admin.remove_fault(rule)
    world.client(EUROPE).list_tables()
    assert world.admin.calls(region=EUROPE)[0]["status"] == 500


def test_a_rule_fails_get_item_and_other_services_too(world: World) -> None:
    world.create()
    world.admin.fail("ThrottlingException", operation="GetItem")
    assert_refused("ThrottlingException", "", world.get, "one")
    world.admin.fail("AccessDenied", operation="GetCallerIdentity")
    assert_refused("AccessDenied", "", world.client(HOME, "sts").get_caller_identity)
    world.admin.fail("AccessDeniedException", operation="ListKeys")
    assert_refused("AccessDeniedException", "", world.client(HOME, "kms").list_keys)


def test_the_log_says_of_other_services_which_operation_on_what_in_which_region(world: World) -> None:
    world.create_provisioned()
    world.scale_writes(f"table/{TABLE}")
    world.client(EUROPE, "kms").describe_key(KeyId="alias/aws/dynamodb")
    world.client(HOME, "sts").get_caller_identity()
    world.client(HOME, "cloudwatch").describe_alarms(AlarmNamePrefix="TargetTracking-")
    kinesis = world.client(HOME, "kinesis")
    kinesis.create_stream(StreamName="changes", ShardCount=1)
    kinesis.put_record(StreamName="changes", PartitionKey="one", Data=b"hidden")
    what = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": f"table/{TABLE}",
        "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
    }
    logged = [
        (call["service"], call["region"], call["operation"], call["parameters"])
        for call in world.admin.calls()
        if call["service"] != "dynamodb"
    ]
    assert logged == [
        ("application-autoscaling", HOME, "RegisterScalableTarget", {**what, "MinCapacity": 1, "MaxCapacity": 10}),
        ("application-autoscaling", HOME, "PutScalingPolicy", {**what, "PolicyName": "writes"}),
        ("kms", EUROPE, "DescribeKey", {"KeyId": "alias/aws/dynamodb"}),
        ("sts", HOME, "GetCallerIdentity", {}),
        ("monitoring", HOME, "DescribeAlarms", {"AlarmNamePrefix": "TargetTracking-"}),
        ("kinesis", HOME, "CreateStream", {"StreamName": "changes"}),
        ("kinesis", HOME, "PutRecord", {"StreamName": "changes"}),
    ]


def test_no_service_knows_the_credentials_in_a_region_that_isnt_enabled(world: World) -> None:
    world.admin.disable_region(EUROPE)
    unknown = ("UnrecognizedClientException", "The security token included in the request is invalid.")
    assert_refused(*unknown, world.client(EUROPE, "kms").list_keys)
    scaling = world.client(EUROPE, "application-autoscaling")
    assert_refused(*unknown, scaling.describe_scalable_targets, ServiceNamespace="dynamodb")
    world.client(HOME, "kms").list_keys()


def test_a_failed_call_changes_nothing(world: World) -> None:
    world.create()
    world.admin.fail("ThrottlingException", operation="UpdateTable", count=1)
    assert_refused("ThrottlingException", "", world.change_replica, "Create", EUROPE)
    world.wait(700)
    assert world.replicas() == {}


def test_a_held_clock_holds_everything(world: World) -> None:
    world.create()
    world.change_replica("Create", EUROPE)
    for _ in range(20):
        assert world.replicas() == {}
    world.wait(60)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_reset_leaves_nothing_and_nothing_pending(world: World) -> None:
    world.create_global(EUROPE)
    world.put("one")
    world.change_replica("Delete", EUROPE)
    world.client(HOME, "kms").create_key()
    world.scale_writes(f"table/{TABLE}")
    world.admin.pause(region=EUROPE)
    world.admin.fail("ThrottlingException", operation="GetItem")
    world.admin.disable_region(EUROPE)
    world.admin.abort_next_create()
    world.admin.reset()
    world.admin.hold()
    assert (world.admin.calls(), world.admin.faults()) == ([], [])
    assert (world.status(), world.status(EUROPE)) == ("absent", "absent")
    world.create()
    world.create(EUROPE)
    world.wait(400)
    assert (world.status(), world.status(EUROPE)) == ("ACTIVE", "ACTIVE")
    assert world.get("one") is None
    assert world.client(HOME, "kms").list_keys()["Keys"] == []
    assert world.scaled(HOME) == set()
    world.add(ASIA)
    world.put("two")
    world.wait(30)
    assert world.get("two", ASIA)


def test_time_runs_by_itself_when_nobody_calls() -> None:
    done = threading.Event()
    with serve(time_scale=0.001) as simulator:
        simulator.admin._simulator.clock.schedule(50, done.set)
        with simulator.admin._simulator.lock:
            simulator.admin._simulator.wake_timer()
        assert done.wait(600)


def test_a_lag_is_wall_clock_time_whatever_the_scale() -> None:
    with serve(time_scale=0.0005, lag=Lag(0.3, 0.3)) as simulator:
        home, europe = (
            boto3.client(
                "dynamodb",
                region_name=region,
                endpoint_url=simulator.url,
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="secret",
                config=Config(retries={"total_max_attempts": 1}),
            )
            for region in (HOME, EUROPE)
        )
        world = World(simulator.url, simulator.admin)
        world.create_global(EUROPE)
        started = time.monotonic()
        home.put_item(TableName=TABLE, Item={"id": {"S": "one"}})
        while "Item" not in europe.get_item(TableName=TABLE, Key={"id": {"S": "one"}}):
            pass
        assert time.monotonic() >= started + 0.3

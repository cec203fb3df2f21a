# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What isn't simulated is refused in a form that clients understand, never accepted and ignored."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from world import EUROPE, HOME, NO_RETRIES, TABLE, World, assert_refused

from simulator.core import Simulator
from simulator.server import SimulatorServer

NOT_SIMULATED = ("ValidationException", "The simulator does not implement ")


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("create_global_table", {"GlobalTableName": TABLE, "ReplicationGroup": [{"RegionName": EUROPE}]}),
        ("describe_global_table", {"GlobalTableName": TABLE}),
        ("create_backup", {"TableName": TABLE, "BackupName": "backup"}),
        ("restore_table_to_point_in_time", {"TargetTableName": "another"}),
        ("export_table_to_point_in_time", {"TableArn": "arn", "S3Bucket": "bucket"}),
        ("list_global_tables", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_operation_that_is_not_simulated(world: World, operation: str, parameters: dict) -> None:
    world.create()
    assert_refused(*NOT_SIMULATED, getattr(world.client(), operation), **parameters)


@pytest.mark.parametrize(
    "change",
    [
        {"GlobalTableSettingsReplicationMode": "ENABLED"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_that_is_not_simulated(world: World, change: dict) -> None:
    world.create()
    assert_refused(*NOT_SIMULATED, world.update, **change)
    assert world.status() == "ACTIVE"


@pytest.mark.parametrize(
    "setting",
    [
        {
            "GlobalTableSourceArn": "arn:aws:dynamodb:us-east-1:1:table/x",
            "GlobalTableSettingsReplicationMode": "ENABLED",
        },
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_a_setting_at_creation_that_is_not_simulated(world: World, setting: dict) -> None:
    assert_refused(*NOT_SIMULATED, world.create, **setting)
    assert world.status() == "absent"


def test_a_service_that_is_not_simulated(world: World) -> None:
    with pytest.raises(ClientError, match="The simulator does not implement the service secretsmanager"):
        world.client(HOME, "secretsmanager").list_secrets()
    with pytest.raises(ClientError, match="The simulator does not implement the service iam"):
        world.client(HOME, "iam").list_users()


def test_the_services_beside_dynamodb_answer(world: World) -> None:
    assert world.client(HOME, "sts").get_caller_identity()["Account"] == "123456789012"
    assert world.client(HOME, "kms").list_keys()["Keys"] == []
    assert world.client(HOME, "cloudwatch").list_metrics()["Metrics"] == []


def test_a_call_for_another_account(world: World) -> None:
    assumed = world.client(HOME, "sts").assume_role(
        RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="test"
    )["Credentials"]
    other = boto3.client(
        "dynamodb",
        region_name=HOME,
        endpoint_url=world.url,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
        config=NO_RETRIES,
    )
    assert_refused("ValidationException", "accounts other than 123456789012", other.list_tables)


def test_a_request_that_is_not_signed_and_one_that_is_no_json(world: World) -> None:
    connection = http.client.HTTPConnection(urlsplit(world.url).netloc)
    connection.request("POST", "/", body=b"{}", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"})
    response = connection.getresponse()
    assert response.status == 403
    assert "MissingAuthenticationToken" in json.loads(response.read())["__type"]
    signed = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-west-2/dynamodb/aws4_request"
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Authorization": signed}
    connection.request("POST", "/", body=b"no json", headers=headers)
    assert "SerializationException" in json.loads(connection.getresponse().read())["__type"]


def test_motos_own_admin_interface_is_closed(world: World) -> None:
    world.create()
    connection = http.client.HTTPConnection(urlsplit(world.url).netloc)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 403
    assert world.status() == "ACTIVE"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "example.org"])
def test_an_address_that_is_not_loopback_is_not_bound(host: str) -> None:
    simulator = Simulator()
    try:
        with pytest.raises(ValueError, match="binds only loopback"):
            SimulatorServer(simulator, 0, host)
    finally:
        simulator.close()


def test_regions_are_kept_apart(world: World) -> None:
    world.create()
    assert world.client().list_tables()["TableNames"] == [TABLE]
    assert world.client(EUROPE).list_tables()["TableNames"] == []


def test_a_table_is_made_once(world: World) -> None:
    world.create()
    assert_refused("ResourceInUseException", f"Table already exists: {TABLE}", world.create)


def test_control_plane_changes_are_throttled_at_about_one_a_second(world: World) -> None:
    world.wait(10)
    outcomes = []
    for number in range(10):
        try:
            world.client().delete_table(TableName=f"missing-{number}")
        except ClientError as error:
            outcomes.append(error.response["Error"]["Code"])
    assert 3 <= outcomes.count("ThrottlingException") <= 5
    world.wait(1)
    assert_refused("ResourceNotFoundException", "", world.client().delete_table, TableName="missing")
    text = "The rate of control plane requests made by this account is too high"
    assert_refused("ThrottlingException", text, world.client().delete_table, TableName="missing")
    world.client().list_tables()


def test_m_a_batch_has_25_requests_at_most(world: World) -> None:
    world.create()
    puts = [{"PutRequest": {"Item": {"id": {"S": str(number)}}}} for number in range(26)]
    text = "Too many items requested for the BatchWriteItem call"
    assert_refused("ValidationException", text, world.client().batch_write_item, RequestItems={TABLE: puts})
    world.client().batch_write_item(RequestItems={TABLE: puts[:25]})


def test_a_call_moto_cannot_carry_out_is_an_error_in_json(world: World) -> None:
    world.create()
    update = {"UpdateExpression": "SET", "Key": {"id": {"S": "one"}}}
    with pytest.raises(ClientError) as refusal:
        world.client().execute_statement(Statement=f'SELEKT * FROM "{TABLE}"')
    assert refusal.value.response["Error"]["Message"]
    with pytest.raises(ClientError):
        world.client().update_item(TableName=TABLE, **update)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every answer carries, a refusal too: a request id, and the checksum of its body."""

from __future__ import annotations

import socket
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from world import HOME, TABLE, World


@pytest.mark.parametrize(
    ("service", "call", "parameters"),
    [
        ("dynamodb", "list_tables", {}),
        ("dynamodb", "describe_table", {"TableName": TABLE}),
        ("dynamodb", "get_item", {"TableName": TABLE, "Key": {"id": {"S": "one"}}}),
        ("dynamodb", "describe_table", {"TableName": "nothing"}),
        ("dynamodbstreams", "list_streams", {}),
        ("application-autoscaling", "describe_scalable_targets", {"ServiceNamespace": "dynamodb"}),
        ("cloudwatch", "describe_alarms", {}),
        ("kinesis", "list_streams", {}),
        ("kms", "list_keys", {}),
        ("kms", "describe_key", {"KeyId": "alias/nothing"}),
        ("sts", "get_caller_identity", {}),
    ],
)
def test_m_every_answer_has_a_request_id_and_the_checksum_of_its_body(
    world: World, service: str, call: str, parameters: dict[str, Any]
) -> None:
    """botocore: parsers.py takes the one, retries/special.py compares the other."""
    world.create()
    client = world.client(HOME, service)
    bodies = []
    client.meta.events.register("after-call", lambda http_response, **others: bodies.append(http_response.content))
    try:
        answer = getattr(client, call)(**parameters)
    except ClientError as error:
        answer = error.response
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-requestid"]
    assert int(headers["x-amz-crc32"]) == zlib.crc32(bodies[0])


def test_a_call_of_which_only_a_part_arrives_is_no_call(world: World) -> None:
    address = urlsplit(world.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        scope = "Authorization: Credential=A/20261101/us-west-2/dynamodb/aws4_request"
        head = (
            f"POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n{scope}\r\nContent-Length: 100\r\n\r\n"
        )
        connection.sendall(f"{head}{{}}".encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert world.admin.calls() == []

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call fails on an answer that isn't the service's, over HTTP: it is never taken for "none" or for success."""

from __future__ import annotations

import datetime
import functools
import http.server
import threading
import typing as t
from unittest import mock

import boto3
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import answers, api, errors
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients

HOME, TABLE = "us-east-1", "orders"
ARN = f"arn:aws:dynamodb:{HOME}:123456789012:table/{TABLE}"
KEY = {"id": {"S": "1"}}
NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
QUERIES = [{"Id": "one", "Expression": "1"}]
SCALED = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": f"table/{TABLE}",
    "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
}
NAMED = {"TableName": TABLE}
ITEMS_STREAM = f"{ARN}/stream/2026-11-01T00:00:00.000"
STREAM = {**NAMED, "StreamArn": "arn:aws:kinesis:us-east-1:123456789012:stream/orders"}

CHANGES = {
    "CreateTable": {
        **NAMED,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    },
    "UpdateTable": NAMED,
    "DeleteTable": NAMED,
    "UpdateTimeToLive": {**NAMED, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ends"}},
    "UpdateContinuousBackups": {
        **NAMED,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    },
    "TagResource": {"ResourceArn": ARN, "Tags": []},
    "UntagResource": {"ResourceArn": ARN, "TagKeys": []},
    "UpdateContributorInsights": {**NAMED, "ContributorInsightsAction": "ENABLE"},
    "RegisterScalableTarget": SCALED,
    "DeregisterScalableTarget": SCALED,
    "PutScalingPolicy": {**SCALED, "PolicyName": "write"},
    "PutResourcePolicy": {"ResourceArn": ARN, "Policy": "{}"},
    "DeleteResourcePolicy": {"ResourceArn": ARN},
    "EnableKinesisStreamingDestination": STREAM,
    "UpdateKinesisStreamingDestination": STREAM,
    "DisableKinesisStreamingDestination": STREAM,
}
ITEM_WRITES = {
    "PutItem": {**NAMED, "Item": KEY},
    "UpdateItem": {**NAMED, "Key": KEY},
    "DeleteItem": {**NAMED, "Key": KEY},
}

# The call -> what makes it, given the clients.
CALLS: dict[str, t.Callable[[Clients], t.Any]] = {
    "GetCallerIdentity": lambda clients: api.caller_account(clients.of("sts", HOME)),
    "ListTables": lambda clients: api.list_tables(clients[HOME]),
    "Scan": lambda clients: api.holds_items(clients[HOME], TABLE),
    "DescribeTable": lambda clients: api.describe_table(clients[HOME], TABLE),
    "DescribeTimeToLive": lambda clients: api.describe_time_to_live(clients[HOME], TABLE),
    "DescribeContinuousBackups": lambda clients: api.describe_continuous_backups(clients[HOME], TABLE),
    "ListTagsOfResource": lambda clients: api.list_tags_of_resource(clients[HOME], ARN),
    "DescribeContributorInsights": lambda clients: api.describe_contributor_insights(clients[HOME], TABLE, "by-day"),
    "DescribeScalableTargets": lambda clients: api.describe_scalable_targets(scaling(clients)),
    "DescribeScalingPolicies": lambda clients: api.describe_scaling_policies(scaling(clients), f"table/{TABLE}"),
    "GetResourcePolicy": lambda clients: api.get_resource_policy(clients[HOME], ARN),
    "DescribeKinesisStreamingDestination": lambda clients: api.describe_kinesis_streaming_destination(
        clients[HOME], TABLE
    ),
    "DescribeKey": lambda clients: api.describe_key(clients.of("kms", HOME), "alias/orders"),
    "GetMetricData": lambda clients: api.get_metric_data(clients.of("cloudwatch", HOME), QUERIES, NOW, NOW),
    "DescribeStream": lambda clients: api.describe_stream(clients.of("dynamodbstreams", HOME), ITEMS_STREAM),
    "GetShardIterator": lambda clients: api.get_shard_iterator(
        clients.of("dynamodbstreams", HOME), ITEMS_STREAM, "shardId-00000001541626099285-f35f62ef"
    ),
    "GetRecords": lambda clients: api.get_records(clients.of("dynamodbstreams", HOME), "iterator"),
    "BatchGetItem": lambda clients: api.batch_get_items(clients[HOME], TABLE, {"Keys": [KEY]}),
    **{
        call: functools.partial(
            lambda call, parameters, clients: api.change(clients, HOME, call, parameters), call, given
        )
        for call, given in CHANGES.items()
    },
    **{
        call: functools.partial(lambda call, given, clients: api.write_item(clients[HOME], call, given), call, given)
        for call, given in ITEM_WRITES.items()
    },
}


def scaling(clients: Clients) -> t.Any:
    return clients.of("application-autoscaling", HOME)


class Odd(t.NamedTuple):
    """An answer. ``length`` is the Content-Length where it isn't the body's."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None


SERVICES = (("x-amzn-RequestId", "8d1c1b4e"), ("Content-Type", "application/x-amz-json-1.0"))
PORTAL = b"<html><body>Please log in</body></html>"
# As every caller of a service that isn't there may get them.
NOBODYS = {
    "a portal's page": Odd(200, PORTAL),
    "a page that is no XML": Odd(200, b"<!doctype html><html><br>"),
    "a portal's page as an error": Odd(403, PORTAL),
    "a page that isn't found": Odd(404, PORTAL),
    "a gateway's page": Odd(502, PORTAL),
    "a refusal in JSON": Odd(400, b'{"__type": "ResourceNotFoundException", "message": "Not found"}'),
    "nothing": Odd(200, b""),
    "an empty object": Odd(200, b"{}"),
    "a list": Odd(200, b"[]"),
    "text": Odd(200, b'"text"'),
    "a list as an error": Odd(400, b"[]"),
    "no UTF-8": Odd(200, b"\xff\xfe"),
}
# With a request id, but without what the call returns.
PARTIAL = {
    "nothing": Odd(200, b"", SERVICES),
    "an empty object": Odd(200, b"{}", SERVICES),
    "half a body": Odd(200, b'{"Table": {"TableSt', SERVICES),
    "another shape": Odd(200, b'{"Responses": 5, "Table": [], "Account": {}, "Tags": "none"}', SERVICES),
}


class Answering(http.server.BaseHTTPRequestHandler):
    """Gives every call the same answer."""

    odd: Odd

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.odd.status)
        for name, value in self.odd.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.odd.body) if self.odd.length is None else self.odd.length))
        self.end_headers()
        self.wfile.write(self.odd.body)

    def log_message(self, format: str, *arguments: t.Any) -> None:
        pass


@pytest.fixture(scope="module")
def clients() -> t.Iterator[Clients]:
    session = boto3.session.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret")

    def factory(service: str, region: str, endpoint: str | None, config: t.Any) -> t.Any:
        once = config.merge(type(config)(retries={"total_max_attempts": 1}))
        return session.client(service, region_name=region, endpoint_url=endpoint, config=once)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Clients(factory, f"http://127.0.0.1:{server.server_port}", [HOME])
        server.shutdown()
        thread.join()


def test_every_call_of_the_engine_is_tried():
    assert CHANGES.keys() == api.CHANGES.keys()
    assert ITEM_WRITES.keys() == api.ITEM_WRITES.keys()
    assert answers.MEMBERS.keys() <= CALLS.keys()


@pytest.mark.parametrize("odd", NOBODYS)
@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_is_not_the_services_is_a_failed_call(clients, call, odd):
    assert_foreign(clients, call, NOBODYS[odd])


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_is_cut_short_is_a_failed_call(clients, call):
    """Older SDKs notice it themselves, as a connection that ended."""
    error = failure(clients, call, Odd(200, b'{"Table": {"TableSt', SERVICES, length=1000))
    assert error.kind in (errors.FOREIGN, errors.UNREACHABLE)
    assert (error.transient, error.call, error.region) == (True, call, HOME)


@pytest.mark.parametrize("odd", PARTIAL)
@pytest.mark.parametrize("call", sorted(answers.MEMBERS))
def test_an_answer_without_what_the_call_returns_is_a_failed_call(clients, call, odd):
    assert_foreign(clients, call, PARTIAL[odd])


def failure(clients: Clients, call: str, odd: Odd) -> errors.ServiceError:
    Answering.odd = odd
    with pytest.raises(errors.ServiceError) as failed:
        CALLS[call](clients)
    return failed.value


def assert_foreign(clients: Clients, call: str, odd: Odd) -> None:
    error = failure(clients, call, odd)
    assert (error.kind, error.transient, error.call, error.region) == (errors.FOREIGN, True, call, HOME)
    assert str(error).startswith(f"{call} in {HOME} wasn't answered as AWS answers (")
    assert "a proxy or a captive portal" in str(error)
    assert "<" not in str(error)


@pytest.mark.parametrize("call", sorted(CALLS.keys() - answers.MEMBERS.keys()))
def test_a_change_that_returns_nothing_is_acknowledged_by_the_request_id(clients, call):
    Answering.odd = Odd(200, b"", SERVICES)
    CALLS[call](clients)


@pytest.mark.parametrize(
    ("call", "code"), [("GetResourcePolicy", "PolicyNotFoundException"), ("DescribeKey", "NotFoundException")]
)
def test_only_the_service_says_that_there_is_none(clients, call, code):
    Answering.odd = Odd(400, b'{"__type": "%s", "message": "Not found"}' % code.encode(), SERVICES)
    assert CALLS[call](clients) is None
    assert_foreign(clients, call, Answering.odd._replace(headers=()))


@pytest.mark.parametrize("bug", [AttributeError("gone"), KeyError("gone"), TypeError("odd"), ValueError("odd")])
def test_an_error_in_the_code_is_no_answer_of_a_proxy(clients, bug):
    def broken(**others: t.Any) -> None:
        raise bug

    Answering.odd = Odd(200, b"{}", SERVICES)
    client = clients[HOME]
    client.meta.events.register_first("after-call", broken)
    try:
        with pytest.raises(type(bug)) as crash:
            api.describe_table(client, TABLE)
    finally:
        client.meta.events.unregister("after-call", broken)
    assert crash.value is bug


def test_a_method_that_the_client_lacks_is_no_answer_of_a_proxy(clients):
    with pytest.raises(AttributeError, match="describe_table"):
        api.describe_table(clients.of("kms", HOME), TABLE)


def test_items_without_their_keys_are_no_answer_of_the_service():
    client = mock.Mock()
    client.batch_get_item.return_value = {"Responses": {TABLE: [{}]}, "ResponseMetadata": {}}
    with pytest.raises(errors.ServiceError, match="items without their keys") as caught:
        api.batch_get_items(client, TABLE, {"Keys": [KEY]})
    assert caught.value.kind == errors.FOREIGN

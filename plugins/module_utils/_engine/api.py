# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thin function per API call: parameters in, the part of the answer that matters out, `ServiceError` raised."""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import traceback
import typing as t

with contextlib.suppress(ImportError):  # AnsibleAWSModule says that boto3 is missing
    import botocore.exceptions
    import botocore.parsers

from .errors import explain, not_the_service

# The calls that steps may name -> the service, and the client's method.
CHANGES = {
    "CreateTable": ("dynamodb", "create_table"),
    "UpdateTable": ("dynamodb", "update_table"),
    "DeleteTable": ("dynamodb", "delete_table"),
    "UpdateTimeToLive": ("dynamodb", "update_time_to_live"),
    "UpdateContinuousBackups": ("dynamodb", "update_continuous_backups"),
    "TagResource": ("dynamodb", "tag_resource"),
    "UntagResource": ("dynamodb", "untag_resource"),
    "UpdateContributorInsights": ("dynamodb", "update_contributor_insights"),
    "RegisterScalableTarget": ("application-autoscaling", "register_scalable_target"),
    "DeregisterScalableTarget": ("application-autoscaling", "deregister_scalable_target"),
    "PutScalingPolicy": ("application-autoscaling", "put_scaling_policy"),
    "PutResourcePolicy": ("dynamodb", "put_resource_policy"),
    "DeleteResourcePolicy": ("dynamodb", "delete_resource_policy"),
    "EnableKinesisStreamingDestination": ("dynamodb", "enable_kinesis_streaming_destination"),
    "UpdateKinesisStreamingDestination": ("dynamodb", "update_kinesis_streaming_destination"),
    "DisableKinesisStreamingDestination": ("dynamodb", "disable_kinesis_streaming_destination"),
}

# The calls that write an item -> the client's method.
ITEM_WRITES = {"PutItem": "put_item", "UpdateItem": "update_item", "DeleteItem": "delete_item"}


@contextlib.contextmanager
def _explained(client: t.Any, call: str, service: str = "dynamodb") -> t.Iterator[None]:
    try:
        yield
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        raise explain(error, call, client.meta.region_name, service) from error
    except Exception as error:
        if not _while_parsing(error):
            raise
        raise not_the_service(call, client.meta.region_name, "a body that can't be read") from error


def _while_parsing(error: Exception) -> bool:
    """Whether botocore's parsers raised it: on a body of another shape they raise anything, some of it by accident."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_globals.get("__name__") == botocore.parsers.__name__ for frame, line in frames)


def caller_account(client: t.Any) -> str:
    """The account id of the credentials (STS client)."""
    with _explained(client, "GetCallerIdentity", "sts"):
        return client.get_caller_identity()["Account"]


def list_tables(client: t.Any) -> list[str]:
    """The name of every table of the region."""
    with _explained(client, "ListTables"):
        return client.get_paginator("list_tables").paginate().build_full_result()["TableNames"]


def holds_items(client: t.Any, table: str) -> bool:
    """Whether there is any item: a Scan that ends at the first."""
    with _explained(client, "Scan"):
        return client.scan(TableName=table, Limit=1, Select="COUNT", ConsistentRead=True)["ScannedCount"] > 0


def describe_table(client: t.Any, table: str) -> dict[str, t.Any]:
    """DescribeTable's ``Table``. Eventually consistent, says the API's documentation."""
    with _explained(client, "DescribeTable"):
        return client.describe_table(TableName=table)["Table"]


def describe_time_to_live(client: t.Any, table: str) -> dict[str, t.Any]:
    """``TimeToLiveDescription``."""
    with _explained(client, "DescribeTimeToLive"):
        return client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]


def describe_continuous_backups(client: t.Any, table: str) -> dict[str, t.Any]:
    """``ContinuousBackupsDescription``."""
    with _explained(client, "DescribeContinuousBackups"):
        return client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]


def list_tags_of_resource(client: t.Any, arn: str) -> list[dict[str, str]]:
    """Every tag of a table."""
    with _explained(client, "ListTagsOfResource"):
        pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return pages.build_full_result()["Tags"]


def describe_contributor_insights(client: t.Any, table: str, index: str = "") -> dict[str, t.Any] | None:
    """Its whole answer, of the table or of an index; None for an index that is still too new to have any."""
    with _explained(client, "DescribeContributorInsights"):
        try:
            return client.describe_contributor_insights(TableName=table, **({"IndexName": index} if index else {}))
        except client.exceptions.ResourceNotFoundException:
            if index:
                return None
            raise


def describe_scalable_targets(client: t.Any, resources: list[str] | None = None) -> list[dict[str, t.Any]]:
    """DynamoDB's scalable targets, of ``resources`` or of all (Application Auto Scaling client)."""
    named = {"ResourceIds": resources} if resources else {}
    with _explained(client, "DescribeScalableTargets", "application-autoscaling"):
        pages = client.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="dynamodb", **named)
        return pages.build_full_result()["ScalableTargets"]


def describe_scaling_policies(client: t.Any, resource: str) -> list[dict[str, t.Any]]:
    """The scaling policies of a table or an index (Application Auto Scaling client)."""
    with _explained(client, "DescribeScalingPolicies", "application-autoscaling"):
        pages = client.get_paginator("describe_scaling_policies").paginate(
            ServiceNamespace="dynamodb", ResourceId=resource
        )
        return pages.build_full_result()["ScalingPolicies"]


def get_resource_policy(client: t.Any, arn: str) -> str | None:
    """The policy of a table as JSON, None when it has none. For a second or two it is the one before a change."""
    with _explained(client, "GetResourcePolicy"):
        try:
            return client.get_resource_policy(ResourceArn=arn)["Policy"]
        except client.exceptions.PolicyNotFoundException:
            return None


def describe_kinesis_streaming_destination(client: t.Any, table: str) -> list[dict[str, t.Any]]:
    """Every stream that a table's changes go to, or went to."""
    with _explained(client, "DescribeKinesisStreamingDestination"):
        return client.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"]


def describe_key(client: t.Any, key: str) -> dict[str, t.Any] | None:
    """A key's metadata, by its ARN, id or alias; None when there is none (KMS client)."""
    with _explained(client, "DescribeKey", "kms"):
        try:
            return client.describe_key(KeyId=key)["KeyMetadata"]
        except client.exceptions.NotFoundException:
            return None


def get_metric_data(
    client: t.Any, queries: list[dict[str, t.Any]], start: datetime.datetime, end: datetime.datetime
) -> dict[str, list[float]]:
    """The values of each of up to 500 ``MetricDataQueries``, by its ``Id`` (CloudWatch client)."""
    values: dict[str, list[float]] = {}
    with _explained(client, "GetMetricData", "cloudwatch"):
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=start, EndTime=end
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                values.setdefault(result["Id"], []).extend(result["Values"])
    return values


def describe_stream(client: t.Any, arn: str) -> tuple[list[dict[str, t.Any]], datetime.datetime]:
    """Every shard of a stream, and when it was asked by the service's own clock (DynamoDB Streams client)."""
    shards: list[dict[str, t.Any]] = []
    times: list[datetime.datetime] = []
    with _explained(client, "DescribeStream"):
        start: dict[str, str] = {}
        while True:
            answer = client.describe_stream(StreamArn=arn, **start)
            times.append(email.utils.parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]))
            described = answer["StreamDescription"]
            shards += described["Shards"]
            if not described.get("LastEvaluatedShardId"):
                return shards, times[0]
            start = {"ExclusiveStartShardId": described["LastEvaluatedShardId"]}


def get_shard_iterator(client: t.Any, arn: str, shard: str) -> str:
    """Where the oldest record of a shard is (DynamoDB Streams client)."""
    with _explained(client, "GetShardIterator"):
        return client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]


def get_records(client: t.Any, iterator: str) -> tuple[list[dict[str, t.Any]], str | None]:
    """Up to 1,000 records from there, and where the next ones are; None at the end of a closed shard."""
    with _explained(client, "GetRecords"):
        answer = client.get_records(ShardIterator=iterator)
        return answer["Records"], answer.get("NextShardIterator")


def change(clients: t.Any, region: str, call: str, parameters: dict[str, t.Any]) -> None:
    """Carry out a step's call; what came of it is seen by the next observation, not taken from the answer."""
    service, method = CHANGES[call]
    client = clients.of(service, region)
    with _explained(client, call, service):
        getattr(client, method)(**parameters)


class Written(t.NamedTuple):
    """Whether the condition held, whether the SDK had to send the call more than once, and its capacity units.

    A call whose condition doesn't hold costs too, but how much isn't said.
    """

    held: bool
    retried: bool
    units: float = 0.0


class ItemsRead(t.NamedTuple):
    """What BatchGetItem returned, the keys that it left unprocessed, its units."""

    items: list[dict[str, t.Any]]
    unprocessed: list[dict[str, t.Any]]
    units: float = 0.0


def write_item(client: t.Any, call: str, parameters: dict[str, t.Any]) -> Written:
    """A conditional PutItem, UpdateItem or DeleteItem; a condition that doesn't hold is an answer, no error."""
    with _explained(client, call):
        try:
            answer = getattr(client, ITEM_WRITES[call])(**parameters, ReturnConsumedCapacity="TOTAL")
        except client.exceptions.ConditionalCheckFailedException as refused:
            return Written(False, _retried(refused.response))
        return Written(True, _retried(answer), _units([answer["ConsumedCapacity"]]))


def batch_get_items(client: t.Any, table: str, request: dict[str, t.Any]) -> ItemsRead:
    """One BatchGetItem of one table, with its ``KeysAndAttributes``."""
    with _explained(client, "BatchGetItem"):
        answer = client.batch_get_item(RequestItems={table: request}, ReturnConsumedCapacity="TOTAL")
        unprocessed = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        units = _units(answer.get("ConsumedCapacity", []))
        items = answer["Responses"].get(table, [])
        if not all(request["Keys"][0].keys() <= item.keys() for item in items):
            raise not_the_service("BatchGetItem", client.meta.region_name, "items without their keys")
        return ItemsRead(items, unprocessed, units)


def _units(consumed: list[dict[str, t.Any]]) -> float:
    return sum(one.get("CapacityUnits", 0.0) for one in consumed)


def _retried(answer: dict[str, t.Any]) -> bool:
    return answer["ResponseMetadata"].get("RetryAttempts", 0) > 0

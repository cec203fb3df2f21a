# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulator's tests do again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

from simulator.admin import Admin

TABLE = "orders"
HOME, EUROPE, ASIA = "us-west-2", "eu-west-1", "ap-southeast-2"
NO_RETRIES = Config(retries={"total_max_attempts": 1})


class World:
    """Clients of every region, and what tests do with tables again and again."""

    def __init__(self, url: str, admin: Admin) -> None:
        self.url = url
        self.admin = admin
        self._clients: dict[tuple[str, str], BaseClient] = {}

    def client(self, region: str = HOME, service: str = "dynamodb") -> BaseClient:
        if (region, service) not in self._clients:
            self._clients[region, service] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="secret",
                config=NO_RETRIES,
            )
        return self._clients[region, service]

    def wait(self, seconds: float) -> None:
        self.admin.advance(seconds)

    def create(self, region: str = HOME, table: str = TABLE, **settings: Any) -> None:
        """A table with a partition key of type S, on demand, ACTIVE."""
        arguments = {
            "TableName": table,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            **settings,
        }
        self.client(region).create_table(**arguments)
        self.wait(25 if "GlobalSecondaryIndexes" in settings else 10)

    def create_provisioned(self, **settings: Any) -> None:
        """A table with 5 units of read and write capacity."""
        capacity = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        self.create(BillingMode="PROVISIONED", ProvisionedThroughput=capacity, **settings)

    def scale_writes(self, resource: str, region: str = HOME, policy: bool = True) -> None:
        """Let Application Auto Scaling look after a table's or an index's write capacity."""
        scaling = self.client(region, "application-autoscaling")
        kind = "index" if "/index/" in resource else "table"
        what = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": resource,
            "ScalableDimension": f"dynamodb:{kind}:WriteCapacityUnits",
        }
        scaling.register_scalable_target(**what, MinCapacity=1, MaxCapacity=10)
        if policy:
            metric = {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"}
            scaling.put_scaling_policy(
                **what,
                PolicyName="writes",
                PolicyType="TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration={"TargetValue": 70, "PredefinedMetricSpecification": metric},
            )

    def scaled(self, region: str) -> set[str]:
        """What Application Auto Scaling looks after by a policy in a region."""
        scaling = self.client(region, "application-autoscaling")
        policies = scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
        targets = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
        return {policy["ResourceId"] for policy in policies} & {target["ResourceId"] for target in targets}

    def update(self, region: str = HOME, **changes: Any) -> dict[str, Any]:
        return self.client(region).update_table(TableName=TABLE, **changes)["TableDescription"]

    def change_replica(self, action: str, target: str, region: str = HOME, **settings: Any) -> dict[str, Any]:
        return self.update(region, ReplicaUpdates=[{action: {"RegionName": target, **settings}}])

    def add(self, target: str, region: str = HOME, **settings: Any) -> None:
        """A replica, ACTIVE."""
        self.change_replica("Create", target, region, **settings)
        self.wait(700)

    def create_global(self, *targets: str, **settings: Any) -> None:
        """A table in its home region and in others."""
        self.create(**settings)
        for target in targets:
            self.add(target)

    def describe(self, region: str = HOME) -> dict[str, Any]:
        return self.client(region).describe_table(TableName=TABLE)["Table"]

    def status(self, region: str = HOME) -> str:
        """The table's status, or "absent"."""
        try:
            return self.describe(region)["TableStatus"]
        except self.client(region).exceptions.ResourceNotFoundException:
            return "absent"

    def replicas(self, region: str = HOME) -> dict[str, str]:
        """The status of each replica a region lists."""
        return {entry["RegionName"]: entry["ReplicaStatus"] for entry in self.describe(region).get("Replicas", [])}

    def timeline(self, seconds: int, step: float = 1) -> list[tuple[str, str, str]]:
        """What home shows of itself, of EUROPE, and EUROPE of itself: every change of it."""
        seen: list[tuple[str, str, str]] = []
        for _ in range(int(seconds / step)):
            state = (self.status(), self.replicas().get(EUROPE, "unlisted"), self.status(EUROPE))
            if not seen or seen[-1] != state:
                seen.append(state)
            self.wait(step)
        return seen

    def set_time_to_live(self, attribute: str, region: str = HOME, enabled: bool = True) -> None:
        specification = {"Enabled": enabled, "AttributeName": attribute}
        self.client(region).update_time_to_live(TableName=TABLE, TimeToLiveSpecification=specification)

    def put(self, key: str, region: str = HOME, **attributes: str) -> None:
        item = {"id": {"S": key}, **{name: {"S": value} for name, value in attributes.items()}}
        self.client(region).put_item(TableName=TABLE, Item=item)

    def get(self, key: str, region: str = HOME, consistent: bool = False) -> dict[str, str] | None:
        asked = {"TableName": TABLE, "Key": {"id": {"S": key}}, "ConsistentRead": consistent}
        item = self.client(region).get_item(**asked).get("Item")
        return item and {name: value["S"] for name, value in item.items()}

    def stream_records(self, region: str = HOME) -> list[dict[str, Any]]:
        """What a region's stream has, shard by shard, each parent before its child."""
        client, arn = self.client(region, "dynamodbstreams"), self.describe(region)["LatestStreamArn"]
        records = []
        for shard in client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator, was_empty = client.get_shard_iterator(**start)["ShardIterator"], False
            while iterator and not was_empty:
                page = client.get_records(ShardIterator=iterator)
                records += page["Records"]
                iterator, was_empty = page.get("NextShardIterator"), not page["Records"]
        return records

    def delete(self, key: str, region: str = HOME) -> None:
        self.client(region).delete_item(TableName=TABLE, Key={"id": {"S": key}})


def refused(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> tuple[str, str]:
    """The code and text a call is refused with."""
    with pytest.raises(ClientError) as refusal:
        call(*arguments, **parameters)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def assert_refused(code: str, text: str, call: Callable[..., Any], *arguments: Any, **parameters: Any) -> None:
    """Assert that a call is refused with a code and a text that contains another."""
    actual_code, actual_text = refused(call, *arguments, **parameters)
    assert actual_code == code
    assert text in actual_text

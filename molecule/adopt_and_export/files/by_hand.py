# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people do without the collection: by_hand.py URL make | change | read. Says what it did."""

from __future__ import annotations

import json
import sys
import typing as t
import urllib.request

import boto3

US, EU, AP, SA = "us-east-1", "eu-west-1", "ap-southeast-2", "sa-east-1"
ARN = "arn:aws:dynamodb:{}:123456789012:table/{}"
# Longer than any change of an empty table takes.
SETTLED = 600

URL = sys.argv[1]


def client(region: str, service: str = "dynamodb") -> t.Any:
    return boto3.client(service, region_name=region, endpoint_url=URL)


def settle() -> None:
    """Let the simulator's clock pass by."""
    body = json.dumps({"seconds": SETTLED}).encode()
    request = urllib.request.Request(f"{URL}/_simulator/advance", body, {"Content-Type": "application/json"})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()


def key(**types: str) -> dict[str, t.Any]:
    """KeySchema and what it takes: partition key first, then sort key."""
    kinds = ("HASH", "RANGE")
    return {"KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in zip(types, kinds, strict=False)]}


def attributes(**types: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def add_replica(table: str, region: str, **own: t.Any) -> None:
    client(US).update_table(TableName=table, ReplicaUpdates=[{"Create": {"RegionName": region, **own}}])
    settle()


def keep_backups(region: str, days: int) -> None:
    specification = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}
    client(region).update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification=specification)


def tag(region: str, **tags: str) -> None:
    pairs = [{"Key": name, "Value": value} for name, value in tags.items()]
    client(region).tag_resource(ResourceArn=ARN.format(region, "orders"), Tags=pairs)


def make_orders() -> None:
    """On demand, with an index, expiry, backups and maximums; Ireland has some of that otherwise."""
    home = client(US)
    index = {"IndexName": "by-email", **key(email="S"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
    home.create_table(
        TableName="orders",
        AttributeDefinitions=attributes(id="S", at="N", email="S"),
        **key(id="S", at="N"),
        GlobalSecondaryIndexes=[index],
        BillingMode="PAY_PER_REQUEST",
        OnDemandThroughput={"MaxReadRequestUnits": 2000, "MaxWriteRequestUnits": 1000},
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    settle()
    home.update_time_to_live(TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    keep_backups(US, 7)
    settle()
    add_replica("orders", AP)
    add_replica(
        "orders",
        EU,
        TableClassOverride="STANDARD_INFREQUENT_ACCESS",
        OnDemandThroughputOverride={"MaxReadRequestUnits": 500},
        GlobalSecondaryIndexes=[{"IndexName": "by-email", "OnDemandThroughputOverride": {"MaxReadRequestUnits": 100}}],
    )
    keep_backups(EU, 14)
    tag(EU, data="eu")
    home.put_item(TableName="orders", Item={"id": {"S": "1"}, "at": {"N": "1"}, "what": {"S": "a book"}})
    settle()


def make_ledger() -> None:
    """Provisioned, its writes scaled; Ireland reads more."""
    home, scaling = client(US), client(US, "application-autoscaling")
    home.create_table(
        TableName="ledger",
        AttributeDefinitions=attributes(id="S"),
        **key(id="S"),
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    settle()
    target = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/ledger",
        "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
    }
    scaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=50)
    scaling.put_scaling_policy(
        **target,
        PolicyName="writes",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 60,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"},
        },
    )
    add_replica("ledger", EU, ProvisionedThroughputOverride={"ReadCapacityUnits": 7})


def make() -> None:
    standing = client(US).list_tables()["TableNames"]
    for name, made in (("orders", make_orders), ("ledger", make_ledger)):
        if name not in standing:
            made()
            print(f"made {name}")


def change() -> None:
    tag(EU, data="elsewhere")
    add_replica("ledger", SA)
    client(US).update_table(TableName="orders", OnDemandThroughput={"MaxWriteRequestUnits": 3000})
    settle()
    print("changed a tag, a maximum and the regions")


def read() -> None:
    print(client(AP).scan(TableName="orders", ConsistentRead=True)["Items"])


if __name__ == "__main__":
    {"make": make, "change": change, "read": read}[sys.argv[2]]()

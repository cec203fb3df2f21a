# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The yardstick of a verification: a threaded boto3 script that makes the same item calls, and waits for nothing.

``python -m benchmarks.items URL N CALLS REGION...`` makes CALLS (JSON, operation -> how many over all tables and
regions) of the tables bench-000 to bench-N.
"""

from __future__ import annotations

import itertools
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import probes
from botocore.config import Config

WORKERS = 64
LEASE = probes.Lease("0d3b1c6e-8f5b-4a57-9c1c-1f2f1d1c7a10", 2_000_000_000)
# As many keys as a look asks for, on the average.
KEYS = [probes.Probe("us-east-1", number) for number in range(10)]


def main(url: str, tables: int, calls: dict[str, int], regions: list[str]) -> None:
    session = boto3.session.Session()
    config = Config(max_pool_connections=WORKERS)
    clients = [session.client("dynamodb", region_name=region, endpoint_url=url, config=config) for region in regions]
    names = [f"bench-{number:03}" for number in range(tables)]
    places = itertools.cycle(itertools.product(clients, names))
    with ThreadPoolExecutor(WORKERS) as pool:
        for operation, number in calls.items():
            call = OPERATIONS[operation]
            for done in pool.map(lambda place, call=call: call(*place), itertools.islice(places, number)):
                assert done["ResponseMetadata"]["HTTPStatusCode"] == 200


def schema(name: str) -> probes.Schema:
    return probes.Schema(name, (("id", "S"),))


def write(operation: str, method: str):
    def call(client, name):
        parameters = schema(name).write(operation, KEYS[0], LEASE)
        return getattr(client, method)(**parameters, ReturnConsumedCapacity="TOTAL")

    return call


def batch_get_item(client, name):
    request = schema(name).read(KEYS, consistent=False)
    return client.batch_get_item(RequestItems={name: request}, ReturnConsumedCapacity="TOTAL")


def describe_table(client, name):
    return client.describe_table(TableName=name)


OPERATIONS = {
    "PutItem": write(probes.PUT, "put_item"),
    "UpdateItem": write(probes.UPDATE, "update_item"),
    "DeleteItem": write(probes.DELETE, "delete_item"),
    "BatchGetItem": batch_get_item,
    "DescribeTable": describe_table,
}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:])

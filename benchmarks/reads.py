# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The yardstick: a threaded boto3 script that makes the reads of a run with nothing to do, and nothing else.

``python -m benchmarks.reads URL N REGION...`` describes the tables bench-000 to bench-N in each region.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

WORKERS = 16


def main(url: str, tables: int, regions: list[str]) -> None:
    session = boto3.session.Session()
    config = Config(max_pool_connections=WORKERS)
    clients = [session.client("dynamodb", region_name=region, endpoint_url=url, config=config) for region in regions]
    names = [f"bench-{number:03}" for number in range(tables)]
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = pool.map(
            lambda read: read[0].describe_table(TableName=read[1]), ((c, n) for n in names for c in clients)
        )
        assert all(answer["Table"]["TableStatus"] == "ACTIVE" for answer in answers)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One client per service and region (botocore clients may be shared among threads, sessions may not)."""

from __future__ import annotations

import contextlib
import itertools
import threading
import typing as t

with contextlib.suppress(ImportError):  # AnsibleAWSModule says that boto3 is missing
    import botocore.config

from . import answers, api, endpoint
from .spec import Refused

# Calls at a time over all tables and regions: at AWS's latency (50 to 200 ms) enough to read 300 tables in seconds.
WORKERS = 16

# (service, region=..., endpoint=..., config=...) -> boto3 client
ClientFactory = t.Callable[..., t.Any]


class Clients:
    """Clients by region: DynamoDB's, and those of other services where they are needed.

    Retries are botocore's own (standard mode); what the user's ``aws_config`` says wins.

    :param services: services besides DynamoDB that the tables need for sure. A client of another one is made when
        the first call needs it.
    """

    def __init__(
        self,
        factory: ClientFactory,
        endpoint_url: str | None,
        regions: t.Iterable[str],
        services: t.Iterable[str] = (),
    ) -> None:
        self._factory = factory
        self._endpoint_url = endpoint_url
        self._making = threading.Lock()
        self._account = ""
        places = itertools.product(("dynamodb", *services), dict.fromkeys(regions))
        self._clients = {(service, region): self._client(service, region) for service, region in places}

    def __getitem__(self, region: str) -> t.Any:
        return self._clients["dynamodb", region]

    def of(self, service: str, region: str) -> t.Any:
        with self._making:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._client(service, region)
            return self._clients[service, region]

    def account(self, region: str) -> str:
        """The account that the credentials belong to.

        :raises ServiceError: when it can't be found out.
        """
        self._account = self._account or api.caller_account(self._client("sts", region))
        return self._account

    def check_account(self, account_id: str, region: str) -> None:
        """:raises Refused: when the credentials belong to another account than ``account_id``."""
        caller = self.account(region)
        if caller != account_id:
            raise Refused(
                [
                    f"The credentials belong to account {caller}, but the inventory is for {account_id} "
                    "(dynamodb_account_id). Nothing was read or changed: use that account's credentials."
                ]
            )

    def _client(self, service: str, region: str) -> t.Any:
        url, local = endpoint.of(self._endpoint_url, service, region)
        config = botocore.config.Config(
            retries={"mode": "standard"}, max_pool_connections=WORKERS, connect_timeout=10, read_timeout=20
        )
        if local:
            # Calls to this machine stay on it, whatever proxy the environment names.
            config = config.merge(botocore.config.Config(proxies={}))
        client = self._factory(service, region=region, endpoint=url, config=config)
        client.meta.events.register("after-call", answers.check)
        return client


def known_regions(session: t.Any) -> dict[str, str]:
    """Every region that the SDK knows to have DynamoDB -> its partition; ``session`` is boto3's."""
    return {
        region: partition
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("dynamodb", partition_name=partition)
    }

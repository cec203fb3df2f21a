# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients are made once, those of services that few tables need only when they are asked for."""

from __future__ import annotations

import threading
import typing as t
from unittest import mock

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients

HOME, EU = "us-east-1", "eu-west-1"


def test_a_client_of_another_service_is_made_once_and_only_when_a_call_needs_it():
    made: list[tuple[str, str]] = []

    def factory(service: str, region: str, endpoint: str | None, config: t.Any) -> object:
        made.append((service, region))
        return mock.Mock()

    clients = Clients(factory, None, [HOME, EU])
    assert made == [("dynamodb", HOME), ("dynamodb", EU)]
    given: list[object] = []
    threads = [
        threading.Thread(target=lambda: given.append(clients.of("application-autoscaling", EU))) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made[2:] == [("application-autoscaling", EU)]
    assert len(set(map(id, given))) == 1


@pytest.mark.parametrize(
    ("url", "bypassed"), [("http://localhost.:4566", True), ("http://127.1:4566", True), ("http://example.com", False)]
)
def test_calls_to_this_machine_pass_no_proxy_however_it_is_written(url, bypassed):
    configs: list[t.Any] = []

    def client(service: str, region: str, endpoint: str | None, config: t.Any) -> mock.Mock:
        configs.append(config)
        return mock.Mock()

    Clients(client, url, [HOME])
    assert [config.proxies == {} for config in configs] == [bypassed]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The endpoints that are refused, before any call."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import endpoint
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused


@pytest.mark.parametrize(
    "url", [None, "http://example.com:4566", "http://10.0.0.1", "https://dynamodb.us-east-1.amazonaws.com"]
)
def test_an_inventory_for_this_machine_refuses_an_endpoint_elsewhere(url):
    with pytest.raises(Refused, match="only for an emulator on this machine"):
        endpoint.check(url, loopback_only=True)


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://LocalHost.:1/{region}", "http://localhost:1/us-east-1"),
        ("http://[::1]:4566", "http://[::1]:4566"),
        ("http://[0:0::1]", "http://[::1]"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://127.1:4566", "http://127.0.0.1:4566"),
        ("http://127.0.0.1.:4566", "http://127.0.0.1:4566"),
        ("http://2130706433:4566", "http://127.0.0.1:4566"),
        ("http://0x7f.1", "http://127.0.0.1"),
        ("http://[::ffff:127.0.0.1]:4566", "http://127.0.0.1:4566"),
    ],
)
def test_an_inventory_for_this_machine_takes_any_loopback_address_and_calls_what_it_has_checked(url, called):
    endpoint.check(url, loopback_only=True)
    assert endpoint.of(url, "dynamodb", "us-east-1") == (called, True)


@pytest.mark.parametrize("url", ["http://localhost.example.com", "http://[::ffff:10.0.0.1]", "http://0.0.0.0:4566"])
def test_what_only_looks_like_this_machine_is_not_taken_for_it(url):
    with pytest.raises(Refused, match="only for an emulator on this machine"):
        endpoint.check(url, loopback_only=True)
    assert endpoint.of(url, "dynamodb", "us-east-1") == (url, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://dynamodb.us-east-1.amazonaws.com",
        "https://dynamodb.eu-west-1.api.aws./",
        "https://dynamodb.{region}.amazonaws.com",
        "https://dynamodb.eusc-de-east-1.amazonaws.eu",
    ],
)
def test_one_regions_endpoint_is_refused_for_all_regions(url):
    with pytest.raises(Refused, match="is the endpoint of one region or service"):
        endpoint.check(url, loopback_only=False)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:4566",
        "http://localhost:1\\@192.0.2.1",
        "http://a@127.0.0.1",
        "http://127.0.0.1:99999999",
        "ftp://x",
        "",
    ],
)
def test_an_endpoint_that_could_be_read_in_two_ways_is_refused(url):
    with pytest.raises(Refused, match="is no plain URL"):
        endpoint.check(url, loopback_only=False)


@pytest.mark.parametrize("url", [None, "https://{service}.{region}.amazonaws.com", "http://emulator.test:8000"])
def test_an_endpoint_for_every_region_is_taken(url):
    endpoint.check(url, loopback_only=False)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Items that expire by time to live go later, everywhere (AWS_FACTS section 7)."""

from __future__ import annotations

import time

import pytest
from world import EUROPE, HOME, TABLE, World

HOUR = 3600
TWO_DAYS = 48 * HOUR
YEAR = 365 * 24 * HOUR


@pytest.fixture
def expiring(world: World) -> World:
    """A table in two regions whose items expire by the attribute "expires"."""
    world.create_global(EUROPE)
    world.set_time_to_live("expires")
    world.wait(60)
    return world


def put(world: World, key: str, value: dict, region: str = HOME) -> None:
    world.client(region).put_item(TableName=TABLE, Item={"id": {"S": key}, "expires": value})


def at(seconds_from_now: float) -> dict:
    return {"N": str(int(time.time() + seconds_from_now))}


def keys(world: World, region: str = HOME) -> set[str]:
    return {item["id"]["S"] for item in world.client(region).scan(TableName=TABLE)["Items"]}


@pytest.mark.parametrize("region", [HOME, EUROPE])
def test_m_an_expired_item_stays_readable_and_goes_within_two_days(expiring: World, region: str) -> None:
    put(expiring, "old", at(-10), region)
    expiring.wait(TWO_DAYS - 1)
    assert keys(expiring) == keys(expiring, EUROPE) == {"old"}
    expiring.wait(2 * HOUR)
    assert keys(expiring) == set()


def test_d_the_deletion_replicates(expiring: World) -> None:
    put(expiring, "old", at(-10))
    expiring.wait(100)
    expiring.admin.pause(source=HOME, target=EUROPE)
    expiring.wait(TWO_DAYS + 2 * HOUR)
    assert (keys(expiring), keys(expiring, EUROPE)) == (set(), {"old"})
    expiring.admin.resume()
    expiring.wait(100)
    assert keys(expiring, EUROPE) == set()


def test_d_its_stream_record_names_the_service(expiring: World) -> None:
    put(expiring, "old", at(-10))
    expiring.delete("other")
    expiring.wait(TWO_DAYS + 2 * HOUR)
    users = {}
    for region in (HOME, EUROPE):
        records = expiring.stream_records(region)
        users[region] = [record.get("userIdentity") for record in records if record["eventName"] == "REMOVE"]
    assert users == {HOME: [{"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}], EUROPE: [None]}


@pytest.mark.parametrize(
    "value",
    [at(YEAR), {"S": str(int(time.time()) - 10)}, at(-5 * YEAR - HOUR), {"N": "-5"}, {"BOOL": True}],
    ids=["not yet", "no number", "more than five years ago", "negative", "boolean"],
)
def test_d_what_does_not_expire_stays(expiring: World, value: dict) -> None:
    put(expiring, "stays", value)
    put(expiring, "goes", at(-10))
    expiring.put("without")
    expiring.wait(TWO_DAYS + 2 * HOUR)
    assert keys(expiring) == {"stays", "without"}


def test_an_item_that_is_given_more_time_stays(expiring: World) -> None:
    put(expiring, "renewed", at(-10))
    expiring.wait(TWO_DAYS - 1)
    put(expiring, "renewed", at(YEAR))
    expiring.wait(TWO_DAYS)
    assert keys(expiring) == {"renewed"}


def test_m_without_time_to_live_nothing_expires(world: World) -> None:
    world.create()
    put(world, "old", at(-10))
    world.wait(TWO_DAYS + 2 * HOUR)
    assert keys(world) == {"old"}
    world.set_time_to_live("expires")
    world.wait(HOUR)
    world.set_time_to_live("expires", enabled=False)
    world.wait(TWO_DAYS + 2 * HOUR)
    assert keys(world) == {"old"}


def test_how_long_it_takes_can_be_set(expiring: World) -> None:
    put(expiring, "old", at(-10))
    expiring.admin.set_expiry_delay(60)
    expiring.wait(59)
    assert keys(expiring) == {"old"}
    expiring.wait(62)
    assert keys(expiring) == set()
    with pytest.raises(ValueError, match="not before"):
        expiring.admin.set_expiry_delay(-1)


def test_reset_brings_the_usual_delay_back(world: World) -> None:
    world.admin.set_expiry_delay(0)
    world.admin.reset()
    world.admin.hold()
    world.create()
    world.set_time_to_live("expires")
    put(world, "old", at(-10))
    world.wait(2 * HOUR)
    assert keys(world) == {"old"}
    world.wait(TWO_DAYS)
    assert keys(world) == set()

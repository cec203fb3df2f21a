# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Billing modes, provisioned capacity, on-demand maximums and warm throughput (AWS_FACTS section 4)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from test_indexes import change_indexes, create, index, state, types, with_indexes
from world import EUROPE, HOME, TABLE, World, assert_refused, refused

from simulator import durations

IN_USE = "ResourceInUseException"
ON_DEMAND = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}


def provisioned(read: int, write: int) -> dict[str, Any]:
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}


def maximums(read: int | None = None, write: int | None = None) -> dict[str, Any]:
    units = {"MaxReadRequestUnits": read, "MaxWriteRequestUnits": write}
    return {"OnDemandThroughput": {unit: value for unit, value in units.items() if value is not None}}


def warm(read: int | None = None, write: int | None = None) -> dict[str, Any]:
    units = {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write}
    return {"WarmThroughput": {unit: value for unit, value in units.items() if value is not None}}


def of_index(name: str = "first", **settings: Any) -> dict[str, Any]:
    return {"Update": {"IndexName": name, **settings}}


def shown(world: World, member: str, region: str = HOME) -> dict[str, Any] | None:
    return world.describe(region).get(member)


def shown_of_index(world: World, member: str, region: str = HOME) -> dict[str, Any] | None:
    return world.describe(region)["GlobalSecondaryIndexes"][0].get(member)


def units(world: World, region: str = HOME) -> tuple[int, int]:
    throughput = world.describe(region)["ProvisionedThroughput"]
    return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]


def global_provisioned(world: World) -> None:
    world.create_provisioned()
    world.scale_writes(f"table/{TABLE}")
    world.add(EUROPE)


# Billing modes


def test_064_the_mode_is_shown_at_once_and_in_force_minutes_later(world: World) -> None:
    world.create_provisioned()
    assert shown(world, "BillingModeSummary") is None  # 025
    answered = world.update(BillingMode="PAY_PER_REQUEST")
    assert answered["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert (answered["TableStatus"], units(world)) == ("UPDATING", (0, 0))
    world.wait(127)
    assert (world.status(), "LastUpdateToPayPerRequestDateTime" in world.describe()["BillingModeSummary"]) == (
        "UPDATING",
        False,
    )
    world.wait(46)
    assert (world.status(), shown(world, "WarmThroughput")) == ("ACTIVE", ON_DEMAND)
    assert set(world.describe()["BillingModeSummary"]) == {"BillingMode", "LastUpdateToPayPerRequestDateTime"}


def test_183_a_table_switches_to_and_fro_within_minutes_and_faster_back(world: World) -> None:
    world.create()
    for _ in range(3):
        world.update(BillingMode="PROVISIONED", **provisioned(1, 1))
        world.wait(100)
        assert units(world) == (1, 1)
        world.update(BillingMode="PAY_PER_REQUEST")
        world.wait(6)
        assert (world.status(), world.describe()["BillingModeSummary"]["BillingMode"]) == ("ACTIVE", "PAY_PER_REQUEST")


def test_d_a_table_goes_on_demand_four_times_in_24_hours(world: World) -> None:
    world.create_provisioned()
    for _ in range(4):
        world.update(BillingMode="PAY_PER_REQUEST")
        world.wait(180)
        world.update(BillingMode="PROVISIONED", **provisioned(1, 1))
        world.wait(100)
    text = "four times in a 24-hour rolling window"
    assert_refused("LimitExceededException", text, world.update, BillingMode="PAY_PER_REQUEST")
    assert units(world) == (1, 1)
    world.wait(durations.DAY - 4 * 280)
    world.update(BillingMode="PAY_PER_REQUEST")


def test_452_a_switch_that_is_under_way_cant_be_reversed_and_one_way_nobody_says_so(world: World) -> None:
    world.create()
    world.update(BillingMode="PROVISIONED", **provisioned(1, 1))
    world.update(BillingMode="PAY_PER_REQUEST")  # 200, and dropped
    text = "Table IOPS are currently being updated. Table: orders"
    assert_refused(IN_USE, text, world.update, BillingMode="PROVISIONED", **provisioned(2, 2))
    world.wait(100)
    assert (world.status(), units(world)) == ("ACTIVE", (1, 1))
    assert world.describe()["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    world.update(BillingMode="PAY_PER_REQUEST")
    assert_refused(IN_USE, text, world.update, BillingMode="PROVISIONED", **provisioned(1, 1))


def test_153_a_switch_drops_the_maximums_and_keeps_what_is_warm(world: World) -> None:
    world.create(**with_indexes(index("first", **maximums(50, 50))), **maximums(100, 100))
    to_provisioned = {"BillingMode": "PROVISIONED", **provisioned(1, 1)}
    change_indexes(world, of_index(**provisioned(1, 1)), **to_provisioned)
    world.wait(100)
    assert (shown(world, "OnDemandThroughput"), shown_of_index(world, "OnDemandThroughput")) == (None, None)
    assert shown(world, "WarmThroughput") == shown_of_index(world, "WarmThroughput") == ON_DEMAND
    text = "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED"
    assert_refused("ValidationException", text, world.update, **maximums(1))
    text = "MaxReadRequestUnits for OnDemandThroughput for index : first cannot be specified"
    assert_refused("ValidationException", text, change_indexes, world, of_index(**maximums(1)))


def test_433_maximums_go_with_the_switch_to_on_demand(world: World) -> None:
    world.create_provisioned()
    world.update(BillingMode="PAY_PER_REQUEST", **maximums(100, 200))
    world.wait(180)
    assert shown(world, "OnDemandThroughput") == maximums(100, 200)["OnDemandThroughput"]


# Provisioned capacity


def test_060_an_update_answers_the_old_capacity(world: World) -> None:
    world.create_provisioned()
    answered = world.update(**provisioned(6, 6))
    assert (answered["TableStatus"], answered["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("UPDATING", 5)
    world.wait(2)
    assert units(world) == (6, 6)
    assert "LastIncreaseDateTime" in world.describe()["ProvisionedThroughput"]


def test_370_capacity_doesnt_change_twice_at_a_time_nor_does_the_table_go(world: World) -> None:
    world.create_provisioned()
    world.update(**provisioned(6, 6))
    assert_refused(IN_USE, "Table IOPS are currently being updated.", world.update, **provisioned(7, 7))
    assert_refused(IN_USE, "", world.client().delete_table, TableName=TABLE)


def spend_decreases(world: World) -> None:
    for number in (4, 3, 2, 1):
        world.update(**provisioned(number, 5))
        world.wait(2)


def test_184_capacity_decreases_four_times_a_day_and_rises_at_any_time(world: World) -> None:
    world.create_provisioned()
    spend_decreases(world)
    assert world.describe()["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 4
    text = "Number of decreases today: 4."
    assert_refused("LimitExceededException", text, world.update, **provisioned(1, 4))
    assert_refused("LimitExceededException", text, world.update, **provisioned(2, 4))
    world.update(**provisioned(2, 6))


def test_326_then_once_an_hour_after_the_last(world: World) -> None:
    world.create_provisioned()
    spend_decreases(world)
    world.wait(3590)
    assert_refused("LimitExceededException", "decreases are limited", world.update, **provisioned(1, 4))
    world.wait(10)
    world.update(**provisioned(1, 4))
    world.wait(2)
    assert_refused("LimitExceededException", "today: 5.", world.update, **provisioned(1, 3))


def test_185_the_day_ends_at_midnight(world: World) -> None:
    world.create_provisioned()
    now = world.admin.identity()["clock"]["now"]
    world.wait(durations.DAY - now % durations.DAY - 60)
    spend_decreases(world)
    assert_refused("LimitExceededException", "decreases are limited", world.update, **provisioned(1, 4))
    world.wait(60)
    assert world.describe()["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0
    world.update(**provisioned(1, 4))


def test_157_each_index_counts_its_decreases_for_itself_and_refusals_are_whole(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **provisioned(5, 5))))
    spend_decreases(world)
    both = {"GlobalSecondaryIndexUpdates": [of_index(**provisioned(4, 4))], **provisioned(1, 4)}
    assert_refused("LimitExceededException", "decreases are limited", world.update, **both)
    change_indexes(world, of_index(**provisioned(4, 4)))
    world.wait(4)
    assert shown_of_index(world, "ProvisionedThroughput")["NumberOfDecreasesToday"] == 1


def test_170_a_table_and_each_index_have_at_most_40000_units(world: World) -> None:
    too_much = {"BillingMode": "PROVISIONED", **provisioned(40001, 1)}
    text = "The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-west-2."
    assert_refused("LimitExceededException", text, world.create, **too_much)
    world.create_provisioned(**with_indexes(index("first", **provisioned(1, 1))))
    assert_refused("LimitExceededException", text, world.update, **provisioned(40001, 1))
    text = "The requested WriteCapacityUnits for index first, 40001, is above the per index maximum"
    assert_refused("LimitExceededException", text, change_indexes, world, of_index(**provisioned(1, 40001)))


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        (provisioned(1, 1), "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"),
        (
            with_indexes(index("first", **provisioned(1, 1))),
            "ProvisionedThroughput should not be specified for index: first when BillingMode is PAY_PER_REQUEST",
        ),
        (
            {"BillingMode": "PROVISIONED", **provisioned(1, 1), **with_indexes(index("first"))},
            "ProvisionedThroughput is not specified for index: first",
        ),
        ({"BillingMode": "PROVISIONED", **provisioned(1, 1), **maximums(1)}, "BillingMode is PROVISIONED"),
        (maximums(0), "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range"),
        (maximums(-1), "is outside of valid range"),
        (with_indexes(index("first", **maximums(-1))), "for index : first is outside of valid range"),
        (warm(11999), "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput"),
        (with_indexes(index("first", **warm(12000, 1))), "for index first is lower than initial throughput"),
        (
            {"BillingMode": "PROVISIONED", **provisioned(10, 10), **warm(5, 5)},
            "is lower than ReadCapacityUnits of ProvisionedThroughput",
        ),
    ],
)
def test_038_039_128_capacity_that_a_new_table_cant_have(world: World, settings: dict, refusal: str) -> None:
    assert_refused("ValidationException", refusal, world.create, **settings)
    assert world.status() == "absent"


# On-demand maximums


def test_178_maximums_change_at_once_each_for_itself(world: World) -> None:
    world.create(**maximums(100))
    assert shown(world, "OnDemandThroughput") == {"MaxReadRequestUnits": 100}
    answered = world.update(**maximums(write=500))
    assert (answered["TableStatus"], answered["OnDemandThroughput"]) == (
        "ACTIVE",
        {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 500},
    )
    world.update(**maximums(100, 500))  # sent again


def test_182_minus_one_clears_and_is_shown_for_a_second(world: World) -> None:
    world.create(**maximums(100, 200))
    answered = world.update(**maximums(read=-1))
    assert answered["OnDemandThroughput"] == {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 200}
    world.wait(2)
    assert shown(world, "OnDemandThroughput") == {"MaxWriteRequestUnits": 200}
    world.update(**maximums(write=-1))
    world.wait(2)
    assert shown(world, "OnDemandThroughput") is None


@pytest.mark.parametrize("value", [0, -2])
def test_051_a_maximum_out_of_range(world: World, value: int) -> None:
    world.create()
    text = "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range"
    assert_refused("ValidationException", text, world.update, **maximums(write=value))


def test_154_a_maximum_above_the_quota(world: World) -> None:
    world.create(**with_indexes(index("first")))
    text = "Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds TableMaxReadCapacityUnits"
    assert_refused("LimitExceededException", text, world.update, **maximums(40001))
    text = "for index : first exceeds TableMaxReadCapacityUnits of the account in region us-west-2"
    assert_refused("LimitExceededException", text, change_indexes, world, of_index(**maximums(40001)))


def test_437_empty_members_fail_with_500(world: World) -> None:
    world.create()
    for member in ("OnDemandThroughput", "WarmThroughput"):
        with pytest.raises(ClientError) as refusal:
            world.update(**{member: {}})
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_433_maximums_go_only_with_the_billing_mode(world: World) -> None:
    world.create()
    text = "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
    stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
    assert_refused("ValidationException", text, world.update, **maximums(1), **stream)


def test_135_an_indexs_maximum_is_its_own_and_holds_only_the_index(world: World) -> None:
    world.create(**with_indexes(index("first", **maximums(50, 50))), **maximums(1000))
    answered = change_indexes(world, of_index(**maximums(5000)))
    assert answered["TableStatus"] == "ACTIVE"
    assert answered["GlobalSecondaryIndexes"][0]["IndexStatus"] == "UPDATING"
    assert shown_of_index(world, "OnDemandThroughput") == {"MaxReadRequestUnits": 5000, "MaxWriteRequestUnits": 50}
    text = "Index is being updated. Table: orders Index: first"
    assert_refused(IN_USE, text, change_indexes, world, of_index(**maximums(6000)))
    world.wait(4)
    assert state(world, "first") == ("ACTIVE", "ACTIVE", None)
    assert shown(world, "OnDemandThroughput") == {"MaxReadRequestUnits": 1000}


def test_375_458_maximums_wait_for_an_index_that_comes_or_goes(world: World) -> None:
    world.create(**with_indexes(index("first")))
    create(world, index("second"))
    text = "OnDemandThroughput cannot be updated while index creation is in progress for indexes: [second]"
    assert_refused(IN_USE, text, world.update, **maximums(1))
    world.wait(1010)
    change_indexes(world, {"Delete": {"IndexName": "first"}})
    text = "OnDemandThroughput cannot be updated while index deletion is in progress for indexes: [first]"
    assert_refused(IN_USE, text, world.update, **maximums(1))


@pytest.mark.parametrize(("region", "other"), [(HOME, EUROPE), (EUROPE, HOME)])
def test_d_maximums_changed_in_any_region_change_in_all(world: World, region: str, other: str) -> None:
    world.create_global(EUROPE, **with_indexes(index("first")))
    world.update(region, **maximums(100, 200))
    world.wait(33)
    assert (world.status(region), world.status(other)) == ("UPDATING", "UPDATING")
    world.wait(7)
    assert shown(world, "OnDemandThroughput", other) == maximums(100, 200)["OnDemandThroughput"]
    assert "OnDemandThroughputOverride" not in world.describe()["Replicas"][0]
    change_indexes(world, of_index(**maximums(write=7)), region=region)
    world.wait(40)
    assert shown_of_index(world, "OnDemandThroughput", other) == {"MaxWriteRequestUnits": 7}


def test_d_a_new_replica_has_the_maximums_and_the_warmth_of_its_source(world: World) -> None:
    settings = {**maximums(100, 200), **warm(13000, 5000)}
    world.create(**with_indexes(index("first", **maximums(10), **warm(14000))), **settings)
    world.add(EUROPE)
    for member in ("OnDemandThroughput", "WarmThroughput"):
        assert shown(world, member, EUROPE) == shown(world, member)
        assert shown_of_index(world, member, EUROPE) == shown_of_index(world, member)


# Warm throughput


def test_032_warm_throughput_is_always_there(world: World) -> None:
    world.create(**with_indexes(index("first")))
    assert shown(world, "WarmThroughput") == shown_of_index(world, "WarmThroughput") == ON_DEMAND


def test_061_provisioned_it_follows_the_highest_capacity(world: World) -> None:
    world.create_provisioned(**with_indexes(index("first", **provisioned(2, 2))))
    assert shown(world, "WarmThroughput") == {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 5, "Status": "ACTIVE"}
    world.update(GlobalSecondaryIndexUpdates=[of_index(**provisioned(9, 1))], **provisioned(7, 3))
    world.wait(4)
    assert shown(world, "WarmThroughput") == {"ReadUnitsPerSecond": 7, "WriteUnitsPerSecond": 5, "Status": "ACTIVE"}
    assert shown_of_index(world, "WarmThroughput")["ReadUnitsPerSecond"] == 9  # 134
    world.update(BillingMode="PAY_PER_REQUEST")
    world.wait(180)
    assert shown(world, "WarmThroughput") == shown_of_index(world, "WarmThroughput") == ON_DEMAND


def test_039_one_unit_at_creation_leaves_the_other_at_its_least(world: World) -> None:
    world.create(**warm(12001), **with_indexes(index("first", **warm(write=4001))))
    assert shown(world, "WarmThroughput") == {**ON_DEMAND, "ReadUnitsPerSecond": 12001}
    assert shown_of_index(world, "WarmThroughput") == {**ON_DEMAND, "WriteUnitsPerSecond": 4001}


def test_134_an_index_added_with_warm_throughput_shows_it_as_updating_until_it_is_active(world: World) -> None:
    world.create()
    create(world, index("first", **warm(13000), **maximums(50)))
    assert shown_of_index(world, "WarmThroughput") == {**ON_DEMAND, "ReadUnitsPerSecond": 13000, "Status": "UPDATING"}
    world.wait(1010)
    assert shown_of_index(world, "WarmThroughput") == {**ON_DEMAND, "ReadUnitsPerSecond": 13000}
    assert shown_of_index(world, "OnDemandThroughput") == {"MaxReadRequestUnits": 50}


def test_134_it_is_updating_until_the_table_is_made(world: World) -> None:
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    arguments = {"TableName": TABLE, "KeySchema": schema, "AttributeDefinitions": types("id")}
    world.client().create_table(**arguments, BillingMode="PAY_PER_REQUEST", **warm(13000))
    assert shown(world, "WarmThroughput")["Status"] == "UPDATING"
    world.wait(10)
    assert shown(world, "WarmThroughput")["Status"] == "ACTIVE"


def test_179_it_rises_within_minutes_while_the_table_is_active(world: World) -> None:
    world.create()
    answered = world.update(**warm(13000, 5000))
    assert (answered["TableStatus"], answered["WarmThroughput"]) == ("ACTIVE", {**ON_DEMAND, "Status": "UPDATING"})
    assert_refused(IN_USE, "is in the process of being updated", world.client().delete_table, TableName=TABLE)  # 069
    world.wait(durations.WARM.low - 1)
    assert shown(world, "WarmThroughput") == {**ON_DEMAND, "Status": "UPDATING"}
    world.wait(durations.WARM.high)
    risen = {"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 5000, "Status": "ACTIVE"}
    assert shown(world, "WarmThroughput") == risen
    world.update(**warm(write=5001))  # 121: from then on it takes seconds
    world.wait(3)
    assert shown(world, "WarmThroughput") == {**risen, "WriteUnitsPerSecond": 5001}


def test_179_it_never_falls(world: World) -> None:
    world.create(**with_indexes(index("first")))
    text = "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput"
    assert_refused("ValidationException", text, world.update, **warm(11999))
    text = "for WarmThroughput for index first is lower than current WarmThroughput"
    assert_refused("ValidationException", text, change_indexes, world, of_index(**warm(1, 1)))  # 155
    world.update(**warm(12000, 4000))
    world.wait(3)
    assert shown(world, "WarmThroughput") == ON_DEMAND


def test_459_the_last_request_wins(world: World) -> None:
    world.create()
    world.update(**warm(13000, 5000))
    world.wait(1)
    world.update(**warm(14000, 6000))
    world.wait(durations.WARM.high)
    assert shown(world, "WarmThroughput")["ReadUnitsPerSecond"] == 14000


def test_049_459_what_is_asked_meanwhile_doesnt_end_it_sooner(world: World) -> None:
    world.create()
    world.update(**warm(13000, 5000))
    world.wait(1)
    world.update(**warm(12000, 4000))
    world.wait(10)
    assert shown(world, "WarmThroughput") == {**ON_DEMAND, "Status": "UPDATING"}


def test_155_an_index_warms_up_by_itself(world: World) -> None:
    world.create(**with_indexes(index("first")))
    change_indexes(world, of_index(**warm(12001)))
    assert state(world, "first") == ("ACTIVE", "ACTIVE", None)
    assert shown_of_index(world, "WarmThroughput") == {**ON_DEMAND, "Status": "UPDATING"}
    world.wait(durations.WARM.high)
    assert shown_of_index(world, "WarmThroughput") == {**ON_DEMAND, "ReadUnitsPerSecond": 12001}
    assert shown(world, "WarmThroughput") == ON_DEMAND


def test_458_while_an_index_is_allocated_it_fails_with_500(world: World) -> None:
    world.create()
    create(world, index("first"))
    assert refused(world.update, **warm(13000)) == (
        "InternalServerError",
        "Table is under system maintenance, please try again later",
    )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"BillingMode": "PAY_PER_REQUEST"}, "WarmThroughput must be the only operation in the request"),
        ({"DeletionProtectionEnabled": True}, "DeletionProtection modification must be the only operation"),
        (
            {
                "GlobalSecondaryIndexUpdates": [{"Create": index("first")}],
                "AttributeDefinitions": types("color"),
            },
            "Create global secondary index cannot be specified when updating WarmThroughput",
        ),
    ],
    ids=["billing", "protection", "index"],
)
def test_433_it_shares_no_call_with_other_changes(world: World, change: dict, refusal: str) -> None:
    world.create()
    assert_refused("ValidationException", refusal, world.update, **warm(13000), **change)


def test_154_warm_throughput_above_the_quota(world: World) -> None:
    world.create()
    text = "Requested ReadUnitsPerSecond for WarmThroughput for table exceeds TableMaxReadCapacityUnits"
    assert_refused("LimitExceededException", text, world.update, **warm(40001))


def test_d_raised_in_any_region_it_rises_in_all(world: World) -> None:
    world.create_global(EUROPE)
    world.update(EUROPE, **warm(13000))
    for region in (HOME, EUROPE):
        assert (world.status(region), shown(world, "WarmThroughput", region)["Status"]) == ("ACTIVE", "UPDATING")
    assert_refused(IN_USE, "", world.change_replica, "Delete", EUROPE)
    world.wait(durations.WARM.high)
    for region in (HOME, EUROPE):
        assert shown(world, "WarmThroughput", region)["ReadUnitsPerSecond"] == 13000
        assert world.describe(region)["Replicas"][0]["WarmThroughput"]["ReadUnitsPerSecond"] == 13000

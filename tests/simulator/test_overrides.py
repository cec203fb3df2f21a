# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a replica has of its own, at its creation and later (AWS_FACTS sections 1, 2 and 4)."""

from __future__ import annotations

from typing import Any

import pytest
from test_capacity import maximums, provisioned
from test_indexes import index, with_indexes
from world import EUROPE, HOME, TABLE, World, assert_refused

NOTHING_TO_DO = ("ValidationException", "There are no actions specified in the Replica Update Action of the request.")
INFREQUENT = "STANDARD_INFREQUENT_ACCESS"


def reads(units: int) -> dict[str, Any]:
    return {"ProvisionedThroughputOverride": {"ReadCapacityUnits": units}}


def capped(units: int) -> dict[str, Any]:
    return {"OnDemandThroughputOverride": {"MaxReadRequestUnits": units}}


def of_indexes(**overrides: dict[str, Any]) -> dict[str, Any]:
    return {"GlobalSecondaryIndexes": [{"IndexName": name, **override} for name, override in overrides.items()]}


def change(world: World, **settings: Any) -> None:
    world.change_replica("Update", EUROPE, **settings)
    world.wait(40)


def entry(world: World, region: str = HOME) -> dict[str, Any]:
    return world.describe(region)["Replicas"][0]


def index_entries(world: World) -> dict[str, dict[str, Any]]:
    """What the replica's entry says of each index, beyond what it always says."""
    return {
        one["IndexName"]: {name: one[name] for name in set(one) - {"IndexName", "WarmThroughput"}}
        for one in entry(world)["GlobalSecondaryIndexes"]
    }


def own_maximum(world: World, region: str) -> dict[str, int] | None:
    return world.describe(region).get("OnDemandThroughput")


def scaled_provisioned(world: World, *names: str) -> None:
    """A provisioned table whose writes scale, with indexes of one unit each."""
    indexes = [index(name, **provisioned(1, 1)) for name in names]
    world.create_provisioned(**(with_indexes(*indexes) if indexes else {}))
    for resource in (f"table/{TABLE}", *(f"table/{TABLE}/index/{name}" for name in names)):
        world.scale_writes(resource)


# Provisioned reads


def test_250_read_capacity_given_at_creation(world: World) -> None:
    scaled_provisioned(world, "first")
    world.add(EUROPE, **reads(10), **of_indexes(first=reads(6)))
    assert entry(world)["ProvisionedThroughputOverride"] == {"ReadCapacityUnits": 10}
    assert index_entries(world) == {"first": reads(6)}
    described = world.describe(EUROPE)
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 10
    assert described["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 6


def test_251_a_table_that_changes_leaves_overrides_alone(world: World) -> None:
    scaled_provisioned(world)
    world.add(EUROPE, **reads(10))
    world.update(**provisioned(7, 8))
    world.wait(40)
    throughput = world.describe(EUROPE)["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (10, 8)


def test_252_indexes_that_arent_named_keep_their_overrides(world: World) -> None:
    scaled_provisioned(world, "first", "second")
    world.add(EUROPE)
    change(world, **of_indexes(first=reads(6), second=reads(7)))
    change(world, **of_indexes(first=reads(8)))
    assert index_entries(world) == {"first": reads(8), "second": reads(7)}
    change(world, **of_indexes(first=reads(1)))
    assert index_entries(world) == {"first": {}, "second": reads(7)}


def test_252_294_an_update_that_overrides_nothing_is_refused(world: World) -> None:
    world.create_global(EUROPE, **with_indexes(index("first")))
    assert_refused(*NOTHING_TO_DO, world.change_replica, "Update", EUROPE)
    assert_refused(*NOTHING_TO_DO, world.change_replica, "Update", EUROPE, **of_indexes(first={}))


def test_223_on_demand_a_read_capacity_is_taken_at_creation_to_no_effect_and_later_refused(world: World) -> None:
    world.create(**with_indexes(index("first")))
    world.add(EUROPE, **reads(10), **of_indexes(first=reads(6)))
    assert "ProvisionedThroughputOverride" not in entry(world)
    assert index_entries(world) == {"first": {}}
    text = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **reads(10))
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **of_indexes(first=reads(6)))


@pytest.mark.parametrize("override", [{}, capped(100)], ids=["nothing", "maximum"])
def test_307_an_unknown_index_is_taken_at_creation_in_silence(world: World, override: dict) -> None:
    world.create()
    world.add(EUROPE, **of_indexes(unknown=override))
    assert world.replicas() == {EUROPE: "ACTIVE"}
    assert "GlobalSecondaryIndexes" not in entry(world)
    assert "GlobalSecondaryIndexes" not in world.describe(EUROPE)


def test_307_so_it_is_on_a_provisioned_table(world: World) -> None:
    scaled_provisioned(world)
    world.add(EUROPE, **of_indexes(unknown=reads(6)))
    assert world.replicas() == {EUROPE: "ACTIVE"}


def test_an_unknown_index_in_an_update_is_not_simulated(world: World) -> None:
    world.create_global(EUROPE)
    text = "The simulator does not implement an override for an index that the table doesn't have"
    unknown = of_indexes(unknown=capped(100))
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **unknown)


def test_321_going_on_demand_ends_read_overrides(world: World) -> None:
    scaled_provisioned(world)
    world.add(EUROPE, **reads(10))
    world.update(BillingMode="PAY_PER_REQUEST")
    world.wait(180)
    assert "ProvisionedThroughputOverride" not in entry(world)


# On-demand maximums


def test_422_a_read_maximum_given_at_creation_takes_the_replica_longer(world: World) -> None:
    world.create(**maximums(100, 50), **with_indexes(index("first", **maximums(30))))
    world.change_replica("Create", EUROPE, **capped(200), **of_indexes(first=capped(20)))
    world.wait(140)
    assert (world.status(), world.replicas()) == ("UPDATING", {})
    world.wait(25)
    assert world.replicas() == {EUROPE: "ACTIVE"}
    assert own_maximum(world, EUROPE) == {"MaxReadRequestUnits": 200, "MaxWriteRequestUnits": 50}
    assert entry(world)["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 200}
    assert index_entries(world) == {"first": capped(20)}


def test_422_each_region_labels_the_others_maximum_as_its_override(world: World) -> None:
    world.create_global(EUROPE, **maximums(100))
    assert "OnDemandThroughputOverride" not in entry(world)
    answered = world.change_replica("Update", EUROPE, **capped(200))
    assert "OnDemandThroughputOverride" not in answered["Replicas"][0]
    world.wait(33)
    assert world.status() == "UPDATING"
    world.wait(7)
    assert entry(world)["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 200}
    assert entry(world, EUROPE)["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 100}
    assert (own_maximum(world, HOME), own_maximum(world, EUROPE)) == (
        {"MaxReadRequestUnits": 100},
        {"MaxReadRequestUnits": 200},
    )


def test_422_the_tables_own_value_ends_an_override(world: World) -> None:
    world.create_global(EUROPE, **maximums(100))
    change(world, **capped(200))
    change(world, **capped(100))
    assert "OnDemandThroughputOverride" not in entry(world)
    world.update(**maximums(150))
    world.wait(42)
    assert own_maximum(world, EUROPE) == {"MaxReadRequestUnits": 150}


def test_d_a_maximum_of_its_own_stays_when_the_tables_changes(world: World) -> None:
    world.create_global(EUROPE, **maximums(100, 50))
    change(world, **capped(200))
    world.update(**maximums(150, 60))
    world.wait(42)
    assert own_maximum(world, EUROPE) == {"MaxReadRequestUnits": 200, "MaxWriteRequestUnits": 60}


def test_422_without_a_maximum_of_the_table_minus_one_ends_an_override(world: World) -> None:
    world.create_global(EUROPE)
    change(world, **capped(200))
    assert own_maximum(world, EUROPE) == {"MaxReadRequestUnits": 200}
    change(world, **capped(-1))
    assert own_maximum(world, EUROPE) is None
    world.update(**maximums(100))
    world.wait(42)
    text = "The simulator does not implement an override that lifts a maximum"
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **capped(-1))


def test_250_provisioned_a_maximum_is_refused(world: World) -> None:
    scaled_provisioned(world)
    text = "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED"
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE, **capped(100))
    world.add(EUROPE)
    assert_refused("ValidationException", text, world.change_replica, "Update", EUROPE, **capped(100))


def test_039_a_maximum_out_of_range_is_refused(world: World) -> None:
    world.create()
    text = "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range"
    assert_refused("ValidationException", text, world.change_replica, "Create", EUROPE, **capped(0))


# Table class


def test_026_a_class_given_at_creation_is_the_replicas_own(world: World) -> None:
    world.create()
    world.add(EUROPE, TableClassOverride=INFREQUENT)
    assert entry(world)["ReplicaTableClassSummary"]["TableClass"] == INFREQUENT
    assert world.describe(EUROPE)["TableClassSummary"]["TableClass"] == INFREQUENT
    assert "TableClassSummary" not in world.describe()


def test_294_several_overrides_in_one_call_are_all_applied(world: World) -> None:
    world.create_global(EUROPE)
    change(world, TableClassOverride=INFREQUENT, **capped(100))
    assert entry(world)["ReplicaTableClassSummary"]["TableClass"] == INFREQUENT
    assert entry(world)["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 100}


def test_294_overrides_are_changed_from_any_region(world: World) -> None:
    world.create_global(EUROPE)
    world.change_replica("Update", HOME, EUROPE, **capped(100))
    world.wait(40)
    assert own_maximum(world, HOME) == {"MaxReadRequestUnits": 100}
    assert own_maximum(world, EUROPE) is None
    assert entry(world, EUROPE)["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 100}

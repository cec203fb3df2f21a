# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a group shows, as an entry of dynamodb_tables: pasting it changes nothing, and makes the same group again."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import (
    arguments,
    discover,
    inventory,
    observe,
    spec,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import RegionalTable
from hypothesis import given, settings

from .service_model.model import ServiceModel
from .test_converge_properties import HOME, NAME, REPLICAS, TABLES, run, standing, wanted_tables

EU = "eu-west-1"
PLAIN = {
    "partition_key": "id",
    "attribute_types": {"id": "S"},
    "billing_mode": "PAY_PER_REQUEST",
    "stream": {"enabled": False},
    "tags": {},
}


def copied(model: ServiceModel) -> dict[str, t.Any]:
    (table,) = discover.discover(["ord*"], HOME, model)
    seen = observe.look([observe.full_reading(table)], model)[NAME]
    return inventory.entry(NAME, HOME, seen)


def pasted(entry: dict[str, t.Any]) -> spec.Table:
    """``entry`` as the modules take it, after Ansible's own validation."""
    validated = ArgumentSpecValidator(arguments.COMMON_OPTIONS).validate({"tables": [entry]})
    assert validated.error_messages == []
    (table,) = spec.parse(validated.validated_parameters, None, dict.fromkeys([HOME, *REGIONS], "aws"))
    return table


REGIONS = ("eu-west-1", "ap-southeast-2", "sa-east-1")


@given(wanted_tables())
@settings(max_examples=60, deadline=None)
def test_a_copy_changes_nothing_and_makes_the_same_group_again(wanted):
    model, other = ServiceModel(), ServiceModel()
    standing(model, wanted)
    entry = copied(model)
    for part in (TABLES, REPLICAS):
        assert run(model, pasted(entry), part).plan.steps == ()
    standing(other, pasted(entry))
    assert copied(other) == entry


def table(region: str = HOME, status: str = "ACTIVE", **record: t.Any) -> RegionalTable:
    record["settings"] = {**PLAIN, **record.get("settings", {})}
    return RegionalTable(region, status, **record)


def test_what_unset_means_anyway_is_left_out():
    assert inventory.entry("orders", HOME, {HOME: table()}) == {"name": "orders", "region": HOME, "partition_key": "id"}


@pytest.mark.parametrize(
    ("option", "shown", "copied"),
    [
        ("tags", {"team": "shop", "aws:cloudformation:stack-name": "x"}, {"team": "shop"}),
        ("attribute_types", {"id": "S", "at": "N"}, {"at": "N"}),
        ("table_class", "STANDARD_INFREQUENT_ACCESS", "STANDARD_INFREQUENT_ACCESS"),
        ("point_in_time_recovery", {"enabled": True, "recovery_period_days": 35}, {"enabled": True}),
        (
            "global_secondary_indexes",
            [{"name": "by-email", "partition_keys": ["email"], "projection": "ALL", "status": "ACTIVE"}],
            [{"name": "by-email", "partition_keys": ["email"]}],
        ),
    ],
)
def test_options_are_copied_in_their_own_words(option, shown, copied):
    assert inventory.entry("orders", HOME, {HOME: table(settings={option: shown})})[option] == copied


def test_a_replica_has_what_is_its_own_and_the_stream_that_it_brings_is_no_option():
    stream = {"enabled": True, "view_type": "NEW_AND_OLD_IMAGES"}
    home = table(
        replicas={EU: "ACTIVE", "sa-east-1": "ACTIVE", "us-west-2": "DELETING"},
        overrides={"sa-east-1": {"read_capacity": 7}},
        settings={"stream": stream},
    )
    replica = table(EU, settings={"stream": stream, "tags": {"a": "b"}, "deletion_protection": True})
    entry = inventory.entry("orders", HOME, {HOME: home, EU: replica})
    assert "stream" not in entry
    assert entry["replicas"] == [
        {"region": EU, "tags": {"a": "b"}, "deletion_protection": True},
        {"region": "sa-east-1", "read_capacity": 7},
    ]


def test_a_strongly_consistent_group_is_copied_with_its_witness():
    home = table(replicas={"us-east-2": "ACTIVE"}, consistency="strong", witnesses={"us-west-2": "ACTIVE"})
    entry = inventory.entry("orders", HOME, {HOME: home})
    assert (entry["consistency"], entry["witness_region"]) == ("strong", "us-west-2")


@pytest.mark.parametrize("status", ["ABSENT", "UNKNOWN", "CREATING", "DELETING"])
def test_what_is_not_settled_is_not_copied(status):
    assert inventory.entry("orders", HOME, {HOME: table(status=status)}) is None


def test_a_replica_has_only_the_overrides_that_differ_from_the_table():
    index = {"name": "by-email", "partition_keys": ["email"], "read_capacity": 5}
    home = table(
        replicas={EU: "ACTIVE"},
        settings={
            "table_class": "STANDARD",
            "read_capacity": 5,
            "global_secondary_indexes": [index, {**index, "name": "by-age"}],
        },
        overrides={
            EU: {
                "table_class": "STANDARD",
                "read_capacity": 9,
                "global_secondary_indexes": [
                    {"name": "by-email", "read_capacity": 9},
                    {"name": "by-age", "read_capacity": 5},
                ],
            }
        },
    )
    replica = table(
        EU, settings={"global_secondary_indexes": [{**index, "contributor_insights": {"enabled": True, "mode": "X"}}]}
    )
    assert inventory.entry("orders", HOME, {HOME: home, EU: replica})["replicas"] == [
        {
            "region": EU,
            "read_capacity": 9,
            "global_secondary_indexes": [
                {
                    "name": "by-email",
                    "contributor_insights": {"enabled": True, "mode": "X"},
                    "read_capacity": 9,
                }
            ],
        }
    ]

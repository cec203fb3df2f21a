# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the regions of a group should share and don't (AWS_FACTS section 4)."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import divergence, observe
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import RegionalTable
from hypothesis import given, settings

from .service_model.model import ServiceModel
from .test_converge_properties import NAME, standing, wanted_tables

HOME, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
INDEX = {"name": "by-email", "partition_keys": ["email"], "projection": "ALL"}


def shown(region: str, **record: t.Any) -> RegionalTable:
    members = {HOME: "ACTIVE", EU: "ACTIVE", AP: "ACTIVE"}
    members.pop(region)
    return RegionalTable(region, record.pop("status", "ACTIVE"), **{"replicas": members, **record})


def divergent(home: dict[str, t.Any], replica: dict[str, t.Any], **of_home: t.Any) -> list[dict[str, t.Any]]:
    """Of a group whose third member is as the home region is."""
    observed = {
        HOME: shown(HOME, settings=home, **of_home),
        EU: shown(EU, settings=replica),
        AP: shown(AP, settings=home),
    }
    return divergence.divergent(HOME, observed)


@pytest.mark.parametrize(
    ("home", "replica", "setting", "values"),
    [
        ({"sort_key": "at"}, {"sort_key": "on"}, "sort_key", ("at", "on")),
        ({"billing_mode": "PROVISIONED"}, {"billing_mode": "PAY_PER_REQUEST"}, "billing_mode", None),
        ({"write_capacity": 5}, {"write_capacity": 6}, "write_capacity", (5, 6)),
        ({"table_class": "STANDARD"}, {"table_class": "STANDARD_INFREQUENT_ACCESS"}, "table_class", None),
        (
            {"ttl": {"enabled": True, "attribute": "until"}},
            {"ttl": {"enabled": True, "attribute": "expires"}},
            "ttl.attribute",
            ("until", "expires"),
        ),
        ({"stream": {"enabled": True}}, {"stream": {"enabled": False}}, "stream.enabled", (True, False)),
        (
            {"encryption": {"type": "customer", "kms_key": "a"}},
            {"encryption": {"type": "aws_managed", "kms_key": "b"}},
            "encryption.type",
            ("customer", "aws_managed"),
        ),
        (
            {"global_secondary_indexes": [INDEX]},
            {"global_secondary_indexes": []},
            "global_secondary_indexes.by-email.name",
            ("by-email", None),
        ),
        (
            {"global_secondary_indexes": [INDEX]},
            {"global_secondary_indexes": [{**INDEX, "projection": "KEYS_ONLY"}]},
            "global_secondary_indexes.by-email.projection",
            ("ALL", "KEYS_ONLY"),
        ),
        (
            {"autoscaling": {"enabled": True, "write": {"min": 1, "max": 5, "target": 70.0}}},
            {"autoscaling": {"enabled": True, "write": {"min": 1, "max": 9, "target": 70.0}}},
            "autoscaling.write.max",
            (5, 9),
        ),
    ],
)
def test_what_a_group_shares_and_one_region_shows_differently_is_named_with_each_regions_value(
    home, replica, setting, values
):
    ours, theirs = values or (home[setting], replica[setting])
    assert divergent(home, replica) == [{"setting": setting, "regions": {HOME: ours, EU: theirs, AP: ours}}]


SCALED = {"autoscaling": {"enabled": True, "read": {"max": 9}, "write": {"min": 1, "max": 9}}}


@pytest.mark.parametrize(
    ("home", "replica", "of_home"),
    [
        ({"tags": {"a": "b"}, "deletion_protection": True}, {"tags": {}, "deletion_protection": False}, {}),
        (
            {"encryption": {"type": "customer", "kms_key": "a"}},
            {"encryption": {"type": "customer", "kms_key": "b"}},
            {},
        ),
        ({"table_class": "STANDARD"}, {"table_class": "X"}, {"overrides": {EU: {"table_class": "X"}}}),
        ({"read_capacity": 5}, {"read_capacity": 9}, {"overrides": {EU: {"read_capacity": 9}}}),
        (
            {"on_demand_max": {"read": 5, "write": 5}},
            {"on_demand_max": {"read": 9, "write": 5}},
            {"overrides": {EU: {"on_demand_max_read": 9}}},
        ),
        (
            {"global_secondary_indexes": [{**INDEX, "read_capacity": 5}]},
            {"global_secondary_indexes": [{**INDEX, "read_capacity": 9}]},
            {"overrides": {EU: {"global_secondary_indexes": [{"name": "by-email", "read_capacity": 9}]}}},
        ),
        (
            {"global_secondary_indexes": [{**INDEX, "contributor_insights": {"enabled": True}}]},
            {"global_secondary_indexes": [{**INDEX, "contributor_insights": {"enabled": False}}]},
            {},
        ),
        (
            {"write_capacity": 5, "read_capacity": 5, **SCALED},
            {"write_capacity": 7, "read_capacity": 9, **SCALED, "autoscaling": {**SCALED["autoscaling"], "read": {}}},
            {},
        ),
        ({"ttl": {"enabled": True}}, {}, {}),
    ],
)
def test_what_is_each_regions_own_or_overridden_or_scaled_or_was_not_read_is_not_named(home, replica, of_home):
    assert divergent(home, replica, **of_home) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("a", "b", "a"), "x is a in us-east-1, ap-southeast-2, but b in eu-west-1"),
        ((None, "a", "b"), "x is unset in us-east-1, but a in eu-west-1, but b in ap-southeast-2"),
        ((True, False, False), "x is true in us-east-1, but false in eu-west-1, ap-southeast-2"),
        ((["a"], 5, ["a"]), 'x is ["a"] in us-east-1, ap-southeast-2, but 5 in eu-west-1'),
    ],
)
def test_regions_that_agree_share_their_value_where_people_read_it(values, said):
    assert divergence.sentence("x", dict(zip((HOME, EU, AP), values, strict=True))) == said


def test_the_stream_of_a_strongly_consistent_group_is_each_regions_own():
    observed = {
        region: shown(region, consistency="strong", settings={"stream": {"enabled": region == HOME}})
        for region in (HOME, EU)
    }
    assert divergence.divergent(HOME, observed) == []


@pytest.mark.parametrize("stranger", [shown(EU, status="CREATING"), RegionalTable(EU, "ABSENT"), None])
def test_only_members_that_stand_are_compared(stranger):
    home = shown(HOME, settings={"sort_key": "at"})
    observed = {HOME: home, **({EU: stranger} if stranger else {})}
    assert divergence.divergent(HOME, observed) == []


def test_a_table_that_stands_apart_is_no_member():
    alone = RegionalTable(HOME, "ACTIVE", settings={"sort_key": "at"})
    assert divergence.divergent(HOME, {HOME: alone, EU: shown(EU, settings={"sort_key": "on"})}) == []


@given(wanted_tables())
@settings(max_examples=40, deadline=None)
def test_a_group_that_was_made_as_wanted_diverges_nowhere(wanted):
    model = ServiceModel()
    standing(model, wanted)
    seen = observe.look([observe.full_reading(wanted)], model)[NAME]
    assert divergence.divergent(wanted.home, seen) == []

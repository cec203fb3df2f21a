# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each region has of its own: turned on, changed and off in the home region and in a replica's."""

from __future__ import annotations

import typing as t

import boto3
import pytest
from caller import EU, US, changes, region

ORDERS = {"name": "orders", "partition_key": "id", "sort_key": "at", "attribute_types": {"at": "N"}}
BY_EMAIL = {"name": "by-email", "partition_keys": ["email"], "projection": "ALL"}
OFF = {"enabled": False}


@pytest.fixture
def lifecycle(run_module, admin):
    """Carry out one value after another of an option in the home region, then in a replica's.

    Each time check mode predicts what the run leaves, only that region is written to, the second run only reads, and
    `tables_info` shows the same.
    """

    def run(option: str, home: list[t.Any], replica: list[t.Any], table: dict[str, t.Any] | None = None) -> None:
        table = table or ORDERS
        run_module("tables", table)
        run_module("replicas", table, replica_regions=[EU])
        admin.clear_calls()
        for value in home:
            _carry_out("tables", {**table, option: value}, US, option)
        for value in replica:
            _carry_out("replicas", {**table, "replicas": [{"region": EU, option: value}]}, EU, option)

    def _carry_out(module: str, wanted: dict[str, t.Any], place: str, option: str) -> None:
        predicted = run_module(module, wanted, check_mode=True)
        assert changes(admin) == []
        done = run_module(module, wanted)
        assert predicted["changed"] and done["changed"], (wanted, predicted, done)
        assert predicted["diff"] == done["diff"]
        assert region(predicted, place)[option] == region(done, place)[option]
        assert {where for where, _call in changes(admin)} == {place}
        admin.clear_calls()
        assert not run_module(module, wanted)["changed"], wanted
        assert changes(admin) == []
        assert region(run_module("tables_info", wanted), place)[option] == region(done, place)[option]

    return run


def test_contributor_insights(lifecycle, admin):
    values = [{"enabled": True}, {"enabled": True, "mode": "THROTTLED_KEYS"}, OFF]
    lifecycle("contributor_insights", values, values)


def test_contributor_insights_of_an_index(lifecycle, run_module, admin):
    def of_index(**more: t.Any) -> list[dict[str, t.Any]]:
        return [{**more, "contributor_insights": option} for option in ({"enabled": True}, OFF)]

    table = {**ORDERS, "global_secondary_indexes": [BY_EMAIL]}
    home = [[index] for index in of_index(**BY_EMAIL)]
    replica = [[index] for index in of_index(name="by-email")]
    lifecycle("global_secondary_indexes", home, replica, table)


def test_contributor_insights_come_with_a_new_table_and_its_replica(run_module, admin):
    on = {"enabled": True, "mode": "THROTTLED_KEYS"}
    table = {
        **ORDERS,
        "contributor_insights": on,
        "global_secondary_indexes": [{**BY_EMAIL, "contributor_insights": on}],
        "replicas": [
            {
                "region": EU,
                "contributor_insights": on,
                "global_secondary_indexes": [{"name": "by-email", "contributor_insights": on}],
            }
        ],
    }
    for module, place in (("tables", US), ("replicas", EU)):
        predicted, done = run_module(module, table, check_mode=True), run_module(module, table)
        assert predicted["diff"] == done["diff"]
        for result in (predicted, done):
            assert region(result, place)["contributor_insights"] == on
            assert region(result, place)["global_secondary_indexes"][0]["contributor_insights"] == on
        assert not run_module(module, table)["changed"]


def test_contributor_insights_come_with_a_new_index_once_it_stands_in_each_region(run_module, admin):
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    on = {"contributor_insights": {"enabled": True, "mode": "THROTTLED_KEYS"}}
    table = {**ORDERS, "global_secondary_indexes": [{**BY_EMAIL, **on}]}
    table["replicas"] = [{"region": EU, "global_secondary_indexes": [{"name": "by-email", **on}]}]
    admin.clear_calls()
    for module, place in (("tables", US), ("replicas", EU)):
        predicted, done = run_module(module, table, check_mode=True), run_module(module, table)
        assert predicted["diff"] == done["diff"]
        for result in (predicted, done):
            assert (
                region(result, place)["global_secondary_indexes"][0]["contributor_insights"]
                == on["contributor_insights"]
            )
        assert not run_module(module, table)["changed"]
    assert not [call for call in admin.calls() if call["operation"] == "UpdateContributorInsights" and call["error"]]


ACCOUNT = "123456789012"
ALLOW = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["dynamodb:GetItem"], "Resource": "*"}
DENY_ALL = {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}


def policy(*statements: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def test_a_resource_policy(lifecycle, admin):
    changed = policy({**ALLOW, "Action": ["dynamodb:GetItem", "dynamodb:Query"]})
    values = [policy(ALLOW), changed, {}]
    lifecycle("resource_policy", values, values)


def test_207_a_policy_of_the_same_meaning_is_no_change(run_module, admin):
    run_module("tables", {**ORDERS, "resource_policy": policy(ALLOW)})
    same = {**ALLOW, "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}, "Action": "dynamodb:GetItem"}
    admin.clear_calls()
    assert not run_module("tables", {**ORDERS, "resource_policy": policy(same)})["changed"]
    assert changes(admin) == []


def test_210_a_policy_that_would_lock_its_author_out_is_explained(run_module, admin):
    message = run_module("tables", {**ORDERS, "resource_policy": policy(DENY_ALL)})["msg"]
    assert "can't set the resource policy in us-east-1: PutResourcePolicy in us-east-1 failed" in message
    assert "would forbid these credentials to change it again" in message


def test_a_policy_that_denies_replication_is_refused_before_any_call(run_module, admin):
    message = run_module("tables", {**ORDERS, "resource_policy": policy(DENY_ALL)}, replica_regions=[EU])["msg"]
    assert message.startswith("table 'orders', us-east-1: resource_policy denies dynamodb:GetItem to the role of repl")
    in_replica = {"region": EU, "resource_policy": policy({**DENY_ALL, "Action": "dynamodb:PutItem"})}
    message = run_module("replicas", {**ORDERS, "replicas": [in_replica]})["msg"]
    assert message.startswith("table 'orders', eu-west-1: resource_policy denies dynamodb:PutItem")
    assert admin.calls() == []


def test_a_policy_that_denies_replication_is_refused_for_a_group_whose_replicas_are_not_listed(run_module, admin):
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    admin.clear_calls()
    wanted = {**ORDERS, "resource_policy": policy({**DENY_ALL, "Principal": {"AWS": ACCOUNT}})}
    assert "resource_policy denies dynamodb:GetItem to the role" in run_module("tables", wanted)["msg"]
    assert changes(admin) == []


@pytest.fixture
def streams(served, admin) -> dict[str, list[str]]:
    """Two Kinesis streams in each of two regions, by region: their ARNs."""
    arns = {}
    for place in (US, EU):
        client = boto3.client("kinesis", region_name=place, endpoint_url=served.url)
        for name in ("changes", "audit"):
            client.create_stream(StreamName=name, ShardCount=1)
        arns[place] = [f"arn:aws:kinesis:{place}:{ACCOUNT}:stream/{name}" for name in ("changes", "audit")]
    return arns


def test_a_kinesis_stream(lifecycle, streams):
    def values(first: str, second: str) -> list[dict[str, t.Any]]:
        on = {"enabled": True, "arn": first}
        return [on, {**on, "precision": "MICROSECOND"}, {"enabled": True, "arn": second}, OFF]

    lifecycle("kinesis_stream", values(*streams[US]), values(*streams[EU]))


def test_318_a_kinesis_stream_that_is_not_there_is_explained_after_one_try(run_module, admin):
    missing = {"enabled": True, "arn": f"arn:aws:kinesis:{US}:{ACCOUNT}:stream/missing"}
    message = run_module("tables", {**ORDERS, "kinesis_stream": missing})["msg"]
    assert "stream/missing on in us-east-1: the service tried and gave up: User does not have a permission" in message
    assert "check that the stream exists" in message
    assert changes(admin).count((US, "EnableKinesisStreamingDestination")) == 1


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"enabled": True}, "needs kinesis_stream.arn"),
        ({"enabled": True, "arn": "changes"}, "but a stream's is arn:aws:kinesis:REGION:ACCOUNT:stream/NAME"),
        ({"enabled": True, "arn": f"arn:aws:kinesis:{EU}:{ACCOUNT}:stream/changes"}, "lies in eu-west-1, but the str"),
        ({"enabled": False, "precision": "MICROSECOND"}, "kinesis_stream.precision needs enabled: true"),
    ],
)
def test_a_kinesis_stream_that_cannot_be_is_refused_before_any_call(run_module, admin, option, sentence):
    assert sentence in run_module("tables", {**ORDERS, "kinesis_stream": option})["msg"]
    assert admin.calls() == []


def test_disassociation_protection(lifecycle):
    lifecycle("disassociation_protection", [False, True], [False, True])


def test_disassociation_protection_of_a_table_comes_with_its_first_replica(run_module, admin):
    table = {**ORDERS, "disassociation_protection": False}
    assert "disassociation_protection" not in region(run_module("tables", table))
    predicted = run_module("replicas", table, replica_regions=[EU], check_mode=True)
    done = run_module("replicas", table, replica_regions=[EU])
    assert predicted["diff"] == done["diff"]
    assert region(done)["disassociation_protection"] is False
    assert region(done, EU)["disassociation_protection"] is True
    admin.clear_calls()
    for module in ("tables", "replicas"):
        assert not run_module(module, table, replica_regions=[EU])["changed"]
    assert changes(admin) == []


def test_point_in_time_recovery(lifecycle):
    on = {"enabled": True}
    values = [on, {**on, "recovery_period_days": 7}, {**on, "recovery_period_days": 9}, OFF]
    lifecycle("point_in_time_recovery", values, values)


def test_017_deletion_protection_toggled_twice_in_a_row_is_waited_for(run_module, admin):
    run_module("tables", ORDERS)
    for value in (True, False, True):
        assert run_module("tables", {**ORDERS, "deletion_protection": value})["changed"]


def test_143_a_second_change_of_ttl_within_half_an_hour_is_explained(run_module, admin):
    on, off = {"enabled": True, "attribute": "until"}, OFF
    run_module("tables", {**ORDERS, "ttl": on})
    message = run_module("tables", {**ORDERS, "ttl": off})["msg"]
    assert "can't turn TTL off (attribute until) in us-east-1" in message
    assert "TTL of a table can be changed about every half hour: run again later" in message
    assert (
        "can't be changed in this: TTL is on with attribute until"
        in (run_module("tables", {**ORDERS, "ttl": {**on, "attribute": "other"}})["msg"])
    )


def test_365_a_third_change_of_class_in_a_month_is_explained(run_module, admin):
    classes = ["STANDARD_INFREQUENT_ACCESS", "STANDARD", "STANDARD_INFREQUENT_ACCESS"]
    run_module("tables", ORDERS)
    messages = [run_module("tables", {**ORDERS, "table_class": value}).get("msg", "") for value in classes]
    assert messages[:2] == ["", ""]
    assert "a table's class can be changed twice in 30 days, and a change counts in every replica" in messages[2]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people and programs get back."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import results, spec, state
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.converge import Progress
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.plan import plan_replicas, plan_table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.steps import Step

HOME, EU = "us-east-1", "eu-west-1"


def shown(name: str, region: str, replicas: dict[str, str] | None = None) -> state.RegionalTable:
    arn = f"arn:aws:dynamodb:{region}:123456789012:table/{name}"
    settings = {"stream": {"enabled": False}, "deletion_protection": False}
    return state.RegionalTable(region, "ACTIVE", arn=arn, settings=settings, replicas=replicas or {})


def with_indexes(table: state.RegionalTable) -> state.RegionalTable:
    described = {"billing_mode": "PAY_PER_REQUEST", "table_class": "STANDARD", "global_secondary_indexes": []}
    return dataclasses.replace(table, settings={**table.settings, **described})


def checked(name: str, add: bool) -> Progress:
    """A table in check mode that would get a replica in eu-west-1, or has it."""
    wanted = spec.Table(name, HOME, replicas={EU: spec.Replica(EU)})
    observed = {HOME: shown(name, HOME, {} if add else {EU: "ACTIVE"})}
    observed[EU] = state.absent(EU) if add else shown(name, EU, {HOME: "ACTIVE"})
    progress = Progress(wanted)
    progress.look(observed, plan_replicas(wanted, observed))
    return progress


def test_what_is_the_same_for_many_tables_takes_one_line_and_totals_come_last():
    run = [checked(f"table-{number}", add=number < 58) for number in range(100)]
    assert results.module_result(run, check_mode=True)["summary"] == [
        "add a replica in eu-west-1: 58 tables",
        "100 tables: 58 to change, 42 unchanged",
    ]


def test_a_diff_has_only_the_fields_that_change_and_none_for_an_unchanged_table():
    result = results.module_result([checked("orders", add=True), checked("baskets", add=False)], check_mode=True)
    (diff,) = result["diff"]
    assert diff["before_header"] == "orders"
    assert diff["before"] == {
        HOME: {"replicas": [], "stream": {"enabled": False}},
        EU: {"status": "ABSENT"},
    }
    assert diff["after"][HOME] == {
        "replicas": [EU],
        "stream": {"enabled": True, "view_type": "NEW_AND_OLD_IMAGES"},
    }
    assert diff["after"][EU]["replicas"] == [HOME]


def with_status(status: str, table: state.RegionalTable) -> state.RegionalTable:
    return dataclasses.replace(table, status=status)


@pytest.mark.parametrize(
    ("part", "home", "replica", "awaited"),
    [
        (
            plan_replicas,
            shown("orders", HOME, {EU: "DELETING"}),
            with_status("DELETING", shown("orders", EU, {HOME: "ACTIVE"})),
            "replica eu-west-1 is DELETING",
        ),
        (
            plan_replicas,
            shown("orders", HOME),
            with_status("DELETING", shown("orders", EU)),
            "eu-west-1 is DELETING",
        ),
        (plan_table, with_status("DELETING", shown("orders", HOME)), state.absent(EU), "us-east-1 is DELETING"),
        (
            plan_table,
            state.absent(HOME),
            shown("orders", EU, {HOME: "ACTIVE"}),
            "us-east-1 doesn't show the table that eu-west-1 lists there",
        ),
        (
            plan_replicas,
            shown("orders", HOME),
            shown("orders", EU, {HOME: "ACTIVE"}),
            "us-east-1 and eu-west-1 don't yet agree on the replica there",
        ),
    ],
)
def test_what_goes_or_is_not_settled_is_no_table_that_stays_as_it_is_in_check_mode(part, home, replica, awaited):
    wanted = spec.Table("orders", HOME, settings={"partition_key": "id"}, replicas={EU: spec.Replica(EU)})
    result = results.module_result([looked(part, wanted, {HOME: home, EU: replica})], check_mode=True)
    assert awaited in result["tables"][0]["pending"]
    assert f"still to come: {awaited}: orders" in result["summary"]
    assert result["summary"][-1].endswith(", 1 not settled")


def looked(part: t.Callable[..., t.Any], wanted: spec.Table, observed: state.Observed) -> Progress:
    progress = Progress(wanted)
    progress.look(observed, part(wanted, observed))
    return progress


def test_the_plan_of_a_hundred_tables_reads_in_four_lines():
    """Most gain a region, some lose one, two are changed, and the others are as they are wanted."""
    assert results.module_result([*hundred(), checked("last", add=False)], check_mode=True)["summary"] == [
        *PLANNED,
        "100 tables: 69 to change, 31 unchanged",
    ]


def test_a_hundred_tables_with_values_of_their_own_share_a_line_and_removals_do_not():
    paid = {"billing_mode": "PROVISIONED", "read_capacity": 1, "write_capacity": 1, "global_secondary_indexes": []}
    run = []
    for number in range(100):
        wanted = {"billing_mode": "PROVISIONED", "read_capacity": number + 2, "write_capacity": 1}
        home = dataclasses.replace(shown("orders", HOME), settings={**shown("orders", HOME).settings, **paid})
        run.append(looked(plan_table, spec.Table(f"orders-{number}", HOME, settings=wanted), {HOME: home}))
    gone = [spec.Table(f"gone-{number}", HOME, absent=True) for number in range(4)]
    for items, table in enumerate(gone):
        home = dataclasses.replace(shown(table.name, HOME), item_count=items)
        run.append(looked(plan_table, table, {HOME: home}))
    assert results.module_result(run, check_mode=True)["summary"] == [
        *(f"delete the table in us-east-1 ({items} items): gone-{items}" for items in range(4)),
        "set read_capacity to 2 in us-east-1: orders-0 and 99 more with other values",
        "104 tables: 104 to change, 0 unchanged",
    ]


def test_a_failure_of_a_hundred_tables_reads_in_few_lines_and_returns_no_table():
    reasons = [*["access denied: no"] * 28, "access denied: never", "denied: table/table-29", "denied: table/table-30"]
    failing = []
    for number, reason in enumerate(reasons):
        unread = state.RegionalTable(HOME, state.UNKNOWN, problem=reason)
        failing.append(looked(plan_replicas, spec.Table(f"table-{number}", HOME), {HOME: unread}))
    run = [progress for progress in hundred() if progress.plan.steps]
    result = results.module_result([*run, *failing], check_mode=True)
    assert result["msg"].splitlines() == [
        "31 of 100 tables failed:",
        "table-0, table-1, table-2 and 25 more: access denied: no",
        "table-28: access denied: never",
        "table-29, table-30: denied: table/table-29",
        "To change all the same:",
        *PLANNED,
    ]
    assert result.keys() == {"changed", "msg"}


PLANNED = [
    "remove the replica in eu-west-1 and its items: 9 tables",
    "add a replica in eu-west-1: 58 tables",
    "turn deletion protection on in eu-west-1: orders, baskets",
]


def hundred() -> list[Progress]:
    """All but one."""
    adding = [checked(f"new-{number}", add=True) for number in range(58)]
    staying = [checked(f"same-{number}", add=False) for number in range(30)]
    leaving = [
        looked(
            plan_replicas,
            spec.Table(f"old-{number}", HOME, absent_regions=(EU,)),
            {HOME: with_indexes(shown("old", HOME, {EU: "ACTIVE"})), EU: shown("old", EU, {HOME: "ACTIVE"})},
        )
        for number in range(9)
    ]
    protecting = [
        looked(
            plan_replicas,
            spec.Table(name, HOME, replicas={EU: spec.Replica(EU, settings={"deletion_protection": True})}),
            {HOME: shown(name, HOME, {EU: "ACTIVE"}), EU: shown(name, EU, {HOME: "ACTIVE"})},
        )
        for name in ("orders", "baskets")
    ]
    return [*adding, *staying, *leaving, *protecting]


def test_a_diff_goes_down_to_the_parts_that_change():
    index = {"name": "by-email", "partition_keys": ["email"], "read_capacity": 5, "write_capacity": 5}
    then = {"point_in_time_recovery": {"enabled": True, "recovery_period_days": 7}, "table_class": "STANDARD"}
    progress = checked("orders", add=False)
    progress.before = {HOME: with_settings(then, global_secondary_indexes=[index, {"name": "by-size"}])}
    now = {**then, "point_in_time_recovery": {"enabled": True, "recovery_period_days": 9}}
    indexes = [{**index, "read_capacity": 6}, {"name": "by-size"}, {"name": "by-age", "projection": "ALL"}]
    progress.observed = {HOME: with_settings(now, global_secondary_indexes=indexes)}
    progress.carried_out = [Step(("set", HOME, "x"), HOME, "UpdateTable", {}, "set x")]
    progress.wanted.settings["point_in_time_recovery"] = {"enabled": True}
    (diff,) = results.module_result([progress], check_mode=False)["diff"]
    assert diff["before"] == {
        HOME: {
            "point_in_time_recovery": {"recovery_period_days": 7},
            "global_secondary_indexes": {"by-email": {"read_capacity": 5}},
        }
    }
    assert diff["after"] == {
        HOME: {
            "point_in_time_recovery": {"recovery_period_days": 9},
            "global_secondary_indexes": {"by-email": {"read_capacity": 6}, "by-age": {"projection": "ALL"}},
        }
    }


def with_settings(settings: dict[str, t.Any], **more: t.Any) -> state.RegionalTable:
    return state.RegionalTable(HOME, "ACTIVE", settings={**settings, **more})


def test_what_is_still_to_come_is_said_and_notes_that_tables_share_take_one_line():
    run = [checked(f"table-{number}", add=True) for number in range(4)]
    lines = results.module_result(run, check_mode=False)["summary"]
    assert lines == [
        "still to come: add a replica in eu-west-1: 4 tables",
        "4 tables: 0 changed, 4 unchanged, 4 not settled",
    ]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each region has of its own: turned on, changed and off in the home region and in a replica's."""

from __future__ import annotations

import typing as t

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

    def run(option: str, home: list[t.Any], replica: list[t.Any], table: dict[str, t.Any] = ORDERS) -> None:
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

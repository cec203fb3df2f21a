# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What verification may cost."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused, Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.cost import (
    Cost,
    Meter,
    first_looks,
    least,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem

US, EU = "us-east-1", "eu-west-1"


def test_a_write_costs_again_in_every_other_region():
    meter = Meter(copies=2)
    meter.add_write(1.0)
    meter.add_write(3.0)
    meter.add_read(0.5)
    assert meter.cost == Cost(read_units=0.5, write_units=4.0, replicated_write_units=8.0)
    assert meter.cost.total == 12.5
    assert meter.cost + meter.cost == Cost(1.0, 8.0, 16.0)


def test_without_a_bound_every_look_is_admitted():
    assert Meter().admits(1_000_000)


def test_looks_are_admitted_as_long_as_they_fit():
    meter = Meter(for_looks=3.0)
    assert [meter.admits(1.0), meter.admits(2.0), meter.admits(0.5)] == [True, True, False]


def test_once_a_look_wasnt_admitted_no_smaller_one_is():
    meter = Meter(for_looks=3.0)
    assert [meter.admits(5.0), meter.admits(0.5)] == [False, False]


def test_the_least_of_two_regions_with_one_item_call_by_call():
    writes = 2 * (2 * 3 + 2 * 2)  # in both regions: of each its own put, update and deletion; of both put and deletion
    keys = 2 * 3 * 24  # in both regions the keys of each and those of both
    looks = (0.5 + 0.5 + 1) * 2 + 2  # put, update and deletion in the other; both at what both wrote
    left = 2 * (2 * 3)  # in both regions all three items, before and after they are removed
    assert least(2, 1, 2) == writes + keys + looks + left
    assert first_looks(2, 1) == looks
    assert least(2, 1, 3) - least(2, 1, 2) == writes / 2, "a member that isn't listed takes each write, too"


def test_a_bound_below_the_least_is_refused_by_table():
    table = Table("orders", US, replicas={EU: Replica(EU)})
    needed = Options(1).least("orders", 2, 2)
    assert needed >= least(2, 1, 2)
    Options(1, max_units=needed).check_cost([table])
    with pytest.raises(Refused) as caught:
        Options(1, max_units=needed - 1).check_cost([table, Table("alone", US)])
    assert caught.value.problems == [
        f"Verifying orders in 2 regions takes at least {needed:g} capacity units, but max_units (verify_max_units) is "
        f"{needed - 1:g}: raise it to {2 * needed:g}, which leaves room for looks at what takes longer, or write fewer "
        "items."
    ]


def test_items_of_the_user_and_a_watch_raise_the_least():
    item = UserItem(1, {"pk": {"S": "x" * 3000}})
    plain = Options(1).least("orders", 2, 2)
    assert Options(1, items={"orders": [item]}).least("orders", 2, 2) >= plain + 2 * 3
    assert Options(1, items={"parts": [item]}).least("orders", 2, 2) == plain
    assert Options(1, watch=Pace(rounds=1)).least("orders", 2, 2) >= plain + 2 * 2


def test_a_table_that_isnt_written_has_no_least():
    states = Table("orders", US, verification="states", replicas={EU: Replica(EU)})
    Options(1, max_units=1).check_cost([states, Table("alone", US)])

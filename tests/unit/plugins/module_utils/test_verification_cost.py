# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What verification may cost."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused, Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.cost import Cost, least
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.history import History
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import MARKER, Lease
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.session import Session
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem
from hypothesis import given, settings
from hypothesis import strategies as st

from .global_table import SCHEMA, GlobalTable, verify

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"


def spent(outcome):
    """The units of all kinds."""
    return sum(dataclasses.astuple(outcome.history.cost))


def test_costs_add_up():
    assert Cost(0.5, 4.0, 8.0) + Cost(0.5, 4.0, 8.0) == Cost(1.0, 8.0, 16.0)


@pytest.mark.parametrize(
    ("bound", "looks", "admitted"),
    [
        (None, [1_000_000.0], [True]),
        (3.0, [1.0, 2.0, 0.5], [True, True, False]),
        (3.0, [5.0, 0.5], [False, False]),  # once one wasn't admitted, no smaller one is
    ],
)
def test_looks_are_admitted_as_long_as_they_fit(bound, looks, admitted):
    session = Session(0, None, SCHEMA, Lease("me", 0), History(), for_looks=bound)
    assert [session.admits(units) for units in looks] == admitted


@pytest.mark.parametrize("regions", [(US, EU), (US, EU, AP), (US, EU, AP, "us-west-2")])
@pytest.mark.parametrize("watch", [None, Pace(rounds=1), Pace(rounds=30)])
@pytest.mark.parametrize("items", [1, 5])
def test_what_is_needed_is_what_a_check_without_any_lag_costs_and_to_remove_what_isnt_replicated(regions, watch, items):
    needed = Options(items, watch=watch).needed("orders", len(regions), len(regions))
    each = len(regions)
    spare = (each * (each - 1) * each + each * each) * items  # each item deleted in each other region, and looked for
    rest = (watch.rounds - 1) * each * (each + (each - 1) / 2) if watch else 0
    cost = spent(verify(GlobalTable(*regions, lag=0.0), item_count=items, watch=watch))
    assert cost <= needed - spare + rest
    assert watch or cost == needed - spare
    enough = verify(GlobalTable(*regions, lag=0.0), item_count=items, watch=watch, max_units=needed + rest)
    assert (enough.judge(), spent(enough)) == ("pass", cost)


@given(
    lost=st.sets(st.tuples(*[st.sampled_from([US, EU, AP])] * 2)),
    calls=st.sets(st.sampled_from(["PutItem", "UpdateItem", "DeleteItem"]), min_size=1),
    more=st.integers(0, 80),
    lag=st.sampled_from([0.0, 0.3, 5.0]),
)
@settings(max_examples=30)
def test_whatever_is_lost_a_table_costs_no_more_than_max_units(lost, calls, more, lag):
    table = GlobalTable(US, EU, AP, lag=lag)
    table.loses = lambda source, target, call, _key: (source, target) in lost and call in calls
    most = Options(3).needed("orders", 3, 3) + more
    outcome = verify(table, item_count=3, max_units=most)
    assert spent(outcome) <= most
    assert outcome.judge() in ("fail", "unknown") or not lost or all(source == target for source, target in lost)


def test_a_member_that_is_not_listed_takes_each_write_too():
    written = least(2, 1, 3) - least(2, 1, 2)
    assert written == least(2, 1, 4) - least(2, 1, 3) == 2 * 3 + 2 * 2 + 2 * 4 + 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (Options(item_count=0), "item_count (verify_item_count) is 0, but must be 1 to 1000."),
        (Options(item_count=1001), "item_count (verify_item_count) is 1001, but must be 1 to 1000."),
        (Options(timeout=0), "timeout (verify_timeout) is 0 s, but must be more than 0, at most a day."),
        (Options(poll_delay=-0.5), "poll_delay is -0.5 s, but must be 0 to a day."),
        (Options(max_lag=0), "max_lag (verify_max_lag) is 0 s, but must be more than 0, at most a day."),
        (Options(max_units=0), "max_units (verify_max_units) is 0, but must be more than 0."),
    ],
)
def test_options_that_cant_be_done(options, sentence):
    with pytest.raises(Refused) as caught:
        options.check()
    assert caught.value.problems == [sentence]


@pytest.mark.parametrize(
    "options", [Options(), Options(item_count=1), Options(item_count=1000, timeout=0.5, poll_delay=0)]
)
def test_options_that_can_be_done(options):
    options.check()


def test_a_bound_below_the_least_is_refused_by_table():
    table = Table("orders", US, replicas={EU: Replica(EU)})
    needed = Options(1).needed("orders", 2, 2)
    assert needed >= least(2, 1, 2)
    Options(1, max_units=needed).check_cost([table])
    with pytest.raises(Refused) as caught:
        Options(1, max_units=needed - 1).check_cost([table, Table("alone", US)])
    assert caught.value.problems == [
        f"Verifying orders in 2 regions needs {needed:g} capacity units, but max_units (verify_max_units) is "
        f"{needed - 1:g}: raise it to {2 * needed:g}, which leaves room for looks at what takes longer, or write fewer "
        "items."
    ]


def test_items_of_the_user_and_a_watch_raise_the_least():
    item = UserItem(1, {"pk": {"S": "x" * 3000}})
    plain = Options(1).needed("orders", 2, 2)
    assert Options(1, items={"orders": [item]}).needed("orders", 2, 2) >= plain + 2 * 3
    assert Options(1, items={"parts": [item]}).needed("orders", 2, 2) == plain
    assert Options(1, watch=Pace(rounds=1)).needed("orders", 2, 2) >= plain + 2 * 2


def test_a_table_that_isnt_written_has_no_least():
    states = Table("orders", US, verification="states", replicas={EU: Replica(EU)})
    Options(1, max_units=1).check_cost([states, Table("alone", US)])


@pytest.mark.parametrize("key", ["partition_key", "sort_key"])
def test_a_key_named_as_verifications_attribute_is_refused(key):
    table = Table("orders", US, settings={key: MARKER}, replicas={EU: Replica(EU)})
    with pytest.raises(Refused, match="has a key named multiregion_dynamodb_verification"):
        Options().check_cost([table])
    Options().check_cost([dataclasses.replace(table, verification="states")])

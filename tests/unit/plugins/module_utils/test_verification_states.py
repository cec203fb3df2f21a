# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Are these independent regions, and replicas of one table?"""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import RegionalTable
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.states import (
    FAIL,
    PASS,
    UNSURE,
    dependence,
    pair_states,
)

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"


def shown(region, status="ACTIVE", **replicas):
    listed = {name.replace("_", "-"): state for name, state in replicas.items()}
    return RegionalTable(
        region,
        status,
        problem="access denied" if status == "UNKNOWN" else "",
        arn=f"arn:aws:dynamodb:{region}:123456789012:table/orders",
        table_id=f"id of {region}",
        replicas=listed,
    )


def two(us=None, eu=None):
    us = us or shown(US, eu_west_1="ACTIVE")
    eu = eu or shown(EU, us_east_1="ACTIVE")
    return {US: us, EU: eu}


def test_every_ordered_pair_is_judged():
    everywhere = {
        US: shown(US, eu_west_1="ACTIVE", ap_southeast_2="ACTIVE"),
        EU: shown(EU, us_east_1="ACTIVE", ap_southeast_2="ACTIVE"),
        AP: shown(AP, us_east_1="ACTIVE", eu_west_1="ACTIVE"),
    }
    states = pair_states(everywhere)
    assert set(states) == {(US, EU), (US, AP), (EU, US), (EU, AP), (AP, US), (AP, EU)}
    assert {(state.verdict, state.testable) for state in states.values()} == {(PASS, True)}


@pytest.mark.parametrize(
    ("observed", "verdict", "testable", "reason"),
    [
        (two(eu=shown(EU, "ABSENT")), FAIL, False, "no table of that name in eu-west-1"),
        (two(eu=shown(EU, "UNKNOWN")), UNSURE, False, "eu-west-1 couldn't be read: access denied"),
        (two(eu=shown(EU, "CREATING")), UNSURE, False, "eu-west-1 is still being added"),
        (two(us=shown(US, eu_west_1="CREATING"), eu=shown(EU, "ABSENT")), UNSURE, False, "still being added"),
        (two(eu=shown(EU, "DELETING")), FAIL, False, "DELETING in eu-west-1"),
        (two(eu=shown(EU, "UPDATING", us_east_1="ACTIVE")), UNSURE, True, "UPDATING in eu-west-1"),
        (two(us=shown(US)), FAIL, False, "us-east-1 doesn't list eu-west-1"),
        (two(eu=shown(EU)), FAIL, False, "eu-west-1 doesn't list us-east-1"),
        (two(us=shown(US, eu_west_1="DELETING")), FAIL, False, "us-east-1 shows its replica eu-west-1 as DELETING"),
        (two(us=shown(US, eu_west_1="UPDATING")), UNSURE, True, "us-east-1 shows its replica eu-west-1 as UPDATING"),
        (two(us=shown(US, "UNKNOWN"), eu=shown(EU, "ABSENT")), FAIL, False, "no table of that name in eu-west-1"),
    ],
)
def test_what_stands_in_the_way_of_both_directions(observed, verdict, testable, reason):
    for state in pair_states(observed).values():
        assert (state.verdict, state.testable) == (verdict, testable)
        assert reason in state.reason


def test_independent_regions():
    assert dependence(two()) == ""


def test_a_region_that_answers_with_another_regions_table():
    observed = two(eu=dataclasses.replace(shown(EU), arn=shown(US).arn))
    assert "the endpoint of eu-west-1 answered with arn:aws:dynamodb:us-east-1" in dependence(observed)


def test_an_emulator_that_names_no_region_at_all():
    local = dataclasses.replace(shown(US), arn="arn:aws:dynamodb:ddblocal:000000000000:table/orders")
    assert "isn't a table of us-east-1" in dependence({US: local})


def test_two_regions_with_one_table_id():
    observed = two(eu=dataclasses.replace(shown(EU), table_id="id of us-east-1"))
    assert "us-east-1 and eu-west-1 answered with one and the same table" in dependence(observed)


def test_table_ids_that_arent_shown_say_nothing():
    assert dependence({region: dataclasses.replace(shown(region), table_id="") for region in (US, EU)}) == ""


@pytest.mark.parametrize("status", ["ABSENT", "UNKNOWN"])
def test_a_region_that_shows_no_table_says_nothing_of_independence(status):
    assert dependence(two(eu=RegionalTable(EU, status))) == ""

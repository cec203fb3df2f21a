# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was seen of a pair: which lags count, and which verdict follows."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.evidence import (
    Altered,
    Evidence,
    Missing,
    Sample,
    lag,
    worst,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    DELETE,
    OPERATIONS,
    PUT,
    UPDATE,
    Lease,
    Marked,
    Probe,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.states import (
    FAIL,
    PASS,
    UNSURE,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.watch import (
    Acknowledgement,
    Look,
    Watch,
)

ONE, TWO = Probe("us-east-1", 0), Probe("us-east-1", 1)
LEASE = Lease("me", 1000)
PUT_SEEN = {ONE: Marked("me", 1000, 1)}


def looks(*taken, exact=True, operation=PUT):
    """What the last of several looks brings."""
    watch = Watch(operation, LEASE)
    arrived = {}
    for look in taken:
        arrived = watch.take({ONE: Acknowledgement(10.0, exact)}, look)
    return arrived


# Lag


def test_lag_counts_from_the_acknowledgement_to_the_end_of_the_read_that_shows_it():
    assert looks(Look(10.1, 10.3, PUT_SEEN)) == {ONE: Sample(pytest.approx(0.3), pytest.approx(0.3))}


def test_the_resolution_counts_from_the_beginning_of_the_last_read_without_it():
    arrived = looks(Look(10.1, 10.2), Look(10.4, 10.5), Look(10.7, 10.8, PUT_SEEN))
    assert arrived == {ONE: Sample(pytest.approx(0.8), pytest.approx(0.4))}


def test_nothing_arrives_by_a_look_that_doesnt_show_it():
    assert looks(Look(10.1, 10.2)) == {}


@pytest.mark.parametrize(
    "before",
    [
        [],
        [Look(10.1, 10.2)],
    ],
)
def test_a_look_that_was_repeated_shows_an_arrival_but_no_lag(before):
    assert looks(*before, Look(10.3, 14.0, PUT_SEEN, clean=False)) == {ONE: None}


@pytest.mark.parametrize(
    "refused",
    [
        Look(10.3, 13.0, unread=frozenset([ONE]), clean=False),  # throttled
        Look(10.3, 10.4, unread=frozenset([ONE])),  # left unprocessed
        Look(10.3, 13.0, clean=False),  # repeated
    ],
)
def test_after_a_look_that_was_throttled_or_repeated_no_lag_is_known(refused):
    assert looks(refused, Look(13.1, 13.2, PUT_SEEN)) == {ONE: None}


def test_a_clean_look_without_the_item_makes_up_for_a_throttled_one():
    throttled = Look(10.3, 13.0, unread=frozenset([ONE]), clean=False)
    arrived = looks(throttled, Look(13.1, 13.2), Look(13.3, 13.4, PUT_SEEN))
    assert arrived == {ONE: Sample(pytest.approx(3.4), pytest.approx(0.3))}


def test_a_throttled_look_also_holds_up_the_look_at_what_was_written_meanwhile():
    watch = Watch(PUT, LEASE)
    watch.take({TWO: Acknowledgement(9.0)}, Look(9.5, 14.0, clean=False))
    assert watch.take({ONE: Acknowledgement(10.0)}, Look(14.1, 14.2, PUT_SEEN)) == {ONE: None}
    after = {ONE: Acknowledgement(14.1)}
    assert watch.take(after, Look(14.2, 14.3, PUT_SEEN)) == {ONE: Sample(pytest.approx(0.2), pytest.approx(0.2))}


def test_an_unread_key_isnt_taken_for_a_deleted_one():
    assert looks(Look(10.1, 10.2, unread=frozenset([ONE])), operation=DELETE) == {}


def test_a_write_that_was_repeated_has_no_lag():
    assert looks(Look(10.1, 10.2, PUT_SEEN), exact=False) == {ONE: None}


def test_percentiles():
    samples = [Sample(number / 100, 0.05 if number == 7 else 0.01) for number in range(1, 101)]
    assert lag(samples) == {
        "measured": 100,
        "p50": 0.505,
        "p95": 0.951,
        "p99": 0.99,
        "max": 1.0,
        "resolution": 0.05,
    }


def test_percentiles_of_one_and_of_none():
    assert lag([Sample(0.25, 0.1)]) == {
        "measured": 1,
        "p50": 0.25,
        "p95": 0.25,
        "p99": 0.25,
        "max": 0.25,
        "resolution": 0.1,
    }
    assert lag([]) == {"measured": 0, "p50": None, "p95": None, "p99": None, "max": None, "resolution": None}


# Verdicts


def evidence(arrived=2, **more):
    one = Evidence("us-east-1", "eu-west-1", items=2, **more)
    for operation in OPERATIONS:
        one.arrived[operation] = dict.fromkeys((ONE, TWO)[:arrived])
    return one


def without(operation):
    one = evidence()
    del one.arrived[operation][TWO]
    return one


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (evidence(), PASS),
        (evidence(arrived=1), UNSURE),
        (without(PUT), UNSURE),
        (without(UPDATE), UNSURE),
        (without(DELETE), UNSURE),
        (evidence(problems=["throttled"]), UNSURE),
        (evidence(refuted="no table"), FAIL),
        (evidence(missing=[Missing(PUT, ONE, 30.0)]), FAIL),
        (evidence(missing=[Missing(PUT, ONE, 30.0)], problems=["throttled"]), FAIL),
        (evidence(altered=[Altered(PUT, ONE)]), FAIL),
        (evidence(altered=[Altered(PUT, ONE)], problems=["throttled"]), FAIL),
        (Evidence("us-east-1", "eu-west-1", testable=True), UNSURE),
        (Evidence("us-east-1", "eu-west-1", by_states=True), PASS),
        (Evidence("us-east-1", "eu-west-1", by_states=True, problems=["denied"]), UNSURE),
    ],
)
def test_verdict_of_a_pair(one, verdict):
    assert one.verdict == verdict


@pytest.mark.parametrize(
    ("sample", "strong", "verdict"),
    [
        (Sample(1.9, 0.5), False, PASS),
        (Sample(2.0, 0.5), False, PASS),
        (Sample(2.4, 0.5), False, UNSURE),  # it may have been there after 1.9 s
        (Sample(2.5, 0.5), False, UNSURE),
        (Sample(2.6, 0.5), False, FAIL),
        (None, False, UNSURE),
        (None, True, PASS),
    ],
)
def test_a_change_that_arrived_is_held_to_max_lag_within_its_resolution(sample, strong, verdict):
    one = evidence(max_lag=2.0, strong=strong)
    for operation in OPERATIONS:
        one.arrived[operation] = dict.fromkeys((ONE, TWO), None if strong else Sample(0.1, 0.1))
    one.arrived[PUT][ONE] = sample
    assert one.verdict == verdict
    assert [late.probe for late in one.late] == ([ONE] if verdict == FAIL else [])


@pytest.mark.parametrize(
    ("verdicts", "overall"),
    [
        ([], PASS),
        ([PASS, PASS], PASS),
        ([PASS, UNSURE], UNSURE),
        ([UNSURE, FAIL, PASS], FAIL),
    ],
)
def test_fail_beats_unknown_beats_pass(verdicts, overall):
    assert worst(verdicts) == overall

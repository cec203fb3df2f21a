# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.drainage import (
    NO_EVIDENCE,
    NOT_DRAINED,
    UNKNOWN,
    Departure,
    module_result,
    settled,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.heartbeats import PairWatched
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Staleness
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.watch import (
    Acknowledgement,
    Look,
)
from hypothesis import given
from hypothesis import strategies as st

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"


def followed(probes=20, lag=0.5, interval=1.0, arrived=None):
    """Probes an ``interval`` apart, each shown by a look ``lag`` later."""
    staleness = Staleness()
    for number in range(1, probes + 1):
        staleness.acknowledge(number, Acknowledgement(number * interval))
        moment = number * interval + lag
        staleness.take(Look(moment, moment), number if arrived is None else min(number, arrived))
    return staleness


def departure(verdict="pass", staleness=None, name="orders", **fields):
    watched = {US: PairWatched(staleness or followed(), verdict, "" if verdict == "pass" else "the reason")}
    return Departure(name, EU, targets=[US], **{"watched": watched, **fields})


def test_probes_over_ten_times_the_longest_lag_are_no_evidence():
    one = departure()
    assert one.answer == NO_EVIDENCE
    assert (one.needed, one.covered, one.probes, one.takes_writes) == (5.0, 19.0, 20, True)
    assert list(one.reasons()) == []


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"verdict": "fail"}, NOT_DRAINED),
        ({"verdict": "unknown"}, UNKNOWN),
        ({"problems": ["a region couldn't be read"]}, UNKNOWN),
        ({"verdict": "fail", "problems": ["a region couldn't be read"]}, NOT_DRAINED),
        ({"watched": {}}, UNKNOWN),
        ({"latency": {US: 1.9}}, NO_EVIDENCE),
        ({"latency": {US: 1.91}}, UNKNOWN),
        ({"staleness": followed(probes=9, lag=0.01)}, UNKNOWN),
        ({"staleness": followed(lag=2.0)}, UNKNOWN),
    ],
)
def test_each_answer(change, answer):
    one = departure(**change)
    assert one.answer == answer
    assert bool(list(one.reasons())) == (answer != NO_EVIDENCE) or not one.watched


def test_lag_that_couldnt_be_measured_counts_with_the_most_it_can_have_been():
    staleness = Staleness()
    for number in range(1, 21):
        staleness.acknowledge(number, Acknowledgement(float(number), exact=False))
    staleness.take(Look(20.5, 20.5), 20)
    assert staleness.peak is None
    one = departure(staleness=staleness)
    assert (one.answer, one.needed) == (UNKNOWN, 195.0)


def test_every_reason_says_what_it_amounts_to():
    one = departure("fail", problems=["ap-southeast-2 couldn't be read"])
    assert list(one.reasons()) == [
        (NOT_DRAINED, "eu-west-1 → us-east-1: the reason"),
        (UNKNOWN, "ap-southeast-2 couldn't be read"),
    ]


def test_in_a_strongly_consistent_group_a_probe_that_a_read_misses_is_not_drained():
    assert departure(staleness=followed(probes=10, lag=9), strong=True).answer == NO_EVIDENCE
    late = followed(probes=10, arrived=9)
    late.take(Look(100.0, 100.0), 10)
    assert departure(staleness=late, strong=True).answer == NOT_DRAINED


@given(
    verdict=st.sampled_from(["pass", "fail", "unknown"]),
    probes=st.integers(0, 30),
    lag=st.floats(0, 5),
    latency=st.none() | st.floats(0, 10),
    problem=st.booleans(),
)
def test_no_evidence_is_never_said_of_what_wasnt_looked_at_long_enough(verdict, probes, lag, latency, problem):
    one = departure(
        verdict,
        followed(probes, lag),
        latency={} if latency is None else {US: latency},
        problems=["unknown"] if problem else [],
    )
    if one.answer == NO_EVIDENCE:
        assert verdict == "pass" and not problem
        assert probes >= 10
        assert probes - 1 >= 10 * max(lag, latency or 0) - 1e-6
    if verdict == "fail":
        assert one.answer == NOT_DRAINED


@pytest.mark.parametrize(
    ("stalenesses", "latency", "strong", "rounds", "done"),
    [
        ([followed(10, 0.5)], {}, False, 9, False),
        ([followed(10, 0.5)], {}, False, 10, True),
        ([followed(10, 2.0)], {}, False, 10, False),
        ([followed(10, 0.5)], {US: 2.0}, False, 10, False),
        ([followed(10, 0.5)], {US: 7.0}, False, 10, True),  # there won't be time enough
        ([followed(10, 0.5), followed(10, 0.5, arrived=8)], {}, False, 10, False),
        ([followed(10, 0.5), Staleness()], {}, False, 10, True),  # nothing is written or nothing answers
        ([followed(10, 5.0)], {}, True, 10, True),
    ],
)
def test_when_more_probes_wont_change_what_can_be_said(stalenesses, latency, strong, rounds, done):
    assert settled(stalenesses, latency, strong, 60.0, rounds) is done


def test_the_worst_answer_is_that_of_all_and_what_has_nothing_to_leave_counts_for_none():
    fine, worse, worst = departure(), departure("unknown", name="stock"), departure("fail", name="users")
    elsewhere = Departure("local", EU, nothing="it isn't in eu-west-1")
    assert module_result(EU, [fine, elsewhere], "")["answer"] == NO_EVIDENCE
    assert module_result(EU, [fine, worse], "")["answer"] == UNKNOWN
    assert module_result(EU, [fine, worse, worst], "")["answer"] == NOT_DRAINED
    assert module_result(EU, [elsewhere], "")["answer"] == module_result(EU, [], "")["answer"] == UNKNOWN


def test_a_hundred_tables_take_few_lines():
    result = module_result(EU, [departure(name=f"table-{number}") for number in range(100)], "access denied")
    assert result["summary"] == [
        "100 tables: no evidence of undrained writes: 20 probes from eu-west-1 over 19 s arrived in us-east-1, after "
        "0.50 s at most",
        "ReplicationLatency wasn't looked at: access denied.",
        "eu-west-1 still takes writes (table-0, table-1, table-2 and 97 more tables): stop what writes there first, "
        "then ask again; what is written from now on isn't covered.",
        "What probes can't tell: replication keeps no order across items, so an older write may still be on its way "
        "though newer ones have arrived.",
        "100 tables: 100 no evidence of undrained writes, 0 not drained, 0 unknown",
    ]

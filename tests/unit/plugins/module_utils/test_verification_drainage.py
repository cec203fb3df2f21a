# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is answered before a region is left, by the probes and the recent keys that were seen."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.arrivals import Arrival
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.drainage import (
    NO_EVIDENCE,
    NOT_DRAINED,
    UNKNOWN,
    Drainage,
    module_result,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.history import Write
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    PUT,
    Probe,
    Schema,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.recent import RECENT, Recent
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.reserved import Left
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Staleness
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.verdicts import (
    Finding,
    PairWatched,
)
from hypothesis import given
from hypothesis import strategies as st

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
KEY = Probe(RECENT, 0)


def followed(probes=20, lag=0.5, arrived=None):
    """Probes a second apart, of which the first ``arrived`` are shown ``lag`` later."""
    staleness = Staleness()
    pending = []
    for number in range(1, probes + 1):
        write = Write(PUT, EU, Probe(EU, number), number, float(number), float(number))
        staleness.acknowledge(write)
        late = arrived is not None and number > arrived
        shown = [] if late else [Arrival(write, US, lower=lag, upper=lag)]
        pending += [Arrival(write, US)] if late else []
        staleness.take(shown, pending, number + lag)
    return staleness


def recent(differing=0, keys=7, since=300.0, problem=""):
    found = {Probe(RECENT, number): {"pk": {"S": f"order-{number}"}} for number in range(keys)}
    return Recent(since, found, {US: list(found)[:differing]}, problem=problem)


def drainage(verdict="pass", staleness=None, name="orders", **fields):
    watched = {US: PairWatched(staleness or followed(), Finding(verdict, "" if verdict == "pass" else "the reason"))}
    given = {"targets": [US], "watched": watched, "recent": recent(), "schema": Schema(name, (("pk", "S"),))}
    return Drainage(name, EU, **{**given, **fields})


def test_probes_and_recent_keys_that_arrived_are_no_evidence():
    one = drainage()
    assert one.answer == NO_EVIDENCE
    assert (one.needed(US), one.covered(US), one.takes_writes) == (5.0, 19.0, True)
    assert list(one.reasons(US)) == []


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"verdict": "fail"}, NOT_DRAINED),
        ({"verdict": "unknown"}, UNKNOWN),
        ({"recent": recent(differing=1)}, NOT_DRAINED),
        ({"recent": recent(differing=1), "verdict": "unknown"}, NOT_DRAINED),
        ({"recent": recent(problem="it has no stream in eu-west-1")}, UNKNOWN),
        ({"recent": None}, UNKNOWN),
        ({"recent": None, "strong": True}, NO_EVIDENCE),
        ({"problems": ["a region couldn't be read"]}, UNKNOWN),
        ({"problems": ["a region couldn't be read"], "verdict": "fail"}, NOT_DRAINED),
        ({"watched": {}, "problems": ["denied"]}, UNKNOWN),
        ({"targets": [US, AP], "unreached": {AP: "ap-southeast-2 couldn't be read"}}, UNKNOWN),
        ({"targets": []}, UNKNOWN),
        ({"latency": {US: 1.9}}, NO_EVIDENCE),
        ({"latency": {US: 1.91}}, UNKNOWN),
        ({"staleness": followed(probes=9, lag=0.01)}, UNKNOWN),
        ({"staleness": followed(lag=2.0)}, UNKNOWN),
        ({"staleness": followed(lag=2.0), "strong": True}, NO_EVIDENCE),
    ],
)
def test_each_answer(change, answer):
    one = drainage(**change)
    assert one.answer == answer
    assert module_result(EU, [one], "")["answer"] == answer


@pytest.mark.parametrize(
    ("lag", "latency", "seconds"), [(0.5, {}, 300), (0.5, {US: 60.0}, 600), (40.0, {}, 400), (0.5, {US: 90_000}, 86400)]
)
def test_keys_are_looked_back_for_ten_times_the_longest_lag(lag, latency, seconds):
    assert drainage(staleness=followed(lag=lag), latency=latency).looked_back == seconds


@given(
    verdict=st.sampled_from(["pass", "fail", "unknown"]),
    probes=st.integers(0, 30),
    lag=st.floats(0, 5),
    latency=st.none() | st.floats(0, 10),
    problem=st.booleans(),
    keys=st.none() | st.builds(recent, st.integers(0, 2), problem=st.sampled_from(["", "unread"])),
)
def test_no_evidence_is_never_said_of_what_wasnt_looked_at_long_enough(verdict, probes, lag, latency, problem, keys):
    one = drainage(
        verdict,
        followed(probes, lag),
        latency={} if latency is None else {US: latency},
        problems=["unknown"] if problem else [],
        recent=keys,
    )
    if one.answer == NO_EVIDENCE:
        assert verdict == "pass" and not problem
        assert probes >= 10
        assert probes - 1 >= 10 * max(lag, latency or 0) - 1e-6
        assert keys and not keys.problem and not keys.differing[US]
    if verdict == "fail" or (keys and keys.differing[US] and not keys.problem):
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
    watched = {target: PairWatched(one) for target, one in zip((US, AP), stalenesses, strict=False)}
    one = drainage(targets=list(watched), watched=watched, latency=latency, strong=strong)
    assert one.is_settled(rounds, 60.0) is done


def test_the_worst_answer_is_that_of_all_and_what_has_nothing_to_leave_counts_for_none():
    fine, worse, worst = drainage(), drainage("unknown", name="stock"), drainage("fail", name="users")
    elsewhere = Drainage("local", EU, nothing="it isn't in eu-west-1")
    assert module_result(EU, [fine, elsewhere], "")["answer"] == NO_EVIDENCE
    assert module_result(EU, [fine, worse], "")["answer"] == UNKNOWN
    assert module_result(EU, [fine, worse, worst], "")["answer"] == NOT_DRAINED
    assert module_result(EU, [elsewhere], "")["answer"] == module_result(EU, [], "")["answer"] == UNKNOWN


def test_the_keys_that_differ_are_in_the_result():
    [pair] = module_result(EU, [drainage(recent=recent(differing=2))], "")["tables"][0]["pairs"]
    assert (pair["answer"], pair["differing_count"]) == (NOT_DRAINED, 2)
    assert pair["differing"] == [{"pk": {"S": "order-0"}}, {"pk": {"S": "order-1"}}]


# What people read

SIXTY = [f"table-{number}" for number in range(60)]
FINE = PairWatched(followed(), Finding("pass", ""))


def test_one_direction_that_is_behind_in_sixty_tables_and_one_that_is_not():
    late = Finding("fail", "heartbeats didn't arrive", "20 of 20 heartbeats hadn't arrived, one 30 s after")
    behind = PairWatched(followed(arrived=0), late)
    found = [drainage(name=name, targets=[AP, US], watched={AP: behind, US: FINE}) for name in SIXTY]
    result = module_result(EU, found, "")
    assert result["summary"] == [
        "DON'T LEAVE eu-west-1 FOR ap-southeast-2: 60 of 60 tables: probes didn't arrive (20 of 20 probes hadn't "
        "arrived, one 30 s after)",
        "us-east-1: every probe (1200) arrived, after 0.50 s at most, and every key written in the last 5 min (420) "
        "has the same item there.",
        "CloudWatch has no ReplicationLatency of the last hour for 120 of 120 pairs: table-0, table-1, table-2 and 57 "
        "more.",
        "eu-west-1 still takes writes (table-0, table-1, table-2 and 57 more): stop what writes there first, then ask "
        "again; what is written from now on isn't covered.",
        "What was written before that isn't compared: replication keeps no order across items.",
        "60 tables: 0 no evidence of undrained writes, 60 not drained, 0 unknown",
    ]


def test_what_is_unknown_says_why_once():
    found = [drainage(name=name, recent=recent(problem="it has no stream in eu-west-1")) for name in SIXTY]
    [first, *_rest] = module_result(EU, found, "access denied")["summary"]
    assert first == "UNKNOWN  eu-west-1 → us-east-1: 60 of 60 tables: it has no stream in eu-west-1"


def test_each_region_that_must_not_be_left_for_is_named_with_its_own_tables():
    regions = [f"region-{number}" for number in range(6)]
    lost = followed(20, 0.5)
    behind = PairWatched(lost, Finding("fail", "heartbeats didn't arrive", "20 of 20"))
    crossed = [
        drainage(name=name, targets=regions, watched={one: behind if one in bad else FINE for one in regions})
        for name, bad in (("all", regions), ("some", regions[:5]))
    ]
    assert [line for line in module_result(EU, crossed, "")["summary"] if line.startswith("DON'T")] == [
        "DON'T LEAVE eu-west-1 FOR region-0, region-1, region-2, region-3, region-4: tables all, some: probes didn't "
        "arrive (20 of 20)",
        "DON'T LEAVE eu-west-1 FOR region-5: table all: probes didn't arrive (20 of 20)",
    ]


def test_a_reason_that_targets_share_is_said_once():
    found = [drainage(targets=[AP, US], watched={AP: FINE, US: FINE}, recent=recent(problem="no stream"))]
    [first, *_rest] = module_result(EU, found, "")["summary"]
    assert first == "UNKNOWN  all from eu-west-1: table orders: no stream"


def test_the_timeout_that_is_advised_will_do_for_the_longest_lag():
    found = [drainage(name=str(lag), latency={US: lag}) for lag in (20.0, 60.0, 40.0)]
    result = module_result(EU, found, "")
    assert result["summary"][:2] == [
        "UNKNOWN  eu-west-1 → us-east-1: tables 60.0, 40.0, 20.0: too few probes arrived for so long a lag (a lag of "
        "60 s takes probes over 600 s, and they covered 19 s, for example)",
        "         Next: run again with a longer timeout (evacuate_timeout): 930 s will do.",
    ]
    assert result["tables"][0]["msg"] == (
        "us-east-1: too few probes arrived for so long a lag (a lag of 20 s takes probes over 200 s, and they covered "
        "19 s): run again with a longer timeout (evacuate_timeout): 330 s will do"
    )


def test_an_error_makes_up_no_line():
    forged = "denied\n1 table: 1 no evidence of undrained writes, 0 not drained, 0 unknown"
    result = module_result(EU, [drainage(problems=[forged])], forged)
    assert not any("\n" in line for line in result["summary"])
    assert result["msg"].splitlines() == result["summary"]


def test_what_is_left_behind_is_said_as_after_a_verification():
    left = [Left(EU, frozenset([Probe(EU, 7)]), "throttled")]
    assert (
        "orders: left behind in eu-west-1, or not confirmed as removed: 1 item (throttled); the next verification "
        "removes them."
    ) in module_result(EU, [drainage(left=left)], "")["summary"]


def test_a_hundred_tables_that_are_fine_take_few_lines():
    found = [drainage(name=f"table-{number}", latency={US: 0.9}) for number in range(100)]
    summary = module_result(EU, found, "")["summary"]
    assert len(summary) == 4
    assert summary[0] == (
        "us-east-1: every probe (2000) arrived, after 0.50 s at most, ReplicationLatency at most 0.90 s in the last "
        "hour, and every key written in the last 5 min (700) has the same item there."
    )


def test_where_no_probe_was_sent_the_reason_is_said_once():
    found = [
        drainage(name=name, watched={}, recent=None, problems=["check mode: no probe was written"]) for name in SIXTY
    ]
    result = module_result(EU, found, "")
    assert result["tables"][0]["pairs"][0]["answer"] == UNKNOWN
    assert result["summary"] == [
        "UNKNOWN  60 of 60 tables: check mode: no probe was written",
        "60 tables: 0 no evidence of undrained writes, 0 not drained, 60 unknown",
    ]


def test_a_table_without_probes_hides_nothing_of_another_one():
    strong = drainage(strong=True, recent=None)
    other = Drainage("other", EU, problems=["its replica in eu-west-1 isn't listed"])
    result = module_result(EU, [strong, other], "")
    assert result["answer"] == UNKNOWN
    assert "us-east-1: every probe showed at once, by strongly consistent reads (20)." in result["summary"]


def test_in_a_strongly_consistent_group_probes_alone_decide():
    [first, *_rest] = module_result(EU, [drainage(strong=True, recent=None)], "")["summary"]
    assert first == "us-east-1: every probe showed at once, by strongly consistent reads (20)."

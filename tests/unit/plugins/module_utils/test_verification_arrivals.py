# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Histories written by hand, and what is judged of them."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.arrivals import (
    Arrivals,
    loss_that_shows,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.cost import Cost
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.history import (
    FAILED,
    History,
    Look,
    Write,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    DELETE,
    NUMBERS,
    PUT,
    UPDATE,
    Lease,
    Marked,
    Probe,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.verdicts import (
    TAKEN,
    Convergence,
    PairEvidence,
    judge_convergence,
    judge_pair,
    lag,
    verdict_of,
    worst,
)
from hypothesis import given, settings
from hypothesis import strategies as st

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
RUN, ANOTHER = "0d3b1c6e-8f5b-4a57-9c1c-1f2f1d1c7a10", "6f1c9d52-1111-4222-8333-444455556666"
ONE, TWO = Probe(US, 7), Probe(US, 8)
LEASE = Lease(RUN, 1000)
MINE = Marked(RUN, 1000, 1)
PATIENCE = 10.0


def write(operation=PUT, at=(0.0, 1.0), probe=ONE, targets=(EU,), **more):
    """Acknowledged at 1 s, when nothing else is said."""
    number = more.pop("number", NUMBERS[operation])
    return Write(operation, US, probe, number, *at, targets=targets, patience=PATIENCE, **more)


def look(begun, shown=None, region=EU, consistent=False, took=0.1, probe=ONE, unread=False):
    """A look at one key that takes 0.1 s."""
    seen = {probe: shown} if shown and not unread else {}
    absent = frozenset() if shown or unread else frozenset([probe])
    return Look(region, begun, begun + took, consistent, seen, absent, frozenset([probe] if unread else []))


def arrivals(*events):
    found = Arrivals(LEASE)
    history = History()
    history.follow(found.take)
    for event in events:
        history.add(event)
    return found


def judged(*events, **more):
    """The verdict of the pair, and its sentences."""
    evidence = PairEvidence(US, EU, expected=1, arrivals=arrivals(*events).of((US, EU)), **more)
    findings = judge_pair(evidence)
    return verdict_of(findings), "; ".join(finding.sentence for finding in findings)


def bounds(*events):
    [arrival] = arrivals(*events).of((US, EU))
    return pytest.approx(arrival.lower), None if arrival.upper is None else pytest.approx(arrival.upper)


# Between which bounds it arrived

UNSURE_UPDATE = write(UPDATE, (1.3, 1.4), status=FAILED, unclear=True)


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [
        ([look(1.2, MINE)], 0, 0.3),  # no look before
        ([look(1.2), look(1.5, MINE)], 0.2, 0.6),
        ([look(1.2), look(1.4), look(1.7, MINE)], 0.4, 0.8),
        ([look(1.2), look(1.4, unread=True), look(1.7, MINE)], 0.2, 0.8),  # a key that wasn't read says nothing
        ([look(0.5), look(1.5, MINE)], 0, 0.6),  # begun before the acknowledgement
        ([look(-0.5, MINE, took=2), look(1.8, MINE)], 0, 0.9),  # begun before it was sent
        ([look(0.5, MINE, took=0.2), look(2.0, MINE)], 0, 0),  # shown before the acknowledgement
        ([look(1.2), UNSURE_UPDATE, look(1.5, Marked(RUN, 1000, 2))], 0.2, 0.6),  # a later write shows it, too
        ([look(1.2, took=5.0), look(6.3, MINE)], 0.2, 5.4),  # a slow look
        ([look(1.2)], 0.2, None),
        ([look(1.2, MINE, region=AP)], 0, None),
    ],
)
def test_a_lag_lies_between_the_begin_of_the_last_look_without_it_and_the_end_of_the_first_one_with_it(
    events, lower, upper
):
    assert bounds(write(), *events) == (lower, upper)


def test_a_write_that_was_sent_again_may_have_taken_effect_when_it_was_first_sent():
    assert bounds(write(repeated=True), look(1.2), look(1.5, MINE)) == (0.2, 1.6)


def test_a_deletion_arrives_when_the_item_is_gone_and_not_while_it_is_unread():
    put = [write(), look(1.2, MINE), write(DELETE, (2.0, 3.0))]
    deleted = arrivals(*put, look(3.2, MINE), look(3.4, unread=True), look(3.6)).of((US, EU))[1]
    assert (deleted.lower, deleted.upper) == (pytest.approx(0.2), pytest.approx(0.7))


def test_a_write_that_failed_is_on_its_way_nowhere():
    assert arrivals(write(status=FAILED, unclear=True), look(1.2, MINE)).of((US, EU)) == []


def test_a_watch_forgets_what_has_arrived_and_keeps_what_has_not():
    found = arrivals(write(), write(probe=TWO), look(1.2, MINE))
    assert [one.write.probe for one in found.forget((US, EU))] == [ONE]
    assert [one.write.probe for one in found.of((US, EU))] == [TWO]
    assert [one.write.probe for one in found.unseen(EU) if not one.missing] == [TWO]
    assert {one.write.probe for one in found.latest(EU)} == {ONE, TWO}


# Verdicts

LAST = 1.0 + PATIENCE  # begun then, a look is late enough to say that something is missing


@pytest.mark.parametrize(
    ("events", "verdict", "says"),
    [
        ([look(1.2, MINE)], "pass", ""),
        ([look(LAST, consistent=True)], "fail", "nothing arrives"),
        ([look(LAST - 0.1, consistent=True)], "unknown", "not everything could be looked for"),
        ([look(LAST)], "unknown", "not everything could be looked for"),  # not strongly consistent
        ([look(LAST, unread=True, consistent=True)], "unknown", "not everything could be looked for"),
        ([look(LAST, consistent=True), look(LAST + 1, MINE)], "fail", "nothing arrives"),  # in time, and it came later
        (
            [look(LAST, consistent=True), look(LAST, region=US, consistent=True)],
            "unknown",
            "somebody removed verification's items in us-east-1",
        ),
        (
            [look(LAST, consistent=True), look(LAST, MINE, region=US, consistent=True)],
            "fail",
            "nothing arrives",
        ),
        ([look(LAST, Marked(ANOTHER, 1000, 1), consistent=True)], "unknown", TAKEN),
        ([look(LAST, Marked(RUN, 1001, 1), consistent=True)], "fail", "another item arrives than was written"),
        ([look(LAST, Marked("corrupted", 1000, 1), consistent=True)], "fail", "another item arrives than was written"),
        ([look(LAST, Marked(RUN, 1000, 7), consistent=True)], "fail", "another item arrives than was written"),
        ([look(LAST, Marked(), consistent=True)], "fail", "another item arrives than was written"),
        ([look(1.2, MINE), look(5.0, consistent=True)], "fail", "eu-west-1 went back"),
        ([look(1.2, MINE), look(5.0)], "pass", ""),  # an eventually consistent look may show what was before
        ([look(1.2, MINE), look(5.0, consistent=True), look(6.0, MINE, consistent=True)], "pass", ""),
        (
            [look(1.2, MINE), look(5.0, consistent=True), look(5.0, region=US, consistent=True)],
            "pass",  # somebody removed what had arrived
            "",
        ),
    ],
)
def test_the_verdict_on_a_put(events, verdict, says):
    found, sentence = judged(write(), *events)
    assert found == verdict
    assert says in sentence if says else sentence == ""


def test_an_update_that_stays_behind_is_missing_and_no_other_item():
    events = [write(), look(1.2, MINE), write(UPDATE, (2.0, 3.0)), look(3 + PATIENCE, MINE, consistent=True)]
    assert judged(*events) == ("fail", "not every update arrives")


def test_a_deletion_that_stays_behind_is_missing_whoever_cleans_up_then():
    """The look after clean-up's own deletion shows no arrival of the one that was lost."""
    put = [write(), look(1.2, MINE)]
    lost = [write(DELETE, (2.0, 3.0)), look(3 + PATIENCE, MINE, consistent=True)]
    for cleaned in (EU, AP):
        removed = dataclasses.replace(write(DELETE, (14.0, 14.1), targets=()), region=cleaned)
        assert judged(*put, *lost, removed, look(14.2, consistent=True)) == ("fail", "not every delete arrives")


def test_what_arrives_after_this_run_deleted_it_is_no_evidence():
    """Its put went to a region that didn't show it, so its deletion was expected nowhere; then both arrive."""
    lost = [write(), look(LAST, consistent=True), write(DELETE, (12.0, 13.0), targets=(AP,))]
    assert judged(*lost, look(14.0), look(15.0, MINE), look(16.0, consistent=True)) == ("fail", "nothing arrives")


def test_what_clean_up_removed_has_not_gone_back():
    removed = dataclasses.replace(write(DELETE, (2.0, 2.1), targets=()), region=EU)
    assert judged(write(), look(1.2, MINE), removed, look(2.2, consistent=True)) == ("pass", "")


@pytest.mark.parametrize(
    ("before", "shown", "verdict"),
    [
        (1.2, 1.4, "pass"),
        (1.2, 1.9, "pass"),  # within 1.0 s at the end of the look
        (1.2, 2.5, "unknown"),  # between 0.2 and 1.6 s
        (2.1, 2.5, "fail"),  # 1.1 s or more
    ],
)
@pytest.mark.parametrize("strong", [False, True])
def test_max_lag_is_decided_by_the_bounds(before, shown, verdict, strong):
    found, _sentence = judged(write(), look(before), look(shown, MINE), max_lag=1.0, strong=strong)
    assert found == ("pass" if strong else verdict)


def test_one_retried_call_leaves_max_lag_decided():
    assert judged(write(repeated=True), look(1.2), look(1.5, MINE), max_lag=2.0) == ("pass", "")
    assert judged(write(repeated=True), look(4.0), look(4.5, MINE), max_lag=2.0)[0] == "fail"


def test_in_a_strong_group_every_write_has_to_show_at_once():
    at_once = dataclasses.replace(write(), patience=0.0)
    assert judged(at_once, look(1.0, MINE, consistent=True), strong=True) == ("pass", "")
    assert judged(at_once, look(1.0, consistent=True), strong=True) == (
        "fail",
        "a strongly consistent read misses an acknowledged write",
    )


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (PairEvidence(US, EU), "pass"),  # only states decide
        (PairEvidence(US, EU, expected=0), "pass"),
        (PairEvidence(US, EU, expected=3), "unknown"),
    ],
)
def test_a_pair_without_any_event(found, verdict):
    assert verdict_of(judge_pair(found)) == verdict
    found.doubt("throttled")
    assert verdict_of(judge_pair(found)) == "unknown"
    found.refute("no table")
    assert verdict_of(judge_pair(found)) == "fail"


@pytest.mark.parametrize(
    ("verdicts", "overall"),
    [
        ([], "pass"),
        (["pass", "nothing to compare"], "pass"),
        (["nothing to compare"], "nothing to compare"),
        (["pass", "unknown"], "unknown"),
        (["unknown", "fail", "pass"], "fail"),
    ],
)
def test_fail_beats_unknown_beats_pass(verdicts, overall):
    assert worst(verdicts) == overall


# Figures


@pytest.mark.parametrize(("changes", "share"), [(0, 1.0), (1, 0.95), (15, 0.181), (300, 0.01), (3000, 0.001)])
def test_the_power_of_a_pass(changes, share):
    assert loss_that_shows(changes) == pytest.approx(share, abs=5e-4)


@given(st.integers(1, 4000))
def test_a_loss_of_that_share_shows_with_95_percent(changes):
    assert (1 - loss_that_shows(changes)) ** changes == pytest.approx(0.05)


def test_the_distribution_is_that_of_the_upper_bounds():
    of = [(number / 100 - (0.05 if number == 7 else 0.01), number / 100) for number in range(1, 101)]
    figures = {"measured": 100, "p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0, "resolution": 0.05}
    assert lag(of) == figures
    assert lag([(0.15, 0.25)]) == {
        "measured": 1,
        **dict.fromkeys(("p50", "p95", "p99", "max"), 0.25),
        "resolution": 0.1,
    }
    assert lag([]) == {**dict.fromkeys(figures), "measured": 0}


# What all regions wrote at once


EVERYWHERE = Probe("everywhere", 7)


def converged(us, eu):
    """What each region shows: the write of a region, or nothing."""
    shown = {region: Marked(RUN, 1000, 1, writer) if writer else None for region, writer in ((US, us), (EU, eu))}
    return Convergence(LEASE, [EVERYWHERE], shown={EVERYWHERE: shown}, waited=2.0)


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ((US, EU), "eu-west-1 shows that of eu-west-1, us-east-1 shows that of us-east-1"),
        ((US, ""), "eu-west-1 shows none, us-east-1 shows that of us-east-1"),
    ],
)
def test_regions_that_stay_apart_fail_with_what_each_shows(shown, says):
    [finding] = judge_convergence(converged(*shown))
    assert (finding.verdict, finding.detail) == ("fail", f"1 of 1 item after 2 s: {says}")


def test_a_convergence_passes_only_with_every_item():
    one, two, agreed = EVERYWHERE, Probe("everywhere", 8), {EVERYWHERE: (0.1, 0.2)}
    assert judge_convergence(Convergence(LEASE, [one], agreed=agreed)) == []
    for found in (
        Convergence(LEASE, [one, two], agreed=agreed),
        Convergence(LEASE),
        converged("", ""),  # somebody removed it everywhere
        Convergence(LEASE, [one], agreed=agreed, problems=["denied"]),
        dataclasses.replace(converged(US, EU), problems=[TAKEN]),
    ):
        assert verdict_of(judge_convergence(found)) == "unknown"


@pytest.mark.parametrize(
    ("marked", "verdict", "says"),
    [
        (Marked(ANOTHER, 1000, 1, EU), "unknown", TAKEN),
        (Marked(RUN, 999, 1, EU), "fail", "ended as no region wrote it in eu-west-1"),
        (Marked(), "fail", "ended as no region wrote it in eu-west-1"),
    ],
)
def test_what_no_region_wrote_fails_unless_another_verification_did(marked, verdict, says):
    found = converged(US, US)
    found.shown[EVERYWHERE][EU] = marked
    findings = judge_convergence(found)
    assert verdict_of(findings) == verdict
    assert says in "; ".join(finding.sentence for finding in findings)


# Any history

MOMENTS = st.integers(0, 200).map(lambda tenths: tenths / 10)
LAGS = st.none() | st.integers(0, 150).map(lambda tenths: tenths / 10)  # none: it is lost


@given(
    lags=st.tuples(LAGS, LAGS, LAGS),
    gaps=st.tuples(MOMENTS, MOMENTS),
    took=st.integers(1, 30).map(lambda tenths: tenths / 10),
    repeated=st.booleans(),
    looks=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 20), st.booleans(), st.booleans()), max_size=25),
)
@settings(max_examples=300, deadline=None)
def test_bounds_hold_the_true_lag_and_only_what_did_not_arrive_in_time_is_missing(lags, gaps, took, repeated, looks):
    """Put, update and delete of one item, whose true arrivals are known; looks at any time, each of a true state."""
    begun = list(itertools.accumulate(gaps, lambda at, gap: at + took + gap, initial=0.0))
    effects = [at if repeated else at + took for at in begun]
    there = [None if late is None else effect + late for effect, late in zip(effects, lags, strict=True)]
    writes = [
        write(operation, (at, at + took), repeated=repeated)
        for operation, at in zip((PUT, UPDATE, DELETE), begun, strict=True)
    ]
    found = Arrivals(LEASE)
    taken = [
        Look(EU, at / 10, at / 10 + long / 10, consistent, **_state(there, at / 10 + (long / 10 if late else 0)))
        for at, long, consistent, late in looks
    ]
    for event in sorted([*writes, *taken], key=lambda event: event.ended):
        if isinstance(event, Write) and any(not one.arrived for one in found.of((US, EU))):
            break  # the next operation is for what the one before has reached
        found.take(event)
    for arrival in found.of((US, EU)):
        index = writes.index(arrival.write)
        shown = min((at for at in there[index:] if at is not None), default=None)
        if arrival.arrived:
            assert shown is not None
            acknowledged = arrival.write.ended
            assert arrival.lower <= max(shown - acknowledged, 0) + 1e-9
            assert arrival.upper >= shown - acknowledged - 1e-9
        if arrival.missing:
            assert shown is None or shown > arrival.write.ended + PATIENCE - 1e-9


def _state(there, moment):
    """What a strongly consistent read shows then: last writer wins."""
    newest = max((index for index, at in enumerate(there) if at is not None and at <= moment), default=None)
    if newest in (None, 2):
        return {"absent": frozenset([ONE])}
    return {"seen": {ONE: Marked(RUN, 1000, newest + 1)}}


def test_a_history_counts_what_it_costs():
    history = History(copies=2)
    history.add(write(units=1.0))
    history.add(dataclasses.replace(look(1.2), units=0.5))
    assert history.cost == Cost(read_units=0.5, write_units=1.0, replicated_write_units=2.0)

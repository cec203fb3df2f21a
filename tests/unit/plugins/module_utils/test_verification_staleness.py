# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.arrivals import Arrivals
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.history import Look, Write
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    PUT,
    Lease,
    Marked,
    Probe,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import (
    UNMEASURED,
    Pace,
    Reading,
    Round,
    Staleness,
    Timeline,
    Troubles,
    rounds_kept,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.verdicts import (
    Finding,
    judge_heartbeats,
)
from hypothesis import given
from hypothesis import strategies as st

US, EU = PAIR = ("us-east-1", "eu-west-1")
LEASE = Lease("me", 1000)


class Followed:
    """Heartbeats of one region, acknowledged at once, and looks that take no time; each in a key of its own."""

    def __init__(self, *acknowledged):
        self.staleness = Staleness()
        self._arrivals = Arrivals(LEASE)
        for number, moment in enumerate(acknowledged, 1):
            self.acknowledge(number, moment)

    def acknowledge(self, number, moment):
        beat = Write(PUT, US, Probe(US, number), number, moment, moment, targets=(EU,))
        self._arrivals.take(beat)
        self.staleness.acknowledge(beat)

    def look(self, moment, *shown, answered=True):
        """What the round says, after a look that showed the heartbeats of these numbers."""
        if answered:
            there = {Probe(US, number): Marked("me", 1000, number) for number in shown}
            absent = frozenset(one.write.probe for one in self._arrivals.unseen(EU)) - there.keys()
            self._arrivals.take(Look(EU, moment, moment, False, there, absent))
        return self.staleness.take(self._arrivals.forget(PAIR), self._arrivals.unseen(EU), moment if answered else None)


# How long it goes on


@pytest.mark.parametrize(
    ("pace", "sentence"),
    [
        (Pace(), "watch (verify_watch) has no end: give rounds, or duration in seconds, or both."),
        (
            Pace(rounds=1_000_000, interval=3600),
            "watch (verify_watch) would take 3.6e+09 s, but may take a day at most: give fewer rounds, a shorter "
            "interval, or a duration.",
        ),
        (Pace(rounds=0), "rounds of watch (verify_watch) is 0, but must be 1 to 1000000."),
        (Pace(duration=0), "duration of watch (verify_watch) is 0 s, but must be more than 0, at most a day."),
        (Pace(duration=math.nan), "duration of watch (verify_watch) is nan s, but must be more than 0, at most a day."),
        (Pace(rounds=1, interval=0.01), "interval of watch (verify_watch) is 0.01 s, but must be 0.05 s to an hour."),
        (
            Pace(rounds=1, interval=math.inf),
            "interval of watch (verify_watch) is inf s, but must be 0.05 s to an hour.",
        ),
    ],
)
def test_what_cant_be_done_is_refused_with_a_sentence(pace, sentence):
    assert pace.problems() == [sentence]


def test_it_ends_with_the_rounds_or_the_time_whichever_is_first():
    assert Pace(3, 10.0).problems() == []
    assert [Pace(3, 10.0).over(*so_far) for so_far in ((2, 9.9), (3, 1.0), (1, 10.0))] == [False, True, True]
    assert not Pace(rounds=3).over(2, 1e9)
    assert not Pace(duration=3).over(10**9, 2.9)
    assert (Pace(3, 10.0).planned, Pace(100, 10.0).planned, Pace(100, interval=0.5).planned) == (3, 10, 50)


def test_how_far_it_is_is_said_in_what_was_asked_for():
    assert Pace(rounds=53).progress(41, 40.5) == "heartbeat 41 of 53"
    assert Pace(duration=60).progress(41, 40.5) == "heartbeat 41, 40 of 60 s"


# One pair


def test_a_lag_counts_from_the_acknowledgement_to_the_end_of_the_first_look_that_shows_it():
    followed = Followed(1.0)
    assert followed.look(1.25) == Reading(0.25, False)
    assert followed.look(1.5, 1) == Reading(0.5, True)
    staleness = followed.staleness
    assert (staleness.peak, staleness.resolution) == (0.5, 0.25)
    assert (staleness.written, staleness.arrived, staleness.looks) == (1, 1, 2)


def test_a_lag_that_was_long_for_sure_isnt_hidden_by_one_that_may_have_been_longer():
    followed = Followed(0.0)
    followed.look(12.0)
    followed.look(12.5, 1)
    followed.acknowledge(2, 14.0)
    followed.look(27.0, 2)
    assert (followed.staleness.at_least, followed.staleness.peak) == (12.0, 13.0)


def test_every_heartbeat_is_judged_by_itself_whatever_arrived_after_it():
    followed = Followed(1.0, 2.0, 3.0)
    assert followed.look(3.5, 2, 3) == Reading(2.5, False)
    assert (followed.staleness.arrived, followed.staleness.until) == (2, 1.0)
    assert followed.look(4.5, 1) == Reading(3.5, True)
    assert (followed.staleness.since, followed.staleness.until, followed.staleness.peak) == (1.0, 3.0, 3.5)


def test_lag_grows_from_look_to_look_and_falls_when_something_arrives():
    followed = Followed()
    lags, behind, moving = [], [], []
    for number, shown in enumerate([(), (), (), (), (1, 2, 3), (4, 5, 6)], 1):
        followed.acknowledge(number, float(number))
        lags.append(followed.look(number + 0.5, *shown).lag)
        behind.append(followed.staleness.behind)
        moving.append(followed.staleness.moving)
    assert lags == [0.5, 1.5, 2.5, 3.5, 1.5, 0.5]
    assert behind == [False, False, True, True, False, False]
    assert moving == [False, False, False, False, True, True]


def test_what_was_acknowledged_after_a_look_had_begun_isnt_missing_from_it():
    assert Followed(1.0).look(0.9) == Reading(None, True)


def test_a_round_without_an_answer_is_unknown_and_no_look():
    followed = Followed(1.0)
    assert followed.look(1.5, answered=False) == UNMEASURED
    assert followed.staleness.looks == 0


def test_nothing_is_known_where_nothing_was_written():
    assert not Followed().look(1.0).known


moments = st.integers(1, 200).map(lambda tenths: tenths / 10)


@given(
    writes=st.lists(
        st.tuples(moments, st.none() | st.integers(0, 100)), min_size=1, max_size=8, unique_by=lambda one: one[0]
    ),
    looks=st.lists(moments, max_size=20, unique=True),
)
def test_what_is_said_agrees_with_what_happened(writes, looks):
    """Against a plain account of when each heartbeat was acknowledged, and arrived or was lost."""
    acknowledged = {number: moment for number, (moment, _lag) in enumerate(sorted(writes, key=lambda one: one[0]), 1)}
    lags = dict(enumerate((lag for _moment, lag in sorted(writes, key=lambda one: one[0])), 1))
    arrivals = {number: acknowledged[number] + lag / 10 for number, lag in lags.items() if lag is not None}
    followed, peaks = Followed(), [0.0]
    events = [(moment, number) for number, moment in acknowledged.items()] + [(moment, None) for moment in looks]
    for moment, number in sorted(events, key=lambda one: (one[0], one[1] is None)):
        if number:
            followed.acknowledge(number, moment)
            continue
        shown = [one for one, at in arrivals.items() if at <= moment and acknowledged[one] <= moment]
        missing = [at for one, at in acknowledged.items() if at <= moment and one not in shown]
        reading = followed.look(moment, *shown)
        assert reading.arrived == (not missing and bool(followed.staleness.written))
        if missing:
            assert reading.lag == pytest.approx(moment - missing[0])
            peaks.append(reading.lag)
    staleness = followed.staleness
    assert staleness.written == len(writes)
    assert (staleness.peak or 0.0) >= max(peaks) - 1e-9
    if staleness.arrived < len(writes):
        assert staleness.until < max(acknowledged.values()) or not arrivals


# The rounds of a table


def test_few_rounds_are_kept_as_they_are():
    timeline = Timeline(4)
    rounds = [Round(float(number), {PAIR: Reading(0.1, True)}) for number in range(3)]
    for one in rounds:
        timeline.add(one)
    assert timeline.rounds == rounds
    assert timeline.notes() == []


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=300))
def test_many_rounds_are_thinned_out_and_no_peak_is_lost(readings):
    timeline = Timeline(8)
    for elapsed, (lag, arrived) in enumerate(readings):
        timeline.add(Round(float(elapsed), {PAIR: Reading(float(lag), arrived)}))
    kept = timeline.rounds
    assert len(kept) <= 8
    assert [one.elapsed for one in kept] == sorted({one.elapsed for one in kept})
    assert kept[-1].elapsed == len(readings) - 1
    late = [lag for lag, arrived in readings if not arrived]
    if late:
        assert max(one.readings[PAIR].lag for one in kept if not one.readings[PAIR].arrived) == max(late)
    else:
        assert max(one.readings[PAIR].lag for one in kept) == max(lag for lag, _arrived in readings)
    assert bool(timeline.notes()) == (timeline.each > 1)


def test_what_isnt_known_says_less_than_anything_else():
    timeline = Timeline(2)
    for reading in (Reading(0.1, True), UNMEASURED, UNMEASURED, Reading(0.4, False)):
        timeline.add(Round(0.0, {PAIR: reading}))
    assert [one.readings[PAIR] for one in timeline.rounds] == [Reading(0.4, False)]
    assert timeline.notes() == ["watch: of every 4 rounds one is listed, which shows the worst of them"]


def test_what_is_kept_is_bounded_over_all_tables():
    assert rounds_kept(2) == 1000
    assert rounds_kept(200) == 250
    assert rounds_kept(5600) == 20
    assert all(rounds_kept(pairs) % 2 == 0 for pairs in range(0, 6000, 7))


def test_a_trouble_is_told_once_with_how_often_and_when_it_was_met():
    troubles = Troubles()
    for elapsed in (3.0, 4.0, 44.6):
        troubles.add("eu-west-1", "PutItem", f"denied at {elapsed:g}", elapsed)
    troubles.add("us-east-1", "BatchGetItem", "throttled", 5.0)
    assert troubles.notes() == [
        "watch: eu-west-1 is unknown in 3 rounds between 3 s and 45 s: denied at 44.6",
        "watch: us-east-1 is unknown in 1 round between 5 s and 5 s: throttled",
    ]
    assert troubles.last("eu-west-1") == "denied at 44.6"
    assert troubles.last("ap-southeast-2") == ""


def test_a_region_is_unknown_until_it_answers():
    troubles = Troubles()
    troubles.add("eu-west-1", "PutItem", "denied", 3.0)
    troubles.answered("eu-west-1", "BatchGetItem")
    assert [troubles.end_round(), troubles.end_round()] == [{"eu-west-1"}, {"eu-west-1"}]
    troubles.answered("eu-west-1", "PutItem")
    assert troubles.end_round() == set()


# The verdict on the heartbeats of a pair


@pytest.mark.parametrize(
    ("shown", "problem", "verdict", "says"),
    [
        ([(5.0, US, [1, 2]), (6.0, EU, [1, 2])], "", "pass", ""),
        ([(12.5, EU, [2])], "", "fail", "1 of 2 heartbeats hadn't arrived, one 11.5 s after its acknowledgement"),
        ([(5.0, EU, [1, 2]), (6.0, EU, [2])], "", "fail", "eu-west-1 went back: 1 of 2 heartbeats are gone again"),
        (
            [(12.5, EU, [2]), (13.0, US, [2])],
            "",
            "unknown",
            "somebody removed heartbeats in us-east-1 1 of 2 heartbeats",
        ),
        ([(5.0, EU, [2])], "", "unknown", "1 of 2 heartbeats, 4 s after the acknowledgement"),
        ([], "", "unknown", "eu-west-1 doesn't answer"),
        ([], "denied", "unknown", "denied"),
    ],
)
def test_the_verdict_on_heartbeats(shown, problem, verdict, says):
    """Two, acknowledged at 1 s and 2 s, that have 10 s; each look is strongly consistent."""
    arrivals, troubles = Arrivals(LEASE), Troubles()
    beats = [
        Write(PUT, US, Probe(US, number), number, float(number), float(number), targets=(EU,), patience=10.0)
        for number in (1, 2)
    ]
    for beat in beats:
        arrivals.take(beat)
    for moment, region, numbers in shown:
        there = {Probe(US, number): Marked("me", 1000, number) for number in numbers}
        absent = frozenset(one.probe for one in beats) - there.keys()
        arrivals.take(Look(region, moment, moment, True, there, absent))
    if problem:
        troubles.add(EU, "BatchGetItem", problem, 3.0)
    found = judge_heartbeats(PAIR, 2, arrivals.latest(EU), troubles)
    assert found.verdict == verdict
    assert says in f"{found.sentence} {found.detail}"


def test_without_a_heartbeat_nothing_is_known():
    assert judge_heartbeats(PAIR, 0, [], Troubles()) == Finding("unknown", "no heartbeat of us-east-1 was written")

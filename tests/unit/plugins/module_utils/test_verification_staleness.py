# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import (
    UNKNOWN,
    WAITING_KEPT,
    History,
    Pace,
    Reading,
    Round,
    Staleness,
    Troubles,
    rounds_kept,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.watch import (
    Acknowledgement,
    Look,
)
from hypothesis import given
from hypothesis import strategies as st

PAIR = ("us-east-1", "eu-west-1")


def look(begun, took=0.0, clean=True):
    return Look(begun, begun + took, clean=clean)


def followed(*acknowledged):
    staleness = Staleness()
    for number, moment in enumerate(acknowledged, 1):
        staleness.acknowledge(number, Acknowledgement(moment))
    return staleness


# How long it goes on


@pytest.mark.parametrize(
    ("pace", "sentence"),
    [
        (Pace(), "watch (verify_watch) has no end: give rounds, or duration in seconds, or both."),
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
    staleness = followed(1.0)
    assert staleness.take(look(1.2), 0) == Reading(pytest.approx(0.2), False)
    assert staleness.take(look(1.5, 0.1), 1) == Reading(pytest.approx(0.6), True)
    assert (staleness.peak, staleness.resolution) == (pytest.approx(0.6), pytest.approx(0.4))
    assert (staleness.written, staleness.arrived, staleness.misses) == (1, 1, 1)


def test_a_look_tells_of_every_heartbeat_up_to_the_one_it_shows():
    staleness = followed(1.0, 2.0, 3.0)
    assert staleness.take(look(3.5), 2) == Reading(pytest.approx(0.5), False)
    assert (staleness.arrived, staleness.peak) == (2, pytest.approx(2.5))
    assert (staleness.since, staleness.until) == (1.0, 2.0)


def test_lag_grows_from_look_to_look_and_falls_when_something_arrives():
    staleness = Staleness()
    lags, behind, moving = [], [], []
    shown = [0, 0, 0, 0, 3, 5]
    for number, seen in enumerate(shown, 1):
        staleness.acknowledge(number, Acknowledgement(float(number)))
        lags.append(staleness.take(look(number + 0.5), seen).lag)
        behind.append(staleness.behind)
        moving.append(staleness.moving)
    assert lags == [0.5, 1.5, 2.5, 3.5, 1.5, 0.5]
    assert behind == [False, False, True, True, False, False]
    assert moving == [False, False, False, False, True, True]


def test_what_was_acknowledged_after_a_look_had_begun_isnt_missing_from_it():
    staleness = followed(1.0)
    assert staleness.take(look(0.9, 0.2), 0) == Reading(None, True)
    assert staleness.waiting


def test_a_heartbeat_that_a_look_showed_before_its_acknowledgement_was_known_has_arrived_without_a_lag():
    staleness = Staleness()
    staleness.take(look(1.0), 1)
    staleness.acknowledge(1, Acknowledgement(1.1))
    assert (staleness.waiting, staleness.arrived, staleness.peak) == (False, 1, None)
    assert staleness.take(look(2.0), 1) == Reading(None, True)


def test_a_look_that_ended_before_the_acknowledgement_came_shows_no_lag_at_all():
    staleness = followed(1.0)
    assert staleness.take(look(0.8, 0.1), 1) == Reading(0.0, True)
    assert (staleness.peak, staleness.resolution) == (0.0, 0.0)


@pytest.mark.parametrize(
    "disturb",
    [
        lambda staleness: staleness.miss(1.4),
        lambda staleness: staleness.take(look(1.3, 0.1, clean=False), 0),
    ],
)
def test_a_look_that_was_refused_or_repeated_leaves_no_lag_behind_it(disturb):
    staleness = followed(1.0)
    disturb(staleness)
    peak = staleness.peak
    assert staleness.take(look(1.5), 1) == Reading(None, True)
    assert staleness.peak == peak
    assert staleness.bound == pytest.approx(0.5)


def test_a_clean_look_in_between_makes_up_for_it():
    staleness = followed(1.0)
    staleness.miss(1.4)
    staleness.take(look(1.5), 0)
    assert staleness.take(look(1.75), 1).lag == pytest.approx(0.75)
    assert staleness.resolution == pytest.approx(0.25)


def test_a_look_or_a_write_that_was_repeated_has_no_lag():
    assert followed(1.0).take(look(1.5, clean=False), 1) == Reading(None, True)
    staleness = Staleness()
    staleness.acknowledge(1, Acknowledgement(1.0, exact=False))
    assert staleness.take(look(1.5), 1) == Reading(None, True)


def test_nothing_is_known_where_nothing_was_written():
    reading = Staleness().take(look(1.0), 0)
    assert not reading.known


def test_a_look_that_shows_less_than_one_before_takes_nothing_back():
    staleness = followed(1.0, 2.0)
    staleness.take(look(2.5), 2)
    assert staleness.take(look(3.5), 1) == Reading(None, True)
    staleness.take(look(4.5), 2)
    assert not staleness.moving


def test_a_long_pause_is_followed_with_the_oldest_and_the_newest():
    staleness = followed(*map(float, range(1, 5001)))
    assert len(staleness._waiting) <= WAITING_KEPT
    assert staleness.take(look(5000.5), 0).lag == 4999.5
    assert staleness.take(look(5001.5), 4999) == Reading(pytest.approx(1.5), False)
    assert staleness.take(look(5002.5), 5000).arrived
    assert (staleness.written, staleness.arrived, staleness.until) == (5000, 5000, 5000.0)


moments = st.integers(1, 200).map(lambda tenths: tenths / 10)


@given(
    writes=st.lists(st.tuples(moments, st.integers(0, 100)), min_size=1, max_size=8, unique_by=lambda one: one[0]),
    looks=st.lists(st.tuples(moments, st.booleans()), max_size=20, unique_by=lambda one: one[0]),
)
def test_what_is_said_agrees_with_what_happened(writes, looks):
    """Against a plain account of when each heartbeat was acknowledged and arrived."""
    writes = sorted(writes)
    arrivals = {number: acknowledged + lag / 10 for number, (acknowledged, lag) in enumerate(writes, 1)}
    staleness = Staleness()
    events = sorted(
        [(moment, 0, number) for number, (moment, _lag) in enumerate(writes, 1)]
        + [(moment, 1, clean) for moment, clean in looks]
    )
    for moment, is_look, detail in events:
        if not is_look:
            staleness.acknowledge(detail, Acknowledgement(moment))
            continue
        shown = max((number for number, arrival in arrivals.items() if arrival <= moment), default=0)
        reading = staleness.take(look(moment, clean=detail), shown)
        missing = [at for number, (at, _lag) in enumerate(writes, 1) if at <= moment and number > shown]
        assert staleness.waiting == bool(missing)
        if missing:
            assert reading == (pytest.approx(moment - missing[0]), False)
    # By last writer wins a heartbeat has arrived once a later one has.
    effective = {number: min(arrivals[later] for later in arrivals if later >= number) for number in arrivals}
    if staleness.peak is not None and staleness.resolution:
        acknowledged = {number: at for number, (at, _lag) in enumerate(writes, 1)}
        bounds = (staleness.peak - staleness.resolution - 1e-9, staleness.peak + 1e-9)
        assert any(bounds[0] <= effective[n] - acknowledged[n] <= bounds[1] for n in arrivals)


# The rounds of a table


def test_few_rounds_are_kept_as_they_are():
    history = History(4)
    rounds = [Round(float(number), {PAIR: Reading(0.1, True)}) for number in range(3)]
    for one in rounds:
        history.add(one)
    assert history.rounds == rounds
    assert history.notes() == []


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=300))
def test_many_rounds_are_thinned_out_and_no_peak_is_lost(readings):
    history = History(8)
    for elapsed, (lag, arrived) in enumerate(readings):
        history.add(Round(float(elapsed), {PAIR: Reading(float(lag), arrived)}))
    kept = history.rounds
    assert len(kept) <= 8
    assert [one.elapsed for one in kept] == sorted({one.elapsed for one in kept})
    assert kept[-1].elapsed == len(readings) - 1
    late = [lag for lag, arrived in readings if not arrived]
    if late:
        assert max(one.readings[PAIR].lag for one in kept if not one.readings[PAIR].arrived) == max(late)
    else:
        assert max(one.readings[PAIR].lag for one in kept) == max(lag for lag, _arrived in readings)
    assert bool(history.notes()) == (history.each > 1)


def test_what_isnt_known_says_less_than_anything_else():
    history = History(2)
    for reading in (Reading(0.1, True), UNKNOWN, UNKNOWN, Reading(0.4, False)):
        history.add(Round(0.0, {PAIR: reading}))
    assert [one.readings[PAIR] for one in history.rounds] == [Reading(0.4, False)]
    assert history.notes() == ["watch: of every 4 rounds one is listed, which shows the worst of them"]


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

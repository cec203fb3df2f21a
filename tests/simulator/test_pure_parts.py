# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts without moto or HTTP: clock, versions, lags, throttle."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import SimulatedClock
from simulator.lag import Lag, Lags, usual_lag
from simulator.regions import SUPPORTED
from simulator.throttle import BURST, Throttle
from simulator.versions import BEFORE_REPLICATION, Version, local_version, wins

versions = st.builds(Version, st.floats(0, 1e6), st.sampled_from(SUPPORTED), st.integers(0, 100))


class Wall:
    """A wall clock that moves when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_simulated_second_lasts_the_time_scale() -> None:
    wall = Wall()
    clock = SimulatedClock(0.02, wall)
    wall.seconds = 1
    assert clock.now() == pytest.approx(50)
    clock.schedule(10, lambda: None)
    assert clock.seconds_until_next() == pytest.approx(0.2)


def test_what_is_due_happens_in_order_each_at_its_own_moment() -> None:
    clock = SimulatedClock(1, Wall())
    clock.hold()
    seen: list[tuple[str, float]] = []
    clock.schedule(5, lambda: seen.append(("b", clock.now())))
    clock.schedule(2, lambda: (seen.append(("a", clock.now())), clock.schedule(1, note_later)))

    def note_later() -> None:
        seen.append(("from a", clock.now()))

    clock.advance(4)
    assert seen == [("a", 2), ("from a", 3)]
    clock.advance(10)
    assert seen[-1] == ("b", 5)
    assert clock.now() == 14


def test_a_held_clock_stands_and_a_released_one_runs_on_from_there() -> None:
    wall = Wall()
    clock = SimulatedClock(1, wall)
    wall.seconds = 3
    clock.hold()
    wall.seconds = 100
    assert clock.now() == 3
    assert clock.seconds_until_next() is None
    clock.release()
    wall.seconds = 101
    assert clock.now() == 4


def test_one_appointment_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    clock = SimulatedClock(1, Wall())
    seen = []
    clock.schedule(1, lambda: 1 / 0)
    clock.schedule(2, lambda: seen.append("still"))
    clock.hold()
    clock.advance(3)
    assert seen == ["still"]
    assert "ZeroDivisionError" in caplog.text


def test_time_does_not_go_backwards_or_stand_for_ever() -> None:
    with pytest.raises(ValueError, match="backwards"):
        SimulatedClock(1).advance(-1)
    with pytest.raises(ValueError, match="greater than zero"):
        SimulatedClock(0)


@given(versions, versions)
def test_of_two_versions_exactly_one_wins_unless_they_are_equal(one: Version, other: Version) -> None:
    assert wins(one, other) + wins(other, one) == (one != other)


@given(versions)
def test_any_replicated_write_wins_over_items_from_before(version: Version) -> None:
    assert wins(version, BEFORE_REPLICATION)


def test_the_later_wins_then_the_greater_region_name_then_the_later_in_that_region() -> None:
    assert wins(Version(2, "a", 1), Version(1, "b", 2))
    assert wins(Version(1, "b", 1), Version(1, "a", 2))
    assert wins(Version(1, "a", 2), Version(1, "a", 1))


@given(st.floats(0, 1e6), st.sampled_from(SUPPORTED), versions)
def test_a_local_write_is_later_than_all_its_region_has_seen(moment: float, region: str, present: Version) -> None:
    assert wins(local_version(moment, region, present), present)


def test_a_lag_is_read_and_drawn_between_its_bounds() -> None:
    assert Lag.parse("0.2") == Lag(0.2, 0.2)
    assert Lag.parse("0.1-0.4") == Lag(0.1, 0.4)
    assert all(0.1 <= Lag(0.1, 0.4).draw(random.Random(n)) <= 0.4 for n in range(50))
    for text in ("", "soon", "-1", "2-1"):
        with pytest.raises(ValueError):
            Lag.parse(text)


def test_usual_lags_differ_by_pair_and_direction_and_stay_the_same() -> None:
    lags = {(a, b): usual_lag(a, b) for a in SUPPORTED for b in SUPPORTED if a != b}
    assert all(0.08 <= lag.low < lag.high <= 0.4 for lag in lags.values())
    assert len(set(lags.values())) == len(lags)


def test_a_pairs_own_lag_goes_before_that_of_all() -> None:
    lags = Lags(Lag(1, 1))
    lags.set(Lag(2, 2), "a", "b")
    assert (lags.of("a", "b"), lags.of("b", "a")) == (Lag(2, 2), Lag(1, 1))
    lags.set(Lag(3, 3))
    assert lags.of("a", "b") == Lag(3, 3)
    with pytest.raises(ValueError, match="both regions"):
        lags.set(Lag(1, 1), "a")


def test_a_throttle_admits_a_burst_and_then_one_a_second() -> None:
    throttle = Throttle()
    assert [throttle.admits(0) for _ in range(BURST + 2)] == [True] * BURST + [False] * 2
    assert [throttle.admits(1), throttle.admits(1)] == [True, False]
    assert sum(throttle.admits(1000) for _ in range(50)) == BURST

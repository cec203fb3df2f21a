# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Heartbeats where time stands still, and where a region hangs, which the simulator has no fault for."""

from __future__ import annotations

import itertools
import threading
import typing as t

import botocore.exceptions
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import heartbeats
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    MARKER,
    Lease,
    Probe,
    Schema,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.rounds import Ground
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace, Reading

US, EU = "us-east-1", "eu-west-1"
PAIRS = [(US, EU), (EU, US)]


class Clock:
    """Time passes only by sleeping."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def epoch(self) -> float:
        return 1_000_000 + self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


class Region:
    """A client of one region. Items are shared, so they replicate at once; ``on_call`` is told of each call before."""

    exceptions = type("Exceptions", (), {"ConditionalCheckFailedException": KeyError})

    def __init__(self, name: str, items: dict[str, dict], calls: list[tuple[str, str]]) -> None:
        self.meta = type("Meta", (), {"region_name": name})
        self.items = items
        self.calls = calls
        self.unprocessed = False
        self.shows = lambda consistent: True
        self.on_call: t.Callable[[str], None] = lambda call: None

    def batch_get_item(self, RequestItems: dict, ReturnConsumedCapacity: str) -> dict:
        self._called("BatchGetItem")
        request = RequestItems["orders"]
        keys = [key["pk"]["S"] for key in request["Keys"]] if self.shows(request["ConsistentRead"]) else []
        found = [self.items[key] for key in keys if key in self.items]
        if self.unprocessed:
            unprocessed = {"orders": {"Keys": request["Keys"]}}
            return {"Responses": {}, "UnprocessedKeys": unprocessed, "ResponseMetadata": {}}
        return {"Responses": {"orders": found}, "ResponseMetadata": {}}

    def put_item(self, Item: dict, **parameters: t.Any) -> dict:
        self._called("PutItem")
        self.items[Item["pk"]["S"]] = Item
        return {"ConsumedCapacity": {}, "ResponseMetadata": {}}

    def delete_item(self, Key: dict, **parameters: t.Any) -> dict:
        self._called("DeleteItem")
        self.items.pop(Key["pk"]["S"], None)
        return {"ConsumedCapacity": {}, "ResponseMetadata": {}}

    def _called(self, call: str) -> None:
        self.calls.append((self.meta.region_name, call))
        self.on_call(call)


@pytest.fixture
def calls():
    return []


@pytest.fixture
def regions(calls):
    items: dict[str, dict] = {}
    return {name: Region(name, items, calls) for name in (US, EU)}


def watch(regions, pace, **options):
    ground = Ground(
        Schema("orders", (("pk", "S"),)),
        regions,
        Lease("run", 0),
        options.pop("clock", Clock()),
        0.1,
        threading.Event(),
    )
    free = {region: [Probe(region, 20)] for region in regions}
    subject = heartbeats.Subject(ground, PAIRS, free, list(regions))
    return heartbeats.watch({"orders": subject}, pace, **options)["orders"]


def test_a_round_is_a_write_in_each_region_and_half_an_interval_later_a_look_in_each(regions, calls):
    watched = watch(regions, Pace(rounds=3, interval=1.0))

    assert [one.elapsed for one in watched.rounds] == [0.5, 1.5, 2.5, 3.0]
    assert [one.readings[US, EU] for one in watched.rounds[:3]] == [Reading(0.5, True)] * 3
    during = [call for call in calls if call[1] != "DeleteItem"][:12]
    assert [sorted(during[start : start + 2]) for start in range(0, 12, 2)] == [
        [(EU, "PutItem"), (US, "PutItem")],
        [(EU, "BatchGetItem"), (US, "BatchGetItem")],
    ] * 3
    pair = watched.pairs[US, EU]
    assert (pair.verdict, pair.staleness.peak, pair.staleness.resolution) == ("pass", 0.5, 0.5)
    assert regions[US].items == {}


def test_it_ends_when_its_time_is_over(regions):
    watched = watch(regions, Pace(duration=4.0, interval=1.0))
    assert watched.pairs[US, EU].staleness.written == 4


def test_it_ends_when_what_was_seen_will_do(regions):
    watched = watch(regions, Pace(100), enough=lambda found: found["orders"][US, EU].written == 2)
    assert watched.pairs[US, EU].staleness.written == 2


def test_every_heartbeat_renews_the_lease_to_the_end_of_the_watch_but_not_for_long_after_a_kill(regions):
    expiries = []
    put = regions[US].put_item

    def noting(**parameters):
        expiries.append(int(parameters["Item"][MARKER]["M"]["expires"]["N"]) - 1_000_000)
        return put(**parameters)

    regions[US].put_item = noting
    watch(regions, Pace(rounds=5, interval=10.0))
    # 50 s are planned; each holds until then, and for an interval and two minutes more.
    assert expiries == [50 + 10 + 120] * 5
    expiries.clear()
    watch(regions, Pace(rounds=10_000, interval=1.0), enough=lambda _found: len(expiries) == 2)
    assert expiries == [3600 + 1 + 120, 3600 + 1 + 120 + 1]


def test_only_a_strongly_consistent_read_says_that_a_heartbeat_hasnt_arrived(regions):
    regions[EU].shows = lambda consistent: consistent
    watched = watch(regions, Pace(rounds=3))
    assert watched.pairs[US, EU].verdict == "pass"
    assert [one.readings[US, EU].arrived for one in watched.rounds] == [False, False, False, True]
    regions[EU].shows = lambda consistent: False
    failed = watch(regions, Pace(rounds=3)).pairs[US, EU]
    assert failed.verdict == "fail"
    assert "heartbeat 1 of 3 hadn't arrived" in failed.reason


def test_keys_that_are_left_unprocessed_are_unknown_with_the_reason(regions):
    rounds = itertools.count(1)

    def drill():
        regions[EU].unprocessed = next(rounds) == 3
        return True

    watched = watch(regions, Pace(rounds=4), admitted=drill)
    assert [one.readings[US, EU].known for one in watched.rounds] == [True, True, False, True, True]
    assert watched.notes == [
        "watch: eu-west-1 is unknown in 1 round between 2 s and 2 s: throttled: BatchGetItem in eu-west-1 left keys "
        "unprocessed"
    ]


@pytest.mark.parametrize("hanging", ["BatchGetItem", "PutItem"])
def test_a_region_that_hangs_is_unknown_and_holds_up_nobody(regions, calls, monkeypatch, hanging):
    monkeypatch.setattr(heartbeats, "STALLED", 0.05)
    hangs, released = threading.Event(), threading.Event()

    def hang(call):
        if call == hanging and hangs.is_set():
            released.wait()

    rounds = itertools.count(1)

    def drill():
        number = next(rounds)
        if number == 3:
            hangs.set()
        elif number == 9:
            hangs.clear()
            released.set()
        return True

    regions[EU].on_call = hang
    watched = watch(regions, Pace(rounds=14, interval=0.1), admitted=drill)

    concerned, other = ((US, EU), (EU, US)) if hanging == "BatchGetItem" else ((EU, US), (US, EU))
    assert not any(one.readings[concerned].known for one in watched.rounds[3:8])
    assert all(one.readings[other].arrived for one in watched.rounds)
    assert watched.rounds[-1].readings[concerned].arrived
    assert any(f"eu-west-1 doesn't answer {hanging}" in note for note in watched.notes)
    assert regions[US].items == {}
    assert "PutItem" not in [call for _region, call in calls[calls.index((US, "DeleteItem")) :]]


def test_a_region_that_hangs_to_the_end_is_unknown_and_waited_for_before_all_is_removed(regions, calls, monkeypatch):
    monkeypatch.setattr(heartbeats, "STALLED", 0.05)
    hangs, released = threading.Event(), threading.Event()
    regions[EU].on_call = lambda call: hangs.is_set() and released.wait()
    close = heartbeats._Drill.close

    def release_and_close(drill):
        threading.Timer(0.2, released.set).start()  # what hangs ends while everything is to be removed
        close(drill)

    monkeypatch.setattr(heartbeats._Drill, "close", release_and_close)
    rounds = itertools.count(1)
    watched = watch(regions, Pace(rounds=4), admitted=lambda: next(rounds) != 3 or hangs.set() or True)

    assert watched.pairs[US, EU].verdict == "unknown"
    assert watched.pairs[US, EU].reason == "eu-west-1 doesn't answer BatchGetItem"
    assert watched.rounds[-1].elapsed == 4.0, "nothing is to be waited for in a region that doesn't answer"
    assert regions[US].items == {}
    assert "PutItem" not in [call for _region, call in calls[calls.index((US, "DeleteItem")) :]]


def test_the_progress_tells_how_it_stands_about_every_second_and_at_the_end(regions):
    events = []
    watch(regions, Pace(rounds=20, interval=0.125), progress=events.append)
    assert [event["summary"] for event in events] == [
        *(f"heartbeat {number} of 20: lag at most 0.1 s" for number in (1, 9, 17)),
        "heartbeat 20 of 20: everything has arrived",
    ]


def denied(call):
    response = {"Error": {"Code": "AccessDeniedException", "Message": "no"}, "ResponseMetadata": {}}
    raise botocore.exceptions.ClientError(response, call)


@pytest.mark.parametrize("call", ["BatchGetItem", "PutItem"])
def test_what_is_to_come_in_a_region_that_failed_once_is_still_waited_for(regions, call):
    """The last heartbeat arrives four seconds late, and until then one call failed there."""
    clock, failed = Clock(), []

    def fail_once(called):
        if called == call and clock.now() >= 2.0 and not failed:
            failed.append(True)
            denied(call)

    regions[EU].on_call = fail_once
    regions[EU].shows = lambda consistent: clock.now() > 6.0
    watched = watch(regions, Pace(rounds=3, interval=1.0), clock=clock)

    assert failed
    assert watched.pairs[US, EU].verdict == "pass"


def test_a_watch_that_ends_early_calls_nothing_missing(regions):
    regions[EU].shows = lambda consistent: False
    watched = watch(regions, Pace(rounds=3, interval=1.0), admitted=iter([True, False, False]).__next__)

    assert watched.pairs[US, EU].verdict == "unknown"
    assert watched.pairs[US, EU].reason.endswith("but the watch ended before the 10 s that it has to arrive")


def test_what_is_missing_when_its_time_is_over_fails(regions):
    regions[EU].shows = lambda consistent: False
    assert watch(regions, Pace(rounds=3, interval=1.0)).pairs[US, EU].verdict == "fail"


def test_an_interruption_while_everything_is_removed_removes_the_rest(regions):
    interrupted = []

    def interrupt(call):
        if call == "DeleteItem" and not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt

    regions[US].on_call = regions[EU].on_call = interrupt
    with pytest.raises(KeyboardInterrupt) as caught:
        watch(regions, Pace(rounds=1, interval=1.0))

    assert interrupted and regions[US].items == {}
    assert caught.value.__notes__ == ["Its heartbeats are removed."]

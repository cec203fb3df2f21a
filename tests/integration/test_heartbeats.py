# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Heartbeats against the simulator over HTTP: lag that grows and drains, regions that come and go, nothing left."""

from __future__ import annotations

import itertools
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    cleanup,
    heartbeats,
    probes,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import Clock
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.rounds import Ground
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace
from botocore.config import Config
from caller import AP, EU, SECRET, US

from simulator.lag import Lag
from simulator.server import serve

REGIONS = (US, EU, AP)
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})  # without botocore's own pauses
LAG = Lag(0.01, 0.02)
INTERVAL = 0.1
BEHIND = (US, EU)


class World:
    """A simulator, tables in it, and their heartbeats; what happens during the watch is told by its progress."""

    def __init__(self, served):
        self.url = served.url
        self.admin = served.admin
        self.clients = Clients(self.client, self.url, REGIONS)
        self.events = []

    def client(self, service, region, endpoint=None, config=None):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            config=ONE_ATTEMPT,
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key=SECRET,
        )

    def global_table(self, name="orders", regions=REGIONS):
        home = self.clients[regions[0]]
        home.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "customer", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for region in (None, *regions[1:]):
            if region:
                home.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": region}}])
            until(lambda: settled(home, name))

    def ground(self, name="orders"):
        lease = probes.Lease(str(uuid.uuid4()), 0)
        return Ground(probes.Schema(name, (("customer", "S"),)), self.clients, lease, Clock, 0.02, threading.Event())

    def subject(self, name="orders", regions=REGIONS):
        ground = self.ground(name)
        with ThreadPoolExecutor(4) as pool:
            swept = cleanup.sweep(ground, list(regions), list(regions), pool)
        free = {region: swept.free_heartbeats(region) for region in regions}
        return heartbeats.Subject(ground, list(itertools.permutations(regions, 2)), free, list(regions))

    def watch(self, *names, regions=REGIONS, rounds=10, on_round=lambda number: None, **options):
        """``on_round`` is called before every round with its number."""
        numbers = itertools.count(1)

        def admitted():
            on_round(next(numbers))
            return True

        subjects = {name: self.subject(name, regions) for name in names or ("orders",)}
        pace = Pace(rounds=rounds, interval=INTERVAL)
        return heartbeats.watch(subjects, pace, self.events.append, **{"admitted": admitted, **options})

    @property
    def lines(self):
        return [line for event in self.events for line in event["lines"]]

    def items(self, region, name="orders"):
        return self.client("dynamodb", region).scan(TableName=name, ConsistentRead=True)["Items"]

    def assert_nothing_left(self, *names, regions=REGIONS):
        """In no region, also when everything that was held back has arrived."""
        self.admin.remove_fault()
        self.admin.resume()
        time.sleep(LAG.high + 0.1)
        until(lambda: not any(self.items(region, name) for name in names or ("orders",) for region in regions))


def settled(client, name):
    table = client.describe_table(TableName=name)["Table"]
    replicas = [replica["ReplicaStatus"] for replica in table.get("Replicas", [])]
    return {table["TableStatus"], *replicas} == {"ACTIVE"}


def until(condition, seconds=600.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came about"
        time.sleep(0.01)


def readings(watched, pair):
    return [one.readings[pair] for one in watched.rounds]


@pytest.fixture(scope="module")
def served():
    with serve(time_scale=0.001, seed=1, lag=LAG) as simulator:
        yield simulator


@pytest.fixture
def world(served, monkeypatch):
    monkeypatch.setattr(heartbeats, "SETTLING", 2.0)
    monkeypatch.setattr(heartbeats, "SUMMARY_EVERY", 0.0)
    served.admin.reset()
    return World(served)


@pytest.fixture
def orders(world):
    world.global_table()
    return world


def test_every_heartbeat_arrives_and_nothing_is_left(orders):
    watched = orders.watch()["orders"]

    assert {pair: one.verdict for pair, one in watched.pairs.items()} == dict.fromkeys(
        itertools.permutations(REGIONS, 2), "pass"
    )
    for one in watched.pairs.values():
        assert (one.staleness.written, one.staleness.arrived) == (10, 10)
        assert LAG.low <= one.staleness.peak
    assert len(watched.rounds) == 11  # the last says how it ended
    assert [one.elapsed for one in watched.rounds] == sorted(one.elapsed for one in watched.rounds)
    assert watched.result()[-1]["pairs"][0]["arrived"] is True
    assert watched.notes == watched.left == orders.lines == []
    assert orders.events[-1]["summary"].startswith("heartbeat 10 of 10: ")
    orders.assert_nothing_left()


def test_a_round_is_one_write_in_each_region_and_one_look(orders):
    subjects = {"orders": orders.subject()}
    orders.admin.clear_calls()

    heartbeats.watch(subjects, Pace(rounds=3, interval=INTERVAL))

    puts = [call["region"] for call in orders.admin.calls(operation="PutItem")]
    assert sorted(puts) == sorted(REGIONS * 3)


def test_lag_grows_while_a_pair_is_paused_and_drains_when_it_is_resumed(orders):
    def drill(number):
        if number == 4:
            orders.admin.pause(source=US, target=EU)
        elif number == 16:
            orders.admin.resume()

    watched = orders.watch(rounds=22, on_round=drill)["orders"]

    paused = [reading.lag for reading in readings(watched, BEHIND)[5:15]]
    assert paused == sorted(paused)
    assert len(set(paused)) == 10
    assert not any(reading.arrived for reading in readings(watched, BEHIND)[5:15])
    assert readings(watched, BEHIND)[-1].arrived
    pair = watched.pairs[BEHIND]
    assert pair.verdict == "pass"
    assert pair.staleness.peak >= paused[-1]
    for other, one in watched.pairs.items():
        if other != BEHIND:
            assert one.staleness.peak < paused[-1]
            assert one.verdict == "pass"
    assert "us-east-1 → eu-west-1 falls behind: orders" in orders.lines
    assert any(line.startswith("us-east-1 → eu-west-1 caught up, after a lag of ") for line in orders.lines)
    assert any(
        "us-east-1 → eu-west-1" in event["summary"] and "and growing" in event["summary"] for event in orders.events
    )
    orders.assert_nothing_left()


def test_a_pair_that_is_still_paused_at_the_end_fails_and_what_drains_later_leaves_nothing(orders):
    orders.admin.pause(source=US, target=EU)  # nothing of it arrives at all

    watched = orders.watch(rounds=5)["orders"]

    assert {pair for pair, one in watched.pairs.items() if one.verdict == "fail"} == {BEHIND}
    assert watched.pairs[BEHIND].reason.startswith("heartbeat 1 of 5 hadn't arrived ")
    assert watched.pairs[BEHIND].reason.endswith(" s after its acknowledgement, by a strongly consistent read")
    assert watched.left == []
    orders.assert_nothing_left()


def test_what_had_arrived_before_a_pause_is_removed_directly_and_stays_so(orders):
    watched = orders.watch(rounds=8, on_round=lambda number: orders.admin.pause(region=EU) if number == 5 else None)[
        "orders"
    ]

    assert {pair for pair, one in watched.pairs.items() if one.verdict == "fail"} == {
        pair for pair in itertools.permutations(REGIONS, 2) if EU in pair
    }
    assert [orders.items(region) for region in REGIONS] == [[], [], []]
    orders.assert_nothing_left()


def test_a_region_that_goes_down_and_comes_back_is_unknown_meanwhile(orders):
    def drill(number):
        if number == 4:
            orders.admin.stop_region(AP)
        elif number == 8:
            orders.admin.start_region(AP)

    watched = orders.watch(rounds=14, on_round=drill)["orders"]

    for pair in itertools.permutations(REGIONS, 2):
        down = readings(watched, pair)[4:7]
        if pair[1] == AP:
            assert not any(reading.known for reading in down)
        elif pair[0] != AP:
            assert all(reading.known for reading in down)
        assert readings(watched, pair)[-1].arrived
        assert watched.pairs[pair].verdict == "pass"
    assert any(note.startswith("watch: ap-southeast-2 is unknown in ") for note in watched.notes)
    assert any(line.startswith("ap-southeast-2 is unknown for now: orders: ") for line in orders.lines)
    assert "ap-southeast-2 answers again: orders" in orders.lines
    orders.assert_nothing_left()


def test_a_region_that_is_down_at_the_end_is_unknown_and_listed_as_not_cleaned_up(orders, monkeypatch):
    monkeypatch.setattr(cleanup, "ATTEMPTS", 1)

    watched = orders.watch(rounds=6, on_round=lambda number: orders.admin.stop_region(AP) if number == 4 else None)[
        "orders"
    ]

    assert watched.pairs[US, AP].verdict == watched.pairs[EU, AP].verdict == "unknown"
    assert "ap-southeast-2" in watched.pairs[US, AP].reason
    assert watched.pairs[US, EU].verdict == "pass"
    [left] = watched.left
    assert left.region == AP
    assert watched.notes[-1].startswith("watch: ap-southeast-2 is unknown in ")
    orders.assert_nothing_left()  # the deletions elsewhere are newer, and travel there once it is back


def test_what_a_region_that_is_down_never_sent_may_still_arrive_and_that_is_said(orders, monkeypatch):
    monkeypatch.setattr(cleanup, "ATTEMPTS", 1)
    orders.admin.pause(region=AP)

    watched = orders.watch(rounds=6, on_round=lambda number: orders.admin.stop_region(AP) if number == 4 else None)[
        "orders"
    ]

    assert [left.region for left in watched.left] == [AP]
    for target in (US, EU):
        note = f"watch: a heartbeat of {AP} may still arrive in {target}, because {AP} couldn't be cleaned up"
        assert any(said.startswith(note) for said in watched.notes)
    orders.admin.start_region(AP)
    orders.admin.resume()
    until(lambda: [len(orders.items(region)) for region in REGIONS] == [1, 1, 1])


@pytest.mark.parametrize(
    ("operation", "unknown"),
    [
        ("PutItem", [(AP, US), (AP, EU)]),
        ("BatchGetItem", [(US, AP), (EU, AP)]),
    ],
)
def test_what_is_denied_is_unknown_with_the_reason_and_the_others_go_on(orders, operation, unknown):
    subject = orders.subject()
    orders.admin.fail("AccessDeniedException", operation=operation, region=AP)

    watched = heartbeats.watch({"orders": subject}, Pace(rounds=4, interval=INTERVAL))["orders"]

    assert [pair for pair, one in watched.pairs.items() if one.verdict == "unknown"] == unknown
    for pair in unknown:
        assert not any(reading.known for reading in readings(watched, pair))
        assert f"dynamodb:{operation}" in watched.pairs[pair].reason
    assert {one.verdict for pair, one in watched.pairs.items() if pair not in unknown} == {"pass"}
    orders.assert_nothing_left()


def test_a_read_that_was_refused_never_counts_as_lag(orders):
    """While reads are refused the heartbeats arrive; the first answer shows them far too late."""

    def drill(number):
        if number == 3:
            orders.admin.fail("ThrottlingException", operation="BatchGetItem", region=EU)
        elif number == 13:
            orders.admin.remove_fault()

    watched = orders.watch(rounds=18, on_round=drill)["orders"]

    assert watched.pairs[BEHIND].verdict == "pass"
    assert watched.pairs[BEHIND].staleness.peak < watched.rounds[12].elapsed - watched.rounds[2].elapsed


def test_what_a_killed_run_left_is_swept_by_the_next(orders):
    ground = orders.ground()
    schema = ground.schema
    for source, slot in ((US, 20), (AP, 23)):
        parameters = schema.write(probes.PUT, probes.Probe(source, slot), probes.Lease("died", 1))
        orders.client("dynamodb", source).put_item(**parameters)
    until(lambda: all(len(orders.items(region)) == 2 for region in REGIONS))

    watched = orders.watch(rounds=2)["orders"]

    assert {one.verdict for one in watched.pairs.values()} == {"pass"}
    orders.assert_nothing_left()


def test_two_watches_at_once_use_keys_of_their_own(orders):
    results = []
    runs = [threading.Thread(target=lambda: results.append(orders.watch(rounds=8)["orders"])) for _number in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()

    assert [{one.verdict for one in watched.pairs.values()} for watched in results] == [{"pass"}] * 3
    orders.assert_nothing_left()


def test_a_users_item_with_a_reserved_key_is_untouched(orders):
    """Also where the source hasn't got it yet, so that the condition of the write there would hold."""
    mine = {"customer": {"S": f"{probes.KEY_PREFIX}/{US}/20"}, "note": {"S": "mine"}}
    orders.admin.pause(region=EU)
    orders.client("dynamodb", EU).put_item(TableName="orders", Item=mine)

    watched = orders.watch(rounds=2)["orders"]

    assert watched.pairs[US, AP].verdict == "pass"
    orders.admin.resume()
    until(lambda: [orders.items(region) for region in REGIONS] == [[mine]] * 3)


def test_without_a_free_key_the_pairs_of_that_source_are_unknown(orders):
    subject = orders.subject()
    for slot in range(20, 24):
        orders.client("dynamodb", US).put_item(
            TableName="orders", Item={"customer": {"S": f"{probes.KEY_PREFIX}/{US}/{slot}"}}
        )

    watched = heartbeats.watch({"orders": subject}, Pace(rounds=2, interval=INTERVAL))["orders"]

    assert [pair for pair, one in watched.pairs.items() if one.verdict == "unknown"] == [(US, EU), (US, AP)]
    assert "none of the keys that are reserved for the heartbeats of us-east-1 is free" in watched.pairs[BEHIND].reason
    assert len(orders.items(US)) == 4


def test_many_tables_side_by_side_take_few_lines(world):
    names = [f"table-{number:02}" for number in range(20)]
    for name in names:
        world.global_table(name, (US, EU))

    def drill(number):
        if number == 3:
            world.admin.pause(source=US, target=EU)
        elif number == 9:
            world.admin.resume()

    watched = world.watch(*names, regions=(US, EU), rounds=14, on_round=drill)

    assert list(watched) == names
    assert {one.verdict for table in watched.values() for one in table.pairs.values()} == {"pass"}
    assert len(world.lines) < len(names)
    assert any(line.endswith("table-00, table-01, table-02 and 17 more tables") for line in world.lines)
    world.assert_nothing_left(*names, regions=(US, EU))


def test_a_watch_that_has_cost_what_it_may_ends_early_and_says_so(orders):
    rounds = itertools.chain([True, True], itertools.repeat(False))
    watched = orders.watch(rounds=50, admitted=lambda: next(rounds))["orders"]

    assert watched.pairs[BEHIND].staleness.written == 2
    assert "it ended early, at heartbeat 2 of 50" in watched.notes[0]
    orders.assert_nothing_left()


def test_the_lease_covers_what_is_left_of_the_watch(orders):
    subject = orders.subject()
    expiries = []

    def note_expiry(_event):
        marker = orders.items(US)[0][probes.MARKER]["M"]
        expiries.append(int(marker["expires"]["N"]))

    now = time.time()
    heartbeats.watch({"orders": subject}, Pace(rounds=900, interval=1.0), note_expiry, enough=lambda _stalenesses: True)

    assert expiries[0] > now + 900
    orders.assert_nothing_left()


@pytest.fixture
def _interruptible():
    """A background job ignores Ctrl-C, and so does Python in it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupted_watch_cleans_up(orders):
    def interrupt(number):
        if number == 4:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    orders.admin.pause(source=US, target=EU)
    with pytest.raises(KeyboardInterrupt):
        orders.watch(rounds=100_000, on_round=interrupt)

    assert [orders.items(region) for region in REGIONS] == [[], [], []]
    orders.assert_nothing_left()

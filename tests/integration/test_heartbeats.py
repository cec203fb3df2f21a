# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A watch against the simulator over HTTP: lag that grows and drains, what is lost, regions that come and go."""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    check,
    heartbeats,
    probes,
    reserved,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import module_result
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace
from botocore.config import Config
from caller import AP, EU, SECRET, US

from simulator.lag import Lag
from simulator.server import serve

REGIONS = (US, EU, AP)
STRONG = (US, "us-east-2", "us-west-2")
PAIRS = list(itertools.permutations(REGIONS, 2))
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})  # without botocore's own pauses
LAG = Lag(0.01, 0.02)
INTERVAL = 0.1
BEHIND = (US, EU)
REGISTERS = [f"{probes.KEY_PREFIX}/{region}/0" for region in REGIONS]


class World:
    """A simulator, tables in it, and a watch of them."""

    def __init__(self, served):
        self.url = served.url
        self.admin = served.admin
        self.events = []

    def client(self, service, region, endpoint=None, config=None):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            config=(config or Config()).merge(ONE_ATTEMPT),
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key=SECRET,
        )

    def global_table(self, name="orders", regions=REGIONS, strong=False):
        home = self.client("dynamodb", regions[0])
        home.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "customer", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        until(lambda: settled(home, name))
        creates = [{"Create": {"RegionName": region}} for region in regions[1:]]
        at_once = {"MultiRegionConsistency": "STRONG"} if strong else {}
        for batch in [creates] if strong else [[one] for one in creates]:
            home.update_table(TableName=name, ReplicaUpdates=batch, **at_once)
            until(lambda: settled(home, name))

    def watch(self, *names, regions=REGIONS, rounds=10, drill=None, **options):
        """The module's result. ``drill`` says what is done once a round has ended; 0 is before the first."""
        acts = dict(drill or {})
        tables = [
            Table(name, regions[0], replicas={region: Replica(region) for region in regions[1:]})
            for name in names or ("orders",)
        ]

        def hear(event):
            self.events.append(event)
            number = re.match(rf"heartbeat (\d+) of|{len(tables)} of {len(tables)} tables? checked", event["summary"])
            if number:
                acts.pop(int(number[1] or 0), lambda: None)()

        options = Options(1, 10.0, 0.02, watch=Pace(rounds=rounds, interval=INTERVAL), **options)
        checked = check.check_tables(tables, Clients(self.client, self.url, regions), options, False, hear)
        return json.loads(json.dumps(module_result(checked)))

    @property
    def lines(self):
        return [line for event in self.events for line in event["lines"]]

    def items(self, region, name="orders"):
        return self.client("dynamodb", region).scan(TableName=name, ConsistentRead=True)["Items"]

    def assert_nothing_left(self, *names, regions=REGIONS, but=()):
        """In no region, also when everything that was held back has arrived."""
        self.admin.remove_fault()
        self.admin.resume()
        time.sleep(LAG.high + 0.1)
        places = list(itertools.product(regions, names or ("orders",)))
        until(lambda: all({one["customer"]["S"] for one in self.items(*place)} == set(but) for place in places))


def settled(client, name):
    table = client.describe_table(TableName=name)["Table"]
    replicas = [replica["ReplicaStatus"] for replica in table.get("Replicas", [])]
    return {table["TableStatus"], *replicas} == {"ACTIVE"}


def until(condition, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came about"
        time.sleep(0.01)


def by_pair(entries):
    return {(one["source"], one["target"]): one for one in entries}


def watched(result, table=0):
    """(source, target) -> what heartbeats showed of it."""
    return {pair: one["watch"] for pair, one in by_pair(result["tables"][table]["pairs"]).items()}


def verdicts(result, table=0):
    return {pair: one["verdict"] for pair, one in watched(result, table).items()}


def reasons(result, table=0):
    return {pair: one["reason"] for pair, one in by_pair(result["tables"][table]["pairs"]).items()}


def readings(result, pair):
    return [by_pair(one["pairs"])[pair] for one in result["tables"][0]["watch"]]


def is_known(reading):
    return reading["arrived"] or reading["lag"] is not None


@pytest.fixture(scope="module")
def served():
    with serve(time_scale=0.001, seed=1, lag=LAG) as simulator:
        yield simulator


@pytest.fixture
def world(served, monkeypatch):
    sleep_until = heartbeats._Rounds._sleep_until

    async def sleep_until_answered(rounds, moment):
        """Each round waits for its answers, so that a busy machine skips no heartbeat."""
        await sleep_until(rounds, moment)
        await asyncio.gather(*rounds._under_way.values())

    monkeypatch.setattr(heartbeats._Rounds, "_sleep_until", sleep_until_answered)
    monkeypatch.setattr(heartbeats, "SETTLING", 2.0)
    monkeypatch.setattr(heartbeats, "SUMMARY_EVERY", 0.0)
    monkeypatch.setattr(reserved, "CLEANING", 0.5)
    served.admin.reset()
    return World(served)


@pytest.fixture
def orders(world):
    world.global_table()
    return world


def test_every_heartbeat_arrives_and_nothing_is_left(orders):
    result = orders.watch()

    assert verdicts(result) == dict.fromkeys(PAIRS, "pass")
    for one in watched(result).values():
        assert (one["written"], one["arrived"]) == (10, 10)
        assert LAG.low <= one["peak"]
    [table] = result["tables"]
    elapsed = [one["elapsed"] for one in table["watch"]]
    assert len(elapsed) >= 11  # the last says how it ended
    assert elapsed == sorted(elapsed)
    assert table["watch"][-1]["pairs"][0]["arrived"] is True
    assert table["notes"] == table["left_behind"] == orders.lines == []
    assert "while watched, lag was at most " in result["summary"][0]
    assert orders.events[-1]["summary"].startswith("heartbeat 10 of 10: ")
    orders.assert_nothing_left()


def test_a_round_is_one_write_in_each_region_each_to_another_key(orders):
    orders.watch(rounds=5, drill={0: orders.admin.clear_calls})

    puts = [call["region"] for call in orders.admin.calls(operation="PutItem")]
    assert sorted(puts) == sorted(REGIONS * 5)


def test_a_share_of_writes_that_is_lost_fails_and_says_how_many(orders):
    result = orders.watch(rounds=40, drill={0: lambda: orders.admin.lose_items(share=0.2, source=US, target=EU)})

    assert [pair for pair, verdict in verdicts(result).items() if verdict == "fail"] == [BEHIND]
    assert result["verdict"] == "fail"
    one = watched(result)[BEHIND]
    lost = one["written"] - one["arrived"]
    assert 0 < lost < 40
    assert f"{lost} of 40 heartbeats hadn't arrived" in reasons(result)[BEHIND]
    assert any(
        line.startswith("FAIL     us-east-1 → eu-west-1: heartbeats didn't arrive, or didn't stay")
        for line in result["summary"]
    )
    orders.assert_nothing_left()


def test_a_region_that_goes_back_to_what_it_had_is_found_by_the_last_look(orders):
    """Every heartbeat was seen to arrive; some are gone again when the watch ends."""
    go_back = functools.partial(orders.admin.revert_items, 0.5, source=US, target=EU, changes="puts", count=3)
    result = orders.watch(rounds=12, drill={0: go_back})

    assert [pair for pair, verdict in verdicts(result).items() if verdict == "fail"] == [BEHIND]
    assert "eu-west-1 went back: 3 of 12 heartbeats are gone again" in reasons(result)[BEHIND]
    assert watched(result)[BEHIND]["arrived"] == 12
    orders.assert_nothing_left()


def test_lag_grows_while_a_pair_is_paused_and_drains_when_it_is_resumed(orders):
    drill = {4: lambda: orders.admin.pause(source=US, target=EU), 16: orders.admin.resume}
    result = orders.watch(rounds=22, drill=drill)

    assert verdicts(result) == dict.fromkeys(PAIRS, "pass")
    paused = readings(result, BEHIND)[6:15]
    assert not any(reading["arrived"] for reading in paused)
    lags = [reading["lag"] for reading in paused]
    assert lags == sorted(lags)
    assert len(set(lags)) == len(lags)
    assert readings(result, BEHIND)[-1]["arrived"]
    assert watched(result)[BEHIND]["peak"] >= lags[-1]
    assert all(one["peak"] < lags[-1] for pair, one in watched(result).items() if pair != BEHIND)
    assert "us-east-1 → eu-west-1 falls behind: orders" in orders.lines
    assert any(line.startswith("us-east-1 → eu-west-1 caught up, after a lag of ") for line in orders.lines)
    assert any("us-east-1 → eu-west-1" in one["summary"] and "and growing" in one["summary"] for one in orders.events)
    orders.assert_nothing_left()


def test_a_watch_that_ends_while_a_pair_is_paused_fails_and_what_drains_later_leaves_nothing(orders):
    result = orders.watch(rounds=5, drill={0: lambda: orders.admin.pause(source=US, target=EU)})

    assert [pair for pair, verdict in verdicts(result).items() if verdict == "fail"] == [BEHIND]
    assert "5 of 5 heartbeats hadn't arrived" in reasons(result)[BEHIND]
    assert result["tables"][0]["left_behind"] == []
    orders.assert_nothing_left()


def test_what_had_arrived_before_a_pause_is_removed_in_every_region_by_itself(orders):
    result = orders.watch(rounds=8, drill={5: lambda: orders.admin.pause(region=EU)})

    assert [pair for pair, verdict in verdicts(result).items() if verdict == "fail"] == [p for p in PAIRS if EU in p]
    assert [orders.items(region) for region in REGIONS] == [[], [], []]
    orders.assert_nothing_left()


def test_a_region_that_goes_down_and_comes_back_is_unknown_meanwhile_and_holds_up_nobody(orders):
    drill = {4: lambda: orders.admin.stop_region(AP), 8: lambda: orders.admin.start_region(AP)}
    result = orders.watch(rounds=14, drill=drill)

    assert verdicts(result) == dict.fromkeys(PAIRS, "pass")
    for pair in PAIRS:
        down = readings(result, pair)[4:7]
        if pair[1] == AP:
            assert not any(map(is_known, down))
        elif pair[0] != AP:
            assert all(map(is_known, down))
        assert readings(result, pair)[-1]["arrived"]
    assert any(one.startswith("watch: ap-southeast-2 is unknown in ") for one in result["tables"][0]["notes"])
    assert any(line.startswith("ap-southeast-2 is unknown for now: orders") for line in orders.lines)
    assert "ap-southeast-2 answers again: orders" in orders.lines
    orders.assert_nothing_left()


def test_a_region_that_is_down_at_the_end_is_unknown_and_listed_as_not_cleaned_up(orders):
    result = orders.watch(rounds=6, drill={4: lambda: orders.admin.stop_region(AP)})

    assert verdicts(result)[US, AP] == verdicts(result)[EU, AP] == "unknown"
    assert "ap-southeast-2" in reasons(result)[US, AP]
    assert verdicts(result)[US, EU] == "pass"
    [table] = result["tables"]
    assert [left["region"] for left in table["left_behind"]] == [AP]
    # The deletions elsewhere are newer, and travel there once it is back; the registers lead the next run there.
    orders.assert_nothing_left(but=REGISTERS)


@pytest.mark.parametrize(
    ("operation", "unknown"),
    [("PutItem", [(AP, US), (AP, EU)]), ("BatchGetItem", [(US, AP), (EU, AP)])],
)
def test_what_is_denied_is_unknown_with_the_reason_and_the_others_go_on(orders, operation, unknown):
    result = orders.watch(rounds=4, drill={0: lambda: orders.admin.deny(operation=operation, region=AP)})

    assert [pair for pair, verdict in verdicts(result).items() if verdict == "unknown"] == unknown
    assert all(f"dynamodb:{operation}" in reasons(result)[pair] for pair in unknown)
    assert {verdict for pair, verdict in verdicts(result).items() if pair not in unknown} == {"pass"}
    orders.assert_nothing_left(but=REGISTERS if operation == "BatchGetItem" else ())


def test_a_read_that_was_refused_never_counts_as_lag(orders):
    """While reads are refused the heartbeats arrive; the first answer shows them far too late."""

    throttle = functools.partial(orders.admin.fail, "ThrottlingException", operation="BatchGetItem", region=EU)
    result = orders.watch(rounds=18, drill={3: throttle, 13: orders.admin.remove_fault})

    assert verdicts(result)[BEHIND] == "pass"
    one, rounds = watched(result)[BEHIND], result["tables"][0]["watch"]
    assert one["peak"] - one["resolution"] < rounds[12]["elapsed"] - rounds[2]["elapsed"]


def test_a_lag_above_max_lag_fails_and_the_reason_says_how_long(orders):
    drill = {2: lambda: orders.admin.pause(source=US, target=EU), 14: orders.admin.resume}
    result = orders.watch(rounds=16, drill=drill, max_lag=0.6)

    assert by_pair(result["tables"][0]["pairs"])[BEHIND]["verdict"] == "fail"
    assert "while it was watched, lag rose above max_lag (verify_max_lag) of 0.6 s" in reasons(result)[BEHIND]


def test_watches_at_once_use_keys_of_their_own(orders):
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _number: orders.watch(rounds=8), range(3)))

    assert [set(verdicts(result).values()) for result in results] == [{"pass"}] * 3
    orders.assert_nothing_left()


def test_a_users_item_at_the_key_of_a_heartbeat_is_untouched_and_another_key_is_taken(orders, monkeypatch):
    """Also where the source hasn't got it yet, so that the condition of the write there would hold."""
    run = "0d3b1c6e-8f5b-4a57-9c1c-1f2f1d1c7a10"
    monkeypatch.setattr(check.uuid, "uuid4", lambda: run)
    [_item, probe] = probes.drawn(run, US, 2)
    mine = {**probes.Schema("orders", (("customer", "S"),)).key(probe), "note": {"S": "mine"}}

    def put():
        orders.admin.pause(region=EU)
        orders.client("dynamodb", EU).put_item(TableName="orders", Item=mine)

    result = orders.watch(rounds=2, drill={0: put})

    assert verdicts(result)[US, AP] == "pass"
    orders.admin.resume()
    until(lambda: [orders.items(region) for region in REGIONS] == [[mine]] * 3)


def test_when_every_key_waits_to_be_seen_no_more_is_written_and_that_is_said(orders, monkeypatch):
    monkeypatch.setattr(heartbeats, "KEYS", 20)
    result = orders.watch(rounds=25, drill={0: lambda: orders.admin.pause(source=US, target=EU)})

    assert watched(result)[BEHIND]["written"] == watched(result)[US, AP]["arrived"] == 20
    assert watched(result)[EU, US]["arrived"] == 25
    assert any("all 20 keys for its heartbeats wait to be seen" in note for note in result["tables"][0]["notes"])
    orders.assert_nothing_left()


def test_a_key_whose_heartbeat_arrived_is_written_again(orders, monkeypatch):
    monkeypatch.setattr(heartbeats, "KEYS", 4)
    monkeypatch.setattr(reserved, "KEYS_AT_ONCE", 4)

    result = orders.watch(rounds=12)

    assert {(one["written"], one["arrived"]) for one in watched(result).values()} == {(12, 12)}
    orders.assert_nothing_left()


def test_many_tables_side_by_side_take_few_lines(world):
    names = [f"table-{number:02}" for number in range(20)]
    for name in names:
        world.global_table(name, (US, EU))

    drill = {3: lambda: world.admin.pause(source=US, target=EU), 9: world.admin.resume}
    result = world.watch(*names, regions=(US, EU), rounds=14, drill=drill)

    assert {verdict for table in range(20) for verdict in verdicts(result, table).values()} == {"pass"}
    assert len(world.lines) < len(names)
    assert any(line.endswith("table-00, table-01, table-02 and 17 more tables") for line in world.lines)
    world.assert_nothing_left(*names, regions=(US, EU))


def test_a_watch_that_has_cost_what_it_may_ends_early_and_says_so(orders):
    result = orders.watch(rounds=100_000, max_units=2000.0)

    [table] = result["tables"]
    assert table["verdict"] == "unknown"
    assert any(re.search(r"ended early, at heartbeat \d+ of 100000", note) for note in table["notes"])
    assert sum(table["cost"].values()) <= 2000
    orders.assert_nothing_left()


def test_its_items_are_this_runs_until_the_planned_end_of_the_watch(orders):
    expiries = []

    def note_expiry():
        expiries.extend(int(item[probes.MARKER]["M"]["expires"]["N"]) for item in orders.items(US))

    now = time.time()
    orders.watch(rounds=12, drill={1: note_expiry})

    assert min(expiries) > now + 12 * INTERVAL


def test_a_strongly_consistent_group_shows_each_heartbeat_at_once(world):
    world.global_table("ledger", STRONG, strong=True)
    world.admin.set_lag(5)

    result = world.watch("ledger", regions=STRONG, rounds=5)

    assert set(verdicts(result).values()) == {"pass"}
    assert {(one["written"], one["arrived"]) for one in watched(result).values()} == {(5, 5)}
    assert [world.items(region, "ledger") for region in STRONG] == [[], [], []]


def test_an_interrupted_watch_cleans_up(orders):
    def interrupt():
        raise KeyboardInterrupt

    drill = {0: lambda: orders.admin.pause(source=US, target=EU), 4: interrupt}
    with pytest.raises(KeyboardInterrupt) as interrupted:
        orders.watch(rounds=100_000, drill=drill)

    assert interrupted.value.__notes__ == ["Its items are removed."]
    assert [orders.items(region) for region in REGIONS] == [[], [], []]
    orders.assert_nothing_left()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verification against the simulator over HTTP: each fault found, named, and none reported as something else."""

from __future__ import annotations

import itertools
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid

import boto3
import pytest
import yaml
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused, Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import dynamodb_json, probes
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import (
    Clock,
    check_tables,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.evidence import Sample
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.evidence import (
    lag as distribution,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import module_result
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem
from botocore.config import Config

from simulator import store
from simulator.lag import Lag
from simulator.server import serve

US, EU, AP = REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
STRONG_REGIONS = (US, "us-east-2", "us-west-2")
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})  # without botocore's own pauses
LAG = Lag(0.05, 0.1)
# Seconds that no run takes: what waits for so long hangs.
FOREVER = 1e6
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


class HookedClock(Clock):
    """The real clock; whenever a watcher pauses, ``hook`` gets the seconds since the first pause."""

    def __init__(self, hook):
        self._hook = hook
        self._begun = None
        self._lock = threading.Lock()

    def sleep(self, seconds):
        with self._lock:
            self._begun = self._begun or time.monotonic()
            self._hook(time.monotonic() - self._begun)
        time.sleep(seconds)


class World:
    """A simulator, tables in it, and the check of them."""

    def __init__(self, served):
        self.url = served.url
        self.admin = served.admin
        self.config = None  # of every client, instead of the engine's
        self.elsewhere = {}  # region -> (region, endpoint) that its clients really use

    def client(self, service, region, endpoint=None, config=None):
        region, endpoint = self.elsewhere.get(region, (region, endpoint or self.url))
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            config=self.config or config,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def global_table(self, name="orders", keys=(("customer", "S"),), regions=REGIONS, **parameters):
        home = self.client("dynamodb", regions[0])
        types = {**dict(keys), **parameters.pop("types", {})}
        home.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for (key, _type), kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in types.items()],
            BillingMode="PAY_PER_REQUEST",
            **parameters,
        )
        for region in (None, *regions[1:]):
            if region:
                home.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": region}}])
            self.until(lambda: self.settled(home, name))

    @staticmethod
    def settled(client, name):
        table = client.describe_table(TableName=name)["Table"]
        replicas = [replica["ReplicaStatus"] for replica in table.get("Replicas", [])]
        return {table["TableStatus"], *replicas} == {"ACTIVE"}

    @staticmethod
    def until(condition, seconds=600.0):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "never came about"
            time.sleep(0.01)

    def check(
        self, *names, items=5, timeout=60.0, check_mode=False, clock=Clock, regions=REGIONS, how="items", **options
    ):
        tables = [
            Table(name, regions[0], verification=how, replicas={region: Replica(region) for region in regions[1:]})
            for name in names or ("orders",)
        ]
        options["items"] = options.pop("user_items", {})
        clients = Clients(self.client, self.url, regions)
        checked = check_tables(tables, clients, Options(items, timeout, 0.03, **options), check_mode, clock)
        return json.loads(json.dumps(module_result(checked)))

    def items(self, region, name="orders"):
        return self.client("dynamodb", region).scan(TableName=name, ConsistentRead=True)["Items"]

    def put(self, region, source, slot, name="orders", marker=None, **attributes):
        """An item at a reserved key."""
        schema = probes.Schema(name, (("customer", "S"),))
        marked = {probes.MARKER: {"M": marker}} if marker else {}
        item = {**schema.key(probes.Probe(source, slot)), **marked, **attributes}
        self.client("dynamodb", region).put_item(TableName=name, Item=item)
        return item

    def assert_nothing_left(self, *names, regions=REGIONS):
        """In no region, also when everything that was under way or held back has arrived."""
        self.admin.remove_fault()
        self.admin.resume()
        time.sleep(LAG.high + 0.1)
        self.until(lambda: not any(self.items(region, name) for name in names or ("orders",) for region in regions))


@pytest.fixture(scope="module")
def served():
    with serve(time_scale=0.001, seed=1, lag=LAG) as simulator:
        yield simulator


@pytest.fixture
def world(served):
    served.admin.reset()
    return World(served)


@pytest.fixture
def orders(world):
    world.global_table()
    return world


def before_each(world, operation, act, monkeypatch):
    """``act`` gets the body of each call of an operation before it is sent."""

    def hooked(*arguments, **keywords):
        made = client(*arguments, **keywords)
        made.meta.events.register(
            f"before-call.dynamodb.{operation}", lambda params, **_more: act(json.loads(params["body"]))
        )
        return made

    client = world.client
    monkeypatch.setattr(world, "client", hooked)


def verdicts(result, table=0):
    return {(pair["source"], pair["target"]): pair["verdict"] for pair in result["tables"][table]["pairs"]}


def pair(result, source, target, table=0):
    return next(
        pair for pair in result["tables"][table]["pairs"] if (pair["source"], pair["target"]) == (source, target)
    )


def every(verdict, regions=REGIONS):
    return dict.fromkeys(itertools.permutations(regions, 2), verdict)


def marker(run="another", expires=0, revision=1):
    return {"run": {"S": run}, "expires": {"N": str(int(expires))}, "revision": {"N": str(revision)}}


# What works


def test_every_region_to_every_other_passes_and_the_lag_is_the_simulators(orders):
    result = orders.check()

    assert verdicts(result) == every("pass")
    assert result["verdict"] == "pass"
    for one in result["tables"][0]["pairs"]:
        assert (one["item_count"], one["arrived"], one["missing"], one["reason"]) == (5, 5, [], "")
        lag = one["lag"]
        assert lag["measured"] == 15
        assert 0 < lag["p50"] <= lag["p95"] <= lag["max"]
    assert result["summary"][0].startswith("orders: us-east-1, eu-west-1, ap-southeast-2: 5 items from each region")
    assert result["summary"][-1] == result["msg"] == "1 table: 1 pass, 0 fail, 0 unknown"
    orders.assert_nothing_left()


@pytest.mark.parametrize(
    "keys",
    ["S", "N", "B", "SS", "NB", "BN"],
)
def test_keys_of_every_type(world, keys):
    names = ("first key", "#second")  # what an expression wouldn't take unescaped
    world.global_table(keys=tuple(zip(names, keys, strict=False)), regions=(US, EU))

    result = world.check(regions=(US, EU), items=20)

    assert verdicts(result) == every("pass", (US, EU)), result["msg"]
    world.assert_nothing_left(regions=(US, EU))


def test_keys_of_indexes_are_never_written(world):
    index = {"KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
    local = [{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "rank", "KeyType": "RANGE"}]
    world.global_table(
        keys=(("customer", "S"), ("placed", "N")),
        regions=(US, EU),
        types={"email": "S", "rank": "N"},
        GlobalSecondaryIndexes=[{"IndexName": "by-email", **index}],
        LocalSecondaryIndexes=[{**index, "IndexName": "by-rank", "KeySchema": local}],
    )
    attributes = set()
    clock = HookedClock(lambda _elapsed: [attributes.update(item) for item in world.items(US)])

    assert world.check(regions=(US, EU), clock=clock)["verdict"] == "pass"
    assert attributes == {"customer", "placed", probes.MARKER}


def test_many_tables_side_by_side_each_with_its_own_verdict(world):
    names = [f"table-{number}" for number in range(12)]
    for name in names:
        world.global_table(name, regions=(US, EU))
    world.client("dynamodb", EU).update_table(TableName="table-3", DeletionProtectionEnabled=False)
    world.until(lambda: world.settled(world.client("dynamodb", US), "table-3"))

    result = world.check(*names, "absent", regions=(US, EU), items=1)

    assert [table["name"] for table in result["tables"]] == [*names, "absent"]
    assert [table["verdict"] for table in result["tables"]] == ["pass"] * 12 + ["fail"]
    assert result["summary"][0].startswith("12 tables: us-east-1, eu-west-1: 1 item from each region")
    assert result["summary"][1].startswith("absent: fail: ")
    assert result["summary"][2] == "13 tables: 12 pass, 1 fail, 0 unknown"
    world.assert_nothing_left(*names, regions=(US, EU))


# What doesn't replicate


def test_a_paused_pair_fails_and_the_others_pass(orders):
    orders.admin.pause(source=US, target=AP)

    result = orders.check(timeout=2.0)

    assert verdicts(result) == {**every("pass"), (US, AP): "fail"}
    failed = pair(result, US, AP)
    assert (failed["item_count"], failed["arrived"], failed["lag"]["measured"]) == (5, 0, 0)
    assert [missing["operation"] for missing in failed["missing"]] == ["put"] * 5
    assert failed["missing"][0]["key"] == {"customer": "multiregion.dynamodb/verification/us-east-1/0"}
    assert result["verdict"] == "fail"
    assert result["msg"].startswith("orders: fail: us-east-1 → ap-southeast-2: 5 of 5 items: the put was missing ")
    orders.assert_nothing_left()


def test_a_paused_region_fails_both_ways(orders):
    orders.admin.pause(region=AP)

    result = orders.check(timeout=3.0)

    apart = {two: "fail" for two in itertools.permutations(REGIONS, 2) if AP in two}
    assert verdicts(result) == {**every("pass"), **apart}
    assert result["tables"][0]["left_behind"] == []
    orders.assert_nothing_left()


def test_replication_that_stops_after_the_puts_fails_with_the_operation_and_leaves_nothing(orders, monkeypatch):
    before_each(orders, "UpdateItem", lambda _body: orders.admin.pause(source=US, target=EU), monkeypatch)
    result = orders.check(timeout=2.4)

    assert pair(result, US, EU)["verdict"] == "fail"
    assert {missing["operation"] for missing in pair(result, US, EU)["missing"]} == {"update"}
    assert result["tables"][0]["left_behind"] == []
    assert orders.items(EU) == [], "the target has to be cleaned up directly, before replication resumes"
    orders.assert_nothing_left()


def test_one_lost_item_is_missing_by_its_key(orders):
    orders.admin.lose_items(source=EU, target=US, count=1)

    result = orders.check(timeout=2.0)

    assert verdicts(result) == {**every("pass"), (EU, US): "fail"}
    failed = pair(result, EU, US)
    assert failed["arrived"] == 4
    [missing] = failed["missing"]
    assert missing["operation"] == "put"
    assert missing["key"]["customer"].startswith("multiregion.dynamodb/verification/eu-west-1/")
    orders.assert_nothing_left()


def test_what_all_regions_write_at_once_ends_the_same_everywhere(orders):
    found = orders.check()["tables"][0]["convergence"]

    assert (found["verdict"], found["reason"]) == ("pass", "")
    assert (found["item_count"], found["converged"], found["lag"]["measured"]) == (5, 5, 5)
    assert 0 < found["lag"]["p50"] <= found["lag"]["max"]


def test_regions_that_dont_converge_fail_with_what_each_shows(orders, monkeypatch):
    def pause(item):
        if "writer" in item["Item"][probes.MARKER]["M"]:
            orders.admin.pause(region=AP)

    before_each(orders, "PutItem", pause, monkeypatch)
    result = orders.check(timeout=5.0)

    assert verdicts(result) == every("pass")
    assert result["verdict"] == "fail"
    assert "orders: fail: written in every region at once, 5 items of 5 didn't end the same everywhere" in result["msg"]
    assert "ap-southeast-2 shows the write of ap-southeast-2" in result["msg"]
    orders.assert_nothing_left()


def test_convergence_isnt_tried_where_a_pair_failed(orders):
    orders.admin.pause(source=US, target=EU)
    assert orders.check(timeout=2.0)["tables"][0]["convergence"] is None


# Lag that is too long


def test_what_arrives_later_than_it_may_fails_with_its_keys(orders):
    orders.admin.set_lag(3.0, source=US, target=EU)

    result = orders.check(max_lag=1.5, timeout=30.0)

    assert verdicts(result) == {**every("pass"), (US, EU): "fail"}
    late = pair(result, US, EU)
    assert (late["arrived"], late["missing"], len(late["late"])) == (5, [], 15)
    assert all(one["lag"] > 1.5 for one in late["late"])
    assert "15 changes arrived later than max_lag (verify_max_lag) of 1.5 s, the slowest after 3." in result["msg"]
    assert "keys: multiregion.dynamodb/verification/us-east-1/0, " in result["msg"]
    orders.assert_nothing_left()


def test_a_lag_that_nobody_measured_is_unknown_where_it_may_not_be_long(orders):
    """Each first read is throttled, so every arrival is seen by a read that the SDK repeated."""
    orders.admin.set_lag(0.0)
    rule = orders.admin.lose_answer(operation="UpdateItem", region=US, count=1)

    result = orders.check(max_lag=5.0, regions=(US, EU))

    assert rule
    assert verdicts(result) == {(US, EU): "unknown", (EU, US): "pass"}
    assert "1 change arrived, but whether within max_lag (verify_max_lag) of 5 s can't be told" in result["msg"]
    orders.assert_nothing_left()


def test_measured_percentiles_are_those_of_what_replication_took(orders, monkeypatch):
    """Each lag is at most what the simulator drew and kept to, and the resolution; percentiles keep that order."""
    took = []
    record = store.record_latency

    def note(source, target, name, milliseconds):
        took.extend([milliseconds / 1000] * ((source, target) == (US, EU)))
        record(source, target, name, milliseconds)

    monkeypatch.setattr(store, "record_latency", note)
    orders.admin.set_lag(0.3, 3.3, source=US, target=EU)

    result = orders.check(items=20, timeout=60.0, regions=(US, EU))

    measured = pair(result, US, EU)["lag"]
    true = distribution([Sample(seconds, 0.0) for seconds in took[:60]])
    assert (measured["measured"], true["measured"]) == (60, 60)
    assert 0 < measured["p50"] <= measured["p95"] <= measured["p99"] <= measured["max"]
    for figure in ("p50", "p95", "p99", "max"):
        assert measured[figure] <= true[figure] + measured["resolution"], figure


# What it costs


def test_the_units_are_those_of_the_calls(orders):
    result = orders.check(regions=(US, EU), items=2)

    cost = result["tables"][0]["cost"]
    held = [call for call in orders.admin.calls() if call["operation"] in ("PutItem", "UpdateItem", "DeleteItem")]
    assert cost["write_units"] == sum(call["status"] == 200 for call in held)
    assert cost["replicated_write_units"] == 2 * cost["write_units"], "the group has a third member"
    assert cost["read_units"] > 0
    assert result["cost"] == cost


def test_what_hasnt_arrived_when_the_units_are_spent_is_unknown(orders):
    orders.admin.pause(source=US, target=EU)

    most = Options().least("orders", 3, 3) + 40
    result = orders.check(timeout=FOREVER, max_units=most)

    assert result["verdict"] == "unknown", "nobody looked for updates any more"
    assert pair(result, US, EU)["verdict"] == "unknown"
    assert "max_units (verify_max_units) was spent before this could be told" in pair(result, US, EU)["reason"]
    assert [pair(result, *two)["missing"] for two in every("")] == [[]] * 6
    cost = result["tables"][0]["cost"]
    assert 400 < cost["read_units"] + cost["write_units"] + cost["replicated_write_units"] <= most
    orders.assert_nothing_left()


def test_a_bound_below_the_least_is_refused_before_any_call(orders):
    orders.admin.clear_calls()
    with pytest.raises(Refused) as caught:
        orders.check(max_units=100)
    assert "Verifying orders in 3 regions takes at least " in str(caught.value)
    assert not orders.admin.calls()


# A strongly consistent group


@pytest.fixture
def strong(world):
    home = world.client("dynamodb", US)
    world.global_table(regions=(US,))
    creates = [{"Create": {"RegionName": region}} for region in STRONG_REGIONS[1:]]
    home.update_table(TableName="orders", ReplicaUpdates=creates, MultiRegionConsistency="STRONG")
    world.until(lambda: world.settled(home, "orders") and home.describe_table(TableName="orders")["Table"]["Replicas"])
    return world


def test_strongly_consistent_reads_show_each_write_at_once(strong):
    strong.admin.set_lag(5.0)  # other reads would show nothing for long

    result = strong.check(regions=STRONG_REGIONS)

    assert verdicts(result) == every("pass", STRONG_REGIONS), result["msg"]
    table = result["tables"][0]
    assert table["consistency"] == "strong"
    assert table["convergence"]["verdict"] == "pass"
    assert {one["lag"]["measured"] for one in table["pairs"]} == {0}
    assert "strongly consistent reads showed each write at once" in result["summary"][0]
    strong.assert_nothing_left(regions=STRONG_REGIONS)


@pytest.mark.parametrize(
    ("fault", "found", "says"),
    [
        ("lose_items", "missing", "from a strongly consistent read that began after its acknowledgement"),
        ("corrupt_items", "altered", "after the put another item was found than was written"),
    ],
)
def test_a_strongly_consistent_read_that_doesnt_show_a_write_as_it_was_fails(strong, fault, found, says):
    getattr(strong.admin, fault)(source=US, target="us-west-2", count=1)

    result = strong.check(regions=STRONG_REGIONS, timeout=FOREVER)

    assert verdicts(result) == {**every("pass", STRONG_REGIONS), (US, "us-west-2"): "fail"}
    [one] = pair(result, US, "us-west-2")[found]
    assert one["operation"] == "put"
    assert says in result["msg"]
    strong.assert_nothing_left(regions=STRONG_REGIONS)


# What arrives altered


def test_an_altered_item_is_told_apart_from_a_missing_one(orders):
    orders.admin.corrupt_items(source=EU, target=US, count=1)

    result = orders.check()

    assert verdicts(result) == {**every("pass"), (EU, US): "fail"}
    failed = pair(result, EU, US)
    assert (failed["arrived"], failed["missing"]) == (4, [])
    [altered] = failed["altered"]
    assert altered["operation"] == "put"
    assert altered["key"]["customer"].startswith("multiregion.dynamodb/verification/eu-west-1/")
    assert "1 of 5 items: after the put another item was found than was written" in result["msg"]
    orders.assert_nothing_left()


def test_two_verifications_at_once_both_pass_and_leave_nothing(orders):
    results = []
    threads = [threading.Thread(target=lambda: results.append(orders.check(timeout=60.0))) for _run in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 2
    for result in results:
        assert verdicts(result) == every("pass"), result["msg"]
        assert result["tables"][0]["convergence"]["verdict"] != "fail"
    orders.assert_nothing_left()


# What can't be found out


@pytest.mark.parametrize("operation", [None, "DescribeTable", "BatchGetItem", "PutItem"])
def test_a_denied_region_is_unknown_and_never_passes(orders, operation):
    orders.admin.fail("AccessDeniedException", operation=operation, region=AP)

    result = orders.check(timeout=2.0)

    concerned = [(AP, US), (AP, EU)] if operation == "PutItem" else [two for two in every("") if AP in two]
    assert verdicts(result) == {**every("pass"), **dict.fromkeys(concerned, "unknown")}
    assert result["verdict"] == "unknown"
    for two in concerned:
        assert "allow that action" in pair(result, *two)["reason"]
        assert AP in pair(result, *two)["reason"]
    orders.assert_nothing_left()


def test_denied_deletion_is_unknown_and_the_items_that_stay_are_listed(orders):
    orders.admin.pause(region=US)
    orders.admin.fail("AccessDeniedException", operation="DeleteItem", region=US)

    result = orders.check(timeout=1.0, regions=(US, EU))

    [left] = result["tables"][0]["left_behind"]
    assert left["region"] == US
    assert len(left["item_keys"]) == 5
    assert "dynamodb:DeleteItem" in left["reason"]
    assert any("left behind in us-east-1" in line for line in result["summary"])
    assert len(orders.items(US)) == 5
    orders.admin.remove_fault()


def test_an_unreachable_region_is_unknown(orders):
    orders.config = ONE_ATTEMPT
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        orders.elsewhere[AP] = (AP, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        result = orders.check(timeout=2.0)

    apart = {two: "unknown" for two in every("") if AP in two}
    assert verdicts(result) == {**every("pass"), **apart}
    assert "can't reach the endpoint of ap-southeast-2" in pair(result, US, AP)["reason"]
    orders.elsewhere.clear()
    orders.assert_nothing_left()


def test_reads_that_stay_throttled_are_unknown_not_missing(orders):
    throttled = []

    def throttle(_elapsed):
        if not throttled:
            throttled.append(orders.admin.fail("ThrottlingException", operation="BatchGetItem", region=EU))

    orders.admin.set_lag(0.3)
    orders.config = ONE_ATTEMPT
    result = orders.check(timeout=3.0, regions=(US, EU), clock=HookedClock(throttle))

    assert verdicts(result) == {(US, EU): "unknown", (EU, US): "pass"}
    assert "throttled: BatchGetItem in eu-west-1" in pair(result, US, EU)["reason"]
    assert [left["region"] for left in result["tables"][0]["left_behind"]] == [EU]
    orders.assert_nothing_left()


@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDeniedException", "ValidationException"])
def test_one_look_that_fails_makes_nothing_missing(orders, code):
    """While something is on its way, one look in its target fails, whatever the reason: the next ones see it arrive."""
    failed = []

    def fail(_elapsed):
        if not failed:
            failed.append(orders.admin.fail(code, operation="BatchGetItem", region=EU, count=1))

    orders.admin.set_lag(0.5)
    result = orders.check(timeout=60.0, clock=HookedClock(fail))

    assert failed and not orders.admin.faults()
    assert verdicts(result) == every("pass"), result["msg"]
    orders.assert_nothing_left()


def test_throttled_reads_never_count_as_lag(orders):
    """While they are refused the puts arrive, so the first read that is answered shows them, far too late."""
    rules, begun = [], []

    def throttle_for_a_while(elapsed):
        if not rules and len(orders.admin.calls(operation="PutItem")) == 15:
            rules.append(orders.admin.fail("ThrottlingException", operation="BatchGetItem", region=EU))
            orders.admin.resume()
            begun.append(elapsed)
        elif begun and elapsed > begun[0] + 1.0 and len(rules) == 1:
            rules.append(orders.admin.remove_fault(rules[0]))

    orders.admin.pause(source=US, target=EU)
    orders.admin.pause(source=AP, target=EU)
    result = orders.check(timeout=20.0, clock=HookedClock(throttle_for_a_while))

    assert result["verdict"] == "pass", result["msg"]
    for source in (US, AP):
        lag = pair(result, source, EU)["lag"]
        assert lag["measured"] == 10, "updates and deletions, but no put"
    assert pair(result, EU, US)["lag"]["measured"] == 15


def test_what_may_still_arrive_from_a_region_that_went_down_is_said(orders):
    down = []

    def stop(_elapsed):
        if not down and len(orders.admin.calls(operation="PutItem")) == 15:
            down.append(orders.admin.stop_region(EU))

    orders.config = ONE_ATTEMPT
    orders.admin.set_lag(2.0)
    result = orders.check(timeout=4.0, clock=HookedClock(stop))

    assert down
    assert any("items of eu-west-1 may still arrive in us-east-1" in note for note in result["tables"][0]["notes"])
    orders.admin.start_region(EU)


class ResumesAfterSweep(Clock):
    """The real clock; what a dead run had sent arrives after the sweep of the target, long before what comes next."""

    def __init__(self, world):
        self._world, self._resumed = world, False

    def epoch(self):
        admin = self._world.admin
        if not self._resumed and admin.calls(operation="BatchGetItem", region=EU):
            self._resumed = True
            admin.set_lag(0.5, source=US, target=EU)
            admin.resume()
            admin.set_lag(2.5, source=US, target=EU)
        return time.time()


def test_what_a_dead_run_had_sent_and_arrives_late_is_waited_over_not_called_altered(orders):
    orders.admin.pause(source=US, target=EU)
    for slot in range(5):
        orders.put(US, US, slot, marker=marker(run=str(uuid.uuid4()), expires=1))

    result = orders.check(regions=(US, EU), timeout=60.0, clock=ResumesAfterSweep(orders))

    assert verdicts(result) == every("pass", (US, EU)), result["msg"]
    orders.admin.set_lag(LAG.low, LAG.high)
    time.sleep(2.5)  # what was on its way with the longer lag
    orders.assert_nothing_left()


def test_unlisted_members_count_with_the_least_and_nothing_is_written_below_it(orders):
    needed = Options(5).least("orders", 2, 2)

    result = orders.check(regions=(US, EU), max_units=needed)

    assert verdicts(result) == every("unknown", (US, EU))
    assert "replicas that aren't listed, too: nothing was written" in result["msg"]
    assert not orders.admin.calls(operation="PutItem")


def test_items_of_the_user_arent_written_while_a_member_isnt_looked_at(orders):
    """It may hold an item with that key, which last writer wins would overwrite and then delete."""
    theirs = {"customer": {"S": "precious"}, "note": {"S": "theirs"}}
    orders.admin.pause(region=AP)
    orders.client("dynamodb", AP).put_item(TableName="orders", Item=theirs)
    item = UserItem(1, {"customer": {"S": "precious"}, "note": {"S": "mine"}})

    result = orders.check(regions=(US, EU), user_items={"orders": [item]})

    [found] = result["tables"][0]["user_items"]
    assert (result["verdict"], found["verdict"]) == ("unknown", "unknown")
    assert "not written: ap-southeast-2, where an item with that key may exist" in found["reason"]
    orders.admin.resume()
    orders.until(lambda: orders.items(US) == orders.items(EU) == orders.items(AP) == [theirs])


# Other people's items


def test_a_users_item_with_a_reserved_key_is_untouched(orders):
    mine = orders.put(US, US, 0, note={"S": "mine"})
    orders.until(lambda: orders.items(AP) == [mine])

    result = orders.check()

    assert result["verdict"] == "pass"
    assert [orders.items(region) for region in REGIONS] == [[mine]] * 3
    [note] = result["tables"][0]["notes"]
    assert "multiregion.dynamodb/verification/us-east-1/0" in note
    assert "untouched" in note


# What somebody else writes under a reserved key to be taken for verification's, and isn't.
FORGED = [
    {"expires": {"N": "1"}},
    {"run": {"N": "1"}, "expires": {"N": "1"}, "revision": {"N": "1"}},
    {"run": {"S": ""}, "expires": {"N": "1"}, "revision": {"N": "1"}},
    {"run": {"S": "forged"}, "expires": {"N": "1"}},
    {"run": {"S": "forged"}, "expires": {"S": "1"}, "revision": {"N": "1"}},
    {"run": {"S": "forged"}, "expires": {"N": "9" * 38}, "revision": {"N": "1"}},
]


def test_nothing_that_is_written_under_reserved_keys_makes_a_verification_delete_an_item(orders):
    """A journal, as a former version kept them, names the key and the digest of somebody's item."""
    theirs = {"customer": {"S": "precious"}, "note": {"S": "theirs"}}
    named = {"M": {"key": {"M": {"customer": theirs["customer"]}}, "digest": {"S": dynamodb_json.digest(theirs)}}}
    client = orders.client("dynamodb", US)
    client.put_item(TableName="orders", Item=theirs)
    written = [theirs]
    for source in (f"items/{US}", US, "everywhere"):
        written.append(orders.put(US, source, 0, marker={**marker(expires=1), "items": {"L": [named]}}))
    written += [orders.put(US, US, slot, marker=forged) for slot, forged in enumerate(FORGED, 1)]
    orders.until(lambda: [len(orders.items(region)) for region in REGIONS] == [len(written)] * 3)

    result = orders.check()

    assert result["verdict"] == "pass", result["msg"]
    kept = [written[0], written[1], *written[4:]]  # of verification's own keys only those with a dead run's marker go
    orders.until(lambda: all(sorted(orders.items(region), key=str) == sorted(kept, key=str) for region in REGIONS))
    sent = orders.admin.calls(operation="DeleteItem") + orders.admin.calls(operation="UpdateItem")
    assert all("#marker.#run = :run" in call["parameters"]["ConditionExpression"] for call in sent)


@pytest.mark.parametrize("forged", [None, *FORGED])
def test_a_users_item_that_comes_after_the_first_look_is_untouched(orders, forged):
    """Nobody but the condition of the write itself can see it."""
    mine = []
    lock = threading.Lock()

    class Sneaky(Clock):
        @staticmethod
        def epoch():
            with lock:
                if orders.admin.calls(operation="BatchGetItem", region=US) and not mine:
                    mine.append(orders.put(US, US, 0, marker=forged, note={"S": "mine"}))
            return time.time()

    result = orders.check(clock=Sneaky, regions=(US, EU))

    assert mine
    assert result["verdict"] == "pass"
    orders.until(lambda: [orders.items(region) for region in REGIONS] == [mine] * 3)


def test_without_enough_free_keys_it_is_unknown_and_says_so(orders):
    mine = [orders.put(US, US, slot, note={"S": "mine"}) for slot in range(16)]
    orders.until(lambda: len(orders.items(EU)) == 16)

    result = orders.check(regions=(US, EU))

    assert verdicts(result) == {(US, EU): "unknown", (EU, US): "pass"}
    assert "only 4 of 20 are free" in pair(result, US, EU)["reason"]
    assert sorted(map(str, orders.items(US))) == sorted(map(str, mine))


def test_two_at_once_use_keys_of_their_own(orders):
    results = []
    runs = [threading.Thread(target=lambda: results.append(orders.check())) for _number in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()

    assert [result["verdict"] for result in results] == ["pass"] * 3, [result["msg"] for result in results]
    orders.assert_nothing_left()


def test_what_a_run_that_died_left_is_removed_by_key_in_every_region(orders):
    for region in REGIONS:
        orders.admin.pause(region=region)
    orders.put(US, US, 0, marker=marker())
    orders.put(AP, US, 19, marker=marker())
    orders.admin.clear_calls()

    result = orders.check(timeout=0.5)
    calls = {call["operation"] for call in orders.admin.calls()}

    assert not calls & {"Scan", "Query"}
    assert [orders.items(region) for region in REGIONS] == [[], [], []]
    assert any("removed 1 item in ap-southeast-2" in note for note in result["tables"][0]["notes"])
    orders.assert_nothing_left()


def test_what_another_run_holds_is_left_alone_and_said(orders):
    theirs = orders.put(US, US, 0, marker=marker(expires=time.time() + 60))
    orders.until(lambda: orders.items(AP) == [theirs])

    result = orders.check()

    assert result["verdict"] == "pass"
    assert [orders.items(region) for region in REGIONS] == [[theirs]] * 3
    assert "another verification holds 1 reserved key" in result["tables"][0]["notes"][0]


@pytest.fixture
def _interruptible():
    """A background job ignores Ctrl-C, and so does Python in it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupted_run_cleans_up(orders):
    interrupted = []

    def interrupt(elapsed):
        if not interrupted and elapsed > 0.3:
            interrupted.append(True)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    orders.admin.pause(region=AP)
    with pytest.raises(KeyboardInterrupt):
        orders.check(timeout=FOREVER, clock=HookedClock(interrupt))

    orders.assert_nothing_left()


# What is no replication at all


def test_an_emulator_in_which_all_regions_are_one_is_refused(world):
    world.global_table(regions=(US,))
    world.elsewhere = {region: (US, world.url) for region in REGIONS}

    result = world.check()

    assert verdicts(result) == every("fail")
    assert "these aren't independent regions: the endpoint of eu-west-1 answered with" in result["msg"]
    assert len(result["msg"].splitlines()) == 2
    assert not world.admin.calls(operation="PutItem")


def test_two_tables_of_one_name_are_no_global_table(world):
    world.global_table(regions=(US,))
    world.global_table(regions=(EU,))

    result = world.check(regions=(US, EU))

    assert verdicts(result) == every("fail", (US, EU))
    assert "doesn't list" in pair(result, US, EU)["reason"]
    assert not world.admin.calls(operation="PutItem")


def test_an_emulator_that_accepts_a_replica_and_makes_none_fails(world):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    moto = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        world.url = f"http://127.0.0.1:{port}"
        world.until(lambda: not socket.socket().connect_ex(("127.0.0.1", port)))
        world.global_table(regions=(US,))
        world.client("dynamodb", US).update_table(TableName="orders", ReplicaUpdates=[{"Create": {"RegionName": EU}}])
        result = world.check(regions=(US, EU))
    finally:
        moto.terminate()
        moto.wait()

    assert verdicts(result) == every("fail", (US, EU))
    assert "there is no table of that name in eu-west-1: add the replica" in result["msg"]


# What doesn't write


def test_check_mode_only_reads_states_and_doesnt_pass(orders):
    orders.admin.clear_calls()

    result = orders.check(check_mode=True)

    assert {call["operation"] for call in orders.admin.calls()} == {"DescribeTable"}
    assert verdicts(result) == every("unknown")
    assert "check mode: no item was written" in result["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_states_only_reads_states_and_says_so(orders, check_mode):
    orders.admin.pause(region=AP)
    orders.admin.clear_calls()

    result = orders.check(how="states", check_mode=check_mode)

    assert {call["operation"] for call in orders.admin.calls()} == {"DescribeTable"}
    assert verdicts(result) == every("pass")
    assert "only states were read, no item was written" in result["summary"][0]
    assert result["summary"][-1].endswith("1 by states only, without writing items")


def test_states_of_a_replica_that_is_still_being_added_fail(world):
    world.global_table(regions=(US,))
    world.admin.hold()
    world.client("dynamodb", US).update_table(TableName="orders", ReplicaUpdates=[{"Create": {"RegionName": EU}}])
    world.admin.advance(11)

    result = world.check(regions=(US, EU), how="states")

    assert verdicts(result) == every("fail", (US, EU))
    assert "CREATING" in result["msg"]


def test_a_table_in_one_region_has_nothing_to_replicate(world):
    world.global_table(regions=(US,))

    result = world.check("orders", "absent", regions=(US,))

    assert [table["verdict"] for table in result["tables"]] == ["pass", "fail"]
    assert result["summary"][0] == "orders: only us-east-1 is listed: nothing had to replicate"


def test_a_replica_that_is_not_listed_is_named_as_not_verified(orders):
    result = orders.check(regions=(US, EU))
    assert result["verdict"] == "pass"
    assert result["tables"][0]["notes"] == ["has replicas in ap-southeast-2 that aren't listed, and weren't verified"]
    assert any("weren't verified" in line for line in result["summary"])


# The module as a user runs it


def module(run, world, **arguments):
    arguments = {"endpoint_url": world.url, "region": US, "replica_regions": [EU], "tables": [{"name": "orders"}]} | (
        arguments
    )
    done = run(
        "ansible",
        *("localhost", "-i", "localhost,", "-c", "local", "-m", "multiregion.dynamodb.replication_check"),
        *("-a", json.dumps(arguments), "-e", f"ansible_python_interpreter={sys.executable}"),
        ANSIBLE_STDOUT_CALLBACK="ansible.builtin.minimal",
        **CREDENTIALS,
    )
    return done.returncode, done.stdout


def test_the_module_reports_no_change_and_a_failing_verdict_doesnt_fail_it(orders, run):
    orders.admin.pause(source=US, target=EU)

    status, output = module(run, orders, item_count=2, timeout=1)

    assert status == 0, output
    assert "localhost | SUCCESS" in output
    result = yaml.safe_load(output.partition("=>")[2])
    assert (result["changed"], result["verdict"]) == (False, "fail")
    assert result["tables"][0]["left_behind"] == []
    orders.assert_nothing_left()


def test_the_module_refuses_what_cant_be_done_with_sentences(world, run):
    status, output = module(run, world, item_count=21, timeout=0)

    assert status != 0
    assert "item_count (verify_item_count) is 21, but must be 1 to 20." in output
    assert "timeout (verify_timeout) is 0 s, but must be more than 0, at most a day." in output
    assert "Traceback" not in output
    assert not world.admin.calls()

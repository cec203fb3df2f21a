# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own items against the simulator over HTTP: written once, unchanged on the way, never over another."""

from __future__ import annotations

import base64
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    dynamodb_json,
    journey,
    user_items,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import Clock
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.cost import Meter
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.ground import Ground
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    Lease,
    Schema,
)
from test_replication_check import LAG, REGIONS, STRONG_REGIONS, HookedClock, World

from simulator.server import serve

US, EU, AP = REGIONS
SCHEMA = Schema("orders", (("customer", "S"),))
ITEM = {"customer": {"S": "one"}, "note": {"S": "written"}}
EVERY_TYPE = {
    "customer": {"S": "every type"},
    "empty": {"S": ""},
    "text": {"S": "żółw \U0001f422\n\t\"quoted\" 'x'"},
    "price": {"N": "1.10"},
    "long": {"N": "-1234567890.1234567890123456789012345678"},
    "large": {"N": "9.9999999999999999999999999999999999999E+125"},
    "small": {"N": "1E-130"},
    "nothing": {"N": "0.000"},
    "bytes": {"B": base64.b64encode(bytes(range(256))).decode()},
    "no bytes": {"B": ""},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "null": {"NULL": True},
    "texts": {"SS": ["b", "", "a"]},
    "numbers": {"NS": ["3", "1.0", "-2e3"]},
    "binaries": {"BS": ["AA==", "", "/w=="]},
    "map": {"M": {"inner": {"M": {"deep": {"L": [{"M": {}}, {"L": []}, {"N": "7"}]}}}}},
    "list": {"L": [{"S": "mixed"}, {"NULL": True}, {"SS": ["z", "y"]}, {"B": "AAE="}]},
}


class PutHooked:
    """The world; before each PutItem, ``hook`` gets the item that is put."""

    def __init__(self, world, hook):
        self.url = world.url
        self._world = world
        self._hook = hook

    def client(self, *arguments, **keywords):
        client = self._world.client(*arguments, **keywords)
        client.meta.events.register("before-call.dynamodb.PutItem", self._before)
        return client

    def _before(self, params, **_more):
        self._hook(json.loads(params["body"])["Item"])


@pytest.fixture(scope="module")
def served():
    with serve(time_scale=0.001, seed=1, lag=LAG) as simulator:
        yield simulator


@pytest.fixture
def world(served):
    served.admin.reset()
    one = World(served)
    one.global_table()
    return one


def parsed(*items):
    tables = [Table("orders", US, replicas={region: Replica(region) for region in REGIONS[1:]})]
    return user_items.parse({"items": {"orders": list(items)}, "tables": [{"name": "orders"}]}, tables)["orders"]


def travel(world, *items, timeout=60.0, regions=REGIONS, run="me", clock=Clock, stop=None, meter=None, strong=False):
    clients = Clients(world.client, world.url, regions)
    on = Ground(SCHEMA, clients, Lease(run, 0), clock, 0.02, stop or threading.Event(), meter or Meter(), strong)
    home, *targets = regions
    with ThreadPoolExecutor(2 * len(regions)) as pool:
        return journey.run(on, home, targets, parsed(*items), timeout, pool)


def verdicts(done):
    return [result["verdict"] for result in done.results]


def is_same(world, region, written):
    [item] = [one for one in world.items(region) if one["customer"] == written["customer"]]
    return dynamodb_json.differing(dynamodb_json.parse(written, "")[0], item) == []


def nothing_written(world):
    return not world.admin.calls(operation="PutItem")


# What works


def test_every_type_arrives_unchanged_and_stays_and_a_second_run_writes_nothing(world):
    done = travel(world, EVERY_TYPE, ITEM)

    assert done.results == [
        {"key": {"customer": "every type"}, "source": US, "verdict": "pass", "reason": ""},
        {"key": {"customer": "one"}, "source": US, "verdict": "pass", "reason": ""},
    ]
    assert done.changed
    assert all(is_same(world, region, item) for region in REGIONS for item in (EVERY_TYPE, ITEM))
    assert all(len(world.items(region)) == 2 for region in REGIONS)
    for target in (EU, AP):
        assert [sample.lag >= LAG.low for sample in done.samples[US, target]] == [True, True]
    world.admin.clear_calls()

    again = travel(world, EVERY_TYPE, ITEM, run="again")

    assert (verdicts(again), again.changed) == (["pass", "pass"], False)
    assert again.samples == {(US, EU): [], (US, AP): []}
    assert {call["operation"] for call in world.admin.calls()} == {"BatchGetItem"}
    assert [len(world.admin.calls(operation="BatchGetItem", region=region)) for region in (EU, AP)] == [1, 1]


def test_what_is_written_another_way_is_the_same(world):
    world.client("dynamodb", US).put_item(
        TableName="orders", Item={"customer": {"S": "one"}, "n": {"N": "1.10"}, "s": {"NS": ["2", "1"]}}
    )
    world.until(lambda: world.items(AP) and world.items(EU))
    same = {"customer": {"S": "one"}, "n": {"N": "11e-1"}, "s": {"NS": ["1.0", "2"]}}

    assert verdicts(travel(world, same)) == ["pass"]


def test_items_of_400_kilobytes_more_than_one_answer_holds(world):
    room = dynamodb_json.MAX_SIZE - len("customer00text")
    items = [{"customer": {"S": f"{number:02}"}, "text": {"S": "x" * room}} for number in range(42)]

    done = travel(world, *items, timeout=120.0)

    assert {(result["verdict"], result["reason"]) for result in done.results} == {("pass", "")}


# What doesn't replicate


def test_a_paused_pair_fails_and_names_the_region(world):
    world.admin.pause(source=US, target=AP)

    done = travel(world, ITEM, timeout=1.0)

    [result] = done.results
    assert result["verdict"] == "fail"
    assert result["reason"].startswith("missing in ap-southeast-2 ")
    assert "eu-west-1" not in result["reason"]
    assert len(done.samples[US, EU]) == 1 and done.samples[US, AP] == []


def test_an_item_that_stands_and_is_missing_elsewhere_is_waited_for_and_then_fails(world):
    world.admin.pause(source=US, target=AP)
    world.client("dynamodb", US).put_item(TableName="orders", Item=ITEM)

    done = travel(world, ITEM, timeout=1.0)

    [result] = done.results
    assert (result["verdict"], done.changed) == ("fail", False)
    assert re.match(
        r"missing in ap-southeast-2 [1-9]\S* s after it was seen in us-east-1, by a strongly", result["reason"]
    )


def test_one_lost_item_is_missing_and_the_other_passes(world):
    world.admin.lose_items(source=US, target=EU, count=1)

    done = travel(world, ITEM, {"customer": {"S": "two"}}, timeout=2.0)

    assert sorted(verdicts(done)) == ["fail", "pass"]


def test_an_altered_item_is_told_apart_from_a_missing_one(world):
    world.admin.pause(region=EU)

    def alter(_elapsed):
        if not world.items(EU) and world.items(AP):
            altered = {"customer": {"S": "one"}, "note": {"S": "written"}, "more": {"N": "1"}}
            world.client("dynamodb", EU).put_item(TableName="orders", Item=altered)

    done = travel(world, ITEM, timeout=2.0, clock=HookedClock(alter))

    [result] = done.results
    assert (result["verdict"], result["reason"]) == ("fail", "altered in eu-west-1: it differs in more")


def test_an_item_that_arrives_altered_is_found(world):
    world.admin.corrupt_items(source=US, target=EU, count=1)

    done = travel(world, ITEM, timeout=2.0)

    [result] = done.results
    assert (result["verdict"], result["reason"]) == ("fail", "altered in eu-west-1: it differs in note")


# A strongly consistent group


@pytest.fixture
def strong(served):
    served.admin.reset()
    one = World(served)
    one.global_table(regions=(US,))
    home = one.client("dynamodb", US)
    creates = [{"Create": {"RegionName": region}} for region in STRONG_REGIONS[1:]]
    home.update_table(TableName="orders", ReplicaUpdates=creates, MultiRegionConsistency="STRONG")
    one.until(lambda: one.settled(home, "orders") and home.describe_table(TableName="orders")["Table"]["Replicas"])
    return one


def test_strongly_consistent_reads_show_each_item_at_once(strong):
    strong.admin.set_lag(30.0)  # other reads would show nothing for long

    done = travel(strong, EVERY_TYPE, ITEM, regions=STRONG_REGIONS, strong=True, timeout=5.0)

    assert verdicts(done) == ["pass", "pass"], done.results
    assert list(done.samples.values()) == [[], []]


def test_a_strongly_consistent_read_that_shows_no_item_is_not_repeated(strong):
    strong.admin.lose_items(source=US, target="us-west-2", count=1)

    done = travel(strong, ITEM, regions=STRONG_REGIONS, strong=True, timeout=1000.0)

    assert done.results[0]["reason"].startswith("missing in us-west-2 ")


# Items of others


@pytest.mark.parametrize("region", [US, AP])
def test_an_existing_item_is_not_touched(world, region):
    theirs = {"customer": {"S": "one"}, "note": {"S": "theirs"}}
    world.admin.set_lag(30.0)
    world.client("dynamodb", region).put_item(TableName="orders", Item=theirs)
    world.admin.clear_calls()

    done = travel(world, ITEM)

    [result] = done.results
    assert result["verdict"] == "fail"
    assert result["reason"].startswith(
        f"an item with that key exists in {region}, with another note, and isn't touched"
    )
    assert nothing_written(world)
    assert world.items(region) == [theirs]


def test_an_item_that_somebody_writes_meanwhile_stays(world):
    written = {"customer": {"S": "two"}, "note": {"S": "theirs"}}

    def race(item):
        if item == ours:
            world.client("dynamodb", US).put_item(TableName="orders", Item=written)

    ours = {"customer": {"S": "two"}, "note": {"S": "ours"}}
    done = travel(PutHooked(world, race), ITEM, ours)

    assert verdicts(done) == ["pass", "fail"]
    assert written in world.items(US)


def test_what_the_service_refuses_is_a_fail_of_that_item(world):
    world.admin.fail("ValidationException", "Type mismatch for Index Key email", operation="PutItem", count=1)

    done = travel(world, ITEM)

    assert done.results[0]["verdict"] == "fail"
    assert "Type mismatch for Index Key email" in done.results[0]["reason"]


# What can't be found out


def test_a_denied_region_is_unknown_and_nothing_is_written(world):
    world.admin.fail("AccessDeniedException", operation="BatchGetItem", region=AP)

    done = travel(world, ITEM, timeout=1.0)

    assert done.results[0]["verdict"] == "unknown"
    assert "dynamodb:BatchGetItem in ap-southeast-2" in done.results[0]["reason"]
    assert nothing_written(world)


def test_one_look_that_fails_is_repeated(world):
    """Whatever the reason: what is said to be missing was waited for until its time was over."""

    def fail(_elapsed):
        if not failed:
            failed.append(world.admin.fail("ExpiredTokenException", operation="BatchGetItem", region=EU, count=1))

    failed = []
    world.admin.set_lag(1.0)
    done = travel(world, ITEM, clock=HookedClock(fail))

    assert failed and not world.admin.faults()
    assert (done.results[0]["verdict"], done.results[0]["reason"]) == ("pass", "")


def test_a_lost_answer_is_recognised(world):
    rule = world.admin.lose_answer(operation="PutItem", region=US)
    done = travel(world, ITEM)

    assert rule and not world.admin.faults()
    assert (done.results[0]["verdict"], done.results[0]["reason"], done.changed) == ("pass", "", True)


def test_an_item_whose_every_answer_is_lost_may_have_been_written(world):
    world.admin.lose_answer(operation="PutItem", region=US, count=None)
    done = travel(world, ITEM, {"customer": {"S": "two"}})

    first, second = (result["reason"] for result in done.results)
    assert is_same(world, US, ITEM) and done.changed
    assert verdicts(done) == ["unknown", "unknown"]
    assert first.endswith(": it may have been written, and then stays")
    assert "may have been written" not in second


def test_an_item_that_is_refused_at_once_is_not_written(world):
    world.admin.fail("AccessDeniedException", operation="PutItem", region=US)
    done = travel(world, ITEM)

    assert (verdicts(done), done.changed) == (["unknown"], False)
    assert "may have been written" not in done.results[0]["reason"]


# Runs that end early, and runs at once


def test_an_interrupted_run_is_unknown(world):
    stop = threading.Event()
    world.admin.pause(source=US, target=EU)

    done = travel(world, ITEM, timeout=1000.0, stop=stop, clock=HookedClock(lambda _elapsed: stop.set()))

    assert done.results[0]["verdict"] == "unknown"
    assert "interrupted" in done.results[0]["reason"]


def test_what_looks_may_cost_is_kept_to(world):
    """An item of 40 KB takes five units a look: when the tenth in a region was the last, it isn't called missing."""
    world.admin.pause(source=US, target=AP)
    big = {"customer": {"S": "one"}, "text": {"S": "x" * 40_000}}
    meter = Meter(copies=2, for_looks=100.0)

    done = travel(world, big, meter=meter, timeout=20.0)

    assert done.results[0]["verdict"] == "unknown"
    assert "max_units (verify_max_units) was spent" in done.results[0]["reason"]
    assert meter.cost.write_units >= 40 and meter.cost.replicated_write_units == 2 * meter.cost.write_units


def test_the_least_cost_is_what_a_run_takes_when_it_goes_well(world):
    world.admin.set_lag(0.0)
    items = [{"customer": {"S": str(number)}, "text": {"S": "x" * 10_000}} for number in range(10)]
    meter = Meter(copies=2)

    assert set(verdicts(travel(world, *items, meter=meter))) == {"pass"}
    least = user_items.least_units(parsed(*items), len(REGIONS))
    assert least <= meter.cost.total <= 1.5 * least


def test_two_runs_at_once_write_each_item_once(world):
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(travel, world, ITEM, run=run) for run in ("first", "second")]
        done = [run.result() for run in runs]

    assert [verdicts(one) for one in done] == [["pass"], ["pass"]]
    assert sorted(one.changed for one in done) == [False, True]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own items against the simulator over HTTP: unchanged on the way, never over another, none left."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.api import ItemsRead
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    dynamodb_json,
    journal,
    journal_sweep,
    journey,
    user_items,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import Clock
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.cost import Meter
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.ground import Ground
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    DELETE,
    MARKER,
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


def ground_of(
    world, run="me", expires=60.0, clock=Clock, stop=None, meter=None, regions=REGIONS, strong=False, kind=Ground
):
    clients = Clients(world.client, world.url, regions)
    lease = Lease(run, int(time.time() + expires))
    return kind(SCHEMA, clients, lease, clock, 0.02, stop or threading.Event(), meter or Meter(), strong)


def travel(world, *items, keep=False, timeout=6.0, regions=REGIONS, **ground):
    home, *targets = regions
    with ThreadPoolExecutor(2 * len(regions)) as pool:
        on = ground_of(world, regions=regions, **ground)
        return journey.run(on, home, targets, list(regions), parsed(*items), keep, timeout, pool)


def sweep(world, run="next", **ground):
    with ThreadPoolExecutor(len(REGIONS)) as pool:
        return journal_sweep.sweep(ground_of(world, run, **ground), list(REGIONS), list(REGIONS), pool)


def verdicts(done):
    return [result["verdict"] for result in done.results]


def dead(world, *items, expires=-10):
    """What a killed run leaves: its journal, and its items in every region."""
    entries = [journal.Entry({"customer": item["customer"]}, dynamodb_json.digest(item)) for item in items]
    lease = Lease("killed", int(time.time() + expires))
    put = world.client("dynamodb", US).put_item
    put(**journal.put(SCHEMA, journal.probes([US])[0], lease, entries))
    for item in items:
        put(TableName="orders", Item=item)
    world.until(lambda: all(len(world.items(region)) == 1 + len(items) for region in REGIONS))


def is_same(world, region, written):
    [item] = [one for one in world.items(region) if one["customer"] == written["customer"]]
    return dynamodb_json.differing(dynamodb_json.parse(written, "")[0], item) == []


def nothing_written(world):
    return not world.admin.calls(operation="PutItem")


# What works


def test_every_type_survives_and_nothing_is_left(world):
    done = travel(world, EVERY_TYPE, ITEM)

    assert done.results == [
        {"key": {"customer": "every type"}, "source": US, "verdict": "pass", "reason": ""},
        {"key": {"customer": "one"}, "source": US, "verdict": "pass", "reason": ""},
    ]
    assert done.left == []
    for target in (EU, AP):
        samples = done.samples[US, target]
        assert len(samples) == 4, "two puts and two deletions"
        assert all(sample.lag > 0 for sample in samples)
    world.assert_nothing_left()


def test_kept_items_stay_unchanged_and_a_second_run_writes_nothing(world):
    assert verdicts(travel(world, EVERY_TYPE, ITEM, keep=True)) == ["pass", "pass"]
    assert all(is_same(world, region, item) for region in REGIONS for item in (EVERY_TYPE, ITEM))
    assert all(len(world.items(region)) == 2 for region in REGIONS)
    world.admin.clear_calls()

    again = travel(world, EVERY_TYPE, ITEM, keep=True, run="again")

    assert verdicts(again) == ["pass", "pass"]
    assert again.samples == {(US, EU): [], (US, AP): []}
    assert [len(world.admin.calls(operation="BatchGetItem", region=region)) for region in (EU, AP)] == [1, 1]
    assert nothing_written(world) and not world.admin.calls(operation="DeleteItem")


def test_what_is_written_another_way_is_the_same(world):
    world.client("dynamodb", US).put_item(
        TableName="orders", Item={"customer": {"S": "one"}, "n": {"N": "1.10"}, "s": {"NS": ["2", "1"]}}
    )
    world.until(lambda: world.items(AP) and world.items(EU))
    same = {"customer": {"S": "one"}, "n": {"N": "11e-1"}, "s": {"NS": ["1.0", "2"]}}

    assert verdicts(travel(world, same, keep=True)) == ["pass"]


def test_items_of_400_kilobytes_more_than_one_answer_holds(world):
    room = dynamodb_json.MAX_SIZE - len("customer00text")
    items = [{"customer": {"S": f"{number:02}"}, "text": {"S": "x" * room}} for number in range(42)]

    done = travel(world, *items, timeout=120.0, expires=600.0)

    assert {(result["verdict"], result["reason"]) for result in done.results} == {("pass", "")}
    assert done.left == []
    world.assert_nothing_left()


# What doesn't replicate


def test_a_paused_pair_fails_and_names_the_region(world):
    world.admin.pause(source=US, target=AP)

    done = travel(world, ITEM, timeout=1.0)

    [result] = done.results
    assert result["verdict"] == "fail"
    assert result["reason"].startswith("missing in ap-southeast-2 ")
    assert "eu-west-1" not in result["reason"]
    assert len(done.samples[US, EU]) == 2 and done.samples[US, AP] == [], "a deletion counts where the item was seen"
    assert done.left == []
    world.assert_nothing_left()


def test_one_lost_item_is_missing_and_the_other_passes(world):
    world.admin.drop_next_item(US, EU)  # the journal
    world.admin.drop_next_item(US, EU)

    done = travel(world, ITEM, {"customer": {"S": "two"}}, timeout=2.0)

    assert sorted(verdicts(done)) == ["fail", "pass"]
    assert done.left == []
    world.assert_nothing_left()


def test_an_altered_item_is_told_apart_from_a_missing_one(world):
    world.admin.pause(region=EU)

    def alter(_elapsed):
        if not world.items(EU) and world.items(AP):
            altered = {"customer": {"S": "one"}, "note": {"S": "written"}, "more": {"N": "1"}}
            world.client("dynamodb", EU).put_item(TableName="orders", Item=altered)

    done = travel(world, ITEM, timeout=2.0, clock=HookedClock(alter))

    [result] = done.results
    assert (result["verdict"], result["reason"]) == ("fail", "altered in eu-west-1: it differs in more")
    [left] = done.left
    assert (left["region"], left["item_keys"]) == (EU, [{"customer": "one"}])
    assert "aren't touched" in left["reason"]
    assert [item["customer"]["S"] for item in world.items(US)] == [], "the journal has nothing to say of it"


@pytest.mark.parametrize("keep", [False, True])
def test_an_item_that_arrives_altered_is_found_and_removed_all_the_same(world, keep):
    for _fault in range(1 if keep else 2):  # the journal's turn comes first
        world.admin.corrupt_next_item(US, EU)

    done = travel(world, ITEM, keep=keep, timeout=2.0)

    [result] = done.results
    assert (result["verdict"], result["reason"]) == ("fail", "altered in eu-west-1: it differs in note")
    assert done.left == []
    if not keep:
        world.assert_nothing_left()


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
    assert done.left == []
    strong.assert_nothing_left(regions=STRONG_REGIONS)


def test_a_strongly_consistent_read_that_shows_no_item_is_not_repeated(strong):
    strong.admin.drop_next_item(US, "us-west-2")

    done = travel(strong, ITEM, regions=STRONG_REGIONS, strong=True, keep=True, timeout=1000.0)

    assert done.results[0]["reason"].startswith("missing in us-west-2 ")


def test_a_deletion_that_does_not_arrive_fails(world):
    def pause(_elapsed):
        if world.admin.calls(operation="DeleteItem"):
            world.admin.pause(source=US, target=EU)

    world.admin.set_lag(0.3)
    done = travel(world, ITEM, timeout=2.0, clock=HookedClock(pause))

    assert done.results[0]["reason"].startswith("still there in eu-west-1 ")
    assert done.left == []
    assert world.items(EU) == [], "removed there directly, before replication resumes"
    world.assert_nothing_left()


def test_a_strongly_consistent_read_has_the_last_word_on_deletions(world):
    class Blind(Ground):
        """Eventually consistent reads show nothing; and deletions don't reach eu-west-1."""

        def batch_get_items(self, region, request):
            return super().batch_get_items(region, request) if request["ConsistentRead"] else ItemsRead([], [], False)

        def write_item(self, region, operation, parameters):
            if operation == DELETE:
                world.admin.pause(source=US, target=EU)
            return super().write_item(region, operation, parameters)

    done = travel(world, ITEM, timeout=2.0, kind=Blind)

    assert done.results[0]["reason"].startswith("still there in eu-west-1 ")
    world.assert_nothing_left()


# Items of others


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("region", [US, AP])
def test_an_existing_item_is_not_touched(world, region, keep):
    theirs = {"customer": {"S": "one"}, "note": {"S": "theirs"}}
    world.admin.set_lag(30.0)
    world.client("dynamodb", region).put_item(TableName="orders", Item=theirs)
    world.admin.clear_calls()

    done = travel(world, ITEM, keep=keep)

    [result] = done.results
    assert result["verdict"] == "fail"
    assert result["reason"].startswith(
        f"an item with that key exists in {region}, with another note, and isn't touched"
    )
    assert nothing_written(world) and done.left == []
    assert world.items(region) == [theirs]


def test_an_existing_item_that_is_the_same_is_not_taken_for_ones_own(world):
    written = {"customer": {"S": "one"}, "note": {"S": "written"}}
    world.client("dynamodb", US).put_item(TableName="orders", Item=written)

    done = travel(world, ITEM)

    assert "just the same, and isn't touched" in done.results[0]["reason"]
    assert world.items(US) == [written]


def test_an_item_that_somebody_writes_meanwhile_stays(world):
    written = {"customer": {"S": "two"}, "note": {"S": "theirs"}}

    def race(item):
        if MARKER in item:
            journals.append(item[MARKER]["M"]["items"]["L"])
        if item == ours:
            world.client("dynamodb", US).put_item(TableName="orders", Item=written)

    journals = []
    ours = {"customer": {"S": "two"}, "note": {"S": "ours"}}
    done = travel(PutHooked(world, race), ITEM, ours)

    assert verdicts(done) == ["pass", "fail"]
    assert world.items(US) == [written]
    assert [len(entries) for entries in journals] == [2, 1], "it isn't this run's to remove, should that die now"


def test_keys_that_cannot_be_written_are_refused_before_anything_is(world):
    done = travel(world, {"customer": {"N": "1"}}, {"other": {"S": "x"}}, ITEM)

    assert verdicts(done) == ["fail", "fail", "unknown"]
    assert nothing_written(world)


def test_what_the_service_refuses_is_a_fail_of_that_item(world):
    world.admin.fail("ValidationException", "Type mismatch for Index Key email", operation="PutItem", count=1)

    done = travel(world, ITEM, keep=True)

    assert done.results[0]["verdict"] == "fail"
    assert "Type mismatch for Index Key email" in done.results[0]["reason"]


# What can't be found out


def test_a_denied_region_is_unknown_and_nothing_is_written(world):
    world.admin.fail("AccessDeniedException", operation="BatchGetItem", region=AP)

    done = travel(world, ITEM, timeout=1.0)

    assert done.results[0]["verdict"] == "unknown"
    assert "dynamodb:BatchGetItem in ap-southeast-2" in done.results[0]["reason"]
    assert nothing_written(world)


def test_denied_deletions_are_listed_by_region_and_the_journal_stays(world):
    rule = world.admin.fail("AccessDeniedException", operation="DeleteItem")

    done = travel(world, ITEM, timeout=2.0, expires=-10)

    assert done.results[0]["verdict"] == "unknown"
    journal = {"customer": "multiregion.dynamodb/verification/items/us-east-1/0"}
    assert [(left["region"], left["item_keys"]) for left in done.left] == [
        *((region, [{"customer": "one"}]) for region in REGIONS),
        *((region, [journal]) for region in REGIONS),
    ]
    assert "dynamodb:DeleteItem" in done.left[0]["reason"]
    assert len(world.items(US)) == 2
    world.admin.remove_fault(rule)
    assert sweep(world)[0] == "removed 1 item of yours in us-east-1 that a verification which died had left"
    world.assert_nothing_left()


@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem"])
def test_a_lost_answer_is_recognised(world, operation):
    def lose(item):
        if item == ITEM and not lost:
            lost.append(world.admin.lose_answer(operation=operation, region=US))

    lost = []
    done = travel(PutHooked(world, lose), ITEM)

    assert lost and not world.admin.faults()
    assert (done.results[0]["verdict"], done.results[0]["reason"], done.left) == ("pass", "", [])
    world.assert_nothing_left()


# Runs that end early, and runs at once


def test_an_interrupted_run_clears_up(world):
    stop = threading.Event()
    world.admin.pause(source=US, target=EU)

    done = travel(world, ITEM, timeout=30.0, stop=stop, clock=HookedClock(lambda _elapsed: stop.set()))

    assert done.results[0]["verdict"] == "unknown"
    assert "interrupted" in done.results[0]["reason"]
    assert done.left == []
    world.assert_nothing_left()


def test_a_killed_run_is_cleaned_up_by_the_next(world):
    world.admin.pause(source=US, target=AP)
    script = (
        "import os, signal, sys\n"
        "import test_user_items as tests\n"
        "class Served: url, admin = sys.argv[1], None\n"
        "kill = lambda _elapsed: os.kill(os.getpid(), signal.SIGKILL)\n"
        "tests.travel(tests.World(Served), tests.ITEM, run='killed', expires=-10, clock=tests.HookedClock(kill))\n"
    )
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", script, world.url], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(world.items(US)) == 2, "the item and the journal"

    assert verdicts(travel(world, ITEM)) == ["unknown"], "not before it is cleaned up"
    assert sweep(world)[0] == "removed 1 item of yours in us-east-1 that a verification which died had left"
    world.admin.resume()
    assert verdicts(travel(world, ITEM)) == ["pass"]
    world.assert_nothing_left()


def test_an_item_that_changed_since_a_run_died_is_left(world):
    dead(world, ITEM)
    theirs = {"customer": {"S": "one"}, "note": {"S": "changed since"}}
    world.client("dynamodb", US).put_item(TableName="orders", Item=theirs)
    world.until(lambda: theirs in world.items(EU) and theirs in world.items(AP))

    notes = sweep(world)

    [note] = notes
    assert note.startswith("the item {'customer': 'one'} in us-east-1, eu-west-1, ap-southeast-2 isn't as ")
    assert all(world.items(region) == [theirs] for region in REGIONS)


def test_journals_stay_while_a_region_cannot_be_swept(world):
    dead(world, ITEM)
    rule = world.admin.fail("AccessDeniedException", operation="BatchGetItem", region=AP)

    assert "a later verification tries again" in sweep(world, expires=-10)[-1]
    world.admin.remove_fault(rule)
    assert len(world.items(US)) == 1, "the journal"
    sweep(world)
    world.assert_nothing_left()


def test_of_two_sweepers_one_has_the_journal(world):
    """The other may have been slow: since it saw the journal, the same item may have been written again, and kept."""
    dead(world, ITEM)
    seen_by_the_slow = []

    class Slow(World):
        def client(self, *arguments, **keywords):
            client = super().client(*arguments, **keywords)
            client.meta.events.register("before-call.dynamodb.PutItem", self.wait)
            return client

        def wait(self, **_more):
            if not seen_by_the_slow:
                seen_by_the_slow.append(sweep(world, "fast"))
                travel(world, ITEM, keep=True)

    assert sweep(Slow(world), "slow") == []
    assert seen_by_the_slow[0][0].startswith("removed 1 item of yours")
    assert all(world.items(region) == [ITEM] for region in REGIONS)


@pytest.mark.parametrize("keep", [False, True])
def test_an_item_that_another_verification_holds_is_unknown(world, keep):
    dead(world, ITEM, expires=60)

    done = travel(world, ITEM, {"customer": {"S": "two"}}, keep=keep)

    assert verdicts(done) == ["unknown", "pass"]
    assert done.results[0]["reason"].startswith("another verification holds that key until ")
    assert sweep(world) == []
    assert ITEM in world.items(US)


def test_an_item_that_another_verification_is_about_to_write_is_not_written(world):
    entry = journal.Entry({"customer": ITEM["customer"]}, dynamodb_json.digest(ITEM))
    lease = Lease("other", int(time.time() + 60))
    theirs = journal.put(SCHEMA, journal.probes([US])[0], lease, [entry])
    world.client("dynamodb", US).put_item(**theirs)

    put = []
    done = travel(PutHooked(world, put.append), ITEM, {"customer": {"S": "two"}})

    assert verdicts(done) == ["unknown", "pass"]
    assert ITEM not in put and {"customer": {"S": "two"}} in put
    assert world.items(US) == [theirs["Item"]]


def test_of_two_at_once_one_sees_the_other(world):
    """Each looks for the other's journal after its own is written."""
    travel(world, ITEM)
    calls = [call["operation"] for call in world.admin.calls(region=US) if call["operation"] != "CreateTable"]
    begun = calls[calls.index("BatchGetItem") :]
    assert begun[:4] == ["BatchGetItem", "PutItem", "BatchGetItem", "PutItem"], "a look, the journal, others', the item"


def test_what_looks_may_cost_is_kept_to(world):
    """An item of 40 KB takes five units a look: when the tenth in a region was the last, it isn't called missing."""
    world.admin.pause(source=US, target=AP)
    big = {"customer": {"S": "one"}, "text": {"S": "x" * 40_000}}
    meter = Meter(copies=2, for_looks=100.0)

    done = travel(world, big, meter=meter, timeout=20.0)

    assert done.results[0]["verdict"] == "unknown"
    assert "max_units (verify_max_units) was spent" in done.results[0]["reason"]
    assert meter.cost.write_units >= 2 * 40 and meter.cost.replicated_write_units == 2 * meter.cost.write_units
    world.assert_nothing_left()


def test_the_least_cost_is_what_a_run_takes_when_it_goes_well(world):
    world.admin.set_lag(0.0)
    items = [{"customer": {"S": str(number)}, "text": {"S": "x" * 10_000}} for number in range(10)]
    for keep in (False, True):
        meter = Meter(copies=2)
        assert set(verdicts(travel(world, *items, keep=keep, meter=meter))) == {"pass"}
        sweep(world, meter=meter)
        least = user_items.least_units(parsed(*items), len(REGIONS), keep)
        assert least <= meter.cost.total <= 1.5 * least


def test_two_runs_at_once_do_not_fight(world):
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(travel, world, ITEM, run=run, timeout=4.0) for run in ("first", "second")]
        outcomes = [run.result().results[0]["verdict"] for run in runs]

    assert sorted(outcomes) in (["pass", "unknown"], ["unknown", "unknown"])
    world.assert_nothing_left()

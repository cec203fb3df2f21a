# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verification against the simulator over HTTP: each fault found, named, and none reported as something else."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid

import pytest
import yaml
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import probes, reserved, rounds
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem
from botocore.config import Config
from caller import AP, EU, US
from verifying import CREDENTIALS, LAG, REGIONS, STRONG_REGIONS, around, every, marker, pair, verdicts

from simulator import metrics

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})  # without botocore's own pauses
# Seconds that no run takes: what waits for so long hangs.
FOREVER = 1e6
# The id of a run whose keys a test has to know.
RUN = uuid.UUID("0d3b1c6e-8f5b-4a57-9c1c-1f2f1d1c7a10")


@pytest.fixture
def _one_after_the_other(monkeypatch):
    """What all regions write at once comes once the rounds are over, so that a fault strikes these alone."""
    converge = rounds.converge

    def as_where_a_table_is_throttled(session, *arguments):
        session.throttled = True
        return converge(session, *arguments)

    monkeypatch.setattr(rounds, "converge", as_where_a_table_is_throttled)


@pytest.fixture
def _soon_given_up(monkeypatch):
    """What can't be removed is given up after the run's own timeout."""
    monkeypatch.setattr(reserved, "CLEANING", 0.0)


# What works


def test_every_region_to_every_other_passes_and_says_what_that_is_worth(orders):
    result = orders.check()

    assert verdicts(result) == every("pass")
    assert (result["verdict"], result["tables"][0]["reason"]) == ("pass", "")
    for one in result["tables"][0]["pairs"]:
        assert (one["expected"], one["arrived"], one["missing"], one["reason"]) == (15, 15, [], "")
        assert one["loss_that_shows"] == 0.181
        assert one["lag"]["measured"] == len(one["lags"]) == 15
        assert all(0 <= low <= high for low, high in one["lags"])
        assert 0 < one["lag"]["p50"] <= one["lag"]["p95"] <= one["lag"]["max"]
    found = result["tables"][0]["convergence"]
    assert (found["verdict"], found["reason"]) == ("pass", "")
    assert (found["item_count"], found["converged"], found["lag"]["measured"]) == (5, 5, 5)
    said, totals = result["summary"]
    assert said.startswith(
        "PASS     table orders: us-east-1, eu-west-1, ap-southeast-2: 15 changes in each direction arrived"
    )
    assert "a loss of 18 % or more would have been seen (95 %); lag 0." in said
    assert totals == "1 table: 1 pass, 0 fail, 0 unknown"
    assert result["msg"] == "\n".join(result["summary"])
    orders.assert_nothing_left()


@pytest.mark.parametrize("keys", ["S", "N", "B", "SS", "NB", "BN"])
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
    world.before("PutItem", lambda body: attributes.update(body["Item"]))

    assert world.check(regions=(US, EU))["verdict"] == "pass"
    assert attributes == {"customer", "placed", probes.MARKER}


def test_each_run_writes_other_keys(orders):
    keys = []
    orders.before("PutItem", lambda body: keys.append(body["Item"]["customer"]["S"]))

    for _run in range(2):
        orders.check(items=20, regions=(US, EU))

    slots = [key.rpartition("/")[2] for key in keys]
    assert {slots.count(register) for register in "0123"} == {0, 4}, "both runs register in the first slot"
    assert len({slot for slot in slots if slot != "0"}) > 30


def test_many_tables_side_by_side_each_with_its_own_verdict(world):
    names = [f"table-{number}" for number in range(12)]
    for name in names:
        world.global_table(name, regions=(US, EU))

    result = world.check(*names, "absent", regions=(US, EU), items=1)

    assert [table["name"] for table in result["tables"]] == [*names, "absent"]
    assert [table["verdict"] for table in result["tables"]] == ["pass"] * 12 + ["fail"]
    said = result["summary"]
    assert said[0] == "FAIL     there is no table of that name, table absent"
    assert said[1].endswith("Next: run site.yml. Keys are in the report (verify_report) and in the result.")
    assert said[2].startswith("PASS     12 of 13 tables: us-east-1, eu-west-1: 3 changes in each direction arrived")
    assert said[3:] == ["13 tables: 12 pass, 1 fail, 0 unknown"]
    world.assert_nothing_left(*names, regions=(US, EU))


# What doesn't replicate


def test_a_paused_pair_fails_and_the_others_pass(orders):
    orders.admin.pause(source=US, target=AP)

    result = orders.check(timeout=2.0)

    assert verdicts(result) == {**every("pass"), (US, AP): "fail"}
    failed = pair(result, US, AP)
    assert (failed["expected"], failed["arrived"], failed["lag"]["measured"]) == (15, 0, 0)
    assert [missing["operation"] for missing in failed["missing"]] == ["put"] * 5
    assert all(missing["waited"] >= 0.8 for missing in failed["missing"]), "the puts' share of the timeout"
    key = failed["missing"][0]["key"]["customer"]
    assert key.startswith("multiregion.dynamodb/verification/us-east-1/")
    assert result["summary"][0].startswith(
        "FAIL     us-east-1 → ap-southeast-2: nothing arrives, table orders (5 of 5 puts missing after "
    )
    assert result["summary"][1].startswith("         The other 5 directions pass, median lag 0.")
    assert "Next: look at CloudWatch's ReplicationLatency in us-east-1" in result["summary"][2]
    assert result["tables"][0]["convergence"] is None, "not tried where a pair failed"
    orders.assert_nothing_left()


def test_a_paused_region_fails_both_ways(orders):
    orders.admin.pause(region=AP)

    result = orders.check(timeout=3.0)

    assert verdicts(result) == {**every("pass"), **around(AP, "fail")}
    assert result["summary"][0].startswith("FAIL     all to and from ap-southeast-2: nothing arrives")
    assert result["tables"][0]["left_behind"] == []
    orders.assert_nothing_left()


def test_replication_that_stops_after_the_puts_fails_with_the_operation_and_leaves_nothing(orders):
    orders.before_first("UpdateItem", lambda: orders.admin.pause(source=US, target=EU))
    result = orders.check(timeout=2.4)

    assert pair(result, US, EU)["verdict"] == "fail"
    assert {missing["operation"] for missing in pair(result, US, EU)["missing"]} == {"update"}
    assert result["tables"][0]["left_behind"] == []
    assert orders.items(EU) == [], "the target has to be cleaned up directly, before replication resumes"
    orders.assert_nothing_left()


@pytest.mark.parametrize(
    ("fault", "found", "says"),
    [
        ("lose_items", "missing", "not every put arrives, table orders (1 of 5 puts missing after "),
        ("corrupt_items", "altered", "another item arrives than was written by the put, table orders (1 of 5 puts)"),
    ],
)
@pytest.mark.usefixtures("_one_after_the_other")
def test_one_item_that_is_lost_or_altered_is_named(orders, fault, found, says):
    orders.before_items(lambda: getattr(orders.admin, fault)(source=EU, target=US, count=1))
    result = orders.check(timeout=2.0)

    assert verdicts(result) == {**every("pass"), (EU, US): "fail"}
    failed = pair(result, EU, US)
    [one] = failed[found]
    assert (one["operation"], len(failed["missing"]) + len(failed["altered"])) == ("put", 1)
    assert one["key"]["customer"].startswith("multiregion.dynamodb/verification/eu-west-1/")
    assert says in result["msg"]
    orders.assert_nothing_left()


@pytest.mark.usefixtures("_one_after_the_other")
def test_regions_that_dont_converge_fail_with_what_each_shows(orders):
    def pause(body):
        if "writer" in body["Item"][probes.MARKER]["M"]:
            orders.admin.pause(region=AP)

    orders.before("PutItem", pause)
    result = orders.check(timeout=5.0)

    assert verdicts(result) == every("pass")
    assert result["verdict"] == "fail"
    assert (
        "FAIL     the regions don't converge: what all wrote at once stays different, table orders (5 of 5 items after "
        in result["msg"]
    )
    assert "ap-southeast-2 shows that of ap-southeast-2" in result["msg"]
    orders.assert_nothing_left()


# Lag that is too long


def test_what_arrives_later_than_it_may_fails_with_its_keys(orders):
    orders.admin.set_lag(3.0, source=US, target=EU)

    result = orders.check(max_lag=1.5, timeout=30.0, items=2)

    assert verdicts(result) == {**every("pass"), (US, EU): "fail"}
    late = pair(result, US, EU)
    assert (late["arrived"], late["missing"], len(late["late"])) == (6, [], 6)
    assert all(1.5 < low <= high for low, high in (one["lag"] for one in late["late"]))
    assert "slower than max_lag (verify_max_lag) of 1.5 s, table orders (6 changes, the slowest after " in result["msg"]
    orders.assert_nothing_left()


@pytest.mark.usefixtures("_one_after_the_other")
def test_the_least_that_a_lag_was_is_never_more_than_what_replication_took(orders, monkeypatch):
    took = []
    record = metrics.record_latency

    def note(account, source, target, table, milliseconds):
        took.extend([milliseconds / 1000] * ((source, target) == (US, EU)))
        record(account, source, target, table, milliseconds)

    monkeypatch.setattr(metrics, "record_latency", note)
    orders.admin.set_lag(0.3, 3.3, source=US, target=EU)

    lags = pair(orders.check(items=20, regions=(US, EU)), US, EU)["lags"]

    least = sorted(low for low, _high in lags)
    true = sorted(took[1 : 1 + len(least)])  # without the register, which comes first, and what all regions write
    assert len(least) == len(true) == 60
    assert all(low <= seconds for low, seconds in zip(least, true, strict=True))


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

    most = Options().needed("orders", 3, 3) + 10
    result = orders.check(timeout=FOREVER, max_units=most)

    assert result["verdict"] == "unknown", "nobody looked for updates any more"
    assert pair(result, US, EU)["verdict"] == "unknown"
    assert "max_units (verify_max_units) was spent before this could be told" in pair(result, US, EU)["reason"]
    assert [pair(result, *two)["missing"] for two in every("")] == [[]] * 6
    cost = result["tables"][0]["cost"]
    assert 0 < cost["read_units"] + cost["write_units"] + cost["replicated_write_units"] <= most
    orders.assert_nothing_left()


def test_a_bound_below_the_least_is_refused_before_any_call(orders):
    orders.admin.clear_calls()
    with pytest.raises(Refused) as caught:
        orders.check(max_units=100)
    assert "Verifying orders in 3 regions needs " in str(caught.value)
    assert not orders.admin.calls()


def test_unlisted_members_count_with_the_least_and_nothing_is_written_below_it(orders):
    needed = Options(5).needed("orders", 2, 2)

    result = orders.check(regions=(US, EU), max_units=needed)

    assert verdicts(result) == every("unknown", (US, EU))
    assert "replicas that aren't listed, too: nothing was written" in result["msg"]
    assert not orders.admin.calls(operation="PutItem")


# A strongly consistent group


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
        ("lose_items", "missing", "a strongly consistent read misses an acknowledged write"),
        ("corrupt_items", "altered", "another item arrives than was written by the put"),
    ],
)
@pytest.mark.usefixtures("_one_after_the_other")
def test_a_strongly_consistent_read_that_doesnt_show_a_write_as_it_was_fails(strong, fault, found, says):
    strike = getattr(strong.admin, fault)
    strong.before_items(lambda: strike(source=US, target="us-west-2", count=1), STRONG_REGIONS)

    result = strong.check(regions=STRONG_REGIONS, timeout=FOREVER)

    assert verdicts(result) == {**every("pass", STRONG_REGIONS), (US, "us-west-2"): "fail"}
    [one] = pair(result, US, "us-west-2")[found]
    assert one["operation"] == "put"
    assert says in result["msg"]
    strong.assert_nothing_left(regions=STRONG_REGIONS)


# What can't be found out


@pytest.mark.usefixtures("_soon_given_up")
@pytest.mark.parametrize("operation", [None, "DescribeTable", "BatchGetItem", "PutItem", "DeleteItem"])
def test_a_denied_region_is_unknown_and_never_passes(orders, operation):
    orders.admin.fail("AccessDeniedException", operation=operation, region=AP)
    orders.admin.clear_calls()

    result = orders.check(timeout=2.0)

    one_way = operation == "PutItem"  # what others write can be read there
    concerned = [(AP, US), (AP, EU)] if one_way else list(around(AP, ""))
    assert verdicts(result) == {**every("pass"), **dict.fromkeys(concerned, "unknown")}
    assert result["verdict"] == "unknown"
    for two in concerned:
        assert "allow that action" in pair(result, *two)["reason"]
        assert AP in pair(result, *two)["reason"]
    assert not [call for call in orders.admin.calls(operation="PutItem", region=AP) if call["status"] == 200]
    orders.assert_nothing_left(registers=True)  # which lead the next run to what couldn't be looked for


@pytest.mark.usefixtures("_soon_given_up")
def test_items_that_cant_be_removed_are_listed(orders):
    orders.admin.pause(region=US)
    orders.before_items(
        lambda: orders.admin.fail("AccessDeniedException", operation="DeleteItem", region=US), regions=()
    )
    result = orders.check(timeout=1.0, regions=(US, EU))

    [left] = result["tables"][0]["left_behind"]
    assert left["region"] == US
    assert len(left["item_keys"]) == 10, "those of its own, and those that all regions wrote"
    assert "dynamodb:DeleteItem" in left["reason"]
    assert any("left behind in us-east-1" in line for line in result["summary"])
    assert len(orders.items(US)) == 11, "and the register, which leads the next run to them"


@pytest.mark.usefixtures("_soon_given_up")
def test_an_unreachable_region_is_unknown(orders):
    orders.config = ONE_ATTEMPT
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        orders.elsewhere[AP] = (AP, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        result = orders.check(timeout=2.0)

    assert verdicts(result) == {**every("pass"), **around(AP, "unknown")}
    assert "can't reach the endpoint of ap-southeast-2" in pair(result, US, AP)["reason"]
    assert result["summary"][0].startswith("UNKNOWN  all to and from ap-southeast-2: ")
    orders.elsewhere.clear()
    orders.assert_nothing_left(registers=True)


@pytest.mark.usefixtures("_soon_given_up")
def test_reads_that_stay_throttled_are_unknown_not_missing(orders):
    orders.before_items(lambda: orders.admin.fail("ThrottlingException", operation="BatchGetItem", region=EU))
    orders.config = ONE_ATTEMPT
    result = orders.check(timeout=3.0, regions=(US, EU))

    assert verdicts(result) == {(US, EU): "unknown", (EU, US): "pass"}
    assert "throttled: BatchGetItem in eu-west-1" in pair(result, US, EU)["reason"]
    assert [left["region"] for left in result["tables"][0]["left_behind"]] == [EU]
    orders.assert_nothing_left(registers=True)


@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDeniedException", "ValidationException"])
def test_one_look_that_fails_makes_nothing_missing(orders, code):
    """While something is on its way, one look in its target fails, whatever the reason: the next ones see it arrive."""
    orders.before_items(lambda: orders.admin.fail(code, operation="BatchGetItem", region=EU, count=1))
    result = orders.check()

    assert not orders.admin.faults()
    assert verdicts(result) == every("pass"), result["msg"]
    orders.assert_nothing_left()


def test_throttled_looks_widen_a_lag_and_dont_fake_one(orders):
    """While they are refused the puts arrive: the first look that is answered can't tell when."""
    rule = []

    def throttle():
        rule.append(orders.admin.fail("ThrottlingException", operation="BatchGetItem", region=EU))

    def relent(_body):
        refused = [call for call in orders.admin.calls(operation="BatchGetItem", region=EU) if call["status"] != 200]
        if rule and len(refused) > 3:
            orders.admin.remove_fault(rule.pop())

    orders.before_items(throttle)
    orders.before("BatchGetItem", relent)
    result = orders.check(timeout=20.0, max_lag=0.2, items=1, regions=(US, EU))

    slowest = max(pair(result, US, EU)["lags"], key=lambda bounds: bounds[1])
    assert slowest[0] <= LAG.high < 0.2 < slowest[1], "the first look that was answered"
    assert pair(result, US, EU)["verdict"] == "unknown"


@pytest.mark.usefixtures("_soon_given_up")
def test_what_may_still_arrive_from_a_region_that_went_down_is_said(orders):
    orders.config = ONE_ATTEMPT
    orders.admin.pause(region=EU)
    orders.before("BatchGetItem", lambda _body: len(orders.items(EU)) > 1 and orders.admin.stop_region(EU))
    result = orders.check(timeout=2.0, items=1)

    assert any("items of eu-west-1 may still arrive in us-east-1" in note for note in result["tables"][0]["notes"])
    orders.admin.start_region(EU)


# Other people's items


def reserve(world, monkeypatch, slots, **attributes):
    """Somebody's items at keys that the next run draws: RUN's, the first of `slots`, in the home region."""
    monkeypatch.setattr(uuid, "uuid4", lambda: RUN)
    drawn = probes.drawn(str(RUN), US, slots)
    return [world.put(US, probe.source, probe.slot, **attributes) for probe in drawn]


def test_a_users_item_with_a_reserved_key_is_untouched(orders, monkeypatch):
    mine = reserve(orders, monkeypatch, 1, note={"S": "mine"})
    orders.until(lambda: orders.items(AP) == mine)

    result = orders.check()

    assert result["verdict"] == "pass"
    assert pair(result, US, EU)["expected"] == 12, "its key isn't used"
    assert [orders.items(region) for region in REGIONS] == [mine] * 3
    [note] = result["tables"][0]["notes"]
    assert mine[0]["customer"]["S"] in note
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


def test_nothing_that_is_written_under_reserved_keys_makes_a_verification_delete_an_item(orders, monkeypatch):
    """Only a register of a run whose time is over leads to its keys, and only what carries its marker goes."""
    dead = marker(run="dead", expires=1)
    theirs = [orders.put(US, US, slot, marker=forged) for slot, forged in enumerate(FORGED[:3])]
    orders.put(US, US, 3, marker={**dead, "slots": {"N": "5"}})
    keys = probes.drawn("dead", US, 5)
    theirs += [orders.put(US, US, one.slot, marker=forged) for one, forged in zip(keys, FORGED[3:], strict=False)]
    theirs.append(orders.put(US, US, keys[3].slot, note={"S": "mine"}))
    orders.put(US, US, keys[4].slot, marker=dead)
    orders.until(lambda: [len(orders.items(region)) for region in REGIONS] == [len(theirs) + 2] * 3)

    result = orders.check()

    assert verdicts(result)[EU, AP] == "pass", result["msg"]
    orders.until(lambda: all(sorted(orders.items(region), key=str) == sorted(theirs, key=str) for region in REGIONS))
    sent = orders.admin.calls(operation="DeleteItem") + orders.admin.calls(operation="UpdateItem")
    assert all("#marker.#run = :run" in call["parameters"]["ConditionExpression"] for call in sent)


@pytest.mark.parametrize("forged", [None, *FORGED])
def test_a_users_item_that_comes_after_the_first_look_is_untouched(orders, monkeypatch, forged):
    """Nobody but the condition of the write itself can see it."""
    mine = []
    orders.before_first(
        "DeleteItem", lambda: mine.extend(reserve(orders, monkeypatch, 1, marker=forged, note={"S": "mine"}))
    )
    monkeypatch.setattr(uuid, "uuid4", lambda: RUN)
    result = orders.check(regions=(US, EU))

    assert mine
    assert verdicts(result) == {(US, EU): "unknown", (EU, US): "pass"}
    assert "somebody changed verification's items in us-east-1" in pair(result, US, EU)["reason"]
    orders.until(lambda: [orders.items(region) for region in REGIONS] == [mine] * 3)


def test_without_free_keys_it_is_unknown_and_says_so(orders, monkeypatch):
    mine = reserve(orders, monkeypatch, 5, note={"S": "mine"})
    orders.until(lambda: len(orders.items(EU)) == 5)

    result = orders.check(regions=(US, EU))

    assert verdicts(result) == {(US, EU): "unknown", (EU, US): "pass"}
    assert "none of the keys that were to be written in us-east-1 is free" in pair(result, US, EU)["reason"]
    assert sorted(map(str, orders.items(US))) == sorted(map(str, mine))


def test_verifications_at_once_all_pass_and_leave_nothing(orders):
    results = []
    runs = [threading.Thread(target=lambda: results.append(orders.check())) for _number in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()

    assert [result["verdict"] for result in results] == ["pass"] * 3, [result["msg"] for result in results]
    orders.assert_nothing_left()


def test_more_verifications_than_registers_are_told_to_wait(orders):
    held = [orders.put(US, US, slot, marker=marker(expires=time.time() + 60)) for slot in range(4)]
    orders.until(lambda: len(orders.items(EU)) == 4)

    result = orders.check(regions=(US, EU))

    assert pair(result, US, EU)["verdict"] == "unknown"
    assert "all 4 registers of us-east-1 are taken" in pair(result, US, EU)["reason"]
    assert sorted(map(str, orders.items(US))) == sorted(map(str, held))


def test_what_a_run_that_died_left_is_removed_by_key_in_every_region(orders):
    for region in REGIONS:
        orders.admin.pause(region=region)
    first, last = (one.slot for one in (probes.drawn("dead", US, 5)[index] for index in (0, 4)))
    for region, slot in ((US, 0), (US, first), (AP, last)):
        orders.put(region, US, slot, marker=marker(run="dead", **({"slots": {"N": "5"}} if slot == 0 else {})))
    orders.admin.clear_calls()

    result = orders.check(timeout=0.5)
    calls = {call["operation"] for call in orders.admin.calls()}

    assert not calls & {"Scan", "Query"}
    assert [orders.items(region) for region in REGIONS] == [[], [], []]
    assert "removed 2 items of us-east-1, left by an interrupted verification" in result["tables"][0]["notes"]
    orders.assert_nothing_left()


def test_what_another_run_holds_is_left_alone_and_said(orders):
    theirs = orders.put(US, US, 0, marker=marker(expires=time.time() + 60))
    orders.until(lambda: orders.items(AP) == [theirs])

    result = orders.check()

    assert result["verdict"] == "pass"
    assert [orders.items(region) for region in REGIONS] == [[theirs]] * 3
    assert "another verification is under way, or died" in result["tables"][0]["notes"][0]


def test_items_of_the_user_arent_written_while_a_member_isnt_looked_at(orders):
    """It may hold an item with that key, which last writer wins would overwrite."""
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


@pytest.fixture
def _interruptible():
    """A background job ignores Ctrl-C, and so does Python in it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem"])
def test_an_interrupted_run_cleans_up(orders, operation):
    orders.before_first(operation, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt) as interrupted:
        orders.check(timeout=FOREVER)

    assert interrupted.value.__notes__ == ["Its items are removed."]
    orders.assert_nothing_left()


# What is no replication at all


def test_an_emulator_in_which_all_regions_are_one_is_refused(world):
    world.global_table(regions=(US,))
    world.elsewhere = {region: (US, world.url) for region in REGIONS}

    result = world.check()

    assert result["verdict"] == "fail"
    assert "these aren't independent regions: the endpoint of eu-west-1 answered with" in result["summary"][0]
    assert len(result["summary"]) == 2
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
    assert "there is no table of that name in eu-west-1: run site.yml" in result["msg"]


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
    status, output = module(run, world, item_count=1001, timeout=0)

    assert status != 0
    assert "item_count (verify_item_count) is 1001, but must be 1 to 1000." in output
    assert "timeout (verify_timeout) is 0 s, but must be more than 0, at most a day." in output
    assert "Traceback" not in output
    assert not world.admin.calls()

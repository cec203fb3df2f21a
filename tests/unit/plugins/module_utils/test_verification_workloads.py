# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole check of a global table in memory, whose replication, calls and clock are the test's own."""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import time
from unittest import mock

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import heartbeats, reserved
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.policies import DRILL
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    CALLS,
    EVERYWHERE,
    MARKER,
    SLOTS,
    Marked,
    drawn,
    registers,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import table_result
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import DAY, Pace
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from .global_table import SCHEMA, GlobalTable, key_of, verify, written

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
RUN = "6f1c9d52-1111-4222-8333-444455556666"
DEAD = "0d3b1c6e-8f5b-4a57-9c1c-1f2f1d1c7a10"
# The keys that a run of that id writes, two of each source
OWN = [probe for source in (US, EU, EVERYWHERE) for probe in drawn(RUN, source, 2)]
# What somebody may have written where verification has its marker. A whole one is verification's, and no user's.
MARKERS = st.none() | st.fixed_dictionaries(
    {"expires": st.fixed_dictionaries({"N": st.sampled_from(["1", "99999999999", "1.5"])})},
    optional={
        "run": st.fixed_dictionaries({"S": st.sampled_from(["", "mine", DEAD])}),
        "slots": st.fixed_dictionaries({"N": st.sampled_from(["0", "3", "10000"])}),
    },
)
NOTHING = {US: [], EU: []}


def reasons(outcome):
    """Of each pair, and of the convergence."""
    result = table_result(outcome)
    parts = [*result["pairs"], *([result["convergence"]] if result["convergence"] else [])]
    return [part["reason"] for part in parts]


def pairs(outcome):
    return {(pair["source"], pair["target"]): pair for pair in table_result(outcome)["pairs"]}


# What arrives, and what doesn't


def test_a_pass_has_bounds_around_every_lag_and_leaves_nothing():
    table = GlobalTable(US, EU, AP)
    table.lag = lambda source, _target: {US: 0.3, EU: 0.05, AP: 1.2}[source]
    outcome = verify(table)
    assert outcome.judge() == "pass"
    for (source, _target), pair in pairs(outcome).items():
        assert (pair["expected"], pair["arrived"], len(pair["lags"])) == (6, 6, 6)
        assert all(low <= table.lag(source, "") <= high for low, high in pair["lags"])
    assert table.reserved() == {US: [], EU: [], AP: []}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("PutItem", "nothing arrives (2 of 2 puts missing after 24.3 s)"),
        ("UpdateItem", "no update arrives (2 of 2 updates missing after 36 s)"),
        ("DeleteItem", "no delete arrives (2 of 2 deletes missing after 47.8 s)"),
    ],
)
def test_what_is_lost_in_one_direction_fails_there_alone(call, says):
    table = GlobalTable(US, EU)
    table.loses = lambda source, _target, name, key: source == US and name == call and f"/{US}/" in key
    outcome = verify(table)
    found = pairs(outcome)
    assert (found[US, EU]["verdict"], found[EU, US]["verdict"]) == ("fail", "pass")
    assert found[US, EU]["reason"].startswith(says)
    assert len(found[US, EU]["missing"]) == 2
    assert table.reserved() == NOTHING


def test_one_write_of_many_that_is_lost_is_named():
    table = GlobalTable(US, EU)
    lost = []
    table.loses = lambda source, _target, call, key: (
        source == US
        and call == "PutItem"
        and f"/{US}/" in key
        and not key.endswith("/0")
        and (lost or [key])[0] == key
        and (lost.append(key) or True)
    )
    outcome = verify(table, item_count=10)
    [missing] = pairs(outcome)[US, EU]["missing"]
    assert missing["key"] == {"pk": lost[0]}


@pytest.mark.parametrize("capacity", [1, 2, 20])
def test_little_capacity_takes_longer_and_still_passes(capacity):
    table = GlobalTable(US, EU)
    table.capacity = capacity
    outcome = verify(table, item_count=5)
    assert (outcome.judge(), reasons(outcome)) == ("pass", ["", "", ""])
    assert table.reserved() == NOTHING


def test_one_answer_that_is_lost_amid_throttling_is_asked_for_again():
    table, number = GlobalTable(US, EU), itertools.count()
    table.capacity = 2
    table.lost = lambda region, call: region == EU and call == "BatchGetItem" and next(number) == 3
    assert verify(table).judge() == "pass"


@pytest.mark.parametrize("latency", [1.1, 2.5, 9.0])
def test_a_slow_region_is_waited_for(latency):
    table = GlobalTable(US, EU, AP)
    table.latency = lambda region: latency if region == AP else 0.01
    assert reasons(verify(table)) == [""] * 7


def test_a_repeated_call_widens_a_bound_and_no_verdict_depends_on_luck():
    table = GlobalTable(US, EU, lag=0.1)
    number = itertools.count()
    table.repeats = lambda _region, call: call != "GetResourcePolicy" and next(number) % 7 == 0
    outcome = verify(table, max_lag=5.0)
    assert outcome.judge() == "pass"
    assert all(low <= 0.1 <= high for pair in pairs(outcome).values() for low, high in pair["lags"])


@pytest.mark.parametrize(("lag", "verdict"), [(0.1, "pass"), (3.0, "fail")])
def test_max_lag(lag, verdict):
    table = GlobalTable(US, EU)
    table.lag = lambda source, _target: lag if source == US else 0.1
    found = pairs(verify(table, max_lag=2.0))
    assert (found[US, EU]["verdict"], found[EU, US]["verdict"]) == (verdict, "pass")


def test_a_lag_that_lies_around_max_lag_cant_be_told():
    table = GlobalTable(US, EU, lag=1.0)
    found = pairs(verify(table, max_lag=1.0))[US, EU]
    assert found["verdict"] == "unknown"
    assert "whether within max_lag (verify_max_lag) of 1 s can't be told" in found["reason"]


def test_a_region_that_goes_back_fails_though_everything_had_arrived():
    table, before, shown = GlobalTable(US, EU), {}, []

    def go_back_at_the_end(call, region):
        if call == "UpdateItem":
            before.update(table.items[EU])
        elif (call, region) == ("BatchGetItem", EU) and before:
            if shown:
                table.go_back(EU, before)
            elif not any(f"/{US}/" in key and key != key_of(registers(US)[0]) for key in table.items[EU]):
                shown.append("the deletions")

    table.on_call = go_back_at_the_end
    found = pairs(verify(table))[US, EU]
    assert (found["verdict"], len(found["went_back"])) == ("fail", 2)
    assert "eu-west-1 went back: what it had shown is gone, by a strongly consistent read" in found["reason"]


def test_what_somebody_removes_is_unknown_and_no_failure():
    table = GlobalTable(US, EU)
    removed = []

    def sweep(call, _region):
        """As a run does whose clock is ahead: whatever it finds, in every region."""
        if call == "UpdateItem" and not removed:
            removed.append(True)
            for region in table.regions:
                for key in list(table.items[region]):
                    table.change(region, key, None, "DeleteItem by another")

    table.on_call = sweep
    outcome = verify(table)
    assert outcome.judge() == "unknown"
    assert any("somebody" in reason for reason in reasons(outcome))


# What all regions write at once


@pytest.mark.parametrize("last_writer_wins", [True, False])
def test_regions_that_agree_for_a_moment_are_looked_at_again(last_writer_wins):
    """Without last writer wins the slow write comes last in one region, the fast one in the other."""
    table = GlobalTable(US, EU)
    table.last_writer_wins = last_writer_wins
    table.lag = lambda source, _target: 0.1 if source == US else 0.8
    outcome = verify(table)
    assert outcome.judge() == ("pass" if last_writer_wins else "fail")
    if not last_writer_wins:
        assert "the regions don't converge: what all wrote at once stays different" in reasons(outcome)[-1]


def test_in_a_strongly_consistent_group_one_of_several_writes_is_taken_and_all_show_it_at_once():
    table = GlobalTable(US, EU, AP, strong=True)
    outcome = verify(table)
    assert reasons(outcome) == [""] * 7
    assert all(pair["lags"] == [] for pair in table_result(outcome)["pairs"])


# Keys


def test_a_delete_that_is_denied_is_found_before_the_first_put():
    table = GlobalTable(US, EU)
    table.denied = {(EU, "DeleteItem")}
    outcome = verify(table)
    assert outcome.judge() == "unknown"
    assert all(region == US for _moment, region, _key in table.calls("PutItem"))
    assert table.reserved() == NOTHING


def dead_run(table, *regions, expires=1000, slots=3):
    """What a run that died left: an item in one of its keys in each region, and its register."""
    item, register = drawn(DEAD, US, slots)[1], registers(US)[0]
    for region in regions:
        table.items[region][key_of(item)] = written(item, DEAD, expires)
        table.items[region][key_of(register)] = written(register, DEAD, expires, slots=slots)


def test_what_a_run_that_died_left_is_removed_by_key():
    table = GlobalTable(US, EU)
    dead_run(table, US, EU)
    outcome = verify(table)
    assert (outcome.judge(), table.reserved()) == ("pass", NOTHING)
    assert "removed 2 items of us-east-1, left by an interrupted verification" in outcome.notes
    assert len(set(key for _moment, _region, key in table.calls("BatchGetItem"))) < SLOTS / 100


def test_what_another_run_still_holds_is_left_alone():
    table = GlobalTable(US, EU)
    dead_run(table, US, EU, expires=int(time.time()) + 3600)
    before = table.reserved()
    outcome = verify(table)
    assert (outcome.judge(), table.reserved()) == ("pass", before)
    assert any(note.startswith("another verification is under way, or died") for note in outcome.notes)


@pytest.mark.parametrize(("probe", "expected"), [(OWN[0], 3), (registers(US)[0], 6)])
def test_a_user_item_at_a_reserved_key_of_one_region_is_left_alone_and_named(monkeypatch, probe, expected):
    table = GlobalTable(US, EU)
    monkeypatch.setattr("uuid.uuid4", lambda: RUN)
    theirs = {**SCHEMA.key(probe), "total": {"N": "7"}}
    table.items[EU][key_of(probe)] = theirs
    outcome = verify(table)
    assert table.items[EU][key_of(probe)] == theirs
    assert any("was left untouched, and that key isn't used" in note for note in outcome.notes)
    assert pairs(outcome)[US, EU]["expected"] == expected


def test_an_interruption_at_any_call_still_clears_up():
    undisturbed = GlobalTable(US, EU)
    calls = itertools.count()
    undisturbed.on_call = lambda _call, _region: next(calls)
    verify(undisturbed)
    for last in range(1, next(calls), 3):
        table = GlobalTable(US, EU)
        table.on_call = functools.partial(interrupt_at, last, itertools.count(1))
        with pytest.raises(asyncio.CancelledError) as caught:
            verify(table)
        assert caught.value.__notes__ == ["Its items are removed."]
        assert table.reserved() == NOTHING


def interrupt_at(last, number, _call, _region):
    if next(number) == last:
        asyncio.get_running_loop().call_soon(interrupt)


def interrupt():
    """As Ctrl-C does: the outermost task is cancelled."""
    [main] = [task for task in asyncio.all_tasks() if task.get_coro().__name__ == "with_what_is_under_way"]
    main.cancel()


def test_where_all_registers_are_taken_nothing_is_written():
    table = GlobalTable(US, EU)
    for probe in registers(US):
        table.items[US][key_of(probe)] = written(probe, DEAD, int(time.time()) + 3600, slots=3)
    outcome = verify(table)
    assert outcome.judge() == "unknown"
    assert "all 4 registers of us-east-1 are taken" in pairs(outcome)[US, EU]["reason"]
    assert not any(f"/{US}/" in key for _moment, _region, key in table.calls("PutItem"))


def test_more_items_than_one_call_reads():
    assert verify(GlobalTable(US, EU), item_count=120).judge() == "pass"


# Items of the user's

MINE = {"pk": {"S": "mine"}, "total": {"N": "1.10"}}
THEIRS = {**MINE, "total": {"N": "2"}}


def carry(table):
    """What is said of the item, after a whole check."""
    outcome = verify(table, items={"orders": [UserItem(1, MINE)]})
    [found] = table_result(outcome)["user_items"]
    return found["verdict"], found["reason"]


def test_an_item_is_written_once_and_only_looked_for_the_next_time():
    table = GlobalTable(US, EU)
    for _time in range(2):
        assert carry(table) == ("pass", "")
        assert table.items == {US: {"mine": MINE}, EU: {"mine": MINE}}
    assert [key for _moment, _region, key in table.calls("PutItem")].count("mine") == 1


@pytest.mark.parametrize(
    ("there", "verdict", "says"),
    [
        ({US: THEIRS, EU: THEIRS}, "fail", "exists in eu-west-1, us-east-1, with another total, and isn't touched"),
        ({EU: THEIRS}, "fail", "exists in eu-west-1, with another total, and isn't touched"),
        ({US: MINE, EU: THEIRS}, "fail", "with another total, and isn't touched"),
        ({EU: MINE}, "unknown", "exists in eu-west-1, the same, and not in us-east-1"),
        ({US: MINE}, "fail", "missing in eu-west-1"),
    ],
)
def test_an_item_that_is_there_already_is_never_touched(there, verdict, says):
    table = GlobalTable(US, EU)
    for region, item in there.items():
        table.items[region]["mine"] = item
    found, reason = carry(table)
    assert found == verdict and says in reason
    assert {region: items["mine"] for region, items in table.items.items() if items} == there


@pytest.mark.parametrize(
    ("spoil", "verdict", "says"),
    [
        (lambda table: table.items[EU].pop("mine", None), "fail", "missing in eu-west-1"),
        (lambda table: table.items[EU].update(mine=THEIRS), "fail", "altered in eu-west-1: it differs in total"),
        (lambda table: table.change(US, "mine", None), "unknown", "somebody removed or changed it in us-east-1"),
    ],
)
def test_an_item_that_does_not_arrive_as_it_was(spoil, verdict, says):
    table = GlobalTable(US, EU, lag=5.0)  # so that no look falls between the put and what is done to it

    def on_call(_call, _region):
        if "mine" in table.items[US]:
            spoil(table)

    table.on_call = on_call
    found, reason = carry(table)
    assert found == verdict and says in reason


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"id": {"S": "mine"}}, "item 1: has no 'pk', which is a key of the table"),
        (SCHEMA.key(OWN[0]), "item 1: has a key 'pk' that is reserved"),
    ],
)
def test_an_item_that_cant_be_the_tables_is_refused_before_anything_is_written(attributes, says):
    table = GlobalTable(US, EU)
    with pytest.raises(Refused, match=says):
        verify(table, items={"orders": [UserItem(1, attributes)]})
    assert table.log == []


def test_an_item_is_not_written_while_a_member_of_the_group_is_not_looked_at():
    table = GlobalTable(US, EU)
    table.unlisted = (AP,)
    found, reason = carry(table)
    assert (found, table.items) == ("unknown", {US: {}, EU: {}})
    assert f"not written: {AP}, where an item with that key may exist, can't be looked at" in reason


def test_an_item_whose_answer_was_lost_is_found():
    table = GlobalTable(US, EU)
    table.lost = lambda _region, call: call == "PutItem" and bool(table.calls("PutItem")) and "mine" in table.items[US]
    found, reason = carry(table)
    assert found == "unknown" and "it may have been written, and then stays" in reason


# Heartbeats


def watched(table, rounds=8, interval=1.0, **options):
    outcome = verify(table, watch=Pace(rounds=rounds, interval=interval), **options)
    return outcome, {pair: one["watch"] for pair, one in pairs(outcome).items()}


def beats(table):
    """(region, key) of each heartbeat so far: what is put after the items that all regions write."""
    puts = [(region, key) for _moment, region, key in table.calls("PutItem")]
    last = max((index for index, (_region, key) in enumerate(puts) if f"/{EVERYWHERE}/" in key), default=len(puts))
    return puts[last + 1 :]


def test_heartbeats_that_all_arrive():
    table = GlobalTable(US, EU, lag=0.3)
    outcome, found = watched(table)
    assert outcome.judge() == "pass"
    for one in found.values():
        assert (one["verdict"], one["written"], one["arrived"]) == ("pass", 8, 8)
        assert one["peak"] - one["resolution"] <= 0.3 <= one["peak"]
    assert table.reserved() == NOTHING


def test_one_heartbeat_of_many_that_is_lost_fails():
    """Each has a key of its own while it is under way, so later ones don't hide it."""
    table = GlobalTable(US, EU)
    table.loses = lambda source, _target, call, key: (
        (source, call) == (US, "PutItem") and [region for region, _key in beats(table)].count(US) == 4
    )
    outcome, found = watched(table, rounds=30)
    assert outcome.judge() == "fail"
    assert found[EU, US]["verdict"] == "pass"
    assert (found[US, EU]["written"], found[US, EU]["arrived"]) == (30, 29)
    assert "1 of 30 heartbeats hadn't arrived" in pairs(outcome)[US, EU]["reason"]
    assert table.reserved() == NOTHING


def test_a_region_that_goes_back_while_it_is_watched_fails():
    table = GlobalTable(US, EU)

    def go_back(_call, _region):
        if len(beats(table)) == 2 * 8:
            table.go_back(EU, {})

    table.on_call = go_back
    outcome, found = watched(table)
    assert found[US, EU]["verdict"] == "fail"
    assert "eu-west-1 went back" in pairs(outcome)[US, EU]["reason"]


def test_heartbeats_that_somebody_removes_are_unknown():
    table = GlobalTable(US, EU, lag=2.0)

    def sweep(call, region):
        for key in [key for source, key in beats(table) if source == US and (call, region) == ("PutItem", EU)]:
            table.change(US, key, None)

    table.on_call = sweep
    outcome, found = watched(table, item_count=1)
    assert found[US, EU]["verdict"] == "unknown"


def unreachable(table):
    table.lost = lambda region, _call: region == EU and len(beats(table)) > 6


def silent(table):
    table.latency = lambda region: 60.0 if region == EU and len(beats(table)) > 6 else 0.01


@pytest.mark.parametrize(
    ("begin", "says"), [(unreachable, "unreachable: PutItem"), (silent, "eu-west-1 doesn't answer")]
)
def test_a_region_that_does_not_answer_is_unknown_and_holds_up_no_other(begin, says):
    """Nor when the first keys for heartbeats, which wait for it, are used up."""
    table = GlobalTable(US, EU, AP)
    begin(table)
    outcome, found = watched(table, rounds=60)
    assert (found[US, AP]["verdict"], found[US, EU]["verdict"]) == ("pass", "pass" if begin is silent else "unknown")
    assert found[US, AP]["written"] == found[US, AP]["arrived"] >= 50
    concerned = [note for note in outcome.notes if note.startswith("watch: ")]
    assert all(note.startswith("watch: eu-west-1 is unknown") for note in concerned)
    assert any(says in note for note in concerned)
    assert len(concerned) <= 2  # a note for each call that it owes, whichever way that failed
    assert [left.region for left in outcome.claim.left] == ([] if begin is silent else [EU])


def test_a_lag_that_rises_above_max_lag_while_it_is_watched_fails():
    table = GlobalTable(US, EU)
    table.lag = lambda source, _target: 3.0 if source == US and beats(table) else 0.1
    outcome, found = watched(table, max_lag=1.5)
    assert "while it was watched, lag rose above max_lag" in pairs(outcome)[US, EU]["reason"]
    assert pairs(outcome)[EU, US]["verdict"] == "pass"


def test_a_watch_whose_units_are_spent_is_unknown():
    least = Options(2, watch=Pace(rounds=100)).needed("orders", 2, 2)
    outcome, _found = watched(GlobalTable(US, EU), rounds=100, max_units=least + 20)
    assert outcome.judge() == "unknown"
    assert any("it ended early" in note for note in outcome.notes)


# Whatever happens

FAULTS = st.fixed_dictionaries(
    {
        "lags": st.fixed_dictionaries({region: st.sampled_from([0.0, 0.1, 0.8, 3.0]) for region in (US, EU)}),
        "lost": st.sets(st.integers(0, 40), max_size=3),
        "repeated": st.sets(st.integers(0, 80), max_size=4),
        "unanswered": st.sets(st.integers(0, 80), max_size=2),
        "latency": st.sampled_from([0.01, 0.3, 1.1]),
        "denied": st.none() | st.tuples(st.sampled_from([US, EU]), st.sampled_from([*CALLS.values(), "BatchGetItem"])),
        "capacity": st.sampled_from([None, 2]),
        "last_writer_wins": st.booleans(),
        "theirs": st.dictionaries(st.sampled_from([*OWN, *registers(US), *registers(EU)]), MARKERS, max_size=3),
    }
)


def faulty(faults):
    """The table, which writes of its own items were lost, and which replicated: a repeated one does so twice."""
    table, lost, replicated = GlobalTable(US, EU), set(), set()
    deliveries, calls, answers = itertools.count(), itertools.count(), itertools.count()

    def loses(source, _target, call, key):
        loses = next(deliveries) in faults["lost"]
        if key in {key_of(probe) for probe in OWN if probe.source == source}:
            (lost if loses else replicated).add((call, key))
        return loses

    table.loses = loses
    table.lag = lambda source, _target: faults["lags"][source]
    table.repeats = lambda _region, _call: next(calls) in faults["repeated"]
    table.lost = lambda _region, _call: next(answers) in faults["unanswered"]
    table.latency = lambda region: faults["latency"] if region == EU else 0.01
    table.denied = {faults["denied"]}
    table.capacity, table.last_writer_wins = faults["capacity"], faults["last_writer_wins"]
    for probe, marker in faults["theirs"].items():
        item = {**SCHEMA.key(probe), "total": {"N": "7"}, **({MARKER: {"M": marker}} if marker is not None else {})}
        table.items[EU][key_of(probe)] = item
    return table, lost, replicated


# The rounds end while a look at what all regions wrote is on its way.
ENDS_DURING_A_LOOK = {
    "lags": {US: 0.0, EU: 0.0},
    "lost": {1, 36},
    "repeated": {11, 27, 42, 59},
    "unanswered": set(),
    "latency": 1.1,
    "denied": None,
    "capacity": None,
    "last_writer_wins": True,
    "theirs": {drawn(RUN, EU, 1)[0]: None, registers(EU)[3]: {"run": {"S": DEAD}, "expires": {"N": "1"}}},
}


@given(FAULTS)
@example(ENDS_DURING_A_LOOK)
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])  # a smaller one is minutes away
def test_nothing_lost_is_passed_nothing_left_is_kept_quiet_and_no_item_of_a_user_is_changed(faults):
    table, lost, replicated = faulty(faults)
    theirs = dict(table.items[EU])
    with mock.patch("uuid.uuid4", lambda: RUN):
        outcome = verify(table)
    if lost - replicated:
        assert outcome.judge() != "pass"
    if "BatchGetItem" not in outcome.claim.problems.get(EU, ""):  # what can't be read can't be known
        assert {key: table.items[EU].get(key) for key in theirs} == theirs
    if not (outcome.claim.left or faults["lost"]):
        assert {key for keys in table.reserved().values() for key in keys} <= theirs.keys()


@pytest.mark.parametrize("slots", ["-5", "2001", "999999999"])
def test_a_register_that_claims_more_keys_than_a_run_may_draw_is_not_verifications(slots):
    table, register = GlobalTable(US, EU), registers(US)[0]
    for items in table.items.values():
        items[key_of(register)] = written(register, DEAD, 1, slots=slots)
    outcome = verify(table)
    assert outcome.judge() == "pass"
    assert outcome.history.cost.read_units < 100
    assert [note for note in outcome.notes if "isn't verification's: it was left untouched" in note]


# What regions that don't converge are judged by


@pytest.mark.parametrize("doubt", ["an unlisted replica", "max_lag"])
def test_regions_that_dont_converge_fail_though_something_else_is_unknown(doubt):
    table = GlobalTable(US, EU, lag=0.3)
    table.last_writer_wins = False
    table.unlisted = (AP,) if doubt == "an unlisted replica" else ()
    outcome = verify(table, max_lag=0.3 if doubt == "max_lag" else None)
    assert outcome.judge() == "fail"
    assert "the regions don't converge" in reasons(outcome)[-1]


# A watch


@pytest.fixture
def begun():
    """Told as progress, it says whether a watch has begun."""

    class Begun(list):
        def __call__(self, event):
            if event["summary"].startswith("heartbeat"):
                self.append(event)

    return Begun()


def test_rounds_in_which_a_source_cant_write_are_unknown(begun):
    table = GlobalTable(US, EU)
    table.on_call = lambda _call, _region: (table.denied.add if 5 < len(begun) < 20 else table.denied.discard)(
        (US, "PutItem")
    )
    outcome = verify(table, begun, watch=Pace(rounds=30))
    written = pairs(outcome)[US, EU]["watch"]["written"]
    rounds = [pair for one in outcome.watched.result() for pair in one["pairs"] if pair["source"] == US]
    assert 10 < written < 20
    assert sum(one["arrived"] for one in rounds) <= written + 1
    assert begun[-1]["summary"] == "heartbeat 30 of 30: lag at most 0.5 s"


def test_where_all_keys_wait_the_other_targets_are_unknown_and_it_is_said_when(monkeypatch, begun):
    monkeypatch.setattr(heartbeats, "KEYS", 20)
    table = GlobalTable(US, EU, AP)
    table.lag = lambda source, target: 500 if begun and (source, target) == (US, EU) else 0.1
    outcome = verify(table, begun, watch=Pace(rounds=60))
    late = {pair["target"]: pair for pair in outcome.watched.result()[45]["pairs"] if pair["source"] == US}
    assert late[AP] == {"source": US, "target": AP, "lag": None, "arrived": False}
    [note] = [note for note in outcome.notes if "all 20 keys for its heartbeats wait to be seen" in note]
    assert note.startswith("watch: us-east-1 is unknown in 39 rounds between 2")


def test_a_region_that_is_unknown_to_the_end_is_never_said_to_answer_again(begun):
    table = GlobalTable(US, EU)
    table.lost = lambda region, _call: region == EU and len(begun) > 2
    verify(table, begun, watch=Pace(rounds=8))
    assert [line for event in begun for line in event["lines"]] == ["eu-west-1 is unknown for now: orders: see notes"]


def test_a_drill_is_named_for_heartbeats_too(begun):
    table = GlobalTable(US, EU)
    table.policy = json.dumps({"Statement": [{"Sid": f"{DRILL}X"}]})
    table.loses = lambda source, _target, call, _key: bool(begun) and source == US and call == "PutItem"
    reason = pairs(verify(table, begun, watch=Pace(rounds=8)))[US, EU]["reason"]
    assert "heartbeats didn't arrive, or didn't stay" in reason
    assert "wait until AWS FIS has ended its experiment" in reason
    assert "ReplicationLatency" not in reason


def test_a_watch_keeps_no_heartbeat_that_arrived(begun):
    outcome = verify(GlobalTable(US, EU), begun, watch=Pace(rounds=300))
    assert [len(outcome.arrivals.of(pair)) for pair in pairs(outcome)] == [6, 6]
    assert max(len(outcome.watched.arrivals.of(pair)) for pair in pairs(outcome)) <= 1


def test_a_marker_of_the_longest_run_is_verifications():
    longest = Pace(duration=DAY)
    assert longest.problems() == []
    expires = time.time() + 2 * DAY + longest.planned + reserved.GRACE
    assert not reserved._is_foreign(Marked(RUN, int(expires), 1), time.time())

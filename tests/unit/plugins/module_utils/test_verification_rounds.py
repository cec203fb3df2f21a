# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How verification writes, looks, and cleans up, against regions that a test makes up; time is the test's own."""

from __future__ import annotations

import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor

import botocore.exceptions
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import api
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.errors import ServiceError
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused, Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import (
    check_tables,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.convergence import Attempt
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.ground import Ground
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    MARKER,
    Lease,
    Probe,
    Schema,
    every_probe,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.reads import read
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import table_result
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.rounds import Round
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem

US, EU = "us-east-1", "eu-west-1"
SCHEMA = Schema("orders", (("pk", "S"),))


class Clock:
    """Time passes only by sleeping, whoever sleeps."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0.0
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self._now

    def epoch(self) -> float:
        return 1_000_000 + self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds
            self.sleeps.append(seconds)


class ConditionFailed(botocore.exceptions.ClientError):
    def __init__(self) -> None:
        response = {"Error": {"Code": "ConditionalCheckFailedException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        super().__init__(response, "PutItem")


def refused(code: str) -> botocore.exceptions.ClientError:
    response = {"Error": {"Code": code, "Message": "not now"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return botocore.exceptions.ClientError(response, "BatchGetItem")


class Region:
    """A client of one region. Items are shared, so they replicate at once; ``fault`` makes a read something else."""

    exceptions = type("Exceptions", (), {"ConditionalCheckFailedException": ConditionFailed})

    def __init__(self, name: str, items: dict[str, dict]) -> None:
        self.meta = type("Meta", (), {"region_name": name})
        self.items = items
        self.fault: t.Callable[[bool], t.Any] = lambda consistent: None
        self.write_fault: t.Callable[[str], None] = lambda call: None
        self.attempts = 0
        self.calls: list[str] = []

    def describe_table(self, TableName: str) -> dict:
        region = self.meta.region_name
        other = EU if region == US else US
        return {
            "Table": {
                "TableStatus": "ACTIVE",
                "TableArn": f"arn:aws:dynamodb:{region}:123456789012:table/{TableName}",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "Replicas": [{"RegionName": other, "ReplicaStatus": "ACTIVE"}],
            }
        }

    def batch_get_item(self, RequestItems: dict, ReturnConsumedCapacity: str) -> dict:
        request = RequestItems["orders"]
        keys = [key["pk"]["S"] for key in request["Keys"]]
        self.calls.append("BatchGetItem")
        answer = self.fault(request["ConsistentRead"])
        if answer is None:
            answer = {"Responses": {"orders": [self.items[key] for key in keys if key in self.items]}}
        return {"UnprocessedKeys": {}, "ResponseMetadata": {"RetryAttempts": self.attempts}, **answer}

    def put_item(self, Item: dict, **parameters: t.Any) -> dict:
        return self._written("PutItem", Item["pk"]["S"], Item)

    def update_item(self, Key: dict, **parameters: t.Any) -> dict:
        item = self.items[Key["pk"]["S"]]
        marker = {**item[MARKER]["M"], "revision": {"N": "2"}}
        return self._written("UpdateItem", Key["pk"]["S"], {**item, MARKER: {"M": marker}})

    def delete_item(self, Key: dict, **parameters: t.Any) -> dict:
        return self._written("DeleteItem", Key["pk"]["S"], None)

    def _written(self, call: str, key: str, item: dict | None) -> dict:
        self.calls.append(call)
        self.write_fault(call)
        if item is None:
            self.items.pop(key, None)
        else:
            self.items[key] = item
        return {"ConsumedCapacity": {}, "ResponseMetadata": {"RetryAttempts": self.attempts}}


@pytest.fixture
def regions():
    items: dict[str, dict] = {}
    return {US: Region(US, items), EU: Region(EU, items)}


def check(regions, item_count=2, timeout=10.0, clock=None, **options):
    table = Table("orders", US, replicas={EU: Replica(EU)})
    options = Options(item_count, timeout, 0.1, **options)
    [outcome] = check_tables([table], regions, options, False, clock or Clock()).outcomes
    return outcome


def ground(regions, clock):
    return Ground(SCHEMA, regions, Lease("me", 1000), clock, 0.1, threading.Event())


def test_items_that_go_all_the_way(regions):
    outcome = check(regions)
    assert [one.verdict for one in outcome.evidence.values()] == ["pass", "pass"]
    assert regions[US].items == {}
    assert regions[US].calls.count("PutItem") == 2 + 2, "its own, and those that every region writes"


def test_only_a_strongly_consistent_read_says_missing(regions):
    """Eventually consistent ones never show the put, but it is there."""
    nothing = {"Responses": {}}
    regions[EU].fault = lambda consistent: None if consistent else nothing
    one = check(regions).evidence[US, EU]
    assert (one.verdict, one.missing) == ("pass", [])
    assert set(one.arrived["put"].values()) == set(one.arrived["update"].values()) == {None}, "no lag is known"
    assert None not in one.arrived["delete"].values()


def test_an_item_that_only_eventually_consistent_reads_take_for_deleted_is_missing(regions):
    regions[US].write_fault = lambda call: None
    stubborn: dict[str, dict] = {}

    def keep(consistent):
        stubborn.update(regions[EU].items)
        return {"Responses": {"orders": list(stubborn.values())}} if consistent and stubborn else None

    regions[EU].fault = keep
    one = check(regions).evidence[US, EU]
    assert one.verdict == "fail"
    assert [missing.operation for missing in one.missing] == ["delete", "delete"]


def test_waiting_says_how_long(regions):
    clock = Clock()
    regions[EU].fault = lambda consistent: {"Responses": {}}
    one = check(regions, timeout=10.0, clock=clock).evidence[US, EU]
    assert one.verdict == "fail"
    assert [missing.operation for missing in one.missing] == ["put", "put"]
    assert all(missing.waited >= 0.4 * 10.0 for missing in one.missing)


@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDeniedException", "ValidationException"])
def test_what_is_missing_was_waited_for_to_the_end_though_a_look_failed(regions, code):
    """Whatever the reason: the next look may be answered."""
    failed = []

    def fail_once_then_show_nothing(consistent):
        if "PutItem" in regions[US].calls and not failed:
            failed.append(True)
            raise refused(code)
        return {"Responses": {}}

    regions[EU].fault = fail_once_then_show_nothing
    one = check(regions, timeout=10.0, clock=Clock()).evidence[US, EU]
    assert failed
    assert [missing.operation for missing in one.missing] == ["put", "put"]
    assert all(missing.waited >= 0.4 * 10.0 for missing in one.missing)


def test_a_write_that_is_held_up_has_its_own_time_to_arrive(regions, monkeypatch):
    """The time of the first item is over before the second is written, and both arrive two seconds after that."""
    clock, held_up = Clock(), threading.Event()
    wait_for_writers = Round._wait_for_writers
    monkeypatch.setattr(Round, "_wait_for_writers", lambda self: (held_up.set(), wait_for_writers(self)))

    def hold_up(call):
        if call == "PutItem" and regions[US].calls.count("PutItem") == 2:
            clock.sleep(100.0)
            assert held_up.wait(60)

    regions[US].write_fault = hold_up
    regions[EU].fault = lambda consistent: {"Responses": {}} if clock.now() < 102 else None
    outcome = check(regions, timeout=10.0, clock=clock)
    assert [one.verdict for one in outcome.evidence.values()] == ["pass", "pass"]


def test_regions_that_differ_in_a_look_that_began_in_time_are_looked_at_again():
    """It ended late, and they have become the same meanwhile."""
    clock = Clock()
    apart = {name: Region(name, {}) for name in (US, EU)}

    def converge_in_a_slow_look(consistent):
        if clock.now():
            apart[US].items.update(apart[EU].items)
        else:
            clock.sleep(60.0)

    apart[US].fault = converge_in_a_slow_look
    with ThreadPoolExecutor(1) as pool:
        found = Attempt(ground(apart, clock), [US, EU]).run([Probe("everywhere", 0)], 5.0, pool)
    assert (found.verdict, found.apart) == ("pass", {})


def test_the_longer_it_waits_the_less_often_it_looks(regions):
    regions[EU].fault = lambda consistent: {"Responses": {}}
    check(regions, timeout=1000.0, clock=Clock())
    assert regions[EU].calls.count("BatchGetItem") < 100


def test_a_call_that_is_held_up_doesnt_take_the_time_of_what_comes_next(regions):
    clock = Clock()
    slow = []

    def hold_up(consistent):
        if "PutItem" in regions[US].calls and not slow:
            slow.append(clock.sleep(60.0))

    regions[EU].fault = hold_up
    late = {"looks": 0}

    def show_updates_late(consistent):
        updated = [item for item in regions[US].items.values() if item[MARKER]["M"]["revision"]["N"] == "2"]
        if updated and not consistent and late["looks"] < 3:
            late["looks"] += 1
            return {"Responses": {}}
        return None

    regions[US].fault = show_updates_late
    outcome = check(regions, timeout=10.0, clock=clock)
    assert [one.verdict for one in outcome.evidence.values()] == ["pass", "pass"]
    assert late["looks"] == 3, "the updates were still looked for"


def test_keys_that_the_service_leaves_unprocessed_are_asked_for_again(regions):
    answers = [{"Responses": {}, "UnprocessedKeys": {"orders": {"Keys": [SCHEMA.key(Probe(US, 0))]}}}]
    regions[US].items["other"] = {}
    regions[US].fault = lambda consistent: answers.pop() if answers else None
    clock = Clock()
    assert read(ground(regions, clock), US, [Probe(US, 0)], consistent=True) == {}
    assert regions[US].calls == ["BatchGetItem"] * 2
    assert clock.sleeps


def test_keys_that_stay_unprocessed_are_unknown(regions):
    unprocessed = {"Responses": {}, "UnprocessedKeys": {"orders": {"Keys": [SCHEMA.key(Probe(US, 0))]}}}
    regions[US].fault = lambda consistent: unprocessed
    with pytest.raises(ServiceError) as caught:
        read(ground(regions, Clock()), US, [Probe(US, 0)], consistent=True)
    assert caught.value.kind == "throttled"


def test_more_keys_than_a_batch_takes(regions):
    probes = every_probe([f"region-{number}" for number in range(11)])
    assert len(probes) == 264
    assert read(ground(regions, Clock()), US, probes, consistent=False) == {}
    assert regions[US].calls == ["BatchGetItem"] * 3


def test_reads_and_writes_that_the_sdk_repeated_have_no_lag(regions):
    regions[US].attempts = 1
    outcome = check(regions)
    assert outcome.evidence[US, EU].verdict == outcome.evidence[EU, US].verdict == "pass"
    assert outcome.evidence[US, EU].samples == outcome.evidence[EU, US].samples == []


def test_a_condition_that_doesnt_hold_is_an_answer(regions):
    def refuse(call):
        raise ConditionFailed

    regions[US].write_fault = refuse
    parameters = {"Item": SCHEMA.key(Probe(US, 0))}
    assert api.write_item(regions[US], "PutItem", parameters) == api.Written(held=False, retried=False)


def test_a_put_whose_answer_was_lost_is_cleaned_up(regions):
    def lose_the_answer(call):
        if call == "PutItem":
            regions[US].items[SCHEMA.printable(Probe(US, 0))["pk"]] = item
            raise refused("InternalServerError")

    item: dict[str, t.Any] = {}
    regions[US].write_fault = lose_the_answer
    put_item = regions[US].put_item

    def keep(Item, **parameters):
        item.update(Item)
        return put_item(Item, **parameters)

    regions[US].put_item = keep
    outcome = check(regions)
    assert outcome.evidence[US, EU].verdict == "unknown"
    assert regions[US].items == {}


def test_clean_up_tries_a_throttled_region_again(regions):
    rejections = []

    def throttle_deletions(consistent):
        if "DeleteItem" in regions[EU].calls and consistent and len(rejections) < 2:
            rejections.append(True)
            raise refused("ThrottlingException")

    regions[EU].fault = throttle_deletions
    outcome = check(regions)
    assert rejections == [True, True]
    assert outcome.left == []


def test_an_interruption_keeps_nothing_and_goes_on_upwards(regions):
    class Interrupting(Clock):
        def sleep(self, seconds):
            raise KeyboardInterrupt

    regions[EU].fault = lambda consistent: None if consistent else {"Responses": {}}
    with pytest.raises(KeyboardInterrupt):
        check(regions, clock=Interrupting())
    assert regions[US].items == {}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (Options(item_count=0), "item_count (verify_item_count) is 0, but must be 1 to 20."),
        (Options(item_count=21), "item_count (verify_item_count) is 21, but must be 1 to 20."),
        (Options(timeout=0), "timeout (verify_timeout) is 0 s, but must be more than 0, at most a day."),
        (Options(poll_delay=-0.5), "poll_delay is -0.5 s, but must be 0 to a day."),
        (Options(max_lag=0), "max_lag (verify_max_lag) is 0 s, but must be more than 0, at most a day."),
    ],
)
def test_options_that_cant_be_done(options, sentence):
    with pytest.raises(Refused) as caught:
        options.check()
    assert caught.value.problems == [sentence]


@pytest.mark.parametrize(
    "options", [Options(), Options(item_count=1), Options(item_count=20, timeout=0.5, poll_delay=0)]
)
def test_options_that_can_be_done(options):
    options.check()


def test_a_table_that_is_to_be_absent_is_left_out(regions):
    assert check_tables([Table("orders", US, absent=True)], regions, Options(), False, Clock()).outcomes == []


# The user's own items, and a watch, in the same check

MINE = UserItem(1, {"pk": {"S": "mine"}, "total": {"N": "1.10"}})
ITEMS = {"orders": [MINE]}


def result_of(outcome):
    return table_result(outcome)


def test_an_item_of_the_user_is_written_once_and_only_looked_for_the_next_time(regions):
    for wrote in (1, 0):
        before = regions[US].calls.count("PutItem")
        outcome = check(regions, items=ITEMS)
        [found] = result_of(outcome)["user_items"]
        assert found == {"key": {"pk": "mine"}, "source": US, "verdict": "pass", "reason": ""}
        assert len(outcome.evidence[US, EU].item_samples) == wrote
        assert list(regions[US].items) == ["mine"]
        assert regions[US].calls.count("PutItem") - before == 4 + wrote


def test_an_item_that_is_there_already_fails_and_stays(regions):
    theirs = {"pk": {"S": "mine"}, "total": {"N": "2"}}
    regions[US].items["mine"] = theirs
    outcome = check(regions, items=ITEMS)
    [found] = result_of(outcome)["user_items"]
    assert found["verdict"] == "fail"
    assert ", with another total, and isn't touched" in found["reason"]
    assert regions[US].items == {"mine": theirs}


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (None, "missing"),
        ({"pk": {"S": "mine"}, "total": {"N": "7"}}, "total"),
    ],
)
def test_an_item_that_doesnt_arrive_as_it_was_fails(regions, shown, says):
    """Once it is there, the target shows another or none."""

    def hide(consistent):
        written = [one for one in regions[US].items.values() if MARKER not in one]
        if not written:
            return None
        return {"Responses": {"orders": [shown] if shown else []}}

    regions[EU].fault = hide
    [found] = result_of(check(regions, items=ITEMS))["user_items"]
    assert found["verdict"] == "fail"
    assert says in found["reason"]


def test_an_item_is_unknown_while_a_member_of_the_group_isnt_looked_at(regions):
    describe = regions[US].describe_table

    def with_a_third(TableName):
        shown = describe(TableName)
        shown["Table"]["Replicas"].append({"RegionName": "ap-south-1", "ReplicaStatus": "ACTIVE"})
        return shown

    regions[US].describe_table = with_a_third
    [found] = result_of(check(regions, items=ITEMS))["user_items"]
    assert (found["verdict"], "mine" in regions[US].items) == ("unknown", False)
    assert "not written: ap-south-1, where an item with that key may exist" in found["reason"]


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"id": {"S": "mine"}}, "item 1: has no 'pk', which is a key of the table"),
        ({"pk": {"N": "1"}}, "item 1: has a key 'pk' of type N, but the table's is S"),
        ({"pk": {"S": "multiregion.dynamodb/verification/x"}}, "item 1: has a key 'pk' that is reserved"),
    ],
)
def test_an_item_that_cant_be_the_tables_is_refused_before_anything_is_written(regions, attributes, says):
    with pytest.raises(Refused, match=says):
        check(regions, items={"orders": [UserItem(1, attributes)]})
    assert {*regions[US].calls, *regions[EU].calls} <= {"BatchGetItem"}


def test_a_watch_counts_with_its_pairs(regions):
    outcome = check(regions, watch=Pace(rounds=3, interval=1.0))
    result = result_of(outcome)
    assert result["verdict"] == "pass"
    assert [pair["watch"]["arrived"] for pair in result["pairs"]] == [3, 3]
    assert len(result["watch"]) >= 3
    assert regions[US].items == {}


def test_a_lag_that_rose_too_high_while_it_was_watched_fails(regions):
    def hide_heartbeats(consistent):
        beaten = [one for one in regions[EU].items.values() if one[MARKER]["M"]["revision"]["N"] in ("3", "4", "5")]
        return {"Responses": {}} if beaten and not consistent else None

    regions[EU].fault = hide_heartbeats
    one = check(regions, watch=Pace(rounds=6, interval=1.0), max_lag=1.0).evidence[US, EU]
    assert one.verdict == "fail"
    assert any("while it was watched, lag rose to" in failure for failure in one.failures)


def test_a_watch_whose_cost_is_spent_is_unknown(regions):
    least = Options(2, watch=Pace(rounds=100)).least("orders", 2, 2)
    outcome = check(regions, watch=Pace(rounds=100, interval=1.0), max_units=least + 20)
    assert [one.verdict for one in outcome.evidence.values()] == ["unknown", "unknown"]
    assert any("it ended early" in note for note in outcome.notes)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own items against the simulator over HTTP: written once, unchanged on the way, never over another."""

from __future__ import annotations

import base64
import threading

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import (
    dynamodb_json,
    user_items,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import MARKER
from caller import AP, EU, US
from verifying import REGIONS, STRONG_REGIONS, pair

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


def parsed(*items):
    orders = Table("orders", US, replicas={EU: Replica(EU)})
    return user_items.parse({"items": {"orders": list(items)}, "tables": [{"name": "orders"}]}, [orders])


def carry(world, *items, timeout=20.0, **options):
    """A check with one item of its own, and these of the user's."""
    return world.check(items=1, timeout=timeout, user_items=parsed(*items), **options)


def found(result):
    return result["tables"][0]["user_items"]


def verdicts(result):
    return [one["verdict"] for one in found(result)]


def is_same(world, region, written):
    [item] = [one for one in world.items(region) if one["customer"] == written["customer"]]
    return dynamodb_json.differing(dynamodb_json.parse(written, "")[0], item) == []


def before_put(world, act):
    """``act`` gets each item of the user's before it is put, when all else has arrived."""
    world.before("PutItem", lambda body: None if MARKER in body["Item"] else act(body["Item"]))


def before_first_put(world, act):
    left = [act]
    before_put(world, lambda _item: left.pop()() if left else None)


def puts(world):
    """The items of the user's that are sent from now on."""
    sent = []
    before_put(world, sent.append)
    return sent


# What works


def test_every_type_arrives_unchanged_and_stays_and_a_second_run_writes_nothing(orders):
    first = carry(orders, EVERY_TYPE, ITEM)

    assert found(first) == [
        {"key": {"customer": "every type"}, "source": US, "verdict": "pass", "reason": ""},
        {"key": {"customer": "one"}, "source": US, "verdict": "pass", "reason": ""},
    ]
    assert (first["verdict"], first["changed"]) == ("pass", True)
    assert "2 items of yours arrived unchanged" in first["msg"]
    assert all(is_same(orders, region, item) for region in REGIONS for item in (EVERY_TYPE, ITEM))
    assert [len(orders.items(region)) for region in REGIONS] == [2, 2, 2]
    assert [pair(first, US, target)["lag"]["measured"] for target in (EU, AP)] == [5, 5], "theirs, too"
    sent = puts(orders)

    again = carry(orders, EVERY_TYPE, ITEM)

    assert (verdicts(again), again["changed"], sent) == (["pass", "pass"], False, [])
    assert [pair(again, US, target)["lag"]["measured"] for target in (EU, AP)] == [3, 3]


def test_what_is_written_another_way_is_the_same(orders):
    orders.client("dynamodb", US).put_item(
        TableName="orders", Item={"customer": {"S": "one"}, "n": {"N": "1.10"}, "s": {"NS": ["2", "1"]}}
    )
    orders.until(lambda: orders.items(AP) and orders.items(EU))
    same = {"customer": {"S": "one"}, "n": {"N": "11e-1"}, "s": {"NS": ["1.0", "2"]}}

    assert verdicts(carry(orders, same)) == ["pass"]


def test_items_of_400_kilobytes_more_than_one_answer_holds(orders):
    room = dynamodb_json.MAX_SIZE - len("customer00text")
    items = [{"customer": {"S": f"{number:02}"}, "text": {"S": "x" * room}} for number in range(42)]

    result = carry(orders, *items, timeout=120.0)

    assert {(one["verdict"], one["reason"]) for one in found(result)} == {("pass", "")}


# What doesn't replicate


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"verb": "lose_items"}, "missing in eu-west-1 "),
        ({"verb": "corrupt_items"}, "altered in eu-west-1: it differs in note"),
    ],
)
def test_an_item_that_is_lost_or_altered_fails_and_the_others_pass(orders, fault, reason):
    strike = getattr(orders.admin, fault["verb"])
    before_first_put(orders, lambda: strike(source=US, target=EU, count=1))

    result = carry(orders, ITEM, {"customer": {"S": "two"}, "note": {"S": "written"}}, timeout=2.0)

    assert sorted(verdicts(result)) == ["fail", "pass"]
    assert next(one["reason"] for one in found(result) if one["verdict"] == "fail").startswith(reason)


def test_an_item_that_stands_and_is_missing_elsewhere_is_waited_for_and_then_fails(orders):
    orders.admin.pause(source=US, target=AP)
    orders.client("dynamodb", US).put_item(TableName="orders", Item=ITEM)

    result = carry(orders, ITEM, timeout=2.0)

    [one] = found(result)
    assert (one["verdict"], result["changed"]) == ("fail", False)
    assert one["reason"].startswith("missing in ap-southeast-2 ")
    assert "s after it was seen in us-east-1, by a strongly consistent read" in one["reason"]


# A strongly consistent group


def test_strongly_consistent_reads_show_each_item_at_once(strong):
    strong.admin.set_lag(30.0)  # other reads would show nothing for long

    result = carry(strong, EVERY_TYPE, ITEM, regions=STRONG_REGIONS)

    assert verdicts(result) == ["pass", "pass"], result["msg"]
    assert {one["lag"]["measured"] for one in result["tables"][0]["pairs"]} == {0}


def test_a_strongly_consistent_read_that_shows_no_item_decides(strong):
    before_first_put(strong, lambda: strong.admin.lose_items(source=US, target="us-west-2", count=1))

    result = carry(strong, ITEM, regions=STRONG_REGIONS, timeout=2.0)

    assert found(result)[0]["reason"].startswith("missing in us-west-2 ")


# Items of others


@pytest.mark.parametrize("region", [US, AP])
def test_an_existing_item_is_not_touched(orders, region):
    theirs = {"customer": {"S": "one"}, "note": {"S": "theirs"}}
    orders.admin.pause(region=region)
    orders.client("dynamodb", region).put_item(TableName="orders", Item=theirs)
    sent = puts(orders)

    [one] = found(carry(orders, ITEM, timeout=1.0))

    assert one["verdict"] == "fail"
    assert one["reason"].startswith(f"an item with that key exists in {region}, with another note, and isn't touched")
    assert sent == []
    assert orders.items(region) == [theirs]


def test_an_item_that_somebody_writes_meanwhile_stays(orders):
    theirs, ours = ({"customer": {"S": "two"}, "note": {"S": who}} for who in ("theirs", "ours"))

    def race(item):
        if item == ours:
            orders.client("dynamodb", US).put_item(TableName="orders", Item=theirs)

    before_put(orders, race)

    assert verdicts(carry(orders, ITEM, ours)) == ["pass", "fail"]
    assert theirs in orders.items(US)


# What can't be found out, or done


@pytest.mark.parametrize(
    ("code", "verdict", "reason"),
    [
        ("ValidationException", "fail", "Type mismatch for Index Key email"),
        ("AccessDeniedException", "unknown", "dynamodb:PutItem in us-east-1"),
    ],
)
def test_an_item_that_the_service_refuses_is_not_written(orders, code, verdict, reason):
    before_first_put(
        orders, lambda: orders.admin.fail(code, "Type mismatch for Index Key email", operation="PutItem", region=US)
    )
    result = carry(orders, ITEM)

    [one] = found(result)
    assert (one["verdict"], result["changed"]) == (verdict, False)
    assert reason in one["reason"] and "may have been written" not in one["reason"]


def test_where_a_region_cant_be_read_nothing_is_written(orders):
    orders.admin.fail("AccessDeniedException", operation="BatchGetItem", region=AP)
    sent = puts(orders)

    [one] = found(carry(orders, ITEM, timeout=1.0))

    assert one["verdict"] == "unknown"
    assert one["reason"].startswith("not written: ap-southeast-2, where an item with that key may exist")
    assert sent == []


def test_one_look_that_fails_is_repeated(orders):
    before_first_put(
        orders, lambda: orders.admin.fail("ExpiredTokenException", operation="BatchGetItem", region=EU, count=1)
    )
    result = carry(orders, ITEM)

    assert not orders.admin.faults()
    assert (found(result)[0]["verdict"], found(result)[0]["reason"]) == ("pass", "")


def test_a_lost_answer_is_recognised(orders):
    before_first_put(orders, lambda: orders.admin.lose_answer(operation="PutItem", region=US))
    result = carry(orders, ITEM)

    assert not orders.admin.faults()
    assert (found(result)[0]["verdict"], found(result)[0]["reason"], result["changed"]) == ("pass", "", True)


def test_an_item_whose_every_answer_is_lost_may_have_been_written(orders):
    before_first_put(orders, lambda: orders.admin.lose_answer(operation="PutItem", region=US, count=None))
    result = carry(orders, ITEM)

    [one] = found(result)
    assert is_same(orders, US, ITEM) and result["changed"]
    assert one["verdict"] == "unknown"
    assert one["reason"].endswith(": it may have been written, and then stays")


def test_what_looks_may_cost_is_kept_to(orders):
    """An item of 40 KB takes five units a look: what is waited for when they are spent isn't called missing."""
    big = {"customer": {"S": "one"}, "text": {"S": "x" * 40_000}}
    most = Options(1, items=parsed(big)).needed("orders", 3, 3) + 40
    before_first_put(orders, lambda: orders.admin.pause(source=US, target=AP))

    result = carry(orders, big, max_units=most, timeout=1000.0)

    [one] = found(result)
    assert one["verdict"] == "unknown"
    assert "max_units (verify_max_units) was spent" in one["reason"]
    cost = result["cost"]
    assert cost["replicated_write_units"] == 2 * cost["write_units"] > 80
    assert sum(cost.values()) <= most + 2 * 10, "one strongly consistent look at it on both sides has the last word"


def test_two_runs_at_once_write_each_item_once(orders):
    done = []
    runs = [threading.Thread(target=lambda: done.append(carry(orders, ITEM))) for _number in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()

    assert [verdicts(one) for one in done] == [["pass"], ["pass"]]
    assert sorted(one["changed"] for one in done) == [False, True]

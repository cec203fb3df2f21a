# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own items: which are accepted, and what is said of them."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import api
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused, Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import user_items
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.calls import Timed
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.history import History
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.journey import Journey
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    KEY_PREFIX,
    MARKER,
    Lease,
    Probe,
    Schema,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.session import Session
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem

from .global_table import run

ITEM = {"customer": {"S": "one"}, "note": {"S": "x"}}
BY_CUSTOMER = Schema("orders", (("customer", "S"),))
BY_BOTH = Schema("orders", (("customer", "S"), ("placed", "N")))
BY_BYTES = Schema("orders", (("customer", "B"),))
BY_NUMBER = Schema("orders", (("customer", "N"),))


def table(name, **more):
    return Table(name, "us-east-1", **{"replicas": {"eu-west-1": Replica("eu-west-1")}, **more})


def parse(items, *tables, named=("orders", "parts")):
    tables = tables or (table("orders"), table("parts"))
    return user_items.parse({"items": items, "tables": [{"name": name} for name in named]}, list(tables))


def problems(items, *tables):
    with pytest.raises(Refused) as refused:
        parse(items, *tables)
    return refused.value.problems


def test_items_by_table_with_their_numbers():
    assert parse({"orders": [ITEM, {"customer": {"N": "1"}}]}) == {
        "orders": [UserItem(1, ITEM), UserItem(2, {"customer": {"N": "1"}})]
    }


@pytest.mark.parametrize("items", [None, {}])
def test_none_at_all(items):
    assert parse(items) == {}


def test_tables_that_only_leaves_out_or_that_are_absent_are_passed_over():
    assert parse({"orders": [ITEM], "parts": [ITEM]}, table("orders", absent=True)) == {}


def test_every_problem_is_named_with_its_table_and_item():
    assert problems({"order": [ITEM], "orders": [ITEM, {"a": {"N": 1.5}}, {MARKER: {"S": "x"}}], "parts": ITEM}) == [
        "items (verify_items): table 'order' isn't among tables (dynamodb_tables): correct the name.",
        "items (verify_items), table 'orders', item 2, a: N is 1.5, which isn't text: write it in quotes, or YAML "
        "changes it on the way: 1.10 becomes 1.1.",
        f"items (verify_items), table 'orders', item 3: the attribute {MARKER} is reserved for verification's own "
        "items.",
        "items (verify_items), table 'parts': must be a list of items.",
    ]


def test_a_table_whose_states_alone_are_read_has_no_items():
    [problem] = problems({"orders": [ITEM]}, table("orders", verification="states"))
    assert problem.startswith("items (verify_items), table 'orders': it has verification: states, which writes nothing")


def test_as_many_items_as_one_read_takes_are_accepted():
    assert len(parse({"orders": [ITEM] * user_items.MAX_ITEMS})["orders"]) == 100
    assert problems({"orders": [ITEM] * 101}) == [
        "items (verify_items), table 'orders': has 101 items, but 100 at most can be verified."
    ]


@pytest.mark.parametrize(
    ("schema", "attributes", "sentence"),
    [
        (BY_CUSTOMER, {"note": {"S": "x"}}, "has no 'customer', which is a key of the table"),
        (BY_CUSTOMER, {"customer": {"N": "1"}}, "has a key 'customer' of type N, but the table's is S"),
        (BY_CUSTOMER, {"customer": {"S": ""}}, "has a key 'customer' of 0 bytes, but it must have 1 to 2048"),
        (
            BY_CUSTOMER,
            {"customer": {"S": "ż" * 1025}},
            "has a key 'customer' of 2050 bytes, but it must have 1 to 2048",
        ),
        (BY_BOTH, ITEM, "has no 'placed', which is a key of the table"),
        (
            Schema("orders", (("customer", "S"), ("placed", "B"))),
            {**ITEM, "placed": {"B": bytes(1025)}},
            "has a key 'placed' of 1025 bytes, but it must have 1 to 1024",
        ),
        (BY_CUSTOMER, BY_CUSTOMER.key(Probe("eu-west-1", 3)), "has a key 'customer' that is reserved"),
        (BY_BYTES, BY_BYTES.key(Probe("eu-west-1", 3)), "has a key 'customer' that is reserved"),
        (BY_NUMBER, BY_NUMBER.key(Probe("eu-west-1", 0)), "has a key 'customer' that is reserved"),
        (BY_NUMBER, {"customer": {"N": f"-{'9' * 24}E14"}}, "has a key 'customer' that is reserved"),
    ],
)
def test_a_key_that_cannot_be_written(schema, attributes, sentence):
    assert user_items.key_problems(schema, [UserItem(7, attributes)])[7].startswith(sentence)


@pytest.mark.parametrize(
    ("schema", "attributes"),
    [
        (BY_CUSTOMER, {"customer": {"S": "x" * 2048}}),
        (BY_CUSTOMER, {"customer": {"S": f"my {KEY_PREFIX}"}}),
        (BY_BOTH, {**ITEM, "placed": {"N": "0"}}),
        (BY_NUMBER, {"customer": {"N": "9" * 38}}),
        (BY_NUMBER, {"customer": {"N": f"-{'9' * 24}"}}),
    ],
)
def test_a_key_that_can(schema, attributes):
    assert user_items.key_problems(schema, [UserItem(1, attributes)]) == {}


def test_a_key_that_is_listed_twice_is_refused_however_it_is_written():
    items = [{"customer": {"S": "a"}, "placed": {"N": number}} for number in ("1", "2", "1.0")]
    assert user_items.key_problems(BY_BOTH, [UserItem(n, item) for n, item in enumerate(items, 1)]) == {
        3: "has the same key as item 1: list it once"
    }


def test_what_is_said_of_an_item():
    one = Journey(UserItem(1, ITEM), "us-east-1", ["eu-west-1"])
    assert one.verdict == "unknown"
    one.reached.add("eu-west-1")
    assert one.verdict == "pass"
    one.said += [("unknown", "denied"), ("fail", "missing"), ("unknown", "denied")]
    assert one.result(BY_CUSTOMER) == {
        "key": {"customer": "one"},
        "source": "us-east-1",
        "verdict": "fail",
        "reason": "missing; denied",
    }


class Answers:
    """As `calls.Calls`: BatchGetItem answers with the first ``fits`` of the items that are asked for."""

    def __init__(self, size, fits):
        self.asked = []
        self._size, self._fits = size, fits

    async def run(self, _turn, _region, _work, _table, request):
        keys = request["Keys"]
        self.asked.append(len(keys))
        items = [{**key, "blob": {"B": bytes(self._size)}} for key in keys[: self._fits]]
        return Timed(0.0, 0.0, api.ItemsRead(items, keys[self._fits :]))


KEYS = {Probe("us-east-1", n): {"customer": {"S": str(n)}, "blob": {"B": b"x"}} for n in range(1, 91)}


def look(answers, read=False):
    session = Session(0, answers, BY_CUSTOMER, Lease("me", 0), History())
    work = session.read("us-east-1", KEYS, 60.0, KEYS) if read else session.look("us-east-1", KEYS, items=KEYS)
    return run(work)


def test_what_had_no_room_in_an_answer_is_asked_for_at_once_and_not_unread():
    looks = look(answers := Answers(size=400_000, fits=40))
    assert answers.asked == [90, 50, 10]
    assert [(len(one.seen), len(one.unread)) for one in looks] == [(40, 0), (40, 0), (10, 0)]


def test_what_is_throttled_stays_unread_for_that_look_and_a_read_asks_again_later():
    [one] = look(Answers(size=1, fits=40))
    assert (len(one.seen), len(one.unread)) == (40, 50)
    seen, problem = look(answers := Answers(size=1, fits=40), read=True)
    assert (seen.keys(), problem, answers.asked) == (KEYS.keys(), "", [90, 50, 10])


def test_what_stays_throttled_has_a_reason():
    seen, problem = look(Answers(size=1, fits=0), read=True)
    assert (seen, problem) == (
        {},
        "throttled: BatchGetItem in us-east-1 left keys unprocessed: raise its capacity, or the timeout",
    )


def test_items_of_a_table_in_one_region_are_refused():
    [problem] = problems({"orders": [ITEM]}, table("orders", replicas={}))
    assert problem == (
        "items (verify_items), table 'orders': only us-east-1 is listed, so they would go nowhere: list another "
        "region, or take them away."
    )

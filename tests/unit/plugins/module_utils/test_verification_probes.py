# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verification's own items: where they live, how they are known, when they may be touched."""

from __future__ import annotations

import decimal
import itertools
import re

import boto3.session
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import RegionalTable
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    CALLS,
    DELETE,
    MARKER,
    NUMBERS,
    OPERATIONS,
    PUT,
    REGISTERS,
    SLOTS,
    UPDATE,
    Lease,
    Marked,
    Probe,
    Schema,
    another_run,
    drawn,
    registers,
    shows,
)

PROBE = Probe("eu-west-1", 3)
TEXT = "multiregion.dynamodb/verification/eu-west-1/3"
NUMBER = "-99999999999999999999999927905411860003"
VALUES = {"S": TEXT, "N": NUMBER, "B": TEXT.encode()}
LEASE = Lease("me", 1000)
KEYS = [kinds for width in (1, 2) for kinds in itertools.product("SNB", repeat=width)]


def schema(*kinds: str) -> Schema:
    return Schema("orders", tuple(zip(("pk", "sk"), kinds, strict=False)))


def item(probe: Probe, kinds: tuple[str, ...] = ("S",), **marker: str) -> dict:
    values = {"run": {"S": "me"}, "expires": {"N": "1000"}, "revision": {"N": "1"}, **marker}
    return {**schema(*kinds).key(probe), MARKER: {"M": values}}


@pytest.mark.parametrize("kinds", KEYS)
def test_a_key_is_of_the_tables_own_types(kinds):
    assert schema(*kinds).key(PROBE) == {
        name: {kind: VALUES[kind]} for name, kind in zip(("pk", "sk"), kinds, strict=False)
    }


@pytest.mark.parametrize("kind", ["S", "N", "B"])
def test_every_region_and_slot_has_a_key_of_its_own(kind):
    regions = {region for name in ("aws", "aws-cn", "aws-us-gov") for region in regions_of(name)}
    keys = [schema(kind).key(Probe(region, slot))["pk"][kind] for region in regions for slot in (0, 9, SLOTS - 1)]
    assert len(set(keys)) == 3 * len(regions) > 90


def regions_of(partition: str) -> list[str]:
    return boto3.session.Session().get_available_regions("dynamodb", partition)


def test_a_number_key_has_the_38_digits_that_dynamodb_keeps():
    for probe in (Probe("us-east-1", 0), Probe("ap-southeast-2", SLOTS - 1)):
        assert re.fullmatch(r"-9{24}\d{14}", schema("N").key(probe)["pk"]["N"])


@pytest.mark.parametrize("kinds", KEYS)
def test_a_printable_key_is_text(kinds):
    printable = schema(*kinds).printable(PROBE)
    assert list(printable.values()) == [NUMBER if kind == "N" else TEXT for kind in kinds]


def test_the_schema_is_the_tables_own_without_its_indexes():
    settings = {"partition_key": "pk", "sort_key": "sk", "attribute_types": {"sk": "N", "pk": "B", "email": "S"}}
    assert Schema.of("orders", RegionalTable("eu-west-1", "ACTIVE", settings=settings)) == schema("B", "N")


def test_the_schema_of_a_table_without_a_sort_key():
    settings = {"partition_key": "pk", "attribute_types": {"pk": "S"}}
    assert Schema.of("orders", RegionalTable("eu-west-1", "ACTIVE", settings=settings)) == schema("S")


def test_an_item_is_its_key_and_the_marker():
    parameters = schema("S", "N").write(PUT, PROBE, LEASE)
    marker = {"run": {"S": "me"}, "expires": {"N": "1000"}, "revision": {"N": "1"}}
    assert parameters["TableName"] == "orders"
    assert parameters["Item"] == {"pk": {"S": TEXT}, "sk": {"N": NUMBER}, MARKER: {"M": marker}}


@pytest.mark.parametrize(
    ("operation", "condition"),
    [
        (PUT, "attribute_not_exists(#key) OR #marker.#run = :run"),
        (UPDATE, "attribute_exists(#key) AND #marker.#run = :run"),
        (DELETE, "attribute_not_exists(#key) OR #marker.#run = :run"),
    ],
)
def test_every_write_is_under_a_condition_on_the_marker(operation, condition):
    parameters = schema("S").write(operation, PROBE, LEASE)
    assert parameters["ConditionExpression"] == condition
    assert parameters["ExpressionAttributeValues"][":run"] == {"S": "me"}
    assert parameters["ExpressionAttributeNames"]["#marker"] == MARKER
    assert parameters["ExpressionAttributeNames"]["#key"] == "pk"


def test_what_a_dead_run_left_is_deleted_only_as_it_was_read():
    parameters = schema("S").remove_dead(PROBE, Marked("dead", 7, 2))
    assert parameters["ConditionExpression"] == (
        "attribute_not_exists(#key) OR (#marker.#run = :run AND #marker.#expires = :expires)"
    )
    assert parameters["ExpressionAttributeValues"] == {":run": {"S": "dead"}, ":expires": {"N": "7"}}


WRITES = [schema("S", "S").write(operation, PROBE, LEASE) for operation in OPERATIONS]


@pytest.mark.parametrize("parameters", [*WRITES, schema("S", "S").remove_dead(PROBE, Marked("dead", 7, 2))])
def test_no_name_or_value_is_unused_because_the_service_refuses_that(parameters):
    used = " ".join(value for name, value in parameters.items() if name.endswith("Expression"))
    named = set(re.findall(r"[#:]\w+", used))
    assert named == {*parameters["ExpressionAttributeNames"], *parameters["ExpressionAttributeValues"]}
    assert set(CALLS) == set(OPERATIONS)


def test_a_read_asks_for_nothing_of_a_users_item_but_its_key():
    request = schema("S", "N").read([PROBE], consistent=True)
    assert request["ConsistentRead"] is True
    assert request["Keys"] == [{"pk": {"S": TEXT}, "sk": {"N": NUMBER}}]
    assert request["ProjectionExpression"] == "#key0, #key1, #marker"
    assert request["ExpressionAttributeNames"] == {"#key0": "pk", "#key1": "sk", "#marker": MARKER}


@pytest.mark.parametrize("kinds", KEYS)
def test_items_are_known_by_their_keys(kinds):
    probes = [Probe(region, slot) for region in ("eu-west-1", "us-east-1") for slot in range(5)]
    keys = {probe: schema(*kinds).key(probe) for probe in probes}
    assert schema(*kinds).among(keys, [item(PROBE, kinds)]) == {PROBE: item(PROBE, kinds)}


def test_a_number_is_known_in_whatever_way_the_service_writes_it():
    shown = {"pk": {"N": f"{decimal.Decimal(NUMBER):E}"}}
    assert set(schema("N").among({PROBE: schema("N").key(PROBE)}, [shown])) == {PROBE}


@pytest.mark.parametrize(
    "marker",
    [
        None,
        {"S": "text"},
        {"M": {}},
        {"M": {"run": {"S": "me"}}},
        {"M": {"run": {"N": "1"}, "expires": {"N": "1"}, "revision": {"N": "1"}}},
        {"M": {"run": {"S": "me"}, "expires": {"N": "1.5"}, "revision": {"N": "1"}}},
    ],
)
def test_an_item_without_a_whole_marker_isnt_verifications(marker):
    shown = {**schema("S").key(PROBE), **({MARKER: marker} if marker else {})}
    assert Marked.of(shown) == Marked()


@pytest.mark.parametrize(
    ("marked", "put", "update", "delete"),
    [
        (None, False, False, True),
        (Marked(), False, False, True),
        (Marked("another", 1000, 2), False, False, True),
        (Marked("me", 1000, 1), True, False, False),
        (Marked("me", 1000, 2), True, True, False),
    ],
)
def test_what_an_item_shows_of_each_operation(marked, put, update, delete):
    assert [shows(NUMBERS[operation], marked, LEASE) for operation in OPERATIONS] == [put, update, delete]


def test_the_keys_of_a_run_follow_from_its_id_and_are_no_registers():
    keys = drawn("a run", "eu-west-1", 1000)
    assert keys == drawn("a run", "eu-west-1", 1000)
    assert len({probe.slot for probe in keys} - set(range(REGISTERS))) == 1000
    assert len(set(keys) & set(drawn("another run", "eu-west-1", 1000))) < 300
    assert len(registers("eu-west-1")) == REGISTERS


@pytest.mark.parametrize(
    ("run", "another"),
    [("6f1c9d52-1111-4222-8333-444455556666", True), ("me", False), ("", False), ("corrupted", False)],
)
def test_another_run_is_known_by_its_id(run, another):
    assert another_run(Marked(run, 1000, 1), LEASE) is another

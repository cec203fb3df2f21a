# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DynamoDB JSON: what is read, what is refused with which sentence, what is the same, and how big it is."""

from __future__ import annotations

import base64
import copy
import json
from fractions import Fraction

import botocore.session
import pytest
import yaml
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.dynamodb_json import (
    MAX_DEPTH,
    MAX_SIZE,
    canonical,
    differing,
    digest,
    parse,
    printable,
    size,
)
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

PUT_ITEM = botocore.session.get_session().get_service_model("dynamodb").operation_model("PutItem")
SERIALIZER = create_serializer("json", include_validation=True)

NUMBERS = st.builds(
    lambda sign, digits, exponent: f"{sign}{digits}E{exponent - len(digits) + 1}",
    st.sampled_from(["", "-", "+"]),
    st.from_regex(r"[1-9][0-9]{0,37}", fullmatch=True),
    st.integers(-130 + 37, 125),
)
TEXTS = st.text(max_size=20)
BINARIES = st.binary(max_size=20).map(lambda value: base64.b64encode(value).decode())
SCALARS = st.one_of(
    st.builds(lambda value: {"S": value}, TEXTS),
    st.builds(lambda value: {"N": value}, NUMBERS),
    st.builds(lambda value: {"B": value}, BINARIES),
    st.builds(lambda value: {"BOOL": value}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda values: {"SS": values}, st.lists(TEXTS, min_size=1, max_size=4, unique=True)),
    st.builds(lambda values: {"BS": values}, st.lists(BINARIES, min_size=1, max_size=4, unique=True)),
    st.builds(
        lambda values: {"NS": values},
        st.lists(NUMBERS, min_size=1, max_size=4, unique_by=lambda value: canonical({"N": value})),
    ),
)
NAMES = st.text(min_size=1, max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda values: st.one_of(
        st.builds(lambda given: {"L": given}, st.lists(values, max_size=4)),
        st.builds(lambda given: {"M": given}, st.dictionaries(NAMES, values, max_size=4)),
    ),
    max_leaves=10,
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=4)


def problems(**attributes) -> list[str]:
    return parse(attributes, "here")[1]


def nested(levels: int) -> dict:
    value = {"S": "x"}
    for _level in range(levels):
        value = {"L": [value]}
    return value


@given(ITEMS)
def test_whatever_is_valid_is_read_and_the_sdk_takes_it(written):
    before = copy.deepcopy(written)
    item, found = parse(json.loads(json.dumps(written)), "here")

    assert found == []
    assert differing(item, parse(before, "here")[0]) == []
    sent = SERIALIZER.serialize_to_request({"TableName": "orders", "Item": item}, PUT_ITEM)
    assert parse(json.loads(sent["body"])["Item"], "here") == (item, [])


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"N": 1.1}, "here, a: N is 1.1, which isn't text: write it in quotes, or YAML changes it on the way: 1.10 "),
        ({"N": 5}, "here, a: N is 5, which isn't text: write it in quotes"),
        ({"S": True}, "here, a: S is True, which isn't text: write it in quotes."),
        ({"N": "1,5"}, "here, a: N is '1,5', which isn't a number"),
        ({"N": ""}, "here, a: N is '', which isn't a number"),
        ({"N": "NaN"}, "here, a: N is 'NaN', which isn't a number"),
        ({"N": "1\n"}, "here, a: N is '1\\n', which isn't a number"),
        ({"N": "١"}, "here, a: N is '١', which isn't a number"),
        ({"N": "1" * 39}, "here, a: N has 39 digits, but DynamoDB keeps 38."),
        ({"N": "1E126"}, "here, a: N is 1E126, but a number is 0 or has a magnitude from 1E-130 to 9.99E+125."),
        ({"N": "-9E-131"}, "here, a: N is -9E-131, but"),
        ({"B": "A"}, "here, a: B isn't base64."),
        ({"B": "AA==\n"}, "here, a: B isn't base64."),
        ({"B": "ł"}, "here, a: B isn't base64."),
        ({"S": "\ud800"}, "here, a: holds half of a surrogate pair"),
        ({"BOOL": "yes"}, "here, a: BOOL is 'yes', but must be true or false."),
        ({"BOOL": 1}, "here, a: BOOL is 1, but must be true or false."),
        ({"NULL": False}, "here, a: NULL is False, but must be true."),
        ({"SS": []}, "here, a: SS must be a list of at least one value: DynamoDB has no empty sets."),
        ({"SS": "x"}, "here, a: SS must be a list"),
        ({"SS": ["x", "x"]}, "here, a: SS has the same value more than once."),
        ({"NS": ["1", "1.0"]}, "here, a: NS has the same value more than once."),
        ({"NS": ["1", 2]}, "here, a[1]: N is 2, which isn't text"),
        ({"BS": ["AA==", "?"]}, "here, a[1]: B isn't base64."),
        ({"L": {}}, "here, a: L must be a list of values"),
        ({"L": [{"S": "x"}, {"M": {"b": {"N": 7}}}]}, "here, a[1].b: N is 7, which isn't text"),
        ({"M": []}, "here, a: must be a dictionary of attributes"),
        ({"M": {"": {"S": "x"}}}, "here, a: the name of an attribute is empty."),
        ("x", "here, a: must be one type and its value, such as"),
        ({}, "here, a: must be one type and its value, such as"),
        ({"S": "x", "N": "1"}, "here, a: must be one type and its value, such as"),
        ({"X": "x"}, "here, a: must be one type and its value, such as"),
        (nested(MAX_DEPTH + 1), f"here, a{'[0]' * MAX_DEPTH}: is nested more than 32 levels deep."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_is_said_in_a_sentence_with_the_path(value, sentence):
    [problem] = problems(a=value, fine={"S": "x"})
    assert problem.startswith(sentence)


def test_every_problem_of_an_item_is_named():
    assert len(problems(a={"N": 1}, b={"BOOL": 1}, c={"NS": ["1", "1"]})) == 3


def test_what_is_no_item_is_said():
    assert parse(["x"], "here")[1][0].startswith("here: must be a dictionary of attributes, such as ")


@pytest.mark.parametrize(
    "value",
    [
        {"N": "0.000"},
        {"N": "-0"},
        {"N": "0E999"},
        {"N": "1E-130"},
        {"N": f"-{'9' * 38}E88"},
        {"N": f"{'9' * 38}{'0' * 88}"},
        {"N": f"0.{'0' * 129}1"},
        {"N": "+.5"},
        {"N": "5."},
        {"S": ""},
        {"B": ""},
        {"SS": [""]},
        {"L": []},
        {"M": {}},
        nested(MAX_DEPTH),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_the_service_takes_is_taken(value):
    assert problems(a=value) == []


def test_an_unquoted_null_is_what_yaml_and_ansible_make_of_it():
    unquoted = yaml.safe_load("{gone: {NULL: true}}")
    assert parse(unquoted, "here") == parse({"gone": {"null": True}}, "here") == ({"gone": {"NULL": True}}, [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"N": "1.10"}, {"N": "1.1"}),
        ({"N": "1e2"}, {"N": "+100.0"}),
        ({"N": "-0.0"}, {"N": "0"}),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}),
        ({"NS": ["1.0", "2"]}, {"NS": ["2.00", "1"]}),
        ({"BS": [b"a", b"b"]}, {"BS": [b"b", b"a"]}),
        ({"L": [{"M": {"a": {"N": "1.0"}}}]}, {"L": [{"M": {"a": {"N": "1"}}}]}),
    ],
)
def test_the_same(one, other):
    assert canonical(one) == canonical(other)
    assert digest({"a": one}) == digest({"a": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"N": "1"}, {"S": "1"}),
        ({"N": "1"}, {"BOOL": True}),
        ({"N": "1"}, {"N": "-1"}),
        ({"N": "1"}, {"N": "10"}),
        ({"N": "12345678901234567890123456789012345678"}, {"N": "12345678901234567890123456789012345679"}),
        ({"S": "a"}, {"S": "a "}),
        ({"S": "QQ=="}, {"B": b"A"}),
        ({"L": [{"S": "a"}, {"S": "b"}]}, {"L": [{"S": "b"}, {"S": "a"}]}),
        ({"SS": ["1"]}, {"NS": ["1"]}),
        ({"M": {}}, {"L": []}),
        ({"S": "\u00e9"}, {"S": "e\u0301"}),
    ],
)
def test_not_the_same(one, other):
    assert digest({"a": one}) != digest({"a": other})
    assert differing({"a": one, "b": one}, {"a": other, "b": one}) == ["a"]


def test_an_attribute_more_or_less_differs():
    assert differing({"a": {"S": "x"}, "b": {"S": "x"}}, {"b": {"S": "x"}, "c": {"S": "x"}}) == ["a", "c"]


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ({"S": "żółw"}, 7),
        ({"B": bytes(5)}, 5),
        ({"N": "0"}, 1),
        ({"N": "1234500"}, 4),
        ({"N": "-12345"}, 5),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": True}]}, 3 + 1 + 2 + 1 + 1),
        ({"M": {"ż": {"S": "ab"}}}, 3 + 1 + 2 + 2),
    ],
    ids=str,
)
def test_the_size_of_each_type_with_its_name(value, bytes_):
    assert size({"name": value}) == 4 + bytes_


def test_an_item_of_400_kilobytes_is_taken_and_one_byte_more_is_not():
    assert problems(a={"S": "x" * (MAX_SIZE - 1)}) == []
    assert problems(a={"S": "x" * MAX_SIZE}) == [
        "here: has 409601 bytes, names included, but an item has 409600 (400 KB) at most."
    ]


@given(NUMBERS, NUMBERS, st.integers(0, 5))
def test_numbers_are_the_same_exactly_when_their_values_are(one, other, zeros):
    digits, _letter, exponent = one.partition("E")
    again = f"{digits}{'0' * zeros}E{int(exponent) - zeros}"
    assert canonical({"N": one}) == canonical({"N": again})
    assert (canonical({"N": one}) == canonical({"N": other})) == (Fraction(one) == Fraction(other))


def test_a_key_for_people():
    key = {"a": {"S": "text"}, "b": {"N": "1.0"}, "c": {"B": b"\xff"}}
    assert printable(key) == {"a": "text", "b": "1.0", "c": "/w=="}

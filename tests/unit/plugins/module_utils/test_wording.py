# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What many tables have in common is said once."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import wording

DENIED = "access denied: dynamodb:CreateTable in {}"


@pytest.mark.parametrize(
    "said",
    [
        {"east": DENIED.format("us-east-1"), "west": DENIED.format("us-west-1")},
        {"x": "denied: table/z.x", "y": "denied: table/z.y"},
        {"x": "denied: table/x_1", "y": "denied: table/y_1"},
        {"x": "denied: table/x.1", "y": "denied: table/y.1"},
        {"1": "denied: ns-1", "2": "denied: ns-2"},
    ],
)
def test_tables_whose_names_are_parts_of_other_words_share_no_line(said):
    lines = wording.shared_lines({name: [sentence] for name, sentence in said.items()})
    assert lines == [f"{name}: {sentence}" for name, sentence in said.items()]


@pytest.mark.parametrize(
    "said", ["denied: table/{}/index/i", "{} is in motion", "there is no {}.", "'{}', too", "it is called {}"]
)
def test_what_differs_in_the_tables_own_names_alone_is_one_line(said):
    names = ["orders", "shop.baskets", "a-b_c"]
    assert wording.shared_lines({name: [said.format(name)] for name in names}) == [
        f"orders, shop.baskets, a-b_c: {said.format('orders')}"
    ]


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("read_capacity is {} in us-east-1, but 5 in eu-west-1", range(100)),
        ("set on_demand_max to read {}.5 in us-east-1", range(100)),
    ],
)
def test_many_sentences_that_differ_in_numbers_alone_are_one_line_with_an_example(sentence, numbers):
    said = {f"orders-{number}": [sentence.format(number)] for number in numbers}
    assert wording.shared_lines({**said, "last": ["is absent"]}) == [
        f"orders-0 and 99 more with other values: {sentence.format(0)}",
        "last: is absent",
    ]


@pytest.mark.parametrize("sentence", ["it is in us-east-{}", "it is called orders_{}", "denied: table/orders.{}"])
def test_a_number_within_a_word_is_no_value(sentence):
    said = {name: [sentence.format(number)] for number, name in enumerate("abcdef")}
    assert len(wording.shared_lines(said)) == len(said)


def test_few_sentences_are_spelled_out():
    said = {f"t{number}": [f"read_capacity is {number}"] for number in range(wording.NAMES_IN_A_LINE)}
    assert wording.shared_lines(said) == [f"{name}: {sentence}" for name, (sentence,) in said.items()]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People's text holds nothing that a terminal obeys; data is exact."""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import printable
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b[2Jorders\x07", "\\x1b[2Jorders\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202egpj\u2066", "a\\u202egpj\\u2066"),
        ("one\rtwo\u2028three", "one\\rtwo\\u2028three"),
        ("\ud800\ufffe", "\\ud800\\ufffe"),
        ("one\n\ttwo → Größe 表", "one\n\ttwo → Größe 表"),
    ],
)
def test_what_a_terminal_obeys_is_escaped_and_nothing_else(value, shown):
    assert printable.text(value) == shown


@given(st.text())
def test_no_text_holds_a_control_or_format_character(value):
    assert {unicodedata.category(character) for character in printable.text(value)} & {"Cc", "Cf", "Cs"} <= {"Cc"}
    assert {character for character in printable.text(value) if unicodedata.category(character) == "Cc"} <= {*"\n\t"}


def test_a_results_sentences_are_printable_and_its_data_is_exact():
    bad, escaped = "\x1b[2J", "\\x1b[2J"
    region = {"region": "us-east-1", "problem": bad, "tags": {"reason": bad}, "ttl": {"attribute": bad}}
    table = {"name": bad, "notes": [bad], "regions": [region], "inventory": {"tags": {bad: bad}, "tables": [bad]}}
    assert printable.result({"msg": bad, "summary": [bad], "tables": [table], "changed": True}) == {
        "msg": escaped,
        "summary": [escaped],
        "tables": [{**table, "notes": [escaped], "regions": [{**region, "problem": escaped}]}],
        "changed": True,
    }

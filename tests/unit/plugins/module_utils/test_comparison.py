# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/comparison.md says of this collection is what tests show."""

from __future__ import annotations

import ast
import re
import typing as t
from pathlib import Path

from ansible_collections.multiregion.dynamodb.plugins.module_utils import _module
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import arguments

COLLECTION = Path(_module.__file__).parents[2]
COMPARED, PROVED = (COLLECTION / "docs/comparison.md").read_text().split("\n## The tests behind the first column\n")


def rows(text: str, heading: str, first: str) -> t.Iterator[tuple[tuple[str, str], list[str]]]:
    """The rows of all tables whose second column is headed `first`, each by its section and its name."""
    section, inside = "", False
    for line in text.splitlines():
        if line.startswith(f"{heading} "):
            section = line.removeprefix(f"{heading} ")
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells[1:2] == [first]:
            inside = True
        elif not cells:
            inside = False
        elif inside and not set(cells[0]) <= {"-"}:
            yield (section, cells[0]), cells[1:]


SAYS = dict(rows(COMPARED, "##", "this collection"))
SHOWS = dict(rows(PROVED, "###", "options"))
EACH_OPTION = "test_every_option.py::test_an_option_is_turned_on_changed_and_off_as_check_mode_predicts"


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def functions(file: str) -> set[str]:
    (path,) = (path for part in ("unit", "integration") for path in (COLLECTION / "tests" / part).rglob(file))
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def options(schema: dict[str, t.Any], path: str = "") -> t.Iterator[str]:
    for name, option in schema.items():
        yield f"{path}{name}"
        if name in ("global_secondary_indexes", "replicas"):
            yield from options(option["options"], f"{path}{name}.")


def test_every_tool_has_a_word_in_every_row():
    assert len(SAYS) > 50
    assert {len(cells) for cells in SAYS.values()} == {6}


def test_what_is_said_to_be_done_and_nothing_else_has_tests():
    assert {cells[0] for cells in SAYS.values()} == {"yes", "no"}
    assert {row for row, cells in SAYS.items() if cells[0] == "yes"} == SHOWS.keys()


def test_every_test_that_is_named_exists():
    assert quoted(PROVED.split("###")[0]).count(EACH_OPTION) == 1
    for row, (named, tests) in SHOWS.items():
        shown = [*quoted(tests), *([EACH_OPTION] if "each option" in tests and quoted(named) else [])]
        assert shown, row
        for test in shown:
            file, function = test.split("::")
            assert function in functions(file), (row, test)


def test_every_option_of_a_table_and_its_replicas_is_in_a_row():
    named = {option for cell, _tests in SHOWS.values() for option in quoted(cell)}
    assert named == set(options(arguments.TABLE_OPTIONS))

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first plan of a run as a document that can be kept, and approved by its hash before anything changes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import typing as t

from . import files
from .spec import Refused

if t.TYPE_CHECKING:
    from .converge import Progress
    from .steps import Step

Document = dict[str, t.Any]

HASH = re.compile(r"[0-9a-f]{64}")
# So many steps are spelled out where a plan isn't the expected one.
STEPS_IN_A_MESSAGE = 10


class Approval:
    """Called with every table's first plan: writes it to a file, and refuses one that isn't expected.

    :ivar hash: of that plan.
    """

    def __init__(self, plan_file: str | None, expect_plan: str | None) -> None:
        """:raises Refused: for what can't be done."""
        self.hash = ""
        self._path = plan_file
        self._expected = expect_plan
        if expect_plan is not None and not HASH.fullmatch(expect_plan):
            raise Refused([f"expect_plan is {expect_plan!r}, but must be a plan's hash, 64 hexadecimal digits."])
        if plan_file is not None:
            files.check("plan_file", plan_file)

    def __call__(self, run: list[Progress]) -> None:
        """:raises Refused: when the plan isn't the expected one, or can't be written."""
        plan = document(run)
        self.hash = plan["hash"]
        if self._expected not in (None, self.hash):
            raise Refused([_unexpected(plan, self._expected, self._approved())])
        if self._path is not None:
            _write(self._path, plan)

    def _approved(self) -> Document | None:
        """The expected plan, when the file still holds it."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            with open(self._path or "", encoding="utf-8") as file:
                kept = json.load(file)
            if kept["hash"] == self._expected == _hash(kept["tables"]):
                return kept
        return None


def document(run: list[Progress]) -> Document:
    """The plan of every table that isn't as it is wanted."""
    tables = [
        {
            "name": progress.wanted.name,
            "failure": progress.failure,
            "steps": [_step(step) for step in (() if progress.failure else progress.plan.steps)],
        }
        for progress in sorted(run, key=lambda progress: progress.wanted.name)
        if progress.failure or progress.plan.steps
    ]
    return {"hash": _hash(tables), "tables": tables}


def _step(step: Step) -> Document:
    # The ARN says nothing that the table's name and the region don't, and isn't known before a replica is made.
    parameters = {member: value for member, value in step.parameters.items() if member != "ResourceArn"}
    return {"region": step.region, "call": step.call, "description": step.sentence, "parameters": parameters}


def _hash(tables: list[Document]) -> str:
    """Of what would be called; not of sentences, which count items too."""
    plan = [(table["name"], bool(table["failure"]), [_called(step) for step in table["steps"]]) for table in tables]
    return hashlib.sha256(json.dumps(plan).encode()).hexdigest()


def _called(step: Document) -> str:
    return json.dumps([step["region"], step["call"], step["parameters"]], sort_keys=True)


def _unexpected(plan: Document, expected: str, approved: Document | None) -> str:
    sentence = f"The plan isn't the expected one ({expected}), so nothing was changed. It is now {plan['hash']}"
    if approved is None:
        return f"{sentence}. To see what differs, name the file that holds the expected plan as plan_file."
    now, then = _sentences(plan), _sentences(approved)
    parts = [
        f"{what}: {'; '.join(found[:STEPS_IN_A_MESSAGE])}{'; ...' if len(found) > STEPS_IN_A_MESSAGE else ''}"
        for what, found in (
            ("planned now but not then", [now[step] for step in now if step not in then]),
            ("planned then but not now", [then[step] for step in then if step not in now]),
        )
        if found
    ]
    differing = ". ".join(parts) or "the same steps in another order"
    return f"{sentence}: {differing}. Look at it in check mode, and expect what you find right."


def _sentences(plan: Document) -> dict[tuple[str, str], str]:
    """(table, call) -> how people read it."""
    sentences = {}
    for table in plan["tables"]:
        if table["failure"]:
            sentences[table["name"], "failure"] = f"{table['name']}: {table['failure']}"
        for step in table["steps"]:
            sentences[table["name"], _called(step)] = f"{table['name']}: {step['description']}"
    return sentences


def _write(path: str, plan: Document) -> None:
    """For the user alone, as it holds the tables' settings."""
    try:
        files.write(path, json.dumps(plan, indent=2, sort_keys=True) + "\n", mode=0o600)
    except OSError as error:
        raise Refused([f"plan_file {path} can't be written, so nothing was changed: {error.strerror}."]) from error

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first plan of a run as a document that can be kept, and approved by its hash before anything changes.

What is approved are the calls of that plan. A run makes no other, whatever it finds later.

A plan is of one account at one endpoint, and its hash is too: what was approved for staging never fits production.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import typing as t

from . import files
from .spec import Refused
from .wording import shared_lines

if t.TYPE_CHECKING:
    from .converge import Progress
    from .steps import Step

Document = dict[str, t.Any]

HASH = re.compile(r"[0-9a-f]{64}")
# So many steps are spelled out where a plan isn't the expected one.
STEPS_IN_A_MESSAGE = 10
# So many characters of a parameter's value are shown.
VALUE_IN_A_MESSAGE = 200
_NOT_COMPARED = "The plan can't be compared with the expected one, so nothing was changed. Not read:"


class Approval:
    """Called with every table's plan after each look, of which the first is the run's plan.

    It writes that to a file, and refuses one that isn't expected; later it fails a table that needs more.

    :ivar asked: whether anybody wants to keep or to expect a plan, so that the place has to be known (`bind`).
    :ivar hash: of that plan.
    """

    def __init__(self, plan_file: str | None, expect_plan: str | None) -> None:
        """:raises Refused: for what can't be done."""
        self.asked = plan_file is not None or expect_plan is not None
        self.hash = ""
        self.bind("", None)
        self._path = plan_file
        self._expected = expect_plan
        self._calls: set[tuple[str, str]] = set()
        if expect_plan is not None and not HASH.fullmatch(expect_plan):
            raise Refused([f"expect_plan is {expect_plan!r}, but must be a plan's hash, 64 hexadecimal digits."])
        if plan_file is not None:
            files.check("plan_file", plan_file)

    def bind(self, account_id: str, endpoint_url: str | None) -> None:
        """Say where the plan is to be carried out."""
        self._place = {"account_id": account_id, "endpoint_url": endpoint_url or ""}

    def __call__(self, run: list[Progress]) -> None:
        """:raises Refused: when the first plan isn't the expected one, or can't be written."""
        if not self.hash:
            self._decide(run)
        elif self._expected is not None:
            for progress in run:
                self._hold_to_what_is_approved(progress)

    def _decide(self, run: list[Progress]) -> None:
        plan = document(run, self._place)
        if self._expected is not None and (unread := {one.wanted.name: [one.unread] for one in run if one.unread}):
            raise Refused([f"{_NOT_COMPARED} {'; '.join(shared_lines(unread))}. Run again."])
        if self._expected not in (None, plan["hash"]):
            raise Refused([_unexpected(plan, self._expected, self._approved())])
        if self._path is not None:
            _write(self._path, plan)
        self.hash = plan["hash"]
        self._calls = {(table["name"], _called(step)) for table in plan["tables"] for step in table["steps"]}

    def _hold_to_what_is_approved(self, progress: Progress) -> None:
        name = progress.wanted.name
        # A step that waits isn't carried out yet, and may look different by then; removals are tried leaf first.
        due = [step for step in progress.plan.steps if step.removal or not step.waits_for]
        found = [step for step in due if (name, _called(_step(step))) not in self._calls]
        if found and not progress.failure:
            progress.failure = (
                f"its state changed since the plan was approved, so that it needs more now, of which nothing was done: "
                f"{_some([step.sentence for step in found])}. Look at it in check mode, and expect what you find right."
            )

    def _approved(self) -> Document | None:
        """The expected plan, when the file still holds it."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            with open(self._path or "", encoding="utf-8") as file:
                kept = json.load(file)
            if kept["hash"] == self._expected == _hash(kept):
                return kept
        return None


def document(run: list[Progress], place: dict[str, str]) -> Document:
    """The plan of every table that isn't as it is wanted; one that couldn't be read is in it with its failure.

    :param place: ``account_id``, and ``endpoint_url``, which is empty for AWS's own.
    """
    tables = [
        {
            "name": progress.wanted.name,
            "failure": progress.failure or progress.unread,
            "steps": [_step(step) for step in (() if progress.failure else progress.plan.steps)],
        }
        for progress in sorted(run, key=lambda progress: progress.wanted.name)
        if progress.failure or progress.unread or progress.plan.steps
    ]
    plan = {**place, "tables": tables}
    return {"hash": _hash(plan), **plan}


def _step(step: Step) -> Document:
    # The ARN says nothing that the table's name and the region don't, and isn't known before a replica is made.
    parameters = {member: value for member, value in step.parameters.items() if member != "ResourceArn"}
    return {"region": step.region, "call": step.call, "description": step.sentence, "parameters": parameters}


def _hash(plan: Document) -> str:
    """Of what would be called and where; not of sentences, which count items too."""
    tables = [
        (table["name"], bool(table["failure"]), [_called(step) for step in table["steps"]]) for table in plan["tables"]
    ]
    return hashlib.sha256(json.dumps([_place(plan), tables]).encode()).hexdigest()


def _place(plan: Document) -> str:
    return f"account {plan['account_id']} at {plan['endpoint_url'] or 'AWS'}"


def _called(step: Document) -> str:
    return json.dumps([step["region"], step["call"], step["parameters"]], sort_keys=True)


def _unexpected(plan: Document, expected: str, approved: Document | None) -> str:
    sentence = f"The plan isn't the expected one ({expected}), so nothing was changed. It is now {plan['hash']}"
    if approved is None:
        how = "name the file that holds the expected plan as plan_file (tables_plan_file, replicas_plan_file)"
        return f"{sentence}. To see what differs, {how}."
    if _place(plan) != _place(approved):
        return f"{sentence}. The expected one is for {_place(approved)}, but this run is on {_place(plan)}."
    now, then = _steps(plan), _steps(approved)
    new, gone = [step for step in now if step not in then], [step for step in then if step not in now]
    changed = {step: other for step in new for other in gone if now[step].name == then[other].name}
    parts = [
        f"{what}: {_some(found)}"
        for what, found in (
            ("planned now but not then", [now[step].name for step in new if step not in changed]),
            ("planned then but not now", [then[step].name for step in gone if step not in changed.values()]),
            ("planned with other parameters", [_compared(then[old], now[step]) for step, old in changed.items()]),
        )
        if found
    ]
    differing = ". ".join(parts) or "the same steps in another order"
    return f"{sentence}: {differing}. Look at it in check mode, and expect what you find right."


def _some(sentences: list[str]) -> str:
    return "; ".join(sentences[:STEPS_IN_A_MESSAGE]) + ("; ..." if len(sentences) > STEPS_IN_A_MESSAGE else "")


class _Planned(t.NamedTuple):
    """A step as people read it, the table's name before its sentence; or a table's failure, which has no parameters."""

    name: str
    parameters: Document


def _steps(plan: Document) -> dict[tuple[str, str], _Planned]:
    """(table, call) -> the step."""
    steps = {}
    for table in plan["tables"]:
        if table["failure"]:
            steps[table["name"], "failure"] = _Planned(f"{table['name']}: {table['failure']}", {})
        for step in table["steps"]:
            steps[table["name"], _called(step)] = _Planned(
                f"{table['name']}: {step['description']}", step["parameters"]
            )
    return steps


def _compared(then: _Planned, now: _Planned) -> str:
    return f"{now.name} ({', '.join(_differences(then.parameters, now.parameters))})"


def _differences(then: t.Any, now: t.Any, path: str = "") -> t.Iterator[str]:
    """``ProvisionedThroughput.ReadCapacityUnits: 5 → 6``; what isn't there is null."""
    if isinstance(then, dict) and isinstance(now, dict):
        for member in {**then, **now}:
            yield from _differences(then.get(member), now.get(member), f"{path}.{member}".lstrip("."))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (old, new) in enumerate(zip(then, now, strict=True)):
            yield from _differences(old, new, f"{path}[{number}]")
    elif then != now:
        yield f"{path}: {_short(then)} → {_short(now)}"


def _short(value: t.Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= VALUE_IN_A_MESSAGE else f"{text[:VALUE_IN_A_MESSAGE]}..."


def _write(path: str, plan: Document) -> None:
    try:
        files.write(path, json.dumps(plan, indent=2, sort_keys=True) + "\n")
    except OSError as error:
        raise Refused([f"plan_file {path} can't be written, so nothing was changed: {error.strerror}."]) from error

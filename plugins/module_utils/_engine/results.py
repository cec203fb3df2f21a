# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules that change tables return, from how far the tables have come. Pure."""

from __future__ import annotations

import typing as t

from . import predict
from .arguments import SIDE_READ_OPTIONS
from .settings import autoscaling, encryption
from .spec import Table
from .state import ABSENT, Observed, RegionalTable
from .steps import Step

if t.TYPE_CHECKING:
    from .converge import Progress

# So many names are spelled out in a line of the summary; more are counted.
NAMES_IN_A_LINE = 3


def module_result(run: list[Progress], check_mode: bool) -> dict[str, t.Any]:
    """The result of a module that changes tables, ``diff`` included.

    ``msg``, one line per failed table, is there only when one failed.
    """
    tables = [_table_result(progress, check_mode) for progress in run]
    result = {
        "changed": any(table["changed"] for table in tables),
        "tables": tables,
        "summary": summary(tables, [step for progress in run for step in _steps(progress, check_mode)], check_mode),
        "diff": [diff for progress in run if (diff := _diff(progress, check_mode))],
    }
    if any(table["failed"] for table in tables):
        result["msg"] = _failure(tables)
    return result


def _failure(tables: list[dict[str, t.Any]]) -> str:
    """What failed, one line per failed table, or per reason that many share; then what was changed all the same."""
    names: dict[str, list[str]] = {}
    for table in tables:
        if table["failed"]:
            names.setdefault(table["msg"], []).append(table["name"])
    lines = [f"{sum(map(len, names.values()))} of {count(len(tables), 'table')} failed:"]
    lines += [
        f"{', '.join(named)}: {reason}" if len(named) <= NAMES_IN_A_LINE else f"{reason}: {', '.join(named)}"
        for reason, named in names.items()
    ]
    changed = [table["name"] for table in tables if table["changed"]]
    return "\n".join([*lines, *([f"Changed: {', '.join(changed)}. See summary."] if changed else [])])


def summary(tables: list[dict[str, t.Any]], steps: list[Step], check_mode: bool) -> list[str]:
    """Removals first, what is the same for many tables in one line, unchanged tables left out, totals last."""
    names: dict[str, list[str]] = {}
    removals = {step.sentence for step in steps if step.removal}
    for table in tables:
        for step in table["steps"]:
            names.setdefault(step["description"], []).append(table["name"])
    ordered = sorted(names, key=lambda sentence: sentence not in removals)
    lines = [f"{sentence}: {_names(names[sentence])}" for sentence in ordered]
    lines += [f"{_names(named)}: {note}" for note, named in _grouped(tables, "notes").items()]
    lines += [f"still to come: {what}: {_names(named)}" for what, named in _grouped(tables, "pending").items()]
    changed = sum(table["changed"] for table in tables)
    failed = sum(table["failed"] for table in tables)
    unchanged = sum(not table["changed"] and not table["failed"] for table in tables)
    totals = (
        f"{count(len(tables), 'table')}: {changed} {'to change' if check_mode else 'changed'}, {unchanged} unchanged"
    )
    return [*lines, totals + (f", {failed} failed" if failed else "")]


def _grouped(tables: list[dict[str, t.Any]], field: str) -> dict[str, list[str]]:
    """What many tables have in common -> their names; ``field`` is a list of sentences."""
    names: dict[str, list[str]] = {}
    for table in tables:
        for sentence in table[field]:
            names.setdefault(sentence, []).append(table["name"])
    return names


def region_result(table: RegionalTable) -> dict[str, t.Any]:
    """One region of a table: its status, and what was read of its settings, in the words of the options."""
    shown = {"region": table.region, "status": table.status}
    if table.problem:
        shown["problem"] = table.problem
    if table.exists:
        shown.update(arn=table.arn, item_count=table.item_count, **table.settings)
    return shown


def _table_result(progress: Progress, check_mode: bool) -> dict[str, t.Any]:
    steps = _steps(progress, check_mode)
    outcome = _outcome(progress, check_mode)
    return {
        "name": progress.wanted.name,
        "arn": outcome[progress.wanted.home].arn if outcome else "",
        "changed": bool(steps),
        "failed": bool(progress.failure),
        "msg": progress.failure,
        "notes": list(dict.fromkeys([*progress.plan.notes, *(step.note for step in steps if step.note)])),
        "steps": [{"region": step.region, "call": step.call, "description": step.sentence} for step in steps],
        "pending": [] if check_mode or progress.failure else progress.pending,
        "regions": [region_result(table) for table in outcome.values()],
    }


def _steps(progress: Progress, check_mode: bool) -> list[Step]:
    """What was done, or in check mode would be done; a step that was issued again counts once."""
    steps = progress.plan.steps if check_mode and not progress.failure else progress.carried_out
    return list({step.key: step for step in steps}.values())


def _outcome(progress: Progress, check_mode: bool) -> Observed:
    if check_mode and not progress.failure:
        return predict.after(progress.observed, progress.plan.steps)
    return progress.observed


def _diff(progress: Progress, check_mode: bool) -> dict[str, t.Any] | None:
    """Region by region the fields that differ; None when nothing changes."""
    if not _steps(progress, check_mode):
        return None
    outcome = _outcome(progress, check_mode)
    before, after = {}, {}
    for region, shown in outcome.items():
        managed = _managed(progress.wanted, region)
        old, new = _differing(_fields(progress.before.get(region), managed), _fields(shown, managed))
        if old or new:
            before[region], after[region] = old, new
    header = progress.wanted.name
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _differing(old: dict[str, t.Any], new: dict[str, t.Any]) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Both without what they have in common, at any depth; things that have names are shown by their names."""
    before, after = {}, {}
    for field in {**old, **new}:
        then, now = _by_name(old.get(field)), _by_name(new.get(field))
        if isinstance(then, dict) and isinstance(now, dict):
            then, now = _differing(then, now)
        if then != now:
            before.update({field: then} if field in old else {})
            after.update({field: now} if field in new else {})
    return before, after


def _by_name(value: t.Any) -> t.Any:
    if isinstance(value, list) and value and all(isinstance(entry, dict) and "name" in entry for entry in value):
        return {entry["name"]: {key: part for key, part in entry.items() if key != "name"} for entry in value}
    return value


def _managed(wanted: Table, region: str) -> dict[str, t.Any]:
    """The settings that are wanted in a region."""
    if region == wanted.home:
        return wanted.settings
    if region not in wanted.replicas:
        return {}
    own, follows = wanted.replicas[region].settings, autoscaling.of_replica(wanted.settings)
    indexes: dict[str, dict[str, t.Any]] = {}
    for index in [*own.get("global_secondary_indexes", []), *follows["global_secondary_indexes"]]:
        indexes[index["name"]] = {**indexes.get(index["name"], {}), **index}
    key = encryption.of_replica(wanted.settings, wanted.replicas[region].overrides)
    return {**own, **follows, **key, "global_secondary_indexes": list(indexes.values())}


def _fields(table: RegionalTable | None, managed: dict[str, t.Any]) -> dict[str, t.Any]:
    if table is None or not table.exists:
        return {"status": ABSENT}
    settings = _visible(table.settings, managed)
    indexes = {index["name"]: index for index in managed.get("global_secondary_indexes", [])}
    if "global_secondary_indexes" in settings:
        shown = settings["global_secondary_indexes"]
        settings["global_secondary_indexes"] = [_visible(index, indexes.get(index["name"], {})) for index in shown]
    return {"status": table.status, "replicas": sorted(table.replicas), **settings}


def _visible(shown: dict[str, t.Any], managed: dict[str, t.Any]) -> dict[str, t.Any]:
    """Without what is predicted of a new table or replica, but wouldn't be read of one that stands."""
    # An older botocore doesn't show disassociation protection.
    hidden = {*SIDE_READ_OPTIONS, "disassociation_protection"} - managed.keys()
    return {option: value for option, value in shown.items() if option not in hidden}


def _names(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= NAMES_IN_A_LINE else count(len(names), "table")


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

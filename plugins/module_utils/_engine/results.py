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
from .wording import count, counted, families, grouped, shared_lines

if t.TYPE_CHECKING:
    from .converge import Progress


def module_result(run: list[Progress], check_mode: bool) -> dict[str, t.Any]:
    """The result of a module that changes tables, ``diff`` included.

    Of a run in which a table failed only ``changed`` and ``msg``, as Ansible prints the whole result of a failed task.
    """
    taken = {progress.wanted.name: _steps(progress, check_mode) for progress in run}
    steps, changed = _step_lines(taken), any(taken.values())
    if any(progress.failure for progress in run):
        return {"changed": changed, "msg": _failure(run, steps, check_mode)}
    tables = [_table_result(progress, check_mode) for progress in run]
    return {
        "changed": changed,
        "tables": tables,
        "summary": summary(tables, steps, check_mode),
        "diff": [diff for progress in run if (diff := _diff(progress, check_mode))],
    }


def _failure(run: list[Progress], steps: list[str], check_mode: bool) -> str:
    """What failed, in one line per reason, then what was changed all the same."""
    failures = {progress.wanted.name: [progress.failure] for progress in run if progress.failure}
    lines = [f"{len(failures)} of {count(len(run), 'table')} failed:", *shared_lines(failures)]
    if steps:
        lines += ["To change all the same:" if check_mode else "Changed all the same:", *steps]
    return "\n".join(lines)


def _step_lines(taken: dict[str, list[Step]]) -> list[str]:
    """The steps of each table, removals first and each with its items, what is alike for many tables in one line."""
    removals, others = (
        grouped((step.sentence, name) for name, steps in taken.items() for step in steps if step.removal == removal)
        for removal in (True, False)
    )
    return [*(f"{sentence}: {counted(names)}" for sentence, names in removals.items()), *_lines(others)]


def _lines(names: dict[str, list[str]]) -> list[str]:
    return [f"{sentence}: {told}" for sentence, _tables, told in families(names, counted)]


def summary(tables: list[dict[str, t.Any]], steps: list[str], check_mode: bool) -> list[str]:
    """The steps, what is to be said besides, unchanged tables left out, totals last."""
    lines = [*steps, *(f"{told}: {note}" for note, _tables, told in families(_grouped(tables, "notes"), counted))]
    lines += [f"still to come: {line}" for line in _lines(_grouped(tables, "pending"))]
    changed = sum(table["changed"] for table in tables)
    what = "to change" if check_mode else "changed"
    unsettled = sum(bool(table["pending"]) for table in tables)
    totals = f"{count(len(tables), 'table')}: {changed} {what}, {len(tables) - changed} unchanged"
    return [*lines, totals + (f", {unsettled} not settled" if unsettled else "")]


def _grouped(tables: list[dict[str, t.Any]], field: str) -> dict[str, list[str]]:
    """What many tables have in common -> their names; ``field`` is a list of sentences."""
    return grouped((sentence, table["name"]) for table in tables for sentence in table[field])


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
        "notes": list(dict.fromkeys([*progress.plan.notes, *(step.note for step in steps if step.note)])),
        "steps": [{"region": step.region, "call": step.call, "description": step.sentence} for step in steps],
        "pending": progress.awaited if check_mode else progress.pending,
        "regions": [region_result(table) for table in outcome.values()],
    }


def _steps(progress: Progress, check_mode: bool) -> list[Step]:
    """What was done, or in check mode would be done; a step that was issued again counts once."""
    steps = progress.plan.steps if check_mode and not progress.failure else progress.carried_out
    return list({step.key: step for step in steps}.values())


def _outcome(progress: Progress, check_mode: bool) -> Observed:
    if check_mode:
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

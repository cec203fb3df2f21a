# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warn of a variable whose name is nearly one of the collection's, and refuse a wrong shape before Ansible does in its
own words; private to the collection."""

from __future__ import annotations

import difflib
import functools
import typing as t
from pathlib import Path

import yaml
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import shapes
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused

COLLECTION = Path(__file__).parents[2]
# How alike two names are, their prefix aside, and with it: a user may have variables of the same prefix.
ALIKE, ALIKE_WITH_PREFIX = 0.75, 0.93


@functools.cache
def known() -> dict[str, list[str]]:
    """Prefix -> the rest of each variable's name, as roles and playbooks specify them."""
    names: dict[str, list[str]] = {}
    for path in (*COLLECTION.glob("roles/*/meta/argument_specs.yml"), COLLECTION / "playbooks/meta/argument_specs.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].values():
            for name in entry["options"]:
                prefix, _underscore, rest = name.partition("_")
                names.setdefault(prefix, []).append(rest)
    return names


def misspelt(variables: t.Iterable[str]) -> dict[str, str]:
    """Variable that nothing reads -> the one that it nearly is."""
    found = {}
    for name in sorted(variables):
        prefix, _underscore, rest = name.partition("_")
        if prefix in known():
            for near in (
                difflib.get_close_matches(rest, known()[prefix], 1, ALIKE) if rest not in known()[prefix] else ()
            ):
                found[name] = f"{prefix}_{near}"
        elif any(name.startswith(ours[:4]) for ours in known()):
            names = [f"{ours}_{each}" for ours, rests in known().items() for each in rests]
            for near in difflib.get_close_matches(name, names, 1, ALIKE_WITH_PREFIX):
                found[name] = near
    return found


class VariablesAction(NormalAction):
    """Runs the module as any is run, after a warning, which Ansible shows once a run, and a check of its arguments."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        for name, near in misspelt(task_vars or {}).items():
            Display().warning(f"[{task_vars['inventory_hostname']}] Nothing reads {name}: did you mean {near}?")
        problems = shapes.checked(self._task.args)[1] if "tables" in self._task.args else []
        if problems:
            return {"failed": True, "msg": str(Refused(problems))}
        return super().run(tmp, task_vars)

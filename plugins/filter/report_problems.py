# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_problems
version_added: 0.1.0
short_description: Tell why reports can't be written
description:
  - Looks at files on the controller that reports are to be written to, before anything is verified.
author:
  - The multiregion.dynamodb contributors (@multiregion)
positional: _input
options:
  _input:
    description: Format to path, as O(multiregion.dynamodb.verify#role:verify_report).
    type: dict
    required: true
seealso:
  - plugin: multiregion.dynamodb.report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Refuse reports that can't be written
  ansible.builtin.assert:
    that: verify_report | multiregion.dynamodb.report_problems | length == 0
"""

RETURN = r"""
_value:
  description: A sentence for each problem, empty when every report can be written.
  type: list
  elements: str
"""

import os
import typing as t

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import files
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.wording import grouped
from ansible_collections.multiregion.dynamodb.plugins.plugin_utils import _plots


def report_problems(requested: dict[str, str | None]) -> list[str]:
    """Why these can't be written, each with what to do."""
    paths = {f"verify_report.{name}": os.path.expanduser(path) for name, path in requested.items() if path}
    shared = grouped((os.path.realpath(path), option) for option, path in sorted(paths.items()))
    problems = [
        f"{' and '.join(options)} are the same file, {path}: give each its own."
        for path, options in shared.items()
        if len(options) > 1
    ]
    for option, path in paths.items():
        try:
            files.check(option, path)
        except Refused as refused:
            problems += refused.problems
        else:
            # The file that replaces it would belong to that user.
            if os.path.exists(path) and os.stat(path).st_uid != os.geteuid():
                problems.append(f"{option} is {path}, which is another user's: choose another.")
    if "verify_report.html" in paths and _plots.vl_convert is None:
        problems.append(
            "verify_report.html needs vl-convert-python on the controller: pip install vl-convert-python, or "
            "requirements-report.txt."
        )
    return problems


class FilterModule:
    """The filter ``report_problems``."""

    def filters(self) -> dict[str, t.Any]:
        return {"report_problems": report_problems}

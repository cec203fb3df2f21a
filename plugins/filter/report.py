# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report
version_added: 0.1.0
short_description: Make a report of what replication_check found
description:
  - Turns a result of M(multiregion.dynamodb.replication_check) into the text of a file.
  - The role P(multiregion.dynamodb.verify#role) writes these files (O(multiregion.dynamodb.verify#role:verify_report)).
author:
  - The multiregion.dynamodb contributors (@multiregion)
positional: _input, format, host
options:
  _input:
    description: The registered result of the module.
    type: dict
    required: true
  format:
    description:
      - V(html) is a page for people, which needs no network and no script. It needs C(vl-convert-python) on the
        controller.
      - V(json) is the result with every lag and every round of a watch.
      - V(junit) is JUnit XML. Each pair of regions is a test; what couldn't be judged is an error.
      - V(prometheus) is Prometheus's text format, for the node exporter's textfile collector.
      - V(summary) is plain text of at most five lines, for a chat or a job's summary.
    type: str
    choices: [html, json, junit, prometheus, summary]
    required: true
  host:
    description: The inventory host that stands for the account, which the report names.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Send five lines to a chat
  ansible.builtin.uri:
    url: "{{ chat_webhook }}"
    method: POST
    body_format: json
    body:
      text: "{{ replication | multiregion.dynamodb.report('summary', inventory_hostname) }}"
"""

RETURN = r"""
_value:
  description: The text of the report.
  type: str
"""

import bisect
import datetime
import json
import typing as t
from pathlib import Path

import jinja2
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import printable
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.wording import count
from ansible_collections.multiregion.dynamodb.plugins.plugin_utils import _plots, _report

TEMPLATES = Path(__file__).parents[2] / "roles/verify/templates"
FORMATS = {
    "html": "replication.html.j2",
    "junit": "replication.xml.j2",
    "prometheus": "replication.prom.j2",
    "summary": "replication.txt.j2",
}
# Where the colours of the matrix change, in seconds: the same in every report, so that they can be compared.
STEPS = (0.2, 0.5, 1, 2, 5, 10)


def report(found: dict[str, t.Any], format: str, host: str) -> str:
    """The text of one report; JSON, which is data, as it is, the others of text that is safe to print."""
    names = ("verdict", "run", "cost", "summary", "tables")
    document = {"host": host, **{name: found[name] for name in names}}
    if format == "json":
        return json.dumps(document, indent=2) + "\n"
    return _environment().get_template(FORMATS[format]).render(printable.everything(document))


def _environment() -> jinja2.Environment:
    """Ansible's own templates escape nothing, whatever they ask for; these do, all that goes into HTML and XML."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(["html.j2", "xml.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cases": _report.cases,
        "count": count,
        "key": _report.key,
        "label": _label,
        "left": _report.left,
        "seconds": _seconds,
        "setting": _setting,
        "shade": lambda seconds: bisect.bisect(STEPS, seconds),
        "timestamp": lambda started: datetime.datetime.fromisoformat(started).timestamp(),
        "units": lambda units: f"{units:,.1f}".removesuffix(".0"),
    }
    environment.globals.update(report=_report, plots=_plots, steps=STEPS)
    return environment


def _seconds(value: float | None) -> str:
    """Seconds to three digits, without the unit; a dash for what wasn't measured."""
    if value is None:
        return "–"
    decimals = (2, 1, 0)[bisect.bisect((10, 100), value)]
    return f"{value:.{decimals}f}"


def _setting(value: t.Any) -> str:
    """A setting as people write it."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner:g}" for name, inner in value.items() if inner is not None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not set" if value is None else str(value)


def _label(value: str) -> str:
    """A label's value in Prometheus's text format."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


class FilterModule:
    """The filter ``report``."""

    def filters(self) -> dict[str, t.Any]:
        return {"report": report}

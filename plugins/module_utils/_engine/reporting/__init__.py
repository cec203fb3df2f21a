# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verification as files: what replication_check found, for people, for CI and for monitoring.

A *document* is replication_check's result with ``run`` beside its tables and, in every ``lag``, ``samples`` (seconds).

The rooms:

pure (document -> text, one format each)
    document    JSON: the document itself
    junit       JUnit XML, by junitparser
    prometheus  Prometheus's text format, by prometheus_client
    page        HTML for people, by Jinja2: what it shows is in summary, its plots in plots (by vl-convert), its look in
                template

touching files
    this one    refuses up front what can't be written, and writes
"""

from __future__ import annotations

import os
import typing as t

from .. import files, printable
from ..spec import Refused
from . import document, junit, page, prometheus

Document = dict[str, t.Any]

FORMATS = {"html": page, "json": document, "junit": junit, "prometheus": prometheus}


def check(requested: dict[str, str]) -> None:
    """Find out before anything is verified whether the reports could be written.

    :param requested: format -> path.
    :raises Refused: for unknown formats, paths that can't become a file, and libraries that aren't installed.
    """
    problems = [*_unknown(requested), *_twice(requested)]
    for name in sorted(set(requested) & set(FORMATS)):
        try:
            files.check(f"report.{name}", requested[name])
        except Refused as refused:
            problems += refused.problems
        problems += _lacking(name)
    if problems:
        raise Refused(problems)


def write(requested: dict[str, str], found: Document) -> None:
    """Write each report in one move; JSON, which is data, as it is, the others of text that is safe to print.

    :param requested: format -> path, as `check` let pass.
    :raises Refused: when some couldn't be written; the others were.
    """
    problems = []
    shown = printable.everything(found)
    for name, path in sorted(requested.items()):
        try:
            files.write(path, FORMATS[name].render(found if name == "json" else shown))
        except OSError as error:
            problems.append(f"report.{name} {path} can't be written, though the verification ended: {error.strerror}.")
        except Exception as error:  # whatever a library raises, the verification's result isn't lost for it
            problems.append(f"report.{name} can't be made of what was found: {type(error).__name__}: {error}.")
    if problems:
        raise Refused(problems)


def _unknown(requested: dict[str, str]) -> list[str]:
    return [
        f"report.{name} is no format: choose among {', '.join(FORMATS)}."
        for name in sorted(set(requested) - set(FORMATS))
    ]


def _twice(requested: dict[str, str]) -> list[str]:
    names: dict[str, list[str]] = {}
    for name, path in sorted(requested.items()):
        names.setdefault(os.path.realpath(path), []).append(f"report.{name}")
    return [
        f"{' and '.join(shared)} are the same file, {path}: give each its own."
        for path, shared in names.items()
        if len(shared) > 1
    ]


def _lacking(name: str) -> list[str]:
    missing = [package for package, module in FORMATS[name].PACKAGES.items() if module is None]
    if not missing:
        return []
    return [
        f"report.{name} needs {' and '.join(missing)} on the host that runs the module: pip install "
        f"{' '.join(missing)}, or all of requirements-report.txt."
    ]

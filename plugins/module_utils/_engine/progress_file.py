# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The events of a run, appended to a file for whoever watches it."""

from __future__ import annotations

import json
import os
import time
import typing as t

from . import files, printable
from .progress import Event
from .spec import Refused


class ProgressFile:
    """Called with each event of a run: appends it as a line of JSON, with ``elapsed``, seconds since the beginning.

    Without a path it does nothing. A write that fails ends the writing, never the run.
    """

    def __init__(self, path: str | None, now: t.Callable[[], float] = time.monotonic) -> None:
        """:raises Refused: for a file that can't be written."""
        self._now = now
        self._started = now()
        self._file = None if path is None else _open(path)

    def __call__(self, event: Event) -> None:
        if self._file is None:
            return
        told = {"elapsed": round(self._now() - self._started, 3), **printable.everything(event)}
        line = json.dumps(told).encode() + b"\n"
        try:
            complete = os.write(self._file, line) == len(line)
        except OSError:
            complete = False
        if not complete:
            self._file = None


def _open(path: str) -> int:
    """A descriptor, so that a line is one write and nothing stays in a buffer; the module's end closes it."""
    # A pipe would wait for its reader, and the module's own output is its result.
    files.check("progress_file", path)
    try:
        return files.open_to_append(path)
    except OSError as error:
        raise Refused([f"progress_file is {path}, but can't be written ({error.strerror}): choose another."]) from error

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs any module of the collection: warns of misspelt variables and refuses wrong shapes before, and shows how far
it is meanwhile.

A module can't print, so it appends events to a file (its option ``progress_file``), which a thread follows here.
The other modules' actions are this one. (Redirects in meta/runtime.yml would make ansible-lint rename users' tasks.)
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import shutil
import tempfile
import threading
import time
import typing as t

from ansible import constants
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import shapes
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Refused
from ansible_collections.multiregion.dynamodb.plugins.plugin_utils._variables import misspelt

OPTION = "progress_file"
QUICK = ("tables_info",)  # modules without that option
POLL_INTERVAL = 0.2  # seconds

# A worker is detached from it, but Ansible loads an action before it starts the worker. Else this is /dev/null.
STANDARD_ERROR = os.dup(2)
AT_TERMINAL = os.isatty(STANDARD_ERROR)
CAN_REWRITE = AT_TERMINAL and os.isatty(1) and os.environ.get("TERM", "dumb") != "dumb"
COLUMNS = shutil.get_terminal_size().columns
ERASE_LINE_ABOVE = "\x1b[A\x1b[2K\r"

Event = dict[str, t.Any]


def is_read() -> bool:
    """Whether a write to standard error would succeed: Ansible hangs at one that doesn't."""
    poll = select.poll()
    poll.register(STANDARD_ERROR, 0)
    return AT_TERMINAL or not poll.poll(0)


def clock_time(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Counter:
    """What to say of events, and when: how far everything is, for a person to watch or once a minute for a log.

    :param beginning: of each line, such as the module's name.
    :param live: whether a person looks on. Then each of an event's lines is told, too.
    :param rewritten: whether a line takes the place of the one before, so that it may come every other second.
    """

    def __init__(self, beginning: str, live: bool, rewritten: bool) -> None:
        self._beginning, self._live, self._rewritten = beginning, live, rewritten
        self._event: Event = {"elapsed": 0, "lines": [], "summary": "starting"}
        self._due = 1.0 if live else 60.0

    def lines(self, event: Event) -> list[str]:
        """Take in an event; what is to be told of it at once."""
        self._event = event
        return [self._with_time(event["elapsed"], line) for line in event["lines"] if self._live]

    def line(self, elapsed: float) -> str:
        """How far everything is, when it is time for that; else empty."""
        if elapsed < self._due:
            return ""
        self._due = elapsed + (60 if not self._live else 2 if self._rewritten else max(5, elapsed / 10))
        left = (self._event.get("left") or 0) - (elapsed - self._event["elapsed"])
        about = f"; about {clock_time(10 * math.ceil(left / 10))} left" if left > 0 else ""
        return self._with_time(elapsed, f"{self._event['summary']}{about}")

    def _with_time(self, elapsed: float, text: str) -> str:
        return f"{self._beginning} {clock_time(elapsed)}  {text}"


class Screen:
    """Ansible's standard error, with the counter as its last line where that is rewritten."""

    def __init__(self, rewritten: bool) -> None:
        self._rewritten = rewritten
        self._counted = False

    def tell(self, text: str) -> None:
        self.clear()
        if is_read():
            Display().display(text, stderr=True)

    def count(self, text: str) -> None:
        if not self._rewritten:
            self.tell(text)
            return
        self.clear()
        Display().display(text[: COLUMNS - 1], stderr=True, screen_only=True)
        self._counted = True

    def clear(self) -> None:
        if self._counted:
            Display().display(ERASE_LINE_ABOVE, stderr=True, screen_only=True, newline=False)
        self._counted = False


def follow(file: t.BinaryIO, ended: threading.Event, counter: Counter, screen: Screen) -> None:
    """Show the events that another process appends to ``file``, until told to end."""
    rest, elapsed, since = b"", 0.0, time.monotonic()
    ending = False
    while not ending:
        ending = ended.wait(POLL_INTERVAL)
        *lines, rest = (rest + file.read()).split(b"\n")
        for line in lines:
            event, now = json.loads(line), time.monotonic()
            # The module began later, and the time that is shown doesn't go back.
            elapsed, since = max(event["elapsed"], elapsed + now - since), now
            event["elapsed"] = elapsed
            for text in counter.lines(event):
                screen.tell(text)
            if text := counter.line(elapsed):
                screen.count(text)
        if text := counter.line(elapsed + time.monotonic() - since):
            screen.count(text)
    screen.clear()


class ActionModule(NormalAction):
    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        for name, near in misspelt(task_vars or {}).items():  # Ansible shows the same warning once a run
            Display().warning(f"[{task_vars['inventory_hostname']}] Nothing reads {name}: did you mean {near}?")
        if problems := shapes.checked(self._task.args)[1] if "tables" in self._task.args else []:
            return {"failed": True, "msg": str(Refused(problems))}  # before Ansible does, in its own words
        if not self._can_be_followed():
            return super().run(tmp, task_vars)
        with self._followed(task_vars):
            result = super().run(tmp, task_vars)
        result.get("invocation", {}).get("module_args", {}).update({OPTION: None})  # as the task gave it
        return result

    def _can_be_followed(self) -> bool:
        """Whether the module can write where this process reads, and what it writes may be shown."""
        task, connection = self._task, self._connection
        here = connection.transport == "local" and connection.become is None and not task.async_val
        has_option = task.action.rpartition(".")[2] not in QUICK and OPTION not in task.args
        return here and has_option and not (task.check_mode or task.no_log)

    @contextlib.contextmanager
    def _followed(self, task_vars: dict[str, t.Any]) -> t.Iterator[None]:
        """The module gets a file, and what it writes there is shown."""
        alone = len(task_vars["ansible_play_hosts"]) == 1
        name, host = self._task.action.rpartition(".")[2], task_vars["inventory_hostname"]
        rewritten = CAN_REWRITE and alone  # or it would erase what other hosts say
        counter = Counter(name if alone else f"{name} [{host}]", AT_TERMINAL, rewritten)
        ended = threading.Event()
        with tempfile.NamedTemporaryFile(prefix="progress-", dir=constants.DEFAULT_LOCAL_TMP) as file:
            thread = threading.Thread(target=follow, args=(file, ended, counter, Screen(rewritten)), daemon=True)
            thread.start()
            self._task.args[OPTION] = file.name
            try:
                yield
            finally:
                del self._task.args[OPTION]
                ended.set()
                thread.join()

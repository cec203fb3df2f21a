# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show how far a module is while it runs, private to the collection.

A module can't print, so it appends events to a file (its option ``progress_file``), which is followed here.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import select
import signal
import tempfile
import threading
import typing as t

from ansible import constants
from ansible.utils.display import Display
from ansible_collections.multiregion.dynamodb.plugins.plugin_utils._variables import VariablesAction

OPTION = "progress_file"
# Seconds between two summaries, and between two looks into the file.
SUMMARY_INTERVAL = 60
POLL_INTERVAL = 0.2

Event = dict[str, t.Any]


def _standard_error() -> int | None:
    """Ansible's own standard error, to be looked at and never written to; None where it isn't known.

    A worker is detached from it (``WorkerProcess._detach``). But the strategies ask for a task's action before they
    start its worker, so that this module is usually loaded in the parent, and workers inherit what it opened.
    """
    if multiprocessing.parent_process() is None:
        with contextlib.suppress(OSError):
            return os.dup(2)
    return None


_STANDARD_ERROR = _standard_error()


def is_terminal(descriptor: int) -> bool:
    with contextlib.suppress(OSError):
        return os.isatty(descriptor)
    return False


def is_read(descriptor: int) -> bool:
    """Whether anybody reads what is written there: the end of a pipe or a socket is told without writing to it."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return not poll.poll(0)


def clock_time(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Sieve:
    """What to show of each event, by the time that the event carries: every line if ``live``, a summary a minute."""

    def __init__(self, live: bool) -> None:
        self._live = live
        self._last = 0.0

    def __call__(self, event: Event) -> list[str]:
        lines = list(event["lines"]) if self._live else []
        if event["elapsed"] - self._last >= SUMMARY_INTERVAL:
            self._last = event["elapsed"]
            lines.append(event["summary"])
        return [f"{clock_time(event['elapsed'])} {line}" for line in lines]


class Events:
    """The events in a file that another process appends to, as they come; half a line is waited for."""

    def __init__(self, file: t.BinaryIO) -> None:
        self._file = file
        self._rest = b""

    def new(self) -> list[Event]:
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        events = []
        for line in lines:
            with contextlib.suppress(ValueError):  # half a line before the file was cut
                events.append(json.loads(line))
        return events


class Follower(threading.Thread):
    """Shows the events of a file while they are appended, until told to end or left alone by Ansible.

    The file is removed as soon as the module has opened it, so that nothing stays behind a run that is killed.

    :param show: called with each line to show.
    """

    def __init__(self, descriptor: int, path: str, show: t.Callable[[str], None]) -> None:
        super().__init__(name="progress", daemon=True)
        self._descriptor = descriptor
        self._path = path
        self._sieve = Sieve(is_terminal(_STANDARD_ERROR))
        self._show = show
        self._ended = threading.Event()
        self._ansible = os.getppid()
        self.showing = threading.Lock()

    def run(self) -> None:
        # Or a signal may come here, and the main thread learns of it only when the module has ended.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        with open(self._descriptor, "rb") as file:
            events, ended = Events(file), False
            while not ended:
                ended = self._ended.wait(POLL_INTERVAL)
                if os.getppid() != self._ansible:
                    os.close(_STANDARD_ERROR)  # or who reads there would wait for this worker
                    return
                self._look(events)

    def end(self) -> None:
        """Show what came last, and wait for that a little: the worker's own end is waited for."""
        self._ended.set()
        self.join(timeout=5)
        self._remove()

    def _look(self, events: Events) -> None:
        for event in events.new():
            self._remove()
            for line in self._sieve(event):
                with self.showing:
                    self._show(line)

    def _remove(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)


class ProgressAction(VariablesAction):
    """Runs the module once, as any module is run, and shows its progress where there is somebody to see it."""

    def _execute_module(self, *arguments: t.Any, **options: t.Any) -> dict[str, t.Any]:
        if not self._is_watched():
            return super()._execute_module(*arguments, **options)
        descriptor, path = tempfile.mkstemp(prefix="progress-", dir=constants.DEFAULT_LOCAL_TMP)
        options["module_args"] = {**self._task.args, OPTION: path}
        name, host = self._task.action.rpartition(".")[2], options["task_vars"]["inventory_hostname"]
        follower = Follower(descriptor, path, lambda line: _show(f"{name}: [{host}] {line}"))
        with _ended_between_lines(follower.showing):
            follower.start()
            try:
                return _as_given(super()._execute_module(*arguments, **options))
            finally:
                follower.end()

    def _is_watched(self) -> bool:
        """Whether the module can write where this process reads, and there is something that may be shown."""
        task, connection = self._task, self._connection
        here = connection.transport == "local" and connection.become is None and not task.async_val
        return here and not (task.check_mode or task.no_log or OPTION in task.args) and _STANDARD_ERROR is not None


@contextlib.contextmanager
def _ended_between_lines(showing: threading.Lock) -> t.Iterator[None]:
    """A worker that is told to end, by Ctrl-C for instance, does so at once (``WorkerProcess._term``). Within a line it
    would take the lock of Ansible's queue along, for which Ansible's own end would wait for ever."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def end(number: int, frame: t.Any) -> None:
        showing.acquire(timeout=1)
        handlers[number](number, frame)

    for number in handlers:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _show(line: str) -> None:
    """By Ansible's own process, which would hang if nobody reads what it writes: ``results_thread_main`` ends then."""
    if is_terminal(_STANDARD_ERROR) or is_read(_STANDARD_ERROR):
        Display().display(line, stderr=True)


def _as_given(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The module's result, with the arguments that the task gave."""
    arguments = result.get("invocation", {}).get("module_args", {})
    if OPTION in arguments:
        arguments[OPTION] = None
    return result

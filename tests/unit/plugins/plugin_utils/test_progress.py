# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shown of the events of a module, and when. The rest needs Ansible: tests/integration/test_progress.py."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.plugin_utils import _progress as watching


def event(elapsed: float, *lines: str) -> watching.Event:
    return {"elapsed": elapsed, "lines": list(lines), "summary": "half of it"}


def shown(live: bool, *events: watching.Event) -> list[list[str]]:
    sieve = watching.Sieve(live)
    return [sieve(event) for event in events]


def test_where_nobody_looks_on_there_is_a_summary_a_minute_at_most():
    told = [event(seconds, "something happened") for seconds in (5, 59.9, 60, 65, 119.9, 120.1, 500)]
    assert shown(False, *told) == [[], [], ["1:00 half of it"], [], [], ["2:00 half of it"], ["8:20 half of it"]]


def test_a_person_sees_every_line_at_once_and_the_summary_too():
    told = [event(5, "a", "b"), event(10), event(61.5, "c"), event(62, "d"), event(122)]
    assert shown(True, *told) == [
        ["0:05 a", "0:05 b"],
        [],
        ["1:01 c", "1:01 half of it"],
        ["1:02 d"],
        ["2:02 half of it"],
    ]


@pytest.mark.parametrize(("seconds", "text"), [(0.9, "0:00"), (65, "1:05"), (3600, "1:00:00"), (36_125.5, "10:02:05")])
def test_elapsed_time_is_read_as_on_a_clock(seconds, text):
    assert watching.clock_time(seconds) == text


@pytest.fixture
def file(tmp_path) -> t.Iterator[tuple[t.BinaryIO, watching.Events]]:
    """A file that is written, and the events that are read from it meanwhile."""
    path = tmp_path / "progress"
    with open(path, "ab", buffering=0) as written, open(path, "rb") as read:
        yield written, watching.Events(read)


def test_half_a_line_is_waited_for(file):
    written, events = file
    line = json.dumps(event(1)).encode() + b"\n"
    written.write(line + line[:10])
    assert events.new() == [event(1)]
    assert events.new() == []
    written.write(line[10:])
    assert events.new() == [event(1)]


def test_a_file_that_is_cut_or_removed_is_read_as_far_as_it_goes(file, tmp_path):
    written, events = file
    written.write(b'{"elapsed": 1')
    assert events.new() == []
    written.truncate(0)
    assert events.new() == []
    written.write(b'"summary": "the rest of a line"}\n' + json.dumps(event(2)).encode() + b"\n")
    assert events.new() == [event(2)]
    (tmp_path / "progress").unlink()
    assert events.new() == []


def test_a_pipe_tells_that_nobody_reads_it_any_more():
    readable, writable = os.pipe()
    assert watching.is_read(writable)
    os.close(readable)
    assert not watching.is_read(writable)
    os.close(writable)
    assert not watching.is_read(writable)


def test_the_thread_that_shows_takes_no_signal_away_from_the_worker():
    """Else the worker learns only at the module's end of a Ctrl-C that came to this thread."""
    descriptor, path = tempfile.mkstemp()
    showing, received = threading.Event(), []
    before = signal.signal(signal.SIGUSR1, lambda *_arguments: received.append("here"))
    follower = watching.Follower(descriptor, path, lambda line: showing.set())
    follower.start()
    with open(path, "a") as file:
        file.write(json.dumps(event(60)) + "\n")
    assert showing.wait(60)
    signal.pthread_kill(follower.ident, signal.SIGUSR1)
    follower.end()
    signal.signal(signal.SIGUSR1, before)
    assert received == []

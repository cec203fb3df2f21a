# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shown of the events of a module, and when. The rest needs Ansible: tests/integration/test_progress.py."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.multiregion.dynamodb.plugins.action import tables as action


def follow(*arguments):
    """In a thread of its own, as the action does: it blocks signals there, which this process and its children take."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(action.follow, *arguments).result()


def event(elapsed: float, *lines: str, left: float | None = None) -> action.Event:
    return {"elapsed": elapsed, "lines": list(lines), "summary": "1 of 2 ACTIVE", "left": left}


def shown(counter: action.Counter, *events: action.Event) -> list[str]:
    """What is shown of events when they come."""
    told = [[*counter.lines(event), counter.line(event["elapsed"])] for event in events]
    return [line for lines in told for line in lines if line]


def test_in_a_log_there_is_a_line_a_minute():
    counter = action.Counter("replicas", live=False, rewritten=False)
    told = [event(seconds, "something happened") for seconds in (5, 59.9, 60, 65, 119.9, 120.1, 500)]
    assert shown(counter, *told) == [
        "replicas 1:00  1 of 2 ACTIVE",
        "replicas 2:00  1 of 2 ACTIVE",
        "replicas 8:20  1 of 2 ACTIVE",
    ]


def test_a_person_sees_what_happens_at_once_and_every_other_second_how_far_it_is():
    counter = action.Counter("replicas", live=True, rewritten=True)
    assert shown(counter, event(0.9, "a"), event(1.5, "b", "c"), event(3.4), event(3.5)) == [
        "replicas 0:00  a",
        "replicas 0:01  b",
        "replicas 0:01  c",
        "replicas 0:01  1 of 2 ACTIVE",
        "replicas 0:03  1 of 2 ACTIVE",
    ]


def test_lines_that_stay_come_ever_less_often():
    counter = action.Counter("replicas", live=True, rewritten=False)
    times = [seconds for seconds in range(3600) if counter.line(seconds)]
    assert times[:4] == [1, 6, 11, 16]
    assert len(times) < 60


def test_there_is_a_sign_of_life_before_the_first_event():
    assert action.Counter("replicas", live=True, rewritten=True).line(1) == "replicas 0:01  starting"


def test_the_time_that_is_left_goes_down_until_there_is_none():
    counter = action.Counter("replicas", live=True, rewritten=True)
    counter.lines(event(3600, left=42))
    seen = [counter.line(seconds).partition("; ")[2] for seconds in (3601, 3603, 3635, 3642)]
    assert seen == ["about 0:50 left", "about 0:40 left", "about 0:10 left", ""]


@pytest.mark.parametrize(("seconds", "text"), [(0.9, "0:00"), (65, "1:05"), (3600, "1:00:00"), (36_125.5, "10:02:05")])
def test_elapsed_time_is_read_as_on_a_clock(seconds, text):
    assert action.clock_time(seconds) == text


class Terminal:
    """As far as it is used: lines, the last of them empty, and what erases one."""

    def __init__(self) -> None:
        self.lines = [""]

    def display(self, text: str, stderr: bool, screen_only: bool = False, newline: bool = True) -> None:
        assert stderr
        if text == action.ERASE_LINE_ABOVE:
            assert (screen_only, newline) == (True, False)
            del self.lines[-2]
        else:
            assert newline
            self.lines[-1:] = [text, ""]


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    terminal = Terminal()
    monkeypatch.setattr(action, "Display", lambda: terminal)
    monkeypatch.setattr(action, "COLUMNS", 20)
    return terminal


def test_the_counter_is_the_last_line_as_long_as_it_counts(terminal):
    terminal.display("of Ansible", stderr=True)
    screen = action.Screen(rewritten=True)
    screen.count("one")
    screen.count("two, which is wider than the terminal")
    assert terminal.lines == ["of Ansible", "two, which is wider", ""]
    screen.tell("FAILED")
    assert terminal.lines == ["of Ansible", "FAILED", ""]
    screen.count("three")
    screen.clear()
    screen.clear()
    assert terminal.lines == ["of Ansible", "FAILED", ""]


def test_where_others_write_too_nothing_is_erased(terminal):
    screen = action.Screen(rewritten=False)
    screen.count("one, which is wider than the terminal")
    terminal.display("of another host", stderr=True)
    screen.count("two")
    screen.clear()
    assert terminal.lines == ["one, which is wider than the terminal", "of another host", "two", ""]


def test_half_a_line_of_the_file_is_waited_for(tmp_path, terminal):
    """It is read as the module goes on: here when the counter takes the event before."""
    path = tmp_path / "progress"
    line = json.dumps(event(60)).encode() + b"\n"
    with open(path, "ab", buffering=0) as written, open(path, "rb") as file:
        written.write(line + line[:10])
        ended = threading.Event()

        class Counter(action.Counter):
            def lines(self, event: action.Event) -> list[str]:
                if not ended.is_set():
                    written.write(line[10:])
                    ended.set()
                return [f"at {event['elapsed']:.0f}"]

        follow(file, ended, Counter("replicas", live=False, rewritten=False), action.Screen(False))
    assert [line for line in terminal.lines if line.startswith("at")] == ["at 60", "at 60"]


def test_the_time_does_not_go_back_when_the_module_that_began_later_tells_its_own(tmp_path, terminal, monkeypatch):
    path = tmp_path / "progress"
    path.write_text(json.dumps(event(0.4, "FAILED")) + "\n")
    moments = iter([100, 103])
    monkeypatch.setattr(action.time, "monotonic", lambda: next(moments, 103))
    ended = threading.Event()
    ended.set()
    with open(path, "rb") as file:
        follow(file, ended, action.Counter("replicas", live=True, rewritten=True), action.Screen(True))
    assert terminal.lines == ["replicas 0:03  FAILED", ""]


def test_a_pipe_tells_that_nobody_reads_it_any_more(monkeypatch):
    readable, writable = os.pipe()
    monkeypatch.setattr(action, "STANDARD_ERROR", writable)
    monkeypatch.setattr(action, "AT_TERMINAL", False)
    assert action.is_read()
    os.close(readable)
    assert not action.is_read()
    os.close(writable)

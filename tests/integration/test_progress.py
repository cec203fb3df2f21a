# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person sees while a module runs, and what nobody may notice of it.

Most of it with a module, `story`, that tells the events it is given, with their own clock, and stops at a gate.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import typing as t
from pathlib import Path

import boto3
import pytest
import yaml
from caller import EU, SECRET, US

PROGRAM = Path(sys.executable).parent / "ansible-playbook"
PATIENCE = 60  # seconds for what takes one or two, on a machine that is busy

STORY = """#!/usr/bin/python
import json, os, time
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(
    {
        "events": {"type": "list", "elements": "dict"},
        "times": {"type": "int", "default": 1},
        "gate": {"type": "path"},
        "progress_file": {"type": "path"},
    },
    supports_check_mode=True,
)
path, gate, last = module.params["progress_file"], module.params["gate"], time.monotonic() + 600
file = open(path, "a") if path else None
for number, event in enumerate(module.params["events"] * module.params["times"]):
    while number and gate and not os.path.exists(gate) and time.monotonic() < last:
        time.sleep(0.01)
    if file:
        file.write(json.dumps(event) + "\\n")
        file.flush()
module.exit_json(told=bool(path), changed=True)
"""
ACTION = """
from ansible_collections.multiregion.dynamodb.plugins.action.tables import ActionModule
"""
EVENTS = [
    {"elapsed": 61.2, "lines": ["FAILED orders: no"], "summary": "1 of 3 ACTIVE, 1 CREATING, 1 failed", "left": 33.3},
    {"elapsed": 3725.0, "lines": [], "summary": "2 of 3 ACTIVE, 1 failed"},
]
FAILURE = "story 1:01  FAILED orders: no"
SUMMARIES = [
    "story 1:01  1 of 3 ACTIVE, 1 CREATING, 1 failed; about 0:40 left",
    "story 1:02:05  2 of 3 ACTIVE, 1 failed",
]
ERASED = re.compile(r"[^\n]*\n\x1b\[A\x1b\[2K\r")


@pytest.fixture
def stage(tmp_path, environment):
    """A folder with the module `story` and a playbook that runs the tasks given; started with its outputs as wished."""
    (tmp_path / "library").mkdir()
    (tmp_path / "library/story.py").write_text(STORY)
    (tmp_path / "action_plugins").mkdir()
    (tmp_path / "action_plugins/story.py").write_text(ACTION)
    stage = Stage(tmp_path, environment)
    yield stage
    stage.gate.touch()  # what a failed test left behind ends
    for process in stage.processes:
        process.kill()
        process.wait()


class Stage:
    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.gate = folder / "gate"
        self.processes: list[subprocess.Popen] = []
        # Not below HOME: Ansible finds the user's real one for some of its files.
        self.environment = environment | {"ANSIBLE_ASYNC_DIR": str(folder / "async")}

    def start(
        self,
        *tasks: dict[str, t.Any],
        options: tuple[str, ...] = (),
        play: t.Any = None,
        hosts: str = "account,",
        **files: t.Any,
    ) -> subprocess.Popen:
        """``files`` are Popen's, and ``callback`` and ``shell``, what the command is piped into."""
        variables = {"ansible_python_interpreter": sys.executable, "ansible_connection": "local"}
        whole = {"hosts": "all", "gather_facts": False, "vars": variables, "tasks": list(tasks), **(play or {})}
        (self.folder / "play.yml").write_text(yaml.safe_dump([whole]))
        environment = self.environment | {"TERM": "xterm", "ANSIBLE_STDOUT_CALLBACK": files.pop("callback", "default")}
        command = [str(PROGRAM), "-i", hosts, "play.yml", *options]
        if shell := files.pop("shell", ""):
            command = ["bash", "-c", f"{shlex.join(command)} {shell}"]
        process = subprocess.Popen(command, cwd=self.folder, env=environment, start_new_session=True, **files)
        self.processes.append(process)
        return process

    def story(self, gated: bool = False, **more: t.Any) -> dict[str, t.Any]:
        return {"story": {"events": EVENTS, **({"gate": str(self.gate)} if gated else {})}, **more}

    def left_files(self) -> list[Path]:
        return list(Path(self.environment["HOME"]).rglob("progress-*"))


class Output:
    """What comes out of one end, read as far as it is asked for."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.text = ""

    def until(self, wanted: str | None = None) -> str:
        """Up to a text, or to the end."""
        while wanted is None or wanted not in self.text:
            assert select.select([self.descriptor], [], [], PATIENCE)[0], f"nothing more came after: {self.text}"
            data = b""
            with contextlib.suppress(OSError):  # a terminal that nobody has open any more
                data = os.read(self.descriptor, 65536)
            if not data:
                break
            self.text += data.decode().replace("\r\n", "\n")
        return self.text

    def close(self) -> None:
        os.close(self.descriptor)


@contextlib.contextmanager
def terminal() -> t.Iterator[tuple[Output, int]]:
    """What is seen on it, and what a program takes for its terminal."""
    master, slave = pty.openpty()
    output = Output(master)
    yield output, slave
    output.close()


def shown(text: str) -> list[str]:
    return re.findall(r"story .*", text)


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_at_a_terminal_a_failure_stays_and_the_counter_goes(stage, strategy):
    with terminal() as (screen, tty):
        process = stage.start(stage.story(gated=True), play={"strategy": strategy}, stdout=tty, stderr=tty)
        os.close(tty)
        screen.until(SUMMARIES[0] + "\n")
        assert process.poll() is None
        stage.gate.touch()
        text = screen.until()
    assert process.wait() == 0
    assert stage.left_files() == []
    assert [line for line in shown(text) if line in (FAILURE, *SUMMARIES)] == [FAILURE, *SUMMARIES]
    assert shown(ERASED.sub("", text)) == [FAILURE]
    assert "\x1b[A" not in ERASED.sub("", text)


def test_between_the_lines_of_several_hosts_nothing_is_erased_and_each_names_its_own(stage):
    with terminal() as (screen, tty):
        process = stage.start(stage.story(), hosts="staging,production,", stdout=tty, stderr=tty)
        os.close(tty)
        text = screen.until()
    assert process.wait() == 0
    assert "\x1b[A" not in text
    for host in ("staging", "production"):
        assert f"story [{host}] 1:01  FAILED orders: no\n" in text
        assert f"story [{host}] {SUMMARIES[1].removeprefix('story ')}\n" in text


def test_elsewhere_there_is_a_line_a_minute_and_nothing_else(stage):
    process = stage.start(stage.story(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate(timeout=PATIENCE)
    assert err.splitlines() == SUMMARIES
    assert shown(out) == []


def test_a_run_shorter_than_a_minute_says_nothing_elsewhere(stage):
    short = {"story": {"events": [{**EVENTS[0], "elapsed": 39.9}]}}
    process = stage.start(short, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.communicate(timeout=PATIENCE)[1] == ""


def test_a_machine_readable_callback_stays_so_while_a_person_looks_on(stage):
    with terminal() as (screen, tty):
        register = {"register": "result"}
        process = stage.start(
            stage.story(**register), callback="ansible.posix.json", stdout=subprocess.PIPE, stderr=tty
        )
        os.close(tty)
        out = process.communicate(timeout=PATIENCE)[0]
        assert {FAILURE, *SUMMARIES} <= set(shown(screen.until()))
    result = json.loads(out)["plays"][0]["tasks"][0]["hosts"]["account"]
    assert result["told"]
    assert result["invocation"]["module_args"]["progress_file"] is None


UNWATCHED = {
    "check mode": ({}, ("--check",)),
    "async": ({"async": 30, "poll": 1}, ()),
    "another user": ({"become": True, "vars": {"ansible_become_method": "su"}}, ()),
    "no_log": ({"no_log": True}, ()),
}


@pytest.mark.parametrize("case", UNWATCHED)
def test_where_nothing_may_or_can_be_shown_the_module_runs_as_without_it(stage, case):
    keywords, options = UNWATCHED[case]
    seen = {"debug": {"msg": "{{ 'TOLD' if result.told else 'UNTOLD' }}"}}
    with terminal() as (screen, tty):
        process = stage.start(stage.story(register="result", **keywords), seen, options=options, stdout=tty, stderr=tty)
        os.close(tty)
        text = screen.until()
    assert "UNTOLD" in text, text
    assert shown(text) == []
    assert process.wait() == 0


def test_a_file_of_the_users_own_is_left_to_them(stage):
    path = stage.folder / "mine"
    process = stage.start({"story": {"events": EVENTS, "progress_file": str(path)}}, stderr=subprocess.PIPE, text=True)
    assert process.communicate(timeout=PATIENCE)[1] == ""
    assert [json.loads(line) for line in path.read_text().splitlines()] == EVENTS


def test_async_without_waiting_is_asked_for_later(stage):
    later = {"async_status": {"jid": "{{ job.ansible_job_id }}"}, "register": "end", "until": "end.finished"}
    tasks = [
        stage.story(register="job", **{"async": 30, "poll": 0}),
        {**later, "retries": 300, "delay": 0.1},
        {"debug": {"msg": "{{ 'UNTOLD' if not end.told else 'TOLD' }}"}},
    ]
    process = stage.start(*tasks, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate(timeout=PATIENCE)
    assert "UNTOLD" in out
    assert (process.returncode, err) == (0, "")


def test_an_action_that_is_only_known_in_the_worker_knows_no_terminal(stage):
    """The strategy free asks for an action's plugin by its untemplated name."""
    task = {"action": {"module": "{{ 'story' }}", "events": EVENTS}}
    with terminal() as (screen, tty):
        process = stage.start(task, play={"strategy": "free"}, stdout=tty, stderr=tty)
        os.close(tty)
        assert shown(screen.until()) == SUMMARIES
    assert process.wait() == 0


@pytest.mark.parametrize("callback", ["default", "ansible.posix.json"])
def test_a_reader_that_goes_away_hangs_nothing(stage, callback):
    """Ansible's thread that takes the results ends at a write that fails, and then the run waits for ever."""
    readable, writable = os.pipe()
    reader = Output(readable)
    process = stage.start(stage.story(gated=True), callback=callback, stdout=subprocess.DEVNULL, stderr=writable)
    os.close(writable)
    reader.until(SUMMARIES[0])
    reader.close()
    stage.gate.touch()
    assert process.wait(timeout=PATIENCE) == 0


@pytest.mark.parametrize("callback", ["default", "ansible.posix.json"])
@pytest.mark.parametrize("redirection", ["", "2>&1"])
def test_a_pipe_into_head_ends(stage, callback, redirection):
    process = stage.start(
        {"story": {"events": EVENTS[:1]}},
        callback=callback,
        shell=f"{redirection} | head -1",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, _err = process.communicate(timeout=PATIENCE)
    assert out.count("\n") == 1


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_holds_nobody_up(stage, end):
    """A Ctrl-C that falls into the moment in which the worker has the lock of Ansible's queue takes a second one."""
    readable, writable = os.pipe()
    process = stage.start(stage.story(gated=True), stdout=writable, stderr=writable)
    os.close(writable)
    output = Output(readable)
    output.until(SUMMARIES[0])
    for _second in range(PATIENCE):
        process.send_signal(end)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
            break
    assert process.returncode not in (None, 0)
    output.until()
    output.close()


def test_a_task_that_has_a_timeout_is_ended_by_it(stage):
    process = stage.start(stage.story(gated=True, timeout=2), stdout=subprocess.PIPE, text=True)
    out, _err = process.communicate(timeout=600)
    assert "Timed out after 2" in out
    assert stage.left_files() == []


# The collection's own modules


def test_a_person_sees_the_replicas_come(stage, admin, served):
    """With the simulator's clock held until somebody saw it."""
    replicas = {
        "multiregion.dynamodb.replicas": {
            "tables": [{"name": "orders"}],
            "replica_regions": [EU],
            **connection_to(served),
            "wait_delay": 0.05,
        }
    }
    make_tables(admin, served, "orders")
    admin.hold()
    with terminal() as (screen, tty):
        process = stage.start(replicas, stdout=tty, stderr=tty)
        os.close(tty)
        screen.until("1 of 1 CREATING\n")
        admin.release()
        text = screen.until()
    assert process.wait() == 0
    assert re.search(r"replicas 0:\d\d  1 of 1 CREATING\n", text)
    assert "replicas 0:" not in ERASED.sub("", text)


def connection_to(served) -> dict[str, str]:
    return {"region": US, "endpoint_url": served.url, "access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": SECRET}


def make_tables(admin, served, *names: str) -> None:
    client = boto3.client("dynamodb", region_name=US, endpoint_url=served.url)
    for name in names:
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    admin.advance(60)


def test_defaults_of_the_group_reach_the_modules_and_what_they_return_is_as_before(stage, admin, served):
    defaults = {"group/multiregion.dynamodb.aws": connection_to(served)}
    tables = {"tables": [{"name": "orders", "partition_key": "id"}], "wait_delay": 0.05}
    refused = {"tables": [{"name": "no", "partition_key": "id", "billing_mode": "PROVISIONED"}]}
    tasks = [
        {"multiregion.dynamodb.tables": tables, "register": "made"},
        {
            "multiregion.dynamodb.tables": refused,
            "register": "refused",
            "failed_when": "'read_capacity' not in refused.msg",
        },
        {"debug": {"msg": "{{ made.changed }} {{ made.summary[-1] }}"}},
    ]
    process = stage.start(
        *tasks,
        options=("--diff",),
        play={"module_defaults": defaults},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, ""), out
    assert "+++ after: orders" in out
    assert "True 1 table: 1 changed, 0 unchanged" in out


def test_the_users_own_file_tells_the_whole_of_a_run(run_module, tmp_path):
    path = tmp_path / "progress"
    run_module("tables", {"name": "orders", "partition_key": "id"}, progress_file=str(path))
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert events[0]["summary"] == "1 of 1 CREATING"
    assert events[-1]["summary"] == "1 of 1 ACTIVE"
    assert [event["elapsed"] for event in events] == sorted(event["elapsed"] for event in events)


def test_a_verification_tells_how_many_tables_are_checked(run_module, tmp_path):
    path = tmp_path / "progress"
    names = ["orders", "baskets"]
    run_module("tables", *({"name": name, "partition_key": "id"} for name in names))
    run_module("replication_check", *({"name": name} for name in names), progress_file=str(path))
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert events[-1]["summary"] == "2 of 2 tables checked"


def test_a_file_that_cannot_be_written_is_refused_before_any_call(run_module, admin, tmp_path):
    result = run_module(
        "tables", {"name": "orders", "partition_key": "id"}, progress_file=str(tmp_path / "none/progress")
    )
    assert result["failed"]
    assert "progress_file is" in result["msg"]
    assert admin.calls() == []


def test_check_mode_makes_no_file(run_module, tmp_path):
    path = tmp_path / "progress"
    run_module("tables", {"name": "orders", "partition_key": "id"}, progress_file=str(path), check_mode=True)
    assert not path.exists()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""start, status and stop, as a person, a playbook and the Makefile use them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import boto3
import pytest

from simulator import cli
from simulator.address import CHECKOUT, NAME, token_file
from simulator.admin import VERBS

ROOT = Path(__file__).resolve().parents[2]


def simulator(*arguments: str) -> subprocess.CompletedProcess[str]:
    return simulator_in(ROOT, *arguments)


def simulator_in(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=checkout,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture
def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Stranger(BaseHTTPRequestHandler):
    """Something else that listens, answers HTTP, and says of itself what it likes."""

    identity = {"name": "somebody else", "pid": os.getpid()}

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.identity).encode())

    def do_POST(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None: ...


class Impostor(Stranger):
    identity = {"name": NAME, "checkout": CHECKOUT, "pid": -1}


@contextlib.contextmanager
def listening(handler: type[Stranger]) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield str(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def stranger() -> Iterator[str]:
    with listening(Stranger) as port:
        yield port


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What would have been signalled."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    return sent


def test_what_only_says_that_it_is_the_simulator_is_left_alone(
    signals: list[tuple[int, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(Impostor) as port:
        path = token_file(int(port))
        assert cli.main(["stop", "--port", port]) == 1
        assert f"{path} can't be read" in capsys.readouterr().err
        path.parent.mkdir(exist_ok=True)
        path.write_text("of one that was killed")
        assert cli.main(["stop", "--port", port]) == 1
        path.unlink()
        assert f"what listens on port {port} doesn't take the token" in capsys.readouterr().err
    assert signals == []


def test_only_the_token_in_a_private_file_ends_it(port: str) -> None:
    assert simulator("start", "--port", port).returncode == 0
    path = token_file(int(port))
    token = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("another")
    refused = simulator("stop", "--port", port)
    assert (refused.returncode, "doesn't take the token" in refused.stderr) == (1, True)
    assert simulator("status", "--port", port).returncode == 0
    path.write_text(token)
    assert simulator("stop", "--port", port).stdout.startswith("stopped")
    assert not path.exists()


def test_start_twice_status_stop_twice(port: str) -> None:
    started = simulator("start", "--port", port, "--lag", "0.1-0.2", "--seed", "4", "--time-scale", "0.5")
    try:
        assert (started.returncode, started.stdout.split()[0]) == (0, "started")
        assert f"http://127.0.0.1:{port}" in started.stdout
        again = simulator("start", "--port", port)
        assert (again.returncode, again.stdout[:15]) == (0, "already running")
        status = simulator("status", "--port", port)
        assert status.returncode == 0
        assert "time scale 0.5" in status.stdout
    finally:
        stopped = simulator("stop", "--port", port)
    assert (stopped.returncode, stopped.stdout.split()[0]) == (0, "stopped")
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as a server does: connections may still linger
        free.bind(("127.0.0.1", int(port)))
    again = simulator("stop", "--port", port)
    assert (again.returncode, again.stdout[:11]) == (0, "not running")
    assert simulator("status", "--port", port).returncode == 3


def test_a_profile_of_the_shell_that_does_not_exist_fails_no_call(port: str) -> None:
    nobody = {"AWS_PROFILE": "nobody", "AWS_DEFAULT_PROFILE": "nobody"}
    started = simulator_in(ROOT, "start", "--port", port, **nobody)
    try:
        assert started.returncode == 0, started.stderr
        client = boto3.client(
            "dynamodb",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        client.create_table(
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
    finally:
        simulator("stop", "--port", port)


def test_the_simulator_of_another_checkout_is_left_alone(port: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "simulator", tmp_path / "simulator", ignore=shutil.ignore_patterns("__pycache__"))
    started = simulator_in(tmp_path, "start", "--port", port)
    try:
        assert started.returncode == 0, started.stderr
        for command in ("start", "stop", "status"):
            result = simulator(command, "--port", port)
            assert result.returncode == 1
            assert f"the simulator of another checkout ('{tmp_path}" in result.stderr
    finally:
        assert simulator_in(tmp_path, "stop", "--port", port).stdout.startswith("stopped")


@pytest.mark.parametrize("command", ["start", "stop", "status"])
def test_something_else_on_the_port_is_left_alone(stranger: str, command: str) -> None:
    result = simulator(command, "--port", stranger)
    assert result.returncode == 1
    assert f"something else listens on port {stranger}" in result.stderr


def test_a_port_that_is_taken_is_said_so_by_run(stranger: str) -> None:
    result = simulator("run", "--port", stranger)
    assert result.returncode == 1
    assert f"port {stranger} can't be used" in result.stderr


def test_sigterm_ends_it_cleanly(port: str) -> None:
    command = [sys.executable, "-m", "simulator", "run", "--port", port]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("serving")
    process.terminate()
    assert process.wait(600) == 0
    process.stdout.close()


@pytest.mark.parametrize(
    "option",
    [
        ("--time-scale", "0"),
        ("--time-scale", "inf"),
        ("--port", "70000"),
        ("--port", "0"),
        ("--lag", "soon"),
        ("--lag", "2-1"),
    ],
)
def test_options_that_make_no_sense_are_refused(option: tuple[str, str]) -> None:
    result = simulator("start", *option)
    assert result.returncode == 2
    assert option[0] in result.stderr


def test_help_says_what_it_is_and_shows_examples() -> None:
    text = simulator("--help").stdout
    for word in ("loopback", "start", "stop", "status", "examples:", "_simulator", *VERBS):
        assert word in text

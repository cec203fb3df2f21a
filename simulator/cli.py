# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: run, start, stop and look at the simulator."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import logging
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.address import ADMIN_PATH, CHECKOUT, DEFAULT_PORT, HOST, NAME, SHUTDOWN, is_taken, token_file, url_of
from simulator.clock import DEFAULT_TIME_SCALE
from simulator.lag import Lag

PATIENCE = 120.0

DESCRIPTION = """\
AWS's regions on one loopback port, for DynamoDB global tables: replicas come and go as on AWS, items replicate
a little later, and what isn't simulated is refused. No AWS account, no Docker.
"""
EPILOG = """\
examples:
  python -m simulator start
  aws dynamodb list-tables --endpoint-url http://127.0.0.1:4566 --region eu-west-1   (any credentials)
  python -m simulator start --port 4570 --time-scale 1 --lag 0.5-2
  curl -s http://127.0.0.1:4566/_simulator/identity
  curl -s http://127.0.0.1:4566/_simulator/pause -H 'Content-Type: application/json' -d '{"region": "eu-west-1"}'
  python -m simulator stop

at /_simulator/<verb>, POST with a JSON object; without arguments identity, calls and faults answer GET too:
  time         hold, advance {"seconds": 60}, release; set_expiry_delay {"seconds"}: how long after
               their expiry items go
  replication  pause and resume {"region"} or {"source", "target"}, set_lag {"low", "high"}
  items        lose_items, corrupt_items, delay_items {"low", "high"}, last_arrival_wins,
               revert_items {"after", "seconds"}; each takes "source", "target", "region", "table",
               "changes" (puts or deletes), "share" (0.2), "of" (writes or partitions) and "count"
  calls        calls, clear_calls; fail {"code", "status"}, deny, lose_answer, slow_calls and
               stale_reads {"low", "high"}, stall {"seconds"}, little_capacity {"read", "write"}; each
               takes "operation", "region", "table", "share" and "count"
  replicas     abort_next_create, fail_next_create, fail_next_disassociation {"region", "table"},
               detach_replica and roll_shards {"region", "table"}
  regions      stop_region and start_region {"region"}: no connection;
               disable_region and enable_region {"region"}: as in the account's settings
  and then     faults, remove_fault {"rule"} or {} for all; reset: back to an empty account

start and stop print one line that begins with started, already running, stopped or not running.
"""


class CannotDo(Exception):
    """What the person at the command line should read; ends with status 1."""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except CannotDo as reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1


def run(options: argparse.Namespace) -> int:
    """Serve in the foreground until SIGTERM or Ctrl-C."""
    # A profile of the shell's that doesn't exist would fail boto3 inside of moto.
    for variable in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[variable]
    # Here, because moto takes a second to import, which the other commands need not.
    from simulator.core import Simulator
    from simulator.server import SimulatorServer

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    simulator = Simulator(options.time_scale, options.seed, options.lag)
    try:
        server = SimulatorServer(simulator, options.port)
    except OSError as reason:
        raise CannotDo(f"port {options.port} can't be used: {reason.strerror}") from reason
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.end())
    with _kept(server.token, token_file(options.port)):
        print(f"serving {server.url} (pid {os.getpid()}, time scale {options.time_scale})", flush=True)
        server.serve_forever()
    server.server_close()
    return 0


@contextlib.contextmanager
def _kept(token: str, path: Path) -> Iterator[None]:
    """The token in a file that only this user can read, and that replaces whatever is there."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(token)
    except OSError as reason:
        raise CannotDo(f"{path} can't be written: {reason.strerror}") from reason
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def start(options: argparse.Namespace) -> int:
    """Start in the background, and come back once it answers."""
    identity = _identity(options.port)
    if identity:
        print(f"already running: {url_of(options.port)} (pid {identity['pid']!a})")
        return 0
    command = [sys.executable, "-m", "simulator", "run", "--port", str(options.port)]
    command += ["--time-scale", str(options.time_scale)]
    command += ["--seed", str(options.seed)] if options.seed is not None else []
    command += ["--lag", f"{options.lag.low}-{options.lag.high}"] if options.lag else []
    process = _detach(command, options.log_file)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CannotDo(f"the simulator ended at once{_see(options.log_file)}")
        identity = _identity(options.port)
        if identity:
            print(f"started {url_of(options.port)} (pid {identity['pid']!a})")
            return 0
        time.sleep(0.05)
    process.terminate()
    raise CannotDo(f"the simulator did not answer within {PATIENCE:.0f} s{_see(options.log_file)}")


def stop(options: argparse.Namespace) -> int:
    """End the one that this checkout started on the port, and wait until the port is free."""
    identity = _identity(options.port)
    if not identity:
        print(f"not running: nothing listens on port {options.port}")
        return 0
    _ask_to_end(options.port)
    deadline = time.monotonic() + PATIENCE
    while is_taken(options.port):
        if time.monotonic() > deadline:
            raise CannotDo(f"port {options.port} is still held {PATIENCE:.0f} s after its simulator was asked to end")
        time.sleep(0.05)
    print(f"stopped {url_of(options.port)} (pid {identity['pid']!a})")
    return 0


def _ask_to_end(port: int) -> None:
    """Only the simulator that wrote the token takes it; nobody is believed a process id to signal."""
    path = token_file(port)
    try:
        token = path.read_bytes()
    except OSError as reason:
        raise CannotDo(
            f"{path} can't be read ({reason.strerror}), and without its token the simulator on port {port} isn't "
            "ended: end the process yourself"
        ) from reason
    try:
        with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=PATIENCE)) as connection:
            connection.request("POST", ADMIN_PATH + SHUTDOWN, token)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return  # it has just ended, or the wait for the port tells
    if status != 200:
        raise CannotDo(f"what listens on port {port} doesn't take the token in {path}, so it was left alone")


def status(options: argparse.Namespace) -> int:
    """Say whether it runs, and how; status 3 when it does not."""
    identity = _identity(options.port)
    if not identity:
        print(f"not running: nothing listens on port {options.port}")
        return 3
    clock = identity["clock"]
    print(f"running: {url_of(options.port)} (pid {identity['pid']}, time scale {identity['time_scale']}, ", end="")
    print(f"simulated second {clock['now']:.0f}{', clock held' if clock['held'] else ''})")
    return 0


def _identity(port: int) -> dict[str, Any] | None:
    """What answers on a port: a simulator's identity, or None when nothing listens."""
    if not is_taken(port):
        return None
    stranger = "something else"
    try:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        connection.request("GET", f"{ADMIN_PATH}identity")
        identity = json.loads(connection.getresponse().read())
        if identity["name"] == NAME and identity["checkout"] == CHECKOUT:
            return identity
        if identity["name"] == NAME:
            stranger = f"the simulator of another checkout ({identity['checkout']!a}, pid {identity['pid']!a})"
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        pass
    if not is_taken(port):
        return None
    raise CannotDo(
        f"{stranger} listens on port {port}; it was left alone. Choose another port: --port, or make site PORT=4567"
    )


def _detach(command: list[str], log_file: Path | None) -> subprocess.Popen[bytes]:
    root = Path(__file__).resolve().parent.parent
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    with open(log_file or os.devnull, "ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": path},
        )


def _see(log_file: Path | None) -> str:
    return f"; see {log_file}" if log_file else "; --log-file tells why"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="run | start | stop | status")
    for command, text in (
        (run, "serve in the foreground until Ctrl-C"),
        (start, "serve in the background; done when it answers"),
        (stop, "end the one on this port; done when the port is free"),
        (status, "say whether it runs"),
    ):
        subparser = commands.add_parser(command.__name__, help=text, description=command.__doc__)
        subparser.set_defaults(command=command)
        subparser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="loopback port (default: %(default)s)")
        if command in (run, start):
            _add_simulation_options(subparser)
        if command is start:
            subparser.add_argument("--log-file", type=Path, help="where warnings and errors go (default: nowhere)")
    return parser


def _add_simulation_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--time-scale",
        type=_positive,
        default=DEFAULT_TIME_SCALE,
        help="what AWS's durations are multiplied by; 1 is as slow as AWS (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, help="draw the same durations and lags in every run")
    parser.add_argument(
        "--lag",
        type=_lag,
        metavar="SECONDS",
        help="replication lag between all regions, 0.2 or 0.1-0.4, not scaled (default: 0.08 to 0.4, by pair)",
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("must be 1 to 65535")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError("must be greater than zero, and a number")
    return number


def _lag(text: str) -> Lag:
    try:
        return Lag.parse(text)
    except ValueError as reason:
        raise argparse.ArgumentTypeError(str(reason)) from None

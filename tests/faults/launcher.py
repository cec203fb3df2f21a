# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules, each in a process of its own that can be killed and starts in milliseconds: it is forked from one
that has imported everything. Requests are lines of JSON on standard input; answers, on standard output, are the
process's id and then its exit status. A request's ``later`` is how many seconds after now the process believes to run.

Nobody sleeps there: a sleep moves the process's clocks on.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
import traceback
import typing as t
from pathlib import Path

import boto3
import botocore.loaders
import botocore.session
from ansible.module_utils.testing import patch_module_args

MODULES = "ansible_collections.multiregion.dynamodb.plugins.modules"
SERVICES = ("dynamodb", "application-autoscaling", "kms", "sts")


class Clocks:
    """The process's clocks, which are ahead of the real ones by what was slept."""

    def __init__(self) -> None:
        self._time, self._monotonic, self._sleep = time.time, time.monotonic, time.sleep
        self._ahead = threading.Lock()
        self._slept = self.later = 0.0

    def time(self) -> float:
        return self._time() + self._slept + self.later

    def monotonic(self) -> float:
        return self._monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        """Threads that sleep at the same time do so together."""
        until = self.monotonic() + seconds
        self._sleep(0.001)
        with self._ahead:
            self._slept = max(self._slept, until - self._monotonic())

    def install(self) -> None:
        """Before the engine and the SDK take the real ones."""
        time.time, time.monotonic, time.sleep = self.time, self.monotonic, self.sleep


def warm_up() -> None:
    """Read the SDK's models once: they take most of a module's time."""
    loader = botocore.loaders.create_loader()
    botocore.session.create_loader = lambda *arguments: loader
    for service in SERVICES:
        boto3.session.Session().client(service, region_name="us-east-1")
    for name in ("tables", "replicas", "replication_check"):
        importlib.import_module(f"{MODULES}.{name}")


def run(module: str, arguments: dict[str, t.Any], output: str) -> t.NoReturn:
    with Path(output).open("w") as stdout:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stdout.fileno(), 2)
        status = 1
        try:
            with patch_module_args(arguments):
                importlib.import_module(f"{MODULES}.{module}").main()
        except SystemExit as left:
            status = int(left.code or 0)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(status)


def main() -> None:
    clocks = Clocks()
    clocks.install()
    warm_up()
    for line in sys.stdin:
        if not (pid := os.fork()):
            request = json.loads(line)
            clocks.later = request.pop("later")
            run(**request)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One trial: a story runs into faults, runs again without them, and then has nothing to do."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import typing as t
from pathlib import Path

import boto3
from faulty_server import READS, Call, FaultyServer, Strike
from stories import AP, EU, STORIES, US, Story, Table

from simulator import store

CHECKOUT = Path(__file__).parents[2]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-may-see"}
# What a run may say only of what others did, or of items that didn't arrive: here nobody did, and all arrive.
FALSE_CLAIMS = re.compile(
    r"changed by someone else|already stands alone|never came about|was missing|is missing|nothing arrives|"
    r"not every|another item|went back|still there after|"
    r"wasn't replicated|Traceback"
)
# Not being allowed to look for what is left stops nobody, and is said.
NOT_ALLOWED = re.compile("access denied|no usable AWS credentials")
STAGES = ("tables", "replicas")
HOUR = 3600
# On the wall, at the simulator's usual scale: several calls long, so that what is looked for isn't there at first.
LAG = (0.3, 0.5)


class Result(t.NamedTuple):
    """What a run of modules came to: ``said`` by the last one that ran, all of its ``output``."""

    module: str
    said: dict[str, t.Any]
    output: str
    killed: bool

    @property
    def failed(self) -> bool:
        return (
            self.killed or not self.said or bool(self.said.get("failed")) or self.said.get("verdict", "pass") != "pass"
        )


class Bench:
    """A server, and a launcher of modules."""

    def __init__(self, home: Path) -> None:
        self.server = FaultyServer()
        self.admin = self.server.admin
        self._output = home / "output"
        self._serving = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._serving.start()
        paths = os.pathsep.join(map(str, (CHECKOUT, CHECKOUT / ".collections")))
        mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        places = {"PYTHONPATH": paths, "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
        self._launcher = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("launcher.py"))],
            env={**mine, **places, **CREDENTIALS, "AWS_DEFAULT_REGION": US},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._starting = threading.Lock()
        self._pid = 0
        self._later = 0.0
        self._calls: dict[str, list[Call]] = {}
        self.server.kill = self._kill

    def close(self) -> None:
        self._launcher.stdin.close()
        self._launcher.wait()
        self._launcher.stdout.close()
        self.server.shutdown()
        self.server.server_close()
        self._serving.join()
        self.server.simulator.reset()
        self.server.simulator.close()

    def _kill(self) -> None:
        with self._starting:
            os.kill(self._pid, signal.SIGKILL)

    def begin(self, story: Story) -> None:
        """The state that the story starts from."""
        self._later = 0.0
        self.admin.reset()
        self.admin.hold()
        self.admin.set_lag(*LAG)
        for region in (US, EU, AP):
            kms = boto3.client(
                "kms", region, endpoint_url=self.server.url, aws_access_key_id="a", aws_secret_access_key="b"
            )
            kms.create_alias(AliasName="alias/orders", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
        if story.before:
            result = self.run(STAGES, story.before)
            assert not result.failed, result
        self.pass_time()
        self.server.start()

    def pass_time(self) -> None:
        """An hour: time to live takes a change every half, a killed run's items have expired."""
        self._later += HOUR
        self.admin.advance(HOUR)
        self.admin.clear_calls()

    def run(self, modules: tuple[str, ...], table: Table) -> Result:
        """Run modules as a playbook does: up to the first that fails."""
        for module in modules:
            result = self._run(module, table)
            if result.failed:
                break
        return result

    def _run(self, module: str, table: Table) -> Result:
        arguments = {
            "region": US,
            "endpoint_url": self.server.url,
            "account_id": "123456789012",
            "tables": [table],
            **({"item_count": 2, "timeout": 300} if module == "replication_check" else {"wait_timeout": 600}),
        }
        request = {"module": module, "arguments": arguments, "output": str(self._output), "later": self._later}
        with self._starting:
            print(json.dumps(request), file=self._launcher.stdin)
            self._pid = int(self._launcher.stdout.readline())
        status = int(self._launcher.stdout.readline())
        output = self._output.read_text()
        killed = status == -signal.SIGKILL
        last = output.strip().rpartition("\n")[2]
        said = json.loads(last) if last.startswith("{") and not killed else {}
        return Result(module, said, output, killed)

    def changes(self) -> list[str]:
        """Calls that aren't reads, nor verification's of its items."""
        return [
            f"{call['operation']} in {call['region']}"
            for call in self.admin.calls()
            if not call["operation"].startswith(READS) and not call["operation"].endswith("Item")
        ]

    def calls(self, name: str) -> list[Call]:
        """Every call of the story when nothing goes wrong, those of an operation together."""
        if name not in self._calls:
            story = STORIES[name]
            self.begin(story)
            result = self.run(story.modules, story.wanted)
            assert not result.failed, result
            self._calls[name] = sorted(self.server.counted)
        return self._calls[name]

    def wrong(self, name: str, *strikes: Strike) -> str:
        """What is wrong with how the story ends when it runs into ``strikes``; nothing when all is well."""
        story = STORIES[name]
        self.begin(story)
        stood = self.server.ids()
        self.server.start(*strikes)
        faulted = self.run(story.modules, story.wanted)
        if not self.server.struck and any(strike.call.number == 1 for strike in strikes):
            return "no call met the fault"
        self.server.start()
        if flaw := _flaw(faulted):
            return f"the run with the fault: {flaw}"
        stood.update(self.server.ids())
        self.pass_time()
        healed = self.run(story.modules, story.wanted)
        if flaw := _flaw(healed) or (healed.failed and f"it fails: {healed.said.get('msg', healed.output)}"):
            return f"the run after it: {flaw}"
        if not faulted.failed and not NOT_ALLOWED.search(faulted.output) and (undone := self.changes()):
            return f"the run with the fault says that all is done, but the next one makes {undone}"
        stands = self.server.ids()
        if remade := [place for place in stands if stood.get(place, stands[place]) != stands[place]]:
            return f"made again: {remade}"
        if gone := [place for place in stood.keys() - stands.keys() if place[0] not in story.leaves]:
            return f"removed: {gone}"
        if left := {place: items for place in stands if (items := store.item_count(*place))}:
            return f"items left: {left}"
        self.pass_time()
        silent = self.run(STAGES, story.wanted)
        if silent.failed or silent.said["changed"] or self.changes():
            return f"the third run isn't silent: {self.changes()} {silent.said.get('msg', '')}"
        return ""


def _flaw(result: Result) -> str:
    """What no run may end with."""
    if result.killed:
        return ""
    if not result.said:
        return f"{result.module} ends without a result: {result.output}"
    if claim := FALSE_CLAIMS.search(result.output):
        return f"{result.module} says '{claim[0]}': {result.said.get('msg', '')}"
    if result.said.get("verdict") == "fail":
        return f"{result.module} fails: {result.said.get('msg', '')}"
    if result.said.get("failed") and not result.said.get("msg"):
        return f"{result.module} fails without a sentence"
    return ""

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run with nothing to do costs, and what a verification does, on the simulator.

Every figure is a ratio of medians within this one run: absolute times say more about the machine.
"""

from __future__ import annotations

import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from simulator.lag import Lag
from simulator.server import serve

CHECKOUT = Path(__file__).parents[1]
REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"]
SIZES = (1, 10, 100)
VERIFY_REGIONS = [*REGIONS, "us-west-2"]
VERIFY_SIZES = (1, 60, 100)
PHASES = 4  # put, update, delete, and what all regions write at once
LAG = Lag(0.1, 0.2)
ROUNDS = 5
MODULES = "ansible_collections.multiregion.dynamodb.plugins.modules"

COLUMNS = {
    "tables": "",
    "  module/boto3": "replicas with nothing to do, as a process, against a threaded boto3 script with the same reads",
    "playbook/start": "ansible-playbook with that one task against ansible-playbook with a task that does nothing",
    " loop/playbook": "the same tables, home region only, as a loop of community.aws.dynamodb_table, against it",
    "   calls/table": "DescribeTable calls of replicas, counted by the simulator, which saw no others",
    "    peak/boto3": "peak memory of the module's process against the script's",
}
VERIFY_COLUMNS = {
    "tables": "",
    "verify/bound": "replication_check against 4 phases x lag and the time of a threaded script with the same calls",
    "units/table": "read units of a table",
    "    peak MB": "peak memory of the module's process",
}
# What a process writes when it ends: its own peak, in KiB. ru_maxrss counts what it had before exec, too: its parent's.
PEAK = (
    "import atexit, os, runpy, sys; from pathlib import Path; "
    "atexit.register(lambda: Path(os.environ['PEAK']).write_text("
    "Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])); "
)
PLAY = {"hosts": "localhost", "connection": "local", "gather_facts": False}


def main() -> None:
    with serve(time_scale=0.001, seed=1) as simulator, tempfile.TemporaryDirectory() as folder:
        bench = Bench(simulator, Path(folder))
        print("first run: API calls per table, three regions, nothing existed before")
        bench.first_run(max(SIZES))
        print(f"\nnothing to do, tables in three regions: medians of {ROUNDS} rounds, as ratios")
        print("  ".join(COLUMNS))
        for size in SIZES:
            print(bench.no_op(size), flush=True)
    print("\nverification of tables in four regions: one run of each")
    print("  ".join(VERIFY_COLUMNS))
    for size in VERIFY_SIZES:
        with serve(time_scale=0.001, seed=1, lag=LAG) as simulator, tempfile.TemporaryDirectory() as folder:
            print(Bench(simulator, Path(folder), VERIFY_REGIONS).verify(size), flush=True)
    print(
        "\n"
        + "\n".join(
            f"{name.strip():<14}  {meaning}" for name, meaning in {**COLUMNS, **VERIFY_COLUMNS}.items() if meaning
        )
    )


class Bench:
    """Runs programs against one simulator."""

    def __init__(self, simulator, folder: Path, regions: list[str] = REGIONS) -> None:
        self.simulator = simulator
        self.folder = folder
        self.regions = regions
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ACCESS_KEY_ID": "simulator",
            "AWS_SECRET_ACCESS_KEY": "simulator",
            "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(CHECKOUT / ".collections")]),
            "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
            "PEAK": str(folder / "peak"),
        }

    def first_run(self, size: int) -> None:
        for module in ("tables", "replicas"):
            self.simulator.admin.clear_calls()
            self.run(self.module(module, size))
            counted = collections.Counter(call["operation"] for call in self.simulator.admin.calls())
            print(f"  {module}: " + ", ".join(f"{name} {number / size:.1f}" for name, number in counted.most_common()))

    def no_op(self, size: int) -> str:
        module = self.module("replicas", size)
        program = f"{PEAK}runpy.run_module('benchmarks.reads', run_name='__main__')"
        reads = self.python("-c", program, self.simulator.url, size, *REGIONS)
        start, playbook = self.playbook("start", NOTHING), self.playbook("replicas", self.task(size))
        self.simulator.admin.clear_calls()
        self.run(module)
        calls = collections.Counter(call["operation"] for call in self.simulator.admin.calls())
        assert set(calls) == {"DescribeTable"}, calls
        times, peaks = collections.defaultdict(list), collections.defaultdict(list)
        commands = {"module": module, "reads": reads, "start": start, "playbook": playbook}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(self.run(command))
                peaks[name].append(self.peak())
        middle = {name: statistics.median(values) for name, values in times.items()}
        looped = self.run(self.loop(size))
        ratios = (
            middle["module"] / middle["reads"],
            middle["playbook"] / middle["start"],
            looped / middle["playbook"],
            calls["DescribeTable"] / size,
            statistics.median(peaks["module"]) / statistics.median(peaks["reads"]),
        )
        return "  ".join([f"{size:>6}", *(f"{ratio:>14.2f}" for ratio in ratios)])

    def verify(self, size: int) -> str:
        for module in ("tables", "replicas"):
            self.run(self.module(module, size))
        self.simulator.admin.clear_calls()
        result = self.folder / "result.json"
        seconds, peak = self.run(self.module("replication_check", size), result), self.peak()
        found = json.loads(result.read_text())
        assert found["verdict"] == "pass", found["summary"]
        counted = collections.Counter(call["operation"] for call in self.simulator.admin.calls())
        script = self.python("-m", "benchmarks.items", self.simulator.url, size, json.dumps(counted), *self.regions)
        bound = self.run(script) + PHASES * LAG.high
        units = found["cost"]["read_units"] / size
        return f"{size:>6}  {seconds / bound:>12.2f}  {units:>11.1f}  {peak / 1024:>11.0f}"

    def run(self, command: list[str], kept: Path | None = None) -> float:
        """Seconds of a whole process, which has to succeed; its output goes to ``kept``."""
        with kept.open("w+b") if kept else tempfile.TemporaryFile() as output:
            began = time.monotonic()
            process = subprocess.run(
                command, env=self.environment, stdout=output, stderr=subprocess.STDOUT, cwd=CHECKOUT, check=False
            )
            seconds = time.monotonic() - began
            if process.returncode:
                output.seek(0)
                sys.exit(f"{' '.join(command[:6])} failed:\n{output.read().decode()[-2000:]}")
        return seconds

    def peak(self) -> int:
        """Memory in KiB that the process before took at most; 0 for one that doesn't tell."""
        told = self.folder / "peak"
        peak = int(told.read_text()) if told.exists() else 0
        told.unlink(missing_ok=True)
        return peak

    def arguments(self, size: int) -> dict:
        return {
            "region": self.regions[0],
            "endpoint_url": self.simulator.url,
            "replica_regions": self.regions[1:],
            "tables": [{"name": f"bench-{number:03}", "partition_key": "id"} for number in range(size)],
        }

    def python(self, *arguments: object) -> list[str]:
        return [sys.executable, *map(str, arguments)]

    def module(self, name: str, size: int) -> list[str]:
        """A module as its own process, without the frame that Ansible puts around it."""
        program = (
            f"{PEAK}import json; from ansible.module_utils.testing import patch_module_args; "
            f"context = patch_module_args(json.load(open(sys.argv[1]))); context.__enter__(); "
            f"runpy.run_module('{MODULES}.{name}', run_name='__main__')"
        )
        path = self.folder / f"{name}-{size}.json"
        waiting = {} if name == "replication_check" else {"wait_delay": 0.05}
        path.write_text(json.dumps({**self.arguments(size), **waiting}))
        return self.python("-c", program, path)

    def task(self, size: int) -> dict:
        return {"multiregion.dynamodb.replicas": self.arguments(size)}

    def loop(self, size: int) -> list[str]:
        table = {"region": REGIONS[0], "endpoint_url": self.simulator.url, "name": "{{ item.name }}"}
        table |= {"hash_key_name": "id", "billing_mode": "PAY_PER_REQUEST"}
        return self.playbook("loop", {"community.aws.dynamodb_table": table, "loop": self.arguments(size)["tables"]})

    def playbook(self, name: str, task: dict) -> list[str]:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps([PLAY | {"tasks": [task]}]))
        return [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "-e", INTERPRETER, str(path)]


NOTHING = {"ansible.builtin.meta": "noop"}
INTERPRETER = f"ansible_python_interpreter={sys.executable}"


if __name__ == "__main__":
    main()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the collection as a user does, in a home that is empty and without anyone's credentials: programs, modules."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import botocore.loaders
import botocore.session
import pytest
from ansible.module_utils.testing import patch_module_args
from caller import MODULES, SECRET, US, arguments_of
from verifying import LAG, STRONG_REGIONS, World

from simulator.server import Served, serve

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path):
    """The environment of a user with an empty home and no credentials, who runs the checkout."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    return environment | {
        "HOME": str(home),
        "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
        "ANSIBLE_INJECT_INVOCATION": "true",  # ansible-core 2.21 shows no arguments without it
        "AWS_EC2_METADATA_DISABLED": "true",  # or credentials are looked for beyond this machine
    }


@pytest.fixture
def run(environment):
    """Run a program of the virtual environment; both its outputs come back in stdout."""

    def run(program: str, *arguments: str, cwd: Path = CHECKOUT, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=cwd,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,  # a program that hangs, on the busiest machine
            check=False,
        )

    return run


@pytest.fixture
def known() -> set[str]:
    """The files that Git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split("\0")
    return {name for name in listed if name and (CHECKOUT / name).is_file()}


@pytest.fixture
def clone(tmp_path, known) -> Path:
    """A copy of the checkout, in which a test may leave what it likes."""
    clone = tmp_path / "clone"
    for name in known:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, clone / name)
    link = clone / ".collections/ansible_collections/multiregion/dynamodb"
    link.parent.mkdir(parents=True)
    link.symlink_to("../../..")
    return clone


@pytest.fixture(scope="session", autouse=True)
def models() -> t.Iterator[None]:
    """The SDK's models of the services are read once, not again for every module: two thirds of a module's time."""
    loader = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda *arguments: loader)
        yield


@pytest.fixture(scope="module")
def served() -> t.Iterator[Served]:
    with serve(time_scale=0.001, seed=1) as simulator:
        yield simulator


@pytest.fixture
def admin(served, monkeypatch, tmp_path):
    """The simulator, empty, and this process without anyone's credentials but its own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    served.admin.reset()
    return served.admin


@pytest.fixture
def run_module(served, admin, capsys):
    """Run a module to its end; its result, with ``failed`` when it failed."""

    def run(name: str, *tables: dict[str, t.Any], **params: t.Any) -> dict[str, t.Any]:
        arguments = arguments_of(name, served.url, tables, params)
        module = importlib.import_module(f"{MODULES}.{name}")
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        output = capsys.readouterr().out
        assert SECRET not in output
        return json.loads(output)

    return run


@pytest.fixture
def play(run, served):
    """Run a playbook on the simulator; variables as JSON, which keeps their types, those of the environment apart."""

    def play(
        playbook: str, *arguments: str, environment: dict[str, str] | None = None, **variables: t.Any
    ) -> subprocess.CompletedProcess[str]:
        variables = {"simulator_port": int(served.url.rpartition(":")[2]), **variables}
        extra = ["-e", json.dumps(variables)]
        return run("ansible-playbook", f"playbooks/{playbook}.yml", *extra, *arguments, **(environment or {}))

    return play


@pytest.fixture
def world(served) -> World:
    """What verifies by the engine itself."""
    served.admin.reset()
    served.admin.set_lag(LAG.low, LAG.high)
    return World(served)


@pytest.fixture
def orders(world) -> World:
    """A table in three regions."""
    world.global_table()
    return world


@pytest.fixture
def strong(world) -> World:
    """A strongly consistent group."""
    home = world.client("dynamodb", US)
    world.global_table(regions=(US,))
    creates = [{"Create": {"RegionName": region}} for region in STRONG_REGIONS[1:]]
    home.update_table(TableName="orders", ReplicaUpdates=creates, MultiRegionConsistency="STRONG")
    world.until(lambda: world.settled(home, "orders") and home.describe_table(TableName="orders")["Table"]["Replicas"])
    return world

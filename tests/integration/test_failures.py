# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that ends in an exception fails every playbook that runs it, and site.yml at that stage."""

from __future__ import annotations

import shutil

import pytest
from caller import EU
from conftest import CHECKOUT

ORDERS = {"name": "orders", "partition_key": "id"}
SITE = {
    "tables": "Make the tables in their home region",
    "replicas": "Extend the tables into the other regions",
    "replication_check": "Write items in each region and look for them in the others",
}
RUNS = [
    *(("site", module, task) for module, task in SITE.items()),
    ("tables", "tables", SITE["tables"]),
    ("replicas", "replicas", SITE["replicas"]),
    ("verify", "replication_check", SITE["replication_check"]),
    ("status", "tables_info", "Look at each table in each region"),
    ("drift", "tables", "Plan what the tables lack"),
    ("drift", "replicas", "Plan what the replicas lack"),
    ("drift", "tables_info", "Look at each table in each region"),
    ("export", "tables_info", "Find the tables"),
    ("teardown", "tables_info", "Look at each table in each region"),
    ("teardown", "tables", "Delete the replicas, then the tables"),
    ("evacuate", "evacuation_check", "Send probes from the region and look for them in the others"),
]


@pytest.fixture
def broken(tmp_path):
    """The collection with a module that raises an exception; the path that Ansible finds it by."""

    def broken(module):
        collection = tmp_path / "collections/ansible_collections/multiregion/dynamodb"
        (collection / "plugins").mkdir(parents=True)
        for path in CHECKOUT.glob("*"):
            if path.name != "plugins":
                (collection / path.name).symlink_to(path)
        for path in (CHECKOUT / "plugins").glob("*"):
            if path.name != "modules":
                (collection / "plugins" / path.name).symlink_to(path)
        shutil.copytree(CHECKOUT / "plugins/modules", collection / "plugins/modules")
        source = collection / "plugins/modules" / f"{module}.py"
        source.write_text(source.read_text().replace("def main() -> None:", "def main() -> None:\n    int('injected')"))
        return str(tmp_path / "collections")

    return broken


@pytest.mark.parametrize(("playbook", "module", "task"), RUNS)
def test_an_exception_in_a_module_fails_the_playbook(play, run_module, broken, tmp_path, playbook, module, task):
    run_module("tables", ORDERS)
    variables = {"dynamodb_tables": [ORDERS], "dynamodb_replica_regions": [EU], "evacuate_region": EU}
    variables |= {"export_names": ["*"], "export_file": str(tmp_path / "exported.yml"), "confirm": "123456789012/1"}

    ended = play(playbook, environment={"ANSIBLE_COLLECTIONS_PATH": broken(module)}, **variables)

    assert ended.returncode == 2
    assert "invalid literal for int() with base 10: 'injected'" in ended.stdout
    failed = [part for part in ended.stdout.split("\nTASK [") if "fatal: " in part]
    assert [part.partition("]")[0].rpartition(" : ")[2] for part in failed] == [task]
    assert "as the inventory says" not in ended.stdout

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The archive holds what a user of AWS needs, and works when installed."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
BELONGS = {
    "CHANGELOG.rst",
    "COPYING",
    "README.md",
    "changelogs",
    "docs",
    "inventories",
    "meta",
    "playbooks",
    "plugins",
    "requirements-report.txt",
    "requirements.txt",
    "roles",
}
MADE_BY_THE_BUILD = {"FILES.json", "MANIFEST.json"}


@pytest.fixture
def archive(run, tmp_path):
    built = run("ansible-galaxy", "collection", "build", "--output-path", str(tmp_path))
    assert built.returncode == 0, built.stdout
    return next(tmp_path.glob("multiregion-dynamodb-*.tar.gz"))


def members(archive):
    with tarfile.open(archive) as tar:
        return {member.name for member in tar if not member.isdir()} - MADE_BY_THE_BUILD


def test_the_archive_holds_only_what_belongs_there(archive):
    names = members(archive)

    assert {name.split("/")[0] for name in names} <= BELONGS
    assert not [name for name in names if name.startswith(("roles/simulator/", "inventories/local/"))]


def test_the_archive_holds_nothing_that_was_generated_in_the_checkout(archive):
    known = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split("\0")

    assert members(archive) <= set(known)


def test_the_archive_holds_every_module_role_and_playbook_and_what_they_need(archive):
    wanted = {
        *(CHECKOUT / "plugins").rglob("*.py"),
        *(CHECKOUT / "playbooks").glob("*.yml"),
        *(path for role in ("tables", "replicas", "verify") for path in (CHECKOUT / "roles" / role).rglob("*.yml")),
        *(CHECKOUT / "inventories/aws").rglob("*.yml"),
        *CHECKOUT.glob("requirements*.txt"),
    }

    assert {path.relative_to(CHECKOUT).as_posix() for path in wanted} <= members(archive)


def test_the_installed_collection_runs_by_its_name(archive, run, tmp_path):
    (tmp_path / "empty.cfg").touch()
    elsewhere = {  # a user's own folder: neither the checkout nor its settings
        "cwd": tmp_path,
        "ANSIBLE_CONFIG": str(tmp_path / "empty.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(tmp_path),
    }
    installed = run("ansible-galaxy", "collection", "install", "--offline", "--no-deps", str(archive), **elsewhere)
    assert installed.returncode == 0, installed.stdout
    inventory = tmp_path / "ansible_collections/multiregion/dynamodb/inventories/aws"

    ended = run("ansible-playbook", "multiregion.dynamodb.site", "-i", str(inventory), **elsewhere)

    assert "Make the tables in their home region" in ended.stdout
    assert "credentials" in ended.stdout

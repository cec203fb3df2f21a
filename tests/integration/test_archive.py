# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The archive holds what a user of AWS needs, and works when installed."""

from __future__ import annotations

import tarfile

import pytest

# What the checkout has beside the collection: the simulator, what stands on it, and tools.
ELSEWHERE = (
    ".",
    "Makefile",
    "ansible.cfg",
    "benchmarks/",
    "changelogs/config.yaml",
    "changelogs/fragments/",
    "galaxy.yml",
    "inventories/local/",
    "molecule/",
    "pyproject.toml",
    "requirements.yml",
    "requirements/",
    "roles/simulator/",
    "simulator/",
    "site.yml",
    "tests/",
)
# What a user may leave in a clone.
DECOYS = (
    ".env",
    ".vault-pass",
    "docs/iam-prod.json",
    "docs/replication.json",
    "drift.txt",
    "inventories/aws/group_vars/all/vault.yml",
    "inventories/aws/host_vars/aws.yml",
    "inventories/prod/group_vars/dynamodb.yml",
    "inventories/prod/hosts.yml",
    "meta/account.yml",
    "playbooks/group_vars/all.yml",
    "playbooks/prod-vault.yml",
    "playbooks/replication.html",
    "plugins/modules/__pycache__/tables.cpython-311.pyc",
    "plugins/modules/credentials.json",
    "replicas.json",
    "replication.html",
    "roles/ours/tasks/main.yml",
    "roles/tables/files/key.pem",
    "roles/tables/vars/secrets.yml",
    "tables.json",
    "vault-pass.txt",
)
MADE_BY_THE_BUILD = {"FILES.json", "MANIFEST.json"}


@pytest.fixture
def archive(run, tmp_path, clone):
    for name in DECOYS:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text("a secret\n")
    built = run("ansible-galaxy", "collection", "build", "--output-path", str(tmp_path), cwd=clone)
    assert built.returncode == 0, built.stdout
    return next(tmp_path.glob("multiregion-dynamodb-*.tar.gz"))


def test_the_archive_holds_the_collection_and_nothing_that_a_user_left_in_the_clone(archive, known):
    with tarfile.open(archive) as tar:
        members = {member.name for member in tar if not member.isdir()}

    assert members - MADE_BY_THE_BUILD == {name for name in known if not name.startswith(ELSEWHERE)}


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

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is limited by tags does what they say or fails, and a variable that is misspelt isn't passed over."""

from __future__ import annotations

import pytest
from caller import EU, changes, flat
from conftest import CHECKOUT
from test_playbooks import PLAYBOOKS

ORDERS = {"name": "orders", "partition_key": "id"}
VARIABLES = {"dynamodb_tables": [ORDERS], "dynamodb_replica_regions": [EU], "evacuate_region": EU}


@pytest.fixture
def site(play):
    def site(*arguments, **variables):
        return play("site", *arguments, **VARIABLES, **variables)

    return site


def operations(admin):
    return {operation for _region, operation in changes(admin)}


def test_site_runs_the_stage_that_a_tag_names_and_no_other(site, admin):
    assert site("--tags", "tables,replicas").returncode == 0
    assert operations(admin) == {"CreateTable", "UpdateTable"}
    admin.clear_calls()
    ended = site("--tags", "verify")
    assert ended.returncode == 0, ended.stdout
    assert "1 table: 1 pass, 0 fail, 0 unknown" in ended.stdout
    assert operations(admin) >= {"PutItem", "DeleteItem"}
    admin.clear_calls()
    ended = site("--skip-tags", "verify")
    assert ended.returncode == 0
    assert "Show what replicated" not in ended.stdout
    assert operations(admin) == set()


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_tags_that_select_no_stage_fail_and_do_nothing(play, admin, tmp_path, playbook):
    needed = {"export_names": ["x"], "export_file": str(tmp_path / "x.yml")}
    ended = play(playbook, "--tags", "verfy", **VARIABLES, **needed)
    assert ended.returncode != 0
    stages = "tables, replicas, verify" if playbook == "site" else playbook
    assert "Nothing was done: the run was limited to tags (--tags verfy, --skip-tags none)." in flat(ended.stdout)
    assert f"The tags of this playbook: {stages}." in flat(ended.stdout)
    assert admin.calls() == []


def test_a_tag_that_selects_nothing_fails_beside_one_that_does(site):
    ended = site("--tags", "tables,replicas,verfiy")
    assert ended.returncode != 0
    assert "Not everything that was asked for was done: the run was limited to tags" in flat(ended.stdout)


def test_a_tag_that_an_importer_gave_to_the_whole_playbook_is_none_of_ours_to_refuse(run, admin, served, tmp_path):
    importer = tmp_path / "deploy.yml"
    importer.write_text(f"- import_playbook: {CHECKOUT}/site.yml\n  tags: deploy\n")
    port = f"simulator_port={served.url.rpartition(':')[2]}"
    ended = run("ansible-playbook", str(importer), "-i", "inventories/local", "--tags", "deploy", "-e", port)
    assert ended.returncode == 0, ended.stdout
    assert "1 table: 1 pass" in ended.stdout


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("limit", ["elsewhere", "simulator"])
def test_a_limit_that_leaves_no_account_fails(run, admin, tmp_path, playbook, limit):
    """With the one the limit is another host, with the other the group is."""
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("dynamodb: {hosts: {simulator: }}\nall: {hosts: {elsewhere: }}\n")
    group = ["-e", "dynamodb_hosts=nowhere"] if limit == "simulator" else []
    ended = run("ansible-playbook", f"playbooks/{playbook}.yml", "-i", str(inventory), "--limit", limit, *group)
    assert ended.returncode != 0
    assert "so there is no account to work on" in flat(ended.stdout)


def test_the_checks_run_whatever_the_tags(play):
    ended = play("site", "--tags", "tables", dynamodb_hosts="nowhere")
    assert ended.returncode != 0
    assert "No host in 'nowhere'" in flat(ended.stdout)


def test_a_misspelt_variable_is_warned_of_once_with_the_one_that_is_meant(site, play):
    variables = {"dynamodb_replica_region": [EU], "verify_item_cnt": 5, "dynamodb_backup_bucket": "mine", "tables_x": 1}
    said = flat(site(**variables).stdout)
    assert said.count("[simulator] Nothing reads dynamodb_replica_region: did you mean dynamodb_replica_regions?") == 1
    assert said.count("[simulator] Nothing reads verify_item_cnt: did you mean verify_item_count?") == 1
    assert said.count("Nothing reads") == 2
    assert "did you mean dynamodb_max_removals?" in flat(play("status", **VARIABLES, dynamodb_max_removal=2).stdout)


def test_no_variable_of_the_collections_own_is_warned_of(site, play, tmp_path):
    for ended in (
        site(),
        play("export", export_names=["*"], export_file=str(tmp_path / "x.yml")),
        play("status", **VARIABLES),
    ):
        assert ended.returncode == 0
        assert "WARNING" not in ended.stdout

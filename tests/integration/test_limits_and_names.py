# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is limited by tags does what they say or fails, and a variable that is misspelt isn't passed over."""

from __future__ import annotations

import pytest
from caller import EU, changes, flat
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
    assert "Nothing was done: the run was limited to other tags (--tags verfy, --skip-tags none)." in flat(ended.stdout)
    assert f"The tags of this playbook: {stages}." in flat(ended.stdout)
    assert admin.calls() == []


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

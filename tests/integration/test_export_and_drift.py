# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks on tables that stand: writing them down as an inventory, and comparing them with one."""

from __future__ import annotations

import shutil
import stat

import pytest
import yaml
from caller import AP, EU, US, changes, flat
from conftest import CHECKOUT

from simulator import store

ORDERS = {"name": "orders", "partition_key": "id", "sort_key": "at", "attribute_types": {"at": "N"}}
SHOP = {
    "name": "shop-baskets",
    "partition_key": "id",
    "table_class": "STANDARD_INFREQUENT_ACCESS",
    "ttl": {"enabled": True, "attribute": "expires"},
    "tags": {"team": "yes", "cost": "012"},
    "deletion_protection": True,
    "point_in_time_recovery": {"enabled": True, "recovery_period_days": 7},
    "global_secondary_indexes": [{"name": "by-email", "partition_keys": ["email"], "projection": "KEYS_ONLY"}],
    "local_secondary_indexes": [],
}
OF_REPLICA = {"region": EU, "tags": {"data": "eu"}, "point_in_time_recovery": {"enabled": True}}


@pytest.fixture
def tables(run_module, admin):
    run_module("tables", ORDERS, SHOP)
    run_module("replicas", {**SHOP, "replicas": [OF_REPLICA, {"region": AP}]})
    admin.clear_calls()


@pytest.fixture
def inventory(tmp_path, served):
    """An inventory of this simulator, without variables of tables."""
    directory = tmp_path / "inventory"
    (directory / "group_vars").mkdir(parents=True)
    shutil.copy(CHECKOUT / "inventories/local/hosts.yml", directory)
    shutil.copy(CHECKOUT / "inventories/local/credentials.cfg", directory)
    local = yaml.safe_load((CHECKOUT / "inventories/local/group_vars/dynamodb.yml").read_text())
    ours = {name: local[name] for name in ("dynamodb_environment", "dynamodb_loopback_only", "dynamodb_wait_delay")}
    ours["dynamodb_endpoint_url"] = served.url
    (directory / "group_vars/all.yml").write_text(yaml.safe_dump(ours))
    return directory


def test_site_changes_nothing_on_what_was_exported(run, play, admin, tables, inventory):
    path = inventory / "group_vars/dynamodb.yml"
    exported = play("export", export_names=["shop-*", "orders"], export_file=str(path))
    assert exported.returncode == 0, exported.stdout
    assert changes(admin) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    site = run("ansible-playbook", "site.yml", "-i", str(inventory))
    assert site.returncode == 0, site.stdout
    assert "changed=0" in site.stdout
    assert "shop-baskets: us-east-1, ap-southeast-2, eu-west-1: replicas are ACTIVE; only states were read" in flat(
        site.stdout
    )
    assert changes(admin) == []


def test_an_export_has_every_option_and_nothing_that_unset_means_anyway(play, tables, tmp_path):
    path = tmp_path / "new/directory/dynamodb.yml"
    assert play("export", export_names="*", export_file=str(path)).returncode == 0
    written = yaml.safe_load(path.read_text())
    shop = {option: value for option, value in SHOP.items() if value != []}
    assert written == {
        "dynamodb_account_id": "123456789012",
        "dynamodb_region": US,
        "dynamodb_table_defaults": {"verification": "states"},
        "dynamodb_tables": [
            {"region": US, **ORDERS},
            {"region": US, **shop, "replicas": [{"region": AP}, OF_REPLICA]},
        ],
    }


def test_a_file_is_replaced_only_when_that_is_said(play, admin, tables, tmp_path):
    path = tmp_path / "dynamodb.yml"
    path.write_text("mine")
    ended = play("export", export_names=["*"], export_file=str(path))
    assert ended.returncode != 0
    assert f"{path} exists. Nothing was read or written." in flat(ended.stdout)
    assert path.read_text() == "mine"
    assert admin.calls() == []
    assert play("export", export_names=["*"], export_file=str(path), export_overwrite=True).returncode == 0
    assert "shop-baskets" in path.read_text()


def test_an_export_keeps_the_mode_of_a_file_and_of_a_directory_and_follows_no_link(play, tables, tmp_path):
    directory = tmp_path / "private"
    directory.mkdir(mode=0o700)
    standing, planted, somebodys = directory / "standing.yml", directory / "planted.yml", tmp_path / "somebodys"
    for path in (standing, somebodys):
        path.write_text("old")
        path.chmod(0o640)
    planted.symlink_to(somebodys)
    for path in (standing, planted):
        ended = play("export", export_names=["orders"], export_file=str(path), export_overwrite=True)
        assert ended.returncode == 0, ended.stdout
        assert "orders" in path.read_text()
    modes = [stat.S_IMODE(path.lstat().st_mode) for path in (directory, standing, planted)]
    assert modes == [0o700, 0o640, 0o600]
    assert somebodys.read_text() == "old"


def test_nothing_is_written_while_a_region_of_a_table_can_not_be_read(play, admin, tables, tmp_path):
    admin.fail("AccessDeniedException", operation="ListTagsOfResource", region=EU)
    path = tmp_path / "new/dynamodb.yml"
    ended = play("export", export_names=["*"], export_file=str(path))
    assert ended.returncode != 0
    assert "Nothing was written." in flat(ended.stdout)
    assert "access denied: dynamodb:ListTagsOfResource in eu-west-1" in flat(ended.stdout)
    assert not path.parent.exists()


def test_nothing_is_written_that_an_inventory_would_take_for_a_template(run_module, play, tmp_path):
    run_module("tables", {"name": "orders", "partition_key": "{{ id }}"})
    path = tmp_path / "dynamodb.yml"
    ended = play("export", export_names=["*"], export_file=str(path))
    assert ended.returncode != 0
    assert "which begins a template in an inventory" in flat(ended.stdout)
    assert not path.exists()


def test_a_name_that_matches_nothing_is_said(play, admin, tmp_path):
    ended = play("export", export_names=["shop-*"], export_file=str(tmp_path / "dynamodb.yml"))
    assert ended.returncode != 0
    assert "no table in us-east-1 matches shop-*" in flat(ended.stdout)


LISTED = {**SHOP, "replicas": [OF_REPLICA, {"region": AP}]}


@pytest.fixture
def drift(play):
    """The playbook on an inventory of its own; tables as they are listed in it."""

    def drift(*listed, **variables):
        variables = {"dynamodb_tables": listed, "dynamodb_replica_regions": [], **variables}
        ended = play("drift", **variables)
        return ended.returncode, flat(ended.stdout)

    return drift


def test_no_drift_is_said_and_nothing_is_written(drift, admin, tables):
    code, said = drift(ORDERS, LISTED)
    assert code == 0, said
    assert "The tables are as the inventory says." in said
    assert "doesn't name" not in said
    assert "share" not in said
    assert changes(admin) == []


def test_any_planned_step_fails_and_is_shown(drift, admin, tables):
    code, said = drift(
        {**ORDERS, "tags": {"team": "shop"}}, {**LISTED, "replicas": [{"region": AP, "tags": {"a": "b"}}]}
    )
    assert code != 0
    assert "set tags team in us-east-1: orders" in said
    assert "set tags a in ap-southeast-2: shop-baskets" in said
    assert "2 step(s) would bring the tables to what the inventory says. Nothing was changed." in said
    assert changes(admin) == []


def test_a_replica_that_is_going_is_not_as_the_inventory_says(drift, run_module, admin, tables):
    admin.hold()
    run_module("replicas", {**SHOP, "replicas": [{"region": AP, "state": "absent"}]}, wait=False)
    admin.clear_calls()
    code, said = drift(ORDERS, LISTED)
    assert code != 0
    assert "still to come: ap-southeast-2 is UPDATING: shop-baskets" in said  # what it shows before DELETING
    assert "2 tables: 0 to change, 2 unchanged, 1 not settled" in said
    assert "Changes are under way in shop-baskets: run again once they are done." in said
    assert "The tables are as the inventory says." not in said
    assert changes(admin) == []


def test_replicas_that_no_inventory_names_are_said_once_and_are_no_drift(drift, tables):
    code, said = drift(ORDERS, {**SHOP, "replicas": [OF_REPLICA]})
    assert code == 0, said
    assert "shop-baskets: has a replica in ap-southeast-2 that isn't listed, and is left alone." in said
    assert said.count("shop-baskets") == 1


def test_settings_that_regions_should_share_and_do_not_are_listed_apart(drift, tables):
    store.set_time_to_live(EU, "shop-baskets", True, "elsewhere")
    code, said = drift(ORDERS, LISTED)
    assert code == 0, said
    assert "Settings that regions should share and don't:" in said
    assert "shop-baskets: ttl.attribute is expires in us-east-1, ap-southeast-2, but elsewhere in eu-west-1" in said


def test_an_option_of_a_wrong_shape_is_no_table_without_drift(drift, admin):
    code, said = drift({**ORDERS, "point_in_time_recovery": True})
    assert code != 0
    assert "table 'orders': point_in_time_recovery is true, but must be a dictionary" in said
    assert "The tables are as the inventory says." not in said
    assert admin.calls() == []


def test_a_table_that_can_not_be_compared_is_no_table_without_drift(drift, admin, tables):
    admin.fail("AccessDeniedException", operation="DescribeTable", table="orders")
    code, said = drift(ORDERS, LISTED)
    assert code != 0
    assert "orders: access denied: dynamodb:DescribeTable in us-east-1" in said
    assert "Plan what the replicas lack" in said

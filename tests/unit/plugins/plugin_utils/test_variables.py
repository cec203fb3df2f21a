# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names are taken for misspelt variables of the collection's."""

from __future__ import annotations

import re

import pytest
from ansible_collections.multiregion.dynamodb.plugins.plugin_utils import _variables

VARIABLES = [f"{prefix}_{rest}" for prefix, names in _variables.known().items() for rest in names]


@pytest.mark.parametrize("name", sorted(set(VARIABLES)))
def test_a_letter_missing_doubled_or_swapped_is_told_and_the_name_itself_is_not(name):
    assert _variables.misspelt([name]) == {}
    prefix, _underscore, rest = name.partition("_")
    wrong = {f"{prefix}_{rest[1:]}", f"{name}{name[-1]}", f"{name[:-2]}{name[-1]}{name[-2]}"} - set(VARIABLES)
    assert all(near in VARIABLES for near in _variables.misspelt(wrong).values())
    assert _variables.misspelt([f"{name}{name[-1]}"]).keys() == {f"{name}{name[-1]}"}


def test_a_missing_s_is_told():
    assert _variables.misspelt(["dynamodb_replica_region", "dynamodb_max_removal"]) == {
        "dynamodb_replica_region": "dynamodb_replica_regions",
        "dynamodb_max_removal": "dynamodb_max_removals",
    }


def test_a_letter_of_the_prefix_is_told_too():
    assert _variables.misspelt(["table_expect_plan", "dynamdb_tables", "tabletop"]) == {
        "table_expect_plan": "tables_expect_plan",
        "dynamdb_tables": "dynamodb_tables",
    }


def test_variables_that_roles_and_playbooks_set_themselves_and_those_of_users_are_none():
    own = set()
    for path in [*_variables.COLLECTION.glob("roles/*/tasks/*.yml"), *_variables.COLLECTION.glob("playbooks/*.yml")]:
        own |= set(re.findall(r"\b[a-z]+_[a-z_]+\b", path.read_text()))
    users = {"dynamodb_backup_bucket", "tables_count", "verify_ssl", "status_page", "export_format", "dynamodb"}
    assert _variables.misspelt(own | users) == {}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""teardown.yml says in a few lines what it deleted, and what it couldn't."""

from __future__ import annotations

from caller import EU, flat


def test_what_is_deleted_and_why_the_rest_is_not_is_said_without_every_tables_result(play, run_module):
    kept = {"name": "kept", "partition_key": "id", "deletion_protection": True}
    gone = {"name": "gone", "partition_key": "id", "replicas": [{"region": EU}]}
    run_module("tables", kept, gone)
    run_module("replicas", kept, gone)

    ended = play("teardown", dynamodb_tables=[kept, gone], dynamodb_replica_regions=[], confirm="123456789012/2")

    assert ended.returncode != 0
    assert "delete the table in us-east-1 (0 items): gone" in flat(ended.stdout), ended.stdout
    assert "1 of 2 tables failed: kept: its state is absent, but deletion protection is on" in flat(ended.stdout)
    assert "plan_hash" not in ended.stdout

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state that steps lead to."""

from __future__ import annotations

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import predict, state, steps

HOME, EU = "us-east-1", "eu-west-1"


def test_a_step_of_an_index_changes_that_index_and_leaves_the_others():
    indexes = [{"name": "by-email", "read_capacity": 1}, {"name": "by-team", "read_capacity": 1}]
    observed = {
        region: state.RegionalTable(region, "ACTIVE", settings={"global_secondary_indexes": indexes}, replicas=others)
        for region, others in ((HOME, {EU: "ACTIVE"}), (EU, {HOME: "ACTIVE"}))
    }
    step = steps.Step(
        (steps.SET, HOME, ""),
        HOME,
        "UpdateTable",
        {},
        "",
        effect={"read_capacity": 5},
        index="by-team",
        everywhere=True,
    )
    after = predict.after(observed, [step])
    expected = [{"name": "by-email", "read_capacity": 1}, {"name": "by-team", "read_capacity": 5}]
    assert [after[region].settings["global_secondary_indexes"] for region in (HOME, EU)] == [expected, expected]

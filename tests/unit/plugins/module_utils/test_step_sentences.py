# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a step says of a setting that is on: that it is turned on only where it was off."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import settings
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import RegionalTable

OFF = {"enabled": False}
PITR, INSIGHTS = "point_in_time_recovery", "contributor_insights"
ALL, THROTTLED = ({"enabled": True, "mode": mode} for mode in ("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"))


def days(number: int) -> dict[str, object]:
    return {"enabled": True, "recovery_period_days": number}


@pytest.mark.parametrize(
    ("option", "now", "wanted", "sentence"),
    [
        (PITR, OFF, {"enabled": True}, "turn point-in-time recovery on in us-east-1"),
        (PITR, OFF, days(1), "turn point-in-time recovery on (1 day) in us-east-1"),
        (PITR, days(35), days(14), "set the period of point-in-time recovery to 14 days in us-east-1"),
        (PITR, days(35), OFF, "turn point-in-time recovery off in us-east-1"),
        (INSIGHTS, OFF, THROTTLED, "turn Contributor Insights on (THROTTLED_KEYS) in us-east-1"),
        (INSIGHTS, ALL, THROTTLED, "set the mode of Contributor Insights to THROTTLED_KEYS in us-east-1"),
        (INSIGHTS, ALL, OFF, "turn Contributor Insights off in us-east-1"),
    ],
)
def test_a_step_says_what_changes(option, now, wanted, sentence):
    shown = RegionalTable("us-east-1", "ACTIVE", settings={option: now})
    assert [step.sentence for step in settings.regional_steps("orders", {option: wanted}, shown)] == [sentence]

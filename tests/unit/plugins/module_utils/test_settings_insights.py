# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contributor Insights of a table and its indexes, case by case."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import api, spec
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import insights
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import ACTIVE, RegionalTable

from .service_model.model import ServiceModel
from .test_converge_properties import HOME, KEYS, NAME, TABLES, run

OFF, ON = {"enabled": False}, {"enabled": True}
ALL, THROTTLED = "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"


@pytest.mark.parametrize(
    ("status", "value", "moving"),
    [
        ("ENABLING", {"enabled": True, "mode": THROTTLED}, True),
        ("ENABLED", {"enabled": True, "mode": THROTTLED}, False),
        ("DISABLING", OFF, True),
        ("DISABLED", OFF, False),
        ("FAILED", OFF, False),
    ],
)
def test_what_is_being_turned_on_counts_as_on_and_is_waited_for(status, value, moving):
    seen = insights.read({"ContributorInsightsStatus": status, "ContributorInsightsMode": THROTTLED})
    assert seen.value == value
    assert seen.moving == ({"contributor_insights": f"Contributor Insights: {status}"} if moving else {})
    assert bool(seen.failed) == (status == "FAILED")


@pytest.mark.parametrize(
    ("wanted", "now", "parameters"),
    [
        (ON, {**ON, "mode": THROTTLED}, None),
        (OFF, OFF, None),
        ({**ON, "mode": ALL}, {**ON, "mode": ALL}, None),
        (ON, OFF, {"ContributorInsightsAction": "ENABLE"}),
        ({**ON, "mode": THROTTLED}, OFF, {"ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": THROTTLED}),
        (
            {**ON, "mode": THROTTLED},
            {**ON, "mode": ALL},
            {"ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": THROTTLED},
        ),
        (OFF, {**ON, "mode": ALL}, {"ContributorInsightsAction": "DISABLE"}),
    ],
)
def test_341_a_mode_is_changed_by_enabling_again_and_an_unset_one_is_left(wanted, now, parameters):
    shown = RegionalTable(HOME, ACTIVE, settings={"contributor_insights": now})
    steps = list(insights.steps(NAME, {"contributor_insights": wanted}, shown))
    assert [step.parameters for step in steps] == ([{"TableName": NAME, **parameters}] if parameters else [])


def test_an_index_has_insights_of_its_own():
    indexes = [{"name": "by-email", "contributor_insights": OFF}, {"name": "by-team", "contributor_insights": ON}]
    shown = RegionalTable(HOME, ACTIVE, settings={"global_secondary_indexes": indexes})
    wanted = {"global_secondary_indexes": [{"name": "by-email", "contributor_insights": ON}, {"name": "by-team"}]}
    (step,) = insights.steps(NAME, wanted, shown)
    assert step.parameters == {"TableName": NAME, "IndexName": "by-email", "ContributorInsightsAction": "ENABLE"}
    assert step.index == "by-email"


def test_a_replicas_index_has_insights_of_its_own_apart_from_its_overrides():
    entries = [{"name": "by-email", "read_capacity": 5, "contributor_insights": ON}, {"name": "by-team"}]
    overrides, own = insights.apart({"kms_key": "alias/x", "global_secondary_indexes": entries})
    assert overrides == {
        "kms_key": "alias/x",
        "global_secondary_indexes": [{"name": "by-email", "read_capacity": 5}],
    }
    assert own == {"global_secondary_indexes": [{"name": "by-email", "contributor_insights": ON}]}


def test_an_index_that_the_table_has_not_is_refused():
    wanted = {"global_secondary_indexes": [{"name": "by-mail", "contributor_insights": ON}, {"name": "by-team"}]}
    assert list(insights.refusals(wanted, {"global_secondary_indexes": [{"name": "by-email"}]})) == [
        "it has no index 'by-mail': correct the name, or add the index first (module tables)"
    ]
    assert list(insights.refusals(wanted, {"global_secondary_indexes": [{"name": "by-mail"}]})) == []


def test_337_insights_that_the_service_gives_up_on_are_explained_after_one_try_in_a_run():
    model = ServiceModel()
    wanted = spec.Table(NAME, HOME, settings={**KEYS, "contributor_insights": ON})
    model.insights_quota = False
    failure = run(model, wanted, TABLES).failure
    assert failure == (
        "can't turn Contributor Insights on in us-east-1: the service tried and gave up: LimitExceededException: "
        "Amazon CloudWatch Contributor Insights rule limit reached."
    )
    assert [call[1] for call in model.calls].count("UpdateContributorInsights") == 1
    model.insights_quota = True
    assert run(model, wanted, TABLES).failure == ""
    assert model.tables[(HOME, NAME)]["insights"][""]["ContributorInsightsStatus"] == "ENABLED"


def test_a_failure_of_before_that_is_still_shown_is_no_failure_of_this_run(monkeypatch):
    model = ServiceModel()
    wanted = spec.Table(NAME, HOME, settings={**KEYS, "contributor_insights": ON})
    model.insights_quota = False
    assert run(model, wanted, TABLES).failure
    model.insights_quota = True
    answer, stale = api.describe_contributor_insights, []

    def late(client, table, index=""):
        shown = answer(client, table, index)
        if not stale and shown["ContributorInsightsStatus"] in ("ENABLING", "ENABLED"):
            stale.append(shown)
            return {**shown, "ContributorInsightsStatus": "FAILED"}
        return shown

    monkeypatch.setattr(api, "describe_contributor_insights", late)
    assert run(model, wanted, TABLES).failure == ""
    assert stale

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contributor Insights of the model: of a table and of each index, on their way for a tick."""

from __future__ import annotations

import typing as t

import botocore.exceptions

QUOTA = "Amazon CloudWatch Contributor Insights rule limit reached."


class ResourceNotFoundException(botocore.exceptions.ClientError):
    """As boto3's client has it among its ``exceptions``."""


class Insights:
    """The calls of Contributor Insights; ``model.insights_quota`` left is what may still be turned on."""

    def describe_contributor_insights(self, TableName: str, IndexName: str = "") -> dict[str, t.Any]:
        shown = self._insights(TableName, IndexName, "DescribeContributorInsights")
        named = {"TableName": TableName, **({"IndexName": IndexName} if IndexName else {})}
        failure = {"ExceptionName": "LimitExceededException", "ExceptionDescription": QUOTA}
        failed = shown["ContributorInsightsStatus"] == "FAILED"
        return {**named, **shown, **({"FailureException": failure} if failed else {})}

    def update_contributor_insights(
        self,
        TableName: str,
        ContributorInsightsAction: str,
        IndexName: str = "",
        ContributorInsightsMode: str = "ACCESSED_AND_THROTTLED_KEYS",
    ) -> None:
        action, mode = ContributorInsightsAction, ContributorInsightsMode
        self._log("UpdateContributorInsights", {"index": IndexName, "action": action, "mode": mode})
        shown = self._insights(TableName, IndexName, "UpdateContributorInsights")
        if shown["ContributorInsightsStatus"].endswith("ING"):
            self._refuse("ValidationException", "Table or Index is not in a valid state", "UpdateContributorInsights")
        on = action == "ENABLE"
        shown["ContributorInsightsStatus"] = "ENABLING" if on else "DISABLING"
        shown.update({"ContributorInsightsMode": mode} if on else {})
        enabled = "ENABLED" if self.model.insights_quota else "FAILED"
        self.model.later(1, lambda: shown.update(ContributorInsightsStatus=enabled if on else "DISABLED"))

    def _insights(self, name: str, index: str, operation: str) -> dict[str, t.Any]:
        table = self._up(name, operation)
        known = [entry["IndexName"] for entry in table["description"].get("GlobalSecondaryIndexes", [])]
        if index and index not in known:
            details = {"Error": {"Code": "ResourceNotFoundException", "Message": f"Index: {index} not found"}}
            raise ResourceNotFoundException(details, operation)
        return table["insights"].setdefault(index, {"ContributorInsightsStatus": "DISABLED"})

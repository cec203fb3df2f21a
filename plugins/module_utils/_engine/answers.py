# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes an answer the service's own: its request id, its whole body, and the members that are read from it.

A status of 200 isn't enough: proxies and captive portals answer 200 too, and a body that the SDK can't read counts as
an empty one.
"""

from __future__ import annotations

import typing as t

from .errors import not_the_service

# Call -> the members that its output always has and that the engine relies on. botocore's model marks nearly none of
# them as required.
MEMBERS = {
    "BatchGetItem": ("Responses",),
    "CreateTable": ("TableDescription",),
    "DeleteItem": ("ConsumedCapacity",),
    "DeleteTable": ("TableDescription",),
    "DescribeContinuousBackups": (
        "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
    ),
    "DescribeContributorInsights": ("ContributorInsightsStatus",),
    "DescribeKey": ("KeyMetadata.Arn",),
    "DescribeKinesisStreamingDestination": ("KinesisDataStreamDestinations",),
    "DescribeScalableTargets": ("ScalableTargets",),
    "DescribeScalingPolicies": ("ScalingPolicies",),
    "DescribeStream": ("StreamDescription.Shards",),
    "DescribeTable": ("Table.TableStatus", "Table.TableArn"),
    "DescribeTimeToLive": ("TimeToLiveDescription.TimeToLiveStatus",),
    "DisableKinesisStreamingDestination": ("DestinationStatus",),
    "EnableKinesisStreamingDestination": ("DestinationStatus",),
    "GetCallerIdentity": ("Account",),
    "GetMetricData": ("MetricDataResults",),
    "GetRecords": ("Records",),
    "GetResourcePolicy": ("Policy",),
    "GetShardIterator": ("ShardIterator",),
    "ListTables": ("TableNames",),
    "ListTagsOfResource": ("Tags",),
    "PutItem": ("ConsumedCapacity",),
    "PutResourcePolicy": ("RevisionId",),
    "PutScalingPolicy": ("PolicyARN",),
    "Scan": ("ScannedCount",),
    "UpdateContinuousBackups": ("ContinuousBackupsDescription",),
    "UpdateContributorInsights": ("ContributorInsightsStatus",),
    "UpdateItem": ("ConsumedCapacity",),
    "UpdateKinesisStreamingDestination": ("DestinationStatus",),
    "UpdateTable": ("TableDescription",),
    "UpdateTimeToLive": ("TimeToLiveSpecification",),
}


def check(http_response: t.Any, parsed: dict[str, t.Any], model: t.Any, context: dict[str, t.Any], **others: t.Any):
    """A handler of botocore's event ``after-call``, which comes before an error status is raised, and for each page.

    :raises ServiceError: when something else than the service answered, or not all of its answer came.
    """
    if flaw := _flaw(http_response, parsed, MEMBERS.get(model.name, ())):
        raise not_the_service(model.name, context["client_region"], flaw)


def _flaw(http_response: t.Any, parsed: dict[str, t.Any], members: tuple[str, ...]) -> str:
    headers, status = http_response.headers, http_response.status_code
    # The query protocol (STS) has it in the body, too, and botocore takes it from there.
    if not (parsed.get("ResponseMetadata", {}).get("RequestId") or headers.get("x-amzn-requestid")):
        return f"status {status} without a request id"
    length = headers.get("content-length")
    if length and len(http_response.content) != int(length):
        return f"{len(http_response.content)} of {length} bytes"
    missing = [member for member in members if status < 300 and not _has(parsed, member)]
    return f"status {status} without {' and '.join(missing)}" if missing else ""


def _has(parsed: t.Any, path: str) -> bool:
    for member in path.split("."):
        if not isinstance(parsed, dict) or member not in parsed:
            return False
        parsed = parsed[member]
    return True

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service's errors mean (AWS_FACTS section 9), told apart by text where the code doesn't tell."""

from __future__ import annotations

import botocore.exceptions
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import errors


def client_error(code: str, message: str, status: int = 400) -> botocore.exceptions.ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return botocore.exceptions.ClientError(response, "UpdateTable")


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("ResourceNotFoundException", "Requested resource not found", errors.ABSENT),
        ("TableNotFoundException", "Table not found", errors.ABSENT),
        ("ResourceInUseException", "The resource which you are attempting to change is in use.", errors.BUSY),
        (
            "ValidationException",
            "Failed to create a the new replica of table with name: \u2018T\u2019 because one or more replicas already "
            "existed as tables.",
            errors.BUSY,
        ),
        (
            "ValidationException",
            "Delete of replica is not allowed while the replica is being added to table with name: T in region R",
            errors.BUSY,
        ),
        (
            "ValidationException",
            "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the "
            "table in the last 24 hours.",
            errors.SOURCE,
        ),
        (
            "ThrottlingException",
            "The rate of control plane requests made by this account is too high",
            errors.THROTTLED,
        ),
        (
            "ThrottlingException",
            "Deletion protection setting for table T modified within the previous 15000 milliseconds.",
            errors.THROTTLED,
        ),
        (
            "LimitExceededException",
            "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted simultaneously",
            errors.THROTTLED,
        ),
        (
            "LimitExceededException",
            "Provisioned throughput decreases are limited within a given UTC day.",
            errors.REFUSED,
        ),
        (
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
            errors.BUSY,
        ),
        (
            "ValidationException",
            "The provisioned throughput for the index i will not change. The requested value equals the current value.",
            errors.BUSY,
        ),
        ("ValidationException", "Attempting to create an index which already exists", errors.BUSY),
        ("InternalServerError", "Table is under system maintenance, please try again later", errors.FAULT),
        ("ValidationException", "TimeToLive is already enabled", errors.BUSY),
        ("ValidationException", "Table already has an enabled stream: TableName: T", errors.BUSY),
        (
            "LimitExceededException",
            "Limit exceeded for replica in R. Updates to TableClass are limited to 2 times in 30 day(s)",
            errors.REFUSED,
        ),
        ("AccessDeniedException", "User is not authorized to perform: dynamodb:UpdateTable", errors.DENIED),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", errors.CREDENTIALS),
        ("ValidationException", "anything else", errors.REFUSED),
    ],
)
def test_a_refusal_is_told_by_its_code_or_text(code, message, kind):
    assert errors.explain(client_error(code, message), "UpdateTable", "eu-west-1").kind == kind


def test_a_failure_of_the_service_may_pass():
    error = errors.explain(client_error("SomethingNew", "oops", status=503), "UpdateTable", "eu-west-1")
    assert error.kind == errors.FAULT
    assert error.transient


def test_access_denied_names_the_action_and_the_region():
    error = errors.explain(client_error("AccessDeniedException", "not authorized"), "UpdateTable", "eu-west-1")
    assert "access denied: dynamodb:UpdateTable in eu-west-1: allow that action" in str(error)


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("https://dynamodb.eu-west-1.amazonaws.com/", "check endpoint_url and the network"),
        ("http://127.0.0.1:4567/", "start the simulator (make simulator PORT=4567), or correct endpoint_url"),
        ("http://[::1]:4567/", "start the simulator (make simulator PORT=4567), or correct endpoint_url"),
    ],
)
def test_an_endpoint_on_this_machine_is_the_simulators(url, advice):
    unreachable = botocore.exceptions.EndpointConnectionError(endpoint_url=url)
    error = errors.explain(unreachable, "DescribeTable", "eu-west-1")
    assert str(error).startswith(f"can't reach the endpoint of eu-west-1 for DescribeTable: {advice}")


def test_a_provisioned_table_is_told_what_replicas_need():
    text = "Table write capacity should either be Pay-Per-Request or AutoScaled."
    error = errors.explain(client_error("ValidationException", text), "UpdateTable", "us-east-1")
    assert error.kind == errors.REFUSED
    assert "set billing_mode: PAY_PER_REQUEST, or autoscaling.write of the table and of every" in str(error)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (  # findings DDB-TABLE-157, 184
            "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the "
            "first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 "
            "seconds. Number of decreases today: 4. Last decrease at 10:00. Next decrease can be made at 11:00",
            "can be lowered four times in a UTC day",
        ),
        (  # aws-amplify/amplify-cli issue 1054
            "Subscriber limit exceeded: Update to PayPerRequest mode are limited to once in 1 day(s).",
            "only so often in 24 hours",
        ),
        (  # findings DDB-TABLE-169 to 171
            "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20",
            "purge_indexes: true",
        ),
        (
            "The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in R.",
            "Service Quotas",
        ),
        (
            "The requested ReadCapacityUnits for index i, 40001, is above the per index maximum for the account in R.",
            "Service Quotas",
        ),
        (
            "Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds TableMaxReadCapacityUnits of the "
            "account in region R",
            "Service Quotas",
        ),
        (
            "This request would have caused the ReadCapacityUnits limit to be exceeded for the account in R.",
            "Service Quotas",
        ),
    ],
)
def test_a_limit_says_what_was_asked_and_what_to_do(text, remedy):
    error = errors.explain(client_error("LimitExceededException", text), "UpdateTable", "us-east-1")
    assert (error.kind, error.transient) == (errors.REFUSED, False)
    assert text in str(error)
    assert remedy in str(error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (botocore.exceptions.NoCredentialsError(), errors.CREDENTIALS),
        (botocore.exceptions.PartialCredentialsError(provider="env", cred_var="secret"), errors.CREDENTIALS),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), errors.UNREACHABLE),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="http://127.0.0.1:1"), errors.UNREACHABLE),
        (botocore.exceptions.ParamValidationError(report="bad"), errors.REFUSED),
    ],
)
def test_what_the_sdk_itself_raises(error, kind):
    assert errors.explain(error, "DescribeTable", "us-east-1").kind == kind


def test_a_member_that_botocore_does_not_know_is_told_from_a_wrong_one():
    unknown = botocore.exceptions.ParamValidationError(report='Unknown parameter in input: "DisassociationMode"')
    assert "update boto3 and botocore" in str(errors.explain(unknown, "UpdateTable", "us-east-1"))
    wrong = botocore.exceptions.ParamValidationError(report="Invalid length for parameter StreamArn")
    assert "update boto3" not in str(errors.explain(wrong, "UpdateTable", "us-east-1"))


@pytest.mark.parametrize(
    ("kind", "retried", "expected"),
    [
        (errors.UNREACHABLE, False, True),
        (errors.FAULT, False, True),
        (errors.FOREIGN, False, True),
        (errors.CREDENTIALS, True, True),
        (errors.THROTTLED, True, True),
        (errors.CREDENTIALS, False, False),
        (errors.THROTTLED, False, False),
        (errors.BUSY, False, False),
    ],
)
def test_a_call_may_have_worked_unless_it_was_refused_at_the_first_try(kind, retried, expected):
    assert errors.ServiceError(kind, "PutItem", "us-east-1", "", retried).may_have_worked is expected

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each region has of its own: Contributor Insights, resource policies, Kinesis streaming destinations."""

from __future__ import annotations

from simulator.errors.answers import ServiceError, invalid, validation


def insights_need_an_active(what: str) -> ServiceError:
    return _insights_refused(f"{what}Status must be ACTIVE to enable ContributorInsights.")  # 115, 116


def insights_are_changing(status: str) -> ServiceError:
    return _insights_refused(f"ContributorInsightsStatus is {status}.")  # not observed; admitted would be kinder


def _insights_refused(reason: str) -> ServiceError:
    return validation(f"Table or Index is not in a valid state to update Key Access Insights: {reason}")


def index_not_found_for_insights(table: str, index: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Requested resource not found: Index: {index} not found for table: {table}"
    )  # 094, 161


def not_the_owner() -> ServiceError:
    return validation("This action is only supported by accounts that match the resource owner’s account.")  # 212


def stream_not_found(label: str, table: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Requested resource not found: Stream: {label} not found for Table: {table}"
    )  # 212


def no_such_stream(arn: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found")


def shard_not_found(shard: str, label: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Requested resource not found: Shard: {shard} in Stream: {label} not found"
    )


def expired_iterator() -> ServiceError:
    return ServiceError("ExpiredIteratorException", "The shard iterator is older than 15 minutes.")


def trimmed_data() -> ServiceError:
    return ServiceError("TrimmedDataAccessException", "The operation attempted to read past the oldest stream record.")


def invalid_iterator() -> ServiceError:
    return validation("Invalid ShardIterator")


def invalid_sequence_number(number: str | None) -> ServiceError:
    return validation(f"Invalid SequenceNumber: {number}")


def limit_out_of_range(limit: int, most: int) -> ServiceError:
    return validation(
        f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have value "
        f"{'greater' if limit < 1 else 'less'} than or equal to {1 if limit < 1 else most}"
    )


def policy_too_large(largest: int) -> ServiceError:
    return invalid(f"Maximum policy size of {largest} bytes exceeded")  # 211


def invalid_policy(reason: str) -> ServiceError:
    return invalid(f"Invalid policy document: {reason}")  # 211, 356


def unbounded_access() -> ServiceError:
    return validation(
        "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
        "least-privilege form of access"
    )  # 352, 356


def locks_caller_out() -> ServiceError:
    return ServiceError(
        "AccessDeniedException",
        "The new resource policy will not allow you to update the resource policy in the future.",
    )  # 210


def policy_not_found(reason: str) -> ServiceError:
    return ServiceError(
        "PolicyNotFoundException", f"Resource-based policy not found for the provided ResourceArn: {reason}"
    )  # 205


def no_policy_to_revise(expected: str, kind: str, name: str) -> ServiceError:
    return policy_not_found(
        f"Requested update for policy with revision id {expected}, but {kind} {name} has no associated policy."
    )  # 205, 246


def policy_exists(kind: str, name: str, revision: str) -> ServiceError:
    return policy_not_found(
        f"Requested policy update expecting none to be present for {kind} {name}, but a policy exists with revision id "
        f"{revision}."
    )  # verified on AWS by moto's tests


def policy_has_another_revision(expected: str, kind: str, name: str, revision: str) -> ServiceError:
    return policy_not_found(
        f"Requested update for policy with revision id {expected}, but the policy associated to target {kind} {name} "
        f"has revision id {revision}."
    )  # 209


def policy_update_pending(kind: str, name: str) -> ServiceError:
    return _still_in_use(f"{kind.title()} is pending previous resource-based policy update: {name}")  # 206, 247


def policy_of_deleted_table(table: str) -> ServiceError:
    return _still_in_use(f"Table is being deleted: {table}")  # 236


def policy_of_table_being_created(table: str) -> ServiceError:
    return _still_in_use(f"Table is being created: {table}")  # not observed; admitted would be kinder


def policy_pending_on_deletion(table: str) -> ServiceError:
    return _still_in_use(f"Table: {table} has a pending resource-based policy update.")  # 348


def _still_in_use(what: str) -> ServiceError:
    return ServiceError("ResourceInUseException", f"Attempt to change a resource which is still in use: {what}")


def policy_changed_too_soon(kind: str, name: str, until: str) -> ServiceError:
    return ServiceError(
        "ThrottlingException",
        f"Resource-based policy for {kind} {name} modified within the previous 15000 milliseconds. "
        f"Please try again after {until}.",
    )  # 206


def replication_denied(role: str, table_arn: str) -> ServiceError:
    """Adding or deleting a replica fails while a policy denies the replication role [D]; the text is that of 431."""
    return ServiceError(
        "AccessDeniedException",
        f"User: {role} is not authorized to perform: dynamodb:UpdateTable on resource: {table_arn} with an explicit "
        "deny in a resource-based policy",
    )


def kinesis_is_enabled() -> ServiceError:
    return _kinesis_refused(
        "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation."
    )  # 268, 299


def kinesis_is_not_active_to_disable() -> ServiceError:
    return _kinesis_refused("KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.")  # 302


def kinesis_is_not_active_to_update(table: str) -> ServiceError:
    return _kinesis_refused(
        f"Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. TableName: {table}"
    )  # 299, 300


def no_kinesis_destination(arn: str) -> ServiceError:
    return _kinesis_refused(f"No streaming destination with streamArn: {arn}")  # 302


def _kinesis_refused(reason: str) -> ServiceError:
    return validation(f"Table is not in a valid state to enable Kinesis Streaming Destination: {reason}")


def kinesis_disabled_with_configuration() -> ServiceError:
    return validation("Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters")  # 301


def kinesis_update_is_empty() -> ServiceError:
    return validation(
        "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be "
        "null or contain only null values"
    )  # 300


def kinesis_precision_is_set(precision: str, table_id: str, arn: str) -> ServiceError:
    return validation(
        f"Invalid Request: Precision is already set to the desired value of {precision} for tableId: {table_id}, "
        f"kdsArn: {arn}"
    )  # 300, 460


def kinesis_of_table_being_created(table: str) -> ServiceError:
    return _still_in_use(f"Table is being created: {table}")  # not observed; admitted would be kinder

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error the simulator answers, in the service's own words.

Texts that begin with "The simulator" are ours: they refuse what isn't simulated. All others are what
DynamoDB answers; the finding that recorded each is named beside it (DDB-TABLE-nnn, see AWS_FACTS section 9).
"""

from __future__ import annotations

from collections.abc import Iterable

ERROR_TYPE_PREFIX = "com.amazonaws.dynamodb.v20120810#"


class ServiceError(Exception):
    """An error answer: code, message and HTTP status, as a client sees them."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def validation(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def not_simulated(what: str) -> ServiceError:
    """What the simulator does not do is refused, never accepted and ignored."""
    return validation(f"The simulator does not implement {what}.")


def simulator_failed(reason: str) -> ServiceError:
    return ServiceError("InternalServerError", f"The simulator failed: {reason}", 500)


def table_not_found(table: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"Requested resource not found: Table: {table} not found")


def items_not_found() -> ServiceError:
    return ServiceError("ResourceNotFoundException", "Requested resource not found")


def table_not_found_for_backups(table: str) -> ServiceError:
    return ServiceError("TableNotFoundException", f"Table not found: {table}")  # 298


def is_one_of(value: str, allowed: Iterable[str], member: str) -> None:
    """Refuse a value that an enumeration doesn't have."""
    allowed = list(allowed)
    if value not in allowed:
        raise validation(
            f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        )


def insights_need_an_active_table() -> ServiceError:
    return _insights_refused("TableStatus must be ACTIVE to enable ContributorInsights.")  # 115


def insights_are_changing(status: str) -> ServiceError:
    return _insights_refused(f"ContributorInsightsStatus is {status}.")  # not observed; admitted would be kinder


def _insights_refused(reason: str) -> ServiceError:
    return validation(f"Table or Index is not in a valid state to update Key Access Insights: {reason}")


def index_not_found_for_insights(table: str, index: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Requested resource not found: Index: {index} not found for table: {table}"
    )  # 094, 161


def invalid_parameter(reason: str) -> ServiceError:
    return validation(f"One or more parameter values were invalid: {reason}")


def not_the_owner() -> ServiceError:
    return validation("This action is only supported by accounts that match the resource owner’s account.")  # 212


def stream_not_found(label: str, table: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Requested resource not found: Stream: {label} not found for Table: {table}"
    )  # 212


def policy_too_large(largest: int) -> ServiceError:
    return invalid_parameter(f"Maximum policy size of {largest} bytes exceeded")  # 211


def invalid_policy(reason: str) -> ServiceError:
    return invalid_parameter(f"Invalid policy document: {reason}")  # 211, 356


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


def table_exists(table: str) -> ServiceError:
    return ServiceError("ResourceInUseException", f"Table already exists: {table}")


def resource_in_use() -> ServiceError:
    return ServiceError("ResourceInUseException", "The resource which you are attempting to change is in use.")  # 227


def table_in_use(table: str) -> ServiceError:
    return ServiceError(
        "ResourceInUseException",
        f"Attempt to change a resource which is still in use: Table: {table} is being used.",
    )  # 298


def batch_too_large() -> ServiceError:
    return validation("Too many items requested for the BatchWriteItem call")


def nothing_to_update() -> ServiceError:
    return validation(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
        "SSESpecification or ReplicaUpdates is required"
    )


def replica_change_must_stand_alone() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: Replica modification must be the only operation in the request"
    )  # 224


def no_replica_action() -> ServiceError:
    return validation("There are no actions specified in the Replica Update Action of the request.")  # 223


def mixed_replica_actions() -> ServiceError:
    return validation("Update table operation with more than one type of replica actions not allowed.")  # 223


def several_replica_actions() -> ServiceError:
    return validation("Update table operation with more than one create or delete replica actions not allowed")  # 265


def too_many_witnesses(witnesses: list[dict[str, object]]) -> ServiceError:
    shown = ", ".join("GlobalTableWitnessGroupUpdate(...)" for _ in witnesses)
    return validation(
        f"1 validation error detected: Value '[{shown}]' at 'globalTableWitnessUpdates' failed to satisfy constraint: "
        "Member must have length less than or equal to 1"
    )  # 257


def group_change_must_stand_alone() -> ServiceError:
    return validation("Requests that modify replicas or witnesses must not also modify other fields")  # 257


def only_creates_with_consistency() -> ServiceError:
    return validation(
        "Only Replica Create actions are supported when MultiRegionConsistency parameter is provided."
    )  # 260


def witness_needs_strong() -> ServiceError:
    return validation(
        "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is present."
    )  # 257


def unknown_consistency(mode: str) -> ServiceError:
    return validation(
        f"1 validation error detected: Value '{mode}' at 'multiRegionConsistency' failed to satisfy constraint: "
        "Member must satisfy enum value set: [EVENTUAL, STRONG]"
    )


def unsupported_replica_count() -> ServiceError:
    return validation("Unsupported replica count for global tables with MultiRegionConsistency set to STRONG.")  # 257


def unsupported_strong_regions(regions: Iterable[str]) -> ServiceError:
    return validation(
        "Unsupported Region(s) specified for global tables with MultiRegionConsistency set to STRONG: "
        f"[{', '.join(regions)}]."
    )  # 257


def region_named_twice() -> ServiceError:
    return validation("Cannot target multiple regions with the same action")  # 257


def witness_in_a_members_region() -> ServiceError:
    return validation(
        "Cannot add a witness in the same region as an existing replica when creating a global table with "
        "MultiRegionConsistency set to STRONG."
    )  # 257


def consistency_is_frozen() -> ServiceError:
    return validation("MultiRegionConsistency parameter is unsupported on existing global table")  # 260


def strong_group_is_complete() -> ServiceError:
    return validation("Cannot add replicas to a global table with strong MultiRegionConsistency")  # 260


def not_all_witnesses() -> ServiceError:
    return validation("Update table delete operation does not include all witnesses.")  # 260


def witness_not_part_of_global_table(region: str) -> ServiceError:
    return validation(
        "Update global table operation failed because one or more witnesses were not part of the global table. "
        f"Please retry the request without these witnesses: [{region}]."
    )  # 260


def deletion_of_only_one() -> ServiceError:
    return validation(
        "Deletion of only one table replica is not supported for global tables with MultiRegionConsistency set to "
        "STRONG."
    )  # 260


def strong_table_must_be_empty() -> ServiceError:
    """The developer guide says that it is refused; the service's text isn't recorded. So for the three below."""
    return validation("The table must be empty to set MultiRegionConsistency to STRONG.")


def no_strong_time_to_live() -> ServiceError:
    return validation("Time to Live is not supported on global tables with MultiRegionConsistency set to STRONG.")


def no_strong_local_indexes() -> ServiceError:
    return validation(
        "Local secondary indexes are not supported on global tables with MultiRegionConsistency set to STRONG."
    )


def no_strong_transactions() -> ServiceError:
    return validation("Transactions are not supported on global tables with MultiRegionConsistency set to STRONG.")


def isolated_region() -> ServiceError:
    """A strongly consistent replica that no other region can be reached from; the service's text isn't recorded."""
    return ServiceError("InternalServerError", "Internal server error", 500)


def own_region() -> ServiceError:
    return validation(
        "Cannot add or delete the local region through ReplicaUpdates. "
        "Use CreateTable, DeleteTable, or UpdateTable as required."
    )  # 203


def unknown_region(region: str, supported: Iterable[str]) -> ServiceError:
    return validation(
        f"Region {region} is not supported. The latest version of global tables are only supported in the "
        f"following regions: [{', '.join(supported)}]"
    )  # 223


def disabled_region(region: str) -> ServiceError:
    return validation(
        f"Failed to access the region: ‘{region}’. User is missing the permissions since the region is disabled."
    )  # 223


def replica_exists_as_table(table: str) -> ServiceError:
    return validation(
        f"Failed to create a the new replica of table with name: ‘{table}’ because one or more replicas already "
        "existed as tables."
    )  # 225


def not_part_of_global_table(region: str) -> ServiceError:
    return validation(
        "Update global table operation failed because one or more replicas were not part of the global table. "
        f"Please retry the request without these replicas: [{region}]."
    )  # 203


def replica_being_added(table: str, region: str) -> ServiceError:
    return validation(
        "Create/Update/Delete of replica is not allowed while the replica is being added to table with name: "
        f"{table} in region {region}"
    )  # 298


def acted_as_source() -> ServiceError:
    return validation(
        "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the "
        "table in the last 24 hours."
    )  # 266


def replica_protected(table: str, region: str) -> ServiceError:
    return validation(
        f"Cannot delete table {table} in region {region} because it has deletion protection enabled. "
        "Disable deletion protection first."
    )  # 297


def table_protected() -> ServiceError:
    return validation(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )


def global_table_exists(table: str, members: Iterable[str]) -> ServiceError:
    return ServiceError(
        "ResourceInUseException",
        f"Global table with name: {table} already exists with replicas in regions: {', '.join(sorted(members))}.",
    )  # 306


def protection_toggled_too_soon(table: str) -> ServiceError:
    return ServiceError(
        "ThrottlingException",
        f"Deletion protection setting for table {table} modified within the previous 15000 milliseconds. "
        "Please try again after 15000 milliseconds",
    )  # 263


def table_class_limit(region: str) -> ServiceError:
    return ServiceError(
        "LimitExceededException",
        f"Limit exceeded for replica in {region}. Updates to TableClass are limited to 2 times in 30 day(s)",
    )  # 294


def stream_needed() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: Disabling Stream is not allowed for a Global Table replica."
    )  # 222


def stream_is_enabled(table: str) -> ServiceError:
    return validation(f"Table already has an enabled stream: TableName: {table}")  # 222


def no_stream() -> ServiceError:
    return validation("Table has no stream to disable")  # 437


def view_type_needed() -> ServiceError:
    return validation("If stream is being enabled then UpdateViewType is required")  # 437


def must_stand_alone(change: str) -> ServiceError:
    return validation(
        f"One or more parameter values were invalid: {change} modification must be the only operation in the request"
    )  # 433


def stream_with_capacity() -> ServiceError:
    return validation("You cannot modify stream status while updating table IOPS")  # 433


def throughput_needed() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: ProvisionedThroughput must be specified when BillingMode is "
        "PROVISIONED"
    )  # 057


def index_throughput_needed(index: str) -> ServiceError:
    return validation(
        f"One or more parameter values were invalid: ProvisionedThroughput must be specified for index: {index}"
    )  # 152


def throughput_unchanged(what: str, current: dict[str, int]) -> ServiceError:
    units = " ".join(
        f"Current {unit} provisioned for the {what}: {current[unit]}. Requested {unit}: {current[unit]}."
        for unit in ("ReadCapacityUnits", "WriteCapacityUnits")
    )
    return validation(
        f"The provisioned throughput for the {what} will not change. The requested value equals the current value. "
        + units
    )  # 057


def index_not_found(table: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"Requested resource not found: Index not found: {table}")  # 437


def ttl_on_another_attribute(attribute: str) -> ServiceError:
    return validation(f"TimeToLive is active on a different AttributeName: current AttributeName is {attribute}")  # 143


def too_many_changes() -> ServiceError:
    return ServiceError(
        "ThrottlingException",
        "The rate of control plane requests made by this account is too high",
    )


def write_capacity_not_scaled() -> ServiceError:
    return validation("Table write capacity should either be Pay-Per-Request or AutoScaled.")  # 188, 249


def index_write_capacity_not_scaled() -> ServiceError:
    return validation("GSI write capacity should either be Pay-Per-Request or AutoScaled.")  # 288


def key_needed_for_each_replica() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: KMSMasterKeyId must be specified for each replica."
    )  # 309, 313


def key_types_differ() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: All replica keys must either be Customer Managed CMK or "
        "AWS Managed CMK."
    )  # 313


def key_of_another_region(replica_region: str, key_region: str) -> ServiceError:
    return validation(
        f"KMS validation error for region {replica_region}: com.amazonaws.services.kms.model.NotFoundException: "
        f"Invalid arn {key_region}"
    )  # 313


def key_not_found(replica_region: str, key_arn: str) -> ServiceError:
    return validation(
        f"KMS validation error for region {replica_region}: com.amazonaws.services.kms.model.NotFoundException: "
        f"Key '{key_arn}' does not exist"
    )  # 313


def key_disabled() -> ServiceError:
    return validation(
        "Operation cannot be performed while replica server-side encryption status is in UPDATING state. "
        "Please retry the request after the status is updated to ENABLED."
    )  # 312


def ttl_changed_too_soon() -> ServiceError:
    return validation("Time to live has been modified multiple times within a fixed interval")  # 228


def ttl_already(enabled: bool) -> ServiceError:
    return validation(f"TimeToLive is already {'enabled' if enabled else 'disabled'}")


def capacity_on_demand() -> ServiceError:
    return validation(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    )  # 223


def wrong_account(account: str) -> ServiceError:
    return not_simulated(f"accounts other than {account}")


def unknown_credentials() -> ServiceError:
    """What a region that the account hasn't enabled says to any call: it doesn't know the account's credentials."""
    return ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.")


def unsigned() -> ServiceError:
    return ServiceError("MissingAuthenticationTokenException", "Request is missing Authentication Token", 403)


def bad_request(reason: str) -> ServiceError:
    return ServiceError("SerializationException", reason)

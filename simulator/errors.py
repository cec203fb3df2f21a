# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error the simulator answers, in the service's own words.

Texts that begin with "The simulator" are ours: they refuse what isn't simulated. All others are what
DynamoDB answers; the finding that recorded each is named beside it (DDB-TABLE-nnn, see AWS_FACTS section 9).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

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


def invalid(detail: str) -> ServiceError:
    return validation(f"One or more parameter values were invalid: {detail}")


def still_in_use(detail: str) -> ServiceError:
    return ServiceError("ResourceInUseException", f"Attempt to change a resource which is still in use: {detail}")


def subscriber_limit(detail: str) -> ServiceError:
    return ServiceError("LimitExceededException", f"Subscriber limit exceeded: {detail}")


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


def scaled_table_missing(resource: str) -> ServiceError:
    return validation(f"DynamoDB table does not exist: {resource}")


def scaled_index_missing(resource: str) -> ServiceError:
    return validation(f"DynamoDB index does not exist: {resource}")  # 322


def unsupported_dimension() -> ServiceError:
    return validation("Unsupported service namespace, resource type or scalable dimension")


def bounds_needed() -> ServiceError:
    """Application Auto Scaling's own text for this isn't known, nor for the refusals that cite no source below."""
    return validation("A new scalable target needs both a minimum and a maximum capacity.")  # [D]


def bound_too_low() -> ServiceError:
    return validation("Minimum capacity cannot be less than 1")


def bounds_crossed() -> ServiceError:
    return validation("Maximum capacity cannot be less than minimum capacity")  # 253


def resource_needed_with_dimension() -> ServiceError:
    return validation("A scalable dimension is given without a resource id.")  # [D]


def page_size_out_of_range(largest: int) -> ServiceError:
    return validation(f"MaxResults is out of range: it is at least 1 and at most {largest}.")  # [D]


def no_scalable_target(how: str, resource: str, dimension: str) -> ServiceError:
    """Not "registered" for a policy, not "found" when it is to be deregistered."""
    return ServiceError(
        "ObjectNotFoundException",
        f"No scalable target {how} for service namespace: dynamodb, resource ID: {resource}, "
        f"scalable dimension: {dimension}",
    )


def no_scaling_policy(resource: str, dimension: str, name: str) -> ServiceError:
    return ServiceError(
        "ObjectNotFoundException",
        f"No scaling policy found for service namespace: dynamodb, resource ID: {resource}, "
        f"scalable dimension: {dimension}, policy name: {name}",
    )


def only_target_tracking() -> ServiceError:
    return ServiceError("AccessDeniedException", "DynamoDB scales by target tracking only.")  # 196


def tracking_configuration_needed() -> ServiceError:
    return validation("A target tracking policy needs a TargetTrackingScalingPolicyConfiguration.")


def metric_not_of_dimension(metric: str | None, dimension: str) -> ServiceError:
    return validation(f"The metric {metric} is not that of scalable dimension {dimension}.")  # 196


def target_value_impossible(value: float) -> ServiceError:
    return validation(
        "For target tracking scaling, target value must be between '8.51592E-109' and '1.174271E108', "
        f"but was '{value}'."
    )  # 253


def target_value_out_of_range(metric: str, low: float, high: float, value: float) -> ServiceError:
    return validation(
        f"For predefined metric type {metric}, target value must be between '{low}' and '{high}', but was '{value}'."
    )  # 253


def one_tracking_policy() -> ServiceError:
    return validation("Only one TargetTrackingScaling policy for a given metric specification is allowed.")


def key_arn_of_another_region(region: str) -> ServiceError:
    return ServiceError("NotFoundException", f"Invalid arn {region}")  # 313


def alarms_not_found(names: Iterable[str]) -> ServiceError:
    """Of DeleteAlarms: it deletes all or none [D]."""
    return ServiceError("ResourceNotFound", f"Alarms do not exist: {', '.join(names)}", 404)


def global_table_not_found(table: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"Global table with name: '{table}' does not exist.")  # 187, 254


def no_scaling_update(table: str) -> ServiceError:
    return _scaling_refused(table, " because at least one update parameter must be specified.")  # 255


def no_scaling_update_for_region(table: str, region: str) -> ServiceError:
    return _scaling_refused(
        table, f" because at least one update parameter must be specified for region: ‘{region}’."
    )  # 253, 255


def scaled_regions_twice(table: str, regions: Iterable[str]) -> ServiceError:
    return _scaling_refused(
        table, f" because the regions: ‘[{', '.join(regions)}]’ were specified more than once."
    )  # 255


def scaling_parameters_missing(table: str, names: Iterable[str]) -> ServiceError:
    quoted = ", ".join(f"'{name}'" for name in names)
    return _scaling_refused(
        table, f": Parameters {quoted} are required unless auto scaling is being disabled."
    )  # 241, 253


def scaling_parameters_forbidden(table: str, names: Iterable[str]) -> ServiceError:
    quoted = ", ".join(f"'{name}'" for name in names)
    return validation(
        f"Failed to update settings for global table with name ‘{table}’: Parameters {quoted} must be left blank "
        "when disabling auto scaling."
    )  # 242


def _scaling_refused(table: str, reason: str, code: str = "ValidationException") -> ServiceError:
    return ServiceError(code, f"Failed to update settings for global table with name: ‘{table}’{reason}")


def scaled_region_missing(table: str, region: str) -> ServiceError:
    """The code is that of 253, which cut the text off."""
    reason = f" because a replica does not exist in region: ‘{region}’."
    return _scaling_refused(table, reason, "ResourceNotFoundException")


def scaled_indexes_missing(table: str, names: Iterable[str]) -> ServiceError:
    reason = f" because the global secondary indexes with names: ‘[{', '.join(names)}]’ do not exist."
    return _scaling_refused(table, reason, "ResourceNotFoundException")  # 291, 323


def scaled_index_missing_in(table: str, index: str, region: str) -> ServiceError:
    reason = f" because a global secondary index with name: ‘{index}’ does not exist in region: ‘{region}’."
    return _scaling_refused(table, reason, "ResourceNotFoundException")  # 323


def scaling_on_demand(table: str, regions: Iterable[str], parameter: str) -> ServiceError:
    quoted = ", ".join(f"'{region}'" for region in regions)
    return validation(
        f"Failed to update global table with name ‘{table}‘. Replicas {quoted} BillingMode is PayPerRequest. You must "
        "convert table's BillingMode to PROVISIONED to set parameters: "
        f"'{parameter.removesuffix('Update')}SettingsUpdate'."
    )  # 317


def scaling_role_not_passed(role: str) -> ServiceError:
    return validation(
        "User is not authorized to perform: iam:PassRole on resource: "
        f"{role} because no identity-based policy allows the iam:PassRole action"
    )  # 239


def passed_on_from_auto_scaling(error: ServiceError, request_id: str) -> ServiceError:
    return ServiceError(
        error.code,
        f"{error.message} (Service: AWSApplicationAutoScaling; Status Code: {error.status}; Error Code: {error.code}; "
        f"Request ID: {request_id}; Proxy: null)",
    )  # 253


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
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
        "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
        "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required"
    )  # 015


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


def table_class_limit(replica_region: str | None) -> ServiceError:
    limit = "Updates to TableClass are limited to 2 times in 30 day(s)"
    if replica_region is None:
        return subscriber_limit(f"{limit}.")  # 283
    return ServiceError("LimitExceededException", f"Limit exceeded for replica in {replica_region}. {limit}")  # 294


def stream_needed() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: Disabling Stream is not allowed for a Global Table replica."
    )  # 222


def stream_is_enabled(table: str) -> ServiceError:
    return validation(f"Table already has an enabled stream: TableName: {table}")  # 222


def no_stream(table: str) -> ServiceError:
    return validation(f"Table has no stream to disable: TableName: {table}")  # 018, 050


def view_type_needed() -> ServiceError:
    return invalid("If stream is being enabled then UpdateViewType is required")  # 018, 050


def view_type_of_disabled_stream() -> ServiceError:
    return invalid("If stream is being disabled, then UpdateViewType must not be specified")  # 050


def new_stream_isnt_whole(enabled: bool) -> ServiceError:
    if enabled:
        return invalid("Table is being created with a stream enabled, UpdateViewType is required")  # 035
    return invalid("Table is being created with a stream disabled, UpdateViewType should not be specified")  # 035


def on_demand_switches_are_spent() -> ServiceError:
    return subscriber_limit(
        "Tables can be switched to PAY_PER_REQUEST four times in a 24-hour rolling window."
    )  # developer guide, which doesn't say the text


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
    return invalid(f"ProvisionedThroughput must be specified for index: {index}")  # 152


def new_index_throughput_needed(index: str) -> ServiceError:
    return invalid(f"Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {index}")  # 152


def index_throughput_not_specified(index: str) -> ServiceError:
    return invalid(f"ProvisionedThroughput is not specified for index: {index}")  # 128


def new_index_takes_no_throughput(index: str) -> ServiceError:
    return invalid(
        f"ProvisionedThroughput should not be specified for index: {index} when BillingMode is PAY_PER_REQUEST"
    )  # 128


def index_takes_no_throughput(index: str) -> ServiceError:
    return invalid(
        f"The only Updates for index: {index} when TableThroughputMode is PAY_PER_REQUEST can be to "
        "OnDemandThroughput, WarmThroughput"
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


def index_not_found(table: str, index: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Requested resource not found: Index {index} for table {table}"
    )  # 375


def no_such_index(index: str) -> ServiceError:
    return validation(f"The table does not have the specified index: {index}")


def index_is_backfilling(index: str) -> ServiceError:
    return validation(f"Cannot read from backfilling global secondary index: {index}")


def index_exists() -> ServiceError:
    return validation("Attempting to create an index which already exists")


def one_index_at_a_time() -> ServiceError:
    return subscriber_limit("Only 1 online index can be created or deleted simultaneously per table")  # 159


def too_many_indexes(limit: int) -> ServiceError:
    return subscriber_limit(f"Number of global secondary indexes exceeds per-table limit of {limit}")  # 169


def index_is_allocating(table: str, index: str) -> ServiceError:
    return still_in_use(
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index "
        f"is active. Table: {table} Index: {index}"
    )  # 149


def index_not_backfilling_yet(table: str, index: str) -> ServiceError:
    return still_in_use(f"Index is being created but is not backfilling yet. Table: {table} Index: {index}")  # 163


def index_is_deleting(table: str, index: str) -> ServiceError:
    return still_in_use(f"Index is being deleted. Table: {table} Index: {index}")  # 163


def index_is_updating(table: str, index: str) -> ServiceError:
    return still_in_use(f"Index is being updated. Table: {table} Index: {index}")  # 135


def table_with_changing_indexes() -> ServiceError:
    return still_in_use("Cannot delete table while indexes are being created, updated, or deleted.")  # 150


def empty_list(member: str) -> ServiceError:
    return invalid(f"List of {member} is empty")  # 043, 359


def several_index_actions() -> ServiceError:
    return invalid("Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object")  # 160


def no_index_action() -> ServiceError:
    return invalid(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete must not be null"
    )  # 160


def index_named_twice(index: str) -> ServiceError:
    return invalid(f"Only one global secondary index update per index is allowed simultaneously. Index: {index}")  # 160


def index_with_capacity() -> ServiceError:
    return validation("You cannot create or delete index while updating table IOPS")  # 174


def index_with_stream() -> ServiceError:
    return validation("You cannot create or delete index while changing stream status")  # 174


def no_definitions_for_index(index: str) -> ServiceError:
    return invalid(f"AttributeDefinitions is not specified for index: {index}")  # 162


def key_without_definition(keys: Iterable[str], defined: Iterable[str]) -> ServiceError:
    return invalid(
        f"Some index key attributes are not defined in AttributeDefinitions. Keys: [{', '.join(keys)}], "
        f"AttributeDefinitions: [{', '.join(defined)}]"
    )  # 042, 127


def unused_attributes(defined: Iterable[str], keys: Iterable[str]) -> ServiceError:
    return invalid(
        f"Some AttributeDefinitions are not used. AttributeDefinitions: [{', '.join(defined)}], "
        f"keys used: [{', '.join(keys)}]"
    )  # 127


def number_of_attributes_differs() -> ServiceError:
    return invalid(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
    )  # 127


def attribute_defined_twice(name: str) -> ServiceError:
    return validation(f"Attribute Name is duplicated: {name}")  # 042


def first_key_is_no_hash() -> ServiceError:
    return validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")  # 124


def second_key_is_no_range() -> ServiceError:
    return validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")  # 124


def too_many_keys_of_table() -> ServiceError:
    return validation(
        "1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have length "
        "less than or equal to 2"
    )  # 123


def too_many_keys(kind: str) -> ServiceError:
    return invalid(f"The KeySchema exceeds the maximum allowed number of {kind} key attributes")  # 123


def hash_keys_come_first() -> ServiceError:
    return invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema")  # 123


def key_named_twice() -> ServiceError:
    return invalid("The KeySchema contains multiple key attributes with the same name")  # 123


def unknown_projection(kind: str | None) -> ServiceError:
    return invalid(f"Unknown ProjectionType: {kind or 'null'}")  # 126


def projection_attributes(kind: str, named: bool) -> ServiceError:
    return invalid(f"ProjectionType is {kind}, but NonKeyAttributes is {'' if named else 'not '}specified")  # 126


def projected_twice(name: str) -> ServiceError:
    return invalid(f"Duplicate element in NonKeyAttributes: {name}")  # 126


def too_many_projected(limit: int) -> ServiceError:
    return validation(f"Member must have length less than or equal to {limit}")  # 126


def too_many_indexes_at_creation(limit: int) -> ServiceError:
    return invalid(f"GlobalSecondaryIndex count exceeds the per-table limit of {limit}")  # 129, 169


def too_many_local_indexes(limit: int) -> ServiceError:
    return invalid(f"Number of LocalSecondaryIndexes exceeds per-table limit of {limit}")  # 129


def duplicate_index(name: str) -> ServiceError:
    return invalid(f"Duplicate index name: {name}")  # 129


def local_index_needs_sort_key() -> ServiceError:
    return invalid(
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
    )  # 129


def local_index_of_another_hash_key(index: str, index_key: str, table_key: str) -> ServiceError:
    return invalid(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
        f"{index}. index hash key: {index_key}, table hash key: {table_key}"
    )  # 129


def local_index_without_range_key(index: str) -> ServiceError:
    return invalid(f"Index KeySchema does not have a range key for index: {index}")  # 129


def internal_failure() -> ServiceError:
    return ServiceError("InternalFailure", "", 500)  # 178, 437


def system_maintenance() -> ServiceError:
    return ServiceError("InternalServerError", "Table is under system maintenance, please try again later", 500)  # 458


def maximum_not_provisioned(unit: str, index: str | None = None) -> ServiceError:
    what = f"OnDemandThroughput for index : {index}" if index else "OnDemandThroughput"
    return invalid(f"{unit} for {what} cannot be specified when the table BillingMode is PROVISIONED")  # 059, 153


def maximum_out_of_range(unit: str, index: str | None = None) -> ServiceError:
    return invalid(f"Requested {unit} for OnDemandThroughput for {_whose(index)} is outside of valid range")  # 039, 128


def above_maximum_of_table(unit: str, setting: str, region: str, index: str | None = None) -> ServiceError:
    kind = "Read" if "Read" in unit else "Write"
    return subscriber_limit(
        f"Requested {unit} for {setting} for {_whose(index)} exceeds TableMax{kind}CapacityUnits of the account in "
        f"region {region}"
    )  # 154


def capacity_above_quota(unit: str, units: int, limit: int, region: str, index: str | None = None) -> ServiceError:
    what, kind = (f"{unit} for index {index}", "index") if index else (unit, "table")
    return ServiceError(
        "LimitExceededException",
        f"The requested {what}, {units}, is above the per {kind} maximum for the account in {region}. Per table "
        f"maximum: {limit}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
        "limits.",
    )  # 170


def warm_too_low_at_creation(unit: str, provisioned: bool, index: str | None = None) -> ServiceError:
    capacity = f"{unit.split('Units')[0]}CapacityUnits of ProvisionedThroughput"
    least = capacity if provisioned else "initial throughput for OnDemand"
    of_whom = f"index {index}" if index else "table"
    return invalid(f"Requested {unit} for WarmThroughput for {of_whom} is lower than {least}")  # 039, 128


def warm_decreased(unit: str, index: str | None = None) -> ServiceError:
    of_whom = f"index {index}" if index else "table"
    return invalid(
        f"Requested {unit} for WarmThroughput for {of_whom} is lower than current WarmThroughput, decreasing "
        "WarmThroughput is not supported"
    )  # 155, 179


def warm_must_stand_alone() -> ServiceError:
    return invalid("WarmThroughput must be the only operation in the request")  # 433


def warm_with_new_index() -> ServiceError:
    return invalid("Create global secondary index cannot be specified when updating WarmThroughput")  # 174


def maximum_only_with_billing() -> ServiceError:
    return invalid("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request")  # 433


def decreases_are_spent(today: int, seconds: float) -> ServiceError:
    next_time = datetime.now(tz=UTC) + timedelta(seconds=seconds)
    return subscriber_limit(
        "Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each "
        "subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of "
        f"decreases today: {today}. Next decrease can be made at {next_time:%A, %B %d, %Y at %I:%M:%S %p} Coordinated "
        "Universal Time"
    )  # 184, 326


def table_is_updating(table: str) -> ServiceError:
    return still_in_use(f"Table: {table} is in the process of being updated.")  # 063


def _whose(index: str | None) -> str:
    return f"index : {index}" if index else "table"


IN_THE_WAY = {
    ("throughput", "throughput"): "Table IOPS are currently being updated. Table: {table}",
    ("throughput", "index created"): "Can't change table IOPS when an index is being created. Table: {table} "
    "Indexes: [{indexes}]",
    ("throughput", "index deleted"): "Can't change table IOPS when an index is being deleted. Table: {table} "
    "Indexes: [{indexes}]",
    ("stream", "throughput"): "Can't enable or disable stream while table IOPS are being updated",
    ("stream", "table class"): "Can't change stream status when a table class update is in progress. Table: {table}",
    ("stream", "index created"): "Can't change stream status when an index is being created",
    ("on-demand", "throughput"): "OnDemandThroughput cannot be updated while BillingMode update is in progress",
    ("on-demand", "stream"): "OnDemandThroughput cannot be updated while stream status update is in progress",
    ("table class", "stream"): "Can't update table class when stream status is being updated. Table: {table}",
    ("delete", "stream"): "Cannot delete table while stream is being enabled/disabled.",
    ("delete", "throughput"): "Table: {table} is in the process of being updated.",
    ("table class", "table class"): "Can't update table class when a table class update is in progress. Table: {table}",
    ("on-demand", "table class"): "OnDemandThroughput cannot be updated while TableClass update is in progress.",
    ("on-demand", "index created"): "OnDemandThroughput cannot be updated while index creation is in progress for "
    "indexes: [{indexes}]",
    ("on-demand", "index deleted"): "OnDemandThroughput cannot be updated while index deletion is in progress for "
    "indexes: [{indexes}]",
    ("index", "throughput"): "Can't create or delete indexes while table IOPS are being updated. Table: {table}",
    ("index", "stream"): "Can't create or delete an index when stream status is being updated.",
    ("index", "table class"): "Can't create or delete an index when a table class update is in progress.",
}
"""What is said to a change (first) while another (second) goes on (002, 063, 119, 163, 175, 286, 369, 375, 376)."""


def in_the_way(wanted: str, running: str, table: str, indexes: Iterable[str]) -> ServiceError:
    """Refuse a change while another one goes on; what wasn't observed has the general text."""
    text = IN_THE_WAY.get((wanted, running))
    return still_in_use(text.format(table=table, indexes=", ".join(indexes))) if text else resource_in_use()


def ttl_on_another_attribute(attribute: str) -> ServiceError:
    return validation(f"TimeToLive is active on a different AttributeName: current AttributeName is {attribute}")  # 143


def too_many_changes() -> ServiceError:
    return ServiceError(
        "ThrottlingException",
        "The rate of control plane requests made by this account is too high",
    )


def too_many_calls() -> ServiceError:
    return ServiceError("ThrottlingException", "Rate exceeded")


def too_many_operations(limit: int) -> ServiceError:
    return ServiceError(
        "LimitExceededException",
        f"Subscriber limit exceeded: Only {limit} tables can be created, updated, or deleted simultaneously",
    )  # hashicorp/terraform-provider-aws issue 1776


def too_many_indexed_tables() -> ServiceError:
    return ServiceError(
        "LimitExceededException",
        "Subscriber limit exceeded: You have exceeded the maximum number of indexed tables that can be created "
        "simultaneously",
    )  # hashicorp/terraform-provider-aws issue 2146


def too_many_tables(limit: int) -> ServiceError:
    return ServiceError(
        "LimitExceededException", f"Subscriber limit exceeded: There is a limit of {limit} tables per subscriber"
    )


def write_capacity_not_scaled() -> ServiceError:
    return validation("Table write capacity should either be Pay-Per-Request or AutoScaled.")  # 188, 249


def index_write_capacity_not_scaled() -> ServiceError:
    return validation("GSI write capacity should either be Pay-Per-Request or AutoScaled.")  # 288


def key_needed_for_each_replica() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: KMSMasterKeyId must be specified for each replica."
    )  # 309, 313


def customers_keys_by_replica_updates() -> ServiceError:
    return validation(
        "Invalid operation: Customer Managed CMKs on Global Table Version 2019.11.21 replicas cannot be updated "
        "through SSESpecification parameter and can only be updated through ReplicaUpdates parameter"
    )


def key_types_differ() -> ServiceError:
    return validation(
        "One or more parameter values were invalid: All replica keys must either be Customer Managed CMK or "
        "AWS Managed CMK."
    )  # 313


def key_of_another_region(key_region: str, place: str) -> ServiceError:
    return validation(
        f"KMS validation error{place}: com.amazonaws.services.kms.model.NotFoundException: Invalid arn {key_region}"
    )  # 020, 313, 328


def key_not_found(key_arn: str, place: str) -> ServiceError:
    missing = f"Alias {key_arn} is not found." if ":alias/" in key_arn else f"Key '{key_arn}' does not exist"
    return validation(
        f"KMS validation error{place}: com.amazonaws.services.kms.model.NotFoundException: {missing}"
    )  # 020, 313


def key_disabled(key_arn: str, place: str) -> ServiceError:
    return validation(
        f"KMS key disabled error{place}: com.amazonaws.services.kms.model.DisabledException: {key_arn} is disabled. "
        "(Service: AWSKMS; Status Code: 400; Error Code: DisabledException)"
    )  # 020, 139, 333


def key_pending_deletion(key_arn: str, place: str) -> ServiceError:
    return validation(
        f"KMS validation error{place}: com.amazonaws.services.kms.model.KMSInvalidStateException: {key_arn} is pending "
        "deletion. (Service: AWSKMS; Status Code: 400; Error Code: KMSInvalidStateException)"
    )  # 020, 139


def key_is_not_symmetric() -> ServiceError:
    return ServiceError(
        "InternalServerError",
        "KMS internal error: com.amazonaws.services.kms.model.AWSKMSException: EncryptionContext is supported only "
        "when creating a grant for a symmetric encryption KMS key. (Service: AWSKMS; Status Code: 400; Error Code: "
        "ValidationException)",
        500,
    )  # 022, 461


def key_of_another_account(key_arn: str) -> ServiceError:
    return ServiceError(
        "AccessDeniedException",
        "KMS key access denied error: com.amazonaws.services.kms.model.AWSKMSException: User is not authorized to "
        f"perform: kms:DescribeKey on this resource because the resource does not exist in this Region: {key_arn}",
    )  # 139


def key_of_another_service(key: str) -> ServiceError:
    return ServiceError(
        "AccessDeniedException",
        "KMS key access denied error: com.amazonaws.services.kms.model.AWSKMSException: User is not authorized to "
        f"perform: kms:CreateGrant on resource: {key} because no resource-based policy allows the kms:CreateGrant "
        "action",
    )  # 461


def encryption_is_updating() -> ServiceError:
    return validation(
        "Operation cannot be performed while replica server-side encryption status is in UPDATING state. "
        "Please retry the request after the status is updated to ENABLED."
    )  # 311, 312


def encryption_still_updating() -> ServiceError:
    return ServiceError("ResourceInUseException", "Server-Side Encryption is still being updated")  # 309


def encryption_changes_are_spent(count: int) -> ServiceError:
    return subscriber_limit(
        "Encryption mode changes are limited in the 24h window. After the first 4 change, each subsequent change in "
        f"the same window can be performed at most once every 21600 seconds. Number of updates today: {count}."
    )  # 081, 141


def encrypted_by_default() -> ServiceError:
    return invalid("Table is already encrypted by default")  # 047, 079


def encrypted_with_that_key() -> ServiceError:
    return invalid(
        "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change "
        "Master Key"
    )  # 082


def not_without_encryption(member: str) -> ServiceError:
    return invalid(f"{member} can not be specified if Enabled is false")  # 036


def encryption_type_not_supported(kind: str) -> ServiceError:
    return invalid(f"SSEType {kind} is not supported")  # 036


def encryption_type_needed() -> ServiceError:
    return invalid("SSEType KMS is required if KMSMasterKeyId is specified")  # 031


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


def access_denied(user: str, action: str, resource: str) -> ServiceError:
    speaks_query = action.startswith(("sts:", "monitoring:"))
    return ServiceError(
        "AccessDenied" if speaks_query else "AccessDeniedException",
        f"User: {user} is not authorized to perform: {action} on resource: {resource} because no identity-based "
        f"policy allows the {action} action",
    )


def protected_from_disassociation(table: str, region: str) -> ServiceError:
    """The developer guide says that it is refused; the service's text isn't recorded. So for the four below."""
    return validation(
        f"Cannot disassociate table {table} in region {region} because it has disassociation protection enabled. "
        "Disable disassociation protection first."
    )


def disassociation_must_stand_alone() -> ServiceError:
    return validation("A Disassociate action must be the only replica update in the request.")


def disassociation_elsewhere(region: str) -> ServiceError:
    return validation(
        f"Only the local replica can be disassociated: send the request to the region of the replica, {region}."
    )


def no_strong_disassociation() -> ServiceError:
    return validation("Disassociation is not supported for global tables with MultiRegionConsistency set to STRONG.")


def disassociation_protection_of_no_replica() -> ServiceError:
    return validation("DisassociationProtectionEnabled is only supported for a replica of a global table.")


def bad_request(reason: str) -> ServiceError:
    return ServiceError("SerializationException", reason)

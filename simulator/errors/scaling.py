# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application Auto Scaling, and what isn't scaled though it has to be."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.errors.answers import ServiceError, validation


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


def write_capacity_not_scaled() -> ServiceError:
    return validation("Table write capacity should either be Pay-Per-Request or AutoScaled.")  # 188, 249


def index_write_capacity_not_scaled() -> ServiceError:
    return validation("GSI write capacity should either be Pay-Per-Request or AutoScaled.")  # 288

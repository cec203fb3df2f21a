# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encryption and its keys."""

from __future__ import annotations

from simulator.errors.answers import ServiceError, invalid, subscriber_limit, validation


def key_arn_of_another_region(region: str) -> ServiceError:
    return ServiceError("NotFoundException", f"Invalid arn {region}")  # 313


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

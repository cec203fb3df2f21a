# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every part of the service may answer: errors that are nobody's own, and who may ask how often."""

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


def internal_failure() -> ServiceError:
    return ServiceError("InternalFailure", "", 500)  # 178, 437


def system_maintenance() -> ServiceError:
    return ServiceError("InternalServerError", "Table is under system maintenance, please try again later", 500)  # 458


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


def wrong_account(account: str) -> ServiceError:
    return not_simulated(f"accounts other than {account}")


def unknown_credentials() -> ServiceError:
    """What a region that the account hasn't enabled says to any call: it doesn't know the account's credentials."""
    return ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.")


def unsigned() -> ServiceError:
    return ServiceError("MissingAuthenticationTokenException", "Request is missing Authentication Token", 403)


def access_denied(user: str, action: str, resource: str) -> ServiceError:
    speaks_query = action.startswith(("sts:", "cloudwatch:"))
    return ServiceError(
        "AccessDenied" if speaks_query else "AccessDeniedException",
        f"User: {user} is not authorized to perform: {action} on resource: {resource} because no identity-based "
        f"policy allows the {action} action",
    )


def bad_request(reason: str) -> ServiceError:
    return ServiceError("SerializationException", reason)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What items and their values are refused for, in the words that mhart/dynalite and nubo-db/dynoxide recorded."""

from __future__ import annotations

from simulator.errors.answers import ServiceError, invalid, validation


def not_one_type(has_several: bool) -> ServiceError:
    what = "has more than one datatypes set" if has_several else "is empty"
    return validation(f"Supplied AttributeValue {what}, must contain exactly one of the supported datatypes")


def null_that_is_not_true() -> ServiceError:
    return invalid("Null attribute value types must have the value of true")


def nested_too_deep() -> ServiceError:
    return validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported "
        "limit"
    )


def not_a_number(text: str) -> ServiceError:
    return validation("The parameter cannot be converted to a numeric value" + (text and f": {text}"))


def number_too_large() -> ServiceError:
    return validation("Number overflow. Attempting to store a number with magnitude larger than supported range")


def number_too_small() -> ServiceError:
    return validation("Number underflow. Attempting to store a number with magnitude smaller than supported range")


def too_many_digits() -> ServiceError:
    return validation("Attempting to store more than 38 significant digits in a Number")


def duplicates_in_set(kind: str, elements: list[str]) -> ServiceError:
    if kind == "NS":
        return validation("Input collection contains duplicates")
    of_kind = "of type BS contains" if kind == "BS" else " contains"
    return invalid(f"Input collection [{', '.join(elements)}]{of_kind} duplicates.")


def empty_key(name: str, kind: str, index: str | None = None) -> ServiceError:
    what = "string" if kind == "S" else "binary"
    of_index = "A value specified for a secondary index key is not supported. " if index else ""
    where = f"IndexName: {index}, IndexKey: {name}" if index else f"Key: {name}"
    return validation(
        f"One or more parameter values are not valid. {of_index}The AttributeValue for a key attribute cannot contain "
        f"an empty {what} value. {where}"
    )


def item_too_large() -> ServiceError:
    return validation("Item size has exceeded the maximum allowed size")


def updated_item_too_large() -> ServiceError:
    return validation("Item size to update has exceeded the maximum allowed size")


def duplicate_keys() -> ServiceError:
    return validation("Provided list of item keys contains duplicates")


def provisioned_throughput_exceeded() -> ServiceError:
    return ServiceError(
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
        "provisioning level with the UpdateTable API.",
    )


def on_demand_throughput_exceeded() -> ServiceError:
    return ServiceError(
        "ThrottlingException",
        "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table "
        "or index so please try again shortly.",
    )

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Billing mode, capacity, on-demand maximums and warm throughput."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from simulator.errors.answers import ServiceError, invalid, still_in_use, subscriber_limit, validation


def on_demand_switches_are_spent() -> ServiceError:
    return subscriber_limit(
        "Tables can be switched to PAY_PER_REQUEST four times in a 24-hour rolling window."
    )  # developer guide, which doesn't say the text


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


def capacity_on_demand() -> ServiceError:
    return validation(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    )  # 223

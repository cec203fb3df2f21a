# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table: whether it is there, its stream, class, protection and expiry."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.errors.answers import ServiceError, invalid, still_in_use, subscriber_limit, validation


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


def table_protected() -> ServiceError:
    return validation(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )


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


def must_stand_alone(change: str) -> ServiceError:
    return validation(
        f"One or more parameter values were invalid: {change} modification must be the only operation in the request"
    )  # 433


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


def in_the_way(wanted: str, running: str, table: str, indexes: Iterable[str]) -> ServiceError:
    """Refuse a change while another one goes on; what wasn't observed has the general text."""
    text = IN_THE_WAY.get((wanted, running))
    return still_in_use(text.format(table=table, indexes=", ".join(indexes))) if text else resource_in_use()


def ttl_on_another_attribute(attribute: str) -> ServiceError:
    return validation(f"TimeToLive is active on a different AttributeName: current AttributeName is {attribute}")  # 143


def ttl_changed_too_soon() -> ServiceError:
    return validation("Time to live has been modified multiple times within a fixed interval")  # 228


def ttl_already(enabled: bool) -> ServiceError:
    return validation(f"TimeToLive is already {'enabled' if enabled else 'disabled'}")

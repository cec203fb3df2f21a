# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service admits: pure checks that return nothing or raise the service's error."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from simulator import durations, errors, regions
from simulator.state import (
    ACTIVE,
    CREATING,
    CREATION_FAILED,
    DELETING,
    STREAM,
    THROUGHPUT,
    UPDATING,
    Index,
    RegionalTable,
)

CREATE, UPDATE, DELETE = "Create", "Update", "Delete"
THROUGHPUT_OVERRIDES = ("ProvisionedThroughputOverride", "OnDemandThroughputOverride")
REPLICA_OVERRIDES = ("KMSMasterKeyId", "TableClassOverride", *THROUGHPUT_OVERRIDES)
EXCLUSIVE = {
    "SSESpecification": "Server-Side Encryption",
    "TableClass": "TableClass",
    "DeletionProtectionEnabled": "DeletionProtection",
    "DisassociationProtectionEnabled": "DisassociationProtection",
}
"""Members that share a call with no other, in the order in which they are named (433)."""


ENUMERATIONS = {
    "BillingMode": ("PROVISIONED", "PAY_PER_REQUEST"),
    "TableClass": ("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
    "StreamSpecification.StreamViewType": ("OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"),
    "SSESpecification.SSEType": ("AES256", "KMS"),
}


@dataclass(frozen=True)
class ReplicaChange:
    """The one replica action of an UpdateTable."""

    action: str
    region: str
    settings: dict[str, Any]


def the_replica_change(parameters: dict[str, Any]) -> ReplicaChange | None:
    """The replica action of an UpdateTable, checked before the table is looked at (223, 224, 265)."""
    updates = parameters.get("ReplicaUpdates")
    if updates is None:
        return None
    if set(parameters) - {"TableName", "ReplicaUpdates", "MultiRegionConsistency"}:
        raise errors.replica_change_must_stand_alone()
    changes = [(action, settings) for update in updates for action, settings in update.items()]
    if not changes:
        raise errors.no_replica_action()
    if len({action for action, _ in changes}) > 1:
        raise errors.mixed_replica_actions()
    if any(change != changes[0] for change in changes):
        raise errors.several_replica_actions()
    action, settings = changes[0]
    if action == UPDATE and not _overrides_something(settings):
        raise errors.no_replica_action()
    return ReplicaChange(action, settings["RegionName"], settings)


def mode_can_be_named(table: RegionalTable, parameters: dict[str, Any]) -> None:
    """The consistency mode belongs to the call that makes a global table of a regional one (260)."""
    if "MultiRegionConsistency" in parameters and table.group:
        raise errors.consistency_is_frozen()


def _overrides_something(settings: dict[str, Any]) -> bool:
    indexes = settings.get("GlobalSecondaryIndexes", [])
    return any(settings.get(name) for name in REPLICA_OVERRIDES) or any(
        index.get(name) for index in indexes for name in THROUGHPUT_OVERRIDES
    )


def region_can_be_named(region: str, own: str, disabled: Collection[str]) -> None:
    """Whether a replica change may name this region (203, 223)."""
    if region == own:
        raise errors.own_region()
    if region not in regions.SUPPORTED:
        raise errors.unknown_region(region, regions.SUPPORTED)
    if region in disabled:
        raise errors.disabled_region(region)


def joining_replica_admits(table: RegionalTable, change: ReplicaChange) -> None:
    """A replica that is still being added lets no member change, asked of its own endpoint (298)."""
    if change.action == DELETE and change.region == table.source_region:
        raise errors.acted_as_source()
    raise errors.replica_being_added(table.name, table.region)


def replica_can_be_created(table: RegionalTable, region: str, standing: RegionalTable | None) -> None:
    """Whether `region` can be added (203, 225, 227, 306, 308)."""
    if standing is not None and standing.describable:
        raise errors.replica_exists_as_table(table.name)
    if standing is not None and standing.listed:
        raise errors.global_table_exists(table.name, [table.region, *(other.region for other in table.others())])
    no_change_in_flight(table)
    no_index_changes(table)


def replica_can_be_changed(table: RegionalTable, region: str) -> RegionalTable:
    """The listed member that a Delete or Update names (203, 227)."""
    member = next((other for other in table.listed_replicas() if other.region == region), None)
    if member is None:
        raise errors.not_part_of_global_table(region)
    if member.replica_status != CREATION_FAILED:
        no_change_in_flight(table)
        no_index_changes(table)
        if any(one.encryption.is_changing for one in [table, *table.others()]):
            raise errors.resource_in_use()
    elif table.status != ACTIVE:
        raise errors.resource_in_use()
    return member


def no_change_in_flight(table: RegionalTable) -> None:
    """One change at a time, in all regions of a table together (227, 228, 306, 329)."""
    if table.status != "ACTIVE" or any(member.is_unauthorized for member in (table, *table.others())):
        raise errors.resource_in_use()
    if table.group and (table.group.is_changing_members or any(member.status == UPDATING for member in table.others())):
        raise errors.resource_in_use()


def nothing_in_the_way(table: RegionalTable, wanted: str, *running: str) -> None:
    """Refuse a change of a regional table for another one that is under way, in the words for these two."""
    for change in table.changes:
        if change in running and table.group is None:
            changing = table.indexes_in(CREATING, DELETING)
            raise errors.in_the_way(wanted, change, table.name, changing)


def no_index_changes(table: RegionalTable) -> None:
    """Members neither come nor go while an index comes, goes, changes or warms up in any region (296)."""
    for member in [table, *table.others()]:
        if member.indexes_in(CREATING, UPDATING, DELETING) or member.is_warming:
            raise errors.resource_in_use()


def index_named(table: RegionalTable, name: str) -> Index:
    """The index of a name."""
    if name not in table.indexes:
        raise errors.index_not_found(table.name, name)
    return table.indexes[name]


def index_is_changeable(table: RegionalTable, name: str) -> None:
    """Whether an index is there, and neither comes, goes nor changes (135, 163)."""
    index = index_named(table, name)
    if index.status == DELETING:
        raise errors.index_is_deleting(table.name, name)
    if index.status == UPDATING:
        raise errors.index_is_updating(table.name, name)
    if index.status == CREATING and not index.backfilling:
        raise errors.index_not_backfilling_yet(table.name, name)


def is_no_recent_source(table: RegionalTable, now: float) -> None:
    """A region can't go while a replica stands that was added from it in the last 24 hours (266, 267)."""
    for other in table.others():
        if other.source_region == table.region and now - other.added_at < durations.SOURCE_RULE_PERIOD:
            raise errors.acted_as_source()


def is_unprotected(table: RegionalTable, protected: bool) -> None:
    """Deletion protection blocks DeleteTable, and both ways of deleting a replica (003, 297)."""
    if protected and table.group:
        raise errors.replica_protected(table.name, table.region)
    if protected:
        raise errors.table_protected()


def table_can_be_deleted(table: RegionalTable, protected: bool, now: float) -> None:
    """DeleteTable, in any region (260, 266, 267, 297, 298)."""
    if table.status == CREATING:
        raise errors.table_in_use(table.name)
    if table.indexes_in(CREATING, UPDATING, DELETING):
        raise errors.table_with_changing_indexes()  # 150, 376
    if table.is_warming or table.encryption.is_changing:
        raise errors.table_is_updating(table.name)  # 069, 120, 410
    nothing_in_the_way(table, "delete", STREAM, THROUGHPUT)
    if table.status in (UPDATING, DELETING):
        raise errors.resource_in_use()
    if table.is_strong:
        raise errors.deletion_of_only_one()
    is_unprotected(table, protected)
    is_no_recent_source(table, now)
    if table.group and table.group.is_changing_members:
        raise errors.resource_in_use()


def protection_can_be_toggled(table: RegionalTable, now: float) -> None:
    """Deletion protection can't be toggled again within 15 seconds (263)."""
    if now - table.protection_changed_at < durations.PROTECTION_TOGGLE_APART:
        raise errors.protection_toggled_too_soon(table.name)


def table_class_can_be_changed(table: RegionalTable, now: float) -> None:
    """Two changes in 30 days, spent in every region the change reaches (294)."""
    recent = [moment for moment in table.table_class_changes if now - moment < durations.TABLE_CLASS_PERIOD]
    if len(recent) >= 2:
        raise errors.table_class_limit(table.region if table.group else None)


def stream_can_be_changed(table: RegionalTable, enabled: bool, wanted: dict[str, Any]) -> None:
    """A stream can't be enabled twice, nor disabled while the table has replicas (050, 222, 227).

    Strongly consistent replicas don't share it: there it belongs to its region (developer guide).
    """
    if not wanted["StreamEnabled"]:
        if table.group and not table.is_strong:
            raise errors.stream_needed()
        if not enabled:
            raise errors.no_stream(table.name)
        if "StreamViewType" in wanted:
            raise errors.view_type_of_disabled_stream()
    elif enabled:
        raise errors.stream_is_enabled(table.name)
    elif "StreamViewType" not in wanted:
        raise errors.view_type_needed()


def stream_is_whole(wanted: dict[str, Any] | None) -> None:
    """A new table's stream has a view type exactly when it is enabled (035)."""
    if wanted and wanted["StreamEnabled"] != ("StreamViewType" in wanted):
        raise errors.new_stream_isnt_whole(wanted["StreamEnabled"])


def values_are_known(parameters: dict[str, Any]) -> None:
    """The enumerations of a table's settings (040)."""
    for path, allowed in ENUMERATIONS.items():
        value: Any = parameters
        for member in path.split("."):
            value = value.get(member) if isinstance(value, dict) else None
        if value is not None:
            errors.is_one_of(value, allowed, path[0].lower() + path[1:])


def is_one_concern(parameters: dict[str, Any]) -> None:
    """UpdateTable takes one change at a time; which pairs go together was tried one by one (174, 433)."""
    changes = set(parameters) - {"TableName", "AttributeDefinitions"}
    updates = parameters.get("GlobalSecondaryIndexUpdates")
    if not changes or (changes == {"GlobalSecondaryIndexUpdates"} and not updates):
        raise errors.nothing_to_update()  # 015, 359
    for member, name in EXCLUSIVE.items():
        if member in changes and len(changes) > 1:
            raise errors.must_stand_alone(name)
    index_comes_or_goes = any(set(update) & {CREATE, DELETE} for update in updates or [])
    if "WarmThroughput" in changes and len(changes) > 1:
        raise errors.warm_with_new_index() if index_comes_or_goes else errors.warm_must_stand_alone()
    if "OnDemandThroughput" in changes and changes - {"OnDemandThroughput", "BillingMode"} and updates != []:
        raise errors.maximum_only_with_billing()
    if updates == []:
        raise errors.empty_list("GlobalSecondaryIndexUpdates")  # 359
    capacity = "ProvisionedThroughput" in changes or parameters.get("BillingMode") == "PROVISIONED"
    if index_comes_or_goes and capacity:
        raise errors.index_with_capacity()
    if index_comes_or_goes and "StreamSpecification" in changes:
        raise errors.index_with_stream()
    if "StreamSpecification" in changes and (capacity or updates):
        raise errors.stream_with_capacity()


def time_to_live_can_be_changed(current: dict[str, Any], enabled: bool, attribute: str) -> None:
    """What is already so is refused (143)."""
    if enabled == (current["TimeToLiveStatus"] == "ENABLED"):
        if enabled and attribute != current["AttributeName"]:
            raise errors.ttl_on_another_attribute(current["AttributeName"])
        raise errors.ttl_already(enabled)


def throughput_is_given(wanted: Collection[str | None], indexes: Collection[str]) -> None:
    """From on demand, PROVISIONED comes with capacity for the table, by None, and every index (056, 152)."""
    if None not in wanted:
        raise errors.throughput_needed()
    for index in indexes:
        if index not in wanted:
            raise errors.index_throughput_needed(index)


def throughput_is_new(
    current: Mapping[str | None, dict[str, int]], wanted: Mapping[str | None, dict[str, int]]
) -> None:
    """What wouldn't change is refused, on the table and on each index (057, 164)."""
    for index, throughput in wanted.items():
        if throughput == current[index]:
            raise errors.throughput_unchanged("table" if index is None else f"index {index}", throughput)


def scaled_resources(table: str, indexes: Collection[str]) -> set[str]:
    """What Application Auto Scaling calls a table and its indexes."""
    return {f"table/{table}", *(f"table/{table}/index/{index}" for index in indexes)}


def write_capacity_follows_load(table: RegionalTable, scaled: Collection[str], indexes: Collection[str]) -> None:
    """PROVISIONED needs a write target and policy on the table and on every index (188, 249, 288)."""
    if f"table/{table.name}" not in scaled:
        raise errors.write_capacity_not_scaled()
    if not scaled_resources(table.name, indexes) <= set(scaled):
        raise errors.index_write_capacity_not_scaled()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of a global table: how they come, change, go and leave; strong consistency."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.errors.answers import ServiceError, validation


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


def global_table_exists(table: str, members: Iterable[str]) -> ServiceError:
    return ServiceError(
        "ResourceInUseException",
        f"Global table with name: {table} already exists with replicas in regions: {', '.join(sorted(members))}.",
    )  # 306


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

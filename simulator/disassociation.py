# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service admits of a replica that leaves its global table and keeps its data (AWS_FACTS section 6)."""

from __future__ import annotations

from typing import Any

from simulator import errors, rules
from simulator.state import ACTIVE, UPDATING, RegionalTable

DISASSOCIATE = "Disassociate"
MODES = ("WAIT_FOR_REPLICATION",)


def the_disassociation(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """The Disassociate of an UpdateTable, which stands alone; None if there is none."""
    updates = parameters.get("ReplicaUpdates") or []
    if not any(DISASSOCIATE in update for update in updates):
        return None
    if set(parameters) - {"TableName", "ReplicaUpdates"}:
        raise errors.replica_change_must_stand_alone()
    if len(updates) > 1 or set(updates[0]) != {DISASSOCIATE}:
        raise errors.disassociation_must_stand_alone()
    wanted: dict[str, Any] = updates[0][DISASSOCIATE]
    errors.is_one_of(wanted["DisassociationMode"], MODES, "replicaUpdates.1.member.disassociate.disassociationMode")
    return wanted


def replica_can_leave(table: RegionalTable, region: str) -> None:
    """Asked of the replica itself, which isn't protected, belongs to an eventually consistent group, and is at rest."""
    if region != table.region:
        raise errors.disassociation_elsewhere(region)
    if table.group is None:
        raise errors.not_part_of_global_table(region)
    if table.is_strong:
        raise errors.no_strong_disassociation()
    if table.is_joining:
        raise errors.replica_being_added(table.name, table.region)
    members = (table, *table.others())
    if table.status != ACTIVE or table.group.is_changing_members or any(one.status == UPDATING for one in members):
        raise errors.resource_in_use()
    rules.no_index_changes(table)
    if table.disassociation_protected:
        raise errors.protected_from_disassociation(table.name, table.region)


def protection_can_be_changed(table: RegionalTable) -> None:
    """Only a replica of an eventually consistent global table has it."""
    if table.group is None:
        raise errors.disassociation_protection_of_no_replica()
    if table.is_strong:
        raise errors.no_strong_disassociation()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service admits of multi-Region strong consistency: groups born and taken down as a whole (AWS_FACTS 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator import errors, regions, rules
from simulator.calls import Call, table_name
from simulator.rules import CREATE, DELETE
from simulator.state import RegionalTable

EVENTUAL, STRONG = "EVENTUAL", "STRONG"
MODE, WITNESSES = "MultiRegionConsistency", "GlobalTableWitnessUpdates"
OTHER_REGIONS = 2
"""A group is of three regions: besides the table's own, two replicas, or a replica and a witness (257)."""

SUPPORTED = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    }
)
"""The documented sets US, EU and AP together: a group across sets was accepted, us-west-1 was not (257)."""

TRANSACTIONS = frozenset({"ExecuteTransaction", "TransactGetItems", "TransactWriteItems"})
WRITES = frozenset({"BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"})


@dataclass(frozen=True)
class GroupChange:
    """The replicas, each with its settings, and the witness that one UpdateTable creates or deletes together."""

    action: str
    replicas: dict[str, dict[str, Any]]
    witness: str | None = None


def the_group_change(parameters: dict[str, Any]) -> GroupChange | None:
    """What an UpdateTable asks of a whole group, checked before the table is looked at; None for a single replica."""
    updates, witnesses = parameters.get("ReplicaUpdates"), parameters.get(WITNESSES, [])
    if MODE not in parameters and not witnesses:
        return _several_deletes(parameters)
    if parameters.get(MODE, STRONG) not in (EVENTUAL, STRONG):
        raise errors.unknown_consistency(parameters[MODE])
    if len(witnesses) > 1:
        raise errors.too_many_witnesses(witnesses)
    others = set(parameters) - {"TableName", "ReplicaUpdates", MODE, WITNESSES}
    if others:
        raise errors.group_change_must_stand_alone()
    if updates is None:
        raise errors.nothing_to_update()  # 202, 257, 260: neither counts as a change
    actions = {action for update in (*updates, *witnesses) for action in update}
    if MODE in parameters and actions - {CREATE}:
        raise errors.only_creates_with_consistency()
    if CREATE in actions and witnesses and parameters.get(MODE) != STRONG:
        raise errors.witness_needs_strong()
    if len(actions) > 1:
        raise errors.mixed_replica_actions()
    if parameters.get(MODE) == EVENTUAL:
        return None
    change = _change(actions.pop() if actions else "", updates, witnesses)
    if change.action == CREATE:
        _has_the_shape_of_a_group(change)
    return change


def _several_deletes(parameters: dict[str, Any]) -> GroupChange | None:
    updates = parameters.get("ReplicaUpdates") or []
    if set(parameters) != {"TableName", "ReplicaUpdates"} or any(set(update) != {DELETE} for update in updates):
        return None
    change = _change(DELETE, updates, [])
    return change if len(change.replicas) > 1 else None


def _change(action: str, updates: list[dict[str, Any]], witnesses: list[dict[str, Any]]) -> GroupChange:
    if action not in (CREATE, DELETE):
        raise errors.no_replica_action()
    replicas = {settings["RegionName"]: settings for update in updates for settings in update.values()}
    regions = [settings["RegionName"] for update in witnesses for settings in update.values()]
    return GroupChange(action, replicas, regions[0] if regions else None)


def _has_the_shape_of_a_group(change: GroupChange) -> None:
    named = [*change.replicas, *([change.witness] if change.witness else [])]
    if len(named) != OTHER_REGIONS:
        raise errors.unsupported_replica_count()
    unsupported = sorted({region for region in named if region in regions.SUPPORTED and region not in SUPPORTED})
    if unsupported:
        raise errors.unsupported_strong_regions(unsupported)
    if change.witness in change.replicas:
        raise errors.region_named_twice()


def group_can_be_created(table: RegionalTable, change: GroupChange) -> None:
    """Whether a table can become the first of a strongly consistent group: it has to be regional (202, 257, 260)."""
    if table.group:
        raise errors.consistency_is_frozen()
    if change.witness == table.region:
        raise errors.witness_in_a_members_region()
    if table.region not in SUPPORTED:
        raise errors.unsupported_strong_regions([table.region])
    rules.no_change_in_flight(table)
    rules.no_index_changes(table)


def table_can_be_strong(holds_items: bool, expires: bool, has_local_indexes: bool) -> None:
    """It has to be empty, without TTL and without local secondary indexes (developer guide)."""
    if holds_items:
        raise errors.strong_table_must_be_empty()
    if expires:
        raise errors.no_strong_time_to_live()
    if has_local_indexes:
        raise errors.no_strong_local_indexes()


def group_can_be_deleted(table: RegionalTable, change: GroupChange) -> list[RegionalTable]:
    """The replicas that go, when the group is taken down as a whole (260, 261)."""
    group = table.group
    witness = group.witness.region if group and group.witness else None
    if change.witness and change.witness != witness:
        raise errors.witness_not_part_of_global_table(change.witness)
    if group is None or not group.strong:
        raise errors.several_replica_actions()
    for region in change.replicas:
        if region not in {other.region for other in table.listed_replicas()}:
            raise errors.not_part_of_global_table(region)
    if witness and not change.witness:
        raise errors.not_all_witnesses()
    if len(change.replicas) < len(table.others()):
        raise errors.deletion_of_only_one()
    rules.no_change_in_flight(table)
    rules.no_index_changes(table)
    return table.others()


def admits(call: Call) -> None:
    """Transactions aren't supported on strongly consistent global tables (developer guide)."""
    if call.operation in TRANSACTIONS:
        raise errors.no_strong_transactions()


def needs_newest(call: Call, table: RegionalTable) -> bool:
    """Whether a call has to see every earlier write of any region: writes do, and strongly consistent reads."""
    parameters = call.parameters
    if call.operation in WRITES or parameters.get("ConsistentRead"):
        return True
    if call.operation == "BatchGetItem":
        asked = parameters["RequestItems"].items()
        return any(keys.get("ConsistentRead") for name, keys in asked if table_name(name) == table.name)
    statements = [parameters, *parameters.get("Statements", [])]
    return any(one.get("ConsistentRead") or not _only_reads(one.get("Statement", "SELECT")) for one in statements)


def _only_reads(statement: str) -> bool:
    return statement.lstrip()[:6].upper() == "SELECT"

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DescribeTable, as each region shows a table (AWS_FACTS section 2)."""

from __future__ import annotations

from typing import Any

from simulator import store
from simulator.state import (
    ACTIVE,
    ARCHIVED,
    CREATING,
    INACCESSIBLE_ENCRYPTION_CREDENTIALS,
    REPLICATION_NOT_AUTHORIZED,
    CapacityRecord,
    RegionalTable,
)

GLOBAL_TABLE_VERSION = "2019.11.21"
SETTINGS_MODE = "ENABLED_WITH_OVERRIDES"
PAY_PER_REQUEST, PROVISIONED = "PAY_PER_REQUEST", "PROVISIONED"
MAX_READ = "MaxReadRequestUnits"


def table_description(table: RegionalTable) -> dict[str, Any]:
    """The regional table, and, while it has replicas, the other regions."""
    moto_table = store.table(table.region, table.name)
    described = moto_table.describe()["TableDescription"]
    described["TableStatus"] = _status(table, table.status)
    described["TableId"] = table.table_id
    described["CreationDateTime"] = table.created_at
    described["AttributeDefinitions"] = sorted(  # 125
        described["AttributeDefinitions"], key=lambda definition: str(definition["AttributeName"])
    )
    described.update(_capacity(described, table.capacity))
    if not described["LocalSecondaryIndexes"]:
        del described["LocalSecondaryIndexes"]
    described["GlobalSecondaryIndexes"] = [
        _index(table, index, described["TableArn"]) for index in described["GlobalSecondaryIndexes"]
    ]
    if not described["GlobalSecondaryIndexes"]:
        del described["GlobalSecondaryIndexes"]
    described.update(_billing(table, described.pop("BillingModeSummary")["BillingMode"]))
    described.update(_table_class(table, "TableClassSummary"))
    described.pop("SSEDescription", None)  # what moto keeps of the creation
    described.update(_encryption(table))
    described.update(_archival(table))
    if table.status == CREATING and table.group:
        for member in ("StreamSpecification", "LatestStreamLabel", "LatestStreamArn"):  # 298
            described.pop(member, None)
    described.update(_global_table(table))
    return described


def _global_table(table: RegionalTable) -> dict[str, Any]:
    if table.group is None:
        return {}
    described: dict[str, Any] = {
        "GlobalTableVersion": GLOBAL_TABLE_VERSION,
        "Replicas": [_replica(table, other) for other in table.listed_replicas()],
        "GlobalTableSettingsReplicationMode": SETTINGS_MODE,  # 229, 320
    }
    if not table.group.strong:
        described["DisassociationProtectionEnabled"] = table.disassociation_protected
    else:
        described["MultiRegionConsistency"] = "STRONG"  # 201: eventual consistency isn't shown
    witness = table.group.witness
    if witness and witness.listed:
        described["GlobalTableWitnesses"] = [{"RegionName": witness.region, "WitnessStatus": witness.status}]  # 259
    return described


def _replica(viewer: RegionalTable, other: RegionalTable) -> dict[str, Any]:
    """A replica's entry: what it inherits is absent (229, 250, 294)."""
    moto_table = store.table(viewer.region, viewer.name)
    entry: dict[str, Any] = {
        "RegionName": other.region,
        "ReplicaStatus": _replica_status(other),
        "WarmThroughput": _warm(moto_table.warm_throughput, other.capacity),
        "GlobalTableSettingsReplicationMode": SETTINGS_MODE,
        **_overrides(viewer.capacity, other.capacity),
    }
    if other.kms_key_arn:
        entry["KMSMasterKeyId"] = other.kms_key_arn
    if moto_table.global_indexes:
        entry["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "WarmThroughput": _warm(index.warm_throughput, other.indexes[index.name].capacity),
                **_overrides(viewer.indexes[index.name].capacity, other.indexes[index.name].capacity),
            }
            for index in moto_table.global_indexes
        ]
    entry.update(_table_class(other, "ReplicaTableClassSummary"))
    return entry


def _status(table: RegionalTable, status: str) -> str:
    """What stands before ACTIVE: changes show as UPDATING, and then it stands there again (325)."""
    if status == ACTIVE and table.encryption.archived_at is not None:
        return ARCHIVED
    if status == ACTIVE and table.encryption.inaccessible_at is not None:
        return INACCESSIBLE_ENCRYPTION_CREDENTIALS
    return REPLICATION_NOT_AUTHORIZED if table.is_unauthorized and status == ACTIVE else status


def _replica_status(table: RegionalTable) -> str:
    """A replica that the others can't reach shows why [M]; ReplicaInaccessibleDateTime stays absent (329)."""
    if table.inaccessible and table.replica_status == ACTIVE:
        return next(iter(table.inaccessible))
    return _status(table, table.replica_status)


def _overrides(own: CapacityRecord, others: CapacityRecord) -> dict[str, Any]:
    """What another region has of its own. A read maximum is shown where it isn't that of the region asked (422)."""
    overrides: dict[str, Any] = {}
    if others.read_override is not None:
        overrides["ProvisionedThroughputOverride"] = {"ReadCapacityUnits": others.read_override}
    maximum = _maximums(others).get(MAX_READ)
    if maximum is not None and maximum != _maximums(own).get(MAX_READ):
        overrides["OnDemandThroughputOverride"] = {MAX_READ: maximum}
    return overrides


def _index(table: RegionalTable, described: dict[str, Any], table_arn: str) -> dict[str, Any]:
    index = table.indexes[described["IndexName"]]
    ready = index.status != CREATING
    entry = {
        **described,
        **_capacity(described, index.capacity),
        "Projection": _projection(described["Projection"]),
        "IndexStatus": index.status,
        "IndexArn": f"{table_arn}/index/{index.name}",
        "IndexSizeBytes": 0,
        "ItemCount": len(store.table(table.region, table.name).has_idx_items(index.name)) if ready else 0,
    }
    if index.backfilling is not None:
        entry["Backfilling"] = index.backfilling
    return entry


def _projection(projection: dict[str, Any]) -> dict[str, Any]:
    if "NonKeyAttributes" not in projection:
        return projection
    return {**projection, "NonKeyAttributes": sorted(projection["NonKeyAttributes"])}  # 125


def _capacity(described: dict[str, Any], capacity: CapacityRecord) -> dict[str, Any]:
    """The capacity members of a table or an index; on-demand maximums only where there are some (028, 182)."""
    throughput = described["ProvisionedThroughput"]
    provisioned: dict[str, Any] = {
        "NumberOfDecreasesToday": capacity.decreases_today,
        "ReadCapacityUnits": throughput["ReadCapacityUnits"],
        "WriteCapacityUnits": throughput["WriteCapacityUnits"],
    }
    if capacity.read_override is not None:
        provisioned["ReadCapacityUnits"] = capacity.read_override
    for member, moment in (
        ("LastIncreaseDateTime", capacity.last_increase),
        ("LastDecreaseDateTime", capacity.last_decrease),
    ):
        if moment is not None:
            provisioned[member] = moment
    members = {
        "ProvisionedThroughput": provisioned,
        "WarmThroughput": _warm(described["WarmThroughput"], capacity),
    }
    maximums = _maximums(capacity)
    return {**members, "OnDemandThroughput": maximums} if maximums else members


def _maximums(capacity: CapacityRecord) -> dict[str, int]:
    """The on-demand maximums of a region: its read override goes before what all regions share."""
    override = {} if capacity.max_read_override is None else {MAX_READ: capacity.max_read_override}
    return {**capacity.maximums, **override}


def _warm(warm: dict[str, Any], capacity: CapacityRecord) -> dict[str, Any]:
    """Old values until the new ones are there; only their Status tells (155, 179)."""
    return {**warm, "Status": "UPDATING" if capacity.warm_wanted else ACTIVE}


def _billing(table: RegionalTable, mode: str) -> dict[str, Any]:
    """A table that was never on demand has no BillingModeSummary."""
    if table.on_demand_since is None and mode == PROVISIONED:
        return {}
    summary: dict[str, Any] = {"BillingMode": mode}
    if table.on_demand_since is not None:
        summary["LastUpdateToPayPerRequestDateTime"] = table.on_demand_since
    return {"BillingModeSummary": summary}


def _table_class(table: RegionalTable, member: str) -> dict[str, Any]:
    """The default class is absent; one that was set explicitly is shown, STANDARD too (294)."""
    if table.table_class is None:
        return {}
    summary: dict[str, Any] = {"TableClass": table.table_class}
    if table.table_class_set_at is not None:
        summary["LastUpdateDateTime"] = table.table_class_set_at
    return {member: summary}


def _encryption(table: RegionalTable) -> dict[str, Any]:
    """Absent under the key AWS owns; without a key while one comes or goes (079, 140)."""
    encryption = table.encryption
    key = encryption.shown_key if encryption.is_changing else table.kms_key_arn
    if key is None and not encryption.is_changing:
        return {}
    described: dict[str, Any] = {"Status": "UPDATING" if encryption.is_changing else "ENABLED"}
    if key is not None:
        described |= {"SSEType": "KMS", "KMSMasterKeyArn": key}
    if encryption.inaccessible_at is not None and table.group is None:  # 329: a replica doesn't say since when
        described["InaccessibleEncryptionDateTime"] = encryption.inaccessible_at
    return {"SSEDescription": described}


def _archival(table: RegionalTable) -> dict[str, Any]:
    if table.encryption.archived_at is None:
        return {}
    reason = {"ArchivalReason": INACCESSIBLE_ENCRYPTION_CREDENTIALS, "ArchivalDateTime": table.encryption.archived_at}
    return {"ArchivalSummary": reason}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DescribeTable, as each region shows a table (AWS_FACTS section 2)."""

from __future__ import annotations

from typing import Any

from simulator import store
from simulator.state import ACTIVE, CREATING, REPLICATION_NOT_AUTHORIZED, RegionalTable

GLOBAL_TABLE_VERSION = "2019.11.21"
SETTINGS_MODE = "ENABLED_WITH_OVERRIDES"
PAY_PER_REQUEST = "PAY_PER_REQUEST"


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
    described["ProvisionedThroughput"] = _throughput(described["ProvisionedThroughput"], table.read_override)
    if not described["LocalSecondaryIndexes"]:
        del described["LocalSecondaryIndexes"]
    described["GlobalSecondaryIndexes"] = [
        _index(table, index, described["TableArn"]) for index in described["GlobalSecondaryIndexes"]
    ]
    if not described["GlobalSecondaryIndexes"]:
        del described["GlobalSecondaryIndexes"]
    described.update(_billing(table, described.pop("BillingModeSummary")["BillingMode"]))
    described.update(_table_class(table, "TableClassSummary"))
    described.update(_encryption(table))
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
        "WarmThroughput": dict(moto_table.warm_throughput),
        "GlobalTableSettingsReplicationMode": SETTINGS_MODE,
    }
    if other.inaccessible_at is not None:
        entry["ReplicaInaccessibleDateTime"] = other.inaccessible_at
    if other.kms_key_arn:
        entry["KMSMasterKeyId"] = other.kms_key_arn
    if other.read_override is not None:
        entry["ProvisionedThroughputOverride"] = {"ReadCapacityUnits": other.read_override}
    if moto_table.global_indexes:
        entry["GlobalSecondaryIndexes"] = [_replica_index(other, index) for index in moto_table.global_indexes]
    entry.update(_table_class(other, "ReplicaTableClassSummary"))
    return entry


def _status(table: RegionalTable, status: str) -> str:
    return REPLICATION_NOT_AUTHORIZED if table.is_unauthorized and status == ACTIVE else status


def _replica_status(table: RegionalTable) -> str:
    """A replica that the others can't reach shows why [M]."""
    if table.inaccessible and table.replica_status == ACTIVE:
        return next(iter(table.inaccessible))
    return _status(table, table.replica_status)


def _replica_index(other: RegionalTable, index: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"IndexName": index.name, "WarmThroughput": dict(index.warm_throughput)}
    read_override = other.indexes[index.name].read_override
    if read_override is not None:
        entry["ProvisionedThroughputOverride"] = {"ReadCapacityUnits": read_override}
    return entry


def _index(table: RegionalTable, described: dict[str, Any], table_arn: str) -> dict[str, Any]:
    index = table.indexes[described["IndexName"]]
    ready = index.status != CREATING
    entry = {
        **described,
        "Projection": _projection(described["Projection"]),
        "ProvisionedThroughput": _throughput(described["ProvisionedThroughput"], index.read_override),
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


def _throughput(throughput: dict[str, Any], read_override: int | None) -> dict[str, Any]:
    return {
        "NumberOfDecreasesToday": throughput.get("NumberOfDecreasesToday", 0),
        "ReadCapacityUnits": throughput["ReadCapacityUnits"] if read_override is None else read_override,
        "WriteCapacityUnits": throughput["WriteCapacityUnits"],
    }


def _billing(table: RegionalTable, mode: str) -> dict[str, Any]:
    """A table that was never on demand has no BillingModeSummary."""
    if table.on_demand_since is None:
        return {}
    return {"BillingModeSummary": {"BillingMode": mode, "LastUpdateToPayPerRequestDateTime": table.on_demand_since}}


def _table_class(table: RegionalTable, member: str) -> dict[str, Any]:
    """The default class is absent; one that was set explicitly is shown, STANDARD too (294)."""
    if table.table_class is None:
        return {}
    summary: dict[str, Any] = {"TableClass": table.table_class}
    if table.table_class_set_at is not None:
        summary["LastUpdateDateTime"] = table.table_class_set_at
    return {member: summary}


def _encryption(table: RegionalTable) -> dict[str, Any]:
    if table.kms_key_arn is None:
        return {}
    return {"SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": table.kms_key_arn}}

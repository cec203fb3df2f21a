# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strongly consistent groups: born and taken down as a whole, and frozen in between (AWS_FACTS section 5)."""

from __future__ import annotations

import copy
import typing as t

from .groups import arn, override, own_of_a_region
from .scaling import mirror

_ABOUT_GROUPS = {"TableName", "ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates"}


class StrongGroupCalls:
    """The part of `Client` that makes them and takes them down; ``model.witnesses``: name -> region -> status."""

    def scan(self, TableName: str, Limit: int, Select: str, ConsistentRead: bool) -> dict[str, t.Any]:
        table = self._up(TableName, "Scan")
        return {"ScannedCount": min(Limit, table.get("items", 0))}

    def _is_about_a_strong_group(self, name: str, parameters: dict[str, t.Any]) -> bool:
        named = {"MultiRegionConsistency", "GlobalTableWitnessUpdates"} & parameters.keys()
        return bool(named or ("ReplicaUpdates" in parameters and name in self.model.witnesses))

    def _update_strong_group(self, name: str, parameters: dict[str, t.Any]) -> None:
        if parameters.keys() - _ABOUT_GROUPS:
            self._refuse("ValidationException", "must not also modify other fields", "UpdateTable")
        updates = parameters.get("ReplicaUpdates", [])
        of_witnesses = parameters.get("GlobalTableWitnessUpdates", [])
        actions = {action for update in (*updates, *of_witnesses) for action in update}
        members = {member["RegionName"]: member for update in updates for member in update.values()}
        witness = {member["RegionName"] for update in of_witnesses for member in update.values()}
        if actions == {"Create"} and parameters.get("MultiRegionConsistency") == "STRONG":
            self._found(name, members, witness)
        elif actions == {"Delete"} and "MultiRegionConsistency" not in parameters:
            self._dissolve(name, set(members), witness)
        elif actions == {"Update"} and not witness:
            self._update_replica(name, updates)
        else:
            self._refuse("ValidationException", "not an action of a strongly consistent group", "UpdateTable")

    def _found(self, name: str, members: dict[str, t.Any], witness: set[str]) -> None:
        model, here = self.model, self.model.tables[(self.region, name)]
        if len(members) + len(witness) != 2 or len(witness) > 1 or not members:
            self._refuse("ValidationException", "Unsupported replica count", "UpdateTable")
        if {self.region, *members} & witness or self.region in members:
            self._refuse("ValidationException", "Cannot add a witness in the same region", "UpdateTable")
        if model.members(name):
            self._refuse("ValidationException", "unsupported on existing global table", "UpdateTable")
        if any((region, name) in model.tables for region in members):
            self._refuse("ValidationException", "one or more replicas already existed as tables", "UpdateTable")
        keys = {
            region: self._key_of_new_replica(here, region, own.get("KMSMasterKeyId", ""))
            for region, own in members.items()
        }
        if here.get("items") or here["ttl"] or here["description"].get("LocalSecondaryIndexes"):
            self._refuse("ValidationException", "the table must be empty, without TTL and LSIs", "UpdateTable")
        here["status"] = "UPDATING"
        if model.abort_creates:
            model.abort_creates -= 1
            self._become_active_later(name, 2)
            return
        model.witnesses[name] = {}

        def list_member(region: str) -> None:
            replica = copy.deepcopy(here)
            replica.update(status="CREATING", **own_of_a_region() | {"key": keys[region]})
            replica["description"].update(TableArn=arn(region, name), TableId=region, DeletionProtectionEnabled=False)
            replica["description"].pop("StreamSpecification", None)  # they don't live on a stream
            override(replica["description"], members[region])
            model.tables[(region, name)] = replica
            model.groups.setdefault(name, {self.region}).add(region)
            mirror(model, name, self.region, region)

        def become_active() -> None:
            for member in model.members(name):
                model.tables[(member, name)]["status"] = "ACTIVE"
            model.witnesses[name] = dict.fromkeys(witness, "ACTIVE")

        for tick, region in enumerate(members, 1):  # one entry after the other
            model.later(tick, lambda region=region: list_member(region))
        model.later(3, lambda: model.witnesses[name].update(dict.fromkeys(witness, "CREATING")))
        model.later(5, become_active)

    def _dissolve(self, name: str, regions: set[str], witness: set[str]) -> None:
        model = self.model
        others = model.members(name) - {self.region}
        if not others or regions != others:
            self._refuse("ValidationException", "Deletion of only one table replica is not supported", "UpdateTable")
        if witness != set(model.witnesses[name]):
            self._refuse("ValidationException", "does not include all witnesses", "UpdateTable")
        for region in others:
            if model.tables[(region, name)]["description"]["DeletionProtectionEnabled"]:
                self._refuse("ValidationException", "has deletion protection enabled", "UpdateTable")
        here = model.tables[(self.region, name)]
        here["status"] = "UPDATING"

        def start() -> None:
            for region in others:
                model.tables[(region, name)]["status"] = "DELETING"
            model.witnesses[name] = dict.fromkeys(witness, "DELETING")

        def end() -> None:
            del model.groups[name], model.witnesses[name]
            here["status"] = "ACTIVE"

        model.later(2, start)
        model.later(3, end)
        for region in others:
            model.later(4, lambda region=region: model.tables.pop((region, name)))

    def _shown_of_a_strong_group(self, name: str) -> dict[str, t.Any]:
        """Its consistency is shown at once, its members and its witness later (finding DDB-TABLE-258)."""
        witnesses = self.model.witnesses.get(name)
        if witnesses is None:
            return {}
        entries = [{"RegionName": region, "WitnessStatus": status} for region, status in witnesses.items()]
        return {"MultiRegionConsistency": "STRONG", **({"GlobalTableWitnesses": entries} if entries else {})}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How members of a group come, change and go (AWS_FACTS sections 1, 3 and 4)."""

from __future__ import annotations

import copy
import typing as t

from .scaling import mirror, unscaled_write

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def arn(region: str, name: str) -> str:
    return f"arn:aws:dynamodb:{region}:123456789012:table/{name}"


def own_of_a_region() -> dict[str, t.Any]:
    """What a new replica has of its own, whatever the table has."""
    empty = {"tags": {}, "insights": {}, "policy": {}, "kinesis": {}}
    return {**empty, "recovery_days": 0, "disassociation_protected": True, "key": "", "key_changes": False}


class GroupCalls:
    """The part of `Client` that UpdateTable's ReplicaUpdates is."""

    def _update_replica(self, name: str, updates: list[dict[str, t.Any]]) -> None:
        if len(updates) > 1 and all("KMSMasterKeyId" in update.get("Update", {}) for update in updates):
            self._update_keys(name, updates)
            return
        if len(updates) != 1:
            self._refuse("ValidationException", "more than one create or delete replica actions", "UpdateTable")
        ((action, member),) = updates[0].items()
        actions = {"Create": self._add_member, "Delete": self._remove_member, "Update": self._override_member}
        actions["Disassociate"] = self._disassociate
        actions[action](name, **member)

    def _add_member(self, name: str, RegionName: str, KMSMasterKeyId: str = "", **overrides: t.Any) -> None:
        model, region, here = self.model, RegionName, self.model.tables[(self.region, name)]
        if region == self.region:
            self._refuse("ValidationException", "Cannot add or delete the local region", "UpdateTable")
        if (region, name) in model.tables:
            self._refuse("ValidationException", "one or more replicas already existed as tables", "UpdateTable")
        if unscaled := unscaled_write(model, self.region, name):
            self._refuse("ValidationException", unscaled, "UpdateTable")
        key = self._key_of_new_replica(here, region, KMSMasterKeyId)
        here["status"] = "UPDATING"
        if model.abort_creates:
            model.abort_creates -= 1
            self._become_active_later(name, 2)
            return

        def list_it() -> None:
            replica = copy.deepcopy(here)
            replica.update(status="CREATING", **own_of_a_region() | {"key": key})
            replica["description"].update(TableArn=arn(region, name), TableId=region, DeletionProtectionEnabled=False)
            override(replica["description"], overrides)
            model.tables[(region, name)] = replica
            here["disassociation_protected"] |= not model.members(name)
            model.groups.setdefault(name, {self.region}).add(region)
            mirror(model, name, self.region, region)
            here["description"].setdefault("StreamSpecification", dict(STREAM))
            replica["description"].setdefault("StreamSpecification", dict(STREAM))
            here["status"] = "ACTIVE"  # while the replica is still being made (finding DDB-TABLE-306)

        model.later(1, list_it)
        model.later(3, lambda: model.tables[(region, name)].update(status="ACTIVE"))

    def _override_member(self, name: str, RegionName: str, **overrides: t.Any) -> None:
        if RegionName not in self.model.members(name) - {self.region}:
            self._refuse("ValidationException", "replicas were not part of the global table", "UpdateTable")
        replica = self.model.tables[(RegionName, name)]
        if not overrides:
            self._refuse("ValidationException", "There are no actions specified", "UpdateTable")
        before = copy.deepcopy(replica["description"])
        override(replica["description"], overrides)
        if replica["description"] == before:
            self.model.refused.append(f"an equal override was sent again for {RegionName}")  # 35 s (finding 250)
        self.model.tables[(self.region, name)]["status"] = "UPDATING"
        self._become_active_later(name, 1)

    def _disassociate(self, name: str, RegionName: str, DisassociationMode: str) -> None:
        """Asked of the replica's own region; it keeps its items (AWS_FACTS section 6)."""
        model, here = self.model, self.model.tables[(self.region, name)]
        if RegionName != self.region or DisassociationMode != "WAIT_FOR_REPLICATION":
            self._refuse("ValidationException", "only the local replica can be disassociated", "UpdateTable")
        if self.region not in model.members(name):
            self._refuse("ValidationException", "replicas were not part of the global table", "UpdateTable")
        if here["disassociation_protected"]:
            self._refuse("ValidationException", "has disassociation protection enabled", "UpdateTable")
        here["status"] = "UPDATING"

        def end() -> None:
            here["status"] = "ACTIVE"
            if model.fail_disassociations:
                model.fail_disassociations -= 1
            else:
                leave(model, name, self.region)

        model.later(2, end)

    def _remove_member(self, name: str, RegionName: str) -> None:
        model, region = self.model, RegionName
        if region not in model.members(name):
            self._refuse("ValidationException", "replicas were not part of the global table", "UpdateTable")
        if model.tables[(region, name)]["description"]["DeletionProtectionEnabled"]:
            self._refuse("ValidationException", "has deletion protection enabled", "UpdateTable")
        model.tables[(self.region, name)]["status"] = "UPDATING"

        def start() -> None:
            model.tables[(self.region, name)]["status"] = "ACTIVE"
            model.tables[(region, name)]["status"] = "DELETING"

        model.later(1, start)
        model.later(2, lambda: leave(model, name, region))
        model.later(4, lambda: model.tables.pop((region, name)))


def leave(model: t.Any, name: str, region: str) -> None:
    model.groups[name].discard(region)
    if len(model.groups[name]) == 1:
        del model.groups[name]


def override(description: dict[str, t.Any], overrides: dict[str, t.Any]) -> None:
    """What a replica has of its own, in its region's description; indexes that aren't named keep theirs (252)."""
    if "TableClassOverride" in overrides:
        description["TableClassSummary"] = {"TableClass": overrides["TableClassOverride"]}
    holders = {None: description, **{index["IndexName"]: index for index in _indexes(description)}}
    for own in (overrides, *overrides.get("GlobalSecondaryIndexes", [])):
        holder = holders.get(own.get("IndexName"), {})  # an unknown index is accepted silently (finding 307)
        if "ProvisionedThroughputOverride" in own:
            holder["ProvisionedThroughput"] = {
                **holder.get("ProvisionedThroughput", {}),
                **own["ProvisionedThroughputOverride"],
            }
        if "OnDemandThroughputOverride" in own:
            holder["OnDemandThroughput"] = {**holder.get("OnDemandThroughput", {}), **own["OnDemandThroughputOverride"]}


def entry(region: str, replica: dict[str, t.Any], base: dict[str, t.Any]) -> dict[str, t.Any]:
    """A replica as a member lists it: inherited values are absent, and so is the default class (229, 250, 294)."""
    shown, here = replica["description"], base["description"]
    bases = {index["IndexName"]: index for index in _indexes(here)}
    indexes = [
        {"IndexName": index["IndexName"], **_own(index, bases.get(index["IndexName"], {}))} for index in _indexes(shown)
    ]
    own_class = shown.get("TableClassSummary")
    return {
        "RegionName": region,
        "ReplicaStatus": replica["status"],
        **({"ReplicaTableClassSummary": own_class} if own_class not in (None, here.get("TableClassSummary")) else {}),
        **_own(shown, here),
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _own(holder: dict[str, t.Any], base: dict[str, t.Any]) -> dict[str, t.Any]:
    units = {
        "ProvisionedThroughput": ("ProvisionedThroughputOverride", "ReadCapacityUnits"),
        "OnDemandThroughput": ("OnDemandThroughputOverride", "MaxReadRequestUnits"),
    }
    return {
        member: {unit: holder[shown][unit]}
        for shown, (member, unit) in units.items()
        if holder.get(shown, {}).get(unit) not in (None, base.get(shown, {}).get(unit))
    }


def _indexes(description: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    return description.get("GlobalSecondaryIndexes", [])

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of a group: how they come, change and go, and what stands in their way. Pure."""

from __future__ import annotations

import typing as t

from . import strong_group
from .settings import overrides
from .settings.consistency import STRONG
from .spec import Replica, Table
from .state import ABSENT, ACTIVE, CREATING, DELETING, UPDATING, Observed, RegionalTable
from .steps import ADD, REMOVE, Settings, Step

# ReplicaStatus and TableStatus values that time doesn't mend (botocore's model), and what does.
REMEDIES = {
    "CREATION_FAILED": "remove it by naming the region in absent_regions, then add it again",
    "REGION_DISABLED": "enable the region for the account; DynamoDB detaches a replica after 20 hours in this state",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "make its KMS key usable again; DynamoDB detaches a replica after 20 hours",
    "ARCHIVING": "its KMS key was inaccessible for long: restore its backup, or remove the replica",
    "ARCHIVED": "its KMS key was inaccessible for long: restore its backup, or remove the replica",
    "REPLICATION_NOT_AUTHORIZED": "allow the replication service in the table's resource policy",
}


# What stands in the way


def broken(region: str, status: str) -> str:
    """A state that no waiting ends."""
    if status in (ABSENT, ACTIVE, CREATING, UPDATING, DELETING):
        return ""
    return f"in {region} it is {status}: {REMEDIES.get(status, 'look at it in the AWS console')}."


def refusal(wanted: Table, observed: Observed) -> str:
    """Why the group can't become what is wanted."""
    home = observed[wanted.home]
    if reason := broken(home.region, home.status):
        return reason
    if reason := strong_group.refusal(wanted, home):
        return reason
    for replica in wanted.replicas.values():
        if reason := _unfit(replica, observed, home):
            return reason
    for region in wanted.absent_regions:
        if region in home.replicas and observed[region].settings.get("deletion_protection"):
            return (
                f"its replica in {region} is to be removed but has deletion protection, which is never switched off on "
                f"the way. Set deletion_protection: false for {region}, run again, then remove it."
            )
    return ""


def _unfit(replica: Replica, observed: Observed, home: RegionalTable) -> str:
    region, target = replica.region, observed[replica.region]
    status = home.replicas.get(region)
    if reason := broken(region, status or ABSENT) or broken(region, target.status):
        return reason
    if status is None and target.exists and target.status not in (DELETING, CREATING):
        return (
            f"a table of that name already stands alone in {region}, with {target.item_count} items. DynamoDB "
            "never adopts it, and it may be a replica that was detached and kept its data. Delete it if nobody "
            "needs it, or take the region from the table's replicas (exclude_regions)."
        )
    if home.status in (ACTIVE, UPDATING):
        for reason in overrides.refusals(replica.overrides, home.settings):
            return f"its replica in {region} can't be as wanted: {reason}."
    return ""


# How members come, change and go


def removals(wanted: Table, home: RegionalTable) -> list[Step]:
    """A replica goes only when its region is named."""
    named = [region for region in wanted.absent_regions if region in home.replicas]
    return _removals(wanted, home, named)


def end(wanted: Table, home: RegionalTable) -> list[Step]:
    """Every replica goes."""
    return _removals(wanted, home, sorted(home.replicas))


def _removals(wanted: Table, home: RegionalTable, regions: list[str]) -> list[Step]:
    if home.consistency == STRONG:
        step = strong_group.dissolving(wanted, home) if regions else None
        return [step] if step else []
    return [_remove(wanted, home, region) for region in regions if home.replicas[region] != DELETING]


def additions(wanted: Table, home: RegionalTable) -> list[Step]:
    if STRONG in (wanted.consistency, home.consistency):
        step = strong_group.founding(wanted, home, lambda region: _created(wanted.replicas[region], home))
        return [step] if step else []
    return [_add(wanted, home, replica) for region, replica in wanted.replicas.items() if region not in home.replicas]


def _created(replica: Replica, home: RegionalTable) -> tuple[Settings, Settings]:
    """What a replica's Create holds besides its region, and the settings that it has by that."""
    return overrides.created(replica.overrides, home.settings)


def _add(wanted: Table, home: RegionalTable, replica: Replica) -> Step:
    members, effect = _created(replica, home)
    return Step(
        key=(ADD, replica.region, ""),
        region=wanted.home,
        call="UpdateTable",
        parameters=_replica_update(wanted, "Create", {"RegionName": replica.region, **members}),
        sentence=f"add a replica in {replica.region}",
        effect=effect,
    )


def _remove(wanted: Table, home: RegionalTable, region: str) -> Step:
    return Step(
        key=(REMOVE, region, ""),
        region=home.region,
        call="UpdateTable",
        parameters=_replica_update(wanted, "Delete", {"RegionName": region}),
        sentence=f"remove the replica in {region} and its items",
        removal=True,
    )


def _replica_update(wanted: Table, action: str, members: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"TableName": wanted.name, "ReplicaUpdates": [{action: members}]}


# What is reported and left alone


def notes(wanted: Table, observed: Observed) -> tuple[str, ...]:
    home = observed[wanted.home]
    of_group = strong_group.note(wanted, home)
    return (*_unlisted(wanted, home), *_standing_apart(wanted, observed), *([of_group] if of_group else []))


def _unlisted(wanted: Table, home: RegionalTable) -> t.Iterator[str]:
    for region in sorted(home.replicas):
        if region not in wanted.replicas and region not in wanted.absent_regions:
            yield (
                f"has a replica in {region} that isn't listed, and is left alone. To remove it: "
                f"dynamodb_absent_regions: [{region}]"
            )


def stands_apart(home: RegionalTable, table: RegionalTable) -> bool:
    """Whether a region has a table of that name that isn't the home region's replica."""
    return table.region not in (home.region, *home.replicas) and table.exists and table.status != DELETING


def _standing_apart(wanted: Table, observed: Observed) -> t.Iterator[str]:
    home = observed[wanted.home]
    for region in wanted.absent_regions:
        table = observed[region]
        if stands_apart(home, table):
            yield (
                f"a table of that name stands alone in {region}, with {table.item_count} items: it is no replica of "
                "this table and is left alone"
            )

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of a group: how they come, change and go, and what stands in their way. Pure."""

from __future__ import annotations

import typing as t

from . import strong_group
from .settings import encryption, insights, overrides, protection
from .settings.consistency import STRONG
from .spec import Replica, Table
from .state import ABSENT, ACTIVE, CREATING, DELETING, UNKNOWN, UPDATING, Observed, RegionalTable
from .steps import ADD, DISASSOCIATE, REMOVE, Settings, Step

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


def broken(region: str, status: str, cause: str = "") -> str:
    """A state that no waiting ends."""
    if status in (ABSENT, UNKNOWN, ACTIVE, CREATING, UPDATING, DELETING):
        return ""
    why = f" ({cause})" if cause else ""
    return f"in {region} it is {status}{why}: {REMEDIES.get(status, 'look at it in the AWS console')}."


def broken_member(wanted: Table, observed: Observed) -> str:
    """A replica that its group says is broken; its own region may not even answer."""
    home = observed[wanted.home]
    for region in wanted.replicas:
        status = home.replicas.get(region) or observed[region].status
        if reason := broken(region, status, home.causes.get(region, "")):
            return reason
    return ""


def refusal(wanted: Table, observed: Observed) -> str:
    """Why the group can't become what is wanted."""
    home = observed[wanted.home]
    if reason := broken(home.region, home.status):
        return reason
    if reason := strong_group.refusal(wanted, home):
        return reason
    if reason := broken_member(wanted, observed):
        return reason
    for region in wanted.replicas:
        if reason := _occupied(observed[region], home):
            return reason
    if reason := unfit(wanted, home):
        return reason
    for replica in wanted.disassociated.values():
        if reason := _kept_in(replica, observed[replica.region], home):
            return reason
    for region in wanted.absent_regions:
        if region in home.replicas and observed[region].settings.get("deletion_protection"):
            return (
                f"its replica in {region} is to be removed but has deletion protection, which is never switched off on "
                f"the way. Set deletion_protection: false for {region}, run again, then remove it."
            )
    return ""


def _occupied(target: RegionalTable, home: RegionalTable) -> str:
    """Why a region where a replica is wanted has no room for it."""
    if reason := broken(target.region, target.status):
        return reason
    apart = target.status != CREATING and stands_apart(home, target)
    return _standing(target, home) if apart else ""


def unfit(wanted: Table, home: RegionalTable) -> str:
    """What a replica can't have, as the table is in its home region."""
    for region, replica in wanted.replicas.items() if home.status in (ACTIVE, UPDATING) else ():
        unknown = insights.refusals(replica.settings, home.settings)
        for reason in (*overrides.refusals(replica.overrides, home.settings), *unknown):
            return f"its replica in {region} can't be as wanted: {reason}."
    return ""


def _standing(target: RegionalTable, home: RegionalTable) -> str:
    """A table of that name, in a region where a replica is wanted, that isn't one of this group."""
    if target.replicas and home.region not in target.replicas:
        return (
            f"a table of that name in {target.region}, with {target.item_count} items, belongs to a group with "
            f"{', '.join(sorted(target.replicas))} and without {home.region}. Perhaps the home region is another (set "
            f"region on the table), or {home.region} was detached, as DynamoDB does with a region that it can't reach "
            "for 20 hours. A detached table keeps its items, and DynamoDB never takes it back into its group."
        )
    return (
        f"a table of that name already stands alone in {target.region}, with {target.item_count} items. DynamoDB never "
        "adopts it, and it may be a replica that was detached (out of reach for 20 hours) or disassociated and kept "
        "its data. Nothing was changed. See what it holds, and take the region from the table's replicas "
        "(exclude_regions)."
    )


def _kept_in(replica: Replica, shown: RegionalTable, home: RegionalTable) -> str:
    """Why a replica can't leave with its items: its protection goes only when that is asked for."""
    protected = replica.region in home.replicas and shown.settings.get("disassociation_protection")
    if not protected or replica.settings.get("disassociation_protection") is False:
        return ""
    return (
        f"its replica in {replica.region} is to leave the group but has disassociation protection, which is switched "
        f"off on the way only when that is said: set disassociation_protection: false beside state: disassociated for "
        f"{replica.region}."
    )


# How members come, change and go


def encryption_steps(wanted: Table, observed: Observed) -> list[Step]:
    """Customers' keys of a group together, once its members all stand."""
    option, home = wanted.settings.get(encryption.OPTION, {}), observed[wanted.home]
    if option.get("type") != encryption.CUSTOMER or not home.replicas:
        return []
    members = {region: observed[region] for region in (wanted.home, *home.replicas) if region in observed}
    if any(member.status not in (ACTIVE, UPDATING) for member in members.values()):
        return []
    step = encryption.change_of_keys(wanted.name, _keys(wanted, home), members, wanted.home)
    return [step] if step else []


def _keys(wanted: Table, home: RegionalTable) -> dict[str, Settings]:
    """Region -> encryption as wanted, for the members that are listed."""
    own = {region: wanted.replicas[region].overrides for region in home.replicas if region in wanted.replicas}
    replicas = {region: encryption.of_replica(wanted.settings, overrides) for region, overrides in own.items()}
    return {wanted.home: wanted.settings[encryption.OPTION]} | {
        region: option[encryption.OPTION] for region, option in replicas.items()
    }


def encryption_refusal(wanted: Table, observed: Observed) -> str:
    """Why the members can't be encrypted as the table is to be."""
    if reason := unusable_key(wanted, observed):
        return reason
    unlisted = [region for region in sorted(observed[wanted.home].replicas) if region not in wanted.listed_regions]
    customer = wanted.settings.get(encryption.OPTION, {}).get("type") == encryption.CUSTOMER
    if unlisted and customer and encryption_steps(wanted, observed):
        return (
            "the keys of a group are changed in all its regions together, but its replicas in "
            f"{', '.join(unlisted)} aren't listed: list them with their kms_key, or leave encryption as it is."
        )
    return ""


def unusable_key(wanted: Table, observed: Observed) -> str:
    """What is wrong with the key of a region that was read."""
    for region in wanted.regions:
        if region in observed and observed[region].key and observed[region].key.problem:
            return f"{observed[region].key.problem}. Nothing was changed."
    return ""


def ends(wanted: Table, home: RegionalTable) -> bool:
    """Whether every replica that there is is to leave."""
    return bool(home.replicas) and home.replicas.keys() <= set(wanted.leaving)


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


def disassociations(wanted: Table, observed: Observed) -> list[Step]:
    """Each by a call to its own region, after its protection is off, in a call of its own (AWS_FACTS section 6)."""
    home = observed[wanted.home]
    steps = []
    for region, replica in wanted.disassociated.items():
        shown = observed[region]
        if home.replicas.get(region, DELETING) != DELETING and shown.replicas:
            own = {option: value for option, value in replica.settings.items() if option == "disassociation_protection"}
            steps += [*protection.steps(wanted.name, own, shown), _disassociate(wanted, shown)]
    return steps


def _disassociate(wanted: Table, shown: RegionalTable) -> Step:
    leaving = {"RegionName": shown.region, "DisassociationMode": "WAIT_FOR_REPLICATION"}
    return Step(
        key=(DISASSOCIATE, shown.region, ""),
        region=shown.region,
        call="UpdateTable",
        parameters=_replica_update(wanted, "Disassociate", leaving),
        sentence=f"let the replica in {shown.region} leave the group with its items",
        removal=True,
        failed=f"{shown.region} is ACTIVE again and still lists {', '.join(sorted(shown.replicas))}: DynamoDB gave up "
        "waiting for replication. See that every region of the group is ACTIVE and reachable, and run again",
    )


def additions(wanted: Table, observed: Observed) -> list[Step]:
    home = observed[wanted.home]
    new = [region for region in wanted.replicas if region not in home.replicas and not disagree(home, observed[region])]
    if new and STRONG in (wanted.consistency, home.consistency):
        step = strong_group.founding(wanted, home, lambda region: _created(wanted.replicas[region], observed, home))
        return [step] if step else []
    return [_add(wanted, observed, replica) for region, replica in wanted.replicas.items() if region in new]


def _created(replica: Replica, observed: Observed, home: RegionalTable) -> tuple[Settings, Settings]:
    """What a replica's Create holds besides its region, and the settings that it has by that."""
    members, effect = overrides.created(replica.overrides, home.settings)
    key, encrypted = encryption.created_replica(replica.overrides, observed[replica.region].key)
    return {**members, **key}, {**effect, **encrypted}


def _add(wanted: Table, observed: Observed, replica: Replica) -> Step:
    members, effect = _created(replica, observed, observed[wanted.home])
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
    return (*unlisted(wanted, home), *_standing_apart(wanted, observed), *([of_group] if of_group else []))


def unlisted(wanted: Table, home: RegionalTable) -> t.Iterator[str]:
    """Replicas that nobody listed, each with what would remove it."""
    for region in sorted(home.replicas):
        if region not in wanted.listed_regions:
            whole = "its strongly consistent group goes only as a whole"
            line = f"To remove it: dynamodb_absent_regions: [{region}]" if home.consistency != STRONG else whole
            state = broken(region, home.replicas[region], home.causes.get(region, ""))
            state = f"; {state}" if state else ""
            yield f"has a replica in {region} that isn't listed, and is left alone. {line}{state}"


def stands_apart(home: RegionalTable, table: RegionalTable) -> bool:
    """Whether a region has a table of that name that isn't the home region's replica, as both say."""
    listed = table.region in (home.region, *home.replicas) or disagree(home, table)
    return table.exists and table.status != DELETING and not listed


def disagree(home: RegionalTable, table: RegionalTable) -> bool:
    """Whether a table lists the home region, which doesn't list it: one of the two shows what is older."""
    lists_home = table.exists and table.status != DELETING and home.region in table.replicas
    return lists_home and table.region not in home.replicas


def _standing_apart(wanted: Table, observed: Observed) -> t.Iterator[str]:
    home = observed[wanted.home]
    for region in wanted.absent_regions:
        table = observed[region]
        if stands_apart(home, table):
            yield (
                f"a table of that name stands alone in {region}, with {table.item_count} items: it is no replica of "
                "this table and is left alone"
            )
    for region in wanted.disassociated:
        table = observed[region]
        if stands_apart(home, table):
            beside = f", in a group with {', '.join(sorted(table.replicas))}" if table.replicas else ""
            yield f"stands alone in {region}, as is wanted, with {table.item_count} items{beside}"
        elif table.status == ABSENT:
            yield f"there is no table of that name in {region} that could stand alone"

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is still to do for one table, in which order, and what of it the service admits now. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from . import predict, settings, transform
from .settings import indexes, insights, keys, stream, ttl
from .spec import Table
from .state import ABSENT, ACTIVE, CREATING, DELETING, UPDATING, Observed, RegionalTable
from .steps import ADD, CREATE, DELETE, READ, REMOVE, SET, SETTLE, Plan, Step, Wait

_MOVING = {CREATING: ADD, UPDATING: SETTLE, DELETING: REMOVE}

# ReplicaStatus and TableStatus values that time doesn't mend (botocore's model), and what does.
REMEDIES = {
    "CREATION_FAILED": "remove it by naming the region in absent_regions, then add it again",
    "REGION_DISABLED": "enable the region for the account; DynamoDB detaches a replica after 20 hours in this state",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "make its KMS key usable again; DynamoDB detaches a replica after 20 hours",
    "ARCHIVING": "its KMS key was inaccessible for long: restore its backup, or remove the replica",
    "ARCHIVED": "its KMS key was inaccessible for long: restore its backup, or remove the replica",
    "REPLICATION_NOT_AUTHORIZED": "allow the replication service in the table's resource policy",
}


def plan_table(wanted: Table, observed: Observed, check_mode: bool = False) -> Plan:
    """The module ``tables``: the table in its home region, and the end of a whole group."""
    if unread := _unread(observed):
        return unread
    home = observed[wanted.home]
    if refusal := _misplaced(wanted, observed):
        return Plan(refusal=refusal)
    if wanted.absent:
        return _plan_deletion(wanted, observed)
    if refusal := _broken(home.region, home.status):
        return Plan(refusal=refusal)
    steps = []
    if home.status == ABSENT:
        if "partition_key" not in wanted.settings:
            return Plan(refusal=f"it doesn't exist in {wanted.home}: to create it, set partition_key.")
        steps.append(_create(wanted))
    elif home.status in (ACTIVE, UPDATING) and (refusal := _immutable_differences(wanted, home)):
        return Plan(refusal=refusal)
    predicted = _settled(predict.after(observed, steps)[wanted.home], NEW_TABLE)
    if predicted.status in (ACTIVE, UPDATING):
        steps += settings.table_steps(wanted.name, wanted.settings, predicted)
    own = {wanted.home: dataclasses.replace(home, replicas={})}
    return Plan(steps=_admitted(steps, wanted, observed), waits=_waits(wanted, own))


def plan_replicas(wanted: Table, observed: Observed, check_mode: bool = False) -> Plan:
    """The module ``replicas``: members of the group, and what each replica has of its own.

    :param check_mode: whether a table that doesn't exist yet may be taken for one that will.
    """
    if wanted.absent:
        return Plan(notes=("its state is absent: nothing to replicate",))
    if unread := _unread(observed):
        return unread
    home = observed[wanted.home]
    refusal = _misplaced(wanted, observed)
    if not refusal and home.status == ABSENT and not check_mode:
        refusal = f"it doesn't exist in {wanted.home}: create it first (role or module tables)."
    refusal = refusal or _group_refusal(wanted, observed)
    if refusal:
        return Plan(refusal=refusal)
    start = observed
    if home.status == ABSENT:
        made = predict.after(observed, plan_table(wanted, observed).steps)[wanted.home]
        start = {**observed, wanted.home: dataclasses.replace(made, status=ACTIVE)}
    removals = [_remove(wanted, home, region) for region in wanted.absent_regions if _stands(home, region)]
    additions = [_add(wanted, region) for region in wanted.replicas if region not in home.replicas]
    steps = [*removals, *additions]
    predicted = predict.after(start, steps)
    for region, replica in wanted.replicas.items():
        shown = _settled(predicted[region], predict.NEW_REPLICA)
        if shown.status in (ACTIVE, UPDATING):
            steps += settings.regional_steps(wanted.name, replica.settings, shown)
    return Plan(
        steps=_admitted(steps, wanted, observed),
        waits=_waits(wanted, observed),
        notes=tuple(_unlisted(wanted, home)) + tuple(_standing_apart(wanted, observed)),
    )


# What a new table has before anything is said; its tags come with its creation.
NEW_TABLE = {
    "ttl": {"enabled": False},
    "point_in_time_recovery": {"enabled": False},
    "contributor_insights": insights.OFF,
}


def _settled(shown: RegionalTable, defaults: dict[str, t.Any]) -> RegionalTable:
    """What is being made, as it will be: until then its region shows DescribeTable's part only."""
    if shown.status != CREATING:
        return shown
    return dataclasses.replace(shown, status=ACTIVE, settings={**defaults, **shown.settings})


# What stops a table


def _broken(region: str, status: str) -> str:
    """A state that no waiting ends."""
    if status in (ABSENT, ACTIVE, *_MOVING):
        return ""
    return f"in {region} it is {status}: {REMEDIES.get(status, 'look at it in the AWS console')}."


def _unread(observed: Observed) -> Plan | None:
    """A region that can't be read stops the table, or is waited for: it is never taken for one without the table."""
    unknown = [table for table in observed.values() if table.problem]
    lasting = [table.problem for table in unknown if not table.transient]
    if lasting:
        return Plan(refusal="; ".join(lasting))
    if unknown:
        return Plan(waits=tuple(Wait((READ, table.region, ""), table.problem) for table in unknown))
    return None


def _misplaced(wanted: Table, observed: Observed) -> str:
    """Absent at home but present elsewhere: creating it would make a second, empty table."""
    if observed[wanted.home].status != ABSENT:
        return ""
    elsewhere = [table for table in observed.values() if table.exists and table.status != DELETING]
    if not elsewhere:
        return ""
    found = ", ".join(f"{table.region} ({table.item_count} items)" for table in elsewhere)
    return (
        f"it doesn't exist in its home region {wanted.home}, but a table of that name stands in {found}. Perhaps the "
        "home region is wrong (set region on the table), or a replica was detached and kept its data. Nothing was "
        "created or deleted."
    )


def _immutable_differences(wanted: Table, home: RegionalTable) -> str:
    """What the service never changes, or not of this table as it stands."""
    # A change of billing mode brings the capacity of indexes with it; that of a global table belongs to auto scaling.
    same_mode = wanted.settings.get("billing_mode") == home.settings["billing_mode"]
    differences = [
        *keys.differences(wanted.settings, home.settings),
        *indexes.differences(wanted.settings, home.settings, with_capacity=same_mode and not home.replicas),
        *stream.differences(wanted.settings, home),
        *ttl.differences(wanted.settings, home.settings),
    ]
    if not differences:
        return ""
    return f"it exists in {home.region} and can't be changed in this: {'; '.join(differences)}. Correct the definition."


def _group_refusal(wanted: Table, observed: Observed) -> str:
    home = observed[wanted.home]
    if broken := _broken(home.region, home.status):
        return broken
    if home.consistency == "STRONG":
        return "it is a strongly consistent (MRSC) group, which this version of the collection doesn't manage."
    for region in wanted.replicas:
        target = observed[region]
        status = home.replicas.get(region)
        if broken := _broken(region, status or ABSENT) or _broken(region, target.status):
            return broken
        if status is None and target.exists and target.status != DELETING and target.status != CREATING:
            return (
                f"a table of that name already stands alone in {region}, with {target.item_count} items. DynamoDB "
                "never adopts it, and it may be a replica that was detached and kept its data. Delete it if nobody "
                "needs it, or take the region from the table's replicas (exclude_regions)."
            )
    for region in wanted.absent_regions:
        if region in home.replicas and observed[region].settings.get("deletion_protection"):
            return (
                f"its replica in {region} is to be removed but has deletion protection, which is never switched off on "
                f"the way. Set deletion_protection: false for {region}, run again, then remove it."
            )
    return ""


# The end of a table


def _plan_deletion(wanted: Table, observed: Observed) -> Plan:
    home = observed[wanted.home]
    if home.replicas and not wanted.delete_replicas:
        return Plan(
            refusal=f"its state is absent, but it has replicas in {', '.join(sorted(home.replicas))}. Remove them "
            "first, or set delete_replicas: true to delete them and their items with it."
        )
    unlisted = [region for region in sorted(home.replicas) if region not in observed]
    if unlisted:
        return Plan(
            refusal=f"its state is absent, but it has replicas in {', '.join(unlisted)} that aren't listed. To delete "
            "them and their items too, list them in dynamodb_replica_regions or the table's replicas, and not in its "
            "exclude_regions."
        )
    if home.exists and (apart := [table for table in observed.values() if _stands_apart(home, table)]):
        found = ", ".join(f"{table.region} ({table.item_count} items)" for table in apart)
        return Plan(
            refusal=f"its state is absent, but tables of that name that aren't its replicas stand in {found}. "
            "Nothing was deleted. Take those regions from its replicas (exclude_regions), or delete those tables "
            "first."
        )
    protected = [table.region for table in observed.values() if table.settings.get("deletion_protection")]
    if protected:
        return Plan(
            refusal=f"its state is absent, but deletion protection is on in {', '.join(protected)} and is never "
            "switched off on the way. Set deletion_protection: false there, run again, then delete it."
        )
    steps = [_remove(wanted, home, region) for region in sorted(home.replicas) if _stands(home, region)]
    if home.exists and home.status != DELETING:
        steps.append(
            Step(
                key=(DELETE, wanted.home, ""),
                region=wanted.home,
                call="DeleteTable",
                parameters={"TableName": wanted.name},
                sentence=f"delete the table in {wanted.home} ({home.item_count} items)",
                removal=True,
            )
        )
    return Plan(steps=_admitted(steps, wanted, observed), waits=_waits(wanted, observed))


# Steps


def _create(wanted: Table) -> Step:
    options = transform.creation_defaults(wanted.settings)
    shown = {**options, **NEW_TABLE, "global_secondary_indexes": insights.of_new(options["global_secondary_indexes"])}
    return Step(
        key=(CREATE, wanted.home, ""),
        region=wanted.home,
        call="CreateTable",
        parameters=transform.create_table(wanted.name, options),
        sentence=f"create the table in {wanted.home}",
        effect=shown,
    )


def _replica_update(wanted: Table, action: str, region: str) -> dict[str, t.Any]:
    return {"TableName": wanted.name, "ReplicaUpdates": [{action: {"RegionName": region}}]}


def _stands(home: RegionalTable, region: str) -> bool:
    return home.replicas.get(region, DELETING) != DELETING


def _add(wanted: Table, region: str) -> Step:
    return Step(
        key=(ADD, region, ""),
        region=wanted.home,
        call="UpdateTable",
        parameters=_replica_update(wanted, "Create", region),
        sentence=f"add a replica in {region}",
    )


def _remove(wanted: Table, home: RegionalTable, region: str) -> Step:
    return Step(
        key=(REMOVE, region, ""),
        region=home.region,
        call="UpdateTable",
        parameters=_replica_update(wanted, "Delete", region),
        sentence=f"remove the replica in {region} and its items",
        removal=True,
    )


# What the service admits now, and what is under way


def _admitted(steps: list[Step], wanted: Table, observed: Observed) -> tuple[Step, ...]:
    """Each step with what it waits for.

    A group takes one change at a time, and only while it is ACTIVE throughout (findings DDB-TABLE-224, 227);
    tags and point-in-time recovery are admitted beside it, in a region that is up (finding DDB-TABLE-298).
    """
    holding = _busy(wanted, observed)
    admitted = []
    for step in steps:
        if step.exclusive:
            waits_for = holding or _not_free(step, observed)
            holding = holding or step.sentence
        else:
            up = observed[step.region].status in (ACTIVE, UPDATING)
            waits_for = observed[step.region].moving.get(step.key[2], "") if up else f"{step.region} to be ACTIVE"
        admitted.append(dataclasses.replace(step, waits_for=waits_for))
    return tuple(admitted)


def _busy(wanted: Table, observed: Observed) -> str:
    """What of the group is in motion, empty when the service would take a change."""
    home = observed[wanted.home]
    members = [home, *(observed[region] for region in home.replicas if region in observed)]
    moving = [f"{table.region} is {table.status}" for table in members if table.status in _MOVING]
    moving += [f"replica {region} is {status}" for region, status in home.replicas.items() if status in _MOVING]
    return "; ".join(moving)


def _not_free(step: Step, observed: Observed) -> str:
    """A replica can be added again only once its region no longer shows the old one (finding DDB-TABLE-308)."""
    kind, region = step.key[0], step.key[1]
    if kind == ADD and observed[region].status != ABSENT:
        return f"{region} to be free of the former replica ({observed[region].status})"
    return ""


def _waits(wanted: Table, observed: Observed) -> tuple[Wait, ...]:
    home = observed[wanted.home]
    waits = {}
    if home.status in _MOVING:
        kind = {CREATING: CREATE, DELETING: DELETE, UPDATING: SETTLE}[home.status]
        waits[(kind, home.region, "")] = f"{home.region} is {home.status}"
    for region, status in home.replicas.items():
        if status in _MOVING:
            waits[(_MOVING[status], region, "")] = f"replica {region} is {status}"
    for table in observed.values():
        if table.region != home.region and table.status in _MOVING:
            waits.setdefault((_MOVING[table.status], table.region, ""), f"{table.region} is {table.status}")
        if table.region in home.replicas and table.status == ABSENT and home.replicas[table.region] == ACTIVE:
            waits[(ADD, table.region, "")] = f"{table.region} doesn't show the replica yet"
        waits.update(
            {(SET, table.region, option): f"{what} in {table.region}" for option, what in table.moving.items()}
        )
    return tuple(Wait(key, sentence) for key, sentence in waits.items())


# What is reported and left alone


def _unlisted(wanted: Table, home: RegionalTable) -> t.Iterator[str]:
    for region in sorted(home.replicas):
        if region not in wanted.replicas and region not in wanted.absent_regions:
            yield (
                f"has a replica in {region} that isn't listed, and is left alone. To remove it: "
                f"dynamodb_absent_regions: [{region}]"
            )


def _stands_apart(home: RegionalTable, table: RegionalTable) -> bool:
    """Whether a region has a table of that name that isn't the home region's replica."""
    return table.region not in (home.region, *home.replicas) and table.exists and table.status != DELETING


def _standing_apart(wanted: Table, observed: Observed) -> t.Iterator[str]:
    home = observed[wanted.home]
    for region in wanted.absent_regions:
        table = observed[region]
        if _stands_apart(home, table):
            yield (
                f"a table of that name stands alone in {region}, with {table.item_count} items: it is no replica of "
                "this table and is left alone"
            )

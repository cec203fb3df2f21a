# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is still to do for one table, and in which order. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from . import admission, group, predict, settings, strong_group, transform
from .settings import autoscaling, encryption, indexes, insights, overrides, protection
from .spec import Table
from .state import ABSENT, ACTIVE, CREATING, DELETING, UPDATING, Observed, RegionalTable
from .steps import CREATE, DELETE, READ, SETTLE, Plan, Step, Wait


def plan_table(wanted: Table, observed: Observed, check_mode: bool = False) -> Plan:
    """The module ``tables``: the table in its home region, and the end of a whole group."""
    if unread := _unread(observed):
        return unread
    home = observed[wanted.home]
    if late := _misplaced(wanted, observed):
        return late
    if wanted.absent:
        return _plan_deletion(wanted, observed)
    for refusal in (
        group.broken(home.region, home.status),
        strong_group.refusal(wanted, home),
        group.unusable_key(wanted, observed),
    ):
        if refusal:
            return Plan(refusal=refusal)
    start = predict.after_departures(observed, home)
    home, steps = start[wanted.home], []
    if home.status == ABSENT:
        if "partition_key" not in wanted.settings:
            return Plan(refusal=f"it doesn't exist in {wanted.home}: to create it, set partition_key.")
        steps.append(_create(wanted, home))
    elif home.status in (ACTIVE, UPDATING) and (differences := _immutable_differences(wanted, home)):
        if not group.ends(wanted, home):
            return Plan(refusal=differences)
        if differences := _immutable_differences(wanted, predict.alone(home)):
            return Plan(refusal=differences)
        left = "is changed once its replicas have left, by the role or module replicas"
        return Plan(waits=admission.waits(wanted, {wanted.home: home}), notes=(left,))
    predicted = _settled(predict.after(start, steps)[wanted.home], predict.NEW_TABLE)
    if predicted.status in (ACTIVE, UPDATING):
        steps += settings.table_steps(wanted.name, wanted.settings, predicted)
    if refusal := _prerequisites(wanted, predict.after(start, steps)[wanted.home]):
        return Plan(refusal=refusal)
    steps += autoscaling.purged(wanted.name, wanted.settings, home)
    own = {wanted.home: dataclasses.replace(home, replicas={}, consistency="", witnesses={})}
    waits = (*admission.waits(wanted, own), *admission.inner_waits(wanted, observed))
    notes = (
        *encryption.notes(wanted.settings, home),
        *indexes.notes(wanted.settings, home),
        *_not_looked_for(own),
    )
    return Plan(steps=admission.admitted(steps, wanted, observed), waits=waits, notes=notes)


def plan_replicas(wanted: Table, observed: Observed, check_mode: bool = False) -> Plan:
    """The module ``replicas``: members of the group, and what each replica has of its own.

    :param check_mode: whether a table that doesn't exist yet may be taken for one that will.
    """
    if wanted.absent:
        return Plan(notes=("its state is absent: nothing to replicate",))
    if unread := _unread(observed):
        reason = group.broken_member(wanted, observed)
        return Plan(refusal=reason) if reason else unread
    home = observed[wanted.home]
    if late := _misplaced(wanted, observed):
        return late
    if home.status == ABSENT and not check_mode:
        refusal = f"it doesn't exist in {wanted.home}: create it first (role or module tables)."
        return Plan(refusal=refusal, compares_regions=True)
    start = predict.after_departures(observed, home)
    steps = [*group.removals(wanted, home), *group.disassociations(wanted, observed)]
    if check_mode or steps:  # what the module tables refuses is refused before any item goes
        before = plan_table(wanted, observed)
        if before.refusal:
            return before
        start = predict.after(start, before.steps) if check_mode else start
    if refusal := group.refusal(wanted, start):
        return Plan(refusal=refusal, compares_regions=True)
    if refusal := group.encryption_refusal(wanted, start):
        return Plan(refusal=refusal)
    left = predict.after(start, steps)
    steps += (group.encryption_steps if left[wanted.home].replicas else _of_what_is_left)(wanted, left)
    left = predict.after(start, steps)
    if refusal := _prerequisites(wanted, left[wanted.home]):
        return Plan(refusal=refusal)
    steps += group.additions(wanted, left)
    steps += _of_replicas(wanted, observed, predict.after(start, steps))
    for region in wanted.absent_regions:
        if not group.stands_apart(home, observed[region]):
            left_behind = dataclasses.replace(observed[region], scaling=start[region].scaling)
            steps += autoscaling.leavings(wanted.name, left_behind)
    return Plan(
        steps=admission.admitted(steps, wanted, observed),
        waits=(*admission.waits(wanted, observed), *admission.inner_waits(wanted, observed)),
        notes=(*group.notes(wanted, observed), *_not_looked_for(observed)),
    )


def _of_replicas(wanted: Table, observed: Observed, predicted: Observed) -> list[Step]:
    """What each replica has of its own, and the table only as a member."""
    steps = []
    for region, replica in wanted.replicas.items():
        shown = _settled(predicted[region], predict.NEW_REPLICA)
        if shown.status in (ACTIVE, UPDATING):
            steps += overrides.steps(wanted.name, replica.overrides, predicted[wanted.home], shown)
            steps += settings.regional_steps(wanted.name, replica.settings, shown)
            steps += autoscaling.steps(wanted.name, autoscaling.of_replica(wanted.settings), shown)
        steps += autoscaling.purged(wanted.name, wanted.settings, observed[region])
    return [*steps, *protection.of_member(wanted.name, wanted.settings, predicted[wanted.home])]


def _of_what_is_left(wanted: Table, observed: Observed) -> list[Step]:
    """Where regions are named to be left and the table then stands alone: what it couldn't have as a member."""
    home = observed[wanted.home]
    if not wanted.leaving or home.status not in (ACTIVE, UPDATING):
        return []
    steps = settings.table_steps(wanted.name, wanted.settings, home)
    return [*steps, *autoscaling.purged(wanted.name, wanted.settings, home)]


def _prerequisites(wanted: Table, home: RegionalTable) -> str:
    """What keeps replicas from being as wanted, so that nothing is removed or made before it is mended."""
    if home.status not in (ACTIVE, UPDATING):
        return ""
    if wanted.replicas.keys() - home.replicas.keys():
        for missing in (autoscaling.prerequisite, encryption.prerequisite):
            if refusal := missing(wanted.settings, home.settings):
                return refusal
    return group.unfit(wanted, home)


def _settled(shown: RegionalTable, defaults: dict[str, t.Any]) -> RegionalTable:
    """What is being made, as it will be: until then its region shows DescribeTable's part only."""
    if shown.status != CREATING:
        return shown
    return dataclasses.replace(shown, status=ACTIVE, settings={**defaults, **shown.settings})


# What stops a table


def _unread(observed: Observed) -> Plan | None:
    """A region that can't be read stops the table, or is waited for: it is never taken for one without the table."""
    unknown = [table for table in observed.values() if table.problem]
    lasting = [table.problem for table in unknown if not table.transient]
    if lasting:
        return Plan(refusal="; ".join(lasting))
    if unknown:
        return Plan(waits=tuple(Wait((READ, table.region, ""), table.problem) for table in unknown))
    return None


def _misplaced(wanted: Table, observed: Observed) -> Plan | None:
    """Absent at home but present elsewhere: creating it would make a second, empty table."""
    home = observed[wanted.home]
    if home.status != ABSENT:
        return None
    elsewhere = [table for table in observed.values() if table.exists and table.status != DELETING]
    if listing := [table.region for table in elsewhere if group.disagree(home, table)]:
        sentence = f"{home.region} doesn't show the table that {', '.join(listing)} lists there"
        return Plan(waits=(Wait((SETTLE, home.region, ""), sentence),))
    if not elsewhere:
        return None
    found = ", ".join(f"{table.region} ({table.item_count} items)" for table in elsewhere)
    refusal = (
        f"it doesn't exist in its home region {wanted.home}, but a table of that name stands in {found}. Perhaps the "
        "home region is wrong (set region on the table), or a replica was detached and kept its data. Nothing was "
        "created or deleted."
    )
    return Plan(refusal=refusal, compares_regions=True)


def _immutable_differences(wanted: Table, home: RegionalTable) -> str:
    differences = list(settings.table_differences(wanted.name, wanted.settings, home))
    if not differences:
        return ""
    return f"it exists in {home.region} and can't be changed in this: {'; '.join(differences)}. Correct the definition."


# The end of a table


def _plan_deletion(wanted: Table, observed: Observed) -> Plan:
    home = observed[wanted.home]
    if refusal := _kept(wanted, observed):
        return Plan(refusal=f"its state is absent, but {refusal}", compares_regions=True)
    steps = group.end(wanted, home)
    if home.exists and home.status != DELETING:
        steps.append(_delete(wanted, home))
    for shown in observed.values():
        steps += autoscaling.leavings(wanted.name, shown)
    return Plan(
        steps=admission.admitted(steps, wanted, observed),
        waits=admission.waits(wanted, observed),
        notes=tuple(_not_looked_for(observed)),
    )


def _kept(wanted: Table, observed: Observed) -> str:
    """What keeps a table from being deleted."""
    home = observed[wanted.home]
    if home.replicas and not wanted.delete_replicas:
        return (
            f"it has replicas in {', '.join(sorted(home.replicas))}. Remove them first, or set delete_replicas: true "
            "to delete them and their items with it."
        )
    if leaving := [region for region in sorted(home.replicas) if region in wanted.disassociated]:
        return (
            f"its replica in {', '.join(leaving)} is to keep its items (state: disassociated). Let it leave the group "
            "first: leave state: absent out of the table and run again. Or remove state: disassociated."
        )
    if unlisted := [region for region in sorted(home.replicas) if region not in observed]:
        return (
            f"it has replicas in {', '.join(unlisted)} that aren't listed. To delete them and their items too, list "
            "them in dynamodb_replica_regions or the table's replicas, and not in its exclude_regions."
        )
    if home.exists and (apart := [table for table in observed.values() if group.stands_apart(home, table)]):
        found = ", ".join(f"{table.region} ({table.item_count} items)" for table in apart)
        return (
            f"tables of that name that aren't its replicas stand in {found}. Nothing was deleted. Take those regions "
            "from its replicas (exclude_regions)."
        )
    if protected := [table.region for table in observed.values() if table.settings.get("deletion_protection")]:
        return (
            f"deletion protection is on in {', '.join(protected)} and is never switched off on the way. Set "
            "deletion_protection: false there while its state is present, as site.yml does, then delete it."
        )
    return ""


# Steps


def _create(wanted: Table, home: RegionalTable) -> Step:
    options = transform.creation_defaults(wanted.settings)
    made_indexes = autoscaling.of_new(insights.of_new(options["global_secondary_indexes"]))
    shown = {**options, **predict.NEW_TABLE, "global_secondary_indexes": made_indexes}
    shown["encryption"] = encryption.value(options["encryption"], home.key)
    return Step(
        key=(CREATE, wanted.home, ""),
        region=wanted.home,
        call="CreateTable",
        parameters=transform.create_table(wanted.name, options),
        sentence=f"create the table in {wanted.home}",
        effect=shown,
    )


def _delete(wanted: Table, home: RegionalTable) -> Step:
    return Step(
        key=(DELETE, wanted.home, ""),
        region=wanted.home,
        call="DeleteTable",
        parameters={"TableName": wanted.name},
        sentence=f"delete the table in {wanted.home} ({home.item_count} items)",
        removal=True,
    )


# What is reported and left alone


def _not_looked_for(observed: Observed) -> t.Iterator[str]:
    for shown in observed.values():
        if shown.scaling_problem:
            yield autoscaling.not_looked_for(shown)

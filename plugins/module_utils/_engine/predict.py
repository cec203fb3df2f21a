# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state that steps lead to. Pure: what check mode shows, and what a plan is made against."""

from __future__ import annotations

import dataclasses
import typing as t

from .settings import autoscaling, insights, kinesis_stream, overrides
from .settings.consistency import STRONG
from .state import ACTIVE, DELETING, Observed, RegionalTable, absent
from .steps import ADD, CLEAN, CREATE, DELETE, DISASSOCIATE, DISSOLVE, FOUND, REMOVE, SET, Step

_NEW = {
    "point_in_time_recovery": {"enabled": False},
    "contributor_insights": insights.OFF,
    "resource_policy": {},
    "kinesis_stream": kinesis_stream.OFF,
}

# What a new table has before anything is said; its tags come with its creation.
NEW_TABLE = {**_NEW, "ttl": {"enabled": False}, "autoscaling": autoscaling.OFF}

# What a new replica has of its own, whatever the table has.
NEW_REPLICA = {**_NEW, "tags": {}, "deletion_protection": False, "disassociation_protection": True}


def after(observed: Observed, steps: t.Iterable[Step]) -> Observed:
    """What the regions show once every step of ``steps`` is carried out and has settled."""
    for step in steps:
        observed = _after_one(observed, step)
    return observed


def after_departures(observed: Observed, home: RegionalTable) -> Observed:
    """What the regions show once the replicas that are DELETING are gone. A strongly consistent group, whose replicas
    leave together, stays as it is."""
    for region, status in home.replicas.items() if home.consistency != STRONG else ():
        observed = _without_member(observed, region) if status == DELETING else observed
    return observed


def _after_one(observed: Observed, step: Step) -> Observed:
    kind, region = step.key[0], step.key[1]
    if kind == CREATE:
        return {**observed, region: dataclasses.replace(observed[region], status=ACTIVE, settings=dict(step.effect))}
    if kind == DELETE:
        return {**observed, region: absent(region)}
    if kind == ADD:
        return _with_member(observed, step.region, region, step.effect)
    if kind == FOUND:
        return _with_strong_group(observed, step)
    if kind == DISASSOCIATE:
        return {**_without_member(observed, region), region: alone(observed[region])}
    if kind in (REMOVE, DISSOLVE):
        for member in step.members or (region,):
            observed = _without_member(observed, member)
        return observed
    if kind == SET:
        return _with_settings(observed, step)
    if kind == CLEAN:
        return {**observed, region: autoscaling.cleaned(observed[region], step)}
    raise ValueError(f"no prediction for {kind}")


def _with_settings(observed: Observed, step: Step) -> Observed:
    region = step.key[1]
    outcomes = {region: step.outcome, **step.elsewhere}
    for member in observed[region].replicas if step.everywhere else ():
        outcomes[member] = overrides.followed(step.outcome, observed[region].overrides.get(member, {}))
    changed = {member: _having(observed[member], outcome) for member, outcome in outcomes.items() if member in observed}
    return {**observed, **changed}


def _having(table: RegionalTable, outcome: dict[str, t.Any]) -> RegionalTable:
    """With what DynamoDB then scales in that region, too, which outlives the table there (finding DDB-TABLE-322)."""
    return dataclasses.replace(table.having(outcome), scaling={**table.scaling, **autoscaling.targets(outcome)})


def _with_member(observed: Observed, source: str, region: str, own: dict[str, t.Any]) -> Observed:
    origin = observed[source]
    # A stream is turned on with the first replica (finding DDB-TABLE-305).
    stream = origin.settings.get("stream", {"enabled": False})
    stream = stream if stream["enabled"] else {"enabled": True, "view_type": "NEW_AND_OLD_IMAGES"}
    joined = {"disassociation_protection": True, **origin.settings, "stream": stream}
    origin = dataclasses.replace(origin, settings=joined)
    members = {source: ACTIVE, **origin.replicas, region: ACTIVE}
    predicted = {
        **observed,
        source: origin,
        region: RegionalTable(
            region,
            ACTIVE,
            settings=_inherited({**origin.settings, **NEW_REPLICA, **autoscaling.mirrored(origin.settings)}),
            key=observed[region].key if region in observed else None,
        ).having(own),
    }
    return _with_membership(predicted, members, "eventual", {})


def _inherited(settings: dict[str, t.Any]) -> dict[str, t.Any]:
    """Without what a new replica hasn't from its source: the insights of its indexes, and its key."""
    keyed = {"encryption"} if "kms_key" in settings.get("encryption", {}) else set()
    kept = {option: value for option, value in settings.items() if option not in keyed}
    return {**kept, "global_secondary_indexes": insights.of_new(settings.get("global_secondary_indexes", []))}


def _with_strong_group(observed: Observed, step: Step) -> Observed:
    """Its replicas don't live on a stream, and so get none."""
    base = observed[step.region].settings
    settings = _inherited({**base, **NEW_REPLICA, "stream": {"enabled": False}, **autoscaling.mirrored(base)})
    del settings["disassociation_protection"]
    new = {
        region: RegionalTable(region, ACTIVE, settings=settings).having(effect)
        for region, effect in step.elsewhere.items()
    }
    members = dict.fromkeys((step.region, *step.members), ACTIVE)
    return _with_membership({**observed, **new}, members, "strong", {step.witness: ACTIVE} if step.witness else {})


def _without_member(observed: Observed, region: str) -> Observed:
    left = {**observed, region: _gone(observed[region])} if region in observed else dict(observed)
    return {name: _listing_no_more(table, region) for name, table in left.items()}


def _gone(table: RegionalTable) -> RegionalTable:
    """What outlives a table, and the key that the next one is to have, are still there."""
    outliving = {field: getattr(table, field) for field in ("key", "scaling", "scaling_problem")}
    return dataclasses.replace(absent(table.region), **outliving)


def _listing_no_more(table: RegionalTable, region: str) -> RegionalTable:
    replicas = {member: status for member, status in table.replicas.items() if member != region}
    if replicas or not table.replicas:
        return dataclasses.replace(table, replicas=replicas)
    return alone(table)


def alone(table: RegionalTable) -> RegionalTable:
    """A table that is no member any more."""
    kept = {option: value for option, value in table.settings.items() if option != "disassociation_protection"}
    return dataclasses.replace(table, replicas={}, consistency="", witnesses={}, settings=kept)


def _with_membership(
    observed: Observed, members: dict[str, str], consistency: str, witnesses: dict[str, str]
) -> Observed:
    """Each member lists the others, never itself."""
    return {
        name: dataclasses.replace(
            table,
            replicas={member: status for member, status in members.items() if member != name},
            consistency=consistency,
            witnesses=witnesses,
        )
        if name in members and table.exists
        else table
        for name, table in observed.items()
    }

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strongly consistent groups (MRSC): made in one call, frozen, taken down in one call (AWS_FACTS section 5). Pure."""

from __future__ import annotations

import typing as t

from .settings.consistency import STRONG, outside_the_documented
from .spec import Table
from .state import DELETING, RegionalTable
from .steps import DISSOLVE, FOUND, Settings, Step

# What a replica's Create holds besides its region, and the settings that it has by that.
Created = t.Callable[[str], tuple[Settings, Settings]]


# What stands in the way


def refusal(wanted: Table, home: RegionalTable) -> str:
    """Why the group can't become what is wanted, before any call."""
    if home.consistency == STRONG:
        return _frozen(wanted, home)
    if not _is_wanted(wanted):
        return ""
    if home.replicas:
        return (
            "it is an eventually consistent group, and consistency never changes. Set consistency: eventual, or make a "
            "new table; a group is made strongly consistent only together with its replicas, while it is empty."
        )
    obstacles = [*home.obstacles, *(["it has local secondary indexes"] if _local_indexes(home) else [])]
    if obstacles:
        return (
            f"a strongly consistent group can't be made of it: {'; '.join(obstacles)}. It takes an empty table without "
            "TTL and local secondary indexes: make a new one, or remove consistency: strong."
        )
    return ""


def _is_wanted(wanted: Table) -> bool:
    return wanted.consistency == STRONG and bool(wanted.replicas)


def _local_indexes(home: RegionalTable) -> bool:
    return bool(home.settings.get("local_secondary_indexes"))


def _frozen(wanted: Table, home: RegionalTable) -> str:
    """Such a group takes no member, loses none, and stays what it is (finding DDB-TABLE-260)."""
    others = _others(home)
    anew = (
        "Its regions are fixed. To change them, take it down as a whole, which deletes all replicas with their items "
        f"(dynamodb_absent_regions: [{', '.join(others)}]), and make it anew from an empty table."
    )
    if wanted.consistency not in ("", STRONG):
        return f"it is a strongly consistent group, and consistency never changes. Remove consistency. {anew}"
    if wanted.disassociated:
        region = next(iter(wanted.disassociated))
        return (
            f"it is a strongly consistent group, whose replicas can't be disassociated, so {region} can't leave it "
            f"with its items. Remove state: disassociated. {anew}"
        )
    # While it is being made its members come one by one.
    complete = bool(home.replicas) and not in_motion(home)
    if complete and (new := [region for region in wanted.replicas if region not in home.replicas]):
        return f"it is a strongly consistent group, which {', '.join(new)} can't join. {anew}"
    if complete and wanted.witness_region and wanted.witness_region not in home.witnesses:
        shown = f"has its witness in {', '.join(home.witnesses)}" if home.witnesses else "has no witness"
        return f"it is a strongly consistent group that {shown}, not in {wanted.witness_region}. {anew}"
    named = [region for region in others if region in wanted.absent_regions]
    if named and (kept := [region for region in others if region not in named]):
        return (
            f"it is a strongly consistent group, which {', '.join(named)} can't leave alone. To take it down as a "
            f"whole, which deletes all replicas with their items, name {', '.join(kept)} in absent_regions "
            "(dynamodb_absent_regions) too, and no longer as its replica or witness; to keep it, name none."
        )
    return ""


def _others(home: RegionalTable) -> list[str]:
    return [*sorted(home.replicas), *home.witnesses]


def in_motion(home: RegionalTable) -> bool:
    return any(status != "ACTIVE" for status in (home.status, *home.replicas.values(), *home.witnesses.values()))


# How it is made and taken down


def founding(wanted: Table, home: RegionalTable, created: Created) -> Step | None:
    """All members and the witness in one call (findings DDB-TABLE-257, 258); None when that isn't to be done."""
    if not _is_wanted(wanted) or home.consistency == STRONG:
        return None
    members = {region: created(region) for region in wanted.replicas}
    witness = [{"Create": {"RegionName": wanted.witness_region}}] if wanted.witness_region else []
    beside = f", with its witness in {wanted.witness_region}" if witness else ""
    return Step(
        key=(FOUND, home.region, ""),
        region=home.region,
        call="UpdateTable",
        parameters={
            "TableName": wanted.name,
            "MultiRegionConsistency": "STRONG",
            "ReplicaUpdates": [{"Create": {"RegionName": region, **own}} for region, (own, _effect) in members.items()],
            **({"GlobalTableWitnessUpdates": witness} if witness else {}),
        },
        sentence=f"make a strongly consistent group of {', '.join([home.region, *members])}{beside}",
        elsewhere={region: effect for region, (_own, effect) in members.items()},
        members=tuple(members),
        witness=wanted.witness_region,
    )


def dissolving(wanted: Table, home: RegionalTable) -> Step | None:
    """All members and the witness in one call (finding DDB-TABLE-261); None once they are on their way out."""
    if DELETING in home.replicas.values():
        return None
    witnesses = [{"Delete": {"RegionName": region}} for region in home.witnesses]
    beside = f", and the witness in {', '.join(home.witnesses)}" if witnesses else ""
    members = sorted(home.replicas)
    return Step(
        key=(DISSOLVE, home.region, ""),
        region=home.region,
        call="UpdateTable",
        parameters={
            "TableName": wanted.name,
            "ReplicaUpdates": [{"Delete": {"RegionName": region}} for region in members],
            **({"GlobalTableWitnessUpdates": witnesses} if witnesses else {}),
        },
        sentence=f"take the strongly consistent group down: remove the replicas in {', '.join(members)} and their "
        f"items{beside}",
        removal=True,
        members=tuple(members),
    )


def note(wanted: Table, home: RegionalTable) -> str:
    """What to know when it is made."""
    if not _is_wanted(wanted) or home.consistency == STRONG:
        return ""
    return outside_the_documented({*wanted.regions, *([wanted.witness_region] if wanted.witness_region else [])})

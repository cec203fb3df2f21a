# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the regions of a group agree: eventual (MREC) or strong (MRSC) consistency."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings

STRONG = "strong"

# A strongly consistent group has so many regions, of which one may be the witness's (finding DDB-TABLE-257).
REGIONS = 3

# Each such group is documented to lie in one of these; one across them was accepted (finding DDB-TABLE-257).
REGION_SETS = (
    ("us-east-1", "us-east-2", "us-west-2"),
    ("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
    ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
)


def problems(
    consistency: str, witness: str, members: list[str], leaving: t.Collection[str], settings: Settings
) -> t.Iterator[str]:
    """What is wrong with a table that is wanted.

    :param members: the home region and those where a replica is wanted.
    :param leaving: the regions that are named to be left.
    """
    if witness and consistency != STRONG:
        yield "witness_region needs consistency: strong."
    if witness and witness in leaving:
        yield f"{witness} is wanted as the witness's region and to be left: remove it from one of the two."
    if consistency != STRONG:
        return
    if witness in members:
        yield f"witness_region {witness} is the region of a member: a witness has a region of its own."
    regions = [*members, *([witness] if witness else [])]
    # With no other member wanted, and regions to leave, the group is taken down.
    if len(regions) != REGIONS and (len(regions) > 1 or not leaving):
        yield (
            "consistency: strong takes exactly three regions, or two and a witness_region, but has "
            f"{', '.join(regions)}: list the others in its replicas or dynamodb_replica_regions, or exclude some."
        )
    if settings.get("ttl", {}).get("enabled"):
        yield "a strongly consistent group can't have TTL: remove ttl, or consistency: strong."
    if settings.get("local_secondary_indexes"):
        yield "a strongly consistent group can't have local_secondary_indexes: remove them, or consistency: strong."


def described(description: Settings) -> str:
    """Of a table's group; empty for a table that is in none. Only STRONG is ever shown (finding DDB-TABLE-201)."""
    if description.get("MultiRegionConsistency") == "STRONG":
        return STRONG
    return "eventual" if description.get("Replicas") else ""


def differences(wanted: Settings, shown: RegionalTable) -> t.Iterator[str]:
    """What a member of a strongly consistent group can't have."""
    if shown.consistency == STRONG and wanted.get("ttl", {}).get("enabled"):
        yield "a strongly consistent group can't have TTL: remove ttl"


def outside_the_documented(regions: t.Collection[str]) -> str:
    """A warning, since what is documented was found to be narrower than what is accepted."""
    if any(set(regions) <= set(one) for one in REGION_SETS):
        return ""
    sets = "; ".join(", ".join(one) for one in REGION_SETS)
    return (
        f"its strongly consistent group has {', '.join(sorted(regions))}, which don't lie in one of the documented "
        f"sets of regions ({sets}): AWS may refuse it, or not support it"
    )

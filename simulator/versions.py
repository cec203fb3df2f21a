# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Last writer wins: which of two versions of an item stays."""

from __future__ import annotations

import math
from typing import NamedTuple


class Version(NamedTuple):
    """When and where an item was last written. The later one wins; at the same moment, the greater region name.

    `number` counts the item's changes.
    """

    moment: float
    region: str
    number: int


BEFORE_REPLICATION = Version(-math.inf, "", 0)
"""The version of items that were there before their table had replicas."""


def wins(incoming: Version, present: Version) -> bool:
    """Whether a replicated write replaces what its target region holds."""
    return incoming > present


def local_version(moment: float, region: str, present: Version) -> Version:
    """The version of a write made in this region: later than all that the region has seen of the item."""
    version = Version(moment, region, present.number + 1)
    return version if version > present else version._replace(moment=math.nextafter(present.moment, math.inf))

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables that nobody listed: found by name in one region, and followed into the regions that their group names."""

from __future__ import annotations

import fnmatch

from . import api
from .clients import Clients
from .observe import Reading, look
from .spec import Refused, Replica, Table


def discover(patterns: list[str], home: str, clients: Clients) -> list[Table]:
    """Every table of ``home`` whose name matches one of ``patterns``, with the replicas that it has.

    :raises Refused: for a pattern that no table matches.
    :raises ServiceError: when the region can't be listed.
    """
    names = sorted(api.list_tables(clients[home]))
    idle = [pattern for pattern in patterns if not fnmatch.filter(names, pattern)]
    if idle:
        raise Refused([f"names: no table in {home} matches {', '.join(idle)}. Correct the pattern, or the region."])
    found = [name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
    seen = look([Reading(Table(name, home), {home: {}}) for name in found], clients)
    return [
        Table(name, home, replicas={region: Replica(region) for region in sorted(seen[name][home].replicas)})
        for name in found
    ]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Eventually consistent reads that show what was, because a test asked for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from simulator import store
from simulator.calls import Call, table_name

READS = frozenset({"GetItem", "Query", "Scan"})


@contextlib.contextmanager
def shown_as_of(moment: float, call: Call) -> Iterator[None]:
    """Let the tables that a call reads eventually consistently be what they were at a moment of the simulated clock."""
    undo = []
    for name in _eventually_read(call):
        for key, item in store.items_before(call.region, name, moment).items():
            undo.append((name, key, store.read_item(call.region, name, key)))
            store.put_back(call.region, name, key, item)
    try:
        yield
    finally:
        for name, key, item in undo:
            store.put_back(call.region, name, key, item)


def _eventually_read(call: Call) -> list[str]:
    if call.operation == "BatchGetItem":
        requests = call.parameters["RequestItems"].items()
        return [table_name(resource) for resource, request in requests if not request.get("ConsistentRead")]
    if call.operation in READS and not call.parameters.get("ConsistentRead"):
        return [table_name(call.resource)]
    return []

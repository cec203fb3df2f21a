# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole items of the user by key, in batches.

Of big items an answer holds only some: BatchGetItem ends at 16 MB, and at 1 MB of a partition. What it leaves for that
reason is asked for at once, in a page of its own; what it leaves because it is throttled is left.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .. import errors
from . import dynamodb_json
from .dynamodb_json import MAX_SIZE, Item
from .ground import Ground
from .probes import Probe
from .reads import ATTEMPTS, BATCH, PAUSE
from .user_items import key

# An answer with so many bytes may be full, for an item more wouldn't have had room.
_FULL = 1024 * 1024 - MAX_SIZE

Keys = dict[Probe, Item]  # a name for each key -> the key
Found = dict[Probe, Item]  # the items that are there


@dataclasses.dataclass(frozen=True)
class Page:
    """One answer.

    :ivar asked: what it answered, or didn't answer although it had room.
    :ivar unread: the latter.
    """

    begun: float
    ended: float
    asked: frozenset[Probe]
    found: Found
    unread: frozenset[Probe]
    clean: bool


def pages(ground: Ground, region: str, keys: Keys, consistent: bool) -> t.Iterator[Page]:
    """Every key once, page by page."""
    remaining = sorted(keys)
    while remaining:
        batch, remaining = remaining[:BATCH], remaining[BATCH:]
        request = {"Keys": [keys[probe] for probe in batch], "ConsistentRead": consistent}
        begun = ground.clock.now()
        answer = ground.batch_get_items(region, request)
        names = {dynamodb_json.digest(keys[probe]): probe for probe in batch}
        found = {names[dynamodb_json.digest(key(ground.schema, item))]: item for item in answer.items}
        unread = {names[dynamodb_json.digest(left)] for left in answer.unprocessed}
        if sum(map(dynamodb_json.size, answer.items)) > _FULL:
            remaining, unread = sorted(unread) + remaining, set()
        asked = frozenset(batch).difference(remaining)
        yield Page(begun, ground.clock.now(), asked, found, frozenset(unread), not answer.retried)


def read(ground: Ground, region: str, keys: Keys) -> Found:
    """What is at every one of the keys, strongly consistent.

    :raises ServiceError: when that can't be found out.
    """
    found: Found = {}
    unread = keys
    for attempt in range(ATTEMPTS):
        if attempt:
            ground.clock.sleep(PAUSE * 2 ** (attempt - 1))
        left: set[Probe] = set()
        for page in pages(ground, region, unread, consistent=True):
            found |= page.found
            left |= page.unread
        if not left:
            return found
        unread = {probe: keys[probe] for probe in left}
    text = f"throttled: BatchGetItem in {region} left {len(unread)} keys unprocessed {ATTEMPTS} times"
    raise errors.ServiceError(errors.THROTTLED, "BatchGetItem", region, text)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probe items by key, in batches."""

from __future__ import annotations

import typing as t

from .. import errors
from .ground import Ground
from .probes import Probe, Seen
from .watch import Look

# BatchGetItem takes so many keys.
BATCH = 100
# How often keys that the service left unprocessed are asked for again, and how long the first pause is.
ATTEMPTS = 5
PAUSE = 0.2


def look(ground: Ground, region: str, probes: t.Collection[Probe], consistent: bool) -> Look:
    """One look; what the service left unprocessed stays unread."""
    begun = ground.clock.now()
    seen, unread, clean = _read(ground, region, probes, consistent)
    return Look(begun, ground.clock.now(), seen, frozenset(unread), clean)


def read(ground: Ground, region: str, probes: t.Collection[Probe], consistent: bool) -> Seen:
    """What is at every one of the keys.

    :raises ServiceError: when that can't be found out.
    """
    seen: Seen = {}
    unread: t.Collection[Probe] = probes
    for attempt in range(ATTEMPTS):
        if attempt:
            ground.clock.sleep(PAUSE * 2 ** (attempt - 1))
        shown, unread, _clean = _read(ground, region, unread, consistent)
        seen.update(shown)
        if not unread:
            return seen
    text = f"throttled: BatchGetItem in {region} left {len(unread)} keys unprocessed {ATTEMPTS} times"
    raise errors.ServiceError(errors.THROTTLED, "BatchGetItem", region, text)


def _read(ground: Ground, region: str, probes: t.Collection[Probe], consistent: bool) -> tuple[Seen, set[Probe], bool]:
    ordered = sorted(probes)
    seen: Seen = {}
    unread: set[Probe] = set()
    clean = True
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        answer = ground.batch_get(region, batch, consistent)
        seen.update(ground.schema.seen(batch, answer.items))
        unread |= ground.schema.among(batch, answer.unprocessed)
        clean = clean and not answer.retried
    return seen, unread, clean

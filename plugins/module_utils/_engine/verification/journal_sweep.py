# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removes the user's items that a verification which died had left, by what it wrote into its journal."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t
from concurrent.futures import Executor

from .. import errors
from . import dynamodb_json, journal, user_items
from .ground import Ground
from .item_reads import read
from .journal import Journal
from .probes import DELETE, PUT, Lease, Probe, count


@dataclasses.dataclass
class _Swept:
    """``changed`` holds the keys of items that aren't as they were written; ``problem`` why not all could be done."""

    removed: int = 0
    changed: list[dict[str, str]] = dataclasses.field(default_factory=list)
    problem: str = ""


def sweep(ground: Ground, regions: list[str], sources: list[str], pool: Executor) -> list[str]:
    """Remove what is left of verifications that died; what a person should know of it, as sentences.

    :param regions: every region that may have the table. As long as one of them can't be swept the journals stay.
    :param sources: every region that they may have written from.
    """
    found = pool.map(lambda region: _dead_journals(ground, region, sources), regions)
    dead = {(one.probe, one.run): one for part in found for one in part}
    # Of several sweepers one has each journal: another may be writing the same items again already.
    sweeper = dataclasses.replace(ground, lease=Lease(f"{ground.lease.run}/sweep", ground.lease.expires))
    taken, problems = [], []
    for one in dead.values():
        try:
            taken += [one] if _take_over(sweeper, one) else []
        except errors.ServiceError as error:
            problems.append(_problem(one.home, str(error)))
    swept = dict(zip(regions, pool.map(lambda region: _sweep_region(sweeper, region, taken), regions), strict=True))
    if not any(part.problem for part in swept.values()):
        list(pool.map(lambda region: _remove_journals(sweeper, region, taken), regions))
    return [*problems, *_notes(swept)]


def _take_over(sweeper: Ground, dead: Journal) -> bool:
    parameters = journal.take_over(sweeper.schema, dead, sweeper.lease)
    return sweeper.write_item(dead.home, PUT, parameters).held


def journals_in(ground: Ground, region: str, sources: t.Iterable[str]) -> list[Journal]:
    """The journals that a region has now.

    :raises ServiceError: when they can't be read.
    """
    keys = {probe: ground.schema.key(probe) for probe in journal.probes(sources)}
    found = read(ground, region, keys)
    parsed = (journal.parse(probe, item) for probe, item in found.items())
    return [one for one in parsed if one]


def _dead_journals(ground: Ground, region: str, sources: list[str]) -> list[Journal]:
    """None where they can't be read: then that region can't be swept either."""
    now = ground.clock.epoch()
    with contextlib.suppress(errors.ServiceError):
        return [one for one in journals_in(ground, region, sources) if one.expires < now]
    return []


def _sweep_region(ground: Ground, region: str, dead: t.Iterable[Journal]) -> _Swept:
    swept = _Swept()
    try:
        for one in dead:
            entries = {Probe(one.run, number): entry for number, entry in enumerate(one.entries)}
            keys = {probe: entry.key for probe, entry in entries.items()}
            for probe, item in read(ground, region, keys).items():
                same = dynamodb_json.digest(item) == entries[probe].digest
                parameters = user_items.delete(ground.schema, item)
                if same and ground.write_item(region, DELETE, parameters).held:
                    swept.removed += 1
                else:
                    swept.changed.append(dynamodb_json.printable(keys[probe]))
    except errors.ServiceError as error:
        swept.problem = str(error)
    return swept


def _remove_journals(ground: Ground, region: str, dead: t.Iterable[Journal]) -> None:
    """One that stays names nothing that is there, and goes the next time."""
    with contextlib.suppress(errors.ServiceError):
        for one in dead:
            ground.write(region, DELETE, one.probe)


def _notes(swept: dict[str, _Swept]) -> t.Iterator[str]:
    for region, part in swept.items():
        if part.removed:
            yield f"removed {count(part.removed, 'item')} of yours in {region} that a verification which died had left"
        if part.problem:
            yield _problem(region, part.problem)
    changed: dict[str, list[str]] = {}
    for region, part in swept.items():
        for key in part.changed:
            changed.setdefault(str(key), []).append(region)
    for key, regions in changed.items():
        yield (
            f"the item {key} in {', '.join(regions)} isn't as a verification which died wrote it, or was about to: it "
            "was left untouched"
        )


def _problem(region: str, why: str) -> str:
    return (
        f"what a verification which died had left of your items in {region} couldn't be removed ({why}): a later "
        "verification tries again"
    )

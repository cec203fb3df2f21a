# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file per setting: everything about it that is pure.

Each has some of these functions. Settings are options that are set, in their words; ``shown`` is what a region shows.

- ``problems(settings)``: what is wrong with the options, one sentence each; some have to know the region.
- ``described(description)``: what DescribeTable shows of it, in the words of the options.
- ``read(answer)``: the same of what a call of its own shows.
- ``created(settings)``: its members of CreateTable.
- ``steps(name, wanted, shown)``: what brings a standing table to what is wanted. An option that isn't wanted, or
  wasn't read, gives no step.
"""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step
from . import (
    autoscaling,
    capacity,
    indexes,
    insights,
    keys,
    kinesis_stream,
    protection,
    recovery,
    resource_policy,
    stream,
    table_class,
    tags,
    ttl,
)

# What the members of a group share, in the order in which it is changed.
SHARED = (autoscaling, capacity, stream, table_class, ttl)

# What never follows the table, so that each region has its own (finding DDB-TABLE-230).
REGIONAL = (protection, recovery, tags, insights, kinesis_stream, resource_policy)


def table_problems(settings: Settings, region: str) -> t.Iterator[str]:
    for setting in (keys, indexes, capacity, autoscaling, ttl, stream):
        yield from setting.problems(settings)
    yield from regional_problems(settings, region)


def regional_problems(settings: Settings, region: str) -> t.Iterator[str]:
    for setting in (recovery, tags, insights, resource_policy):
        yield from setting.problems(settings)
    yield from kinesis_stream.problems(settings, region)


def table_steps(name: str, wanted: Settings, shown: RegionalTable) -> list[Step]:
    """The settings of a table in its home region: what the group shares, then what is that region's own."""
    return [step for setting in (*SHARED, *REGIONAL) for step in setting.steps(name, wanted, shown)]


def regional_steps(name: str, wanted: Settings, shown: RegionalTable) -> list[Step]:
    """The settings that a replica has of its own."""
    return [step for setting in REGIONAL for step in setting.steps(name, wanted, shown)]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file per setting: everything about it that is pure.

Each has some of these functions. Settings are options that are set, in their words; ``shown`` is what a region shows.

- ``problems(settings)``: what is wrong with the options, one sentence each; some have to know the region.
- ``described(description)``: what DescribeTable shows of it, in the words of the options.
- ``read(answer)``: the same of what a call of its own shows.
- ``created(settings)``: its members of CreateTable.
- ``steps(name, wanted, shown)``: what brings a standing table to what is wanted; ``shown`` with the effects of the
  steps before. An option that isn't wanted, or wasn't read, gives no step.
- ``differences(wanted, shown)``: what would have to change and can't, one sentence each.
"""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step
from . import (
    autoscaling,
    capacity,
    consistency,
    encryption,
    indexes,
    insights,
    keys,
    kinesis_stream,
    on_demand_max,
    protection,
    recovery,
    resource_policy,
    stream,
    table_class,
    tags,
    ttl,
    warm_throughput,
)

# What the members of a group share, in the order in which it is changed.
SHARED = (
    autoscaling,
    capacity,
    indexes,
    autoscaling,
    on_demand_max,
    warm_throughput,
    stream,
    table_class,
    encryption,
    ttl,
)

# What never follows the table, so that each region has its own (finding DDB-TABLE-230).
REGIONAL = (protection, recovery, tags, insights, kinesis_stream, resource_policy)


def table_problems(settings: Settings, region: str) -> t.Iterator[str]:
    for setting in (keys, indexes, capacity, autoscaling, on_demand_max, warm_throughput, ttl, stream):
        yield from setting.problems(settings)
    yield from encryption.problems(settings, region)
    yield from regional_problems(settings, region)


def regional_problems(settings: Settings, region: str) -> t.Iterator[str]:
    for setting in (recovery, tags, insights, resource_policy):
        yield from setting.problems(settings)
    yield from kinesis_stream.problems(settings, region)


def table_steps(name: str, wanted: Settings, shown: RegionalTable) -> list[Step]:
    """The settings of a table in its home region: removals, what the group shares, then what is that region's own; what
    waits for another change comes last, as in the run."""
    planned = []
    for steps in (indexes.removals, *(setting.steps for setting in (*SHARED, *REGIONAL))):
        for step in steps(name, wanted, shown):
            planned.append(step)
            shown = shown.having(step.outcome)
    return sorted(planned, key=lambda step: bool(step.waits_for))


def table_differences(name: str, wanted: Settings, home: RegionalTable) -> t.Iterator[str]:
    """What the service never changes, or not of this table as it stands."""
    staying = home
    for step in indexes.removals(name, wanted, home):
        staying = staying.having(step.outcome)
    yield from keys.differences(wanted, staying.settings)
    yield from indexes.differences(wanted, home.settings)
    yield from capacity.differences(wanted, staying)
    yield from on_demand_max.differences(wanted, home.settings)
    yield from stream.differences(wanted, home)
    yield from ttl.differences(wanted, home.settings)
    yield from resource_policy.differences(name, wanted, home)
    yield from consistency.differences(wanted, home)


def regional_steps(name: str, wanted: Settings, shown: RegionalTable) -> list[Step]:
    """The settings that a replica has of its own."""
    return [step for setting in REGIONAL for step in setting.steps(name, wanted, shown)]

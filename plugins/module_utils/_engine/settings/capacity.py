# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How reads and writes are paid: billing mode and provisioned capacity of a table and its indexes."""

from __future__ import annotations

import dataclasses
import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step, update_table
from . import autoscaling, on_demand_max, warm_throughput
from .holders import ON_DEMAND, PROVISIONED, holders, of, words

# Option -> the dimension of auto scaling.
_DIMENSIONS = {"read_capacity": "read", "write_capacity": "write"}


def problems(settings: Settings) -> t.Iterator[str]:
    mode = settings.get("billing_mode")
    for holder, options in holders(settings).items():
        given = [name for name in _DIMENSIONS if name in options]
        for name in given:
            if options[name] < 1:
                yield f"{name} of {words(holder)} must be at least 1."
        if mode == PROVISIONED and len(given) < 2:
            yield f"billing_mode PROVISIONED needs read_capacity and write_capacity of {words(holder)}."
        if mode == ON_DEMAND and given:
            yield f"{' and '.join(given)} of {words(holder)} need billing_mode PROVISIONED, not PAY_PER_REQUEST."
        if mode is None and given:
            yield f"{' and '.join(given)} of {words(holder)} need billing_mode: PROVISIONED beside them."


def described(description: Settings) -> Settings:
    return {"billing_mode": mode(description), **provisioned(mode(description), description)}


def mode(description: Settings) -> str:
    """BillingModeSummary is absent from a table that was never on demand."""
    return description.get("BillingModeSummary", {}).get("BillingMode", PROVISIONED)


def provisioned(billing_mode: str, holder: Settings) -> Settings:
    """The capacity of a table or an index."""
    if billing_mode != PROVISIONED:
        return {}
    units = holder.get("ProvisionedThroughput", {})
    return {
        "read_capacity": units.get("ReadCapacityUnits", 0),
        "write_capacity": units.get("WriteCapacityUnits", 0),
    }


def created(settings: Settings) -> Settings:
    return {
        "BillingMode": settings["billing_mode"],
        "ProvisionedThroughput": throughput(settings),
        "OnDemandThroughput": on_demand_max.created(settings),
        "WarmThroughput": warm_throughput.created(settings["billing_mode"], settings),
    }


def throughput(options: Settings) -> dict[str, int] | None:
    """ProvisionedThroughput of a table or an index, None when it has none."""
    if "read_capacity" not in options:
        return None
    return {"ReadCapacityUnits": options["read_capacity"], "WriteCapacityUnits": options["write_capacity"]}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    """Mode and capacity of the table and of every index that stands, in one call.

    Indexes need their capacity in the same call that leads to PROVISIONED (finding DDB-TABLE-152); what wouldn't
    change can't be sent (finding DDB-TABLE-164).
    """
    now = shown.settings["billing_mode"]
    mode = wanted.get("billing_mode", now)
    if mode == ON_DEMAND and now != ON_DEMAND:
        step = _step(name, shown, ["billing_mode to PAY_PER_REQUEST"], _on_demand(shown), {"BillingMode": ON_DEMAND})
        yield dataclasses.replace(step, note=autoscaling.outliving(wanted, shown))
    if mode == PROVISIONED:
        yield from _provisioning(name, wanted, shown)


def _step(name: str, shown: RegionalTable, changes: list[str], effect: Settings, members: Settings) -> Step:
    return update_table(name, shown, "billing_mode", f"set {', '.join(changes)}", effect, members, everywhere=True)


def _on_demand(shown: RegionalTable) -> Settings:
    """What a table is after the switch to PAY_PER_REQUEST (findings DDB-TABLE-061, 153)."""
    effects = {holder: _without_capacity(now) for holder, now in holders(shown.settings).items()}
    return {"billing_mode": ON_DEMAND, **effects.pop(""), "global_secondary_indexes": effects}


def _without_capacity(now: Settings) -> Settings:
    warm = warm_throughput.at_least(now, warm_throughput.INITIAL)
    return {"read_capacity": None, "write_capacity": None, "on_demand_max": dict(on_demand_max.NONE), **warm}


def _provisioning(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    switch = shown.settings["billing_mode"] != PROVISIONED
    options, standing = holders(wanted), holders(shown.settings)
    targets = {holder: _target(options.get(holder, {}), now) for holder, now in standing.items()}
    targets = {holder: units for holder, units in targets.items() if units != _units(standing[holder])}
    if not targets:
        return
    effects = {holder: _provisioned(standing[holder], units, switch) for holder, units in targets.items()}
    effect = {"billing_mode": PROVISIONED, **effects.pop("", {}), "global_secondary_indexes": effects}
    indexes = [
        {"Update": {"IndexName": holder, "ProvisionedThroughput": throughput(units)}}
        for holder, units in targets.items()
        if holder
    ]
    members = {
        "BillingMode": PROVISIONED if switch else None,
        "ProvisionedThroughput": throughput(targets.get("", {})),
        "GlobalSecondaryIndexUpdates": indexes,
    }
    changes = [
        f"{option}{of(holder)} to {value}"
        for holder, units in targets.items()
        for option, value in units.items()
        if value != standing[holder].get(option)
    ]
    changes = ["billing_mode to PROVISIONED", *changes] if switch else changes
    yield _step(name, shown, changes, effect, {member: value for member, value in members.items() if value})


def _units(holder: Settings) -> Settings:
    return {option: holder[option] for option in _DIMENSIONS if option in holder}


def _target(options: Settings, now: Settings) -> Settings:
    """What a holder's capacity is to be; what is scaled, or isn't wanted, stays as it is (AWS_FACTS section 4)."""
    scaled = _scaled(options) | _scaled(now)
    kept = {option for option in _units(now) if _DIMENSIONS[option] in scaled}
    return {**_units(now), **{option: units for option, units in _units(options).items() if option not in kept}}


def _scaled(holder: Settings) -> set[str]:
    """The dimensions that auto scaling changes, or is to."""
    return {dimension for dimension in autoscaling.DIMENSIONS if autoscaling.owns(holder, dimension)}


def _provisioned(now: Settings, units: Settings, switch: bool) -> Settings:
    """What a holder shows with capacity ``units``; a switch drops its maximum (finding DDB-TABLE-153)."""
    warm = warm_throughput.at_least(now, {"read": units["read_capacity"], "write": units["write_capacity"]})
    return {**units, **warm, **({"on_demand_max": None} if switch else {})}


def differences(wanted: Settings, shown: RegionalTable) -> t.Iterator[str]:
    """What would have to change and can't."""
    if shown.replicas and wanted.get("billing_mode", shown.settings["billing_mode"]) == PROVISIONED:
        yield from _unscaled(wanted, shown)
    if wanted.get("billing_mode") != PROVISIONED or shown.settings["billing_mode"] == PROVISIONED:
        return
    for holder in holders(shown.settings):
        if holder not in holders(wanted):
            yield (
                f"billing_mode PROVISIONED needs read_capacity and write_capacity of {words(holder)} too, which exists "
                "but isn't listed"
            )


def _unscaled(wanted: Settings, shown: RegionalTable) -> t.Iterator[str]:
    """Writes that have to be scaled before a table with replicas becomes provisioned, and before an index of such a
    table comes or goes (findings DDB-TABLE-188, 288, 291)."""
    switch = shown.settings["billing_mode"] != PROVISIONED
    listed, standing = holders(wanted), holders(shown.settings)
    comes = [holder for holder in listed if holder not in standing]
    goes = standing.keys() - listed.keys() if wanted.get("purge_indexes") else set()
    there = {**standing, **dict.fromkeys(comes[:-1], {})}  # when the last one comes
    for holder, now in there.items() if switch or comes or goes else ():
        options = listed.get(holder, {})
        scaled = _scaled(options) if "autoscaling" in options else _scaled(now)
        if "write" not in scaled and ("autoscaling" in {**now, **options} or (switch and holder in standing)):
            yield f"a provisioned table with replicas needs autoscaling of the write capacity of {words(holder)}"

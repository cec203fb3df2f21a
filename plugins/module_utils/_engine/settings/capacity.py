# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How reads and writes are paid: billing mode and capacity of a table and its indexes."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step, update_table


def problems(settings: Settings) -> t.Iterator[str]:
    indexes = settings.get("global_secondary_indexes", [])
    holders = [("the table", settings), *((f"index {index['name']!r}", index) for index in indexes)]
    mode = settings.get("billing_mode")
    for holder, options in holders:
        given = [name for name in ("read_capacity", "write_capacity") if name in options]
        for name in given:
            if options[name] < 1:
                yield f"{name} of {holder} must be at least 1."
        if mode == "PROVISIONED" and len(given) < 2:
            yield f"billing_mode PROVISIONED needs read_capacity and write_capacity of {holder}."
        if mode == "PAY_PER_REQUEST" and given:
            yield f"{' and '.join(given)} of {holder} need billing_mode PROVISIONED, not PAY_PER_REQUEST."
        if mode is None and given:
            yield f"{' and '.join(given)} of {holder} need billing_mode: PROVISIONED beside them."


def described(description: Settings) -> Settings:
    return {"billing_mode": mode(description), **provisioned(mode(description), description)}


def mode(description: Settings) -> str:
    """BillingModeSummary is absent from a table that was never on demand."""
    return description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")


def provisioned(billing_mode: str, holder: Settings) -> Settings:
    """The capacity of a table or an index."""
    if billing_mode != "PROVISIONED":
        return {}
    units = holder.get("ProvisionedThroughput", {})
    return {
        "read_capacity": units.get("ReadCapacityUnits", 0),
        "write_capacity": units.get("WriteCapacityUnits", 0),
    }


def created(settings: Settings) -> Settings:
    return {"BillingMode": settings["billing_mode"], "ProvisionedThroughput": throughput(settings)}


def throughput(options: Settings) -> dict[str, int] | None:
    """ProvisionedThroughput of a table or an index, None when it has none."""
    if "read_capacity" not in options:
        return None
    return {"ReadCapacityUnits": options["read_capacity"], "WriteCapacityUnits": options["write_capacity"]}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    options = ("billing_mode", "read_capacity", "write_capacity")
    effect = {option: wanted[option] for option in options if option in wanted}
    if all(shown.settings.get(option) == value for option, value in effect.items()):
        return
    if shown.replicas and shown.settings["billing_mode"] == wanted["billing_mode"]:
        return  # the capacity of a global table belongs to auto scaling (AWS_FACTS section 4)
    members: Settings = {"BillingMode": wanted["billing_mode"]}
    sentence = f"set billing_mode to {wanted['billing_mode']}"
    if wanted["billing_mode"] == "PROVISIONED":
        members["ProvisionedThroughput"] = throughput(wanted)
        sentence += f", read_capacity {wanted['read_capacity']}, write_capacity {wanted['write_capacity']}"
        members["GlobalSecondaryIndexUpdates"] = _index_capacity(wanted, shown)
    members = {member: value for member, value in members.items() if value}
    yield update_table(name, shown, "billing_mode", sentence, effect, members, everywhere=True)


def _index_capacity(wanted: Settings, shown: RegionalTable) -> list[Settings]:
    """On the way to PROVISIONED every index needs its capacity in the same call (UpdateTable's documentation)."""
    if shown.settings.get("billing_mode") == "PROVISIONED":
        return []
    return [
        {"Update": {"IndexName": index["name"], "ProvisionedThroughput": throughput(index)}}
        for index in wanted.get("global_secondary_indexes", [])
    ]

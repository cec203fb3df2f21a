# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that bring the settings of a standing table to what is wanted. Pure.

One function per setting: (table name, wanted settings, what a region shows) -> steps. An option that isn't
wanted, or wasn't read, gives no step.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from . import transform
from .state import RegionalTable
from .steps import SET, Step

Settings = dict[str, t.Any]


def table_steps(name: str, wanted: Settings, shown: RegionalTable) -> list[Step]:
    """The settings of a table in its home region: what the group shares, then what is that region's own."""
    shared = (_billing, _stream, _table_class, _ttl)
    return [step for setting in shared for step in setting(name, wanted, shown)] + regional_steps(name, wanted, shown)


def regional_steps(name: str, wanted: Settings, shown: RegionalTable) -> list[Step]:
    """The settings that never follow the table, so that each region has its own (finding DDB-TABLE-230)."""
    own = (_deletion_protection, _point_in_time_recovery, _tags)
    return [step for setting in own for step in setting(name, wanted, shown)]


def _update_table(name: str, shown: RegionalTable, option: str, sentence: str, effect: Settings, **members) -> Step:
    return Step(
        key=(SET, shown.region, option),
        region=shown.region,
        call="UpdateTable",
        parameters={"TableName": name, **members},
        sentence=f"{sentence} in {shown.region}",
        effect=effect,
    )


def _billing(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    options = ("billing_mode", "read_capacity", "write_capacity")
    effect = {option: wanted[option] for option in options if option in wanted}
    if all(shown.settings.get(option) == value for option, value in effect.items()):
        return
    if shown.replicas and shown.settings["billing_mode"] == wanted["billing_mode"]:
        return  # the capacity of a global table belongs to auto scaling (AWS_FACTS section 4)
    members: Settings = {"BillingMode": wanted["billing_mode"]}
    sentence = f"set billing_mode to {wanted['billing_mode']}"
    if wanted["billing_mode"] == "PROVISIONED":
        members["ProvisionedThroughput"] = transform.throughput(wanted)
        sentence += f", read_capacity {wanted['read_capacity']}, write_capacity {wanted['write_capacity']}"
        members["GlobalSecondaryIndexUpdates"] = _index_capacity(wanted, shown)
    members = {member: value for member, value in members.items() if value}
    yield _update_table(name, shown, "billing_mode", sentence, effect, **members)


def _index_capacity(wanted: Settings, shown: RegionalTable) -> list[Settings]:
    """On the way to PROVISIONED every index needs its capacity in the same call (UpdateTable's documentation)."""
    if shown.settings.get("billing_mode") == "PROVISIONED":
        return []
    return [
        {"Update": {"IndexName": index["name"], "ProvisionedThroughput": transform.throughput(index)}}
        for index in wanted.get("global_secondary_indexes", [])
    ]


def _stream(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "stream" not in wanted:
        return
    now = shown.settings["stream"]
    option = transform.wanted_stream({**now, **wanted["stream"]})
    if option == now:
        return
    if now["enabled"]:
        # A view type can't be changed: the stream is turned off first.
        off = {"enabled": False}
        specification = transform.stream_specification(off)
        yield _update_table(
            name, shown, "stream off", "turn the stream off", {"stream": off}, StreamSpecification=specification
        )
    if option["enabled"]:
        sentence = f"turn the stream on ({option['view_type']})"
        specification = transform.stream_specification(option)
        yield _update_table(name, shown, "stream", sentence, {"stream": option}, StreamSpecification=specification)


def _table_class(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    value = wanted.get("table_class")
    if value and value != shown.settings["table_class"]:
        sentence = f"set table_class to {value}"
        yield _update_table(name, shown, "table_class", sentence, {"table_class": value}, TableClass=value)


def _deletion_protection(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    value = wanted.get("deletion_protection")
    if value is not None and value != shown.settings["deletion_protection"]:
        sentence = f"turn deletion protection {'on' if value else 'off'}"
        effect = {"deletion_protection": value}
        yield _update_table(name, shown, "deletion_protection", sentence, effect, DeletionProtectionEnabled=value)


def _ttl(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "ttl" not in wanted or "ttl" not in shown.settings:
        return
    option, now = wanted["ttl"], shown.settings["ttl"]
    if option["enabled"] == now["enabled"]:
        return  # another attribute while TTL is on is refused by the plan
    enabled = option["enabled"]
    attribute = option["attribute"] if enabled else now["attribute"]
    yield Step(
        key=(SET, shown.region, "ttl"),
        region=shown.region,
        call="UpdateTimeToLive",
        parameters={
            "TableName": name,
            "TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": attribute},
        },
        sentence=f"turn TTL {'on' if enabled else 'off'} (attribute {attribute}) in {shown.region}",
        effect={"ttl": {"enabled": True, "attribute": attribute} if enabled else {"enabled": False}},
    )


def _point_in_time_recovery(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "point_in_time_recovery" not in wanted or "point_in_time_recovery" not in shown.settings:
        return
    option, now = wanted["point_in_time_recovery"], shown.settings["point_in_time_recovery"]
    days = option.get("recovery_period_days")
    if option["enabled"] == now["enabled"] and days in (None, now.get("recovery_period_days")):
        return
    specification = {
        "PointInTimeRecoveryEnabled": option["enabled"],
        **({"RecoveryPeriodInDays": days} if days else {}),
    }
    sentence = f"turn point-in-time recovery {'on' if option['enabled'] else 'off'}"
    yield Step(
        key=(SET, shown.region, "point_in_time_recovery"),
        region=shown.region,
        call="UpdateContinuousBackups",
        parameters={"TableName": name, "PointInTimeRecoverySpecification": specification},
        sentence=f"{sentence}{f' ({days} days)' if days else ''} in {shown.region}",
        exclusive=False,
        effect={"point_in_time_recovery": dict(option)},
    )


def _tags(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "tags" not in wanted or "tags" not in shown.settings:
        return
    now = shown.settings["tags"]
    changed, removed = compare_aws_tags(now, wanted["tags"], purge_tags=wanted.get("purge_tags", False))
    if removed:
        yield Step(
            key=(SET, shown.region, "purge_tags"),
            region=shown.region,
            call="UntagResource",
            parameters={"ResourceArn": shown.arn, "TagKeys": sorted(removed)},
            sentence=f"remove tags {', '.join(sorted(removed))} in {shown.region}",
            exclusive=False,
            effect={"tags": {tag: value for tag, value in now.items() if tag not in removed}},
        )
    if changed:
        kept = {tag: value for tag, value in now.items() if tag not in removed}
        yield Step(
            key=(SET, shown.region, "tags"),
            region=shown.region,
            call="TagResource",
            parameters={"ResourceArn": shown.arn, "Tags": transform.tag_list(changed)},
            sentence=f"set tags {', '.join(sorted(changed))} in {shown.region}",
            exclusive=False,
            effect={"tags": {**kept, **changed}},
        )

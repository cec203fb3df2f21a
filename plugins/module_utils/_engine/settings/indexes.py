# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secondary indexes, global and local."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ..state import ACTIVE, DELETING, UPDATING, RegionalTable
from ..steps import SET, Settings, Step, update_table
from . import autoscaling, capacity, insights, keys, on_demand_max, warm_throughput
from .holders import PROVISIONED

NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")

MOST_GLOBAL, MOST_LOCAL, MOST_NON_KEY_ATTRIBUTES = 20, 5, 20


def problems(settings: Settings) -> t.Iterator[str]:
    global_indexes = settings.get("global_secondary_indexes", [])
    local_indexes = settings.get("local_secondary_indexes", [])
    names = [index["name"] for index in [*global_indexes, *local_indexes]]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"index {name!r} is listed {names.count(name)} times: list it once."
        if not NAME.fullmatch(name):
            yield f"index {name!r}: an index's name has 3 to 255 characters, each a letter, digit, '_', '.' or '-'."
    for kind, indexes, most in (("global", global_indexes, MOST_GLOBAL), ("local", local_indexes, MOST_LOCAL)):
        if len(indexes) > most:
            yield f"{len(indexes)} {kind} secondary indexes, but a table can have {most}."
    if settings.get("purge_indexes") and "global_secondary_indexes" not in settings:
        yield "purge_indexes needs global_secondary_indexes beside it: global_secondary_indexes: [] removes all."
    if local_indexes and not settings.get("sort_key"):
        yield "local_secondary_indexes need a table with a sort_key."
    for index in global_indexes:
        if not 1 <= len(index["partition_keys"]) <= 4 or len(index.get("sort_keys", [])) > 4:
            yield f"index {index['name']!r} takes one to four partition_keys and up to four sort_keys."
    for index in [*global_indexes, *local_indexes]:
        attributes = [*index.get("partition_keys", []), *index.get("sort_keys", [])]
        if len(set(attributes)) < len(attributes):
            yield f"index {index['name']!r} names a key twice."
        if (index.get("projection") == "INCLUDE") != bool(index.get("non_key_attributes")):
            yield f"index {index['name']!r}: projection INCLUDE and non_key_attributes go together."
        if len(index.get("non_key_attributes", [])) > MOST_NON_KEY_ATTRIBUTES:
            yield f"index {index['name']!r} can have {MOST_NON_KEY_ATTRIBUTES} non_key_attributes."


def described(description: Settings) -> Settings:
    """An index that is on its way out counts as gone."""
    mode = capacity.mode(description)
    return {
        "global_secondary_indexes": [
            _global_index(mode, index)
            for index in description.get("GlobalSecondaryIndexes", [])
            if index.get("IndexStatus") != DELETING
        ],
        "local_secondary_indexes": [_local_index(index) for index in description.get("LocalSecondaryIndexes", [])],
    }


def statuses(description: Settings) -> dict[str, str]:
    """Global secondary index -> IndexStatus."""
    return {index["IndexName"]: index.get("IndexStatus", "") for index in description.get("GlobalSecondaryIndexes", [])}


def _projection(index: Settings) -> Settings:
    projection = index.get("Projection", {})
    names = projection.get("NonKeyAttributes")
    return {
        "projection": projection.get("ProjectionType", "ALL"),
        **({"non_key_attributes": sorted(names)} if names else {}),
    }


def _global_index(mode: str, index: Settings) -> Settings:
    attributes: dict[str, list[str]] = {"HASH": [], "RANGE": []}
    for element in index.get("KeySchema", []):
        attributes[element["KeyType"]].append(element["AttributeName"])
    return {
        "name": index["IndexName"],
        "partition_keys": attributes["HASH"],
        **({"sort_keys": attributes["RANGE"]} if attributes["RANGE"] else {}),
        **_projection(index),
        **capacity.provisioned(mode, index),
        **on_demand_max.described(mode, index),
        **warm_throughput.described(index),
    }


def _local_index(index: Settings) -> Settings:
    schema = {element["KeyType"]: element["AttributeName"] for element in index.get("KeySchema", [])}
    return {"name": index["IndexName"], "sort_key": schema.get("RANGE"), **_projection(index)}


def completed(mode: str, index: Settings) -> Settings:
    """A new global secondary index as the service shows it; what belongs to it besides is as it was."""
    return {
        **completed_local({option: value for option, value in index.items() if value != []}),
        **on_demand_max.completed(mode, index),
        "warm_throughput": warm_throughput.completed(mode, index),
    }


def completed_local(index: Settings) -> Settings:
    """A new local secondary index as the service shows it."""
    names = index.get("non_key_attributes")
    return {
        **index,
        "projection": index.get("projection", "ALL"),
        **({"non_key_attributes": sorted(names)} if names else {}),
    }


def created(settings: Settings) -> Settings:
    mode = settings["billing_mode"]
    return {
        "GlobalSecondaryIndexes": [_create_global_index(mode, index) for index in settings["global_secondary_indexes"]],
        "LocalSecondaryIndexes": [
            {
                "IndexName": index["name"],
                "KeySchema": keys.schema([settings["partition_key"]], [index["sort_key"]]),
                "Projection": _create_projection(index),
            }
            for index in settings["local_secondary_indexes"]
        ],
    }


def _create_projection(index: Settings) -> Settings:
    names = index.get("non_key_attributes")
    return {"ProjectionType": index.get("projection", "ALL"), **({"NonKeyAttributes": names} if names else {})}


def _create_global_index(mode: str, index: Settings) -> Settings:
    members = {
        "IndexName": index["name"],
        "KeySchema": keys.schema(index["partition_keys"], index.get("sort_keys", [])),
        "Projection": _create_projection(index),
        "ProvisionedThroughput": capacity.throughput(index),
        "OnDemandThroughput": on_demand_max.created(index),
        "WarmThroughput": warm_throughput.created(mode, index),
    }
    return {member: value for member, value in members.items() if value}


# One index comes or goes in a call, and at a time (finding DDB-TABLE-159)


def key(region: str, index: str) -> tuple[str, str, str]:
    """The key of the step by which an index comes or goes."""
    return (SET, region, f"index {index}")


def _unlisted(wanted: Settings, shown: Settings) -> list[str]:
    """The standing indexes that a list which is given doesn't name."""
    listed = [index["name"] for index in wanted.get("global_secondary_indexes", [])]
    standing = [index["name"] for index in shown["global_secondary_indexes"]]
    return [name for name in standing if "global_secondary_indexes" in wanted and name not in listed]


def removals(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    for index in _unlisted(wanted, shown.settings) if wanted.get("purge_indexes") else []:
        left = shown.having({"global_secondary_indexes": {index: None}})
        effect = {"global_secondary_indexes": {index: None}, "attribute_types": keys.types_in_use(left.settings)}
        members = {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": index}}]}
        step = update_table(name, shown, f"index {index}", f"remove index {index}", effect, members, everywhere=True)
        yield dataclasses.replace(step, removal=True)
        shown = shown.having(effect)


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    """What is missing; it is filled in every region before the next change (findings DDB-TABLE-148, 296)."""
    standing = [index["name"] for index in shown.settings["global_secondary_indexes"]]
    mode = shown.settings["billing_mode"]
    for index in wanted.get("global_secondary_indexes", []):
        if index["name"] in standing:
            continue
        types = {**wanted.get("attribute_types", {}), **keys.types_in_use(shown.settings)}
        own = {attribute: types.get(attribute, "S") for attribute in keys.of_index(index)}
        effect = {
            "global_secondary_indexes": {index["name"]: _added(mode, index, shown)},
            "attribute_types": {**shown.settings["attribute_types"], **own},
        }
        members = {
            "AttributeDefinitions": keys.definitions(own),
            "GlobalSecondaryIndexUpdates": [{"Create": _create_global_index(mode, index)}],
        }
        option, sentence = f"index {index['name']}", f"add index {index['name']}"
        yield update_table(name, shown, option, sentence, effect, members, everywhere=True)
        shown = shown.having(effect)


def _added(mode: str, index: Settings, shown: RegionalTable) -> Settings:
    """An index that was just added; what isn't made with it comes later."""
    (new,) = insights.of_new([completed(mode, index)])
    return {**new, "autoscaling": None, **autoscaling.of_added(shown)}


def notes(wanted: Settings, shown: RegionalTable) -> t.Iterator[str]:
    """What is left alone."""
    if shown.status not in (ACTIVE, UPDATING) or wanted.get("purge_indexes"):
        return
    for index in _unlisted(wanted, shown.settings):
        yield f"has an index {index} that isn't listed, and is left alone. To remove it: purge_indexes: true"


def differences(wanted: Settings, shown: Settings) -> t.Iterator[str]:
    """What would have to change and can't."""
    standing = {index["name"]: index for index in shown["global_secondary_indexes"]}
    for index in wanted.get("global_secondary_indexes", []):
        if index["name"] in standing:
            hint = ", and that never changes: remove the index with purge_indexes: true, then list it again"
            yield from (f"{what}{hint}" for what in _differing(index, standing[index["name"]]))
        elif wanted.get("billing_mode", shown["billing_mode"]) == PROVISIONED and "read_capacity" not in index:
            yield f"index {index['name']} is to be added to a PROVISIONED table: set billing_mode, and its capacity"
    yield from _local_differences(wanted, shown)


def _local_differences(wanted: Settings, shown: Settings) -> t.Iterator[str]:
    if "local_secondary_indexes" not in wanted:
        return
    listed = {index["name"]: index for index in wanted["local_secondary_indexes"]}
    standing = {index["name"]: index for index in shown["local_secondary_indexes"]}
    for name in sorted(listed.keys() - standing.keys()):
        yield f"local secondary index {name} is missing, and can only be made with the table"
    for name in sorted(standing.keys() - listed.keys()):
        yield f"local secondary index {name} isn't listed, and can't be removed"
    for name in sorted(listed.keys() & standing.keys()):
        yield from _differing(listed[name], standing[name])


def _differing(wanted: Settings, shown: Settings) -> t.Iterator[str]:
    """Where the definition of an index differs."""
    for option in ("partition_keys", "sort_keys", "sort_key", "projection", "non_key_attributes"):
        values = [_comparable(option, index.get(option)) for index in (wanted, shown)]
        if values[0] != values[1]:
            texts = [", ".join(value) if isinstance(value, list) else value for value in values]
            yield f"{option} of index {wanted['name']} is {texts[1] or 'none'} but {texts[0] or 'none'} is wanted"


def _comparable(option: str, value: t.Any) -> t.Any:
    """What is equal to the service is equal here; it sorts the attributes (finding DDB-TABLE-125)."""
    if option == "projection":
        return value or "ALL"
    return sorted(set(value or [])) if option == "non_key_attributes" else value or None

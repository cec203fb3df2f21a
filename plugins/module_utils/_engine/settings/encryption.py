# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The key that encrypts a table at rest: its type is the group's, the key each region's own (findings 295, 309, 313).

The service shows a key by its ARN, and none under the key that DynamoDB owns (finding 027). Whether a key is AWS's or
the account's only KMS tells, and so it is asked about keys that are named, and where nothing is named but all shown.
"""

from __future__ import annotations

import re
import typing as t

from ..state import Key, Observed, RegionalTable
from ..steps import SET, Settings, Step, update_table

OPTION = "encryption"
OWNED, MANAGED, CUSTOMER = "aws_owned", "aws_managed", "customer"
DEFAULT = {"type": OWNED}

ARN = re.compile(r"arn:aws[\w-]*:kms:(?P<region>[a-z0-9-]+):\d{12}:(?P<name>(key|alias)/[\w/-]+)")
NAME = re.compile(r"alias/[\w/-]+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def problems(settings: Settings, region: str) -> t.Iterator[str]:
    option = settings.get(OPTION, {})
    if option.get("type") == CUSTOMER and not option.get("kms_key"):
        yield f"encryption.type customer needs encryption.kms_key, the key in {region}."
    if option.get("type") in (OWNED, MANAGED) and option.get("kms_key"):
        yield f"encryption.kms_key needs type: customer, not {option['type']}."
    if option.get("kms_key"):
        yield from _key_problems("encryption.kms_key", option["kms_key"], region)


def replica_problems(settings: Settings, overrides: Settings, region: str) -> t.Iterator[str]:
    """Every region needs a key of its own (finding 313)."""
    if settings.get(OPTION, {}).get("type") != CUSTOMER:
        return
    if "kms_key" not in overrides:
        yield (
            "the table's encryption.type is customer, so this region needs a key of its own: set kms_key in the "
            f"table's replicas entry of {region} or in replica_defaults (dynamodb_replica_defaults)."
        )
    else:
        yield from _key_problems("kms_key", overrides["kms_key"], region)


def _key_problems(option: str, key: str, region: str) -> t.Iterator[str]:
    arn = ARN.fullmatch(key)
    name = arn["name"] if arn else key
    if not arn and not NAME.fullmatch(key):
        yield f"{option} is {key!r}, but must be a key's ARN or id, or an alias (alias/NAME)."
    elif name.startswith("alias/aws/"):
        yield f"{option} is {key}, which belongs to AWS: set encryption.type: aws_managed, and no kms_key."
    elif arn and arn["region"] != region:
        yield (
            f"{option} lies in {arn['region']}, but must lie in {region}. Of a multi-region key, name the ARN there or "
            "its id (mrk-...)."
        )


def of_replica(settings: Settings, overrides: Settings) -> Settings:
    """A replica's encryption as wanted, from its table's settings and its own; empty when it isn't managed."""
    if OPTION not in settings:
        return {}
    own = {"kms_key": overrides["kms_key"]} if "kms_key" in overrides else {}
    return {OPTION: {"type": settings[OPTION]["type"], **own}}


# What is shown


def described(description: Settings) -> Settings:
    """DescribeTable doesn't tell the type of a key: `seen` completes it."""
    arn = description.get("SSEDescription", {}).get("KMSMasterKeyArn")
    return {OPTION: {"kms_key": arn} if arn else dict(DEFAULT)}


def moving(description: Settings) -> dict[str, str]:
    """It changes while the table is ACTIVE, and shows the old key for a while (findings 079, 140)."""
    status = description.get("SSEDescription", {}).get("Status", "")
    return {OPTION: f"encryption: {status}"} if status in ("ENABLING", "UPDATING", "DISABLING") else {}


def key_to_ask(wanted: Settings | None, shown: RegionalTable) -> str:
    """The key that KMS has to be asked about; empty for none."""
    now = shown.settings.get(OPTION, {}).get("kms_key", "")
    kind = wanted["type"] if wanted else MANAGED
    if kind == CUSTOMER:
        return "" if _is(wanted["kms_key"], now) else wanted["kms_key"]
    return now if kind == MANAGED else ""


def seen(wanted: Settings | None, shown: RegionalTable, metadata: Settings | None) -> tuple[Settings, Key | None]:
    """The option as a region shows it, and the key that is wanted there.

    :param metadata: DescribeKey's of `key_to_ask`, None when there is no such key.
    """
    now = shown.settings.get(OPTION, dict(DEFAULT))
    arn = now.get("kms_key", "")
    if wanted and wanted["type"] == CUSTOMER:
        key = _wanted_key(wanted["kms_key"], arn, shown.region, metadata)
        return ({"type": CUSTOMER, "kms_key": arn} if key.arn == arn else now), key
    if not arn or (wanted and wanted["type"] == OWNED):
        return now, None
    managed = metadata is not None and metadata.get("KeyManager") == "AWS"
    return ({"type": MANAGED} if managed else {"type": CUSTOMER, "kms_key": arn}), None


def _wanted_key(name: str, arn: str, region: str, metadata: Settings | None) -> Key:
    if _is(name, arn):
        return Key(arn)
    if metadata is None:
        return Key(problem=f"KMS knows no key {name} in {region}: correct it, or create the key")
    if metadata["Arn"] == arn:
        return Key(arn)
    return Key(metadata["Arn"], _unusable(name, region, metadata))


def _is(name: str, arn: str) -> bool:
    """Whether a key's ARN or id stands for the ARN; an alias only KMS can tell."""
    return bool(arn) and name in (arn, arn.rpartition("/")[2])


def _unusable(name: str, region: str, metadata: Settings) -> str:
    """What the service refuses late, or with an error of its own forever (findings 020, 037, 312, 313)."""
    kind = metadata.get("KeySpec", metadata.get("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"))
    usage = metadata.get("KeyUsage", "ENCRYPT_DECRYPT")
    if metadata.get("KeyManager") == "AWS":
        return f"the key {name} in {region} is managed by AWS: set encryption.type: aws_managed, or name another key"
    if (kind, usage) != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return f"the key {name} in {region} is {kind} for {usage}: name a symmetric key for encryption"
    if metadata["KeyState"] != "Enabled":
        return f"the key {name} in {region} is {metadata['KeyState']}: enable it, or name another key"
    return ""


def prerequisite(wanted: Settings, shown: Settings) -> str:
    """What keeps a table from having more replicas: under a customer's key each region needs its own (finding 313)."""
    now = shown.get(OPTION, {})
    if OPTION in wanted or now.get("type") != CUSTOMER:
        return ""
    return (
        f"it is encrypted with the customer's key {now['kms_key']}, so that every new replica needs a key of its own: "
        "set encryption (type: customer and kms_key) on the table, and kms_key for each of its replicas."
    )


# What is to do


def is_as_wanted(wanted: Settings, shown: RegionalTable) -> bool:
    """Whether a region is encrypted as ``wanted``, an option `of_replica` or the table's own."""
    now = shown.settings.get(OPTION, {})
    if wanted["type"] == CUSTOMER:
        return shown.key is not None and bool(now.get("kms_key")) and shown.key.arn == now["kms_key"]
    return now.get("type") == wanted["type"]


def value(wanted: Settings, key: Key | None) -> Settings:
    """The option as a region will show it."""
    return {"type": wanted["type"], **({"kms_key": key.arn} if wanted["type"] == CUSTOMER and key else {})}


def created(settings: Settings) -> Settings:
    option = settings[OPTION]
    return {"SSESpecification": _specification(option) if option["type"] != OWNED else None}


def created_replica(overrides: Settings, key: Key | None) -> tuple[Settings, Settings]:
    """The members of a replica's Create, and the settings that it has by them (finding 313)."""
    if "kms_key" not in overrides:
        return {}, {}
    return {"KMSMasterKeyId": overrides["kms_key"]}, {OPTION: {"type": CUSTOMER, "kms_key": key.arn if key else ""}}


def _specification(option: Settings) -> Settings:
    if option["type"] == OWNED:
        return {"Enabled": False}
    key = {"KMSMasterKeyId": option["kms_key"]} if option["type"] == CUSTOMER else {}
    return {"Enabled": True, "SSEType": "KMS", **key}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    """The keys of a group's customers are changed by `change_of_keys`; other types follow into every region (295)."""
    option = wanted.get(OPTION)
    if not option or OPTION not in shown.settings or is_as_wanted(option, shown):
        return
    if not (shown.replicas and option["type"] == CUSTOMER):
        effect, members = {OPTION: value(option, shown.key)}, {"SSESpecification": _specification(option)}
        yield update_table(name, shown, OPTION, _sentence(option), effect, members, everywhere=True)


def notes(wanted: Settings, shown: RegionalTable) -> t.Iterator[str]:
    """What `steps` leaves to `change_of_keys`."""
    option = wanted.get(OPTION, {})
    if shown.replicas and option.get("type") == CUSTOMER and not is_as_wanted(option, shown):
        yield "the keys of a table with replicas are changed in all regions together, by the role or module replicas"


def _sentence(option: Settings) -> str:
    which = f"the key {option['kms_key']}" if option["type"] == CUSTOMER else f"the {option['type']} key"
    return f"encrypt it with {which}"


def change_of_keys(name: str, wanted: dict[str, Settings], members: Observed, home: str) -> Step | None:
    """One call that names a key for every member, also those that keep theirs; None when each has its own.

    Customers' keys of a group are "only updated through ReplicaUpdates", for "each replica", the region of the call
    included: the service's own words for less, and what hashicorp/terraform-provider-aws does (its issue 21726; test
    Replica_doubleAddCMK). An update of one replica alone is refused (finding 309).

    :param wanted: region -> encryption, for every member.
    """
    if all(is_as_wanted(option, members[region]) for region, option in wanted.items()):
        return None
    changed = [region for region, option in wanted.items() if not is_as_wanted(option, members[region])]
    keys = {region: members[region].key.arn for region in wanted}
    return Step(
        key=(SET, home, OPTION),
        region=home,
        call="UpdateTable",
        parameters={
            "TableName": name,
            "ReplicaUpdates": [
                {"Update": {"RegionName": region, "KMSMasterKeyId": key}} for region, key in sorted(keys.items())
            ],
        },
        sentence=f"encrypt it with other keys in {', '.join(sorted(changed))}",
        effect={OPTION: value(wanted[home], members[home].key)},
        elsewhere={
            region: {OPTION: value(option, members[region].key)} for region, option in wanted.items() if region != home
        },
    )

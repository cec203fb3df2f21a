# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of the model: each region has the same few, by alias. A change shows the old key until it is through."""

from __future__ import annotations

import typing as t

import botocore.exceptions

AWS_MANAGED = "alias/aws/dynamodb"
KEYS = {
    "alias/first": "11111111-1111-1111-1111-111111111111",
    "alias/second": "22222222-2222-2222-2222-222222222222",
    AWS_MANAGED: "33333333-3333-3333-3333-333333333333",
}


class NotFoundException(botocore.exceptions.ClientError):
    """As boto3's client has it among its ``exceptions``."""


def key_arn(region: str, name: str) -> str:
    """The ARN of a key by its alias, id or ARN; empty for one that isn't in the region."""
    key = KEYS.get(name, name.removeprefix(f"arn:aws:kms:{region}:123456789012:key/"))
    return f"arn:aws:kms:{region}:123456789012:key/{key}" if key in KEYS.values() else ""


class KmsClient:
    """DescribeKey; what ``model.keys`` has of a key's ARN comes before what all keys are."""

    class exceptions:
        NotFoundException = NotFoundException

    def __init__(self, model: t.Any, region: str) -> None:
        self.model = model
        self.region = region
        self.meta = type("Meta", (), {"region_name": region})

    def describe_key(self, KeyId: str) -> dict[str, t.Any]:
        self.model.asked.append((self.region, KeyId))
        arn = key_arn(self.region, KeyId)
        if not arn:
            raise NotFoundException({"Error": {"Code": "NotFoundException"}}, "DescribeKey")
        manager = "AWS" if arn.endswith(KEYS[AWS_MANAGED]) else "CUSTOMER"
        usual = {"Arn": arn, "KeyManager": manager, "KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT"}
        return {"KeyMetadata": {**usual, "KeyUsage": "ENCRYPT_DECRYPT", **self.model.keys.get(arn, {})}}


class EncryptionCalls:
    """The part of `Client` that SSESpecification and keys of replicas are."""

    def _shown_of_encryption(self, table: dict[str, t.Any]) -> dict[str, t.Any]:
        status = {"Status": "UPDATING" if table["key_changes"] else "ENABLED"}
        key = {"SSEType": "KMS", "KMSMasterKeyArn": table["key"]} if table["key"] else {}
        return {"SSEDescription": {**status, **key}} if key or table["key_changes"] else {}

    def _key_of(self, specification: dict[str, t.Any], region: str) -> str:
        if not specification.get("Enabled"):
            return ""
        arn = key_arn(region, specification.get("KMSMasterKeyId", AWS_MANAGED))
        if not arn:
            self._refuse("ValidationException", "KMS validation error: NotFoundException", "UpdateTable")
        return arn

    def _change_encryption(self, name: str, specification: dict[str, t.Any]) -> None:
        """The type follows into every region; customers' keys of a group aren't changed like this."""
        if self.model.members(name) and "KMSMasterKeyId" in specification:
            self._refuse("ValidationException", "can only be updated through ReplicaUpdates parameter", "UpdateTable")
        members = self.model.members(name) | {self.region}
        self._use_keys(name, {member: self._key_of(specification, member) for member in members})

    def _update_keys(self, name: str, updates: list[dict[str, t.Any]]) -> None:
        """One for every member, the region of the call included."""
        keys = {update["Update"]["RegionName"]: update["Update"]["KMSMasterKeyId"] for update in updates}
        if set(keys) != self.model.members(name):
            self._refuse("ValidationException", "KMSMasterKeyId must be specified for each replica.", "UpdateTable")
        self._use_keys(name, {region: key_arn(region, key) for region, key in keys.items()})

    def _use_keys(self, name: str, keys: dict[str, str]) -> None:
        tables = {region: self.model.tables[(region, name)] for region in keys}
        if any(table["key_changes"] for table in tables.values()):
            self._refuse("ResourceInUseException", "Server-Side Encryption is still being updated", "UpdateTable")
        changed = {region: key for region, key in keys.items() if key != tables[region]["key"]}
        if not changed:
            self._refuse("ValidationException", "Table is already encrypted so", "UpdateTable")
        for region, key in changed.items():
            tables[region]["key_changes"] = True
            self.model.later(2, lambda region=region, key=key: tables[region].update(key=key, key_changes=False))

    def _key_of_new_replica(self, here: dict[str, t.Any], region: str, key: str) -> str:
        """All of one kind (findings DDB-TABLE-295, 313), none while one changes (finding DDB-TABLE-312)."""
        if here["key_changes"]:
            self._refuse("ValidationException", "server-side encryption status is in UPDATING state", "UpdateTable")
        managed = here["key"].endswith(KEYS[AWS_MANAGED])
        if bool(key) != bool(here["key"] and not managed):
            self._refuse("ValidationException", "KMSMasterKeyId must be specified for each replica.", "UpdateTable")
        return key_arn(region, AWS_MANAGED if managed else key) if here["key"] else ""

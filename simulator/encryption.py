# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which key encrypts a table or replica (AWS_FACTS section 1)."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from simulator import errors
from simulator.state import RegionalTable
from simulator.store import ACCOUNT

AWS_MANAGED_ALIAS = "alias/aws/dynamodb"


def key_of_new_table(region: str, specification: dict[str, Any] | None) -> str | None:
    """The ARN of a new table's key; None for the key AWS owns."""
    if not specification or not specification.get("Enabled"):
        return None
    return _resolve(region, specification.get("KMSMasterKeyId") or AWS_MANAGED_ALIAS)


def key_of_new_replica(source: RegionalTable, region: str, key: str | None) -> str | None:
    """The ARN of a new replica's key: of the same type as its source's, and standing in its own region (309, 313)."""
    if source.kms_key_arn is None:
        if key is not None:
            raise errors.key_needed_for_each_replica()  # 295: the same text for the opposite
        return None
    if is_aws_managed(source.region, source.kms_key_arn):
        if key not in (None, AWS_MANAGED_ALIAS):
            raise errors.key_types_differ()
        return _resolve(region, AWS_MANAGED_ALIAS)
    if key is None:
        raise errors.key_needed_for_each_replica()
    if key == AWS_MANAGED_ALIAS:
        raise errors.key_types_differ()
    return _resolve(region, key)


def is_aws_managed(region: str, key_arn: str) -> bool:
    kms = kms_backends[ACCOUNT][region]
    return kms.alias_exists(AWS_MANAGED_ALIAS) and kms.describe_key(AWS_MANAGED_ALIAS).arn == key_arn


def _resolve(region: str, key: str) -> str:
    """A key's ARN from its id, ARN or alias, looked up in the region it has to serve."""
    kms = kms_backends[ACCOUNT][region]
    if key == AWS_MANAGED_ALIAS and not kms.alias_exists(key):
        made = kms.create_key(
            policy="",
            key_usage="ENCRYPT_DECRYPT",
            key_spec="SYMMETRIC_DEFAULT",
            description="Default master key that protects my DynamoDB table storage",
            tags=None,
        )
        kms.create_alias(made.id, key)
    if key.startswith("arn:") and key.split(":")[3] != region:
        raise errors.key_of_another_region(region, key.split(":")[3])
    try:
        found = kms.describe_key(key)
    except Exception:
        arn = key if key.startswith("arn:") else f"arn:aws:kms:{region}:{ACCOUNT}:key/{key}"
        raise errors.key_not_found(region, arn) from None
    if not found.enabled:
        raise errors.key_disabled()
    return str(found.arn)

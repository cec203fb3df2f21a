# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KMS keys as DynamoDB finds them: moto keeps them, region by region."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from simulator import errors
from simulator.store import ACCOUNT

AWS_MANAGED_ALIAS = "alias/aws/dynamodb"
DISABLED, PENDING_DELETION = "Disabled", "PendingDeletion"


def usable_key(region: str, key: str, replica: bool = False) -> str:
    """The ARN of a key that can encrypt, from its id, ARN or alias, in the region it has to serve (020, 139, 461)."""
    if key.startswith("arn:"):
        _, _, _, key_region, account, _ = key.split(":", 5)
        if key_region != region:
            raise errors.key_of_another_region(key_region, _place(region, replica))  # 328: of a multi-region key too
        if account != ACCOUNT:
            raise errors.key_of_another_account(key)
    if key.split(":")[-1].startswith("alias/aws/") and not key.endswith(AWS_MANAGED_ALIAS):
        raise errors.key_of_another_service(key)
    found = _find(region, key)
    if found is None:
        raise errors.key_not_found(_arn(region, key), _place(region, replica))
    if replica and found.key_state == DISABLED:
        raise errors.encryption_is_updating()  # 312
    if not found.enabled:
        raise unusable(region, str(found.arn), _place(region, replica))
    if found.key_spec != "SYMMETRIC_DEFAULT":
        raise errors.key_is_not_symmetric()
    return str(found.arn)


def aws_managed_key(region: str) -> str:
    """The ARN of the key that AWS manages in a region; it is made with the first table that wants it."""
    kms = kms_backends[ACCOUNT][region]
    if not kms.alias_exists(AWS_MANAGED_ALIAS):
        made = kms.create_key(
            policy="",
            key_usage="ENCRYPT_DECRYPT",
            key_spec="SYMMETRIC_DEFAULT",
            description="Default master key that protects my DynamoDB table storage",
            tags=None,
        )
        made.key_manager = "AWS"
        kms.create_alias(made.id, AWS_MANAGED_ALIAS)
    return str(kms.describe_key(AWS_MANAGED_ALIAS).arn)


def is_aws_managed(region: str, key_arn: str) -> bool:
    return key_arn == aws_managed_key(region)


def is_usable(region: str, key_arn: str) -> bool:
    found = _find(region, key_arn)
    return found is not None and bool(found.enabled)


def unusable(region: str, key_arn: str, place: str = "") -> errors.ServiceError:
    """Why a key can't be used."""
    found = _find(region, key_arn)
    if found is None:
        return errors.key_not_found(key_arn, place)
    if found.key_state == PENDING_DELETION:
        return errors.key_pending_deletion(key_arn, place)
    return errors.key_disabled(key_arn, place)


def _find(region: str, key: str) -> Any:
    kms = kms_backends[ACCOUNT][region]
    if key == AWS_MANAGED_ALIAS:
        aws_managed_key(region)
    try:
        return kms.describe_key(key)
    except Exception:  # moto has no error of its own for a key that isn't there
        return None


def _arn(region: str, key: str) -> str:
    if key.startswith("arn:"):
        return key
    return f"arn:aws:kms:{region}:{ACCOUNT}:{key if key.startswith('alias/') else 'key/' + key}"


def _place(region: str, replica: bool) -> str:
    return f" for region {region}" if replica else ""

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls to KMS about a key, where moto says less, or finds more or less, than the service."""

from __future__ import annotations

import json

from simulator import store
from simulator.calls import Answer, Call
from simulator.errors import key_arn_of_another_region

DEFAULTS = {"KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": False}


def is_of_region(key: str, region: str) -> None:
    """A key is looked up in its own region only; moto takes the ARN of any (313)."""
    if key.startswith("arn:") and key.split(":")[3] != region:
        raise key_arn_of_another_region(key.split(":")[3])


def with_id(call: Call) -> bytes:
    """EnableKey's or DisableKey's body with the key's id: the service takes an ARN too [D], which moto fails on."""
    key = call.parameters.get("KeyId", "")
    is_of_region(key, call.region)
    return json.dumps({**call.parameters, "KeyId": key.rpartition("/")[2]}).encode() if key else call.body


def described(region: str, answer: Answer) -> Answer:
    """The answer with who manages the key, and with what a key is unless it was made otherwise [D]."""
    said = json.loads(answer.body)["KeyMetadata"]
    metadata = DEFAULTS | {name: value for name, value in said.items() if value is not None}
    if store.is_aws_managed_key(region, metadata["KeyId"]):
        metadata["KeyManager"] = "AWS"
    return Answer(answer.status, json.dumps({"KeyMetadata": metadata}).encode(), answer.headers)

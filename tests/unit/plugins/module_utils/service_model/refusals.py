# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a service says no."""

from __future__ import annotations

import typing as t

import botocore.exceptions


def refuse(code: str, message: str, operation: str, retries: int = 0) -> t.NoReturn:
    """:param retries: how often the SDK had sent it before."""
    metadata = {"HTTPStatusCode": 400, "RetryAttempts": retries}
    raise botocore.exceptions.ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, operation
    )

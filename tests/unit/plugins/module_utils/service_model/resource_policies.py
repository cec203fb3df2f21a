# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource policies of the model: reads show a change a tick later, another change waits two."""

from __future__ import annotations

import json
import typing as t

import botocore.exceptions


class PolicyNotFoundException(botocore.exceptions.ClientError):
    """As boto3's client has it among its ``exceptions``."""


class ResourcePolicies:
    def get_resource_policy(self, ResourceArn: str) -> dict[str, t.Any]:
        shown = self._policy(ResourceArn, "GetResourcePolicy").get("shown")
        if not shown:
            raise PolicyNotFoundException({"Error": {"Code": "PolicyNotFoundException"}}, "GetResourcePolicy")
        return {"Policy": shown}

    def put_resource_policy(self, ResourceArn: str, Policy: str) -> None:
        self._log("PutResourcePolicy", json.loads(Policy))
        self._change_policy(self._policy(ResourceArn, "PutResourcePolicy"), Policy, "PutResourcePolicy")

    def delete_resource_policy(self, ResourceArn: str) -> None:
        self._log("DeleteResourcePolicy", {})
        self._change_policy(self._policy(ResourceArn, "DeleteResourcePolicy"), None, "DeleteResourcePolicy")

    def _change_policy(self, policy: dict[str, t.Any], text: str | None, operation: str) -> None:
        """The same again is no change (findings DDB-TABLE-205, 207); another one waits (finding DDB-TABLE-347)."""
        if policy.get("text") == text:
            return
        if policy.get("held"):
            self._refuse("ResourceInUseException", "pending previous resource-based policy update", operation)
        policy.update(text=text, held=True)
        self.model.later(1, lambda: policy.update(shown=text))
        self.model.later(2, lambda: policy.update(held=False))

    def _policy(self, arn: str, operation: str) -> dict[str, t.Any]:
        return self._up(arn.rpartition("/")[2], operation)["policy"]

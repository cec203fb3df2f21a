# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application Auto Scaling, in each region for itself."""

from __future__ import annotations

import copy
import typing as t

from .refusals import refuse

# (region, ResourceId, ScalableDimension)
Place = tuple[str, str, str]


class ScalingClient:
    """The calls of one region that the engine makes, as boto3's client takes them."""

    def __init__(self, model: t.Any, region: str) -> None:
        self.model = model
        self.region = region
        self.meta = type("Meta", (), {"region_name": region})

    def get_paginator(self, operation: str) -> t.Any:
        return _Pages(
            {"describe_scalable_targets": self._targets, "describe_scaling_policies": self._policies}[operation]
        )

    def _targets(self, ServiceNamespace: str, ResourceIds: list[str] | None = None) -> dict[str, t.Any]:
        return {
            "ScalableTargets": [
                {"ResourceId": resource, "ScalableDimension": dimension, **target["bounds"]}
                for (region, resource, dimension), target in self.model.scaling.items()
                if region == self.region and (ResourceIds is None or resource in ResourceIds)
            ]
        }

    def _policies(self, ServiceNamespace: str, ResourceId: str) -> dict[str, t.Any]:
        return {
            "ScalingPolicies": [
                {"ResourceId": resource, "ScalableDimension": dimension, **copy.deepcopy(target["policy"])}
                for (region, resource, dimension), target in self.model.scaling.items()
                if region == self.region and resource == ResourceId and "policy" in target
            ]
        }

    def register_scalable_target(
        self, ServiceNamespace: str, ResourceId: str, ScalableDimension: str, MinCapacity: int, MaxCapacity: int
    ) -> None:
        place = self._log("RegisterScalableTarget", ResourceId, ScalableDimension)
        name, *index = ResourceId.replace("/index/", "/").split("/")[1:]
        holder = find(self.model, self.region, name, *index)
        if holder is None:  # finding DDB-TABLE-322
            self._refuse(
                "ValidationException", f"DynamoDB table does not exist: {ResourceId}", "RegisterScalableTarget"
            )
        if MinCapacity > MaxCapacity:
            text = "Maximum capacity cannot be less than minimum capacity"
            self._refuse("ValidationException", text, "RegisterScalableTarget")
        self.model.scaling.setdefault(place, {})["bounds"] = {"MinCapacity": MinCapacity, "MaxCapacity": MaxCapacity}
        self.model.later(1, lambda: self._into_bounds(name, index, ScalableDimension, MinCapacity, MaxCapacity))

    def _into_bounds(self, name: str, index: list[str], dimension: str, least: int, most: int) -> None:
        """Finding DDB-TABLE-314."""
        units = (find(self.model, self.region, name, *index) or {}).get("ProvisionedThroughput")
        if units:
            unit = dimension.rpartition(":")[2]
            units[unit] = min(max(units[unit], least), most)

    def put_scaling_policy(
        self, ServiceNamespace: str, ResourceId: str, ScalableDimension: str, **policy: t.Any
    ) -> None:
        place = self._log("PutScalingPolicy", ResourceId, ScalableDimension)
        target = self.model.scaling.get(place)
        if target is None:
            self._refuse("ObjectNotFoundException", "No scalable target registered", "PutScalingPolicy")
        standing = target.get("policy", policy)
        if standing["PolicyName"] != policy["PolicyName"]:
            text = "Only one TargetTrackingScaling policy for a given metric specification is allowed."
            self._refuse("ValidationException", text, "PutScalingPolicy")
        target["policy"] = policy

    def deregister_scalable_target(self, ServiceNamespace: str, ResourceId: str, ScalableDimension: str) -> None:
        place = self._log("DeregisterScalableTarget", ResourceId, ScalableDimension)
        if self.model.scaling.pop(place, None) is None:
            self._refuse("ObjectNotFoundException", "No scalable target found", "DeregisterScalableTarget")

    def _log(self, operation: str, resource: str, dimension: str) -> Place:
        self.model.calls.append((self.region, operation, {"ResourceId": resource, "ScalableDimension": dimension}))
        return self.region, resource, dimension

    def _refuse(self, code: str, message: str, operation: str) -> t.NoReturn:
        self.model.refused.append(f"{operation} in {self.region}: {message}")
        refuse(code, message, operation)


class _Pages:
    def __init__(self, answer: t.Callable[..., dict[str, t.Any]]) -> None:
        self.answer = answer

    def paginate(self, **parameters: t.Any) -> _Pages:
        self.parameters = parameters
        return self

    def build_full_result(self) -> dict[str, t.Any]:
        return self.answer(**self.parameters)


def find(model: t.Any, region: str, name: str, index: str = "") -> dict[str, t.Any] | None:
    """The description of a table or of one of its indexes."""
    table = model.tables.get((region, name), {}).get("description")
    if table is None or not index:
        return table
    return next((i for i in table.get("GlobalSecondaryIndexes", []) if i["IndexName"] == index), None)


def unscaled_write(model: t.Any, region: str, name: str, mode: str = "") -> str:
    """Why a table can't have a replica, or not be in ``mode`` with one: what it says (findings DDB-TABLE-188, 288)."""
    description = model.tables[(region, name)]["description"]
    if (mode or description.get("BillingModeSummary", {}).get("BillingMode")) == "PAY_PER_REQUEST":
        return ""
    places = {("Table", f"table/{name}", "dynamodb:table:WriteCapacityUnits")}
    for index in description.get("GlobalSecondaryIndexes", []):
        places.add(("GSI", f"table/{name}/index/{index['IndexName']}", "dynamodb:index:WriteCapacityUnits"))
    for kind, *place in sorted(places):
        if "policy" not in model.scaling.get((region, *place), {}):
            return f"{kind} write capacity should either be Pay-Per-Request or AutoScaled."
    return ""


def scale_index_writes(model: t.Any, region: str, name: str, index: str) -> None:
    """What DynamoDB registers for an index that is added to a provisioned global table (finding DDB-TABLE-322)."""
    resource, metric = f"table/{name}/index/{index}", "DynamoDBWriteCapacityUtilization"
    tracking = {"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": metric}}
    policy = {
        "PolicyName": f"{metric}:{resource}",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    place = (region, resource, "dynamodb:index:WriteCapacityUnits")
    model.scaling[place] = {"bounds": {"MinCapacity": 1, "MaxCapacity": 10}, "policy": policy}


def mirror(model: t.Any, name: str, source: str, region: str) -> None:
    """A new replica gets the write side of the source (finding DDB-TABLE-194)."""
    for (member, resource, dimension), target in list(model.scaling.items()):
        of_table = resource == f"table/{name}" or resource.startswith(f"table/{name}/")
        if member == source and of_table and dimension.endswith("WriteCapacityUnits"):
            model.scaling[region, resource, dimension] = copy.deepcopy(target)

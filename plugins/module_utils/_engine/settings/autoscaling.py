# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application Auto Scaling of provisioned capacity, reads and writes, of a table and its global secondary indexes.

A scalable target says between which bounds, its policy at which utilization. Each region has its own: DynamoDB copies
the write side into a new replica's region (finding DDB-TABLE-194), later changes are made in every region.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ..state import RegionalTable, Scaling
from ..steps import CLEAN, SET, Settings, Step
from .holders import ON_DEMAND, PROVISIONED, holders, words

READ, WRITE = "read", "write"
DIMENSIONS = (READ, WRITE)
DEFAULT_TARGET = 70.0
OFF = {"enabled": False}


def problems(settings: Settings) -> t.Iterator[str]:
    for holder, options in holders(settings).items():
        option = options.get("autoscaling", {})
        given = [dimension for dimension in DIMENSIONS if dimension in option]
        if not option:
            continue
        if not option["enabled"] and given:
            yield f"autoscaling.{' and '.join(given)} of {words(holder)} need autoscaling.enabled: true."
        if option["enabled"] and not given:
            yield f"autoscaling of {words(holder)} needs read or write, each with min and max."
        if option["enabled"] and settings.get("billing_mode") != PROVISIONED:
            yield f"autoscaling of {words(holder)} needs billing_mode: PROVISIONED beside it."
        for dimension in given:
            yield from _bounds_problems(f"autoscaling.{dimension} of {words(holder)}", option[dimension])


def _bounds_problems(where: str, bounds: Settings) -> t.Iterator[str]:
    if not 1 <= bounds["min"] <= bounds["max"]:
        yield f"{where}: min is {bounds['min']} and max is {bounds['max']}, but 1 <= min <= max."
    if not 20 <= bounds.get("target", DEFAULT_TARGET) <= 90:
        yield f"{where}: target is {bounds['target']:g}, but must be 20 to 90 percent."


def replica_problems(settings: Settings) -> t.Iterator[str]:
    """What the options of a table that is to have replicas already say they lack (findings DDB-TABLE-188, 288)."""
    if settings.get("billing_mode") != PROVISIONED:
        return
    for holder, options in holders(settings).items():
        option = options.get("autoscaling")
        if option is not None and WRITE not in option:
            yield (
                f"a provisioned table with replicas needs auto scaling of its write capacity: add autoscaling.write to "
                f"{words(holder)}, or set billing_mode: PAY_PER_REQUEST."
            )


def managed(settings: Settings) -> bool:
    return any("autoscaling" in options for options in holders(settings).values())


def of_new(indexes: list[Settings]) -> list[Settings]:
    """``indexes`` as they are made, where that is read: what scales them comes later."""
    read = {"autoscaling", "read_capacity"}
    return [{**index, "autoscaling": OFF} if read & index.keys() else index for index in indexes]


def of_added(shown: RegionalTable) -> Settings:
    """What scales an index that is added to a standing table: of a global table DynamoDB sees to its writes (finding
    DDB-TABLE-322). Nothing is known of it where it wasn't read."""
    if "autoscaling" not in shown.settings:
        return {}
    writes = {"enabled": True, WRITE: {"min": 1, "max": 10, "target": DEFAULT_TARGET}}
    return {"autoscaling": writes if shown.replicas and shown.settings["billing_mode"] == PROVISIONED else OFF}


def targets(outcome: Settings) -> Scaling:
    """What a change registers, as far as its outcome tells; ``outcome`` as `RegionalTable.having` takes it."""
    indexes = outcome.get("global_secondary_indexes", {})
    scaled = {"": outcome, **(indexes if isinstance(indexes, dict) else {})}
    return {
        (holder, dimension): effect["autoscaling"][dimension]
        for holder, effect in scaled.items()
        for dimension in DIMENSIONS
        if effect and dimension in (effect.get("autoscaling") or {})
    }


def concerns(settings: Settings) -> bool:
    """Whether it has to be known: where it is managed, and where capacity is, which it may own."""
    return managed(settings) or any("read_capacity" in options for options in holders(settings).values())


def of_replica(settings: Settings) -> Settings:
    """What of a table's options its replicas follow: writes, as those have to fit in every region."""
    return {
        **_write_side(settings),
        "global_secondary_indexes": [
            {"name": index["name"], **_write_side(index)} for index in settings.get("global_secondary_indexes", [])
        ],
    }


def mirrored(shown: Settings) -> Settings:
    """Of the settings that a table shows, those of auto scaling as a new replica gets them (finding DDB-TABLE-194)."""
    indexes = shown.get("global_secondary_indexes", [])
    return {
        **_mirrored(shown),
        "global_secondary_indexes": [{**index, **_mirrored(index)} for index in indexes],
    }


def _mirrored(holder: Settings) -> Settings:
    write = holder.get("autoscaling", {}).get(WRITE)
    if "autoscaling" not in holder:
        return {}
    return {"autoscaling": {"enabled": True, WRITE: write} if write else OFF}


def _write_side(holder: Settings) -> Settings:
    option = holder.get("autoscaling", {})
    if not option or (option["enabled"] and WRITE not in option):
        return {}
    return {"autoscaling": {name: value for name, value in option.items() if name != READ}}


def owns(holder: Settings, dimension: str) -> bool:
    """Whether auto scaling sets that capacity of a table or an index as shown; a target does so also without a policy
    (finding DDB-TABLE-195)."""
    return dimension in holder.get("autoscaling", {})


def prerequisite(wanted: Settings, shown: Settings) -> str:
    """What keeps a provisioned table from having replicas, and what to do: a target and a policy of the write capacity
    are needed, of the table and of every index (findings DDB-TABLE-188, 288)."""
    if shown.get("billing_mode") != PROVISIONED:
        return ""
    bounds = {holder: options.get("autoscaling", {}).get(WRITE, {}) for holder, options in holders(shown).items()}
    missing = [holder for holder, write in bounds.items() if "target" not in write]
    if not missing:
        return ""
    asked = {holder for holder, options in holders(wanted).items() if WRITE in options.get("autoscaling", {})}
    listed = ", ".join(words(holder) for holder in missing if holder not in asked)
    remedy = (
        f"Add autoscaling: {{enabled: true, write: {{min: 5, max: 50}}}} to {listed}, or set billing_mode: "
        "PAY_PER_REQUEST. "
    )
    return (
        "it is provisioned, and DynamoDB adds a replica only while auto scaling, by a scalable target and a policy, "
        f"sets the write capacity, and none does for {', '.join(map(words, missing))}. "
        f"{remedy if listed else ''}The module (role) tables sets it up{'' if listed else ': run it first'}."
    )


# What the service shows


def resource(table: str, index: str = "") -> str:
    """The ResourceId."""
    return f"table/{table}/index/{index}" if index else f"table/{table}"


def resources(table: str, settings: Settings) -> list[str]:
    """The ResourceIds of a table and its indexes."""
    return [resource(table, holder) for holder in holders(settings)]


def read(table: str, targets: list[Settings], policies: list[Settings]) -> Scaling:
    """Scalable targets and policies, those of other tables left out."""
    scaling: Scaling = {}
    for target in targets:
        if place := _place(table, target):
            scaling[place] = {"min": target["MinCapacity"], "max": target["MaxCapacity"]}
    for policy in policies:
        place = _place(table, policy)
        if place in scaling and policy.get("PolicyType") == "TargetTrackingScaling":
            scaling[place]["policy"] = policy["PolicyName"]
            scaling[place]["configuration"] = policy["TargetTrackingScalingPolicyConfiguration"]
    return scaling


def _place(table: str, entry: Settings) -> tuple[str, str] | None:
    dimension = {"ReadCapacityUnits": READ, "WriteCapacityUnits": WRITE}.get(
        entry["ScalableDimension"].rpartition(":")[2]
    )
    prefix = resource(table) + "/index/"
    if dimension and entry["ResourceId"] == resource(table):
        return "", dimension
    if dimension and entry["ResourceId"].startswith(prefix):
        return entry["ResourceId"].removeprefix(prefix), dimension
    return None


def described(settings: Settings, scaling: Scaling) -> Settings:
    """``settings`` of a table and its indexes, with what scales them."""
    indexes = settings.get("global_secondary_indexes", [])
    return {
        **settings,
        "autoscaling": _described(scaling, ""),
        "global_secondary_indexes": [{**index, "autoscaling": _described(scaling, index["name"])} for index in indexes],
    }


def _described(scaling: Scaling, holder: str) -> Settings:
    scaled = {dimension: scaling[holder, dimension] for dimension in DIMENSIONS if (holder, dimension) in scaling}
    return {"enabled": bool(scaled), **{dimension: _bounds(target) for dimension, target in scaled.items()}}


def _bounds(target: Settings) -> Settings:
    bounds = {"min": target["min"], "max": target["max"]}
    return {**bounds, "target": target["configuration"]["TargetValue"]} if "policy" in target else bounds


# Steps


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    standing = holders(shown.settings)
    for holder, options in holders(wanted).items():
        if "autoscaling" not in options or "autoscaling" not in standing.get(holder, {}):
            continue  # it isn't managed, wasn't read, or is of an index that is still to come
        change = _Change(name, shown, holder, standing[holder], wanted.get("billing_mode", ""))
        yield from change.steps(options["autoscaling"])


@dataclasses.dataclass
class _Change:
    """Of one table or index in one region: ``shown`` is the whole table, ``standing`` what is to be changed;
    ``billing_mode`` is the one that is wanted, if any."""

    name: str
    shown: RegionalTable
    holder: str
    standing: Settings
    billing_mode: str

    def __post_init__(self) -> None:
        self.now = dict(self.standing["autoscaling"])

    def steps(self, option: Settings) -> t.Iterator[Step]:
        for dimension in DIMENSIONS:
            if option["enabled"] and dimension in option:
                standing = self.now.get(dimension, {}).get("target", DEFAULT_TARGET)
                yield from self._set(dimension, {"target": standing, **option[dimension]})
            elif not option["enabled"] and dimension in self.now:
                yield self._end(dimension)

    def _set(self, dimension: str, bounds: Settings) -> t.Iterator[Step]:
        now = self.now.get(dimension, {})
        least, most, target = bounds["min"], bounds["max"], bounds["target"]
        if (now.get("min"), now.get("max")) != (least, most):
            self.now = {**self.now, "enabled": True, dimension: {**now, "min": least, "max": most}}
            sentence = (
                f"let auto scaling keep the {dimension} capacity of {words(self.holder)} within {least} to {most}"
            )
            members = {"MinCapacity": least, "MaxCapacity": most}
            yield self._step("RegisterScalableTarget", dimension, "target", members, sentence)
        if now.get("target") != target:
            self.now = {**self.now, dimension: dict(bounds)}
            sentence = f"let auto scaling keep {target:g} % of the {dimension} capacity of {words(self.holder)} in use"
            yield self._step("PutScalingPolicy", dimension, "policy", self._policy(dimension, target), sentence)

    def _policy(self, dimension: str, target: float) -> Settings:
        """The policy that is there, whoever made it and with what else it says, or one named as DynamoDB names its own
        (finding DDB-TABLE-237): a target takes one policy a metric."""
        metric = f"DynamoDB{dimension.capitalize()}CapacityUtilization"
        standing = self.shown.scaling.get((self.holder, dimension), {})
        new = {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}
        return {
            "PolicyName": standing.get("policy", f"{metric}:{resource(self.name, self.holder)}"),
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {**standing.get("configuration", new), "TargetValue": target},
        }

    def _end(self, dimension: str) -> Step:
        left = {name: value for name, value in self.now.items() if name != dimension}
        self.now = {**left, "enabled": any(dimension in left for dimension in DIMENSIONS)}
        sentence = f"end auto scaling of the {dimension} capacity of {words(self.holder)}"
        return self._step("DeregisterScalableTarget", dimension, "target", {}, sentence)

    def _step(self, call: str, dimension: str, part: str, members: Settings, sentence: str) -> Step:
        region = self.shown.region
        return Step(
            key=(SET, region, f"autoscaling {dimension} {part} {self.holder}".rstrip()),
            region=region,
            call=call,
            parameters={**_target(self.name, self.holder, dimension), **members},
            sentence=f"{sentence} in {region}",
            exclusive=False,
            effect={"autoscaling": self.now},
            index=self.holder,
            waits_for=self._waits_for(call),
        )

    def _waits_for(self, call: str) -> str:
        if call == "DeregisterScalableTarget":
            # A switch that is refused leaves what is provisioned scaled.
            switched = self.billing_mode != ON_DEMAND or self.shown.settings.get("billing_mode") == ON_DEMAND
            return "" if switched else "billing_mode PAY_PER_REQUEST"
        # Of a global table writes have to be scaled before it can be provisioned.
        switched = self.shown.replicas or self.shown.settings.get("billing_mode") == PROVISIONED
        return "" if switched else "billing_mode PROVISIONED"


def _target(table: str, index: str, dimension: str) -> Settings:
    kind = "index" if index else "table"
    return {
        "ServiceNamespace": "dynamodb",
        "ResourceId": resource(table, index),
        "ScalableDimension": f"dynamodb:{kind}:{dimension.capitalize()}CapacityUnits",
    }


# What is left of a table or an index that is gone, or on demand


def outliving(wanted: Settings, shown: RegionalTable) -> str:
    """What a switch to on-demand leaves scaled, as nobody says that it is to end."""
    named = {holder for holder, options in holders(wanted).items() if "autoscaling" in options}
    left = sorted({holder for holder, _dimension in shown.scaling} - named)
    if shown.scaling_problem:
        return not_looked_for(shown)
    if not left:
        return ""
    scaled, regions = ", ".join(map(words, left)), ", ".join([shown.region, *sorted(shown.replicas)])
    return (
        f"what scaled {scaled} stays registered in {regions}. To remove it, set autoscaling.enabled: false on {scaled}"
    )


def not_looked_for(shown: RegionalTable) -> str:
    return (
        f"what auto scaling leaves behind in {shown.region} couldn't be looked for, and stays if there is any: "
        f"{shown.scaling_problem}"
    )


def cleaned(shown: RegionalTable, step: Step) -> RegionalTable:
    """What a region shows after a step of `leavings`."""
    gone = _place(step.parameters["ResourceId"].split("/")[1], step.parameters)
    return dataclasses.replace(shown, scaling={place: kept for place, kept in shown.scaling.items() if place != gone})


def purged(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    """What scaled the indexes that are purged."""
    if wanted.get("purge_indexes") and "global_secondary_indexes" in wanted and concerns(wanted):
        yield from leavings(name, shown, {place[0] for place in shown.scaling} - holders(wanted).keys())


def leavings(name: str, shown: RegionalTable, only: t.Collection[str] | None = None) -> t.Iterator[Step]:
    """The end of the scalable targets, with their policies and alarms, that outlive what they scaled (findings
    DDB-TABLE-292, 323): of the table with all its indexes, or of ``only`` some of them."""
    standing = {*holders(shown.settings), *shown.indexes} if shown.exists else set()
    for holder, dimension in sorted(shown.scaling):
        if only is not None and holder not in only:
            continue
        yield Step(
            key=(CLEAN, shown.region, f"autoscaling {dimension} {holder}".rstrip()),
            region=shown.region,
            call="DeregisterScalableTarget",
            parameters=_target(name, holder, dimension),
            sentence=f"remove what scaled the {dimension} capacity of {words(holder)} in {shown.region}",
            exclusive=False,
            waits_for=f"{words(holder)} to be gone from {shown.region}" if holder in standing else "",
        )

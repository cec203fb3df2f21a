# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the installed botocore has to know for the options that are used. Pure but for the model it looks into."""

from __future__ import annotations

import typing as t

from .spec import Refused

# What is newer than the oldest botocore that the collection takes: an option, or its value -> the operation and the
# member that carry it out.
NEEDED = {
    "contributor_insights.mode": ("UpdateContributorInsights", "ContributorInsightsMode"),
    "disassociation_protection": ("UpdateTable", "DisassociationProtectionEnabled"),
    "state=disassociated": ("UpdateTable", "ReplicaUpdates.Disassociate"),
    "witness_region": ("UpdateTable", "GlobalTableWitnessUpdates"),
}


def check(params: dict[str, t.Any], model: t.Any) -> None:
    """Refuse what would end in an error of the SDK's, or not be seen, in the middle of a run.

    :param model: botocore's model of DynamoDB (``client.meta.service_model``).
    :raises Refused: for options that it can't carry out.
    """
    used = set(_named(params))
    lacking = [name for name in _lacking(model) if name in used]
    if lacking:
        raise Refused(
            [
                f"The installed botocore is too old for {', '.join(lacking)}: update boto3 and botocore, or remove "
                f"{'them' if len(lacking) > 1 else 'it'}."
            ]
        )


def known(read: t.Any, model: t.Any) -> t.Any:
    """What was read, without the options at any depth that ``check`` would refuse: botocore can't have seen them."""
    lacking = _lacking(model)
    return _without(read, lacking) if lacking else read


def _without(value: t.Any, options: list[str], within: str = "") -> t.Any:
    if isinstance(value, list):
        return [_without(element, options, within) for element in value]
    if not isinstance(value, dict) or within == "tags":
        return value
    return {
        name: _without(inner, options, str(name))
        for name, inner in value.items()
        if name not in options and f"{within}.{name}" not in options
    }


def _lacking(model: t.Any) -> list[str]:
    return [name for name, place in NEEDED.items() if not _knows(model, *place)]


def _named(value: t.Any, within: str = "") -> t.Iterator[str]:
    """Every option that is set, at any depth, by its name, with its parent's, and with its value."""
    if isinstance(value, list):
        for element in value:
            yield from _named(element)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if inner is not None:
            yield from (str(name), f"{within}.{name}", f"{name}={inner}" if isinstance(inner, str) else str(name))
            yield from _named(inner, str(name))


def _knows(model: t.Any, operation: str, path: str) -> bool:
    if operation not in model.operation_names:
        return False
    shape = model.operation_model(operation).input_shape
    for member in path.split("."):
        shape = shape.member if shape.type_name == "list" else shape
        if member not in shape.members:
            return False
        shape = shape.members[member]
    return True

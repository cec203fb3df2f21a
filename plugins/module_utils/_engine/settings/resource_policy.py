# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resource policy of a region's table."""

from __future__ import annotations

import json
import typing as t

from .. import policy_document
from ..state import RegionalTable, account_of
from ..steps import SET, Settings, Step

OPTION = "resource_policy"

# The service counts bytes (finding DDB-TABLE-211).
LARGEST = 20480


def problems(settings: Settings) -> t.Iterator[str]:
    """What the service refuses with less clear words (findings DDB-TABLE-211, 356)."""
    document = settings.get(OPTION)
    if not document:
        return
    size = len(_text(document).encode())
    if size > LARGEST:
        yield f"resource_policy has {size} bytes as JSON, but a policy can have {LARGEST}."
    statements = policy_document.listed(document.get("Statement") or [])
    if not statements or not all(isinstance(statement, dict) for statement in statements):
        yield "resource_policy needs Statement, a list of statements; {} removes the policy."
        return
    shapes = [problem for statement in statements for problem in _shape_problems(statement)]
    if shapes:
        yield from shapes
        return
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    if len(set(sids)) < len(sids):
        yield "resource_policy: two statements have the same Sid: give each its own."
    for statement in statements:
        yield from _problems_of(statement)


def _shape_problems(statement: Settings) -> t.Iterator[str]:
    named = _named(statement)
    if not isinstance(statement.get("Sid", ""), str):
        yield f"resource_policy: Sid of {named} must be text."
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        if not _are_texts(statement.get(element, "")):
            yield f"resource_policy: {element} of {named} must be text or a list of texts."
    for element in ("Principal", "NotPrincipal"):
        names = statement.get(element, "*")
        if names != "*" and not (isinstance(names, dict) and all(map(_are_texts, names.values()))):
            yield f"resource_policy: {element} of {named} must be '*' or a dictionary such as AWS: [...]."
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        example = "Bool: {aws:SecureTransport: false}"
        yield f"resource_policy: Condition of {named} must be a dictionary such as {example}."


def _are_texts(value: t.Any) -> bool:
    return all(isinstance(element, str) for element in policy_document.listed(value))


def _named(statement: Settings) -> str:
    return f"statement {statement['Sid']!r}" if "Sid" in statement else "a statement"


def _problems_of(statement: Settings) -> t.Iterator[str]:
    named = _named(statement)
    for element in ("Effect", "Principal", "Action", "Resource"):
        if element not in statement and (element == "Effect" or f"Not{element}" not in statement):
            yield f"resource_policy: {named} has no {element}."
    if str(statement.get("Effect", "Allow")).title() not in ("Allow", "Deny"):
        yield f"resource_policy: {named} has {statement['Effect']!r} as its Effect, but must have Allow or Deny."


def replication_problem(settings: Settings, table: str, account: str | None) -> str:
    """Why a table with this policy, which has no `problems`, can't be in a group; empty when it can."""
    if any(problems(settings)):
        return ""
    action = policy_document.denied_to_replication(settings.get(OPTION, {}), table, account or "")
    return action and (
        f"resource_policy denies {action} to the role of replication (AWSServiceRoleForDynamoDBReplication), which the "
        "table's replicas need: exempt the role, for instance by a condition on aws:PrincipalArn"
    )


def read(text: str | None) -> Settings:
    """GetResourcePolicy's policy; none is an empty one."""
    return policy_document.canonical(json.loads(text)) if text else {}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if OPTION not in wanted or OPTION not in shown.settings:
        return
    document = wanted[OPTION]
    if not policy_document.differ(document, shown.settings[OPTION]):
        return
    yield Step(
        key=(SET, shown.region, OPTION),
        region=shown.region,
        call="PutResourcePolicy" if document else "DeleteResourcePolicy",
        parameters={"ResourceArn": shown.arn, **({"Policy": _text(document)} if document else {})},
        sentence=f"{'set' if document else 'remove'} the resource policy in {shown.region}",
        exclusive=False,
        effect={OPTION: policy_document.canonical(document)},
    )


def _text(document: Settings) -> str:
    return json.dumps(document, separators=(",", ":"))


def differences(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[str]:
    """What a table that has replicas can't have, whether they are listed or not."""
    problem = shown.replicas and replication_problem(wanted, name, account_of(shown.arn))
    if problem:
        yield problem

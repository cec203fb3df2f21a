# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy document: the form in which two of one meaning are equal, and whether it denies replication. Pure."""

from __future__ import annotations

import fnmatch
import re
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies

Document = dict[str, t.Any]

DEFAULT_VERSION = "2008-10-17"
ROOT = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):root")

REPLICATION_SERVICE = "replication.dynamodb.amazonaws.com"
REPLICATION_ROLE = f"role/aws-service-role/{REPLICATION_SERVICE}/AWSServiceRoleForDynamoDBReplication"

# What the role does to a table (AWS managed policy DynamoDBReplicationServiceRolePolicy, v8).
REPLICATION_ACTIONS = (
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:UpdateTable",
    "dynamodb:Scan",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:UpdateTimeToLive",
    "dynamodb:GetResourcePolicy",
)

# Condition keys that the role's requests never carry (IAM User Guide, global condition context keys).
_NOT_IN_ITS_REQUESTS = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:multifactorauthpresent")


def listed(value: t.Any) -> list[t.Any]:
    """An element of a policy that may be a list or its only member."""
    return value if isinstance(value, list) else [value]


def canonical(document: Document) -> Document:
    """The document without what the service writes in another way (findings DDB-TABLE-208, 352, 353, 355).

    Account ids stay ids, whichever way they are written: an ARN of the root user names the partition too.
    """
    if not document:
        return {}
    statements = [_statement(statement) for statement in listed(document.get("Statement", []))]
    return {"Version": DEFAULT_VERSION, **document, "Statement": statements}


def _statement(statement: Document) -> Document:
    plain = {
        name: _one(value) if name in ("Action", "NotAction", "Resource", "NotResource") else value
        for name, value in statement.items()
    }
    for name in ("Principal", "NotPrincipal"):
        if isinstance(plain.get(name), dict):
            plain[name] = {kind: _principals(names) for kind, names in plain[name].items()}
    if isinstance(plain.get("Effect"), str):
        plain["Effect"] = plain["Effect"].title()
    if isinstance(plain.get("Condition"), dict):
        plain["Condition"] = {
            operator: {key: _one(values) for key, values in keys.items()}
            for operator, keys in plain["Condition"].items()
        }
    return plain


def _principals(names: t.Any) -> t.Any:
    return _one(list(dict.fromkeys(_account(str(name)) for name in listed(names))))


def _account(principal: str) -> str:
    root = ROOT.fullmatch(principal)
    return root[1] if root else principal


def _one(value: t.Any) -> t.Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def differ(one: Document, other: Document) -> bool:
    """Whether two documents mean something else, whatever the order of what has none."""
    if not one or not other:
        return bool(one) != bool(other)
    return compare_policies(canonical(one), canonical(other), default_version=DEFAULT_VERSION)


def denied_to_replication(document: Document, table: str, account: str = "") -> str:
    """The action that the document denies to the replication of ``table``; empty when it denies none for sure.

    Replication that lacks one of them stops, and after 20 hours the replica is detached (Developer Guide, "DynamoDB
    global tables security").

    :param account: the table's account; without it an account's name denies nothing for sure.
    """
    for statement in canonical(document).get("Statement", []):
        if statement.get("Effect") != "Deny" or not _is_of(statement, table):
            continue
        if not _names_replication(statement, account) or not _applies(statement.get("Condition", {}), account):
            continue
        for action in REPLICATION_ACTIONS:
            if _covers(statement, "Action", lambda pattern, action=action: _like(pattern, action)):
                return action
    return ""


def _is_of(statement: Document, table: str) -> bool:
    return _covers(statement, "Resource", lambda pattern: _like(pattern.rpartition(":")[2], f"table/{table}"))


def _names_replication(statement: Document, account: str) -> bool:
    if "NotPrincipal" in statement:
        return not _has_replication(statement["NotPrincipal"], account)
    return _has_replication(statement.get("Principal", {}), account)


def _has_replication(principals: t.Any, account: str) -> bool:
    groups = {"AWS": "*"} if principals == "*" else principals
    names = [name for names in groups.values() for name in listed(names)]
    return any(name in ("*", REPLICATION_SERVICE, account or None) or name.endswith(REPLICATION_ROLE) for name in names)


def _covers(statement: Document, element: str, matches: t.Callable[[str], bool]) -> bool:
    """Whether an element, or its ``Not`` form, covers what ``matches`` looks for."""
    if f"Not{element}" in statement:
        return not any(matches(str(pattern)) for pattern in listed(statement[f"Not{element}"]))
    return any(matches(str(pattern)) for pattern in listed(statement.get(element, [])))


def _like(pattern: str, value: str) -> bool:
    return fnmatch.fnmatchcase(value.lower(), pattern.lower().replace("[", "[[]"))


def _applies(conditions: Document, account: str) -> bool:
    """Whether all conditions hold for a request of the replication role, as far as its requests are known."""
    known = {
        "aws:principalarn": f"arn:aws:iam::{account or '000000000000'}:{REPLICATION_ROLE}",
        "aws:principalisawsservice": "false",
        "aws:securetransport": "true",
        **dict.fromkeys(_NOT_IN_ITS_REQUESTS),
        **({"aws:principalaccount": account} if account else {}),
    }
    return all(
        key.lower() in known and _holds(operator.lower(), listed(values), known[key.lower()])
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _holds(operator: str, values: list[t.Any], actual: str | None) -> bool:
    """A key that the request lacks fits no condition but a negated one and ``IfExists``."""
    name = operator.rpartition(":")[2]
    negated = "not" in name
    if name == "null":
        return any((actual is None) == (str(value).lower() == "true") for value in values)
    if actual is None:
        return negated or name.endswith("ifexists")
    return any(_like(str(value), actual) for value in values) != negated

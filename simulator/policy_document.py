# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A resource policy's document: what makes it invalid, how it reads back, and whom it denies. Pure."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from simulator import errors

Statement = dict[str, Any]
Context = dict[str, str]

LARGEST = 20480
DEFAULT_VERSION = "2008-10-17"
STATEMENT_KEYS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource")
REQUIRED = ("Effect", "Principal", "Action", "Resource")
STREAM_ACTIONS = frozenset({"describestream", "getrecords", "getsharditerator"})
ACCOUNT_ID = re.compile(r"\d{12}")
ROOT = re.compile(r"arn:aws:iam::(\d{12}):root")
DATE_OPERATORS: dict[str, Callable[[datetime.datetime, datetime.datetime], bool]] = {
    "equals": datetime.datetime.__eq__,
    "notequals": datetime.datetime.__eq__,
    "lessthan": datetime.datetime.__lt__,
    "lessthanequals": datetime.datetime.__le__,
    "greaterthan": datetime.datetime.__gt__,
    "greaterthanequals": datetime.datetime.__ge__,
}
LIMITING_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principalisawsservice",
        "aws:ec2instancesourcevpc",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    }
)
"""The condition keys that AWS trusts to make an Allow for everybody non-public [D]."""


@dataclass(frozen=True)
class Document:
    """A policy that is valid for the resource it is attached to."""

    version: str | None
    statements: tuple[Statement, ...]

    @property
    def text(self) -> str:
        """What GetResourcePolicy returns: minified, in a fixed order, with a version (208, 351, 354)."""
        whole = {"Version": self.version or DEFAULT_VERSION, "Statement": list(self.statements)}
        return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)

    @property
    def dates(self) -> list[datetime.datetime]:
        """The moments that its conditions name."""
        return [_date(text) for statement in self.statements for _, text in _date_conditions(statement)]

    def denies(self, principal: str, action: str, resource: str, now: datetime.datetime) -> bool:
        """Whether a principal, by ARN or service name, is refused an action by an explicit Deny at a moment."""
        return any(
            statement["Effect"] == "Deny"
            and _names_principal(statement, principal)
            and _names(statement, "Action", action)
            and _names(statement, "Resource", resource)
            and _conditions_hold(statement.get("Condition", {}), _context(principal, now))
            for statement in self.statements
        )


def parse(text: str, for_stream: bool = False) -> Document:
    """A document from what a client sent; raises what the service says of an invalid one (211, 352, 356)."""
    if len(text.encode()) > LARGEST:
        raise errors.policy_too_large(LARGEST)
    try:
        sent = json.loads(text)
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise errors.invalid_policy("This policy contains invalid Json")
    statements = sent.get("Statement")
    if not statements:
        raise errors.invalid_policy("Could not parse the policy: Statement is empty!")
    if set(sent) - {"Version", "Id", "Statement"} or sent.get("Version") not in (None, DEFAULT_VERSION, "2012-10-17"):
        raise errors.invalid_policy("Syntax error at position (1,1)")
    statements = statements if isinstance(statements, list) else [statements]
    _sids_are_unique(statements)
    return Document(sent.get("Version"), tuple(_statement(statement, for_stream) for statement in statements))


def _statement(sent: Any, for_stream: bool) -> Statement:
    if not isinstance(sent, dict) or set(sent) - {*STATEMENT_KEYS, "Condition"}:
        raise errors.invalid_policy("Syntax error at position (1,1)")
    for name in REQUIRED:
        if name not in sent and f"Not{name}" not in sent:
            raise errors.invalid_policy(f"Missing required field {name}")
    if str(sent["Effect"]).title() not in ("Allow", "Deny"):
        raise errors.invalid_policy("Syntax error at position (1,1)")
    statement = {key: sent[key] for key in STATEMENT_KEYS if key in sent}
    statement["Effect"] = str(sent["Effect"]).title()  # 355
    for key in ("Principal", "NotPrincipal"):
        if key in sent:
            statement[key] = _principal(sent[key])
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in sent:
            statement[key] = _only(sent[key])  # 353
    if sent.get("Condition"):
        statement["Condition"] = {
            operator: {key: _only(value) for key, value in keys.items()} for operator, keys in sent["Condition"].items()
        }
    _dates_are_valid(statement)
    _is_not_public(statement)
    _suits_resource(statement, for_stream)
    return statement


def _date_conditions(statement: Statement) -> list[tuple[str, str]]:
    """The operators of a statement's conditions on dates, such as lessthan, each with a date."""
    return [
        (base.removeprefix("date"), str(text))
        for operator, keys in statement.get("Condition", {}).items()
        if (base := _base(operator)).startswith("date")
        for texts in keys.values()
        for text in _listed(texts)
    ]


def _dates_are_valid(statement: Statement) -> None:
    for operator, text in _date_conditions(statement):
        try:
            _date(text)
        except ValueError:
            operator = ""
        if operator not in DATE_OPERATORS:
            raise errors.invalid_policy("Syntax error at position (1,1)")


def _principal(sent: Any) -> Any:
    """Account ids become root ARNs, the same principal twice one (352)."""
    if sent == "*":
        return sent
    if not isinstance(sent, dict):
        raise errors.invalid_policy("Syntax error at position (1,1)")
    return {kind: _only(list(dict.fromkeys(_root(name) for name in _listed(names)))) for kind, names in sent.items()}


def _root(name: str) -> str:
    return f"arn:aws:iam::{name}:root" if ACCOUNT_ID.fullmatch(name) else name


def _only(value: Any) -> Any:
    """The one element of a list that has only one; anything else as it is (208, 353)."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _sids_are_unique(statements: list[Any]) -> None:
    sids = [statement["Sid"] for statement in statements if isinstance(statement, dict) and "Sid" in statement]
    if len(set(sids)) < len(sids):
        raise errors.invalid_policy("The Statement Ids in the policy are not unique")


def _is_not_public(statement: Statement) -> None:
    """An Allow for everybody needs a condition that limits it (352, 356)."""
    everybody = statement.get("Principal") == "*" or "*" in _listed((statement.get("Principal") or {}).get("AWS"))
    limits = {key.lower() for keys in statement.get("Condition", {}).values() for key in keys} & LIMITING_KEYS
    if statement["Effect"] == "Allow" and (everybody or "NotPrincipal" in statement) and not limits:
        raise errors.unbounded_access()


def _suits_resource(statement: Statement, for_stream: bool) -> None:
    """A stream's actions and ARN are for a stream's policy, all others for a table's (211)."""
    actions = [str(action) for key in ("Action", "NotAction") for action in _listed(statement.get(key, []))]
    foreign = [action for action in actions if not _is_action_of(action, for_stream)]
    if foreign:
        names = ", ".join(f'"{action}"' for action in foreign)
        raise errors.invalid_policy(f"The following action names are invalid: {names}")
    for key in ("Resource", "NotResource"):
        for arn in _listed(statement.get(key, [])):
            if arn != "*" and ("/stream/" in arn) != for_stream:
                relative = arn.rpartition(":")[2]
                raise errors.invalid_policy(f'The relative-id "{relative}" is invalid for ARN "{arn}".')


def _is_action_of(action: str, stream: bool) -> bool:
    service, _, name = action.lower().partition(":")
    if action == "*" or (service == "dynamodb" and "*" in name):
        return True
    return service == "dynamodb" and (name in STREAM_ACTIONS) == stream


def _names_principal(statement: Statement, principal: str) -> bool:
    if "NotPrincipal" in statement:
        return not _is_principal(statement["NotPrincipal"], principal)
    return _is_principal(statement["Principal"], principal)


def _is_principal(named: Any, principal: str) -> bool:
    if named == "*":
        return True
    names = [name for group in named.values() for name in _listed(group)]
    account = principal.split(":")[4] if principal.startswith("arn:") else None
    return any(name in ("*", principal) or (found := ROOT.fullmatch(name)) and found[1] == account for name in names)


def _names(statement: Statement, key: str, value: str) -> bool:
    """Whether a statement's Action or Resource, or the lack in its Not form, covers a value."""
    patterns = _listed(statement[key] if key in statement else statement[f"Not{key}"])
    covered = any(_like(str(pattern), value, key == "Action") for pattern in patterns)
    return covered == (key in statement)


def _like(pattern: str, value: str, any_case: bool = False) -> bool:
    if any_case:
        pattern, value = pattern.lower(), value.lower()
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _context(principal: str, now: datetime.datetime) -> Context:
    """What a request of this principal says of itself."""
    time = {"aws:currenttime": now.isoformat()}
    if not principal.startswith("arn:"):
        return {**time, "aws:principalisawsservice": "true", "aws:principalservicename": principal}
    return {
        **time,
        "aws:principalarn": principal,
        "aws:principalaccount": principal.split(":")[4],
        "aws:principalisawsservice": "false",
    }


def _conditions_hold(conditions: dict[str, dict[str, Any]], context: Context) -> bool:
    return all(
        _condition_holds(operator, key, [str(value) for value in _listed(values)], context)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _base(operator: str) -> str:
    """An operator without its quantifier and IfExists."""
    return operator.lower().rpartition(":")[2].removesuffix("ifexists")


def _date(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _condition_holds(operator: str, key: str, values: list[str], context: Context) -> bool:
    """IAM's rules: a key that the request lacks fits no condition, unless that is a negated one or `IfExists`."""
    base = _base(operator)
    negated = "not" in base and base != "null"
    actual = context.get(key.lower())
    if base == "null":
        return (actual is None) == (values == ["true"])
    if actual is None:
        return negated or operator.lower().endswith("ifexists")
    if base.startswith("date"):
        return (
            any(DATE_OPERATORS[base.removeprefix("date")](_date(actual), _date(value)) for value in values) != negated
        )
    any_case = base in ("bool", "stringequalsignorecase", "stringnotequalsignorecase")
    return any(_like(value, actual, any_case) for value in values) != negated

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A call to the service, its answer, and the log of both."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from simulator.errors import ERROR_TYPE_PREFIX, ServiceError

ERROR_CODE = re.compile(r'"__type": ?"(?:[^"#]*#)?([^"]+)"|<Code>([^<]+)</Code>')

STATEMENT_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([\w.-]+)', re.IGNORECASE)
NAMES_OF_TABLES = ("TableName", "ResourceArn", "StreamArn", "ShardIterator")

ITEM_OPERATIONS = frozenset(
    {
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
LOGGED_OF_ITEM_OPERATIONS = frozenset(
    {"TableName", "IndexName", "ConsistentRead", "ConditionExpression", "UpdateExpression", "Select", "Limit"}
)

LOGGED_OF_OTHER_SERVICES = frozenset(
    {
        "AlarmNamePrefix",
        "AlarmNames",
        "AliasName",
        "KeyId",
        "MaxCapacity",
        "MinCapacity",
        "PolicyName",
        "PolicyNames",
        "ResourceId",
        "ResourceIds",
        "ScalableDimension",
        "ServiceNamespace",
        "StreamARN",
        "StreamArn",
        "StreamName",
        "TableName",
    }
)
"""What names a resource, or says how much: enough to hold a policy against."""


@dataclass
class Call:
    """One request, as the service understood it."""

    service: str
    region: str
    operation: str
    parameters: dict[str, Any]
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """The table as the call names it: by name, by its ARN, or by what begins with it."""
        named = next((self.parameters[name] for name in NAMES_OF_TABLES if self.parameters.get(name)), "")
        return named if isinstance(named, str) else ""

    @property
    def resources(self) -> list[str]:
        """Every table that the call names, by name or ARN, those of batches, transactions and statements too."""
        parameters, items = self.parameters, self.parameters.get("RequestItems")
        names = [self.resource] if self.resource else []
        names += items if isinstance(items, dict) else []
        for action in parameters.get("TransactItems", []):
            names += [target["TableName"] for target in action.values()]
        several = parameters.get("TransactStatements", []) + parameters.get("Statements", [])
        for statement in [parameters] if "Statement" in parameters else several:
            names += STATEMENT_TABLE.findall(statement["Statement"])
        return names

    @property
    def table(self) -> str | None:
        """The name of the table the call names."""
        return table_name(self.resource) or None


def table_name(resource: str) -> str:
    """A table's name, from itself or from an ARN."""
    return resource.split("table/")[-1].split("/")[0]


@dataclass
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    is_sent: bool = True

    @classmethod
    def none(cls) -> Answer:
        """No answer: the connection is closed."""
        return cls(0, b"", is_sent=False)

    @classmethod
    def of(cls, result: dict[str, Any]) -> Answer:
        return cls(200, json.dumps(result).encode())

    @classmethod
    def of_error(cls, error: ServiceError) -> Answer:
        body = {"__type": ERROR_TYPE_PREFIX + error.code, "message": error.message}
        return cls(error.status, json.dumps(body).encode())

    @classmethod
    def of_error_in_xml(cls, error: ServiceError) -> Answer:
        """For the services of the query protocol, such as STS and IAM."""
        details = f"<Type>Sender</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        body = f"<ErrorResponse><Error>{details}</Error></ErrorResponse>"
        return cls(error.status, body.encode(), {"Content-Type": "text/xml"})

    @property
    def error_code(self) -> str | None:
        """The error's code, as far as the answer has one."""
        if self.status < 400:
            return None
        found = ERROR_CODE.search(self.body.decode(errors="replace"))
        return (found[1] or found[2]) if found else str(self.status)


class CallLog:
    """The calls received, without item values or credentials."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []

    def record(self, call: Call, answer: Answer, answered: bool = True) -> None:
        self._entries.append(
            {
                "time": time.time(),
                "service": call.service,
                "region": call.region,
                "operation": call.operation,
                "table": call.table,
                "parameters": loggable_parameters(call),
                "user_agent": call.headers.get("User-Agent", ""),
                "status": answer.status,
                "error": answer.error_code,
                "answered": answered,
            }
        )

    def entries(self, **wanted: str | None) -> list[dict[str, Any]]:
        """The calls, oldest first; of one region, operation, table or service if named."""
        criteria = {name: value for name, value in wanted.items() if value is not None}
        return [entry for entry in self._entries if all(entry[name] == value for name, value in criteria.items())]

    def clear(self) -> None:
        self._entries.clear()


def loggable_parameters(call: Call) -> dict[str, Any]:
    """A call's parameters without anything that could hold an item's values or a secret."""
    if call.service != "dynamodb":
        return {
            name: value for name, value in call.parameters.items() if name.split(".")[0] in LOGGED_OF_OTHER_SERVICES
        }
    if call.operation not in ITEM_OPERATIONS:
        return call.parameters
    parameters = {name: value for name, value in call.parameters.items() if name in LOGGED_OF_ITEM_OPERATIONS}
    if isinstance(call.parameters.get("RequestItems"), dict):
        parameters["RequestItems"] = sorted(call.parameters["RequestItems"])
    return parameters

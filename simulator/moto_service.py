# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands calls to moto: DynamoDB's regional operations directly, other services through moto's own application."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

from moto.core.request import Request
from moto.dynamodb.responses import DynamoHandler
from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from simulator import store
from simulator.calls import Answer, Call
from simulator.errors import ServiceError, simulator_failed

log = logging.getLogger(__name__)

READ_BY_MOTO = {"Authorization", "Content-Type", "X-Amz-Target"}
PASSED_ON = {"content-type"}


def regional_answer(call: Call) -> Answer:
    """What moto answers to a DynamoDB call."""
    url = f"http://dynamodb.{call.region}.amazonaws.com/"
    headers = {name: value for name, value in call.headers.items() if name in READ_BY_MOTO}
    request = Request.from_primitives("POST", url, headers, call.body)
    try:
        status, sent, body = DynamoHandler.dispatch(request)
    except ServiceError:
        raise
    except Exception as reason:
        log.exception("moto failed on %s", call.operation)
        raise simulator_failed(f"moto raised {type(reason).__name__} on {call.operation}") from reason
    content = body.encode() if isinstance(body, str) else body
    return Answer(int(status), content, {k: str(v) for k, v in sent.items() if k.lower() in PASSED_ON})


def item_answer(call: Call) -> Answer:
    """What moto answers to GetItem, without its parsing and serializing, which take most of the time.

    Whatever is out of the ordinary goes the long way, for the same answer.
    """
    handler = DynamoHandler()
    handler.region, handler.current_account = call.region, store.ACCOUNT
    handler.body = {**call.parameters, "Key": store.with_raw_binary(call.parameters["Key"])}
    try:
        result = handler.get_item().result
    except Exception:
        return regional_answer(call)
    return Answer(200, json.dumps(result, default=_base64).encode())


def account_of(headers: dict[str, str]) -> str:
    """The account a caller's access key belongs to."""
    credential = headers.get("Authorization", "").partition("Credential=")[2]
    return get_account_id_from(credential.partition("/")[0])


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


class MotoApplication:
    """Moto's server application, for every service but DynamoDB."""

    def __init__(self) -> None:
        self._application: Any = DomainDispatcherApplication(create_backend_app)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        builder = EnvironBuilder(path=path, method=method, headers=list(headers.items()), data=body)
        response = Response.from_app(self._application, builder.get_environ())
        return Answer(response.status_code, response.get_data(), dict(response.headers))

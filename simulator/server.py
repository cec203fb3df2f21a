# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP front: AWS's API, signed for any region, and the admin verbs, on one loopback port."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import secrets
import threading
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulator.address import ADMIN_PATH, HOST, SHUTDOWN, is_loopback, url_of
from simulator.admin import READING_VERBS, VERBS, Admin
from simulator.calls import Answer, Call
from simulator.clock import DEFAULT_TIME_SCALE
from simulator.core import Simulator
from simulator.errors import bad_request, not_simulated, simulator_failed, unsigned
from simulator.lag import Lag

log = logging.getLogger(__name__)

CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
JSON_CONTENT = {"Content-Type": "application/json"}
DYNAMODB_CONTENT = {"Content-Type": "application/x-amz-json-1.0"}
SENT_ANEW = ("content-length", "connection", "date", "server", "x-amzn-requestid", "x-amz-crc32")


class SimulatorServer(ThreadingHTTPServer):
    """Serves one simulator; refuses any address that isn't this machine's own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, simulator: Simulator, port: int, host: str = HOST) -> None:
        if not is_loopback(host):
            raise ValueError(f"the simulator binds only loopback addresses, and {host} is none")
        self.simulator = simulator
        self.admin = Admin(simulator)
        self.token = secrets.token_hex()
        super().__init__((host, port), RequestHandler)

    @property
    def url(self) -> str:
        return url_of(self.server_port)

    def end(self) -> None:
        """Have `serve_forever` return; called from within it, so this doesn't wait."""
        threading.Thread(target=self.shutdown).start()


class RequestHandler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    server: SimulatorServer
    protocol_version = "HTTP/1.1"
    server_version = "multiregion.dynamodb-simulator"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the caller died on the way
            self.close_connection = True
            return
        try:
            for_admin = self.path.startswith(ADMIN_PATH)
            answer = self._admin_answer(body) if for_admin else self._service_answer(body)
        except Exception as reason:
            log.exception("%s %s failed", self.command, self.path)
            answer = Answer.of_error(simulator_failed(f"{type(reason).__name__}: {reason}"))
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        if not answer.is_sent:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in SENT_ANEW:
                self.send_header(name, value)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("x-amz-crc32", str(zlib.crc32(answer.body)))
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _service_answer(self, body: bytes) -> Answer:
        scope = CREDENTIAL_SCOPE.search(self.headers.get("Authorization", ""))
        if scope is None:
            return Answer.of_error(unsigned())
        region, service = scope.groups()
        headers = dict(self.headers.items())
        target, _, operation = headers.get("X-Amz-Target", "").rpartition(".")
        if service != "dynamodb":
            parameters = _json_object(body) if operation else _form(body)
            call = Call(service, region, operation or parameters.get("Action", ""), parameters, body, headers)
            return self.server.simulator.answer_other_service(call, self.command, self.path)
        call = Call("dynamodb", region, operation, {}, body, headers)
        if target.startswith("DynamoDBStreams"):
            call.service = "dynamodbstreams"
        elif target != "DynamoDB_20120810":
            return Answer.of_error(not_simulated(f"the API {target or 'without X-Amz-Target'}"))
        try:
            call.parameters = json.loads(body or b"{}")
        except ValueError:
            return Answer.of_error(bad_request("the request's body is no JSON"))
        answer = self.server.simulator.answer(call)
        return replace(answer, headers={**DYNAMODB_CONTENT, **answer.headers})

    def _admin_answer(self, body: bytes) -> Answer:
        if not is_loopback(_host_name(self.headers.get("Host", ""))):
            return _admin_error(403, "the admin interface answers only requests to a loopback address")
        address = urlsplit(self.path)
        name = address.path.removeprefix(ADMIN_PATH)
        if name == SHUTDOWN:
            if self.command != "POST" or not secrets.compare_digest(body, self.server.token.encode()):
                return _admin_error(403, f"{SHUTDOWN} wants a POST of the token of this simulator")
            self.server.end()
            return Answer(200, b"{}", JSON_CONTENT)
        if name not in VERBS:
            return _admin_error(404, f"no such verb; there are {', '.join(sorted(VERBS))}")
        try:
            if self.command == "GET" and name in READING_VERBS:
                arguments = dict(parse_qsl(address.query))
            elif self.command == "POST" and self.headers.get_content_type() == "application/json":
                arguments = json.loads(body or b"{}")
            else:
                return _admin_error(405, f"{name} wants a POST with content type application/json")
            return Answer(200, json.dumps(getattr(self.server.admin, name)(**arguments)).encode(), JSON_CONTENT)
        except (TypeError, ValueError) as reason:
            return _admin_error(400, str(reason))


@dataclass
class Served:
    """A simulator that is being served, for tests in the same process."""

    url: str
    admin: Admin


@contextlib.contextmanager
def serve(
    port: int = 0, time_scale: float = DEFAULT_TIME_SCALE, seed: int | None = None, lag: Lag | None = None
) -> Iterator[Served]:
    """Serve a simulator from this process for the length of a `with`; port 0 is a free one.

    One at a time: what moto keeps belongs to the process.
    """
    simulator = Simulator(time_scale, seed, lag)
    server = SimulatorServer(simulator, port)
    thread = threading.Thread(target=server.serve_forever, name="simulator", daemon=True)
    thread.start()
    try:
        yield Served(server.url, server.admin)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        simulator.reset()
        simulator.close()


def _host_name(host_header: str) -> str:
    return urlsplit(f"//{host_header}").hostname or ""


def _admin_error(status: int, message: str) -> Answer:
    return Answer(status, json.dumps({"error": message}).encode(), JSON_CONTENT)


def _form(body: bytes) -> dict[str, Any]:
    """The parameters of a query-protocol call, such as STS's; its operation is among them."""
    return dict(parse_qsl(body.decode(errors="replace")))


def _json_object(body: bytes) -> dict[str, Any]:
    """The parameters of another service's JSON call; none where they can't be read, which the service then says."""
    try:
        parameters = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parameters if isinstance(parameters, dict) else {}

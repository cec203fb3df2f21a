# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator behind a server that lets one call, or several, go wrong. Its clock moves with each call only."""

from __future__ import annotations

import collections
import contextlib
import re
import threading
import typing as t

from simulator import errors
from simulator.calls import Answer
from simulator.core import Simulator
from simulator.server import CREDENTIAL_SCOPE, RequestHandler, SimulatorServer

# Simulated seconds that pass with each call: few after a change, so that its stages are seen, then more.
LONGEST_STEP = 12
DELAY = 600
READS = ("Describe", "List", "Get", "BatchGet", "Scan")

PORTAL = Answer(200, b"<html><body>Please log in</body></html>", {"Content-Type": "text/html"})


class Call(t.NamedTuple):
    """A call of a run: the ``number``-th of its kind in its region. The SDK's repetitions of a call count as one."""

    operation: str
    region: str
    number: int

    def __str__(self) -> str:
        return f"{self.operation} {self.region} {self.number}"


class Strike(t.NamedTuple):
    """What goes wrong with ``call``, by the name of one of `FAULTS`."""

    fault: str
    call: Call

    @classmethod
    def parse(cls, text: str) -> Strike:
        """As `str` writes it."""
        fault, _, call = text.partition(": ")
        operation, region, number = call.split()
        return cls(fault, Call(operation, region, int(number)))

    def __str__(self) -> str:
        return f"{self.fault}: {self.call}"


class Fault(t.NamedTuple):
    """What goes wrong with a call.

    :ivar carried_out: whether the simulator gets it.
    :ivar lasting: whether the SDK's repetitions of the call meet it, too.
    :ivar delay: how many simulated seconds the call takes.
    :ivar answer: in place of the call's own.
    """

    carried_out: bool = False
    lasting: bool = True
    kills: bool = False
    cut: bool = False
    delay: float = 0
    answer: Answer | errors.ServiceError | None = None


NONE = Answer.none()
INTERNAL = errors.ServiceError("InternalServerError", "The request processing has failed.", 500)
FAULTS = {
    "killed before": Fault(kills=True, answer=NONE),
    "killed after": Fault(carried_out=True, kills=True, answer=NONE),
    "reset": Fault(answer=NONE),
    "lost answer": Fault(carried_out=True, lasting=False, answer=NONE),
    "lost answers": Fault(carried_out=True, answer=NONE),
    "HTTP 500": Fault(answer=INTERNAL),
    "HTTP 500 after": Fault(carried_out=True, answer=INTERNAL),
    "throttled": Fault(answer=errors.ServiceError("ThrottlingException", "Rate exceeded", 400)),
    "denied": Fault(answer=errors.ServiceError("AccessDeniedException", "denied, because a test asked for it", 400)),
    "expired": Fault(answer=errors.ServiceError("ExpiredTokenException", "The security token is expired", 400)),
    "portal": Fault(answer=PORTAL),
    "cut short": Fault(carried_out=True, cut=True),
    "delayed": Fault(carried_out=True, delay=DELAY),
}
# What changes nothing looks the same whether it was carried out or not.
SAME_FOR_READS = ("killed after", "lost answer", "lost answers", "HTTP 500 after")


class Handler(RequestHandler):
    """One call: counted, perhaps struck."""

    server: FaultyServer
    cut = False

    def _service_answer(self, body: bytes) -> Answer:
        self.cut = False
        fault = self.server.fault_of(self._kind(body), self.headers.get("amz-sdk-invocation-id", ""))
        if fault is None:
            return self._carried_out(body)
        answer = self._carried_out(body) if fault.carried_out else None
        if fault.kills:
            self.server.kill()
        if fault.delay:
            self.server.admin.advance(fault.delay)
        self.cut = fault.cut
        if isinstance(fault.answer, errors.ServiceError):
            speaks_json = "X-Amz-Target" in self.headers
            return Answer.of_error(fault.answer) if speaks_json else Answer.of_error_in_xml(fault.answer)
        return fault.answer or answer or NONE

    def _carried_out(self, body: bytes) -> Answer:
        operation, _ = self._kind(body)
        self.server.advance(is_change=not operation.startswith(READS))
        return super()._service_answer(body)

    def _kind(self, body: bytes) -> tuple[str, str]:
        operation = (
            self.headers.get("X-Amz-Target", "").rpartition(".")[2] or re.search(rb"Action=(\w+)", body)[1].decode()
        )
        return operation, CREDENTIAL_SCOPE.search(self.headers["Authorization"])[1]

    def _send(self, answer: Answer) -> None:
        with contextlib.suppress(ConnectionError):  # of a module that was killed
            if not self.cut:
                return super()._send(answer)
            self.send_response(answer.status)
            self.send_header("x-amzn-RequestId", "cut")
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.close_connection = True


class FaultyServer(SimulatorServer):
    """Counts the calls of a run, and lets those of `strikes` go wrong.

    :ivar counted: every call since `start`.
    :ivar struck: the strikes that took place.
    :ivar kill: ends the module that runs.
    """

    def __init__(self) -> None:
        super().__init__(Simulator(seed=1), 0)
        self.RequestHandlerClass = Handler
        self.kill: t.Callable[[], None] = lambda: None
        self._counting = threading.Lock()
        self._quiet = 0  # calls since the last change
        self.start()

    def start(self, *strikes: Strike) -> None:
        """Count from the beginning."""
        self._strikes = {strike.call: strike for strike in strikes}
        self._numbers: collections.Counter[tuple[str, str]] = collections.Counter()
        self._faults: dict[str, Fault] = {}  # by the SDK's id of the call
        self._met: set[str] = set()
        self.counted: list[Call] = []
        self.struck: list[Strike] = []

    def advance(self, is_change: bool) -> None:
        with self._counting:
            self._quiet = 0 if is_change else self._quiet + 1
        self.admin.advance(min(1 + self._quiet // 2, LONGEST_STEP))

    def fault_of(self, kind: tuple[str, str], invocation: str) -> Fault | None:
        with self._counting:
            if invocation not in self._met:
                self._met.add(invocation)
                self._numbers[kind] += 1
                call = Call(*kind, self._numbers[kind])
                self.counted.append(call)
                if not (strike := self._strikes.get(call)):
                    return None
                self.struck.append(strike)
                self._faults[invocation] = FAULTS[strike.fault]
                return FAULTS[strike.fault]
            fault = self._faults.get(invocation)
            return fault if fault and fault.lasting else None

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """A connection that a killed module leaves open is nothing to report."""

    def ids(self) -> dict[tuple[str, str], str]:
        """(region, table) -> TableId of what exists."""
        with self.simulator.lock:
            return {(table.region, table.name): table.table_id for table in self.simulator.tables}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the check of one table works with, and the calls that it makes of it."""

from __future__ import annotations

import dataclasses
import threading
import typing as t

from .. import api
from ..clients import Clients
from .cost import Meter
from .probes import CALLS, Lease, Probe, Schema


@dataclasses.dataclass(frozen=True)
class Ground:
    """What the check of one table works with.

    :ivar clock: ``now()`` (monotonic) and ``sleep()`` for all measuring, ``epoch()`` only for the marker's expiry.
    :ivar stop: set when the run was interrupted: only clean-up goes on.
    :ivar strong: whether the table is a strongly consistent group.
    """

    schema: Schema
    clients: Clients
    lease: Lease
    clock: t.Any
    poll_delay: float
    stop: threading.Event
    meter: Meter = dataclasses.field(default_factory=Meter)
    strong: bool = False

    def pause(self, seconds: float) -> None:
        """Wait, unless the run was interrupted."""
        end = self.clock.now() + seconds
        while not self.stop.is_set() and (left := end - self.clock.now()) > 0:
            self.clock.sleep(min(left, 1.0))

    def write(self, region: str, operation: str, probe: Probe, writer: str = "") -> api.Written:
        """Put, update or delete a probe in a region, under its condition.

        :raises ServiceError: when the service doesn't carry it out.
        """
        parameters = self.schema.write(operation, probe, self.lease, writer)
        return self.write_item(region, operation, parameters)

    def write_item(self, region: str, operation: str, parameters: dict[str, t.Any]) -> api.Written:
        """Put, update or delete any item, under the condition in ``parameters``.

        :raises ServiceError: when the service doesn't carry it out.
        """
        written = api.write_item(self.clients[region], CALLS[operation], parameters)
        self.meter.add_write(written.units)
        return written

    def batch_get(self, region: str, probes: t.Iterable[Probe], consistent: bool) -> api.ItemsRead:
        """At most 100 probes.

        :raises ServiceError: when the service doesn't answer.
        """
        return self.batch_get_items(region, self.schema.read(probes, consistent))

    def batch_get_items(self, region: str, request: dict[str, t.Any]) -> api.ItemsRead:
        """At most 100 items, by BatchGetItem's ``KeysAndAttributes``.

        :raises ServiceError: when the service doesn't answer.
        """
        answer = api.batch_get_items(self.clients[region], self.schema.table, request)
        self.meter.add_read(answer.units)
        return answer

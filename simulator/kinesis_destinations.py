# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinesis streaming destinations, in each region for itself: their states. No records are delivered."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from simulator import durations, errors, store
from simulator.admission import table_with_settings
from simulator.calls import Call
from simulator.clock import SimulatedClock
from simulator.state import CREATING, DELETING, DISABLED, ENABLE_FAILED, Destination, RegionalTable, Tables

Result = dict[str, Any]

ENABLING, ACTIVE, UPDATING, DISABLING = "ENABLING", "ACTIVE", "UPDATING", "DISABLING"
MILLISECOND, MICROSECOND = "MILLISECOND", "MICROSECOND"
PRECISION = "ApproximateCreationDateTimePrecision"

NO_PERMISSION = "User does not have a permission to use kinesis stream"
OTHER_REGION = (
    "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in the current region"
)
NOT_ACTIVE = "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in Active state"


class KinesisDestinations:
    """Answers Enable-, Disable-, Update- and DescribeKinesisStreamingDestination."""

    def __init__(self, tables: Tables, clock: SimulatedClock, dice: random.Random) -> None:
        self._tables = tables
        self._clock = clock
        self._dice = dice
        self.operations: dict[str, Callable[[Call], Result]] = {
            "EnableKinesisStreamingDestination": self.enable,
            "DisableKinesisStreamingDestination": self.disable,
            "UpdateKinesisStreamingDestination": self.update,
            "DescribeKinesisStreamingDestination": self.describe,
        }

    def describe(self, call: Call) -> Result:
        """Every destination there ever was, the newest first: the ones that failed or are disabled stay (268, 301)."""
        table = self._table(call)
        listed = [self._described(table, destination) for destination in reversed(table.kinesis_destinations.values())]
        return {"TableName": table.name, "KinesisDataStreamDestinations": listed}

    def enable(self, call: Call) -> Result:
        """Whatever the stream is: what is wrong with it shows later (318). At most one is live (268, 299)."""
        table, arn = self._table(call), call.parameters["StreamArn"]
        configuration = call.parameters.get("EnableKinesisStreamingConfiguration") or {}
        precision = _precision(configuration, "enableKinesisStreamingConfiguration")
        if table.status == CREATING:
            raise errors.kinesis_of_table_being_created(table.name)
        live = any(destination.is_live for destination in table.kinesis_destinations.values())
        if live or table.status == DELETING:
            raise errors.kinesis_is_enabled()
        destination = table.kinesis_destinations.setdefault(arn, Destination(arn))
        destination.status, destination.precision, destination.failure = ENABLING, precision, None
        failure, span = _failure(table.region, arn)

        def finish() -> None:
            destination.failure = failure or _failure(table.region, arn)[0]
            destination.status = ENABLE_FAILED if destination.failure else ACTIVE

        self._clock.schedule(span.draw(self._dice), finish)
        return _answer(table, destination, EnableKinesisStreamingConfiguration=configuration)

    def disable(self, call: Call) -> Result:
        """Asked again it is the same (301); of a stream that was never enabled it is refused like any other (302)."""
        table, arn = self._table(call), call.parameters["StreamArn"]
        if call.parameters.get("EnableKinesisStreamingConfiguration"):
            raise errors.kinesis_disabled_with_configuration()
        destination = table.kinesis_destinations.get(arn, Destination(arn))
        if destination.status == DISABLING:
            return _answer(table, destination)
        if destination.status != ACTIVE or table.status == DELETING:
            raise errors.kinesis_is_not_active_to_disable()
        destination.status = DISABLING
        destination.shown_active_until = self._clock.now() + durations.KINESIS_DISABLING_SHOWN

        def finish() -> None:
            destination.status = DISABLED

        self._clock.schedule(durations.KINESIS_DISABLING.draw(self._dice), finish)
        return _answer(table, destination)

    def update(self, call: Call) -> Result:
        """Another precision, which is shown at once and takes two minutes (300)."""
        table, arn = self._table(call), call.parameters["StreamArn"]
        configuration = call.parameters.get("UpdateKinesisStreamingConfiguration") or {}
        precision = _precision(configuration, "updateKinesisStreamingConfiguration")
        if precision is None:
            raise errors.kinesis_update_is_empty()
        destination = table.kinesis_destinations.get(arn)
        if destination is None:
            raise errors.no_kinesis_destination(arn)
        if destination.status != ACTIVE or table.status == DELETING:
            raise errors.kinesis_is_not_active_to_update(table.name)
        if precision == (destination.precision or MILLISECOND):
            raise errors.kinesis_precision_is_set(precision, table.table_id, arn)
        destination.status, destination.precision = UPDATING, precision

        def finish() -> None:
            destination.status = ACTIVE

        self._clock.schedule(durations.KINESIS_UPDATING.draw(self._dice), finish)
        return _answer(table, destination, UpdateKinesisStreamingConfiguration=configuration)

    def _described(self, table: RegionalTable, destination: Destination) -> Result:
        described = {"StreamArn": destination.arn, "DestinationStatus": destination.status}
        if self._clock.now() < destination.shown_active_until:
            described["DestinationStatus"] = ACTIVE  # 304
        elif table.status == DELETING and destination.status == ACTIVE:
            described["DestinationStatus"] = UPDATING  # 235
        if destination.precision:
            described[PRECISION] = destination.precision
        if destination.failure:
            described["DestinationStatusDescription"] = destination.failure
        return described

    def _table(self, call: Call) -> RegionalTable:
        return table_with_settings(self._tables, call.region, call.resource, self._clock.now())


def _failure(region: str, arn: str) -> tuple[str | None, durations.Span]:
    """What is wrong with a stream, if anything is, and how long it takes until that shows (318)."""
    _, _, service, stream_region, account, *_ = [*arn.split(":", 5), "", "", "", "", ""]
    if arn.startswith("arn:") and (service == "firehose" or (service == "kinesis" and account != store.ACCOUNT)):
        return NOT_ACTIVE, durations.KINESIS_FOREIGN_FAILS
    if service == "kinesis" and stream_region != region:
        return OTHER_REGION, durations.KINESIS_FAILS
    if not store.is_active_kinesis_stream(region, arn):
        return NO_PERMISSION, durations.KINESIS_FAILS
    return None, durations.KINESIS_ENABLING


def _precision(configuration: dict[str, str], member: str) -> str | None:
    precision = configuration.get(PRECISION)
    if precision is not None:
        name = PRECISION[0].lower() + PRECISION[1:]
        errors.is_one_of(precision, (MICROSECOND, MILLISECOND), f"{member}.{name}")
    return precision


def _answer(table: RegionalTable, destination: Destination, **more: Any) -> Result:
    return {
        "TableName": table.name,
        "StreamArn": destination.arn,
        "DestinationStatus": destination.status,
        **more,
    }

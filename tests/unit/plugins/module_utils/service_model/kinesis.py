# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinesis destinations of the model: one at a time, each change on its way for a tick, failures only after it."""

from __future__ import annotations

import typing as t

PRECISION = "ApproximateCreationDateTimePrecision"
Entry = dict[str, t.Any]


class Kinesis:
    """The calls of Kinesis destinations; a stream whose ARN ends in ``missing`` isn't there."""

    def describe_kinesis_streaming_destination(self, TableName: str) -> dict[str, t.Any]:
        destinations = self._up(TableName, "DescribeKinesisStreamingDestination")["kinesis"]
        return {"KinesisDataStreamDestinations": [dict(entry) for entry in destinations.values()]}

    def enable_kinesis_streaming_destination(
        self, TableName: str, StreamArn: str, EnableKinesisStreamingConfiguration: dict[str, str] | None = None
    ) -> None:
        operation = "EnableKinesisStreamingDestination"
        destinations = self._destinations(TableName, StreamArn, operation)
        if any(entry["DestinationStatus"] not in ("DISABLED", "ENABLE_FAILED") for entry in destinations.values()):
            self._refuse("ValidationException", "must be DISABLED or ENABLE_FAILED", operation)
        entry = {"StreamArn": StreamArn, "DestinationStatus": "ENABLING"}
        destinations[StreamArn] = entry | (EnableKinesisStreamingConfiguration or {})
        failed = StreamArn.endswith("missing")
        self._finish(destinations[StreamArn], "ENABLE_FAILED" if failed else "ACTIVE")

    def disable_kinesis_streaming_destination(self, TableName: str, StreamArn: str) -> None:
        entry = self._active(TableName, StreamArn, "DisableKinesisStreamingDestination")
        entry["DestinationStatus"] = "DISABLING"
        self._finish(entry, "DISABLED")

    def update_kinesis_streaming_destination(
        self, TableName: str, StreamArn: str, UpdateKinesisStreamingConfiguration: dict[str, str]
    ) -> None:
        operation = "UpdateKinesisStreamingDestination"
        entry = self._active(TableName, StreamArn, operation)
        if UpdateKinesisStreamingConfiguration[PRECISION] == entry.get(PRECISION, "MILLISECOND"):
            self._refuse("ValidationException", "Precision is already set", operation)
        entry.update(UpdateKinesisStreamingConfiguration, DestinationStatus="UPDATING")
        self._finish(entry, "ACTIVE")

    def _finish(self, entry: Entry, status: str) -> None:
        self.model.later(1, lambda: entry.update(DestinationStatus=status))

    def _active(self, name: str, arn: str, operation: str) -> Entry:
        entry = self._destinations(name, arn, operation).get(arn, {})
        if entry.get("DestinationStatus") != "ACTIVE":
            self._refuse("ValidationException", f"must be ACTIVE to perform {operation}", operation)
        return entry

    def _destinations(self, name: str, arn: str, operation: str) -> dict[str, Entry]:
        self._log(operation, {"StreamArn": arn})
        return self._up(name, operation)["kinesis"]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Kinesis data stream that receives the changes of items in a region. A table has one at a time (DDB-TABLE-299)."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ..state import RegionalTable, Seen
from ..steps import SET, Settings, Step

OPTION = "kinesis_stream"
OFF = {"enabled": False}

# What a destination without a precision has (finding DDB-TABLE-299).
DEFAULT_PRECISION = "MILLISECOND"

ARN = re.compile(r"arn:aws[\w-]*:kinesis:(?P<region>[a-z0-9-]+):\d{12}:stream/[a-zA-Z0-9_.-]{1,128}")

_PRECISION = "ApproximateCreationDateTimePrecision"
_ON = ("ENABLING", "ACTIVE", "UPDATING")
_MOVING = ("ENABLING", "UPDATING", "DISABLING")


def problems(settings: Settings, region: str) -> t.Iterator[str]:
    """The service takes any ARN and fails later (finding DDB-TABLE-318)."""
    option = settings.get(OPTION, {})
    if option.get("enabled") and not option.get("arn"):
        yield "kinesis_stream.enabled: true needs kinesis_stream.arn, the stream in the same region."
    if option.get("precision") and not option.get("enabled"):
        yield "kinesis_stream.precision needs enabled: true."
    arn = option.get("arn")
    parts = ARN.fullmatch(arn or "")
    if arn and not parts:
        yield f"kinesis_stream.arn is {arn!r}, but a stream's is arn:aws:kinesis:REGION:ACCOUNT:stream/NAME."
    elif parts and parts["region"] != region:
        yield f"kinesis_stream.arn lies in {parts['region']}, but the stream of a table in {region} must lie there too."


def read(destinations: list[Settings], wanted: Settings | None) -> Seen:
    """DescribeKinesisStreamingDestination's list, which keeps what is off or failed (findings DDB-TABLE-268, 301)."""
    value, moving, failed = dict(OFF), {}, {}
    for destination in destinations:
        arn, status = destination["StreamArn"], destination["DestinationStatus"]
        if status in _ON:
            value = {"enabled": True, "arn": arn, "precision": destination.get(_PRECISION, DEFAULT_PRECISION)}
        if status in _MOVING:
            moving = {OPTION: f"Kinesis stream {arn}: {status}"}
        if status == "ENABLE_FAILED" and wanted and wanted.get("arn") == arn:
            reason = destination.get("DestinationStatusDescription", "no reason given").rstrip(".")
            failed = {
                OPTION: f"the service tried and gave up: {reason}: check that the stream exists, is ACTIVE, and that "
                "the credentials may use it"
            }
    return Seen(value, moving, failed)


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    """Another stream is turned on when the old one is off: the service has one at a time."""
    if OPTION not in wanted or OPTION not in shown.settings:
        return
    option, now = wanted[OPTION], shown.settings[OPTION]
    waits_for = shown.moving.get(OPTION, "")
    if now["enabled"] and (not option["enabled"] or option["arn"] != now["arn"]):
        off = _step(name, shown, "Disable", now["arn"], {}, OFF, f"turn the Kinesis stream {now['arn']} off")
        yield dataclasses.replace(off, key=(SET, shown.region, f"{OPTION} off"), waits_for=waits_for)
        now, waits_for = OFF, waits_for or off.sentence
    if option["enabled"]:
        yield from (dataclasses.replace(step, waits_for=waits_for) for step in _on(name, option, now, shown))


def _on(name: str, option: Settings, now: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    arn, precision = option["arn"], option.get("precision")
    configuration = {_PRECISION: precision} if precision else {}
    if not now["enabled"]:
        members = {"EnableKinesisStreamingConfiguration": configuration} if precision else {}
        effect = {"enabled": True, "arn": arn, "precision": precision or DEFAULT_PRECISION}
        on = _step(name, shown, "Enable", arn, members, effect, f"turn the Kinesis stream {arn} on")
        yield dataclasses.replace(on, failed=shown.failed.get(OPTION, ""))
    elif precision and precision != now["precision"]:
        members = {"UpdateKinesisStreamingConfiguration": configuration}
        effect = {**now, "precision": precision}
        yield _step(name, shown, "Update", arn, members, effect, f"set the Kinesis stream's precision to {precision}")


def _step(
    name: str, shown: RegionalTable, verb: str, arn: str, members: Settings, effect: Settings, sentence: str
) -> Step:
    return Step(
        key=(SET, shown.region, OPTION),
        region=shown.region,
        call=f"{verb}KinesisStreamingDestination",
        parameters={"TableName": name, "StreamArn": arn, **members},
        sentence=f"{sentence} in {shown.region}",
        exclusive=False,
        effect={OPTION: effect},
    )

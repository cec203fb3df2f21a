# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services beside DynamoDB: moto's, mended where moto is kinder than AWS."""

from __future__ import annotations

from simulator import durations, keys, operations, store
from simulator.auto_scaling import AutoScaling
from simulator.calls import Answer, Call
from simulator.clock import SimulatedClock
from simulator.errors import alarms_not_found, not_simulated
from simulator.moto_service import MotoApplication


class OtherServices:
    """Answers every service but DynamoDB."""

    def __init__(self, clock: SimulatedClock, auto_scaling: AutoScaling) -> None:
        self._clock = clock
        self._auto_scaling = auto_scaling
        self._moto = MotoApplication()

    def answer(self, call: Call, method: str, path: str) -> Answer:
        if call.service not in operations.OTHER_SERVICES:
            raise not_simulated(f"the service {call.service}")
        if call.service == "application-autoscaling":
            return Answer.of(self._auto_scaling.answer(call))
        if (call.service, call.operation) == ("monitoring", "DeleteAlarms"):
            _alarms_exist(call)
        if (call.service, call.operation) == ("kms", "DescribeKey"):
            keys.is_of_region(call.parameters.get("KeyId", ""), call.region)
        switches = call.service == "kms" and call.operation in ("EnableKey", "DisableKey")
        body = keys.with_id(call) if switches else call.body
        answer = self._moto.answer(method, path, call.headers, body)
        if (call.service, call.operation, answer.status) == ("kinesis", "CreateStream", 200):
            self._create_kinesis_stream(call)
        if (call.service, call.operation, answer.status) == ("kms", "DescribeKey", 200):
            return keys.described(call.region, answer)
        return answer

    def _create_kinesis_stream(self, call: Call) -> None:
        """A new stream is CREATING for a while; moto's are ACTIVE at once."""
        region, name = call.region, call.parameters["StreamName"]
        store.set_kinesis_stream_status(region, name, "CREATING")
        self._clock.schedule(
            durations.KINESIS_STREAM_CREATED, lambda: store.set_kinesis_stream_status(region, name, "ACTIVE")
        )


def _alarms_exist(call: Call) -> None:
    """DeleteAlarms deletes all or none [D]; moto passes over what isn't there."""
    names = call.parameters.get("AlarmNames") or [
        value for name, value in call.parameters.items() if name.startswith("AlarmNames.member.")
    ]
    missing = store.missing_alarms(call.region, names)
    if missing:
        raise alarms_not_found(missing)

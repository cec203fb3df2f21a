# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator: one lock, one clock, and the way every call takes."""

from __future__ import annotations

import contextlib
import logging
import random
import threading
from collections.abc import Iterator

from simulator import admission, items, metrics, operations, stale_reads, store, strong_consistency
from simulator.auto_scaling import AutoScaling
from simulator.calls import ITEM_OPERATIONS, Answer, Call, CallLog
from simulator.clock import DEFAULT_TIME_SCALE, SimulatedClock
from simulator.control_plane import ControlPlane
from simulator.delays import Delays
from simulator.errors import (
    ServiceError,
    simulator_failed,
    unknown_credentials,
    wrong_account,
)
from simulator.expiry import Expiry
from simulator.fault import LOSE_ANSWER, STALE, STOP_REGION
from simulator.faults import Faults
from simulator.insights import ContributorInsights
from simulator.key_watch import KeyWatch
from simulator.kinesis_destinations import KinesisDestinations
from simulator.lag import Lag
from simulator.lifecycle import Lifecycle
from simulator.little_capacity import LittleCapacity
from simulator.moto_service import account_of, regional_answer
from simulator.other_services import OtherServices
from simulator.regions import DISABLED_AT_START
from simulator.replica_auto_scaling import ReplicaAutoScaling
from simulator.replication import Replication
from simulator.resource_policies import ResourcePolicies
from simulator.scaling import ScalableTargets
from simulator.state import REGION_DISABLED, RegionalTable, Tables
from simulator.streams import Streams
from simulator.throttle import Throttles

log = logging.getLogger(__name__)


class Simulator:
    """AWS's regions in one process. Everything happens under one lock, in the order of the simulated clock."""

    def __init__(self, time_scale: float = DEFAULT_TIME_SCALE, seed: int | None = None, lag: Lag | None = None) -> None:
        self.lock = threading.RLock()
        self._due_sooner = threading.Condition(self.lock)
        self._closed = False
        self._seed = seed
        self._dice = random.Random(seed)
        self.clock = SimulatedClock(time_scale)
        self.calls = CallLog()
        store.keep_time_by(self.clock.now)
        self.faults = Faults()
        self._capacity = LittleCapacity(self.clock, self.faults)
        self._delays = Delays(self.lock, self.clock, self.faults, self.wake_timer)
        self.disabled_regions = set(DISABLED_AT_START)
        self._throttles = Throttles()
        self.tables = Tables()
        self.replication = Replication(self.tables, self.clock, self._dice, lag, self.faults)
        self._scaling = ScalableTargets()
        self.lifecycle = Lifecycle(self.tables, self.clock, self._dice, self.replication, self._scaling)
        self._control_plane = ControlPlane(self.tables, self.clock, self.lifecycle, self.faults, self.disabled_regions)
        self._key_watch = KeyWatch(self.tables, self.clock, self.lifecycle)
        self.expiry = Expiry(self.tables, self.clock, self.replication)
        self._auto_scaling = AutoScaling(self.tables, self.clock, self.lifecycle)
        self._settings = {
            **ContributorInsights(self.tables, self.clock, self._dice).operations,
            **KinesisDestinations(self.tables, self.clock, self._dice).operations,
            **ResourcePolicies(self.tables, self.clock, self._dice, self.lifecycle).operations,
            **ReplicaAutoScaling(self.tables, self.clock, self._scaling, self._auto_scaling).operations,
        }
        self.streams = Streams(self.tables, self.clock)
        self._other_services = OtherServices(self.clock, self._auto_scaling)
        self._timer = threading.Thread(target=self._keep_time, name="simulated clock", daemon=True)
        self._timer.start()

    def answer(self, call: Call) -> Answer:
        """Answer one DynamoDB or DynamoDB Streams call."""
        with self._delays.on_its_way(call), self.lock:
            self.clock.run_due()
            if self._is_unreachable(call):
                return self._record(call, Answer.none())
            try:
                self.faults.raise_for(call)
                answer = self._carry_out(call)
            except ServiceError as error:
                answer = Answer.of_error(error)
            except Exception as reason:
                log.exception("%s failed", call.operation)
                answer = Answer.of_error(simulator_failed(f"{type(reason).__name__} in {call.operation}: {reason}"))
            if call.operation in operations.WRITING_OPERATIONS:
                self.replication.capture(call.region)
            self.wake_timer()
            return self._record(call, answer)

    def answer_other_service(self, call: Call, method: str, path: str) -> Answer:
        """Answer a call to another service."""
        with self._delays.on_its_way(call), self.lock:
            self.clock.run_due()
            if self._is_unreachable(call):
                return self._record(call, Answer.none())
            try:
                self.faults.raise_for(call)
                if call.region in self.disabled_regions:
                    raise unknown_credentials()
                with self._unlocked() if call.operation in metrics.QUERIES else contextlib.nullcontext():
                    answer = self._other_services.answer(call, method, path)
                if call.service == "kms":
                    self._key_watch.look(call.region)
            except ServiceError as error:
                speaks_json = "X-Amz-Target" in call.headers
                answer = Answer.of_error(error) if speaks_json else Answer.of_error_in_xml(error)
            self.wake_timer()
            return self._record(call, answer)

    @contextlib.contextmanager
    def _unlocked(self) -> Iterator[None]:
        """Let other calls be answered meanwhile. Needs the lock."""
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    def disable_region(self, region: str) -> None:
        """Take a region from the account; what stands there stays, and the other regions can't reach it [M]."""
        self.disabled_regions.add(region)
        for replica in self.tables.replicas_in(region):
            self.lifecycle.cut_off(replica, REGION_DISABLED)

    def enable_region(self, region: str) -> None:
        self.disabled_regions.discard(region)
        for replica in self.tables.replicas_in(region):
            self.lifecycle.reconnect(replica, REGION_DISABLED)

    def _is_unreachable(self, call: Call) -> bool:
        return self.faults.of_call(call, STOP_REGION) is not None

    def _record(self, call: Call, answer: Answer) -> Answer:
        """Log a call, and lose its answer if a fault asks for that."""
        lost = not answer.is_sent or self.faults.of_call(call, LOSE_ANSWER) is not None
        self.calls.record(call, answer, answered=not lost)
        return Answer.none() if lost else answer

    def wake_timer(self) -> None:
        """Let the timer look again when something falls due sooner than it knew. Needs the lock."""
        if self.clock.agenda_moved_up:
            self.clock.agenda_moved_up = False
            self._due_sooner.notify()

    def reset(self) -> None:
        """Back to the beginning: no tables, no calls, no faults, nothing pending."""
        with self.lock:
            self.clock.reset()
            self._delays.release_all()
            self.tables.clear()
            self.replication.clear()
            self._scaling.clear()
            self._auto_scaling.clear()
            self.calls.clear()
            self.faults.clear()
            self._capacity.clear()
            self.streams.clear()
            self._key_watch.clear()
            self.disabled_regions.clear()
            self.disabled_regions.update(DISABLED_AT_START)
            self._dice.seed(self._seed)
            self._throttles = Throttles()
            self.expiry.start()
            store.reset()
            store.keep_time_by(self.clock.now)
            self.wake_timer()

    def close(self) -> None:
        with self.lock:
            self._closed = True
            self._due_sooner.notify()
        self._timer.join()

    def _carry_out(self, call: Call) -> Answer:
        if account_of(call.headers) != store.ACCOUNT:
            raise wrong_account(store.ACCOUNT)
        if call.region in self.disabled_regions:
            raise unknown_credentials()
        if call.service == "dynamodbstreams":
            return self.streams.answer(call)
        operations.refuse_unknown(call.operation, call.parameters)
        self._throttles.admit(call.operation, self.clock.now())
        self._key_watch.check(call)
        if call.operation in operations.CONTROL_OPERATIONS:
            return self._control_plane.answer(call)
        if call.operation in operations.SETTING_OPERATIONS:
            return Answer.of(self._settings[call.operation](call))
        for table in admission.admit(self.tables, call):
            if table.is_strong and call.operation in ITEM_OPERATIONS:
                self._bring_up_to_date(call, table)
        if call.operation in ITEM_OPERATIONS:
            return self._answer_items(call)
        answer = regional_answer(call)
        if call.operation == "TagResource" and call.table:
            store.keep_last_of_each_tag(call.region, call.table)
        return answer

    def _answer_items(self, call: Call) -> Answer:
        stale = self.faults.of_call(call, STALE)
        age = self.faults.draw(stale) / self.clock.time_scale if stale else 0.0
        with stale_reads.shown_as_of(self.clock.now() - age, call) if stale else contextlib.nullcontext():
            return items.answer(call, self._capacity)

    def _bring_up_to_date(self, call: Call, table: RegionalTable) -> None:
        strong_consistency.admits(call)
        if strong_consistency.needs_newest(call, table):
            self.replication.catch_up(table)

    def _keep_time(self) -> None:
        with self.lock:
            while not self._closed:
                self.clock.run_due()
                self._due_sooner.wait(self.clock.seconds_until_next())

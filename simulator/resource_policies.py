# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource policies of tables and of streams, in each region for itself.

Only two things are held against them: that nobody locks himself out (210), and that replication isn't denied [D].
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import durations, errors, policy_document, store
from simulator.admission import table_with_settings
from simulator.calls import Call
from simulator.clock import SimulatedClock
from simulator.lifecycle import Lifecycle
from simulator.policy_document import Document
from simulator.state import CREATING, DELETING, PolicySlot, RegionalTable, Tables
from simulator.store import ACCOUNT

Result = dict[str, Any]

TABLE_SLOT = "table"
NO_POLICY = "NO_POLICY"
CALLER = f"arn:aws:sts::{ACCOUNT}:user/moto"
REPLICATION_SERVICE = "replication.dynamodb.amazonaws.com"
REPLICATION_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{REPLICATION_SERVICE}/AWSServiceRoleForDynamoDBReplication"
)
REPLICATION_ACTIONS = (
    "GetItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "DescribeTable",
    "UpdateTable",
    "Scan",
    "DescribeTimeToLive",
    "UpdateTimeToLive",
    "ReadDataForReplication",
    "WriteDataForReplication",
    "ReplicateSettings",
)
"""What the replication role is allowed, and so mustn't be denied [D]."""


@dataclass(frozen=True)
class Resource:
    """What a ResourceArn names."""

    table: RegionalTable
    arn: str
    label: str | None

    @property
    def slot_name(self) -> str:
        return self.label or TABLE_SLOT

    @property
    def kind(self) -> str:
        return "stream" if self.label else "table"

    @property
    def name(self) -> str:
        return self.label or self.table.name

    @property
    def slot(self) -> PolicySlot:
        return self.table.policies.get(self.slot_name, PolicySlot())


class ResourcePolicies:
    """Answers PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy."""

    def __init__(self, tables: Tables, clock: SimulatedClock, dice: random.Random, lifecycle: Lifecycle) -> None:
        self._tables = tables
        self._clock = clock
        self._dice = dice
        self._lifecycle = lifecycle
        self.operations: dict[str, Callable[[Call], Result]] = {
            "PutResourcePolicy": self.put,
            "GetResourcePolicy": self.get,
            "DeleteResourcePolicy": self.delete,
        }

    def get(self, call: Call) -> Result:
        """Eventually consistent: for a second or two, what was before (244, 245, 246)."""
        resource = self._resource(call)
        policy = resource.slot.seen(self._clock.now())
        if policy is None:
            raise errors.policy_not_found(resource.arn)
        return {"Policy": policy.document.text, "RevisionId": policy.revision}

    def put(self, call: Call) -> Result:
        resource = self._resource(call)
        document = policy_document.parse(call.parameters["Policy"], for_stream=resource.label is not None)
        if not call.parameters.get("ConfirmRemoveSelfResourceAccess"):
            caller_keeps_access(document, resource.arn)
        slot = resource.slot
        _revision_is(resource, call.parameters.get("ExpectedRevisionId"))
        if slot.current and slot.current.document == document:
            return {"RevisionId": slot.current.revision}  # 207
        self._can_be_changed(resource)
        resource.table.policies[resource.slot_name] = slot
        return {"RevisionId": self._change(resource, document)}

    def delete(self, call: Call) -> Result:
        """Echoes the revision removed; of a policy that is gone, that of its removal; of none, nothing (205, 209)."""
        resource = self._resource(call)
        slot = resource.slot
        _revision_is(resource, call.parameters.get("ExpectedRevisionId"))
        if slot.current is None:
            return {"RevisionId": str(slot.revision)} if slot.revision else {}
        self._can_be_changed(resource)
        removed = slot.current.revision
        self._change(resource, None)
        return {"RevisionId": removed}

    def _change(self, resource: Resource, document: Document | None) -> str:
        now, slot, table = self._clock.now(), resource.slot, resource.table
        first = slot.revision == 0
        revision = slot.change(document, now, now + durations.POLICY_SHOWN.draw(self._dice))
        if resource.label is None:
            span = durations.POLICY_ENFORCED_FIRST if first else durations.POLICY_ENFORCED
            delay, denies = span.draw(self._dice), denies_replication(document, resource.arn, _now())
            self._clock.schedule(delay, lambda: self._lifecycle.authorize_replication(table, not denies))
            for date in document.dates if document else []:
                self._look_again(resource, document, date, delay)
        return revision

    def _look_again(self, resource: Resource, document: Document | None, date: datetime.datetime, delay: float) -> None:
        """A statement of AWS FIS denies replication until a moment on the wall."""

        def look() -> None:
            current = resource.slot.current
            if current and current.document is document and resource.table.group:
                denies = denies_replication(document, resource.arn, date)
                self._lifecycle.authorize_replication(resource.table, not denies)

        left = (date - _now()).total_seconds() / self._clock.time_scale
        if left > 0:
            self._clock.schedule(max(delay, left), look)

    def _can_be_changed(self, resource: Resource) -> None:
        """One change in fifteen seconds, of each table and of each stream (206, 213, 247)."""
        now, slot = self._clock.now(), resource.slot
        if resource.table.status == DELETING:
            raise errors.policy_of_deleted_table(resource.table.name)
        if resource.table.status == CREATING:
            raise errors.policy_of_table_being_created(resource.table.name)
        if slot.is_settling(now):
            raise errors.policy_update_pending(resource.kind, resource.name)
        if now - slot.changed_at < durations.POLICY_CHANGES_APART:
            raise errors.policy_changed_too_soon(
                resource.kind, resource.name, _timestamp(slot.revision + durations.POLICY_CHANGES_APART * 1000)
            )

    def _resource(self, call: Call) -> Resource:
        """The table or stream a ResourceArn names (212)."""
        arn = call.parameters["ResourceArn"]
        if not arn.startswith("arn:"):
            raise errors.invalid(f"ARNs must start with 'arn:': {arn}")
        _, partition, service, region, account, relative = (arn.split(":", 5) + [""] * 5)[:6]
        if account != ACCOUNT:
            raise errors.not_the_owner()
        if (partition, service, region) != ("aws", "dynamodb", call.region):
            raise errors.invalid(f"Invalid resource Arn: {arn}")
        parts = relative.split("/", 3)
        kind = parts[2] if len(parts) > 2 else None
        if kind == "index":
            raise errors.invalid(
                f"Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {arn}"
            )
        if parts[0] != "table" or len(parts) not in (2, 4) or kind not in (None, "stream"):
            raise errors.invalid(f"Provided Arn is not a DynamoDB resource arn: {arn}")
        table = table_with_settings(self._tables, call.region, arn, self._clock.now())
        if kind is None:
            return Resource(table, arn, None)
        if store.stream_position(table.region, table.name)[0] != parts[3]:
            raise errors.stream_not_found(parts[3], table.name)
        return Resource(table, arn, parts[3])


def policy_at_creation(text: str, region: str, name: str, now: float) -> PolicySlot:
    """The policy that a table is created with: readable as soon as the table's settings are known (233)."""
    document = policy_document.parse(text)
    caller_keeps_access(document, store.arn(region, name))
    slot = PolicySlot()
    slot.change(document, now, now)
    return slot


def attach(slot: PolicySlot, table: RegionalTable) -> None:
    """Give a new table the policy that it is created with."""
    table.policies[TABLE_SLOT] = slot
    if slot.current and denies_replication(slot.current.document, store.arn(table.region, table.name), _now()):
        table.denies_replication = True


def caller_keeps_access(document: Document, arn: str) -> None:
    """Nobody forbids himself to change the policy again, unless he says so (210); to delete it, he may (270)."""
    if document.denies(CALLER, "dynamodb:PutResourcePolicy", arn, _now()):
        raise errors.locks_caller_out()


def no_change_is_pending(table: RegionalTable, now: float) -> None:
    """A table can't be deleted in the second or two after its policy changed (348)."""
    if TABLE_SLOT in table.policies and table.policies[TABLE_SLOT].is_settling(now):
        raise errors.policy_pending_on_deletion(table.name)


def replication_is_authorized(table: RegionalTable) -> None:
    """While a member's policy denies replication, no replica can be added or deleted [D]."""
    for member in (table, *table.others()):
        if member.denies_replication:
            raise errors.replication_denied(REPLICATION_ROLE, store.arn(member.region, member.name))


def denies_replication(document: Document | None, arn: str, now: datetime.datetime) -> bool:
    return document is not None and any(
        document.denies(principal, f"dynamodb:{action}", arn, now)
        for principal in (REPLICATION_ROLE, REPLICATION_SERVICE)
        for action in REPLICATION_ACTIONS
    )


def _revision_is(resource: Resource, expected: str | None) -> None:
    """Checked before everything else, against what was last written, not what is read (209, 347)."""
    current = resource.slot.current
    if expected is None or (expected == NO_POLICY and current is None):
        return
    if current is None:
        raise errors.no_policy_to_revise(expected, resource.kind, resource.name)
    if expected == NO_POLICY:
        raise errors.policy_exists(resource.kind, resource.name, current.revision)
    if expected != current.revision:
        raise errors.policy_has_another_revision(expected, resource.kind, resource.name, current.revision)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _timestamp(milliseconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which key encrypts a table or replica, at its creation and later (AWS_FACTS sections 1 and 4)."""

from __future__ import annotations

from typing import Any

from simulator import durations, errors, kms, rules
from simulator.clock import SimulatedClock
from simulator.kms import AWS_MANAGED_ALIAS
from simulator.lifecycle import Lifecycle
from simulator.state import CREATING, DELETING, RegionalTable

CHANGES_A_DAY = 4
Specification = dict[str, Any]


class Encryption:
    """Changes how a table is encrypted: the type in all its regions together, and customers' keys too (295, 309)."""

    def __init__(self, clock: SimulatedClock, lifecycle: Lifecycle) -> None:
        self._clock = clock
        self._lifecycle = lifecycle

    def change(self, table: RegionalTable, wanted: Specification) -> None:
        members = [table, *table.others()]
        if table.status in (CREATING, DELETING):
            raise errors.resource_in_use()
        if any(member.encryption.is_changing for member in members):
            raise errors.encryption_still_updating()
        if table.group:
            rules.no_change_in_flight(table)
        if table.group and _names_customers_key(wanted):
            raise errors.customers_keys_by_replica_updates()
        for member in members:
            self._is_within_limit(member)  # 081: before anything else is looked at
        specification_is_valid(wanted)
        _changes_something(table, wanted)
        for member in members:
            _old_key_is_usable(member)
        keys = {member: key_of_new_table(member.region, wanted) for member in members}
        for member, key in keys.items():
            self._start(member, key)

    def change_keys(self, table: RegionalTable, wanted: dict[str, str]) -> None:
        """Customers' keys of a group: named for every member in one call, that of the call included [D, 309].

        hashicorp/terraform-provider-aws does so (its issue 21726, its test Replica_doubleAddCMK).
        """
        members = [table, *table.others()]
        if any(member.encryption.is_changing for member in members):
            raise errors.encryption_still_updating()
        rules.no_change_in_flight(table)
        if set(wanted) != {member.region for member in members}:
            raise errors.key_needed_for_each_replica()
        for member in members:
            self._is_within_limit(member)
            _old_key_is_usable(member)
        keys = {member: kms.usable_key(member.region, wanted[member.region], replica=True) for member in members}
        if any(kms.is_aws_managed(member.region, key) for member, key in keys.items()):
            raise errors.key_types_differ()
        changed = {member: key for member, key in keys.items() if key != member.kms_key_arn}
        if not changed:
            raise errors.key_needed_for_each_replica()  # the same text for no change
        for member, key in changed.items():
            self._start(member, key)

    def _is_within_limit(self, table: RegionalTable) -> None:
        """Four changes in 24 hours, then one in six (081, 141)."""
        changes = table.encryption.changes
        recent = [moment for moment in changes if self._clock.now() - moment < durations.DAY]
        if len(recent) >= CHANGES_A_DAY and self._clock.now() - recent[-1] < durations.ENCRYPTION_CHANGES_APART:
            raise errors.encryption_changes_are_spent(len(recent))

    def _start(self, table: RegionalTable, key: str | None) -> None:
        """The old key is shown at first, then the new one, both as UPDATING; the table is ACTIVE (140, 371)."""
        encryption = table.encryption
        encryption.changes.append(self._clock.now())
        encryption.is_changing, encryption.shown_key = True, table.kms_key_arn

        def show_new() -> None:
            encryption.shown_key = key

        def finish() -> None:
            encryption.is_changing, table.kms_key_arn = False, key

        self._lifecycle.later(durations.NEW_KEY_SHOWN, show_new)
        self._lifecycle.later(durations.ENCRYPTION_CHANGED, finish)


def specification_is_valid(wanted: Specification) -> None:
    """What goes together (031, 036)."""
    enabled, kind, key = _is_enabled(wanted), wanted.get("SSEType"), wanted.get("KMSMasterKeyId")
    if not enabled and kind:
        raise errors.not_without_encryption("SSEType")
    if not enabled and key:
        raise errors.not_without_encryption("KMSMasterKeyId")
    if kind == "AES256":
        raise errors.encryption_type_not_supported(kind)
    if key and not kind:
        raise errors.encryption_type_needed()


def key_of_new_table(region: str, specification: Specification | None) -> str | None:
    """The ARN of a table's key; None for the key AWS owns."""
    if not specification or not _is_enabled(specification):
        return None
    return kms.usable_key(region, specification.get("KMSMasterKeyId") or AWS_MANAGED_ALIAS)


def key_of_new_replica(source: RegionalTable, region: str, key: str | None) -> str | None:
    """The ARN of a new replica's key: of the same type as its source's, and standing in its own region (309, 313)."""
    for member in [source, *source.others()]:
        lost = member.kms_key_arn is not None and not kms.is_usable(member.region, member.kms_key_arn)
        if lost or member.encryption.is_changing:
            raise errors.encryption_is_updating()  # 311
    if source.kms_key_arn is None:
        if key is not None:
            raise errors.key_needed_for_each_replica()  # 295: the same text for the opposite
        return None
    if kms.is_aws_managed(source.region, source.kms_key_arn):
        if key not in (None, AWS_MANAGED_ALIAS):
            raise errors.key_types_differ()
        return kms.aws_managed_key(region)
    if key is None:
        raise errors.key_needed_for_each_replica()
    if key == AWS_MANAGED_ALIAS:
        raise errors.key_types_differ()
    return kms.usable_key(region, key, replica=True)


def _is_enabled(specification: Specification) -> bool:
    """A type alone encrypts, too (044)."""
    return bool(specification.get("Enabled", "SSEType" in specification))


def the_key_change(parameters: dict[str, Any]) -> dict[str, str]:
    """Region -> key, when the replica updates are keys for several regions and nothing else."""
    updates = [update.get("Update", {}) for update in parameters.get("ReplicaUpdates", [])]
    if len(updates) < 2 or any(set(update) != {"RegionName", "KMSMasterKeyId"} for update in updates):
        return {}
    return {update["RegionName"]: update["KMSMasterKeyId"] for update in updates}


def _names_customers_key(wanted: Specification) -> bool:
    return _is_enabled(wanted) and wanted.get("KMSMasterKeyId") not in (None, AWS_MANAGED_ALIAS)


def _old_key_is_usable(member: RegionalTable) -> None:
    if member.kms_key_arn and not kms.is_usable(member.region, member.kms_key_arn):
        raise kms.unusable(member.region, member.kms_key_arn)  # 333: it names the old key


def _changes_something(table: RegionalTable, wanted: Specification) -> None:
    """Only what AWS compares is refused as no change: any key but its ARN encrypts anew (082, 141)."""
    if not _is_enabled(wanted) and table.kms_key_arn is None:
        raise errors.encrypted_by_default()
    if table.kms_key_arn is not None and wanted.get("KMSMasterKeyId") == table.kms_key_arn:
        raise errors.encrypted_with_that_key()

#!/usr/bin/python
# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: tables
version_added: 0.1.0
short_description: Create, change and delete DynamoDB tables, many at once
description:
  - Brings each listed table in its home region to what its options say, many tables side by side, and waits until
    all are there.
  - An option that isn't set isn't managed. Nothing is changed or deleted because a line is missing.
  - Bad input in any table refuses the whole task before the first call. When the service refuses one table the
    others are still finished, and the task fails with one line per failed table.
  - What scales a table and its indexes (Application Auto Scaling) is removed after them, in every listed region.
  - Replicas and what they have of their own are the work of M(multiregion.dynamodb.replicas). Where all of a table's
    replicas are to leave, it also changes what a replica can't have, such as another stream.
  - A provisioned table that is to have replicas, and whose writes nothing would scale, is refused before it is made.
  - A global secondary index is added, changed or removed in every region of the table at once, one index at a time. The
    task waits until every listed region has filled a new one, which takes DynamoDB ten to twenty minutes even for a
    small table. An index that isn't listed is left alone, and said so, unless O(tables[].purge_indexes) is set.
  - Capacity that auto scaling sets isn't changed.
author:
  - The multiregion.dynamodb contributors (@multiregion)
attributes:
  check_mode:
    support: full
    description: Shows every step that would be taken and the state it leads to, and makes no changing call.
  diff_mode:
    support: full
    description: Shows, region by region, the fields that change. Ansible shows no diff of a failed task.
extends_documentation_fragment:
  - multiregion.dynamodb.tables
  - multiregion.dynamodb.change
  - multiregion.dynamodb.progress
  - amazon.aws.common.modules
  - amazon.aws.region.modules
seealso:
  - module: multiregion.dynamodb.replicas
  - module: multiregion.dynamodb.replication_check
"""

EXAMPLES = r"""
- name: A table with a sort key, on demand
  multiregion.dynamodb.tables:
    region: us-east-1
    tables:
      - name: orders
        partition_key: customer
        sort_key: placed_at
        attribute_types:
          placed_at: N

- name: Many tables that have most in common
  multiregion.dynamodb.tables:
    region: us-east-1
    table_defaults:
      partition_key: id
      deletion_protection: true
      point_in_time_recovery:
        enabled: true
      tags:
        team: shop
    tables:
      - name: baskets
        ttl:
          enabled: true
          attribute: expires_at
      - name: customers
        global_secondary_indexes:
          - name: by-email
            partition_keys: [email]

- name: Delete a table and its replicas, two removals in all
  multiregion.dynamodb.tables:
    region: us-east-1
    max_removals: 2
    replica_regions: [eu-west-1]
    tables:
      - name: orders
        state: absent
        delete_replicas: true
"""

RETURN = r"""
tables:
  description: A result for each table, in the order of the list.
  returned: success
  type: list
  elements: dict
  sample:
    - name: orders
      arn: arn:aws:dynamodb:us-east-1:123456789012:table/orders
      changed: true
      notes: []
      steps:
        - region: us-east-1
          call: CreateTable
          description: create the table in us-east-1
      pending: []
      regions:
        - region: us-east-1
          status: ACTIVE
          item_count: 0
          partition_key: customer
  contains:
    name:
      description: The table's name.
      type: str
      returned: always
    arn:
      description: The table's ARN in its home region, empty when it doesn't exist.
      type: str
      returned: always
    changed:
      description: Whether anything was changed, or in check mode would be.
      type: bool
      returned: always
    notes:
      description: What a person should know though nothing was done about it.
      type: list
      elements: str
      returned: always
    steps:
      description: What was done, or in check mode would be done, in order.
      type: list
      elements: dict
      returned: always
      contains:
        region:
          description: Where the call was sent.
          type: str
          returned: always
        call:
          description: The operation of the API.
          type: str
          returned: always
        description:
          description: The step in words.
          type: str
          returned: always
    pending:
      description: What is still to come, with O(wait=false). In check mode what is under way, whoever began it.
      type: list
      elements: str
      returned: always
    regions:
      description: Each region that was read, with its status and the settings read there, in the words of the options.
      type: list
      elements: dict
      returned: always
      contains:
        region:
          description: The region.
          type: str
          returned: always
        status:
          description: The service's table status, C(ABSENT), or C(UNKNOWN) for a region that couldn't be read.
          type: str
          returned: always
        arn:
          description: The table's ARN there.
          type: str
          returned: when it exists there
        item_count:
          description: The number of items there, which the service updates about every six hours.
          type: int
          returned: when it exists there
        problem:
          description: Why the region couldn't be read.
          type: str
          returned: when the status is UNKNOWN
msg:
  description:
    - What failed, one line for each reason, then what was changed all the same, or in check mode would be.
    - That and C(changed) is all that a failed task returns of the tables. M(multiregion.dynamodb.tables_info) shows
      their state.
  returned: failure
  type: str
  sample: "1 of 2 tables failed:\norders: access denied: dynamodb:CreateTable in us-east-1"
plan_hash:
  description:
    - The hash of what the task found to do, and in which account, before it changed anything. In check mode it is what
      O(expect_plan) takes.
  returned: with O(plan_file) or O(expect_plan), when the task succeeds
  type: str
  sample: 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
summary:
  description: The same for people, what many tables have in common in one line, totals last.
  returned: success
  type: list
  elements: str
  sample:
    - "create the table in us-east-1: orders"
    - "1 table: 1 changed, 0 unchanged"
"""

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.converge import Part
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.observe import table_reading
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.plan import plan_table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._module import change_tables


def main() -> None:
    change_tables(Part(table_reading, plan_table))


if __name__ == "__main__":
    main()

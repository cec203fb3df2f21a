#!/usr/bin/python
# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: replicas
version_added: 0.1.0
short_description: Extend DynamoDB tables into other regions as global tables, many at once
description:
  - Brings each listed table, which must exist in its home region, to having a replica in every wanted region (global
    tables version 2019.11.21), and each replica to what its own options say.
  - The replicas of one table are added one after another, as the service demands; many tables side by side. A
    replica takes about ten minutes when the table holds items, half a minute when it is empty.
  - With V(strong) as its consistency a table becomes a group of three regions, one of them perhaps a witness's, in one
    call. It has to be empty then. Afterwards its regions are fixed. It is taken down as a whole when all other regions,
    the witness's too, are named in O(absent_regions), or with its table.
  - A replica counts as there only when the group lists it as ACTIVE and its own region does too. One that the
    service accepted and dropped is added again.
  - Wanted regions of a table are O(replica_regions) and those of its own O(tables[].replicas), without its
    O(tables[].exclude_regions) and its home region, which may be named and is ignored.
  - Where a replica differs from the table (its class, its read capacity or maximum, also of indexes) is given with its
    creation, and changed in place later, only where its region really shows another value. V(inherit) clears it.
  - A replica is removed only when its region is named in O(absent_regions), or its entry has V(absent) as its state.
    One that exists but isn't listed is reported and left alone.
  - With V(disassociated) as its state a replica leaves the group and keeps its items as a table of its own. That is
    done when its own region says so.
  - Replicas that others made are adopted by their names, and the home region may be any member of the group. Replicas
    that were added less than 24 hours ago have to go before the region that they were added from.
  - A provisioned table gets a replica only while auto scaling sets its write capacity and that of its global secondary
    indexes. M(multiregion.dynamodb.tables), which runs before, sets that up from the table's own options. What scales a
    replica is removed after it.
  - What a new replica needs, scaled writes or a key of its own, is checked before any other replica is removed.
  - Where all replicas of a table are to leave, the table is then brought to what its options say, also where a replica
    can't have that, such as another stream, or capacity that isn't scaled.
author:
  - The multiregion.dynamodb contributors (@multiregion)
attributes:
  check_mode:
    support: full
    description:
      - Shows every step that would be taken and the state it leads to, and makes no call that changes anything. A
        table that doesn't exist yet is taken for one that will.
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
  - module: multiregion.dynamodb.tables
  - module: multiregion.dynamodb.replication_check
"""

EXAMPLES = r"""
- name: Every table in two more regions
  multiregion.dynamodb.replicas:
    region: us-east-1
    replica_regions: [eu-west-1, ap-southeast-2]
    tables:
      - name: orders
      - name: baskets
        exclude_regions: [ap-southeast-2]

- name: What never follows the table is said per region
  multiregion.dynamodb.replicas:
    region: us-east-1
    replica_regions: [eu-west-1]
    replica_defaults:
      "*":
        deletion_protection: true
        point_in_time_recovery:
          enabled: true
    tables:
      - name: orders
        replicas:
          - region: eu-west-1
            tags:
              data-residency: eu

- name: A replica that is read less, in a cheaper class, and one that follows the table again
  multiregion.dynamodb.replicas:
    region: us-east-1
    tables:
      - name: orders
        replicas:
          - region: eu-west-1
            table_class: STANDARD_INFREQUENT_ACCESS
            on_demand_max_read: 200
          - region: ap-southeast-2
            table_class: inherit

- name: A strongly consistent group of two replicas and a witness
  multiregion.dynamodb.replicas:
    region: us-east-1
    tables:
      - name: ledger
        consistency: strong
        witness_region: us-west-2
        replicas:
          - region: us-east-2

- name: Let a replica leave the group with its items
  multiregion.dynamodb.replicas:
    region: us-east-1
    tables:
      - name: orders
        replicas:
          - region: eu-west-1
            state: disassociated
            disassociation_protection: false

- name: Leave a region, one replica for each of two tables
  multiregion.dynamodb.replicas:
    region: us-east-1
    replica_regions: [eu-west-1]
    absent_regions: [ap-southeast-2]
    max_removals: 2
    tables:
      - name: orders
      - name: customers
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
          call: UpdateTable
          description: add a replica in eu-west-1
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
    - "add a replica in eu-west-1: orders"
    - "1 table: 1 changed, 0 unchanged"
"""

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.converge import Part
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.observe import replica_reading
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.plan import plan_replicas
from ansible_collections.multiregion.dynamodb.plugins.module_utils._module import change_tables


def main() -> None:
    change_tables(Part(replica_reading, plan_replicas))


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: tables_info
version_added: 0.1.0
short_description: Show DynamoDB tables and their replicas in every region
description:
  - Reads the state and the settings of each listed table in its home region and in every region where a replica is
    wanted or to be removed. Reads only.
  - With O(names) it finds tables that nobody listed, and reads them in every region that their group names.
  - A region that can't be read is shown as C(UNKNOWN) with the reason, never as one without the table. The task fails
    only when no region at all could be read.
author:
  - The multiregion.dynamodb contributors (@multiregion)
attributes:
  check_mode:
    support: full
    description: Reads only.
  diff_mode:
    support: none
    description: Nothing changes.
options:
  names:
    description:
      - Names or globs of tables to look for in the task's O(region), instead of O(tables). One that matches nothing
        fails.
      - Each table found is followed into the regions where it has replicas, so with this option regions are called
        that the task doesn't name.
    type: list
    elements: str
extends_documentation_fragment:
  - multiregion.dynamodb.tables.optional
  - amazon.aws.common.modules
  - amazon.aws.region.modules
seealso:
  - module: multiregion.dynamodb.tables
  - module: multiregion.dynamodb.replicas
  - module: multiregion.dynamodb.replication_check
"""

EXAMPLES = r"""
- name: Where a table stands
  multiregion.dynamodb.tables_info:
    region: us-east-1
    replica_regions: [eu-west-1]
    tables:
      - name: orders
  register: orders

- name: Tables that no inventory lists yet, as entries of dynamodb_tables
  multiregion.dynamodb.tables_info:
    region: us-east-1
    names: [shop-*]
  register: found

- name: Show it
  ansible.builtin.debug:
    msg: "{{ orders.summary }}"
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
      home: us-east-1
      account_id: "123456789012"
      regions:
        - region: us-east-1
          status: ACTIVE
          arn: arn:aws:dynamodb:us-east-1:123456789012:table/orders
          item_count: 0
          partition_key: customer
      inventory:
        name: orders
        region: us-east-1
        partition_key: customer
      complete: true
      replicas: {}
      consistency: ""
      witnesses: {}
      problems: []
      unlisted_replicas: []
      divergent: []
  contains:
    name:
      description: The table's name.
      type: str
      returned: always
    arn:
      description: The table's ARN in its home region, empty when it doesn't exist.
      type: str
      returned: always
    home:
      description: The home region.
      type: str
      returned: always
    account_id:
      description: The account that the table belongs to, empty when it doesn't exist.
      type: str
      returned: always
    regions:
      description: Each region, with its status and settings, in the words of the options.
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
          description: Why the region, or some of its settings, couldn't be read.
          type: str
          returned: when something couldn't be read
    inventory:
      description:
        - What makes the table and its replicas as they stand, an entry for O(tables) or C(dynamodb_tables). What unset
          means anyway is left out, and so are the tags of AWS (C(aws:*)).
        - Of a replica in a region that wasn't read it has the region only.
      type: dict
      returned: when the table is C(ACTIVE) or C(UPDATING) in its home region
    complete:
      description:
        - Whether every region of the group was read and is C(ACTIVE), so that RV(tables[].inventory) has everything.
      type: bool
      returned: always
    problems:
      description: Why regions couldn't be read.
      type: list
      elements: str
      returned: always
    replicas:
      description: Region to replica status, as the home region lists them.
      type: dict
      returned: always
    consistency:
      description: V(eventual) or V(strong), empty for a table without replicas.
      type: str
      returned: always
    witnesses:
      description: Region to status of the witness of a strongly consistent group, as the home region lists it.
      type: dict
      returned: always
    unlisted_replicas:
      description: Regions where the group has a replica though the task names none.
      type: list
      elements: str
      returned: always
    divergent:
      description: Settings that the regions of the group share, and yet differ, except for what a replica overrides.
      type: list
      elements: dict
      returned: always
      contains:
        setting:
          description: The option, or the names that lead to a part of it (C(stream.view_type)).
          type: str
          returned: always
        regions:
          description: Region to the value there.
          type: dict
          returned: always
differences:
  description:
    - The RV(tables[].divergent) of all tables as lines of text. Those that tables have in common share one.
  returned: success
  type: list
  elements: str
  sample:
    - "orders: ttl.attribute is expires in us-east-1, but until in eu-west-1"
summary:
  description:
    - Tables by regions, with the state of each, as lines of text. The witness of a strongly consistent group is there,
      and so are replicas that aren't listed.
    - Then what there is to say of tables, the worst last, and totals.
  returned: success
  type: list
  elements: str
  sample:
    - "table    us-east-1  eu-west-1"
    - "orders   ACTIVE*    ACTIVE"
    - "baskets  ACTIVE*    CREATING"
    - "* home region"
    - ""
    - "baskets: CREATING in eu-west-1"
    - "2 tables: 1 ACTIVE everywhere, 1 being changed"
"""

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import sdk
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.arguments import (
    INFO_OPTIONS,
    LISTING_OPTIONS,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.observe import full_reading, look
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.status import info_result
from ansible_collections.multiregion.dynamodb.plugins.module_utils._module import (
    failures_reported,
    found_tables_and_clients,
    leave,
    make_module,
    tables_and_clients,
)


def main() -> None:
    module = make_module(
        INFO_OPTIONS,
        required_one_of=[("tables", "names")],
        mutually_exclusive=[("names", option) for option in LISTING_OPTIONS],
    )
    with failures_reported(module):
        find = tables_and_clients if module.params["names"] is None else found_tables_and_clients
        tables, clients = find(module)
        seen = look([full_reading(table) for table in tables], clients)
        model = clients[tables[0].home].meta.service_model
    leave(module, sdk.known(info_result(tables, seen), model))


if __name__ == "__main__":
    main()

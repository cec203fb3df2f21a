#!/usr/bin/python
# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: evacuation_check
version_added: 0.1.0
short_description: Look for undrained writes before a region of DynamoDB tables is left
description:
  - Before applications leave a region, or its replicas are removed, asks of each table whether writes made there are
    still on their way to the other regions. Many tables are looked at side by side.
  - The answer is V(not drained) or V(no evidence of undrained writes). There is no better one, because replication
    keeps no order across items, so that an older write may still be on its way though newer ones have arrived. What
    couldn't be found out, because a region is denied or out of reach for instance, is V(unknown) and never taken for
    either.
  - In the region to be left it writes probes, one each O(interval), and looks for them in every other listed region.
    They go on for ten times the longest lag of late and for at least ten probes. The longest lag of late is the
    longest that is measured meanwhile or that CloudWatch's C(ReplicationLatency) had in the last hour, whichever is
    longer. When the lag grows, so does the time that the probes have to cover.
  - A table is V(not drained) when a strongly consistent read says in the end that an acknowledged probe hasn't
    arrived.
  - In a strongly consistent group a write is acknowledged once another region has it. There, each probe has to show
    at once by strongly consistent reads.
  - An answer never fails the task. Look at RV(answer), as the playbook C(multiregion.dynamodb.evacuate) does. The
    task fails for bad input, for unusable credentials and for another account than O(account_id).
  - Tables with O(tables[].state=absent) are left out.
author:
  - The multiregion.dynamodb contributors (@multiregion)
options:
  evacuate_region:
    description:
      - The region to be left. It has to be a region of at least one table, and may already be named in
        O(absent_regions).
      - Tables that aren't there, or have only the witness of a strongly consistent group there, count for no answer.
    type: str
    required: true
  timeout:
    description:
      - For how many seconds probes go on at most. When that is too short, the answer is V(not drained) or V(unknown),
        and says which would do.
    type: float
    default: 600.0
  interval:
    description:
      - Seconds between two probes, and between two looks for them.
    type: float
    default: 1.0
attributes:
  check_mode:
    support: partial
    description: Whether it can run in check mode, and shows what it would find.
    details:
      - Only states are read. Nothing is written, so the answer is V(unknown).
  diff_mode:
    support: none
    description: Nothing is changed for good, so there is nothing to compare.
extends_documentation_fragment:
  - multiregion.dynamodb.tables
  - multiregion.dynamodb.progress
  - amazon.aws.common.modules
  - amazon.aws.region.modules
notes:
  - Never reports a change. Its probes are gone when it ends; what couldn't be confirmed as removed is listed in
    RV(tables[].left_behind), and removed by the next check of that table, this or
    M(multiregion.dynamodb.replication_check).
  - Whether applications still write into the region can't be told from what DynamoDB publishes. While a probe is
    accepted there, so is a write of theirs. Stop the writers first, then ask.
  - A table with O(tables[].verification=states) isn't written into, so its answer is V(unknown).
  - Its probes are the heartbeats of M(multiregion.dynamodb.replication_check), with the same reserved keys and
    marker, and are records in the streams of every region as those are.
  - Needs C(dynamodb:DescribeTable) and C(dynamodb:BatchGetItem) in every region, C(dynamodb:PutItem) in the region to
    be left, C(dynamodb:DeleteItem) in every region, and C(cloudwatch:GetMetricData) in the region to be left. Without
    the last one it says so and goes by the lag that it measures.
seealso:
  - module: multiregion.dynamodb.replication_check
  - module: multiregion.dynamodb.replicas
"""

EXAMPLES = r"""
- name: Look for writes that haven't left Ireland yet
  multiregion.dynamodb.evacuation_check:
    evacuate_region: eu-west-1
    region: us-east-1
    replica_regions: [eu-west-1, ap-southeast-2]
    tables:
      - name: orders
      - name: customers
  register: evacuation

- name: Stop unless there is no evidence of any
  ansible.builtin.assert:
    that: evacuation.answer == 'no evidence of undrained writes'
    fail_msg: "{{ evacuation.msg }}"
"""

RETURN = r"""
answer:
  description:
    - V(not drained) when any table isn't, otherwise V(unknown) when anything couldn't be found out, otherwise
      V(no evidence of undrained writes).
  returned: always, unless the input was refused
  type: str
  sample: no evidence of undrained writes
evacuate_region:
  description: The region that was asked about.
  returned: always, unless the input was refused
  type: str
  sample: eu-west-1
msg:
  description: A line for each table and reason that stands in the way of the better answer, then the totals.
  returned: always
  type: str
  sample: "1 table: 1 no evidence of undrained writes, 0 not drained, 0 unknown"
summary:
  description: What was found out and what can't be known, for people. Totals last.
  returned: always, unless the input was refused
  type: list
  elements: str
  sample:
    - "orders: no evidence of undrained writes: 14 probes from eu-west-1 over 13 s arrived in us-east-1,
      ap-southeast-2, after 1.21 s at most; ReplicationLatency was at most 0.94 s in the last hour"
    - "eu-west-1 still takes writes (orders): stop what writes there first, then ask again; what is written from now
      on isn't covered."
    - "What probes can't tell: replication keeps no order across items, so an older write may still be on its way
      though newer ones have arrived."
    - "1 table: 1 no evidence of undrained writes, 0 not drained, 0 unknown"
cannot_know:
  description: What the answer leaves open, as sentences. They are in RV(summary) too.
  returned: always, unless the input was refused
  type: list
  elements: str
tables:
  description: A result for each table, in the order of the list.
  returned: always, unless the input was refused
  type: list
  elements: dict
  contains:
    name:
      description: The table's name.
      type: str
      returned: always
    answer:
      description: As RV(answer), of this table. Empty when it has nothing in the region.
      type: str
      returned: always
    msg:
      description: What the answer rests on, or a line for each reason against the better one.
      type: str
      returned: always
    consistency:
      description: V(eventual) or V(strong), which probes had to show at once.
      type: str
      returned: always
    takes_writes:
      description: Whether the region accepted a probe.
      type: bool
      returned: always
    needed:
      description: How many seconds the probes had to cover, ten times the longest lag of late.
      type: float
      returned: always
    covered:
      description: How many seconds the probes that arrived everywhere did cover.
      type: float
      returned: always
    pairs:
      description: The region to every other listed one that could be probed.
      type: list
      elements: dict
      returned: always
      contains:
        source:
          description: The region to be left.
          type: str
          returned: always
        target:
          description: Where the probes were looked for.
          type: str
          returned: always
        verdict:
          description: V(pass) when every probe arrived, V(fail) when one hadn't in the end, otherwise V(unknown).
          type: str
          returned: always
        written:
          description: How many probes were acknowledged.
          type: int
          returned: always
        arrived:
          description: How many of them arrived.
          type: int
          returned: always
        lag:
          description: Seconds from a probe's acknowledgement to the first look that showed it.
          type: dict
          returned: always
          contains:
            max:
              description: The longest. Null when nothing could be measured.
              type: float
              returned: always
            resolution:
              description: The true one is at most this much shorter.
              type: float
              returned: always
        replication_latency:
          description: The longest C(ReplicationLatency) of the last hour, in seconds. Null where CloudWatch has none.
          type: float
          returned: always
    notes:
      description: What a person should know of this table, such as replicas that aren't listed.
      type: list
      elements: str
      returned: always
    left_behind:
      description: Probes that couldn't be confirmed as removed.
      type: list
      elements: dict
      returned: always
      contains:
        region:
          description: Where.
          type: str
          returned: always
        item_keys:
          description: Their keys.
          type: list
          elements: dict
          returned: always
        reason:
          description: Why not.
          type: str
          returned: always
"""

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.arguments import PROGRESS_OPTIONS
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.evacuation import (
    Options,
    check_region,
    evacuate,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._module import (
    failures_reported,
    make_module,
    progress_file,
    tables_and_clients,
)

ARGUMENTS = {
    "evacuate_region": {"type": "str", "required": True},
    "timeout": {"type": "float", "default": 600.0},
    "interval": {"type": "float", "default": 1.0},
}


def main() -> None:
    module = make_module({**ARGUMENTS, **PROGRESS_OPTIONS})
    options = Options(module.params["timeout"], module.params["interval"])
    region = module.params["evacuate_region"]
    with failures_reported(module):
        options.check()
        progress = progress_file(module)
        tables, clients = tables_and_clients(module)
        check_region(region, tables)
        result = evacuate(region, tables, clients, options, module.check_mode, progress)
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()

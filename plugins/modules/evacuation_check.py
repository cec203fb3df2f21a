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
  - The answer is V(not_drained) or V(no_evidence). There is no better one, because replication keeps no order across
    items, so that an older write may still be on its way though newer ones have arrived. What couldn't be found out,
    because a region is denied or out of reach for instance, is V(unknown) and never taken for either.
  - It sends probes. In the region to be left it writes one each O(interval), to another of its reserved keys each time,
    and looks for each in every other listed region. Probes go on for ten times the longest recent lag, and there are at
    least ten. The longest recent lag is the longest that is measured meanwhile or that CloudWatch's
    C(ReplicationLatency) had in the last hour, whichever is longer.
  - It compares recent keys. It reads from the stream of the region to be left which keys were written in the last five
    minutes, or in ten times the longest recent lag if that is longer, at most a day. It compares their items with those
    in every other region by strongly consistent reads. An item that differs is read again until it has had twice the
    longest recent lag, at least ten seconds.
  - A stream doesn't say where it ends. Each of its open shards is read until it shows a record that is newer than the
    beginning of the comparison. Where nobody writes, the module does, to up to 1,000 of its reserved keys, 20 a second.
  - A table is V(not_drained) when a strongly consistent read says in the end that an acknowledged probe hasn't arrived,
    or that an item still differs. It is V(unknown) when the stream can't be read, when there is none, when a shard
    shows nothing newer, when it has more than 100,000 keys of that time, or when items keep changing while they are
    compared.
  - In a strongly consistent group a write is acknowledged once another region has it. There, each probe has to show
    at once by strongly consistent reads, and no keys are compared.
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
      - For how many seconds probes go on at most. When that is too short, the answer is V(not_drained) or V(unknown),
        and says which would do. Comparing recent keys comes on top.
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
  - What was written before the time that is compared isn't known to have arrived, but for what the probes say.
    An item that was written last in another region and hasn't arrived in the region to be left differs too, and is
    V(not_drained) as well. A stream doesn't tell where a write was made.
  - A table with O(tables[].verification=states) isn't written into, so its answer is V(unknown).
  - Its probes are the heartbeats of M(multiregion.dynamodb.replication_check), with the same reserved keys and
    marker, and are records in the streams of every region as those are.
  - Reading the stream costs read requests, and comparing a key a strongly consistent read of its whole item in the
    region to be left and in every other.
  - Needs C(dynamodb:DescribeTable) and C(dynamodb:BatchGetItem) in every region, without a condition on keys, and
    C(dynamodb:DeleteItem) in every region. In the region to be left it needs C(dynamodb:PutItem),
    C(dynamodb:DescribeStream), C(dynamodb:GetShardIterator), C(dynamodb:GetRecords) and C(cloudwatch:GetMetricData).
    Without the last one it says so and goes by the lag that it measures.
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
    that: evacuation.answer == 'no_evidence'
    fail_msg: "{{ evacuation.msg }}"
"""

RETURN = r"""
answer:
  description:
    - V(not_drained) when any table isn't, otherwise V(unknown) when anything couldn't be found out, otherwise
      V(no_evidence).
  returned: always, unless the input was refused
  type: str
  sample: no_evidence
evacuate_region:
  description: The region that was asked about.
  returned: always, unless the input was refused
  type: str
  sample: eu-west-1
msg:
  description: The lines of RV(summary).
  returned: always
  type: str
  sample: "1 table: 1 no evidence of undrained writes, 0 not drained, 0 unknown"
summary:
  description: What was found out and what can't be known, for people. What isn't drained first, totals last.
  returned: always, unless the input was refused
  type: list
  elements: str
  sample:
    - "us-east-1, ap-southeast-2: every probe (28) arrived, after 1.21 s at most, ReplicationLatency at most 0.94 s in
      the last hour, and every key written in the last 5 min (412) has the same item there."
    - "eu-west-1 still takes writes (orders): stop what writes there first, then ask again; what is written from now
      on isn't covered."
    - "What was written before that isn't compared: replication keeps no order across items."
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
    answer:
      description: As RV(answer), of this table. Empty when it has nothing in the region.
      type: str
    msg:
      description: Each reason against V(no_evidence). Empty without any.
      type: str
    consistency:
      description: V(eventual) or V(strong), which probes had to show at once.
      type: str
    takes_writes:
      description: Whether the region accepted a probe.
      type: bool
    recent_keys:
      description: How many recent keys were compared.
      type: int
    pairs:
      description: The region to every other listed one.
      type: list
      elements: dict
      contains:
        source:
          description: The region to be left.
          type: str
        target:
          description: Where the probes and the recent keys were looked for.
          type: str
        answer:
          description: As RV(answer), of this target.
          type: str
        written:
          description: How many probes were acknowledged.
          type: int
        arrived:
          description: How many of them arrived.
          type: int
        needed:
          description: How many seconds the probes had to cover, ten times the longest recent lag.
          type: float
        covered:
          description: How many seconds the probes that arrived did cover.
          type: float
        differing:
          description: Recent keys whose items stayed different, at most 100 of them.
          type: list
          elements: dict
        differing_count:
          description: How many recent keys that is true for.
          type: int
        lag:
          description: Seconds from a probe's acknowledgement to the first look that showed it.
          type: dict
          contains:
            max:
              description: The longest. Null when nothing could be measured.
              type: float
            resolution:
              description: The true one is at most this much shorter.
              type: float
        replication_latency:
          description: The longest C(ReplicationLatency) of the last hour, in seconds. Null where CloudWatch has none.
          type: float
    notes:
      description: What a person should know of this table.
      type: list
      elements: str
    left_behind:
      description: Probes that couldn't be confirmed as removed.
      type: list
      elements: dict
      contains:
        region:
          description: Where.
          type: str
        item_keys:
          description: Their keys.
          type: list
          elements: dict
        reason:
          description: Why not.
          type: str
"""

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.arguments import PROGRESS_OPTIONS
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.evacuation import (
    check,
    evacuate,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace
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
    region = module.params["evacuate_region"]
    pace = Pace(duration=module.params["timeout"], interval=module.params["interval"])
    with failures_reported(module):
        progress = progress_file(module)
        tables, clients = tables_and_clients(module)
        check(region, tables, pace)
        result = evacuate(region, tables, clients, pace, module.check_mode, progress)
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()

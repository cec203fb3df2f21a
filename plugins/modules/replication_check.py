#!/usr/bin/python
# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: replication_check
version_added: 0.1.0
short_description: Prove that items replicate between the regions of DynamoDB tables
description:
  - Puts, updates and deletes items of its own in every region of each table, looks for each of the three in every
    other region, and measures how long it took. Beside that it writes the same items in every region at once, which
    have to end the same everywhere. It removes those items. Many tables are checked side by side.
  - It first makes sure that the regions are independent of each other, and that each is V(ACTIVE) and lists the
    others as replicas.
  - A pair of regions passes when every change arrived. It fails when a strongly consistent read in the target, begun
    when the change had its time, doesn't show it, shows another item than was written, or doesn't show any more what
    it had shown; and when a change took longer than O(max_lag). It is unknown when that can't be found out, because
    access was denied, calls were throttled, an endpoint couldn't be reached or a replica is still being added.
  - A pass says its power. Fifteen changes that all arrive show, with a probability of 95 %, that less than 18 % are
    lost; raise O(item_count) to see smaller losses.
  - Of a table's pairs, and of all tables, a fail beats an unknown, and that a pass. A member of the group that isn't
    listed makes the table unknown. A table in one region only has V(nothing to compare).
  - In a strongly consistent group the first read in every other region, begun after a write's acknowledgement, has to
    show it, so there is no lag to measure.
  - A verdict never fails the task. Look at RV(verdict), as the role P(multiregion.dynamodb.verify#role) does. The task
    fails for bad input, for unusable credentials and for another account than O(account_id).
  - Each lag has two bounds, on one monotonic clock, so that the regions' own clocks play no part. It is at least the
    time from the acknowledgement of a write to the begin of the last read that didn't show it, and at most the time to
    the end of the first read that shows it. A write that was repeated counts from its first sending. A repeated or slow
    call widens the bounds, and O(max_lag) is judged by them.
  - Tables with O(tables[].state=absent) are left out.
author:
  - The multiregion.dynamodb contributors (@multiregion)
options:
  item_count:
    description:
      - How many items of its own each region writes into each table, and how many all regions write at once, 1 to 1000.
        Each is put, updated and deleted, so a direction sees three times as many changes. With 100 items a loss of 1 %
        shows, with 1000 items one of 0.1 %.
    type: int
    default: 5
  timeout:
    description:
      - How many seconds, in all, what is written into a table has to arrive everywhere. Puts have two fifths of it,
        updates, deletions and what all regions write at once a fifth each and whatever is left of the time before,
        counted from their acknowledgement.
    type: float
    default: 60.0
  max_lag:
    description:
      - How many seconds a change may take to arrive. A change whose lower bound is longer fails its pair, although it
        arrived. If only its upper bound is longer, the pair is unknown.
      - Unset, a change may take as long as it is waited for.
    type: float
  max_units:
    description:
      - How many capacity units each table may cost, those of its reads and writes in all regions together. A bound that
        is too low for what a table needs is refused before any call. Replication takes time, and so more looks than
        that.
      - When it is reached, what hasn't arrived is no longer looked for, and is unknown. What removing the items takes
        is kept back. A watch ends for every table once one of them has spent its bound, and is unknown.
        RV(tables[].cost) says what was spent. Not counted is what the service doesn't report, as of a write that it
        refused. Not bounded is what it takes to remove the items of a check that was killed, and to clean up a region
        several times.
    type: float
  poll_delay:
    description:
      - Seconds between two looks for an item. While an item is waited for for long, this grows to a tenth of the time
        waited so far. RV(tables[].pairs[].lag.resolution) says what a lag is worth.
    type: float
    default: 0.1
  items:
    description:
      - Items of yours that have to arrive unchanged, for each table a list of them in DynamoDB JSON, at most 100.
        Numbers are written in quotes, or YAML would change them, and binary values in base64.
      - Each is written once in the table's home region, where no region has an item with its key, and has to be found
        with the same content in every other. It stays. The same means numbers by value, sets without order, and types
        kept. An item that is there already with the same content is only looked for.
      - An item that is there with another content is never overwritten, and fails. None is written while a member of
        the group isn't listed or can't be read, since it may hold one with that key. They have O(timeout) for
        themselves.
    type: dict
  watch:
    description:
      - Go on after the check. Every region writes a heartbeat each O(watch.interval) seconds, to another of up to 1,000
        keys each time, and every other is asked for those that it hasn't shown yet. Lag is seen to grow while
        replication is held up, and to drain. O(progress_file) has it on the way, a report each round.
      - A region that is down or denied meanwhile is unknown for that time and doesn't block the others. Once 1,000
        heartbeats of a region are on their way, it writes no more until one has arrived. After the last
        heartbeat, what is under way has ten more seconds. Then a strongly consistent look judges the last heartbeat of
        each key. One that hasn't arrived, or that was there and is gone again, fails, with how many these are; what
        couldn't be found out is unknown.
    type: dict
    suboptions:
      rounds:
        description: End after so many heartbeats of each region.
        type: int
      duration:
        description: End after so many seconds. With O(watch.rounds) whichever is first.
        type: float
      interval:
        description: Seconds from one heartbeat to the next, 0.05 to 3600.
        type: float
        default: 1.0
attributes:
  check_mode:
    support: partial
    description: Whether it can run in check mode, and shows what it would find.
    details:
      - Only states are read. Nothing is written, so a table whose items would be checked is C(unknown) at best.
  diff_mode:
    support: none
    description: Nothing but O(items) is written for good, so there is nothing to compare.
extends_documentation_fragment:
  - multiregion.dynamodb.tables
  - multiregion.dynamodb.progress
  - amazon.aws.common.modules
  - amazon.aws.region.modules
notes:
  - Reports a change when it wrote one of O(items). Its own items are gone when it ends, also when it is interrupted;
    what couldn't be confirmed as removed is listed in RV(tables[].left_behind), and removed by the next check of that
    table.
  - Its items live under 10,000 reserved keys for each source region, its slots. A string key, or the bytes of a binary
    one, is C(multiregion.dynamodb/verification/<region>/<0 to 9999>); those that all regions write have C(everywhere)
    for the region. A number has 38 digits, C(-999999999999999999999999), ten digits that follow from what stands for
    the region, and C(0000) to C(9999). Partition and sort key get the same.
  - Each run draws its slots anew, from its id alone, so that it meets other partitions. It registers in one of the
    slots 0 to 3 of each region that it writes from, its registers, so four checks of a table can run at once.
  - Each of its items carries the map C(multiregion_dynamodb_verification) with the run's id and an expiry, its lease,
    which ends two minutes after twice O(timeout) and the planned end of O(watch). A check writes and deletes an item
    only under the condition that this map names its own run, so an item of yours with a reserved key is never touched
    in a region that is listed and can be read. What another region holds, a check can't know.
    A check that was killed is cleaned up by the next one after its lease, by the keys that follow from its register and
    without a scan, in every region that is listed then and answers. An item is then deleted only while its map is the
    one that was read.
  - Leases are compared with the clock of the machine that runs the module. Where another machine's clock is ahead, a
    check there may remove the items of a live one, which then says that somebody removed them, and is unknown.
  - Before it writes anything it deletes a key without an item in every region, so that a deletion that is denied is
    known before there is anything to remove.
  - O(items) carry no such map. They are written under the condition that no item has the key, and never deleted.
  - Its own items carry no other attribute, so they appear in an index only when all of the index's keys are keys of the
    table too.
  - It can't take back what a write sets off. Each put, update and deletion is a record in the stream of every region,
    and runs whatever listens there, such as a Lambda function or a Kinesis destination; it stays in point-in-time
    recovery and in backups that are taken meanwhile.
  - A Lambda function whose stream carries C(NEW_AND_OLD_IMAGES), which is what DynamoDB turns on for a global table,
    passes over these records with the event filter
    C({"dynamodb":{"NewImage":{"multiregion_dynamodb_verification":{"M":{"run":{"S":[{"exists":false}]}}}},
    "OldImage":{"multiregion_dynamodb_verification":{"M":{"run":{"S":[{"exists":false}]}}}}}}).
    A filter on C(NewImage) alone lets deletions through, one on C(OldImage) alone puts. Records of a C(KEYS_ONLY)
    stream carry no images and can only be told by their keys.
  - Each item of a region costs three writes, each item that all regions write two in every region, each register
    two, and each write a replicated one in every other region, besides the reads that look for it. RV(cost) has the
    capacity units that the service reported; those of replicated writes are counted from them.
    O(tables[].verification=states) writes nothing.
  - Needs C(dynamodb:DescribeTable), C(dynamodb:BatchGetItem), C(dynamodb:PutItem), C(dynamodb:UpdateItem) and
    C(dynamodb:DeleteItem) in every region; the first one alone for O(tables[].verification=states).
    C(dynamodb:GetResourcePolicy) is optional. It is called for the regions of pairs that fail, to say whether a
    statement of AWS FIS pauses their replication.
seealso:
  - module: multiregion.dynamodb.replicas
  - module: multiregion.dynamodb.tables_info
  - plugin: multiregion.dynamodb.report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check that items of two tables replicate between three regions
  multiregion.dynamodb.replication_check:
    region: us-east-1
    replica_regions: [eu-west-1, ap-southeast-2]
    tables:
      - name: orders
      - name: customers
  register: replication

- name: Stop unless everything arrived
  ansible.builtin.assert:
    that: replication.verdict == 'pass'
    fail_msg: "{{ replication.summary }}"

- name: Look at a table in production without writing into it
  multiregion.dynamodb.replication_check:
    region: us-east-1
    replica_regions: [eu-west-1]
    tables:
      - name: orders
        verification: states

- name: See a loss of one percent, and leave more time between regions that are far apart
  multiregion.dynamodb.replication_check:
    region: us-east-1
    replica_regions: [ap-southeast-2]
    item_count: 100
    timeout: 180
    tables:
      - name: orders

- name: See an item of one's own arrive unchanged
  multiregion.dynamodb.replication_check:
    region: us-east-1
    replica_regions: [eu-west-1]
    tables:
      - name: orders
    items:
      orders:
        - customer: {S: a-customer-of-mine}
          total: {N: "12.50"}

- name: Watch a drill for ten minutes
  multiregion.dynamodb.replication_check:
    region: us-east-1
    replica_regions: [eu-west-1]
    tables:
      - name: orders
    watch:
      duration: 600

- name: Nothing may take longer than two seconds, and no table may cost more than a thousand capacity units
  multiregion.dynamodb.replication_check:
    region: us-east-1
    replica_regions: [eu-west-1]
    max_lag: 2
    max_units: 1000
    tables:
      - name: orders
"""

RETURN = r"""
verdict:
  description:
    - V(fail) when any table failed, otherwise V(unknown) when anything couldn't be found out, otherwise V(pass);
      V(nothing to compare) when every table has one region only.
  returned: always, unless the input was refused
  type: str
  sample: pass
msg:
  description: The lines of RV(summary) as one text, or why the task failed.
  returned: always
  type: str
  sample: "1 table: 1 pass, 0 fail, 0 unknown"
run:
  description: This run.
  returned: always, unless the input was refused
  type: dict
  contains:
    id:
      description: Its id, which each of its items carries.
      type: str
      returned: always
    started:
      description: When it began, UTC.
      type: str
      returned: always
    seconds:
      description: How long it took.
      type: float
      returned: always
    account_id:
      description: The account of the tables, empty when none could be read.
      type: str
      returned: always
    versions:
      description: What it ran with.
      type: dict
      returned: always
    settings:
      description: The options that it was run with.
      type: dict
      returned: always
  sample:
    id: 0d3b1c6e-8f5b-4a57-9c1c-1f2f1d1c7a10
    started: "2026-11-25T10:00:00Z"
    seconds: 3.2
    account_id: "123456789012"
cost:
  description: The capacity units of all tables together.
  returned: always, unless the input was refused
  type: dict
  contains:
    read_units:
      description: Of reads.
      type: float
      returned: always
    write_units:
      description: Of writes, in the regions that they were sent to.
      type: float
      returned: always
    replicated_write_units:
      description: Of the same writes in the other regions.
      type: float
      returned: always
  sample:
    read_units: 71.5
    write_units: 50.0
    replicated_write_units: 50.0
summary:
  description:
    - What was found out, for people. What is wrong first, by direction, with the tables that share it; then what is
      well, what to do next, and totals.
  returned: always, unless the input was refused
  type: list
  elements: str
  sample:
    - "FAIL     us-east-1 → eu-west-1: not every put arrives, table orders (1 of 5 puts missing after 24.1 s)"
    - "         eu-west-1 → us-east-1 passes, median lag 0.31 s."
    - "         Next: look at CloudWatch's ReplicationLatency in us-east-1, and whether an AWS FIS experiment is
      running. Keys are in the report (verify_report) and in the result."
    - "1 table: 0 pass, 1 fail, 0 unknown"
tables:
  description: A result for each table, in the order of the list.
  returned: always, unless the input was refused
  type: list
  elements: dict
  sample:
    - name: orders
      verdict: fail
      verification: items
      reason: ""
      consistency: eventual
      cost:
        read_units: 71.5
        write_units: 50.0
        replicated_write_units: 50.0
      regions:
        - region: us-east-1
          status: ACTIVE
        - region: eu-west-1
          status: ACTIVE
      pairs:
        - source: us-east-1
          target: eu-west-1
          verdict: fail
          reason: "not every put arrives (1 of 5 puts missing after 24.1 s): look at CloudWatch's ReplicationLatency in
            us-east-1, and whether an AWS FIS experiment is running"
          expected: 15
          arrived: 12
          loss_that_shows: 0.181
          missing:
            - operation: put
              key:
                customer: multiregion.dynamodb/verification/us-east-1/4711
              waited: 24.1
          altered: []
          went_back: []
          late: []
          watch: null
          lag:
            measured: 12
            p50: 0.311
            p95: 0.498
            p99: 0.515
            max: 0.52
            resolution: 0.143
          lags: [[0.168, 0.311], [0.377, 0.52]]
      convergence: null
      user_items: []
      watch: []
      notes: []
      left_behind: []
  contains:
    name:
      description: The table's name.
      type: str
      returned: always
    verdict:
      description:
        - The worst of its pairs, of RV(tables[].convergence), of RV(tables[].user_items) and of what
          RV(tables[].reason) says. V(nothing to compare) for a table in one region only.
      type: str
      returned: always
    consistency:
      description: V(eventual) or V(strong), empty for a table without replicas.
      type: str
      returned: always
    cost:
      description: The capacity units of this table, as RV(cost).
      type: dict
      returned: always
    verification:
      description:
        - What the verdict rests on. V(items) were written; or only V(states) were read, as the table asks; or only
          states were read because of V(check_mode).
      type: str
      returned: always
    reason:
      description: What stands in the way of a pass beside its pairs, such as members that aren't listed.
      type: str
      returned: always
    regions:
      description: Each region of the table.
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
        problem:
          description: Why the region couldn't be read.
          type: str
          returned: when the status is UNKNOWN
    pairs:
      description: Every region to every other.
      type: list
      elements: dict
      returned: always
      contains:
        source:
          description: Where the items were written.
          type: str
          returned: always
        target:
          description: Where they were looked for.
          type: str
          returned: always
        verdict:
          description: V(pass), V(fail) or V(unknown).
          type: str
          returned: always
        reason:
          description: Why it isn't a pass, and what to do. Empty for a pass.
          type: str
          returned: always
        expected:
          description: How many puts, updates and deletions were to arrive. 0 when no items were written.
          type: int
          returned: always
        arrived:
          description: How many of them arrived.
          type: int
          returned: always
        loss_that_shows:
          description:
            - The share of lost changes that so many would have shown with a probability of 95 %. Null when no items
              were written.
          type: float
          returned: always
        missing:
          description: What a strongly consistent read in the target didn't show in time.
          type: list
          elements: dict
          returned: always
          contains:
            operation:
              description: V(put), V(update) or V(delete), the first that is missing of that item.
              type: str
              returned: always
            key:
              description: The item's key.
              type: dict
              returned: always
            waited:
              description: Seconds from its acknowledgement to the read that didn't show it.
              type: float
              returned: always
        altered:
          description:
            - What a strongly consistent read in the target showed as another item than was written. Its elements are
              those of RV(tables[].pairs[].missing).
          type: list
          elements: dict
          returned: always
        went_back:
          description:
            - What a read in the target had shown and a strongly consistent read later didn't show any more. Its
              elements are those of RV(tables[].pairs[].missing).
          type: list
          elements: dict
          returned: always
        late:
          description: What arrived, but took longer than O(max_lag) at the least.
          type: list
          elements: dict
          returned: always
          contains:
            operation:
              description: V(put), V(update) or V(delete).
              type: str
              returned: always
            key:
              description: The item's key.
              type: dict
              returned: always
            lag:
              description: How many seconds it took, at the least and at the most.
              type: list
              elements: float
              returned: always
        lag:
          description: The distribution of what the changes took at the most, in seconds.
          type: dict
          returned: always
          contains:
            measured:
              description: How many puts, updates and deletions arrived, those of O(items) included.
              type: int
              returned: always
            p50:
              description: The median. Null when nothing arrived, as the other figures.
              type: float
              returned: always
            p95:
              description: The 95th percentile.
              type: float
              returned: always
            p99:
              description: The 99th percentile.
              type: float
              returned: always
            max:
              description: The longest.
              type: float
              returned: always
            resolution:
              description: The true lag of any change is at most this much shorter.
              type: float
              returned: always
        lags:
          description:
            - Every lag, each as the least and the most seconds that it can have been.
          type: list
          elements: list
          returned: always
        watch:
          description: What heartbeats showed of the pair. Null without O(watch).
          type: dict
          returned: always
          contains:
            verdict:
              description: V(pass) when all arrived in the end, V(fail) or V(unknown).
              type: str
              returned: always
            peak:
              description: The longest lag in seconds, that of what hadn't arrived included.
              type: float
              returned: always
            resolution:
              description: The true peak is at most so many seconds less.
              type: float
              returned: always
            written:
              description: How many heartbeats were acknowledged.
              type: int
              returned: always
            arrived:
              description: How many of them arrived.
              type: int
              returned: always
    convergence:
      description:
        - What became of the items that all regions wrote at once. Null when nothing was written, or not every change
          of the pairs arrived.
      type: dict
      returned: always
      contains:
        verdict:
          description: V(pass), V(fail) or V(unknown).
          type: str
          returned: always
        reason:
          description: Why it isn't a pass. Empty for a pass.
          type: str
          returned: always
        item_count:
          description: How many items were judged.
          type: int
          returned: always
        converged:
          description: How many ended the same in every region.
          type: int
          returned: always
        lag:
          description:
            - Seconds from the last region's acknowledgement to the end of the first look that showed the same
              everywhere, and still did when everything had time to arrive. As RV(tables[].pairs[].lag).
          type: dict
          returned: always
        lags:
          description: Every one, as RV(tables[].pairs[].lags).
          type: list
          elements: list
          returned: always
    user_items:
      description: What became of O(items) of this table.
      type: list
      elements: dict
      returned: always
      contains:
        key:
          description: The item's key.
          type: dict
          returned: always
        source:
          description: Where it was written.
          type: str
          returned: always
        verdict:
          description: V(pass), V(fail) or V(unknown).
          type: str
          returned: always
        reason:
          description: Why it isn't a pass. Empty for a pass.
          type: str
          returned: always
    watch:
      description: The rounds of O(watch), oldest first. Of a long watch, one stands for several and shows their worst.
      type: list
      elements: dict
      returned: always
      contains:
        elapsed:
          description: Seconds since the watch began.
          type: float
          returned: always
        pairs:
          description: Every region to every other.
          type: list
          elements: dict
          returned: always
          contains:
            source:
              description: Where the heartbeat was written.
              type: str
              returned: always
            target:
              description: Where it was looked for.
              type: str
              returned: always
            lag:
              description:
                - Seconds that the newest heartbeat took, or the age of the oldest that hasn't arrived. Null when that
                  isn't known.
              type: float
              returned: always
            arrived:
              description: Whether everything had arrived.
              type: bool
              returned: always
    notes:
      description:
        - What a person should know, such as an item of theirs that has a reserved key, another check under way, or what
          was removed after one that died.
      type: list
      elements: str
      returned: always
    left_behind:
      description: Items of this check that couldn't be confirmed as removed.
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

import dataclasses

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.arguments import PROGRESS_OPTIONS
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import user_items
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import check_tables
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import module_result
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace
from ansible_collections.multiregion.dynamodb.plugins.module_utils._module import (
    failures_reported,
    make_module,
    progress_file,
    tables_and_clients,
    versions,
)

ARGUMENTS = {
    "item_count": {"type": "int", "default": 5},
    "timeout": {"type": "float", "default": 60.0},
    "poll_delay": {"type": "float", "default": 0.1},
    "max_lag": {"type": "float"},
    "max_units": {"type": "float"},
}
OTHER_ARGUMENTS = {
    "items": {"type": "dict"},
    "watch": {
        "type": "dict",
        "options": {
            "rounds": {"type": "int"},
            "duration": {"type": "float"},
            "interval": {"type": "float", "default": 1.0},
        },
    },
}


def main() -> None:
    module = make_module({**ARGUMENTS, **OTHER_ARGUMENTS, **PROGRESS_OPTIONS})
    watch = module.params["watch"]
    options = Options(
        **{option: module.params[option] for option in ARGUMENTS}, watch=Pace(**watch) if watch is not None else None
    )
    with failures_reported(module):
        options.check()
        progress = progress_file(module)
        tables, clients = tables_and_clients(module)
        options = dataclasses.replace(options, items=user_items.parse(module.params, tables))
        checked = check_tables(tables, clients, options, module.check_mode, progress=progress)
    result = module_result(checked, {"versions": versions(), "settings": options.settings})
    module.exit_json(changed=checked.changed, **result)


if __name__ == "__main__":
    main()

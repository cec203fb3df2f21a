# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the service takes: seconds as observed on AWS, before the clock's time scale."""

from __future__ import annotations

import random
from typing import NamedTuple


class Span(NamedTuple):
    """A duration, drawn evenly between two observed bounds."""

    low: float
    high: float

    def draw(self, dice: random.Random) -> float:
        return dice.uniform(self.low, self.high)


CREATE_TABLE = Span(5, 9.5)  # 033
SETTINGS_KNOWN = 2.1  # 115, 233: after CreateTable, until then a table's own settings answer that there is none
CREATE_TABLE_WITH_INDEXES = Span(14, 22.3)  # 148, 169
CAPACITY = Span(1, 2)  # 058
STREAM = Span(4, 5.1)  # 050
NEW_KEY_SHOWN = Span(8, 9.1)  # 371: until then the old key is
ENCRYPTION_CHANGED = Span(21.3, 23.3)  # 079, 082, 140, 371
ENCRYPTION_CHANGES_APART = 21600.0  # 081
ITEMS_FAIL = Span(300, 332)  # 331: after the key was lost
KEY_LOSS_SHOWN = Span(754, 4783)  # 329, 331
ITEMS_WORK = Span(60, 420)  # 330: after the key was enabled again
KEY_RECOVERY_SHOWN = Span(1087, 3410)  # 335
KEYLESS_TABLE_VANISHES = Span(3540, 3580)  # 332
ARCHIVED = 7 * 24 * 3600.0  # botocore's model, of ArchivalSummary
TABLE_CLASS = Span(3.6, 6.1)  # 284, 365
TO_PROVISIONED = Span(60, 98)  # 056, 452
TO_ON_DEMAND = Span(128, 172)  # 056, 183
BACK_TO_ON_DEMAND = Span(4, 5.1)  # 056, 452: a table that was on demand before
ON_DEMAND_CLEARED = Span(0.9, 1.1)  # 182: until then a maximum that was cleared is shown as -1
WARM = Span(271.6, 513.9)  # 121, 179, 459
WARM_AGAIN = Span(1.9, 2.1)  # 121, 179: what was raised before, or doesn't change
DAY = 24 * 3600.0
DECREASE_APART = 3600.0  # 326: once the day's decreases are spent
DELETE_TABLE = Span(4, 9)

INDEX_ALLOCATED = Span(24.2, 56.3)  # 148, 458: the table is ACTIVE again, the index backfills
INDEX_ACTIVE = Span(506, 1003)  # 148, 166, 458: however few items
INDEX_DELETED = Span(2.6, 5.1)  # 148, 375, 376
INDEX_UPDATED = Span(2, 4)  # 148, 159

GLOBAL_INDEX_LISTED = Span(30, 32)  # 296: until then no region shows the index
GLOBAL_INDEX_ALLOCATED = Span(86, 92)  # 296
GLOBAL_INDEX_ACTIVE = Span(541, 576)  # 296: in each region by itself

REPLICA_LISTED = Span(5.6, 6.7)  # 226, 187: the source lists the new region
REPLICA_DESCRIBABLE = Span(9.6, 10.4)  # 226: the new region answers DescribeTable
CAPPED_REPLICA_LISTED = Span(145, 149)  # 422: one with an on-demand maximum of its own takes that much longer
CAPPED_REPLICA_DESCRIBABLE = Span(150, 154)  # 422
CAPPED_REPLICA_ACTIVE = Span(157, 162)  # 422
REPLICA_ACTIVE = Span(14.4, 49)  # 226, 305, 309: both regions ACTIVE, for a table without items

FILLED_REPLICA_ACTIVE = Span(540, 690)  # 265, 298, 306: the same with at least one item
FILLED_REPLICA_DESCRIBABLE = 0.12  # 298: shares of that time. The new region is describable, the source ACTIVE,
FILLED_SOURCE_UPDATING = 0.43  # 298: until the source is UPDATING once more

STRONG_LISTED = Span(5, 6.7)  # 258: entries appear; with a witness it takes longer
STRONG_ACTIVE = Span(15.6, 15.7)  # 258: two replicas
STRONG_DESCRIBABLE = 0.74  # 258: the share of that time until the new regions answer DescribeTable (64 of 86 s)
WITNESS_LISTED = Span(5, 31.7)  # 258
WITNESS_ACTIVE = Span(59.5, 86.0)  # 258: a replica and a witness
STRONG_GONE = Span(54.6, 70)  # 261: the source is a regional table again
STRONG_DELETING = 10.0  # 261: for so long at the end of that time replicas and witness show DELETING

EXPIRED_ITEM_GONE = 48 * 3600.0  # botocore's model, of UpdateTimeToLive: typically within two days of the expiry
DISASSOCIATION_WAITS = 5.0  # not observed: how long until it looks again whether everything has been replicated
INACCESSIBLE_LEAVES = 20 * 3600.0  # botocore's model, of ReplicaStatus

REPLICA_ABANDONED = Span(1.5, 4.3)  # 310: after the key was lost
REPLICA_ABORTED = Span(6.5, 11.8)  # 310: the source is ACTIVE again, without the entry

SOURCE_UPDATING_ON_DELETE = Span(31, 47)  # 204, 228
REPLICA_ENTRY_GONE = Span(121, 244)  # 204, 222, 228, 267, 308
SOURCE_UPDATING_BEFORE_GONE = Span(2, 4)  # 222, 297, 308: UPDATING once more, just before the entry goes
REPLICA_TABLE_GONE = Span(10, 35)  # 228, 297, 308: after the entry

GLOBAL_UPDATE = Span(34, 39)  # 230, 250, 251, 263, 297: any change of a setting on a table with replicas
PROTECTION_TOGGLE_APART = 15.0  # 263
TABLE_CLASS_PERIOD = 30 * 24 * 3600.0  # 294
SOURCE_RULE_PERIOD = 24 * 3600.0  # 266, 267
INSIGHTS_ENABLING = Span(1, 16.2)  # 090, 337
INSIGHTS_DISABLING = Span(2, 3.1)  # 090, 339, 343
POLICY_SHOWN = Span(1.0, 2.7)  # 244, 245, 246, 346: reads show what was before
POLICY_CHANGES_APART = 15.0  # 206, 347
POLICY_ENFORCED_FIRST = Span(2, 4.1)  # 324, 432: the first policy of a table
POLICY_ENFORCED = Span(221, 237)  # 324, 431: every later change
KINESIS_ENABLING = Span(2, 7.1)  # 235, 299, 301
KINESIS_FAILS = Span(1, 2.1)  # 268, 318
KINESIS_FOREIGN_FAILS = Span(61.7, 61.8)  # 318: another account's, or no stream of Kinesis Data Streams
KINESIS_DISABLING = Span(1, 2.2)  # 301, 304
KINESIS_DISABLING_SHOWN = 0.1  # 269, 304: until then it is shown as ACTIVE
KINESIS_UPDATING = Span(124, 152)  # 300, 319
KINESIS_STREAM_CREATED = 10.0  # how long a new stream of Kinesis is CREATING
SCALING_SHOWN = 0.5  # 238: DescribeTableReplicaAutoScaling shows what was before
SCALING_TRIES_AGAIN = 10.0  # when capacity can't be changed to fit new bounds at once
TTL_FOLLOWS = Span(5, 60)  # 297: the other regions show a change of TTL
TTL_CHANGE_APART = 31 * 60.0  # 143, 228

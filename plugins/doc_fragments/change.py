# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules that change tables take besides the table schema.

    DOCUMENTATION = r"""
options:
  max_removals:
    description:
      - How many replicas and tables the task may remove. More refuses the whole task before any change, with the
        number that would be needed. A replica that leaves its group with its items counts too, a witness doesn't.
    type: int
    default: 1
  wait:
    description:
      - Whether to wait until every table and replica is there. With V(false) the task makes one pass, changes what the
        service admits at once, and returns what is still to come as RV(tables[].pending).
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait for each table, in seconds, counted from when the task first tries to change it or finds it in
        motion. A replica of a table that holds items takes about ten minutes, and several are added one after another.
    type: int
    default: 3600
  wait_delay:
    description:
      - Seconds between two looks at what isn't finished.
    type: float
    default: 5.0
  plan_file:
    description:
      - A file on the host that gets the plan as JSON, in check mode and, before anything is changed, in the run. Each
        table that isn't as wanted or couldn't be read, its steps with region, call, parameters and a description, and
        the plan's hash.
      - Its directory must exist. It is written in one move. A new file is for the user alone, one that exists keeps its
        mode, and a link is replaced.
    type: path
  expect_plan:
    description:
      - The hash of a plan, RV(plan_hash) of a run in check mode. A plan that isn't that one is refused before any
        change; when O(plan_file) still holds the expected plan, the message says what differs.
      - The run makes no other calls. A table that turns out later to need more fails before any of that is done. While
        a region can't be read, no plan is the expected one.
      - A plan is the calls to be made, each table's in their order, in one account at one O(endpoint_url). What only
        differs in its description, such as a number of items, is the same plan.
      - Replicas of a table that doesn't exist yet are planned for the table as it will be, so that what check mode
        planned for both modules can be expected of both. What DynamoDB, auto scaling or somebody else does to the table
        meanwhile makes another plan, which is refused.
    type: str
"""

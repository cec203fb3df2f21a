# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proves that items replicate, from every region of a table to every other: gather first, then judge.

Workloads write and look; whatever happens is an event of a history; what arrived is judged by histories alone.

pure (no client, no module, no clock)
    probes      the reserved keys, the marker, and the conditions under which an item is written or deleted
    history     what happened: writes, looks
    arrivals    a history -> which writes arrived where, between which bounds of time
    verdicts    what was seen -> pass, fail or unknown, and why
    staleness   rounds of heartbeats -> how far a region is behind
    drainage    what was seen before a region is left -> whether its writes have drained, as far as that can be told
    states      are these independent regions, and replicas of one table?
    options     how tables are to be verified, and what that has to be allowed to cost
    cost        capacity units: what was spent, and what has to be
    dynamodb_json   items as people write them -> items as the client takes them; equality, size
    user_items  the user's own items, and the condition under which they are written
    story       verdicts -> the lines that people read; bulletins, while a watch goes on
    results     -> what the module returns

touching the service
    calls       the one place with threads: the calls of all tables, and the loop that tables wait in
    session     one table: its writes and looks, which go into its history
    reserved    which keys a run may write; what it and runs that died left is removed
    rounds      the workloads of a check: put, update, delete; and what all regions write at once
    journey     the workload of the user's items
    heartbeats  the workload of a watch
    recent      the keys that a stream has of late, compared
    policies    whether AWS FIS pauses replication
    check       the whole of a verification
    evacuation  the whole of what is looked at before a region is left
"""

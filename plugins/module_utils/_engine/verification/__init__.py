# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proves that items replicate, from every region of a table to every other.

The rooms:

pure (no client, no module, no clock)
    probes      the reserved keys, the marker, and the conditions under which an item is written or deleted
    states      are these independent regions, and replicas of one table?
    watch       looks at a region -> when a write showed there
    options     how tables are to be verified, and what that takes at the least
    evidence    what was seen of a pair of regions -> its lag and its verdict
    cost        capacity units: what was spent, and what has to be
    dynamodb_json   items as people write them -> items as the client takes them; equality, size
    user_items  the user's own items, and the condition under which they are written
    traveller   what was seen of one of them -> its verdict
    staleness   heartbeats and looks -> how far a region is behind
    bulletins   -> what is worth saying of it while it goes on
    drainage    what was seen before a region is left -> whether its writes have drained, as far as that can be told
    results     -> what the module returns

touching the service
    ground      what the check of one table works with; every call that reads or writes a probe
    reads       probe items by key, in batches
    rounds      one operation in every region at once, and how it arrives in the others
    convergence the same items written in every region at once end the same everywhere
    cleanup     nothing is left behind
    item_reads  whole items by key, in batches
    journey     the user's items: written once, and found in the other regions
    check       the whole, many tables side by side
    heartbeats  writes and looks again and again, many tables side by side
    evacuation  the whole of what is looked at before a region is left
"""

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proves that items replicate, from every region of a table to every other.

The rooms:

pure (no client, no module, no clock)
    probes      the reserved keys, the marker, and the conditions under which an item is written or deleted
    states      are these independent regions, and replicas of one table?
    evidence    what was seen of a pair of regions -> its lag and its verdict
    report      -> what the module returns
    staleness   heartbeats and looks -> how far a region is behind
    bulletins   -> what is worth saying of it while it goes on
    drainage    what was seen before a region is left -> whether its writes have drained, as far as that can be told

touching the service
    reads       probe items by key, in batches
    rounds      one operation in every region at once, and how it arrives in the others
    cleanup     nothing is left behind
    check       the whole, many tables side by side
    heartbeats  writes and looks again and again, many tables side by side
    evacuation  the whole of what is looked at before a region is left
"""

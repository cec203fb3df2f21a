# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proves that items replicate, from every region of a table to every other.

The rooms:

pure (no client, no module, no clock)
    probes      the reserved keys, the marker, and the conditions under which an item is written or deleted
    states      are these independent regions, and replicas of one table?
    watch       looks at a region -> when a write showed there
    evidence    what was seen of a pair of regions -> its lag and its verdict
    cost        capacity units: what was spent, and what has to be
    results     -> what the module returns

touching the service
    ground      what the check of one table works with; every call that reads or writes a probe
    reads       probe items by key, in batches
    rounds      one operation in every region at once, and how it arrives in the others
    convergence the same items written in every region at once end the same everywhere
    cleanup     nothing is left behind
    check       the whole, many tables side by side
"""

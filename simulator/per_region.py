# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every region has of its own and never follows a table (AWS_FACTS section 4).

Contributor Insights, resource policies and Kinesis streaming destinations.
"""

from __future__ import annotations

import random

from simulator.calls import Answer, Call
from simulator.clock import SimulatedClock
from simulator.insights import ContributorInsights
from simulator.kinesis_destinations import KinesisDestinations
from simulator.lifecycle import Lifecycle
from simulator.resource_policies import ResourcePolicies
from simulator.state import Tables


class PerRegion:
    """Answers the operations on settings that belong to one region's table alone."""

    def __init__(self, tables: Tables, clock: SimulatedClock, dice: random.Random, lifecycle: Lifecycle) -> None:
        self._operations = {
            **ContributorInsights(tables, clock, dice).operations,
            **KinesisDestinations(tables, clock, dice).operations,
            **ResourcePolicies(tables, clock, dice, lifecycle).operations,
        }

    def answer(self, call: Call) -> Answer:
        return Answer.of(self._operations[call.operation](call))

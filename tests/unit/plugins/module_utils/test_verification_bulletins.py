# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.arrivals import Arrival
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.bulletins import Bulletins
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.history import Write
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import PUT, Probe
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Staleness

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"


class Story:
    """Heartbeats of tables, and what is said of them; in ``stuck`` pairs nothing arrives after number ``until``."""

    def __init__(self, *names, pairs=((US, EU), (EU, US))):
        self.stalenesses = {name: {pair: Staleness() for pair in pairs} for name in names}
        self.pending = {pair: [] for pair in pairs}
        self.bulletins = Bulletins()
        self.number = 0

    def round(self, stuck=(), until=0, unknown=(), down=()):
        self.number += 1
        moment = self.number + 0.4
        for pair, pending in self.pending.items():
            if pair not in unknown:
                write = Write(PUT, pair[0], Probe(pair[0], 1), self.number, float(self.number), float(self.number))
                pending.append(Arrival(write, pair[1]))
            arrived = [one for one in pending if pair not in stuck or one.write.number <= until]
            self.pending[pair] = [one for one in pending if one not in arrived]
            for one in arrived:
                one.upper = moment - one.write.ended
            for pairs in self.stalenesses.values():
                if pair not in unknown:
                    pairs[pair].acknowledge(write)
                pairs[pair].take(arrived, self.pending[pair], None if pair in unknown else moment)
        self.bulletins.take(self.stalenesses, {name: set(down) for name in self.stalenesses})
        return self.bulletins.event(f"heartbeat {self.number} of 53")


def test_while_all_is_well_there_is_one_line_on_how_things_stand_and_no_news():
    story = Story("orders")
    assert story.round() == {"lines": [], "summary": "heartbeat 1 of 53: lag at most 0.4 s"}
    assert not story.bulletins.news


def test_a_pair_that_falls_behind_and_catches_up_is_said_once_each():
    story = Story("orders")
    events = [story.round(stuck=[(US, EU)]) for _number in range(12)]
    assert [event["lines"] for event in events if event["lines"]] == [["us-east-1 → eu-west-1 falls behind: orders"]]
    assert events[-1]["summary"] == (
        "heartbeat 12 of 53: lag now 11.4 s and growing us-east-1 → eu-west-1; others at most 0.4 s"
    )
    draining = story.round(stuck=[(US, EU)], until=5)
    assert draining["lines"] == []
    assert story.round()["lines"] == ["us-east-1 → eu-west-1 caught up, after a lag of 12.4 s at most: orders"]
    assert story.round()["lines"] == []


def test_many_tables_and_pairs_share_a_line():
    pairs = [(source, target) for source in (US, EU, AP) for target in (US, EU, AP) if source != target]
    names = [f"table-{number:02}" for number in range(100)]
    story = Story(*names, pairs=pairs)
    cut_off = [pair for pair in pairs if AP in pair]
    said = [line for _number in range(5) for line in story.round(stuck=cut_off)["lines"]]
    assert said == [
        "us-east-1 → ap-southeast-2, eu-west-1 → ap-southeast-2, ap-southeast-2 → us-east-1 and 1 more pair fall "
        "behind: table-00, table-01, table-02 and 97 more tables"
    ]
    assert story.round(stuck=cut_off)["summary"].endswith(" and 1 more pair behind; others at most 0.4 s")


def test_a_region_that_is_unknown_and_one_that_is_back_are_said_once_without_the_services_text():
    story = Story("orders", "stock")
    story.round()
    events = [story.round(unknown=[(US, EU)], down=[EU]) for _number in range(3)]
    assert [event["lines"] for event in events] == [
        ["eu-west-1 is unknown for now: orders, stock: see notes"],
        [],
        [],
    ]
    assert events[-1]["summary"] == "heartbeat 4 of 53: lag at most 0.4 s; 2 of 4 pairs unknown"
    assert story.round()["lines"] == ["eu-west-1 answers again: orders, stock"]

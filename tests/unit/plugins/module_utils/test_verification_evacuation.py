# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probes of an evacuation of a global table in memory: how long they go on, and what is never hidden by that."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import evacuation
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.drainage import Drainage
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.staleness import Pace

from .global_table import GlobalTable, run

EU, US = "eu-west-1", "us-east-1"
TIMEOUT = 600.0


def probed(table):
    """What the probes showed, and for how many seconds they went on."""
    found = Drainage("orders", EU, [US])

    async def probe():
        subject = evacuation.Subject(1, found, table.observed(), table, TIMEOUT)
        await subject.prepare(kept=100)
        begun = subject.session.now
        await evacuation._watch([subject], Pace(duration=TIMEOUT, interval=1.0), lambda _event: None)
        return subject.session.now - begun

    return found, run(probe())


def probes(table):
    """How many were written so far, beside the register."""
    return len(table.calls("PutItem")) - 1


@pytest.fixture
def table():
    """What is written in a region is in the other after 0.6 s, but the probe that seems to be the last takes 5 s."""
    table = GlobalTable(EU, US)
    table.lag = lambda _source, _target: 5.0 if probes(table) == 18 else 0.6
    return table


def test_probes_go_on_when_the_last_was_slower_than_all_before(table):
    found, seconds = probed(table)
    assert found.watched[US].finding.verdict == "pass"
    assert found.covered(US) >= found.needed(US) >= 50
    assert seconds < TIMEOUT / 2


def test_but_not_where_a_last_look_showed_that_some_are_gone(table):
    """More probes would be written to their keys, and hide it."""
    read, gone = table._read, []

    def read_and_lose(region, request, repeated):
        if region == US and request["ConsistentRead"] and probes(table) >= 18 and not gone:
            gone.append(len(table.items[US]))
            table.go_back(US, {})
        return read(region, request, repeated)

    table._read = read_and_lose
    found, _seconds = probed(table)
    assert gone
    assert found.watched[US].finding.verdict == "fail"
    assert "gone again" in found.watched[US].finding.detail


@pytest.mark.parametrize("lag", [25.0, 1e6])
def test_nor_where_one_is_missing(table, lag):
    """Whether it is lost or late: it stays a failure, and to wait for ten times its age would tell no more."""
    table.lag = lambda _source, _target: lag if probes(table) == 18 else 0.6
    found, seconds = probed(table)
    assert found.watched[US].finding.verdict == "fail"
    assert seconds < 60
    assert found.longest_lag < 30


def test_what_takes_its_time_is_measured_to_half_an_interval(table):
    """Else the looks after the last round would be coarser than those before, and ask for more probes."""
    table.lag = lambda _source, _target: 0.6
    found, seconds = probed(table)
    assert found.lag_to(US) == pytest.approx(1.5)
    assert seconds < 25

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of items that every region writes at once, by what the regions show."""

from __future__ import annotations

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.convergence import (
    TAKEN,
    Attempt,
    Convergence,
    chosen,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.evidence import Sample
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import (
    EVERYWHERE,
    Lease,
    Marked,
    Probe,
    every_probe,
)

US, EU = "us-east-1", "eu-west-1"
RUN, ANOTHER = "0d3b1c6e-8f5b-4a57-9c1c-1f2f1d1c7a10", "6f1c9d52-1111-4222-8333-444455556666"
ONE, TWO = Probe(EVERYWHERE, 0), Probe(EVERYWHERE, 1)


def mine(writer, **changes):
    return Marked(**{"run": RUN, "expires": 1000, "revision": 1, "writer": writer, **changes})


def judged(us, eu):
    """What is found of one item, by the last look at both regions."""
    ground = type("Ground", (), {"lease": Lease(RUN, 1000)})
    found = Convergence(items=1, waited=2.0)
    shown = {US: {ONE: us} if us else {}, EU: {ONE: eu} if eu else {}}
    Attempt(ground, [US, EU])._judge(found, [ONE], shown)
    return found


@pytest.mark.parametrize(
    ("us", "eu", "says"),
    [
        (mine(US), mine(EU), "eu-west-1 shows the write of eu-west-1, us-east-1 shows the write of us-east-1"),
        (mine(US), None, "eu-west-1 shows none, us-east-1 shows the write of us-east-1"),
        (None, None, "eu-west-1 shows none, us-east-1 shows none"),
    ],
)
def test_regions_that_stay_apart_fail_with_what_each_shows(us, eu, says):
    found = judged(us, eu)
    assert found.verdict == "fail"
    assert says in found.reason
    assert "1 item of 1 didn't end the same everywhere in 2 s" in found.reason


@pytest.mark.parametrize("changes", [{"expires": 1001}, {"run": "corrupted"}, {"revision": 7}, {"run": ""}])
def test_what_no_region_wrote_fails_as_such(changes):
    found = judged(mine(US), mine(US, **changes))
    assert (found.verdict, found.altered, found.apart) == ("fail", {ONE: [EU]}, {})
    assert "ended as no region wrote them in eu-west-1" in found.reason


def test_the_write_of_another_verification_is_unknown_and_no_failure():
    found = judged(mine(US), mine(EU, run=ANOTHER))
    assert (found.verdict, found.reason) == ("unknown", TAKEN)


def test_a_pass_takes_every_item():
    sample = Sample(0.2, 0.1)
    assert Convergence(items=1, converged={ONE: sample}).verdict == "pass"
    assert Convergence(items=2, converged={ONE: sample}).verdict == "unknown"
    assert Convergence(items=0).verdict == "unknown"
    assert Convergence(items=1, converged={ONE: None}, problems=["denied"]).verdict == "unknown"
    assert Convergence(items=2, converged={ONE: None, TWO: sample}).samples == [sample]


def test_two_runs_begin_with_different_keys():
    free = every_probe([EVERYWHERE])
    assert chosen(free, 5, RUN) != chosen(free, 5, ANOTHER)
    assert len(set(chosen(free, 20, RUN))) == 20
    assert chosen(free[:2], 5, RUN) in (free[:2], free[1::-1])
    assert chosen([], 5, RUN) == []

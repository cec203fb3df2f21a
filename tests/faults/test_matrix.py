# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever goes wrong with a call, a run ends with success or a sentence, and the next one reaches the wanted state.

Nothing is made again, removed or left, nothing untrue is said, and the run after that has nothing to do.
"""

from __future__ import annotations

import functools
import itertools
import random
import typing as t

import pytest
from faulty_server import FAULTS, READS, SAME_FOR_READS, Call, Strike
from stories import STORIES
from trial import Bench

# Trials with one fault, and with two in one run: of each story in a sample, and the latter in the whole, too.
SAMPLED, PAIRS, PAIRS_IN_THE_WHOLE = 4, 1, 6

Trials = list[tuple[Strike, ...]]


def every_operation(fault: str, seed: int, calls: list[Call]) -> Trials:
    """The fault meets one call of each operation; which one differs from fault to fault, and by the seed."""
    turn = seed + list(FAULTS).index(fault)
    kinds = [list(same) for _, same in itertools.groupby(calls, lambda call: call.operation)]
    return [(Strike(fault, kind[turn % len(kind)]),) for kind in kinds if meets(fault, kind[0])]


def drawn(number: int, seed: str, calls: list[Call]) -> Trials:
    """One trial with ``number`` faults: of any operation first, so that those that are called often aren't all."""
    dice = random.Random(seed)
    strikes = []
    while len(strikes) < number:
        operation = dice.choice(sorted({call.operation for call in calls}))
        call = dice.choice([call for call in calls if call.operation == operation])
        strikes.append(Strike(dice.choice([fault for fault in FAULTS if meets(fault, call)]), call))
    return [tuple(strikes)]


def meets(fault: str, call: Call) -> bool:
    return not (call.operation.startswith(READS) and fault in SAME_FOR_READS)


def asked_for(text: str, calls: list[Call]) -> Trials:
    """As `Strike` writes itself: "lost answer: UpdateTable us-east-1 1; denied: DescribeTable eu-west-1 2"."""
    return [tuple(Strike.parse(one) for one in text.split("; "))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    option = metafunc.config.getoption
    whole, seed = option("--whole"), option("--seed")
    if option("--trial"):
        story, _, strikes = option("--trial").partition(": ")
        params = {strikes: (story, functools.partial(asked_for, strikes))}
    else:
        singles = 0 if whole else SAMPLED
        draws = [*[1] * singles, *[2] * (PAIRS_IN_THE_WHOLE if whole else PAIRS)]
        params = {
            f"{story}-{turn}": (story, functools.partial(drawn, strikes, f"{seed} {story} {turn}"))
            for story in STORIES
            for turn, strikes in enumerate(draws)
        }
        for story, fault in itertools.product(STORIES, FAULTS) if whole else ():
            params[f"{story}-{fault}"] = (story, functools.partial(every_operation, fault, seed))
    metafunc.parametrize(("story", "choose"), params.values(), ids=params.keys())


def test_after_faults_the_next_run_reaches_the_wanted_state(
    bench: Bench, story: str, choose: t.Callable[[list[Call]], Trials]
) -> None:
    wrong = {
        f'--trial "{story}: {"; ".join(map(str, strikes))}"': flaw
        for strikes in choose(bench.calls(story))
        if (flaw := bench.wrong(story, *strikes))
    }
    assert not wrong, "\n".join(f"{trial}\n    {flaw}" for trial, flaw in wrong.items())

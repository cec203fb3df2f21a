# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of the matrix is tried: a sample, the whole with ``--whole``, or one trial with ``--trial``."""

from __future__ import annotations

import typing as t

import pytest
from trial import Bench


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--whole", action="store_true", help="let every fault meet every operation of every story")
    group.addoption("--seed", type=int, default=1, help="decides which of an operation's calls a fault meets")
    group.addoption("--trial", help="repeat one trial, as a failure names it")


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: {'whole' if config.getoption('--whole') else 'sample'}, --seed {config.getoption('--seed')}"


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("home"))
    yield bench
    bench.close()

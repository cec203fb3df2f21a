# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A served simulator for every test: empty, its clock held, the same draws each time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from world import World

from simulator.admin import Admin
from simulator.server import Served, serve


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with serve(time_scale=0.02, seed=1) as simulator:
        yield simulator


@pytest.fixture
def admin(served: Served) -> Admin:
    served.admin.reset()
    served.admin.hold()
    served.admin.advance(60)
    return served.admin


@pytest.fixture
def world(served: Served, admin: Admin) -> World:
    return World(served.url, admin)

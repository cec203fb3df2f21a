# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the collection's programs as a user does, in a home that is empty and without anyone's credentials."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    """Run a program of the virtual environment; both its outputs come back in stdout."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    environment |= {
        "HOME": str(home),
        "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
        "AWS_EC2_METADATA_DISABLED": "true",  # or credentials are looked for beyond this machine
    }

    def run(program: str, *arguments: str, cwd: Path = CHECKOUT, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=cwd,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )

    return run

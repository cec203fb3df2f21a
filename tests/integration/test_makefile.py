# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What make says of a Python that can't be used."""

from __future__ import annotations

import os
import subprocess

import pytest
from conftest import CHECKOUT

SHIM = '#!/bin/sh\necho "pyenv: python3.13: command not found" >&2\nexit 127\n'


@pytest.mark.parametrize("shim", [None, SHIM], ids=["not there", "a shim of pyenv without a chosen version"])
def test_a_python_that_does_not_run_is_one_sentence(tmp_path, shim):
    python = tmp_path / "python3.13"
    if shim:
        python.write_text(shim)
        python.chmod(0o755)
    ended = subprocess.run(
        ["make", "-f", CHECKOUT / "Makefile", ".venv/python.stamp", f"PYTHON={python}"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},  # as if not run by make
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert ended.stdout.startswith(f"'{python}' wasn't found, or doesn't run (pyenv wants PYENV_VERSION")
    assert not (tmp_path / ".venv").exists()

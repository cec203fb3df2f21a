# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds Chromium; run as a program, installs it first where that can be done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "Chromium wasn't found: install Debian's package chromium (apt-get install chromium), or another of "
    f"{', '.join(NAMES)}, or name its executable in the environment variable CHROMIUM."
)


def find() -> str | None:
    """Its executable."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)


def main() -> None:
    if not find() and "CHROMIUM" not in os.environ and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's package chromium (about a minute, once) ...", flush=True)
        subprocess.run(["apt-get", "update", "--quiet=2"], check=False)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "--yes", "--quiet=2", "chromium"], check=False, env=environment)
    if not find():
        sys.exit(MISSING)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a simulator listens, and how it makes itself known."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

NAME = "multiregion.dynamodb simulator"
HOST = "127.0.0.1"
DEFAULT_PORT = 4566
ADMIN_PATH = "/_simulator/"
SHUTDOWN = "shutdown"
# Tells the simulator of one checkout from that of another.
CHECKOUT = str(Path(__file__).resolve().parents[1])


def token_file(port: int) -> Path:
    """Where the simulator on ``port`` keeps the token with which it can be ended, for its own user alone."""
    return Path(CHECKOUT, ".simulator", f"{port}.token")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own, and nobody else's."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_taken(port: int) -> bool:
    """Whether something listens on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def url_of(port: int) -> str:
    return f"http://{HOST}:{port}"

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document itself as JSON. Pure."""

from __future__ import annotations

import json
import typing as t

PACKAGES: dict[str, t.Any] = {}


def render(found: dict[str, t.Any]) -> str:
    """In the document's own order, which is that of the result; what isn't ASCII is escaped, so any reader takes it."""
    return json.dumps(found, indent=2) + "\n"

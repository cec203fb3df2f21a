# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results whose reports are looked at: parameters of the generator, by name."""

from __future__ import annotations

DOCUMENTS = {
    "1 table, 2 regions, pass": {"tables": 1, "regions": 2},
    "1 table, 2 regions": {"tables": 1, "regions": 2, "trouble": "every", "rounds": 12},
    "1 table, 8 regions": {"tables": 1, "regions": 8, "trouble": "every", "rounds": 12},
    "60 tables, 4 regions, paused": {"tables": 60, "regions": 4, "trouble": "paused"},
    "60 tables, 4 regions, unknown": {"tables": 60, "regions": 4, "trouble": "denied"},
    "60 tables, 4 regions, drill": {"tables": 60, "regions": 4, "rounds": 40},
    "100 tables, 8 regions": {"tables": 100, "regions": 8, "trouble": "every", "rounds": 12},
}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of modules do again and again: arguments in, results and the simulator's call log out."""

from __future__ import annotations

import typing as t

US, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
MODULES = "ansible_collections.multiregion.dynamodb.plugins.modules"
SECRET = "a-secret-that-nobody-may-see"
READS = ("Describe", "List", "Get", "BatchGet", "Scan")


def arguments_of(
    name: str, url: str, tables: tuple[dict[str, t.Any], ...], params: dict[str, t.Any]
) -> dict[str, t.Any]:
    common = {"region": US, "endpoint_url": url, **({"tables": list(tables)} if tables else {})}
    waiting = {"wait_delay": 0.01, "wait_timeout": 300} if name in ("tables", "replicas") else {}
    flags = {f"_ansible_{flag}": params.pop(flag) for flag in ("check_mode", "diff") if flag in params}
    return {**common, **waiting, **flags, **params}


def changes(admin) -> list[tuple[str, str]]:
    """Every call that isn't a read, of items or tables."""
    return [(call["region"], call["operation"]) for call in admin.calls() if not call["operation"].startswith(READS)]


def statuses(result: dict[str, t.Any]) -> dict[str, str]:
    return {region["region"]: region["status"] for region in result["tables"][0]["regions"]}


def region(result: dict[str, t.Any], name: str = US) -> dict[str, t.Any]:
    return next(region for region in result["tables"][0]["regions"] if region["region"] == name)


def flat(output: str) -> str:
    """The output of a program as one line, as a wrapped sentence is read; YAML doubles an apostrophe that it quotes."""
    return " ".join(output.split()).replace("''", "'")

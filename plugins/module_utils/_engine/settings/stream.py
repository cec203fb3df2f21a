# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stream of a table."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable
from ..steps import Settings, Step, update_table
from .consistency import STRONG

DEFAULT_VIEW_TYPE = "NEW_AND_OLD_IMAGES"


def problems(settings: Settings) -> t.Iterator[str]:
    option = settings.get("stream", {})
    if option.get("enabled") is False and option.get("view_type"):
        yield "stream.view_type needs stream.enabled: true."


def described(description: Settings) -> Settings:
    specification = description.get("StreamSpecification", {})
    if not specification.get("StreamEnabled"):
        return {"stream": {"enabled": False}}
    return {"stream": {"enabled": True, "view_type": specification["StreamViewType"]}}


def completed(option: Settings) -> Settings:
    """The option ``stream`` with its view type filled in."""
    if not option["enabled"]:
        return {"enabled": False}
    return {"enabled": True, "view_type": option.get("view_type", DEFAULT_VIEW_TYPE)}


def created(settings: Settings) -> Settings:
    return {"StreamSpecification": _specification(settings["stream"]) if settings["stream"]["enabled"] else None}


def _specification(option: Settings) -> Settings:
    """StreamSpecification; ``option`` as `completed` returns it."""
    if not option["enabled"]:
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": option["view_type"]}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "stream" not in wanted:
        return
    now = shown.settings["stream"]
    option = completed({**now, **wanted["stream"]})
    if option == now:
        return
    if now["enabled"]:
        # A view type can't be changed: the stream is turned off first.
        yield _step(name, shown, "stream off", "turn the stream off", {"enabled": False})
    if option["enabled"]:
        yield _step(name, shown, "stream", f"turn the stream on ({option['view_type']})", option)


def _step(name: str, shown: RegionalTable, key: str, sentence: str, option: Settings) -> Step:
    members = {"StreamSpecification": _specification(option)}
    # Strongly consistent groups don't replicate through streams: there it is each region's own.
    everywhere = shown.consistency != STRONG
    return update_table(name, shown, key, sentence, {"stream": option}, members, everywhere)


def differences(wanted: Settings, shown: RegionalTable) -> t.Iterator[str]:
    """What would have to change and can't."""
    now = shown.settings["stream"]
    if shown.replicas and shown.consistency != STRONG and "stream" in wanted and {**now, **wanted["stream"]} != now:
        yield "a global table replicates through its stream, which can't be changed: leave stream out"

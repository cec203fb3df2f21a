# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudWatch Contributor Insights of a region's table, and of each of its global secondary indexes."""

from __future__ import annotations

import typing as t

from ..state import RegionalTable, Seen
from ..steps import SET, Settings, Step
from .holders import holders, no_index, of

OPTION = "contributor_insights"
OFF = {"enabled": False}

# What the service takes when none is said (finding DDB-TABLE-092).
DEFAULT_MODE = "ACCESSED_AND_THROTTLED_KEYS"


def problems(settings: Settings) -> t.Iterator[str]:
    options = [holder[OPTION] for holder in holders(settings).values() if OPTION in holder]
    if any(option.get("mode") and not option["enabled"] for option in options):
        yield "contributor_insights.mode needs enabled: true."


def apart(overrides: Settings) -> tuple[Settings, Settings]:
    """A replica's overrides without what its entry says of its indexes' insights, and that as settings of its own."""
    indexes = overrides.get("global_secondary_indexes", [])
    left = [{option: value for option, value in index.items() if option != OPTION} for index in indexes]
    left = [index for index in left if len(index) > 1]
    own = [{"name": index["name"], OPTION: index[OPTION]} for index in indexes if OPTION in index]
    others = {option: value for option, value in overrides.items() if option != "global_secondary_indexes"}
    return (
        {**others, **({"global_secondary_indexes": left} if left else {})},
        {"global_secondary_indexes": own} if own else {},
    )


def refusals(settings: Settings, base: Settings) -> t.Iterator[str]:
    """What nobody would notice: a replica's entry may name an index that the table hasn't."""
    standing = holders(base)
    for index in managed_indexes(settings.get("global_secondary_indexes", [])):
        if index not in standing:
            yield no_index(index)


def managed_indexes(indexes: list[Settings]) -> list[str]:
    """The indexes whose insights are wanted."""
    return [index["name"] for index in indexes if OPTION in index]


def read(answer: Settings) -> Seen:
    """DescribeContributorInsights' answer: what is being turned on counts as on."""
    key = _key(answer.get("IndexName", ""))
    status = answer["ContributorInsightsStatus"]
    value = dict(OFF)
    if status in ("ENABLING", "ENABLED"):
        value = {"enabled": True, "mode": answer.get("ContributorInsightsMode", DEFAULT_MODE)}
    moving = {key: f"{key.replace(OPTION, 'Contributor Insights')}: {status}"} if status.endswith("ING") else {}
    failure = answer.get("FailureException", {})
    reason = failure.get("ExceptionDescription", "no reason given").rstrip(".")
    said = f"{failure.get('ExceptionName', status)}: {reason}"
    return Seen(value, moving, {key: f"the service tried and gave up: {said}"} if status == "FAILED" else {})


def read_indexes(indexes: list[Settings], answers: dict[str, Settings]) -> Seen:
    """``indexes``, each with the insights that its answer shows."""
    seen = {index: read(answer) for index, answer in answers.items()}
    return Seen(
        [{**index, OPTION: seen[index["name"]].value} if index["name"] in seen else index for index in indexes],
        {key: text for each in seen.values() for key, text in each.moving.items()},
        {key: text for each in seen.values() for key, text in each.failed.items()},
    )


def of_new(indexes: list[Settings]) -> list[Settings]:
    """``indexes`` as they are made, in whatever region: without insights, which come later."""
    return [{option: value for option, value in index.items() if option != OPTION} for index in indexes]


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if OPTION in wanted and OPTION in shown.settings:
        yield from _step(name, "", wanted[OPTION], shown.settings[OPTION], shown)
    standing = {index["name"]: index for index in shown.settings.get("global_secondary_indexes", [])}
    for index in wanted.get("global_secondary_indexes", []):
        if OPTION in index and index["name"] in standing:
            # What couldn't be read yet is being made, without insights.
            now = standing[index["name"]].get(OPTION, OFF)
            yield from _step(name, index["name"], index[OPTION], now, shown)


def _step(name: str, index: str, option: Settings, now: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    mode = option.get("mode")
    if option["enabled"] == now["enabled"] and mode in (None, now.get("mode")):
        return
    key = _key(index)
    # A change of mode is another ENABLE (finding DDB-TABLE-341).
    action = {"ContributorInsightsAction": "ENABLE" if option["enabled"] else "DISABLE"}
    yield Step(
        key=(SET, shown.region, key),
        region=shown.region,
        call="UpdateContributorInsights",
        parameters={
            "TableName": name,
            **({"IndexName": index} if index else {}),
            **action,
            **({"ContributorInsightsMode": mode} if mode else {}),
        },
        sentence=f"{_sentence(index, option, now)} in {shown.region}",
        exclusive=False,
        effect={OPTION: {"enabled": True, "mode": mode or DEFAULT_MODE} if option["enabled"] else OFF},
        index=index,
        failed=shown.failed.get(key, "") if option["enabled"] else "",
    )


def _sentence(index: str, option: Settings, now: Settings) -> str:
    what, mode = f"Contributor Insights{of(index)}", option.get("mode")
    if option["enabled"] and now["enabled"]:
        return f"set the mode of {what} to {mode}"
    return f"turn {what} {'on' if option['enabled'] else 'off'}{f' ({mode})' if mode else ''}"


def _key(index: str) -> str:
    return f"{OPTION} of {index}" if index else OPTION

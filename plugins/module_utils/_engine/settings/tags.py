# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of a region's table."""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
    compare_aws_tags,
)

from ..state import RegionalTable
from ..steps import SET, Settings, Step


def as_text(settings: Settings) -> Settings:
    """Tags as the service keeps them, text; a value that can't be text is left for `problems`."""
    if "tags" not in settings:
        return settings
    tags = {
        str(name): value if isinstance(value, (dict, list)) else str(value) for name, value in settings["tags"].items()
    }
    return {**settings, "tags": tags}


def problems(settings: Settings) -> t.Iterator[str]:
    tags = settings.get("tags", {})
    if len(tags) > 50:
        yield f"{len(tags)} tags, but a table can have 50."
    for name, value in tags.items():
        if str(name).lower().startswith("aws:"):
            yield f"tag {name!r}: names that begin with 'aws:' belong to AWS."
        if not 1 <= len(str(name)) <= 128 or len(str(value)) > 256:
            yield f"tag {name!r}: a name has 1 to 128 characters, a value up to 256."
        if isinstance(value, (dict, list)):
            yield f"tag {name!r}: the value must be a string."
    if settings.get("purge_tags") and "tags" not in settings:
        yield "purge_tags needs tags beside it: tags: {} removes all."


def read(tag_list: list[dict[str, str]]) -> dict[str, str]:
    """The API's list of tags, as a dictionary."""
    return boto3_tag_list_to_ansible_dict(tag_list)


def created(settings: Settings) -> Settings:
    return {"Tags": ansible_dict_to_boto3_tag_list(settings["tags"])}


def steps(name: str, wanted: Settings, shown: RegionalTable) -> t.Iterator[Step]:
    if "tags" not in wanted or "tags" not in shown.settings:
        return
    now = shown.settings["tags"]
    changed, removed = compare_aws_tags(now, wanted["tags"], purge_tags=wanted.get("purge_tags", False))
    if removed:
        yield Step(
            key=(SET, shown.region, "purge_tags"),
            region=shown.region,
            call="UntagResource",
            parameters={"ResourceArn": shown.arn, "TagKeys": sorted(removed)},
            sentence=f"remove tags {', '.join(sorted(removed))} in {shown.region}",
            exclusive=False,
            effect={"tags": {tag: value for tag, value in now.items() if tag not in removed}},
        )
    if changed:
        kept = {tag: value for tag, value in now.items() if tag not in removed}
        ordered = dict(sorted(changed.items()))  # or each process has an order, and so a plan's hash, of its own
        yield Step(
            key=(SET, shown.region, "tags"),
            region=shown.region,
            call="TagResource",
            parameters={"ResourceArn": shown.arn, "Tags": ansible_dict_to_boto3_tag_list(ordered)},
            sentence=f"set tags {', '.join(sorted(changed))} in {shown.region}",
            exclusive=False,
            effect={"tags": {**kept, **changed}},
        )

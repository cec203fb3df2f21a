# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether AWS FIS pauses replication: it then denies it in the resource policy of the table (AWS_FACTS section 14)."""

from __future__ import annotations

import json
import typing as t

from .. import api
from .calls import Calls, all_of

# How the statement ids of a drill begin.
DRILL = "DoNotModifyFisDynamoDbPauseReplication"


async def drills(turn: int, sender: Calls, arns: dict[str, str]) -> list[str]:
    """The regions where a drill is on; those whose policy can't be read aren't among them.

    :param arns: region -> the table's ARN.
    """
    answers = await all_of(sender.run(turn, region, api.get_resource_policy, arn) for region, arn in arns.items())
    return [region for region, answer in zip(arns, answers, strict=True) if answer.answer and _drilled(answer.answer)]


def _drilled(policy: str) -> bool:
    statements: t.Any = json.loads(policy).get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    return any(str(statement.get("Sid", "")).startswith(DRILL) for statement in statements)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users do with a table, from the first definition to the end: each as the modules' arguments before and after."""

from __future__ import annotations

import typing as t

US, OHIO, OREGON, EU, AP = "us-east-1", "us-east-2", "us-west-2", "eu-west-1", "ap-southeast-2"
KEY = {"type": "customer", "kms_key": "alias/orders"}
SITE = ("tables", "replicas", "replication_check")
STAGES = SITE[:2]

Table = dict[str, t.Any]


class Story(t.NamedTuple):
    """``modules`` bring the table from ``before`` (None: there is none) to ``wanted``.

    :ivar leaves: regions that the story removes the table from, or takes out of its group.
    """

    wanted: Table
    before: Table | None = None
    modules: tuple[str, ...] = STAGES
    leaves: tuple[str, ...] = ()


def orders(*replicas: str | Table, **options: t.Any) -> Table:
    entries = [{"region": replica} if isinstance(replica, str) else replica for replica in replicas]
    return {"name": "orders", "partition_key": "id", "replicas": entries, **options}


SCALED: Table = {
    "billing_mode": "PROVISIONED",
    "read_capacity": 5,
    "write_capacity": 5,
    "autoscaling": {"enabled": True, "write": {"min": 5, "max": 50}},
}
STRONG = orders(OHIO, consistency="strong", witness_region=OREGON)
STORIES = {
    "create": Story(
        orders(
            {"region": EU, "tags": {"team": "eu"}, "read_capacity": 7},
            **SCALED,
            ttl={"enabled": True, "attribute": "ends"},
            tags={"team": "us"},
        ),
        modules=SITE,
    ),
    "change": Story(
        orders(
            {"region": EU, "point_in_time_recovery": {"enabled": True}, "deletion_protection": True},
            ttl={"enabled": True, "attribute": "ends"},
            point_in_time_recovery={"enabled": True},
            contributor_insights={"enabled": True},
            tags={"team": "us"},
            table_class="STANDARD_INFREQUENT_ACCESS",
        ),
        before=orders(EU),
    ),
    "make a strong group": Story(STRONG),
    "end a strong group": Story(
        orders({"region": OHIO, "state": "absent"}, {"region": OREGON, "state": "absent"}),
        before=STRONG,
        leaves=(OHIO,),
    ),
    "end a group": Story(
        orders({"region": EU, "state": "absent"}, **SCALED), before=orders(EU, **SCALED), leaves=(EU,)
    ),
    "verify": Story(orders(EU), before=orders(EU), modules=("replication_check",)),
    "disassociate": Story(
        orders({"region": EU, "state": "disassociated", "disassociation_protection": False}), before=orders(EU)
    ),
    "add regions": Story(
        orders({"region": EU, "kms_key": "alias/orders"}, {"region": AP, "kms_key": "alias/orders"}, encryption=KEY),
        before=orders({"region": EU, "kms_key": "alias/orders"}, encryption=KEY),
    ),
}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairs of inventories: what an earlier run was given, and what is wanted now. Any change between the two may come."""

from __future__ import annotations

import typing as t

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import spec
from hypothesis import strategies as st

HOME = "us-east-1"
REGIONS = ("us-east-2", "us-west-2", "eu-west-1")
KNOWN = dict.fromkeys((HOME, *REGIONS), "aws")
NAMES = ("orders", "baskets", "customers")
ALIASES = ("alias/first", "alias/second")
UNKNOWN_ALIAS = "alias/third"

Entry = dict[str, t.Any]

ON_DEMAND, PROVISIONED, SCALED = "on demand", "provisioned", "scaled"
UNITS = {"read_capacity": 5, "write_capacity": 5}
MORE = {"read_capacity": 6, "write_capacity": 6}
BOUNDS = st.sampled_from([{"min": 1, "max": 10}, {"min": 2, "max": 20, "target": 50.0}])
INDEXES = {"by-team": {"partition_keys": ["team"]}, "by-email": {"partition_keys": ["email"], "sort_keys": ["at"]}}
CLASSES = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
STREAMS = [{"enabled": False}, {"enabled": True}, {"enabled": True, "view_type": "KEYS_ONLY"}]
TTL = [{"enabled": False}, {"enabled": True, "attribute": "expires"}]

# What becomes of a region: "present" has a replica; None isn't named at all.
STATES = st.sampled_from([None, "absent", "present", "present", "disassociated"])


def optional(**options: st.SearchStrategy) -> st.SearchStrategy:
    """Any subset of ``options``, each with any of its values."""
    return st.fixed_dictionaries({}, optional=options)


def one_of(values: t.Sequence[t.Any]) -> st.SearchStrategy:
    return st.sampled_from(list(values))


@st.composite
def capacity(draw: t.Any, paid: str) -> Entry:
    """Of a table or an index."""
    if paid == ON_DEMAND:
        return draw(optional(on_demand_max=one_of([{"read": 20}, {"read": 10, "write": 10}])))
    units = draw(one_of([UNITS, MORE]))
    if paid == PROVISIONED:
        return {**units, **draw(optional(autoscaling=st.just({"enabled": False})))}
    scaling = draw(st.fixed_dictionaries({"write": BOUNDS}, optional={"read": BOUNDS}))
    return {**units, "autoscaling": {"enabled": True, **scaling}}


@st.composite
def entries(draw: t.Any, name: str, strong: bool) -> Entry:
    """A table as an inventory has it."""
    states = {region: state for region in REGIONS if (state := draw(STATES))}
    # Capacity that replicas follow has to be scaled.
    alone = PROVISIONED if "present" not in states.values() or draw(st.integers(0, 9)) == 9 else ON_DEMAND
    paid = draw(one_of([ON_DEMAND, alone, SCALED]))
    billing = {"billing_mode": "PAY_PER_REQUEST" if paid == ON_DEMAND else "PROVISIONED", **draw(capacity(paid))}
    if paid == ON_DEMAND:
        billing |= draw(optional(autoscaling=st.just({"enabled": False})))
    if draw(st.integers(0, 3)) == 3:
        billing = {}  # it isn't managed
    named = draw(st.lists(one_of(INDEXES), unique=True)) if billing else []
    indexes = [{"name": index, **INDEXES[index], **draw(capacity(paid))} for index in named]
    table = {"name": name, "partition_key": "id", "sort_key": "at", **billing}
    if named or draw(st.booleans()):
        table |= {"global_secondary_indexes": indexes, "purge_indexes": draw(st.booleans())}
    table |= draw(
        optional(
            stream=one_of(STREAMS),
            ttl=one_of(TTL),
            table_class=one_of(CLASSES),
            tags=one_of([{"a": "1"}, {"b": "2"}]),
            deletion_protection=st.just(False),
        )
    )
    if draw(st.integers(0, 3)) == 3:
        table["encryption"] = draw(
            one_of(
                [{"type": "aws_owned"}, {"type": "aws_managed"}, *({"type": "customer", "kms_key": a} for a in ALIASES)]
            )
        )
    customer = table.get("encryption", {}).get("type") == "customer"
    if strong:
        table["consistency"] = "strong"
    table["replicas"] = [
        draw(replicas(region, state, paid if billing else "", named, customer)) for region, state in states.items()
    ]
    return table


@st.composite
def replicas(draw: t.Any, region: str, state: str, paid: str, indexes: list[str], customer: bool) -> Entry:
    if state == "absent":
        return {"region": region, "state": state}
    if state == "disassociated":
        return {"region": region, "state": state, "disassociation_protection": False}
    units = {
        ON_DEMAND: {"on_demand_max_read": one_of([5, 7, "inherit"])},
        SCALED: {"read_capacity": one_of([5, 7, "inherit"])},
    }.get(paid, {})
    of_indexes = [
        {"name": index, **own} for index in indexes if (own := draw(optional(**units))) and draw(st.booleans())
    ]
    return {
        "region": region,
        **({"kms_key": draw(one_of([*ALIASES, *ALIASES, UNKNOWN_ALIAS]))} if customer else {}),
        **draw(optional(**units, table_class=one_of([*CLASSES, "inherit"]), tags=st.just({"c": "3"}))),
        **({"global_secondary_indexes": of_indexes} if of_indexes else {}),
    }


def parse(inventory: list[Entry]) -> list[spec.Table]:
    return spec.parse({"tables": inventory}, HOME, KNOWN)


def accepted(entry: Entry) -> bool:
    try:
        parse([entry])
    except spec.Refused:
        return False
    return True


@st.composite
def pairs(draw: t.Any, most_tables: int = len(NAMES)) -> tuple[list[Entry], list[Entry]]:
    """(what an earlier run was given, what is wanted); the second names every table, the first not all."""
    names = NAMES[: draw(st.integers(1, most_tables))]
    earlier, wanted = [], []
    for name in names:
        strong = draw(st.integers(0, 4)) == 0
        wanted.append(draw(entries(name, strong).filter(accepted)))
        if draw(st.integers(0, 4)):
            earlier.append(draw(entries(name, strong).filter(accepted)))
    return earlier, wanted

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How people read tables by regions, and what is amiss with them."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import grid, spec, state, status

HOME, EU, AP = "us-east-1", "eu-west-1", "ap-southeast-2"
REGIONS = [HOME, EU, AP, "ap-northeast-1", "sa-east-1", "ca-central-1", "eu-central-1", "us-west-2"]


def shown(region: str, members: t.Iterable[str] = (), **record: t.Any) -> state.RegionalTable:
    """One region of a group of ``members``."""
    record = {"status": "ACTIVE", "replicas": {other: "ACTIVE" for other in members if other != region}, **record}
    return state.RegionalTable(region, **record)


def table(name: str, *replicas: str, **options: t.Any) -> spec.Table:
    return spec.Table(name, HOME, replicas={region: spec.Replica(region) for region in replicas}, **options)


def standing(*regions: str) -> state.Observed:
    return {region: shown(region, regions) for region in regions}


def changed(observed: state.Observed, region: str, **record: t.Any) -> state.Observed:
    return {**observed, region: dataclasses.replace(observed[region], **record)}


def test_tables_by_regions_then_what_is_amiss_then_totals():
    tables = [table("orders", EU), spec.Table("baskets", EU)]
    seen = {
        "orders": {
            HOME: shown(HOME, replicas={EU: "ACTIVE", "sa-east-1": "ACTIVE"}),
            EU: shown(EU, replicas={HOME: "ACTIVE", "sa-east-1": "ACTIVE"}),
        },
        "baskets": {EU: shown(EU, status="UNKNOWN", problem="access denied: dynamodb:DescribeTable in eu-west-1")},
    }
    assert status.summary(tables, seen) == [
        "table    us-east-1  eu-west-1  sa-east-1",
        "orders   ACTIVE*    ACTIVE     ACTIVE (not listed)",
        "baskets  -          UNKNOWN*   -",
        "* home region",
        "",
        "orders: has a replica in sa-east-1 that isn't listed, and is left alone. To remove it: "
        "dynamodb_absent_regions: [sa-east-1]",
        "baskets: access denied: dynamodb:DescribeTable in eu-west-1",
        "2 tables: 1 ACTIVE everywhere, 1 with problems",
    ]
    assert "msg" not in status.info_result(tables, seen)


def test_information_fails_only_when_nothing_could_be_read():
    nothing = {"orders": {HOME: shown(HOME, status="UNKNOWN", problem="can't reach the endpoint")}}
    assert status.info_result([table("orders")], nothing) == {"msg": "orders: can't reach the endpoint"}


def test_the_witness_is_shown_and_one_that_is_missing_is_not_as_listed():
    strong = {"consistency": "strong", "witness_region": AP}
    group = standing(HOME, EU)
    lines = status.summary(
        [table("orders", EU, **strong), table("baskets", EU, **strong)],
        {"orders": changed(group, HOME, witnesses={AP: "ACTIVE"}), "baskets": group},
    )
    assert lines[:3] == [
        "table    us-east-1  eu-west-1  ap-southeast-2",
        "orders   ACTIVE*    ACTIVE     ACTIVE (witness)",
        "baskets  ACTIVE*    ACTIVE     ABSENT (witness)",
    ]
    assert lines[-2:] == [
        "baskets: ABSENT (witness) in ap-southeast-2",
        "2 tables: 1 ACTIVE everywhere, 1 not as listed",
    ]


PAIR = standing(HOME, EU)
ALONE = {HOME: shown(HOME), EU: shown(EU)}
LEFT = {HOME: shown(HOME), EU: state.absent(EU)}
DIFFERING = {
    region: shown(region, PAIR, settings={"ttl": {"enabled": True, "attribute": attribute}})
    for region, attribute in ((HOME, "expires"), (EU, "until"))
}


@pytest.mark.parametrize(
    ("wanted", "observed", "said", "total"),
    [
        (table("orders", EU), PAIR, [], "ACTIVE everywhere"),
        (
            table("orders", EU),
            changed(changed(PAIR, HOME, status="UPDATING", replicas={EU: "CREATING"}), EU, status="ABSENT"),
            ["UPDATING in us-east-1", "ABSENT (CREATING) in eu-west-1"],
            "being changed",
        ),
        (table("orders", EU), LEFT, ["ABSENT in eu-west-1"], "not as listed"),
        (
            table("orders", EU),
            changed(PAIR, HOME, replicas={}),
            ["ACTIVE (not listed in us-east-1) in eu-west-1"],
            "being changed",
        ),
        (
            table("orders", EU),
            changed(PAIR, EU, status="ABSENT"),
            ["ABSENT (ACTIVE) in eu-west-1"],
            "not as listed",
        ),
        (
            table("orders", absent_regions=(EU,)),
            PAIR,
            ["ACTIVE in eu-west-1, which it is to leave"],
            "not as listed",
        ),
        (table("orders", absent_regions=(EU,)), LEFT, [], "ACTIVE everywhere"),
        (
            table("orders", absent=True),
            {HOME: shown(HOME)},
            ["ACTIVE in us-east-1, which it is to leave"],
            "not as listed",
        ),
        (table("orders", absent=True), {HOME: state.absent(HOME)}, [], "absent, as listed"),
        (
            table("orders", EU),
            ALONE,
            ["a table of that name stands alone in eu-west-1, no replica of this"],
            "with problems",
        ),
        (table("orders", disassociated={EU: spec.Replica(EU)}), ALONE, [], "ACTIVE everywhere"),
        (
            table("orders", EU),
            changed(PAIR, HOME, replicas={EU: "REGION_DISABLED"}, causes={EU: "opted out"}),
            [
                "in eu-west-1 it is REGION_DISABLED (opted out): enable the region for the account; DynamoDB detaches "
                "a replica after 20 hours in this state"
            ],
            "with problems",
        ),
        (
            table("orders", EU),
            DIFFERING,
            ["ttl.attribute is expires in us-east-1, but until in eu-west-1"],
            "with problems",
        ),
        (
            table("orders", EU),
            changed(PAIR, HOME, overrides={EU: {"table_class": "STANDARD_INFREQUENT_ACCESS"}}),
            ["the replica in eu-west-1 has its own table_class"],
            "ACTIVE everywhere",
        ),
        (
            table("orders"),
            changed(PAIR, HOME, replicas={EU: "CREATING"}),
            [
                "has a replica in eu-west-1 that isn't listed, and is left alone. To remove it: "
                "dynamodb_absent_regions: [eu-west-1]",
                "CREATING (not listed) in eu-west-1",
            ],
            "being changed",
        ),
    ],
)
def test_what_is_said_of_a_table_decides_what_it_counts_as(wanted, observed, said, total):
    seen = {region: record for region, record in observed.items() if region in wanted.listed_regions}
    lines = status.summary([wanted], {"orders": seen})
    assert lines[lines.index("") + 1 :] == [*(f"orders: {words}" for words in said), f"1 table: 1 {total}"]


def test_a_region_whose_settings_could_not_all_be_read_is_marked():
    lines = status.summary([table("orders")], {"orders": {HOME: shown(HOME, problem="access denied: tags")}})
    assert lines[1:3] == ["orders  ACTIVE*?", "* home region, ? not all settings could be read"]


def test_what_many_tables_share_takes_one_line_and_what_is_worst_comes_last():
    names = [f"table-{number}" for number in range(100)]
    seen = {name: LEFT for name in names[:5]} | {name: PAIR for name in names[5:]}
    seen[names[0]] = DIFFERING
    lines = status.summary([table(name, EU) for name in names], seen)
    assert lines[lines.index("") + 1 :] == [
        "table-1, table-2, table-3 and 1 more: ABSENT in eu-west-1",
        "table-0: ttl.attribute is expires in us-east-1, but until in eu-west-1",
        "100 tables: 95 ACTIVE everywhere, 4 not as listed, 1 with problems",
    ]


def test_a_reason_that_differs_in_the_name_of_the_table_alone_takes_one_line_too():
    names = ["orders", "baskets"]
    denied = {name: {HOME: shown(HOME, status="UNKNOWN", problem=f"denied: table/{name}")} for name in names}
    result = status.info_result([table(name) for name in names], denied)
    assert result["msg"] == "orders, baskets: denied: table/orders"


def test_differences_are_lines_of_their_own_as_well():
    names = ["orders", "baskets"]
    result = status.info_result([table(name, EU) for name in names], {name: DIFFERING for name in names})
    assert result["differences"] == ["orders, baskets: ttl.attribute is expires in us-east-1, but until in eu-west-1"]


# Width


def test_eight_regions_and_a_hundred_tables_fit_a_terminal_and_columns_stand_below_each_other():
    names = [f"prod-billing-and-orders-{number:03}" for number in range(100)]
    seen = {name: standing(*REGIONS) for name in names}
    lines = status.summary([table(name, *REGIONS[1:]) for name in names], seen)
    assert max(map(len, lines)) <= grid.WIDTH
    assert lines[0].split() == ["table", "us-", "eu-", "ap-", "ap-", "sa-", "ca-", "eu-", "us-"]
    assert lines[1].split() == [region.partition("-")[2] for region in REGIONS]
    starts = [lines[1].index(region.partition("-")[2]) for region in REGIONS[:4]]
    assert all(line[start:].startswith("ACTIVE") for line in lines[2:102] for start in starts)
    assert [line.split()[0] for line in lines[2:102]] == names


def test_a_name_that_is_too_long_takes_a_line_of_its_own():
    names = ["orders", "x" * 255]
    lines = status.summary([table(name, EU) for name in names], {name: PAIR for name in names})
    assert lines[:4] == [
        "table   us-east-1  eu-west-1",
        "orders  ACTIVE*    ACTIVE",
        "x" * 255,
        "        ACTIVE*    ACTIVE",
    ]

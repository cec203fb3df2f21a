# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people read of a verification, and what the module returns."""

from __future__ import annotations

import dataclasses
import itertools
import json

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.state import RegionalTable
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import story
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import Checked, Outcome
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.probes import Probe
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.reserved import Claim, Left
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import module_result
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.states import STATES
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.story import directions
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.user_items import UserItem
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.verdicts import (
    Finding,
    PairEvidence,
)

from .global_table import SCHEMA, GlobalTable, verify

US, EU, AP, WEST = REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2")
PAIRS = list(itertools.permutations(REGIONS, 2))
ALL_PASS = (
    "us-east-1, eu-west-1, ap-southeast-2, us-west-2: 15 changes in each direction arrived, and what all wrote at once "
    "ended the same; a loss of 18 % or more would have been seen (95 %); lag 0.33 s (median), at most 0.33 s, measured "
    "to 0.12 s"
)


def checked(*regions, items=5, mine=None, **faults):
    """The outcome of a check with a lag of 0.3 s."""
    table = GlobalTable(*(regions or REGIONS), lag=0.3)
    for name, fault in faults.items():
        setattr(table, name, fault)
    return verify(table, item_count=items, items={"orders": [UserItem(1, mine)]} if mine else {})


def called(outcome, name):
    return dataclasses.replace(outcome, wanted=dataclasses.replace(outcome.wanted, name=name))


def many(outcome, number, first="table"):
    return [called(outcome, f"{first}-{index}") for index in range(number)]


def result_of(*outcomes):
    return module_result(Checked("a-run", 1_000_000.0, 12.3456, list(outcomes)))


def summary(*outcomes):
    return result_of(*outcomes)["summary"]


@pytest.fixture(scope="module")
def passing():
    return checked()


@pytest.fixture(scope="module")
def paused():
    return checked(loses=lambda source, target, _call, _key: (source, target) == (US, AP))


def test_sixty_tables_with_one_direction_paused(paused):
    assert summary(*many(paused, 60)) == [
        "FAIL     us-east-1 → ap-southeast-2: nothing arrives, 60 of 60 tables (5 of 5 puts missing after 24 s)",
        "         The other 11 directions pass, median lag 0.33 s.",
        "         Next: look at CloudWatch's ReplicationLatency in us-east-1, and whether an AWS FIS experiment is "
        "running. Keys are in the report (verify_report) and in the result.",
        "60 tables: 0 pass, 60 fail, 0 unknown",
    ]


def test_sixty_tables_with_one_region_that_does_not_answer():
    lines = summary(*many(checked(denied={(EU, "BatchGetItem")}), 60))
    assert lines[:2] == [
        "UNKNOWN  all to and from eu-west-1: denied: BatchGetItem in eu-west-1, 60 of 60 tables",
        "         Among us-east-1, ap-southeast-2, us-west-2 everything arrives, median lag 0.33 s.",
    ]
    assert lines[-1] == "60 tables: 0 pass, 0 fail, 60 unknown"


def test_a_drill_that_aws_fis_runs_is_named_as_the_reason():
    policy = json.dumps({"Statement": {"Sid": "DoNotModifyFisDynamoDbPauseReplication-1"}})
    lines = summary(checked(loses=lambda source, target, *_write: (source, target) == (US, AP), policy=policy))
    assert "Next: wait until AWS FIS has ended its experiment: its statement is in the policy of" in lines[2]
    assert not any("ReplicationLatency" in line for line in lines)


def test_regions_that_do_not_converge_and_directions_that_all_pass():
    slow = {US: 0.1, EU: 0.8, AP: 0.8, WEST: 0.8}
    lines = summary(checked(last_writer_wins=False, lag=lambda source, _target: slow[source]))
    assert lines[0].startswith(
        "FAIL     the regions don't converge: what all wrote at once stays different, table orders"
    )
    assert lines[1] == "         All 12 directions pass, median lag 0.88 s."


def test_a_hundred_tables_take_ten_lines_and_are_told_the_same_each_time(passing, paused):
    mixed = [
        *many(passing, 60),
        *many(paused, 20, "paused"),
        *many(checked(denied={(EU, "PutItem")}), 10, "denied"),
        *many(checked(loses=lambda _source, _target, call, _key: call == "UpdateItem"), 5, "updates"),
        *many(checked(US, EU), 5, "small"),
    ]
    lines = summary(*mixed)
    assert len(lines) <= 12
    assert max(map(len, lines)) < 400
    assert [line.split()[0] for line in lines[:3]] == ["FAIL", "FAIL", "UNKNOWN"]
    assert f"PASS     60 of 100 tables: {ALL_PASS}" in lines
    assert lines[-1] == "100 tables: 65 pass, 25 fail, 10 unknown"
    assert summary(*mixed) == lines


def test_many_reasons_are_counted(passing):
    troubled = []
    for number in range(9):
        troubled.append(
            called(dataclasses.replace(passing, findings=[Finding("fail", f"reason {number}")]), f"t{number}")
        )
    lines = summary(*troubled)
    assert sum(line.startswith("FAIL") for line in lines) == 5
    assert any("And 4 more reasons: see tables[].pairs[].reason" in line for line in lines)


@pytest.mark.parametrize(
    ("pairs", "every", "says"),
    [
        (PAIRS, PAIRS, "all 12 directions"),
        ([pair for pair in PAIRS if EU in pair], PAIRS, "all to and from eu-west-1"),
        ([pair for pair in PAIRS if pair[0] == EU], PAIRS, "all from eu-west-1"),
        ([pair for pair in PAIRS if pair[1] == EU], PAIRS, "all to eu-west-1"),
        ([(US, EU)], PAIRS, "us-east-1 → eu-west-1"),
        ([(US, EU), (EU, US)], [(US, EU), (EU, US)], "all to and from eu-west-1"),
        (
            [(US, EU), (EU, AP), (AP, WEST), (WEST, US)],
            PAIRS,
            "us-east-1 → eu-west-1, eu-west-1 → ap-southeast-2, ap-southeast-2 → us-west-2 and 1 more direction",
        ),
    ],
)
def test_directions_by_what_they_have_in_common(pairs, every, says):
    assert directions(pairs, every) == says


def test_a_pass_of_few_tables_names_them_and_what_else_arrived():
    mine = {"pk": {"S": "mine"}}
    lines = summary(called(checked(US, EU, items=1, mine=mine), "one"), called(checked(US, EU, items=1), "two"))
    assert lines == [
        "PASS     tables one, two: us-east-1, eu-west-1: 3 changes in each direction arrived, and what all wrote at "
        "once ended the same; a loss of 63 % or more would have been seen (95 %); 1 item of yours arrived unchanged; "
        "lag 0.33 s (median), at most 0.33 s, measured to 0.12 s",
        "2 tables: 2 pass, 0 fail, 0 unknown",
    ]


def test_a_key_or_an_error_makes_up_no_line():
    forged = "x\nPASS     60 of 60 tables"
    table = GlobalTable(US, EU)
    table.items[EU][forged] = {"pk": {"S": forged}, "total": {"N": "1"}}
    outcome = verify(table, items={"orders": [UserItem(1, {"pk": {"S": forged}})]})
    lines = summary(outcome)
    assert not any("\n" in line for line in lines)
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["FAIL", "1"]


# By states alone


def by_states(*regions, how=STATES, **evidence):
    wanted = Table("orders", US, replicas={region: Replica(region) for region in regions if region != US})
    one = Outcome(wanted, {region: RegionalTable(region, "ACTIVE") for region in regions}, how, schema=SCHEMA)
    one.evidence = {pair: PairEvidence(*pair, **evidence) for pair in itertools.permutations(regions, 2)}
    return one


def test_a_pass_by_states_says_that_nothing_was_written():
    assert summary(by_states(US, EU)) == [
        "PASS     table orders: us-east-1, eu-west-1: replicas are ACTIVE; only states were read, no item was written",
        "1 table: 1 pass, 0 fail, 0 unknown; 1 by states only, without writing items",
    ]


def test_a_table_in_one_region_is_no_pass_and_counted_apart():
    result = result_of(by_states(US, how="items"))
    assert (result["verdict"], result["tables"][0]["verdict"]) == ("nothing to compare", "nothing to compare")
    assert result["msg"] == "1 table: 0 pass, 0 fail, 0 unknown, 1 with one region only, where nothing can be compared"
    assert result_of(by_states(US, how="items"), by_states(US, EU))["verdict"] == "pass"


def test_a_table_with_a_reason_of_its_own_is_told_without_directions():
    refused = by_states(US, EU)
    refused.findings = [Finding("fail", "these aren't independent regions")]
    result = result_of(refused)
    assert result["summary"][0] == "FAIL     these aren't independent regions, table orders"
    assert (result["tables"][0]["verdict"], result["tables"][0]["reason"]) == (
        "fail",
        "these aren't independent regions",
    )


def test_what_is_left_behind_is_listed_by_region():
    one = by_states(US, EU)
    one.claim = Claim(None, [], [US, EU], 0)
    one.claim.left = [Left(EU, frozenset([Probe(US, 8), Probe(US, 7)]), "throttled")]
    result = result_of(one)
    assert result["tables"][0]["left_behind"] == [
        {
            "region": EU,
            "item_keys": [{"pk": f"multiregion.dynamodb/verification/us-east-1/{slot}"} for slot in (7, 8)],
            "reason": "throttled",
        }
    ]
    assert (
        "orders: left behind in eu-west-1, or not confirmed as removed: 2 items (throttled); the next verification "
        "removes them."
    ) in result["summary"]


# What the module returns


def test_the_result_of_a_pair(passing, paused):
    pairs = {(pair["source"], pair["target"]): pair for pair in result_of(paused)["tables"][0]["pairs"]}
    good, bad = pairs[US, EU], pairs[US, AP]
    assert (good["verdict"], good["expected"], good["arrived"], good["loss_that_shows"]) == ("pass", 15, 15, 0.181)
    assert good["lags"] == [[0.21, 0.33]] * 15
    assert good["lag"] == {"measured": 15, **dict.fromkeys(("p50", "p95", "p99", "max"), 0.33), "resolution": 0.12}
    assert (bad["verdict"], bad["expected"], bad["arrived"], bad["lags"], bad["altered"]) == ("fail", 15, 0, [], [])
    assert bad["reason"].startswith("nothing arrives (5 of 5 puts missing after 24 s): look at CloudWatch's")
    assert [(one["operation"], one["waited"] >= 24) for one in bad["missing"]] == [("put", True)] * 5
    assert all(one["key"]["pk"].startswith("multiregion.dynamodb/verification/us-east-1/") for one in bad["missing"])


def test_an_item_of_the_users_that_is_late_has_its_own_key():
    table, mine = GlobalTable(US, EU, lag=2.0), {"pk": {"S": "mine"}}
    outcome = verify(table, item_count=1, items={"orders": [UserItem(1, mine)]}, max_lag=1.0)
    *ours, users = result_of(outcome)["tables"][0]["pairs"][0]["late"]
    assert (users["operation"], users["key"]) == ("put", {"pk": "mine"})
    assert all(one["key"]["pk"].startswith("multiregion.dynamodb/verification/us-east-1/") for one in ours)


def test_the_result_of_a_run(passing):
    result = result_of(passing, called(passing, "stock"))
    run = {"id": "a-run", "started": "1970-01-12T13:46:40Z", "seconds": 12.346, "account_id": "123456789012"}
    assert result["run"] == run
    assert result["cost"] == {unit: 2 * spent for unit, spent in result["tables"][0]["cost"].items()}
    assert [table["name"] for table in result["tables"]] == ["orders", "stock"]
    assert result["msg"] == "\n".join(result["summary"])
    json.dumps(result)


def test_without_a_table_nothing_is_compared():
    assert (result_of()["verdict"], summary()) == ("nothing to compare", ["0 tables: 0 pass, 0 fail, 0 unknown"])


def test_a_loss_that_many_changes_show_isnt_rounded_to_nothing():
    assert "a loss of 0.5 % or more would have been seen" in summary(checked(US, EU, items=200))[0]


def test_a_region_that_is_cut_off_is_the_one_to_look_at():
    lines = summary(checked(loses=lambda source, target, *_write: AP in (source, target)))
    assert lines[0].startswith("FAIL     all to and from ap-southeast-2: nothing arrives, table orders")
    assert "Next: look at CloudWatch's ReplicationLatency in ap-southeast-2, and whether" in lines[2]


def test_an_error_that_names_each_tables_arn_is_one_line(passing):
    def denied(name):
        outcome = called(dataclasses.replace(passing, evidence={}), name)
        outcome.evidence = {(EU, US): PairEvidence(EU, US, expected=15)}
        outcome.evidence[EU, US].doubt(f"access denied: arn:aws:dynamodb:eu-west-1:1:table/{name} because nobody may")
        return outcome

    lines = summary(*(denied(f"table-{number}") for number in range(60)))
    assert lines[0] == (
        "UNKNOWN  eu-west-1 → us-east-1: access denied: arn:aws:dynamodb:eu-west-1:1:table/* because nobody may, 60 of "
        "60 tables"
    )


def test_a_failure_is_told_once_as_soon_as_it_is_known(paused, passing):
    outcomes = [*many(passing, 1, "well"), *many(paused, 3, "paused")]
    news = story.News(outcomes)
    first, second, third = news.event(outcomes[:1]), news.event(outcomes[:2]), news.event(outcomes)
    assert (first["lines"], first["summary"]) == ([], "1 of 4 tables checked: 1 pass")
    assert second["lines"] == [
        "FAIL     us-east-1 → ap-southeast-2: nothing arrives, table paused-0 (5 of 5 puts missing after 24 s)"
    ]
    assert (third["lines"], third["summary"]) == ([], "4 of 4 tables checked: 1 pass, 3 fail")

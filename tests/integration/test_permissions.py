# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The IAM policies of the documentation, held against the simulator's log of runs that use every option.

No call is outside them, and no action is in them without a call or the rule of AWS that docs/permissions.md cites.
"""

from __future__ import annotations

import fnmatch
import json
import re
import typing as t
from pathlib import Path

import boto3
import botocore.client
import pytest
import yaml
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import arguments
from caller import EU, US

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
# The molecule scenario that turns every option on, changes it and turns it off.
STAGES = [
    yaml.safe_load((CHECKOUT / "molecule" / "settings" / "vars" / f"{stage}.yml").read_text())
    for stage in ("on", "changed", "off")
]
# The service's name in a call -> in an action.
PREFIXES = {"dynamodbstreams": "dynamodb", "monitoring": "cloudwatch"}
# No permission is needed for it (AWS's API reference of STS).
FREE = {"sts:GetCallerIdentity"}
CITED = re.compile(r"^\| (`[^|]*`) \| [^|]+ \| (?:\[[^|]+\]\(https://[^|]+\)|the same) \|$", re.MULTILINE)

ORDERS = {"name": "orders", "partition_key": "id"}
# So long between two changes that no limit of theirs is met: two of the table class in 30 days.
BETWEEN = 40 * 24 * 3600


def actions(policy: str) -> set[str]:
    """Every action that a policy allows."""
    statements = json.loads((DOCS / policy).read_text())["Statement"]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    listed = [statement["Action"] for statement in statements]
    return {action for some in listed for action in ([some] if isinstance(some, str) else some)}


def cited() -> set[str]:
    """The actions that AWS wants besides, each in a row with its source."""
    rows = CITED.findall((DOCS / "permissions.md").read_text())
    return {action for row in rows for action in re.findall(r"`([^`]+)`", row)}


def called(admin: t.Any) -> set[str]:
    return {
        f"{PREFIXES.get(call['service'], call['service'])}:{call['operation']}"
        for call in admin.calls()
        if "multiregion.dynamodb" in call["user_agent"]
    } - FREE


class Run(t.NamedTuple):
    """Tables that both modules bring to what they say."""

    tables: list[dict[str, t.Any]]
    params: dict[str, t.Any] = {}


LEDGER = {
    "name": "ledger",
    "region": US,
    "partition_key": "id",
    "consistency": "strong",
    "witness_region": "us-west-2",
    "exclude_regions": [EU],
    "replicas": [{"region": "us-east-2"}],
    "verification": "states",
}
RUNS = [
    *(Run(stage["dynamodb_tables"], {"replica_regions": stage["dynamodb_replica_regions"]}) for stage in STAGES),
    Run([{"name": "orders", "replicas": [{"region": EU, "state": "disassociated"}]}]),
    Run([{"name": "stock", "replicas": [{"region": EU, "state": "absent"}]}]),
    Run([{"name": "stock", "state": "absent"}]),
    Run([LEDGER]),
    Run([{**LEDGER, "state": "absent", "delete_replicas": True}]),
]


@pytest.fixture
def managing(run_module, admin, served) -> set[str]:
    """What managing calls with every option made, changed and turned off, and existing tables looked for."""
    for region in (US, EU):
        kms, kinesis = (boto3.client(name, region_name=region, endpoint_url=served.url) for name in ("kms", "kinesis"))
        kms.create_alias(AliasName="alias/orders", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
        kinesis.create_stream(StreamName="changes", ShardCount=1)
    for tables, params in RUNS:
        admin.advance(BETWEEN)
        for module in ("tables", "replicas"):
            result = run_module(module, *tables, account_id="123456789012", max_removals=3, **params)
            assert "msg" not in result, result["msg"]
    run_module("tables_info", names=["*"])
    return called(admin)


def options(value: t.Any, schema: dict[str, t.Any], path: str = "") -> t.Iterator[str]:
    """Every option of ``schema`` that is set somewhere in a table's entry."""
    for name in value:
        yield path + name
        if schema[name].get("elements") == "dict":
            for element in value[name]:
                yield from options(element, schema[name]["options"], f"{path}{name}.")


def every(schema: dict[str, t.Any], path: str = "") -> t.Iterator[str]:
    for name, option in schema.items():
        yield path + name
        if option.get("elements") == "dict":
            yield from every(option["options"], f"{path}{name}.")


def test_the_runs_use_every_option():
    used = {option for run in RUNS for table in run.tables for option in options(table, arguments.TABLE_OPTIONS)}
    assert set(every(arguments.TABLE_OPTIONS)) - used == set()


def test_managing_calls_what_its_policy_allows_and_the_policy_allows_nothing_more(managing):
    allowed = actions("iam-policy.json")
    assert managing - allowed == set()
    assert allowed - managing - cited() == set()
    assert cited() - allowed == set()


@pytest.fixture
def leading_keys(monkeypatch) -> set[str]:
    """The partition keys of ORDERS that calls name, as `dynamodb:LeadingKeys` has them."""
    found: set[str] = set()
    call = botocore.client.BaseClient._make_api_call

    def note(client: t.Any, operation: str, parameters: dict[str, t.Any]) -> t.Any:
        requests = parameters.get("RequestItems", {}).values()
        keys = [key for request in requests for key in request["Keys"]]
        keys += [parameters[name] for name in ("Item", "Key") if name in parameters]
        found.update(key["id"]["S"] for key in keys)
        return call(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", note)
    return found


@pytest.mark.parametrize("policy", ["iam-policy-verify.json", "iam-policy-verify-keys.json"])
def test_verifying_calls_what_its_policy_allows_and_the_policy_allows_nothing_more(
    run_module, admin, leading_keys, policy
):
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    admin.clear_calls()
    assert run_module("replication_check", ORDERS, replica_regions=[EU], timeout=20)["verdict"] == "pass"
    admin.pause(source=US, target=EU)
    assert run_module("replication_check", ORDERS, replica_regions=[EU], timeout=2)["verdict"] == "fail"
    assert called(admin) == actions(policy)
    assert leading_keys
    for statement in json.loads((DOCS / policy).read_text())["Statement"]:
        if "Condition" in statement:
            pattern = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            assert fnmatch.filter(leading_keys, pattern) == list(leading_keys)
            assert {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"} < set(statement["Action"])


def test_looking_for_undrained_writes_calls_what_its_policy_allows_and_the_policy_allows_nothing_more(
    run_module, admin
):
    run_module("tables", ORDERS)
    run_module("replicas", ORDERS, replica_regions=[EU])
    admin.clear_calls()
    run_module("evacuation_check", ORDERS, replica_regions=[EU], evacuate_region=EU, timeout=20, interval=0.1)
    assert called(admin) == actions("iam-policy-evacuate.json")


def test_the_actions_that_a_look_needs_are_those_that_the_documentation_names(run_module, admin):
    for name in ("tables", "replicas"):
        run_module(name, ORDERS, check_mode=True)
    run_module("tables_info", names=["*"])
    assert {action for action in called(admin) if not re.match(r"\S+:(Describe|Get|List)", action)} == set()

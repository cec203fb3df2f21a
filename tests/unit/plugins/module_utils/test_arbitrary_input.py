# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever JSON comes in, a refusal in words or a result comes out, never another exception."""

from __future__ import annotations

import contextlib
import json
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import (
    approval,
    arguments,
    policy_document,
    shapes,
    spec,
)
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import resource_policy
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import dynamodb_json, user_items
from hypothesis import example, given, settings
from hypothesis import strategies as st

KNOWN = {"us-east-1": "aws", "eu-west-1": "aws", "cn-north-1": "aws-cn"}

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)


def nested(keys: st.SearchStrategy[str]) -> st.SearchStrategy[t.Any]:
    return st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
    )


def named(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(names) | st.text(max_size=4)


OPTION_NAMES = sorted(
    {name for schema in (arguments.TABLE_OPTIONS, arguments.REPLICA_OPTIONS) for name in schema} | {"enabled", "read"}
)
ANYTHING = nested(named(*OPTION_NAMES))


def shaped(option: dict[str, t.Any]) -> st.SearchStrategy[t.Any]:
    """Values of an option's right shape, of any content."""
    if "options" in option:
        inner = of_schema(option["options"])
        return inner if option["type"] == "dict" else st.lists(inner, max_size=3)
    if "choices" in option:
        return st.sampled_from(option["choices"])
    texts = st.sampled_from([*KNOWN, "id", "at", "orders", ""]) | st.text(max_size=6)
    kinds = {
        "str": texts,
        "int": st.integers(-2, 50000) | st.integers(),
        "float": st.floats(allow_nan=False, allow_infinity=False),
        "bool": st.booleans(),
        "dict": st.dictionaries(st.text(max_size=4), nested(st.text(max_size=4)), max_size=3),
        "list": st.lists(texts, max_size=3),
    }
    return kinds.get(option["type"], ANYTHING)


def of_schema(schema: dict[str, t.Any]) -> st.SearchStrategy[dict[str, t.Any]]:
    required = {name: shaped(option) for name, option in schema.items() if option.get("required")}
    optional = {name: st.none() | shaped(option) for name, option in schema.items() if name not in required}
    # A few options each, or nothing would get past the first of them.
    chosen = st.sets(st.sampled_from(sorted(optional)), max_size=4) if optional else st.just(set())
    return chosen.flatmap(lambda names: st.fixed_dictionaries(required | {name: optional[name] for name in names}))


TABLES = st.lists(of_schema(arguments.TABLE_OPTIONS), max_size=2)
ROUGHLY = st.fixed_dictionaries(
    {"tables": st.lists(ANYTHING | of_schema(arguments.TABLE_OPTIONS), max_size=2) | ANYTHING},
    optional={
        name: ANYTHING | st.lists(st.sampled_from([*KNOWN]), max_size=2)
        for name in arguments.COMMON_OPTIONS
        if name != "tables"
    },
)


def parsed(params: dict[str, t.Any]) -> list[spec.Table]:
    """Nothing where it is refused."""
    with contextlib.suppress(spec.Refused):
        return spec.parse(params, "us-east-1", KNOWN)
    return []


@given(ROUGHLY)
@settings(max_examples=150, deadline=None)
def test_arguments_of_any_shape_are_refused_or_read(params):
    result = ArgumentSpecValidator(arguments.COMMON_OPTIONS).validate(params)
    if not result.error_messages:
        parsed(result.validated_parameters)


@given(TABLES, of_schema(arguments.DEFAULT_OPTIONS), of_schema(arguments.REPLICA_DEFAULT_OPTIONS))
@settings(max_examples=150, deadline=None)
def test_arguments_of_the_right_shape_and_any_content_are_refused_or_read(tables, defaults, of_replicas):
    params = {"tables": tables, "table_defaults": defaults, "replica_defaults": {"*": of_replicas}}
    parsed({**params, "replica_regions": ["eu-west-1"]})


@given(ANYTHING, ANYTHING)
@settings(max_examples=150, deadline=None)
def test_every_shape_is_checked(tables, defaults):
    _read, problems = shapes.checked(
        {"tables": tables, "table_defaults": defaults, "replica_defaults": {"*": defaults}}
    )
    assert all(problem.endswith((".", "?")) for problem in problems)


ELEMENTS = ("Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "Condition", "Sid")
CONTENT = nested(named("AWS", "Null", "Bool", "aws:SourceVpc", "aws:PrincipalArn", "StringLike")) | st.sampled_from(
    ["*"]
)
STATEMENT = st.fixed_dictionaries(
    {},
    optional={name: CONTENT for name in ELEMENTS} | {"Effect": st.just("Deny") | CONTENT},
)
POLICY = st.dictionaries(st.just("Statement"), STATEMENT | st.lists(STATEMENT | CONTENT, max_size=2) | CONTENT)
DENY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}


@given(POLICY)
@example({"Statement": {**DENY, "Condition": {"Null": {"aws:SourceVpc": []}}}})
@example({"Statement": {**DENY, "Condition": {"Null": []}}})
@example({"Statement": {**DENY, "Principal": {"AWS": [5]}}})
@settings(max_examples=150, deadline=None)
def test_a_policy_of_any_shape_is_refused_or_read(document):
    wanted = {resource_policy.OPTION: document}
    if not list(resource_policy.problems(wanted)):
        policy_document.differ(document, policy_document.canonical(document))
    assert isinstance(resource_policy.replication_problem(wanted, "orders", "123456789012"), str)
    parsed({"tables": [{"name": "orders", **wanted}], "replica_regions": ["eu-west-1"]})


@given(nested(named("S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS")))
@settings(max_examples=150, deadline=None)
def test_an_item_of_any_shape_is_refused_or_read(written):
    item, problems = dynamodb_json.parse(written, "item 1")
    if not problems:
        assert dynamodb_json.size(item) >= 0
        dynamodb_json.digest(item)
    tables = [spec.Table("orders", "us-east-1", replicas={"eu-west-1": spec.Replica("eu-west-1")})]
    for items in ({"orders": written}, {"orders": [written]}):
        with contextlib.suppress(spec.Refused):
            user_items.parse({"items": items, "tables": [{"name": "orders"}]}, tables)


@given(nested(named("hash", "tables", "steps", "name", "failure")))
@settings(max_examples=100, deadline=None)
def test_a_plan_file_of_any_shape_is_no_approval(tmp_path_factory, document):
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    path.write_text(json.dumps(document))
    with pytest.raises(spec.Refused):
        approval.Approval(str(path), "0" * 64)([])

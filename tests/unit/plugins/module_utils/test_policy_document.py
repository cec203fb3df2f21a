# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When two policies mean the same, and when one denies replication."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import policy_document
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import resource_policy

ACCOUNT, OTHER = "123456789012", "210987654321"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/replication.dynamodb.amazonaws.com/"
    "AWSServiceRoleForDynamoDBReplication"
)


def policy(**elements: t.Any) -> dict[str, t.Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "dynamodb:GetItem", "Resource": TABLE}
    return {"Version": "2012-10-17", "Statement": [{**statement, **elements}]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (policy(), {**policy(), "Statement": policy()["Statement"][0]}),
        (policy(), dict(reversed(policy().items()))),
        (policy(Action=["dynamodb:GetItem"]), policy(Action="dynamodb:GetItem")),
        (policy(Action=["dynamodb:GetItem", "dynamodb:Query"]), policy(Action=["dynamodb:Query", "dynamodb:GetItem"])),
        (policy(Resource=[TABLE]), policy()),
        (policy(Principal={"AWS": ACCOUNT}), policy()),
        (policy(Principal={"AWS": [ACCOUNT]}), policy()),
        (policy(Principal={"AWS": [ACCOUNT, ROOT]}), policy()),
        (policy(Principal={"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}), policy(Principal={"AWS": ACCOUNT})),
        (policy(Effect="allow"), policy()),
        (
            policy(Condition={"Bool": {"aws:SecureTransport": False}}),
            policy(Condition={"Bool": {"aws:SecureTransport": ["false"]}}),
        ),
        ({"Statement": policy()["Statement"]}, {**policy(), "Version": "2008-10-17"}),
        ({}, {}),
    ],
)
def test_207_352_353_354_355_what_the_service_writes_in_another_way_is_the_same(one, other):
    for pair in ((one, other), (other, one)):
        assert not policy_document.differ(*pair)


@pytest.mark.parametrize(
    "other",
    [
        {},
        policy(Action="dynamodb:Query"),
        policy(Action=["dynamodb:GetItem", "dynamodb:Query"]),
        policy(Effect="Deny"),
        policy(Principal={"AWS": OTHER}),
        policy(Sid="One"),
        policy(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        {**policy(), "Version": "2008-10-17"},
        {**policy(), "Statement": policy()["Statement"] + policy(Action="dynamodb:Query")["Statement"]},
    ],
)
def test_what_means_something_else_differs(other):
    assert policy_document.differ(policy(), other)
    assert policy_document.differ(other, policy())


def deny(**elements: t.Any) -> dict[str, t.Any]:
    return policy(**{"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*", **elements})


@pytest.mark.parametrize(
    "document",
    [
        deny(),
        deny(Principal={"AWS": "*"}),
        deny(Principal={"AWS": ACCOUNT}),
        deny(Principal={"AWS": [OTHER, ROOT]}),
        deny(Principal={"AWS": ROLE}),
        deny(Principal={"Service": "replication.dynamodb.amazonaws.com"}),
        deny(Action=["dynamodb:Query", "dynamodb:Put*"]),
        deny(Action="dynamodb:putitem"),
        policy(Effect="Deny", Principal="*", NotAction="dynamodb:DeleteTable", Action=[]),
        deny(Resource=TABLE),
        deny(Resource=f"{TABLE}*"),
        policy(Effect="Deny", Principal=None, NotPrincipal={"AWS": OTHER}, Action="dynamodb:*"),
        deny(Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
        deny(Condition={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/app-*"}}),
        deny(Condition={"StringNotEquals": {"aws:PrincipalAccount": OTHER}}),
    ],
)
def test_a_policy_that_denies_replication_is_known(document):
    assert policy_document.denied_to_replication(document, "orders", ACCOUNT)


@pytest.mark.parametrize(
    "document",
    [
        {},
        policy(),
        deny(Principal={"AWS": OTHER}),
        deny(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}),
        deny(Action="dynamodb:DeleteTable"),
        deny(Resource=f"{TABLE}/index/*"),
        deny(Resource=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/baskets"),
        policy(Effect="Deny", Principal=None, NotPrincipal={"AWS": [ACCOUNT, ROLE]}, Action="dynamodb:*"),
        deny(Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        deny(Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/*"}}),
        deny(Condition={"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        deny(Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),  # not known of the role's requests
    ],
)
def test_a_policy_that_leaves_replication_alone_or_cannot_be_judged_passes(document):
    assert policy_document.denied_to_replication(document, "orders", ACCOUNT) == ""


def test_an_account_by_name_is_only_judged_when_the_tables_account_is_known():
    assert policy_document.denied_to_replication(deny(Principal={"AWS": ROOT}), "orders") == ""


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (policy(Sid="x" * 20480), "bytes as JSON, but a policy can have 20480"),
        ({"Version": "2012-10-17"}, "needs Statement, a list of statements; {} removes the policy"),
        ({"Statement": []}, "needs Statement"),
        ({"Statement": ["Allow"]}, "needs Statement"),
        ({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}, "a statement has no Resource"),
        ({"Statement": policy(Sid="A")["Statement"] * 2}, "two statements have the same Sid"),
        (policy(Principal=ACCOUNT), "Principal of a statement must be '*' or a dictionary such as AWS"),
        (policy(Sid="A", Effect="Refuse"), "statement 'A' has 'Refuse' as its Effect"),
    ],
)
def test_211_356_what_the_service_refuses_less_clearly_is_refused_up_front(document, sentence):
    assert sentence in "\n".join(resource_policy.problems({"resource_policy": document}))


def test_a_sound_policy_and_the_empty_one_have_no_problem():
    assert list(resource_policy.problems({"resource_policy": policy()})) == []
    assert list(resource_policy.problems({"resource_policy": {}})) == []

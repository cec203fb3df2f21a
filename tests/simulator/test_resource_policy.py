# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource policies, which every region has of its own (AWS_FACTS section 4)."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from world import ASIA, EUROPE, HOME, TABLE, World, assert_refused, refused

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
REPLICATION = "replication.dynamodb.amazonaws.com"
REPLICATION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{REPLICATION}/AWSServiceRoleForDynamoDBReplication"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
HASH = [{"AttributeName": "id", "KeyType": "HASH"}]
NEW_TABLE = {
    "TableName": TABLE,
    "KeySchema": HASH,
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
IN_USE = "Attempt to change a resource which is still in use: "
PENDING = ("ResourceInUseException", f"{IN_USE}Table is pending previous resource-based policy update: {TABLE}")
TOO_SOON = (
    "ThrottlingException",
    f"Resource-based policy for table {TABLE} modified within the previous 15000 milliseconds. Please try again after ",
)
MISSING = ("ResourceNotFoundException", f"Requested resource not found: Table: {TABLE} not found")
GUARDRAIL = "Resource-based policy grants unbounded access in one or more elements. Please revise the policy"


def arn(region: str = HOME, table: str = TABLE) -> str:
    return f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{table}"


NOT_FOUND = ("PolicyNotFoundException", f"Resource-based policy not found for the provided ResourceArn: {arn()}")


def statement(**changes: Any) -> dict[str, Any]:
    """An Allow of GetItem to the account; with None, without that element."""
    whole = {
        "Sid": "Read",
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "dynamodb:GetItem",
        "Resource": "*",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> str:
    whole = {"Version": version, "Statement": list(statements or (statement(),))}
    return json.dumps({name: value for name, value in whole.items() if value is not None})


def allowing(action: str) -> str:
    return policy(statement(Action=f"dynamodb:{action}"))


def denying(action: str = "dynamodb:*", principal: Any = "*", **more: Any) -> str:
    return policy(statement(Sid=None, Effect="Deny", Principal=principal, Action=action, **more))


def put(world: World, text: str, region: str = HOME, resource: str | None = None, **more: Any) -> str:
    answered = world.client(region).put_resource_policy(ResourceArn=resource or arn(region), Policy=text, **more)
    return answered["RevisionId"]


def get(world: World, region: str = HOME, resource: str | None = None) -> dict[str, Any]:
    return world.client(region).get_resource_policy(ResourceArn=resource or arn(region))


def read(world: World, region: str = HOME) -> dict[str, Any]:
    return json.loads(get(world, region)["Policy"])


def delete(world: World, region: str = HOME, resource: str | None = None, **more: Any) -> str | None:
    answered = world.client(region).delete_resource_policy(ResourceArn=resource or arn(region), **more)
    return answered.get("RevisionId")


def settled(world: World, text: str, region: str = HOME, **more: Any) -> str:
    """Put a policy and wait until another change is admitted."""
    revision = put(world, text, region, **more)
    world.wait(16)
    return revision


# What is there, and when it is seen


def test_205_without_a_policy_get_finds_none_and_delete_says_nothing(world: World) -> None:
    world.create()
    assert_refused(*NOT_FOUND, get, world)
    assert delete(world) is None
    assert delete(world) is None


def test_205_209_a_removal_echoes_the_revision_and_another_one_that_of_the_removal(world: World) -> None:
    world.create()
    revision = settled(world, policy())
    assert delete(world) == revision
    world.wait(3)
    removal = delete(world)
    assert removal is not None
    assert int(removal) > int(revision)
    assert_refused(*TOO_SOON, put, world, policy())


def test_244_346_a_first_policy_is_seen_after_a_second_or_two(world: World) -> None:
    world.create()
    revision = put(world, policy())
    world.wait(0.9)
    assert_refused(*NOT_FOUND, get, world)
    world.wait(2)
    assert get(world)["RevisionId"] == revision


def test_245_after_a_change_the_old_policy_is_still_read(world: World) -> None:
    world.create()
    old = settled(world, policy())
    new = put(world, allowing("PutItem"))
    assert get(world)["RevisionId"] == old
    world.wait(3)
    assert get(world)["RevisionId"] == new
    assert read(world)["Statement"][0]["Action"] == "dynamodb:PutItem"


def test_246_after_a_removal_the_removed_policy_is_still_read(world: World) -> None:
    world.create()
    revision = settled(world, policy())
    delete(world)
    assert get(world)["RevisionId"] == revision
    world.wait(3)
    assert_refused(*NOT_FOUND, get, world)


def test_206_247_another_change_waits_fifteen_seconds(world: World) -> None:
    world.create()
    put(world, policy())
    other = allowing("PutItem")
    assert_refused(*PENDING, put, world, other)
    assert_refused(*PENDING, delete, world)
    world.wait(3)
    assert_refused(*TOO_SOON, put, world, other)
    assert_refused(*TOO_SOON, delete, world)
    world.wait(11.9)
    assert_refused(*TOO_SOON, put, world, other)
    world.wait(0.2)
    put(world, other)


def test_207_an_equivalent_policy_changes_nothing_even_at_once(world: World) -> None:
    world.create()
    revision = put(world, json.dumps(json.loads(policy()), indent=4))
    assert len(revision) == 13
    scrambled = {"Statement": [dict(reversed(statement().items()))], "Version": "2012-10-17"}
    for same in (
        policy(),
        json.dumps(scrambled),
        policy(statement(Action=["dynamodb:GetItem"])),
        policy(statement(Principal={"AWS": ACCOUNT})),
    ):
        assert put(world, same) == revision
    world.wait(16)
    other = settled(world, allowing("PutItem"))
    assert int(put(world, policy())) > int(other) > int(revision)


def test_209_347_another_revision_than_expected_is_refused_before_everything_else(world: World) -> None:
    world.create()
    first = settled(world, policy())
    second = put(world, allowing("PutItem"), ExpectedRevisionId=first)
    text = f"policy with revision id {first}, but the policy associated to target table {TABLE} has revision id"
    third = allowing("Query")
    assert_refused("PolicyNotFoundException", text, put, world, third, ExpectedRevisionId=first)
    assert_refused("PolicyNotFoundException", text, delete, world, ExpectedRevisionId=first)
    assert_refused(*PENDING, put, world, third, ExpectedRevisionId=second)
    world.wait(16)
    assert delete(world, ExpectedRevisionId=second) == second


def test_205_a_revision_is_expected_where_there_is_no_policy(world: World) -> None:
    world.create()
    text = f"Requested update for policy with revision id 1, but table {TABLE} has no associated policy"
    assert_refused("PolicyNotFoundException", text, put, world, policy(), ExpectedRevisionId="1")
    assert_refused("PolicyNotFoundException", text, delete, world, ExpectedRevisionId="1")


def test_d_no_policy_is_what_can_be_expected_too(world: World) -> None:
    world.create()
    revision = settled(world, policy(), ExpectedRevisionId="NO_POLICY")
    text = f"Requested policy update expecting none to be present for table {TABLE}, but a policy exists with revision"
    assert_refused(
        "PolicyNotFoundException",
        f"{text} id {revision}",
        put,
        world,
        allowing("Query"),
        ExpectedRevisionId="NO_POLICY",
    )


# How it reads back


def test_208_351_a_policy_reads_back_minified_and_in_a_fixed_order(world: World) -> None:
    world.create()
    scrambled = {"Statement": [dict(reversed(statement(Action=["dynamodb:GetItem"]).items()))], "Version": "2012-10-17"}
    settled(world, json.dumps(scrambled, indent=8))
    expected = (
        '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"' + ROOT + '"},'
        '"Action":"dynamodb:GetItem","Resource":"*"}]}'
    )
    assert get(world)["Policy"] == expected
    assert put(world, expected) == get(world)["RevisionId"]


@pytest.mark.parametrize(
    ("element", "sent", "stored"),
    [
        ("Principal", {"AWS": ACCOUNT}, {"AWS": ROOT}),  # 352
        ("Principal", {"AWS": [ACCOUNT, ROOT]}, {"AWS": ROOT}),
        ("Action", ["dynamodb:Query", "dynamodb:GetItem"], ["dynamodb:Query", "dynamodb:GetItem"]),  # 353
        ("Action", ["dynamodb:GetItem", "dynamodb:GetItem"], ["dynamodb:GetItem", "dynamodb:GetItem"]),
        ("Action", "dynamodb:getitem", "dynamodb:getitem"),
        ("Resource", ["*"], "*"),
        (
            "Condition",
            {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT]}},
            {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
        ),
        ("Effect", "allow", "Allow"),  # 355
        ("Sid", None, None),
    ],
)
def test_352_353_355_how_each_element_reads_back(world: World, element: str, sent: Any, stored: Any) -> None:
    world.create()
    settled(world, policy(statement(**{element: sent})))
    assert read(world)["Statement"][0].get(element) == stored


def test_355_one_statement_alone_reads_back_as_a_list(world: World) -> None:
    world.create()
    settled(world, json.dumps({"Version": "2012-10-17", "Statement": statement()}))
    assert len(read(world)["Statement"]) == 1


def test_354_a_missing_version_reads_back_as_the_old_one_and_yet_is_another_policy(world: World) -> None:
    world.create()
    without = policy(version=None)
    revision = settled(world, without)
    assert read(world)["Version"] == "2008-10-17"
    assert put(world, without) == revision
    assert settled(world, get(world)["Policy"]) != revision
    assert read(world)["Version"] == "2008-10-17"


# What is refused


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (policy().ljust(20481), "Maximum policy size of 20480 bytes exceeded"),  # 211
        ("{not json", "Invalid policy document: This policy contains invalid Json"),
        (json.dumps({"Statement": []}), "Invalid policy document: Could not parse the policy: Statement is empty!"),
        (policy(statement(Resource=None)), "Invalid policy document: Missing required field Resource"),
        (
            policy(statement(Action=["dynamodb:GetRecords", "dynamodb:DescribeStream"])),
            'The following action names are invalid: "dynamodb:GetRecords", "dynamodb:DescribeStream"',
        ),
        (policy(statement(Action="s3:GetObject")), 'The following action names are invalid: "s3:GetObject"'),
        (policy(statement(Resource=f"{arn()}/stream/x")), f'The relative-id "table/{TABLE}/stream/x" is invalid for'),
        (policy(statement(), statement()), "The Statement Ids in the policy are not unique"),  # 356
        (policy(statement(Principal=ACCOUNT)), "Invalid policy document: Syntax error at position"),
        (policy(statement(Effect="Maybe")), "Invalid policy document: Syntax error at position"),
        (policy(statement(Principal="*")), GUARDRAIL),
        (policy(statement(Principal={"AWS": "*"})), GUARDRAIL),
        (policy(statement(Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}})), GUARDRAIL),
    ],
)
def test_211_356_an_invalid_policy_changes_nothing(world: World, text: str, reason: str) -> None:
    world.create()
    before = settled(world, policy())
    assert_refused("ValidationException", reason, put, world, text)
    assert get(world)["RevisionId"] == before
    assert_refused("ValidationException", reason, world.create, table="another", ResourcePolicy=text)
    assert world.client().list_tables()["TableNames"] == [TABLE]


def test_211_the_largest_policy_and_any_resource_are_taken(world: World) -> None:
    world.create()
    settled(world, policy().ljust(20480))
    for resource in (arn(table="another"), f"{arn()}/index/by_id", [f"{arn()}/index/*", arn()]):
        settled(world, policy(statement(Resource=resource)))


def test_d_everybody_under_a_condition_that_limits_it_is_taken(world: World) -> None:
    world.create()
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    put(world, policy(statement(Principal="*", Condition=condition)))


@pytest.mark.parametrize(
    ("resource", "code", "text"),
    [
        (TABLE, "ValidationException", f"ARNs must start with 'arn:': {TABLE}"),
        (arn(table="missing"), "ResourceNotFoundException", "Table: missing not found"),
        (arn(table=TABLE.upper()), "ResourceNotFoundException", f"Table: {TABLE.upper()} not found"),
        (arn().replace(ACCOUNT, "111111111111"), "ValidationException", "accounts that match the resource owner’s"),
        (arn(EUROPE), "ValidationException", f"Invalid resource Arn: {arn(EUROPE)}"),
        (arn().replace("aws", "aws-cn", 1), "ValidationException", "Invalid resource Arn: arn:aws-cn:dynamodb:"),
        (f"{arn()}/index/by_id", "ValidationException", "only table or stream is accepted. Provided resource arn: arn"),
        (f"{arn()}/backup/01", "ValidationException", f"Provided Arn is not a DynamoDB resource arn: {arn()}/backup"),
        (f"{arn()}/stream/2000", "ResourceNotFoundException", f"Stream: 2000 not found for Table: {TABLE}"),
    ],
)
def test_212_what_a_policy_cant_be_attached_to(world: World, resource: str, code: str, text: str) -> None:
    world.create()
    assert_refused(code, text, get, world, HOME, resource)


@pytest.mark.parametrize(
    "text",
    [
        denying(),
        denying("dynamodb:PutResourcePolicy"),
        denying("dynamodb:PutResourcePolicy", {"AWS": ACCOUNT}),
        denying("dynamodb:Put*", Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:sts::{ACCOUNT}:user/moto"}}),
        denying(Condition={"StringNotEquals": {"aws:PrincipalArn": ADMIN}}),
        denying("dynamodb:Put*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
    ],
)
def test_210_nobody_locks_himself_out_unless_he_says_so(world: World, text: str) -> None:
    world.create()
    code, reason = refused(put, world, text)
    assert code == "AccessDeniedException"
    assert reason == "The new resource policy will not allow you to update the resource policy in the future."
    put(world, text, ConfirmRemoveSelfResourceAccess=True)


@pytest.mark.parametrize(
    "text",
    [
        denying("dynamodb:DeleteResourcePolicy"),  # 270
        denying("dynamodb:PutResourcePolicy", {"AWS": ADMIN}),
        denying(Resource=arn(table="another")),
        denying(Condition={"StringEquals": {"aws:PrincipalArn": ADMIN}}),
        policy(statement(Effect="Deny", Principal="*", Action=None, NotAction="dynamodb:*")),
    ],
)
def test_210_a_denial_of_anything_else_is_taken(world: World, text: str) -> None:
    world.create()
    put(world, text)


# A table's states


def test_014_214_a_table_that_isnt_there(world: World) -> None:
    for call in (get, delete):
        assert_refused(*MISSING, call, world)
    assert_refused(*MISSING, put, world, policy())


def test_233_a_policy_at_creation_is_readable_after_two_seconds(world: World) -> None:
    described = world.client().create_table(**NEW_TABLE, ResourcePolicy=policy())["TableDescription"]
    assert not [name for name in described if "Policy" in name]
    assert_refused(*MISSING, get, world)
    world.wait(2.2)
    assert world.status() == "CREATING"
    assert read(world)["Statement"] == [statement()]


def test_234_a_table_that_is_creating_knows_no_policy_at_first_and_takes_none(world: World) -> None:
    world.client().create_table(**NEW_TABLE)
    assert_refused(*MISSING, put, world, policy())
    assert_refused(*MISSING, delete, world)
    world.wait(2.5)
    assert world.status() == "CREATING"
    assert_refused("ResourceInUseException", IN_USE, put, world, policy())


def test_234_a_table_that_is_updating_takes_a_policy(world: World) -> None:
    world.create()
    world.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    put(world, policy())
    world.wait(3)
    assert read(world)["Statement"] == [statement()]


def test_122_236_a_table_that_is_deleting_shows_its_policy_and_changes_it_no_more(world: World) -> None:
    world.create()
    revision = settled(world, policy())
    world.client().delete_table(TableName=TABLE)
    assert get(world)["RevisionId"] == revision
    assert put(world, policy()) == revision
    being_deleted = ("ResourceInUseException", f"{IN_USE}Table is being deleted: {TABLE}")
    assert_refused(*being_deleted, put, world, allowing("PutItem"))
    assert_refused(*being_deleted, delete, world)
    world.wait(20)
    assert_refused(*MISSING, get, world)
    world.create()
    assert_refused(*NOT_FOUND, get, world)  # 271, 436


def test_348_a_table_cant_be_deleted_right_after_its_policy_changed(world: World) -> None:
    world.create()
    put(world, policy())
    pending = ("ResourceInUseException", f"{IN_USE}Table: {TABLE} has a pending resource-based policy update.")
    remove = world.client().delete_table
    assert_refused(*pending, remove, TableName=TABLE)
    world.wait(16)
    delete(world)
    assert_refused(*pending, remove, TableName=TABLE)
    world.wait(3)
    remove(TableName=TABLE)


def test_348_an_equivalent_policy_lets_a_table_be_deleted(world: World) -> None:
    world.create()
    settled(world, policy())
    put(world, policy())
    world.client().delete_table(TableName=TABLE)


# Streams


def test_213_a_streams_policy_is_its_own(world: World) -> None:
    world.create(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    stream = world.describe()["LatestStreamArn"]
    text = policy(statement(Action="dynamodb:GetRecords", Resource=stream))
    revision = put(world, text, resource=stream)
    world.wait(3)
    assert get(world, HOME, stream)["RevisionId"] == revision
    assert_refused(*NOT_FOUND, get, world)
    put(world, policy())
    label = world.describe()["LatestStreamLabel"]
    too_soon = f"Resource-based policy for stream {label} modified within the previous 15000 milliseconds."
    assert_refused("ThrottlingException", too_soon, delete, world, HOME, stream)
    world.wait(16)
    assert delete(world, HOME, stream) == revision
    assert read(world)["Statement"] == [statement()]


def test_212_a_tables_action_is_not_for_a_stream(world: World) -> None:
    world.create(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    stream = world.describe()["LatestStreamArn"]
    text = 'The following action names are invalid: "dynamodb:GetItem"'
    assert_refused("ValidationException", text, put, world, policy(), HOME, stream)


# Regions, and what replication needs


def test_a_policy_never_follows_a_table(world: World) -> None:
    """AWS_FACTS section 4."""
    world.create()
    settled(world, policy())
    world.add(EUROPE)
    code, _ = refused(get, world, EUROPE)
    assert code == "PolicyNotFoundException"
    settled(world, allowing("Query"), EUROPE)
    assert (read(world)["Statement"][0]["Action"], read(world, EUROPE)["Statement"][0]["Action"]) == (
        "dynamodb:GetItem",
        "dynamodb:Query",
    )


def test_298_a_replica_that_is_creating_knows_no_policy_and_its_source_takes_one(world: World) -> None:
    world.create()
    world.put("one")
    world.change_replica("Create", EUROPE)
    world.wait(120)
    assert world.status(EUROPE) == "CREATING"
    assert_refused(*MISSING, get, world, EUROPE)
    put(world, policy())


def denying_replication(region: str) -> list[str]:
    return [
        denying("dynamodb:PutItem", {"AWS": REPLICATION_ROLE}),
        denying("dynamodb:UpdateItem", {"Service": REPLICATION}),
        denying("dynamodb:Scan"),
        denying("*", Condition={"StringNotEquals": {"aws:PrincipalArn": [ADMIN, f"arn:aws:sts::{ACCOUNT}:user/moto"]}}),
        denying("dynamodb:*Item", Resource=arn(region)),
    ]


@pytest.mark.parametrize("number", range(5))
def test_d_a_policy_that_denies_replication_cuts_the_replica_off_until_it_is_gone(world: World, number: int) -> None:
    world.create_global(EUROPE, ASIA)
    put(world, denying_replication(EUROPE)[number], EUROPE)
    world.wait(5)
    assert world.status(EUROPE) == "REPLICATION_NOT_AUTHORIZED"
    assert world.replicas() == {EUROPE: "REPLICATION_NOT_AUTHORIZED", ASIA: "ACTIVE"}
    world.put("to europe")
    world.put("from europe", EUROPE)
    world.wait(60)
    assert (world.get("to europe", EUROPE), world.get("from europe")) == (None, None)
    assert world.get("to europe", ASIA) is not None
    delete(world, EUROPE)
    world.wait(200)
    assert world.status(EUROPE) == "REPLICATION_NOT_AUTHORIZED"  # 324: enforcement lags
    world.wait(100)
    assert (world.status(EUROPE), world.replicas()[EUROPE]) == ("ACTIVE", "ACTIVE")
    world.wait(60)
    assert None not in (world.get("to europe", EUROPE), world.get("from europe"))


def test_d_while_replication_is_denied_no_replica_is_added_or_deleted(world: World) -> None:
    world.create_global(EUROPE)
    put(world, denying("dynamodb:Scan"), EUROPE)
    world.wait(5)
    denied = ("AccessDeniedException", f"User: {REPLICATION_ROLE} is not authorized to perform: dynamodb:")
    assert_refused(*denied, world.change_replica, "Create", ASIA)
    assert_refused(*denied, world.change_replica, "Delete", EUROPE)
    assert_refused(*denied, world.client(EUROPE).delete_table, TableName=TABLE)
    code, _ = refused(world.update, DeletionProtectionEnabled=True)
    assert code == "ResourceInUseException"


@pytest.mark.parametrize("at_creation", [True, False])
def test_d_a_table_whose_policy_denies_replication_gets_no_replica(world: World, at_creation: bool) -> None:
    text = denying("dynamodb:UpdateItem", {"AWS": REPLICATION_ROLE})
    world.create(**({"ResourcePolicy": text} if at_creation else {}))
    if not at_creation:
        settled(world, text)
    code, _ = refused(world.change_replica, "Create", EUROPE)
    assert code == "AccessDeniedException"
    assert (world.status(), world.status(EUROPE)) == ("ACTIVE", "absent")


def test_d_after_twenty_hours_it_is_a_table_of_its_own(world: World) -> None:
    world.create_global(EUROPE, ASIA)
    put(world, denying("dynamodb:Scan"), EUROPE)
    world.wait(19.9 * 3600)
    assert EUROPE in world.replicas()
    world.wait(0.2 * 3600)
    assert world.replicas() == {ASIA: "ACTIVE"}
    assert world.status(EUROPE) == "ACTIVE"
    assert "Replicas" not in world.describe(EUROPE)


def test_d_a_denial_that_ended_in_time_changes_nothing_later(world: World) -> None:
    world.create_global(EUROPE)
    settled(world, denying("dynamodb:Scan"), EUROPE)
    delete(world, EUROPE)
    world.wait(21 * 3600)
    assert world.replicas() == {EUROPE: "ACTIVE"}


def pausing(actions: list[str], resource: str, until: datetime.datetime) -> dict[str, Any]:
    """What AWS FIS appends to the policies of a table and of its stream to pause replication [D]."""
    condition = {
        "DateLessThan": {"aws:CurrentTime": until.isoformat(timespec="milliseconds").replace("+00:00", "Z")},
        "ArnEquals": {"aws:PrincipalArn": REPLICATION_ROLE},
    }
    actions = [f"dynamodb:{action}" for action in actions]
    return {
        "Sid": "DoNotModifyFisDynamoDbPauseReplicationEXP1234567890abcdef",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": actions,
        "Resource": resource,
        "Condition": condition,
    }


def test_d_a_statement_of_fis_pauses_replication_until_its_end(world: World) -> None:
    world.create_global(EUROPE)
    stream = world.describe()["LatestStreamArn"]
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=10)
    on_table = pausing(["GetItem", "PutItem", "UpdateItem", "DeleteItem", "DescribeTable", "Scan"], arn(HOME), until)
    on_stream = pausing(["GetRecords", "DescribeStream", "GetShardIterator"], stream, until)
    for resource, statement in ((arn(HOME), on_table), (stream, on_stream)):
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        world.client().put_resource_policy(ResourceArn=resource, Policy=text)
    world.wait(5)
    read = json.loads(world.client().get_resource_policy(ResourceArn=arn(HOME))["Policy"])
    assert read["Statement"][0]["Sid"].startswith("DoNotModifyFisDynamoDbPauseReplication")
    world.put("from home")
    world.put("to home", EUROPE)
    world.wait(500)
    assert (world.get("from home"), world.get("from home", EUROPE), world.get("to home")) == (
        {"id": "from home"},
        None,
        None,
    )
    assert world.replicas(EUROPE) == {HOME: "REPLICATION_NOT_AUTHORIZED"}
    world.wait(11 * 60 / 0.02)
    assert (world.status(), world.replicas(EUROPE)) == ("ACTIVE", {HOME: "ACTIVE"})
    assert None not in (world.get("from home", EUROPE), world.get("to home"))


def test_d_a_statement_of_fis_whose_end_has_passed_pauses_nothing(world: World) -> None:
    world.create_global(EUROPE)
    until = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=1)
    text = json.dumps({"Version": "2012-10-17", "Statement": [pausing(["PutItem"], arn(HOME), until)]})
    world.client().put_resource_policy(ResourceArn=arn(HOME), Policy=text)
    world.put("one")
    world.wait(500)
    assert world.replicas(EUROPE) == {HOME: "ACTIVE"}
    assert world.get("one", EUROPE)
    nonsense = text.replace("DateLessThan", "DateAround")
    put = world.client().put_resource_policy
    assert_refused("ValidationException", "Syntax error", put, ResourceArn=arn(HOME), Policy=nonsense)

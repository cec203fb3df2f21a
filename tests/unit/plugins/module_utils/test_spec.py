# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input is refused before any call, in one sentence per problem that says what to change."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import arguments, spec

KNOWN = {"us-east-1": "aws", "eu-west-1": "aws", "eu-west-2": "aws", "ap-southeast-2": "aws", "cn-north-1": "aws-cn"}


def parse(tables: list[dict[str, t.Any]], home: str | None = "us-east-1", **params: t.Any) -> list[spec.Table]:
    """As the modules do: arguments arrive as JSON, and Ansible's own validation comes first."""
    sent = json.loads(json.dumps({"tables": tables, **params}))
    result = ArgumentSpecValidator(arguments.COMMON_OPTIONS).validate(sent)
    assert result.error_messages == []
    return spec.parse(result.validated_parameters, home, KNOWN)


def refused(tables: list[dict[str, t.Any]], **params: t.Any) -> str:
    with pytest.raises(spec.Refused) as refusal:
        parse(tables, **params)
    return str(refusal.value)


ORDERS = {"name": "orders", "partition_key": "id"}
STRONG = {**ORDERS, "consistency": "strong", "replicas": [{"region": "eu-west-1"}, {"region": "ap-southeast-2"}]}


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"name": "ab"}, "table 'ab': a table's name has 3 to 255 characters"),
        ({"name": "a" * 256}, "3 to 255 characters"),
        ({"name": "orders/eu"}, "table 'orders/eu': a table's name"),
        ({**ORDERS, "sort_key": "id"}, "partition_key and sort_key must be two attributes"),
        ({"name": "orders", "sort_key": "at"}, "sort_key needs partition_key beside it"),
        ({**ORDERS, "partition_key": "k" * 256}, "must have 1 to 255 characters"),
        (
            {**ORDERS, "attribute_types": {"id": "BOOL"}},
            "id is 'BOOL', but a key is S (string), N (number) or B (binary)",
        ),
        ({**ORDERS, "attribute_types": {"colour": "S"}}, "colour is no key of the table or of an index"),
        ({**ORDERS, "billing_mode": "PROVISIONED"}, "needs read_capacity and write_capacity of the table"),
        ({**ORDERS, "billing_mode": "PROVISIONED", "read_capacity": 0, "write_capacity": 1}, "must be at least 1"),
        ({**ORDERS, "billing_mode": "PAY_PER_REQUEST", "read_capacity": 5}, "need billing_mode PROVISIONED"),
        ({**ORDERS, "read_capacity": 5, "write_capacity": 5}, "need billing_mode: PROVISIONED beside them"),
        ({**ORDERS, "ttl": {"enabled": True}}, "needs ttl.attribute"),
        ({**ORDERS, "stream": {"enabled": False, "view_type": "KEYS_ONLY"}}, "view_type needs stream.enabled: true"),
        ({**ORDERS, "point_in_time_recovery": {"enabled": True, "recovery_period_days": 36}}, "must be 1 to 35"),
        ({**ORDERS, "point_in_time_recovery": {"enabled": False, "recovery_period_days": 3}}, "needs enabled: true"),
        ({**ORDERS, "tags": {"AWS:x": "y"}}, "belong to AWS"),
        ({**ORDERS, "tags": {f"t{n}": "" for n in range(51)}}, "51 tags, but a table can have 50"),
        ({**ORDERS, "tags": {"x": "y" * 257}}, "a value up to 256"),
        ({**ORDERS, "tags": {"x": ["y"]}}, "the value must be a string"),
        (
            {**ORDERS, "consistency": "strong", "disassociation_protection": False},
            "there is no protection to turn off: remove disassociation_protection: false",
        ),
        ({**ORDERS, "purge_tags": True}, "purge_tags needs tags beside it"),
        ({**ORDERS, "local_secondary_indexes": [{"name": "by-at", "sort_key": "at"}]}, "need a table with a sort_key"),
        (
            {**ORDERS, "global_secondary_indexes": [{"name": "x", "partition_keys": ["a"]}]},
            "an index's name has 3 to 255",
        ),
        ({**ORDERS, "global_secondary_indexes": [{"name": "by-a", "partition_keys": list("abcde")}]}, "one to four"),
        (
            {**ORDERS, "global_secondary_indexes": [{"name": "by-a", "partition_keys": ["a"]}] * 2},
            "index 'by-a' is listed 2 times",
        ),
        (
            {
                **ORDERS,
                "global_secondary_indexes": [{"name": "by-a", "partition_keys": ["a"], "projection": "INCLUDE"}],
            },
            "INCLUDE and non_key_attributes go together",
        ),
        ({**ORDERS, "region": "mars-1"}, "table 'orders', region: region 'mars-1' is unknown"),
        ({**ORDERS, "replicas": [{"region": "eu-west-9"}]}, "region 'eu-west-9' is unknown"),
        ({**ORDERS, "replicas": [{"region": "eu-west-1"}] * 2}, "region eu-west-1 is listed 2 times"),
        ({**ORDERS, "exclude_regions": ["eu-west-9"]}, "region 'eu-west-9' is unknown"),
        ({**ORDERS, "witness_region": "eu-west-1"}, "witness_region needs consistency: strong"),
        ({**STRONG, "witness_region": "moon-1"}, "table 'orders', witness_region: region 'moon-1' is unknown"),
        ({**STRONG, "witness_region": "cn-north-1"}, "its regions lie in aws and aws-cn"),
        ({**STRONG, "witness_region": "eu-west-1"}, "witness_region eu-west-1 is the region of a member"),
        (
            {**STRONG, "replicas": [{"region": "eu-west-1"}]},
            "takes exactly three regions, or two and a witness_region, but has us-east-1, eu-west-1",
        ),
        ({**STRONG, "replicas": []}, "takes exactly three regions, or two and a witness_region, but has us-east-1"),
        (
            {
                **STRONG,
                "replicas": [{"region": "eu-west-1"}, {"region": "ap-southeast-2"}],
                "witness_region": "eu-west-2",
            },
            "but has us-east-1, eu-west-1, ap-southeast-2, eu-west-2",
        ),
        ({**STRONG, "ttl": {"enabled": True, "attribute": "until"}}, "can't have TTL"),
        (
            {**STRONG, "sort_key": "at", "local_secondary_indexes": [{"name": "by-a", "sort_key": "a"}]},
            "can't have local_secondary_indexes",
        ),
        (
            {**ORDERS, "replicas": [{"region": "eu-west-1", "read_capacity": "many"}]},
            "table 'orders', replica eu-west-1: read_capacity is 'many', but must be a number from 1 or inherit",
        ),
        (
            {**ORDERS, "stream": {"enabled": False}, "replicas": [{"region": "eu-west-1"}]},
            "replicates through its stream",
        ),
        (
            {**ORDERS, "replicas": [{"region": "eu-west-1", "tags": {"aws:x": "y"}}]},
            "table 'orders', replica eu-west-1: tag 'aws:x'",
        ),
    ],
)
def test_a_table_that_the_service_would_refuse_is_refused_first(table, sentence):
    assert sentence in refused([table])


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        (
            {"replica_regions": ["eu-west-1", "eu-west-1"]},
            "replica_regions (dynamodb_replica_regions): region eu-west-1 is",
        ),
        ({"replica_regions": ["moon-1"]}, "region 'moon-1' is unknown"),
        ({"absent_regions": ["moon-1"]}, "absent_regions (dynamodb_absent_regions): region 'moon-1' is unknown"),
        ({"absent_regions": ["us-east-1"]}, "us-east-1 is its home region and can't be removed as a replica"),
        (
            {"replica_regions": ["eu-west-1"], "absent_regions": ["eu-west-1"]},
            "wanted as a replica and named in absent",
        ),
        (
            {"replica_defaults": {"eu-west-1": {"colour": 1}}},
            "(dynamodb_replica_defaults), eu-west-1: colour is no option",
        ),
        (
            {"replica_defaults": {"eu-west-1": ["tags"]}},
            '(dynamodb_replica_defaults), eu-west-1 is ["tags"], but must be a dictionary',
        ),
        ({"replica_defaults": {"moon-1": {}}}, "replica_defaults (dynamodb_replica_defaults), moon-1: region 'moon-1'"),
        ({"home": "moon-1"}, "region (dynamodb_region): region 'moon-1' is unknown"),
        ({"home": None}, "no home region: set region on the table, or dynamodb_region"),
        ({"only": ["orders", "basket*"]}, "only (dynamodb_only): no table matches basket*. The tables are: orders."),
        ({"only": []}, "no table matches an empty list"),
    ],
)
def test_what_is_said_for_all_tables_is_refused_too(params, sentence):
    assert sentence in refused([ORDERS], **params)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({**ORDERS, "partition_key": ""}, "the key attribute '' must have 1 to 255 characters"),
        ({**ORDERS, "sort_key": ""}, "the key attribute '' must have 1 to 255 characters"),
        (
            {**ORDERS, "global_secondary_indexes": [{"name": "by-a", "partition_keys": ["a"], "sort_keys": ["a"]}]},
            "index 'by-a' names a key twice",
        ),
        ({**ORDERS, "replicas": [{"region": "cn-north-1"}]}, "its regions lie in aws and aws-cn"),
        (
            {**ORDERS, "replicas": [{"region": "us-east-1", "deletion_protection": True}]},
            "us-east-1 is its home region: set that on the table itself",
        ),
        (
            {**ORDERS, "replicas": [{"region": "eu-west-1", "state": "absent"}], "exclude_regions": ["eu-west-1"]},
            "eu-west-1 is excluded and its replica to be removed",
        ),
        (
            {
                **ORDERS,
                "replicas": [{"region": "eu-west-1", "state": "disassociated"}],
                "exclude_regions": ["eu-west-1"],
            },
            "eu-west-1 is excluded and its replica to be removed or disassociated",
        ),
    ],
)
def test_what_ansible_lets_through_is_refused_too(table, sentence):
    assert sentence in refused([table])


@pytest.mark.parametrize("account_id", ["", "12345678901", "1234-5678-9012"])
def test_an_account_id_that_is_none_is_no_account_id(account_id):
    assert "must be 12 digits, in quotes" in refused([ORDERS], account_id=account_id)


def test_no_tables_are_refused():
    assert refused([]) == "tables (dynamodb_tables) is empty: list at least one table."


def test_one_table_listed_twice_is_refused_once():
    assert refused([ORDERS, ORDERS]) == "table 'orders' is listed 2 times: list it once."


def test_every_problem_of_every_table_is_named_at_once():
    message = refused([{**ORDERS, "sort_key": "id"}, {"name": "x"}])
    assert message.startswith("2 problems:\n")
    assert "'orders'" in message and "'x'" in message


def test_a_problem_that_many_tables_have_takes_one_line():
    tables = [{"name": f"table-{number}", "ttl": {"enabled": True}} for number in range(100)]
    assert refused([*tables, {**ORDERS, "encryption": True}]).count("\n") == 0
    assert refused([*tables, {**ORDERS, "sort_key": "id"}]).splitlines() == [
        "2 problems:",
        "tables 'table-0', 'table-1', 'table-2' and 97 more: ttl.enabled: true needs ttl.attribute, "
        "the attribute that holds the expiry time.",
        "table 'orders': partition_key and sort_key must be two attributes.",
    ]


def test_unset_and_null_are_unmanaged():
    (table,) = parse(
        [{**ORDERS, "tags": None, "point_in_time_recovery": {"enabled": True, "recovery_period_days": None}}]
    )
    assert table.settings == {"partition_key": "id", "point_in_time_recovery": {"enabled": True}}


def test_a_tables_own_option_replaces_the_default_of_that_name():
    defaults = {"tags": {"team": "shop"}, "deletion_protection": True}
    first, second = parse([ORDERS, {"name": "baskets", "tags": {"a": "b"}}], table_defaults=defaults)
    assert first.settings["tags"] == {"team": "shop"}
    assert second.settings == {"tags": {"a": "b"}, "deletion_protection": True}


def test_tags_are_text_as_the_service_keeps_them():
    (table,) = parse(
        [{**ORDERS, "tags": {"cost": 12, 7: True}, "replicas": [{"region": "eu-west-1", "tags": {"n": 1}}]}]
    )
    assert table.settings["tags"] == {"cost": "12", "7": "True"}
    assert table.replicas["eu-west-1"].settings["tags"] == {"n": "1"}


def test_wanted_regions_are_everybodys_and_the_tables_own_without_the_excluded_and_home():
    (table,) = parse(
        [{**ORDERS, "exclude_regions": ["eu-west-1"], "replicas": [{"region": "ap-southeast-2"}]}],
        replica_regions=["us-east-1", "eu-west-1"],
    )
    assert table.regions == ("us-east-1", "ap-southeast-2")


def test_a_replicas_options_are_those_of_every_region_then_of_its_region_then_its_own():
    (table,) = parse(
        [{**ORDERS, "replicas": [{"region": "eu-west-1", "tags": {"own": "1"}}]}],
        replica_regions=["eu-west-1", "ap-southeast-2"],
        replica_defaults={
            "*": {"deletion_protection": True, "tags": {"all": "1"}},
            "eu-west-1": {"deletion_protection": False},
        },
    )
    assert table.replicas["eu-west-1"].settings == {"deletion_protection": False, "tags": {"own": "1"}}
    assert table.replicas["ap-southeast-2"].settings == {"deletion_protection": True, "tags": {"all": "1"}}


def test_a_strongly_consistent_group_that_is_to_go_has_no_other_members():
    (table,) = parse([{**ORDERS, "consistency": "strong"}], absent_regions=["eu-west-1", "ap-southeast-2"])
    assert (table.regions, table.consistency) == (("us-east-1",), "strong")
    both = {"absent_regions": ["eu-west-2"], "replica_regions": ["eu-west-1"]}
    assert "eu-west-2 is wanted as the witness's region and to be left" in refused(
        [{**ORDERS, "consistency": "strong", "witness_region": "eu-west-2"}], **both
    )


def test_an_entry_that_is_disassociated_is_no_replica_and_keeps_what_is_said_of_its_protection():
    entry = {"region": "eu-west-1", "state": "disassociated", "disassociation_protection": False}
    (table,) = parse([{**ORDERS, "replicas": [entry]}], replica_regions=["eu-west-1", "ap-southeast-2"])
    assert table.regions == ("us-east-1", "ap-southeast-2")
    assert table.listed_regions == ("us-east-1", "ap-southeast-2", "eu-west-1")
    assert table.disassociated["eu-west-1"].settings == {"disassociation_protection": False}
    both = refused([{**ORDERS, "replicas": [entry]}], absent_regions=["eu-west-1"])
    assert "eu-west-1 is wanted as disassociated and named in absent_regions" in both


def test_an_entry_that_is_absent_names_its_region_for_removal():
    (table,) = parse(
        [{**ORDERS, "replicas": [{"region": "eu-west-1", "state": "absent"}]}], replica_regions=["eu-west-1"]
    )
    assert table.replicas == {}
    assert table.absent_regions == ("eu-west-1",)


def test_only_selects_by_name_or_glob():
    tables = [{"name": name} for name in ("orders", "order-lines", "baskets")]
    assert [table.name for table in parse(tables, only=["order*"])] == ["orders", "order-lines"]


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"tables": [{"name": "********-orders", "partition_key": "id"}]}, "tables[********-orders].name"),
        ({"tables": [{**ORDERS, "tags": {"team": spec.MASK}}]}, f"tables[orders].tags.team is '{spec.MASK}'"),
        ({"tables": [{**ORDERS, "tags": {"a-********": "b"}}]}, "tables[orders].tags, a name in it, is 'a-********'"),
        (
            {"tables": [ORDERS], "table_defaults": {"ttl": {"enabled": True, "attribute": "********"}}},
            "table_defaults.ttl",
        ),
        ({"tables": [ORDERS], "replica_defaults": {"*": {"kms_key": spec.MASK}}}, "replica_defaults.*.kms_key"),
        ({"tables": [ORDERS], "items": {"orders": [{"id": {"S": spec.MASK}}]}}, "items.orders[0].id.S"),
    ],
)
def test_text_that_ansible_has_masked_is_refused_where_it_stands(params, place):
    with pytest.raises(spec.Refused) as refusal:
        spec.parse(params, "us-east-1", KNOWN)
    assert place in str(refusal.value)
    assert "Ansible has put this in the place of a secret" in str(refusal.value)


def test_a_name_to_look_for_that_ansible_has_masked_is_refused():
    with pytest.raises(spec.Refused, match="in the place of a secret"):
        spec.parse_names({"names": ["********-orders"]}, "us-east-1", KNOWN)


def test_asterisks_in_a_users_item_are_the_users_own():
    assert parse([ORDERS]) == spec.parse(
        {"tables": [ORDERS], "items": {"orders": [{"id": {"S": "********1234"}}]}}, "us-east-1", KNOWN
    )


def sample(option: dict[str, t.Any]) -> t.Any:
    """A value of an option's type."""
    if "options" in option:
        value: t.Any = {name: sample(inner) for name, inner in option["options"].items() if inner.get("required")}
    else:
        value = {"str": option.get("choices", ["a"])[0], "bool": True, "int": 1, "float": 1.0, "dict": {}}.get(
            option.get("elements", option["type"]), "5"
        )
    return [value] if option["type"] == "list" else value


def wanted(tables: list[dict[str, t.Any]], **params: t.Any) -> list[spec.Table]:
    """Of what a user gives, options that aren't given left out."""
    return spec.parse({"tables": tables, **params}, "us-east-1", KNOWN)


@pytest.mark.parametrize("option", sorted(arguments.TABLE_OPTIONS.keys() - {"name"}))
def test_null_drops_the_default_of_any_option_of_a_table(option):
    defaults = {option: sample(arguments.TABLE_OPTIONS[option])}
    own = {} if option == "partition_key" else {"partition_key": "id"}
    (dropped,) = wanted([{"name": "orders", **own, option: None}], table_defaults=defaults)
    assert dropped == wanted([{"name": "orders", **own}])[0]


@pytest.mark.parametrize("where", ["*", "eu-west-1"])
@pytest.mark.parametrize("option", sorted(arguments.REPLICA_OPTIONS.keys() - {"region", "state"}))
def test_null_drops_the_default_of_any_option_of_a_replica(option, where):
    defaults = {where: {option: sample(arguments.REPLICA_OPTIONS[option])}}
    table = {**ORDERS, "replicas": [{"region": "eu-west-1", option: None}]}
    (dropped,) = wanted([table], replica_defaults=defaults)
    assert dropped == wanted([{**ORDERS, "replicas": [{"region": "eu-west-1"}]}])[0]


def test_null_of_a_region_drops_what_every_region_has():
    table = {**ORDERS, "replicas": [{"region": "eu-west-1"}]}
    (dropped,) = wanted([table], replica_defaults={"*": {"tags": {"a": "b"}}, "eu-west-1": {"tags": None}})
    assert dropped.replicas["eu-west-1"].settings == {}


def test_an_option_that_is_not_there_keeps_the_default():
    (kept,) = wanted([ORDERS], table_defaults={"sort_key": "at", "tags": None})
    assert kept.settings == {"partition_key": "id", "sort_key": "at"}


@pytest.mark.parametrize("regions", [[], [""]])
def test_no_region_that_is_to_be_left_is_nothing(regions):
    """An empty variable of CI arrives as a list of an empty string."""
    (table,) = wanted([ORDERS], absent_regions=regions, replica_regions=regions)
    assert (table.absent_regions, table.replicas) == ((), {})


def test_a_wrong_value_of_each_of_many_tables_is_one_line_and_those_of_no_table_stay_apart():
    problems = [f"table 'orders-{number}': recovery_period_days is {40 + number}." for number in range(5)]
    entries = [f"tables (dynamodb_tables), entry {number}: name is missing." for number in range(5)]
    assert str(spec.Refused([*problems, *entries])).splitlines() == [
        "6 problems:",
        *entries,
        "tables 'orders-0' and 4 more with other values: recovery_period_days is 40.",
    ]

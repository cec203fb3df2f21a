# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encryption of a table and of its replicas: on, changed and off, by keys that KMS was asked about."""

from __future__ import annotations

import typing as t

import boto3
import pytest
from caller import EU, US, changes, region

ORDERS = {"name": "orders", "partition_key": "id"}
OWNED, MANAGED = {"type": "aws_owned"}, {"type": "aws_managed"}


def customer(key: str) -> dict[str, str]:
    return {"type": "customer", "kms_key": key}


@pytest.fixture
def kms(served, admin) -> dict[str, t.Any]:
    """A client of KMS for each of two regions, where alias/first and alias/second stand for keys."""
    clients = {place: boto3.client("kms", region_name=place, endpoint_url=served.url) for place in (US, EU)}
    for client in clients.values():
        for alias in ("alias/first", "alias/second"):
            client.create_alias(AliasName=alias, TargetKeyId=client.create_key()["KeyMetadata"]["KeyId"])
    admin.clear_calls()
    return clients


def arn(kms: dict[str, t.Any], place: str, name: str) -> str:
    return kms[place].describe_key(KeyId=name)["KeyMetadata"]["Arn"]


def asked(admin) -> list[tuple[str, str]]:
    return [(call["region"], call["operation"]) for call in admin.calls() if call["service"] == "kms"]


@pytest.fixture
def carry_out(run_module, admin):
    """Both modules: each one's check mode predicts what it leaves, and the second run only reads."""

    def run(wanted: dict[str, t.Any], *replica_regions: str) -> dict[str, t.Any]:
        params = {"replica_regions": list(replica_regions)} if replica_regions else {}
        for module in ("tables", "replicas"):
            predicted = run_module(module, wanted, check_mode=True, **params)
            done = run_module(module, wanted, **params)
            assert "msg" not in done, done
            assert (predicted["changed"], predicted["diff"]) == (done["changed"], done["diff"])
        admin.clear_calls()
        for module in ("tables", "replicas"):
            assert not run_module(module, wanted, **params)["changed"]
        assert changes(admin) == []
        return done

    return run


def test_a_table_goes_from_key_to_key_and_back(carry_out, run_module, kms):
    first, second = arn(kms, US, "alias/first"), arn(kms, US, "alias/second")
    shown = [
        (customer("alias/first"), customer(first)),
        (customer(second), customer(second)),
        (MANAGED, MANAGED),
        (customer(first.rpartition("/")[2]), customer(first)),
        (OWNED, OWNED),
    ]
    for wanted, expected in shown:
        assert region(carry_out({**ORDERS, "encryption": wanted}))["encryption"] == expected
        info = run_module("tables_info", ORDERS)
        assert region(info)["encryption"] == expected
        assert info["tables"][0]["inventory"].get("encryption", OWNED) == expected


def test_kms_is_asked_only_where_a_key_is_named(carry_out, kms, admin):
    carry_out(ORDERS)
    carry_out({**ORDERS, "encryption": OWNED})
    assert asked(admin) == []


def test_a_group_goes_from_keys_to_keys_and_back(carry_out, run_module, kms):
    def wanted(home: dict[str, str], key: str | None = None) -> dict[str, t.Any]:
        return {**ORDERS, "encryption": home, "replicas": [{"region": EU, **({"kms_key": key} if key else {})}]}

    def keys(result: dict[str, t.Any]) -> list[dict[str, str]]:
        return [region(result, place)["encryption"] for place in (US, EU)]

    first, second = ({place: arn(kms, place, name) for place in (US, EU)} for name in ("alias/first", "alias/second"))
    result = carry_out(wanted(customer("alias/first"), "alias/first"))
    assert keys(result) == [customer(first[US]), customer(first[EU])]
    result = carry_out(wanted(customer("alias/first"), second[EU]))
    assert keys(result) == [customer(first[US]), customer(second[EU])]
    result = carry_out(wanted(customer("alias/second"), "alias/second"))
    assert keys(result) == [customer(second[US]), customer(second[EU])]
    assert keys(carry_out(wanted(MANAGED))) == [MANAGED, MANAGED]
    assert keys(carry_out(wanted(OWNED))) == [OWNED, OWNED]
    result = carry_out(wanted(customer("alias/first"), "alias/first"))
    assert keys(result) == [customer(first[US]), customer(first[EU])]
    (info,) = run_module("tables_info", ORDERS, replica_regions=[EU])["tables"]
    assert info["inventory"]["encryption"] == customer(first[US])
    assert info["inventory"]["replicas"] == [{"region": EU, "kms_key": first[EU]}]


def test_a_change_of_keys_that_was_not_answered_is_made_all_the_same(run_module, kms, admin):
    def wanted(name: str) -> dict[str, t.Any]:
        return {**ORDERS, "encryption": customer(name), "replicas": [{"region": EU, "kms_key": name}]}

    for module in ("tables", "replicas"):
        run_module(module, wanted("alias/first"))
    admin.lose_answer(operation="UpdateTable")
    done = run_module("replicas", wanted("alias/second"))
    assert "msg" not in done, done["msg"]
    assert done["changed"]
    assert region(done)["encryption"] == customer(arn(kms, US, "alias/second"))


def test_a_regions_default_key_is_for_the_tables_that_have_customers_keys(run_module, kms, admin):
    defaults = {"replica_regions": [EU], "replica_defaults": {EU: {"kms_key": "alias/first"}}}
    plain, keyed = {**ORDERS, "name": "plain"}, {**ORDERS, "name": "keyed", "encryption": customer("alias/first")}
    for module in ("tables", "replicas"):
        assert "msg" not in run_module(module, plain, keyed, **defaults)
    info = run_module("tables_info", names=["*"])
    shown = {table["name"]: table["regions"][1]["encryption"] for table in info["tables"]}
    assert shown == {"plain": OWNED, "keyed": customer(arn(kms, EU, "alias/first"))}


def test_313_a_replica_without_a_key_is_refused_before_any_call(run_module, admin):
    message = run_module("tables", {**ORDERS, "encryption": customer("alias/first")}, replica_regions=[EU])["msg"]
    assert message == (
        "table 'orders', replica eu-west-1: the table's encryption.type is customer, so this region needs a key of "
        "its own: set kms_key in the table's replicas entry of eu-west-1 or in replica_defaults "
        "(dynamodb_replica_defaults)."
    )
    assert admin.calls() == []


def test_a_key_of_a_replica_whose_table_has_none_is_refused_before_any_call(run_module, admin):
    entry = {"region": EU, "kms_key": "alias/first"}
    message = run_module("replicas", {**ORDERS, "replicas": [entry]})["msg"]
    assert "replica eu-west-1: kms_key needs encryption on the table, with type: customer" in message
    assert admin.calls() == []


def test_020_a_disabled_key_is_refused_before_any_change(run_module, kms, admin):
    kms[EU].disable_key(KeyId=arn(kms, EU, "alias/first").rpartition("/")[2])
    wanted = {**ORDERS, "encryption": customer("alias/first"), "replicas": [{"region": EU, "kms_key": "alias/first"}]}
    admin.clear_calls()
    message = run_module("tables", wanted)["msg"]
    assert "orders: the key alias/first in eu-west-1 is Disabled: enable it, or name another key" in message
    assert changes(admin) == []


def test_kms_that_denies_is_explained_and_nothing_changed(run_module, kms, admin):
    admin.fail("AccessDeniedException", operation="DescribeKey", region=US)
    message = run_module("tables", {**ORDERS, "encryption": customer("alias/first")})["msg"]
    assert "orders: access denied: kms:DescribeKey in us-east-1: allow that action" in message
    assert changes(admin) == []


def test_081_a_fifth_change_in_a_day_is_explained(run_module, kms, admin):
    wanted = [MANAGED, OWNED, MANAGED, OWNED, MANAGED]
    run_module("tables", ORDERS)
    messages = [run_module("tables", {**ORDERS, "encryption": option}).get("msg", "") for option in wanted]
    assert messages[:4] == ["", "", "", ""]
    assert "encryption of a table can be changed four times in 24 hours, then once in six" in messages[4]

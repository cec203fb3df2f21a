# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as Ansible runs them (arguments in as JSON, result out as JSON) against the simulator over HTTP."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import boto3
import pytest
from caller import AP, EU, MODULES, US, arguments_of, changes, region, statuses

ORDERS = {"name": "orders", "partition_key": "id", "sort_key": "at", "attribute_types": {"at": "N"}}


@pytest.fixture
def run(run_module):
    return run_module


# The whole path


def test_a_table_becomes_global_and_the_second_run_only_reads(run, admin):
    assert run("tables", ORDERS)["changed"]
    result = run("replicas", ORDERS, replica_regions=[EU, AP])
    assert result["summary"][-1] == "1 table: 1 changed, 0 unchanged"
    assert statuses(result) == {US: "ACTIVE", EU: "ACTIVE", AP: "ACTIVE"}
    assert changes(admin) == [(US, "CreateTable"), (US, "UpdateTable"), (US, "UpdateTable")]
    admin.clear_calls()
    assert not run("tables", ORDERS)["changed"]
    assert not run("replicas", ORDERS, replica_regions=[EU, AP])["changed"]
    assert {call["operation"] for call in admin.calls()} == {"DescribeTable"}


def test_check_mode_on_an_empty_account_shows_the_whole_plan_and_changes_nothing(run, admin):
    table = {**ORDERS, "tags": {"a": "b"}, "point_in_time_recovery": {"enabled": True}}
    made = run("tables", table, replica_regions=[EU], check_mode=True)
    assert [step["description"] for step in made["tables"][0]["steps"]] == [
        "create the table in us-east-1",
        "turn point-in-time recovery on in us-east-1",
    ]
    added = run("replicas", table, replica_regions=[EU], check_mode=True)
    assert added["summary"] == ["add a replica in eu-west-1: orders", "1 table: 1 to change, 0 unchanged"]
    assert changes(admin) == []


def test_the_diff_of_check_mode_is_the_diff_of_the_run(run, admin):
    run("tables", ORDERS)
    wanted = {**ORDERS, "replicas": [{"region": EU, "tags": {"a": "b"}}, {"region": AP}]}
    expected = run("replicas", wanted, check_mode=True, diff=True)["diff"]
    assert expected[0]["after"][EU]["tags"] == {"a": "b"}
    assert "tags" not in expected[0]["after"][AP]
    assert run("replicas", wanted, diff=True)["diff"] == expected


def test_adding_a_region_leaves_the_others_alone_and_a_missing_line_removes_nothing(run, admin):
    run("tables", ORDERS)
    run("replicas", ORDERS, replica_regions=[EU])
    admin.clear_calls()
    run("replicas", ORDERS, replica_regions=[EU, AP])
    assert changes(admin) == [(US, "UpdateTable")]
    result = run("replicas", ORDERS, replica_regions=[EU])
    assert not result["changed"]
    assert result["tables"][0]["notes"] == [
        "has a replica in ap-southeast-2 that isn't listed, and is left alone. To remove it: "
        "dynamodb_absent_regions: [ap-southeast-2]"
    ]


def test_a_region_is_left_when_it_is_named_and_can_be_entered_again(run, admin):
    run("tables", ORDERS)
    run("replicas", ORDERS, replica_regions=[EU])
    result = run("replicas", ORDERS, absent_regions=[EU])
    assert statuses(result) == {US: "ACTIVE", EU: "ABSENT"}
    assert statuses(run("replicas", ORDERS, replica_regions=[EU])) == {US: "ACTIVE", EU: "ACTIVE"}


def test_the_end_of_a_group_takes_its_own_word_and_enough_removals(run, admin):
    run("tables", ORDERS)
    run("replicas", ORDERS, replica_regions=[EU])
    admin.clear_calls()
    gone = {"name": "orders", "state": "absent"}
    assert "it has replicas in eu-west-1" in run("tables", gone, replica_regions=[EU])["msg"]
    gone["delete_replicas"] = True
    assert "set max_removals (dynamodb_max_removals) to 2" in run("tables", gone, replica_regions=[EU])["msg"]
    assert changes(admin) == []
    result = run("tables", gone, replica_regions=[EU], max_removals=2)
    assert statuses(result) == {US: "ABSENT", EU: "ABSENT"}
    assert not run("tables", gone, replica_regions=[EU])["changed"]


SETTINGS = [
    ("billing_mode", {"billing_mode": "PROVISIONED", "read_capacity": 3, "write_capacity": 4}),
    ("billing_mode", {"billing_mode": "PAY_PER_REQUEST"}),
    ("stream", {"stream": {"enabled": True, "view_type": "KEYS_ONLY"}}),
    ("stream", {"stream": {"enabled": True, "view_type": "NEW_IMAGE"}}),
    ("stream", {"stream": {"enabled": False}}),
    ("ttl", {"ttl": {"enabled": True, "attribute": "until"}}),
    ("ttl", {"ttl": {"enabled": False}}),
    ("table_class", {"table_class": "STANDARD_INFREQUENT_ACCESS"}),
    ("tags", {"tags": {"a": "1", "b": "2"}}),
    ("tags", {"tags": {"b": "3"}, "purge_tags": True}),
    ("tags", {"tags": {}, "purge_tags": True}),
    ("point_in_time_recovery", {"point_in_time_recovery": {"enabled": True, "recovery_period_days": 7}}),
    ("point_in_time_recovery", {"point_in_time_recovery": {"enabled": True, "recovery_period_days": 9}}),
    ("point_in_time_recovery", {"point_in_time_recovery": {"enabled": False}}),
    ("deletion_protection", {"deletion_protection": True}),
    ("deletion_protection", {"deletion_protection": False}),
]


def test_every_setting_is_turned_on_changed_and_off_as_check_mode_predicts(run, admin):
    run("tables", ORDERS)
    for option, settings in SETTINGS:
        wanted = {**ORDERS, **settings}
        admin.advance(3600)  # DynamoDB takes a change of TTL about once an hour
        predicted = run("tables", wanted, check_mode=True)
        done = run("tables", wanted)
        assert predicted["changed"] and done["changed"], settings
        assert region(predicted)[option] == region(done)[option] == settings[option], settings
        assert not run("tables", wanted)["changed"], settings


def test_what_never_follows_the_table_is_set_by_a_client_of_that_region(run, admin):
    run("tables", ORDERS)
    own = {"tags": {"a": "b"}, "point_in_time_recovery": {"enabled": True}, "deletion_protection": True}
    result = run("replicas", {**ORDERS, "replicas": [{"region": EU, **own}]})
    assert region(result, EU)["tags"] == {"a": "b"}
    assert region(result, EU)["deletion_protection"] is True
    assert region(result, EU)["point_in_time_recovery"]["enabled"] is True
    assert region(result)["deletion_protection"] is False
    assert set(changes(admin)[2:]) == {(EU, "TagResource"), (EU, "UpdateContinuousBackups"), (EU, "UpdateTable")}


def test_indexes_are_made_with_the_table(run, admin):
    table = {
        **ORDERS,
        "global_secondary_indexes": [{"name": "by-email", "partition_keys": ["email"], "projection": "KEYS_ONLY"}],
        "local_secondary_indexes": [{"name": "by-size", "sort_key": "size"}],
    }
    assert run("tables", table)["changed"]
    assert not run("tables", table)["changed"]
    table["global_secondary_indexes"][0]["partition_keys"] = ["phone"]
    assert "partition_keys of index by-email is email but phone is wanted" in run("tables", table)["msg"]


def test_information_shows_every_region(run, admin):
    run("tables", ORDERS)
    run("replicas", ORDERS, replica_regions=[EU])
    result = run("tables_info", ORDERS, replica_regions=[EU, AP])
    assert result["summary"] == [
        "table   us-east-1  eu-west-1  ap-southeast-2",
        "orders  ACTIVE*    ACTIVE     ABSENT",
        "* home region",
        "",
        "orders: ABSENT in ap-southeast-2",
        "1 table: 1 not as listed",
    ]
    assert result["tables"][0]["account_id"] == "123456789012"


def test_every_call_names_the_collection(run, admin):
    run("tables", ORDERS)
    assert all("multiregion.dynamodb/" in call["user_agent"] for call in admin.calls())


def test_only_listed_regions_are_called(run, admin):
    run("tables", ORDERS)
    run("replicas", ORDERS, replica_regions=[EU])
    run("tables_info", ORDERS, replica_regions=[EU])
    assert {call["region"] for call in admin.calls()} == {US, EU}


# Bad input and bad days


def test_bad_input_in_one_table_refuses_the_whole_task_before_any_call(run, admin):
    result = run("tables", ORDERS, {"name": "x"})
    assert result["failed"]
    assert "table 'x': a table's name has 3 to 255 characters" in result["msg"]
    assert admin.calls() == []


@pytest.mark.parametrize("name", ["tables", "replicas", "replication_check", "evacuation_check", "tables_info"])
def test_an_option_of_a_wrong_shape_is_refused_by_every_module_before_any_call(run, admin, name):
    needed = {"evacuate_region": EU} if name == "evacuation_check" else {}
    result = run(name, ORDERS, {"name": "baskets", "point_in_time_recovery": True}, **needed)
    assert result["failed"]
    assert result["msg"] == (
        "table 'baskets': point_in_time_recovery is true, but must be a dictionary, such as "
        "point_in_time_recovery: {enabled: true}."
    )
    assert admin.calls() == []


def test_access_denied_is_not_taken_for_absent(run, admin):
    admin.fail(
        "AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized", operation="DescribeTable", region=US
    )
    result = run("tables", ORDERS)
    assert "orders: access denied: dynamodb:DescribeTable in us-east-1" in result["msg"]
    assert changes(admin) == []


def test_a_region_that_the_account_has_not_enabled_is_named(run, admin):
    run("tables", ORDERS)
    run("tables", {"name": "baskets", "partition_key": "id"})
    result = run(
        "replicas", {**ORDERS, "replicas": [{"region": "af-south-1"}]}, {"name": "baskets"}, replica_regions=[EU]
    )
    assert result["msg"].endswith("\nChanged all the same:\nadd a replica in eu-west-1: baskets")
    assert (
        "in af-south-1: check environment, profile or role, and that the account has the region enabled"
        in result["msg"]
    )


def test_access_denied_in_a_replicas_region_names_it(run, admin):
    run("tables", ORDERS)
    admin.fail("AccessDeniedException", operation="DescribeTable", region=EU)
    assert "access denied: dynamodb:DescribeTable in eu-west-1" in run("replicas", ORDERS, replica_regions=[EU])["msg"]
    info = run("tables_info", ORDERS, replica_regions=[EU])
    assert statuses(info) == {US: "ACTIVE", EU: "UNKNOWN"}


def test_one_table_failing_leaves_the_others_finished(run, admin):
    admin.fail("AccessDeniedException", operation="CreateTable", table="orders")
    result = run("tables", ORDERS, {"name": "baskets", "partition_key": "id"})
    assert result["changed"]
    assert "tables" not in result  # which Ansible would print
    assert result["msg"].startswith("1 of 2 tables failed:\norders: can't create the table in us-east-1: access denied")
    assert result["msg"].endswith("\nChanged all the same:\ncreate the table in us-east-1: baskets")


def test_a_service_that_throttles_for_a_while_is_outlasted(run, admin):
    admin.fail("ThrottlingException", operation="CreateTable", count=4)
    assert run("tables", ORDERS)["changed"]


def test_a_service_that_goes_on_throttling_is_reported(run, admin):
    admin.fail("ThrottlingException", operation="CreateTable")
    message = run("tables", ORDERS, wait_timeout=1)["msg"]
    assert "orders: not finished after 1 s, waiting for: create the table in us-east-1" in message
    assert "throttled: CreateTable in us-east-1" in message


def test_a_service_that_fails_for_a_while_is_outlasted(run, admin):
    run("tables", ORDERS)
    admin.fail("InternalServerError", status=500, operation="UpdateTable", count=4)
    assert statuses(run("replicas", ORDERS, replica_regions=[EU])) == {US: "ACTIVE", EU: "ACTIVE"}


def test_310_a_replica_that_was_accepted_and_dropped_is_added_again(run, admin):
    run("tables", ORDERS)
    admin.abort_next_create()
    assert statuses(run("replicas", ORDERS, replica_regions=[EU])) == {US: "ACTIVE", EU: "ACTIVE"}
    assert changes(admin).count((US, "UpdateTable")) == 2


def test_an_action_that_is_denied_in_another_region_than_the_calls_is_named(run, admin):
    run("tables", ORDERS)
    admin.deny(operation="CreateTableReplica")
    message = run("replicas", ORDERS, replica_regions=[EU])["msg"]
    assert "access denied: dynamodb:CreateTableReplica in eu-west-1: allow that action" in message


def test_225_a_table_that_stands_in_the_target_region_is_refused(run, admin):
    run("tables", ORDERS)
    run("tables", {**ORDERS, "region": EU})
    admin.clear_calls()
    assert "already stands alone in eu-west-1, with 0 items" in run("replicas", ORDERS, replica_regions=[EU])["msg"]
    assert changes(admin) == []


def test_a_table_that_is_absent_at_home_but_stands_elsewhere_is_not_created(run, admin):
    run("tables", {**ORDERS, "region": EU})
    admin.clear_calls()
    assert "stands in eu-west-1" in run("tables", ORDERS, replica_regions=[EU])["msg"]
    assert changes(admin) == []


def test_188_a_provisioned_table_is_told_what_replicas_need(run, admin):
    table = {**ORDERS, "billing_mode": "PROVISIONED", "read_capacity": 1, "write_capacity": 1}
    run("tables", table)
    message = run("replicas", table, replica_regions=[EU])["msg"]
    assert (
        "and none does for the table. Add autoscaling: {enabled: true, write: {min: 5, max: 50}} to the table, or set "
        "billing_mode" in message
    )


def test_the_wrong_account_is_refused_before_any_other_call(run, admin):
    result = run("tables", ORDERS, account_id="999999999999")
    assert "The credentials belong to account 123456789012, but the inventory is for 999999999999" in result["msg"]
    assert [call["operation"] for call in admin.calls()] == ["GetCallerIdentity"]
    assert run("tables", ORDERS, account_id="123456789012")["changed"]


def test_no_credentials_are_said_once_for_all_tables(run, admin, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    first, second = run("tables", ORDERS, {"name": "baskets"})["msg"].splitlines()
    assert first == "2 of 2 tables failed:"
    assert second.startswith(
        "orders, baskets: no usable AWS credentials for DescribeTable in us-east-1: check environment"
    )


def test_half_of_the_credentials_are_said(run, admin, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert (
        "Can't make a client for dynamodb in us-east-1, check credentials and profile: Partial cred"
        in run("tables", ORDERS)["msg"]
    )


@pytest.mark.parametrize(
    ("option", "value"), [("wait_delay", -1.0), ("wait_delay", float("nan")), ("wait_timeout", 0), ("max_removals", -1)]
)
def test_limits_that_make_no_sense_are_refused_before_any_call(run, admin, option, value):
    assert f"{option} (dynamodb_{option}) is {value}" in run("tables", ORDERS, **{option: value})["msg"]
    assert admin.calls() == []


def test_the_replicas_of_a_table_that_goes_have_to_be_listed(run, admin):
    run("tables", ORDERS)
    run("replicas", ORDERS, replica_regions=[EU, AP])
    gone = {"name": "orders", "state": "absent", "delete_replicas": True}
    admin.clear_calls()
    assert (
        "replicas in ap-southeast-2 that aren't listed"
        in run("tables", gone, replica_regions=[EU], max_removals=9)["msg"]
    )
    assert changes(admin) == []


def test_a_denied_side_read_leaves_the_rest_to_be_seen(run, admin):
    run("tables", ORDERS)
    admin.fail("AccessDeniedException", operation="ListTagsOfResource")
    info = run("tables_info", ORDERS)
    assert statuses(info) == {US: "ACTIVE"}
    assert "access denied: dynamodb:ListTagsOfResource in us-east-1" in info["tables"][0]["problems"][0]


def test_a_profile_that_does_not_exist_is_said(run, admin, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert (
        "The config profile (nobody) could not be found: correct profile"
        in run("tables", ORDERS, profile="nobody")["msg"]
    )


def test_an_endpoint_that_cannot_be_reached_is_said(run, admin):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    result = run("tables", ORDERS, endpoint_url=f"http://127.0.0.1:{port}")
    assert (
        f"orders: can't reach the endpoint of us-east-1 for DescribeTable: start the simulator (make simulator "
        f"PORT={port}), or correct endpoint_url (dynamodb_endpoint_url)" in result["msg"]
    )


@pytest.mark.parametrize("answer", [b"<html></html>", b"[]", b"{}", b'{"Table": {"TableStatus": "ACTIVE"}}'])
def test_an_endpoint_that_is_not_dynamodb_is_said(run, admin, answer):
    class Other(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        message = run("tables", ORDERS, endpoint_url=f"http://127.0.0.1:{server.server_address[1]}")["msg"]
        server.shutdown()
    assert "orders: DescribeTable in us-east-1 wasn't answered as AWS answers" in message
    assert "check endpoint_url" in message


def test_calls_to_this_machine_stay_on_it_whatever_proxy_the_environment_names(run, admin, monkeypatch, served):
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert run("tables", ORDERS)["changed"]


def test_an_endpoint_elsewhere_is_refused_for_an_inventory_of_this_machine(run, admin):
    result = run("tables", ORDERS, endpoint_url="http://192.0.2.1", loopback_only=True)
    assert "only for an emulator on this machine" in result["msg"]


@pytest.mark.parametrize("name", ["tables", "replicas", "replication_check", "tables_info"])
def test_a_missing_boto3_is_said(name, admin):
    program = "import runpy, sys; sys.modules.update(boto3=None, botocore=None); "
    program += "from ansible.module_utils.testing import patch_module_args; "
    program += (
        f"context = patch_module_args({{'tables': [{{'name': 'orders'}}], 'region': '{US}'}}); context.__enter__(); "
    )
    program += f"runpy.run_module('{MODULES}.{name}', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=False
    )
    assert "Failed to import the required Python library (botocore and boto3)" in json.loads(done.stdout)["msg"]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_a_run_that_is_killed_in_the_middle_is_continued_by_the_next(run, admin, served):
    run("tables", ORDERS)
    admin.hold()
    arguments = arguments_of("replicas", served.url, (ORDERS,), {"replica_regions": [EU, AP]})
    program = "import runpy; from ansible.module_utils.testing import patch_module_args; "
    program += f"context = patch_module_args({arguments!r}); context.__enter__(); "
    program += f"runpy.run_module('{MODULES}.replicas', run_name='__main__')"
    with subprocess.Popen([sys.executable, "-c", program], env=environment(), stdout=subprocess.DEVNULL) as process:
        while (US, "UpdateTable") not in changes(admin):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    admin.release()
    result = run("replicas", ORDERS, replica_regions=[EU, AP])
    assert statuses(result) == {US: "ACTIVE", EU: "ACTIVE", AP: "ACTIVE"}
    assert changes(admin).count((US, "UpdateTable")) == 2


def test_a_change_that_takes_too_long_says_what_the_service_showed_last(run, admin):
    run("tables", ORDERS)
    admin.hold()
    message = run("replicas", ORDERS, replica_regions=[EU], wait_timeout=1)["msg"]
    assert "not finished after 1 s, waiting for: add a replica in eu-west-1 (waits: us-east-1 is UPDATING)" in message


def test_266_a_replica_that_was_the_source_of_another_goes_last(run, admin, served):
    run("tables", ORDERS)
    run("replicas", ORDERS, replica_regions=[AP])
    source = boto3.client("dynamodb", region_name=AP, endpoint_url=served.url)
    source.update_table(TableName="orders", ReplicaUpdates=[{"Create": {"RegionName": EU}}])
    run("replicas", ORDERS, replica_regions=[AP, EU])
    gone = {"name": "orders", "state": "absent", "delete_replicas": True}
    result = run("tables", gone, replica_regions=[AP, EU], max_removals=3)
    assert statuses(result) == {US: "ABSENT", AP: "ABSENT", EU: "ABSENT"}


def test_a_default_is_dropped_by_null_and_kept_by_a_table_that_does_not_name_it(run_module):
    defaults = {"sort_key": "at", "tags": {"team": "a"}}
    tables = [{"name": "orders", "partition_key": "id", "sort_key": None}, {"name": "baskets", "partition_key": "id"}]
    result = run_module("tables", *tables, table_defaults=defaults)
    shown = [table["regions"][0] for table in result["tables"]]
    assert [table.get("sort_key") for table in shown] == [None, "at"]
    assert [table["tags"] for table in shown] == [{"team": "a"}] * 2

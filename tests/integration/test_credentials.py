# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials never leave a module, and data does so exactly, whatever the credentials are."""

from __future__ import annotations

import html
import http.server
import json
import threading

import pytest
import yaml
from caller import SECRET

KEY_ID, TOKEN = "ASIAIOSFODNN7EXAMPLE", "a-session-token-that-nobody-may-see"
OPTIONS = {"access_key": KEY_ID, "secret_key": SECRET, "session_token": TOKEN}
VARIABLES = {f"dynamodb_{option}": value for option, value in OPTIONS.items()}
# What people give an emulator, and a table that is called so.
WORD = "test"
TABLE = {
    "name": f"{WORD}-orders",
    "partition_key": WORD,
    "tags": {WORD: WORD},
    "ttl": {"enabled": True, "attribute": f"{WORD}-at"},
}


@pytest.fixture
def environment_of(monkeypatch):
    """Set the credentials in the environment of the modules."""

    def set_all(access_key: str, secret_key: str, session_token: str) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret_key)
        monkeypatch.setenv("AWS_SESSION_TOKEN", session_token)

    return set_all


@pytest.mark.parametrize("given", [{}, dict.fromkeys(OPTIONS, WORD), {"aws_access_key": WORD, "aws_secret_key": WORD}])
def test_results_and_plans_are_exact_under_short_credentials(run_module, environment_of, tmp_path, given):
    environment_of(WORD, WORD, WORD)
    plan = tmp_path / "plan.json"
    planned = run_module("tables", TABLE, check_mode=True, plan_file=str(plan), **given)
    made = run_module("tables", TABLE, **given)
    found = run_module("tables_info", names=["*"], **given)["tables"][0]
    checked = run_module("replication_check", TABLE, **given)

    assert made["tables"][0]["name"] == found["name"] == TABLE["name"]
    assert found["inventory"] == {"region": "us-east-1", **TABLE}
    assert planned["summary"][0].endswith(TABLE["name"])
    assert json.loads(plan.read_text())["tables"][0]["name"] == TABLE["name"]
    assert checked["tables"][0]["name"] == TABLE["name"]
    arguments = made.get("invocation", {}).get("module_args", {})  # ansible-core 2.21 has none unless it is asked to
    assert {arguments[option] for option in given if arguments} <= {"VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}


def test_an_export_under_short_credentials_is_what_stands(play, run_module, admin, tmp_path):
    run_module("tables", TABLE)
    path = tmp_path / "dynamodb.yml"
    ended = play(
        "export",
        "-vvv",
        export_names=["*"],
        export_file=str(path),
        **dict.fromkeys(("dynamodb_access_key", "dynamodb_secret_key"), WORD),
    )
    assert ended.returncode == 0, ended.stdout
    assert yaml.safe_load(path.read_text())["dynamodb_tables"] == [{"region": "us-east-1", **TABLE}]


@pytest.mark.parametrize("playbook", ["site", "status", "drift"])
def test_no_credential_is_shown_at_any_verbosity(play, admin, playbook):
    ended = play(playbook, "-vvv", **VARIABLES)
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in ended.stdout
    for credential in OPTIONS.values():
        assert credential not in ended.stdout
    assert {call["access_key"] for call in admin.calls() if "access_key" in call} <= {KEY_ID}


@pytest.fixture
def echo():
    """A service, or a proxy, that refuses each call and repeats all that it was sent."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            text = f"The Canonical String should have been {dict(self.headers)}"
            body = json.dumps({"__type": "x#InvalidSignatureException", "message": text}).encode()
            if "urlencoded" in self.headers["Content-Type"]:  # STS speaks XML
                error = f"<Code>SignatureDoesNotMatch</Code><Message>{html.escape(text)}</Message>"
                body = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>".encode()
            self.send_response(400)
            self.send_header("x-amzn-RequestId", "1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("given", [{}, OPTIONS])
def test_what_a_service_repeats_of_the_credentials_is_hidden_everywhere(
    run_module, environment_of, echo, tmp_path, given
):
    environment_of(*OPTIONS.values())
    plan, progress = tmp_path / "plan.json", tmp_path / "progress"
    results = [
        run_module("tables", TABLE, endpoint_url=echo, plan_file=str(plan), progress_file=str(progress), **given),
        run_module("replication_check", TABLE, endpoint_url=echo, **given),
    ]
    told = [json.dumps(results), *(path.read_text() for path in tmp_path.iterdir() if path.is_file())]
    assert "Canonical String" in results[0]["msg"]
    for credential in (TOKEN, SECRET, KEY_ID):
        assert not [text for text in told if credential in text]


def test_a_token_that_no_header_can_hold_is_not_shown(run_module, environment_of):
    environment_of(KEY_ID, SECRET, TOKEN + "\n")
    result = run_module("tables", TABLE)
    assert result["failed"]
    assert TOKEN not in json.dumps(result)


def test_keys_of_the_task_come_before_any_profile_of_the_shell(run, served, admin):
    variables = {
        "dynamodb_tables": [TABLE],
        "dynamodb_endpoint_url": served.url,
        "dynamodb_access_key": KEY_ID,
        "dynamodb_secret_key": SECRET,
        "dynamodb_environment": {},
    }
    command = ("ansible-playbook", "playbooks/tables.yml", "-e", json.dumps(variables))
    ended = run(*command, AWS_PROFILE="nobody", AWS_DEFAULT_PROFILE="nobody")
    assert ended.returncode == 0, ended.stdout
    assert "changed=1" in ended.stdout


def test_a_profile_and_keys_or_half_of_them_are_refused(run_module, admin):
    both = run_module("tables", TABLE, profile="nobody", **OPTIONS)
    assert both["msg"].startswith("profile (dynamodb_profile) doesn't go with access_key (dynamodb_access_key)")
    assert SECRET not in json.dumps(both)
    assert "dynamodb_access_key) and secret_key" in run_module("tables", TABLE, access_key=KEY_ID)["msg"]
    assert admin.calls() == []

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user meets who runs a playbook wrongly: a sentence, soon. No service is reached."""

from __future__ import annotations

import http.server
import json
import socket
import threading

import pytest
from caller import flat

PLAYBOOKS = ["site", "tables", "replicas", "verify", "status", "teardown", "export", "drift", "evacuate"]


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_group_without_hosts_fails(run, playbook):
    ended = run("ansible-playbook", f"playbooks/{playbook}.yml", "-e", "dynamodb_hosts=nowhere")

    assert ended.returncode != 0
    assert "No host in 'nowhere', so there is no account to work on." in flat(ended.stdout)


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_local_inventory_refuses_an_endpoint_that_is_not_loopback(run, playbook, tmp_path):
    elsewhere = "dynamodb_endpoint_url=http://192.0.2.1:4566"
    needed = f"export_names=x export_file={tmp_path}/x.yml evacuate_region=eu-west-1"
    ended = run("ansible-playbook", f"playbooks/{playbook}.yml", "-e", elsewhere, "-e", needed)

    assert ended.returncode != 0
    assert "loopback" in ended.stdout
    assert "Traceback" not in ended.stdout


@pytest.mark.parametrize("playbook", [playbook for playbook in PLAYBOOKS if playbook != "export"])
def test_a_variable_of_a_wrong_shape_is_one_sentence(run, playbook):
    wrong = {"dynamodb_tables": {"name": "orders"}, "evacuate_region": "eu-west-1"}
    ended = run("ansible-playbook", f"playbooks/{playbook}.yml", "-e", json.dumps(wrong))

    assert ended.returncode != 0
    sentence = 'tables (dynamodb_tables) is {"name": "orders"}, but must be a list, such as [{name: NAME}].'
    assert sentence in flat(ended.stdout)
    assert "argument_spec" not in ended.stdout


def test_an_endpoint_that_nothing_listens_on_is_named(run):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused, and nobody else gets the port
        port = free.getsockname()[1]
        ended = run("ansible-playbook", "site.yml", "-e", f"simulator_port={port}")

    assert ended.returncode != 0
    assert f"http://127.0.0.1:{port}" in ended.stdout
    assert "Traceback" not in ended.stdout


def test_aws_without_credentials_fails_with_a_sentence(run):
    ended = run("ansible-playbook", "multiregion.dynamodb.site", "-i", "inventories/aws")

    assert ended.returncode != 0
    assert "credentials" in ended.stdout
    assert "Traceback" not in ended.stdout


@pytest.fixture
def refusing_service():
    """A service on loopback that denies every call; yields its port and the Authorization headers it was sent."""
    signatures = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            signatures.append(self.headers.get("Authorization", ""))
            self.rfile.read(int(self.headers["Content-Length"]))
            text = "No.\x1b[2J\x9b31m\u202e"
            body = json.dumps({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": text}).encode()
            self.send_response(400)
            self.send_header("x-amzn-RequestId", "1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1], signatures
        server.shutdown()


def test_a_shell_with_credentials_a_profile_and_a_proxy_signs_nothing_local_with_them(run, refusing_service):
    port, signatures = refusing_service

    ended = run(
        "ansible-playbook",
        "playbooks/tables.yml",
        "-e",
        f"simulator_port={port}",
        AWS_PROFILE="a-profile-that-does-not-exist",
        AWS_DEFAULT_PROFILE="a-profile-that-does-not-exist",
        AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
        AWS_SECRET_ACCESS_KEY="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        AWS_SESSION_TOKEN="a-token",
        HTTP_PROXY="http://192.0.2.1:3128",
    )

    assert ended.returncode != 0
    assert signatures
    assert all("Credential=simulator/" in signature for signature in signatures)
    assert "No.\\x1b[2J\\x9b31m\\u202e" in ended.stdout
    assert not {"\x1b", "\x9b", "\u202e"} & {*ended.stdout}


def test_status_says_that_nothing_is_reached_without_every_tables_result(run):
    ended = run("ansible-playbook", "playbooks/status.yml", "-e", "simulator_port=1")

    assert ended.returncode != 0
    assert "can't reach the endpoint of us-east-1" in flat(ended.stdout)
    assert "unlisted_replicas" not in ended.stdout

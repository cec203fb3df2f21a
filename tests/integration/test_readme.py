# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README's commands run as they are written, one after the other, whatever profile the shell has."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import boto3
from caller import SECRET, US

README = Path(__file__).parents[2] / "README.md"
PROGRAMS = ("ansible-playbook ", "ansible-galaxy ")
# It asks for a confirmation.
FAILS = ("ansible-playbook playbooks/teardown.yml",)
# Runs elsewhere, on the archive: test_archive.py does that.
NOT_IN_THE_CLONE = ("ansible-galaxy collection install", "ansible-playbook multiregion.dynamodb.site")


def commands() -> list[str]:
    """Those in indented blocks, and those between backticks, which may go over two lines."""
    text = README.read_text()
    found = re.findall(r"^    (.+)$|`([^`]+)`", text, re.MULTILINE)
    said = [" ".join((block or inline).split()) for block, inline in found]
    return [one for one in said if one.startswith(PROGRAMS) and not one.startswith(NOT_IN_THE_CLONE)]


def test_every_command_runs_as_written(run, served, clone):
    port = served.url.rpartition(":")[2]
    client = boto3.client(
        "dynamodb", US, endpoint_url=served.url, aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key=SECRET
    )
    for name in ("orders", "shop-parts"):  # which exist already
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    shutil.copytree(clone / "inventories/aws", clone / "inventories/copy")
    (clone / "inventories/shop/group_vars").mkdir(parents=True)
    shutil.copy(clone / "inventories/aws/hosts.yml", clone / "inventories/shop")
    credentials = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}

    for command in commands():
        for stage in ("tables", "replicas"):
            if "<HASH>" in command:
                filled = json.loads((clone / f"{stage}.json").read_text())["hash"]
                command = command.replace(f"{stage}_expect_plan=<HASH>", f"{stage}_expect_plan={filled}")
        command = command.replace("<your copy>", "inventories/copy").replace('"duration": 600', '"duration": 1')
        arguments = shlex.split(command)
        if arguments[0] == "ansible-playbook":
            arguments += ["-e", f"simulator_port={port}"]
        if "-i" in arguments:
            arguments += ["-e", f"dynamodb_endpoint_url={served.url}"]
        variables = credentials if "-i" in arguments else {"AWS_PROFILE": "nobody"}

        ended = run(*arguments, cwd=clone, ANSIBLE_CONFIG=str(clone / "ansible.cfg"), **variables)

        assert (ended.returncode != 0) == (command in FAILS), (command, ended.stdout[-3000:])
        if command in FAILS:
            assert "confirm=" in ended.stdout

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be said in two places is the same in both."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.multiregion.dynamodb.plugins.doc_fragments.tables import ModuleDocFragment
from ansible_collections.multiregion.dynamodb.plugins.module_utils import _module
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import api, arguments

COLLECTION = Path(_module.__file__).parents[2]


def read(name: str) -> t.Any:
    return yaml.safe_load((COLLECTION / name).read_text())


def test_the_user_agent_carries_the_version_of_the_collection():
    assert read("galaxy.yml")["version"] == _module.VERSION


def test_the_oldest_botocore_is_the_same_in_the_requirements_the_modules_and_their_documentation():
    assert f"\nbotocore>={_module.MINIMUM_BOTOCORE}\n" in (COLLECTION / "requirements.txt").read_text()
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["requirements"]
    assert f"botocore >= {_module.MINIMUM_BOTOCORE}" in documented


def test_every_module_is_in_the_action_group():
    modules = {path.stem for path in (COLLECTION / "plugins/modules").glob("*.py")}
    group = [member for member in read("meta/runtime.yml")["action_groups"]["aws"] if isinstance(member, str)]
    assert set(group) == modules


def options(spec: dict[str, t.Any], path: str = "") -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    for name, option in spec.items():
        yield f"{path}{name}", option
        yield from options(option.get("options", {}), f"{path}{name}.")


@pytest.mark.parametrize(("path", "option"), list(options(arguments.TABLE_OPTIONS)))
def test_no_option_of_a_table_has_a_default(path, option):
    """Unset means unmanaged: a default could change a table that exists."""
    assert "default" not in option


def test_every_change_names_a_method_of_the_client():
    import botocore.session

    session = botocore.session.get_session()
    for call, (service, method) in api.CHANGES.items():
        client = session.create_client(service, region_name="us-east-1")
        assert client.meta.method_to_api_mapping[method] == call


@pytest.mark.parametrize("folder", ["playbooks", "roles", "molecule", "inventories"])
def test_no_task_passes_over_a_failure(folder):
    """``failed_when`` with a condition is fine; one that is never true hides every crash of a module."""
    ignored = re.compile(r"ignore_errors|ignore_unreachable|failed_when:\s*(false|no|never|\[\])", re.IGNORECASE)
    for path in (COLLECTION / folder).rglob("*.y*ml"):
        assert not ignored.search(path.read_text()), path

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that the installed botocore can't carry out are refused before any call."""

from __future__ import annotations

import copy

import botocore
import botocore.loaders
import botocore.model
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import sdk, spec

from .botocore_model import OLDEST

DATA = botocore.loaders.Loader().load_service_model("dynamodb", "service-2")
NEWER = {
    "UpdateContributorInsightsInput": ["ContributorInsightsMode"],
    "UpdateTableInput": ["DisassociationProtectionEnabled", "GlobalTableWitnessUpdates"],
    "ReplicationGroupUpdate": ["Disassociate"],
}
USES = {
    "contributor_insights.mode": {"contributor_insights": {"enabled": True, "mode": "THROTTLED_KEYS"}},
    "disassociation_protection": {"replicas": [{"region": "eu-west-1", "disassociation_protection": False}]},
    "state=disassociated": {"replicas": [{"region": "eu-west-1", "state": "disassociated"}]},
    "witness_region": {"witness_region": "us-west-2"},
}


def model(newer: bool) -> botocore.model.ServiceModel:
    """The installed model with, or without, what the oldest botocore that the collection takes doesn't know."""
    data = copy.deepcopy(DATA)
    for shape, members in NEWER.items():
        for member in members:
            if newer:
                data["shapes"][shape]["members"].setdefault(member, {"shape": "String"})
            else:
                data["shapes"][shape]["members"].pop(member, None)
    return botocore.model.ServiceModel(data)


def test_the_installed_botocore_knows_all_of_them_and_the_oldest_none():
    known = {member in DATA["shapes"][shape]["members"] for shape, members in NEWER.items() for member in members}
    assert known == {botocore.__version__ != OLDEST}


@pytest.mark.parametrize("name", sdk.NEEDED)
def test_an_option_that_botocore_does_not_know_is_refused(name):
    params = {"tables": [{"name": "orders", **USES[name]}], "table_defaults": None}
    with pytest.raises(spec.Refused, match=f"too old for {name}: update boto3 and botocore, or remove it"):
        sdk.check(params, model(newer=False))
    sdk.check(params, model(newer=True))


def test_what_is_unset_or_of_another_value_needs_nothing():
    unset = {"contributor_insights": {"enabled": True, "mode": None}, "disassociation_protection": None}
    table = {"name": "orders", **unset, "replicas": [{"region": "x", "state": "absent"}]}
    sdk.check({"tables": [table]}, model(newer=False))


def test_defaults_are_looked_at_too():
    with pytest.raises(spec.Refused, match="disassociation_protection"):
        sdk.check({"tables": [], "replica_defaults": {"*": {"disassociation_protection": True}}}, model(newer=False))


def test_what_was_read_is_without_what_the_installed_botocore_can_not_have_seen():
    read = {"replicas": [{"contributor_insights": {"enabled": True, "mode": "ACCESSED_AND_THROTTLED_KEYS"}}]}
    assert sdk.known(read, model(newer=True)) == read
    assert sdk.known(read, model(newer=False)) == {"replicas": [{"contributor_insights": {"enabled": True}}]}

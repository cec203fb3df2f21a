# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that the installed botocore can't carry out are refused before any call."""

from __future__ import annotations

import copy

import botocore.loaders
import botocore.model
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import sdk, spec

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


def oldest() -> botocore.model.ServiceModel:
    """The model without what isn't in the oldest botocore that the collection takes (1.35.94, looked at)."""
    data = copy.deepcopy(DATA)
    for shape, members in NEWER.items():
        for member in members:
            del data["shapes"][shape]["members"][member]
    return botocore.model.ServiceModel(data)


@pytest.mark.parametrize("name", sdk.NEEDED)
def test_an_option_that_botocore_does_not_know_is_refused(name):
    params = {"tables": [{"name": "orders", **USES[name]}], "table_defaults": None}
    with pytest.raises(spec.Refused, match=f"too old for {name}: update boto3 and botocore, or remove it"):
        sdk.check(params, oldest())
    sdk.check(params, botocore.model.ServiceModel(DATA))


def test_what_is_unset_or_of_another_value_needs_nothing():
    unset = {"contributor_insights": {"enabled": True, "mode": None}, "disassociation_protection": None}
    sdk.check({"tables": [{"name": "orders", **unset, "replicas": [{"region": "x", "state": "absent"}]}]}, oldest())


def test_defaults_are_looked_at_too():
    with pytest.raises(spec.Refused, match="disassociation_protection"):
        sdk.check({"tables": [], "replica_defaults": {"*": {"disassociation_protection": True}}}, oldest())

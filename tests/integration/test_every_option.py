# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of the schema, made, turned on, changed and off: check mode predicts what the run leaves.

A new option needs a case.
"""

from __future__ import annotations

import typing as t

import boto3
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import arguments, sdk, spec
from caller import AP, EU, US, changes

OHIO, OREGON = "us-east-2", "us-west-2"
# So long between two changes that no limit of theirs is met: two of the table class in 30 days.
BETWEEN = 40 * 24 * 3600

ORDERS = {"name": "orders", "partition_key": "id"}
INDEX = {"name": "by-email", "partition_keys": ["email"]}
CAPACITY = {"read_capacity": 5, "write_capacity": 5}
PROVISIONED = {"billing_mode": "PROVISIONED", **CAPACITY}
SCALED = {"enabled": True, "write": {"min": 1, "max": 10}}
REPLICATED = {**PROVISIONED, "autoscaling": SCALED}


class Stage(t.NamedTuple):
    """Arguments of one run, and whether it is to change something."""

    table: dict[str, t.Any]
    params: dict[str, t.Any] = {}
    changes: bool = True


class Case(t.NamedTuple):
    """One option: the runs that make what it is changed on, then the runs under test, all of one module."""

    module: str
    before: list[tuple[str, Stage]]
    stages: list[Stage]


def stages(values: t.Iterable[t.Any], place: t.Callable[[t.Any], dict[str, t.Any]]) -> list[Stage]:
    """A stage for each value; one that changes nothing is a `Stage` that holds it."""
    return [
        value._replace(table=place(value.table)) if isinstance(value, Stage) else Stage(place(value))
        for value in values
    ]


def of_table(option: str, *values: t.Any, **beside: t.Any) -> Case:
    """An option of the table; ``beside`` it what it needs."""
    table = {**ORDERS, **beside}
    return Case("tables", [("tables", Stage(table))], stages(values, lambda value: {**table, option: value}))


def at_creation(option: str, value: t.Any, **beside: t.Any) -> Case:
    """An option that never changes."""
    return Case("tables", [], [Stage({**ORDERS, **beside, option: value})])


def of_index(option: str, *values: t.Any, **beside: t.Any) -> Case:
    """An option of a global secondary index, of a table with ``beside``."""
    index = {**INDEX, **(CAPACITY if "read_capacity" in beside else {})}
    table = {**ORDERS, **beside, "global_secondary_indexes": [index]}

    def place(value: t.Any) -> dict[str, t.Any]:
        return {**table, "global_secondary_indexes": [{**index, option: value}]}

    return Case("tables", [("tables", Stage(table))], stages(values, place))


def new_index(**index: t.Any) -> Case:
    """What an index is made with and keeps: on a table with another index, one that is added."""
    added = {**ORDERS, "global_secondary_indexes": [INDEX, {"name": "by-age", "partition_keys": ["age"], **index}]}
    return Case("tables", [("tables", Stage({**ORDERS, "global_secondary_indexes": [INDEX]}))], [Stage(added)])


def of_replica(option: str, *values: t.Any, **beside: t.Any) -> Case:
    """An option of the replica in Europe, of a table with ``beside``."""
    table = {**ORDERS, **beside}
    before = [("tables", Stage(table)), ("replicas", Stage({**table, "replicas": [{"region": EU}]}))]
    return Case(
        "replicas", before, stages(values, lambda value: {**table, "replicas": [{"region": EU, option: value}]})
    )


def of_replica_index(option: str, *values: t.Any, **beside: t.Any) -> Case:
    """An option of the replica in Europe for an index of the table with ``beside``."""
    index = {**INDEX, **({**CAPACITY, "autoscaling": SCALED} if "read_capacity" in beside else {})}

    def replica(**own: t.Any) -> dict[str, t.Any]:
        return {**table, "replicas": [{"region": EU, "global_secondary_indexes": [{"name": "by-email", **own}]}]}

    table = {**ORDERS, **beside, "global_secondary_indexes": [index]}
    before = [("tables", Stage(table)), ("replicas", Stage(replica()))]
    return Case("replicas", before, stages(values, lambda value: replica(**{option: value})))


def no_change(value: t.Any) -> Stage:
    return Stage(value, changes=False)


OFF = {"enabled": False}
TAGS = ({"a": "1", "b": "2"}, {"b": "3"})
RECOVERY = ({"enabled": True}, {"enabled": True, "recovery_period_days": 9}, OFF)
INSIGHTS = ({"enabled": True}, {"enabled": True, "mode": "THROTTLED_KEYS"}, OFF)
KINESIS = ({"enabled": True, "arn": "<stream>"}, {"enabled": True, "arn": "<stream>", "precision": "MICROSECOND"}, OFF)
MAXIMUMS = ({"read": 50, "write": 60}, {"read": 70, "write": -1}, {"read": -1, "write": -1})
WARM = ({"read": 13000, "write": 5000}, {"read": 14000, "write": 6000}, no_change({"read": 12000, "write": 4000}))
SCALING = (SCALED, {**SCALED, "read": {"min": 2, "max": 20, "target": 50.0}}, OFF)


def policy(action: str) -> dict[str, t.Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": action,
        "Resource": "<table>",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


POLICIES = (policy("dynamodb:GetItem"), policy("dynamodb:Query"), {})
STRONG = {**ORDERS, "consistency": "strong", "replicas": [{"region": OHIO}]}
ENCRYPTED = {**ORDERS, "encryption": {"type": "customer", "kms_key": "<key>"}}
GLOBAL = [("tables", Stage(ORDERS)), ("replicas", Stage(ORDERS, {"replica_regions": [EU]}))]

CASES = {
    # Which table, and whether it is there
    "name": at_creation("name", "other"),
    "region": at_creation("region", OREGON),
    "state": Case("tables", [("tables", Stage(ORDERS))], [Stage({"name": "orders", "state": "absent"}), Stage(ORDERS)]),
    "delete_replicas": Case(
        "tables",
        GLOBAL,
        [
            Stage(
                {"name": "orders", "state": "absent", "delete_replicas": True},
                {"replica_regions": [EU], "max_removals": 2},
            )
        ],
    ),
    "partition_key": at_creation("partition_key", "customer"),
    "sort_key": at_creation("sort_key", "at"),
    "attribute_types": at_creation("attribute_types", {"at": "N"}, sort_key="at"),
    # What the group shares
    "billing_mode": Case(
        "tables",
        [("tables", Stage(ORDERS))],
        [Stage({**ORDERS, **PROVISIONED}), Stage({**ORDERS, "billing_mode": "PAY_PER_REQUEST"})],
    ),
    "read_capacity": of_table("read_capacity", 6, 7, **PROVISIONED),
    "write_capacity": of_table("write_capacity", 6, 7, **PROVISIONED),
    "autoscaling": of_table("autoscaling", *SCALING, **PROVISIONED),
    "on_demand_max": of_table("on_demand_max", *MAXIMUMS),
    "warm_throughput": of_table("warm_throughput", *WARM),
    "global_secondary_indexes": of_table(
        "global_secondary_indexes",
        [INDEX],
        [INDEX, {"name": "by-age", "partition_keys": ["age", "city"], "sort_keys": ["on"], "projection": "KEYS_ONLY"}],
        no_change([INDEX]),
    ),
    "global_secondary_indexes.name": new_index(name="by-other"),
    "global_secondary_indexes.partition_keys": new_index(partition_keys=["city", "street"]),
    "global_secondary_indexes.sort_keys": new_index(sort_keys=["day", "hour"]),
    "global_secondary_indexes.projection": new_index(projection="KEYS_ONLY"),
    "global_secondary_indexes.non_key_attributes": new_index(projection="INCLUDE", non_key_attributes=["a", "b"]),
    "global_secondary_indexes.read_capacity": of_index("read_capacity", 6, 7, **PROVISIONED),
    "global_secondary_indexes.write_capacity": of_index("write_capacity", 6, 7, **PROVISIONED),
    "global_secondary_indexes.autoscaling": of_index("autoscaling", *SCALING, **PROVISIONED),
    "global_secondary_indexes.on_demand_max": of_index("on_demand_max", *MAXIMUMS),
    "global_secondary_indexes.warm_throughput": of_index("warm_throughput", *WARM),
    "global_secondary_indexes.contributor_insights": of_index("contributor_insights", *INSIGHTS),
    "purge_indexes": Case(
        "tables",
        [("tables", Stage({**ORDERS, "global_secondary_indexes": [INDEX]}))],
        [Stage({**ORDERS, "global_secondary_indexes": [], "purge_indexes": True})],
    ),
    "local_secondary_indexes": at_creation(
        "local_secondary_indexes", [{"name": "by-size", "sort_key": "size"}], sort_key="at"
    ),
    "stream": of_table(
        "stream", {"enabled": True, "view_type": "KEYS_ONLY"}, {"enabled": True, "view_type": "NEW_IMAGE"}, OFF
    ),
    "ttl": of_table("ttl", {"enabled": True, "attribute": "until"}, OFF),
    "encryption": of_table(
        "encryption",
        {"type": "aws_managed"},
        {"type": "customer", "kms_key": "<key>"},
        {"type": "customer", "kms_key": "<other key>"},
        {"type": "aws_owned"},
    ),
    "table_class": of_table("table_class", "STANDARD_INFREQUENT_ACCESS", "STANDARD"),
    # Each region's own
    "tags": of_table("tags", *TAGS),
    "purge_tags": Case(
        "tables",
        [("tables", Stage({**ORDERS, "tags": TAGS[0]}))],
        [Stage({**ORDERS, "tags": tags, "purge_tags": True}) for tags in ({"b": "3"}, {})],
    ),
    "point_in_time_recovery": of_table("point_in_time_recovery", *RECOVERY),
    "deletion_protection": of_table("deletion_protection", True, False),
    "disassociation_protection": Case(
        "tables", GLOBAL, [Stage({**ORDERS, "disassociation_protection": value}) for value in (False, True)]
    ),
    "contributor_insights": of_table("contributor_insights", *INSIGHTS),
    "resource_policy": of_table("resource_policy", *POLICIES),
    "kinesis_stream": of_table("kinesis_stream", *KINESIS),
    # The group
    "consistency": Case(
        "replicas",
        [("tables", Stage(ORDERS))],
        [Stage({**STRONG, "replicas": [{"region": OHIO}, {"region": OREGON}]})],
    ),
    "witness_region": Case("replicas", [("tables", Stage(ORDERS))], [Stage({**STRONG, "witness_region": OREGON})]),
    "replicas": Case(
        "replicas",
        [("tables", Stage(ORDERS))],
        [
            Stage({**ORDERS, "replicas": [{"region": EU}]}),
            Stage({**ORDERS, "replicas": [{"region": EU}, {"region": AP}]}),
            Stage({**ORDERS, "replicas": []}, changes=False),
        ],
    ),
    "exclude_regions": Case(
        "replicas",
        [("tables", Stage(ORDERS))],
        [
            Stage({**ORDERS, "exclude_regions": [AP]}, {"replica_regions": [EU, AP]}),
            Stage(ORDERS, {"replica_regions": [EU, AP]}),
        ],
    ),
    "verification": of_table("verification", no_change("states")),
    "replicas.region": Case("replicas", GLOBAL, [Stage({**ORDERS, "replicas": [{"region": AP}]})]),
    "replicas.state": of_replica("state", no_change("present"), "absent", "present"),
    "replicas.kms_key": Case(
        "replicas",
        [("tables", Stage(ENCRYPTED))],
        [Stage({**ENCRYPTED, "replicas": [{"region": EU, "kms_key": key}]}) for key in ("<key>", "<other key>")],
    ),
    "replicas.table_class": of_replica("table_class", "STANDARD_INFREQUENT_ACCESS", "STANDARD"),
    "replicas.read_capacity": of_replica("read_capacity", 7, 8, "inherit", **REPLICATED),
    "replicas.on_demand_max_read": of_replica("on_demand_max_read", 50, 60, "inherit"),
    "replicas.global_secondary_indexes": of_replica_index("read_capacity", 7, 8, "inherit", **REPLICATED),
    "replicas.global_secondary_indexes.name": of_replica_index("read_capacity", 7, **REPLICATED),
    "replicas.global_secondary_indexes.read_capacity": of_replica_index("read_capacity", 7, 8, "inherit", **REPLICATED),
    "replicas.global_secondary_indexes.on_demand_max_read": of_replica_index("on_demand_max_read", 50, 60, "inherit"),
    "replicas.global_secondary_indexes.contributor_insights": of_replica_index("contributor_insights", *INSIGHTS),
    "replicas.tags": of_replica("tags", *TAGS),
    "replicas.purge_tags": Case(
        "replicas",
        [
            ("tables", Stage(ORDERS)),
            ("replicas", Stage({**ORDERS, "replicas": [{"region": EU, "tags": {"a": "1", "b": "2"}}]})),
        ],
        [
            Stage({**ORDERS, "replicas": [{"region": EU, "tags": tags, "purge_tags": True}]})
            for tags in ({"b": "3"}, {})
        ],
    ),
    "replicas.point_in_time_recovery": of_replica("point_in_time_recovery", *RECOVERY),
    "replicas.deletion_protection": of_replica("deletion_protection", True, False),
    "replicas.disassociation_protection": of_replica("disassociation_protection", False, True),
    "replicas.contributor_insights": of_replica("contributor_insights", *INSIGHTS),
    "replicas.resource_policy": of_replica("resource_policy", *POLICIES),
    "replicas.kinesis_stream": of_replica("kinesis_stream", *KINESIS),
}


# An index or replica is one thing of a list; what else has parts is changed as a whole.
LISTS = ("global_secondary_indexes", "replicas")


def options(schema: dict[str, t.Any], path: str = "") -> t.Iterator[str]:
    for name, option in schema.items():
        yield f"{path}{name}"
        if name in LISTS:
            yield from options(option["options"], f"{path}{name}.")


# What says what to do, and so isn't seen of what was done.
UNSEEN = ("state", "delete_replicas", "purge_tags", "purge_indexes", "exclude_regions", "verification")


def test_every_option_has_a_case_and_no_case_is_of_no_option():
    assert set(options(arguments.TABLE_OPTIONS)) == CASES.keys()


@pytest.fixture
def foresee(run_module, admin, served):
    """Check mode, then the run, then the run again; or only the run that brings about what is to be changed.

    False where the installed botocore is too old for a stage, which is then refused before any call.
    """
    filled = Filled(served.url)
    model = boto3.client("dynamodb", US).meta.service_model

    def foresee(module: str, stage: Stage, before: bool = False) -> bool:
        table, params = filled(stage.table, stage.table.get("region", US)), {"max_removals": 1, **stage.params}
        if before:
            assert "msg" not in run_module(module, table, **params)
            return True
        admin.advance(BETWEEN)
        admin.clear_calls()
        try:
            sdk.check({"tables": [table]}, model)
        except spec.Refused as refusal:
            assert run_module(module, table, **params)["msg"] == str(refusal)
            assert admin.calls() == []
            return False
        expected = run_module(module, table, check_mode=True, diff=True, **params)
        assert changes(admin) == []
        done = run_module(module, table, diff=True, **params)
        assert "msg" not in expected and "msg" not in done, (expected, done)
        assert (expected["changed"], done["changed"]) == (stage.changes, stage.changes), (stage, done["summary"])
        assert descriptions(expected) == descriptions(done)
        assert shown(expected, table, params) == shown(done, table, params)
        assert expected["diff"] == done["diff"]
        admin.clear_calls()
        again = run_module(module, table, **params)
        assert not again["changed"], again["summary"]
        assert changes(admin) == []
        return True

    return foresee


def descriptions(result: dict[str, t.Any]) -> list[str]:
    """Some steps go beside those that take turns, so that their order may differ."""
    return sorted(step["description"] for step in result["tables"][0]["steps"])


def shown(result: dict[str, t.Any], table: dict[str, t.Any], params: dict[str, t.Any]) -> dict[str, t.Any]:
    """Region -> its status and its value of each option that was set."""
    own = {replica["region"]: replica for replica in table.get("replicas", [])}
    return {
        region["region"]: {
            option: region.get(option)
            for option in ("status", *(own.get(region["region"], {}) if region["region"] in own else table))
            if option not in ("replicas", "region")
        }
        for region in result["tables"][0]["regions"]
        if region["region"] in (table.get("region", US), *own, *params.get("replica_regions", []))
    }


class Filled:
    """Options with what stands for a key, a stream or the table put in; keys and streams are made when first named."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: dict[tuple[str, str], str] = {}

    def __call__(self, value: t.Any, region: str) -> t.Any:
        if isinstance(value, dict):
            there = value.get("region", region)
            return {name: self(part, there) for name, part in value.items()}
        if isinstance(value, list):
            return [self(part, region) for part in value]
        if not isinstance(value, str) or not value.startswith("<"):
            return value
        name = value.strip("<>")
        if (name, region) not in self._made:
            self._made[name, region] = self._make(name, region)
        return self._made[name, region]

    def _make(self, name: str, region: str) -> str:
        if name == "table":
            return f"arn:aws:dynamodb:{region}:123456789012:table/orders"
        client = boto3.client("kinesis" if name == "stream" else "kms", region_name=region, endpoint_url=self._url)
        if name == "stream":
            client.create_stream(StreamName="orders", ShardCount=1)
            return client.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["StreamARN"]
        return client.create_key(Description=name)["KeyMetadata"]["Arn"]


@pytest.mark.parametrize("path", CASES)
def test_an_option_is_turned_on_changed_and_off_as_check_mode_predicts(path, foresee, paste):
    for module, stage in CASES[path].before:
        foresee(module, stage, before=True)
    for stage in CASES[path].stages:
        done = foresee(CASES[path].module, stage)
        option = path.rpartition(".")[2]
        if done and stage is CASES[path].stages[0] and option not in UNSEEN:
            paste(option, stage.table)


def makes(case: Case) -> bool:
    """Whether its first run can also be the one that makes the table or the replica."""
    first = case.stages[0]
    return case.before[-1:] != [] and case.before[-1][0] == case.module and first.changes and "state" not in first.table


@pytest.mark.parametrize("path", [path for path in CASES if makes(CASES[path])])
def test_an_option_comes_with_what_is_made_as_check_mode_predicts(path, foresee):
    for module, stage in CASES[path].before[:-1]:
        foresee(module, stage, before=True)
    foresee(CASES[path].module, CASES[path].stages[0])


@pytest.fixture
def paste(run_module, admin):
    """What stands, as tables_info shows it, wanted: the option is there in its own words, and nothing is to be done."""

    def paste(option: str, table: dict[str, t.Any]) -> None:
        (found,) = run_module("tables_info", names=[table["name"]], region=table.get("region", US))["tables"]
        assert found["complete"]
        assert option in set(names(found["inventory"]))
        admin.clear_calls()
        for module in ("tables", "replicas"):
            again = run_module(module, found["inventory"])
            assert "msg" not in again, again["msg"]
            assert not again["changed"], again["summary"]
        assert changes(admin) == []

    return paste


def names(value: t.Any) -> t.Iterator[str]:
    """Of every option at any depth."""
    for part in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from names(part)
    if isinstance(value, dict):
        yield from value

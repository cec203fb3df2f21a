# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any wanted and observed state, the plan carried out on a model of the service reaches the wanted state, in an
order the service admits, and planning again gives nothing to do."""

from __future__ import annotations

import dataclasses
import itertools
import json
import typing as t

from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import converge as engine
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import observe, plan, predict, spec
from hypothesis import given, settings
from hypothesis import strategies as st

from .service_model.encryption import AWS_MANAGED, key_arn
from .service_model.model import ServiceModel

HOME = "us-east-1"
REGIONS = ("eu-west-1", "ap-southeast-2", "sa-east-1")
NAME = "orders"
KEYS = {"partition_key": "id", "sort_key": "at", "attribute_types": {"at": "N"}}

TABLES = engine.Part(observe.table_reading, plan.plan_table)
REPLICAS = engine.Part(observe.replica_reading, plan.plan_replicas)


def optional(**options: st.SearchStrategy) -> st.SearchStrategy:
    """Any subset of ``options``, each with any of its values."""
    return st.fixed_dictionaries({}, optional=options)


TAGS = st.dictionaries(st.sampled_from(["team", "stage", "cost"]), st.sampled_from(["a", "b"]))
RECOVERY = st.one_of(
    st.just({"enabled": False}),
    st.just({"enabled": True}),
    st.integers(1, 35).map(lambda days: {"enabled": True, "recovery_period_days": days}),
)
INSIGHTS = st.one_of(
    st.just({"enabled": False}),
    st.just({"enabled": True}),
    st.sampled_from(["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]).map(
        lambda mode: {"enabled": True, "mode": mode}
    ),
)
ACCOUNT = "123456789012"
POLICIES = st.one_of(
    st.just({}),
    st.sampled_from(["dynamodb:GetItem", ["dynamodb:GetItem", "dynamodb:Query"]]).map(
        lambda actions: {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": actions, "Resource": "*"}],
        }
    ),
)
STREAM_NAMES = ("changes", "audit")
REGIONAL = {
    "contributor_insights": INSIGHTS,
    "resource_policy": POLICIES,
    "tags": TAGS,
    "purge_tags": st.booleans(),
    "point_in_time_recovery": RECOVERY,
    "deletion_protection": st.booleans(),
    "disassociation_protection": st.booleans(),
}


def regional(region: str) -> dict[str, st.SearchStrategy]:
    """What a region may have of its own; a Kinesis stream lies in the region."""
    arns = st.sampled_from([f"arn:aws:kinesis:{region}:{ACCOUNT}:stream/{name}" for name in STREAM_NAMES])
    on = st.fixed_dictionaries(
        {"enabled": st.just(True), "arn": arns},
        optional={"precision": st.sampled_from(["MILLISECOND", "MICROSECOND"])},
    )
    return {**REGIONAL, "kinesis_stream": st.one_of(st.just({"enabled": False}), on)}


STREAMS = st.one_of(
    st.just({"enabled": True}),
    st.sampled_from(["KEYS_ONLY", "NEW_IMAGE", "NEW_AND_OLD_IMAGES"]).map(
        lambda view: {"enabled": True, "view_type": view}
    ),
)
TTL = st.one_of(st.just({"enabled": False}), st.just({"enabled": True, "attribute": "expires"}))
KEY_ALIASES = ("alias/first", "alias/second")
KEYS_OF_CUSTOMERS = st.sampled_from(KEY_ALIASES)
ENCRYPTION = st.one_of(
    st.sampled_from(["aws_owned", "aws_managed"]).map(lambda kind: {"type": kind}),
    KEYS_OF_CUSTOMERS.map(lambda key: {"type": "customer", "kms_key": key}),
)
CLASSES = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
SHARED = {"ttl": TTL, "encryption": ENCRYPTION, "table_class": st.sampled_from(CLASSES)}
OVERRIDES = {"table_class": st.sampled_from([*CLASSES, "inherit"])}


# Capacity is always within the bounds: auto scaling moves what isn't.
SCALED_CAPACITY = {"read_capacity": 5, "write_capacity": 5}
BOUNDS = st.builds(
    lambda least, most, target: {"min": least, "max": most, **target},
    st.sampled_from([1, 5]),
    st.sampled_from([5, 100]),
    optional(target=st.sampled_from([20.0, 55.5])),
)
OFF = st.just({"enabled": False})


def scaled(**dimensions: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries(dimensions, optional={"read": BOUNDS}).map(lambda given: {"enabled": True, **given})


@st.composite
def scaled_capacities(draw: t.Any, replicated: bool) -> dict[str, t.Any]:
    """Options of a provisioned table with an index; where there are replicas writes are scaled."""
    scaling = st.fixed_dictionaries({"autoscaling": scaled(write=BOUNDS)})
    if not replicated:
        either = OFF | scaled(write=BOUNDS) | st.builds(lambda bounds: {"enabled": True, "read": bounds}, BOUNDS)
        scaling = optional(autoscaling=either)
    index = {"name": "by-email", "partition_keys": ["email"], **SCALED_CAPACITY, **draw(scaling)}
    table = {**KEYS, "attribute_types": {"at": "N", "email": "S"}, "billing_mode": "PROVISIONED", **SCALED_CAPACITY}
    return {**table, **draw(scaling), "global_secondary_indexes": [index]}


CAPACITY = st.integers(1, 3)
MAXIMUM = optional(read=st.sampled_from([-1, 10, 20]), write=st.sampled_from([-1, 10]))
WARM = optional(read=st.sampled_from([2, 12000, 13000, 14000]), write=st.sampled_from([3, 5000]))
# An index's name says its keys; two want another type of the same attribute.
INDEXES = {
    "by-team": {"partition_keys": ["team"], "projection": "KEYS_ONLY"},
    "by-stage": {"partition_keys": ["stage", "team"], "sort_keys": ["at"]},
    "by-cost-S": {"partition_keys": ["cost"], "projection": "INCLUDE", "non_key_attributes": ["z", "a"]},
    "by-cost-N": {"partition_keys": ["team"], "sort_keys": ["cost"]},
}


@st.composite
def capacities(draw: t.Any, provisioned: bool) -> dict[str, t.Any]:
    """Billing mode, capacity and indexes of a table."""
    names = draw(st.lists(st.sampled_from(sorted(INDEXES)), unique=True).filter(lambda names: len(names) < 4))
    names = [name for name in names if name != "by-cost-N" or "by-cost-S" not in names]

    def holder(**options: t.Any) -> dict[str, t.Any]:
        units = {"read_capacity": CAPACITY, "write_capacity": CAPACITY} if provisioned else {}
        maximum = {} if provisioned else {"on_demand_max": MAXIMUM}
        more = draw(optional(warm_throughput=WARM, **maximum))
        return {**options, **{option: draw(value) for option, value in units.items()}, **more}

    settings_ = {"billing_mode": "PROVISIONED" if provisioned else "PAY_PER_REQUEST", **holder()}
    if draw(st.booleans()):
        settings_["global_secondary_indexes"] = [holder(name=name, **INDEXES[name]) for name in names]
        cost = [name[-1] for name in names if "cost" in name]
        settings_["attribute_types"] = {**KEYS["attribute_types"], **({"cost": cost[0]} if cost else {})}
        settings_.update(draw(optional(purge_indexes=st.booleans())))
    return settings_


def fitting(earlier: spec.Table | None, wanted: spec.Table) -> None:
    """Make the indexes that ``earlier`` left no reason to refuse ``wanted``."""
    standing = earlier.settings.get("global_secondary_indexes", []) if earlier else []
    names = [index["name"] for index in wanted.settings.get("global_secondary_indexes", [])]
    unlisted = [index["name"] for index in standing if index["name"] not in names]
    switched = wanted.settings["billing_mode"] == "PROVISIONED" != (earlier and earlier.settings["billing_mode"])
    retyped = any("cost" in name for name in names) and any("cost" in name for name in unlisted)
    if unlisted and (switched or retyped):
        wanted.settings.update({"global_secondary_indexes": [], **wanted.settings, "purge_indexes": True})


ON_DEMAND, PROVISIONED, SCALED = "on demand", "provisioned", "scaled"
PAID = st.sampled_from([ON_DEMAND, PROVISIONED, SCALED])


@st.composite
def wanted_tables(draw: t.Any, paid: str = ON_DEMAND) -> spec.Table:
    # Capacity that replicas follow has to be scaled.
    regions = [] if paid == PROVISIONED else draw(st.lists(st.sampled_from(REGIONS), unique=True))
    capacity = scaled_capacities(bool(regions)) if paid == SCALED else capacities(paid == PROVISIONED)
    settings_ = {**KEYS, **draw(capacity), **draw(optional(**SHARED, **regional(HOME)))}
    replicas = {
        region: spec.Replica(region, settings=draw(optional(**regional(region))), overrides=draw(optional(**OVERRIDES)))
        for region in regions
    }
    if settings_.get("encryption", {}).get("type") == "customer":
        for replica in replicas.values():
            replica.overrides["kms_key"] = draw(KEYS_OF_CUSTOMERS)
    gone = tuple(region for region in REGIONS if region not in replicas and draw(st.booleans()))
    return spec.Table(NAME, HOME, settings=settings_, replicas=replicas, absent_regions=gone)


class ModelClock:
    """Waiting is what makes the model move on."""

    def __init__(self, model: ServiceModel) -> None:
        self.model = model

    def now(self) -> float:
        return self.model.time

    def sleep(self, seconds: float) -> None:
        self.model.advance()


def run(model: ServiceModel, wanted: spec.Table, part: engine.Part, check_mode: bool = False) -> engine.Progress:
    limits = engine.Limits(max_removals=9, wait_timeout=500, wait_delay=1)
    return engine.converge([wanted], part, model, limits, check_mode, ModelClock(model))[0]


def standing(model: ServiceModel, wanted: spec.Table) -> None:
    """Bring the model to ``wanted`` by other means than the run under test: an earlier run."""
    for part in (TABLES, REPLICAS):
        assert run(model, wanted, part).failure == ""
    model.settle()
    model.calls.clear()
    model.refused.clear()


@st.composite
def earlier_and_wanted(draw: t.Any) -> tuple[spec.Table | None, spec.Table]:
    """What an earlier run left, if any, and what is wanted now; protection is off where something is to be removed."""
    # What scales a table outlives the switch to on demand: such tables stay scaled.
    both = draw(st.sampled_from([(SCALED, SCALED), *itertools.product((ON_DEMAND, PROVISIONED), repeat=2)]))
    wanted = draw(wanted_tables(both[0]))
    earlier = draw(st.none() | wanted_tables(both[1]))
    if PROVISIONED in both:
        for table in filter(None, (earlier, wanted)):
            table.replicas.clear()
    fitting(earlier, wanted)
    if earlier:
        for region, replica in earlier.replicas.items():
            if region in wanted.absent_regions:
                replica.settings.pop("deletion_protection", None)
    return earlier, keyed(wanted, earlier) if earlier else wanted


def keyed(wanted: spec.Table, earlier: spec.Table) -> spec.Table:
    """With keys for whatever an earlier run left under keys of customers."""
    if earlier.settings.get("encryption", {}).get("type") == "customer" and "encryption" not in wanted.settings:
        wanted.settings["encryption"] = earlier.settings["encryption"]
        for replica in wanted.replicas.values():
            replica.overrides["kms_key"] = KEY_ALIASES[0]
    if wanted.settings.get("encryption", {}).get("type") != "customer":
        return wanted
    unlisted = [region for region in earlier.replicas if region not in (*wanted.replicas, *wanted.absent_regions)]
    for region in unlisted:
        earlier.replicas[region].settings.pop("deletion_protection", None)
    return dataclasses.replace(wanted, absent_regions=(*wanted.absent_regions, *unlisted))


@given(earlier_and_wanted())
@settings(max_examples=150, deadline=None)
def test_a_run_reaches_the_wanted_state_in_an_admitted_order_and_the_next_has_nothing_to_do(states):
    earlier, wanted = states
    model = ServiceModel()
    if earlier:
        standing(model, earlier)
    tags = {place[0]: table["tags"] for place, table in model.tables.items()}
    # A member that nobody lists is never looked at, so that the service has to say that it is busy.
    unlisted = model.members(NAME) - {HOME, *wanted.replicas, *wanted.absent_regions}
    for part in (TABLES, REPLICAS):
        assert run(model, wanted, part).failure == ""
    assert [refused for refused in model.refused if not (unlisted and "is in use" in refused)] == []
    assert_as_wanted(model, wanted)
    assert_unlisted_tags_stay(model, wanted, tags)
    model.calls.clear()
    for part in (TABLES, REPLICAS):
        assert run(model, wanted, part).plan.steps == ()
    assert model.calls == []


def assert_as_wanted(model: ServiceModel, wanted: spec.Table) -> None:
    members = model.members(NAME) or {HOME}
    assert set(wanted.replicas) <= members
    assert not set(wanted.absent_regions) & members
    assert all((region, NAME) not in model.tables for region in wanted.absent_regions)
    assert_scaled(model, wanted)
    home = model.tables[(HOME, NAME)]
    if "ttl" in wanted.settings:
        assert home["ttl"] == (wanted.settings["ttl"].get("attribute", "") if wanted.settings["ttl"]["enabled"] else "")
    if "table_class" in wanted.settings:
        assert class_of(home) == wanted.settings["table_class"]
    if "encryption" in wanted.settings:
        kind, key = wanted.settings["encryption"]["type"], wanted.settings["encryption"].get("kms_key")
        keys = {HOME: key, **{region: replica.overrides.get("kms_key") for region, replica in wanted.replicas.items()}}
        for region, own in keys.items():
            name = {"aws_owned": "", "aws_managed": AWS_MANAGED, "customer": own}[kind]
            assert model.tables[(region, NAME)]["key"] == (key_arn(region, name) if name else "")
    for region, replica in wanted.replicas.items():
        own = replica.overrides.get("table_class")
        if own:
            assert class_of(model.tables[(region, NAME)]) == (class_of(home) if own == "inherit" else own)
    # A member that nobody lists is never looked at, and fills its indexes in its own time.
    for region in (HOME, *wanted.replicas):
        assert_capacity(observe.transform.regional_table(region, describe(model, region)), wanted.settings)
    for region, settings_ in [(HOME, wanted.settings), *((r.region, r.settings) for r in wanted.replicas.values())]:
        assert_regional(model.tables[(region, NAME)], settings_, member=region in model.members(NAME))


def class_of(table: dict[str, t.Any]) -> str:
    return table["description"].get("TableClassSummary", {"TableClass": "STANDARD"})["TableClass"]


def assert_scaled(model: ServiceModel, wanted: spec.Table) -> None:
    """At home all that is wanted, in the replicas' regions the writes; nothing where there is no replica any more."""
    indexes = wanted.settings.get("global_secondary_indexes", [])
    holders = [("table", f"table/{NAME}", wanted.settings)]
    holders += [("index", f"table/{NAME}/index/{index['name']}", index) for index in indexes]
    for region in (HOME, *wanted.replicas):
        for kind, resource, options in holders:
            option = options.get("autoscaling", {})
            for dimension in ("read", "write") if region == HOME else ("write",):
                place = (region, resource, f"dynamodb:{kind}:{dimension.capitalize()}CapacityUnits")
                if dimension in option:
                    bounds = {"MinCapacity": option[dimension]["min"], "MaxCapacity": option[dimension]["max"]}
                    assert model.scaling[place]["bounds"] == bounds
                    policy = model.scaling[place]["policy"]["TargetTrackingScalingPolicyConfiguration"]
                    assert policy["TargetValue"] == option[dimension].get("target", policy["TargetValue"])
                elif option.get("enabled") is False:
                    assert place not in model.scaling
    assert not {place[0] for place in model.scaling} & set(wanted.absent_regions)


def describe(model: ServiceModel, region: str) -> dict[str, t.Any]:
    return model[region].describe_table(NAME)["Table"]


def assert_capacity(table: t.Any, settings_: dict[str, t.Any]) -> None:
    """Every region of the group follows, and has filled its indexes."""
    assert set(table.indexes.values()) <= {"ACTIVE"}
    assert table.warming == ()
    wanted = {"": settings_, **{index["name"]: index for index in settings_.get("global_secondary_indexes", [])}}
    shown = {"": table.settings, **{index["name"]: index for index in table.settings["global_secondary_indexes"]}}
    assert wanted.keys() <= shown.keys()
    if settings_.get("purge_indexes"):
        assert wanted.keys() == shown.keys()
    assert table.settings["billing_mode"] == settings_["billing_mode"]
    for name, options in wanted.items():
        for option in ("read_capacity", "write_capacity"):
            assert shown[name].get(option) == options.get(option)
        maximum, warm = shown[name].get("on_demand_max"), shown[name]["warm_throughput"]
        assert options.get("on_demand_max", {}).items() <= (maximum or {}).items()
        assert all(warm[dimension] >= units for dimension, units in options.get("warm_throughput", {}).items())


def assert_unlisted_tags_stay(model: ServiceModel, wanted: spec.Table, before: dict[str, dict[str, str]]) -> None:
    options = {HOME: wanted.settings, **{region: replica.settings for region, replica in wanted.replicas.items()}}
    for region, settings_ in options.items():
        if not settings_.get("purge_tags"):
            assert before.get(region, {}).keys() <= model.tables[(region, NAME)]["tags"].keys()


def assert_regional(table: dict[str, t.Any], settings_: dict[str, t.Any], member: bool) -> None:
    assert table["status"] == "ACTIVE"
    if "tags" in settings_:
        assert settings_["tags"].items() <= table["tags"].items()
        assert table["tags"] == settings_["tags"] or not settings_.get("purge_tags")
    if "point_in_time_recovery" in settings_:
        recovery = settings_["point_in_time_recovery"]
        assert bool(table["recovery_days"]) == recovery["enabled"]
        assert recovery.get("recovery_period_days", table["recovery_days"]) == table["recovery_days"]
    if "contributor_insights" in settings_:
        wanted, shown = settings_["contributor_insights"], table["insights"][""]
        assert shown["ContributorInsightsStatus"] == ("ENABLED" if wanted["enabled"] else "DISABLED")
        assert not wanted.get("mode") or shown["ContributorInsightsMode"] == wanted["mode"]
    if "resource_policy" in settings_:
        assert json.loads(table["policy"].get("text") or "{}") == settings_["resource_policy"]
    if "kinesis_stream" in settings_:
        assert_streaming(table["kinesis"].values(), settings_["kinesis_stream"])
    if "disassociation_protection" in settings_ and member:
        assert table["disassociation_protected"] == settings_["disassociation_protection"]
    if "deletion_protection" in settings_:
        assert table["description"]["DeletionProtectionEnabled"] == settings_["deletion_protection"]


def assert_streaming(destinations: t.Iterable[dict[str, t.Any]], wanted: dict[str, t.Any]) -> None:
    live = [entry for entry in destinations if entry["DestinationStatus"] != "DISABLED"]
    assert [(entry["StreamArn"], entry["DestinationStatus"]) for entry in live] == (
        [(wanted["arn"], "ACTIVE")] if wanted["enabled"] else []
    )
    if wanted.get("precision"):
        assert live[0].get("ApproximateCreationDateTimePrecision", "MILLISECOND") == wanted["precision"]


@given(earlier_and_wanted())
@settings(max_examples=100, deadline=None)
def test_check_mode_changes_nothing_and_predicts_what_the_run_leaves(states):
    earlier, wanted = states
    model = ServiceModel()
    if earlier:
        standing(model, earlier)
    for part in (TABLES, REPLICAS):
        checked = run(model, wanted, part, check_mode=True)
        assert checked.failure == ""
        assert model.calls == []
        done = run(model, wanted, part)
        model.calls.clear()
        # Tags and point-in-time recovery go beside the changes that take turns, so the order may differ.
        assert sorted(step.key for step in checked.plan.steps) == sorted(step.key for step in done.carried_out)
        predicted = predict.after(checked.observed, checked.plan.steps)
        assert managed(predicted, wanted, done.observed) == managed(done.observed, wanted, predicted)


def managed(observed: dict[str, t.Any], wanted: spec.Table, both: dict[str, t.Any]) -> dict[str, t.Any]:
    """What ``observed`` shows of the wanted options, in regions that are also in ``both``.

    The default recovery period is the service's choice and left out; so are regions that were only looked into while
    the table was absent at home.
    """
    shown = {}
    for region, table in observed.items():
        if region not in both:
            continue
        following = ("table_class", "billing_mode", "global_secondary_indexes", "on_demand_max", "warm_throughput")
        shared = {name: value for name, value in wanted.settings.items() if name in following}
        own = wanted.replicas[region].settings if region in wanted.replicas else {}
        options = wanted.settings if region == HOME else {**shared, **own}
        values = {name: table.settings.get(name) for name in options if not name.startswith("purge_")}
        if isinstance(values.get("point_in_time_recovery"), dict):
            asked = options["point_in_time_recovery"]
            values["point_in_time_recovery"] = {name: values["point_in_time_recovery"].get(name) for name in asked}
        if "global_secondary_indexes" in values and values["global_secondary_indexes"] is not None:
            asked = {name for index in options["global_secondary_indexes"] for name in index}
            left_out = {"autoscaling"} - asked
            values["global_secondary_indexes"] = [
                {name: value for name, value in index.items() if name not in left_out}
                for index in values["global_secondary_indexes"]
            ]
        shown[region] = (table.exists, sorted(table.replicas), values)
    return shown


@given(PAID.flatmap(wanted_tables), st.integers(0, 12))
@settings(max_examples=100, deadline=None)
def test_a_run_that_was_killed_is_continued_by_the_next(wanted, passes):
    model = ServiceModel()
    for part in (TABLES, REPLICAS):
        try:
            engine.converge([wanted], part, model, engine.Limits(max_removals=9), False, KillingClock(model, passes))
        except KilledError:
            break
    for part in (TABLES, REPLICAS):
        assert run(model, wanted, part).failure == ""
    assert_as_wanted(model, wanted)


class KilledError(Exception):
    pass


class KillingClock(ModelClock):
    def __init__(self, model: ServiceModel, passes: int) -> None:
        super().__init__(model)
        self.left = passes

    def sleep(self, seconds: float) -> None:
        if self.left == 0:
            raise KilledError
        self.left -= 1
        super().sleep(seconds)


@given(PAID.flatmap(wanted_tables), st.booleans())
@settings(max_examples=80, deadline=None)
def test_the_end_of_a_group_is_leaf_first_and_leaves_nothing(wanted, protected):
    model = ServiceModel()
    wanted.settings["deletion_protection"] = protected
    for replica in wanted.replicas.values():
        replica.settings.pop("deletion_protection", None)
    standing(model, wanted)
    end = spec.Table(NAME, HOME, absent=True, delete_replicas=True, replicas=wanted.replicas)
    done = run(model, end, TABLES)
    if protected:
        assert "deletion protection is on in us-east-1" in done.failure
        assert model.calls == []
    else:
        assert done.failure == ""
        assert model.tables == {}
        assert model.scaling == {}
        assert model.refused == []

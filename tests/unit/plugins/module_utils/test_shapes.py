# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each wrong shape of each option, wherever it may stand, is a sentence that names the table and the option."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.multiregion.dynamodb.plugins.doc_fragments.tables import ModuleDocFragment
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import arguments, shapes

WRONG = {
    "dict": [True, 5, 1.5, "text", ["a"]],
    "list of dict": [True, 5, "text", {"a": 1}, ["text"], [True], [None], [["a"]]],
    "list of str": [True, {"a": 1}, [{"a": 1}], [["a"]], [None], [True]],
    "str": [True, {"a": 1}, ["a"]],
    "choices": [True, {"a": 1}, ["a"], "neither", 5],
    "int": [True, "text", 1.5, {"a": 1}, ["a"], float("inf"), float("nan")],
    "float": [True, "text", {"a": 1}, ["a"], "nan", float("inf")],
    "bool": [5, "text", {"a": 1}, ["a"]],
    "raw": [],
}


def wrong(option: dict[str, t.Any]) -> list[t.Any]:
    if "choices" in option:
        return WRONG["choices"]
    kind = option["type"]
    return WRONG[f"list of {option['elements']}" if kind == "list" else kind]


class Place(t.NamedTuple):
    """Where an option may stand: how a sentence of it begins, and what makes arguments of its value."""

    sentence: str
    option: dict[str, t.Any]
    put: t.Callable[[t.Any], dict[str, t.Any]]
    entry: bool = False


def places(schema: dict[str, t.Any], put: t.Callable[[t.Any], t.Any], start: str, path: str = "") -> t.Iterator[Place]:
    """Each option at each depth, its siblings that are required beside it."""
    for name, option in schema.items():
        needed = {other: right(other, its) for other, its in schema.items() if its.get("required") and other != name}
        inner = ".".join(filter(None, (path, name)))
        place = Place(f"{start}: {inner}", option, lambda value, n=name, more=needed: put({**more, n: value}))
        yield place
        if option["type"] == "dict":
            yield from places(option.get("options", {}), place.put, start, inner)
        elif "options" in option:
            named = f"replica {REGION}" if name == "replicas" else f"index {NAME!r}"
            yield from places(option["options"], lambda entry, list_=place.put: list_([entry]), f"{start}, {named}")


NAME, REGION = "by-name", "eu-west-1"


def right(name: str, option: dict[str, t.Any]) -> t.Any:
    if "options" in option:
        inner = {own: right(own, its) for own, its in option["options"].items()}
        return inner if option["type"] == "dict" else [inner]
    if "choices" in option:
        return option["choices"][0]
    values = {"str": REGION if name == "region" else NAME, "int": 1, "float": 1.0, "bool": True, "dict": {"a": "b"}}
    return ["a"] if option["type"] == "list" else values.get(option["type"], 1)


def of_table(entry: t.Any) -> dict[str, t.Any]:
    return {"tables": [entry]}


TABLE = {"tables": [{"name": NAME}]}
ROOMS = [
    (arguments.TABLE_OPTIONS, of_table, f"table {NAME!r}"),
    (
        arguments.DEFAULT_OPTIONS,
        lambda values: {**TABLE, "table_defaults": values},
        "table_defaults (dynamodb_table_defaults)",
    ),
    (
        arguments.REPLICA_DEFAULT_OPTIONS,
        lambda values: {**TABLE, "replica_defaults": {"*": values}},
        "replica_defaults (dynamodb_replica_defaults), *",
    ),
]
PLACES = [place for room in ROOMS for place in places(*room)]
# What an entry is told from others by; without it a sentence counts.
IDENTITIES = (": name", ": region")


def identifies(place: Place) -> bool:
    return bool(place.option.get("required")) and place.sentence.endswith(IDENTITIES)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.sentence)
def test_a_wrong_shape_is_one_sentence_that_names_the_table_and_the_option(place):
    for value in wrong(place.option):
        _read, (problem,) = shapes.checked(place.put(value))
        if identifies(place):
            assert ", entry 1: " in problem or problem.startswith(place.sentence.rpartition(":")[0][:-4]), problem
        else:
            assert problem.startswith(place.sentence), (value, problem)
        assert ", but must be " in problem
        if place.option["type"] in ("dict", "list"):
            assert ", such as " in problem


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.sentence)
def test_null_is_taken_for_unset_and_kept(place):
    read, problems = shapes.checked(place.put(None))
    if place.option.get("required"):
        (problem,) = problems
        assert " is missing, such as " in problem
    else:
        assert problems == []
        assert read == {"table_defaults": {}, "replica_defaults": {}, **place.put(None)}


@pytest.mark.parametrize("place", [place for place in PLACES if "options" in place.option], ids=lambda p: p.sentence)
def test_an_unknown_option_is_named_with_the_nearest_known_one(place):
    schema = place.option["options"]
    for name in schema:
        value = {own: right(own, its) for own, its in schema.items()} | {f"{name}x": 1}
        _read, (problem,) = shapes.checked(place.put(value if place.option["type"] == "dict" else [value]))
        assert f"{name}x is no option: did you mean " in problem
        assert problem.startswith(place.sentence.rpartition(": ")[0])


@pytest.mark.parametrize(("schema", "put", "start"), ROOMS, ids=["table", "table_defaults", "replica_defaults"])
def test_right_shapes_are_taken_as_they_are(schema, put, start):
    given = put({name: right(name, option) for name, option in schema.items()})
    read, problems = shapes.checked(given)
    assert problems == []
    assert {name: read[name] for name in given} == given


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (
            {"encryption": "customer"},
            "encryption is 'customer', but must be a dictionary, such as encryption: {type: customer}.",
        ),
        (
            {"point_in_time_recovery": True},
            "is true, but must be a dictionary, such as point_in_time_recovery: {enabled: true}.",
        ),
        (
            {"warm_throughput": [1, 2]},
            "is [1, 2], but must be a dictionary, such as warm_throughput: {read: 1, write: 1}.",
        ),
        (
            {"replicas": ["eu-west-1"]},
            "table 'orders': replicas, entry 1 is 'eu-west-1', but must be a dictionary, such as {region: eu-west-1}.",
        ),
        (
            {"replicas": "eu-west-1"},
            "replicas is 'eu-west-1', but must be a list, such as replicas: [{region: eu-west-1}].",
        ),
        ({"ttl": {"attribute": "until"}}, "ttl.enabled is missing, such as ttl: {enabled: true}."),
        ({"billing_mode": "ON_DEMAND"}, "billing_mode is 'ON_DEMAND', but must be PAY_PER_REQUEST or PROVISIONED."),
        ({"sort_key": False}, "sort_key is false, but must be text."),
        (
            {"exclude_regions": {"a": 1}},
            'exclude_regions is {"a": 1}, but must be a list, such as exclude_regions: [EXCLUDE_REGIONS].',
        ),
    ],
)
def test_the_right_shape_is_shown(table, sentence):
    _read, (problem,) = shapes.checked(of_table({"name": "orders", **table}))
    assert problem.startswith("table 'orders'")
    assert problem.endswith(sentence)


TABLES = [{"name": "orders"}]
REPLICA_DEFAULTS = "replica_defaults (dynamodb_replica_defaults) is {}, but must name regions first, such as "
EXAMPLE = "{eu-west-1: {deletion_protection: true}}, or '*' for every region."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            {"tables": {"name": "orders"}},
            'tables (dynamodb_tables) is {"name": "orders"}, but must be a list, such as [{name: NAME}].',
        ),
        ({"tables": None}, "tables (dynamodb_tables) is null, but must be a list, such as [{name: NAME}]."),
        ({"tables": "orders"}, "tables (dynamodb_tables) is 'orders', but must be a list, such as [{name: orders}]."),
        (
            {"tables": ["orders"]},
            "tables (dynamodb_tables), entry 1 is 'orders', but must be a dictionary, such as {name: orders}.",
        ),
        (
            {"tables": TABLES, "table_defaults": ["a"]},
            'table_defaults (dynamodb_table_defaults) is ["a"], but must be a dictionary, such as ',
        ),
        (
            {"tables": TABLES, "replica_regions": {"eu-west-1": {}}},
            'replica_regions (dynamodb_replica_regions) is {"eu-west-1": {}}, but must be a list, such as [eu-west-1].',
        ),
        (
            {"tables": TABLES, "absent_regions": [{"region": "eu-west-1"}]},
            'absent_regions (dynamodb_absent_regions) is [{"region": "eu-west-1"}], but must be a list, such as [eu-',
        ),
        ({"tables": TABLES, "only": True}, "only (dynamodb_only) is true, but must be a list, such as [orders]."),
        ({"tables": TABLES, "replica_defaults": ["a"]}, REPLICA_DEFAULTS.format('["a"]') + EXAMPLE),
        (
            {"tables": TABLES, "replica_defaults": {"deletion_protection": True}},
            REPLICA_DEFAULTS.format('{"deletion_protection": true}') + EXAMPLE,
        ),
        (
            {"tables": TABLES, "replica_defaults": {"tags": {"team": "shop"}}},
            REPLICA_DEFAULTS.format('{"tags": {"team": "shop"}}') + EXAMPLE,
        ),
    ],
)
def test_a_variable_of_a_wrong_shape_is_named_with_the_right_one(arguments, sentence):
    _read, (problem,) = shapes.checked(arguments)
    assert problem.startswith(sentence)


def test_a_text_stands_for_a_list_of_it_as_with_ansible():
    read, problems = shapes.checked({"tables": TABLES, "only": "orders,baskets", "replica_regions": ""})
    assert (read["only"], read["replica_regions"], problems) == (["orders", "baskets"], [""], [])


def test_a_table_without_a_name_is_told_by_its_place():
    _read, problems = shapes.checked({"tables": [{"name": "orders"}, {"nme": "x"}, "baskets"]})
    assert problems == [
        "tables (dynamodb_tables), entry 2: nme is no option: did you mean name?",
        "tables (dynamodb_tables), entry 2: name is missing, such as {name: NAME}.",
        "tables (dynamodb_tables), entry 3 is 'baskets', but must be a dictionary, such as {name: baskets}.",
    ]


def documented(options: dict[str, t.Any]) -> dict[str, t.Any]:
    """As an argument spec says it."""
    spec = {}
    for name, option in options.items():
        kept = {key: option[key] for key in ("type", "elements", "choices", "required") if option.get(key)}
        spec[name] = kept | ({"options": documented(option["suboptions"])} if "suboptions" in option else {})
    return spec


def specified(schema: dict[str, t.Any]) -> dict[str, t.Any]:
    spec = {}
    for name, option in schema.items():
        kept = {key: option[key] for key in ("type", "elements", "choices", "required") if option.get(key)}
        spec[name] = kept | ({"options": specified(option["options"])} if "options" in option else {})
    return spec


def test_what_is_documented_of_a_table_is_what_is_checked():
    """Ansible's own sanity test compares the options of the modules alone, not those within them."""
    options = documented(yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"])
    assert options["tables"]["options"] == specified(arguments.TABLE_OPTIONS)

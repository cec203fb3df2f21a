# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of every option of a table, of a replica and of their defaults, checked against `arguments`. Pure.

Ansible's own check of options within options ends in a TypeError where a dictionary is wanted, doesn't say which table
it speaks of, and fills in null for what isn't set.
"""

from __future__ import annotations

import difflib
import json
import math
import typing as t

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
)

from .arguments import DEFAULT_OPTIONS, REPLICA_DEFAULT_OPTIONS, TABLE_OPTIONS

Options = dict[str, t.Any]
Option = dict[str, t.Any]
Schema = dict[str, Option]

# So much of a wrong value is shown.
SHOWN = 60


# The arguments that are lists of texts, each with an example.
_LISTS = {"replica_regions": "eu-west-1", "absent_regions": "eu-west-1", "only": "orders"}


def checked(params: Options) -> tuple[Options, list[str]]:
    """The arguments with each option of tables, of replicas and of their defaults in its type, and what is wrong.

    An option that is null stays null, and one that isn't set stays unset.
    """
    checker = _Checker()
    read = {
        "tables": checker.entries(params["tables"], TABLE_OPTIONS, _argument("tables"), "", "table "),
        "table_defaults": checker.dictionary(
            params.get("table_defaults") or {}, DEFAULT_OPTIONS, _argument("table_defaults")
        ),
        "replica_defaults": checker.by_region(params.get("replica_defaults") or {}, _argument("replica_defaults")),
    }
    read |= {
        name: checker.texts(params[name], _argument(name), example)
        for name, example in _LISTS.items()
        if params.get(name) is not None
    }
    return {**params, **read}, checker.problems


def _argument(name: str) -> str:
    """An argument of a module, with the variable that the roles take it from."""
    return f"{name} (dynamodb_{name})"


class _Checker:
    """Reads options and collects every problem on the way; ``place`` begins a sentence, ``path`` leads to an option."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def entries(self, value: t.Any, schema: Schema, place: str, path: str, named: str) -> list[Options]:
        """A list of dictionaries; a sentence of one begins with ``named`` and its name or region."""
        if not isinstance(value, list):
            self._wrong(place, path, value, {"type": "list", "options": schema})
            return []
        key = next(name for name, option in schema.items() if option.get("required"))
        read = []
        for number, entry in enumerate(value, 1):
            name = entry.get(key) if isinstance(entry, dict) else None
            shown = name if key == "region" else repr(name)
            read.append(
                self.dictionary(
                    entry, schema, named + shown if isinstance(name, str) else f"{_at(place, path)}, entry {number}"
                )
            )
        return read

    def dictionary(self, value: t.Any, schema: Schema, place: str, path: str = "") -> Options:
        try:
            values = check_type_dict(value)
        except TypeError:
            self._wrong(place, path, value, {"type": "dict", "options": schema})
            return {}
        for name in [name for name in values if name not in schema]:
            self._unknown(name, schema, place, path)
        for name, option in schema.items():
            if option.get("required") and values.get(name) is None:
                example = _example({"type": "dict", "options": schema})
                self.problems.append(
                    f"{_at(place, path, name)} is missing, such as {path + ': ' if path else ''}{example}."
                )
        return {
            name: self._option(inner, schema[name], place, _joined(path, name))
            for name, inner in values.items()
            if name in schema
        }

    def by_region(self, value: t.Any, place: str) -> dict[str, Options]:
        """Region -> the options of its replicas."""
        if not isinstance(value, dict) or value.keys() & REPLICA_DEFAULT_OPTIONS.keys():
            example = "{eu-west-1: {deletion_protection: true}}, or '*' for every region"
            self.problems.append(f"{place} is {_shown(value)}, but must name regions first, such as {example}.")
            return {}
        return {
            region: self.dictionary({} if own is None else own, REPLICA_DEFAULT_OPTIONS, f"{place}, {region}")
            for region, own in value.items()
        }

    def texts(self, value: t.Any, place: str, example: str) -> list[str]:
        try:
            return _texts(value)
        except TypeError:
            self.problems.append(f"{place} is {_shown(value)}, but must be a list, such as [{example}].")
            return []

    def _option(self, value: t.Any, option: Option, place: str, path: str) -> t.Any:
        if value is None:
            return None
        if "options" in option and option["type"] == "dict":
            return self.dictionary(value, option["options"], place, path)
        if "options" in option:
            kind = "replica" if "region" in option["options"] else "index"
            return self.entries(value, option["options"], place, path, f"{place}, {kind} ")
        try:
            return _typed(value, option)
        except (TypeError, ValueError, ArithmeticError):
            self._wrong(place, path, value, option)
            return None

    def _wrong(self, place: str, path: str, value: t.Any, option: Option) -> None:
        self.problems.append(f"{_at(place, path)} is {_shown(value)}, but must be {_wanted(option, path, value)}.")

    def _unknown(self, name: str, schema: Schema, place: str, path: str) -> None:
        near = difflib.get_close_matches(name, schema, 1)
        hint = f"did you mean {_joined(path, near[0])}?" if near else f"the options are {', '.join(schema)}."
        self.problems.append(f"{_at(place, path, name)} is no option: {hint}")


def _shown(value: t.Any) -> str:
    text = repr(value) if isinstance(value, str) else json.dumps(value, default=repr)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _at(place: str, path: str, name: str = "") -> str:
    return ": ".join(part for part in (place, _joined(path, name)) if part)


def _joined(path: str, name: str) -> str:
    return ".".join(part for part in (path, name) if part)


# The types


def _text(value: t.Any) -> str:
    """YAML makes false of ``no``, and Ansible text of any dictionary."""
    if value is None or isinstance(value, (bool, dict, list)):
        raise TypeError
    return str(value)


def _number(value: t.Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    return check_type_int(value)


def _fraction(value: t.Any) -> float:
    if isinstance(value, bool) or not math.isfinite(number := check_type_float(value)):
        raise TypeError
    return number


def _texts(value: t.Any) -> list[str]:
    if isinstance(value, bool):
        raise TypeError
    return [_text(element) for element in check_type_list(value)]


_TYPES: dict[str, t.Callable[[t.Any], t.Any]] = {
    "str": _text,
    "int": _number,
    "float": _fraction,
    "bool": check_type_bool,
    "dict": check_type_dict,
    "list": _texts,
    "raw": lambda value: value,
}


def _typed(value: t.Any, option: Option) -> t.Any:
    """:raises TypeError, ValueError, ArithmeticError: for what can't be of that type, or is no choice."""
    typed = _TYPES[option["type"]](value)
    if typed not in option.get("choices", [typed]):
        raise ValueError
    return typed


# What is wanted, in words


def _wanted(option: Option, path: str, value: t.Any) -> str:
    if "choices" in option:
        *others, last = option["choices"]
        return f"{', '.join(others)} or {last}"
    if option["type"] in _WORDS:
        return _WORDS[option["type"]]
    kind = "a dictionary" if option["type"] == "dict" else "a list"
    return f"{kind}, such as {path + ': ' if path else ''}{_example(option, value, path.rpartition('.')[2])}"


_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
_EXAMPLES = {"int": "1", "float": "1.0", "bool": "true", "dict": "{name: value}"}


def _example(option: Option, given: t.Any = None, name: str = "") -> str:
    """The right shape in YAML; what was given goes where it fits, so that ``customer`` becomes {type: customer}."""
    if "options" in option:
        schema = option["options"]
        shown = [name for name, inner in schema.items() if inner.get("required")] or list(schema)[:2]
        parts = [f"{name}: {_fitting(given, schema[name]) or _example(schema[name], name=name)}" for name in shown]
        text = f"{{{', '.join(parts)}}}"
    else:
        text = option["choices"][0] if "choices" in option else _EXAMPLES.get(option["type"], name.upper())
    return f"[{text}]" if option["type"] == "list" else text


def _fitting(given: t.Any, option: Option) -> str:
    """What was given, if it is one of that kind."""
    if given is None or isinstance(given, (dict, list)) or "options" in option:
        return ""
    try:
        _typed(given, option)
    except (TypeError, ValueError, ArithmeticError):
        return ""
    return given if isinstance(given, str) else json.dumps(given)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module arguments in, what is wanted out. Pure.

Whatever the service would refuse later, or less clearly, or accept silently, is refused here, before any
call, in one go: `Refused` carries a sentence for each problem of each table.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
import typing as t

from . import shapes
from .arguments import OVERRIDE_OPTIONS, REGIONAL_OPTIONS, TABLE_OPTIONS
from .settings import (
    autoscaling,
    consistency,
    encryption,
    insights,
    overrides,
    regional_problems,
    resource_policy,
    table_problems,
    tags,
)
from .wording import families, grouped, named

TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
# How a problem of one table begins; what has another beginning is of all.
OF_TABLE = re.compile(r"(?:table ('[^']*'))?(.*)", re.DOTALL)
ACCOUNT_ID = re.compile(r"\d{12}")

# What Ansible puts in the place of a secret (remove_values): the whole of a text, or a part of it.
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_MASKED = re.compile(MASK + r"|\*{8}")
_NEVER_MASKED = ("names", "only", "tables", "table_defaults", "replica_defaults")

# Settings of a table, as opposed to what says which table and which replicas are meant.
_NOT_SETTINGS = (
    "name",
    "region",
    "state",
    "delete_replicas",
    "consistency",
    "witness_region",
    "replicas",
    "exclude_regions",
    "verification",
)
TABLE_SETTINGS = tuple(name for name in TABLE_OPTIONS if name not in _NOT_SETTINGS)

EVERY_REGION = "*"


class Refused(ValueError):
    """The arguments can't be carried out as they stand.

    :ivar problems: one sentence each, saying what to change.
    """

    def __init__(self, problems: list[str]) -> None:
        lines = _shared(problems)
        super().__init__("\n".join([*([f"{len(lines)} problems:"] if len(lines) > 1 else []), *lines]))
        self.problems = problems


def _shared(problems: list[str]) -> list[str]:
    """The problems, with those that many tables have in common in one line."""
    parted = [OF_TABLE.fullmatch(problem).groups("") for problem in problems]
    of_tables = families(grouped((rest, table) for table, rest in parted if table), named)
    return [
        *dict.fromkeys(rest for table, rest in parted if not table),
        *(f"table{'s' if len(names) > 1 else ''} {told}{rest}" for rest, names, told in of_tables),
    ]


@dataclasses.dataclass(frozen=True)
class Replica:
    """A replica as wanted.

    :ivar settings: that region's own, in the words of the options; only those that are set.
    :ivar overrides: where it differs from what the group shares, likewise.
    """

    region: str
    state: str = "present"
    settings: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    overrides: dict[str, t.Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Table:
    """A table as wanted.

    :ivar settings: only the options that are set; what isn't here isn't managed.
    :ivar replicas: region -> wanted replica, the home region never among them.
    :ivar absent_regions: regions whose replica is to be removed.
    :ivar disassociated: regions whose replica is to leave the group and keep its items -> what is said of it.
    :ivar consistency: "strong" or "eventual"; empty where it isn't managed.
    :ivar witness_region: of a strongly consistent group, empty for none.
    """

    name: str
    home: str
    absent: bool = False
    delete_replicas: bool = False
    verification: str = "items"
    settings: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    replicas: dict[str, Replica] = dataclasses.field(default_factory=dict)
    absent_regions: tuple[str, ...] = ()
    disassociated: dict[str, Replica] = dataclasses.field(default_factory=dict)
    consistency: str = ""
    witness_region: str = ""

    @property
    def regions(self) -> tuple[str, ...]:
        """The home region, then every region where a replica is wanted."""
        return (self.home, *self.replicas)

    @property
    def leaving(self) -> tuple[str, ...]:
        """Every region whose replica is to leave, with or without its items."""
        return (*self.absent_regions, *self.disassociated)

    @property
    def listed_regions(self) -> tuple[str, ...]:
        """Every region that the table's definition names for it to be or not to be in."""
        return tuple(dict.fromkeys((*self.regions, *self.absent_regions, *self.disassociated)))


def parse(params: dict[str, t.Any], home: str | None, known_regions: t.Mapping[str, str]) -> list[Table]:
    """What the arguments of any module of the collection ask for.

    :param params: the module's arguments, as `arguments.COMMON_OPTIONS` leaves them: what is in tables, in their
        defaults and in those of replicas as the user gave it. In a table, and in a replica's entry, a null drops the
        default of that option.
    :param home: the region of tables that name none.
    :param known_regions: every region the SDK knows -> its partition.
    :raises Refused: with every problem of every table.
    """
    _refuse_masked(params)
    params, problems = shapes.checked(params)
    if problems:
        raise Refused(problems)
    reader = _Reader(params, home, known_regions)
    tables = reader.tables()
    if reader.problems:
        raise Refused(reader.problems)
    return _selected(tables, params.get("only"))


def parse_names(
    params: dict[str, t.Any], home: str | None, known_regions: t.Mapping[str, str]
) -> tuple[list[str], str]:
    """The names or globs of tables that are to be looked for, and the region where.

    :raises Refused: with every problem.
    """
    _refuse_masked(params)
    reader = _Reader(params, home, known_regions)
    reader.check_account_and_region()
    if not params["names"]:
        reader.problems.append("names is empty: give at least one name or glob.")
    if not home:
        reader.problems.append("names are looked for in one region: set region (dynamodb_region).")
    if reader.problems:
        raise Refused(reader.problems)
    return params["names"], home


def _refuse_masked(params: dict[str, t.Any]) -> None:
    """:raises Refused: for text that Ansible has masked, whose original nobody can tell."""
    places = [place for option in _NEVER_MASKED for place in _masked(option, params.get(option))]
    # A user's item may hold asterisks.
    places += [place for place in _masked("items", params.get("items")) if MASK in place]
    if places:
        raise Refused(
            [
                f"{place}: Ansible has put this in the place of a secret, so the original is lost. Write the original "
                "into the inventory, or export the tables again."
                for place in places
            ]
        )


def _masked(path: str, value: t.Any) -> t.Iterator[str]:
    """Where ``value`` holds masked text, and which."""
    if isinstance(value, str) and _MASKED.search(value):
        yield f"{path} is {value!r}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _masked(f"{path}, a name in it,", key)
            yield from _masked(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            name = inner.get("name") if isinstance(inner, dict) else None
            yield from _masked(f"{path}[{name or number}]", inner)


def _selected(tables: list[Table], patterns: list[str] | None) -> list[Table]:
    """The tables whose name matches one of ``patterns`` (names or globs); every pattern must match something."""
    if patterns is None:
        return tables
    names = [table.name for table in tables]
    idle = [pattern for pattern in patterns if not fnmatch.filter(names, pattern)]
    if idle or not patterns:
        listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
        wanted = ", ".join(idle) if idle else "an empty list"
        raise Refused([f"only (dynamodb_only): no table matches {wanted}. The tables are: {listed}."])
    return [table for table in tables if any(fnmatch.fnmatchcase(table.name, pattern) for pattern in patterns)]


class _Reader:
    """Reads the arguments table by table and collects every problem on the way."""

    def __init__(self, params: dict[str, t.Any], home: str | None, known_regions: t.Mapping[str, str]) -> None:
        self.params = params
        self.home = home
        self.known_regions = known_regions
        self.problems: list[str] = []

    def tables(self) -> list[Table]:
        if not self.params["tables"]:
            self.problems.append("tables (dynamodb_tables) is empty: list at least one table.")
            return []
        self.check_account_and_region()
        for option in ("replica_regions", "absent_regions"):
            self._check_regions(f"{option} (dynamodb_{option})", self._regions(option))
        replica_defaults = self._replica_defaults()
        entries = [self._with_defaults(entry) for entry in self.params["tables"]]
        self._check_names([entry["name"] for entry in entries])
        return [self._table(entry, replica_defaults) for entry in entries]

    def _regions(self, option: str) -> list[str]:
        """None are an empty list; Ansible makes a list of an empty string of a variable that is empty."""
        return [region for region in self.params.get(option) or [] if region]

    def check_account_and_region(self) -> None:
        account_id = self.params.get("account_id")
        if account_id is not None and not ACCOUNT_ID.fullmatch(account_id):
            self.problems.append(
                f"account_id (dynamodb_account_id) is {account_id!r}, but must be 12 digits, in quotes."
            )
        if self.home:
            self._check_regions("region (dynamodb_region)", [self.home])

    def _with_defaults(self, entry: dict[str, t.Any]) -> dict[str, t.Any]:
        """An option that the table has as null has no default, and isn't set."""
        options = {**(self.params.get("table_defaults") or {}), **entry}
        return {
            option: value if option == "replicas" else _set(value)  # these have defaults of their own
            for option, value in options.items()
            if value is not None
        }

    def _check_names(self, names: list[str]) -> None:
        for name in dict.fromkeys(names):
            if not TABLE_NAME.fullmatch(name):
                self.problems.append(
                    f"table {name!r}: a table's name has 3 to 255 characters, each a letter, digit, '_', '.' or '-'."
                )
            if names.count(name) > 1:
                self.problems.append(f"table {name!r} is listed {names.count(name)} times: list it once.")

    def _check_regions(self, where: str, regions: list[str]) -> None:
        for region in dict.fromkeys(regions):
            if regions.count(region) > 1:
                self.problems.append(f"{where}: region {region} is listed {regions.count(region)} times: list it once.")
            if region not in self.known_regions:
                self.problems.append(
                    f"{where}: region {region!r} is unknown. Correct the name, or update boto3 if the region is new."
                )

    def _check_partition(self, name: str, regions: list[str | None]) -> None:
        partitions = {self.known_regions[region] for region in regions if region in self.known_regions}
        if len(partitions) > 1:
            self.problems.append(
                f"table {name!r}: its regions lie in {' and '.join(sorted(partitions))}: a global table stays in one."
            )

    def _replica_defaults(self) -> dict[str, dict[str, t.Any]]:
        defaults = {}
        for region, values in (self.params.get("replica_defaults") or {}).items():
            if region != EVERY_REGION:
                self._check_regions(f"replica_defaults (dynamodb_replica_defaults), {region}", [region])
            defaults[region] = values
        return defaults

    def _table(self, entry: dict[str, t.Any], replica_defaults: dict[str, dict[str, t.Any]]) -> Table:
        name = entry["name"]
        home = entry.get("region") or self.home
        if not home:
            self.problems.append(f"table {name!r}: no home region: set region on the table, or dynamodb_region.")
        elif "region" in entry:
            self._check_regions(f"table {name!r}, region", [home])
        settings = tags.as_text({option: entry[option] for option in TABLE_SETTINGS if option in entry})
        replicas = self._replicas(entry, home or "", replica_defaults)
        wanted = _in_state("present", replicas)
        disassociated = _in_state("disassociated", replicas)
        absent_regions = self._absent_regions(entry, home or "", replicas)
        witness = entry.get("witness_region", "")
        if "witness_region" in entry:
            self._check_regions(f"table {name!r}, witness_region", [witness])
        self._check_partition(name, [home, *wanted, *absent_regions, *disassociated, witness])
        table = Table(
            name=name,
            home=home or "",
            absent=entry.get("state") == "absent",
            delete_replicas=bool(entry.get("delete_replicas")),
            verification=entry.get("verification", "items"),
            settings=settings,
            replicas=wanted,
            absent_regions=absent_regions,
            disassociated=disassociated,
            consistency=entry.get("consistency", ""),
            witness_region=witness,
        )
        for problems in (_problems(table), _group_problems(table, self.params.get("account_id"))):
            self.problems += [f"table {name!r}{problem}" for problem in problems]
        return table

    def _replicas(
        self, entry: dict[str, t.Any], home: str, replica_defaults: dict[str, dict[str, t.Any]]
    ) -> dict[str, Replica]:
        """(replica_regions + the table's replicas) - exclude_regions - home, each with its options."""
        listed = entry.get("replicas") or []
        self._check_regions(f"table {entry['name']!r}, replicas", [replica["region"] for replica in listed])
        excluded = entry.get("exclude_regions") or []
        self._check_regions(f"table {entry['name']!r}, exclude_regions", excluded)
        own = {replica["region"]: replica for replica in listed}
        if _set(own.get(home, {})).keys() - {"region"}:
            self.problems.append(
                f"table {entry['name']!r}, replicas: {home} is its home region: set that on the table itself."
            )
        for region in excluded:
            if own.get(region, {}).get("state") not in (None, "present"):
                self.problems.append(
                    f"table {entry['name']!r}: {region} is excluded and its replica to be removed or disassociated: "
                    "take it from exclude_regions."
                )
        regions = dict.fromkeys([*self._regions("replica_regions"), *own])
        replicas = {}
        for region in regions:
            if region == home or region in excluded:
                continue
            defaults = {**replica_defaults.get(EVERY_REGION, {}), **replica_defaults.get(region, {})}
            options = _set({**defaults, **own.get(region, {})})
            if (entry.get("encryption") or {}).get("type") != encryption.CUSTOMER:
                # A region's default is for the tables that have customers' keys.
                options.pop("kms_key", None)
                if own.get(region, {}).get("kms_key"):
                    self.problems.append(
                        f"table {entry['name']!r}, replica {region}: kms_key needs encryption on the table, with type: "
                        "customer and the table's own kms_key."
                    )
            own_values, own_of_indexes = insights.apart(
                {option: value for option, value in options.items() if option in OVERRIDE_OPTIONS}
            )
            settings = {option: value for option, value in options.items() if option in REGIONAL_OPTIONS}
            settings |= own_of_indexes
            state = options.get("state", "present")
            replicas[region] = Replica(region, state, tags.as_text(settings), overrides.normalised(own_values))
        return replicas

    def _absent_regions(self, entry: dict[str, t.Any], home: str, replicas: dict[str, Replica]) -> tuple[str, ...]:
        named = self._regions("absent_regions")
        for region in named:
            if region in replicas and replicas[region].state != "absent":
                how = "a replica" if replicas[region].state == "present" else "disassociated"
                self.problems.append(
                    f"table {entry['name']!r}: {region} is wanted as {how} and named in absent_regions "
                    "(dynamodb_absent_regions): remove it from one of the two."
                )
            if region == home:
                self.problems.append(
                    f"table {entry['name']!r}: {region} is its home region and can't be removed as a replica: remove "
                    "it from absent_regions (dynamodb_absent_regions), or set state: absent to delete the table."
                )
        return tuple(dict.fromkeys([*named, *_in_state("absent", replicas)]))


def _problems(table: Table) -> t.Iterator[str]:
    """What is wrong with the settings of a table and of its replicas, to go behind the table's name."""
    yield from (f": {problem}" for problem in table_problems(table.settings, table.home))
    for region, replica in table.replicas.items():
        problems = (
            *regional_problems(replica.settings, region),
            *overrides.problems(replica.overrides),
            *encryption.replica_problems(table.settings, replica.overrides, region),
        )
        yield from (f", replica {region}: {problem}" for problem in problems)


def _group_problems(table: Table, account_id: str | None) -> t.Iterator[str]:
    """The same of the group that they are to be."""
    strong = table.consistency == consistency.STRONG
    if strong and table.disassociated:
        yield (
            f": the replicas of a strongly consistent group can't be disassociated: remove state: disassociated of "
            f"{', '.join(table.disassociated)}, or consistency: strong."
        )
    members = {table.home: table.settings, **{region: own.settings for region, own in table.replicas.items()}}
    if table.replicas:
        yield from (f": {problem}" for problem in autoscaling.replica_problems(table.settings))
        if not strong and table.settings.get("stream", {}).get("enabled") is False:
            yield (
                ": a global table replicates through its stream, which can't be off: remove stream.enabled: false, or "
                "the replicas."
            )
        for region, own in members.items():
            if problem := resource_policy.replication_problem(own, table.name, account_id):
                yield f", {region}: {problem}."
    if strong and any(own.get("disassociation_protection") is False for own in members.values()):
        yield (
            ": the replicas of a strongly consistent group can't be disassociated, so there is no protection to turn "
            "off: remove disassociation_protection: false."
        )
    if not table.absent:
        problems = consistency.problems(
            table.consistency, table.witness_region, list(members), table.absent_regions, table.settings
        )
        yield from (f": {problem}" for problem in problems)


def _in_state(state: str, replicas: dict[str, Replica]) -> dict[str, Replica]:
    return {region: replica for region, replica in replicas.items() if replica.state == state}


def _set(value: t.Any) -> t.Any:
    """Only what is set, at any depth: null is unset."""
    if isinstance(value, dict):
        return {option: _set(inner) for option, inner in value.items() if inner is not None}
    return [_set(element) for element in value] if isinstance(value, list) else value

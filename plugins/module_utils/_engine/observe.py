# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads: what the wanted options manage of each table, and nothing else, in every region concerned, side by side."""

from __future__ import annotations

import dataclasses
import typing as t
from concurrent.futures import Executor, ThreadPoolExecutor

from . import api, errors, transform
from .arguments import SIDE_READ_OPTIONS
from .clients import WORKERS, Clients
from .settings import autoscaling, encryption, insights, kinesis_stream, recovery, resource_policy, tags, ttl
from .settings.consistency import STRONG
from .settings.holders import ON_DEMAND, PROVISIONED
from .spec import Table
from .state import ABSENT, ACTIVE, DELETING, UNKNOWN, UPDATING, Observed, RegionalTable, Seen, absent

Settings = dict[str, t.Any]


def _read_index_insights(clients: Clients, shown: RegionalTable, name: str, wanted: t.Any) -> Seen:
    """The indexes of DescribeTable, and Contributor Insights of those where they are wanted, or of all."""
    indexes = shown.settings["global_secondary_indexes"]
    named = [index["name"] for index in indexes] if wanted is None else insights.managed_indexes(wanted)
    client = clients[shown.region]
    answers = {index: api.describe_contributor_insights(client, name, index) for index in named}
    return insights.read_indexes(indexes, {index: answer for index, answer in answers.items() if answer})


def _read_scaling(clients: Clients, shown: RegionalTable, name: str, wanted: t.Any) -> RegionalTable:
    """What scales the table and its indexes; where it isn't managed, only of a provisioned table."""
    if wanted is None and shown.settings["billing_mode"] != "PROVISIONED":
        return shown
    client = clients.of("application-autoscaling", shown.region)
    targets = api.describe_scalable_targets(client, autoscaling.resources(name, shown.settings))
    resources = dict.fromkeys(target["ResourceId"] for target in targets)
    policies = [policy for resource in resources for policy in api.describe_scaling_policies(client, resource)]
    scaling = autoscaling.read(name, targets, policies)
    return dataclasses.replace(shown, settings=autoscaling.described(shown.settings, scaling), scaling=scaling)


def _read_outliving(clients: Clients, shown: RegionalTable, name: str, wanted: t.Any) -> RegionalTable:
    """What scales a table that is to be on demand. Nobody manages it: it is no setting, and stops nobody."""
    try:
        return dataclasses.replace(shown, scaling=_read_scaling(clients, shown, name, None).scaling)
    except errors.ServiceError as error:
        if error.kind != errors.DENIED:
            raise
        return dataclasses.replace(shown, scaling_problem=str(error))


def _read_obstacles(clients: Clients, shown: RegionalTable, name: str, wanted: str) -> RegionalTable:
    """What keeps a regional table from becoming a strongly consistent group, as far as DescribeTable doesn't show it.

    Its count of items is hours old, so it is looked for one.
    """
    if shown.replicas or shown.consistency == STRONG:
        return shown
    client = clients[shown.region]
    obstacles = {
        "it holds items": api.holds_items(client, name),
        "it has TTL": ttl.read(api.describe_time_to_live(client, name))["enabled"],
    }
    return dataclasses.replace(shown, obstacles=tuple(what for what, is_there in obstacles.items() if is_there))


def _read_key(clients: Clients, shown: RegionalTable, name: str, wanted: Settings | None) -> RegionalTable:
    """How a region is encrypted, and what KMS says of the key that it is to have."""
    asked = encryption.key_to_ask(wanted, shown)
    metadata = api.describe_key(clients.of("kms", shown.region), asked) if asked else None
    value, key = encryption.seen(wanted, shown, metadata)
    settings = {**shown.settings, encryption.OPTION: value} if shown.exists else {}
    return dataclasses.replace(shown, settings=settings, key=key)


def _read_key_in_use(clients: Clients, shown: RegionalTable, name: str, joining: t.Collection[str]) -> RegionalTable:
    """Whose key encrypts a table that gets another replica, which then may need one too."""
    return shown if shown.staying >= set(joining) else _read_key(clients, shown, name, None)


# One for each of SIDE_READ_OPTIONS, and for what belongs to indexes and to the group: (clients, what was shown up to
# now, table name, wanted value) -> value, or what is shown then.
_READERS: dict[str, t.Callable[[Clients, RegionalTable, str, t.Any], t.Any]] = {
    "ttl": lambda clients, shown, name, wanted: ttl.read(api.describe_time_to_live(clients[shown.region], name)),
    "point_in_time_recovery": lambda clients, shown, name, wanted: recovery.read(
        api.describe_continuous_backups(clients[shown.region], name)
    ),
    "tags": lambda clients, shown, name, wanted: tags.read(api.list_tags_of_resource(clients[shown.region], shown.arn)),
    "contributor_insights": lambda clients, shown, name, wanted: insights.read(
        api.describe_contributor_insights(clients[shown.region], name)
    ),
    "encryption": _read_key,
    "global_secondary_indexes": _read_index_insights,
    "autoscaling": _read_scaling,
    "resource_policy": lambda clients, shown, name, wanted: resource_policy.read(
        api.get_resource_policy(clients[shown.region], shown.arn)
    ),
    "kinesis_stream": lambda clients, shown, name, wanted: kinesis_stream.read(
        api.describe_kinesis_streaming_destination(clients[shown.region], name), wanted
    ),
    "consistency": _read_obstacles,
    "joining": _read_key_in_use,
    "outliving": _read_outliving,
}


@dataclasses.dataclass(frozen=True)
class Reading:
    """Which regions of one table are read.

    :ivar regions: region -> the options to read beyond DescribeTable, each with the value that is wanted, if any.
    :ivar leavings: regions where something is to go, so that what outlives it is looked for.
    """

    table: Table
    regions: dict[str, Settings]
    leavings: tuple[str, ...] = ()


def managed(settings: Settings) -> Settings:
    """The settings among ``settings`` that DescribeTable doesn't show."""
    options = {option: settings[option] for option in SIDE_READ_OPTIONS if option in settings}
    indexes = settings.get("global_secondary_indexes", [])
    if insights.managed_indexes(indexes):
        options["global_secondary_indexes"] = indexes
    if autoscaling.concerns(settings):
        options["autoscaling"] = settings.get("autoscaling", {})
    return options


def table_reading(table: Table) -> Reading:
    """What ``tables`` reads: the home region; for a table that is to go, every listed region."""
    if table.absent:
        listed = dict.fromkeys((*table.regions, *table.absent_regions))
        return Reading(table, {region: {} for region in listed}, leavings=tuple(listed))
    return Reading(table, {table.home: _of_home(table)}, leavings=_purged(table, (table.home,)))


def _of_home(table: Table) -> Settings:
    """What is managed; and where it is provisioned, what scales it."""
    if table.settings.get("billing_mode") == ON_DEMAND:
        return {"outliving": None, **managed(table.settings)}
    return {**(_scaling_of_home(table) if table.replicas else {}), **managed(table.settings)}


def _scaling_of_home(table: Table) -> Settings:
    """Where it is provisioned, a replica needs its writes scaled."""
    return {"autoscaling": {} if table.settings.get("billing_mode") == PROVISIONED else None}


def replica_reading(table: Table) -> Reading:
    """What ``replicas`` reads: the home region and every region where a replica is wanted or to leave."""
    regions: dict[str, Settings] = {region: {} for region in table.listed_regions}
    regions[table.home] = {
        **_scaling_of_home(table),
        **{
            option: value
            for option, value in managed(table.settings).items()
            if table.leaving or option in ("autoscaling", "encryption")
        },
    }
    if "encryption" not in table.settings:
        regions[table.home]["joining"] = tuple(table.replicas)
    if table.consistency == STRONG:
        regions[table.home]["consistency"] = table.consistency
    follows = managed(autoscaling.of_replica(table.settings))
    for region, replica in table.replicas.items():
        capacity = {"autoscaling": None} if autoscaling.concerns(replica.overrides) else {}
        key = encryption.of_replica(table.settings, replica.overrides)
        regions[region] = {**capacity, **managed(replica.settings), **follows, **key}
    leavings = () if table.absent else (*table.absent_regions, *_purged(table, table.regions))
    return Reading(table, regions, leavings=leavings)


def _purged(table: Table, regions: t.Iterable[str]) -> tuple[str, ...]:
    """Where a removed index may leave behind what scaled it."""
    return tuple(regions) if table.settings.get("purge_indexes") and autoscaling.concerns(table.settings) else ()


def full_reading(table: Table) -> Reading:
    """What ``tables_info`` reads: everything, in every listed region."""
    everything = dict.fromkeys((*SIDE_READ_OPTIONS, "global_secondary_indexes"))
    return Reading(table, {region: everything for region in table.listed_regions})


def look(readings: list[Reading], clients: Clients) -> dict[str, Observed]:
    """One observation by itself: table name -> what its regions show."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return observe(readings, clients, pool, patient=False)


def observe(readings: list[Reading], clients: Clients, pool: Executor, patient: bool) -> dict[str, Observed]:
    """Table name -> what its regions show.

    Where the home region shows that others matter too, those are looked into next.

    :param patient: whether an endpoint that can't be reached, or fails, may come back (it answered before).
    """
    seen = _read(readings, clients, pool, patient)
    more = [Reading(reading.table, _further(reading, seen[reading.table.name])) for reading in readings]
    for name, observed in _read([reading for reading in more if reading.regions], clients, pool, patient).items():
        seen[name] = {**seen[name], **observed}
    return _with_leavings(readings, seen, clients, pool)


def _with_leavings(
    readings: list[Reading], seen: dict[str, Observed], clients: Clients, pool: Executor
) -> dict[str, Observed]:
    """What outlives a table can't be found by the names of its indexes: a region's whole list is read, once."""
    places = [
        (reading.table.name, region)
        for reading in readings
        for region in reading.leavings
        if seen[reading.table.name][region].status in (ABSENT, ACTIVE, DELETING)
    ]
    lists = {region: pool.submit(_every_target, clients, region) for region in {region for name, region in places}}
    for name, region in places:
        seen[name] = {**seen[name], region: _with_targets(seen[name][region], name, lists[region].result())}
    return seen


def _further(reading: Reading, seen: Observed) -> dict[str, Settings]:
    """Listed regions to read besides: all of them when the table is absent at home, before anybody creates it; the
    members when its indexes are managed, since each region fills its own (finding DDB-TABLE-296); where a replica is to
    come with a key of its own, since KMS is asked about that before anything is made. A table that is to go concerns no
    more than `table_reading` names: what left its group stands where it is."""
    table = reading.table
    if table.absent:
        return {}
    home = seen[table.home]
    regions: t.Iterable[str] = ()
    if home.status == ABSENT:
        regions = table.listed_regions
    elif "global_secondary_indexes" in table.settings:
        regions = [region for region in (*table.replicas, *table.absent_regions) if region in home.replicas]
    keys = _keys_of_new(table, home) if home.status in (ABSENT, ACTIVE, UPDATING) else {}
    further = {**dict.fromkeys(regions, {}), **keys}
    return {region: options for region, options in further.items() if region not in reading.regions}


def _keys_of_new(table: Table, home: RegionalTable) -> dict[str, Settings]:
    """Region -> encryption, where a replica is to come with a customer's key."""
    if table.settings.get(encryption.OPTION, {}).get("type") != encryption.CUSTOMER:
        return {}
    new = [replica for region, replica in table.replicas.items() if region not in home.staying]
    return {replica.region: encryption.of_replica(table.settings, replica.overrides) for replica in new}


def _every_target(clients: Clients, region: str) -> list[Settings] | errors.ServiceError:
    try:
        return api.describe_scalable_targets(clients.of("application-autoscaling", region))
    except errors.ServiceError as error:
        return error


def _with_targets(shown: RegionalTable, name: str, targets: list[Settings] | errors.ServiceError) -> RegionalTable:
    """Not being allowed to look for what is left stops nobody: the table itself went as it should. What passes by
    itself is waited for."""
    if not isinstance(targets, errors.ServiceError):
        return dataclasses.replace(shown, scaling={**autoscaling.read(name, targets, []), **shown.scaling})
    if targets.transient:
        return _unread(shown, targets, patient=True)
    return dataclasses.replace(shown, scaling_problem=str(targets))


def _read(readings: list[Reading], clients: Clients, pool: Executor, patient: bool) -> dict[str, Observed]:
    futures = {
        reading.table.name: {
            region: pool.submit(_read_region, clients, region, reading.table.name, options, patient)
            for region, options in reading.regions.items()
        }
        for reading in readings
    }
    return {name: {region: future.result() for region, future in regions.items()} for name, regions in futures.items()}


def _read_region(clients: Clients, region: str, name: str, options: Settings, patient: bool) -> RegionalTable:
    try:
        shown = transform.regional_table(region, api.describe_table(clients[region], name))
    except errors.ServiceError as error:
        if error.kind != errors.ABSENT:
            return _unread(RegionalTable(region, UNKNOWN), error, patient)
        shown = absent(region)
    return _with_options(clients, shown, name, options, patient)


def _with_options(clients: Clients, shown: RegionalTable, name: str, options: Settings, patient: bool) -> RegionalTable:
    """A region that is being made or removed answers DescribeTable only (finding DDB-TABLE-227); KMS is asked of keys
    for tables that are to come, too. What one denied call would have shown is all that is missing."""
    up = shown.status in (ACTIVE, UPDATING)
    for option, wanted in options.items():
        if not up and option != encryption.OPTION:
            continue
        try:
            shown = _with(shown, option, _READERS[option](clients, shown, name, wanted))
        except errors.ServiceError as error:
            shown = _unread(shown, error, patient)
            if error.kind != errors.DENIED:
                break
    return shown


def _with(shown: RegionalTable, option: str, answer: t.Any) -> RegionalTable:
    """``shown`` with what a reader returned."""
    if isinstance(answer, RegionalTable):
        return answer
    seen = answer if isinstance(answer, Seen) else Seen(answer)
    return dataclasses.replace(
        shown,
        settings={**shown.settings, option: seen.value},
        moving={**shown.moving, **seen.moving},
        failed={**shown.failed, **seen.failed},
    )


def _unread(shown: RegionalTable, error: errors.ServiceError, patient: bool) -> RegionalTable:
    passing = (errors.THROTTLED, errors.BUSY, errors.ABSENT)
    transient = error.kind in passing or (patient and error.transient)
    lasting = shown.problem and not shown.transient
    problem = "; ".join(filter(None, [shown.problem, str(error)]))
    return dataclasses.replace(shown, problem=problem, transient=transient and not lasting)

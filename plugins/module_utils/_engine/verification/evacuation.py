# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Before a region is left: have the writes made there arrived in the others, as far as that can be told?"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import threading
import typing as t
import uuid
from concurrent.futures import ThreadPoolExecutor

from .. import api, errors
from ..clients import WORKERS, Clients
from ..observe import Reading, look
from ..settings.consistency import STRONG
from ..spec import Refused, Table
from ..state import ABSENT, Observed
from . import drainage
from .check import TABLES_AT_ONCE, Clock
from .cleanup import sweep
from .drainage import Departure
from .ground import Ground
from .heartbeats import SETTLING, Progress, Subject, watch
from .probes import Lease, Schema
from .staleness import DAY, SHORTEST_INTERVAL, Pace
from .states import Pair, dependence, pair_states

# CloudWatch is asked for so many seconds, in points of so many, and of so many metrics at a time (GetMetricData).
HOUR = 3600
PERIOD = 60
METRICS_AT_ONCE = 500


@dataclasses.dataclass(frozen=True)
class Options:
    """``timeout`` of the probes and the ``interval`` between them, in seconds."""

    timeout: float = 600.0
    interval: float = 1.0

    def check(self) -> None:
        """:raises Refused: for what can't be done."""
        problems = []
        if not 0 < self.timeout <= DAY:
            problems.append(
                f"timeout (evacuate_timeout) is {self.timeout:g} s, but must be more than 0, at most a day."
            )
        if not SHORTEST_INTERVAL <= self.interval <= 3600:
            problems.append(f"interval is {self.interval:g} s, but must be {SHORTEST_INTERVAL:g} s to an hour.")
        if problems:
            raise Refused(problems)


def check_region(region: str, tables: list[Table]) -> None:
    """:raises Refused: when no table names the region at all."""
    named = sorted({name for table in tables for name in (*table.listed_regions, table.witness_region) if name})
    if region not in named:
        raise Refused(
            [f"evacuate_region is {region!r}, which is no region of any listed table: name one of {', '.join(named)}."]
        )


def evacuate(
    region: str,
    tables: list[Table],
    clients: Clients,
    options: Options,
    check_mode: bool,
    progress: Progress = lambda _event: None,
    clock: t.Any = Clock,
) -> dict[str, t.Any]:
    """The module's result. An interruption still cleans up, then goes on upwards."""
    tables = [table for table in tables if not table.absent]
    members = {table.name: _members(table, region) for table in tables}
    observed = look([Reading(table, {name: {} for name in members[table.name]}) for table in tables], clients)
    departures = {table.name: _judge_states(table, region, observed[table.name], check_mode) for table in tables}
    probed = {table.name: table for table in tables if departures[table.name].targets and not check_mode}
    probed = {name: table for name, table in probed.items() if table.verification != "states"}
    latency_problem = _read_latency(region, [departures[name] for name in probed], clients, clock)
    run = str(uuid.uuid4())

    def prepare(table: Table) -> Subject:
        return _subject(departures[table.name], table, observed[table.name], clients, run, clock)

    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        subjects = dict(zip(probed, pool.map(prepare, probed.values()), strict=True))
    _probe(departures, subjects, options, progress)
    return drainage.module_result(region, list(departures.values()), latency_problem)


def _members(table: Table, region: str) -> list[str]:
    """The regions where the table is to be, and the one to be left, though it may already be named for removal."""
    leaving = [region] if region in table.listed_regions else []
    return list(dict.fromkeys((*table.regions, *leaving)))


def _judge_states(table: Table, region: str, observed: Observed, check_mode: bool) -> Departure:
    """What the states say: which regions can be probed, and why others can't."""
    departure = Departure(table.name, region)
    home = observed[table.home]
    if region == table.witness_region or region in home.witnesses:
        departure.nothing = f"{region} is only the witness of its strongly consistent group and holds no items"
        return departure
    if region not in observed:
        if home.problem:
            departure.problems.append(home.problem)
        elif region in home.replicas:
            departure.problems.append(
                f"its replica in {region} isn't listed: add {region} to dynamodb_replica_regions, or to its replicas"
            )
        else:
            departure.nothing = f"it isn't in {region}"
        return departure
    if observed[region].status == ABSENT:
        departure.problems.append(f"there is no table of that name in {region}, though it is listed")
        return departure
    others = [name for name in observed if name != region]
    if not others:
        departure.problems.append(f"{region} is its only listed region: its items are nowhere else")
        return departure
    if refusal := dependence(observed):
        departure.problems.append(refusal)
        return departure
    departure.strong = observed[region].consistency == STRONG
    states = pair_states(observed)
    for target in others:
        if states[region, target].testable:
            departure.targets.append(target)
        else:
            departure.problems.append(f"{region} → {target}: {states[region, target].reason}")
    if region == table.home:
        departure.notes.append(
            f"{region} is its home region: name another (dynamodb_region) before managing it from there"
        )
    unlisted = sorted(observed[region].replicas.keys() - observed.keys())
    if unlisted:
        departure.problems.append(
            f"it has replicas in {', '.join(unlisted)} that aren't listed, and weren't looked at: list them"
        )
    if check_mode:
        departure.problems.append("check mode: no probe was written, so there is no answer")
    elif table.verification == "states":
        departure.problems.append(
            "nothing may be written into it (verification: states), so no probe was sent: set verification: items"
        )
    return departure


def _read_latency(region: str, departures: list[Departure], clients: Clients, clock: t.Any) -> str:
    """Fill in each table's ReplicationLatency of the last hour; why it couldn't be read, as a sentence.

    Only eventually consistent groups have it, in the source region (AWS_FACTS section 7).
    """
    asked = [(one, target) for one in departures if not one.strong for target in one.targets]
    now = int(clock.epoch()) // PERIOD * PERIOD
    start, end = (datetime.datetime.fromtimestamp(moment, datetime.UTC) for moment in (now - HOUR, now + PERIOD))
    try:
        for begin in range(0, len(asked), METRICS_AT_ONCE):
            client, batch = clients.of("cloudwatch", region), asked[begin : begin + METRICS_AT_ONCE]
            queries = [_latency_query(f"m{number}", one.name, target) for number, (one, target) in enumerate(batch)]
            values = api.get_metric_data(client, queries, start, end)
            for number, (one, target) in enumerate(batch):
                if seen := values.get(f"m{number}"):
                    one.latency[target] = max(seen) / 1000
    except errors.ServiceError as error:
        return str(error)
    return ""


def _latency_query(identifier: str, table: str, target: str) -> dict[str, t.Any]:
    dimensions = [{"Name": "TableName", "Value": table}, {"Name": "ReceivingRegion", "Value": target}]
    metric = {"Namespace": "AWS/DynamoDB", "MetricName": "ReplicationLatency", "Dimensions": dimensions}
    return {"Id": identifier, "MetricStat": {"Metric": metric, "Period": PERIOD, "Stat": "Maximum"}}


def _subject(
    departure: Departure, table: Table, observed: Observed, clients: Clients, run: str, clock: t.Any
) -> Subject:
    """The table as heartbeats take it, once what a run that died left at their keys is gone."""
    region = departure.region
    schema = Schema.of(table.name, observed[region])
    ground = Ground(schema, clients, Lease(run, 0), clock, 0.0, threading.Event(), strong=departure.strong)
    regions = [region, *departure.targets]
    with ThreadPoolExecutor(WORKERS) as pool:
        swept = sweep(ground, regions, [region], pool)
    departure.notes += swept.notes(schema)
    unreadable = [swept.unreadable[name] for name in regions if name in swept.unreadable]
    departure.problems += unreadable
    reached = [target for target in departure.targets if target not in swept.unreadable]
    pairs: list[Pair] = [] if region in swept.unreadable else [(region, target) for target in reached]
    holders = [name for name, shown in observed.items() if shown.status != ABSENT]
    return Subject(ground, pairs, {region: swept.free_heartbeats(region)}, holders)


def _probe(
    departures: dict[str, Departure], subjects: dict[str, Subject], options: Options, progress: Progress
) -> None:
    rounds = itertools.count(1)

    def enough(stalenesses: dict[str, dict[Pair, t.Any]]) -> bool:
        number = next(rounds)
        return all(
            drainage.settled(
                list(followed.values()), departures[name].latency, departures[name].strong, options.timeout, number
            )
            for name, followed in stalenesses.items()
        )

    def settling(stalenesses: dict[str, dict[Pair, t.Any]]) -> float:
        """Where lag is long, the newest probes take as long, too."""
        longest = [
            drainage.longest_lag(list(followed.values()), departures[name].latency)
            for name, followed in stalenesses.items()
        ]
        return min(options.timeout, max(SETTLING, 2 * max(longest)))

    pace = Pace(duration=options.timeout, interval=options.interval)
    found = watch(subjects, pace, progress, enough=enough, settling=settling)
    for name, watched in found.items():
        departure, schema = departures[name], subjects[name].ground.schema
        departure.watched = {target: one for (_source, target), one in watched.pairs.items()}
        departure.notes += watched.notes
        departure.left_behind = [
            {
                "region": left.region,
                "item_keys": [schema.printable(probe) for probe in sorted(left.probes)],
                "reason": left.reason,
            }
            for left in watched.left
        ]

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Before a region is left: have the writes made there arrived in the others, as far as that can be told?"""

from __future__ import annotations

import datetime
import time
import typing as t
import uuid

from .. import api, errors
from ..clients import Clients
from ..observe import Reading, look
from ..settings.consistency import STRONG
from ..spec import Refused, Table
from ..state import ABSENT, Observed
from . import calls, drainage, heartbeats
from .calls import Calls, all_of, to_the_end
from .check import after_interruption
from .drainage import Drainage
from .heartbeats import KEYS, SETTLING, Progress, Watched
from .history import History
from .probes import Lease, Schema
from .recent import Comparison
from .reserved import GRACE, Claim
from .session import Session
from .staleness import Pace, rounds_kept
from .states import dependence, pair_states

# CloudWatch is asked for so many seconds, in points of so many, and of so many metrics at a time (GetMetricData).
HOUR = 3600
PERIOD = 60
METRICS_AT_ONCE = 500


def check(region: str, tables: list[Table], pace: Pace) -> None:
    """Check the arguments of `evacuate`.

    :raises Refused: for what can't be done.
    """
    problems = pace.problems("timeout (evacuate_timeout)", "interval")
    regions = {name for table in tables for name in (*table.listed_regions, table.witness_region) if name}
    if region not in regions:
        problems.append(
            f"evacuate_region is {region!r}, which is no region of any listed table: name one of "
            f"{', '.join(sorted(regions))}."
        )
    if problems:
        raise Refused(problems)


def evacuate(
    region: str,
    tables: list[Table],
    clients: Clients,
    pace: Pace,
    check_mode: bool,
    progress: Progress = lambda _event: None,
) -> dict[str, t.Any]:
    """The module's result. An interruption still cleans up, then goes on upwards with a note of that.

    :param pace: of the probes; its duration is also how long what doesn't answer is asked again.
    """
    tables = [table for table in tables if not table.absent]
    members = {table.name: _members(table, region) for table in tables}
    observed = look([Reading(table, {name: {} for name in members[table.name]}) for table in tables], clients)
    drainages = {table.name: _judge_states(table, region, observed[table.name], check_mode) for table in tables}
    probed = {
        table.name: drainages[table.name]
        for table in tables
        if drainages[table.name].reached and not check_mode and table.verification != "states"
    }
    latency_problem = _read_latency(region, list(probed.values()), clients)
    sender = Calls(clients, dict.fromkeys(region for name in probed for region in members[name]))
    subjects = [
        Subject(turn, found, observed[name], sender, pace.duration)
        for turn, (name, found) in enumerate(probed.items(), 1)
    ]
    try:
        calls.run(_probe(subjects, pace, progress))
    except BaseException as error:
        error.add_note(after_interruption({one.drainage.name: one.drainage.left for one in subjects}))
        raise
    finally:
        sender.close()
    return drainage.module_result(region, list(drainages.values()), latency_problem)


def _members(table: Table, region: str) -> list[str]:
    """The regions where the table is to be, and the one to be left, though it may already be named for removal."""
    leaving = [region] if region in table.listed_regions else []
    return list(dict.fromkeys((*table.regions, *leaving)))


def _judge_states(table: Table, region: str, observed: Observed, check_mode: bool) -> Drainage:
    """What the states say: which regions can be probed, and why others can't."""
    home = observed[table.home]
    if region == table.witness_region or region in home.witnesses:
        nothing = f"{region} is only the witness of its strongly consistent group and holds no items"
        return Drainage(table.name, region, nothing=nothing)
    if region not in observed and not home.problem and region not in home.replicas:
        return Drainage(table.name, region, nothing=f"it isn't in {region}")
    if obstacle := _obstacle(table, region, observed):
        return Drainage(table.name, region, problems=[obstacle])
    states = pair_states(observed)
    targets = [name for name in observed if name != region]
    found = Drainage(table.name, region, targets, observed[region].consistency == STRONG)
    found.unreached = {one: states[region, one].reason for one in targets if not states[region, one].testable}
    if region == table.home:
        found.notes.append(f"{region} is its home region: name another (dynamodb_region) before managing it from there")
    unlisted = sorted(observed[region].replicas.keys() - observed.keys())
    if unlisted:
        found.problems.append(
            f"it has replicas in {', '.join(unlisted)} that aren't listed, and weren't looked at: list them"
        )
    if check_mode:
        found.problems.append("check mode: no probe was written, so there is no answer")
    elif table.verification == "states":
        found.problems.append(
            "nothing may be written into it (verification: states), so no probe was sent: set verification: items"
        )
    return found


def _obstacle(table: Table, region: str, observed: Observed) -> str:
    """Why no region can be probed, as a sentence; empty when there may be some."""
    if region not in observed:
        listing = f"its replica in {region} isn't listed: add {region} to its replicas, or to dynamodb_replica_regions"
        return observed[table.home].problem or listing
    if observed[region].status == ABSENT:
        return f"there is no table of that name in {region}, though it is listed"
    if len(observed) == 1:
        return f"{region} is its only listed region: its items are nowhere else"
    return dependence(observed)


def _read_latency(region: str, drainages: list[Drainage], clients: Clients) -> str:
    """Fill in each table's ReplicationLatency of the last hour; why it couldn't be read, as a sentence.

    Only eventually consistent groups have it, in the source region (AWS_FACTS section 7).
    """
    asked = [(one, target) for one in drainages if not one.strong for target in one.reached]
    now = int(time.time()) // PERIOD * PERIOD
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


class Subject:
    """A table that probes are sent of.

    :param timeout: of its probes, of the claim before them, and of the comparison after them, in seconds; what is under
        way after the probes, which may be twice, takes no longer either.
    """

    def __init__(self, turn: int, found: Drainage, observed: Observed, sender: Calls, timeout: float) -> None:
        shown = observed[found.region]
        found.schema = Schema.of(found.name, shown)
        lease = Lease(str(uuid.uuid4()), int(time.time() + 5 * timeout + GRACE))
        history = History(len(shown.replicas))
        self.session = Session(turn, sender, found.schema, lease, history, strong=found.strong)
        self.drainage = found
        holders = [name for name, one in observed.items() if one.status != ABSENT]
        self.claim = Claim(self.session, [found.region], holders, items=0, heartbeats=KEYS)
        found.left = self.claim.left
        self.watched: Watched | None = None
        self._timeout = timeout

    async def prepare(self, kept: int) -> None:
        """Claim keys in the region, once what a run that died left there is gone."""
        found = self.drainage
        await self.claim.acquire(self.session.now + self._timeout)
        found.notes += self.claim.notes
        if mine := self.claim.against((found.region, found.region)):
            found.problems.append(mine[0])
            return
        found.unreached |= {one: why for one, why in self.claim.problems.items() if one in found.targets}
        if pairs := [(found.region, target) for target in found.reached]:
            self.watched = Watched(self.session, pairs, self.claim, kept)
            found.watched = {target: one for (_source, target), one in self.watched.pairs.items()}

    async def compare(self) -> None:
        """The keys of late; in a strongly consistent group every write is everywhere once it is acknowledged."""
        found = self.drainage
        found.notes += self.watched.all_notes()
        if not found.strong:
            patience, until = max(SETTLING, 2 * found.longest_lag), self.session.now + self._timeout
            comparison = Comparison(self.session, self.claim, found.region, found.looked_back, patience, until)
            found.recent = await comparison.run(list(found.watched))

    async def clear(self) -> None:
        await to_the_end(self.claim.clear(self._timeout))


async def _probe(subjects: list[Subject], pace: Pace, progress: Progress) -> None:
    kept = rounds_kept(sum(len(one.drainage.targets) for one in subjects))
    try:
        await all_of(one.prepare(kept) for one in subjects)
        watched = [one for one in subjects if one.watched]
        await _watch(watched, pace, progress)
        await all_of(one.compare() for one in watched)
    finally:
        await all_of(one.clear() for one in subjects)


async def _watch(subjects: list[Subject], pace: Pace, progress: Progress) -> None:
    drainages = [one.drainage for one in subjects]

    def enough(rounds: int) -> bool:
        return all(one.is_settled(rounds, pace.duration) for one in drainages)

    def settling() -> float:
        """Where lag is long, the newest probes take as long, too."""
        return max(SETTLING, min(pace.duration, 2 * max(one.longest_lag for one in drainages)))

    tables = {one.drainage.name: one.watched for one in subjects}
    await heartbeats.watch(tables, pace, progress, enough=enough, settling=settling)

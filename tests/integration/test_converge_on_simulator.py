# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner's properties once more, for a sample of states, against the simulator over HTTP, its clock held.

The wanted state is reached by calls that are all admitted, and the next run has nothing to do and changes nothing.
"""

from __future__ import annotations

import typing as t

import boto3
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import clients, converge, observe, spec
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.settings import encryption
from ansible_collections.multiregion.dynamodb.tests.unit.plugins.module_utils import inventory_pairs
from ansible_collections.multiregion.dynamodb.tests.unit.plugins.module_utils import test_converge_properties as random_
from ansible_collections.multiregion.dynamodb.tests.unit.plugins.module_utils import test_two_stages as stages
from hypothesis import assume, given, settings

from simulator.server import Served, serve

# More than any change of a setting takes; a replica of an empty table takes two.
PASS = 60
HOUR = 3600
REGIONS = sorted({random_.HOME, *random_.REGIONS, *inventory_pairs.REGIONS})

CAPACITY = {
    "billing_mode",
    "read_capacity",
    "write_capacity",
    "on_demand_max",
    "warm_throughput",
    "global_secondary_indexes",
    "non_key_attributes",  # the service sorts them
}


@pytest.fixture(scope="module")
def served() -> t.Iterator[Served]:
    with serve(seed=1) as simulator:
        yield simulator


class HeldClock:
    """Waiting is what moves the simulated clock."""

    def __init__(self, served: Served) -> None:
        self._admin = served.admin

    def now(self) -> float:
        return self._admin.identity()["clock"]["now"]

    def sleep(self, seconds: float) -> None:
        self._admin.advance(PASS)


@pytest.fixture(scope="module")
def world(served: Served) -> World:
    return World(served)


class World:
    """Runs of both modules' parts, one after the other."""

    def __init__(self, served: Served) -> None:
        self.admin = served.admin
        session = boto3.session.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret")

        def factory(service: str, region: str, endpoint: str | None, config: t.Any) -> t.Any:
            return session.client(service, region_name=region, endpoint_url=endpoint, config=config)

        self.clients = clients.Clients(factory, served.url, REGIONS)
        self.clock = HeldClock(served)

    def run(self, wanted: spec.Table, check_mode: bool = False) -> list[converge.Progress]:
        limits = converge.Limits(max_removals=9, wait_timeout=24 * HOUR, wait_delay=1)
        parts = (random_.TABLES, random_.REPLICAS)
        return [converge.converge([wanted], part, self.clients, limits, check_mode, self.clock)[0] for part in parts]

    def make_streams_and_keys(self) -> None:
        for region in REGIONS:
            kms = self.clients.of("kms", region)
            for alias in random_.KEY_ALIASES:
                kms.create_alias(AliasName=alias, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
            for name in random_.STREAM_NAMES:
                self.clients.of("kinesis", region).create_stream(StreamName=name, ShardCount=1)

    def look(self, wanted: spec.Table) -> dict[str, t.Any]:
        return observe.look([observe.full_reading(wanted)], self.clients)[wanted.name]

    def with_arn(self, region: str, options: dict[str, t.Any]) -> dict[str, t.Any]:
        """``options`` with the ARN of a key that is named by its alias."""
        alias = options.get("encryption", {}).get("kms_key")
        if not alias:
            return dict(options)
        arn = self.clients.of("kms", region).describe_key(KeyId=alias)["KeyMetadata"]["Arn"]
        return {**options, "encryption": {**options["encryption"], "kms_key": arn}}

    def refused(self, unseen: bool) -> list[tuple[str, str]]:
        """Changes that the service didn't admit; what is throttled comes again.

        :param unseen: whether there are members that nobody lists: what moves there only the service can say.
        """
        passing = {"ThrottlingException", *(("ResourceInUseException", "LimitExceededException") if unseen else ())}
        return [
            (call["operation"], call["error"])
            for call in self.admin.calls()
            if call["error"] and not _reads(call) and call["error"] not in passing
        ]


def differences(shown: t.Any, wanted: t.Any) -> dict[str, t.Any]:
    """The wanted options that ``shown`` hasn't; a dictionary is compared by the members that are wanted.

    Capacity and indexes have a comparison of their own.
    """
    return {
        option: (shown.get(option), value)
        for option, value in wanted.items()
        if not option.startswith("purge_") and option not in CAPACITY and not _reached(shown.get(option), value)
    }


def _reached(shown: t.Any, wanted: t.Any) -> bool:
    if isinstance(wanted, dict) and isinstance(shown, dict):
        return all(_reached(shown.get(option), value) for option, value in wanted.items())
    if isinstance(wanted, list) and isinstance(shown, list):
        return len(shown) == len(wanted) and all(map(_reached, shown, wanted))
    return shown == wanted


@given(random_.earlier_and_wanted())
@settings(max_examples=25, deadline=None)
def test_a_run_reaches_the_wanted_state_by_admitted_calls_and_the_next_has_nothing_to_do(world, states):
    earlier, wanted = states
    world.admin.reset()
    world.make_streams_and_keys()
    world.admin.hold()
    if earlier:
        assert [progress.failure for progress in world.run(earlier)] == ["", ""]
        world.admin.advance(HOUR)  # TTL takes a change every half hour
        world.admin.clear_calls()
    assert [progress.failure for progress in world.run(wanted)] == ["", ""]
    listed = {*wanted.replicas, *wanted.absent_regions}
    assert world.refused(unseen=bool(earlier and earlier.replicas.keys() - listed)) == []
    shown = world.look(wanted)
    home = shown[random_.HOME]
    # Only a member of a group has disassociation protection.
    unheld = set() if home.replicas else {"disassociation_protection"}
    assert differences(home.settings, world.with_arn(random_.HOME, wanted.settings)).keys() - unheld == set()
    random_.assert_capacity(shown[random_.HOME], wanted.settings)
    indexes = {index["name"]: index for index in shown[random_.HOME].settings["global_secondary_indexes"]}
    for index in wanted.settings.get("global_secondary_indexes", []):
        assert differences(indexes[index["name"]], index) == {}
    for region, replica in wanted.replicas.items():
        own = {**replica.settings, **encryption.of_replica(wanted.settings, replica.overrides)}
        assert differences(shown[region].settings, world.with_arn(region, own)) == {}
        random_.assert_capacity(shown[region], wanted.settings)
    assert not set(wanted.absent_regions) & set(shown[random_.HOME].replicas)
    world.admin.clear_calls()
    assert [progress.plan.steps for progress in world.run(wanted)] == [(), ()]
    assert {call["operation"] for call in world.admin.calls() if not _reads(call)} == set()


class Pairs(stages.World):
    """The simulator, for `stages`; nothing that it refuses goes unsaid."""

    def __init__(self, world: World) -> None:
        super().__init__(world.clients, world.clock)
        self.admin = world.admin

    def changes(self) -> list[tuple[str, str, str]]:
        calls = [call for call in self.admin.calls() if not _reads(call)]
        assert {call["error"] for call in calls} <= {None, "", "ThrottlingException"}
        return [(call["region"], call["operation"], call["table"]) for call in calls]

    def settle(self) -> None:
        self.admin.advance(HOUR)  # TTL takes a change every half hour

    def forget(self) -> None:
        self.admin.clear_calls()


@given(inventory_pairs.pairs(most_tables=2))
@settings(max_examples=6, deadline=None)
def test_both_stages_do_what_check_mode_says_and_a_second_run_nothing(world, pair):
    earlier, wanted = pair
    world.admin.reset()
    world.make_streams_and_keys()
    world.admin.hold()
    pairs = Pairs(world)
    assume(pairs.bring_to(earlier))
    stages.assert_both_stages_do_what_check_mode_says(pairs, wanted)


def _reads(call: dict[str, t.Any]) -> bool:
    return call["operation"].startswith(("Describe", "List", "Get", "Scan"))

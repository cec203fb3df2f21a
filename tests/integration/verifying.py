# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of verification share: tables in the simulator, checks of them, and what they say."""

from __future__ import annotations

import itertools
import json
import threading
import time

import boto3
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.clients import Clients
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.spec import Replica, Table
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification import probes
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.check import check_tables
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.options import Options
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.verification.results import module_result
from caller import AP, EU, US

from simulator.lag import Lag

REGIONS = (US, EU, AP)
STRONG_REGIONS = (US, "us-east-2", "us-west-2")
LAG = Lag(0.05, 0.1)
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


class World:
    """A simulator, tables in it, and the check of them."""

    def __init__(self, served):
        self.url = served.url
        self.admin = served.admin
        self.config = None  # of every client, instead of the engine's
        self.elsewhere = {}  # region -> (region, endpoint) that its clients really use
        self.hooks = []
        self._readers = {}

    def client(self, service, region, endpoint=None, config=None):
        region, endpoint = self.elsewhere.get(region, (region, endpoint or self.url))
        made = boto3.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            config=self.config or config,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )
        made.meta.events.register("before-call.dynamodb", self._call_hooks)
        return made

    def _call_hooks(self, model, params, **_more):
        for operation, hook in tuple(self.hooks):
            if operation == model.name:
                hook(json.loads(params["body"]))

    def before(self, operation, act):
        """``act`` gets the body of each call of an operation before it is sent, one call at a time."""
        lock = threading.RLock()

        def hook(body):
            with lock:
                act(body)

        self.hooks.append((operation, hook))

    def before_first(self, operation, act):
        """``act`` is done once, before the first call of an operation is sent."""
        left = [act]
        self.before(operation, lambda _body: left.pop()() if left else None)

    def before_items(self, act, regions=REGIONS):
        """``act`` is done once, before a check's first item, when its registers have arrived in ``regions``."""

        def wait_and_act(body):
            if left and "slots" not in body["Item"][probes.MARKER]["M"]:
                self.until(lambda: len({str(sorted(map(str, self.items(region)))) for region in regions}) < 2)
                left.pop()()

        left = [act]
        self.before("PutItem", wait_and_act)

    def global_table(self, name="orders", keys=(("customer", "S"),), regions=REGIONS, **parameters):
        home = self.client("dynamodb", regions[0])
        types = {**dict(keys), **parameters.pop("types", {})}
        home.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for (key, _type), kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in types.items()],
            BillingMode="PAY_PER_REQUEST",
            **parameters,
        )
        for region in (None, *regions[1:]):
            if region:
                home.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": region}}])
            self.until(lambda: self.settled(home, name))

    @staticmethod
    def settled(client, name):
        table = client.describe_table(TableName=name)["Table"]
        replicas = [replica["ReplicaStatus"] for replica in table.get("Replicas", [])]
        return {table["TableStatus"], *replicas} == {"ACTIVE"}

    @staticmethod
    def until(condition, seconds=60.0):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "never came about"
            time.sleep(0.01)

    def check(self, *names, items=5, timeout=60.0, check_mode=False, regions=REGIONS, how="items", **options):
        tables = [
            Table(name, regions[0], verification=how, replicas={region: Replica(region) for region in regions[1:]})
            for name in names or ("orders",)
        ]
        options["items"] = options.pop("user_items", {})
        clients = Clients(self.client, self.url, regions)
        checked = check_tables(tables, clients, Options(items, timeout, 0.03, **options), check_mode)
        return json.loads(json.dumps({**module_result(checked), "changed": checked.changed}))

    def items(self, region, name="orders"):
        if region not in self._readers:
            self._readers[region] = self.client("dynamodb", region)
        return self._readers[region].scan(TableName=name, ConsistentRead=True)["Items"]

    def put(self, region, source, slot, name="orders", marker=None, **attributes):
        """An item at a reserved key."""
        schema = probes.Schema(name, (("customer", "S"),))
        marked = {probes.MARKER: {"M": marker}} if marker else {}
        item = {**schema.key(probes.Probe(source, slot)), **marked, **attributes}
        self.client("dynamodb", region).put_item(TableName=name, Item=item)
        return item

    def assert_nothing_left(self, *names, regions=REGIONS, registers=False):
        """In no region, also when everything that was under way or held back has arrived; but for registers, maybe."""

        def left(region, name):
            items = self.items(region, name)
            return [one for one in items if not (registers and "slots" in one[probes.MARKER]["M"])]

        self.admin.remove_fault()
        self.admin.resume()
        time.sleep(LAG.high + 0.1)
        self.until(lambda: not any(left(region, name) for name in names or ("orders",) for region in regions))


def verdicts(result, table=0):
    return {(pair["source"], pair["target"]): pair["verdict"] for pair in result["tables"][table]["pairs"]}


def pair(result, source, target, table=0):
    return next(
        pair for pair in result["tables"][table]["pairs"] if (pair["source"], pair["target"]) == (source, target)
    )


def every(verdict, regions=REGIONS):
    return dict.fromkeys(itertools.permutations(regions, 2), verdict)


def around(region, verdict, regions=REGIONS):
    """Of every pair to and from a region."""
    return {two: verdict for two in every("", regions) if region in two}


def marker(run="another", expires=0, revision=1, **more):
    return {"run": {"S": run}, "expires": {"N": str(int(expires))}, "revision": {"N": str(revision)}, **more}

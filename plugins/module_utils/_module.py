# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The frame of every module of the collection: arguments in, one call into the engine, result out.

With the modules themselves the only place that sees the Ansible module object.
"""

from __future__ import annotations

import contextlib
import functools
import platform
import signal
import typing as t

with contextlib.suppress(ImportError):  # AnsibleAWSModule says that boto3 is missing
    import boto3
    import botocore.config
    import botocore.exceptions

from ansible.module_utils.ansible_release import __version__ as ansible_version
from ansible_collections.amazon.aws.plugins.module_utils.common import AMAZON_AWS_COLLECTION_VERSION
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from . import _credentials
from ._engine import arguments, endpoint, printable, sdk, spec
from ._engine.approval import Approval
from ._engine.clients import ClientFactory, Clients, known_regions
from ._engine.converge import Limits, Part, converge
from ._engine.discover import discover
from ._engine.errors import ServiceError
from ._engine.progress_file import ProgressFile
from ._engine.results import module_result

VERSION = "0.1.0"
MINIMUM_BOTOCORE = "1.35.94"  # as requirements.txt says
USER_AGENT = f"APN/1.0 Ansible/{ansible_version} multiregion.dynamodb/{VERSION}"


def change_tables(part: Part) -> None:
    """A whole module that changes tables; ``part`` is what it does of the engine's work."""
    module = make_module(arguments.CHANGE_OPTIONS)
    with failures_reported(module):
        limits = Limits(**{option: module.params[option] for option in arguments.LIMIT_OPTIONS})
        limits.check()
        approval = Approval(**{option: module.params[option] for option in arguments.APPROVAL_OPTIONS})
        progress = progress_file(module)
        tables, clients = tables_and_clients(module)
        if approval.asked:
            approval.bind(clients.account(tables[0].home), module.params["endpoint_url"])
        run = converge(tables, part, clients, limits, module.check_mode, approve=approval, progress=progress)
        result = module_result(run, module.check_mode)
        if approval.asked and "msg" not in result:
            result["plan_hash"] = approval.hash
    leave(module, result)


class Module(AnsibleAWSModule):
    """A module whose arguments hold no credentials, and whose result's texts are safe to print.

    :ivar connection: amazon.aws's connection options, with the credentials.
    """

    def __init__(self, **options: t.Any) -> None:
        super().__init__(**options)
        self.connection = _credentials.take_out(self)

    def exit_json(self, **result: t.Any) -> t.NoReturn:
        super().exit_json(**printable.result(result))

    def fail_json(self, **result: t.Any) -> t.NoReturn:
        super().fail_json(**printable.result(result))


def make_module(options: dict[str, t.Any], **rules: t.Any) -> Module:
    """A module with the collection's common options and ``options``; ``rules`` are of options that go together."""
    module = Module(
        argument_spec={**_credentials.OPTIONS, **arguments.COMMON_OPTIONS, **options},
        supports_check_mode=True,
        **rules,
    )
    module.require_botocore_at_least(MINIMUM_BOTOCORE, reason="for the service's model of global tables")
    return module


def versions() -> dict[str, str]:
    """What the module ran with, for a report."""
    return {
        "multiregion.dynamodb": VERSION,
        "ansible-core": ansible_version,
        "amazon.aws": AMAZON_AWS_COLLECTION_VERSION,
        "boto3": boto3.__version__,
        "botocore": botocore.__version__,
        "python": platform.python_version(),
    }


def progress_file(module: AnsibleAWSModule) -> ProgressFile:
    """Where the module's `arguments.PROGRESS_OPTIONS` say how far it is.

    :raises Refused: for a file that can't be written.
    """
    return ProgressFile(None if module.check_mode else module.params["progress_file"])


def tables_and_clients(module: Module) -> tuple[list[spec.Table], Clients]:
    """What is wanted, and a client for each region that it names; no call is made but for the account's check.

    :raises Refused: for bad input, for what the SDK is too old for, and for another account than ``account_id``.
    :raises ServiceError: when the account can't be checked.
    """
    known, clients_of = _service(module)
    tables = spec.parse(module.params, module.region, known)
    clients = clients_of(_regions(tables))
    sdk.check(module.params, clients[tables[0].home].meta.service_model)
    _check_account(module, clients, tables[0].home)
    return tables, clients


def found_tables_and_clients(module: Module) -> tuple[list[spec.Table], Clients]:
    """The same of the tables that ``names`` finds in the module's region.

    :raises Refused: for bad input, for another account than ``account_id``, and when nothing is found.
    :raises ServiceError: when the account can't be checked or the region can't be listed.
    """
    known, clients_of = _service(module)
    patterns, home = spec.parse_names(module.params, module.region, known)
    clients = clients_of([home])
    _check_account(module, clients, home)
    tables = discover(patterns, home, clients)
    return tables, clients_of(_regions(tables))


def _service(module: Module) -> tuple[dict[str, str], t.Callable[..., Clients]]:
    """The regions that the SDK knows, and `Clients` but for the regions and the services."""
    endpoint.check(module.params["endpoint_url"], module.params["loopback_only"])
    connection = dict(module.connection)
    # One session for every client: each loads the SDK's model of the service again, which costs as much as all other
    # work of a task with nothing to do.
    session = _credentials.session(connection)
    factory = _client_factory(session, connection)
    return known_regions(session), functools.partial(Clients, factory, module.params["endpoint_url"])


def _regions(tables: list[spec.Table]) -> list[str]:
    return [region for table in tables for region in table.listed_regions]


def _check_account(module: AnsibleAWSModule, clients: Clients, region: str) -> None:
    if module.params["account_id"] is not None:
        clients.check_account(module.params["account_id"], region)


def _client_factory(session: t.Any, connection: dict[str, t.Any]) -> ClientFactory:
    """What makes a client; the user's ``aws_config`` comes before the engine's own settings."""
    options = dict(connection)
    own, users = botocore.config.Config(user_agent=USER_AGENT), options.pop("aws_config", None)

    def client(service: str, region: str, endpoint: str | None, config: t.Any) -> t.Any:
        merged = own.merge(config).merge(users or botocore.config.Config())
        try:
            return session.client(service, region_name=region, endpoint_url=endpoint, config=merged, **options)
        except (botocore.exceptions.BotoCoreError, ValueError, OSError) as error:
            raise spec.Refused(
                [f"Can't make a client for {service} in {region}, check credentials and profile: {error}"]
            ) from error

    return client


class Interrupted(KeyboardInterrupt):
    """SIGINT or SIGTERM. On its way up the engine notes what it leaves."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextlib.contextmanager
def failures_reported(module: AnsibleAWSModule) -> t.Iterator[None]:
    """What stops the whole task, as the sentence it carries."""
    try:
        with _interruptible():
            yield
    except (spec.Refused, ServiceError) as error:
        module.fail_json(msg=str(error))
    except Interrupted as interruption:
        notes = getattr(interruption, "__notes__", [])
        with contextlib.suppress(SystemExit):
            module.fail_json(msg=" ".join([f"Interrupted by {interruption}.", *notes, "Run again to continue."]))
        raise SystemExit(128 + interruption.number) from None


@contextlib.contextmanager
def _interruptible() -> t.Iterator[None]:
    """Turn the first SIGINT or SIGTERM into an exception; later ones interrupt neither the clean-up nor the result."""
    # What a shell's background job or nohup ignores stays ignored.
    numbers = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]

    def interrupt(number: int, _frame: t.Any) -> t.NoReturn:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(number)

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is interrupt:
                signal.signal(number, handler)


def leave(module: AnsibleAWSModule, result: dict[str, t.Any]) -> t.NoReturn:
    """End the module; a result with a ``msg`` is a failure."""
    if "msg" in result:
        module.fail_json(**result)
    module.exit_json(**result)

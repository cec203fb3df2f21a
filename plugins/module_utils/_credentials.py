# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credentials of a module's calls, kept out of all that it returns and writes.

Ansible replaces every occurrence of a no_log value in a result, data included. An emulator's credentials are words such
as "test", which would make "********-orders" of a table "test-orders". So Ansible keeps no credential to replace: the
argument spec takes none from the environment, where the SDK finds them, and those given as options leave the arguments.
What a service or a proxy repeats of them is replaced in the text of the failed call.
"""

from __future__ import annotations

import contextlib
import typing as t

with contextlib.suppress(ImportError):  # AnsibleAWSModule says that boto3 is missing
    import boto3
    import botocore.exceptions
    import botocore.session

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule, aws_argument_spec

from ._engine import spec

SECRETS = ("access_key", "secret_key", "session_token")
# An AWS access key id has 16 characters at least. What is shorter is an emulator's, and no secret.
SECRET_LENGTH = 16


def _options() -> dict[str, t.Any]:
    """amazon.aws's options of credentials, without the environment variables that stand in for them."""
    theirs = aws_argument_spec()
    options = {name: {**theirs[name], "no_log": True} for name in SECRETS} | {"profile": dict(theirs["profile"])}
    for option in options.values():
        option.pop("fallback", None)
    return options


OPTIONS = _options()


def take_out(module: AnsibleAWSModule) -> dict[str, t.Any]:
    """amazon.aws's connection options, the credentials among them, which the module's arguments then lack."""
    names = [name for option in SECRETS for name in (option, *OPTIONS[option]["aliases"]) if module.params.get(name)]
    both = bool(names and module.params["profile"])
    connection = {} if both else get_aws_connection_info(module)[2]
    module.params.update(dict.fromkeys(names, spec.MASK))
    module.no_log_values.clear()
    if both:
        module.fail_json(
            msg="profile (dynamodb_profile) doesn't go with access_key (dynamodb_access_key), secret_key "
            "(dynamodb_secret_key) and session_token (dynamodb_session_token): remove the profile, or the keys."
        )
    return connection


def session(connection: dict[str, t.Any]) -> t.Any:
    """A boto3 session with the credentials, which are taken out of ``connection``.

    :raises Refused: for a profile that doesn't exist, and for half of a pair of keys.
    """
    profile = connection.pop("profile_name", None)
    keys = {name: connection.pop(name) for name in list(connection) if name.startswith("aws_") and name != "aws_config"}
    if any(keys.values()) and not (keys["aws_access_key_id"] and keys["aws_secret_access_key"]):
        raise spec.Refused(
            [
                "access_key (dynamodb_access_key) and secret_key (dynamodb_secret_key) go together, with session_token "
                "(dynamodb_session_token) for temporary credentials: set both."
            ]
        )
    # With keys of its own a task needs no profile, so that one which the shell names must not fail it.
    variables = {"profile": (None, None, None, None)} if any(keys.values()) else None
    try:
        made = boto3.session.Session(
            botocore_session=botocore.session.Session(session_vars=variables), profile_name=profile, **keys
        )
    except botocore.exceptions.BotoCoreError as error:
        raise spec.Refused(
            [f"{error}: correct profile (dynamodb_profile), or AWS_PROFILE in the environment."]
        ) from error
    made.events.register("after-call", lambda parsed, **_: _hide_in_answer(parsed, made))
    made.events.register("after-call-error", lambda exception, **_: _hide_in_error(exception, made))
    return made


def _hide_in_answer(answer: t.Any, made: t.Any) -> None:
    if isinstance(answer, dict) and (error := answer.get("Error")):
        error.update({name: _hidden(text, made) for name, text in error.items() if isinstance(text, str)})


def _hide_in_error(error: Exception, made: t.Any) -> None:
    error.args = tuple(_hidden(part, made) if isinstance(part, str) else part for part in error.args)


def _hidden(text: str, made: t.Any) -> str:
    """Without the credentials: a service may repeat a request that it couldn't verify, a proxy all that it got."""
    keys: tuple[str | None, ...] = ()
    with contextlib.suppress(botocore.exceptions.BotoCoreError):
        credentials = made.get_credentials()
        keys = tuple(credentials.get_frozen_credentials()) if credentials else ()
    for key in keys:
        if isinstance(key, str) and len(key.strip()) >= SECRET_LENGTH:
            text = text.replace(key.strip(), "********")
    return text

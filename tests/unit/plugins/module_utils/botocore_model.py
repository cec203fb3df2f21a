# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the installed botocore takes, the oldest that is supported included."""

from __future__ import annotations

import typing as t

import botocore
import botocore.session
import botocore.validate

OLDEST = "1.35.94"


def assert_valid(operation: str, parameters: dict[str, t.Any], newer: str = "") -> None:
    """The installed botocore takes the parameters; the oldest one doesn't know the member ``newer``, and no other."""
    model = botocore.session.get_session().get_service_model("dynamodb").operation_model(operation)
    report = botocore.validate.ParamValidator().validate(parameters, model.input_shape).generate_report()
    if newer and botocore.__version__ == OLDEST:
        assert [line.partition(", must be")[0].rpartition(": ")[2] for line in report.splitlines()] == [f'"{newer}"']
    else:
        assert report == ""

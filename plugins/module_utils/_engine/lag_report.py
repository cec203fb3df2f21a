# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lag that a JSON report of verification holds, read back."""

from __future__ import annotations

import dataclasses
import json
import os
import typing as t
from datetime import UTC, datetime, timedelta

from .spec import Refused
from .verification.states import FAIL, PASS, UNSURE
from .verification.verdicts import worst


@dataclasses.dataclass(frozen=True)
class Pair:
    """What was measured from ``source`` to ``target``, in seconds; None where nothing was.

    :ivar verdict: pass, fail or unknown.
    """

    source: str
    target: str
    verdict: str
    p95: float | None
    longest: float | None


@dataclasses.dataclass(frozen=True)
class Replication:
    """One table of the report.

    :ivar verdict: pass, fail or unknown.
    """

    verdict: str
    pairs: tuple[Pair, ...]

    @property
    def targets(self) -> list[str]:
        return list(dict.fromkeys(pair.target for pair in self.pairs))

    def p95(self, region: str) -> float | None:
        """Of the slowest pair into a region."""
        return max((pair.p95 for pair in self.pairs if pair.target == region and pair.p95 is not None), default=None)

    def verdict_of(self, region: str) -> str:
        """The worst of the pairs into a region."""
        return worst(pair.verdict for pair in self.pairs if pair.target == region)


@dataclasses.dataclass(frozen=True)
class LagReport:
    """A whole report.

    :ivar age: since the run started, by this machine's clock.
    :ivar tables: table name -> what was found out about it.
    """

    started: datetime
    age: timedelta
    tables: dict[str, Replication]


def load(path: str) -> LagReport:
    """A report that is kept in a file.

    :raises Refused: when there is none.
    """
    where = f"report (status_report) is {path}"
    if not os.path.isfile(path):
        raise Refused([f"{where}, but no such file exists: name a JSON report of verify.yml (verify_report)."])
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        return parse(document, datetime.now(UTC))
    except OSError as error:
        raise Refused([f"{where}, which can't be read: {error.strerror}."]) from error
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Refused([f"{where}, which is no JSON report of verify.yml: name one (verify_report)."]) from error


def parse(document: t.Any, now: datetime) -> LagReport:
    """What a report says, from its JSON.

    :raises ValueError, TypeError, KeyError, OverflowError: for anything but a report.
    """
    started = datetime.fromisoformat(document["run"]["started"])
    age = now - started  # a time without its zone fails here
    tables = {
        str(table["name"]): Replication(_verdict(table), tuple(_pair(pair) for pair in table["pairs"]))
        for table in document["tables"]
    }
    return LagReport(started.astimezone(UTC), age, tables)


def _pair(pair: dict[str, t.Any]) -> Pair:
    lag = pair["lag"]
    return Pair(str(pair["source"]), str(pair["target"]), _verdict(pair), _seconds(lag["p95"]), _seconds(lag["max"]))


def _seconds(value: t.Any) -> float | None:
    return None if value is None else float(value)


def _verdict(judged: dict[str, t.Any]) -> str:
    if judged["verdict"] not in (PASS, FAIL, UNSURE):
        raise ValueError(judged["verdict"])
    return judged["verdict"]

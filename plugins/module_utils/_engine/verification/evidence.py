# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was seen of one pair of regions, its lag and its verdict. Pure."""

from __future__ import annotations

import dataclasses
import statistics
import typing as t

from .probes import OPERATIONS, Probe
from .states import FAIL, PASS, UNSURE


@dataclasses.dataclass(frozen=True)
class Sample:
    """One measured lag, in seconds; the true one is at most ``resolution`` less."""

    lag: float
    resolution: float


@dataclasses.dataclass(frozen=True)
class Missing:
    """What a strongly consistent read of the target didn't show, ``waited`` seconds after the write."""

    operation: str
    probe: Probe
    waited: float


@dataclasses.dataclass(frozen=True)
class Altered:
    """What a strongly consistent read of the target showed as another item than was written."""

    operation: str
    probe: Probe


@dataclasses.dataclass(frozen=True)
class Late:
    """What arrived later than it may, for sure: by more than the sample's resolution."""

    operation: str
    probe: Probe
    sample: Sample


@dataclasses.dataclass
class Evidence:
    """What was seen from ``source`` to ``target``.

    :ivar testable: whether items decide.
    :ivar by_states: whether the states alone decide, and are as they should be.
    :ivar items: how many items go all the way: put, updated, deleted.
    :ivar arrived: operation -> probes that were seen so in the target, each with its lag if that could be measured.
    :ivar strong: whether strongly consistent reads have to show every write at once, so that there is no lag.
    :ivar max_lag: how many seconds a change may take, None for however long it is waited for.
    :ivar problems: why something couldn't be found out, as sentences.
    :ivar failures: what else was seen against the pair, as sentences: by the user's items, by heartbeats.
    :ivar item_samples: the lags of the user's items.
    :ivar refuted: what the states said against the pair, as a sentence.
    """

    source: str
    target: str
    testable: bool = False
    by_states: bool = False
    items: int = 0
    arrived: dict[str, dict[Probe, Sample | None]] = dataclasses.field(
        default_factory=lambda: {name: {} for name in OPERATIONS}
    )
    strong: bool = False
    max_lag: float | None = None
    item_samples: list[Sample] = dataclasses.field(default_factory=list)
    missing: list[Missing] = dataclasses.field(default_factory=list)
    altered: list[Altered] = dataclasses.field(default_factory=list)
    problems: list[str] = dataclasses.field(default_factory=list)
    failures: list[str] = dataclasses.field(default_factory=list)
    refuted: str = ""

    @property
    def complete(self) -> set[Probe]:
        """The probes that went all the way."""
        return set.intersection(*(set(self.arrived[operation]) for operation in OPERATIONS))

    @property
    def samples(self) -> list[Sample]:
        own = [sample for arrived in self.arrived.values() for sample in arrived.values() if sample]
        return [*own, *self.item_samples]

    @property
    def late(self) -> list[Late]:
        """What took longer than ``max_lag``, however the resolution is taken."""
        if self.max_lag is None:
            return []
        return [
            Late(operation, probe, sample)
            for operation, arrived in self.arrived.items()
            for probe, sample in arrived.items()
            if sample and sample.lag - sample.resolution > self.max_lag
        ]

    @property
    def untimed(self) -> int:
        """How many changes arrived, but can't be told from late ones."""
        if self.max_lag is None or self.strong:
            return 0
        samples = [sample for arrived in self.arrived.values() for sample in arrived.values()]
        return sum(sample is None or sample.lag - sample.resolution <= self.max_lag < sample.lag for sample in samples)

    def problem(self, sentence: str) -> None:
        if sentence not in self.problems:
            self.problems.append(sentence)

    @property
    def verdict(self) -> str:
        """Fail beats unknown; a pass takes every item all the way, in time, and nothing that couldn't be found out."""
        if self.refuted or self.missing or self.altered or self.late or self.failures:
            return FAIL
        if self.problems or self.untimed:
            return UNSURE
        return PASS if self.by_states or 0 < self.items == len(self.complete) else UNSURE


def worst(verdicts: t.Iterable[str]) -> str:
    """Fail beats unknown beats pass; nothing at all is a pass."""
    given = set(verdicts)
    return next((verdict for verdict in (FAIL, UNSURE) if verdict in given), PASS)


def lag(samples: list[Sample], each: bool = False) -> dict[str, t.Any]:
    """The lag's distribution in seconds; without samples every figure is None. With ``each`` also every single one."""
    values = sorted(sample.lag for sample in samples)
    return {
        "measured": len(values),
        "p50": _percentile(values, 50),
        "p95": _percentile(values, 95),
        "p99": _percentile(values, 99),
        "max": _rounded(values[-1]) if values else None,
        "resolution": _rounded(max(sample.resolution for sample in samples)) if samples else None,
        **({"samples": [_rounded(value) for value in values]} if each else {}),
    }


def _percentile(values: list[float], percent: int) -> float | None:
    if len(values) < 2:
        return _rounded(values[0]) if values else None
    return _rounded(statistics.quantiles(values, n=100, method="inclusive")[percent - 1])


def _rounded(seconds: float) -> float:
    return round(seconds, 3)

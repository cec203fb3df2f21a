# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same items written in every region at once: they have to end the same everywhere, as one region wrote them.

Last writer wins, by a clock of the service's own (AWS_FACTS section 7), so which region's write stays isn't judged.
"""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import Executor

from .. import errors
from ..wording import count
from .cost import STRONG
from .evidence import Sample
from .ground import Ground
from .probes import PUT, Marked, Probe, Seen, altered, another_run
from .reads import read
from .rounds import PATIENCE, SPENT
from .states import FAIL, PASS, UNSURE

TAKEN = "another verification wrote the same items at the same time: run again"


@dataclasses.dataclass
class Convergence:
    """What became of the items that every region wrote.

    :ivar items: how many were judged.
    :ivar converged: probe -> from the last region's acknowledgement to the first look that showed all regions alike.
    :ivar apart: probe -> region -> whose write it shows (``""``: none at all), of those that didn't become alike.
    :ivar altered: probe -> regions that show what no region wrote.
    :ivar waited: seconds from the last acknowledgement to the last look.
    """

    items: int = 0
    converged: dict[Probe, Sample | None] = dataclasses.field(default_factory=dict)
    apart: dict[Probe, dict[str, str]] = dataclasses.field(default_factory=dict)
    altered: dict[Probe, list[str]] = dataclasses.field(default_factory=dict)
    waited: float = 0.0
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def samples(self) -> list[Sample]:
        return [sample for sample in self.converged.values() if sample]

    @property
    def verdict(self) -> str:
        if self.apart or self.altered:
            return FAIL
        return PASS if not self.problems and 0 < self.items == len(self.converged) else UNSURE

    @property
    def reason(self) -> str:
        """Why it isn't a pass, for people; empty for a pass."""
        reasons = [
            f"written in every region at once, {count(len(self.apart), 'item')} of {self.items} didn't end the same "
            f"everywhere in {self.waited:.3g} s: {_example(self.apart)}; the regions don't converge, or only slowly "
            "(raise timeout, verify_timeout)"
            for _once in range(bool(self.apart))
        ]
        if self.altered:
            regions = sorted({region for regions in self.altered.values() for region in regions})
            reasons.append(
                f"written in every region at once, {count(len(self.altered), 'item')} of {self.items} ended as no "
                f"region wrote them in {', '.join(regions)}"
            )
        return "; ".join([*reasons, *self.problems])


def _example(apart: dict[Probe, dict[str, str]]) -> str:
    shown = next(iter(apart.values()))
    return ", ".join(
        f"{region} shows {f'the write of {writer}' if writer else 'none'}" for region, writer in sorted(shown.items())
    )


@dataclasses.dataclass
class Attempt:
    """The items of one table, written by every one of ``regions``; ``touched`` may be there now because of it."""

    ground: Ground
    regions: list[str]
    touched: set[Probe] = dataclasses.field(default_factory=set)
    _acknowledged: dict[Probe, list[float]] = dataclasses.field(default_factory=dict)
    _exact: bool = True
    _taken: set[Probe] = dataclasses.field(default_factory=set)
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def run(self, probes: list[Probe], patience: float, pool: Executor) -> Convergence:
        """Write, then look everywhere until all regions show the same, at least for ``patience`` seconds."""
        found = Convergence()
        failures = list(pool.map(lambda region: self._write(region, probes), self.regions))
        found.problems += dict.fromkeys(failure for failure in failures if failure)
        written = [probe for probe in probes if probe in self._acknowledged and probe not in self._taken]
        found.items = len(written)
        if found.problems or self.ground.stop.is_set():
            return found
        if not written:
            found.problems.append(TAKEN)
            return found
        self._follow(found, written, patience, pool)
        return found

    def _write(self, region: str, probes: list[Probe]) -> str:
        """Every item in one region; why it couldn't, as a sentence."""
        for probe in probes:
            if self.ground.stop.is_set():
                return "interrupted"
            self.touched.add(probe)
            try:
                written = self.ground.write(region, PUT, probe, writer=region)
            except errors.ServiceError as error:
                # In a strongly consistent group only one of several writes at once is taken.
                if self.ground.strong and error.kind == errors.BUSY:
                    continue
                return str(error)
            with self._lock:
                if not written.held:
                    self._taken.add(probe)
                else:
                    self._acknowledged.setdefault(probe, []).append(self.ground.clock.now())
                    self._exact = self._exact and not written.retried
        return ""

    def _follow(self, found: Convergence, written: list[Probe], patience: float, pool: Executor) -> None:
        clock = self.ground.clock
        last = {probe: max(self._acknowledged[probe]) for probe in written}
        deadline = max(last.values()) + patience
        without = dict(last)  # when the last look that showed them apart began
        waiting, clean = list(written), self._exact
        self.ground.meter.admits(STRONG * len(waiting) * len(self.regions))
        while True:
            begun = clock.now()
            shown, problems = self._look(waiting, pool)
            ended = clock.now()
            if problems:
                clean = False
            for probe in waiting if not problems else ():
                if _alike([seen.get(probe) for seen in shown.values()], self.ground):
                    timed = clean and not self.ground.strong
                    found.converged[probe] = Sample(ended - last[probe], ended - without[probe]) if timed else None
                without[probe] = begun
            waiting = [probe for probe in waiting if probe not in found.converged]
            if not waiting:
                return
            spent = not self.ground.meter.admits(STRONG * len(waiting) * len(self.regions))
            decided = begun >= deadline or (self.ground.strong and not problems)
            if spent or decided or self.ground.stop.is_set():
                break
            pause = max(self.ground.poll_delay, PATIENCE * (ended - min(last.values())))
            self.ground.pause(min(pause, deadline - clock.now()))
        found.waited = begun - max(last.values())
        found.problems += (
            problems
            or ["interrupted"] * self.ground.stop.is_set()
            or [f"of what every region wrote at once: {SPENT}"] * spent
        )
        if not found.problems:
            self._judge(found, waiting, shown)

    def _judge(self, found: Convergence, waiting: list[Probe], shown: dict[str, Seen]) -> None:
        """By the last look, which was strongly consistent in every region and began at the deadline or later."""
        for probe in waiting:
            seen = {region: items.get(probe) for region, items in shown.items()}
            others = {
                region: marked for region, marked in seen.items() if marked and altered(marked, self.ground.lease)
            }
            if any(another_run(marked, self.ground.lease) for marked in others.values()):
                found.problems = [TAKEN]
            elif others:
                found.altered[probe] = list(others)
            else:
                found.apart[probe] = {region: marked.writer if marked else "" for region, marked in seen.items()}

    def _look(self, probes: list[Probe], pool: Executor) -> tuple[dict[str, Seen], list[str]]:
        """Every region's items, by strongly consistent reads, and why a region couldn't be read."""

        def one(region: str) -> Seen | str:
            try:
                return read(self.ground, region, probes, consistent=True)
            except errors.ServiceError as error:
                return str(error)

        answers = dict(zip(self.regions, pool.map(one, self.regions), strict=True))
        shown = {region: answer for region, answer in answers.items() if not isinstance(answer, str)}
        return shown, [answer for answer in answers.values() if isinstance(answer, str)]


def _alike(shown: list[Marked | None], ground: Ground) -> bool:
    """Whether every region shows the same, and one of the regions wrote it so."""
    first = shown[0]
    return first is not None and not altered(first, ground.lease) and all(other == first for other in shown)


def chosen(free: list[Probe], wanted: int, run: str) -> list[Probe]:
    """Which of the free keys a run writes: not the first ones, so that two runs that begin at once rarely meet."""
    if not free:
        return []
    start = int(run.replace("-", ""), 16) % len(free)
    return (free[start:] + free[:start])[:wanted]

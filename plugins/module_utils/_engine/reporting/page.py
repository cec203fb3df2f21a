# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document as one page of HTML that needs nothing else: no network, no script, no font. Pure."""

from __future__ import annotations

import itertools
import typing as t

from ..verification.states import FAIL, PASS, UNSURE
from ..wording import count
from . import plots, summary, template

try:
    import jinja2
    from markupsafe import Markup, escape
except ImportError:  # reporting.check says that it is missing
    jinja2 = None

PACKAGES = {"jinja2": jinja2, **plots.PACKAGES}

# From so many tables on, the tables that passed are closed, and tables of all tables too.
MANY = 4

Document = dict[str, t.Any]


def render(found: Document) -> str:
    """The page. A plot costs time for each word in it: of a hundred tables in eight regions, most of the time."""
    shown = summary.summary(found)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(seconds=summary.seconds, key=summary.key, count=count, units=_units, setting=_setting)
    return environment.from_string(template.PAGE).render(
        **shown,
        style=Markup(template.STYLE),
        steps=_steps(),
        many=len(shown["tables"]) >= MANY,
        headline=_headline(shown["tables"]),
        plots=_plots(shown),
        heat_map=_heat_map,
    )


def _plots(shown: Document) -> Document:
    """Those of all tables together; without a single measurement there are none of lag."""
    longest = max((watched["longest"] for watched in shown["watch"]), default=0)
    drawn: Document = {
        "timelines": [
            _image(plots.timeline(watched, longest), f"Lag over time of what {watched['source']} wrote")
            for watched in shown["watch"]
        ]
    }
    if shown["samples"]:
        max_lag = shown["run"]["settings"]["max_lag"]
        curve = plots.distribution(shown["distribution"], shown["quantiles"], max_lag)
        drawn["distribution"] = _image(curve, "Share of what was written that had arrived, by lag")
        drawn["slowest"] = _image(plots.slowest(shown["slowest"]), "Median, 95th percentile and longest lag by pair")
    return drawn


def _heat_map(cells: list[Document], regions: list[str], of: str) -> Markup:
    return _image(plots.heat_map(cells, regions), f"Heat map of the 95th percentile of lag, each region to each: {of}")


def _image(svg: str, name: str) -> Markup:
    """One image to a screen reader; the table behind it has the figures. Vega escapes the text in it."""
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(name)}" ', 1))


def _steps() -> list[str]:
    """The legend of the heat map, a label for each colour."""
    ends = [f"{step:g}" for step in plots.STEPS]
    return [f"under {ends[0]}", *(f"{low} to {high}" for low, high in itertools.pairwise(ends)), f"{ends[-1]} or more"]


def _headline(tables: list[Document]) -> str:
    """The verdict as a sentence."""
    said = {FAIL: "failed", UNSURE: "couldn't be judged", PASS: "passed"}
    verdicts = [table["verdict"] for table in tables]
    if len(set(verdicts)) == 1:
        who = "The table" if len(tables) == 1 else f"All {len(tables)} tables"
        sentence = f"{who} {said[verdicts[0]]}."
    else:
        parts = [f"{verdicts.count(verdict)} {words}" for verdict, words in said.items() if verdict in verdicts]
        sentence = f"Of {len(tables)} tables, {', '.join(parts)}."
    unwritten = sum(table["verification"] != "items" for table in tables)
    return sentence + (f" {unwritten} by states only, without writing items." if unwritten else "")


def _units(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _setting(value: t.Any) -> str:
    """A setting as people write it."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner:g}" for name, inner in value.items() if inner is not None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not set" if value is None else str(value)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plots as inline SVG, by Vega-Lite. Pure.

Colours are the page's own CSS variables, so one plot serves light, dark and print. Text is measured with the fonts of
this host and shown with the reader's, so nothing depends on a font's exact width. Vega's own aria attributes are left
out: each plot is one image with a name, and the table behind it has the figures.
"""

from __future__ import annotations

import bisect
import itertools
import math
import re
import typing as t

from . import summary

try:
    import vl_convert
except ImportError:  # reporting.check says that it is missing
    vl_convert = None

PACKAGES = {"vl-convert-python": vl_convert}

# Where the heat map's colours change, in seconds: the same in every report, so that they can be compared.
STEPS = (0.2, 0.5, 1, 2, 5, 10)
# Up to so many regions their names stand side by side above a heat map.
UPRIGHT = 3
# The plots beside the heat maps are as wide as a phone.
WIDTH, HEIGHT = 250, 170
# What the logarithmic axis may name, as far as there is room.
TICKS = [digit * 10**power for power in range(-3, 4) for digit in (1, 2, 3, 5, 7)]

_CONFIG = {
    "aria": False,
    "background": None,
    "font": "system-ui, sans-serif",
    "padding": 2,
    "view": {"stroke": None},
    "text": {"color": "var(--ink)", "fontSize": 11},
    "axis": {
        "aria": False,
        "domainColor": "var(--line)",
        "gridColor": "var(--line)",
        "labelColor": "var(--ink)",
        "labelFontSize": 11,
        "labelLimit": 0,
        "ticks": False,
        "titleColor": "var(--muted)",
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
}

# Roles of groups within what is one image, which would want names; and the page's own font, which is inherited and
# would be a quarter of the file.
_NEEDLESS = re.compile(f' (role|aria-roledescription|aria-hidden)="[^"<]*"| font-family="{_CONFIG["font"]}"')

Document = dict[str, t.Any]


def heat_map(cells: list[Document], regions: list[str]) -> str:
    """The lag from each region to each other.

    :param cells: source, target, verdict, and seconds or None.
    """
    known = {(cell["source"], cell["target"]): cell for cell in cells}
    upright = len(regions) <= UPRIGHT
    axis = {"domain": False, "grid": False, "labelPadding": 6}
    return _svg(
        {
            "data": {
                "values": [
                    {"source": source, "target": target, **_cell(known.get((source, target)))}
                    for source, target in itertools.permutations(regions, 2)
                ]
            },
            "width": {"step": 104 if upright else 62},
            "height": {"step": 34},
            "encoding": {
                "x": {
                    "field": "target",
                    "sort": regions,
                    "title": "read in",
                    "scale": {"paddingInner": 0.06},
                    "axis": {**axis, "orient": "top", "titleAnchor": "start", "labelAngle": 0 if upright else -40},
                },
                "y": {
                    "field": "source",
                    "sort": regions,
                    "title": "written in",
                    "scale": {"paddingInner": 0.1},
                    "axis": {**axis, "minExtent": _room(regions)},
                },
            },
            "layer": [
                {
                    "mark": {"type": "rect", "strokeWidth": 2, "strokeDash": {"expr": "datum.dash"}},
                    "encoding": {
                        "fill": _as_given("fill"),
                        "stroke": _as_given("stroke"),
                    },
                },
                {
                    # Two lines stand about the middle as one does.
                    "mark": {
                        "type": "text",
                        "baseline": "middle",
                        "lineHeight": 12,
                        "dy": {"expr": "isArray(datum.label) ? -6 : 0"},
                    },
                    "encoding": {"text": {"field": "label"}, "color": _as_given("ink")},
                },
            ],
        }
    )


def distribution(shares: list[Document], quantiles: dict[str, float], max_lag: float | None) -> str:
    """Which share of what was written was there within so many seconds."""
    low, high = (math.log(_drawn(shares[end]["seconds"])) for end in (0, -1))
    marked = [
        {"seconds": _drawn(quantiles[name]), "share": share, "label": f"{name} {summary.seconds(quantiles[name])} s"}
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    ]
    layers = [
        {
            "data": {"values": [{**share, "seconds": _drawn(share["seconds"])} for share in shares]},
            "mark": {"type": "line", "interpolate": "step-after", "color": "var(--accent)", "strokeWidth": 2},
            "encoding": {"x": _lag_axis(), "y": _share_axis()},
        },
        {
            "data": {"values": marked},
            "mark": {"type": "point", "filled": True, "color": "var(--accent)", "size": 50, "opacity": 1},
            "encoding": {"x": _lag_axis(), "y": _share_axis()},
        },
    ]
    # The two upper labels would overlap where their points do, and none may leave the plot.
    for one, shift, turn in zip(marked, (0, 2, -8), (0.75, 0.5, 0.5), strict=True):
        right = math.log(one["seconds"]) > low + turn * (high - low)
        layers.append(
            {
                "data": {"values": [one]},
                "mark": {
                    "type": "text",
                    "align": "right" if right else "left",
                    "dx": -8 if right else 8,
                    "dy": shift,
                },
                "encoding": {"x": _lag_axis(), "y": _share_axis(), "text": {"field": "label"}},
            }
        )
    if max_lag is not None:
        layers.append(
            {
                "data": {"values": [{"seconds": _drawn(max_lag)}]},
                "mark": {"type": "rule", "color": "var(--fail)", "strokeDash": [4, 3]},
                "encoding": {"x": _lag_axis()},
            }
        )
    return _svg({"width": WIDTH, "height": HEIGHT, "layer": layers})


def slowest(pairs: list[Document]) -> str:
    """A line from median to maximum for each pair, with a mark at each figure."""
    named = [
        {"pair": f"{pair['source']} → {pair['target']}", **{name: _drawn(pair[name]) for name in ("p50", "p95", "max")}}
        for pair in pairs
    ]
    names = [pair["pair"] for pair in named]
    y = {"field": "pair", "sort": names, "title": None, "axis": {"domain": False, "minExtent": _room(names)}}
    marks = [
        {
            "mark": {"type": "rule", "color": "var(--muted)"},
            "encoding": {"x": _lag_axis("p50"), "x2": {"field": "max"}},
        },
    ]
    for figure, shape in (("p50", "circle"), ("p95", "square"), ("max", "stroke")):
        marks.append(
            {
                "mark": {
                    "type": "point",
                    "shape": shape,
                    "angle": 90 if shape == "stroke" else 0,
                    "filled": True,
                    "color": "var(--accent)",
                    "stroke": "var(--accent)",
                    "opacity": 1,
                    "size": 45,
                },
                "encoding": {"x": _lag_axis(figure)},
            }
        )
    return _svg(
        {
            "data": {"values": named},
            "width": 140,
            "height": {"step": 20},
            "encoding": {"y": y},
            "layer": marks,
        }
    )


def timeline(watched: Document, longest: float) -> str:
    """The lag of one source's heartbeats while they were watched, by target.

    :param longest: lag of any source in seconds, so that the plots of all can be compared.
    """
    encoding = {
        "x": {"field": "elapsed", "type": "quantitative", "title": "seconds since the watch began"},
        "y": {
            "field": "lag",
            "type": "quantitative",
            "title": "lag in seconds",
            "scale": {"domain": [0, longest], "nice": True},
            "axis": {"tickCount": 5, "domain": False},
        },
    }
    lines = [
        {
            "transform": [{"filter": f"datum.late === {late}"}],
            "mark": {"type": "line", "color": color, "strokeWidth": width},
            "encoding": {"detail": {"field": "target"}},
        }
        for late, color, width in (("false", "var(--muted)", 1), ("true", "var(--accent)", 2))
    ]
    waiting = {
        "transform": [{"filter": "!datum.arrived"}],
        "mark": {"type": "point", "shape": "triangle-up", "color": "var(--fail)", "fill": "var(--paper)", "size": 40},
    }
    return _svg(
        {
            "data": {"values": watched["points"]},
            "width": WIDTH,
            "height": HEIGHT - 50,
            "encoding": encoding,
            "layer": [*lines, waiting],
        }
    )


def _drawn(seconds: float) -> float:
    """A logarithmic axis has no zero, and nothing is measured to less than a millisecond."""
    return max(seconds, 0.001)


def _cell(cell: Document | None) -> Document:
    """How a cell looks: what isn't a pass has a word and a frame, and what wasn't measured no colour."""
    label = summary.seconds(cell["seconds"]) if cell else "–"
    plain = {"fill": "none", "stroke": None, "dash": None, "ink": "var(--ink)", "label": label}
    if cell is None or cell["seconds"] is None and cell["verdict"] == summary.PASS:
        return plain
    if cell["verdict"] == summary.PASS:
        shade = bisect.bisect(STEPS, cell["seconds"])
        return {**plain, "fill": f"var(--lag-{shade})", "ink": f"var(--on-lag-{shade})"}
    return {
        **plain,
        "stroke": f"var(--{cell['verdict']})",
        "dash": [3, 3] if cell["verdict"] == summary.UNSURE else None,
        "ink": f"var(--{cell['verdict']})",
        "label": cell["verdict"] if cell["seconds"] is None else [cell["verdict"], label],
    }


def _room(names: list[str]) -> float:
    """Pixels for the longest of these in any reader's font."""
    return 6.6 * max(len(name) for name in names)


def _as_given(field: str) -> Document:
    return {"field": field, "type": "nominal", "scale": None}


def _lag_axis(field: str = "seconds") -> Document:
    return {
        "field": field,
        "type": "quantitative",
        "title": "lag in seconds",
        "scale": {"type": "log", "nice": False, "padding": 8},
        "axis": {"values": TICKS, "format": "~g", "labelOverlap": "greedy"},
    }


def _share_axis() -> Document:
    return {
        "field": "share",
        "type": "quantitative",
        "title": "arrived within",
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "tickCount": 5, "domain": False},
    }


def _svg(spec: Document) -> str:
    # Nothing is loaded: every value is in the specification.
    svg = vl_convert.vegalite_to_svg({**spec, "config": _CONFIG}, allowed_base_urls=[])
    return _NEEDLESS.sub("", svg)

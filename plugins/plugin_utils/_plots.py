# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plots as inline SVG, by Vega-Lite. Pure, private to the collection.

Colours are the page's own CSS variables, so one plot serves light, dark and print. Text is measured with the fonts of
this host and shown with the reader's, so nothing depends on a font's exact width. Vega's own aria attributes are left
out: each plot is one image with a name.
"""

from __future__ import annotations

import math
import re
import typing as t

from markupsafe import Markup, escape

try:
    import vl_convert
except ImportError:  # the filter report_problems says that it is missing
    vl_convert = None

# A plot with its axes is as wide as a phone, and is drawn up to a third larger where there is room.
WIDTH, HEIGHT = 262, 170
# What the logarithmic axis may name, as far as there is room.
TICKS = [digit * 10**power for power in range(-3, 4) for digit in (1, 2, 3, 5, 7)]

_CONFIG = {
    "aria": False,
    "background": None,
    "font": "system-ui, sans-serif",
    "padding": 2,
    "view": {"stroke": None},
    "text": {"color": "var(--ink)", "fontSize": 12},
    "axis": {
        "aria": False,
        "domainColor": "var(--line)",
        "gridColor": "var(--line)",
        "labelColor": "var(--ink)",
        "labelFontSize": 12,
        "ticks": False,
        "titleColor": "var(--muted)",
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
}
# Roles of groups within what is one image, which would want names; and the page's own font, which is inherited.
_NEEDLESS = re.compile(f' (role|aria-roledescription|aria-hidden)="[^"<]*"| font-family="{_CONFIG["font"]}"')

Document = dict[str, t.Any]


def distribution(shares: list[Document], quantiles: Document, max_lag: float | None) -> Markup:
    """Which share of what was expected was there within so many seconds."""
    ticks = {"values": TICKS, "format": "~g", "labelOverlap": "greedy"}
    encoding = {
        "x": _axis("seconds", "lag in seconds", {"type": "log", "nice": False, "padding": 8}, ticks),
        "y": _axis("share", "arrived within", {"domain": [0, 1]}, {"format": ".0%", "tickCount": 5, "domain": False}),
    }
    curve = {"type": "line", "interpolate": "step-after", "color": "var(--accent)", "strokeWidth": 2}
    point = {"type": "point", "filled": True, "color": "var(--accent)", "size": 50, "opacity": 1}
    layers = [_layer([{**one, "seconds": _drawn(one["seconds"])} for one in shares], curve)]
    low, high = (math.log(_drawn(shares[end]["seconds"])) for end in (0, -1))
    # The two upper labels would overlap where their points do, none may leave the plot or lie on a level curve.
    for name, share, shift, turn in (("p50", 0.5, -9, 0.7), ("p95", 0.95, 3, 0.5), ("p99", 0.99, -9, 0.5)):
        if quantiles[name] is None:
            continue
        seconds = _drawn(quantiles[name])
        right = math.log(seconds) > low + turn * (high - low)
        beside = {"align": "right" if right else "left", "dx": -8 if right else 8, "dy": shift if right else 3}
        marked = [{"seconds": seconds, "share": share, "label": f"{name} {seconds:.3g} s"}]
        layers += [
            _layer(marked, point),
            _layer(marked, {"type": "text", **beside}, {"text": {"field": "label"}}),
        ]
    if max_lag is not None:
        rule = {"type": "rule", "color": "var(--fail)", "strokeDash": [4, 3]}
        layers.append(_layer([{"seconds": _drawn(max_lag)}], rule, {"y": None}))
    return _image("Share of what was written that had arrived, by lag", {"encoding": encoding, "layer": layers})


def timeline(watched: Document, longest: float) -> Markup:
    """The lag of one source's heartbeats while they were watched, by target.

    :param longest: lag of any source in seconds, so that the plots of all can be compared.
    """
    lags = {"tickCount": 5, "domain": False}
    encoding = {
        "x": _axis("elapsed", "seconds since the watch began"),
        "y": _axis("lag", "lag in seconds", {"domain": [0, longest], "nice": True}, lags),
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
    spec = {"data": {"values": watched["points"]}, "encoding": encoding, "layer": [*lines, waiting]}
    return _image(f"Lag over time of what {watched['source']} wrote", {**spec, "height": HEIGHT - 50})


def _axis(field: str, title: str, scale: Document | None = None, axis: Document | None = None) -> Document:
    return {"field": field, "type": "quantitative", "title": title, "scale": scale or {}, "axis": axis or {}}


def _layer(values: list[Document], mark: Document, encoding: Document | None = None) -> Document:
    return {"data": {"values": values}, "mark": mark, "encoding": encoding or {}}


def _drawn(seconds: float) -> float:
    """A logarithmic axis has no zero, and nothing is measured to less than a millisecond."""
    return max(seconds, 0.001)


def _image(name: str, spec: Document) -> Markup:
    """One image to a screen reader. Vega escapes the text in it; nothing is loaded: every value is in ``spec``."""
    whole = {"width": WIDTH, "height": HEIGHT, **spec, "config": _CONFIG}
    svg = _NEEDLESS.sub("", vl_convert.vegalite_to_svg(whole, allowed_base_urls=[]))
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(name)}" ', 1))

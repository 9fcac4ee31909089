"""Line, slope and dot charts by Vega-Lite, as small SVG that takes colours and letters from the page.

vl-convert runs Vega-Lite offline. Colours are given as CSS variables and pass through untouched, so one
picture serves both themes; what Vega writes for its own tools (roles, labels, hidden paths) is taken out.
Bars, hemicycle and tile map are not made here: docs/decisions/0007-site.md says why.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

import vl_convert
from markupsafe import Markup, escape

_NOISE = re.compile(
    r' (?:role|aria-[a-z]+|class|xmlns:xlink|version|pointer-events|opacity|stroke-miterlimit)="[^"]*"'
    r'|<path d="[^"]*"(?: display="none")?/>(?=<g>|</g>)|<path d="" display="none"/>| font-family="[^"]*"'
)
_HIDDEN = re.compile(r'<path [^>]*(?:class="(?:background|foreground)"|display="none")[^>]*/>')
#: Coordinates to one decimal; only inside tags, never in the text between them.
_LONG = re.compile(r"(\d+\.\d)\d+(?=[^<>]*>)")
_EMPTY = re.compile(r"""<g>\s*</g>|<rect [^>]*fill="white"/>|<line [^>]*x2="0" y2="0"[^>]*/>""")

CONFIG: dict[str, Any] = {
    "font": "Dauys Sans",
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink2)",
        "labelFontSize": 12.5,
        "domainColor": "var(--line2)",
        "tickColor": "var(--line2)",
        "grid": False,
        "title": None,
        "labelPadding": 6,
    },
    "text": {"fontSize": 13, "color": "var(--ink)"},
}
Spec = dict[str, Any]


@lru_cache(maxsize=1)
def fonts() -> None:
    """Make our faces known to the drawing library, once."""
    with as_file(files("dauys.site") / "assets" / "fonts") as folder:
        vl_convert.register_font_directory(str(folder))


@lru_cache(maxsize=4096)
def _drawn(text: str) -> str:
    fonts()
    svg = str(vl_convert.vegalite_to_svg(text))
    svg = _LONG.sub(r"\1", _NOISE.sub("", _HIDDEN.sub("", svg)))
    for _ in range(4):
        svg = _EMPTY.sub("", svg)
    return svg


def draw(spec: Spec, label: str) -> Markup:
    """Return the chart as inline SVG with its label; the same chart is drawn once, whatever its label."""
    body = _drawn(
        json.dumps({"config": CONFIG, "autosize": {"type": "pad"}, "padding": 2, **spec}, sort_keys=True)
    )
    head = f'<svg class="chart" role="img" aria-label="{escape(label)}"'
    return Markup(body.replace("<svg", head, 1))  # noqa: S704  made of numbers and escaped text


def _quantitative(field: str, **more: Any) -> Spec:
    return {"field": field, "type": "quantitative", **more}


def turnout(readings: list[tuple[float, float, str, str]]) -> Spec:
    """A line of turnout through the day: hour, per cent, label of the point, label of the hour."""
    hours = [r[0] for r in readings]
    values = [{"h": h, "v": v, "t": t, "c": c} for h, v, t, c in readings]
    x = _quantitative(
        "h",
        scale={"domain": [min(hours) - 2, max(hours)], "nice": False},
        axis={"values": hours, "labelExpr": "format(datum.value,'02') + ':00'", "labelFlush": False},
    )
    y = _quantitative("v", axis=None, scale={"domain": [0, max(r[1] for r in readings) * 1.15]})
    start = [{"h": min(hours) - 2, "v": 0}, *values]
    return {
        "width": 318,
        "height": 96,
        "layer": [
            {
                "data": {"values": start},
                "mark": {"type": "area", "color": "var(--sunken)"},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": start},
                "mark": {"type": "line", "color": "var(--ink)", "strokeWidth": 2},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": values},
                "mark": {"type": "circle", "color": "var(--ink)", "size": 34, "opacity": 1},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": values[:-1]},
                "mark": {"type": "text", "dy": -11, "dx": -8},
                "encoding": {"x": x, "y": y, "text": {"field": "t"}},
            },
        ],
    }


def zoom(
    line: float,
    points: list[tuple[float, bool, str, str]],
    colour: str,
    rule: str,
    ticks: list[tuple[float, str]],
) -> Spec:
    """What lies around a threshold. A point: share in per cent, whether it is applied, figure, base."""
    low, high = ticks[0][0], ticks[-1][0]
    width = (high - low) or 1.0
    values: list[Spec] = [
        {"x": x, "y": 0.72 if filled else 0.38, "f": filled, "t": figure, "b": base}
        for x, filled, figure, base in points
    ]
    names = {round(x, 4): text for x, text in ticks}
    expression = " : ".join(f"abs(datum.value - {x}) < 1e-6 ? '{t}'" for x, t in names.items()) + " : ''"
    x = _quantitative(
        "x",
        scale={"domain": [low, high], "nice": False},
        axis={
            "values": list(names),
            "labelExpr": expression,
            "tickSize": 0,
            "labelFontSize": 12,
            "labelFlush": False,
        },
    )
    y = _quantitative("y", axis=None, scale={"domain": [0, 1.1]})
    dot: Spec = {"type": "point", "size": 120, "opacity": 1, "strokeWidth": 4, "stroke": colour}
    layers: list[Spec] = [
        {
            "data": {"values": [{"x": line, "x2": high, "y": 0, "y2": 0.98}]},
            "mark": {"type": "rect", "color": "var(--ok-bg)"},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}},
        },
        {
            "data": {"values": [{"x": line, "y": 0, "y2": 1.06}]},
            "mark": {"type": "rule", "color": "var(--ink)", "strokeWidth": 1.5, "strokeDash": [4, 3]},
            "encoding": {"x": x, "y": y, "y2": {"field": "y2"}},
        },
        {
            "data": {"values": [{"x": line, "y": 1.05, "t": rule}]},
            "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12.5, "fontWeight": 600},
            "encoding": {"x": x, "y": y, "text": {"field": "t"}},
        },
    ]
    for value in values:
        # Words stand on the side away from the line, so that they never cross it.
        right_of = line <= value["x"] < high - width / 8
        align, dx = ("left", 12) if right_of else ("right", -12)
        data = {"values": [value]}
        layers += [
            {
                "data": data,
                "mark": {**dot, "fill": colour if value["f"] else "var(--surface)"},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": data,
                "mark": {"type": "text", "align": align, "dx": dx, "fontSize": 15, "fontWeight": 600},
                "encoding": {"x": x, "y": y, "text": {"field": "t"}},
            },
            {
                "data": data,
                "mark": {
                    "type": "text",
                    "align": "left" if right_of else "right",
                    "dx": -8 if right_of else 8,
                    "dy": 20,
                    "fontSize": 12.5,
                    "color": "var(--ink2)",
                },
                "encoding": {"x": x, "y": y, "text": {"field": "b"}},
            },
        ]
    return {"width": 330, "height": 128, "layer": layers}


def slope(lines: list[tuple[str, int, int, str, str]], ends: tuple[str, str], filled: bool) -> Spec:
    """Votes of the two in both rounds. A line: colour, votes in each, label in each."""
    values, top, bottom = (
        [],
        max(max(a, b) for _, a, b, _, _ in lines),
        min(min(a, b) for _, a, b, _, _ in lines),
    )
    room = (top - bottom) * 0.16 or 1
    after = sorted((b for _, _, b, _, _ in lines), reverse=True)
    close = len(after) > 1 and after[0] - after[1] < (top - bottom) * 0.16
    before = sorted((a for _, a, _, _, _ in lines), reverse=True)
    close_before = len(before) > 1 and before[0] - before[1] < (top - bottom) * 0.16
    for colour, a, b, left, right in lines:
        push = (-9 if b == after[0] else 9) if close else 0
        push_before = (-9 if a == before[0] else 9) if close_before else 0
        values.append({"c": colour, "a": a, "b": b, "l": left, "r": right, "d": push, "e": push_before})
    scale = {"domain": [bottom - room, top + room], "nice": False}
    x = {"type": "quantitative", "scale": {"domain": [0, 1], "nice": False}, "axis": None}
    layers: list[Spec] = []
    for end in (0, 1):
        layers.append(
            {
                "data": {"values": [{"x": end, "y": bottom - room, "y2": top + room}]},
                "mark": {"type": "rule", "color": "var(--line2)"},
                "encoding": {
                    "x": {"field": "x", **x},
                    "y": _quantitative("y", scale=scale, axis=None),
                    "y2": {"field": "y2"},
                },
            }
        )
        layers.append(
            {
                "data": {"values": [{"x": end, "y": bottom - room, "t": ends[end]}]},
                "mark": {"type": "text", "dy": 16, "color": "var(--ink2)", "fontSize": 12.5},
                "encoding": {
                    "x": {"field": "x", **x},
                    "y": _quantitative("y", scale=scale, axis=None),
                    "text": {"field": "t"},
                },
            }
        )
    for v in values:
        pair = [{"x": 0, "y": v["a"]}, {"x": 1, "y": v["b"]}]
        place = {"x": {"field": "x", **x}, "y": _quantitative("y", scale=scale, axis=None)}
        layers.append(
            {
                "data": {"values": pair},
                "mark": {"type": "line", "color": v["c"], "strokeWidth": 3},
                "encoding": place,
            }
        )
        layers.append(
            {
                "data": {"values": pair},
                "mark": {
                    "type": "point",
                    "size": 90,
                    "strokeWidth": 3,
                    "stroke": v["c"],
                    "fill": v["c"] if filled else "var(--surface)",
                    "opacity": 1,
                },
                "encoding": place,
            }
        )
        for end, key, align, dx, dy in ((0, "l", "right", -12, v["e"]), (1, "r", "left", 12, v["d"])):
            layers.append(
                {
                    "data": {"values": [{**pair[end], "t": v[key]}]},
                    "mark": {"type": "text", "align": align, "dx": dx, "dy": dy},
                    "encoding": {**place, "text": {"field": "t"}},
                }
            )
    return {
        "width": 130,
        "height": 150,
        "layer": layers,
        "padding": {"left": 4, "right": 36, "top": 2, "bottom": 4},
    }


def compare(rows: list[tuple[str, float, float, str, str]]) -> Spec:
    """Shares of the lists here (dot) and in the country (mark). A row: name, here, there, colour, figure."""
    top = max(max(a, b) for _, a, b, _, _ in rows) * 1.12
    values: list[dict[str, Any]] = [
        {"n": n, "a": a, "b": b, "c": c, "t": t, "o": i} for i, (n, a, b, c, t) in enumerate(rows)
    ]
    y = {
        "field": "n",
        "type": "nominal",
        "sort": {"field": "o"},
        "axis": {
            "labelFontSize": 13,
            "labelColor": "var(--ink)",
            "ticks": False,
            "domain": False,
            "labelLimit": 190,
            "labelPadding": 8,
        },
    }
    x = _quantitative("a", scale={"domain": [0, top], "nice": False}, axis=None)
    layers: list[Spec] = [
        {
            "data": {"values": values},
            "mark": {"type": "rule", "color": "var(--line)"},
            "encoding": {
                "y": y,
                "x": {"datum": 0, "type": "quantitative", "scale": x["scale"], "axis": None},
                "x2": {"datum": top},
            },
        },
        {
            "data": {"values": values},
            "mark": {"type": "tick", "color": "var(--ink)", "thickness": 2, "size": 18},
            "encoding": {"y": y, "x": {**x, "field": "b"}},
        },
    ]
    for v in values:
        layers.append(
            {
                "data": {"values": [v]},
                "mark": {
                    "type": "point",
                    "size": 90,
                    "fill": v["c"],
                    "stroke": "var(--ink)",
                    "strokeWidth": 1,
                    "opacity": 1,
                },
                "encoding": {"y": y, "x": x},
            }
        )
    return {"width": 160, "height": {"step": 28}, "layer": layers}

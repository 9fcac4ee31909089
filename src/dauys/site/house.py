"""The hemicycle as a picture: one dot per seat, filled where it is decided, a ring where it is only led."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

from markupsafe import Markup, escape

from dauys.site.geometry import INNER, RADIUS, STEP, hemicycle
from dauys.site.view import PARTS, View

_OUTER = INNER + STEP * 4
_LEFT, _TOP, _WIDTH, _HEIGHT = -285, -226, 630, 246


def seats_of(view: View) -> list[tuple[str, int, int]]:
    """Return per party, by size: id, decided seats, seats it only leads or holds in a preliminary result."""
    rows = []
    for row in view.by_size(view.results["house_rows"]):
        parts = {part: row[part] or 0 for part in PARTS}
        led = sum(
            n for part, n in parts.items() if part in view.parts and view.parts[part]["status"] != "final"
        )
        rows.append((row["party"], sum(parts.values()) - led, led))
    return rows


def draw(view: View) -> Markup:
    """Return the hemicycle as inline SVG; the table beside it says the same in figures."""
    rows = seats_of(view)
    total = max(view.seats, sum(a + b for _, a, b in rows))
    dots = iter(hemicycle(total))
    marks: list[str] = []
    labels: list[str] = []
    used = 0
    small: list[tuple[str, int, float]] = []
    for party, decided, leading in rows:
        known = view.party(party)
        mine = [next(dots) for _ in range(decided + leading)]
        circles = []
        for i, dot in enumerate(mine):
            kind, radius = (" class=r", RADIUS - 2) if i >= decided else ("", RADIUS)
            circles.append(f'<circle{kind} cx="{dot.x:g}" cy="{dot.y:g}" r="{radius:g}"/>')
        marks.append(f'<g class="{known.cls}">{"".join(circles)}</g>')
        middle = pi * (used + len(mine) / 2) / total
        used += len(mine)
        if len(mine) * 14 >= total:
            labels.append(_label(middle, len(mine), known.short))
        else:
            small.append((known.short, len(mine), middle))
    nobody = "".join(f'<circle cx="{dot.x:g}" cy="{dot.y:g}" r="{RADIUS - 4:g}"/>' for dot in dots)
    if nobody:
        marks.append(f'<g class="nobody">{nobody}</g>')
    labels += _leaders(small)
    summary = view.t(
        "hemi.label", count=total, groups=", ".join(f"{view.party(p).short} {a + b}" for p, a, b in rows)
    )
    seats = escape(view.t("word.seats_of", count=total))
    box = f"{_LEFT} {_TOP} {_WIDTH} {_HEIGHT}"
    return Markup(  # noqa: S704  numbers, and names that were escaped
        f'<svg viewBox="{box}" role="img" aria-label="{escape(summary)}">{"".join(marks)}{"".join(labels)}'
        f'<text class="t" y="-16">{total}</text><text y="8" text-anchor="middle">{seats}</text></svg>'
    )


def _text(x: float, y: float, anchor: str, number: int, name: str) -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"'
    return f'<text class="lb" {place}><tspan>{number}</tspan> {escape(name)}</text>'


def _label(angle: float, number: int, name: str) -> str:
    x, y = -(_OUTER + 20) * cos(angle), -(_OUTER + 20) * sin(angle) + 4
    anchor = "end" if x < -40 else "start" if x > 40 else "middle"
    return _text(x, y, anchor, number, name)


def _leaders(small: list[tuple[str, int, float]]) -> list[str]:
    """Return labels of small groups, stacked to the right of where they sit, each with a thin line."""
    parts: list[Any] = []
    last = None
    for name, number, angle in small:
        x, y = -(_OUTER + 14) * cos(angle), -(_OUTER + 14) * sin(angle)
        tx = max(x + 26, 120.0) if x > -40 else x - 26
        ty = y - 8 if last is None else max(y - 8, last + 19)
        last = ty
        anchor = "start" if x > -40 else "end"
        end = tx - 4 if anchor == "start" else tx + 4
        parts.append(f'<path class="lb" d="M{x:.0f} {y:.0f}L{end:.0f} {ty - 4:.0f}"/>')
        parts.append(_text(tx, ty, anchor, number, name))
    return parts

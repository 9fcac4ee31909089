"""The picture that a shared link shows: headline and hemicycle, 1200 by 630, drawn without a browser."""

from __future__ import annotations

from xml.sax.saxutils import escape

import vl_convert

from dauys.site import charts
from dauys.site.geometry import hemicycle
from dauys.site.house import seats_of
from dauys.site.pages.front import headline, when
from dauys.site.view import View

WIDTH, HEIGHT = 1200, 630
_PAPER, _INK, _INK2 = "#FAF9F6", "#16202B", "#46525E"


def wrap(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` letters, words whole."""
    lines: list[str] = []
    for word in text.replace("\u202f", "\u00a0").replace(" — ", "\u00a0—\u00a0").split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def svg(view: View) -> str:
    """Return the picture as SVG, light theme, letter codes beside the colours."""
    title, _ = headline(view)
    rows = seats_of(view)
    dots = iter(hemicycle(max(view.seats, sum(a + b for _, a, b in rows))))
    colours = {p["id"]: "#" + p["colour_light"].lstrip("#") for p in view.results["parties"]}
    marks = []
    for party, decided, leading in rows:
        for i in range(decided + leading):
            dot, colour = next(dots), colours[party]
            look = (
                f'fill="{colour}"' if i < decided else f'fill="{_PAPER}" stroke="{colour}" stroke-width="4"'
            )
            marks.append(f'<circle cx="{dot.x}" cy="{dot.y}" r="{10.6 if i < decided else 8.6}" {look}/>')
    marks += [f'<circle cx="{dot.x}" cy="{dot.y}" r="6.6" fill="{_PAPER}" stroke="{_INK2}"/>' for dot in dots]
    head = "".join(
        f'<tspan x="72" dy="{0 if i == 0 else 60}">{escape(line)}</tspan>'
        for i, line in enumerate(wrap(title, 19)[:5])
    )
    election = view.results["election"]
    banner = view.t("banner.synthetic") if election["synthetic"] else ""
    text = f'font-size="22" fill="{_INK2}"'
    serif = f'font-family="Dauys Serif" font-weight="700" fill="{_INK}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="Dauys Sans">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>'
        f'<rect width="{WIDTH}" height="12" fill="{_INK}"/>'
        f'<text x="72" y="96" font-size="34" {serif}>Dauys</text>'
        f'<text x="72" y="150" {text}>{escape(when(view))}</text>'
        f'<text y="250" font-size="50" {serif}>{head}</text>'
        f'<g transform="translate(900,420) scale(1.24)">{"".join(marks)}</g>'
        f'<text font-size="22" fill="{_INK}">{_keys(view, rows)}</text>'
        f'<text x="72" y="580" {text}>{escape(str(banner))}</text></svg>'
    )


def _keys(view: View, rows: list[tuple[str, int, int]]) -> str:
    """Return the groups with their seats in lines below the hemicycle."""
    named = [f"{view.party(p).short} {a + b}" for p, a, b in rows]
    lines = [""]
    for group in named:
        if len(lines[-1]) + len(group) > 38:
            lines.append("")
        lines[-1] += f" · {group}" if lines[-1] else group
    places = enumerate(lines)
    return "".join(f'<tspan x="650" y="{500 + 34 * i}">{escape(line)}</tspan>' for i, line in places)


def draw(view: View) -> bytes:
    """Return the picture as PNG."""
    charts.fonts()
    return bytes(vl_convert.svg_to_png(svg(view)))

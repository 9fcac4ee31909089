"""A sheet of A4 as a drawing in our letters: measured before it is drawn, so that nothing is ever cut.

Lengths are in points (1/72 inch), from the upper left corner. The drawing is SVG, and becomes a PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import as_file, files
from typing import Final, Literal

import segno
import vl_convert

from dauys.station.papers.faces import Face, width_of, wrap

WIDTH: Final = 595.28
HEIGHT: Final = 841.89
#: 14 mm.
MARGIN: Final = 39.7
INNER: Final = WIDTH - 2 * MARGIN
#: What stands at the foot of each page.
FOOT: Final = HEIGHT - MARGIN - 14

TITLE: Final = Face("serif-700", 16)
SUBTITLE: Final = Face("sans-400", 12)
HEAD: Final = Face("serif-700", 11)
STRONG: Final = Face("sans-600", 9)
TEXT: Final = Face("sans-400", 9)
FIGURE: Final = Face("sans-600", 10)
CODE: Final = Face("sans-600", 20)
_FAMILIES: Final = {
    "sans-400": ("Dauys Sans", 400),
    "sans-600": ("Dauys Sans", 600),
    "serif-700": ("Dauys Serif", 700),
}
Side = Literal["start", "end", "middle"]
#: Where words begin behind the number of a row.
_NUMBER: Final = 24.0


def wide(text: str, face: Face) -> float:
    """Return how wide a line is, in points."""
    return width_of(text, face) * face.points / face.size


def broken(text: str, face: Face, width: float) -> list[str]:
    """Return the lines of a text, none wider than this. Raises StationError J7.9 for a letter we lack."""
    return wrap(text, face, int(width * face.size / face.points))


def leading(face: Face) -> float:
    """Return points from one line to the next."""
    return face.points * face.leading / 100


@dataclass
class Page:
    """One sheet while it is drawn."""

    parts: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, face: Face, side: Side = "start") -> None:
        """Write one line; `y` is its base line."""
        family, weight = _FAMILIES[face.file]
        self.parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-family="{family}" font-weight="{weight}" '
            f'font-size="{face.points}" text-anchor="{side}" xml:space="preserve">{escape(text)}</text>'
        )

    def beside(self, x: float, y: float, pieces: Sequence[tuple[str, Face]]) -> None:
        """Write pieces of one line one after another, each in its own letters."""
        spans = []
        for text, face in pieces:
            family, weight = _FAMILIES[face.file]
            spans.append(
                f'<tspan font-family="{family}" font-weight="{weight}" font-size="{face.points}">'
                f"{escape(text)}</tspan>"
            )
        self.parts.append(f'<text x="{x:.2f}" y="{y:.2f}" xml:space="preserve">{"".join(spans)}</text>')

    def rule(self, x: float, y: float, width: float, thick: float = 0.5) -> None:
        """Draw a line to the right."""
        self.parts.append(f'<path d="M{x:.2f} {y:.2f}h{width:.2f}" stroke="#000" stroke-width="{thick}"/>')

    def frame(self, x: float, y: float, width: float, height: float, *, dash: str = "") -> None:
        """Draw a box."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="none" '
            f'stroke="#000" stroke-width="1"{dashes}/>'
        )

    def circle(self, x: float, y: float, radius: float) -> None:
        """Draw where a stamp goes."""
        self.parts.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="none" stroke="#000" '
            'stroke-width="0.5" stroke-dasharray="2 2"/>'
        )

    def tick(self, x: float, y: float, *, holds: bool | None) -> None:
        """Mark that something holds, does not, or was not looked at; `x` is the right edge."""
        shapes = {
            True: f"M{x - 7:.2f} {y - 3.5:.2f}l2.5 2.7 4.5 -5.4",
            False: f"M{x - 7:.2f} {y - 6:.2f}l6 6m0 -6l-6 6",
            None: f"M{x - 7:.2f} {y - 3:.2f}h6",
        }
        self.parts.append(f'<path d="{shapes[holds]}" stroke="#000" stroke-width="1.3" fill="none"/>')

    def qr(self, x: float, y: float, side: float, text: str) -> None:
        """Draw a QR code with this side; its quiet zone is the white around it."""
        rows = [bytes(row) for row in segno.make_qr(text, error="m", mode="byte").matrix]
        module = side / len(rows)
        path = "".join(
            f"M{at} {line}h1v1h-1z" for line, row in enumerate(rows) for at, dark in enumerate(row) if dark
        )
        self.parts.append(
            f'<path transform="translate({x:.2f} {y:.2f}) scale({module:.4f})" d="{path}" '
            'shape-rendering="crispEdges"/>'
        )

    def svg(self) -> str:
        """Return the drawing."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}pt" height="{HEIGHT}pt" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="100%" height="100%" fill="#fff"/>'
            + "".join(self.parts)
            + "</svg>"
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a column: number, words in Kazakh and Russian, figure; a heading has its words alone.

    `holds`: what an equation says, where the row is one; `""` where it is none.
    """

    number: str
    kk: str
    ru: str
    figure: str = ""
    heading: bool = False
    holds: bool | Literal[""] | None = ""


def draw_column(page: Page, rows: Sequence[Line], x: float, y: float, width: float) -> tuple[int, float]:
    """Draw rows downwards as far as the page goes; return how many, and where the next would begin."""
    for done, row in enumerate(rows):
        bottom = y + _height(row, width)
        keep = _height(rows[done + 1], width) if row.heading and done + 1 < len(rows) else 0
        if bottom + keep > FOOT - 8:
            return done, y
        _draw(page, row, x, y, width)
        y = bottom
    return len(rows), y


def _parts(row: Line, width: float) -> list[list[tuple[str, Face]]]:
    """Return the lines of a row, each the pieces that stand beside one another."""
    if row.heading:
        both = f"{row.kk} / "
        room = width - wide(both, HEAD)
        if wide(row.ru, TEXT) <= room:
            return [[(both, HEAD), (row.ru, TEXT)]]
        kk = [[(one, HEAD)] for one in broken(row.kk, HEAD, width)]
        return [*kk, *([(one, TEXT)] for one in broken(row.ru, TEXT, width))]
    room = (
        width
        - _NUMBER
        - (wide(row.figure, FIGURE) + 10 if row.figure else 0)
        - (10 if row.holds != "" else 0)
    )
    same = row.kk == row.ru or not row.ru
    if same:
        return [[(one, STRONG)] for one in broken(row.kk, STRONG, room)]
    if wide(f"{row.kk} / ", STRONG) + wide(row.ru, TEXT) <= room:
        return [[(f"{row.kk} / ", STRONG), (row.ru, TEXT)]]
    return [
        *([(one, STRONG)] for one in broken(row.kk, STRONG, room)),
        *([(one, TEXT)] for one in broken(row.ru, TEXT, room)),
    ]


def _height(row: Line, width: float) -> float:
    return len(_parts(row, width)) * 10.8 + (8.6 if row.heading else 2.3)


def _draw(page: Page, row: Line, x: float, y: float, width: float) -> None:
    lines = _parts(row, width)
    base = y + (15 if row.heading else 9.2)
    if row.number:
        page.text(x, base, row.number, TEXT)
    for at, pieces in enumerate(lines):
        page.beside(x if row.heading else x + _NUMBER, base + at * 10.8, pieces)
    right = x + width - (11 if row.holds != "" else 0)
    if row.figure:
        page.text(right, base + (len(lines) - 1) * 5.4, row.figure, FIGURE, "end")
    if row.holds != "":
        page.tick(x + width, base, holds=row.holds)
    page.rule(x, y + _height(row, width), width, 1 if row.heading else 0.4)


def pdf(svg: str) -> bytes:
    """Return a drawing as a PDF of one page."""
    _register()
    return bytes(vl_convert.svg_to_pdf(svg))


@cache
def _register() -> None:
    with as_file(files("dauys.site") / "assets/fonts") as folder:
        vl_convert.register_font_directory(str(folder))

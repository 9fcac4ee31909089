"""Marks: separate jobs under a slip. They add black below the choice and can cover none of it.

They say nothing but the word: why a slip is void is nobody's business (`spec/papers.md` §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from dauys.domain.text import Text
from dauys.station.papers import faces
from dauys.station.papers.faces import Face, width_of
from dauys.station.papers.raster import WIDTH, Raster
from dauys.station.papers.sheet import Sheet
from dauys.station.papers.spoken import said

_TALL: Final = 132
_SLANT: Final = 12
_FINE: Final = 4


@cache
def mark_accepted() -> Raster:
    """Return the mark of a slip that counts: white letters on black, with a tick."""
    return _alone(banner(said("mark.accepted"), english=False))


@cache
def mark_void() -> Raster:
    """Return the mark of a slip that does not count: hollow letters between two bars, on a slant."""
    word = said("mark.void")
    tall = 360
    image = Image.new("L", (WIDTH * _FINE, tall * _FINE))
    layer = Image.new("L", (WIDTH * 2 * _FINE, tall * _FINE))
    _hollow(layer, word)
    turned = layer.rotate(_SLANT, Image.Resampling.BICUBIC)
    image.paste(turned.crop((WIDTH // 2 * _FINE, 0, WIDTH * 3 // 2 * _FINE, tall * _FINE)), (0, 0))
    return _alone(image.resize((WIDTH, tall), Image.Resampling.BOX))


@cache
def tear() -> Raster:
    """Return the line at which two slips of one strip are cut apart."""
    sheet = Sheet()
    sheet.rule(2, dash=16)
    sheet.space(16)
    return sheet.raster()


def banner(word: Text, *, english: bool) -> Image.Image:
    """Return white letters on a black band over the whole width, with a tick at the left."""
    image = Image.new("L", (WIDTH, _TALL), 255)
    draw = ImageDraw.Draw(image)
    tick = [(x * _FINE, y * _FINE) for x, y in ((44, 68), (60, 84), (94, 46))]
    fine = Image.new("L", (140 * _FINE, _TALL * _FINE))
    ImageDraw.Draw(fine).line(tick, 255, 8 * _FINE, "curve")
    image.paste(0, (0, 0), fine.resize((140, _TALL), Image.Resampling.BOX))
    lines = (word.kk, f"{word.ru} · {word.en}" if english else word.ru)
    face = _fitting(lines, WIDTH - 146)
    for line, y in zip(lines, (_TALL // 2 - 10, _TALL // 2 + face.size - 6), strict=True):
        draw.text((128, y), line, 0, font=face.font(), anchor="ls")
    return image


def frame(word: Text) -> Image.Image:
    """Return black letters in a frame: what was not cast must not look like what was."""
    image = Image.new("L", (WIDTH, 160))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH - 1, 159), 0, 255, 5)
    lines = (word.kk, word.ru, word.en)
    face = _fitting(lines, WIDTH - 48, faces.MARK_SMALL)
    for line, y in zip(lines, (50, 94, 138), strict=True):
        draw.text((WIDTH // 2, y), line, 255, font=face.font(), anchor="ms")
    return image


def _fitting(lines: Sequence[str], width: int, largest: Face = faces.MARK) -> Face:
    """Return the largest of our sizes in which every line of a mark fits: the languages look alike."""
    sizes = (
        faces.MARK,
        Face("sans-600", 16),
        faces.MARK_SMALL,
        faces.HEAD,
        Face("sans-600", 10),
        faces.STRONG,
    )
    fit = (face for face in sizes if face.points <= largest.points)
    return next(face for face in fit if all(width_of(line, face) <= width for line in lines))


def _hollow(layer: Image.Image, word: Text) -> None:
    draw, middle = ImageDraw.Draw(layer), WIDTH * _FINE
    font = Face("sans-600", 22 * _FINE).font()
    for line, y in ((word.kk, 165), (word.ru, 232)):
        at = (middle, y * _FINE)
        draw.text(at, line, 255, font=font, anchor="ms", stroke_width=3 * _FINE)
        draw.text(at, line, 0, font=font, anchor="ms", stroke_width=-1)
    for y in (88, 256):
        draw.rectangle((0, y * _FINE, 2 * middle, (y + 12) * _FINE), 255)


def _alone(image: Image.Image) -> Raster:
    sheet = Sheet()
    sheet.space(16)
    sheet.paste(image)
    sheet.space(24)
    return sheet.raster()

"""Our letters: faces, measures, lines that break and are never cut (`spec/papers.md` §2)."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from PIL import ImageFont

from dauys.station.faults import StationError
from dauys.station.papers.raster import DPI

#: A code point that no font has: what it draws is what a missing letter draws.
_NOWHERE: Final = "\U000effff"
_BLANKS: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_HOMES: Final = {
    "sans-400": ("dauys.site", "assets/fonts"),
    "sans-600": ("dauys.site", "assets/fonts"),
    "serif-700": ("dauys.site", "assets/fonts"),
    "mono-700": ("dauys.station.papers", "fonts"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """A font in one size. `leading`: from line to line, in per cent of the size."""

    file: str
    points: int
    leading: int = 122

    @property
    def size(self) -> int:
        """The size in dots."""
        return (self.points * DPI + 36) // 72

    @property
    def line(self) -> int:
        """Dots from one line to the next."""
        return self.size * self.leading // 100

    def font(self) -> ImageFont.FreeTypeFont:
        """Return the font, laid out by its own advances alone, so that no other library has a say."""
        return _font(self.file, self.size)


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    package, folder = _HOMES[name]
    data = (files(package) / folder / f"{name}.ttf").read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


#: The choice on a slip: 19 pt, and its number.
CHOICE_KK: Final = Face("sans-600", 19, 116)
CHOICE_RU: Final = Face("sans-400", 19, 116)
NUMBER: Final = Face("serif-700", 36, 118)
TITLE: Final = Face("serif-700", 14)
TITLE_REST: Final = Face("sans-400", 14)
HEAD: Final = Face("sans-600", 12)
HEAD_REST: Final = Face("sans-400", 12)
#: The least size, 9 pt.
STRONG: Final = Face("sans-600", 9, 126)
TEXT: Final = Face("sans-400", 9, 126)
CODE: Final = Face("mono-700", 14, 110)
CARD_NAME: Final = Face("mono-700", 21, 110)
HEX: Final = Face("mono-700", 9, 126)
MARK: Final = Face("sans-600", 19, 112)
MARK_SMALL: Final = Face("sans-600", 14, 112)


def width_of(text: str, face: Face) -> int:
    """Return the dots that a line takes, ink that leans out of its letters included."""
    font = face.font()
    left, _, right, _ = font.getbbox(text)
    return int(max(right, font.getlength(text)) - min(left, 0)) + 1


def checked(text: str, face: Face) -> str:
    """Return the text in NFC, with single blanks. Raises StationError J7.9 for a letter we lack.

    A no-break space stays: no line ends at it.
    """
    plain = " ".join(re.split(r"[ \t\r\n]+", unicodedata.normalize("NFC", text).strip()))
    for letter in sorted(set(plain)):
        if not has_letter(letter, face):
            found = f"U+{ord(letter):04X} {unicodedata.name(letter, '?')}"
            raise StationError("J7.9", found=found, expected="a letter of our fonts", text=plain)
    return plain


@lru_cache(maxsize=4096)
def has_letter(letter: str, face: Face) -> bool:
    """Return whether the font itself draws this letter."""
    font = face.font()
    return letter in _BLANKS or bytes(font.getmask(letter)) != bytes(font.getmask(_NOWHERE))


def wrap(text: str, face: Face, width: int) -> list[str]:
    """Return the lines of a text, none wider than `width` dots. Nothing is left out.

    A line breaks at a blank; a word that is wider than a line, after its hyphen, or else with a hyphen.
    """
    lines, line = [], ""
    for word in checked(text, face).split(" "):
        joined = f"{line} {word}" if line else word
        if width_of(joined, face) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, face, width)
        lines += whole
    return [*lines, line] if line else lines


def _pieces(word: str, face: Face, width: int) -> list[str]:
    """Break one word that may be wider than a line."""
    found = []
    while width_of(word, face) > width:
        at = next(n for n in range(len(word) - 1, 0, -1) if width_of(word[:n] + "-", face) <= width)
        hyphen = word.rfind("-", 0, at)
        cut = hyphen + 1 if hyphen > 0 else at
        found.append(word[:cut] if hyphen > 0 else word[:cut] + "-")
        word = word[cut:]
    return [*found, word]

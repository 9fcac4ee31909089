"""A strip of paper that is drawn from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import segno
from PIL import Image, ImageDraw

from dauys.station.faults import StationError
from dauys.station.papers.faces import Face, width_of, wrap
from dauys.station.papers.raster import WIDTH, Raster, from_ink

#: Longest paper, in dots: some 1.25 m.
LONGEST: Final = 10_000
_INK: Final = 255
Side = Literal["left", "centre", "right"]


class Sheet:
    """Draws downwards; `y` is where the next thing begins, in dots."""

    def __init__(self) -> None:
        self._image = Image.new("L", (WIDTH, 1024))
        self.y = 0

    def space(self, dots: int) -> None:
        """Leave so many lines white."""
        self._reach(self.y + dots)
        self.y += dots

    def rule(self, thick: int = 3, *, dash: int = 0) -> None:
        """Draw a line over the whole width; `dash`: dots of each dash and gap."""
        self._reach(self.y + thick)
        for x in range(0, WIDTH, 2 * dash or WIDTH):
            right = min(x + (dash or WIDTH), WIDTH)
            self._draw().rectangle((x, self.y, right - 1, self.y + thick - 1), _INK)
        self.y += thick

    def text(
        self, text: str, face: Face, *, x: int = 0, width: int | None = None, side: Side = "left"
    ) -> None:
        """Write a text in as many lines as it needs."""
        room = WIDTH - x if width is None else width
        for line in wrap(text, face, room):
            spare = room - width_of(line, face)
            self._write(line, face, x + {"left": 0, "centre": spare // 2, "right": spare}[side])
            self.y += face.line

    def row(self, cells: Sequence[tuple[str, Face]]) -> None:
        """Write cells in one line, spread over the width; one under another where they do not fit."""
        widths = [width_of(text, face) for text, face in cells]
        spare = WIDTH - sum(widths)
        if len(cells) == 1 or spare < 16 * (len(cells) - 1):
            for text, face in cells:
                self.text(text, face)
            return
        x = 0
        for at, ((text, face), own) in enumerate(zip(cells, widths, strict=True)):
            left = WIDTH - own if at == len(cells) - 1 else x
            (line,) = wrap(text, face, own)
            self._write(line, face, left)
            x += own + spare // (len(cells) - 1)
        self.y += max(face.line for _, face in cells)

    def letters(self, groups: Sequence[str], face: Face) -> None:
        """Write groups of letters that a person compares, spread over the width."""
        self.row([(group, face) for group in groups])

    def qr(self, text: str) -> int:
        """Draw a QR code at the left, without moving down, and return its side in dots (`spec/papers.md` §5).

        Raises StationError J7.8 where it is wider than the paper.
        """
        rows = _modules(text)
        module = module_of(len(rows))
        side = module * len(rows)
        self._reach(self.y + side)
        code = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows)).point([0] + [_INK] * 255)
        self._image.paste(code.resize((side, side), Image.Resampling.NEAREST), (0, self.y))
        return side

    def paste(self, image: Image.Image) -> None:
        """Put a drawing of the whole width here."""
        self._reach(self.y + image.height)
        self._image.paste(image, (0, self.y))
        self.y += image.height

    def raster(self) -> Raster:
        """Return what was drawn."""
        return from_ink(self._image.crop((0, 0, WIDTH, self.y)))

    def _write(self, line: str, face: Face, x: int) -> None:
        self._reach(self.y + 2 * face.line)
        left = face.font().getbbox(line)[0]
        at = (x - int(min(left, 0)), self.y + face.size * 98 // 100)
        self._draw().text(at, line, _INK, font=face.font(), anchor="ls")

    def _draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self._image)

    def _reach(self, height: int) -> None:
        """Make the strip long enough. Raises StationError J7.8 where it gets too long."""
        if height > LONGEST:
            raise StationError("J7.8", found=f"{height} lines", expected=f"at most {LONGEST}")
        while self._image.height < height:
            longer = Image.new("L", (WIDTH, 2 * self._image.height))
            longer.paste(self._image, (0, 0))
            self._image = longer


def _modules(text: str) -> list[bytes]:
    """Return the rows of a code, level L in byte mode, 1 for black; never version 23.

    jsQR 1.4.0, which reads codes in browsers, has an alignment pattern of version 23 in a wrong place.
    """
    try:
        code = segno.make_qr(text, error="l", mode="byte", boost_error=False)
    except segno.DataOverflowError as error:
        raise StationError("J7.8", found=f"{len(text)} letters", expected="a QR code") from error
    if code.version == 23:
        code = segno.make_qr(text, error="l", mode="byte", boost_error=False, version=24)
    return [bytes(row) for row in code.matrix]


def module_of(modules: int) -> int:
    """Return the dots of one module: 5 (0.63 mm), or 4 where the code is wider than the paper.

    Raises StationError J7.8 where it then still is.
    """
    if 4 * modules > WIDTH:
        raise StationError("J7.8", found=f"a QR code of {modules} modules", expected=f"at most {WIDTH // 4}")
    return 5 if 5 * modules <= WIDTH else 4

"""What a thermal printer prints: a picture of one bit a dot (`spec/papers.md` §2)."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Final

from PIL import Image

#: Dots of a line: 72 mm at 203 dots an inch.
WIDTH: Final = 576
ROW: Final = WIDTH // 8
DPI: Final = 203
#: `DLE EOT`, `DLE ENQ`, `DLE DC4`: printers obey these at once, even where they stand among dots.
_OBEYED: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")


@dataclass(frozen=True, slots=True)
class Raster:
    """Lines from top to bottom, 72 bytes each; the highest bit is the first dot, 1 is black."""

    data: bytes

    def __post_init__(self) -> None:
        if not self.data or len(self.data) % ROW:
            raise ValueError(f"{len(self.data)} bytes are no lines of {ROW}")

    @property
    def height(self) -> int:
        """How many lines of dots."""
        return len(self.data) // ROW

    @property
    def black(self) -> int:
        """How many dots are black."""
        return int.from_bytes(self.data, "big").bit_count()

    def above(self, other: Raster) -> Raster:
        """Return both, `other` under this one, as paper comes out of a printer."""
        return Raster(harmless(self.data + other.data))

    def image(self) -> Image.Image:
        """Return it as a picture, black on white."""
        inverted = bytes(byte ^ 0xFF for byte in self.data)
        return Image.frombytes("1", (WIDTH, self.height), inverted)

    def png(self) -> bytes:
        """Return it as a PNG file, to be looked at."""
        out = io.BytesIO()
        self.image().save(out, "PNG", dpi=(DPI, DPI))
        return out.getvalue()


def from_ink(image: Image.Image) -> Raster:
    """Return a drawing in grey, 576 dots wide, 0 paper and 255 ink; from 128 on a dot is black."""
    if image.mode != "L" or image.width != WIDTH:
        raise ValueError(f"a drawing of {image.mode}, {image.width} dots wide")
    dots = image.point([0] * 128 + [255] * 128).convert("1", dither=Image.Dither.NONE).tobytes()
    return Raster(harmless(dots))


def harmless(dots: bytes) -> bytes:
    """Return dots that hold no command: where bytes would be one, the dot before gets a black neighbour."""
    return _OBEYED.sub(b"\x18", dots)

"""Rasters as the bytes that an ESC/POS printer gets (`spec/papers.md` §6)."""

from __future__ import annotations

from typing import Final

from escpos.constants import HW_INIT, PAPER_FULL_CUT

from dauys.station.papers.raster import ROW, Raster

#: `GS v 0`, normal size, then width in bytes and height in lines, both 16 bits little-endian.
RASTER: Final = b"\x1dv0\x00"
#: `GS V 65 0`: feed until the paper's end is at the knife, and cut it off.
CUT: Final[bytes] = PAPER_FULL_CUT[:2] + b"A\x00"
INIT: Final[bytes] = HW_INIT
#: Lines in one command; printers hold no more.
BAND: Final = 256


def job(raster: Raster, *, cut: bool = False) -> bytes:
    """Return the bytes that print a raster. The same raster gives the same bytes, always."""
    found = bytearray(INIT)
    for top in range(0, raster.height, BAND):
        lines = raster.data[top * ROW : (top + BAND) * ROW]
        found += RASTER + ROW.to_bytes(2, "little") + (len(lines) // ROW).to_bytes(2, "little") + lines
    return bytes(found + CUT if cut else found)


def cut_only() -> bytes:
    """Return the bytes that cut off whatever hangs from the printer."""
    return INIT + CUT

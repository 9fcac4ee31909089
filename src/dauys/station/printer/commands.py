"""The few bytes of ESC/POS that stand beside a raster (`spec/papers.md` §6, §8)."""

from __future__ import annotations

from typing import Final

from escpos.constants import RT_STATUS

#: `DLE EOT n`, answered at once: 1 online, 2 cover, 3 errors, 4 paper.
ASK: Final[bytes] = RT_STATUS
KINDS: Final = (1, 2, 3, 4)
#: `GS r 1`, answered in its turn: by then all that was sent before it has been printed.
DONE: Final = b"\x1dr\x01"
#: `DLE DC4 8`, at once: forget what was sent and not printed.
CLEAR: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"

OFFLINE: Final = 0x08
COVER: Final = 0x04
STOPPED: Final = 0x40
JAM: Final = 0x0C
BROKEN: Final = 0x60
NEAR_END: Final = 0x0C
NO_PAPER: Final = 0x60


def is_status(byte: int) -> bool:
    """Return whether this answers `DLE EOT`: bits 1 and 4 set, bits 0 and 7 not."""
    return byte & 0x93 == 0x12


def is_done(byte: int) -> bool:
    """Return whether this answers `GS r 1`: two sensors of paper, each two equal bits, and nothing else."""
    return byte in (0x00, 0x03, 0x0C, 0x0F)

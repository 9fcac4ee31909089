"""A reading as people hear, write down and type it: entries, and 5 × 4 letters (`spec/station.md` §6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: Letters that look or sound alike are one; hyphens and spaces say nothing.
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_CODE: Final = re.compile("[0-9A-HJKMNP-TV-Z]{20}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A tree that was given out. `code`: the first 100 bits of its root, as `spoken_code` writes them."""

    size: int
    code: str


def letters(text: str) -> str:
    """Return letters that people typed without what may differ between two who write the same."""
    return text.upper().translate(_ALIKE)


def parse_code(text: str) -> str:
    """Return typed letters as `spoken_code` writes them. Raises ValueError where they are not 5 × 4."""
    found = letters(text)
    if not _CODE.fullmatch(found):
        raise ValueError(text)
    return "-".join(found[at : at + 4] for at in range(0, 20, 4))

"""What a station's process leaves behind if it dies: nothing (`spec/station.md` §2)."""

from __future__ import annotations

import ctypes
import resource
from pathlib import Path
from typing import Final

_DUMPABLE: Final = 4  # PR_SET_DUMPABLE
_SWAPS: Final = Path("/proc/swaps")


def leave_nothing() -> None:
    """Let no dump of this process be written: it would hold choices and keys."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_DUMPABLE, 0, 0, 0, 0)


def swaps(path: Path = _SWAPS) -> list[str]:
    """Return where this machine may write memory to: choices and keys could get there."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
    except FileNotFoundError:
        return []
    # Compressed memory never leaves memory.
    return [name for line in lines if line and not (name := line.split()[0]).startswith("/dev/zram")]

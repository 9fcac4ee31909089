"""Writes over the journal of a file system: its old copies of inodes tell when files were written to.

Mounted with `data=journal`, what is written to any file goes through the journal of ext4: as much of it as
the journal holds leaves nothing of what was there.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PIECE = 1 << 20


def write_over_journal(image: Path, folder: Path, size: int) -> None:
    """Mount an image so, write `size` bytes (twice the journal is enough) through its journal, unmount it."""
    subprocess.run(("mount", "-o", "loop,data=journal", str(image), str(folder)), check=True)
    try:
        path = folder / "over"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            for _ in range(0, size, _PIECE):
                os.pwrite(handle, os.urandom(_PIECE), 0)
                os.fsync(handle)
        finally:
            os.close(handle)
        path.unlink()
    finally:
        subprocess.run(("umount", str(folder)), check=True)

"""Files that a command makes: new, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a new file, whole or not at all, and force it to the medium. Raises OSError.

    Without a mode only its owner may read it: most of them hold keys, or names of people.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            # A piece of a file would be taken for the whole, and stand in the way of the next try.
            path.unlink()
            raise

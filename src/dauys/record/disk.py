"""The few operations that change files, each durable only as far as it says.

Everything that a log or a witness writes goes through one `Disk`, so that a test can stop it after any
operation, and lose all that was not yet forced to the medium.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dauys.record.faults import LogError, at


class Disk:
    """Operations on files. Only `sync` and `sync_folder` make anything durable."""

    def write(self, path: Path, data: bytes) -> None:
        """Make the file hold exactly these bytes."""
        with path.open("wb") as file:
            file.write(data)

    def append(self, path: Path, data: bytes) -> None:
        """Add bytes at the end of a file."""
        with path.open("ab") as file:
            file.write(data)

    def truncate(self, path: Path, size: int) -> None:
        """Cut a file to its first `size` bytes."""
        os.truncate(path, size)

    def sync(self, path: Path) -> None:
        """Force the bytes of a file to the medium."""
        with path.open("rb") as file:
            os.fsync(file.fileno())

    def sync_folder(self, path: Path) -> None:
        """Force to the medium which names a folder holds."""
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file or folder another name; a file that had that name is gone."""
        old.replace(new)

    def make_folder(self, path: Path) -> None:
        """Make a folder whose parent is there."""
        path.mkdir()

    def remove(self, path: Path) -> None:
        """Remove a file, or a folder with what is in it."""
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    def make_folders(self, path: Path) -> None:
        """Make a folder and its parents, durably: after a crash it is there, or nothing was put into it."""
        missing = []
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        for folder in reversed(missing):
            self.make_folder(folder)
            self.sync_folder(folder.parent)

    def sync_up(self, folder: Path, top: Path, done: set[Path]) -> None:
        """Force to the medium which names a folder and those above it hold, up to `top`; those done are left.

        `make_folders` forces what it makes. That a folder is there says nothing: a program that was killed
        before it forced the name may have made it.
        """
        while folder not in done:
            self.sync_folder(folder)
            done.add(folder)
            if folder == top:
                return
            folder = folder.parent

    def place(self, path: Path, data: bytes, *, staging: Path | None = None) -> None:
        """Make the file hold these bytes, durably; at no moment, crash or not, a mixture of old and new."""
        self.stage(path, data, staging=staging)
        self.sync_folder(path.parent)

    def stage(self, path: Path, data: bytes, *, staging: Path | None = None) -> None:
        """As `place`, but the name is durable only after `sync_folder(path.parent)`."""
        temporary = (staging or path.parent) / f"{path.name}.new"
        self.write(temporary, data)
        # Without this, a crash after the rename can leave the new name with no bytes.
        self.sync(temporary)
        self.rename(temporary, path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file for the time of the block. Raises LogError L5.3 where another process holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LogError(
                "L5.3", found="a lock", expected="no other process", place=at(str(path)), hint="locked"
            ) from None
        yield
    finally:
        os.close(handle)

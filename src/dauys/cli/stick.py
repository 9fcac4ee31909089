"""A trustee's stick and table as folders: everything is read, then the secret written, then public files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dauys import _core
from dauys.crypto.boxes import parse_box
from dauys.crypto.stick import Stick
from dauys.crypto.stick_files import Merged, is_public, merge
from dauys.errors import InputError, Place, Problem

SECRET = "secret.age"  # noqa: S105  a file name
#: No file of a ceremony comes near it; what is larger is not read.
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Folders:
    """The stick and, where there is one, the table that trustees share or pass around."""

    stick: Path
    table: Path | None = None

    @property
    def secret(self) -> Path:
        """Where the sealed secret lies."""
        return self.stick / SECRET

    def read(self) -> Merged:
        """Return the public files of both folders together. Raises InputError if one is not there."""
        mine = read_public(self.stick)
        return merge(mine, read_public(self.table) if self.table else {})

    def open(self, passphrase: str, files: Mapping[str, bytes]) -> Stick:
        """Return the open stick. Raises InputError: K9.2 without secret file, K9.4 for a wrong passphrase."""
        if not self.secret.is_file():
            raise InputError([Problem("K9.2", Place(file=str(self.secret)), "nothing", "init first")])
        try:
            secret = _core.TrusteeSecret.open(self.secret.read_bytes(), passphrase)
        except _core.CoreError:
            # Nothing of the cause: it could hold what was typed.
            raise InputError([Problem("K9.4", Place(file=str(self.secret)))]) from None
        return Stick(secret, dict(files))

    def save(self, sealed: bytes, files: Mapping[str, bytes]) -> None:
        """Write the secret, then the public files, each by rename: a crash between leaves the secret ahead.

        Raises InputError where a folder cannot be written.
        """
        try:
            self.stick.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self.secret, sealed)
            for folder in (self.stick, self.table):
                if folder is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    write_public(folder, files)
        except OSError as error:
            place = Place(file=str(error.filename or self.stick))
            raise InputError([Problem("E1.1", place, found=error.strerror or "")]) from error


def read_public(folder: Path) -> dict[str, bytes]:
    """Return the public files of a folder by name; others are left alone. Raises InputError for no folder."""
    if not folder.is_dir():
        raise InputError([Problem("K9.2", Place(file=str(folder)), found="no folder", expected="a folder")])
    found = {}
    for path in sorted(folder.iterdir()):
        if is_public(path.name) and path.is_file():
            if path.stat().st_size > MOST_BYTES:
                raise InputError([Problem("K1.1", Place(file=str(path)), found="too large")])
            found[path.name] = path.read_bytes()
    return found


def read_boxes(folder: Path, devices: Iterable[str] | None = None) -> dict[str, list[bytes]]:
    """Return the ballots of the devices, or of all boxes of a folder, by device id.

    Raises InputError (T6.4) for a box that is no sequence of ballots.
    """
    paths = sorted(folder.glob("*.box")) if devices is None else [folder / f"{name}.box" for name in devices]
    return {path.stem: parse_box(path.read_bytes(), str(path)) for path in paths if path.is_file()}


def write_public(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the public files that are not there yet or differ."""
    for name, data in sorted(files.items()):
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            write_whole(path, data)


def write_whole(path: Path, data: bytes) -> None:
    """Make the file hold these bytes, all or nothing, and on the medium when this returns."""
    draft = path.with_name(f".{path.name}.new")
    try:
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600 if path.name == SECRET else 0o644)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

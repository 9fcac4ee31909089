"""The end of a device's day: closed, sealed, and what was secret destroyed (`spec/station.md` §8).

Closing is decided by a note, which nothing but trees may follow; all else is done from it, and again after a
cut. Destroying comes when members have compared the seal.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dauys.station.faults import StationError, at
from dauys.station.keeping.database import force_names
from dauys.station.keeping.device_log import DeviceLog, Tree
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.secrets import Random

CLOSED: Final = "closed"
#: Files of either medium that need the keys of the day; with `keys.sealed` gone no program opens them.
SECRET: Final = ("keys.sealed", "tls.sealed", "journal.db", "desk.db", "booth.records", "desk.records")


def close(journal: Journal, log: DeviceLog, fields: Mapping[str, object]) -> Tree:
    """Decide that the day is over, with these fields of *close*, and return the seal.

    Raises StationError J3.3 while a session is under way, J3.4 where it was closed with other fields.
    """
    found = closed_with(journal)
    if found is not None and found != fields:
        raise StationError("J3.4", found="other numbers", expected="those of the seal")
    if found is None:
        if journal.intents():
            raise StationError("J3.3", found="a session under way", expected="none")
        journal.note(CLOSED, dict(fields))
    return log.close(fields)


def closed_with(journal: Journal) -> Mapping[str, Any] | None:
    """Return the fields that the day was closed with, None while it goes on."""
    return next((note.body for note in journal.notes(CLOSED)), None)


def destroy(folder: Path, random: Random) -> list[str]:
    """Overwrite and remove whatever needs the keys of the day; return the names. Again it finds nothing.

    The keys come first: a cut after that leaves files that no program of ours opens, and that only the start
    password and the key stick, which members destroy, could decrypt.
    """
    gone = []
    for path in _secret_files(folder):
        try:
            _overwrite(path, random)
            path.unlink()
            force_names(folder)
        except OSError as error:
            raise StationError("J1.3", found=error.strerror, expected="a medium", place=at(path)) from error
        gone.append(path.name)
    return gone


def _secret_files(folder: Path) -> Iterator[Path]:
    for name in SECRET:
        yield from sorted(folder.glob(f"{name}*"))


def _overwrite(path: Path, random: Random) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        for start in range(0, size, 1 << 16):
            file.write(random(min(1 << 16, size - start)))
        file.flush()
        os.fsync(file.fileno())

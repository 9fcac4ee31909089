"""Another device of the station, from the log that it left: its seal and its counts (`spec/day.md` §8)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dauys.crypto.shapes import canonical
from dauys.record.checkpoint import open_checkpoint
from dauys.record.entries import parse_entry
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.station.day.book import FOLDER, Book, write_all
from dauys.station.day.protocols import Sealed
from dauys.station.faults import StationError, at

#: The minute that a device was not used: it is not waited for.
UNUSED: Final = "unused"


def load_sealed(device: str, folder: Path, key: VerifierKey) -> Sealed:
    """Return the seal of a device from the public folder of its log. `key`: that of its installation.

    Raises StationError J1.4 where the folder cannot be read or another key signed it, J3.1 where the log does
    not end with *close*: a device that is not sealed is not loaded.
    """
    try:
        note = (folder / "checkpoint").read_bytes()
        shown = open_checkpoint(note, (key,), key.name).checkpoint
        if not shown.size:
            raise StationError("J3.1", found="an empty log", expected="sealed", place=at(folder))
        reader = LogReader(FolderSource(folder), shown.size, shown.root)
        last = parse_entry(reader.entry(shown.size - 1), shown.size - 1, "device")
    except (OSError, LogError) as error:
        found = getattr(error, "code", None) or str(error)
        raise StationError("J1.4", found=found, expected="a sealed log", place=at(folder)) from error
    if last.kind != "close":
        raise StationError("J3.1", found=last.kind, expected="sealed", place=at(folder))
    return Sealed(device, note, last.fields)


def keep_sealed(book: Book, sealed: Sealed) -> None:
    """Keep beside the book what was loaded of another device, on both media."""
    told = {"device": sealed.device, "fields": dict(sealed.fields), "note": sealed.note.decode()}
    write_all(book.folders, _name(sealed.device), canonical(told))


def waiting_for(names: Iterable[str], book: Book) -> dict[str, Sealed | None]:
    """Return these devices with what was kept of each, None where nothing was; unused ones are left out.

    Raises StationError J1.4 for a file that cannot be read.
    """
    unused = {one["facts"]["device"] for one in book.minutes if one["what"] == UNUSED}
    return {name: _kept(name, book) for name in names if name not in unused}


def _kept(name: str, book: Book) -> Sealed | None:
    for folder in book.folders:
        path = folder / FOLDER / _name(name)
        if path.exists():
            try:
                told = json.loads(path.read_bytes())
                return Sealed(told["device"], told["note"].encode(), told["fields"])
            except (OSError, ValueError, KeyError) as error:
                raise StationError("J1.4", found=str(error), expected="a device", place=at(path)) from error
    return None


def _name(device: str) -> str:
    return f"device-{device}.json"

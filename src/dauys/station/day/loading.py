"""Another device of the station, from the log that it left: its seal and its counts (`spec/day.md` §8)."""

from __future__ import annotations

from pathlib import Path

from dauys.record.checkpoint import open_checkpoint
from dauys.record.entries import parse_entry
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.station.day.protocols import Sealed
from dauys.station.faults import StationError, at


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

"""What is public of a device, copied from either of its media to a stick (`spec/station.md` §8).

A laptop that dies after its seal is exported from its second medium: the same bytes are on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dauys.record.checkpoint import open_checkpoint
from dauys.record.disk import Disk
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.merkle import verify_consistency
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.tiles import tiles_of_size
from dauys.station.day.book import FOLDER
from dauys.station.faults import StationError, at
from dauys.station.keeping.folders import LOG, read_facts
from dauys.station.setup import INSTALLATION, installation_of


@dataclass(frozen=True, slots=True)
class Exported:
    """What was copied: of which device, entries of its log, files."""

    device: str
    size: int
    files: int


def export(medium: Path, stick: Path, disk: Disk) -> Exported:
    """Copy the log as it was last given out, and the protocols, below a folder of the device's name.

    Nothing on the stick is written over but by what continues it: the checkpoint comes last. Raises
    StationError J1.5 where the medium is of no station, or the stick holds another device of this name, J1.10
    where the stick has more, J1.3 where it cannot be read, LogError where its log is not whole.
    """
    facts = read_facts(medium)
    key = parse_verifier_key(installation_of(medium)["key"])
    source = medium / LOG / "public" if (medium / LOG / "public").is_dir() else medium / LOG
    try:
        note = (source / "checkpoint").read_bytes()
        tree = open_checkpoint(note, (key,), facts.origin).checkpoint
        size = tree.size
        names = [tile.path for tile in tiles_of_size(size)] + ["checkpoint"]
        files = {f"log/{name}": (source / name).read_bytes() for name in names}
        protocols = sorted((medium / FOLDER).glob("*")) if (medium / FOLDER).is_dir() else []
        files = {f"{FOLDER}/{one.name}": one.read_bytes() for one in protocols if _is_own(one)} | files
        files |= {INSTALLATION: (medium / INSTALLATION).read_bytes()}
    except OSError as error:
        raise StationError(
            "J1.3", found=error.strerror, expected="a file", place=at(error.filename)
        ) from error
    with FolderSource(source) as log:
        _check_continued(stick / facts.device / "log" / "checkpoint", key, LogReader(log, size, tree.root))
    _write(stick / facts.device, files, disk)
    return Exported(facts.device, size, len(files))


def _is_own(path: Path) -> bool:
    """Whether this is a file of the medium, and no link to one of the machine that reads it."""
    return path.is_file() and not path.is_symlink()


def _check_continued(path: Path, key: VerifierKey, reader: LogReader) -> None:
    """Return where the log continues the one whose checkpoint is there, if one is."""
    if not path.exists():
        return
    try:
        there = open_checkpoint(path.read_bytes(), (key,), key.name).checkpoint
        if there.size <= reader.size:
            proof = reader.consistency_proof(there.size)
            verify_consistency(there.size, there.root, reader.size, reader.root, proof)
            return
    except LogError as error:
        found = f"another log ({error.code})"
        raise StationError("J1.5", found=found, expected="nothing, or this log", place=at(path)) from error
    raise StationError("J1.10", found=f"{reader.size}", expected=f"at least {there.size}", place=at(path))


def _write(target: Path, files: dict[str, bytes], disk: Disk) -> None:
    durable: set[Path] = set()
    last = files.pop("log/checkpoint")
    for name, data in files.items():
        path = target / name
        disk.make_folders(path.parent)
        disk.stage(path, data)
        disk.sync_up(path.parent, target, durable)
    disk.place(target / "log" / "checkpoint", last)

"""What was received, put into a record: logs of devices, whole and continued (`spec/intake.md` §5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dauys.record.book import device_folder
from dauys.record.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from dauys.record.disk import Disk
from dauys.record.faults import LogError, MissingFileError, at
from dauys.record.keys import VerifierKey
from dauys.record.merkle import verify_consistency
from dauys.record.note import MAX_NOTE, parse_note
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.writer import place_tiles


def received_devices(intake: Path) -> Iterator[tuple[str, str]]:
    """Yield `ROUND-REPEAT` and id of every device of which a log was accepted, in their order."""
    for checkpoint in sorted((intake / "device").glob("*/*/checkpoint")):
        yield checkpoint.parent.parent.name, checkpoint.parent.name


def hand_over(
    intake: Path,
    record: Path,
    vote: str,
    device: str,
    *,
    key: VerifierKey | None = None,
    disk: Disk | None = None,
) -> Checkpoint:
    """Put the largest accepted log of a device into a record's public folder, and return its tree.

    `key`: of the device, where the record says it. Done again it changes nothing. Raises LogError L7.1 where
    none was accepted, L5.6 where the record has a larger tree, L5.5 where it has another history, L2.x where
    what was kept is damaged, L3.x where the key did not sign it.
    """
    folder, target, disk = device_folder(vote, device), record / device_folder(vote, device), disk or Disk()
    with FolderSource(intake / folder) as source:
        note = source.read("checkpoint", MAX_NOTE)
        opened = None if key is None else open_checkpoint(note, (key,), key.name)
        tree = parse_checkpoint(parse_note(note).text) if opened is None else opened.checkpoint
        reader = LogReader(source, tree.size, tree.root)
        _check_continued(target, reader)
        disk.make_folders(target)
        place_tiles(tree.size, reader.tile_bytes, target, record, disk)
        # If we crash here, the record shows the old checkpoint, or no log of this device.
        disk.place(target / "checkpoint", note)
    return tree


def _check_continued(target: Path, reader: LogReader) -> None:
    try:
        with FolderSource(target) as source:
            there = parse_checkpoint(parse_note(source.read("checkpoint", MAX_NOTE)).text)
    except MissingFileError:
        return
    if there.size > reader.size:
        raise LogError("L5.6", found=reader.size, expected=there.size, place=at(str(target)))
    try:
        proof = reader.consistency_proof(there.size)
        verify_consistency(there.size, there.root, reader.size, reader.root, proof)
    except LogError as error:
        raise LogError(
            "L5.5", found=reader.root.hex(), expected=there.root.hex(), place=at(str(target))
        ) from error

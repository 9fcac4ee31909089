"""Copying a record: every file is checked while it comes, nothing is replaced that does not continue it.

Only what trees and entries commit to is copied. A copy that was interrupted goes on where it stopped.
**Source:** record.md §1–2, log.md §4–5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dauys.record.book import Record, device_folder, device_origin
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint, parse_checkpoint
from dauys.record.disk import Disk
from dauys.record.entries import FileRef, files_of, parse_entry
from dauys.record.faults import LogError, MissingFileError, at
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.merkle import complete_root, leaf_hash, verify_consistency
from dauys.record.note import MAX_NOTE, parse_note
from dauys.record.reader import LogReader
from dauys.record.sources import Source
from dauys.record.tiles import HEIGHT, WIDTH, Tile, parse_bundle, parse_tile, tiles_of_size

Told = Callable[[str, int], None]


@dataclass(slots=True)
class Copied:
    """What was done: files and bytes that came, files that were there, devices without a log."""

    files: int = 0
    bytes: int = 0
    kept: int = 0
    missing: int = 0


class Mirror:
    """Copies one record into a folder. Not frozen: it counts."""

    def __init__(self, record: Record, folder: Path, told: Told, disk: Disk | None = None) -> None:
        self.record, self.folder, self._told = record, folder, told
        self._disk = disk or Disk()
        self.copied = Copied()

    def run(self, keys: tuple[VerifierKey, ...]) -> OpenedCheckpoint:
        """Copy everything; return the election log's checkpoint, whose signatures by `keys` all hold.

        Without a key the one in the record is believed, this first time. Raises LogError where something does
        not hash to what commits to it, and where the record does not continue the copy (L5.5, L5.6).
        """
        data = self.record.checkpoint()
        opened = self._opened(data, keys)
        self._disk.make_folders(self.folder)
        reader = self._log(self.record.source, "", opened)
        devices: dict[tuple[str, str], VerifierKey] = {}
        for index, entry in reader.entries():
            try:
                parsed = parse_entry(entry, index, "election")
            except LogError:
                # Whoever verifies the copy will say so; a mirror copies what is committed to.
                continue
            for _, ref in files_of(parsed):
                self._file(ref)
            if parsed.kind == "installation":
                named = (parsed.fields["vote"], parsed.fields["device"])
                devices.setdefault(named, parse_verifier_key(parsed.fields["key"]))
        for (vote, device), key in devices.items():
            self._device(opened.checkpoint.origin, vote, device, key)
        # Last: a reader of the copy sees the old record, or the new one whole.
        self._place("checkpoint", data)
        return opened

    def _opened(self, data: bytes, keys: tuple[VerifierKey, ...]) -> OpenedCheckpoint:
        if keys:
            opened = open_checkpoint(data, keys)
            if not any(opened.signed_by(key) for key in keys if not key.is_witness):
                raise LogError("L3.5", found=opened.checkpoint.origin, expected="a log of the policy")
            return opened
        note = parse_note(data)
        return OpenedCheckpoint(parse_checkpoint(note.text), note, ())

    def _log(self, source: Source, prefix: str, opened: OpenedCheckpoint) -> LogReader:
        """Copy tiles and bundles of a log, each after it was checked; return a reader of it."""
        shown = opened.checkpoint
        reader = LogReader(source, shown.size, shown.root)
        self._check_continued(prefix, reader, opened)
        for tile in tiles_of_size(shown.size):
            path = f"{prefix}{tile.path}"
            if tile.width == WIDTH and self._is_kept(self.folder / path, tile, reader):
                self.copied.kept += 1
                continue
            # What was checked is what is written: asked again, the server may answer otherwise.
            self._place(path, reader.tile_bytes(tile))
        return reader

    def _is_kept(self, path: Path, tile: Tile, reader: LogReader) -> bool:
        """Whether a full tile is there, and of this tree: an earlier copying may have ended at another."""
        if not path.is_file():
            return False
        try:
            if tile.level is None:
                level, hashes = 0, tuple(map(leaf_hash, parse_bundle(path.read_bytes(), tile)))
            else:
                level, hashes = tile.level, parse_tile(path.read_bytes(), tile)
        except LogError:
            return False
        return complete_root(hashes) == reader.node(HEIGHT * (level + 1), tile.index)

    def _check_continued(self, prefix: str, reader: LogReader, opened: OpenedCheckpoint) -> None:
        """Refuse a log that is no continuation of the copy that is there; of a fork both sides are kept."""
        path = self.folder / prefix / "checkpoint"
        if not path.is_file():
            return
        old = parse_checkpoint(parse_note(path.read_bytes()[:MAX_NOTE]).text)
        if old.origin != opened.checkpoint.origin or old.size > reader.size:
            raise LogError(
                "L5.6", found=reader.size, expected=old.size, place=at(str(path)), hint="mirror_old"
            )
        try:
            proof = reader.consistency_proof(old.size)
            verify_consistency(old.size, old.root, reader.size, reader.root, proof)
        except LogError as error:
            self._keep_evidence(prefix, opened)
            raise LogError(
                "L5.5",
                found=reader.root.hex(),
                expected=old.root.hex(),
                place=at(str(path)),
                hint="mirror_fork",
            ) from error

    def _keep_evidence(self, prefix: str, opened: OpenedCheckpoint) -> None:
        """Put the other checkpoint beside the copy: with the copy's own it proves two histories."""
        whole = self.folder.resolve()
        beside = whole.with_name(f"{whole.name}.evidence")
        name = prefix.strip("/").replace("/", "_") or "log"
        self._disk.make_folders(beside)
        self._disk.place(beside / f"{name}-{opened.checkpoint.root.hex()[:16]}", opened.note.encode())

    def _device(self, origin: str, vote: str, device: str, key: VerifierKey) -> None:
        prefix = f"{device_folder(vote, device)}/"
        source = self.record.device(vote, device)
        try:
            data = source.read("checkpoint", MAX_NOTE)
        except MissingFileError:
            self.copied.missing += 1
            return
        opened = open_checkpoint(data, (key,), device_origin(origin, vote, device))
        self._log(source, prefix, opened)
        self._place(f"{prefix}checkpoint", data)

    def _file(self, ref: FileRef) -> None:
        path = self.folder / ref.path
        if path.is_file() and path.stat().st_size == ref.size and _hash(path) == ref.sha256:
            self.copied.kept += 1
            return
        self._place(ref.path, self.record.file(ref))

    def _place(self, path: str, data: bytes) -> None:
        target = self.folder / path
        self._disk.make_folders(target.parent)
        self._disk.place(target, data)
        self.copied.files += 1
        self.copied.bytes += len(data)
        self._told(path, len(data))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

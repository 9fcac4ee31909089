"""The folder of an intake: what lies where, and how it gets there (`spec/intake.md` §5)."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

import rfc8785

from dauys.intake.faults import IntakeError, at
from dauys.intake.manifest import MAX_MANIFEST, Manifest, parse_manifest
from dauys.intake.receipt import MAX_RECEIPT, Receipt, parse_receipt
from dauys.record.book import device_folder
from dauys.record.disk import Disk
from dauys.record.keys import VerifierKey, parse_verifier_key

FORMAT: Final = "dauys/intake/1"
_FOLDERS: Final = ("arriving", "manifests", "protocols", "receipts", "device", "evidence")
_ID: Final = re.compile("[0-9a-f]{128}")


def create_intake(folder: Path, key: VerifierKey, *, disk: Disk | None = None) -> None:
    """Make the folder of an intake, on purpose. Raises IntakeError U1.18 where one is there."""
    disk = disk or Disk()
    config = folder / "intake.json"
    if config.exists():
        raise IntakeError("U1.18", found="an intake", expected="nothing there", place=at(folder))
    disk.make_folders(folder)
    for name in _FOLDERS:
        disk.make_folders(folder / name)
    # If we crash here, there are empty folders and no intake; making it again goes on from there.
    disk.place(config, rfc8785.dumps({"format": FORMAT, "key": key.encode()}))


def read_intake(folder: Path) -> VerifierKey:
    """Return the key of an intake. Raises IntakeError U1.18 where the folder holds none."""
    path = folder / "intake.json"
    try:
        value = json.loads(path.read_bytes())
        if value["format"] != FORMAT:
            raise IntakeError("U1.18", found=value["format"], expected=FORMAT, place=at(path))
        return parse_verifier_key(value["key"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntakeError(
            "U1.18", found=type(error).__name__, expected=FORMAT, place=at(path), hint="intake_init"
        ) from error


class Shelf:
    """The files of one intake. What is `arriving` is promised to nobody; all else is durable on return."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder, self._disk = folder, disk
        self._failed = False
        # Two devices may be the first of one vote at one moment.
        self._making = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Disk]:
        """Give the disk; after a write that failed nothing more is written. Raises IntakeError U1.13."""
        if self._failed:
            raise IntakeError("U1.13", found="a failed write", expected="to open it again", hint="reopen")
        try:
            yield self._disk
        except BaseException:
            self._failed = True
            raise

    def recover(self) -> None:
        """Remove what a cut left of uploads that are accepted, or were never announced, and drafts."""
        with self.writing() as disk:
            for name in ("manifests", "protocols", "receipts"):
                for draft in (self.folder / name).glob("*.new"):
                    disk.remove(draft)
            for arriving in sorted((self.folder / "arriving").iterdir()):
                manifest = self.arriving(arriving.name)
                if manifest is None or self._is_settled(manifest):
                    disk.remove(arriving)

    def _is_settled(self, manifest: Manifest) -> bool:
        """Whether an upload was accepted, or put away as evidence."""
        accepted = self.folder / "receipts" / manifest.id
        return accepted.exists() or (self.evidence(manifest) / manifest.id).exists()

    def make(self, folder: Path) -> None:
        """Make a folder and its parents, durably."""
        with self._making, self.writing() as disk:
            disk.make_folders(folder)

    # What is under way.

    def begin(self, manifest: Manifest) -> None:
        """Make room for an upload."""
        folder = self.arrivals(manifest.id)
        self.make(folder)
        with self.writing() as disk:
            disk.place(folder / "manifest", manifest.data)

    def arriving(self, upload: str) -> Manifest | None:
        """Return the manifest of an upload that is under way; None where none is."""
        data = _read(self.arrivals(upload) / "manifest", MAX_MANIFEST)
        try:
            manifest = None if data is None else parse_manifest(data)
        except IntakeError:
            return None
        return manifest if manifest is not None and manifest.id == upload else None

    def all_arriving(self) -> Iterator[Manifest]:
        """Yield the manifests of all uploads that are under way."""
        for folder in sorted((self.folder / "arriving").iterdir()):
            manifest = self.arriving(folder.name)
            if manifest is not None:
                yield manifest

    def arrivals(self, upload: str) -> Path:
        """Return where an upload arrives."""
        return self.folder / "arriving" / upload

    def part(self, upload: str, number: int) -> Path:
        """Return where a part arrives."""
        return self.arrivals(upload) / str(number)

    def held(self, manifest: Manifest, number: int) -> int:
        """Return how many bytes of a part are here: all, where an accepted tree of the device has it."""
        try:
            return self.part(manifest.id, number).stat().st_size
        except FileNotFoundError:
            return 0 if self.shared(manifest, number) is None else manifest.parts[number].size

    def shared(self, manifest: Manifest, number: int) -> bytes | None:
        """Return a part that lies in the device's log already, where these are its bytes."""
        if manifest.kind != "log":
            return None
        part = manifest.parts[number]
        data = _read(self.log(manifest) / manifest.tiles[number].path, part.size)
        return data if data is not None and sha256(data).hexdigest() == part.sha256 else None

    def whole(self, manifest: Manifest, number: int) -> bytes | None:
        """Return a part with the size and hash that were claimed; None where it is not here, or not it."""
        part = manifest.parts[number]
        data = _read(self.part(manifest.id, number), part.size)
        if data is None:
            return self.shared(manifest, number)
        return data if sha256(data).hexdigest() == part.sha256 else None

    def add(self, manifest: Manifest, number: int, data: bytes) -> None:
        """Add bytes to a part. Not forced to the medium: `whole` looks at every byte before it counts."""
        with self.writing() as disk:
            disk.append(self.part(manifest.id, number), data)

    def forget(self, upload: str, number: int | None = None) -> None:
        """Forget an upload that is under way, or one part of it."""
        path = self.arrivals(upload) if number is None else self.part(upload, number)
        if path.exists():
            with self.writing() as disk:
                disk.remove(path)

    # What is accepted.

    def log(self, manifest: Manifest) -> Path:
        """Return the folder of the device's log."""
        return self.folder / device_folder(manifest.vote, manifest.of)

    def receipt(self, upload: str) -> Receipt | None:
        """Return the receipt of an upload, None where it was not accepted."""
        data = _read(self.folder / "receipts" / upload, MAX_RECEIPT)
        return None if data is None else parse_receipt(data)

    def announced(self, upload: str) -> Manifest | None:
        """Return the manifest of an upload that was accepted, None where it was not."""
        if not (self.folder / "receipts" / upload).exists():
            return None
        data = _read(self.folder / "manifests" / upload, MAX_MANIFEST)
        return None if data is None else parse_manifest(data)

    def accepted(self) -> Iterator[Manifest]:
        """Yield the manifests of all that was accepted, in order of their ids."""
        for path in sorted((self.folder / "receipts").iterdir()):
            manifest = self.announced(path.name) if _ID.fullmatch(path.name) else None
            if manifest is not None:
                yield manifest

    def place(self, name: str, upload: str, data: bytes) -> None:
        """Keep a manifest, a protocol's bytes or a receipt for ever."""
        with self.writing() as disk:
            disk.place(self.folder / name / upload, data)

    def evidence(self, manifest: Manifest) -> Path:
        """Return the folder of evidence about a device."""
        return self.folder / "evidence" / manifest.folder


def _read(path: Path, limit: int) -> bytes | None:
    """Return a file that has at most so many bytes; None for none, and for a larger one."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return data if len(data) <= limit else None

"""Writing a record: the election log, the files its entries name, and the logs of devices beside it.

The record is the public side of the election log's store (`store.py`); this is the only way in which an
election log is written. Files are on the medium before the entry that names them is taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dauys.record.book import device_folder
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.disk import Disk
from dauys.record.entries import FileRef, encode_entry, is_ballot
from dauys.record.faults import LogError, at
from dauys.record.forms import FILE_PATH, MAX_FILE
from dauys.record.keys import Signer
from dauys.record.merkle import verify_consistency
from dauys.record.store import LogStore, create_log, open_log

#: Entries that wait in memory before they are taken together: each taking is a wait for the medium.
GATHERED: Final = 4096


class RecordWriter:
    """The election log of a record, open for writing: `create_record`, `open_record_writer`."""

    def __init__(self, store: LogStore, disk: Disk) -> None:
        self.store, self._disk = store, disk
        self._gathered: list[bytes] = []

    @property
    def public(self) -> Path:
        """The record."""
        return self.store.folder / "public"

    @property
    def end(self) -> int:
        """The index of the next entry."""
        return self.store.end + len(self._gathered)

    def add_file(self, path: str, data: bytes) -> dict[str, object]:
        """Put a file into the record and return the reference for an entry.

        Raises ValueError for a path or size that no record may have, LogError L8.7 where other bytes have
        this path.
        """
        if not FILE_PATH.fullmatch(path) or len(data) > MAX_FILE:
            raise ValueError(f"{path}, {len(data)} bytes")
        target = self.public / path
        ref = FileRef.for_bytes(path, data)
        if target.exists():
            there = FileRef.for_bytes(path, target.read_bytes())
            if there != ref:
                raise LogError("L8.7", found=there.sha256, expected=ref.sha256, place=at(path))
            return ref.as_json()
        self._disk.make_folders(target.parent)
        # If we crash after this, the file is extra until an entry names it: nobody reads it.
        self._disk.place(target, data, staging=self.store.folder / "staging")
        return ref.as_json()

    def append(self, kind: str, **fields: object) -> int:
        """Take an entry and return its index. It is durable after `flush` or `publish`.

        Raises ValueError where it lacks the form of its kind.
        """
        index = self.end
        self._gathered.append(encode_entry("election", kind, **fields))
        if len(self._gathered) >= GATHERED:
            self.flush()
        return index

    def flush(self) -> None:
        """Force what was taken to the medium."""
        if self._gathered:
            self.store.append(self._gathered)
            self._gathered = []

    def publish(self, signer: Signer) -> OpenedCheckpoint:
        """Sign the log with everything taken so far, and show it."""
        self.flush()
        return self.store.publish(signer)


@contextmanager
def create_record(
    folder: Path, signer: Signer, *, guards: Iterable[Path] = (), disk: Disk | None = None
) -> Iterator[RecordWriter]:
    """Make a record whose store is this folder, on purpose; `spec/log.md` §9 says what stands in it.

    Raises LogError L5.2 where the folder is there.
    """
    create_log(folder, signer, guards=guards, disk=disk)
    with open_record_writer(folder, disk=disk) as writer:
        yield writer


@contextmanager
def open_record_writer(folder: Path, *, disk: Disk | None = None) -> Iterator[RecordWriter]:
    """Open the store of a record for writing, alone. Raises LogError L5.1, L5.3, L5.5, L5.6."""
    disk = disk or Disk()
    with open_log(folder, disk=disk) as store:
        writer = RecordWriter(store, disk)
        yield writer
        writer.flush()


class DeviceWriter:
    """The log of one device, in a store of its own. Make one with `create_device`."""

    def __init__(self, store: LogStore) -> None:
        self.store = store
        self._gathered: list[bytes] = []

    @property
    def end(self) -> int:
        """The index of the next entry."""
        return self.store.end + len(self._gathered)

    def append(self, kind: str, **fields: object) -> int:
        """Take an entry and return its index. Raises ValueError where it lacks its form."""
        self._gathered.append(encode_entry("device", kind, **fields))
        return self.end - 1

    def append_ballots(self, ballots: Iterable[bytes]) -> int:
        """Take ballots in this order, return the index after the last. Raises ValueError for other bytes."""
        for ballot in ballots:
            if not is_ballot(ballot):
                raise ValueError(ballot[:8].hex())
            self._gathered.append(ballot)
        return self.end

    def publish(self, signer: Signer) -> OpenedCheckpoint:
        """Sign the log with everything taken so far."""
        if self._gathered:
            self.store.append(self._gathered)
            self._gathered = []
        return self.store.publish(signer)

    def export(self, record: Path, vote: str, device: str, *, disk: Disk | None = None) -> Path:
        """Copy what is public of this log into a record, and return the folder.

        Raises LogError L5.6 where a larger tree is there, L5.5 where the one there is not continued.
        """
        target = record / device_folder(vote, device)
        copy_log(self.store, target, disk or Disk())
        return target


@contextmanager
def create_device(
    folder: Path, signer: Signer, *, guards: Iterable[Path] = (), disk: Disk | None = None
) -> Iterator[DeviceWriter]:
    """Make the log of a device, on purpose, and open it. Raises LogError L5.2 where the folder is there."""
    create_log(folder, signer, guards=guards, disk=disk)
    with open_device(folder, disk=disk) as writer:
        yield writer


@contextmanager
def open_device(folder: Path, *, disk: Disk | None = None) -> Iterator[DeviceWriter]:
    """Open the log of a device for writing, alone."""
    with open_log(folder, disk=disk) as store:
        yield DeviceWriter(store)


def copy_log(store: LogStore, target: Path, disk: Disk) -> None:
    """Copy tiles, then the checkpoint: if we crash between, readers see the old tree, whole."""
    shown = store.shown()
    there = target / "checkpoint"
    if there.exists():
        _check_continued(store, open_checkpoint(there.read_bytes(), (store.config.key,), store.origin))
    public = store.folder / "public"
    touched: set[Path] = set()
    for root, _, names in os.walk(public / "tile"):
        for name in names:
            source = Path(root) / name
            path = target / source.relative_to(public)
            if not path.exists():
                disk.make_folders(path.parent)
                disk.stage(path, source.read_bytes())
                touched.add(path.parent)
    for folder in sorted(touched):
        disk.sync_folder(folder)
    disk.make_folders(target)
    disk.place(there, shown.note.encode())


def _check_continued(store: LogStore, there: OpenedCheckpoint) -> None:
    old, new = there.checkpoint, store.signed.checkpoint
    if old.size > new.size:
        raise LogError("L5.6", found=new.size, expected=old.size, hint="rolled_back")
    proof = store.reader().consistency_proof(old.size)
    try:
        verify_consistency(old.size, old.root, new.size, new.root, proof)
    except LogError as error:
        raise LogError("L5.5", found=old.root.hex(), expected="a beginning of this log") from error

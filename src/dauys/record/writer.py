"""Writing a record: the election log, the files its entries name, and the logs of devices beside it.

The record is the public side of the election log's store (`store.py`); this is the only way in which an
election log is written. Files are on the medium before the entry that names them is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dauys.record.book import LOG_SUFFIX, device_folder, host_of, open_record
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.disk import Disk
from dauys.record.entries import FileRef, encode_entry, files_of, is_ballot, parse_entry
from dauys.record.faults import LogError, at
from dauys.record.forms import FILE_PATH, MAX_FILE
from dauys.record.keys import Signer
from dauys.record.merkle import verify_consistency
from dauys.record.store import LogStore, create_log, open_log
from dauys.record.tiles import Tile, tiles_of_size

#: Entries that wait in memory before they are taken together: each taking is a wait for the medium.
GATHERED: Final = 4096


class _Gathering:
    """Entries on their way into a store: they wait in memory, and are taken together."""

    def __init__(self, store: LogStore) -> None:
        self.store = store
        self._gathered: list[bytes] = []

    @property
    def end(self) -> int:
        """The index of the next entry."""
        return self.store.end + len(self._gathered)

    def flush(self) -> None:
        """Force what was taken to the medium."""
        if self._gathered:
            self.store.append(self._gathered)
            self._gathered = []

    def publish(self, signer: Signer) -> OpenedCheckpoint:
        """Sign the log with everything taken so far, and show it."""
        self.flush()
        return self.store.publish(signer)

    def _take(self, entry: bytes) -> int:
        index = self.end
        self._gathered.append(entry)
        if len(self._gathered) >= GATHERED:
            self.flush()
        return index


class RecordWriter(_Gathering):
    """The election log of a record, open for writing: `create_record`, `open_record_writer`."""

    def __init__(self, store: LogStore, disk: Disk) -> None:
        super().__init__(store)
        self._disk = disk
        self._durable: set[Path] = set()

    @property
    def public(self) -> Path:
        """The record."""
        return self.store.folder / "public"

    def add_file(self, path: str, data: bytes) -> dict[str, object]:
        """Put a file into the record and return the reference for an entry.

        Raises ValueError for a path or size that no record may have, LogError L8.7 where other bytes have
        this path.
        """
        if not FILE_PATH.fullmatch(path) or len(data) > MAX_FILE:
            raise ValueError(f"{path}, {len(data)} bytes")
        target, ref = self.public / path, FileRef.for_bytes(path, data)
        if target.exists():
            there = FileRef.for_bytes(path, target.read_bytes())
            if there != ref:
                raise LogError("L8.7", found=there.sha256, expected=ref.sha256, place=at(path))
        else:
            self._disk.make_folders(target.parent)
            # If we crash after this, the file is extra until an entry names it: nobody reads it.
            self._disk.stage(target, data, staging=self.store.folder / "staging")
            self._durable.discard(target.parent)
        # Also of a file that an earlier life has put there: it may have ended before the name was forced.
        self._disk.sync_up(target.parent, self.public, self._durable)
        return ref.as_json()

    def append(self, kind: str, **fields: object) -> int:
        """Take an entry and return its index. It is durable after `flush` or `publish`.

        Raises ValueError where it lacks the form of its kind.
        """
        return self._take(encode_entry("election", kind, **fields))

    def append_bytes(self, data: bytes) -> int:
        """Take an entry that somebody else wrote, and return its index; nothing is taken that has a fault.

        Raises LogError L8.3 where it lacks the form of its kind, L8.6 where a file that it names is not in
        the record, L7.x where that cannot be read.
        """
        entry = parse_entry(data, self.end, "election")
        with open_record(str(self.public)) as record:
            for _, ref in files_of(entry):
                record.file(ref)
                self._disk.sync_up((self.public / ref.path).parent, self.public, self._durable)
        return self._take(data)


@contextmanager
def create_record(
    folder: Path, signer: Signer, *, guards: Iterable[Path] = (), disk: Disk | None = None
) -> Iterator[RecordWriter]:
    """Make a record whose store is this folder, on purpose; `spec/log.md` §9 says what stands in it.

    Raises LogError L5.2 where the folder is there, L8.4 for an origin that is not `HOST/ELECTION/log`.
    """
    if host_of(signer.verifier.name) is None:
        raise LogError("L8.4", found=signer.verifier.name, expected=f"HOST/ELECTION{LOG_SUFFIX}")
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


class DeviceWriter(_Gathering):
    """The log of one device, in a store of its own: `create_device`, `open_device`."""

    def append(self, kind: str, **fields: object) -> int:
        """Take an entry and return its index. Raises ValueError where it lacks its form."""
        return self._take(encode_entry("device", kind, **fields))

    def append_ballots(self, ballots: Iterable[bytes]) -> int:
        """Take ballots in this order, return the index after the last. Raises ValueError for other bytes."""
        for ballot in ballots:
            if not is_ballot(ballot):
                raise ValueError(ballot[:8].hex())
            self._take(ballot)
        return self.end

    def export(self, record: Path, vote: str, device: str, *, disk: Disk | None = None) -> Path:
        """Copy what is public of this log into a record, and return the folder.

        Raises LogError L5.6 where a larger tree is there, L5.5 where the one there is not continued.
        """
        target = record / device_folder(vote, device)
        disk = disk or Disk()
        copy_log(self.store, target, disk)
        disk.sync_up(target, record, set())
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
    """Open the log of a device for writing, alone. Raises LogError L5.1, L5.3, L5.5, L5.6."""
    with open_log(folder, disk=disk) as store:
        writer = DeviceWriter(store)
        yield writer
        writer.flush()


def copy_log(store: LogStore, target: Path, disk: Disk) -> None:
    """Copy the tiles of the newest signed tree, then its checkpoint: readers see the old tree or the new.

    Raises LogError L5.6 where a larger tree is there, L5.5 where the one there is not continued.
    """
    shown = store.shown()
    there, public = target / "checkpoint", store.folder / "public"
    if there.exists():
        _check_continued(store, open_checkpoint(there.read_bytes(), (store.config.key,), store.origin))
    disk.make_folders(target)
    for leftover in target.rglob("*.new"):
        disk.remove(leftover)
    place_tiles(shown.checkpoint.size, lambda tile: (public / tile.path).read_bytes(), target, target, disk)
    # If we crash here, the record shows the old checkpoint, or no log of this device.
    disk.place(there, shown.note.encode())


def place_tiles(size: int, read: Callable[[Tile], bytes], folder: Path, top: Path, disk: Disk) -> None:
    """Put the tiles of a tree into a folder below `top`, durably; no checkpoint reaches them yet."""
    for tile in tiles_of_size(size):
        path, data = folder / tile.path, read(tile)
        # Without a checkpoint to say so, a tile there may be of another tree.
        if not path.exists() or path.read_bytes() != data:
            disk.make_folders(path.parent)
            disk.stage(path, data)
    # Each folder, also where nothing was new: an earlier life may have ended before a name was forced.
    durable: set[Path] = set()
    for tile in tiles_of_size(size):
        disk.sync_up((folder / tile.path).parent, top, durable)


def _check_continued(store: LogStore, there: OpenedCheckpoint) -> None:
    old, new = there.checkpoint, store.signed.checkpoint
    if old.size > new.size:
        raise LogError("L5.6", found=new.size, expected=old.size, hint="rolled_back")
    proof = store.reader().consistency_proof(old.size)
    try:
        verify_consistency(old.size, old.root, new.size, new.root, proof)
    except LogError as error:
        raise LogError("L5.5", found=old.root.hex(), expected="a beginning of this log") from error

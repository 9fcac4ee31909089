"""Accepting an upload: all of it is looked at, then it is kept, the receipt last (`spec/intake.md` §5)."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from pathlib import Path

from dauys.intake.evidence import Evidence
from dauys.intake.faults import IntakeError, at
from dauys.intake.history import Seen, find_fork
from dauys.intake.keys import IntakeKey
from dauys.intake.log_check import check_log
from dauys.intake.manifest import Manifest
from dauys.intake.receipt import Receipt, make_receipt
from dauys.intake.senders import Senders
from dauys.intake.shelf import Shelf
from dauys.record.checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint
from dauys.record.faults import LogError, MissingFileError
from dauys.record.keys import VerifierKey
from dauys.record.note import MAX_NOTE
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.tiles import WIDTH
from dauys.record.writer import place_tiles


class PartSource:
    """The parts of a log that arrived, read as the files of a log."""

    def __init__(self, shelf: Shelf, manifest: Manifest) -> None:
        self._shelf, self._manifest = shelf, manifest
        self._numbers = {tile.path: number for number, tile in enumerate(manifest.tiles)}

    def read(self, path: str, limit: int) -> bytes:
        """Return a tile or bundle. Raises MissingFileError where it is not here."""
        number = self._numbers.get(path)
        data = None if number is None else self._shelf.whole(self._manifest, number)
        if data is None or len(data) > limit:
            raise MissingFileError(path)
        return data

    def close(self) -> None:
        """Nothing is held open."""


class _FolderOnce:
    """A folder that is opened for each file: a reader of it can be left without closing anything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole file, at most `limit` bytes."""
        with FolderSource(self._folder) as source:
            return source.read(path, limit)

    def close(self) -> None:
        """Nothing is held open."""


class Acceptance:
    """Accepts uploads, one at a time of each device or station."""

    def __init__(self, shelf: Shelf, senders: Senders, key: IntakeKey) -> None:
        self._shelf, self._senders, self._key = shelf, senders, key
        self.evidence = Evidence(shelf)
        self._sightings: dict[tuple[str, str], list[Manifest]] = defaultdict(list)
        for manifest in shelf.accepted():
            self._remember(manifest)

    def accept(self, manifest: Manifest, now: str) -> Receipt:
        """Return the receipt, everything being on the medium.

        Raises IntakeError U1.3, U1.4 where the record changed its mind, U1.7 to U1.11, U1.13.
        """
        opened = self._senders.check(manifest)
        self._check_parts(manifest)
        what = ""
        if opened is not None and manifest.kind == "log":
            what = self._accept_log(manifest, opened)
        elif opened is not None:
            self._accept_sighting(manifest, opened)
        else:
            data = self._shelf.whole(manifest, 0)
            self._shelf.place("protocols", manifest.id, data or b"")
            self._shelf.place("manifests", manifest.id, manifest.data)
        receipt = make_receipt(manifest, what, now, self._key)
        self._shelf.place("receipts", manifest.id, receipt.data)
        # If we crash here, the receipt is there and nobody has it: asked again, the intake gives it.
        self._remember(manifest)
        return receipt

    def shown(self, manifest: Manifest) -> int:
        """Return the size of a log under way, where its right edge is here and leads to the root; else 0.

        A stranger has the checkpoint and not the edge, but of one entry, which is its own root, and of trees
        that were accepted and published.
        """
        tree, stored = manifest.tree, self._stored(manifest)
        if tree is None or tree.size <= (1 if stored is None else stored.size):
            return 0
        try:
            return self._reader(manifest, tree).size
        except IntakeError:
            return 0

    def check_turn(self, manifest: Manifest, number: int) -> None:
        """Return where bytes of this part are taken now; parts of the edge that are wrong are forgotten.

        Raises IntakeError U1.19 where another part comes first, U1.8 where the edge leads to another root.
        Whoever has but a checkpoint can announce a log of any bytes. Of a new tree the right edge comes
        first: it shows that the sender has it. Of a tree that lies here, what lies here is not taken again.
        """
        tree, stored = manifest.tree, self._stored(manifest)
        if manifest.kind != "log" or tree is None or tree.size == 1 or number in manifest.edge:
            return
        if stored is not None and tree.size <= stored.size:
            opened = self._senders.check(manifest)
            fork = None if opened is None else find_fork(Seen(opened), [stored])
            if fork is None and manifest.tiles[number].width == WIDTH:
                raise IntakeError("U1.19", found=f"part {number}", expected="the log as it was kept")
            return
        if wrong := [one for one in sorted(manifest.edge) if self._forget_wrong(manifest, one)]:
            raise IntakeError("U1.19", found=f"part {number}", expected=f"part {wrong[0]} first")
        self._reader(manifest, tree)

    def _forget_wrong(self, manifest: Manifest, number: int) -> bool:
        """Whether a part is not here as it was claimed; all bytes of another one are forgotten."""
        wrong = self._shelf.whole(manifest, number) is None
        if wrong and self._shelf.held(manifest, number) >= manifest.parts[number].size:
            self._shelf.forget(manifest.id, number)
        return wrong

    def _remember(self, manifest: Manifest) -> None:
        if manifest.kind == "sighting":
            self._sightings[manifest.vote, manifest.of].append(manifest)

    def _check_parts(self, manifest: Manifest) -> None:
        """Raise U1.7 where parts are missing; those that are not what was claimed are forgotten."""
        missing = [number for number in range(len(manifest.parts)) if self._forget_wrong(manifest, number)]
        if missing:
            found = f"{len(manifest.parts) - len(missing)} of {len(manifest.parts)} parts"
            raise IntakeError("U1.7", found=found, expected="all parts, as claimed")

    def _accept_log(self, manifest: Manifest, opened: OpenedCheckpoint) -> str:
        tree = opened.checkpoint
        reader = self._reader(manifest, tree)
        try:
            what = check_log(reader, manifest.tiles)
        except IntakeError as error:
            if error.code == "U1.10":
                self.evidence.keep_whole(manifest)
            raise
        stored = self._stored(manifest)
        others = [*([stored] if stored else []), *self._seen(manifest)]
        fork = find_fork(Seen(opened, reader), others)
        if fork is not None:
            self.evidence.keep_fork(manifest, fork)
            self.evidence.keep_whole(manifest)
            raise IntakeError("U1.11", found=tree.root.hex(), expected="one history", hint="fork")
        larger = stored is None or stored.size < tree.size
        if larger:
            self._place_tiles(manifest, reader)
        elif stored is not None and stored.reader is not None:
            # The bytes that came are given up for those that lie here: these must be what they were.
            self._check_kept(manifest, stored.reader, tree.size)
        self._shelf.place("manifests", manifest.id, manifest.data)
        if larger:
            # Readers of the folder see the old tree, or the new one whole.
            with self._shelf.writing() as disk:
                disk.place(self._shelf.log(manifest) / "checkpoint", opened.note.encode())
        return what

    def _accept_sighting(self, manifest: Manifest, opened: OpenedCheckpoint) -> None:
        stored = self._stored(manifest)
        fork = find_fork(Seen(opened), [*([stored] if stored else []), *self._seen(manifest)])
        if fork is not None:
            self.evidence.keep_fork(manifest, fork)
        self._shelf.place("manifests", manifest.id, manifest.data)

    def _reader(self, manifest: Manifest, tree: Checkpoint) -> LogReader:
        """Return the log that is under way. Raises IntakeError U1.8 where its edge leads to another root."""
        try:
            return LogReader(PartSource(self._shelf, manifest), tree.size, tree.root)
        except LogError as error:
            raise IntakeError("U1.8", found=error.problem.found, expected=error.problem.expected) from error

    def _stored(self, manifest: Manifest) -> Seen | None:
        """Return the largest tree of the device that was accepted."""
        folder = self._shelf.log(manifest)
        if not (folder / "checkpoint").exists():
            return None
        key = self._senders.installed(manifest).key
        source = _FolderOnce(folder)
        try:
            opened = open_checkpoint(source.read("checkpoint", MAX_NOTE), (key,), key.name)
            return Seen(opened, LogReader(source, opened.checkpoint.size, opened.checkpoint.root))
        except LogError as error:
            raise _damaged(error, folder) from error

    def _check_kept(self, manifest: Manifest, kept: LogReader, size: int) -> None:
        """Return where the first entries of the kept log are under its root. Raises IntakeError U1.13."""
        try:
            for _ in islice(kept.entries(), size):
                pass
        except LogError as error:
            raise _damaged(error, self._shelf.log(manifest)) from error

    def _seen(self, manifest: Manifest) -> list[Seen]:
        key = self._senders.installed(manifest).key
        return [Seen(_note(one, key)) for one in self._sightings[manifest.vote, manifest.of]]

    def _place_tiles(self, manifest: Manifest, reader: LogReader) -> None:
        """Put tiles and bundles into the device's log; no checkpoint reaches them yet."""
        folder = self._shelf.log(manifest)
        self._shelf.make(folder)
        with self._shelf.writing() as disk:
            for leftover in sorted(folder.rglob("*.new")):
                disk.remove(leftover)
            place_tiles(reader.size, reader.tile_bytes, folder, self._shelf.folder, disk)


def _damaged(error: LogError, folder: Path) -> IntakeError:
    return IntakeError(
        "U1.13", found=error.code, expected="the log as it was kept", place=at(folder), hint="damaged"
    )


def _note(manifest: Manifest, key: VerifierKey) -> OpenedCheckpoint:
    return open_checkpoint(manifest.note, (key,), key.name)

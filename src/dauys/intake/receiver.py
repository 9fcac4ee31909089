"""The intake at work: announced, received, accepted once, answered with a receipt (`spec/intake.md`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from dauys.intake.accept import Acceptance
from dauys.intake.faults import IntakeError, at
from dauys.intake.keys import IntakeKey
from dauys.intake.known import Directory
from dauys.intake.manifest import Manifest, parse_manifest
from dauys.intake.receipt import Receipt
from dauys.intake.senders import Senders
from dauys.intake.shelf import Shelf, read_intake
from dauys.record.disk import Disk, locked

#: Uploads of a device's log that are under way at one time. A checkpoint is public, so that anybody can
#: announce one: such an announcement must not keep out the station's own.
MOST_ARRIVING: Final = 8
#: Uploads that there can be, accepted and under way, of one device or station.
MOST: Final = {"log": 500, "sighting": 2_000, "signed": 200, "unsigned": 8}


@dataclass(frozen=True, slots=True)
class State:
    """What the intake has of an upload: bytes of each part, and the receipt once it is accepted."""

    id: str
    have: tuple[int, ...]
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose uploads are one after another: those of a device, or of a station."""

    what: str
    vote: str
    of: str


class Intake:
    """Receives uploads: one process, any number of threads. Make one with `open_intake`."""

    def __init__(self, folder: Path, key: IntakeKey, directory: Directory, disk: Disk) -> None:
        self.folder, self.key = folder, key
        self.shelf = Shelf(folder, disk)
        self._senders = Senders(directory)
        self._acceptance = Acceptance(self.shelf, self._senders, key)
        self._locks: dict[_Subject, threading.Lock] = {}
        self._lock = threading.Lock()
        self._there: dict[tuple[_Subject, str], dict[str, int]] = {}
        self._moments = count()
        self.shelf.recover()
        for manifest in (*self.shelf.accepted(), *self.shelf.all_arriving()):
            self._count(manifest)

    def begin(self, data: bytes) -> State:
        """Take an announcement, or the same again, and say what is here of it.

        Raises IntakeError U1.1 to U1.4 for what is not taken, U1.11 for a fork that is kept, U1.12, U1.13.
        """
        manifest = parse_manifest(data)
        self._senders.check(manifest)
        with self._alone(manifest):
            if self.shelf.receipt(manifest.id) is None:
                self._acceptance.evidence.refuse_kept(manifest)
            if self.shelf.receipt(manifest.id) is None and self.shelf.arriving(manifest.id) is None:
                self._check_room(manifest)
                self.shelf.begin(manifest)
                self._count(manifest)
            return self._state(manifest)

    def state(self, upload: str) -> State:
        """Say what is here of an upload. Raises IntakeError U1.5 where nothing is known of it."""
        manifest = self._known(upload)
        with self._alone(manifest):
            # Looked at again, here and below: it may have been refused or forgotten in between.
            return self._state(self._known(upload))

    def hold(self, upload: str, number: int, offset: int, data: bytes) -> int:
        """Add bytes to a part and return how many are here.

        Raises IntakeError U1.5 for an upload or part that there is not, U1.6 where others are the next bytes,
        U1.2 for more than the part has, U1.19 where other parts come first, U1.8 where they
        are those of another tree, U1.13.
        """
        manifest = self._arriving(upload)
        if number >= len(manifest.parts):
            raise IntakeError("U1.5", found=f"part {number}", expected=f"0…{len(manifest.parts) - 1}")
        with self._alone(manifest):
            manifest = self._arriving(upload)
            have, size = self.shelf.held(manifest, number), manifest.parts[number].size
            if offset != have:
                raise IntakeError("U1.6", found=f"byte {offset}", expected=f"byte {have}", have=have)
            if have + len(data) > size:
                raise IntakeError("U1.2", found=f"{have + len(data)} bytes", expected=f"{size} bytes")
            if data:
                with self._refusing(manifest):
                    self._acceptance.check_turn(manifest, number)
                self.shelf.add(manifest, number, data)
                self._count(manifest)
            return have + len(data)

    def finish(self, upload: str, now: str) -> Receipt:
        """Accept an upload at `now`, ISO 8601 with offset, and return its receipt; again, the same receipt.

        Raises IntakeError U1.5, U1.7 where parts are missing or wrong, U1.8 to U1.11 for a log, U1.13.
        """
        receipt = self.shelf.receipt(upload)
        if receipt is not None:
            return receipt
        manifest = self._known(upload)
        with self._alone(manifest):
            receipt = self.shelf.receipt(upload)
            if receipt is None:
                self._acceptance.evidence.refuse_kept(manifest)
                with self._refusing(manifest):
                    receipt = self._acceptance.accept(self._arriving(upload), now)
                self.shelf.forget(upload)
            return receipt

    @contextmanager
    def _refusing(self, manifest: Manifest) -> Iterator[None]:
        """Keep nothing of an upload that is refused for what it is."""
        try:
            yield
        except IntakeError as error:
            if error.code in ("U1.8", "U1.9"):
                # The same bytes would be refused again: nothing is kept of them.
                self.shelf.forget(manifest.id)
            if self.shelf.arriving(manifest.id) is None:
                self._there[self._class(manifest)].pop(manifest.id, None)
            raise

    def _known(self, upload: str) -> Manifest:
        """Return the manifest of an upload, under way or accepted.

        In this order: an upload has its receipt before it is forgotten, so that one which is accepted at this
        very moment is found in one place or the other.
        """
        return self.shelf.arriving(upload) or self.shelf.announced(upload) or self._arriving(upload)

    def _arriving(self, upload: str) -> Manifest:
        manifest = self.shelf.arriving(upload)
        if manifest is None:
            raise IntakeError("U1.5", found=upload[:32], expected="an upload that was announced")
        return manifest

    def _state(self, manifest: Manifest) -> State:
        receipt = self.shelf.receipt(manifest.id)
        held = (self.shelf.held(manifest, number) for number in range(len(manifest.parts)))
        sizes = tuple(part.size for part in manifest.parts)
        return State(manifest.id, tuple(held) if receipt is None else sizes, receipt)

    @contextmanager
    def _alone(self, manifest: Manifest) -> Iterator[None]:
        """Hold what belongs to one device or station: between looking and writing nobody else may write."""
        with self._lock:
            lock = self._locks.setdefault(self._subject(manifest), threading.Lock())
        with lock:
            yield

    @staticmethod
    def _subject(manifest: Manifest) -> _Subject:
        what = "station" if manifest.kind == "protocol" else "device"
        return _Subject(what, manifest.vote, manifest.of)

    def _class(self, manifest: Manifest) -> tuple[_Subject, str]:
        signed = "unsigned" if manifest.unsigned else "signed"
        return self._subject(manifest), signed if manifest.kind == "protocol" else manifest.kind

    def _count(self, manifest: Manifest) -> None:
        self._there.setdefault(self._class(manifest), {})[manifest.id] = next(self._moments)

    def _check_room(self, manifest: Manifest) -> None:
        """Raise U1.12 where one device or station would fill the disk.

        Of a device's logs only so many are under way. Checkpoints are public, and bytes cost a stranger
        nothing: what gives way is what has not shown its tree, of that what was longest without a request.
        """
        name = self._class(manifest)
        there = self._there.setdefault(name, {})
        most = MOST[name[1]]
        if len(there) >= most:
            raise IntakeError("U1.12", found=f"{len(there)} uploads", expected=f"at most {most}")
        if manifest.kind != "log":
            return
        arriving = [one for one in map(self.shelf.arriving, sorted(there)) if one is not None]
        if len(arriving) >= MOST_ARRIVING:
            least = min(arriving, key=lambda one: (self._acceptance.shown(one), there[one.id])).id
            self.shelf.forget(least)
            del there[least]


@contextmanager
def open_intake(
    folder: Path, key: IntakeKey, directory: Directory, *, disk: Disk | None = None
) -> Iterator[Intake]:
    """Open an intake, alone, after setting right what a cut may have left.

    Raises IntakeError U1.18 where there is none, or one with another key; LogError L5.3 where it is at work.
    """
    known = read_intake(folder)
    if key.verifier != known:
        raise IntakeError("U1.18", found=key.verifier.encode(), expected=known.encode(), place=at(folder))
    with locked(folder / "lock"):
        yield Intake(folder, key, directory, disk or Disk())

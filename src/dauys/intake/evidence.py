"""What convicts a device: kept for ever, and never taken again (`spec/intake.md` §4 and §5)."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from dauys.intake.faults import IntakeError
from dauys.intake.manifest import Manifest
from dauys.intake.shelf import Shelf
from dauys.record.fork import Fork

#: Uploads kept whole about one device: enough for any judge, and no way to fill the disk.
MOST_WHOLE: Final = 16


class Evidence:
    """Keeps the proofs of forks, and what was sent with them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def refuse_kept(self, manifest: Manifest) -> None:
        """Raise U1.11 for an upload that lies here: it was refused before, and is again."""
        if (self._shelf.evidence(manifest) / manifest.id).exists():
            found = "this upload, which was refused before"
            raise IntakeError("U1.11", found=found, expected="one history", hint="fork")

    def keep_fork(self, manifest: Manifest, fork: Fork) -> None:
        """Keep the file that proves a fork; when this returns, a crash does not lose it."""
        folder, data = self._shelf.evidence(manifest), fork.encode()
        self._shelf.make(folder)
        with self._shelf.writing() as disk:
            disk.place(folder / f"{sha256(data).hexdigest()}.json", data)

    def keep_whole(self, manifest: Manifest) -> None:
        """Move all that was sent here; of a device that has many here, it is only forgotten."""
        folder = self._shelf.evidence(manifest)
        self._shelf.make(folder)
        if sum(path.is_dir() for path in folder.iterdir()) >= MOST_WHOLE:
            self._shelf.forget(manifest.id)
            return
        arriving = self._shelf.arrivals(manifest.id)
        with self._shelf.writing() as disk:
            for path in sorted(arriving.iterdir()):
                disk.sync(path)
            disk.sync_folder(arriving)
            disk.rename(arriving, folder / manifest.id)
            disk.sync_folder(folder)
            disk.sync_folder(arriving.parent)

"""The power goes at every operation of a log's life, and again during recovery.

Nothing acknowledged is lost, and no second history is ever shown.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from crash_disk import Crash, CrashDisk

from dauys.record.checkpoint import open_checkpoint
from dauys.record.disk import Disk
from dauys.record.keys import Signer
from dauys.record.merkle import leaf_hash, tree_root
from dauys.record.store import create_log, open_log

SIGNER = Signer("example.test/log", 0x01, b"\x01" * 32)
#: Entries of each step; publication follows. The second ends on the border of a tile.
STEPS = (2, 254, 3)


class World:
    """What was acknowledged and what was shown, over all lives of one log."""

    def __init__(self) -> None:
        self.created = False
        self.acknowledged: list[bytes | None] = []
        self.shown: list[bytes] = []


def live(root: Path, disk: Disk, world: World, life: str) -> None:
    """Make the log unless it is there, and do what is still to be done."""
    folder, guard = root / "log", root / "guard"
    if not folder.exists():
        create_log(folder, SIGNER, guards=[guard], disk=disk)
    world.created = True
    with open_log(folder, disk=disk) as log:
        assert log.end >= len(world.acknowledged)
        # An entry that was in doubt when the power went may be there.
        world.acknowledged += [None] * (log.end - len(world.acknowledged))
        done = 0
        for number, count in enumerate(STEPS):
            done += count
            # Entries in doubt are others in the next life: with both in signed trees it would be a fork.
            missing = [f"{life}/{number}/{i}".encode() for i in range(max(0, min(count, done - log.end)))]
            if missing:
                assert log.append(missing) == len(world.acknowledged) + len(missing)
                world.acknowledged += missing
            if log.size < log.end:
                world.shown.append(log.publish(SIGNER).note.encode())


def check(root: Path, world: World) -> None:
    """Every acknowledged entry is in its place, and every checkpoint ever shown is a prefix of the log."""
    with open_log(root / "log") as log:
        final = log.publish(SIGNER)
        entries = [entry for _, entry in log.reader().entries()]
    assert len(entries) >= len(world.acknowledged)
    assert all(a in (None, e) for a, e in zip(world.acknowledged, entries, strict=False))
    leaves = list(map(leaf_hash, entries))
    assert tree_root(leaves) == final.checkpoint.root
    for note in world.shown:
        checkpoint = open_checkpoint(note, (SIGNER.verifier,)).checkpoint
        assert checkpoint.size <= len(leaves)
        assert tree_root(leaves[: checkpoint.size]) == checkpoint.root


def new_root(tmp_path: Path, name: str) -> Path:
    root = tmp_path / name
    root.mkdir()
    (root / "guard").mkdir()
    return root


def run_until(
    root: Path, world: World, life: str, stop_at: int, *, kind: type[CrashDisk], torn: bool
) -> CrashDisk | None:
    """Live until the power goes; None where the life ended before."""
    disk = kind(root, stop_at, torn=torn)
    try:
        live(root, disk, world, life)
    except Crash:
        world.shown += disk.shown
        return disk
    world.shown += disk.shown
    return None


def all_cuts(
    tmp_path: Path, kind: type[CrashDisk] = CrashDisk, *, lost: bool | int, torn: bool, twice: bool
) -> int:
    """Cut the power at every operation; return how many cuts there were."""
    cuts, stop = 0, 0
    while True:
        second = 0
        while True:
            root, world = new_root(tmp_path, "a"), World()
            disk = run_until(root, world, "first", stop, kind=kind, torn=torn)
            if disk is None:
                check(root, world)
                return cuts
            cuts += 1
            restart(root, disk, lost=lost)
            again = run_until(root, world, "second", second, kind=kind, torn=torn) if twice else None
            if again is not None:
                restart(root, again, lost=lost)
            live(root, Disk(), world, "last")
            check(root, world)
            shutil.rmtree(root)
            # The operations of recovery itself; further on, the second life is like the first.
            if again is None or second == 7:
                break
            second += 1
        stop += 5 if twice else 1


def restart(root: Path, disk: CrashDisk, *, lost: bool | int) -> None:
    """Start again: what was not forced is lost (True), kept (False), or some of it is there (a seed)."""
    if lost is False:
        return
    shutil.rmtree(root)
    if lost is True:
        disk.after_power_cut(root)
    else:
        disk.after_some_luck(root, lost)


@pytest.fixture
def quick(monkeypatch):
    """The real medium is not what is tested here: the model beside it knows what would be lost."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.mark.parametrize(
    ("lost", "torn"), [(True, False), (False, False), (False, True), (11, False), (12, True)]
)
def test_power_goes_at_every_operation(tmp_path, quick, lost, torn):
    assert all_cuts(tmp_path, lost=lost, torn=torn, twice=False) > 80


def test_power_goes_again_during_recovery(tmp_path, quick):
    assert all_cuts(tmp_path, lost=True, torn=False, twice=True) > 100


class NoFileSync(CrashDisk):
    def sync(self, path: Path) -> None:
        self._whole()


class NoFolderSync(CrashDisk):
    def sync_folder(self, path: Path) -> None:
        self._whole()


class JournalFirst(CrashDisk):
    """Acknowledges before the bytes are on the medium, but in the journal only."""

    def sync(self, path: Path) -> None:
        if path.name == "journal":
            self._whole()
        else:
            super().sync(path)


@pytest.mark.parametrize("kind", [NoFileSync, NoFolderSync, JournalFirst])
def test_the_harness_notices_a_disk_that_does_not_sync(tmp_path, quick, kind):
    with pytest.raises(Exception):  # noqa: B017 (any: a log that is gone, or an assertion that fails)
        all_cuts(tmp_path, kind, lost=True, torn=False, twice=False)

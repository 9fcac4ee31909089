"""The power goes at every operation of a record's writer and of a device's export.

What the folder shows is at every moment a whole record: each entry's file is there, each log to its end.
A program may also be killed first, and the power go in its next life: then nothing was forced in between.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from crash_disk import Crash, CrashDisk

from dauys.record.book import device_origin, open_record
from dauys.record.checkpoint import Checkpoint, open_checkpoint
from dauys.record.disk import Disk
from dauys.record.entries import files_of, parse_entry
from dauys.record.faults import LogError, MissingFileError
from dauys.record.keys import ED25519, Signer
from dauys.record.reader import LogReader
from dauys.record.sources import Source
from dauys.record.store import create_log
from dauys.record.writer import create_record, open_device, open_record_writer

SIGNER = Signer("example.test/small/log", ED25519, b"\x01" * 32)
VOTE, ID = "small/1/0", "0412-m1"
DEVICE = Signer(device_origin(SIGNER.verifier.name, VOTE, ID), ED25519, b"\x02" * 32)
AT = "2004-09-19T20:15:00+06:00"
FILES = ("files/verifier.html", "files/1-0/new/verifier.html")
#: Ballots after each publication; the second goes beyond the border of a bundle.
BALLOTS = (3, 257)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The real medium is not what is tested here: the model beside it knows what would be lost."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


def start(root: Path) -> None:
    """Make both stores, before any power goes: making one is tested with the log's own store."""
    with create_record(root / "log", SIGNER):
        pass
    create_log(root / "device", DEVICE)


def live(root: Path, disk: Disk) -> None:
    """Do what is still to be done: a file, its entry, and what the device has, twice."""
    for number, path in enumerate(FILES):
        with open_record_writer(root / "log", disk=disk) as writer:
            if writer.end <= number:
                ref = writer.add_file(path, path.encode() * 40)
                writer.append("software", at=AT, file=ref, name="verifier")
            writer.publish(SIGNER)
        with open_device(root / "device", disk=disk) as device:
            device.append_ballots(b"\x01%d" % place for place in range(device.end, BALLOTS[number]))
            device.publish(DEVICE)
            device.export(root / "log" / "public", VOTE, ID, disk=disk)


def tree(source: Source, signer: Signer) -> tuple[Checkpoint, list[bytes]] | None:
    """Return the newest tree with all its entries; None where no checkpoint is there."""
    try:
        data = source.read("checkpoint", 100_000)
    except MissingFileError:
        return None
    shown = open_checkpoint(data, (signer.verifier,), signer.verifier.name).checkpoint
    return shown, [entry for _, entry in LogReader(source, shown.size, shown.root).entries()]


def check_shown(root: Path) -> int:
    """Read the record as anybody would; return how much it shows. Nothing may be half there."""
    with open_record(str(root / "log" / "public")) as record:
        log = tree(record.source, SIGNER)
        for index, data in enumerate(log[1] if log else ()):
            for _, ref in files_of(parse_entry(data, index, "election")):
                assert record.file(ref) == ref.path.encode() * 40
        device = tree(record.device(VOTE, ID), DEVICE)
        ballots = device[1] if device else []
        assert ballots == [b"\x01%d" % place for place in range(len(ballots))]
        return (len(log[1]) if log else 0) + len(ballots)


def check_end(root: Path) -> None:
    """After a last life nothing is missing, and nothing half made is left."""
    live(root, Disk())
    assert check_shown(root) == len(FILES) + BALLOTS[-1]
    assert not list(root.rglob("*.new"))


def fresh(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    start(root)
    return root


def run_until_cut(root: Path, disk: CrashDisk) -> bool:
    try:
        live(root, disk)
    except Crash:
        return True
    return False


def restart(root: Path, disk: CrashDisk, lost: bool | int) -> None:
    """Start again: what was not forced is lost (True), kept (False), or some of it is there (a seed)."""
    if lost is False:
        return
    shutil.rmtree(root)
    if lost is True:
        disk.after_power_cut(root)
    else:
        disk.after_some_luck(root, lost)


def all_cuts(
    tmp_path: Path, kind: type[CrashDisk] = CrashDisk, *, lost: bool | int, torn: bool, every: int = 1
) -> int:
    """Cut the power at every operation, or at one of `every`; return how many operations there are."""
    stop = 0
    while True:
        root = fresh(tmp_path)
        disk = kind(root, stop, torn=torn)
        cut = run_until_cut(root, disk)
        restart(root, disk, lost)
        check_shown(root)
        check_end(root)
        if not cut:
            return disk.operations
        stop += every


@pytest.mark.parametrize(
    ("lost", "torn", "every"), [(True, False, 1), (False, True, 5), (21, False, 5), (22, True, 5)]
)
def test_power_goes_at_every_operation(tmp_path, lost, torn, every):
    assert all_cuts(tmp_path, lost=lost, torn=torn, every=every) > 150


def killed_then_cut(tmp_path: Path, kind: type[CrashDisk], first: int, second: int) -> tuple[bool, bool]:
    """Kill the program at one operation and cut the power at an operation of its next life."""
    root = fresh(tmp_path)
    before = kind(root, first)
    killed = run_until_cut(root, before)
    after = kind(root, second)
    # The machine went on: what the first life did not force is still not forced.
    after.tree = before.tree
    cut = run_until_cut(root, after)
    restart(root, after, lost=True)
    check_shown(root)
    return killed, cut


#: Operations from one kill, and from one cut, to the next that is tried: the diagonals meet every operation.
KILLS, CUTS = 8, 31


def all_pairs(tmp_path: Path, kind: type[CrashDisk] = CrashDisk) -> int:
    """Kill and cut at pairs of operations; return how many pairs."""
    pairs, first, killed = 0, 0, True
    while killed:
        second, cut = first % CUTS, True
        while cut:
            killed, cut = killed_then_cut(tmp_path, kind, first, second)
            pairs += 1
            second += CUTS
        first += KILLS
    return pairs


def test_killed_first_and_the_power_goes_in_the_next_life(tmp_path):
    assert all_pairs(tmp_path) > 60


def forget_the_folders_of_others(self: CrashDisk, folder: Path, top: Path, done: set[Path]) -> None:
    """Force only the folder itself, as if every folder that is there were there for sure."""
    self.sync_folder(folder)


def test_a_folder_that_an_earlier_life_made_is_forced_too(tmp_path, monkeypatch):
    monkeypatch.setattr(CrashDisk, "sync_up", forget_the_folders_of_others)
    with pytest.raises(LogError):
        all_pairs(tmp_path)


class NoFileSync(CrashDisk):
    def sync(self, path: Path) -> None:
        self._whole()


class NoFolderSync(CrashDisk):
    def sync_folder(self, path: Path) -> None:
        self._whole()


@pytest.mark.parametrize("kind", [NoFileSync, NoFolderSync])
def test_the_harness_notices_a_disk_that_does_not_sync(tmp_path, kind):
    with pytest.raises(Exception):  # noqa: B017 (any: a log that is gone, or an assertion that fails)
        all_cuts(tmp_path, kind, lost=True, torn=False)

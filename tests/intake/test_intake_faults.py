"""Cuts, crashes, full disks, two at once: nothing lost, nothing doubled, and a test that can tell."""

from __future__ import annotations

import errno
import shutil
import threading
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

import pytest
from crash_disk import Crash, CrashDisk
from intake_world import (
    COMMISSION,
    KEY,
    VOTE,
    CutError,
    Line,
    World,
    device_key,
    entries,
    parcel_of,
    public,
    seen_of,
    stages,
)
from resends import resend

from dauys.crypto.framing import framed_hash
from dauys.intake.app import IntakeApp
from dauys.intake.client import send
from dauys.intake.count import counted
from dauys.intake.faults import IntakeError
from dauys.intake.parcels import Parcel, protocol_parcel, sighting_parcel
from dauys.intake.receipt import check_receipt
from dauys.record.checkpoint import open_checkpoint
from dauys.record.disk import Disk
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource

BALLOTS = 4
SMALL = ("m1", BALLOTS, 1)


@cache
def sealed_day() -> tuple[bytes, ...]:
    return entries(*SMALL)


@pytest.fixture(scope="module")
def parcels(tmp_path_factory) -> list[Parcel]:
    """A short day of one device, a protocol and a sighting."""
    folder, sizes = tmp_path_factory.mktemp("short"), stages(*SMALL)
    logs = [parcel_of(public(folder / str(size), "m1", sealed_day()[:size])) for size in sizes[1:]]
    protocol = protocol_parcel(VOTE, "s-m1", "electronic-1", b"%PDF", signer="north", sign=COMMISSION.sign)
    seen = sighting_parcel(VOTE, "m1", "obs-1", seen_of("m1", sizes[1], sealed_day()))
    return [logs[0], seen, logs[1], protocol]


@dataclass
class Lives:
    """What was acknowledged, over all lives of one intake: receipts by upload, as they were answered."""

    world: World
    receipts: dict[str, bytes] = field(default_factory=dict)
    lives: int = 0

    def live(self, parcels: list[Parcel], disk: Disk | None = None, **line: object) -> None:
        """Send everything once; each life has its own clock."""
        self.lives += 1
        now = f"2004-09-19T14:00:{self.lives:02}+00:00"
        with self.world.open(disk) as intake:
            wire = Line(IntakeApp(intake, lambda: now), **line)
            for parcel in parcels:
                receipt = send(parcel, wire, key=KEY.verifier)
                known = self.receipts.setdefault(parcel.manifest.id, receipt.data)
                assert receipt.data == known, "another receipt for the same upload"

    def check(self, parcels: list[Parcel]) -> None:
        """Everything is there, once, and every receipt ever answered is the receipt now."""
        self.live(parcels)
        home = self.world.home
        assert {p.name: p.read_bytes() for p in (home / "receipts").iterdir()} == self.receipts
        assert once(self.world, parcels)
        assert not list((home / "arriving").iterdir())
        assert kept(self.world) == list(sealed_day())
        for data in self.receipts.values():
            check_receipt(data, KEY.verifier)


def kept(world: World) -> list[bytes]:
    with FolderSource(world.home / "device" / "1-0" / "m1") as source:
        data = source.read("checkpoint", 1 << 20)
        tree = open_checkpoint(data, (device_key("m1").verifier,)).checkpoint
        return [entry for _, entry in LogReader(source, tree.size, tree.root).entries()]


def once(world: World, parcels: list[Parcel]) -> bool:
    """Whether the totals are those of what was sent, however often it was sent."""
    found = counted(world.home)
    kinds = [parcel.manifest.kind for parcel in parcels]
    totals = (sum(d.uploads for d in found.devices), found.sightings, found.protocols, found.forks)
    files = len(list((world.home / "protocols").iterdir()))
    expected = (kinds.count("log"), kinds.count("sighting"), kinds.count("protocol"), 0)
    return totals == expected and files == expected[2] and found.ballots == BALLOTS


def fresh(tmp_path: Path, record: Path) -> World:
    root = tmp_path / "w"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    return World(root, record)


def cut_everywhere(world: World, parcels: list[Parcel]) -> Lives:
    """The line dies at every request, before, in and after it, and the sender tries again each time."""
    lives = Lives(world)
    for how in ("before", "middle", "after"):
        at = 0
        while True:
            try:
                lives.live(parcels, dies_at=at, how=how)
                break
            except CutError:
                at += 1
        assert at >= len(parcels)
    return lives


def test_a_cut_at_every_request_costs_nothing_but_the_request(world, parcels):
    cut_everywhere(world, parcels).check(parcels)


def test_each_cut_alone_from_nothing_to_the_receipt(tmp_path, the_record, parcels):
    """Before, in and after each request of a first sending: the next goes on, and no byte goes twice."""
    seal = parcels[2]
    whole = sum(part.size for part in seal.manifest.parts)
    for how in ("before", "middle", "after"):
        for at in range(2 + len(seal.manifest.parts)):
            lives = Lives(fresh(tmp_path, the_record))
            with lives.world.open() as intake:
                app = IntakeApp(intake, lambda: "2004-09-19T14:00:00+00:00")
                first, second = Line(app, at, how), Line(app)
                with pytest.raises(CutError):
                    send(seal, first)
                send(seal, second)
            announced = len(seal.manifest.data)
            assert first.sent + second.sent <= whole + 2 * announced
            assert counted(lives.world.home).ballots == BALLOTS
            assert counted(lives.world.home).devices[0].uploads == 1


def test_control_a_new_id_for_each_retry_is_noticed(tmp_path, the_record, parcels, monkeypatch):
    """The same cuts and the same count, with an intake that takes each retry for another upload."""
    retries = [0]

    def new_id(data: bytes) -> str:
        return framed_hash("intake-upload", data, retries[0]).hex()

    class Retrying(Lives):
        def live(self, parcels, disk=None, **line):
            retries[0] += 1
            super().live(parcels, disk, **line)

    world = fresh(tmp_path, the_record)
    assert once(cut_everywhere(world, parcels).world, parcels)
    monkeypatch.setattr("dauys.intake.manifest.upload_id", new_id)
    wrong = fresh(tmp_path, the_record)
    monkeypatch.setattr("test_intake_faults.Lives", Retrying)
    lives = cut_everywhere(wrong, parcels)
    assert not once(wrong, parcels)
    assert len(lives.receipts) > len(parcels)


def test_the_centre_has_each_ballot_once_however_often_a_station_sends(tmp_path):
    """The check, and its control, that a harness runs on any device's log (`resends.py`)."""
    folder = public(tmp_path / "store", "m1", sealed_day())
    seed = sha256(device_key("m1").verifier.name.encode()).digest()
    device = resend(tmp_path / "good", folder, seed)
    assert (device.ballots, device.uploads, device.sealed) == (BALLOTS, 1, True)
    assert resend(tmp_path / "wrong", folder, seed, new_ids=True).uploads > 1


def test_two_senders_of_the_same_at_once_have_one_receipt(world, parcels):
    """Eight threads, each sending everything in its own order."""
    told: list[list[bytes]] = []
    with world.open() as intake:
        app = IntakeApp(intake, lambda: "2004-09-19T14:00:00+00:00")
        gate = threading.Barrier(8)

        def run(number: int) -> None:
            gate.wait()
            own = [send(parcels[(n + number) % 4], Line(app), key=KEY.verifier).data for n in range(4)]
            told.append([own[(n - number) % 4] for n in range(4)])

        threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(told) == 8
    assert all(one == told[0] for one in told)
    assert once(world, parcels)


@pytest.mark.parametrize("goes_on", ["while the first is accepted", "when the first is done"])
def test_two_who_ask_for_the_receipt_at_the_same_moment_have_the_same(world, parcels, goes_on):
    """The second has looked for a receipt and found none; then the first is accepted."""
    seal, told, looked, done = parcels[2], [], threading.Event(), threading.Event()
    with world.open() as intake:
        upload = announced(intake, seal)
        second = threading.Thread(
            target=lambda: told.append(intake.finish(upload, "2004-09-19T15:00:00+00:00"))
        )
        find, accept = intake.shelf.receipt, intake._acceptance.accept

        def look(upload):
            found = find(upload)
            if threading.current_thread() is second and not looked.is_set():
                looked.set()
                assert goes_on == "while the first is accepted" or done.wait(20)
            return found

        def first(manifest, now):
            if not second.ident:
                second.start()
                assert looked.wait(20)
            return accept(manifest, now)

        intake.shelf.receipt, intake._acceptance.accept = look, first
        told.append(intake.finish(upload, "2004-09-19T14:00:00+00:00"))
        done.set()
        second.join()
    assert [receipt.at for receipt in told] == ["2004-09-19T14:00:00+00:00"] * 2
    assert told[0].data == told[1].data


def test_who_asks_what_is_here_while_an_upload_is_accepted_is_told_the_receipt(world, parcels):
    """It was under way when asked for, and has been moved to its place when the answer is made."""
    seal, told, asked, done = parcels[2], [], threading.Event(), threading.Event()
    with world.open() as intake:
        upload = announced(intake, seal)
        second = threading.Thread(target=lambda: told.append(intake.state(upload)))
        find = intake.shelf.arriving, intake.shelf.announced

        def look(which, upload):
            found = find[which](upload)
            if threading.current_thread() is second and not asked.is_set():
                asked.set()
                assert done.wait(20)
            return found

        intake.shelf.arriving, intake.shelf.announced = partial(look, 0), partial(look, 1)
        second.start()
        assert asked.wait(20)
        receipt = intake.finish(upload, "2004-09-19T14:00:00+00:00")
        done.set()
        second.join()
    assert [(state.receipt.data, state.have) for state in told] == [
        (receipt.data, tuple(part.size for part in seal.manifest.parts))
    ]


def announced(intake, parcel) -> str:
    """Announce a parcel and send all its parts; return its id."""
    upload = intake.begin(parcel.manifest.data).id
    for number in range(len(parcel.manifest.parts)):
        intake.hold(upload, number, 0, parcel.read(number))
    return upload


# The power goes.


def all_cuts(tmp_path, record, parcels, kind=CrashDisk, *, lost, torn, twice=False, step=1) -> int:
    """Cut the power at every operation on the disk; return how many cuts there were."""
    cuts, stop = 0, 0
    while True:
        world = fresh(tmp_path, record)
        lives = Lives(world)
        disk = run_until(lives, parcels, stop, kind=kind, torn=torn)
        if disk is None:
            lives.check(parcels)
            return cuts
        cuts += 1
        restart(world, disk, lost)
        if twice:
            # The operations of recovery, one after another with the first cut.
            again = run_until(lives, parcels, cuts % 9, kind=kind, torn=torn)
            if again is not None:
                restart(world, again, lost)
        lives.check(parcels)
        stop += step


def run_until(lives: Lives, parcels, stop: int, *, kind, torn: bool) -> CrashDisk | None:
    """Live until the power goes; None where the life ended before."""
    disk = kind(lives.world.folder, stop, torn=torn)
    try:
        lives.live(parcels, disk)
    except Crash:
        return disk
    return None


def restart(world: World, disk: CrashDisk, lost: bool | int) -> None:
    """Start again: what was not forced is lost (True), kept (False), or some of it is there (a seed)."""
    if lost is False:
        return
    shutil.rmtree(world.folder)
    if lost is True:
        disk.after_power_cut(world.folder)
    else:
        disk.after_some_luck(world.folder, lost)


@pytest.mark.parametrize(
    "how",
    [(True, False, 1), (False, True, 4), (11, False, 4), (12, True, 4)],
    ids=["lost", "torn", "some", "both"],
)
def test_power_goes_at_every_operation(tmp_path, the_record, parcels, how):
    lost, torn, step = how
    assert all_cuts(tmp_path, the_record, parcels, lost=lost, torn=torn, step=step) > 120 // step


def test_power_goes_again_during_recovery(tmp_path, the_record, parcels):
    assert all_cuts(tmp_path, the_record, parcels, lost=True, torn=False, twice=True, step=6) > 20


class NoFileSync(CrashDisk):
    def sync(self, path: Path) -> None:
        self._whole()


class NoFolderSync(CrashDisk):
    def sync_folder(self, path: Path) -> None:
        self._whole()


@pytest.mark.parametrize("kind", [NoFileSync, NoFolderSync])
def test_control_a_disk_that_does_not_sync_is_noticed(tmp_path, the_record, parcels, kind):
    with pytest.raises(Exception):  # noqa: B017 (any: an intake that is gone, or an assertion that fails)
        all_cuts(tmp_path, the_record, parcels, kind, lost=True, torn=False)


def test_control_an_answer_before_the_receipt_is_kept_is_noticed(tmp_path, the_record, parcels, monkeypatch):
    from dauys.intake.shelf import Shelf

    place = Shelf.place

    def late(self, name, upload, data):
        """Receipts are written, and forced to the medium some other time."""
        if name != "receipts":
            place(self, name, upload, data)
        else:
            with self.writing() as disk:
                disk.write(self.folder / name / upload, data)

    monkeypatch.setattr(Shelf, "place", late)
    with pytest.raises(AssertionError):
        all_cuts(tmp_path, the_record, parcels, lost=True, torn=False, step=5)


def test_a_cut_while_a_fork_is_put_away_loses_neither_proof_nor_log(tmp_path, the_record, parcels):
    folder, day = tmp_path / "fork", sealed_day()
    fork = parcel_of(public(folder, "m1", [day[0], day[2], day[1], *day[3:]]))
    stop, cuts = 0, 0
    while True:
        world = fresh(tmp_path, the_record)
        Lives(world).live(parcels[2:3])
        disk = CrashDisk(world.folder, stop)
        try:
            with pytest.raises(IntakeError):
                world.send(fork, disk=disk)
            break
        except Crash:
            restart(world, disk, lost=True)
        with pytest.raises(IntakeError) as caught:
            world.send(fork)
        assert caught.value.code == "U1.11"
        assert counted(world.home).forks == 1
        assert kept(world) == list(day)
        assert evidence_is_whole(world, fork)
        stop, cuts = stop + 1, cuts + 1
    assert cuts > 15
    # After the refusal all of it is on the medium.
    restart(world, disk, lost=True)
    assert counted(world.home).forks == 1
    assert evidence_is_whole(world, fork)


def evidence_is_whole(world: World, fork: Parcel) -> bool:
    """Whether manifest and parts of a refused upload lie among the evidence, as they were sent."""
    folder = world.home / "evidence" / "1-0" / "m1" / fork.manifest.id
    parts = [(folder / str(n)).read_bytes() for n in range(len(fork.manifest.parts))]
    sent = [fork.read(n) for n in range(len(parts))]
    return (folder / "manifest").read_bytes() == fork.manifest.data and parts == sent


# The disk is full.


class FullDisk(Disk):
    """Fails at one operation, as a full or a broken disk does: some of the bytes are there."""

    def __init__(self, fails_at: int) -> None:
        self.fails_at, self.operations = fails_at, 0

    def _step(self, path: Path) -> None:
        here, self.operations = self.operations, self.operations + 1
        if here == self.fails_at:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    def write(self, path: Path, data: bytes) -> None:
        super().write(path, data[: len(data) // 2])
        self._step(path)
        super().write(path, data)

    def append(self, path: Path, data: bytes) -> None:
        half = len(data) // 2
        super().append(path, data[:half])
        self._step(path)
        super().append(path, data[half:])

    def sync(self, path: Path) -> None:
        self._step(path)
        super().sync(path)

    def sync_folder(self, path: Path) -> None:
        self._step(path)
        super().sync_folder(path)

    def rename(self, old: Path, new: Path) -> None:
        self._step(new)
        super().rename(old, new)

    def make_folder(self, path: Path) -> None:
        self._step(path)
        super().make_folder(path)


def test_a_full_disk_is_said_and_after_that_nothing_is_taken_until_it_is_opened_again(
    tmp_path, the_record, parcels
):
    fails, stopped = 0, 0
    while True:
        world = fresh(tmp_path, the_record)
        lives = Lives(world)
        lives.live([])
        try:
            disk = FullDisk(fails)
            with world.open(disk) as intake:
                line = Line(IntakeApp(intake, lambda: "2004-09-19T14:00:59+00:00"))
                for parcel in parcels:
                    lives.receipts[parcel.manifest.id] = send(parcel, line).data
            break
        except IntakeError as error:
            stopped += error.code == "U1.13" and error.problem.facts["refused"] is True
            with world.open() as intake:
                pass
        lives.check(parcels)
        fails += 2
    assert stopped == fails // 2 > 40


def test_after_a_failed_write_every_other_upload_is_refused_too(world, parcels):
    """A second try of fsync may succeed and mean nothing."""
    Lives(world).live(parcels[:1])
    with world.open(FullDisk(0)) as intake:
        line = Line(IntakeApp(intake, lambda: "2004-09-19T14:00:00+00:00"))
        for parcel in parcels[2:]:
            with pytest.raises(IntakeError) as caught:
                send(parcel, line)
            assert caught.value.code == "U1.13"
        # What was accepted before is still answered.
        assert send(parcels[0], line).id == parcels[0].manifest.id

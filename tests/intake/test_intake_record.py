"""What was received against a record, and put into one: nothing is left out, nothing is replaced."""

from __future__ import annotations

import itertools
import shutil

import pytest
from crash_disk import Crash, CrashDisk
from intake_world import VOTE, World, device_key, entries, public, stages

from dauys.intake.against_record import check_in_record
from dauys.intake.faults import IntakeError
from dauys.intake.hand_over import hand_over, received_devices
from dauys.intake.parcels import protocol_parcel
from dauys.record.book import open_record
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.faults import LogError
from dauys.record.keys import ED25519, Signer
from dauys.record.note import parse_note
from dauys.record.reader import LogReader


@pytest.fixture
def record(tmp_path):
    """A folder that is to become a record."""
    (tmp_path / "public").mkdir()
    return tmp_path / "public"


def read(record, tree):
    with open_record(str(record)) as opened:
        return [data for _, data in LogReader(opened.device(VOTE, "m1"), tree.size, tree.root).entries()]


def test_every_receipt_of_the_day_holds_against_the_record_it_went_into(world, day, record):
    receipts = world.send(*day)
    tree = hand_over(world.home, record, VOTE, "m1")
    assert read(record, tree) == list(entries())
    assert list(received_devices(world.home)) == [("1-0", "m1")]
    with open_record(str(record)) as opened:
        for receipt in receipts:
            assert check_in_record(receipt, opened) == tree


def test_a_record_takes_the_log_that_its_device_signed(world, day, record):
    world.send(day[-1])
    other = Signer(device_key("m1").verifier.name, ED25519, bytes(32)).verifier
    assert refusal(hand_over, world.home, record, VOTE, "m1", key=other).startswith("L3.")
    assert not (record / "device").exists()
    assert hand_over(world.home, record, VOTE, "m1", key=device_key("m1").verifier).size == len(entries())


def refusal(function, *args, **more) -> str:
    with pytest.raises((IntakeError, LogError)) as caught:
        function(*args, **more)
    return caught.value.code


def copy(folder, record):
    shutil.rmtree(record / "device", ignore_errors=True)
    shutil.copytree(folder, record / "device" / "1-0" / "m1")


def test_a_record_that_left_something_out_is_convicted_by_the_receipt(world, day, record, tmp_path):
    """No log, an older one, another one."""
    _, batch, seal = world.send(day[0], day[1], day[-1])
    with open_record(str(record)) as opened:
        assert refusal(check_in_record, seal, opened) == "U1.16"
    copy(public(tmp_path / "first", "m1", entries()[: stages()[1]]), record)
    with open_record(str(record)) as opened:
        assert check_in_record(batch, opened).size == stages()[1]
        assert refusal(check_in_record, seal, opened) == "U1.16"
    all_ = entries()
    copy(public(tmp_path / "other", "m1", [all_[0], all_[2], all_[1], *all_[3:]]), record)
    with open_record(str(record)) as opened:
        assert refusal(check_in_record, batch, opened) == "U1.16"
        assert refusal(check_in_record, seal, opened) == "U1.16"
    (paper,) = world.send(protocol_parcel(VOTE, "s-m1", "scan", b"x"))
    with open_record(str(record)) as opened, pytest.raises(ValueError, match="protocol"):
        check_in_record(paper, opened)


def test_a_record_is_continued_and_never_replaced(world, day, record, tmp_path):
    assert refusal(hand_over, world.home, record, VOTE, "m1") == "L7.1"
    world.send(day[1])
    assert hand_over(world.home, record, VOTE, "m1").size == stages()[1]
    world.send(day[-1])
    tree = hand_over(world.home, record, VOTE, "m1")
    assert hand_over(world.home, record, VOTE, "m1") == tree
    assert read(record, tree) == list(entries())
    other = tmp_path / "other"
    other.mkdir()
    small = World(other, world.record)
    small.send(day[1])
    assert refusal(hand_over, other / "intake", record, VOTE, "m1") == "L5.6"
    all_ = entries()
    copy(public(tmp_path / "fork", "m1", [all_[0], all_[2], all_[1], *all_[3:]]), record)
    assert refusal(hand_over, world.home, record, VOTE, "m1") == "L5.5"


def test_a_cut_leaves_the_old_log_or_the_new_one(world, day, tmp_path):
    world.send(day[1])
    early = tmp_path / "early"
    shutil.copytree(world.home, early)
    world.send(day[-1])
    for stop in itertools.count():
        root, after = tmp_path / f"r{stop}", tmp_path / f"after{stop}"
        (root / "public").mkdir(parents=True)
        old = hand_over(early, root / "public", VOTE, "m1")
        disk = CrashDisk(root, stop)
        try:
            new = hand_over(world.home, root / "public", VOTE, "m1", disk=disk)
            break
        except Crash:
            disk.after_power_cut(after)
        # Which of the two trees is shown, is there as a whole.
        note = (after / "public" / "device" / "1-0" / "m1" / "checkpoint").read_bytes()
        shown = parse_checkpoint(parse_note(note).text)
        assert shown.size in (stages()[1], len(entries()))
        assert read(after / "public", shown) == list(entries()[: shown.size])
        hand_over(world.home, after / "public", VOTE, "m1")
    assert stop > 10
    assert (old.size, new.size) == (stages()[1], len(entries()))

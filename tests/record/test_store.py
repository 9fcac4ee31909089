"""A log is made on purpose, never goes back, and stops where its disk contradicts it."""

from __future__ import annotations

import shutil

import pytest

from dauys.record.disk import Disk
from dauys.record.faults import LogError
from dauys.record.journal import MAX_BLOCK_ENTRIES
from dauys.record.keys import Signer, encode_secret_key, parse_secret_key
from dauys.record.merkle import EMPTY_ROOT
from dauys.record.store import create_log, guard_file, open_log

SIGNER = Signer("example.test/log", 0x01, b"\x01" * 32)
OTHER = Signer("example.test/log", 0x01, b"\x02" * 32)
WITNESS = Signer("example.test/witness", 0x04, b"\x03" * 32)


def code_of(function, *args, **options):
    with pytest.raises(LogError) as caught:
        function(*args, **options)
    return caught.value.code


def opened(folder):
    with open_log(folder) as log:
        return log.end


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "guard").mkdir()
    create_log(tmp_path / "log", SIGNER, guards=[tmp_path / "guard"])
    return tmp_path / "log"


def fill(folder, *entries):
    with open_log(folder) as log:
        log.append(entries)
        return log.publish(SIGNER)


def test_a_new_log_has_signed_that_it_is_empty(folder):
    with open_log(folder) as log:
        assert (log.size, log.end, log.signed.checkpoint.root) == (0, 0, EMPTY_ROOT)
        assert log.shown().note == log.signed.note


def test_a_log_is_never_made_by_opening_and_never_twice(tmp_path, folder):
    assert code_of(opened, tmp_path / "none") == "L5.1"
    assert code_of(opened, tmp_path / "guard") == "L5.1"
    assert not (tmp_path / "none").exists()
    assert code_of(create_log, folder, SIGNER) == "L5.2"
    # A guard that remembers this log forbids to begin it again elsewhere.
    assert code_of(create_log, tmp_path / "again", SIGNER, guards=[tmp_path / "guard"]) == "L5.2"
    assert code_of(create_log, tmp_path / "new", SIGNER, guards=[tmp_path / "missing"]) == "L5.5"
    assert code_of(create_log, tmp_path / "wrong", WITNESS) == "L3.3"


def test_entries_are_there_before_they_are_published(folder):
    with open_log(folder) as log:
        assert log.append([b"a", b""]) == 2
    with open_log(folder) as log:
        assert (log.size, log.end) == (0, 2)
        first = log.publish(SIGNER)
        assert [e for _, e in log.reader().entries()] == [b"a", b""]
        # Nothing new: nothing is signed.
        assert log.publish(SIGNER) == first


def test_many_entries_go_in_blocks(folder):
    count = 2 * MAX_BLOCK_ENTRIES + 1
    with open_log(folder) as log:
        assert log.append(b"%d" % i for i in range(count)) == count
        log.publish(SIGNER)
        assert log.reader().entry(count - 1) == b"%d" % (count - 1)


def test_an_entry_that_is_too_long_is_not_taken(folder):
    with open_log(folder) as log:
        assert code_of(log.append, [b"a", bytes(65_536)]) == "L2.7"
        assert log.append([bytes(65_535)]) == 1
        log.publish(SIGNER)
        assert log.reader().entry(0) == bytes(65_535)


def test_only_its_own_key_signs(folder):
    with open_log(folder) as log:
        log.append([b"a"])
        assert code_of(log.publish, OTHER) == "L5.4"
        log.publish(SIGNER)


def test_one_process_at_a_time(folder):
    with open_log(folder):
        assert code_of(opened, folder) == "L5.3"
    opened(folder)


def test_an_old_copy_of_the_folder_signs_nothing(tmp_path, folder):
    fill(folder, b"a")
    shutil.copytree(folder, tmp_path / "copy")
    fill(folder, b"b")
    shutil.rmtree(folder)
    (tmp_path / "copy").rename(folder)
    assert code_of(opened, folder) == "L5.6"


def test_an_old_head_beside_a_newer_public_checkpoint_signs_nothing(tmp_path):
    folder = tmp_path / "log"
    create_log(folder, SIGNER)
    fill(folder, b"a")
    old = (folder / "signed").read_bytes()
    fill(folder, b"b")
    (folder / "signed").write_bytes(old)
    assert code_of(opened, folder) == "L5.6"


def test_a_guard_that_is_gone_or_says_otherwise_stops_the_log(tmp_path, folder):
    fill(folder, b"a")
    other = tmp_path / "other"
    create_log(other, SIGNER)
    fork = fill(other, b"b").note.encode()
    kept = guard_file(tmp_path / "guard", "example.test/log")
    good = kept.read_bytes()
    kept.write_bytes(fork)
    assert code_of(opened, folder) == "L5.5"
    kept.unlink()
    assert code_of(opened, folder) == "L5.5"
    kept.write_bytes(good)
    assert opened(folder) == 1
    shutil.rmtree(tmp_path / "guard")
    assert code_of(opened, folder) == "L5.5"


def test_tiles_that_are_not_those_that_were_signed_stop_the_log(folder):
    fill(folder, *[b"%d" % i for i in range(300)])
    tile = folder / "public" / "tile" / "0" / "001.p" / "44"
    tile.write_bytes(bytes(44 * 32))
    with open_log(folder) as log:
        log.append([b"a"])
        assert code_of(log.publish, SIGNER) == "L2.3"


@pytest.mark.parametrize("name", ["signed", "journal"])
def test_a_missing_file_stops_the_log(folder, name):
    fill(folder, b"a")
    (folder / name).unlink()
    assert code_of(opened, folder) in ("L7.1", "L5.5")


def test_a_missing_public_checkpoint_is_shown_again(folder):
    note = fill(folder, b"a").note
    (folder / "public" / "checkpoint").unlink()
    with open_log(folder) as log:
        assert log.shown().note == note


@pytest.mark.parametrize("tail", [b"D", b"DJ01", b"garbage" * 20, bytes(200)])
def test_a_torn_block_is_cut_off_and_said(folder, tail):
    with open_log(folder) as log:
        log.append([b"a"])
    with (folder / "journal").open("ab") as file:
        file.write(tail)
    with open_log(folder) as log:
        assert (log.end, log.torn) == (1, len(tail))
    with open_log(folder) as log:
        assert (log.end, log.torn) == (1, 0)


def test_blocks_of_another_place_stop_the_log(folder):
    with open_log(folder) as log:
        log.append([b"a"])
    block = (folder / "journal").read_bytes()
    fill(folder, b"b", b"c")
    (folder / "journal").write_bytes(block + block)
    assert code_of(opened, folder) == "L5.5"


class FullDisk(Disk):
    """Has room for so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def append(self, path, data):
        super().append(path, data[: self.room])
        if len(data) > self.room:
            raise OSError(28, "No space left on device")
        self.room -= len(data)


def test_after_a_failed_write_nothing_more_is_written(folder):
    with open_log(folder, disk=FullDisk(300)) as log:
        assert log.append([b"a"]) == 1
        with pytest.raises(OSError, match="No space"):
            log.append([bytes(1000)])
        assert code_of(log.append, [b"b"]) == "L5.7"
        assert code_of(log.publish, SIGNER) == "L5.7"
    with open_log(folder) as log:
        assert log.end == 1
        assert log.torn > 0
        assert log.append([b"b"]) == 2
        log.publish(SIGNER)
        assert [e for _, e in log.reader().entries()] == [b"a", b"b"]


def test_cosignatures_are_checked_and_the_first_of_a_key_stays(folder):
    note = fill(folder, b"a").note
    first, second = WITNESS.cosign(note.text, 1_000), WITNESS.cosign(note.text, 2_000)
    with open_log(folder) as log:
        assert code_of(log.add_cosignatures, [first], []) == "L3.5"
        assert (
            code_of(log.add_cosignatures, [WITNESS.cosign("x\n1\n" + note.text, 1)], [WITNESS.verifier])
            == "L3.4"
        )
        log.add_cosignatures([first], [WITNESS.verifier])
        log.add_cosignatures([second], [WITNESS.verifier])
        assert log.shown().note.signatures == (*note.signatures, first)
    with open_log(folder) as log:
        assert log.shown().note.signatures == (*note.signatures, first)


def test_key_files_say_nothing_of_the_key_when_they_are_wrong():
    line = encode_secret_key("example.test/log", 1, b"\x07" * 32)
    assert parse_secret_key(line + "\n").verifier == Signer("example.test/log", 1, b"\x07" * 32).verifier
    assert "secret" in repr(Signer("a", 1, b"\x07" * 32)._key)
    for wrong in (
        line[:-3],
        line.replace("log+", "lag+"),
        line.replace("PRIVATE", "PUBLIC"),
        "",
        "PRIVATE+KEY+a",
    ):
        with pytest.raises(LogError) as caught:
            parse_secret_key(wrong)
        assert caught.value.code == "L3.3"
        assert "Bwc" not in str(caught.value) + str(caught.value.problem)

"""Writing a record and the logs of its devices: what is refused, and what a reader then finds."""

from __future__ import annotations

import pytest
from form_samples import sample

from dauys.crypto.shapes import canonical
from dauys.record.book import device_origin, open_record
from dauys.record.checkpoint import open_checkpoint
from dauys.record.disk import Disk
from dauys.record.entries import FileRef, encode_entry, files_of, parse_entry
from dauys.record.faults import LogError
from dauys.record.keys import ED25519, Signer
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.tiles import tiles_of_size
from dauys.record.writer import (
    GATHERED,
    copy_log,
    create_device,
    create_record,
    open_device,
    open_record_writer,
)

SIGNER = Signer("example.test/small/log", ED25519, b"\x01" * 32)
VOTE = "small/1/0"
DEVICE = Signer(device_origin(SIGNER.verifier.name, VOTE, "0412-m1"), ED25519, b"\x02" * 32)
AT = "2004-09-19T20:15:00+06:00"
FILE = ("files/1-0/verifier.html", b"<html>")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)


def code_of(function, *args, **fields):
    with pytest.raises(LogError) as caught:
        function(*args, **fields)
    return caught.value.code


def software(ref) -> dict[str, object]:
    return {"at": AT, "file": ref, "name": "verifier"}


def ballots(count: int, first: int = 0) -> list[bytes]:
    return [b"\x01" + number.to_bytes(4, "big") for number in range(first, first + count)]


def test_what_is_written_is_read(tmp_path):
    with create_record(tmp_path / "log", SIGNER) as writer:
        assert writer.append("software", **software(writer.add_file(*FILE))) == 0
        assert writer.append("complaint", at=AT, id="c1", received=AT, sha256="00" * 32) == 1
        assert (writer.end, writer.store.end) == (2, 0)
        published = writer.publish(SIGNER)
        public = writer.public
    with open_record(str(public)) as record:
        checkpoint = open_checkpoint(record.checkpoint(), (SIGNER.verifier,)).checkpoint
        assert checkpoint == published.checkpoint
        log = LogReader(record.source, checkpoint.size, checkpoint.root)
        entries = [parse_entry(data, index, "election") for index, data in log.entries()]
        assert [one.kind for one in entries] == ["software", "complaint"]
        assert [record.file(ref) for one in entries for _, ref in files_of(one)] == [FILE[1]]
    assert {path.name for path in public.iterdir()} == {"checkpoint", "tile", "files"}


def test_what_was_taken_stays_without_being_published(tmp_path):
    with create_record(tmp_path / "log", SIGNER) as writer:
        writer.append("complaint", at=AT, id="c1", received=AT, sha256="00" * 32)
    with open_record_writer(tmp_path / "log") as writer:
        assert writer.end == writer.store.end == 1
    with create_device(tmp_path / "device", DEVICE) as device:
        device.append_ballots(ballots(3))
    with open_device(tmp_path / "device") as device:
        assert device.end == device.store.end == 3


def test_a_record_begins_on_purpose_and_under_its_name(tmp_path):
    with create_record(tmp_path / "log", SIGNER):
        pass
    for opening, code in (
        (lambda: create_record(tmp_path / "log", SIGNER), "L5.2"),
        (lambda: open_record_writer(tmp_path / "none"), "L5.1"),
        (lambda: create_record(tmp_path / "new", Signer("example.test/log", ED25519, bytes(32))), "L8.4"),
        (lambda: create_record(tmp_path / "new", Signer("example.test/small", ED25519, bytes(32))), "L8.4"),
    ):
        with pytest.raises(LogError) as caught, opening():
            pass
        assert caught.value.code == code
    assert not (tmp_path / "new").exists()


def test_files(tmp_path):
    with create_record(tmp_path / "log", SIGNER) as writer:
        ref = writer.add_file(*FILE)
        assert ref == FileRef.for_bytes(*FILE).as_json()
        assert writer.add_file(*FILE) == ref
        assert code_of(writer.add_file, FILE[0], b"<html lang=kk>") == "L8.7"
        assert (writer.public / FILE[0]).read_bytes() == FILE[1]
        for path in ("verifier.html", "files/../checkpoint", "tile/0/000", "files/.new", "files/a/b/c/d/e/f"):
            with pytest.raises(ValueError, match="bytes"):
                writer.add_file(path, b"")
        assert list((writer.store.folder / "staging").iterdir()) == []


def test_an_entry_of_our_own_must_have_its_form(tmp_path):
    with create_record(tmp_path / "log", SIGNER) as writer, pytest.raises(ValueError, match="sha256"):
        writer.append("complaint", at=AT, id="c1", received=AT, sha256="00")
    with open_record_writer(tmp_path / "log") as writer:
        assert writer.end == 0


def test_an_entry_that_somebody_else_wrote(tmp_path):
    with create_record(tmp_path / "log", SIGNER) as writer:
        entry = encode_entry("election", "software", **software(FileRef.for_bytes(*FILE).as_json()))
        assert code_of(writer.append_bytes, entry) == "L8.6"
        writer.add_file(*FILE)
        assert writer.append_bytes(entry) == 0
        other = FileRef.for_bytes(FILE[0], b"other!")
        assert other.size == len(FILE[1])
        wrong = encode_entry("election", "software", **software(other.as_json()))
        assert code_of(writer.append_bytes, wrong) == "L8.6"
        (writer.public / "files" / "link").symlink_to(writer.public / FILE[0])
        linked = encode_entry(
            "election", "software", **software(FileRef.for_bytes("files/link", FILE[1]).as_json())
        )
        assert code_of(writer.append_bytes, linked) == "L7.4"
        for data in (
            b"",
            b"{}",
            entry + b"\n",
            b"\x01ballot",
            canonical(sample("device", "close")),
            entry[:-1] + b',"more":1}',
        ):
            assert code_of(writer.append_bytes, data) == "L8.3"
        assert writer.end == 1


def test_entries_are_taken_together_and_none_is_lost(tmp_path):
    with create_device(tmp_path / "device", DEVICE) as device:
        assert device.append_ballots(ballots(GATHERED - 1)) == GATHERED - 1
        assert device.store.end == 0
        assert device.append("batch", number=0, ballots=GATHERED - 1) == GATHERED - 1
        assert device.store.end == GATHERED
        device.append("incident", at=AT, what="x")
        assert device.publish(DEVICE).checkpoint.size == GATHERED + 1


def test_a_device_takes_ballots_and_entries_of_its_own_kind(tmp_path):
    with create_device(tmp_path / "device", DEVICE) as device:
        for wrong in (b"", b"{}", b"\x02"):
            with pytest.raises(ValueError):
                device.append_ballots([wrong])
        with pytest.raises(ValueError, match="kind"):
            device.append("software", **software(FileRef.for_bytes(*FILE).as_json()))
        assert device.end == 0


def files_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_is_what_a_reader_needs_and_no_more(tmp_path):
    record = tmp_path / "record"
    record.mkdir()
    with create_device(tmp_path / "device", DEVICE) as device:
        for count in (3, 300, 1):
            device.append_ballots(ballots(count, device.end))
            checkpoint = device.publish(DEVICE).checkpoint
        folder = device.export(record, VOTE, "0412-m1")
    assert folder == record / "device" / "1-0" / "0412-m1"
    assert files_below(folder).keys() == {"checkpoint", *(tile.path for tile in tiles_of_size(304))}
    reader = LogReader(FolderSource(folder), checkpoint.size, checkpoint.root)
    assert [data for _, data in reader.entries()] == [*ballots(3), *ballots(300, 3), *ballots(1, 303)]


def test_an_export_continues_and_never_shortens(tmp_path):
    record = tmp_path / "record"
    record.mkdir()
    with create_device(tmp_path / "old", DEVICE) as old:
        old.append_ballots(ballots(3))
        old.publish(DEVICE)
        with create_device(tmp_path / "device", DEVICE) as device:
            device.append_ballots(ballots(3))
            device.publish(DEVICE)
            folder = device.export(record, VOTE, "0412-m1")
            device.append_ballots(ballots(2, 3))
            device.publish(DEVICE)
            device.export(record, VOTE, "0412-m1")
        longer = files_below(folder)
        assert code_of(old.export, record, VOTE, "0412-m1") == "L5.6"
        old.append_ballots(ballots(3, 50))
        old.publish(DEVICE)
        assert code_of(old.export, record, VOTE, "0412-m1") == "L5.5"
    with create_device(tmp_path / "other", Signer(DEVICE.verifier.name, ED25519, b"\x03" * 32)) as other:
        other.append_ballots(ballots(9))
        other.publish(Signer(DEVICE.verifier.name, ED25519, b"\x03" * 32))
        assert code_of(other.export, record, VOTE, "0412-m1").startswith("L3.")
    assert files_below(folder) == longer


def test_tiles_of_another_tree_are_not_taken_for_ours(tmp_path):
    # What a copy that ended early has left, of a log that was then made anew.
    target = tmp_path / "record"
    with create_device(tmp_path / "other", DEVICE) as other:
        other.append_ballots(ballots(5, 70))
        other.publish(DEVICE)
        copy_log(other.store, target, Disk())
    (target / "checkpoint").unlink()
    (target / "tile" / "0" / "000.p" / "5.new").write_bytes(b"half")
    with create_device(tmp_path / "device", DEVICE) as device:
        device.append_ballots(ballots(5))
        shown = device.publish(DEVICE).checkpoint
        copy_log(device.store, target, Disk())
    reader = LogReader(FolderSource(target), shown.size, shown.root)
    assert [data for _, data in reader.entries()] == ballots(5)
    assert not list(target.rglob("*.new"))

"""A copy of a record holds what was checked, goes on where it stopped, and never goes back."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from dauys.record.book import Record, device_origin, open_record
from dauys.record.faults import LogError
from dauys.record.keys import ED25519, Signer
from dauys.record.mirror import Mirror
from dauys.record.writer import create_device, create_record, open_record_writer

SIGNER = Signer("example.test/small/log", ED25519, b"\x01" * 32)
VOTE, ID = "small/1/0", "0412-m1"
DEVICE = Signer(device_origin(SIGNER.verifier.name, VOTE, ID), ED25519, b"\x02" * 32)
AT = "2004-09-19T20:15:00+06:00"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)


def make(root: Path, entries: int = 300, first: str = "c") -> Path:
    """A record of one file, one device of 300 ballots, votes that look like a file, and complaints."""
    with create_record(root / "log", SIGNER) as writer:
        ref = writer.add_file("files/verifier.html", b"<html>")
        writer.append("software", at=AT, file=ref, name="verifier")
        key = DEVICE.verifier.encode()
        installed = {"device": ID, "key": key, "present": [], "signature": "00" * 64, "software": "00" * 32}
        writer.append("installation", at=AT, station="0412", type="main", vote=VOTE, **installed)
        counts = dict.fromkeys(("against_all", "invalid_ballots", "registered"), 0)
        nothing = dict.fromkeys(
            (
                *("additions", "admissions", "ballots_cast", "ballots_issued", "ballots_not_returned"),
                *("ballots_received", "ballots_spoiled", "ballots_unused"),
            )
        )
        writer.append(
            "protocol",
            at=AT,
            channel="paper",
            contest="list",
            counts={**counts, **nothing},
            reason=None,
            received=AT,
            round=1,
            signature=None,
            signer=None,
            station="0412",
            version=1,
            votes={"path": 1, "sha256": 2, "size": 3},
        )
        complain(writer, entries, first)
        with create_device(root / "device", DEVICE) as device:
            device.append_ballots(b"\x01%d" % place for place in range(300))
            device.publish(DEVICE)
            device.export(writer.public, VOTE, ID)
        return writer.public


def complain(writer, entries: int, first: str = "c") -> None:
    for number in range(writer.end, entries):
        writer.append("complaint", at=AT, id=f"{first}{number}", received=AT, sha256="00" * 32)
    writer.publish(SIGNER)


def copy(record: Record | Path, folder: Path) -> Mirror:
    if isinstance(record, Path):
        with open_record(str(record)) as opened:
            return copy(opened, folder)
    mirror = Mirror(record, folder, lambda path, size: None)
    mirror.run((SIGNER.verifier,))
    return mirror


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_copy_is_the_record_without_what_nothing_commits_to(tmp_path):
    public = make(tmp_path)
    before = files_below(public)
    (public / "extra.txt").write_bytes(b"extra")
    mirror = copy(public, tmp_path / "copy")
    assert files_below(tmp_path / "copy") == before
    assert (mirror.copied.files, mirror.copied.kept) == (len(before), 0)


def test_it_goes_on_where_it_stopped(tmp_path):
    public = make(tmp_path)
    whole = files_below(public)
    copy(public, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "device")
    (tmp_path / "copy" / "checkpoint").unlink()
    mirror = copy(public, tmp_path / "copy")
    assert files_below(tmp_path / "copy") == whole
    # The full tile, the full bundle and the file of the election log.
    assert mirror.copied.kept == 3


def test_full_tiles_of_another_tree_are_replaced(tmp_path):
    other = make(tmp_path / "a", first="x")
    copy(other, tmp_path / "copy")
    (tmp_path / "copy" / "checkpoint").unlink()
    (tmp_path / "copy" / "files" / "verifier.html").write_bytes(b"<HTML>")
    public = make(tmp_path / "b")
    copy(public, tmp_path / "copy")
    assert files_below(tmp_path / "copy") == files_below(public)


class Twofaced:
    """A server that answers each path some times as it should, and then otherwise."""

    def __init__(self, record: Record, honest: int) -> None:
        self._record, self._honest, self._asked = record, honest, Counter[str]()

    def read(self, path: str, limit: int) -> bytes:
        data = self._record.source.read(path, limit)
        self._asked[path] += 1
        return data if self._asked[path] <= self._honest else data[:-1] + bytes([data[-1] ^ 1])

    def close(self) -> None:
        pass


@pytest.mark.parametrize("honest", [1, 2, 3])
def test_what_was_checked_is_what_is_written(tmp_path, honest):
    public = make(tmp_path)
    with open_record(str(public)) as record, suppress(LogError):
        copy(Record(Twofaced(record, honest), str(public)), tmp_path / "copy")
    whole = files_below(public)
    assert files_below(tmp_path / "copy").items() <= whole.items()


def test_a_copy_continues_and_never_goes_back(tmp_path):
    public = make(tmp_path / "a")
    old = shutil.copytree(public, tmp_path / "old")
    with open_record_writer(tmp_path / "a" / "log") as writer:
        complain(writer, 600)
    copy(old, tmp_path / "copy")
    copy(public, tmp_path / "copy")
    whole = files_below(tmp_path / "copy")
    assert {path: whole[path] for path in files_below(public)} == files_below(public)
    for record, code in ((old, "L5.6"), (make(tmp_path / "b", 700, "x"), "L5.5")):
        with pytest.raises(LogError) as caught:
            copy(record, tmp_path / "copy")
        assert caught.value.code == code
    assert files_below(tmp_path / "copy") == whole
    # Both sides of the fork are kept: the copy's checkpoint, and the other one beside it.
    evidence = [path.read_bytes() for path in (tmp_path / "copy.evidence").iterdir()]
    assert evidence == [(tmp_path / "b" / "log" / "public" / "checkpoint").read_bytes()]


@pytest.mark.parametrize("path", ["files/verifier.html", "tile/entries/000", "tile/0/000", "device"])
def test_a_record_with_a_fault_gives_no_checkpoint(tmp_path, path):
    public = make(tmp_path)
    target = public / path
    if target.is_dir():
        target = next(target.rglob("entries/000"))
    target.write_bytes(target.read_bytes()[:-1] + b"\0")
    with pytest.raises(LogError):
        copy(public, tmp_path / "copy")
    assert not (tmp_path / "copy" / "checkpoint").exists()

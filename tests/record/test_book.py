"""A record from a folder, a zip file and an address: the same files, and nothing that is not one."""

from __future__ import annotations

import os
import threading
import tracemalloc
import zipfile
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dauys.record import sources
from dauys.record.book import (
    Record,
    device_folder,
    device_origin,
    host_of,
    open_record,
    vote_folder,
)
from dauys.record.entries import FileRef
from dauys.record.faults import LogError, MissingFileError

DATA = b"what is committed"
REF = FileRef.for_bytes("files/1-0/root.json", DATA)
PATHS = {"checkpoint": b"note", REF.path: DATA, "device/1-0/0412-m1/checkpoint": b"seal", "extra.txt": b""}


@pytest.fixture
def folder(tmp_path) -> Path:
    root = tmp_path / "record"
    for path, data in PATHS.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def packed(folder: Path, top: str = "") -> str:
    target = folder.parent / f"record{len(top)}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, top + str(path.relative_to(folder)))
    return str(target)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *told: object) -> None:
        del told


@contextmanager
def served(folder: Path):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def opened(folder: Path, kind: str):
    if kind == "http":
        with served(folder) as address, open_record(address, timeout=5.0) as record:
            yield record
        return
    address = {"folder": str(folder), "zip": packed, "zip in a folder": partial(packed, top="rec/")}[kind]
    with open_record(address if isinstance(address, str) else address(folder)) as record:
        yield record


KINDS = ["folder", "zip", "zip in a folder", "http"]


def fault_of(record: Record, ref: FileRef) -> LogError:
    with pytest.raises(LogError) as caught:
        record.file(ref)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_record_everywhere(folder, kind):
    with opened(folder, kind) as record:
        assert record.checkpoint() == b"note"
        assert record.file(REF) == DATA
        device = record.device("small/1/0", "0412-m1")
        assert device.read("checkpoint", 10) == b"seal"
        device.close()
        assert record.file(REF) == DATA
        with pytest.raises(MissingFileError):
            record.device("small/2/0", "0412-m1").read("checkpoint", 10)
        paths = record.paths()
        assert (paths is None) if kind == "http" else (set(paths or ()) == PATHS.keys())
        with open_record(record.address) as again:
            assert again.file(REF) == DATA


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "ref",
    [
        FileRef("files/1-0/none.json", REF.sha256, REF.size),
        FileRef(REF.path, "00" * 32, REF.size),
        FileRef(REF.path, REF.sha256, REF.size - 1),
        FileRef(REF.path, REF.sha256, REF.size + 1),
        FileRef(REF.path, REF.sha256, 0),
        FileRef("files/1-0", REF.sha256, REF.size),
    ],
    ids=["missing", "hash", "longer", "shorter", "empty", "folder"],
)
def test_a_file_that_is_not_the_committed_one(folder, kind, ref):
    with opened(folder, kind) as record:
        # A server sends what it likes for a folder, a folder says that it is one.
        assert fault_of(record, ref).code in (
            {"L8.6", "L7.3", "L7.4"} if ref.path == "files/1-0" else {"L8.6"}
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "files/../../secret", "files/.a", "files//a", ""]
)
def test_paths_that_lead_elsewhere(folder, kind, path):
    (folder.parent / "secret").write_bytes(DATA)
    with opened(folder, kind) as record:
        assert fault_of(record, FileRef(path, REF.sha256, REF.size)).code == "L7.4"


def test_links_are_named_and_not_followed(folder):
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(DATA)
    (folder / "files" / "link").symlink_to(outside / "file")
    (folder / "files" / "below").symlink_to(outside)
    (folder / "files" / "round").symlink_to("..")
    with open_record(str(folder)) as record:
        for path in ("files/link", "files/below/file", f"files/round/{REF.path}"):
            assert fault_of(record, FileRef(path, REF.sha256, REF.size)).code in ("L7.4", "L8.6")
        found = set(record.paths() or ())
    assert found == PATHS.keys() | {"files/link", "files/below", "files/round"}


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_names_from_anybody_can_be_shown(folder, kind):
    (folder / "files" / "\x1b[2J\n\u202e").write_bytes(b"")
    if kind == "folder":
        (folder / os.fsdecode(b"\xff")).write_bytes(b"")
    with opened(folder, kind) as record:
        found = set(record.paths() or ()) - PATHS.keys()
    assert found >= {r"files/\x1b[2J\n\u202e"}
    assert all(one.isascii() and one.isprintable() for one in found)


def test_a_claim_of_gigabytes_reads_what_is_there(folder):
    with open_record(str(folder)) as record:
        tracemalloc.start()
        fault = fault_of(record, FileRef(REF.path, REF.sha256, 268_435_456))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert fault.code == "L8.6"
    assert peak < 1_000_000


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_more_than_was_committed_is_not_read(folder, kind):
    with (folder / REF.path).open("r+b") as file:
        file.truncate(10_000_000_000 if kind == "folder" else 50_000_000)
    with opened(folder, kind) as record:
        tracemalloc.start()
        fault = fault_of(record, REF)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (fault.code, fault.problem.expected) == ("L8.6", f"{REF.size} bytes")
    assert peak < 1_000_000


def test_a_table_of_contents_has_a_limit(folder, monkeypatch):
    address = packed(folder)
    monkeypatch.setattr(sources, "MAX_TABLE", 200)
    with pytest.raises(LogError, match=r"L7\.5.*table"):
        open_record(address)
    monkeypatch.setattr(sources, "MAX_TABLE", 2_000)
    with open_record(address) as record:
        assert record.file(REF) == DATA


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_unpack_at_once_are_refused(tmp_path, packing):
    with zipfile.ZipFile(tmp_path / "zip", "w", packing) as archive:
        archive.writestr(REF.path, DATA)
        archive.writestr("checkpoint", b"")
    with open_record(str(tmp_path / "zip")) as record:
        assert fault_of(record, REF).code == "L7.5"


def test_a_file_that_changes_while_it_is_read(folder):
    with open_record(str(folder)) as record:
        assert record.file(REF) == DATA
        (folder / REF.path).write_bytes(DATA[::-1])
        assert fault_of(record, REF).code == "L8.6"


@pytest.mark.parametrize("address", ["none", "none.zip", "ftp://host/", "http://", "a\0b"])
def test_nothing_to_open(tmp_path, address):
    address = address if "://" in address else str(tmp_path / address)
    with pytest.raises(LogError, match=r"L7\."):
        open_record(address)


def test_names_of_logs_and_folders():
    assert host_of("results.example/small/log") == "results.example"
    assert host_of("results.example/2004/small/log") == "results.example/2004"
    for origin in (
        "results.example/log",
        "log",
        "results.example/small",
        "/small/log",
        "results.example//log",
    ):
        assert host_of(origin) is None
    assert (
        device_origin("results.example/small/log", "small/1/0", "0412-m1")
        == "results.example/small/1/0/device/0412-m1"
    )
    assert device_folder("small/1/0", "0412-m1") == "device/1-0/0412-m1"
    assert vote_folder("small/2/1") == "files/2-1"

"""A witness cosigns only what continues what it saw, whoever asks, and however many ask at once."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from crash_disk import Crash, CrashDisk

from dauys.record.bounded import MAX_AT_ONCE
from dauys.record.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from dauys.record.disk import Disk
from dauys.record.faults import LogError
from dauys.record.fork import parse_fork, verify_fork
from dauys.record.http_source import HttpClient
from dauys.record.keys import Signer
from dauys.record.requests import AddCheckpoint, Reply
from dauys.record.sources import FolderSource
from dauys.record.store import create_log, open_log
from dauys.record.witness import (
    WatchedLog,
    create_witness,
    open_witness,
    origin_folder,
    read_witness,
    watch_log,
)
from dauys.record.witness_http import WitnessServer, ask_witness

LOG = Signer("example.test/log", 0x01, b"\x01" * 32)
WITNESS = Signer("example.test/witness", 0x04, b"\x03" * 32)
WATCHED = WatchedLog(LOG.verifier)


def code_of(function, *args, **options):
    with pytest.raises(LogError) as caught:
        function(*args, **options)
    return caught.value.code


def grown(folder, size, prefix=b"entry"):
    """The folder of a log that has grown to `size`."""
    if not folder.exists():
        create_log(folder, LOG)
    with open_log(folder) as log:
        log.append(b"%s %d" % (prefix, i) for i in range(log.end, size))
        log.publish(LOG)
    return folder / "public"


@pytest.fixture
def home(tmp_path):
    create_witness(tmp_path / "w", WITNESS.verifier)
    watch_log(tmp_path / "w", WATCHED)
    return tmp_path / "w"


def open_log_of(folder):
    grown(folder / "log", 5)
    return open_log(folder / "log")


@contextmanager
def running(home):
    with (
        open_witness(home, WITNESS) as witness,
        WitnessServer(("127.0.0.1", 0), witness, lambda: 1_000) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield witness, server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_a_log_collects_a_cosignature_and_the_witness_shows_it(tmp_path, home):
    grown(tmp_path / "log", 5)
    with running(home) as (_, port), HttpClient(f"http://127.0.0.1:{port}/") as client:
        for size in (5, 5, 300):
            grown(tmp_path / "log", size)
            with open_log(tmp_path / "log") as log:
                log.add_cosignatures(
                    ask_witness(client, [WITNESS.verifier], log.signed, log.reader()), [WITNESS.verifier]
                )
                shown = log.shown().note.encode()
        answer = client.get(f"{origin_folder('example.test/log')}/checkpoint", 10_000)
    assert answer.body == shown
    opened = open_checkpoint(shown, [LOG.verifier, WITNESS.verifier])
    assert [(s.key.name, s.time) for s in opened.signed] == [
        ("example.test/log", None),
        ("example.test/witness", 1_000),
    ]


def test_a_log_that_was_rolled_back_hears_it_from_the_witness(tmp_path, home):
    grown(tmp_path / "log", 10)
    grown(tmp_path / "old", 4)
    with running(home) as (_, port), HttpClient(f"http://127.0.0.1:{port}/") as client:
        with open_log(tmp_path / "log") as log:
            ask_witness(client, [WITNESS.verifier], log.signed, log.reader())
        with open_log(tmp_path / "old") as log:
            assert code_of(ask_witness, client, [WITNESS.verifier], log.signed, log.reader()) == "L5.6"
        with open_log(tmp_path / "log") as log:
            stranger = Signer("stranger", 4, b"\x09" * 32).verifier
            assert code_of(ask_witness, client, [stranger], log.signed, log.reader()) == "L6.7"


def test_many_at_once_get_one_history(tmp_path, home):
    """Each of two histories grows in its own threads; the witness follows exactly one of them."""
    notes = []
    for prefix in (b"a", b"b"):
        grown(tmp_path / prefix.decode(), 8, prefix)
        with open_log(tmp_path / prefix.decode()) as log:
            notes.append(log.signed.note.encode())
    with open_witness(home, WITNESS) as witness:
        replies, barrier = [], threading.Barrier(2 * 4)

        def ask(note):
            barrier.wait(10)
            replies.append((note, witness.answer(AddCheckpoint(0, (), note).encode(), 1).status))

        threads = [threading.Thread(target=ask, args=(note,)) for note in notes for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert [status for _, status in replies].count(200) == 1
    assert {status for _, status in replies} == {200, 409}


def test_following_cosigns_growth_leaves_stale_and_keeps_a_fork(tmp_path, home):
    public = grown(tmp_path / "log", 5)
    with open_witness(home, WITNESS) as witness:
        shutil.copytree(public, tmp_path / "stale")
        with FolderSource(public) as source:
            assert witness.follow(WATCHED, source, 1).checkpoint.size == 5
            grown(tmp_path / "log", 300)
            assert witness.follow(WATCHED, source, 2).checkpoint.size == 300
        with FolderSource(tmp_path / "stale") as source:
            assert witness.follow(WATCHED, source, 3).checkpoint.size == 300
        for size in (300, 301, 256, 512):
            other = grown(tmp_path / f"fork{size}", size, b"other")
            with FolderSource(other) as source:
                if size < 300:
                    # A smaller tree without the tiles of the larger proves nothing.
                    assert witness.follow(WATCHED, source, 4).checkpoint.size == 300
                else:
                    assert code_of(witness.follow, WATCHED, source, 4) == "L6.6"
        assert witness.latest(WATCHED).signed[1].time == 2
    files = list((home / "evidence").rglob("*.json"))
    assert len(files) == 3
    for file in files:
        verify_fork(parse_fork(file.read_bytes()), LOG.verifier)


def test_a_checkpoint_without_its_tiles_is_not_cosigned(tmp_path, home):
    public = grown(tmp_path / "log", 5)
    (public / "tile" / "0" / "000.p" / "5").unlink()
    with open_witness(home, WITNESS) as witness, FolderSource(public) as source:
        assert code_of(witness.follow, WATCHED, source, 1) == "L7.1"
        assert witness.latest(WATCHED) is None


def test_a_witness_whose_memory_was_changed_cosigns_nothing(tmp_path, home):
    public = grown(tmp_path / "log", 5)
    with open_witness(home, WITNESS) as witness, FolderSource(public) as source:
        witness.follow(WATCHED, source, 1)
        state = home / "public" / origin_folder("example.test/log") / "checkpoint"
        state.write_bytes(sign_checkpoint(Checkpoint("example.test/log", 1, bytes(32)), LOG).encode())
        assert code_of(witness.follow, WATCHED, source, 2) == "L6.8"


def test_a_crash_never_lets_out_a_cosignature_that_is_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)
    grown(tmp_path / "log", 5)
    with open_log(tmp_path / "log") as log:
        request = AddCheckpoint(0, (), log.signed.note.encode())
    for stop in range(30):
        root = tmp_path / f"at{stop}"
        root.mkdir()
        create_witness(root / "w", WITNESS.verifier)
        watch_log(root / "w", WATCHED)
        disk, out = CrashDisk(root, stop), None
        try:
            with open_witness(root / "w", WITNESS, disk=disk) as witness:
                out = witness.add_checkpoint(request, 1)
        except Crash:
            pass
        disk.after_power_cut(tmp_path / f"after{stop}")
        with open_witness(tmp_path / f"after{stop}" / "w", WITNESS) as witness:
            latest = witness.latest(WATCHED)
            assert (latest is not None) or out is None
            if out is None:
                size = latest.checkpoint.size if latest else 0
                witness.add_checkpoint(AddCheckpoint(size, (), request.note), 2)
        if out is not None:
            assert stop > 4
            return
    raise AssertionError("the request never came to its end")


def test_configuration(tmp_path, home):
    assert read_witness(home).logs == (WATCHED,)
    assert code_of(create_witness, home, WITNESS.verifier) == "L5.2"
    assert code_of(create_witness, tmp_path / "x", LOG.verifier) == "L3.3"
    assert code_of(read_witness, tmp_path / "none") == "L6.8"
    other = WatchedLog(Signer("example.test/log", 1, b"\x55" * 32).verifier)
    assert code_of(watch_log, home, other) == "L6.2"
    assert code_of(watch_log, home, WatchedLog(WITNESS.verifier)) == "L6.2"
    assert (
        watch_log(home, WatchedLog(LOG.verifier, "https://example.test/")).logs[0].url
        == "https://example.test/"
    )
    with open_witness(home, WITNESS), pytest.raises(LogError, match=r"L5\.3"), open_witness(home, WITNESS):
        pass
    stranger = Signer("example.test/witness", 4, b"\x77" * 32)
    with pytest.raises(LogError, match=r"L5\.4"), open_witness(home, stranger):
        pass


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        ("GET /", "", 404),
        ("GET /../key/checkpoint", "", 404),
        ("GET /" + "0" * 64 + "/checkpoint", "", 404),
        ("POST /add-checkpoint", "", 411),
        ("POST /add-checkpoint", "Content-Length: -1\r\n", 411),
        ("POST /add-checkpoint", "Content-Length: 300000\r\n", 413),
        ("POST /add-checkpoint", "Content-Length: 0\r\n", 400),
        ("POST /elsewhere", "Content-Length: 5\r\n", 404),
        ("PUT /add-checkpoint", "Content-Length: 0\r\n", 501),
    ],
)
def test_requests_that_are_none(home, request_line, headers, status):
    with running(home) as (_, port), socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        s.sendall(f"{request_line} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        response = http.client.HTTPResponse(s)
        response.begin()
        assert response.status == status


def test_a_client_that_trickles_is_left_in_time(home, monkeypatch):
    monkeypatch.setattr("dauys.record.witness_http._Handler.timeout", 0.3)
    with running(home) as (_, port), socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        start, pause, sent = time.monotonic(), threading.Event(), 0
        with contextlib.suppress(OSError):
            while time.monotonic() - start < 8:
                s.sendall(b"x")
                sent += 1
                pause.wait(0.02)
        assert sent < 200


def test_a_disk_that_fails_is_no_fault_of_the_log(home):
    class Failing(Disk):
        def rename(self, old, new):
            raise OSError(5, "Input/output error")

    with open_log_of(home.parent) as log:
        request = AddCheckpoint(0, (), log.signed.note.encode()).encode()
    with open_witness(home, WITNESS, disk=Failing()) as witness:
        assert witness.answer(request, 1).status == 500
        assert witness.answer(request, 1) == Reply(500, b"L5.7\n")
    with open_witness(home, WITNESS) as witness:
        assert witness.answer(request, 1).status == 200


def test_silent_clients_do_not_keep_others_out(home, monkeypatch):
    monkeypatch.setattr("dauys.record.witness_http._Handler.timeout", 0.2)
    with running(home) as (_, port):
        silent = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(MAX_AT_ONCE + 8)]
        with HttpClient(f"http://127.0.0.1:{port}/", timeout=10) as client:
            assert client.post("add-checkpoint", b"nonsense", 100).status == 400
        for s in silent:
            s.close()

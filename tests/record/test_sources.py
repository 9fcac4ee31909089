"""Reading is bounded and stays inside, whatever the folder, the archive or the server is."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
import zipfile
from contextlib import contextmanager

import pytest

from dauys.record.faults import LogError, MissingFileError
from dauys.record.http_source import HttpSource, open_source
from dauys.record.sources import FolderSource, ZipSource, check_path


def code_of(function, *args):
    with pytest.raises(LogError) as caught:
        function(*args)
    return caught.value.code


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/x001/234.p/5", "a-b_c.json"])
def test_paths_inside(path):
    assert "/".join(check_path(path)) == path


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "..", "a/../b", "a//b", "a/", ".hidden", "a\\b", "a\0b", "a\nb", "ä", "a" * 513, "~"],
)
def test_paths_that_lead_elsewhere(path):
    assert code_of(check_path, path) == "L7.4"


def test_folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "file").write_bytes(b"12345")
    (tmp_path / "out").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to("sub")
    os.mkfifo(tmp_path / "pipe")
    with FolderSource(tmp_path) as source:
        assert source.read("sub/file", 5) == b"12345"
        assert code_of(source.read, "sub/file", 4) == "L7.2"
        assert code_of(source.read, "out", 10_000) == "L7.4"
        assert code_of(source.read, "loop/file", 5) in ("L7.1", "L7.4")
        assert code_of(source.read, "pipe", 5) == "L7.4"
        assert code_of(source.read, "sub", 5) == "L7.4"
        assert code_of(source.read, "none", 5) == "L7.1"
        assert code_of(source.read, "sub/file/below", 5) == "L7.1"
    assert code_of(FolderSource, tmp_path / "none") == "L7.1"


def make_zip(path, files, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data, **options)
    return path


def test_zip_with_and_without_its_own_folder(tmp_path):
    for name, files in {
        "a": [("checkpoint", b"x"), ("t/0", b"y")],
        "b": [("rec/checkpoint", b"x"), ("rec/t/0", b"y")],
    }.items():
        with ZipSource(make_zip(tmp_path / name, files)) as source:
            assert (source.read("checkpoint", 1), source.read("t/0", 1)) == (b"x", b"y")
            assert code_of(source.read, "rec", 1) == "L7.1"


def test_a_zip_bomb_costs_no_more_than_the_limit(tmp_path):
    with ZipSource(make_zip(tmp_path / "bomb", [("a/x", bytes(50_000_000)), ("b", b"")])) as source:
        assert code_of(source.read, "a/x", 8_192) == "L7.2"


def test_a_zip_that_lies_about_a_size(tmp_path):
    path = make_zip(tmp_path / "lie", [("a", bytes(100_000)), ("b", b"")])
    data = path.read_bytes()
    assert data.count((100_000).to_bytes(4, "little")) == 2
    path.write_bytes(data.replace((100_000).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with ZipSource(path) as source:
        assert code_of(source.read, "a", 8_192) in ("L7.2", "L7.5")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip", bytes(1000)])
def test_no_zip(tmp_path, data):
    (tmp_path / "zip").write_bytes(data)
    assert code_of(ZipSource, tmp_path / "zip") == "L7.5"


def test_zip_with_a_path_twice_or_a_link(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = make_zip(tmp_path / "twice", [("a", b"1"), ("a", b"2")])
    assert code_of(ZipSource, path) == "L7.5"
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b", "")
    with ZipSource(tmp_path / "link") as source:
        assert code_of(source.read, "link", 100) == "L7.4"


@contextmanager
def server(*answers, hold=False):
    """Answer each connection with given bytes, each a piece, and close; or hold the connection open."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def next_connection():
            while not done.is_set():
                try:
                    return listener.accept()[0]
                except TimeoutError:
                    continue
            return None

        def run():
            held = []
            for pieces in answers:
                connection = next_connection()
                if connection is None:
                    break
                held.append(connection)
                connection.settimeout(5)
                connection.recv(65_536)
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                        if hold and done.wait(0.02):
                            break
                except OSError:
                    pass
                if not hold:
                    connection.close()
            done.wait(10)
            for connection in held:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/record/"
        finally:
            done.set()
            thread.join()


def http(body=b"", head=b"200 OK", *headers):
    lines = [b"HTTP/1.1 " + head, b"Content-Length: %d" % len(body), *headers, b"", b""]
    return [b"\r\n".join(lines) + body]


def read(url, limit=100, timeout=5.0):
    with open_source(url, timeout=timeout) as source:
        assert isinstance(source, HttpSource)
        return source.read("checkpoint", limit)


def test_http_reads_plain_and_compressed():
    with server(http(b"12345")) as url:
        assert read(url) == b"12345"
    with server(http(gzip.compress(b"12345"), b"200 OK", b"Content-Encoding: gzip")) as url:
        assert read(url) == b"12345"


def test_http_missing_is_missing_and_another_status_is_not():
    with server(http(b"", b"404 Not Found")) as url, pytest.raises(MissingFileError):
        read(url)
    with server(http(bytes(70_000), b"404 Not Found")) as url, pytest.raises(MissingFileError):
        read(url)
    for head in (b"500 No", b"301 Moved", b"204 No Content"):
        with server(http(b"", head, b"Location: http://127.0.0.1:9/")) as url:
            assert code_of(read, url) == "L7.3"


def test_http_bodies_over_the_limit():
    with server(http(bytes(101))) as url:
        assert code_of(read, url) == "L7.2"
    with server(http(gzip.compress(bytes(50_000_000)), b"200 OK", b"Content-Encoding: gzip")) as url:
        assert code_of(read, url, 1_000_000) == "L7.2"
    with server([b"HTTP/1.1 200 OK\r\n\r\n" + bytes(70_000)]) as url:
        assert code_of(read, url) == "L7.2"


@pytest.mark.parametrize(
    "answer",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"],
        [b"SSH-2.0-nonsense\r\n"],
        [b""],
        http(b"no gzip", b"200 OK", b"Content-Encoding: gzip"),
        http(gzip.compress(b"1") + b"more", b"200 OK", b"Content-Encoding: gzip"),
        http(gzip.compress(b"12345")[:-3], b"200 OK", b"Content-Encoding: gzip"),
        http(b"x", b"200 OK", b"Content-Encoding: br"),
        [b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n"],
        [b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000],
    ],
)
def test_http_nonsense(answer):
    with server(answer, answer) as url:
        assert code_of(read, url) in ("L7.2", "L7.3")


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"H"] * 2_000,
        [b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 2_000],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *[b"x"] * 2_000],
    ],
)
def test_a_server_that_stalls_or_trickles_is_left_in_time(pieces):
    with server(pieces, hold=True) as url:
        start = time.monotonic()
        assert code_of(read, url, 100_000, 0.3) == "L7.3"
        assert time.monotonic() - start < 20  # of 40 s that the pieces take


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert code_of(read, f"http://127.0.0.1:{port}/") == "L7.3"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/",
        "http://",
        "http://user:pw@host/",
        "http://host/?q",
        "http://host/#f",
        "http://h:x/",
        "http://h/ a",
    ],
)
def test_addresses_that_are_refused(address):
    assert code_of(open_source, address) == "L7.6"

"""Reading over http(s): one connection that is kept, every request bounded in bytes and in time."""

from __future__ import annotations

import http.client
import io
import re
import socket
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import SplitResult, urlsplit

from dauys.record.faults import LogError, MissingFileError, at
from dauys.record.sources import Closing, FolderSource, ZipSource, check_path, too_large, unreadable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1 << 16
_GONE = (404, 410)


class Answer:
    """What a server said: status, headers (small letters) and body."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


class HttpClient(Closing):
    """A connection to one server. A request ends after `timeout` seconds in all, whatever the server does.

    No redirect is followed: an address that was named is the address that is read.
    """

    def __init__(
        self, address: str, *, timeout: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take an address such as `https://host/prefix/`. Raises LogError L7.6 for anything else."""
        self.address = parse_address(address)
        self._timeout, self._clock = timeout, clock
        self._prefix = self.address.path.rstrip("/")
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, limit: int) -> Answer:
        """Return the answer to a GET of a path below the prefix, its body unpacked and bounded."""
        return self._ask("GET", path, None, limit)

    def post(self, path: str, body: bytes, limit: int) -> Answer:
        """Return the answer to a POST of a path below the prefix."""
        return self._ask("POST", path, body, limit)

    def _ask(self, method: str, path: str, body: bytes | None, limit: int) -> Answer:
        ends = self._clock() + self._timeout
        # A server may close a kept connection at any time; the one repeat is on a new connection.
        for fresh in (self._connection is None, True):
            try:
                return self._once(method, path, body, limit, ends)
            except (http.client.BadStatusLine, ConnectionResetError, BrokenPipeError) as error:
                self.close()
                if fresh:
                    raise unreadable(path, error) from error
            except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
                self.close()
                raise unreadable(path, error) from error
            except LogError:
                # What is left of the answer must not be taken for the next one.
                self.close()
                raise
        raise unreadable(path, "no answer")

    def _once(self, method: str, path: str, body: bytes | None, limit: int, ends: float) -> Answer:
        connection = self._connection or self._connect()
        self._connection = connection
        connection.timeout = self._left(ends, path)
        connection.response_class = _response_until(lambda: self._left(ends, path))
        headers = {"Accept-Encoding": "gzip, identity", "User-Agent": "dauys"}
        connection.request(method, f"{self._prefix}/{path}", body=body, headers=headers)
        response = connection.getresponse()
        try:
            return self._whole(response, path, limit)
        except LogError:
            # A page that says so at length is no file that is too large: it is not there.
            if response.status in _GONE:
                raise MissingFileError(path) from None
            raise
        finally:
            # Read to its end, the connection can carry the next request; otherwise the caller closes it.
            response.close()

    @staticmethod
    def _whole(response: http.client.HTTPResponse, path: str, limit: int) -> Answer:
        raw = _Body(response, path)
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip"):
            raise unreadable(path, f"encoding {encoding}")
        data = raw.gunzip(limit) if encoding == "gzip" else raw.plain(limit)
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, data)

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
        return kind(self.address.hostname or "", self.address.port, timeout=self._timeout)

    def _left(self, ends: float, path: str) -> float:
        """Return the seconds that are left. Raises LogError L7.3 where none are."""
        left = ends - self._clock()
        if left <= 0:
            raise unreadable(path, f"no answer within {self._timeout:g} s")
        return left


class DeadlineReader(io.RawIOBase):
    """The bytes of a socket, each wait for them no longer than the time that is left for the whole answer.

    A time-out of the socket alone starts anew with every byte: a server that trickles would hold us for ever.
    """

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        self._sock, self._left = sock, left
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Read what is there, or wait for it; `left` raises where no time is left."""
        self._sock.settimeout(self._left())
        return self._file.readinto(buffer)

    def close(self) -> None:
        """Close the file, not the socket."""
        if not self.closed:
            self._file.close()
        super().close()


class _Reading:
    """What a response needs of a socket: a file to read from."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        self._sock, self._left = sock, left

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the bytes of the socket under the deadline."""
        del mode
        return io.BufferedReader(DeadlineReader(self._sock, self._left))


def _response_until(left: Callable[[], float]) -> type[http.client.HTTPResponse]:
    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None) -> None:
            super().__init__(cast("socket.socket", _Reading(sock, left)), debuglevel, method)

    return Response


class _Body:
    """The body of an answer, read in pieces under a limit and a deadline."""

    def __init__(self, response: http.client.HTTPResponse, path: str) -> None:
        self._response, self._path = response, path

    def _piece(self) -> bytes:
        return self._response.read1(_CHUNK)

    def plain(self, limit: int) -> bytes:
        """Return the body as it is. Raises LogError L7.2 over the limit."""
        out = io.BytesIO()
        while piece := self._piece():
            out.write(piece)
            if out.tell() > limit:
                raise too_large(self._path, f"more than {limit} bytes", limit)
        if self._response.length:
            raise unreadable(self._path, f"{self._response.length} bytes are missing")
        return out.getvalue()

    def gunzip(self, limit: int) -> bytes:
        """Return the body decompressed. Raises LogError L7.2 as soon as that is over the limit."""
        engine = zlib.decompressobj(wbits=31)
        out = io.BytesIO()
        while piece := self._piece():
            out.write(engine.decompress(piece, limit + 1 - out.tell()))
            if out.tell() > limit or engine.unconsumed_tail:
                raise too_large(self._path, f"more than {limit} bytes", limit)
        if not engine.eof or engine.unused_data:
            raise unreadable(self._path, "gzip that ends early or late")
        return out.getvalue()


class HttpSource(Closing):
    """Files below an http(s) address."""

    def __init__(self, address: str, *, timeout: float = 30.0) -> None:
        self._client = HttpClient(address, timeout=timeout)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole file, at most `limit` bytes."""
        check_path(path)
        answer = self._client.get(path, limit)
        if answer.status in _GONE:
            raise MissingFileError(path)
        if answer.status != 200:
            raise LogError("L7.3", found=f"status {answer.status}", expected="status 200", place=at(path))
        return answer.body


def parse_address(address: str) -> SplitResult:
    """Return the parts of an http(s) address without user, query or fragment. Raises LogError L7.6."""
    try:
        parts = urlsplit(address)
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and plain and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not address.isascii() or re.search(r"[\x00-\x20\x7f]", address):
        raise LogError("L7.6", found=address[:200], expected="http(s)://HOST/PATH")
    return parts


def open_source(address: str, *, timeout: float = 30.0) -> FolderSource | ZipSource | HttpSource:
    """Return the source of a folder, a zip file or an http(s) address. Raises LogError L7.x.

    `timeout` is in seconds, for each request of an address.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", address):
        return HttpSource(address, timeout=timeout)
    path = Path(address)
    return FolderSource(path) if path.is_dir() else ZipSource(path)

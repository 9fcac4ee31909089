"""The station's one process: threads that answer the desk and the booths, over TLS off the laptop itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from time import monotonic
from typing import Any

from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server as CherootServer
from cheroot.wsgi import WSGIGateway_10
from django.core.handlers.wsgi import WSGIHandler

from dauys.station.faults import StationError
from dauys.station.web.certificates import Pair
from dauys.station.web.services import Services
from dauys.station.web.settings import LARGEST_BODY, configure

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: Desks and booths keep a connection each; a print may hold a thread for a while.
THREADS = 24
TICK = 1.0
#: Bytes of the head of a request, and seconds in which it, and then its body, has come as a whole.
LARGEST_HEAD = 16_384
WITHIN = 5.0
#: A file here is in memory alone.
MEMORY = "/dev/shm"  # noqa: S108  # a folder with a random name is made in it


def application(services: Services) -> Application:
    """Return the WSGI application of one station."""
    configure()
    handler = WSGIHandler()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ["dauys.services"] = services
        return handler(environ, start)  # type: ignore[no-any-return, unused-ignore]

    return answer


class _Request(HTTPRequest):  # type: ignore[misc, unused-ignore]  # the library has no types
    """A request whose head has to come in time."""

    def parse_request(self) -> None:
        """Read the head."""
        with self.server.watching(self.conn):
            super().parse_request()


class _Gateway(WSGIGateway_10):  # type: ignore[misc, unused-ignore]  # the library has no types
    """The way to the application: a form comes as a whole and in time, or is none."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override, unused-ignore]
        """Return what the application is told of a request, its body read."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call, unused-ignore]
        with self.req.server.watching(self.req.conn):
            body = self.req.rfile.read()
        whole = len(body) == int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = BytesIO(body if whole else b"")
        return environ


class _Connection(HTTPConnection):  # type: ignore[misc, unused-ignore]  # the library has no types
    RequestHandlerClass = _Request


class Server(CherootServer):
    """A server that writes no log: it would say who asked when.

    Whoever is on the cable may connect, and say nothing, or too much: that costs neither a thread nor memory.
    """

    ConnectionClass = _Connection
    max_request_header_size = LARGEST_HEAD
    max_request_body_size = LARGEST_BODY

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.gateway = _Gateway
        self._reading: dict[HTTPConnection, float] = {}

    def process_conn(self, conn: HTTPConnection) -> None:
        """Give a connection to a thread once it says something; a new one waits without."""
        if conn.last_used is None:
            self.put_conn(conn)
        else:
            super().process_conn(conn)

    @contextmanager
    def watching(self, conn: HTTPConnection) -> Iterator[None]:
        """Let a connection be cut where what is read from it does not come in time."""
        self._reading[conn] = monotonic()
        try:
            yield
        finally:
            del self._reading[conn]

    def hang_up(self) -> None:
        """Cut connections that hold a thread, and drip in byte by byte."""
        for conn, since in list(self._reading.items()):
            if monotonic() - since > WITHIN:
                with suppress(OSError):
                    # Below TLS: that of its own would take it away from whoever is about to answer.
                    socket.shutdown(conn.socket, SHUT_RDWR)

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Write nothing; what fails inside is told by `Services.tell`."""


class _Adapter(BuiltinSSLAdapter):  # type: ignore[misc, unused-ignore]  # the library has no types
    """TLS that begins with the first byte that is read, in a thread of its own.

    The library waits for it where it accepts: one silent connection would stop every desk and booth.
    """

    def wrap(self, sock: socket) -> tuple[socket, dict[str, str]]:
        """Return the socket, and what a request over it is told."""
        own = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return own, {"wsgi.url_scheme": "https", "HTTPS": "on"}


@contextmanager
def serve(services: Services, address: tuple[str, int], tls: Pair | None = None) -> Iterator[tuple[str, int]]:
    """Serve while the context is open; give host and port. `tls` may be None on the loopback address alone.

    Raises StationError J6.6 for plain HTTP anywhere else.
    """
    if tls is None and address[0] not in LOOPBACK:
        raise StationError("J6.6", found=address[0], expected="TLS, or the loopback address")
    server = Server(address, application(services), numthreads=THREADS, server_name="dauys", timeout=20)
    if tls is not None:
        server.ssl_adapter = _adapter(tls)
    server.prepare()
    over = Event()
    threads = (Thread(target=server.serve), Thread(target=_tick, args=(services, server, over)))
    for thread in threads:
        thread.start()
    try:
        yield server.bind_addr[:2]
    finally:
        over.set()
        server.stop()
        for thread in threads:
            thread.join()


def _tick(services: Services, server: Server, over: Event) -> None:
    """End sessions whose time is over, also where their screen asks nothing any more."""
    while not over.wait(TICK):
        services.rooms.tick()
        server.hang_up()


def _adapter(tls: Pair) -> BuiltinSSLAdapter:
    """Give the library the key as the file it wants: one in memory, so that no disk ever has it."""
    with _in_memory(tls.certificate) as certificate, _in_memory(tls.key) as key:
        return _Adapter(certificate, key)


@contextmanager
def _in_memory(data: bytes) -> Iterator[str]:
    """Give the path of a file that is in memory alone, while the context is open."""
    file = os.memfd_create("dauys", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(file), "wb") as written:
            written.write(data)
        yield f"/proc/self/fd/{file}"
    finally:
        os.close(file)

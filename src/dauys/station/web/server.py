"""The station's one process: threads that answer the desk and the booths, over TLS off the laptop itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server as CherootServer
from django.core.handlers.wsgi import WSGIHandler

from dauys.station.faults import StationError
from dauys.station.web.certificates import Pair
from dauys.station.web.services import Services
from dauys.station.web.settings import configure

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: Desks and booths keep a connection each; a print may hold a thread for a while.
THREADS = 24
TICK = 1.0
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


class Server(CherootServer):
    """A server that writes no log: it would say who asked when."""

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Write nothing; what fails inside is told by `Services.tell`."""


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
    threads = (Thread(target=server.serve), Thread(target=_tick, args=(services, over)))
    for thread in threads:
        thread.start()
    try:
        yield server.bind_addr[:2]
    finally:
        over.set()
        server.stop()
        for thread in threads:
            thread.join()


def _tick(services: Services, over: Event) -> None:
    """End sessions whose time is over, also where their screen asks nothing any more."""
    while not over.wait(TICK):
        services.rooms.tick()


def _adapter(tls: Pair) -> BuiltinSSLAdapter:
    """Give the library the key as the file it wants: one in memory, so that no disk ever has it."""
    with _in_memory(tls.certificate) as certificate, _in_memory(tls.key) as key:
        return BuiltinSSLAdapter(certificate, key)


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

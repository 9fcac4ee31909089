"""A server for the intake on its own: a bounded number of requests at one time, each in its time."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from dauys.record.bounded import BoundedThreads
from dauys.record.http_source import DeadlineReader

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: Seconds of one request in all: a body of 256 KiB at 4 kB/s. What came of a slower one is kept.
REQUEST_SECONDS: Final = 60.0
LOOPBACK: Final = "127.0.0.1"


class _Handler(WSGIRequestHandler):
    server_version = "dauys"
    sys_version = ""
    server: IntakeServer

    def setup(self) -> None:
        """Read under a deadline: one that sends a byte now and then must not keep a place."""
        super().setup()
        self.connection.settimeout(self.server.seconds)
        self._ends = self.server.clock() + self.server.seconds
        self.rfile.close()
        self.rfile = io.BufferedReader(DeadlineReader(self.connection, self._left))

    def _left(self) -> float:
        left = self._ends - self.server.clock()
        if left <= 0:
            raise TimeoutError
        return left

    def address_string(self) -> str:
        """Return the address as it is: who it belongs to is not asked."""
        return str(self.client_address[0])

    def log_message(self, format: str, *args: object) -> None:
        """Write no line for each request: receipts say what was received."""


class IntakeServer(BoundedThreads, WSGIServer):
    """Serves one application over http; TLS is a matter of what stands before it."""

    def __init__(
        self,
        app: WSGIApplication,
        host: str = LOOPBACK,
        port: int = 0,
        *,
        seconds: float = REQUEST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Listen; `port` 0 is any free one. Raises OSError where it cannot."""
        self.seconds, self.clock = seconds, clock
        super().__init__((host, port), _Handler)
        self.set_app(app)

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Leave a sender that broke off; anything else is a fault of ours, and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

"""Threads of a server: so many requests at one time, and no more."""

from __future__ import annotations

import threading
from socket import socket
from socketserver import ThreadingMixIn
from typing import Any

#: Requests at one time; more wait in the queue of the system.
MAX_AT_ONCE = 32


class BoundedThreads(ThreadingMixIn):
    """Goes before a server of the standard library: it answers a bounded number of requests at one time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *given: Any) -> None:
        self._room = threading.BoundedSemaphore(MAX_AT_ONCE)
        super().__init__(*given)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Wait for room, then answer in a thread."""
        self._room.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Answer, and give the room back whatever happened."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

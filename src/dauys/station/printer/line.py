"""The way to a printer: a device file, a serial line or TCP, opened directly and never waited on for ever."""

from __future__ import annotations

import ipaddress
import os
import select
import socket
import stat
import termios
import time
import tty
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

#: Bytes of one write, so that a printer that stops is noticed early.
PIECE: Final = 4096
_FAR: Final = 3.0
_PAUSE: Final = 0.005


class BlockedError(Exception):
    """The other side took only `sent` bytes in time."""

    def __init__(self, sent: int) -> None:
        self.sent = sent
        super().__init__(f"blocked after {sent} bytes")


class Line:
    """An open descriptor that never blocks. Limits are seconds; OSError where the other side is gone."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._connected = stat.S_ISSOCK(os.fstat(descriptor).st_mode)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def write(self, data: bytes, limit: float) -> None:
        """Send all of it, in as many writes as it takes. Raises BlockedError when none goes for `limit`."""
        sent = 0
        while sent < len(data):
            if not self._ready(select.POLLOUT, limit):
                raise BlockedError(sent)
            try:
                sent += os.write(self._descriptor, data[sent : sent + PIECE])
            except BlockingIOError:
                continue
            except OSError as error:
                raise BlockedError(sent) from error

    def read(self, limit: float) -> bytes:
        """Return what has come, waiting for it at most so long; nothing where nothing came.

        Raises OSError where nothing can come any more. A device may well hand over a packet of no bytes.
        """
        until = deadline(limit)
        while self._ready(select.POLLIN, left(until)):
            with suppress(BlockingIOError):
                data = os.read(self._descriptor, PIECE)
                if data:
                    return data
                if self._connected:
                    raise ConnectionResetError("the printer has closed the line")
            if not left(until):
                break
            time.sleep(_PAUSE)
        return b""

    def _ready(self, what: int, limit: float) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, what)
        return bool(poll.poll(max(0.0, limit) * 1000))


def open_line(address: str) -> Line:
    """Open `tcp:HOST:PORT`, or a device file such as `/dev/usb/lp0`, `/dev/ttyUSB0` or `/dev/ttyUSB0@38400`.

    Raises OSError or ValueError, the latter for a host that is not this machine: slips are sent in clear.
    """
    if address.startswith("tcp:"):
        host, _, port = address[4:].rpartition(":")
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"not this machine: {host}")
        with socket.create_connection((host, int(port)), timeout=_FAR) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return Line(connection.detach())
    path, _, speed = address.partition("@")
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        if os.isatty(descriptor):
            _raw(descriptor, int(speed or 115_200))
    except BaseException:
        os.close(descriptor)
        raise
    return Line(descriptor)


def _raw(descriptor: int, speed: int) -> None:
    """Make a serial line pass bytes as they are, at this speed. Raises ValueError for one there is not."""
    code = getattr(termios, f"B{speed}", None)
    if code is None:
        raise ValueError(f"no speed of a serial line: {speed}")
    tty.setraw(descriptor, termios.TCSANOW)
    settings = termios.tcgetattr(descriptor)
    settings[4] = settings[5] = code
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)


def deadline(limit: float) -> float:
    """Return the moment in `limit` seconds, on a clock that only grows."""
    return time.monotonic() + limit


def left(moment: float) -> float:
    """Return the seconds until a moment, 0 when it is over."""
    return max(0.0, moment - time.monotonic())

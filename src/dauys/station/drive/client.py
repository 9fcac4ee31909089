"""A screen without a screen: one paired terminal that asks pages and sends their forms, over HTTP or TLS.

The standard library alone: what is measured is the station, and nothing of it is used on this side.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from dauys.station.drive.page import Page, read_page
from dauys.station.faults import StationError

TIMEOUT = 60.0
Fields = Sequence[tuple[str, str]]


class Client:
    """One terminal. `address`: of the station, as `https://10.0.0.1:8443/`; `tls`: its authority, PEM.

    `clock`: seconds that only grow. Not frozen: it holds a connection, a cookie and the page it is at.
    """

    def __init__(
        self,
        address: str,
        code: str,
        tls: bytes | None = None,
        *,
        clock: Callable[[], float] = time.perf_counter,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.context = _context(tls) if parts.scheme == "https" else None
        self.clock, self.pause = clock, pause
        self._code, self._cookie = code, ""
        self._connection: HTTPConnection | None = None
        self.page = Page()

    def pair(self) -> None:
        """Become the terminal of the code. Raises StationError J6.1 where it is not good."""
        status, _ = self._ask("POST", "/pair", [("code", self._code)])
        if not self._cookie:
            raise StationError("J6.1", found=status, expected="the code that a member reads out")

    def look(self, path: str) -> Page:
        """Ask for a page. Raises StationError J6.8 where there is none."""
        if not self._cookie:
            self.pair()
        status, text = self._ask("GET", path)
        self.page = read_page(text)
        if status != 200:
            raise StationError("J6.8", found=f"{status} {self.page.heading}", expected="a page", path=path)
        return self.page

    def send(self, button: tuple[str, str], fields: Fields = ()) -> float:
        """Touch a button of the page, with these fields; return the seconds until the station answered.

        The page that follows is asked for afterwards. Raises StationError J6.8 where the page has no such
        button, or the answer is none.
        """
        if button not in self.page.buttons:
            raise StationError("J6.8", found=self.page.heading, expected=f"{button[1]} to touch")
        form = [*self.page.hidden.items(), *fields, button]
        began = self.clock()
        status, _ = self._ask("POST", self.page.address, form)
        took = self.clock() - began
        if status not in (302, 303):
            raise StationError("J6.8", found=status, expected="the next page", path=self.page.address)
        self.look(self.page.address)
        return took

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, form: Fields | None = None) -> tuple[int, str]:
        body = urlencode(form).encode() if form is not None else None
        headers = {"Cookie": self._cookie, "Origin": self.origin} if self._cookie else {"Origin": self.origin}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._answer(method, path, body, headers)
        text = answer.read().decode("utf-8", "replace")
        for value in answer.headers.get_all("Set-Cookie", []):
            found = SimpleCookie(value).get("terminal")
            if found is not None:
                self._cookie = f"terminal={found.value}"
        if answer.will_close:
            self.close()
        return answer.status, text

    def _answer(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> HTTPResponse:
        """Ask on the connection that is open. What only reads is asked anew where it was let go."""
        fresh = self._connection is None
        connection = self._connection = self._connection or self._connect()
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse()
        except (HTTPException, OSError):
            self.close()
            if fresh or method != "GET":
                raise
        return self._answer(method, path, body, headers)

    def _connect(self) -> HTTPConnection:
        if self.context is not None:
            return HTTPSConnection(self.host, self.port, timeout=TIMEOUT, context=self.context)
        return HTTPConnection(self.host, self.port, timeout=TIMEOUT)


def _context(tls: bytes | None) -> ssl.SSLContext:
    """Return what trusts the station's own authority and no other."""
    if not tls:
        raise StationError(
            "J6.6", found="no authority", expected="the certificate of the station's authority"
        )
    return ssl.create_default_context(cadata=tls.decode("ascii"))

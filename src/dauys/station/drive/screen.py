"""A screen without a browser: it pairs, reads the form of a page and sends it, as a browser would."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlencode, urlsplit

TIMEOUT: Final = 60.0
_VOID: Final = ("checkbox", "radio")


class DriveError(Exception):
    """A page that is not the one that was to come: a station that does not do what it must."""


@dataclass(slots=True)
class Form:
    """One form of a page. `fields`: what it sends unasked, `buttons`: name and value of each."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def can(self, value: str, name: str = "do") -> bool:
        """Whether there is a button that says this."""
        return (name, value) in self.buttons


@dataclass(slots=True)
class Page:
    """An answer: its status, its forms, and its text without tags."""

    status: int
    forms: list[Form]
    text: str
    html: str = field(repr=False)

    def form(self, value: str, name: str = "do") -> Form:
        """Return the form that has this button. Raises DriveError."""
        for form in self.forms:
            if form.can(value, name):
                return form
        raise DriveError(f"no way to {value!r} on a page that says: {' '.join(self.text.split())[:300]}")

    def can(self, value: str, name: str = "do") -> bool:
        """Whether a form has this button."""
        return any(form.can(value, name) for form in self.forms)


class Screen:
    """One paired screen. Not frozen: it has a cookie, a page and a connection."""

    def __init__(self, address: str, trust: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(address)
        self._host, self._tls, self._trust = parts.netloc, parts.scheme == "https", trust
        self._cookie = ""
        self._connection: HTTPConnection | None = None
        self.page = Page(0, [], "", "")

    def pair(self, code: str) -> Page:
        """Become the terminal that a member's code is for. Raises DriveError where it is refused."""
        self._send("POST", "/pair", {"code": code})
        if not self._cookie:
            raise DriveError(f"not paired: {' '.join(self.page.text.split())[:200]}")
        return self.look("/")

    def look(self, path: str) -> Page:
        """Open a page, following where it leads."""
        return self._send("GET", path)

    def press(
        self, value: str, fields: Mapping[str, str | Iterable[str]] | None = None, name: str = "do"
    ) -> Page:
        """Press a button of the page, with these fields typed or marked, and return the page that comes."""
        form = self.page.form(value, name)
        return self._send("POST", form.action, {**form.fields, **(fields or {}), name: value})

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, fields: Mapping[str, str | Iterable[str]] | None = None) -> Page:
        for _ in range(5):
            answer, text = self._ask(method, path, fields)
            self._keep_cookie(answer)
            where = answer.getheader("Location")
            if answer.status not in (301, 302, 303) or where is None:
                self.page = read_page(answer.status, text, path)
                return self.page
            method, path, fields = "GET", where, None
        raise DriveError(f"{path} leads around in a circle")

    def _ask(
        self, method: str, path: str, fields: Mapping[str, str | Iterable[str]] | None
    ) -> tuple[HTTPResponse, str]:
        body = None
        headers = {"Host": self._host, "Accept-Language": "kk"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        if fields is not None:
            body = urlencode([(k, v) for k, value in fields.items() for v in _values(value)])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"{'https' if self._tls else 'http'}://{self._host}"
        connection = self._open()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        except OSError:
            self.close()
            raise

    def _open(self) -> HTTPConnection:
        if self._connection is None:
            if self._tls:
                self._connection = HTTPSConnection(self._host, timeout=TIMEOUT, context=self._trust)
            else:
                self._connection = HTTPConnection(self._host, timeout=TIMEOUT)
        return self._connection

    def _keep_cookie(self, answer: HTTPResponse) -> None:
        given = answer.getheader("Set-Cookie")
        if given:
            self._cookie = given.split(";")[0]


def _values(value: str | Iterable[str]) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value


def read_page(status: int, html: str, path: str) -> Page:
    """Return a page as a screen sees it. `path`: its own, for forms without an action."""
    reader = _Reader(path)
    reader.feed(html)
    return Page(status, reader.forms, " ".join(reader.said), html)


class _Reader(HTMLParser):
    """Collects forms, and the text that is shown."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what a form is made of."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag == "form":
            self.forms.append(Form(given.get("action") or self.path))
        elif self.forms and given.get("name"):
            self._take(tag, given)

    def _take(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given["name"]
        kind = given.get("type", "text" if tag == "input" else "submit")
        if tag == "button" or kind == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and (kind not in _VOID or "checked" in given):
            form.fields[name] = given.get("value", "on" if kind in _VOID else "")

    def handle_endtag(self, tag: str) -> None:
        """Show text again."""
        if tag in ("script", "style"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._hidden and data.strip():
            self.said.append(data.strip())

"""A small server to look at a site on this machine: compressed, with the headers a public one should set."""

from __future__ import annotations

import gzip
import mimetypes
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dauys.domain.text import LANGUAGES

HOST = "127.0.0.1"
TEXT = {".html", ".css", ".svg", ".json", ".csv", ".xml", ".txt"}
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
POLICY = "Content-Security-Policy"
_CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
#: What the verifier's page may do besides: run its own script, and read the record. The one-file form has
#: script and style in it and may be pointed at any record.
VERIFIER = {
    "index.html": f"{_CLOSED}style-src 'self'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src 'self' blob:",
    "verifier.html": f"{_CLOSED}style-src 'unsafe-inline'; script-src 'unsafe-inline' blob:; "
    "worker-src blob:; connect-src *; img-src data:",
    "verifier.js": "default-src 'none'; script-src 'self'; connect-src 'self'",
}


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with files below one folder, and with the page for what is missing."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *args: object) -> None:
        self.folder = folder
        super().__init__(*args)  # type: ignore[arg-type]  # socketserver passes request, address, server

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send the headers of a file."""
        self._answer(body=False)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal belongs to the person who started the command."""

    def find(self, target: str) -> tuple[HTTPStatus, Path]:
        """Return the file that answers an address, and its status; nothing outside the folder is found."""
        path = unquote(urlsplit(target).path)
        parts = [part for part in path.split("/") if part]
        if not any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            file = self.folder.joinpath(*parts)
            if file.is_dir():
                file /= "index.html"
            if file.is_file():
                return HTTPStatus.OK, file
        language = parts[0] if parts and parts[0] in LANGUAGES else None
        missing = self.folder / language / "404.html" if language else self.folder / "404.html"
        return HTTPStatus.NOT_FOUND, missing

    def _answer(self, body: bool) -> None:
        status, file = self.find(self.path)
        try:
            content = file.read_bytes()
        except OSError:
            content, status = b"", HTTPStatus.NOT_FOUND
        suffix = file.suffix
        self.send_response(status)
        kind = TYPES.get(suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/html") else kind)
        if suffix in TEXT:
            self.send_header("Vary", "Accept-Encoding")
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                content = gzip.compress(content, 6, mtime=0)
                self.send_header("Content-Encoding", "gzip")
        own = {POLICY: VERIFIER[file.name]} if file.parent.name == "verify" and file.name in VERIFIER else {}
        if file.is_relative_to(self.folder / "record"):
            # A record is for everybody: the one-file verifier of a party reads it from anywhere.
            own["Access-Control-Allow-Origin"] = "*"
        for name, value in (HEADERS | own).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)


def make_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the folder on the loopback address, not yet running; port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    return ThreadingHTTPServer((HOST, port), partial(Handler, folder.resolve()))

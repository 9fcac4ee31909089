"""The witness protocol over http: our witness's server, and how a log asks any (`spec/log.md` §10)."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import socket
from typing import Any

from dauys.record.bounded import BoundedThreads
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint, parse_cosignature_lines
from dauys.record.faults import LogError, at
from dauys.record.http_source import Answer, DeadlineReader, HttpClient
from dauys.record.keys import VerifierKey
from dauys.record.merkle import MAX_SIZE
from dauys.record.note import MAX_NOTE, Note, NoteSignature, parse_decimal
from dauys.record.reader import LogReader
from dauys.record.requests import MAX_ANSWER, MAX_REQUEST, PATH, TEXT_TYPE, AddCheckpoint, Reply
from dauys.record.witness import Witness

_SHOWN = re.compile(r"/([0-9a-f]{64})/checkpoint")
REQUEST_SECONDS = 10.0


class WitnessServer(BoundedThreads, HTTPServer):
    """Answers `POST /add-checkpoint` and `GET /<sha256(origin)>/checkpoint`, a bounded number at one time."""

    def __init__(self, address: tuple[str, int], witness: Witness, clock: Callable[[], int]) -> None:
        """Listen at `(host, port)`; `clock` gives the seconds since 1970 that cosignatures carry."""
        self.witness, self.clock = witness, clock
        super().__init__(address, _Handler)

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Leave a client that broke off; it learns nothing and nothing was cosigned for it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WitnessServer
    timeout = REQUEST_SECONDS

    def setup(self) -> None:
        """Read under a deadline: one that sends a byte now and then must not keep a place."""
        super().setup()
        self._ends = 0.0
        self.rfile.close()
        self.rfile = io.BufferedReader(DeadlineReader(self.connection, self._left))

    def handle_one_request(self) -> None:
        """Give each request its time in all."""
        self._ends = time.monotonic() + self.timeout
        super().handle_one_request()

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def do_POST(self) -> None:
        """Answer `add-checkpoint`."""
        length = self.headers.get("Content-Length", "")
        if self.path != f"/{PATH}":
            self._reply(Reply(404, b"L6.2\n"), close=True)
        elif not (length.isascii() and length.isdigit() and len(length) < 10):
            self._reply(Reply(411, b"L6.1\n"), close=True)
        elif int(length) > MAX_REQUEST:
            self._reply(Reply(413, b"L6.1\n"), close=True)
        else:
            body = self.rfile.read(int(length))
            self._reply(self.server.witness.answer(body, self.server.clock()))

    def do_GET(self) -> None:
        """Show the newest cosigned checkpoint of a log."""
        match = _SHOWN.fullmatch(self.path)
        path = self.server.witness.folder / "public" / match[1] / "checkpoint" if match else Path()
        if match and path.is_file():
            self._reply(Reply(200, path.read_bytes()[:MAX_NOTE]))
        else:
            self._reply(Reply(404, b"L7.1\n"))

    def _reply(self, reply: Reply, *, close: bool = False) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type or TEXT_TYPE)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        if close:
            # The body of the request was not read: it must not be taken for the next request.
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no line for each request: who asked is nobody's business."""


def ask_witness(
    client: HttpClient, keys: Iterable[VerifierKey], opened: OpenedCheckpoint, tree: LogReader
) -> tuple[NoteSignature, ...]:
    """Return the cosignatures of a checkpoint that the witness gives and that one of the keys made, checked.

    The witness is asked from size 0 first; it says what it has, and is asked again with the proof from
    there. Raises LogError L5.6 where it has seen more of this log than we have, L6.7 where it refuses,
    L7.x where it is not there.
    """
    size, url = 0, client.address.geturl()
    for _ in range(3):
        proof = tree.consistency_proof(size)
        request = AddCheckpoint(size, proof, opened.note.encode())
        answer = client.post(PATH, request.encode(), MAX_ANSWER)
        if answer.status == 200:
            return _cosignatures(answer, tuple(keys), opened.note, url)
        if answer.status != 409:
            break
        size = _known_size(answer, url)
        if size > tree.size:
            raise LogError("L5.6", found=tree.size, expected=size, place=at(url), hint="rolled_back")
    raise LogError("L6.7", found=f"status {answer.status}", expected="a cosignature", place=at(url))


def _known_size(answer: Answer, url: str) -> int:
    try:
        return parse_decimal(answer.body.decode(errors="replace").removesuffix("\n"), "L6.7", MAX_SIZE)
    except LogError as error:
        raise LogError("L6.7", found=error.problem.found, expected="a size", place=at(url)) from error


def _cosignatures(
    answer: Answer, keys: tuple[VerifierKey, ...], note: Note, url: str
) -> tuple[NoteSignature, ...]:
    try:
        lines = parse_cosignature_lines(answer.body)
        known = tuple(s for s in lines if any(key.made(s) for key in keys if key.is_witness))
        open_checkpoint(Note(note.text, known).encode(), keys)
    except LogError as error:
        names = ", ".join(key.name for key in keys)
        raise LogError("L6.7", found=error.code, expected=names, place=at(url), hint="witness_key") from error
    return known

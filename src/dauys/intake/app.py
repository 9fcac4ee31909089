"""The intake as a WSGI application, for any server; standard library only (`spec/intake.md` §3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from dauys.crypto.shapes import canonical
from dauys.intake.faults import IntakeError, printable
from dauys.intake.receipt import Receipt
from dauys.intake.receiver import Intake, State
from dauys.record.faults import LogError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Bytes of one body; it is held in memory.
MAX_BODY: Final = 1 << 18
_CHUNK: Final = 1 << 14
_NUMBER: Final = "(0|[1-9][0-9]{0,9})"
_UPLOAD: Final = "/v1/uploads/([0-9a-f]{128})"
_PIECE: Final = re.compile(f"{_UPLOAD}/{_NUMBER}/{_NUMBER}")
_DONE: Final = re.compile(f"{_UPLOAD}/done")
_STATE: Final = re.compile(_UPLOAD)
_RECEIPT: Final = re.compile("/v1/receipts/([0-9a-f]{128})")
_HEADERS: Final = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)


class IntakeApp:
    """Answers requests. `now` gives the time that receipts carry, ISO 8601 with offset."""

    def __init__(self, intake: Intake, now: Callable[[], str]) -> None:
        self._intake, self._now = intake, now

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request: what it asks for, or why not."""
        try:
            status, body = 200, self._answer(environ)
        except IntakeError as error:
            status, body = error.status, _refusal(error)
        except (OSError, LogError) as error:
            # The medium, or what lies on it: nothing that the sender could do otherwise.
            told = error.code if isinstance(error, LogError) else error.strerror or type(error).__name__
            refused = IntakeError("U1.13", found=told, expected="a medium that can be written and read")
            status, body = refused.status, _refusal(refused)
        line = f"{status} {HTTPStatus(status).phrase}"
        start_response(line, [*_HEADERS, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> bytes:
        method, path = str(environ["REQUEST_METHOD"]), str(environ.get("PATH_INFO", ""))
        if method == "GET":
            return self._get(path)
        if method != "POST":
            raise IntakeError("U1.1", found=method, expected="GET or POST")
        data, whole = read_body(environ)
        if piece := _PIECE.fullmatch(path):
            have = self._intake.hold(piece[1], int(piece[2]), int(piece[3]), data)
            # Of a body that broke off, what came was kept: the sender goes on behind it.
            _check_whole(whole)
            return canonical({"have": have})
        _check_whole(whole)
        if path == "/v1/uploads":
            return _told(self._intake.begin(data))
        if done := _DONE.fullmatch(path):
            return self._intake.finish(done[1], self._now()).data
        raise _no_request(path)

    def _get(self, path: str) -> bytes:
        if upload := _STATE.fullmatch(path):
            return _told(self._intake.state(upload[1]))
        if asked := _RECEIPT.fullmatch(path):
            return self._receipt(asked[1]).data
        raise _no_request(path)

    def _receipt(self, upload: str) -> Receipt:
        receipt = self._intake.shelf.receipt(upload)
        if receipt is None:
            raise IntakeError("U1.5", found=upload[:32], expected="something that was accepted")
        return receipt


def read_body(environ: Mapping[str, Any]) -> tuple[bytes, bool]:
    """Return the body of a request as far as it came, and whether it is whole.

    Raises IntakeError U1.1 without a length, U1.2 for a larger one; then nothing is read.
    """
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise IntakeError("U1.1", found="no Content-Length", expected="a length in bytes")
    left = int(length)
    if left > MAX_BODY:
        raise IntakeError("U1.2", found=f"{left} bytes", expected=f"at most {MAX_BODY}")
    stream = environ["wsgi.input"]
    # `read1` gives what is there: bytes before a cut or a time-out are not lost with those behind it.
    read = getattr(stream, "read1", stream.read)
    pieces: list[bytes] = []
    try:
        while left and (piece := read(min(left, _CHUNK))):
            pieces.append(piece)
            left -= len(piece)
    except OSError:
        # The line is dead, or the time is up; what came before is good.
        return b"".join(pieces), False
    return b"".join(pieces), left == 0


def _check_whole(whole: bool) -> None:
    if not whole:
        raise IntakeError("U1.14", found="less", expected="the whole body, in time")


def _no_request(path: str) -> IntakeError:
    return IntakeError("U1.1", found=ascii(path)[:100], expected="a request of this page")


def _told(state: State) -> bytes:
    receipt = None if state.receipt is None else dict(state.receipt.fields)
    return canonical({"have": list(state.have), "id": state.id, "receipt": receipt})


def _refusal(error: IntakeError) -> bytes:
    told: dict[str, object] = {
        "code": error.code,
        "expected": error.problem.expected,
        "found": printable(error.problem.found or ""),
    }
    if "have" in error.problem.facts:
        told["have"] = error.problem.facts["have"]
    return canonical(told)

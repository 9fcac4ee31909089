"""Sending: what a station or an observer has, until there is a receipt; cut anywhere, it goes on (§7).

Nothing is remembered between two tries: the intake says what it has. **Source:** spec/intake.md §3 and §7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeGuard

from dauys.crypto.shapes import canonical
from dauys.intake.app import MAX_BODY
from dauys.intake.faults import IntakeError, at, printable
from dauys.intake.parcels import Parcel, log_parcel
from dauys.intake.receipt import Receipt, check_receipt, is_receipt_of, parse_receipt
from dauys.record.book import BelowSource
from dauys.record.http_source import Answer, HttpClient
from dauys.record.keys import VerifierKey
from dauys.record.sources import FolderSource, Source

MAX_ANSWER: Final = 1 << 20
#: How often parts are sent again that the intake found to be others than claimed.
TRIES: Final = 3
_UPLOADS: Final = "v1/uploads"
_CODE: Final = re.compile(r"U1\.[0-9]{1,2}")
Told = Callable[[int, int], None]


class Transport(Protocol):
    """What carries requests: `HttpClient`, or in a test anything else."""

    def post(self, path: str, body: bytes, limit: int) -> Answer:
        """Return the answer to a POST. Raises LogError L7.x where there is none."""
        ...


def nobody(done: int, whole: int) -> None:
    """Tell nobody."""
    del done, whole


def upload(
    folder: Path,
    address: str,
    *,
    key: VerifierKey | None = None,
    timeout: float = 60.0,
    told: Told = nobody,
) -> Receipt:
    """Send the log of a device, or what is missing of it, and return the receipt.

    `folder`: its public folder, or the store around that. `timeout`: seconds of each request. `told`: bytes
    that the intake has, and in all. Call it again after any error: it goes on. Raises LogError L7.x where the
    line is cut, IntakeError U1.x with `refused` among its facts where the intake says no, U1.15, U1.17.
    """
    with FolderSource(folder) as source:
        inner: Source = BelowSource(source, "public") if (folder / "public").is_dir() else source
        return deliver(log_parcel(inner), address, key=key, timeout=timeout, told=told)


def deliver(
    parcel: Parcel,
    address: str,
    *,
    key: VerifierKey | None = None,
    timeout: float = 60.0,
    told: Told = nobody,
) -> Receipt:
    """Send an upload of any kind to an address and return the receipt. As `upload`, and raises the same."""
    with HttpClient(address, timeout=timeout) as client:
        return send(parcel, client, key=key, told=told, address=address)


def send(
    parcel: Parcel,
    client: Transport,
    *,
    key: VerifierKey | None = None,
    told: Told = nobody,
    address: str = "",
) -> Receipt:
    """Send an upload and return the receipt, which is of this upload and, with `key`, signed by it.

    Raises as `upload` does.
    """
    return _Sending(parcel, client, key, told, address).run()


@dataclass(frozen=True, slots=True)
class _Sending:
    """One upload on its way."""

    parcel: Parcel
    client: Transport
    key: VerifierKey | None
    told: Told
    address: str

    def run(self) -> Receipt:
        """Announce, send what is missing, ask for the receipt; from the beginning where parts were lost."""
        for left in reversed(range(TRIES)):
            have, receipt = self._begin()
            if receipt is not None:
                return self._checked(self._bytes(receipt))
            try:
                self._send_parts(have)
                return self._checked(self._post(f"{self._path}/done", b""))
            except IntakeError as error:
                # Parts that did not come whole, or another sender of the same who was quicker.
                if error.code not in ("U1.5", "U1.7", "U1.19") or not left:
                    raise
        raise self._no_answer("nothing")

    @property
    def _path(self) -> str:
        return f"{_UPLOADS}/{self.parcel.manifest.id}"

    def _begin(self) -> tuple[list[int], Any]:
        answer = self._json(self._post(_UPLOADS, self.parcel.manifest.data))
        have, parts = answer.get("have"), self.parcel.manifest.parts
        sound = isinstance(have, list) and len(have) == len(parts) and all(map(_is_count, have))
        if answer.get("id") != self.parcel.manifest.id or not sound:
            raise self._no_answer(answer)
        return list(have or ()), answer.get("receipt")

    def _send_parts(self, have: list[int]) -> None:
        parts = self.parcel.manifest.parts
        whole, done = sum(part.size for part in parts), sum(have)
        for number in self.parcel.manifest.order:
            part, at_byte = parts[number], have[number]
            data = self.parcel.read(number) if at_byte < part.size else b""
            while at_byte < part.size:
                self.told(done, whole)
                there = self._send_piece(number, at_byte, data[at_byte : at_byte + MAX_BODY])
                done, at_byte = done + there - at_byte, there
        self.told(done, whole)

    def _send_piece(self, number: int, offset: int, data: bytes) -> int:
        """Return how much of the part is there now; of a piece that came twice it is not less."""
        try:
            answer = self._json(self._post(f"{self._path}/{number}/{offset}", data))
        except IntakeError as error:
            if error.code != "U1.6":
                raise
            answer = dict(error.problem.facts)
        have = answer.get("have")
        if not _is_count(have) or have > self.parcel.manifest.parts[number].size or have == offset:
            raise self._no_answer(answer)
        if have < offset:
            # The part was forgotten: from the beginning, and not for ever.
            raise IntakeError("U1.7", found=f"byte {have}", expected=f"byte {offset}", place=at(self.address))
        return have

    def _post(self, path: str, body: bytes) -> bytes:
        answer = self.client.post(path, body, MAX_ANSWER)
        if answer.status == 200:
            return answer.body
        told = self._json(answer.body)
        code = told.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise self._no_answer(f"status {answer.status}")
        have = {"have": told["have"]} if _is_count(told.get("have")) else {}
        raise IntakeError(
            code,
            found=_plain(told.get("found")),
            expected=_plain(told.get("expected")),
            place=at(self.address),
            hint="refused",
            refused=True,
            **have,
        )

    def _checked(self, data: bytes) -> Receipt:
        receipt = parse_receipt(data) if self.key is None else check_receipt(data, self.key)
        if not is_receipt_of(receipt, self.parcel.manifest):
            raise self._no_answer(f"a receipt of something else, {receipt.id[:32]}")
        return receipt

    def _bytes(self, receipt: object) -> bytes:
        try:
            return canonical(receipt)
        except ValueError as error:
            raise self._no_answer(type(error).__name__) from error

    def _json(self, data: bytes) -> dict[str, Any]:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise self._no_answer(repr(data[:40]))
        return value

    def _no_answer(self, found: object) -> IntakeError:
        return IntakeError(
            "U1.17", found=found, expected="an answer of an intake", place=at(self.address), hint="address"
        )


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53


def _plain(value: object) -> str:
    """Return what a server said, which may be anybody's, as text that a terminal can show."""
    return "" if value is None else printable(str(value)[:200])


def receipt_name(receipt: Receipt) -> str:
    """Return the name of the file in which a sender keeps a receipt: the same receipt has the same name."""
    return f"{receipt.kind}-{receipt.of}-{receipt.id[:16]}.json"

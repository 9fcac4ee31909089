"""Files of the second medium: sealed records, each forced to it (`spec/station.md` §5)."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from dauys.station.faults import StationError, at
from dauys.station.keeping.database import force_names
from dauys.station.keeping.secrets import NONCE, Random

BLOCK: Final = 4096
_HEAD: Final = struct.Struct(">4sI12s")
_CRC: Final = struct.Struct(">I")
_TAG: Final = 16
_EXTRA: Final = _HEAD.size + _TAG + _CRC.size
_MAGIC: Final = b"DR01"
_ABOUT: Final = b"dauys/station/record/1"

Row = dict[str, Any]
"""A row of `ending`, `note` or `fact`, as JSON: `id` and whatever belongs to it."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: its rows in order, and the byte behind the last whole record."""

    rows: tuple[Row, ...]
    end: int


class RecordFile:
    """Appends sealed records to one file and forces each to the medium. Not frozen: it grows."""

    def __init__(
        self, path: Path, key: bytes, random: Random, force: Callable[[int], None] = os.fdatasync
    ) -> None:
        self.path, self.random, self.force = path, random, force
        self._box = ChaCha20Poly1305(key)
        self._count: int | None = None

    def make(self) -> None:
        """Make the empty file, durably. Raises OSError."""
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        force_names(self.path.parent)
        self._count = 0

    def read(self) -> Read:
        """Return all rows; an incomplete last record is what a cut leaves, and is no row.

        Raises StationError J1.3 where there is no file, J1.4 where another record is damaged.
        """
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise StationError(
                "J1.3", found=error.strerror, expected="records", place=at(self.path)
            ) from error
        rows: list[Row] = []
        start = 0
        while start < len(data):
            row, end = self._row(data, start, len(rows))
            if row is None:
                break
            rows.append(row)
            start = end
        return Read(tuple(rows), start)

    def start(self) -> tuple[Row, ...]:
        """Cut an incomplete last record off, be ready to append, and return all rows."""
        found = self.read()
        if self.path.stat().st_size > found.end:
            handle = os.open(self.path, os.O_WRONLY)
            try:
                os.ftruncate(handle, found.end)
                os.fsync(handle)
            finally:
                os.close(handle)
        self._count = len(found.rows)
        return found.rows

    def append(self, row: Row) -> None:
        """Add a row, and return when it is on the medium. Raises OSError; then nothing more may be added."""
        if self._count is None:
            raise StationError(
                "J1.2", found="not started", expected="records that were read", place=at(self.path)
            )
        count, self._count = self._count, None
        data = self._sealed(row, count)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            _write_all(handle, data)
            self.force(handle)
        finally:
            os.close(handle)
        self._count = count + 1

    def _sealed(self, row: Row, place: int) -> bytes:
        clear = rfc8785.dumps(row)
        size = -(-(len(clear) + _EXTRA) // BLOCK) * BLOCK
        nonce = self.random(NONCE)
        head = _HEAD.pack(_MAGIC, size - _EXTRA + _TAG, nonce)
        body = self._box.encrypt(nonce, clear.ljust(size - _EXTRA, b"\0"), self._about(place))
        return head + body + _CRC.pack(zlib.crc32(head + body))

    def _row(self, data: bytes, start: int, place: int) -> tuple[Row | None, int]:
        """Return the row that begins at a byte and where it ends; None for what a cut left of the last one.

        Raises StationError J1.4 where a damaged record is not the last.
        """
        found = self._opened(data, start, place)
        if isinstance(found, str):
            # Records begin at multiples of a block: where none begins behind this one, it is the last.
            if any(data.startswith(_MAGIC, later) for later in range(start + BLOCK, len(data), BLOCK)):
                raise StationError(
                    "J1.4", found=found, expected="a record", place=at(self.path), record=place
                )
            return None, start
        return found

    def _opened(self, data: bytes, start: int, place: int) -> tuple[Row, int] | str:
        """Return a row and where it ends, else what is wrong with it."""
        if len(data) - start < _HEAD.size:
            return "no head"
        magic, size, nonce = _HEAD.unpack_from(data, start)
        end = start + _HEAD.size + size + _CRC.size
        if magic != _MAGIC or end > len(data):
            return "no record"
        if _CRC.unpack_from(data, end - _CRC.size)[0] != zlib.crc32(data[start : end - _CRC.size]):
            return "another checksum"
        body = data[start + _HEAD.size : end - _CRC.size]
        try:
            clear = self._box.decrypt(nonce, body, self._about(place))
        except InvalidTag as error:
            raise StationError(
                "J1.4",
                found="another key, file or place",
                expected="a record",
                place=at(self.path),
                record=place,
            ) from error
        row: Row = json.loads(clear.rstrip(b"\0"))
        return row, end

    def _about(self, place: int) -> bytes:
        return b"\0".join((_ABOUT, self.path.name.encode(), place.to_bytes(8, "big")))


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]

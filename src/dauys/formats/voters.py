"""The register extract of a station: voters in CSV, and salted bytes whose hash is public (spec/kit.md §5).

Codes beside those of `dauys.formats.csv_rows`: W2.1 a person twice · W2.2 too young on the day, or no date of
birth that can be · W2.4 not an extract in its one form.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from dauys.domain.voters import Voter
from dauys.errors import InputError, Place, Problem
from dauys.formats.csv_rows import Faults, is_total, read_count, read_rows, unknown_name

_K = TypeVar("_K")
COLUMNS: Final = ("number", "name_kk", "name_ru", "born", "address", "certificate", "district")
OPTIONAL: Final = ("certificate", "district")
SALT_BYTES: Final = 32
#: Bytes of a file of voters, and of an extract: some hundred thousand voters, far above any station.
MAX_BYTES: Final = 32 * 1024 * 1024
MAX_TEXT: Final = 300
ADULT: Final = 18
_LAST_NUMBER: Final = 999_999
_FIRST_YEAR: Final = 1870
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SALT_LINE = re.compile(rb"[0-9a-f]{64}\n")


@dataclass(frozen=True, slots=True)
class Extract:
    """The register extract of a station as it is frozen; `voters` are in ascending order of their number.

    `salt`: 32 random bytes, without which names could be guessed from the public hash.
    """

    salt: bytes = field(repr=False)
    voters: tuple[Voter, ...] = field(repr=False)

    def encode(self) -> bytes:
        """Return the bytes of the extract: the salt in hex, a line end, and the canonical CSV."""
        return self.salt.hex().encode() + b"\n" + encode_voters(self.voters)

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes in hex, as the `register` entry of the record has it (spec/record.md §3)."""
        return sha256(self.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a row may say. `day`: of voting; `districts`: ids of constituencies; None asks nothing."""

    day: date | None = None
    districts: Collection[str] | None = None


EVERYTHING: Final = Allowed()


def encode_voters(voters: Iterable[Voter]) -> bytes:
    """Return the canonical CSV: UTF-8, LF, all columns in their order, rows in order of number."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for v in sorted(voters, key=lambda voter: voter.number):
        out.writerow(
            (v.number, v.name_kk, v.name_ru, v.born.isoformat(), v.address, v.certificate, v.district)
        )
    return text.getvalue().encode()


def read_voters(path: Path, allowed: Allowed = EVERYTHING) -> tuple[Voter, ...]:
    """Return the voters of a CSV file in order of number; texts in Unicode form C, without outer blanks.

    Raises InputError with every bad row: E1.x, E4.x, W2.1, W2.2.
    """
    faults = Faults(str(path))
    needed = tuple(column for column in COLUMNS if column not in OPTIONAL)
    rows = read_rows(path, needed, faults, optional=OPTIONAL, max_bytes=MAX_BYTES)
    found = _read(rows, faults, allowed)
    faults.finish()
    return found


def read_extract(path: Path, allowed: Allowed = EVERYTHING) -> Extract:
    """Return the extract in a file. Raises InputError: what `parse_extract` raises, E1.7, E1.9."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError([Problem("E1.9", Place(str(path)), error.strerror)]) from error
    return parse_extract(data, str(path), allowed)


def parse_extract(data: bytes, name: str, allowed: Allowed = EVERYTHING) -> Extract:
    """Return the extract of these bytes, which have exactly one form.

    Raises InputError: W2.4 for any other form, E1.7, and what `read_voters` raises, rows counted without the
    line of the salt.
    """
    if len(data) > MAX_BYTES:
        raise InputError([Problem("E1.7", Place(name), "more bytes", f"{MAX_BYTES} bytes", "too_large")])
    if not _SALT_LINE.match(data):
        raise _no_extract(name, _shown(data[:40]), "a line of 64 hex digits", "make_extract")
    body = data[2 * SALT_BYTES + 1 :]
    faults = Faults(name)
    found = _read(_plain_rows(body, name), faults, allowed)
    faults.finish()
    extract = Extract(bytes.fromhex(data[: 2 * SALT_BYTES].decode()), found)
    if extract.encode() != data:
        raise _no_extract(name, "another spelling of these rows", "rows in order of number, LF, no blanks")
    return extract


def _plain_rows(body: bytes, name: str) -> list[tuple[int, Sequence[str]]]:
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_extract(name, str(error)[:80], "CSV in UTF-8") from None
    if not rows or tuple(rows[0]) != COLUMNS:
        raise _no_extract(name, _shown(body[:80]), ",".join(COLUMNS))
    ragged = next((number for number, cells in enumerate(rows, 1) if len(cells) != len(COLUMNS)), None)
    if ragged is not None:
        raise _no_extract(name, f"row {ragged}", f"{len(COLUMNS)} cells")
    return list(enumerate(rows[1:], 2))


def _read(rows: Iterable[tuple[int, Sequence[str]]], faults: Faults, allowed: Allowed) -> tuple[Voter, ...]:
    rules = _Rules(faults, allowed)
    found = [voter for row, cells in rows if (voter := rules.voter(row, cells)) is not None]
    return tuple(sorted(found, key=lambda voter: voter.number))


class _Rules:
    """What is asked of each row, and of all rows together. Not frozen: it remembers what it has seen."""

    def __init__(self, faults: Faults, allowed: Allowed) -> None:
        self.faults, self.allowed = faults, allowed
        self.numbers: dict[int, int] = {}
        self.people: dict[tuple[str, ...], int] = {}
        self.certificates: dict[str, int] = {}

    def voter(self, row: int, cells: Sequence[str]) -> Voter | None:
        """Return the voter of a row, None where something is wrong with it: that is in `faults`."""
        before = len(self.faults.problems) + self.faults.dropped
        by_name = dict(zip(COLUMNS, cells, strict=True))
        number = self._number(row, by_name["number"])
        texts = {name: self._text(row, name, by_name) for name in ("name_kk", "name_ru", "address")}
        born = self._born(row, by_name["born"])
        certificate = self._text(row, "certificate", by_name, needed=False)
        district = self._district(row, by_name["district"])
        if number:
            self._once(self.numbers, number, row, "number", str(number))
        if certificate:
            self._once(self.certificates, certificate, row, "certificate", certificate)
        if len(self.faults.problems) + self.faults.dropped != before or born is None:
            return None
        voter = Voter(
            number, texts["name_kk"], texts["name_ru"], born, texts["address"], certificate, district
        )
        self._person(row, voter)
        return voter

    def _number(self, row: int, text: str) -> int:
        """Return the number, 0 where it is none."""
        if is_total(text):
            self.faults.add("E4.8", row, "number", found=text, hint="remove_totals")
            return 0
        number = read_count(text, self.faults, row, "number")
        written = text.isascii() and text.isdigit()
        if written and (not 0 < number <= _LAST_NUMBER or text[0] == "0"):
            self.faults.add("E4.5", row, "number", found=text, expected="1, 2, 3 …")
            return 0
        return number

    def _text(self, row: int, column: str, cells: Mapping[str, str], *, needed: bool = True) -> str:
        """Return a text in its one form: two spellings of one name would be two voters."""
        value = unicodedata.normalize("NFC", cells[column]).strip()
        if not value:
            if needed:
                self.faults.add("E4.10", row, column, expected=column)
        elif len(value) > MAX_TEXT or not value.isprintable():
            self.faults.add("E4.5", row, column, found=_shown(value[:40]), expected=column)
        return value

    def _born(self, row: int, text: str) -> date | None:
        try:
            born = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            born = None
        if born is None:
            self.faults.add("E4.13", row, "born", found=_shown(text[:40]), expected="1964-03-08")
        elif born.year < _FIRST_YEAR or not self._adult(born):
            day = self.allowed.day
            last = "" if day is None else f"{day.year - ADULT}{day.isoformat()[4:]}"
            self.faults.add("W2.2", row, "born", found=text, expected=f"{_FIRST_YEAR}-01-01 … {last}".strip())
        return born

    def _adult(self, born: date) -> bool:
        """Whether somebody is 18 on the day of voting, the birthday included (law on elections, Art. 4)."""
        day = self.allowed.day
        return day is None or (born.year + ADULT, born.month, born.day) <= (day.year, day.month, day.day)

    def _district(self, row: int, text: str) -> str:
        known = self.allowed.districts
        if text and known is not None and text not in known:
            unknown_name(self.faults, row, "district", text, known)
        elif not text.isprintable() or text != text.strip() or len(text) > MAX_TEXT:
            self.faults.add("E4.5", row, "district", found=_shown(text[:40]), expected="c1, c2 …")
        return text

    def _once(self, seen: dict[_K, int], key: _K, row: int, column: str, found: str) -> None:
        if key in seen:
            self.faults.add("E4.9", row, column, found=found, expected=str(seen[key]))
        seen.setdefault(key, row)

    def _person(self, row: int, voter: Voter) -> None:
        """Keep the fault of a person who stands in two rows: one of the marks would be a second vote."""
        key = (
            voter.name_kk.casefold(), voter.name_ru.casefold(), voter.born.isoformat(),
            voter.address.casefold(),
        )  # fmt: skip
        if key in self.people:
            self.faults.add("W2.1", row, "name_kk", expected=str(self.people[key]))
        self.people.setdefault(key, row)


def _no_extract(name: str, found: str, expected: str, hint: str | None = None) -> InputError:
    facts = {"found": found, "expected": expected}
    return InputError([Problem("W2.4", Place(name), found, expected, hint, facts)])


def _shown(text: str | bytes) -> str:
    raw = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in raw)

"""Rows of a CSV file, with every fault of the file kept and none of them guessed away.

Read: UTF-8 with or without a byte order mark, commas, one header row, LF or CRLF. Other encodings, semicolons
and tabs are recognised and named, never accepted: a guessed column is a wrong number later.

Codes: E4.1 column missing · E4.2 unknown column · E4.3 other delimiter · E4.4 ragged row · E4.5 not a count ·
E4.6 negative · E4.7 unknown name · E4.8 totals row · E4.9 twice · E4.10 empty cell · E4.11 not one of ·
E4.12 quotes · E4.13 not a time · E4.14 blank row · E4.15 option without a row · E4.16 versions ·
E4.17 column twice · E4.18 no header · E4.19 more faults; and E1.6, E1.7, E1.9 as for YAML.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TextIO

from dauys.errors import InputError, Place, Problem

MAX_BYTES = 256 * 1024 * 1024
MAX_CELL = 10_000
MAX_COUNT_DIGITS = 9
MAX_PROBLEMS = 10_000
_TOTALS = frozenset(
    (
        "итого",
        "всего",
        "итог",
        "сумма",
        "общий итог",
        "барлығы",
        "жиыны",
        "жиынтығы",
        "барлығы жиыны",
        "жалпы",
        "қорытынды",
        "total",
        "totals",
        "sum",
        "subtotal",
        "grand total",
    )
)
_CYRILLIC = re.compile(rb"[\xc0-\xff]{3}")


@dataclass(slots=True)
class Faults:
    """Faults of one file as they are found. From the 10,000th on they are only counted."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    dropped: int = 0

    def add(
        self,
        code: str,
        row: int | None = None,
        column: str | None = None,
        *,
        found: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
        **facts: object,
    ) -> None:
        """Keep one fault."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.dropped += 1
            return
        facts = {"found": found or "", "expected": expected or "", "nearest": "", **facts}
        place = Place(self.file, row=row, column=column)
        self.problems.append(Problem(code, place, found, expected, hint, facts))

    def take(self, other: Faults) -> None:
        """Add the faults of another file to these."""
        self.problems.extend(other.problems)
        self.dropped += other.dropped

    def finish(self) -> None:
        """Raise InputError with all faults, if there is any."""
        if self.dropped:
            place = Place(self.file)
            found = str(self.dropped)
            facts = {"found": found, "expected": "", "nearest": ""}
            self.problems.append(Problem("E4.19", place, found, facts=facts))
        if self.problems:
            raise InputError(self.problems)


def read_rows(
    path: Path,
    columns: Sequence[str],
    faults: Faults,
    *,
    optional: Sequence[str] = (),
    max_bytes: int = MAX_BYTES,
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield row number and cells in the order of `columns`, then of `optional` (empty where absent).

    The row number is the line of the file, the header being 1. Rows with a fault of form go to `faults` and
    are not yielded. Raises InputError where nothing can be read: size, encoding, header.
    """
    _check_size(path, max_bytes)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from _rows(stream, tuple(columns), tuple(optional), faults)
    except UnicodeDecodeError:
        _name_encoding(path, faults)
        faults.finish()
    except OSError as error:
        faults.add("E1.9", found=error.strerror or type(error).__name__)
        faults.finish()


def _rows(
    stream: TextIO, columns: tuple[str, ...], optional: tuple[str, ...], faults: Faults
) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(_without_nul(stream, faults), strict=True)
    try:
        header = next(reader, None)
        pick = _header(header, columns, optional, faults)
        width = len(header or ())
        blank: list[int] = []
        start = reader.line_num
        for cells in reader:
            row, start = start + 1, reader.line_num
            if len(cells) == width:
                # A blank row at the very end is a habit of editors; between rows it hides a cut.
                if blank:
                    faults.add("E4.14", blank[0])
                    blank.clear()
                yield row, pick((*cells, ""))
            elif cells:
                hint = "decimal_comma" if len(cells) > width else None
                faults.add("E4.4", row, found=str(len(cells)), expected=str(width), hint=hint)
            else:
                blank.append(row)
    except csv.Error as error:
        faults.add("E4.12", reader.line_num or 1, found=str(error))
        faults.finish()


def _without_nul(stream: TextIO, faults: Faults) -> Iterator[str]:
    for number, line in enumerate(stream, 1):
        if "\0" in line:
            faults.add("E1.6", number, found="NUL", expected="UTF-8", hint="save_as_utf8")
            faults.finish()
        yield line


def _check_size(path: Path, max_bytes: int) -> None:
    faults = Faults(str(path))
    try:
        size = path.stat().st_size
    except OSError as error:
        faults.add("E1.9", found=error.strerror or type(error).__name__)
    else:
        if not path.is_file():
            faults.add("E1.9", hint="not_a_file")
        elif size > max_bytes:
            faults.add("E1.7", found=f"{size} bytes", expected=f"{max_bytes} bytes", hint="too_large")
    faults.finish()


def _name_encoding(path: Path, faults: Faults) -> None:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line[:2] in (b"\xff\xfe", b"\xfe\xff") and number == 1:
                faults.add("E1.6", 1, found="UTF-16", expected="UTF-8", hint="save_as_utf8")
                return
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                found = "windows-1251" if _CYRILLIC.search(line) else f"byte 0x{line[error.start]:02X}"
                faults.add("E1.6", number, found=found, expected="UTF-8", hint="save_as_utf8")
                return


class _Pick:
    """Takes the wanted cells out of a row that has one empty cell added at its end."""

    def __init__(self, indices: Sequence[int]) -> None:
        self._get = itemgetter(*indices, -1)

    def __call__(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        picked: tuple[str, ...] = self._get(cells)
        return picked[:-1]


def _header(
    header: list[str] | None, columns: tuple[str, ...], optional: tuple[str, ...], faults: Faults
) -> _Pick:
    """Return what picks the columns out of a row. Raises InputError naming all faults of the header."""
    if not header or not any(header):
        faults.add("E4.18", 1, expected=",".join(columns))
        faults.finish()
        header = []
    joined = ",".join(header)
    for mark, name in ((";", "semicolon"), ("\t", "tab"), ("|", "bar")):
        if mark in joined and len(header) < len(columns):
            faults.add("E4.3", 1, found=mark if mark != "\t" else "TAB", expected=",", hint=f"commas_{name}")
            faults.finish()
    known = (*columns, *optional)
    for index, name in enumerate(header):
        if name not in known:
            near = difflib.get_close_matches(name.strip().lower(), known, 1)
            hint = "nearest" if near else None
            faults.add("E4.2", 1, name, found=name, hint=hint, nearest=near[0] if near else "")
        elif name in header[:index]:
            faults.add("E4.17", 1, name, found=name)
    for name in columns:
        if name not in header:
            faults.add("E4.1", 1, name, expected=name)
    faults.finish()
    return _Pick([header.index(name) if name in header else -1 for name in known])


def read_count(text: str, faults: Faults, row: int, column: str) -> int:
    """Return a count written in ASCII digits; what else it is goes to `faults`, and 0 comes back."""
    if text.isdigit() and text.isascii() and len(text) <= MAX_COUNT_DIGITS:
        return int(text)
    number = "".join(text.split())
    if not number:
        faults.add("E4.10", row, column, expected="0, 1, 2 …", hint="write_zero")
    elif number[0] in "-−–" and number[1:].isdigit():
        faults.add("E4.6", row, column, found=text, expected="0, 1, 2 …")
    else:
        plain = _plain_digits(number)
        hint = "digits_only" if plain and len(plain) <= MAX_COUNT_DIGITS else None
        faults.add("E4.5", row, column, found=text, expected="0, 1, 2 …", hint=hint, nearest=plain or "")
    return 0


def _plain_digits(text: str) -> str | None:
    """Return the digits meant by `1,234`, `1.234.567`, `12.0`, `'12` or digits of another script."""
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
    if match := re.fullmatch(r"'?\+?([0-9]+)(?:[.,]0{1,2})?", text):
        return match[1]
    if re.fullmatch(r"[0-9]{1,3}([,.'’][0-9]{3})+", text):
        return re.sub(r"[^0-9]", "", text)
    return None


def is_total(text: str) -> bool:
    """Return whether a cell is the label of a totals row: Итого, Барлығы, Total and the like."""
    return text.strip().strip(":.*").strip().casefold() in _TOTALS


def unknown_name(faults: Faults, row: int, column: str, value: str, known: Collection[str]) -> None:
    """Keep the fault of a name that nothing has, with the nearest one; a totals row is called that."""
    if is_total(value):
        faults.add("E4.8", row, column, found=value, hint="remove_totals")
        return
    padded = next((value.zfill(n) for n in range(2, 9) if value.zfill(n) in known and value), None)
    if padded:
        faults.add("E4.7", row, column, found=value, hint="leading_zeros", nearest=padded)
        return
    # Looking for the nearest of very many names costs more than it helps.
    few = len(known) <= 2000 and len(faults.problems) < 200
    near = difflib.get_close_matches(value, known, 1) if few else []
    hint = "nearest" if near else None
    faults.add("E4.7", row, column, found=value, hint=hint, nearest=near[0] if near else "")

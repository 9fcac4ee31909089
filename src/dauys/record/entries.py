"""Entries of logs: RFC 8785 objects of one form, or ballots in their own bytes (`spec/record.md` §2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import rfc8785

from dauys.crypto.shapes import canonical
from dauys.record.faults import LogError, at
from dauys.record.forms import Log, files_of_entry, misfits_of_entry

BALLOT: Final = b"\x01"
MAX_ENTRY: Final = 65_535
MAX_DEPTH: Final = 8
# A string that does not end goes to the end of the bytes: so each byte is looked at once, whatever they are.
_STRINGS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z|\\\Z)', re.DOTALL)
#: Numbers that may be beyond 2⁵³ − 1, outside strings or in them.
_LONG: Final = re.compile(rb"(?<![0-9a-f])[0-9]{16,}(?![0-9a-f])")
_BRACKETS: Final = re.compile(rb"[{}\[\]]")
#: Commas and opening brackets of one JSON text: a small file of empty lists must not become gigabytes.
MAX_VALUES: Final = 3_000_000
#: The code under which an entry without its form fails.
FORM_CODES: Final[Mapping[Log, str]] = {"election": "L8.3", "device": "L9.8"}


@dataclass(frozen=True, slots=True)
class FileRef:
    """A committed file: its path in the record, SHA-256 in hex, and bytes."""

    path: str
    sha256: str
    size: int

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> FileRef:
        """Return the file that a field of type `file` names; its form was checked with its entry."""
        return cls(value["path"], value["sha256"], value["size"])

    @classmethod
    def for_bytes(cls, path: str, data: bytes) -> FileRef:
        """Return the reference of these bytes under this path."""
        return cls(path, sha256(data).hexdigest(), len(data))

    def as_json(self) -> dict[str, object]:
        """Return the value of a field of type `file`."""
        return {"path": self.path, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its place in the log; `fields` are without `kind`, `data` its bytes."""

    index: int
    kind: str
    fields: Mapping[str, Any]
    data: bytes


def files_of(entry: Entry) -> Iterator[tuple[str, FileRef]]:
    """Yield every committed file that an entry of the election log names, with the field that does."""
    for name, value in files_of_entry(entry.kind, entry.fields):
        yield name, FileRef.of(value)


def is_ballot(data: bytes) -> bool:
    """Return whether the bytes are a ballot's: the first byte tells (`spec/record.md` §2)."""
    return data[:1] == BALLOT


def parse_entry(data: bytes, index: int, log: Log) -> Entry:
    """Return the entry. Raises LogError L8.3, in a device's log L9.8, where it lacks the form of its kind."""
    code, place = FORM_CODES[log], at(f"{log} log, entry {index}")
    if len(data) > MAX_ENTRY:
        raise LogError(code, found=f"{len(data)} bytes", expected=f"at most {MAX_ENTRY}", place=place)
    value = parse_json(data, code, str(place.file))
    misfits = misfits_of_entry(value, log)
    if misfits:
        first = misfits[0]
        raise LogError(
            code, found=first.found, expected=first.expected, place=place, field=first.path, index=index
        )
    kind = value.pop("kind")
    return Entry(index, kind, value, data)


def parse_json(data: bytes, code: str, name: str) -> dict[str, Any]:
    """Return an object in RFC 8785 form. Raises LogError with this code.

    Floats, duplicate keys, NaN and lone surrogates all fail, since none of them is written again as it stood.
    """

    def refuse(found: str, expected: str = "an object in RFC 8785 form") -> LogError:
        return LogError(code, found=found, expected=expected, place=at(name))

    # Both are looked at in the bytes first: a parser that recurses must not meet 60,000 brackets.
    bare = _STRINGS.sub(b"", data)
    if _is_deep(bare):
        raise refuse("deeper nesting", f"at most {MAX_DEPTH} levels")
    if sum(map(bare.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise refuse("more values", f"at most {MAX_VALUES} commas and opening brackets")
    try:
        value = json.loads(data.decode(), parse_float=_no_float, parse_constant=_no_float)
        same = isinstance(value, dict) and is_canonical(value, data)
    except (ValueError, rfc8785.CanonicalizationError):
        same = False
    if not same:
        raise refuse(repr(data[:40]))
    return dict(value)


def is_canonical(value: object, data: bytes) -> bool:
    """Return whether the bytes are the RFC 8785 form of a value without floats.

    Raises ValueError or CanonicalizationError for a value that has none.
    """
    if not data.isascii() or _LONG.search(data):
        return canonical(value) == data
    # Of ASCII with short numbers the standard library writes the same bytes, ten times as fast.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() == data


def encode_entry(log: Log, kind: str, **fields: object) -> bytes:
    """Return the bytes of an entry. Raises ValueError where it lacks its form: that is our own mistake."""
    value = {"kind": kind, **fields}
    misfits = misfits_of_entry(value, log)
    if misfits:
        raise ValueError(f"{kind}: {misfits[0]}")
    data = canonical(value)
    # No form nests deeper than five levels.
    if len(data) > MAX_ENTRY:
        raise ValueError(f"{kind}: {len(data)} bytes")
    return data


def _no_float(text: str) -> object:
    raise ValueError(text)


def _is_deep(bare: bytes) -> bool:
    """Return whether brackets nest too deep in JSON whose strings were taken out; stops where they do."""
    depth = 0
    for bracket in _BRACKETS.finditer(bare):
        depth += 1 if bracket[0] in b"{[" else -1
        if depth > MAX_DEPTH:
            return True
    return False

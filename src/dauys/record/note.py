"""Signed notes: a text, an empty line, signature lines (`spec/log.md` §3). **Source:** c2sp.org/signed-note.

There is one encoding: what parses encodes to the same bytes, and everything else is refused.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from dauys.record.faults import LogError

MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
KEY_ID_BYTES = 4
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who says so, by which key, and the bytes after the key id."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line with its newline."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and at least one signature."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """Return the bytes of the note."""
        return (self.text + "\n" + "".join(s.line() for s in self.signatures)).encode()


def encode_base64(data: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(data).decode()


def parse_base64(text: str, code: str) -> bytes:
    """Return the bytes of standard base64 with padding.

    Raises LogError `code` for any other spelling of them.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise LogError(code, found=text[:100], expected="base64") from error
    if encode_base64(data) != text:
        raise LogError(code, found=text[:100], expected=encode_base64(data)[:100])
    return data


def parse_decimal(text: str, code: str, limit: int) -> int:
    """Return a number from 0 to `limit` that is written in ASCII digits without leading zeros.

    Raises LogError `code`.
    """
    plain = text.isascii() and text.isdigit() and len(text) <= 20
    if not plain or str(int(text)) != text or int(text) > limit:
        raise LogError(code, found=text[:100], expected=f"0…{limit}")
    return int(text)


def is_key_name(name: str) -> bool:
    """Whether a name can stand in a signature line: not empty, no space of any kind, no plus, no control."""
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " or c == "\x7f" for c in name)


def parse_signature_line(line: str) -> NoteSignature:
    """Return the signature of one line, given without its newline. Raises LogError L3.2."""
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise LogError("L3.2", found=line[:100], expected="— NAME BASE64")
    data = parse_base64(encoded, "L3.2")
    if len(data) <= KEY_ID_BYTES:
        raise LogError("L3.2", found=f"{len(data)} bytes", expected=f"more than {KEY_ID_BYTES} bytes")
    return NoteSignature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def parse_note(data: bytes) -> Note:
    """Return the text and the signatures, none of them checked yet.

    Raises LogError L3.1 where the bytes are no note, L3.2 where a signature line is not one.
    """
    if len(data) > MAX_NOTE:
        raise LogError("L3.1", found=f"{len(data)} bytes", expected=f"at most {MAX_NOTE} bytes")
    text = parse_text(data, "L3.1")
    split = text.rfind("\n\n")
    lines = text[split + 2 :]
    if split < 0 or not lines.endswith("\n"):
        raise LogError("L3.1", found=text[-60:], expected="an empty line, then signature lines")
    signatures = tuple(parse_signature_line(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise LogError("L3.1", found=f"{len(signatures)} signatures", expected=f"at most {MAX_SIGNATURES}")
    return Note(text[: split + 1], signatures)


def parse_text(data: bytes, code: str) -> str:
    """Return UTF-8 text without control characters but the newline. Raises LogError `code`."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise LogError(code, found=f"byte {error.start}", expected="UTF-8") from error
    bad = next((i for i, c in enumerate(text) if c < " " and c != "\n"), None)
    if bad is not None:
        raise LogError(code, found=f"U+{ord(text[bad]):04X} at {bad}", expected="no control characters")
    return text

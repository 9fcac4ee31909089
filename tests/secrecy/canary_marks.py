"""What must be found nowhere, in every form in which a program could have written it.

A mark is named bytes. None is shorter than eight bytes: in a hundred megabytes of noise one of them
appears by chance less than once in 10¹¹ runs.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dauys import _core

LEAST = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """Bytes to search for: `kind` says of what (choice, card, key, ...), `name` in which form."""

    kind: str
    name: str
    data: bytes = b""


def marks(kind: str, forms: Iterator[tuple[str, bytes]]) -> list[Mark]:
    """Return the forms that are long enough to mean something, each once."""
    found = {data: name for name, data in forms if len(data) >= LEAST}
    return [Mark(kind, name, data) for data, name in found.items()]


def of_bytes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Raw, the other way round, hexadecimal, base-64 at each of its three alignments."""
    yield "raw", data
    yield "reversed", data[::-1]
    yield "hex", data.hex().encode()
    yield "HEX", data.hex().upper().encode()
    for skip in range(3):
        whole = base64.b64encode(bytes(skip) + data)
        # The first and the last letters depend on the neighbours.
        yield f"base64+{skip}", whole[4 if skip else 0 :][: len(data) * 4 // 3 - 4]


def of_text(text: str) -> Iterator[tuple[str, bytes]]:
    """As a file, a database or a program in memory has text."""
    for coding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "cp1251"):
        data = text.encode(coding, "ignore")
        # Of a text that the coding cannot hold, little is left; it is too short then, or plain ASCII.
        yield coding, data
    yield "base64", base64.b64encode(text.encode())[: len(text.encode()) * 4 // 3 - 4]


def of_choice(places: Sequence[int], options: int, positions: bytes) -> Iterator[tuple[str, bytes]]:
    """A choice of one contest: options by place, by number, as a row, as positions, as bits, as JSON."""
    row = bytes(int(place in places) for place in range(options))
    for what, data in (("row", row), ("positions", positions)):
        yield from ((f"{what} {name}", form) for name, form in of_bytes(data))
        text = "".join(map(str, data))
        yield f"{what} text", text.encode()
        yield f"{what} utf-16", text.encode("utf-16-le")
        for size in ("H", "I"):
            yield f"{what} {size}", struct.pack(f"<{len(data)}{size}", *data)
        for comma in (",", ", "):
            yield f"{what} list {comma!r}", comma.join(map(str, data)).encode()
    for first, what in ((0, "places"), (1, "numbers")):
        own = [place + first for place in places]
        for comma in (",", ", ", " "):
            yield f"{what} list {comma!r}", comma.join(map(str, own)).encode()
        for size in ("B", "H", "I", "Q"):
            yield f"{what} {size}", struct.pack(f"<{len(own)}{size}", *own)
            yield f"{what} {size} big", struct.pack(f">{len(own)}{size}", *own)
    for order, turned in (("most", 1), ("least", -1)):
        text = "".join(map(str, positions))[::turned]
        bits = int(text, 2) << -len(text) % 8
        yield f"bits, {order} significant first", bits.to_bytes((len(text) + 7) // 8, "big")
        yield f"bits, {order} significant first, little", bits.to_bytes((len(text) + 7) // 8, "little")


def of_card(secret: bytes) -> Iterator[tuple[str, bytes]]:
    """The covered secret of a card: as bytes and as the letters that are printed."""
    yield from of_bytes(secret)
    letters = _core.card_letters(secret)
    for name, text in (("letters", letters), ("QR", letters.replace("-", ""))):
        yield from ((f"{name} {coding}", form) for coding, form in of_text(text))
        yield f"{name} small", text.lower().encode()

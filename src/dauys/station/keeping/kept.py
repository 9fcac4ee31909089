"""What a journal keeps, as values and as the rows of the second medium (`spec/station.md` §3, §5)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dauys.station.keeping.records import Row

Kind = Literal["cast", "challenge", "test", "abandoned"]


@dataclass(frozen=True, slots=True)
class Intent:
    """What is under way at a terminal: slips under glass; after *all correct* card, `H(ballot)` and `s₁`."""

    terminal: int
    slips: int
    card: bytes | None = None
    ballot: bytes | None = None
    s1: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a card was used. `body`: the ballot of a cast one, the opening of a challenge, else `s₁`.

    `slips`: how many slips the session had under glass at the end. `batch` is None until a batch holds it.
    """

    card: bytes
    kind: Kind
    ballot: bytes
    style: str
    body: bytes
    slips: int
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something else that is kept, under a random id."""

    id: bytes
    kind: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Owed:
    """A part 2 that the printer has not confirmed yet, with the tree that it names."""

    card: bytes
    size: int
    root: bytes


def ending_row(one: Ending) -> Row:
    """Return an ending as the second medium has it."""
    return {
        "ballot": one.ballot.hex(),
        "body": base64.b64encode(one.body).decode(),
        "id": one.card.hex(),
        "kind": one.kind,
        "slips": one.slips,
        "style": one.style,
    }


def ending_of(row: Row) -> Ending:
    """Return the ending that a row of the second medium is."""
    body = base64.b64decode(row["body"], validate=True)
    return Ending(
        bytes.fromhex(row["id"]), row["kind"], bytes.fromhex(row["ballot"]), row["style"], body, row["slips"]
    )


def note_row(key: bytes, kind: str, body: Mapping[str, object]) -> Row:
    """Return a note as the second medium has it."""
    return {"body": dict(body), "id": key.hex(), "kind": kind}

"""What a desk keeps, as values and as rows of the second medium (`spec/desk.md` §3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from dauys.station.keeping.records import Row

Channel = Literal["paper", "electronic"]
State = Literal["paper", "electronic", "mobile", "away", "certificate"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened at the desk, under a random id. It never changes and has no time."""

    id: bytes
    kind: str
    body: Mapping[str, Any] = field(repr=False)

    def row(self) -> Row:
        """Return the fact as the second medium has it."""
        return {"body": dict(self.body), "id": self.id.hex(), "kind": self.kind}

    def told(self) -> str:
        """Return the body as the database has it."""
        return json.dumps(self.body, sort_keys=True, ensure_ascii=False)


def fact_of(row: Row) -> Fact:
    """Return the fact that a row of the second medium is."""
    return Fact(bytes.fromhex(row["id"]), row["kind"], row["body"])


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is not on the list. `proof`: of residence; `certificate`: number of one they hold."""

    name: str = field(repr=False)
    born: date = field(repr=False)
    address: str = field(repr=False)
    proof: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands by a voter now: by which state, and the fact that says so."""

    voter: str
    state: State
    fact: bytes


@dataclass(frozen=True, slots=True)
class Counts:
    """What the desk counted: voters, but where it says otherwise.

    `registered`: on the list; `additions`: added today, those with a certificate among them; `certificates`:
    of them; `issued`: registered voters who took a certificate and vote elsewhere. `paper`, `electronic`,
    `mobile`: who voted so, undone marks left out. `away`: locked, with a carried device. `readmitted`,
    `tests`: sessions. `undone_paper`: marks undone, whose unmarked ballots were returned;
    `undone_electronic`: whose closed cards were. `spoiled`: ballots replaced, by the place of their contest
    on the ballot, from 1. `cases`, `open_cases`: of entries that something is wrong with.
    """

    registered: int
    additions: int
    certificates: int
    issued: int
    paper: int
    electronic: int
    mobile: int
    away: int
    readmitted: int
    tests: int
    undone_paper: int
    undone_electronic: int
    spoiled: Mapping[int, int]
    cases: int
    open_cases: int

    @property
    def voted(self) -> int:
        """Voters checked in, by whichever channel."""
        return self.paper + self.electronic + self.mobile

    @property
    def admitted(self) -> int:
        """Sessions that booths of this device may begin."""
        return self.electronic + self.readmitted + self.tests

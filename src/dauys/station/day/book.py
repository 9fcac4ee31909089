"""What members count, typed by two people who do not see each other's numbers (`spec/day.md` §7).

It is public and outlives the keys of the day: `protocols/book.json` on both media, each change whole or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dauys.crypto.shapes import canonical
from dauys.station.day.people import LONGEST_NAME, half_hour, line, present, same_person
from dauys.station.faults import StationError, at
from dauys.station.keeping.folders import write_durably

FOLDER: Final = "protocols"
NAME: Final = "book.json"
SCHEMA: Final = "dauys/station/book/1"
#: Counts are whole and not negative, and smaller than this, as in `spec/protocols.md` §4.
LIMIT: Final = 1_000_000_000

Values = Mapping[str, int | None]
"""Numbers by field; None where nothing was typed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person counted."""

    person: str
    values: Values


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two people have different numbers for."""

    field: str
    first: int | None
    second: int | None


def differences(first: Entry, second: Entry) -> tuple[Difference, ...]:
    """Return where two entries differ, in the order of the first; a number against none differs."""
    names = dict.fromkeys((*first.values, *second.values))
    pairs = ((name, first.values.get(name), second.values.get(name)) for name in names)
    return tuple(Difference(*one) for one in pairs if one[1] != one[2])


@dataclass
class Book:
    """All entries of a station, and minutes of what came after the seal. Not frozen: it is kept as it grows.

    `folders`: of the media, one or two.
    """

    folders: tuple[Path, ...]
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    minutes: list[dict[str, Any]] = field(default_factory=list)

    def enter(self, what: str, person: str, values: Values) -> None:
        """Keep what somebody counted; the same person again has counted anew.

        Raises StationError J3.7 without a name, or where two others have entered it already.
        """
        entry = Entry(line(person, LONGEST_NAME, "name"), dict(values))
        if any(number is not None and not 0 <= number < LIMIT for number in values.values()):
            raise StationError("J3.7", found="a number too large", expected=f"0…{LIMIT - 1}", hint="number")
        found = list(self.entries.get(what, []))
        for place, one in enumerate(found):
            if same_person(one.person, entry.person):
                found[place] = entry
                break
        else:
            if len(found) == 2:
                raise StationError("J3.7", found="a third person", expected="one of the two", hint="two")
            found.append(entry)
        self._keep(entries={**self.entries, what: found})

    def again(self, what: str) -> None:
        """Forget both entries: it is counted again, by anybody."""
        self._keep(entries={name: own for name, own in self.entries.items() if name != what})

    def differences(self, what: str) -> tuple[Difference, ...]:
        """Return where both people differ; nothing while there are not two."""
        found = self.entries.get(what, [])
        return differences(*found) if len(found) == 2 else ()

    def agreed(self, what: str) -> dict[str, int] | None:
        """Return the numbers that two people have alike, with all fields filled, else None."""
        found = self.entries.get(what, [])
        if len(found) < 2 or differences(*found) or None in found[0].values.values():
            return None
        return {name: number for name, number in found[0].values.items() if number is not None}

    def require(self, what: str) -> dict[str, int]:
        """Return what is agreed. Raises StationError J3.6 where it is not, with the first difference."""
        agreed = self.agreed(what)
        if agreed is None:
            apart = self.differences(what)
            found = f"{apart[0].first} and {apart[0].second}" if apart else "not two whole entries"
            raise StationError(
                "J3.6", found=found, expected="one number of two people", hint="two_count", what=what
            )
        return agreed

    def minute(self, what: str, now: datetime, names: Iterable[str], **facts: object) -> None:
        """Keep what was done after the seal, when the journal takes nothing any more."""
        there = list(present(names))
        told = {"at": half_hour(now), "facts": facts, "names": there, "what": what}
        self._keep(minutes=[*self.minutes, told])

    def minuted(self, what: str) -> dict[str, Any] | None:
        """Return the last minute of that name."""
        return next((one for one in reversed(self.minutes) if one["what"] == what), None)

    def _keep(
        self, entries: dict[str, list[Entry]] | None = None, minutes: list[dict[str, Any]] | None = None
    ) -> None:
        """Write the whole book to each medium, and then take it as what there is."""
        entries = self.entries if entries is None else entries
        minutes = self.minutes if minutes is None else minutes
        told = {
            "entries": {
                what: [{"person": one.person, "values": dict(one.values)} for one in own]
                for what, own in entries.items()
            },
            "minutes": minutes,
            "schema": SCHEMA,
        }
        write_all(self.folders, NAME, canonical(told))
        self.entries, self.minutes = entries, minutes


def write_all(folders: Iterable[Path], name: str, data: bytes) -> None:
    """Write a file into `protocols/` of each medium. Raises StationError J1.3, naming the medium."""
    for folder in folders:
        path = folder / FOLDER / name
        try:
            path.parent.mkdir(exist_ok=True)
            write_durably(path, data)
        except OSError as error:
            raise StationError("J1.3", found=error.strerror, expected="a medium", place=at(path)) from error


def read_book(folders: tuple[Path, ...]) -> Book:
    """Return the book as the first medium that has one has it; an empty one where none has.

    Raises StationError J1.4 where it cannot be read.
    """
    for folder in folders:
        path = folder / FOLDER / NAME
        if path.exists():
            try:
                told = json.loads(path.read_bytes())
                entries = {
                    what: [Entry(one["person"], one["values"]) for one in own]
                    for what, own in told["entries"].items()
                }
                return Book(folders, entries, told["minutes"])
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise StationError("J1.4", found=str(error), expected="a book", place=at(path)) from error
    return Book(folders)

"""Who comes to a station of a drill, and what they choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dauys.station.drive.booth import Decision

#: Test challenges that observers make at each device.
TESTS = 5


@dataclass(slots=True)
class Person:
    """One session to be. Not frozen: they get on with it. `voter`: number on the list, 0 for an observer.

    `admitted`: the desk has let them in; `card`: letters of the card in their hand, empty for none.
    """

    voter: int
    chosen: tuple[tuple[int, ...], ...]
    decision: Decision = "cast"
    admitted: bool = False
    card: str = ""


def chosen_in(row: bytes, options: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return a row, one byte 0 or 1 an option, as booths take it: of each contest the places chosen."""
    found, at = [], 0
    for count in options:
        found.append(tuple(place for place in range(count) if row[at + place]))
        at += count
    return tuple(found)


def people_of(rows: Sequence[bytes], options: Sequence[int], voters: Iterable[int]) -> list[Person]:
    """Return who comes, in order: a voter for each row, five observers; one voter tests, then votes.

    `voters`: numbers of those who may vote here.
    """
    pairs = zip(voters, rows, strict=False)
    people = [Person(number, chosen_in(row, options)) for number, row in pairs]
    if len(people) < len(rows):
        raise ValueError(f"{len(rows)} ballots of {len(people)} voters")
    doubting = people[len(people) // 3]
    people.insert(len(people) // 3, Person(doubting.voter, doubting.chosen, "test"))
    step = len(people) // (TESTS + 1) + 1
    for number in range(TESTS):
        people.insert(min(len(people), step * (number + 1)), Person(0, doubting.chosen, "observers"))
    return people

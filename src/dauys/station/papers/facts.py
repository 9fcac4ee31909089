"""What papers are made of. No serial, no time and no language can be given for a slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import comb
from typing import Final

from dauys.domain.text import Text

#: Most patterns of one contest that one slip may show; with more, each option gets its own slip.
MOST_PATTERNS: Final = 1000


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest as its slips name it. `options`: how many it has, `limit`: how many a voter may choose.

    `place`: where it is voted, if it is a place. `room`: lines of dots that the longest choice takes, so that
    all its slips have one length; 0 for slips as long as their own choice.
    """

    election: Text
    title: Text
    options: int
    limit: int = 1
    place: Text | None = None
    room: int = 0

    @property
    def patterns(self) -> int:
        """How many different choices there are, the blank one among them."""
        return sum(comb(self.options, chosen) for chosen in range(self.limit + 1))

    @property
    def apart(self) -> bool:
        """Whether each option gets a slip of its own."""
        return self.patterns > MOST_PATTERNS


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """An option that was chosen, with its number on the ballot, from 1."""

    number: int
    name: Text = field(compare=False)


@dataclass(frozen=True, slots=True)
class ReceiptHead:
    """What all receipts of a device begin with. `day`: of voting; `address`: where the record is."""

    election: Text
    day: date
    vote_id: str
    station: str
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The newest signed checkpoint of the device's log: entries and root (32 bytes)."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """A contest with all its options, in the order of the ballot."""

    contest: Contest
    options: tuple[Choice, ...]

    def chosen(self, places: Sequence[int]) -> tuple[Choice, ...]:
        """Return the options at these places, from 0, in the order of the ballot."""
        return tuple(self.options[place] for place in sorted(places))

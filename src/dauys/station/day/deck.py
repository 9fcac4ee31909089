"""The deck of the logic-and-accuracy test: choices of which every option has its own number of votes.

Two options that were swapped anywhere between screen, slip and ballot would have each other's number.
**Source:** spec/day.md §4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Choices = tuple[tuple[int, ...], ...]
"""The options of one ballot by their places, for each contest; nothing is a blank."""


@dataclass(frozen=True, slots=True)
class SlipCount:
    """Slips of one contest counted by option, in the order of the ballot, and those with no choice."""

    options: tuple[int, ...]
    blanks: int


@dataclass(frozen=True, slots=True)
class Deck:
    """Ballots to be voted, and the slips that must lie there afterwards, by contest."""

    ballots: tuple[Choices, ...]
    expected: tuple[SlipCount, ...]


def make_deck(contests: Sequence[tuple[int, int]]) -> Deck:
    """Return the deck for contests of so many options and so many marks a ballot.

    Option *n* of *N*, from 1, has *n* votes; blank ballots are more than any option has.
    """
    size = max(_marked(options, limit) + options + 1 for options, limit in contests)
    columns = [_column(options, limit, size) for options, limit in contests]
    expected = [
        SlipCount(tuple(range(1, options + 1)), size - _marked(options, limit)) for options, limit in contests
    ]
    return Deck(tuple(zip(*columns, strict=True)), tuple(expected))


def _marked(options: int, limit: int) -> int:
    """Return how many ballots carry marks: none carries one option twice or more marks than it may."""
    return max(-(-options * (options + 1) // (2 * limit)), options)


def _column(options: int, limit: int, size: int) -> list[tuple[int, ...]]:
    marks = [option for option in range(options) for _ in range(option + 1)]
    step = _marked(options, limit)
    return [tuple(sorted(marks[at::step])) if at < step else () for at in range(size)]


def count_deck(ballots: Sequence[Choices], contests: Sequence[tuple[int, int]]) -> tuple[SlipCount, ...]:
    """Return the slips of these ballots by option."""
    found = []
    for place, (options, _) in enumerate(contests):
        own = [ballot[place] for ballot in ballots]
        counts = tuple(sum(option in one for one in own) for option in range(options))
        found.append(SlipCount(counts, sum(not one for one in own)))
    return tuple(found)

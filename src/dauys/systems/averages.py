"""A distribution by highest averages among named lists, with its last tie and its step for the minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from dauys.systems.divisors import Divisor, quotient_fraction, spread
from dauys.systems.outcomes import Count, Step
from dauys.systems.ties import Ask


class Shares(NamedTuple):
    """Lists with their votes, all positive, and the seats they share; `ceilings` are by place in `names`."""

    names: Sequence[str]
    votes: Sequence[Count]
    seats: int
    ceilings: Sequence[int] | None = None


def by_average(divisor: Divisor, shares: Shares, ask: Ask) -> dict[str, int]:
    """Return seats by id. Where the last seats have equal quotients, the place of `ask` is asked.

    With ceilings fewer seats may be given than there are.
    """
    result = spread(divisor, whole_numbers(shares.votes), shares.seats, shares.ceilings)
    held = dict(zip(shares.names, result.seats, strict=True))
    if ask.log is None and not result.tied:
        return held
    try:
        if result.tied:
            for name in ask.winners([shares.names[i] for i in result.tied], result.places, held):
                held[name] += 1
    finally:  # an open tie still shows the quotients it is about
        if ask.log is not None:
            ask.log.append(_averages(divisor, shares, held))
    return held


def whole_numbers(counts: Sequence[Count]) -> Sequence[int]:
    """Return the counts over one denominator, as integers in the same proportion."""
    if type(sum(counts)) is int:
        return counts  # type: ignore[return-value]  # a sum with a Fraction in it is a Fraction
    scale = lcm(*(count.denominator for count in counts))
    return [int(count * scale) for count in counts]


def _averages(divisor: Divisor, shares: Shares, held: Mapping[str, int]) -> Step:
    rows: list[dict[str, object]] = []
    lasts: list[Fraction] = []
    nexts: list[Fraction] = []
    for i, (name, count) in enumerate(zip(shares.names, shares.votes, strict=True)):
        seats = held[name]
        last = quotient_fraction(divisor, count, seats - 1) if seats else None
        full = shares.ceilings is not None and seats >= shares.ceilings[i]
        following = None if full else quotient_fraction(divisor, count, seats)
        lasts += [last] if last is not None else []
        nexts += [following] if following is not None else []
        rows.append({"id": name, "votes": count, "seats": seats, "last": last, "next": following})
    facts = {
        "divisor": divisor.value,
        "squares": divisor is Divisor.HUNTINGTON_HILL,
        "last": min(lasts, default=None),
        "next": max(nexts, default=None),
        "lists": rows,
    }
    return Step("averages", facts)

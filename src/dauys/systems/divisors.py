"""Highest averages: the list with the highest quotient of votes by divisor takes the next seat.

The seats are not dealt one by one. A divisor close to the final one is estimated, every list takes what it
buys there, and single seats are moved until no quotient that lost is above one that won. Quotients are
compared through integer keys that are exact: with every divisor at most d, ⌊n·2^k/m⌋ keeps the order of
fractions n/m and tells unequal ones apart as soon as 2^k ≥ d², for two unequal fractions lie at least 1/d²
apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from dauys.systems.quotas import cut


class Divisor(StrEnum):
    """The series of divisors, for the first, second, third seat and so on.

    `DHONDT` 1, 2, 3 · `SAINTE_LAGUE` 1, 3, 5 · `MODIFIED_SAINTE_LAGUE_1_4` 1.4, 3, 5 (`_1_2`: 1.2) · `DANISH`
    1, 4, 7 · `IMPERIALI` 2, 3, 4 · `ADAMS` 0, 1, 2 · `DEAN` n(n+1)/(n+½) for n = 0, 1, 2 · `HUNTINGTON_HILL`
    √(n(n+1)), compared by squares. The first divisor of the last three is 0: every list with votes has a
    first seat before any has a second.
    """

    DHONDT = "dhondt"
    SAINTE_LAGUE = "sainte_lague"
    MODIFIED_SAINTE_LAGUE_1_4 = "modified_sainte_lague_1.4"
    MODIFIED_SAINTE_LAGUE_1_2 = "modified_sainte_lague_1.2"
    DANISH = "danish"
    IMPERIALI = "imperiali"
    ADAMS = "adams"
    DEAN = "dean"
    HUNTINGTON_HILL = "huntington_hill"


@dataclass(frozen=True, slots=True)
class HighestAverages:
    """The method of highest averages with one series of divisors.

    With `ADAMS`, `DEAN` and `HUNTINGTON_HILL` all first quotients are infinite. Where there are fewer seats
    than lists with votes, more votes go first (the order of votes by ever smaller divisors); equal votes are
    a tie.
    **Source:** M. Balinski, H. P. Young, *Fair Representation*, 2nd ed. 2001, appendix A, §§ 1–3.
    """

    divisor: Divisor = Divisor.DHONDT


_LINEAR = {  # step, first divisor of the regular series, scale, first divisor if it is another
    Divisor.DHONDT: (1, 1, 1, 1),
    Divisor.SAINTE_LAGUE: (2, 1, 1, 1),
    Divisor.MODIFIED_SAINTE_LAGUE_1_4: (20, 10, 10, 14),
    Divisor.MODIFIED_SAINTE_LAGUE_1_2: (20, 10, 10, 12),
    Divisor.DANISH: (3, 1, 1, 1),
    Divisor.IMPERIALI: (1, 2, 1, 2),
    Divisor.ADAMS: (1, 0, 1, 0),
    Divisor.DEAN: (2, 1, 2, 0),  # close to n + ½, which is enough for the estimate
    Divisor.HUNTINGTON_HILL: (2, 1, 2, 0),
}
FIRST_SEAT_FREE = frozenset({Divisor.ADAMS, Divisor.DEAN, Divisor.HUNTINGTON_HILL})


def quotient(divisor: Divisor, votes: int, held: int) -> tuple[int, int]:
    """Return numerator and denominator of the quotient with which a list that holds `held` seats asks for the
    next.

    For `HUNTINGTON_HILL` it is the square of the quotient. A denominator 0 stands for the infinite first
    quotient.
    """
    if divisor is Divisor.HUNTINGTON_HILL:
        return votes * votes, held * (held + 1)
    if divisor is Divisor.DEAN:
        return votes * (2 * held + 1), 2 * held * (held + 1)
    step, first, scale, very_first = _LINEAR[divisor]
    return votes * scale, step * held + first if held else very_first


@dataclass(frozen=True, slots=True)
class Spread:
    """Seats by highest averages. `tied` share `places` more, each at most one; both empty where all is
    decided.

    `seats` are certain; `unfilled` could not be given because every list is at its ceiling.
    """

    seats: list[int]
    tied: list[int]
    places: int
    unfilled: int = 0


def spread(
    divisor: Divisor,
    votes: Sequence[int],
    seats: int,
    ceilings: Sequence[int] | None = None,
    floors: Sequence[int] | None = None,
) -> Spread:
    """Return the seats of lists with these positive votes, with the last tie left open.

    Each list has at most its ceiling and at least its floor; the floors together are no more than the seats.
    """
    room = [seats] * len(votes) if ceilings is None else [min(c, seats) for c in ceilings]
    total_room = sum(room)
    if total_room <= seats:
        return Spread(room, [], 0, seats - total_room)
    if divisor in FIRST_SEAT_FREE:
        claimants = [i for i, r in enumerate(room) if r]
        if seats <= len(claimants) and floors is None:
            return _first_seats(votes, claimants, seats)
    held = _estimate(divisor, votes, seats, room)
    if floors is None:
        floors = [0] * len(votes)
    else:
        held = [max(n, floor) for n, floor in zip(held, floors, strict=True)]
    return _correct(divisor, votes, room, floors=floors, held=held, missing=seats - sum(held))


def _first_seats(votes: Sequence[int], claimants: Sequence[int], seats: int) -> Spread:
    sure, tied, places = cut(votes, claimants, seats)
    held = [0] * len(votes)
    for i in sure:
        held[i] = 1
    return Spread(held, tied, places)


def _estimate(divisor: Divisor, votes: Sequence[int], seats: int, room: Sequence[int]) -> list[int]:
    """Return seats near the final ones: what each list buys at a divisor that gives about `seats` in sum."""
    step, first, scale, very_first = _LINEAR[divisor]
    least = 1 if divisor in FIRST_SEAT_FREE else 0
    # Lists buy on average half a step more than (v/D - first)/step; solve that sum for D =
    # numerator/denominator.
    numerator = 2 * scale * sum(votes)
    denominator = max(step * (2 * seats - len(votes)) + 2 * len(votes) * first, step)
    held = []
    for count, most in zip(votes, room, strict=True):
        scaled = count * scale * denominator
        bought = (scaled - first * numerator) // (step * numerator) + 1
        if bought < 1 or scaled < very_first * numerator:
            bought = 0
        held.append(min(max(bought, least), most))
    return held


def _correct(
    divisor: Divisor,
    votes: Sequence[int],
    room: Sequence[int],
    *,
    floors: Sequence[int],
    held: list[int],
    missing: int,
) -> Spread:
    """Move single seats until the sum is right and no quotient that lost is above one that won."""
    lists = range(len(votes))
    shift = 2 * max(quotient(divisor, 1, max(room))[1], quotient(divisor, 1, 0)[1]).bit_length()
    never, always = -1, (quotient(divisor, max(votes), 1)[0] << shift) + 1

    def key(i: int, at: int) -> int:
        if at >= room[i]:
            return never
        above, below = quotient(divisor, votes[i], at)
        return (above << shift) // below if below else always

    upcoming = [key(i, held[i]) for i in lists]
    won = [key(i, held[i] - 1) if held[i] > floors[i] else always + 1 for i in lists]
    while True:
        if missing > 0:
            i = upcoming.index(max(upcoming))
            won[i], held[i], missing = upcoming[i], held[i] + 1, missing - 1
            upcoming[i] = key(i, held[i])
            continue
        lowest = min(won)
        if missing == 0 and max(upcoming) <= lowest:
            return _with_tie(held, won, upcoming, lowest)
        i = won.index(lowest)
        upcoming[i], held[i], missing = won[i], held[i] - 1, missing + 1
        won[i] = key(i, held[i] - 1) if held[i] > floors[i] else always + 1


def _with_tie(held: list[int], won: list[int], upcoming: list[int], lowest: int) -> Spread:
    if max(upcoming) < lowest:
        return Spread(held, [], 0)
    losers = [i for i, k in enumerate(upcoming) if k == lowest]
    winners = [i for i, k in enumerate(won) if k == lowest]
    for i in winners:
        held[i] -= 1
    return Spread(held, sorted(winners + losers), len(winners))


def quotient_fraction(divisor: Divisor, votes: int | Fraction, held: int) -> Fraction | None:
    """Return the quotient (`HUNTINGTON_HILL`: its square) as a Fraction; None for the infinite first one."""
    denominator = Fraction(votes).denominator
    above, below = quotient(divisor, int(votes * denominator), held)
    power = 2 if divisor is Divisor.HUNTINGTON_HILL else 1
    return Fraction(above, below * denominator**power) if below else None

"""Slow and plain reference methods, written from the definitions and sharing no code with the library."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

Seats = tuple[int, ...]


def divisor(name: str, held: int) -> Fraction | None:
    """The divisor for the seat after `held`; for huntington_hill its square. None is zero."""
    value = {
        "dhondt": Fraction(held + 1),
        "sainte_lague": Fraction(2 * held + 1),
        "modified_sainte_lague_1.4": Fraction(7, 5) if not held else Fraction(2 * held + 1),
        "modified_sainte_lague_1.2": Fraction(6, 5) if not held else Fraction(2 * held + 1),
        "danish": Fraction(3 * held + 1),
        "imperiali": Fraction(held + 2, 2),
        "adams": Fraction(held),
        "dean": Fraction(2 * held * (held + 1), 2 * held + 1),
        "huntington_hill": Fraction(held * (held + 1)),
    }[name]
    return value or None


def averages(name: str, votes: list[Fraction], seats: int, caps: list[int] | None = None) -> set[Seats]:
    """Every lawful outcome of dealing seats one by one to the highest quotient, branching at each tie."""
    caps = caps or [seats] * len(votes)
    power = 2 if name == "huntington_hill" else 1
    states = {(0,) * len(votes)}
    for _ in range(seats):
        following = set()
        for held in states:
            keys = {}
            for i, count in enumerate(votes):
                if count and held[i] < caps[i]:
                    by = divisor(name, held[i])
                    keys[i] = (1, count) if by is None else (0, count**power / by)
            best = max(keys.values(), default=None)
            following |= {
                tuple(n + (i == j) for j, n in enumerate(held)) for i, key in keys.items() if key == best
            } or {held}
        states = following
    return states


def quota(name: str, votes: Fraction, seats: int) -> Fraction:
    exact = votes / (seats + 1)
    return {
        "hare": votes / seats,
        "droop": Fraction(exact // 1 + 1),
        "hagenbach_bischoff": exact,
        "hagenbach_bischoff_rounded": Fraction((exact + Fraction(1, 2)) // 1),
        "imperiali": votes / (seats + 2),
    }[name]


def remainders(name: str, votes: list[Fraction], seats: int, by_votes: bool = False) -> set[Seats] | None:
    """Every lawful outcome of whole quotas and leftovers one each; None where whole quotas give too many."""
    buys = quota(name, sum(votes, Fraction(0)), seats)
    if not buys:
        return None
    whole = [int(count // buys) for count in votes]
    left = seats - sum(whole)
    if left < 0:
        return None
    inside = [i for i, count in enumerate(votes) if count]
    laps, left = divmod(left, len(inside))
    whole = [n + (laps if votes[i] else 0) for i, n in enumerate(whole)]
    key = [count if by_votes else count % buys for count in votes]
    outcomes = set()
    for chosen in combinations(inside, left):
        others = [i for i in inside if i not in chosen]
        if not chosen or not others or min(key[i] for i in chosen) >= max(key[i] for i in others):
            outcomes.add(tuple(n + (i in chosen) for i, n in enumerate(whole)))
    return outcomes

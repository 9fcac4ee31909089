"""Invented candidates of every constituency: who stands for which party, the winner first."""

from __future__ import annotations

from dataclasses import dataclass

from dauys.domain.election import Candidate
from dauys.simulate.draws import Draws
from dauys.simulate.fit import keep_within, share_out
from dauys.simulate.people import make_name
from dauys.simulate.plan import CANDIDATES, FIGURES, INDEPENDENT, NOMINEES, SWAPPED, WITHOUT_OTAN, Seat

FEWEST, MOST = 4, 11


@dataclass(frozen=True, slots=True)
class Field:
    """The candidates of one seat. `first` and `second` lead the first round in that order; `winner` wins."""

    seat: Seat
    candidates: tuple[Candidate, ...]
    first: int
    second: int
    winner: int


def make_fields(seats: tuple[Seat, ...], seed: int) -> tuple[Field, ...]:
    """Return the candidates of every seat, `CANDIDATES` in all; ids are those of the seat with a number."""
    draws = Draws(seed, "candidates")
    sizes = _sizes(seats, draws)
    parties = _parties(seats, sizes, draws)
    taken: set[str] = set()
    return tuple(_field(seat, names, draws, taken) for seat, names in zip(seats, parties, strict=True))


def _sizes(seats: tuple[Seat, ...], draws: Draws) -> list[int]:
    fixed = {SWAPPED: 4} | {number: len(f.parties) for number, f in FIGURES.items()}
    low = [fixed.get(seat.number, FEWEST) for seat in seats]
    high = [fixed.get(seat.number, MOST) for seat in seats]
    return keep_within(share_out(CANDIDATES, [draws.between(0.6, 1.4) for _ in seats]), low, high)


def _parties(seats: tuple[Seat, ...], sizes: list[int], draws: Draws) -> list[list[str]]:
    """Return the parties of the candidates of each seat: winner, rival, Otan where it stands, others."""
    made = [_sure(seat) for seat in seats]
    left = {p: n - sum(p in names for names in made) for p, n in NOMINEES.items()}
    for party, count in left.items():
        free = [
            i for i, names in enumerate(made)
            if len(names) < sizes[i] and party not in names and seats[i].number not in FIGURES
        ]  # fmt: skip
        for i in draws.sample(free, min(max(count, 0), len(free))):
            made[i].append(party)
    return [names + [INDEPENDENT] * (size - len(names)) for names, size in zip(made, sizes, strict=True)]


def _sure(seat: Seat) -> list[str]:
    if seat.number in FIGURES:
        return list(FIGURES[seat.number].parties)
    names = [seat.winner]
    if seat.runoff:
        names.append(seat.rival)
    if seat.number not in WITHOUT_OTAN and "otan" not in names:
        names.append("otan")
    return names


def _field(seat: Seat, parties: list[str], draws: Draws, taken: set[str]) -> Field:
    """Return the candidates in the drawn order of the ballot; `parties` begins with winner and rival."""
    drawn = seat.number not in FIGURES
    order = draws.sample(range(len(parties)), len(parties)) if drawn else list(range(len(parties)))
    people = tuple(
        Candidate(f"{seat.id}-{i}", make_name(draws, taken), seat.id, parties[old] or None)
        for i, old in enumerate(order, 1)
    )
    winner, rival = order.index(0), order.index(1)
    if not drawn:
        return Field(seat, people, winner, rival, rival)
    leads = not seat.runoff or draws.unit() < 0.6
    return Field(seat, people, winner if leads else rival, rival if leads else winner, winner)

"""What the synthetic 2004 election is made to show: who wins where, and in which round.

Only totals are known (`targets` of the election file, with their sources); which constituency went to whom
is invented here so that they come out. Ids are those of `examples/majilis-2004`.
"""

from __future__ import annotations

from dataclasses import dataclass

from dauys.domain.election import Election

INDEPENDENT = ""

#: Winners by constituency number; those of `RUNOFF` only in the second round.
WINNERS: dict[str, tuple[int, ...]] = {
    "otan": (
        2, 3, 6, 8, 9, 11, 13, 14, 15, 17, 19, 22, 23, 24, 25, 26, 29, 30, 34, 36, 37, 39, 41, 44, 46, 50, 53,
        55, 56, 58, 59, 60, 62, 63, 65,
    ),
    "aist": (5, 10, 33, 35, 40, 49, 54, 61, 64, 67),
    "asar": (1, 7, 32),
    "democratic": (51,),
    INDEPENDENT: (4, 12, 16, 18, 20, 21, 27, 28, 31, 38, 42, 43, 45, 47, 48, 52, 57, 66),
}  # fmt: skip
RUNOFF = (1, 6, 11, 13, 14, 16, 17, 18, 19, 20, 27, 28, 30, 31, 38, 45, 46, 51, 52, 53, 61, 66)
#: Run-offs without a candidate of Otan: it was in 18 of the 22.
RUNOFF_RIVALS: dict[int, str] = {1: INDEPENDENT, 27: "ak-zhol", 45: INDEPENDENT, 66: "ak-zhol"}
#: Constituencies where Otan had nobody at the end.
WITHOUT_OTAN = frozenset({1, 27, 45, 47, 66})
#: How many candidates each party has, as near as the plan lets; the rest are self-nominated.
NOMINEES: dict[str, int] = {
    "asar": 40, "aist": 26, "ak-zhol": 38, "communists-dck": 22, "knpk": 7, "auyl": 14, "democratic": 9,
    "patriots": 10, "rukhaniyat": 6,
}  # fmt: skip
CANDIDATES = 512

URBAN = frozenset({
    1, 5, 12, 17, 18, 24, 25, 29, 32, 33, 34, 35, 37, 39, 40, 43, 46, 47, 50, 54, 61, 62, 63, 64, 65, 66, 67,
})  # fmt: skip
#: Constituency 57: rows of two candidates were swapped in one district, which gave the wrong winner at first.
SWAPPED = 57
#: Run-offs in which the stations still missing on the evening of 3 October could change the winner:
#: number of stations missing, voters registered there, lead of the final winner at that time.
OPEN_RUNOFFS: dict[int, tuple[int, int, int]] = {16: (3, 4120, 1858), 30: (2, 1065, 212), 53: (3, 2310, 640)}
RUNOFF_STATIONS = 3112
RUNOFF_MISSING = 56
STATIONS_OF: dict[int, int] = {16: 141}
VOTERS_OF: dict[int, int] = {16: 128904}


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one constituency that the drawings of the site show; they are as invented as all others.

    `votes` are of the candidates in order, `second` of the first two at the first count of the run-off.
    """

    cast: int
    invalid: int
    votes: tuple[int, ...]
    second_cast: int
    second_invalid: int
    second: tuple[int, int]
    parties: tuple[str, ...]


FIGURES: dict[int, Figures] = {
    16: Figures(
        68412, 2655, (31905, 18220, 9114, 4310, 2208), 61877, 1203, (29408, 31266),
        ("otan", INDEPENDENT, "asar", "ak-zhol", INDEPENDENT),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seat:
    """What one constituency is made to give. `rival`: the party of the other in a run-off, `""` for none."""

    id: str
    number: int
    winner: str
    runoff: bool
    rival: str
    urban: bool


def make_plan(election: Election) -> tuple[Seat, ...]:
    """Return the seats in the order of the election's constituencies.

    Raises ValueError where they do not add up to the targets: the plan belongs to this election only.
    """
    winner_of = {number: party for party, numbers in WINNERS.items() for number in numbers}
    seats = tuple(
        Seat(
            c.id,
            c.number,
            winner_of[c.number],
            c.number in RUNOFF,
            _rival(c.number, winner_of),
            c.number in URBAN,
        )
        for c in election.constituencies
    )
    for runoff, target in ((False, election.targets.first_round), (True, election.targets.second_round)):
        made: dict[str, int] = {}
        for seat in seats:
            if seat.runoff is runoff:
                party = seat.winner or "independents"
                made[party] = made.get(party, 0) + 1
        if made != dict(target):
            raise ValueError(f"the plan gives {made}, the targets are {dict(target)}")
    return seats


def _rival(number: int, winner_of: dict[int, str]) -> str:
    if number in RUNOFF_RIVALS:
        return RUNOFF_RIVALS[number]
    if winner_of[number] != "otan":
        return "otan"
    return ("ak-zhol", "asar", INDEPENDENT, "aist", INDEPENDENT)[number % 5]

"""Double proportion: seats to lists over all districts first, then to lists in districts so that both sums
hold.

The lower step follows Gaffke and Pukelsheim: every district starts with its own distribution, then seats move
along ties from lists with too many to lists with too few; where no tie leads on, divisors change by the least
factor that makes a new one. All numbers are fractions, and every move brings the sums nearer, so that it
ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from dauys.errors import DecisionError
from dauys.systems.averages import Shares, by_average
from dauys.systems.divisors import FIRST_SEAT_FREE, Divisor
from dauys.systems.matrix import Sums, Table
from dauys.systems.outcomes import Allocated, Count, Decision, NeedsDecision, NoDistribution, Step, Tiers
from dauys.systems.ties import LOT, Ask, Desk, Nothing, Open, TieRule, check_decisions, settle, trace

Key = tuple[str, str]
"""A district (empty for the whole) and a list."""

IMPOSSIBLE = "E7.6"
"""Code of DecisionError: the sums of lists and districts leave no outcome with this decision; those they
leave.
"""

MOST_WAYS = 20


@dataclass(frozen=True, slots=True)
class DoubleProportion:
    """Votes by district and list, and everything that decides their seats.

    `weight_votes`: voters have as many votes as their district has seats, so that a list's strength is the
    sum of its votes divided by the district's seats; else the sum of its votes. `round_strength`: the
    strength is rounded to a whole number, halves up, before seats are given by it. A list takes part if it
    has at least `quorum_any_district` of the votes of one district or `quorum_total` of all votes; None asks
    for nothing, and one alone is asked alone. `lists` gives the order of lists where it is not that of the
    votes.
    **Source:** F. Pukelsheim, *Proportional Representation*, 2nd ed. 2017, ch. 14–15; Uri, Landratsverordnung
    2020; Zürich, Gesetz über die politischen Rechte, §§ 101–105.
    """

    votes: Mapping[str, Mapping[str, Count]]
    district_seats: Mapping[str, int]
    divisor: Divisor = Divisor.SAINTE_LAGUE
    weight_votes: bool = True
    round_strength: bool = True
    quorum_any_district: Fraction | None = None
    quorum_total: Fraction | None = None
    lists: Sequence[str] = ()

    def __post_init__(self) -> None:
        if set(self.votes) != set(self.district_seats):
            raise ValueError("votes and seats must name the same districts")
        if any(n < 0 for n in self.district_seats.values()):
            raise ValueError("numbers of seats cannot be negative")
        if any(count < 0 for row in self.votes.values() for count in row.values()):
            raise ValueError("a count cannot be negative")
        if self.divisor in FIRST_SEAT_FREE:
            raise ValueError("double proportion is not defined here with a first divisor of 0")

    @property
    def names(self) -> tuple[str, ...]:
        """Every list, in order."""
        return tuple(dict.fromkeys([*self.lists, *(name for row in self.votes.values() for name in row)]))

    def admitted(self) -> tuple[str, ...]:
        """Return the lists that have votes and reach a quorum."""
        sums = {name: sum(row.get(name, 0) for row in self.votes.values()) for name in self.names}
        total = sum(sums.values())
        return tuple(name for name, votes in sums.items() if votes and self._reaches(name, votes, total))

    def _reaches(self, name: str, votes: Count, total: Count) -> bool:
        anywhere, overall = self.quorum_any_district, self.quorum_total
        if anywhere is None and overall is None:
            return True
        if overall is not None and votes >= overall * total:
            return True
        if anywhere is None:
            return False
        return any(
            row.get(name, 0) and row[name] >= anywhere * sum(row.values()) for row in self.votes.values()
        )

    def strength(self, name: str) -> Fraction:
        """Return the strength of a list over all districts, in voters where votes are weighted."""
        total = Fraction(0)
        for district, row in self.votes.items():
            seats = self.district_seats[district] if self.weight_votes else 1
            if seats:
                total += Fraction(row.get(name, 0)) / seats
        return Fraction((total + Fraction(1, 2)).__floor__()) if self.round_strength else total

    def run(self, desk: Desk) -> dict[Key, int]:
        """Return seats by district and list, and by list in all. Raises Nothing, Open, DecisionError."""
        if not any(count for row in self.votes.values() for count in row.values()):
            raise Nothing("no_votes")
        lists = self.admitted()
        if not lists:
            raise Nothing("nobody_passes")
        strengths = {name: self.strength(name) for name in lists}
        strong = [name for name in lists if strengths[name]]
        if desk.log is not None:
            desk.log.append(
                Step("strengths", {"lists": dict(strengths), "seats": sum(self.district_seats.values())})
            )
        ask = Ask(desk.counting(strengths), "upper", last=False)
        shares = Shares(strong, [strengths[name] for name in strong], sum(self.district_seats.values()))
        upper = by_average(self.divisor, shares, ask)
        seats: dict[Key, int] = {(row, name): 0 for row in self.votes for name in self.names}
        seats.update(Lower(self, [name for name in strong if upper[name]], upper).run(desk))
        seats.update({("", name): upper.get(name, 0) for name in self.names})
        return seats


class Lower:
    """The step from lists to districts: `upper` seats of these lists, and the district by district decision
    of ties.
    """

    def __init__(self, contest: DoubleProportion, lists: Sequence[str], upper: Mapping[str, int]) -> None:
        self.rows = [name for name, seats in contest.district_seats.items() if seats]
        self.lists, self.upper, self.contest = lists, upper, contest
        votes = [[contest.votes[row].get(name, 0) for name in lists] for row in self.rows]
        sums = Sums(
            votes, [contest.district_seats[row] for row in self.rows], [upper[name] for name in lists]
        )
        self.table = Table(contest.divisor, sums)

    def run(self, desk: Desk) -> dict[Key, int]:
        """Return seats by district and list. Raises Nothing, Open, DecisionError."""
        if not self.table.solve():
            raise Nothing("sums_impossible")
        if desk.log is not None:
            by_row, by_list = (map(Fraction, by) for by in self.table.divisors())
            facts = {
                "districts": dict(zip(self.rows, by_row, strict=True)),
                "lists": dict(zip(self.lists, by_list, strict=True)),
            }
            desk.log.append(Step("divisors", facts))
        for i in range(len(self.rows)):
            self._decide(i, desk)
        return self._certain()

    def _certain(self) -> dict[Key, int]:
        """Return what every solution gives that agrees with the districts decided so far."""
        found = {}
        for i, row in enumerate(self.rows):
            losing, _ = self.table.free(i)
            for j, name in enumerate(self.lists):
                found[row, name] = self.table.seats[i][j] - (j in losing)
        return found

    def _decide(self, i: int, desk: Desk) -> None:
        """Settle one district's ties: the seats that solutions give to different lists, if there are any."""
        losing, winning = self.table.free(i)
        if not losing:
            return
        row = self.rows[i]
        tied = [self.lists[j] for j in sorted(losing + winning)]
        place = f"lower/district:{row}"
        votes = {name: self.contest.votes[row][name] for name in tied}
        try:
            won = Ask(desk.counting(votes), place).winners(tied, len(losing), {})
        except Open as question:
            given: dict[Key, int] = {("", name): seats for name, seats in self.upper.items()}
            raise Open(question.tie, given | self._certain(), last=True) from None
        if not self.table.fix(i, [self.lists.index(name) for name in won]):
            raise DecisionError(IMPOSSIBLE, place, ", ".join(sorted(won)), self._possible(i))

    def _possible(self, i: int) -> str:
        """Return who can win the district's free seats together, the ways parted by bars, twenty at most."""
        losing, winning = self.table.free(i)
        ways: list[str] = []
        for columns in combinations(sorted(losing + winning), len(losing)):
            if len(ways) < MOST_WAYS and deepcopy(self.table).fix(i, columns):
                ways.append(", ".join(self.lists[j] for j in columns))
        return " | ".join(ways)


def allocate_biproportional(
    contest: DoubleProportion, ties: TieRule = LOT, decisions: Sequence[Decision] = ()
) -> Tiers:
    """Return the seats of lists in all and by district, by double proportion.

    Seats go to lists by strength over all districts (`upper`). In districts the seats are the votes divided
    by a divisor of the district and one of the list, rounded, so that both sums hold; this is unique up to
    ties. Ties are asked at `upper` and at `lower/district:NAME`, district by district; what a decided tie
    leaves open in later districts is asked there. `NoDistribution("sums_impossible")`: no seats fulfil both
    sums, because lists have votes in too few districts.
    """
    check_decisions(decisions)
    names = contest.names
    desk = Desk(ties, decisions, dict.fromkeys(names, 0))
    try:
        found, pending = settle(contest.run, desk)
    except Nothing as nothing:
        desk.check_all_used()
        return Tiers(NoDistribution(nothing.reason, trace(contest.run, desk, ())), {}, 0)
    desk.check_all_used()
    steps = trace(contest.run, desk, pending)
    total = {name: found.get(("", name), 0) for name in names}
    districts = {row: {name: found.get((row, name), 0) for name in names} for row in contest.votes}
    house = sum(contest.district_seats.values())
    return Tiers(
        NeedsDecision(pending, total, steps) if pending else Allocated(total, steps), districts, house
    )

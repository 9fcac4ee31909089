"""A house levelled over lands: seats to lands, guaranteed seats per list, and a house that grows until it
covers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import lt

from dauys.systems.averages import Shares, by_average, whole_numbers
from dauys.systems.divisors import Divisor, spread
from dauys.systems.houses import smallest_house
from dauys.systems.outcomes import Allocated, Decision, NeedsDecision, NoDistribution, Step, Tally, Tiers
from dauys.systems.thresholds import Threshold, admit
from dauys.systems.ties import LOT, Ask, Desk, Nothing, TieRule, check_decisions, settle, trace

Key = tuple[str, str]
"""A land (empty for the whole) and a list."""


@dataclass(frozen=True, slots=True)
class Land:
    """A part of the country with its own lists. `direct`: constituency seats by list; `outside`: those of no
    list.
    """

    name: str
    population: int
    votes: Mapping[str, int]
    direct: Mapping[str, int] = field(default_factory=dict)
    outside: int = 0


@dataclass(frozen=True, slots=True)
class LevelledHouse:
    """Everything that decides a levelled house. `tally` has the national votes and the bases of the
    threshold.

    The threshold's waiver counts the `direct` seats of all lands.
    """

    tally: Tally
    lands: Sequence[Land]
    house_start: int
    threshold: Threshold | None = None
    divisor: Divisor = Divisor.SAINTE_LAGUE
    at: str = "list"

    def __post_init__(self) -> None:
        names = [land.name for land in self.lands]
        if len(set(names)) != len(names):
            raise ValueError("two lands have the same name")
        for land in self.lands:
            strangers = [name for name in (*land.votes, *land.direct) if name not in self.tally.votes]
            if strangers:
                raise ValueError(f"{land.name} has lists that the country has not: {', '.join(strangers)}")

    def run(self, desk: Desk) -> dict[Key, int]:
        """Return seats by land and list, and by list for the whole. Raises Nothing, Open, DecisionError."""
        if not any(self.tally.votes.values()):
            raise Nothing("no_votes")
        ask = Ask(desk, self.at, last=False)
        admitted = admit(self.tally, self.house_start, self.threshold, ask).lists
        if not admitted:
            raise Nothing("nobody_passes")
        guaranteed = self._guaranteed(admitted, desk)
        outside = sum(land.outside + self._kept(land, admitted) for land in self.lands)
        claims = self._grow(admitted, guaranteed, self.house_start - outside, ask)
        found: dict[Key, int] = {(land.name, name): 0 for land in self.lands for name in self.tally.votes}
        for land in self.lands:
            found.update({(land.name, n): s for n, s in land.direct.items() if n not in admitted})
        for name in admitted:
            found.update(self._to_lands(name, claims[name], desk))
        for name in self.tally.votes:
            found["", name] = sum(found[land.name, name] for land in self.lands)
        return found

    def _kept(self, land: Land, admitted: Sequence[str]) -> int:
        return sum(n for name, n in land.direct.items() if name not in admitted)

    def _guaranteed(self, admitted: Sequence[str], desk: Desk) -> dict[str, int]:
        """Return for each list the sum over lands of the larger of its share there and its constituency
        seats.
        """
        names = [land.name for land in self.lands if land.population]
        people = [land.population for land in self.lands if land.population]
        lands = Ask(desk.counting(dict(zip(names, people, strict=True))), "lands", last=False)
        seats = by_average(self.divisor, Shares(names, people, self.house_start), lands)
        total = dict.fromkeys(admitted, 0)
        for land in self.lands:
            free = max(seats.get(land.name, 0) - land.outside - self._kept(land, admitted), 0)
            lists = [name for name in admitted if land.votes.get(name, 0)]
            votes = {name: land.votes[name] for name in lists}
            here = Ask(desk.counting(votes), f"land:{land.name}", last=False)
            contest = Shares(lists, list(votes.values()), free)
            shares = by_average(self.divisor, contest, here) if lists else {}
            for name in admitted:
                total[name] += max(shares.get(name, 0), land.direct.get(name, 0))
        if desk.log is not None:
            desk.log.append(Step("guaranteed", {"seats": dict(total), "lands": seats}))
        return total

    def _grow(self, lists: Sequence[str], least: Mapping[str, int], start: int, ask: Ask) -> dict[str, int]:
        votes = [self.tally.votes[name] for name in lists]
        numbers = whole_numbers(votes)
        needed = [least[name] for name in lists]

        def covers(house: int) -> bool:
            return not any(map(lt, spread(self.divisor, numbers, house).seats, needed))

        house = smallest_house(covers, max(start, sum(needed)))
        if ask.log is not None:
            ask.log.append(Step("levelling", {"from": start, "to": house}))
        return by_average(self.divisor, Shares(lists, votes, house), ask)

    def _to_lands(self, name: str, seats: int, desk: Desk) -> Iterator[tuple[Key, int]]:
        """Yield the seats of a list in its lands: by votes there, and never fewer than it won in
        constituencies.
        """
        lands = [land for land in self.lands if land.votes.get(name, 0)]
        votes = [land.votes[name] for land in lands]
        names = [land.name for land in lands]
        for land in self.lands:
            if land not in lands and land.direct.get(name, 0):  # won without any vote for the list there
                seats -= land.direct[name]
                yield (land.name, name), land.direct[name]
        result = spread(self.divisor, votes, seats, None, [land.direct.get(name, 0) for land in lands])
        held = dict(zip(names, result.seats, strict=True))
        if result.tied:
            ask = Ask(desk.counting(dict(zip(names, votes, strict=True))), f"lands_of:{name}", last=False)
            for land_name in ask.winners([names[i] for i in result.tied], result.places, held):
                held[land_name] += 1
        if desk.log is not None:
            desk.log.append(Step("lands_of", {"id": name, "seats": dict(held)}))
        for land_name, number in held.items():
            yield (land_name, name), number


def allocate_levelled(house: LevelledHouse, ties: TieRule = LOT, decisions: Sequence[Decision] = ()) -> Tiers:
    """Return the seats of a house that is levelled over lands, in all and by land.

    Seats of the house at its start go to lands by population, in each land to the admitted lists by votes. A
    list is guaranteed the larger of that share and its constituency seats, summed over the lands. The house
    grows until the national distribution gives every list what it is guaranteed; then each list's seats go to
    its lands by votes, at least the constituency seats in each. Constituency seats of no list, and of lists
    that are not admitted, are taken off before. A house in which only a lot would cover a guarantee is not
    large enough.

    Ties are asked at `lands`, `land:NAME`, the house's `at`, and `lands_of:LIST`.
    **Source:** Germany, Federal Elections Act in the form of 3 May 2013, § 6 (2)–(6).
    """
    check_decisions(decisions)
    desk = Desk(ties, decisions, house.tally.votes)
    try:
        found, pending = settle(house.run, desk)
    except Nothing as nothing:
        desk.check_all_used()
        return Tiers(NoDistribution(nothing.reason, trace(house.run, desk, ())), {}, 0)
    desk.check_all_used()
    steps = trace(house.run, desk, pending)
    total = {name: found.get(("", name), 0) for name in house.tally.votes}
    lands = {land.name: {n: found.get((land.name, n), 0) for n in total} for land in house.lands}
    outcome = NeedsDecision(pending, total, steps) if pending else Allocated(total, steps)
    return Tiers(outcome, lands, sum(total.values()))

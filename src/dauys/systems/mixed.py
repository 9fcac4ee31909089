"""Houses of two tiers on one level: parallel, and proportional with constituency seats counted in (MMP)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dauys.systems.apportion import Method, Outcome
from dauys.systems.averages import Shares, by_average
from dauys.systems.divisors import HighestAverages
from dauys.systems.houses import smallest_house
from dauys.systems.outcomes import Allocated, Decision, NeedsDecision, NoDistribution, Step, Tally
from dauys.systems.remainders import Group, by_remainder
from dauys.systems.thresholds import Threshold, admit
from dauys.systems.ties import LOT, Ask, Desk, Nothing, TieRule, check_decisions, settle, trace


class Overhang(StrEnum):
    """What happens to a list that won more constituency seats than its proportional claim.

    `ALLOW`: it keeps them and the house grows by the difference. `LEVEL`: the house grows until every claim
    is at least the constituency seats. `KEEP_AND_RECOMPUTE`: it keeps them and leaves; the others share the
    rest of the same house anew, until nobody is above the claim. `DROP`: it has its claim only, and some of
    its constituencies stay without a winner.
    **Source:** in this order: New Zealand, Electoral Act 1993, ss. 191–192; Germany, Federal Elections Act in
    the form of 2013, § 6 (5); M. Gallagher, P. Mitchell (eds), *The Politics of Electoral Systems*, 2005, on
    compensatory tiers without extra seats; Germany, Federal Elections Act in the form of 2023, § 6 (1), (4).
    """

    ALLOW = "allow"
    LEVEL = "level"
    KEEP_AND_RECOMPUTE = "keep_and_recompute"
    DROP = "drop"


def parallel(listed: Outcome, direct: Mapping[str, int]) -> Outcome:
    """Return the outcome of the list tier with the constituency seats added to it: neither tier knows of the
    other.

    `direct` may name lists that stood in constituencies only. Without a list distribution it stays without.
    """
    if isinstance(listed, NoDistribution):
        return listed
    ids = dict.fromkeys([*listed.seats, *direct])
    seats = {name: listed.seats.get(name, 0) + direct.get(name, 0) for name in ids}
    if isinstance(listed, NeedsDecision):
        return NeedsDecision(listed.ties, seats, listed.steps)
    return Allocated(seats, listed.steps, listed.unfilled)


@dataclass(frozen=True, slots=True)
class Compensation:
    """A proportional house of `seats` in which constituency seats count: `direct` by list, `outside` won by
    no list.

    `outside` seats (independents), and those of lists that are not admitted or have no votes, are taken off
    the house before it is shared out; such lists keep their seats, except with `DROP`, where only `outside`
    is taken off.
    """

    tally: Tally
    seats: int
    direct: Mapping[str, int]
    method: Method
    overhang: Overhang = Overhang.ALLOW
    threshold: Threshold | None = None
    outside: int = 0
    at: str = "list"

    def __post_init__(self) -> None:
        strangers = [name for name in self.direct if name not in self.tally.votes]
        if strangers:
            raise ValueError(f"constituency seats of unknown lists: {', '.join(strangers)}")
        if self.seats < 0 or self.outside < 0 or any(n < 0 for n in self.direct.values()):
            raise ValueError("numbers of seats cannot be negative")

    def run(self, desk: Desk) -> dict[str, int]:
        """Return seats by id, asking where something is equal. Raises Nothing, Open, DecisionError."""
        if not any(self.tally.votes.values()):
            raise Nothing("no_votes")
        ask = Ask(desk, self.at, last=False)
        admitted = admit(self.tally, self.seats, self.threshold, ask).lists
        if not admitted:
            raise Nothing("nobody_passes")
        kept = {name: n for name, n in self.direct.items() if n and name not in admitted}
        if self.overhang is Overhang.DROP:
            kept = {}
        pool = max(self.seats - self.outside - sum(kept.values()), 0)
        if ask.log is not None:
            ask.log.append(
                Step("pool", {"seats": pool, "house": self.seats, "outside": self.outside, "kept": kept})
            )
        claims = self._with_direct(admitted, pool, ask)
        found = {name: kept.get(name, 0) + claims.get(name, 0) for name in self.tally.votes}
        if ask.log is not None:
            ask.log.append(Step("result", {"seats": found, "house": sum(found.values()) + self.outside}))
        return found

    def _with_direct(self, lists: Sequence[str], pool: int, ask: Ask) -> dict[str, int]:
        if self.overhang is Overhang.LEVEL:
            return self._level(lists, pool, ask)
        if self.overhang is Overhang.KEEP_AND_RECOMPUTE:
            return self._keep_and_recompute(lists, pool, ask)
        claims = self._claims(lists, pool, ask)
        over = {
            name: self.direct.get(name, 0) - n for name, n in claims.items() if self.direct.get(name, 0) > n
        }
        if ask.log is not None:
            ask.log.append(Step("overhang", {"rule": self.overhang.value, "over": over}))
        if self.overhang is Overhang.DROP:
            return claims
        return {name: n + over.get(name, 0) for name, n in claims.items()}

    def _claims(self, lists: Sequence[str], seats: int, ask: Ask) -> dict[str, int]:
        votes = [self.tally.votes[name] for name in lists]
        if not seats:
            return dict.fromkeys(lists, 0)
        if isinstance(self.method, HighestAverages):
            return by_average(self.method.divisor, Shares(lists, votes, seats), ask)
        return by_remainder(Group(self.method, tuple(lists), tuple(votes), seats), ask)

    def _level(self, lists: Sequence[str], pool: int, ask: Ask) -> dict[str, int]:
        """Return claims in the smallest house, from this one on, where each is at least the constituency
        seats.

        With a method that is not monotone in the house the first such house is taken. Houses on the way are
        tried without a lot: one in which a lot would have to cover a list's seats is not large enough.
        """
        start = pool
        if isinstance(self.method, HighestAverages):
            pool = smallest_house(lambda house: self._covered(lists, house), start)
        else:
            while not self._covered(lists, pool):
                pool += 1
        if ask.log is not None:
            ask.log.append(Step("levelling", {"from": start, "to": pool}))
        return self._claims(lists, pool, ask)

    def _covered(self, lists: Sequence[str], seats: int) -> bool:
        claims, _ = settle(lambda desk: self._claims(lists, seats, Ask(desk, self.at)), Desk())
        return all(claims.get(name, 0) >= self.direct.get(name, 0) for name in lists)

    def _keep_and_recompute(self, lists: Sequence[str], pool: int, ask: Ask) -> dict[str, int]:
        kept: dict[str, int] = {}
        number, here = 1, ask
        while True:
            claims = self._claims(lists, pool, here)
            over = {name: self.direct[name] for name, n in claims.items() if self.direct.get(name, 0) > n}
            if ask.log is not None:
                ask.log.append(Step("overhang", {"rule": self.overhang.value, "over": over}))
            kept |= over
            if not over:
                return {**kept, **claims}
            lists = [name for name in lists if name not in over]
            pool = max(pool - sum(over.values()), 0)
            number += 1
            here = ask.below(f"round:{number}", last=False)
            if not lists:
                return kept


def allocate_mixed(
    contest: Compensation, ties: TieRule = LOT, decisions: Sequence[Decision] = ()
) -> Allocated | NeedsDecision | NoDistribution:
    """Return the seats of all lists in both tiers, overhang and levelling seats among them.

    Ties are asked at the contest's `at`, and below it at round:2 and on where claims are computed anew.
    Raises InputError (E7.5) where the base of the threshold is not known; DecisionError where a decision does
    not fit.
    """
    check_decisions(decisions)
    desk = Desk(ties, decisions, contest.tally.votes)
    try:
        found, pending = settle(contest.run, desk)
    except Nothing as nothing:
        desk.check_all_used()
        return NoDistribution(nothing.reason, trace(contest.run, desk, ()))
    desk.check_all_used()
    steps = trace(contest.run, desk, pending)
    if pending:
        return NeedsDecision(pending, {name: found.get(name, 0) for name in contest.tally.votes}, steps)
    return Allocated(found, steps)

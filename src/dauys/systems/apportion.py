"""`allocate`: the seats of lists by law — threshold, method, ceilings, apparentments, ties — in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from dauys.systems.averages import Shares, by_average
from dauys.systems.divisors import HighestAverages
from dauys.systems.outcomes import (
    Allocated,
    Base,
    Count,
    Decision,
    NeedsDecision,
    NoDistribution,
    Step,
    Tally,
)
from dauys.systems.quotas import LargestRemainder
from dauys.systems.remainders import Group, by_remainder
from dauys.systems.thresholds import AdmitRunnerUp, Admitted, Threshold, admit, base_count
from dauys.systems.ties import LOT, Ask, Desk, Nothing, TieRule, check_decisions, settle, trace

Method = LargestRemainder | HighestAverages
Outcome = Allocated | NeedsDecision | NoDistribution
Caps = Mapping[str, int] | int | None


class LazyAllocated(Allocated):
    """An `Allocated` whose `steps` are computed when they are first read. It equals a plain one with the same
    facts.
    """

    __slots__ = ("_make", "_steps")
    _make: Callable[[], tuple[Step, ...]] | None
    _steps: tuple[Step, ...]

    @classmethod
    def of(
        cls, seats: Mapping[str, int], unfilled: int, make: Callable[[], tuple[Step, ...]]
    ) -> LazyAllocated:
        """Return an outcome that calls `make` once, when its steps are wanted."""
        made = object.__new__(cls)
        put = object.__setattr__
        put(made, "seats", seats)
        put(made, "unfilled", unfilled)
        put(made, "_make", make)
        return made

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the calculation, in order."""
        if self._make is not None:
            object.__setattr__(self, "_steps", self._make())
            object.__setattr__(self, "_make", None)
        return self._steps

    def plain(self) -> Allocated:
        """Return the same outcome with its steps in place."""
        return Allocated(self.seats, self.steps, self.unfilled)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Allocated):
            return NotImplemented
        return (self.seats, self.unfilled, self.steps) == (other.seats, other.unfilled, other.steps)

    __hash__ = None  # type: ignore[assignment]  # seats are a dict, as in Allocated

    def __reduce__(self) -> tuple[type[Allocated], tuple[Mapping[str, int], tuple[Step, ...], int]]:
        return Allocated, (self.seats, self.steps, self.unfilled)


def allocate(
    tally: Tally,
    seats: int,
    method: Method,
    threshold: Threshold | None = None,
    *,
    caps: Caps = None,
    apparentments: Sequence[Sequence[str]] = (),
    ties: TieRule = LOT,
    decisions: Sequence[Decision] = (),
    at: str = "list",
    trace_now: bool = False,
) -> Outcome:
    """Return who gets how many of `seats`: `Allocated`, or what keeps the seats from being given.

    `caps`: the most seats a list can take, one number for all or by id (lists without one have none): seats
    above it go to the others by the same method, and stay `unfilled` where nobody may take them.
    `apparentments`: groups of lists that count as one in the first distribution and share its seats by the
    same method; a group lapses if one of them is not admitted. `ties` is the rule of law for equals,
    `decisions` the recorded lots; both are asked only where a tie changes seats. `at` names this distribution
    in ties (see `dauys.systems.ties`).

    Every list of the tally is in `seats`, zeros too, in input order. Lists without votes get no seat. Without
    any votes the outcome is `NoDistribution("no_votes")`, without an admitted list `("nobody_passes")`, and
    where whole quotas give more seats than there are and the law has no remedy `("over_allocation")`; a
    rounded quota of 0, with fewer votes than seats, is `("zero_quota")`. `steps` are computed when they are
    read, or at once with `trace_now`.

    Raises ValueError for a negative number of seats, unknown ids or a rule that does not fit the method;
    InputError (E7.5) where the base of the threshold is not known; DecisionError where a decision does not
    fit (E7.1–E7.4).
    """
    if seats < 0:
        raise ValueError(f"the number of seats cannot be negative: {seats}")
    contest = Contest(tally, seats, method, threshold, caps, apparentments, at)
    contest.check()
    desk = Desk(ties, decisions, tally.votes)
    if decisions:
        check_decisions(decisions)
    try:
        found, pending = settle(contest.run, desk)
    except Nothing as nothing:
        desk.check_all_used()
        return NoDistribution(nothing.reason, trace(contest.run, desk, ()))
    if decisions:
        desk.check_all_used()
    if pending:
        certain = {name: found.get(name, 0) for name in tally.votes}
        return NeedsDecision(pending, certain, trace(contest.run, desk, pending))
    unfilled = seats - sum(found.values())
    outcome = LazyAllocated.of(found, unfilled, lambda: trace(contest.run, desk, ()))
    return outcome.plain() if trace_now else outcome


def _refuse_strangers(names: Iterable[str], known: Mapping[str, Count]) -> None:
    strangers = [name for name in names if name not in known]
    if strangers:
        raise ValueError(f"unknown lists in the rules: {', '.join(strangers)}")


class Contest(NamedTuple):
    """One distribution with everything that decides it except the answers to ties."""

    tally: Tally
    seats: int
    method: Method
    threshold: Threshold | None
    caps: Caps
    apparentments: Sequence[Sequence[str]]
    at: str

    def check(self) -> None:
        """Pass if every id is known and the rules fit one another; raise ValueError otherwise."""
        known = self.tally.votes
        if self.apparentments:
            named = [name for group in self.apparentments for name in group]
            if len(set(named)) != len(named):
                raise ValueError("a list stands in two apparentments, or twice in one")
            if any("+".join(group) in known for group in self.apparentments if len(group) > 1):
                raise ValueError("a list is named like an apparentment of others")
            _refuse_strangers(named, known)
        if self.caps and not isinstance(self.caps, int):
            _refuse_strangers(self.caps, known)
        if self.threshold is not None:
            rule = self.threshold
            if rule.per_list or rule.exempt or rule.direct_seats or rule.never:
                _refuse_strangers((*rule.per_list, *rule.exempt, *rule.direct_seats, *rule.never), known)
            if rule.fallback is not None and isinstance(rule.fallback, AdmitRunnerUp):
                self._check_index()

    def _check_index(self) -> None:
        if isinstance(self.method, HighestAverages):
            raise ValueError("the index of a runner-up is a rule about quotas: it needs LargestRemainder")  # noqa: TRY004 - a rule, not a type
        if self.apparentments:
            raise ValueError("the index of a runner-up has no meaning for apparentments")

    def run(self, desk: Desk) -> dict[str, int]:
        """Return seats by id, asking where something is equal. Raises Nothing, Open, DecisionError."""
        tally, ask = self.tally, Ask(desk, self.at)
        admitted = admit(tally, self.seats, self.threshold, ask)
        if not admitted.lists:
            raise Nothing("nobody_passes" if any(tally.votes.values()) else "no_votes")
        found = dict.fromkeys(tally.votes, 0)
        if self.seats:
            groups = self._groups(admitted, ask) if self.apparentments else ()
            found.update(self._deal_to_groups(groups, ask) if groups else self._deal(admitted, ask))
        if ask.log is not None:
            ask.log.append(Step("result", {"seats": dict(found)}))
        return found

    def _deal(self, admitted: Admitted, ask: Ask) -> dict[str, int]:
        names, votes = admitted.lists, self.tally.votes
        shares = Shares(names, tuple([votes[name] for name in names]), self.seats, self._ceilings(names))
        return self._distribute(shares, ask, self._quota_base(), admitted.runner_up)

    def _quota_base(self) -> Count | None:
        """Return the votes the quota is of, None where they are those of the lists that share the seats."""
        if isinstance(self.method, HighestAverages) or self.method.quota_base == "passing":
            return None
        return base_count(self.tally, Base.VALID)

    def _ceilings(self, names: Sequence[str]) -> list[int] | None:
        caps = self.caps
        if caps is None:
            return None
        if isinstance(caps, int):
            return [caps] * len(names)
        return [caps.get(name, self.seats) for name in names]

    def _groups(self, admitted: Admitted, ask: Ask) -> tuple[tuple[str, ...], ...]:
        """Return the groups of the first distribution, single lists among them, or () if no apparentment
        holds.
        """
        inside = set(admitted.lists)
        holds = [tuple(group) for group in self.apparentments if len(group) > 1 and inside.issuperset(group)]
        if ask.log is not None:
            rows = [{"members": list(group), "holds": tuple(group) in holds} for group in self.apparentments]
            ask.log.append(Step("apparentments", {"groups": rows}))
        if not holds:
            return ()
        of = {name: group for group in holds for name in group}
        return tuple(dict.fromkeys(of.get(name, (name,)) for name in admitted.lists))

    def _deal_to_groups(self, groups: Sequence[tuple[str, ...]], ask: Ask) -> dict[str, int]:
        votes = self.tally.votes
        names = ["+".join(group) for group in groups]
        counts: list[Count] = [sum(votes[name] for name in group) for group in groups]
        ceilings = None
        if self.caps is not None:
            ceilings = [sum(self._ceilings(group) or ()) for group in groups]
        first = Ask(ask.desk.counting(dict(zip(names, counts, strict=True))), ask.at, last=False)
        shares = self._distribute(Shares(names, counts, self.seats, ceilings), first, self._quota_base())
        found = {}
        for name, group in zip(names, groups, strict=True):
            inside = ask.below(f"apparentment:{name}", last=False)
            alone = len(group) == 1
            found.update({name: shares[name]} if alone else self._deal_inside(group, shares[name], inside))
        return found

    def _deal_inside(self, group: tuple[str, ...], seats: int, ask: Ask) -> dict[str, int]:
        if ask.log is not None:
            ask.log.append(Step("apparentment", {"members": list(group), "seats": seats}))
        if not seats:
            return dict.fromkeys(group, 0)
        counts = [self.tally.votes[member] for member in group]
        return self._distribute(Shares(group, counts, seats, self._ceilings(group)), ask)

    def _distribute(
        self, shares: Shares, ask: Ask, quota_base: Count | None = None, runner_up: str | None = None
    ) -> dict[str, int]:
        method = self.method
        if isinstance(method, HighestAverages):
            return by_average(method.divisor, shares, ask)
        discount = None
        if runner_up is not None and self.threshold is not None:
            rule = self.threshold.fallback
            discount = rule if isinstance(rule, AdmitRunnerUp) else None
        return by_remainder(Group(method, *shares, quota_base, runner_up, discount), ask)

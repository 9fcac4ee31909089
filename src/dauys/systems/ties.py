"""Ties: which rule of law chooses among equals, and what to do when it leaves that to a lot.

No function here draws. `Desk` answers "who of these gets the places?" from the tie rule, then from the
recorded decisions; where both are silent it raises `Open`, and `settle` looks whether the open question
changes any seat.

Places (`at`) are stable strings. A call made for the place `list` asks at `list` (the last seat),
`list/runner_up` (who is admitted next to the only passing list), `list/lowered_bar`, `list/remainders` (the
seats that go by remainder where averages follow), `list/averages`, `list/round:2` and on (a distribution
repeated because a list reached its ceiling) and `list/apparentment:A+B` (between partners); districts ask at
`district:NAME`, the national stage of a double proportion at `upper`, its lower one at `lower`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any, NamedTuple, TypeVar, cast

from dauys.errors import DecisionError
from dauys.systems.outcomes import Count, Decision, Step, Tie

MOST_COMPLETIONS = 1000
"""Above this many ways to complete a tie they are not all tried; seats given before the tie are certain
anyway.
"""

STALE, FOREIGN_NAME, TOO_SHORT, DOUBLED = "E7.1", "E7.2", "E7.3", "E7.4"
"""Codes of DecisionError and what it expects: nothing is tied there (0 decisions); a name that is not tied
(the tied); too few names to decide (how many); a name or a place twice (1).
"""


@dataclass(frozen=True, slots=True)
class TieRule:
    """How law ranks equals before any lot. `kind` is `lot`, or the rule's name in data and minutes.

    `rank` maps an id to what decides, less being better; ids without it cannot be ranked and go to the lot.
    `votes_first` means more votes win and only equal votes go on.
    """

    kind: str = "lot"
    rank: Mapping[str, Fraction | int] | None = None
    votes_first: bool = False

    @staticmethod
    def lot() -> TieRule:
        """Return the rule that leaves every tie to a lot: the outcome is `NeedsDecision` until one is
        recorded.
        """
        return TieRule()

    @staticmethod
    def earlier_registration(order: Sequence[str] | None = None) -> TieRule:
        """Return the rule that the list registered earlier wins; `order` names ids, the earliest first.

        **Source:** Kazakhstan, Constitutional Law on Elections, art. 97-1 (as reported; wording not
        verified).
        """
        rank = None if order is None else {name: place for place, name in enumerate(order)}
        return TieRule("earlier_registration", rank)

    @staticmethod
    def more_votes() -> TieRule:
        """Return the rule that more votes win; equal votes go to a lot.

        **Source:** for example Slovakia, Act 180/2014, § 68: equal remainders.
        """
        return TieRule("more_votes", None, votes_first=True)

    @staticmethod
    def higher_average_age(ages: Mapping[str, Fraction | int] | None = None) -> TieRule:
        """Return the rule that the higher average age (of a list's candidates, in any one unit) wins."""
        return TieRule(
            "higher_average_age", None if ages is None else {name: -age for name, age in ages.items()}
        )

    def split(
        self, tied: Sequence[str], seats: int, votes: Mapping[str, Count]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return those who surely win by this rule, and those still equal for the places that are left."""
        if self.votes_first:
            return _cut(tied, seats, {name: -votes[name] for name in tied})
        if self.rank is None or any(name not in self.rank for name in tied):
            return (), tuple(tied)
        return _cut(tied, seats, self.rank)


def _cut(
    tied: Sequence[str], seats: int, rank: Mapping[str, Count]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ranked = sorted(tied, key=lambda name: rank[name])
    last_in, first_out = rank[ranked[seats - 1]], rank[ranked[seats]]
    if last_in != first_out:
        return tuple(ranked[:seats]), ()
    sure = tuple(name for name in ranked if rank[name] < last_in)
    return sure, tuple(name for name in ranked if rank[name] == last_in)


LOT = TieRule.lot()


class Open(Exception):  # noqa: N818 - not an error: a question nobody has answered yet
    """A tie that neither the rule nor a decision settles. `given`: seats that no completion takes away."""

    def __init__(self, tie: Tie, given: Mapping[Any, int], last: bool) -> None:
        self.tie, self.given, self.last = tie, given, last
        super().__init__(tie.at)


class Nothing(Exception):  # noqa: N818 - not an error: law has no seats to give here
    """No distribution takes place; `reason` is the word of `NoDistribution`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class Desk:
    """Answers ties from a rule, then from decisions; notes which decisions were asked for."""

    rule: TieRule = LOT
    decisions: Sequence[Decision] = ()
    votes: Mapping[str, Count] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    supposed: dict[str, frozenset[str]] = field(default_factory=dict)
    log: list[Step] | None = None

    def choose(
        self, at: str, tied: Sequence[str], seats: int, given: Mapping[str, int], *, last: bool = True
    ) -> frozenset[str]:
        """Return the `seats` winners among `tied` at the place `at`.

        `given` are seats certain whatever is chosen; `last` says that nothing later depends on the choice.
        Raises Open where nobody has decided, DecisionError where a decision does not fit.
        """
        sure, equal = self.rule.split(tied, seats, self.votes)
        if not equal:
            self._note(at, tied, sure, self.rule.kind, None)
            return frozenset(sure)
        places = seats - len(sure)
        if at in self.supposed:
            return self.supposed[at].union(sure)
        for decision in self.decisions:
            if decision.at == at:
                self.used.add(at)
                won = (*sure, *_apply(decision, equal, places))
                self._note(at, tied, won, "decision", decision.reference)
                return frozenset(won)
        certain = {**given, **{name: given.get(name, 0) + 1 for name in sure}}
        raise Open(Tie(frozenset(equal), places, at), certain, last)

    def suppose(self, at: str, winners: Iterable[str]) -> Desk:
        """Return a desk that also answers `at` with these winners; it shares the notes about decisions."""
        return Desk(
            self.rule, self.decisions, self.votes, self.used, {**self.supposed, at: frozenset(winners)}
        )

    def counting(self, votes: Mapping[str, Count]) -> Desk:
        """Return the same desk for a distribution among others, with these votes."""
        return Desk(self.rule, self.decisions, votes, self.used, self.supposed, self.log)

    def check_all_used(self) -> None:
        """Pass if every decision was asked for; raise DecisionError (E7.1) for the first that was not."""
        for decision in self.decisions:
            if decision.at not in self.used:
                raise DecisionError(STALE, decision.at, ", ".join(decision.order), "0")

    def _note(self, at: str, tied: Sequence[str], won: Sequence[str], by: str, reference: str | None) -> None:
        if self.log is not None:
            facts = {"at": at, "tied": sorted(tied), "seats": len(won), "won": sorted(won), "by": by}
            self.log.append(Step("tie", {**facts, "reference": reference}))


class Ask(NamedTuple):
    """A desk seen from one place of a calculation. `last`: nothing that is computed later depends on the
    answer.
    """

    desk: Desk
    at: str
    last: bool = True

    @property
    def log(self) -> list[Step] | None:
        """Where steps go, if anybody wants them."""
        return self.desk.log

    def winners(self, tied: Sequence[str], seats: int, given: Mapping[str, int]) -> frozenset[str]:
        """Return the `seats` winners among `tied`, see `Desk.choose`."""
        return self.desk.choose(self.at, tied, seats, given, last=self.last)

    def below(self, name: str, *, last: bool) -> Ask:
        """Return the place `name` under this one; it is last only if this one is."""
        return Ask(self.desk, f"{self.at}/{name}", last and self.last)

    def not_last(self) -> Ask:
        """Return the same place where later steps do depend on the answer."""
        return Ask(self.desk, self.at, False)


def _apply(decision: Decision, tied: Sequence[str], places: int) -> tuple[str, ...]:
    order = decision.order
    if len(set(order)) != len(order):
        raise DecisionError(DOUBLED, decision.at, ", ".join(order), "1")
    strangers = [name for name in order if name not in tied]
    if strangers:
        raise DecisionError(FOREIGN_NAME, decision.at, ", ".join(strangers), ", ".join(sorted(tied)))
    if len(order) < places:
        raise DecisionError(TOO_SHORT, decision.at, ", ".join(order), str(places))
    return tuple(order[:places])


def decisions_under(decisions: Sequence[Decision], at: str) -> tuple[Decision, ...]:
    """Return the decisions taken at the place `at` or below it."""
    return tuple(d for d in decisions if d.at == at or d.at.startswith(at + "/"))


def check_decisions(decisions: Sequence[Decision]) -> None:
    """Pass if no place is decided twice; raise DecisionError (E7.4) otherwise."""
    seen: set[str] = set()
    for decision in decisions:
        if decision.at in seen:
            raise DecisionError(DOUBLED, decision.at, ", ".join(decision.order), "1")
        seen.add(decision.at)


K = TypeVar("K", bound=Hashable)
Run = Callable[[Desk], dict[K, int]]
"""A whole calculation that asks a desk whenever something is equal, and returns seats by id, or by place and
id.
"""


def settle(run: Run[K], desk: Desk) -> tuple[dict[K, int], tuple[Tie, ...]]:
    """Return seats, and the ties that keep them from being final: none if every completion gives the same
    seats.

    With ties the seats are the least that any completion gives. Ties on which every completion agrees are
    named together. More than MOST_COMPLETIONS ways are not tried one by one: then only seats given before the
    tie are named.
    """
    try:
        return run(desk), ()
    except Open as question:
        tie, given, last = question.tie, question.given, question.last
    if last or comb(len(tie.tied), tie.seats) > MOST_COMPLETIONS:
        return cast("dict[K, int]", dict(given)), (tie,)
    outcomes = [
        settle(run, desk.suppose(tie.at, winners)) for winners in combinations(sorted(tie.tied), tie.seats)
    ]
    first_seats, later = outcomes[0]
    same_later = all(ties == later for _, ties in outcomes)
    if same_later and all(seats == first_seats for seats, _ in outcomes):
        return first_seats, later
    keys = {key: None for seats, _ in outcomes for key in seats}
    least = {key: min(seats.get(key, 0) for seats, _ in outcomes) for key in keys}
    return least, (tie, *later) if same_later else (tie,)


def trace(run: Run[K], desk: Desk, pending: Sequence[Tie]) -> tuple[Step, ...]:
    """Return the steps of a calculation that was settled, up to the first pending tie if there is one.

    Ties that change nothing are passed by; no step is made for them.
    """
    waiting = {tie.at for tie in pending}
    while True:
        desk = Desk(desk.rule, desk.decisions, desk.votes, desk.used, desk.supposed, [])
        steps = desk.log
        assert steps is not None  # noqa: S101 - set one line above, told to the type checker
        try:
            run(desk)
        except Open as question:
            tie = question.tie
            if tie.at in waiting:
                facts = {"at": tie.at, "tied": sorted(tie.tied), "seats": tie.seats, "won": None, "by": None}
                return (*steps, Step("tie", {**facts, "reference": None}))
            desk = desk.suppose(tie.at, sorted(tie.tied)[: tie.seats])
            continue
        except Nothing:
            pass
        return tuple(steps)

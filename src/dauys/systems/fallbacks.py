"""What law does where one list alone, or none, reaches the bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from dauys.systems.outcomes import Count, Step
from dauys.systems.ties import Ask


@dataclass(frozen=True, slots=True)
class AdmitRunnerUp:
    """Where one list alone reaches the bar, the next by votes is admitted too, at a discount.

    Its quotient of votes by quota is multiplied by `index`, and it gets at least `min_seats`. `rest` says
    where the seats go that whole quotas then leave: to the largest remainders as ever (the runner-up's
    remainder being that of its reduced quotient), or to the list that passed (`passing`).
    **Source:** Kazakhstan, Constitutional Law on Elections, art. 97-1, items 2–3, as amended on 9 February
    2009. The text that was read ends before it says how the seats left over are given: `rest` is a declared
    parameter.
    """

    index: Fraction = Fraction(7, 10)
    min_seats: int = 2
    rest: Literal["largest", "passing"] = "largest"


@dataclass(frozen=True, slots=True)
class AddSecond:
    """Where one list alone reaches the bar, the next by votes takes part like any other."""


@dataclass(frozen=True, slots=True)
class LowerBar:
    """Where too little reaches the bar, lists enter by votes, one after another, until enough has.

    Enough is at least `min_lists` lists, and together more than `over_share` of the base (no matter how much
    if None).

    **Source:** the form of Russia's law 20-FZ of 2014 on State Duma elections, art. 88, as recalled, not
    read: lists are admitted in order of votes until they hold more than 60 per cent together, and never one
    list alone. Both numbers are declared parameters.
    """

    min_lists: int = 2
    over_share: Fraction | None = None


Fallback = AdmitRunnerUp | AddSecond | LowerBar


class Admitted(NamedTuple):
    """Lists that take part, in input order, all with votes. `runner_up` came in by AdmitRunnerUp and bears
    its index.
    """

    lists: tuple[str, ...]
    runner_up: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """All votes, the lists that may be admitted at all, the base of the threshold, and its article."""

    votes: Mapping[str, Count]
    eligible: Sequence[str]
    base_votes: Count
    article: str | None = None

    def admit(self, names: Sequence[str] | set[str], runner_up: str | None = None) -> Admitted:
        """Return these lists in input order."""
        return Admitted(tuple(name for name in self.votes if name in names), runner_up)


def fall_back(rule: Fallback, field: Field, lists: tuple[str, ...], ask: Ask) -> Admitted:
    """Return who takes part after the rule: `lists` reached the bar by themselves."""
    if isinstance(rule, LowerBar):
        return _lower_bar(rule, field, lists, ask)
    others = [name for name in field.eligible if name not in lists]
    if len(lists) != 1 or not others:
        return Admitted(lists)
    chosen = _next_by_votes(field, others, ask.below("runner_up", last=False))
    discounted = isinstance(rule, AdmitRunnerUp)
    if ask.log is not None:
        facts: dict[str, object] = {"id": chosen, "votes": field.votes[chosen]}
        if isinstance(rule, AdmitRunnerUp):
            facts |= {"index": rule.index, "min_seats": rule.min_seats, "rest": rule.rest}
        ask.log.append(Step("runner_up", facts, field.article))
    return field.admit((*lists, chosen), chosen if discounted else None)


def _next_by_votes(field: Field, others: Sequence[str], ask: Ask) -> str:
    most = max(field.votes[name] for name in others)
    equal = [name for name in others if field.votes[name] == most]
    return equal[0] if len(equal) == 1 else min(ask.winners(equal, 1, {}))


def _lower_bar(rule: LowerBar, field: Field, lists: tuple[str, ...], ask: Ask) -> Admitted:
    inside = set(lists)
    entered: list[str] = []
    while not _enough(rule, field, inside):
        others = [name for name in field.eligible if name not in inside]
        if not others:
            break
        place = "lowered_bar" if not entered else f"lowered_bar:{len(entered) + 1}"
        chosen = _next_by_votes(field, others, ask.below(place, last=False))
        inside.add(chosen)
        entered.append(chosen)
    if entered and ask.log is not None:
        facts = {"entered": entered, "min_lists": rule.min_lists, "over_share": rule.over_share}
        ask.log.append(Step("lowered_bar", facts, field.article))
    return field.admit(inside)


def _enough(rule: LowerBar, field: Field, inside: set[str]) -> bool:
    if len(inside) < rule.min_lists:
        return False
    together = sum(field.votes[name] for name in inside)
    return rule.over_share is None or together > rule.over_share * field.base_votes

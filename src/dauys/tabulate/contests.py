"""One constituency under a law: both rounds, and what missing stations could still change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dauys.errors import DecisionError
from dauys.systems.laws import Law
from dauys.systems.majority import Contest, Majority, Outcome, first_round, last_round
from dauys.systems.outcomes import Base, Decision, Elected, NeedsDecision, RunOff
from dauys.systems.thresholds import base_count
from dauys.tabulate.totals import Totals


@dataclass(frozen=True, slots=True)
class RoundResult:
    """One round of a constituency as counted: figures and outcome; None where nobody has reported.

    `base`, `base_votes` and `needed`: what a majority is of, and the least number of votes that is one; in a
    round that more votes decide they are None. `can_change`: votes of the missing stations could lead to
    another outcome.
    """

    round: int
    totals: Totals
    outcome: Outcome | None
    base: Base | None
    base_votes: int | Fraction | None
    needed: int | None
    article: str
    can_change: bool


def round_result(law: Law, number: int, totals: Totals, decisions: Sequence[Decision]) -> RoundResult:
    """Return the outcome of a round. `decisions` have places of ties as `dauys.systems.majority` names them.

    Raises DecisionError where a decision does not fit.
    """
    one_round = law.value("constituency.system") != "two_round"
    article = law.article("constituency.majority_base" if number == 1 else "constituency.runoff_rule")
    if not totals.stations:
        return RoundResult(number, totals, None, None, None, None, article, can_change=True)
    tally = totals.tally()
    contest = Contest(
        tally, min_turnout=law.share("constituency.min_turnout") or None, decisions=tuple(decisions)
    )
    if number > 1 or one_round:
        outcome: Outcome = last_round(contest, number)
        return RoundResult(number, totals, outcome, None, None, None, article, _lead_can_change(totals))
    base = law.base("constituency.majority_base")
    whole = base_count(tally, base)
    outcome = first_round(contest, Majority(base))
    return RoundResult(
        number, totals, outcome, base, whole, int(whole // 2) + 1, article, _first_can_change(totals, outcome)
    )


def round_result_if(law: Law, number: int, totals: Totals, decisions: Sequence[Decision]) -> RoundResult:
    """Return the outcome; decisions that were taken for other votes count where they fit."""
    result = round_result(law, number, totals, ())
    if not decisions or not isinstance(result.outcome, NeedsDecision):
        return result
    try:
        return round_result(law, number, totals, decisions)
    except DecisionError:
        return result


def leaders(totals: Totals) -> list[str]:
    """Return the options, most votes first, equal ones by id."""
    return sorted(totals.votes, key=lambda name: (-totals.votes[name], name))


def lead(totals: Totals, place: int = 0) -> int:
    """Return how many votes the option at a place is ahead of the next; its votes where there is no next."""
    order = leaders(totals)
    votes = [totals.votes[name] for name in order[place : place + 2]]
    return votes[0] - votes[1] if len(votes) == 2 else sum(votes)


def _lead_can_change(totals: Totals) -> bool:
    return totals.missing_registered >= lead(totals) > 0 or (
        totals.missing_registered > 0 and lead(totals) == 0
    )


def _first_can_change(totals: Totals, outcome: Outcome) -> bool:
    """Return whether the voters registered where nobody has reported yet could change the first round.

    An elected leader is safe if more than half stays with every missing voter voting for others; a run-off
    is safe if neither a majority nor another pair can come of them.
    """
    missing = totals.missing_registered
    if not missing:
        return False
    order = leaders(totals)
    if isinstance(outcome, Elected):
        return 2 * totals.votes[order[0]] <= totals.cast + missing
    if isinstance(outcome, RunOff) and len(order) > 1:
        majority = any(2 * (totals.votes[name] + missing) > totals.cast + missing for name in order)
        return majority or (len(order) > 2 and lead(totals, 1) <= missing)
    return True


def decided(result: RoundResult | None) -> str | None:
    """Return the candidate who won that round, or None."""
    if result is not None and isinstance(result.outcome, Elected):
        return result.outcome.name
    return None

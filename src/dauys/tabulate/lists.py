"""The seats of the lists under a law, and what they would be under another base or rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dauys.errors import DecisionError
from dauys.systems.apportion import Method, Outcome, allocate
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.fallbacks import AdmitRunnerUp
from dauys.systems.laws import Law
from dauys.systems.outcomes import Allocated, Base, Decision, NeedsDecision, NoDistribution, Step, Tally, Tie
from dauys.systems.quotas import LargestRemainder, Quota
from dauys.systems.thresholds import Threshold, base_count
from dauys.systems.ties import TieRule


@dataclass(frozen=True, slots=True)
class ListResult:
    """Seats of the lists; `ties` wait for a decision. `quota` in votes, None where none is used."""

    seats: Mapping[str, int]
    passing: tuple[str, ...]
    quota: Fraction | None
    steps: tuple[Step, ...]
    ties: tuple[Tie, ...] = ()
    nothing: str | None = None


@dataclass(frozen=True, slots=True)
class ListRule:
    """What a law says of the lists, in the form that `allocate` takes."""

    seats: int
    method: Method
    threshold: Threshold
    ties: TieRule

    @staticmethod
    def of(law: Law, order: Sequence[str]) -> ListRule:
        """Return the rule of a law; `order` names the lists in the order of their registration."""
        fallback = None
        if law.value("list.runner_up") == "admit":
            fallback = AdmitRunnerUp(
                law.share("list.runner_up_index"), law.count("list.runner_up_seats") or 0
            )
        threshold = Threshold(
            law.share("list.threshold"),
            law.base("list.threshold_base"),
            law.flag("list.threshold_strict"),
            fallback=fallback,
            article=law.article("list.threshold_base"),
        )
        return ListRule(law.count("list.seats") or 0, _method(law), threshold, _ties(law, order))


def _method(law: Law) -> Method:
    name = law.value("list.method")
    if name != "largest_remainder":
        return HighestAverages(Divisor(name))
    leftovers = law.value("list.leftovers")
    return LargestRemainder(
        Quota(law.value("list.quota")), leftovers="most_votes" if leftovers == "most_votes" else "largest"
    )


def _ties(law: Law, order: Sequence[str]) -> TieRule:
    match law.value("list.tie_rule"):
        case "earlier_registration":
            return TieRule.earlier_registration(order)
        case "more_votes":
            return TieRule.more_votes()
        case _:
            return TieRule.lot()


def list_result(rule: ListRule, tally: Tally, decisions: Sequence[Decision] = ()) -> ListResult:
    """Return the seats of the lists. Raises DecisionError where a decision does not fit the votes."""
    outcome = allocate(
        tally, rule.seats, rule.method, rule.threshold, ties=rule.ties, decisions=decisions, trace_now=True
    )
    return _of_outcome(outcome)


def list_result_if(rule: ListRule, tally: Tally, decisions: Sequence[Decision]) -> ListResult:
    """Return the seats under other votes or rules than those the decisions were taken for.

    Decisions are used only where something is tied there too, and fits; otherwise the tie is reported.
    """
    result = list_result(rule, tally)
    if not result.ties or not decisions:
        return result
    try:
        return list_result(rule, tally, decisions)
    except DecisionError:
        return result


def _of_outcome(outcome: Outcome) -> ListResult:
    steps = outcome.steps
    passing: tuple[str, ...] = ()
    quota: Fraction | None = None
    for step in steps:
        if step.at == "threshold":
            rows = step.facts["lists"]
            passing = tuple(row["id"] for row in rows if row["passes"])  # type: ignore[attr-defined]
        elif step.at == "quota" and quota is None:
            quota = Fraction(str(step.facts["quota"]))
    match outcome:
        case Allocated():
            return ListResult(outcome.seats, passing, quota, steps)
        case NeedsDecision():
            return ListResult(outcome.seats, passing, quota, steps, outcome.ties)
        case NoDistribution():
            return ListResult({}, passing, quota, steps, nothing=outcome.reason)


def shares(tally: Tally, bases: Sequence[Base]) -> dict[str, dict[str, Fraction]]:
    """Return for each list its share of each base."""
    found: dict[str, dict[str, Fraction]] = {}
    for name, votes in tally.votes.items():
        found[name] = {}
        for base in bases:
            whole = base_count(tally, base)
            if whole:
                found[name][base.value] = Fraction(votes) / whole
    return found


def other_base(law: Law) -> Law:
    """Return the law with the other reading of the threshold's base: cast for valid, valid for the rest."""
    base = law.value("list.threshold_base")
    return law.with_parameters({"list.threshold_base": "cast" if base == "valid" else "valid"})


#: Rules to compare with, by name: what they change in the law.
#: An index for a runner-up is a rule about quotas, so that divisors go without it.
OTHER_RULES: Mapping[str, Mapping[str, str]] = {
    "dhondt": {"list.method": "dhondt", "list.runner_up": "none"},
    "sainte_lague": {"list.method": "sainte_lague", "list.runner_up": "none"},
    "threshold_5": {"list.threshold": "0.05"},
}

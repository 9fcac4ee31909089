"""Elections of one person: plurality, absolute majority of a named base, two rounds, turnout and against all.

Places of ties (`at`) are `round:1/second_place` (who goes on), `round:1` and `round:2` (who wins there).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dauys.systems.outcomes import (
    Base,
    Count,
    Decision,
    Elected,
    NeedsDecision,
    RunOff,
    Step,
    Tally,
    Tie,
    Void,
)
from dauys.systems.thresholds import base_count
from dauys.systems.ties import LOT, Desk, Open, TieRule, check_decisions

Outcome = Elected | RunOff | Void | NeedsDecision


@dataclass(frozen=True, slots=True)
class Majority:
    """What a first round asks for: more than half of `base`, and who goes on where nobody has it.

    `min_share_of_registered`: the winner must also have at least this share of registered voters.
    `qualify_share`: all with at least this share of registered voters go on, if they are two or more; else,
    and where it is None, the two leaders.
    **Source:** Kazakhstan, Constitutional Law on Elections (more than half of those who took part, two
    leaders); France, Code électoral, art. L126 and L162 (a quarter and an eighth of registered voters).
    """

    base: Base
    qualify_share: Fraction | None = None
    min_share_of_registered: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """One round as it was held: its votes and the rules for them that do not depend on the kind of round.

    `min_turnout`: share of registered voters below whose turnout (votes cast) the round is void.
    `against_all_voids`: the round is void where against all has more votes than every candidate.
    `withdrawn`: candidates whose votes stay in every base but who can neither win nor go on.
    """

    tally: Tally
    min_turnout: Fraction | None = None
    against_all_voids: bool = False
    withdrawn: frozenset[str] = frozenset()
    ties: TieRule = LOT
    decisions: Sequence[Decision] = ()


def first_round(contest: Contest, majority: Majority) -> Outcome:
    """Return who is elected in the first round, who goes on, or why there is no result.

    `Void` reasons: `turnout`, `no_votes`, `against_all`, `no_majority` (one candidate, without majority;
    one who has the majority and lacks only the share of registered voters stands again alone).
    Raises InputError (E7.5) where a base is not known, DecisionError where a decision does not fit.
    """
    steps: list[Step] = []
    void = _void(contest, 1, steps)
    if void is not None:
        return void
    order = _ranking(contest, steps)
    leader = order[0]
    reached = _has_majority(contest.tally, majority, leader, steps)
    elected = _has_share(contest.tally, majority, leader, steps) if reached else False
    if elected:
        steps.append(Step("result", {"elected": leader}))
        return Elected(leader, 1, _done(contest, steps))
    if len(order) == 1 and not reached:
        steps.append(Step("result", {"void": "no_majority"}))
        return Void("no_majority", 1, _done(contest, steps))
    return _who_goes_on(contest, majority, order, steps)


def last_round(contest: Contest, round_number: int) -> Elected | Void | NeedsDecision:
    """Return the candidate with more votes than every other, or why there is none.

    `round_number` is 1 for plurality in one round and 2 for a run-off. Equal votes for the first place are
    `NeedsDecision` at `round:N` where the tie rule is silent. `Void` reasons: `turnout`, `no_votes`,
    `against_all`.
    """
    steps: list[Step] = []
    void = _void(contest, round_number, steps)
    if void is not None:
        return void
    order = _ranking(contest, steps)
    votes = contest.tally.votes
    equal = [name for name in order if votes[name] == votes[order[0]]]
    if len(equal) > 1:
        chosen = _choose(contest, f"round:{round_number}", equal, (), places=1, steps=steps)
        if isinstance(chosen, NeedsDecision):
            return chosen
        equal = list(chosen)
    steps.append(Step("result", {"elected": equal[0]}))
    return Elected(equal[0], round_number, _done(contest, steps))


def _void(contest: Contest, round_number: int, steps: list[Step]) -> Void | None:
    """Return why no result can come of the votes, if so; otherwise the step of turnout is noted."""
    tally = contest.tally
    reason = None
    if contest.min_turnout is not None:
        cast, registered = base_count(tally, Base.CAST), base_count(tally, Base.REGISTERED)
        needed = contest.min_turnout * registered
        facts = {"voted": cast, "registered": registered, "needed": needed, "reached": cast >= needed}
        steps.append(Step("turnout", facts))
        reason = None if cast >= needed else "turnout"
    standing = [votes for name, votes in tally.votes.items() if name not in contest.withdrawn]
    if reason is None and not any(standing):
        reason = "no_votes"
    if reason is None and contest.against_all_voids and (tally.against_all or 0) > max(standing):
        reason = "against_all"
    if reason is None:
        return None
    steps.append(Step("result", {"void": reason}))
    return Void(reason, round_number, _done(contest, steps))


def _ranking(contest: Contest, steps: list[Step]) -> list[str]:
    """Return those who stand, most votes first, equal ones by id: the order of the input never shows."""
    votes = contest.tally.votes
    order = sorted(votes, key=lambda name: (-votes[name], name))
    rows = [{"id": name, "votes": votes[name], "withdrawn": name in contest.withdrawn} for name in order]
    steps.append(Step("votes", {"candidates": rows, "against_all": contest.tally.against_all}))
    return [name for name in order if name not in contest.withdrawn]


def _has_majority(tally: Tally, majority: Majority, leader: str, steps: list[Step]) -> bool:
    base, votes = base_count(tally, majority.base), tally.votes[leader]
    reached = 2 * votes > base
    facts: dict[str, Count | str | bool] = {
        "base": majority.base.value,
        "base_votes": base,
        "needed": base // 2 + 1,
        "leader": leader,
        "leader_votes": votes,
        "reached": reached,
    }
    steps.append(Step("majority", facts))
    return reached


def _has_share(tally: Tally, majority: Majority, leader: str, steps: list[Step]) -> bool:
    share = majority.min_share_of_registered
    if share is None:
        return True
    registered, votes = base_count(tally, Base.REGISTERED), tally.votes[leader]
    facts = {"share": share, "registered": registered, "needed": share * registered, "leader_votes": votes}
    steps.append(Step("share_of_registered", {**facts, "reached": votes >= share * registered}))
    return votes >= share * registered


def _who_goes_on(
    contest: Contest, majority: Majority, order: list[str], steps: list[Step]
) -> RunOff | NeedsDecision:
    votes = contest.tally.votes
    if majority.qualify_share is not None:
        needed = majority.qualify_share * base_count(contest.tally, Base.REGISTERED)
        reaching = [name for name in order if votes[name] >= needed]
        steps.append(
            Step("qualify", {"share": majority.qualify_share, "needed": needed, "reaching": reaching})
        )
        if len(reaching) >= 2:
            return _run_off(contest, reaching, steps)
    if len(order) <= 2:
        return _run_off(contest, order, steps)
    cut = votes[order[1]]
    sure = [name for name in order if votes[name] > cut]
    equal = [name for name in order if votes[name] == cut]
    steps.append(Step("second_place", {"votes": cut, "sure": sure, "equal": equal}))
    places = 2 - len(sure)
    if len(equal) > places:
        chosen = _choose(contest, "round:1/second_place", equal, sure, places=places, steps=steps)
        if isinstance(chosen, NeedsDecision):
            return chosen
        equal = [name for name in equal if name in chosen]
    return _run_off(contest, sure + equal, steps)


def _run_off(contest: Contest, names: Sequence[str], steps: list[Step]) -> RunOff:
    steps.append(Step("result", {"runoff": list(names)}))
    return RunOff(tuple(names), _done(contest, steps))


def _choose(
    contest: Contest, at: str, equal: Sequence[str], sure: Sequence[str], *, places: int, steps: list[Step]
) -> frozenset[str] | NeedsDecision:
    """Return who of the equal ones gets the places, by rule or decision, else what has to be decided."""
    check_decisions(contest.decisions)
    desk = Desk(contest.ties, contest.decisions, contest.tally.votes, log=steps)
    certain = dict.fromkeys(sure, 1)
    try:
        chosen = desk.choose(at, equal, places, certain)
    except Open as question:
        tie: Tie = question.tie
        steps.append(Step("tie", {"at": at, "tied": sorted(tie.tied), "seats": tie.seats, "won": None}))
        _done(contest, steps)
        return NeedsDecision((tie,), dict(question.given), tuple(steps))
    desk.check_all_used()
    return chosen


def _done(contest: Contest, steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps. Raises DecisionError for a decision that nobody asked for."""
    used = {str(step.facts["at"]) for step in steps if step.at == "tie"}
    Desk(decisions=contest.decisions, used=used).check_all_used()
    return tuple(steps)

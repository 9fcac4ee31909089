"""One whole election by the family of its rules: what is counted first, what next, and what waits.

Each family is a frozen value and `count_election` counts it. The families add nothing to the rules of
`allocate`, `first_round` and the others but their order, and the places (`at`) of ties: `list`, `districts`,
`district:NAME`, `round:1`, `round:2`, `upper`, `lower`, `lands`, `land:NAME`, `lands_of:LIST`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from dauys.errors import DecisionError, InputError, Place, Problem
from dauys.systems.apportion import Caps, Method, allocate
from dauys.systems.biproportional import DoubleProportion, allocate_biproportional
from dauys.systems.levelling import LevelledHouse, allocate_levelled
from dauys.systems.majority import Contest, Majority, first_round, last_round
from dauys.systems.mixed import Compensation, allocate_mixed
from dauys.systems.outcomes import (
    Allocated,
    Count,
    Decision,
    Elected,
    NeedsDecision,
    NoDistribution,
    RunOff,
    Step,
    Tally,
    Tie,
    Tiers,
    Void,
)
from dauys.systems.thresholds import Threshold, admit
from dauys.systems.ties import (
    LOT,
    STALE,
    Ask,
    Desk,
    Open,
    TieRule,
    check_decisions,
    decisions_under,
)

MOST_WAYS = 1000
"""Above this many ways to settle a tie between districts no seat is called sure."""

WRONG_ROUND = "E2.6"
"""Code of the InputError that the candidates of the second round are not those who went on."""


@dataclass(frozen=True, slots=True)
class ListRules:
    """How lists get seats; the words are those of `allocate`."""

    seats: int
    method: Method
    threshold: Threshold | None = None
    caps: Caps = None
    apparentments: tuple[tuple[str, ...], ...] = ()
    ties: TieRule = LOT


@dataclass(frozen=True, slots=True)
class ListElection:
    """Lists in one constituency, alone or as the list part of a parallel system."""

    tally: Tally
    rules: ListRules


@dataclass(frozen=True, slots=True)
class District:
    """Votes of one district. `size`: votes or people by which it gets its seats, where `seats` is None."""

    name: str
    votes: Mapping[str, Count]
    seats: int | None = None
    size: Count | None = None
    valid: Count | None = None


@dataclass(frozen=True, slots=True)
class DistrictElection:
    """Lists that pass the threshold in the whole country, seated in each district by the same method.

    `apportionment` gives the districts their seats where they have none of their own.
    """

    tally: Tally
    rules: ListRules
    districts: tuple[District, ...]
    apportionment: Method | None = None


@dataclass(frozen=True, slots=True)
class TwoRoundElection:
    """One person by majority; the second round, where it is given, by plurality among those who went on."""

    rounds: tuple[Contest, ...]
    majority: Majority


@dataclass(frozen=True, slots=True)
class PluralityElection:
    """One person with more votes than every other."""

    contest: Contest


@dataclass(frozen=True, slots=True)
class MixedElection:
    """A proportional house in which constituency seats count."""

    house: Compensation
    ties: TieRule = LOT


@dataclass(frozen=True, slots=True)
class LevelledElection:
    """A house that grows until every list has what it is guaranteed in the lands."""

    house: LevelledHouse
    ties: TieRule = LOT


@dataclass(frozen=True, slots=True)
class BiproportionalElection:
    """Lists in all districts at once, by double proportion."""

    contest: DoubleProportion
    ties: TieRule = LOT


Election = (
    ListElection
    | BiproportionalElection
    | MixedElection
    | LevelledElection
    | DistrictElection
    | TwoRoundElection
    | PluralityElection
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count gave. `seats` and `districts` hold certain seats only; what waits is in `ties`.

    `outcome` is that of the last round of a majority election, or says that no list seat is given at all.
    """

    seats: Mapping[str, int] | None = None
    districts: Mapping[str, Mapping[str, int]] | None = None
    outcome: Elected | RunOff | Void | NoDistribution | None = None
    ties: tuple[Tie, ...] = ()
    steps: tuple[Step, ...] = ()
    unfilled: int = 0


def count_election(election: Election, decisions: Sequence[Decision] = ()) -> Counted:
    """Return the seats or the winner of an election.

    Raises InputError where a total that the rules need is not known or the rounds do not fit, DecisionError
    where a decision does not fit or nothing asks for it.
    """
    check_decisions(decisions)
    match election:
        case ListElection():
            counted = _lists(election, decisions)
        case DistrictElection():
            counted = _districts(election, decisions)
        case BiproportionalElection(contest, ties):
            tiers = allocate_biproportional(contest, ties, decisions)
            counted = of_tiers(tiers, contest.names, contest.district_seats)
        case MixedElection(house, ties):
            counted = of_seats(allocate_mixed(house, ties, decisions), house.tally.votes)
        case LevelledElection(levelled, ties):
            tiers = allocate_levelled(levelled, ties, decisions)
            counted = of_tiers(tiers, levelled.tally.votes, [land.name for land in levelled.lands])
        case TwoRoundElection():
            counted = _two_rounds(election, decisions)
        case PluralityElection(held):
            counted = of_round(last_round(replace(held, decisions=decisions), 1))
    return counted


def of_seats(outcome: Allocated | NeedsDecision | NoDistribution, names: Iterable[str]) -> Counted:
    """Return an outcome of `allocate` as that of an election; no distribution is no seat for anybody."""
    if isinstance(outcome, NoDistribution):
        return Counted(seats=dict.fromkeys(names, 0), outcome=outcome, steps=outcome.steps)
    if isinstance(outcome, NeedsDecision):
        return Counted(seats=outcome.seats, ties=outcome.ties, steps=outcome.steps)
    return Counted(seats=outcome.seats, steps=outcome.steps, unfilled=outcome.unfilled)


def of_tiers(tiers: Tiers, names: Iterable[str], parts: Iterable[str]) -> Counted:
    """Return an outcome on two levels as that of an election."""
    names = tuple(names)
    rows = {part: tiers.districts.get(part) or dict.fromkeys(names, 0) for part in parts}
    return replace(of_seats(tiers.total, names), districts=rows)


def of_round(outcome: Elected | RunOff | Void | NeedsDecision) -> Counted:
    """Return an outcome of one round. Where only some of those who go on are sure, the run-off names them."""
    if not isinstance(outcome, NeedsDecision):
        return Counted(outcome=outcome, steps=outcome.steps)
    run_off = any(tie.at.endswith("/second_place") for tie in outcome.ties)
    certain = RunOff(tuple(outcome.seats)) if run_off else None
    return Counted(outcome=certain, ties=outcome.ties, steps=outcome.steps)


def stale(decisions: Iterable[Decision]) -> None:
    """Pass if there is no decision left over; raise DecisionError for the first otherwise."""
    for decision in decisions:
        found = ", ".join(decision.order)
        raise DecisionError(STALE, decision.at, found, "no decision: nothing is tied there")


def _lists(election: ListElection, decisions: Sequence[Decision]) -> Counted:
    rules = election.rules
    outcome = allocate(
        election.tally,
        rules.seats,
        rules.method,
        rules.threshold,
        caps=rules.caps,
        apparentments=rules.apparentments,
        ties=rules.ties,
        decisions=decisions,
    )
    return of_seats(outcome, election.tally.votes)


# Districts


def _districts(election: DistrictElection, decisions: Sequence[Decision]) -> Counted:
    known = {f"district:{district.name}" for district in election.districts} | {"list", "districts"}
    stale(d for d in decisions if not any(d.at == at or d.at.startswith(at + "/") for at in known))
    names = tuple(election.tally.votes)
    empty = {district.name: dict.fromkeys(names, 0) for district in election.districts}
    nobody = Counted(dict.fromkeys(names, 0), empty)
    desk = Desk(election.rules.ties, decisions_under(decisions, "list"), election.tally.votes, log=[])
    ask = Ask(desk, "list", last=False)
    steps = desk.log if desk.log is not None else []
    try:
        lists = admit(election.tally, election.rules.seats, election.rules.threshold, ask).lists
    except Open as question:
        return replace(nobody, ties=(question.tie,), steps=tuple(steps))
    desk.check_all_used()
    if not lists:
        reason = "nobody_passes" if any(election.tally.votes.values()) else "no_votes"
        return replace(nobody, outcome=NoDistribution(reason), steps=tuple(steps))
    counted = _with_district_seats(election, frozenset(lists), decisions)
    return replace(counted, steps=(*steps, *counted.steps))


def _with_district_seats(
    election: DistrictElection, lists: frozenset[str], decisions: Sequence[Decision]
) -> Counted:
    """Return the count with the seats of districts; a tie between those leaves the sure seats only."""
    if election.apportionment is None:
        stale(decisions_under(decisions, "districts"))
        own = {district.name: district.seats or 0 for district in election.districts}
        return _in_districts(election, lists, own, decisions)
    sizes = Tally({district.name: district.size or 0 for district in election.districts})
    seats, method, ties = election.rules.seats, election.apportionment, election.rules.ties
    upper = decisions_under(decisions, "districts")
    shares = allocate(sizes, seats, method, ties=ties, decisions=upper, at="districts")
    steps = (Step("district_seats", {"seats": {} if isinstance(shares, NoDistribution) else shares.seats}),)
    if isinstance(shares, NoDistribution):
        return Counted(outcome=shares, steps=(*shares.steps, *steps))
    if isinstance(shares, Allocated):
        counted = _in_districts(election, lists, shares.seats, decisions)
        return replace(counted, steps=(*shares.steps, *steps, *counted.steps))
    certain = _sure_of_all(election, lists, shares, decisions)
    return replace(certain, ties=shares.ties, steps=(*shares.steps, *steps))


def _sure_of_all(
    election: DistrictElection, lists: frozenset[str], shares: NeedsDecision, decisions: Sequence[Decision]
) -> Counted:
    """Return the least that any way of settling the tie between districts gives, if they can be tried."""
    (tie, *more) = shares.ties
    names = tuple(election.tally.votes)
    if more or comb(len(tie.tied), tie.seats) > MOST_WAYS:
        empty = {district.name: dict.fromkeys(names, 0) for district in election.districts}
        return Counted(dict.fromkeys(names, 0), empty)
    lower = [d for d in decisions if d.at.startswith("district:")]
    ways = []
    for winners in combinations(sorted(tie.tied), tie.seats):
        seats = {name: held + (name in winners) for name, held in shares.seats.items()}
        ways.append(_in_districts(election, lists, seats, lower))
    least = {
        district.name: {
            name: min((way.districts or {})[district.name][name] for way in ways) for name in names
        }
        for district in election.districts
    }
    total = {name: min((way.seats or {})[name] for way in ways) for name in names}
    return Counted(total, least)


def _in_districts(
    election: DistrictElection,
    lists: frozenset[str],
    seats: Mapping[str, int],
    decisions: Sequence[Decision],
) -> Counted:
    """Return the seats of every list in every district, and their sums."""
    rules = election.rules
    rows: dict[str, Mapping[str, int]] = {}
    steps: list[Step] = []
    ties: list[Tie] = []
    unfilled = 0
    places = [f"district:{district.name}" for district in election.districts]
    for at, district in zip(places, election.districts, strict=True):
        votes = {name: district.votes.get(name, 0) if name in lists else 0 for name in election.tally.votes}
        outcome = allocate(
            Tally(votes, district.valid),
            seats[district.name],
            rules.method,
            caps=rules.caps,
            apparentments=tuple(group for group in rules.apparentments if lists.issuperset(group)),
            ties=rules.ties,
            decisions=[d for d in decisions if _district_of(d, places) == at],
            at=at,
        )
        counted = of_seats(outcome, votes)
        rows[district.name] = counted.seats or {}
        ties += counted.ties
        unfilled += counted.unfilled
        steps.append(Step("district", {"district": district.name, "seats": seats[district.name]}))
        steps += counted.steps
    total = {name: sum(row[name] for row in rows.values()) for name in election.tally.votes}
    return Counted(total, rows, None, tuple(ties), tuple(steps), unfilled)


def _district_of(decision: Decision, places: Sequence[str]) -> str | None:
    """Return the place of the district that a decision is for: a name may begin another, as `A` and `A/B`."""
    return max(
        (at for at in places if decision.at == at or decision.at.startswith(at + "/")), key=len, default=None
    )


# Two rounds


def _two_rounds(election: TwoRoundElection, decisions: Sequence[Decision]) -> Counted:
    stale(d for d in decisions if not d.at.startswith("round:1") and not d.at.startswith("round:2"))
    held = election.rounds
    opening = replace(held[0], decisions=decisions_under(decisions, "round:1"))
    first = first_round(opening, election.majority)
    if len(held) == 1:
        stale(decisions_under(decisions, "round:2"))
        return of_round(first)
    _check_second(first, held, whole=election.majority.qualify_share is None)
    last = of_round(last_round(replace(held[1], decisions=decisions_under(decisions, "round:2")), 2))
    return replace(last, steps=(*first.steps, *last.steps))


def _check_second(
    first: Elected | RunOff | Void | NeedsDecision, held: Sequence[Contest], *, whole: bool
) -> None:
    """Pass if the second round was held among those who went on; raise InputError (E2.6) otherwise.

    Where a tie for the second place was settled outside the file, the second round itself says who won it.
    Where all with a share of the registered go on (`whole` is false), some may have stood down.
    """
    stood = set(held[1].tally.votes)
    if len(held) > 2:
        raise _wrong_round(3, str(len(held)), "2")
    if isinstance(first, RunOff):
        allowed, needed, places = set(first.names), set(first.names) if whole else set(), len(first.names)
    elif isinstance(first, NeedsDecision):
        tied = {name for tie in first.ties for name in tie.tied}
        allowed, needed = tied | set(first.seats), set(first.seats)
        places = len(first.seats) + sum(tie.seats for tie in first.ties)
    else:
        raise _wrong_round(2, ", ".join(sorted(stood)), "–")
    if not stood or not needed <= stood <= allowed or (whole and len(stood) != places):
        raise _wrong_round(2, ", ".join(sorted(stood)), ", ".join(sorted(allowed)))


def _wrong_round(number: int, found: str, expected: str) -> InputError:
    hint = "no_second_round" if expected == "–" else None
    return InputError(
        [Problem(WRONG_ROUND, Place(path=f"rounds[{number}]"), found, expected, hint, {"round": number})]
    )

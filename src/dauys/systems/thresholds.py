"""Who takes part in a distribution: the legal threshold, its base, exemptions, waivers and fallbacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from dauys.errors import InputError, Place, Problem
from dauys.systems.outcomes import Base, Count, Step, Tally
from dauys.systems.quotas import cut
from dauys.systems.ties import Desk

NO_BASE = "E3.5"
"""Code of the InputError that a total is needed as a base and not known."""

HARE_QUOTA: Literal["hare_quota"] = "hare_quota"


@dataclass(frozen=True, slots=True)
class AdmitRunnerUp:
    """Where one list alone reaches the bar, the next by votes is admitted too, at a discount.

    Its quotient of votes by quota is multiplied by `index`, and it gets at least `min_seats`. `rest` says
    where the seats go that whole quotas then leave: to the largest remainders as ever (the runner-up's
    remainder being that of its reduced quotient), or to the list that passed (`passing`). **Source:**
    Kazakhstan, Constitutional Law on Elections, art. 97-1, items 2–3, as amended on 9 February 2009. The text
    that was read ends before it says how the seats left over are given: `rest` is a declared parameter.
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
    if None). **Source:** the form of Russia's law 20-FZ of 2014 on elections to the State Duma, art. 88:
    lists are admitted in order of votes until they hold more than 60 per cent together, and never one list
    alone; the share is declared.
    """

    min_lists: int = 2
    over_share: Fraction | None = None


Fallback = AdmitRunnerUp | AddSecond | LowerBar


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bar that lists must reach to take part.

    `share` of the named `base`: reached means at least it, or more than it with `strict`; `"hare_quota"` is
    the base divided by the seats. `per_list` goes before `by_kind` (kinds are in the tally), that before
    `share`. `exempt` lists take part whatever their votes; so do lists with at least `waiver_seats` of
    `direct_seats`. `never`: entries that are no list, such as several small ones added up: in the base, never
    admitted. `fallback` is used where one list alone is admitted (LowerBar: also where none is).
    """

    share: Fraction | Literal["hare_quota"]
    base: Base
    strict: bool = False
    by_kind: Mapping[str, Fraction] = field(default_factory=dict)
    per_list: Mapping[str, Fraction] = field(default_factory=dict)
    exempt: frozenset[str] = frozenset()
    waiver_seats: int | None = None
    direct_seats: Mapping[str, int] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    fallback: Fallback | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """Lists that take part, in input order, all with votes. `runner_up` came in by AdmitRunnerUp and bears
    its index.
    """

    lists: tuple[str, ...]
    runner_up: str | None = None


def base_count(tally: Tally, base: Base) -> Count:
    """Return the number of votes or voters that `base` names, in the tally.

    Raises InputError (E3.5) where the tally does not know it: a base is never guessed from other counts.
    """
    if base is Base.PARTY_VOTES:
        return sum(tally.votes.values())
    known = {Base.CAST: tally.cast, Base.REGISTERED: tally.registered}.get(base, tally.valid)
    if known is None:
        missing = base.value if base in {Base.CAST, Base.REGISTERED} else "valid"
        raise _no_base(missing, base)
    if base is Base.VALID_INCL_AGAINST_ALL:
        if tally.against_all is None:
            raise _no_base("against_all", base)
        return known + tally.against_all
    return known


def _no_base(total: str, base: Base) -> InputError:
    place = Place(path=f"totals.{total}")
    return InputError(
        [Problem(NO_BASE, place, "null", "a number", "base_not_known", {"base": base.value, "total": total})]
    )


def needed_votes(threshold: Threshold, tally: Tally, seats: int, name: str, base_votes: Count) -> Fraction:
    """Return the votes that the bar stands for, as a fraction; `name` reaches it with as many, or needs more
    (strict).
    """
    share = _share_for(threshold, tally, name)
    return Fraction(base_votes) / max(seats, 1) if share == HARE_QUOTA else share * base_votes


def _share_for(threshold: Threshold, tally: Tally, name: str) -> Fraction | Literal["hare_quota"]:
    own = threshold.per_list.get(name)
    if own is None:
        own = threshold.by_kind.get(tally.kinds.get(name, ""))
    return threshold.share if own is None else own


def _why(threshold: Threshold, tally: Tally, seats: int, name: str, base_votes: Count) -> tuple[bool, str]:
    """Return whether a list is admitted before any fallback, and the word for why."""
    votes = tally.votes[name]
    if name in threshold.never:
        return False, "aggregate"
    if name in threshold.exempt:
        return votes > 0, "exempt"
    if threshold.waiver_seats is not None and threshold.direct_seats.get(name, 0) >= threshold.waiver_seats:
        return votes > 0, "direct_seats"
    needed = needed_votes(threshold, tally, seats, name, base_votes)
    reached = votes > needed if threshold.strict else votes >= needed
    return reached and votes > 0, "votes" if reached else "below"


def admit(tally: Tally, seats: int, threshold: Threshold | None, desk: Desk, at: str) -> Admitted:
    """Return who takes part; a tie for the place of the runner-up is asked at `at`/runner_up or
    `at`/lowered_bar.
    """
    if threshold is None:
        return Admitted(tuple([name for name, votes in tally.votes.items() if votes]))
    base_votes = base_count(tally, threshold.base)
    if desk.log is None and _is_plain(threshold):
        lists = _above_one_bar(tally, seats, threshold, base_votes)
    else:
        verdicts = {name: _why(threshold, tally, seats, name, base_votes) for name in tally.votes}
        lists = tuple(name for name, (passes, _) in verdicts.items() if passes)
        if desk.log is not None:
            desk.log.append(_step(tally, seats, threshold, base_votes, verdicts))
    if threshold.fallback is None:
        return Admitted(lists)
    return _fall_back(tally, threshold, threshold.fallback, lists, base_votes, desk, at)


def _is_plain(threshold: Threshold) -> bool:
    special = threshold.by_kind or threshold.per_list or threshold.exempt or threshold.never
    return not special and threshold.waiver_seats is None and threshold.share != HARE_QUOTA


def _above_one_bar(tally: Tally, seats: int, threshold: Threshold, base_votes: Count) -> tuple[str, ...]:
    """Return the lists above a bar that is the same for all, without making a fraction for each."""
    above, below = threshold.share.as_integer_ratio() if threshold.share != HARE_QUOTA else (1, max(seats, 1))
    needed = above * base_votes
    if threshold.strict:
        return tuple([name for name, votes in tally.votes.items() if votes * below > needed and votes])
    return tuple([name for name, votes in tally.votes.items() if votes * below >= needed and votes])


def _fall_back(
    tally: Tally,
    threshold: Threshold,
    fallback: Fallback,
    lists: tuple[str, ...],
    base_votes: Count,
    desk: Desk,
    at: str,
) -> Admitted:
    if isinstance(fallback, LowerBar):
        return _lower_bar(tally, threshold, fallback, lists, base_votes, desk, at)
    others = [
        name
        for name, votes in tally.votes.items()
        if name not in lists and name not in threshold.never and votes
    ]
    if len(lists) != 1 or not others:
        return Admitted(lists)
    chosen = _next_by_votes(tally, others, desk, f"{at}/runner_up")
    both = tuple(name for name in tally.votes if name in lists or name == chosen)
    discounted = isinstance(fallback, AdmitRunnerUp)
    if desk.log is not None:
        facts: dict[str, object] = {"id": chosen, "votes": tally.votes[chosen]}
        if isinstance(fallback, AdmitRunnerUp):
            facts |= {"index": fallback.index, "min_seats": fallback.min_seats, "rest": fallback.rest}
        desk.log.append(Step("runner_up", facts, threshold.article))
    return Admitted(both, chosen if discounted else None)


def _next_by_votes(tally: Tally, others: Sequence[str], desk: Desk, at: str) -> str:
    most = max(tally.votes[name] for name in others)
    equal = [name for name in others if tally.votes[name] == most]
    return equal[0] if len(equal) == 1 else min(desk.choose(at, equal, 1, {}, last=False))


def _lower_bar(
    tally: Tally,
    threshold: Threshold,
    fallback: LowerBar,
    lists: tuple[str, ...],
    base_votes: Count,
    desk: Desk,
    at: str,
) -> Admitted:
    inside = set(lists)
    others = [name for name, votes in tally.votes.items() if name not in inside | threshold.never and votes]
    entered: list[str] = []
    while others and not _enough(tally, fallback, inside, base_votes):
        place = f"{at}/lowered_bar" if not entered else f"{at}/lowered_bar:{len(entered) + 1}"
        chosen = _next_by_votes(tally, others, desk, place)
        others.remove(chosen)
        inside.add(chosen)
        entered.append(chosen)
    if entered and desk.log is not None:
        desk.log.append(
            Step("lowered_bar", {"entered": entered, "min_lists": fallback.min_lists}, threshold.article)
        )
    return Admitted(tuple(name for name in tally.votes if name in inside))


def _enough(tally: Tally, fallback: LowerBar, inside: set[str], base_votes: Count) -> bool:
    if len(inside) < fallback.min_lists:
        return False
    share = fallback.over_share
    return share is None or sum(tally.votes[name] for name in inside) > share * base_votes


def _step(
    tally: Tally,
    seats: int,
    threshold: Threshold,
    base_votes: Count,
    verdicts: Mapping[str, tuple[bool, str]],
) -> Step:
    rows = [
        {
            "id": name,
            "votes": votes,
            "share": Fraction(votes) / base_votes if base_votes else None,
            "needed": needed_votes(threshold, tally, seats, name, base_votes),
            "passes": verdicts[name][0],
            "why": verdicts[name][1],
        }
        for name, votes in tally.votes.items()
    ]
    common = Fraction(1, max(seats, 1)) if threshold.share == HARE_QUOTA else threshold.share
    facts = {
        "share": common,
        "base": threshold.base.value,
        "base_votes": base_votes,
        "needed": common * base_votes,
        "strict": threshold.strict,
        "lists": rows,
    }
    return Step("threshold", facts, threshold.article)

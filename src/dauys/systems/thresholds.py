"""Who takes part in a distribution: the legal threshold, its base, exemptions and waivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from dauys.errors import InputError, Place, Problem
from dauys.systems.fallbacks import AddSecond, AdmitRunnerUp, Admitted, Fallback, Field, LowerBar, fall_back
from dauys.systems.outcomes import Base, Count, Step, Tally
from dauys.systems.ties import Ask

NO_BASE = "E7.5"
"""Code of the InputError that a total is needed as a base and not known."""

HARE_QUOTA: Literal["hare_quota"] = "hare_quota"

__all__ = [
    "HARE_QUOTA",
    "NO_BASE",
    "AddSecond",
    "AdmitRunnerUp",
    "Admitted",
    "LowerBar",
    "Threshold",
    "admit",
    "base_count",
    "needed_votes",
]


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


def base_count(tally: Tally, base: Base) -> Count:
    """Return the number of votes or voters that `base` names, in the tally.

    Raises InputError (E7.5) where the tally does not know it: a base is never guessed from other counts.
    """
    if base is Base.VALID and tally.valid is not None:
        return tally.valid
    if base is Base.PARTY_VOTES:
        return sum(tally.votes.values())
    known: Count | None
    if base is Base.CAST:
        known, total = tally.cast, "cast"
    elif base is Base.REGISTERED:
        known, total = tally.registered, "registered"
    else:
        known, total = tally.valid, "valid"
    if known is None:
        raise _no_base(total, base)
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


def admit(tally: Tally, seats: int, threshold: Threshold | None, ask: Ask) -> Admitted:
    """Return who takes part; who comes in by the fallback is asked at `at`/runner_up or `at`/lowered_bar."""
    if threshold is None:
        return Admitted(tuple([name for name, votes in tally.votes.items() if votes]))
    base_votes = base_count(tally, threshold.base)
    if ask.log is None and _is_plain(threshold):
        lists = _above_one_bar(tally, threshold, base_votes, seats)
    else:
        verdicts = {name: _why(threshold, tally, seats, name, base_votes) for name in tally.votes}
        lists = tuple(name for name, (passes, _) in verdicts.items() if passes)
        if ask.log is not None:
            ask.log.append(_step(tally, seats, threshold, base_votes, verdicts))
    if threshold.fallback is None:
        return Admitted(lists)
    eligible = [name for name, votes in tally.votes.items() if votes and name not in threshold.never]
    return fall_back(
        threshold.fallback, Field(tally.votes, eligible, base_votes, threshold.article), lists, ask
    )


def _is_plain(threshold: Threshold) -> bool:
    special = threshold.by_kind or threshold.per_list or threshold.exempt or threshold.never
    return not special and threshold.waiver_seats is None


def _above_one_bar(tally: Tally, threshold: Threshold, base_votes: Count, seats: int) -> tuple[str, ...]:
    """Return the lists above a bar that is the same for all, without making a fraction for each."""
    share = threshold.share
    above, below = (1, max(seats, 1)) if isinstance(share, str) else (share.numerator, share.denominator)
    needed = above * base_votes
    if threshold.strict or not needed:  # a bar of no votes is reached by any vote, not by none
        return tuple([name for name, votes in tally.votes.items() if votes * below > needed])
    return tuple([name for name, votes in tally.votes.items() if votes * below >= needed])


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

"""Outcomes of a rule of law, the decisions that they may wait for, and the trace that minutes print.

Nothing here draws a lot. A tie that the law leaves to a lot or to a fact outside the count comes back as
`NeedsDecision`; the recorded `Decision` is then given to the same function again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

Count = int | Fraction
"""A number of votes. Fractions occur where a law weights votes or shares out ambiguous ballots; never a
float.
"""


class Base(StrEnum):
    """What a share is of. Never derived from the votes at hand: always named."""

    VALID = "valid"
    VALID_INCL_AGAINST_ALL = "valid_incl_against_all"
    PARTY_VOTES = "party_votes"
    CAST = "cast"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a calculation, in facts: `at` is its kind, `facts` its numbers (int, str, Fraction, lists
    of these).
    """

    at: str
    facts: Mapping[str, object]
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A lot drawn or a decision taken outside the count: `order` ranks the tied, the first wins first."""

    at: str
    order: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Tie:
    """`seats` places are open between more names than that, and the count cannot choose."""

    tied: frozenset[str]
    seats: int
    at: str


@dataclass(frozen=True, slots=True)
class Allocated:
    """Every seat has an owner. `seats` names every list, zeros too, in input order; `unfilled` seats nobody
    may take.
    """

    seats: Mapping[str, int]
    steps: tuple[Step, ...] = ()
    unfilled: int = 0


@dataclass(frozen=True, slots=True)
class NeedsDecision:
    """Some seats wait for a decision. `seats` holds only what every completion gives."""

    ties: tuple[Tie, ...]
    seats: Mapping[str, int]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class NoDistribution:
    """No seat can be given: `reason` is `no_votes`, `nobody_passes` or another word the law's page names."""

    reason: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Tiers:
    """Seats of a house with tiers: `total` of all lists, and what each district or land gives to each list.

    `districts` holds certain seats only, as `total` does where it waits for a decision; it is empty where
    nothing is distributed. `house` is the number of seats of the lists together, overhang and levelling among
    them.
    """

    total: Allocated | NeedsDecision | NoDistribution
    districts: Mapping[str, Mapping[str, int]]
    house: int


@dataclass(frozen=True, slots=True)
class Elected:
    """One person or list won the contest."""

    name: str
    round: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class RunOff:
    """Two or more go to another round, in order of votes."""

    names: tuple[str, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Void:
    """The contest gave no result and has to be held again: `reason` is `turnout`, `against_all`, …"""

    reason: str
    round: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes of one contest with the bases that law may ask for. `None` is not known, never 0.

    `votes` maps ids of lists or candidates to counts; `against_all` is never one of them, and `valid` never
    holds it. `votes` may leave out losing options, so that their sum is below `valid`. `kinds` names the kind
    of a list where law tells kinds apart (`bloc`, `independent`, …). More people may have voted than were
    registered: law allows additions on the day, so that `registered` is not compared with the rest. Raises
    ValueError where a count is negative or no exact number, or the parts exceed the whole.
    """

    votes: Mapping[str, Count]
    valid: Count | None = None
    cast: int | None = None
    registered: int | None = None
    against_all: Count | None = None
    invalid: int | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        totals = (self.valid, self.cast, self.registered, self.against_all, self.invalid)
        counts: list[object] = [*self.votes.values(), *(total for total in totals if total is not None)]
        for count in counts:
            if isinstance(count, bool) or not isinstance(count, int | Fraction):
                raise ValueError(f"a count must be int or Fraction, not {count!r}")  # noqa: TRY004 - the documented error
            if count < 0:
                raise ValueError(f"a count cannot be negative: {count}")
        for kind in self.kinds:
            if kind not in self.votes:
                raise ValueError(f"a kind is given for {kind!r}, which has no votes")
        options = sum(self.votes.values())
        if self.valid is not None and options > self.valid:
            raise ValueError(f"the options have {options} votes, more than the {self.valid} valid ones")
        known = (
            (self.valid if self.valid is not None else options)
            + (self.against_all or 0)
            + (self.invalid or 0)
        )
        if self.cast is not None and known > self.cast:
            raise ValueError(
                f"valid, against-all and invalid votes are {known}, more than the {self.cast} cast"
            )

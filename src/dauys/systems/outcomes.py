"""Outcomes of a rule of law, the decisions that they may wait for, and the trace that minutes print.

Nothing here draws a lot. A tie that the law leaves to a lot or to a fact outside the count comes back as
`NeedsDecision`; the recorded `Decision` is then given to the same function again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Base(StrEnum):
    """What a share is of. Never derived from the votes at hand: always named."""

    VALID = "valid"
    VALID_INCL_AGAINST_ALL = "valid_incl_against_all"
    PARTY_VOTES = "party_votes"
    CAST = "cast"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a calculation, in facts: `at` is its kind, `facts` its numbers (int, str, Fraction, lists of these)."""

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
    """Every seat has an owner. `seats` names every list, zeros too, in input order; `unfilled` seats nobody may take."""

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

    `votes` maps ids of lists or candidates to counts; `against_all` is never one of them.
    Raises ValueError where a count is negative or the parts exceed the whole.
    """

    votes: Mapping[str, int]
    valid: int | None = None
    cast: int | None = None
    registered: int | None = None
    against_all: int | None = None
    invalid: int | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)

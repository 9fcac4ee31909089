"""The `method` of an election file read into rules: method of seats, threshold, ties, and words for them.

Codes: E2.1 unknown list · E2.2 name twice · E2.3 negative count · E2.4 sums differ · E2.5 total of a base not
known · E2.6 rounds that do not fit · E2.7 parts above the whole · E2.8 seats do not add up · E2.9 a rule of
another family.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dauys.errors import Problem
from dauys.formats.fields import Fields
from dauys.formats.yaml_nodes import Scalar
from dauys.systems.apportion import Method
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.fallbacks import AddSecond, AdmitRunnerUp, Fallback
from dauys.systems.outcomes import Base, Count, Tally
from dauys.systems.quotas import LargestRemainder, Quota
from dauys.systems.thresholds import HARE_QUOTA, Threshold
from dauys.systems.ties import LOT, TieRule

BASES = [base.value for base in Base]
REMAINDER_RULES = ("largest", "most_votes", "za_lr_then_average")


@dataclass(frozen=True, slots=True)
class Party:
    """One entry of `parties`: a list, or an aggregate of several small ones.

    `votes` is None where they are not said, or said in a way that was noted as a fault (`said`).
    """

    name: str
    line: int
    votes: Count | None
    said: bool = True
    bloc: bool = False
    exempt: bool = False
    aggregate: bool = False
    threshold: Fraction | None = None
    direct_seats: int = 0
    floor: int = 0
    registration: int | None = None
    average_age: Count | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """`totals` as written. `valid` may hold the votes against all; None is not known."""

    registered: int | None = None
    voted: int | None = None
    invalid: int | None = None
    against_all: Count | None = None
    valid: Count | None = None
    includes_against_all: bool = False

    @property
    def mingled(self) -> bool:
        """Whether `valid` holds votes against all of unknown number; it still is a base as it stands."""
        return self.includes_against_all and self.against_all is None

    def valid_alone(self) -> Count | None:
        """Return the valid votes without those against all."""
        if self.valid is None or not self.includes_against_all:
            return self.valid
        return self.valid - (self.against_all or 0)

    def base(self, base: Base) -> Base:
        """Return the base of the tally that the word of the file means: `valid` is `totals.valid`."""
        return Base.VALID_INCL_AGAINST_ALL if base is Base.VALID and self.includes_against_all else base


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every family starts from: the file, its method, its lists and its totals."""

    top: Fields
    method: Fields
    parties: list[Party]
    totals: Totals
    partial: bool

    def tie_rule(self) -> TieRule:
        """Return the rule for equal lists."""
        registration = {party.name: party.registration for party in self.parties}
        age = {party.name: party.average_age for party in self.parties}
        return tie_rule_of(self.method, registration, age)


def method_of(fields: Fields, *, default: Divisor | None = None) -> Method | None:
    """Return largest remainder or highest averages with its quota or divisor; faults go to the log."""
    name = fields.text("name")
    divisor = fields.word("divisor", [d.value for d in Divisor])
    quota = fields.word("quota", [q.value for q in Quota])
    if name == "largest_remainder" or (quota and not divisor and name != "highest_averages"):
        if quota is None:
            _asked(fields, "quota")
            return None
        base: Literal["passing", "valid"] = (
            "valid" if fields.word("quota_base", ("passing", "valid")) == "valid" else "passing"
        )
        rule = fields.word("remainder_rule", REMAINDER_RULES, "largest")
        leftovers = next(r for r in ("largest", "most_votes", "za_lr_then_average") if r == rule)
        return LargestRemainder(Quota(quota), quota_base=base, leftovers=leftovers)
    if divisor is None:
        if default is None:
            _asked(fields, "divisor")
        return HighestAverages(default) if default is not None else None
    for key in ("quota_base", "remainder_rule"):
        if fields.get(key) is not None:
            fields.log.add("E2.9", fields.line_of(key), key=fields.name_of(key), found="highest_averages")
    return HighestAverages(Divisor(divisor))


def _asked(fields: Fields, key: str) -> None:
    if fields.get(key) is None:
        fields.missing(key)


def threshold_of(fields: Fields, parties: list[Party], totals: Totals, *, partial: bool) -> Threshold | None:
    """Return the bar of the method, or None where no list can fail it."""
    node = fields.get("threshold")
    hare = isinstance(node, Scalar) and node.text == HARE_QUOTA
    share = None if hare else fields.share("threshold")
    own = {party.name: party.threshold for party in parties if party.threshold is not None}
    never = frozenset(party.name for party in parties if party.aggregate)
    fallback = _fallback(fields)
    if share is None and not hare and not own:
        # Without a bar an aggregate of small lists still takes no seat.
        return Threshold(Fraction(0), Base.PARTY_VOTES, never=never) if never else None
    base = base_of(fields, "threshold_base", totals, partial=partial)
    if base is None:
        return None
    return Threshold(
        share=HARE_QUOTA if hare else share or Fraction(0),
        base=base,
        strict=fields.flag("threshold_strict"),
        per_list=own,
        exempt=frozenset(party.name for party in parties if party.exempt),
        waiver_seats=fields.whole("direct_seat_waiver"),
        direct_seats={p.name: max(p.direct_seats, p.floor) for p in parties},
        never=never,
        fallback=fallback,
    )


def base_of(fields: Fields, key: str, totals: Totals, *, partial: bool) -> Base | None:
    """Return the named base, with a fault where the file does not hold its total (E2.5)."""
    word = fields.word(key, BASES)
    if word is None:
        if fields.get(key) is None:
            fields.missing(key)
        return None
    base = Base(word)
    known = {
        Base.CAST: (totals.voted, "totals.voted"),
        Base.REGISTERED: (totals.registered, "totals.registered"),
        Base.PARTY_VOTES: (None if partial else 0, "parties"),
    }.get(base, (totals.valid if partial else 0, "totals.valid"))
    if known[0] is None:
        fields.log.add("E2.5", fields.line_of(key), found=word, key=fields.name_of(key), total=known[1])
    if base is Base.VALID_INCL_AGAINST_ALL and totals.against_all is None and not totals.mingled:
        fields.log.add(
            "E2.5", fields.line_of(key), found=word, key=fields.name_of(key), total="totals.against_all"
        )
    return totals.base(base)


def _fallback(fields: Fields) -> Fallback | None:
    word = fields.word("if_only_one_passes", ("add_second", "admit_runner_up"))
    if word == "admit_runner_up":
        index = fields.share("runner_up_index") or Fraction(7, 10)
        least = fields.whole("runner_up_min_seats")
        return AdmitRunnerUp(index, 2 if least is None else least)
    return AddSecond() if word else None


def tie_rule_of(fields: Fields, registration: dict[str, int | None], age: dict[str, Count | None]) -> TieRule:
    """Return the rule for equals. A rule whose facts the file does not hold leaves the tie to a decision."""
    word = fields.text("tie_rule") if fields.get("tie_rule") is not None else None
    if word in (None, "lot"):
        return LOT
    if word == "earlier_registration":
        return TieRule(word, {name: place for name, place in registration.items() if place is not None})
    if word == "higher_average_age":
        return TieRule.higher_average_age({name: years for name, years in age.items() if years is not None})
    return TieRule.more_votes() if word == "more_votes" else TieRule(str(word))


def tally_of(parties: list[Party], totals: Totals, *, partial: bool) -> Tally:
    """Return the votes of lists and the totals; valid votes not given are the sum, if no list is missing."""
    votes = {party.name: party.votes or 0 for party in parties}
    valid = totals.valid_alone()
    if valid is None and not partial:
        valid = sum(votes.values())
    return Tally(
        votes,
        valid=valid,
        cast=totals.voted,
        registered=totals.registered,
        against_all=0 if totals.mingled else totals.against_all,
        invalid=totals.invalid,
        kinds={party.name: "bloc" for party in parties if party.bloc},
    )


def check_sums(sheet: Sheet, votes: Count, line: int) -> None:
    """Note where votes do not add up to the valid ones (E2.4), or are more though some lack (E2.7)."""
    totals, log = sheet.totals, sheet.top.log
    valid = totals.valid_alone()
    if any(_spoils_sums(problem) for problem in log.problems):
        return
    known = votes + (totals.against_all or 0) + (totals.invalid or 0)
    if valid is None and totals.voted is not None and known > totals.voted:
        log.add("E2.7", line, key="totals.voted", found=str(known), expected=str(totals.voted))
    if valid is None or votes == valid:
        return
    if not sheet.partial and not (sheet.totals.mingled and votes < valid):
        log.add("E2.4", line, key="totals.valid", found=str(votes), expected=str(valid), hint="partial_votes")
    elif votes > valid:
        log.add("E2.7", line, key="totals.valid", found=str(votes), expected=str(valid))


def _spoils_sums(problem: Problem) -> bool:
    """Return whether a fault already noted makes a sum wrong, so that the sum is not a fault of its own."""
    spoiled = problem.code == "E1.2" and ".votes" in str(problem.facts.get("key"))
    return spoiled or problem.code in ("E1.4", "E2.2", "E2.3")

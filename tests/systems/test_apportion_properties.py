"""Properties of allocate, and its agreement with a slow reference that deals seats one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_apportion import averages, remainders

from dauys.systems.apportion import allocate
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.outcomes import Allocated, Base, Decision, NeedsDecision, NoDistribution, Tally
from dauys.systems.quotas import LargestRemainder, Quota
from dauys.systems.thresholds import Threshold
from dauys.systems.ties import TieRule

DIVISORS = st.sampled_from(list(Divisor))
QUOTAS = st.sampled_from(list(Quota))
METHODS = st.one_of(DIVISORS.map(HighestAverages), st.just(LargestRemainder(Quota.HARE)))
SMALL = st.lists(st.integers(0, 12), min_size=1, max_size=5)  # many ties
LARGE = st.lists(st.integers(0, 40_000_000), min_size=1, max_size=8)
VOTES = st.one_of(SMALL, LARGE)
SEATS = st.integers(0, 12)


def tally(votes: list[int]) -> Tally:
    return Tally({f"l{i}": count for i, count in enumerate(votes)}, valid=sum(votes))


def completions(outcome: Allocated | NeedsDecision) -> set[tuple[int, ...]]:
    """What the outcome says may come of it, for a single tie at the end."""
    if isinstance(outcome, Allocated):
        return {tuple(outcome.seats.values())}
    (tie,) = outcome.ties
    return {
        tuple(n + (name in won) for name, n in outcome.seats.items())
        for won in combinations(sorted(tie.tied), tie.seats)
    }


@settings(max_examples=200, deadline=None)
@given(DIVISORS, VOTES, SEATS)
def test_highest_averages_agree_with_dealing_one_by_one(
    divisor: Divisor, votes: list[int], seats: int
) -> None:
    outcome = allocate(tally(votes), seats, HighestAverages(divisor))
    if not any(votes):
        assert isinstance(outcome, NoDistribution)
        assert outcome.reason == "no_votes"
        return
    assert not isinstance(outcome, NoDistribution)
    assert completions(outcome) == averages(divisor.value, [Fraction(v) for v in votes], seats)


@settings(max_examples=100, deadline=None)
@given(DIVISORS, SMALL, SEATS, st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_ceilings_agree_with_dealing_one_by_one(
    divisor: Divisor, votes: list[int], seats: int, caps: list[int]
) -> None:
    caps = caps[: len(votes)]
    outcome = allocate(
        tally(votes), seats, HighestAverages(divisor), caps={f"l{i}": cap for i, cap in enumerate(caps)}
    )
    if not any(votes):
        return
    assert not isinstance(outcome, NoDistribution)
    expected = averages(divisor.value, [Fraction(v) for v in votes], seats, caps)
    assert completions(outcome) == expected
    if isinstance(outcome, Allocated):
        assert outcome.unfilled == seats - sum(outcome.seats.values())


@settings(max_examples=200, deadline=None)
@given(QUOTAS, VOTES, st.integers(1, 12), st.booleans())
def test_largest_remainders_agree_with_the_definition(
    quota: Quota, votes: list[int], seats: int, by_votes: bool
) -> None:
    if not any(votes):
        return
    method = LargestRemainder(quota, leftovers="most_votes" if by_votes else "largest", overrun="refuse")
    expected = remainders(quota.value, [Fraction(v) for v in votes], seats, by_votes)
    outcome = allocate(tally(votes), seats, method)
    if expected is None:
        assert isinstance(outcome, NoDistribution)
        assert outcome.reason in {"over_allocation", "zero_quota"}
        return
    assert not isinstance(outcome, NoDistribution)
    assert completions(outcome) == expected


@settings(max_examples=200, deadline=None)
@given(METHODS, VOTES, SEATS, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(method, votes, seats, random) -> None:  # type: ignore[no-untyped-def]
    before = tally(votes)
    names = list(before.votes)
    fresh = {name: f"renamed {random.randrange(10**9)} {name}" for name in names}
    random.shuffle(names)
    after = allocate(Tally({fresh[n]: before.votes[n] for n in names}), seats, method)
    outcome = allocate(before, seats, method)
    assert type(after).__name__.removeprefix("Lazy") == type(outcome).__name__.removeprefix("Lazy")
    if isinstance(outcome, NoDistribution) or isinstance(after, NoDistribution):
        return
    assert after.seats == {fresh[n]: outcome.seats[n] for n in names}
    if isinstance(outcome, NeedsDecision):
        assert {frozenset(fresh[n] for n in tie.tied) for tie in outcome.ties} == {t.tied for t in after.ties}


@settings(max_examples=200, deadline=None)
@given(METHODS, VOTES, SEATS, st.integers(1, 1000), st.integers(1, 1000))
def test_scaling_votes_changes_nothing(method, votes, seats, up, down) -> None:  # type: ignore[no-untyped-def]
    plain = allocate(tally(votes), seats, method)
    scaled = allocate(Tally({f"l{i}": Fraction(v * up, down) for i, v in enumerate(votes)}), seats, method)
    if isinstance(plain, NoDistribution) or isinstance(scaled, NoDistribution):
        assert type(plain) is type(scaled)
        return
    assert plain.seats == scaled.seats


@settings(max_examples=200, deadline=None)
@given(VOTES, st.integers(1, 12))
def test_hare_stays_within_quota(votes: list[int], seats: int) -> None:
    outcome = allocate(tally(votes), seats, LargestRemainder(Quota.HARE))
    if not any(votes):
        return
    assert not isinstance(outcome, NoDistribution)
    for held in completions(outcome):
        assert sum(held) == seats
        for count, got in zip(votes, held, strict=True):
            assert abs(Fraction(count * seats, sum(votes)) - got) < 1


@settings(max_examples=200, deadline=None)
@given(DIVISORS, VOTES, SEATS)
def test_a_larger_house_costs_nobody_a_seat(divisor: Divisor, votes: list[int], seats: int) -> None:
    if not any(votes):
        return
    smaller = allocate(tally(votes), seats, HighestAverages(divisor))
    larger = allocate(tally(votes), seats + 1, HighestAverages(divisor))
    assert not isinstance(smaller, NoDistribution)
    assert not isinstance(larger, NoDistribution)
    for before in completions(smaller):
        assert any(all(map(int.__le__, before, after)) for after in completions(larger))


@settings(max_examples=200, deadline=None)
@given(METHODS, SMALL, SEATS, st.permutations(range(5)))
def test_a_pending_tie_has_two_completions_and_the_rule_gives_what_the_decision_gives(
    method,
    votes,
    seats,
    order,  # type: ignore[no-untyped-def]
) -> None:
    outcome = allocate(tally(votes), seats, method)
    if not isinstance(outcome, NeedsDecision):
        return
    (tie,) = outcome.ties
    assert 0 < tie.seats < len(tie.tied)
    ranked = [f"l{i}" for i in order]
    drawn = tuple(name for name in ranked if name in tie.tied)
    decided = allocate(tally(votes), seats, method, decisions=[Decision(tie.at, drawn, "minutes 7")])
    other = allocate(tally(votes), seats, method, decisions=[Decision(tie.at, drawn[::-1], "minutes 8")])
    by_rule = allocate(tally(votes), seats, method, ties=TieRule.earlier_registration(ranked))
    assert isinstance(decided, Allocated)
    assert isinstance(other, Allocated)
    assert isinstance(by_rule, Allocated)
    assert decided.seats != other.seats
    assert by_rule.seats == decided.seats
    assert all(decided.seats[name] >= n for name, n in outcome.seats.items())


@settings(max_examples=100, deadline=None)
@given(SMALL, SEATS, st.integers(0, 20))
def test_an_exempt_list_does_not_feel_the_bar(votes: list[int], seats: int, per_cent: int) -> None:
    """Whatever the bar, an exempt list takes part, and so has what it has among those admitted."""
    if not votes[0]:
        return
    bar = Threshold(Fraction(per_cent, 20), Base.VALID, exempt=frozenset({"l0"}))
    admitted = {f"l{i}": v for i, v in enumerate(votes) if i == 0 or v * 20 >= per_cent * sum(votes)}
    with_bar = allocate(tally(votes), seats, HighestAverages(), bar)
    without = allocate(Tally(admitted), seats, HighestAverages())
    assert not isinstance(with_bar, NoDistribution)
    assert not isinstance(without, NoDistribution)
    assert with_bar.seats["l0"] == without.seats["l0"]
    if isinstance(with_bar, Allocated):
        assert with_bar.steps[-1].facts["seats"] == with_bar.seats
        rows = with_bar.steps[0].facts["lists"]
        assert {row["id"] for row in rows if row["passes"]} == {n for n, v in admitted.items() if v}


@pytest.mark.parametrize("divisor", list(Divisor))
def test_a_parliament_of_many_lists_agrees_with_dealing_one_by_one(divisor: Divisor) -> None:
    votes = [(7919 * i * i) % 9_999_991 + 40_000 for i in range(1, 41)]
    outcome = allocate(tally(votes), 300, HighestAverages(divisor))
    assert {tuple(outcome.seats.values())} == averages(divisor.value, [Fraction(v) for v in votes], 300)

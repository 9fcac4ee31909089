"""Parallel, compensation with each overhang rule, levelling over lands."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dauys.errors import DecisionError
from dauys.systems.apportion import allocate
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.levelling import Land, LevelledHouse, allocate_levelled
from dauys.systems.mixed import Compensation, Overhang, allocate_mixed, parallel
from dauys.systems.outcomes import Allocated, Base, Decision, NeedsDecision, NoDistribution, Tally
from dauys.systems.quotas import LargestRemainder
from dauys.systems.thresholds import Threshold

SL = HighestAverages(Divisor.SAINTE_LAGUE)
FIVE = Fraction(5, 100)


def test_parallel_adds_and_knows_no_overhang() -> None:
    listed = allocate(Tally({"a": 60, "b": 40}), 10, SL)
    both = parallel(listed, {"b": 5, "c": 2})
    assert isinstance(both, Allocated)
    assert both.seats == {"a": 6, "b": 9, "c": 2}
    tied = parallel(allocate(Tally({"a": 1, "b": 1}), 1, SL), {"b": 5})
    assert isinstance(tied, NeedsDecision)
    assert tied.seats == {"a": 0, "b": 5}
    assert isinstance(parallel(NoDistribution("no_votes"), {"a": 1}), NoDistribution)


@pytest.mark.parametrize(
    ("rule", "a", "b"),
    [
        (Overhang.ALLOW, 6, 5),
        (Overhang.LEVEL, 7, 5),
        (Overhang.KEEP_AND_RECOMPUTE, 5, 5),
        (Overhang.DROP, 6, 4),
    ],
)
def test_four_ways_with_one_overhang(rule: Overhang, a: int, b: int) -> None:
    """60 to 40 for ten seats is 6 to 4, and B won five constituencies."""
    outcome = allocate_mixed(Compensation(Tally({"a": 60, "b": 40}), 10, {"b": 5}, SL, rule))
    assert isinstance(outcome, Allocated)
    assert outcome.seats == {"a": a, "b": b}


def test_new_zealand_2014_has_one_overhang_seat() -> None:
    votes = {
        "National": 1_131_501,
        "Labour": 604_535,
        "Green": 257_359,
        "NZ First": 208_300,
        "Conservative": 95_598,
        "Māori": 31_849,
        "ACT": 16_689,
        "United Future": 5_286,
    }
    direct = {"National": 41, "Labour": 27, "Māori": 1, "ACT": 1, "United Future": 1}
    bar = Threshold(FIVE, Base.VALID, waiver_seats=1, direct_seats=direct)
    outcome = allocate_mixed(Compensation(Tally(votes, valid=2_405_622), 120, direct, SL, threshold=bar))
    assert isinstance(outcome, Allocated)
    assert list(outcome.seats.values()) == [60, 32, 14, 11, 0, 2, 1, 1]
    assert [step.at for step in outcome.steps] == ["threshold", "pool", "averages", "overhang", "result"]
    assert outcome.steps[3].facts["over"] == {"United Future": 1}


def test_seats_outside_and_below_the_bar_are_taken_off_the_house() -> None:
    tally = Tally({"a": 60, "b": 36, "c": 4}, valid=100)
    contest = Compensation(tally, 12, {"c": 1}, SL, Overhang.ALLOW, Threshold(FIVE, Base.VALID), outside=1)
    outcome = allocate_mixed(contest)
    assert isinstance(outcome, Allocated)
    assert outcome.seats == {"a": 6, "b": 4, "c": 1}  # ten left for a and b; with the independent twelve
    dropped = allocate_mixed(
        Compensation(tally, 12, {"c": 1}, SL, Overhang.DROP, Threshold(FIVE, Base.VALID), outside=1)
    )
    assert isinstance(dropped, Allocated)
    assert dropped.seats == {"a": 7, "b": 4, "c": 0}


def test_keeping_may_bring_another_above_its_new_claim() -> None:
    """20 seats, 50-30-20: claims 10-6-4. A keeps 14; of six left C claims two and won three."""
    contest = Compensation(
        Tally({"a": 50, "b": 30, "c": 20}), 20, {"a": 14, "c": 3}, SL, Overhang.KEEP_AND_RECOMPUTE
    )
    outcome = allocate_mixed(contest)
    assert isinstance(outcome, Allocated)
    assert outcome.seats == {"a": 14, "b": 3, "c": 3}
    assert [step.facts["over"] for step in outcome.steps if step.at == "overhang"] == [
        {"a": 14},
        {"c": 3},
        {},
    ]


def test_a_tie_of_claims_that_constituencies_settle_is_no_tie() -> None:
    """5-5 for one seat: a lot; but A won a constituency, and with `ALLOW` the lot still matters."""
    tied = Tally({"a": 5, "b": 5})
    needless = allocate_mixed(Compensation(tied, 1, {"a": 1, "b": 1}, SL, Overhang.ALLOW))
    assert isinstance(needless, Allocated)
    assert needless.seats == {"a": 1, "b": 1}
    open_ = allocate_mixed(Compensation(tied, 1, {"a": 1}, SL, Overhang.ALLOW))
    assert isinstance(open_, NeedsDecision)
    assert open_.seats == {"a": 1, "b": 0}
    assert open_.ties[0].at == "list"
    won = allocate_mixed(
        Compensation(tied, 1, {"a": 1}, SL, Overhang.ALLOW), decisions=[Decision("list", ("b",), "lot")]
    )
    assert isinstance(won, Allocated)
    assert won.seats == {"a": 1, "b": 1}
    with pytest.raises(DecisionError):
        allocate_mixed(Compensation(tied, 2, {}, SL), decisions=[Decision("list", ("b",), "lot")])


def test_nobody_and_nothing() -> None:
    nothing = allocate_mixed(Compensation(Tally({"a": 0}), 5, {}, SL))
    nobody = allocate_mixed(
        Compensation(
            Tally({"a": 1, "b": 1}, valid=2), 5, {}, SL, threshold=Threshold(Fraction(1), Base.VALID)
        )
    )
    assert isinstance(nothing, NoDistribution)
    assert nothing.reason == "no_votes"
    assert isinstance(nobody, NoDistribution)
    assert nobody.reason == "nobody_passes"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"direct": {"z": 1}}, "unknown"), ({"direct": {"a": -1}}, "negative"), ({"outside": -1}, "negative")],
)
def test_contests_that_make_no_sense(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Compensation(**{"tally": Tally({"a": 1}), "seats": 1, "direct": {}, "method": SL, **arguments})  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(1, 1000), min_size=2, max_size=5),
    st.lists(st.integers(0, 6), min_size=5, max_size=5),
    st.integers(5, 30),
    st.sampled_from([SL, HighestAverages(), LargestRemainder()]),
)
def test_what_each_rule_promises(votes, direct, seats, method) -> None:  # type: ignore[no-untyped-def]
    tally = Tally({f"l{i}": n for i, n in enumerate(votes)})
    won = {f"l{i}": n for i, n in enumerate(direct[: len(votes)])}
    claims = allocate(tally, seats, method)
    outcomes = {rule: allocate_mixed(Compensation(tally, seats, won, method, rule)) for rule in Overhang}
    if not isinstance(claims, Allocated):
        return
    allowed, dropped = outcomes[Overhang.ALLOW], outcomes[Overhang.DROP]
    assert isinstance(allowed, Allocated)
    assert isinstance(dropped, Allocated)
    assert allowed.seats == {name: max(n, won[name]) for name, n in claims.seats.items()}
    assert dropped.seats == claims.seats
    for rule in (Overhang.LEVEL, Overhang.KEEP_AND_RECOMPUTE):
        outcome = outcomes[rule]
        if isinstance(outcome, Allocated):
            assert all(n >= won[name] for name, n in outcome.seats.items())
    levelled = outcomes[Overhang.LEVEL]
    if isinstance(levelled, Allocated):
        house = sum(levelled.seats.values())
        assert house >= seats
        same = allocate(tally, house, method)
        assert isinstance(same, Allocated)
        assert same.seats == levelled.seats
        if house > seats:
            below = allocate(tally, house - 1, method)
            assert not isinstance(below, NoDistribution)
            assert any(n < won[name] for name, n in below.seats.items())
    kept = outcomes[Overhang.KEEP_AND_RECOMPUTE]
    if isinstance(kept, Allocated) and sum(won.values()) <= seats:
        assert sum(kept.seats.values()) == seats


def test_a_house_that_grows_by_millions_is_found_at_once() -> None:
    """One vote of a million and two constituencies: by Sainte-Laguë 1/3 against 999,999 of all others."""
    outcome = allocate_mixed(Compensation(Tally({"a": 999_999, "b": 1}), 10, {"b": 2}, SL, Overhang.LEVEL))
    assert isinstance(outcome, Allocated)
    assert outcome.seats == {"a": 1_499_999, "b": 2}


def test_bundestag_2013_grows_to_631() -> None:
    """Each list is guaranteed 242, 183, 60, 61 and 56 seats; five lands stand in for how that came about.

    National second votes and minimum seats as published by the Federal Returning Officer in October 2013.
    """
    votes = {"CDU": 14_921_877, "SPD": 11_252_215, "LINKE": 3_755_699, "GRÜNE": 3_694_057, "CSU": 3_243_569}
    least = {"CDU": 242, "SPD": 183, "LINKE": 60, "GRÜNE": 61, "CSU": 56}
    land = Land("all", 1, votes, least)
    house = LevelledHouse(Tally(votes, valid=43_726_856), [land], 0, Threshold(FIVE, Base.VALID))
    tiers = allocate_levelled(house)
    assert isinstance(tiers.total, Allocated)
    assert tiers.house == 631
    assert tiers.total.seats == {"CDU": 255, "SPD": 193, "LINKE": 64, "GRÜNE": 63, "CSU": 56}


def two_lands(direct_north: dict[str, int]) -> LevelledHouse:
    """North has 300 people, south 100: six and two of eight seats."""
    north = Land("north", 300, {"a": 200, "b": 100, "c": 4}, direct_north)
    south = Land("south", 100, {"a": 20, "b": 80, "c": 0})
    tally = Tally({"a": 220, "b": 180, "c": 4}, valid=404)
    return LevelledHouse(
        tally, [north, south], 8, Threshold(FIVE, Base.VALID, waiver_seats=3, direct_seats=direct_north)
    )


def test_without_overhang_the_house_keeps_its_size() -> None:
    """North 4-2, south 0-2: guaranteed 4-4; of eight seats 220 to 180 is 4-4."""
    tiers = allocate_levelled(two_lands({"a": 3}))
    assert isinstance(tiers.total, Allocated)
    assert tiers.house == 8
    assert tiers.total.seats == {"a": 4, "b": 4, "c": 0}
    assert tiers.districts == {"north": {"a": 4, "b": 2, "c": 0}, "south": {"a": 0, "b": 2, "c": 0}}


def test_the_house_grows_until_guarantees_are_covered_and_lands_keep_constituencies() -> None:
    """A won six in the north: guaranteed 6-4. Of ten 220 to 180 is 6-4 (5.5 to 4.5: 220/11 is 180/9, a tie);
    only a lot would cover A then, so that the house has eleven: 6-5."""
    tiers = allocate_levelled(two_lands({"a": 6}))
    assert isinstance(tiers.total, Allocated)
    assert tiers.house == 11
    assert tiers.total.seats == {"a": 6, "b": 5, "c": 0}
    assert tiers.districts["north"]["a"] == 6
    assert tiers.districts["south"]["a"] == 0
    steps = {step.at: step.facts for step in tiers.total.steps}
    assert steps["guaranteed"] == {"seats": {"a": 6, "b": 4}, "lands": {"north": 6, "south": 2}}
    assert steps["levelling"] == {"from": 8, "to": 11}


def test_constituencies_of_lists_below_the_bar_are_taken_off_before() -> None:
    tiers = allocate_levelled(two_lands({"c": 2}))
    assert isinstance(tiers.total, Allocated)
    assert tiers.total.seats["c"] == 2
    assert tiers.districts["north"]["c"] == 2
    waived = allocate_levelled(two_lands({"c": 3}))
    assert isinstance(waived.total, Allocated)
    guaranteed = next(step.facts["seats"] for step in waived.total.steps if step.at == "guaranteed")
    assert isinstance(guaranteed, dict)
    assert guaranteed["c"] == 3


def test_ties_of_lands_are_asked_where_they_arise() -> None:
    """Three seats for two equal lands. Two for x: 2-1, which three seats cover; two for y: 1-2."""
    lands = [Land("x", 10, {"a": 10, "b": 1}), Land("y", 10, {"a": 1, "b": 4})]
    house = LevelledHouse(Tally({"a": 11, "b": 5}), lands, 3)
    tiers = allocate_levelled(house)
    assert isinstance(tiers.total, NeedsDecision)
    assert [(tie.at, tie.tied) for tie in tiers.total.ties] == [("lands", {"x", "y"})]
    assert tiers.total.seats == {"a": 2, "b": 1}
    for winner, seats in (("x", {"a": 2, "b": 1}), ("y", {"a": 3, "b": 2})):
        decided = allocate_levelled(house, decisions=[Decision("lands", (winner,), "lot")])
        assert isinstance(decided.total, Allocated)
        assert decided.total.seats == seats


def test_a_tie_of_lands_that_levelling_evens_out_is_not_asked() -> None:
    """Whoever has two of three seats, the other list is levelled up to two as well."""
    lands = [Land("x", 10, {"a": 10, "b": 1}), Land("y", 10, {"a": 1, "b": 10})]
    tiers = allocate_levelled(LevelledHouse(Tally({"a": 11, "b": 11}), lands, 3))
    assert isinstance(tiers.total, Allocated)
    assert tiers.total.seats == {"a": 2, "b": 2}


@pytest.mark.parametrize(
    ("lands", "message"),
    [
        ([Land("x", 1, {"a": 1}), Land("x", 1, {"a": 1})], "same name"),
        ([Land("x", 1, {"z": 1})], "has not"),
    ],
)
def test_lands_that_make_no_sense(lands: list[Land], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LevelledHouse(Tally({"a": 1}), lands, 1)

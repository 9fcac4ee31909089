"""Who takes part: bars at one vote less, exactly, one more; bases; exemptions, waivers, fallbacks."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dauys.errors import InputError
from dauys.systems.apportion import allocate
from dauys.systems.divisors import HighestAverages
from dauys.systems.outcomes import Allocated, Base, Decision, NeedsDecision, NoDistribution, Tally
from dauys.systems.quotas import LargestRemainder
from dauys.systems.thresholds import AddSecond, AdmitRunnerUp, LowerBar, Threshold, base_count

SEVEN = Fraction(7, 100)
DHONDT = HighestAverages()
KZ_2007 = {
    "otan": 5_247_720,
    "osdp": 269_310,
    "akzhol": 183_346,
    "auyl": 89_855,
    "knpk": 76_799,
    "pp": 46_436,
    "rukh": 22_159,
}


def passes(tally: Tally, bar: Threshold, name: str = "x", seats: int = 1000) -> bool:
    outcome = allocate(tally, seats, DHONDT, bar)
    return isinstance(outcome, Allocated) and outcome.seats[name] > 0


@pytest.mark.parametrize("total", [100, 10_000, 4_757_773, 1_000_003])
@pytest.mark.parametrize("per_cent", [3, 5, 7, Fraction(13, 4)])
@pytest.mark.parametrize("strict", [False, True])
def test_one_less_exactly_one_more(total: int, per_cent: Fraction, strict: bool) -> None:
    needed = per_cent * Fraction(total) / 100
    for votes in {needed.__floor__() - 1, needed.__floor__(), needed.__ceil__(), needed.__floor__() + 1}:
        bar = Threshold(Fraction(per_cent) / 100, Base.VALID, strict=strict)
        expected = votes > needed if strict else votes >= needed
        assert passes(Tally({"x": votes, "y": total - votes}, valid=total), bar) is expected


def test_five_of_a_hundred_reach_five_per_cent() -> None:
    tally = Tally({"x": 5, "y": 95}, valid=100)
    assert passes(tally, Threshold(Fraction(5, 100), Base.VALID))
    assert not passes(tally, Threshold(Fraction(5, 100), Base.VALID, strict=True))


@pytest.mark.parametrize(
    ("base", "admitted"),
    [(Base.PARTY_VOTES, True), (Base.VALID, True), (Base.CAST, True), (Base.REGISTERED, False)],
)
def test_the_base_decides(base: Base, admitted: bool) -> None:
    """45 of 560 list votes, 570 valid, 600 who voted, 1,000 registered; 5 per cent."""
    tally = Tally({"x": 45, "y": 515}, valid=570, cast=600, registered=1000)
    assert passes(tally, Threshold(Fraction(5, 100), base)) is admitted


def test_against_all_is_in_a_base_only_where_it_is_named() -> None:
    tally = Tally({"x": 7, "y": 92}, valid=99, against_all=41)
    assert base_count(tally, Base.VALID) == 99
    assert base_count(tally, Base.VALID_INCL_AGAINST_ALL) == 140
    assert passes(tally, Threshold(Fraction(5, 100), Base.VALID_INCL_AGAINST_ALL))
    assert not passes(
        Tally({"x": 6, "y": 92}, valid=99, against_all=41),
        Threshold(Fraction(5, 100), Base.VALID_INCL_AGAINST_ALL),
    )


@pytest.mark.parametrize(
    ("base", "path"),
    [
        (Base.VALID, "totals.valid"),
        (Base.CAST, "totals.cast"),
        (Base.REGISTERED, "totals.registered"),
        (Base.VALID_INCL_AGAINST_ALL, "totals.valid"),
    ],
)
def test_an_unknown_base_is_never_guessed(base: Base, path: str) -> None:
    with pytest.raises(InputError) as caught:
        allocate(Tally({"x": 1}), 1, DHONDT, Threshold(SEVEN, base))
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.path) == ("E7.5", path)


def test_against_all_that_is_not_known_is_named() -> None:
    with pytest.raises(InputError) as caught:
        base_count(Tally({"x": 1}, valid=2), Base.VALID_INCL_AGAINST_ALL)
    assert caught.value.problems[0].place.path == "totals.against_all"


def test_one_hare_quota() -> None:
    """Netherlands: one full quota, as a fraction: 10 seats of 105 votes need 10.5."""
    for votes, admitted in ((10, False), (11, True)):
        tally = Tally({"x": votes, "y": 105 - votes}, valid=105)
        assert passes(tally, Threshold("hare_quota", Base.VALID), seats=10) is admitted


def test_own_bar_before_kind_before_common() -> None:
    tally = Tally({"a": 60, "b": 60, "c": 60, "y": 820}, valid=1000, kinds={"b": "bloc", "c": "bloc"})
    bar = Threshold(
        Fraction(5, 100),
        Base.VALID,
        by_kind={"bloc": SEVEN},
        per_list={"c": Fraction(6, 100)},
        article="art. 1",
    )
    outcome = allocate(tally, 100, DHONDT, bar)
    assert isinstance(outcome, Allocated)
    assert [name for name, n in outcome.seats.items() if n] == ["a", "c", "y"]
    rows = {row["id"]: row["why"] for row in outcome.steps[0].facts["lists"]}  # type: ignore[attr-defined]
    assert rows == {"a": "votes", "b": "below", "c": "votes", "y": "votes"}
    assert outcome.steps[0].article == "art. 1"


def test_waiver_exemption_and_aggregate() -> None:
    tally = Tally({"w": 20, "v": 20, "e": 20, "others": 400, "y": 540}, valid=1000)
    bar = Threshold(
        Fraction(5, 100),
        Base.VALID,
        exempt=frozenset({"e"}),
        waiver_seats=3,
        direct_seats={"w": 3, "v": 2},
        never=frozenset({"others"}),
    )
    outcome = allocate(tally, 29, DHONDT, bar)
    assert isinstance(outcome, Allocated)
    assert outcome.seats == {"w": 1, "v": 0, "e": 1, "others": 0, "y": 27}


def test_nobody_passes_and_no_votes() -> None:
    bar = Threshold(Fraction(9, 10), Base.PARTY_VOTES)
    nobody = allocate(Tally({"a": 1, "b": 1}), 3, DHONDT, bar)
    nothing = allocate(Tally({"a": 0, "b": 0}), 3, DHONDT, bar)
    assert isinstance(nobody, NoDistribution)
    assert nobody.reason == "nobody_passes"
    assert nobody.steps[0].at == "threshold"
    assert isinstance(nothing, NoDistribution)
    assert nothing.reason == "no_votes"


def test_runner_up_of_2007_under_the_rule_of_2009() -> None:
    """Quota 5,517,030/98; OSDP has 4.784 quotas, times 0.7 is 3.349; Otan 93.22; two seats are left over."""
    tally = Tally(KZ_2007, valid=5_935_625)
    by_remainder = allocate(
        tally, 98, LargestRemainder(), Threshold(SEVEN, Base.VALID, fallback=AdmitRunnerUp())
    )
    to_passing = allocate(
        tally, 98, LargestRemainder(), Threshold(SEVEN, Base.VALID, fallback=AdmitRunnerUp(rest="passing"))
    )
    assert isinstance(by_remainder, Allocated)
    assert isinstance(to_passing, Allocated)
    assert (by_remainder.seats["otan"], by_remainder.seats["osdp"]) == (94, 4)
    assert (to_passing.seats["otan"], to_passing.seats["osdp"]) == (95, 3)
    steps = {step.at: step.facts for step in by_remainder.steps}
    assert steps["quota"]["quota"] == Fraction(5_517_030, 98)
    assert steps["whole_quotas"]["left"] == 2
    osdp = steps["whole_quotas"]["lists"][1]  # type: ignore[index]
    assert osdp["quotas"] == Fraction(269_310 * 98, 5_517_030) * Fraction(7, 10)


def test_a_runner_up_has_two_seats_at_least() -> None:
    tally = Tally({"a": 9_900, "b": 100}, valid=10_000)
    bar = Threshold(SEVEN, Base.VALID, fallback=AdmitRunnerUp())
    seats = [allocate(tally, n, LargestRemainder(), bar) for n in (2, 3, 10)]
    assert [o.seats for o in seats if isinstance(o, Allocated)] == [
        {"a": 0, "b": 2},
        {"a": 1, "b": 2},
        {"a": 8, "b": 2},
    ]


def test_the_index_needs_quotas() -> None:
    with pytest.raises(ValueError, match="index"):
        allocate(Tally({"a": 1}, valid=1), 1, DHONDT, Threshold(SEVEN, Base.VALID, fallback=AdmitRunnerUp()))


def test_second_list_admitted_on_equal_terms() -> None:
    tally = Tally({"a": 93, "b": 6, "c": 1}, valid=100)
    outcome = allocate(tally, 20, DHONDT, Threshold(SEVEN, Base.VALID, fallback=AddSecond()))
    assert isinstance(outcome, Allocated)
    assert outcome.seats == {"a": 19, "b": 1, "c": 0}


def test_equal_runners_up_need_a_decision_only_if_it_changes_seats() -> None:
    tally = Tally({"a": 90, "b": 5, "c": 5}, valid=100)
    bar = Threshold(SEVEN, Base.VALID, fallback=AddSecond())
    needless = allocate(tally, 3, DHONDT, bar)  # 90/3 > 5: no runner-up gets a seat
    assert isinstance(needless, Allocated)
    assert needless.seats == {"a": 3, "b": 0, "c": 0}
    outcome = allocate(tally, 20, DHONDT, bar)
    assert isinstance(outcome, NeedsDecision)
    assert [(tie.at, tie.tied, tie.seats) for tie in outcome.ties] == [("list/runner_up", {"b", "c"}, 1)]
    assert outcome.seats == {"a": 19, "b": 0, "c": 0}
    decided = allocate(tally, 20, DHONDT, bar, decisions=[Decision("list/runner_up", ("c",), "lot 1")])
    assert isinstance(decided, Allocated)
    assert decided.seats == {"a": 19, "b": 0, "c": 1}


def test_lowered_bar_admits_by_votes_until_enough() -> None:
    tally = Tally({"a": 40, "b": 15, "c": 12, "d": 12, "e": 21}, valid=100)
    bar = Threshold(Fraction(30, 100), Base.VALID, fallback=LowerBar(2, Fraction(60, 100)))
    outcome = allocate(tally, 10, DHONDT, bar)
    assert isinstance(outcome, Allocated)  # 40 + 21 are more than 60 per cent, with two lists
    assert [name for name, n in outcome.seats.items() if n] == ["a", "e"]
    none = allocate(tally, 10, DHONDT, Threshold(Fraction(1, 2), Base.VALID, fallback=LowerBar(2)))
    assert isinstance(none, Allocated)
    assert [name for name, n in none.seats.items() if n] == ["a", "e"]


def test_lowered_bar_asks_who_is_next_among_equals() -> None:
    tally = Tally({"a": 70, "c": 15, "d": 15}, valid=100)
    outcome = allocate(tally, 10, DHONDT, Threshold(Fraction(1, 2), Base.VALID, fallback=LowerBar(2)))
    assert isinstance(outcome, NeedsDecision)
    assert outcome.ties[0].at == "list/lowered_bar"
    assert outcome.seats == {"a": 9, "c": 0, "d": 0}


def test_unknown_ids_in_a_rule_are_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        allocate(
            Tally({"a": 1}, valid=1), 1, DHONDT, Threshold(SEVEN, Base.VALID, exempt=frozenset({"nobody"}))
        )


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"votes": {"a": -1}}, "negative"),
        ({"votes": {"a": 1.5}}, "int or Fraction"),
        ({"votes": {"a": True}}, "int or Fraction"),
        ({"votes": {"a": 3}, "valid": 2}, "more than the 2 valid"),
        ({"votes": {"a": 3}, "valid": 3, "invalid": 2, "cast": 4}, "more than the 4 cast"),
        ({"votes": {"a": 3}, "against_all": 2, "cast": 4}, "more than the 4 cast"),
        ({"votes": {"a": 3}, "kinds": {"b": "bloc"}}, "no votes"),
    ],
)
def test_a_tally_that_cannot_be_is_refused(facts: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Tally(**facts)  # type: ignore[arg-type]


def test_more_may_vote_than_were_registered() -> None:
    assert Tally({"a": 12}, valid=12, cast=12, registered=10).registered == 10

"""Official and worked distributions: forms of largest remainder, ceilings, apparentments, ties, steps."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest

from dauys.errors import DecisionError
from dauys.systems.apportion import LazyAllocated, Outcome, allocate
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.exhaustion import caps_for, leave_vacant
from dauys.systems.outcomes import Allocated, Base, Decision, NeedsDecision, NoDistribution, Tally, Tie
from dauys.systems.quotas import LargestRemainder, Quota
from dauys.systems.thresholds import Threshold
from dauys.systems.ties import TieRule

DHONDT = HighestAverages()
HARE = LargestRemainder()
KZ_2004 = {
    "otan": 2_883_706,
    "akzhol": 572_672,
    "asar": 541_239,
    "aist": 336_177,
    "opposition": 163_824,
    "knpk": 94_140,
    "auyl": 82_523,
    "adilet": 36_379,
    "patriots": 26_287,
    "rukhaniyat": 20_826,
}
# National Assembly of South Africa, 8 May 2019, national totals as published by the Electoral Commission.
ZA_2019 = {
    "ANC": (10_026_475, 230),
    "DA": (3_621_188, 84),
    "EFF": (1_881_521, 44),
    "IFP": (588_839, 14),
    "FF+": (414_864, 10),
    "ACDP": (146_262, 4),
    "UDM": (78_030, 2),
    "ATM": (76_830, 2),
    "GOOD": (70_408, 2),
    "NFP": (61_220, 2),
    "AIC": (48_107, 2),
    "COPE": (47_461, 2),
    "PAC": (32_677, 1),
    "ALJ": (31_468, 1),
    "ASA": (19_691, 0),
}


def seats(outcome: Outcome) -> dict[str, int]:
    assert isinstance(outcome, Allocated), outcome
    return dict(outcome.seats)


def test_majilis_2004_and_the_other_base() -> None:
    tally = Tally(KZ_2004, valid=4_757_773, cast=4_893_204)
    official = allocate(tally, 10, HARE, Threshold(Fraction(7, 100), Base.VALID))
    over_cast = allocate(tally, 10, HARE, Threshold(Fraction(7, 100), Base.CAST))
    assert [n for n in seats(official).values() if n] == [7, 1, 1, 1]
    assert [n for n in seats(over_cast).values() if n] == [7, 2, 1]


def test_steps_of_2004_are_what_the_minutes_print() -> None:
    outcome = allocate(Tally(KZ_2004, valid=4_757_773), 10, HARE, Threshold(Fraction(7, 100), Base.VALID))
    assert isinstance(outcome, Allocated)
    assert [step.at for step in outcome.steps] == [
        "threshold",
        "quota",
        "whole_quotas",
        "remainders",
        "result",
    ]
    facts = {step.at: step.facts for step in outcome.steps}
    assert facts["threshold"]["needed"] == Fraction(7 * 4_757_773, 100)
    assert facts["quota"] == {
        "name": "hare",
        "votes": 4_333_794,
        "seats": 10,
        "quota": Fraction(2_166_897, 5),
    }
    assert facts["whole_quotas"]["given"] == 8
    assert facts["whole_quotas"]["left"] == 2
    order = facts["remainders"]["order"]
    assert isinstance(order, list)
    assert [(row["id"], row["seat"]) for row in order] == [
        ("aist", 1),
        ("otan", 2),
        ("akzhol", None),
        ("asar", None),
    ]
    assert order[0]["part"] == Fraction(336_177 * 5, 2_166_897)
    assert order[0]["remainder"] == 336_177
    assert facts["result"]["seats"] == outcome.seats


def test_south_africa_2019_by_surplus_then_average() -> None:
    """Droop quota 43,485 of 17,437,379; 13 seats left: five by surplus, eight by votes per seat held."""
    method = LargestRemainder(Quota.DROOP, "valid", "za_lr_then_average")
    tally = Tally({name: votes for name, (votes, _) in ZA_2019.items()}, valid=17_437_379)
    outcome = allocate(tally, 400, method)
    assert seats(outcome) == {name: official for name, (_, official) in ZA_2019.items()}
    assert isinstance(outcome, Allocated)
    assert next(step for step in outcome.steps if step.at == "quota").facts["quota"] == 43_485


def test_leftovers_by_remainder_or_by_votes() -> None:
    tally = Tally({"a": 55, "b": 27, "c": 18}, valid=100)
    assert seats(allocate(tally, 10, HARE)) == {"a": 5, "b": 3, "c": 2}
    assert seats(allocate(tally, 10, LargestRemainder(leftovers="most_votes"))) == {"a": 6, "b": 3, "c": 1}


def test_quota_of_all_valid_votes_leaves_more_and_the_order_starts_again() -> None:
    """Quota 10 of 100 valid; lists with 31 and 12 have 3 and 1 whole, six seats left: three laps of two."""
    tally = Tally({"a": 31, "b": 12, "c": 57}, valid=100)
    bar = Threshold(Fraction(1, 10), Base.VALID, never=frozenset({"c"}))
    assert seats(allocate(tally, 10, LargestRemainder(quota_base="valid"), bar)) == {"a": 6, "b": 4, "c": 0}


def test_imperiali_may_give_too_much_and_says_so() -> None:
    """Three seats of 100: quota 20; 60 and 40 hold 3 and 2 whole quotas."""
    outcome = allocate(Tally({"a": 60, "b": 40}), 3, LargestRemainder(Quota.IMPERIALI))
    assert isinstance(outcome, NoDistribution)
    assert outcome.reason == "over_allocation"
    assert [step.at for step in outcome.steps] == ["quota", "whole_quotas"]


def test_slovak_law_takes_the_excess_from_the_smallest_remainder() -> None:
    """103 votes, two seats: quota 34 of 34.33; three lists hold one each, with remainders 1, 0, 0."""
    rounded = LargestRemainder(Quota.HAGENBACH_BISCHOFF_ROUNDED)
    tally = Tally({"a": 35, "b": 34, "c": 34})
    outcome = allocate(tally, 2, rounded)
    assert isinstance(outcome, NeedsDecision)
    assert outcome.seats == {"a": 1, "b": 0, "c": 0}
    assert outcome.ties == (Tie(frozenset({"b", "c"}), 1, "list"),)
    kept = allocate(tally, 2, rounded, decisions=[Decision("list", ("c",), "lot")])
    assert seats(kept) == {"a": 1, "b": 0, "c": 1}
    fewer_votes_lose = Tally({"a": 40, "b": 20, "c": 1})  # quota 20 of 20.33: 2, 1, 0, no remainders
    assert seats(allocate(fewer_votes_lose, 2, rounded)) == {"a": 2, "b": 0, "c": 0}
    nothing_over = Tally({"a": 70, "b": 69, "c": 34})  # quota 43 of 43.25: 1, 1, 0, remainders 27, 26, 34
    assert seats(allocate(nothing_over, 3, rounded)) == {"a": 1, "b": 1, "c": 1}


def test_a_ceiling_gives_the_rest_to_the_others_by_the_same_method() -> None:
    tally = Tally({"a": 70, "b": 20, "c": 10})
    assert seats(allocate(tally, 10, HARE, caps=5)) == {"a": 5, "b": 3, "c": 2}  # five of 30: 3.33, 1.67
    unequal = Tally({"a": 70, "b": 21, "c": 10})  # b 21, 10.5, 7, 5.25; c 10, 5
    assert seats(allocate(unequal, 10, DHONDT, caps={"a": 5})) == {"a": 5, "b": 4, "c": 1}
    full = allocate(tally, 10, HARE, caps=2)
    assert isinstance(full, Allocated)
    assert (full.seats, full.unfilled) == ({"a": 2, "b": 2, "c": 2}, 4)


def test_a_list_without_room_makes_a_lot_needless() -> None:
    tally = Tally({"a": 50, "b": 50})
    assert isinstance(allocate(tally, 3, DHONDT), NeedsDecision)
    assert seats(allocate(tally, 3, DHONDT, caps={"a": 1})) == {"a": 1, "b": 2}
    assert seats(allocate(tally, 3, HARE, caps={"a": 1})) == {"a": 1, "b": 2}


def test_lists_that_run_out_of_candidates() -> None:
    tally = Tally({"a": 70, "b": 20, "c": 10})
    candidates = {"a": 4, "b": 9, "c": 9}
    assert seats(allocate(tally, 10, DHONDT, caps=caps_for(candidates, "redistribute"))) == {
        "a": 4,
        "b": 4,
        "c": 2,
    }
    assert caps_for(candidates, "vacant") is None
    full = allocate(tally, 10, DHONDT)
    assert isinstance(full, Allocated)
    vacant = leave_vacant(full, candidates)
    assert (vacant.seats, vacant.unfilled) == ({"a": 4, "b": 2, "c": 1}, 3)
    assert leave_vacant(full, {"a": 70}) is full
    assert caps_for({"a": 4}, "redistribute", {"a": 3, "b": 5}) == {"a": 3, "b": 5}


def test_an_apparentment_counts_as_one_and_shares_inside() -> None:
    """Five seats: alone b and c have one each (a's third quotient is 153), together they have three."""
    tally = Tally({"a": 460, "b": 290, "c": 250}, valid=1000)
    assert seats(allocate(tally, 5, DHONDT)) == {"a": 3, "b": 1, "c": 1}
    assert seats(allocate(tally, 5, DHONDT, apparentments=[("b", "c")])) == {"a": 2, "b": 2, "c": 1}


def test_an_apparentment_lapses_with_a_partner_below_the_bar() -> None:
    """One seat: b and c together have 520 against 480; b alone has 420."""
    tally = Tally({"a": 480, "b": 420, "c": 100}, valid=1000)
    low, high = (Threshold(Fraction(n, 100), Base.VALID) for n in (5, 11))
    together = allocate(tally, 1, DHONDT, low, apparentments=[("b", "c")])
    alone = allocate(tally, 1, DHONDT, high, apparentments=[("b", "c")])
    assert seats(together) == {"a": 0, "b": 1, "c": 0}
    assert seats(alone) == {"a": 1, "b": 0, "c": 0}
    assert isinstance(alone, Allocated)
    lapsed = next(step for step in alone.steps if step.at == "apparentments")
    assert lapsed.facts["groups"] == [{"members": ["b", "c"], "holds": False}]


def test_ties_between_partners_are_asked_at_their_own_places_together() -> None:
    tally = Tally({"a": 100, "b": 100, "c": 100, "d": 100})
    outcome = allocate(tally, 6, DHONDT, apparentments=[("a", "b"), ("c", "d")])
    assert isinstance(outcome, NeedsDecision)
    assert {tie.at for tie in outcome.ties} == {"list/apparentment:a+b", "list/apparentment:c+d"}
    assert outcome.seats == {"a": 1, "b": 1, "c": 1, "d": 1}
    lots = [Decision("list/apparentment:a+b", ("b",), "1"), Decision("list/apparentment:c+d", ("c",), "2")]
    assert seats(allocate(tally, 6, DHONDT, apparentments=[("a", "b"), ("c", "d")], decisions=lots)) == {
        "a": 1,
        "b": 2,
        "c": 2,
        "d": 1,
    }


def test_a_tie_above_partners_may_bring_one_below() -> None:
    tally = Tally({"a": 50, "b": 50, "c": 100})
    outcome = allocate(tally, 1, DHONDT, apparentments=[("a", "b")])
    assert isinstance(outcome, NeedsDecision)
    assert outcome.ties == (Tie(frozenset({"a+b", "c"}), 1, "list"),)
    first = Decision("list", ("a+b",), "1")
    below = allocate(tally, 1, DHONDT, apparentments=[("a", "b")], decisions=[first])
    assert isinstance(below, NeedsDecision)
    assert below.ties[0].at == "list/apparentment:a+b"
    both = [first, Decision("list/apparentment:a+b", ("b",), "2")]
    assert seats(allocate(tally, 1, DHONDT, apparentments=[("a", "b")], decisions=both)) == {
        "a": 0,
        "b": 1,
        "c": 0,
    }


def test_the_worked_tie_of_dhondt() -> None:
    """270/3 is 90/1: the seventh seat is B's or C's."""
    tally = Tally({"A": 400, "B": 270, "C": 90})
    outcome = allocate(tally, 7, DHONDT)
    assert isinstance(outcome, NeedsDecision)
    assert outcome.ties == (Tie(frozenset({"B", "C"}), 1, "list"),)
    assert outcome.seats == {"A": 4, "B": 2, "C": 0}
    assert [step.at for step in outcome.steps] == ["averages", "tie"]
    assert seats(allocate(tally, 7, DHONDT, ties=TieRule.more_votes())) == {"A": 4, "B": 3, "C": 0}
    assert seats(allocate(tally, 7, DHONDT, ties=TieRule.earlier_registration(["C", "B"]))) == {
        "A": 4,
        "B": 2,
        "C": 1,
    }
    ages = {"A": Fraction(40), "B": Fraction(81, 2), "C": Fraction(41)}
    assert seats(allocate(tally, 7, DHONDT, ties=TieRule.higher_average_age(ages))) == {
        "A": 4,
        "B": 2,
        "C": 1,
    }
    for without in (
        TieRule.higher_average_age(),
        TieRule.earlier_registration(),
        TieRule.earlier_registration(["B"]),
    ):
        assert isinstance(allocate(tally, 7, DHONDT, ties=without), NeedsDecision)


def test_a_rule_may_leave_some_to_the_lot() -> None:
    tally = Tally({"a": 30, "b": 10, "c": 10, "d": 10})  # quota 15: two left for three equal lists
    outcome = allocate(tally, 4, HARE, ties=TieRule.more_votes())
    assert isinstance(outcome, NeedsDecision)
    assert outcome.ties == (Tie(frozenset({"b", "c", "d"}), 2, "list"),)
    ages = TieRule.higher_average_age({"b": 50, "c": 50, "d": 40})
    partly = allocate(Tally({"b": 1, "c": 1, "d": 1}), 1, DHONDT, ties=ages)
    assert isinstance(partly, NeedsDecision)
    assert partly.ties[0].tied == {"b", "c"}


@pytest.mark.parametrize(
    ("decisions", "code"),
    [
        ([("list", ("A",))], "E7.2"),
        ([("list", ("B", "X"))], "E7.2"),
        ([("list", ())], "E7.3"),
        ([("list", ("B", "B"))], "E7.4"),
        ([("list", ("B",)), ("list", ("C",))], "E7.4"),
        ([("elsewhere", ("B",))], "E7.1"),
        ([("list", ("B",)), ("list/averages", ("C",))], "E7.1"),
    ],
)
def test_decisions_that_do_not_fit(decisions: list[tuple[str, tuple[str, ...]]], code: str) -> None:
    tally = Tally({"A": 400, "B": 270, "C": 90})
    recorded = [Decision(at, order, "minutes") for at, order in decisions]
    with pytest.raises(DecisionError) as caught:
        allocate(tally, 7, DHONDT, decisions=recorded)
    assert caught.value.code == code


def test_a_decision_is_stale_where_nothing_is_tied() -> None:
    with pytest.raises(DecisionError) as caught:
        allocate(
            Tally({"A": 400, "B": 271, "C": 90}), 7, DHONDT, decisions=[Decision("list", ("B",), "minutes")]
        )
    assert caught.value.code == "E7.1"


def test_lists_without_votes_never_join_a_lot() -> None:
    assert seats(allocate(Tally({"a": 1, "b": 0, "c": 0}), 5, DHONDT)) == {"a": 5, "b": 0, "c": 0}
    capped = allocate(Tally({"a": 1, "b": 0, "c": 0}), 5, DHONDT, caps={"a": 2})
    assert isinstance(capped, Allocated)
    assert (capped.seats, capped.unfilled) == ({"a": 2, "b": 0, "c": 0}, 3)


def test_first_seats_where_every_list_has_one_before_any_has_two() -> None:
    """Fewer seats than lists: the order is that of votes; equal votes at the edge are a tie."""
    tally = Tally({"a": 500, "b": 30, "c": 20, "d": 20})
    for divisor in (Divisor.ADAMS, Divisor.DEAN, Divisor.HUNTINGTON_HILL):
        method = HighestAverages(divisor)
        assert seats(allocate(tally, 2, method)) == {"a": 1, "b": 1, "c": 0, "d": 0}
        assert isinstance(allocate(tally, 3, method), NeedsDecision)
        assert seats(allocate(tally, 4, method)) == {"a": 1, "b": 1, "c": 1, "d": 1}
        assert seats(allocate(tally, 5, method)) == {"a": 2, "b": 1, "c": 1, "d": 1}


def test_huntington_hill_is_compared_by_squares() -> None:
    """Third seat of a: 3/√2 against b: 5/√6. The squares are 4.5 and 4.17."""
    assert seats(allocate(Tally({"a": 3, "b": 5}), 4, HighestAverages(Divisor.HUNTINGTON_HILL))) == {
        "a": 2,
        "b": 2,
    }
    tied = allocate(Tally({"a": 1, "b": 1}), 3, HighestAverages(Divisor.HUNTINGTON_HILL))
    assert isinstance(tied, NeedsDecision)


def test_steps_come_when_read_and_outcomes_compare_and_travel() -> None:
    tally = Tally({"A": 400, "B": 271, "C": 90})
    lazy, plain = allocate(tally, 7, DHONDT), allocate(tally, 7, DHONDT, trace_now=True)
    assert isinstance(lazy, LazyAllocated)
    assert type(plain) is Allocated
    assert lazy == plain
    assert plain == lazy
    assert lazy != Allocated(lazy.seats)
    for copied in (pickle.loads(pickle.dumps(lazy)), copy.deepcopy(lazy)):
        assert copied == plain
    assert lazy.steps is lazy.steps
    with pytest.raises(AttributeError):
        lazy.seats = {}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seats": -1}, "negative"),
        ({"apparentments": [("A", "B"), ("B", "C")]}, "two apparentments"),
        ({"apparentments": [("A", "Z")]}, "unknown lists"),
        ({"caps": {"Z": 1}}, "unknown lists"),
    ],
)
def test_calls_that_make_no_sense(arguments: dict[str, object], message: str) -> None:
    tally = Tally({"A": 400, "B": 270, "C": 90})
    with pytest.raises(ValueError, match=message):
        allocate(tally, **{"seats": 7, "method": DHONDT, **arguments})  # type: ignore[arg-type]


def test_no_seats_are_given_without_a_fuss() -> None:
    assert seats(allocate(Tally({"a": 1}), 0, DHONDT)) == {"a": 0}
    assert seats(allocate(Tally({"a": 1}), 0, HARE)) == {"a": 0}


def test_fractions_of_votes_count_exactly() -> None:
    """As in Japan, where ambiguous ballots are shared out: a third of a vote decides."""
    third = Fraction(1, 3)
    assert seats(allocate(Tally({"a": 10 + third, "b": 10}), 1, DHONDT)) == {"a": 1, "b": 0}
    assert seats(allocate(Tally({"a": 10 + third, "b": 10}), 1, HARE)) == {"a": 1, "b": 0}

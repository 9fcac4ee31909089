"""One person elected: the base of the majority, who goes on, ties, turnout, against all."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dauys.errors import DecisionError, InputError
from dauys.systems.majority import Contest, Majority, first_round, last_round
from dauys.systems.outcomes import Base, Decision, Elected, NeedsDecision, RunOff, Tally, Void
from dauys.systems.ties import TieRule

VALID = Majority(Base.VALID)


def contest(votes, **totals):
    known = {key: totals.pop(key) for key in ("cast", "registered", "against_all", "valid") if key in totals}
    known.setdefault("valid", sum(votes.values()))
    return Contest(Tally(votes, **known), **totals)


@pytest.mark.parametrize(("leader", "kind"), [(49, RunOff), (50, RunOff), (51, Elected)])
def test_more_than_half_is_one_vote_more_than_half(leader, kind):
    votes = {"a": leader, "b": 30, "c": 70 - leader}
    assert isinstance(first_round(contest(votes), VALID), kind)


@pytest.mark.parametrize(
    ("base", "kind"),
    [("valid", Elected), ("valid_incl_against_all", RunOff), ("cast", RunOff), ("registered", RunOff)],
)
def test_the_base_decides(base, kind):
    # 51 of 100 valid votes, of 105 with against all, of 110 cast, of 200 registered.
    held = contest({"a": 51, "b": 30, "c": 19}, against_all=5, cast=110, registered=200)
    assert isinstance(first_round(held, Majority(Base(base))), kind)


def test_a_base_that_is_not_known_is_an_error_and_names_the_total():
    with pytest.raises(InputError) as caught:
        first_round(contest({"a": 51, "b": 49}), Majority(Base.CAST))
    assert caught.value.problems[0].place.path == "totals.cast"


def test_two_leaders_go_on_most_votes_first():
    outcome = first_round(contest({"a": 10, "b": 30, "c": 40, "d": 20}), VALID)
    assert outcome == RunOff(("c", "b"), outcome.steps)
    assert [step.at for step in outcome.steps] == ["votes", "majority", "second_place", "result"]


def test_a_tie_for_the_second_place_waits_and_takes_its_decision_back():
    votes = {"a": 40, "b": 25, "c": 25, "d": 10}
    outcome = first_round(contest(votes), VALID)
    assert isinstance(outcome, NeedsDecision)
    (tie,) = outcome.ties
    assert (tie.tied, tie.seats, tie.at) == (frozenset("bc"), 1, "round:1/second_place")
    assert outcome.seats == {"a": 1}
    drawn = Decision("round:1/second_place", ("c", "b"), "minutes 7")
    assert first_round(contest(votes, decisions=(drawn,)), VALID).names == ("a", "c")


def test_three_equal_leaders_leave_two_places_open():
    outcome = first_round(contest({"a": 30, "b": 30, "c": 30, "d": 10}), VALID)
    assert isinstance(outcome, NeedsDecision)
    assert (outcome.ties[0].tied, outcome.ties[0].seats, outcome.seats) == (frozenset("abc"), 2, {})


def test_two_equal_leaders_both_go_on_without_a_lot():
    assert first_round(contest({"a": 40, "b": 40, "c": 20}), VALID).names == ("a", "b")
    assert first_round(contest({"a": 40, "b": 40}), VALID).names == ("a", "b")


def test_share_of_registered_falls_back_to_the_two_leaders():
    # Of 1,000 registered only one candidate has an eighth (125): the next goes on too. Invented figures.
    held = contest({"a": 210, "b": 115, "c": 110, "d": 65}, registered=1000)
    rules = Majority(Base.VALID, Fraction(1, 8), Fraction(1, 4))
    assert first_round(held, rules).names == ("a", "b")


@pytest.mark.parametrize(
    ("votes_of_c", "names"), [(124, ("a", "b")), (125, ("a", "b", "c")), (126, ("a", "b", "c"))]
)
def test_everyone_with_the_share_goes_on(votes_of_c, names):
    held = contest({"a": 210, "b": 150, "c": votes_of_c, "d": 20}, registered=1000)
    assert first_round(held, Majority(Base.VALID, Fraction(1, 8))).names == names


@pytest.mark.parametrize(("registered", "kind"), [(1204, Elected), (1200, Elected), (1208, RunOff)])
def test_a_winner_also_needs_the_share_of_registered(registered, kind):
    held = contest({"a": 301, "b": 200}, registered=registered)
    assert isinstance(first_round(held, Majority(Base.VALID, None, Fraction(1, 4))), kind)


@pytest.mark.parametrize(("cast", "void"), [(499, True), (500, False), (501, False)])
@pytest.mark.parametrize("number", [1, 2])
def test_turnout_below_the_bar_voids_any_round(cast, void, number):
    held = contest({"a": 300, "b": 100}, registered=1000, cast=cast, min_turnout=Fraction(1, 2))
    outcome = first_round(held, VALID) if number == 1 else last_round(held, 2)
    assert outcome == (
        Void("turnout", number, outcome.steps) if void else Elected("a", number, outcome.steps)
    )


def test_turnout_needs_to_know_who_voted():
    with pytest.raises(InputError):
        last_round(contest({"a": 3}, registered=10, min_turnout=Fraction(1, 2)), 1)


def test_against_all_ahead_voids_only_where_law_says_so():
    votes = {"a": 30, "b": 20}
    held = contest(votes, against_all=31)
    assert first_round(held, Majority(Base.VALID_INCL_AGAINST_ALL)).names == ("a", "b")
    strict = contest(votes, against_all=31, against_all_voids=True)
    assert first_round(strict, Majority(Base.VALID_INCL_AGAINST_ALL)).reason == "against_all"
    assert last_round(contest(votes, against_all=30, against_all_voids=True), 2).name == "a"


def test_one_candidate():
    assert first_round(contest({"a": 51}, against_all=49), Majority(Base.VALID_INCL_AGAINST_ALL)).name == "a"
    alone = first_round(contest({"a": 50}, against_all=50), Majority(Base.VALID_INCL_AGAINST_ALL))
    assert alone.reason == "no_majority"
    short = first_round(contest({"a": 51}, registered=1000), Majority(Base.VALID, None, Fraction(1, 4)))
    assert short.names == ("a",)


def test_no_votes_at_all():
    assert first_round(contest({"a": 0, "b": 0}), VALID).reason == "no_votes"
    assert last_round(contest({"a": 0, "b": 0}), 1).reason == "no_votes"


def test_who_withdraws_stays_in_the_base_and_nowhere_else():
    held = contest({"a": 45, "b": 30, "c": 25}, withdrawn=frozenset("b"))
    assert first_round(held, VALID).names == ("a", "c")
    assert last_round(contest({"a": 45, "b": 55}, withdrawn=frozenset("b")), 2).name == "a"


def test_plurality_and_its_tie():
    assert last_round(contest({"a": 3, "b": 2}), 1).name == "a"
    outcome = last_round(contest({"a": 3, "b": 3, "c": 1}), 2)
    assert isinstance(outcome, NeedsDecision)
    assert (outcome.ties[0].tied, outcome.ties[0].seats, outcome.ties[0].at) == (
        frozenset("ab"),
        1,
        "round:2",
    )
    drawn = Decision("round:2", ("b",), "lot")
    assert last_round(contest({"a": 3, "b": 3, "c": 1}, decisions=(drawn,)), 2).name == "b"


def test_a_rule_with_its_facts_needs_no_decision():
    elder = TieRule.higher_average_age({"a": 60, "b": 61})
    assert last_round(contest({"a": 3, "b": 3}, ties=elder), 1).name == "b"


@pytest.mark.parametrize("order", [("x",), ("a", "a"), ()])
def test_a_decision_that_does_not_fit_is_an_error(order):
    with pytest.raises(DecisionError):
        last_round(contest({"a": 3, "b": 3}, decisions=(Decision("round:1", order, "r"),)), 1)


def test_a_decision_that_nobody_asked_for_is_an_error():
    stale = (Decision("round:1", ("a",), "r"),)
    with pytest.raises(DecisionError):
        last_round(contest({"a": 4, "b": 3}, decisions=stale), 1)
    with pytest.raises(DecisionError):
        first_round(contest({"a": 30, "b": 30, "c": 30}, decisions=stale), VALID)


VOTES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 6), min_size=1)


@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_shows(votes, random):
    names = list(votes)
    random.shuffle(names)
    shuffled = {name: votes[name] for name in names}
    assert first_round(contest(votes), VALID) == first_round(contest(shuffled), VALID)
    assert last_round(contest(votes), 1) == last_round(contest(shuffled), 1)


@given(VOTES)
def test_every_pending_tie_has_two_completions(votes):
    outcome = first_round(contest(votes), VALID)
    if isinstance(outcome, NeedsDecision):
        (tie,) = outcome.ties
        names = sorted(tie.tied)
        completed = set()
        for order in (tuple(names), tuple(reversed(names))):
            run_off = first_round(contest(votes, decisions=(Decision(tie.at, order, "r"),)), VALID)
            assert isinstance(run_off, RunOff)
            assert len(run_off.names) == 2
            assert set(outcome.seats) <= set(run_off.names)
            completed.add(frozenset(run_off.names))
        assert len(completed) == 2

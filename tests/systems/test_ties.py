"""What a pending tie says: what every completion gives, and nothing that makes no difference."""

from __future__ import annotations

from math import comb

from hypothesis import given, settings
from hypothesis import strategies as st

from dauys.systems.apportion import allocate
from dauys.systems.divisors import HighestAverages
from dauys.systems.outcomes import Allocated, Decision, NeedsDecision, NoDistribution, Tally, Tie
from dauys.systems.quotas import LargestRemainder, Quota
from dauys.systems.ties import MOST_COMPLETIONS, Desk, decisions_under, settle


def test_a_choice_that_changes_nothing_is_not_asked() -> None:
    def run(desk: Desk) -> dict[str, int]:
        desk.choose("first", ["a", "b"], 1, {}, last=False)
        return {"a": 1, "b": 1}

    assert settle(run, Desk()) == ({"a": 1, "b": 1}, ())


def test_independent_ties_are_named_together_and_nested_ones_in_turn() -> None:
    def independent(desk: Desk) -> dict[str, int]:
        won = {
            *desk.choose("x", ["a", "b"], 1, {}, last=False),
            *desk.choose("y", ["c", "d"], 1, {}, last=False),
        }
        return {name: int(name in won) for name in "abcd"}

    def nested(desk: Desk) -> dict[str, int]:
        won = set(desk.choose("x", ["a", "b"], 1, {}, last=False))
        if "a" in won:
            won |= desk.choose("y", ["c", "d"], 1, {}, last=False)
        return {name: int(name in won) for name in "abcd"}

    nobody = dict.fromkeys("abcd", 0)
    x, y = Tie(frozenset("ab"), 1, "x"), Tie(frozenset("cd"), 1, "y")
    assert settle(independent, Desk()) == (nobody, (x, y))
    assert settle(nested, Desk()) == (nobody, (x,))
    assert settle(nested, Desk(decisions=[Decision("x", ("a",), "1")])) == ({**nobody, "a": 1}, (y,))


def test_too_many_completions_leave_what_was_given_before() -> None:
    names = [f"n{i}" for i in range(20)]
    assert comb(20, 10) > MOST_COMPLETIONS

    def run(desk: Desk) -> dict[str, int]:
        won = desk.choose("x", names, 10, {"sure": 3}, last=False)
        return {"sure": 3, **{name: int(name in won) for name in names}}

    seats, ties = settle(run, Desk())
    assert seats == {"sure": 3}
    assert ties == (Tie(frozenset(names), 10, "x"),)


def test_decisions_of_a_place_and_below_it() -> None:
    decisions = [Decision(at, ("a",), "1") for at in ("list", "list/averages", "listing", "upper")]
    assert [d.at for d in decisions_under(decisions, "list")] == ["list", "list/averages"]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=5),
    st.integers(1, 9),
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
    st.sampled_from(
        [
            HighestAverages(),
            LargestRemainder(),
            LargestRemainder(Quota.DROOP, leftovers="za_lr_then_average"),
            LargestRemainder(Quota.HAGENBACH_BISCHOFF_ROUNDED),
            LargestRemainder(leftovers="most_votes"),
        ]
    ),
    st.tuples(st.booleans(), st.booleans()),
)
def test_drawing_lots_to_the_end_finds_exactly_what_was_pending(  # type: ignore[no-untyped-def]
    votes, seats, caps, method, forms
) -> None:
    """Follow every lot to the end: certain seats are the least over all ends, and ends differ."""
    tally = Tally({f"l{i}": n for i, n in enumerate(votes)})
    capped, paired = forms
    rules = {
        "caps": {f"l{i}": caps[i] for i in range(len(votes))} if capped else None,
        "apparentments": [("l0", "l1")] if paired else (),
    }

    def ends(decisions: list[Decision]) -> list[Allocated]:
        outcome = allocate(tally, seats, method, decisions=decisions, **rules)
        if isinstance(outcome, NoDistribution):
            return []
        if isinstance(outcome, Allocated):
            return [outcome]
        tie = outcome.ties[0]
        orders = [tuple(n for n in sorted(tie.tied) if n != last) for last in sorted(tie.tied)]
        return [end for order in orders for end in ends([*decisions, Decision(tie.at, order, "lot")])]

    outcome = allocate(tally, seats, method, **rules)
    if not isinstance(outcome, NeedsDecision):
        return
    found = ends([])
    assert len({tuple(end.seats.values()) for end in found}) >= 2
    for end in found:
        assert all(end.seats[name] >= n for name, n in outcome.seats.items())
        assert sum(end.seats.values()) + end.unfilled == seats
        assert end.steps[-1].at == "result"

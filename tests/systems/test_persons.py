"""Persons of a list: order, quotas, vacancies."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dauys.systems.persons import Quota, Seated, fill_vacancy, seat_persons

ORDER = ("p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8")
WOMEN = {"women": {"p4", "p6", "p8"}}
THIRD = Quota("women", Fraction(3, 10))


def test_the_first_in_order_are_seated() -> None:
    assert seat_persons(ORDER, 3) == Seated(("p1", "p2", "p3"))
    assert seat_persons(ORDER, 0) == Seated(())


def test_a_list_that_is_used_up_leaves_seats_vacant() -> None:
    assert seat_persons(("p1",), 3) == Seated(("p1",), 2)


@pytest.mark.parametrize(
    ("seats", "expected"),
    [
        (1, ("p4",)),  # 30 per cent of one, rounded up, is one
        (3, ("p1", "p2", "p4")),
        (4, ("p1", "p2", "p4", "p6")),  # two of four: p4 is in already, p3 gives way to p6
        (5, ("p1", "p2", "p3", "p4", "p6")),
    ],
)
def test_a_quota_changes_the_end_of_the_list_first(seats: int, expected: tuple[str, ...]) -> None:
    assert seat_persons(ORDER, seats, WOMEN, (THIRD,)).persons == expected


def test_a_later_quota_does_not_undo_an_earlier_one() -> None:
    groups = {"women": {"p3"}, "young": {"p5"}}
    quotas = (Quota("women", Fraction(1, 3)), Quota("young", Fraction(1, 3)))
    assert seat_persons(ORDER, 3, groups, quotas).persons == ("p1", "p3", "p5")


def test_a_quota_that_the_list_cannot_meet_stays_short() -> None:
    assert seat_persons(ORDER, 4, {"women": {"p1"}}, (Quota("women", Fraction(1)),)).persons == ORDER[:4]


@settings(max_examples=120, deadline=None)
@given(
    st.integers(0, 10),
    st.sets(st.integers(0, 9)),
    st.sets(st.integers(0, 9)),
    st.fractions(0, 1, max_denominator=10),
    st.fractions(0, 1, max_denominator=10),
)
def test_seats_are_filled_and_the_first_quota_is_met_as_far_as_can_be(
    seats: int, first: set[int], second: set[int], share: Fraction, other: Fraction
) -> None:
    order = [str(i) for i in range(10)]
    groups = {"first": {str(i) for i in first}, "second": {str(i) for i in second}}
    quotas = (Quota("first", share), Quota("second", other))
    seated = seat_persons(order, seats, groups, quotas)
    assert len(seated.persons) == seats
    assert list(seated.persons) == sorted(seated.persons, key=order.index)
    assert len(groups["first"] & set(seated.persons)) >= min(quotas[0].needed(seats), len(first))


def test_vacancies_go_to_the_next_on_the_list() -> None:
    assert fill_vacancy(ORDER, {"p1", "p2"}, {"p3"}) == "p4"
    assert fill_vacancy(ORDER, ORDER[:7], {"p8"}) is None


@pytest.mark.parametrize(
    ("order", "seats", "quotas", "message"),
    [
        (ORDER, -1, (), "negative"),
        (("p1", "p1"), 1, (), "twice"),
        (ORDER, 1, (Quota("men", Fraction(1, 2)),), "no members"),
    ],
)
def test_lists_that_make_no_sense(
    order: tuple[str, ...], seats: int, quotas: tuple[Quota, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        seat_persons(order, seats, WOMEN, quotas)

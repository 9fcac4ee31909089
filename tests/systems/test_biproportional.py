"""Double proportion: official Uri 2020, and small tables against every table with the same sums."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dauys.errors import DecisionError
from dauys.systems.biproportional import DoubleProportion, allocate_biproportional
from dauys.systems.divisors import Divisor
from dauys.systems.matrix import Sums, Table
from dauys.systems.outcomes import Allocated, Decision, NeedsDecision, NoDistribution, Tie
from dauys.systems.ties import TieRule

# Landrat of Uri, 8 March 2020: the four municipalities with proportional election.
URI_VOTES = {
    "Altdorf": {"CVP": 11_471, "SPGB": 11_908, "FDP": 9_213, "SVP": 7_756},
    "Bürglen": {"CVP": 2_822, "SPGB": 1_606, "FDP": 1_567, "SVP": 2_945},
    "Erstfeld": {"CVP": 2_309, "SPGB": 1_705, "FDP": 946, "SVP": 1_573},
    "Schattdorf": {"CVP": 4_794, "SPGB": 2_600, "FDP": 2_961, "SVP": 3_498},
}
URI_SEATS = {"Altdorf": 15, "Bürglen": 7, "Erstfeld": 6, "Schattdorf": 9}
URI_RESULT = {
    "Altdorf": {"CVP": 5, "SPGB": 4, "FDP": 3, "SVP": 3},
    "Bürglen": {"CVP": 2, "SPGB": 1, "FDP": 1, "SVP": 3},
    "Erstfeld": {"CVP": 2, "SPGB": 2, "FDP": 1, "SVP": 1},
    "Schattdorf": {"CVP": 3, "SPGB": 2, "FDP": 2, "SVP": 2},
}
SQUARE = {"x": {"A": 10, "B": 10}, "y": {"A": 10, "B": 10}}


def test_uri_2020() -> None:
    tiers = allocate_biproportional(DoubleProportion(URI_VOTES, URI_SEATS))
    assert isinstance(tiers.total, Allocated)
    assert tiers.total.seats == {"CVP": 12, "SPGB": 9, "FDP": 7, "SVP": 9}
    assert tiers.districts == URI_RESULT
    assert tiers.house == 37


def test_the_published_divisors_give_the_seats() -> None:
    tiers = allocate_biproportional(DoubleProportion(URI_VOTES, URI_SEATS))
    assert isinstance(tiers.total, Allocated)
    facts = next(step.facts for step in tiers.total.steps if step.at == "divisors")
    by_district, by_list = facts["districts"], facts["lists"]
    assert isinstance(by_district, dict)
    assert isinstance(by_list, dict)
    for district, row in URI_VOTES.items():
        for name, votes in row.items():
            quotient = votes / by_district[district] / by_list[name]
            assert abs(quotient - URI_RESULT[district][name]) < Fraction(1, 2)  # inside, on no boundary


def test_strength_is_voters_not_votes() -> None:
    weighted = DoubleProportion(URI_VOTES, URI_SEATS)
    assert [weighted.strength(name) for name in weighted.names] == [2085, 1596, 1325, 1589]
    exact = DoubleProportion(URI_VOTES, URI_SEATS, round_strength=False)
    assert exact.strength("CVP") == Fraction(11_471, 15) + Fraction(2_822, 7) + Fraction(2_309, 6) + Fraction(
        4_794, 9
    )
    plain = DoubleProportion(URI_VOTES, URI_SEATS, weight_votes=False)
    assert plain.strength("CVP") == 21_396


@pytest.mark.parametrize(
    ("anywhere", "overall", "admitted"),
    [
        (None, None, ("A", "B", "C")),
        (Fraction(5, 100), None, ("A", "C")),
        (Fraction(501, 10_000), None, ("A",)),
        (None, Fraction(4, 100), ("A", "B")),
        (None, Fraction(449, 10_400), ("A", "B")),
        (None, Fraction(450, 10_400), ("A",)),
        (Fraction(5, 100), Fraction(4, 100), ("A", "B", "C")),
    ],
)
def test_quorums(anywhere: Fraction | None, overall: Fraction | None, admitted: tuple[str, ...]) -> None:
    """C has exactly 5 per cent of x; B has less than that in both, and 449 of 10,400 over all."""
    votes = {"x": {"A": 901, "B": 49, "C": 50}, "y": {"A": 9_000, "B": 400, "C": 0}}
    contest = DoubleProportion(votes, {"x": 5, "y": 45}, quorum_any_district=anywhere, quorum_total=overall)
    assert contest.admitted() == admitted


def test_a_square_of_equals_is_one_lot() -> None:
    contest = DoubleProportion(SQUARE, {"x": 1, "y": 1})
    open_ = allocate_biproportional(contest)
    assert isinstance(open_.total, NeedsDecision)
    assert open_.total.ties == (Tie(frozenset({"A", "B"}), 1, "lower/district:x"),)
    assert open_.total.seats == {"A": 1, "B": 1}  # the totals do not wait
    assert open_.districts == {"x": {"A": 0, "B": 0}, "y": {"A": 0, "B": 0}}
    drawn = allocate_biproportional(contest, decisions=[Decision("lower/district:x", ("B", "A"), "lot")])
    assert isinstance(drawn.total, Allocated)
    assert drawn.districts == {"x": {"A": 0, "B": 1}, "y": {"A": 1, "B": 0}}
    by_rule = allocate_biproportional(contest, TieRule.earlier_registration(["B", "A"]))
    assert by_rule.districts == drawn.districts


def test_a_tie_above_is_asked_first() -> None:
    contest = DoubleProportion({"x": {"A": 10, "B": 10}}, {"x": 1})
    open_ = allocate_biproportional(contest)
    assert isinstance(open_.total, NeedsDecision)
    assert open_.total.ties == (Tie(frozenset({"A", "B"}), 1, "upper"),)
    assert open_.districts == {"x": {"A": 0, "B": 0}}
    drawn = allocate_biproportional(contest, decisions=[Decision("upper", ("B",), "lot")])
    assert drawn.districts == {"x": {"A": 0, "B": 1}}


def test_a_lot_that_the_sums_forbid_is_refused_with_those_they_allow() -> None:
    """In x the lists A and B share a seat, and C and D another: A and B cannot both win there."""
    votes = {
        "x": {"A": 10, "B": 10, "C": 10, "D": 10},
        "y": {"A": 10, "B": 10, "C": 0, "D": 0},
        "z": {"A": 0, "B": 0, "C": 10, "D": 10},
    }
    contest = DoubleProportion(votes, {"x": 2, "y": 1, "z": 1}, weight_votes=False)
    open_ = allocate_biproportional(contest)
    assert isinstance(open_.total, NeedsDecision)
    assert open_.total.ties == (Tie(frozenset("ABCD"), 2, "lower/district:x"),)
    with pytest.raises(DecisionError) as caught:
        allocate_biproportional(contest, decisions=[Decision("lower/district:x", ("A", "B"), "lot")])
    assert (caught.value.code, caught.value.found) == ("E7.6", "A, B")
    assert caught.value.expected == "A, C | A, D | B, C | B, D"
    drawn = allocate_biproportional(contest, decisions=[Decision("lower/district:x", ("B", "C"), "lot")])
    assert isinstance(drawn.total, Allocated)
    assert drawn.districts["y"] == {"A": 1, "B": 0, "C": 0, "D": 0}
    assert drawn.districts["z"] == {"A": 0, "B": 0, "C": 0, "D": 1}


def test_a_stale_decision_is_refused() -> None:
    with pytest.raises(DecisionError) as caught:
        allocate_biproportional(
            DoubleProportion(URI_VOTES, URI_SEATS), decisions=[Decision("upper", ("CVP",), "x")]
        )
    assert caught.value.code == "E7.1"


def test_sums_that_cannot_be() -> None:
    """A deserves two of three seats, and stands only where there is one."""
    votes = {"x": {"A": 100_000, "B": 1}, "y": {"B": 10}}
    outcome = allocate_biproportional(DoubleProportion(votes, {"x": 1, "y": 2}))
    assert isinstance(outcome.total, NoDistribution)
    assert outcome.total.reason == "sums_impossible"


def test_nobody() -> None:
    nothing = allocate_biproportional(DoubleProportion({"x": {"A": 0}}, {"x": 1}))
    assert isinstance(nothing.total, NoDistribution)
    assert nothing.total.reason == "no_votes"
    short = DoubleProportion({"x": {"A": 1, "B": 1}}, {"x": 1}, quorum_total=Fraction(2, 3))
    nobody = allocate_biproportional(short)
    assert isinstance(nobody.total, NoDistribution)
    assert nobody.total.reason == "nobody_passes"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"district_seats": {"z": 1}}, "same districts"),
        ({"district_seats": {"x": -1}}, "negative"),
        ({"votes": {"x": {"A": -1}}}, "negative"),
        ({"divisor": Divisor.HUNTINGTON_HILL}, "not defined"),
        ({"divisor": Divisor.ADAMS}, "not defined"),
    ],
)
def test_contests_that_make_no_sense(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DoubleProportion(**{"votes": {"x": {"A": 1}}, "district_seats": {"x": 1}, **arguments})


def best_tables(votes: list[list[int]], rows: list[int], columns: list[int]) -> list[list[list[int]]]:
    """Every table with these sums whose product of votes by divisors is largest: the solutions."""
    found: list[tuple[Fraction, list[list[int]]]] = []
    for table in _tables(rows, columns):
        product_ = Fraction(1)
        for votes_row, seats_row in zip(votes, table, strict=True):
            for count, seats in zip(votes_row, seats_row, strict=True):
                for k in range(seats):
                    product_ *= Fraction(count, 2 * k + 1)
        if product_:
            found.append((product_, table))
    most = max((value for value, _ in found), default=None)
    return [table for value, table in found if value == most]


def _tables(rows: list[int], columns: list[int]) -> list[list[list[int]]]:
    if not rows:
        return [[]] if not any(columns) else []
    tables = []
    for first in product(*(range(min(rows[0], most) + 1) for most in columns)):
        if sum(first) == rows[0]:
            left = [most - n for most, n in zip(columns, first, strict=True)]
            tables += [[list(first), *rest] for rest in _tables(rows[1:], left)]
    return tables


@st.composite
def small_tables(draw: st.DrawFn) -> tuple[list[list[int]], list[int], list[int]]:
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    count = st.integers(0, 6) if draw(st.booleans()) else st.integers(0, 5000)
    votes = [[draw(count) for _ in range(width)] for _ in range(height)]
    rows = [draw(st.integers(0, 4)) for _ in range(height)]
    columns, left = [], sum(rows)
    for _ in range(width - 1):
        columns.append(draw(st.integers(0, left)))
        left -= columns[-1]
    return votes, rows, [*columns, left]


@settings(max_examples=200, deadline=None)
@given(small_tables())
def test_the_table_is_the_best_of_all_with_its_sums(
    case: tuple[list[list[int]], list[int], list[int]],
) -> None:
    votes, rows, columns = case
    expected = best_tables(votes, rows, columns)
    table = Table(Divisor.SAINTE_LAGUE, Sums(votes, rows, columns))
    assert table.solve() is bool(expected)
    if not expected:
        return
    assert table.seats in expected
    for i, held in enumerate(table.seats):
        losing, winning = table.free(i)
        for j, seats in enumerate(held):
            least = min(t[i][j] for t in expected)
            most = max(t[i][j] for t in expected)
            assert least == seats - (j in losing)
            assert most == seats + (j in winning)


@settings(max_examples=100, deadline=None)
@given(small_tables())
def test_every_row_choice_of_a_best_table_can_be_fixed_and_no_other(
    case: tuple[list[list[int]], list[int], list[int]],
) -> None:
    votes, rows, columns = case
    expected = best_tables(votes, rows, columns)
    if len(expected) < 2:
        return
    wanted = expected[-1]
    table = Table(Divisor.SAINTE_LAGUE, Sums(votes, rows, columns))
    assert table.solve()
    for i, held in enumerate(wanted):
        losing, winning = table.free(i)
        least = {j: table.seats[i][j] - (j in losing) for j in losing + winning}
        assert table.fix(i, [j for j in least if held[j] > least[j]])
    assert table.seats == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 100_000), min_size=5, max_size=5), min_size=6, max_size=6),
    st.lists(st.integers(1, 30), min_size=6, max_size=6),
)
def test_larger_tables_have_their_sums_and_plain_divisors(votes: list[list[int]], seats: list[int]) -> None:
    contest = DoubleProportion(
        {f"d{i}": {f"l{j}": n for j, n in enumerate(row)} for i, row in enumerate(votes)},
        {f"d{i}": n for i, n in enumerate(seats)},
    )
    tiers = allocate_biproportional(contest)
    assert not isinstance(tiers.total, NoDistribution)
    if isinstance(tiers.total, NeedsDecision):
        return
    for district, row in tiers.districts.items():
        assert sum(row.values()) == contest.district_seats[district]
    for name, total in tiers.total.seats.items():
        assert sum(row[name] for row in tiers.districts.values()) == total
    facts = next(step.facts for step in tiers.total.steps if step.at == "divisors")
    for district, row in tiers.districts.items():
        for name, held in row.items():
            by = facts["districts"][district] * facts["lists"][name] if name in facts["lists"] else None  # type: ignore[index,operator]
            if by is not None:
                assert abs(contest.votes[district][name] / by - held) <= Fraction(1, 2)

"""What a finding can change: hand-worked edges, one vote below, at, and above."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dauys.systems import laws
from dauys.systems.laws import Law
from dauys.tabulate.contests import round_result
from dauys.tabulate.lists import ListRule, list_result
from dauys.tabulate.totals import Totals
from dauys.verify.effect import list_effect, round_effect, with_effects
from dauys.verify.report import Effect, Finding, Status, Where


def law(**parameters: str) -> Law:
    return laws.load("kz-2004").with_parameters(parameters)


def totals(cast: int, **votes: int) -> Totals:
    return Totals(votes=votes, cast=cast, registered=2 * cast, issued=cast, stations=1, stations_total=1)


@pytest.mark.parametrize(("votes", "effect"), [(4, Effect.NO), (5, Effect.YES), (6, Effect.YES)])
def test_a_majority_of_the_first_round(votes, effect):
    # 105 of 200: twice 105 is 10 above 200, and each ballot that is moved takes 2.
    found = round_result(law(), 1, totals(200, a=105, b=60, c=30), ())
    assert round_effect(found, votes) is effect


@pytest.mark.parametrize(("votes", "effect"), [(4, Effect.NO), (5, Effect.YES)])
def test_the_second_place_of_a_run_off(votes, effect):
    # 60 and 50: ten apart, each moved ballot brings them closer by 2; nobody is near the half of 200.
    found = round_result(law(), 1, totals(200, a=70, b=60, c=50), ())
    assert round_effect(found, votes) is effect


@pytest.mark.parametrize(("votes", "effect"), [(3, Effect.NO), (4, Effect.YES)])
def test_a_leader_just_below_the_half(votes, effect):
    # 97 of 200: more than half is 101, so 4 ballots that others had.
    found = round_result(law(), 1, totals(200, a=97, b=80, c=3), ())
    assert round_effect(found, votes) is effect


@pytest.mark.parametrize(("votes", "effect"), [(2, Effect.NO), (3, Effect.YES)])
def test_the_lead_of_the_last_round(votes, effect):
    found = round_result(law(), 2, totals(100, a=52, b=47), ())
    assert round_effect(found, votes) is effect


def lists(seats: int, votes: int, **tally: int) -> Effect:
    given = law(**{"list.seats": str(seats)})
    names = list(tally)
    told = totals(sum(tally.values()), **tally).tally()
    result = list_result(ListRule.of(given, names), told)
    return list_effect(given, names, told, result, votes)


def test_seats_far_from_every_edge_cannot_change():
    # Exactly on whole quotas intervals prove nothing, and no move of one vote changes a seat.
    assert lists(10, 1, a=500_000, b=300_000, c=200_000) is Effect.UNKNOWN
    assert lists(10, 10, a=520_000, b=310_000, c=170_000) is Effect.NO


def test_the_threshold_is_an_edge():
    # 7 % of 100,000 is 7,000: with 7,004 votes five that move away are enough.
    assert lists(2, 3, a=60_000, b=32_996, c=7_004) is not Effect.YES
    assert lists(10, 5, a=60_000, b=32_996, c=7_004) is Effect.YES


def test_no_vote_no_change_and_unknown_without_a_count():
    late = Finding("N1.5", Status.FAILED)
    lost = Finding("L2.3", Status.FAILED, Where(station="0001"))
    fine = Finding("N1.5", Status.NOT_RUN)
    found = with_effects([late, lost, fine], None)
    assert [(f.seats, f.run_offs) for f in found] == [
        (Effect.NO, Effect.NO),
        (Effect.UNKNOWN, Effect.UNKNOWN),
        (None, None),
    ]


def test_a_station_bounds_what_its_findings_can_change(majilis_count):
    """The smallest station of 2004: no seat and no run-off hangs on its votes, unlike on a million."""
    small = min(
        (s for s in majilis_count.election.stations if s.constituency), key=lambda s: (s.registered, s.id)
    )
    finding = Finding("P1.2", Status.FAILED, Where(station=small.id), contests=("list",))
    [told] = with_effects([finding], majilis_count)
    assert (told.seats, told.run_offs) == (Effect.NO, Effect.NO)
    [huge] = with_effects([replace(finding, votes=1_000_000)], majilis_count)
    assert huge.seats is Effect.YES

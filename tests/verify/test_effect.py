"""What a finding can change: hand-worked edges, one vote below, at, and above."""

from __future__ import annotations

import random
from collections.abc import Iterator
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
    assert round_effect(law(), found, votes) is effect


@pytest.mark.parametrize(("votes", "effect"), [(4, Effect.NO), (5, Effect.YES)])
def test_the_second_place_of_a_run_off(votes, effect):
    # 60 and 50: ten apart, each moved ballot brings them closer by 2; nobody is near the half of 200.
    found = round_result(law(), 1, totals(200, a=70, b=60, c=50), ())
    assert round_effect(law(), found, votes) is effect


@pytest.mark.parametrize(("votes", "effect"), [(3, Effect.NO), (4, Effect.YES)])
def test_a_leader_just_below_the_half(votes, effect):
    # 97 of 200: more than half is 101, so 4 ballots that others had.
    found = round_result(law(), 1, totals(200, a=97, b=80, c=3), ())
    assert round_effect(law(), found, votes) is effect


@pytest.mark.parametrize(("votes", "effect"), [(2, Effect.NO), (3, Effect.YES)])
def test_the_lead_of_the_last_round(votes, effect):
    found = round_result(law(), 2, totals(100, a=52, b=47), ())
    assert round_effect(law(), found, votes) is effect


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


def moved(
    rng: random.Random, cast: int, votes: dict[str, int], n: int
) -> Iterator[tuple[int, dict[str, int]]]:
    """Yield ways in which `n` ballots were otherwise: one more, one less, another vote, an invalid one."""
    for _ in range(20):
        other, now, invalid = dict(votes), cast, cast - sum(votes.values())
        places = [*votes, "invalid", "none"]
        giver, taker = rng.choice(places), rng.choice(places)
        for _ in range(n):
            if rng.random() < 0.1:
                giver, taker = rng.choice(places), rng.choice(places)
            if (giver == "invalid" and not invalid) or (giver in other and not other[giver]):
                continue
            invalid -= giver == "invalid"
            now += (giver == "none") - (taker == "none")
            invalid += taker == "invalid"
            if giver in other:
                other[giver] -= 1
            if taker in other:
                other[taker] += 1
        yield now, other


@pytest.mark.parametrize("base", ["cast", "valid", "registered"])
@pytest.mark.parametrize("turnout", ["0", "0.5"])
@pytest.mark.parametrize("number", [1, 2])
def test_no_is_never_said_where_something_else_could_be(base, turnout, number):
    """Against every base of a majority and a turnout rule: no way of moving so many ballots changes it."""
    given = law(**{"constituency.majority_base": base, "constituency.min_turnout": turnout})
    rng, said = random.Random(f"{base} {turnout} {number}"), 0
    for _ in range(150):
        votes = {name: rng.randint(1, 60) for name in "abcd"[: 2 if number == 2 else rng.choice((2, 3, 4))]}
        cast = sum(votes.values()) + rng.randint(0, 25)
        registered, n = cast + rng.randint(0, 2 * cast), rng.randint(1, 8)
        found = round_result(given, number, replace(totals(cast, **votes), registered=registered), ())
        if round_effect(given, found, n) is not Effect.NO:
            continue
        said += 1
        for now, other in moved(rng, cast, votes, n):
            changed = replace(totals(now, **other), registered=registered)
            outcome = round_result(given, number, changed, ()).outcome
            for name in ("name", "names"):
                before, after = getattr(found.outcome, name, None), getattr(outcome, name, None)
                assert sorted(before or "") == sorted(after or ""), (votes, cast, registered, n, other, now)
            assert type(outcome) is type(found.outcome)
    assert said > 20


def test_a_majority_of_registered_voters():
    # 120 of 200 registered: 40 above; a ballot takes 2, and may be of a voter who is registered or not.
    given = law(**{"constituency.majority_base": "registered"})
    told = replace(totals(150, a=120, b=20), registered=200)
    found = round_result(given, 1, told, ())
    assert round_effect(given, found, 13) is Effect.NO
    assert round_effect(given, found, 17) is Effect.UNKNOWN
    assert round_effect(given, found, 20) is Effect.YES


def test_a_turnout_that_so_many_votes_reach():
    given = law(**{"constituency.min_turnout": "0.5"})
    found = round_result(given, 2, replace(totals(105, a=90, b=15), registered=200), ())
    assert round_effect(given, found, 3) is Effect.NO
    assert round_effect(given, found, 6) is Effect.YES


@pytest.mark.parametrize("code", ["P3.2", "L9.5", "C6.4", "L8.2", "L8.10"])
def test_a_forged_signature_or_a_rebuilt_log_is_about_votes(code):
    [told] = with_effects([Finding(code, Status.FAILED)], None)
    assert (told.seats, told.run_offs) == (Effect.UNKNOWN, Effect.UNKNOWN)


def test_what_was_published_wrongly_is_a_seat():
    found = with_effects(
        [
            Finding("R1.2", Status.FAILED, Where(contest="list")),
            Finding("R1.3", Status.FAILED, Where(contest="c1", field="winner")),
            Finding("R1.3", Status.FAILED, Where(contest="c1", field="run_off")),
            Finding("R1.4", Status.FAILED),
        ],
        None,
    )
    assert [(f.seats, f.run_offs) for f in found] == [
        (Effect.YES, Effect.NO),
        (Effect.YES, Effect.NO),
        (Effect.YES, Effect.YES),
        (Effect.YES, Effect.NO),
    ]


def test_a_protocol_that_speaks_of_more_ballots_than_voters_bounds_itself(majilis_count):
    """A station cannot shrink what is in doubt by having few registered voters."""
    protocol = next(iter(majilis_count.archive.chains.values()))[-1]
    small = majilis_count.stations[protocol.station]
    swollen = replace(protocol, votes=dict.fromkeys(protocol.votes, 900000))
    chains = {**majilis_count.archive.chains, protocol.key: (swollen,)}
    count = replace(majilis_count, archive=replace(majilis_count.archive, chains=chains))
    finding = Finding("P1.2", Status.FAILED, Where(station=small.id), contests=("list",))
    [told] = with_effects([finding], count)
    assert told.seats is Effect.YES


@pytest.mark.parametrize("number", [1, 2])
def test_where_nobody_stands_nothing_is_proved(number):
    """A definition that names no candidate of a constituency ends no verification."""
    found = round_result(law(), number, totals(5), ())
    assert round_effect(law(), found, 3) is Effect.UNKNOWN

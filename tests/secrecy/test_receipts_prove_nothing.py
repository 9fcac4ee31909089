"""A coercer with everything a voter can carry out does no better than chance; with wrong builds he does.

Two thousand voters here; ten thousand are `tests/secrecy/full.py`. See docs/secrecy.md §4.
"""

from __future__ import annotations

import statistics

import pytest
from receipt_attacks import ATTACKS, Z_OF_ALL, Score, Z, attacks, learn, learners
from receipt_attacks import guess as guessed
from receipt_world import BUILDS, CHALLENGES, OUTCOMES, VOTERS, World, election, vote

from dauys.crypto.ballots import verify_ballots

STATIONS = 10
#: Which attack must break which build.
BREAKS = {
    "codes beside choices, as in 2004": "the code in a published list",
    "a letter of the code by choice": "learned: code",
    "a serial on the slip": "slips in the box",
    "slips in the voter's language": "slips in the box",
    "the code on the screen": "orders to decide by what can be read",
    "batches of ten, each counted": "totals of the voter's batch",
}


@pytest.fixture(scope="module")
def honest() -> World:
    return vote(BUILDS["as it is"], STATIONS)


def test_the_world_is_real_and_says_nothing_by_its_totals(honest):
    assert len(honest.voters) == STATIONS * VOTERS
    for station, log in enumerate(honest.logs):
        assert verify_ballots(election(), f"dev-{station}", log, threads=1).faults == ()
    assert all(counts == [[VOTERS // OUTCOMES] * OUTCOMES] for counts in honest.counts)
    sessions = [len(voter.receipts) for voter in honest.voters]
    assert set(sessions) == set(range(1, CHALLENGES + 2))
    assert all(len(set(box)) == OUTCOMES for box in honest.boxes)


def test_no_attack_is_better_than_chance(honest):
    scores = attacks(honest, BUILDS["as it is"]) | learners(honest, columns=48)
    assert len(scores) == ATTACKS
    for name, score in scores.items():
        assert score.guesses == len(honest.voters), name
        assert score.holds, (name, score.rate, score.interval)


@pytest.mark.parametrize("build", BREAKS)
def test_receipts_that_prove_are_caught(build):
    world = vote(BUILDS[build], STATIONS, seed=2)
    name = BREAKS[build]
    found = learners(world, 30) if name.startswith("learned") else attacks(world, BUILDS[build])
    assert found[name].proves, found[name]


def test_the_learner_learns_what_there_is_to_learn():
    rows = [bytes([at % 7, at % 3, 9]) for at in range(210)]
    truth = [at % 3 for at in range(210)]
    weights = learn(rows, truth, 3)
    assert [guessed(weights, row, 3) for row in rows] == truth
    assert guessed(weights, bytes([99, 99, 99]), 3) == 0


def test_intervals_are_those_of_wilson():
    score = Score(200, 1000, 0.2)
    assert score.interval == (pytest.approx(0.1694, abs=1e-4), pytest.approx(0.2345, abs=1e-4))
    assert (score.holds, score.proves) == (True, False)
    both = statistics.NormalDist()
    assert pytest.approx(both.inv_cdf(0.995), abs=1e-4) == Z
    assert pytest.approx(both.inv_cdf(1 - 0.01 / 2 / ATTACKS), abs=1e-3) == Z_OF_ALL
    assert (Score(300, 1000, 0.2).proves, Score(100, 1000, 0.2).holds) == (True, False)

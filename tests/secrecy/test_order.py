"""Nothing that is stored or published tells the order of voting within a batch (docs/secrecy.md §1).

Seven builds of a station, few of each; the full sizes are `tests/secrecy/full.py`.
"""

from __future__ import annotations

import itertools
import random
import statistics

import pytest
import small_device
from order_figures import Seen, _steps, figure, ranks
from order_stations import BUILDS, Day, merged, naming, simulate
from small_device import Place

HONEST, CONTROL = 6, 2


@pytest.fixture(scope="module")
def days(memory) -> dict[str, list[Day]]:
    """Simulated stations of every build."""
    return {
        name: [
            simulate(memory / f"{at}-{seed}", seed, build)
            for seed in range(HONEST if name == "as it is" else CONTROL)
        ]
        for at, (name, build) in enumerate(BUILDS.items())
    }


def telling(days: list[Day]) -> set[str]:
    return {view for view, seen in merged(days).items() if figure(seen).tells}


def test_no_view_tells_the_order_given_the_batch(days):
    views = merged(days["as it is"])
    assert len(views) >= 30
    assert telling(days["as it is"]) == set()
    assert all(len(seen) >= 6 for seen in views.values())
    assert len(views["log: order of entries"]) > 900


def test_an_observer_with_a_clock_names_a_ballot_once_in_fifty_at_most(days):
    assert all(min(map(len, day.batches)) >= 32 for day in days["as it is"])
    assert all(naming(day) <= 0.02 for day in days["as it is"])
    assert all(naming(day) >= 0.09 for day in days["batches of ten"])


@pytest.mark.parametrize(
    ("build", "views"),
    [
        (
            "numbered rows, first in first out",
            {"ending.seq", "ending.place", "log: order of entries", "second: order of entries"},
        ),
        ("batches of ten", {"ending.seq", "ending.place"}),
        ("a time beside the ballot", {"stamp.at"}),
        ("nonces out of ballots", {"record without its key: nonce"}),
    ],
)
def test_a_station_that_keeps_an_order_is_caught(days, build, views):
    assert telling(days[build]) == views


# The figures themselves


def walk(order) -> list[Seen]:
    return [Seen(0, at, value) for at, value in enumerate(order)]


@pytest.mark.parametrize("size", [4, 5, 6])
def test_mean_and_variance_under_chance_are_exact(size):
    orders = list(itertools.permutations(range(size)))
    steps = [_steps(range(size), order)[0] for order in orders]
    assert statistics.fmean(steps) == pytest.approx(0)
    assert statistics.pvariance(steps) == pytest.approx(_steps(range(size), orders[0])[1])
    z = [figure(walk(order)).z for order in orders]
    assert (statistics.fmean(z), statistics.pvariance(z)) == (pytest.approx(0), pytest.approx(1))


def test_orders_that_are_turned_or_shifted_are_found_and_a_mixed_one_is_not():
    straight = list(range(68))
    for order in (straight, straight[::-1], straight[34:] + straight[:34], straight[::2] + straight[1::2]):
        assert figure(walk(order)).tells
    assert not figure(walk(random.Random(1).sample(straight, 68))).tells
    assert ranks([3, 1, 3]) == [1.5, 0.0, 1.5]
    assert figure([]) == figure(walk([5] * 9)[:0])
    assert not figure(walk([5] * 68)).tells


# The second medium


def test_records_of_all_kinds_are_of_one_length_for_the_largest_ballot_of_the_law(tmp_path, monkeypatch):
    monkeypatch.setattr(small_device, "STYLE", "majilis")
    place = Place(tmp_path)
    place.make()
    lengths = {}
    with place.open() as bench:
        path = bench.journal.records.path
        for number, how in enumerate(("cast", "challenge", "test", "abandon", "leave")):
            before = path.stat().st_size
            bench.vote(number, how)
            lengths[how] = path.stat().st_size - before
        assert all(len(one.body) >= 1600 for one in bench.journal.endings("cast"))
    assert len(set(lengths.values())) == 1

"""What a station really writes is what the intake takes: a reading, then the seal, from the second medium."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

pytest.importorskip("apsw")
sys.path.insert(0, str(Path(__file__).parents[1] / "station"))

from resends import resend
from small_device import CARDS, Place

from dauys.station.keeping.closing import CardCount, DeskCount, close_fields


def sample(items, count):
    return random.Random(1).sample(list(items), count)


def counts(bench):
    used = sum(1 for _ in bench.journal.endings())
    tests = bench.journal.count("test")
    desk = DeskCount(300, 0, bench.desk.admitted - tests, 0, tests)
    return close_fields(bench.journal, desk, CardCount(CARDS, 0, 0, CARDS - used, 0))


def test_the_log_of_a_station_is_received_as_it_is(tmp_path):
    (tmp_path / "device").mkdir()
    place = Place(tmp_path / "device")
    place.make()
    with place.open() as bench:
        for number in range(70):
            bench.vote(number)
        bench.vote(100, "test")
        seed, log = bench.opened.keys.seed, bench.opened.log
        size, _ = log.reading(sample)
        at_reading = resend(tmp_path / "reading", place.media.second / "log", seed)
        assert (at_reading.size, at_reading.ballots, at_reading.sealed) == (size, 38, False)
        size, _ = log.close(counts(bench))
        at_close = resend(tmp_path / "close", place.media.second / "log", seed)
        assert (at_close.size, at_close.ballots, at_close.sealed, at_close.uploads) == (size, 70, True, 1)

"""A whole day of a station with simulated people, whose power goes in the middle of it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from kit_station import DEVICE, make

from dauys.record.checkpoint import open_checkpoint
from dauys.record.keys import parse_verifier_key
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.station.drive.day import StationDay
from dauys.station.drive.laptop import Laptop
from dauys.station.drive.volume import why_not
from dauys.verify.kit import read_kit

BALLOTS, CUT = 16, 6


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("drive-day"))


def rows(count: int) -> list[bytes]:
    """Choices for list and constituency, three options each."""

    def one(place: int) -> bytes:
        return bytes(int(place == option) for option in range(3))

    return [one(number % 4) + one(number % 3) for number in range(count)]


def contents(folder: Path, key_text: str) -> Counter:
    key = parse_verifier_key(key_text)
    with FolderSource(folder) as source:
        shown = open_checkpoint(source.read("checkpoint", 10**6), (key,), key.name).checkpoint
        reader = LogReader(source, shown.size, shown.root)
        data = [one for _, one in reader.entries()]
    words = ("open", "batch", "challenge", "ended", "incident", "close")
    return Counter(
        "ballot" if one[:1] == b"\x01" else next(w for w in words if f'"kind":"{w}"'.encode() in one)
        for one in data
    )


def test_a_day_whose_power_goes(made, tmp_path):
    cuttable = why_not() is None
    laptop = Laptop.make(
        tmp_path / "laptop", DEVICE, made.kit, ["folder:" + str(tmp_path / "papers")] * 2, cuttable=cuttable
    )
    told = []
    try:
        kit = read_kit(made.kit, made.key)
        fields = laptop.install("2004-09-17T10:00:00+06:00", made.key).fields
        day = StationDay(
            laptop, kit, list(made.cards), lambda what, facts: told.append((what, dict(facts))), 1, CUT
        )
        found = contents(day.run(rows(BALLOTS)), fields["key"])
    finally:
        laptop.leave()
    assert found["ballot"] == BALLOTS
    assert found["close"] == 1
    # Observers' tests and the voter who tested first; what broke off in the cut is named.
    assert found["challenge"] == 6
    whats = [what for what, _ in told]
    assert whats[:2] == ["tested", "opened"]
    assert whats[-1] == "sealed"
    assert ("cut" if cuttable else "killed") in whats
    restarted = dict(told)["restarted"]
    assert found["ended"] == restarted["abandoned"] <= 2
    assert found["incident"] >= 1
    assert day.seen.accepted + day.seen.settled >= BALLOTS

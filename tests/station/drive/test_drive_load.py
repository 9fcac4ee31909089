"""Simulated people at a pace: what they waited for is measured, and a vote is no place for them."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1]))
from kit_station import Laptop, make

from dauys.cli import station as command
from dauys.cli.main import cli
from dauys.station.drive.load import Pace, crowd, quantile
from dauys.station.web.runner import Address, running
from dauys.verify.kit import read_kit


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("load"))


def test_people_come_at_the_pace_and_their_waiting_is_told(made, tmp_path):
    laptop = Laptop(made, tmp_path)
    laptop.install()
    letters = tmp_path / "cards.txt"
    letters.write_text("\n".join(made.cards))
    with laptop.open() as station:
        laptop.begin(station)
        with running(station, Address("127.0.0.1", 0)) as pages:
            desks = [part for number in (1, 2) for part in ("--desk", pages.invite("desk", number))]
            arguments = ["station", "drive", pages.url, "--kit", str(made.kit), "--letters", str(letters)]
            pace = ["--people", "120", "--minutes", "0.1", "--booth", pages.invite("booth", 1), *desks]
            done = CliRunner().invoke(cli, [*arguments, *pace, "--lang", "en"], catch_exceptions=False)
        counts = station.desk.counts()
        cast = station.opened.journal.count("cast")
    assert done.exit_code == 0, done.output
    assert counts.paper + counts.electronic == 12
    assert counts.electronic == cast > 0
    assert "12 people in" in done.output
    assert f"({cast})" in done.output
    # Twelve people, one every half second: none comes before it is due.
    seconds = int(done.output.split("12 people in ")[1].split(" s")[0])
    assert seconds >= 5


def test_a_vote_is_no_place_for_simulated_people(made, tmp_path, monkeypatch):
    real = replace(read_kit(made.kit, made.key), simulation=None)
    monkeypatch.setattr(command, "read_kit", lambda *_: real)
    letters = tmp_path / "cards.txt"
    letters.write_text("")
    arguments = ["http://127.0.0.1:1/", "--kit", str(made.kit), "--letters", str(letters)]
    done = CliRunner().invoke(cli, ["station", "drive", *arguments, "--desk", "A", "--booth", "B"])
    assert done.exit_code == 2
    assert "J3.10" in done.output


def test_who_comes_is_on_the_list_once_and_may_vote(made):
    kit = read_kit(made.kit, made.key)
    people = list(crowd(kit, Pace(60, 1.0), 1, 7))
    certified = {one.number for one in kit.voters if one.certificate}
    assert len(people) == len({one.voter for one in people}) == 60
    assert not certified & {one.voter for one in people}
    assert set(Counter(bool(one.chosen) for one in people)) == {True, False}
    with pytest.raises(ValueError, match="voters"):
        list(crowd(kit, Pace(1000, 1.0), 1, 7))


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([3, 1, 2], 0.5, 2), (list(range(1, 101)), 0.99, 99), ([5], 0.99, 5), (list(range(1, 11)), 1.0, 10)],
)
def test_a_quantile_is_a_value_that_was_measured(values, share, found):
    assert quantile(values, share) == found

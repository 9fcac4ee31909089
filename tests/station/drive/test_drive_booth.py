"""Simulated voters go through the real pages of a station that is served."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from kit_station import Laptop, make

from dauys.station.drive.booth import BoothClient
from dauys.station.drive.screen import DriveError, Screen
from dauys.station.web.runner import Address, running


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("drive"))


@pytest.fixture
def served(made, tmp_path):
    laptop = Laptop(made, tmp_path)
    laptop.install()
    with laptop.open() as station:
        laptop.begin(station)
        with running(station, Address("127.0.0.1", 0)) as pages:
            yield station, pages, laptop


@pytest.fixture
def booth(served):
    _, pages, _ = served
    with Screen(pages.url) as screen:
        screen.pair(pages.invite("booth", 1))
        yield BoothClient(screen)


def test_a_voter_votes_through_the_pages(served, booth, made):
    station, _, laptop = served
    for number in range(1, 4):
        station.desk.mark(str(number), "electronic")
    timing = booth.vote(made.cards[0], [[0], [1]])
    assert timing.part1 > 0
    assert timing.part2 > 0
    booth.vote(made.cards[1], [[2], []])
    booth.vote(made.cards[2], [[], [1]], "test")
    journal = station.opened.journal
    assert (journal.count("cast"), journal.count("challenge")) == (2, 1)
    assert len(laptop.printers[1].pieces()) >= 3
    with pytest.raises(DriveError, match="begin:kk"):
        booth.vote(made.cards[3], [[0], [1]])


def test_a_used_card_is_refused_and_the_page_says_why(served, booth, made):
    station, _, _ = served
    station.desk.mark("1", "electronic")
    station.desk.mark("2", "electronic")
    booth.vote(made.cards[0], [[0], [1]])
    with pytest.raises(DriveError, match=r"J2\.3"):
        booth.vote(made.cards[0], [[0], [1]])


def test_a_code_works_once_and_a_booth_is_no_desk(served, booth):
    _, pages, _ = served
    code = pages.invite("booth", 2)
    with Screen(pages.url) as first, Screen(pages.url) as second:
        first.pair(code)
        with pytest.raises(DriveError, match="not paired"):
            second.pair(code)
    assert "J6.2" in booth.screen.look("/desk/").text
    assert "J6.2" in booth.screen.look("/members/").text

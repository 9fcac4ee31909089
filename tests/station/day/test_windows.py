"""When the law wants each phase, from the election file and in the zone of the station."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from dauys.domain.election import Repeat
from dauys.formats.election_file import read_election
from dauys.station.day.windows import Phase, windows

FIRST = "majilis-2004/1/0"
FILE = Path(__file__).parents[3] / "examples/majilis-2004"


@pytest.fixture(scope="module")
def election():
    return read_election(FILE)


@pytest.mark.parametrize(
    ("phase", "opens", "due"),
    [
        (Phase.INSTALLED, "2004-09-16T00:00+07:00", "2004-09-19T00:00+07:00"),
        (Phase.TESTED, "2004-09-16T00:00+07:00", "2004-09-19T06:30+07:00"),
        (Phase.CHECKED, "2004-09-19T06:30+07:00", "2004-09-19T07:00+07:00"),
        (Phase.OPEN, "2004-09-19T07:00+07:00", "2004-09-19T07:30+07:00"),
        (Phase.CLOSED, "2004-09-19T20:00+07:00", None),
        (Phase.SEALED, "2004-09-19T20:00+07:00", "2004-09-20T08:00+07:00"),
    ],
)
def test_moments_of_the_law(election, phase, opens, due):
    window = windows(election, "Asia/Almaty", FIRST)[phase]
    assert window.opens == datetime.fromisoformat(opens)
    assert window.due == (due and datetime.fromisoformat(due))
    assert window.article.startswith("Art. ")


def test_each_station_in_its_own_zone(election):
    west = windows(election, "Asia/Aqtau", FIRST)[Phase.OPEN].opens
    east = windows(election, "Asia/Almaty", FIRST)[Phase.OPEN].opens
    assert west > east
    assert west.hour == east.hour == 7


def test_a_run_off_has_its_own_day(election):
    assert windows(election, "Asia/Almaty", "majilis-2004/2/0")[Phase.OPEN].opens.date() == election.days[2]


def test_a_repeat_has_its_own_day(election):
    repeat = Repeat(1, 1, date(2004, 11, 14), ("0412",), "decision 7")
    found = windows(replace(election, repeats=(repeat,)), "Asia/Almaty", "majilis-2004/1/1")
    assert {one.opens.date() for phase, one in found.items() if phase is not Phase.INSTALLED} == {
        date(2004, 11, 11),
        date(2004, 11, 14),
    }
    assert found[Phase.OPEN].opens.date() == found[Phase.CHECKED].due.date() == date(2004, 11, 14)
    assert found[Phase.INSTALLED].opens.date() == date(2004, 11, 11)
    with pytest.raises(KeyError):
        windows(election, "Asia/Almaty", "majilis-2004/1/1")


def test_the_order_of_phases():
    found = [Phase.MADE]
    while found[-1].next is not None:
        found.append(found[-1].next)
    assert found == list(Phase)

"""Due dates of the law for 2004, to the second and in every time zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from dauys.formats.election_file import read_election
from dauys.systems import laws
from dauys.systems.calendar import (
    DueState,
    add_months,
    check_clock,
    complaint_clock,
    due,
    reply_clock,
    state,
)
from dauys.systems.laws import Status

EXAMPLE = Path(__file__).parents[2] / "examples" / "majilis-2004"
LAW = laws.load("kz-2004")
ALMATY = timezone(timedelta(hours=7))
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def election():
    return read_election(EXAMPLE)


def one(election, code, law=LAW, zone="Asia/Almaty", round_number=1):
    return next(
        d for d in due(election, law) if d.code == code and d.round == round_number and zone in d.time_zones
    )


@pytest.mark.parametrize(
    ("code", "last_day"),
    [
        ("N1.1", date(2004, 8, 30)),
        ("N1.2", date(2004, 9, 4)),
        ("N1.3", date(2004, 9, 14)),
        ("N1.4", date(2004, 9, 14)),
        ("N2.1", date(2004, 9, 18)),
        ("N2.3", date(2004, 9, 17)),
        ("N3.4", date(2004, 9, 21)),
        ("N3.5", date(2004, 9, 29)),
        ("N4.1", date(2004, 11, 19)),
    ],
)
def test_last_days_of_the_first_round(election, code, last_day):
    assert one(election, code).last_day == last_day


def test_days_before_agree_with_those_of_2023(election):
    # For 19 March: register to stations by 26 February, shown from 4 March, foreign observers by 13 March.
    then = replace(election, days={1: date(2023, 3, 19)}, stations=(), time_zone="Asia/Almaty")
    law = laws.load("kz-2023")
    assert one(then, "N1.1", law).last_day == date(2023, 2, 26)
    assert one(then, "N1.4", law).due.isoformat() == "2023-03-13T18:00:00+06:00"
    assert one(then, "N1.2", law).last_day == date(2023, 3, 4)
    assert {d.code for d in due(then, law)} >= {"N1.1", "N3.5"}
    assert "N4.1" not in {d.code for d in due(then, law)}


def test_stations_work_in_their_own_zones(election):
    ends = {z: d.due for d in due(election, LAW) if d.code == "N3.1" and d.round == 1 for z in d.time_zones}
    assert ends["Asia/Almaty"] == datetime(2004, 9, 20, 1, tzinfo=UTC)
    assert ends["Asia/Aqtobe"] == datetime(2004, 9, 20, 2, tzinfo=UTC)
    assert ends["Asia/Aqtau"] == datetime(2004, 9, 20, 3, tzinfo=UTC)
    assert len({d.due for d in due(election, LAW) if d.code == "N3.5" and d.round == 1}) == 1


def test_count_lasts_hours_that_pass_even_when_the_clock_changes(election):
    autumn = replace(election, days={1: date(2004, 10, 30)})
    count = one(autumn, "N3.1")
    assert count.due - count.opens.astimezone(UTC) == timedelta(hours=12)
    assert count.due.astimezone(UTC) - count.opens.astimezone(UTC) == timedelta(hours=12)
    assert count.due.time() == time(7)


def test_installation_is_a_window_or_a_day_by_the_reading_declared(election):
    within = one(election, "N2.1")
    assert (within.opens, within.last_day) == (datetime(2004, 9, 16, tzinfo=ALMATY), date(2004, 9, 18))
    by = one(election, "N2.1", LAW.with_parameters({"calendar.equipment_installed_reading": "by"}))
    assert (by.opens, by.last_day) == (None, date(2004, 9, 16))


def test_electronic_list_has_a_date_only_where_one_is_declared(election):
    assert one(election, "N1.5").due is None
    assert state(one(election, "N1.5"), None, datetime(2004, 9, 19, tzinfo=UTC)) is DueState.UNDATED
    declared = one(election, "N1.5", LAW.with_parameters(election.parameters))
    assert declared.last_day == date(2004, 8, 13)
    assert declared.status is Status.UNVERIFIED


def test_day_ends_at_midnight_of_the_place(election):
    display = one(election, "N1.2")
    midnight = datetime(2004, 9, 5, tzinfo=ALMATY)
    assert state(display, midnight - SECOND, midnight) is DueState.DONE
    assert state(display, midnight, midnight) is DueState.DONE_LATE
    assert state(display, None, midnight - SECOND) is DueState.OPEN
    assert state(display, None, midnight) is DueState.LATE
    assert state(display, datetime(2004, 9, 4, 17, tzinfo=UTC), midnight) is DueState.DONE_LATE
    assert state(display, datetime(2004, 9, 4, 16, 59, 59, tzinfo=UTC), midnight) is DueState.DONE


def test_until_an_hour_includes_that_moment(election):
    observers = one(election, "N1.4")
    end = datetime(2004, 9, 14, 18, tzinfo=ALMATY)
    assert state(observers, end, end) is DueState.DONE
    assert state(observers, end + SECOND, end) is DueState.DONE_LATE


def test_window_is_ahead_open_and_may_be_missed_on_both_sides(election):
    window = one(election, "N2.1")
    assert state(window, None, window.opens - SECOND) is DueState.AHEAD
    assert state(window, None, window.opens) is DueState.OPEN
    assert state(window, window.opens - SECOND, window.due) is DueState.DONE_TOO_EARLY
    assert state(window, window.opens, window.due) is DueState.DONE
    with pytest.raises(ValueError, match="time zone"):
        state(window, None, datetime(2004, 9, 16))  # noqa: DTZ001 - the fault under test


def test_protocols_stay_posted_and_media_are_kept(election):
    posted = one(election, "N3.2")
    assert posted.until - posted.due == timedelta(days=2)
    assert one(election, "N5.1").until.date() == date(2005, 9, 20)
    assert [d.round for d in due(election, LAW) if d.code == "N3.5"] == [1, 2]


def test_prices_count_from_the_call(election):
    assert one(election, "N1.6").due is None
    called = replace(election, called=date(2004, 6, 30))
    assert one(called, "N1.6").last_day == date(2004, 7, 10)


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2004, 9, 19), 2, date(2004, 11, 19)),
        (date(2004, 12, 31), 2, date(2005, 2, 28)),
        (date(2003, 12, 31), 2, date(2004, 2, 29)),
        (date(2004, 9, 19), 12, date(2005, 9, 19)),
    ],
)
def test_months(day, count, later):
    assert add_months(day, count) == later


@pytest.mark.parametrize(
    ("received", "due_day", "at_once"),
    [
        (date(2004, 9, 1), date(2004, 9, 6), False),
        (date(2004, 9, 14), date(2004, 9, 19), False),
        (date(2004, 9, 15), date(2004, 9, 15), True),
        (date(2004, 9, 19), date(2004, 9, 19), True),
        (date(2004, 9, 20), date(2004, 9, 25), False),
    ],
)
def test_complaints_are_decided_in_five_days_or_at_once(received, due_day, at_once):
    clock = complaint_clock(datetime.combine(received, time(15), ALMATY), date(2004, 9, 19), LAW)
    assert clock.due == datetime.combine(due_day + timedelta(days=1), time(0), ALMATY)
    assert clock.at_once is at_once


def test_time_of_a_commission_stands_still_while_a_court_has_the_case():
    received = datetime(2004, 9, 1, 15, tzinfo=ALMATY)
    plain = complaint_clock(received, date(2004, 9, 19), LAW)
    begin = datetime(2004, 9, 3, tzinfo=ALMATY)
    waited = complaint_clock(received, date(2004, 9, 19), LAW, in_court=[(begin, begin + timedelta(days=4))])
    assert waited.due - plain.due == timedelta(days=4)
    assert complaint_clock(received, date(2004, 9, 19), LAW, in_court=[(begin, None)]).due is None
    after = [(plain.due + SECOND, None)]
    assert complaint_clock(received, date(2004, 9, 19), LAW, in_court=after).due == plain.due


def test_other_clocks():
    asked = datetime(2004, 9, 1, 15, tzinfo=ALMATY)
    assert check_clock(asked, date(2004, 9, 19), LAW).due == datetime(2004, 9, 5, tzinfo=ALMATY)
    reply = reply_clock(asked, LAW)
    assert (reply.due, reply.whole_day) == (asked + timedelta(hours=24), False)

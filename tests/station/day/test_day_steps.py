"""The day step by step: windows of the law, decisions of members, a clock that was set, restart."""

from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest
from small_device import STYLE, choice, letters

from dauys.record.entries import parse_entry
from dauys.station.day.day import Day, zero
from dauys.station.day.minutes import FORMS, keep_incident, minuted_moments
from dauys.station.day.people import decision, half_hour, present
from dauys.station.day.watch import Watch
from dauys.station.day.windows import Phase, Window
from dauys.station.faults import StationError
from dauys.station.keeping.closing import CardCount, DeskCount

ZONE = timezone(timedelta(hours=6))
POLLS = datetime(2004, 9, 19, 7, tzinfo=ZONE)
NAMES = ("Омарова Қ.", "Ким Т.")
TWO = decision(NAMES, "ток кеш қосылды")
WINDOWS = {
    Phase.INSTALLED: Window("Art. 50-1(5)", POLLS - timedelta(days=3), POLLS - timedelta(hours=7)),
    Phase.CHECKED: Window("Art. 50-2(1)", POLLS - timedelta(minutes=30), POLLS),
    Phase.OPEN: Window("Art. 50-2(1)", POLLS, POLLS + timedelta(minutes=30)),
    Phase.CLOSED: Window("Art. 43(1)", POLLS + timedelta(hours=13), None),
}


class Clocks:
    """A wall clock that can be set, and a monotonic one that cannot."""

    def __init__(self, start=POLLS - timedelta(days=2)):
        self.wall, self.seconds = start, 0.0

    def to(self, moment):
        self.seconds += (moment - self.wall).total_seconds()
        self.wall = moment

    def set(self, by):
        self.wall += by

    def watch(self, minuted=()):
        return Watch(lambda: self.wall, lambda: self.seconds, minuted)


def make(bench, clocks, windows=WINDOWS):
    opened = bench.opened
    return Day(bench.booths.device, opened.journal, opened.log, windows, clocks.watch())


def opened_day(bench, clocks):
    day = make(bench, clocks)
    clocks.to(POLLS - timedelta(days=2))
    day.install(NAMES, {"kit": "00"})
    day.tested(NAMES, (), ())
    clocks.to(POLLS - timedelta(minutes=20))
    day.checked(NAMES)
    clocks.to(POLLS)
    day.open(NAMES, bytes(32))
    return day


def code(raised):
    return raised.value.code


def test_a_whole_day_in_its_order(place):
    clocks = Clocks()
    with place.open() as bench:
        day = opened_day(bench, clocks)
        bench.vote(1)
        clocks.to(POLLS + timedelta(hours=13))
        day.close_polls(NAMES, bench.booths)
        tree = day.seal(DeskCount(10, 0, 1, 0, 0), CardCount(3, 0, 0, 2, 0))
        assert day.phase() is Phase.SEALED
        assert [one.phase.value for one in day.minuted()] == [
            "installed", "tested", "checked", "open", "closed",
        ]  # fmt: skip
        assert day.seal(DeskCount(10, 0, 1, 0, 0), CardCount(3, 0, 0, 2, 0)) == tree
        assert all(one.decision is None for one in day.minuted())


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (0, lambda day: day.checked(NAMES)),
        (0, lambda day: day.open(NAMES, bytes(32))),
        (1, lambda day: day.install(NAMES, {})),
        (1, lambda day: day.checked(NAMES)),
        (0, lambda day: day.read(lambda all_, n: all_[:n])),
        (0, lambda day: day.seal(DeskCount(1, 0, 0, 0, 0), CardCount(0, 0, 0, 0, 0))),
    ],
)
def test_no_step_before_its_turn(place, before, step):
    clocks = Clocks()
    with place.open() as bench:
        day = make(bench, clocks)
        if before:
            day.install(NAMES, {})
        with pytest.raises(StationError) as raised:
            step(day)
        assert code(raised) == "J3.1"


@pytest.mark.parametrize(
    ("moment", "when"),
    [
        (POLLS - timedelta(minutes=30, seconds=1), "early"),
        (POLLS - timedelta(minutes=30), "in_time"),
        (POLLS - timedelta(seconds=1), "in_time"),
        (POLLS, "late"),
    ],
)
def test_a_window_to_the_second(moment, when):
    assert WINDOWS[Phase.CHECKED].when(moment) == when
    assert WINDOWS[Phase.CHECKED].when(moment.astimezone(UTC)) == when


def test_outside_its_time_members_decide_and_the_log_says_so(place):
    clocks = Clocks(POLLS - timedelta(days=5))
    with place.open() as bench:
        day = make(bench, clocks)
        with pytest.raises(StationError) as raised:
            day.install(NAMES, {})
        assert code(raised) == "J3.2"
        assert raised.value.problem.found == "early"
        assert day.phase() is Phase.MADE
        assert day.incidents() == []
        assert day.install(NAMES, {}, TWO).decision == TWO
        (told,) = day.incidents()
        assert (told.kind, told.reason, told.names) == ("time", TWO.reason, NAMES)
        assert told.facts == {"phase": "installed"}


def test_in_its_time_no_decision_is_kept(place):
    clocks = Clocks()
    with place.open() as bench:
        day = make(bench, clocks)
        assert day.install(NAMES, {}, TWO).decision is None
        assert day.incidents() == []


def test_the_incident_stands_in_the_log_at_close(place):
    clocks = Clocks()
    with place.open() as bench:
        day = opened_day(bench, clocks)
        day.incident("booth", decision(NAMES, "экран [сынды] (1)"), {"terminal": 2})
        clocks.to(POLLS + timedelta(hours=13, minutes=44))
        day.close_polls(NAMES, bench.booths)
        size, _ = day.seal(DeskCount(10, 0, 0, 0, 0), CardCount(0, 0, 0, 0, 0))
        reader = bench.opened.log.store.reader()
        entries = [parse_entry(reader.entry(at), at, "device") for at in range(size)]
        (told,) = [one for one in entries if one.kind == "incident"]
        assert told.fields == {
            "at": "2004-09-19T07:00:00+06:00",
            "what": "booth (terminal 2): экран {сынды} {1} [Омарова Қ., Ким Т.]",
        }


def test_voting_is_not_over_while_somebody_is_admitted(place):
    clocks = Clocks()
    with place.open() as bench:
        day = opened_day(bench, clocks)
        bench.desk.admitted += 2
        session = bench.booths.begin(1, STYLE)
        clocks.to(POLLS + timedelta(hours=13))
        with pytest.raises(StationError) as raised:
            day.close_polls(NAMES, bench.booths)
        assert (code(raised), raised.value.problem.hint) == ("J3.3", "booth")
        bench.booths.leave(session)
        with pytest.raises(StationError) as raised:
            day.close_polls(NAMES, bench.booths)
        assert (code(raised), raised.value.problem.hint) == ("J3.3", "waiting")
        assert day.end_unused(bench.booths, decision(NAMES, "сайлаушы кетті")) == 1
        day.close_polls(NAMES, bench.booths)
        assert [one.kind for one in day.incidents()] == ["unused"]


def test_booths_admit_only_while_the_day_is_open(place):
    clocks = Clocks()
    with place.open() as bench:
        day = make(bench, clocks)
        assert day.admitted(5) == 0
        day = opened_day(bench, clocks)
        assert day.admitted(5) == 5
        bench.vote(1)
        clocks.to(POLLS + timedelta(hours=13))
        day.close_polls(NAMES, bench.booths)
        assert day.admitted(5) == 1


def test_a_cut_between_the_minute_and_the_log(place):
    clocks = Clocks()
    with place.open() as bench:
        day = opened_day(bench, clocks)
        opened = day.log.tree()
        day.resume()
        assert day.log.tree() == opened


def test_a_check_needs_an_empty_device(place):
    clocks = Clocks()
    with place.open() as bench:
        day = make(bench, clocks)
        day.install(NAMES, {})
        day.tested(NAMES, (), ())
        bench.vote(3)
        assert zero(bench.journal).counts["cast"] == 1
        clocks.to(POLLS - timedelta(minutes=20))
        with pytest.raises(StationError) as raised:
            day.checked(NAMES)
        assert code(raised) == "J3.5"


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1), timedelta(minutes=-2)])
def test_a_clock_that_was_set_stops_steps_until_members_decide(place, by):
    clocks = Clocks()
    with place.open() as bench:
        day = make(bench, clocks)
        clocks.to(POLLS - timedelta(days=1))
        clocks.set(by)
        with pytest.raises(StationError) as raised:
            day.install(NAMES, {})
        assert code(raised) == "J3.8"
        day.accept_clock(decision(NAMES, "сағат түзетілді"))
        (told,) = day.incidents()
        assert told.facts == {"minutes": str(round(by.total_seconds() / 60))}
        day.install(NAMES, {})


def test_a_clock_that_runs_is_no_incident(place):
    clocks = Clocks()
    with place.open() as bench:
        day = make(bench, clocks)
        clocks.to(POLLS - timedelta(days=1))
        clocks.set(timedelta(seconds=80))
        day.accept_clock(TWO)
        assert day.incidents() == []


def test_a_clock_set_back_while_the_program_was_off(place):
    clocks = Clocks()
    with place.open() as bench:
        make(bench, clocks).install(NAMES, {})
        minuted = list(minuted_moments(bench.journal))
    assert Clocks(POLLS - timedelta(days=2)).watch(minuted).moved() == timedelta(0)
    assert Clocks(POLLS - timedelta(days=2, minutes=1)).watch(minuted).moved() == timedelta(minutes=-1)


def test_a_restart_is_minuted_with_what_it_decided(place):
    clocks = Clocks()
    with place.open() as bench:
        bench.desk.admitted += 1
        session = bench.booths.begin(1, STYLE)
        bench.booths.show_card(session, letters(1))
        bench.booths.show_slips(session, choice(1))
        bench.booths.confirm(session)
    with place.open() as bench:
        told = make(bench, clocks).restarted(TWO, bench.opened.decided)
        assert told.facts == {"abandoned": "1", "owed": "0", "reading": "none", "void": "1"}


def test_going_on_with_one_medium_is_what_a_start_goes_by(place):
    clocks = Clocks()
    with place.open() as bench:
        make(bench, clocks).incident("single", TWO)
        assert [note.kind for note in bench.journal.notes("single")] == ["single"]


@pytest.mark.parametrize("kind", sorted(set(FORMS) - {"laptop", "successor", "single", "time"}))
def test_every_form_has_its_numbers_and_no_others(place, kind):
    clocks = Clocks()
    with place.open() as bench:
        day = make(bench, clocks)
        facts = dict.fromkeys(FORMS[kind], 1)
        assert day.incident(kind, TWO, facts).kind == kind
        with pytest.raises(StationError) as raised:
            day.incident(kind, TWO, {**facts, "voter": 17})
        assert code(raised) == "J3.7"


@pytest.mark.parametrize(
    "names", [(), ("Ким Т.",), ("Ким Т.", "  ким  т. "), ("Ким Т.", " "), ("a" * 81, "b")]
)
def test_two_people_decide(names):
    with pytest.raises(StationError) as raised:
        decision(names, "reason")
    assert code(raised) == "J3.7"


def test_names_are_one_line_each():
    assert present((" Ким\n Т. ", "Сейітова А.")) == ("Ким Т.", "Сейітова А.")
    with pytest.raises(StationError):
        decision(NAMES, " \t ")


def test_nothing_finer_than_half_an_hour():
    assert half_hour(POLLS + timedelta(minutes=29, seconds=59)) == "2004-09-19T07:00:00+06:00"
    assert half_hour(POLLS + timedelta(minutes=30)) == "2004-09-19T07:30:00+06:00"


def test_no_note_is_finer_than_half_an_hour(place):
    clocks = Clocks()
    with place.open() as bench:
        day = opened_day(bench, clocks)
        clocks.to(POLLS + timedelta(hours=3, minutes=17, seconds=5))
        day.incident("other", TWO)
        moments = list(minuted_moments(bench.journal))
        assert len(moments) == 5
        assert {(one.minute % 30, one.second, one.microsecond) for one in moments} == {(0, 0, 0)}


def test_what_the_log_would_refuse_is_refused_before_it_is_kept(place):
    """Kept in the journal, it would stop every start at the same entry."""
    clocks, many = Clocks(), [f"Бақылаушы {'қ' * 60} {number}" for number in range(500)]
    with place.open() as bench:
        day = make(bench, clocks)
        day.install(NAMES, {})
        day.tested(NAMES, (), ())
        clocks.to(POLLS - timedelta(minutes=20))
        day.checked(NAMES)
        clocks.to(POLLS)
        with pytest.raises(StationError) as raised:
            day.open(many, bytes(32))
        assert (code(raised), day.phase()) == ("J3.7", Phase.CHECKED)
        day.open(NAMES, bytes(32))
        with pytest.raises(StationError) as raised:
            day.incident("other", decision(many[:25], "ж" * 600))
        assert (code(raised), day.incidents()) == ("J3.7", [])
        bench.vote(1)
        clocks.to(POLLS + timedelta(hours=13))
        day.close_polls(NAMES, bench.booths)
        desk, large = DeskCount(10, 0, 1, 0, 0), 10**17
        with pytest.raises(StationError) as raised:
            day.seal(desk, CardCount(large, 0, 0, large - 1, 0))
        assert (code(raised), day.phase()) == ("J3.7", Phase.CLOSED)
        tree = day.seal(desk, CardCount(3, 0, 0, 2, 0))
    with place.open() as bench:
        assert bench.opened.log.tree() == tree


def test_a_clock_is_right_only_once_its_minute_is_kept(place):
    clocks = Clocks()
    with place.open() as bench:
        day = opened_day(bench, clocks)
        clocks.set(timedelta(hours=2))
        with pytest.raises(StationError) as raised:
            day.accept_clock(decision([f"Бақылаушы {'қ' * 60} {number}" for number in range(30)], "ж"))
        assert (code(raised), day.watch.moved()) == ("J3.7", timedelta(hours=2))
        day.accept_clock(TWO)
        assert [one.kind for one in day.incidents()] == ["clock"]
        assert not day.watch.moved()


def test_nobody_takes_an_admission_that_is_being_ended(place, monkeypatch):
    clocks, found = Clocks(), []
    with place.open() as bench:
        day = opened_day(bench, clocks)
        bench.desk.admitted = 1

        def begin():
            try:
                found.append(bench.booths.begin(1, STYLE))
            except StationError as error:
                found.append(error.code)

        voter = Thread(target=begin)

        def keep(*args):
            voter.start()
            voter.join(0.3)
            return keep_incident(*args)

        monkeypatch.setattr("dauys.station.day.day.keep_incident", keep)
        assert day.end_unused(bench.booths, TWO) == 1
        voter.join()
        assert (found, bench.booths.free()) == (["J2.1"], 0)


SEAL = {
    **WINDOWS,
    Phase.SEALED: Window("Art. 43(1)", POLLS + timedelta(hours=13), POLLS + timedelta(hours=25)),
}


def told(day):
    return [(one.kind, dict(one.facts)) for one in day.incidents()]


@pytest.mark.parametrize("paper", [False, True])
def test_numbers_that_nobody_can_put_right_lock_no_votes_in(place, paper):
    """An observer was admitted as a test, and cast; nothing at desk or booth can change that."""
    clocks, desk = Clocks(), DeskCount(10, 0, 0, 0, 1)
    with place.open() as bench:
        day = opened_day(bench, clocks)
        bench.vote(1)
        if paper:
            day.incident("paper", TWO)
        clocks.to(POLLS + timedelta(hours=13))
        for decided in (None, TWO):  # what was decided of the time is decided of no number
            with pytest.raises(StationError) as raised:
                day.close_polls(NAMES, bench.booths, decided, desk)
            assert (code(raised), raised.value.problem.hint) == ("J3.5", "close_tests")
        assert (day.phase(), [one.kind for one in day.incidents()]) == (Phase.OPEN, ["paper"] * paper)
        day.close_polls(NAMES, bench.booths, None, desk, accepted=TWO)
        apart = ("sums", {"what": "tests", "found": "0", "expected": "1"})
        assert told(day)[-1] == apart
        assert (day.phase(), day.apart(desk)) == (Phase.CLOSED, ())
        size, _ = day.seal(desk, CardCount(3, 0, 0, 2, 0))  # the same numbers are decided
        assert told(day).count(apart) == 1
        reader = bench.opened.log.store.reader()
        entries = [parse_entry(reader.entry(at), at, "device") for at in range(1, size) if at != 1]
        assert "sums (expected 1, found 0, what tests): ток кеш қосылды [Омарова Қ., Ким Т.]" in [
            one.fields["what"] for one in entries if one.kind == "incident"
        ]
        assert entries[-1].fields["counts"]["admitted"] == entries[-1].fields["counts"]["cast"] == 1


def test_cards_that_are_lost_are_decided_about_with_their_number(place):
    clocks, desk = Clocks(), DeskCount(10, 0, 1, 0, 0)
    with place.open() as bench:
        day = opened_day(bench, clocks)
        bench.vote(1)
        clocks.to(POLLS + timedelta(hours=13))
        day.close_polls(NAMES, bench.booths)
        with pytest.raises(StationError) as raised:
            day.seal(desk, CardCount(3, 0, 0, 1, 0), decided=TWO)
        assert (code(raised), raised.value.problem.found, day.incidents()) == ("J3.5", "2", [])
        day.seal(desk, CardCount(3, 0, 0, 1, 0), accepted=TWO)
        assert told(day) == [("sums", {"what": "cards", "found": "2", "expected": "3"})]


def test_a_decision_about_numbers_is_one_about_these_alone(place):
    clocks, desk = Clocks(), DeskCount(10, 0, 2, 0, 0)
    with place.open() as bench:
        day = opened_day(bench, clocks)
        bench.vote(1)
        clocks.to(POLLS + timedelta(hours=13))
        day.close_polls(NAMES, bench.booths, None, desk, accepted=TWO)
        with pytest.raises(StationError) as raised:
            day.seal(DeskCount(10, 0, 3, 0, 0), CardCount(3, 0, 0, 2, 0))
        assert code(raised) == "J3.5"
        with pytest.raises(StationError) as raised:
            day.seal(desk, CardCount(3, 0, 0, 2, 0), close_desk=lambda: DeskCount(10, 0, 3, 0, 0))
        assert (code(raised), day.phase()) == ("J3.5", Phase.CLOSED)


@pytest.mark.parametrize(("hour", "found"), [(10, "early"), (25, "late")])
def test_sealing_outside_its_time_is_decided_too(place, hour, found):
    clocks, desk, cards = Clocks(), DeskCount(10, 0, 1, 0, 0), CardCount(3, 0, 0, 2, 0)
    with place.open() as bench:
        opened_day(bench, clocks)
        day = make(bench, clocks, SEAL)
        bench.vote(1)
        clocks.to(POLLS + timedelta(hours=hour))
        day.close_polls(NAMES, bench.booths, TWO)
        before = told(day)
        for accepted in (None, TWO):
            with pytest.raises(StationError) as raised:
                day.seal(desk, cards, accepted=accepted)
            assert (code(raised), raised.value.problem.found) == ("J3.2", found)
        assert (day.phase(), told(day)) == (Phase.CLOSED, before)
        day.seal(desk, cards, decided=TWO)
        assert sorted(map(str, told(day))) == sorted(map(str, [*before, ("time", {"phase": "sealed"})]))
    with place.open() as bench:
        assert make(bench, clocks, SEAL).seal(desk, cards) == bench.opened.log.tree()


def test_in_its_time_the_seal_asks_nobody(place):
    clocks = Clocks()
    with place.open() as bench:
        opened_day(bench, clocks)
        day = make(bench, clocks, SEAL)
        clocks.to(POLLS + timedelta(hours=13))
        day.close_polls(NAMES, bench.booths)
        day.seal(DeskCount(10, 0, 0, 0, 0), CardCount(0, 0, 0, 0, 0), decided=TWO, accepted=TWO)
        assert day.incidents() == []

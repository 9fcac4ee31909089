"""What happens when a printer does not print, says that it did, or cannot say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from paper_bench import (
    ACCEPTED,
    ENDED,
    HEAD,
    jobs,
    listed,
    papered,
    pending,
    slip_jobs,
    slips_above_mark,
    styles,
)
from small_device import STYLE, choice, letters

from dauys.domain.text import Text
from dauys.station.faults import StationError
from dauys.station.printer.glass import PaperGlass
from dauys.station.printer.printer import printed_of
from dauys.station.printer.simulated import Faults, SimulatedPrinter
from dauys.station.session import Booths
from dauys.station.web.booth.rooms import Rooms


@pytest.mark.parametrize("fault", ["jam", "cover", "fault", "power", "swallow"])
def test_slips_that_were_not_printed_are_void_and_printed_again(place, fault):
    with papered(place) as paper:
        glass = paper.glass()
        under = paper.slips[1][0]
        under.faults.at[2] = fault  # the first job cuts off what hung there
        paper.bench.desk.admitted += 1
        session = paper.booths.begin(1, STYLE)
        paper.booths.show_card(session, letters(0))
        with pytest.raises(StationError, match=r"J7\."):
            paper.booths.show_slips(session, choice(1))
        under.mend()
        paper.booths.reject(session)
        paper.booths.show_slips(session, choice(1))
        paper.booths.confirm(session)
        paper.booths.cast(session)
        assert jobs(under)[-2:] == [*slip_jobs(1), ACCEPTED]
        assert under.pieces()[-1].data == slips_above_mark(1)
        assert glass.under_glass() is False


def test_a_mark_that_failed_is_made_good_before_another_slip_is_printed(place):
    with papered(place) as paper:
        paper.glass()
        under = paper.slips[1][0]
        under.faults.at[3] = "jam"
        paper.bench.desk.admitted += 1
        session = paper.booths.begin(1, STYLE)
        paper.booths.show_card(session, letters(0))
        paper.booths.show_slips(session, choice(1))
        with pytest.raises(StationError, match=r"J7\.3") as caught:
            paper.booths.reject(session)
        assert printed_of(caught.value) == "part"
        under.mend()
        paper.booths.show_slips(session, choice(2))
        assert len(under.pieces()) == 1
        assert under.hanging().data == slips_above_mark(2)[: under.hanging().height * 72]


def test_part_1_is_printed_again_byte_for_byte(place):
    with papered(place) as paper:
        paper.glass()
        receipts = paper.receipts[1]
        receipts.faults.at[2] = "jam"
        with pytest.raises(StationError, match=r"J7\.3"):
            pending(paper)
        session = paper.booths.sessions[1]
        receipts.mend()
        paper.booths.part1_again(session)
        jammed, again = jobs(receipts)
        assert jammed == again
        assert ENDED not in jobs(receipts)


def test_part_2_is_printed_again_byte_for_byte_also_after_a_restart(place):
    with papered(place) as paper:
        session = pending(paper)
        paper.receipts[1].faults.at[3] = "deny"
        with pytest.raises(StationError, match=r"J7\.5") as caught:
            paper.booths.cast(session)
        assert printed_of(caught.value) == "unknown"
        denied = jobs(paper.receipts[1])[-1]
    with papered(place) as paper:
        assert paper.booths.print_owed(1) == 1
        assert jobs(paper.receipts[1]) == [denied]


def test_cast_ballots_are_kept_whatever_the_printers_do(place):
    with papered(place) as paper:
        for number, (printer, at) in enumerate((("slips", 2), ("receipts", 2)), 1):
            session = pending(paper, number)
            own = paper.slips[1][0] if printer == "slips" else paper.receipts[1]
            own.faults.at[own.jobs + 1] = "power"
            with pytest.raises(StationError, match=r"J7\.5"):
                paper.booths.cast(session)
            own.mend()
            assert at
            assert paper.bench.journal.ended() == number
            assert paper.booths.print_owed(1) == 1


@pytest.mark.parametrize("sensor", ["slip", "no slip"])
def test_a_sensor_that_says_otherwise_is_not_passed_over(sensor):
    under = SimulatedPrinter("slips", faults=Faults(sensor="true"))
    glass = PaperGlass(HEAD, styles(), [under], SimulatedPrinter("receipts"))
    glass.show(STYLE, choice(1))
    glass.mark("void")
    under.faults.sensor = sensor
    with pytest.raises(StationError, match=r"J7\.7"):  # noqa: PT012
        glass.show(STYLE, choice(1))
        glass.mark("accepted")


def test_after_a_start_a_slip_under_the_glass_is_looked_at_first():
    under = SimulatedPrinter("slips")
    before = PaperGlass(HEAD, styles(), [under], SimulatedPrinter("receipts"))
    before.show(STYLE, choice(1))
    after = PaperGlass(HEAD, styles(), [under], SimulatedPrinter("receipts"))
    with pytest.raises(StationError, match=r"J7\.7"):
        after.show(STYLE, choice(2))
    after.mark("void")
    after.show(STYLE, choice(2))
    assert [len(under.pieces()), after.under_glass()] == [1, True]


def test_members_can_have_a_mark_printed_that_a_printer_only_said_it_printed():
    under = SimulatedPrinter("slips", faults=Faults({3: "swallow"}, sensor="none"))
    glass = PaperGlass(HEAD, styles(), [under], SimulatedPrinter("receipts"))
    glass.show(STYLE, choice(1))
    glass.mark("accepted")
    assert under.pieces() == []
    glass.mark("accepted")
    assert under.pieces()[0].data == slips_above_mark(1)


def test_a_booth_shows_that_its_printer_stopped_and_goes_on_when_it_is_mended(place):
    with papered(place) as paper:
        told: list[BaseException] = []
        rooms, room = rooms_of(paper.booths, told)
        under, receipts = paper.slips[1][0], paper.receipts[1]
        under.faults.at[2] = "jam"
        receipts.faults.at[2], receipts.faults.at[4] = "cover", "power"
        paper.bench.desk.admitted += 1
        for act, value in (("begin", ""), ("card", letters(0)), ("next", "")):
            rooms.act(room, act, value, (1,))
        seen = []
        for act in ("print", "again", "right", "again", "cast", "again"):
            rooms.act(room, act)
            seen.append((room.phase(), room.code))
            under.mend()
            receipts.mend()
        assert seen == [
            ("stopped", "J7.3"), ("slips", ""), ("stopped", "J7.2"), ("decide", ""),
            ("stopped", "J7.5"), ("done", ""),
        ]  # fmt: skip
        assert len(told) == 3
        assert not paper.bench.journal.owed()


def rooms_of(booths: Booths, told: list[BaseException]):
    from dauys.station.web.booth.texts import ContestText, OptionText, VoteTexts

    own = styles()[STYLE]
    contests = tuple(
        ContestText(
            one.contest.title, "list", one.contest.limit, tuple(OptionText("1", o.name) for o in one.options)
        )
        for one in own
    )
    paper_texts = VoteTexts(own[0].contest.title, "01-001", {STYLE: contests}, STYLE)
    rooms = Rooms(booths, paper_texts, lambda: 0.0, told.append)
    booths.printers(1)
    return rooms, rooms.room(1)


def test_a_name_that_cannot_be_printed_is_found_before_anybody_chooses_it():
    own = listed(0)
    for wrong in (Text("中", "а", "a"), Text("а", "中", "a"), Text("а", "а", "中")):
        options = (*own.options[:-1], replace(own.options[-1], name=wrong))
        with pytest.raises(StationError, match=r"J7\.9"):
            PaperGlass(
                HEAD, {"one": (replace(own, options=options),)}, [SimulatedPrinter()], SimulatedPrinter()
            )


def test_a_booth_without_a_printer_of_slips_is_refused():
    with pytest.raises(ValueError, match="printer of slips"):
        PaperGlass(HEAD, styles(), [], SimulatedPrinter("receipts"))

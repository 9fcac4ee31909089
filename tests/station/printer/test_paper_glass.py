"""A booth with printers: what is on which paper when, and what happens when a printer does not print."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from paper_bench import HEAD, Paper, listed, papered, styles
from small_device import STYLE, choice, letters

from dauys.crypto.ballots import ballot_code
from dauys.domain.text import Text
from dauys.station.faults import StationError
from dauys.station.papers.job import cut_only, job
from dauys.station.papers.marks import mark_accepted, mark_void, tear
from dauys.station.papers.receipt import receipt_ended
from dauys.station.papers.sheet import Sheet
from dauys.station.papers.slip import slips
from dauys.station.printer.glass import PaperGlass
from dauys.station.printer.printer import printed_of
from dauys.station.printer.simulated import Faults, SimulatedPrinter
from dauys.station.session import Booths, Session
from dauys.station.web.booth.rooms import Rooms

sys.path.insert(0, str(Path(__file__).parents[1] / "papers"))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from booth_bench import bench as pages
from booth_bench import texts
from read_back import codes_in

ACCEPTED, VOID, ENDED = (
    job(one, cut=True) for one in (mark_accepted(), mark_void(), receipt_ended())
)  # fmt: skip


def slip_jobs(number: int, style: str = STYLE) -> list[bytes]:
    """The jobs that the choice of this number must give."""
    own = styles()[style]
    return [
        job(one)
        for contest, places in zip(own, choice(number), strict=True)
        for one in slips(contest.contest, contest.chosen(places))
    ]


def jobs(printer: SimulatedPrinter) -> list[bytes]:
    return [one.job for one in printer.outputs if one.job != cut_only()]


def pending(paper: Paper, number: int = 0) -> Session:
    """A session whose part 1 is printed."""
    paper.bench.desk.admitted += 1
    session = paper.booths.begin(1, STYLE)
    paper.booths.show_card(session, letters(number))
    paper.booths.show_slips(session, choice(number))
    paper.booths.confirm(session)
    return session


# What is printed


def test_a_cast_vote_is_slip_mark_and_a_receipt_of_two_parts(place):
    with papered(place) as paper:
        paper.vote(1)
        (under, _), receipts = paper.slips[1], paper.receipts[1]
        assert jobs(under) == [*slip_jobs(1), ACCEPTED]
        assert [one.cut for one in receipts.outputs] == [False, False, True]
        assert len(under.pieces()) == len(receipts.pieces()) == 1
        assert under.hanging() is receipts.hanging() is None


def test_a_challenge_prints_void_and_its_opening_between_the_parts(place):
    with papered(place) as paper:
        paper.vote(1, "challenge")
        assert jobs(paper.slips[1][0]) == [*slip_jobs(1), VOID]
        texts = codes_in([one.raster for one in paper.receipts[1].outputs if one.raster])
        assert ["part1" in texts[0], "sigma" in texts[1], '"word":"challenged"' in texts[2]] == [True] * 3
        assert len(paper.receipts[1].pieces()) == 1


def test_a_rejected_slip_is_void_and_the_next_one_is_a_piece_of_its_own(place):
    with papered(place) as paper:
        paper.bench.desk.admitted += 1
        session = paper.booths.begin(1, STYLE)
        paper.booths.show_card(session, letters(0))
        paper.booths.show_slips(session, choice(1))
        paper.booths.reject(session)
        paper.booths.show_slips(session, choice(2))
        paper.booths.confirm(session)
        paper.booths.cast(session)
        assert jobs(paper.slips[1][0]) == [*slip_jobs(1), VOID, *slip_jobs(2), ACCEPTED]
        assert len(paper.slips[1][0].pieces()) == 2


def test_slips_of_one_printer_hang_together_and_of_two_apart():
    own = {"both": (listed(0), listed(1))}
    expected = [job(slips(one.contest, one.chosen([0]))[0]) for one in own["both"]]
    for count, wanted in ((1, [[expected[0], job(tear()), expected[1]]]), (2, [[one] for one in expected])):
        under = [SimulatedPrinter(f"slips {number}") for number in range(count)]
        glass = PaperGlass(HEAD, own, under, SimulatedPrinter("receipts"))
        glass.show("both", [[0], [0]])
        assert [jobs(one) for one in under] == wanted
        assert glass.under_glass() is True
        glass.mark("accepted")
        assert [jobs(one)[-1] for one in under] == [ACCEPTED] * count
        assert [len(one.pieces()) for one in under] == [1] * count
        assert glass.under_glass() is False


def test_a_printer_that_a_style_does_not_need_gets_no_mark():
    under = [SimulatedPrinter("slips 1"), SimulatedPrinter("slips 2")]
    glass = PaperGlass(HEAD, {"one": (listed(0),)}, under, SimulatedPrinter("receipts"))
    glass.show("one", [[0]])
    glass.mark("accepted")
    assert [len(one.pieces()) for one in under] == [1, 0]


def test_one_printer_for_all_cuts_every_paper_off():
    printer = SimulatedPrinter("all")
    glass = PaperGlass(HEAD, {"one": (listed(0),)}, [printer], printer)
    glass.show("one", [[0]])
    assert len(printer.pieces()) == 1
    glass.mark("accepted")
    assert printer.hanging() is None
    assert all(one.cut for one in printer.outputs if one.raster)


def test_an_abandoned_session_ends_its_receipt_at_once(place):
    with papered(place) as paper:
        paper.vote(1, "abandon")
        receipts = paper.receipts[1]
        assert jobs(receipts)[1] == ENDED
        assert (len(receipts.pieces()), receipts.hanging()) == (1, None)
        paper.vote(2)
        assert len(receipts.pieces()) == 2


def test_a_receipt_left_under_the_flap_is_ended_before_the_next_slips(place):
    with papered(place) as paper:
        session = pending(paper)
        receipts = paper.receipts[1]
        assert receipts.hanging() is not None
        assert session.card is not None
        paper.glass().mark("void")
        paper.glass().show(STYLE, choice(2))
        assert (jobs(receipts)[1], receipts.hanging()) == (ENDED, None)


# The same bytes, whoever votes where and how


def vote_on_pages(where, terminal: int, language: str, looks: tuple[str, ...], number: int) -> None:
    """A whole session through the real pages of a booth."""
    from django.test import Client

    client = Client(**{"dauys.services": where.services})
    client.cookies["terminal"] = where.paired(terminal)

    def touch(act: str, **more: str) -> None:
        token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/booth/").content.decode())
        assert token, act
        client.post("/booth/", {"token": token[1], "do": act, **more})

    where.admitted[0] += 1
    touch(f"begin:{language}")
    for look in looks:
        touch(f"look:{look}")
    from booth_bench import letters as cards

    touch("card", letters=cards(number))
    touch("next", choice="6")
    touch("next", choice="1")
    for act in ("print", "right", "cast"):
        touch(act)
    where.now[0] += 31
    client.get("/booth/")


def test_slips_are_the_same_bytes_over_languages_looks_terminals_and_times(place):
    pytest.importorskip("django")
    from dauys.station.web.settings import configure

    configure()
    own = styles_of_pages()
    with pages(place) as where:
        printed = {}
        for terminal in (1, 2):
            under = [SimulatedPrinter("slips list"), SimulatedPrinter("slips seat")]
            printed[terminal] = under
            where.glasses[terminal] = PaperGlass(HEAD, own, under, SimulatedPrinter("receipts"))
        vote_on_pages(where, 1, "kk", (), 1)
        where.now[0] += 7_000
        vote_on_pages(where, 2, "en", ("large", "contrast", "sound"), 2)
        vote_on_pages(where, 1, "ru", ("scan",), 3)
        assert where.journal.ended() == 3
    first = [jobs(one) for one in printed[2]]
    assert [len(one) for one in first] == [2, 2]
    assert [jobs(one) for one in printed[1]] == [one * 2 for one in first]


def styles_of_pages() -> dict:
    """The contests of the booth's bench as papers name them."""
    from dauys.station.papers.facts import Choice, Contest, Listed

    def named(one) -> Listed:
        told = Contest(texts().title, one.title, len(one.options), one.limit, one.place)
        return Listed(told, tuple(Choice(n, option.name) for n, option in enumerate(one.options, 1)))

    return {name: tuple(map(named, own)) for name, own in texts().styles.items()}


# The code


@pytest.fixture
def spoken(monkeypatch):
    """What was drawn for each job: `(printer, words, job)`, in order."""
    drawn: list[str] = []
    found: list[tuple[str, str, bytes]] = []
    write, prints = Sheet._write, SimulatedPrinter.print

    def watched(sheet, line, face, x):
        drawn.append(line)
        write(sheet, line, face, x)

    def printed(printer, told):
        if told != cut_only():
            found.append((printer.name, " ".join(drawn), told))
            drawn.clear()
        prints(printer, told)

    monkeypatch.setattr(Sheet, "_write", watched)
    monkeypatch.setattr(SimulatedPrinter, "print", printed)
    return found


def test_the_code_is_in_no_job_but_part_1_before_the_decision(place, spoken):
    """Canaries: card name, code and H(ballot), in every word drawn and every QR code printed."""
    with papered(place) as paper:
        session = pending(paper)
        assert session.card is not None
        name, code, digest = session.card.name, ballot_code(session.digest), session.digest.hex()
        canaries = {*name.split("-"), *code.split("-"), digest}
        outputs = [*paper.slips[1][0].outputs, *paper.receipts[1].outputs]
        before = list(spoken)
        paper.booths.cast(session)
    told = [(words, {one for one in canaries if one in words}) for _, words, _ in before]
    assert [bool(found) for _, found in told] == [False, True]
    assert told[-1][1] == canaries - {digest}
    codes = codes_in([one.raster for one in outputs if one.raster])
    assert [digest in (text or "") for text in codes] == [False, True]
    assert not any(digest.encode() in one or bytes.fromhex(digest) in one for _, _, one in before)
    after = [any(one in words for one in canaries) for _, words, _ in spoken[len(before) :]]
    assert after == [False, True], "the mark says nothing, part 2 the code"


# What fails


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


def slips_above_mark(number: int) -> bytes:
    own = styles()[STYLE]
    (one,) = [
        slip
        for contest, places in zip(own, choice(number), strict=True)
        for slip in slips(contest.contest, contest.chosen(places))
    ]
    return one.above(mark_accepted()).data


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

"""A booth with printers: what is on which paper when, and what happens when a printer does not print."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from paper_bench import (
    ACCEPTED,
    ENDED,
    HEAD,
    VOID,
    jobs,
    listed,
    papered,
    pending,
    slip_jobs,
)
from small_device import STYLE, choice, letters

from dauys.crypto.ballots import ballot_code
from dauys.station.faults import StationError
from dauys.station.papers.job import cut_only, job
from dauys.station.papers.marks import mark_void, tear
from dauys.station.papers.members import printer_test
from dauys.station.papers.sheet import Sheet
from dauys.station.papers.slip import slips
from dauys.station.printer.glass import PaperGlass
from dauys.station.printer.simulated import SimulatedPrinter

sys.path.insert(0, str(Path(__file__).parents[1] / "papers"))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from booth_bench import bench as pages
from booth_bench import texts
from read_back import codes_in

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


def test_a_paper_of_the_members_never_pulls_a_receipt_from_under_the_flap(place):
    with papered(place) as paper:
        glass, report = paper.glass(), mark_void()
        glass.report(report)
        session = pending(paper)
        before = list(paper.receipts[1].outputs)
        with pytest.raises(StationError, match=r"J3\.3"):
            glass.report(report)
        assert paper.receipts[1].outputs == before
        paper.booths.cast(session)
        glass.report(report)
        pieces = paper.receipts[1].pieces()
        assert [one == report for one in pieces] == [True, False, True]


def test_a_printer_test_is_printed_on_each_printer_and_never_where_anything_waits(place):
    with papered(place) as paper:
        glass = paper.glass()
        printers = [*paper.slips[1], paper.receipts[1]]

        def test() -> None:
            glass.test(lambda name: printer_test(HEAD, name))

        test()
        wanted = [printer_test(HEAD, printer.name) for printer in printers]
        assert [printer.pieces() for printer in printers] == [[one] for one in wanted]
        paper.bench.desk.admitted += 1
        session = paper.booths.begin(1, STYLE)
        paper.booths.show_card(session, letters(1))
        paper.booths.show_slips(session, choice(1))
        before = [list(printer.outputs) for printer in printers]
        with pytest.raises(StationError, match=r"J3\.3"):
            test()
        paper.booths.confirm(session)
        assert [list(printer.outputs) for printer in printers[:2]] == before[:2]
        before = [list(printer.outputs) for printer in printers]
        with pytest.raises(StationError, match=r"J3\.3"):
            test()
        assert [list(printer.outputs) for printer in printers] == before
        paper.booths.cast(session)
        test()
        assert [printer.pieces()[-1] for printer in printers] == wanted


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

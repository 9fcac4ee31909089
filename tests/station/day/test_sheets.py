"""Protocols on A4: every number and name on paper, none cut, the seal as it is read out."""

import re
from dataclasses import replace
from datetime import date, datetime
from html import unescape

import pytest
import segno
from test_station_protocols import BOTH, CLOSE, COUNTED, HEAD, LISTS

from dauys.domain.text import Text
from dauys.domain.votes import Channel
from dauys.record.checkpoint import Checkpoint, sign_checkpoint
from dauys.record.keys import ED25519, Signer
from dauys.station.day import a4
from dauys.station.day.protocols import ContestForm, Counted, Head, Sealed, Voters, three
from dauys.station.day.sheets import _SIGNER, Facts, _signers, sheets
from dauys.station.faults import StationError
from dauys.verify.devices import spoken_code

SIGNER = Signer("results.example/small/1/0/device/0001-m1", ED25519, bytes(32))
ROOT = bytes(range(32))
NOTE = sign_checkpoint(Checkpoint(SIGNER.verifier.name, 226, ROOT), SIGNER).encode()
ALL = {
    "counts": {
        "checked_in": 20, "readmitted": 2, "tests": 1, "challenged": 1, "failed": 0, "abandoned": 0,
        "empty": 1,
    } | CLOSE["counts"],
    "cards": {"received": 400, "returned": 1, "spoiled": 0, "unused": 377, "missing": 0},
    "slips": {"accepted": 40, "void": 6},
}  # fmt: skip
SEAL = Sealed("0001-m1", NOTE, ALL)
TITLE = Text("Мәжіліс сайлауы", "Выборы Мажилиса", "Election of the Majilis")
FACTS = Facts(TITLE, date(2004, 9, 19), "results.example", ("Омарова Қ.", "Ким Т."))


def words(pages):
    """What is written, line by line, the pieces of one line together."""
    found = []
    for page in pages:
        for text in re.findall(r"<text[^>]*>(.*?)</text>", page):
            found.append(unescape(re.sub(r"<[^>]+>", "", text)))
    return found


def test_every_number_is_there():
    for protocol in three(HEAD, BOTH, COUNTED):
        contest = next(one for one in BOTH if one.id == protocol.contest)
        told = words(sheets(protocol, contest, FACTS, [SEAL]))
        for count in (*protocol.votes.values(), protocol.counts.ballots_cast, sum(protocol.votes.values())):
            assert str(count) in told
        assert ("P1.4" in told) == (protocol.channel is Channel.PAPER)


def test_the_seal_is_the_one_of_the_log():
    (page,) = sheets(three(HEAD, BOTH, COUNTED)[0], LISTS, FACTS, [SEAL])
    told = words([page])
    for group in spoken_code(ROOT).split("-"):
        assert group in told
    rows = [bytes(row) for row in segno.make_qr(NOTE.decode(), error="m", mode="byte").matrix]
    drawn = set(re.findall(r"M(\d+) (\d+)h1v1h-1z", page))
    assert drawn == {(str(x), str(y)) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}


@pytest.mark.parametrize("by", [0, 1])
def test_an_equation_that_does_not_hold_is_marked(by):
    slips = {**COUNTED.slips, "list/sun": 9 + by}
    protocol = three(HEAD, BOTH, Counted(COUNTED.voters, [CLOSE], slips, COUNTED.paper))[0]
    told = words(sheets(protocol, LISTS, FACTS, [SEAL]))
    assert ("20 ≠ 21" in told) == bool(by)
    assert ("20 = 20" in told) == (not by)


def many(count):
    long = "Қазақстанның өте ұзақ атауы бар партиясы"
    options = {
        f"o{at}": Text(f"{long} {at}", f"Партия с очень длинным названием {at}", "x") for at in range(count)
    }
    contest = ContestForm("list", TITLE, options)
    fields = dict.fromkeys(contest.fields(), 1)
    head = Head("0001", 1, datetime.fromisoformat("2004-09-19T21:10+05:00"))
    protocol = three(head, [contest], Counted(Voters(80, 2), [CLOSE], fields, fields))[0]
    return protocol, contest


@pytest.mark.parametrize(("count", "pages"), [(3, 1), (14, 2), (40, 3), (120, 5)])
def test_long_ballots_take_more_pages_and_lose_no_option(count, pages):
    found = sheets(*many(count), FACTS, [SEAL])
    told = words(found)
    assert len(found) == pages
    for at in range(count):
        assert any(line.endswith(f" {at}") or f" {at} / " in line for line in told)
    assert f"{pages} / {pages}" in told
    for page in found:
        for y in re.findall(r'<text[^>]* y="([0-9.]+)"', page):
            assert float(y) < a4.HEIGHT - 20


def test_two_devices_have_two_seals_and_one_sum():
    pages = sheets(three(HEAD, BOTH, COUNTED)[0], LISTS, FACTS, [SEAL, Sealed("0001-b1", NOTE, ALL)])
    told = words(pages)
    assert {"0001-m1", "0001-b1", "800"} <= set(told)


def test_long_names_are_whole():
    names = tuple(f"{'Сейітмағанбетова ' * 3}{at}" for at in range(5))
    title = Text("Сайлау " * 20 + "соңы", "Выборы " * 20 + "конец", "x")
    facts = Facts(title, date(2004, 9, 19), "results.example", names, rehearsal=True)
    told = words(sheets(three(HEAD, BOTH, COUNTED)[1], LISTS, facts, [SEAL]))
    joined = " ".join(told)
    assert joined.count("Сейітмағанбетова") == 15
    assert "соңы" in joined
    assert "конец" in joined


def test_a_letter_that_we_lack_is_refused():
    facts = Facts(TITLE, date(2004, 9, 19), "results.example", ("王", "Ким Т."))
    with pytest.raises(StationError, match=r"^J7\.9"):
        sheets(three(HEAD, BOTH, COUNTED)[0], LISTS, facts, [SEAL])


def test_a_pdf_holds_our_letters():
    (page,) = sheets(three(HEAD, BOTH, COUNTED)[0], LISTS, FACTS, [SEAL])
    data = a4.pdf(page)
    assert data.startswith(b"%PDF-")
    assert b"DauysSans" in data or b"Dauys" in data
    assert len(data) > 20_000


def test_a_sheet_that_is_not_signed_yet_has_places_for_a_commission():
    facts = Facts(Text("С", "В", "E"), date(2004, 9, 19), "results.example", ())
    assert sum(map(len, _signers(facts))) == 8
    assert sum(map(len, _signers(replace(facts, names=("Омарова Қ.", "Ким Т."))))) == 3


def test_an_electronic_sheet_to_be_signed_is_one_page_with_a_part_at_each_place():
    told = words(sheets(three(HEAD, BOTH, COUNTED)[0], LISTS, replace(FACTS, names=()), [SEAL]))
    assert "1 / 1" in told
    assert told.count("Мүшесі / Член комиссии") == 5
    for part in ("Төраға / Председатель", "Орынбасары / Заместитель", "Хатшы / Секретарь"):
        assert part in told
        assert a4.wide(part, a4.TEXT) < _SIGNER - 90


def test_copies_are_told_once_they_were_given_out():
    protocol = three(HEAD, BOTH, COUNTED)[0]
    by_hand, told = (words(sheets(protocol, LISTS, replace(FACTS, copies=n), [SEAL])) for n in (None, 6))
    assert any(line.endswith("наблюдателям: ____") for line in by_hand)
    assert any(line.endswith("наблюдателям: 6") for line in told)


def test_a_contest_is_named_as_people_call_it():
    place = Text("№ 16 Құрманғазы сайлау округі", "Избирательный округ № 16 Курмангазы", "16")
    told = words(sheets(three(HEAD, BOTH, COUNTED)[0], replace(LISTS, place=place), FACTS, [SEAL]))
    assert " ".join(told).count("Құрманғазы") >= 2
    assert "№ 0001" in told

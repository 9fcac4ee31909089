"""The members' side of a real station: set up from its kit, with its printers and its desk."""

import json
import os
from hashlib import sha256
from types import SimpleNamespace

import pytest
from kit_station import PEOPLE, STATION, Laptop, cards_left, make, vote

from dauys.crypto.shapes import canonical
from dauys.domain.votes import Channel
from dauys.record.disk import Disk
from dauys.station.day.media import replace_second
from dauys.station.day.people import decision
from dauys.station.day.windows import Phase
from dauys.station.export import export
from dauys.station.faults import StationError
from dauys.station.keeping.folders import Media
from dauys.station.papers.members import printer_test
from dauys.station.papers.slip import slips
from dauys.station.program import ballots_of
from dauys.station.web.members.evening import devices
from dauys.station.web.members.of_station import room_of
from dauys.verify.devices import spoken_code


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("members-kit"))


@pytest.fixture
def laptop(made, tmp_path):
    one = Laptop(made, tmp_path)
    one.install()
    return one


def room(laptop, station, errors=None):
    return room_of(station, os.urandom, (errors or []).append, station.printers[1])


def test_slips_of_the_test_are_no_slips_of_the_vote(laptop):
    with laptop.open() as station:
        laptop.now = "2004-09-17T10:00:00+06:00"
        own = room(laptop, station)
        own.night.day.install(PEOPLE, own.act)
        own.begin_test()
        own.test.thread.join(120)
        assert (own.test.ended, own.test.code) == (True, "")
        printed = {piece.data for piece in laptop.printers[0].pieces()}
        for contest in ballots_of(station.kit)[station.kit.style]:
            for choice in contest.options:
                (real,) = slips(contest.contest, [choice])
                assert not any(piece.startswith(real.data[:8000]) for piece in printed)
        own.prints.deck(own.test.rehearsal.deck)
        own.prints.tested(own.test.rehearsal.deck.expected, own.test.rehearsal.deck.expected)
        assert station.opened.journal.ended() == 0


def test_the_night_of_a_station(laptop, made):
    with laptop.open() as station:
        laptop.begin(station)
        own = room(laptop, station)
        own.prints.tree("open", station.opened.log.store.signed.note.encode())
        for number in (1, 2, 3):
            station.desk.mark(str(number), "electronic")
            vote(station, made.cards[number], [[0], [number % 2]])
        station.desk.mark("9", "paper")
        turnout = own.turnout()
        assert (turnout.paper, turnout.electronic, turnout.voted) == (1, 3, 4)
        laptop.at("20:05")
        night = own.night
        night.day.close_polls(PEOPLE, own.booths)
        cards = cards_left(made, 3)
        told = {name: getattr(cards, name) for name in night.fields("cards")}
        for name in PEOPLE:
            night.enter("cards", name, told)
        night.seal()
        with pytest.raises(StationError):
            station.desk.mark("10", "paper")
        assert own.phase() is Phase.SEALED
        electronic = [one for one in night.protocols(own.now()) if one.channel is Channel.ELECTRONIC]
        assert {(one.station, one.counts.ballots_cast) for one in electronic} == {(STATION, 3)}
        assert set(electronic[0].votes) <= set(station.kit.options[electronic[0].contest])


def test_only_a_device_of_this_station_is_loaded(laptop, tmp_path):
    with laptop.open() as station:
        laptop.begin(station)
        own = room(laptop, station)
        assert own.night.others == {}
        export(laptop.media.second, tmp_path / "usb", Disk())
        with pytest.raises(StationError, match=r"^J1\.5"):
            own.load("0002-b1", tmp_path / "usb" / station.device.id, own.act["code"])
        with pytest.raises(StationError, match=r"^J3\.1"):
            own.load(station.device.id, tmp_path / "usb" / station.device.id, own.act["code"].lower())


def test_no_report_is_cut_while_a_receipt_hangs(laptop, made):
    with laptop.open() as station:
        laptop.begin(station)
        own = room(laptop, station)
        station.desk.mark("1", "electronic")
        session = own.booths.begin(1, station.kit.style)
        own.booths.show_card(session, made.cards[0])
        own.booths.show_slips(session, [[0], [1]])
        own.booths.confirm(session)
        before = len(laptop.printers[1].pieces())
        with pytest.raises(StationError, match=r"^J3\.3"):
            own.prints.tree("reading", station.opened.log.store.signed.note.encode())
        assert len(laptop.printers[1].pieces()) == before
        own.booths.cast(session)
        own.prints.tree("reading", station.opened.log.store.signed.note.encode())
        assert len(laptop.printers[1].pieces()) > before


def test_a_new_second_medium_of_a_whole_station(laptop, made, tmp_path):
    with laptop.open() as station:
        laptop.begin(station)
        station.desk.mark("1", "electronic")
        vote(station, made.cards[0], [[0], [1]])
    with laptop.open(Media(laptop.media.first, None, rehearsal=True)) as station:
        own = room(laptop, station)
        assert own.single
        own.night.day.incident("single", decision(PEOPLE, "таяқша сынды"))
        station.desk.mark("2", "electronic")
        vote(station, made.cards[1], [[0], [1]])
    new = Media(laptop.media.first, tmp_path / "new", rehearsal=True)
    new.second.mkdir()
    replace_second(new, laptop.stick, laptop.installed.password, os.urandom)
    with laptop.open(new) as station:
        station.desk.mark("3", "electronic")
        vote(station, made.cards[2], [[0], [1]])
    with laptop.open(new) as station:
        assert station.opened.decided.to_second == 0
        assert station.opened.journal.count("cast") == 3
        assert station.desk.admitted() == 3


def test_a_device_is_loaded_under_a_key_that_signed_for_it_and_before_the_protocols_are(laptop, made):
    with laptop.open() as station:
        laptop.begin(station)
        own = room(laptop, station)
        name, first = station.device.id, laptop.media.first
        folder = laptop.folder / "usb" / name
        export(first, folder.parent, Disk())
        told = json.loads((folder / "installation.json").read_bytes())
        (folder / "installation.json").write_bytes(canonical(told | {"signature": "00" * 64}))
        with pytest.raises(StationError, match=r"^J1\.5.*signature"):
            own.load(name, folder, own.act["code"])
        own.night.others = {name: None}
        own.night.book.minute("signed", laptop.moment(), PEOPLE)
        with pytest.raises(StationError, match=r"^J3\.4"):
            devices(own, SimpleNamespace(POST={"device": name, "folder": str(folder)}))


def test_a_device_is_loaded_only_under_the_key_of_its_act_on_paper(laptop, made, tmp_path):
    forger = Laptop(made, tmp_path / "forger")
    forger.folder.mkdir()
    forger.install()
    with forger.open() as station:
        forger.begin(station)
        forged = room(forger, station)
        export(forger.media.second, tmp_path / "usb", Disk())
    with laptop.open() as station:
        laptop.begin(station)
        own = room(laptop, station)
        own.night.others = {station.device.id: None}
        folder = tmp_path / "usb" / station.device.id
        for typed in (own.act["code"], "", forged.act["code"][:-1]):
            posted = {"device": station.device.id, "folder": str(folder), "code": typed}
            with pytest.raises(StationError) as caught:
                devices(own, SimpleNamespace(POST=posted))
            assert (caught.value.code, caught.value.problem.hint) == ("J1.5", "key")
            assert forged.act["code"] not in str(caught.value)
        assert own.night.others == {station.device.id: None}
        with pytest.raises(StationError, match=r"^J3\.1"):
            own.load(station.device.id, folder, forged.act["code"])


def test_the_act_says_the_code_of_the_key(laptop):
    with laptop.open() as station:
        act = room(laptop, station).act
    key = laptop.installed.fields["key"]
    assert act["key"] == key
    assert act["code"] == spoken_code(sha256(key.encode()).digest())


def test_every_printer_of_the_station_is_tested(laptop):
    with laptop.open() as station:
        room(laptop, station).test_printers()
        head = room(laptop, station).prints.head
        for printer in laptop.printers:
            assert printer.pieces() == [printer_test(head, printer.name)]

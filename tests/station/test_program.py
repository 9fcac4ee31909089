"""A whole day of a station through the program: kit, phases, desk, booths, restart, seal, export."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, replace
from datetime import timedelta
from threading import Thread

import pytest
from kit_station import DEVICE, PEOPLE, STATION, VOTE, Laptop, cards_left, make, vote

from dauys.crypto.framing import framed_hash, holds
from dauys.crypto.shapes import canonical
from dauys.domain.election import Repeat
from dauys.record.checkpoint import open_checkpoint
from dauys.record.disk import Disk
from dauys.record.keys import parse_verifier_key
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.station.day import media as media_module
from dauys.station.day.media import replace_second
from dauys.station.day.people import decision
from dauys.station.day.windows import Phase
from dauys.station.export import export
from dauys.station.faults import StationError
from dauys.station.keeping import sealing
from dauys.station.keeping.folders import Media
from dauys.station.keeping.records import RecordFile
from dauys.station.keeping.sealing import destroy
from dauys.station.program import make_day
from dauys.station.setup import install, installation_of, read_own_kit
from dauys.station.software import software_hash
from dauys.station.web.desk.of_station import desks_of
from dauys.station.web.members.of_station import night_of, room_of


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("kit-station"))


@pytest.fixture
def laptop(made, tmp_path):
    one = Laptop(made, tmp_path)
    one.install()
    return one


def entries(folder):
    """Kinds of the entries of an exported log, in order; `ballot` for ballots."""
    key = parse_verifier_key(installation_of(folder)["key"])
    source = FolderSource(folder / "log")
    note = source.read("checkpoint", 1_000_000)
    shown = open_checkpoint(note, (key,), key.name).checkpoint
    reader = LogReader(source, shown.size, shown.root)
    found = [data for _, data in reader.entries()]
    return ["ballot" if data[:1] == b"\x01" else json.loads(data)["kind"] for data in found]


def test_a_whole_day(laptop, made, tmp_path):
    fields = laptop.installed.fields
    key = parse_verifier_key(fields["key"])
    with laptop.open() as station:
        root = station.kit.ballots.root
        signed = framed_hash("installation", root, DEVICE, STATION, fields["type"], fields["key"])
        assert holds(key.public, signed, bytes.fromhex(fields["signature"]))
        assert fields["software"] == software_hash().hex()
        laptop.begin(station)
        for number in range(1, 4):
            station.desk.mark(str(number), "electronic")
        station.desk.mark("4", "paper")
        vote(station, made.cards[0], [[0], [1]])
        vote(station, made.cards[1], [[2], []])
        assert station.booths.free() == 1
        with pytest.raises(StationError, match=r"J2\.2"):
            vote(station, "0" * 28, [[0], [1]])
        station.booths.leave(station.booths.sessions[1])
    # The laptop stops and starts: what was kept is kept, and one more is admitted again.
    laptop.at("12:10")
    with laptop.open() as station:
        assert station.opened.journal.count("cast") == 2
        assert station.booths.free() == 0
        station.desk.readmit("3", PEOPLE[0])
        vote(station, made.cards[2], [[1], [0]], "challenge")
        station.desk.readmit("3", PEOPLE[0])
        vote(station, made.cards[3], [[1], [0]])
        laptop.at("20:05")
        station.day.close_polls(PEOPLE, station.booths)
        with pytest.raises(StationError, match=r"J3\.5"):
            station.seal(cards_left(made, 3))
        station.desk.open_case("9", "was here before")  # a sum that does not hold has closed nothing
        size, root = station.seal(cards_left(made, 4))
        with pytest.raises(StationError):
            station.desk.mark("9", "paper")
    # Both media give the same, also without the laptop.
    sticks = [tmp_path / "usb-1", tmp_path / "usb-2"]
    for medium, stick in zip(laptop.media.folders, sticks, strict=True):
        done = export(medium, stick, Disk())
        assert (done.device, done.size) == (DEVICE, size)
    files = [
        {str(p.relative_to(s)): p.read_bytes() for p in sorted(s.rglob("*")) if p.is_file()} for s in sticks
    ]
    assert files[0] == files[1]
    kinds = entries(sticks[0] / DEVICE)
    assert kinds == ["open", "ballot", "ballot", "ballot", "batch", "challenge", "close"]
    assert station.opened.log.tree() == (size, root)
    destroy(laptop.media.first, bytes)
    with pytest.raises(StationError, match=r"J3\.4"), laptop.open():
        pass


def test_a_booth_opens_only_while_the_day_is_open(laptop, made):
    with laptop.open() as station:
        station.desk.mark("1", "electronic")
        assert station.booths.free() == 0
        with pytest.raises(StationError, match=r"J2\.1"):
            vote(station, made.cards[0], [[0], [1]])


def test_another_kit_is_noticed(laptop):
    for folder in laptop.media.folders:
        facts = folder / "station.json"
        told = json.loads(facts.read_bytes())["kit"]
        facts.write_bytes(facts.read_bytes().replace(told.encode(), b"0" * 64))
    with pytest.raises(StationError, match=r"J1\.5"), laptop.open():
        pass


def test_a_device_is_set_up_once(laptop, made):
    with pytest.raises(StationError, match=r"J1\.[15]"):
        laptop.install()


def test_the_clock_of_a_drill_is_for_simulations(laptop, monkeypatch):
    def real(media, facts):
        return replace(read_own_kit(media, facts), simulation=None)

    monkeypatch.setattr("dauys.station.program.read_own_kit", real)
    with pytest.raises(StationError, match=r"J3\.8"), laptop.open():
        pass


def test_outside_a_simulation_nobody_seals_alone(laptop, made):
    """Whoever has the laptop cannot seal it with numbers of their own; minutes are kept before the seal."""
    cards = cards_left(made, 0)
    with laptop.open() as station:
        real = replace(station, kit=replace(station.kit, simulation=None))
        night = night_of(real)
        laptop.begin(station)
        laptop.at("20:05")
        station.day.close_polls(PEOPLE, station.booths)
        with pytest.raises(StationError, match=r"J3\.6"):
            real.seal(cards)
        night.enter("cards", PEOPLE[0], asdict(cards))
        with pytest.raises(StationError, match=r"J3\.6"):
            night.seal()
        night.enter("cards", PEOPLE[1], asdict(cards))
        assert night_of(real).seal() == station.opened.log.tree()
        assert all((folder / "protocols" / "minutes.json").exists() for folder in laptop.media.folders)


def test_one_medium_alone_goes_on(laptop):
    alone = Media(laptop.media.first, None, rehearsal=True)
    with laptop.open(alone) as station:
        assert station.media.second is None
        assert station.kit.vote_id == VOTE


def test_a_stick_is_continued_and_never_taken_back(laptop, made, tmp_path):
    stick, behind = tmp_path / "usb", tmp_path / "behind"
    with laptop.open() as station:
        laptop.begin(station)
        station.desk.mark("1", "electronic")
        vote(station, made.cards[0], [[0], [1]])
    shutil.copytree(laptop.media.second, behind)
    export(behind, stick, Disk())
    with laptop.open() as station:
        laptop.at("20:05")
        station.day.close_polls(PEOPLE, station.booths)
        station.seal(cards_left(made, 1))
    export(laptop.media.first, stick, Disk())
    assert entries(stick / DEVICE)[-1] == "close"
    with pytest.raises(StationError, match=r"J1\.10"):
        export(behind, stick, Disk())
    # Another laptop of this name, as after a rehearsal.
    other = Laptop(made, tmp_path / "other")
    other.folder.mkdir()
    other.install()
    with other.open() as station:
        other.begin(station)
    with pytest.raises(StationError, match=r"J1\.5"):
        export(other.media.first, stick, Disk())
    assert entries(stick / DEVICE)[-1] == "close"


@pytest.mark.parametrize("name", ["..", "../outside", "/tmp/outside"])
def test_a_medium_that_somebody_changed_leads_nowhere_else(laptop, tmp_path, name):
    with laptop.open() as station:
        laptop.begin(station)
    medium = laptop.media.first
    (medium / "protocols").mkdir(exist_ok=True)
    (medium / "protocols" / "act").symlink_to(medium / "keys.sealed")
    export(medium, tmp_path / "usb", Disk())
    assert not (tmp_path / "usb" / DEVICE / "protocols" / "act").exists()
    facts = json.loads((medium / "station.json").read_bytes())
    (medium / "station.json").write_bytes(canonical({**facts, "device": name}))
    with pytest.raises(StationError, match=r"J1\.5"):
        export(medium, tmp_path / "usb-2", Disk())
    assert not (tmp_path / "usb-2").exists()


@pytest.mark.parametrize("stop", [OSError(30, "Read-only file system"), KeyboardInterrupt()])
def test_keys_that_were_being_destroyed_are_gone_after_the_next_start(laptop, stop, monkeypatch):
    secret = ("keys.sealed", "desk.records", "booth.records", "journal.db", "desk.db")

    def left():
        return [f.name for m in laptop.media.folders for f in m.iterdir() if f.name.startswith(secret)]

    with laptop.open() as station:
        night = room_of(station, os.urandom, lambda _: None).night
        laptop.begin(station)
        laptop.at("20:05")
        station.day.close_polls(PEOPLE, station.booths)
        station.seal(cards_left(laptop.made, 0))
        for what in ("compared", "signed"):
            night.book.minute(what, laptop.moment(), PEOPLE)
        real = sealing.force_names

        def failing(folder):
            if folder == (laptop.media.second if isinstance(stop, OSError) else laptop.media.first):
                raise stop
            real(folder)

        monkeypatch.setattr(sealing, "force_names", failing)
        with pytest.raises((StationError, KeyboardInterrupt)):
            night.destroy(laptop.media.folders, PEOPLE, laptop.moment(), os.urandom)
    monkeypatch.undo()
    assert "booth.records" in left()
    with pytest.raises(StationError, match=r"J3\.4"), laptop.open():
        pass
    assert left() == []


def test_a_lost_file_of_keys_destroys_nothing(laptop):
    with laptop.open() as station:
        laptop.begin(station)
    (laptop.media.first / "keys.sealed").unlink()
    with pytest.raises(StationError, match=r"J3\.4"), laptop.open():
        pass
    assert (laptop.media.second / "keys.sealed").exists()


def test_a_test_that_a_booth_and_the_desk_count_apart_is_found_while_it_can_be_mended(laptop, made):
    with laptop.open() as station:
        laptop.begin(station)
        day, desk, booths = station.day, station.desk, station.booths
        desk.mark("1", "electronic")
        session = booths.begin(1, station.kit.style)
        booths.show_card(session, made.cards[0])
        booths.show_slips(session, [[0], [1]])
        booths.confirm(session)
        session.test = True  # a voter who touched *observers*
        booths.challenge(session)
        laptop.at("20:05")
        with pytest.raises(StationError, match=r"J3\.5") as raised:
            day.close_polls(PEOPLE, booths, None, desk.count())
        assert (raised.value.problem.hint, day.phase()) == ("close_tests", Phase.OPEN)
        desk.test("Observer")
        day.end_unused(booths, decision(PEOPLE, "nobody came"))
        day.close_polls(PEOPLE, booths, None, desk.count())
        assert station.seal(cards_left(made, 1))


def test_a_setup_that_was_refused_leaves_its_stick_free(made, tmp_path):
    one = Laptop(made, tmp_path)
    for folder in (*one.media.folders, one.stick):
        folder.mkdir()
    same = Media(one.media.first, one.media.second)
    with pytest.raises(StationError, match=r"J1\.8"):
        install(made.kit, DEVICE, same, one.stick, os.urandom, key=made.key)
    assert list(one.stick.iterdir()) == []
    one.install()
    with one.open():
        pass


@pytest.mark.parametrize("step", range(1, 7))
def test_replacing_the_second_medium_can_be_begun_again_after_a_cut(laptop, step, monkeypatch):
    third = Media(laptop.media.first, laptop.folder / "third", rehearsal=True)
    third.second.mkdir()
    with laptop.open(Media(laptop.media.first, None, rehearsal=True)) as station:
        laptop.begin(station)
        station.day.incident("single", decision(PEOPLE, "the stick was lost"))
    steps = iter(range(1, 10))
    for owner, name in ((media_module, "write_durably"), (RecordFile, "make")):
        real = getattr(owner, name)

        def cut(*args, real=real):
            if next(steps) == step:
                raise OSError(28, "No space left on device")
            real(*args)

        monkeypatch.setattr(owner, name, cut)
    with pytest.raises(OSError, match="No space"):
        replace_second(third, laptop.stick, laptop.installed.password, os.urandom)
    monkeypatch.undo()
    replace_second(third, laptop.stick, laptop.installed.password, os.urandom)
    with laptop.open(third) as station:
        assert station.day.phase() is Phase.OPEN
    with pytest.raises(StationError, match=r"J1\.5"):
        replace_second(third, laptop.stick, laptop.installed.password, os.urandom)


@pytest.mark.parametrize("again", ["the old one", "a new one"])
def test_a_second_medium_that_failed_at_the_seal_can_be_there_again(laptop, made, again, monkeypatch):
    def fail(*_):
        raise OSError(5, "Input/output error")

    with laptop.open() as station:
        laptop.begin(station)
        laptop.at("20:05")
        station.day.close_polls(PEOPLE, station.booths)
        station.desk.close()
        monkeypatch.setattr(station.opened.journal.records, "append", fail)
        with pytest.raises(StationError, match=r"J1\.3"):
            station.seal(cards_left(made, 0))
    with laptop.open(Media(laptop.media.first, None, rehearsal=True)) as station:
        tree = station.opened.log.tree()
    media = laptop.media
    if again == "a new one":
        media = Media(media.first, laptop.folder / "third", rehearsal=True)
        media.second.mkdir()
        replace_second(media, laptop.stick, laptop.installed.password, os.urandom)
    with laptop.open(media) as station:
        assert (station.day.phase(), station.opened.log.tree()) == (Phase.SEALED, tree)
        found = station.opened.journal.records.read().rows
        assert len(found) == len(list(station.opened.journal.rows()))


def test_no_session_begins_on_one_medium_before_two_members_decide(laptop, made):
    with laptop.open() as station:
        laptop.begin(station)
        station.desk.mark("1", "electronic")
    with laptop.open(Media(laptop.media.first, None, rehearsal=True)) as station:
        room = room_of(station, os.urandom, lambda _: None)
        room.minuted_start = True
        with pytest.raises(StationError, match=r"J1\.3"):
            vote(station, made.cards[0], [[0], [1]])
        assert (room.next(), station.booths.free()) == ("single", 1)
        station.day.incident("single", decision(PEOPLE, "the stick was lost"))
        vote(station, made.cards[0], [[0], [1]])
        assert room.next() == "voting"


def test_a_repeat_has_its_own_day_at_the_station(laptop):
    with laptop.open() as station:
        kit = station.kit
        opens = kit.opens + timedelta(weeks=8)
        repeat = Repeat(1, 1, opens.date(), (STATION,), "decision 7")
        election = replace(kit.election, repeats=(repeat,))
        kit = replace(kit, vote_id="simulation/1/1", election=election, opens=opens)
        day = make_day(kit, station.device, station.opened, station.clocks)
        assert day.windows[Phase.OPEN].opens == opens
        assert desks_of(replace(station, kit=kit)).about.day == opens.date()


def test_an_observer_who_cast_keeps_no_votes_locked_in(laptop, made, tmp_path):
    two = decision(PEOPLE, "the observer cast a ballot")
    with laptop.open() as station:
        laptop.begin(station)
        station.desk.test("Observer")
        vote(station, made.cards[0], [[0], [1]])
        laptop.at("20:05")
        with pytest.raises(StationError, match=r"J3\.5"):
            station.day.close_polls(PEOPLE, station.booths, None, station.desk.count())
        station.day.close_polls(PEOPLE, station.booths, None, station.desk.count(), accepted=two)
        with pytest.raises(StationError, match=r"J3\.5") as raised:
            station.seal(cards_left(made, 2))
        assert raised.value.problem.hint == "close_cards"
        station.desk.open_case("9", "was here before")  # nothing was closed
        station.seal(cards_left(made, 2), accepted=two)
        assert [one.kind for one in station.day.incidents()] == ["sums", "sums"]
    export(laptop.media.second, tmp_path / "usb", Disk())
    kinds = entries(tmp_path / "usb" / DEVICE)
    assert kinds == ["open", "ballot", "batch", "incident", "incident", "close"]


@pytest.mark.parametrize("paper", [False, True])
def test_no_mark_is_undone_whose_voter_has_begun_or_cast(laptop, made, paper):
    with laptop.open() as station:
        laptop.begin(station)
        desk, booths = station.desk, station.booths
        desk.mark("1", "electronic")
        session = booths.begin(1, station.kit.style)
        with pytest.raises(StationError, match=r"J4\.5"):
            desk.undo("1", "card", "wants paper")
        booths.show_card(session, made.cards[0])
        booths.show_slips(session, [[0], [1]])
        booths.confirm(session)
        booths.cast(session)
        desk.mark("2", "electronic")
        if paper:
            station.day.incident("paper", decision(PEOPLE, "no power"))
        desk.undo("2", "card", "wants paper")
        with pytest.raises(StationError, match=r"J4\.5") as raised:
            desk.undo("1", "card", "wants paper")
        assert (raised.value.problem.hint, desk.admitted()) == ("used", 1)
        laptop.at("20:05")
        station.day.close_polls(PEOPLE, booths, None, desk.count())
        assert station.seal(cards_left(made, 1))


def test_nobody_begins_while_a_mark_is_undone(laptop, monkeypatch):
    found = []
    with laptop.open() as station:
        laptop.begin(station)
        desk, booths = station.desk, station.booths
        desk.mark("1", "electronic")

        def begin():
            try:
                found.append(booths.begin(1, station.kit.style))
            except StationError as error:
                found.append(error.code)

        voter, keep = Thread(target=begin), desk._keep

        def kept(*args, **more):
            voter.start()
            voter.join(0.3)
            return keep(*args, **more)

        monkeypatch.setattr(desk, "_keep", kept)
        desk.undo("1", "card", "wants paper")
        voter.join(10)
        assert (found, booths.free()) == (["J2.1"], 0)

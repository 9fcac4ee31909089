"""Transcripts of `dauys station`: set up, checked, sealed, exported, and what is refused."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))
from kit_station import DAY, DEVICE, PEOPLE, make

from dauys.cli import station_reading
from dauys.cli.main import cli
from dauys.station.day.people import decision
from dauys.station.keeping.folders import Media
from dauys.station.program import drill_clock, open_station
from dauys.verify.devices import spoken_code


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("station-command"))


@pytest.fixture
def dauys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name, value in (("FIRST", "disk"), ("SECOND", "usb"), ("STICK", "key")):
        monkeypatch.setenv(f"DAUYS_{name}", value)
    monkeypatch.setattr("sys.stdout", sys.__stdout__)

    def run(*arguments: str, code: int = 0, typed: str | None = None) -> str:
        done = CliRunner().invoke(cli, ["station", *arguments], input=typed, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done.output

    return run


def installed(dauys, made) -> str:
    Path("clock").write_text("2004-09-17T10:00:00+06:00\n")
    key = made.key.hex()
    return dauys(
        "init", str(made.kit), "--device", DEVICE, "--halves", "halves", "--rehearsal", "--commission", key
    )


def password() -> str:
    halves = [Path(f"halves/half-{number}.txt").read_text().strip() for number in (1, 2)]
    Path("password").write_text(" ".join(halves) + "\n")
    return " ".join(halves)


OPEN = ("--rehearsal", "--password", "password", "--clock", "clock")


def test_a_device_is_set_up_checked_sealed_and_exported(dauys, made):
    told = installed(dauys, made)
    assert f"Device {DEVICE} of station 0002 is set up." in told
    assert "Key of the device: simulation.invalid/simulation/1/0/device/0002-m1+" in told
    assert stat.S_IMODE(Path("halves/half-1.txt").stat().st_mode) == 0o600
    words = password()
    assert len(words.split()) == 6
    assert words not in told
    assert not any(word in told for word in words.split())
    told = dauys("check", *OPEN, "--booth", "folder:papers")
    assert "The day: set up, not yet in the act" in told
    assert "Booth 1: papers is ready" in told
    assert "Second medium: in step" in told

    def at(moment: str) -> None:
        Path("clock").write_text(moment)

    media = Media(Path("disk"), Path("usb"), rehearsal=True)
    with open_station(
        media, Path("key"), words, {}, os.urandom, clocks=drill_clock(Path("clock"))
    ) as station:
        station.day.install(PEOPLE, {})
        at("2004-09-18T10:00:00+06:00")
        station.day.tested(PEOPLE, (), ())
        at(DAY.format("06:40"))
        station.day.checked(PEOPLE)
        at(DAY.format("07:00"))
        station.day.open(PEOPLE, bytes(32))
    cards = str(len(made.cards))
    refused = dauys("seal", *OPEN, "--cards", cards, "0", "0", cards, "0", code=2)
    assert "not in this phase of the day: open, expected closed (J3.1)" in refused
    at(DAY.format("20:05"))
    with open_station(
        media, Path("key"), words, {}, os.urandom, clocks=drill_clock(Path("clock"))
    ) as station:
        station.desk.mark("1", "paper")  # a seal that came too early has closed nothing
        station.day.close_polls(PEOPLE, station.booths)
    refused = dauys("seal", *OPEN, "--cards", cards, "0", "0", "3", "0", code=2)
    assert "the numbers do not add up" in refused
    assert "Count the cards again" in refused
    assert "--apart REASON --member NAME --member NAME" in refused
    two = ("--member", PEOPLE[0], "--member", PEOPLE[1])
    at("2004-09-20T09:00:00+06:00")
    late = dauys("seal", *OPEN, "--cards", cards, "0", "0", "3", "0", "--apart", "lost", *two, code=2)
    assert "outside its time (late)" in late
    assert "--outside REASON" in late
    wrong = dauys("seal", *OPEN, "--cards", cards, "0", "0", "3", "0", "--outside", "no power", *two, code=2)
    assert "the numbers do not add up" in wrong
    both = ("--outside", "no power", "--apart", "lost")
    assert "J3.7" in dauys("seal", *OPEN, "--cards", cards, "0", "0", "3", "0", *both, *two[:2], code=2)
    at(DAY.format("20:05"))
    told = dauys("seal", *OPEN, "--cards", cards, "0", "0", "3", "0", "--apart", "lost", *two)
    assert "The seal: 3 entries, " in told
    assert dauys("seal", *OPEN, "--cards", cards, "0", "0", cards, "0") == told
    # The laptop has died: the second medium gives the same.
    told = dauys("export", "usb", "out")
    assert told.startswith(f"{DEVICE}: ")
    assert Path("out", DEVICE, "log", "checkpoint").read_bytes()


def test_a_lost_second_medium_is_replaced(dauys, made):
    installed(dauys, made)
    password()
    media = Media(Path("disk"), None, rehearsal=True)
    told = dauys("check", "--first", "disk", "--second", "usb", *OPEN)
    assert "Second medium: in step" in told
    clocks = drill_clock(Path("clock"))
    with open_station(media, Path("key"), password(), {}, os.urandom, clocks=clocks) as station:
        station.day.incident("single", decision(PEOPLE, "the stick is lost"))
        station.desk.open_case("", "a voter is not on the list")
    Path("usb-2").mkdir()
    told = dauys("replace", "--second", "usb-2", "--rehearsal", "--password", "password")
    assert "usb-2 is the second medium now" in told
    assert "Second medium: in step" in dauys("check", "--second", "usb-2", *OPEN)
    refused = dauys("replace", "--second", "usb-2", "--rehearsal", "--password", "password", code=2)
    assert "(J1.5)" in refused
    # The lost one comes back: what was written meanwhile is written to it.
    assert "Second medium: in step" in dauys("check", "--second", "usb", *OPEN)


def test_media_of_an_earlier_hour_are_refused_by_what_was_read_out(dauys, made, monkeypatch):
    installed(dauys, made)
    words, media = password(), Media(Path("disk"), Path("usb"), rehearsal=True)
    clocks = drill_clock(Path("clock"))
    at = Path("clock").write_text

    def opened():
        return open_station(media, Path("key"), words, {}, os.urandom, clocks=clocks)

    with opened() as station:
        station.day.install(PEOPLE, {})
        at("2004-09-18T10:00:00+06:00")
        station.day.tested(PEOPLE, (), ())
        at(DAY.format("06:40"))
        station.day.checked(PEOPLE)
    assert "reading" not in dauys("check", *OPEN)
    for name in ("disk", "usb"):
        shutil.copytree(name, f"early/{name}")
    with opened() as station:
        at(DAY.format("07:00"))
        size, root = station.day.open(PEOPLE, bytes(32))
    shown = (str(size), spoken_code(root))
    told = dauys("check", *OPEN, "--reading", shown[0], shown[1].lower().replace("-", " "))
    assert "Continued from the reading of 1 entries" in told
    assert "No reading compared" in dauys("check", *OPEN)
    monkeypatch.setattr(station_reading, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    told = dauys("check", *OPEN, typed="1\n0 " + shown[1] + "\n" + " ".join(shown) + "\n")
    assert told.count("Like this: 66 ") == 2
    assert "Continued from the reading of 1 entries" in told
    assert "No reading compared" in dauys("check", *OPEN, typed="\n")
    # Both media as they were before the opening: each agrees with the other.
    for name in ("disk", "usb"):
        shutil.rmtree(name)
        shutil.copytree(f"early/{name}", name)
    for told in (
        dauys("check", *OPEN, typed=" ".join(shown) + "\n", code=2),
        dauys("check", *OPEN, "--reading", *shown, code=2),
        dauys("serve", *OPEN, "--reading", *shown, code=2),
        dauys("seal", *OPEN, "--cards", "0", "0", "0", "0", "0", "--reading", *shown, code=2),
    ):
        assert "(J1.10)" in told
        assert "let nobody vote on them" in told
    assert "XXXX-XXXX" in dauys("check", *OPEN, "--reading", "1", "letters", code=2)


def test_what_is_refused_is_said_with_what_to_do(dauys, made):
    told = dauys("init", str(made.kit), "--device", DEVICE, "--rehearsal", code=2)
    assert "(J1.1)" in told
    assert "--halves DIR" in told
    assert not Path("disk").exists()
    other = "0" * 64
    assert "(W1.3)" in dauys(
        "init",
        str(made.kit),
        "--device",
        DEVICE,
        "--halves",
        "h",
        "--rehearsal",
        "--commission",
        other,
        code=2,
    )
    assert "(W1.9)" in dauys("init", str(made.kit), "--device", "x", "--halves", "h", "--rehearsal", code=2)
    assert "(J1.8)" in dauys("init", str(made.kit), "--device", DEVICE, "--halves", "h", code=2)
    assert "(J1.5)" in dauys("export", "nothing", "out", code=2)


def test_a_set_up_that_was_refused_leaves_an_empty_stick(dauys, made):
    told = dauys("init", str(made.kit), "--device", DEVICE, "--halves", "h", code=2)
    assert "(J1.8)" in told
    assert list(Path("key").iterdir()) == []
    installed(dauys, made)
    told = dauys(
        "init", str(made.kit), "--device", DEVICE, "--halves", "h", "--first", "a", "--second", "b",
        "--rehearsal", code=2,
    )  # fmt: skip
    assert "take an empty one" in told


@pytest.mark.parametrize(("language", "words"), [("ru", "ключ-флешка"), ("kk", "кілт-флешка")])
def test_what_is_not_plugged_in_is_said_in_the_language_of_members(dauys, made, language, words):
    installed(dauys, made)
    password()
    for given in (("--first", "none"), ("--second", "none"), ("--stick", "none")):
        told = dauys("check", *OPEN, *given, "--lang", language, code=2)
        assert not set(re.findall("[a-z]{3,}", told)) - {"none", "dauys", "key", "init", "json", "station"}
    assert words in told


def test_a_printer_that_is_not_there_is_named_with_what_to_do(dauys, made):
    installed(dauys, made)
    password()
    told = dauys("check", *OPEN, "--booth", "none/lp0,none/lp1", code=1)
    assert "Printer none/lp0 cannot be opened" in told
    assert "Check its address" in told


def test_the_code_of_the_key_is_said_for_the_act_on_paper(dauys, made):
    told = installed(dauys, made)
    key = re.search(r"Key of the device: (\S+)", told)[1]
    assert f"for the act on paper: {spoken_code(sha256(key.encode()).digest())}" in told


def test_halves_of_another_device_are_never_written_over(dauys, made):
    installed(dauys, made)
    before = password()
    again = ("init", str(made.kit), "--device", DEVICE, "--halves", "halves", "--rehearsal")
    told = dauys(*again, "--first", "disk-2", "--second", "usb-2", "--stick", "key-2", code=2)
    assert "(J1.1)" in told
    # Nothing was set up under a password that nobody was told.
    assert not Path("disk-2").exists()
    assert password() == before
    Path("file").write_bytes(b"")
    again = ("init", str(made.kit), "--device", DEVICE, "--halves", "file/h", "--rehearsal")
    assert "(L7.3)" in dauys(*again, "--first", "disk-2", "--second", "usb-2", "--stick", "key-2", code=2)
    assert not Path("disk-2").exists()


def test_a_set_up_that_is_interrupted_says_what_it_left(dauys, made, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("dauys.cli.station.tell_installed", stop)
    told = dauys("init", str(made.kit), "--device", DEVICE, "--halves", "h", "--rehearsal", code=130)
    assert "Empty both media and the key stick" in told
    assert "Nothing was written" not in told


def test_without_the_right_password_nothing_opens(dauys, made):
    installed(dauys, made)
    Path("password").write_text("another password\n")
    assert "(J1.1)" in dauys("check", *OPEN, code=2)


def test_what_is_no_key_no_password_or_too_many_people_is_said(dauys, made):
    for key in ("zz", "ab", "É" * 64):
        told = dauys("init", str(made.kit), "--device", DEVICE, "--halves", "h", "--commission", key, code=2)
        assert "0-9 a-f" in told
    Path("password").write_bytes(b"\xff\xfe")
    Path("letters").write_bytes(b"\xff\xfe")
    assert "(J1.1)" in dauys("check", *OPEN, code=2)
    shared = ("--kit", str(made.kit), "--letters", "letters", "--desk", "A", "--booth", "B")
    assert "--people" in dauys("drive", "http://127.0.0.1:9", *shared, "--minutes", "9999", code=2)


def test_the_help_of_every_verb_is_there_in_every_language(dauys):
    for language in ("en", "kk", "ru"):
        for verb in ("init", "check", "serve", "seal", "export", "replace", "drive"):
            told = dauys(verb, "--lang", language, "--help")
            assert "option." not in told
            assert "help." not in told


def test_a_seal_takes_the_cards_that_two_people_typed(dauys, made):
    installed(dauys, made)
    password()
    told = dauys("seal", *OPEN, code=2)
    assert "two people must count the same" in told
    assert "on the members' screens" in told

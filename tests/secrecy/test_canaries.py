"""Choices, secrets, keys and times are searched for on the whole raw images of both media.

What is promised is in docs/secrecy.md; the full sizes are `tests/secrecy/full.py`.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "powercut"))
from canary_day import Night, day
from canary_station import CanaryStation, as_json, readings

from dauys.station.drive.volume import why_not
from dauys.station.keeping import database
from dauys.station.keeping.sealing import destroy

#: Four bytes are found by chance: three of them in two images less than once in a million runs.
BY_CHANCE = 3
CLOSED = ("cast", "rejected", "abandon", "leave", "wait", "slips")
needs_volumes = pytest.mark.skipif(why_not() is not None, reason=f"no raw image here: {why_not()}")


@pytest.fixture(scope="module")
def night(memory) -> Night:
    return day(memory / "right", most=1)


def kinds(found) -> set[str]:
    return {f"{one.mark.kind}: {one.mark.name}" for one in found}


def secret_marks(station: CanaryStation) -> dict[str, list]:
    """What must be nowhere, before and after."""
    return {
        "choices": station.choices(*CLOSED),
        "names of options": station.names(),
        "dots of slips": station.dots(),
        "cards and coins": station.card_marks(*CLOSED),
        "cards nobody opened": station.unused(),
        "keys and password": station.key_marks(),
        "persons at the desk": station.persons(),
    }


@needs_volumes
def test_no_choice_no_secret_and_no_key_is_on_a_medium_at_any_time(night):
    for what, marks in secret_marks(night.station).items():
        assert len(marks) >= 20, what
        for images in (night.before, night.after):
            assert kinds(night.search(images, marks)) == set(), what


@needs_volumes
def test_a_challenge_is_public_after_close_as_the_record_has_it_and_nowhere_before(night):
    station = night.station
    marks = station.choices("challenge") + station.card_marks("challenge")
    assert kinds(night.search(night.before, marks)) == set()
    assert kinds(night.search(night.after, marks)) == {
        "choice, challenge: row text",
        "choice, challenge: positions text",
        "card secret: hex",
        "sigma: hex",
    }


@needs_volumes
def test_numbers_of_cards_are_there_once_the_log_holds_them(night):
    station = night.station
    published = {str(one.card) for one in station.told if station.ballots.get(one.card) in night.batch}
    assert len(published) > 20
    used = station.s1("cast", "wait", "abandon", "challenge")
    assert {one.mark.kind for one in night.search(night.before, used)} == published
    casts = {str(one.card) for one in station.told if one.how == "cast"}
    found = night.search(night.after, station.s1("cast"))
    assert {one.mark.kind for one in found if one.mark.name == "raw"} == casts
    assert {one.mark.name for one in night.search(night.after, station.s1("wait", "abandon"))} == {"hex"}
    assert night.search((*night.before, *night.after), station.s1("leave", "slips")) == []


@needs_volumes
def test_what_was_encrypted_is_overwritten_not_only_removed(night):
    names = {mark.kind for mark in night.sealed_pages}
    assert {"booth.records", "desk.records", "desk.db-wal", "journal.db-wal", "journal.db"} <= names
    there = {one.mark.kind for one in night.search(night.before, night.sealed_pages)}
    assert there >= {name for name in names if not name.endswith("-shm")}
    assert kinds(night.search(night.after, night.sealed_pages)) == set()


def own(moments, *, short: bool):
    """Times that are not in blocks which the file system alone writes."""
    return [one for one in moments if one.area == "data" and ("4 bytes" in one.form) == short]


@needs_volumes
def test_no_time_of_the_day_is_in_what_the_program_wrote(night):
    for images in (night.before, night.after):
        moments = night.moments(images)
        assert own(moments, short=False) == []
        assert len(own(moments, short=True)) < BY_CHANCE
        assert any("inodes" in one.area for one in moments)


# Stations that are built wrong


def leave_a_file(station: CanaryStation) -> None:
    """A choice is written in clear, and removed."""
    path = station.first / "choice.json"
    path.write_bytes(as_json(station.told[0]) + bytes(5000))
    os.sync()
    path.unlink()


def leave_times(station: CanaryStation) -> None:
    """Times are kept beside the ballots, as floats, integers and text."""
    now = time.time()
    told = struct.pack("<dQI", now, int(now * 1e9), int(now)) * 3 + datetime.now(UTC).isoformat().encode()
    (station.second / "times").write_bytes(told)
    with sqlite3.connect(station.first / "access.db") as db:
        db.execute("CREATE TABLE access (at REAL, day TEXT)")
        db.execute("INSERT INTO access VALUES (julianday('now'), datetime('now'))")
    db.close()


@needs_volumes
def test_a_station_that_is_built_wrong_is_caught(memory, monkeypatch):
    monkeypatch.setattr(database, "_keep_log", lambda _: None)

    def plant(station):
        leave_a_file(station)
        leave_times(station)

    wrong = day(memory / "wrong", plant=plant, most=1)
    assert "choice, cast: places list ', '" in kinds(wrong.search(wrong.after, wrong.station.choices("cast")))
    logs = [one for one in wrong.search(wrong.after, wrong.sealed_pages) if one.mark.kind == "journal.db-wal"]
    assert len(logs) > 10
    moments = wrong.moments(wrong.after)
    forms = {one.form for one in own(moments, short=False)}
    assert {"seconds, float <", "Julian day >", "nanoseconds <"} <= forms
    assert any(form.startswith("text ") for form in forms)
    assert len(own(moments, short=True)) >= BY_CHANCE


def test_the_log_of_a_database_stays_a_file_that_can_be_overwritten(tmp_path):
    station = CanaryStation(*(tmp_path / name for name in ("first", "second", "stick")), rehearsal=True)
    station.make()
    with station.open() as opened:
        station.vote(station.booths(opened), "leave")
        written = (station.first / "journal.db-wal").stat().st_size
    assert written > 0
    assert (station.first / "journal.db-wal").stat().st_size == written
    assert "journal.db-wal" in destroy(station.first, station.random)
    with pytest.raises(FileNotFoundError):
        (station.first / "journal.db-wal").stat()


# Whoever has the keys, and reads the media


def test_with_every_key_the_media_hold_ballots_and_no_choice(tmp_path):
    station = CanaryStation(
        *(tmp_path / name for name in ("first", "second", "stick")), rehearsal=True, most=3
    )
    station.make()
    with station.open() as opened:
        booths = station.booths(opened)
        for how in ("cast", "reject", "cast", "abandon", "leave", "challenge", "wait", "slips"):
            station.vote(booths, how)
        readings(opened, "none")
        tables = [
            row[0]
            for row in opened.journal.database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        told = b"".join(
            part if isinstance(part, bytes) else str(part).encode()
            for table in tables
            for row in opened.journal.database.execute(f"SELECT * FROM {table}")
            for part in row
        )
        told += repr(opened.journal.records.read().rows).encode()
    assert len(tables) == 4
    for what, marks in secret_marks(station).items():
        assert [mark for mark in marks if mark.data in told] == [], what
    opened_ones = station.choices("challenge")
    assert any(mark.data in told for mark in opened_ones)

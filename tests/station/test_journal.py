"""Sessions, both media, and what a start decides (`spec/station.md` §3–6)."""

from __future__ import annotations

import shutil
import threading

import apsw
import pytest
from small_device import PASSWORD, STYLE, PrinterStoppedError, card_hash, choice, letters, seeded

from dauys.crypto.ballots import verify_ballots
from dauys.station.faults import StationError
from dauys.station.keeping.database import JOURNAL, open_database
from dauys.station.keeping.folders import Media, open_media
from dauys.station.keeping.kept import Ending
from dauys.station.keeping.records import BLOCK, RecordFile
from dauys.station.web.booth.again import print_ending


def raises(code):
    return pytest.raises(StationError, match=rf"^{code}[: ]")


def ids(rows):
    return sorted(row["id"] for row in rows)


def test_a_ballot_is_on_both_media_before_anything_says_so(place):
    with place.open() as bench:
        bench.vote(1)
        assert bench.glass.whats() == ["slips", "part1", "mark accepted", "part2"]
        [kept] = bench.journal.endings("cast")
        assert kept.card == card_hash(1)
        assert not verify_ballots(bench.booths.device.election, "01-001-a", [kept.body]).faults
        assert bench.journal.intents() == []
        assert bench.journal.owed() == []
        first = {row["id"]: row for row in bench.journal.rows()}
    with place.open() as bench:
        assert {row["id"]: row for row in bench.journal.records.read().rows} == first


def test_a_rejected_slip_is_void_and_its_card_stays_good(place):
    with place.open() as bench:
        bench.desk.admitted += 1
        session = bench.booths.begin(1, STYLE)
        bench.booths.show_card(session, letters(1))
        bench.booths.show_slips(session, choice(1))
        bench.booths.reject(session)
        bench.booths.show_slips(session, choice(2))
        bench.booths.confirm(session)
        bench.booths.cast(session)
        assert bench.glass.whats() == ["slips", "mark void", "slips", "part1", "mark accepted", "part2"]
        assert bench.journal.slips() == (len(choice(2)), len(choice(1)))


def test_a_challenge_opens_and_uses_the_card(place):
    with place.open() as bench:
        bench.vote(1, "challenge")
        bench.vote(2, "test")
        assert bench.glass.whats()[:5] == ["slips", "part1", "mark void", "opening", "part2"]
        assert [bench.journal.count(kind) for kind in ("cast", "challenge", "test")] == [0, 1, 1]
        with raises("J2.3"):
            bench.vote(1)


@pytest.mark.parametrize(("how", "kind", "empty"), [("leave", None, 1), ("abandon", "abandoned", 0)])
def test_leaving_ends_a_session(place, how, kind, empty):
    with place.open() as bench:
        bench.vote(1, how)
        # A part 1 that stays without a part 2 is ended.
        assert bench.glass.whats()[-1] == ("ended" if how == "abandon" else "mark void")
        assert len(list(bench.journal.notes("empty"))) == empty
        found = bench.journal.ending(card_hash(1))
        assert (found.kind if found else None) == kind
        assert bench.journal.ended() == 1


def test_an_admission_lets_one_session_begin(place):
    with place.open() as bench:
        with raises("J2.1"):
            bench.booths.begin(1, STYLE)
        bench.desk.admitted = 1
        bench.booths.begin(1, STYLE)
        with raises("J2.1"):
            bench.booths.begin(2, STYLE)
        with raises("J2.5"):
            bench.booths.begin(1, STYLE)


def test_cards_of_others_used_ones_and_two_booths_with_one(place):
    with place.open() as bench:
        bench.desk.admitted = 3
        one, two = bench.booths.begin(1, STYLE), bench.booths.begin(2, STYLE)
        with raises("J2.2"):
            bench.booths.show_card(one, letters(4000))
        with raises("J2.2"):
            bench.booths.show_card(one, "no letters of a card")
        bench.booths.show_card(one, letters(1))
        with raises("J2.4"):
            bench.booths.show_card(two, letters(1))
        bench.booths.show_slips(one, choice(1))
        bench.booths.confirm(one)
        bench.booths.cast(one)
        with raises("J2.3"):
            bench.booths.show_card(two, letters(1))
        with raises("J2.5"):
            bench.booths.cast(one)


@pytest.mark.parametrize("step", ["show_slips", "reject", "confirm", "cast", "challenge"])
def test_no_step_before_its_time(place, step):
    with place.open() as bench:
        bench.desk.admitted = 1
        session = bench.booths.begin(1, STYLE)
        with raises("J2.5"):
            getattr(bench.booths, step)(session, *([choice(1)] if step == "show_slips" else []))
        assert bench.glass.printed == []


def test_choices_that_cannot_be_are_refused_before_a_slip(place):
    with place.open() as bench:
        bench.desk.admitted = 1
        session = bench.booths.begin(1, STYLE)
        bench.booths.show_card(session, letters(1))
        wrong = choice(1)
        wrong[0] = [999]
        with raises("J2.5"):
            bench.booths.show_slips(session, wrong)
        assert bench.journal.intents() == []


def test_a_jam_of_part_2_leaves_a_ballot_that_counts_and_part_2_owed(place):
    with place.open() as bench:
        bench.glass.stops = {"part2"}
        with pytest.raises(PrinterStoppedError):
            bench.vote(1)
        owed = bench.journal.owed()
        assert [one.card for one in owed] == [card_hash(1)]
    with place.open() as bench:
        assert bench.opened.decided.owed == tuple(owed)
        assert bench.booths.print_owed(1) == 1
        [(_, (card, _, word, signature, tree))] = bench.glass.printed
        assert (card, word, tree) == (card_hash(1), "cast", (owed[0].size, owed[0].root))
        assert bench.journal.owed() == []
        assert bench.booths.print_owed(1) == 0
        assert len(signature) == 64


# What a start decides


def test_slips_alone_are_void_and_an_intent_is_abandoned(place):
    with place.open() as bench:
        bench.desk.admitted = 2
        for terminal in (1, 2):
            session = bench.booths.begin(terminal, STYLE)
            bench.booths.show_card(session, letters(terminal))
            bench.booths.show_slips(session, choice(terminal))
            if terminal == 2:
                bench.booths.confirm(session)
    with place.open() as bench:
        decided = bench.opened.decided
        assert decided.abandoned == (card_hash(2),)
        assert decided.void == len(choice(1)) + len(choice(2))
        assert bench.journal.ending(card_hash(1)) is None
        [abandoned] = bench.journal.endings()
        assert (abandoned.kind, len(abandoned.body)) == ("abandoned", 16)
        bench.vote(1)
    with place.open() as bench:
        assert (bench.opened.decided.abandoned, bench.opened.decided.void) == ((), 0)


def test_a_ballot_on_the_first_medium_alone_counts_and_is_copied(place):
    with place.open() as bench:
        bench.vote(1)
        bench.journal.records.append = lambda _: None  # a medium that only says that it wrote
        bench.vote(2)
    with place.open() as bench:
        assert (bench.opened.decided.to_first, bench.opened.decided.to_second) == (0, 1)
        assert {row["id"] for row in bench.journal.records.read().rows} == {
            row["id"] for row in bench.journal.rows()
        }


def test_a_ballot_on_the_second_medium_alone_counts_and_part_2_is_owed(place, tmp_path):
    """A disk that lied about a commit, or an older image of it put back: the second medium knows more."""
    shutil.copytree(place.media.first, tmp_path / "older")
    with place.open() as bench:
        for number in range(3):
            bench.vote(number)
    shutil.rmtree(place.media.first)
    shutil.copytree(tmp_path / "older", place.media.first)
    with place.open() as bench:
        assert bench.opened.decided.to_first == 3
        assert bench.journal.count("cast") == 3
        assert {one.card for one in bench.journal.owed()} == {card_hash(number) for number in range(3)}


def test_an_intent_whose_ballot_is_on_the_second_medium_is_not_abandoned(place, tmp_path):
    with place.open() as bench:
        bench.desk.admitted = 1
        session = bench.booths.begin(1, STYLE)
        bench.booths.show_card(session, letters(1))
        bench.booths.show_slips(session, choice(1))
        bench.booths.confirm(session)
        bench.journal.database.pragma("wal_checkpoint")
        shutil.copytree(place.media.first, tmp_path / "older")
        bench.booths.cast(session)
    shutil.rmtree(place.media.first)
    shutil.copytree(tmp_path / "older", place.media.first)
    with place.open() as bench:
        assert bench.opened.decided.abandoned == ()
        assert bench.journal.ending(card_hash(1)).kind == "cast"
        assert bench.journal.intents() == []


def test_a_stale_second_medium_is_refused(place, tmp_path):
    shutil.copytree(place.media.second, tmp_path / "older")
    with place.open() as bench:
        for number in range(3):
            bench.vote(number)
    shutil.rmtree(place.media.second)
    shutil.copytree(tmp_path / "older", place.media.second)
    with raises("J1.7"), place.open():
        pass


def test_media_that_contradict_each_other_stop_everything(place):
    with place.open() as bench:
        bench.vote(1)
        [kept] = bench.journal.endings()
        bench.journal.records.append(
            {
                "ballot": kept.ballot.hex(),
                "body": "AAAA",
                "id": card_hash(2).hex(),
                "kind": "cast",
                "slips": 2,
                "style": "x",
            }
        )
        bench.journal.records.append = lambda _: None  # a medium that only says that it wrote
        bench.vote(2)
    with raises("J1.6"), place.open():
        pass


@pytest.mark.parametrize("cut", [1, 20, BLOCK - 1, BLOCK])
def test_what_a_cut_leaves_of_the_last_record_is_cut_off(place, cut):
    with place.open() as bench:
        bench.vote(1)
        bench.vote(2)
        before = bench.journal.records.read()
    path = place.media.second / "booth.records"
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    with place.open() as bench:
        assert bench.opened.decided.to_second == 1
        assert sorted(row["id"] for row in bench.journal.records.read().rows) == sorted(
            row["id"] for row in before.rows
        )


@pytest.mark.parametrize("zeros", [5, BLOCK, 3 * BLOCK])
def test_a_length_without_its_bytes_is_cut_off(place, zeros):
    path = place.media.second / "booth.records"
    data = path.read_bytes()
    path.write_bytes(data + bytes(zeros))
    with place.open() as bench:
        assert bench.journal.records.path.read_bytes() == data


@pytest.mark.parametrize("offset", [0, 5, 9, 100, BLOCK - 2])
def test_a_damaged_record_that_is_not_the_last_is_told(place, offset):
    with place.open() as bench:
        bench.vote(1)
        bench.vote(2)
    path = place.media.second / "booth.records"
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)
    with raises("J1.4"), place.open():
        pass


def test_records_of_another_place_in_the_file_are_damaged(place):
    with place.open() as bench:
        bench.vote(1, "leave")
        bench.vote(2, "leave")
    path = place.media.second / "booth.records"
    data = path.read_bytes()
    path.write_bytes(data[: -2 * BLOCK] + data[-BLOCK:] + data[-2 * BLOCK : -BLOCK])
    with raises("J1.4"), place.open():
        pass


def test_password_and_stick_open_only_together(place):
    for password in ("сегіз жасыл терек ", " сегіз жасыл терек"):
        with open_media(place.media, place.stick, password, seeded("x")):
            pass
    with raises("J1.1"), open_media(place.media, place.stick, PASSWORD + "1", seeded("x")):
        pass
    (place.stick / "dauys-key").write_text("11" * 32)
    with raises("J1.1"), open_media(place.media, place.stick, PASSWORD, seeded("x")):
        pass
    (place.stick / "dauys-key").unlink()
    with raises("J1.1"), open_media(place.media, place.stick, PASSWORD, seeded("x")):
        pass


def test_both_media_on_one_volume_are_refused_outside_a_rehearsal(place):
    with raises("J1.8"), place.open(media=Media(place.media.first, place.media.second)):
        pass


def test_nothing_can_be_read_without_the_keys(place):
    with place.open() as bench:
        for number in range(4):
            bench.vote(number)
        ballots = [one.body for one in bench.journal.endings("cast")]
        hashes = [card_hash(number) for number in range(4)]
    data = b"".join(path.read_bytes() for path in place.folder.rglob("*") if path.is_file())
    for needle in (*ballots, *hashes, b"cast", b"SQLite format 3"):
        assert needle not in data
        assert needle.hex().encode() not in data


# What cannot be done, not even with SQL


def test_a_card_has_one_ending_in_the_database_itself(place):
    with place.open() as bench:
        bench.vote(1)
        [kept] = bench.journal.endings()
        again = Ending(kept.card, "cast", bytes(64), STYLE, b"x", 1)
        with pytest.raises(apsw.ConstraintError):
            bench.journal._insert_ending(again)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ending",
        "DELETE FROM note",
        "UPDATE ending SET body = x'00'",
        "UPDATE ending SET kind = 'abandoned'",
        "UPDATE note SET body = '{}'",
    ],
)
def test_what_is_kept_never_changes(place, sql):
    with place.open() as bench:
        bench.vote(1)
        with pytest.raises(apsw.ConstraintError, match=r"J1\.6"):
            bench.journal.database.execute(sql)


def test_after_close_nothing_is_taken(place):
    with place.open() as bench:
        bench.vote(1)
        bench.journal.note("closed", {})
        with raises("J3.4"):
            bench.vote(2)
        with raises("J3.4"):
            bench.journal.note("incident", {})
        for sql in (
            "INSERT INTO intent VALUES (5, 1, NULL, NULL, NULL)",
            "INSERT INTO note VALUES (x'00', 'x', '')",
        ):
            with pytest.raises(apsw.ConstraintError):
                bench.journal.database.execute(sql)


def test_sqlite_is_new_enough_and_an_old_one_is_refused(place, monkeypatch):
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with raises("J1.9"):
        open_database(place.folder / "new.db", bytes(32), JOURNAL, make=True)


# Errors of the media


class _Full:
    """A second medium that is full from now on."""

    def __call__(self, handle):
        raise OSError(28, "No space left on device")


def test_a_full_second_medium_stops_everything_and_loses_nothing(place):
    with place.open() as bench:
        bench.vote(1)
        bench.journal.records.force = _Full()
        with raises("J1.3"):
            bench.vote(2)
        assert bench.glass.whats()[-1] == "part1"
        with raises("J1.2"):
            bench.booths.reject(bench.booths.begin(3, STYLE)) if bench.booths.free() else bench.journal.note(
                "x", {}
            )
    with place.open() as bench:
        assert bench.journal.count("cast") == 2
        assert [one.card for one in bench.journal.owed()] == [card_hash(2)]


def test_an_error_while_committing_is_never_tried_again(place):
    with place.open() as bench:
        bench.vote(1)

        def fail(where):
            if where == "committing":
                raise apsw.IOError("disk I/O error")

        bench.journal.points = fail
        with raises("J1.2"):
            bench.vote(2)
        bench.journal.points = lambda _: None
        with raises("J1.2"):
            bench.journal.note("incident", {})
    with place.open() as bench:
        assert bench.journal.count("cast") == 1


def test_members_go_on_with_one_medium_and_it_is_copied_later(place):
    alone = Media(place.media.first, None, rehearsal=True)
    with place.open(media=alone) as bench:
        bench.journal.note("single", {"members": ["a", "b"]})
        for number in range(3):
            bench.vote(number)
    with place.open() as bench:
        assert bench.opened.decided.to_second == 4
        assert bench.journal.count("cast") == 3


def test_a_record_file_is_read_before_it_is_written(tmp_path):
    file = RecordFile(tmp_path / "booth.records", bytes(32), seeded("r"))
    with raises("J1.2"):
        file.append({"id": "00"})
    with raises("J1.3"):
        file.read()


@pytest.mark.parametrize("how", ["cast", "challenge", "abandon", "leave"])
def test_a_session_that_ends_never_counts_twice(place, monkeypatch, how):
    with place.open() as bench:
        seen, asked = [], []
        name = "leave" if how == "leave" else "end"
        real = getattr(bench.journal, name)

        def ended(*given):
            real(*given)
            # Another booth asks at this very moment, as it did under load.
            asked.append(threading.Thread(target=lambda: seen.append(bench.booths.free())))
            asked[0].start()
            asked[0].join(0.2)

        monkeypatch.setattr(bench.journal, name, ended)
        bench.desk.admitted += 1
        bench.vote(1, how)
        asked[0].join()
        assert seen == [1]


class NoCommit:
    """A database whose commits fail."""

    def __init__(self, real):
        self.real = real

    def execute(self, query, *values):
        if query == "COMMIT":
            raise apsw.IOError("EIO")
        return self.real.execute(query, *values)

    def __getattr__(self, name):
        return getattr(self.real, name)


def test_a_ballot_whose_commit_failed_gets_no_part_2(place):
    with place.open() as bench:
        real = bench.journal.database
        bench.desk.admitted = 1
        session = bench.booths.begin(1, STYLE)
        bench.booths.show_card(session, letters(1))
        bench.booths.show_slips(session, choice(1))
        bench.booths.confirm(session)
        bench.journal.database = NoCommit(real)
        with raises("J1.2"):
            bench.booths.cast(session)
        bench.journal.database = real
        for again in (
            lambda: bench.booths.print_owed(1),
            lambda: print_ending(bench.booths, 1, card_hash(1), mark=True),
        ):
            with raises("J1.2"):
                again()
        assert bench.glass.whats() == ["slips", "part1"]
    with place.open() as bench:
        assert (bench.journal.count("cast"), bench.opened.decided.abandoned) == (0, (card_hash(1),))

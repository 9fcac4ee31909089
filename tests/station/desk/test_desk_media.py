"""Both media of a desk: a cut loses nothing, a failed write stops everything, a start joins them."""

from __future__ import annotations

import shutil

import pytest
from desk_bench import DAY, SOMEBODY, desk_of
from small_device import PASSWORD, seeded

from dauys.station.day.media import replace_second
from dauys.station.faults import StationError
from dauys.station.keeping.folders import Media, read_facts, unlock
from dauys.station.keeping.records import RecordFile


class CutError(BaseException):
    """The power is gone."""


def raises(code):
    return pytest.raises(StationError, match=rf"^{code}[: ]")


def kept(desk):
    return sorted((fact.kind, str(sorted(fact.body.items()))) for fact in desk.facts())


@pytest.mark.parametrize(("point", "marked"), [("committing", 0), ("committed", 1), ("recorded", 1)])
def test_a_cut_leaves_a_mark_on_both_media_or_none(desk_place, point, marked):
    def cut(at):
        if at == point:
            raise CutError

    with pytest.raises(CutError), desk_of(desk_place, points=cut) as desk:
        desk.mark("417", "electronic")
    for _ in range(2):
        with desk_of(desk_place) as desk:
            assert desk.admitted() == marked
            assert len(desk.records.read().rows) == marked
    with desk_of(desk_place) as desk:
        if marked:
            with raises("J4.1"):
                desk.mark("417", "paper")
        else:
            desk.mark("417", "paper")


@pytest.mark.parametrize("when", ["before", "half", "after"])
def test_after_a_failed_write_nothing_is_tried_again(desk_place, when):
    with desk_of(desk_place) as desk:
        desk.mark("88", "paper")
        force = desk.records.force

        def fail(handle):
            if when == "after":
                force(handle)
            raise OSError(5, "Input/output error")

        desk.records.force = fail
        with raises("J1.3"):
            desk.mark("417", "electronic")
        desk.records.force = force
        with raises("J1.2"):
            desk.mark("418", "electronic")
    if when == "half":  # what the medium had of the last record
        path = desk_place.media.second / "desk.records"
        path.write_bytes(path.read_bytes()[:-700])
    with desk_of(desk_place) as desk:
        assert desk.admitted() == 1
        assert len(desk.records.read().rows) == 2
        desk.mark("418", "electronic")
        assert desk.admitted() == 2


def a_day(desk):
    """Everything that can happen, with voters marked, undone and marked again."""
    desk.mark("417", "electronic")
    desk.undo("417", "card", "wants paper")
    desk.mark("417", "paper")
    desk.undo("417", "ballot", "wants the machine")
    desk.mark("417", "electronic")
    desk.readmit("417", "Омарова Қ.")
    key = desk.add(SOMEBODY, DAY)
    desk.mark(key, "paper")
    desk.spoil(key, 1)
    desk.take_back("1102", "KZ-0155")
    desk.issue("418", "KZ-1")
    desk.take_back("418", "KZ-1")
    desk.mark("418", "paper")
    desk.undo("418", "ballot", "mobile")
    desk.send("418", "0312-c", ("А. А.", "Б. Б."))
    desk.bring("418", voted=True)
    desk.send("419", "0312-c", ("А. А.", "Б. Б."))
    desk.bring("419", voted=True, paper=True)
    desk.settle(desk.open_case("88", "қате"), "түзетілді")
    desk.test("Али Б.")


def test_a_first_medium_that_lost_the_day_is_filled_from_the_second(desk_place, tmp_path):
    shutil.copytree(desk_place.media.first, tmp_path / "stale")
    with desk_of(desk_place) as desk:
        a_day(desk)
        before, counts, states = kept(desk), desk.counts(), desk.standings()
    for name in ("desk.db", "desk.db-wal", "desk.db-shm"):
        (desk_place.media.first / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "stale/desk.db", desk_place.media.first)
    with desk_of(desk_place) as desk:
        assert (kept(desk), desk.counts(), desk.standings()) == (before, counts, states)


def test_one_medium_is_members_decision_and_the_other_is_filled_later(desk_place):
    alone = Media(desk_place.media.first, None, rehearsal=True)
    with desk_of(desk_place) as desk:
        desk.mark("88", "paper")
    with desk_of(desk_place, alone) as desk:
        a_day(desk)
        before = kept(desk)
    with desk_of(desk_place) as desk:
        assert kept(desk) == before
        assert len(desk.records.read().rows) == len(before)


def test_a_new_second_medium_is_filled_from_the_first(desk_place):
    with desk_of(desk_place) as desk:
        desk.mark("88", "paper")
    with desk_of(desk_place, Media(desk_place.media.first, None, rehearsal=True)) as desk:
        a_day(desk)
        before = kept(desk)
    third = Media(desk_place.media.first, desk_place.folder / "third", rehearsal=True)
    third.second.mkdir()
    replace_second(third, desk_place.stick, PASSWORD, seeded("third"))
    with desk_of(desk_place, third) as desk:
        assert kept(desk) == before
        assert len(desk.records.read().rows) == len(before)


def test_a_stale_second_medium_is_refused(desk_place, tmp_path):
    shutil.copy(desk_place.media.second / "desk.records", tmp_path)
    with desk_of(desk_place) as desk:
        desk.mark("88", "paper")
        desk.mark("417", "paper")
    shutil.copy(tmp_path / "desk.records", desk_place.media.second)
    with raises("J1.7"), desk_of(desk_place):
        pass


def test_records_put_in_the_place_of_others_are_refused(desk_place):
    with desk_of(desk_place) as desk:
        desk.mark("88", "paper")
    start, _ = unlock(desk_place.media.first, read_facts(desk_place.media.first), desk_place.stick, PASSWORD)
    own = desk_place.media.second / "desk.records"
    assert len(RecordFile(own, start.desk, bytes).read().rows) == 1
    moved = own.rename(own.with_name("booth.records"))
    for key in (start.desk, start.records):
        with raises("J1.4"):
            RecordFile(moved, key, bytes).read()

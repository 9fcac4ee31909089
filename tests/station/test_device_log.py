"""Readings, batches, close and seal: the log that leaves the station (`spec/station.md` §7–8)."""

from __future__ import annotations

import contextlib
import random
import shutil

import pytest
from small_device import CARDS, Place, card_hash, seeded

from dauys.record.checkpoint import open_checkpoint
from dauys.record.device_log import DeviceReader
from dauys.record.faults import LogError
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.writer import copy_log
from dauys.station.faults import StationError
from dauys.station.keeping.closing import CardCount, DeskCount, close_fields, require_sums, sums
from dauys.station.keeping.reading import Reading, parse_code
from dauys.station.keeping.sealing import close, destroy
from dauys.verify.devices import spoken_code


def raises(code):
    return pytest.raises(StationError, match=rf"^{code}[: ]")


def sample(seed=1):
    draws = random.Random(seed)
    return lambda items, count: draws.sample(list(items), count)


def read(folder, key):
    """What anybody reads in the public folder of a log: its items, and the reader with its faults."""
    shown = open_checkpoint((folder / "checkpoint").read_bytes(), (key,), key.name).checkpoint
    reader = DeviceReader(LogReader(FolderSource(folder), shown.size, shown.root))
    items = list(reader)
    faults = [one for one in reader.faults if reader.closed or one.expected != "close"]
    return items, reader, faults


def counts(bench, **more):
    journal = bench.journal
    used = sum(1 for _ in journal.endings())
    desk = {"registered": 300, "additions": 1, "readmitted": 0, "tests": journal.count("test")}
    desk = desk | {"checked_in": bench.desk.admitted - desk["tests"]} | more
    cards = CardCount(CARDS, 1, 2, CARDS - used - 3, 0)
    require_sums(sums(journal, DeskCount(**desk), cards))
    return close_fields(journal, DeskCount(**desk), cards)


@pytest.fixture(scope="module")
def busy_device(made_device, tmp_path_factory):
    """A device at which 100 voters cast, and others did other things."""
    folder = tmp_path_factory.mktemp("busy") / "device"
    shutil.copytree(made_device.folder, folder)
    place = Place(folder)
    with place.open() as bench:
        for number in range(100):
            bench.vote(number)
        for number, how in enumerate(("challenge", "test", "abandon", "leave"), 100):
            bench.vote(number, how)
    return place


@pytest.fixture
def busy(busy_device, tmp_path):
    shutil.copytree(busy_device.folder, tmp_path / "device")
    return Place(tmp_path / "device")


def test_a_reading_closes_all_but_32_random_ballots_and_no_order_shows(busy):
    with busy.open() as bench:
        log = bench.opened.log
        size, root = log.reading(sample())
        assert size == 1 + 68 + 1
        assert len(bench.journal.waiting()) == 32
        assert (size, root) == log.tree()
        assert log.reading(sample()) == (size, root)
        items, reader, faults = read(busy.media.second / "log", log.signer.verifier)
        assert faults == []
        hashes = [one.ballot for one in bench.journal.in_batch(0)]
        assert hashes == sorted(hashes)
        assert reader.batches == 1
        assert (reader.ballots, items[0].kind) == (68, "open")


def test_close_writes_everything_and_the_equations_hold(busy):
    with busy.open() as bench:
        log = bench.opened.log
        log.reading(sample())
        fields = counts(bench)
        size, root = close(bench.journal, log, fields)
        items, reader, faults = read(busy.media.second / "log", log.signer.verifier)
        assert (faults, reader.ballots, reader.batches, reader.closed) == ([], 100, 2, True)
        kinds = [one.kind for one in items if not isinstance(one, list)]
        assert kinds[-1] == "close"
        assert sorted(kinds[3:-1]) == ["challenge", "challenge", "ended"]
        assert size == log.tree()[0]
        assert close(bench.journal, log, fields) == (size, root)
    with busy.open() as bench:
        assert bench.opened.log.tree() == (size, root)


def test_what_is_missing_at_close_is_named(busy):
    with busy.open() as bench:
        with raises("J3.5"):
            counts(bench, readmitted=1)
        with raises("J3.5"):
            counts(bench, tests=2)
        used = sum(1 for _ in bench.journal.endings())
        desk = DeskCount(300, 1, bench.desk.admitted - 1, 0, 1)
        with raises("J3.5"):
            require_sums(sums(bench.journal, desk, CardCount(CARDS, 1, 2, CARDS - used - 4, 0)))


def test_no_close_with_a_session_under_way(busy):
    with busy.open() as bench:
        fields = counts(bench)
        bench.journal.show_slips(7, 2)
        with raises("J3.3"):
            close(bench.journal, bench.opened.log, fields)


class Cut(Exception):  # noqa: N818
    """The power goes."""


@pytest.mark.parametrize("stop", range(6))
def test_a_cut_at_any_step_of_a_reading_is_continued(busy, stop, monkeypatch):
    """After the assignment, the taking of entries, the signing, the copy, the note: the start goes on."""
    with busy.open() as bench:
        log, steps = bench.opened.log, [0]

        def step(wrapped):
            def run(*args, **more):
                if steps[0] == stop:
                    raise Cut
                steps[0] += 1
                return wrapped(*args, **more)

            return run

        monkeypatch.setattr(bench.journal, "assign", step(bench.journal.assign))
        monkeypatch.setattr(log.store, "append", step(log.store.append))
        monkeypatch.setattr(log.store, "publish", step(log.store.publish))
        monkeypatch.setattr("dauys.station.keeping.device_log.copy_log", step(copy_log))
        monkeypatch.setattr(bench.journal, "note", step(bench.journal.note))
        with contextlib.suppress(Cut):
            log.reading(sample())
        assigned = bench.journal.batches()
    monkeypatch.undo()
    with busy.open() as bench:
        assert bench.journal.batches() == assigned
        size, _ = bench.opened.log.reading(sample(2))
        assert size == 70
        _, reader, faults = read(busy.media.second / "log", bench.opened.log.signer.verifier)
        assert (faults, reader.ballots, reader.batches) == ([], 68, 1)


def test_a_state_older_than_a_tree_given_out_is_refused(busy, tmp_path):
    """An image from before the reading was put back: the second medium tells, or the members do."""
    shutil.copytree(busy.folder, tmp_path / "older")
    with busy.open() as bench:
        told = bench.opened.log.reading(sample())
    shutil.rmtree(busy.media.first)
    shutil.copytree(tmp_path / "older" / "first", busy.media.first)
    with raises("J1.10"), busy.open():
        pass
    both = Place(tmp_path / "older")
    with raises("J1.10"), both.open(told=lambda _: Reading(told[0], spoken_code(told[1]))):
        pass
    with both.open() as bench:
        assert bench.journal.count("cast") == 100
        assert bench.opened.decided.reading is None


def test_a_log_that_goes_on_from_the_reading_that_was_typed_is_opened(busy):
    with busy.open() as bench:
        size, root = bench.opened.log.reading(sample())
    told = Reading(size, spoken_code(root))
    for _ in range(2):
        with busy.open(told=lambda _: told) as bench:
            assert bench.opened.decided.reading == size
            bench.opened.log.catch_up()


@pytest.mark.parametrize(
    "typed", ["7h2k-90qd-m3ta-x1zv-eep4", "7H2K 9OQD M3TA XIZV EEP4", "7H2K90QDM3TAXLZVEEP4"]
)
def test_letters_are_taken_as_people_type_them(typed):
    assert parse_code(typed) == "7H2K-90QD-M3TA-X1ZV-EEP4"
    for wrong in (typed[:-1], typed + "7", "U" + typed[1:], "Ө" + typed[1:]):
        with pytest.raises(ValueError, match=r"."):
            parse_code(wrong)


def test_another_tree_of_the_same_size_is_refused(busy):
    with busy.open() as bench:
        size, root = bench.opened.log.reading(sample())
    wrong = spoken_code(bytes([root[0] ^ 1]) + root[1:])
    with raises("J1.10"), busy.open(told=lambda _: Reading(size, wrong)):
        pass
    with raises("J1.10"), busy.open(told=lambda _: Reading(size - 1, spoken_code(root))):
        pass


def test_one_program_at_a_time(busy):
    with busy.open(), pytest.raises(LogError, match=r"L5\.3"), busy.open():
        pass


def test_a_ballot_is_in_one_batch_for_ever(busy):
    with busy.open() as bench:
        bench.opened.log.reading(sample())
        [first, *_] = bench.journal.in_batch(0)
        with raises("J2.5"):
            bench.journal.assign([first.card])
        assert card_hash(0) in {one.card for one in bench.journal.endings("cast")}


@pytest.mark.parametrize("step", ["append", "publish"])
def test_a_close_that_was_cut_is_finished_by_the_next_start_and_nothing_is_added(busy, step, monkeypatch):
    def stop(*args):
        raise Cut

    with busy.open() as bench:
        log = bench.opened.log
        monkeypatch.setattr(log.store, step, stop)
        with pytest.raises(Cut):
            close(bench.journal, log, counts(bench))
    monkeypatch.undo()
    with busy.open() as bench:
        _, reader, faults = read(busy.media.second / "log", bench.opened.log.signer.verifier)
        assert (faults, reader.closed, reader.ballots) == ([], True, 100)
        with raises("J3.4"):
            bench.vote(200)
        with raises("J3.4"):
            close(bench.journal, bench.opened.log, {"register": "00" * 32})


def test_after_the_keys_are_destroyed_nothing_opens(busy):
    with busy.open() as bench:
        close(bench.journal, bench.opened.log, counts(bench))
    for folder in (busy.media.first, busy.media.second):
        assert destroy(folder, seeded("destroy"))[0] == "keys.sealed"
        assert destroy(folder, seeded("destroy")) == []
        assert sorted(path.name for path in folder.iterdir()) == ["log", "station.json"]
    with raises("J3.4"), busy.open():
        pass

"""The order of a device's log, fault by fault; and that reading it needs the memory of one bundle."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest
from form_samples import sample

from dauys.record.device_log import DeviceReader, Fault
from dauys.record.entries import Entry, encode_entry
from dauys.record.faults import LogError
from dauys.record.keys import ED25519, Signer
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.store import create_log, open_log

SIGNER = Signer("example.test/small/1/0/device/0412-m1", ED25519, b"\x01" * 32)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)


def entry(kind: str, **fields: object) -> bytes:
    return encode_entry("device", **{**sample("device", kind), **fields})


def ballots(count: int, first: int = 0) -> list[bytes]:
    return [b"\x01" + number.to_bytes(4, "big") for number in range(first, first + count)]


def batch(number: int, count: int) -> bytes:
    return entry("batch", number=number, ballots=count)


def ended(digest: str) -> bytes:
    return entry("ended", ballot=digest * 64)


def challenge(digest: str) -> bytes:
    opening = sample("device", "challenge")["opening"]
    assert isinstance(opening, dict)
    return entry("challenge", opening={**opening, "ballot": digest * 64})


def incident(at: str, what: str = "x") -> bytes:
    return entry("incident", at=f"2004-09-19T{at}+06:00", what=what)


OPEN, CLOSE = entry("open"), entry("close")
DAY = [
    *(OPEN, *ballots(40), batch(0, 40), *ballots(32, 40), batch(1, 32)),
    *(challenge("0a"), ended("0b"), challenge("0c")),
    *(incident("08:00:00", "a"), incident("08:00:00", "b"), incident("20:30:00"), CLOSE),
]
SMALL = [OPEN, *ballots(7), batch(0, 7), CLOSE]


def log_of(folder: Path, entries: list[bytes]) -> LogReader:
    create_log(folder / "log", SIGNER)
    with open_log(folder / "log") as log:
        log.append(entries)
        checkpoint = log.publish(SIGNER).checkpoint
    return LogReader(FolderSource(folder / "log" / "public"), checkpoint.size, checkpoint.root)


def read(folder: Path, entries: list[bytes]) -> tuple[DeviceReader, list[Entry | list[tuple[int, bytes]]]]:
    reader = DeviceReader(log_of(folder, entries))
    return reader, list(reader)


@pytest.mark.parametrize(
    "entries",
    [DAY, SMALL, [OPEN, CLOSE], [OPEN, *ballots(32), batch(0, 32), CLOSE], [OPEN, challenge("0a"), CLOSE]],
    ids=["day", "small", "empty", "one batch", "only a challenge"],
)
def test_days_without_a_fault(tmp_path, entries):
    reader, items = read(tmp_path, entries)
    assert (reader.faults, reader.closed) == ([], True)
    assert reader.ballots == sum(one[:1] == b"\x01" for one in entries)
    assert reader.batches == sum(b'"kind":"batch"' in one for one in entries)
    flat = [pair for one in items for pair in ([(one.index, one.data)] if isinstance(one, Entry) else one)]
    assert flat == list(enumerate(entries))


def without(*places: int) -> list[bytes]:
    return [one for place, one in enumerate(DAY) if place not in places]


def swapped(a: int, b: int) -> list[bytes]:
    day = list(DAY)
    day[a], day[b] = day[b], day[a]
    return day


def at(place: int, *entries: bytes) -> list[bytes]:
    return [*DAY[:place], *entries, *DAY[place:]]


def instead(place: int, one: bytes) -> list[bytes]:
    return [*DAY[:place], one, *DAY[place + 1 :]]


BATCH0, BATCH1, ENDINGS, INCIDENTS, LAST = 41, 74, 75, 78, 81

#: What is changed, and every fault that is noted: code and entry.
TABLE: dict[str, tuple[list[bytes], list[tuple[str, int]]]] = {
    "no entry": ([], [("L9.6", 0)]),
    "only ballots": (ballots(2), [("L9.6", 0), ("L9.6", 1), ("L9.6", 1), ("L9.6", 1)]),
    "only close": ([CLOSE], [("L9.6", 0)]),
    "no open": (without(0), [*[("L9.6", place) for place in range(40)], ("L9.6", 40)]),
    "open twice": (at(1, OPEN), [("L9.6", 1)]),
    "open after the first batch": (at(BATCH0 + 1, OPEN), [("L9.6", BATCH0 + 1)]),
    "open after the endings": (at(INCIDENTS, OPEN), [("L9.6", INCIDENTS)]),
    "ballot before open": (swapped(0, 1), [("L9.6", 0)]),
    "no close": (without(LAST), [("L9.6", LAST - 1)]),
    "close twice": (at(LAST, CLOSE), [("L9.6", LAST + 1)]),
    "entry after close": (at(LAST + 1, incident("21:00:00")), [("L9.6", LAST + 1), ("L9.6", LAST + 1)]),
    "ballot after close": (
        at(LAST + 1, *ballots(1, 99)),
        [("L9.6", LAST + 1), ("L9.6", LAST + 1), ("L9.6", LAST + 1)],
    ),
    "close before the endings": (
        swapped(ENDINGS, LAST),
        [("L9.6", place) for place in range(ENDINGS + 1, LAST + 1)] + [("L9.6", LAST)] * 2,
    ),
    "ending between batches": (at(BATCH0 + 1, ended("0a")), [("L9.6", place) for place in range(43, 76)]),
    "ending before the end of a batch": (
        swapped(BATCH1, ENDINGS),
        [("L9.6", BATCH1), ("L9.6", ENDINGS), ("L9.7", ENDINGS), ("L9.7", ENDINGS)],
    ),
    "ballot among endings": (
        at(ENDINGS + 1, *ballots(1, 99)),
        [("L9.6", ENDINGS + 1), ("L9.6", ENDINGS + 2)],
    ),
    "batch after endings": (
        at(INCIDENTS, batch(2, 0)),
        [("L9.6", INCIDENTS), ("L9.7", INCIDENTS)],
    ),
    "incident among endings": (
        swapped(ENDINGS, INCIDENTS),
        [("L9.6", ENDINGS + 1), ("L9.6", ENDINGS + 2), ("L9.6", INCIDENTS), ("L9.6", INCIDENTS)],
    ),
    "endings not sorted": (swapped(ENDINGS, ENDINGS + 1), [("L9.6", ENDINGS + 1)]),
    "incidents not sorted by time": (
        swapped(INCIDENTS, INCIDENTS + 2),
        [("L9.6", INCIDENTS + 1), ("L9.6", INCIDENTS + 2)],
    ),
    "incidents not sorted by bytes": (swapped(INCIDENTS, INCIDENTS + 1), [("L9.6", INCIDENTS + 1)]),
    "incident to the minute": (instead(INCIDENTS + 2, incident("20:31:00")), [("L9.6", INCIDENTS + 2)]),
    "incident to the second": (instead(INCIDENTS + 2, incident("20:30:01")), [("L9.6", INCIDENTS + 2)]),
    "no end of the first batch": (
        without(BATCH0),
        [("L9.7", BATCH1 - 1), ("L9.7", BATCH1 - 1)],
    ),
    "no end of the last batch": (without(BATCH1), [("L9.6", BATCH1)]),
    "no end of any batch at all": (without(BATCH0, *range(BATCH1, LAST + 1)), [("L9.6", 72), ("L9.6", 72)]),
    "batch from 1": (instead(BATCH0, batch(1, 40)), [("L9.7", BATCH0)]),
    "batch left out in counting": (instead(BATCH1, batch(2, 32)), [("L9.7", BATCH1)]),
    "batch of more than it says": (instead(BATCH0, batch(0, 39)), [("L9.7", BATCH0)]),
    "batch of fewer than it says": (instead(BATCH1, batch(1, 33)), [("L9.7", BATCH1)]),
    "batch of nothing": (at(BATCH1 + 1, batch(2, 0)), [("L9.7", BATCH1 + 1)]),
    "batch of 31": (
        [OPEN, *ballots(31), batch(0, 31), *ballots(32, 31), batch(1, 32), CLOSE],
        [("L9.7", 32)],
    ),
    "last batch of 31": (
        [OPEN, *ballots(33), batch(0, 33), *ballots(31, 33), batch(1, 31), CLOSE],
        [("L9.7", 66)],
    ),
    "few ballots in two batches": (
        [OPEN, *ballots(3), batch(0, 3), *ballots(4, 3), batch(1, 4), CLOSE],
        [("L9.7", 4), ("L9.7", 9)],
    ),
    "no ballots in a batch": ([OPEN, batch(0, 0), CLOSE], [("L9.7", 1)]),
    "entry of the election log": (
        at(ENDINGS, encode_entry("election", **sample("election", "cosigned"))),
        [("L9.8", ENDINGS)],
    ),
    "neither ballot nor entry": (at(ENDINGS, b"\x02x"), [("L9.8", ENDINGS)]),
    "empty entry": (at(ENDINGS, b""), [("L9.8", ENDINGS)]),
    "brackets": (at(ENDINGS, b"[" * 60_000), [("L9.8", ENDINGS)]),
    "close without its form": (instead(LAST, CLOSE[:-1]), [("L9.8", LAST), ("L9.6", LAST)]),
}


@pytest.mark.parametrize("name", TABLE)
def test_faults_are_noted_and_reading_goes_on(tmp_path, name):
    entries, expected = TABLE[name]
    reader, items = read(tmp_path, entries)
    assert [(fault.code, fault.index) for fault in reader.faults] == expected
    given = sum(1 if isinstance(one, Entry) else len(one) for one in items)
    assert given == len(entries) - sum(fault.code == "L9.8" for fault in reader.faults)


def test_a_fault_of_form_names_its_field(tmp_path):
    reader, _ = read(tmp_path, instead(BATCH0, batch(0, 40).replace(b"40", b"-1")))
    assert reader.faults[0] == Fault("L9.8", BATCH0, "-1", "count", "ballots")


def test_a_log_of_nothing_but_faults_is_no_list_of_them(tmp_path):
    reader, _ = read(tmp_path, [*[batch(7, 7)] * 2_000, b"{}"])
    assert len(reader.faults) == 100


def test_ballots_come_in_bundles_and_memory_is_flat(tmp_path):
    chance = random.Random(1)
    many = [b"\x01" + chance.randbytes(1_200) for _ in range(6_000)]
    reader = DeviceReader(log_of(tmp_path, [OPEN, *many, batch(0, 6_000), CLOSE]))
    tracemalloc.start()
    longest = max(len(one) for one in reader if not isinstance(one, Entry))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (longest, reader.ballots, reader.faults) == (256, 6_000, [])
    # 6,000 ballots are 7 MB, one bundle 0.3 MB.
    assert peak < 2_500_000


def test_a_bundle_that_is_not_of_the_tree_ends_the_reading(tmp_path):
    reader = DeviceReader(log_of(tmp_path, DAY))
    path = next((tmp_path / "log" / "public" / "tile" / "entries").rglob("*.p/*"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LogError, match=r"L2\."):
        list(reader)

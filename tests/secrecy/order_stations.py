"""Simulated stations over the real booths, journal and log, some built wrong, and what is seen of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from order_figures import Seen
from small_device import (
    CARDS,
    PASSWORD,
    STYLE,
    FakeGlass,
    Place,
    card_hash,
    choice,
    device,
    letters,
    open_fields,
    seeded,
)

from dauys.record.entries import is_ballot
from dauys.station.keeping import folders
from dauys.station.keeping.closing import CardCount, DeskCount, close_fields
from dauys.station.keeping.database import JOURNAL
from dauys.station.keeping.device_log import DeviceLog
from dauys.station.keeping.folders import Opened, open_media
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.kept import Ending
from dauys.station.keeping.records import RecordFile
from dauys.station.keeping.sealing import close
from dauys.station.session import Booths


class FifoJournal(Journal):
    """Rows are numbered as they come, and batches are in that order."""

    schema = JOURNAL.replace(
        "    card BLOB PRIMARY KEY CHECK (length(card) = 64),\n    kind",
        "    seq INTEGER PRIMARY KEY AUTOINCREMENT, card BLOB UNIQUE,\n    kind",
        1,
    ).replace("    batch INTEGER\n) STRICT, WITHOUT ROWID;", "    batch INTEGER\n) STRICT;", 1)
    columns = "card, kind, ballot, style, body, slips"

    def _insert_ending(self, one: Ending) -> None:
        values = (one.card, one.kind, one.ballot, one.style, one.body, one.slips)
        self.database.execute(f"INSERT INTO ending ({self.columns}) VALUES (?, ?, ?, ?, ?, ?)", values)

    def waiting(self):
        query = "SELECT card, ballot FROM ending WHERE kind = 'cast' AND batch IS NULL ORDER BY seq"
        return list(self._rows(query))

    def in_batch(self, number):
        return list(self._endings("WHERE batch = ? ORDER BY seq", (number,)))


class StampedJournal(Journal):
    """Every ballot has a row with its time beside it."""

    schema = JOURNAL + "CREATE TABLE stamp (card BLOB PRIMARY KEY, at REAL) STRICT, WITHOUT ROWID;"
    clock = 0.0

    def _insert_ending(self, one: Ending) -> None:
        super()._insert_ending(one)
        StampedJournal.clock += 75.5
        self.database.execute("INSERT INTO stamp VALUES (?, ?)", (one.card, StampedJournal.clock))


class TensLog(DeviceLog):
    """Ten ballots are a batch as soon as they are there, whoever waits longest first."""

    def reading(self, sample):
        while len(waiting := self.journal.waiting()) >= 10:
            self.journal.assign([card for card, _ in waiting[:10]])
        self.catch_up()
        return self._give_out("reading")


class TensJournal(FifoJournal):
    """Knows who waits longest; within a batch the order is that of hashes."""

    def in_batch(self, number):
        return list(self._endings("WHERE batch = ? ORDER BY ballot", (number,)))


class LinkedRecords(RecordFile):
    """The nonce of a record is taken from the ballot, as a program would that has no good chance."""

    def append(self, row):
        self.random, fresh = (lambda count: bytes.fromhex(row.get("ballot", row["id"]))[:count]), self.random
        try:
            super().append(row)
        finally:
            self.random = fresh


@dataclass(frozen=True, slots=True)
class Build:
    """A way to build a station. `every`: voters between two readings; `first`: oldest ballots leave first."""

    journal: type[Journal] = Journal
    log: type[DeviceLog] = DeviceLog
    records: type[RecordFile] = RecordFile
    every: int = 50
    first: bool = False


BUILDS = {
    "as it is": Build(),
    "numbered rows, first in first out": Build(FifoJournal, first=True),
    "batches of ten": Build(TensJournal, TensLog, every=1),
    "a time beside the ballot": Build(StampedJournal),
    "nonces out of ballots": Build(records=LinkedRecords),
}


@dataclass
class Day:
    """What happened at a station and what is seen of it. `casts`: cards as they were cast.

    `readings`: how many had cast at each; `views`: by name, each ballot (or note) as seen in it.
    """

    casts: list[bytes] = field(default_factory=list)
    others: list[bytes] = field(default_factory=list)
    readings: list[int] = field(default_factory=list)
    batches: list[list[bytes]] = field(default_factory=list)
    views: dict[str, list[Seen]] = field(default_factory=dict)


def simulate(folder: Path, seed: int, build: Build | None = None, voters: int = 200) -> Day:
    """Make a station in a folder, let voters vote, close it, and look at all of it."""
    build = build or Build()
    folder.mkdir(parents=True)
    with _built(build):
        place = Place(folder)
        place.make()
        day, draws = Day(), random.Random(seed)
        with _opened(place, f"order {seed}") as (opened, ids):
            _vote(opened, day, draws, build, voters)
            _close(opened, voters)
            _look(place, opened, day, ids)
    return day


@contextmanager
def _built(build: Build) -> Iterator[None]:
    names = {"Journal": build.journal, "DeviceLog": build.log, "RecordFile": build.records}
    names["JOURNAL"] = getattr(build.journal, "schema", JOURNAL)
    before = {name: getattr(folders, name) for name in names}
    try:
        for name, value in names.items():
            setattr(folders, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(folders, name, value)


@contextmanager
def _opened(place: Place, label: str) -> Iterator[tuple[Opened, list[bytes]]]:
    """Open it with a random that tells which ids of notes it gave, in order."""
    draw, ids = seeded(label), []

    def random_bytes(count: int) -> bytes:
        data = draw(count)
        if count == 16:
            ids.append(data)
        return data

    with open_media(place.media, place.stick, PASSWORD, random_bytes) as opened:
        opened.log.open(open_fields(device(opened.keys)))
        yield opened, ids


def _vote(opened: Opened, day: Day, draws: random.Random, build: Build, voters: int) -> None:
    glass = FakeGlass()
    booths = Booths(device(opened.keys), opened.journal, lambda: 10**6, opened.log.tree, lambda _: glass)
    cards = draws.sample(range(CARDS), voters)
    for at, number in enumerate(cards):
        how = draws.choices(("cast", "reject", "leave", "challenge", "abandon"), (85, 5, 4, 3, 3))[0]
        session = booths.begin(1 + at % 4, STYLE)
        booths.show_card(session, letters(number))
        booths.show_slips(session, choice(draws.randrange(1000)))
        if how == "reject":
            booths.reject(session)
            booths.show_slips(session, choice(draws.randrange(1000)))
        if how == "leave":
            booths.leave(session)
            continue
        booths.confirm(session)
        {"challenge": booths.challenge, "abandon": booths.leave}.get(how, booths.cast)(session)
        (day.casts if how in ("cast", "reject") else day.others).append(card_hash(number))
        if (at + 1) % build.every == 0:
            day.readings.append(len(day.casts))
            opened.log.reading(
                _oldest if build.first else lambda items, count: draws.sample(list(items), count)
            )


def _oldest(items, count):
    return list(items[:count])


def _close(opened: Opened, voters: int) -> None:
    journal = opened.journal
    used = sum(1 for _ in journal.endings())
    desk = DeskCount(400, 0, journal.ended(), 0, 0)
    close(journal, opened.log, close_fields(journal, desk, CardCount(CARDS, 0, 0, CARDS - used, 0)))


# What is seen

#: Notes of what everybody sees: readings come one after the other.
PUBLIC = ("tree", "closed")


def _look(place: Place, opened: Opened, day: Day, ids: list[bytes]) -> None:
    journal = opened.journal
    day.batches = [[one.card for one in journal.in_batch(n)] for n in range(journal.batches())]
    batch = {card: number for number, cards in enumerate(day.batches) for card in cards}
    cast = {card: at for at, card in enumerate(day.casts)}
    for folder in (place.media.first / "log" / "public", place.media.second / "log"):
        _look_at_log(day, folder, opened, cast, batch)
    _look_at_tables(day, opened, cast, batch, ids)
    _look_at_records(day, place.media.second / "booth.records", opened, cast, batch)


def _look_at_log(day: Day, folder: Path, opened: Opened, cast, batch) -> None:
    """The order of entries, and what a folder says of the file in which an entry is."""
    name, reader = folder.parent.name, opened.log.store.reader()
    by_ballot = {one.body: one for one in opened.journal.endings()}
    files = _bundles(folder)
    other = {card: at for at, card in enumerate(day.others)}
    hashes = {one.ballot.hex().encode(): one.card for one in by_ballot.values()}
    for index, entry in reader.entries():
        if is_ballot(entry):
            one = by_ballot[entry]
            key = batch[one.card], cast[one.card]
            _put(day, f"{name}: order of entries", *key, index)
            _put(day, f"{name}: H(ballot)", *key, one.ballot)
            _put(day, f"{name}: s1", *key, entry[2 + entry[1] :][:16])
            for what, value in files(index).items():
                _put(day, f"{name}: {what} of its file", *key, value)
        else:
            own = next((card for digest, card in hashes.items() if digest in entry), None)
            if own is not None and own in other:
                _put(day, f"{name}: challenges and abandoned", "rest", other[own], index)


def _bundles(folder: Path) -> Callable[[int], dict[str, object]]:
    """Return what says of an entry when and how the file was written that holds it first."""
    names = [path for path in (folder / "tile" / "entries").rglob("*") if path.is_file()]
    told = []
    for place, path in enumerate(names):
        partial = path.parent.name.endswith(".p")
        number = int((path.parent.stem if partial else path.name).lstrip("x"))
        end = number * 256 + (int(path.name) if partial else 256)
        stat = path.stat()
        told.append((end, {"size": stat.st_size, "time": stat.st_mtime_ns, "change": stat.st_ctime_ns,
                           "inode": stat.st_ino, "place": place}))  # fmt: skip
    told.sort(key=lambda one: one[0])
    return lambda index: next(facts for end, facts in told if end > index)


def _look_at_tables(day: Day, opened: Opened, cast, batch, ids) -> None:
    """Every column of every table, and the place in it: what is seen by whoever has the keys."""
    database = opened.journal.database
    noted = {key: at for at, key in enumerate(ids)}
    for table, *_ in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        key = next((name for name in ("card", "id") if name in names), None)
        if key is None:
            continue
        for place, row in enumerate(database.execute(f"SELECT * FROM {table}").fetchall()):
            told = dict(zip(names, row, strict=True)) | {"place": place}
            if told[key] in cast:
                where = batch[told[key]], cast[told[key]]
            elif told[key] in noted and told["kind"] not in PUBLIC:
                where = "notes", noted[told[key]]
            else:
                continue
            for name, value in told.items():
                _put(day, f"{table}.{name}", *where, str(value) if name in ("kind", "body") else value)


def _look_at_records(day: Day, path: Path, opened: Opened, cast, batch) -> None:
    """What is in clear in records of the second medium, against the order of the ballots in the log.

    Records are in the order of voting; that must not lead to a ballot.
    """
    rows, data = opened.journal.records.read().rows, path.read_bytes()
    order = {card: at for cards in day.batches for at, card in enumerate(cards)}
    start = 0
    for row in rows:
        end = start + 20 + int.from_bytes(data[start + 4 : start + 8], "big") + 4
        card, own = bytes.fromhex(row["id"]), data[start:end]
        if card in cast:
            told = {"nonce": own[8:20], "sum": own[-4:], "length": end - start, "first bytes": own[20:28]}
            for name, value in told.items():
                _put(day, f"record without its key: {name}", batch[card], order[card], value)
        start = end


def _put(day: Day, view: str, batch, cast: int, value) -> None:
    day.views.setdefault(view, []).append(Seen(batch, cast, value))


def merged(days: list[Day]) -> dict[str, list[Seen]]:
    """Return the views of many stations as one; a batch stays a batch of its station."""
    found: dict[str, list[Seen]] = {}
    for number, day in enumerate(days):
        for view, seen in day.views.items():
            found.setdefault(view, []).extend(Seen((number, s.batch), s.cast, s.value) for s in seen)
    return found


def naming(day: Day) -> float:
    """Return how often an observer with a clock names a voter's ballot, the mean over voters.

    He knows who cast when, and when there were readings. He names any ballot of the first batch that came
    after the voter, which is the best he can do while most ballots leave with the first reading.
    """
    found = 0.0
    closed, ends = 0, []
    for size in map(len, day.batches):
        closed += size
        ends.append(next((at for at in day.readings if at >= closed), len(day.casts)))
    for at, card in enumerate(day.casts):
        number = next(n for n, end in enumerate(ends) if end > at or n == len(ends) - 1)
        own = day.batches[number]
        found += (card in own) / len(own)
    return found / len(day.casts)

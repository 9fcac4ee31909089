"""The two media of a device: made on purpose, opened alone, in step (`spec/station.md` §2, §6)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from dauys.crypto.shapes import canonical, parse_canonical
from dauys.errors import InputError
from dauys.record.disk import Disk
from dauys.record.keys import ED25519, Signer
from dauys.record.store import create_log, open_log
from dauys.station.faults import StationError, at
from dauys.station.keeping.database import JOURNAL, force_names, open_database
from dauys.station.keeping.device_log import DeviceLog
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.journal_view import JournalView
from dauys.station.keeping.reading import Reading
from dauys.station.keeping.records import RecordFile
from dauys.station.keeping.restart import Restart, restart
from dauys.station.keeping.sealing import closed_with
from dauys.station.keeping.secrets import (
    DeviceKeys,
    Random,
    StartKeys,
    open_keys,
    read_stick,
    seal_keys,
    start_keys,
    stick_mark,
)
from dauys.station.keeping.writing import Points

SCHEMA: Final = "dauys/station/1"
FACTS: Final = "station.json"
SEALED: Final = "keys.sealed"
DATABASE: Final = "journal.db"
RECORDS: Final = "booth.records"
LOG: Final = "log"
Told = Callable[[JournalView], Reading | None]
"""Asks members for the last reading, once it can be seen how far the day is; None where there is none."""
_SHAPE: Final = {
    "device": "id",
    "kit": "hex32",
    "origin": "text",
    "salt": "hex16",
    "schema": "text",
    "station": "text",
    "stick": "hex8",
    "vote_id": "text",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a medium says in clear: which device of which vote it belongs to; binary values in hex."""

    device: str
    kit: str
    origin: str
    salt: str
    station: str
    stick: str
    vote_id: str

    def encode(self) -> bytes:
        """Return the bytes of `station.json`."""
        return canonical({**asdict(self), "schema": SCHEMA})


@dataclass(frozen=True, slots=True)
class Media:
    """Where a device keeps what it keeps. `second` None: members have decided to go on without it."""

    first: Path
    second: Path | None
    rehearsal: bool = False

    def check(self) -> None:
        """Raise StationError J1.3 where a folder is not there, J1.8 where both are one volume."""
        for folder in (self.first, self.second):
            if folder is not None and not folder.is_dir():
                raise StationError(
                    "J1.3", found="nothing", expected="a folder", place=at(folder), hint="medium"
                )
        one_volume = self.second is not None and self.first.stat().st_dev == self.second.stat().st_dev
        if one_volume and not self.rehearsal:
            raise StationError("J1.8", found="one volume", expected="two", place=at(self.second))

    @property
    def folders(self) -> tuple[Path, ...]:
        """Both folders, or the one that is left."""
        return (self.first,) if self.second is None else (self.first, self.second)

    def require_empty(self) -> None:
        """Raise StationError as `check`, and J1.5 where something of a station is there already."""
        self.check()
        if self.second is None:
            raise StationError("J1.3", found="no second medium", expected="two media")
        for folder in self.folders:
            if any((folder / name).exists() for name in (FACTS, SEALED, DATABASE, RECORDS, LOG)):
                raise StationError("J1.5", found="a station", expected="an empty folder", place=at(folder))


@dataclass(frozen=True, slots=True)
class Opened:
    """A device at work: what it is, its keys, its journal and log, and what the start decided."""

    facts: Facts
    keys: DeviceKeys
    journal: Journal
    log: DeviceLog
    decided: Restart


def make_media(media: Media, facts: Facts, keys: DeviceKeys, start: StartKeys, random: Random) -> None:
    """Make both media of a device, on purpose; `station.json` comes last, and says that all is there.

    Raises StationError J1.3, J1.8, J1.5 where something is there already.
    """
    media.require_empty()
    sealed = seal_keys(keys, start.keys, random)
    for folder in media.folders:
        write_durably(folder / SEALED, sealed)
    open_database(media.first / DATABASE, start.journal, JOURNAL, make=True).close()
    RecordFile(media.folders[-1] / RECORDS, start.records, random).make()
    create_log(media.first / LOG, Signer(facts.origin, ED25519, keys.seed), disk=Disk())
    for folder in reversed(media.folders):
        write_durably(folder / FACTS, facts.encode())


@contextmanager
def open_media(
    media: Media,
    stick: Path,
    password: str,
    random: Random,
    *,
    told: Told = lambda _: None,
    points: Points = lambda _: None,
) -> Iterator[Opened]:
    """Open a device alone, bring its media in step and decide what was under way.

    `told` is asked first: of media from an earlier hour nothing is decided. Raises StationError J1.x, and
    LogError L5.x where the log is open elsewhere or damaged.
    """
    media.check()
    facts = read_facts(media.first)
    if media.second is not None and read_facts(media.second) != facts:
        raise StationError("J1.5", found="another device", expected=facts.device, place=at(media.second))
    start, keys = unlock(media.first, facts, stick, password)
    with ExitStack() as stack:
        store = stack.enter_context(open_log(media.first / LOG, disk=Disk()))
        database = open_database(media.first / DATABASE, start.journal, JOURNAL)
        stack.callback(database.close)
        records = None
        if media.second is not None:
            records = RecordFile(media.second / RECORDS, start.records, random)
        rows = records.start() if records is not None else None
        journal = Journal(database, records, random, points)
        signer = Signer(facts.origin, ED25519, keys.seed)
        log = DeviceLog(store, signer, journal, media.second, Disk())
        reading = told(journal)
        if reading is not None:
            log.check_told(reading)
        decided = restart(journal, rows, log.tree())
        log.check()
        log.catch_up()
        closed = closed_with(journal)
        if closed is not None:
            if records is None and not any(journal.notes("single")):
                # No session can begin any more, so nobody decides; but another second medium may lack rows.
                journal.note("single", {})
            log.close(closed)
        compared = None if reading is None else reading.size
        yield Opened(facts, keys, journal, log, replace(decided, reading=compared))


def unlock(folder: Path, facts: Facts, stick: Path, password: str) -> tuple[StartKeys, DeviceKeys]:
    """Return what password and stick open. Raises StationError J1.1, J3.4 where the keys are destroyed."""
    path = folder / SEALED
    if not path.exists() and (folder / LOG / "public").is_dir():
        raise StationError("J3.4", found="destroyed keys", expected="an open day", place=at(path))
    secret = read_stick(stick)
    if stick_mark(secret) != facts.stick:
        raise StationError(
            "J1.1",
            found="another key stick",
            expected="that of this device",
            place=at(stick),
            hint="password",
        )
    start = start_keys(password, secret, bytes.fromhex(facts.salt), facts.vote_id, facts.device)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StationError("J1.5", found=error.strerror, expected="sealed keys", place=at(path)) from error
    return start, open_keys(data, start.keys, path)


def read_facts(folder: Path) -> Facts:
    """Return what a medium says of itself. Raises StationError J1.5."""
    path = folder / FACTS
    value = read_told(path, _SHAPE)
    if set(value["device"]) == {"."}:
        raise StationError("J1.5", found=value["device"], expected="a device", place=at(path))
    if value.pop("schema") != SCHEMA:
        raise StationError("J1.5", found="another form", expected=SCHEMA, place=at(path))
    return Facts(**value)


def read_told(path: Path, shape: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON file of a medium that has this shape. Raises StationError J1.5."""
    try:
        return dict(parse_canonical(path.read_bytes(), path.name, shape, ("J1.5", "J1.5")))
    except FileNotFoundError as error:
        raise StationError(
            "J1.5", found="nothing", expected="a station", place=at(path), hint="medium"
        ) from error
    except OSError as error:
        raise StationError("J1.5", found=error.strerror, expected="a station", place=at(path)) from error
    except InputError as error:
        problem = error.problems[0]
        raise StationError("J1.5", found=problem.found, expected=problem.expected, place=at(path)) from error


def write_durably(path: Path, data: bytes) -> None:
    """Make a file that is there as a whole or not at all, whatever happens."""
    new = path.with_suffix(path.suffix + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    force_names(path.parent)

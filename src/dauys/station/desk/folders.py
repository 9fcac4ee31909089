"""The two media of the desk, beside those of the journal: made on purpose, opened alone, in step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dauys.domain.voters import Voter
from dauys.station.desk.facts import fact_of
from dauys.station.desk.journal import DeskJournal, Unused
from dauys.station.desk.tables import DESK
from dauys.station.faults import StationError, at
from dauys.station.keeping.database import open_database
from dauys.station.keeping.folders import Media, read_facts, unlock
from dauys.station.keeping.in_step import lacking
from dauys.station.keeping.records import RecordFile, Row
from dauys.station.keeping.secrets import Random, StartKeys
from dauys.station.keeping.writing import Points

DATABASE: Final = "desk.db"
RECORDS: Final = "desk.records"


def make_desk(media: Media, start: StartKeys, random: Random) -> None:
    """Make both media of a desk, empty, before those of the journal: `station.json` says that all is there.

    Raises StationError J1.3 without a second medium, J1.5 where a desk is there already.
    """
    if media.second is None:
        raise StationError("J1.3", found="no second medium", expected="two media")
    for path in (media.first / DATABASE, media.second / RECORDS):
        if path.exists():
            raise StationError("J1.5", found="a desk", expected="an empty folder", place=at(path))
    open_database(media.first / DATABASE, start.desk, DESK, make=True).close()
    RecordFile(media.second / RECORDS, start.desk, random).make()


@contextmanager
def open_desk(  # noqa: PLR0917  # as the media of the journal are opened
    media: Media,
    stick: Path,
    password: str,
    voters: Iterable[Voter],
    random: Random,
    points: Points = lambda _: None,
    *,
    carried: bool = False,
    unused: Unused | None = None,
) -> Iterator[DeskJournal]:
    """Open the desk of a device, bring its media in step, and close it in the end.

    `voters`: of the kit's extract; `carried`, `unused`: as `DeskJournal` has them. Raises StationError
    J1.1, J1.4–J1.7. The log of the device, opened before, keeps a second program away.
    """
    start, _ = unlock(media.first, read_facts(media.first), stick, password)
    database = open_database(media.first / DATABASE, start.desk, DESK)
    try:
        records = None
        if media.second is not None:
            records = RecordFile(media.second / RECORDS, start.desk, random)
        desk = DeskJournal(database, records, random, voters, points, carried=carried, unused=unused)
        desk.check()
        if records is None:
            desk.alone()
        else:
            bring_in_step(desk, records.start())
        yield desk
    finally:
        database.close()


def bring_in_step(desk: DeskJournal, second: Iterable[Row]) -> tuple[int, int]:
    """Copy what one medium lacks to it; return how many facts went to the first and to the second.

    Raises StationError J1.6, J1.7.
    """
    found = lacking(desk.rows(), second)
    if found.first:
        desk.take([fact_of(row) for row in found.first])
    for row in found.second:
        desk.give(row)
    return len(found.first), len(found.second)

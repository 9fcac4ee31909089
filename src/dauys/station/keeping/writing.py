"""A database of the first medium and its records on the second, written one after the other.

**Source:** spec/station.md §4–5: commit, then record; after an error nothing is tried again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import apsw

from dauys.station.faults import StationError
from dauys.station.keeping.database import transaction
from dauys.station.keeping.records import RecordFile, Row
from dauys.station.keeping.secrets import Random

#: Where the program may be stopped by a test; nothing happens there otherwise.
Points = Callable[[str], None]
#: Bytes of the random id of a note or a fact.
ID: Final = 16
#: What a trigger says when it refuses a row.
_CODE: Final = re.compile(r"\bJ[0-9]\.[0-9]+\b")


class Reading:
    """Reads one database. Not frozen: others write to it."""

    def __init__(self, database: apsw.Connection) -> None:
        self.database = database
        self._lock = threading.RLock()

    def check(self) -> None:
        """Raise StationError J1.6 where the database is damaged."""
        found = [row[0] for row in self._rows("PRAGMA integrity_check")]
        if found != ["ok"]:
            raise StationError("J1.6", found=found[0], expected="a sound database")

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self.database.execute(query, values).fetchall()
            except apsw.Error as error:
                raise self._unreadable(error) from error

    def _unreadable(self, error: apsw.Error) -> StationError:
        return StationError("J1.6", found=str(error), expected="a sound database")

    def _number(self, query: str, values: tuple[object, ...] = ()) -> int:
        return int(self._rows(query, values)[0][0])


class Writing(Reading):
    """The only writer of a database and its records. Not frozen: it is the state of both.

    `records` is None while members have decided to go on with one medium.
    """

    def __init__(
        self,
        database: apsw.Connection,
        records: RecordFile | None,
        random: Random,
        points: Points = lambda _: None,
    ) -> None:
        super().__init__(database)
        self.records, self.random, self.points = records, random, points
        self.broken: StationError | None = None

    def require(self) -> None:
        """Raise StationError J1.2 where an earlier error means a new start."""
        if self.broken is not None:
            raise StationError("J1.2", found=self.broken.code, expected="a new start") from self.broken

    def give(self, row: Row) -> None:
        """Write a row to the second medium that it lacks (restart)."""
        self._write(lambda _: None, row)

    def _write(
        self, write: Callable[[apsw.Connection], object], row: Row | None = None, unique: str = "J1.6"
    ) -> None:
        """Commit, then append to the second medium. `unique`: the code where a key is there already."""
        with self._lock:
            self.require()
            with self._closing():
                self._commit(write, unique)
            self.points("committed")
            if row is not None and self.records is not None:
                try:
                    self.records.append(row)
                except OSError as error:
                    raise self.stop("J1.3", error) from error
            self.points("recorded")

    def _commit(self, write: Callable[[apsw.Connection], object], unique: str) -> None:
        try:
            with transaction(self.database):
                write(self.database)
                self.points("committing")
        except apsw.ConstraintError as error:
            told = _CODE.search(str(error))
            raise StationError(told[0] if told else unique, found=str(error), expected="a new row") from error

    @contextmanager
    def _closing(self) -> Iterator[None]:
        """Break where the database fails: whether it committed is known after a new start."""
        try:
            yield
        except apsw.Error as error:
            raise self.stop("J1.2", error) from error

    def stop(self, code: str, error: Exception) -> StationError:
        """Refuse everything until a new start, and return what to raise: writing to a medium failed."""
        self.broken = StationError(code, found=str(error), expected="a medium that can be written to")
        return self.broken

    def _unreadable(self, error: apsw.Error) -> StationError:
        """What cannot be read any more is not written to either: a new start reads everything again."""
        return self.stop("J1.2", error)
